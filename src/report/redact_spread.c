/*
 * redact_spread - what was private in one place is so in another: a password
 * that the tool prints, the bytes of a number as hex.
 */
#include "report/redact_own.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 4 /* bytes between two pairs: ", 0x" */ };

struct spread {
    struct tt_redactor *rd;
    uint16_t first[256]; /* secret number + 1 by first byte */
    uint16_t next[TT_MAX_SECRETS];
};

/* Says it something at all: "xxxxxx", "000000" and "------" do not. */
static bool is_telling(const uint8_t *p, size_t n)
{
    size_t kinds = 0;
    bool seen[256] = {false};

    for (size_t i = 0; i < n; i++)
        if (!seen[p[i]] && tt_is_alnum(p[i])) {
            seen[p[i]] = true;
            kinds++;
        }
    return kinds > 2;
}

void tt_redact_learn(struct tt_redactor *rd, const uint8_t *p, size_t n)
{
    const struct tt_private_word *w =
        tt_private_word_at(rd->pv, TT_PRIVATE_PROMPTS, p, n);
    struct tt_secret *s;

    while (n && (p[n - 1] <= ' ' || p[n - 1] == '"'))
        n--;
    while (n && (*p <= ' ' || *p == '"'))
        p++, n--;
    if (n < TT_MIN_SECRET || rd->nsecrets == TT_MAX_SECRETS ||
        (w && w->text.n == n) || memchr(p, '\n', n) || !is_telling(p, n))
        return;
    n = n < TT_MAX_SECRET ? n : TT_MAX_SECRET;
    for (size_t i = 0; i < rd->nsecrets; i++)
        if (rd->secret[i].n == n && !memcmp(rd->secret[i].b, p, n))
            return;
    if (rd->nsecrets == rd->size_secrets) {
        size_t size = rd->size_secrets ? 2 * rd->size_secrets : 32;
        struct tt_secret *more = realloc(rd->secret, size * sizeof(*more));

        if (!more) {
            rd->st = TT_ERR_NOMEM;
            return;
        }
        rd->secret = more;
        rd->size_secrets = size;
    }
    s = &rd->secret[rd->nsecrets++];
    s->n = (uint8_t)n;
    memcpy(s->b, p, n);
}

/* ---- where it stands --------------------------------------------------------------- */

static size_t as_text(const struct tt_secret *s, const uint8_t *p, size_t i,
                      size_t n)
{
    if (n - i < s->n || memcmp(p + i, s->b, s->n) != 0)
        return 0;
    if (i && tt_is_alnum(p[i - 1]) && tt_is_alnum(*s->b))
        return 0;
    if (i + s->n < n && tt_is_alnum(p[i + s->n]) && s->n < TT_MAX_SECRET &&
        tt_is_alnum(s->b[s->n - 1]))
        return 0;
    return s->n;
}

static int nibble(uint8_t c)
{
    return tt_is_digit(c) ? c - '0'
           : tt_is_hex(c) ? tt_small(c) - 'a' + 10
                          : -1;
}

static int pair(const uint8_t *p, size_t i, size_t n)
{
    int a = i + 1 < n ? nibble(p[i]) : -1;
    int b = a < 0 ? -1 : nibble(p[i + 1]);

    return b < 0 ? -1 : a * 16 + b;
}

/* "67 65 68", "67656865", "0x67, 0x65", "\x67\x65" */
static size_t as_hex(const struct tt_secret *s, const uint8_t *p, size_t i,
                     size_t n)
{
    size_t at = i;

    for (size_t k = 0; k < s->n; k++) {
        if (k) {
            size_t from = at;

            while (at < n && at - from < 2 && strchr(" ,:-", p[at]) && p[at])
                at++;
            if (at + 1 < n && (p[at] == '0' || p[at] == '\\') &&
                p[at + 1] == 'x')
                at += 2;
        }
        if (pair(p, at, n) != s->b[k])
            return 0;
        at += 2;
    }
    return at - i;
}

/* A part of a place that is gone already is not there any more; so what is
 * found here is all of it. */
static void look(struct spread *sp, enum tt_lane lane)
{
    const struct tt_redact_lane *l = &sp->rd->lane[lane];

    for (size_t i = 0; i < l->n; i++) {
        int byte = pair(l->p, i, l->n);

        for (unsigned k = sp->first[l->p[i]]; k; k = sp->next[k - 1]) {
            size_t n = as_text(&sp->rd->secret[k - 1], l->p, i, l->n);

            if (n)
                tt_redact_out(sp->rd, lane, i, n, "the same again", false);
        }
        for (unsigned k = byte < 0 ? 0 : sp->first[byte]; k;
             k = sp->next[k - 1]) {
            size_t n = as_hex(&sp->rd->secret[k - 1], l->p, i, l->n);

            if (n)
                tt_redact_out(sp->rd, lane, i, n, "the same as hex", true);
        }
    }
}

static void in_text(struct spread *sp, char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++)
        for (unsigned k = sp->first[(uint8_t)text[i]]; k; k = sp->next[k - 1]) {
            size_t len = as_text(&sp->rd->secret[k - 1], (uint8_t *)text, i, n);

            (void)tt_private_blank((uint8_t *)text + i, len, false);
        }
}

void tt_redact_spread(struct tt_redactor *rd, struct tt_tape_info *info)
{
    struct spread sp = {.rd = rd};

    if (!rd->nsecrets)
        return;
    for (size_t i = 0; i < rd->nsecrets; i++) {
        uint16_t *first = &sp.first[rd->secret[i].b[0]];

        sp.next[i] = *first;
        *first = (uint16_t)(i + 1);
    }
    for (int i = 0; i < TT_LANE_LINE; i++)
        look(&sp, (enum tt_lane)i);
    in_text(&sp, info->device);
    in_text(&sp, info->adapter);
    in_text(&sp, info->why);
}
