/*
 * checksum - the check functions of the rule language, fed piece by piece.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_CHECKSUM_H
#define TT_RULES_CHECKSUM_H

#include "rules/rules.h"

/* A checksum in the making. */
struct tt_sum {
    enum tt_fn fn;
    uint32_t v;
    bool odd;            /* the next hex digit is the low half */
    uint32_t nibble[16]; /* CRC of each half byte */
};

/* Begin fn, one of TT_FN_SUM8 to TT_FN_CRC32. */
void tt_sum_begin(struct tt_sum *s, enum tt_fn fn);
void tt_sum_add(struct tt_sum *s, struct tt_slice bytes);
uint32_t tt_sum_end(const struct tt_sum *s);

#endif
