#include "view/gauge.h"

#include <string.h>

void gauge_init(struct gauge *g)
{
    memset(g, 0, sizeof(*g));
    tt_stats_init(&g->stats);
}

/* Make the second the newest one; those that were passed over are empty. */
static void reach(struct gauge *g, uint64_t second)
{
    uint64_t steps = second > g->second ? second - g->second : 0;

    if (steps > GAUGE_SLOTS)
        steps = GAUGE_SLOTS;
    for (uint64_t i = 0; i < steps; i++)
        for (size_t lane = 0; lane < TT_LANE_LINE; lane++)
            g->slot[lane][(second - i) % GAUGE_SLOTS] = 0;
    if (second > g->second)
        g->second = second;
}

/* Eight classes an octave: the highest bit and the three below it. */
static unsigned class_of(uint64_t ns)
{
    unsigned high = 0;

    if (ns < 8)
        return (unsigned)ns;
    for (uint64_t v = ns; v > 1; v >>= 1)
        high++;
    return (high - 2) * 8 + (unsigned)(ns >> (high - 3) & 7);
}

/* The upper end of a class. */
static uint64_t class_end(unsigned c)
{
    unsigned high = c / 8 + 2;

    if (c < 8)
        return c;
    return ((uint64_t)(8 + c % 8 + 1) << (high - 3)) - 1;
}

static void count_answer(struct gauge *g, const struct tt_record *r)
{
    uint64_t ns;

    if (r->lane == TT_LANE_HOST) {
        g->asked = true;
        g->asked_ns = r->t_ns;
        return;
    }
    if (r->lane != TT_LANE_DEVICE || !g->asked)
        return;
    g->asked = false;
    ns = r->t_ns - g->asked_ns;
    if (!g->answers || ns < g->shortest_ns)
        g->shortest_ns = ns;
    if (ns > g->longest_ns)
        g->longest_ns = ns;
    g->answers++;
    g->times[class_of(ns) % GAUGE_TIMES]++;
}

void gauge_add(struct gauge *g, const struct tt_record *r)
{
    tt_stats_add(&g->stats, r);
    reach(g, r->t_ns / TT_NS_PER_S);
    if (r->event != TT_EV_NONE || (unsigned)r->lane >= TT_LANE_LINE)
        return;
    g->slot[r->lane][r->t_ns / TT_NS_PER_S % GAUGE_SLOTS] += (uint32_t)r->len;
    for (size_t i = 0; i < r->len; i++)
        g->histogram[r->lane][r->bytes[i]]++;
    count_answer(g, r);
}

uint64_t gauge_answer_ns(const struct gauge *g, double share)
{
    uint64_t want = (uint64_t)((double)g->answers * share), sum = 0, ns;

    if (!g->answers)
        return 0;
    if ((double)want < (double)g->answers * share || !want)
        want++;
    for (unsigned c = 0; c < GAUGE_TIMES; c++) {
        sum += g->times[c];
        if (sum < want)
            continue;
        ns = class_end(c);
        return ns > g->longest_ns    ? g->longest_ns
               : ns < g->shortest_ns ? g->shortest_ns
                                     : ns;
    }
    return g->longest_ns;
}

/* Bytes of the second, 0 when it is not held. */
static uint32_t slot_at(const struct gauge *g, size_t lane, uint64_t second)
{
    if (second > g->second || second + GAUGE_SLOTS <= g->second)
        return 0;
    return g->slot[lane][second % GAUGE_SLOTS];
}

double gauge_rate(const struct gauge *g, enum tt_lane lane, uint64_t now_ns,
                  unsigned n)
{
    uint64_t now = now_ns / TT_NS_PER_S, sum = 0;
    unsigned counted = 0;

    for (unsigned i = 1; i <= n && i <= now; i++, counted++)
        sum += slot_at(g, lane, now - i);
    if (!counted)
        return (double)slot_at(g, lane, now);
    return (double)sum / counted;
}

uint64_t gauge_activity(const struct gauge *g, uint64_t now_ns, unsigned back)
{
    uint64_t now = now_ns / TT_NS_PER_S;

    if (back > now)
        return 0;
    return (uint64_t)slot_at(g, TT_LANE_HOST, now - back) +
           slot_at(g, TT_LANE_DEVICE, now - back);
}
