/*
 * wrap_spawn - from a command line to a process under the filter.
 *
 * Layer: source (program), used by wrap only.  Linux.
 */
#ifndef TELLTALE_SOURCE_WRAP_SPAWN_H
#define TELLTALE_SOURCE_WRAP_SPAWN_H

#include "base/base.h"

#include <signal.h>
#include <sys/types.h>

struct wrap_spawned {
    pid_t tool;
    int listener; /* of its filter */
    int out[2];   /* our ends of its stdout and stderr */
};

/*
 * Start argv with the signal mask (no_input: and without a stdin); its stdout and stderr are terminals where
 * ours are, else pipes.  TT_ERR_IO with a sentence when the kernel refuses;
 * what is in *t by then is the caller's to close.
 */
enum tt_status wrap_spawn(struct wrap_spawned *t, char *const *argv,
                          const sigset_t *mask, bool no_input,
                          struct tt_error *err) TT_MUST_USE;

#endif
