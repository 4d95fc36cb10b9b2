#include "build.h"
#include "format/pcapng.h"
#include "records.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_text(const struct build *b, size_t chunk,
                      struct tt_read_report *report, const char *name,
                      const char *want)
{
    struct tt_error err = {.code = TT_OK};
    struct records l = {0};
    char *got;

    ck_assert_msg(!records_read(&l, b->out.p, b->out.n, 0, chunk, NULL, report,
                                &err),
                  "%s: %s", name, err.msg);
    got = records_text(&l, false);
    ck_assert_msg(!strcmp(got, want), "%s: got\n%s", name, got);
    free(got);
    records_free(&l);
}

/* ---- files of others ---------------------------------------------------- */

START_TEST(reads_a_plain_file)
{
    for (int big = 0; big < 2; big++)
        for (size_t chunk = 0; chunk < 20; chunk++) {
            struct tt_read_report report;
            struct build b;

            build_init(&b, big != 0);
            build_section(&b, "made by hand");
            build_iface(&b, 250, 6);
            build_packet(&b, 0, 5000000, 0x00, 0x1d, "", 0, 0);
            build_packet(&b, 0, 5000001, 0x01, 0x1d, "\x7f", 1, 2);
            build_packet(&b, 0, 5003112, 0x02, 0x1d, "hh", 2, 1);
            build_packet(&b, 0, 5003113, 0x07, 0x1d, "\x55", 1, 1);
            build_packet(&b, 0, 5003114, 0x08, 0x1d, "\x66", 1, 2);
            build_packet(&b, 0, 5003115, 0x09, 0x1d, "", 0, 0);
            build_packet(&b, 0, 5003116, 0x0a, 0x1d, "", 0, 0);
            build_packet(&b, 0, 5003117, 0x00, 0x01, "", 0, 0);
            build_packet(&b, 0, 5003118, 0x02, 0x21, "x", 1, 0);
            build_packet(&b, 0, 5003119, 0x05, 0x21, "", 0, 0);
            build_packet(&b, 0, 5003120, 0x03, 0x21, "y", 1, 0);
            build_packet(&b, 0, 5003121, 0x04, 0x21, "", 0, 0);
            build_packet(&b, 0, 5003122, 0x06, 0x21, "", 0, 0);
            read_text(&b, chunk, &report, "plain",
                      "0.000001000 > 7F\n"
                      "0.003112000 < 68 68\n"
                      "0.003113000 [frame-error]\n0.003113000 < 55\n"
                      "0.003114000 [parity-error]\n0.003114000 > 66\n"
                      "0.003115000 [break]\n"
                      "0.003116000 [overrun]\n"
                      "0.003117000 [dtr-]\n0.003117000 [rts-]\n"
                      "0.003117000 [dsr-]\n"
                      "0.003118000 [ri+]\n0.003118000 < 78\n"
                      "0.003119000 [lost 0]\n"
                      "0.003120000 > 79\n"
                      "0.003122000 [tick]\n");
            ck_assert_int_eq(report.info.quality, TT_TIME_US);
            ck_assert_str_eq(report.info.format, "pcapng rtac-serial");
            ck_assert_uint_eq(report.info.epoch_ns, 5 * TT_NS_PER_S);
            ck_assert_uint_eq(report.end_ns, 3122000);
            ck_assert_uint_eq(report.unread, 0);
            ck_assert(!report.truncated);
            tt_buf_release(&b.out);
        }
}
END_TEST

START_TEST(reads_several_interfaces_and_sections)
{
    struct tt_read_report report;
    struct build b;
    size_t at;

    build_init(&b, false);
    build_section(&b, NULL);
    build_iface(&b, 1, 6);
    at = build_begin(&b, 1);
    build_num(&b, 250, 2);
    build_num(&b, 0, 6);
    build_option(&b, 2, "ttyS0", 5);
    build_option(&b, 3, "FTDI \x1b", 6);
    build_number_option(&b, 8, 57600, 8);
    build_number_option(&b, 14, 10, 8); /* ten seconds late */
    build_num(&b, 0, 4);
    build_end(&b, at);
    at = build_begin(&b, 1);
    build_num(&b, 250, 2);
    build_num(&b, 0, 6);
    build_number_option(&b, 8, UINT64_MAX, 8); /* no speed at all */
    build_option(&b, 9, "\x83", 1);            /* eighths of a second */
    build_end(&b, at);
    build_packet(&b, 1, 1, 1, 0, "a", 1, 0);          /* 10.000001 */
    build_packet(&b, 2, 10 * 8 + 2, 2, 0, "b", 1, 0); /* 10.25 */
    build_packet(&b, 0, 0, 2, 0, "not serial", 10, 0);
    build_packet(&b, 0, 0, 2, 0, "not serial", 10, 0);
    build_packet(&b, 3, 0, 2, 0, "nowhere", 7, 0);
    build_packet(&b, 1, 1000000, 1, 0x10, "c", 1, 0); /* 11.0 */
    build_packet(&b, 2, 11 * 8, 2, 0, "d", 1, 0);     /* its own lines */
    b.big = true;
    build_section(&b, NULL);
    build_iface(&b, 250, 6);
    build_packet(&b, 0, 12000001, 1, 0, "e", 1, 0);
    read_text(&b, 0, &report, "several",
              "0.000000000 [baud 57600 ]\n0.000000000 > 61\n"
              "0.249999000 < 62\n"
              "0.999999000 [dtr+]\n0.999999000 > 63\n"
              "0.999999000 < 64\n"
              "2.000000000 > 65\n");
    ck_assert_uint_eq(report.unread, 2);
    ck_assert(strstr(report.where[0].why, "interface 0 are not serial"));
    ck_assert(strstr(report.where[1].why, "interface 3, which is not"));
    ck_assert_int_eq(report.info.quality, TT_TIME_US);
    ck_assert_str_eq(report.info.adapter, "FTDI \x1b");
    tt_buf_release(&b.out);
}
END_TEST

START_TEST(reads_the_rarer_blocks)
{
    struct tt_read_report report;
    struct build b;
    size_t at;

    build_init(&b, false);
    build_section(&b, NULL);
    build_iface(&b, 250, 6);
    at = build_begin(&b, 0x0bad); /* somebody's own */
    build_num(&b, UINT64_MAX, 8);
    build_end(&b, at);
    build_packet(&b, 0, 1000, 1, 0, "a", 1, 0);
    at = build_begin(&b, 2); /* the old packet block */
    build_num(&b, 0, 2);
    build_num(&b, 3, 2); /* three dropped */
    build_num(&b, 0, 4);
    build_num(&b, 2000, 4);
    build_num(&b, 13, 4);
    build_num(&b, 13, 4);
    build_rtac(&b, 0, 8, 0, "b", 1);
    build_num(&b, 0, 3);
    build_number_option(&b, 2, 2, 4);
    build_end(&b, at);
    at = build_begin(&b, 3); /* a simple one: no time, no options */
    build_num(&b, 14, 4);
    build_rtac(&b, 0, 2, 0, "cd", 2);
    build_end(&b, at);
    at = build_begin(&b, 6); /* dropped packets said so */
    build_num(&b, 0, 4);
    build_num(&b, 0, 4);
    build_num(&b, 3000, 4);
    build_num(&b, 13, 4);
    build_num(&b, 13, 4);
    build_rtac(&b, 0, 2, 0, "e", 1);
    build_num(&b, 0, 3);
    build_number_option(&b, 4, 7, 8);
    build_end(&b, at);
    at = build_begin(&b, 5);
    build_num(&b, 0, 12);
    build_number_option(&b, 5, 9, 8);
    build_end(&b, at);
    read_text(&b, 0, &report, "rare",
              "0.000000000 > 61\n"
              "0.000000000 [lost 0]\n0.001000000 [parity-error]\n"
              "0.001000000 > 62\n"
              "0.001000000 < 63 64\n"
              "0.001000000 [lost 0]\n0.002000000 < 65\n");
    ck_assert_uint_eq(report.unread, 1);
    ck_assert(strstr(report.where[0].why, "dropped 9 packets"));
    tt_buf_release(&b.out);
}
END_TEST

/* Stamps that a hostile file may claim. */
static const struct {
    uint8_t tsresol;
    int64_t offset;
    uint64_t stamp, ns;
} times[] = {
    {0, 0, 3, 3000000000},
    {3, 0, 1500, 1500000000},
    {6, 0, 1, 1000},
    {9, 0, UINT64_MAX, UINT64_MAX},
    {10, 0, 25, 2},
    {12, 0, 5000, 5},
    {28, 0, UINT64_MAX, 1},
    {29, 0, UINT64_MAX, 0},
    {127, 0, UINT64_MAX, 0},
    {0, 0, UINT64_MAX, UINT64_MAX},
    {6, 0, UINT64_MAX, UINT64_MAX},
    {0x80, 0, 2, 2000000000},
    {0x81, 0, 3, 1500000000},
    {0x80 + 10, 0, 1, 976562},
    {0x80 + 30, 0, UINT64_C(3) << 29, 1500000000},
    {0x80 + 34, 0, UINT64_C(3) << 33, 1500000000},
    {0x80 + 35, 0, UINT64_C(3) << 34, 1500000000},
    {0x80 + 63, 0, UINT64_C(3) << 62, 1500000000},
    {0x80 + 64, 0, UINT64_C(1) << 63, 500000000},
    {0x80 + 65, 0, UINT64_C(1) << 63, 250000000},
    {0x80 + 127, 0, UINT64_MAX, 0},
    {0x80, 0, UINT64_MAX, UINT64_MAX},
    {6, 2, 1, 2000001000},
    {6, -2, 3000000, 1000000000},
    {6, -2, 1000000, 0},
    {6, INT64_MAX, 1, UINT64_MAX},
    {6, INT64_MIN, 1, 0},
};

START_TEST(times_hold)
{
    uint64_t got =
        tt_ng_time(times[_i].tsresol, times[_i].offset, times[_i].stamp);

    ck_assert_msg(got == times[_i].ns, "%02X: %llu", times[_i].tsresol,
                  (unsigned long long)got);
}
END_TEST

START_TEST(qualities)
{
    static const struct {
        uint8_t tsresol;
        enum tt_quality q;
    } rows[] = {{0, TT_TIME_S},          {2, TT_TIME_S},
                {3, TT_TIME_MS},         {5, TT_TIME_MS},
                {6, TT_TIME_US},         {8, TT_TIME_US},
                {9, TT_TIME_NS},         {127, TT_TIME_NS},
                {0x80, TT_TIME_S},       {0x80 + 9, TT_TIME_S},
                {0x80 + 10, TT_TIME_MS}, {0x80 + 20, TT_TIME_US},
                {0x80 + 30, TT_TIME_NS}, {0xff, TT_TIME_NS}};

    for (size_t i = 0; i < TT_LEN(rows); i++)
        ck_assert_msg(tt_ng_quality(rows[i].tsresol) == rows[i].q, "%02X",
                      rows[i].tsresol);
}
END_TEST

/* ---- files that are not right ------------------------------------------- */

/* A good packet, then something broken by edit(), then a good packet. */
static void broken(struct build *b, int kind)
{
    size_t at = b->out.n;
    uint8_t *p;

    build_packet(b, 0, 2, 2, 0, "hh", 2, 1);
    p = (uint8_t *)b->out.p + at;
    switch (kind) {
    case 0: memset(p + 4, 0, 4); break;      /* length 0 */
    case 1: memset(p + 4, 0xff, 4); break;   /* length FFFFFFFF */
    case 2: p[4] = 8; break;                 /* less than a block has */
    case 3: p[4] = 13; break;                /* not a multiple of 4 */
    case 4: p[b->out.n - at - 4] = 0; break; /* the second length */
    case 5: p[20] = 0xff; break;             /* more data than the block */
    case 6: memset(p + 20, 0xff, 4); break;
    case 7: p[20] = 11; break;             /* less than an RTAC header */
    case 8: p[46] = 0xff; break;           /* the option's length */
    case 9: memset(p + 8, 0xff, 4); break; /* interface */
    case 10: p[46] = 5; break;             /* the option's length, by one */
    case 11: p[20] = 25; break;            /* data, by one */
    default: break;
    }
}

static const struct {
    const char *name;
    bool ends; /* nothing can be read after it */
    unsigned records;
    const char *why;
} broken_cases[] = {
    {"length 0", true, 1, "impossible length of 0 bytes"},
    {"length FFFFFFFF", true, 1, "4294967295 bytes, more than 16 MiB"},
    {"length 8", true, 1, "impossible length of 8"},
    {"length 13", true, 1, "impossible length of 13"},
    {"lengths differ", true, 1, "the two lengths of a block differ"},
    {"data too long", false, 2, "claims 255 bytes and its block has"},
    {"data much too long", false, 2, "claims 4294967295 bytes"},
    {"data too short", false, 2, "too short for the 12"},
    {"option too long", false, 3, "option 2 of this block runs past"},
    {"no such interface", false, 2, "interface 4294967295, which is not"},
    {"option one too long", false, 3, "option 2 of this block runs past"},
    {"data one too long", false, 2, "claims 25 bytes and its block has 24"},
};

START_TEST(survives_what_is_broken)
{
    for (size_t chunk = 0; chunk < 5; chunk++) {
        struct tt_read_report report;
        struct tt_error err = {.code = TT_OK};
        struct records l = {0};
        struct build b;

        build_init(&b, false);
        build_section(&b, NULL);
        build_iface(&b, 250, 6);
        build_packet(&b, 0, 1, 1, 0, "\x7f", 1, 0);
        broken(&b, _i);
        build_packet(&b, 0, 3, 1, 0, "\x80", 1, 0);
        ck_assert_msg(!records_read(&l, b.out.p, b.out.n, 0, chunk, NULL,
                                    &report, &err),
                      "%s: %s", broken_cases[_i].name, err.msg);
        ck_assert_msg(l.n == broken_cases[_i].records, "%s: %zu records",
                      broken_cases[_i].name, l.n);
        ck_assert_uint_eq(report.unread, 1);
        ck_assert_msg(strstr(report.where[0].why, broken_cases[_i].why), "%s",
                      report.where[0].why);
        ck_assert_msg(strlen(report.where[0].why) <
                          sizeof(report.where[0].why) - 1,
                      "cut: %s", report.where[0].why);
        ck_assert_uint_eq(report.where[0].offset, 28 + 20 + 48);
        ck_assert_int_eq(report.truncated, broken_cases[_i].ends);
        records_free(&l);
        /* with nothing before it, it is an error */
        tt_buf_clear(&b.out);
        build_section(&b, NULL);
        build_iface(&b, 250, 6);
        broken(&b, _i);
        ck_assert_int_eq(records_read(&l, b.out.p, b.out.n, 0, chunk, NULL,
                                      &report, &err) != TT_OK,
                         broken_cases[_i].ends);
        ck_assert(!broken_cases[_i].ends ||
                  strstr(err.msg, broken_cases[_i].why));
        records_free(&l);
        tt_buf_release(&b.out);
    }
}
END_TEST

START_TEST(stamps_that_run_backwards_are_held)
{
    struct tt_read_report report;
    struct build b;

    build_init(&b, false);
    build_section(&b, NULL);
    build_iface(&b, 250, 6);
    build_packet(&b, 0, 1000, 1, 0, "a", 1, 0);
    build_packet(&b, 0, 3000, 1, 0, "b", 1, 0);
    read_text(&b, 0, &report, "in order",
              "0.000000000 > 61\n0.002000000 > 62\n");
    ck_assert(!report.info.order_uncertain);
    build_packet(&b, 0, 2000, 1, 0, "c", 1, 0);
    build_packet(&b, 0, 500, 1, 0, "d", 1, 0);
    build_packet(&b, 0, 4000, 1, 0, "e", 1, 0);
    read_text(&b, 0, &report, "backwards",
              "0.000000000 > 61\n0.002000000 > 62\n0.002000000 > 63\n"
              "0.002000000 > 64\n0.003000000 > 65\n");
    ck_assert(report.info.order_uncertain);
    tt_buf_release(&b.out);
}
END_TEST

START_TEST(other_captures_are_refused)
{
    for (int packet = 0; packet < 2; packet++) {
        struct tt_error err;
        struct records l = {0};
        struct build b;

        build_init(&b, false);
        build_section(&b, NULL);
        build_iface(&b, 266, 6);
        if (packet)
            build_packet(&b, 0, 1, 1, 0, "\x7f", 1, 0);
        ck_assert_int_eq(records_read(&l, b.out.p, b.out.n, 0, 0, NULL, NULL,
                                      &err),
                         TT_ERR_SYNTAX);
        ck_assert(strstr(err.msg, "USB macOS, link type 266"));
        tt_buf_release(&b.out);
    }
}
END_TEST

START_TEST(not_a_pcapng_at_all)
{
    struct tt_read_options options = {.format = "pcapng"};
    struct tt_error err;
    struct records l = {0};

    ck_assert_int_eq(records_read(&l, "hello, world", 12, 0, 0, &options, NULL,
                                  &err),
                     TT_ERR_SYNTAX);
    ck_assert_msg(strstr(err.msg, "it begins with 68 65 6C 6C"), "%s", err.msg);
}
END_TEST

/* ---- limits ------------------------------------------------------------- */

START_TEST(blocks_have_a_limit)
{
    for (uint32_t over = 0; over <= 4; over += 4) {
        struct tt_read_report report;
        struct records l = {0};
        struct build b;
        size_t at, body = TT_MAX_BLOCK - 12 + over;
        char *zero = calloc(1, body);

        ck_assert_ptr_nonnull(zero);
        build_init(&b, false);
        build_section(&b, NULL);
        build_iface(&b, 250, 6);
        build_packet(&b, 0, 1, 1, 0, "\x7f", 1, 0);
        at = build_begin(&b, 0x0bad);
        tt_buf_add(&b.out, zero, body);
        build_end(&b, at);
        build_packet(&b, 0, 2, 2, 0, "h", 1, 0);
        ck_assert_int_eq(records_read(&l, b.out.p, b.out.n, 0, 77777, NULL,
                                      &report, NULL),
                         TT_OK);
        ck_assert_uint_eq(l.n, over ? 1 : 2);
        ck_assert_uint_eq(report.unread, over ? 1 : 0);
        records_free(&l);
        tt_buf_release(&b.out);
        free(zero);
    }
}
END_TEST

START_TEST(interfaces_have_a_limit)
{
    struct tt_read_report report;
    struct build b;

    build_init(&b, false);
    build_section(&b, NULL);
    for (int i = 0; i < TT_MAX_IFACES; i++)
        build_iface(&b, 250, 6);
    build_packet(&b, TT_MAX_IFACES - 1, 1, 1, 0, "\x7f", 1, 0);
    read_text(&b, 0, &report, "at the limit", "0.000000000 > 7F\n");
    ck_assert_uint_eq(report.unread, 0);
    build_iface(&b, 250, 6);
    build_packet(&b, TT_MAX_IFACES, 1, 1, 0, "\x80", 1, 0);
    read_text(&b, 0, &report, "one above", "0.000000000 > 7F\n");
    ck_assert_uint_eq(report.unread, 2);
    ck_assert(strstr(report.where[0].why, "more than 256 interfaces"));
    ck_assert(strstr(report.where[1].why, "packets of interface 256 are left"));
    tt_buf_release(&b.out);
}
END_TEST

Suite *pcapng_suite(void)
{
    Suite *s = suite_create("pcapng");
    TCase *tc = tcase_create("read");

    tcase_add_test(tc, reads_a_plain_file);
    tcase_add_test(tc, reads_several_interfaces_and_sections);
    tcase_add_test(tc, reads_the_rarer_blocks);
    tcase_add_loop_test(tc, times_hold, 0, TT_LEN(times));
    tcase_add_test(tc, qualities);
    suite_add_tcase(s, tc);
    tc = tcase_create("broken");
    tcase_add_loop_test(tc, survives_what_is_broken, 0, TT_LEN(broken_cases));
    tcase_add_test(tc, stamps_that_run_backwards_are_held);
    tcase_add_test(tc, other_captures_are_refused);
    tcase_add_test(tc, not_a_pcapng_at_all);
    suite_add_tcase(s, tc);
    tc = tcase_create("limits");
    tcase_add_test(tc, blocks_have_a_limit);
    tcase_add_test(tc, interfaces_have_a_limit);
    suite_add_tcase(s, tc);
    return s;
}
