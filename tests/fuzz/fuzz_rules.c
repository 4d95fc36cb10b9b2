/*
 * Any bytes as a rule file: they are read without harm, complaints are plain
 * text, and what was read is printed, read again and found to be the same.
 * Conditions are worked out and texts filled with empty values.
 */
#include "../rules_same.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the reader said of a file. */
struct said {
    bool any, limit;
};

static void on_diag(const struct tt_diag *d, void *user)
{
    struct said *s = user;
    struct tt_buf out;

    tt_buf_init(&out, 1 << 20);
    tt_diag_print(&out, d);
    for (size_t i = 0; i < out.n; i++)
        if (out.p[i] != '\n' && out.p[i] != '\t' &&
            (out.p[i] < 0x20 || out.p[i] > 0x7e))
            abort();
    tt_buf_release(&out);
    if (d->is_warning)
        return;
    s->any = true;
    s->limit = s->limit || d->code == TT_ERR_LIMIT || d->code == TT_ERR_NOMEM;
}

static struct tt_rules *load(struct tt_slice text, struct said *s)
{
    struct tt_rules *set = tt_rules_new();

    *s = (struct said){false, false};
    if (!set)
        abort();
    (void)!tt_rules_read(set, text, "f", "fuzz", on_diag, s);
    if (tt_rules_finish(set, on_diag, s))
        s->limit = true;
    return set;
}

/* Fill every text and work out every condition. */
static void use(const struct tt_rules *set, struct tt_rule *r)
{
    static struct tt_value values[TT_MAX_FIELDS];
    struct tt_env env = {.rule = r, .value = values, .reached = 1};
    struct tt_buf out;

    for (unsigned i = 0; i < r->nfields; i++)
        values[i] = (struct tt_value){.is_num = r->field[i].is_num,
                                      .num = -1,
                                      .len = r->field[i].is_num ? 0 : i * 16};
    for (const struct tt_where *w = r->where; w; w = w->next)
        (void)tt_expr_true(w->expr, &env);
    tt_buf_init(&out, 1 << 20);
    for (const struct tt_verdict_text *v = r->verdict; v; v = v->next) {
        if (v->when)
            (void)tt_expr_true(v->when, &env);
        tt_text_fill(&out, v->text, set, &env);
    }
    for (size_t i = 0; i < out.n; i++)
        if ((out.p[i] >= 0 && out.p[i] < 0x20) || out.p[i] == 0x7f)
            abort();
    tt_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct said first, second;
    struct tt_rules *a, *b;
    struct tt_buf one, two;

    a = load((struct tt_slice){(const char *)data, size}, &first);
    tt_buf_init(&one, 16 << 20);
    tt_buf_init(&two, 16 << 20);
    tt_rules_print(&one, a);
    b = load((struct tt_slice){tt_buf_text(&one), one.n}, &second);
    /* Printed with blanks between words a line may be too long. */
    if (!one.status && !second.limit) {
        const char *what = rules_differ(a, b);

        tt_rules_print(&two, b);
        if (what || one.n != two.n ||
            strcmp(tt_buf_text(&one), tt_buf_text(&two)) != 0) {
            fprintf(stderr, "differs: %s\n%s----\n%s", what ? what : "text",
                    tt_buf_text(&one), tt_buf_text(&two));
            abort();
        }
    }
    for (struct tt_rule *r = a->rules; r; r = r->next)
        use(a, r);
    tt_rules_free(a);
    tt_rules_free(b);
    tt_buf_release(&one);
    tt_buf_release(&two);
    return 0;
}
