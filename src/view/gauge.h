/*
 * gauge - what the statistics pane counts, in constant memory: activity over
 * time, answer times, how often each byte came.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_GAUGE_H
#define TELLTALE_VIEW_GAUGE_H

#include "tape/tape.h"

enum {
    GAUGE_SLOTS = 256, /* seconds of activity that are held */
    GAUGE_TIMES = 512  /* classes of answer times, 8 an octave */
};

struct gauge {
    struct tt_stats stats;
    uint32_t slot[TT_LANE_LINE][GAUGE_SLOTS]; /* bytes in a second, a ring */
    uint64_t second;                          /* of the newest slot */
    uint64_t times[GAUGE_TIMES];
    uint64_t answers, shortest_ns, longest_ns;
    uint64_t histogram[TT_LANE_LINE][256];
    bool asked; /* the host spoke last */
    uint64_t asked_ns;
};

void gauge_init(struct gauge *g);
void gauge_add(struct gauge *g, const struct tt_record *r);

/* Answer times: the value that share (0 to 1) of them do not exceed, to an
 * eighth; 0 without answers. */
uint64_t gauge_answer_ns(const struct gauge *g, double share);

/* Bytes a second of a lane over the last n whole seconds before now. */
double gauge_rate(const struct gauge *g, enum tt_lane lane, uint64_t now_ns,
                  unsigned n);

/* Bytes of both directions in the second that lies back seconds ago. */
uint64_t gauge_activity(const struct gauge *g, uint64_t now_ns, unsigned back);

#endif
