#include "rules/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Characters of the file shown in a message at most. */
enum { QUOTE_MAX = 40 };

static bool note(struct tt_reader *r, enum tt_status code, unsigned line,
                 unsigned col, unsigned width)
{
    if (r->bad.set)
        return false;
    r->bad.set = true;
    r->bad.code = code;
    r->bad.line = line;
    r->bad.col = col;
    r->bad.width = width ? width : 1;
    r->bad.hint[0] = '\0';
    return true;
}

static void set_hint(struct tt_reader *r, const char *hint)
{
    if (hint)
        (void)snprintf(r->bad.hint, sizeof(r->bad.hint), "%s", hint);
}

/* Where a complaint about t belongs. */
static struct tt_tok place(const struct tt_reader *r, const struct tt_tok *t)
{
    if (!t)
        t = tt_peek(r, 0);
    if (t)
        return *t;
    return (struct tt_tok){TT_T_OP, {"", 0}, r->line_last, r->end_col};
}

bool tt_bad(struct tt_reader *r, const struct tt_tok *t, const char *hint,
            const char *fmt, ...)
{
    struct tt_tok at = place(r, t);
    va_list ap;

    if (!note(r, TT_ERR_SYNTAX, at.line, at.col, (unsigned)at.v.n))
        return false;
    va_start(ap, fmt);
    (void)vsnprintf(r->bad.msg, sizeof(r->bad.msg), fmt, ap);
    va_end(ap);
    set_hint(r, hint);
    return false;
}

bool tt_bad_limit(struct tt_reader *r, const struct tt_tok *t, const char *fmt,
                  ...)
{
    struct tt_tok at = place(r, t);
    va_list ap;

    if (!note(r, TT_ERR_LIMIT, at.line, at.col, (unsigned)at.v.n))
        return false;
    va_start(ap, fmt);
    (void)vsnprintf(r->bad.msg, sizeof(r->bad.msg), fmt, ap);
    va_end(ap);
    return false;
}

bool tt_bad_at(struct tt_reader *r, unsigned line, unsigned col, unsigned width,
               const char *hint, const char *fmt, ...)
{
    va_list ap;

    if (!note(r, TT_ERR_SYNTAX, line, col, width))
        return false;
    va_start(ap, fmt);
    (void)vsnprintf(r->bad.msg, sizeof(r->bad.msg), fmt, ap);
    va_end(ap);
    set_hint(r, hint);
    return false;
}

bool tt_bad_memory(struct tt_reader *r)
{
    if (!r->bad.set)
        (void)tt_bad_limit(r, NULL, "the rules need more than %d MiB of memory",
                           TT_RULES_ARENA >> 20);
    r->bad.code = TT_ERR_NOMEM;
    r->stop = true;
    return false;
}

void tt_hint(struct tt_reader *r, const char *fmt, ...)
{
    size_t n = strlen(r->bad.hint);
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(r->bad.hint + n, sizeof(r->bad.hint) - n, fmt, ap);
    va_end(ap);
}

void tt_hint_words(struct tt_reader *r, const struct tt_words *list)
{
    for (size_t i = 0; i < list->n; i++)
        tt_hint(r, "%s%s", i ? " " : "", list->word[i]);
}

bool tt_hint_near(struct tt_reader *r, struct tt_slice w,
                  const struct tt_words *list)
{
    const char *near = tt_word_near(w, list);

    if (near)
        tt_hint(r, "did you mean '%s'? ", near);
    return near != NULL;
}

const char *tt_quote(struct tt_reader *r, struct tt_slice s)
{
    char *out = r->quoted[r->quote++ % TT_LEN(r->quoted)];
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = c >= 0x20 && c < 0x7f;

        if (n + 4 > QUOTE_MAX && s.n > QUOTE_MAX) {
            (void)snprintf(out + n, sizeof(r->quoted[0]) - n, "...");
            return out;
        }
        if (n + 5 > sizeof(r->quoted[0]))
            break;
        n += (size_t)snprintf(out + n, sizeof(r->quoted[0]) - n,
                              plain ? "%c" : "\\x%02X", c);
    }
    out[n] = '\0';
    return out;
}

/* The physical line with this number. */
static struct tt_slice line_text(const struct tt_reader *r, unsigned line)
{
    const char *p = r->text.p, *end = p ? p + r->text.n : p;
    const char *from = p;

    for (unsigned n = 1; p < end; p++) {
        bool eol = *p == '\n' || *p == '\r';

        if (eol && n == line)
            break;
        if (eol && p + 1 < end && *p == '\r' && p[1] == '\n')
            p++;
        if (eol) {
            n++;
            from = p + 1;
        }
    }
    return (struct tt_slice){from, (size_t)(p - from)};
}

void tt_complain(struct tt_reader *r)
{
    struct tt_diag d = {.code = r->bad.code,
                        .file = r->file,
                        .line = r->bad.line,
                        .col = r->bad.col,
                        .width = r->bad.width,
                        .msg = r->bad.msg,
                        .hint = r->bad.hint[0] ? r->bad.hint : NULL};
    size_t n = strlen(r->bad.hint);

    if (!r->bad.set)
        return;
    while (n > 0 && r->bad.hint[n - 1] == ' ')
        r->bad.hint[--n] = '\0';
    if (!n)
        d.hint = NULL;
    r->bad.set = false;
    if (!r->first)
        r->first = d.code;
    d.source = line_text(r, d.line);
    if (r->report)
        r->report(&d, r->user);
    if (++r->ndiags < TT_MAX_DIAGS || r->stop)
        return;
    r->stop = true;
    d.code = TT_ERR_LIMIT;
    d.msg = "too many mistakes; the rest of the file was not read";
    d.hint = NULL;
    if (r->report)
        r->report(&d, r->user);
}
