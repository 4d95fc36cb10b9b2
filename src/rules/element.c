/*
 * What one element of a pattern can be, and the names of fields.
 */
#include "rules/element.h"

#include <string.h>

/* ---- fields ---------------------------------------------------------------- */

int tt_field_find(const struct tt_reader *r, struct tt_slice name)
{
    const struct tt_rule *x = r->draft->rule;

    for (unsigned i = 0; i < x->nfields; i++)
        if (x->field[i].local == r->local &&
            tt_slice_is(name, x->field[i].name))
            return (int)i;
    return -1;
}

struct tt_words tt_field_words(const struct tt_reader *r, const char **words,
                               bool builtins)
{
    const struct tt_rule *x = r->draft->rule;
    size_t n = 0;

    for (unsigned i = 0; i < x->nfields; i++)
        if (x->field[i].local == r->local)
            words[n++] = x->field[i].name;
    for (size_t i = 0; builtins && i < TT_BUILTINS; i++)
        words[n++] = tt_builtin_words.word[i];
    return (struct tt_words){words, n};
}

static bool name_taken(struct tt_reader *r, const struct tt_tok *t)
{
    return tt_bad(r, t, NULL, "the field '%s' is already named in this pattern",
                  tt_quote(r, t->v));
}

bool tt_field_name_ok(struct tt_reader *r, const struct tt_tok *t)
{
    if (t->kind == TT_T_HEX)
        return tt_bad(r, t,
                      "use a name of three letters or more, such as len, "
                      "addr, code",
                      "'%s' reads as a byte, so it cannot name a field",
                      tt_quote(r, t->v));
    if (tt_word_reserved(t->v))
        return tt_bad(r, t, NULL,
                      "'%s' is a word of the language and cannot name a field",
                      tt_quote(r, t->v));
    if (t->v.n > TT_MAX_NAME)
        return tt_bad_limit(r, t, "a name may not exceed %d letters",
                            TT_MAX_NAME);
    return tt_field_find(r, t->v) < 0 || name_taken(r, t);
}

int tt_field_add(struct tt_reader *r, const struct tt_tok *t,
                 const struct tt_node *node)
{
    struct tt_rule *x = r->draft->rule;
    struct tt_field *f = &x->field[x->nfields];
    enum tt_node_kind kid = node->kids->kind;

    /* A field inside this one may have taken the name meanwhile. */
    if (tt_field_find(r, t->v) >= 0) {
        (void)name_taken(r, t);
        return -1;
    }
    if (x->nfields == TT_MAX_FIELDS) {
        (void)tt_bad_limit(r, t, "a rule may not exceed %d fields",
                           TT_MAX_FIELDS);
        return -1;
    }
    f->name = tt_rd_dup(r, t->v);
    if (!f->name)
        return -1;
    f->is_num = kid == TT_N_INT || kid == TT_N_SET || kid == TT_N_RUN;
    f->local = r->local;
    f->node = node;
    return (int)x->nfields++;
}

/* ---- elements ---------------------------------------------------------------- */

static struct tt_node *text(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_node *n = tt_node_new(r, t, TT_N_TEXT);

    r->i++;
    if (!n || !tt_text_word(r, t, &n->text))
        return NULL;
    n->nocase = t->v.p[t->v.n - 1] == 'i';
    if (!n->text.n) {
        (void)tt_bad(r, t, NULL, "empty text matches everywhere");
        return NULL;
    }
    return n;
}

static struct tt_node *group(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_node *n = tt_node_new(r, t, TT_N_GROUP);

    r->i++;
    if (!n || !tt_deeper(r, t))
        return NULL;
    n->kids = tt_read_alternatives(r);
    r->depth--;
    n->lane = r->lane;
    return n->kids && tt_need_op(r, ")", NULL) ? n : NULL;
}

/* =name: the bytes of an earlier field once more. */
static struct tt_node *same_as(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_node *n = tt_node_new(r, t, TT_N_SAME_AS);
    const struct tt_tok *f;
    const char *words[TT_MAX_FIELDS + TT_BUILTINS], *near;
    struct tt_words fields = tt_field_words(r, words, false);

    r->i++;
    f = tt_peek(r, 0);
    if (!f || f->kind != TT_T_NAME) {
        (void)tt_bad(r, f, NULL, "'=' needs the name of an earlier field");
        return NULL;
    }
    if (!n)
        return NULL;
    n->field = tt_field_find(r, f->v);
    if (n->field < 0) {
        near = tt_word_near(f->v, &fields);
        (void)tt_bad(r, f, NULL, "no field '%s' before this point",
                     tt_quote(r, f->v));
        if (near)
            tt_hint(r, "did you mean '%s'?", near);
        return NULL;
    }
    r->i++;
    return n;
}

/* A set of bytes with its spelling; an empty one is a mistake. */
static bool spelled_set(struct tt_reader *r, struct tt_node *n)
{
    size_t from = r->i;
    const struct tt_tok *t = tt_peek(r, 0);

    if (!tt_read_set(r, &n->set))
        return false;
    if (!(n->set.w[0] | n->set.w[1] | n->set.w[2] | n->set.w[3]))
        return tt_bad(r, t, NULL, "an empty set can match nothing");
    return tt_respell(r, from, r->i, &n->written);
}

static struct tt_node *run(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_node *n = tt_node_new(r, t, TT_N_RUN);

    r->i++;
    if (!n || !tt_need_op(r, "(", NULL) || !spelled_set(r, n) ||
        !tt_need_op(r, ")", NULL))
        return NULL;
    if (!tt_is_op(r, "*")) {
        (void)tt_bad(r, NULL,
                     "same(printable)*8.. = one printable byte, eight times "
                     "or more",
                     "same(...) needs a repeat");
        return NULL;
    }
    t = tt_peek(r, 1);
    if (!tt_read_repeat(r, &n->lo, &n->hi))
        return NULL;
    if (!n->lo) {
        (void)tt_bad(r, t, "use '?' for something optional",
                     "a repeat of 0 can match nothing");
        return NULL;
    }
    return n;
}

static struct tt_node *bytes(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_node *n = tt_node_new(r, t, TT_N_BYTES);

    r->i++;
    if (!n || !tt_need_op(r, "[", "bytes[len] or bytes[2..252]"))
        return NULL;
    n->from = tt_read_expr(r);
    if (n->from && tt_is_op(r, "..")) {
        r->i++;
        n->to = tt_read_expr(r);
        if (!n->to)
            return NULL;
    }
    return n->from && tt_need_op(r, "]", NULL) ? n : NULL;
}

static struct tt_node *sensor(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_node *n = tt_node_new(r, t, TT_N_SENSOR);
    const struct tt_tok *w;
    int i;

    r->i++;
    w = tt_peek(r, 0);
    i = w && w->kind == TT_T_NAME ? tt_word_find(&tt_sensor_words, w->v) : -1;
    if (i < 0) {
        (void)tt_bad(r, w, NULL,
                     w ? "no sensor is called '%s'" : "'sensor' needs a name%s",
                     w ? tt_quote(r, w->v) : "");
        if (w)
            (void)tt_hint_near(r, w->v, &tt_sensor_words);
        tt_hint(r, "sensors: ");
        tt_hint_words(r, &tt_sensor_words);
        return NULL;
    }
    r->i++;
    if (n)
        n->sensor = (enum tt_sensor)i;
    return n;
}

static struct tt_node *integer(struct tt_reader *r, const struct tt_tok *t,
                               bool named)
{
    struct tt_node *n = tt_node_new(r, t, TT_N_INT);

    if (!named) {
        (void)tt_bad(r, t, NULL, "a %s needs a name", tt_quote(r, t->v));
        tt_hint(r, "write  value:%s", tt_quote(r, t->v));
        return NULL;
    }
    r->i++;
    return n && tt_type_find(t->v, &n->type) ? n : NULL;
}

static struct tt_node *set(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_node *n = tt_node_new(r, t, TT_N_SET);

    return n && spelled_set(r, n) ? n : NULL;
}

/* ---- what is often written by mistake ------------------------------------------ */

static void hint_pairs(struct tt_reader *r, const char *digits, size_t n)
{
    tt_hint(r, "put a space between bytes:");
    for (size_t i = 0; i < n && i < 64; i += 2)
        tt_hint(r, " %.*s", n - i < 2 ? 1 : 2, digits + i);
}

static void hint_range(struct tt_reader *r, const struct tt_tok *a,
                       const struct tt_tok *b)
{
    if (a && a->kind == TT_T_HEX && b && b->kind == TT_T_HEX)
        tt_hint(r, "write {%s..%s}", tt_quote(r, a->v), tt_quote(r, b->v));
    else
        tt_hint(r, "write {30..39}");
}

static bool is_hex_pairs(struct tt_slice v)
{
    for (size_t i = 0; i < v.n; i++)
        if (tt_hex_digit(v.p[i]) < 0)
            return false;
    return v.n >= 4 && v.n % 2 == 0;
}

/* Complain about a word that looks like bytes but is not; true when so. */
static bool mistaken(struct tt_reader *r, const struct tt_tok *t)
{
    const struct tt_tok *next = tt_peek(r, 1);

    if (t->kind == TT_T_INT && next && next->line == t->line &&
        next->col == t->col + t->v.n &&
        (next->kind == TT_T_NAME || next->kind == TT_T_HEX ||
         next->kind == TT_T_INT)) {
        /* The words touch, so their text does too. */
        struct tt_slice all = {t->v.p, t->v.n + next->v.n};
        bool hex = true;

        for (size_t i = 0; i < all.n; i++)
            hex = hex && tt_hex_digit(all.p[i]) >= 0;
        (void)tt_bad_at(r, t->line, t->col, (unsigned)all.n,
                        hex ? NULL : "hex digits are 0-9 and A-F",
                        hex ? "bytes run together" : "'%s' is not a byte",
                        tt_quote(r, all));
        if (hex)
            hint_pairs(r, all.p, all.n);
    } else if (tt_tok_is(t, "..")) {
        (void)tt_bad(r, t, NULL, "a range stands in braces");
        hint_range(r, r->i ? t - 1 : NULL, next);
    } else if (t->kind == TT_T_INT || t->kind == TT_T_NUM) {
        (void)tt_bad(r, t, "bytes are exactly two hex digits: write 08, not 8",
                     "'%s' is not a byte", tt_quote(r, t->v));
    } else if (t->kind == TT_T_NAME && is_hex_pairs(t->v)) {
        (void)tt_bad(r, t, NULL, "'%s' runs bytes together", tt_quote(r, t->v));
        hint_pairs(r, t->v.p, t->v.n);
    } else {
        return false;
    }
    return true;
}

struct tt_node *tt_read_core(struct tt_reader *r, bool named)
{
    const struct tt_tok *t = tt_peek(r, 0);
    struct tt_type type;

    if (!t) {
        (void)tt_bad(r, NULL, NULL,
                     "a byte, text, class or group is missing here");
        return NULL;
    }
    if (tt_tok_is(t, "("))
        return group(r, t);
    if (r->lane == TT_LANE_LINE) {
        (void)tt_bad(r, t,
                     "start the pattern with > (host to device) or < (device "
                     "to host)",
                     "which lane is this on?");
        return NULL;
    }
    if (t->kind == TT_T_STR)
        return text(r, t);
    if (tt_tok_is(t, "="))
        return same_as(r, t);
    if (tt_is_name(t, "same"))
        return run(r, t);
    if (tt_is_name(t, "bytes"))
        return bytes(r, t);
    if (tt_is_name(t, "sensor"))
        return sensor(r, t);
    if (tt_is_name(t, "line")) {
        r->i++;
        return tt_node_new(r, t, TT_N_LINE);
    }
    if (t->kind == TT_T_NAME && tt_type_find(t->v, &type))
        return integer(r, t, named);
    return mistaken(r, t) ? NULL : set(r, t);
}
