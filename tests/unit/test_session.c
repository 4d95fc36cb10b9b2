/* Rules and tapes end to end, fed whole, by bytes, cut, and live. */
#include "scene.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#define US "# telltale tape 1\n# time: us\n"

static const struct {
    const char *name, *tape, *headline;
    enum tt_word word;
    enum tt_verdict_status status;
    const char *subject, *value; /* a claim, NULL: none at all */
    unsigned ndecide;
} cases[] = {
    {"healthy", US "0.0 > 7F\n0.003 < 79\n", "stm32.answers", TT_WORD_IS,
     TT_STATUS_OK, "target.bootloader", "stm32", 0},
    {"the named case", US "0.0 > 7F\n0.003112 < 68*45\n0.2\n",
     "stm32.app-running", TT_WORD_IS, TT_STATUS_FAULT, "target.bootloader",
     "absent", 0},
    {"without host bytes", US "0.003112 < 68*45\n", "line.repeats", TT_WORD_IS,
     TT_STATUS_OK, NULL, NULL, 0},
    {"silent", US "0.0 > 7F\n3.0\n", "stm32.silent", TT_WORD_PROBABLY,
     TT_STATUS_FAULT, "target.bootloader", "silent", 0},
    {"silent three times", US "0.0 > 7F\n2.0 > 7F\n4.0 > 7F\n6.0\n",
     "stm32.silent", TT_WORD_IS, TT_STATUS_FAULT, "target.bootloader", "silent",
     0},
    {"silent, then it answers", US "0.0 > 7F\n2.0 > 7F\n4.0 > 7F\n4.003 < 79\n",
     "stm32.answers", TT_WORD_IS, TT_STATUS_OK, "target.bootloader", "stm32",
     0},
    {"one odd answer", US "0.0 > 7F\n0.003 < F8\n", "stm32.odd",
     TT_WORD_PROBABLY, TT_STATUS_FAULT, "target.bootloader", "not-stm32", 0},
    {"a frame that begins with 68",
     US "0.0 > 7F\n0.003 < 68 03 03 68 08 01 72 7B 16\n", "mbus.long-frame",
     TT_WORD_IS, TT_STATUS_OK, "link.protocol", "mbus", 0},
    {"a lone 68", US "0.0 < 68\n", "", TT_WORD_NONE, TT_STATUS_UNKNOWN, NULL,
     NULL, 1},
    {"wrong speed before all else",
     US "0.0 > 7F\n0.003 < 68*8\n0.1 [frame-error]\n0.11 < F8\n"
        "0.12 [frame-error]\n0.13 [frame-error]\n",
     "line.wrong-speed", TT_WORD_IS, TT_STATUS_FAULT, "line.speed", "wrong", 0},
    {"the speed was put right",
     US "0.0 [9600 8N1]\n0.1 [frame-error]\n0.12 [frame-error]\n"
        "0.13 [frame-error]\n1.0 [115200 8N1]\n2.0 > 7F\n2.01 < 79\n",
     "stm32.answers", TT_WORD_IS, TT_STATUS_OK, "target.bootloader", "stm32",
     0},
    {"a hint of the tool", US "0.0 $ \"Failed to init device.\\n\"\n",
     "tool.failed", TT_WORD_PROBABLY, TT_STATUS_FAULT, NULL, NULL, 0},
    {"cleared by open, due before it", US "0.0 > 7F\n5.0 [open]\n5.1 > 00\n",
     "", TT_WORD_NONE, TT_STATUS_UNKNOWN, NULL, NULL, 0},
    {"the first hit, then an open line", US "0.0 [open]\n0.1 > 7F\n0.2 < 79\n",
     "stm32.answers", TT_WORD_IS, TT_STATUS_OK, "target.bootloader", "stm32",
     0},
    {"nothing", US "0.0\n", "", TT_WORD_NONE, TT_STATUS_UNKNOWN, NULL, NULL, 0},
    {"nothing known", US "0.0 > 01 02\n0.1 < 03 04\n", "", TT_WORD_NONE,
     TT_STATUS_UNKNOWN, NULL, NULL, 0},
};

static const char *claimed(const struct tt_verdict *v, const char *subject)
{
    for (unsigned i = 0; i < v->nclaims; i++)
        if (strcmp(v->claim[i].subject, subject) == 0)
            return v->claim[i].value;
    return "";
}

START_TEST(verdict)
{
    const struct tt_verdict *v;
    struct scene s;

    scene_play(&s, scene_rules, cases[_i].tape, strlen(cases[_i].tape),
               SCENE_WHOLE);
    v = &s.v;
    ck_assert_msg(strcmp(v->has_headline ? v->headline.rule->name : "",
                         cases[_i].headline) == 0,
                  "%s: '%s'", cases[_i].name,
                  v->has_headline ? v->headline.rule->name : "");
    ck_assert_msg(v->headline.word == cases[_i].word, "%s: %s, %d bits",
                  cases[_i].name, tt_word_name(v->headline.word),
                  (int)(v->headline.bits >> 16));
    ck_assert_msg(v->status == cases[_i].status, "%s", cases[_i].name);
    ck_assert_msg(v->ndecide == cases[_i].ndecide, "%s: %u", cases[_i].name,
                  v->ndecide);
    if (cases[_i].subject) {
        ck_assert_str_eq(claimed(v, cases[_i].subject), cases[_i].value);
    } else {
        ck_assert_uint_eq(v->nclaims, 0);
    }
    ck_assert_str_ne(v->plain, "");
    scene_end(&s);
}
END_TEST

/* However it is fed, the report is the same to the letter. */
START_TEST(feeding)
{
    struct tt_report_options text = {.width = 80};
    char *want[2] = {NULL, NULL}, *got;
    struct scene s;

    for (int mode = 0; mode < SCENE_MODES; mode++) {
        scene_play(&s, scene_rules, cases[_i].tape, strlen(cases[_i].tape),
                   (enum scene_mode)mode);
        for (int json = 0; json < 2; json++) {
            /* Ticks before the first record lengthen the recording. */
            if (json && mode == SCENE_LIVE)
                continue;
            got = scene_report(&s, "x.tape", json ? NULL : &text);
            if (mode)
                ck_assert_msg(strcmp(got, want[json]) == 0, "%s: %s\nnot\n%s",
                              cases[_i].name, got, want[json]);
            else
                want[json] = strdup(got);
            free(got);
        }
        scene_end(&s);
    }
    free(want[0]);
    free(want[1]);
}
END_TEST

/* A session can be used again. */
START_TEST(reset)
{
    struct tt_record r = {
        .lane = TT_LANE_HOST, .bytes = (const uint8_t *)"\x7f", .len = 1};
    struct tt_report_options text = {.width = 80};
    struct scene s;
    char *first, *second;

    scene_play(&s, scene_rules, US "0.0 > 00\n", strlen(US "0.0 > 00\n"),
               SCENE_WHOLE);
    for (int i = 0; i < 2; i++) {
        char **out = i ? &second : &first;

        tt_session_reset(s.session, TT_TIME_MS);
        r.lane = TT_LANE_HOST;
        r.bytes = (const uint8_t *)"\x7f";
        r.t_ns = 0;
        ck_assert_int_eq(tt_session_push(s.session, &r), TT_OK);
        r.lane = TT_LANE_DEVICE;
        r.bytes = (const uint8_t *)"\x79";
        r.t_ns = TT_NS_PER_MS;
        ck_assert_int_eq(tt_session_push(s.session, &r), TT_OK);
        tt_session_finish(s.session, 0);
        ck_assert_int_eq(tt_session_verdict(s.session, &s.v), TT_OK);
        *out = scene_report(&s, "x", &text);
    }
    ck_assert_str_eq(first, second);
    ck_assert_ptr_nonnull(strstr(first, "answered 79"));
    free(first);
    free(second);
    scene_end(&s);
}
END_TEST

START_TEST(changed)
{
    struct tt_record r = {
        .lane = TT_LANE_HOST, .bytes = (const uint8_t *)"\x7f", .len = 1};
    struct scene s;

    scene_play(&s, scene_rules, US "0.0\n", strlen(US "0.0\n"), SCENE_WHOLE);
    ck_assert(!tt_session_changed(s.session));
    ck_assert_int_eq(tt_session_push(s.session, &r), TT_OK);
    ck_assert(tt_session_changed(s.session));
    ck_assert_int_eq(tt_session_verdict(s.session, &s.v), TT_OK);
    ck_assert(!tt_session_changed(s.session));
    scene_end(&s);
}
END_TEST

static const struct {
    const char *name;
    struct tt_record r;
    enum tt_status status;
} odd[] = {
    {"no bytes", {.lane = TT_LANE_HOST}, TT_OK},
    {"a length without bytes", {.lane = TT_LANE_HOST, .len = 3}, TT_ERR_ARG},
    {"bytes on the line lane",
     {.lane = TT_LANE_LINE, .bytes = (const uint8_t *)"x", .len = 1},
     TT_ERR_ARG},
    {"a lane that does not exist",
     {.lane = (enum tt_lane)9, .bytes = (const uint8_t *)"x", .len = 1},
     TT_ERR_ARG},
    {"an event that does not exist",
     {.lane = TT_LANE_LINE, .event = (enum tt_event)99},
     TT_ERR_ARG},
};

START_TEST(odd_records)
{
    struct scene s;

    scene_play(&s, scene_rules, US "0.0\n", strlen(US "0.0\n"), SCENE_WHOLE);
    ck_assert_msg(tt_session_push(s.session, &odd[_i].r) == odd[_i].status,
                  "%s", odd[_i].name);
    scene_end(&s);
}
END_TEST

Suite *session_suite(void)
{
    Suite *s = suite_create("session");
    TCase *tc = tcase_create("end to end");

    tcase_set_timeout(tc, 30); /* a busy machine under ASan */
    tcase_add_loop_test(tc, verdict, 0, (int)TT_LEN(cases));
    tcase_add_loop_test(tc, feeding, 0, (int)TT_LEN(cases));
    tcase_add_test(tc, reset);
    tcase_add_test(tc, changed);
    tcase_add_loop_test(tc, odd_records, 0, (int)TT_LEN(odd));
    suite_add_tcase(s, tc);
    return s;
}
