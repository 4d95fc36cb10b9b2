/*
 * A 64-bit filter alone would let the calls of 32-bit programs through, so
 * there is a table for each way of calling that this machine knows.  The test
 * on the type byte of an ioctl ('T') also catches TCGETS2 and its kin; those
 * in front of it are answered rightly by the pty itself.  flock() is handed
 * over because a lock on the pty would keep nobody from the port.  io_uring
 * could open files unseen and is told not to be there.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* process_vm_readv */
#endif
#include "source/wrap_filter.h"

#ifdef __linux__

#include <asm/termbits.h> /* not <termios.h>: they clash */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Flags that are younger than the headers may be. */
#define KILLABLE   (1UL << 5) /* SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, 5.19 */
#define ADDFD_SEND (1UL << 1) /* SECCOMP_ADDFD_FLAG_SEND, 5.14 */
#define SET_FLAGS  SECCOMP_IOW(4, uint64_t) /* SECCOMP_IOCTL_NOTIF_SET_FLAGS */

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__i386__)
#define THIS_ARCH AUDIT_ARCH_I386
#elif defined(__arm__)
#define THIS_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define THIS_ARCH AUDIT_ARCH_RISCV64
#endif

enum { NO_CALL = -1, X32 = 0x40000000 /* the bit of its numbers */ };

/* Numbers of the calls of one way of calling. */
struct table {
    uint32_t arch;
    int open, creat, openat, openat2, ioctl, flock, io_uring;
};

/* This machine's own way first; x32 calls have its arch and a bit more, and
 * most of its numbers (Linux arch/x86/entry/syscalls/syscall_64.tbl). */
static const struct table tables[] = {
#ifdef THIS_ARCH
    {THIS_ARCH,
#ifdef __NR_open
     __NR_open, __NR_creat,
#else
     NO_CALL, NO_CALL,
#endif
     __NR_openat, __NR_openat2, __NR_ioctl, __NR_flock, __NR_io_uring_setup},
#endif
#ifdef __x86_64__
    {AUDIT_ARCH_X86_64, X32 | 2, X32 | 85, X32 | 257, X32 | 437, X32 | 514,
     X32 | 73, X32 | 425},
    {AUDIT_ARCH_I386, 5, 8, 295, 437, 54, 143, 425},
#endif
#ifdef __aarch64__
    {AUDIT_ARCH_ARM, 5, 8, 322, 437, 54, 143, 425},
#endif
};

static bool is_x32(int nr)
{
    return nr > 0 && nr & X32;
}

/* ---- the filter --------------------------------------------------------- */

struct program {
    struct sock_filter op[160];
    unsigned short n;
};

static void add(struct program *p, unsigned short code, uint32_t k, uint8_t jt,
                uint8_t jf)
{
    p->op[p->n++] = (struct sock_filter){code, jt, jf, k};
}

static void load(struct program *p, size_t offset)
{
    add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* When what is loaded equals k: this is the answer. */
static void answer_if(struct program *p, uint32_t k, uint32_t answer)
{
    add(p, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
    add(p, BPF_RET | BPF_K, answer, 0, 0);
}

static void add_table(struct program *p, const struct table *t)
{
    static const uint32_t native[] = {TIOCINQ,    FIONBIO,   FIOCLEX,  FIONCLEX,
                                      TIOCGWINSZ, TIOCGPGRP, TIOCSPGRP};
    const int notified[] = {t->open, t->creat, t->openat, t->openat2, t->flock};
    unsigned short skip, skip_x32 = 0;

    load(p, offsetof(struct seccomp_data, arch));
    skip = p->n;
    add(p, BPF_JMP | BPF_JEQ | BPF_K, t->arch, 0, 0);
    load(p, offsetof(struct seccomp_data, nr));
    if (is_x32(t->ioctl)) {
        skip_x32 = p->n;
        add(p, BPF_JMP | BPF_JSET | BPF_K, X32, 0, 0);
    }
    for (size_t i = 0; i < TT_LEN(notified); i++)
        if (notified[i] != NO_CALL)
            answer_if(p, (uint32_t)notified[i], SECCOMP_RET_USER_NOTIF);
    answer_if(p, (uint32_t)t->io_uring, SECCOMP_RET_ERRNO | ENOSYS);
    add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)t->ioctl, 1, 0);
    add(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    load(p, offsetof(struct seccomp_data, args[1])); /* its low half */
    for (size_t i = 0; i < TT_LEN(native); i++)
        answer_if(p, native[i], SECCOMP_RET_ALLOW);
    add(p, BPF_ALU | BPF_AND | BPF_K, 0xFF00, 0, 0);
    answer_if(p, 0x5400, SECCOMP_RET_USER_NOTIF); /* type 'T' */
    add(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    p->op[skip].jf = (uint8_t)(p->n - skip - 1);
    if (skip_x32)
        p->op[skip_x32].jf = (uint8_t)(p->n - skip_x32 - 1);
}

int wrap_filter_install(void)
{
    struct program p = {.n = 0};
    struct sock_fprog prog;
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    long fd;

    if (!TT_LEN(tables)) {
        errno = ENOSYS;
        return -1;
    }
    for (size_t i = TT_LEN(tables); i--;) /* x32 before what has its arch */
        add_table(&p, &tables[i]);
    add(&p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    prog = (struct sock_fprog){p.n, p.op};
    fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | KILLABLE, &prog);
    if (fd < 0 &&
        errno == EACCES) { /* not root: setuid programs gain nothing */
        (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | KILLABLE,
                     &prog);
    }
    if (fd < 0 && errno == EINVAL)
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
    return (int)fd;
}

void wrap_filter_quick(int listener)
{
    (void)ioctl(listener, SET_FLAGS, 1UL);
}

/* ---- calls -------------------------------------------------------------- */

static const struct table *table_of(uint32_t arch, int nr)
{
    bool x32 = arch != AUDIT_ARCH_I386 && is_x32(nr);

    for (size_t i = 0; i < TT_LEN(tables); i++)
        if (tables[i].arch == arch && is_x32(tables[i].ioctl) == x32)
            return &tables[i];
    return NULL;
}

/* Where the path and the flags of an open stand. */
static void read_open(struct wrap_call *c, const struct table *t,
                      const struct seccomp_data *d)
{
    struct open_how how = {0};

    c->kind = CALL_OPEN;
    c->dirfd = AT_FDCWD;
    c->path = d->args[0];
    c->flags = (int)d->args[1];
    if (d->nr == t->creat)
        c->flags = O_WRONLY | O_CREAT | O_TRUNC;
    if (d->nr != t->openat && d->nr != t->openat2)
        return;
    c->dirfd = (int)d->args[0];
    c->path = d->args[1];
    c->flags = (int)d->args[2];
    if (d->nr != t->openat2)
        return;
    if (wrap_peek(c->pid, d->args[2], &how, sizeof(how)))
        c->flags = (int)how.flags;
    else
        c->kind = CALL_OTHER;
}

bool wrap_filter_next(int listener, struct wrap_call *c)
{
    /* The kernel's structure may be longer than the one of the headers. */
    union {
        struct seccomp_notif n;
        char room[512];
    } u;
    const struct table *t;

    memset(&u, 0, sizeof(u));
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &u.n) < 0)
        return false;
    *c = (struct wrap_call){
        .id = u.n.id, .pid = (pid_t)u.n.pid, .kind = CALL_OTHER};
    t = table_of(u.n.data.arch, u.n.data.nr);
    if (!t)
        return true;
    c->compat = t != &tables[0];
    if (u.n.data.nr == t->ioctl) {
        c->kind = CALL_IOCTL;
        c->fd = (int)u.n.data.args[0];
        c->cmd = (unsigned)u.n.data.args[1];
        c->arg = u.n.data.args[2];
    } else if (u.n.data.nr == t->flock) {
        c->kind = CALL_FLOCK;
        c->fd = (int)u.n.data.args[0];
        c->flags = (int)u.n.data.args[1];
    } else {
        read_open(c, t, &u.n.data);
    }
    return true;
}

bool wrap_filter_valid(int listener, uint64_t id)
{
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static void respond(int listener, uint64_t id, int64_t val, int err,
                    uint32_t flags)
{
    struct seccomp_notif_resp r = {
        .id = id, .val = val, .error = -err, .flags = flags};

    (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r);
}

void wrap_filter_continue(int listener, uint64_t id)
{
    respond(listener, id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

void wrap_filter_answer(int listener, uint64_t id, int64_t result, int err)
{
    respond(listener, id, err ? 0 : result, err, 0);
}

int wrap_filter_give(int listener, uint64_t id, int fd, bool cloexec)
{
    struct seccomp_notif_addfd a = {.id = id,
                                    .flags = ADDFD_SEND,
                                    .srcfd = (uint32_t)fd,
                                    .newfd_flags = cloexec ? O_CLOEXEC : 0};
    int given = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &a);

    if (given < 0 && errno == EINVAL) { /* before 5.14: in two steps */
        a.flags = 0;
        given = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &a);
        if (given >= 0)
            wrap_filter_answer(listener, id, given, 0);
    }
    return given < 0 ? errno : 0;
}

/* ---- the tool's memory -------------------------------------------------- */

bool wrap_peek(pid_t pid, uint64_t at, void *to, size_t n)
{
    struct iovec here = {to, n}, there = {(void *)(uintptr_t)at, n};

    return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

bool wrap_poke(pid_t pid, uint64_t at, const void *from, size_t n)
{
    struct iovec here = {(void *)(uintptr_t)from, n};
    struct iovec there = {(void *)(uintptr_t)at, n};

    return process_vm_writev(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

/* Page by page: the string may end before one that is not there. */
bool wrap_peek_text(pid_t pid, uint64_t at, char *to, size_t n)
{
    for (size_t done = 0; done < n;) {
        size_t piece = 4096 - ((at + done) & 4095);

        if (piece > n - done)
            piece = n - done;
        if (!wrap_peek(pid, at + done, to + done, piece))
            return false;
        if (memchr(to + done, 0, piece))
            return true;
        done += piece;
    }
    return false;
}

#endif
