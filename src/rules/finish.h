/*
 * finish - what is derived from a rule once it is read.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_FINISH_H
#define TT_RULES_FINISH_H

#include "rules/rules.h"

/* Kinds of traffic, as frequencies of bytes. */
struct tt_models;

/* Make them; NULL when memory is short. */
struct tt_models *tt_models_new(struct tt_arena *arena);

/* Set the bits of the rule: bits_pattern, bits_check and each step's. */
void tt_rule_weigh(struct tt_rule *r, const struct tt_models *models);

#endif
