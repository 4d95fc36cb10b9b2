/*
 * netbits - how much a number of hits says, as integers.
 *
 * A rule of b bits that had n chances to fire by accident is expected to do
 * so lambda = n * 2^-b times.  Seen k times, it is worth
 *
 *     net = -log2 P(Poisson(lambda) >= k)
 *
 * bits.  Bits are Q16 (65536 is one bit).  No floating point: a verdict must
 * come out the same, bit for bit, on every machine.
 *
 * Layer: verdict.
 */
#ifndef TT_VERDICT_NETBITS_H
#define TT_VERDICT_NETBITS_H

#include "base/base.h"

#define TT_BITS(n)       ((int64_t)(n)*65536) /* n whole bits */
#define TT_BITS_MAX      TT_BITS(60)          /* no claim is surer than this */
#define TT_BITS_IS       TT_BITS(10)          /* chance below 1 in 1000 */
#define TT_BITS_PROBABLY INT64_C(281805)      /* 4.3: below 1 in 20 */

/*
 * Net bits of k hits in n chances at bits each; 0 to TT_BITS_MAX.  Never
 * more than 0.01 bit above the true value; below it by more than that only
 * when k nears what chance gives anyway.  Any argument is allowed.
 */
int64_t tt_net_bits(uint64_t n, int64_t bits, uint64_t k);

/* log2(v) rounded down, Q40; v = 0 counts as 1. */
int64_t tt_log2_q40(uint64_t v);

/* 2^-x for x >= 0, both Q40. */
int64_t tt_exp2_neg_q40(int64_t x);

/* 2^s / (2^s + sum of 2^other[i] + 2^6), Q16: how sure s is against n
 * others (all Q16 bits) and "none of these". */
int64_t tt_confidence(int64_t s, const int64_t *other, size_t n);

#endif
