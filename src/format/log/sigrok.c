/*
 * sigrok-cli's UART decoder (0.7) and what PulseView exports.  Only with
 * -l 4, --protocol-decoder-ann-class or the trace of Chrome is it said which
 * line a byte was on; sample numbers are no time unless the rate is known.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

struct sigrok {
    bool pending; /* a byte that may turn out to be a break */
    bool frame_error;
    bool bits; /* start and stop bits are listed, and so are data bits */
    enum tt_lane lane;
    uint8_t byte;
};

static void settle(struct tt_log *l, struct sigrok *k)
{
    if (k->pending)
        tt_log_byte(l, k->lane, k->byte);
    if (k->frame_error)
        tt_log_event(l, TT_EV_FRAME_ERROR);
    k->pending = k->frame_error = false;
}

static bool cut_ann(struct tt_slice *s)
{
    uint64_t from, to;
    struct tt_slice at = *s;

    if (tt_cut_number(&at, 10, &from) && tt_cut_char(&at, '-') &&
        tt_cut_number(&at, 10, &to) && tt_cut_char(&at, ' '))
        *s = at;
    at = *s;
    if (tt_cut_word(&at, "uart-")) {
        if (!tt_cut_number(&at, 10, &from) || !tt_cut_word(&at, ": "))
            return false;
    } else if (!tt_cut_word(&at, "UART: ")) {
        return false;
    }
    *s = at;
    return true;
}

/* "tx-data: ", "TX data: ", "TX: ": whose byte it is. */
static enum tt_lane cut_side(struct tt_slice *s, enum tt_lane side)
{
    static const char *const words[] = {
        "x-data: ",   "X data: ",   "X: ",        "x: ",
        "x-packet: ", "X packet: ", "x-warning: "};

    for (size_t i = 0; i < TT_LEN(words); i++) {
        struct tt_slice at = {s->p + 1, s->n ? s->n - 1 : 0};
        char c = s->n ? s->p[0] : 0;

        if ((c == 't' || c == 'T' || c == 'r' || c == 'R') &&
            tt_cut_word(&at, words[i])) {
            *s = at;
            return c == 't' || c == 'T' ? TT_LANE_HOST : TT_LANE_DEVICE;
        }
    }
    return side;
}

static enum tt_took take_word(struct tt_log *l, struct sigrok *k,
                              struct tt_slice s)
{
    static const char *const bits[] = {"Start bit", "Stop bit", "Parity bit",
                                       "0",         "1",        "Parity ok"};

    k->bits |= tt_slice_is(s, "Start bit");
    for (size_t i = 0; i < TT_LEN(bits); i++)
        if (tt_slice_is(s, bits[i]) && (s.n > 1 || k->bits))
            return TT_TOOK_ROW;
    if (tt_slice_is(s, "Frame error")) {
        k->frame_error = true;
        return TT_TOOK_ROW;
    }
    if (tt_slice_is(s, "Break condition")) {
        if (!k->byte)
            k->pending = false;
        k->frame_error = false;
        settle(l, k);
        tt_log_event(l, TT_EV_BREAK);
        return TT_TOOK_ROW;
    }
    if (tt_slice_is(s, "Parity error")) {
        settle(l, k);
        tt_log_event(l, TT_EV_PARITY_ERROR);
        return TT_TOOK_ROW;
    }
    return TT_TOOK_ODD;
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct sigrok *k = (struct sigrok *)(void *)l->own;
    struct tt_slice at;
    enum tt_lane lane;
    uint8_t out[512];
    size_t n;

    if (!cut_ann(&s))
        return TT_TOOK_ODD;
    lane = cut_side(&s, l->side);
    if (s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"') {
        s.p++;
        s.n -= 2;
    }
    if (take_word(l, k, s))
        return TT_TOOK_ROW;
    at = s;
    if (at.n == 4 && tt_cut_char(&at, '[')) /* format=ascii */
        at.n--;
    n = tt_cut_pairs(&at, out, sizeof(out));
    if (!n && s.n == 1) {
        out[n++] = (uint8_t)s.p[0];
        at.n = 0;
    }
    tt_trim(&at);
    if (!n || at.n)
        return TT_TOOK_ODD;
    settle(l, k);
    tt_log_bytes(l, lane, out, n - 1);
    k->pending = true;
    k->lane = lane;
    k->byte = out[n - 1];
    return TT_TOOK_SURE;
}

static void finish(struct tt_log *l)
{
    settle(l, (struct sigrok *)(void *)l->own);
}

const struct tt_dialect tt_dialect_sigrok = {
    .name = "sigrok",
    .title = "sigrok annotations",
    .lacks = "sample numbers are no times; without -l 4 or ann-class all bytes "
             "are taken for one side's (--lane says which)",
    .take = take,
    .finish = finish,
    .least = 2,
    .percent = 90,
};

/* ---- --protocol-decoder-jsontrace ----------------------------------------- */

/* The value of a member of this line: text without quotes, or a number. */
static struct tt_slice member(struct tt_slice s, const char *name)
{
    size_t at = tt_find(s, name), end;

    if (at >= s.n)
        return (struct tt_slice){s.p, 0};
    while (at < s.n && s.p[at] != ':')
        at++;
    s.p += at;
    s.n -= at;
    (void)tt_cut_char(&s, ':');
    (void)tt_cut_blanks(&s);
    end = tt_cut_char(&s, '"') ? tt_find(s, "\"") : tt_find(s, ",");
    if (end < s.n)
        s.n = end;
    return s;
}

static enum tt_took take_json(struct tt_log *l, struct tt_slice s)
{
    struct tt_slice ts, tid, name;
    struct tt_stamp t = {0};
    uint64_t us;
    uint8_t b;

    if (tt_starts(s, "{\"traceEvents\":") || tt_starts(s, "]"))
        return TT_TOOK_ROW;
    if (!tt_starts(s, "{\"ph\": \""))
        return TT_TOOK_ODD;
    if (!tt_starts(member(s, "\"pid\""), "uart"))
        return TT_TOOK_ODD;
    if (!tt_starts(s, "{\"ph\": \"B\""))
        return TT_TOOK_ROW;
    ts = member(s, "\"ts\"");
    tid = member(s, "\"tid\"");
    name = member(s, "\"name\"");
    if (!tt_cut_number(&ts, 10, &us) || us > TT_MAX_TIME_NS / 1000 ||
        name.n != 2 || !tt_cut_pair(&name, &b))
        return TT_TOOK_ROW;
    if (tt_starts(ts, ".") && ts.n >= 4) {
        struct tt_slice ns = {ts.p + 1, 3};

        (void)tt_cut_digits(&ns, 10, 3, &t.ns);
    }
    tt_log_at(l, us * 1000 + t.ns, 6);
    tt_log_byte(l, tt_starts(tid, "TX") ? TT_LANE_HOST : TT_LANE_DEVICE, b);
    return TT_TOOK_SURE;
}

const struct tt_dialect tt_dialect_sigrok_json = {
    .name = "sigrok-json",
    .title = "sigrok trace (JSON)",
    .lacks = "it has no control lines",
    .take = take_json,
    .least = 2,
    .percent = 90,
};
