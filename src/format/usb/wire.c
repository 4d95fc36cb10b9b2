/*
 * What chips report, as records: speed and lines are told when they change,
 * and only of the port that is on the tape.
 */
#include "format/usb/usb.h"

#include <string.h>

static const struct {
    uint8_t bit;
    enum tt_event up, down;
} lines[] = {
    {TT_LINE_DTR, TT_EV_DTR_UP, TT_EV_DTR_DOWN},
    {TT_LINE_RTS, TT_EV_RTS_UP, TT_EV_RTS_DOWN},
    {TT_LINE_CTS, TT_EV_CTS_UP, TT_EV_CTS_DOWN},
    {TT_LINE_DSR, TT_EV_DSR_UP, TT_EV_DSR_DOWN},
    {TT_LINE_DCD, TT_EV_DCD_UP, TT_EV_DCD_DOWN},
    {TT_LINE_RI, TT_EV_RI_UP, TT_EV_RI_DOWN},
};

static void emit(struct tt_wire *w, struct tt_record *r)
{
    if (!r->t_ns)
        r->t_ns = w->t_ns;
    r->source = w->source;
    if (w->live && !w->st)
        w->st = tt_reader_emit(w->rd, r);
}

void tt_wire_settle(struct tt_wire *w)
{
    struct tt_record r = {
        .lane = TT_LANE_LINE, .event = TT_EV_BAUD, .baud = w->port->baud};

    if (!w->live || w->port->told || (!r.baud && !w->port->mode[0]))
        return;
    w->port->told = true;
    /* nothing was put on the tape since it was set, but by another port */
    r.t_ns = w->port->set_ns;
    if (r.t_ns < w->rd->last_ns)
        r.t_ns = w->rd->last_ns;
    memcpy(r.mode, w->port->mode, sizeof(r.mode));
    emit(w, &r);
}

void tt_wire_bytes(struct tt_wire *w, enum tt_lane lane, const uint8_t *p,
                   size_t n)
{
    struct tt_record r = {.lane = lane, .bytes = p, .len = n};

    if (!n)
        return;
    tt_wire_settle(w);
    emit(w, &r);
}

void tt_wire_event(struct tt_wire *w, enum tt_event ev)
{
    struct tt_record r = {.lane = TT_LANE_LINE, .event = ev};

    tt_wire_settle(w);
    emit(w, &r);
}

void tt_wire_lost(struct tt_wire *w, uint64_t n)
{
    struct tt_record r = {.lane = TT_LANE_LINE,
                          .event = TT_EV_LOST,
                          .count = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n};

    if (!n)
        return;
    tt_wire_settle(w);
    emit(w, &r);
}

static void set_lines(struct tt_wire *w, uint8_t mask, uint8_t now, bool edge)
{
    struct tt_usb_port *p = w->port;
    uint8_t changed = (uint8_t)((p->lines ^ now) & p->known & mask);

    if (edge)
        changed |= (uint8_t)(mask & ~p->known);
    p->known |= mask;
    p->lines = (uint8_t)((p->lines & ~mask) | (now & mask));
    for (size_t i = 0; i < TT_LEN(lines); i++)
        if (changed & lines[i].bit)
            tt_wire_event(w, now & lines[i].bit ? lines[i].up : lines[i].down);
}

void tt_wire_lines(struct tt_wire *w, uint8_t mask, uint8_t now)
{
    set_lines(w, mask, now, true);
}

void tt_wire_look(struct tt_wire *w, uint8_t mask, uint8_t now)
{
    set_lines(w, mask, now, false);
}

static void change(struct tt_wire *w)
{
    w->port->told = false;
    w->port->set_ns = w->t_ns;
}

void tt_wire_baud(struct tt_wire *w, double baud)
{
    static const uint32_t usual[] = {
        300,     600,     1200,    2400,    4800,    9600,    14400,   19200,
        28800,   31250,   38400,   57600,   74880,   76800,   100000,  115200,
        128000,  230400,  250000,  256000,  460800,  500000,  576000,  921600,
        1000000, 1500000, 2000000, 3000000, 4000000, 6000000, 12000000};
    uint32_t rate = baud < 1 || baud > 100e6 ? 0 : (uint32_t)(baud + 0.5);
    double best = 0.03; /* what a UART still receives */

    for (size_t i = 0; i < TT_LEN(usual); i++) {
        double off = baud / usual[i] - 1;

        if (off < 0)
            off = -off;
        if (off < best) {
            best = off;
            rate = usual[i];
        }
    }
    if (rate == w->port->baud)
        return;
    if (w->port->baud) /* one that was set and not used counts too */
        tt_wire_settle(w);
    w->port->baud = rate;
    change(w);
}

void tt_wire_mode(struct tt_wire *w, unsigned bits, unsigned parity,
                  unsigned stop)
{
    char mode[4] = "";

    if (bits < 5 || bits > 9 || parity > 4 || stop > 2)
        return;
    mode[0] = (char)('0' + bits);
    mode[1] = "NOEMS"[parity];
    mode[2] = stop ? '2' : '1'; /* 1.5 is what 5 bits have for 2 */
    if (!memcmp(mode, w->port->mode, sizeof(mode)))
        return;
    memcpy(w->port->mode, mode, sizeof(mode));
    change(w);
}

void tt_wire_break(struct tt_wire *w, bool on)
{
    if (on && !w->port->breaking)
        tt_wire_event(w, TT_EV_BREAK);
    w->port->breaking = on;
}
