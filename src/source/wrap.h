/*
 * wrap - an unmodified tool, and every serial port it opens.
 *
 *   tool ── open("/dev/ttyUSB0") ──▶ kernel ── notification ──▶ wrap
 *     ◀── a pty's slave in place of the port ──────────────────┘
 *   tool ◀── pty ──▶ wrap ◀──▶ the real port
 *
 * The tool runs under a seccomp filter that hands its open() and tty ioctl()
 * calls over (user notification, Linux 5.9 and later; no root, no preloaded
 * library, static programs too).  Bytes then flow through the pty; settings,
 * control lines and breaks are carried out on the real port and recorded.
 * What the tool prints is passed on and recorded too.
 *
 * Layer: source (program).  Linux only: elsewhere wrap_start() says so.
 */
#ifndef TELLTALE_SOURCE_WRAP_H
#define TELLTALE_SOURCE_WRAP_H

#include "format/format.h"

#include <poll.h>

enum { WRAP_PORTS = 8, WRAP_FDS = 2 * WRAP_PORTS + 4 };

struct wrap_config {
    char *const *argv;        /* the tool and its arguments, ends with NULL */
    const char *const *ports; /* watch these only; none: all serial ports */
    size_t nports;
    bool no_input;      /* its stdin is /dev/null */
    uint64_t linger_ns; /* listen on for so long after the tool has ended */
    /* No port is opened: whatever name of one the tool opens (those of ports
     * only, when there are any), it gets the pty whose slave this returns; -1
     * and errno when there is none.  NULL: the real ports. */
    int (*stand_in)(void *user);
    /* Time now, on the tape. */
    uint64_t (*now)(void *user);
    /* A port is opened for the first time; name is what it is called. */
    void (*found)(void *user, unsigned port, const char *name);
    /* A record of a port. */
    void (*record)(void *user, unsigned port, const struct tt_record *r);
    /* The tool printed something: fd is 1 or 2.  It is passed on by the
     * caller, and recorded by him. */
    void (*said)(void *user, int fd, const uint8_t *p, size_t n);
    void *user;
};

struct wrap;

/* Start the tool.  TT_ERR_IO with a sentence when it cannot be. */
enum tt_status wrap_start(struct wrap **out, const struct wrap_config *config,
                          struct tt_error *err) TT_MUST_USE;
void wrap_free(struct wrap *w);

/* What to poll, at most WRAP_FDS of them; quiet: leave out what the tool
 * prints, because nobody takes it at the moment. */
nfds_t wrap_poll(struct wrap *w, struct pollfd *p, bool quiet);
/* ... and for how many milliseconds at most, -1: any time. */
int wrap_patience(const struct wrap *w);
/* After poll(). */
void wrap_turn(struct wrap *w, const struct pollfd *p, nfds_t n);

/* The tool has ended, and so has the time to listen on. */
bool wrap_done(const struct wrap *w);
/* Has the tool ended? */
bool wrap_ended(const struct wrap *w);
/* Its exit status as a shell would say it: 128 + n for signal n. */
int wrap_status(const struct wrap *w);
/* How many open() calls could not be looked at, or were of one port too many:
 * what they opened, if it was a port, is not on any tape. */
unsigned wrap_unseen(const struct wrap *w);
/* Do not listen on any longer. */
void wrap_hurry(struct wrap *w);

#endif
