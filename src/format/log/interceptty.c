/*
 * interceptty and interceptty-nicedump.  The arrows are those of the back
 * end: '<' goes to the device, '>' and a tab comes from it (interceptty 0.6,
 * interceptty.c, intercept_print).
 */
#include "format/log/cut.h"
#include "format/log/log.h"

#include <string.h>

/* Control characters by the names it gives them. */
static const char names[][4] = {"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK",
                                "BEL", "BS",  "TAB", "LF",  "VT",  "FF",  "CR",
                                "SO",  "SI",  "DLE", "DC1", "DC2", "DC3", "DC4",
                                "NAK", "SYN", "ETB", "CAN", "EM",  "SUB", "ESC",
                                "FS",  "GS",  "RS",  "US"};

/* "[LF]", "M-^?" or the character itself. */
static bool cut_name(struct tt_slice *s, uint8_t *b)
{
    struct tt_slice at = *s;

    if (!s->n)
        return false;
    if (tt_cut_word(&at, "[DEL]")) {
        *b = 0x7f;
        *s = at;
        return true;
    }
    for (size_t i = 0; s->p[0] == '[' && i < TT_LEN(names); i++) {
        at = (struct tt_slice){s->p + 1, s->n - 1};
        if (tt_cut_word(&at, names[i]) && tt_cut_char(&at, ']')) {
            *b = (uint8_t)i;
            *s = at;
            return true;
        }
    }
    *b = 0;
    if (s->n > 2 && tt_cut_word(s, "M-"))
        *b = 0x80;
    if (*b && s->n > 1 && tt_cut_char(s, '^'))
        *b ^= 0x40;
    *b ^= (uint8_t)s->p[0];
    s->p++;
    s->n--;
    return true;
}

/* "41(A):54(T):0d([CR])": by position, for the character may be ':' or ')'. */
static size_t take_compact(struct tt_log *l, enum tt_lane lane,
                           struct tt_slice s)
{
    uint8_t b, same;
    size_t n = 0;

    while (tt_cut_pair(&s, &b) && tt_cut_char(&s, '(') && cut_name(&s, &same) &&
           tt_cut_char(&s, ')')) {
        tt_log_byte(l, lane, b);
        n++;
        if (!tt_cut_char(&s, ':'))
            break;
    }
    return s.n ? 0 : n;
}

static enum tt_took take_names(struct tt_log *l, enum tt_lane lane,
                               struct tt_slice s)
{
    uint8_t b;
    size_t n = 0;

    while (cut_name(&s, &b)) {
        tt_log_byte(l, lane, b);
        n++;
        if (!tt_cut_char(&s, ':'))
            break;
    }
    return n && !s.n ? TT_TOOK_ROW : TT_TOOK_ODD;
}

/* "[00:05 22.505088]", or as many blanks on the lines that follow. */
static bool cut_time(struct tt_log *l, struct tt_slice *s)
{
    struct tt_slice at = *s;
    struct tt_stamp t;
    uint64_t h, m;

    if (!tt_cut_char(&at, '[')) {
        (void)tt_cut_blanks(s);
        return false;
    }
    if (!tt_cut_number(&at, 10, &h) || !tt_cut_char(&at, ':') ||
        !tt_cut_number(&at, 10, &m) || !tt_cut_char(&at, ' ') ||
        !tt_cut_seconds(&at, &t) || !tt_cut_char(&at, ']') || h > 23 || m > 59)
        return false;
    tt_log_clock(l, t.ns + (h * 60 + m) * 60 * TT_NS_PER_S, t.digits);
    *s = at;
    return true;
}

static enum tt_took take_nice(struct tt_log *l, enum tt_lane lane,
                              struct tt_slice s)
{
    uint8_t out[16];
    size_t n = tt_cut_pairs(&s, out, sizeof(out));

    (void)tt_cut_blanks(&s);
    if (!n || !tt_cut_char(&s, '|'))
        return TT_TOOK_ODD;
    tt_log_bytes(l, lane, out, n);
    return TT_TOOK_SURE;
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    enum tt_lane lane;
    struct tt_slice at;
    bool timed;
    uint8_t b;

    if (tt_starts(s, "# Using '"))
        return TT_TOOK_SURE;
    timed = cut_time(l, &s);
    lane = tt_starts(s, "<") ? TT_LANE_HOST : TT_LANE_DEVICE;
    if (!tt_cut_word(&s, "< ") && !tt_cut_word(&s, "> "))
        return TT_TOOK_ODD;
    if (tt_starts(s, " ")) {
        at = (struct tt_slice){s.p + 1, s.n - 1};
        if (take_nice(l, lane, at))
            return TT_TOOK_SURE;
    }
    at = s;
    (void)tt_cut_blanks(&at);
    if (tt_cut_word(&at, "0x") && tt_cut_pair(&at, &b) &&
        (!at.n || tt_starts(at, " ("))) {
        tt_log_byte(l, lane, b);
        return TT_TOOK_SURE;
    }
    at = s;
    (void)tt_cut_blanks(&at);
    if (take_compact(l, lane, at))
        return TT_TOOK_SURE;
    (void)tt_cut_char(&s, '\t');
    return take_names(l, lane, s) ? (timed ? TT_TOOK_SURE : TT_TOOK_ROW)
                                  : TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_interceptty = {
    .name = "interceptty",
    .title = "interceptty log",
    .lacks = "it has no control lines and no speed",
    .take = take,
    .least = 2,
    .percent = 90,
};
