/*
 * socat -x, -x -v and -v: a head with direction, time, length and place, then
 * the bytes as pairs, as rows of pairs and text, or as text alone.
 *
 * The time is microseconds filled up with zeros to nine digits (socat
 * 1.7.4.4, xio-socat.c, xiotransfer): .000034331 is 0.034331 s.  -v writes a
 * dot for what cannot be printed, so its text loses bytes.  The length of the
 * head says where a text ends: it may hold what looks like another head.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

enum mode { UNKNOWN, PAIRS, TEXT };

struct socat {
    enum mode mode;
    enum tt_lane lane;
    uint64_t need;    /* bytes of this block that have not come */
    uint64_t next[2]; /* place of the next byte, by lane */
    int nibble;       /* of a pair that a wrapped line cut; 0: none */
};

/* "2026/11/22 00:04:09.000034331  length=1 from=0 to=0" */
static bool cut_head(struct tt_slice *s, struct tt_stamp *t, uint64_t *length,
                     uint64_t *from)
{
    struct tt_slice at = *s, digits;
    uint64_t to, us = 0;

    if (!tt_cut_iso(&at, t))
        return false;
    digits = (struct tt_slice){at.p - t->digits, (size_t)t->digits};
    if (t->digits < 6 || !tt_cut_number(&digits, 10, &us) || us > 999999)
        return false;
    t->ns = t->ns / TT_NS_PER_S * TT_NS_PER_S + us * TT_NS_PER_US;
    t->digits = 6;
    if (!tt_cut_blanks(&at) || !tt_cut_word(&at, "length=") ||
        !tt_cut_number(&at, 10, length) || !tt_cut_word(&at, " from=") ||
        !tt_cut_number(&at, 10, from) || !tt_cut_word(&at, " to=") ||
        !tt_cut_number(&at, 10, &to) || at.n)
        return false;
    *s = at;
    return true;
}

static void missing(struct tt_log *l, uint64_t n, const char *why)
{
    tt_log_note(l, why);
    tt_log_lost(l, n);
}

static enum tt_took take_head(struct tt_log *l, struct socat *k,
                              struct tt_slice s)
{
    struct tt_slice at = s;
    enum tt_lane lane = tt_starts(s, ">") ? TT_LANE_HOST : TT_LANE_DEVICE;
    struct tt_stamp t;
    uint64_t length, from;

    if (!(tt_cut_word(&at, "> ") || tt_cut_word(&at, "< ")) ||
        !cut_head(&at, &t, &length, &from))
        return TT_TOOK_ODD;
    if (k->need)
        missing(l, k->need, "the block before this line is not complete");
    tt_log_at(l, t.ns, t.digits);
    tt_log_cut(l);
    if (!from && k->next[lane]) { /* another run in the same file */
        tt_log_event(l, TT_EV_OPEN);
        k->next[0] = k->next[1] = 0;
    } else if (from > k->next[lane] && k->next[lane]) {
        missing(l, from - k->next[lane], "bytes before this line are missing");
    }
    k->lane = lane;
    k->need = length;
    k->next[lane] = from + length;
    k->nibble = 0;
    return TT_TOOK_SURE;
}

/* " 79 0b 31 ..", at most as many pairs as are due; the end of a pair that a
 * wrapped line cut may come first. */
static size_t cut_hex(struct socat *k, struct tt_slice *s, uint8_t *out,
                      size_t max)
{
    size_t n = 0;
    int d;

    if (k->nibble && s->n && (d = tt_cut_hex_digit(s->p[0])) >= 0) {
        out[n++] = (uint8_t)((k->nibble - 1) << 4 | d);
        s->p++;
        s->n--;
    }
    k->nibble = 0;
    while (n < max) {
        struct tt_slice at = *s;

        if (s->n && s->p[0] == ' ' && n)
            (void)tt_cut_char(&at, ' ');
        else if (n && s->n)
            break;
        else if (!n)
            (void)tt_cut_char(&at, ' ');
        if (at.n == 1 && (d = tt_cut_hex_digit(at.p[0])) >= 0) {
            k->nibble = d + 1;
            *s = (struct tt_slice){at.p + 1, 0};
            break;
        }
        if (!tt_cut_pair(&at, &out[n]) || (at.n && at.p[0] != ' '))
            break;
        *s = at;
        n++;
    }
    return n;
}

/* Is the first line of a block pairs?  Text that looks so must also have as
 * many of them as the head says. */
static enum mode mode_of(const struct socat *k, struct tt_slice s)
{
    struct socat trial = *k;
    uint8_t out[17];
    size_t n;

    if (!tt_starts(s, " "))
        return TEXT;
    n = cut_hex(&trial, &s, out, sizeof(out));
    if (!n || n > k->need)
        return TEXT;
    if (n == k->need || n == sizeof(out))
        return PAIRS;
    return (n == 16 && tt_starts(s, "  ")) ||
                   (out[n - 1] == '\n' && tt_starts(s, "  "))
               ? PAIRS
               : TEXT;
}

static enum tt_took take_pairs(struct tt_log *l, struct socat *k,
                               struct tt_slice s)
{
    bool any = false;

    for (;;) {
        uint8_t out[512];
        size_t max = k->need < sizeof(out) ? (size_t)k->need : sizeof(out);
        size_t n = cut_hex(k, &s, out, max);

        if (!n)
            break;
        any = true;
        tt_log_bytes(l, k->lane, out, n);
        k->need -= n;
        if (n < sizeof(out) || !k->need)
            break;
    }
    return any || k->nibble ? TT_TOOK_ROW : TT_TOOK_ODD;
}

/* Text of -v, of which a newline is one byte too.  What is left of the line
 * when the block is full is the next head. */
static struct tt_slice take_text(struct tt_log *l, struct socat *k,
                                 struct tt_slice s)
{
    static const char from[] = "abvfrnt0\\\"", to[] = "\a\b\v\f\r\n\t\0\\\"";

    while (s.n && k->need) {
        uint8_t c = (uint8_t)s.p[0];
        size_t n = 1;

        if (c == '\\' && s.n > 1)
            for (size_t i = 0; i < sizeof(from) - 1; i++)
                if (s.p[1] == from[i]) {
                    c = (uint8_t)to[i];
                    n = 2;
                }
        tt_log_byte(l, k->lane, c);
        k->need--;
        s.p += n;
        s.n -= n;
    }
    if (k->need && l->nl) {
        tt_log_byte(l, k->lane, '\n');
        k->need--;
        s.n = 0;
    }
    return s;
}

/* "2026/11/22 00:04:14 socat[22318] N starting data transfer" */
static bool is_talk(struct tt_slice s)
{
    struct tt_stamp t;

    return tt_cut_iso(&s, &t) && tt_cut_word(&s, " socat[");
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct socat *k = (struct socat *)(void *)l->own;
    enum tt_took took;

    if (k->need && !k->mode) {
        k->mode = mode_of(k, s);
        if (k->mode == TEXT)
            tt_log_lacks(l, "-v shows bytes that cannot be printed as dots: "
                            "these are lost; no control lines, no speed");
    }
    if (k->need && k->mode == TEXT) {
        s = take_text(l, k, s);
        return s.n ? take_head(l, k, s) : TT_TOOK_ROW;
    }
    took = k->need ? take_pairs(l, k, s) : TT_TOOK_ODD;
    if (took)
        return took;
    if (!k->need && tt_slice_is(s, "--"))
        return TT_TOOK_ROW;
    took = take_head(l, k, s);
    return took ? took : is_talk(s) ? TT_TOOK_IDLE : TT_TOOK_ODD;
}

static void finish(struct tt_log *l)
{
    struct socat *k = (struct socat *)(void *)l->own;

    if (k->need)
        missing(l, k->need, "the log ends inside a block");
}

const struct tt_dialect tt_dialect_socat = {
    .name = "socat",
    .title = "socat log",
    .lacks = "it has no control lines and no speed",
    .take = take,
    .finish = finish,
    .least = 1,
    .percent = 80,
};
