/* The statement from counters, the fingerprint, and what they count. */
#include "bench.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static struct bench b;

static void setup(void)
{
    bench_init(&b);
    (void)bench_rule(&b, "x", 20, TT_ERROR, NULL, NULL);
}

static void teardown(void)
{
    bench_stop(&b);
}

struct act {
    uint64_t ms;
    char mark; /* > < $ or the first letter of an event */
    const char *hex;
    size_t fill; /* repeat the only byte so often */
};

/* clang-format off */
static const struct {
    const char *name;
    enum tt_quality quality;
    uint64_t end_ms;
    struct act act[8];
    const char *plain;
} cases[] = {
    {"empty", TT_TIME_MS, 0, {{0}}, "No traffic at all."},
    {"silence", TT_TIME_MS, 12000, {{0}}, "No traffic at all for 12 s."},
    {"silence without time", TT_TIME_NONE, 12000, {{0}}, "No traffic at all."},
    {"events only", TT_TIME_MS, 2000,
     {{0, 'd', NULL, 0}, {1, 'r', NULL, 0}, {2, 'd', NULL, 0}},
     "No byte passed on the line for 2 s; only [dtr+] 2 times, [rts+]."},
    {"tool only", TT_TIME_MS, 0, {{0, '$', "41 0A", 0}},
     "The tool printed 2 bytes of text, but no byte passed on the line. "
     "None of 1 rules matched."},
    {"host only", TT_TIME_MS, 2600,
     {{0, '>', "7F", 0}, {500, '>', "7F", 0}, {1000, '>', "7F", 0}},
     "The host sent 7F 3 times and nothing else; the device was silent for "
     "2.6 s. None of 1 rules matched."},
    {"host only, bursts", TT_TIME_MS, 1500,
     {{0, '>', "7F 00", 0}, {500, '>', "7F 41", 0}},
     "The host sent 4 bytes, 25 % printable, in 2 bursts; the device was "
     "silent for 1.5 s. None of 1 rules matched."},
    {"host only, times are no good", TT_TIME_ORDER, 2600,
     {{0, '>', "7F 00", 0}, {1000, '>', "7F", 0}},
     "The host sent 3 bytes, 0 % printable; nothing of the device was recorded. "
     "None of 1 rules matched."},
    {"host only, too coarse times", TT_TIME_S, 1500, {{0, '>', "7F 00", 0}},
     "The host sent 2 bytes, 0 % printable; nothing of the device was recorded. "
     "None of 1 rules matched."},
    {"device only", TT_TIME_NONE, 0, {{0, '<', "41 42 0D 00", 0}},
     "The device sent 4 bytes, 75 % printable; nothing of the host was recorded. "
     "None of 1 rules matched."},
    {"one byte", TT_TIME_NONE, 0, {{0, '<', "68", 0}},
     "One byte from the device, 68 ('h'), and nothing of the host was recorded: a single "
     "byte proves nothing. None of 1 rules matched."},
    {"same byte over and over", TT_TIME_MS, 0, {{0, '<', "00", 5000}},
     "The device sent 00 5000 times and nothing else; nothing of the host was recorded. "
     "None of 1 rules matched."},
    {"only a hole", TT_TIME_MS, 5000, {{0, 'l', NULL, 0}},
     "What passed on the line is not known: bytes are missing, and no byte was in the rest. "
     "An unknown number of bytes is missing."},
    {"a hole and one byte", TT_TIME_MS, 5000, {{0, '>', "7F", 0}, {1, 'l', NULL, 0}},
     "One byte from the host, 7F, and what the device sent is not known. "
     "An unknown number of bytes is missing. None of 1 rules matched."},
    {"a hole and no silence", TT_TIME_MS, 5000, {{0, '>', "7F 00", 0}, {1, 'l', NULL, 0}},
     "The host sent 2 bytes, 0 % printable; what the device sent is not known. "
     "An unknown number of bytes is missing. None of 1 rules matched."},
    {"both", TT_TIME_MS, 5000,
     {{0, '>', "41", 0}, {10, '<', "68 65 80", 0}, {20, '>', "41 42", 0}},
     "Both sides talk: the host sent 3 bytes, 100 % printable, in 2 bursts; "
     "the device sent 3 bytes, 66 % printable, then was silent for 4.9 s. "
     "None of 1 rules matched."},
    {"errors", TT_TIME_MS, 0,
     {{0, '<', "F8", 100}, {1, 'f', NULL, 3}, {2, 'p', NULL, 1},
      {3, 'b', NULL, 2}, {4, 'l', NULL, 0}},
     "The device sent F8 100 times and nothing else; what the host sent is not known. "
     "3 % framing errors, 1 % parity errors, breaks: 2. An unknown number of "
     "bytes is missing. None of 1 rules matched."},
};
/* clang-format on */

static void play(const struct act *a)
{
    static const struct {
        char c;
        enum tt_event ev;
    } events[] = {{'d', TT_EV_DTR_UP},      {'r', TT_EV_RTS_UP},
                  {'f', TT_EV_FRAME_ERROR}, {'p', TT_EV_PARITY_ERROR},
                  {'b', TT_EV_BREAK},       {'l', TT_EV_LOST}};
    enum tt_lane lane = a->mark == '>'   ? TT_LANE_HOST
                        : a->mark == '<' ? TT_LANE_DEVICE
                                         : TT_LANE_TOOL;

    for (size_t i = 0; i < TT_LEN(events); i++)
        for (size_t n = 0; a->mark == events[i].c && n < a->fill + !a->fill;
             n++)
            bench_event(&b, a->ms, events[i].ev);
    if (a->hex && a->fill)
        bench_fill(&b, a->ms, lane, (uint8_t)strtoul(a->hex, NULL, 16),
                   a->fill);
    else if (a->hex)
        bench_bytes(&b, a->ms, lane, a->hex);
}

START_TEST(statement)
{
    bench_start(&b, cases[_i].quality);
    for (const struct act *a = cases[_i].act; a->mark; a++)
        play(a);
    tt_ledger_time(b.ledger, cases[_i].end_ms * TT_NS_PER_MS);
    bench_verdict(&b);
    ck_assert_msg(strcmp(b.v.plain, cases[_i].plain) == 0, "%s:\n%s\nnot\n%s",
                  cases[_i].name, b.v.plain, cases[_i].plain);
}
END_TEST

/* What was not understood is part of the statement, whatever else is. */
START_TEST(unread_is_told)
{
    bench_start(&b, TT_TIME_MS);
    b.ledger->traffic->unread = 2;
    tt_ledger_time(b.ledger, 5000 * TT_NS_PER_MS);
    bench_verdict(&b);
    ck_assert_str_eq(b.v.plain,
                     "What passed on the line is not known: 2 places of the "
                     "input were not understood, and no byte was in the rest.");
    bench_bytes(&b, 5000, TT_LANE_HOST, "7F 00");
    bench_verdict(&b);
    ck_assert_str_eq(b.v.plain,
                     "The host sent 2 bytes, 0 % printable; what the device "
                     "sent is not known. 2 places of the input were not "
                     "understood, so this is not all. None of 1 rules "
                     "matched.");
}
END_TEST

START_TEST(weak_matches_are_counted)
{
    b.rule[0].cap = 3;
    bench_start(&b, TT_TIME_MS);
    bench_bytes(&b, 0, TT_LANE_DEVICE, "68 00");
    bench_hit(&b, &b.rule[0], 0, TT_LANE_DEVICE, 0, 1);
    bench_verdict(&b);
    ck_assert_ptr_nonnull(strstr(b.v.plain,
                                 "1 of 1 rules matched, too weakly for a "
                                 "verdict."));
}
END_TEST

START_TEST(nothing_about_rules_when_one_held)
{
    bench_start(&b, TT_TIME_MS);
    bench_bytes(&b, 0, TT_LANE_DEVICE, "68 00");
    bench_hit(&b, &b.rule[0], 0, TT_LANE_DEVICE, 0, 1);
    bench_verdict(&b);
    ck_assert_str_eq(b.v.plain, "The device sent 2 bytes, 50 % printable; "
                                "nothing of the host was recorded.");
}
END_TEST

START_TEST(lost_bytes_are_told)
{
    struct tt_record lost = {
        .lane = TT_LANE_LINE, .event = TT_EV_LOST, .count = 12};

    bench_start(&b, TT_TIME_MS);
    bench_bytes(&b, 0, TT_LANE_DEVICE, "68 00");
    tt_ledger_count(b.ledger, &lost);
    bench_verdict(&b);
    ck_assert_ptr_nonnull(strstr(b.v.plain, "At least 12 bytes are missing."));
}
END_TEST

START_TEST(fingerprint)
{
    bench_start(&b, TT_TIME_US);
    bench_baud(&b, 0, 57600);
    bench_bytes(&b, 10, TT_LANE_HOST, "7F");
    bench_bytes(&b, 13, TT_LANE_DEVICE, "68 68 68");
    bench_fill(&b, 14, TT_LANE_DEVICE, 0x68, 400);
    bench_event(&b, 100, TT_EV_DTR_DOWN);
    bench_verdict(&b);
    ck_assert_str_eq(b.v.fingerprint,
                     "[baud] 10ms > 7F 3ms < 68*16 ..(403) 86ms [dtr-]; host "
                     "1 B 0 % printable; device 403 B 100 % printable; 57600 "
                     "8N1; time us");
}
END_TEST

START_TEST(fingerprint_at_the_limit)
{
    unsigned n = TT_MAX_OPENING + (unsigned)_i;

    bench_start(&b, TT_TIME_NONE);
    for (unsigned i = 0; i < n; i++)
        bench_bytes(&b, 0, i & 1 ? TT_LANE_DEVICE : TT_LANE_HOST, "1B");
    bench_verdict(&b);
    ck_assert((strstr(b.v.fingerprint, " ...;") != NULL) == (_i == 1));
    for (const char *p = b.v.fingerprint; *p; p++)
        ck_assert(*p >= 0x20 && *p < 0x7f);
}
END_TEST

/* ---- the ring ---------------------------------------------------------- */

/* What is held does not depend on how the bytes came. */
START_TEST(ring_and_cuts)
{
    static struct tt_traffic t[2];
    static uint8_t data[TT_HISTORY + 3 * TT_TRAFFIC_SLICE];
    const size_t total = sizeof(data) - 17;
    uint8_t out[2][8];
    size_t at = 0;

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
    for (int i = 0; i < 2; i++)
        tt_traffic_init(&t[i], TT_TIME_MS);
    for (; at < total; at++)
        tt_traffic_keep(&t[0], TT_LANE_HOST, data + at, 1);
    for (at = 0; at < total;) {
        /* The whole rest: it is ahead of the other ring by up to a slice. */
        size_t n = tt_traffic_piece(&t[1], TT_LANE_HOST, sizeof(data) - at);

        tt_traffic_keep(&t[1], TT_LANE_HOST, data + at, n);
        at += n;
    }
    for (uint64_t o = 0; o + 8 <= total; o += 97) {
        size_t n = tt_traffic_bytes(&t[0], TT_LANE_HOST, o, out[0], 8);

        ck_assert_uint_eq(n,
                          tt_traffic_bytes(&t[1], TT_LANE_HOST, o, out[1], 8));
        ck_assert(n == 0 || n == 8);
        ck_assert(!n || memcmp(out[0], data + o, 8) == 0);
        ck_assert(!n || memcmp(out[1], data + o, 8) == 0);
        ck_assert(n || o < 4 * TT_TRAFFIC_SLICE);
    }
}
END_TEST

START_TEST(ring_at_the_limit)
{
    static struct tt_traffic t;
    static const uint8_t zero[TT_TRAFFIC_SLICE];
    uint8_t out[4];

    tt_traffic_init(&t, TT_TIME_MS);
    for (int i = 0; i < TT_HISTORY / TT_TRAFFIC_SLICE; i++)
        tt_traffic_keep(&t, TT_LANE_HOST, zero, sizeof(zero));
    ck_assert_uint_eq(tt_traffic_bytes(&t, TT_LANE_HOST, 0, out, 4), 4);
    tt_traffic_keep(&t, TT_LANE_HOST, zero, 1);
    ck_assert_uint_eq(tt_traffic_bytes(&t, TT_LANE_HOST, 0, out, 4), 0);
    ck_assert_uint_eq(
        tt_traffic_bytes(&t, TT_LANE_HOST, TT_TRAFFIC_SLICE, out, 4), 4);
    ck_assert_uint_eq(tt_traffic_bytes(&t, TT_LANE_HOST, TT_HISTORY, out, 4),
                      1);
    ck_assert_uint_eq(tt_traffic_bytes(&t, TT_LANE_LINE, 0, out, 4), 0);
}
END_TEST

START_TEST(turns)
{
    bench_start(&b, TT_TIME_MS);
    bench_bytes(&b, 0, TT_LANE_HOST, "01");
    bench_bytes(&b, 1, TT_LANE_HOST, "02");   /* the same turn */
    bench_bytes(&b, 3, TT_LANE_HOST, "03");   /* after a pause */
    bench_bytes(&b, 3, TT_LANE_DEVICE, "04"); /* other lane */
    bench_bytes(&b, 3, TT_LANE_HOST, "05");   /* and back */
    ck_assert_uint_eq(b.ledger->traffic->seen.turns[TT_LANE_HOST], 3);
    ck_assert_uint_eq(b.ledger->traffic->seen.turns[TT_LANE_DEVICE], 1);
    ck_assert_uint_eq(b.ledger->traffic->bursts[TT_LANE_HOST], 2);
}
END_TEST

Suite *plain_suite(void)
{
    Suite *s = suite_create("plain");
    TCase *tc = tcase_create("words");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, statement, 0, (int)TT_LEN(cases));
    tcase_add_test(tc, unread_is_told);
    tcase_add_test(tc, weak_matches_are_counted);
    tcase_add_test(tc, nothing_about_rules_when_one_held);
    tcase_add_test(tc, lost_bytes_are_told);
    tcase_add_test(tc, fingerprint);
    tcase_add_loop_test(tc, fingerprint_at_the_limit, 0, 2);
    tcase_add_test(tc, turns);
    suite_add_tcase(s, tc);
    tc = tcase_create("ring");
    tcase_add_test(tc, ring_and_cuts);
    tcase_add_test(tc, ring_at_the_limit);
    suite_add_tcase(s, tc);
    return s;
}
