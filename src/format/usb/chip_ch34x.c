/*
 * WCH CH340 and CH341.  Modem lines are inverted in both directions.
 * Source: Linux drivers/usb/serial/ch341.c.
 */
#include "format/usb/usb.h"

enum {
    REQ_WRITE = 0x9a,
    REQ_READ = 0x95,
    REQ_MODEM = 0xa4,
    REG_BREAK = 0x05,
    REG_STATUS = 0x06,
    REG_PRESCALER = 0x12,
    REG_DIVISOR = 0x13,
    REG_LCR = 0x18
};

static void set_baud(struct tt_wire *w, uint8_t divisor, uint8_t prescaler)
{
    unsigned ps = prescaler & 3u, fact = prescaler >> 2 & 1u;

    tt_wire_baud(w, 48e6 / ((1u << (12 - 3 * ps - fact)) * (256u - divisor)));
}

static void set_mode(struct tt_wire *w, uint8_t lcr)
{
    unsigned parity = 0;

    if (lcr & 0x08)
        parity = (lcr & 0x20 ? 3u : 1u) + (lcr & 0x10 ? 1u : 0u);
    tt_wire_mode(w, 5 + (lcr & 3u), parity, lcr & 4 ? 2 : 0);
}

static void write_pair(struct tt_wire *w, const struct tt_control *c)
{
    uint8_t reg[2] = {(uint8_t)c->value, (uint8_t)(c->value >> 8)};
    uint8_t to[2] = {(uint8_t)c->index, (uint8_t)(c->index >> 8)};

    if (reg[0] == REG_PRESCALER && reg[1] == REG_DIVISOR)
        set_baud(w, to[1], to[0]);
    for (size_t i = 0; i < 2; i++) {
        if (reg[i] == REG_LCR && reg[0] != REG_BREAK)
            set_mode(w, to[i]);
        if (reg[i] == REG_BREAK)
            tt_wire_break(w, !(to[i] & 1));
    }
}

static uint8_t inputs_of(uint8_t status)
{
    uint8_t s = (uint8_t)~status;

    return (uint8_t)((s & 1 ? TT_LINE_CTS : 0) | (s & 2 ? TT_LINE_DSR : 0) |
                     (s & 4 ? TT_LINE_RI : 0) | (s & 8 ? TT_LINE_DCD : 0));
}

#define INPUTS (TT_LINE_CTS | TT_LINE_DSR | TT_LINE_RI | TT_LINE_DCD)

static void ch34x_control(struct tt_wire *w, const struct tt_control *c)
{
    if (c->type == 0x40 && c->request == REQ_WRITE)
        write_pair(w, c);
    if (c->type == 0x40 && c->request == REQ_MODEM)
        tt_wire_lines(w, TT_LINE_DTR | TT_LINE_RTS,
                      (uint8_t)((c->value & 0x20 ? 0 : TT_LINE_DTR) |
                                (c->value & 0x40 ? 0 : TT_LINE_RTS)));
    if (c->type == 0xc0 && c->request == REQ_READ &&
        (c->value & 0xff) == REG_STATUS && c->n >= 1)
        tt_wire_look(w, INPUTS, inputs_of(c->p[0]));
}

static void ch34x_status(struct tt_wire *w, const uint8_t *p, size_t n)
{
    /* comes when something changes: before, all were off */
    if (n < 4)
        return;
    tt_wire_lines(w, w->port->known & INPUTS ? INPUTS : inputs_of(p[2]),
                  inputs_of(p[2]));
    w->port->known |= INPUTS;
}

const struct tt_chip_type tt_chip_ch34x = {
    .maker = "CH340/CH341 adapter",
    .control = ch34x_control,
    .status = ch34x_status,
};
