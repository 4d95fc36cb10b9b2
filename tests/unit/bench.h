/*
 * bench - rules and hits made by hand, so that what is believed of them can
 * be tested without the rule reader and the engine.
 */
#ifndef TT_TESTS_BENCH_H
#define TT_TESTS_BENCH_H

#include "verdict/ledger.h"

enum { BENCH_RULES = 32 };

struct bench {
    struct tt_rules set;
    struct tt_rule rule[BENCH_RULES], *by_index[BENCH_RULES];
    struct tt_verdict_text text[BENCH_RULES];
    struct tt_ledger *ledger;
    struct tt_verdict v;
};

/* No rules yet, no ledger yet. */
void bench_init(struct bench *b);

/* Another rule: sees both byte lanes, one chance a turn.  claim is
 * "subject=value" (good as long as the bench) or NULL. */
struct tt_rule *bench_rule(struct bench *b, const char *name, int bits,
                           enum tt_severity severity, const char *subject,
                           const char *value);

/* All rules are there: make the ledger. */
void bench_start(struct bench *b, enum tt_quality quality);
void bench_stop(struct bench *b);

/* Records.  hex is "7F 68 68"; times are in milliseconds. */
void bench_bytes(struct bench *b, uint64_t ms, enum tt_lane lane,
                 const char *hex);
void bench_fill(struct bench *b, uint64_t ms, enum tt_lane lane, uint8_t byte,
                size_t n);
void bench_event(struct bench *b, uint64_t ms, enum tt_event ev);
void bench_baud(struct bench *b, uint64_t ms, uint32_t baud);

/* A hit at ms on len bytes of lane from offset (len 0: no bytes). */
void bench_hit(struct bench *b, const struct tt_rule *r, uint64_t ms,
               enum tt_lane lane, uint64_t offset, uint64_t len);
void bench_hit_kind(struct bench *b, const struct tt_rule *r,
                    enum tt_hit_kind kind, int reached, uint64_t ms,
                    enum tt_lane lane, uint64_t offset, uint64_t len);

/* The verdict now, in b->v. */
const struct tt_verdict *bench_verdict(struct bench *b);

/* Name of the headline's rule, "" when there is none. */
const char *bench_headline(struct bench *b);

/* Is the rule among 'also'? */
bool bench_also(const struct bench *b, const char *name);

/* The value a subject is claimed to have, "" for none. */
const char *bench_claim(const struct bench *b, const char *subject);

#endif
