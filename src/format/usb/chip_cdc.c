/*
 * CDC-ACM, and Prolific PL2303, which has its requests.  Sources: USB CDC
 * PSTN 1.2, 6.3 and 6.5; Linux drivers/usb/class/cdc-acm.c and
 * drivers/usb/serial/pl2303.c.
 */
#include "format/units.h"
#include "format/usb/usb.h"

enum {
    REQ_SET_LINE = 0x20,
    REQ_GET_LINE = 0x21,
    REQ_SET_CONTROL = 0x22,
    REQ_BREAK = 0x23,
    NOTE_STATE = 0x20,
    NOTE_HEADER = 8
};

/* Bytes 0 to 3: a rate, or of PL2303 with the top bit a divisor. */
static double rate_of(const struct tt_wire *w, const uint8_t *p)
{
    unsigned mantissa = p[0] | (p[1] & 1u) << 8, exponent = p[1] >> 1 & 7u;

    if (w->dev->chip != TT_CHIP_PL2303 || !(p[3] & 0x80))
        return (double)tt_number(p, 4, false);
    return mantissa ? 384e6 / mantissa / (double)(1u << 2 * exponent) : 0;
}

void tt_cdc_control(struct tt_wire *w, const struct tt_control *c)
{
    bool set = c->type == 0x21;

    if (((set && c->request == REQ_SET_LINE) ||
         (c->type == 0xa1 && c->request == REQ_GET_LINE)) &&
        c->n >= 7) {
        tt_wire_baud(w, rate_of(w, c->p));
        tt_wire_mode(w, c->p[6], c->p[5], c->p[4]);
    }
    if (set && c->request == REQ_SET_CONTROL)
        tt_wire_lines(w, TT_LINE_DTR | TT_LINE_RTS,
                      c->value & (TT_LINE_DTR | TT_LINE_RTS));
    if (set && c->request == REQ_BREAK) {
        tt_wire_break(w, c->value != 0);
        if (c->value != 0xffff)
            w->port->breaking = false; /* ends by itself */
    }
}

void tt_cdc_state(struct tt_wire *w, unsigned s)
{
    uint8_t now =
        (uint8_t)((s & 1 ? TT_LINE_DCD : 0) | (s & 2 ? TT_LINE_DSR : 0) |
                  (s & 8 ? TT_LINE_RI : 0) | (s & 0x80 ? TT_LINE_CTS : 0));
    uint8_t all = TT_LINE_DCD | TT_LINE_DSR | TT_LINE_RI;

    if (w->dev->chip == TT_CHIP_PL2303)
        all |= TT_LINE_CTS;
    /* it is sent on a change: before, all were off */
    tt_wire_lines(w, w->port->known & TT_LINE_DSR ? all : now, now);
    w->port->known |= all;
    if (s & 0x04)
        tt_wire_event(w, TT_EV_BREAK);
    if (s & 0x10)
        tt_wire_event(w, TT_EV_FRAME_ERROR);
    if (s & 0x20)
        tt_wire_event(w, TT_EV_PARITY_ERROR);
    if (s & 0x40)
        tt_wire_event(w, TT_EV_OVERRUN);
}

static void cdc_status(struct tt_wire *w, const uint8_t *p, size_t n)
{
    if (n >= NOTE_HEADER + 2 && p[0] == 0xa1 && p[1] == NOTE_STATE)
        tt_cdc_state(w,
                     (unsigned)(tt_number(p + NOTE_HEADER, 2, false) & 0x7f));
}

/* Ten bytes; the ninth is the status (the first on some old ones). */
static void pl2303_status(struct tt_wire *w, const uint8_t *p, size_t n)
{
    if (n >= NOTE_HEADER + 1)
        tt_cdc_state(w, p[NOTE_HEADER]);
    else if (n == 1)
        tt_cdc_state(w, p[0]);
}

const struct tt_chip_type tt_chip_cdc = {
    .maker = "CDC-ACM device",
    .control = tt_cdc_control,
    .status = cdc_status,
};

const struct tt_chip_type tt_chip_pl2303 = {
    .maker = "PL2303 adapter",
    .control = tt_cdc_control,
    .status = pl2303_status,
};
