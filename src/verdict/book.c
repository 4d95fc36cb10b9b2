/*
 * Booking a hit: which bytes it stands on, what other readings of those
 * bytes there are, and which of them count.
 */
#include "verdict/ledger.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_PAID = 255 };

/* ---- marks: the bytes of recent hits ----------------------------------- */

static uint64_t oldest_mark(const struct tt_ledger *l)
{
    return l->nmarks > TT_MAX_MARKS ? l->nmarks - TT_MAX_MARKS : 0;
}

static struct tt_mark *mark_at(const struct tt_ledger *l, uint64_t n)
{
    return n >= oldest_mark(l) && n < l->nmarks ? &l->mark[n % TT_MAX_MARKS]
                                                : NULL;
}

/* Write down the byte spans of a hit. */
static void mark_spans(struct tt_mark *m, const struct tt_hit *hit)
{
    m->nspans = 0;
    for (unsigned i = 0; i < hit->nspans && i < TT_MAX_SPANS; i++) {
        const struct tt_span *s = &hit->span[i];

        if (!s->len || (unsigned)s->lane >= TT_TRAFFIC_LANES)
            continue;
        m->span[m->nspans].lane = s->lane;
        m->span[m->nspans].from = s->offset;
        m->span[m->nspans].to = s->offset + s->len;
        m->nspans++;
    }
}

/* Keep, for every lane, how far this and all older marks reach. */
static void mark_reach(struct tt_mark *m, const struct tt_mark *older)
{
    for (unsigned lane = 0; lane < TT_TRAFFIC_LANES; lane++)
        m->reach[lane] = older ? older->reach[lane] : 0;
    for (unsigned i = 0; i < m->nspans; i++)
        if (m->span[i].to > m->reach[m->span[i].lane])
            m->reach[m->span[i].lane] = m->span[i].to;
}

/* How many bytes of a are also b's. */
static uint64_t shared_bytes(const struct tt_mark *a, const struct tt_mark *b)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < a->nspans; i++)
        for (unsigned j = 0; j < b->nspans; j++) {
            uint64_t from = a->span[i].from, to = a->span[i].to;

            if (a->span[i].lane != b->span[j].lane)
                continue;
            if (b->span[j].from > from)
                from = b->span[j].from;
            if (b->span[j].to < to)
                to = b->span[j].to;
            n += from < to ? to - from : 0;
        }
    return n;
}

static uint64_t all_bytes(const struct tt_mark *m)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < m->nspans; i++)
        n += m->span[i].to - m->span[i].from;
    return n;
}

/* Can any mark up to old share bytes with m? */
static bool within_reach(const struct tt_mark *m, const struct tt_mark *old)
{
    for (unsigned i = 0; i < m->nspans; i++)
        if (m->span[i].from < old->reach[m->span[i].lane])
            return true;
    return false;
}

/* ---- what one reading of some bytes does to another -------------------- */

static bool refines(const struct tt_meaning *a, unsigned b, unsigned *which)
{
    for (unsigned i = 0; i < a->nrefines; i++)
        if (a->refines[i] == b) {
            *which = i;
            return true;
        }
    return false;
}

/*
 * Do two rules answer the same question, so that on the same bytes only the
 * stronger answer can be right?  Two values of one subject do.  A rule that
 * claims nothing gives way to a graver one, and, when it is weak, to
 * anything a thousand times surer; it never gives way to a mere "this is
 * protocol X" that happens to be longer.  Different subjects do not: bytes
 * can be a good frame and an echo.
 */
static bool rivals(const struct tt_mark *strong, const struct tt_meaning *s,
                   const struct tt_mark *weak, const struct tt_meaning *w)
{
    if (strong->bits <= weak->bits)
        return false;
    if (w->subject >= 0)
        return w->subject == s->subject && w->claim != s->claim;
    if (s->rule->severity > w->rule->severity)
        return true;
    return weak->bits < TT_BITS(20) && strong->bits >= weak->bits + TT_BITS(10);
}

static void remember_share(struct tt_tally *t, unsigned other)
{
    for (unsigned i = 0; i < t->nshares && i < TT_MAX_SHARES; i++)
        if (t->shares[i] == other)
            return;
    if (t->nshares < TT_MAX_SHARES)
        t->shares[t->nshares] = other;
    if (t->nshares <= TT_MAX_SHARES)
        t->nshares++;
}

static void take_back(struct tt_ledger *l, struct tt_mark *m, uint64_t number)
{
    struct tt_tally *t = l->tally[m->rule];

    m->live = false;
    if (!t || !t->k)
        return;
    t->k--;
    --*tt_tally_at(t, m->reached, m->paid);
    if (t->mark == number)
        t->fate = TT_LAST_VOID;
}

/* Note that rules a and b stand on the same bytes; true when one refines the
 * other, so that they are no rivals. */
static bool relate(struct tt_ledger *l, struct tt_tally *a, unsigned b)
{
    unsigned ai = a->meaning->rule->index, which;
    struct tt_tally *other = l->tally[b];
    bool refined = false;

    if (refines(a->meaning, b, &which))
        refined = a->refined[which] = true;
    if (other && refines(other->meaning, ai, &which))
        refined = other->refined[which] = true;
    if (a->meaning->claim >= 0 && a->meaning->claim == l->meaning[b].claim) {
        remember_share(a, b);
        if (other)
            remember_share(other, ai);
    }
    return refined;
}

/* What the bytes of a new hit were taken for before. */
struct overlap {
    uint64_t weaker[TT_MAX_MARKS]; /* marks this hit makes void */
    unsigned nweaker;
    uint64_t same; /* mark of the same rule */
    bool again;    /* that is (mostly) this hit once more */
    bool beaten;   /* a stronger reading is there */
};

/* Compare m with the marks down to number stop. */
static void compare(struct tt_ledger *l, struct tt_tally *t,
                    const struct tt_mark *m, uint64_t stop, struct overlap *o)
{
    for (uint64_t n = l->nmarks; n > stop; n--) {
        struct tt_mark *old = mark_at(l, n - 1);
        uint64_t shared;

        if (!old || !within_reach(m, old))
            break;
        if (!old->live)
            continue;
        shared = shared_bytes(m, old);
        if (!shared)
            continue;
        if (old->rule == m->rule) {
            if (!o->again && shared * 2 >= all_bytes(m)) {
                o->again = true;
                o->same = n - 1;
            }
            continue;
        }
        if (relate(l, t, old->rule))
            continue;
        if (rivals(old, &l->meaning[old->rule], m, t->meaning))
            o->beaten = true;
        else if (rivals(m, t->meaning, old, &l->meaning[old->rule]))
            o->weaker[o->nweaker++] = n - 1;
    }
}

/* ---- booking ----------------------------------------------------------- */

unsigned tt_tally_paid(const struct tt_rule *rule)
{
    return rule->waits ? MAX_PAID + 1 : 1;
}

uint64_t *tt_tally_at(const struct tt_tally *t, int reached, unsigned paid)
{
    const struct tt_rule *r = t->meaning->rule;
    size_t row = r->steps ? (size_t)reached : 0;

    return &t->k_at[row * tt_tally_paid(r) + paid];
}

static size_t counts_of(const struct tt_rule *r)
{
    return tt_tally_paid(r) * (r->steps ? r->nsteps + 1u : 1u);
}

/* The tally of a rule with all its arrays behind it in one piece. */
static struct tt_tally *tally_of(struct tt_ledger *l, unsigned index)
{
    const struct tt_meaning *m = &l->meaning[index];
    size_t values = m->rule->nfields, counts, size;
    struct tt_tally *t = l->tally[index];

    if (t)
        return t;
    counts = counts_of(m->rule);
    size = sizeof(*t) + 2 * values * sizeof(struct tt_value) +
           counts * sizeof(uint64_t) + m->nrefines * sizeof(bool);
    t = calloc(1, size);
    if (!t) {
        l->status = TT_ERR_NOMEM;
        return NULL;
    }
    t->meaning = m;
    t->last.value = (struct tt_value *)(void *)(t + 1);
    t->best.value = t->last.value + values;
    t->k_at = (uint64_t *)(void *)(t->best.value + values);
    t->refined = (bool *)(void *)(t->k_at + counts);
    t->base = m->decoded ? l->base_decoded : l->base;
    l->tally[index] = t;
    l->fired[l->nfired++] = index;
    return t;
}

/* Fill in what is kept of a hit; bytes that were held before stay. */
static void keep_hit(struct tt_ledger *l, struct tt_kept_hit *k,
                     const struct tt_rule *rule, const struct tt_hit *hit)
{
    const struct tt_traffic *tr = l->traffic;

    k->t_start = hit->t_start;
    k->t_end = hit->t_end;
    k->order = ++l->order;
    k->active_ns = tt_traffic_active(tr, hit->t_end);
    k->reached = hit->reached;
    k->paid = hit->paid;
    k->nspans = 0;
    for (unsigned i = 0; i < hit->nspans && i < TT_MAX_SPANS; i++) {
        const struct tt_span *s = &hit->span[i];
        struct tt_evidence *e = &k->span[k->nspans++];
        size_t want =
            s->len < TT_EVIDENCE_BYTES ? (size_t)s->len : TT_EVIDENCE_BYTES;
        uint8_t head[TT_EVIDENCE_BYTES];
        size_t n = tt_traffic_bytes(tr, s->lane, s->offset, head, want);
        bool same = e->offset == s->offset && e->lane == s->lane;

        if (n || !same) {
            memcpy(e->head, head, n);
            e->nhead = n;
        }
        e->t_ns = s->t_ns;
        e->offset = s->offset;
        e->len = s->len;
        e->source = s->source;
        e->lane = s->lane;
        e->event = s->event;
    }
    for (unsigned i = 0; i < rule->nfields; i++)
        k->value[i] = hit->value[i];
}

static void copy_hit(struct tt_kept_hit *to, const struct tt_kept_hit *from,
                     unsigned nfields)
{
    struct tt_value *value = to->value;

    *to = *from;
    to->value = value;
    for (unsigned i = 0; i < nfields; i++)
        value[i] = from->value[i];
}

/* Of a ladder the furthest hit is kept beside the latest. */
static void keep_best(struct tt_tally *t, bool first)
{
    const struct tt_rule *r = t->meaning->rule;

    if (r->steps && (first || t->last.reached >= t->best.reached))
        copy_hit(&t->best, &t->last, r->nfields);
}

static void add_mark(struct tt_ledger *l, const struct tt_mark *m)
{
    struct tt_mark *older = l->nmarks ? mark_at(l, l->nmarks - 1) : NULL;
    struct tt_mark *slot = &l->mark[l->nmarks % TT_MAX_MARKS];

    *slot = *m;
    slot->live = true;
    mark_reach(slot, older);
    l->nmarks++;
}

/* Rounded up; never below 0, whatever a caller says. */
static unsigned whole_bits(int64_t q16)
{
    if (q16 <= 0)
        return 0;
    return q16 < TT_BITS(MAX_PAID) ? (unsigned)((q16 + 65535) >> 16) : MAX_PAID;
}

static void book(struct tt_ledger *l, struct tt_tally *t,
                 const struct tt_hit *hit)
{
    const struct tt_rule *r = t->meaning->rule;
    struct tt_mark m = {.rule = r->index, .reached = hit->reached};
    struct overlap o = {.nweaker = 0};

    if (r->steps && (hit->reached < 0 || hit->reached > (int)r->nsteps))
        return;
    m.bits = tt_rule_bits(r, hit->reached) - hit->paid;
    m.paid = whole_bits(hit->paid);
    if (m.paid >= tt_tally_paid(r))
        m.paid = tt_tally_paid(r) - 1;
    mark_spans(&m, hit);
    compare(l, t, &m, 0, &o);
    if (o.beaten) {
        t->fate = TT_LAST_VOID;
        return;
    }
    for (unsigned i = 0; i < o.nweaker; i++)
        take_back(l, mark_at(l, o.weaker[i]), o.weaker[i]);
    if (o.again) {
        struct tt_mark *old = mark_at(l, o.same);

        /* The same thing seen once more: how far it got may be news. */
        if (old->reached >= m.reached) {
            if (old->reached > m.reached || old->paid < m.paid)
                m.paid = old->paid;
            m.reached = old->reached;
        }
        take_back(l, old, o.same);
    }
    t->k++;
    ++*tt_tally_at(t, m.reached, m.paid);
    t->mark = l->nmarks;
    add_mark(l, &m);
    t->fate = TT_LAST_COUNTED;
    keep_hit(l, &t->last, r, hit);
    keep_best(t, t->k == 1 && !o.again);
}

/* The latest hit goes on. */
static void extend(struct tt_ledger *l, struct tt_tally *t,
                   const struct tt_hit *hit)
{
    struct tt_mark *m = mark_at(l, t->mark);
    struct overlap o = {.nweaker = 0};

    if (m && m->rule == t->meaning->rule->index && m->live) {
        mark_spans(m, hit);
        mark_reach(m, t->mark ? mark_at(l, t->mark - 1) : NULL);
        for (uint64_t n = t->mark + 1; n < l->nmarks; n++)
            mark_reach(mark_at(l, n), mark_at(l, n - 1));
        compare(l, t, m, t->mark + 1, &o);
        for (unsigned i = 0; i < o.nweaker; i++)
            take_back(l, mark_at(l, o.weaker[i]), o.weaker[i]);
        if (o.beaten) {
            take_back(l, m, t->mark);
            return;
        }
    }
    keep_hit(l, &t->last, t->meaning->rule, hit);
    keep_best(t, false);
}

/* All hits of a rule so far no longer count. */
void tt_tally_forget(struct tt_ledger *l, struct tt_tally *t, enum tt_last fate)
{
    const struct tt_meaning *m = t->meaning;

    for (uint64_t n = oldest_mark(l); n < l->nmarks; n++)
        if (mark_at(l, n)->rule == m->rule->index)
            mark_at(l, n)->live = false;
    t->k = 0;
    memset(t->k_at, 0, counts_of(m->rule) * sizeof(*t->k_at));
    if (m->nrefines)
        memset(t->refined, 0, m->nrefines * sizeof(*t->refined));
    t->nshares = 0;
    t->fate = fate;
    if (fate == TT_LAST_CLEARED)
        t->base = l->traffic->seen;
}

void tt_ledger_hit(struct tt_ledger *l, const struct tt_hit *hit)
{
    struct tt_tally *t;

    if (hit->rule->index >= l->nrules || !hit->rule->verdict)
        return; /* a note claims nothing */
    t = tally_of(l, hit->rule->index);
    if (!t)
        return;
    l->changed = true;
    if (hit->kind == TT_HIT_RETRACT)
        tt_tally_forget(l, t, TT_LAST_VOID);
    else if (hit->kind == TT_HIT || t->fate == TT_LAST_CLEARED)
        book(l, t, hit); /* what goes on after its claim ended begins anew */
    else if (t->fate == TT_LAST_COUNTED)
        extend(l, t, hit);
}
