#include "verdict/traffic.h"

#include <string.h>

#define TURN_PAUSE  (2 * TT_NS_PER_MS)
#define BURST_PAUSE (100 * TT_NS_PER_MS)
#define OPEN_PAUSE  (20 * TT_NS_PER_MS)
#define IDLE        TT_NS_PER_S

void tt_traffic_init(struct tt_traffic *t, enum tt_quality quality)
{
    memset(t, 0, offsetof(struct tt_traffic, ring));
    tt_stats_init(&t->stats);
    t->quality = quality;
}

/* Move the clock that stands still when nothing happens. */
static void tick_active(struct tt_traffic *t, uint64_t now)
{
    uint64_t pause = now - t->active_at;

    if (!pause)
        return;
    t->before_ns = t->active_ns;
    t->before_at = t->active_at;
    t->active_ns += pause < IDLE ? pause : IDLE;
    t->active_at = now;
}

uint64_t tt_traffic_active(const struct tt_traffic *t, uint64_t at_ns)
{
    uint64_t since;

    if (at_ns >= t->active_at) {
        since = at_ns - t->active_at;
        return t->active_ns + (since < IDLE ? since : IDLE);
    }
    if (at_ns >= t->before_at) {
        since = at_ns - t->before_at;
        return t->before_ns + (since < IDLE ? since : IDLE);
    }
    since = t->before_at - at_ns;
    return since < t->before_ns ? t->before_ns - since : 0;
}

/* Begin an entry of the opening, unless it is over. */
static struct tt_opening *open_entry(struct tt_traffic *t, uint64_t now)
{
    struct tt_opening *o;

    if (t->nopening == TT_MAX_OPENING) {
        t->opening_done = true;
        return NULL;
    }
    o = &t->opening[t->nopening++];
    o->gap_ns = t->nopening > 1 ? now - t->opening_at : 0;
    return o;
}

static void add_opening(struct tt_traffic *t, const struct tt_record *r,
                        uint64_t now)
{
    struct tt_opening *o = NULL;
    bool fresh = r->event != TT_EV_NONE;

    if (t->opening_done)
        return;
    if (t->nopening)
        o = &t->opening[t->nopening - 1];
    if (!o || o->event != TT_EV_NONE || o->lane != r->lane ||
        now - t->opening_at >= OPEN_PAUSE)
        fresh = true;
    if (fresh)
        o = open_entry(t, now);
    t->opening_at = now;
    if (!o)
        return;
    o->lane = r->lane;
    o->event = r->event;
    for (size_t i = 0; i < r->len && o->len + i < TT_OPENING_BYTES; i++)
        o->head[o->len + i] = r->bytes[i];
    o->len += r->len;
}

static void count_bytes(struct tt_traffic *t, const struct tt_record *r,
                        uint64_t now)
{
    unsigned lane = (unsigned)r->lane;
    bool other = !t->any || t->last_lane != r->lane;
    uint64_t pause = t->any ? now - t->last_byte_at : 0;

    if (!t->seen.bytes[lane])
        t->first[lane] = r->bytes[0];
    t->seen.bytes[lane] += r->len;
    if (other || pause >= TURN_PAUSE)
        t->seen.turns[lane]++;
    if (other || pause >= BURST_PAUSE)
        t->bursts[lane]++;
    for (size_t i = 0; i < r->len && !t->mixed[lane]; i++)
        t->mixed[lane] = r->bytes[i] != t->first[lane];
    t->any = true;
    t->last_lane = r->lane;
    t->last_byte_at = now;
    t->last_at[lane] = now;
}

bool tt_traffic_new_baud(const struct tt_traffic *t, const struct tt_record *r)
{
    return r->event == TT_EV_BAUD &&
           (!t->baud_known || t->baud != r->baud ||
            memcmp(t->mode, r->mode, sizeof(t->mode)) != 0);
}

void tt_traffic_count(struct tt_traffic *t, const struct tt_record *r)
{
    uint64_t now = r->t_ns > t->end_ns ? r->t_ns : t->end_ns;

    if (r->event == TT_EV_NONE &&
        (!r->len || (unsigned)r->lane >= TT_TRAFFIC_LANES))
        return;
    tt_stats_add(&t->stats, r);
    t->end_ns = now;
    if (r->event == TT_EV_TICK)
        return;
    tick_active(t, now);
    add_opening(t, r, now);
    if (r->event == TT_EV_NONE) {
        count_bytes(t, r, now);
        return;
    }
    t->seen.events++;
    if (r->event == TT_EV_BAUD) {
        t->baud_known = true;
        t->baud = r->baud;
        memcpy(t->mode, r->mode, sizeof(t->mode));
    }
}

size_t tt_traffic_piece(const struct tt_traffic *t, enum tt_lane lane, size_t n)
{
    size_t room =
        TT_TRAFFIC_SLICE - (size_t)(t->kept[lane] & (TT_TRAFFIC_SLICE - 1));

    return n < room ? n : room;
}

void tt_traffic_keep(struct tt_traffic *t, enum tt_lane lane, const uint8_t *p,
                     size_t n)
{
    size_t at = (size_t)(t->kept[lane] & (TT_HISTORY - 1));

    /* A piece never crosses a slice, so it never wraps around either. */
    memcpy(t->ring[lane] + at, p, n);
    t->kept[lane] += n;
}

size_t tt_traffic_bytes(const struct tt_traffic *t, enum tt_lane lane,
                        uint64_t offset, uint8_t *out, size_t max)
{
    uint64_t end, first;
    size_t n = 0;

    if ((unsigned)lane >= TT_TRAFFIC_LANES)
        return 0;
    end = t->kept[lane];
    first = (end + TT_TRAFFIC_SLICE - 1) & ~(uint64_t)(TT_TRAFFIC_SLICE - 1);
    first = first > TT_HISTORY ? first - TT_HISTORY : 0;
    if (offset < first)
        return 0;
    for (; n < max && offset < end; n++, offset++)
        out[n] = t->ring[lane][offset & (TT_HISTORY - 1)];
    return n;
}

uint64_t tt_traffic_chances(const struct tt_traffic *t,
                            const struct tt_rule *rule,
                            const struct tt_exposure *base)
{
    uint64_t n = 0;
    bool bytes = false;

    if (rule->unit == TT_UNIT_ONCE)
        return 1; /* a recording has one end */
    for (unsigned lane = 0; lane < TT_TRAFFIC_LANES; lane++) {
        if (!(rule->view >> lane & 1))
            continue;
        bytes = true;
        if (rule->unit == TT_UNIT_BYTE)
            n += t->seen.bytes[lane] - base->bytes[lane];
        else
            n += t->seen.turns[lane] - base->turns[lane];
    }
    if (rule->unit == TT_UNIT_EVENT || !bytes)
        n = t->seen.events - base->events;
    return n ? n : 1;
}
