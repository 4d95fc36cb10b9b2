/*
 * USB and network captures whole, in chunks, and by a copy made midway: the
 * same records each time.  Input: link type, chunk, what is asked for, then
 * packets of a length, a time step and bytes.  Or, as usbmon text, the rest.
 */
#include "collect.h"

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void number(struct tt_buf *out, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        tt_buf_ch(out, (char)(v >> 8 * i & 0xff));
}

/* A pcap file of the packets in data. */
static void make(struct tt_buf *out, unsigned link, const uint8_t *p, size_t n)
{
    uint64_t us = 1000;

    number(out, 0xa1b2c3d4, 4);
    number(out, 0x00040002, 4);
    number(out, 0, 8);
    number(out, 65535, 4);
    number(out, link, 4);
    while (n >= 3) {
        size_t len = p[0] | (size_t)(p[1] & 3) << 8;
        uint64_t cut = p[1] >> 4;

        us += (uint64_t)p[2] * p[2] * 100;
        p += 3;
        n -= 3;
        if (len > n)
            len = n;
        number(out, us / 1000000, 4);
        number(out, us % 1000000, 4);
        number(out, len, 4);
        number(out, len + cut, 4);
        tt_buf_add(out, p, len);
        p += len;
        n -= len;
    }
}

/* Read the first part, copy, and read the rest twice. */
static void copied(const struct collected *whole, const void *p, size_t n,
                   const struct tt_read_options *options)
{
    static struct collected a, b;
    struct tt_error err = {.code = TT_OK};
    struct tt_reader *rd, *copy;
    size_t half = n / 2;

    collect_begin(&a);
    if (tt_reader_new(&rd, options, collect, &a, &err))
        abort();
    if (!tt_reader_feed(rd, p, half, &err)) {
        b = a;
        for (size_t i = 0; i < b.n; i++)
            b.rec[i].bytes = b.bytes + (b.rec[i].bytes - a.bytes);
        if (!tt_reader_copy(&copy, rd, collect, &b)) {
            if (!tt_reader_feed(copy, (const uint8_t *)p + half, n - half,
                                &err))
                (void)!tt_reader_finish(copy, &err);
            collect_compare(whole, &b, true);
            tt_reader_free(copy);
        }
    }
    tt_reader_free(rd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned links[] = {0,   1,   9,   101, 113, 165,
                                     276, 189, 220, 249, 220, 0};
    static const char *const usb[] = {NULL, NULL, NULL, "1.5", "1.1.1"};
    static const char *const tcp[] = {NULL, NULL, NULL, "1", "10.0.0.2:502"};
    static struct collected whole, cut;
    static struct tt_read_report r1, r2;
    struct tt_error e1 = {.code = TT_OK}, e2 = {.code = TT_OK};
    struct tt_read_options options = {.lane = TT_LANE_DEVICE};
    struct tt_buf in;
    enum tt_status s1, s2;
    unsigned link;

    if (size < 3 || size > 60000)
        return 0;
    link = data[0] % TT_LEN(links);
    options.usb = usb[data[2] % TT_LEN(usb)];
    options.tcp = tcp[data[2] / 8 % TT_LEN(tcp)];
    options.format = link == 11 ? "usbmon" : "pcap";
    tt_buf_init(&in, 4 << 20);
    if (link == 11)
        tt_buf_add(&in, data + 3, size - 3);
    else
        make(&in, links[link], data + 3, size - 3);
    s1 = collect_read(&whole, in.p, in.n, 0, &options, &r1, &e1);
    s2 = collect_read(&cut, in.p, in.n, 1u + data[1], &options, &r2, &e2);
    if (s1 != s2 || strcmp(e1.msg, e2.msg) != 0)
        abort();
    if (!whole.full && memcmp(&r1, &r2, sizeof(r1)) != 0)
        abort();
    collect_compare(&whole, &cut, true);
    if (!whole.full)
        copied(&whole, in.p, in.n, &options);
    tt_buf_release(&in);
    return 0;
}
