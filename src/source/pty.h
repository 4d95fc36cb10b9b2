/*
 * pty - a new pty as a port for somebody else, and what can be seen of what
 * he does with it.
 *
 * A pty hides much: no control lines, no breaks, and the kernel drops parity
 * and data bits from its settings.  Speed and stop bits can be seen.
 *
 * Layer: source (program).
 */
#ifndef TELLTALE_SOURCE_PTY_H
#define TELLTALE_SOURCE_PTY_H

#include "base/base.h"

struct pty {
    int master, slave; /* -1: none; the slave is held open: no hang-ups */
    int watch;         /* readable when somebody opens or closes it, or -1 */
    char name[64];     /* of the slave */
};

/* What is set on it. */
struct pty_seen {
    uint32_t baud; /* 0: an odd one that cannot be told */
    bool two_stop;
    bool wants_parity; /* the marks that the kernel leaves of it */
};

/* errno, 0 when done. */
int pty_open(struct pty *p);
void pty_close(struct pty *p);

void pty_look(const struct pty *p, struct pty_seen *seen);
void pty_set_baud(const struct pty *p, uint32_t baud);

/* Read the watch: how many have it open, from how many had. */
unsigned pty_openers(const struct pty *p, unsigned had);

/* Throw away what was sent to it and nobody has read. */
void pty_flush(const struct pty *p);

#endif
