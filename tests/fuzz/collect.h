/*
 * Records collected by a fuzz target, and what must be true of any of them.
 */
#ifndef TT_TESTS_COLLECT_H
#define TT_TESTS_COLLECT_H

#include "format/format.h"

#include <stdlib.h>
#include <string.h>

enum { COLLECT_MAX = 4096, COLLECT_BYTES = 1 << 20 };

struct collected {
    struct tt_record rec[COLLECT_MAX];
    uint8_t bytes[COLLECT_BYTES];
    size_t n, nbytes;
    uint64_t last_ns;
    bool full;
};

static inline void collect_begin(struct collected *c)
{
    c->n = c->nbytes = 0;
    c->last_ns = 0;
    c->full = false;
}

/* A tt_sink_fn. */
static inline enum tt_status collect(const struct tt_record *r, void *user)
{
    struct collected *c = user;
    bool event = r->event != TT_EV_NONE;

    if (r->t_ns < c->last_ns || r->t_ns > TT_MAX_TIME_NS ||
        r->len > TT_MAX_RECORD || (unsigned)r->event >= TT_EVENTS ||
        event != (r->lane == TT_LANE_LINE) || event != (r->len == 0) ||
        (unsigned)r->lane >= TT_LANES || r->mode[3])
        abort();
    c->last_ns = r->t_ns;
    if (c->n == COLLECT_MAX || r->len > COLLECT_BYTES - c->nbytes) {
        c->full = true;
        return TT_ERR_LIMIT;
    }
    c->rec[c->n] = *r;
    c->rec[c->n].bytes = c->bytes + c->nbytes;
    if (r->len)
        memcpy(c->bytes + c->nbytes, r->bytes, r->len);
    c->nbytes += r->len;
    c->n++;
    return TT_OK;
}

/* Abort unless a and b hold the same; source counts when with_source. */
static inline void collect_compare(const struct collected *a,
                                   const struct collected *b, bool with_source)
{
    if (a->n != b->n || a->nbytes != b->nbytes ||
        memcmp(a->bytes, b->bytes, a->nbytes) != 0)
        abort();
    for (size_t i = 0; i < a->n; i++) {
        const struct tt_record *x = &a->rec[i], *y = &b->rec[i];

        if (x->t_ns != y->t_ns || x->lane != y->lane || x->event != y->event ||
            x->len != y->len || x->baud != y->baud || x->count != y->count ||
            memcmp(x->mode, y->mode, sizeof(x->mode)) != 0 ||
            (with_source && x->source != y->source))
            abort();
    }
}

/* Read p in chunks (0: whole).  The report is copied out. */
static inline enum tt_status collect_read(struct collected *c, const void *p,
                                          size_t n, size_t chunk,
                                          const struct tt_read_options *options,
                                          struct tt_read_report *report,
                                          struct tt_error *err)
{
    const uint8_t *at = p;
    struct tt_reader *rd;
    enum tt_status st = tt_reader_new(&rd, options, collect, c, err);

    collect_begin(c);
    if (st)
        abort();
    while (n && !st) {
        size_t take = chunk && chunk < n ? chunk : n;

        st = tt_reader_feed(rd, at, take, err);
        at += take;
        n -= take;
    }
    if (!st)
        st = tt_reader_finish(rd, err);
    *report = *tt_reader_report(rd);
    tt_reader_free(rd);
    return st;
}

#endif
