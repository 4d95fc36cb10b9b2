/*
 * Sets of byte values: 7F 7x ?? 80/F0 class !set {a set}.
 */
#include "rules/read.h"

#include <string.h>

static void add_byte(struct tt_set *s, unsigned b)
{
    s->w[b >> 6 & 3] |= UINT64_C(1) << (b & 63);
}

/* The values of a byte word; an x or ?? stands for any digit. */
static struct tt_set byte_word(struct tt_slice v)
{
    struct tt_set s = {{0}};
    int hi = tt_hex_digit(v.p[0]), lo = tt_hex_digit(v.p[1]);

    for (int b = 0; b < 256; b++)
        if ((hi < 0 || b >> 4 == hi) && (lo < 0 || (b & 15) == lo))
            add_byte(&s, (unsigned)b);
    return s;
}

static unsigned lowest(const struct tt_set *s)
{
    unsigned b = 0;

    while (b < 255 && !tt_set_has(s, b))
        b++;
    return b;
}

/* After '/': the value and the mask it must have under it. */
static bool masked(struct tt_reader *r, const struct tt_tok *t,
                   struct tt_set *out)
{
    const struct tt_tok *m = tt_peek(r, 0);
    uint64_t mask, value;

    if (!m || m->kind != TT_T_HEX || !tt_hexadecimal(m->v, &mask) ||
        tt_hex_digit(m->v.p[0]) < 0 || tt_hex_digit(m->v.p[1]) < 0)
        return tt_bad(r, m, "80/F0 means: the byte AND F0 equals 80",
                      "a mask byte is missing after /");
    if (tt_hex_digit(t->v.p[0]) < 0 || tt_hex_digit(t->v.p[1]) < 0)
        return tt_bad(r, t, "write the mask alone, as in 80/F0",
                      "%s has a mask already", tt_quote(r, t->v));
    r->i++;
    (void)tt_hexadecimal(t->v, &value);
    if (value & ~mask) {
        (void)tt_bad(r, t, NULL,
                     "%s/%s can never match: the value has bits outside the "
                     "mask",
                     tt_quote(r, t->v), tt_quote(r, m->v));
        tt_hint(r, "did you mean %02X/%s?", (unsigned)(value & mask),
                tt_quote(r, m->v));
        return false;
    }
    *out = (struct tt_set){{0}};
    for (unsigned b = 0; b < 256; b++)
        if ((b & mask) == value)
            add_byte(out, b);
    return true;
}

/* After '..' of a range that begins with word a, the values in x. */
static bool range(struct tt_reader *r, const struct tt_tok *a, struct tt_set *x)
{
    const struct tt_tok *b = tt_peek(r, 0);
    struct tt_set y;
    unsigned lo, hi;

    if (!b || b->kind != TT_T_HEX)
        return tt_bad(r, b, NULL, "the end of the range is missing");
    if (!tt_read_set(r, &y))
        return false;
    lo = lowest(x);
    hi = lowest(&y);
    if (hi < lo) {
        (void)tt_bad(r, a, NULL, "the range %s..%s runs backwards",
                     tt_quote(r, a->v), tt_quote(r, b->v));
        tt_hint(r, "write %s..%s", tt_quote(r, b->v), tt_quote(r, a->v));
        return false;
    }
    *x = (struct tt_set){{0}};
    for (unsigned k = lo; k <= hi; k++)
        add_byte(x, k);
    return true;
}

/* { ... }, after the brace t. */
static bool braces(struct tt_reader *r, const struct tt_tok *t,
                   struct tt_set *out)
{
    *out = (struct tt_set){{0}};
    while (!tt_is_op(r, "}")) {
        const struct tt_tok *a = tt_peek(r, 0);
        struct tt_set x;

        if (!a)
            return tt_bad(r, t, NULL, "the set is not closed with '}'");
        if (tt_is_op(r, ",")) {
            r->i++;
            continue;
        }
        if (!tt_read_set(r, &x))
            return false;
        if (tt_is_op(r, "..")) {
            r->i++;
            if (!range(r, a, &x))
                return false;
        }
        for (int k = 0; k < 4; k++)
            out->w[k] |= x.w[k];
    }
    r->i++;
    return true;
}

static bool text_bytes(struct tt_reader *r, const struct tt_tok *t,
                       struct tt_set *out)
{
    struct tt_slice text;

    if (!tt_text_word(r, t, &text))
        return false;
    *out = (struct tt_set){{0}};
    for (size_t i = 0; i < text.n; i++) {
        unsigned b = (uint8_t)text.p[i];
        bool letter = (b | 32) >= 'a' && (b | 32) <= 'z';

        add_byte(out, b);
        if (letter && t->v.p[t->v.n - 1] == 'i')
            add_byte(out, b ^ 32);
    }
    return true;
}

static bool no_set(struct tt_reader *r, const struct tt_tok *t)
{
    (void)tt_bad(r, t, NULL, "'%s' is not a byte, a class or a set",
                 tt_quote(r, t->v));
    if (t->kind == TT_T_NAME)
        (void)tt_hint_near(r, t->v, &tt_class_words);
    tt_hint(r, "classes: ");
    tt_hint_words(r, &tt_class_words);
    return false;
}

bool tt_read_set(struct tt_reader *r, struct tt_set *out)
{
    const struct tt_tok *t = tt_peek(r, 0);
    bool ok;

    if (!t)
        return tt_bad(r, NULL, NULL,
                      "a byte, a class or {a set} is missing here");
    r->i++;
    if (tt_tok_is(t, "!") || tt_tok_is(t, "{")) {
        if (!tt_deeper(r, t))
            return false;
        ok = *t->v.p == '!' ? tt_read_set(r, out) : braces(r, t, out);
        r->depth--;
        for (int k = 0; k < 4 && *t->v.p == '!'; k++)
            out->w[k] = ~out->w[k];
        return ok;
    }
    if (t->kind == TT_T_HEX) {
        *out = byte_word(t->v);
        if (!tt_is_op(r, "/"))
            return true;
        r->i++;
        return masked(r, t, out);
    }
    if (t->kind == TT_T_STR)
        return text_bytes(r, t, out);
    if (t->kind == TT_T_NAME && tt_class_set(t->v, out))
        return true;
    r->i--;
    return no_set(r, t);
}
