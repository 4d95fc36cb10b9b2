#include "engine/lane.h"

#include <string.h>

void tt_lane_write(struct tt_lane_state *l, const uint8_t *p, size_t n)
{
    size_t at = l->written & (TT_HISTORY - 1);
    size_t first = TT_HISTORY - at < n ? TT_HISTORY - at : n;

    memcpy(l->ring + at, p, first);
    memcpy(l->ring, p + first, n - first);
    l->written += n;
}

void tt_lane_stretch(struct tt_lane_state *l, uint64_t t, uint64_t seq,
                     uint64_t source, const uint64_t before[TT_LANES],
                     bool goes_on)
{
    struct tt_mark *m;

    if (goes_on && l->nmarks)
        return;
    m = &l->mark[l->nmarks++ & (TT_MARKS - 1)];
    *m =
        (struct tt_mark){.off = l->count, .t = t, .seq = seq, .source = source};
    memcpy(m->before, before, sizeof(m->before));
}

const struct tt_mark *tt_lane_find(const struct tt_lane_state *l, uint64_t off,
                                   uint64_t *at)
{
    uint64_t oldest = l->nmarks > TT_MARKS ? l->nmarks - TT_MARKS : 0;

    for (; *at > oldest; --*at) {
        const struct tt_mark *m = &l->mark[(*at - 1) & (TT_MARKS - 1)];

        if (m->off <= off)
            return m;
    }
    return NULL;
}
