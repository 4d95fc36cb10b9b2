#include "records.h"
#include "suites.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which format ------------------------------------------------------- */

#define BYTES(s) s, sizeof(s) - 1

static const struct {
    const char *name, *bytes;
    size_t n;
    const char *format;
} detect_cases[] = {
    {"one mark", BYTES("> 7F"), "tape text"},
    {"the tool's words alone", BYTES("$ \"Failed to init device.\"\n"),
     "tape text"},
    {"a header and nothing wrong", BYTES("# telltale tape 1\n[dtr+]\n"),
     "tape text"},
    {"a header and a bad line", BYTES("# telltale tape 1\nfoo\n> 7F\n"),
     "tape text"},
    {"a bad line without header", BYTES("foo\n> 7F\n"), "plain text"},
    {"a bad line at the end", BYTES("> 7F\n< 79\nI see this."), "plain text"},
    {"comments alone", BYTES("# nothing\n# here\n"), "plain text"},
    {"a section of an ini file", BYTES("[open]\n"), "plain text"},
    {"a pause alone", BYTES("12ms\n"), "plain text"},
    {"a number alone", BYTES("0.5\n"), "plain text"},
    {"a hex dump", BYTES("7F 80 81\n79 1F\n"), "plain text"},
    {"a shell session", BYTES("$ ls\nfoo\n"), "plain text"},
    {"a diff", BYTES("5c5\n< old\n---\n> new\n"), "plain text"},
    {"a quoted mail", BYTES("> hello\n> world\n"), "plain text"},
    {"a quoted tape", BYTES("> > 7F\n> < 79\n"), "tape text, quoted"},
    {"html", BYTES("<html>\n<body>\n"), "plain text"},
    {"boot log", BYTES("U-Boot 2020.01 (Jan 01 2020)\r\nDRAM: 1 GiB\r\n"),
     "plain text"},
    {"latin and utf-8",
     BYTES("Gr\xc3\xb6\xc3\x9f"
           "e\n"),
     "plain text"},
    {"one byte", BYTES("h"), "plain text"},
    {"a sync byte", BYTES("\x7f"), "raw bytes"},
    {"a NUL in a text", BYTES("hello\0world, this is a long text of a log"),
     "raw bytes"},
    {"tape text with a NUL", BYTES("> 7F\n\0< 79\n"), "raw bytes"},
    {"bytes", BYTES("\x68\x03\x03\x68\x08\x00\x00\xff"), "raw bytes"},
    {"a gzip file", BYTES("\x1f\x8b\x08\x00\x00\x00\x00\x00"), "raw bytes"},
    {"new lines alone", BYTES("\n\r\r\n"), "plain text"},
};

START_TEST(recognises)
{
    for (size_t chunk = 0; chunk < 3; chunk++) {
        struct tt_read_report report;
        struct tt_error err = {.code = TT_OK};
        struct records l = {0};

        ck_assert_msg(!records_read(&l, detect_cases[_i].bytes,
                                    detect_cases[_i].n, 0, chunk, NULL, &report,
                                    &err),
                      "%s: %s", detect_cases[_i].name, err.msg);
        ck_assert_msg(!strcmp(report.info.format, detect_cases[_i].format),
                      "%s: %s", detect_cases[_i].name, report.info.format);
        records_free(&l);
    }
}
END_TEST

/* ---- how it is cut makes no difference ---------------------------------- */

/* One input of each format, of n bytes, in a static buffer. */
static const char *sample(int kind, size_t *n)
{
    static const char text[] =
        "# telltale tape 1\n# time: us\n0.000100 [dtr+] > 7F \\\n 80*9\n"
        "zz\n0.2 < \"ok\\r\\n\" 12ms $ \"Failed\"\n< 79\n1.5\n";
    static char bytes[9000];
    struct records l = {0};
    struct tt_write_options options = {.format = "pcapng"};
    struct tt_read_report report;
    struct tt_writer w;
    struct tt_buf out;

    *n = sizeof(text) - 1;
    if (kind == 0)
        return text;
    *n = sizeof(bytes);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 11 >> 2);
    if (kind == 1)
        return bytes;
    ck_assert_int_eq(records_read(&l, text, sizeof(text) - 1, 0, 0, NULL,
                                  &report, NULL),
                     TT_OK);
    tt_buf_init(&out, sizeof(bytes));
    ck_assert_int_eq(tt_writer_init(&w, &options, &report.info, NULL), TT_OK);
    for (size_t i = 0; i < l.n; i++)
        tt_writer_record(&w, &out, &l.rec[i], NULL);
    *n = out.n;
    ck_assert_int_eq(out.status, TT_OK);
    memcpy(bytes, out.p, out.n);
    tt_buf_release(&out);
    records_free(&l);
    return bytes;
}

START_TEST(cut_anywhere)
{
    size_t n;
    const char *p = sample(_i, &n);
    struct tt_read_report whole_report;
    struct records whole = {0};
    char *whole_text;

    ck_assert_int_eq(
        records_read(&whole, p, n, 0, 0, NULL, &whole_report, NULL), TT_OK);
    ck_assert_uint_gt(whole.n, 2);
    whole_text = records_text(&whole, true);
    for (size_t at = 0; at < n; at += n < 2000 ? 1 : 97) {
        struct tt_read_report report;
        struct records l = {0};
        char *text;

        ck_assert_int_eq(
            records_read(&l, p, n, at, at ? 0 : 1, NULL, &report, NULL), TT_OK);
        text = records_text(&l, true);
        ck_assert_msg(!strcmp(text, whole_text), "cut at %zu: %s", at,
                      records_difference(&whole, &l));
        ck_assert_mem_eq(&report, &whole_report, sizeof(report));
        free(text);
        records_free(&l);
    }
    free(whole_text);
    records_free(&whole);
}
END_TEST

/* What is looked at to recognise tape text ends somewhere; a bad line is
 * known before it, and only noted after it. */
START_TEST(the_probe_has_an_end)
{
    for (size_t at = 0; at < 2; at++) {
        struct tt_read_report report;
        struct records l = {0};
        struct tt_buf b;

        tt_buf_init(&b, 1 << 20);
        while (b.n + 5 + 4 * at <= TT_PROBE_BYTES)
            tt_buf_str(&b, "> 7F\n");
        while (b.n < TT_PROBE_BYTES - 4 * at + 1)
            tt_buf_str(&b, "\n");
        if (at) /* the bad line just ends within */
            b.n -= 1;
        tt_buf_str(&b, "foo\n");
        ck_assert_uint_eq(b.n, TT_PROBE_BYTES + (at ? 0 : 5));
        tt_buf_str(&b, "> 80\n");
        ck_assert_int_eq(records_read(&l, b.p, b.n, 0, 0, NULL, &report, NULL),
                         TT_OK);
        ck_assert_str_eq(report.info.format, at ? "plain text" : "tape text");
        ck_assert_uint_eq(report.unread, at ? 0 : 1);
        records_free(&l);
        tt_buf_release(&b);
    }
}
END_TEST

/* ---- files that are no captures ----------------------------------------- */

/* Of recordings by others, these are logs of tools and dumps. */
static bool may_be_log(const char *path)
{
    return strstr(path, "/issues/") || strstr(path, ".hex") ||
           strstr(path, "/firmata_recording");
}

static void ck_no_capture(const char *path, size_t *looked)
{
    static char bytes[1 << 20];
    struct tt_read_report report;
    struct records l = {0};
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f)
        return;
    n = fread(bytes, 1, sizeof(bytes), f);
    (void)fclose(f);
    if (!n)
        return;
    ++*looked;
    ck_assert_int_eq(records_read(&l, bytes, n, 0, 0, NULL, &report, NULL),
                     TT_OK);
    ck_assert_msg(!strcmp(report.info.format, "plain text") ||
                      !strcmp(report.info.format, "raw bytes") ||
                      (report.is_log && may_be_log(path)),
                  "%s: %s", path, report.info.format);
    records_free(&l);
}

START_TEST(ordinary_files_are_no_captures)
{
    static const char *const patterns[] = {
        "/bin/ls",       "/bin/sh",      "/etc/passwd",  "/etc/services",
        "Makefile",      "LICENSE",      "src/*/*.[ch]", "include/*.h",
        "tests/*/*.sh",  "scripts/*",    "docs/*",       "rules/*",
        ".clang-format", "/proc/cpuinfo"};
    size_t looked = 0;
    glob_t g;

    for (size_t i = 0; i < TT_LEN(patterns); i++) {
        if (glob(patterns[i], 0, NULL, &g))
            continue;
        for (size_t k = 0; k < g.gl_pathc; k++)
            ck_no_capture(g.gl_pathv[k], &looked);
        globfree(&g);
    }
    ck_assert_uint_gt(looked, 2);
}
END_TEST

/* Captures by others, where they are at hand. */
START_TEST(a_corpus_is_recognised)
{
    static const char *const patterns[] = {
        "uart-la/*.bin", "uart-wrongbaud/*.bin", "console/*", "gps/*",
        "meters/*",      "negatives/*",          "misc/*",    "issues/*"};
    const char *root = getenv("TELLTALE_CORPUS");
    char pattern[1000];
    size_t looked = 0;
    glob_t g;

    root = root ? root : "../shared/corpus";
    for (size_t i = 0; i < TT_LEN(patterns); i++) {
        (void)snprintf(pattern, sizeof(pattern), "%s/%s", root, patterns[i]);
        if (glob(pattern, 0, NULL, &g))
            continue;
        for (size_t k = 0; k < g.gl_pathc; k++)
            ck_no_capture(g.gl_pathv[k], &looked);
        globfree(&g);
    }
    if (!looked)
        printf("reader: no corpus in %s, not looked at\n", root);
}
END_TEST

/* ---- raw bytes ---------------------------------------------------------- */

static const size_t raw_sizes[] = {1,     4095,  4096,  4097,
                                   65535, 65536, 65537, 300000};

START_TEST(raw_bytes_are_all_there)
{
    static const size_t chunks[] = {0, 1, 7, 4096, 65536};
    size_t n = raw_sizes[_i];
    struct tt_read_options options = {.lane = TT_LANE_HOST};
    struct records first = {0};
    uint8_t *p = malloc(n);

    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 7 >> 3);
    for (size_t c = 0; c < TT_LEN(chunks); c++)
        for (int forced = 0; forced < 2; forced++) {
            struct tt_read_report report;
            struct records l = {0};
            uint64_t at = 0;

            options.format = forced ? "raw" : NULL;
            ck_assert_int_eq(records_read(&l, p, n, 3 * c, chunks[c], &options,
                                          &report, NULL),
                             TT_OK);
            ck_assert_int_eq(report.info.quality, TT_TIME_NONE);
            ck_assert_str_eq(report.info.format, "raw bytes");
            for (size_t i = 0; i < l.n; i++) {
                ck_assert_uint_eq(l.rec[i].source, at);
                ck_assert_uint_eq(l.rec[i].t_ns, 0);
                ck_assert_int_eq(l.rec[i].lane, TT_LANE_HOST);
                ck_assert_mem_eq(l.rec[i].bytes, p + at, l.rec[i].len);
                at += l.rec[i].len;
            }
            ck_assert_uint_eq(at, n);
            if (first.n) {
                ck_assert(records_equal(&first, &l));
                records_free(&l);
            } else {
                first = l;
            }
        }
    records_free(&first);
    free(p);
}
END_TEST

/* ---- what cannot be read ------------------------------------------------ */

START_TEST(an_empty_input_says_so)
{
    static const char *const formats[] = {NULL, "raw", "tape"};
    struct tt_read_options options = {.format = formats[_i]};
    struct tt_error err;
    struct records l = {0};

    ck_assert_int_eq(records_read(&l, "", 0, 0, 0, &options, NULL, &err),
                     TT_ERR_SYNTAX);
    ck_assert(strstr(err.msg, "the input is empty"));
    ck_assert_uint_eq(l.n, 0);
}
END_TEST

START_TEST(options_are_checked)
{
    struct tt_read_options options = {.format = "pcapnp"};
    struct tt_reader *rd;
    struct tt_error err;
    struct records l = {0};

    ck_assert_int_eq(tt_reader_new(&rd, &options, records_sink, &l, &err),
                     TT_ERR_ARG);
    ck_assert_ptr_null(rd);
    ck_assert(strstr(err.msg, "'pcapnp'"));
    options = (struct tt_read_options){.lane = TT_LANE_LINE};
    ck_assert_int_eq(records_read(&l, "x", 1, 0, 0, &options, NULL, &err),
                     TT_ERR_ARG);
    options = (struct tt_read_options){.format = "tape"};
    ck_assert_int_eq(records_read(&l, "hello\n", 6, 0, 0, &options, NULL, &err),
                     TT_ERR_SYNTAX);
    ck_assert_msg(strstr(err.msg, "no line of this is tape text; the first: "
                                  "'hello' is no byte"),
                  "%s", err.msg);
    tt_reader_free(NULL);
}
END_TEST

static enum tt_status refuse(const struct tt_record *r, void *user)
{
    (void)r;
    ++*(int *)user;
    return TT_ERR_LIMIT;
}

START_TEST(a_sink_can_stop_it)
{
    struct tt_reader *rd;
    struct tt_error err = {.code = TT_OK};
    int calls = 0;

    ck_assert_int_eq(tt_reader_new(&rd, NULL, refuse, &calls, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_feed(rd, "> 7F > 80\n", 10, &err), TT_OK);
    ck_assert_int_eq(tt_reader_finish(rd, &err), TT_ERR_LIMIT);
    ck_assert_int_eq(err.code, TT_ERR_LIMIT);
    ck_assert_int_eq(tt_reader_feed(rd, "> 7F\n", 5, &err), TT_ERR_LIMIT);
    ck_assert_int_eq(tt_reader_finish(rd, &err), TT_ERR_LIMIT);
    ck_assert_int_eq(calls, 1);
    tt_reader_free(rd);
}
END_TEST

START_TEST(nothing_after_the_end)
{
    struct records l = {0};
    struct tt_reader *rd;

    ck_assert_int_eq(tt_reader_new(&rd, NULL, records_sink, &l, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_feed(rd, "> 7F\n", 5, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_finish(rd, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_finish(rd, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_feed(rd, "> 7F\n", 5, NULL), TT_ERR_ARG);
    ck_assert_uint_eq(l.n, 1);
    tt_reader_free(rd);
    records_free(&l);
}
END_TEST

/* The format and quality are known when the first record comes. */
static enum tt_status look_at_info(const struct tt_record *r, void *user)
{
    struct tt_reader **rd = user;

    (void)r;
    ck_assert_str_eq(tt_reader_report(*rd)->info.format, "tape text");
    ck_assert_int_eq(tt_reader_report(*rd)->info.quality, TT_TIME_MS);
    return TT_OK;
}

START_TEST(info_comes_before_records)
{
    static const char text[] = "> 7F\n< 79\n12ms > 80\n";
    struct tt_reader *rd;

    ck_assert_int_eq(tt_reader_new(&rd, NULL, look_at_info, &rd, NULL), TT_OK);
    for (const char *c = text; *c; c++)
        ck_assert_int_eq(tt_reader_feed(rd, c, 1, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_finish(rd, NULL), TT_OK);
    ck_assert_uint_eq(tt_reader_report(rd)->records, 3);
    tt_reader_free(rd);
}
END_TEST

/* A recording is read while it is made. */
START_TEST(a_header_lets_records_through_at_once)
{
    static const char head[] = "# telltale tape 1\n# device: x\n# time: us\n";
    static const char *const formats[] = {NULL, "tape"};
    struct tt_read_options options = {.format = formats[_i]};
    struct records l = {0};
    struct tt_reader *rd;

    ck_assert_int_eq(tt_reader_new(&rd, &options, records_sink, &l, NULL),
                     TT_OK);
    ck_assert_int_eq(tt_reader_feed(rd, head, strlen(head), NULL), TT_OK);
    ck_assert_uint_eq(l.n, 0);
    ck_assert_int_eq(tt_reader_feed(rd, "0.1 > 7F\n", 9, NULL), TT_OK);
    ck_assert_uint_eq(l.n, 1);
    ck_assert_int_eq(tt_reader_report(rd)->info.quality, TT_TIME_US);
    ck_assert_str_eq(tt_reader_report(rd)->info.device, "x");
    ck_assert_int_eq(tt_reader_feed(rd, "0.2 < 79\n", 9, NULL), TT_OK);
    ck_assert_uint_eq(l.n, 2);
    tt_reader_free(rd);
    records_free(&l);
}
END_TEST

START_TEST(pcapng_lets_records_through_at_once)
{
    struct tt_write_options options = {.format = "pcapng"};
    struct tt_tape_info info = {.quality = TT_TIME_US};
    struct tt_record r = {.len = 1, .bytes = (const uint8_t *)"h"};
    struct records l = {0};
    struct tt_reader *rd;
    struct tt_writer w;
    struct tt_buf out;

    tt_buf_init(&out, 1 << 16);
    ck_assert_int_eq(tt_writer_init(&w, &options, &info, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_new(&rd, NULL, records_sink, &l, NULL), TT_OK);
    for (size_t i = 1; i < 4; i++) {
        tt_writer_record(&w, &out, &r, NULL);
        ck_assert_int_eq(tt_reader_feed(rd, out.p, out.n, NULL), TT_OK);
        ck_assert_uint_eq(l.n, i);
        tt_buf_clear(&out);
    }
    tt_reader_free(rd);
    records_free(&l);
    tt_buf_release(&out);
}
END_TEST

Suite *reader_suite(void)
{
    Suite *s = suite_create("reader");
    TCase *tc = tcase_create("detect");

    tcase_add_loop_test(tc, recognises, 0, TT_LEN(detect_cases));
    suite_add_tcase(s, tc);
    tc = tcase_create("cut");
    tcase_add_loop_test(tc, cut_anywhere, 0, 3);
    tcase_add_test(tc, the_probe_has_an_end);
    tcase_add_loop_test(tc, a_header_lets_records_through_at_once, 0, 2);
    tcase_add_test(tc, pcapng_lets_records_through_at_once);
    suite_add_tcase(s, tc);
    tc = tcase_create("files");
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, ordinary_files_are_no_captures);
    tcase_add_test(tc, a_corpus_is_recognised);
    suite_add_tcase(s, tc);
    tc = tcase_create("raw");
    tcase_add_loop_test(tc, raw_bytes_are_all_there, 0, TT_LEN(raw_sizes));
    suite_add_tcase(s, tc);
    tc = tcase_create("errors");
    tcase_add_loop_test(tc, an_empty_input_says_so, 0, 3);
    tcase_add_test(tc, options_are_checked);
    tcase_add_test(tc, a_sink_can_stop_it);
    tcase_add_test(tc, nothing_after_the_end);
    tcase_add_test(tc, info_comes_before_records);
    suite_add_tcase(s, tc);
    return s;
}
