/* What is said: claims, contest, ageing, the order of headlines. */
#include "bench.h"
#include "suites.h"

#include <string.h>

static struct bench b;

static void setup(void)
{
    bench_init(&b);
}

static void teardown(void)
{
    bench_stop(&b);
}

/* ---- independent evidence ---------------------------------------------- */

static const struct {
    const char *name;
    int x, y;      /* bits of two rules with the same claim */
    uint64_t y_at; /* x stands on 0..3 */
    bool tag;
    int bits; /* of the claim */
    enum tt_word word;
} sums[] = {
    {"two weak make one sure", 6, 7, 4, false, 13, TT_WORD_IS},
    {"on the same bytes", 6, 7, 3, false, 7, TT_WORD_PROBABLY},
    {"of one family", 6, 7, 4, true, 7, TT_WORD_PROBABLY},
    {"no more than 60", 50, 40, 4, false, 60, TT_WORD_IS},
    {"too weak together", 1, 2, 4, false, 0, TT_WORD_NONE},
};

START_TEST(independent_evidence)
{
    struct tt_names tag = {.name = "family"};
    struct tt_rule *x =
        bench_rule(&b, "x", sums[_i].x, TT_INFO, "target.chip", "esp32");
    struct tt_rule *y =
        bench_rule(&b, "y", sums[_i].y, TT_INFO, "target.chip", "esp32");

    if (sums[_i].tag)
        x->tag = y->tag = &tag;
    bench_start(&b, TT_TIME_MS);
    bench_fill(&b, 1, TT_LANE_DEVICE, 0x41, 16);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 4);
    bench_hit(&b, y, 1, TT_LANE_DEVICE, sums[_i].y_at, 4);
    bench_verdict(&b);
    ck_assert_msg(b.v.headline.word == sums[_i].word, "%s: %s", sums[_i].name,
                  tt_word_name(b.v.headline.word));
    ck_assert_msg((int)((b.v.headline.bits + 32768) >> 16) == sums[_i].bits,
                  "%s: %d bits", sums[_i].name, (int)(b.v.headline.bits >> 16));
    ck_assert_uint_eq(b.v.nclaims, sums[_i].word != TT_WORD_NONE);
    if (b.v.nclaims)
        ck_assert_int_eq(b.v.claim[0].bits, b.v.headline.bits);
}
END_TEST

/* Up to the limit it is known who shares bytes; one more and all do. */
START_TEST(shares_at_the_limit)
{
    static const char *const names[] = {"a", "b", "c", "d", "e",
                                        "f", "g", "h", "i"};
    struct tt_rule *x, *r, *y;
    unsigned n = TT_MAX_SHARES + (unsigned)_i;

    x = bench_rule(&b, "x", 20, TT_INFO, "target.chip", "esp32");
    y = bench_rule(&b, "y", 8, TT_INFO, "target.chip", "esp32");
    for (unsigned i = 0; i < n; i++)
        (void)bench_rule(&b, names[i], 5, TT_INFO, "target.chip", "esp32");
    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 400);
    for (unsigned i = 0; i < n; i++) {
        r = &b.rule[2 + i];
        bench_hit(&b, r, 1, TT_LANE_DEVICE, i * 40, 4);
    }
    bench_hit(&b, y, 1, TT_LANE_DEVICE, 800, 4);
    bench_verdict(&b);
    ck_assert_int_eq((int)((b.v.claim[0].bits + 32768) >> 16), _i ? 20 : 28);
}
END_TEST

/* ---- contest ----------------------------------------------------------- */

static const struct {
    const char *name, *subject;
    int old_bits, new_bits;
    const char *value; /* claimed first in the list */
    unsigned nclaims;
    bool conflict;
} contests[] = {
    {"newer state wins", "target.boot", 60, 10, "new", 1, false},
    {"newer state is not sure", "target.boot", 60, 9, "old", 1, false},
    {"older state is not sure", "target.boot", 9, 12, "new", 1, false},
    {"neither is sure", "target.boot", 9, 6, "old", 2, false},
    {"two identities", "link.protocol", 40, 32, "old", 2, true},
    {"two identities, one much surer", "link.protocol", 40, 20, "old", 2,
     false},
    {"an identity and a guess", "link.protocol", 12, 8, "old", 2, false},
    {"two chips", "target.chip", 12, 14, "new", 2, true},
};

START_TEST(contest)
{
    struct tt_rule *x = bench_rule(&b, "x", contests[_i].old_bits, TT_INFO,
                                   contests[_i].subject, "old");
    struct tt_rule *y = bench_rule(&b, "y", contests[_i].new_bits, TT_INFO,
                                   contests[_i].subject, "new");
    bool new = strcmp(contests[_i].value, "new") == 0;

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 4);
    bench_hit(&b, y, 2, TT_LANE_DEVICE, 4, 4);
    bench_verdict(&b);
    ck_assert_msg(b.v.nclaims == contests[_i].nclaims, "%s: %u claims",
                  contests[_i].name, b.v.nclaims);
    ck_assert_msg(strcmp(b.v.claim[0].value, contests[_i].value) == 0, "%s: %s",
                  contests[_i].name, b.v.claim[0].value);
    ck_assert_msg(b.v.headline.rule == (new ? y : x), "%s", contests[_i].name);
    ck_assert_msg((*b.v.conflict != '\0') == contests[_i].conflict, "%s: '%s'",
                  contests[_i].name, b.v.conflict);
}
END_TEST

START_TEST(conflict_text)
{
    struct tt_rule *x =
        bench_rule(&b, "x", 40, TT_INFO, "link.protocol", "mbus");
    struct tt_rule *y =
        bench_rule(&b, "y", 43, TT_INFO, "link.protocol", "modbus-rtu");

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 4);
    bench_hit(&b, y, 2, TT_LANE_DEVICE, 4, 4);
    bench_verdict(&b);
    ck_assert_str_eq(b.v.conflict, "Two protocols on one line: modbus-rtu (43 "
                                   "bits) and mbus (40 bits).");
    ck_assert_int_gt(b.v.claim[0].confidence, 65536 * 8 / 10);
    ck_assert_int_lt(b.v.claim[1].confidence, 65536 * 2 / 10);
}
END_TEST

/* A newer value of a state holds for good, also against the old one's
 * weight, until the old one is seen again. */
START_TEST(state_there_and_back)
{
    struct tt_rule *x = bench_rule(&b, "x", 20, TT_ERROR, "target.boot", "no");
    struct tt_rule *y = bench_rule(&b, "y", 16, TT_INFO, "target.boot", "yes");

    bench_start(&b, TT_TIME_MS);
    for (unsigned i = 0; i < 5; i++)
        bench_hit(&b, x, i, TT_LANE_DEVICE, i * 4, 4);
    bench_verdict(&b);
    ck_assert_int_eq(b.v.status, TT_STATUS_FAULT);
    bench_hit(&b, y, 10, TT_LANE_DEVICE, 40, 4);
    bench_verdict(&b);
    ck_assert_int_eq(b.v.status, TT_STATUS_OK);
    ck_assert(!bench_also(&b, "x"));
    bench_hit(&b, x, 20, TT_LANE_DEVICE, 60, 4);
    bench_verdict(&b);
    ck_assert_int_eq(b.v.status, TT_STATUS_FAULT);
    ck_assert_str_eq(bench_claim(&b, "target.boot"), "no");
}
END_TEST

/* ---- ageing ------------------------------------------------------------ */

static const struct {
    const char *name, *subject;
    uint64_t expires_s, active_s, idle_s;
    enum tt_quality quality;
    enum tt_severity severity;
    int claim_bits; /* of 40 */
    bool past;
    enum tt_verdict_status status;
} ages[] = {
    {"fresh", "target.boot", 0, 29, 0, TT_TIME_MS, TT_ERROR, 40, false,
     TT_STATUS_FAULT},
    {"once", "target.boot", 0, 31, 0, TT_TIME_MS, TT_ERROR, 20, true,
     TT_STATUS_FAULT},
    {"twice", "target.boot", 0, 61, 0, TT_TIME_MS, TT_ERROR, 10, true,
     TT_STATUS_FAULT},
    {"an old warning", "target.boot", 0, 61, 0, TT_TIME_MS, TT_WARNING, 10,
     true, TT_STATUS_OK},
    {"an identity", "target.chip", 0, 599, 0, TT_TIME_MS, TT_INFO, 40, false,
     TT_STATUS_OK},
    {"an old identity", "target.chip", 0, 601, 0, TT_TIME_MS, TT_INFO, 20, true,
     TT_STATUS_OK},
    {"expires", "line.speed", 5, 6, 0, TT_TIME_MS, TT_ERROR, 20, true,
     TT_STATUS_FAULT},
    {"silence does not age", "target.boot", 0, 5, 3600, TT_TIME_MS, TT_ERROR,
     40, false, TT_STATUS_FAULT},
    {"without time", "target.boot", 0, 600, 0, TT_TIME_ORDER, TT_ERROR, 40,
     false, TT_STATUS_FAULT},
};

START_TEST(ageing)
{
    struct tt_rule *x =
        bench_rule(&b, "x", 40, ages[_i].severity, ages[_i].subject, "old");

    x->expires_ns = ages[_i].expires_s * TT_NS_PER_S;
    x->unit = TT_UNIT_EVENT; /* there are none, so bits stay as they are */
    bench_start(&b, ages[_i].quality);
    bench_fill(&b, 0, TT_LANE_DEVICE, 0x68, 4);
    bench_hit(&b, x, 0, TT_LANE_DEVICE, 0, 4);
    for (uint64_t ms = 500; ms <= ages[_i].active_s * 1000; ms += 500)
        bench_bytes(&b, ms, TT_LANE_DEVICE, "2E");
    if (ages[_i].idle_s)
        bench_event(&b, (ages[_i].active_s + ages[_i].idle_s) * 1000,
                    TT_EV_TICK);
    bench_verdict(&b);
    ck_assert_msg((int)((b.v.claim[0].bits + 32768) >> 16) ==
                      ages[_i].claim_bits,
                  "%s: %d bits", ages[_i].name, (int)(b.v.claim[0].bits >> 16));
    ck_assert_msg(b.v.headline.past == ages[_i].past, "%s", ages[_i].name);
    ck_assert_msg(b.v.status == ages[_i].status, "%s: %s", ages[_i].name,
                  tt_status_text(b.v.status));
    ck_assert_str_eq(b.v.headline.text,
                     ages[_i].past ? "earlier, at 0.000 s: x" : "x");
}
END_TEST

/* Hits that a timer delivers late are as old as when they were due. */
START_TEST(late_delivery_does_not_matter)
{
    struct tt_rule *x = bench_rule(&b, "x", 40, TT_ERROR, "target.boot", "no");
    uint64_t age[2];

    bench_start(&b, TT_TIME_MS);
    for (int late = 0; late < 2; late++) {
        tt_ledger_reset(b.ledger, TT_TIME_MS);
        bench_bytes(&b, 1000, TT_LANE_HOST, "7F");
        if (late)
            bench_bytes(&b, 5000, TT_LANE_HOST, "7F");
        bench_hit(&b, x, 1700, TT_LANE_HOST, 0, 1);
        if (!late)
            bench_bytes(&b, 5000, TT_LANE_HOST, "7F");
        age[late] =
            b.ledger->traffic->active_ns - b.ledger->tally[0]->last.active_ns;
    }
    ck_assert_uint_eq(age[0], 300 * TT_NS_PER_MS);
    ck_assert_uint_eq(age[1], age[0]);
}
END_TEST

/* ---- the headline ------------------------------------------------------ */

struct side {
    int bits;
    enum tt_severity severity;
    const char *subject;
};

static const struct {
    const char *name;
    struct side a, b; /* a wins; b is booked later */
    bool status_ok;
} orders[] = {
    {"surer word", {10, TT_INFO, "target.x"}, {9, TT_ERROR, "line.x"}, true},
    {"graver", {10, TT_ERROR, "target.x"}, {60, TT_WARNING, "line.x"}, false},
    {"warning before note",
     {10, TT_WARNING, "target.x"},
     {60, TT_NOTE, "line.x"},
     false},
    {"note before info",
     {10, TT_NOTE, "target.x"},
     {60, TT_INFO, "line.x"},
     true},
    {"line before link",
     {10, TT_ERROR, "line.x"},
     {60, TT_ERROR, "link.x"},
     false},
    {"link before session",
     {10, TT_ERROR, "link.x"},
     {60, TT_ERROR, "session.x"},
     false},
    {"session before target",
     {10, TT_ERROR, "session.x"},
     {60, TT_ERROR, "target.x"},
     false},
    {"a claim before none",
     {10, TT_ERROR, "target.x"},
     {60, TT_ERROR, NULL},
     false},
    {"more bits",
     {30, TT_ERROR, "target.x"},
     {20, TT_ERROR, "target.y"},
     false},
};

START_TEST(order)
{
    const struct side *w = &orders[_i].a, *o = &orders[_i].b;
    struct tt_rule *win =
        bench_rule(&b, "win", w->bits, w->severity, w->subject, "a");
    struct tt_rule *lose =
        bench_rule(&b, "lose", o->bits, o->severity, o->subject, "b");

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, win, 1, TT_LANE_DEVICE, 0, 4);
    bench_hit(&b, lose, 2, TT_LANE_DEVICE, 4, 4);
    ck_assert_msg(strcmp(bench_headline(&b), "win") == 0, "%s",
                  orders[_i].name);
    ck_assert_msg(bench_also(&b, "lose"), "%s", orders[_i].name);
    ck_assert_int_eq(b.v.status == TT_STATUS_OK, orders[_i].status_ok);
}
END_TEST

START_TEST(later_when_all_else_is_equal)
{
    struct tt_rule *x = bench_rule(&b, "x", 20, TT_ERROR, "target.x", "a");
    struct tt_rule *y = bench_rule(&b, "y", 20, TT_ERROR, "target.y", "a");

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, y, 1, TT_LANE_DEVICE, 0, 4);
    bench_hit(&b, x, 2, TT_LANE_DEVICE, 4, 4);
    ck_assert_str_eq(bench_headline(&b), "x");
    bench_hit_kind(&b, y, TT_HIT_EXTEND, 0, 3, TT_LANE_DEVICE, 0, 4);
    ck_assert_str_eq(bench_headline(&b), "y");
}
END_TEST

/* An old error ranks as a note: above mere information, below news. */
START_TEST(old_errors_step_back)
{
    struct tt_rule *e = bench_rule(&b, "e", 40, TT_ERROR, "target.x", "a");
    struct tt_rule *i = bench_rule(&b, "i", 40, TT_INFO, "target.y", "a");
    struct tt_rule *n = bench_rule(&b, "n", 40, TT_NOTE, "target.z", "a");

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, e, 0, TT_LANE_DEVICE, 0, 4);
    for (unsigned ms = 500; ms <= 40000; ms += 500)
        bench_bytes(&b, ms, TT_LANE_DEVICE, "2E");
    bench_hit(&b, i, 40000, TT_LANE_DEVICE, 10, 4);
    ck_assert_str_eq(bench_headline(&b), "e");
    ck_assert_int_eq(b.v.status, TT_STATUS_FAULT);
    bench_hit(&b, n, 40000, TT_LANE_DEVICE, 20, 4);
    ck_assert_str_eq(bench_headline(&b), "n");
    ck_assert(bench_also(&b, "e"));
    ck_assert(bench_also(&b, "i"));
}
END_TEST

START_TEST(also_at_the_limit)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};

    for (unsigned i = 0; i < TT_LEN(names); i++)
        (void)bench_rule(&b, names[i], 20 + (int)i, TT_INFO, NULL, NULL);
    bench_start(&b, TT_TIME_MS);
    for (unsigned i = 0; i < TT_LEN(names); i++)
        bench_hit(&b, &b.rule[i], i, TT_LANE_DEVICE, i * 4, 4);
    ck_assert_str_eq(bench_headline(&b), "e");
    ck_assert_uint_eq(b.v.nalso, TT_MAX_ALSO);
    ck_assert(!bench_also(&b, "a"));
}
END_TEST

/* ---- what would decide ------------------------------------------------- */

START_TEST(decide)
{
    struct tt_strings look = {.text = {"68 L L 68 follows", 17}};
    struct tt_strings other = {.text = {"an inverted line", 16}};
    struct tt_rule *x = bench_rule(&b, "x", 8, TT_NOTE, NULL, NULL);
    struct tt_rule *y = bench_rule(&b, "y", 8, TT_NOTE, NULL, NULL);
    struct tt_rule *z = bench_rule(&b, "z", 8, TT_NOTE, NULL, NULL);
    struct tt_rule *sure = bench_rule(&b, "sure", 20, TT_NOTE, NULL, NULL);

    x->title = tt_slice_of("M-Bus frame");
    x->next_look = &look;
    y->next_look = &other;
    x->cap = y->cap = z->cap = 4;
    bench_start(&b, TT_TIME_MS);
    bench_bytes(&b, 1, TT_LANE_DEVICE, "68");
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 1);
    bench_hit(&b, y, 1, TT_LANE_DEVICE, 0, 1);
    bench_hit(&b, z, 1, TT_LANE_DEVICE, 0, 1);
    ck_assert_str_eq(bench_headline(&b), "");
    ck_assert_int_eq(b.v.status, TT_STATUS_UNKNOWN);
    ck_assert_uint_eq(b.v.ndecide, 2);
    ck_assert_str_eq(b.v.decide[0], "y: an inverted line");
    ck_assert_str_eq(b.v.decide[1], "M-Bus frame: 68 L L 68 follows");
    ck_assert_str_ne(b.v.fingerprint, "");
    /* Once something is certain there is nothing to decide. */
    bench_hit(&b, sure, 1, TT_LANE_DEVICE, 40, 1);
    ck_assert_str_eq(bench_headline(&b), "sure");
    ck_assert_uint_eq(b.v.ndecide, 0);
    ck_assert_str_eq(b.v.fingerprint, "");
}
END_TEST

START_TEST(decide_at_the_limit)
{
    static const char names[][2] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                    "j", "k", "l", "m", "n", "o", "p", "q", "r",
                                    "s", "t", "u", "v", "w", "x", "y", "z"};
    struct tt_strings look = {.text = {"look", 4}};

    ck_assert_uint_gt(TT_LEN(names), TT_MAX_DECIDE);
    for (unsigned i = 0; i < TT_MAX_DECIDE + (unsigned)_i; i++) {
        struct tt_rule *r = bench_rule(&b, names[i], 4, TT_NOTE, NULL, NULL);

        r->next_look = &look;
    }
    bench_start(&b, TT_TIME_MS);
    for (unsigned i = 0; i < b.set.nrules; i++)
        bench_hit(&b, &b.rule[i], 1, TT_LANE_DEVICE, 0, 1);
    bench_verdict(&b);
    ck_assert_uint_eq(b.v.ndecide, TT_MAX_DECIDE);
}
END_TEST

START_TEST(texts_and_lists)
{
    struct tt_strings two = {.text = {"second", 6}};
    struct tt_strings one = {.next = &two, .text = {"first", 5}};
    struct tt_rule *x = bench_rule(&b, "x", 20, TT_ERROR, NULL, NULL);

    x->cause = x->fix = x->next_look = x->ref = &one;
    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 7, TT_LANE_DEVICE, 0, 4);
    bench_verdict(&b);
    ck_assert_uint_eq(b.v.headline.ncause, 2);
    ck_assert_uint_eq(b.v.headline.nfix, 2);
    ck_assert_uint_eq(b.v.headline.nnext, 2);
    ck_assert_uint_eq(b.v.headline.nref, 2);
    ck_assert_str_eq(b.v.headline.fix[1], "second");
    ck_assert_uint_eq(b.v.headline.t_ns, 7 * TT_NS_PER_MS);
    ck_assert_uint_eq(b.v.headline.hits, 1);
}
END_TEST

/* ---- steady headlines -------------------------------------------------- */

static const struct {
    const char *name;
    int bits;
    enum tt_word word;
    enum tt_severity severity;
    bool old_there; /* the rule shown before is among 'also' */
    uint64_t ms;    /* after the last change */
    bool change;
} changes[] = {
    {"no better", 20, TT_WORD_IS, TT_WARNING, true, 1000, false},
    {"nine bits better", 29, TT_WORD_IS, TT_WARNING, true, 1000, false},
    {"ten bits better", 30, TT_WORD_IS, TT_WARNING, true, 1000, true},
    {"graver", 11, TT_WORD_IS, TT_ERROR, true, 1000, true},
    {"graver, too soon", 11, TT_WORD_IS, TT_ERROR, true, 249, false},
    {"graver, just in time", 11, TT_WORD_IS, TT_ERROR, true, 250, true},
    {"the old one is gone", 5, TT_WORD_PROBABLY, TT_INFO, false, 1000, true},
    {"less sure", 9, TT_WORD_PROBABLY, TT_WARNING, true, 1000, false},
};

START_TEST(steady)
{
    struct tt_rule old = {.index = 1, .severity = TT_WARNING};
    struct tt_rule new = {.index = 2, .severity = changes[_i].severity};
    struct tt_verdict v = {.has_headline = true};
    struct tt_hysteresis h;

    tt_hysteresis_init(&h);
    v.headline = (struct tt_finding){
        .rule = &old, .word = TT_WORD_IS, .bits = TT_BITS(20)};
    ck_assert(tt_hysteresis_switch(&h, &v, 1000 * TT_NS_PER_MS));
    if (changes[_i].old_there)
        v.also[v.nalso++] = v.headline;
    v.headline = (struct tt_finding){.rule = &new,
                                     .word = changes[_i].word,
                                     .bits = TT_BITS(changes[_i].bits)};
    ck_assert_msg(
        tt_hysteresis_switch(&h, &v, (1000 + changes[_i].ms) * TT_NS_PER_MS) ==
            changes[_i].change,
        "%s", changes[_i].name);
}
END_TEST

START_TEST(steady_from_nothing_to_nothing)
{
    struct tt_rule r = {.index = 1};
    struct tt_verdict v = {.has_headline = false};
    struct tt_hysteresis h;

    tt_hysteresis_init(&h);
    ck_assert(tt_hysteresis_switch(&h, &v, 0)); /* no headline: still none */
    v.has_headline = true;
    v.headline = (struct tt_finding){.rule = &r, .word = TT_WORD_IS, .bits = 1};
    ck_assert(tt_hysteresis_switch(&h, &v, 0));
    v.headline.bits = 2; /* the same headline may improve at any time */
    ck_assert(tt_hysteresis_switch(&h, &v, 1));
    v.has_headline = false;
    ck_assert(!tt_hysteresis_switch(&h, &v, 249 * TT_NS_PER_MS));
    ck_assert(tt_hysteresis_switch(&h, &v, 250 * TT_NS_PER_MS));
    ck_assert(!h.shown);
}
END_TEST

Suite *judge_suite(void)
{
    Suite *s = suite_create("judge");
    TCase *tc = tcase_create("claims");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, independent_evidence, 0, (int)TT_LEN(sums));
    tcase_add_loop_test(tc, shares_at_the_limit, 0, 2);
    tcase_add_loop_test(tc, contest, 0, (int)TT_LEN(contests));
    tcase_add_test(tc, conflict_text);
    tcase_add_test(tc, state_there_and_back);
    tcase_add_loop_test(tc, ageing, 0, (int)TT_LEN(ages));
    tcase_add_test(tc, late_delivery_does_not_matter);
    tcase_add_loop_test(tc, order, 0, (int)TT_LEN(orders));
    tcase_add_test(tc, later_when_all_else_is_equal);
    tcase_add_test(tc, old_errors_step_back);
    tcase_add_test(tc, also_at_the_limit);
    tcase_add_test(tc, decide);
    tcase_add_loop_test(tc, decide_at_the_limit, 0, 2);
    tcase_add_test(tc, texts_and_lists);
    suite_add_tcase(s, tc);
    tc = tcase_create("steady");
    tcase_add_loop_test(tc, steady, 0, (int)TT_LEN(changes));
    tcase_add_test(tc, steady_from_nothing_to_nothing);
    suite_add_tcase(s, tc);
    return s;
}
