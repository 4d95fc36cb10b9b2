/*
 * What a wait costs that lets things pass: log2(1 + places looked at in
 * vain), the same however the input is cut, and what that does to a verdict.
 */
#include "base/fixed.h"
#include "bench.h"
#include "scene.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

#define HEAD "# telltale tape 1\n# time: us\n"
#define V    "  verdict \"x\"\n"

enum { NO_HIT = -1, MAX_HOPS = 3 };

/* clang-format off */
static const struct passing {
    const char *name, *rule, *tape;
    int passed[MAX_HOPS]; /* places of each hop of the last hit; NO_HIT */
    int worth;            /* bits that the last hop's price is cut to; 0 */
} passings[] = {
    {"what comes at once costs nothing",
     "match > 01 then < 02 03 within 1s\n",
     "0 > 01\n0.001 < 02 03\n", {0}, 0},
    {"each byte of the lane waited for is a place",
     "match > 01 then < 02 03 within 1s\n",
     "0 > 01\n0.001 < 55*1000 02 03\n", {1000}, 0},
    {"so are those of earlier records",
     "match > 01 then < 02 03 within 1s\n",
     "0 > 01\n0.001 < 55*7\n0.2 < 02 55\n0.3 < 02 03\n", {9}, 0},
    {"bytes of the other lane are none",
     "match > 01 then < 02 03 within 1s\n",
     "0 > 01 77*500\n0.001 < 55 02 03\n", {1}, 0},
    {"a byte that fits and leads nowhere was a place",
     "match > 01 then < 02 03 within 1s\n",
     "0 > 01\n0.001 < 02 02 02 03\n", {2}, 0},
    {"on the same lane",
     "match < 01 then 02 03 within 1s\n",
     "0 < 01 55*3 02 03\n", {3}, 0},
    {"the last call counts",
     "match > 01 then < 02 03 within 9s\n",
     "0 > 01\n0.001 < 55*100\n0.2 > 01\n0.3 < 55*2 02 03\n", {2}, 0},
    {"no more than it is worth",
     "match > 01 02 then < 06 within 1s\n",
     "0 > 01 02\n0.001 < 55*1000 06\n", {1000}, 8},
    {"each hop for itself",
     "match > 01 then < 02 03 within 1s then > 04 05 within 1s\n",
     "0 > 01\n0.001 < 55*3 02 03\n0.002 > 66*15 04 05\n", {3, 15}, 0},
    {"a stretch is waited for at one place",
     "match > 01 < 55*2..9 02 within 1s\n",
     "0 > 01\n0.001 < 55*5 02\n", {0}, 0},
    {"behind a pause only its first byte is a place",
     "match > 01 then < after 50ms 02 03 within 2s\n",
     "0 > 01\n0.001 < 55*90\n0.1 < 66*90\n0.2 < 77*90\n0.3 < 02 03\n",
     {2}, 0},
    {"a lane or an event",
     "match > 01 then < (04 05 | [dtr-]) within 1s\n",
     "0 > 01 55*3\n0.001 [rts+]\n0.002 < 55*4 04 05\n", {5}, 0},
    {"one anchor or another",
     "match > 01 then < (start | after 50ms) 02 03 within 2s\n",
     "0 > 01\n0.1 < 66*90\n0.2 < 77*90\n0.3 < 02 03\n", {2}, 0},
    {"an anchor or none",
     "match > 01 then < (03 | after 50ms) 02 03 within 2s\n",
     "0 > 01\n0.1 < 66*90\n0.3 < 02 03\n", {90}, 0},
    {"a sensor that is waited for",
     "match > 01 < sensor loop within 30s\n",
     "0 > 01\n0.1 < 66 67 68 \"ab,\"*8\n", {3}, 0},
    {"all events are places for an event",
     "match > 01 then [dtr-] within 1s\n",
     "0 > 01 55*90\n0.001 [rts+]\n0.002 [rts-]\n0.003 [dtr-]\n", {2}, 0},
    {"a run that ends in a wait",
     "match < 55*3.. then 02 03 within 1s\n",
     "0 < 55*3 02 03\n", {0}, 0},
    {"a repeated byte that ends in a wait",
     "match < same(digit)*3..9 then 02 03 within 1s\n",
     "0 < 31*4 66 02 03\n", {1}, 0},
    {"a captured field beside it",
     "match > a:u8 02 then < =a 03 05 within 1s\n",
     "0 > 07 02\n0.001 < 55*3 07 03 05\n", {3}, 0},
};

/* A ladder pays for the steps that it reached. */
static const struct passing ladders[] = {
    {"all of it",
     "step one > 01 02 03\n  step two then < 04 05 within 1s\n"
     "  step three then > 06 07 within 1s\n",
     "0 > 01 02 03\n0.1 < 55 04 05\n0.2 > 77*3 06 07\n", {1, 3}, 0},
    {"not for what it began in vain",
     "step one > 01 02 03\n  step two then < 04 05 within 1s\n"
     "  step three then > 06 07 within 1s\n",
     "0 > 01 02 03\n0.1 < 55 04 05\n0.2 > 77*3 06 08\n5 > 00\n", {1}, 0},
};
/* clang-format on */

static int64_t paid;
static int nhits;

static void on_hit(const struct tt_hit *h, void *user)
{
    (void)user;
    if (h->kind != TT_HIT)
        return;
    paid = h->paid;
    nhits++;
}

static void feed(struct tt_engine *e, const struct tt_record *r, size_t step)
{
    struct tt_record piece = *r;

    if (r->event != TT_EV_NONE) {
        ck_assert_int_eq(tt_engine_push(e, r), TT_OK);
        return;
    }
    for (size_t at = 0; at < r->len; at += step) {
        piece.bytes = r->bytes + at;
        piece.len = r->len - at < step ? r->len - at : step;
        ck_assert_int_eq(tt_engine_push(e, &piece), TT_OK);
    }
}

static void check_passing(const struct passing *c)
{
    static const size_t steps[] = {SIZE_MAX / 2, 1, 2, 7};
    const struct tt_engine_config config = {.quality = TT_TIME_US};
    char rules[512], tape[512];
    struct records l = {NULL, 0, 0};
    struct tt_rules *set = tt_rules_new();
    int64_t want = 0;

    (void)snprintf(rules, sizeof(rules),
                   "rule a\n  %s" V "  yes > 01\n  no > 01\n", c->rule);
    (void)snprintf(tape, sizeof(tape), HEAD "%s", c->tape);
    (void)!tt_rules_read(set, tt_slice_of(rules), "t", "test", NULL, NULL);
    (void)!tt_rules_finish(set, NULL, NULL);
    ck_assert_msg(set->nrules == 1, "%s: no rule", c->name);
    ck_assert_int_eq(records_read(&l, tape, strlen(tape), 0, CHUNK_WHOLE, NULL,
                                  NULL, NULL),
                     TT_OK);
    for (int i = 0; i < MAX_HOPS; i++) {
        int64_t price = tt_log2_q16((uint64_t)c->passed[i] + 1);

        if (c->worth && price > (int64_t)c->worth << 16)
            price = (int64_t)c->worth << 16;
        want += price;
    }
    for (size_t i = 0; i < TT_LEN(steps); i++) {
        struct tt_engine *e;

        nhits = 0;
        paid = -1;
        ck_assert_int_eq(tt_engine_new(&e, set, &config, on_hit, NULL, NULL),
                         TT_OK);
        for (size_t k = 0; k < l.n; k++)
            feed(e, &l.rec[k], steps[i]);
        tt_engine_finish(e, 0);
        ck_assert_msg(nhits == 1, "%s: %d hits", c->name, nhits);
        ck_assert_msg(paid == want, "%s, cut to %zu: paid %d, not %d", c->name,
                      steps[i], (int)paid, (int)want);
        tt_engine_free(e);
    }
    records_free(&l);
    tt_rules_free(set);
}

START_TEST(a_wait_pays_for_what_passes)
{
    check_passing(&passings[_i]);
}
END_TEST

START_TEST(a_ladder_pays_for_what_it_reached)
{
    check_passing(&ladders[_i]);
}
END_TEST

/* Foreign bytes, the same rule: how sure is it? */
START_TEST(foreign_bytes_make_it_less_sure)
{
    static const char rules[] =
        "rule a\n  match > 01 02 then < 03 04 within 1s\n" V
        "  yes > 01 02 < 03 04\n  no > 01\n";
    static const struct {
        int foreign;
        enum tt_word word;
        int bits, fired;
    } rows[] = {{0, TT_WORD_IS, 29, 32},
                {15, TT_WORD_IS, 23, 28}, /* 4 for places, 4 for chances */
                {1000, TT_WORD_IS, 12, 22},
                {8000, TT_WORD_PROBABLY, 6, 19},
                {30000, TT_WORD_NONE, 0, 17}};
    struct tt_fired fired;

    for (size_t i = 0; i < TT_LEN(rows); i++) {
        char tape[256];
        struct scene s;

        (void)snprintf(tape, sizeof(tape),
                       HEAD "0 > 01 02\n0.001 < 55*%d\n0.9 < 03 04\n",
                       rows[i].foreign ? rows[i].foreign : 1);
        if (!rows[i].foreign)
            (void)snprintf(tape, sizeof(tape), HEAD "0 > 01 02\n0.9 < 03 04\n");
        scene_play(&s, rules, tape, strlen(tape), SCENE_BYTES);
        ck_assert_msg(s.v.headline.word == rows[i].word, "%d: %s",
                      rows[i].foreign, tt_word_name(s.v.headline.word));
        ck_assert_msg(s.v.headline.bits >> 16 == rows[i].bits, "%d: %d bits",
                      rows[i].foreign, (int)(s.v.headline.bits >> 16));
        ck_assert(tt_session_fired(s.session, 0, &fired));
        ck_assert_int_eq(fired.bits >> 16, rows[i].fired);
        scene_end(&s);
    }
}
END_TEST

/* ---- the ledger ---------------------------------------------------------- */

static void hit_paid(struct bench *b, const struct tt_rule *r, uint64_t at,
                     int64_t bits_paid)
{
    struct tt_hit hit = {.rule = r, .paid = bits_paid, .nspans = 1};

    hit.span[0] =
        (struct tt_span){.offset = at, .len = 1, .lane = TT_LANE_HOST};
    tt_ledger_hit(b->ledger, &hit);
}

/* Cheap hits count fully; many dear ones can outweigh one. */
START_TEST(hits_that_paid_differently)
{
    struct bench b;
    struct tt_rule *r;
    int64_t one, dear, both, many;

    bench_init(&b);
    r = bench_rule(&b, "x", 20, TT_ERROR, NULL, NULL);
    r->waits = true;
    bench_start(&b, TT_TIME_MS);
    bench_fill(&b, 0, TT_LANE_HOST, 0x55, 100);
    hit_paid(&b, r, 0, TT_BITS(8));
    dear = bench_verdict(&b)->headline.bits;
    hit_paid(&b, r, 10, 0);
    both = bench_verdict(&b)->headline.bits;
    for (unsigned i = 2; i < 9; i++)
        hit_paid(&b, r, 10 * i, TT_BITS(8));
    many = bench_verdict(&b)->headline.bits;
    bench_stop(&b);

    bench_init(&b);
    r = bench_rule(&b, "x", 20, TT_ERROR, NULL, NULL);
    bench_start(&b, TT_TIME_MS);
    bench_fill(&b, 0, TT_LANE_HOST, 0x55, 100);
    hit_paid(&b, r, 0, 0);
    one = bench_verdict(&b)->headline.bits;
    bench_stop(&b);

    ck_assert_int_eq(one >> 16, 19);
    ck_assert_int_eq((one - dear + 655) >> 16, 8); /* to 0.01 bit */
    ck_assert_int_ge(both, one);
    ck_assert_int_gt(many, both);
}
END_TEST

/* More than can be told apart, less than nothing, more than it is worth. */
START_TEST(odd_prices)
{
    static const int64_t odd[] = {INT64_MAX / 2, TT_BITS(256), TT_BITS(255),
                                  TT_BITS(21), -TT_BITS(4)};

    for (size_t i = 0; i < TT_LEN(odd); i++) {
        struct bench b;
        struct tt_rule *r;

        bench_init(&b);
        r = bench_rule(&b, "x", 20, TT_ERROR, NULL, NULL);
        r->waits = true;
        bench_start(&b, TT_TIME_MS);
        bench_fill(&b, 0, TT_LANE_HOST, 0x55, 100);
        hit_paid(&b, r, 0, odd[i]);
        bench_verdict(&b);
        ck_assert_int_eq(b.v.has_headline, odd[i] < 0);
        if (b.v.has_headline)
            ck_assert_int_le(b.v.headline.bits, TT_BITS(20));
        bench_stop(&b);
    }
}
END_TEST

Suite *hop_suite(void)
{
    Suite *s = suite_create("hop");
    TCase *tc = tcase_create("hop");

    suite_add_tcase(s, tc);
    tcase_add_loop_test(tc, a_wait_pays_for_what_passes, 0,
                        (int)TT_LEN(passings));
    tcase_add_loop_test(tc, a_ladder_pays_for_what_it_reached, 0,
                        (int)TT_LEN(ladders));
    tcase_add_test(tc, foreign_bytes_make_it_less_sure);
    tcase_add_test(tc, hits_that_paid_differently);
    tcase_add_test(tc, odd_prices);
    return s;
}
