/* What counts: overlap, refinement, retraction, clearing. */
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

/* The bits a rule's finding has now, rounded; 0 when it is not a headline. */
static int headline_bits(const char *name)
{
    if (strcmp(bench_headline(&b), name) != 0)
        return 0;
    return (int)((b.v.headline.bits + 32768) >> 16);
}

static const struct {
    const char *name;
    int cap, hits;
    unsigned turns;
    enum tt_unit unit;
    enum tt_word word;
    int bits;
} words[] = {
    {"plenty", -1, 1, 3, TT_UNIT_TURN, TT_WORD_IS, 14},
    {"one chance in many", -1, 1, 4000, TT_UNIT_TURN, TT_WORD_NONE, 0},
    {"many hits in many", -1, 10, 4000, TT_UNIT_TURN, TT_WORD_IS, 60},
    {"counted by bytes", -1, 1, 600, TT_UNIT_BYTE, TT_WORD_PROBABLY, 7},
    {"by events, of which there are none", -1, 1, 600, TT_UNIT_EVENT,
     TT_WORD_IS, 16},
    {"a hint stays a hint", 9, 50, 3, TT_UNIT_TURN, TT_WORD_PROBABLY, 9},
    {"less than a hint", 4, 50, 3, TT_UNIT_TURN, TT_WORD_NONE, 0},
    {"a corrected price", 12, 1, 8, TT_UNIT_TURN, TT_WORD_PROBABLY, 9},
    {"nothing", 0, 5, 3, TT_UNIT_TURN, TT_WORD_NONE, 0},
};

START_TEST(word_by_bits)
{
    struct tt_rule *r = bench_rule(&b, "x", 16, TT_ERROR, NULL, NULL);

    r->cap = words[_i].cap;
    r->unit = words[_i].unit;
    bench_start(&b, TT_TIME_MS);
    for (unsigned i = 0; i < words[_i].turns; i++)
        bench_bytes(&b, i * 10, i & 1 ? TT_LANE_DEVICE : TT_LANE_HOST, "55");
    for (int i = 0; i < words[_i].hits; i++)
        bench_hit(&b, r, words[_i].turns * 10, TT_LANE_HOST, (uint64_t)i, 1);
    bench_verdict(&b);
    ck_assert_msg(b.v.headline.word == words[_i].word, "%s: %s, %d bits",
                  words[_i].name, tt_word_name(b.v.headline.word),
                  (int)(b.v.headline.bits >> 16));
    ck_assert_msg(headline_bits("x") == words[_i].bits, "%s: %d bits",
                  words[_i].name, headline_bits("x"));
}
END_TEST

/* Two readings of bytes 0..7: which of them count? */
static const struct {
    const char *name;
    int first_bits, second_bits;
    const char *first_subject, *first_value, *second_subject, *second_value;
    enum tt_severity first_severity, second_severity;
    uint64_t offset; /* of the second */
    bool first, second;
} overlaps[] = {
    {"stronger later", 16, 40, "target.boot", "a", "target.boot", "b", TT_INFO,
     TT_INFO, 0, false, true},
    {"stronger first", 40, 16, "target.boot", "a", "target.boot", "b", TT_INFO,
     TT_INFO, 0, true, false},
    {"one byte is enough", 40, 16, "target.boot", "a", "target.boot", "b",
     TT_INFO, TT_INFO, 7, true, false},
    {"beside it", 40, 16, "link.protocol", "a", "link.protocol", "b", TT_INFO,
     TT_INFO, 8, true, true},
    {"other question", 40, 16, "link.protocol", "a", "line.echo", "yes",
     TT_INFO, TT_ERROR, 0, true, true},
    {"same claim", 40, 16, "link.protocol", "a", "link.protocol", "a", TT_INFO,
     TT_INFO, 0, true, true},
    {"equal strength", 16, 16, "link.protocol", "a", "link.protocol", "b",
     TT_INFO, TT_INFO, 0, true, true},
    {"no claim, graver stronger", 33, 42, NULL, NULL, "target.boot", "absent",
     TT_NOTE, TT_ERROR, 0, false, true},
    {"no claim, graver but weaker", 33, 30, NULL, NULL, "target.boot", "absent",
     TT_NOTE, TT_ERROR, 0, true, true},
    {"an error in a known protocol", 40, 60, NULL, NULL, "link.protocol", "at",
     TT_ERROR, TT_INFO, 0, true, true},
    {"a weak error in a sure frame", 16, 40, NULL, NULL, "link.protocol", "x",
     TT_ERROR, TT_INFO, 0, false, true},
};

START_TEST(overlap)
{
    struct tt_rule *x =
        bench_rule(&b, "first", overlaps[_i].first_bits,
                   overlaps[_i].first_severity, overlaps[_i].first_subject,
                   overlaps[_i].first_value);
    struct tt_rule *y =
        bench_rule(&b, "second", overlaps[_i].second_bits,
                   overlaps[_i].second_severity, overlaps[_i].second_subject,
                   overlaps[_i].second_value);

    bench_start(&b, TT_TIME_MS);
    bench_fill(&b, 1, TT_LANE_DEVICE, 0x68, 16);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 8);
    bench_hit(&b, y, 1, TT_LANE_DEVICE, overlaps[_i].offset, 8);
    ck_assert_msg((b.ledger->tally[0]->k == 1) == overlaps[_i].first,
                  "%s: first", overlaps[_i].name);
    ck_assert_msg((b.ledger->tally[1]->k == 1) == overlaps[_i].second,
                  "%s: second", overlaps[_i].name);
}
END_TEST

/* Bytes of different lanes are different bytes. */
START_TEST(overlap_needs_the_same_lane)
{
    struct tt_rule *x = bench_rule(&b, "x", 40, TT_INFO, "target.boot", "a");
    struct tt_rule *y = bench_rule(&b, "y", 16, TT_INFO, "target.boot", "b");

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 8);
    bench_hit(&b, y, 1, TT_LANE_HOST, 0, 8);
    ck_assert_uint_eq(b.ledger->tally[1]->k, 1);
}
END_TEST

/* A hit on mostly the same bytes is the same thing seen again. */
START_TEST(same_rule_again)
{
    struct tt_rule *x = bench_rule(&b, "x", 16, TT_INFO, NULL, NULL);

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 8);
    bench_hit(&b, x, 2, TT_LANE_DEVICE, 4, 8);
    ck_assert_uint_eq(b.ledger->tally[0]->k, 1);
    bench_hit(&b, x, 3, TT_LANE_DEVICE, 11, 8);
    ck_assert_uint_eq(b.ledger->tally[0]->k, 2);
    bench_verdict(&b);
    ck_assert_uint_eq(b.v.headline.evidence[0].offset, 11);
}
END_TEST

/* At the limit an old hit's bytes are still known, one above they are not. */
START_TEST(marks_at_the_limit)
{
    unsigned extra = _i ? TT_MAX_MARKS : TT_MAX_MARKS - 1;
    struct tt_rule *weak = bench_rule(&b, "w", 16, TT_INFO, "target.x", "a");
    struct tt_rule *many = bench_rule(&b, "m", 16, TT_INFO, "link.x", "a");
    struct tt_rule *strong = bench_rule(&b, "s", 40, TT_INFO, "target.x", "b");

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, weak, 1, TT_LANE_DEVICE, 0, 4);
    for (unsigned i = 0; i < extra; i++)
        bench_hit(&b, many, 2, TT_LANE_DEVICE, 10 + i * 4, 4);
    bench_hit(&b, strong, 3, TT_LANE_DEVICE, 0, 2000);
    ck_assert_uint_eq(b.ledger->tally[0]->k, _i ? 1 : 0);
}
END_TEST

START_TEST(extend_updates_evidence)
{
    struct tt_rule *x = bench_rule(&b, "x", 33, TT_INFO, NULL, NULL);

    bench_start(&b, TT_TIME_MS);
    bench_fill(&b, 1, TT_LANE_DEVICE, 0x68, 8);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 8);
    bench_fill(&b, 5, TT_LANE_DEVICE, 0x68, 200000);
    bench_hit_kind(&b, x, TT_HIT_EXTEND, 0, 5, TT_LANE_DEVICE, 0, 200008);
    ck_assert_str_eq(bench_headline(&b), "x");
    ck_assert_uint_eq(b.v.headline.hits, 1);
    ck_assert_uint_eq(b.v.headline.evidence[0].len, 200008);
    /* The first bytes were held when it began and are not lost since. */
    ck_assert_uint_eq(b.v.headline.evidence[0].nhead, 8);
    ck_assert_uint_eq(b.v.headline.t_ns, 5 * TT_NS_PER_MS);
}
END_TEST

START_TEST(extend_over_a_weaker_reading)
{
    struct tt_rule *x = bench_rule(&b, "x", 33, TT_INFO, "target.boot", "a");
    struct tt_rule *y = bench_rule(&b, "y", 16, TT_INFO, "target.boot", "b");

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 8);
    bench_hit(&b, y, 2, TT_LANE_DEVICE, 8, 4);
    ck_assert_uint_eq(b.ledger->tally[1]->k, 1);
    bench_hit_kind(&b, x, TT_HIT_EXTEND, 0, 3, TT_LANE_DEVICE, 0, 12);
    ck_assert_uint_eq(b.ledger->tally[1]->k, 0);
    bench_hit(&b, y, 4, TT_LANE_DEVICE, 11, 4);
    ck_assert_uint_eq(b.ledger->tally[1]->k, 0);
}
END_TEST

START_TEST(retract_voids_all)
{
    struct tt_rule *x = bench_rule(&b, "x", 20, TT_ERROR, "line.speed", "bad");

    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 4);
    bench_hit(&b, x, 2, TT_LANE_DEVICE, 9, 4);
    ck_assert_str_eq(bench_headline(&b), "x");
    bench_hit_kind(&b, x, TT_HIT_RETRACT, 0, 3, TT_LANE_DEVICE, 13, 1);
    ck_assert_str_eq(bench_headline(&b), "");
    ck_assert_uint_eq(b.v.nclaims, 0);
    /* What was retracted does not come back by going on ... */
    bench_hit_kind(&b, x, TT_HIT_EXTEND, 0, 4, TT_LANE_DEVICE, 9, 9);
    ck_assert_str_eq(bench_headline(&b), "");
    /* ... but by a hit of its own. */
    bench_hit(&b, x, 5, TT_LANE_DEVICE, 30, 4);
    ck_assert_str_eq(bench_headline(&b), "x");
}
END_TEST

START_TEST(notes_claim_nothing)
{
    struct tt_rule *x = bench_rule(&b, "x", 60, TT_ERROR, "line.x", "y");

    x->verdict = NULL;
    x->note = tt_slice_of("sync");
    bench_start(&b, TT_TIME_MS);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 4);
    ck_assert_str_eq(bench_headline(&b), "");
    ck_assert_uint_eq(b.v.nrules, 0);
    ck_assert_int_eq(b.v.status, TT_STATUS_UNKNOWN);
}
END_TEST

/* ---- refinement -------------------------------------------------------- */

/* fine refines plain; both hold on bytes from .. */
static const struct {
    const char *name;
    int plain_bits, fine_bits;
    bool fine_first;
    uint64_t fine_at; /* plain is at 0..7 */
    const char *headline;
    bool plain_also;
    const char *value;
} refinements[] = {
    {"refined later", 16, 20, false, 0, "fine", false, "stm32f1"},
    {"refined first", 16, 20, true, 0, "fine", false, "stm32f1"},
    {"elsewhere", 16, 20, false, 8, "fine", true, "stm32f1"},
    {"weaker but sure", 40, 16, false, 0, "fine", false, "stm32f1"},
    {"less sure", 40, 8, false, 0, "plain", false, "stm32"},
    {"proves nothing", 40, 3, false, 0, "plain", false, "stm32"},
};

START_TEST(refinement)
{
    struct tt_names refines = {.name = "plain"};
    struct tt_rule *p = bench_rule(&b, "plain", refinements[_i].plain_bits,
                                   TT_INFO, "target.chip", "stm32");
    struct tt_rule *f = bench_rule(&b, "fine", refinements[_i].fine_bits,
                                   TT_INFO, "target.chip", "stm32f1");

    f->refines = &refines;
    bench_start(&b, TT_TIME_MS);
    bench_fill(&b, 1, TT_LANE_DEVICE, 0x79, 16);
    if (refinements[_i].fine_first)
        bench_hit(&b, f, 1, TT_LANE_DEVICE, refinements[_i].fine_at, 4);
    bench_hit(&b, p, 1, TT_LANE_DEVICE, 0, 8);
    if (!refinements[_i].fine_first)
        bench_hit(&b, f, 1, TT_LANE_DEVICE, refinements[_i].fine_at, 4);
    ck_assert_msg(strcmp(bench_headline(&b), refinements[_i].headline) == 0,
                  "%s: %s", refinements[_i].name, bench_headline(&b));
    ck_assert_msg(bench_also(&b, "plain") == refinements[_i].plain_also, "%s",
                  refinements[_i].name);
    ck_assert_msg(
        strcmp(bench_claim(&b, "target.chip"), refinements[_i].value) == 0,
        "%s: %s", refinements[_i].name, bench_claim(&b, "target.chip"));
}
END_TEST

START_TEST(refined_evidence_is_kept)
{
    struct tt_names refines = {.name = "plain"};
    struct tt_rule *p = bench_rule(&b, "plain", 16, TT_INFO, NULL, NULL);
    struct tt_rule *f = bench_rule(&b, "fine", 20, TT_INFO, NULL, NULL);
    struct tt_hit hit = {.rule = p, .nspans = 2};

    f->refines = &refines;
    bench_start(&b, TT_TIME_MS);
    bench_fill(&b, 1, TT_LANE_HOST, 0x7f, 4);
    bench_fill(&b, 1, TT_LANE_DEVICE, 0x79, 16);
    hit.span[0] = (struct tt_span){.lane = TT_LANE_HOST, .len = 1};
    hit.span[1] = (struct tt_span){.lane = TT_LANE_DEVICE, .len = 1};
    tt_ledger_hit(b.ledger, &hit);
    bench_hit(&b, f, 1, TT_LANE_DEVICE, 0, 4);
    ck_assert_str_eq(bench_headline(&b), "fine");
    ck_assert_uint_eq(b.v.headline.nevidence, 2);
    ck_assert_int_eq(b.v.headline.evidence[0].lane, TT_LANE_DEVICE);
    ck_assert_int_eq(b.v.headline.evidence[1].lane, TT_LANE_HOST);
    ck_assert_uint_eq(b.v.headline.evidence[1].head[0], 0x7f);
}
END_TEST

/* Rules that refine each other in a ring do not make each other vanish. */
START_TEST(refinement_in_a_ring)
{
    struct tt_names names[3] = {{.name = "b"}, {.name = "c"}, {.name = "a"}};
    struct tt_rule *r[3];

    r[0] = bench_rule(&b, "a", 20, TT_INFO, NULL, NULL);
    r[1] = bench_rule(&b, "b", 21, TT_INFO, NULL, NULL);
    r[2] = bench_rule(&b, "c", 22, TT_INFO, NULL, NULL);
    for (int i = 0; i < 3; i++)
        r[i]->refines = &names[i];
    bench_start(&b, TT_TIME_MS);
    for (int i = 0; i < 3; i++)
        bench_hit(&b, r[i], 1, TT_LANE_DEVICE, 0, 8);
    ck_assert_str_ne(bench_headline(&b), "");
    ck_assert_uint_eq(b.v.nalso, 0);
}
END_TEST

/* ---- clearing ---------------------------------------------------------- */

static const struct {
    const char *name;
    enum tt_event ev;
    uint32_t baud;
    bool until;
    uint8_t view;
    bool cleared;
} clearings[] = {
    {"open", TT_EV_OPEN, 0, false, 6, true},
    {"close", TT_EV_CLOSE, 0, false, 2, false},
    {"another speed", TT_EV_BAUD, 9600, false, 2, true},
    {"the same speed", TT_EV_BAUD, 57600, false, 2, false},
    {"another speed, line events only", TT_EV_BAUD, 9600, false,
     1u << TT_LANE_LINE, false},
    {"another speed, the tool's text", TT_EV_BAUD, 9600, false,
     1u << TT_LANE_TOOL, false},
    {"another speed, until", TT_EV_BAUD, 9600, true, 1u << TT_LANE_LINE, true},
    {"dtr, until", TT_EV_DTR_DOWN, 0, true, 2, true},
    {"dtr", TT_EV_DTR_DOWN, 0, false, 2, false},
    {"a tick", TT_EV_TICK, 0, false, 2, false},
};

START_TEST(clearing)
{
    struct tt_rule *x = bench_rule(&b, "x", 30, TT_ERROR, "line.speed", "bad");

    x->view = clearings[_i].view;
    if (clearings[_i].until)
        x->until[x->nuntil++] = clearings[_i].ev;
    bench_start(&b, TT_TIME_MS);
    bench_baud(&b, 0, 57600);
    bench_fill(&b, 1, TT_LANE_DEVICE, 0xf8, 4);
    bench_hit(&b, x, 1, TT_LANE_DEVICE, 0, 4);
    ck_assert_str_eq(bench_headline(&b), "x");
    if (clearings[_i].ev == TT_EV_BAUD)
        bench_baud(&b, 2, clearings[_i].baud);
    else
        bench_event(&b, 2, clearings[_i].ev);
    /* 'until' holds at once, all else when a byte comes. */
    ck_assert_msg((*bench_headline(&b) == '\0') == clearings[_i].until, "%s",
                  clearings[_i].name);
    bench_fill(&b, 3, TT_LANE_DEVICE, 0xf8, 1);
    ck_assert_msg((*bench_headline(&b) == '\0') == clearings[_i].cleared, "%s",
                  clearings[_i].name);
    /* What goes on afterwards is seen again at once. */
    bench_hit_kind(&b, x, TT_HIT_EXTEND, 0, 5, TT_LANE_DEVICE, 0, 9);
    ck_assert_str_eq(bench_headline(&b), "x");
}
END_TEST

/* Chances before a clearing event do not weigh on hits after it. */
START_TEST(clearing_restarts_exposure)
{
    struct tt_rule *x = bench_rule(&b, "x", 16, TT_ERROR, NULL, NULL);

    bench_start(&b, TT_TIME_MS);
    for (unsigned i = 0; i < 40000; i++)
        bench_bytes(&b, i, i & 1 ? TT_LANE_DEVICE : TT_LANE_HOST, "55");
    bench_event(&b, 40001, TT_EV_OPEN);
    bench_bytes(&b, 40002, TT_LANE_HOST, "7F");
    bench_hit(&b, x, 40002, TT_LANE_HOST, 20000, 1);
    ck_assert_int_eq(headline_bits("x"), 16);
}
END_TEST

/* ---- ladders ----------------------------------------------------------- */

START_TEST(ladder)
{
    struct tt_step steps[4] = {{.next = &steps[1], .bits = TT_BITS(16)},
                               {.next = &steps[2], .bits = TT_BITS(16)},
                               {.next = &steps[3], .bits = TT_BITS(16)},
                               {.bits = TT_BITS(16)}};
    struct tt_rule *x = bench_rule(&b, "x", 64, TT_NOTE, "target.boot", "mtk");

    x->steps = steps;
    x->nsteps = 4;
    bench_start(&b, TT_TIME_MS);
    for (unsigned i = 0; i < 3000; i++)
        bench_bytes(&b, i, i & 1 ? TT_LANE_DEVICE : TT_LANE_HOST, "55");
    bench_hit_kind(&b, x, TT_HIT, 1, 3000, TT_LANE_HOST, 0, 1);
    ck_assert_str_eq(bench_headline(&b), "x"); /* 16 bits in 3000 turns: */
    ck_assert_int_eq(b.v.headline.word, TT_WORD_PROBABLY);
    ck_assert_int_eq(headline_bits("x"), 4);
    bench_hit_kind(&b, x, TT_HIT, 4, 3100, TT_LANE_HOST, 10, 4);
    ck_assert_int_eq(headline_bits("x"), 52);
    ck_assert_uint_eq(b.v.headline.evidence[0].offset, 10);
    /* A first step that chance may explain does not hide the whole ladder */
    bench_hit_kind(&b, x, TT_HIT, 1, 3200, TT_LANE_HOST, 20, 1);
    ck_assert_int_eq(headline_bits("x"), 52);
    ck_assert_uint_eq(b.v.headline.evidence[0].offset, 10);
    /* ... but an attempt that is sure by itself does. */
    bench_hit_kind(&b, x, TT_HIT, 2, 3300, TT_LANE_HOST, 30, 2);
    ck_assert_int_eq(headline_bits("x"), 20);
    ck_assert_uint_eq(b.v.headline.evidence[0].offset, 30);
    /* More steps than there are cannot be. */
    bench_hit_kind(&b, x, TT_HIT, 5, 3400, TT_LANE_HOST, 40, 2);
    ck_assert_uint_eq(b.ledger->tally[0]->k, 4);
}
END_TEST

Suite *ledger_suite(void)
{
    Suite *s = suite_create("ledger");
    TCase *tc = tcase_create("booking");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, word_by_bits, 0, (int)TT_LEN(words));
    tcase_add_loop_test(tc, overlap, 0, (int)TT_LEN(overlaps));
    tcase_add_test(tc, overlap_needs_the_same_lane);
    tcase_add_test(tc, same_rule_again);
    tcase_add_loop_test(tc, marks_at_the_limit, 0, 2);
    tcase_add_test(tc, extend_updates_evidence);
    tcase_add_test(tc, extend_over_a_weaker_reading);
    tcase_add_test(tc, retract_voids_all);
    tcase_add_test(tc, notes_claim_nothing);
    tcase_add_loop_test(tc, refinement, 0, (int)TT_LEN(refinements));
    tcase_add_test(tc, refined_evidence_is_kept);
    tcase_add_test(tc, refinement_in_a_ring);
    tcase_add_loop_test(tc, clearing, 0, (int)TT_LEN(clearings));
    tcase_add_test(tc, clearing_restarts_exposure);
    tcase_add_test(tc, ladder);
    suite_add_tcase(s, tc);
    return s;
}
