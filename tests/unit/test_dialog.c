#include "source/dialog.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS(n) ((uint64_t)(n)*TT_NS_PER_MS)

static struct dialog *d;
static char said[256]; /* by the device since it was looked at */
static char news[512]; /* LRBKS letters with the place */
static uint64_t now_ns;

static void on_news(void *user, const struct dialog_news *n)
{
    static const char letters[] = "LBRKS"; /* left back repeated skip start */
    char one[64];

    (void)user;
    (void)snprintf(one, sizeof(one), "%c%d ", letters[n->kind], (int)n->offset);
    (void)strncat(news, one, sizeof(news) - strlen(news) - 1);
    if (n->kind == DIALOG_LEFT) {
        ck_assert_uint_gt(n->ngot, 0);
        ck_assert(n->past_end == (n->nexpected == 0));
    }
}

static void begin(size_t most, bool lines, unsigned speed)
{
    const struct dialog_config c = {
        .most = most, .speed_pm = speed, .lines = lines, .news = on_news};

    ck_assert_int_eq(dialog_new(&d, &c), TT_OK);
    said[0] = news[0] = '\0';
    now_ns = 0;
}

static enum tt_status add(uint64_t ms, enum tt_lane lane, const char *s)
{
    const struct tt_record r = {.t_ns = MS(ms),
                                .lane = lane,
                                .bytes = (const uint8_t *)s,
                                .len = strlen(s)};

    return dialog_add(d, &r);
}

static void event(uint64_t ms, enum tt_event ev)
{
    const struct tt_record r = {
        .t_ns = MS(ms), .lane = TT_LANE_LINE, .event = ev};

    ck_assert_int_eq(dialog_add(d, &r), TT_OK);
}

/* A recording as "0 >ab 5 <xy 7 [dtr+]"; times in ms. */
static void record(const char *text)
{
    static const struct {
        const char *name;
        enum tt_event ev;
    } events[] = {{"[open]", TT_EV_OPEN},   {"[close]", TT_EV_CLOSE},
                  {"[dtr+]", TT_EV_DTR_UP}, {"[dtr-]", TT_EV_DTR_DOWN},
                  {"[rts+]", TT_EV_RTS_UP}, {"[rts-]", TT_EV_RTS_DOWN}};
    char what[32];
    unsigned ms;
    int n;

    while (sscanf(text, " %u %31s%n", &ms, what, &n) == 2) {
        text += n;
        if (what[0] == '>' || what[0] == '<')
            ck_assert_int_eq(add(ms,
                                 what[0] == '>' ? TT_LANE_HOST : TT_LANE_DEVICE,
                                 what + 1),
                             TT_OK);
        for (size_t i = 0; i < TT_LEN(events); i++)
            if (!strcmp(what, events[i].name))
                event(ms, events[i].ev);
    }
}

/* What the device has said by now. */
static void hear(void)
{
    struct tt_slice s;

    said[0] = '\0';
    while (dialog_due(d, now_ns, &s))
        (void)strncat(said, s.p, s.n);
}

/* The host says s; after ms the device has answered with want. */
static void talk(const char *s, unsigned ms, const char *want)
{
    dialog_host(d, now_ns, (const uint8_t *)s, strlen(s));
    now_ns += MS(ms);
    hear();
    ck_assert_str_eq(said, want);
}

static void end(void)
{
    dialog_free(d);
    d = NULL;
}

START_TEST(answers_in_its_time)
{
    begin(1000, false, 1000);
    record("100 >ab 105 <x 110 <y 200 >c 230 <z");
    talk("ab", 50, ""); /* nobody has opened it */
    dialog_event(d, now_ns, TT_EV_OPEN);
    talk("ab", 4, "");
    ck_assert_uint_eq(dialog_next(d), now_ns + MS(1));
    talk("", 1, "x");
    talk("", 4, "");
    talk("", 1, "y");
    ck_assert_uint_eq(dialog_next(d), UINT64_MAX);
    talk("c", 29, "");
    talk("", 1, "z");
    ck_assert_uint_eq(dialog_stats(d)->furthest, 3);
    ck_assert_uint_eq(dialog_stats(d)->matched, 3);
    ck_assert_uint_eq(dialog_stats(d)->sent, 3);
    ck_assert_str_eq(news, "");
    end();
}
END_TEST

START_TEST(faster_or_at_once)
{
    begin(1000, false, 10000);
    record("0 >a 100 <x");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("a", 9, "");
    talk("", 1, "x");
    end();
    begin(1000, false, DIALOG_AT_ONCE);
    record("0 >a 60000 <x");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("a", 0, "x");
    end();
    begin(1000, false, 500);
    record("0 >a 100 <x");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("a", 199, "");
    talk("", 1, "x");
    end();
}
END_TEST

START_TEST(speaks_without_being_asked)
{
    begin(1000, false, 1000);
    record("1000 <boot 1010 <ed 1100 >q 1101 <r");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("", 9, "boot");
    talk("", 1, "ed");
    talk("q", 1, "r");
    end();
}
END_TEST

START_TEST(byte_by_byte_is_the_same)
{
    begin(1000, false, 1000);
    record("0 >abc 1 <x 2 >de 3 <y");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("a", 0, "");
    talk("b", 0, "");
    talk("c", 1, "x");
    talk("d", 0, "");
    talk("e", 1, "y");
    ck_assert_str_eq(news, "");
    end();
}
END_TEST

START_TEST(repeats_get_their_answer_again)
{
    begin(1000, false, 1000);
    record("0 >ab 1 <x 10 >cd 11 <y");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("ab", 1, "x");
    talk("ab", 1, "x");
    talk("ab", 1, "x");
    talk("cd", 1, "y");
    talk("ab", 1, "x"); /* from the end to the start again */
    ck_assert_uint_eq(dialog_stats(d)->repeated, 3);
    ck_assert_uint_eq(dialog_stats(d)->left, 0);
    ck_assert_str_eq(news, "R0 R0 R0 ");
    end();
}
END_TEST

/* Of two answers to the same question the one after what the host did. */
START_TEST(the_past_decides)
{
    begin(1000, false, 1000);
    record("0 >a 1 <1 10 >q 11 <first 20 >b 21 <2 30 >q 31 <second");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("a", 1, "1");
    talk("b", 1, "2");
    talk("q", 1, "second");
    talk("a", 1, "1");
    talk("q", 1, "first");
    ck_assert_uint_eq(dialog_stats(d)->left, 0);
    ck_assert_uint_eq(dialog_stats(d)->skipped, 1);
    end();
}
END_TEST

/* Retries that were recorded need not be made, nor the same number. */
START_TEST(other_number_of_retries)
{
    begin(1000, false, 1000);
    record("0 >s 300 >s 600 >s 601 <! 700 >go 701 <ok");
    dialog_event(d, 0, TT_EV_OPEN);
    for (int i = 0; i < 2; i++)
        talk("s", 300, "");
    talk("s", 1, "!");
    talk("go", 1, "ok");
    ck_assert_str_eq(news, "");
    end();
    begin(1000, false, 1000);
    record("0 >s 300 >s 600 >s 601 <! 700 >go 701 <ok");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("s", 300, "");
    talk("go", 1, "ok");
    ck_assert_uint_eq(dialog_stats(d)->skipped, 1);
    end();
}
END_TEST

START_TEST(leaves_and_comes_back)
{
    begin(1000, false, 1000);
    record("0 >abcd 1 <x 10 >efgh 11 <y");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("abcd", 1, "x");
    talk("ef", 1, "");
    talk("XX", 100, "");
    ck_assert_str_eq(news, "L6 ");
    ck_assert(dialog_stats(d)->off);
    talk("efghi", 100, ""); /* a message, and one byte too many */
    ck_assert_str_eq(news, "L6 ");
    talk("efgh", 100, "y");
    ck_assert_str_eq(news, "L6 B4 ");
    talk("zzz", 100, "");
    talk("abcd", 100, "x");
    ck_assert_str_eq(news, "L6 B4 L8 B0 ");
    ck_assert_uint_eq(dialog_stats(d)->left, 2);
    ck_assert(!dialog_stats(d)->off);
    end();
}
END_TEST

/* What is on its way is said, whatever the host does; nothing else is. */
START_TEST(silent_when_left)
{
    begin(1000, false, 1000);
    record("0 >a 50 <late 60 >b 61 <x");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("a", 1, "");
    talk("?", 48, "");
    talk("?", 1000, "late");
    talk("", 1000, "");
    ck_assert_str_eq(news, "L1 ");
    end();
}
END_TEST

/* One byte of a message is in another by chance. */
START_TEST(no_answer_by_chance)
{
    begin(1000, false, 1000);
    record("0 >abcd 1 <x 10 >bczz 11 <y");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("bcd", 100, "");
    ck_assert_uint_eq(dialog_stats(d)->left, 1);
    talk("cd", 100, "");   /* the middle of a message is none */
    talk("abce", 100, ""); /* nor is its beginning alone */
    ck_assert_uint_eq(dialog_stats(d)->sent, 0);
    end();
}
END_TEST

START_TEST(edges_are_followed)
{
    begin(1000, true, 1000);
    record("0 [open] 1 [dtr+] 2 [rts+] 3 <noise 10 [dtr-] 20 [dtr+] 30 <boot "
           "40 >s 41 <! 50 [dtr-] 51 [close]");
    dialog_event(d, 0, TT_EV_OPEN);
    dialog_event(d, 0, TT_EV_DTR_UP);
    dialog_event(d, 0, TT_EV_RTS_UP);
    talk("", 1, "noise");
    dialog_event(d, now_ns, TT_EV_DTR_DOWN);
    talk("", 20, "");
    dialog_event(d, now_ns, TT_EV_DTR_UP);
    talk("", 10, "boot");
    talk("s", 1, "!");
    ck_assert_str_eq(news, "");
    /* Again in the middle: to the place where the device boots. */
    dialog_event(d, now_ns, TT_EV_DTR_DOWN);
    dialog_event(d, now_ns, TT_EV_DTR_UP);
    talk("", 10, "boot");
    talk("s", 1, "!");
    ck_assert_str_eq(news, "S0 ");
    end();
}
END_TEST

/* Edges that nobody recorded: a rising one begins again. */
START_TEST(edges_without_any_recorded)
{
    begin(1000, true, 1000);
    record("0 >s 1 <! 10 >t 11 <?");
    dialog_event(d, 0, TT_EV_OPEN);
    dialog_event(d, 0, TT_EV_DTR_UP);
    talk("s", 1, "!");
    dialog_event(d, now_ns, TT_EV_DTR_DOWN);
    talk("t", 1, "?");
    dialog_event(d, now_ns, TT_EV_DTR_UP);
    ck_assert_str_eq(news, "S0 ");
    talk("s", 1, "!");
    end();
}
END_TEST

/* Where lines are not seen, those recorded stand in no way. */
START_TEST(without_lines)
{
    begin(1000, false, 1000);
    record("0 [open] 1 [dtr+] 2 [rts+] 10 [dtr-] 20 [dtr+] 40 >s 41 <! "
           "50 [rts-] 60 >t 61 <?");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("s", 1, "!");
    talk("t", 1, "?");
    ck_assert_str_eq(news, "");
    end();
    begin(1000, true, 1000); /* seen, but this host moves none */
    record("0 [open] 1 [dtr+] 20 [dtr-] 40 >s 41 <!");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("s", 1, "!");
    end();
}
END_TEST

START_TEST(sessions)
{
    begin(1000, false, 1000);
    record("0 [open] 1 >a 2 <1 3 [close] 10 [open] 11 >a 12 <2 13 [close]");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("a", 1, "1");
    dialog_event(d, now_ns, TT_EV_CLOSE);
    dialog_event(d, now_ns, TT_EV_OPEN);
    talk("a", 1, "2");
    dialog_event(d, now_ns, TT_EV_OPEN); /* from the first again */
    talk("a", 1, "1");
    end();
    begin(1000, false, 1000);
    record("0 [open] 1 >ab 2 <1 10 [open] 11 >ab 12 <2");
    dialog_event(d, 0, TT_EV_OPEN);
    talk("a", 1, "");
    dialog_event(d, now_ns, TT_EV_OPEN); /* it was not done: again */
    talk("ab", 1, "1");
    end();
}
END_TEST

START_TEST(limits)
{
    begin(8, false, 1000);
    ck_assert_int_eq(add(0, TT_LANE_HOST, "1234"), TT_OK);
    ck_assert_int_eq(add(0, TT_LANE_DEVICE, "1234"), TT_OK);
    ck_assert_int_eq(add(0, TT_LANE_DEVICE, "1"), TT_ERR_LIMIT);
    ck_assert_int_eq(add(0, TT_LANE_TOOL, "more than that"), TT_OK);
    end();
    begin(8, false, 1000);
    ck_assert_int_eq(add(0, TT_LANE_HOST, "123456789"), TT_ERR_LIMIT);
    end();
    begin(8, true, 1000);
    for (unsigned i = 0; i < 8; i++)
        event(i, TT_EV_DTR_UP);
    ck_assert_int_eq(dialog_add(d,
                                &(struct tt_record){.lane = TT_LANE_LINE,
                                                    .event = TT_EV_DTR_DOWN}),
                     TT_ERR_LIMIT);
    end();
}
END_TEST

START_TEST(nothing_recorded)
{
    begin(8, true, 1000);
    dialog_event(d, 0, TT_EV_DTR_UP);
    dialog_event(d, 0, TT_EV_OPEN);
    dialog_event(d, 0, TT_EV_DTR_UP);
    talk("anything", 1000, "");
    ck_assert_str_eq(news, "L0 ");
    end();
}
END_TEST

/* Whatever a host does, nothing breaks and what is said was recorded. */
START_TEST(any_host)
{
    static const enum tt_event evs[] = {TT_EV_OPEN, TT_EV_CLOSE, TT_EV_DTR_UP,
                                        TT_EV_DTR_DOWN, TT_EV_BREAK};
    uint32_t x = 12345;

    begin(4000, true, 1000);
    record("0 [open] 1 [dtr+] 2 >ab 3 <x 4 >b 30 >ba 31 <y 40 [dtr-] 41 [dtr+] "
           "50 >aab 51 <z 60 [close] 70 [open] 71 >b 72 <w");
    for (int i = 0; i < 200000; i++) {
        char c;

        x = x * 1664525 + 1013904223;
        now_ns += x >> 24 ? MS(1) : MS(40);
        c = (char)('a' + (x >> 20 & 3) % 3);
        if ((x >> 16 & 15) == 0)
            dialog_event(d, now_ns, evs[(x >> 10) % TT_LEN(evs)]);
        else
            dialog_host(d, now_ns, (const uint8_t *)&c, 1);
        hear();
        for (const char *s = said; *s; s++)
            ck_assert_ptr_nonnull(strchr("xyzw", *s));
        news[0] = '\0';
    }
    ck_assert_uint_gt(dialog_stats(d)->sent, 100);
    end();
}
END_TEST

Suite *dialog_suite(void)
{
    Suite *s = suite_create("dialog");
    TCase *t = tcase_create("dialog");

    tcase_add_test(t, answers_in_its_time);
    tcase_add_test(t, faster_or_at_once);
    tcase_add_test(t, speaks_without_being_asked);
    tcase_add_test(t, byte_by_byte_is_the_same);
    tcase_add_test(t, repeats_get_their_answer_again);
    tcase_add_test(t, the_past_decides);
    tcase_add_test(t, other_number_of_retries);
    tcase_add_test(t, leaves_and_comes_back);
    tcase_add_test(t, silent_when_left);
    tcase_add_test(t, no_answer_by_chance);
    tcase_add_test(t, edges_are_followed);
    tcase_add_test(t, edges_without_any_recorded);
    tcase_add_test(t, without_lines);
    tcase_add_test(t, sessions);
    tcase_add_test(t, limits);
    tcase_add_test(t, nothing_recorded);
    tcase_add_test(t, any_host);
    suite_add_tcase(s, t);
    return s;
}
