/*
 * Texts with their {templates} filled.
 *
 * The text is a rule's and the values come from the wire; both are shown on
 * terminals, so neither may hold a control character.
 */
#include "rules/print.h"
#include "rules/read.h"

/* ---- safe output ----------------------------------------------------------------- */

static void add_char(struct tt_buf *out, uint8_t c)
{
    switch (c) {
    case '\r': tt_buf_str(out, "\\r"); break;
    case '\n': tt_buf_str(out, "\\n"); break;
    case '\t': tt_buf_str(out, "\\t"); break;
    default:
        if (c >= 0x20 && c < 0x7f)
            tt_buf_ch(out, (char)c);
        else
            tt_buf_printf(out, "\\x%02X", c);
    }
}

/* What the rule says itself may be in any language. */
static void add_literal(struct tt_buf *out, struct tt_slice s)
{
    const uint8_t *p = (const uint8_t *)s.p;

    for (size_t i = 0; i < s.n;) {
        size_t n = p[i] < 0x80 ? 0 : tt_utf8_printable(p + i, s.n - i);

        if (n)
            tt_buf_add(out, p + i, n);
        else
            add_char(out, p[i]);
        i += n ? n : 1;
    }
}

/* ---- values ------------------------------------------------------------------------ */

/* Only the first bytes of a long value are known. */
static size_t known(const struct tt_value *v)
{
    return v->len < TT_VALUE_BYTES ? v->len : TT_VALUE_BYTES;
}

static void add_cut(struct tt_buf *out, const struct tt_value *v)
{
    if (v->len > TT_VALUE_BYTES)
        tt_buf_str(out, "...");
}

static void add_bytes(struct tt_buf *out, const struct tt_value *v)
{
    for (size_t i = 0; i < known(v); i++)
        add_char(out, v->bytes[i]);
    add_cut(out, v);
}

static void add_hex(struct tt_buf *out, const struct tt_value *v,
                    bool is_signed)
{
    bool neg = v->is_num && is_signed && v->num < 0;
    uint64_t u = neg ? 0 - (uint64_t)v->num : (uint64_t)v->num;

    if (v->is_num) {
        tt_buf_printf(out, neg ? "-%llX" : "%02llX", (unsigned long long)u);
        return;
    }
    for (size_t i = 0; i < known(v); i++)
        tt_buf_printf(out, i ? " %02X" : "%02X", v->bytes[i]);
    add_cut(out, v);
}

/* 'h', or "'" in double quotes. */
static void add_quoted(struct tt_buf *out, const uint8_t *p, size_t n)
{
    char quote = '\'';
    bool single = false, twin = false;

    for (size_t i = 0; i < n; i++) {
        single = single || p[i] == '\'';
        twin = twin || p[i] == '"';
    }
    if (single && !twin)
        quote = '"';
    tt_buf_ch(out, quote);
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\\' || p[i] == quote)
            tt_buf_ch(out, '\\');
        add_char(out, p[i]);
    }
    tt_buf_ch(out, quote);
}

static void add_number(struct tt_buf *out, const struct tt_value *v,
                       bool is_signed)
{
    if (is_signed)
        tt_buf_printf(out, "%lld", (long long)v->num);
    else
        tt_buf_printf(out, "%llu", (unsigned long long)v->num);
}

/* 12.3ms: a time a person can take in. */
static void add_time(struct tt_buf *out, uint64_t ns)
{
    uint64_t unit = ns >= TT_NS_PER_S    ? TT_NS_PER_S / 100
                    : ns >= TT_NS_PER_MS ? TT_NS_PER_MS / 10
                                         : TT_NS_PER_US;
    uint64_t one = ns >= TT_NS_PER_S ? 100 : ns >= TT_NS_PER_MS ? 10 : 1;
    uint64_t v = (ns + unit / 2) / unit;
    unsigned frac = (unsigned)(v % one);

    tt_buf_printf(out, "%llu", (unsigned long long)(v / one));
    if (frac && one == 100 && frac % 10)
        tt_buf_printf(out, ".%02u", frac);
    else if (frac)
        tt_buf_printf(out, ".%u", one == 100 ? frac / 10 : frac);
    tt_buf_str(out, one == 100 ? "s" : one == 10 ? "ms" : "us");
}

/* What the table says of a number, or of a text that writes a decimal one. */
static const struct tt_slice *looked_up(const struct tt_table *table,
                                        const struct tt_value *v)
{
    int64_t n = 0;

    if (!table || v->is_num)
        return table ? tt_table_get(table, v->num) : NULL;
    if (!v->len || v->len > 18) /* more do not fit, see digits_number() */
        return NULL;
    for (size_t i = 0; i < v->len; i++) {
        if (v->bytes[i] < '0' || v->bytes[i] > '9')
            return NULL;
        n = n * 10 + (v->bytes[i] - '0');
    }
    return tt_table_get(table, n);
}

static void add_value(struct tt_buf *out, const struct tt_value *v,
                      bool is_signed, struct tt_slice form,
                      const struct tt_table *table)
{
    const struct tt_slice *entry = looked_up(table, v);
    uint8_t one = (uint8_t)v->num;

    if (entry) {
        add_literal(out, *entry);
    } else if (tt_slice_is(form, "hex")) {
        add_hex(out, v, is_signed);
    } else if (tt_slice_is(form, "char") && !v->is_num) {
        add_quoted(out, v->bytes, known(v));
    } else if (tt_slice_is(form, "char") && v->num == one) {
        add_quoted(out, &one, 1);
    } else {
        tt_buf_str(out, table ? "unknown (" : "");
        if (v->is_num)
            add_number(out, v, is_signed);
        else
            add_bytes(out, v);
        tt_buf_str(out, table ? ")" : "");
    }
}

static int field_named(const struct tt_rule *r, struct tt_slice name)
{
    for (unsigned i = 0; i < r->nfields; i++)
        if (!r->field[i].local && tt_slice_is(name, r->field[i].name))
            return (int)i;
    return -1;
}

/* {name:form}; false when nothing is called so. */
static bool add_template(struct tt_buf *out, struct tt_slice name,
                         struct tt_slice form, const struct tt_rules *set,
                         const struct tt_env *env)
{
    const struct tt_table *table = form.n ? tt_table_find(set, form) : NULL;
    int f = field_named(env->rule, name);
    int b = tt_word_find(&tt_builtin_words, name);
    struct tt_expr x = {.kind = TT_X_BUILTIN};
    const struct tt_node *n;
    struct tt_value v;
    bool is_signed = true;

    if (f < 0 && b < 0)
        return false;
    if (f < 0) {
        x.builtin = (enum tt_builtin)b;
    } else {
        n = env->rule->field[f].node->kids;
        is_signed = n->kind != TT_N_INT || n->type.is_signed;
    }
    if (f >= 0 && env->value && !env->value[f].is_absent) {
        add_value(out, &env->value[f], is_signed, form, table);
    } else if (f >= 0 || !tt_expr_eval(&x, env, &v)) {
        tt_buf_ch(out, '?');
    } else if (x.builtin == TT_B_ELAPSED && !form.n) {
        add_time(out, (uint64_t)v.num);
    } else {
        add_value(out, &v, true, form, table);
    }
    return true;
}

void tt_text_fill(struct tt_buf *out, struct tt_slice text,
                  const struct tt_rules *set, const struct tt_env *env)
{
    size_t pos = 0, from = 0, start;
    struct tt_slice name, form;

    while (tt_template_next(text, &pos, &start, &name, &form)) {
        add_literal(out, (struct tt_slice){text.p + from, start - from});
        if (!add_template(out, name, form, set, env))
            add_literal(out, (struct tt_slice){text.p + start, pos - start});
        from = pos;
    }
    add_literal(out, (struct tt_slice){text.p + from, text.n - from});
}
