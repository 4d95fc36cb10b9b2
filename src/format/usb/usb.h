/*
 * usb - serial ports inside a USB capture.
 *
 * Three link types and one text hold the same thing, transfers between a host
 * and its devices; tt_urb is one end of such a transfer.  survey() looks at
 * each in turn and learns which devices there are; decode() makes records of
 * the one port that was picked.
 *
 * Sources: Linux Documentation/usb/usbmon.rst and drivers/usb/serial, the
 * USBPcap wiki "Packet format", USB 2.0 chapter 9, USB CDC PSTN 1.2.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_USB_USB_H
#define TT_FORMAT_USB_USB_H

#include "format/capture.h"
#include "format/usbid.h"

enum { TT_USB_INTERRUPT = 1, TT_USB_CONTROL = 2, TT_USB_BULK = 3 };

/* One transfer, as it was given to the controller or as it came back. */
struct tt_urb {
    uint64_t id; /* the same at both ends */
    uint16_t bus, addr;
    uint8_t kind;              /* TT_USB_... */
    uint8_t ep;                /* bit 7: to the host */
    bool done;                 /* came back */
    bool failed, killed, gone; /* status: any, cancelled, device not there */
    bool has_setup;
    uint8_t setup[8];
    /* of an old USBPcap: setup, data and status are packets of their own */
    uint8_t stage;
    const uint8_t *p;
    size_t n;
    uint64_t full; /* bytes it had, before a cut */
};

enum { TT_STAGE_ALL, TT_STAGE_DATA, TT_STAGE_STATUS };

/* Take a packet apart; false when it is none of a transfer. */
bool tt_urb_read(struct tt_urb *u, const struct tt_packet *pk);

/* A control transfer from its setup to its end. */
struct tt_control {
    uint8_t type, request;
    uint16_t value, index, length;
    const uint8_t *p;
    size_t n;
};

/* Control transfers under way. */
struct tt_pairs {
    struct tt_pair {
        bool used;
        uint64_t id;
        uint16_t bus, addr;
        uint8_t setup[8], out[TT_MAX_USB_STAGE];
        size_t nout;
    } open[TT_MAX_USB_OPEN];
    size_t next;
};

/* Does u end a control transfer that succeeded?  Then c is it; its bytes are
 * good until the next call. */
bool tt_pairs_add(struct tt_pairs *ps, const struct tt_urb *u,
                  struct tt_control *c);

/* ---- devices ------------------------------------------------------------ */

enum tt_chip {
    TT_CHIP_NONE,
    TT_CHIP_FTDI,
    TT_CHIP_CP210X,
    TT_CHIP_CH34X,
    TT_CHIP_PL2303,
    TT_CHIP_CDC,
    TT_CHIPS
};

/* Modem lines as bits. */
enum {
    TT_LINE_DTR = 1,
    TT_LINE_RTS = 2,
    TT_LINE_CTS = 4,
    TT_LINE_DSR = 8,
    TT_LINE_DCD = 16,
    TT_LINE_RI = 32
};

struct tt_usb_port {
    uint8_t iface; /* its number */
    uint8_t class_, sub, proto;
    bool cdc;          /* a data interface of CDC-ACM */
    bool asked;        /* requests of a serial driver were seen */
    uint64_t bytes[2]; /* seen: to the device, from it */
    uint64_t used_ns;
    /* what is known of the line, while records are made */
    uint32_t baud;
    char mode[4];
    bool told;       /* baud and mode are on the tape */
    uint64_t set_ns; /* when they were set */
    uint8_t known, lines;
    uint8_t escape, waits;      /* of CP210x */
    bool breaking, open, heard; /* heard: bytes since it was opened */
};

struct tt_usb_device {
    uint16_t bus, addr, vid, pid, bcd;
    uint8_t class_, product; /* product: index of the string */
    bool described;          /* vid and pid are known */
    bool guessed;            /* the chip is, from traffic */
    bool storage;            /* mass storage by what it says */
    bool stale;              /* another has its address now */
    enum tt_chip chip;
    char name[64]; /* its product string */
    bool config;   /* its configuration is known */
    struct tt_usb_port port[TT_MAX_USB_PORTS];
    size_t nports;
    uint8_t comm[32];     /* interface of CDC requests: port, 0xff none */
    uint8_t ep_port[32];  /* endpoint (16 up: to the host): port, 0xff */
    uint16_t ep_size[32]; /* largest packet, 0 unknown */
    uint64_t born_ns;
};

struct tt_usb {
    struct tt_usb_device dev[TT_MAX_USB_DEVICES];
    size_t ndev;
    bool full; /* there were more */
    struct tt_pairs survey, decode;
    int dev_picked, port_picked; /* -1: none yet */
    bool fixed;                  /* by the user: follow no other */
    bool gone;                   /* the picked device was taken away */
    bool heard;                  /* it had bytes, the last at */
    uint64_t used_ns;
};

void tt_usb_init(struct tt_usb *u);

/* Learn from a transfer; the number of its device, -1 when there is no room
 * for it. */
int tt_usb_survey(struct tt_usb *u, const struct tt_urb *urb, uint64_t t_ns);

/* Learn the chip from a request, or from bytes.  Is it one of a chip? */
bool tt_usb_guess_control(struct tt_usb_device *d, const struct tt_control *c);
void tt_usb_guess_bulk(struct tt_usb_device *d, const struct tt_urb *urb);
/* Is it a request of this device's serial driver? */
bool tt_usb_is_serial(const struct tt_usb_device *d,
                      const struct tt_control *c);
/* The port that a request is about, -1 for none. */
int tt_usb_port_of(const struct tt_usb_device *d, const struct tt_control *c);

/* How likely it is that a port is meant: 0 never, 4 a serial adapter. */
unsigned tt_usb_rank(const struct tt_usb_device *d,
                     const struct tt_usb_port *p);

/* "usb 1.2: FTDI FT232R 0403:6001 'name', 12 + 34 bytes" */
void tt_usb_describe(const struct tt_usb_device *d, size_t port, char *out,
                     size_t room);
/* Of the adapter alone: "FTDI FT232R (0403:6001)". */
void tt_usb_adapter(const struct tt_usb_device *d, size_t port, char *out,
                    size_t room);

/*
 * Records of a transfer, once a port is picked; before, what it sets is
 * remembered.
 */
enum tt_status tt_usb_decode(struct tt_reader *rd, struct tt_usb *u,
                             const struct tt_urb *urb, int device,
                             uint64_t t_ns, uint64_t source);

/* The speed that was set and not used. */
enum tt_status tt_usb_end(struct tt_reader *rd, struct tt_usb *u,
                          uint64_t source);

/* ---- chips -------------------------------------------------------------- */

/* Where a chip's decoder puts what it finds. */
struct tt_wire {
    struct tt_reader *rd;
    struct tt_usb_device *dev;
    struct tt_usb_port *port;
    uint64_t t_ns, source;
    bool live; /* this port is the one on the tape */
    enum tt_status st;
};

void tt_wire_bytes(struct tt_wire *w, enum tt_lane lane, const uint8_t *p,
                   size_t n);
void tt_wire_event(struct tt_wire *w, enum tt_event ev);
void tt_wire_lost(struct tt_wire *w, uint64_t n);
/* Lines that were commanded or reported as changed: an edge, also the first
 * time. */
void tt_wire_lines(struct tt_wire *w, uint8_t mask, uint8_t lines);
/* Lines that were only looked at: the first look tells no edge. */
void tt_wire_look(struct tt_wire *w, uint8_t mask, uint8_t lines);
/* A rate that a divisor came to is taken for the standard one near it. */
void tt_wire_baud(struct tt_wire *w, double baud);
/* bits 5..8, parity 0..4 of NOEMS, stop 0..2 of 1, 1.5, 2. */
void tt_wire_mode(struct tt_wire *w, unsigned bits, unsigned parity,
                  unsigned stop);
void tt_wire_break(struct tt_wire *w, bool on);
/* What waits to be told of the speed. */
void tt_wire_settle(struct tt_wire *w);

struct tt_chip_type {
    const char *maker; /* for devices that did not say who they are */
    void (*control)(struct tt_wire *w, const struct tt_control *c);
    void (*in)(struct tt_wire *w, const struct tt_urb *urb);
    void (*status)(struct tt_wire *w, const uint8_t *p, size_t n);
    /* Bytes of the line in a packet of n bytes of this endpoint. */
    uint64_t (*payload)(const struct tt_usb_device *d, const struct tt_urb *u);
};

extern const struct tt_chip_type tt_chip_ftdi, tt_chip_cp210x, tt_chip_ch34x,
    tt_chip_pl2303, tt_chip_cdc;
const struct tt_chip_type *tt_chip_type(enum tt_chip chip);

/* Settings in the seven bytes of CDC, and its control-line state. */
void tt_cdc_control(struct tt_wire *w, const struct tt_control *c);
/* The bits of CDC's SERIAL_STATE. */
void tt_cdc_state(struct tt_wire *w, unsigned state);

#endif
