/*
 * Bytes are looked at when the call has come back: only then it is known how
 * many there were.  So they have the time at which the tool had them.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "source/trace_call.h"

#ifdef __linux__

#include "source/wrap_termios.h"

#include <asm/ioctls.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    BOTH_LINES = TIOCM_DTR | TIOCM_RTS,
    PIECE = 64 << 10, /* of one call's bytes at a time */
    MAX_PIECES = 1024 /* of readv() and writev(): IOV_MAX */
};

enum what {
    NOTHING,
    OPEN,
    OPENAT,
    CLOSE,
    READ,
    WRITE,
    READV,
    WRITEV,
    IOCTL,
    UNSEEN
};

struct number {
    int nr;
    enum what what;
};

/* Of this machine's own programs ... */
static const struct number own[] = {
#ifdef __NR_open
    {__NR_open, OPEN},
    {__NR_creat, OPEN},
    {__NR_dup2, CLOSE},
#endif
    {__NR_openat, OPENAT},
    {__NR_openat2, OPENAT},
    {__NR_close, CLOSE},
    {__NR_dup3, CLOSE},
    {__NR_close_range, CLOSE},
    {__NR_read, READ},
    {__NR_pread64, READ},
    {__NR_write, WRITE},
    {__NR_pwrite64, WRITE},
    {__NR_readv, READV},
    {__NR_writev, WRITEV},
    {__NR_ioctl, IOCTL},
    {__NR_io_uring_setup, UNSEEN}};

enum { X32_BIT = 0x40000000 };

#if defined(__x86_64__) || defined(__aarch64__)
/* ... and of its 32-bit ones: i386 and ARM agree in these. */
static const struct number compat[] = {
    {5, OPEN},     {8, OPEN},     {63, CLOSE}, {295, OPENAT},
    {322, OPENAT}, {437, OPENAT}, {6, CLOSE},  {436, CLOSE},
    {3, READ},     {180, READ},   {4, WRITE},  {181, WRITE},
    {145, READV},  {146, WRITEV}, {54, IOCTL}, {425, UNSEEN}};
#endif

/* x32: the numbers of 64 bits with one bit more, but for those whose
 * arguments differ (Linux arch/x86/entry/syscalls/syscall_64.tbl). */
static bool is_x32(const struct tracee *e)
{
    return e->arch == AUDIT_ARCH_X86_64 && e->nr & X32_BIT;
}

static uint64_t own_number(const struct tracee *e)
{
    uint64_t nr = is_x32(e) ? e->nr & ~(uint64_t)X32_BIT : e->nr;

    if (!is_x32(e) || nr < 512)
        return nr;
    return nr == 514   ? (uint64_t)__NR_ioctl
           : nr == 515 ? (uint64_t)__NR_readv
           : nr == 516 ? (uint64_t)__NR_writev
                       : UINT64_MAX;
}

/* Are its pointers and lengths of 32 bits? */
static bool is_compat(const struct tracee *e)
{
    return sizeof(void *) == 8 && (e->arch == AUDIT_ARCH_I386 ||
                                   e->arch == AUDIT_ARCH_ARM || is_x32(e));
}

static enum what what_of(const struct tracee *e)
{
    const struct number *n = own;
    size_t len = TT_LEN(own);

#if defined(__x86_64__) || defined(__aarch64__)
    if (is_compat(e) && !is_x32(e)) {
        n = compat;
        len = TT_LEN(compat);
    }
#endif
    for (size_t i = 0; i < len; i++)
        if ((uint64_t)n[i].nr == own_number(e))
            return n[i].what;
    return NOTHING;
}

/* ---- which port --------------------------------------------------------- */

static bool stat_fd(const struct tracee *e, int fd, struct stat *st)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)e->tid, fd);
    return stat(path, st) == 0;
}

static void put_event(const struct trace_taps *t, const struct trace_port *p,
                      enum tt_event ev)
{
    const struct tt_record r = {
        .t_ns = t->c->now(t->c->user), .lane = TT_LANE_LINE, .event = ev};

    t->c->record(t->c->user, (unsigned)(p - t->port), &r);
}

static void put_lines(const struct trace_taps *t, struct trace_port *p, int now)
{
    int changed = now ^ p->modem;

    p->modem = now & BOTH_LINES;
    if (changed & TIOCM_DTR)
        put_event(t, p, now & TIOCM_DTR ? TT_EV_DTR_UP : TT_EV_DTR_DOWN);
    if (changed & TIOCM_RTS)
        put_event(t, p, now & TIOCM_RTS ? TT_EV_RTS_UP : TT_EV_RTS_DOWN);
}

static void put_settings(const struct trace_taps *t, struct trace_port *p,
                         const struct wrap_termios *s)
{
    struct tt_record r = {.t_ns = t->c->now(t->c->user),
                          .lane = TT_LANE_LINE,
                          .event = TT_EV_BAUD,
                          .baud = wrap_speed(s)};

    wrap_mode(s, r.mode);
    if (!r.baud || (r.baud == p->told_baud && !strcmp(r.mode, p->told_mode)))
        return;
    p->told_baud = r.baud;
    memcpy(p->told_mode, r.mode, sizeof(p->told_mode));
    t->c->record(t->c->user, (unsigned)(p - t->port), &r);
}

/* The port of a device, made when it is new; NULL when it is none to watch. */
static struct trace_port *port_of(struct trace_taps *t, const struct stat *st,
                                  const char *name)
{
    struct trace_port *p = NULL;

    if (!S_ISCHR(st->st_mode))
        return NULL;
    for (unsigned i = 0; i < t->nports; i++)
        if (t->port[i].device == st->st_rdev)
            return &t->port[i];
    if (!name || !wrap_port_wanted(&t->wanted, st))
        return NULL;
    for (unsigned i = 0; i < t->nports; i++)
        if (!t->port[i].open && !strcmp(t->port[i].name, name))
            p = &t->port[i]; /* it went and came back */
    if (!p && t->nports < WRAP_PORTS) {
        p = &t->port[t->nports++];
        (void)snprintf(p->name, sizeof(p->name), "%s", name);
        t->c->found(t->c->user, t->nports - 1, p->name);
    }
    t->unseen += !p;
    if (p)
        p->device = st->st_rdev;
    return p;
}

/* What the port is set to: asked for on a copy of the descriptor, which lives
 * only so long. */
static void look_at_it(struct trace_taps *t, struct trace_port *p,
                       const struct tracee *e, int fd)
{
#if defined(__NR_pidfd_open) && defined(__NR_pidfd_getfd)
    struct wrap_termios now;
    int pidfd = (int)syscall(__NR_pidfd_open, e->tgid, 0), copy, lines;

    if (pidfd < 0)
        return;
    copy = (int)syscall(__NR_pidfd_getfd, pidfd, fd, 0);
    if (copy >= 0 &&
        !ioctl(copy, _IOC(_IOC_READ, 'T', 0x2A, sizeof(now)), &now))
        put_settings(t, p, &now);
    if (copy >= 0 && !ioctl(copy, TIOCMGET, &lines))
        put_lines(t, p, lines & BOTH_LINES);
    if (copy >= 0)
        (void)close(copy);
    (void)close(pidfd);
#else
    (void)t;
    (void)p;
    (void)e;
    (void)fd;
#endif
}

static void opened(struct trace_taps *t, struct trace_port *p,
                   const struct tracee *e, int fd)
{
    if (p->open)
        return;
    p->open = true;
    p->told_baud = 0;
    p->modem = 0;
    put_event(t, p, TT_EV_OPEN);
    look_at_it(t, p, e, fd);
}

void trace_call_found(struct trace_taps *t, const struct tracee *e, int fd)
{
    char link[64], name[PATH_MAX];
    struct trace_port *p;
    struct stat st;
    ssize_t n;

    (void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)e->tid, fd);
    n = readlink(link, name, sizeof(name) - 1);
    if (n <= 0 || stat(link, &st))
        return;
    name[n] = '\0';
    p = port_of(t, &st, name);
    if (p)
        opened(t, p, e, fd);
}

/* Does any process of the tool still hold it? */
static bool is_held(const struct trace_port *p, const struct tracee *all,
                    size_t n)
{
    bool held = false;

    for (size_t i = 0; i < n && !held; i++) {
        char path[64];
        struct dirent *d;
        DIR *dir;

        if (all[i].tid != all[i].tgid)
            continue;
        (void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)all[i].tid);
        dir = opendir(path);
        while (dir && !held && (d = readdir(dir)) != NULL) {
            struct stat st;

            held = d->d_name[0] != '.' &&
                   stat_fd(&all[i], (int)strtol(d->d_name, NULL, 10), &st) &&
                   S_ISCHR(st.st_mode) && st.st_rdev == p->device;
        }
        if (dir)
            (void)closedir(dir);
    }
    return held;
}

void trace_call_gone(struct trace_taps *t, const struct tracee *all, size_t n)
{
    for (unsigned i = 0; i < t->nports; i++)
        if (t->port[i].open && !is_held(&t->port[i], all, n)) {
            t->port[i].open = false;
            put_event(t, &t->port[i], TT_EV_CLOSE);
        }
}

/* ---- calls -------------------------------------------------------------- */

static void put_bytes(struct trace_taps *t, struct trace_port *p,
                      enum tt_lane lane, int out, const struct tracee *e,
                      uint64_t at, uint64_t n)
{
    static uint8_t bytes[PIECE];

    while (n) {
        size_t piece = n < PIECE ? (size_t)n : PIECE;
        struct tt_record r = {.t_ns = t->c->now(t->c->user),
                              .lane = lane,
                              .bytes = bytes,
                              .len = piece};

        if (!wrap_peek(e->tid, at, bytes, piece)) {
            t->unseen++;
            return;
        }
        if (p)
            t->c->record(t->c->user, (unsigned)(p - t->port), &r);
        else
            t->c->said(t->c->user, out, bytes, piece);
        at += piece;
        n -= piece;
    }
}

/* The pieces of a readv() or writev(), n bytes in all. */
static void put_pieces(struct trace_taps *t, struct trace_port *p,
                       enum tt_lane lane, int out, const struct tracee *e,
                       uint64_t n)
{
    uint64_t count = e->arg[2] < MAX_PIECES ? e->arg[2] : MAX_PIECES;

    for (uint64_t i = 0; i < count && n; i++) {
        uint64_t v[2], len;

        if (is_compat(e)) {
            uint32_t narrow[2];

            if (!wrap_peek(e->tid, e->arg[1] + i * sizeof(narrow), narrow,
                           sizeof(narrow)))
                return;
            v[0] = narrow[0];
            v[1] = narrow[1];
        } else if (sizeof(void *) == 8) {
            if (!wrap_peek(e->tid, e->arg[1] + i * sizeof(v), v, sizeof(v)))
                return;
        } else {
            return;
        }
        len = v[1] < n ? v[1] : n;
        put_bytes(t, p, lane, out, e, v[0], len);
        n -= len;
    }
}

/* Is the descriptor where the tool prints to?  1, 2, or 0. */
static int output_of(const struct trace_taps *t, const struct stat *st, int fd)
{
    for (int i = 0; i < 2; i++)
        if (fd == i + 1 && t->has_out[i] && st->st_dev == t->out[i].st_dev &&
            st->st_ino == t->out[i].st_ino)
            return i + 1;
    return 0;
}

static void transfer(struct trace_taps *t, const struct tracee *e,
                     enum what what, uint64_t n)
{
    bool reads = what == READ || what == READV;
    enum tt_lane lane = reads ? TT_LANE_DEVICE : TT_LANE_HOST;
    int fd = (int)e->arg[0], out = 0;
    struct trace_port *p;
    struct stat st;

    if (!stat_fd(e, fd, &st))
        return;
    p = port_of(t, &st, NULL);
    if (!p && !reads)
        out = output_of(t, &st, fd);
    if (!p && !out)
        return;
    if (what == READ || what == WRITE)
        put_bytes(t, p, lane, out, e, e->arg[1], n);
    else
        put_pieces(t, p, lane, out, e, n);
}

static void change_lines(struct trace_taps *t, struct trace_port *p,
                         const struct tracee *e)
{
    int v;

    if (!wrap_peek(e->tid, e->arg[2], &v, sizeof(v)))
        return;
    v &= BOTH_LINES;
    put_lines(t, p,
              e->arg[1] == TIOCMSET   ? v
              : e->arg[1] == TIOCMBIS ? p->modem | v
                                      : p->modem & ~v);
}

static void on_ioctl(struct trace_taps *t, const struct tracee *e)
{
    struct wrap_termios s = {0};
    size_t size = WRAP_OLD_TERMIOS;
    struct trace_port *p;
    struct stat st;

    if ((e->arg[1] & 0xFF00) != 0x5400 || !stat_fd(e, (int)e->arg[0], &st))
        return;
    p = port_of(t, &st, NULL);
    if (!p)
        return;
    switch ((uint32_t)e->arg[1]) {
    case _IOC(_IOC_WRITE, 'T', 0x2B, sizeof(s)): /* TCSETS2 */
    case WRAP_TCSETSW2:
    case WRAP_TCSETSF2: size = sizeof(s); /* fall through */
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        if (wrap_peek(e->tid, e->arg[2], &s, size))
            put_settings(t, p, &s);
        return;
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC: change_lines(t, p, e); return;
    case TCSBRK:
        if (!(int)e->arg[2])
            put_event(t, p, TT_EV_BREAK);
        return;
    case TCSBRKP:
    case TIOCSBRK: put_event(t, p, TT_EV_BREAK); return;
    default: return;
    }
}

static void on_open(struct trace_taps *t, const struct tracee *e,
                    enum what what, int fd)
{
    int dirfd = what == OPENAT ? (int)e->arg[0] : AT_FDCWD;
    char path[PATH_MAX], name[2 * PATH_MAX];
    struct trace_port *p;
    struct stat st;

    if (!stat_fd(e, fd, &st) || !S_ISCHR(st.st_mode))
        return;
    if (!wrap_peek_text(e->tid, e->arg[what == OPENAT], path, sizeof(path)))
        (void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)e->tid, fd);
    wrap_port_name(e->tid, dirfd, path, name, sizeof(name));
    p = port_of(t, &st, name);
    if (p)
        opened(t, p, e, fd);
}

void trace_call_begins(struct trace_taps *t, struct tracee *e)
{
    enum what what = what_of(e);

    e->in_call = what != NOTHING;
    e->closes = what == CLOSE;
    t->unseen += what == UNSEEN;
}

void trace_call_ended(struct trace_taps *t, struct tracee *e, int64_t result)
{
    enum what what = what_of(e);

    if (!e->in_call || result < 0)
        return;
    if (what == OPEN || what == OPENAT)
        on_open(t, e, what, (int)result);
    else if (what >= READ && what <= WRITEV)
        transfer(t, e, what, (uint64_t)result);
    else if (what == IOCTL)
        on_ioctl(t, e);
}

#endif
