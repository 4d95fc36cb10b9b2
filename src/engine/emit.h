/*
 * emit - from a thread that is through to a hit: values, conditions, spans.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_EMIT_H
#define TT_ENGINE_EMIT_H

#include "engine/machine.h"

/* Work out x with what th has captured; false when it has no value. */
bool tt_emit_eval(struct tt_machine *m, struct tt_task *k,
                  const struct tt_thread *th, const struct tt_expr *x,
                  struct tt_value *out);

/* Say that the rule was seen; false when a 'where' is not true. */
bool tt_emit_hit(struct tt_machine *m, struct tt_task *k,
                 const struct tt_thread *th);

/* Say that all hits of the rule are void, if there were any. */
void tt_emit_retract(struct tt_machine *m, struct tt_task *k);

#endif
