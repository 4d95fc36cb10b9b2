/*
 * act - what each action does to the view.
 */
#include "view/view.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { MOST_SHIFT = 400 }; /* columns that a list may be moved by */

/* The user is at the oldest row there is: is it the first? */
static void say_older(struct view *v)
{
    const struct port *p = view_port(v);

    if (!p->tape || !store_first(&p->store))
        return;
    if (*p->record && !p->older.get)
        v->request = (struct request){.kind = REQ_OLDER};
    else
        view_say(v, true,
                 "what is older is no longer held in memory; r, or -r FILE at "
                 "the start, keeps everything");
}

static void move_wire(struct view *v, int rows)
{
    struct port *p = view_port(v);
    struct look *l = &p->look;
    struct rows rw;

    if (!l->placed)
        return;
    wire_rows(p, v->cols, &rw);
    if (rows < 0)
        l->follow = false;
    for (; rows < 0; rows++)
        if (!rows_prev(&rw, &l->cursor)) {
            say_older(v);
            return;
        }
    for (; rows > 0; rows--)
        if (!rows_next(&rw, &l->cursor)) {
            l->follow = p->live || p->clipped || p->grows;
            return;
        }
}

void view_move(struct view *v, int rows)
{
    int *at = &v->picked[v->pane], *top = &v->scroll[v->pane];

    if (v->pane == PANE_WIRE) {
        move_wire(v, rows);
        return;
    }
    *at += rows;
    *top += rows;
    if (*top > v->lines[v->pane] - v->page)
        *top = v->lines[v->pane] - v->page;
    if (*top < 0)
        *top = 0;
    if (*at >= v->lines[v->pane])
        *at = v->lines[v->pane] - 1;
    if (*at < 0)
        *at = 0;
    if (v->pane == PANE_PORTS)
        view_go_to_port(v, (size_t)*at);
}

static void go_to_end(struct view *v, bool last)
{
    struct port *p = view_port(v);
    struct rows rw;

    if (v->pane == PANE_PORTS) {
        view_go_to_port(v, last ? v->nports - 1 : 0);
        return;
    }
    if (v->pane != PANE_WIRE) {
        v->picked[v->pane] = last ? INT_MAX / 2 : 0; /* the layout knows */
        return;
    }
    wire_rows(p, v->cols, &rw);
    p->look.follow = last && (p->live || p->clipped || p->grows);
    if (!p->look.placed)
        return;
    if (last)
        (void)rows_last(&rw, &p->look.cursor);
    else if (rows_first(&rw, &p->look.cursor))
        say_older(v);
}

/* ---- how it is shown ---------------------------------------------------- */

static void next_pane(struct view *v, int by)
{
    int n = PANE_HELP; /* help is not one of the round */

    if (v->pane == PANE_HELP) {
        v->pane = v->before_help;
        return;
    }
    do
        v->pane = (enum pane)(((int)v->pane + by + n) % n);
    while (v->pane == PANE_PORTS && v->nports < 2);
}

static void toggle_lane(struct view *v, enum tt_lane lane)
{
    static const char *const names[TT_LANES] = {"what the host sent",
                                                "what the device sent",
                                                "what the tool printed",
                                                "events of the line"};
    struct look *l = &view_port(v)->look;

    l->lanes ^= 1u << lane;
    view_say(v, false, "%s: %s", names[lane],
             l->lanes >> lane & 1 ? "shown" : "hidden");
}

static void next_times(struct view *v)
{
    static const char *const names[TIMES_KINDS] = {"times since the beginning",
                                                   "times since the row before",
                                                   "times of the day"};
    struct port *p = view_port(v);

    p->look.times = (enum times)((p->look.times + 1) % TIMES_KINDS);
    if (p->look.times == TIMES_DAY && !p->info.epoch_ns)
        p->look.times = TIMES_START;
    view_say(v, false, "%s", names[p->look.times]);
}

void view_go_to_port(struct view *v, size_t i)
{
    if (i % v->nports == v->current)
        return;
    v->current = i % v->nports;
    v->picked[PANE_PORTS] = (int)v->current;
    v->searching = false;
    v->scroll[PANE_VERDICT] = v->picked[PANE_VERDICT] = 0;
    v->scroll[PANE_RULES] = v->picked[PANE_RULES] = 0;
}

/* The time of the verdict of the past that the cursor of its pane is on: the
 * pane ends in those, and in what the recording told. */
static bool time_of_past(const struct view *v, uint64_t *t_ns)
{
    const struct port *p = view_port(v);
    int held = (int)(p->npast < PORT_PAST ? p->npast : PORT_PAST);
    int told = (int)p->ntold;
    int i = v->picked[PANE_VERDICT] - (v->lines[PANE_VERDICT] - told);
    const struct past_verdict *past;

    if (told && i >= 0 && i < told) {
        *t_ns = p->told[i].t_ns;
        return true;
    }
    i += held + (told ? 2 : 0);
    past = i >= 0 ? port_past(p, (uint64_t)i) : NULL;
    if (past)
        *t_ns = past->t_ns;
    return past != NULL;
}

/* Enter: a line of the list of lines is gone to, a verdict of the past is
 * looked up where it was. */
static void open_picked(struct view *v)
{
    struct port *p = view_port(v);

    if (v->pane == PANE_PORTS) {
        v->pane = PANE_WIRE;
    } else if (v->pane == PANE_VERDICT) {
        struct rows rw;
        uint64_t t_ns;

        if (!time_of_past(v, &t_ns))
            return;
        v->pane = PANE_WIRE;
        wire_rows(p, v->cols, &rw);
        wire_goto(p, &rw, record_at_time(&p->store, t_ns), 0);
    }
}

/* ---- pieces ------------------------------------------------------------- */

static void select_rows(struct view *v)
{
    struct look *l = &view_port(v)->look;

    if (v->pane != PANE_WIRE || !l->placed)
        return;
    l->picking = !l->picking;
    l->picked = l->cursor;
    l->follow = false;
    if (l->picking)
        view_say(v, false,
                 "move to the other end; y copies, Y saves an "
                 "example, x ends");
}

static void copy(struct view *v)
{
    struct request r = {.kind = REQ_COPY};

    tt_buf_init(&r.text, 1 << 20);
    if (!pick_text(view_port(v), v->cols, &r.text)) {
        tt_buf_release(&r.text);
        view_say(v, true, "there is nothing to copy");
        return;
    }
    v->request = r;
    view_port(v)->look.picking = false;
}

static void cancel(struct view *v)
{
    struct look *l = &view_port(v)->look;

    if (v->searching)
        v->searching = false;
    else if (v->pane == PANE_HELP)
        v->pane = v->before_help;
    else if (l->picking)
        l->picking = false;
    else if (l->has_found)
        l->has_found = false;
    else
        v->pane = PANE_WIRE;
}

static void help(struct view *v)
{
    if (v->pane == PANE_HELP) {
        v->pane = v->before_help;
        return;
    }
    v->before_help = v->pane;
    v->pane = PANE_HELP;
}

/* Only a line can be acted on, and only a recording runs. */
static bool can(struct view *v, enum action a)
{
    bool live = view_port(v)->live;

    for (const struct action_row *r = action_rows; r->name; r++) {
        if (r->action != a || r->where == ON_ANY ||
            (r->where == ON_LIVE) == live)
            continue;
        view_say(v, true,
                 live ? "that is for recordings: this is a line"
                      : "that is for a line: this is a recording");
        return false;
    }
    return true;
}

static void ask_to_record(struct view *v)
{
    const struct request stop = {.kind = REQ_RECORD};

    if (*view_port(v)->record)
        view_sure(v, &stop, "The recording ends here. Close it?");
    else
        view_ask(v, ASK_RECORD, "");
}

static void request(struct view *v, enum request_kind kind)
{
    v->request = (struct request){.kind = kind};
}

static void step(struct view *v, enum port_step how)
{
    v->request = (struct request){.kind = REQ_STEP, .step = how};
}

/* Five seconds back or on. */
static void jump(struct view *v, const char *by)
{
    view_answered(v, ASK_GOTO, by);
}

/* Lists have no time: their lines are moved to the side. */
static bool shift_list(struct view *v, int by)
{
    int *shift = &v->shift[v->pane];

    if (v->pane == PANE_WIRE || v->pane == PANE_STATS)
        return false;
    *shift += by;
    if (*shift < 0)
        *shift = 0;
    if (*shift > MOST_SHIFT)
        *shift = MOST_SHIFT;
    return true;
}

/* clang-format off */
static bool act_on_line(struct view *v, enum action a)
{
    switch (a) {
    case ACT_PAUSE:
        if (view_port(v)->live)
            view_port(v)->look.follow = !view_port(v)->look.follow;
        else
            request(v, REQ_PAUSE);
        return true;
    case ACT_BACK:
        if (!shift_list(v, -8))
            jump(v, "-5s");
        return true;
    case ACT_FORWARD:
        if (!shift_list(v, 8))
            jump(v, "+5s");
        return true;
    case ACT_STEP: step(v, STEP_RECORD); return true;
    case ACT_STEP_TURN: step(v, STEP_TURN); return true;
    case ACT_STEP_VERDICT: step(v, STEP_VERDICT); return true;
    case ACT_FASTER: request(v, REQ_FASTER); return true;
    case ACT_SLOWER: request(v, REQ_SLOWER); return true;
    case ACT_FULL_SPEED: request(v, REQ_FULL); return true;
    case ACT_SEND: view_ask(v, ASK_SEND, ""); return true;
    case ACT_LINES: view_ask(v, ASK_LINES, ""); return true;
    case ACT_BAUD: view_ask(v, ASK_BAUD, ""); return true;
    case ACT_RECORD: ask_to_record(v); return true;
    default: return false;
    }
}

static bool act_on_look(struct view *v, enum action a)
{
    switch (a) {
    case ACT_PANE_NEXT: next_pane(v, 1); return true;
    case ACT_PANE_PREV: next_pane(v, -1); return true;
    case ACT_PANE_WIRE: v->pane = PANE_WIRE; return true;
    case ACT_PANE_VERDICT: v->pane = PANE_VERDICT; return true;
    case ACT_PANE_STATS: v->pane = PANE_STATS; return true;
    case ACT_PANE_RULES: v->pane = PANE_RULES; return true;
    case ACT_PANE_PORTS: v->pane = PANE_PORTS; return true;
    case ACT_VIEW: view_next_mode(v); return true;
    case ACT_TIMES: next_times(v); return true;
    case ACT_LANE_HOST: toggle_lane(v, TT_LANE_HOST); return true;
    case ACT_LANE_DEVICE: toggle_lane(v, TT_LANE_DEVICE); return true;
    case ACT_LANE_TOOL: toggle_lane(v, TT_LANE_TOOL); return true;
    case ACT_LANE_LINE: toggle_lane(v, TT_LANE_LINE); return true;
    case ACT_DETAILS: v->details = !v->details; return true;
    case ACT_PORT_NEXT: view_go_to_port(v, v->current + 1); return true;
    case ACT_PORT_PREV: view_go_to_port(v, v->current + v->nports - 1); return true;
    case ACT_OPEN: open_picked(v); return true;
    default: return false;
    }
}

static bool act_somehow(struct view *v, enum action a)
{
    return !can(v, a) || act_on_line(v, a) || act_on_look(v, a);
}

void view_act(struct view *v, enum action a)
{
    if (act_somehow(v, a)) {
        /* It costs, so it is asked for only where it is shown. */
        if (v->pane == PANE_RULES && !view_port(v)->progress &&
            v->request.kind == REQ_NONE)
            request(v, REQ_PROGRESS);
        return;
    }
    switch (a) {
    case ACT_UP: view_move(v, -1); break;
    case ACT_DOWN: view_move(v, 1); break;
    case ACT_PAGE_UP: view_move(v, v->page > 1 ? 1 - v->page : -1); break;
    case ACT_PAGE_DOWN: view_move(v, v->page > 1 ? v->page - 1 : 1); break;
    case ACT_TOP: go_to_end(v, false); break;
    case ACT_BOTTOM: go_to_end(v, true); break;
    case ACT_GOTO: view_ask(v, ASK_GOTO, ""); break;
    case ACT_EVIDENCE_NEXT: view_go_to_evidence(v, false); break;
    case ACT_EVIDENCE_PREV: view_go_to_evidence(v, true); break;
    case ACT_SEARCH: view_ask(v, ASK_SEARCH, ""); break;
    case ACT_SEARCH_NEXT: view_search_on(v, false); break;
    case ACT_SEARCH_PREV: view_search_on(v, true); break;
    case ACT_MARK: view_ask_mark(v); break;
    case ACT_UNMARK: view_unmark(v); break;
    case ACT_MARK_NEXT: view_go_to_mark(v, false); break;
    case ACT_MARK_PREV: view_go_to_mark(v, true); break;
    case ACT_SELECT: select_rows(v); break;
    case ACT_COPY: copy(v); break;
    case ACT_EXAMPLE: view_ask(v, ASK_EXAMPLE, ""); break;
    case ACT_HELP: help(v); break;
    case ACT_REDRAW: request(v, REQ_REDRAW); break;
    case ACT_CANCEL: cancel(v); break;
    case ACT_QUIT: view_leave(v); break;
    default: break;
    }
}
/* clang-format on */
