/*
 * ledger - the hits of every rule, and what may be believed of them.
 *
 * Hits are booked as they come: how many count, the best and the latest with
 * their values, which bytes they stand on.  A hit on bytes that a stronger
 * reading of the same question explains counts for nothing.  The verdict is
 * worked out from the totals when it is asked for, never on the way, so it
 * cannot depend on how the records were cut.
 *
 * The ledger does not need the engine: tests book hits by hand.
 *
 * Layer: verdict.
 */
#ifndef TT_VERDICT_LEDGER_H
#define TT_VERDICT_LEDGER_H

#include "verdict/netbits.h"
#include "verdict/traffic.h"
#include "verdict/verdict.h"

/* Cause before symptom: the lower layer speaks first. */
enum tt_layer {
    TT_LAYER_LINE,
    TT_LAYER_LINK,
    TT_LAYER_SESSION,
    TT_LAYER_TARGET,
    TT_LAYER_OTHER
};

/* What a rule speaks of, worked out once. */
struct tt_meaning {
    const struct tt_rule *rule;
    int subject, claim; /* equal numbers: same subject, same claim; -1 none */
    bool identity;      /* the subject changes slowly */
    bool decoded;       /* depends on how bits became bytes */
    enum tt_layer layer;
    unsigned *refines; /* rule indexes */
    unsigned nrefines;
};

/* A hit as it is kept: all that texts and evidence need. */
struct tt_kept_hit {
    uint64_t t_start, t_end, order;
    uint64_t active_ns; /* active time at its end */
    int reached;
    int64_t paid; /* tt_hit.paid */
    unsigned nspans;
    struct tt_evidence span[TT_MAX_SPANS];
    struct tt_value *value; /* one a field */
};

enum tt_last { TT_LAST_NONE, TT_LAST_COUNTED, TT_LAST_VOID, TT_LAST_CLEARED };

/* What is booked of one rule that has fired. */
struct tt_tally {
    const struct tt_meaning *meaning;
    uint64_t k;        /* hits that count */
    uint64_t *k_at;    /* of them, by steps reached and whole bits paid for what
                       waits let pass: see tt_tally_at() */
    enum tt_last fate; /* of the latest hit */
    uint64_t mark;     /* number of the latest counted hit's mark */
    struct tt_kept_hit last, best;
    struct tt_exposure base;        /* chances before this do not count */
    bool *refined;                  /* by meaning->refines: they shared bytes */
    unsigned shares[TT_MAX_SHARES]; /* rules of the same claim, same bytes */
    unsigned nshares; /* TT_MAX_SHARES + 1: too many to remember */
};

/* The bytes of a recent hit. */
struct tt_mark {
    unsigned rule;
    bool live;
    int reached;
    unsigned paid; /* whole bits */
    int64_t bits;
    unsigned nspans;
    struct {
        enum tt_lane lane;
        uint64_t from, to;
    } span[TT_MAX_SPANS];
    uint64_t reach[TT_TRAFFIC_LANES]; /* no older mark goes beyond */
};

/* A rule that may be believed, while a verdict is being worked out. */
struct tt_candidate {
    const struct tt_tally *tally;
    const struct tt_kept_hit *hit;     /* the one to show */
    const struct tt_kept_hit *refined; /* of a rule this one replaces */
    const struct tt_candidate *by;     /* speaks in this one's place */
    struct tt_slice text;
    int64_t net;  /* of its own hits */
    int64_t bits; /* with those of rules that claim the same */
    uint64_t age_ns, expiry_ns;
    int group;    /* -1: claims nothing */
    bool counted; /* its net is part of the group's sum */
    bool out;     /* its claim was overtaken by another value */
    bool past;
    int rank; /* severity after ageing */
};

/* All candidates with one claim. */
struct tt_group {
    const struct tt_meaning *meaning; /* of any of them */
    int64_t sum;                      /* at most 60 bits */
    int64_t weight;                   /* after ageing */
    int64_t confidence;
    uint64_t order; /* of the latest hit */
    bool out;
};

struct tt_ledger {
    const struct tt_rules *set;
    struct tt_traffic *traffic;
    struct tt_arena arena; /* meanings; as long as the ledger */
    struct tt_meaning *meaning;
    struct tt_tally **tally; /* by rule index; NULL: never fired */
    unsigned *fired;         /* rule indexes in order of first hit */
    unsigned nfired, nrules, nverdicts;
    uint32_t until; /* bit (1 << event): some rule's 'until' */
    struct tt_mark *mark;
    uint64_t nmarks; /* ever made; the last TT_MAX_MARKS are held */
    struct tt_exposure base, base_decoded;
    uint64_t order;
    /* A claim's end that waits for the next byte: OPEN, BAUD or NONE; hits up
     * to pending_order are meant. */
    enum tt_event pending;
    uint64_t pending_order;
    struct tt_exposure pending_seen;
    enum tt_status status; /* a failure waiting to be reported */
    bool changed;
    struct tt_candidate *candidate; /* nrules of each */
    struct tt_group *group;
    int64_t *other;
    unsigned ncandidates, ngroups;
    struct tt_arena texts; /* of the latest verdict */
    struct tt_buf scratch;
};

/* A ledger for set, which must outlive it. */
enum tt_status tt_ledger_new(struct tt_ledger **out, const struct tt_rules *set,
                             enum tt_quality quality) TT_MUST_USE;
void tt_ledger_free(struct tt_ledger *l);

/* Forget everything but the rules. */
void tt_ledger_reset(struct tt_ledger *l, enum tt_quality quality);

/* Does this record end claims?  Then hits that were due before it must be
 * booked before it is counted. */
bool tt_ledger_clears(const struct tt_ledger *l, const struct tt_record *r);

/* Count a record: totals, and the claims that it ends.  Its bytes have to be
 * put into the ring with tt_traffic_keep(). */
void tt_ledger_count(struct tt_ledger *l, const struct tt_record *r);

/* Book a hit. */
void tt_ledger_hit(struct tt_ledger *l, const struct tt_hit *hit);

/* The tape goes on, or ends, at t_ns. */
void tt_ledger_time(struct tt_ledger *l, uint64_t t_ns);

/* What is the case.  Texts are good until the next call with l. */
enum tt_status tt_ledger_verdict(struct tt_ledger *l,
                                 struct tt_verdict *v) TT_MUST_USE;

/* Bits of one hit that reached so many steps of a ladder (else ignored). */
int64_t tt_rule_bits(const struct tt_rule *rule, int reached);

/* Where hits of this rule that reached so many steps and paid so many bits
 * are counted; tt_tally_paid(rule) is one more than the most bits told apart
 * (what paid more counts for nothing). */
uint64_t *tt_tally_at(const struct tt_tally *t, int reached, unsigned paid);
unsigned tt_tally_paid(const struct tt_rule *rule);

/* ---- between the files of this layer ----------------------------------- */

/* book.c: no hit of this rule so far counts any more. */
void tt_tally_forget(struct tt_ledger *l, struct tt_tally *t,
                     enum tt_last fate);

/* meaning.c: fill l->meaning. */
enum tt_status tt_meanings_make(struct tt_ledger *l) TT_MUST_USE;

/* judge.c: working memory for verdicts, from l->arena. */
enum tt_status tt_judge_make(struct tt_ledger *l) TT_MUST_USE;

/* How long a claim of this rule is news. */
uint64_t tt_expiry(const struct tt_meaning *m);

/* plain.c: the statement from counters and the fingerprint. */
void tt_plain_statement(struct tt_buf *out, const struct tt_ledger *l,
                        bool known, unsigned weak);
void tt_fingerprint(struct tt_buf *out, const struct tt_traffic *t);

/* finding.c: fill f, cleared before, from a candidate. */
void tt_finding_fill(struct tt_ledger *l, struct tt_finding *f,
                     const struct tt_candidate *c);

/* The text of a rule's verdict for a hit, unfilled; p = NULL when none of
 * its conditions holds. */
struct tt_slice tt_finding_text(const struct tt_tally *t,
                                const struct tt_kept_hit *hit);

/* Fill text's templates from a candidate; kept in l->texts. */
const char *tt_finding_say(struct tt_ledger *l, const struct tt_candidate *c,
                           struct tt_slice text);

/* A copy of l->scratch in l->texts, which is emptied; "" without memory,
 * with l->status set. */
const char *tt_ledger_keep_text(struct tt_ledger *l);

#endif
