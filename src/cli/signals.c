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

static volatile sig_atomic_t noted;

static void on_noted(int sig)
{
    (void)sig;
    noted = 1;
}

static void catch_with(void (*handler)(int))
{
    struct sigaction a = {.sa_handler = handler, .sa_flags = (int)SA_RESETHAND};

    for (size_t i = 0; i < TT_LEN(ending_signals); i++)
        (void)sigaction(ending_signals[i], &a, NULL);
}

void signals_note(void)
{
    noted = 0;
    catch_with(on_noted);
}

bool signals_noted(void)
{
    return noted != 0;
}

bool signals_catch(void)
{
    if (pipe(signal_pipe))
        return false;
    for (int i = 0; i < 2; i++) {
        (void)fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK);
        (void)fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC);
    }
    catch_with(on_signal);
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
