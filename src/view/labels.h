/*
 * labels - names that 'note' rules give to bytes, to be found by place.
 *
 * Bounded: when MAX_LABELS of a lane are held the older half is forgotten.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_LABELS_H
#define TELLTALE_VIEW_LABELS_H

#include "base/base.h"

enum { MAX_LABELS = 1 << 16 };

struct label {
    uint64_t offset; /* of its first byte on the lane */
    uint64_t len;
    struct tt_slice text; /* owned by the labels */
};

struct labels {
    struct {
        struct label *p; /* by offset */
        size_t n, size;
        uint64_t longest; /* of all ever held */
    } lane[TT_LANE_LINE];
};

void labels_clear(struct labels *l); /* also frees */

/* Remember one; the same one again is remembered once.  Without memory it is
 * left out: labels are help, not evidence.  text is copied. */
void labels_add(struct labels *l, enum tt_lane lane, uint64_t offset,
                uint64_t len, struct tt_slice text);

/* The first label that touches len bytes from offset, at or after index
 * *from, which is moved behind it.  NULL: no more. */
const struct label *labels_next(const struct labels *l, enum tt_lane lane,
                                uint64_t offset, uint64_t len, size_t *from);

#endif
