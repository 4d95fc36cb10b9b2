#include "cli/signals.h"

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* Signals write to it; the loop polls it. */
static int signal_pipe[2] = {-1, -1};

static void on_signal(int sig)
{
    int keep = errno;

    (void)sig;
    (void)!write(signal_pipe[1], "", 1);
    errno = keep;
}

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};

bool signals_catch(void)
{
    struct sigaction a = {.sa_handler = on_signal,
                          .sa_flags = (int)SA_RESETHAND};

    if (pipe(signal_pipe))
        return false;
    for (int i = 0; i < 2; i++) {
        (void)fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK);
        (void)fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC);
    }
    for (size_t i = 0; i < TT_LEN(ending_signals); i++)
        (void)sigaction(ending_signals[i], &a, NULL);
    return true;
}

int signals_fd(void)
{
    return signal_pipe[0];
}

void signals_release(void)
{
    for (size_t i = 0; i < TT_LEN(ending_signals); i++)
        (void)signal(ending_signals[i], SIG_DFL);
    for (int i = 0; i < 2; i++) {
        if (signal_pipe[i] >= 0)
            (void)close(signal_pipe[i]);
        signal_pipe[i] = -1;
    }
}
