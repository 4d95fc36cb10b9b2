/*
 * Reports against golden files in tests/golden/report.  To write them anew,
 * GOLDEN=1 build/release/unit, and review the difference.
 */
#include "bench.h"
#include "scene.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US "# telltale tape 1\n# time: us\n"

/* What must never come out raw, from every place that comes from outside. */
#define HOSTILE "a\"b\\c\033[31m\x07\n\xff\xe2\x82\xac\xed\xa0\x80</script>"

static const char hostile_rules[] =
    "rule bad.one\n"
    "  title    \"\\e]0;x\\x07\\\" \\\\ \\n</script>\"\n"
    "  match    < 1B said:any*4..40\n"
    "  verdict  \"said {said:text}\\e[2J\\\"\\\\\\n\\xFF</script>\"\n"
    "  cause    \"\\x00\\x9B\"\n"
    "  fix      \"{said:hex}\\r\"\n"
    "  next     \"\\x7F\"\n"
    "  ref      \"\\t\"\n"
    "  severity error\n"
    "  yes      < 1B 01 02 03 04\n"
    "  no       < 00\n";

struct row {
    const char *name;  /* of the golden file */
    const char *input; /* file name shown; NULL: name.tape */
    const char *rules; /* NULL: scene_rules */
    const char *tape;
    size_t len; /* 0: strlen(tape) */
    struct tt_report_options opt;
};

static const struct row rows[] = {
    {.name = "named-case",
     .tape = US "0.0 [57600 8E1]\n0.001 > 7F\n0.004112 < 68 68\n"
                "0.0142 < 68*43\n0.178200 [dtr-]\n2.0\n"},
    {.name = "lone-68", .tape = US "0.0 < 68\n"},
    {.name = "wrong-speed",
     .tape = US "0.0 > 7F\n0.003 < 68*8\n0.1 [frame-error]\n0.11 < F8\n"
                "0.12 [frame-error]\n0.13 [frame-error]\n"},
    {.name = "probably", .tape = US "0.0 > 7F\n0.003 < F8\n"},
    {.name = "silent", .tape = US "0.0 > 7F\n2.0 > 7F\n4.0 > 7F\n6.0\n"},
    {.name = "healthy", .tape = US "0.0 > 7F\n0.003 < 79\n"},
    {.name = "nothing", .tape = US "0.0\n"},
    {.name = "no-times",
     .tape = "# telltale tape 1\n> 7F\n< 79\n> 7F\n< 68*9\n"},
    {.name = "unread",
     .tape =
         US "0.0 > 7F\n0.003 < 79\n0.004 nonsense\nmore \033[31mnonsense\n"},
    {.name = "unread-between",
     .tape = US "0.0 > 7F\n0.001 nonsense\n0.003 < 79\n"},
    {.name = "console",
     .tape = US "0.0 < \"Booting application v1.2 on board rev C\\r\\n\"\n"
                "0.1 < \"temp=23.5 hum=40\\r\\n\"\n0.2 < \"\\e[2J\\e[H> \"\n"
                "0.3 > \"help\\r\"\n0.31 < \"help\\r\\n\"\n"},
    {.name = "two-places",
     .tape = US "0.0 [frame-error]\n0.1 < \"some\\n\"\n0.11 < \"more\\n\"\n"
                "0.12 < \"text\\n\"\n0.13 < \"that\\n\"\n0.14 < \"does\\n\"\n"
                "0.145 < \"not\\n\"\n0.15 [frame-error]\n0.16 < 00 01\n"
                "0.2 [frame-error]\n0.21 < 02\n0.3 < 03\n0.4 < 04\n0.5 < 05\n"},
    {.name = "hostile",
     .input = HOSTILE,
     .rules = hostile_rules,
     .tape = US "# why: \033[2J\n0.0 < 1B 5B 32 4A FF 00 22 5C 3C 2F 73 63 0A\n"
                "\033]0;x\007\n"},
    {.name = "narrow",
     .tape = US "0.0 > 7F\n0.003112 < 68*45\n0.2\n",
     .opt = {.width = 40, .tail = 2}},
    {.name = "color",
     .tape = US "0.0 > 7F\n0.003112 < 68*45\n0.2\n",
     .opt = {.color = true}},
    {.name = "quiet",
     .tape = US "0.0 > 7F\n0.003112 < 68*45\n0.2\n",
     .opt = {.quiet = true}},
    {.name = "quiet-probably",
     .tape = US "0.0 > 7F\n0.003 < F8\n",
     .opt = {.quiet = true}},
    {.name = "quiet-unknown", .tape = US "0.0 < 68\n", .opt = {.quiet = true}},
};

static void compare(const char *name, const char *ext, const char *got)
{
    static char want[1 << 16];
    char path[128];
    size_t n = 0;
    FILE *f;

    (void)snprintf(path, sizeof(path), "tests/golden/report/%s.%s", name, ext);
    if (getenv("GOLDEN")) {
        f = fopen(path, "w");
        ck_assert_msg(f != NULL, "%s cannot be written", path);
        (void)fputs(got, f);
        (void)fclose(f);
        return;
    }
    f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s is not there", path);
    n = fread(want, 1, sizeof(want) - 1, f);
    want[n] = '\0';
    (void)fclose(f);
    ck_assert_msg(strcmp(got, want) == 0, "%s:\n%s\nnot\n%s", path, got, want);
}

static void play(struct scene *s, const struct row *row)
{
    scene_play(s, row->rules ? row->rules : scene_rules, row->tape,
               row->len ? row->len : strlen(row->tape), SCENE_WHOLE);
}

static const char *input_of(const struct row *row)
{
    static char name[64];

    if (row->input)
        return row->input;
    (void)snprintf(name, sizeof(name), "%s.tape", row->name);
    return name;
}

START_TEST(as_text)
{
    const struct row *row = &rows[_i];
    struct scene s;
    char *got;

    play(&s, row);
    got = scene_report(&s, input_of(row), &row->opt);
    compare(row->name, "txt", got);
    for (const char *p = got; *p; p++)
        ck_assert_msg((*p >= 0x20 && *p < 0x7f) || *p == '\n' ||
                          (*p == '\033' && row->opt.color),
                      "%s: byte %02X", row->name, (unsigned char)*p);
    free(got);
    scene_end(&s);
}
END_TEST

START_TEST(as_json)
{
    const struct row *row = &rows[_i];
    struct scene s;
    char *got;

    if (row->opt.quiet || row->opt.color || row->opt.width)
        return; /* JSON has no such options */
    play(&s, row);
    got = scene_report(&s, input_of(row), NULL);
    compare(row->name, "json", got);
    ck_assert_uint_eq(strcspn(got, "\n"), strlen(got) - 1);
    free(got);
    scene_end(&s);
}
END_TEST

/* No line of the block is wider than asked, whatever the texts are. */
START_TEST(widths)
{
    const struct row *row = &rows[_i % (int)TT_LEN(rows)];
    struct tt_report_options opt = {
        .width = 40 + 20 * (unsigned)(_i / (int)TT_LEN(rows))};
    struct scene s;
    char *got;

    play(&s, row);
    got = scene_report(&s, input_of(row), &opt);
    for (const char *p = got; *p && *p != '-'; p += strcspn(p, "\n") + 1)
        ck_assert_msg(strcspn(p, "\n") <= opt.width, "%s, %u: %.*s", row->name,
                      opt.width, (int)strcspn(p, "\n"), p);
    free(got);
    scene_end(&s);
}
END_TEST

/* ---- the decisive lines ------------------------------------------------ */

static struct bench b;
static struct tt_tape *tape;

static void put(uint64_t ms, enum tt_lane lane, uint8_t byte, size_t n)
{
    uint8_t *bytes = malloc(n);
    struct tt_record r = {
        .t_ns = ms * TT_NS_PER_MS, .lane = lane, .bytes = bytes, .len = n};

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(byte ? byte : i * 7);
    ck_assert_int_eq(tt_tape_append(tape, &r), TT_OK);
    tt_ledger_count(b.ledger, &r);
    free(bytes);
}

static char *lines(enum tt_quality quality, unsigned max)
{
    struct tt_report_options opt = {.tail = max};
    struct tt_tape_info info = {.quality = quality};
    struct tt_report_input in = {.name = "x", .info = &info, .tape = tape};
    struct tt_buf out;
    char *text;

    tt_buf_init(&out, 1 << 20);
    tt_report_text(&out, bench_verdict(&b), &in, &opt);
    text = strstr(tt_buf_text(&out), "---\n");
    text = strdup(text ? text + 4 : "");
    tt_buf_release(&out);
    return text;
}

static void begin(size_t budget)
{
    bench_init(&b);
    (void)bench_rule(&b, "x", 30, TT_ERROR, NULL, NULL);
    bench_start(&b, TT_TIME_MS);
    ck_assert_int_eq(tt_tape_new(&tape, budget), TT_OK);
}

static void finish(char *text)
{
    free(text);
    tt_tape_free(tape);
    bench_stop(&b);
}

START_TEST(lines_of_a_big_record)
{
    char *text;

    begin(1 << 20);
    put(0, TT_LANE_DEVICE, 0, 100000);
    bench_hit(&b, &b.rule[0], 0, TT_LANE_DEVICE, 50000, 8);
    text = lines(TT_TIME_NONE, 0);
    ck_assert_str_eq(text, "# ...\n"
                           "< 50 57 5E 65 6C 73 7A 81 88 8F 96 9D A4 AB B2 B9\n"
                           "< C0 C7 CE D5 DC E3 EA F1 F8 FF 06 0D 14 1B 22 29\n"
                           "< \"07>ELSZahov}\" 84 8B 92 99  # why\n"
                           "< A0 A7 AE B5 BC C3 CA D1 D8 DF E6 ED F4 FB 02 09\n"
                           "< 10 17 1E 25 2C 33 3A 41\n"
                           "# ...\n");
    finish(text);
}
END_TEST

/* Evidence is found by its place on the lane, also when the tape has lost
 * what was before it. */
START_TEST(lines_after_a_loss)
{
    char *text;

    begin(4096);
    for (unsigned i = 0; i < 5000; i++)
        put(i * 20, TT_LANE_DEVICE, 0x55, 8);
    put(200000, TT_LANE_DEVICE, 0x68, 8);
    ck_assert_uint_gt(tt_tape_first(tape), 0);
    bench_hit(&b, &b.rule[0], 200000, TT_LANE_DEVICE, 40000, 8);
    text = lines(TT_TIME_MS, 0);
    ck_assert_ptr_nonnull(strstr(text, "200.000000 < 68*8  # why\n"));
    ck_assert_ptr_null(strstr(text, "55*8  # why"));
    free(text);
    /* What fell off cannot be shown: the end is shown instead. */
    bench_hit(&b, &b.rule[0], 200000, TT_LANE_DEVICE, 8, 8);
    text = lines(TT_TIME_MS, 0);
    ck_assert_ptr_null(strstr(text, "# why"));
    ck_assert_ptr_nonnull(strstr(text, "200.000000 < 68*8\n"));
    finish(text);
}
END_TEST

START_TEST(lines_at_the_limit)
{
    unsigned want = _i ? 64 : 5;
    unsigned got = 0;
    char *text;

    begin(1 << 20);
    for (unsigned i = 0; i < 100; i++)
        put(i * 20, TT_LANE_DEVICE, (uint8_t)(0x80 + i), 1);
    text = lines(TT_TIME_MS, _i ? 1000 : 5);
    for (const char *p = text; *p; p += strcspn(p, "\n") + 1)
        got += *p != '#';
    ck_assert_uint_eq(got, want);
    ck_assert_ptr_nonnull(strstr(text, "1.980000 < E3\n"));
    ck_assert_int_eq(strncmp(text, "# ...\n", 6), 0);
    finish(text);
}
END_TEST

/* A buffer that is too small says so instead of losing the end quietly. */
START_TEST(small_buffer)
{
    struct tt_report_options opt = {.width = 80};
    struct scene s;
    struct tt_report_input in;
    struct tt_buf out;

    play(&s, &rows[0]);
    in = (struct tt_report_input){
        .name = "x", .read = &s.read, .info = &s.read.info, .tape = s.tape};
    for (size_t cap = 0; cap < 800; cap += 50) {
        tt_buf_init(&out, cap);
        tt_report_text(&out, &s.v, &in, &opt);
        ck_assert_int_eq(out.status, TT_ERR_LIMIT);
        tt_buf_release(&out);
        tt_buf_init(&out, cap);
        tt_report_json(&out, &s.v, &in);
        ck_assert_int_eq(out.status, TT_ERR_LIMIT);
        tt_buf_release(&out);
    }
    scene_end(&s);
}
END_TEST

Suite *report_suite(void)
{
    Suite *s = suite_create("report");
    TCase *tc = tcase_create("golden");

    tcase_set_timeout(tc, 30); /* a busy machine under ASan */
    tcase_add_loop_test(tc, as_text, 0, (int)TT_LEN(rows));
    tcase_add_loop_test(tc, as_json, 0, (int)TT_LEN(rows));
    tcase_add_loop_test(tc, widths, 0, 4 * (int)TT_LEN(rows));
    suite_add_tcase(s, tc);
    tc = tcase_create("lines");
    tcase_add_test(tc, lines_of_a_big_record);
    tcase_add_test(tc, lines_after_a_loss);
    tcase_add_loop_test(tc, lines_at_the_limit, 0, 2);
    tcase_add_test(tc, small_buffer);
    suite_add_tcase(s, tc);
    return s;
}
