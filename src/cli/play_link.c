/*
 * play_link - a recording behind a pty that has a name: any tool may open it.
 *
 * A pty has no DTR and RTS, so a reset is not seen; that the tool opens and
 * closes the port is.
 */
#include "cli/play.h"
#include "cli/signals.h"
#include "source/pty.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct link {
    struct play play;
    struct pty port;
    unsigned openers;
    bool open; /* that is on the tape */
};

/* The name, unless something else than a link has it. */
static bool make_link(const char *slave, const char *path)
{
    struct stat st;

    if (!lstat(path, &st)) {
        if (!S_ISLNK(st.st_mode) || (stat(path, &st) == 0)) {
            say("%s is there already", path);
            return false;
        }
        (void)unlink(path); /* it leads nowhere: left behind by a kill */
    }
    if (!symlink(slave, path))
        return true;
    say("cannot make the link %s: %s", path, strerror(errno));
    return false;
}

static bool make_port(struct link *l, const char *path)
{
    int why = pty_open(&l->port);

    if (why)
        say("no pty for the recording: %s", strerror(why));
    /* Where it cannot be seen, somebody has it open. */
    l->openers = l->port.watch < 0;
    return !why && make_link(l->port.name, path);
}

static void event(struct link *l, enum tt_event ev)
{
    const struct tt_record r = {
        .t_ns = play_now(&l->play), .lane = TT_LANE_LINE, .event = ev};

    l->open = ev == TT_EV_OPEN;
    play_heard(&l->play, &r);
}

/* What the tool has sent; what was recorded comes before its answer. */
static void hear(struct link *l)
{
    uint8_t piece[4096];
    struct tt_record r = {.lane = TT_LANE_HOST, .bytes = piece};
    ssize_t n;

    while ((n = read(l->port.master, piece, sizeof(piece))) > 0) {
        if (!l->open) /* opened, written to and closed in one turn */
            event(l, TT_EV_OPEN);
        r.t_ns = play_now(&l->play);
        r.len = (size_t)n;
        play_heard(&l->play, &r);
    }
}

static void one_turn(struct link *l, int most)
{
    struct pollfd p[2] = {
        {.fd = l->port.master,
         .events = (short)(POLLIN | (play_stuck(&l->play) ? POLLOUT : 0))},
        {.fd = l->port.watch, .events = POLLIN}};

    (void)play_poll(&l->play, p, 2, most);
    l->openers = pty_openers(&l->port, l->openers);
    if (l->openers && !l->open)
        event(l, TT_EV_OPEN);
    hear(l);
    if (!l->openers && l->open) {
        event(l, TT_EV_CLOSE);
        /* What nobody read is not for the next who opens it. */
        pty_flush(&l->port);
        l->play.saying.n = 0;
    }
    if (l->open)
        (void)play_speak(&l->play, l->port.master, true);
}

static void serve(struct link *l)
{
    const struct options *o = l->play.o;
    uint64_t now = 0;

    while (!signals_noted() && (now = play_now(&l->play)) < o->for_ns) {
        uint64_t left = (o->for_ns - now) / TT_NS_PER_MS + 1;

        one_turn(l, left < 1000 ? (int)left : 1000);
    }
    if (l->open)
        event(l, TT_EV_CLOSE);
}

enum exit_code play_link(const struct options *o)
{
    struct link l = {.port = {.master = -1, .slave = -1, .watch = -1}};
    const struct dialog_stats *s;
    enum exit_code code = EXIT_CANNOT;

    if (play_load(&l.play, o, false) && play_begin(&l.play, o->link)) {
        signals_note();
        if (make_port(&l, o->link)) {
            if (!o->quiet)
                say("%s is the port, Ctrl-C ends; a pty has no DTR and RTS: "
                    "the recording begins again when the port is opened",
                    o->link);
            serve(&l);
            (void)unlink(o->link);
            play_summary(&l.play);
            s = dialog_stats(l.play.dialog);
            code = !s->opened ? EXIT_UNKNOWN
                   : s->left  ? EXIT_FAULT
                              : EXIT_HEALTHY;
        }
    }
    if (l.play.failed)
        code = EXIT_CANNOT;
    play_release(&l.play);
    pty_close(&l.port);
    return code;
}
