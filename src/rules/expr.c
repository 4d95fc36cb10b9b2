/*
 * Conditions: operators by level, functions over fields and spans.
 */
#include "rules/read.h"

#include <string.h>

enum { LEVEL_CMP = 2, LEVELS = 8 };

static const struct {
    const char *word;
    enum tt_op op;
    int level;
} operators[] = {
    {"or", TT_OP_OR, 0},  {"and", TT_OP_AND, 1}, {"=", TT_OP_EQ, 2},
    {"!=", TT_OP_NE, 2},  {"<", TT_OP_LT, 2},    {"<=", TT_OP_LE, 2},
    {">", TT_OP_GT, 2},   {">=", TT_OP_GE, 2},   {"in", TT_OP_IN, 2},
    {"|", TT_OP_BOR, 3},  {"^", TT_OP_XOR, 3},   {"&", TT_OP_BAND, 4},
    {"<<", TT_OP_SHL, 5}, {">>", TT_OP_SHR, 5},  {"+", TT_OP_ADD, 6},
    {"-", TT_OP_SUB, 6},  {"*", TT_OP_MUL, 7},   {"/", TT_OP_DIV, 7},
    {"%", TT_OP_MOD, 7}};

static struct tt_expr *level(struct tt_reader *r, int lvl);

static struct tt_expr *expr_new(struct tt_reader *r, const struct tt_tok *t,
                                enum tt_expr_kind kind)
{
    struct tt_expr *x;

    r->operators += kind == TT_X_BIN || kind == TT_X_NEG || kind == TT_X_NOT ||
                    kind == TT_X_CALL;
    if (r->operators > TT_MAX_OPERATORS) {
        (void)tt_bad_limit(r, t, "a condition may not exceed %d operators",
                           TT_MAX_OPERATORS);
        return NULL;
    }
    x = tt_rd_alloc(r, sizeof(*x));
    if (!x)
        return NULL;
    x->kind = kind;
    x->field = -1;
    x->line = t->line;
    x->col = t->col;
    x->width = (unsigned)t->v.n;
    return x;
}

/* The operator at this level that the current word is, or -1. */
static int operator_at(const struct tt_reader *r, int lvl)
{
    const struct tt_tok *t = tt_peek(r, 0);

    for (size_t i = 0; t && i < TT_LEN(operators); i++)
        if (operators[i].level == lvl && tt_slice_is(t->v, operators[i].word))
            return (int)operators[i].op;
    return -1;
}

static bool no_field(struct tt_reader *r, const struct tt_tok *t)
{
    const char *words[TT_MAX_FIELDS + TT_BUILTINS];
    struct tt_words all = tt_field_words(r, words, !r->in_pattern);
    struct tt_words own = {words, all.n - (r->in_pattern ? 0 : TT_BUILTINS)};

    (void)tt_bad(r, t, NULL, "no field is called '%s'", tt_quote(r, t->v));
    (void)tt_hint_near(r, t->v, &all);
    if (!own.n) {
        tt_hint(r, "this pattern names no field");
        return false;
    }
    tt_hint(r, "fields: ");
    tt_hint_words(r, &own);
    return false;
}

/* The field t names, or -1 after a complaint. */
static int field_word(struct tt_reader *r, const struct tt_tok *t)
{
    int f = t && t->kind == TT_T_NAME ? tt_field_find(r, t->v) : -1;

    if (!t)
        (void)tt_bad(r, NULL, NULL, "a field is missing here");
    else if (f < 0)
        (void)no_field(r, t);
    return f;
}

/* addr..code: a span must not end before it begins. */
static bool span(struct tt_reader *r, struct tt_arg *arg)
{
    const struct tt_tok *a = tt_peek(r, 0), *b = tt_peek(r, 2);
    const struct tt_rule *x = r->draft->rule;
    const struct tt_node *m, *n;

    arg->from = field_word(r, a);
    r->i += 2;
    arg->to = arg->from < 0 ? -1 : field_word(r, b);
    if (arg->to < 0)
        return false;
    r->i++;
    m = x->field[arg->from].node;
    n = x->field[arg->to].node;
    if (arg->from > arg->to &&
        (m->line > n->line || (m->line == n->line && m->col > n->col))) {
        (void)tt_bad(r, a, NULL, "the field '%s' comes after '%s'",
                     tt_quote(r, a->v), tt_quote(r, b->v));
        tt_hint(r, "write %s..%s", tt_quote(r, b->v), tt_quote(r, a->v));
        return false;
    }
    return true;
}

static struct tt_arg *argument(struct tt_reader *r, struct tt_slice fn)
{
    const struct tt_tok *t = tt_peek(r, 0);
    struct tt_arg *arg = tt_rd_alloc(r, sizeof(*arg));

    if (!arg)
        return NULL;
    arg->from = arg->to = -1;
    if (t->kind == TT_T_NAME && tt_tok_is(tt_peek(r, 1), ".."))
        return span(r, arg) ? arg : NULL;
    if (t->kind == TT_T_NAME) {
        arg->from = arg->to = field_word(r, t);
        r->i++;
        return arg->from < 0 ? NULL : arg;
    }
    if (t->kind != TT_T_STR || t->v.p[t->v.n - 1] != '"') {
        (void)tt_bad(r, t, NULL, "'%s' takes fields", tt_quote(r, fn));
        tt_hint(r, "%s(addr..code) or %s(addr, code)", tt_quote(r, fn),
                tt_quote(r, fn));
        return NULL;
    }
    arg->expr = expr_new(r, t, TT_X_STR);
    r->i++;
    return arg->expr && tt_text_word(r, t, &arg->expr->str) ? arg : NULL;
}

/* Words after the bracket of a function call. */
static bool arguments(struct tt_reader *r, struct tt_expr *x,
                      struct tt_slice fn)
{
    struct tt_arg **tail = &x->args;

    while (!tt_is_op(r, ")")) {
        if (!tt_peek(r, 0))
            return tt_bad(r, NULL, NULL, "')' is missing");
        if (x->args && tt_is_op(r, ","))
            r->i++;
        if (!tt_peek(r, 0))
            return tt_bad(r, NULL, NULL, "')' is missing");
        *tail = argument(r, fn);
        if (!*tail)
            return false;
        tail = &(*tail)->next;
    }
    if (!x->args) {
        (void)tt_bad(r, NULL, NULL, "'%s' takes fields", tt_quote(r, fn));
        tt_hint(r, "%s(addr..code) or %s(addr, code)", tt_quote(r, fn),
                tt_quote(r, fn));
        return false;
    }
    r->i++;
    return true;
}

static struct tt_expr *call(struct tt_reader *r, const struct tt_tok *t)
{
    int fn = tt_word_find(&tt_function_words, t->v);
    struct tt_expr *x;

    if (fn < 0) {
        (void)tt_bad(r, t, NULL, "no function is called '%s'",
                     tt_quote(r, t->v));
        (void)tt_hint_near(r, t->v, &tt_function_words);
        tt_hint(r, "functions: ");
        tt_hint_words(r, &tt_function_words);
        return NULL;
    }
    x = expr_new(r, t, TT_X_CALL);
    r->i++;
    if (!x || !arguments(r, x, t->v))
        return NULL;
    x->fn = (enum tt_fn)fn;
    return x;
}

/* Right of 'in' only a table will do. */
static struct tt_expr *table(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_expr *x = expr_new(r, t, TT_X_TABLE);
    const char *words[TT_MAX_TABLES];
    struct tt_words all = {words, 0};

    if (!x)
        return NULL;
    x->table = tt_table_find(r->set, t->v);
    if (x->table)
        return x;
    for (const struct tt_table *k = r->set->tables; k; k = k->next)
        words[all.n++] = k->name;
    (void)tt_bad(r, t, NULL, "no table is called '%s'", tt_quote(r, t->v));
    if (!tt_hint_near(r, t->v, &all))
        tt_hint(r, "a table stands before the rules that use it");
    return NULL;
}

static struct tt_expr *name(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_expr *x;
    int f;

    r->i++;
    if (tt_is_op(r, "("))
        return call(r, t);
    if (r->i > 1 && tt_is_name(t - 1, "in"))
        return table(r, t);
    x = expr_new(r, t, TT_X_FIELD);
    if (!x)
        return NULL;
    x->field = tt_field_find(r, t->v);
    if (x->field >= 0)
        return x;
    f = r->in_pattern ? -1 : tt_word_find(&tt_builtin_words, t->v);
    if (f >= 0) {
        x->kind = TT_X_BUILTIN;
        x->builtin = (enum tt_builtin)f;
        return x;
    }
    x->kind = TT_X_TABLE;
    x->table = tt_table_find(r->set, t->v);
    if (!x->table)
        (void)no_field(r, t);
    return x->table ? x : NULL;
}

static struct tt_expr *number(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_expr *x;
    struct tt_dur dur;
    uint64_t v = 0;
    bool ok = true;

    if (t->kind == TT_T_HEX && !tt_all_digits(t->v)) {
        (void)tt_bad(r, t, NULL, "'%s' is not a decimal number",
                     tt_quote(r, t->v));
        tt_hint(r, "in conditions write hexadecimal as 0x%s",
                tt_quote(r, t->v));
        return NULL;
    }
    x = expr_new(r, t, TT_X_NUM);
    r->i++;
    if (!x)
        return NULL;
    x->is_hex = t->kind == TT_T_NUM;
    x->is_time = t->kind == TT_T_DUR;
    if (x->is_time) {
        if (!tt_dur_word(r, t, &dur))
            return NULL;
        v = tt_dur_ns(dur);
    } else if (x->is_hex) {
        ok = tt_hexadecimal((struct tt_slice){t->v.p + 2, t->v.n - 2}, &v);
    } else {
        v = tt_decimal(t->v);
        ok = v <= INT64_MAX;
    }
    if (!ok) {
        (void)tt_bad_limit(r, t, "the number is larger than 64 bits");
        return NULL;
    }
    x->num = (int64_t)v;
    return x;
}

static bool misplaced_table(struct tt_reader *r, const struct tt_tok *t)
{
    return tt_bad(r, t, "where code in table_name",
                  "a table can only stand right of 'in'");
}

static bool nest(struct tt_reader *r, const struct tt_tok *t)
{
    return ++r->nesting <= TT_MAX_NESTING ||
           tt_bad_limit(r, t, "nested more than %d deep", TT_MAX_NESTING);
}

/* - or not, and what it is put before. */
static struct tt_expr *prefix(struct tt_reader *r, const struct tt_tok *t)
{
    bool neg = tt_tok_is(t, "-");
    struct tt_expr *x = expr_new(r, t, neg ? TT_X_NEG : TT_X_NOT);

    r->i++;
    if (!x || !nest(r, t))
        return NULL;
    x->a = level(r, neg ? LEVELS : LEVEL_CMP);
    r->nesting--;
    if (x->a && x->a->kind == TT_X_TABLE) {
        (void)misplaced_table(r, t);
        return NULL;
    }
    return x->a ? x : NULL;
}

static struct tt_expr *bracket(struct tt_reader *r, const struct tt_tok *t)
{
    struct tt_expr *x;

    r->i++;
    if (!nest(r, t))
        return NULL;
    x = level(r, 0);
    r->nesting--;
    return x && tt_need_op(r, ")", NULL) ? x : NULL;
}

static struct tt_expr *value(struct tt_reader *r)
{
    const struct tt_tok *t = tt_peek(r, 0);
    struct tt_expr *x;

    if (!t) {
        (void)tt_bad(r, NULL, NULL, "a value is missing here");
        return NULL;
    }
    if (tt_tok_is(t, "-") || tt_is_name(t, "not"))
        return prefix(r, t);
    if (tt_tok_is(t, "("))
        return bracket(r, t);
    if (t->kind == TT_T_NAME)
        return name(r, t);
    if (t->kind == TT_T_STR && t->v.p[t->v.n - 1] == '"') {
        x = expr_new(r, t, TT_X_STR);
        r->i++;
        return x && tt_text_word(r, t, &x->str) ? x : NULL;
    }
    if (t->kind != TT_T_OP && t->kind != TT_T_EVENT && t->kind != TT_T_STR)
        return number(r, t);
    (void)tt_bad(r, t, NULL, "'%s' is not a value", tt_quote(r, t->v));
    return NULL;
}

/* A table stands right of 'in' and nowhere else. */
static bool tables_right(struct tt_reader *r, const struct tt_expr *x,
                         const struct tt_tok *op)
{
    if (x->op == TT_OP_IN && x->b->kind != TT_X_TABLE)
        return tt_bad(r, op, "where code in table_name",
                      "'in' needs the name of a table");
    if (x->a->kind == TT_X_TABLE ||
        (x->op != TT_OP_IN && x->b->kind == TT_X_TABLE))
        return misplaced_table(r, op);
    return true;
}

static struct tt_expr *level(struct tt_reader *r, int lvl)
{
    struct tt_expr *a, *x;
    int op;

    if (lvl == LEVELS)
        return value(r);
    a = level(r, lvl + 1);
    while (a && (op = operator_at(r, lvl)) >= 0) {
        const struct tt_tok *t = tt_peek(r, 0);

        x = expr_new(r, t, TT_X_BIN);
        r->i++;
        if (!x)
            return NULL;
        x->op = (enum tt_op)op;
        x->a = a;
        x->b = level(r, lvl + 1);
        if (!x->b || !tables_right(r, x, t))
            return NULL;
        a = x;
        if (lvl == LEVEL_CMP)
            break;
    }
    return a;
}

struct tt_expr *tt_read_expr(struct tt_reader *r)
{
    const struct tt_tok *t = tt_peek(r, 0);
    struct tt_expr *x;

    r->operators = r->nesting = 0;
    x = level(r, 0);
    if (x && x->kind == TT_X_TABLE) {
        (void)misplaced_table(r, t);
        return NULL;
    }
    return x;
}
