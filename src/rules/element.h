/*
 * element - what the two files of the pattern reader share.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_ELEMENT_H
#define TT_RULES_ELEMENT_H

#include "rules/read.h"

struct tt_node *tt_read_alternatives(struct tt_reader *r);
struct tt_node *tt_read_core(struct tt_reader *r, bool named);
bool tt_read_repeat(struct tt_reader *r, uint32_t *lo, uint32_t *hi);
bool tt_read_wait(struct tt_reader *r, const struct tt_tok *word,
                  struct tt_dur *out);

#endif
