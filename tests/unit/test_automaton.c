/*
 * The automaton against a model that cannot be wrong: at every byte, compare
 * each lead with the bytes before.  Tiny budgets make every flush and
 * fall-back path run.
 */
#include "engine/automaton.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEADS = 24, BYTES = 20000 };

static struct tt_set lead[LEADS][TT_MAX_LEAD];
static size_t lead_len[LEADS];
static bool lead_tail[LEADS];
static uint8_t input[BYTES];
static uint32_t seed;

static uint32_t rnd(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static void add(struct tt_set *s, unsigned b)
{
    s->w[b >> 6] |= UINT64_C(1) << (b & 63);
}

/* Few different bytes, so that leads often match and overlap. */
static void make_case(uint32_t number)
{
    seed = number * 7919u + 17u;
    memset(lead, 0, sizeof(lead));
    for (int i = 0; i < LEADS; i++) {
        lead_len[i] = 1 + rnd(6);
        lead_tail[i] = rnd(4) == 0;
        for (size_t k = 0; k < lead_len[i]; k++) {
            unsigned n = 1 + rnd(3);

            while (n--)
                add(&lead[i][k], 'a' + rnd(6));
            if (!rnd(8))
                memset(&lead[i][k], 0xff, sizeof(lead[i][k]));
        }
    }
    for (int i = 0; i < BYTES; i++)
        input[i] = (uint8_t)(rnd(50) ? 'a' + rnd(7) : rnd(256));
}

static bool ends_at(int i, size_t at)
{
    if (at + 1 < lead_len[i])
        return false;
    for (size_t k = 0; k < lead_len[i]; k++)
        if (!tt_set_has(&lead[i][k], input[at + 1 - lead_len[i] + k]))
            return false;
    return true;
}

static struct tt_automaton *build(size_t budget)
{
    struct tt_automaton *a;

    ck_assert_int_eq(tt_automaton_new(&a), TT_OK);
    for (int i = 0; i < LEADS; i++)
        ck_assert_int_eq(tt_automaton_add(a, lead[i], lead_len[i], (uint32_t)i,
                                          lead_tail[i]),
                         TT_OK);
    ck_assert_int_eq(tt_automaton_build(a, budget), TT_OK);
    return a;
}

static const size_t budgets[] = {1, 20000, 200000, 8 << 20};

START_TEST(agrees_with_a_model)
{
    static uint8_t want[LEADS], got[LEADS];
    struct tt_automaton *a;
    size_t at = 0;

    make_case((uint32_t)_i);
    a = build(budgets[_i % (int)TT_LEN(budgets)]);
    while (at < BYTES) {
        const uint32_t *ids;
        size_t n, from = at, most = 1 + rnd(300);

        if (most > BYTES - at)
            most = BYTES - at;
        at += tt_automaton_scan(a, input + at, most, &ids, &n);
        memset(got, 0, sizeof(got));
        for (size_t k = 0; k < n; k++)
            got[ids[k]]++;
        for (; from < at; from++) {
            bool last = from + 1 == at;

            for (int i = 0; i < LEADS; i++) {
                /* Check writes a mark to a file for each assertion: here
                 * that would be millions. */
                want[i] = !lead_tail[i] && ends_at(i, from);
                if (want[i] != (last ? got[i] : 0))
                    ck_abort_msg("seed %d: lead %d at %zu", _i, i, from);
            }
        }
        tt_automaton_tail(a, &ids, &n);
        memset(got, 0, sizeof(got));
        for (size_t k = 0; k < n; k++)
            got[ids[k]]++;
        for (int i = 0; i < LEADS; i++)
            if (got[i] != (lead_tail[i] && ends_at(i, at - 1)))
                ck_abort_msg("seed %d: tail lead %d at %zu", _i, i, at - 1);
    }
    tt_automaton_free(a);
}
END_TEST

/* A small cache must flush, and a thrashed one must fall back. */
START_TEST(survives_a_small_cache)
{
    uint64_t states = 0, flushes = 0, followed = 0;
    size_t memory = 0;
    struct tt_automaton *a;

    make_case(5);
    memset(lead, 0xff, sizeof(lead)); /* wild: very many states */
    for (int i = 0; i < LEADS; i++) {
        lead_len[i] = 20;
        memset(&lead[i][0], 0, sizeof(lead[i][0]));
        add(&lead[i][0], (unsigned)i * 3u);
    }
    seed = 99;
    for (int i = 0; i < BYTES; i++)
        input[i] = (uint8_t)rnd(80);
    a = build(1);
    for (int round = 0; round < 5; round++) {
        const uint32_t *ids;
        size_t n, at = 0;

        while (at < BYTES)
            at += tt_automaton_scan(a, input + at, BYTES - at, &ids, &n);
    }
    tt_automaton_stats(a, &states, &flushes, &followed, &memory);
    ck_assert_uint_gt(flushes, 0);
    ck_assert_uint_gt(followed, 0);
    tt_automaton_free(a);
}
END_TEST

START_TEST(lead_limit)
{
    struct tt_automaton *a;
    static struct tt_set s[TT_MAX_LEAD + 1];

    ck_assert_int_eq(tt_automaton_new(&a), TT_OK);
    ck_assert_int_eq(tt_automaton_add(a, s, TT_MAX_LEAD, 0, false), TT_OK);
    ck_assert_int_eq(tt_automaton_add(a, s, TT_MAX_LEAD + 1, 1, false),
                     TT_ERR_ARG);
    ck_assert_int_eq(tt_automaton_add(a, s, 0, 1, false), TT_ERR_ARG);
    tt_automaton_free(a);
}
END_TEST

Suite *automaton_suite(void)
{
    Suite *s = suite_create("automaton");
    TCase *tc = tcase_create("model");

    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, agrees_with_a_model, 0, 24);
    tcase_add_test(tc, survives_a_small_cache);
    tcase_add_test(tc, lead_limit);
    suite_add_tcase(s, tc);
    return s;
}
