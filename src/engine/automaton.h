/*
 * automaton - which leads end here?  A lazy DFA over many short byte-class
 * sequences, one automaton a lane.
 *
 * A lead is the fixed-length beginning that every match of a rule has.  A
 * state is the sorted set of (lead, index) positions that are alive; states
 * are made when first needed and kept in a cache of bounded size:
 *
 *   T[state * classes + class] -> next state, sign bit: look closer
 *
 * When the cache is full it is emptied and only the current state is made
 * again.  When that happens too often (more than one new state per 10 bytes)
 * the automaton follows the sets themselves for a while: slower, but no
 * input can make it thrash.  Acceptance belongs to the state entered, so a
 * lead is reported on its last byte.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_AUTOMATON_H
#define TT_ENGINE_AUTOMATON_H

#include "rules/rules.h"

struct tt_automaton;

/* TT_ERR_NOMEM. */
enum tt_status tt_automaton_new(struct tt_automaton **out) TT_MUST_USE;
void tt_automaton_free(struct tt_automaton *a);

/*
 * Add a lead of n >= 1 byte sets; id is what will be reported.  A tail lead
 * is reported by tt_automaton_tail() only, when the lane pauses on it.
 * All leads must be added before tt_automaton_build().
 */
enum tt_status tt_automaton_add(struct tt_automaton *a,
                                const struct tt_set *sets, size_t n,
                                uint32_t id, bool tail) TT_MUST_USE;

/* Be ready to scan with a cache of about budget bytes. */
enum tt_status tt_automaton_build(struct tt_automaton *a,
                                  size_t budget) TT_MUST_USE;

/* Back to the start of a lane. */
void tt_automaton_reset(struct tt_automaton *a);

/*
 * Go over p[0..n) until a lead that is not a tail lead ends.  Returns how
 * many bytes were taken; *ids and *nids are the leads that end on the last
 * byte taken (nids 0: none, all n taken), borrowed until the next call.
 */
size_t tt_automaton_scan(struct tt_automaton *a, const uint8_t *p, size_t n,
                         const uint32_t **ids, size_t *nids);

/* The tail leads that end on the last byte scanned; as above. */
void tt_automaton_tail(struct tt_automaton *a, const uint32_t **ids,
                       size_t *nids);

/* How many leads it has; 0: nothing to scan for. */
size_t tt_automaton_leads(const struct tt_automaton *a);

void tt_automaton_stats(const struct tt_automaton *a, uint64_t *states,
                        uint64_t *flushes, uint64_t *followed, size_t *memory);

#endif
