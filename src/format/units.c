#include "format/units.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint64_t tt_number(const uint8_t *p, size_t bytes, bool big)
{
    uint64_t v = 0;

    for (size_t i = 0; i < bytes; i++)
        v = v << 8 | p[big ? i : bytes - 1 - i];
    return v;
}

enum tt_status tt_units_damaged(struct tt_reader *rd, struct tt_units *u,
                                struct tt_error *err, enum tt_status code,
                                const char *fmt, ...)
{
    char why[120];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(why, sizeof(why), fmt, ap);
    va_end(ap);
    u->dead = true;
    u->why = TT_OK;
    if (rd->report.records) {
        rd->report.truncated = true;
        tt_reader_note(rd, u->offset, 0, "%s; not read any further", why);
        return TT_OK;
    }
    if (err)
        err->offset = u->offset;
    u->why = tt_fail(err, code, "%s (at byte %" PRIu64 ")", why, u->offset);
    return u->why;
}

/* Keep up to n bytes at *p until the held unit has need of them. */
static enum tt_status hold(struct tt_units *u, size_t need, const uint8_t **p,
                           size_t *n)
{
    size_t more = need - u->held.n;

    if (more > *n)
        more = *n;
    tt_buf_add(&u->held, *p, more);
    *p += more;
    *n -= more;
    return u->held.status;
}

enum tt_status tt_units_feed(struct tt_reader *rd, struct tt_units *u,
                             const uint8_t *p, size_t n, struct tt_error *err)
{
    enum tt_status st = TT_OK;

    while (!st && !u->dead && (n || u->held.n)) {
        bool held = u->held.n > 0;
        const uint8_t *at = held ? (const uint8_t *)u->held.p : p;
        size_t have = held ? u->held.n : n;
        size_t need = u->size(rd, at, have, err);

        if (!need)
            return u->why;
        if (need > have && !n)
            break;
        if (need > have) {
            st = hold(u, need, &p, &n);
            if (st)
                (void)tt_fail(err, st, "out of memory");
            continue;
        }
        st = u->take(rd, at, need, err);
        u->offset += need;
        if (held) {
            tt_buf_clear(&u->held);
        } else {
            p += need;
            n -= need;
        }
    }
    return st;
}

bool tt_units_cut(struct tt_reader *rd, struct tt_units *u, const char *what)
{
    if (u->dead || !u->held.n)
        return false;
    tt_reader_truncated(rd, u->offset, what);
    return true;
}
