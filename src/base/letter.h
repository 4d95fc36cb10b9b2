/*
 * letter - which characters beyond ASCII may stand on a screen: letters and
 * signs of one or two columns.  What joins, reverses, hides or moves others
 * is none of them, whoever sent it.
 *
 * Layer: base.
 */
#ifndef TT_BASE_LETTER_H
#define TT_BASE_LETTER_H

#include <stddef.h>
#include <stdint.h>

/* The letter or sign that begins the UTF-8 at p, printable ASCII too; *len is
 * its bytes.  0: none that may be shown, *len is what to skip. */
uint32_t tt_letter(const char *p, size_t n, size_t *len);

/* 1 or 2 columns; 0: it is none. */
int tt_letter_columns(uint32_t ch);

/* Its UTF-8, of a character below 0x10000; the number of bytes. */
size_t tt_letter_put(char out[4], uint32_t ch);

#endif
