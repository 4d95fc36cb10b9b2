/*
 * trace_call - what a system call of a traced tool did to a serial port.
 *
 * Layer: source (program), used by trace only.  Linux.
 */
#ifndef TELLTALE_SOURCE_TRACE_CALL_H
#define TELLTALE_SOURCE_TRACE_CALL_H

#include "source/wrap.h"
#include "source/wrap_filter.h"
#include "source/wrap_port.h"

struct trace_port {
    dev_t device;
    char name[256];
    bool open;
    uint32_t told_baud;
    char told_mode[4];
    int modem; /* TIOCM_DTR | TIOCM_RTS, as far as known */
};

/* One thread of the tool, and the call that it is in. */
struct tracee {
    pid_t tid, tgid;
    bool in_call;
    uint32_t arch;
    uint64_t nr, arg[6];
    bool closes; /* the call may close a port */
};

struct trace_taps {
    const struct wrap_config *c;
    struct wrap_ports wanted;
    struct trace_port port[WRAP_PORTS];
    unsigned nports;
    struct stat out[2]; /* stdout and stderr of the tool */
    bool has_out[2];
    unsigned unseen;
};

/* A call begins, or has come to an end with a result (negative: errno). */
void trace_call_begins(struct trace_taps *t, struct tracee *e);
void trace_call_ended(struct trace_taps *t, struct tracee *e, int64_t result);

/* A descriptor of a process, open already: when it is a port, it is told. */
void trace_call_found(struct trace_taps *t, const struct tracee *e, int fd);

/* Some process may have closed the last descriptor of a port. */
void trace_call_gone(struct trace_taps *t, const struct tracee *all, size_t n);

#endif
