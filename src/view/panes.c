/*
 * panes - the panes that are lists: verdict, rules, help.
 */
#include "view/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the verdict in full, and those before it --------------------------- */

/* Line number i of a text; its length comes back. */
static size_t line_at(const char *text, int i, const char **line)
{
    while (i-- > 0 && *text) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    *line = text;
    return strcspn(text, "\n");
}

static int count_lines(const char *text)
{
    int n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static int words_style(const char *line)
{
    if (strstr(line, "  FAULT ") == line)
        return STYLE_FAULT;
    return STYLE_PLAIN;
}

static void draw_past(struct view *v, struct grid *g, int row, int i)
{
    const struct past_verdict *past =
        port_past(view_port(v), (uint64_t)(i < 0 ? 0 : i));
    int col;

    if (!past)
        return;
    col =
        grid_printf(g, row, 2, STYLE_TIME, "%10.3f", (double)past->t_ns / 1e9);
    col = grid_printf(g, row, col + 2, past->style, "%-7s", past->label);
    col = grid_text(g, row, col + 1, g->cols, STYLE_PLAIN, past->text);
    if (*past->right && col + (int)strlen(past->right) + 3 < g->cols)
        (void)grid_text(g, row, g->cols - (int)strlen(past->right) - 1, 40,
                        STYLE_DIM, past->right);
}

static void draw_told(const struct port *p, struct grid *g, int row, size_t i)
{
    int col;

    if (i >= p->ntold)
        return;
    col = grid_printf(g, row, 2, STYLE_TIME, "%10.3f",
                      (double)p->told[i].t_ns / 1e9);
    (void)grid_letters(g, row, col + 2, g->cols, STYLE_PLAIN, p->told[i].text);
}

static int past_lines(const struct port *p)
{
    return (int)(p->npast < PORT_PAST ? p->npast : PORT_PAST);
}

static void draw_verdict(struct view *v, struct grid *g, int row, int i)
{
    struct port *p = view_port(v);
    const char *report = port_report(p, (unsigned)v->cols - 1);
    int n = count_lines(report);
    const char *line;
    size_t len;

    if (i < n) {
        len = line_at(report, i, &line);
        for (size_t k = 0; k < len && (int)k + 1 < g->cols; k++)
            grid_put(g, row, (int)k + 1, k < 9 ? STYLE_HEAD : words_style(line),
                     line[k] >= 0x20 && line[k] < 0x7F ? (uint32_t)line[k]
                                                       : '?');
        return;
    }
    i -= n;
    if (i == 1)
        (void)grid_text(g, row, 1, g->cols, STYLE_TITLE,
                        "What was said before, newest first:");
    else if (i > 1 && i < past_lines(p) + 2)
        draw_past(v, g, row, i - 2);
    else if (i == past_lines(p) + 3)
        (void)grid_text(g, row, 1, g->cols, STYLE_TITLE,
                        "What the recording says was said when it was made:");
    else if (i > past_lines(p) + 3)
        draw_told(p, g, row, (size_t)(i - past_lines(p) - 4));
}

void verdict_layout(struct view *v, struct grid *g)
{
    struct port *p = view_port(v);
    int n;

    if (g->cols < 2)
        return;
    n = count_lines(port_report(p, (unsigned)g->cols - 1));
    n += 2 + past_lines(p);
    if (p->ntold)
        n += 2 + (int)p->ntold;
    list_layout(v, g, PANE_VERDICT, n, draw_verdict);
}

/* ---- rules -------------------------------------------------------------- */

/* What a rule met instead of what it wanted. */
static void say_met(struct tt_buf *out, const struct tt_progress *g)
{
    switch (g->byte) {
    case -1: tt_buf_printf(out, "[%s]", tt_event_name(g->event)); break;
    case -2: tt_buf_str(out, "too much time went by"); break;
    case -3: tt_buf_str(out, "a condition (where) was not true"); break;
    case -4: tt_buf_str(out, "what must not be there (unless) came"); break;
    case -5: tt_buf_str(out, "the recording ended"); break;
    default:
        tt_buf_printf(out, "%c %02X came", tt_lane_mark(g->lane),
                      (unsigned)g->byte & 0xFF);
        break;
    }
}

struct rule_line {
    enum { LINE_HEAD, LINE_FIRED, LINE_NEAR, LINE_ERROR } kind;
    const struct tt_rule *rule;
    struct tt_fired fired;
    struct tt_progress near;
    bool known; /* NEAR: its family was seen */
    const char *text;
};

enum { MOST_FIRED = 200, MOST_NEAR = 30, MOST_ERRORS = 100 };

/* The lines of the pane, made anew for each layout. */
struct rule_lines {
    struct rule_line line[MOST_FIRED + MOST_NEAR + 2 * MOST_ERRORS + 20];
    int n;
};

static void add_line(struct rule_lines *l, struct rule_line line)
{
    if (l->n < (int)TT_LEN(l->line))
        l->line[l->n++] = line;
}

/* Which rules have fired, and which are of a family (the name up to its first
 * dot) of which something was seen here: a rule that fired, or a message that
 * a note names.  Of the others chance alone brought the bytes. */
struct seen {
    bool *fired, *family; /* by index; NULL without memory */
};

static size_t family_len(const struct tt_rule *r)
{
    return strcspn(r->name, ".");
}

static void find_seen(const struct port *p, struct seen *s)
{
    size_t n = p->set->nrules, end;
    struct tt_fired f;

    *s =
        (struct seen){calloc(n + 1, sizeof(bool)), calloc(n + 1, sizeof(bool))};
    if (!s->fired || !s->family)
        return;
    for (unsigned i = 0; tt_session_fired(p->session, i, &f); i++)
        s->fired[f.rule->index] = true;
    for (size_t from = 0; from < n; from = end) {
        const char *name = p->set->by_name[from]->name;
        size_t len = family_len(p->set->by_name[from]);
        bool any = false;

        for (end = from; end < n; end++) {
            const struct tt_rule *r = p->set->by_name[end];

            if (family_len(r) != len || strncmp(r->name, name, len) != 0)
                break;
            any |= s->fired[r->index] || (p->noted && p->noted[r->index]);
        }
        for (size_t i = from; any && i < end; i++)
            s->family[p->set->by_name[i]->index] = true;
    }
}

static bool is_nearer(const struct rule_line *a, const struct rule_line *b)
{
    if (a->known != b->known)
        return a->known;
    return a->near.items > b->near.items;
}

/* The rules that came furthest without firing, at least two items; first those
 * of what is being spoken here. */
static void add_near(const struct port *p, struct rule_lines *l)
{
    const struct tt_engine *e = tt_session_engine(p->session);
    struct rule_line best[MOST_NEAR];
    struct seen seen;
    int n = 0;

    find_seen(p, &seen);
    for (unsigned i = 0; seen.fired && seen.family && i < p->set->nrules; i++) {
        const struct tt_rule *r = p->set->by_index[i];
        struct rule_line x = {
            .kind = LINE_NEAR, .rule = r, .known = seen.family[i]};
        int at;

        if (!r->verdict || !tt_engine_progress(e, i, &x.near) ||
            x.near.items < 2 || seen.fired[i])
            continue;
        if (n == MOST_NEAR && !is_nearer(&x, &best[n - 1]))
            continue;
        for (at = n < MOST_NEAR ? n++ : n - 1;
             at > 0 && is_nearer(&x, &best[at - 1]); at--)
            best[at] = best[at - 1];
        best[at] = x;
    }
    for (int i = 0; i < n; i++) {
        if (!best[i].known && (!i || best[i - 1].known))
            add_line(l, (struct rule_line){
                            .text =
                                "Of protocols of which nothing else is seen:"});
        add_line(l, best[i]);
    }
    free(seen.fired);
    free(seen.family);
}

static void add_errors(struct rule_lines *l, const char *title, const char *s)
{
    if (!*s)
        return;
    add_line(l, (struct rule_line){.text = title});
    for (int i = 0; *s && i < MOST_ERRORS; i++) {
        add_line(l, (struct rule_line){.kind = LINE_ERROR, .text = s});
        s += strcspn(s, "\n");
        s += *s == '\n';
    }
    add_line(l, (struct rule_line){.text = ""});
}

static void find_lines(const struct view *v, struct rule_lines *l)
{
    const struct port *p = view_port(v);
    struct rule_line x = {.kind = LINE_FIRED};

    l->n = 0;
    add_errors(l, "Mistakes in watch.conf (those lines are left out):",
               tt_buf_text(&v->settings_errors));
    add_errors(l,
               "Mistakes in rule files (the rules they are in are not used):",
               tt_buf_text(&v->rule_errors));
    add_line(l, (struct rule_line){.text = "Fired, in the order of the first "
                                           "time:"});
    for (unsigned i = 0;
         i < MOST_FIRED && tt_session_fired(p->session, i, &x.fired); i++)
        add_line(l, x);
    add_line(l, (struct rule_line){.text = ""});
    add_line(l, (struct rule_line){.text = "Came near, and what it stopped "
                                           "at:"});
    add_near(p, l);
}

static void put_slice(struct grid *g, int row, int col, int style,
                      struct tt_slice s)
{
    (void)grid_printf(g, row, col, style, "%.*s", (int)s.n, s.p ? s.p : "");
}

static void draw_fired(struct grid *g, int row, const struct tt_fired *f)
{
    int col = grid_printf(g, row, 2, STYLE_PLAIN, "%-30s", f->rule->name);

    col = grid_printf(g, row, col + 1, STYLE_DIM,
                      "%6" PRIu64 " x %3d bits, last %.3f s", f->hits,
                      (int)((f->bits + 32768) >> 16), (double)f->t_ns / 1e9);
    if (f->rule->nsteps)
        col = grid_printf(g, row, col, STYLE_DIM, ", %d of %u steps",
                          f->reached, f->rule->nsteps);
    put_slice(g, row, col + 2, STYLE_PLAIN, f->rule->title);
}

static void draw_near(struct grid *g, int row, const struct rule_line *x)
{
    int col = grid_printf(g, row, 2, STYLE_PLAIN, "%-30s", x->rule->name);
    struct tt_buf b;

    tt_buf_init(&b, 200);
    say_met(&b, &x->near);
    (void)grid_printf(g, row, col + 1, STYLE_DIM,
                      "%u items, then at %.3f s: %s", x->near.items,
                      (double)x->near.t_ns / 1e9, tt_buf_text(&b));
    tt_buf_release(&b);
}

static void draw_rule(struct view *v, struct grid *g, int row, int i)
{
    const struct rule_line *x = &v->rule_lines->line[i];

    switch (x->kind) {
    case LINE_HEAD:
        (void)grid_text(g, row, 1, g->cols, STYLE_TITLE, x->text);
        break;
    case LINE_ERROR:
        (void)grid_text(g, row, 2, (int)strcspn(x->text, "\n"), STYLE_ERROR,
                        x->text);
        break;
    case LINE_FIRED: draw_fired(g, row, &x->fired); break;
    case LINE_NEAR: draw_near(g, row, x); break;
    }
}

void rules_layout(struct view *v, struct grid *g)
{
    if (!v->rule_lines)
        v->rule_lines = malloc(sizeof(*v->rule_lines));
    if (!v->rule_lines)
        return;
    find_lines(v, v->rule_lines);
    list_layout(v, g, PANE_RULES, v->rule_lines->n, draw_rule);
}

/* ---- help --------------------------------------------------------------- */

/* Does the row belong on this port's help? */
static bool is_for(const struct view *v, const struct action_row *r)
{
    bool live = view_port(v)->live;

    return r->where == ON_ANY || (r->where == ON_LIVE) == live;
}

/* A group's name stands on a line of its own, after an empty one. */
static const struct action_row *help_row(const struct view *v, int i,
                                         bool *name)
{
    const char *group = NULL;

    for (const struct action_row *r = action_rows; r->name; r++) {
        if (r->group)
            group = r->group;
        if (!is_for(v, r))
            continue;
        if (group) {
            i -= r != action_rows; /* the empty line */
            if (i < 0)
                return NULL;
            *name = i-- == 0;
            if (*name)
                return r;
            group = NULL;
        }
        *name = false;
        if (i-- == 0)
            return r;
    }
    return NULL;
}

static const char *group_of(const struct action_row *r)
{
    while (!r->group)
        r--;
    return r->group;
}

static void draw_help(struct view *v, struct grid *g, int row, int i)
{
    const struct action_row *r;
    struct tt_buf b;
    bool name = false;

    r = help_row(v, i, &name);
    if (!r)
        return;
    if (name) {
        (void)grid_text(g, row, 1, g->cols, STYLE_TITLE, group_of(r));
        return;
    }
    tt_buf_init(&b, 100);
    keymap_keys(&v->keys, r->action, &b);
    (void)grid_text(g, row, 3, 14, STYLE_KEY, tt_buf_text(&b));
    (void)grid_text(g, row, 18, g->cols, STYLE_PLAIN, r->help);
    tt_buf_release(&b);
}

void help_layout(struct view *v, struct grid *g)
{
    int n = 0;

    for (const struct action_row *r = action_rows; r->name; r++)
        n += is_for(v, r) + 2 * (r->group != NULL);
    list_layout(v, g, PANE_HELP, n - 1, draw_help);
}
