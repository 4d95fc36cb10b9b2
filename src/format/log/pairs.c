/*
 * Hexadecimal pairs without anything else: xxd -p, the endless row of
 * minicom -H and tio --output-mode hex, the array of xxd -i.
 *
 * A device may print a few pairs as well: only what is long is taken for
 * this.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

struct pairs {
    int high; /* the first digit of a pair that a piece cut; 0: none */
    bool ended;
};

/* Digits in pairs, with one blank between pairs or none.  How many. */
static size_t count(struct tt_slice s, bool open, bool last)
{
    size_t run = open ? 1 : 0, n = 0;
    bool blank = true;

    for (size_t i = 0; i < s.n; i++) {
        if (tt_cut_hex_digit(s.p[i]) >= 0) {
            run++;
            n += run % 2 == 0;
            blank = false;
            continue;
        }
        if (s.p[i] != ' ' || run % 2 || (blank && i))
            return 0;
        run = 0;
        blank = true;
    }
    return run % 2 && last ? 0 : n;
}

static void emit(struct tt_log *l, struct pairs *k, struct tt_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        int d = tt_cut_hex_digit(s.p[i]);

        if (d < 0)
            continue;
        if (k->high)
            tt_log_byte(l, l->side, (uint8_t)((k->high - 1) << 4 | d));
        k->high = k->high ? 0 : d + 1;
    }
}

/* "  0x7f, 0x79," */
static size_t take_array(struct tt_log *l, struct tt_slice s)
{
    size_t n = 0;
    uint8_t b;

    (void)tt_cut_blanks(&s);
    while (tt_cut_word(&s, "0x") && tt_cut_pair(&s, &b)) {
        tt_log_byte(l, l->side, b);
        n++;
        (void)tt_cut_char(&s, ',');
        (void)tt_cut_blanks(&s);
    }
    return s.n ? 0 : n;
}

static bool is_array_end(struct tt_slice s)
{
    return tt_starts(s, "};") ||
           (tt_starts(s, "unsigned ") &&
            (tt_find(s, "[] = {") < s.n || tt_find(s, "_len = ") < s.n));
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct pairs *k = (struct pairs *)(void *)l->own;
    size_t n;

    if (!l->cut)
        k->high = 0;
    n = count(s, k->high > 0, l->nl);
    if (n) {
        emit(l, k, s);
        return n >= 16 ? TT_TOOK_SURE : TT_TOOK_ROW;
    }
    if (is_array_end(s))
        return TT_TOOK_ROW;
    n = take_array(l, s);
    return n >= 8 ? TT_TOOK_SURE : n ? TT_TOOK_ROW : TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_pairs = {
    .name = "hex",
    .title = "hex pairs",
    .lacks = "pairs have no times and no direction: all bytes are taken for "
             "the device's unless --lane says other",
    .take = take,
    .least = 1,
    .percent = 100,
};
