/*
 * The printer: what it writes reads back to the same tree, and is written the
 * same again.
 */
#include "../rules_same.h"
#include "rules_help.h"
#include "suites.h"

#include <stdlib.h>

static void round_trip(struct tt_slice text, const char *name)
{
    struct tt_buf one, two, said;
    struct tt_rules *a, *b;

    tt_buf_init(&one, 1 << 20);
    tt_buf_init(&two, 1 << 20);
    tt_buf_init(&said, 1 << 20);
    a = rules_from(text, name, &said);
    ck_assert_msg(!said.n, "%s: %s", name, tt_buf_text(&said));
    ck_assert_uint_gt(a->nrules, 0);
    tt_rules_print(&one, a);
    b = rules_from((struct tt_slice){tt_buf_text(&one), one.n}, name, &said);
    ck_assert_msg(!said.n, "%s, printed: %s", name, tt_buf_text(&said));
    tt_rules_print(&two, b);
    ck_assert_str_eq(tt_buf_text(&one), tt_buf_text(&two));
    ck_assert_msg(!rules_differ(a, b), "%s: %s differs", name,
                  rules_differ(a, b));
    tt_rules_free(a);
    tt_rules_free(b);
    tt_buf_release(&one);
    tt_buf_release(&two);
    tt_buf_release(&said);
}

static const char *const files[] = {"tests/rules/reference/boot.rules",
                                    "tests/rules/reference/line.rules",
                                    "tests/rules/reference/frames.rules",
                                    "tests/rules/language.rules"};

START_TEST(prints_files)
{
    struct tt_slice text = slurp(files[_i]);

    ck_assert_ptr_nonnull(text.p);
    round_trip(text, files[_i]);
    free((void *)(uintptr_t)text.p);
}
END_TEST

/* clang-format off */
static const struct {
    const char *pattern, *printed; /* NULL: as it was */
} patterns[] = {
    {"> 7F < 79 within 1s", NULL},
    {">7F<79", "> 7F < 79"},
    {"< 7x x9 ?? 80/F0 printable", NULL},
    {"< {01,02,  30 .. 39} !{ 79 } !79 !!79", "< {01 02 30..39} !{79} !79 !!79"},
    {"< \"a\\r\\n\\t\\0\\e\\\"\\\\\\xff\\q\" \"x\"i", "< \"a\\r\\n\\t\\x00\\e\\\"\\\\\\xFFq\" \"x\"i"},
    {"< 7F*8 7F*8.. 7F*2..5 7F? 7F*0..1 7F*0..", "< 7F*8 7F*8.. 7F*2..5 7F? 7F? 7F*0.."},
    {"< 7F*8.. 43", NULL},
    {"< what:same({01 02})*8..", NULL},
    {"< same(graph)*3..9*2", NULL},
    {"< len:u8 addr:u16be num:i32le big:u64le tri:u24be sig:i8", NULL},
    {"< len:u8 =len body:bytes[len-2] bytes[2..len*(1+2)]", "< len:u8 =len body:bytes[len - 2] bytes[2..len * (1 + 2)]"},
    {"< why:line (line)?", NULL},
    {"(> 7F | > 80) 01", NULL},
    {"> 7F (< 79 within 1s | < 1F within 50ms | < 00) 01", NULL},
    {"> 7F within 3s (< 79 within 1s | < 1F) 01", NULL},
    {"> within 2s 41 (42 | 43 within 1s)", "> 41 (42 | 43) within 1s"},
    {"> 7F then < 79 within 2s", NULL},
    {"> 7F then > 79 within 2s", "> 7F then 79 within 2s"},
    {"> 7F then < > 79 within 2s", "> 7F then 79 within 2s"},
    {"> 7F > 80", NULL},
    {"> 7F then < [break] 79 within 2s", NULL},
    {"> 7F < quiet 1s", NULL},
    {"< 7F silence 1500ms after 3.5ch 00 after 0.25ch", NULL},
    {"< 7F silence 0.5us quiet 90s quiet 120s quiet 1min", "< 7F silence 0.5us quiet 90s quiet 2min quiet 60s"},
    {"start < 7F end", NULL},
    {"[dtr+] [rts-]*3.. [frame-error]? [lost] [ri+]", NULL},
    {"$ \"Failed\" then < 79 within 1s", NULL},
    {"< sensor loop what:sensor echo", NULL},
    {"< ((7F | 80)*2 | 90)? 00", NULL},
    {"< name:(\"a\" sub:(01 | 02)) =sub", NULL},
};
/* clang-format on */

START_TEST(prints_patterns)
{
    char text[512];
    struct tt_buf out, said;
    struct tt_rules *set;

    (void)snprintf(text, sizeof(text),
                   "rule a\n  match %s\n  note x\n  yes\n  no\n",
                   patterns[_i].pattern);
    tt_buf_init(&out, 4096);
    tt_buf_init(&said, 4096);
    set = rules_from_text(text, &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    tt_node_print(&out, set->rules, set->rules->match);
    ck_assert_str_eq(tt_buf_text(&out), patterns[_i].printed
                                            ? patterns[_i].printed
                                            : patterns[_i].pattern);
    tt_rules_free(set);
    round_trip(tt_slice_of(text), patterns[_i].pattern);
    tt_buf_release(&out);
    tt_buf_release(&said);
}
END_TEST

static const struct {
    const char *written, *printed;
} conditions[] = {
    {"num = 1", NULL},
    {"((num)) = (1)", "num = 1"},
    {"num = 0x0a", "num = 0xA"},
    {"num = 0xFFFFFFFFFFFFFFFF", NULL},
    {"num=1 and num!=2 or num<3", "num = 1 and num != 2 or num < 3"},
    {"num = 1 and (num = 2 or num = 3)", NULL},
    {"(num = 1 and num = 2) or num = 3", "num = 1 and num = 2 or num = 3"},
    {"not num = 1", NULL},
    {"(not num) = 1", NULL},
    {"not (num = 1 and num = 2)", NULL},
    {"not num and not not num", NULL},
    {"1 + (not num)", NULL},
    {"1 + not num", "1 + (not num)"},
    {"num - (1 - 2) - 3", NULL},
    {"(num * 2) + 3", "num * 2 + 3"},
    {"num * (2 + 3) % 4 / 5", NULL},
    {"num | 1 ^ 2 & 3 << 4 >> 5", NULL},
    {"(num | 1) & 2", NULL},
    {"num << (1 << 2)", NULL},
    {"-num = -1", NULL},
    {"-(num + 1) = --num", NULL},
    {"-(not num)", NULL},
    {"(num = 1) = (num = 2)", NULL},
    {"num in codes", NULL},
    {"(num in codes) = 1", NULL},
    {"txt = \"a\\x00\\\"\"", NULL},
    {"elapsed > 1.5s and elapsed < 3.5ch", "elapsed > 1500ms and elapsed < "
                                           "303.819us"},
    {"reached = steps or hits > 2 or next = \"two\"", NULL},
    {"crc8(num,txt) = crc16_modbus(num..txt)", "crc8(num, txt) = "
                                               "crc16_modbus(num..txt)"},
    {"length(\"abc\", txt) = 3", NULL},
};

START_TEST(prints_conditions)
{
    char text[512];
    struct tt_buf out, said;
    struct tt_rules *set;

    (void)snprintf(text, sizeof(text),
                   "table codes\n  1 \"one\"\nrule a\n  match < num:u8 "
                   "txt:hex*2\n  where %s\n  note x\n  yes\n  no\n",
                   conditions[_i].written);
    tt_buf_init(&out, 4096);
    tt_buf_init(&said, 4096);
    set = rules_from_text(text, &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    tt_expr_print(&out, set->rules, set->rules->where->expr);
    ck_assert_str_eq(tt_buf_text(&out), conditions[_i].printed
                                            ? conditions[_i].printed
                                            : conditions[_i].written);
    tt_rules_free(set);
    round_trip(tt_slice_of(text), conditions[_i].written);
    tt_buf_release(&out);
    tt_buf_release(&said);
}
END_TEST

Suite *rules_print_suite(void)
{
    Suite *s = suite_create("rules_print");
    TCase *tc = tcase_create("round trip");

    tcase_add_loop_test(tc, prints_files, 0, (int)TT_LEN(files));
    tcase_add_loop_test(tc, prints_patterns, 0, (int)TT_LEN(patterns));
    tcase_add_loop_test(tc, prints_conditions, 0, (int)TT_LEN(conditions));
    suite_add_tcase(s, tc);
    return s;
}
