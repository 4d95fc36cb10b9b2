#include "build.h"
#include "records.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    uint32_t magic;
    bool big;
    enum tt_quality quality;
    const char *second; /* time of the second packet */
} variants[] = {
    {"usec le", 0xa1b2c3d4, false, TT_TIME_US, "0.000007000"},
    {"usec be", 0xa1b2c3d4, true, TT_TIME_US, "0.000007000"},
    {"nsec le", 0xa1b23c4d, false, TT_TIME_NS, "0.000000007"},
    {"nsec be", 0xa1b23c4d, true, TT_TIME_NS, "0.000000007"},
};

START_TEST(reads_every_variant)
{
    struct build b;

    build_init(&b, variants[_i].big);
    build_pcap(&b, variants[_i].magic, 250);
    build_pcap_packet(&b, 1795306000, 0, 1, 0, "\x7f", 1);
    build_pcap_packet(&b, 1795306000, 7, 2, 0, "hh", 2);
    for (size_t chunk = 0; chunk < 9; chunk++) {
        struct tt_read_report report;
        struct tt_error err = {.code = TT_OK};
        struct records l = {0};
        char want[200] = "0.000000000 @24 > 7F\n";
        char *got;

        ck_assert_msg(!records_read(&l, b.out.p, b.out.n, 0, chunk, NULL,
                                    &report, &err),
                      "%s: %s", variants[_i].name, err.msg);
        memcpy(want + strlen(want), variants[_i].second, 12);
        memcpy(want + strlen(want), " @53 < 68 68\n", 14);
        got = records_text(&l, true);
        ck_assert_msg(!strcmp(got, want), "%s: got\n%s", variants[_i].name,
                      got);
        ck_assert_int_eq(report.info.quality, variants[_i].quality);
        ck_assert_str_eq(report.info.format, "pcap rtac-serial");
        ck_assert_uint_eq(report.info.epoch_ns,
                          UINT64_C(1795306000) * TT_NS_PER_S);
        ck_assert_uint_eq(report.unread, 0);
        free(got);
        records_free(&l);
    }
    tt_buf_release(&b.out);
}
END_TEST

static const struct {
    uint32_t magic;
    unsigned link;
    const char *why;
} refused[] = {
    {0xa1b2cd34, 250, "editcap -F pcapng IN OUT"},
    {0xa1b2c3d4, 105, "unknown here (Wi-Fi, link type 105)"},
    {0xa1b2c3d4, 186, "unknown here (FreeBSD USB, link type 186)"},
    {0xa1b2c3d4, 266, "unknown here (USB macOS, link type 266)"},
    {0xa1b2c3d4, 1, "without bytes of TCP or UDP"},
    {0xa1b2c3d4, 220, "without a serial port that was used"},
    {0xa1b2c3d4, 227, "link type 227 (CAN bus)"},
    {0xa1b2c3d4, 9999, "link type 9999 (a kind unknown here)"},
};

START_TEST(says_why_it_does_not_read)
{
    for (int big = 0; big < 2; big++) {
        struct tt_error err;
        struct records l = {0};
        struct build b;

        build_init(&b, big != 0);
        build_pcap(&b, refused[_i].magic, refused[_i].link);
        build_pcap_packet(&b, 1, 0, 1, 0, "\x7f", 1);
        ck_assert_int_eq(records_read(&l, b.out.p, b.out.n, 0, 0, NULL, NULL,
                                      &err),
                         TT_ERR_SYNTAX);
        ck_assert_msg(strstr(err.msg, refused[_i].why), "%s", err.msg);
        ck_assert_msg(strlen(err.msg) < sizeof(err.msg) - 1, "cut: %s",
                      err.msg);
        ck_assert_uint_eq(l.n, 0);
        tt_buf_release(&b.out);
    }
}
END_TEST

START_TEST(user0_is_looked_at)
{
    static const char *const data[] = {"\x7f", "\x80"};

    for (int good = 0; good < 2; good++) {
        struct tt_read_report report;
        struct tt_error err = {.code = TT_OK};
        struct records l = {0};
        struct build b;
        enum tt_status st;

        build_init(&b, false);
        build_pcap(&b, 0xa1b2c3d4, 147);
        build_pcap_packet(&b, 1795306000, 0, good ? 1 : 0x11, 0, data[0], 1);
        build_pcap_packet(&b, 1795306000, 0, 0x11, 0, data[1], 1);
        build_pcap_packet(&b, 1795306000, 9, 2, 0, data[0], 1);
        st = records_read(&l, b.out.p, b.out.n, 0, 0, NULL, &report, &err);
        if (good) {
            ck_assert_msg(!st, "%s", err.msg);
            ck_assert_uint_eq(l.n, 2);
            ck_assert_uint_eq(report.unread, 1);
            ck_assert_str_eq(report.info.format,
                             "pcap user0, taken for rtac-serial");
        } else {
            ck_assert_int_eq(st, TT_ERR_SYNTAX);
            ck_assert_msg(strstr(err.msg, "USER0, and not RTAC"), "%s",
                          err.msg);
        }
        records_free(&l);
        tt_buf_release(&b.out);
    }
}
END_TEST

START_TEST(user0_times_must_agree)
{
    for (int off = -3; off <= 3; off++) {
        struct records l = {0};
        struct build b;
        enum tt_status st;

        build_init(&b, false);
        build_pcap(&b, 0xa1b2c3d4, 147);
        build_num(&b, (uint64_t)(1000 + off), 4);
        build_num(&b, 0, 4);
        build_num(&b, 13, 4);
        build_num(&b, 13, 4);
        build_rtac(&b, 1000 * TT_NS_PER_S, 1, 0, "h", 1);
        st = records_read(&l, b.out.p, b.out.n, 0, 0, NULL, NULL, NULL);
        ck_assert_msg(!st == (abs(off) <= 2), "%d s off", off);
        records_free(&l);
        tt_buf_release(&b.out);
    }
}
END_TEST

/* A packet whose claimed length is at the limit, or one over it. */
START_TEST(packets_have_a_limit)
{
    static const uint32_t claims[] = {TT_MAX_BLOCK - 16, TT_MAX_BLOCK - 15,
                                      UINT32_MAX};
    bool fits = claims[_i] <= TT_MAX_BLOCK - 16;

    for (int first = 0; first < 2; first++) {
        struct tt_read_report report;
        struct tt_error err = {.code = TT_OK};
        struct records l = {0};
        struct build b;
        enum tt_status st;
        size_t at;

        build_init(&b, false);
        build_pcap(&b, 0xa1b2c3d4, 250);
        if (!first)
            build_pcap_packet(&b, 1, 0, 1, 0, "\x7f", 1);
        at = b.out.n;
        build_pcap_packet(&b, 1, 0, 1, 0, "\x7f", 1);
        for (int i = 0; i < 4; i++)
            b.out.p[at + 8 + (size_t)i] = (char)(claims[_i] >> 8 * i & 0xff);
        st = records_read(&l, b.out.p, b.out.n, 0, 0, NULL, &report, &err);
        if (first && !fits) {
            ck_assert_int_eq(st, TT_ERR_LIMIT);
            ck_assert_uint_eq(err.offset, at);
            ck_assert_msg(strstr(err.msg, "more than 16 MiB"), "%s", err.msg);
        } else {
            ck_assert_int_eq(st, TT_OK);
            ck_assert(report.truncated);
            ck_assert_uint_eq(report.where[0].offset, at);
            ck_assert(strstr(report.where[0].why,
                             fits ? "ends inside a packet" : "16 MiB"));
        }
        ck_assert_uint_eq(l.n, !first);
        records_free(&l);
        tt_buf_release(&b.out);
    }
}
END_TEST

START_TEST(a_packet_of_the_largest_size)
{
    struct tt_read_report report;
    struct records l = {0};
    struct build b;
    size_t n = TT_MAX_BLOCK - 16 - 12;
    char *data = calloc(1, n);

    ck_assert_ptr_nonnull(data);
    build_init(&b, false);
    build_pcap(&b, 0xa1b2c3d4, 250);
    build_pcap_packet(&b, 1, 0, 2, 0, data, n);
    ck_assert_int_eq(records_read(&l, b.out.p, b.out.n, 0, 100000, NULL,
                                  &report, NULL),
                     TT_OK);
    ck_assert_uint_eq(l.n, 16);
    for (size_t i = 0; i < l.n; i++)
        ck_assert_uint_eq(l.rec[i].len, i < 15 ? (size_t)TT_MAX_RECORD
                                               : n - 15 * TT_MAX_RECORD);
    records_free(&l);
    tt_buf_release(&b.out);
    free(data);
}
END_TEST

START_TEST(cut_anywhere)
{
    struct build b;

    build_init(&b, true);
    build_pcap(&b, 0xa1b2c3d4, 250);
    build_pcap_packet(&b, 1, 0, 1, 0, "\x7f", 1);
    build_pcap_packet(&b, 1, 1, 2, 0, "hhh", 3);
    for (size_t n = 1; n <= b.out.n; n++) {
        struct tt_read_report report;
        struct tt_error err = {.code = TT_OK};
        struct records l = {0};
        bool whole = n == 24 || n == 24 + 29 || n == b.out.n;

        ck_assert_msg(!records_read(&l, b.out.p, n, 0, n % 5, NULL, &report,
                                    &err),
                      "cut at %zu: %s", n, err.msg);
        if (n >= 4) {
            ck_assert_msg(report.truncated == !whole, "cut at %zu", n);
            ck_assert_uint_eq(l.n, n == b.out.n ? 2 : n >= 53);
        }
        records_free(&l);
    }
    tt_buf_release(&b.out);
}
END_TEST

START_TEST(short_packets_are_left_out)
{
    struct tt_read_report report;
    struct records l = {0};
    struct build b;

    build_init(&b, false);
    build_pcap(&b, 0xa1b2c3d4, 250);
    build_num(&b, 5, 4);
    build_num(&b, 0, 4);
    build_num(&b, 11, 4); /* one byte less than the RTAC header */
    build_num(&b, 11, 4);
    build_num(&b, 0, 8);
    build_num(&b, 0, 3);
    build_pcap_packet(&b, 5, 0, 1, 0, "\x7f", 1);
    ck_assert_int_eq(
        records_read(&l, b.out.p, b.out.n, 0, 0, NULL, &report, NULL), TT_OK);
    ck_assert_uint_eq(l.n, 1);
    ck_assert_uint_eq(report.unread, 1);
    ck_assert_uint_eq(report.where[0].offset, 24);
    records_free(&l);
    tt_buf_release(&b.out);
}
END_TEST

START_TEST(a_capture_that_was_cut_to_snaplen_says_so)
{
    struct records l = {0};
    struct build b;
    char *got;

    build_init(&b, false);
    build_pcap(&b, 0xa1b2c3d4, 250);
    build_num(&b, 5, 4);
    build_num(&b, 0, 4);
    build_num(&b, 13, 4);
    build_num(&b, 20, 4);
    build_rtac(&b, 5 * TT_NS_PER_S, 2, 0, "h", 1);
    ck_assert_int_eq(records_read(&l, b.out.p, b.out.n, 0, 0, NULL, NULL, NULL),
                     TT_OK);
    got = records_text(&l, false);
    ck_assert_str_eq(got, "0.000000000 < 68\n0.000000000 [lost 7]\n");
    free(got);
    records_free(&l);
    tt_buf_release(&b.out);
}
END_TEST

Suite *pcap_suite(void)
{
    Suite *s = suite_create("pcap");
    TCase *tc = tcase_create("read");

    tcase_add_loop_test(tc, reads_every_variant, 0, TT_LEN(variants));
    tcase_add_loop_test(tc, says_why_it_does_not_read, 0, TT_LEN(refused));
    tcase_add_test(tc, user0_is_looked_at);
    tcase_add_test(tc, user0_times_must_agree);
    tcase_add_test(tc, short_packets_are_left_out);
    tcase_add_test(tc, a_capture_that_was_cut_to_snaplen_says_so);
    tcase_add_test(tc, cut_anywhere);
    suite_add_tcase(s, tc);
    tc = tcase_create("limits");
    tcase_add_loop_test(tc, packets_have_a_limit, 0, 3);
    tcase_add_test(tc, a_packet_of_the_largest_size);
    suite_add_tcase(s, tc);
    return s;
}
