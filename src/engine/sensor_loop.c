/*
 * loop - the lane repeats a block of 2 to TT_MAX_PERIOD bytes.
 *
 * The distance to the last place with the same four bytes is a candidate for
 * the period; the candidate is then checked byte by byte.  A small table of
 * last places is enough: a false candidate only costs a comparison.  Proven
 * when the block has come four times and at least 24 bytes; said then, and
 * again as the loop goes on, so that what is claimed of it stays news.
 */
#include "engine/sensor.h"

#include <string.h>

enum {
    SLOTS = 1024,
    MIN_BYTES = 24,
    TIMES = 4,
    AGAIN = 64,  /* bytes at least until it is said again */
    MAX_BACK = 8 /* a gram is four bytes; the rest was compared before */
};

struct loop {
    uint64_t last[SLOTS]; /* offset + 1 of the byte that ended the gram */
    uint32_t gram;
    uint32_t period; /* 0: none */
    uint64_t same;   /* bytes equal to the one a period before */
    uint64_t next;   /* length at which it is said (again) */
};

static bool proven(const struct loop *l)
{
    uint64_t total = l->same + l->period;

    return total >= MIN_BYTES && total >= (uint64_t)TIMES * l->period;
}

/* Four rounds, 64 bytes, or a 64th of it: seldom enough to cost nothing. */
static uint64_t again_at(const struct loop *l)
{
    uint64_t total = l->same + l->period, more = (uint64_t)TIMES * l->period;

    if (more < AGAIN)
        more = AGAIN;
    if (more < total / 64)
        more = total / 64;
    return total + more;
}

static bool loop_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct loop *l = state;
    const struct tt_lane_state *lane = &s->lanes[s->lane];
    uint64_t *slot, was;

    l->gram = l->gram << 8 | s->byte;
    if (l->period && tt_lane_byte(lane, s->off - l->period) == s->byte) {
        l->same++;
    } else {
        l->period = 0;
        l->next = 0;
    }
    slot = &l->last[(l->gram * 2654435761u) >> 22];
    was = *slot;
    *slot = s->off + 1;
    if (!l->period && s->off >= 3 && was && s->off + 1 - was >= 2 &&
        s->off + 1 - was <= TT_MAX_PERIOD) {
        uint32_t p = (uint32_t)(s->off + 1 - was);
        uint64_t n = 0;

        while (n < MAX_BACK && n + p <= s->off &&
               tt_lane_byte(lane, s->off - n) ==
                   tt_lane_byte(lane, s->off - n - p))
            n++;
        if (n >= 4) {
            l->period = p;
            l->same = n;
        }
    }
    if (!l->period || l->same + l->period < l->next || !proven(l))
        return false;
    l->next = again_at(l);
    *start = s->off + 1 - (l->same + l->period);
    return true;
}

const struct tt_sensor_def tt_sensor_loop = {.name = "loop",
                                             .size = sizeof(struct loop),
                                             .feed = loop_feed,
                                             .lanes = 1u << TT_LANE_HOST |
                                                      1u << TT_LANE_DEVICE};
