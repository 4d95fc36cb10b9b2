/*
 * theme - how the styles look: colours where there are any, and without them
 * still told apart by bold, dim, underline and reverse.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_THEME_H
#define TELLTALE_VIEW_THEME_H

#include "view/grid.h"

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

struct looks {
    int fg, bg; /* 0 to 255; -1: the terminal's own */
    unsigned attr;
};

enum { MARK_LOOKS = 3 }; /* evidence, found, picked */

struct theme {
    struct looks style[STYLES];
    struct looks mark[MARK_LOOKS]; /* fg or bg of -1: that of the style */
};

void theme_init(struct theme *t);

/* Set one from "fault red default bold"; TT_ERR_SYNTAX says what is wrong. */
enum tt_status theme_set(struct theme *t, const char *text,
                         struct tt_error *err) TT_MUST_USE;

/* How a cell's style looks in the end. */
struct looks theme_looks(const struct theme *t, int style, bool color);

#endif
