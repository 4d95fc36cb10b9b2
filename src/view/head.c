/*
 * head - the title and the verdict on top.
 */
#include "view/view.h"

#include <string.h>

enum { TEXT_COL = 10, MOST_HEAD = 4, MOST_DETAILS = 30 };

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

static void put_line_state(const struct port *p, struct grid *g, int *col)
{
    if (p->baud)
        *col = grid_printf(g, 0, *col + 2, STYLE_PLAIN, "%u%s%.3s",
                           (unsigned)p->baud, p->mode[0] ? " " : "", p->mode);
    if (p->dtr >= 0)
        *col = grid_printf(g, 0, *col + 2, STYLE_PLAIN, "DTR%c",
                           p->dtr ? '+' : '-');
    if (p->rts >= 0)
        *col = grid_printf(g, 0, *col + (p->dtr >= 0 ? 1 : 2), STYLE_PLAIN,
                           "RTS%c", p->rts ? '+' : '-');
}

/* "00:07.3", "1:02:03". */
static void put_clock(char out[16], uint64_t ns)
{
    uint64_t tenths = ns / (TT_NS_PER_S / 10), s = tenths / 10;
    struct tt_buf b;

    tt_buf_init(&b, 15);
    if (s >= 3600)
        tt_buf_printf(&b, "%u:%02u:%02u", (unsigned)(s / 3600 % 100000),
                      (unsigned)(s / 60 % 60), (unsigned)(s % 60));
    else
        tt_buf_printf(&b, "%02u:%02u.%u", (unsigned)(s / 60),
                      (unsigned)(s % 60), (unsigned)(tenths % 10));
    (void)memcpy(out, tt_buf_text(&b), b.n + 1);
    tt_buf_release(&b);
}

static void put_title(const struct view *v, struct grid *g)
{
    const struct port *p = view_port(v);
    char clock[16], right[256];
    struct tt_buf b;
    int col, from;

    put_clock(clock, p->now_ns);
    tt_buf_init(&b, sizeof(right) - 1);
    if (*p->record)
        tt_buf_printf(&b, "%s  ", p->record);
    if (v->nports > 1)
        tt_buf_printf(&b, "line %zu/%zu  ", v->current + 1, v->nports);
    tt_buf_printf(&b, "%s  %s", clock, p->state);
    col = grid_text(g, 0, 1, g->cols, STYLE_DIM, "telltale");
    col = grid_text(g, 0, col + 2, g->cols, STYLE_TITLE, p->name);
    put_line_state(p, g, &col);
    from = g->cols - (int)b.n - 1;
    if (from < col + 2) /* the state is worth more than a long name */
        from = g->cols - (int)strlen(p->state) - 1;
    if (from < g->cols / 2 && from < col + 2)
        from = col + 2;
    grid_fill(g, 0, from - 1, g->cols, STYLE_PLAIN, ' ');
    (void)grid_text(g, 0, from, g->cols, STYLE_PLAIN,
                    from == g->cols - (int)b.n - 1 ? tt_buf_text(&b)
                                                   : p->state);
    tt_buf_release(&b);
}

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
        put_title(v, g);
        row = 1;
    }
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
