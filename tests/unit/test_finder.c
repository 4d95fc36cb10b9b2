/*
 * The finder against a model that cannot be wrong: at every byte, compare each
 * lead with the bytes before.  Pieces of all lengths make every seam run.
 */
#include "engine/finder.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEADS = 24, BYTES = 20000, LONG = 6 };

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
        lead_len[i] = 1 + rnd(i < LONG ? TT_MAX_LEAD : 6);
        lead_tail[i] = rnd(4) == 0;
        for (size_t k = 0; k < lead_len[i]; k++) {
            unsigned n = 1 + rnd(3);

            while (n--)
                add(&lead[i][k], 'a' + rnd(6));
            if (!rnd(i < LONG ? 2 : 8))
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

static struct tt_finder *build(void)
{
    struct tt_finder *f;

    ck_assert_int_eq(tt_finder_new(&f), TT_OK);
    for (int i = 0; i < LEADS; i++)
        ck_assert_int_eq(tt_finder_add(f, lead[i], lead_len[i], (uint32_t)i,
                                       lead_tail[i]),
                         TT_OK);
    ck_assert_int_eq(tt_finder_build(f), TT_OK);
    return f;
}

static uint8_t got[LEADS][BYTES];
static size_t scanned; /* where the piece begins */

static void found(void *user, uint32_t id, size_t at)
{
    (void)user;
    ck_assert_uint_lt(id, LEADS);
    ck_assert_uint_lt(scanned + at, BYTES);
    got[id][scanned + at]++;
}

/* Check writes a mark to a file for each assertion: for every byte that would
 * be millions. */
static void compare_tail(struct tt_finder *f, int number)
{
    const uint32_t *ids;
    size_t n, k = 0;

    tt_finder_tail(f, &ids, &n);
    for (uint32_t i = 0; i < LEADS; i++) {
        if (!lead_tail[i] || !ends_at((int)i, scanned - 1))
            continue;
        if (k == n || ids[k++] != i)
            ck_abort_msg("seed %d: tail lead %d at %zu", number, (int)i,
                         scanned);
    }
    ck_assert_uint_eq(k, n);
}

/* In pieces of 1 to most bytes. */
static void scan_all(struct tt_finder *f, uint32_t most, int number)
{
    memset(got, 0, sizeof(got));
    for (scanned = 0; scanned < BYTES;) {
        size_t n = 1 + rnd(most);

        n = n < BYTES - scanned ? n : BYTES - scanned;
        tt_finder_scan(f, input + scanned, n, found, NULL);
        scanned += n;
        compare_tail(f, number);
    }
}

START_TEST(agrees_with_a_model)
{
    static const uint32_t most[] = {1, 3, 40, 300, BYTES};
    struct tt_finder *f;
    unsigned all = 0;

    make_case((uint32_t)_i);
    f = build();
    for (size_t k = 0; k < TT_LEN(most); k++) {
        tt_finder_reset(f);
        scan_all(f, most[k], _i);
        for (int i = 0; i < LEADS; i++)
            for (size_t at = 0; at < BYTES; at++) {
                all += got[i][at];
                if (got[i][at] != (!lead_tail[i] && ends_at(i, at)))
                    ck_abort_msg("seed %d: lead %d at %zu", _i, i, at);
            }
    }
    ck_assert_uint_gt(all, 1000);
    ck_assert_uint_gt(tt_finder_memory(f), sizeof(uint32_t) << 16);
    tt_finder_free(f);
}
END_TEST

/* What was seen before a reset is forgotten. */
START_TEST(a_reset_finder_begins_anew)
{
    static const uint8_t p[] = "ab";
    struct tt_finder *f;
    const uint32_t *ids;
    size_t n;

    memset(lead, 0, sizeof(lead));
    memset(got, 0, sizeof(got));
    add(&lead[0][0], 'a');
    add(&lead[0][1], 'b');
    ck_assert_int_eq(tt_finder_new(&f), TT_OK);
    ck_assert_int_eq(tt_finder_add(f, lead[0], 2, 0, false), TT_OK);
    ck_assert_int_eq(tt_finder_add(f, lead[0], 2, 1, true), TT_OK);
    ck_assert_int_eq(tt_finder_build(f), TT_OK);
    tt_finder_tail(f, &ids, &n);
    ck_assert_uint_eq(n, 0);
    scanned = 0;
    tt_finder_scan(f, p, 0, found, NULL);
    tt_finder_scan(f, p, 1, found, NULL);
    tt_finder_reset(f);
    tt_finder_scan(f, p + 1, 1, found, NULL);
    ck_assert_uint_eq(got[0][0], 0);
    tt_finder_tail(f, &ids, &n);
    ck_assert_uint_eq(n, 0);
    tt_finder_scan(f, p, 1, found, NULL);
    tt_finder_scan(f, p + 1, 1, found, NULL);
    ck_assert_uint_eq(got[0][0], 1);
    tt_finder_tail(f, &ids, &n);
    ck_assert_uint_eq(n, 1);
    ck_assert_uint_eq(ids[0], 1);
    tt_finder_free(f);
}
END_TEST

START_TEST(lead_limit)
{
    struct tt_finder *f;
    static struct tt_set s[TT_MAX_LEAD + 1];

    ck_assert_int_eq(tt_finder_new(&f), TT_OK);
    ck_assert_int_eq(tt_finder_add(f, s, TT_MAX_LEAD, 0, false), TT_OK);
    ck_assert_int_eq(tt_finder_add(f, s, TT_MAX_LEAD + 1, 1, false),
                     TT_ERR_ARG);
    ck_assert_int_eq(tt_finder_add(f, s, 0, 1, false), TT_ERR_ARG);
    tt_finder_free(f);
}
END_TEST

Suite *finder_suite(void)
{
    Suite *s = suite_create("finder");
    TCase *tc = tcase_create("model");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, agrees_with_a_model, 0, 24);
    tcase_add_test(tc, a_reset_finder_begins_anew);
    tcase_add_test(tc, lead_limit);
    suite_add_tcase(s, tc);
    return s;
}
