/*
 * private_option - arguments of a command line that are private: "curl -u".
 */
#include "report/private.h"

#include <string.h>

static bool has_program(const struct tt_private_text *t, size_t i,
                        struct tt_slice program)
{
    size_t k = tt_private_line(t, i);
    const uint8_t *at;

    for (; k + program.n < i; k++) {
        at = memchr(t->p + k, program.p[0], i - k - program.n);
        if (!at)
            return false;
        k = (size_t)(at - t->p);
        if (!memcmp(at, program.p, program.n) &&
            !tt_private_key_char(t->p[k + program.n]) &&
            (!k || !tt_private_key_char(t->p[k - 1]) || t->p[k - 1] == '.'))
            return true;
    }
    return false;
}

static size_t bare(const struct tt_private_text *t, size_t i)
{
    size_t n = 0;

    while (i + n < t->n && n < TT_PRIVATE_VALUE && t->p[i + n] > ' ' &&
           !(strchr("'\"", t->p[i + n]) && i + n + 1 < t->n &&
             strchr(", ]\r\n", t->p[i + n + 1])))
        n++;
    return n;
}

/* One argument, as a shell or a list of strings has it. */
static size_t argument(const struct tt_private_text *t, size_t *at)
{
    size_t i = *at, n;

    if (i < t->n && (t->p[i] == '"' || t->p[i] == '\'')) {
        *at = i + 1;
        return tt_private_quoted(t, i + 1, t->p[i]);
    }
    n = bare(t, i);
    if (n == 1 && tt_is_digit(t->p[i]) && i + 2 < t->n && t->p[i + 1] == ' ' &&
        t->p[i + 2] > ' ' && t->p[i + 2] != '-') {
        *at = i + 2; /* how it is kept, and then it */
        n = bare(t, i + 2);
    }
    return n;
}

static bool option_is(const struct tt_private_text *t, size_t i,
                      const struct tt_private_word *w, size_t *end)
{
    size_t at = i + w->text.n, n;
    bool one = w->text.n == 2 && w->text.p[0] == '-';

    if (t->n - i <= w->text.n || memcmp(t->p + i, w->text.p, w->text.n) != 0)
        return false;
    if (t->p[at] == '=')
        at++;
    else if (strchr("'\"", t->p[at]) && !one)
        at++; /* ['-u', 'erika'] */
    else if (!one && !tt_is_blank(t->p[at]))
        return false;
    if (at < t->n && t->p[at] == ',')
        at++;
    while (at < t->n && tt_is_blank(t->p[at]))
        at++;
    n = argument(t, &at);
    if (!n || t->p[at] == '-' ||
        (w->program.n && !has_program(t, i, w->program)))
        return false;
    tt_private_tell(t, at, n, w->text, false);
    *end = at + n;
    if (w->two && t->n - *end > 1 && tt_is_blank(t->p[*end])) {
        at = *end + 1;
        n = argument(t, &at);
        if (n)
            tt_private_tell(t, at, n, w->text, false);
        *end = at + n;
    }
    return true;
}

bool tt_private_option_at(const struct tt_private_text *t, size_t i,
                          size_t *end)
{
    uint8_t before = i ? t->p[i - 1] : ' ';
    const struct tt_private *pv = t->pv;

    if (!tt_is_blank(before) && !tt_is_eol(before) && !strchr("'\"", before))
        return false;
    for (uint16_t k = pv->first[TT_PRIVATE_OPTIONS][tt_small(t->p[i])]; k;
         k = pv->word[TT_PRIVATE_OPTIONS][k].next)
        if (option_is(t, i, &pv->word[TT_PRIVATE_OPTIONS][k], end))
            return true;
    return false;
}
