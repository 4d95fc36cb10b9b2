#include "view/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void put_time(char out[24], uint64_t ns)
{
    if (ns >= 60 * TT_NS_PER_S)
        (void)snprintf(out, 24, "%" PRIu64 " min %" PRIu64 " s",
                       ns / TT_NS_PER_S / 60 % 1000000, ns / TT_NS_PER_S % 60);
    else if (ns >= TT_NS_PER_S)
        (void)snprintf(out, 24, "%.3f s", (double)ns / 1e9);
    else if (ns >= 10 * TT_NS_PER_MS)
        (void)snprintf(out, 24, "%.0f ms", (double)ns / 1e6);
    else if (ns >= TT_NS_PER_MS)
        (void)snprintf(out, 24, "%.1f ms", (double)ns / 1e6);
    else
        (void)snprintf(out, 24, "%" PRIu64 " us", ns / TT_NS_PER_US);
}

void put_count(char out[24], double n)
{
    if (n >= 1e9)
        (void)snprintf(out, 24, "%.1f G", n / 1e9);
    else if (n >= 1e6)
        (void)snprintf(out, 24, "%.1f M", n / 1e6);
    else if (n >= 1e4)
        (void)snprintf(out, 24, "%.1f k", n / 1e3);
    else
        (void)snprintf(out, 24, "%.0f ", n);
}

void list_more(const struct view *v, struct grid *g, enum pane pane)
{
    int top = v->scroll[pane];

    if (g->cols < 3)
        return;
    if (top > 0)
        grid_put(g, 0, g->cols - 1, STYLE_KEY, g->unicode ? 0x2191 : '^');
    if (top + g->rows < v->lines[pane])
        grid_put(g, g->rows - 1, g->cols - 1, STYLE_KEY,
                 g->unicode ? 0x2193 : 'v');
}

/* Put the top line where the picked one is in sight. */
static void place(struct view *v, enum pane pane, int n, int rows)
{
    int *top = &v->scroll[pane], *at = &v->picked[pane];

    v->lines[pane] = n;
    if (*at >= n)
        *at = n - 1;
    if (*at < 0)
        *at = 0;
    if (*top > *at)
        *top = *at;
    if (*top < *at - rows + 1)
        *top = *at - rows + 1;
}

int text_place(struct view *v, enum pane pane, int n, int rows)
{
    place(v, pane, n, rows);
    if (v->scroll[pane] > n - rows)
        v->scroll[pane] = n > rows ? n - rows : 0;
    v->picked[pane] = v->scroll[pane];
    return v->scroll[pane];
}

/* A line, moved to the left by what the user scrolled. */
static void
draw_shifted(struct view *v, struct grid *g, enum pane pane, int row, int i,
             void (*draw)(struct view *v, struct grid *g, int row, int i))
{
    int shift = v->shift[pane];
    struct grid wide = {.unicode = g->unicode};

    if (!shift || !grid_resize(&wide, 1, g->cols + shift)) {
        draw(v, g, row, i);
        return;
    }
    grid_clear(&wide);
    draw(v, &wide, 0, i);
    memcpy(&g->cell[row * g->cols], &wide.cell[shift],
           (size_t)g->cols * sizeof(*g->cell));
    grid_free(&wide);
}

void list_layout(struct view *v, struct grid *g, enum pane pane, int n,
                 void (*draw)(struct view *v, struct grid *g, int row, int i))
{
    int top, at;

    place(v, pane, n, g->rows);
    top = v->scroll[pane];
    at = v->picked[pane];
    for (int row = 0; row < g->rows && top + row < n; row++) {
        draw_shifted(v, g, pane, row, top + row, draw);
        if (top + row == at)
            grid_mark(g, row, 0, 1, STYLE_PICKED);
    }
    list_more(v, g, pane);
}
