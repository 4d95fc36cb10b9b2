/*
 * ports - all lines at once: a row each, whose columns stand where they stand
 * in every other row.
 *
 *   16 lines in /dev/serial/by-id/   2 FAULT  1 NOTE  13 OK
 *    1 ..A10K2X9P..  OK     The STM32 boot loader answered 79 to 7F.    live
 *
 * Names are short at the cost of what they have in common: that is no help in
 * telling them apart.
 */
#include "view/view.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_COLS = 4, LABEL_COLS = 8, COUNT_COLS = 22, LEAST_TEXT = 8 };

struct columns {
    size_t folder, before, after; /* that all names have in common */
    bool cut;                     /* before and after are left out */
    int name, counts, state;      /* widths */
};

void cut_name(char *out, size_t size, const char *name, int cols)
{
    size_t n = strlen(name), room = cols > 0 ? (size_t)cols : 0, head;

    if (n <= room || room < 5) {
        (void)snprintf(out, size, "%.*s", (int)room, name);
        return;
    }
    head = (room - 2) / 3; /* the end says more: of a path, of a number */
    (void)snprintf(out, size, "%.*s..%s", (int)head, name,
                   name + n - (room - 2 - head));
}

/* ---- what names have in common ------------------------------------------ */

static bool is_border(char c)
{
    return c != '\0' && strchr("/-_.:", c) != NULL;
}

static size_t common_start(const struct view *v)
{
    const char *first = v->port[0]->name;
    size_t n = strlen(first);

    for (size_t i = 1; i < v->nports; i++) {
        size_t k = 0;

        while (k < n && v->port[i]->name[k] == first[k])
            k++;
        n = k;
    }
    return n;
}

/* Of what stands behind the common start. */
static size_t common_end(const struct view *v, size_t start)
{
    const char *first = v->port[0]->name;
    size_t all = strlen(first), n = all - start;

    for (size_t i = 1; i < v->nports; i++) {
        const char *name = v->port[i]->name;
        size_t len = strlen(name), k = 0;

        while (k < n && k < len - start &&
               name[len - 1 - k] == first[all - 1 - k])
            k++;
        n = k;
    }
    while (n && !is_border(first[all - n]))
        n--;
    return n;
}

static void short_name(const struct columns *c, const char *name,
                       char out[PORT_NAME + 4], int cols)
{
    char part[PORT_NAME + 4];
    size_t n = strlen(name);

    if (c->cut)
        (void)snprintf(part, sizeof(part), "%s%.*s%s", c->before ? ".." : "",
                       (int)(n - c->before - c->after), name + c->before,
                       c->after ? ".." : "");
    else
        (void)snprintf(part, sizeof(part), "%s", name + c->folder);
    cut_name(out, PORT_NAME + 4, part, cols);
}

static int longest_name(const struct view *v, const struct columns *c)
{
    char name[PORT_NAME + 4];
    int most = 0;

    for (size_t i = 0; i < v->nports; i++) {
        short_name(c, v->port[i]->name, name, PORT_NAME);
        if ((int)strlen(name) > most)
            most = (int)strlen(name);
    }
    return most;
}

static void find_columns(const struct view *v, struct columns *c, int cols)
{
    int room = cols < 100 ? cols * 3 / 10 : 40;
    size_t start = v->nports > 1 ? common_start(v) : 0;
    const char *first = v->port[0]->name;

    *c = (struct columns){.counts = cols >= 100 ? COUNT_COLS : 0};
    for (c->folder = start; c->folder && first[c->folder - 1] != '/';)
        c->folder--;
    c->name = longest_name(v, c);
    if (c->name > room && v->nports > 1) {
        for (c->before = start; c->before && !is_border(first[c->before - 1]);)
            c->before--;
        c->after = common_end(v, start);
        c->cut = true;
        c->name = longest_name(v, c);
    }
    if (c->name > room)
        c->name = room;
    for (size_t i = 0; i < v->nports; i++) {
        int n = (int)strlen(v->port[i]->state);

        if (n > c->state)
            c->state = n;
    }
    if (c->state > cols / 5)
        c->state = cols / 5;
}

/* ---- rows --------------------------------------------------------------- */

static void put_counts(const struct port *p, struct grid *g, int row, int col)
{
    char host[24], device[24];

    put_count(host, (double)p->gauge.stats.s.bytes[TT_LANE_HOST]);
    put_count(device, (double)p->gauge.stats.s.bytes[TT_LANE_DEVICE]);
    (void)grid_printf(g, row, col, STYLE_DIM, "> %7sB < %7sB", host, device);
}

static void draw_port(struct view *v, struct grid *g, int row, int i)
{
    const struct port *p = v->port[i];
    char name[PORT_NAME + 4], state[sizeof(p->state)];
    struct columns c;
    int col = NUMBER_COLS, room;

    find_columns(v, &c, v->cols);
    short_name(&c, p->name, name, c.name);
    (void)grid_printf(g, row, 1, STYLE_DIM, "%2d", i + 1);
    (void)grid_text(g, row, col, c.name,
                    (size_t)i == v->current ? STYLE_TITLE : STYLE_PLAIN, name);
    col += c.name + 1;
    if (c.counts)
        put_counts(p, g, row, col);
    col += c.counts;
    (void)grid_text(g, row, col, LABEL_COLS - 1, p->head.style, p->head.label);
    col += LABEL_COLS;
    room = g->cols - col - c.state - 2;
    if (room < LEAST_TEXT) { /* the state is on top of its own screen */
        c.state = 0;
        room = g->cols - col;
    }
    (void)grid_text(g, row, col, room, STYLE_PLAIN, p->head.text);
    if (c.state && (int)strlen(p->head.text) > room)
        (void)grid_text(g, row, col + room - 2, 2, STYLE_PLAIN, "..");
    cut_name(state, sizeof(state), p->state, c.state);
    (void)grid_text(g, row, g->cols - c.state - 1, c.state, STYLE_DIM, state);
}

/* How many there are of each kind, the gravest first. */
static void put_sum(const struct view *v, struct grid *g)
{
    static const int styles[] = {STYLE_FAULT, STYLE_WARN, STYLE_NOTE, STYLE_OK,
                                 STYLE_UNKNOWN};
    struct columns c;
    int col = grid_printf(g, 0, 1, STYLE_TITLE, "%zu line%s", v->nports,
                          v->nports == 1 ? "" : "s");

    for (size_t k = 0; k < TT_LEN(styles); k++) {
        const char *label = "";
        int n = 0;

        for (size_t i = 0; i < v->nports; i++)
            if (v->port[i]->head.style == styles[k]) {
                label = v->port[i]->head.label;
                n++;
            }
        if (n)
            col = grid_printf(g, 0, col + 2, styles[k], "%d %s", n, label);
    }
    find_columns(v, &c, v->cols);
    if (c.folder || c.before)
        (void)grid_printf(g, 0, col + 2, STYLE_DIM, "%.*s%s",
                          (int)(c.cut ? c.before : c.folder), v->port[0]->name,
                          c.cut ? ".." : "");
}

void ports_layout(struct view *v, struct grid *g)
{
    struct grid part;

    v->picked[PANE_PORTS] = (int)v->current;
    if (g->rows > 2) {
        put_sum(v, g);
        part = grid_part(g, 1, g->rows - 1);
        v->pane_row++;
        v->page--;
    } else {
        part = *g;
    }
    list_layout(v, &part, PANE_PORTS, (int)v->nports, draw_port);
}
