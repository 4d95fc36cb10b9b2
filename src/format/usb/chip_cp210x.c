/*
 * Silicon Labs CP210x.  Sources: Silicon Labs AN571, Linux
 * drivers/usb/serial/cp210x.c.
 */
#include "format/units.h"
#include "format/usb/usb.h"

enum {
    REQ_ENABLE = 0x00,
    REQ_BAUDDIV = 0x01,
    REQ_LINE_CTL = 0x03,
    REQ_BREAK = 0x05,
    REQ_SET_MHS = 0x07,
    REQ_GET_MDMSTS = 0x08,
    REQ_EMBED = 0x15,
    REQ_BAUD = 0x1e,
    REQ_GET_BAUD = 0x1d
};

enum { /* what the next byte from the device is */
       PLAIN,
       CODE,
       LSR_DATA, /* status, then the byte it is about */
       DATA,
       LSR,
       MSR
};

static uint8_t inputs_of(uint8_t status)
{
    return (uint8_t)((status & 0x10 ? TT_LINE_CTS : 0) |
                     (status & 0x20 ? TT_LINE_DSR : 0) |
                     (status & 0x40 ? TT_LINE_RI : 0) |
                     (status & 0x80 ? TT_LINE_DCD : 0));
}

#define INPUTS (TT_LINE_CTS | TT_LINE_DSR | TT_LINE_RI | TT_LINE_DCD)

static void set(struct tt_wire *w, const struct tt_control *c)
{
    switch (c->request) {
    case REQ_BAUDDIV:
        if (c->value)
            tt_wire_baud(w, 3686400.0 / c->value);
        break;
    case REQ_LINE_CTL:
        tt_wire_mode(w, c->value >> 8, c->value >> 4 & 15, c->value & 15);
        break;
    case REQ_BREAK: tt_wire_break(w, c->value & 1); break;
    case REQ_SET_MHS:
        tt_wire_lines(w, c->value >> 8 & (TT_LINE_DTR | TT_LINE_RTS),
                      c->value & (TT_LINE_DTR | TT_LINE_RTS));
        break;
    case REQ_EMBED:
        w->port->escape = (uint8_t)c->value;
        w->port->waits = PLAIN;
        break;
    case REQ_BAUD:
        if (c->n >= 4)
            tt_wire_baud(w, (double)tt_number(c->p, 4, false));
        break;
    default: break;
    }
}

static void cp210x_control(struct tt_wire *w, const struct tt_control *c)
{
    if (c->type == 0x41)
        set(w, c);
    if (c->type == 0xc1 && c->request == REQ_GET_MDMSTS && c->n >= 1)
        tt_wire_look(w, INPUTS, inputs_of(c->p[0]));
    if (c->type == 0xc1 && c->request == REQ_GET_BAUD && c->n >= 4)
        tt_wire_baud(w, (double)tt_number(c->p, 4, false));
}

static void take_lsr(struct tt_wire *w, uint8_t lsr)
{
    if (lsr & 0x02)
        tt_wire_event(w, TT_EV_OVERRUN);
    if (lsr & 0x04)
        tt_wire_event(w, TT_EV_PARITY_ERROR);
    if (lsr & 0x08)
        tt_wire_event(w, TT_EV_FRAME_ERROR);
    if (lsr & 0x10)
        tt_wire_event(w, TT_EV_BREAK);
}

/* A byte that an escape announced. */
static void take_code(struct tt_wire *w, const uint8_t *b)
{
    uint8_t was = w->port->waits;

    w->port->waits = PLAIN;
    if (was == CODE && *b >= 1 && *b <= 3)
        w->port->waits = *b == 1 ? LSR_DATA : *b == 2 ? LSR : MSR;
    else if (was == CODE && !*b)
        tt_wire_bytes(w, TT_LANE_DEVICE, &w->port->escape, 1);
    else if (was == LSR_DATA)
        w->port->waits = DATA;
    if (was == LSR_DATA || was == LSR)
        take_lsr(w, *b);
    if (was == DATA)
        tt_wire_bytes(w, TT_LANE_DEVICE, b, 1);
    if (was == MSR)
        tt_wire_lines(w, INPUTS, inputs_of(*b));
}

static void cp210x_in(struct tt_wire *w, const struct tt_urb *urb)
{
    size_t from = 0;

    for (size_t i = 0; w->port->escape && i < urb->n; i++) {
        if (w->port->waits != PLAIN) {
            take_code(w, urb->p + i);
            from = i + 1;
        } else if (urb->p[i] == w->port->escape) {
            tt_wire_bytes(w, TT_LANE_DEVICE, urb->p + from, i - from);
            w->port->waits = CODE;
            from = i + 1;
        }
    }
    tt_wire_bytes(w, TT_LANE_DEVICE, urb->p + from, urb->n - from);
    tt_wire_lost(w, urb->full - urb->n);
}

const struct tt_chip_type tt_chip_cp210x = {
    .maker = "CP210x adapter",
    .control = cp210x_control,
    .in = cp210x_in,
};
