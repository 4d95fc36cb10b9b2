/*
 * rtac - packets of LINKTYPE_RTAC_SERIAL, as found in pcap and pcapng.
 *
 *   0        4        8       9       10      12
 *   | seconds| us     | event | lines | 0     | bytes ...      big-endian
 *
 * https://www.tcpdump.org/linktypes/LINKTYPE_RTAC_SERIAL.html
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_RTAC_H
#define TT_FORMAT_RTAC_H

#include "format/reader.h"

enum { TT_LINK_USER0 = 147, TT_LINK_RTAC = 250, TT_RTAC_HEADER = 12 };

enum tt_rtac_event {
    TT_RTAC_STATUS = 0,
    TT_RTAC_TX_START,
    TT_RTAC_RX_START,
    TT_RTAC_TX_END,
    TT_RTAC_RX_END,
    TT_RTAC_LOST,
    TT_RTAC_COMPLETE,
    TT_RTAC_FRAMING,
    TT_RTAC_PARITY,
    TT_RTAC_BREAK,
    TT_RTAC_OVERFLOW,
    TT_RTAC_EVENTS
};

enum {
    TT_RTAC_CTS = 0x01,
    TT_RTAC_DCD = 0x02,
    TT_RTAC_DSR = 0x04,
    TT_RTAC_RTS = 0x08,
    TT_RTAC_DTR = 0x10,
    TT_RTAC_RI = 0x20
};

/* Seconds and the like; the same clock for all interfaces of a file. */
struct tt_rtac_clock {
    bool set;
    uint64_t base_ns; /* wall clock of tape time 0 */
};

/* What is known of one interface. */
struct tt_rtac_port {
    bool known; /* the lines are */
    bool user0; /* link type 147: every packet is looked at first */
    bool tool;  /* its bytes are the tool's */
    uint8_t lines;
    uint32_t baud; /* to be told before the first packet; 0: nothing */
};

struct tt_rtac_packet {
    uint64_t abs_ns; /* wall clock */
    uint64_t offset; /* in the file */
    const uint8_t *p;
    size_t n;
    uint64_t full;           /* bytes it had on the line, before a cut */
    unsigned direction;      /* epb_flags: 1 inbound, 2 outbound, 0 unknown */
    struct tt_slice comment; /* the first, of a file of our own */
};

enum tt_status tt_rtac_read(struct tt_reader *rd, struct tt_rtac_clock *clock,
                            struct tt_rtac_port *port,
                            const struct tt_rtac_packet *pk);

/* Could this packet, seen at abs_ns, be RTAC serial? */
bool tt_rtac_plausible(const uint8_t *p, size_t n, uint64_t abs_ns);

/* The bit of a control-line event's line, and whether it goes up; 0: none. */
uint8_t tt_rtac_bit(enum tt_event ev, bool *up);

/*
 * Comments of our own files say what RTAC has no code for: "dtr+", "open",
 * "baud 115200 8E1", "lost 12", the words of tape text without brackets.
 */
bool tt_rtac_comment(struct tt_slice s, struct tt_record *out);

/* A sentence why link type is not read, and what to do. */
enum tt_status tt_link_refuse(unsigned type, struct tt_error *err);

#endif
