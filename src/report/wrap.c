#include "report/wrap.h"

#include <string.h>

static const char *const tints[] = {"", "\033[1;31m", "\033[1;32m",
                                    "\033[1;33m", "\033[2m"};

void tt_wrap_plain(struct tt_buf *out, const char *text)
{
    for (; *text; text++) {
        uint8_t c = (uint8_t)*text;

        if (c < 0x20 || c > 0x7e)
            tt_buf_printf(out, "\\x%02X", c);
        else
            tt_buf_ch(out, (char)c);
    }
}

static void spaces(struct tt_buf *out, size_t n)
{
    while (n--)
        tt_buf_ch(out, ' ');
}

/* How much of text goes on a line of room columns: up to a space, or all
 * that fits of a word that is too long. */
static size_t line_length(const char *text, size_t room)
{
    size_t n = strlen(text), i;

    if (n <= room)
        return n;
    for (i = room; i > 0 && text[i] != ' '; i--)
        continue;
    return i ? i : room;
}

/* "1 Do this", "- or that": the rest hangs under the words. */
static size_t hang_of(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    if (text[0] == '-' && text[1] == ' ')
        return 2;
    return digits && digits < 3 && text[digits] == ' ' ? digits + 1 : 0;
}

static void put_label(const struct tt_wrap *w, const char *label,
                      enum tt_tint tint)
{
    size_t n = strlen(label), pad = TT_WRAP_TEXT - 2;

    spaces(w->out, n < pad ? pad - n : 0);
    if (w->color && *label)
        tt_buf_str(w->out, tints[tint]);
    tt_buf_str(w->out, label);
    if (w->color && *label && tint != TT_TINT_NONE)
        tt_buf_str(w->out, "\033[0m");
    spaces(w->out, 2);
}

void tt_wrap_item(const struct tt_wrap *w, const char *label, enum tt_tint tint,
                  const char *text, const char *right)
{
    size_t room = w->width > TT_WRAP_TEXT + 20u ? w->width - TT_WRAP_TEXT : 20;
    size_t nright = strlen(right), n, hang, indent;
    struct tt_buf safe;
    const char *rest;

    tt_buf_init(&safe, w->out->cap);
    tt_wrap_plain(&safe, text);
    rest = tt_buf_text(&safe);
    hang = nright ? 0 : hang_of(rest);
    indent = TT_WRAP_TEXT;
    put_label(w, label, tint);
    for (;;) {
        n = line_length(rest, room);
        tt_buf_add(w->out, rest, n);
        rest += n;
        while (*rest == ' ')
            rest++;
        if (!*rest)
            break;
        tt_buf_ch(w->out, '\n');
        if (indent == TT_WRAP_TEXT && hang) {
            indent += hang;
            room -= hang;
        }
        spaces(w->out, indent);
    }
    if (nright && n + 2 + nright > room) {
        tt_buf_ch(w->out, '\n');
        spaces(w->out, TT_WRAP_TEXT);
        n = 0;
    }
    if (nright)
        spaces(w->out, room > n + nright ? room - n - nright : 0);
    tt_buf_str(w->out, right);
    tt_buf_ch(w->out, '\n');
    if (safe.status)
        w->out->status = safe.status;
    tt_buf_release(&safe);
}

void tt_wrap_rule(const struct tt_wrap *w)
{
    for (unsigned i = 0; i < w->width; i++)
        tt_buf_ch(w->out, '-');
    tt_buf_ch(w->out, '\n');
}
