/*
 * A candidate as texts and evidence that outlive the working out of the
 * verdict.
 */
#include "verdict/ledger.h"
#include "verdict/say.h"

#include <string.h>

static struct tt_env env_of(const struct tt_tally *t,
                            const struct tt_kept_hit *hit)
{
    return (struct tt_env){.rule = t->meaning->rule,
                           .value = hit->value,
                           .reached = hit->reached,
                           .hits = (int64_t)t->k,
                           .elapsed_ns = (int64_t)(hit->t_end - hit->t_start)};
}

struct tt_slice tt_finding_text(const struct tt_tally *t,
                                const struct tt_kept_hit *hit)
{
    struct tt_env env = env_of(t, hit);

    for (const struct tt_verdict_text *v = t->meaning->rule->verdict; v;
         v = v->next)
        if (!v->when || tt_expr_true(v->when, &env))
            return v->text;
    return (struct tt_slice){NULL, 0};
}

const char *tt_ledger_keep_text(struct tt_ledger *l)
{
    struct tt_buf *b = &l->scratch;
    const char *text =
        tt_arena_dup(&l->texts, (struct tt_slice){tt_buf_text(b), b->n});

    /* A sentence that is too long keeps what fitted; only memory counts. */
    if (b->status == TT_ERR_NOMEM || !text)
        l->status = TT_ERR_NOMEM;
    tt_buf_clear(b);
    return text ? text : "";
}

const char *tt_finding_say(struct tt_ledger *l, const struct tt_candidate *c,
                           struct tt_slice text)
{
    struct tt_env env = env_of(c->tally, c->hit);
    struct tt_buf b;
    const char *kept;

    tt_buf_init(&b, TT_MAX_SENTENCE);
    tt_text_fill(&b, text, l->set, &env);
    kept = tt_arena_dup(&l->texts, (struct tt_slice){tt_buf_text(&b), b.n});
    if (b.status == TT_ERR_NOMEM || !kept)
        l->status = TT_ERR_NOMEM;
    tt_buf_release(&b);
    return kept ? kept : "";
}

static unsigned fill_list(struct tt_ledger *l, const char **out,
                          const struct tt_candidate *c,
                          const struct tt_strings *list)
{
    unsigned n = 0;

    for (; list && n < TT_MAX_LIST; list = list->next)
        out[n++] = tt_finding_say(l, c, list->text);
    return n;
}

static bool has_evidence(const struct tt_finding *f,
                         const struct tt_evidence *e)
{
    for (unsigned i = 0; i < f->nevidence; i++) {
        const struct tt_evidence *o = &f->evidence[i];

        if (o->lane != e->lane || o->event != e->event)
            continue;
        if (!e->len && !o->len && e->t_ns == o->t_ns)
            return true;
        if (e->offset < o->offset + o->len && o->offset < e->offset + e->len)
            return true;
    }
    return false;
}

static void add_evidence(struct tt_finding *f, const struct tt_kept_hit *hit)
{
    for (unsigned i = 0; i < hit->nspans; i++)
        if (f->nevidence < TT_MAX_EVIDENCE && !has_evidence(f, &hit->span[i]))
            f->evidence[f->nevidence++] = hit->span[i];
}

void tt_finding_fill(struct tt_ledger *l, struct tt_finding *f,
                     const struct tt_candidate *c)
{
    const struct tt_rule *r = c->tally->meaning->rule;

    f->rule = r;
    f->bits = c->bits;
    f->hits = c->tally->k;
    f->t_ns = c->hit->t_end;
    f->past = c->past;
    f->text = tt_finding_say(l, c, c->text);
    if (c->past) {
        tt_buf_str(&l->scratch, "earlier, at ");
        tt_say_clock(&l->scratch, c->hit->t_end, l->traffic->quality);
        tt_buf_printf(&l->scratch, ": %s", f->text);
        f->text = tt_ledger_keep_text(l);
    }
    f->ncause = fill_list(l, f->cause, c, r->cause);
    f->nfix = fill_list(l, f->fix, c, r->fix);
    f->nnext = fill_list(l, f->next, c, r->next_look);
    f->nref = fill_list(l, f->ref, c, r->ref);
    add_evidence(f, c->hit);
    if (c->refined)
        add_evidence(f, c->refined);
}
