/*
 * base - what every layer may use: attributes, slices, errors.
 *
 * Layer: base.  Uses nothing but libc.
 */
#ifndef TT_BASE_BASE_H
#define TT_BASE_BASE_H

#include "telltale.h"

#include <stdbool.h>

#define TT_LEN(a)       (sizeof(a) / sizeof((a)[0]))
#define TT_MUST_USE     __attribute__((warn_unused_result))
#define TT_PRINTF(f, a) __attribute__((format(printf, f, a)))

#define TT_NS_PER_US UINT64_C(1000)
#define TT_NS_PER_MS UINT64_C(1000000)
#define TT_NS_PER_S  UINT64_C(1000000000)

/* Borrowed bytes.  May hold NUL; never assume a terminator. */
struct tt_slice {
    const char *p;
    size_t n;
};

/* Where and why something failed; filled by the function that knows. */
struct tt_error {
    enum tt_status code;
    unsigned line, col; /* 1-based, 0 when there is no position */
    uint64_t offset;    /* byte offset in the input, when line is 0 */
    char msg[200];
};

/*
 * Record a failure in err (which may be NULL) and return code, so that a
 * failing function can end with: return tt_fail(err, TT_ERR_IO, ...).
 */
enum tt_status tt_fail(struct tt_error *err, enum tt_status code,
                       const char *fmt, ...) TT_PRINTF(3, 4);

/* Make room for need pieces of size each at *p, of which there is room for
 * *cap; by doubling.  False without memory: all stays as it was. */
bool tt_grow(void **p, uint32_t *cap, uint32_t need, size_t each) TT_MUST_USE;

/* Is the slice exactly this NUL-terminated word? */
bool tt_slice_is(struct tt_slice s, const char *word);

/* A slice over a NUL-terminated string. */
struct tt_slice tt_slice_of(const char *s);

/* The name of an event without brackets: "dtr+", "frame-error". */
const char *tt_event_name(enum tt_event ev);

/* The event called so (without brackets), or TT_EV_NONE. */
enum tt_event tt_event_by_name(struct tt_slice name);

/* '>', '<', '$' or '-' for TT_LANE_LINE. */
char tt_lane_mark(enum tt_lane lane);

/* The smallest time step a quality can tell apart, in ns; 0: no time. */
uint64_t tt_quality_step(enum tt_quality q);

/* "none", "order", "s", "ms", "us" or "ns". */
const char *tt_quality_name(enum tt_quality q);

#endif
