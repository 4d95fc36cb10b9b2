/*
 * Transfers of the picked port to records.  A device that comes back under
 * another address, as one does that changes its mode, is followed: with a
 * [close] and an [open] between.
 */
#include "format/usb/usb.h"

const struct tt_chip_type *tt_chip_type(enum tt_chip chip)
{
    static const struct tt_chip_type *const types[TT_CHIPS] = {
        [TT_CHIP_FTDI] = &tt_chip_ftdi,   [TT_CHIP_CP210X] = &tt_chip_cp210x,
        [TT_CHIP_CH34X] = &tt_chip_ch34x, [TT_CHIP_PL2303] = &tt_chip_pl2303,
        [TT_CHIP_CDC] = &tt_chip_cdc,
    };

    return types[chip];
}

/* How this port is read: by its chip, as CDC-ACM, or NULL: as plain bytes. */
static const struct tt_chip_type *type_of(const struct tt_wire *w)
{
    if (w->dev->chip && (!w->dev->guessed || !w->port->cdc))
        return tt_chip_type(w->dev->chip);
    return w->port->cdc ? &tt_chip_cdc : NULL;
}

static bool is_picked(const struct tt_usb *u, const struct tt_wire *w)
{
    return u->dev_picked >= 0 && w->dev == &u->dev[u->dev_picked] &&
           w->port == &w->dev->port[u->port_picked];
}

static void close_port(struct tt_wire *w)
{
    if (w->port->open)
        tt_wire_event(w, TT_EV_CLOSE);
    w->port->open = w->port->heard = false;
}

/* Lines and speed as they are when the tape comes to this port. */
static void tell_state(struct tt_wire *w)
{
    uint8_t set = w->port->known & (TT_LINE_DTR | TT_LINE_RTS);

    w->port->told = true; /* it is told after this */
    tt_wire_event(w, TT_EV_OPEN);
    w->port->told = false;
    w->port->open = true;
    w->port->known &= (uint8_t)~set;
    tt_wire_lines(w, set, w->port->lines);
}

/*
 * May the tape go on with this port?  Only with one that came after the
 * picked one was last heard, and is a serial port as surely.
 */
static bool follows(const struct tt_usb *u, const struct tt_wire *w)
{
    return !u->fixed && u->heard && !is_picked(u, w) && w->dev->described &&
           tt_usb_rank(w->dev, w->port) >= 3 &&
           w->dev->born_ns > (u->gone ? 0 : u->used_ns) &&
           (u->gone || w->dev->bus == u->dev[u->dev_picked].bus) &&
           w->dev->born_ns > u->dev[u->dev_picked].born_ns;
}

static void follow(struct tt_usb *u, struct tt_wire *w)
{
    struct tt_wire old = *w;

    old.dev = &u->dev[u->dev_picked];
    old.port = &old.dev->port[u->port_picked];
    old.live = true;
    close_port(&old);
    w->st = old.st;
    u->dev_picked = (int)(w->dev - u->dev);
    u->port_picked = (int)(w->port - w->dev->port);
    u->gone = false;
    w->live = true;
    tell_state(w);
}

/* Bytes of the line in a transfer at the end where they count. */
static uint64_t payload(const struct tt_wire *w, const struct tt_urb *urb)
{
    const struct tt_chip_type *type = type_of(w);
    bool in = urb->ep & 0x80;

    if (in != urb->done)
        return 0;
    return in && type && type->payload ? type->payload(w->dev, urb) : urb->full;
}

static void decode_bulk(struct tt_usb *u, struct tt_wire *w,
                        const struct tt_urb *urb)
{
    const struct tt_chip_type *type = type_of(w);
    bool in = urb->ep & 0x80;

    if (in && !urb->done && !w->port->open) { /* a driver begins to listen */
        w->port->open = true;
        if (!w->port->heard) /* else the capture does not show how it was */
            tt_wire_event(w, TT_EV_OPEN);
    }
    if (in != urb->done)
        return;
    if (payload(w, urb)) {
        if (follows(u, w))
            follow(u, w);
        if (w->live) {
            u->used_ns = w->t_ns;
            u->heard = true;
        }
        w->port->heard = true;
    }
    if (in && type && type->in) {
        type->in(w, urb);
    } else {
        tt_wire_bytes(w, in ? TT_LANE_DEVICE : TT_LANE_HOST, urb->p, urb->n);
        tt_wire_lost(w, urb->full - urb->n);
    }
}

/* A transfer that came back because nobody listens any more. */
static void take_end(struct tt_usb *u, struct tt_wire *w,
                     const struct tt_urb *urb)
{
    if (!(urb->ep & 0x80) || (!urb->killed && !urb->gone))
        return;
    close_port(w);
    if (urb->gone && w->live)
        u->gone = true;
}

static void decode_control(struct tt_usb *u, struct tt_wire *w,
                           const struct tt_urb *urb)
{
    const struct tt_chip_type *type;
    struct tt_control c;
    int i;

    if (!tt_pairs_add(&u->decode, urb, &c))
        return;
    i = tt_usb_port_of(w->dev, &c);
    if (i < 0)
        return;
    w->port = &w->dev->port[i];
    w->live = is_picked(u, w);
    type = type_of(w);
    if (type && type->control)
        type->control(w, &c);
}

enum tt_status tt_usb_decode(struct tt_reader *rd, struct tt_usb *u,
                             const struct tt_urb *urb, int device,
                             uint64_t t_ns, uint64_t source)
{
    struct tt_wire w = {.rd = rd, .t_ns = t_ns, .source = source};
    size_t slot = (urb->ep & 15u) | (urb->ep & 0x80 ? 16u : 0u);

    if (device < 0)
        return TT_OK;
    w.dev = &u->dev[device];
    if (urb->kind == TT_USB_CONTROL) {
        decode_control(u, &w, urb);
        return w.st;
    }
    if (w.dev->ep_port[slot] >= w.dev->nports)
        return TT_OK;
    w.port = &w.dev->port[w.dev->ep_port[slot]];
    w.live = is_picked(u, &w);
    if (urb->kind == TT_USB_BULK) {
        decode_bulk(u, &w, urb);
    } else if (urb->done && !urb->failed) {
        const struct tt_chip_type *type = type_of(&w);

        if (type && type->status)
            type->status(&w, urb->p, urb->n);
    }
    if (urb->done)
        take_end(u, &w, urb);
    return w.st;
}

enum tt_status tt_usb_end(struct tt_reader *rd, struct tt_usb *u,
                          uint64_t source)
{
    struct tt_wire w = {.rd = rd, .source = source, .live = true};

    if (u->dev_picked < 0)
        return TT_OK;
    w.dev = &u->dev[u->dev_picked];
    w.port = &w.dev->port[u->port_picked];
    tt_wire_settle(&w);
    return w.st;
}
