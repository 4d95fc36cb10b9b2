/*
 * One packet of a USB capture to one end of a transfer, and two ends of a
 * control transfer to the whole.
 *
 * Linux (link types 189 and 220): a header of 48 or 64 bytes in the byte
 * order of the machine, see struct mon_bin_hdr in usbmon.rst.  USBPcap (249):
 * little-endian, its own length in front.
 */
#include "format/units.h"
#include "format/usb/usb.h"

#include <string.h>

enum { LINUX_HEADER = 48, MMAPPED_HEADER = 64, USBPCAP_HEADER = 27 };

enum { /* of Linux, negative, as in errno.h there */
       ERR_ENOENT = 2,
       ERR_ENODEV = 19,
       ERR_EINPROGRESS = 115,
       ERR_ECONNRESET = 104,
       ERR_ESHUTDOWN = 108
};

static void linux_status(struct tt_urb *u, uint32_t status)
{
    uint32_t e = 0 - status;

    u->failed = u->done && status != 0 && e != ERR_EINPROGRESS;
    u->killed = u->done && (e == ERR_ENOENT || e == ERR_ECONNRESET);
    u->gone = u->done && (e == ERR_ESHUTDOWN || e == ERR_ENODEV);
}

static bool read_linux(struct tt_urb *u, const struct tt_packet *pk)
{
    static const uint8_t kinds[] = {0, TT_USB_INTERRUPT, TT_USB_CONTROL,
                                    TT_USB_BULK};
    size_t header =
        pk->link == TT_LINK_USB_LINUX ? LINUX_HEADER : MMAPPED_HEADER;
    const uint8_t *p = pk->p;

    if (pk->n < header || p[9] >= TT_LEN(kinds) || !kinds[p[9]])
        return false;
    u->id = tt_number(p, 8, pk->big);
    u->done = p[8] != 'S';
    u->kind = kinds[p[9]];
    u->ep = p[10];
    u->addr = p[11];
    u->bus = (uint16_t)tt_number(p + 12, 2, pk->big);
    linux_status(u, (uint32_t)tt_number(p + 28, 4, pk->big));
    if (p[8] == 'E') /* could not be submitted: nothing happened */
        u->failed = true;
    u->has_setup = !u->done && u->kind == TT_USB_CONTROL && !p[14];
    memcpy(u->setup, p + 40, 8);
    u->p = p + header;
    u->n = pk->n - header;
    u->full = p[15] ? 0 : tt_number(p + 36, 4, pk->big);
    /* the recording program may have cut more off than the kernel */
    if (u->full < u->n)
        u->n = (size_t)u->full;
    return true;
}

/* A control packet: the setup bytes are in front of the data. */
static bool usbpcap_stage(struct tt_urb *u, unsigned stage)
{
    if (stage == 1)
        u->stage = TT_STAGE_DATA;
    else if (stage == 2)
        u->stage = TT_STAGE_STATUS;
    if (stage != 0)
        return true;
    if (u->n < sizeof(u->setup))
        return false;
    u->done = false;
    u->has_setup = true;
    memcpy(u->setup, u->p, sizeof(u->setup));
    u->p += sizeof(u->setup);
    u->n -= sizeof(u->setup);
    u->full -= sizeof(u->setup);
    return true;
}

static bool read_usbpcap(struct tt_urb *u, const struct tt_packet *pk)
{
    const uint8_t *p = pk->p;
    size_t header = pk->n < USBPCAP_HEADER ? 0 : (size_t)tt_number(p, 2, false);
    uint64_t status, length;

    if (header < USBPCAP_HEADER || header > pk->n || p[22] < TT_USB_INTERRUPT ||
        p[22] > TT_USB_BULK)
        return false;
    status = tt_number(p + 10, 4, false);
    length = tt_number(p + 23, 4, false);
    u->id = tt_number(p + 2, 8, false);
    u->done = p[16] & 1;
    u->bus = (uint16_t)tt_number(p + 17, 2, false);
    u->addr = (uint16_t)tt_number(p + 19, 2, false);
    u->ep = p[21];
    u->kind = p[22];
    u->failed = u->done && status >> 30 == 3;
    u->killed = u->done && status == 0xc0010000; /* USBD_STATUS_CANCELED */
    u->gone = u->done && status == 0xc0007000;   /* USBD_STATUS_DEVICE_GONE */
    u->p = p + header;
    u->n = pk->n - header;
    u->full = length;
    if (u->full < u->n)
        u->n = (size_t)u->full;
    return u->kind != TT_USB_CONTROL || header == USBPCAP_HEADER ||
           usbpcap_stage(u, p[27]);
}

bool tt_urb_read(struct tt_urb *u, const struct tt_packet *pk)
{
    memset(u, 0, sizeof(*u));
    if (pk->link == TT_LINK_USBPCAP)
        return read_usbpcap(u, pk);
    return read_linux(u, pk);
}

/* ---- control transfers -------------------------------------------------- */

static struct tt_pair *pair_of(struct tt_pairs *ps, const struct tt_urb *u)
{
    for (size_t i = 0; i < TT_LEN(ps->open); i++) {
        struct tt_pair *x = &ps->open[i];

        if (x->used && x->id == u->id && x->bus == u->bus && x->addr == u->addr)
            return x;
    }
    return NULL;
}

static void add_out(struct tt_pair *x, const uint8_t *p, size_t n)
{
    if (n > sizeof(x->out) - x->nout)
        n = sizeof(x->out) - x->nout;
    memcpy(x->out + x->nout, p, n);
    x->nout += n;
}

static void begin(struct tt_pairs *ps, const struct tt_urb *u)
{
    struct tt_pair *x = pair_of(ps, u);

    if (!x) {
        x = &ps->open[ps->next];
        ps->next = (ps->next + 1) % TT_LEN(ps->open);
    }
    *x = (struct tt_pair){
        .used = true, .id = u->id, .bus = u->bus, .addr = u->addr};
    memcpy(x->setup, u->setup, sizeof(x->setup));
    add_out(x, u->p, u->n);
}

bool tt_pairs_add(struct tt_pairs *ps, const struct tt_urb *u,
                  struct tt_control *c)
{
    struct tt_pair *x;
    bool in;

    if (u->has_setup) {
        begin(ps, u);
        return false;
    }
    x = pair_of(ps, u);
    if (!x)
        return false;
    in = x->setup[0] & 0x80;
    if (u->stage == TT_STAGE_DATA && !in) {
        add_out(x, u->p, u->n);
        return false;
    }
    if (!u->done)
        return false;
    if (u->stage == TT_STAGE_DATA && !u->n)
        return false;
    x->used = false;
    *c = (struct tt_control){
        .type = x->setup[0],
        .request = x->setup[1],
        .value = (uint16_t)tt_number(x->setup + 2, 2, false),
        .index = (uint16_t)tt_number(x->setup + 4, 2, false),
        .length = (uint16_t)tt_number(x->setup + 6, 2, false),
        .p = in ? u->p : x->out,
        .n = in ? u->n : x->nout};
    return !u->failed;
}
