#include "verdict/ledger.h"

#include <stdlib.h>
#include <string.h>

int64_t tt_rule_bits(const struct tt_rule *rule, int reached)
{
    int64_t bits = 0;
    int n = 0;

    if (!rule->steps)
        return rule->bits_pattern + rule->bits_check;
    for (const struct tt_step *s = rule->steps; s && n < reached; s = s->next) {
        bits += s->bits;
        n++;
    }
    return n == (int)rule->nsteps ? bits + rule->bits_check : bits;
}

/* ---- memory ------------------------------------------------------------ */

enum tt_status tt_ledger_new(struct tt_ledger **out, const struct tt_rules *set,
                             enum tt_quality quality)
{
    struct tt_ledger *l = calloc(1, sizeof(*l));
    enum tt_status st = TT_ERR_NOMEM;

    *out = NULL;
    if (!l)
        return TT_ERR_NOMEM;
    l->set = set;
    l->nrules = (unsigned)set->nrules;
    tt_arena_init(&l->arena, SIZE_MAX);
    tt_arena_init(&l->texts, TT_MAX_TEXTS);
    tt_buf_init(&l->scratch, TT_MAX_SENTENCE);
    l->traffic = malloc(sizeof(*l->traffic));
    l->mark = calloc(TT_MAX_MARKS, sizeof(*l->mark));
    l->tally = calloc(l->nrules + 1u, sizeof(struct tt_tally *));
    l->fired = calloc(l->nrules + 1u, sizeof(*l->fired));
    if (l->traffic && l->mark && l->tally && l->fired)
        st = tt_meanings_make(l);
    if (!st)
        st = tt_judge_make(l);
    if (st) {
        tt_ledger_free(l);
        return st;
    }
    tt_ledger_reset(l, quality);
    *out = l;
    return TT_OK;
}

static void forget_rules(struct tt_ledger *l)
{
    for (unsigned i = 0; i < l->nfired; i++) {
        free(l->tally[l->fired[i]]);
        l->tally[l->fired[i]] = NULL;
    }
    l->nfired = 0;
}

void tt_ledger_free(struct tt_ledger *l)
{
    if (!l)
        return;
    forget_rules(l);
    free(l->traffic);
    free(l->mark);
    free(l->tally);
    free(l->fired);
    tt_arena_clear(&l->arena);
    tt_arena_clear(&l->texts);
    tt_buf_release(&l->scratch);
    free(l);
}

void tt_ledger_reset(struct tt_ledger *l, enum tt_quality quality)
{
    forget_rules(l);
    tt_traffic_init(l->traffic, quality);
    l->nmarks = 0;
    memset(&l->base, 0, sizeof(l->base));
    memset(&l->base_decoded, 0, sizeof(l->base_decoded));
    l->order = 0;
    l->pending = TT_EV_NONE;
    l->status = TT_OK;
    l->changed = true;
}

/* ---- records ----------------------------------------------------------- */

bool tt_ledger_clears(const struct tt_ledger *l, const struct tt_record *r)
{
    if (r->event == TT_EV_BAUD)
        return tt_traffic_new_baud(l->traffic, r);
    return r->event == TT_EV_OPEN ||
           (r->event != TT_EV_NONE && (l->until >> r->event & 1));
}

static bool ends_at(const struct tt_rule *r, enum tt_event ev)
{
    for (unsigned i = 0; i < r->nuntil && i < TT_MAX_UNTIL; i++)
        if (r->until[i] == ev)
            return true;
    return false;
}

/* The claims that this event ends by their rules' 'until'. */
static void end_claims(struct tt_ledger *l, enum tt_event ev)
{
    for (unsigned i = 0; i < l->nfired; i++) {
        struct tt_tally *t = l->tally[l->fired[i]];

        if (ends_at(t->meaning->rule, ev))
            tt_tally_forget(l, t, TT_LAST_CLEARED);
    }
}

/*
 * The port was opened again, or is set otherwise, and now a byte comes: what
 * was known before is history.  Not earlier: a tool that puts the settings
 * back before it ends has said nothing new, and its verdict stands.
 */
static void begin_anew(struct tt_ledger *l)
{
    enum tt_event ev = l->pending;

    l->pending = TT_EV_NONE;
    for (unsigned i = 0; i < l->nfired; i++) {
        struct tt_tally *t = l->tally[l->fired[i]];

        if (t->k && t->last.order <= l->pending_order &&
            (ev == TT_EV_OPEN || t->meaning->decoded))
            tt_tally_forget(l, t, TT_LAST_CLEARED);
    }
    if (ev == TT_EV_OPEN)
        l->base = l->pending_seen;
    l->base_decoded = l->pending_seen;
}

static bool is_wire(const struct tt_record *r)
{
    return r->event == TT_EV_NONE &&
           (r->lane == TT_LANE_HOST || r->lane == TT_LANE_DEVICE);
}

void tt_ledger_count(struct tt_ledger *l, const struct tt_record *r)
{
    if (tt_ledger_clears(l, r)) {
        end_claims(l, r->event);
        if (r->event == TT_EV_OPEN ||
            (r->event == TT_EV_BAUD && l->pending != TT_EV_OPEN))
            l->pending = r->event;
        if (r->event == TT_EV_OPEN || r->event == TT_EV_BAUD) {
            l->pending_order = l->order;
            l->pending_seen = l->traffic->seen;
        }
    }
    if (l->pending && is_wire(r))
        begin_anew(l);
    tt_traffic_count(l->traffic, r);
    l->changed = true;
}

void tt_ledger_time(struct tt_ledger *l, uint64_t t_ns)
{
    if (t_ns > l->traffic->end_ns)
        l->traffic->end_ns = t_ns;
    l->changed = true;
}
