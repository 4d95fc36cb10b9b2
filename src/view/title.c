/*
 * title - the first row: what is looked at, how the line is set, what is
 * recorded, the clock.  Where there is no room for all of it the least
 * important goes first: the clock is there as long as anything is.
 */
#include "view/view.h"

#include <stdio.h>
#include <string.h>

enum { LEAST_NAME = 16 };

/* What stands in the row, from the left to the right. */
enum part { PROGRAM, NAME, SPEED, LINES, RECORD, NUMBER, CLOCK, STATE, PARTS };

struct title {
    char text[PARTS][PORT_NAME];
};

/* "00:07.3", "1:02:03". */
static void put_clock(char *out, size_t size, uint64_t ns)
{
    uint64_t tenths = ns / (TT_NS_PER_S / 10), s = tenths / 10;

    if (s >= 3600)
        (void)snprintf(out, size, "%u:%02u:%02u", (unsigned)(s / 3600 % 100000),
                       (unsigned)(s / 60 % 60), (unsigned)(s % 60));
    else
        (void)snprintf(out, size, "%02u:%02u.%u", (unsigned)(s / 60),
                       (unsigned)(s % 60), (unsigned)(tenths % 10));
}

static void fill(const struct view *v, struct title *t)
{
    const struct port *p = view_port(v);

    memset(t, 0, sizeof(*t));
    (void)snprintf(t->text[PROGRAM], PORT_NAME, "telltale");
    (void)snprintf(t->text[NAME], PORT_NAME, "%s", p->name);
    if (p->baud)
        (void)snprintf(t->text[SPEED], PORT_NAME, "%u%s%.3s", (unsigned)p->baud,
                       p->mode[0] ? " " : "", p->mode);
    if (p->dtr >= 0)
        (void)snprintf(t->text[LINES], PORT_NAME, "DTR%c", p->dtr ? '+' : '-');
    if (p->rts >= 0)
        (void)snprintf(t->text[LINES] + strlen(t->text[LINES]), 8, "%sRTS%c",
                       p->dtr >= 0 ? " " : "", p->rts ? '+' : '-');
    (void)snprintf(t->text[RECORD], PORT_NAME, "%s", p->record);
    if (v->nports > 1)
        (void)snprintf(t->text[NUMBER], PORT_NAME, "line %zu/%zu",
                       v->current + 1, v->nports);
    put_clock(t->text[CLOCK], PORT_NAME, p->now_ns);
    (void)snprintf(t->text[STATE], PORT_NAME, "%s", p->state);
}

/* Columns of all parts but the name, with two between any two. */
static int columns_of(const struct title *t)
{
    int n = 2; /* at the edges */

    for (int i = 0; i < PARTS; i++)
        if (i != NAME && t->text[i][0])
            n += (int)strlen(t->text[i]) + 2;
    return n;
}

/* Take parts away until the name has room. */
static void make_room(struct title *t, int cols)
{
    static const enum part order[] = {PROGRAM, LINES,  RECORD, SPEED,
                                      NUMBER,  RECORD, STATE};
    int want = (int)strlen(t->text[NAME]);

    if (want > LEAST_NAME)
        want = LEAST_NAME;
    for (size_t i = 0; i < TT_LEN(order); i++) {
        char *text = t->text[order[i]];

        if (columns_of(t) + want <= cols)
            return;
        /* That it is recorded is worth four columns more. */
        text[order[i] == RECORD && !strncmp(text, "REC ", 4) ? 3 : 0] = '\0';
    }
}

void title_layout(const struct view *v, struct grid *g)
{
    static const int styles[PARTS] = {
        [PROGRAM] = STYLE_DIM, [NAME] = STYLE_TITLE};
    char name[PORT_NAME];
    struct title t;
    int col = 1, right = g->cols - 1;

    fill(v, &t);
    make_room(&t, g->cols);
    cut_name(name, sizeof(name), t.text[NAME], g->cols - columns_of(&t));
    memcpy(t.text[NAME], name, sizeof(name));
    for (int i = PARTS - 1; i >= RECORD; i--)
        if (t.text[i][0])
            right -= (int)strlen(t.text[i]) + 2;
    for (int i = 0; i < PARTS; i++) {
        if (i == RECORD)
            col = right + 2;
        if (t.text[i][0])
            col = grid_text(g, 0, col, g->cols, styles[i], t.text[i]) + 2;
    }
}
