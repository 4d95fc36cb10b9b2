/*
 * selftest - run the examples that rules carry.
 *
 * Every example is fed three ways: each byte with a time of its own, in
 * blocks (a stretch of bytes comes at once), and the blocks cut at every
 * place (at 16 places of more than 1000 bytes).  'yes' must fire and 'no'
 * must not, in all of them alike.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_SELFTEST_H
#define TT_ENGINE_SELFTEST_H

#include "engine/engine.h"

enum tt_selftest_kind {
    TT_TEST_SILENT, /* a 'yes' that does not fire */
    TT_TEST_FIRED,  /* a 'no' that fires; says is the verdict */
    TT_TEST_EXPECT, /* fires, but what stands after => is not true */
    TT_TEST_CUT,    /* the answer depends on how the input is cut */
    TT_TEST_REFUSED /* the rule cannot be compiled; says why */
};

struct tt_selftest_finding {
    enum tt_selftest_kind kind;
    const struct tt_rule *rule;
    const struct tt_example *example; /* NULL for TT_TEST_REFUSED */
    const char *says;                 /* safe to print */
    unsigned line, col;               /* in rule->file */
};

/* The finding is good during the call only. */
typedef void tt_selftest_fn(const struct tt_selftest_finding *f, void *user);

struct tt_selftest_sum {
    size_t rules, examples, passed, problems;
};

/*
 * Run all examples of the set (finished), or only those of rules from one
 * origin (NULL: all).  Findings go to report (may be NULL).  Returns TT_OK
 * also when there are problems; TT_ERR_NOMEM.
 */
enum tt_status tt_selftest(const struct tt_rules *set, const char *origin,
                           struct tt_selftest_sum *sum, tt_selftest_fn *report,
                           void *user) TT_MUST_USE;

/* The verdict the rule gives for a hit, filled and safe to print; "" for a
 * note. */
void tt_selftest_text(struct tt_buf *out, const struct tt_rules *set,
                      const struct tt_hit *hit);

#endif
