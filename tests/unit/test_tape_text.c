#include "records.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a text reads as; NUL-terminated texts only. */
static const struct read_case {
    const char *name, *text, *want; /* want: lines of records_text() */
    enum tt_quality quality;
    unsigned unread;
} read_cases[] = {
    {"two pasted lines", "> 7F\n< 79\n",
     "0.000000000 @1 > 7F\n0.000000000 @2 < 79\n", TT_TIME_ORDER, 0},
    {"no newline at the end", "> 7F", "0.000000000 @1 > 7F\n", TT_TIME_ORDER,
     0},
    {"several marks and a pause", "> 7F 12ms < 79 1.5s < 1F\n",
     "0.000000000 @1 > 7F\n0.012000000 @1 < 79\n1.512000000 @1 < 1F\n",
     TT_TIME_MS, 0},
    {"only seconds", "> 7F 2s < 79\n",
     "0.000000000 @1 > 7F\n2.000000000 @1 < 79\n", TT_TIME_S, 0},
    {"tenths of a second", "> 7F 1.5s < 79\n",
     "0.000000000 @1 > 7F\n1.500000000 @1 < 79\n", TT_TIME_100MS, 0},
    {"absolute times", "0.003112 > 7F\n0.004 < 79\n",
     "0.003112000 @1 > 7F\n0.004000000 @2 < 79\n", TT_TIME_US, 0},
    {"nanoseconds", "0.003112123 > 7F\n", "0.003112123 @1 > 7F\n", TT_TIME_NS,
     0},
    {"units", "> 01 1ns > 02 1us > 03 1min > 04\n",
     "0.000000000 @1 > 01\n0.000000001 @1 > 02\n0.000001001 @1 > 03\n"
     "60.000001001 @1 > 04\n",
     TT_TIME_NS, 0},
    {"lower case", "> 7f ab\n", "0.000000000 @1 > 7F AB\n", TT_TIME_ORDER, 0},
    {"no space after the mark", ">7F 12ms <79\n",
     "0.000000000 @1 > 7F\n0.012000000 @1 < 79\n", TT_TIME_MS, 0},
    {"repeats and text", "< 68*4 \"ok\\r\\n\"*2 00\n",
     "0.000000000 @1 < 68 68 68 68 6F 6B 0D 0A 6F 6B 0D 0A 00\n", TT_TIME_ORDER,
     0},
    {"escapes", "< \"\\x7f\\0\\e\\t\\\\\\\"#\"\n",
     "0.000000000 @1 < 7F 00 1B 09 5C 22 23\n", TT_TIME_ORDER, 0},
    {"utf-8 in text", "$ \"\xc2\xb5\"\n", "0.000000000 @1 $ C2 B5\n",
     TT_TIME_ORDER, 0},
    {"events",
     "[dtr+] [115200 8e1] > 7F [lost 12] 80 [lost] [9600] [baud] [baud 7O2]\n",
     "0.000000000 @1 [dtr+]\n0.000000000 @1 [baud 115200 8E1]\n"
     "0.000000000 @1 > 7F\n0.000000000 @1 [lost 12]\n0.000000000 @1 > 80\n"
     "0.000000000 @1 [lost 0]\n0.000000000 @1 [baud 9600 ]\n"
     "0.000000000 @1 [baud 0 ]\n0.000000000 @1 [baud 0 7O2]\n",
     TT_TIME_ORDER, 0},
    {"all other events",
     "> 00 [break] [rts-] [cts+] [dsr-] [dcd+] [ri-] [frame-error] "
     "[parity-error] [overrun] [open] [close]\n",
     "0.000000000 @1 > 00\n0.000000000 @1 [break]\n0.000000000 @1 [rts-]\n"
     "0.000000000 @1 [cts+]\n0.000000000 @1 [dsr-]\n0.000000000 @1 [dcd+]\n"
     "0.000000000 @1 [ri-]\n0.000000000 @1 [frame-error]\n"
     "0.000000000 @1 [parity-error]\n0.000000000 @1 [overrun]\n"
     "0.000000000 @1 [open]\n0.000000000 @1 [close]\n",
     TT_TIME_ORDER, 0},
    {"two marks of one lane are two records", "> 7F > 80\n",
     "0.000000000 @1 > 7F\n0.000000000 @1 > 80\n", TT_TIME_ORDER, 0},
    {"continued", "> 7F \\\n   80 \\ \n \"a\"\n< 79\n",
     "0.000000000 @1 > 7F 80 61\n0.000000000 @4 < 79\n", TT_TIME_ORDER, 0},
    {"a final pause is a tick", "> 7F\n1200ms\n",
     "0.000000000 @1 > 7F\n1.200000000 @2 [tick]\n", TT_TIME_MS, 0},
    {"a pause between lines is none", "> 7F\n12ms\n< 79\n",
     "0.000000000 @1 > 7F\n0.012000000 @3 < 79\n", TT_TIME_MS, 0},
    {"a time alone is a tick", "0.5 > 7F\n0.600 # quiet\n",
     "0.500000000 @1 > 7F\n0.600000000 @2 [tick]\n", TT_TIME_MS, 0},
    {"crlf and byte order mark", "\xef\xbb\xbf> 7F\r\n< 79\r\n",
     "0.000000000 @1 > 7F\n0.000000000 @2 < 79\n", TT_TIME_ORDER, 0},
    {"comments", "# a capture\n\n> 7F # sync\n  # indented\n< 79#tight\n",
     "0.000000000 @3 > 7F\n0.000000000 @5 < 79\n", TT_TIME_ORDER, 0},
    {"the header's time wins", "# telltale tape 1\n# time: us\n0.5 > 7F\n",
     "0.500000000 @3 > 7F\n", TT_TIME_US, 0},
    {"the last of all times", "9000000000.000000000 > 7F 1ns < 79\n",
     "9000000000.000000000 @1 > 7F\n9000000000.000000000 @1 < 79\n", TT_TIME_NS,
     1},
    {"a time of no known kind is a remark",
     "# telltale tape 1\n# time: banana\n0.500 > 7F\n", "0.500000000 @3 > 7F\n",
     TT_TIME_MS, 0},
    {"the header ends with the first line",
     "# telltale tape 1\n  # indented\n\n# time: us\n[dtr+]\n# time: s\n",
     "0.000000000 @5 [dtr+]\n", TT_TIME_US, 0},
    {"a bad line is left out whole",
     "# telltale tape 1\n> 7F < 7G\n> 80 \\\n zz \\\n 81\n",
     "0.000000000 @2 [lost 0]\n0.000000000 @3 > 80\n"
     "0.000000000 @4 [lost 0]\n0.000000000 @5 > 81\n",
     TT_TIME_ORDER, 2},
    {"time runs backwards", "0.500 > 7F\n0.400 < 79\n",
     "0.500000000 @1 > 7F\n0.500000000 @2 < 79\n", TT_TIME_MS, 1},
    {"whole numbers at the start of a line are times",
     "# telltale tape 1\n"
     "0 < 68\n7 > 7F\n10 < 79\n[dtr+] 10 11\n999\n",
     "0.000000000 @2 < 68\n7.000000000 @3 > 7F\n10.000000000 @4 < 79\n"
     "10.000000000 @5 [lost 0]\n999.000000000 @6 [tick]\n",
     TT_TIME_S, 1},
    {"two digits in a continued line are a byte", "5 > 7F \\\n 10 \\\n 11\n",
     "5.000000000 @1 > 7F 10 11\n", TT_TIME_S, 0},
    {"an event between a mark and its bytes",
     "0.003 < [parity-error] 79\n> 7F < [break] [break] 00\n",
     "0.003000000 @1 [parity-error]\n0.003000000 @1 < 79\n"
     "0.003000000 @2 > 7F\n0.003000000 @2 [break]\n0.003000000 @2 [break]\n"
     "0.003000000 @2 < 00\n",
     TT_TIME_MS, 0},
    {"a line that was not understood is a hole",
     "# telltale tape 1\n"
     "1.0 > 7F\n1.1 < 7Z\n9.0 > 7F\n",
     "1.000000000 @2 > 7F\n1.000000000 @3 [lost 0]\n9.000000000 @4 > 7F\n",
     TT_TIME_100MS, 1},
    {"so is the last one",
     "# telltale tape 1\n"
     "> 7F\n< 7Z\n< 7Y\n",
     "0.000000000 @2 > 7F\n0.000000000 @3 [lost 0]\n", TT_TIME_ORDER, 2},
    {"a line that ends in a mark, continued", "> \\\n 7F\n",
     "0.000000000 @2 > 7F\n", TT_TIME_ORDER, 0},
};

static const struct tt_read_options as_tape = {.format = "tape"};

START_TEST(reads)
{
    const struct read_case *c = &read_cases[_i];

    for (size_t chunk = 0; chunk < 4; chunk++) {
        struct tt_read_report report;
        struct tt_error err = {.code = TT_OK};
        struct records l = {0};
        char *got;

        ck_assert_msg(!records_read(&l, c->text, strlen(c->text), 0, chunk,
                                    NULL, &report, &err),
                      "%s: %s", c->name, err.msg);
        got = records_text(&l, true);
        ck_assert_msg(!strcmp(got, c->want), "%s: got\n%s", c->name, got);
        ck_assert_msg(report.info.quality == c->quality, "%s: quality %s",
                      c->name, tt_quality_name(report.info.quality));
        ck_assert_msg(report.unread == c->unread, "%s: unread %u: %s", c->name,
                      (unsigned)report.unread, report.where[0].why);
        ck_assert_str_eq(report.info.format, "tape text");
        ck_assert_uint_eq(report.records, l.n);
        if (l.n)
            ck_assert_uint_eq(report.end_ns, l.rec[l.n - 1].t_ns);
        free(got);
        records_free(&l);
    }
}
END_TEST

/* A line that is not understood, and words its complaint must hold. */
static const struct {
    const char *line, *why;
} bad_lines[] = {
    {"7F 80", "begin the line with >"},
    {"10 80", "begin the line with >"},
    {"68", "'68' alone may be a byte or a time"},
    {"> [dtr+]", "a mark has no bytes after it"},
    {"> 7G", "'7G' is neither a byte (7F)"},
    {"> G7", "two hex digits"},
    {"> 0x7F", "'0x7F' is 7F"},
    {"> 7F80", "neither a byte"},
    {"> 700", "'700' is no byte"},
    {"> hello", "\"quotes\""},
    {"> \"abc", "closing \""},
    {"> \"abc\\", "no escape"},
    {"> \"abc\\q\"", "'\\q' is no escape"},
    {"> \"abc\\x7\"", "no escape"},
    {"> \"a\x1b[31m\"", "write it as \\x1B"},
    {"> \"a\"b", "without a space"},
    {"> 7F*", "a number from 1 to 1048576"},
    {"> 7F*0", "a number from 1 to 1048576"},
    {"> 7F*1048577", "a number from 1 to 1048576"},
    {"> 7F*4294967297", "a number from 1 to 1048576"},
    {"> 7F*3*3", "without a space"},
    {"> [dtr", "closing ]"},
    {"> 7F [foo]", "no line event is called [foo]"},
    {"> 7F []", "no line event"},
    {"> 7F [lost twelve]", "no line event"},
    {"> 7F [115200 8X1]", "no line event"},
    {"> 7F [115200 8E1 x]", "no line event"},
    {"> 7F [99999999999]", "no line event"},
    {"> 7F [8E1]", "no line event"},
    {"> 7F 3.5ch < 79", "write it in us or ms"},
    {"> 7F 12 ms", "'ms' is no byte"},
    {"> 7F 1.2.3", "is no time"},
    {"> 7F 0.5 < 79", "start of a line only"},
    {"> 7F 1.0123456789s", "neither a byte"},
    {"> 7F 99999999999999999999s", "neither a byte"},
    {"9000000000.000000001 > 7F", "is no time"},
    {"> 7F 9000000001s", "neither a byte"},
    {"> 7F 12ms< 79", "put a space there"},
    {"> > 7F", "mail program"},
    {">", "no bytes after it"},
    {"> # nothing", "no bytes after it"},
    {"> [break]", "no bytes after it"},
    {"> 7F \\ 80", "only end a line"},
    {"> 7F, 80", "',' follows without a space"},
    {"> 7F !", "'!' means nothing here"},
    {"> \x80\xff", "means nothing here"},
};

START_TEST(says_what_is_wrong)
{
    char text[256];
    struct tt_read_report report;
    struct records l = {0};
    int n = snprintf(text, sizeof(text), "# telltale tape 1\n> AA\n%s\n< BB\n",
                     bad_lines[_i].line);
    const char *why = report.where[0].why;

    ck_assert_int_eq(
        records_read(&l, text, (size_t)n, 0, 0, NULL, &report, NULL), TT_OK);
    ck_assert_msg(report.unread == 1, "%s: unread %u", bad_lines[_i].line,
                  (unsigned)report.unread);
    ck_assert_uint_eq(report.where[0].line, 3);
    ck_assert_uint_eq(report.where[0].offset, 23);
    ck_assert_msg(strstr(why, bad_lines[_i].why), "%s: %s", bad_lines[_i].line,
                  why);
    ck_assert_msg(strlen(why) < sizeof(report.where[0].why) - 1, "cut: %s",
                  why);
    for (; *why; why++)
        ck_assert(*why >= ' ' && *why <= '~');
    ck_assert_uint_eq(l.n, 3); /* AA, the hole, BB */
    records_free(&l);
}
END_TEST

/* ---- writing ------------------------------------------------------------ */

static const struct {
    const char *name, *bytes;
    size_t n;
    const char *want;
} byte_cases[] = {
    {"one", "\x7f", 1, "7F"},
    {"a run of text bytes, then a line", "hhhhhhhhok\r\n", 12,
     "68*8 \"ok\\r\\n\""},
    {"short runs stay", "hhhh", 4, "68 68 68 68"},
    {"but not of other bytes", "\xff\xff\xff\xff", 4, "FF*4"},
    {"three are no run", "\xff\xff\xff", 3, "FF FF FF"},
    {"an m-bus header is no text", "h11h", 4, "68 31 31 68"},
    {"a line is text", "AT\r\n", 4, "\"AT\\r\\n\""},
    {"words among bytes", "\x01\x02\x03\x04\x05\x06U-Boot 2020", 17,
     "01 02 03 04 05 06 \"U-Boot 2020\""},
    {"odd bytes in a text", "login\x1b[31m: \"x\\\"", 16,
     "\"login\\x1B[31m: \\\"x\\\\\\\"\""},
    {"lines apart", "one line\r\ntwo lines\r\n", 21,
     "\"one line\\r\\n\" \"two lines\\r\\n\""},
    {"nothing", "", 0, ""},
};

START_TEST(writes_bytes)
{
    struct tt_buf b;

    tt_buf_init(&b, 4096);
    tt_tape_text_bytes(&b, (const uint8_t *)byte_cases[_i].bytes,
                       byte_cases[_i].n, SIZE_MAX);
    ck_assert_msg(!strcmp(tt_buf_text(&b), byte_cases[_i].want), "%s: got %s",
                  byte_cases[_i].name, tt_buf_text(&b));
    tt_buf_release(&b);
}
END_TEST

START_TEST(writes_some_bytes)
{
    struct tt_buf b;

    tt_buf_init(&b, 4096);
    tt_tape_text_bytes(&b, (const uint8_t *)"\x01\x02\x03", 3, 2);
    ck_assert_str_eq(tt_buf_text(&b), "01 02 ...");
    tt_buf_clear(&b);
    tt_tape_text_bytes(&b, (const uint8_t *)"\x01\x02\x03", 3, 3);
    ck_assert_str_eq(tt_buf_text(&b), "01 02 03");
    tt_buf_release(&b);
}
END_TEST

START_TEST(breaks_long_lines)
{
    uint8_t bytes[40];
    struct tt_record r = {
        .bytes = bytes, .len = sizeof(bytes), .lane = TT_LANE_DEVICE};
    struct tt_buf b;

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i | 0x80);
    tt_buf_init(&b, 4096);
    tt_tape_text_record(&b, &r, 3112000);
    ck_assert_str_eq(tt_buf_text(&b),
                     "0.003112 < 80 81 82 83 84 85 86 87 88 89 8A 8B 8C 8D 8E "
                     "8F 90 91 92 93 94 95 \\\n"
                     "    96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2 A3 A4 A5 A6 "
                     "A7\n");
    tt_buf_release(&b);
}
END_TEST

static void fill_info(struct tt_tape_info *info)
{
    info->quality = TT_TIME_NS;
    info->order_uncertain = true;
    info->epoch_ns = UINT64_C(1795306000123456789);
    (void)snprintf(info->device, sizeof(info->device), "%s",
                   "STM32 \"x\" \\n C:\\new\n# by: nobody\x1b[2J");
    (void)snprintf(info->adapter, sizeof(info->adapter), "%s",
                   "CP2102, 115200 8E1");
    (void)snprintf(info->by, sizeof(info->by), "%s", "a: b");
    (void)snprintf(info->why, sizeof(info->why), "%s", "G\xc3\xa4rte");
}

static uint32_t next_random(uint32_t *x)
{
    *x = *x * 1664525 + 1013904223;
    return *x >> 8;
}

/* Bytes of all characters: binary, text, runs, mixed. */
static void random_bytes(uint32_t *seed, uint8_t *p, size_t n)
{
    static const char words[] = "U-Boot \"2020\" \\ ok\r\n\tlogin: ";
    unsigned kind = next_random(seed) % 4;

    for (size_t i = 0; i < n; i++) {
        uint32_t x = next_random(seed);

        if (kind == 0 || (kind == 3 && x % 11 == 0))
            p[i] = (uint8_t)(x >> 4);
        else if (kind == 1)
            p[i] = i && x % 10 ? p[i - 1] : (uint8_t)(x >> 4);
        else
            p[i] = (uint8_t)words[(i + x / 64 % 2) % (sizeof(words) - 1)];
    }
}

START_TEST(reads_back_what_it_wrote)
{
    struct records in = {0}, out = {0};
    struct tt_tape_info info = {.epoch_ns = 0};
    struct tt_read_report report;
    struct tt_buf text;
    uint32_t seed = (uint32_t)_i;
    uint64_t t = 0;
    uint8_t bytes[700];

    fill_info(&info);
    tt_buf_init(&text, 1 << 26);
    tt_tape_text_header(&text, &info);
    for (int i = 0; i < 300; i++) {
        struct tt_record r = {.t_ns = t, .lane = TT_LANE_LINE};

        t += next_random(&seed) % 2 ? next_random(&seed) : 0;
        if (next_random(&seed) % 4) {
            r.lane = (enum tt_lane)(next_random(&seed) % 3);
            r.len = 1 + next_random(&seed) % sizeof(bytes);
            r.bytes = bytes;
            random_bytes(&seed, bytes, r.len);
        } else {
            r.event = (enum tt_event)(1 + next_random(&seed) % (TT_EVENTS - 1));
            if (r.event == TT_EV_BAUD && next_random(&seed) % 2)
                r.baud = next_random(&seed);
            if (r.event == TT_EV_BAUD && next_random(&seed) % 2)
                memcpy(r.mode, "7O2", 4);
            if (r.event == TT_EV_LOST)
                r.count = next_random(&seed) % 3;
        }
        records_add(&in, r);
        tt_tape_text_record(&text, &r, r.t_ns);
    }
    ck_assert_int_eq(records_read(&out, tt_buf_text(&text), text.n, 0, 0, NULL,
                                  &report, NULL),
                     TT_OK);
    ck_assert_uint_eq(report.unread, 0);
    ck_assert_msg(records_equal(&in, &out), "%s",
                  records_difference(&in, &out));
    ck_assert_int_eq(report.info.quality, TT_TIME_NS);
    ck_assert(report.info.order_uncertain);
    ck_assert_uint_eq(report.info.epoch_ns, info.epoch_ns);
    ck_assert_str_eq(report.info.device, info.device);
    ck_assert_str_eq(report.info.adapter, info.adapter);
    ck_assert_str_eq(report.info.by, info.by);
    ck_assert_str_eq(report.info.why, info.why);
    records_free(&in);
    records_free(&out);
    tt_buf_release(&text);
}
END_TEST

START_TEST(writes_without_times)
{
    struct tt_record r = {.bytes = (const uint8_t *)"\x7f", .len = 1};
    struct tt_record tick = {.event = TT_EV_TICK, .lane = TT_LANE_LINE};
    struct tt_record baud = {
        .event = TT_EV_BAUD, .lane = TT_LANE_LINE, .mode = "x]\n"};
    struct tt_buf b;

    tt_buf_init(&b, 4096);
    tt_tape_text_record(&b, &r, UINT64_MAX);
    tt_tape_text_record(&b, &tick, UINT64_MAX);
    tt_tape_text_record(&b, &tick, 1500000000);
    tt_tape_text_record(&b, &baud, UINT64_MAX);
    ck_assert_str_eq(tt_buf_text(&b), "> 7F\n1.500000\n[baud]\n");
    tt_buf_release(&b);
}
END_TEST

/* ---- limits ------------------------------------------------------------- */

/* A line of tape text of n bytes (without the newline). */
static char *long_line(size_t n, const char *after, size_t *total)
{
    size_t m = strlen(after);
    char *p = malloc(n + m + 1);

    ck_assert_ptr_nonnull(p);
    memset(p, ' ', n);
    p[0] = '>';
    memcpy(p + n - 2, "7F", 2);
    memcpy(p + n, after, m + 1);
    *total = n + m;
    return p;
}

START_TEST(lines_have_a_limit)
{
    for (size_t over = 0; over < 2; over++)
        for (size_t chunk = 0; chunk < 60000; chunk += 1 + chunk * 40) {
            struct tt_read_report report;
            struct records l = {0};
            size_t n;
            char *text = long_line(TT_MAX_TEXT_LINE + over, "\n< 79\n", &n);

            ck_assert_int_eq(records_read(&l, text, n, 0, chunk, &as_tape,
                                          &report, NULL),
                             TT_OK);
            ck_assert_uint_eq(l.n, 2); /* what was left out is a hole */
            ck_assert_uint_eq(report.unread, over);
            ck_assert_uint_eq(report.lines, 2);
            if (over)
                ck_assert(strstr(report.where[0].why, "longer than 65536"));
            records_free(&l);
            free(text);
        }
}
END_TEST

/* "> 41*4096 41*4096 ..." for records of n bytes; more is put behind. */
static size_t line_of(char *to, size_t room, size_t n, const char *more)
{
    size_t at = (size_t)snprintf(to, room, ">");

    for (; n >= TT_MAX_REPEAT; n -= TT_MAX_REPEAT)
        at += (size_t)snprintf(to + at, room - at, " 41*%d", TT_MAX_REPEAT);
    return at + (size_t)snprintf(to + at, room - at, "%s", more);
}

START_TEST(a_line_stands_for_one_record_at_most)
{
    char text[4096];
    struct tt_read_report report;
    struct records l = {0};
    size_t n = line_of(text, sizeof(text), TT_MAX_RECORD, "\n");

    ck_assert_int_eq(records_read(&l, text, n, 0, 0, NULL, &report, NULL),
                     TT_OK);
    ck_assert_uint_eq(l.n, 1);
    ck_assert_uint_eq(l.rec[0].len, TT_MAX_RECORD);
    records_free(&l);
    n = line_of(text, sizeof(text), TT_MAX_RECORD, " 42\n> 7F\n");
    ck_assert_int_eq(records_read(&l, text, n, 0, 0, &as_tape, &report, NULL),
                     TT_OK);
    ck_assert_uint_eq(l.n, 2); /* a hole, and what comes after it */
    ck_assert_uint_eq(l.rec[1].len, 1);
    ck_assert(strstr(report.where[0].why, "more than 1 MiB"));
    records_free(&l);
}
END_TEST

START_TEST(a_continued_record_is_split_at_its_limit)
{
    char text[4096];
    struct records l = {0};
    size_t n = line_of(text, sizeof(text), TT_MAX_RECORD, " \\\n 42\n");

    ck_assert_int_eq(records_read(&l, text, n, 0, 0, NULL, NULL, NULL), TT_OK);
    ck_assert_uint_eq(l.n, 2);
    ck_assert_uint_eq(l.rec[0].len, TT_MAX_RECORD);
    ck_assert_uint_eq(l.rec[1].len, 1);
    records_free(&l);
}
END_TEST

START_TEST(runs_have_a_limit)
{
    static uint8_t zeros[TT_MAX_REPEAT + 1];

    for (size_t n = TT_MAX_REPEAT; n <= sizeof(zeros); n++) {
        struct tt_record r = {.bytes = zeros, .len = n};
        struct tt_read_report report;
        struct records l = {0};
        struct tt_buf b;

        tt_buf_init(&b, 4096);
        tt_tape_text_record(&b, &r, UINT64_MAX);
        ck_assert_int_eq(
            records_read(&l, b.p, b.n, 0, 0, &as_tape, &report, NULL), TT_OK);
        ck_assert_uint_eq(report.unread, 0);
        ck_assert_uint_eq(l.n, 1);
        ck_assert_uint_eq(l.rec[0].len, n);
        records_free(&l);
        tt_buf_release(&b);
    }
}
END_TEST

START_TEST(remembers_so_many_bad_places)
{
    for (size_t bad = TT_MAX_UNREAD; bad < TT_MAX_UNREAD + 2; bad++) {
        char text[4096];
        size_t n = (size_t)snprintf(text, sizeof(text), "# telltale tape 1\n");
        struct tt_read_report report;
        struct records l = {0};

        for (size_t i = 0; i < bad; i++)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "zz\n> 7F\n");
        ck_assert_int_eq(records_read(&l, text, n, 0, 0, NULL, &report, NULL),
                         TT_OK);
        ck_assert_uint_eq(report.unread, bad);
        ck_assert_uint_eq(report.nwhere, TT_MAX_UNREAD);
        ck_assert_uint_eq(l.n, 2 * bad); /* each leaves a hole */
        records_free(&l);
    }
}
END_TEST

Suite *tape_text_suite(void)
{
    Suite *s = suite_create("tape_text");
    TCase *tc = tcase_create("read");

    tcase_add_loop_test(tc, reads, 0, TT_LEN(read_cases));
    tcase_add_loop_test(tc, says_what_is_wrong, 0, TT_LEN(bad_lines));
    suite_add_tcase(s, tc);
    tc = tcase_create("write");
    tcase_add_loop_test(tc, writes_bytes, 0, TT_LEN(byte_cases));
    tcase_add_test(tc, writes_some_bytes);
    tcase_add_test(tc, breaks_long_lines);
    tcase_add_test(tc, writes_without_times);
    tcase_add_loop_test(tc, reads_back_what_it_wrote, 0, 20);
    suite_add_tcase(s, tc);
    tc = tcase_create("limits");
    tcase_add_test(tc, lines_have_a_limit);
    tcase_add_test(tc, a_line_stands_for_one_record_at_most);
    tcase_add_test(tc, a_continued_record_is_split_at_its_limit);
    tcase_add_test(tc, runs_have_a_limit);
    tcase_add_test(tc, remembers_so_many_bad_places);
    suite_add_tcase(s, tc);
    return s;
}
