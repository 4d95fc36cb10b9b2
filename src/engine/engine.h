/*
 * engine - from records to hits.
 *
 * Records are pushed in tape order; the engine calls back with hits.  What
 * it says depends on the records alone: pushing a record whole, byte by byte
 * or cut anywhere (same time, same lane) gives the same hits in the same
 * order.
 *
 * Layer: engine.  Uses base, tape, rules.  Does not know verdicts.
 */
#ifndef TT_ENGINE_ENGINE_H
#define TT_ENGINE_ENGINE_H

#include "rules/rules.h"

struct tt_engine;

/* A piece of evidence: bytes of one lane, or (len 0) a line event. */
struct tt_span {
    uint64_t t_ns;   /* of its first byte */
    uint64_t offset; /* of its first byte, counted from 0 on its lane */
    uint64_t len;
    uint64_t source; /* tt_record.source of the record it began in */
    enum tt_lane lane;
    enum tt_event event;
};

enum tt_hit_kind {
    TT_HIT,        /* the rule's pattern was seen */
    TT_HIT_EXTEND, /* the last hit of this rule goes on (open repeat, loop):
                      spans and t_end are new, it is no further hit */
    TT_HIT_RETRACT /* the rule's 'unless' was seen: all its hits are void */
};

struct tt_hit {
    const struct tt_rule *rule;
    enum tt_hit_kind kind;
    uint64_t seq;            /* number of the tape's item that completed it */
    uint64_t t_start, t_end; /* first and last item */
    struct tt_span span[TT_MAX_SPANS];
    unsigned nspans;
    int reached;  /* ladder: steps matched; else 0 */
    int64_t paid; /* bits, Q16, that the hit is worth less for what its waits
                     let pass */
    struct tt_value value[TT_MAX_FIELDS]; /* by field index */
};

/* Called in tape order; hit is good during the call only. */
typedef void tt_hit_fn(const struct tt_hit *hit, void *user);

struct tt_engine_config {
    enum tt_quality quality; /* of the tape's times */
    bool keep_progress;      /* remember how far each rule got */
};

/* Why a rule has not fired: how far its best attempt got. */
struct tt_progress {
    unsigned items;             /* tape items it took; 0: never began */
    const struct tt_node *node; /* the element it stopped at */
    uint64_t t_ns;              /* when it stopped */
    enum tt_lane lane;          /* what it met instead: lane and byte, */
    int byte;                   /* -1: an event, -2: time, -3: 'where' */
    enum tt_event event;        /* was false, -4: 'unless', -5: tape end */
};

struct tt_engine_stats {
    uint64_t items, hits;
    uint64_t dropped;      /* attempts given up because too many were open */
    uint64_t forgotten;    /* fields whose bytes were no longer held */
    uint64_t begun;        /* attempts */
    uint64_t work;         /* steps taken by rules still on */
    unsigned switched_off; /* rules that cost too much on this tape */
    size_t memory;
};

/*
 * Can the rule be compiled within the limits?  If not, why says what is
 * wrong, with line and column; an engine leaves such a rule out.
 */
bool tt_engine_compiles(const struct tt_rule *r, struct tt_error *why);

/*
 * Compile set (finished; it must outlive the engine) and be ready for a
 * tape's first record.  Rules that cannot be compiled are left out (see
 * tt_engine_compiles()).  TT_ERR_NOMEM.
 */
enum tt_status tt_engine_new(struct tt_engine **out, const struct tt_rules *set,
                             const struct tt_engine_config *config,
                             tt_hit_fn *on_hit, void *user,
                             struct tt_error *err) TT_MUST_USE;

/* Free an engine.  NULL is allowed. */
void tt_engine_free(struct tt_engine *e);

/* Forget all that was pushed and begin another tape. */
void tt_engine_reset(struct tt_engine *e, enum tt_quality quality);

/* The next record; its time is never before the last one's (an earlier time
 * counts as the last one's).  TT_ERR_NOMEM. */
enum tt_status tt_engine_push(struct tt_engine *e,
                              const struct tt_record *r) TT_MUST_USE;

/* No more records; the tape ended at t_end_ns (0: with its last record). */
void tt_engine_finish(struct tt_engine *e, uint64_t t_end_ns);

void tt_engine_stats_get(const struct tt_engine *e, struct tt_engine_stats *s);

/*
 * Was rule (by index) switched off because it cost too much on this tape?
 * A set of rules may cost TT_WORK_BASE steps and TT_WORK_RATE more for each
 * item of the tape; beyond that the most expensive rule goes.  Steps are
 * counted, not timed, so this depends on the tape alone.
 */
bool tt_engine_is_off(const struct tt_engine *e, unsigned rule);

/* How far rule (by index) got; false unless keep_progress was set. */
bool tt_engine_progress(const struct tt_engine *e, unsigned rule,
                        struct tt_progress *out);

/* Which parts of the engine the rule uses, "lead finder + timer". */
void tt_engine_parts(const struct tt_engine *e, unsigned rule,
                     struct tt_buf *out);

#endif
