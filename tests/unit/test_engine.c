/*
 * What every element of the language means, told by examples: each row is a
 * rule file whose own yes and no lines are run (whole, in blocks, and cut at
 * every place).
 */
#include "engine/selftest.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char said[1024];

static void on_diag(const struct tt_diag *d, void *user)
{
    size_t n = strlen(said);

    (void)user;
    (void)snprintf(said + n, sizeof(said) - n, "%u:%u: %s; ", d->line, d->col,
                   d->msg);
}

static void on_finding(const struct tt_selftest_finding *f, void *user)
{
    static const char *const what[] = {"silent", "fired", "expect", "cut",
                                       "refused"};
    size_t n = strlen(said);

    (void)user;
    (void)snprintf(said + n, sizeof(said) - n, "%u: %s %s; ", f->line,
                   what[f->kind], f->says);
}

static struct tt_rules *load(const char *text)
{
    struct tt_rules *set = tt_rules_new();

    said[0] = '\0';
    ck_assert_ptr_nonnull(set);
    (void)!tt_rules_read(set, tt_slice_of(text), "t", "test", on_diag, NULL);
    (void)!tt_rules_finish(set, on_diag, NULL);
    return set;
}

#define V "  verdict \"x\"\n"

/* clang-format off */
static const struct meaning {
    const char *name, *rules;
} meanings[] = {
    {"text and bytes",
     "rule a\n  match < \"ok\" 0D 0A\n" V
     "  yes < \"ok\\r\\n\"\n  yes < \"ook\\r\\n\"\n"
     "  no < \"ok\\n\"\n  no > \"ok\\r\\n\"\n  no < \"o\" > \"k\" < 0D 0A\n"},
    {"without regard to case",
     "rule a\n  match < \"Ok1\"i\n" V "  yes < \"oK1\"\n  no < \"0k1\"\n"},
    {"one lane does not see the other",
     "rule a\n  match < 01 02\n" V
     "  yes < 01 > 55 < 02\n  no > 01 < 02\n"},
    {"both lanes: order counts",
     "rule a\n  match > 01 < 02\n" V
     "  yes > 01 < 02\n  no > 01 55 < 02\n  no > 01 < 55 02\n"
     "  no < 02 > 01\n"},
    {"within belongs to the hop",
     "rule a\n  match > 01 < 02 within 10ms 03\n" V
     "  yes > 01 9ms < 02 900ms < 03\n  no > 01 11ms < 02 03\n"
     "  no > 01 9ms < 02 1100ms < 03\n"},
    {"gap",
     "rule a\n  match < 01 02\n  gap 5ms\n" V
     "  yes < 01 4ms < 02\n  no < 01 6ms < 02\n"},
    {"then lets bytes pass, for a while",
     "rule a\n  match > 01 then < 02 03 within 1s\n" V
     "  yes > 01 < 55 02 02 03\n  yes > 01 > 77 < 02 03\n"
     "  no > 01 1100ms < 02 03\n  no < 02 03\n"},
    {"then twice",
     "rule a\n  match < 01 then 02 within 1s then 03 within 1s\n" V
     "  yes < 01 55 02 55 03\n  yes < 01 900ms < 02 900ms < 03\n"
     "  no < 01 03 02\n"},
    {"classes, masks, sets",
     "rule a\n  match < 8x 80/F0 {30..39 41} !{00..7F} digit\n" V
     "  yes < 81 8F 41 80 \"7\"\n  no < 81 9F 41 80 \"7\"\n"
     "  no < 81 8F 42 80 \"7\"\n  no < 81 8F 41 7F \"7\"\n"},
    {"counts",
     "rule a\n  match < 01 02*2..3 03\n" V
     "  yes < 01 02 02 03\n  yes < 01 02 02 02 03\n"
     "  no < 01 02 03\n  no < 01 02 02 02 02 03\n"},
    {"open count",
     "rule a\n  match < 01 02*2.. 03\n" V
     "  yes < 01 02*2 03\n  yes < 01 02*200 03\n  no < 01 02 03\n"},
    {"optional and none",
     "rule a\n  match < 01 02? 03*0..2 04\n" V
     "  yes < 01 04\n  yes < 01 02 04\n  yes < 01 03 03 04\n"
     "  yes < 01 02 03 04\n  no < 01 02 02 04\n  no < 01 03*3 04\n"},
    {"alternatives",
     "rule a\n  match < (\"AT\" | \"ERROR\" | 7F) 0D\n" V
     "  yes < \"AT\\r\"\n  yes < \"ERROR\\r\"\n  yes < 7F 0D\n"
     "  no < \"AR\\r\"\n  no < \"E\\r\"\n"},
    {"alternatives on two lanes",
     "rule a\n  match > 01 < 02 | < 03 > 04 < 05\n" V
     "  yes > 01 < 02\n  yes < 03 > 04 < 05\n  no < 03 > 04\n"},
    {"groups repeat",
     "rule a\n  match < (01 02)*3 03\n" V
     "  yes < 01 02 01 02 01 02 03\n  no < 01 02 01 02 03\n"},
    {"groups repeat without end",
     "rule a\n  match < 09 (01 02)*2.. 03\n" V
     "  yes < 09 01 02 01 02 03\n  yes < 09 01 02 01 02 01 02 01 02 03\n"
     "  no < 09 01 02 03\n  no < 09 01 02 01 02 01 03\n"},
    {"a wildcard gap",
     "rule a\n  match < 41 ??*20 42\n" V
     "  yes < 41*20 00 42\n  yes < 41 00*20 42\n  no < 41 00*19 42\n"
     "  no < 41 00*21 42\n"},
    {"a ranged wildcard gap",
     "rule a\n  match < 41 ??*0..30 42 43\n" V
     "  yes < 41 42 43\n  yes < 41 00*30 42 43\n  yes < 41 42 42 43\n"
     "  no < 41 00*31 42 43\n"},
    {"a counted frame within others that began before it",
     "rule a\n  match < len:{03..FF} sum:u8 09 data:bytes[len - 3]\n"
     "  where sum = sum8(data)\n" V
     "  yes < 14 09 09 00*16 09\n  yes < 20 14 09 09 00*16 09\n"
     "  yes < 20 01 09 14 09 09 00*16 09 => len = 0x14\n"
     "  yes < 14 09 09 00*9 400ms < 00*7 09\n"
     "  no < 14 09 09 00*9 1100ms < 00*7 09\n"
     "  no < 14 09 09 00*9 > 01 < 00*6 09\n"
     "  no < 14 0A 09 00*16 09\n"},
    {"a counted frame and an answer",
     "rule a\n  match > 02 len:u8 body:bytes[len] sum:u8 < 15\n"
     "  where sum = sum8(body)\n" V
     "  yes > 02 10 01*16 10 < 15\n  yes > 02 02 10 01*16 10 < 15\n"
     "  no > 02 10 01*9 < 15 > 01*7 10 < 15\n"
     "  no > 02 10 01*16 11 < 15\n"},
    {"the last byte before what is waited for",
     "rule a\n  match < {20..7E} then 18*3 within 100ms\n  gap 5ms\n" V
     "  yes < \"abc\" 90ms < 18*3\n  yes < \"a\" 90ms < \"b\" 90ms < 18*3\n"
     "  yes < \"abc\" 18 \"d\" 18*3\n  no < \"abc\" 110ms < 18*3\n"
     "  no < 18*3\n  no < \"abc\" 18 18 01 02\n  no < 18 \"a\" 18 18\n"},
    {"what has to leave its lane soon",
     "rule a\n  match > {50..5F} ??*0..3 20 < 14\n" V
     "  yes > 50 20 < 14\n  yes > \"PPPPPP\" 20 < 14\n"
     "  yes > 00*20 50 01 02 03 20 < 14\n  yes > 50 20 20 20 20 < 14\n"
     "  no > 50 01 02 03 04 20 < 14\n  no > 50 20*5 < 14\n"
     "  no > 50 20 01 < 14\n  no > 50 20 < 15 14\n"},
    {"two ways to leave its lane",
     "rule a\n  match > 50 (01 | 02 03 04 05) < 14\n" V
     "  yes > 00*9 50 01 < 14\n  yes > 50 02 03 04 05 < 14 00\n"
     "  yes > 50 50 01 < 14\n  no > 50 02 03 < 14\n"
     "  no > 50 01 00 < 14\n"},
    {"an event soon",
     "rule a\n  match > 50 06*1..2 [break]\n" V
     "  yes > 50 50 06 [break]\n  yes > 50 06 06 [break]\n"
     "  no > 50 06 00 [break]\n"},
    {"silence on the lane itself",
     "rule a\n  match < 50 ?? silence 20ms\n" V
     "  yes < 50 50 50 01 30ms < 02\n  no < 50 50 10ms < 01 02 30ms < 02\n"
     "  no < 50 01 02 30ms < 03\n"},
    {"the same byte is waited for",
     "rule a\n  match < {20..7E} then \"z\" 01 within 100ms\n" V
     "  yes < \"abz\" 01\n  yes < \"zz\" 01\n  no < \"z\" 01\n"},
    {"same byte",
     "rule a\n  match < w:same(graph)*4..\n" V
     "  yes < \"aaaa\" => w = 0x61\n  yes < \"baaaaaaaaaa\" => w = 0x61\n"
     "  no < \"aaa\"\n  no < \"abab\"\n  no < 01*9\n  no < 61 2s < 61*3\n"},
    {"same byte, until 'where' is true of it",
     "rule a\n  match < w:same(graph)*4..\n  where elapsed >= 50ms\n" V
     "  yes < 61*6 30ms < 61 30ms < 61\n  yes < 61 30ms < 61 30ms < 61*2\n"
     "  no < 61*9\n  no < 61*6 30ms < 61\n  no < 61*6 30ms < 62 30ms < 61\n"},
    {"same byte, so often and no more",
     "rule a\n  match < w:same(graph)*2..3 0D\n" V
     "  yes < \"aa\\r\"\n  yes < \"aaa\\r\"\n  no < \"aaaa\\r\"\n"
     "  no < \"a\\r\"\n"},
    {"same byte in an answer",
     "rule a\n  match > 7F then < w:same(graph)*4.. within 1s\n" V
     "  yes > 7F 3ms < 00 \"hhhh\" => w = 0x68\n  no > 7F 3ms < \"hhh\"\n"
     "  no < \"hhhhh\"\n"},
    {"numbers",
     "rule a\n  match < 01 hi:u16be lo:u16le neg:i8 big:u32be\n" V
     "  yes < 01 12 34 12 34 FF 80 00 00 01 => hi = 0x1234 and lo = 0x3412 "
     "and neg = -1 and big = 0x80000001\n  no < 01 12 34 12 34 FF 80 00 00\n"},
    {"a length decides",
     "rule a\n  match < 68 len:u8 =len 68 body:bytes[len] check:u8 16\n"
     "  where check = sum8(body)\n" V
     "  yes < 68 03 03 68 08 01 72 7B 16 => len = 3\n"
     "  yes < 68 68 03 03 68 08 01 72 7B 16\n"
     "  no < 68 03 03 68 08 01 72 7C 16\n  no < 68 03 04 68 08 01 72 7B 16\n"
     "  no < 68 00 00 68 16\n"},
    {"a length less two, a span",
     "rule a\n  match < 02 len:u8 body:bytes[len-2] sum:u16be\n"
     "  where sum = sum16(len..body)\n" V
     "  yes < 02 04 10 20 00 34\n  no < 02 04 10 20 00 30\n"},
    {"a length of nothing",
     "rule a\n  match < 02 len:u8 body:bytes[len] sum:u8 03\n"
     "  where sum = sum8(len..body)\n" V
     "  yes < 02 00 00 03\n  yes < 02 01 07 08 03\n  no < 02 00 01 03\n"},
    {"a length of nothing behind bytes without a name",
     "rule a\n  match < 02 len:u8 05 06 body:bytes[len] sum:u8 03\n"
     "  where sum = sum8(len..body)\n" V
     "  yes < 02 00 05 06 0B 03\n  yes < 02 01 05 06 07 13 03\n"
     "  no < 02 00 05 06 00 03\n"},
    {"a run as long as may be",
     "rule a\n  match < w:same(graph)*4096..\n" V
     "  yes < 68*4096\n  no < 68*4095\n"},
    {"between two lengths",
     "rule a\n  match < 02 body:bytes[1..4] 03\n" V
     "  yes < 02 FF 03\n  yes < 02 01 02 03 04 03\n"
     "  no < 02 03\n  no < 02 04*5 03\n"},
    {"line",
     "rule a\n  match < \"E: \" why:line\n" V
     "  yes < \"E: disk\\r\\n\" => why = \"disk\"\n"
     "  yes < \"E: disk\" => why = \"disk\"\n"
     "  yes < \"E: disk\" 2s < \"x\" => why = \"disk\"\n  no < \"E: \\r\"\n"},
    {"quiet",
     "rule a\n  match > 01 < quiet 1s\n" V
     "  yes > 01 1s\n  yes > 01 500ms > 02 600ms\n  no > 01 900ms\n"
     "  yes > 01 02 1s\n  no > 01 02 900ms\n"
     "  no > 01 500ms < 02 2s\n  yes > 01 1100ms < 02\n"},
    {"silence",
     "rule a\n  match < 43 silence 500ms 43\n  gap 10s\n" V
     "  yes < 43 600ms < 43\n  no < 43 400ms < 43\n  no < 43 11s < 43\n"
     "  yes < 43 43 600ms < 43\n"},
    {"after",
     "rule a\n  match < after 50ms 01 02\n" V
     "  yes < 01 02\n  yes < 55 60ms < 01 02\n  no < 55 40ms < 01 02\n"},
    {"after, in characters at the present speed",
     "rule a\n  match < after 10ch 01 02\n" V
     "  yes < 55 1ms < 01 02\n  no < 55 500us < 01 02\n"
     "  no [1200 8N1] < 55 80ms < 01 02\n"
     "  yes [1200 8N1] < 55 90ms < 01 02\n"},
    {"start",
     "rule a\n  match < start 01 02\n" V
     "  yes < 01 02\n  no < 00 01 02\n  yes > 07 < 01 02\n"},
    {"start on two lanes",
     "rule a\n  match start > 01 < 02\n" V
     "  yes > 01 < 02\n  no < 00 > 01 < 02\n"},
    {"end",
     "rule a\n  match < start 68 (silence 2s | end)\n" V
     "  yes < 68\n  yes < 68 3s < 01\n  no < 68 01\n  no < 68 1s < 01\n"},
    {"events",
     "rule a\n  match [dtr-] then > 01 within 1s\n" V
     "  yes [dtr-] > 01\n  yes [dtr-] [rts+] > 02 01\n  no [rts-] > 01\n"
     "  no > 01 [dtr-]\n"},
    {"events do not disturb bytes",
     "rule a\n  match < 01 02\n" V "  yes < 01 [cts+] < 02\n  no [cts+]\n"},
    {"events repeat",
     "rule a\n  match [break]*3\n" V
     "  yes [break] [break] [break]\n  no [break] [break]\n"},
    {"missing bytes cut everything",
     "rule a\n  match < 01 02\n" V "  yes < 01 02\n  no < 01 [lost 5] < 02\n"},
    {"unless, before and after",
     "rule a\n  match > 7F < quiet 1s\n  unless < 79\n" V
     "  yes > 7F 1200ms\n  no > 7F 30ms < 79 2s\n  no < 79 > 7F 1200ms\n"
     "  no > 7F 1200ms < 79\n"},
    {"a ladder says how far",
     "rule a\n  timeout 500ms\n  step one > A0 < 5F within 500ms\n"
     "  step two > 0A < F5 within 500ms\n  step three > 50 < AF\n"
     "  verdict \"{reached}\"\n"
     "  yes > A0 < 5F > 0A < F5 > 50 < AF => reached = 3\n"
     "  yes > A0 < 5F > 0A < F5 > 50 900ms => reached = 2\n"
     "  yes > A0 < 5F > 0A < 0A => reached = 1\n"
     "  yes > A0 < 5F 600ms > 0A < F5 => reached = 1\n"
     "  yes > A0 < 5F => reached = 1\n"
     "  no > A0 < A0\n  no > A0 600ms < 5F\n"},
    {"tool lane",
     "rule a\n  match $ \"Failed\" then < 68 within 1s\n" V
     "  yes $ \"Failed to init\" 3ms < 68\n  no $ \"Fine\" 3ms < 68\n"},
    {"a log line with a field",
     "rule a\n  log \"not in sync: resp=0x{resp:hex}\"\n"
     "  where hexval(resp) = 0x68\n" V
     "  yes $ \"stk500_getsync(): not in sync: resp=0x68\\n\"\n"
     "  no $ \"not in sync: resp=0x69\\n\"\n"},
    {"a long run that comes again",
     "rule a\n  match > 55*100.. < \"OK\" within 1s then > 55*100.. within 9s"
     " silence 400ms\n" V
     "  yes > 55*101 < \"OK\" > 55*2000 1s\n"
     "  yes > 55*2000 < \"OK\" > 55*100 1s\n"
     "  no > 55*2000 < \"OK\" > 55*99 1s\n"
     "  no > 55*101 < \"OK\" > 55*2000 < \"OK\" 1s\n"},
    {"a long run of a captured byte",
     "rule a\n  match > 01 b:{55 56} {55 56}*70.. 02\n  where b = 0x56\n" V
     "  yes > 01 56 55*300 02\n  no > 01 55*300 02\n"
     "  no > 01 56 55*60 02\n"},
    {"elapsed",
     "rule a\n  match < 01 02 03\n  where elapsed >= 10ms\n" V
     "  yes < 01 5ms < 02 6ms < 03\n  no < 01 02 03\n"},
    {"a loop of many bytes",
     "rule a\n  match < sensor loop\n" V
     "  yes < \"tick tock\\r\\n\"*4\n  yes < \"noise\" \"ab,\"*8\n"
     "  no < \"tick tock\\r\\n\"*3\n  no < \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"
     "  no > \"tick tock\\r\\n\"*4\n"},
    {"a loop as an answer",
     "rule a\n  match > 7F < sensor loop\n" V
     "  yes > 7F 2ms < \"tick\\r\\n\"*6\n  no < \"tick\\r\\n\"*6\n"},
    {"a loop from the start",
     "rule a\n  match start < sensor loop\n" V
     "  yes < \"tick\\r\\n\"*6\n  no > 7F < \"boot!\" \"tick\\r\\n\"*6\n"},
    {"echo",
     "rule a\n  match < sensor echo\n" V
     "  yes > \"hello\" 2ms < \"hello\"\n"
     "  yes > 01 < 01 > 02 < 02 > 03 < 03 > 04 < 04\n"
     "  no > \"hello\" 2ms < \"hullo\"\n  no > \"abc\" < \"abc\"\n"
     "  no > \"hello\" < \"hell\"\n"},
};
/* clang-format on */

START_TEST(means)
{
    const struct meaning *c = &meanings[_i];
    struct tt_rules *set = load(c->rules);
    struct tt_selftest_sum sum;

    ck_assert_msg(!said[0], "%s: %s", c->name, said);
    ck_assert_int_eq(tt_selftest(set, NULL, &sum, on_finding, NULL), TT_OK);
    ck_assert_msg(!sum.problems, "%s: %s", c->name, said);
    ck_assert_msg(sum.passed >= 2, "%s: %zu examples", c->name, sum.passed);
    tt_rules_free(set);
}
END_TEST

/* The self test must be able to fail. */
START_TEST(finds_wrong_examples)
{
    struct tt_rules *set = load("rule a\n  match < \"hello\"\n" V
                                "  yes < \"help\"\n  no < \"hello\"\n"
                                "  yes < \"hello\" => hits = 2\n");
    struct tt_selftest_sum sum;

    ck_assert_int_eq(tt_selftest(set, NULL, &sum, on_finding, NULL), TT_OK);
    ck_assert_uint_eq(sum.problems, 3);
    ck_assert_str_eq(said, "4: silent ; 5: fired x; 6: expect x; ");
    tt_rules_free(set);
}
END_TEST

/* ---- hits in detail ---------------------------------------------------- */

static char hits[2048];

static void on_hit(const struct tt_hit *h, void *user)
{
    static const char *const kind[] = {"hit", "more", "void"};
    size_t n = strlen(hits);

    (void)user;
    n += (size_t)snprintf(hits + n, sizeof(hits) - n, "%s %s", kind[h->kind],
                          h->rule->name);
    for (unsigned i = 0; i < h->nspans && n < sizeof(hits); i++)
        n += (size_t)snprintf(hits + n, sizeof(hits) - n, " %c%u+%u",
                              tt_lane_mark(h->span[i].lane),
                              (unsigned)h->span[i].offset,
                              (unsigned)h->span[i].len);
    if (n < sizeof(hits))
        (void)snprintf(hits + n, sizeof(hits) - n, "; ");
}

static struct tt_engine *start(const struct tt_rules *set,
                               enum tt_quality quality)
{
    struct tt_engine_config config = {.quality = quality};
    struct tt_engine *e;

    hits[0] = '\0';
    ck_assert_int_eq(tt_engine_new(&e, set, &config, on_hit, NULL, NULL),
                     TT_OK);
    return e;
}

static void send(struct tt_engine *e, uint64_t ms, enum tt_lane lane,
                 const char *text)
{
    struct tt_record r = {.t_ns = ms * TT_NS_PER_MS,
                          .lane = lane,
                          .bytes = (const uint8_t *)text,
                          .len = strlen(text)};

    ck_assert_int_eq(tt_engine_push(e, &r), TT_OK);
}

START_TEST(a_run_is_said_once_and_then_grows)
{
    struct tt_rules *set = load("rule a\n  match < same(graph)*4..\n" V
                                "  yes < \"hhhh\"\n  no < \"h\"\n");
    struct tt_engine *e = start(set, TT_TIME_MS);

    for (unsigned i = 0; i < 11; i++)
        send(e, i * 10, TT_LANE_DEVICE, "h");
    ck_assert_str_eq(hits, "hit a <0+4; more a <0+8; ");
    send(e, 200, TT_LANE_DEVICE, "x");
    ck_assert_str_eq(hits, "hit a <0+4; more a <0+8; more a <0+11; ");
    tt_engine_finish(e, 0);
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

/* Of all attempts that begin in a run the first one goes on. */
START_TEST(a_long_count_is_one_attempt)
{
    struct tt_rules *set = load("rule a\n  match > 55*4.. < \"k\"\n" V
                                "  yes > 55*9 < \"k\"\n  no < \"k\"\n");
    struct tt_engine *e = start(set, TT_TIME_MS);
    struct tt_engine_stats stats;
    char run[301];

    memset(run, 0x55, sizeof(run));
    run[300] = '\0';
    send(e, 0, TT_LANE_HOST, run);
    send(e, 3, TT_LANE_DEVICE, "k");
    ck_assert_str_eq(hits, "hit a >0+300 <0+1; ");
    tt_engine_stats_get(e, &stats);
    ck_assert_uint_eq(stats.dropped, 0);
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

START_TEST(evidence_names_both_lanes)
{
    struct tt_rules *set = load("rule a\n  match > 7F < \"ok\"\n" V
                                "  yes > 7F < \"ok\"\n  no < \"ok\"\n");
    struct tt_engine *e = start(set, TT_TIME_MS);

    send(e, 0, TT_LANE_HOST, "ab\x7f");
    send(e, 3, TT_LANE_DEVICE, "ok!");
    ck_assert_str_eq(hits, "hit a >2+1 <0+2; ");
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

START_TEST(what_matches_anything_is_no_evidence)
{
    struct tt_rules *set = load("rule a\n  match < ?? > 7F < ?? \"k\"\n" V
                                "  yes < 01 > 7F < \"ok\"\n  no > 7F\n");
    struct tt_engine *e = start(set, TT_TIME_MS);

    send(e, 0, TT_LANE_DEVICE, "noise");
    send(e, 1, TT_LANE_HOST, "\x7f");
    send(e, 3, TT_LANE_DEVICE, "ok!");
    ck_assert_str_eq(hits, "hit a >0+1 <5+2; ");
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

START_TEST(any_byte_after_others_stays_with_them)
{
    struct tt_rules *set = load("rule a\n  match > \"ab\" ?? ??*2 < \"k\"\n" V
                                "  yes > \"ab123\" < \"k\"\n  no > \"ab\"\n");
    struct tt_engine *e = start(set, TT_TIME_MS);

    send(e, 0, TT_LANE_HOST, "ab123");
    send(e, 3, TT_LANE_DEVICE, "k");
    ck_assert_str_eq(hits, "hit a >0+5 <0+1; ");
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

START_TEST(a_late_unless_voids_what_was_said)
{
    struct tt_rules *set =
        load("rule a\n  match > 7F < quiet 1s\n"
             "  unless < 79\n" V "  yes > 7F 2s\n  no < 79\n");
    struct tt_engine *e = start(set, TT_TIME_MS);

    send(e, 0, TT_LANE_HOST, "\x7f");
    send(e, 1500, TT_LANE_HOST, "\x7f");
    ck_assert_str_eq(hits, "hit a >0+1; ");
    send(e, 1502, TT_LANE_DEVICE, "\x79");
    ck_assert_str_eq(hits, "hit a >0+1; void a; ");
    send(e, 5000, TT_LANE_HOST, "\x7f");
    tt_engine_finish(e, 9000 * TT_NS_PER_MS);
    ck_assert_str_eq(hits, "hit a >0+1; void a; ");
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

/* Times that cannot carry a pause never prove one. */
/*
 * How late the next byte comes that lets "after 500ms" hold in a rule, and in
 * its unless: the one needs certainty, the other a possibility.
 */
static const struct {
    enum tt_quality quality;
    uint64_t ms;
    bool rule, unless;
} coarse[] = {
    {TT_TIME_NONE, 0, false, true},     {TT_TIME_NONE, 9000, false, true},
    {TT_TIME_ORDER, 0, false, true},    {TT_TIME_S, 0, false, true},
    {TT_TIME_S, 1000, false, true},     {TT_TIME_S, 2000, true, true},
    {TT_TIME_100MS, 300, false, false}, {TT_TIME_100MS, 400, false, true},
    {TT_TIME_100MS, 500, true, true},   {TT_TIME_10MS, 480, false, false},
    {TT_TIME_10MS, 500, true, true},    {TT_TIME_MS, 498, false, false},
    {TT_TIME_MS, 500, true, true},      {TT_TIME_NS, 499, false, false},
    {TT_TIME_NS, 500, true, true}};

START_TEST(coarse_times)
{
    static const char *const texts[] = {
        "rule a\n  match < 3A > after 500ms 7F within 60s\n" V
        "  yes < 3A 600ms > 7F\n  no < 79\n",
        "rule a\n  match < 3A > 7F within 60s\n"
        "  unless < 3A > after 500ms 7F within 60s\n" V
        "  yes < 3A 1ms > 7F\n  no < 79\n",
        "rule a\n  match < 3A > 7F within 60s\n"
        "  unless < 3A silence 500ms > 7F within 60s\n" V
        "  yes < 3A 1ms > 7F\n  no < 79\n"};

    for (size_t i = 0; i < TT_LEN(texts); i++) {
        struct tt_rules *set = load(texts[i]);
        struct tt_engine *e = start(set, coarse[_i].quality);
        bool fires = i ? !coarse[_i].unless : coarse[_i].rule;
        bool hit;

        send(e, 0, TT_LANE_DEVICE, ":");
        send(e, coarse[_i].ms, TT_LANE_HOST, "\x7f");
        tt_engine_finish(e, 20000 * TT_NS_PER_MS);
        hit = strncmp(hits, "hit", 3) == 0 && !strstr(hits, "void");
        ck_assert_msg(hit == fires, "%zu, %s, %u ms: %s", i,
                      tt_quality_name(coarse[_i].quality),
                      (unsigned)coarse[_i].ms, hits);
        tt_engine_free(e);
        tt_rules_free(set);
    }
}
END_TEST

static const struct {
    enum tt_quality quality;
    bool fires;
} qualities[] = {{TT_TIME_NONE, false}, {TT_TIME_ORDER, false},
                 {TT_TIME_S, true},     {TT_TIME_MS, true},
                 {TT_TIME_US, true},    {TT_TIME_NS, true}};

START_TEST(silence_needs_good_times)
{
    struct tt_rules *set = load("rule a\n  match > 7F < quiet 1s\n" V
                                "  yes > 7F 2s\n  no < 79\n");
    struct tt_engine *e = start(set, qualities[_i].quality);

    send(e, 0, TT_LANE_HOST, "\x7f");
    send(e, 5000, TT_LANE_HOST, "x");
    tt_engine_finish(e, 9000 * TT_NS_PER_MS);
    ck_assert_msg(!!hits[0] == qualities[_i].fires, "%s: %s",
                  tt_quality_name(qualities[_i].quality), hits);
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

START_TEST(a_reset_engine_is_as_new)
{
    struct tt_rules *set =
        load("rule a\n  match < start 01 02\n" V "  yes < 01 02\n  no < 02\n");
    struct tt_engine *e = start(set, TT_TIME_MS);

    for (int i = 0; i < 3; i++) {
        hits[0] = '\0';
        send(e, 7, TT_LANE_DEVICE, "\x01");
        send(e, 8, TT_LANE_DEVICE, "\x02\x01\x02");
        tt_engine_finish(e, 0);
        ck_assert_str_eq(hits, "hit a <0+2; ");
        tt_engine_reset(e, TT_TIME_MS);
    }
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

/* ---- limits ------------------------------------------------------------ */

/* TT_MAX_THREADS attempts are open; one more pushes the oldest out. */
START_TEST(attempts_at_and_above_the_limit)
{
    struct tt_rules *set = load("rule a\n  match < 41 ??*200 42\n" V
                                "  yes < 41 00*200 42\n  no < 42\n");
    struct tt_engine *e = start(set, TT_TIME_MS);
    struct tt_engine_stats st;
    char text[202];

    /* an attempt begins when its lead (41 and eight of the ??) is there */
    memset(text, 'A', sizeof(text));
    text[TT_MAX_THREADS + 8 + _i] = '\0';
    send(e, 0, TT_LANE_DEVICE, text);
    tt_engine_stats_get(e, &st);
    ck_assert_uint_eq(st.dropped, (uint64_t)_i);
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

START_TEST(frame_length_at_and_above_the_limit)
{
    struct tt_rules *set =
        load("rule a\n  match < 02 len:u16be body:bytes[len] 03\n" V
             "  yes < 02 00 01 55 03\n  no < 02 00 02 55 03\n");
    struct tt_engine *e = start(set, TT_TIME_MS);
    size_t n = (size_t)TT_MAX_FRAME + (size_t)_i;
    uint8_t head[3] = {2, (uint8_t)(n >> 8), (uint8_t)n};
    struct tt_record r = {.lane = TT_LANE_DEVICE, .bytes = head, .len = 3};
    uint8_t *body = calloc(1, n + 1);

    ck_assert_ptr_nonnull(body);
    body[n] = 3;
    ck_assert_int_eq(tt_engine_push(e, &r), TT_OK);
    r.bytes = body;
    r.len = n + 1;
    ck_assert_int_eq(tt_engine_push(e, &r), TT_OK);
    ck_assert_int_eq(hits[0] != '\0', _i == 0);
    free(body);
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

/* Rules that cost too much are switched off, the others go on; and it does
 * not matter how the tape is cut. */
START_TEST(a_rule_that_costs_too_much)
{
    struct tt_rules *set =
        load("rule dear\n  match < a:{61 62}*1..2000\n"
             "  where crc16_modbus(a) = 70000\n" V "  yes < 01\n  no < 02\n"
             "rule cheap\n  match < \"end\"\n" V
             "  yes < \"end\"\n  no < \"and\"\n");
    struct tt_engine *e = start(set, TT_TIME_MS);
    struct tt_engine_stats st;
    char *text = malloc(20001);

    ck_assert_ptr_nonnull(text);
    for (int i = 0; i < 20000; i++)
        text[i] = "ab"[i * 7 % 11 % 2];
    text[20000] = '\0';
    send(e, 0, TT_LANE_DEVICE, text);
    send(e, 1, TT_LANE_DEVICE, "end");
    tt_engine_stats_get(e, &st);
    ck_assert_uint_eq(st.switched_off, 1);
    ck_assert(tt_engine_is_off(e, 0));
    ck_assert(!tt_engine_is_off(e, 1));
    ck_assert_str_eq(hits, "hit cheap <20000+3; ");
    tt_engine_reset(e, TT_TIME_MS);
    ck_assert(!tt_engine_is_off(e, 0));
    free(text);
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

/* The bytes inside a counted frame cost nothing, however the tape is cut: a
 * rule is switched off at the same place. */
START_TEST(what_sleeps_is_free)
{
    struct tt_rules *set =
        load("rule a\n  match < 02 len:u8 body:bytes[len] 03\n" V
             "  yes < 02 01 55 03\n  no < 02 02 55 03\n"
             "rule b\n  match < {20..7E} then 18*3 within 1s\n" V
             "  yes < 20 18*3\n  no < 18*3\n");
    struct tt_engine *e = start(set, TT_TIME_MS);
    uint64_t work[3];
    char text[204] = "\x02\xc8";

    memset(text + 2, 'A', 200);
    text[202] = '\x03';
    for (int cut = 0; cut < 3; cut++) {
        static const size_t size[] = {203, 7, 1};
        struct tt_engine_stats st;
        struct tt_record r = {.lane = TT_LANE_DEVICE};

        tt_engine_reset(e, TT_TIME_MS);
        hits[0] = '\0';
        for (size_t at = 0; at < 203; at += r.len) {
            r.bytes = (const uint8_t *)text + at;
            r.len = size[cut] < 203 - at ? size[cut] : 203 - at;
            ck_assert_int_eq(tt_engine_push(e, &r), TT_OK);
        }
        ck_assert_str_eq(hits, "hit a <0+203; ");
        tt_engine_stats_get(e, &st);
        work[cut] = st.work;
        ck_assert_uint_lt(st.work, 20);
    }
    ck_assert_uint_eq(work[0], work[1]);
    ck_assert_uint_eq(work[0], work[2]);
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

/* A program at TT_MAX_PROGRAM and above: the rule is refused, others work. */
START_TEST(program_limit)
{
    static char text[1024];
    struct tt_rules *set;
    struct tt_selftest_sum sum;

    /* 575 * 8 + 7 and the end are 4608 instructions, the limit */
    (void)snprintf(
        text, sizeof(text),
        "rule big\n  match < \"abcdefgh\"*575 01 01 01 01 01 01 01 %s\n" V
        "  yes < 01\n  no < 02\n"
        "rule small\n  match < 07 08\n" V "  yes < 07 08\n  no < 07\n",
        _i ? "02" : "");
    set = load(text);
    ck_assert_msg(!said[0], "%s", said);
    ck_assert_int_eq(tt_selftest(set, NULL, &sum, on_finding, NULL), TT_OK);
    ck_assert_msg((strstr(said, "too large") != NULL) == (_i == 1), "%s", said);
    ck_assert_ptr_null(strstr(said, "9: "));
    tt_rules_free(set);
}
END_TEST

static const struct {
    const char *match, *why;
} refused[] = {
    {"end < 01", "may begin with nothing"},
    {"< 09 (after 5ms)*2..", "can be empty"},
};

START_TEST(refuses_what_it_cannot_bound)
{
    char text[256];
    struct tt_rules *set;
    struct tt_error why = {0};

    (void)snprintf(text, sizeof(text),
                   "rule a\n  match %s\n" V "  yes < 01\n  no < 02\n",
                   refused[_i].match);
    set = load(text);
    ck_assert_msg(!said[0], "%s", said);
    ck_assert(!tt_engine_compiles(set->by_index[0], &why));
    ck_assert_msg(strstr(why.msg, refused[_i].why), "%s", why.msg);
    ck_assert_uint_eq(why.line, 2);
    tt_rules_free(set);
}
END_TEST

START_TEST(refuses_bad_records)
{
    struct tt_rules *set = load("");
    struct tt_engine *e = start(set, TT_TIME_MS);
    struct tt_record r = {.lane = TT_LANE_LINE};

    ck_assert_int_eq(tt_engine_push(e, &r), TT_ERR_ARG);
    r.lane = (enum tt_lane)TT_LANES;
    ck_assert_int_eq(tt_engine_push(e, &r), TT_ERR_ARG);
    r.lane = TT_LANE_DEVICE;
    ck_assert_int_eq(tt_engine_push(e, &r), TT_OK); /* empty */
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

START_TEST(tells_how_far_a_rule_got)
{
    struct tt_rules *set = load("rule a\n  match > 7F < \"ok\"\n" V
                                "  yes > 7F < \"ok\"\n  no < \"ok\"\n");
    struct tt_engine_config config = {.quality = TT_TIME_MS,
                                      .keep_progress = true};
    struct tt_progress p;
    struct tt_engine *e;

    ck_assert_int_eq(tt_engine_new(&e, set, &config, on_hit, NULL, NULL),
                     TT_OK);
    send(e, 0, TT_LANE_HOST, "\x7f");
    send(e, 3, TT_LANE_DEVICE, "oh");
    ck_assert(tt_engine_progress(e, 0, &p));
    ck_assert_uint_eq(p.items, 2);
    ck_assert_int_eq(p.byte, 'h');
    ck_assert_uint_eq(p.t_ns, 3 * TT_NS_PER_MS);
    ck_assert_uint_eq(p.node->col, 16);
    ck_assert(!tt_engine_progress(e, 1, &p));
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

Suite *engine_suite(void)
{
    Suite *s = suite_create("engine");
    TCase *tc = tcase_create("meaning");

    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, means, 0, TT_LEN(meanings));
    tcase_add_test(tc, finds_wrong_examples);
    suite_add_tcase(s, tc);
    tc = tcase_create("hits");
    tcase_add_test(tc, a_run_is_said_once_and_then_grows);
    tcase_add_test(tc, a_long_count_is_one_attempt);
    tcase_add_test(tc, evidence_names_both_lanes);
    tcase_add_test(tc, what_matches_anything_is_no_evidence);
    tcase_add_test(tc, any_byte_after_others_stays_with_them);
    tcase_add_test(tc, a_late_unless_voids_what_was_said);
    tcase_add_loop_test(tc, coarse_times, 0, TT_LEN(coarse));
    tcase_add_loop_test(tc, silence_needs_good_times, 0, TT_LEN(qualities));
    tcase_add_test(tc, a_reset_engine_is_as_new);
    tcase_add_test(tc, tells_how_far_a_rule_got);
    suite_add_tcase(s, tc);
    tc = tcase_create("limits");
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, attempts_at_and_above_the_limit, 0, 2);
    tcase_add_loop_test(tc, frame_length_at_and_above_the_limit, 0, 2);
    tcase_add_test(tc, a_rule_that_costs_too_much);
    tcase_add_test(tc, what_sleeps_is_free);
    tcase_add_loop_test(tc, program_limit, 0, 2);
    tcase_add_loop_test(tc, refuses_what_it_cannot_bound, 0, TT_LEN(refused));
    tcase_add_test(tc, refuses_bad_records);
    suite_add_tcase(s, tc);
    return s;
}
