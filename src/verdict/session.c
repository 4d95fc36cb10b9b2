#include "verdict/ledger.h"

#include <stdlib.h>

struct tt_session {
    struct tt_engine *engine;
    struct tt_ledger *ledger;
    tt_hit_fn *notes;
    void *notes_user;
};

static void on_hit(const struct tt_hit *hit, void *user)
{
    const struct tt_session *s = user;

    if (s->notes && !hit->rule->verdict)
        s->notes(hit, s->notes_user);
    tt_ledger_hit(s->ledger, hit);
}

enum tt_status tt_session_new(struct tt_session **out,
                              const struct tt_rules *set,
                              enum tt_quality quality, struct tt_error *err)
{
    const struct tt_engine_config config = {.quality = quality};

    return tt_session_open(out, set, &config, err);
}

enum tt_status tt_session_open(struct tt_session **out,
                               const struct tt_rules *set,
                               const struct tt_engine_config *config,
                               struct tt_error *err)
{
    struct tt_session *s = calloc(1, sizeof(*s));
    enum tt_status st;

    *out = NULL;
    if (!s)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    st = tt_ledger_new(&s->ledger, set, config->quality);
    if (st)
        (void)tt_fail(err, st, "%s", tt_status_name(st));
    else
        st = tt_engine_new(&s->engine, set, config, on_hit, s, err);
    if (st) {
        tt_session_free(s);
        return st;
    }
    *out = s;
    return TT_OK;
}

void tt_session_free(struct tt_session *s)
{
    if (!s)
        return;
    tt_engine_free(s->engine);
    tt_ledger_free(s->ledger);
    free(s);
}

void tt_session_notes(struct tt_session *s, tt_hit_fn *fn, void *user)
{
    s->notes = fn;
    s->notes_user = user;
}

bool tt_session_fired(const struct tt_session *s, unsigned i,
                      struct tt_fired *out)
{
    const struct tt_ledger *l = s->ledger;
    const struct tt_tally *t;

    if (i >= l->nfired)
        return false;
    t = l->tally[l->fired[i]];
    *out = (struct tt_fired){.rule = t->meaning->rule,
                             .hits = t->k,
                             .t_ns = t->last.t_end,
                             .reached = t->best.reached,
                             .bits = tt_rule_bits(t->meaning->rule,
                                                  t->best.reached)};
    out->bits -= t->meaning->rule->steps ? t->best.paid : t->last.paid;
    if (out->bits < 0)
        out->bits = 0;
    return true;
}

void tt_session_reset(struct tt_session *s, enum tt_quality quality)
{
    tt_engine_reset(s->engine, quality);
    tt_ledger_reset(s->ledger, quality);
}

/* Bytes go to the ring and the engine in pieces that the ring can take. */
static enum tt_status push_bytes(struct tt_session *s,
                                 const struct tt_record *r)
{
    struct tt_traffic *t = s->ledger->traffic;
    struct tt_record piece = *r;
    enum tt_status st = TT_OK;

    for (size_t at = 0; at < r->len && !st; at += piece.len) {
        piece.bytes = r->bytes + at;
        piece.len = tt_traffic_piece(t, r->lane, r->len - at);
        tt_traffic_keep(t, r->lane, piece.bytes, piece.len);
        st = tt_engine_push(s->engine, &piece);
    }
    return st;
}

enum tt_status tt_session_push(struct tt_session *s, const struct tt_record *r)
{
    struct tt_ledger *l = s->ledger;
    enum tt_status st = TT_OK;

    if (r->event == TT_EV_NONE &&
        (!r->len || !r->bytes || (unsigned)r->lane >= TT_TRAFFIC_LANES))
        return r->len ? TT_ERR_ARG : TT_OK;
    if (r->event != TT_EV_NONE && (unsigned)r->event >= TT_EVENTS)
        return TT_ERR_ARG;
    if (tt_ledger_clears(l, r)) {
        /* What was due before this event is booked before its end. */
        const struct tt_record tick = {.t_ns = r->t_ns,
                                       .source = r->source,
                                       .lane = TT_LANE_LINE,
                                       .event = TT_EV_TICK};

        st = tt_engine_push(s->engine, &tick);
    }
    tt_ledger_count(l, r);
    if (!st && r->event == TT_EV_NONE)
        st = push_bytes(s, r);
    else if (!st)
        st = tt_engine_push(s->engine, r);
    return st ? st : l->status;
}

void tt_session_finish(struct tt_session *s, uint64_t t_end_ns)
{
    tt_ledger_time(s->ledger, t_end_ns);
    tt_engine_finish(s->engine, t_end_ns);
}

void tt_session_unread(struct tt_session *s, uint64_t places)
{
    s->ledger->traffic->unread = places;
    s->ledger->changed = true;
}

bool tt_session_changed(const struct tt_session *s)
{
    return s->ledger->changed;
}

enum tt_status tt_session_verdict(struct tt_session *s, struct tt_verdict *v)
{
    return tt_ledger_verdict(s->ledger, v);
}

const struct tt_engine *tt_session_engine(const struct tt_session *s)
{
    return s->engine;
}
