/*
 * loop - the lane repeats a block of 2 to TT_MAX_PERIOD bytes.
 *
 * The distance to the last place with the same four bytes is a candidate for
 * the period; the candidate is then checked byte by byte.  A small table of
 * last places is enough: a false candidate only costs a comparison.  Proven
 * when the block has come four times and at least 24 bytes; said once, until
 * the loop breaks.
 */
#include "engine/sensor.h"

#include <string.h>

enum {
    SLOTS = 1024,
    MIN_BYTES = 24,
    TIMES = 4,
    MAX_BACK = 8 /* a gram is four bytes; the rest was compared before */
};

struct loop {
    uint64_t last[SLOTS]; /* offset + 1 of the byte that ended the gram */
    uint32_t gram;
    uint32_t period; /* 0: none */
    uint64_t same;   /* bytes equal to the one a period before */
    bool said;
};

static bool proven(const struct loop *l)
{
    uint64_t total = l->same + l->period;

    return total >= MIN_BYTES && total >= (uint64_t)TIMES * l->period;
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
        l->said = false;
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
    if (!l->period || l->said || !proven(l))
        return false;
    l->said = true;
    *start = s->off + 1 - (l->same + l->period);
    return true;
}

const struct tt_sensor_def tt_sensor_loop = {.name = "loop",
                                             .size = sizeof(struct loop),
                                             .feed = loop_feed,
                                             .lanes = 1u << TT_LANE_HOST |
                                                      1u << TT_LANE_DEVICE};
