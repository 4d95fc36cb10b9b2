/*
 * What rules do to each other and to noise, and the noise itself.
 */
#include "engine/price.h"
#include "rules_help.h"
#include "suites.h"
#include "verdict/prove.h"

#include <stdlib.h>
#include <string.h>

static struct tt_buf said;

static void setup(void)
{
    tt_buf_init(&said, 1 << 16);
}

static void teardown(void)
{
    tt_buf_release(&said);
}

/* ---- noise ----------------------------------------------------------------- */

/* What a kind of noise is, in numbers. */
struct sum {
    uint64_t digest, t_ns;
    size_t bytes[TT_LANES], events, printable;
};

static struct sum sum_of(enum tt_noise_kind kind, uint64_t seed, size_t records)
{
    struct tt_noise n;
    struct tt_record r;
    struct sum s = {.digest = 1469598103934665603u};

    tt_noise_init(&n, kind, seed);
    for (size_t i = 0; i < records; i++) {
        tt_noise_next(&n, &r);
        ck_assert_uint_ge(r.t_ns, s.t_ns);
        ck_assert((r.event != TT_EV_NONE) == (r.lane == TT_LANE_LINE));
        ck_assert((r.event != TT_EV_NONE) == (r.len == 0));
        ck_assert_int_lt((int)r.event, (int)TT_EVENTS);
        s.t_ns = r.t_ns;
        s.bytes[r.lane] += r.len;
        s.events += r.event != TT_EV_NONE;
        s.digest = (s.digest ^ r.t_ns ^ (uint64_t)r.event) * 1099511628211u;
        for (size_t k = 0; k < r.len; k++) {
            s.digest = (s.digest ^ r.bytes[k]) * 1099511628211u;
            s.printable += r.bytes[k] >= 0x20 && r.bytes[k] < 0x7f;
        }
    }
    return s;
}

/* The same from the same seed, something else from another. */
START_TEST(noise_is_repeatable)
{
    struct sum a = sum_of((enum tt_noise_kind)_i, 7, 3000);
    struct sum b = sum_of((enum tt_noise_kind)_i, 7, 3000);
    struct sum c = sum_of((enum tt_noise_kind)_i, 8, 3000);

    ck_assert_uint_eq(a.digest, b.digest);
    ck_assert_uint_ne(a.digest, c.digest);
    ck_assert_str_ne(tt_noise_name((enum tt_noise_kind)_i), "");
}
END_TEST

START_TEST(noise_is_what_it_is_called)
{
    struct sum s[TT_NOISES];

    for (int k = 0; k < TT_NOISES; k++) {
        s[k] = sum_of((enum tt_noise_kind)k, 1, 5000);
        ck_assert_int_eq(s[k].events > 0, k == TT_NOISE_LINES);
        ck_assert_int_eq(s[k].bytes[TT_LANE_TOOL] > 0, k == TT_NOISE_LOG);
        ck_assert_int_eq(s[k].bytes[TT_LANE_HOST] > 0, k != TT_NOISE_LOG);
        ck_assert_int_eq(s[k].bytes[TT_LANE_DEVICE] > 0, k != TT_NOISE_LOG);
    }
    ck_assert_uint_gt(s[TT_NOISE_TEXT].printable * 100,
                      s[TT_NOISE_TEXT].bytes[TT_LANE_DEVICE] * 90);
    ck_assert_uint_gt(s[TT_NOISE_UPLOAD].bytes[TT_LANE_HOST],
                      s[TT_NOISE_UPLOAD].bytes[TT_LANE_DEVICE] * 100);
    ck_assert_str_eq(tt_noise_name(TT_NOISES), "");
}
END_TEST

/* ---- proofs ------------------------------------------------------------------ */

static void on_proof(const struct tt_proof_finding *f, void *user)
{
    static const char *const what[] = {"cross", "shadow", "unseen", "chance",
                                       "costly"};

    (void)user;
    if (f->kind == TT_PROOF_CHANCE &&
        strstr(tt_buf_text(&said), "chance")) /* once is enough here */
        return;
    tt_buf_printf(&said, "%s %s %s; ", what[f->kind], f->rule->name,
                  f->other ? f->other->name : "-");
}

#define A       "protocol a \"A\"\n"
#define B       "protocol b \"B\"\n"
#define PATTERN "  match > 41 42 43 44 < 31 32 33 34\n"
#define EX      "  yes > 41 42 43 44 < 31 32 33 34\n  no > 41\n"
#define V       "  verdict \"x\"\n"
#define ERROR   "  severity error\n"

/* clang-format off */
static const struct {
    const char *name, *rules, *said;
} proofs[] = {
    {"one rule", A "rule a.x\n" PATTERN V EX, ""},
    {"cross-fire on a verdict and on a label",
     A "rule a.x\n" PATTERN V EX "rule a.n\n" PATTERN "  note n\n" EX
     B "rule b.x\n" PATTERN V ERROR EX,
     "cross a.x b.x; unseen a.x b.x; cross a.n b.x; "},
    {"one protocol", A "rule a.x\n" PATTERN V EX "rule b.x\n" PATTERN V ERROR EX,
     "unseen a.x b.x; "},
    {"one claim",
     A "rule a.x\n" PATTERN V "  claim target.x = y\n" EX
     B "rule b.x\n" PATTERN V ERROR "  claim target.x = y\n" EX,
     "unseen a.x b.x; "},
    {"a rule that knows better",
     A "rule a.x\n" PATTERN V EX B "rule b.x\n" PATTERN V "  refines a.x\n" EX,
     "unseen a.x b.x; "},
    {"it may not call healthy what is wrong",
     A "rule a.x\n" PATTERN V EX
     B "rule b.x\n" PATTERN V ERROR "  refines a.x\n" EX,
     "cross a.x b.x; unseen a.x b.x; "},
    {"names without a protocol", "rule a.x\n" PATTERN V EX
     "rule a.y\n" PATTERN V ERROR EX "rule ab.x\n" PATTERN V "  severity note\n" EX,
     "unseen a.x a.y; cross ab.x a.y; unseen ab.x a.y; "},
    {"what the line says is about everything",
     A "rule a.x\n" PATTERN V EX "rule line.x\n" PATTERN V ERROR EX,
     "unseen a.x line.x; "},
    {"unless", A "rule a.x\n" PATTERN V "  severity note\n" EX
     B "rule b.x\n" PATTERN V ERROR "  unless < 33\n  yes > 41 42 43 44 < 31 32 34\n"
     "  no > 41\n", ""},
    {"a hint is not shadowed", A "rule a.x\n" PATTERN V EX
     B "rule b.x\n" PATTERN V ERROR "  cap 9\n" EX, "cross b.x a.x; "},
    {"shadowed by one that claims the same bytes otherwise",
     A "rule a.x\n" PATTERN V "  claim session.x = good\n" EX
     "rule a.y\n  match > 41 42 43 44 < 31 32 33 34 35?\n" V ERROR
     "  claim session.x = bad\n" EX, "shadow a.x a.y; "},
    {"sure on noise", A "rule a.x\n  match > 01 then < 03 04 05 within 30s\n" V
     "  yes > 01 5ms < 03 04 05\n  no > 01\n", "chance a.x -; "},
};
/* clang-format on */

START_TEST(proves)
{
    struct tt_rules *set = rules_from_text(proofs[_i].rules, &said);

    ck_assert_msg(!said.n, "%s: %s", proofs[_i].name, tt_buf_text(&said));
    ck_assert_int_eq(tt_prove(set, 512 << 10, on_proof, NULL), TT_OK);
    ck_assert_msg(strcmp(tt_buf_text(&said), proofs[_i].said) == 0, "%s: %s",
                  proofs[_i].name, tt_buf_text(&said));
    tt_rules_free(set);
}
END_TEST

/* ---- prices ------------------------------------------------------------------- */

static void on_price(const struct tt_price *p, void *user)
{
    struct tt_price *out = user;

    while (out->rule)
        out++;
    *out = *p;
    out->parts = NULL;
    tt_buf_printf(&said, "%s: %s; ", p->rule->name, p->parts);
}

START_TEST(prices)
{
    struct tt_rules *set = tt_rules_new();
    struct tt_price p[4] = {{0}};

    ck_assert_int_eq(rules_add(set,
                               "rule cheap\n  match < \"a-long-word\"\n" V
                               "  yes < \"a-long-word\"\n  no < 41\n",
                               "t", "one", &said),
                     TT_OK);
    ck_assert_int_eq(rules_add(set,
                               "rule dear\n  match < ?? {20..7F} len:u8 "
                               "bytes[len] 00\n  where sum8(len) = 1\n" V
                               "  yes < 41 41 01 41 00\n  no < 41\n"
                               "rule often\n  match < 20\n" V
                               "  yes < 20\n  no < 41\n",
                               "u", "two", &said),
                     TT_OK);
    ck_assert_int_eq(tt_rules_finish(set, NULL, NULL), TT_OK);
    ck_assert_int_eq(tt_price_rules(set, NULL, 8 << 10, on_price, p), TT_OK);
    ck_assert_str_eq(p[0].rule->name, "cheap");
    ck_assert_str_eq(p[1].rule->name, "dear");
    ck_assert_uint_ge(p[0].bytes, TT_NOISES * 8 << 10);
    ck_assert_uint_eq(p[0].begun, 0); /* the finder sees all of it */
    ck_assert_uint_gt(p[2].begun, 100);
    ck_assert_uint_eq(p[0].hits, 0);
    ck_assert_uint_gt(p[1].work, p[0].work + 1000);
    ck_assert_uint_gt(p[2].hits, 100);
    ck_assert_ptr_nonnull(strstr(tt_buf_text(&said), "cheap: lead finder;"));
    memset(p, 0, sizeof(p));
    ck_assert_int_eq(tt_price_rules(set, "two", 1, on_price, p), TT_OK);
    ck_assert_str_eq(p[0].rule->name, "dear");
    ck_assert_ptr_null(p[2].rule);
    tt_rules_free(set);
}
END_TEST

Suite *prove_suite(void)
{
    Suite *s = suite_create("prove");
    TCase *tc = tcase_create("noise");

    tcase_add_loop_test(tc, noise_is_repeatable, 0, TT_NOISES);
    tcase_add_test(tc, noise_is_what_it_is_called);
    suite_add_tcase(s, tc);
    tc = tcase_create("proofs");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, proves, 0, (int)TT_LEN(proofs));
    tcase_add_test(tc, prices);
    suite_add_tcase(s, tc);
    return s;
}
