/*
 * scan - the small words of tape text: hex digits, escapes, decimal times.
 *
 * Layer: tape.
 */
#ifndef TT_TAPE_SCAN_H
#define TT_TAPE_SCAN_H

#include "base/base.h"

/* The value of a hex digit, or -1. */
int tt_scan_hex(char c);

/*
 * Undo one escape of a quoted text (\r \n \t \0 \e \" \\ \xNN) at the start
 * of s into *byte; returns its length, 0 when it is none.
 */
size_t tt_scan_escape(struct tt_slice s, uint8_t *byte);

/*
 * s as a decimal number (digits, at most nine more after a point) of units
 * of unit_ns, in ns; *decimals is the number of digits after the point.
 * False when it is none, or more than TT_MAX_TIME_NS.
 */
bool tt_scan_time(struct tt_slice s, uint64_t unit_ns, uint64_t *ns,
                  unsigned *decimals);

/* Is this "8E1" or the like? */
bool tt_scan_mode(const char mode[4]);

#endif
