/*
 * pcapng with serial interfaces (LINKTYPE_RTAC_SERIAL).  Blocks that mean
 * nothing here are stepped over; packets of other interfaces are counted and
 * left out, unless there is no serial interface at all: then this is some
 * other capture, and the first packet is reason to say so.
 */
#include "format/pcapng.h"
#include "format/capture.h"
#include "format/rtac.h"
#include "format/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct iface {
    unsigned type;
    uint8_t tsresol;
    int64_t tsoffset; /* seconds */
    bool skipped;     /* a packet of it was, and said so */
    struct tt_rtac_port port;
};

struct pcapng {
    struct tt_units units;
    struct tt_rtac_clock clock;
    bool begun, big, own, quality_set;
    uint64_t last_abs_ns;
    uint64_t nifaces, serial;   /* seen in this section; serial ones in all */
    struct tt_capture *capture; /* of USB or a network, once there is one */
    struct iface iface[TT_MAX_IFACES];
};

/* ---- blocks ------------------------------------------------------------- */

static bool section_order(const uint8_t *p, bool *big)
{
    *big = tt_number(p + 8, 4, true) == TT_NG_MAGIC;
    return *big || tt_number(p + 8, 4, false) == TT_NG_MAGIC;
}

static bool possible_length(uint64_t len)
{
    return len >= 12 && len % 4 == 0 && len <= TT_MAX_BLOCK;
}

static bool is_pcapng(const uint8_t *p, size_t n, bool end)
{
    bool big;

    (void)end;
    /* its four bytes alone are also two line ends of a terminal */
    if (n < 8 || tt_number(p, 4, true) != TT_NG_SECTION)
        return false;
    if (n >= 12)
        return section_order(p, &big);
    /* cut short: is at least the length possible? */
    return possible_length(tt_number(p + 4, 4, true)) ||
           possible_length(tt_number(p + 4, 4, false));
}

static size_t impossible(struct tt_reader *rd, struct tt_error *err,
                         uint32_t len)
{
    struct pcapng *ng = rd->state;

    if (len > TT_MAX_BLOCK)
        (void)tt_units_damaged(rd, &ng->units, err, TT_ERR_LIMIT,
                               "a block claims %" PRIu32 " bytes, more than 16 "
                               "MiB: the file is damaged",
                               len);
    else
        (void)tt_units_damaged(rd, &ng->units, err, TT_ERR_SYNTAX,
                               "a block claims the impossible length of "
                               "%" PRIu32 " bytes: the file is damaged",
                               len);
    return 0;
}

static size_t pcapng_size(struct tt_reader *rd, const uint8_t *p, size_t n,
                          struct tt_error *err)
{
    struct pcapng *ng = rd->state;
    bool big = ng->big;
    uint32_t type, len;

    if (n < 12)
        return 12;
    type = (uint32_t)tt_number(p, 4, big);
    if (type == TT_NG_SECTION && !section_order(p, &big)) {
        (void)tt_units_damaged(rd, &ng->units, err, TT_ERR_SYNTAX,
                               "a section without byte-order mark: the file "
                               "is damaged");
        return 0;
    }
    if (type != TT_NG_SECTION && !ng->begun) {
        (void)tt_units_damaged(rd, &ng->units, err, TT_ERR_SYNTAX,
                               "not a pcapng file: it begins with %02X %02X "
                               "%02X %02X",
                               p[0], p[1], p[2], p[3]);
        return 0;
    }
    len = (uint32_t)tt_number(p + 4, 4, big);
    if (!possible_length(len))
        return impossible(rd, err, len);
    return len;
}

/* ---- options ------------------------------------------------------------ */

struct option {
    unsigned code;
    const uint8_t *p;
    size_t n;
};

/* Take an option off the front of p[0..*n); false after the last. */
static bool next_option(struct tt_reader *rd, const uint8_t **p, size_t *n,
                        struct option *o)
{
    const struct pcapng *ng = rd->state;
    size_t padded;

    if (*n < 4)
        return false;
    o->code = (unsigned)tt_number(*p, 2, ng->big);
    o->n = (size_t)tt_number(*p + 2, 2, ng->big);
    o->p = *p + 4;
    padded = 4 + (o->n + 3) / 4 * 4;
    if (o->code == TT_NG_END)
        return false;
    if (padded > *n) {
        tt_reader_note(rd, ng->units.offset, 0,
                       "option %u of this block runs past its end; the options "
                       "after it were left out",
                       o->code);
        return false;
    }
    *p += padded;
    *n -= padded;
    return true;
}

/* A text option as it is, without a final NUL that some writers add. */
static struct tt_slice text_of(const struct option *o)
{
    struct tt_slice s = {(const char *)o->p, o->n};

    while (s.n && !s.p[s.n - 1])
        s.n--;
    return s;
}

/* ---- section and interfaces --------------------------------------------- */

/* The comment of our own files: the header lines of tape text. */
static void take_own_comment(struct tt_reader *rd, struct tt_slice s)
{
    struct pcapng *ng = rd->state;
    struct tt_tape_info info = rd->report.info;
    size_t own = sizeof(TT_NG_OWN) - 1;

    if (s.n < own || memcmp(s.p, TT_NG_OWN, own) != 0)
        return;
    ng->own = true;
    if (ng->clock.set)
        return; /* a further section: the first one's header counts */
    while (s.n) {
        const char *nl = memchr(s.p, '\n', s.n);
        struct tt_slice line = {s.p, nl ? (size_t)(nl - s.p) : s.n};

        if (tt_tape_text_header_line(&info, line))
            ng->quality_set |= line.n > 5 && !memcmp(line.p, "time:", 5);
        s.p += line.n + (nl != NULL);
        s.n -= line.n + (nl != NULL);
    }
    rd->report.info = info;
    ng->clock.set = true;
    ng->clock.base_ns = info.epoch_ns;
}

static void take_section(struct tt_reader *rd, const uint8_t *p, size_t n)
{
    struct pcapng *ng = rd->state;
    const uint8_t *at = p + 24;
    size_t left;
    struct option o;

    (void)section_order(p, &ng->big);
    ng->begun = true;
    ng->own = false;
    ng->nifaces = 0;
    if (n < 28) {
        tt_reader_note(rd, ng->units.offset, 0,
                       "the section header is too short; its options were "
                       "left out");
        return;
    }
    left = n - 28;
    while (next_option(rd, &at, &left, &o))
        if (o.code == TT_NG_COMMENT)
            take_own_comment(rd, text_of(&o));
}

static void copy_text(char *to, size_t room, struct tt_slice s)
{
    size_t n = s.n < room - 1 ? s.n : room - 1;

    memcpy(to, s.p, n);
    to[n] = '\0';
}

static void take_iface_option(struct tt_reader *rd, struct iface *f,
                              const struct option *o)
{
    struct pcapng *ng = rd->state;
    struct tt_tape_info *info = &rd->report.info;
    struct tt_slice s = text_of(o);
    size_t tool = sizeof(TT_NG_TOOL) - 1;
    uint64_t speed;

    if (o->code == TT_NG_IF_NAME && ng->own && s.n >= tool &&
        !memcmp(s.p + s.n - tool, TT_NG_TOOL, tool))
        f->port.tool = true;
    if (o->code == TT_NG_IF_DESCRIPTION && !ng->own && !info->adapter[0])
        copy_text(info->adapter, sizeof(info->adapter), s);
    if (o->code == TT_NG_IF_TSRESOL && o->n == 1)
        f->tsresol = o->p[0];
    if (o->code == TT_NG_IF_TSOFFSET && o->n == 8)
        f->tsoffset = (int64_t)tt_number(o->p, 8, ng->big);
    if (o->code == TT_NG_IF_SPEED && o->n == 8) {
        speed = tt_number(o->p, 8, ng->big);
        f->port.baud = speed <= UINT32_MAX ? (uint32_t)speed : 0;
    }
}

static void take_interface(struct tt_reader *rd, const uint8_t *p, size_t n)
{
    struct pcapng *ng = rd->state;
    struct tt_tape_info *info = &rd->report.info;
    const uint8_t *at = p + 16;
    size_t left = n - 20;
    struct option o;
    struct iface *f;

    if (ng->nifaces++ >= TT_MAX_IFACES) {
        tt_reader_note(rd, ng->units.offset, 0,
                       "more than %d interfaces; packets of this one are left "
                       "out",
                       TT_MAX_IFACES);
        return;
    }
    f = &ng->iface[ng->nifaces - 1];
    *f = (struct iface){.type = (unsigned)tt_number(p + 8, 2, ng->big),
                        .tsresol = 6};
    while (next_option(rd, &at, &left, &o))
        take_iface_option(rd, f, &o);
    f->port.user0 = f->type == TT_LINK_USER0;
    if (!ng->serial && tt_capture_reads(f->type) &&
        !strcmp(info->format, "pcapng")) {
        (void)snprintf(info->format, sizeof(info->format), "pcapng %s",
                       tt_capture_link_name(f->type));
        info->quality = tt_ng_quality(f->tsresol);
    }
    if ((f->type != TT_LINK_RTAC && !f->port.user0) || ng->serial++)
        return;
    (void)snprintf(info->format, sizeof(info->format), "pcapng %srtac-serial",
                   f->port.user0 ? "user0, taken for " : "");
    if (!ng->quality_set)
        info->quality = tt_ng_quality(f->tsresol);
}

/* ---- packets ------------------------------------------------------------ */

/* A packet of an interface we do not read. */
static enum tt_status skip_packet(struct tt_reader *rd, uint64_t id,
                                  struct tt_error *err)
{
    struct pcapng *ng = rd->state;

    if (id >= ng->nifaces) {
        tt_reader_note(rd, ng->units.offset, 0,
                       "a packet of interface %" PRIu64 ", which is not "
                       "described before it; left out",
                       id);
        return TT_OK;
    }
    if (!ng->serial)
        return tt_link_refuse(ng->iface[id < TT_MAX_IFACES ? id : 0].type, err);
    if (id >= TT_MAX_IFACES)
        tt_reader_note(rd, ng->units.offset, 0,
                       "packets of interface %" PRIu64 " are left out", id);
    else if (!ng->iface[id].skipped)
        tt_reader_note(rd, ng->units.offset, 0,
                       "packets of interface %" PRIu64 " are not serial (link "
                       "type %u); all of them are left out",
                       id, ng->iface[id].type);
    if (id < TT_MAX_IFACES)
        ng->iface[id].skipped = true;
    return TT_OK;
}

static enum tt_status give_packet(struct tt_reader *rd, uint64_t id,
                                  struct tt_rtac_packet *pk, bool dropped,
                                  struct tt_error *err)
{
    struct pcapng *ng = rd->state;
    struct iface *f = &ng->iface[id];

    if (rd->choice.usb || rd->choice.tcp)
        return tt_capture_one_line(rd, err);
    ng->last_abs_ns = pk->abs_ns;
    pk->offset = ng->units.offset;
    if (f->port.user0 && !f->port.known &&
        !tt_rtac_plausible(pk->p, pk->n, pk->abs_ns))
        return tt_link_refuse(TT_LINK_USER0, err);
    if (dropped) {
        struct tt_record lost = {.t_ns = rd->last_ns,
                                 .source = pk->offset,
                                 .lane = TT_LANE_LINE,
                                 .event = TT_EV_LOST};
        enum tt_status st = tt_reader_emit(rd, &lost);

        if (st)
            return st;
    }
    return tt_rtac_read(rd, &ng->clock, &f->port, pk);
}

static bool is_serial(const struct pcapng *ng, uint64_t id)
{
    return id < ng->nifaces && id < TT_MAX_IFACES &&
           (ng->iface[id].type == TT_LINK_RTAC || ng->iface[id].port.user0);
}

/* A comment of our own: what the packet means, what a tool printed (which is
 * in its bytes too), or a remark. */
static void take_note(struct tt_reader *rd, struct tt_rtac_packet *pk,
                      struct tt_slice s)
{
    static const char tool[] = "tool: ", note[] = "note: ";
    const struct pcapng *ng = rd->state;
    bool first = !pk->comment.p;
    struct tt_record r;

    if (first)
        pk->comment = s;
    if (!rd->remark || (first && tt_rtac_comment(s, &r)) ||
        (s.n >= sizeof(tool) - 1 && !memcmp(s.p, tool, sizeof(tool) - 1)))
        return;
    if (s.n >= sizeof(note) - 1 && !memcmp(s.p, note, sizeof(note) - 1)) {
        s.p += sizeof(note) - 1;
        s.n -= sizeof(note) - 1;
    }
    rd->remark(ng->clock.set && pk->abs_ns > ng->clock.base_ns
                   ? pk->abs_ns - ng->clock.base_ns
                   : 0,
               s, rd->remark_user);
}

/* Is it of a kind that is read when nothing is serial by itself? */
static bool is_other(const struct pcapng *ng, uint64_t id)
{
    return !ng->serial && id < ng->nifaces && id < TT_MAX_IFACES &&
           tt_capture_reads(ng->iface[id].type);
}

static enum tt_status give_other(struct tt_reader *rd, uint64_t id,
                                 const struct tt_rtac_packet *pk, bool dropped,
                                 struct tt_error *err)
{
    struct pcapng *ng = rd->state;
    struct tt_packet any = {.abs_ns = pk->abs_ns,
                            .offset = ng->units.offset,
                            .p = pk->p,
                            .n = pk->n,
                            .full = pk->full,
                            .link = ng->iface[id].type,
                            .big = ng->big,
                            .dropped = dropped};

    ng->last_abs_ns = pk->abs_ns;
    if (!ng->capture)
        ng->capture = tt_capture_new();
    if (!ng->capture)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    return tt_capture_packet(rd, ng->capture, &any, err);
}

/* An enhanced packet block, or the older form of it. */
static enum tt_status take_packet(struct tt_reader *rd, const uint8_t *p,
                                  size_t n, bool old, struct tt_error *err)
{
    struct pcapng *ng = rd->state;
    uint64_t id = tt_number(p + 8, old ? 2 : 4, ng->big);
    uint64_t len = tt_number(p + 20, 4, ng->big);
    bool dropped = old && tt_number(p + 10, 2, ng->big) % 65535;
    struct tt_rtac_packet pk = {.p = p + 28,
                                .full = tt_number(p + 24, 4, ng->big)};
    const uint8_t *at;
    size_t left;
    struct option o;

    if (!is_serial(ng, id) && !is_other(ng, id))
        return skip_packet(rd, id, err);
    if (len > n - 32) {
        tt_reader_note(rd, ng->units.offset, 0,
                       "the packet claims %" PRIu64 " bytes and its block has "
                       "%zu; left out",
                       len, n - 32);
        return TT_OK;
    }
    pk.n = (size_t)len;
    pk.abs_ns = tt_ng_time(ng->iface[id].tsresol, ng->iface[id].tsoffset,
                           tt_number(p + 12, 4, ng->big) << 32 |
                               tt_number(p + 16, 4, ng->big));
    at = pk.p + (len + 3) / 4 * 4;
    for (left = (size_t)(p + n - 4 - at); next_option(rd, &at, &left, &o);) {
        if (o.code == TT_NG_EPB_FLAGS && o.n == 4)
            pk.direction = (unsigned)tt_number(o.p, 4, ng->big) & 3;
        if (o.code == TT_NG_EPB_DROPCOUNT && o.n == 8 && !old)
            dropped |= tt_number(o.p, 8, ng->big) != 0;
        if (o.code == TT_NG_COMMENT && ng->own)
            take_note(rd, &pk, text_of(&o));
    }
    return is_serial(ng, id) ? give_packet(rd, id, &pk, dropped, err)
                             : give_other(rd, id, &pk, dropped, err);
}

/* A packet of the first interface, without time and options. */
static enum tt_status take_simple(struct tt_reader *rd, const uint8_t *p,
                                  size_t n, struct tt_error *err)
{
    struct pcapng *ng = rd->state;
    struct tt_rtac_packet pk = {.p = p + 12,
                                .n = n - 16,
                                .full = tt_number(p + 8, 4, ng->big),
                                .abs_ns = ng->last_abs_ns};

    if (!is_serial(ng, 0) && !is_other(ng, 0))
        return skip_packet(rd, 0, err);
    if (pk.full < pk.n)
        pk.n = (size_t)pk.full;
    return is_serial(ng, 0) ? give_packet(rd, 0, &pk, false, err)
                            : give_other(rd, 0, &pk, false, err);
}

static void take_statistics(struct tt_reader *rd, const uint8_t *p, size_t n)
{
    struct pcapng *ng = rd->state;
    const uint8_t *at = p + 20;
    size_t left = n - 24;
    struct option o;

    while (next_option(rd, &at, &left, &o))
        if (o.code == TT_NG_ISB_DROPPED && o.n == 8 &&
            tt_number(o.p, 8, ng->big))
            tt_reader_note(rd, ng->units.offset, 0,
                           "the recording program dropped %" PRIu64
                           " packets; where is not known",
                           tt_number(o.p, 8, ng->big));
}

static enum tt_status pcapng_take(struct tt_reader *rd, const uint8_t *p,
                                  size_t n, struct tt_error *err)
{
    static const struct {
        uint32_t type;
        size_t least;
    } sizes[] = {{TT_NG_INTERFACE, 20},
                 {TT_NG_OLD_PACKET, 32},
                 {TT_NG_SIMPLE_PACKET, 16},
                 {TT_NG_STATISTICS, 24},
                 {TT_NG_PACKET, 32}};
    struct pcapng *ng = rd->state;
    uint32_t type = (uint32_t)tt_number(p, 4, ng->big);
    bool big = ng->big;

    if (type == TT_NG_SECTION)
        (void)section_order(p, &big);
    if (tt_number(p + n - 4, 4, big) != n)
        return tt_units_damaged(rd, &ng->units, err, TT_ERR_SYNTAX,
                                "the two lengths of a block differ: the file "
                                "is damaged");
    for (size_t i = 0; i < TT_LEN(sizes); i++)
        if (type == sizes[i].type && n < sizes[i].least) {
            tt_reader_note(rd, ng->units.offset, 0,
                           "a block of type %" PRIu32 " with only %zu bytes; "
                           "left out",
                           type, n);
            return TT_OK;
        }
    switch (type) {
    case TT_NG_SECTION: take_section(rd, p, n); break;
    case TT_NG_INTERFACE: take_interface(rd, p, n); break;
    case TT_NG_STATISTICS: take_statistics(rd, p, n); break;
    case TT_NG_OLD_PACKET: return take_packet(rd, p, n, true, err);
    case TT_NG_PACKET: return take_packet(rd, p, n, false, err);
    case TT_NG_SIMPLE_PACKET: return take_simple(rd, p, n, err);
    default: break; /* no use for it */
    }
    return TT_OK;
}

/* ---- the format --------------------------------------------------------- */

static enum tt_status pcapng_begin(struct tt_reader *rd, const uint8_t *p,
                                   size_t n, struct tt_error *err)
{
    struct pcapng *ng = calloc(1, sizeof(*ng));

    (void)p;
    (void)n;
    if (!ng)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    tt_buf_init(&ng->units.held, TT_MAX_BLOCK);
    ng->units.size = pcapng_size;
    ng->units.take = pcapng_take;
    rd->state = ng;
    memcpy(rd->report.info.format, "pcapng", sizeof("pcapng"));
    return TT_OK;
}

static enum tt_status pcapng_feed(struct tt_reader *rd, const uint8_t *p,
                                  size_t n, struct tt_error *err)
{
    struct pcapng *ng = rd->state;

    return tt_units_feed(rd, &ng->units, p, n, err);
}

static enum tt_status pcapng_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct pcapng *ng = rd->state;

    bool cut = tt_units_cut(rd, &ng->units, "a block");

    if (ng->capture && !ng->serial)
        return tt_capture_finish(rd, ng->capture, err);
    if (cut || ng->serial)
        return TT_OK;
    if (ng->nifaces)
        return tt_link_refuse(ng->iface[0].type, err);
    return TT_OK;
}

static void pcapng_end(struct tt_reader *rd)
{
    struct pcapng *ng = rd->state;

    tt_buf_release(&ng->units.held);
    tt_capture_free(ng->capture);
    free(ng);
}

static enum tt_status pcapng_copy(struct tt_reader *to,
                                  const struct tt_reader *from)
{
    const struct pcapng *was = from->state;
    struct pcapng *copy = malloc(sizeof(*copy));

    if (!copy)
        return TT_ERR_NOMEM;
    *copy = *was;
    tt_buf_copy(&copy->units.held, &was->units.held);
    if (was->capture)
        copy->capture = tt_capture_copy(was->capture);
    to->state = copy;
    if (copy->units.held.status || (was->capture && !copy->capture)) {
        pcapng_end(to);
        to->state = NULL;
        return TT_ERR_NOMEM;
    }
    return TT_OK;
}

const struct tt_format tt_format_pcapng = {
    .name = "pcapng",
    .chooses = true,
    .look = TT_MAGIC_BYTES,
    .is = is_pcapng,
    .begin = pcapng_begin,
    .feed = pcapng_feed,
    .finish = pcapng_finish,
    .end = pcapng_end,
    .copy = pcapng_copy,
};
