/*
 * fd - lines that are plain descriptors: ptys, fifos, pipes, sockets,
 * character devices, standard input.
 *
 * libserialport refuses ptys (they have no entry under /sys/class/tty and no
 * control lines), so these go without it.  A tty is made raw, because its
 * line discipline would change what we are here to see (CR to LF, 03 to a
 * signal); what it was before is put back at the end.
 */
#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

struct own {
    bool is_tty;
    struct termios before;
    int flags; /* of the descriptor, to put back: it may be shared */
};

enum source_state source_read(struct source *s, uint64_t t_ns, tt_sink_fn *sink,
                              void *user, struct tt_error *err)
{
    uint8_t bytes[4096];
    ssize_t n = read(s->fd, bytes, sizeof(bytes));
    struct tt_record r = {
        .t_ns = t_ns, .source = s->offset, .bytes = bytes, .lane = s->lane};

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return SOURCE_OPEN;
    if (n <= 0) { /* EIO: the other side of a pty was closed */
        if (n == 0 || errno == EIO || errno == ENXIO || errno == ENODEV ||
            errno == ECONNRESET)
            return SOURCE_ENDED;
        (void)tt_fail(err, TT_ERR_IO, "cannot read: %s", strerror(errno));
        return SOURCE_FAILED;
    }
    r.len = (size_t)n;
    s->offset += r.len;
    if (sink(&r, user)) {
        (void)tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
        return SOURCE_FAILED;
    }
    return SOURCE_OPEN;
}

enum tt_status source_event(const struct source *s, uint64_t t_ns,
                            enum tt_event ev, tt_sink_fn *sink, void *user)
{
    struct tt_record r = {
        .t_ns = t_ns, .source = s->offset, .lane = TT_LANE_LINE, .event = ev};

    if (ev == TT_EV_BAUD) {
        r.baud = s->baud;
        memcpy(r.mode, s->mode, sizeof(r.mode));
    }
    return sink(&r, user);
}

static void fd_close(struct source *s)
{
    struct own *own = s->own;

    if (own->is_tty)
        (void)tcsetattr(s->fd, TCSANOW, &own->before);
    (void)fcntl(s->fd, F_SETFL, own->flags);
    (void)close(s->fd);
    free(own);
}

static const struct source_ops fd_ops = {source_read, NULL, fd_close, NULL,
                                         NULL};

/* Let every byte through as it is. */
static bool make_raw(int fd, struct termios *before)
{
    struct termios t;

    if (tcgetattr(fd, before))
        return false;
    t = *before;
    t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR |
                             ICRNL | IXON);
    t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    t.c_oflag &= ~(tcflag_t)OPOST;
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSANOW, &t) == 0;
}

enum tt_status fd_source(struct source *s, int fd, mode_t type,
                         const struct source_settings *set,
                         struct tt_error *err)
{
    struct own *own = calloc(1, sizeof(*own));
    if (!own) {
        (void)close(fd);
        return tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
    }
    *s = (struct source){
        .ops = &fd_ops, .fd = fd, .lane = set->lane, .wait_ms = -1};
    s->own = own;
    s->kind = S_ISFIFO(type) ? "pipe" : S_ISSOCK(type) ? "socket" : "device";
    own->flags = fcntl(fd, F_GETFL);
    (void)fcntl(fd, F_SETFL, own->flags | O_NONBLOCK);
    if (isatty(fd)) {
        s->kind = "pty";
        own->is_tty = make_raw(fd, &own->before);
    }
    if (set->baud || set->mode[0])
        (void)snprintf(s->note, sizeof(s->note),
                       "it is no serial port: -b and -m have no effect");
    return TT_OK;
}
