/*
 * price - what each rule costs, measured alone on noise.  Attempts and steps
 * are counted, not timed: the same everywhere.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_PRICE_H
#define TT_ENGINE_PRICE_H

#include "engine/engine.h"

struct tt_price {
    const struct tt_rule *rule;
    uint64_t bytes; /* of noise it was tried on */
    uint64_t begun; /* attempts on the noise */
    uint64_t hits;  /* on the noise */
    uint64_t work;  /* steps its machine took on the noise */
    bool off;       /* it cost too much and was switched off */
    const char *parts;
};

/* The price is good during the call only. */
typedef void tt_price_fn(const struct tt_price *p, void *user);

/*
 * Price the rules of set (finished) that come from origin (NULL: all), in
 * order, on noise bytes of each kind of noise.  TT_ERR_NOMEM.
 */
enum tt_status tt_price_rules(const struct tt_rules *set, const char *origin,
                              size_t noise, tt_price_fn *report,
                              void *user) TT_MUST_USE;

#endif
