/*
 * The printer of conditions: brackets only where the tree needs them.
 */
#include "rules/print.h"
#include "rules/words.h"

enum { LEVEL_NOT = 2, LEVEL_CMP = 2, LEVEL_ATOM = 8 };

static const struct {
    const char *word;
    int level; /* as the reader's */
} ops[] = {
    [TT_OP_OR] = {"or", 0},  [TT_OP_AND] = {"and", 1}, [TT_OP_EQ] = {"=", 2},
    [TT_OP_NE] = {"!=", 2},  [TT_OP_LT] = {"<", 2},    [TT_OP_LE] = {"<=", 2},
    [TT_OP_GT] = {">", 2},   [TT_OP_GE] = {">=", 2},   [TT_OP_IN] = {"in", 2},
    [TT_OP_BOR] = {"|", 3},  [TT_OP_XOR] = {"^", 3},   [TT_OP_BAND] = {"&", 4},
    [TT_OP_SHL] = {"<<", 5}, [TT_OP_SHR] = {">>", 5},  [TT_OP_ADD] = {"+", 6},
    [TT_OP_SUB] = {"-", 6},  [TT_OP_MUL] = {"*", 7},   [TT_OP_DIV] = {"/", 7},
    [TT_OP_MOD] = {"%", 7},
};

static void expr(struct tt_buf *out, const struct tt_rule *r,
                 const struct tt_expr *x);

/* x where only levels from least on can stand without brackets.  'not' takes
 * all that follows it, so it counts as less than a comparison. */
static void operand(struct tt_buf *out, const struct tt_rule *r,
                    const struct tt_expr *x, int least)
{
    bool bare = x->kind == TT_X_BIN   ? ops[x->op].level >= least
                : x->kind == TT_X_NOT ? least <= LEVEL_NOT && least < LEVEL_ATOM
                                      : true;

    if (!bare)
        tt_buf_ch(out, '(');
    expr(out, r, x);
    if (!bare)
        tt_buf_ch(out, ')');
}

static void number(struct tt_buf *out, const struct tt_expr *x)
{
    if (x->is_time)
        tt_print_dur(out, (struct tt_dur){(uint64_t)x->num, 0});
    else if (x->is_hex)
        tt_buf_printf(out, "0x%llX", (unsigned long long)x->num);
    else
        tt_buf_printf(out, "%lld", (long long)x->num);
}

static void call(struct tt_buf *out, const struct tt_rule *r,
                 const struct tt_expr *x)
{
    tt_buf_printf(out, "%s(", tt_function_words.word[x->fn]);
    for (const struct tt_arg *a = x->args; a; a = a->next) {
        if (a->expr)
            expr(out, r, a->expr);
        else
            tt_buf_str(out, r->field[a->from].name);
        if (!a->expr && a->from != a->to)
            tt_buf_printf(out, "..%s", r->field[a->to].name);
        if (a->next)
            tt_buf_str(out, ", ");
    }
    tt_buf_ch(out, ')');
}

static void binary(struct tt_buf *out, const struct tt_rule *r,
                   const struct tt_expr *x)
{
    int level = ops[x->op].level;

    operand(out, r, x->a, level == LEVEL_CMP ? level + 1 : level);
    tt_buf_printf(out, " %s ", ops[x->op].word);
    operand(out, r, x->b, level + 1);
}

/* At most TT_MAX_OPERATORS deep. */
static void expr(struct tt_buf *out, const struct tt_rule *r,
                 const struct tt_expr *x)
{
    switch (x->kind) {
    case TT_X_NUM: number(out, x); break;
    case TT_X_STR: tt_print_text(out, x->str); break;
    case TT_X_FIELD: tt_buf_str(out, r->field[x->field].name); break;
    case TT_X_BUILTIN:
        tt_buf_str(out, tt_builtin_words.word[x->builtin]);
        break;
    case TT_X_TABLE: tt_buf_str(out, x->table->name); break;
    case TT_X_NEG:
        tt_buf_ch(out, '-');
        operand(out, r, x->a, LEVEL_ATOM);
        break;
    case TT_X_NOT:
        tt_buf_str(out, "not ");
        operand(out, r, x->a, LEVEL_NOT);
        break;
    case TT_X_BIN: binary(out, r, x); break;
    case TT_X_CALL: call(out, r, x); break;
    }
}

void tt_expr_print(struct tt_buf *out, const struct tt_rule *r,
                   const struct tt_expr *x)
{
    expr(out, r, x);
}
