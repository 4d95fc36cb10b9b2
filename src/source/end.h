/*
 * end - one end of a bridge: something that bytes come from and go to, that
 * may go away and come back.
 *
 *   /dev/ttyUSB0               a serial port, a pty of somebody else, a tty
 *   pty, pty:LINK              a new pty, with a name for it
 *   tcp:HOST:PORT              a connection to a server
 *   tcp-listen:[ADDRESS:]PORT  a client at a time; ADDRESS is the loopback
 *   rfc2217:HOST:PORT          the same two with speed, frame and lines
 *   rfc2217-listen:[ADDRESS:]PORT
 *   exec:COMMAND               a program's standard input and output
 *
 * An end holds a bounded amount of bytes that wait to go out.  What is to be
 * done when nobody is there differs: a wire that hangs in the air loses what
 * is sent into it (nobody has opened the pty, no client, a port that is
 * unplugged); a connection that is being made is waited for.
 *
 * Layer: source (program).
 */
#ifndef TELLTALE_SOURCE_END_H
#define TELLTALE_SOURCE_END_H

#include "source/net.h"
#include "source/pty.h"
#include "source/source.h"
#include "source/telnet.h"

enum end_kind {
    END_TTY,
    END_PTY,
    END_CONNECT, /* tcp:, rfc2217: */
    END_LISTEN,
    END_EXEC
};

enum {
    END_OUT = 64 << 10,
    END_TTY_OUT = 4096, /* of a tty: more would hide that the wire is slow */
    END_IN = 4096,
    END_REPLIES = 2 * TELNET_REPLY, /* of END_OUT: kept for them */
    END_FDS = 4,
    END_NAME = 512
};

struct end {
    enum end_kind kind;
    const char *name; /* as it was given */
    const char *arg;  /* of that, after the kind */
    struct source_settings set;
    bool telnet; /* RFC 2217 */
    int fd;      /* -1: not open, or not connected yet */
    bool there;  /* somebody takes what is sent */
    bool eof;    /* it says nothing any more, but may listen */
    bool ended;  /* for good */
    bool connecting, breaking, hides_parity;
    uint64_t due_ns; /* to try again; after eof: to close */
    struct net_peer peer;
    int listener[NET_LISTENERS];
    struct source tty;
    struct pty pty;
    unsigned openers; /* of that */
    char place[96];   /* a new pty's name, a listener's address */
    bool has_link;
    pid_t pid;
    uint32_t baud; /* last seen, of a pty; last set, of a port */
    char mode[4];
    struct telnet tn;
    uint8_t in[END_IN]; /* not decoded yet: RFC 2217 only */
    size_t nin, in_at;
    uint8_t out[END_OUT];
    size_t nout, out_at;
    uint64_t undelivered;
};

/* Open what is called name; on failure err says why.  It has to be closed
 * then too. */
enum tt_status end_open(struct end *e, const char *name,
                        const struct source_settings *set,
                        struct tt_error *err) TT_MUST_USE;
void end_close(struct end *e);
/* Somebody is there: a connection is made. */
void end_begins(struct end *e);
/* Again, a tty that was gone; false when it is not back yet. */
bool end_reopen(struct end *e);

/* What to poll; input: bytes of it can be taken. */
nfds_t end_poll(const struct end *e, struct pollfd *p, bool input);

/*
 * After poll(), or when time has gone on: clients come, connections are made
 * or tried again.  Has `there` changed?
 */
bool end_turn(struct end *e, const struct pollfd *p, nfds_t n, uint64_t t_ns);

/*
 * Take what it said, at most room bytes, up to the next change.  When the
 * last of it has been taken and it is closed, it is not there any more.
 */
size_t end_take(struct end *e, uint8_t *to, size_t room,
                struct end_change *change, uint64_t t_ns);
/* Is there something left that poll() does not know of? */
bool end_has_more(const struct end *e);

/* How much can be given to it. */
size_t end_room(const struct end *e);
void end_give(struct end *e, const uint8_t *p, size_t n);
void end_push(struct end *e);

/* Can a change be done without harm to what was given before? */
bool end_drained(struct end *e);
void end_change(struct end *e, const struct end_change *c);
/* It asked for a change; to is where that was done. */
void end_done(struct end *e, const struct end_change *c, const struct end *to);

/* Can it have a speed and lines at all? */
bool end_has_settings(const struct end *e);

/* It is new: tell it how the lines of the other are. */
void end_lines(struct end *e, const struct end *other);

/* Say something about it. */
void end_tell(const struct end *e, const char *fmt, ...) TT_PRINTF(2, 3);

#endif
