/*
 * head - the title and the verdict on top.
 */
#include "view/view.h"

#include <string.h>

enum { TEXT_COL = 10, MOST_DETAILS = 30, ROOM_FOR_VERDICT = 12 };

/* ---- words that are wrapped --------------------------------------------- */

/* How much of text goes into n columns: up to a blank when there is one. */
static size_t fits(const char *text, int n)
{
    size_t len = strlen(text), max = n > 0 ? (size_t)n : 0;

    if (len <= max)
        return len;
    for (size_t i = max; i > max / 2; i--)
        if (text[i] == ' ')
            return i;
    return max;
}

/* Text with a word at the edge, over at most max rows; the rows used come
 * back.  What does not fit ends in "..". */
static int put_item(struct grid *g, int row, int max, const char *word,
                    int word_style, const char *text, int style)
{
    int used = 0, cols = g->cols - TEXT_COL - 1;

    if (!*text || max < 1 || cols < 8)
        return 0;
    (void)grid_text(g, row, TEXT_COL - 2 - (int)strlen(word), TEXT_COL,
                    word_style, word);
    while (*text && used < max) {
        size_t n = fits(text, cols);
        int col = grid_text(g, row + used, TEXT_COL, (int)n, style, text);

        text += n;
        text += strspn(text, " ");
        if (*text && used + 1 == max) {
            if (col > g->cols - 3)
                col = g->cols - 3;
            (void)grid_text(g, row + used, col, 2, style, "..");
        }
        used++;
    }
    return used;
}

/* ---- the parts ---------------------------------------------------------- */

/* The headline itself; how sure stands at the right edge. */
static int put_verdict(const struct port *p, struct grid *g, int row, int max)
{
    const struct headline *h = &p->head;
    int right = (int)strlen(h->right), used;
    struct grid narrow = *g;

    if (g->cols < 24) {
        int col = grid_text(g, row, 0, g->cols, h->style, h->label);

        (void)grid_text(g, row, col + 1, g->cols, STYLE_TITLE, h->text);
        return 1;
    }
    if (right + 30 > g->cols)
        right = 0;
    used =
        put_item(&narrow, row, max, h->label, h->style,
                 *h->text ? h->text : "nothing has been seen yet", STYLE_TITLE);
    if (!right)
        return used;
    /* Where the last row has room, else over its end. */
    for (int c = g->cols - right - 2; c < g->cols; c++)
        if (g->cell[(row + used - 1) * g->cols + c].ch != ' ')
            return used;
    (void)grid_text(g, row + used - 1, g->cols - right - 1, right, STYLE_DIM,
                    h->right);
    return used;
}

int head_layout(const struct view *v, struct grid *g)
{
    const struct port *p = view_port(v);
    const struct headline *h = &p->head;
    int row = 0, most, lines;

    if (g->rows >= 10) {
        title_layout(v, g);
        row = 1;
    }
    if (v->pane == PANE_PORTS && g->rows < (int)v->nports + ROOM_FOR_VERDICT)
        return row; /* all of them are more than this one */
    most = g->rows >= 20 ? 2 : 1;
    lines = !v->details ? 1 : g->rows / 10 + 1;
    if (lines > MOST_DETAILS)
        lines = MOST_DETAILS;
    row += put_verdict(p, g, row, v->details ? most + 2 : most);
    if (g->rows < 16)
        return row;
    row += put_item(g, row, lines, "why", STYLE_HEAD, h->why, STYLE_PLAIN);
    row +=
        put_item(g, row, g->rows >= 24 || v->details ? lines + 1 : lines,
                 *h->rule ? "fix" : "decide", STYLE_HEAD, h->fix, STYLE_PLAIN);
    row += put_item(g, row, lines, "also", STYLE_HEAD, h->also, STYLE_PLAIN);
    grid_fill(g, row, 0, g->cols, STYLE_RULER, g->unicode ? 0x2500 : '-');
    return row + 1;
}
