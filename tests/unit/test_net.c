/*
 * Network captures: TCP put together from segments, and what is around it.
 */
#include "build.h"
#include "records.h"
#include "suites.h"

#include "format/net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET = 1, FIN = 1, SYN = 2, RST = 4, ACK = 16 };

/* A packet of one connection: which side sends it, and where in its bytes it
 * is (0 is the SYN). */
struct seg {
    int side; /* 0: the client, 40000; 1: the service, 502 */
    uint32_t seq, ack;
    unsigned flags;
    const char *data;
};

/* How the packets are wrapped and named. */
struct wrap {
    unsigned link;
    int version; /* of IP: 4 or 6 */
    int vlan;    /* tags */
    uint16_t client, service;
    uint32_t start; /* of the client's sequence numbers */
    size_t cut;     /* bytes cut off each packet's end */
    bool udp, fragment;
};

static const struct wrap plain = {ETHERNET, 4, 0, 40000, 502, 1000, 0, 0, 0};

static void be(struct tt_buf *out, uint64_t v, size_t bytes)
{
    while (bytes--)
        tt_buf_ch(out, (char)(bytes < 8 ? v >> 8 * bytes & 0xff : 0));
}

static void put_link(struct tt_buf *out, const struct wrap *w)
{
    unsigned type = w->version == 4 ? 0x0800 : 0x86dd;

    if (w->link == ETHERNET) {
        be(out, 0x020000000001, 6);
        be(out, 0x020000000002, 6);
        for (int i = 0; i < w->vlan; i++)
            be(out, i + 1 < w->vlan ? 0x88a80007u : 0x81000007u, 4);
        be(out, type, 2);
    } else if (w->link == 113) { /* Linux cooked */
        be(out, 0, 14);
        be(out, type, 2);
    } else if (w->link == 276) {
        be(out, type, 2);
        be(out, 0, 18);
    } else if (w->link == 0) {
        be(out, 0x02000000, 4);
    } else if (w->link == 9) {
        be(out, w->version == 4 ? 0xff030021u : 0xff030057u, 4);
    }
}

static void put_address(struct tt_buf *out, const struct wrap *w, int side)
{
    if (w->version == 4) {
        be(out, side ? 0x0a000002 : 0x0a000001, 4);
        return;
    }
    be(out, 0xfd00, 2);
    be(out, 0, 13);
    be(out, side ? 2 : 1, 1);
}

static void put_ip(struct tt_buf *out, const struct wrap *w, int side,
                   size_t len)
{
    unsigned proto = w->udp ? 17 : 6;

    if (w->version == 4) {
        be(out, 0x4500, 2);
        be(out, 20 + len, 2);
        be(out, 0, 2);
        be(out, w->fragment ? 0x2000 : 0x4000, 2);
        be(out, 0x40u << 24 | proto << 16, 4);
    } else { /* with destination options in front */
        be(out, 0x60000000, 4);
        be(out, 8 + len, 2);
        be(out, 60, 1);
        be(out, 64, 1);
    }
    put_address(out, w, side);
    put_address(out, w, !side);
    if (w->version == 6) {
        be(out, proto, 1);
        be(out, 0, 7);
    }
}

static void put_packet(struct build *b, const struct wrap *w,
                       const struct seg *s, unsigned ms)
{
    size_t n = strlen(s->data);
    struct tt_buf p;

    tt_buf_init(&p, 1 << 20);
    put_link(&p, w);
    put_ip(&p, w, s->side, (w->udp ? 8 : 20) + n);
    be(&p, s->side ? w->service : w->client, 2);
    be(&p, s->side ? w->client : w->service, 2);
    if (w->udp) {
        be(&p, 8 + n, 2);
        be(&p, 0, 2);
    } else {
        be(&p, (s->side ? 5000 : w->start) + s->seq, 4);
        be(&p, (s->side ? w->start : 5000) + s->ack, 4);
        be(&p, 0x5000u | s->flags, 2);
        be(&p, 0, 6);
    }
    tt_buf_add(&p, s->data, n);
    if (w->link == ETHERNET && p.n < 60 && !w->cut)
        be(&p, 0, 60 - p.n); /* padding is no data */
    build_num(b, 1, 4);
    build_num(b, ms * 1000, 4);
    build_num(b, p.n - w->cut, 4);
    build_num(b, p.n, 4);
    tt_buf_add(&b->out, p.p, p.n - w->cut);
    tt_buf_release(&p);
}

static void begin(struct build *b, unsigned link)
{
    build_init(b, false);
    build_pcap(b, 0xa1b2c3d4, link);
}

/* Without times: "> 61 62\n". */
static char *read_all(struct build *b, const char *tcp,
                      struct tt_read_report *report)
{
    struct tt_read_options options = {.lane = TT_LANE_DEVICE, .tcp = tcp};
    static char got[8192];
    struct tt_error err = {.code = TT_OK};

    for (size_t chunk = 0; chunk < 40; chunk += 13) {
        struct records l = {0};
        char now[sizeof(got)] = "", *text;
        size_t n = 0;
        enum tt_status st = records_read(&l, b->out.p, b->out.n, 0, chunk,
                                         &options, report, &err);

        ck_assert_msg(!st, "%s", err.msg);
        text = records_text(&l, false);
        for (char *at = text; *at; at = strchr(at, '\n') + 1) {
            const char *r = strchr(at, ' ') + 1;
            size_t len = (size_t)(strchr(r, '\n') + 1 - r);

            if (n + len < sizeof(now)) {
                memcpy(now + n, r, len);
                n += len;
            }
        }
        if (chunk)
            ck_assert_str_eq(got, now);
        memcpy(got, now, sizeof(got));
        free(text);
        records_free(&l);
    }
    tt_buf_release(&b->out);
    return got;
}

#define OPENED                                    \
    {0, 0, 0, SYN, ""}, {1, 0, 1, SYN | ACK, ""}, \
    {                                             \
        0, 1, 1, ACK, ""                          \
    }

static const struct {
    const char *name;
    struct seg seg[14];
    const char *want;
} streams[] = {
    {"in order",
     {OPENED,
      {0, 1, 1, ACK, "ab"},
      {1, 1, 3, ACK, "c"},
      {0, 3, 2, ACK | FIN, ""},
      {1, 2, 4, ACK | FIN, ""}},
     "[open]\n> 61 62\n< 63\n[close]\n"},
    {"no beginning: the service has the smaller port",
     {{1, 7, 9, ACK, "c"}, {0, 9, 8, ACK, "a"}},
     "< 63\n> 61\n"},
    {"sent again, and overlapping",
     {OPENED,
      {0, 1, 1, ACK, "ab"},
      {0, 1, 1, ACK, "ab"},
      {0, 2, 1, ACK, "bcd"},
      {0, 4, 1, ACK, "d"},
      {0, 4, 1, ACK, "de"}},
     "[open]\n> 61 62\n> 63 64\n> 65\n"},
    {"before its turn",
     {OPENED,
      {0, 3, 1, ACK, "c"},
      {0, 4, 1, ACK, "d"},
      {0, 2, 1, ACK, "b"},
      {0, 1, 1, ACK, "a"},
      {0, 5, 1, ACK, "e"}},
     "[open]\n> 61\n> 62\n> 63\n> 64\n> 65\n"},
    {"confirmed and not captured",
     {OPENED,
      {0, 4, 1, ACK, "d"},
      {1, 1, 5, ACK, ""},
      {1, 1, 5, ACK, "x"},
      {1, 2, 5, ACK, "y"},
      {1, 3, 5, ACK, "z"}},
     "[open]\n< 78\n< 79\n[lost 3]\n> 64\n< 7A\n"},
    {"late, though confirmed before",
     {OPENED, {1, 1, 3, ACK, ""}, {0, 2, 1, ACK, "b"}, {0, 1, 1, ACK, "a"}},
     "[open]\n> 61\n> 62\n"},
    {"never confirmed, at the end",
     {OPENED, {0, 1, 1, ACK, "a"}, {0, 9, 1, ACK, "i"}},
     "[open]\n> 61\n[lost 7]\n> 69\n"},
    {"a reset ends it",
     {OPENED, {0, 1, 1, ACK, "a"}, {1, 1, 2, RST, ""}},
     "[open]\n> 61\n[close]\n"},
    {"an end before its turn",
     {OPENED,
      {1, 1, 1, ACK | FIN, ""},
      {0, 2, 2, ACK | FIN, "b"},
      {0, 1, 2, ACK, "a"}},
     "[open]\n> 61\n> 62\n[close]\n"},
    {"a question after it is alive",
     {OPENED, {0, 1, 1, ACK, "a"}, {0, 1, 1, ACK, "?"}, {1, 1, 2, ACK, "b"}},
     "[open]\n> 61\n< 62\n"},
    {"asked twice for a connection",
     {{0, 0, 0, SYN, ""}, OPENED, {0, 1, 1, ACK, "a"}},
     "[open]\n> 61\n"},
};

START_TEST(puts_streams_together)
{
    static const uint32_t starts[] = {1000, UINT32_MAX - 1}; /* wraps */

    for (size_t k = 0; k < TT_LEN(starts); k++) {
        struct tt_read_report report;
        struct wrap w = plain;
        struct build b;

        w.start = starts[k];
        begin(&b, ETHERNET);
        for (unsigned i = 0; streams[_i].seg[i].data; i++)
            put_packet(&b, &w, &streams[_i].seg[i], i);
        ck_assert_str_eq(read_all(&b, NULL, &report), streams[_i].want);
        ck_assert_uint_eq(report.nparties, 1);
    }
}
END_TEST

static const struct seg hello[] = {
    OPENED, {0, 1, 1, ACK, "ab"}, {1, 1, 3, ACK, "c"}};

static const struct {
    struct wrap w;
    const char *format, *who;
} wraps[] = {
    {{1, 4, 0, 40000, 502, 1, 0, 0, 0},
     "pcap ethernet",
     "tcp 1: 10.0.0.1:40000-10.0.0.2:502"},
    {{1, 4, 1, 40000, 502, 1, 0, 0, 0}, "pcap ethernet", "10.0.0.2:502"},
    {{1, 4, 2, 40000, 502, 1, 0, 0, 0}, "pcap ethernet", "10.0.0.2:502"},
    {{1, 6, 0, 40000, 502, 1, 0, 0, 0},
     "pcap ethernet",
     "tcp 1: [fd00::1]:40000-[fd00::2]:502"},
    {{101, 4, 0, 40000, 502, 1, 0, 0, 0}, "pcap raw-ip", "10.0.0.2:502"},
    {{101, 6, 0, 40000, 502, 1, 0, 0, 0}, "pcap raw-ip", "[fd00::2]:502"},
    {{113, 4, 0, 40000, 502, 1, 0, 0, 0}, "pcap linux-cooked", "10.0.0.2:502"},
    {{276, 6, 0, 40000, 502, 1, 0, 0, 0}, "pcap linux-cooked-v2", "]:502"},
    {{0, 4, 0, 40000, 502, 1, 0, 0, 0}, "pcap bsd-loopback", "10.0.0.2:502"},
    {{9, 4, 0, 40000, 502, 1, 0, 0, 0}, "pcap ppp", "10.0.0.2:502"},
};

START_TEST(unwraps_packets)
{
    struct tt_read_report report;
    struct build b;

    begin(&b, wraps[_i].w.link);
    for (unsigned i = 0; i < TT_LEN(hello); i++)
        put_packet(&b, &wraps[_i].w, &hello[i], i);
    ck_assert_str_eq(read_all(&b, NULL, &report), "[open]\n> 61 62\n< 63\n");
    ck_assert_str_eq(report.info.format, wraps[_i].format);
    ck_assert_msg(strstr(report.party[0].text, wraps[_i].who), "%s",
                  report.party[0].text);
}
END_TEST

START_TEST(what_the_capture_cut_off_is_lost)
{
    static const struct seg s[] = {{0, 1, 1, ACK, "abcdef"},
                                   {0, 7, 1, ACK, "ghijkl"}};
    struct tt_read_report report;
    struct wrap w = plain;
    struct build b;

    w.cut = 4;
    begin(&b, ETHERNET);
    for (unsigned i = 0; i < 2; i++)
        put_packet(&b, &w, &s[i], i);
    ck_assert_str_eq(read_all(&b, NULL, &report),
                     "> 61 62\n[lost 4]\n> 67 68\n[lost 4]\n");
}
END_TEST

START_TEST(reads_datagrams)
{
    struct tt_read_report report;
    struct wrap w = plain;
    struct build b;

    w.udp = true;
    begin(&b, ETHERNET);
    put_packet(&b, &w, &hello[3], 0);
    put_packet(&b, &w, &hello[4], 1);
    put_packet(&b, &w, &hello[3], 2);
    ck_assert_str_eq(read_all(&b, NULL, &report), "> 61 62\n< 63\n> 61 62\n");
    ck_assert(strstr(report.party[0].text, "udp 1: 10.0.0.1:40000-"));
}
END_TEST

START_TEST(fragments_are_noted)
{
    struct tt_read_report report;
    struct wrap w = plain;
    struct build b;

    begin(&b, ETHERNET);
    put_packet(&b, &w, &hello[3], 0);
    w.fragment = true;
    put_packet(&b, &w, &hello[4], 1);
    put_packet(&b, &w, &hello[4], 2);
    ck_assert_str_eq(read_all(&b, NULL, &report), "> 61 62\n");
    ck_assert_uint_eq(report.unread, 1);
    ck_assert(strstr(report.where[0].why, "fragments"));
}
END_TEST

START_TEST(reads_ms_tp)
{
    static const char frame[] = "\x55\xff\x00\x01\x02\x00\x00\x9f";
    struct tt_read_report report;
    struct build b;

    begin(&b, 165);
    build_num(&b, 1, 4);
    build_num(&b, 0, 4);
    build_num(&b, 8, 4);
    build_num(&b, 8, 4);
    tt_buf_add(&b.out, frame, 8);
    ck_assert_str_eq(read_all(&b, NULL, &report),
                     "< 55 FF 00 01 02 00 00 9F\n");
}
END_TEST

/* ---- several ------------------------------------------------------------ */

static void two_connections(struct build *b)
{
    static const struct seg more = {0, 3, 2, ACK, "xyz"};
    struct wrap w = plain;

    begin(b, ETHERNET);
    for (unsigned i = 0; i < TT_LEN(hello); i++)
        put_packet(b, &w, &hello[i], i);
    w.client = 40001; /* at the same time */
    for (unsigned i = 0; i < TT_LEN(hello); i++)
        put_packet(b, &w, &hello[i], 10 + i);
    put_packet(b, &w, &more, 20);
}

START_TEST(tells_connections_apart)
{
    static const char first[] = "[open]\n> 61 62\n< 63\n",
                      second[] = "[open]\n> 61 62\n< 63\n> 78 79 7A\n";
    static const struct {
        const char *tcp, *want;
    } cases[] = {{NULL, second},
                 {"1", first},
                 {"2", second},
                 {"10.0.0.1:40000", first},
                 {"10.0.0.1:40000-10.0.0.2:502", first},
                 {"10.0.0.2:502-10.0.0.1:40001", second},
                 {"10.0.0.2:502", second}};
    struct tt_read_report report;
    struct build b;

    for (size_t i = 0; i < TT_LEN(cases); i++) {
        two_connections(&b);
        ck_assert_str_eq(read_all(&b, cases[i].tcp, &report), cases[i].want);
        ck_assert_uint_eq(report.nparties, 2);
        ck_assert(report.party[0].taken && !report.party[1].taken);
    }
}
END_TEST

START_TEST(one_that_is_not_there_is_told)
{
    static const char *const bad[] = {"", "x", "0", "502x"};
    struct tt_read_options options = {.tcp = "3"};
    struct tt_error err = {.code = TT_OK};
    struct records l = {0};
    struct tt_reader *rd;
    struct build b;

    two_connections(&b);
    ck_assert_int_eq(records_read(&l, b.out.p, b.out.n, 0, 0, &options, NULL,
                                  &err),
                     TT_ERR_SYNTAX);
    ck_assert(strstr(err.msg, "--tcp is not in this capture; there is tcp 1"));
    tt_buf_release(&b.out);
    for (size_t i = 0; i < TT_LEN(bad); i++) {
        options.tcp = bad[i];
        ck_assert_int_eq(tt_reader_new(&rd, &options, records_sink, NULL, &err),
                         TT_ERR_ARG);
        ck_assert(strstr(err.msg, "names no connection"));
    }
}
END_TEST

/* A client that connects again goes on with its conversation. */
START_TEST(a_new_connection_goes_on)
{
    static const struct seg end[] = {{0, 3, 2, ACK | FIN, ""},
                                     {1, 2, 4, ACK | FIN, ""}};
    struct tt_read_report report;
    struct wrap w = plain;
    struct build b;

    begin(&b, ETHERNET);
    for (int turn = 0; turn < 3; turn++) {
        for (unsigned i = 0; i < TT_LEN(hello); i++)
            put_packet(&b, &w, &hello[i], i);
        for (unsigned i = 0; i < TT_LEN(end); i++)
            put_packet(&b, &w, &end[i], i);
        w.client++;
        w.start += 77777;
    }
    ck_assert_str_eq(read_all(&b, NULL, &report),
                     "[open]\n> 61 62\n< 63\n[close]\n"
                     "[open]\n> 61 62\n< 63\n[close]\n"
                     "[open]\n> 61 62\n< 63\n[close]\n");
    ck_assert_uint_eq(report.nparties, 1);
    ck_assert(strstr(report.party[0].text, "connected 3 times"));
}
END_TEST

/* ---- limits ------------------------------------------------------------- */

START_TEST(conversations_have_a_limit)
{
    for (unsigned more = 0; more < 2; more++) {
        struct tt_read_report report;
        struct wrap w = plain;
        struct build b;

        begin(&b, ETHERNET);
        for (unsigned i = 0; i < TT_MAX_FLOWS + more; i++, w.client++)
            put_packet(&b, &w, &hello[3], 1);
        ck_assert_str_eq(read_all(&b, NULL, &report), "> 61 62\n");
        ck_assert_uint_eq(report.unread, more);
        ck_assert_uint_eq(report.nparties, TT_MAX_PARTIES);
        ck_assert_uint_eq(report.more, TT_MAX_FLOWS - TT_MAX_PARTIES);
    }
}
END_TEST

/* So many segments may wait for one before them; with one more it is lost. */
START_TEST(what_waits_has_a_limit)
{
    for (unsigned more = 0; more < 2; more++) {
        struct seg s = {0, 1, 1, ACK, "a"};
        struct tt_read_report report;
        struct build b;
        char *got;

        begin(&b, ETHERNET);
        put_packet(&b, &plain, &s, 0);
        for (unsigned i = 0; i < TT_MAX_AHEAD + more; i++) {
            s.seq = 3 + 2 * i; /* every second byte */
            put_packet(&b, &plain, &s, 1);
        }
        s.seq = 2;
        put_packet(&b, &plain, &s, 2);
        got = read_all(&b, NULL, &report);
        ck_assert_int_eq(!strncmp(got, "> 61\n[lost 1]\n> 61\n", 19),
                         more == 1);
    }
}
END_TEST

static struct tt_half *half_with(struct tt_net *n, size_t bytes)
{
    static uint8_t data[65000];
    struct tt_segment s = {
        .version = 4, .proto = TT_PROTO_TCP, .flags = TT_TCP_ACK, .p = data};
    struct tt_reader *rd;
    struct records l = {0};

    s.from.port = 40000;
    s.to.port = 502;
    tt_net_init(n);
    ck_assert(!tt_reader_new(&rd, NULL, records_sink, &l, NULL));
    n->picked = tt_net_survey(n, &s);
    s.full = s.n = 1;
    ck_assert(!tt_net_decode(rd, n, &s, 0, 0, 0));
    s.seq = 10;
    while (bytes) {
        s.full = s.n = bytes < sizeof(data) ? bytes : sizeof(data);
        bytes -= s.n;
        ck_assert(!tt_net_decode(rd, n, &s, 0, 0, 0));
        s.seq += (uint32_t)s.n;
    }
    tt_reader_free(rd);
    records_free(&l);
    return &n->half[0];
}

START_TEST(bytes_that_wait_have_a_limit)
{
    struct tt_net n;

    ck_assert_uint_eq(half_with(&n, TT_MAX_AHEAD_BYTES)->kept.n,
                      TT_MAX_AHEAD_BYTES);
    tt_net_release(&n);
    ck_assert_uint_eq(half_with(&n, TT_MAX_AHEAD_BYTES + 1)->kept.n, 0);
    tt_net_release(&n);
}
END_TEST

START_TEST(a_copy_reads_on)
{
    static const struct seg s[] = {OPENED,
                                   {0, 3, 1, ACK, "c"},
                                   {0, 2, 1, ACK, "b"},
                                   {0, 1, 1, ACK, "a"},
                                   {1, 1, 4, ACK, "x"}};
    struct records a = {0}, c = {0};
    struct tt_read_options one = {.tcp = "1"};
    struct build b;

    begin(&b, ETHERNET);
    for (unsigned i = 0; i < TT_LEN(s); i++)
        put_packet(&b, &plain, &s[i], i);
    for (size_t cut = 0; cut <= b.out.n; cut += 11) {
        struct tt_reader *rd, *copy;

        records_free(&a);
        records_free(&c);
        ck_assert(!tt_reader_new(&rd, &one, records_sink, &a, NULL));
        ck_assert(!tt_reader_feed(rd, b.out.p, cut, NULL));
        ck_assert(!tt_reader_copy(&copy, rd, records_sink, &c));
        records_free(&c);
        for (size_t i = 0; i < a.n; i++)
            records_add(&c, a.rec[i]);
        ck_assert(!tt_reader_feed(rd, b.out.p + cut, b.out.n - cut, NULL));
        ck_assert(!tt_reader_finish(rd, NULL));
        ck_assert(!tt_reader_feed(copy, b.out.p + cut, b.out.n - cut, NULL));
        ck_assert(!tt_reader_finish(copy, NULL));
        ck_assert_msg(records_equal(&a, &c), "%s", records_difference(&a, &c));
        tt_reader_free(rd);
        tt_reader_free(copy);
    }
    records_free(&a);
    records_free(&c);
    tt_buf_release(&b.out);
}
END_TEST

Suite *net_suite(void)
{
    Suite *s = suite_create("net");
    TCase *tc = tcase_create("tcp");

    tcase_add_loop_test(tc, puts_streams_together, 0, TT_LEN(streams));
    tcase_add_loop_test(tc, unwraps_packets, 0, TT_LEN(wraps));
    tcase_add_test(tc, what_the_capture_cut_off_is_lost);
    tcase_add_test(tc, reads_datagrams);
    tcase_add_test(tc, fragments_are_noted);
    tcase_add_test(tc, reads_ms_tp);
    suite_add_tcase(s, tc);
    tc = tcase_create("several");
    tcase_add_test(tc, tells_connections_apart);
    tcase_add_test(tc, one_that_is_not_there_is_told);
    tcase_add_test(tc, a_new_connection_goes_on);
    tcase_add_test(tc, a_copy_reads_on);
    suite_add_tcase(s, tc);
    tc = tcase_create("limits");
    tcase_add_test(tc, conversations_have_a_limit);
    tcase_add_test(tc, what_waits_has_a_limit);
    tcase_add_test(tc, bytes_that_wait_have_a_limit);
    suite_add_tcase(s, tc);
    return s;
}
