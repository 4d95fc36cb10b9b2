/*
 * outq - output that never holds up who makes it.
 *
 * A terminal stopped with Ctrl-S, or a slow program behind a pipe, must not
 * keep us from reading the line: what cannot be written waits here, up to a
 * cap; then lines are left out, counted, and that is said.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_OUTQ_H
#define TELLTALE_CLI_OUTQ_H

#include "base/buf.h"

struct outq {
    int fd;
    struct tt_buf waiting;
    size_t sent;      /* of waiting */
    uint64_t dropped; /* lines left out since it was last said */
    int error;        /* errno of a failed write: nothing goes any more */
};

void outq_init(struct outq *q, int fd);
void outq_release(struct outq *q);

/* Add whole lines.  When they do not fit: a must is waited for, else they
 * are left out and counted. */
void outq_add(struct outq *q, const struct tt_buf *lines, bool must);

/* Is something waiting? */
bool outq_pending(const struct outq *q);

/* Write as much as goes without waiting. */
void outq_pump(struct outq *q);

/* Write all of it, however long that takes. */
void outq_drain(struct outq *q);

#endif
