/*
 * play_tool - a tool that talks to a recording in place of its port.
 *
 *   tool ── pty ── wrap ── pty ── the recording
 *
 * wrap believes that the second pty is the port; what the tool sends and does
 * with the control lines comes from wrap's records, in its true order, so
 * that what arrives on the pty itself only has to be taken away.
 */
#include "cli/outq.h"
#include "cli/play.h"
#include "source/pty.h"
#include "source/wrap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NO_TOOL = 127 };

struct tool {
    struct play play;
    struct outq out[2]; /* stdout, stderr */
    struct pty port;    /* what wrap takes for the port */
};

static uint64_t now(void *user)
{
    const struct tool *t = user;

    return play_now(&t->play);
}

static int on_stand_in(void *user)
{
    const struct tool *t = user;

    return open(t->port.name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

static void on_found(void *user, unsigned port, const char *name)
{
    struct tool *t = user;

    (void)port;
    if (!t->play.o->quiet)
        say("the tool opens %s and gets the recording", shown_name(name));
}

static void on_record(void *user, unsigned port, const struct tt_record *r)
{
    struct tool *t = user;

    (void)port;
    play_heard(&t->play, r);
}

static void on_said(void *user, int fd, const uint8_t *p, size_t n)
{
    struct tool *t = user;
    const struct tt_record r = {
        .t_ns = play_now(&t->play), .lane = TT_LANE_TOOL, .bytes = p, .len = n};
    struct tt_buf b;

    tt_buf_init(&b, n + 1);
    tt_buf_add(&b, p, n);
    outq_add(&t->out[fd - 1], &b, true);
    tt_buf_release(&b);
    play_heard(&t->play, &r);
}

/* ---- the pty ------------------------------------------------------------ */

/* It has been looked at already, as a record. */
static void take_away(const struct tool *t)
{
    uint8_t piece[4096];

    while (read(t->port.master, piece, sizeof(piece)) > 0)
        ;
}

/* ---- the loop ----------------------------------------------------------- */

static void one_turn(struct tool *t, struct wrap *w)
{
    struct pollfd p[WRAP_FDS + 3];
    bool full = outq_pending(&t->out[0]) || outq_pending(&t->out[1]);
    nfds_t n = wrap_poll(w, p, full), all = n;

    for (int i = 0; i < 2; i++)
        if (outq_pending(&t->out[i]))
            p[all++] = (struct pollfd){.fd = i + 1, .events = POLLOUT};
    /* Nobody opened it yet: that hang-up would be told again and again. */
    if (dialog_stats(t->play.dialog)->opened)
        p[all++] = (struct pollfd){
            .fd = t->port.master,
            .events = (short)(POLLIN | (play_stuck(&t->play) ? POLLOUT : 0))};
    if (play_poll(&t->play, p, all, wrap_patience(w)) < 0)
        return; /* a signal; they come by a descriptor too */
    wrap_turn(w, p, n);
    take_away(t);
    if (dialog_stats(t->play.dialog)->opened)
        (void)play_speak(&t->play, t->port.master, false);
    for (int i = 0; i < 2; i++)
        outq_pump(&t->out[i]);
}

static int run(struct tool *t, char **argv, struct tt_error *err)
{
    const struct options *o = t->play.o;
    struct wrap_config c = {.argv = argv,
                            .ports = o->ports,
                            .nports = o->nports,
                            .stand_in = on_stand_in,
                            /* for the recording, as 'run' does */
                            .linger_ns = o->record ? o->linger_ns : 0,
                            .now = now,
                            .found = on_found,
                            .record = on_record,
                            .said = on_said,
                            .user = t};
    struct tt_record tick = {.lane = TT_LANE_LINE, .event = TT_EV_TICK};
    struct wrap *w;
    int status;

    if (wrap_start(&w, &c, err))
        return -1;
    while (!wrap_done(w))
        one_turn(t, w);
    status = wrap_status(w);
    outq_drain(&t->out[0]);
    outq_drain(&t->out[1]);
    tick.t_ns = play_now(&t->play);
    record_add(&t->play.rec, &tick, NULL);
    if (status != NO_TOOL)
        play_summary(&t->play);
    wrap_free(w);
    return status;
}

static bool make_port(struct tool *t)
{
    int why = pty_open(&t->port);

    if (why)
        say("no pty for the recording: %s", strerror(why));
    return !why;
}

enum exit_code play_tool(const struct options *o)
{
    struct tt_error err = {.msg = "out of memory"};
    char **argv = calloc(o->nwords, sizeof(*argv));
    struct tool t = {.port = {.master = -1, .slave = -1, .watch = -1}};
    int status = -1;

    for (size_t i = 1; argv && i < o->nwords; i++)
        argv[i - 1] = (char *)(uintptr_t)o->words[i];
    outq_init(&t.out[0], STDOUT_FILENO);
    outq_init(&t.out[1], STDERR_FILENO);
    if (play_load(&t.play, o, true) && make_port(&t) &&
        play_begin(&t.play, t.port.name)) {
        status = argv ? run(&t, argv, &err) : -1;
        if (status < 0)
            say("%s", err.msg);
    }
    if (t.play.failed && status >= 0)
        say("not all could be recorded: %s", last_said());
    play_release(&t.play);
    pty_close(&t.port);
    outq_release(&t.out[0]);
    outq_release(&t.out[1]);
    free(argv);
    return status < 0 ? EXIT_CANNOT : (enum exit_code)status;
}
