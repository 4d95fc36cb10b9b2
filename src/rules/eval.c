/*
 * Conditions worked out.  Nothing is copied on the way: bytes stay where the
 * hit, the rule or the history holds them.
 */
#include "rules/checksum.h"

#include <string.h>

/* A number, or bytes. */
struct operand {
    bool is_num;
    int64_t num;
    struct tt_slice bytes;
    bool is_raw; /* bytes are good until raw() is called again */
};

static bool eval(const struct tt_expr *x, const struct tt_env *env,
                 struct operand *out);

static void set_num(struct operand *o, int64_t v)
{
    *o = (struct operand){.is_num = true, .num = v};
}

static bool is_true(const struct operand *o)
{
    return o->is_num ? o->num != 0 : o->bytes.n > 0;
}

static bool is_absent(const struct tt_env *env, int f)
{
    return !env->value || env->value[f].is_absent;
}

static bool raw(const struct tt_env *env, int from, int to,
                struct tt_slice *out)
{
    return env->raw && env->raw(env->user, from, to, out);
}

/* ---- fields ------------------------------------------------------------------ */

static bool field(const struct tt_env *env, int f, struct operand *out)
{
    const struct tt_value *v = &env->value[f];

    if (is_absent(env, f))
        return false;
    *out = (struct operand){.is_num = v->is_num, .num = v->num};
    if (v->is_num)
        return true;
    if (v->len <= TT_VALUE_BYTES) {
        out->bytes = (struct tt_slice){(const char *)v->bytes, v->len};
        return true;
    }
    out->is_raw = true;
    return raw(env, f, f, &out->bytes);
}

/* The bytes field f was read from; num has room for eight. */
static bool field_bytes(const struct tt_env *env, int f, char *num,
                        struct tt_slice *out)
{
    const struct tt_node *n = env->rule->field[f].node->kids;
    const struct tt_value *v = &env->value[f];
    struct operand o;
    unsigned size = n->kind == TT_N_INT ? n->type.size : 1;

    if (!v->is_num) {
        bool ok = field(env, f, &o);

        *out = o.bytes;
        return ok;
    }
    if (is_absent(env, f))
        return false;
    if (n->kind == TT_N_RUN)
        return raw(env, f, f, out);
    for (unsigned i = 0; i < size; i++) {
        unsigned at = n->type.big ? size - 1 - i : i;

        num[at] = (char)((uint64_t)v->num >> (8 * i) & 0xff);
    }
    *out = (struct tt_slice){num, size};
    return true;
}

static bool arg_bytes(const struct tt_arg *a, const struct tt_env *env,
                      char *num, struct tt_slice *out)
{
    if (a->expr) {
        *out = a->expr->str;
        return true;
    }
    if (is_absent(env, a->from) || is_absent(env, a->to))
        return false;
    if (a->from == a->to)
        return field_bytes(env, a->from, num, out);
    return raw(env, a->from, a->to, out);
}

/* ---- functions --------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int digit_of(char c, unsigned base)
{
    int d = c >= '0' && c <= '9'   ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                   : 99;

    return d < (int)base ? d : -1;
}

/* Digits as a number; false when there are none or too many. */
static bool digits_number(struct tt_slice s, unsigned base, uint64_t *out)
{
    *out = 0;
    if (!s.n || s.n > (base == 16 ? 16 : 18))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int d = digit_of(s.p[i], base);

        if (d < 0)
            return false;
        *out = *out * base + (unsigned)d;
    }
    return true;
}

/* s without its first n bytes. */
static struct tt_slice skip(struct tt_slice s, size_t n)
{
    return (struct tt_slice){s.p + n, s.n - n};
}

/* Text as a number: blanks around it, a sign, and 0x before hexadecimal. */
static bool text_number(struct tt_slice s, unsigned base, int64_t *out)
{
    bool neg;
    uint64_t v;

    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    while (s.n && is_blank(s.p[0]))
        s = skip(s, 1);
    neg = s.n && s.p[0] == '-';
    if (neg || (s.n && s.p[0] == '+'))
        s = skip(s, 1);
    if (base == 16 && s.n > 2 && s.p[0] == '0' && (s.p[1] | 32) == 'x')
        s = skip(s, 2);
    if (!digits_number(s, base, &v))
        return false;
    *out = (int64_t)(neg ? 0 - v : v);
    return true;
}

/* hexval and decval: the bytes of all arguments as one text. */
static bool call_number(const struct tt_expr *x, const struct tt_env *env,
                        struct operand *out)
{
    char text[64], num[8];
    size_t n = 0;

    for (const struct tt_arg *a = x->args; a; a = a->next) {
        struct tt_slice s;

        if (!arg_bytes(a, env, num, &s) || s.n > sizeof(text) - n)
            return false;
        if (s.n)
            memcpy(text + n, s.p, s.n);
        n += s.n;
    }
    out->is_num = true;
    return text_number((struct tt_slice){text, n},
                       x->fn == TT_FN_HEXVAL ? 16 : 10, &out->num);
}

/* How long an argument is, without needing its bytes where that is known. */
static bool arg_len(const struct tt_arg *a, const struct tt_env *env,
                    uint64_t *out)
{
    struct tt_slice s;
    char num[8];

    if (!a->expr && a->from == a->to && !is_absent(env, a->from) &&
        !env->value[a->from].is_num) {
        *out = env->value[a->from].len;
        return true;
    }
    if (!arg_bytes(a, env, num, &s))
        return false;
    *out = s.n;
    return true;
}

static bool call(const struct tt_expr *x, const struct tt_env *env,
                 struct operand *out)
{
    struct tt_sum sum;
    struct tt_slice s;
    uint64_t len, total = 0;
    char num[8];

    *out = (struct operand){0};
    if (x->fn == TT_FN_HEXVAL || x->fn == TT_FN_DECVAL)
        return call_number(x, env, out);
    if (x->fn != TT_FN_LENGTH)
        tt_sum_begin(&sum, x->fn);
    for (const struct tt_arg *a = x->args; a; a = a->next) {
        if (x->fn == TT_FN_LENGTH) {
            if (!arg_len(a, env, &len))
                return false;
            total += len;
            continue;
        }
        if (!arg_bytes(a, env, num, &s))
            return false;
        tt_sum_add(&sum, s);
    }
    set_num(out, (int64_t)(x->fn == TT_FN_LENGTH ? total : tt_sum_end(&sum)));
    return true;
}

/* ---- operators ----------------------------------------------------------------- */

/* Less than, equal, greater: -1 0 1. */
static int order(const struct operand *a, const struct operand *b)
{
    size_t n = a->bytes.n < b->bytes.n ? a->bytes.n : b->bytes.n;
    int d;

    if (a->is_num)
        return a->num < b->num ? -1 : a->num > b->num;
    d = n ? memcmp(a->bytes.p, b->bytes.p, n) : 0;
    if (d)
        return d < 0 ? -1 : 1;
    return a->bytes.n < b->bytes.n ? -1 : a->bytes.n > b->bytes.n;
}

static bool compare(enum tt_op op, const struct operand *a,
                    const struct operand *b, struct operand *out)
{
    bool alike = a->is_num == b->is_num;
    int d;

    if (a->is_raw && b->is_raw)
        return false; /* only one long field can be looked at at a time */
    if (!alike && op != TT_OP_EQ && op != TT_OP_NE)
        return false;
    d = alike ? order(a, b) : 1;
    switch (op) {
    case TT_OP_EQ: set_num(out, d == 0); break;
    case TT_OP_NE: set_num(out, d != 0); break;
    case TT_OP_LT: set_num(out, d < 0); break;
    case TT_OP_LE: set_num(out, d <= 0); break;
    case TT_OP_GT: set_num(out, d > 0); break;
    default: set_num(out, d >= 0);
    }
    return true;
}

/* Quotients round down, and remainders have the divisor's sign. */
static bool divide(enum tt_op op, int64_t a, int64_t b, struct operand *out)
{
    int64_t q, m;

    if (b == 0)
        return false;
    if (b == -1) {
        set_num(out, op == TT_OP_DIV ? (int64_t)(0 - (uint64_t)a) : 0);
        return true;
    }
    q = a / b;
    m = a % b;
    if (m && (m < 0) != (b < 0)) {
        q--;
        m += b;
    }
    set_num(out, op == TT_OP_DIV ? q : m);
    return true;
}

static bool shift(enum tt_op op, int64_t a, int64_t b, struct operand *out)
{
    if (b < 0)
        return false;
    if (b > 63)
        set_num(out, 0);
    else if (op == TT_OP_SHL)
        set_num(out, (int64_t)((uint64_t)a << b));
    else /* keeps the sign */
        set_num(out, a < 0 ? ~(~a >> b) : a >> b);
    return true;
}

static bool arithmetic(enum tt_op op, const struct operand *x,
                       const struct operand *y, struct operand *out)
{
    uint64_t a = (uint64_t)x->num, b = (uint64_t)y->num, v;

    if (!x->is_num || !y->is_num)
        return false;
    switch (op) {
    case TT_OP_DIV:
    case TT_OP_MOD: return divide(op, x->num, y->num, out);
    case TT_OP_SHL:
    case TT_OP_SHR: return shift(op, x->num, y->num, out);
    case TT_OP_BOR: v = a | b; break;
    case TT_OP_XOR: v = a ^ b; break;
    case TT_OP_BAND: v = a & b; break;
    case TT_OP_ADD: v = a + b; break;
    case TT_OP_SUB: v = a - b; break;
    default: v = a * b;
    }
    set_num(out, (int64_t)v);
    return true;
}

/* and, or: the operand that decided; a side without a value is not true. */
static bool either(const struct tt_expr *x, const struct tt_env *env,
                   struct operand *out)
{
    bool known = eval(x->a, env, out), yes = known && is_true(out);

    if (x->op == TT_OP_OR)
        return yes || eval(x->b, env, out);
    return known && (!yes || eval(x->b, env, out));
}

static bool binary(const struct tt_expr *x, const struct tt_env *env,
                   struct operand *out)
{
    struct operand a, b;

    if (x->op == TT_OP_OR || x->op == TT_OP_AND)
        return either(x, env, out);
    if (!eval(x->a, env, &a))
        return false;
    if (x->op == TT_OP_IN) {
        set_num(out, a.is_num && tt_table_get(x->b->table, a.num));
        return true;
    }
    if (!eval(x->b, env, &b))
        return false;
    if (x->op >= TT_OP_EQ && x->op <= TT_OP_GE)
        return compare(x->op, &a, &b, out);
    return arithmetic(x->op, &a, &b, out);
}

static bool builtin(enum tt_builtin which, const struct tt_env *env,
                    struct operand *out)
{
    const struct tt_step *s = env->rule->steps;

    switch (which) {
    case TT_B_REACHED: set_num(out, env->reached); return true;
    case TT_B_STEPS: set_num(out, env->rule->nsteps); return true;
    case TT_B_HITS: set_num(out, env->hits); return true;
    case TT_B_ELAPSED: set_num(out, env->elapsed_ns); return true;
    default: break;
    }
    for (int64_t i = 0; s && i < env->reached; i++)
        s = s->next;
    *out = (struct operand){.bytes = tt_slice_of(s ? s->name : "")};
    return true;
}

/* At most TT_MAX_OPERATORS deep. */
static bool eval(const struct tt_expr *x, const struct tt_env *env,
                 struct operand *out)
{
    switch (x->kind) {
    case TT_X_NUM: set_num(out, x->num); return true;
    case TT_X_STR: *out = (struct operand){.bytes = x->str}; return true;
    case TT_X_FIELD: return field(env, x->field, out);
    case TT_X_BUILTIN: return builtin(x->builtin, env, out);
    case TT_X_CALL: return call(x, env, out);
    case TT_X_BIN: return binary(x, env, out);
    case TT_X_NEG:
        if (!eval(x->a, env, out) || !out->is_num)
            return false;
        set_num(out, (int64_t)(0 - (uint64_t)out->num));
        return true;
    case TT_X_NOT:
        if (!eval(x->a, env, out))
            return false;
        set_num(out, !is_true(out));
        return true;
    case TT_X_TABLE: break;
    }
    return false;
}

bool tt_expr_eval(const struct tt_expr *x, const struct tt_env *env,
                  struct tt_value *out)
{
    struct operand o;
    size_t n;

    *out = (struct tt_value){0};
    if (!eval(x, env, &o))
        return false;
    out->is_num = o.is_num;
    out->num = o.num;
    out->len = o.bytes.n;
    n = o.bytes.n < TT_VALUE_BYTES ? o.bytes.n : TT_VALUE_BYTES;
    if (n)
        memcpy(out->bytes, o.bytes.p, n);
    return true;
}

bool tt_expr_true(const struct tt_expr *x, const struct tt_env *env)
{
    struct operand o;

    return eval(x, env, &o) && is_true(&o);
}
