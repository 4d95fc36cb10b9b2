/*
 * wrap_line - one port of a wrapped tool: the real one, the pty that the tool
 * has in its place, and what both are set to.
 *
 * Layer: source (program), used by wrap only.  Linux.
 */
#ifndef TELLTALE_SOURCE_WRAP_LINE_H
#define TELLTALE_SOURCE_WRAP_LINE_H

#include "source/wrap_filter.h"
#include "source/wrap_termios.h"

#include "format/format.h"

enum {
    WRAP_TX = 4096, /* as a UART's own buffer: more would only hide from the
                       tool's write() that the wire is slow */
    WRAP_RX = 64 << 10
};

struct wrap_line {
    char path[256];              /* what the tool called it */
    dev_t device;                /* st_rdev */
    int (*stand_in)(void *user); /* makes the real one; NULL: path is opened */
    int real, master;            /* -1: not open */
    bool real_is_pty;            /* its settings and lines are ours alone */
    char slave[64];              /* the pty's name */
    dev_t slave_dev;
    ino_t slave_ino;
    bool was_open; /* vt is known */
    struct wrap_termios vt;
    int modem; /* TIOCM_DTR | TIOCM_RTS as the tool set them */
    bool exclusive, locked, breaking;
    bool closing;        /* the tool has closed it, bytes are on their way */
    uint64_t closing_ns; /* give up then */
    uint8_t tx[WRAP_TX], rx[WRAP_RX];
    size_t ntx, nrx;
    /* Where its records go. */
    void (*record)(void *user, unsigned port, const struct tt_record *r);
    uint64_t (*now)(void *user);
    void *user;
    unsigned number;
    uint32_t told_baud;
    char told_mode[4];
};

void wrap_line_init(struct wrap_line *l, const char *path, dev_t device);

/* Open the real port, unless it is still open, and a fresh pty; errno, 0 when
 * done. */
int wrap_line_open(struct wrap_line *l);

/* The tool has closed it: what it wrote goes out, then its lines drop.  The
 * real port stays open to listen. */
void wrap_line_tool_closed(struct wrap_line *l);

/* Everything. */
void wrap_line_close(struct wrap_line *l);

/* Take what the tool has written; true when it has closed the port.  What was
 * written before this call has been taken (unless the buffer is full). */
bool wrap_line_from_tool(struct wrap_line *l);
/* Take what the device has sent; false when it is gone. */
bool wrap_line_from_device(struct wrap_line *l);
/* Pass on what waits. */
void wrap_line_push(struct wrap_line *l);

/* Has everything that the tool wrote left the real port? */
bool wrap_line_drained(struct wrap_line *l);

/* Settings of the tool: the wire's part onto the real port, the rest onto the
 * pty. */
void wrap_line_apply(struct wrap_line *l, const struct wrap_termios *t);

/* A call TIOC... of the tool that can be answered at once: errno, 0 when
 * done, -1 when the pty itself shall answer. */
int wrap_line_ioctl(struct wrap_line *l, const struct wrap_call *c);

/* flock() on the real port; errno, 0 when done.  Never waits. */
int wrap_line_lock(struct wrap_line *l, int op);

void wrap_line_break(struct wrap_line *l, bool on);
/* Throw away what the tool has not read; it stays on the tape. */
void wrap_line_flush_in(struct wrap_line *l);

/* An event of the line, onto the tape. */
void wrap_line_event(const struct wrap_line *l, enum tt_event ev);

#endif
