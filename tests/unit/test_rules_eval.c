/*
 * Conditions and texts: what they come to for given fields.
 */
#include "rules_help.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static const char frame[] =
    "table codes\n"
    "  1 \"one\"\n"
    "  40 \"forty\"\n"
    "rule a\n"
    "  match < num:u8 neg:i16be big:u64be le:u32le what:same(any)*2.. "
    "one:{00..FF} txt:hex*1..8 long:printable*1..300 (gone:u8 | 00) "
    "dec:(any*1..9) ten:digit*2\n";

/* What is on the wire, field by field, as raw() hands it out. */
static const char wire[] = "\x28\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff"
                           "\x78\x56\x34\x12"
                           "hhh"
                           "'"
                           "1F"
                           "123456789";
static const unsigned at[] = {0, 1, 3, 11, 15, 18, 19, 21};
static const unsigned to[] = {1, 3, 11, 15, 18, 19, 21, 30};

static bool raw(void *user, int from, int last, struct tt_slice *out)
{
    (void)user;
    if (from < 0 || (unsigned)last >= TT_LEN(to))
        return false;
    *out = (struct tt_slice){wire + at[from], to[last] - at[from]};
    return true;
}

static struct tt_value values[TT_MAX_FIELDS];

static void set_bytes(struct tt_value *v, const char *p, size_t n)
{
    *v = (struct tt_value){.len = n};
    memcpy(v->bytes, p, n < TT_VALUE_BYTES ? n : TT_VALUE_BYTES);
}

static struct tt_env make_env(const struct tt_rules *set, bool with_raw)
{
    struct tt_env env = {.rule = set->rules,
                         .value = values,
                         .reached = 1,
                         .hits = 3,
                         .elapsed_ns = 12345678,
                         .raw = with_raw ? raw : NULL};
    static char long_text[200];

    memset(long_text, 'x', sizeof(long_text));
    values[0] = (struct tt_value){.is_num = true, .num = 0x28};
    values[1] = (struct tt_value){.is_num = true, .num = -2};
    values[2] = (struct tt_value){.is_num = true, .num = -1};
    values[3] = (struct tt_value){.is_num = true, .num = 0x12345678};
    values[4] = (struct tt_value){.is_num = true, .num = 'h'};
    values[5] = (struct tt_value){.is_num = true, .num = '\''};
    set_bytes(&values[6], "1F", 2);
    set_bytes(&values[7], long_text, sizeof(long_text));
    values[8] = (struct tt_value){.is_absent = true};
    set_bytes(&values[9], " -12 \r\n", 7);
    set_bytes(&values[10], "0040", 4);
    return env;
}

/* clang-format off */
static const struct {
    const char *expr;
    bool has;
    int64_t num;
} sums[] = {
    {"1", true, 1},
    {"0x28 = num", true, 1},
    {"-neg", true, 2},
    {"big + 2", true, 1},
    {"9223372036854775807 + 1 < 0", true, 1},
    {"1 + 2 * 3 - 4", true, 3},
    {"(1 + 2) * 3", true, 9},
    {"7 / 2", true, 3}, {"-7 / 2", true, -4}, {"7 / -2", true, -4},
    {"7 % 3", true, 1}, {"-7 % 3", true, 2}, {"7 % -3", true, -2},
    {"0x8000000000000000 / -1", true, INT64_MIN},
    {"0x8000000000000000 % -1", true, 0},
    {"1 / 0", false, 0}, {"1 % 0", false, 0},
    {"1 << 63 >> 63", true, -1},
    {"1 << 64", true, 0}, {"-1 >> 64", true, 0}, {"-8 >> 1", true, -4},
    {"1 << -1", false, 0}, {"1 >> -1", false, 0},
    {"6 & 3 | 8 ^ 1", true, 11},
    {"not 0", true, 1}, {"not num", true, 0},
    {"2 and 3", true, 3}, {"0 and 1 / 0", true, 0}, {"0 or 5", true, 5},
    {"1 / 0 or 5", true, 5}, {"1 / 0 and 5", false, 0}, {"not 1 / 0", false, 0},
    {"5 or 1 / 0", true, 5}, {"5 and 1 / 0", false, 0},
    {"1 < 2", true, 1}, {"2 <= 2", true, 1}, {"2 > 2", true, 0}, {"2 >= 3", true, 0},
    {"1 != 1", true, 0},
    {"num in codes", true, 1}, {"neg in codes", true, 0}, {"txt in codes", true, 0},
    {"txt = \"1F\"", true, 1}, {"txt != \"1F\"", true, 0},
    {"txt < \"2\"", true, 1}, {"txt >= \"1F0\"", true, 0}, {"txt > \"1\"", true, 1},
    {"txt = 31", true, 0}, {"txt != 31", true, 1}, {"txt < 31", false, 0},
    {"txt + 1", false, 0}, {"-txt", false, 0}, {"not txt", true, 0}, {"not \"\"", true, 1},
    {"gone", false, 0}, {"gone = 0", false, 0}, {"not gone", false, 0},
    {"gone = 0 or num = 40", true, 1},
    {"reached", true, 1}, {"steps", true, 0}, {"hits", true, 3},
    {"elapsed > 12ms and elapsed < 12.4ms", true, 1}, {"next = \"\"", true, 1},
    {"hexval(txt)", true, 31}, {"decval(txt)", false, 0}, {"decval(dec)", true, -12},
    {"hexval(\"0x10\")", true, 16}, {"hexval(\" -f \")", true, -15},
    {"hexval(\"ffffffffffffffff\")", true, -1}, {"hexval(\"10000000000000000\")", false, 0},
    {"decval(\"999999999999999999\")", true, 999999999999999999}, {"decval(\"1000000000000000000\")", false, 0},
    {"hexval(\"\")", false, 0}, {"decval(\"+\")", false, 0}, {"decval(\"1 2\")", false, 0},
    {"hexval(txt, txt)", true, 0x1f1f}, {"hexval(\"0x\")", false, 0},
    {"decval(\"0000000000000000000000000000000000000000000000000000000000000001\")", false, 0},
    {"length(txt)", true, 2}, {"length(long)", true, 200}, {"length(le)", true, 4},
    {"length(num, txt, \"abc\")", true, 6}, {"length(gone)", false, 0},
    {"sum8(num, txt)", true, (0x28 + '1' + 'F') & 255},
    {"xor8(\"\\x0f\\xf1\")", true, 0xfe}, {"neg8(\"\\x01\")", true, 255}, {"lrc(\"\\x01\\x02\")", true, 253},
    {"sum16(\"\\xff\\xff\\xff\")", true, 765}, {"sum8(\"\\xff\\xff\")", true, 254},
    {"crc8(\"123456789\")", true, 0xF4},
    {"crc16_modbus(\"123456789\")", true, 0x4B37},
    {"crc16_x25(\"123456789\")", true, 0x906E},
    {"crc16_ccitt(\"123456789\")", true, 0x29B1},
    {"crc16_xmodem(\"123456789\")", true, 0x31C3},
    {"crc16_arc(\"123456789\")", true, 0xBB3D},
    {"crc16_kermit(\"123456789\")", true, 0x2189},
    {"crc16_dnp(\"123456789\")", true, 0xEA82},
    {"crc8_rohc(\"123456789\")", true, 0xD0},
    {"crc16_umts(\"123456789\")", true, 0xFEE8},
    {"crc24q(\"123456789\")", true, 0xCDE703},
    {"crc24q(\"1234\", \"56789\")", true, 0xCDE703},
    {"crc8_mstp(\"\\x06\\xff\\x01\\x00\\x15\")", true, 0x8E},
    {"crc8_mstp(\"\\x00\\x00\\x07\\x00\\x00\")", true, 0x37},
    {"carry8(\"\\x4a\\x55\\x93\\xe5\")", true, 0xE6 ^ 0xFF},
    {"fletcher8(\"\\x0a\\x04\\x00\\x00\")", true, 0x340E},
    {"fletcher8(\"\\x05\\x01\\x02\\x00\", \"\\x06\\x00\")", true, 0x370E},
    {"hexsum8(\"1103006B00037E\")", true, 0}, {"hexsum8(\"F70\", \"313 8\\r9:000a60\")", true, 0},
    {"hexsum8(\"7\")", true, 0x70},
    {"ems8(\"\\x18\\x88\\x16\\x01\\x02\")", true, 0xE5},
    {"ems8(\"\\x08\\x18\\x1C\\x00\\x91\\x08\\x0E\\x16\\x30\\x00\\x00\\x00\")", true, 0x14},
    {"crc32(\"123456789\")", true, 0xCBF43926},
    {"crc32(\"1234\", \"\", \"56789\")", true, 0xCBF43926},
    {"sum8(neg)", true, 0xfd}, {"sum8(le)", true, 0x14}, {"xor8(big)", true, 0},
    {"xor8(one)", true, '\''}, {"crc8(gone)", false, 0},
};

/* These need the bytes on the wire; the second number is without them. */
static const struct {
    const char *expr;
    int64_t num;
} spans[] = {
    {"length(num..le)", 15},
    {"sum8(what)", ('h' * 3) & 255},
    {"crc32(long)", 0xCBF43926},
    {"long = \"123456789\"", 1},
    {"crc16_modbus(what..txt) = crc16_modbus(\"hhh\", \"'1F\")", 1},
};

static const struct {
    const char *text, *filled;
} texts[] = {
    {"plain {} {:hex} {", "plain {} {:hex} {"},
    {"{num} {num:hex} {num:dec} {num:text} {num:char}", "40 28 40 40 '('"},
    {"{neg} {neg:hex} {neg:char}", "-2 -2 -2"},
    {"{big} {big:hex}", "18446744073709551615 FFFFFFFFFFFFFFFF"},
    {"{le:hex}", "12345678"},
    {"{what:char} {one:char}", "'h' \"'\""},
    {"{num:codes} {neg:codes} {txt:codes}", "forty unknown (-2) unknown (1F)"},
    {"{ten:codes} {ten} {dec:codes}", "forty 0040 unknown ( -12 \\r\\n)"},
    {"{txt} {txt:hex} {txt:dec} {txt:char}", "1F 31 46 1F '1F'"},
    {"{dec}|{dec:char}", " -12 \\r\\n|' -12 \\r\\n'"},
    {"{gone}{gone:hex}", "??"},
    {"{reached} of {steps}, {hits}, '{next}', {elapsed}", "1 of 0, 3, '', 12.3ms"},
    {"\\e[31m\\r\\n\\t\\x7f\\xff", "\\x1B[31m\\r\\n\\t\\x7F\\xFF"},
    {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"},
    {"\xc2\x9b \xe2\x80\xae \xef\xbb\xbf \xc3", "\\xC2\\x9B \\xE2\\x80\\xAE \\xEF\\xBB\\xBF \\xC3"},
    {"\xed\xa0\x80 \xc0\xaf \xf4\x90\x80\x80", "\\xED\\xA0\\x80 \\xC0\\xAF \\xF4\\x90\\x80\\x80"},
};
/* clang-format on */

static struct tt_rules *load(const char *statement)
{
    static char text[2048];
    struct tt_buf said;
    struct tt_rules *set;

    (void)snprintf(text, sizeof(text), "%s  %s\n  note x\n  yes\n  no\n", frame,
                   statement);
    tt_buf_init(&said, 4096);
    set = rules_from_text(text, &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    tt_buf_release(&said);
    return set;
}

static struct tt_rules *load_where(const char *expr)
{
    char where[256];

    (void)snprintf(where, sizeof(where), "where %s", expr);
    return load(where);
}

static void check_value(const char *expr, bool with_raw, bool has, int64_t num)
{
    struct tt_rules *set = load_where(expr);
    struct tt_env env = make_env(set, with_raw);
    const struct tt_expr *x = set->rules->where->expr;
    struct tt_value v;

    ck_assert_msg(tt_expr_eval(x, &env, &v) == has, "%s: value or none", expr);
    if (has) {
        ck_assert_msg(v.is_num || num == v.num, "%s: a number", expr);
        ck_assert_msg(v.num == num, "%s: %lld", expr, (long long)v.num);
    }
    ck_assert_msg(tt_expr_true(x, &env) == (has && (num || !v.is_num)),
                  "%s: truth", expr);
    tt_rules_free(set);
}

START_TEST(works_out)
{
    check_value(sums[_i].expr, true, sums[_i].has, sums[_i].num);
    check_value(sums[_i].expr, false, sums[_i].has, sums[_i].num);
}
END_TEST

START_TEST(reads_spans)
{
    check_value(spans[_i].expr, true, true, spans[_i].num);
    check_value(spans[_i].expr, false, false, 0);
}
END_TEST

START_TEST(gives_bytes)
{
    struct tt_rules *set = load_where("txt");
    struct tt_env env = make_env(set, false);
    struct tt_value v;

    ck_assert(tt_expr_eval(set->rules->where->expr, &env, &v));
    ck_assert(!v.is_num);
    ck_assert_uint_eq(v.len, 2);
    ck_assert_mem_eq(v.bytes, "1F", 2);
    tt_rules_free(set);
}
END_TEST

/* Only one field too long to be kept can be looked at at a time. */
START_TEST(compares_one_long_field)
{
    check_value("long = long", true, false, 0);
    check_value("long != long", false, false, 0);
}
END_TEST

START_TEST(fills_texts)
{
    char text[256];
    struct tt_rules *set;
    struct tt_env env;
    struct tt_buf out;

    (void)snprintf(text, sizeof(text), "cause \"%s\"", texts[_i].text);
    set = load(text);
    env = make_env(set, false);
    tt_buf_init(&out, 4096);
    tt_text_fill(&out, set->rules->cause->text, set, &env);
    ck_assert_str_eq(tt_buf_text(&out), texts[_i].filled);
    tt_buf_release(&out);
    tt_rules_free(set);
}
END_TEST

/* A long value is shown as far as it is kept, and marked as cut. */
START_TEST(fills_long_values)
{
    struct tt_rules *set = load("cause \"{long}|{long:hex}\"");
    struct tt_env env = make_env(set, false);
    struct tt_buf out;
    const char *bar;

    tt_buf_init(&out, 4096);
    tt_text_fill(&out, set->rules->cause->text, set, &env);
    bar = strchr(tt_buf_text(&out), '|');
    ck_assert_ptr_nonnull(bar);
    ck_assert_int_eq(bar - tt_buf_text(&out), TT_VALUE_BYTES + 3);
    ck_assert_mem_eq(bar - 4, "x...", 4);
    ck_assert_uint_eq(strlen(bar + 1), 3 * TT_VALUE_BYTES - 1 + 3);
    tt_buf_release(&out);
    tt_rules_free(set);
}
END_TEST

static const struct {
    uint64_t ns;
    const char *text;
} times[] = {{0, "0us"},           {1499, "1us"},
             {999499, "999us"},    {1000000, "1ms"},
             {86805, "87us"},      {12340000, "12.3ms"},
             {1000000000, "1s"},   {1234000000, "1.23s"},
             {1500000000, "1.5s"}, {1005000000, "1.01s"},
             {61000000000, "61s"}};

START_TEST(fills_times)
{
    struct tt_rules *set = load("cause \"{elapsed}\"");
    struct tt_env env = make_env(set, false);
    struct tt_buf out;

    env.elapsed_ns = (int64_t)times[_i].ns;
    tt_buf_init(&out, 4096);
    tt_text_fill(&out, set->rules->cause->text, set, &env);
    ck_assert_str_eq(tt_buf_text(&out), times[_i].text);
    tt_buf_release(&out);
    tt_rules_free(set);
}
END_TEST

START_TEST(knows_the_next_step)
{
    static const char text[] = "rule a\n  step one > 01\n  step two > 02\n"
                               "  verdict when next = \"two\" "
                               "\"{next}{reached}/{steps}\"\n"
                               "  yes > 01\n  no > 02\n";
    struct tt_rules *set = rules_from_text(text, NULL);
    struct tt_env env = {.rule = set->rules, .reached = _i};
    static const char *const filled[] = {"one0/2", "two1/2", "2/2"};
    struct tt_buf out;

    tt_buf_init(&out, 64);
    tt_text_fill(&out, set->rules->verdict->text, set, &env);
    ck_assert_str_eq(tt_buf_text(&out), filled[_i]);
    ck_assert_int_eq(tt_expr_true(set->rules->verdict->when, &env), _i == 1);
    tt_buf_release(&out);
    tt_rules_free(set);
}
END_TEST

Suite *rules_eval_suite(void)
{
    Suite *s = suite_create("rules_eval");
    TCase *tc = tcase_create("conditions");

    tcase_add_loop_test(tc, works_out, 0, (int)TT_LEN(sums));
    tcase_add_loop_test(tc, reads_spans, 0, (int)TT_LEN(spans));
    tcase_add_test(tc, gives_bytes);
    tcase_add_test(tc, compares_one_long_field);
    suite_add_tcase(s, tc);
    tc = tcase_create("texts");
    tcase_add_loop_test(tc, fills_texts, 0, (int)TT_LEN(texts));
    tcase_add_test(tc, fills_long_values);
    tcase_add_loop_test(tc, fills_times, 0, (int)TT_LEN(times));
    tcase_add_loop_test(tc, knows_the_next_step, 0, 3);
    suite_add_tcase(s, tc);
    return s;
}
