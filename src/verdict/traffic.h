/*
 * traffic - what passed on the line, counted: how often chance could have
 * played a rule (exposure), the last bytes of each lane, the beginning of
 * the conversation, and how much of the time anything happened.
 *
 * Everything here is the same however the records were cut.
 *
 * Layer: verdict.
 */
#ifndef TT_VERDICT_TRAFFIC_H
#define TT_VERDICT_TRAFFIC_H

#include "rules/rules.h"
#include "tape/tape.h"

enum {
    TT_TRAFFIC_LANES = 3,    /* those that carry bytes */
    TT_TRAFFIC_SLICE = 4096, /* see tt_traffic_keep() */
    TT_MAX_OPENING = 10,     /* turns and events kept of the beginning */
    TT_OPENING_BYTES = 16    /* bytes kept of each */
};

/*
 * How often something could have fired by chance.  A turn is a stretch of
 * bytes of one lane without a pause of 2 ms: shorter than any pause that a
 * rule may wait for, so that a turn is never counted too few.
 */
struct tt_exposure {
    uint64_t bytes[TT_TRAFFIC_LANES];
    uint64_t turns[TT_TRAFFIC_LANES];
    uint64_t events;
};

/* One entry of the beginning of a conversation. */
struct tt_opening {
    enum tt_lane lane;
    enum tt_event event;
    uint64_t gap_ns; /* since the entry before */
    uint64_t len;
    uint8_t head[TT_OPENING_BYTES];
};

struct tt_traffic {
    struct tt_stats stats;
    struct tt_exposure seen;
    enum tt_quality quality;
    uint64_t end_ns; /* latest time heard of */
    uint64_t unread; /* places of the input that were not understood */

    /* Time in which things happened: pauses count for a second at most. */
    uint64_t active_ns, active_at, before_ns, before_at;

    uint64_t bursts[TT_TRAFFIC_LANES]; /* stretches without 100 ms pause */
    uint64_t last_at[TT_TRAFFIC_LANES];
    bool any;
    enum tt_lane last_lane;
    uint64_t last_byte_at;

    /* Is everything on the lane one and the same byte? */
    uint8_t first[TT_TRAFFIC_LANES];
    bool mixed[TT_TRAFFIC_LANES];

    struct tt_opening opening[TT_MAX_OPENING];
    unsigned nopening;
    bool opening_done;
    uint64_t opening_at;

    bool baud_known;
    uint32_t baud;
    char mode[4];

    uint64_t kept[TT_TRAFFIC_LANES]; /* bytes put into the ring so far */
    uint8_t ring[TT_TRAFFIC_LANES][TT_HISTORY];
};

void tt_traffic_init(struct tt_traffic *t, enum tt_quality quality);

/* Count a record.  Times that run backwards count as the last time. */
void tt_traffic_count(struct tt_traffic *t, const struct tt_record *r);

/*
 * Put bytes of a lane into its ring.  A piece must not cross an offset that
 * is a multiple of TT_TRAFFIC_SLICE, and has to be put there before the
 * engine sees it: then what tt_traffic_bytes() finds during a hit does not
 * depend on how the records were cut.
 */
void tt_traffic_keep(struct tt_traffic *t, enum tt_lane lane, const uint8_t *p,
                     size_t n);

/* The next piece of at most n bytes that tt_traffic_keep() accepts. */
size_t tt_traffic_piece(const struct tt_traffic *t, enum tt_lane lane,
                        size_t n);

/* Copy up to max bytes of a lane from offset on; how many were still held. */
size_t tt_traffic_bytes(const struct tt_traffic *t, enum tt_lane lane,
                        uint64_t offset, uint8_t *out, size_t max);

/* Active time at the moment at_ns, which is not long before the newest
 * record. */
uint64_t tt_traffic_active(const struct tt_traffic *t, uint64_t at_ns);

/* The chances a rule had since base was taken, at least 1. */
uint64_t tt_traffic_chances(const struct tt_traffic *t,
                            const struct tt_rule *rule,
                            const struct tt_exposure *base);

/* Is r a speed or frame other than the one in force? */
bool tt_traffic_new_baud(const struct tt_traffic *t, const struct tt_record *r);

#endif
