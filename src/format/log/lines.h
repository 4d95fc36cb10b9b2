/*
 * lines - a text in chunks of any size as lines, and what people do to the
 * lines of a log before they send it.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_LINES_H
#define TT_FORMAT_LINES_H

#include "base/base.h"
#include "base/buf.h"
#include "base/limits.h"

enum tt_wide { TT_WIDE_NONE, TT_WIDE_LITTLE, TT_WIDE_BIG };

struct tt_lines {
    struct tt_buf line; /* the beginning of a line */
    bool cut;           /* pieces of this line were handed over before */
    enum tt_wide wide;  /* UTF-16 */
    uint8_t half[2];    /* of a unit of it */
    size_t nhalf;
    uint32_t high; /* first of a pair of units */
    bool begun;    /* the first line has been handed over */
};

/* s without its newline; nl: it had one; cut: s goes on a line of which a
 * part came before.  Lines longer than TT_MAX_LOG_LINE come in pieces. */
typedef enum tt_status tt_line_fn(void *user, struct tt_slice s, bool nl,
                                  bool cut);

void tt_lines_init(struct tt_lines *r, enum tt_wide wide);
void tt_lines_release(struct tt_lines *r);
enum tt_status tt_lines_feed(struct tt_lines *r, const uint8_t *p, size_t n,
                             tt_line_fn *fn, void *user);
/* The rest, which has no newline. */
enum tt_status tt_lines_finish(struct tt_lines *r, tt_line_fn *fn, void *user);

/* Is this UTF-16? */
enum tt_wide tt_lines_wide(const uint8_t *p, size_t n);

/* What was put around every line. */
struct tt_dress {
    enum tt_wide wide;
    bool html;      /* &lt; for < and the like */
    char quote;     /* '>' or '|' of a mail, 0: none */
    uint8_t quotes; /* how many */
    uint8_t indent; /* blanks in front */
};

/* Take it off.  The result is s or lies in scratch. */
struct tt_slice tt_undress(const struct tt_dress *d, struct tt_slice s,
                           struct tt_buf *scratch);
/* Take away colours, and carriage returns at the end; the result is s or in
 * scratch, in which s must not lie. */
struct tt_slice tt_uncolour(struct tt_slice s, struct tt_buf *scratch);

#endif
