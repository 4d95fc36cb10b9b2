/*
 * fixed - logarithms without floating point, so that every machine weighs
 * evidence the same, bit for bit.
 *
 * Bits of information are Q16: 65536 is one bit.  Probabilities are Q32:
 * 2^32 is certainty.  Errors stay below 0.001 bit.
 *
 * Layer: base.
 */
#ifndef TT_BASE_FIXED_H
#define TT_BASE_FIXED_H

#include "base/base.h"

#define TT_Q16_ONE (INT64_C(1) << 16)
#define TT_Q32_ONE (INT64_C(1) << 32)

/* log2(v), v > 0, as Q16.  0 for v = 0. */
int64_t tt_log2_q16(uint64_t v);

/* 2^(-bits / 65536) as Q32; 2^32 for bits <= 0, 0 when it is too small. */
uint64_t tt_exp2_neg_q16(int64_t bits);

/* -log2(2^-a + 2^-b): the bits of "one or the other".  May be negative. */
int64_t tt_either_q16(int64_t a, int64_t b);

#endif
