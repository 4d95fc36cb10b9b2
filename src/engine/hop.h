/*
 * hop - what it costs that a wait lets things pass.
 *
 * A 'then' (or a sensor that is waited for) may find what it waits for at any
 * place that comes by.  When k places were looked at in vain before, chance
 * had k + 1 opportunities instead of one: that takes log2(1 + k) bits from
 * the hit, but no more than what was waited for is worth.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_HOP_H
#define TT_ENGINE_HOP_H

#include "engine/machine.h"

/* Fill in, for every THEN of the program, where what it waits for may be. */
void tt_hop_prepare(struct tt_program *p);

/* The thread begins to wait at THEN or for a sensor. */
void tt_hop_begin(const struct tt_machine *m, struct tt_thread *th,
                  const struct tt_inst *in);

/* It tries item; at a place that an anchor allows when that holds.  The one
 * that goes on waiting is waiter (may be NULL). */
void tt_hop_try(const struct tt_machine *m, struct tt_thread *th,
                struct tt_thread *waiter, const struct tt_inst *in,
                const struct tt_item *item, bool anchor_holds);

/* What the thread waited for came after so many other places. */
void tt_hop_pay(struct tt_thread *th, const struct tt_inst *in,
                uint64_t passed);

#endif
