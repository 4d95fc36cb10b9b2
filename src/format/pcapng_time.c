/*
 * if_tsresol gives the unit of a stamp: 10^-d seconds or, with the top bit,
 * 2^-d.  d may be anything up to 127, and nothing may overflow on the way.
 */
#include "format/pcapng.h"

enum tt_quality tt_ng_quality(uint8_t tsresol)
{
    unsigned d = tsresol & 0x7fu;

    if (tsresol & 0x80)
        d = d * 3 / 10; /* log10(2) is 0.301 */
    if (d >= 9)
        return TT_TIME_NS;
    if (d >= 6)
        return TT_TIME_US;
    return d >= 3 ? TT_TIME_MS : TT_TIME_S;
}

/* 10^n, or 0 when it does not fit. */
static uint64_t power_of_ten(unsigned n)
{
    uint64_t v = 1;

    if (n > 19)
        return 0;
    while (n--)
        v *= 10;
    return v;
}

static uint64_t times_capped(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static uint64_t plus_capped(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t from_decimal(unsigned d, uint64_t stamp)
{
    uint64_t scale = power_of_ten(d > 9 ? d - 9 : 9 - d);

    if (d <= 9)
        return times_capped(stamp, scale);
    return scale ? stamp / scale : 0;
}

static uint64_t from_binary(unsigned d, uint64_t stamp)
{
    uint64_t s = d < 64 ? stamp >> d : 0;
    uint64_t part = d < 64 ? stamp & ((UINT64_C(1) << d) - 1) : stamp;

    /* part * 10^9 fits when part has at most 34 bits, and a 2^-34th of a
     * second is finer than a nanosecond */
    for (; d > 34; d--)
        part >>= 1;
    return plus_capped(times_capped(s, TT_NS_PER_S), part * TT_NS_PER_S >> d);
}

uint64_t tt_ng_time(uint8_t tsresol, int64_t tsoffset, uint64_t stamp)
{
    unsigned d = tsresol & 0x7fu;
    uint64_t ns =
        tsresol & 0x80 ? from_binary(d, stamp) : from_decimal(d, stamp);
    uint64_t late = tsoffset < 0 ? 0 - (uint64_t)tsoffset : (uint64_t)tsoffset;

    late = times_capped(late, TT_NS_PER_S);
    if (tsoffset >= 0)
        return plus_capped(ns, late);
    return ns > late ? ns - late : 0;
}
