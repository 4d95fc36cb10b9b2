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

enum { PIECE = 64 };

static unsigned is_printable(uint8_t c)
{
    return (unsigned)((uint8_t)(c - 0x20) < 0x5F) | (c == '\r') | (c == '\n') |
           (c == '\t');
}

/* Every byte of a line comes through here, more than once: pieces of one size
 * without a branch are what compilers make vectors of. */
static uint64_t count_printable(const uint8_t *p, size_t n)
{
    uint64_t count = 0;

    for (; n >= PIECE; n -= PIECE, p += PIECE) {
        uint8_t some = 0;

        for (size_t i = 0; i < PIECE; i++)
            some = (uint8_t)(some + is_printable(p[i]));
        count += some;
    }
    for (size_t i = 0; i < n; i++)
        count += is_printable(p[i]);
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
