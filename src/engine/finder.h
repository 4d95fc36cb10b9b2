/*
 * finder - which leads end where?  A search for many short sequences of byte
 * sets at once, one finder a lane.
 *
 * A lead is the beginning that every match of a rule has.  Each is filed
 * under the rarest two bytes in a row that it has, in a table of all pairs
 * (or under its rarest byte, when the bytes beside it may be any); a bit a
 * pair says whether anything is filed there.  Where the bit is set the whole
 * leads are compared, backwards and forwards.  There is no state but the last
 * bytes seen: memory is fixed, nothing depends on what came before, and how
 * the input is cut makes no difference.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_FINDER_H
#define TT_ENGINE_FINDER_H

#include "rules/rules.h"

struct tt_finder;

/* A lead ends at byte at of what is scanned. */
typedef void tt_found_fn(void *user, uint32_t id, size_t at);

/* TT_ERR_NOMEM. */
enum tt_status tt_finder_new(struct tt_finder **out) TT_MUST_USE;
void tt_finder_free(struct tt_finder *f);

/*
 * Add a lead of n >= 1 byte sets; id is what will be reported.  A tail lead
 * is reported by tt_finder_tail() only, when the lane pauses on it.  All
 * leads must be added before tt_finder_build().  TT_ERR_ARG: n is 0 or above
 * TT_MAX_LEAD.
 */
enum tt_status tt_finder_add(struct tt_finder *f, const struct tt_set *sets,
                             size_t n, uint32_t id, bool tail) TT_MUST_USE;

/* Be ready to scan. */
enum tt_status tt_finder_build(struct tt_finder *f) TT_MUST_USE;

/* Back to the start of a lane. */
void tt_finder_reset(struct tt_finder *f);

/* Go over p[0..n) and report every lead but tail leads that ends in it, in
 * no order. */
void tt_finder_scan(struct tt_finder *f, const uint8_t *p, size_t n,
                    tt_found_fn *found, void *user);

/* The tail leads that end on the last byte scanned, in the order they were
 * added; borrowed until the next call. */
void tt_finder_tail(struct tt_finder *f, const uint32_t **ids, size_t *nids);

size_t tt_finder_memory(const struct tt_finder *f);

#endif
