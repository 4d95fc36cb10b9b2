/*
 * Only host and device bytes make turns and silences: what a tool prints in
 * between says nothing about the line.
 */
#include "tape/tape.h"

#include <string.h>

void tt_stats_init(struct tt_stats *st)
{
    memset(st, 0, sizeof(*st));
}

static uint64_t count_printable(const uint8_t *p, size_t n)
{
    uint64_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += (p[i] >= 0x20 && p[i] < 0x7f) || p[i] == '\r' ||
                 p[i] == '\n' || p[i] == '\t';
    return count;
}

static void add_wire(struct tt_stats *st, const struct tt_record *r)
{
    uint64_t silence;

    if (!st->any || st->last_lane != r->lane)
        st->s.turns++;
    silence =
        st->any && r->t_ns > st->last_byte_ns ? r->t_ns - st->last_byte_ns : 0;
    if (silence > st->s.longest_silence_ns)
        st->s.longest_silence_ns = silence;
    st->any = true;
    st->last_lane = r->lane;
    st->last_byte_ns = r->t_ns;
}

void tt_stats_add(struct tt_stats *st, const struct tt_record *r)
{
    if (!st->s.records++)
        st->s.first_ns = r->t_ns;
    if (r->t_ns > st->s.last_ns)
        st->s.last_ns = r->t_ns;
    if (r->event != TT_EV_NONE) {
        if ((unsigned)r->event < TT_EVENTS)
            st->s.events[r->event]++;
        if (r->event == TT_EV_LOST)
            st->s.lost_bytes += r->count;
        return;
    }
    if ((unsigned)r->lane >= TT_LANE_LINE || !r->len)
        return;
    st->s.bytes[r->lane] += r->len;
    st->s.printable[r->lane] += count_printable(r->bytes, r->len);
    if (r->lane != TT_LANE_TOOL)
        add_wire(st, r);
}
