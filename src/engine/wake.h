/*
 * wake - fills in what wakes a compiled program up.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_WAKE_H
#define TT_ENGINE_WAKE_H

#include "engine/program.h"

/* TT_ERR_LIMIT when the pattern can begin with nothing or in too many ways
 * (err says so); TT_ERR_NOMEM. */
enum tt_status tt_program_wakes(struct tt_program *p,
                                struct tt_error *err) TT_MUST_USE;

#endif
