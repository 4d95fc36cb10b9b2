/*
 * Lines are handed over where they lie when a chunk holds them whole, and are
 * kept otherwise, so that what is handed over never depends on the chunks.
 */
#include "format/log/lines.h"

#include <string.h>

void tt_lines_init(struct tt_lines *r, enum tt_wide wide)
{
    *r = (struct tt_lines){.wide = wide};
    tt_buf_init(&r->line, TT_MAX_LOG_LINE);
}

void tt_lines_release(struct tt_lines *r)
{
    tt_buf_release(&r->line);
}

/* ---- UTF-8 -------------------------------------------------------------- */

static enum tt_status hand_over(struct tt_lines *r, struct tt_slice s, bool nl,
                                tt_line_fn *fn, void *user)
{
    bool cut = r->cut;

    if (!r->begun && s.n >= 3 && !memcmp(s.p, "\xef\xbb\xbf", 3)) {
        s.p += 3;
        s.n -= 3;
    }
    r->begun = true;
    r->cut = !nl;
    return fn(user, s, nl, cut);
}

static enum tt_status narrow(struct tt_lines *r, const char *p, size_t n,
                             tt_line_fn *fn, void *user)
{
    enum tt_status st = TT_OK;

    while (n && !st) {
        const char *nl = memchr(p, '\n', n);
        size_t have = nl ? (size_t)(nl - p) : n;
        size_t room = TT_MAX_LOG_LINE - r->line.n;
        bool full = have > room;
        struct tt_slice s = {p, full ? room : have};

        if (full || nl) {
            if (r->line.n) {
                tt_buf_add(&r->line, s.p, s.n);
                if (r->line.status)
                    return r->line.status;
                s = (struct tt_slice){tt_buf_text(&r->line), r->line.n};
            }
            st = hand_over(r, s, !full, fn, user);
            tt_buf_clear(&r->line);
            have = full ? room : have + 1;
        } else {
            tt_buf_add(&r->line, s.p, s.n);
            st = r->line.status;
        }
        p += have;
        n -= have;
    }
    return st;
}

enum tt_status tt_lines_finish(struct tt_lines *r, tt_line_fn *fn, void *user)
{
    struct tt_slice s = {tt_buf_text(&r->line), r->line.n};
    enum tt_status st = s.n ? hand_over(r, s, false, fn, user) : TT_OK;

    tt_buf_clear(&r->line);
    return st;
}

/* ---- UTF-16, as a Windows shell redirects it ----------------------------- */

static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* One unit; out has room for 8. */
static size_t unit(struct tt_lines *r, char *out)
{
    uint32_t u = r->wide == TT_WIDE_LITTLE
                     ? (uint32_t)(r->half[0] | r->half[1] << 8)
                     : (uint32_t)(r->half[1] | r->half[0] << 8);
    size_t n = 0;

    if (r->high && u >= 0xdc00 && u < 0xe000) {
        u = 0x10000 + ((r->high - 0xd800) << 10) + (u - 0xdc00);
    } else if (r->high) {
        n = encode(0xfffd, out);
    }
    r->high = 0;
    if (u >= 0xd800 && u < 0xdc00) {
        r->high = u;
        return n;
    }
    if (u >= 0xdc00 && u < 0xe000)
        u = 0xfffd;
    return n + encode(u, out + n);
}

enum tt_status tt_lines_feed(struct tt_lines *r, const uint8_t *p, size_t n,
                             tt_line_fn *fn, void *user)
{
    char text[512];
    size_t have = 0;
    enum tt_status st = TT_OK;

    if (!r->wide)
        return narrow(r, (const char *)p, n, fn, user);
    for (size_t i = 0; i < n && !st; i++) {
        r->half[r->nhalf++] = p[i];
        if (r->nhalf < 2)
            continue;
        r->nhalf = 0;
        have += unit(r, text + have);
        if (have > sizeof(text) - 8) {
            st = narrow(r, text, have, fn, user);
            have = 0;
        }
    }
    return st || !have ? st : narrow(r, text, have, fn, user);
}

enum tt_wide tt_lines_wide(const uint8_t *p, size_t n)
{
    size_t look = n < 512 ? n : 512, zero[2] = {0, 0};

    if (n >= 2 && p[0] == 0xff && p[1] == 0xfe)
        return TT_WIDE_LITTLE;
    if (n >= 2 && p[0] == 0xfe && p[1] == 0xff)
        return TT_WIDE_BIG;
    for (size_t i = 0; i < look; i++)
        zero[i % 2] += !p[i];
    if (look < 32)
        return TT_WIDE_NONE;
    if (!zero[0] && zero[1] >= look / 2 - look / 16)
        return TT_WIDE_LITTLE;
    if (!zero[1] && zero[0] >= look / 2 - look / 16)
        return TT_WIDE_BIG;
    return TT_WIDE_NONE;
}
