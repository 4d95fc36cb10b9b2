/*
 * The tool's process installs the filter itself, before exec, and hands the
 * listener over through a socket: only so is everything it does afterwards,
 * children included, under the filter, and nothing of ours.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pipe2 */
#endif
#include "source/wrap_spawn.h"

#ifdef __linux__

#include "source/source.h"
#include "source/wrap_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { CANNOT_WRAP = 125, NO_TOOL = 127 };

static bool send_fd(int to, int fd)
{
    char byte = 0;
    struct iovec v = {&byte, 1};
    union {
        struct cmsghdr h;
        char room[CMSG_SPACE(sizeof(int))];
    } u;
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = u.room,
                       .msg_controllen = sizeof(u.room)};

    memset(&u, 0, sizeof(u));
    u.h.cmsg_len = CMSG_LEN(sizeof(int));
    u.h.cmsg_level = SOL_SOCKET;
    u.h.cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(&u.h), &fd, sizeof(fd));
    return sendmsg(to, &m, 0) == 1;
}

/* The listener, or -1: then *why is the errno that the tool's side met. */
static int receive_fd(int from, int *why)
{
    int number = 0, fd;
    struct iovec v = {&number, sizeof(number)};
    union {
        struct cmsghdr h;
        char room[CMSG_SPACE(sizeof(int))];
    } u;
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = u.room,
                       .msg_controllen = sizeof(u.room)};
    ssize_t n;

    do
        n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    *why = n == (ssize_t)sizeof(number) ? number : ECHILD;
    if (n <= 0 || m.msg_controllen < sizeof(struct cmsghdr))
        return -1;
    memcpy(&fd, CMSG_DATA(&u.h), sizeof(fd));
    return fd;
}

/* The tool's process, from fork to exec. */
static void become_tool(char *const *argv, const sigset_t *mask, bool no_input,
                        int sock, const int out[2])
{
    int listener, why, null = no_input ? open("/dev/null", O_RDONLY) : -1;

    if (null > 0) {
        (void)dup2(null, 0);
        (void)close(null);
    }

    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    for (int i = 0; i < 2; i++)
        if (out[i] >= 0)
            (void)dup2(out[i], i + 1);
    listener = wrap_filter_install();
    if (listener < 0) {
        why = errno;
        (void)!write(sock, &why, sizeof(why));
        _exit(CANNOT_WRAP);
    }
    if (!send_fd(sock, listener))
        _exit(CANNOT_WRAP);
    (void)close(listener);
    (void)execvp(argv[0], argv);
    source_cannot_run(argv[0], errno);
    _exit(NO_TOOL);
}

/* Where the tool prints to: a terminal when ours is one, so that it behaves
 * as it does without us; else a pipe.  ends: [0] ours, [1] the tool's. */
static bool make_output(int fd, int ends[2])
{
    struct termios t;
    struct winsize size;

    if (!isatty(fd))
        return pipe2(ends, O_CLOEXEC) == 0;
    ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (ends[0] < 0 || grantpt(ends[0]) || unlockpt(ends[0]))
        return false;
    ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (ends[1] < 0)
        return false;
    if (tcgetattr(ends[1], &t) == 0) {
        t.c_oflag &= ~(tcflag_t)OPOST; /* the real terminal does that */
        t.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(ends[1], TCSANOW, &t);
    }
    if (!ioctl(fd, TIOCGWINSZ, &size))
        (void)ioctl(ends[1], TIOCSWINSZ, &size);
    return true;
}

static enum tt_status refused(struct tt_error *err, int why)
{
    if (why == EBUSY)
        return tt_fail(err, TT_ERR_IO,
                       "the kernel refuses: a tool is wrapped once only, and "
                       "this is inside another wrapper or a container that "
                       "uses the same means; run it outside, or with --strace, "
                       "which is slower and sees only what the tool reads");
    if (why == ENOSYS || why == EINVAL)
        return tt_fail(err, TT_ERR_IO,
                       "the kernel cannot hand calls over (it wants Linux "
                       "5.9 with CONFIG_SECCOMP_FILTER): --strace is the "
                       "other way, slower, and sees only what the tool reads");
    return tt_fail(err, TT_ERR_IO,
                   "the kernel refuses the filter: %s; --strace is the other "
                   "way",
                   strerror(why));
}

enum tt_status wrap_spawn(struct wrap_spawned *t, char *const *argv,
                          const sigset_t *mask, bool no_input,
                          struct tt_error *err)
{
    int status, sv[2], out[2][2] = {{-1, -1}, {-1, -1}}, tools[2], why;

    *t = (struct wrap_spawned){.listener = -1, .out = {-1, -1}};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv))
        return tt_fail(err, TT_ERR_IO, "%s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        if (!make_output(i + 1, out[i]))
            return tt_fail(err, TT_ERR_IO, "no pipe for the tool: %s",
                           strerror(errno));
        t->out[i] = out[i][0];
        tools[i] = out[i][1];
    }
    t->tool = fork();
    if (t->tool == 0)
        become_tool(argv, mask, no_input, sv[1], tools);
    (void)close(sv[1]);
    (void)close(tools[0]);
    (void)close(tools[1]);
    t->listener = t->tool < 0 ? -1 : receive_fd(sv[0], &why);
    if (t->tool < 0)
        why = errno;
    (void)close(sv[0]);
    for (int i = 0; i < 2; i++)
        (void)fcntl(t->out[i], F_SETFL, O_NONBLOCK);
    if (t->listener >= 0) {
        wrap_filter_quick(t->listener);
        return TT_OK;
    }
    if (t->tool > 0)
        (void)waitpid(t->tool, &status, 0);
    return refused(err, why);
}

#endif
