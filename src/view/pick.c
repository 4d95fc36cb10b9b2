/*
 * pick - the selection as text: for a ticket (tape text with times) and for a
 * rule (an example).
 */
#include "view/view.h"

#include <string.h>

enum { EXAMPLE_PAUSE_MS = 1, MOST_ROWS = 20000 };

static void put_bytes(struct tt_buf *out, const struct port *p,
                      const struct row *row, enum tt_lane lane,
                      const uint8_t *bytes, size_t n, uint64_t t_ns)
{
    const struct tt_record r = {
        .t_ns = t_ns, .lane = lane, .bytes = bytes, .len = n};
    bool timed = tt_quality_step(p->info.quality) != 0;

    (void)row;
    if (n)
        tt_tape_text_record(out, &r, timed ? t_ns : UINT64_MAX);
}

/* The first and the last row; false when nothing is there. */
static bool ends_of(const struct port *p, const struct rows *rw,
                    struct spot *from, struct spot *upto)
{
    const struct look *l = &p->look;

    if (!l->placed)
        return false;
    *from = *upto = l->cursor;
    if (l->picking && spot_compare(l->picked, *from) < 0)
        *from = l->picked;
    else if (l->picking)
        *upto = l->picked;
    return rows_settle(rw, from) && rows_settle(rw, upto);
}

bool pick_text(struct port *p, int cols, struct tt_buf *out)
{
    struct spot s, upto;
    struct rows rw;
    struct row row;
    bool any = false, timed = tt_quality_step(p->info.quality) != 0;

    wire_rows(p, cols, &rw);
    if (!ends_of(p, &rw, &s, &upto))
        return false;
    for (int i = 0; i < MOST_ROWS && rows_get(&rw, s, &row); i++) {
        if (row.kind == ROW_EVENT)
            tt_tape_text_record(out, &row.event, timed ? row.t_ns : UINT64_MAX);
        else if (row.kind == ROW_WIRE)
            put_bytes(out, p, &row, row.lane, row.bytes, row.nbytes, row.t_ns);
        if (row.kind == ROW_EXCHANGE) {
            put_bytes(out, p, &row, TT_LANE_HOST, row.bytes, row.nbytes,
                      row.t_ns);
            put_bytes(out, p, &row, TT_LANE_DEVICE, row.answer, row.nanswer,
                      row.t_ns + row.gap_ns);
        }
        any |= row.kind != ROW_GAP;
        if (spot_compare(s, upto) >= 0 || !rows_next(&rw, &s))
            break;
    }
    return any;
}

/* ---- examples ----------------------------------------------------------- */

struct example {
    struct tt_buf *out;
    int lane; /* named last; -1: none */
    uint64_t t_ns;
    bool any, timed;
};

static void put_pause(struct example *x, uint64_t t_ns)
{
    uint64_t us = (t_ns - x->t_ns) / TT_NS_PER_US;

    if (x->any && x->timed && t_ns >= x->t_ns &&
        us >= (uint64_t)EXAMPLE_PAUSE_MS * 1000) {
        if (us >= 10000 || us % 1000 == 0)
            tt_buf_printf(x->out, " %llums", (unsigned long long)(us / 1000));
        else
            tt_buf_printf(x->out, " %lluus", (unsigned long long)us);
    }
    x->t_ns = t_ns;
    x->any = true;
}

static void add_bytes(struct example *x, enum tt_lane lane, const uint8_t *p,
                      size_t n, uint64_t t_ns)
{
    if (!n)
        return;
    put_pause(x, t_ns);
    if (x->lane != (int)lane)
        tt_buf_printf(x->out, " %c", tt_lane_mark(lane));
    x->lane = (int)lane;
    tt_buf_ch(x->out, ' ');
    tt_tape_text_bytes(x->out, p, n, n);
}

static void add_event(struct example *x, const struct tt_record *r)
{
    struct tt_buf b;

    put_pause(x, r->t_ns);
    tt_buf_init(&b, 200);
    tt_tape_text_record(&b, r, UINT64_MAX);
    tt_buf_printf(x->out, " %.*s", (int)strcspn(tt_buf_text(&b), "\n"),
                  tt_buf_text(&b));
    tt_buf_release(&b);
}

bool pick_example(struct port *p, int cols, struct tt_buf *out)
{
    struct example x = {
        .out = out, .lane = -1, .timed = tt_quality_step(p->info.quality) != 0};
    struct spot s, upto;
    struct rows rw;
    struct row row;

    wire_rows(p, cols, &rw);
    if (!ends_of(p, &rw, &s, &upto))
        return false;
    for (int i = 0; i < MOST_ROWS && rows_get(&rw, s, &row); i++) {
        if (row.kind == ROW_EVENT)
            add_event(&x, &row.event);
        else if (row.kind != ROW_GAP)
            add_bytes(&x, row.lane, row.bytes, row.nbytes, row.t_ns);
        if (row.kind == ROW_EXCHANGE && row.answered)
            add_bytes(&x, TT_LANE_DEVICE, row.answer, row.nanswer,
                      row.t_ns + row.gap_ns);
        if (spot_compare(s, upto) >= 0 || !rows_next(&rw, &s))
            break;
    }
    return x.any && !out->status;
}
