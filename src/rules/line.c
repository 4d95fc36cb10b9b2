/*
 * Words of a line: what each kind means, and how it is spelled again.
 */
#include "rules/print.h"
#include "rules/read.h"

#include <string.h>

bool tt_need_op(struct tt_reader *r, const char *op, const char *hint)
{
    if (!tt_is_op(r, op))
        return tt_bad(r, NULL, hint, "expected '%s'", op);
    r->i++;
    return true;
}

bool tt_at_end(struct tt_reader *r, const char *hint)
{
    const struct tt_tok *t = tt_peek(r, 0);

    if (!t)
        return true;
    return tt_bad(r, t, hint, "'%s' does not fit here", tt_quote(r, t->v));
}

bool tt_text_word(struct tt_reader *r, const struct tt_tok *t,
                  struct tt_slice *out)
{
    size_t bad_at = 0, n;
    char *p = tt_rd_alloc(r, t->v.n);

    if (!p)
        return false;
    n = tt_unescape(t->v, p, NULL, &bad_at);
    if (n == SIZE_MAX)
        return tt_bad_at(r, t->line, t->col + (unsigned)bad_at, 2,
                         "write \\x0D for the byte 0D, \\\\ for a backslash",
                         "\\x needs two hex digits");
    *out = (struct tt_slice){p, n};
    return true;
}

bool tt_dur_word(struct tt_reader *r, const struct tt_tok *t,
                 struct tt_dur *out)
{
    if (tt_dur_read(t->v, out))
        return true;
    return tt_bad_limit(r, t, "a time may not exceed 31 days or %dch",
                        TT_MAX_CH);
}

static bool no_event(struct tt_reader *r, const struct tt_tok *t,
                     struct tt_slice name)
{
    const char *near = tt_word_near(name, &tt_event_words);

    (void)tt_bad(r, t, NULL, "no line event is called [%s]", tt_quote(r, name));
    if (near)
        tt_hint(r, "did you mean [%s]? ", near);
    tt_hint(r, "events: ");
    tt_hint_words(r, &tt_event_words);
    return false;
}

bool tt_event_word(struct tt_reader *r, const struct tt_tok *t, bool example,
                   enum tt_event *out)
{
    struct tt_slice name = {t->v.p + 1, t->v.n - 2};
    bool speed = tt_hex_digit(name.p[0]) >= 0 && name.p[0] <= '9';
    const char *space = memchr(name.p, ' ', name.n);

    if ((speed || space) && !example) {
        (void)tt_bad(r, t, NULL, "no line event is called [%s]",
                     tt_quote(r, name));
        tt_hint(r, "write [%s]: a pattern knows that it came, not its value",
                speed ? "baud" : "lost");
        return false;
    }
    if (speed) {
        *out = TT_EV_BAUD;
        return true;
    }
    if (space)
        name.n = (size_t)(space - name.p);
    *out = tt_event_by_name(name);
    if (*out == TT_EV_TICK && !example)
        return tt_bad(r, t, "write  silence 1s  or  quiet 1s",
                      "[tick] is how recordings count time, not an event");
    return *out != TT_EV_NONE || no_event(r, t, name);
}

/* Is there a blank between these two words of a set or an example? */
static bool blank_between(const struct tt_tok *a, const struct tt_tok *b)
{
    static const char *const tight_after[] = {"{", "!", "(", "..", "/", "*"};
    static const char *const tight_before[] = {"}", ")", "..", "/", "*"};

    for (size_t i = 0; i < TT_LEN(tight_after); i++)
        if (tt_tok_is(a, tight_after[i]))
            return false;
    for (size_t i = 0; i < TT_LEN(tight_before); i++)
        if (tt_tok_is(b, tight_before[i]))
            return false;
    return true;
}

bool tt_respell(struct tt_reader *r, size_t from, size_t to,
                struct tt_slice *out)
{
    struct tt_buf b;
    const struct tt_tok *last = NULL;

    tt_buf_init(&b, 5 * TT_MAX_LINE);
    for (size_t i = from; i < to; i++) {
        const struct tt_tok *t = &r->tok[i];
        struct tt_slice text;

        if (tt_tok_is(t, ","))
            continue;
        if (last && blank_between(last, t))
            tt_buf_ch(&b, ' ');
        last = t;
        if (t->kind != TT_T_STR) {
            tt_buf_add(&b, t->v.p, t->v.n);
            continue;
        }
        if (!tt_text_word(r, t, &text))
            break;
        tt_print_text(&b, text);
        if (t->v.p[t->v.n - 1] == 'i')
            tt_buf_ch(&b, 'i');
    }
    out->n = b.n;
    out->p = tt_rd_dup(r, (struct tt_slice){tt_buf_text(&b), b.n});
    if (b.status && !r->bad.set)
        (void)tt_bad_memory(r);
    tt_buf_release(&b);
    return !r->bad.set;
}
