/*
 * arena - many small allocations with one lifetime.
 *
 * Blocks are chained and never moved, so a pointer into the arena stays good
 * until tt_arena_clear().  Nothing is freed one by one.
 */
#ifndef TT_BASE_ARENA_H
#define TT_BASE_ARENA_H

#include "base/base.h"

struct tt_arena {
    struct tt_arena_block *head;
    size_t total; /* bytes asked of malloc so far */
    size_t cap;   /* never ask for more than this */
};

/* Start an empty arena that will hold at most cap bytes.  Cannot fail. */
void tt_arena_init(struct tt_arena *a, size_t cap);

/* Free every allocation; the arena is empty and usable again. */
void tt_arena_clear(struct tt_arena *a);

/* Zeroed, suitably aligned memory, or NULL at the cap or when malloc fails. */
void *tt_arena_alloc(struct tt_arena *a, size_t size) TT_MUST_USE;

/* A NUL-terminated copy of s, owned by the arena, or NULL. */
const char *tt_arena_dup(struct tt_arena *a, struct tt_slice s) TT_MUST_USE;

#endif
