/*
 * print - spelling shared by the printer and the reader.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_PRINT_H
#define TT_RULES_PRINT_H

#include "rules/rules.h"

/* Append text in quotes, escaped so that it reads back the same and holds
 * nothing but printable ASCII. */
void tt_print_text(struct tt_buf *out, struct tt_slice text);

/* Append a time in the shortest exact spelling: 12ms, 1.5s, 3.5ch. */
void tt_print_dur(struct tt_buf *out, struct tt_dur d);

#endif
