/*
 * feed - what 'run' records, on its way to a screen that another process
 * draws: so the tool never waits for a terminal.
 *
 *   run ── records ──▶ feed ══ socket ══▶ feed_in ──▶ screen
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_FEED_H
#define TELLTALE_CLI_FEED_H

#include "cli/options.h"
#include "format/format.h"
#include "rules/rules.h"

#include <poll.h>
#include <sys/types.h>

enum feed_kind {
    FEED_START, /* the clock's time of the tapes' time 0 */
    FEED_FOUND, /* a port: its name */
    FEED_RECORD,
    FEED_ENDED /* the tool: its status in baud */
};

struct feed_frame {
    uint32_t len; /* of the bytes that follow */
    uint8_t kind, port, lane, event;
    uint64_t t_ns;
    uint32_t baud, count;
    char mode[4];
};

/* ---- the end that sends ------------------------------------------------- */

struct feed {
    int fd;             /* -1: nobody looks (any more) */
    struct tt_buf wait; /* what the socket does not take yet */
    size_t sent;
    uint64_t lost; /* bytes that found no room, not yet told */
    uint64_t ticked_ns;
    struct tt_buf said; /* by the tool, for the terminal afterwards */
};

void feed_init(struct feed *f);

/* A process of its own that draws the screen; false (said) when it cannot be.
 */
bool feed_start(struct feed *f, const struct options *o, struct tt_rules *set);

bool feed_is_on(const struct feed *f);
void feed_found(struct feed *f, unsigned port, const char *name);
void feed_record(struct feed *f, unsigned port, const struct tt_record *r);
void feed_begin(struct feed *f, uint64_t start_ns);
void feed_end(struct feed *f, int status);

/* What to poll for; and, after it, go on.  False when nobody looks any more. */
struct pollfd feed_poll(const struct feed *f);
bool feed_go_on(struct feed *f, short revents);

/* Keep what the tool has printed until the screen is gone ... */
void feed_keep(struct feed *f, int fd, const uint8_t *p, size_t n);
/* ... the next piece of it then; false: no more.  *at begins with 0. */
bool feed_kept(const struct feed *f, size_t *at, int *fd, struct tt_slice *s);

void feed_release(struct feed *f);

/* ---- the end that is drawn ---------------------------------------------- */

struct feed_in {
    int fd;
    uint8_t *bytes;
    size_t n, at, size;
    bool ended; /* the other end is gone */
};

bool feed_in_init(struct feed_in *in, int fd);
void feed_in_release(struct feed_in *in);
/* Take what has arrived. */
void feed_in_read(struct feed_in *in);
/* The next frame, its bytes borrowed until the next read; false: none yet. */
bool feed_in_next(struct feed_in *in, struct feed_frame *f, const uint8_t **p);

#endif
