/*
 * print - spelling shared by the printer and the reader.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_PRINT_H
#define TT_RULES_PRINT_H

#include "rules/rules.h"

/*
 * Bytes of the printable UTF-8 character at s, or 0.  Controls, characters
 * without width and those that change the direction of writing do not count.
 */
size_t tt_utf8_printable(const uint8_t *s, size_t n);

/* Append text in quotes, escaped so that it reads back the same and is safe
 * on a terminal. */
void tt_print_text(struct tt_buf *out, struct tt_slice text);

/* Append a time in the shortest exact spelling: 12ms, 1.5s, 3.5ch. */
void tt_print_dur(struct tt_buf *out, struct tt_dur d);

#endif
