#include "view/view.h"

#include <inttypes.h>
#include <stdio.h>

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

void list_layout(struct view *v, struct grid *g, enum pane pane, int n,
                 void (*draw)(struct view *v, struct grid *g, int row, int i))
{
    int *top = &v->scroll[pane], *at = &v->picked[pane];

    v->lines[pane] = n;
    if (*at >= n)
        *at = n - 1;
    if (*at < 0)
        *at = 0;
    if (*top > *at)
        *top = *at;
    if (*top < *at - g->rows + 1)
        *top = *at - g->rows + 1;
    for (int row = 0; row < g->rows && *top + row < n; row++) {
        draw(v, g, row, *top + row);
        if (*top + row == *at)
            grid_mark(g, row, 0, 1, STYLE_PICKED);
    }
}
