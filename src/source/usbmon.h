/*
 * usbmon - what goes over USB between any program and a serial adapter,
 * looked at while it goes on: the adapter and the program notice nothing.
 *
 *   usbmon1            bus 1; usbmon0 is all of them
 *   usb:1.5            device 5 of bus 1
 *   usb:1.5.2          one interface of it, where it has several ports
 *   usb:/dev/ttyUSB0   the one behind a port
 *
 * Layer: source (program).
 */
#ifndef TELLTALE_SOURCE_USBMON_H
#define TELLTALE_SOURCE_USBMON_H

#include "source/source.h"

struct usbmon_name {
    unsigned bus;
    char device[32]; /* "1.5", "1.5.2"; empty: whatever is a serial adapter */
};

/* Is it a name of this kind? */
bool usbmon_is(const char *name);

/* Take such a name apart; looks up a port.  err says what is wrong. */
enum tt_status usbmon_parse(struct usbmon_name *to, const char *name,
                            const char *root, struct tt_error *err) TT_MUST_USE;

enum tt_status usbmon_source(struct source *s, const char *name,
                             const struct source_settings *set,
                             const char *root,
                             struct tt_error *err) TT_MUST_USE;

/* For tests: a savefile in place of the kernel, which is over where the file
 * ends. */
enum tt_status usbmon_saved(struct source *s, const char *path,
                            const struct usbmon_name *name,
                            const struct source_settings *set, const char *root,
                            struct tt_error *err) TT_MUST_USE;

#endif
