/*
 * pyserial's spy:// (serial/urlhandler/protocol_spy.py): seconds since the
 * port was opened, what happened, and rows of 16 pairs with text.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

static const struct {
    const char *name;
    enum tt_event up, down;
} lines[] = {
    {"DTR ", TT_EV_DTR_UP, TT_EV_DTR_DOWN},
    {"RTS ", TT_EV_RTS_UP, TT_EV_RTS_DOWN},
    {"CTS ", TT_EV_CTS_UP, TT_EV_CTS_DOWN},
    {"DSR ", TT_EV_DSR_UP, TT_EV_DSR_DOWN},
    {"CD ", TT_EV_DCD_UP, TT_EV_DCD_DOWN},
    {"RI ", TT_EV_RI_UP, TT_EV_RI_DOWN},
    {"BRK ", TT_EV_BREAK, TT_EV_NONE},
};

static enum tt_took take_line(struct tt_log *l, struct tt_slice s)
{
    for (size_t i = 0; i < TT_LEN(lines); i++) {
        struct tt_slice at = s;

        if (!tt_cut_word(&at, lines[i].name))
            continue;
        (void)tt_cut_blanks(&at);
        if (tt_starts(at, "active") && lines[i].up)
            tt_log_event(l, lines[i].up);
        else if (tt_starts(at, "inactive") && lines[i].down)
            tt_log_event(l, lines[i].down);
        return TT_TOOK_SURE;
    }
    return tt_starts(s, "Q-RX ") || tt_starts(s, "Q-TX ") ? TT_TOOK_SURE
                                                          : TT_TOOK_ODD;
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct tt_slice at = s;
    struct tt_stamp t;
    uint8_t out[16];
    enum tt_lane lane;
    uint64_t place;
    size_t n;

    if (s.n < 11 || s.p[6] != '.' || !tt_cut_seconds(&at, &t) ||
        t.digits != 3 || !tt_cut_char(&at, ' '))
        return TT_TOOK_ODD;
    tt_log_at(l, t.ns, t.digits);
    lane = tt_starts(at, "TX ") ? TT_LANE_HOST : TT_LANE_DEVICE;
    if (!tt_cut_word(&at, "TX ") && !tt_cut_word(&at, "RX "))
        return take_line(l, at);
    (void)tt_cut_blanks(&at);
    if (!tt_cut_number(&at, 16, &place))
        return TT_TOOK_ODD;
    (void)tt_cut_blanks(&at);
    if (!place)
        tt_log_cut(l);
    if (!at.n || tt_starts(at, "<empty>"))
        return TT_TOOK_SURE; /* a read that gave nothing */
    n = tt_cut_pairs(&at, out, sizeof(out));
    if (!n)
        return TT_TOOK_ODD;
    tt_log_bytes(l, lane, out, n);
    return TT_TOOK_SURE;
}

const struct tt_dialect tt_dialect_spy = {
    .name = "spy",
    .title = "pyserial spy log",
    .lacks = "it has no speed",
    .take = take,
    .least = 1,
    .percent = 80,
};
