/*
 * capture - packets of a USB or network capture to one serial timeline.
 *
 * Such a capture holds many conversations and a tape holds one.  Packets are
 * kept, up to a limit, until it is clear which one is meant: the one that was
 * asked for, or the one that a serial adapter carries, or the one with most
 * bytes.  Then they are read from the start; so nothing is lost, whatever was
 * learnt late.  What is decided depends on the packets alone.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_CAPTURE_H
#define TT_FORMAT_CAPTURE_H

#include "format/reader.h"

enum {
    TT_LINK_USB_LINUX = 189,
    TT_LINK_USB_LINUX_MMAPPED = 220,
    TT_LINK_USBPCAP = 249
};

struct tt_packet {
    uint64_t abs_ns; /* wall clock, or since anything when there is none */
    uint64_t offset; /* in the input; the line of a text */
    const uint8_t *p;
    size_t n;
    uint64_t full; /* bytes it had, before a cut */
    unsigned link; /* what it is */
    bool big;      /* numbers of the capturing machine are big-endian */
    bool dropped;  /* packets before it are missing */
    bool no_epoch; /* abs_ns is no wall clock */
};

struct tt_capture;

/* Can packets of this link type be read? */
bool tt_capture_reads(unsigned link);
/* What it is called, or NULL: "usb-linux", "ethernet". */
const char *tt_capture_link_name(unsigned link);

/* NULL without memory. */
struct tt_capture *tt_capture_new(void);
struct tt_capture *tt_capture_copy(const struct tt_capture *from);
void tt_capture_free(struct tt_capture *c);

enum tt_status tt_capture_packet(struct tt_reader *rd, struct tt_capture *c,
                                 const struct tt_packet *pk,
                                 struct tt_error *err);

/* No more packets.  An error says that nothing in it could be read, and what
 * there was. */
/* The failure when --usb or --tcp is given and one serial line is all that
 * there is. */
enum tt_status tt_capture_one_line(const struct tt_reader *rd,
                                   struct tt_error *err);

enum tt_status tt_capture_finish(struct tt_reader *rd, struct tt_capture *c,
                                 struct tt_error *err);

#endif
