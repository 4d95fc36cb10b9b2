#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tt_buf_init(struct tt_buf *b, size_t cap)
{
    *b = (struct tt_buf){.cap = cap};
}

void tt_buf_release(struct tt_buf *b)
{
    free(b->p);
    tt_buf_init(b, b->cap);
}

void tt_buf_clear(struct tt_buf *b)
{
    b->n = 0;
    b->status = TT_OK;
    if (b->p)
        b->p[0] = '\0';
}

/* Room for n more bytes and the NUL, or false with the status set. */
static bool make_room(struct tt_buf *b, size_t n)
{
    size_t size = b->size ? b->size : 256;
    char *p;

    if (b->status)
        return false;
    if (n > b->cap - b->n) {
        b->status = TT_ERR_LIMIT;
        return false;
    }
    if (b->n + n + 1 <= b->size)
        return true;
    while (size < b->n + n + 1)
        size *= 2;
    p = realloc(b->p, size);
    if (!p) {
        b->status = TT_ERR_NOMEM;
        return false;
    }
    b->p = p;
    b->size = size;
    return true;
}

void tt_buf_add(struct tt_buf *b, const void *p, size_t n)
{
    if (!n || !make_room(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void tt_buf_copy(struct tt_buf *to, const struct tt_buf *from)
{
    tt_buf_init(to, from->cap);
    tt_buf_add(to, from->p, from->n);
    if (!to->status)
        to->status = from->status;
}

void tt_buf_str(struct tt_buf *b, const char *s)
{
    tt_buf_add(b, s, strlen(s));
}

void tt_buf_ch(struct tt_buf *b, char c)
{
    tt_buf_add(b, &c, 1);
}

void tt_buf_printf(struct tt_buf *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n <= 0 || !make_room(b, (size_t)n))
        return;
    va_start(ap, fmt);
    (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

const char *tt_buf_text(const struct tt_buf *b)
{
    return b->n ? b->p : "";
}

void tt_buf_safe(struct tt_buf *b, const void *p, size_t n)
{
    const uint8_t *s = p;

    for (size_t i = 0; i < n; i++) {
        switch (s[i]) {
        case '\r': tt_buf_str(b, "\\r"); break;
        case '\n': tt_buf_str(b, "\\n"); break;
        case '\t': tt_buf_str(b, "\\t"); break;
        case '\\': tt_buf_str(b, "\\\\"); break;
        case '"': tt_buf_str(b, "\\\""); break;
        default:
            if (s[i] < 0x20 || s[i] > 0x7e)
                tt_buf_printf(b, "\\x%02X", s[i]);
            else
                tt_buf_ch(b, (char)s[i]);
        }
    }
}

size_t tt_utf8_len(const uint8_t *s, size_t n)
{
    /* the smallest code point that needs so many bytes */
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t cp;
    size_t len;

    if (!n || s[0] < 0xc0 || s[0] > 0xf7)
        return 0;
    len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (len > n)
        return 0;
    cp = s[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        cp = cp << 6 | (s[i] & 0x3fu);
    }
    if (cp < least[len] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
        return 0;
    return len;
}

void tt_buf_json(struct tt_buf *b, const void *p, size_t n)
{
    const uint8_t *s = p;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == '\\') {
            tt_buf_printf(b, "\\%c", s[i]);
        } else if (s[i] >= 0x20 && s[i] < 0x7f) {
            tt_buf_ch(b, (char)s[i]);
        } else if (s[i] >= 0x80 && tt_utf8_len(s + i, n - i)) {
            size_t len = tt_utf8_len(s + i, n - i);

            tt_buf_add(b, s + i, len);
            i += len - 1;
        } else {
            tt_buf_printf(b, "\\u%04x", s[i]);
        }
    }
}
