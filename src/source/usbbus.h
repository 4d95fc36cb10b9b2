/*
 * usbbus - which USB devices there are, from /sys: no device is asked, none
 * is opened.
 *
 * Layer: source (program).
 */
#ifndef TELLTALE_SOURCE_USBBUS_H
#define TELLTALE_SOURCE_USBBUS_H

#include "base/buf.h"

enum { USBBUS_DESCRIPTORS = 4096 }; /* of one device: what is looked at */

struct usbbus_device {
    unsigned bus, dev;
    unsigned vid, pid;
    unsigned config;                 /* the one in use; 0: none, or not told */
    char product[64];                /* what it calls itself; may be empty */
    uint8_t raw[USBBUS_DESCRIPTORS]; /* its device descriptor and all others */
    size_t n;
};

typedef void usbbus_fn(const struct usbbus_device *d, void *user);

/* Each device of a bus, 0 for all; root: before /sys, "" as usual.  Returns
 * how many there are, -1 when /sys does not tell of USB. */
int usbbus_each(const char *root, unsigned bus, usbbus_fn *fn, void *user);

/* The device behind a tty ("ttyUSB0", "/dev/serial/by-id/..."), and its
 * interface; false when it is none of USB. */
bool usbbus_of_tty(const char *root, const char *tty, unsigned *bus,
                   unsigned *dev, unsigned *iface);

/* The device descriptor, and the descriptors of the configuration in use;
 * empty when there are none. */
struct tt_slice usbbus_device(const struct usbbus_device *d);
struct tt_slice usbbus_config(const struct usbbus_device *d);

#endif
