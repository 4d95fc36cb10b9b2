/*
 * What devices there are: descriptors (USB 2.0, 9.6), and for a capture that
 * begins late what their traffic gives away.
 */
#include "format/units.h"
#include "format/usb/usb.h"

#include <stdio.h>
#include <string.h>

enum {
    REQ_SET_ADDRESS = 5,
    REQ_GET_DESCRIPTOR = 6,
    DESC_DEVICE = 1,
    DESC_CONFIG = 2,
    DESC_STRING = 3,
    DESC_IFACE = 4,
    DESC_EP = 5,
    DESC_CDC = 0x24,
    CDC_CALL = 1,
    CDC_UNION = 6,
    CLASS_COMM = 2,
    CLASS_DATA = 10,
    CLASS_VENDOR = 255,
    NONE = 0xff
};

void tt_usb_init(struct tt_usb *u)
{
    memset(u, 0, sizeof(*u));
    u->dev_picked = u->port_picked = -1;
}

static size_t ep_slot(uint8_t ep)
{
    return (ep & 15u) | (ep & 0x80 ? 16u : 0u);
}

/*
 * A free place, or, once it is decided what is read, that of the device that
 * came first.  Before, packets that are kept refer to every device.
 */
static struct tt_usb_device *room_for_device(struct tt_usb *u)
{
    struct tt_usb_device *oldest = NULL;

    if (u->ndev < TT_LEN(u->dev))
        return &u->dev[u->ndev++];
    for (size_t i = 0; u->dev_picked >= 0 && i < u->ndev; i++)
        if ((int)i != u->dev_picked &&
            (!oldest || u->dev[i].born_ns < oldest->born_ns))
            oldest = &u->dev[i];
    return oldest;
}

static struct tt_usb_device *add_device(struct tt_usb *u, uint16_t bus,
                                        uint16_t addr, uint64_t t_ns)
{
    struct tt_usb_device *d = room_for_device(u);

    if (!d) {
        u->full = true;
        return NULL;
    }
    memset(d, 0, sizeof(*d));
    d->bus = bus;
    d->addr = addr;
    d->born_ns = t_ns;
    memset(d->comm, NONE, sizeof(d->comm));
    memset(d->ep_port, NONE, sizeof(d->ep_port));
    return d;
}

/* The device that has this address now. */
static struct tt_usb_device *find_device(struct tt_usb *u, uint16_t bus,
                                         uint16_t addr)
{
    for (size_t i = u->ndev; i--;)
        if (!u->dev[i].stale && u->dev[i].bus == bus && u->dev[i].addr == addr)
            return &u->dev[i];
    return NULL;
}

static int add_port(struct tt_usb_device *d, uint8_t iface)
{
    for (size_t i = 0; i < d->nports; i++)
        if (d->port[i].iface == iface)
            return (int)i;
    if (d->nports == TT_LEN(d->port))
        return -1;
    d->port[d->nports] = (struct tt_usb_port){.iface = iface};
    return (int)d->nports++;
}

/* ---- descriptors -------------------------------------------------------- */

static enum tt_chip chip_by_id(uint16_t vid, uint16_t pid)
{
    switch (vid) {
    case 0x0403: return TT_CHIP_FTDI;
    case 0x10c4: return TT_CHIP_CP210X;
    case 0x067b: return TT_CHIP_PL2303;
    case 0x1a86: /* newer ones (55xx, 8010) are CDC-ACM */
        return pid == 0x7523 || pid == 0x5523 || pid == 0x7522 || pid == 0xe523
                   ? TT_CHIP_CH34X
                   : TT_CHIP_NONE;
    case 0x4348: return pid == 0x5523 ? TT_CHIP_CH34X : TT_CHIP_NONE;
    default: return TT_CHIP_NONE;
    }
}

static struct tt_usb_device *take_device(struct tt_usb *u,
                                         struct tt_usb_device *d,
                                         const uint8_t *p, size_t n,
                                         uint64_t t_ns)
{
    uint16_t vid, pid;

    if (n < 18 || p[1] != DESC_DEVICE)
        return d;
    vid = (uint16_t)tt_number(p + 8, 2, false);
    pid = (uint16_t)tt_number(p + 10, 2, false);
    if (d->described && (d->vid != vid || d->pid != pid)) {
        d->stale = true; /* another has the address */
        d = add_device(u, d->bus, d->addr, t_ns);
        if (!d)
            return NULL;
    }
    if (!d->described)
        d->born_ns = t_ns;
    d->described = true;
    d->vid = vid;
    d->pid = pid;
    d->class_ = p[4];
    d->bcd = (uint16_t)tt_number(p + 12, 2, false);
    d->product = p[15];
    if (chip_by_id(vid, pid)) {
        d->chip = chip_by_id(vid, pid);
        d->guessed = false;
    }
    return d;
}

static void take_string(struct tt_usb_device *d, const struct tt_control *c)
{
    size_t k = 0;

    if (!d->product || (c->value & 0xff) != d->product || c->n < 4 ||
        c->p[1] != DESC_STRING)
        return;
    for (size_t i = 2;
         i + 1 < c->n && i + 1 < c->p[0] && k < sizeof(d->name) - 1; i += 2)
        d->name[k++] =
            c->p[i + 1] || c->p[i] < ' ' || c->p[i] > '~' ? '?' : (char)c->p[i];
    d->name[k] = '\0';
}

/* Endpoints of an interface, and which interface CDC's requests name. */
struct walk {
    struct tt_usb_device *d;
    const uint8_t *iface; /* the interface descriptor, NULL before one */
};

static void take_endpoint(struct walk *w, const uint8_t *p)
{
    struct tt_usb_device *d = w->d;
    size_t slot = ep_slot(p[2]);
    unsigned kind = p[3] & 3;
    int port;

    if (!w->iface || (kind != 2 && kind != 3))
        return;
    d->ep_size[slot] = (uint16_t)(tt_number(p + 4, 2, false) & 0x7ff);
    if (kind == 3) { /* belongs to the port that the interface serves */
        if (w->iface[2] < 32)
            d->ep_port[slot] = d->comm[w->iface[2]];
        return;
    }
    port = add_port(d, w->iface[2]);
    if (port < 0)
        return;
    d->ep_port[slot] = (uint8_t)port;
    d->port[port].class_ = w->iface[5];
    d->port[port].sub = w->iface[6];
    d->port[port].proto = w->iface[7];
}

/* The port of a CDC control interface: its data interface. */
static void join(struct tt_usb_device *d, uint8_t comm, uint8_t data)
{
    int port = comm < 32 ? add_port(d, data) : -1;

    if (port < 0)
        return;
    d->comm[comm] = (uint8_t)port;
    d->port[port].cdc = true;
    if (data < 32)
        d->comm[data] = (uint8_t)port;
}

static void walk_config(struct tt_usb_device *d, const uint8_t *p, size_t n,
                        void (*each)(struct walk *w, const uint8_t *p))
{
    struct walk w = {.d = d};

    for (size_t len; n >= 2 && (len = p[0]) >= 2 && len <= n;
         p += len, n -= len) {
        if (p[1] == DESC_IFACE && len >= 9)
            w.iface = p;
        if ((p[1] == DESC_EP && len >= 7) ||
            (p[1] == DESC_CDC && w.iface && len >= 5))
            each(&w, p);
    }
}

static void each_cdc(struct walk *w, const uint8_t *p)
{
    bool acm = w->iface && w->iface[5] == CLASS_COMM && w->iface[6] == 2;

    if (p[1] != DESC_CDC || !acm)
        return;
    if (p[2] == CDC_UNION)
        join(w->d, p[3], p[4]);
    else if (p[2] == CDC_CALL && w->iface[2] < 32 &&
             w->d->comm[w->iface[2]] == NONE)
        join(w->d, w->iface[2], p[4]);
}

static void each_port(struct walk *w, const uint8_t *p)
{
    if (p[1] == DESC_EP && (p[3] & 3) == 2)
        take_endpoint(w, p);
}

static void each_interrupt(struct walk *w, const uint8_t *p)
{
    if (p[1] == DESC_EP && (p[3] & 3) == 3)
        take_endpoint(w, p);
}

static void take_config(struct tt_usb_device *d, const uint8_t *p, size_t n)
{
    /* one that is cut says too little: as if it were not there */
    if (n < 9 || p[1] != DESC_CONFIG || n < tt_number(p + 2, 2, false) ||
        d->config)
        return;
    d->config = true;
    walk_config(d, p, n, each_cdc);
    walk_config(d, p, n, each_port);
    for (size_t i = 0; i < d->nports; i++) /* a chip's port serves itself */
        if (d->port[i].iface < 32 && d->comm[d->port[i].iface] == NONE)
            d->comm[d->port[i].iface] = (uint8_t)i;
    walk_config(d, p, n, each_interrupt);
}

/* The port of a bulk endpoint; one that no descriptor named is given to the
 * first port, or of FTDI to that of its channel: 81 and 02, 83 and 04. */
static struct tt_usb_port *port_of_bulk(struct tt_usb_device *d, uint8_t ep)
{
    size_t slot = ep_slot(ep);
    unsigned n = ep & 15;

    if (d->ep_port[slot] == NONE && !d->config) {
        unsigned channel = d->chip == TT_CHIP_FTDI && n ? (n - 1) / 2 : 0;
        int i = add_port(d, (uint8_t)channel);

        d->ep_port[slot] = i < 0 ? NONE : (uint8_t)i;
    }
    return d->ep_port[slot] == NONE ? NULL : &d->port[d->ep_port[slot]];
}

static void survey_bulk(struct tt_usb_device *d, const struct tt_urb *urb,
                        uint64_t t_ns)
{
    bool in = urb->ep & 0x80;
    const struct tt_chip_type *chip;
    struct tt_usb_port *port;

    if (in != urb->done || !urb->full)
        return;
    tt_usb_guess_bulk(d, urb);
    port = port_of_bulk(d, urb->ep);
    if (!port)
        return;
    chip = tt_chip_type(d->chip);
    port->bytes[in] +=
        in && chip && chip->payload ? chip->payload(d, urb) : urb->full;
    port->used_ns = t_ns;
}

static struct tt_usb_device *survey_control(struct tt_usb *u,
                                            struct tt_usb_device *d,
                                            const struct tt_control *c,
                                            uint64_t t_ns)
{
    int port;

    if (c->type == 0x80 && c->request == REQ_GET_DESCRIPTOR) {
        if (c->value >> 8 == DESC_DEVICE)
            return take_device(u, d, c->p, c->n, t_ns);
        if (c->value >> 8 == DESC_CONFIG)
            take_config(d, c->p, c->n);
        if (c->value >> 8 == DESC_STRING)
            take_string(d, c);
        return d;
    }
    if (tt_usb_guess_control(d, c) && !d->nports && !d->config)
        (void)add_port(d, 0);
    port = tt_usb_port_of(d, c);
    if (port >= 0 && tt_usb_is_serial(d, c))
        d->port[port].asked = true;
    return d;
}

int tt_usb_survey(struct tt_usb *u, const struct tt_urb *urb, uint64_t t_ns)
{
    struct tt_usb_device *d;
    struct tt_control c;

    if (!urb->addr) { /* one that gets its address now */
        if (urb->kind == TT_USB_CONTROL && tt_pairs_add(&u->survey, urb, &c) &&
            !c.type && c.request == REQ_SET_ADDRESS) {
            /* whoever had that address before is not there any more */
            d = find_device(u, urb->bus, c.value);
            if (d)
                d->stale = true;
        }
        return -1;
    }
    d = find_device(u, urb->bus, urb->addr);
    if (!d)
        d = add_device(u, urb->bus, urb->addr, t_ns);
    if (!d)
        return -1;
    if (urb->kind == TT_USB_BULK)
        survey_bulk(d, urb, t_ns);
    if (urb->kind == TT_USB_CONTROL && tt_pairs_add(&u->survey, urb, &c))
        d = survey_control(u, d, &c, t_ns);
    return d ? (int)(d - u->dev) : -1;
}

/* ---- which of them ------------------------------------------------------ */

static bool never_serial(unsigned class_)
{
    /* audio, HID, image, printer, storage, hub, card reader, video, radio */
    static const uint8_t classes[] = {1, 3, 6, 7, 8, 9, 11, 14, 0xe0};

    return memchr(classes, (int)class_, sizeof(classes)) != NULL;
}

static const struct tt_usb_id *id_of(const struct tt_usb_device *d)
{
    return d->described ? tt_usb_id_find(d->vid, d->pid) : NULL;
}

unsigned tt_usb_rank(const struct tt_usb_device *d, const struct tt_usb_port *p)
{
    const struct tt_usb_id *id = id_of(d);

    if (d->storage || never_serial(d->class_) || never_serial(p->class_))
        return 0;
    if (d->chip || p->cdc)
        return 4;
    if (p->class_ == CLASS_VENDOR && p->sub == 0x42 && p->proto == 1)
        return 1; /* Android's adb */
    if (id && (id->kind == TT_USB_BOOT || id->kind == TT_USB_DUMP))
        return 3;
    return p->class_ == CLASS_COMM || p->class_ == CLASS_DATA ? 1 : 2;
}

void tt_usb_adapter(const struct tt_usb_device *d, size_t port, char *out,
                    size_t room)
{
    const struct tt_usb_id *id = id_of(d);
    const struct tt_chip_type *chip = tt_chip_type(d->chip);
    const char *name = "unknown device";

    if (id)
        name = id->name;
    else if (chip)
        name = chip->maker;
    else if (port < d->nports && d->port[port].cdc)
        name = "CDC-ACM";
    if (d->described)
        (void)snprintf(out, room, "%s (%04X:%04X%s%s%s)", name, d->vid, d->pid,
                       *d->name ? ", '" : "", d->name, *d->name ? "'" : "");
    else
        (void)snprintf(out, room,
                       "%s (from its traffic: the capture begins "
                       "after it was plugged in)",
                       name);
}

void tt_usb_describe(const struct tt_usb_device *d, size_t port, char *out,
                     size_t room)
{
    const struct tt_usb_id *id = id_of(d);
    char adapter[160], which[32] = "";
    bool mode = id && id->kind != TT_USB_ADAPTER;
    int n;

    tt_usb_adapter(d, port, adapter, sizeof(adapter));
    if (d->nports > 1 && port < d->nports)
        (void)snprintf(which, sizeof(which), ".%u", d->port[port].iface);
    n = snprintf(out, room, "usb %u.%u%s: %s%s%s", d->bus, d->addr, which,
                 adapter, mode ? ", " : "",
                 mode ? tt_usb_kind_name(id->kind) : "");
    if (n > 0 && (size_t)n < room && port < d->nports) {
        const struct tt_usb_port *p = &d->port[port];

        n += snprintf(out + n, room - (size_t)n, ", > %llu, < %llu bytes",
                      (unsigned long long)p->bytes[0],
                      (unsigned long long)p->bytes[1]);
    }
    if (n > 0 && (size_t)n < room && id && *id->next)
        (void)snprintf(out + n, room - (size_t)n, "; %s", id->next);
}
