#include "records.h"
#include "suites.h"

#include <string.h>

static const char session[] = "# telltale tape 1\n"
                              "# device: x\n"
                              "# time: us\n"
                              "0.000000 [57600 8E1]\n"
                              "0.000100 > 7F\n"
                              "0.000200 < \"hello, world\\n\"\n"
                              "0.000300 $ \"Failed\"\n"
                              "0.500000\n";

static const struct {
    const char *format;
    enum tt_lane lane;
    uint64_t left_out;
    const char *want; /* NULL: the records come back */
} cases[] = {
    {"tape", TT_LANE_LINE, 0, NULL},
    {"pcapng", TT_LANE_LINE, 0, NULL},
    {"raw", TT_LANE_HOST, 4, "\x7f"},
    {"raw", TT_LANE_DEVICE, 4, "hello, world\n"},
    {"raw", TT_LANE_TOOL, 4, "Failed"},
};

START_TEST(writes_every_format)
{
    struct tt_write_options options = {
        .format = cases[_i].format, .ifname = "COM3", .lane = cases[_i].lane};
    struct records in = {0}, got = {0};
    struct tt_read_report report;
    struct tt_writer w;
    struct tt_buf out;

    tt_buf_init(&out, 1 << 20);
    ck_assert_int_eq(records_read(&in, session, strlen(session), 0, 0, NULL,
                                  &report, NULL),
                     TT_OK);
    ck_assert_int_eq(tt_writer_init(&w, &options, &report.info, NULL), TT_OK);
    for (size_t i = 0; i < in.n; i++)
        tt_writer_record(&w, &out, &in.rec[i], i == 2 ? "verdict:\n68" : NULL);
    tt_writer_finish(&w, &out);
    ck_assert_uint_eq(w.left_out, cases[_i].left_out);
    if (cases[_i].want) {
        ck_assert_str_eq(tt_buf_text(&out), cases[_i].want);
    } else {
        ck_assert_int_eq(
            records_read(&got, out.p, out.n, 0, 0, NULL, &report, NULL), TT_OK);
        ck_assert_uint_eq(report.unread, 0);
        ck_assert_str_eq(report.info.device, "x");
        ck_assert_msg(records_equal(&in, &got), "%s",
                      records_difference(&in, &got));
    }
    records_free(&in);
    records_free(&got);
    tt_buf_release(&out);
}
END_TEST

START_TEST(tape_text_comes_out_as_it_went_in)
{
    static const char want[] = "# telltale tape 1\n"
                               "# device: x\n"
                               "# time: us\n"
                               "0.000000 [57600 8E1]\n"
                               "0.000100 > 7F\n"
                               "# verdict:\n"
                               "# 68 \\x1B\n"
                               "0.000200 < \"hello, world\\n\"\n"
                               "0.000300 $ \"Failed\"\n"
                               "0.500000\n";
    struct tt_write_options options = {.format = "tape"};
    struct records in = {0};
    struct tt_read_report report;
    struct tt_writer w;
    struct tt_buf out;

    tt_buf_init(&out, 1 << 20);
    ck_assert_int_eq(records_read(&in, session, strlen(session), 0, 0, NULL,
                                  &report, NULL),
                     TT_OK);
    ck_assert_int_eq(tt_writer_init(&w, &options, &report.info, NULL), TT_OK);
    for (size_t i = 0; i < in.n; i++)
        tt_writer_record(&w, &out, &in.rec[i],
                         i == 2 ? "verdict:\n68 \x1b\n" : NULL);
    tt_writer_finish(&w, &out);
    ck_assert_str_eq(tt_buf_text(&out), want);
    records_free(&in);
    tt_buf_release(&out);
}
END_TEST

START_TEST(a_tape_without_records_is_a_file)
{
    static const char *const formats[] = {"tape", "pcapng"};
    struct tt_write_options options = {.format = formats[_i]};
    struct tt_tape_info info = {.quality = TT_TIME_NS, .device = "x"};
    struct records got = {0};
    struct tt_read_report report;
    struct tt_writer w;
    struct tt_buf out;

    tt_buf_init(&out, 1 << 20);
    ck_assert_int_eq(tt_writer_init(&w, &options, &info, NULL), TT_OK);
    tt_writer_finish(&w, &out);
    tt_writer_finish(&w, &out);
    ck_assert_int_eq(
        records_read(&got, out.p, out.n, 0, 0, NULL, &report, NULL), TT_OK);
    ck_assert_uint_eq(got.n, 0);
    ck_assert_uint_eq(report.unread, 0);
    ck_assert_str_eq(report.info.device, "x");
    tt_buf_release(&out);
}
END_TEST

START_TEST(refuses_what_it_cannot_write)
{
    struct tt_write_options options = {.format = "pcap"};
    struct tt_tape_info info = {.quality = TT_TIME_NS};
    struct tt_error err;
    struct tt_writer w;

    ck_assert_int_eq(tt_writer_init(&w, &options, &info, &err), TT_ERR_ARG);
    ck_assert(strstr(err.msg, "'pcap': there are tape, pcapng and raw"));
    options = (struct tt_write_options){.format = "raw", .lane = TT_LANE_LINE};
    ck_assert_int_eq(tt_writer_init(&w, &options, &info, &err), TT_ERR_ARG);
}
END_TEST

Suite *write_suite(void)
{
    Suite *s = suite_create("write");
    TCase *tc = tcase_create("write");

    tcase_add_loop_test(tc, writes_every_format, 0, TT_LEN(cases));
    tcase_add_test(tc, tape_text_comes_out_as_it_went_in);
    tcase_add_loop_test(tc, a_tape_without_records_is_a_file, 0, 2);
    tcase_add_test(tc, refuses_what_it_cannot_write);
    suite_add_tcase(s, tc);
    return s;
}
