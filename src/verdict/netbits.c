#include "verdict/netbits.h"

/*
 * With r = lambda / k and S = 1 + lambda/(k+1) + lambda^2/((k+1)(k+2)) + ...
 *
 *     P(Poisson(lambda) >= k) = e^-lambda lambda^k / k! * S
 *
 * and Stirling's series for k!, the net bits are
 *
 *     k (-log2 r - (1 - r) log2 e) + log2(2 pi k) / 2
 *         + (1/(12 k) - 1/(360 k^3)) log2 e - log2 S
 *
 * The first bracket is the difference of two nearly equal numbers when
 * chance explains most hits, so it is kept in Q40 and k is kept small enough
 * that the product is good to a thousandth of a bit.
 */

#define Q40        (INT64_C(1) << 40)
#define LOG2E_Q40  INT64_C(1586259972792) /* log2(e) */
#define LOG2E_Q63  UINT64_C(13306513097844322491)
#define LN2_Q62    INT64_C(3196577161300663914)
#define LOG2_2PI   INT64_C(2915350825357) /* log2(2 pi), Q40, rounded down */
#define MAX_K      (UINT64_C(1) << 22)
#define MAX_SERIES 1024

/* The upper half of a 64 x 64 bit product. */
static uint64_t mul_high(uint64_t a, uint64_t b)
{
    uint64_t al = a & UINT32_MAX, ah = a >> 32;
    uint64_t bl = b & UINT32_MAX, bh = b >> 32;
    uint64_t mid = ah * bl + (al * bl >> 32);
    uint64_t mid2 = al * bh + (mid & UINT32_MAX);

    return ah * bh + (mid >> 32) + (mid2 >> 32);
}

int64_t tt_log2_q40(uint64_t v)
{
    int whole = 0;
    int64_t frac = 0;
    uint64_t m = v ? v : 1; /* mantissa: 1.x as Q63 */

    while (!(m >> 63)) {
        m <<= 1;
        whole++;
    }
    whole = 63 - whole;
    for (int i = 0; i < 40; i++) {
        uint64_t sq = mul_high(m, m); /* Q62: 1 to 4 */

        frac <<= 1;
        if (sq >> 63) {
            frac |= 1;
            m = sq;
        } else {
            m = sq << 1;
        }
    }
    return (int64_t)whole * Q40 + frac;
}

int64_t tt_exp2_neg_q40(int64_t x)
{
    uint64_t whole, y, term, sum;

    if (x <= 0)
        return Q40;
    whole = (uint64_t)x >> 40;
    if (whole > 40)
        return 0;
    /* e^-y for y = fraction * ln 2 < 0.7, Q62, by its Taylor series. */
    y = mul_high(((uint64_t)x & (uint64_t)(Q40 - 1)) << 24, LN2_Q62);
    term = UINT64_C(1) << 62;
    sum = term;
    for (uint64_t i = 1; i < 24 && term; i++) {
        term = (mul_high(term, y) << 2) / i;
        sum = i & 1 ? sum - term : sum + term;
    }
    return (int64_t)(sum >> 22 >> whole);
}

/* log2 of the series S, Q40, rounded up.  r is lambda / k, Q40, below 1. */
static int64_t series_bits(uint64_t k, int64_t r)
{
    uint64_t lambda = (uint64_t)r * k; /* Q40; k is at most 2^22 */
    uint64_t sum = UINT64_C(1) << 31, term = sum, ratio = 0;

    for (uint64_t i = 1; i <= MAX_SERIES; i++) {
        ratio = (lambda / (k + i) >> 9) + 1; /* Q31 */
        term = (term * ratio >> 31) + 1;
        sum += term;
        if (term < 1 << 12) /* what is left is below 2^-19 / (1 - r) */
            break;
    }
    /* The rest is smaller than a geometric series with the last ratio. */
    if (ratio >= UINT64_C(1) << 31)
        ratio = (UINT64_C(1) << 31) - 1;
    sum += (term << 31) / ((UINT64_C(1) << 31) - ratio);
    return tt_log2_q40(sum) + 1 - 31 * Q40;
}

/* log2(k!) - k log2 k + k log2 e, Q40, rounded down. */
static int64_t factorial_bits(uint64_t k)
{
    int64_t n = (int64_t)k, bits;
    uint64_t fact = 1;

    if (k <= 20) { /* exactly */
        for (uint64_t i = 2; i <= k; i++)
            fact *= i;
        return tt_log2_q40(fact) + n * (LOG2E_Q40 - tt_log2_q40(k) - 1);
    }
    bits = (LOG2_2PI + tt_log2_q40(k)) / 2 + LOG2E_Q40 / (12 * n);
    if (k < 1024)
        bits -= LOG2E_Q40 / (360 * n * n * n) + 1;
    return bits - 1;
}

int64_t tt_net_bits(uint64_t n, int64_t bits, uint64_t k)
{
    int64_t lr, r, g, net;

    if (!k || bits <= 0)
        return 0;
    if (!n)
        n = 1;
    if (bits > TT_BITS(200)) /* n is at most 2^64: no chance at all */
        return TT_BITS_MAX;
    lr = (bits << 24) + tt_log2_q40(k) - tt_log2_q40(n) - 2;
    if (lr <= 0) /* chance gives as many or more */
        return 0;
    /* With the ratio kept, fewer hits say less: that errs on the safe side
     * and bounds the products below. */
    if (k > MAX_K)
        k = MAX_K;
    r = tt_exp2_neg_q40(lr);
    g = lr - (int64_t)(mul_high((uint64_t)(Q40 - r) << 23, LOG2E_Q63) >> 22) -
        2;
    if (g <= 0)
        return 0;
    if ((uint64_t)g > (uint64_t)(128 * Q40) / k)
        return TT_BITS_MAX; /* S can take away no more than log2(k) + 2 */
    net = g * (int64_t)k + factorial_bits(k);
    net -= series_bits(k, r);
    net >>= 24;
    if (net < 0)
        return 0;
    return net < TT_BITS_MAX ? net : TT_BITS_MAX;
}

int64_t tt_confidence(int64_t s, const int64_t *other, size_t n)
{
    /* Everything relative to the greatest, so that nothing overflows. */
    int64_t top = s > TT_BITS(6) ? s : TT_BITS(6), mine, sum;

    for (size_t i = 0; i < n; i++)
        if (other[i] > top)
            top = other[i];
    mine = tt_exp2_neg_q40((top - s) << 24) >> 8; /* Q32 */
    sum = mine + (tt_exp2_neg_q40((top - TT_BITS(6)) << 24) >> 8);
    for (size_t i = 0; i < n; i++)
        sum += tt_exp2_neg_q40((top - other[i]) << 24) >> 8;
    return (mine << 16) / sum;
}
