/*
 * finish - what is derived from a rule once it is read.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_FINISH_H
#define TT_RULES_FINISH_H

#include "rules/rules.h"

/* Set the bits of the rule: bits_pattern, bits_check and each step's. */
void tt_rule_weigh(struct tt_rule *r);

#endif
