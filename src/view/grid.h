/*
 * grid - a screenful of styled characters, as plain memory.
 *
 * Views are pure functions that fill a grid; only term.c turns a grid into
 * curses calls.  A test can therefore read a screen as text, without any
 * terminal.
 *
 *   rows x cols cells, each one character of one column and a style: what it
 *   is (enum style), perhaps with marks (STYLE_EVIDENCE ...) on top
 *
 * Nothing that came from outside reaches a cell but printable ASCII: text
 * goes through grid_text(), bytes through glyph_of().  What a person wrote
 * goes through grid_letters(), which lets letters (base/letter) through.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_GRID_H
#define TELLTALE_VIEW_GRID_H

#include "base/buf.h"

/* What a cell is.  Its looks are a matter of the theme. */
enum style {
    STYLE_PLAIN,
    STYLE_DIM,
    STYLE_TITLE,
    STYLE_FAULT,
    STYLE_WARN,
    STYLE_NOTE,
    STYLE_OK,
    STYLE_UNKNOWN,
    STYLE_HEAD, /* words at the edge: why, fix, also */
    STYLE_RULER,
    STYLE_TIME,
    STYLE_HOST,
    STYLE_DEVICE,
    STYLE_TOOL,
    STYLE_EVENT,
    STYLE_GAP,
    STYLE_LABEL,
    STYLE_KEY,
    STYLE_PROMPT,
    STYLE_ERROR,
    STYLE_BYTE_NUL,
    STYLE_BYTE_PRINT,
    STYLE_BYTE_SPACE,
    STYLE_BYTE_CTRL,
    STYLE_BYTE_HIGH,
    STYLE_BYTE_FF,
    STYLES,

    /* marks */
    STYLE_EVIDENCE = 0x100, /* the headline stands on it */
    STYLE_FOUND = 0x200,    /* what was searched for */
    STYLE_PICKED = 0x400,   /* the selection, the cursor */
    STYLE_BASE = 0xFF
};

struct cell {
    uint32_t ch; /* Unicode; 0: the second column of the one before */
    uint16_t style;
};

struct grid {
    int rows, cols;
    bool unicode; /* may hold other characters than ASCII */
    struct cell *cell;
};

/* Give it a size of 1x1 to 400 rows x 1000 columns (held to that) and blank
 * it.  False without memory: then it is as it was. */
bool grid_resize(struct grid *g, int rows, int cols) TT_MUST_USE;
void grid_free(struct grid *g);
void grid_clear(struct grid *g);

/* One character; outside of the grid nothing happens. */
void grid_put(struct grid *g, int row, int col, int style, uint32_t ch);

/* Text of at most max columns; bytes that are not printable ASCII become
 * '?'.  What falls outside is cut off.  The column after it comes back. */
int grid_text(struct grid *g, int row, int col, int max, int style,
              const char *text);

/* The same for UTF-8: letters stay when the grid has Unicode, others become
 * '?'. */
int grid_letters(struct grid *g, int row, int col, int max, int style,
                 const char *text);
int grid_width(const char *text); /* its columns, with Unicode */

/* The same for formatted text of up to 500 bytes, to the edge. */
int grid_printf(struct grid *g, int row, int col, int style, const char *fmt,
                ...) TT_PRINTF(5, 6);

/* n times the character. */
void grid_fill(struct grid *g, int row, int col, int n, int style, uint32_t ch);

/* Add marks to n cells. */
void grid_mark(struct grid *g, int row, int col, int n, int marks);

/* A part of g that can be drawn on as a grid of its own; it shares the cells,
 * so it is whole rows.  rows may come out smaller than asked. */
struct grid grid_part(const struct grid *g, int row, int rows);

/* How a byte is shown in one column, and which of the STYLE_BYTE_ it is. */
uint32_t glyph_of(uint8_t byte, bool unicode, int *style);

/* Append the rows as text without trailing blanks. */
void grid_dump(const struct grid *g, struct tt_buf *out);

/* Append, for each row, runs of styles: "0-5 fault, 6-9 host+evidence". */
void grid_dump_styles(const struct grid *g, struct tt_buf *out);

/* "fault", "host": the names of the styles in a theme. */
const char *style_name(int style);

#endif
