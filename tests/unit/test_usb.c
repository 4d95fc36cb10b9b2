/*
 * USB captures, written here as usbmon's text, which is made into the same
 * packets as the binary ones; those are compared with it in tests/cli.
 */
#include "build.h"
#include "records.h"
#include "suites.h"

#include "format/usb/usb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A capture as text; every event is a millisecond later. */
struct cap {
    struct tt_buf out;
    unsigned ms, tag;
};

static void cap_init(struct cap *c)
{
    tt_buf_init(&c->out, 64 << 20);
    c->ms = c->tag = 0;
}

static void head(struct cap *c, char event, const char *kind, unsigned dev,
                 unsigned ep)
{
    tt_buf_printf(&c->out, "%08x %u %c %s:%u:%03u:%u ", 0xaa000000u + c->tag,
                  c->ms++ * 1000, event, kind, dev / 1000 + 1, dev % 1000, ep);
}

static void put_data(struct cap *c, const char *hex, unsigned full)
{
    size_t n = strlen(hex);

    tt_buf_printf(&c->out, "%u =", full ? full : (unsigned)n / 2);
    for (size_t i = 0; i < n; i++)
        tt_buf_printf(&c->out, "%s%c", i % 8 ? "" : " ", hex[i]);
    tt_buf_ch(&c->out, '\n');
}

static void control_out(struct cap *c, unsigned dev, unsigned type,
                        unsigned request, unsigned value, unsigned index,
                        const char *hex)
{
    c->tag++;
    head(c, 'S', "Co", dev, 0);
    tt_buf_printf(&c->out, "s %02x %02x %04x %04x %04x ", type, request, value,
                  index, (unsigned)strlen(hex) / 2);
    if (*hex)
        put_data(c, hex, 0);
    else
        tt_buf_str(&c->out, "0\n");
    head(c, 'C', "Co", dev, 0);
    tt_buf_str(&c->out, "0 0\n");
}

static void control_in(struct cap *c, unsigned dev, unsigned type,
                       unsigned request, unsigned value, unsigned index,
                       const char *hex)
{
    c->tag++;
    head(c, 'S', "Ci", dev, 0);
    tt_buf_printf(&c->out, "s %02x %02x %04x %04x 00ff 255 <\n", type, request,
                  value, index);
    head(c, 'C', "Ci", dev, 0);
    tt_buf_str(&c->out, "0 ");
    put_data(c, hex, 0);
}

static void transfer_in(struct cap *c, const char *kind, unsigned dev,
                        unsigned ep, const char *hex, unsigned full)
{
    c->tag++;
    head(c, 'S', kind, dev, ep);
    tt_buf_str(&c->out, *kind == 'I' ? "-115:8 64 <\n" : "-115 512 <\n");
    head(c, 'C', kind, dev, ep);
    tt_buf_str(&c->out, *kind == 'I' ? "0:8 " : "0 ");
    put_data(c, hex, full);
}

static void bulk_in(struct cap *c, unsigned dev, unsigned ep, const char *hex)
{
    transfer_in(c, "Bi", dev, ep, hex, 0);
}

static void bulk_out(struct cap *c, unsigned dev, unsigned ep, const char *hex)
{
    c->tag++;
    head(c, 'S', "Bo", dev, ep);
    tt_buf_str(&c->out, "-115 ");
    put_data(c, hex, 0);
    head(c, 'C', "Bo", dev, ep);
    tt_buf_printf(&c->out, "0 %u >\n", (unsigned)strlen(hex) / 2);
}

static void describe(struct cap *c, unsigned dev, const char *vid_pid)
{
    char hex[64] = "12010002000000400304016000060102030100";

    memcpy(hex + 16, vid_pid, 8); /* as in the descriptor: low byte first */
    memcpy(hex + 24, "000600020301", 12);
    hex[36] = '\0';
    control_in(c, dev, 0x80, 6, 0x0100, 0, hex);
}

/* One interface of class ff with bulk endpoints 81 and 02 of size bytes. */
static void configure(struct cap *c, unsigned dev, const char *size)
{
    char hex[65] = "0902200001010080320904000002ffffff00"
                   "07058102400000"
                   "07050202400000";

    memcpy(hex + 44, size, 4);
    memcpy(hex + 58, size, 4);
    control_in(c, dev, 0x80, 6, 0x0200, 0, hex);
}

static const char *const ftdi = "03040160", *const cp210x = "c41060ea",
                         *const ch340 = "861a2375", *const pl2303 = "7b060323";

/* Read it whole and in pieces: want, one record a line, without times. */
static void reads(struct cap *c, const char *usb, const char *want,
                  struct tt_read_report *report)
{
    static const size_t chunks[] = {0, 1, 7, 100};
    struct tt_read_options options = {.lane = TT_LANE_DEVICE, .usb = usb};

    for (size_t i = 0; i < TT_LEN(chunks); i++) {
        struct tt_error err = {.code = TT_OK};
        struct records l = {0};
        struct tt_buf got;
        char *text, *at;
        enum tt_status st = records_read(&l, c->out.p, c->out.n, 0, chunks[i],
                                         &options, report, &err);

        ck_assert_msg(!st, "%s", err.msg);
        tt_buf_init(&got, 1 << 20);
        text = records_text(&l, false);
        for (at = text; *at; at = strchr(at, '\n') + 1) {
            const char *record = strchr(at, ' ') + 1;

            tt_buf_add(&got, record,
                       (size_t)(strchr(record, '\n') + 1 - record));
        }
        ck_assert_str_eq(tt_buf_text(&got), want);
        free(text);
        tt_buf_release(&got);
        records_free(&l);
    }
    tt_buf_release(&c->out);
}

static void refuses(struct cap *c, const char *usb, const char *why)
{
    struct tt_read_options options = {.lane = TT_LANE_DEVICE, .usb = usb};
    struct tt_error err = {.code = TT_OK};
    struct records l = {0};

    ck_assert_int_eq(records_read(&l, c->out.p, c->out.n, 0, 0, &options, NULL,
                                  &err),
                     TT_ERR_SYNTAX);
    ck_assert_msg(strstr(err.msg, why), "%s", err.msg);
    ck_assert_uint_eq(l.n, 0);
    records_free(&l);
    tt_buf_release(&c->out);
}

/* ---- chips -------------------------------------------------------------- */

START_TEST(reads_ftdi)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    describe(&c, 5, ftdi);
    configure(&c, 5, "4000");
    control_out(&c, 5, 0x40, 4, 0x0208, 0, "");
    control_out(&c, 5, 0x40, 3, 0x001a, 0, "");
    control_out(&c, 5, 0x40, 1, 0x0303, 0, "");
    bulk_in(&c, 5, 1, "0160");
    bulk_out(&c, 5, 2, "7f");
    bulk_in(&c, 5, 1, "316079");
    control_out(&c, 5, 0x40, 1, 0x0100, 0, "");
    bulk_in(&c, 5, 1, "316455");
    bulk_in(&c, 5, 1, "316856");
    bulk_in(&c, 5, 1, "317000");
    bulk_in(&c, 5, 1, "316257");
    bulk_in(&c, 5, 1, "3164"); /* errors without bytes: of the last ones */
    control_out(&c, 5, 0x40, 4, 0x4008, 0, "");
    control_out(&c, 5, 0x40, 4, 0x0008, 0, "");
    reads(&c, NULL,
          "[baud 115200 8E1]\n[dtr+]\n[rts+]\n[open]\n> 7F\n[cts+]\n[dsr+]\n< "
          "79\n"
          "[dtr-]\n[parity-error]\n< 55\n[frame-error]\n< 56\n[break]\n"
          "[overrun]\n< 57\n[baud 115200 8N1]\n[break]\n",
          &report);
    ck_assert_str_eq(report.info.format, "usbmon text");
    ck_assert_int_eq(report.info.quality, TT_TIME_US);
    ck_assert_uint_eq(report.info.epoch_ns, 0);
    ck_assert_uint_eq(report.nparties, 1);
    ck_assert(report.party[0].taken);
    ck_assert(strstr(report.party[0].text, "usb 1.5: FTDI FT232R (0403:6001)"));
    ck_assert(strstr(report.party[0].text, "> 1, < 5 bytes"));
}
END_TEST

/* Status comes again in every packet of a transfer. */
START_TEST(strips_ftdi_status_of_every_packet)
{
    static const size_t sizes[] = {64, 512}; /* full speed, high speed */
    size_t n = sizes[_i];
    struct tt_read_report report;
    struct build b;
    uint8_t packet[700] = {0};
    struct tt_error err = {.code = TT_OK};
    struct records l = {0};
    size_t bytes = 0;

    /* more than the text can hold: the binary packet itself */
    build_init(&b, false);
    build_pcap(&b, 0xa1b2c3d4, TT_LINK_USB_LINUX_MMAPPED);
    packet[8] = 'C';
    packet[9] = 3;
    packet[10] = 0x81;
    packet[11] = 5;
    packet[12] = 1;
    packet[14] = '-';
    for (int k = 0; k < 2; k++) { /* status alone, then two packets */
        size_t len = k ? n + 3 : 2;

        memset(packet + 64, 'x', sizeof(packet) - 64);
        packet[64] = 0x01;
        packet[65] = 0x60;
        if (k) {
            packet[64 + n] = 0x01;
            packet[64 + n + 1] = 0x60;
        }
        packet[36] = (uint8_t)len;
        packet[37] = (uint8_t)(len >> 8);
        build_num(&b, 1, 4);
        build_num(&b, (uint64_t)k, 4);
        build_num(&b, 64 + len, 4);
        build_num(&b, 64 + len, 4);
        tt_buf_add(&b.out, packet, 64 + len);
    }
    ck_assert_msg(!records_read(&l, b.out.p, b.out.n, 0, 0, NULL, &report,
                                &err),
                  "%s", err.msg);
    for (size_t i = 0; i < l.n; i++) {
        bytes += l.rec[i].len;
        for (size_t k = 0; k < l.rec[i].len; k++)
            ck_assert_uint_eq(l.rec[i].bytes[k], 'x');
    }
    ck_assert_uint_eq(bytes, n + 3 - 4);
    records_free(&l);
    tt_buf_release(&b.out);
}
END_TEST

/* Divisors as the drivers of Linux and libftdi make them. */
static const struct {
    unsigned value, index, baud;
} divisors[] = {
    {0x2710, 0, 300},          {0x4138, 0, 9600},
    {0x809c, 0, 19200},        {0xc04e, 0, 38400},
    {0xc034, 0, 57600},        {0x001a, 0, 115200},
    {0x000d, 0, 230400},       {0x4006, 0, 460800},
    {0x8003, 0, 921600},       {0x0003, 0, 1000000},
    {0x0001, 0, 2000000},      {0x0000, 0, 3000000},
    {0x000a, 1, 289157},       {0xc068, 0x0200, 115200},
    {0x0271, 0x0200, 19200},   {0x001a, 0x0200, 460800},
    {0x0008, 0x0200, 1500000},
};

START_TEST(reads_divisors_of_ftdi)
{
    struct tt_read_report report;
    char want[64];
    struct cap c;

    cap_init(&c);
    describe(&c, 5, ftdi);
    control_out(&c, 5, 0x40, 3, divisors[_i].value, divisors[_i].index, "");
    bulk_out(&c, 5, 2, "7f");
    (void)snprintf(want, sizeof(want), "[baud %u ]\n> 7F\n", divisors[_i].baud);
    reads(&c, NULL, want, &report);
}
END_TEST

START_TEST(reads_cp210x)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    describe(&c, 6, cp210x);
    configure(&c, 6, "4000");
    control_out(&c, 6, 0x41, 0x00, 1, 0, "");
    control_out(&c, 6, 0x41, 0x1e, 0, 0, "00c20100");
    control_out(&c, 6, 0x41, 0x03, 0x0820, 0, "");
    control_out(&c, 6, 0x41, 0x07, 0x0303, 0, "");
    control_in(&c, 6, 0xc1, 0x08, 0, 0, "30");
    bulk_out(&c, 6, 2, "7f");
    control_out(&c, 6, 0x41, 0x15, 0xec, 0, "");
    bulk_in(&c, 6, 1, "41ec0042ec");
    bulk_in(&c, 6, 1, "01");
    bulk_in(&c, 6, 1, "0443ec0210ec0320");
    control_out(&c, 6, 0x41, 0x05, 1, 0, "");
    control_out(&c, 6, 0x41, 0x05, 0, 0, "");
    control_out(&c, 6, 0x41, 0x01, 0x0180, 0, "");
    reads(&c, NULL,
          "[baud 115200 8E1]\n[dtr+]\n[rts+]\n> 7F\n< 41\n< EC\n< 42\n"
          "[parity-error]\n< 43\n[break]\n[cts-]\n[break]\n[baud 9600 8E1]\n",
          &report);
}
END_TEST

START_TEST(reads_ch34x)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    describe(&c, 7, ch340);
    control_in(&c, 7, 0xc0, 0x95, 0x0706, 0, "ffee");
    control_out(&c, 7, 0x40, 0x9a, 0x1312, 0xcc83, "");
    control_out(&c, 7, 0x40, 0x9a, 0x2518, 0x00db, "");
    control_out(&c, 7, 0x40, 0xa4, 0xff9f, 0, "");
    control_out(&c, 7, 0x40, 0xa4, 0xffdf, 0, "");
    bulk_out(&c, 7, 2, "7f");
    bulk_in(&c, 7, 2, "79");
    control_out(&c, 7, 0x40, 0x9a, 0x1805, 0x9b00, ""); /* break */
    control_out(&c, 7, 0x40, 0x9a, 0x1805, 0xdb01, "");
    control_out(&c, 7, 0x40, 0x9a, 0x1312, 0xb282, "");
    reads(&c, NULL,
          "[baud 115200 8E1]\n[dtr+]\n[rts+]\n[rts-]\n> 7F\n< 79\n[break]\n"
          "[baud 9600 8E1]\n",
          &report);
}
END_TEST

START_TEST(reads_pl2303)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    describe(&c, 8, pl2303);
    control_in(&c, 8, 0xc0, 0x01, 0x8484, 0, "02");
    control_out(&c, 8, 0x40, 0x01, 0x0404, 0, "");
    control_out(&c, 8, 0x21, 0x20, 0, 0, "00c20100000208");
    control_out(&c, 8, 0x21, 0x22, 3, 0, "");
    bulk_out(&c, 8, 2, "7f");
    control_out(&c, 8, 0x21, 0x20, 0, 0, "9c080080000008");
    control_out(&c, 8, 0x21, 0x23, 0xffff, 0, "");
    control_out(&c, 8, 0x21, 0x23, 0, 0, "");
    bulk_in(&c, 8, 3, "79");
    reads(&c, NULL,
          "[baud 115200 8E1]\n[dtr+]\n[rts+]\n> 7F\n[baud 9600 "
          "8N1]\n[break]\n< 79\n",
          &report);
}
END_TEST

/* Interface 0 with the requests and endpoint 82, interface 1 with the data. */
static void configure_cdc(struct cap *c, unsigned dev)
{
    control_in(c, dev, 0x80, 6, 0x0200, 0,
               "09023b000201008032"
               "0904000001020201"
               "00"
               "05240600"
               "01"
               "0705820308000a"
               "09040100020a000000"
               "07050402400000"
               "07058302400000"
               "0424020205240100"
               "01");
}

START_TEST(reads_cdc_acm)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    describe(&c, 9, "41234300");
    configure_cdc(&c, 9);
    control_out(&c, 9, 0x21, 0x20, 0, 0, "00c20100000208");
    control_out(&c, 9, 0x21, 0x22, 3, 0, "");
    bulk_out(&c, 9, 4, "7f");
    bulk_in(&c, 9, 3, "79");
    transfer_in(&c, "Ii", 9, 2,
                "a120000000000200"
                "0300",
                0);
    transfer_in(&c, "Ii", 9, 2,
                "a120000000000200"
                "3400",
                0);
    control_out(&c, 9, 0x21, 0x23, 250, 0, "");
    reads(&c, NULL,
          "[baud 115200 8E1]\n[dtr+]\n[rts+]\n> 7F\n< "
          "79\n[dsr+]\n[dcd+]\n[dsr-]\n"
          "[dcd-]\n[break]\n[frame-error]\n[parity-error]\n[break]\n",
          &report);
    ck_assert(strstr(report.party[0].text, "2341:0043"));
}
END_TEST

/* ---- what is not there -------------------------------------------------- */

/* The capture begins after the device was plugged in. */
START_TEST(tells_chips_by_their_traffic)
{
    static const struct {
        unsigned type, request, value, index;
        const char *name;
    } late[] = {
        {0x40, 3, 0x4138, 0, "FTDI"},         {0x40, 4, 0x0008, 0, "FTDI"},
        {0x41, 3, 0x0800, 0, "CP210x"},       {0x41, 7, 0x0303, 0, "CP210x"},
        {0x40, 0x9a, 0x1312, 0xcc83, "CH34"}, {0x40, 0xa4, 0xff9f, 0, "CH34"},
        {0x21, 0x22, 3, 0, "CDC-ACM"}};

    for (size_t i = 0; i < TT_LEN(late); i++) {
        struct tt_read_options options = {.lane = TT_LANE_DEVICE};
        struct tt_read_report report;
        struct records l = {0};
        struct cap c;

        cap_init(&c);
        control_out(&c, 5, late[i].type, late[i].request, late[i].value,
                    late[i].index, "");
        bulk_out(&c, 5, 2, "7f");
        ck_assert(
            !records_read(&l, c.out.p, c.out.n, 0, 0, &options, &report, NULL));
        ck_assert_uint_eq(report.nparties, 1);
        ck_assert_msg(strstr(report.party[0].text, late[i].name) &&
                          strstr(report.party[0].text, "from its traffic"),
                      "%s: %s", late[i].name, report.party[0].text);
        records_free(&l);
        tt_buf_release(&c.out);
    }
}
END_TEST

START_TEST(tells_ftdi_by_its_status)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    bulk_out(&c, 5, 2, "7f"); /* before the chip is known */
    bulk_in(&c, 5, 1, "316079");
    bulk_in(&c, 5, 1, "3160");
    bulk_in(&c, 5, 1, "0160");
    reads(&c, NULL, "> 7F\n< 79\n[cts-]\n[dsr-]\n", &report);
}
END_TEST

START_TEST(a_refused_request_sets_nothing)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    describe(&c, 5, ftdi);
    c.tag++;
    head(&c, 'S', "Co", 5, 0);
    tt_buf_str(&c.out, "s 40 03 4138 0000 0000 0\n");
    head(&c, 'C', "Co", 5, 0);
    tt_buf_str(&c.out, "-32 0\n");
    bulk_out(&c, 5, 2, "7f");
    reads(&c, NULL, "> 7F\n", &report);
}
END_TEST

START_TEST(bytes_that_are_cut_are_lost)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    describe(&c, 5, ftdi);
    configure(&c, 5, "4000");
    transfer_in(&c, "Bi", 5, 1, "01607879", 70); /* two packets */
    describe(&c, 6, cp210x);
    reads(&c, NULL, "[open]\n< 78 79\n[lost 64]\n", &report);
}
END_TEST

START_TEST(says_what_there_is_instead)
{
    struct cap c;

    cap_init(&c);
    describe(&c, 5, "831411df"); /* DFU: no pipe of bytes */
    refuses(&c, NULL, "without a serial port");
    cap_init(&c);
    describe(&c, 5, "830411df");
    refuses(&c, NULL, "dfu-util");
    cap_init(&c); /* mass storage, not described */
    bulk_out(&c, 5, 2,
             "55534243010000000000000000000600000000000000000000000000000000");
    refuses(&c, NULL, "without a serial port");
    cap_init(&c);
    describe(&c, 5, ftdi);
    bulk_out(&c, 5, 2, "7f");
    refuses(&c, "1.6", "the device of --usb is not in this capture");
}
END_TEST

/* ---- several ------------------------------------------------------------ */

static void two_adapters(struct cap *c)
{
    cap_init(c);
    describe(c, 5, ftdi);
    describe(c, 6, cp210x);
    bulk_out(c, 5, 2, "55");
    bulk_out(c, 6, 1, "7f7f");
    bulk_out(c, 5, 2, "56");
    bulk_in(c, 6, 2, "79");
}

START_TEST(tells_devices_apart)
{
    struct tt_read_report report;
    struct cap c;

    two_adapters(&c);
    reads(&c, NULL, "> 7F 7F\n< 79\n", &report);
    ck_assert_uint_eq(report.nparties, 2);
    ck_assert(report.party[0].taken && !report.party[1].taken);
    ck_assert(strstr(report.party[0].text, "usb 1.6"));
    ck_assert(strstr(report.party[1].text, "usb 1.5"));
    two_adapters(&c);
    reads(&c, "1.5", "> 55\n> 56\n", &report);
    ck_assert(strstr(report.party[0].text, "usb 1.5"));
    two_adapters(&c);
    reads(&c, "1.6.0", "> 7F 7F\n< 79\n", &report);
}
END_TEST

START_TEST(wrong_choices_are_told)
{
    static const char *const bad[] = {"",        "1",    "1.",   "x",   "1.2.",
                                      "1.2.3.4", "1.2x", "-1.2", "1 .2"};

    for (size_t i = 0; i < TT_LEN(bad); i++) {
        struct tt_read_options options = {.usb = bad[i]};
        struct tt_reader *rd;
        struct tt_error err;

        ck_assert_int_eq(tt_reader_new(&rd, &options, records_sink, NULL, &err),
                         TT_ERR_ARG);
        ck_assert(strstr(err.msg, "names no USB device"));
    }
}
END_TEST

/* A device that changes its mode comes back under another address. */
START_TEST(follows_a_device_that_comes_back)
{
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    describe(&c, 5, "8d0e0300");
    configure_cdc(&c, 5);
    bulk_out(&c, 5, 4, "a0");
    bulk_in(&c, 5, 3, "5f");
    head(&c, 'C', "Bi", 5, 3);
    tt_buf_str(&c.out, "-108 0\n");
    describe(&c, 6, "8d0e0020");
    configure_cdc(&c, 6);
    control_out(&c, 6, 0x21, 0x20, 0, 0, "00c20100000008");
    bulk_out(&c, 6, 4, "a1");
    bulk_out(&c, 5, 4, "ff"); /* nobody is there */
    reads(&c, NULL, "> A0\n< 5F\n[close]\n[open]\n[baud 115200 8N1]\n> A1\n",
          &report);
    ck_assert_uint_eq(report.nparties, 2);
    ck_assert(strstr(report.party[0].text, "0E8D:2000"));
    ck_assert(strstr(report.party[1].text, "0E8D:0003"));
    ck_assert(strstr(report.party[1].text, "boot mode"));
}
END_TEST

/* ---- text --------------------------------------------------------------- */

START_TEST(reads_the_old_form)
{
    static const char text[] =
        "d5ea89a0 3575914 S Co:005:00 s 40 03 4138 0000 0000 0\r\n"
        "d5ea89a0 3575915 C Co:005:00 0 0\r\n"
        "d5ea89a0 3575920 S Ci:001:00 _ __ __ ____ ____ ____ 0\n"
        "\n"
        "d5ea89a0 3575930 S Bo:005:02 -115 1 = 7f\n"
        "d5ea89a0 3575931 C Bo:005:02 0 1 >\n"
        "not a line of it\n"
        "d5ea89a0 3575932 S Zi:005:03 -115:1:2 3 -18:0:9 -18:9:9 27 <\n"
        "d5ea89a0 0 E Bo:005:02 -28 1\n"
        "d5ea89a0 3575940 C Bi:005:01 0 3 = 016079";
    struct tt_read_report report;
    struct cap c;

    cap_init(&c);
    tt_buf_str(&c.out, text);
    reads(&c, NULL, "[baud 9600 ]\n> 7F\n< 79\n", &report);
    ck_assert_uint_eq(report.lines, 10);
    ck_assert_uint_eq(report.unread, 1);
    ck_assert_uint_eq(report.where[0].line, 7);
}
END_TEST

START_TEST(time_that_starts_again_goes_on)
{
    static const char text[] =
        "aa000001 4095999000 S Co:1:005:0 s 40 03 4138 0000 0000 0\n"
        "aa000001 4095999500 C Co:1:005:0 0 0\n"
        "aa000002 4095999999 S Bo:1:005:2 -115 1 = 7f\n"
        "aa000002 1 C Bo:1:005:2 0 1 >\n"
        "aa000003 1000 S Bo:1:005:2 -115 1 = 80\n";
    struct tt_read_report report;
    struct records l = {0};
    char *got;

    ck_assert(!records_read(&l, text, strlen(text), 0, 0, NULL, &report, NULL));
    got = records_text(&l, false);
    ck_assert_str_eq(got, "0.000500000 [baud 9600 ]\n0.000999000 > 7F\n"
                          "0.002000000 > 80\n");
    free(got);
    records_free(&l);
}
END_TEST

static const struct {
    const char *text;
    bool is;
} looks[] = {
    {"ffff8800b1c4d6c0 23759 S Ci:1:001:0 s a3 00 0000 0003 0004 4 <\n", true},
    {"d5ea89a0 3575914 S Co:005:00 s 40 03 4138 0000 0000 0\n", true},
    {"C Ci:1:001:0 0 4 = 01050000\n"
     "ffff8800b1c4d6c0 23759 S Ci:1:001:0 s a3 00 0000 0003 0004 4 <\n"
     "ffff8800b1c4d6c0 23759 C Ci:1:001:0 0 4 = 01050000\n",
     true},
    {"ffff8800 12 S Xi:1:001:0 0 0\n", false},
    {"ffff8800 12 Q Ci:1:001:0 0 0\n", false},
    {"fff 12 S Ci:1:001:0 0 0\n", false},
    {"ffff8800 12 S Ci:1:1:0 0 0\n", false},
    {"usb 1-1: new full-speed USB device number 5 using xhci_hcd\n", false},
    {"deadbeef 1234 some text that begins like it\n", false},
};

START_TEST(is_known_by_its_lines)
{
    const struct tt_format *f =
        tt_format_detect((const uint8_t *)looks[_i].text,
                         strlen(looks[_i].text), true);

    ck_assert_int_eq(f == &tt_format_usbmon, looks[_i].is);
}
END_TEST

/* ---- limits ------------------------------------------------------------- */

START_TEST(devices_have_a_limit)
{
    for (unsigned more = 0; more < 2; more++) {
        struct tt_read_options options = {.lane = TT_LANE_DEVICE};
        unsigned n = TT_MAX_USB_DEVICES + more;
        struct tt_read_report report;
        struct records l = {0};
        struct cap c;

        cap_init(&c);
        for (unsigned i = 1; i <= n; i++) /* on more than one bus */
            describe(&c, i / 100 * 1000 + i % 100 + 1, "34127856");
        bulk_out(&c, n / 100 * 1000 + n % 100 + 1, 2, "7f");
        ck_assert_int_eq(records_read(&l, c.out.p, c.out.n, 0, 0, &options,
                                      &report, NULL),
                         more ? TT_ERR_SYNTAX : TT_OK);
        ck_assert_uint_eq(l.n, 1 - more);
        ck_assert_uint_eq(report.unread, more);
        records_free(&l);
        tt_buf_release(&c.out);
    }
}
END_TEST

/* Once it is decided what is read, new devices take the place of old ones. */
START_TEST(devices_may_come_and_go_for_ever)
{
    struct tt_read_options options = {.lane = TT_LANE_DEVICE};
    struct tt_read_report report;
    struct records l = {0};
    struct cap c;

    cap_init(&c);
    describe(&c, 5, ftdi);
    bulk_out(&c, 5, 2, "7f");
    for (unsigned i = 0; i < 3 * TT_MAX_USB_DEVICES; i++)
        describe(&c, 1000 + i % 126 + 1, i / 126 % 2 ? "34127856" : "35127856");
    bulk_out(&c, 5, 2, "80");
    ck_assert(
        !records_read(&l, c.out.p, c.out.n, 0, 0, &options, &report, NULL));
    ck_assert_uint_eq(l.n, 2);
    ck_assert_uint_eq(report.unread, 0);
    records_free(&l);
    tt_buf_release(&c.out);
}
END_TEST

/* What is kept has a limit: then the best of those that are sure is read. */
START_TEST(what_is_kept_has_a_limit)
{
    for (unsigned much = 0; much < 2; much++) {
        struct tt_read_options options = {.lane = TT_LANE_DEVICE};
        unsigned turns = much ? TT_MAX_HELD / 100 : 100;
        struct tt_read_report report;
        struct records l = {0};
        struct cap c;

        cap_init(&c);
        describe(&c, 5, ftdi);
        describe(&c, 6, cp210x);
        for (unsigned i = 0; i < turns; i++, c.ms = 10)
            bulk_out(&c, 6, 2, i ? "66" : "6667");
        for (unsigned i = 0; i < 2 * turns; i++, c.ms = 10)
            bulk_out(&c, 5, 2, "55");
        ck_assert(
            !records_read(&l, c.out.p, c.out.n, 0, 0, &options, &report, NULL));
        ck_assert_uint_eq(l.rec[0].bytes[0], much ? 0x66 : 0x55);
        ck_assert_uint_eq(l.n, much ? turns : 2 * turns);
        records_free(&l);
        tt_buf_release(&c.out);
    }
}
END_TEST

/* And so has the time. */
START_TEST(what_is_kept_for_a_watcher_has_a_limit_of_time)
{
    for (unsigned how = 0; how < 3; how++) { /* a file, in time, late */
        struct tt_read_options options = {.lane = TT_LANE_DEVICE,
                                          .live = how > 0};
        struct tt_read_report report;
        struct records l = {0};
        struct cap c;

        cap_init(&c);
        describe(&c, 5, ftdi); /* the first is kept since 0 */
        describe(&c, 6, cp210x);
        bulk_out(&c, 6, 2, "66");
        c.ms = TT_MAX_HELD_S * 1000 + (how == 2);
        head(&c, 'S', "Bo", 6, 2);
        tt_buf_str(&c.out, "-115 1 = 67\n");
        c.ms--;
        bulk_out(&c, 5, 2, "555555");
        ck_assert(
            !records_read(&l, c.out.p, c.out.n, 0, 0, &options, &report, NULL));
        ck_assert_uint_eq(l.rec[0].bytes[0], how == 2 ? 0x66 : 0x55);
        records_free(&l);
        tt_buf_release(&c.out);
    }
}
END_TEST

START_TEST(control_transfers_have_a_limit)
{
    for (unsigned more = 0; more < 2; more++) {
        struct tt_read_report report;
        struct cap c;

        cap_init(&c);
        describe(&c, 5, ftdi);
        head(&c, 'S', "Co", 5, 0); /* under way for long */
        tt_buf_str(&c.out, "s 40 03 4138 0000 0000 0\n");
        for (unsigned i = 0; i < TT_MAX_USB_OPEN - 1 + more; i++) {
            c.tag++;
            head(&c, 'S', "Co", 5, 0);
            tt_buf_str(&c.out, "s 40 09 0010 0000 0000 0\n");
        }
        c.tag -= TT_MAX_USB_OPEN - 1 + more;
        head(&c, 'C', "Co", 5, 0);
        tt_buf_str(&c.out, "0 0\n");
        bulk_out(&c, 5, 2, "7f");
        reads(&c, NULL, more ? "> 7F\n" : "[baud 9600 ]\n> 7F\n", &report);
    }
}
END_TEST

START_TEST(a_copy_reads_on)
{
    struct records a = {0}, b = {0};
    struct cap c;

    two_adapters(&c);
    for (size_t cut = 0; cut <= c.out.n; cut += 37) {
        struct tt_reader *rd, *copy;

        records_free(&a);
        records_free(&b);
        ck_assert(!tt_reader_new(&rd, NULL, records_sink, &a, NULL));
        ck_assert(!tt_reader_feed(rd, c.out.p, cut, NULL));
        ck_assert(!tt_reader_copy(&copy, rd, records_sink, &b));
        ck_assert(!tt_reader_feed(rd, c.out.p + cut, c.out.n - cut, NULL));
        ck_assert(!tt_reader_finish(rd, NULL));
        ck_assert(!tt_reader_feed(copy, c.out.p + cut, c.out.n - cut, NULL));
        ck_assert(!tt_reader_finish(copy, NULL));
        ck_assert_msg(records_equal(&a, &b), "%s", records_difference(&a, &b));
        tt_reader_free(rd);
        tt_reader_free(copy);
    }
    records_free(&a);
    records_free(&b);
    tt_buf_release(&c.out);
}
END_TEST

Suite *usb_suite(void)
{
    Suite *s = suite_create("usb");
    TCase *tc = tcase_create("chips");

    tcase_add_test(tc, reads_ftdi);
    tcase_add_loop_test(tc, strips_ftdi_status_of_every_packet, 0, 2);
    tcase_add_loop_test(tc, reads_divisors_of_ftdi, 0, TT_LEN(divisors));
    tcase_add_test(tc, reads_cp210x);
    tcase_add_test(tc, reads_ch34x);
    tcase_add_test(tc, reads_pl2303);
    tcase_add_test(tc, reads_cdc_acm);
    suite_add_tcase(s, tc);
    tc = tcase_create("gaps");
    tcase_add_test(tc, tells_chips_by_their_traffic);
    tcase_add_test(tc, tells_ftdi_by_its_status);
    tcase_add_test(tc, a_refused_request_sets_nothing);
    tcase_add_test(tc, bytes_that_are_cut_are_lost);
    tcase_add_test(tc, says_what_there_is_instead);
    suite_add_tcase(s, tc);
    tc = tcase_create("several");
    tcase_add_test(tc, tells_devices_apart);
    tcase_add_test(tc, wrong_choices_are_told);
    tcase_add_test(tc, follows_a_device_that_comes_back);
    tcase_add_test(tc, a_copy_reads_on);
    suite_add_tcase(s, tc);
    tc = tcase_create("text");
    tcase_add_test(tc, reads_the_old_form);
    tcase_add_test(tc, time_that_starts_again_goes_on);
    tcase_add_loop_test(tc, is_known_by_its_lines, 0, TT_LEN(looks));
    suite_add_tcase(s, tc);
    tc = tcase_create("limits");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, devices_have_a_limit);
    tcase_add_test(tc, devices_may_come_and_go_for_ever);
    tcase_add_test(tc, what_is_kept_has_a_limit);
    tcase_add_test(tc, what_is_kept_for_a_watcher_has_a_limit_of_time);
    tcase_add_test(tc, control_transfers_have_a_limit);
    suite_add_tcase(s, tc);
    return s;
}
