/*
 * end_open - the kinds of ends, opened and closed.
 */
#include "source/end.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void end_tell(const struct end *e, const char *fmt, ...)
{
    char text[600];
    va_list ap;
    int n;

    if (!e->set.tell)
        return;
    n = snprintf(text, sizeof(text), "%.200s: ", e->name);
    va_start(ap, fmt);
    (void)vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap);
    va_end(ap);
    e->set.tell(text);
}

/* ---- ttys --------------------------------------------------------------- */

static enum tt_status open_tty(struct end *e, struct tt_error *err)
{
    struct source_settings how = e->set;
    struct stat st;
    enum tt_status got;

    how.both_ways = true;
    if (!stat(e->name, &st) && !S_ISCHR(st.st_mode))
        return tt_fail(err, TT_ERR_ARG,
                       "it is no port; an end is a port, pty, tcp:, "
                       "tcp-listen:, rfc2217:, rfc2217-listen: or exec:");
    got = source_open(&e->tty, e->name, &how, err);
    if (got)
        return got;
    e->fd = e->tty.fd;
    e->there = true;
    e->baud = e->tty.baud;
    memcpy(e->mode, e->tty.mode, sizeof(e->mode));
    return TT_OK;
}

/* A link that is there may be one that a killed process has left: then it
 * leads nowhere, or to the pty that is ours now. */
static bool may_replace(const struct end *e)
{
    char to[128];
    ssize_t n = readlink(e->arg, to, sizeof(to) - 1);

    if (n < 0)
        return false;
    to[n] = '\0';
    return strcmp(to, e->pty.name) == 0 || access(e->arg, F_OK) != 0;
}

static enum tt_status open_pty(struct end *e, struct tt_error *err)
{
    int why = pty_open(&e->pty);
    struct pty_seen seen;

    if (why)
        return tt_fail(err, TT_ERR_IO, "there is no new pty: %s",
                       strerror(why));
    e->fd = e->pty.master;
    e->there = e->pty.watch < 0;
    if (e->set.baud)
        pty_set_baud(&e->pty, e->set.baud);
    pty_look(&e->pty, &seen);
    e->baud = seen.baud;
    e->mode[2] = seen.two_stop ? '2' : '1';
    (void)snprintf(e->place, sizeof(e->place), "%s", e->pty.name);
    if (!*e->arg)
        return TT_OK;
    if (may_replace(e))
        (void)unlink(e->arg);
    if (symlink(e->pty.name, e->arg))
        return tt_fail(err, TT_ERR_IO, "cannot make the link: %s",
                       strerror(errno));
    e->has_link = true;
    return TT_OK;
}

/* ---- sockets ------------------------------------------------------------ */

static enum tt_status open_connection(struct end *e, struct tt_error *err)
{
    enum tt_status st = net_parse(&e->peer, e->arg, true, err);

    if (!st)
        st = net_lookup(&e->peer, false, err);
    if (!st)
        st = net_connect(&e->peer, &e->fd, err);
    e->baud = e->set.baud;
    memcpy(e->mode, e->set.mode, sizeof(e->mode));
    if (!st)
        end_begins(e);
    return st;
}

static enum tt_status open_listener(struct end *e, struct tt_error *err)
{
    enum tt_status st = net_parse(&e->peer, e->arg, false, err);

    if (!st)
        st = net_lookup(&e->peer, true, err);
    if (!st)
        st = net_listen(&e->peer, e->listener, e->place, sizeof(e->place), err);
    return st;
}

/* ---- programs ----------------------------------------------------------- */

static void child(int fd, const char *command)
{
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static enum tt_status open_program(struct end *e, struct tt_error *err)
{
    int pair[2];

    if (!*e->arg)
        return tt_fail(err, TT_ERR_ARG, "which command?  exec:COMMAND");
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return tt_fail(err, TT_ERR_IO, "no socket: %s", strerror(errno));
    net_tune(pair[0]);
    e->pid = fork();
    if (e->pid == 0) {
        (void)close(pair[0]);
        child(pair[1], e->arg);
    }
    (void)close(pair[1]);
    e->fd = pair[0];
    e->there = true;
    if (e->pid < 0)
        return tt_fail(err, TT_ERR_IO, "no new process: %s", strerror(errno));
    return TT_OK;
}

/* It has no input any more: most end by that. */
static void end_program(pid_t pid)
{
    const struct timespec wait = {.tv_nsec = 10 * (long)TT_NS_PER_MS};

    for (int i = 0; i < 100; i++) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        if (i == 20)
            (void)kill(pid, SIGTERM);
        (void)nanosleep(&wait, NULL);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

/* ---- all of them -------------------------------------------------------- */

static const struct {
    const char *prefix;
    enum end_kind kind;
    bool telnet;
} kinds[] = {
    {"tcp:", END_CONNECT, false},    {"tcp-listen:", END_LISTEN, false},
    {"rfc2217:", END_CONNECT, true}, {"rfc2217-listen:", END_LISTEN, true},
    {"exec:", END_EXEC, false},      {"pty:", END_PTY, false}};

static void find_kind(struct end *e)
{
    e->kind = END_TTY;
    e->arg = "";
    if (strcmp(e->name, "pty") == 0)
        e->kind = END_PTY;
    for (size_t i = 0; i < TT_LEN(kinds); i++) {
        size_t n = strlen(kinds[i].prefix);

        if (strncmp(e->name, kinds[i].prefix, n) == 0) {
            e->kind = kinds[i].kind;
            e->telnet = kinds[i].telnet;
            e->arg = e->name + n;
            if (e->kind == END_CONNECT && strncmp(e->arg, "//", 2) == 0)
                e->arg += 2;
        }
    }
}

enum tt_status end_open(struct end *e, const char *name,
                        const struct source_settings *set, struct tt_error *err)
{
    *e = (struct end){.name = name, .set = *set, .fd = -1};
    e->pty = (struct pty){.master = -1, .slave = -1, .watch = -1};
    for (int i = 0; i < NET_LISTENERS; i++)
        e->listener[i] = -1;
    find_kind(e);
    switch (e->kind) {
    case END_PTY: return open_pty(e, err);
    case END_CONNECT: return open_connection(e, err);
    case END_LISTEN: return open_listener(e, err);
    case END_EXEC: return open_program(e, err);
    default: return open_tty(e, err);
    }
}

bool end_reopen(struct end *e)
{
    struct tt_error err;
    struct stat st;

    return stat(e->name, &st) == 0 && S_ISCHR(st.st_mode) &&
           open_tty(e, &err) == TT_OK;
}

void end_close(struct end *e)
{
    char to[128];
    ssize_t n;

    if (e->tty.ops) {
        if (e->breaking)
            (void)!source_break(&e->tty, false, NULL);
        source_close(&e->tty);
    } else if (e->kind != END_PTY && e->fd >= 0) {
        (void)close(e->fd);
    }
    e->fd = -1;
    for (int i = 0; i < NET_LISTENERS; i++)
        if (e->listener[i] >= 0)
            (void)close(e->listener[i]);
    n = e->has_link ? readlink(e->arg, to, sizeof(to) - 1) : -1;
    if (n > 0) {
        to[n] = '\0';
        if (strcmp(to, e->pty.name) == 0)
            (void)unlink(e->arg);
    }
    pty_close(&e->pty);
    if (e->pid > 0)
        end_program(e->pid);
    e->pid = 0;
}
