#include "view/grid.h"

#include "base/letter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 400, MAX_COLS = 1000, MAX_TEXT = 500 };

static const char *const style_names[STYLES] = {
    [STYLE_PLAIN] = "plain",
    [STYLE_DIM] = "dim",
    [STYLE_TITLE] = "title",
    [STYLE_FAULT] = "fault",
    [STYLE_WARN] = "warning",
    [STYLE_NOTE] = "note",
    [STYLE_OK] = "ok",
    [STYLE_UNKNOWN] = "unknown",
    [STYLE_HEAD] = "head",
    [STYLE_RULER] = "ruler",
    [STYLE_TIME] = "time",
    [STYLE_HOST] = "host",
    [STYLE_DEVICE] = "device",
    [STYLE_TOOL] = "tool",
    [STYLE_EVENT] = "event",
    [STYLE_GAP] = "gap",
    [STYLE_LABEL] = "label",
    [STYLE_KEY] = "key",
    [STYLE_PROMPT] = "prompt",
    [STYLE_ERROR] = "error",
    [STYLE_BYTE_NUL] = "nul",
    [STYLE_BYTE_PRINT] = "print",
    [STYLE_BYTE_SPACE] = "space",
    [STYLE_BYTE_CTRL] = "control",
    [STYLE_BYTE_HIGH] = "high",
    [STYLE_BYTE_FF] = "ff",
};

const char *style_name(int style)
{
    int base = style & STYLE_BASE;

    return base < STYLES ? style_names[base] : "plain";
}

static int held(int n, int max)
{
    return n < 1 ? 1 : n > max ? max : n;
}

bool grid_resize(struct grid *g, int rows, int cols)
{
    struct cell *cell;

    rows = held(rows, MAX_ROWS);
    cols = held(cols, MAX_COLS);
    cell = calloc((size_t)rows * (size_t)cols, sizeof(*cell));
    if (!cell)
        return false;
    free(g->cell);
    g->cell = cell;
    g->rows = rows;
    g->cols = cols;
    grid_clear(g);
    return true;
}

void grid_free(struct grid *g)
{
    free(g->cell);
    *g = (struct grid){0};
}

void grid_clear(struct grid *g)
{
    for (int i = 0; i < g->rows * g->cols; i++)
        g->cell[i] = (struct cell){.ch = ' ', .style = STYLE_PLAIN};
}

void grid_put(struct grid *g, int row, int col, int style, uint32_t ch)
{
    struct cell *c;

    if (row < 0 || row >= g->rows || col < 0 || col >= g->cols)
        return;
    c = &g->cell[row * g->cols + col];
    /* No half of a wide letter stays. */
    if (c->ch == 0 && col > 0)
        c[-1].ch = '?';
    if (col + 1 < g->cols && c[1].ch == 0)
        c[1].ch = ' ';
    *c = (struct cell){.ch = ch, .style = (uint16_t)style};
}

int grid_width(const char *text)
{
    size_t n = strlen(text), len;
    int cols = 0;

    for (size_t i = 0; i < n; i += len) {
        int w = tt_letter_columns(tt_letter(text + i, n - i, &len));

        cols += w ? w : 1;
    }
    return cols;
}

int grid_letters(struct grid *g, int row, int col, int max, int style,
                 const char *text)
{
    size_t n = strlen(text), len;
    int used = 0;

    for (size_t i = 0; i < n && used < max; i += len) {
        uint32_t ch = tt_letter(text + i, n - i, &len);
        int w = tt_letter_columns(ch);

        if (!ch || (ch >= 0x80 && !g->unicode) || used + w > max ||
            col + used + w > g->cols) {
            ch = '?';
            w = 1;
        }
        grid_put(g, row, col + used, style, ch);
        if (w == 2)
            grid_put(g, row, col + used + 1, style, ' ');
        if (w == 2 && row >= 0 && row < g->rows && col + used >= 0)
            g->cell[row * g->cols + col + used + 1].ch = 0;
        used += w;
    }
    return col + used;
}

int grid_text(struct grid *g, int row, int col, int max, int style,
              const char *text)
{
    int n = 0;

    for (; text[n] && n < max; n++) {
        unsigned char c = (unsigned char)text[n];

        grid_put(g, row, col + n, style, c >= 0x20 && c < 0x7F ? c : '?');
    }
    return col + n;
}

int grid_printf(struct grid *g, int row, int col, int style, const char *fmt,
                ...)
{
    char text[MAX_TEXT];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return grid_text(g, row, col, MAX_TEXT, style, text);
}

void grid_fill(struct grid *g, int row, int col, int n, int style, uint32_t ch)
{
    for (int i = 0; i < n && col + i < g->cols; i++)
        grid_put(g, row, col + i, style, ch);
}

void grid_mark(struct grid *g, int row, int col, int n, int marks)
{
    if (row < 0 || row >= g->rows)
        return;
    for (int i = col < 0 ? 0 : col; i < col + n && i < g->cols; i++)
        g->cell[row * g->cols + i].style |= (uint16_t)marks;
}

struct grid grid_part(const struct grid *g, int row, int rows)
{
    struct grid part = *g;

    row = row < 0 ? 0 : row > g->rows ? g->rows : row;
    part.rows = rows < 0 ? 0 : rows > g->rows - row ? g->rows - row : rows;
    part.cell = g->cell + (size_t)row * (size_t)g->cols;
    return part;
}

uint32_t glyph_of(uint8_t b, bool unicode, int *style)
{
    if (b == 0x00) {
        *style = STYLE_BYTE_NUL;
        return unicode ? 0x22C4 : '.'; /* diamond operator */
    }
    if (b == ' ') {
        *style = STYLE_BYTE_SPACE;
        return ' ';
    }
    if (b == '\t' || b == '\r' || b == '\n') {
        *style = STYLE_BYTE_SPACE;
        return !unicode    ? '.'
               : b == '\n' ? 0x2193
               : b == '\r' ? 0x2190
                           : 0x2192;
    }
    if (b > 0x20 && b < 0x7F) {
        *style = STYLE_BYTE_PRINT;
        return b;
    }
    if (b == 0xFF) {
        *style = STYLE_BYTE_FF;
        return unicode ? 0x25AA : '.'; /* small square */
    }
    *style = b < 0x80 ? STYLE_BYTE_CTRL : STYLE_BYTE_HIGH;
    return !unicode ? '.' : b < 0x80 ? 0x2022 : 0x00D7; /* bullet, times */
}

void grid_dump(const struct grid *g, struct tt_buf *out)
{
    for (int row = 0; row < g->rows; row++) {
        const struct cell *c = g->cell + (size_t)row * (size_t)g->cols;
        int n = g->cols;

        while (n > 0 && c[n - 1].ch == ' ')
            n--;
        for (int i = 0; i < n; i++)
            if (c[i].ch) {
                char text[4];

                tt_buf_add(out, text, tt_letter_put(text, c[i].ch));
            }
        tt_buf_ch(out, '\n');
    }
}

static void put_style(struct tt_buf *out, int from, int to, uint16_t style)
{
    tt_buf_printf(out, " %d-%d %s%s%s%s", from, to, style_name(style),
                  style & STYLE_EVIDENCE ? "+evidence" : "",
                  style & STYLE_FOUND ? "+found" : "",
                  style & STYLE_PICKED ? "+picked" : "");
}

void grid_dump_styles(const struct grid *g, struct tt_buf *out)
{
    for (int row = 0; row < g->rows; row++) {
        const struct cell *c = g->cell + (size_t)row * (size_t)g->cols;
        int from = 0;

        tt_buf_printf(out, "%d:", row);
        for (int i = 1; i <= g->cols; i++) {
            if (i < g->cols && c[i].style == c[from].style)
                continue;
            if (c[from].style != STYLE_PLAIN)
                put_style(out, from, i - 1, c[from].style);
            from = i;
        }
        tt_buf_ch(out, '\n');
    }
}
