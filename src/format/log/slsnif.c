/*
 * slsnif 0.4.4: blocks with a time, who sent, and the bytes as characters
 * with their numbers ("y (121)", with -x "y (79)") or, with -d, as pairs.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

enum { TEXT_COLUMN = 51 }; /* of a dump, where its text begins */

struct slsnif {
    enum tt_lane lane;
    bool going; /* a dump may go on */
};

/* The number of "<CR> (013) " or "y (79) ", after a name of any kind. */
static bool cut_item(struct tt_slice *s, uint8_t *b)
{
    for (size_t i = 1; i + 4 <= s->n && i < 12; i++) {
        struct tt_slice at = {s->p + i, s->n - i};
        uint64_t v;

        if (!tt_cut_word(&at, " ("))
            continue;
        if ((tt_cut_digits(&at, 10, 3, &v) || tt_cut_digits(&at, 16, 2, &v)) &&
            v < 256 && tt_cut_char(&at, ')')) {
            *b = (uint8_t)v;
            (void)tt_cut_char(&at, ' ');
            *s = at;
            return true;
        }
    }
    return false;
}

static size_t take_dump(struct tt_log *l, enum tt_lane lane, struct tt_slice s)
{
    struct tt_slice at = s;
    uint8_t out[16];
    size_t n;

    if (at.n > TEXT_COLUMN)
        at.n = TEXT_COLUMN;
    n = tt_cut_pairs(&at, out, sizeof(out));
    (void)tt_cut_blanks(&at);
    if (!n || at.n)
        return 0;
    tt_log_bytes(l, lane, out, n);
    return n;
}

static size_t take_items(struct tt_log *l, enum tt_lane lane, struct tt_slice s)
{
    uint8_t b;
    size_t n = 0;

    while (cut_item(&s, &b)) {
        tt_log_byte(l, lane, b);
        n++;
    }
    return n;
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct slsnif *k = (struct slsnif *)(void *)l->own;
    struct tt_slice at = s;
    struct tt_stamp t;
    size_t n;

    if (tt_cut_word(&at, "       --> ") && k->going)
        return take_dump(l, k->lane, at) ? TT_TOOK_ROW : TT_TOOK_ODD;
    k->going = false;
    if (tt_cut_word(&at, "Host   --> ") || tt_cut_word(&at, "Device --> ")) {
        k->lane = s.p[0] == 'H' ? TT_LANE_HOST : TT_LANE_DEVICE;
        tt_log_cut(l);
        n = take_dump(l, k->lane, at);
        k->going = n > 0;
        n = n ? n : take_items(l, k->lane, at);
        return n ? TT_TOOK_SURE : TT_TOOK_ODD;
    }
    if (tt_cut_stamp(&at, &t) && t.date && (!at.n || !at.p[0])) {
        tt_log_at(l, t.ns, t.digits);
        return TT_TOOK_ROW;
    }
    return tt_starts(s, "Total bytes transmitted: ") ? TT_TOOK_ROW
                                                     : TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_slsnif = {
    .name = "slsnif",
    .title = "slsnif log",
    .lacks = "it has no control lines and no speed",
    .take = take,
    .least = 1,
    .percent = 80,
};
