/*
 * store - the records behind a view, by number, wherever they are kept: a
 * tape in memory for a live line, windows of a file for a recording.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_STORE_H
#define TELLTALE_VIEW_STORE_H

#include "tape/tape.h"

struct store {
    /* The oldest number there is, and one past the newest. */
    uint64_t (*first)(void *own);
    uint64_t (*end)(void *own);
    /* Look at record n; *offset is where its first byte stands on its lane.
     * The bytes are borrowed until the next call.  False: not there. */
    bool (*get)(void *own, uint64_t n, struct tt_record *r, uint64_t *offset);
    void *own;
};

/* The store that is a tape in memory; the tape is borrowed. */
struct store store_of_tape(struct tt_tape *tape);

static inline uint64_t store_first(const struct store *s)
{
    return s->first(s->own);
}
static inline uint64_t store_end(const struct store *s)
{
    return s->end(s->own);
}
static inline bool store_get(const struct store *s, uint64_t n,
                             struct tt_record *r, uint64_t *offset)
{
    return s->get(s->own, n, r, offset);
}

#endif
