#include "format/rtac.h"
#include "format/tape_item.h"
#include "format/units.h"

#include <stdio.h>
#include <string.h>

static const struct {
    uint8_t bit;
    enum tt_event up, down;
} lines[] = {
    {TT_RTAC_DTR, TT_EV_DTR_UP, TT_EV_DTR_DOWN},
    {TT_RTAC_RTS, TT_EV_RTS_UP, TT_EV_RTS_DOWN},
    {TT_RTAC_CTS, TT_EV_CTS_UP, TT_EV_CTS_DOWN},
    {TT_RTAC_DSR, TT_EV_DSR_UP, TT_EV_DSR_DOWN},
    {TT_RTAC_DCD, TT_EV_DCD_UP, TT_EV_DCD_DOWN},
    {TT_RTAC_RI, TT_EV_RI_UP, TT_EV_RI_DOWN},
};

uint8_t tt_rtac_bit(enum tt_event ev, bool *up)
{
    for (size_t i = 0; i < TT_LEN(lines); i++)
        if (ev == lines[i].up || ev == lines[i].down) {
            *up = ev == lines[i].up;
            return lines[i].bit;
        }
    return 0;
}

bool tt_rtac_comment(struct tt_slice s, struct tt_record *out)
{
    char text[64];
    int n;
    struct tt_slice rest;
    struct tt_item it;

    if (!s.n || s.n > 32)
        return false;
    n = snprintf(text, sizeof(text), "[%.*s]", (int)s.n, s.p);
    rest = (struct tt_slice){text, (size_t)n};
    tt_item_next(&rest, &it);
    if (it.kind != TT_ITEM_EVENT || rest.n)
        return false;
    *out = it.record;
    return true;
}

bool tt_rtac_plausible(const uint8_t *p, size_t n, uint64_t abs_ns)
{
    uint64_t s, packet_s = abs_ns / TT_NS_PER_S;

    if (n < TT_RTAC_HEADER)
        return false;
    s = tt_number(p, 4, true);
    return s + 2 >= packet_s && s <= packet_s + 2 &&
           tt_number(p + 4, 4, true) < 1000000 && p[8] < TT_RTAC_EVENTS &&
           !(p[9] & 0x80) && !p[10] && !p[11];
}

static enum tt_status emit(struct tt_reader *rd, uint64_t t,
                           const struct tt_rtac_packet *pk, enum tt_event ev)
{
    struct tt_record r = {
        .t_ns = t, .source = pk->offset, .lane = TT_LANE_LINE, .event = ev};

    return tt_reader_emit(rd, &r);
}

/* Events for every line that changed since the last packet. */
static enum tt_status emit_changes(struct tt_reader *rd, uint64_t t,
                                   struct tt_rtac_port *port,
                                   const struct tt_rtac_packet *pk)
{
    uint8_t now = pk->p[9], changed = port->known ? now ^ port->lines : 0;
    enum tt_status st = TT_OK;

    for (size_t i = 0; i < TT_LEN(lines) && !st; i++)
        if (changed & lines[i].bit)
            st = emit(rd, t, pk,
                      now & lines[i].bit ? lines[i].up : lines[i].down);
    return st;
}

/* What the event code says, apart from data: an event of the tape or NONE. */
static enum tt_event event_of(unsigned code)
{
    switch (code) {
    case TT_RTAC_COMPLETE: return TT_EV_TICK;
    case TT_RTAC_FRAMING: return TT_EV_FRAME_ERROR;
    case TT_RTAC_PARITY: return TT_EV_PARITY_ERROR;
    case TT_RTAC_BREAK: return TT_EV_BREAK;
    case TT_RTAC_OVERFLOW: return TT_EV_OVERRUN;
    case TT_RTAC_LOST: return TT_EV_LOST;
    default: return TT_EV_NONE;
    }
}

static enum tt_status emit_bytes(struct tt_reader *rd, uint64_t t,
                                 const struct tt_rtac_port *port,
                                 const struct tt_rtac_packet *pk)
{
    unsigned code = pk->p[8];
    bool host = code == TT_RTAC_TX_START || code == TT_RTAC_TX_END;
    struct tt_record r = {.t_ns = t,
                          .source = pk->offset,
                          .bytes = pk->p + TT_RTAC_HEADER,
                          .len = pk->n - TT_RTAC_HEADER,
                          .lane = TT_LANE_DEVICE};

    if (code != TT_RTAC_RX_START && code != TT_RTAC_RX_END)
        host |= pk->direction == 2;
    if (host)
        r.lane = TT_LANE_HOST;
    if (port->tool)
        r.lane = TT_LANE_TOOL;
    return r.len ? tt_reader_emit(rd, &r) : TT_OK;
}

/* The event a packet of our own carries in its comment, or its own code's. */
static enum tt_status emit_event(struct tt_reader *rd, uint64_t t,
                                 struct tt_rtac_port *port,
                                 const struct tt_rtac_packet *pk)
{
    struct tt_record r;
    unsigned code = pk->p[8];
    bool told = (code == TT_RTAC_STATUS || code == TT_RTAC_LOST) &&
                tt_rtac_comment(pk->comment, &r) &&
                (code == TT_RTAC_LOST) == (r.event == TT_EV_LOST);
    enum tt_event ev = event_of(code);
    enum tt_status st = TT_OK;

    if (port->tool)
        return TT_OK;
    if (port->baud && !(told && r.event == TT_EV_BAUD)) {
        struct tt_record baud = {.t_ns = t,
                                 .source = pk->offset,
                                 .lane = TT_LANE_LINE,
                                 .event = TT_EV_BAUD,
                                 .baud = port->baud};

        st = tt_reader_emit(rd, &baud);
    }
    port->baud = 0;
    if (!st && !told)
        st = emit_changes(rd, t, port, pk);
    if (!st && told) {
        r.t_ns = t;
        r.source = pk->offset;
        st = tt_reader_emit(rd, &r);
    } else if (!st && ev != TT_EV_NONE) {
        st = emit(rd, t, pk, ev);
    }
    port->known = true;
    port->lines = pk->p[9];
    return st;
}

enum tt_status tt_rtac_read(struct tt_reader *rd, struct tt_rtac_clock *clock,
                            struct tt_rtac_port *port,
                            const struct tt_rtac_packet *pk)
{
    uint64_t now = pk->abs_ns < TT_MAX_TIME_NS ? pk->abs_ns : TT_MAX_TIME_NS;
    enum tt_status st;
    uint64_t t;

    if (pk->n < TT_RTAC_HEADER) {
        tt_reader_note(rd, pk->offset, 0,
                       "a packet of %zu bytes is too short for the 12 of an "
                       "RTAC header; left out",
                       pk->n);
        return TT_OK;
    }
    if (port->user0 && !tt_rtac_plausible(pk->p, pk->n, pk->abs_ns)) {
        tt_reader_note(rd, pk->offset, 0,
                       "a USER0 packet that does not look like RTAC serial; "
                       "left out");
        return TT_OK;
    }
    if (!clock->set) {
        clock->set = true;
        clock->base_ns = rd->report.info.epoch_ns = now;
    }
    t = now > clock->base_ns ? now - clock->base_ns : 0;
    st = emit_event(rd, t, port, pk);
    if (pk->p[8] >= TT_RTAC_EVENTS)
        tt_reader_note(rd, pk->offset, 0,
                       "RTAC event code %02X is not known; its bytes were "
                       "taken by direction",
                       pk->p[8]);
    if (!st)
        st = emit_bytes(rd, t, port, pk);
    if (!st && pk->full > pk->n) {
        struct tt_record lost = {.t_ns = t,
                                 .source = pk->offset,
                                 .lane = TT_LANE_LINE,
                                 .event = TT_EV_LOST,
                                 .count = pk->full - pk->n > UINT32_MAX
                                              ? UINT32_MAX
                                              : (uint32_t)(pk->full - pk->n)};

        st = tt_reader_emit(rd, &lost);
    }
    return st;
}
