/*
 * FTDI.  Every packet from the device begins with two bytes of status, also
 * inside one transfer; sources: Linux drivers/usb/serial/ftdi_sio.[ch], FTDI
 * AN232B-05 (divisors).
 */
#include "format/usb/usb.h"

#include <string.h>

enum {
    REQ_MODEM = 1,
    REQ_BAUD = 3,
    REQ_DATA = 4,
    REQ_GET_MODEM = 5,
    STATUS = 2,
    FULL_SPEED = 64,
    HIGH_SPEED = 512,
    ERR_OVERRUN = 0x02,
    ERR_PARITY = 0x04,
    ERR_FRAMING = 0x08,
    ERR_BREAK = 0x10
};

/* 14 bits and a fraction in eighths, whose codes are in no order; 0 and 1
 * stand for 1 and 1.5. */
static double baud_of(uint16_t value, uint16_t high)
{
    static const double eighths[] = {0, 4, 2, 1, 3, 5, 6, 7};
    double base = high & 2 ? 12e6 : 3e6; /* H chips */
    unsigned whole = value & 0x3fffu;
    unsigned code = value >> 14 | (high & 1u) << 2;

    if (!code && whole == 0)
        return base;
    if (!code && whole == 1)
        return base / 1.5;
    return whole || code ? base / (whole + eighths[code] / 8) : 0;
}

static bool has_channels(const struct tt_usb_device *d)
{
    return d->pid == 0x6010 || d->pid == 0x6011 || d->nports > 1;
}

static void lines_of(struct tt_wire *w, uint8_t status)
{
    tt_wire_look(w, TT_LINE_CTS | TT_LINE_DSR | TT_LINE_RI | TT_LINE_DCD,
                 (uint8_t)((status & 0x10 ? TT_LINE_CTS : 0) |
                           (status & 0x20 ? TT_LINE_DSR : 0) |
                           (status & 0x40 ? TT_LINE_RI : 0) |
                           (status & 0x80 ? TT_LINE_DCD : 0)));
}

static void ftdi_control(struct tt_wire *w, const struct tt_control *c)
{
    uint16_t high = c->index > 0xff        ? c->index >> 8
                    : has_channels(w->dev) ? 0
                                           : c->index;

    if (c->type == 0xc0 && c->request == REQ_GET_MODEM && c->n >= 1)
        lines_of(w, c->p[0]);
    if (c->type != 0x40)
        return;
    if (c->request == REQ_MODEM)
        tt_wire_lines(w, c->value >> 8 & (TT_LINE_DTR | TT_LINE_RTS),
                      c->value & (TT_LINE_DTR | TT_LINE_RTS));
    if (c->request == REQ_BAUD)
        tt_wire_baud(w, baud_of(c->value, high));
    if (c->request == REQ_DATA) {
        tt_wire_mode(w, c->value & 0xff, c->value >> 8 & 7, c->value >> 11 & 7);
        tt_wire_break(w, c->value >> 14 & 1);
    }
}

/* The largest packet, after which status comes again. */
static size_t packet_size(const struct tt_usb_device *d, const struct tt_urb *u)
{
    size_t known = d->ep_size[(u->ep & 15u) | 16u];

    if (known > STATUS)
        return known;
    /* not described: is there status after 64 bytes? */
    if (u->n >= FULL_SPEED + STATUS && u->p[FULL_SPEED] == u->p[0] &&
        !(u->p[FULL_SPEED + 1] & 0x01))
        return FULL_SPEED;
    return u->n > FULL_SPEED ? HIGH_SPEED : FULL_SPEED;
}

static uint64_t bytes_in(uint64_t total, size_t size)
{
    uint64_t rest = total % size;

    return total / size * (size - STATUS) + (rest > STATUS ? rest - STATUS : 0);
}

static uint64_t ftdi_payload(const struct tt_usb_device *d,
                             const struct tt_urb *u)
{
    return bytes_in(u->full, packet_size(d, u));
}

/* One packet: status, bytes.  Its errors are about any of the bytes. */
static void take_packet(struct tt_wire *w, const uint8_t *p, size_t n)
{
    static const struct {
        uint8_t bit;
        enum tt_event ev;
    } errors[] = {{ERR_OVERRUN, TT_EV_OVERRUN},
                  {ERR_PARITY, TT_EV_PARITY_ERROR},
                  {ERR_FRAMING, TT_EV_FRAME_ERROR},
                  {ERR_BREAK, TT_EV_BREAK}};

    lines_of(w, p[0]);
    if (n <= STATUS)
        return; /* errors stay in the status until bytes come */
    for (size_t i = 0; i < TT_LEN(errors); i++)
        if (p[1] & errors[i].bit)
            tt_wire_event(w, errors[i].ev);
    if (p[1] & ERR_BREAK && !p[n - 1])
        n--; /* the NUL that stands for the break */
    tt_wire_bytes(w, TT_LANE_DEVICE, p + STATUS, n - STATUS);
}

static void ftdi_in(struct tt_wire *w, const struct tt_urb *urb)
{
    size_t size = packet_size(w->dev, urb), at = 0;

    while (urb->n - at >= STATUS) {
        size_t n = urb->n - at < size ? urb->n - at : size;

        take_packet(w, urb->p + at, n);
        at += n;
    }
    tt_wire_lost(w, bytes_in(urb->full, size) - bytes_in(urb->n, size));
}

const struct tt_chip_type tt_chip_ftdi = {
    .maker = "FTDI adapter",
    .control = ftdi_control,
    .in = ftdi_in,
    .payload = ftdi_payload,
};
