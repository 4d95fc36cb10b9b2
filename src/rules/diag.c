/*
 * A complaint in the form of a compiler's message: where, what, the line, a
 * caret under the part that is wrong, and what to write instead.
 */
#include "rules/rules.h"

#include <stdio.h>

/* Lines longer than the reader takes are shown up to here. */
enum { SHOW_MAX = 120 };

/* How many columns a byte of the line takes when shown; a tab counts as
 * itself, as the line of the caret repeats it. */
static void show_byte(struct tt_buf *out, char c)
{
    unsigned char u = (unsigned char)c;

    if (c == '\t' || (u >= 0x20 && u < 0x7f))
        tt_buf_ch(out, c);
    else
        tt_buf_printf(out, "\\x%02X", u);
}

static unsigned columns(char c)
{
    unsigned char u = (unsigned char)c;

    return c == '\t' || (u >= 0x20 && u < 0x7f) ? 1 : 4;
}

static void pad(struct tt_buf *out, const struct tt_diag *d)
{
    for (size_t i = 0; i + 1 < d->col; i++) {
        char c = i < d->source.n ? d->source.p[i] : ' ';

        for (unsigned k = columns(c); k > 0; k--)
            tt_buf_ch(out, c == '\t' ? '\t' : ' ');
    }
}

static void caret(struct tt_buf *out, const struct tt_diag *d)
{
    size_t first = d->col ? d->col - 1 : 0;
    char mark = '^';

    for (size_t i = first; i < first + d->width; i++) {
        unsigned k = i < d->source.n ? columns(d->source.p[i]) : 1;

        for (; k > 0; k--, mark = '~')
            tt_buf_ch(out, mark);
        if (i > first + TT_MAX_LINE)
            return;
    }
}

static void show_line(struct tt_buf *out, const struct tt_diag *d, int gutter)
{
    size_t n = d->source.n <= TT_MAX_LINE ? d->source.n : SHOW_MAX;

    tt_buf_printf(out, "%*s |\n%u | ", gutter, "", d->line);
    for (size_t i = 0; i < n; i++)
        show_byte(out, d->source.p[i]);
    if (n < d->source.n)
        tt_buf_str(out, "...");
    tt_buf_printf(out, "\n%*s | ", gutter, "");
    pad(out, d);
    caret(out, d);
    tt_buf_ch(out, '\n');
}

void tt_diag_print(struct tt_buf *out, const struct tt_diag *d)
{
    int gutter = snprintf(NULL, 0, "%u", d->line);

    tt_buf_printf(out, "%s:%u:%u: %s: %s\n", d->file, d->line, d->col,
                  d->is_warning ? "warning" : "error", d->msg);
    if (d->source.p)
        show_line(out, d, gutter);
    if (d->hint)
        tt_buf_printf(out, "%*s = hint: %s\n", gutter, "", d->hint);
}
