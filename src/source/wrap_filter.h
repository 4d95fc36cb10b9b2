/*
 * wrap_filter - the seccomp filter of a wrapped tool, and what can be asked
 * and answered about a call that it has handed over.
 *
 * Layer: source (program), used by wrap only.  Linux.
 */
#ifndef TELLTALE_SOURCE_WRAP_FILTER_H
#define TELLTALE_SOURCE_WRAP_FILTER_H

#include "base/base.h"

#include <sys/types.h>

/* A call that waits for an answer, numbers as of this machine. */
struct wrap_call {
    uint64_t id;
    pid_t pid;
    enum { CALL_OPEN, CALL_IOCTL, CALL_FLOCK, CALL_OTHER } kind;
    bool compat; /* made by a 32-bit program */
    int dirfd, flags;
    uint64_t path; /* address in the tool */
    int fd;
    unsigned cmd;
    uint64_t arg;
};

/* In the tool's process, before exec: install it.  The listener, or -1 with
 * errno. */
int wrap_filter_install(void);

/* Ask that a waiting call is switched to at once (Linux 6.6). */
void wrap_filter_quick(int listener);

/* The next call that waits; false when there is none. */
bool wrap_filter_next(int listener, struct wrap_call *c);

/* Is its maker still there? */
bool wrap_filter_valid(int listener, uint64_t id);

/* Let the kernel do it as if nothing had been. */
void wrap_filter_continue(int listener, uint64_t id);

/* It came to this: a result, or (err not 0) an errno. */
void wrap_filter_answer(int listener, uint64_t id, int64_t result, int err);

/* Give the tool a copy of fd as the result; errno, 0 when done. */
int wrap_filter_give(int listener, uint64_t id, int fd, bool cloexec);

/* Bytes of the tool's memory; false when they cannot be had. */
bool wrap_peek(pid_t pid, uint64_t at, void *to, size_t n);
bool wrap_poke(pid_t pid, uint64_t at, const void *from, size_t n);
/* A string of up to n - 1 characters. */
bool wrap_peek_text(pid_t pid, uint64_t at, char *to, size_t n);

#endif
