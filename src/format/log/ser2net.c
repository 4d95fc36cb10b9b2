/*
 * ser2net 4 traces in hexdump mode: "term" is the device, "tcp" or "net" the
 * host; 24 columns of pairs and the text between bars, of which a bar in the
 * data is not told apart.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct tt_stamp t;
    bool timed = tt_cut_iso(&s, &t) && tt_cut_char(&s, ' ');
    enum tt_lane lane = tt_starts(s, "term ") ? TT_LANE_DEVICE : TT_LANE_HOST;
    uint8_t out[8];
    size_t n;

    if (timed && t.digits)
        return TT_TOOK_ODD;
    if (timed)
        tt_log_at(l, t.ns, t.digits);
    if (timed && tt_starts(s, "OPEN (")) {
        tt_log_event(l, TT_EV_OPEN);
        return TT_TOOK_ROW;
    }
    if (timed && tt_starts(s, "CLOSE ")) {
        if (tt_starts(s, "CLOSE netcon") || tt_starts(s, "CLOSE ("))
            tt_log_event(l, TT_EV_CLOSE);
        return TT_TOOK_ROW;
    }
    if (!tt_cut_word(&s, "term ") && !tt_cut_word(&s, "tcp  ") &&
        !tt_cut_word(&s, "net  ") && !tt_cut_word(&s, "tcp ") &&
        !tt_cut_word(&s, "net "))
        return TT_TOOK_ODD;
    n = tt_cut_pairs(&s, out, sizeof(out));
    (void)tt_cut_blanks(&s);
    if (!n || s.n < n + 2 || s.p[0] != '|')
        return TT_TOOK_ODD;
    tt_log_bytes(l, lane, out, n);
    return TT_TOOK_SURE;
}

const struct tt_dialect tt_dialect_ser2net = {
    .name = "ser2net",
    .title = "ser2net trace",
    .lacks = "times are whole seconds; no control lines, no speed",
    .take = take,
    .least = 1,
    .percent = 90,
};
