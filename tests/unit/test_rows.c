/*
 * Rows of a tape: forwards and backwards give the same, whatever the mode,
 * the width, the lanes that are shown, and what has fallen off.
 */
#include "suites.h"
#include "view/rows.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 40000 };

static uint32_t seed;

static uint32_t rnd(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* Traffic of all kinds: single bytes, long records, text, events, pauses. */
static struct tt_tape *random_tape(size_t budget, unsigned n)
{
    static uint8_t bytes[5000];
    struct tt_tape *t;
    uint64_t now = 0;

    ck_assert(!tt_tape_new(&t, budget));
    for (unsigned i = 0; i < n; i++) {
        struct tt_record r = {.bytes = bytes};
        uint32_t kind = rnd(20);

        now += rnd(10) ? rnd(3000) * TT_NS_PER_US : rnd(900) * TT_NS_PER_MS;
        r.t_ns = now;
        r.len = rnd(30) ? 1 + rnd(4) : 1 + rnd(4000);
        for (size_t k = 0; k < r.len; k++)
            bytes[k] = rnd(6) ? (uint8_t)(' ' + rnd(90)) : (uint8_t)rnd(256);
        if (!rnd(3))
            bytes[r.len - 1] = '\n';
        r.lane = kind < 9    ? TT_LANE_DEVICE
                 : kind < 16 ? TT_LANE_HOST
                             : TT_LANE_TOOL;
        if (kind == 19)
            r = (struct tt_record){.t_ns = now,
                                   .lane = TT_LANE_LINE,
                                   .event =
                                       (enum tt_event)(1 + rnd(TT_EVENTS - 1))};
        ck_assert(!tt_tape_append(t, &r));
    }
    return t;
}

static struct spot list[MOST];

/* All rows from the first on; each is got, and each byte comes once. */
static size_t forwards(const struct rows *rw, uint64_t *bytes)
{
    struct spot s;
    struct row row;
    size_t n = 0;

    *bytes = 0;
    if (!rows_first(rw, &s))
        return 0;
    do {
        ck_assert_uint_lt(n, MOST);
        ck_assert(!n || spot_compare(list[n - 1], s) < 0);
        ck_assert(rows_get(rw, s, &row));
        list[n++] = s;
        *bytes += row.len + row.answer_len;
    } while (rows_next(rw, &s));
    return n;
}

static uint64_t bytes_shown(const struct tt_tape *t, unsigned lanes)
{
    uint64_t sum = 0;
    struct tt_record r;

    for (uint64_t n = tt_tape_first(t); tt_tape_get(t, n, &r); n++)
        if (lanes >> r.lane & 1)
            sum += r.len;
    return sum;
}

START_TEST(both_directions)
{
    enum rows_mode mode = (enum rows_mode)(_i % ROWS_MODES);
    static const unsigned widths[] = {1, 8, 16, 64};
    static const unsigned lanes[] = {15, 2, 1, 7, 8, 3};
    struct tt_tape *t;
    struct store store;
    struct rows rw;
    struct spot s;
    uint64_t bytes;
    size_t n;

    seed = (uint32_t)_i * 77 + 5;
    /* the small budget loses most of the tape */
    t = random_tape(_i % 2 ? 1 << 24 : 20000, 1500);
    store = store_of_tape(t);
    rows_init(&rw, &store, mode, widths[(unsigned)_i % TT_LEN(widths)]);
    rw.columns = 30 + (unsigned)_i;
    rw.lanes = lanes[(unsigned)_i % TT_LEN(lanes)];
    rw.timed = _i % 5 != 0;
    n = forwards(&rw, &bytes);
    ck_assert_uint_eq(bytes, bytes_shown(t, rw.lanes));
    ck_assert(rows_last(&rw, &s) == (n > 0));
    for (size_t i = n; i-- > 0;) {
        ck_assert_msg(spot_compare(list[i], s) == 0,
                      "row %zu of %zu: %llu.%llu, backwards %llu.%llu", i, n,
                      (unsigned long long)list[i].record,
                      (unsigned long long)list[i].row,
                      (unsigned long long)s.record, (unsigned long long)s.row);
        ck_assert(rows_prev(&rw, &s) == (i > 0));
    }
    tt_tape_free(t);
}
END_TEST

/* rows_at() finds the row that holds a byte. */
START_TEST(at_a_byte)
{
    struct tt_tape *t;
    struct store store;
    struct rows rw;

    seed = (uint32_t)_i + 1;
    t = random_tape(1 << 24, 600);
    store = store_of_tape(t);
    rows_init(&rw, &store, (enum rows_mode)(_i % 2), 8);
    rw.columns = 40;
    for (int i = 0; i < 400; i++) {
        uint64_t n = rnd(600), offset;
        struct tt_record r;
        struct spot s;
        struct row row;
        size_t at;

        ck_assert(store_get(&store, n, &r, &offset));
        if (r.event != TT_EV_NONE)
            continue;
        at = rnd((uint32_t)r.len);
        ck_assert(rows_at(&rw, n, at, &s));
        ck_assert(rows_get(&rw, s, &row));
        ck_assert_int_eq(row.lane, r.lane);
        ck_assert_uint_le(row.offset, offset + at);
        ck_assert_uint_gt(row.offset + row.len, offset + at);
    }
    tt_tape_free(t);
}
END_TEST

START_TEST(nothing_there)
{
    struct tt_tape *t;
    struct store store;
    struct rows rw;
    struct spot s = {5, 0};
    struct row row;

    ck_assert(!tt_tape_new(&t, 4096));
    store = store_of_tape(t);
    rows_init(&rw, &store, ROWS_HEX, 16);
    ck_assert(!rows_first(&rw, &s));
    ck_assert(!rows_last(&rw, &s));
    ck_assert(!rows_next(&rw, &s));
    ck_assert(!rows_prev(&rw, &s));
    ck_assert(!rows_settle(&rw, &s));
    ck_assert(!rows_get(&rw, s, &row));
    tt_tape_free(t);
}
END_TEST

static void push(struct tt_tape *t, uint64_t ms, enum tt_lane lane,
                 const char *text)
{
    struct tt_record r = {.t_ns = ms * TT_NS_PER_MS,
                          .lane = lane,
                          .bytes = (const uint8_t *)text,
                          .len = strlen(text)};

    ck_assert(!tt_tape_append(t, &r));
}

/* Questions and answers, and how long an answer took. */
START_TEST(dialog)
{
    struct tt_tape *t;
    struct store store;
    struct rows rw;
    struct row row;
    struct spot s;

    ck_assert(!tt_tape_new(&t, 1 << 20));
    push(t, 0, TT_LANE_HOST, "a");
    push(t, 1, TT_LANE_HOST, "b");
    push(t, 4, TT_LANE_DEVICE, "OK");
    push(t, 5, TT_LANE_DEVICE, "!");
    push(t, 9, TT_LANE_HOST, "c");
    store = store_of_tape(t);
    rows_init(&rw, &store, ROWS_DIALOG, 16);
    ck_assert(rows_first(&rw, &s) && rows_get(&rw, s, &row));
    ck_assert_int_eq(row.kind, ROW_EXCHANGE);
    ck_assert_uint_eq(row.len, 2);
    ck_assert_uint_eq(row.answer_len, 3);
    ck_assert_uint_eq(row.gap_ns, 3 * TT_NS_PER_MS);
    ck_assert(rows_next(&rw, &s) && rows_get(&rw, s, &row));
    ck_assert(!row.answered);
    ck_assert(!rows_next(&rw, &s));
    tt_tape_free(t);
}
END_TEST

/* A pause of exactly the length is one, a shorter one is not. */
START_TEST(pauses)
{
    struct tt_tape *t;
    struct store store;
    struct rows rw;
    struct row row;
    struct spot s;

    ck_assert(!tt_tape_new(&t, 1 << 20));
    push(t, 0, TT_LANE_DEVICE, "a");
    push(t, 19, TT_LANE_DEVICE, "b");
    push(t, 39, TT_LANE_DEVICE, "c");
    push(t, 238, TT_LANE_DEVICE, "d");
    push(t, 438, TT_LANE_DEVICE, "e");
    store = store_of_tape(t);
    rows_init(&rw, &store, ROWS_HEX, 16);
    ck_assert(rows_first(&rw, &s) && rows_get(&rw, s, &row));
    ck_assert_uint_eq(row.len, 2); /* a b */
    ck_assert(rows_next(&rw, &s) && rows_get(&rw, s, &row));
    ck_assert_uint_eq(row.len, 1); /* c: 20 ms later */
    ck_assert(rows_next(&rw, &s) && rows_get(&rw, s, &row));
    ck_assert_int_eq(row.kind, ROW_WIRE); /* d: 199 ms is no row */
    ck_assert(rows_next(&rw, &s) && rows_get(&rw, s, &row));
    ck_assert_int_eq(row.kind, ROW_GAP); /* 200 ms is */
    ck_assert_uint_eq(row.gap_ns, 200 * TT_NS_PER_MS);
    tt_tape_free(t);
}
END_TEST

Suite *rows_suite(void)
{
    Suite *s = suite_create("rows");
    TCase *tc = tcase_create("rows");

    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, both_directions, 0, 30);
    tcase_add_loop_test(tc, at_a_byte, 0, 8);
    tcase_add_test(tc, nothing_there);
    tcase_add_test(tc, dialog);
    tcase_add_test(tc, pauses);
    suite_add_tcase(s, tc);
    return s;
}
