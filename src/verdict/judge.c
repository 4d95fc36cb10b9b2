/*
 * From what is booked to one sentence.
 *
 * candidates: rules with hits that count, weighed against chance
 * groups:     candidates that claim the same value of the same subject
 * contest:    of a state the newest sure value holds, of an identity all do
 * headline:   surest word, gravest, lowest layer, most bits, latest
 */
#include "verdict/ledger.h"

#include <stdlib.h>
#include <string.h>

#define EXPIRY_STATE    (30 * TT_NS_PER_S)
#define EXPIRY_IDENTITY (600 * TT_NS_PER_S)

enum tt_status tt_judge_make(struct tt_ledger *l)
{
    size_t n = l->nrules + 1u;

    l->candidate = tt_arena_alloc(&l->arena, n * sizeof(*l->candidate));
    l->group = tt_arena_alloc(&l->arena, n * sizeof(*l->group));
    l->other = tt_arena_alloc(&l->arena, n * sizeof(*l->other));
    return l->candidate && l->group && l->other ? TT_OK : TT_ERR_NOMEM;
}

static enum tt_word word_of(int64_t bits)
{
    return bits >= TT_BITS_IS         ? TT_WORD_IS
           : bits >= TT_BITS_PROBABLY ? TT_WORD_PROBABLY
                                      : TT_WORD_NONE;
}

uint64_t tt_expiry(const struct tt_meaning *m)
{
    if (m->rule->expires_ns)
        return m->rule->expires_ns;
    return m->identity ? EXPIRY_IDENTITY : EXPIRY_STATE;
}

/* ---- candidates -------------------------------------------------------- */

/*
 * A cap of 10 or more corrects what one hit is worth, so that chance is
 * reckoned with it.  A smaller one says that the rule is only a hint,
 * however often or plainly it is seen.
 */
static int64_t weigh_hits(const struct tt_rule *r, uint64_t n, int64_t bits,
                          uint64_t k)
{
    int64_t cap, net;

    if (r->cap < 0)
        return tt_net_bits(n, bits, k);
    cap = TT_BITS(r->cap);
    if (cap >= TT_BITS_IS && bits > cap)
        bits = cap;
    net = tt_net_bits(n, bits, k);
    return net < cap ? net : cap;
}

/*
 * The hits that reached from to to steps count as if all had reached from.
 * Those whose waits let much pass are worth less: either they are left out,
 * or all count as little.
 */
static int64_t weigh(const struct tt_ledger *l, const struct tt_tally *t,
                     int from, int to)
{
    const struct tt_rule *r = t->meaning->rule;
    uint64_t n = tt_traffic_chances(l->traffic, r, &t->base), k = 0;
    int64_t bits = tt_rule_bits(r, from), best = 0;

    for (unsigned paid = 0; paid < tt_tally_paid(r); paid++) {
        uint64_t before = k;
        int64_t net;

        for (int i = from; i <= to; i++)
            k += *tt_tally_at(t, i, paid);
        if (k == before)
            continue;
        net = weigh_hits(r, n, bits - TT_BITS(paid), k);
        if (net > best)
            best = net;
    }
    return best;
}

/* Of a ladder the latest attempt is shown when it alone is sure, else the
 * one that got furthest. */
static void choose_hit(const struct tt_ledger *l, struct tt_candidate *c)
{
    const struct tt_tally *t = c->tally;
    const struct tt_rule *r = t->meaning->rule;
    int64_t net;

    c->hit = &t->last;
    c->net = weigh(l, t, t->last.reached, t->last.reached);
    if (!r->steps || c->net >= TT_BITS_IS || t->best.reached == t->last.reached)
        return;
    net = weigh(l, t, t->best.reached, (int)r->nsteps);
    if (!net)
        return;
    c->hit = &t->best;
    c->net = net;
}

static void collect(struct tt_ledger *l)
{
    const struct tt_traffic *tr = l->traffic;

    l->ncandidates = 0;
    for (unsigned i = 0; i < l->nfired; i++) {
        struct tt_tally *t = l->tally[l->fired[i]];
        struct tt_candidate c = {.tally = t, .group = -1};
        const struct tt_rule *r = t->meaning->rule;

        if (!t->k)
            continue;
        choose_hit(l, &c);
        c.text = tt_finding_text(t, c.hit);
        if (!c.text.p)
            continue;
        c.bits = c.net;
        c.expiry_ns = tt_expiry(t->meaning);
        if (tt_quality_step(tr->quality) && tr->active_ns > t->last.active_ns)
            c.age_ns = tr->active_ns - t->last.active_ns;
        c.past = c.age_ns > c.expiry_ns;
        c.rank = (int)r->severity;
        if (c.past)
            c.rank = r->severity == TT_ERROR ? TT_NOTE : TT_INFO;
        l->candidate[l->ncandidates++] = c;
    }
}

static int by_net(const void *pa, const void *pb)
{
    const struct tt_candidate *a = pa, *b = pb;
    unsigned ai = a->tally->meaning->rule->index;
    unsigned bi = b->tally->meaning->rule->index;

    if (a->net != b->net)
        return a->net > b->net ? -1 : 1;
    return ai < bi ? -1 : ai > bi;
}

static struct tt_candidate *candidate_of(struct tt_ledger *l, unsigned rule)
{
    for (unsigned i = 0; i < l->ncandidates; i++)
        if (l->candidate[i].tally->meaning->rule->index == rule)
            return &l->candidate[i];
    return NULL;
}

/* Is c replaced by old, directly or not?  Then they refine each other. */
static bool in_chain(const struct tt_candidate *c,
                     const struct tt_candidate *old)
{
    for (; c; c = c->by)
        if (c == old)
            return true;
    return false;
}

/*
 * A rule that refines another and stands on some of its bytes speaks in its
 * place, unless it is less sure of itself or has nothing new to say for
 * longer than its claim is news.
 */
static void refine(struct tt_ledger *l)
{
    for (unsigned i = 0; i < l->ncandidates; i++) {
        struct tt_candidate *c = &l->candidate[i];
        const struct tt_meaning *m = c->tally->meaning;

        for (unsigned j = 0; j < m->nrefines; j++) {
            struct tt_candidate *old = NULL;

            if (c->tally->refined[j])
                old = candidate_of(l, m->refines[j]);
            if (!old || word_of(c->net) == TT_WORD_NONE ||
                word_of(c->net) < word_of(old->net) ||
                (c->past && old->tally->last.order > c->tally->last.order))
                continue;
            if (!old->by && !in_chain(c, old))
                old->by = c;
            if (old->by == c && !c->refined)
                c->refined = old->hit;
        }
    }
}

/* ---- groups ------------------------------------------------------------ */

static bool same_tag(const struct tt_rule *a, const struct tt_rule *b)
{
    for (const struct tt_names *x = a->tag; x; x = x->next)
        for (const struct tt_names *y = b->tag; y; y = y->next)
            if (strcmp(x->name, y->name) == 0)
                return true;
    return false;
}

/* Would counting both count the same evidence twice? */
static bool dependent(const struct tt_tally *a, const struct tt_tally *b)
{
    const struct tt_rule *rb = b->meaning->rule;

    if (same_tag(a->meaning->rule, rb) || a->nshares > TT_MAX_SHARES ||
        b->nshares > TT_MAX_SHARES)
        return true;
    for (unsigned i = 0; i < a->nshares; i++)
        if (a->shares[i] == rb->index)
            return true;
    return false;
}

static int group_of(struct tt_ledger *l, const struct tt_meaning *m)
{
    for (unsigned i = 0; i < l->ngroups; i++)
        if (l->group[i].meaning->claim == m->claim)
            return (int)i;
    l->group[l->ngroups] = (struct tt_group){.meaning = m};
    return (int)l->ngroups++;
}

/* Candidates come strongest first, so that of dependent ones the strongest
 * counts. */
static void join(struct tt_ledger *l, unsigned at)
{
    struct tt_candidate *c = &l->candidate[at];
    struct tt_group *g;
    int64_t weight;
    uint64_t halvings;

    if (c->by || c->tally->meaning->claim < 0)
        return;
    c->group = group_of(l, c->tally->meaning);
    g = &l->group[c->group];
    if (c->tally->last.order > g->order)
        g->order = c->tally->last.order;
    for (unsigned i = 0; i < at; i++)
        if (l->candidate[i].group == c->group && l->candidate[i].counted &&
            dependent(c->tally, l->candidate[i].tally))
            return;
    c->counted = true;
    halvings = c->age_ns / c->expiry_ns;
    weight = halvings < 32 ? c->net >> halvings : 0;
    g->sum += c->net;
    g->weight += weight;
    if (g->sum > TT_BITS_MAX)
        g->sum = TT_BITS_MAX;
    if (g->weight > TT_BITS_MAX)
        g->weight = TT_BITS_MAX;
}

/* A newer value of a state holds once it is sure, whatever the old one had;
 * the others are history. */
static void contest(struct tt_ledger *l, unsigned at)
{
    struct tt_group *g = &l->group[at];
    size_t n = 0;

    for (unsigned i = 0; i < l->ngroups; i++) {
        const struct tt_group *o = &l->group[i];

        if (i == at || o->meaning->subject != g->meaning->subject)
            continue;
        l->other[n++] = o->weight;
        if (g->meaning->identity)
            continue;
        if ((o->sum >= TT_BITS_IS && o->order > g->order) ||
            (o->weight >= TT_BITS_IS && g->sum < TT_BITS_IS))
            g->out = true;
    }
    g->confidence = tt_confidence(g->weight, l->other, n);
}

/* ---- the order of what is said ----------------------------------------- */

static int by_weight(const void *pa, const void *pb)
{
    const struct tt_candidate *a = pa, *b = pb;
    const struct tt_meaning *am = a->tally->meaning, *bm = b->tally->meaning;
    int aw = word_of(a->bits), bw = word_of(b->bits);

    if (a->out != b->out)
        return a->out ? 1 : -1;
    if (aw != bw)
        return bw - aw;
    if (a->rank != b->rank)
        return b->rank - a->rank;
    if (a->past != b->past)
        return a->past ? 1 : -1;
    if (am->layer != bm->layer)
        return am->layer < bm->layer ? -1 : 1;
    if (a->bits != b->bits)
        return a->bits > b->bits ? -1 : 1;
    if (a->hit->order != b->hit->order)
        return a->hit->order > b->hit->order ? -1 : 1;
    return am->rule->index < bm->rule->index ? -1 : 1;
}

/* The best candidate of each group speaks with the bits of all. */
static void elect(struct tt_ledger *l)
{
    for (unsigned g = 0; g < l->ngroups; g++) {
        struct tt_candidate *best = NULL;

        for (unsigned i = 0; i < l->ncandidates; i++) {
            struct tt_candidate *c = &l->candidate[i];

            if (c->group != (int)g)
                continue;
            c->out = l->group[g].out;
            if (!best || by_weight(c, best) < 0)
                best = c;
        }
        if (best)
            best->bits = l->group[g].sum;
    }
}

/* ---- filling in -------------------------------------------------------- */

static int group_by_weight(const void *pa, const void *pb)
{
    const struct tt_group *a = pa, *b = pb;

    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return a->meaning->claim < b->meaning->claim ? -1 : 1;
}

static void fill_claims(struct tt_ledger *l, struct tt_verdict *v)
{
    qsort(l->group, l->ngroups, sizeof(*l->group), group_by_weight);
    for (unsigned i = 0; i < l->ngroups && v->nclaims < TT_MAX_CLAIMS; i++) {
        const struct tt_group *g = &l->group[i];

        if (g->out || word_of(g->weight) == TT_WORD_NONE)
            continue;
        v->claim[v->nclaims++] =
            (struct tt_claim){.subject = g->meaning->rule->subject,
                              .value = g->meaning->rule->value,
                              .word = word_of(g->weight),
                              .bits = g->weight,
                              .confidence = g->confidence};
    }
}

static void say_bits(struct tt_buf *out, int64_t bits)
{
    tt_buf_printf(out, "%d bits", (int)((bits + 32768) >> 16));
}

/* Two values of what a thing is, both sure and neither much surer. */
static void fill_conflict(struct tt_ledger *l, struct tt_verdict *v)
{
    for (unsigned i = 0; i < l->ngroups; i++)
        for (unsigned j = i + 1; j < l->ngroups; j++) {
            const struct tt_group *a = &l->group[i], *b = &l->group[j];
            const struct tt_rule *r = a->meaning->rule;

            if (!a->meaning->identity ||
                a->meaning->subject != b->meaning->subject ||
                b->weight < TT_BITS_IS || a->weight - b->weight > TT_BITS(10))
                continue;
            if (strcmp(r->subject, "link.protocol") == 0)
                tt_buf_str(&l->scratch, "Two protocols on one line: ");
            else
                tt_buf_printf(&l->scratch, "Two values of %s: ", r->subject);
            tt_buf_printf(&l->scratch, "%s (", r->value);
            say_bits(&l->scratch, a->weight);
            tt_buf_printf(&l->scratch, ") and %s (", b->meaning->rule->value);
            say_bits(&l->scratch, b->weight);
            tt_buf_str(&l->scratch, ").");
            v->conflict = tt_ledger_keep_text(l);
            return;
        }
}

/* What was seen but proves nothing yet, and what would decide. */
static void fill_decide(struct tt_ledger *l, struct tt_verdict *v)
{
    for (unsigned i = 0; i < l->ncandidates; i++) {
        const struct tt_candidate *c = &l->candidate[i];
        const struct tt_rule *r = c->tally->meaning->rule;

        if (v->ndecide == TT_MAX_DECIDE)
            return;
        if (c->out || c->by || !r->next_look ||
            word_of(c->bits) == TT_WORD_IS ||
            (v->has_headline && v->headline.rule == r))
            continue;
        if (r->title.n)
            tt_buf_safe(&l->scratch, r->title.p, r->title.n);
        else
            tt_buf_str(&l->scratch, r->name);
        tt_buf_str(&l->scratch, ": ");
        tt_buf_str(&l->scratch, tt_finding_say(l, c, r->next_look->text));
        v->decide[v->ndecide++] = tt_ledger_keep_text(l);
    }
}

/* An old warning may have mended itself; an old error was one. */
static enum tt_verdict_status status_of(const struct tt_candidate *c)
{
    enum tt_severity s = c->tally->meaning->rule->severity;

    if (s == TT_ERROR || (s == TT_WARNING && !c->past))
        return TT_STATUS_FAULT;
    return TT_STATUS_OK;
}

static void fill_findings(struct tt_ledger *l, struct tt_verdict *v,
                          unsigned *weak)
{
    for (unsigned i = 0; i < l->ncandidates; i++) {
        const struct tt_candidate *c = &l->candidate[i];
        struct tt_finding *f = NULL;

        if (c->out || c->by)
            continue;
        if (word_of(c->bits) == TT_WORD_NONE) {
            ++*weak;
            continue;
        }
        if (!v->has_headline) {
            v->has_headline = true;
            v->status = status_of(c);
            f = &v->headline;
        } else if (v->nalso < TT_MAX_ALSO) {
            f = &v->also[v->nalso++];
        }
        if (!f)
            continue;
        f->word = word_of(c->bits);
        tt_finding_fill(l, f, c);
    }
}

enum tt_status tt_ledger_verdict(struct tt_ledger *l, struct tt_verdict *v)
{
    unsigned weak = 0;

    memset(v, 0, sizeof(*v));
    tt_arena_clear(&l->texts);
    v->fingerprint = v->conflict = "";
    v->stats = &l->traffic->stats.s;
    v->nrules = l->nverdicts;
    l->ngroups = 0;
    collect(l);
    qsort(l->candidate, l->ncandidates, sizeof(*l->candidate), by_net);
    refine(l);
    for (unsigned i = 0; i < l->ncandidates; i++)
        join(l, i);
    for (unsigned i = 0; i < l->ngroups; i++)
        contest(l, i);
    elect(l);
    qsort(l->candidate, l->ncandidates, sizeof(*l->candidate), by_weight);
    fill_findings(l, v, &weak);
    fill_claims(l, v);
    fill_conflict(l, v);
    if (!v->has_headline || v->headline.word != TT_WORD_IS) {
        fill_decide(l, v);
        tt_fingerprint(&l->scratch, l->traffic);
        v->fingerprint = tt_ledger_keep_text(l);
    }
    tt_plain_statement(&l->scratch, l, v->has_headline, weak);
    v->plain = tt_ledger_keep_text(l);
    l->changed = false;
    return l->status;
}
