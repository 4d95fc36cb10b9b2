/*
 * One poll loop for everything; a call that has to wait (a drain, a timed
 * break, a wait for a control line) is parked and answered by a later turn,
 * so that bytes go on flowing meanwhile.
 *
 * Order: before any ioctl is answered the pty is read until it is empty,
 * which is a true fence: bytes written before a DTR edge are on the tape
 * before it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pipe2 */
#endif
#include "source/wrap.h"

#ifdef __linux__

#include "source/wrap_line.h"
#include "source/wrap_port.h"
#include "source/wrap_spawn.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { PARKED = 32 };

struct parked {
    bool used, in_break;
    struct wrap_call call;
    struct wrap_line *line;
    uint64_t break_ns; /* how long, then until when; 0: no break */
    struct wrap_termios t;
    bool sets, flushes;
    int lines;  /* TIOCMIWAIT: what they were */
    bool locks; /* flock() */
};

struct wrap {
    struct wrap_config c;
    struct wrap_line *line[WRAP_PORTS];
    unsigned nlines;
    int listener, signals;
    bool deaf;  /* nobody is left under the filter */
    int out[2]; /* what the tool prints: stdout, stderr */
    pid_t tool;
    bool ended;
    int status; /* of wait() */
    uint64_t ended_ns;
    bool hurry;
    unsigned unseen; /* calls that could not be looked at */
    struct parked parked[PARKED];
    sigset_t mask; /* as it was */
};

/* ---- which port is it? -------------------------------------------------- */

/* The line of a device, made when it is new; NULL when there are too many.
 * One that went and came back is the same, by its number or by its name. */
static struct wrap_line *line_of(struct wrap *w, const char *name,
                                 const struct stat *st)
{
    struct wrap_line *l;

    for (unsigned i = 0; i < w->nlines; i++)
        if (w->line[i]->device == st->st_rdev)
            return w->line[i];
    for (unsigned i = 0; i < w->nlines; i++)
        if (w->line[i]->real < 0 && w->line[i]->master < 0 &&
            !strcmp(w->line[i]->path, name)) {
            w->line[i]->device = st->st_rdev;
            return w->line[i];
        }
    if (w->nlines == WRAP_PORTS)
        return NULL;
    l = malloc(sizeof(*l));
    if (!l)
        return NULL;
    wrap_line_init(l, name, st->st_rdev);
    l->number = w->nlines;
    l->stand_in = w->c.stand_in;
    l->record = w->c.record;
    l->now = w->c.now;
    l->user = w->c.user;
    w->line[w->nlines++] = l;
    w->c.found(w->c.user, l->number, l->path);
    return l;
}

/* ---- open --------------------------------------------------------------- */

/* Give the tool the slave in place of the port. */
static void give_slave(struct wrap *w, const struct wrap_call *c,
                       struct wrap_line *l)
{
    int keep = O_ACCMODE | O_NONBLOCK | O_APPEND | O_ASYNC;
    int slave = open(l->slave, (c->flags & keep) | O_NOCTTY | O_CLOEXEC);
    int err = slave < 0 ? errno
                        : wrap_filter_give(w->listener, c->id, slave,
                                           c->flags & O_CLOEXEC);

    if (err && err != ENOENT) /* ENOENT: the tool is gone */
        wrap_filter_answer(w->listener, c->id, 0, err);
    if (slave >= 0) /* the last one is the tool's: its end is seen by HUP */
        (void)close(slave);
}

/* Is the port to be had?  TIOCEXCL keeps out all but an administrator. */
static int admit(const struct wrap_call *c, struct wrap_line *l)
{
    /* Closed just before this: two sessions, not one. */
    if (l->master >= 0 && wrap_line_from_tool(l))
        wrap_line_tool_closed(l);
    if (l->master >= 0)
        return l->exclusive && !wrap_port_is_admin(c->pid) ? EBUSY : 0;
    return wrap_line_open(l);
}

/* Which device is it, if it is to be watched?  A stand-in has no device, and
 * all names of ports are its. */
static bool is_wanted(const struct wrap *w, const char *path, const char *full,
                      struct stat *st)
{
    const struct wrap_ports ports = {w->c.ports, w->c.nports};

    memset(st, 0, sizeof(*st));
    if (w->c.stand_in)
        return wrap_port_is_name(&ports, path);
    return !stat(full, st) && wrap_port_wanted(&ports, st);
}

static void on_open(struct wrap *w, const struct wrap_call *c)
{
    char path[PATH_MAX], full[PATH_MAX + 64];
    struct wrap_line *l = NULL;
    struct stat st;
    int err;

    if (!wrap_peek_text(c->pid, c->path, path, sizeof(path))) {
        w->unseen += errno == EPERM;
    } else if (!(c->flags & O_PATH)) {
        wrap_port_path(c->pid, c->dirfd, path, full, sizeof(full));
        if (is_wanted(w, path, full, &st)) {
            wrap_port_name(c->pid, c->dirfd, path, full, sizeof(full));
            l = line_of(w, full, &st);
            w->unseen += !l;
        }
    }
    if (!l) {
        wrap_filter_continue(w->listener, c->id);
        return;
    }
    err = admit(c, l);
    if (err)
        wrap_filter_answer(w->listener, c->id, 0, err);
    else
        give_slave(w, c, l);
}

/* ---- ioctl -------------------------------------------------------------- */

/* Is the tool's descriptor one of our slaves?  The link is followed: right
 * across dup, fork and exec. */
static struct wrap_line *line_of_fd(struct wrap *w, const struct wrap_call *c)
{
    char path[64];
    struct stat st;

    (void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)c->pid, c->fd);
    if (stat(path, &st) || !S_ISCHR(st.st_mode))
        return NULL;
    for (unsigned i = 0; i < w->nlines; i++)
        if (w->line[i]->master >= 0 && w->line[i]->slave_dev == st.st_dev &&
            w->line[i]->slave_ino == st.st_ino)
            return w->line[i];
    return NULL;
}

static struct parked *park(struct wrap *w, const struct wrap_call *c,
                           struct wrap_line *l)
{
    for (size_t i = 0; i < PARKED; i++)
        if (!w->parked[i].used) {
            w->parked[i] = (struct parked){
                .used = true, .call = *c, .line = l, .t = l->vt};
            return &w->parked[i];
        }
    wrap_filter_answer(w->listener, c->id, 0, EAGAIN);
    return NULL;
}

/* TCSETSW, TCSETSF and their second forms: when all is out. */
static void park_settings(struct wrap *w, const struct wrap_call *c,
                          struct wrap_line *l, size_t size, bool flushes)
{
    struct parked *p = park(w, c, l);

    if (!p)
        return;
    p->sets = true;
    p->flushes = flushes;
    if (wrap_peek(c->pid, c->arg, &p->t, size))
        return;
    p->used = false;
    wrap_filter_answer(w->listener, c->id, 0, EFAULT);
}

static void park_break(struct wrap *w, const struct wrap_call *c,
                       struct wrap_line *l, uint64_t tenths)
{
    struct parked *p = park(w, c, l);

    if (p)
        p->break_ns = tenths ? tenths * 100 * TT_NS_PER_MS : 250 * TT_NS_PER_MS;
}

static void park_wait(struct wrap *w, const struct wrap_call *c,
                      struct wrap_line *l)
{
    struct parked *p = NULL;
    int now;

    if (ioctl(l->real, TIOCMGET, &now))
        wrap_filter_answer(w->listener, c->id, 0, ENOTTY);
    else
        p = park(w, c, l);
    if (p)
        p->lines = now;
}

static void on_ioctl(struct wrap *w, const struct wrap_call *c)
{
    struct wrap_line *l = line_of_fd(w, c);
    int err;

    if (!l) {
        wrap_filter_continue(w->listener, c->id);
        return;
    }
    (void)wrap_line_from_tool(l);
    (void)wrap_line_from_device(l);
    switch (c->cmd) {
    case TCSETSW: park_settings(w, c, l, WRAP_OLD_TERMIOS, false); return;
    case TCSETSF: park_settings(w, c, l, WRAP_OLD_TERMIOS, true); return;
    case WRAP_TCSETSW2: park_settings(w, c, l, sizeof(l->vt), false); return;
    case WRAP_TCSETSF2: park_settings(w, c, l, sizeof(l->vt), true); return;
    case TCSBRK:
        if (c->arg)
            (void)park(w, c, l); /* tcdrain() */
        else
            park_break(w, c, l, 0);
        return;
    case TCSBRKP: park_break(w, c, l, c->arg & 0xFF); return;
    case TIOCMIWAIT: park_wait(w, c, l); return;
    default: break;
    }
    err = wrap_line_ioctl(l, c);
    if (err < 0)
        wrap_filter_continue(w->listener, c->id);
    else
        wrap_filter_answer(w->listener, c->id, 0, err);
}

/* flock(): on the real port, where it keeps others out, and then on the pty,
 * where it keeps the tool's own descriptors apart. */
static void on_flock(struct wrap *w, const struct wrap_call *c)
{
    struct wrap_line *l = line_of_fd(w, c);
    int err = l ? wrap_line_lock(l, c->flags) : 0;
    struct parked *p;

    if (err == EWOULDBLOCK && !(c->flags & LOCK_NB)) {
        p = park(w, c, l);
        if (p)
            p->locks = true;
        return;
    }
    if (err)
        wrap_filter_answer(w->listener, c->id, 0, err);
    else
        wrap_filter_continue(w->listener, c->id);
}

/* Has what it waits for come?  *err is what the call then comes to. */
static bool is_ripe(struct wrap *w, struct parked *p, int *err)
{
    struct wrap_line *l = p->line;
    uint64_t now = w->c.now(w->c.user);
    int lines;

    *err = 0;
    if (l->real < 0 || l->master < 0) {
        *err = EIO;
        return true;
    }
    if (p->locks) {
        *err = wrap_line_lock(l, p->call.flags);
        return *err != EWOULDBLOCK;
    }
    if (p->call.cmd == TIOCMIWAIT)
        return !ioctl(l->real, TIOCMGET, &lines) &&
               (lines ^ p->lines) & (int)p->call.arg;
    if (!p->in_break) {
        (void)wrap_line_from_tool(l);
        if (!wrap_line_drained(l))
            return false;
        if (!l->real_is_pty) /* what is in the UART itself */
            (void)ioctl(l->real, TCSBRK, 1);
    }
    if (p->break_ns && !p->in_break) {
        p->in_break = true;
        p->break_ns += now;
        wrap_line_break(l, true);
    }
    if (p->in_break && now < p->break_ns)
        return false;
    if (p->in_break)
        wrap_line_break(l, false);
    if (p->flushes)
        wrap_line_flush_in(l);
    if (p->sets)
        wrap_line_apply(l, &p->t);
    return true;
}

static void run_parked(struct wrap *w)
{
    for (size_t i = 0; i < PARKED; i++) {
        struct parked *p = &w->parked[i];
        int err;

        if (!p->used)
            continue;
        if (!wrap_filter_valid(w->listener, p->call.id)) { /* it was killed */
            p->used = false;
            if (p->in_break)
                wrap_line_break(p->line, false);
        } else if (is_ripe(w, p, &err)) {
            p->used = false;
            if (p->locks && !err)
                wrap_filter_continue(w->listener, p->call.id);
            else
                wrap_filter_answer(w->listener, p->call.id, 0, err);
        }
    }
}

static bool any_parked(const struct wrap *w)
{
    for (size_t i = 0; i < PARKED; i++)
        if (w->parked[i].used)
            return true;
    return false;
}

static void on_call(struct wrap *w)
{
    struct wrap_call c;

    if (!wrap_filter_next(w->listener, &c))
        return;
    if (c.kind == CALL_OPEN)
        on_open(w, &c);
    else if (c.kind == CALL_IOCTL)
        on_ioctl(w, &c);
    else if (c.kind == CALL_FLOCK)
        on_flock(w, &c);
    else
        wrap_filter_continue(w->listener, c.id);
}

/* ---- starting ----------------------------------------------------------- */

static void catch_signals(struct wrap *w)
{
    static const int all[] = {SIGCHLD, SIGTERM, SIGHUP,
                              SIGINT,  SIGQUIT, SIGWINCH};
    sigset_t mask;

    (void)sigemptyset(&mask);
    for (size_t i = 0; i < TT_LEN(all); i++)
        (void)sigaddset(&mask, all[i]);
    (void)sigprocmask(SIG_BLOCK, &mask, &w->mask);
    w->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A descriptor that the tool inherits is a plain one: not ours. */
static enum tt_status check_inherited(const struct wrap *w,
                                      struct tt_error *err)
{
    const struct wrap_ports ports = {w->c.ports, w->c.nports};
    struct stat st;

    for (int fd = 0; fd < 3; fd++)
        if (!fstat(fd, &st) && S_ISCHR(st.st_mode) &&
            wrap_port_wanted(&ports, &st))
            return tt_fail(err, TT_ERR_IO,
                           "the port is the tool's standard %s already, where "
                           "it cannot be watched: let the tool open it by "
                           "its name",
                           fd == 0   ? "input"
                           : fd == 1 ? "output"
                                     : "error");
    return TT_OK;
}

enum tt_status wrap_start(struct wrap **out, const struct wrap_config *config,
                          struct tt_error *err)
{
    struct wrap *w = calloc(1, sizeof(*w));
    enum tt_status st;

    *out = NULL;
    if (!w)
        return tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
    w->c = *config;
    w->listener = w->signals = w->out[0] = w->out[1] = -1;
    /* Orphans stay our descendants: their memory may be looked at. */
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    st = check_inherited(w, err);
    if (!st) {
        struct wrap_spawned t;

        catch_signals(w);
        st = wrap_spawn(&t, w->c.argv, &w->mask, w->c.no_input, err);
        w->tool = t.tool;
        w->listener = t.listener;
        w->out[0] = t.out[0];
        w->out[1] = t.out[1];
    }
    if (st) {
        wrap_free(w);
        return st;
    }
    *out = w;
    return TT_OK;
}

/* ---- the loop ----------------------------------------------------------- */

nfds_t wrap_poll(struct wrap *w, struct pollfd *p, bool quiet)
{
    nfds_t n = 0;

    p[n++] = (struct pollfd){.fd = w->signals, .events = POLLIN};
    p[n++] =
        (struct pollfd){.fd = w->deaf ? -1 : w->listener, .events = POLLIN};
    for (int i = 0; i < 2; i++)
        p[n++] =
            (struct pollfd){.fd = quiet ? -1 : w->out[i], .events = POLLIN};
    for (unsigned i = 0; i < w->nlines; i++) {
        const struct wrap_line *l = w->line[i];
        short in = l->ntx < WRAP_TX ? POLLIN : 0;
        short out = l->nrx ? POLLOUT : 0;

        /* With no room in between a hang-up would be told again and again. */
        p[n++] = (struct pollfd){.fd = in || out ? l->master : -1,
                                 .events = (short)(in | out)};
        p[n++] =
            (struct pollfd){.fd = l->real,
                            .events = (short)((l->nrx < WRAP_RX ? POLLIN : 0) |
                                              (l->ntx ? POLLOUT : 0))};
    }
    return n;
}

int wrap_patience(const struct wrap *w)
{
    uint64_t now, until;

    for (unsigned i = 0; i < w->nlines; i++)
        if (w->line[i]->closing)
            return 10;
    if (any_parked(w))
        return 1;
    if (!w->ended)
        return -1;
    now = w->c.now(w->c.user);
    until = w->ended_ns + w->c.linger_ns;
    return now >= until ? 0 : (int)((until - now) / TT_NS_PER_MS + 1);
}

static void on_signal(struct wrap *w)
{
    struct signalfd_siginfo si;

    while (read(w->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
        int status;
        pid_t pid;

        if (si.ssi_signo == SIGWINCH) {
            struct winsize size;

            for (int i = 0; i < 2; i++)
                if (w->out[i] >= 0 && !ioctl(i + 1, TIOCGWINSZ, &size))
                    (void)ioctl(w->out[i], TIOCSWINSZ, &size);
            continue;
        }
        if (si.ssi_signo != SIGCHLD) {
            /* Ctrl-C reaches the whole group; what was sent to us alone is
             * passed on.  After the tool's end it ends the listening. */
            if (w->ended)
                w->hurry = true;
            else if (si.ssi_code <= 0)
                (void)kill(w->tool, (int)si.ssi_signo);
            continue;
        }
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            if (pid == w->tool) {
                w->status = status;
                w->ended = true;
                w->ended_ns = w->c.now(w->c.user);
            }
    }
}

static void on_output(struct wrap *w, int i)
{
    uint8_t piece[4096];
    ssize_t n;

    while (w->out[i] >= 0 && (n = read(w->out[i], piece, sizeof(piece))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0)
            break; /* EIO: the pty's last writer is gone */
        w->c.said(w->c.user, i + 1, piece, (size_t)n);
        return; /* the others get their turn */
    }
    if (w->out[i] >= 0)
        (void)close(w->out[i]);
    w->out[i] = -1;
}

static void on_line(struct wrap_line *l, short master, short real)
{
    if (master & (POLLIN | POLLHUP) && wrap_line_from_tool(l) && l->master >= 0)
        wrap_line_tool_closed(l);
    if (real & (POLLIN | POLLHUP | POLLERR) && l->real >= 0 &&
        !wrap_line_from_device(l)) {
        bool in_use = l->master >= 0;

        wrap_line_close(l); /* it is gone: the tool sees a hang-up */
        if (in_use)
            wrap_line_event(l, TT_EV_CLOSE);
    }
    wrap_line_push(l);
}

void wrap_turn(struct wrap *w, const struct pollfd *p, nfds_t n)
{
    unsigned lines = (unsigned)(n - 4) / 2;

    for (unsigned i = 0; i < lines; i++)
        on_line(w->line[i], p[4 + 2 * i].revents, p[5 + 2 * i].revents);
    if (p[1].revents & POLLIN)
        on_call(w);
    else if (p[1].revents)
        w->deaf = true;
    for (int i = 0; i < 2; i++)
        if (p[2 + i].revents)
            on_output(w, i);
    if (p[0].revents)
        on_signal(w);
    run_parked(w);
}

bool wrap_ended(const struct wrap *w)
{
    return w->ended;
}

void wrap_hurry(struct wrap *w)
{
    w->hurry = true;
}

/* Has it printed something that is not passed on yet? */
static bool has_output(const struct wrap *w)
{
    struct pollfd p[2] = {{.fd = w->out[0], .events = POLLIN},
                          {.fd = w->out[1], .events = POLLIN}};

    return poll(p, 2, 0) > 0 && (p[0].revents | p[1].revents) & POLLIN;
}

bool wrap_done(const struct wrap *w)
{
    bool any = false;

    if (!w->ended || has_output(w))
        return false;
    for (unsigned i = 0; i < w->nlines; i++)
        any |= w->line[i]->real >= 0;
    return w->hurry || !any ||
           w->c.now(w->c.user) >= w->ended_ns + w->c.linger_ns;
}

int wrap_status(const struct wrap *w)
{
    if (WIFSIGNALED(w->status))
        return 128 + WTERMSIG(w->status);
    return WEXITSTATUS(w->status);
}

unsigned wrap_unseen(const struct wrap *w)
{
    return w->unseen;
}

/* ---- the end ------------------------------------------------------------ */

/* Processes that the tool left behind still carry the filter; without
 * somebody to answer, every open() of theirs would fail. */
static void leave_a_servant(struct wrap *w)
{
    struct pollfd p = {.fd = w->listener, .events = POLLIN};

    (void)poll(&p, 1, 0);
    if (w->deaf || p.revents & POLLHUP || fork() != 0)
        return;
    (void)setsid();
    for (int fd = 0; fd < 3; fd++) {
        int null = open("/dev/null", O_RDWR);

        if (null >= 0 && null != fd) {
            (void)dup2(null, fd);
            (void)close(null);
        }
    }
    for (;;) {
        struct wrap_call c;

        if (poll(&p, 1, -1) > 0 && p.revents & POLLHUP)
            _exit(0);
        if (p.revents & POLLIN && wrap_filter_next(w->listener, &c))
            wrap_filter_continue(w->listener, c.id);
    }
}

void wrap_free(struct wrap *w)
{
    if (!w)
        return;
    for (unsigned i = 0; i < w->nlines; i++) {
        wrap_line_close(w->line[i]);
        free(w->line[i]);
    }
    if (w->listener >= 0) {
        leave_a_servant(w);
        (void)close(w->listener);
    }
    for (int i = 0; i < 2; i++)
        if (w->out[i] >= 0)
            (void)close(w->out[i]);
    if (w->signals >= 0) {
        (void)close(w->signals);
        (void)sigprocmask(SIG_SETMASK, &w->mask, NULL);
    }
    free(w);
}

#else /* not Linux */

enum tt_status wrap_start(struct wrap **out, const struct wrap_config *config,
                          struct tt_error *err)
{
    (void)config;
    *out = NULL;
    return tt_fail(err, TT_ERR_IO, "tools can be wrapped on Linux only");
}

#endif
