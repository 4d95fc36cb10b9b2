#include "rules/print.h"

/* The character of the UTF-8 sequence of len bytes at s; 0: it is none. */
static uint32_t decode(const uint8_t *s, size_t len)
{
    uint32_t c = s[0] & (0x7fu >> len);

    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    return c;
}

size_t tt_utf8_printable(const uint8_t *s, size_t n)
{
    static const uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};
    static const struct {
        uint32_t from, to;
    } not_shown[] = {{0x61c, 0x61c},   {0x200b, 0x200f},      {0x2028, 0x202e},
                     {0x2060, 0x206f}, {0xd800, 0xf8ff},      {0xfeff, 0xfeff},
                     {0xfff0, 0xffff}, {0x110000, UINT32_MAX}};
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    uint32_t c;

    if (s[0] < 0xc2 || s[0] > 0xf4 || len > n)
        return 0;
    c = decode(s, len);
    if (c < least[len])
        return 0;
    for (size_t i = 0; i < TT_LEN(not_shown); i++)
        if (c >= not_shown[i].from && c <= not_shown[i].to)
            return 0;
    return len;
}

void tt_print_text(struct tt_buf *out, struct tt_slice text)
{
    tt_buf_ch(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        const uint8_t *p = (const uint8_t *)text.p + i;
        size_t n = *p < 0x80 ? 0 : tt_utf8_printable(p, text.n - i);

        if (*p == 0x1b)
            tt_buf_str(out, "\\e");
        else if (n)
            tt_buf_add(out, p, n);
        else
            tt_buf_safe(out, p, 1);
        i += n ? n - 1 : 0;
    }
    tt_buf_ch(out, '"');
}

void tt_print_dur(struct tt_buf *out, struct tt_dur d)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{60 * TT_NS_PER_S, "min"},
                 {TT_NS_PER_S, "s"},
                 {TT_NS_PER_MS, "ms"},
                 {TT_NS_PER_US, "us"}};
    uint64_t v = d.milli_ch ? d.milli_ch : d.ns;
    uint64_t unit = 1000;
    const char *name = d.milli_ch ? "ch" : "us";

    for (size_t i = 0; i < TT_LEN(units) && !d.milli_ch; i++)
        if (v % units[i].ns == 0 && (i > 0 || v >= 2 * units[0].ns)) {
            unit = units[i].ns;
            name = units[i].name;
            break;
        }
    tt_buf_printf(out, "%llu", (unsigned long long)(v / unit));
    v %= unit;
    if (v) { /* only thousandths are left: of a character or of 1 us */
        unsigned frac = (unsigned)v, width = 3;

        while (frac % 10 == 0) {
            frac /= 10;
            width--;
        }
        tt_buf_printf(out, ".%0*u", (int)width, frac);
    }
    tt_buf_str(out, name);
}
