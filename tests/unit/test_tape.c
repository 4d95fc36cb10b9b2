#include "records.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static struct tt_tape *new_tape(size_t budget)
{
    struct tt_tape *t;

    ck_assert_int_eq(tt_tape_new(&t, budget), TT_OK);
    return t;
}

static uint32_t next_random(uint32_t *x)
{
    *x = *x * 1664525 + 1013904223;
    return *x >> 8;
}

/* A record made of random numbers, its bytes in buf. */
static struct tt_record random_record(uint32_t *seed, uint64_t t, uint8_t *buf,
                                      size_t max)
{
    struct tt_record r = {.t_ns = t, .source = next_random(seed)};

    if (next_random(seed) % 4 == 0) {
        r.lane = TT_LANE_LINE;
        r.event = (enum tt_event)(1 + next_random(seed) % (TT_EVENTS - 1));
        if (r.event == TT_EV_BAUD) {
            r.baud = next_random(seed);
            memcpy(r.mode, "8E1", 4);
        }
        if (r.event == TT_EV_LOST)
            r.count = next_random(seed) % 9;
        return r;
    }
    r.lane = (enum tt_lane)(next_random(seed) % 3);
    r.len = 1 + next_random(seed) % max;
    r.bytes = buf;
    for (size_t i = 0; i < r.len; i++)
        buf[i] = (uint8_t)next_random(seed);
    return r;
}

static const size_t budgets[] = {1, 5000, 40000, 300000, 32 << 20};

START_TEST(keeps_the_newest_of_a_long_walk)
{
    struct tt_tape *t = new_tape(budgets[_i]);
    struct records all = {0}, held = {0}, want = {0};
    uint8_t buf[300];
    uint32_t seed = 7;

    for (uint64_t n = 0; n < 6000; n++) {
        struct tt_record r = random_record(&seed, n * 1000, buf, sizeof(buf));

        records_add(&all, r);
        ck_assert_int_eq(tt_tape_append(t, &r), TT_OK);
        ck_assert_uint_eq(tt_tape_end(t), n + 1);
        ck_assert_uint_lt(tt_tape_first(t), n + 1);
    }
    for (uint64_t n = tt_tape_first(t); n < tt_tape_end(t); n++) {
        struct tt_record r;

        ck_assert(tt_tape_get(t, n, &r));
        records_add(&held, r);
        records_add(&want, all.rec[n]);
        ck_assert_uint_eq(r.source, all.rec[n].source);
    }
    ck_assert_msg(records_equal(&held, &want), "budget %zu: %s", budgets[_i],
                  records_difference(&held, &want));
    ck_assert_uint_eq(tt_tape_stats(t)->fell_off, tt_tape_first(t));
    ck_assert_uint_eq(tt_tape_stats(t)->records, 6000);
    if (budgets[_i] > 1 << 20)
        ck_assert_uint_eq(tt_tape_first(t), 0);
    else
        ck_assert_uint_gt(tt_tape_first(t), 0);
    if (budgets[_i] >= 40000) { /* a good part of the budget is used */
        size_t bytes = 0;

        for (size_t i = 0; i < held.n; i++)
            bytes += held.rec[i].len + 32;
        ck_assert_uint_gt(bytes, budgets[_i] < 1000000 ? budgets[_i] / 4 : 0);
        ck_assert_uint_lt(bytes, budgets[_i]);
    }
    records_free(&all);
    records_free(&held);
    records_free(&want);
    tt_tape_free(t);
}
END_TEST

START_TEST(does_not_find_what_is_not_there)
{
    struct tt_tape *t = new_tape(4096);
    struct tt_record r = {.len = 1, .bytes = (const uint8_t *)"x"}, got;

    ck_assert(!tt_tape_get(t, 0, &got));
    ck_assert_uint_eq(tt_tape_first(t), tt_tape_end(t));
    ck_assert_int_eq(tt_tape_append(t, &r), TT_OK);
    ck_assert(tt_tape_get(t, 0, &got));
    ck_assert(!tt_tape_get(t, 1, &got));
    ck_assert(!tt_tape_get(t, UINT64_MAX, &got));
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(tt_tape_append(t, &r), TT_OK);
    ck_assert(!tt_tape_get(t, 0, &got));
    ck_assert(!tt_tape_get(t, tt_tape_first(t) - 1, &got));
    ck_assert(tt_tape_get(t, tt_tape_first(t), &got));
    tt_tape_free(t);
}
END_TEST

START_TEST(splits_at_the_record_limit)
{
    static const struct {
        size_t len;
        uint64_t records;
    } cases[] = {{TT_MAX_RECORD, 1},
                 {TT_MAX_RECORD + 1, 2},
                 {2 * TT_MAX_RECORD, 2},
                 {2 * TT_MAX_RECORD + 1, 3}};
    struct tt_tape *t = new_tape(32 << 20);
    uint8_t *big = malloc(cases[_i].len);
    struct tt_record r = {
        .bytes = big, .len = cases[_i].len, .lane = TT_LANE_DEVICE};
    size_t at = 0;

    ck_assert_ptr_nonnull(big);
    for (size_t i = 0; i < r.len; i++)
        big[i] = (uint8_t)(i * 31 >> 4);
    ck_assert_int_eq(tt_tape_append(t, &r), TT_OK);
    ck_assert_uint_eq(tt_tape_end(t), cases[_i].records);
    for (uint64_t n = 0; n < tt_tape_end(t); n++) {
        struct tt_record got;

        ck_assert(tt_tape_get(t, n, &got));
        ck_assert_mem_eq(got.bytes, big + at, got.len);
        at += got.len;
    }
    ck_assert_uint_eq(at, cases[_i].len);
    ck_assert_uint_eq(tt_tape_stats(t)->bytes[TT_LANE_DEVICE], cases[_i].len);
    free(big);
    tt_tape_free(t);
}
END_TEST

START_TEST(refuses_what_makes_no_sense)
{
    struct tt_tape *t;
    struct tt_record r = {.len = 1, .bytes = (const uint8_t *)"x"};

    ck_assert_int_eq(tt_tape_new(&t, 0), TT_ERR_ARG);
    ck_assert_ptr_null(t);
    t = new_tape(4096);
    r.lane = TT_LANES;
    ck_assert_int_eq(tt_tape_append(t, &r), TT_ERR_ARG);
    r.lane = TT_LANE_LINE;
    ck_assert_int_eq(tt_tape_append(t, &r), TT_ERR_ARG);
    r.event = TT_EVENTS;
    ck_assert_int_eq(tt_tape_append(t, &r), TT_ERR_ARG);
    r = (struct tt_record){.lane = TT_LANE_HOST};
    ck_assert_int_eq(tt_tape_append(t, &r), TT_OK);
    ck_assert_uint_eq(tt_tape_end(t), 0);
    tt_tape_free(t);
    tt_tape_free(NULL);
}
END_TEST

START_TEST(time_never_runs_backwards)
{
    struct tt_tape *t = new_tape(4096);
    struct tt_record r = {.len = 1, .bytes = (const uint8_t *)"x"}, got;

    r.t_ns = 10;
    ck_assert_int_eq(tt_tape_append(t, &r), TT_OK);
    r.t_ns = 9;
    ck_assert_int_eq(tt_tape_append(t, &r), TT_OK);
    ck_assert(tt_tape_get(t, 1, &got));
    ck_assert_uint_eq(got.t_ns, 10);
    tt_tape_free(t);
}
END_TEST

START_TEST(counts)
{
    static const char text[] = "0.001 > 7F\n"
                               "0.002 > 80 \"ok\\r\\n\"\n"
                               "0.050 $ \"tool talks in between\"\n"
                               "0.300 < 68*3\n"
                               "0.301 [frame-error] [lost 12] [lost]\n"
                               "0.400 > 01\n"
                               "0.900\n";
    struct records l = {0};
    struct tt_stats st;

    tt_stats_init(&st);
    ck_assert_int_eq(
        records_read(&l, text, strlen(text), 0, 0, NULL, NULL, NULL), TT_OK);
    for (size_t i = 0; i < l.n; i++)
        tt_stats_add(&st, &l.rec[i]);
    ck_assert_uint_eq(st.s.records, 9);
    ck_assert_uint_eq(st.s.bytes[TT_LANE_HOST], 7);
    ck_assert_uint_eq(st.s.bytes[TT_LANE_DEVICE], 3);
    ck_assert_uint_eq(st.s.bytes[TT_LANE_TOOL], 21);
    ck_assert_uint_eq(st.s.bytes[TT_LANE_LINE], 0);
    ck_assert_uint_eq(st.s.printable[TT_LANE_HOST], 4);
    ck_assert_uint_eq(st.s.printable[TT_LANE_DEVICE], 3);
    ck_assert_uint_eq(st.s.turns, 3);
    ck_assert_uint_eq(st.s.events[TT_EV_FRAME_ERROR], 1);
    ck_assert_uint_eq(st.s.events[TT_EV_LOST], 2);
    ck_assert_uint_eq(st.s.lost_bytes, 12);
    ck_assert_uint_eq(st.s.first_ns, 1 * TT_NS_PER_MS);
    ck_assert_uint_eq(st.s.last_ns, 900 * TT_NS_PER_MS);
    ck_assert_uint_eq(st.s.longest_silence_ns, 298 * TT_NS_PER_MS);
    records_free(&l);
}
END_TEST

Suite *tape_suite(void)
{
    Suite *s = suite_create("tape");
    TCase *tc = tcase_create("blocks");

    tcase_add_loop_test(tc, keeps_the_newest_of_a_long_walk, 0,
                        TT_LEN(budgets));
    tcase_add_test(tc, does_not_find_what_is_not_there);
    tcase_add_loop_test(tc, splits_at_the_record_limit, 0, 4);
    tcase_add_test(tc, refuses_what_makes_no_sense);
    tcase_add_test(tc, time_never_runs_backwards);
    tcase_add_test(tc, counts);
    suite_add_tcase(s, tc);
    return s;
}
