/*
 * trace - a tool's calls on its serial ports, looked at as strace does.
 *
 *   tool ── read(), write(), ioctl() ──▶ kernel ──▶ the real port
 *                     │ stops for a moment
 *                     └──▶ trace ──▶ records
 *
 * The other way beside wrap.h: for kernels and containers that refuse seccomp
 * notification, and for a tool that runs already.  The tool has its real port
 * and its real terminal; each of its system calls stops twice, which is
 * slower.  Only what the tool itself reads and writes is seen, and nothing
 * after it has closed its port.
 *
 * Layer: source (program).  Linux 5.3 and later; elsewhere it says so.
 */
#ifndef TELLTALE_SOURCE_TRACE_H
#define TELLTALE_SOURCE_TRACE_H

#include "source/wrap.h"

#include <sys/types.h>

struct trace;

/* Start config->argv, or, with pid not 0, attach to what runs already.
 * config->linger_ns means nothing here; what the tool prints has been printed
 * when config->said is told of it. */
enum tt_status trace_start(struct trace **out, const struct wrap_config *config,
                           pid_t pid, struct tt_error *err) TT_MUST_USE;
/* Everything that is still traced goes on alone. */
void trace_free(struct trace *t);

/* As their namesakes of wrap.h. */
nfds_t trace_poll(struct trace *t, struct pollfd *p);
void trace_turn(struct trace *t);
bool trace_done(const struct trace *t);
/* The tool's status; 0 when it was let go. */
int trace_status(const struct trace *t);
unsigned trace_unseen(const struct trace *t);

#endif
