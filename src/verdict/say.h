/*
 * say - times, amounts and bytes in words, as integers in and ASCII out.
 *
 * Layer: verdict.
 */
#ifndef TT_VERDICT_SAY_H
#define TT_VERDICT_SAY_H

#include "base/buf.h"

/* A length of time with at most three digits that matter: "3.1 ms", "2 min".
 * Without space (as in tape text: "3.1ms") when tight. */
void tt_say_span(struct tt_buf *out, uint64_t ns, bool tight);

/* A moment of the tape in seconds, as fine as the quality is: "63.004 s". */
void tt_say_clock(struct tt_buf *out, uint64_t ns, enum tt_quality quality);

/* "1 byte", "12 bytes". */
void tt_say_count(struct tt_buf *out, uint64_t n, const char *one,
                  const char *many);

/* A byte as hex and, when printable, as a character: "68 ('h')". */
void tt_say_byte(struct tt_buf *out, uint8_t byte);

/* part of whole as a percentage: "3 %", "0.4 %", "less than 0.1 %". */
void tt_say_share(struct tt_buf *out, uint64_t part, uint64_t whole);

#endif
