#include "view/view.h"
#include "base/letter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCH_PIECE = 8 << 20 };

bool view_init(struct view *v)
{
    memset(v, 0, sizeof(*v));
    keymap_init(&v->keys);
    tt_buf_init(&v->rule_errors, 1 << 16);
    tt_buf_init(&v->settings_errors, 1 << 16);
    return true;
}

void view_free(struct view *v)
{
    tt_buf_release(&v->rule_errors);
    tt_buf_release(&v->settings_errors);
    tt_buf_release(&v->request.text);
    free(v->rule_lines);
    v->rule_lines = NULL;
}

bool view_add(struct view *v, struct port *p)
{
    if (v->nports == MAX_PORTS)
        return false;
    v->port[v->nports++] = p;
    return true;
}

void view_say(struct view *v, bool bad, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(v->message, sizeof(v->message), fmt, ap);
    va_end(ap);
    v->message_bad = bad;
}

bool view_request(struct view *v, struct request *out)
{
    if (v->request.kind == REQ_NONE)
        return false;
    *out = v->request;
    v->request = (struct request){0};
    return true;
}

/* On from the other end, once. */
static void search_wraps(struct view *v)
{
    const struct store *s = &view_port(v)->store;
    bool back = v->search.back;

    v->wrapped = true;
    v->search.record = back ? store_end(s) - 1 : store_first(s);
    v->search.partly = false;
}

/* "dead" may be a word. */
static void say_not_found(struct view *v)
{
    const struct past_texts *past = &v->past[ASK_SEARCH];
    const char *text = past->n ? past->text[past->n - 1] : "";
    bool word = strlen(text) > 2 && !text[strspn(text, "abcdefABCDEF")];

    if (word)
        view_say(v, true, "no such bytes anywhere; the text: \"%.40s\"", text);
    else
        view_say(v, true, "not found anywhere");
}

bool view_search(struct view *v)
{
    struct port *p = view_port(v);

    if (!v->searching)
        return false;
    switch (search_step(&v->search, &p->store, &p->labels, SEARCH_PIECE)) {
    case SEARCH_MORE: return true;
    case SEARCH_FOUND:
        p->look.found = v->search.found;
        p->look.has_found = true;
        if (v->wrapped)
            view_say(v, false,
                     v->search.back ? "from the end again"
                                    : "from the beginning again");
        view_go_to(v, v->search.found.record, v->search.found.at);
        break;
    case SEARCH_END:
        if (!v->wrapped && store_end(&p->store) > store_first(&p->store)) {
            search_wraps(v);
            return true;
        }
        say_not_found(v);
        break;
    }
    v->searching = false;
    return false;
}

/* ---- keys --------------------------------------------------------------- */

/* A click: on a row of the pane. */
static void click(struct view *v, const struct key *k)
{
    int row = k->row - v->pane_row;
    struct port *p = view_port(v);
    struct rows rw;
    struct spot s;

    if (row < 0 || row >= v->page)
        return;
    if (v->pane != PANE_WIRE) {
        if (v->scroll[v->pane] + row < v->lines[v->pane])
            v->picked[v->pane] = v->scroll[v->pane] + row;
        if (v->pane == PANE_PORTS)
            view_go_to_port(v, (size_t)v->picked[v->pane]);
        return;
    }
    if (!p->look.placed)
        return;
    wire_rows(p, v->cols, &rw);
    s = p->look.top;
    for (int i = 0; i < row; i++)
        if (!rows_next(&rw, &s))
            return;
    p->look.cursor = s;
    p->look.follow = false;
}

void view_key(struct view *v, const struct key *k)
{
    if (k->code == TKEY_PASTE || k->code == TKEY_PASTE_END || v->pasting) {
        view_paste_key(v, k);
        return;
    }
    if (v->ask != ASK_NONE) {
        view_ask_key(v, k);
        return;
    }
    v->message[0] = '\0';
    if (k->code == TKEY_WHEEL_UP)
        view_move(v, -3);
    else if (k->code == TKEY_WHEEL_DOWN)
        view_move(v, 3);
    else if (k->code == TKEY_CLICK)
        click(v, k);
    else
        view_act(v, keymap_action(&v->keys, k->code));
}

/* ---- drawing ------------------------------------------------------------ */

/* "Tab pane  / search  ..": as many as there is room for; help and quit
 * always. */
static void put_hints(const struct view *v, struct grid *g, int y)
{
    const struct port *p = view_port(v);
    int col = 1, last = g->cols - 16;

    for (const struct action_row *r = action_rows; r->name; r++) {
        char name[16];
        bool ends = r->action == ACT_HELP || r->action == ACT_QUIT;

        if (!r->hint || (r->where == ON_LIVE && !p->live) ||
            (r->where == ON_FILE && p->live))
            continue;
        say_key(v->keys.key[r->action][0], name);
        if (!ends && col + (int)(strlen(name) + strlen(r->hint)) + 3 > last)
            continue;
        col = grid_text(g, y, col, 15, STYLE_KEY, name);
        col = grid_text(g, y, col + 1, 20, STYLE_DIM, r->hint) + 2;
    }
}

/* From where on the answer is shown, so that the cursor is in sight. */
static size_t answer_from(const struct view *v, int room)
{
    size_t from = 0, len;
    int cols = 0;

    for (size_t i = 0; i < v->at; i += len)
        cols +=
            tt_letter_columns(tt_letter(v->answer + i, v->nanswer - i, &len));
    for (; cols > room && from < v->at; from += len)
        cols -= tt_letter_columns(
            tt_letter(v->answer + from, v->nanswer - from, &len));
    return from;
}

static void put_question(const struct view *v, struct grid *g, int y)
{
    const char *keys = v->ask == ASK_LEAVE ? " (s/y/n) " : " (y/n) ";
    char part[ASK_TEXT];
    size_t from;
    int col, room, at;

    if (v->ask == ASK_SURE || v->ask == ASK_LEAVE) {
        /* whatever is cut, not what may be pressed */
        int most = g->cols - (int)strlen(keys) - 1;

        col = most > 0 ? grid_text(g, y, 1, most, STYLE_PROMPT, ask_prompt(v))
                       : 0;
        (void)grid_text(g, y, col, g->cols - col, STYLE_PROMPT, keys);
        return;
    }
    col = grid_text(g, y, 1, g->cols, STYLE_PROMPT, ask_prompt(v));
    room = g->cols - col - 2;
    if (room < 8) { /* the answer matters more than the question */
        grid_fill(g, y, 0, g->cols, STYLE_PLAIN, ' ');
        col = 0;
        room = g->cols - 1;
    }
    from = answer_from(v, room);
    (void)snprintf(part, sizeof(part), "%.*s", (int)(v->at - from),
                   v->answer + from);
    at = grid_letters(g, y, col, room, STYLE_PLAIN, part);
    (void)grid_letters(g, y, at, col + room - at, STYLE_PLAIN,
                       v->answer + v->at);
    grid_mark(g, y, at, 1, STYLE_PICKED);
}

static void put_last_line(const struct view *v, struct grid *g, int y)
{
    if (v->ask != ASK_NONE)
        put_question(v, g, y);
    else if (v->searching)
        (void)grid_text(g, y, 1, g->cols, STYLE_PROMPT,
                        "searching ... (Esc stops)");
    else if (v->message[0])
        (void)grid_text(g, y, 1, g->cols,
                        v->message_bad ? STYLE_ERROR : STYLE_PROMPT,
                        v->message);
    else if (v->pane == PANE_WIRE && v->row_note[0])
        (void)grid_letters(g, y, 1, g->cols, STYLE_LABEL, v->row_note);
    else
        put_hints(v, g, y);
}

static void put_pane(struct view *v, struct grid *g)
{
    switch (v->pane) {
    case PANE_WIRE: wire_layout(v, g); break;
    case PANE_VERDICT: verdict_layout(v, g); break;
    case PANE_STATS: stats_layout(v, g); break;
    case PANE_RULES: rules_layout(v, g); break;
    case PANE_PORTS: ports_layout(v, g); break;
    default: help_layout(v, g); break;
    }
}

void view_layout(struct view *v, struct grid *g)
{
    int top = 0, bottom = g->rows;
    bool talks = v->ask != ASK_NONE || v->message[0] || v->searching;
    struct grid part;

    grid_clear(g);
    v->cols = g->cols;
    if (v->pane != PANE_HELP || g->rows < 10)
        top = head_layout(v, g);
    if (g->rows >= 4 || (talks && g->rows >= 2))
        bottom--;
    if (g->rows >= 16) {
        bottom--;
        grid_fill(g, bottom, 0, g->cols, STYLE_RULER,
                  g->unicode ? 0x2500 : '-');
    }
    v->pane_row = top;
    part = grid_part(g, top, bottom - top);
    v->page = part.rows;
    if (part.rows > 0)
        put_pane(v, &part);
    if (bottom < g->rows || (talks && g->rows == 1)) {
        if (g->rows == 1)
            grid_clear(g);
        put_last_line(v, g, g->rows - 1);
    }
}
