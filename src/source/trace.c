/*
 * Traced by PTRACE_SEIZE, so that the tool's own stops and signals stay what
 * they are; what a stop is about is asked with PTRACE_GET_SYSCALL_INFO, which
 * is the same on every machine.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "source/trace.h"

#ifdef __linux__

#include "source/source.h"
#include "source/trace_call.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    CANNOT = 125,
    NO_TOOL = 127,
    LET_GO_TURNS = 200,   /* of 5 ms: until all have stopped to be let go */
    MAX_TRACEES = 1 << 14 /* threads; more are let go unseen */
};

#define OPTIONS                                                         \
    (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | \
     PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC)

struct trace {
    struct wrap_config c;
    struct trace_taps taps;
    struct tracee *tracee;
    size_t n, cap;
    pid_t tool;
    bool own;   /* we have started it */
    bool ended; /* it has ended, or was let go */
    bool leaving;
    int status; /* of wait() */
    int signals;
    sigset_t mask; /* as it was */
};

/* ptrace() without the clash of types between C library and kernel. */
static long pt(enum __ptrace_request what, pid_t tid, uintptr_t addr,
               uintptr_t data)
{
    return ptrace(what, tid, (void *)addr, (void *)data);
}

/* ---- threads ------------------------------------------------------------ */

static pid_t group_of(pid_t tid)
{
    char path[64], line[256];
    pid_t tgid = tid;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
    f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f))
        if (!strncmp(line, "Tgid:", 5))
            tgid = (pid_t)strtol(line + 5, NULL, 10);
    if (f)
        (void)fclose(f);
    return tgid;
}

static struct tracee *find(struct trace *t, pid_t tid)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->tracee[i].tid == tid)
            return &t->tracee[i];
    return NULL;
}

/* The thread, made when it is new. */
static struct tracee *tracee_of(struct trace *t, pid_t tid)
{
    struct tracee *e = find(t, tid);

    if (e || t->n == MAX_TRACEES)
        return e;
    if (t->n == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 16;
        struct tracee *more = realloc(t->tracee, cap * sizeof(*more));

        if (!more)
            return NULL;
        t->tracee = more;
        t->cap = cap;
    }
    e = &t->tracee[t->n++];
    *e = (struct tracee){.tid = tid, .tgid = group_of(tid)};
    return e;
}

static void forget(struct trace *t, pid_t tid)
{
    struct tracee *e = find(t, tid);

    if (e)
        *e = t->tracee[--t->n];
}

/* ---- stops -------------------------------------------------------------- */

static void on_call(struct trace *t, struct tracee *e)
{
    struct __ptrace_syscall_info i;

    memset(&i, 0, sizeof(i));
    if (pt(PTRACE_GET_SYSCALL_INFO, e->tid, sizeof(i), (uintptr_t)&i) <= 0)
        return;
    if (i.op == PTRACE_SYSCALL_INFO_ENTRY) {
        e->arch = i.arch;
        e->nr = i.entry.nr;
        for (size_t a = 0; a < TT_LEN(e->arg); a++)
            e->arg[a] = i.entry.args[a];
        trace_call_begins(&t->taps, e);
    } else if (i.op == PTRACE_SYSCALL_INFO_EXIT) {
        trace_call_ended(&t->taps, e, i.exit.rval);
        if (e->in_call && e->closes)
            trace_call_gone(&t->taps, t->tracee, t->n);
        e->in_call = false;
    }
}

static bool stops_group(int sig)
{
    return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

/* One thread has stopped: look, and let it go on. */
static void on_stop(struct trace *t, pid_t tid, int status)
{
    int sig = WSTOPSIG(status), event = status >> 16;
    struct tracee *e = tracee_of(t, tid);
    bool is_call = sig == (SIGTRAP | 0x80), is_signal = !is_call && !event;

    if (e && is_call)
        on_call(t, e);
    if (event == PTRACE_EVENT_EXEC) {
        trace_call_gone(&t->taps, t->tracee, t->n);
        if (e)
            e->in_call = false;
    }
    if (t->leaving || !e) {
        if (!pt(PTRACE_DETACH, tid, 0, is_signal ? (uintptr_t)sig : 0))
            forget(t, tid);
        return;
    }
    if (event == PTRACE_EVENT_STOP && stops_group(sig))
        (void)pt(PTRACE_LISTEN, tid, 0, 0); /* it is stopped: so it stays */
    else
        (void)pt(PTRACE_SYSCALL, tid, 0, is_signal ? (uintptr_t)sig : 0);
}

static void on_status(struct trace *t, pid_t tid, int status)
{
    if (WIFSTOPPED(status)) {
        on_stop(t, tid, status);
        return;
    }
    if (!WIFEXITED(status) && !WIFSIGNALED(status))
        return;
    forget(t, tid);
    trace_call_gone(&t->taps, t->tracee, t->n);
    if (tid == t->tool && !t->ended) {
        t->status = status;
        t->ended = true;
    }
}

/* ---- starting ----------------------------------------------------------- */

static void catch_signals(struct trace *t)
{
    static const int all[] = {SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    sigset_t mask;

    (void)sigemptyset(&mask);
    for (size_t i = 0; i < TT_LEN(all); i++)
        (void)sigaddset(&mask, all[i]);
    (void)sigprocmask(SIG_BLOCK, &mask, &t->mask);
    t->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static long number_in(const char *path, const char *key)
{
    char line[256];
    long n = -1;
    FILE *f = fopen(path, "re");

    while (f && fgets(line, sizeof(line), f))
        if (!strncmp(line, key, strlen(key)))
            n = strtol(line + strlen(key), NULL, 10);
    if (f)
        (void)fclose(f);
    return n;
}

/* Why it cannot be traced, and what helps. */
static enum tt_status refused(struct tt_error *err, pid_t pid, int why)
{
    long scope = number_in("/proc/sys/kernel/yama/ptrace_scope", "");
    char path[64];
    long by;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    by = number_in(path, "TracerPid:");
    if (why == ESRCH)
        return tt_fail(err, TT_ERR_IO, "there is no process %d", (int)pid);
    if (by > 0)
        return tt_fail(err, TT_ERR_IO,
                       "process %d is looked at by process %ld already (a "
                       "debugger, strace, telltale): one only can",
                       (int)pid, by);
    if (why == EPERM && scope > 0)
        return tt_fail(err, TT_ERR_IO,
                       "the kernel refuses to look at process %d: "
                       "kernel.yama.ptrace_scope is %ld%s",
                       (int)pid, scope,
                       scope < 3 ? ", so only root may (sudo telltale run ...)"
                                 : ", so nobody may until the next start");
    if (why == EPERM)
        return tt_fail(err, TT_ERR_IO,
                       "you may not look at process %d: it is somebody else's "
                       "or has other rights, or this is a container without "
                       "CAP_SYS_PTRACE",
                       (int)pid);
    return tt_fail(err, TT_ERR_IO, "the kernel refuses to look at it: %s",
                   strerror(why));
}

/* The tool's process, from fork to exec: it waits until it is traced. */
static void become_tool(char *const *argv, const sigset_t *mask, int go)
{
    char byte;

    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    if (read(go, &byte, 1) != 1)
        _exit(CANNOT);
    (void)execvp(argv[0], argv);
    source_cannot_run(argv[0], errno);
    _exit(NO_TOOL);
}

/* Under our eyes from its next call on. */
static bool seize(struct trace *t, pid_t tid)
{
    if (find(t, tid))
        return true;
    if (pt(PTRACE_SEIZE, tid, 0, OPTIONS) || !tracee_of(t, tid))
        return false;
    return pt(PTRACE_INTERRUPT, tid, 0, 0) == 0;
}

static enum tt_status start_tool(struct trace *t, struct tt_error *err)
{
    int go[2], status, why = 0;

    if (pipe(go))
        return tt_fail(err, TT_ERR_IO, "%s", strerror(errno));
    t->own = true;
    t->tool = fork();
    if (t->tool == 0) {
        (void)close(go[1]);
        become_tool(t->c.argv, &t->mask, go[0]);
    }
    (void)close(go[0]);
    if (t->tool < 0 || !seize(t, t->tool))
        why = errno;
    /* It stops once, in read(): from there on each call of it does. */
    if (!why && waitpid(t->tool, &status, __WALL) == t->tool)
        on_status(t, t->tool, status);
    if (!why)
        (void)!write(go[1], "", 1);
    (void)close(go[1]);
    if (!why)
        return TT_OK;
    if (t->tool > 0)
        (void)waitpid(t->tool, &status, 0);
    return refused(err, t->tool, why);
}

/* All threads: until no new one turns up. */
static int seize_all(struct trace *t, pid_t pid)
{
    char path[64];
    size_t before;
    int why = 0;

    (void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    do {
        DIR *dir = opendir(path);
        struct dirent *d;

        before = t->n;
        if (!dir)
            return ESRCH;
        while (!why && (d = readdir(dir)) != NULL)
            if (d->d_name[0] != '.' &&
                !seize(t, (pid_t)strtol(d->d_name, NULL, 10)) &&
                (errno != ESRCH || !t->n))
                why = errno;
        (void)closedir(dir);
    } while (!why && t->n > before);
    return why;
}

/* Ports that it has open already. */
static void find_ports(struct trace *t, pid_t pid)
{
    const struct tracee *e = find(t, pid);
    char path[64];
    struct dirent *d;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    dir = opendir(path);
    while (e && dir && (d = readdir(dir)) != NULL)
        if (d->d_name[0] != '.')
            trace_call_found(&t->taps, e, (int)strtol(d->d_name, NULL, 10));
    if (dir)
        (void)closedir(dir);
}

static void find_output(struct trace *t)
{
    for (int i = 0; i < 2; i++) {
        char path[64];

        (void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)t->tool,
                       i + 1);
        t->taps.has_out[i] = stat(path, &t->taps.out[i]) == 0;
    }
}

enum tt_status trace_start(struct trace **out, const struct wrap_config *config,
                           pid_t pid, struct tt_error *err)
{
    struct trace *t = calloc(1, sizeof(*t));
    enum tt_status st = TT_OK;
    int why;

    *out = NULL;
    if (!t)
        return tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
    t->c = *config;
    t->taps.c = &t->c;
    t->taps.wanted = (struct wrap_ports){config->ports, config->nports};
    catch_signals(t);
    if (pid) {
        t->tool = pid;
        why = seize_all(t, pid);
        if (why)
            st = refused(err, pid, why);
    } else {
        st = start_tool(t, err);
    }
    if (st) {
        trace_free(t);
        return st;
    }
    find_output(t);
    if (pid)
        find_ports(t, pid);
    *out = t;
    return TT_OK;
}

/* ---- the loop ----------------------------------------------------------- */

nfds_t trace_poll(struct trace *t, struct pollfd *p)
{
    p[0] = (struct pollfd){.fd = t->signals, .events = POLLIN};
    return 1;
}

static void on_signals(struct trace *t)
{
    struct signalfd_siginfo si;

    while (read(t->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
        if (si.ssi_signo == SIGCHLD)
            continue;
        /* A tool that we did not start is let go; ours gets what was sent to
         * us alone (Ctrl-C reaches it by itself). */
        if (!t->own)
            t->ended = true;
        else if (si.ssi_code <= 0)
            (void)kill(t->tool, (int)si.ssi_signo);
    }
}

void trace_turn(struct trace *t)
{
    int status;
    pid_t tid;

    on_signals(t);
    while ((tid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
        on_status(t, tid, status);
}

bool trace_done(const struct trace *t)
{
    return t->ended;
}

int trace_status(const struct trace *t)
{
    if (WIFSIGNALED(t->status))
        return 128 + WTERMSIG(t->status);
    return WEXITSTATUS(t->status);
}

unsigned trace_unseen(const struct trace *t)
{
    return t->taps.unseen;
}

/* A thread can be let go only while it is stopped. */
static void let_all_go(struct trace *t)
{
    t->leaving = true;
    for (size_t i = 0; i < t->n; i++)
        (void)pt(PTRACE_INTERRUPT, t->tracee[i].tid, 0, 0);
    for (int i = 0; i < LET_GO_TURNS && t->n; i++) {
        struct timespec moment = {0, 5 * TT_NS_PER_MS};

        trace_turn(t);
        if (t->n)
            (void)nanosleep(&moment, NULL);
    }
}

void trace_free(struct trace *t)
{
    if (!t)
        return;
    let_all_go(t);
    if (t->signals >= 0) {
        (void)close(t->signals);
        (void)sigprocmask(SIG_SETMASK, &t->mask, NULL);
    }
    free(t->tracee);
    free(t);
}

#else /* not Linux */

enum tt_status trace_start(struct trace **out, const struct wrap_config *config,
                           pid_t pid, struct tt_error *err)
{
    (void)config;
    (void)pid;
    *out = NULL;
    return tt_fail(err, TT_ERR_IO, "tools can be watched on Linux only");
}

#endif
