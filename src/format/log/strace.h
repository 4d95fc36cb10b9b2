/*
 * strace - what its two files share: calls, descriptors, ioctl().
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_STRACE_H
#define TT_FORMAT_STRACE_H

#include "format/log/cut.h"
#include "format/log/log.h"

enum { STRACE_FDS = 256, STRACE_WAITING = 16 };

enum strace_kind {
    CALL_READ,
    CALL_WRITE,
    CALL_READV,
    CALL_WRITEV,
    CALL_OPEN,
    CALL_CLOSE,
    CALL_IOCTL
};

struct strace_fd {
    int n;
    bool is_line; /* a serial line */
};

struct strace_call {
    bool used;
    enum strace_kind kind;
    struct strace_fd fd;
    uint64_t pid;
    uint64_t sent; /* bytes of a write that was interrupted */
};

struct strace {
    bool any; /* a read or write of a line */
    bool is_line[STRACE_FDS];
    struct strace_call waiting[STRACE_WAITING];
    uint32_t baud;
    char mode[4];
};

/* Whether descriptor fd is a line from now on. */
void tt_strace_is_line(struct tt_log *l, int fd, bool is);
/* ", TCSETS, {...}) = 0" of ioctl(). */
void tt_strace_ioctl(struct tt_log *l, struct strace_fd fd, struct tt_slice s,
                     int64_t result);

#endif
