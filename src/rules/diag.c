/*
 * A complaint in the form of a compiler's message: where, what, the line, a
 * caret under the part that is wrong, and what to write instead.
 */
#include "rules/rules.h"

#include <stdio.h>

/* Of a longer line only what is around the caret is shown. */
enum { SHOW_MAX = 92, SHOW_BEFORE = 40 };

/* The bytes of the line that are shown: [from, to). */
struct window {
    size_t from, to;
};

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

static struct window window_of(const struct tt_diag *d)
{
    struct window w = {0, d->source.n};
    size_t at = d->col ? d->col - 1 : 0, room = SHOW_BEFORE, all = 0;

    for (size_t i = 0; i < d->source.n && all <= SHOW_MAX; i++)
        all += columns(d->source.p[i]);
    if (all <= SHOW_MAX)
        return w;
    w.from = at < d->source.n ? at : d->source.n;
    while (w.from > 0 && columns(d->source.p[w.from - 1]) <= room)
        room -= columns(d->source.p[--w.from]);
    room = SHOW_MAX;
    for (w.to = w.from;
         w.to < d->source.n && columns(d->source.p[w.to]) <= room; w.to++)
        room -= columns(d->source.p[w.to]);
    return w;
}

static void pad(struct tt_buf *out, const struct tt_diag *d, struct window w)
{
    if (w.from)
        tt_buf_str(out, "   "); /* under the dots */
    for (size_t i = w.from; i + 1 < d->col && i <= w.to; i++) {
        char c = i < d->source.n ? d->source.p[i] : ' ';

        for (unsigned k = columns(c); k > 0; k--)
            tt_buf_ch(out, c == '\t' ? '\t' : ' ');
    }
}

static void caret(struct tt_buf *out, const struct tt_diag *d, struct window w)
{
    size_t first = d->col ? d->col - 1 : 0;
    char mark = '^';

    for (size_t i = first; i < first + d->width; i++) {
        unsigned k = i < d->source.n ? columns(d->source.p[i]) : 1;

        if (i > first && i >= w.to && w.to < d->source.n)
            return;
        for (; k > 0; k--, mark = '~')
            tt_buf_ch(out, mark);
    }
}

static void show_line(struct tt_buf *out, const struct tt_diag *d, int gutter)
{
    struct window w = window_of(d);

    tt_buf_printf(out, "%*s |\n%u | %s", gutter, "", d->line,
                  w.from ? "..." : "");
    for (size_t i = w.from; i < w.to; i++)
        show_byte(out, d->source.p[i]);
    if (w.to < d->source.n)
        tt_buf_str(out, "...");
    tt_buf_printf(out, "\n%*s | ", gutter, "");
    pad(out, d, w);
    caret(out, d, w);
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
