/*
 * From the link down to the bytes of TCP or UDP.  What is cut by the capture
 * keeps its true length.
 */
#include "format/net/net.h"
#include "format/units.h"

#include <string.h>

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW_A = 12,
    LINK_RAW_B = 14,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_MSTP = 165,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_SLL2 = 276,
    ETHER_IPV4 = 0x0800,
    ETHER_IPV6 = 0x86dd,
    ETHER_VLAN = 0x8100,
    ETHER_QINQ = 0x88a8,
    ETHER_QINQ_OLD = 0x9100
};

static uint16_t be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* Bytes of the packet that are left to look at. */
struct rest {
    const uint8_t *p;
    size_t n;
    uint64_t full;
};

static bool skip(struct rest *r, size_t n)
{
    if (r->n < n)
        return false;
    r->p += n;
    r->n -= n;
    r->full -= n;
    return true;
}

/* What follows is only so long: the rest is padding. */
static void only(struct rest *r, uint64_t full)
{
    if (full < r->full)
        r->full = full;
    if (r->full < r->n)
        r->n = (size_t)r->full;
}

static bool take_tcp(struct tt_segment *s, struct rest r)
{
    size_t header;

    if (r.n < 20)
        return false;
    header = (size_t)(r.p[12] >> 4) * 4;
    if (header < 20)
        return false;
    s->from.port = be16(r.p);
    s->to.port = be16(r.p + 2);
    s->seq = (uint32_t)tt_number(r.p + 4, 4, true);
    s->ack = (uint32_t)tt_number(r.p + 8, 4, true);
    s->flags = r.p[13];
    if (r.full < header)
        return false;
    if (r.n < header) { /* cut inside the options */
        s->full = r.full - header;
        return true;
    }
    (void)skip(&r, header);
    s->p = r.p;
    s->n = r.n;
    s->full = r.full;
    return true;
}

static bool take_udp(struct tt_segment *s, struct rest r)
{
    if (r.n < 8)
        return false;
    s->from.port = be16(r.p);
    s->to.port = be16(r.p + 2);
    only(&r, be16(r.p + 4));
    if (!skip(&r, 8))
        return false;
    s->p = r.p;
    s->n = r.n;
    s->full = r.full;
    return true;
}

static bool take_transport(struct tt_segment *s, struct rest r)
{
    if (s->proto == TT_PROTO_TCP)
        return take_tcp(s, r);
    return s->proto == TT_PROTO_UDP && take_udp(s, r);
}

static bool take_ipv4(struct tt_segment *s, struct rest r)
{
    size_t header;
    unsigned total, piece;

    if (r.n < 20 || r.p[0] >> 4 != 4)
        return false;
    header = (size_t)(r.p[0] & 15) * 4;
    total = be16(r.p + 2);
    piece = be16(r.p + 6);
    if (header < 20)
        return false;
    s->version = 4;
    s->proto = r.p[9];
    memcpy(s->from.addr, r.p + 12, 4);
    memcpy(s->to.addr, r.p + 16, 4);
    if (total) /* 0: the card was to fill it in */
        only(&r, total);
    s->fragment = (piece & 0x3fff) != 0; /* more to come, or not the first */
    if (s->fragment)
        return s->proto == TT_PROTO_TCP || s->proto == TT_PROTO_UDP;
    return skip(&r, header) && take_transport(s, r);
}

static bool take_ipv6(struct tt_segment *s, struct rest r)
{
    unsigned next, payload;

    if (r.n < 40 || r.p[0] >> 4 != 6)
        return false;
    payload = be16(r.p + 4);
    next = r.p[6];
    s->version = 6;
    memcpy(s->from.addr, r.p + 8, 16);
    memcpy(s->to.addr, r.p + 24, 16);
    (void)skip(&r, 40);
    if (payload)
        only(&r, payload);
    /* hop-by-hop, routing, destination options, fragment; each at most once
     * or twice */
    for (int i = 0; i < 8; i++) {
        if (next == 44) {
            s->fragment = true;
            s->proto = r.n ? r.p[0] : 0;
            return s->proto == TT_PROTO_TCP || s->proto == TT_PROTO_UDP;
        }
        if (next != 0 && next != 43 && next != 60)
            break;
        if (r.n < 8)
            return false;
        next = r.p[0];
        if (!skip(&r, ((size_t)r.p[1] + 1) * 8))
            return false;
    }
    s->proto = (uint8_t)next;
    return take_transport(s, r);
}

static bool take_ip(struct tt_segment *s, struct rest r)
{
    if (!r.n)
        return false;
    return r.p[0] >> 4 == 6 ? take_ipv6(s, r) : take_ipv4(s, r);
}

/* A type as Ethernet has it at offset at, and what follows. */
static bool take_ether(struct tt_segment *s, struct rest r, size_t at)
{
    unsigned type;

    for (int tags = 0; tags < 4; tags++) {
        if (r.n < at + 2)
            return false;
        type = be16(r.p + at);
        (void)skip(&r, at + 2);
        if (type == ETHER_IPV4 || type == ETHER_IPV6)
            return take_ip(s, r);
        if (type != ETHER_VLAN && type != ETHER_QINQ && type != ETHER_QINQ_OLD)
            return false;
        at = 2; /* after the tag comes the type of what is inside */
    }
    return false;
}

static bool take_ppp(struct tt_segment *s, struct rest r)
{
    unsigned proto;

    if (r.n >= 2 && r.p[0] == 0xff && r.p[1] == 3)
        (void)skip(&r, 2);
    if (r.n < 2)
        return false;
    proto = be16(r.p);
    (void)skip(&r, 2);
    return (proto == 0x0021 || proto == 0x0057) && take_ip(s, r);
}

static bool take_mstp(struct tt_segment *s, struct rest r)
{
    s->proto = TT_PROTO_MSTP;
    s->p = r.p;
    s->n = r.n;
    s->full = r.full;
    return r.n > 0;
}

bool tt_segment_read(struct tt_segment *s, const struct tt_packet *pk)
{
    struct rest r = {pk->p, pk->n, pk->full < pk->n ? pk->n : pk->full};

    memset(s, 0, sizeof(*s));
    switch (pk->link) {
    case LINK_NULL:
    case LINK_LOOP: return skip(&r, 4) && take_ip(s, r);
    case LINK_ETHERNET: return take_ether(s, r, 12);
    case LINK_PPP: return take_ppp(s, r);
    case LINK_SLL: return take_ether(s, r, 14);
    case LINK_SLL2: /* the type comes first of 20 bytes */
        if (r.n < 20)
            return false;
        if (be16(r.p) != ETHER_IPV4 && be16(r.p) != ETHER_IPV6)
            return false;
        return skip(&r, 20) && take_ip(s, r);
    case LINK_MSTP: return take_mstp(s, r);
    default: return take_ip(s, r); /* raw IP */
    }
}
