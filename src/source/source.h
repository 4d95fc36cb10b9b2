/*
 * source - a live line as a descriptor to poll.
 *
 *   serial port ──▶ serial.c ─┐
 *   pty, fifo, socket, pipe ──▶ fd.c ─┼─▶ struct source ──▶ records
 *   TCP, RFC 2217 ──▶ remote.c ───────┤
 *   two of them ──▶ tap.c, bridge.c ──┘
 *
 * A source only listens: it never writes a byte and touches no control line,
 * except through the calls of act.c, which nobody makes unless a person asked,
 * and except for a bridge, which passes on what its two ends say.
 * Its records carry no time yet when they are made: the loop that polls
 * gives the time at which the descriptor was found readable.
 *
 * Layer: source (program).  Uses base, tape, format.
 */
#ifndef TELLTALE_SOURCE_SOURCE_H
#define TELLTALE_SOURCE_SOURCE_H

#include "format/format.h"

#include <poll.h>
#include <sys/types.h>

enum { SOURCE_FDS = 8 }; /* of one source */

/* How a line is to be opened. */
struct source_settings {
    uint32_t baud;     /* 0: leave it as it is */
    char mode[4];      /* "8E1"; empty: leave it as it is */
    enum tt_lane lane; /* of the bytes that arrive */
    bool both_ways;    /* open it for writing too */
    /* What the user should know while it goes on; NULL: nothing. */
    void (*tell)(const char *text);
};

enum source_state {
    SOURCE_OPEN,
    SOURCE_ENDED, /* hung up, closed by the other side, unplugged */
    SOURCE_FAILED /* err says why */
};

struct source;

struct source_ops {
    /* Hand over what has arrived, once; called when fd is readable. */
    enum source_state (*read)(struct source *s, uint64_t t_ns, tt_sink_fn *sink,
                              void *user, struct tt_error *err);
    /* Hand over what the line did besides bytes (control lines, errors);
     * NULL when the line has nothing of the kind. */
    enum tt_status (*events)(struct source *s, uint64_t t_ns, tt_sink_fn *sink,
                             void *user);
    /* Put back what was changed, and close. */
    void (*close)(struct source *s);
    /* Another speed and frame; NULL: the line has none. */
    enum tt_status (*set)(struct source *s, const struct source_settings *set,
                          struct tt_error *err);
    /* What to poll, at most SOURCE_FDS of them; NULL: fd alone. */
    nfds_t (*poll)(struct source *s, struct pollfd *p);
};

struct source {
    const struct source_ops *ops;
    int fd; /* to poll for input; -1: there are several */
    enum tt_lane lane;
    const char *kind; /* "serial port", "pipe" */
    char note[200];   /* what the user should know about it; may be empty */
    uint32_t baud;    /* 0 when the line has none */
    char mode[4];     /* empty when the line has none */
    uint64_t offset;  /* bytes so far */
    void *own;        /* the kind's own state */
    bool can_send;    /* send_fd is open: the user asked for it */
    int send_fd;
    bool order_uncertain; /* between the lanes */
    bool passes_on;       /* somebody waits on the other side of us */
    /* After poll(): what was found. */
    struct pollfd polled[SOURCE_FDS];
    nfds_t npolled;
    int wait_ms; /* it wants a turn in so many; -1: whenever */
};

/*
 * Open the line called name ("-": standard input) in the way that fits it.
 * On failure err says what to do about it.
 */
enum tt_status source_open(struct source *s, const char *name,
                           const struct source_settings *set,
                           struct tt_error *err) TT_MUST_USE;

/*
 * The same for a line that may go and come back: a serial port, or any line
 * when it shall be waited for (wait: also when it is not there yet).  root:
 * where /sys and /dev are, NULL: as usual; borrowed.
 */
enum tt_status again_source(struct source *s, const char *name,
                            const struct source_settings *set, bool wait,
                            const char *root, struct tt_error *err) TT_MUST_USE;

void source_close(struct source *s);
/* Forget what was opened to send. */
void source_unsend(struct source *s);

/* What to poll for it, and what poll() said of that: is there something to
 * read? */
nfds_t source_poll(struct source *s, struct pollfd *p);
bool source_polled(struct source *s, const struct pollfd *p, nfds_t n);

/*
 * Two wires of one line on two ports that only receive: what arrives on host
 * was sent by the host.  Their order is as good as the ports are fast.
 */
enum tt_status tap_source(struct source *s, const char *host,
                          const char *device, const struct source_settings *set,
                          struct tt_error *err) TT_MUST_USE;

/*
 * Two ends, and all that one says passed on to the other, both ways; see
 * end.h for what an end may be.
 */
enum tt_status bridge_source(struct source *s, const char *host,
                             const char *device,
                             const struct source_settings *set,
                             struct tt_error *err) TT_MUST_USE;

/* In a child whose exec failed: say so on stderr, the name escaped. */
void source_cannot_run(const char *name, int why);

/* ---- acting, only ever because a person asked for it (act.c) ------------ */

/* Send bytes to the device; name is what it was opened as.  All of them or an
 * error; waits at most two seconds. */
enum tt_status source_send(struct source *s, const char *name, const void *p,
                           size_t n, struct tt_error *err) TT_MUST_USE;

/* Set DTR or RTS (TT_EV_DTR_UP ...). */
enum tt_status source_control(struct source *s, enum tt_event ev,
                              struct tt_error *err) TT_MUST_USE;

/* Begin or end a BREAK. */
enum tt_status source_break(struct source *s, bool on,
                            struct tt_error *err) TT_MUST_USE;

/* Another speed and, unless mode is empty, another frame; s->baud and s->mode
 * are then what was asked for. */
enum tt_status source_set(struct source *s, uint32_t baud, const char mode[4],
                          struct tt_error *err) TT_MUST_USE;

/* ---- for the kinds of sources ------------------------------------------ */

/* Anything that is a plain descriptor; fd is taken over also on failure. */
enum tt_status fd_source(struct source *s, int fd, mode_t type,
                         const struct source_settings *set,
                         struct tt_error *err) TT_MUST_USE;

/* tcp:HOST:PORT, rfc2217:HOST:PORT. */
bool source_is_remote(const char *name);
enum tt_status remote_source(struct source *s, const char *name,
                             const struct source_settings *set,
                             struct tt_error *err) TT_MUST_USE;

/* A serial port through libserialport. */
enum tt_status serial_source(struct source *s, const char *name,
                             const struct source_settings *set,
                             struct tt_error *err) TT_MUST_USE;

/* Read once from s->fd into a record of bytes. */
enum source_state source_read(struct source *s, uint64_t t_ns, tt_sink_fn *sink,
                              void *user, struct tt_error *err);

/* Hand over one event of the line. */
enum tt_status source_event(const struct source *s, uint64_t t_ns,
                            enum tt_event ev, tt_sink_fn *sink, void *user);

/* ---- what a tty tells about its line ----------------------------------- */

struct ttyline {
    bool has_lines, has_counts;
    int lines; /* TIOCM_ bits last seen */
    struct {
        uint32_t frame, parity, overrun, brk;
    } count; /* last seen */
};

/* Look at the line once, to have something to compare with. */
void ttyline_init(struct ttyline *t, int fd);

/* Hand over what has changed since.  Errors of the line are reported before
 * the bytes read in the same turn. */
enum tt_status ttyline_poll(struct ttyline *t, const struct source *s,
                            uint64_t t_ns, tt_sink_fn *sink, void *user);

/* Are DTR or RTS raised now?  Writes "DTR and RTS" or so into words. */
bool ttyline_raised(const struct ttyline *t, const char **words);

#endif
