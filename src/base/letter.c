#include "base/letter.h"

#include "base/buf.h"

/* Blocks of the Unicode standard, without their combining marks, format
 * characters and what is not assigned at their ends. */
static const struct {
    uint16_t first, last;
    uint8_t columns;
} blocks[] = {
    {0x0020, 0x007E, 1}, {0x00A0, 0x00AC, 1}, {0x00AE, 0x02AF, 1},
    {0x0384, 0x0386, 1}, {0x0388, 0x038A, 1}, {0x038C, 0x038C, 1},
    {0x038E, 0x03A1, 1}, {0x03A3, 0x0482, 1}, {0x048A, 0x052F, 1},
    {0x1E00, 0x1EFF, 1}, {0x2010, 0x2015, 1}, {0x2018, 0x2027, 1},
    {0x2030, 0x205E, 1}, {0x20A0, 0x20BF, 1}, {0x2100, 0x218B, 1},
    {0x2190, 0x21FF, 1}, {0x2200, 0x22FF, 1}, {0x2500, 0x25FF, 1},
    {0x3001, 0x3020, 2}, {0x3041, 0x3096, 2}, {0x30A0, 0x30FF, 2},
    {0x4E00, 0x9FEF, 2}, {0xAC00, 0xD7A3, 2}, {0xFF01, 0xFF60, 2},
};

int tt_letter_columns(uint32_t ch)
{
    for (size_t i = 0; i < TT_LEN(blocks); i++)
        if (ch >= blocks[i].first && ch <= blocks[i].last)
            return blocks[i].columns;
    return 0;
}

uint32_t tt_letter(const char *p, size_t n, size_t *len)
{
    const uint8_t *s = (const uint8_t *)p;
    size_t wide = n && s[0] >= 0x80 ? tt_utf8_len(s, n) : 1;
    uint32_t ch = n ? s[0] : 0;

    *len = wide ? wide : 1;
    if (!wide || wide > 3)
        return 0;
    if (wide == 2)
        ch = (ch & 0x1Fu) << 6 | (s[1] & 0x3Fu);
    else if (wide == 3)
        ch = (ch & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
    return tt_letter_columns(ch) ? ch : 0;
}

size_t tt_letter_put(char out[4], uint32_t ch)
{
    if (ch < 0x80) {
        out[0] = (char)ch;
        return 1;
    }
    if (ch < 0x800) {
        out[0] = (char)(0xC0 | ch >> 6);
        out[1] = (char)(0x80 | (ch & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | (ch >> 12 & 0x0F));
    out[1] = (char)(0x80 | (ch >> 6 & 0x3F));
    out[2] = (char)(0x80 | (ch & 0x3F));
    return 3;
}
