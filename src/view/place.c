/*
 * place - going to places of the tape: evidence, marks, what was searched
 * for; and staying at one while it is shown in another way.
 */
#include "view/view.h"

/* The record and the byte of it that the cursor's row begins with. */
static void place_of(const struct view *v, uint64_t *record, size_t *at)
{
    const struct port *p = view_port(v);
    struct tt_record r;
    uint64_t offset;
    struct rows rw;
    struct row row;

    *record = 0;
    *at = 0;
    wire_rows(p, v->cols, &rw);
    if (!p->look.placed || !rows_get(&rw, p->look.cursor, &row))
        return;
    *record = row.record;
    if (row.kind == ROW_WIRE && store_get(&p->store, row.record, &r, &offset) &&
        row.offset >= offset)
        *at = (size_t)(row.offset - offset);
}

/* What is gone to must not be hidden: its lane is shown, and that is said. */
static void show_lane_of(struct view *v, uint64_t record)
{
    static const char *const names[TT_LANES] = {"what the host sent",
                                                "what the device sent",
                                                "what the tool printed",
                                                "events of the line"};
    struct port *p = view_port(v);
    struct tt_record r;
    uint64_t offset;

    if (!store_get(&p->store, record, &r, &offset) ||
        p->look.lanes >> r.lane & 1)
        return;
    p->look.lanes |= 1u << r.lane;
    view_say(v, false, "it was hidden: %s is shown again%s%s", names[r.lane],
             v->message[0] ? "; " : "", v->message);
}

void view_go_to(struct view *v, uint64_t record, size_t at)
{
    struct rows rw;

    show_lane_of(v, record);
    v->pane = PANE_WIRE;
    wire_rows(view_port(v), v->cols, &rw);
    wire_goto(view_port(v), &rw, record, at);
}

/* The places the headline stands on, in the order of the tape. */
void view_go_to_evidence(struct view *v, bool back)
{
    struct port *p = view_port(v);
    const struct headline *h = &p->head;
    uint64_t here, best = 0;
    size_t here_at, best_at = 0;
    bool any = false;

    place_of(v, &here, &here_at);
    for (unsigned i = 0; i < h->nevidence; i++) {
        uint64_t n = record_at_time(&p->store, h->evidence[i].t_ns);
        size_t at = 0;

        if (h->evidence[i].len &&
            !record_of_offset(&p->store, h->evidence[i].lane,
                              h->evidence[i].offset, n, &n, &at))
            continue;
        if (back ? n >= here : n <= here && (n || here || v->pane != PANE_WIRE))
            continue;
        if (any && (back ? n <= best : n >= best))
            continue;
        any = true;
        best = n;
        best_at = at;
    }
    v->pane = PANE_WIRE;
    if (!any) {
        view_say(v, true,
                 h->nevidence ? back ? "no evidence above this row"
                                     : "no evidence below this row"
                              : "no verdict, so no evidence");
        return;
    }
    view_go_to(v, best, best_at);
}

void view_search_on(struct view *v, bool back)
{
    struct port *p = view_port(v);
    struct needle n = v->search.needle;
    uint64_t here;
    size_t at;

    if (!v->has_needle) {
        view_ask(v, ASK_SEARCH, "");
        return;
    }
    place_of(v, &here, &at);
    search_begin(&v->search, &n, back, here, 0);
    if (p->look.has_found && p->look.found.record >= here &&
        p->look.found.record < here + ROWS_ANCHOR) {
        v->search.record = p->look.found.record;
        v->search.at = p->look.found.at;
    }
    v->searching = true;
    v->wrapped = false;
    (void)view_search(v);
}

/* ---- the same place in another view --------------------------------------- */

/* How many rows there are from the top to the cursor. */
static int depth_of(const struct rows *rw, const struct look *l, int most)
{
    struct spot s = l->top;

    for (int i = 0; i < most; i++)
        if (spot_compare(s, l->cursor) == 0)
            return i;
        else if (!rows_next(rw, &s))
            break;
    return 0;
}

/* A view that has longer rows knows the place less well: as long as the cursor
 * is not moved the first one found stays the one that is meant. */
static void remember_place(struct view *v, struct look *l)
{
    struct rows rw;

    if (l->stays && spot_compare(l->cursor, l->stays_at) == 0)
        return;
    wire_rows(view_port(v), v->cols, &rw);
    l->stay_row = depth_of(&rw, l, v->page);
    place_of(v, &l->stay_record, &l->stay_byte);
    l->stays = true;
}

void view_next_mode(struct view *v)
{
    static const char *const names[ROWS_MODES] = {
        "bytes", "text, line by line", "dialog: question, answer, how long"};
    struct port *p = view_port(v);
    struct look *l = &p->look;
    struct rows rw;

    remember_place(v, l);
    l->mode = (enum rows_mode)((l->mode + 1) % ROWS_MODES);
    l->picking = false;
    l->width = 0;
    v->pane = PANE_WIRE;
    wire_rows(p, v->cols, &rw);
    if (l->placed && rows_at(&rw, l->stay_record, l->stay_byte, &l->cursor)) {
        l->top = l->cursor;
        for (int i = 0; i < l->stay_row && rows_prev(&rw, &l->top); i++)
            ;
    }
    l->stays_at = l->cursor;
    view_say(v, false, "%s", names[l->mode]);
}
