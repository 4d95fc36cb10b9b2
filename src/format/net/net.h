/*
 * net - what serial protocols carry over a network: TCP connections and UDP
 * datagrams inside a capture, and frames of BACnet MS/TP.
 *
 * survey() learns which conversations there are; decode() makes records of the
 * one that was picked, TCP in the order of its sequence numbers.
 *
 * Sources: RFC 791, 8200, 9293, 768; the link types at
 * https://www.tcpdump.org/linktypes.html
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_NET_NET_H
#define TT_FORMAT_NET_NET_H

#include "format/capture.h"

enum { TT_PROTO_MSTP = 0, TT_PROTO_TCP = 6, TT_PROTO_UDP = 17 };
enum { TT_TCP_FIN = 1, TT_TCP_SYN = 2, TT_TCP_RST = 4, TT_TCP_ACK = 16 };

struct tt_end {
    uint8_t addr[16];
    uint16_t port;
};

struct tt_segment {
    uint8_t version, proto, flags;
    struct tt_end from, to;
    uint32_t seq, ack;
    const uint8_t *p;
    size_t n;
    uint64_t full; /* bytes it had, before a cut */
    bool fragment; /* of a packet that came in pieces */
};

/* False when it is no TCP, UDP or MS/TP. */
bool tt_segment_read(struct tt_segment *s, const struct tt_packet *pk);

struct tt_flow {
    uint8_t version, proto;
    struct tt_end host, device;
    uint16_t first_port; /* of the host's first connection */
    bool fin[2], over;   /* the connection has ended */
    uint64_t bytes[2];   /* from the host, from the device */
    uint32_t connections;
};

/* One side of the connection that is read. */
struct tt_half {
    bool known, fin;
    uint32_t next;  /* the byte that comes next */
    uint32_t last;  /* where it ends, when fin */
    uint32_t acked; /* the other side has everything before it */
    bool has_ack;
    unsigned waited; /* packets since a hole appeared */
    struct tt_ahead {
        uint32_t seq, n, full; /* n of its bytes are kept */
    } ahead[TT_MAX_AHEAD];
    size_t nahead;
    struct tt_buf kept; /* their bytes, in this order */
};

struct tt_net {
    struct tt_flow flow[TT_MAX_FLOWS];
    size_t nflows;
    uint64_t more; /* packets of conversations beyond those */
    uint64_t fragments;
    int picked; /* -1: none yet */
    bool open;
    struct tt_half half[2]; /* host, device */
};

void tt_net_init(struct tt_net *n);
void tt_net_release(struct tt_net *n);
/* False without memory. */
bool tt_net_copy(struct tt_net *to, const struct tt_net *from);

/* The number of its conversation, -1 when there is no room for it. */
int tt_net_survey(struct tt_net *n, const struct tt_segment *s);

/* "tcp 1: 10.0.0.1:40000-10.0.0.2:502, > 12, < 34 bytes" */
void tt_net_describe(const struct tt_net *n, size_t flow, char *out,
                     size_t room);
/* "10.0.0.1:40000-10.0.0.2:502" */
void tt_net_ends(const struct tt_flow *f, char *out, size_t room);
/* Do these words name the conversation? */
bool tt_net_named(const struct tt_flow *f, const char *ends);

enum tt_status tt_net_decode(struct tt_reader *rd, struct tt_net *n,
                             const struct tt_segment *s, int flow,
                             uint64_t t_ns, uint64_t source);
enum tt_status tt_net_end(struct tt_reader *rd, struct tt_net *n,
                          uint64_t source);

#endif
