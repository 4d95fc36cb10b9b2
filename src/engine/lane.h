/*
 * lane - what the engine remembers of one byte lane: the last bytes, when
 * they came, and the run of equal bytes that is going on.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_LANE_H
#define TT_ENGINE_LANE_H

#include "base/base.h"
#include "base/limits.h"

#define TT_NEVER UINT64_MAX

enum {
    /* Stretches whose times are known, a power of two: a run of as many
       bytes as a rule may ask for, each in a record of its own. */
    TT_MARKS = 2 * TT_MAX_REPEAT,
    TT_PIECE = 4096, /* bytes worked on at a time */
    /* What is surely held: the ring may run a piece ahead of the machine. */
    TT_HELD = TT_HISTORY - TT_PIECE
};

/* A stretch of bytes with one time and nothing in between. */
struct tt_mark {
    uint64_t off; /* of its first byte */
    uint64_t t, seq, source;
    uint64_t before[TT_LANES]; /* time of each lane's last item before it,
                                  TT_NEVER: there was none */
};

struct tt_lane_state {
    uint8_t ring[TT_HISTORY];
    uint64_t written; /* bytes in the ring, a piece ahead at most */
    uint64_t count;   /* bytes the machine has seen */
    uint64_t last_t;  /* of the last byte; TT_NEVER: none */
    struct tt_mark mark[TT_MARKS];
    uint64_t nmarks;
    /* Where an item of another lane last came in between. */
    uint64_t cut[TT_LANES];
    bool tail_done; /* nothing new since the tail leads were looked at */
};

static inline uint8_t tt_lane_byte(const struct tt_lane_state *l, uint64_t off)
{
    return l->ring[off & (TT_HISTORY - 1)];
}

/* Is [off, count) still held?  Depends on the bytes seen only. */
static inline bool tt_lane_holds(const struct tt_lane_state *l, uint64_t off)
{
    return l->count - off <= TT_HELD;
}

/* Put bytes into the ring ahead of the machine. */
void tt_lane_write(struct tt_lane_state *l, const uint8_t *p, size_t n);

/*
 * Note that bytes from l->count on come at time t.  A stretch that goes on
 * (same time, nothing in between) gets no mark of its own.
 */
void tt_lane_stretch(struct tt_lane_state *l, uint64_t t, uint64_t seq,
                     uint64_t source, const uint64_t before[TT_LANES],
                     bool goes_on);

/*
 * The mark of the stretch that holds offset off, or NULL when forgotten.
 * *at is where to begin to look (backwards): l->nmarks, or what an earlier
 * call for a later offset left there.
 */
const struct tt_mark *tt_lane_find(const struct tt_lane_state *l, uint64_t off,
                                   uint64_t *at);

#endif
