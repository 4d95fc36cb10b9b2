#include "base/fixed.h"

int64_t tt_log2_q16(uint64_t v)
{
    int64_t whole = 63, frac = 0;
    uint64_t m;

    if (!v)
        return 0;
    whole -= __builtin_clzll(v);
    v <<= 63 - whole;
    m = v >> 32; /* 1.31 fixed point; each squaring gives one bit */
    for (int i = 0; i < 20; i++) {
        m = m * m >> 31;
        frac <<= 1;
        if (m >> 32) {
            m >>= 1;
            frac |= 1;
        }
    }
    return (whole << 16) + (frac >> 4);
}

uint64_t tt_exp2_neg_q16(int64_t bits)
{
    /* 2^-(1/2), 2^-(1/4), ... 2^-(1/65536) as Q32. */
    static const uint64_t root[16] = {
        3037000500, 3611622603, 3938502376, 4112874773, 4202935003, 4248701965,
        4271771996, 4283353945, 4289156690, 4292061010, 4293513907, 4294240540,
        4294603903, 4294785595, 4294876445, 4294921870};
    uint64_t v = (uint64_t)TT_Q32_ONE;

    if (bits <= 0)
        return v;
    if (bits >> 16 > 40)
        return 0;
    for (int i = 0; i < 16; i++)
        if (bits >> (15 - i) & 1)
            v = v * root[i] >> 32;
    return v >> (bits >> 16);
}

int64_t tt_either_q16(int64_t a, int64_t b)
{
    int64_t low = a < b ? a : b, high = a < b ? b : a;
    uint64_t sum = (uint64_t)TT_Q32_ONE + tt_exp2_neg_q16(high - low);

    return low - (tt_log2_q16(sum) - (INT64_C(32) << 16));
}
