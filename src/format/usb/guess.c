/*
 * What the traffic of a device gives away, when its descriptors are not in the
 * capture: each chip's driver has requests of its own.
 */
#include "format/usb/usb.h"

#include <string.h>

enum { NONE = 0xff };

/* Requests that only one driver makes; see those of Linux. */
static const struct {
    uint8_t type, first, last;
    bool bare;     /* carries no data */
    uint16_t most; /* largest value */
    enum tt_chip chip;
} requests[] = {
    {0x40, 0x9a, 0x9a, false, 0xffff, TT_CHIP_CH34X},  /* WRITE_REG */
    {0x40, 0xa1, 0xa1, false, 0xffff, TT_CHIP_CH34X},  /* SERIAL_INIT */
    {0x40, 0xa4, 0xa4, false, 0xffff, TT_CHIP_CH34X},  /* MODEM_CTRL */
    {0x40, 0x00, 0x00, true, 2, TT_CHIP_FTDI},         /* RESET */
    {0x40, 0x03, 0x04, true, 0xffff, TT_CHIP_FTDI},    /* SET_BAUD, _DATA */
    {0x40, 0x09, 0x09, true, 255, TT_CHIP_FTDI},       /* SET_LATENCY */
    {0xc0, 0x5f, 0x5f, false, 0xffff, TT_CHIP_CH34X},  /* READ_VERSION */
    {0xc0, 0x95, 0x95, false, 0xffff, TT_CHIP_CH34X},  /* READ_REG */
    {0xc0, 0x05, 0x05, false, 0xffff, TT_CHIP_FTDI},   /* GET_MODEM_STATUS */
    {0xc0, 0x0a, 0x0a, false, 0xffff, TT_CHIP_FTDI},   /* GET_LATENCY */
    {0xc0, 0x01, 0x01, false, 0xffff, TT_CHIP_PL2303}, /* vendor read */
    {0x41, 0x00, 0x1e, false, 0xffff, TT_CHIP_CP210X},
    {0xc1, 0x04, 0x04, false, 0xffff, TT_CHIP_CP210X}, /* GET_LINE_CTL */
    {0xc1, 0x08, 0x08, false, 0xffff, TT_CHIP_CP210X}, /* GET_MDMSTS */
    {0xc1, 0x1d, 0x1d, false, 0xffff, TT_CHIP_CP210X}, /* GET_BAUDRATE */
    {0x21, 0x20, 0x20, false, 0xffff, TT_CHIP_CDC},    /* SET_LINE_CODING */
    {0x21, 0x22, 0x23, true, 0xffff, TT_CHIP_CDC},     /* lines, break */
};

static enum tt_chip chip_by_request(const struct tt_control *c)
{
    for (size_t i = 0; i < TT_LEN(requests); i++)
        if (requests[i].type == c->type && requests[i].first <= c->request &&
            requests[i].last >= c->request && requests[i].most >= c->value &&
            !(requests[i].bare && c->length))
            return requests[i].chip;
    return TT_CHIP_NONE;
}

bool tt_usb_guess_control(struct tt_usb_device *d, const struct tt_control *c)
{
    enum tt_chip chip = chip_by_request(c);

    if (!chip)
        return false;
    /* a described interface of CDC needs no guess, and other classes have
     * requests with its numbers */
    if (chip == TT_CHIP_CDC && d->config)
        return true;
    /* PL2303 has CDC's requests, and some of its own */
    if (!d->chip || (d->guessed && d->chip == TT_CHIP_CDC)) {
        d->chip = chip;
        d->guessed = true;
    }
    return true;
}

/* Whose bytes are these?  FTDI sends two bytes of status every few
 * milliseconds, 01 60 at rest; a command of mass storage begins with USBC. */
void tt_usb_guess_bulk(struct tt_usb_device *d, const struct tt_urb *urb)
{
    bool in = urb->ep & 0x80;

    if (in && !d->described && !d->chip && urb->n == 2 && urb->full == 2 &&
        (urb->p[0] & 0x0f) == 1 && !(urb->p[1] & 0x9f)) {
        d->chip = TT_CHIP_FTDI;
        d->guessed = true;
    }
    if (!in && urb->n == 31 && !memcmp(urb->p, "USBC", 4))
        d->storage = true; /* Bulk-Only Transport 1.0, 5.1 */
}

bool tt_usb_is_serial(const struct tt_usb_device *d, const struct tt_control *c)
{
    enum tt_chip chip = chip_by_request(c);

    if (chip != TT_CHIP_CDC)
        return chip && chip == d->chip;
    if (d->chip == TT_CHIP_PL2303 || d->chip == TT_CHIP_CDC)
        return true;
    return c->index < 32 && d->comm[c->index] != NONE &&
           d->port[d->comm[c->index]].cdc;
}

int tt_usb_port_of(const struct tt_usb_device *d, const struct tt_control *c)
{
    size_t i = 0;

    if (d->chip == TT_CHIP_FTDI && d->nports > 1)
        i = (c->index & 0xffu) ? (c->index & 0xffu) - 1u : 0;
    else if (d->chip != TT_CHIP_FTDI && d->chip != TT_CHIP_CH34X &&
             d->chip != TT_CHIP_PL2303 && d->config)
        i = c->index < 32 ? d->comm[c->index] : NONE;
    return i < d->nports ? (int)i : -1;
}
