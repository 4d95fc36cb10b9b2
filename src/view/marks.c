/*
 * marks - rows that somebody wants to find again, with a note: made, changed
 * and removed; and what becomes of them when the screen is left.
 */
#include "view/view.h"

#include <stdio.h>
#include <string.h>

const struct mark *mark_of_row(const struct port *p, const struct rows *rw,
                               const struct row *row)
{
    struct spot s = row->spot;
    uint64_t end = row->record + 1;
    struct row next;

    if (!p->nmarks || row->kind == ROW_GAP)
        return NULL;
    if (rows_next(rw, &s) && rows_get(rw, s, &next))
        end = next.record > end ? next.record : end;
    else
        end = UINT64_MAX;
    for (size_t i = 0; i < p->nmarks; i++)
        if (p->mark[i].record >= row->record && p->mark[i].record < end)
            return &p->mark[i];
    return NULL;
}

/* The row of the cursor and its mark, if it has one. */
static bool row_of_cursor(const struct view *v, struct row *row,
                          const struct mark **m)
{
    const struct port *p = view_port(v);
    struct rows rw;

    wire_rows(p, v->cols, &rw);
    if (!p->look.placed || !rows_get(&rw, p->look.cursor, row))
        return false;
    *m = mark_of_row(p, &rw, row);
    return true;
}

void view_ask_mark(struct view *v)
{
    const struct mark *m = NULL;
    struct row row;

    if (!row_of_cursor(v, &row, &m))
        view_say(v, true, "there is nothing to mark");
    else
        view_ask(v, ASK_MARK, m ? m->note : "");
}

static void request_mark(struct view *v, const struct mark *m,
                         enum mark_change change)
{
    struct request r = {.kind = REQ_MARK, .change = change, .mark = *m};

    view_port(v)->unsaved++;
    v->request = r;
}

void view_mark(struct view *v, const char *note)
{
    struct port *p = view_port(v);
    const struct mark *m = NULL;
    struct tt_record r;
    uint64_t offset;
    struct row row;

    if (!row_of_cursor(v, &row, &m) ||
        !store_get(&p->store, row.record, &r, &offset)) {
        view_say(v, true, "there is nothing to mark");
        return;
    }
    if (m) {
        uint64_t record = m->record;

        port_mark_change(p, record, note);
        request_mark(v, port_mark_at(p, record), MARK_CHANGED);
        return;
    }
    if (!port_mark(p, row.record, r.t_ns, note)) {
        view_say(v, true, "at most %d marks", PORT_MARKS);
        return;
    }
    request_mark(v, port_mark_at(p, row.record), MARK_MADE);
}

void view_unmark(struct view *v)
{
    const struct mark *m = NULL;
    struct mark was;
    struct row row;

    if (!row_of_cursor(v, &row, &m) || !m) {
        view_say(v, true, "there is no mark on this row");
        return;
    }
    was = *m;
    port_unmark(view_port(v), was.record);
    request_mark(v, &was, MARK_REMOVED);
    view_say(v, false, "the mark is removed");
}

void view_go_to_mark(struct view *v, bool back)
{
    struct port *p = view_port(v);
    const struct mark *m = NULL, *here = NULL;
    struct row row = {0};
    uint64_t at = 0;

    if (row_of_cursor(v, &row, &here))
        at = here ? here->record : row.record;
    for (size_t i = 0; i < p->nmarks; i++) {
        if (back && p->mark[i].record < at)
            m = &p->mark[i];
        if (!back && !m &&
            (p->mark[i].record > at || (!here && p->mark[i].record == at)))
            m = &p->mark[i];
    }
    if (!m) {
        view_say(v, true,
                 p->nmarks ? "no mark in that direction"
                           : "no marks yet: m makes one");
        return;
    }
    view_go_to(v, m->record, 0);
}

/* ---- leaving ------------------------------------------------------------ */

void view_leave(struct view *v)
{
    for (size_t i = 0; i < v->nports; i++) {
        const struct port *p = v->port[i];
        char name[40];

        if (!p->unsaved)
            continue;
        view_go_to_port(v, i);
        cut_name(name, sizeof(name), p->name, 36);
        v->ask = ASK_LEAVE;
        v->message_bad = false;
        (void)snprintf(v->message, sizeof(v->message),
                       "Marks of %s are in no file: s saves, y leaves.", name);
        return;
    }
    v->request = (struct request){.kind = REQ_QUIT};
}

void view_leave_key(struct view *v, int key)
{
    v->ask = ASK_NONE;
    v->message[0] = '\0';
    if (key == 's' || key == 'S') {
        v->leaving = true;
        view_ask(v, ASK_RECORD, "");
    } else if (key == 'y' || key == 'Y') {
        for (size_t i = 0; i < v->nports; i++)
            v->port[i]->unsaved = 0;
        v->request = (struct request){.kind = REQ_QUIT};
    }
}

void view_recorded(struct view *v, bool good)
{
    bool leaving = v->leaving;

    v->leaving = false;
    if (good && leaving)
        view_leave(v);
}
