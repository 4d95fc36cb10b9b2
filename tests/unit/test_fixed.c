/*
 * Fixed-point logarithms against the C library's.
 */
#include "base/fixed.h"
#include "suites.h"

#include <math.h>

#define CLOSE 0.001 /* bit */

static double bits(int64_t q16)
{
    return (double)q16 / 65536;
}

START_TEST(log2_is_close)
{
    uint64_t v = 1;

    for (int i = 0; i < 4000; i++) {
        ck_assert_double_eq_tol(bits(tt_log2_q16(v)), log2((double)v), CLOSE);
        v = v * 1103 / 1000 + 1;
        if (v >> 62)
            v = (uint64_t)i + 3;
    }
    ck_assert_double_eq_tol(bits(tt_log2_q16(UINT64_MAX)), 64, CLOSE);
    ck_assert_int_eq(tt_log2_q16(0), 0);
    for (unsigned k = 0; k < 64; k++)
        ck_assert_int_eq(tt_log2_q16(UINT64_C(1) << k), (int64_t)k << 16);
}
END_TEST

/* Relative error that matters: below a thousandth of a bit down to 2^-20. */
START_TEST(exp2_is_close)
{
    for (int64_t q = 0; q < 20 << 16; q += 37) {
        uint64_t v = tt_exp2_neg_q16(q);

        ck_assert_double_eq_tol(log2((double)v) - 32, -bits(q), CLOSE);
    }
    ck_assert_uint_eq(tt_exp2_neg_q16(-1), (uint64_t)TT_Q32_ONE);
    ck_assert_uint_eq(tt_exp2_neg_q16(INT64_MIN), (uint64_t)TT_Q32_ONE);
    ck_assert_uint_eq(tt_exp2_neg_q16(INT64_MAX), 0);
    ck_assert_uint_eq(tt_exp2_neg_q16(32 << 16), 1);
    ck_assert_uint_eq(tt_exp2_neg_q16(33 << 16), 0);
}
END_TEST

START_TEST(either_adds)
{
    for (int64_t a = 0; a < 12 << 16; a += 4097)
        for (int64_t b = 0; b < 12 << 16; b += 5003) {
            double sum = exp2(-bits(a)) + exp2(-bits(b));

            ck_assert_double_eq_tol(bits(tt_either_q16(a, b)), -log2(sum),
                                    CLOSE);
        }
    ck_assert_int_eq(tt_either_q16(0, 0), -65536);
    ck_assert_int_eq(tt_either_q16(5 << 16, INT64_C(1000) << 16), 5 << 16);
}
END_TEST

Suite *fixed_suite(void)
{
    Suite *s = suite_create("fixed");
    TCase *tc = tcase_create("logarithms");

    tcase_add_test(tc, log2_is_close);
    tcase_add_test(tc, exp2_is_close);
    tcase_add_test(tc, either_adds);
    suite_add_tcase(s, tc);
    return s;
}
