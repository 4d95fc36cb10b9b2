#include "records.h"
#include "suites.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t epoch = UINT64_C(1795306000123456789);

/* The session that tests and Wireshark look at. */
static const char session[] =
    "# telltale tape 1\n"
    "# device: STM32F103, \"board 7\"\n"
    "# adapter: CP2102\n"
    "# by: test_pcapng_write.c\n"
    "# why: all that can be on a tape\n"
    "# time: ns\n"
    "0.000100 [open]\n"
    "0.000100 [115200 8E1]\n"
    "0.000200 [dtr+] [rts+] [rts-] [dtr+]\n"
    "0.001000001 > 7F\n"
    "0.004112002 < 68*40\n"
    "0.005 $ \"Failed to init device.\\n\"\n"
    "0.006 [frame-error]\n"
    "0.006 < 00\n"
    "0.007 [parity-error] [break] [overrun] [lost 12] [lost]\n"
    "0.008 [cts+] [dsr+] [dcd+] [ri+] [cts-] [dsr-] [dcd-] [ri-]\n"
    "0.009 [9600] [baud] [baud 7O2]\n"
    "0.010\n"
    "0.020 > 80\n"
    "0.020 > 81\n"
    "0.020 $ \"\\x1B[31mred\\x00\"\n"
    "0.030 [close]\n"
    "0.500\n";

/* Write all of l; ends (n + 2 of them) takes the length after each block. */
static void write_all(struct tt_buf *out, const struct records *l,
                      const struct tt_tape_info *info, uint32_t baud,
                      size_t *ends)
{
    struct tt_pcapng_writer w;

    tt_pcapng_init(&w, info->epoch_ns, "/dev/ttyUSB0");
    tt_pcapng_begin(&w, out, baud, info);
    if (ends)
        ends[0] = out->n;
    for (size_t i = 0; i < l->n; i++) {
        tt_pcapng_record(&w, out, &l->rec[i],
                         l->rec[i].len == 40 ? "verdict: application running"
                                             : NULL);
        if (ends)
            ends[i + 1] = out->n;
    }
    ck_assert_int_eq(out->status, TT_OK);
}

static void read_session(struct records *l, struct tt_tape_info *info,
                         uint64_t epoch_ns)
{
    struct tt_read_report report;

    ck_assert_int_eq(records_read(l, session, strlen(session), 0, 0, NULL,
                                  &report, NULL),
                     TT_OK);
    ck_assert_uint_eq(report.unread, 0);
    *info = report.info;
    info->epoch_ns = epoch_ns;
}

START_TEST(reads_back_the_same_records)
{
    for (size_t chunk = 0; chunk < 12; chunk++) {
        struct records in = {0}, got = {0};
        struct tt_tape_info info;
        struct tt_read_report report;
        struct tt_buf out;

        read_session(&in, &info, chunk % 2 ? epoch : 0);
        tt_buf_init(&out, 1 << 20);
        write_all(&out, &in, &info, chunk % 3 ? 0 : 19200, NULL);
        ck_assert_int_eq(records_read(&got, out.p, out.n, 0, chunk, NULL,
                                      &report, NULL),
                         TT_OK);
        if (chunk % 3 == 0) { /* what the interface says comes first */
            ck_assert_int_eq(got.rec[0].event, TT_EV_BAUD);
            ck_assert_uint_eq(got.rec[0].baud, 19200);
            memmove(got.rec, got.rec + 1, --got.n * sizeof(*got.rec));
        }
        ck_assert_msg(records_equal(&in, &got), "chunk %zu: %s", chunk,
                      records_difference(&in, &got));
        ck_assert_uint_eq(report.unread, 0);
        ck_assert(!report.truncated);
        ck_assert_uint_eq(report.end_ns, 500000000);
        ck_assert_int_eq(report.info.quality, TT_TIME_NS);
        ck_assert_uint_eq(report.info.epoch_ns, info.epoch_ns);
        ck_assert_str_eq(report.info.device, info.device);
        ck_assert_str_eq(report.info.adapter, info.adapter);
        ck_assert_str_eq(report.info.by, info.by);
        ck_assert_str_eq(report.info.why, info.why);
        records_free(&in);
        records_free(&got);
        tt_buf_release(&out);
    }
}
END_TEST

START_TEST(keeps_what_the_header_says)
{
    static const enum tt_quality q[] = {TT_TIME_NONE, TT_TIME_ORDER,
                                        TT_TIME_S,    TT_TIME_MS,
                                        TT_TIME_US,   TT_TIME_NS};

    for (size_t i = 0; i < TT_LEN(q); i++) {
        struct tt_record r = {.len = 1, .bytes = (const uint8_t *)"h"};
        struct records in = {0}, got = {0};
        struct tt_tape_info info = {.quality = q[i],
                                    .order_uncertain = i % 2 != 0};
        struct tt_read_report report;
        struct tt_buf out;

        records_add(&in, r);
        tt_buf_init(&out, 1 << 20);
        write_all(&out, &in, &info, 0, NULL);
        ck_assert_int_eq(
            records_read(&got, out.p, out.n, 0, 0, NULL, &report, NULL), TT_OK);
        ck_assert_int_eq(report.info.quality, q[i]);
        ck_assert_int_eq(report.info.order_uncertain, i % 2 != 0);
        records_free(&in);
        records_free(&got);
        tt_buf_release(&out);
    }
}
END_TEST

START_TEST(says_its_first_speed_once)
{
    struct tt_record baud = {.event = TT_EV_BAUD,
                             .lane = TT_LANE_LINE,
                             .baud = 115200,
                             .mode = "8E1"};
    struct records in = {0}, got = {0};
    struct tt_tape_info info = {.quality = TT_TIME_NS};
    struct tt_buf out;

    records_add(&in, baud);
    tt_buf_init(&out, 1 << 20);
    write_all(&out, &in, &info, 115200, NULL);
    ck_assert_int_eq(records_read(&got, out.p, out.n, 0, 0, NULL, NULL, NULL),
                     TT_OK);
    ck_assert_msg(records_equal(&in, &got), "%s",
                  records_difference(&in, &got));
    records_free(&in);
    records_free(&got);
    tt_buf_release(&out);
}
END_TEST

/* What a kill -9 leaves: any beginning of the file. */
START_TEST(cut_anywhere)
{
    struct records in = {0};
    struct tt_tape_info info;
    struct tt_buf out;
    size_t ends[64], whole = 0;

    read_session(&in, &info, epoch);
    ck_assert_uint_lt(in.n + 1, TT_LEN(ends));
    tt_buf_init(&out, 1 << 20);
    write_all(&out, &in, &info, 0, ends);
    for (size_t n = 1; n <= out.n; n++) {
        struct tt_read_report report;
        struct tt_error err = {.code = TT_OK};
        struct records got = {0};
        size_t size = in.n;

        while (whole < in.n && ends[whole + 1] <= n)
            whole++;
        ck_assert_msg(!records_read(&got, out.p, n, 0, 0, NULL, &report, &err),
                      "cut at %zu: %s", n, err.msg);
        if (n < 8) { /* eight bytes may be anything, fewer are nothing */
            records_free(&got);
            continue;
        }
        in.n = whole;
        ck_assert_msg(records_equal(&in, &got), "cut at %zu: %s", n,
                      records_difference(&in, &got));
        in.n = size;
        if (report.truncated) {
            ck_assert_uint_eq(report.unread, 1);
            ck_assert_uint_lt(report.where[0].offset, n);
            ck_assert(strstr(report.where[0].why, "the file ends inside"));
        }
        if (n == ends[whole])
            ck_assert_msg(!report.truncated, "cut at %zu, between blocks", n);
        else if (n > ends[0] && n != ends[whole])
            ck_assert_msg(report.truncated ||
                              in.rec[whole].lane == TT_LANE_TOOL,
                          "cut at %zu, inside a block", n);
        records_free(&got);
    }
    ck_assert_uint_eq(whole, in.n);
    records_free(&in);
    tt_buf_release(&out);
}
END_TEST

/* The buffer holds whole blocks however small it is. */
START_TEST(a_full_buffer_holds_whole_blocks)
{
    struct records in = {0};
    struct tt_tape_info info;
    size_t last = 0;

    read_session(&in, &info, epoch);
    for (size_t cap = 600; cap < 2600; cap += 7) {
        struct tt_pcapng_writer w;
        struct tt_read_report report;
        struct records got = {0};
        struct tt_buf out;

        tt_buf_init(&out, cap);
        tt_pcapng_init(&w, epoch, NULL);
        tt_pcapng_begin(&w, &out, 0, &info);
        for (size_t i = 0; i < in.n; i++)
            tt_pcapng_record(&w, &out, &in.rec[i], NULL);
        ck_assert_int_eq(
            records_read(&got, out.p, out.n, 0, 0, NULL, &report, NULL), TT_OK);
        ck_assert(!report.truncated);
        ck_assert_uint_eq(report.unread, 0);
        ck_assert_uint_ge(got.n, last);
        last = got.n;
        records_free(&got);
        tt_buf_release(&out);
    }
    ck_assert_uint_eq(last, in.n);
    records_free(&in);
}
END_TEST

static bool holds(const struct tt_buf *b, const char *what)
{
    size_t n = strlen(what);

    for (size_t i = 0; i + n <= b->n; i++)
        if (!memcmp(b->p + i, what, n))
            return true;
    return false;
}

START_TEST(comments_are_no_events)
{
    static const char *const comments[] = {"dtr+",
                                           "baud 9600 8N1",
                                           "lost 3",
                                           "verdict: one\ntwo",
                                           "\x1b[2J\xff\xc2\x9b",
                                           "G\xc3\xa4rte",
                                           "",
                                           NULL};
    struct tt_pcapng_writer w;
    struct tt_tape_info info = {.quality = TT_TIME_NS};
    struct tt_record r = {
        .t_ns = 5, .len = 1, .bytes = (const uint8_t *)"h", .lane = 1};
    struct tt_record up = {
        .t_ns = 6, .event = TT_EV_RTS_UP, .lane = TT_LANE_LINE};
    struct records in = {0}, got = {0};
    struct tt_read_report report;
    struct tt_buf out;

    tt_buf_init(&out, 1 << 20);
    tt_pcapng_init(&w, epoch, "x");
    tt_pcapng_begin(&w, &out, 0, &info);
    for (size_t i = 0; i < TT_LEN(comments); i++) {
        r.t_ns = up.t_ns = i;
        records_add(&in, r);
        tt_pcapng_record(&w, &out, &r, comments[i]);
        tt_pcapng_comment(&w, &out, i, comments[i]);
        records_add(&in, up);
        tt_pcapng_record(&w, &out, &up, comments[i]);
    }
    ck_assert_int_eq(
        records_read(&got, out.p, out.n, 0, 0, NULL, &report, NULL), TT_OK);
    ck_assert_msg(records_equal(&in, &got), "%s",
                  records_difference(&in, &got));
    ck_assert(!holds(&out, "\x1b["));
    ck_assert(holds(&out, "G\xc3\xa4rte"));
    ck_assert(holds(&out, "\\x1B[2J\\xFF\\xC2\\x9B"));
    records_free(&in);
    records_free(&got);
    tt_buf_release(&out);
}
END_TEST

/* Wireshark reads packets of 262144 bytes, 12 of which are the header. */
static const struct {
    size_t len, packets;
} splits[] = {{262132, 1}, {262133, 2}, {2 * 262132, 2}, {600000, 3}};

START_TEST(long_records_are_split_and_long_comments_cut)
{
    size_t len = splits[_i].len;
    struct tt_pcapng_writer w;
    struct tt_tape_info info = {.quality = TT_TIME_NS};
    char *big = malloc(len + 1);
    struct tt_record r = {.len = len, .lane = TT_LANE_DEVICE};
    struct tt_read_report report;
    struct records got = {0};
    struct tt_buf out;
    size_t sum = 0;

    ck_assert_ptr_nonnull(big);
    memset(big, '\x01', len);
    big[len] = '\0';
    r.bytes = (const uint8_t *)big;
    tt_buf_init(&out, 4 << 20);
    tt_pcapng_init(&w, epoch, "x");
    tt_pcapng_begin(&w, &out, 0, &info);
    tt_pcapng_record(&w, &out, &r, big);
    ck_assert_int_eq(
        records_read(&got, out.p, out.n, 0, 0, NULL, &report, NULL), TT_OK);
    ck_assert_uint_eq(report.unread, 0);
    ck_assert_uint_eq(got.n, splits[_i].packets);
    for (size_t i = 0; i < got.n; i++)
        sum += got.rec[i].len;
    ck_assert_uint_eq(sum, len);
    records_free(&got);
    tt_buf_release(&out);
    free(big);
}
END_TEST

/* ---- Wireshark ---------------------------------------------------------- */

/* The output of a command, cut at 64 KiB; freed by the caller. */
static char *output_of(const char *command)
{
    FILE *f = popen(command, "r");
    char *text = calloc(1, 65536);
    size_t n = 0, got;

    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(text);
    while (n < 65535 && (got = fread(text + n, 1, 65535 - n, f)) > 0)
        n += got;
    ck_assert_int_eq(pclose(f), 0);
    return text;
}

static const struct {
    const char *options, *want;
} shows[] = {
    /* what happened, with direction, lines and comments */
    {"-T fields -E separator=, -e frame.p2p_dir -e rtacser.eventtype "
     "-e rtacser.dtr -e rtacser.rts -e rtacser.cts -e data.data "
     "-e frame.comment",
     ",0x00,0,0,0,,open\n"
     ",0x00,0,0,0,,baud 115200 8E1\n"
     ",0x00,1,0,0,,dtr+\n"
     ",0x00,1,1,0,,rts+\n"
     ",0x00,1,0,0,,rts-\n"
     ",0x00,1,0,0,,dtr+\n"
     "0,0x01,1,0,0,7f,\n"
     "1,0x02,1,0,0,6868686868686868686868686868686868686868"
     "6868686868686868686868686868686868686868,"
     "verdict: application running\n"},
    {"-Y rtacser.eventtype==7 -T fields -E separator=, "
     "-e frame.packet_flags_symbol_error -e frame.packet_flags_crc_error",
     "1,0\n"},
    {"-Y rtacser.eventtype==8 -T fields -E separator=, "
     "-e frame.packet_flags_symbol_error -e frame.packet_flags_crc_error",
     "0,1\n"},
    {"-Y 'rtacser.eventtype==9 or rtacser.eventtype==10 or "
     "rtacser.eventtype==5 or rtacser.eventtype==6' -T fields "
     "-E separator=, -e rtacser.eventtype -e frame.comment",
     "0x09,\n0x0a,\n0x05,lost 12\n0x05,lost 0\n0x06,\n0x06,\n"},
    {"-Y 'frame.interface_name contains \"(tool)\"' -T fields "
     "-E separator=, -e frame.interface_name -e frame.comment",
     "/dev/ttyUSB0 (tool),tool: Failed to init device.\n"
     "/dev/ttyUSB0 (tool),tool: \\x1B[31mred\\x00\n"},
    {"-c 1 -T fields -e frame.time_epoch", "1795306000.123556789\n"},
    {"-Y _ws.malformed", ""},
};

START_TEST(tshark_shows_it)
{
    char path[] = "/tmp/telltale-test-XXXXXX", command[1024];
    struct records in = {0};
    struct tt_tape_info info;
    struct tt_buf out;
    int fd = mkstemp(path);
    char *got;

    ck_assert_int_ge(fd, 0);
    read_session(&in, &info, epoch);
    tt_buf_init(&out, 1 << 20);
    write_all(&out, &in, &info, 115200, NULL);
    ck_assert_int_eq(write(fd, out.p, out.n), (ssize_t)out.n);
    (void)close(fd);
    (void)snprintf(command, sizeof(command), "tshark -r %s %s 2>/dev/null",
                   path, shows[_i].options);
    got = output_of(command);
    (void)unlink(path);
    ck_assert_msg(!strncmp(got, shows[_i].want, strlen(shows[_i].want)) &&
                      (shows[_i].want[0] || !got[0]),
                  "tshark %s says\n%s", shows[_i].options, got);
    free(got);
    records_free(&in);
    tt_buf_release(&out);
}
END_TEST

static bool have_tshark(void)
{
    static int have = -1;
    FILE *f;
    char c;

    if (have < 0) {
        f = popen("command -v tshark 2>/dev/null", "r");
        have = f && fread(&c, 1, 1, f) == 1;
        if (f)
            (void)pclose(f);
        if (!have)
            printf("pcapng_write: tshark is not installed, its tests are "
                   "skipped\n");
    }
    return have == 1;
}

Suite *pcapng_write_suite(void)
{
    Suite *s = suite_create("pcapng_write");
    TCase *tc = tcase_create("write");

    tcase_add_test(tc, reads_back_the_same_records);
    tcase_add_test(tc, keeps_what_the_header_says);
    tcase_add_test(tc, says_its_first_speed_once);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_test(tc, a_full_buffer_holds_whole_blocks);
    tcase_add_test(tc, comments_are_no_events);
    tcase_add_loop_test(tc, long_records_are_split_and_long_comments_cut, 0,
                        TT_LEN(splits));
    suite_add_tcase(s, tc);
    if (have_tshark()) {
        tc = tcase_create("tshark");
        tcase_set_timeout(tc, 60);
        tcase_add_loop_test(tc, tshark_shows_it, 0, TT_LEN(shows));
        suite_add_tcase(s, tc);
    }
    return s;
}
