#include "verdict/prove.h"

#include <stdlib.h>
#include <string.h>

/* How often a verdict is asked for on noise: a claim that is made must be
 * seen before it ages. */
enum { LOOK_EVERY = 32 << 10, HINT_BITS = 10 };

struct proof {
    const struct tt_rules *set;
    struct tt_session *session;
    struct tt_verdict v;
    tt_proof_fn *report;
    void *user;
    uint8_t *told; /* by rule: on this noise */
};

static void tell(struct proof *p, struct tt_proof_finding f)
{
    p->report(&f, p->user);
}

/* ---- examples ---------------------------------------------------------- */

static enum tt_status play(struct proof *p, const struct tt_example *x)
{
    enum tt_status st = TT_OK;

    tt_session_reset(p->session, TT_TIME_NS);
    for (size_t i = 0; i < x->nrecords && !st; i++)
        st = tt_session_push(p->session, &x->records[i]);
    tt_session_finish(p->session, x->end_ns);
    return st ? st : tt_session_verdict(p->session, &p->v);
}

static bool is_shown(const struct tt_verdict *v, const struct tt_rule *r)
{
    bool shown = v->has_headline && v->headline.rule == r;

    for (unsigned i = 0; i < v->nalso; i++)
        shown = shown || v->also[i].rule == r;
    return shown;
}

/* Are two rules about one thing?  They have a protocol, a claim, or the
 * first word of their names in common. */
static bool same_system(const struct tt_rule *a, const struct tt_rule *b)
{
    size_t n = strcspn(a->name, ".");

    if (a->protocol && a->protocol == b->protocol)
        return true;
    if (a->subject && b->subject && strcmp(a->subject, b->subject) == 0 &&
        strcmp(a->value, b->value) == 0)
        return true;
    return strncmp(a->name, b->name, n) == 0 && strcspn(b->name, ".") == n;
}

/* Does a rule of one system refine one of the other?  Then one is a kind of
 * the other, as M-Bus is of FT 1.2. */
static bool related(const struct tt_rules *set, const struct tt_rule *a,
                    const struct tt_rule *b)
{
    for (const struct tt_rule *r = set->rules; r; r = r->next) {
        bool as_a = same_system(r, a), as_b = same_system(r, b);

        for (const struct tt_names *n = r->refines; n && (as_a || as_b);
             n = n->next) {
            const struct tt_rule *old = tt_rules_find(set, n->name);

            if (old && same_system(old, as_a ? b : a))
                return true;
        }
    }
    return false;
}

static bool is_fault(const struct tt_rule *r)
{
    return r->verdict && r->severity >= TT_WARNING;
}

/* Is the headline a sure statement about something else than r is about?
 * What the line itself tells is about everything; and a related system may
 * say what is true of both, but find no fault where there is none. */
static bool is_foreign(const struct proof *p, const struct tt_rule *r)
{
    const struct tt_rule *h = p->v.headline.rule;

    if (!p->v.has_headline || p->v.headline.word != TT_WORD_IS ||
        strncmp(h->name, "line.", 5) == 0 || same_system(h, r))
        return false;
    return !related(p->set, h, r) || (is_fault(h) && !is_fault(r));
}

/* Does r, or what it refines, name the other as known better? */
static bool gives_way(const struct tt_rule *other, const struct tt_rule *r)
{
    for (const struct tt_names *n = other->refines; n; n = n->next)
        if (strcmp(n->name, r->name) == 0)
            return true;
    return false;
}

/* What became of a rule on its own examples. */
struct outcome {
    bool led, shown, several; /* headline; headline or also; winners */
    const struct tt_rule *winner;
    const struct tt_example *first; /* that it won */
};

static void note_outcome(const struct proof *p, const struct tt_rule *r,
                         const struct tt_example *x, struct outcome *o)
{
    const struct tt_rule *h = p->v.has_headline ? p->v.headline.rule : NULL;

    o->led = o->led || h == r;
    o->shown = o->shown || is_shown(&p->v, r);
    o->several = o->several || !h || (o->winner && o->winner != h);
    if (!o->winner)
        o->first = x;
    o->winner = h;
}

static enum tt_status prove_examples(struct proof *p, const struct tt_rule *r)
{
    struct outcome o = {0};
    struct tt_proof_finding f = {.rule = r, .says = ""};

    for (const struct tt_example *x = r->examples; x; x = x->next) {
        enum tt_status st = x->yes ? play(p, x) : TT_OK;

        if (st)
            return st;
        if (!x->yes)
            continue;
        note_outcome(p, r, x, &o);
        if (is_foreign(p, r))
            tell(p, (struct tt_proof_finding){.kind = TT_PROOF_CROSSFIRE,
                                              .rule = r,
                                              .other = p->v.headline.rule,
                                              .example = x,
                                              .says = p->v.headline.text});
    }
    if (!r->verdict || (r->cap >= 0 && r->cap < HINT_BITS) || o.led ||
        o.several || !o.winner)
        return TT_OK;
    f.other = o.winner;
    f.example = o.first;
    f.kind =
        o.shown || gives_way(o.winner, r) ? TT_PROOF_UNSEEN : TT_PROOF_SHADOWED;
    tell(p, f);
    return TT_OK;
}

/* ---- noise ------------------------------------------------------------- */

static void tell_sure(struct proof *p, const struct tt_finding *f,
                      enum tt_noise_kind kind)
{
    if (f->word != TT_WORD_IS || p->told[f->rule->index])
        return;
    p->told[f->rule->index] = 1;
    tell(p, (struct tt_proof_finding){.kind = TT_PROOF_CHANCE,
                                      .rule = f->rule,
                                      .noise = kind,
                                      .says = f->text});
}

static enum tt_status look(struct proof *p, enum tt_noise_kind kind)
{
    enum tt_status st = tt_session_verdict(p->session, &p->v);

    if (st)
        return st;
    if (p->v.has_headline)
        tell_sure(p, &p->v.headline, kind);
    for (unsigned i = 0; i < p->v.nalso; i++)
        tell_sure(p, &p->v.also[i], kind);
    return TT_OK;
}

static enum tt_status prove_noise(struct proof *p, enum tt_noise_kind kind,
                                  size_t bytes)
{
    struct tt_noise noise;
    struct tt_record r = {0};
    enum tt_status st = TT_OK;
    size_t done = 0, next = LOOK_EVERY;

    memset(p->told, 0, p->set->nrules + 1);
    tt_session_reset(p->session, TT_TIME_NS);
    tt_noise_init(&noise, kind, (uint64_t)kind + 1);
    while (done < bytes && !st) {
        tt_noise_next(&noise, &r);
        st = tt_session_push(p->session, &r);
        done += r.len;
        if (done < next || st)
            continue;
        next += LOOK_EVERY;
        st = look(p, kind);
    }
    tt_session_finish(p->session, noise.t_ns);
    if (!st)
        st = look(p, kind);
    for (size_t i = 0; i < p->set->nrules && !st; i++)
        if (tt_engine_is_off(tt_session_engine(p->session), (unsigned)i))
            tell(p, (struct tt_proof_finding){.kind = TT_PROOF_COSTLY,
                                              .rule = p->set->by_index[i],
                                              .noise = kind,
                                              .says = ""});
    return st;
}

enum tt_status tt_prove(const struct tt_rules *set, size_t noise,
                        tt_proof_fn *report, void *user)
{
    struct proof p = {.set = set, .report = report, .user = user};
    enum tt_status st = tt_session_new(&p.session, set, TT_TIME_NS, NULL);

    p.told = calloc(set->nrules + 1, 1);
    if (!st && !p.told)
        st = TT_ERR_NOMEM;
    for (size_t i = 0; i < set->nrules && !st; i++)
        st = prove_examples(&p, set->by_index[i]);
    for (int kind = 0; kind < TT_NOISES && !st; kind++)
        st = prove_noise(&p, (enum tt_noise_kind)kind, noise);
    free(p.told);
    tt_session_free(p.session);
    return st;
}
