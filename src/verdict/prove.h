/*
 * prove - what examples of one rule at a time cannot show: that rules leave
 * each other's traffic alone, and that none takes chance for a meaning.
 *
 * All is judged as a user would see it, by the verdict.
 *
 * Layer: verdict.
 */
#ifndef TT_VERDICT_PROVE_H
#define TT_VERDICT_PROVE_H

#include "tape/noise.h"
#include "verdict/verdict.h"

enum tt_proof_kind {
    TT_PROOF_CROSSFIRE, /* on a 'yes' of rule, other of another protocol is
                           the headline, and sure */
    TT_PROOF_SHADOWED,  /* rule is not shown on any of its own 'yes', there is
                           always other, which does not refine it */
    TT_PROOF_UNSEEN,    /* no problem by itself: it is never the headline of
                           its own 'yes', there is always other */
    TT_PROOF_CHANCE,    /* rule is sure of noise */
    TT_PROOF_COSTLY     /* rule cost too much on noise and was switched off */
};

struct tt_proof_finding {
    enum tt_proof_kind kind;
    const struct tt_rule *rule, *other;
    const struct tt_example *example; /* CROSSFIRE, SHADOWED, UNSEEN */
    enum tt_noise_kind noise;         /* CHANCE, COSTLY */
    const char *says;                 /* the headline; safe to print */
};

/* The finding is good during the call only. */
typedef void tt_proof_fn(const struct tt_proof_finding *f, void *user);

/*
 * Cross-fire and shadowing over all examples of set (finished), then noise
 * bytes of each kind of noise.  TT_ERR_NOMEM.
 */
enum tt_status tt_prove(const struct tt_rules *set, size_t noise,
                        tt_proof_fn *report, void *user) TT_MUST_USE;

#endif
