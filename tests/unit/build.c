#include "build.h"

#include <stdlib.h>
#include <string.h>

void build_init(struct build *b, bool big)
{
    tt_buf_init(&b->out, 64 << 20);
    b->big = big;
}

void build_num(struct build *b, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        size_t k = b->big ? bytes - 1 - i : i;

        tt_buf_ch(&b->out, (char)(k < 8 ? v >> 8 * k & 0xff : 0));
    }
}

static void pad(struct build *b, size_t n)
{
    build_num(b, 0, (4 - n % 4) % 4);
}

size_t build_begin(struct build *b, uint32_t type)
{
    size_t at = b->out.n;

    build_num(b, type, 4);
    build_num(b, 0, 4);
    return at;
}

void build_end(struct build *b, size_t at)
{
    struct build len = {.big = b->big};
    size_t n;

    pad(b, b->out.n - at);
    n = b->out.n - at + 4;
    build_num(b, n, 4);
    tt_buf_init(&len.out, 16);
    build_num(&len, n, 4);
    memcpy(b->out.p + at + 4, len.out.p, 4);
    tt_buf_release(&len.out);
}

void build_option(struct build *b, unsigned code, const void *p, size_t n)
{
    build_num(b, code, 2);
    build_num(b, n, 2);
    tt_buf_add(&b->out, p, n);
    pad(b, n);
}

void build_number_option(struct build *b, unsigned code, uint64_t v,
                         size_t bytes)
{
    build_num(b, code, 2);
    build_num(b, bytes, 2);
    build_num(b, v, bytes);
    pad(b, bytes);
}

void build_section(struct build *b, const char *comment)
{
    size_t at = build_begin(b, 0x0a0d0d0a);

    build_num(b, 0x1a2b3c4d, 4);
    build_num(b, 1, 2);
    build_num(b, 0, 2);
    build_num(b, UINT64_MAX, 8);
    if (comment) {
        build_option(b, 1, comment, strlen(comment));
        build_num(b, 0, 4);
    }
    build_end(b, at);
}

void build_iface(struct build *b, unsigned link, uint8_t tsresol)
{
    size_t at = build_begin(b, 1);

    build_num(b, link, 2);
    build_num(b, 0, 2);
    build_num(b, 262144, 4);
    if (tsresol != 6) {
        build_option(b, 9, &tsresol, 1);
        build_num(b, 0, 4);
    }
    build_end(b, at);
}

void build_rtac(struct build *b, uint64_t ns, unsigned code, unsigned lines,
                const char *data, size_t n)
{
    bool big = b->big;

    b->big = true;
    build_num(b, ns / TT_NS_PER_S, 4);
    build_num(b, ns % TT_NS_PER_S / 1000, 4);
    build_num(b, code, 1);
    build_num(b, lines, 1);
    build_num(b, 0, 2);
    tt_buf_add(&b->out, data, n);
    b->big = big;
}

void build_packet(struct build *b, unsigned iface, uint64_t stamp,
                  unsigned code, unsigned lines, const char *data, size_t n,
                  uint32_t flags)
{
    size_t at = build_begin(b, 6);

    build_num(b, iface, 4);
    build_num(b, stamp >> 32, 4);
    build_num(b, stamp & UINT32_MAX, 4);
    build_num(b, 12 + n, 4);
    build_num(b, 12 + n, 4);
    build_rtac(b, stamp * 1000, code, lines, data, n);
    pad(b, n);
    if (flags)
        build_number_option(b, 2, flags, 4);
    build_end(b, at);
}

void build_pcap(struct build *b, uint32_t magic, unsigned link)
{
    build_num(b, magic, 4);
    build_num(b, 2, 2);
    build_num(b, 4, 2);
    build_num(b, 0, 8);
    build_num(b, 262144, 4);
    build_num(b, link, 4);
}

void build_pcap_packet(struct build *b, uint32_t s, uint32_t frac,
                       unsigned code, unsigned lines, const char *data,
                       size_t n)
{
    build_num(b, s, 4);
    build_num(b, frac, 4);
    build_num(b, 12 + n, 4);
    build_num(b, 12 + n, 4);
    build_rtac(b, s * TT_NS_PER_S, code, lines, data, n);
}
