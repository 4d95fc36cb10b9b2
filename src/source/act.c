/*
 * act - what is done to a line because a person asked for it: send bytes,
 * set DTR or RTS, send a BREAK, change the speed.
 *
 * A line is opened for reading only, so that nothing can be sent by mistake;
 * to send, it is opened once more, for writing, when that is first asked for.
 */
#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEND_WAIT_MS = 2000 };

static enum tt_status failed(struct tt_error *err, const char *what)
{
    if (errno == ENOTTY || errno == EINVAL)
        return tt_fail(err, TT_ERR_IO, "cannot %s: this line has no such thing",
                       what);
    return tt_fail(err, TT_ERR_IO, "cannot %s: %s", what, strerror(errno));
}

/* Between two others, or far away, we say nothing of our own. */
static enum tt_status only_listens(const struct source *s, struct tt_error *err)
{
    if (!s->ops->poll)
        return TT_OK;
    return tt_fail(err, TT_ERR_IO,
                   "nothing is sent on this line: it is listened to only");
}

static enum tt_status open_to_send(struct source *s, const char *name,
                                   struct tt_error *err)
{
    struct stat st;

    if (s->can_send)
        return TT_OK;
    if (fstat(s->fd, &st))
        return failed(err, "look at the line");
    if (S_ISSOCK(st.st_mode)) {
        s->send_fd = s->fd;
    } else if (S_ISCHR(st.st_mode)) {
        s->send_fd = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (s->send_fd < 0)
            return failed(err, "open the line for writing");
    } else {
        return tt_fail(err, TT_ERR_IO,
                       "bytes go one way only through this line");
    }
    s->can_send = true;
    return TT_OK;
}

enum tt_status source_send(struct source *s, const char *name, const void *p,
                           size_t n, struct tt_error *err)
{
    const uint8_t *at = p;
    enum tt_status st = only_listens(s, err);

    if (!st)
        st = open_to_send(s, name, err);
    while (!st && n) {
        struct pollfd ready = {.fd = s->send_fd, .events = POLLOUT};
        ssize_t done = write(s->send_fd, at, n);

        if (done > 0) {
            at += done;
            n -= (size_t)done;
        } else if (done < 0 && errno == EAGAIN) {
            if (poll(&ready, 1, SEND_WAIT_MS) == 0)
                st = tt_fail(err, TT_ERR_IO,
                             "the line takes no bytes: flow control?");
        } else if (done < 0 && errno != EINTR) {
            st = failed(err, "send");
        }
    }
    return st;
}

enum tt_status source_control(struct source *s, enum tt_event ev,
                              struct tt_error *err)
{
    int bit =
        ev == TT_EV_DTR_UP || ev == TT_EV_DTR_DOWN ? TIOCM_DTR : TIOCM_RTS;
    bool up = ev == TT_EV_DTR_UP || ev == TT_EV_RTS_UP;

    if (only_listens(s, err))
        return TT_ERR_IO;
    if (ioctl(s->fd, up ? TIOCMBIS : TIOCMBIC, &bit))
        return failed(err, bit == TIOCM_DTR ? "set DTR" : "set RTS");
    return TT_OK;
}

enum tt_status source_break(struct source *s, bool on, struct tt_error *err)
{
    if (only_listens(s, err))
        return TT_ERR_IO;
    if (ioctl(s->fd, on ? TIOCSBRK : TIOCCBRK))
        return failed(err, "send a BREAK");
    return TT_OK;
}

enum tt_status source_set(struct source *s, uint32_t baud, const char mode[4],
                          struct tt_error *err)
{
    struct source_settings set = {.baud = baud, .lane = s->lane};

    memcpy(set.mode, mode, sizeof(set.mode));
    if (only_listens(s, err))
        return TT_ERR_IO;
    if (!s->ops->set)
        return tt_fail(err, TT_ERR_IO,
                       "this line has no speed: it is no serial port");
    return s->ops->set(s, &set, err);
}
