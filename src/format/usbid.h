/*
 * usbid - what a USB vendor and product number says about the state a device
 * is in: serial adapter, boot ROM that waits, crash dump, running system.
 *
 * Source of each row: the tool or kernel driver named in it.  A number that
 * is not in the table says nothing.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_USBID_H
#define TT_FORMAT_USBID_H

#include "base/base.h"

enum tt_usb_kind {
    TT_USB_ADAPTER, /* a serial adapter: the mode is told by the bytes only */
    TT_USB_BOOT,    /* a boot ROM or loader that takes a flashing tool */
    TT_USB_DUMP,    /* a crash or memory dump: not to be flashed as it is */
    TT_USB_NORMAL   /* the device runs its own system */
};

struct tt_usb_id {
    uint16_t vid, pid;
    enum tt_usb_kind kind;
    const char *name;   /* "MediaTek boot ROM" */
    const char *next;   /* what that means for a technician; "" when plain */
    const char *source; /* where the number is from */
};

/* The row of a device, or NULL when its number says nothing. */
const struct tt_usb_id *tt_usb_id_find(uint16_t vid, uint16_t pid);

/* All rows, for lists and tests. */
const struct tt_usb_id *tt_usb_id_table(size_t *n);

/* "serial adapter", "boot mode", "dump mode", "running system". */
const char *tt_usb_kind_name(enum tt_usb_kind kind);

#endif
