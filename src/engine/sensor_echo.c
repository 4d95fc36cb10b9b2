/*
 * echo - the device lane returns what the host has just sent.
 *
 * Device bytes are compared with the host's, from the beginning of the
 * host's latest turn on; it does not matter whether the answer comes after
 * the whole request or byte by byte.  Proven when at least four bytes in a
 * row came back and nothing that was sent is outstanding; said once, until a
 * byte differs.
 */
#include "engine/sensor.h"

enum { MIN_BYTES = 4 };

struct echo {
    uint64_t next;  /* host offset expected next */
    uint64_t start; /* device offset where the echo began */
    uint64_t len;
    bool said;
};

static bool echo_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct echo *e = state;
    const struct tt_lane_state *host = &s->lanes[TT_LANE_HOST];

    if (e->len && e->next < host->count && tt_lane_holds(host, e->next) &&
        tt_lane_byte(host, e->next) == s->byte) {
        e->next++;
        e->len++;
    } else {
        e->len = 0;
        e->said = false;
        if (s->turn < host->count && tt_lane_holds(host, s->turn) &&
            tt_lane_byte(host, s->turn) == s->byte) {
            e->start = s->off;
            e->next = s->turn + 1;
            e->len = 1;
        }
    }
    if (e->said || e->len < MIN_BYTES || e->next != host->count)
        return false;
    e->said = true;
    *start = e->start;
    return true;
}

const struct tt_sensor_def tt_sensor_echo = {.name = "echo",
                                             .size = sizeof(struct echo),
                                             .feed = echo_feed,
                                             .lanes = 1u << TT_LANE_DEVICE};
