/*
 * Logs of other tools: that it makes no difference how they are cut, that a
 * copy of the reader goes on where it is, that texts are no logs, and the
 * limits.  What each becomes is in tests/logs (tests/cli/t_logs.sh).
 */
#include "format/log/cut.h"
#include "format/log/log.h"
#include "records.h"
#include "suites.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- how it is cut ------------------------------------------------------- */

static size_t load(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "rb");
    size_t n;

    ck_assert_msg(f != NULL, "%s", path);
    n = fread(out, 1, size, f);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_uint_gt(n, 0);
    ck_assert_uint_lt(n, size);
    return n;
}

static void ck_cut(const char *path, const char *p, size_t n)
{
    struct tt_read_report whole_report, report;
    struct records whole = {0};
    char *want, *got;

    ck_assert_int_eq(
        records_read(&whole, p, n, 0, 0, NULL, &whole_report, NULL), TT_OK);
    ck_assert_msg(whole_report.is_log ||
                      !strncmp(whole_report.info.format, "tape text", 9),
                  "%s: %s", path, whole_report.info.format);
    want = records_text(&whole, true);
    for (size_t at = 0; at < n; at += n < 600 ? 1 : 67) {
        struct records l = {0};

        ck_assert_int_eq(
            records_read(&l, p, n, at, at ? 0 : 1, NULL, &report, NULL), TT_OK);
        got = records_text(&l, true);
        ck_assert_msg(!strcmp(got, want), "%s cut at %zu: %s", path, at,
                      records_difference(&whole, &l));
        ck_assert_mem_eq(&report, &whole_report, sizeof(report));
        free(got);
        records_free(&l);
    }
    free(want);
    records_free(&whole);
}

START_TEST(cut_anywhere)
{
    static char bytes[1 << 16];
    glob_t g;

    ck_assert_int_eq(glob("tests/logs/*.log", 0, NULL, &g), 0);
    ck_assert_uint_gt(g.gl_pathc, 50);
    for (size_t i = 0; i < g.gl_pathc; i++)
        ck_cut(g.gl_pathv[i], bytes, load(g.gl_pathv[i], bytes, sizeof(bytes)));
    globfree(&g);
}
END_TEST

/* The rest of the input into a copy gives what the reader itself gives. */
static void ck_copy(const char *path, const char *p, size_t n, size_t at)
{
    struct records a = {0}, b = {0};
    struct tt_reader *rd, *copy;
    size_t before;

    ck_assert_int_eq(tt_reader_new(&rd, NULL, records_sink, &a, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_feed(rd, p, at, NULL), TT_OK);
    before = a.n;
    ck_assert_int_eq(tt_reader_copy(&copy, rd, records_sink, &b), TT_OK);
    ck_assert_int_eq(tt_reader_feed(copy, p + at, n - at, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_finish(copy, NULL), TT_OK);
    tt_reader_free(copy);
    ck_assert_int_eq(tt_reader_feed(rd, p + at, n - at, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_finish(rd, NULL), TT_OK);
    tt_reader_free(rd);
    ck_assert_msg(a.n - before == b.n, "%s at %zu: %zu records, not %zu", path,
                  at, b.n, a.n - before);
    for (size_t i = 0; i < b.n; i++) {
        ck_assert_uint_eq(a.rec[before + i].t_ns, b.rec[i].t_ns);
        ck_assert_uint_eq(a.rec[before + i].len, b.rec[i].len);
        if (b.rec[i].len)
            ck_assert_mem_eq(a.rec[before + i].bytes, b.rec[i].bytes,
                             b.rec[i].len);
    }
    records_free(&a);
    records_free(&b);
}

START_TEST(copied_anywhere)
{
    static char bytes[TT_PROBE_BYTES * 2];
    glob_t g;

    ck_assert_int_eq(glob("tests/logs/*.log", 0, NULL, &g), 0);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        size_t n = load(g.gl_pathv[i], bytes, TT_PROBE_BYTES), one = n;

        /* The reader opens when it has seen its fill. */
        while (n + one < sizeof(bytes)) {
            memcpy(bytes + n, bytes, one);
            n += one;
        }
        ck_copy(g.gl_pathv[i], bytes, n, TT_PROBE_BYTES + one / 2);
        ck_copy(g.gl_pathv[i], bytes, n, TT_PROBE_BYTES + one / 3);
    }
    globfree(&g);
}
END_TEST

/* ---- what is no log ------------------------------------------------------- */

static const char *const texts[] = {
    "[    0.000000] Booting Linux on physical CPU 0x0\n"
    "[    0.000000] Linux version 5.10.0\n[    1.234567] usb 1-1: new\n",
    "[12:00:01] short\nno time\nnone here\nnor here\n",
    "U-Boot 2023.01\r\nDRAM:  1 GiB\r\nHit any key to stop autoboot:  0\r\n",
    "7F 80 81\n79 1F\n",
    "7f\n79\n00\n",
    "> hello\n> world\n< no\n",
    "> 2026/11/22 00:04:09 length of the road\n",
    "TX: 7F 79\nTX: 00\n",      /* one direction alone */
    "RX: 00\nRX: 01\nRX: 02\n", /* as a radio module prints */
    "Sent 5 of 7\nread the manual\n",
    "deadbeef\ncafe\n0000\n",
    "1234 12 34 56\n2345 12 34\n",
    "S: status\n: colon\n:0000\n",
    "esptool.py is a tool\nTRACE +fast\n",
    "printf(\"avrdude: send: 0 [30]   [20] \");\n"
    "printf(\"avrdude: recv: . [14] \");\n",
    "read(\nwrite(\nopen the door = 1\n",
    "name,age\nfoo,1\n",
    "[INFO] uart: ready\n[INFO] uart: sent\n",
    "*\n*\n*\n",
    "host\ndevice\nhost\n",
    "w 0 hello\nr 0 world\n",
    "%TSD-Header-###%\n\x01\x02\x03\n",
};

START_TEST(texts_stay_texts)
{
    struct tt_read_report report;
    struct records l = {0};

    ck_assert_int_eq(records_read(&l, texts[_i], strlen(texts[_i]), 0, 0, NULL,
                                  &report, NULL),
                     TT_OK);
    ck_assert_msg(!report.is_log, "'%s': %s", texts[_i], report.info.format);
    records_free(&l);
}
END_TEST

/* ---- times ---------------------------------------------------------------- */

static const struct {
    const char *text;
    uint64_t ns;
    int digits;
    bool ok;
} stamps[] = {
    {"1970-01-01 00:00:00", 0, 0, true},
    {"2026-11-22T00:09:54.659", UINT64_C(1795306194659000000), 3, true},
    {"2026/11/22 00:13:36", UINT64_C(1795306416000000000), 0, true},
    {"2000-02-29 12:00:00", UINT64_C(951825600000000000), 0, true},
    {"2100-03-01 00:00:00", UINT64_C(4107542400000000000), 0, true},
    {"22/11/2026 00:09:54.6", UINT64_C(1795306194600000000), 1, true},
    {"11/22/2026 00:09:54.6", UINT64_C(1795306194600000000), 1, true},
    {"Sun Nov 22 00:09:54.66 2026", UINT64_C(1795306194660000000), 2, true},
    {"23:59:59.123456789", UINT64_C(86399123456789), 9, true},
    {"11:00:00 PM", UINT64_C(82800000000000), 0, true},
    {"1795306223.699853", UINT64_C(1795306223699853000), 6, true},
    {"24:00:00", 0, 0, false},
    {"2026-13-01 00:00:00", 0, 0, false},
    {"1969-01-01 00:00:00", 0, 0, false},
    {"99999999999999999999.5", 0, 0, false},
    {"12:3:4", 0, 0, false},
    {"", 0, 0, false},
};

START_TEST(times)
{
    struct tt_slice s = tt_slice_of(stamps[_i].text);
    struct tt_stamp t = {0};
    bool ok = tt_cut_stamp(&s, &t);

    ck_assert_msg(ok == stamps[_i].ok, "%s", stamps[_i].text);
    if (!ok)
        return;
    ck_assert_uint_eq(s.n, 0);
    ck_assert_msg(t.ns == stamps[_i].ns, "%s: %llu", stamps[_i].text,
                  (unsigned long long)t.ns);
    ck_assert_int_eq(t.digits, stamps[_i].digits);
}
END_TEST

START_TEST(midnight_passes)
{
    static const char log[] = "[23:59:59.900] a\n[00:00:00.100] b\n";
    struct records l = {0};

    ck_assert_int_eq(
        records_read(&l, log, sizeof(log) - 1, 0, 0, NULL, NULL, NULL), TT_OK);
    ck_assert_uint_eq(l.n, 2);
    ck_assert_uint_eq(l.rec[1].t_ns, 200 * TT_NS_PER_MS);
    records_free(&l);
}
END_TEST

/* ---- limits --------------------------------------------------------------- */

/* A row of pairs longer than a line may be comes in pieces, all of it. */
START_TEST(a_line_has_a_limit)
{
    struct tt_read_report report;
    struct records l = {0};
    struct tt_buf b;
    size_t pairs = TT_MAX_LOG_LINE / 3 + (size_t)_i, all = 0;

    tt_buf_init(&b, TT_MAX_LOG_LINE * 2);
    for (size_t i = 0; i < pairs; i++)
        tt_buf_printf(&b, "%02x ", (unsigned)(i & 0xff));
    ck_assert_int_eq(b.n > TT_MAX_LOG_LINE, _i > 0);
    ck_assert_int_eq(records_read(&l, b.p, b.n, 0, 0, NULL, &report, NULL),
                     TT_OK);
    ck_assert_str_eq(report.info.format, "hex pairs");
    ck_assert_uint_eq(report.lines, 1);
    for (size_t i = 0; i < l.n; i++)
        for (size_t k = 0; k < l.rec[i].len; k++, all++)
            ck_assert_uint_eq(l.rec[i].bytes[k], all & 0xff);
    ck_assert_uint_eq(all, pairs);
    records_free(&l);
    tt_buf_release(&b);
}
END_TEST

/* "*" stands for so many bytes at most; the rest is missing, not made up. */
START_TEST(a_star_has_a_limit)
{
    struct records l = {0};
    uint64_t bytes = 0, lost = 0;
    char log[256];

    (void)snprintf(log, sizeof(log),
                   "%08x  68 68 68 68 68 68 68 68  68 68 68 68 68 68 68 68  "
                   "|hhhhhhhhhhhhhhhh|\n*\n%08x\n",
                   0, TT_MAX_FILL + 16 * (_i + 1));
    ck_assert_int_eq(records_read(&l, log, strlen(log), 0, 0, NULL, NULL, NULL),
                     TT_OK);
    for (size_t i = 0; i < l.n; i++) {
        bytes += l.rec[i].len;
        lost += l.rec[i].event == TT_EV_LOST ? l.rec[i].count : 0;
    }
    ck_assert_uint_eq(bytes, TT_MAX_FILL + 16);
    ck_assert_uint_eq(lost, 16 * (uint64_t)_i);
    records_free(&l);
}
END_TEST

/* The names in the option table are those of the readers. */
START_TEST(every_kind_has_a_name)
{
    for (size_t i = 0; i < tt_ndialects; i++) {
        const struct tt_dialect *d = tt_dialects[i];
        struct tt_read_options options = {.format = d->name,
                                          .lane = TT_LANE_DEVICE};
        struct records l = {0};

        ck_assert_ptr_eq(tt_dialect_by_name(d->name), d);
        ck_assert_ptr_null(tt_format_by_name(d->name));
        ck_assert_uint_gt(d->least, 0);
        ck_assert_uint_lt(strlen(d->lacks), 160);
        /* told to, it takes anything, and finds nothing in it */
        ck_assert_int_eq(records_read(&l, "Hello\n\n\xff\n", 9, 0, 0, &options,
                                      NULL, NULL),
                         TT_OK);
        records_free(&l);
    }
    ck_assert_ptr_null(tt_dialect_by_name("nosuch"));
}
END_TEST

Suite *logs_suite(void)
{
    Suite *s = suite_create("logs");
    TCase *tc = tcase_create("cut");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_test(tc, copied_anywhere);
    suite_add_tcase(s, tc);
    tc = tcase_create("texts");
    tcase_add_loop_test(tc, texts_stay_texts, 0, TT_LEN(texts));
    suite_add_tcase(s, tc);
    tc = tcase_create("times");
    tcase_add_loop_test(tc, times, 0, TT_LEN(stamps));
    tcase_add_test(tc, midnight_passes);
    suite_add_tcase(s, tc);
    tc = tcase_create("limits");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, a_line_has_a_limit, 0, 3);
    tcase_add_loop_test(tc, a_star_has_a_limit, 0, 2);
    tcase_add_test(tc, every_kind_has_a_name);
    suite_add_tcase(s, tc);
    return s;
}
