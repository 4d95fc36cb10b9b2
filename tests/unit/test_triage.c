/*
 * What is compared, labelled and redacted: the caps, and what the reports
 * cannot show from outside.
 */
#include "report/compare.h"
#include "report/notes.h"
#include "report/redact.h"
#include "rules_help.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static struct tt_record bytes(enum tt_lane lane, uint64_t ms, const char *s)
{
    return (struct tt_record){.t_ns = ms * TT_NS_PER_MS,
                              .lane = lane,
                              .bytes = (const uint8_t *)s,
                              .len = strlen(s)};
}

START_TEST(test_turns_at_the_cap)
{
    struct tt_dialog d;
    struct tt_record r;

    tt_dialog_init(&d, TT_TIME_MS);
    for (uint64_t i = 0; i < TT_MAX_TURNS; i++) {
        r = bytes(i % 2 ? TT_LANE_DEVICE : TT_LANE_HOST, i, "x");
        tt_dialog_record(&d, &r);
    }
    ck_assert(d.n == TT_MAX_TURNS && !d.cut && !d.status);
    r = bytes(TT_LANE_HOST, TT_MAX_TURNS, "x");
    tt_dialog_record(&d, &r);
    ck_assert(d.n == TT_MAX_TURNS && d.cut && !d.status);
    tt_dialog_release(&d);
}
END_TEST

START_TEST(test_turns)
{
    struct tt_dialog d;
    struct tt_record r[] = {
        bytes(TT_LANE_HOST, 0, "a"),
        bytes(TT_LANE_HOST, 1, "b"),
        bytes(TT_LANE_TOOL, 2, "text"),
        bytes(TT_LANE_DEVICE, 3, "c"),
        bytes(TT_LANE_DEVICE, 900, "d"),
        {.t_ns = TT_NS_PER_S, .lane = TT_LANE_LINE, .event = TT_EV_BREAK},
        bytes(TT_LANE_DEVICE, 1001, "e")};

    tt_dialog_init(&d, TT_TIME_MS);
    for (size_t i = 0; i < TT_LEN(r); i++)
        tt_dialog_record(&d, &r[i]);
    ck_assert_uint_eq(d.n, 4); /* ab, c, d after a pause, e after an event */
    ck_assert(d.turn[0].len == 2 && !memcmp(d.turn[0].head, "ab", 2));
    ck_assert_uint_eq(d.turn[3].nevents, 1);
    tt_dialog_label(&d, TT_LANE_DEVICE, 1, 1, "name");
    ck_assert_str_eq(d.turn[2].label, "name");
    ck_assert_str_eq(d.turn[1].label, "");
    tt_dialog_release(&d);
}
END_TEST

START_TEST(test_notes_at_the_cap)
{
    struct tt_rules *set = rules_from_text(
        "rule a.b\n  match < 41\n  note \"a\"\n  yes < 41\n  no < 42\n", NULL);
    struct tt_hit hit = {.rule = set->rules, .nspans = 1};
    struct tt_notes notes;

    tt_notes_init(&notes, set);
    for (uint64_t i = 0; i < TT_MAX_NOTES; i++) {
        hit.span[0] = (struct tt_span){
            .lane = TT_LANE_DEVICE, .offset = TT_MAX_NOTES - i, .len = 1};
        tt_notes_hit(&hit, &notes);
    }
    ck_assert(notes.n == TT_MAX_NOTES && !notes.cut);
    tt_notes_hit(&hit, &notes);
    ck_assert(notes.n == TT_MAX_NOTES && notes.cut);
    tt_notes_sort(&notes);
    ck_assert(notes.v[0].offset == 1 && !strcmp(notes.v[0].text, "a"));
    tt_notes_release(&notes);
    tt_rules_free(set);
}
END_TEST

START_TEST(test_redact_at_the_cap)
{
    struct tt_rules *set = rules_from_text(
        "rule a.b\n  match < 41\n  note \"a\"\n  yes < 41\n  no < 42\n", NULL);
    struct tt_redactor *rd;
    size_t piece = 1 << 20;
    char *p = calloc(1, piece);
    struct tt_record r = {.lane = TT_LANE_DEVICE, .len = piece};

    ck_assert_ptr_nonnull(p);
    r.bytes = (const uint8_t *)p;
    ck_assert_int_eq(tt_redact_new(&rd, set), TT_OK);
    for (size_t i = 0; i < TT_MAX_REDACT / piece; i++)
        ck_assert_int_eq(tt_redact_record(rd, &r), TT_OK);
    r.len = 1;
    ck_assert_int_eq(tt_redact_record(rd, &r), TT_ERR_LIMIT);
    tt_redact_free(rd);
    tt_rules_free(set);
    free(p);
}
END_TEST

static void reads(struct tt_redactor *rd, const char *text, const char *as)
{
    char copy[256];
    size_t n = strlen(text);

    memcpy(copy, text, n + 1);
    tt_redact_text(rd, copy, n);
    ck_assert_str_eq(copy, as);
}

START_TEST(test_forms)
{
    struct tt_rules *set = rules_from_text(
        "table private_words\n  1 \"serial\"\n  2 \"AT+CPIN\"\n\n"
        "rule a.b\n  match < 41\n  note \"a\"\n  yes < 41\n  no < 42\n",
        NULL);
    struct tt_redactor *rd;

    ck_assert_int_eq(tt_redact_new(&rd, set), TT_OK);
    reads(rd, "mac 24:0a:c4:11:22:33.", "mac 00:00:00:00:00:00.");
    reads(rd, "24-0A-C4-11-22-33", "00-00-00-00-00-00");
    reads(rd, "24:0a:c4:11:22:33:44", "24:0a:c4:11:22:33:44");
    reads(rd, "490154203237518", "000000000000000");
    reads(rd, "190154203237519", "190154203237519"); /* no check digit */
    reads(rd, "89490200001234567890", "00000000000000000000");
    reads(rd, "+4915112345678 +491", "+0000000000000 +491");
    reads(rd, "to me.you@a-b.org.", "to xx.xxx@x-x.xxx.");
    reads(rd, "a@b", "a@b");
    reads(rd, "/home/anna/x /home/", "/home/xxxx/x /home/");
    reads(rd, "serial: ZB12 cd", "serial: XX00 cd");
    reads(rd, "Serial=\"Z b\",x", "Serial=\"X x\",x");
    reads(rd, "myserial: AB12", "myserial: AB12");
    reads(rd, "serial=24:0a:c4:11:22:33", "serial=00:00:00:00:00:00");
    reads(rd, "serial port", "serial port");
    reads(rd, "serial: next:", "serial: next:");
    reads(rd, "AT+CPIN=\"1234\",\"5678\"\r\n", "AT+CPIN=\"0000\",\"0000\"\r\n");
    reads(rd, "-----BEGIN X KEY-----\nZb1+\n-----END",
          "-----BEGIN X KEY-----\nXx0+\n-----END");
    tt_redact_free(rd);
    tt_rules_free(set);
}
END_TEST

Suite *triage_suite(void)
{
    Suite *s = suite_create("triage");
    TCase *t = tcase_create("triage");

    tcase_set_timeout(t, 300);
    tcase_add_test(t, test_turns_at_the_cap);
    tcase_add_test(t, test_turns);
    tcase_add_test(t, test_notes_at_the_cap);
    tcase_add_test(t, test_redact_at_the_cap);
    tcase_add_test(t, test_forms);
    suite_add_tcase(s, t);
    return s;
}
