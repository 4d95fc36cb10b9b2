#include "suites.h"
#include "verdict/netbits.h"

#include <math.h>

static const struct {
    const char *name;
    uint64_t n;
    int64_t bits; /* Q16 */
    uint64_t k;
    double net;
} cases[] = {
    {"three turns, one hit", 3, TT_BITS(16), 1, 14.415},
    {"forty thousand turns, one hit", 40000, TT_BITS(16), 1, 1.130},
    {"forty thousand turns, ten hits", 40000, TT_BITS(16), 10, 29.713},
    {"a frame in half a gigabyte", UINT64_C(512) << 20, TT_BITS(40), 1, 11.0},
    {"one chance, one byte", 1, TT_BITS(8), 1, 8.003},
    {"one chance, twice", 1, TT_BITS(8), 2, 17.004},
    {"as expected", 256, TT_BITS(8), 1, 0.0},
    {"no hit", 256, TT_BITS(8), 0, 0.0},
    {"no bits", 256, 0, 5, 0.0},
    {"negative bits", 256, -TT_BITS(8), 5, 0.0},
    {"lowest bits", 256, INT64_MIN, 5, 0.0},
    {"no chance counts as one", 0, TT_BITS(8), 1, 8.003},
    {"capped", 1, TT_BITS(64), 1, 60.0},
    {"highest bits", 1, INT64_MAX, 1, 60.0},
    {"everything at its most", UINT64_MAX, TT_BITS(1), UINT64_MAX, 60.0},
    {"every chance is a hit", UINT64_MAX, INT64_MAX, UINT64_MAX, 60.0},
    {"huge exposure, one hit", UINT64_MAX, TT_BITS(64), 1, 0.0},
    {"huge exposure, small lambda", UINT64_C(1) << 63, TT_BITS(75), 1, 12.0},
};

START_TEST(known_values)
{
    double got =
        (double)tt_net_bits(cases[_i].n, cases[_i].bits, cases[_i].k) / 65536;

    ck_assert_msg(fabs(got - cases[_i].net) < 0.01, "%s: %f, not %f",
                  cases[_i].name, got, cases[_i].net);
}
END_TEST

/* -log2 P(Poisson(lambda) >= k), straight from the definition. */
static double reference(double lambda, double k)
{
    double term = 1, sum = 1;

    for (double i = 1; term > sum * 1e-18 && i < 3e6; i++) {
        term *= lambda / (k + i);
        sum += term;
    }
    return -(-lambda + k * log(lambda) + log(sum) - lgamma(k + 1)) / log(2);
}

/* Never too sure; close where chance does not explain the hits. */
START_TEST(never_too_sure)
{
    static const double factors[] = {0,   0.5, 0.9, 0.99, 1.001, 1.01,
                                     1.1, 1.5, 2,   3,    10};
    uint64_t n = UINT64_C(1) << (_i % 40);

    for (int64_t bits = 1; bits < TT_BITS(60); bits += 39931)
        for (size_t f = 0; f < TT_LEN(factors); f++) {
            double lambda = ldexp((double)n, 0) * exp2(-(double)bits / 65536);
            double k = floor(lambda * factors[f]) + 1 + (double)(_i % 3);
            double want, got;

            if (k > 1e6 || lambda > 1e6)
                continue;
            if (lambda >= k) { /* no more than chance gives */
                ck_assert_int_eq(tt_net_bits(n, bits, (uint64_t)k), 0);
                continue;
            }
            want = fmin(reference(lambda, k), 60);
            got = (double)tt_net_bits(n, bits, (uint64_t)k) / 65536;
            ck_assert_msg(got <= want + 0.01, "n %g bits %g k %g: %f over %f",
                          (double)n, (double)bits / 65536, k, got, want);
            if (lambda < k * 0.95)
                ck_assert_msg(got >= want - 0.01,
                              "n %g bits %g k %g: %f under %f", (double)n,
                              (double)bits / 65536, k, got, want);
        }
}
END_TEST

/* More hits never say less, more chances never say more; no argument breaks
 * it. */
START_TEST(monotonous)
{
    static const int64_t bits[] = {1,           65535,        65536,
                                   TT_BITS(4),  TT_BITS(16),  TT_BITS(33),
                                   TT_BITS(60), TT_BITS(199), TT_BITS(201)};
    int64_t b = bits[_i];

    for (unsigned nb = 0; nb < 64; nb++) {
        int64_t last = 0;

        for (unsigned kb = 0; kb < 64; kb++) {
            uint64_t n = UINT64_C(1) << nb, k = UINT64_C(1) << kb;
            int64_t net = tt_net_bits(n, b, k);

            ck_assert_int_ge(net, 0);
            ck_assert_int_le(net, TT_BITS_MAX);
            ck_assert_int_ge(net, last);
            ck_assert_int_le(tt_net_bits(n * 2 - 1, b, k), net);
            last = net;
        }
    }
}
END_TEST

START_TEST(logarithms)
{
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(tt_log2_q40(UINT64_C(1) << i), (int64_t)i << 40);
    for (uint64_t v = 3; v < UINT64_C(1) << 60; v = v * 5 / 3) {
        double got = ldexp((double)tt_log2_q40(v), -40);

        ck_assert_double_eq_tol(got, log2((double)v), 1e-11);
    }
    for (int64_t x = 0; x < INT64_C(45) << 40; x += INT64_C(123456789012)) {
        double got = ldexp((double)tt_exp2_neg_q40(x), -40);

        ck_assert_double_eq_tol(got, exp2(-ldexp((double)x, -40)), 2e-12);
    }
    ck_assert_int_eq(tt_exp2_neg_q40(INT64_MAX), 0);
    ck_assert_int_eq(tt_exp2_neg_q40(-5), INT64_C(1) << 40);
}
END_TEST

static const struct {
    const char *name;
    int s, n, other[3];
    double sure;
} confidences[] = {
    {"ten bits alone", 10, 0, {0}, 0.941},
    {"six bits alone", 6, 0, {0}, 0.5},
    {"two equal", 30, 1, {30}, 0.5},
    {"ten bits ahead", 40, 1, {30}, 0.999},
    {"far behind", 0, 1, {60}, 0.0},
    {"three of a kind", 60, 2, {60, 60}, 0.333},
};

START_TEST(confidence)
{
    int64_t other[3];
    double got;

    for (int i = 0; i < confidences[_i].n; i++)
        other[i] = TT_BITS(confidences[_i].other[i]);
    got = (double)tt_confidence(TT_BITS(confidences[_i].s), other,
                                (size_t)confidences[_i].n) /
          65536;
    ck_assert_msg(fabs(got - confidences[_i].sure) < 0.001, "%s: %f",
                  confidences[_i].name, got);
}
END_TEST

Suite *netbits_suite(void)
{
    Suite *s = suite_create("netbits");
    TCase *tc = tcase_create("arithmetic");

    tcase_add_loop_test(tc, known_values, 0, (int)TT_LEN(cases));
    tcase_add_loop_test(tc, never_too_sure, 0, 40);
    tcase_add_loop_test(tc, monotonous, 0, 9);
    tcase_add_test(tc, logarithms);
    tcase_add_loop_test(tc, confidence, 0, (int)TT_LEN(confidences));
    suite_add_tcase(s, tc);
    return s;
}
