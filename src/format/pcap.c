/*
 * pcap: a header of 24 bytes, then packets of 16 bytes and their data.
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html
 */
#include "format/capture.h"
#include "format/rtac.h"
#include "format/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_HEADER = 24, PACKET_HEADER = 16 };

static const struct variant {
    uint32_t magic;
    bool ns, modified;
} variants[] = {
    {0xa1b2c3d4, false, false},
    {0xa1b23c4d, true, false},
    {0xa1b2cd34, false, true},
};

struct pcap {
    struct tt_units units;
    struct tt_rtac_clock clock;
    struct tt_rtac_port port;
    struct tt_capture *capture; /* of USB or a network; NULL: serial */
    unsigned link;
    bool begun, big, ns;
};

static const struct variant *variant_of(const uint8_t *p, size_t n, bool *big)
{
    for (size_t i = 0; n >= 4 && i < TT_LEN(variants); i++) {
        *big = tt_number(p, 4, true) == variants[i].magic;
        if (*big || tt_number(p, 4, false) == variants[i].magic)
            return &variants[i];
    }
    return NULL;
}

static bool is_pcap(const uint8_t *p, size_t n, bool end)
{
    bool big;

    (void)end;
    return variant_of(p, n, &big) && (n < 6 || tt_number(p + 4, 2, big) == 2);
}

static size_t pcap_size(struct tt_reader *rd, const uint8_t *p, size_t n,
                        struct tt_error *err)
{
    struct pcap *pc = rd->state;
    size_t len;

    if (!pc->begun)
        return FILE_HEADER;
    if (n < PACKET_HEADER)
        return PACKET_HEADER;
    len = (size_t)tt_number(p + 8, 4, pc->big);
    if (len <= TT_MAX_BLOCK - PACKET_HEADER)
        return PACKET_HEADER + len;
    (void)tt_units_damaged(rd, &pc->units, err, TT_ERR_LIMIT,
                           "a packet claims %zu bytes, more than 16 MiB: "
                           "damaged",
                           len);
    return 0;
}

static enum tt_status take_header(struct tt_reader *rd, const uint8_t *p,
                                  struct tt_error *err)
{
    struct pcap *pc = rd->state;
    const struct variant *v = variant_of(p, FILE_HEADER, &pc->big);
    struct tt_tape_info *info = &rd->report.info;
    unsigned type;

    if (!v)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "not a pcap file: it begins with %02X %02X %02X %02X",
                       p[0], p[1], p[2], p[3]);
    if (v->modified)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a 'modified' pcap file (magic a1b2cd34), which says "
                       "too little about itself to be read; convert it: "
                       "editcap -F pcapng IN OUT");
    type = (unsigned)tt_number(p + 20, 4, pc->big) & 0xffff;
    if (type != TT_LINK_RTAC && type != TT_LINK_USER0 &&
        !tt_capture_reads(type))
        return tt_link_refuse(type, err);
    if (!tt_capture_reads(type) && (rd->choice.usb || rd->choice.tcp))
        return tt_capture_one_line(rd, err);
    pc->begun = true;
    pc->ns = v->ns;
    pc->link = type;
    pc->port.user0 = type == TT_LINK_USER0;
    info->quality = v->ns ? TT_TIME_NS : TT_TIME_US;
    if (tt_capture_reads(type)) {
        (void)snprintf(info->format, sizeof(info->format), "pcap %s",
                       tt_capture_link_name(type));
        pc->capture = tt_capture_new();
        return pc->capture ? TT_OK
                           : tt_fail(err, TT_ERR_NOMEM, "out of memory");
    }
    (void)snprintf(info->format, sizeof(info->format), "pcap %srtac-serial",
                   pc->port.user0 ? "user0, taken for " : "");
    return TT_OK;
}

static enum tt_status take_other(struct tt_reader *rd,
                                 const struct tt_rtac_packet *pk,
                                 struct tt_error *err)
{
    struct pcap *pc = rd->state;
    struct tt_packet any = {.abs_ns = pk->abs_ns,
                            .offset = pk->offset,
                            .p = pk->p,
                            .n = pk->n,
                            .full = pk->full,
                            .link = pc->link,
                            .big = pc->big};

    return tt_capture_packet(rd, pc->capture, &any, err);
}

static enum tt_status pcap_take(struct tt_reader *rd, const uint8_t *p,
                                size_t n, struct tt_error *err)
{
    struct pcap *pc = rd->state;
    struct tt_rtac_packet pk = {.p = p + PACKET_HEADER,
                                .n = n - PACKET_HEADER,
                                .offset = pc->units.offset};

    if (!pc->begun)
        return take_header(rd, p, err);
    pk.abs_ns = tt_number(p, 4, pc->big) * TT_NS_PER_S +
                tt_number(p + 4, 4, pc->big) * (pc->ns ? 1 : TT_NS_PER_US);
    pk.full = tt_number(p + 12, 4, pc->big);
    if (pc->capture)
        return take_other(rd, &pk, err);
    if (pc->port.user0 && !pc->port.known &&
        !tt_rtac_plausible(pk.p, pk.n, pk.abs_ns))
        return tt_link_refuse(TT_LINK_USER0, err);
    return tt_rtac_read(rd, &pc->clock, &pc->port, &pk);
}

static enum tt_status pcap_begin(struct tt_reader *rd, const uint8_t *p,
                                 size_t n, struct tt_error *err)
{
    struct pcap *pc = calloc(1, sizeof(*pc));

    (void)p;
    (void)n;
    if (!pc)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    tt_buf_init(&pc->units.held, TT_MAX_BLOCK);
    pc->units.size = pcap_size;
    pc->units.take = pcap_take;
    rd->state = pc;
    memcpy(rd->report.info.format, "pcap", sizeof("pcap"));
    return TT_OK;
}

static enum tt_status pcap_feed(struct tt_reader *rd, const uint8_t *p,
                                size_t n, struct tt_error *err)
{
    struct pcap *pc = rd->state;

    return tt_units_feed(rd, &pc->units, p, n, err);
}

static enum tt_status pcap_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct pcap *pc = rd->state;
    const uint8_t *p = (const uint8_t *)tt_buf_text(&pc->units.held);
    size_t n = pc->units.held.n;
    bool big;

    if (!pc->begun && (n < 4 || !variant_of(p, n, &big)))
        return tt_fail(err, TT_ERR_SYNTAX,
                       "not a pcap file: it has %zu bytes, and does not begin "
                       "as one",
                       n);
    (void)tt_units_cut(rd, &pc->units,
                       pc->begun ? "a packet" : "the file header");
    return pc->capture ? tt_capture_finish(rd, pc->capture, err) : TT_OK;
}

static void pcap_end(struct tt_reader *rd)
{
    struct pcap *pc = rd->state;

    tt_buf_release(&pc->units.held);
    tt_capture_free(pc->capture);
    free(pc);
}

static enum tt_status pcap_copy(struct tt_reader *to,
                                const struct tt_reader *from)
{
    const struct pcap *was = from->state;
    struct pcap *copy = malloc(sizeof(*copy));

    if (!copy)
        return TT_ERR_NOMEM;
    *copy = *was;
    tt_buf_copy(&copy->units.held, &was->units.held);
    if (was->capture)
        copy->capture = tt_capture_copy(was->capture);
    to->state = copy;
    if (copy->units.held.status || (was->capture && !copy->capture)) {
        pcap_end(to);
        to->state = NULL;
        return TT_ERR_NOMEM;
    }
    return TT_OK;
}

const struct tt_format tt_format_pcap = {
    .name = "pcap",
    .chooses = true,
    .look = TT_MAGIC_BYTES,
    .is = is_pcap,
    .begin = pcap_begin,
    .feed = pcap_feed,
    .finish = pcap_finish,
    .end = pcap_end,
    .copy = pcap_copy,
};
