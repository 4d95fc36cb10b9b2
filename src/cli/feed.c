/*
 * The socket is written without waiting.  A screen that stands still (Ctrl-S,
 * a slow terminal) lets frames wait here, up to a cap; then bytes are left out
 * and that is a [lost] on the screen, not in the recording.
 */
#include "cli/feed.h"

#include "cli/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MOST_WAITING = 32 << 20,
    MOST_SAID = 16 << 20, /* of the tool's output, for afterwards */
    MOST_FRAME = 1 << 20,
    READ_AT_ONCE = 256 << 10
};

void feed_init(struct feed *f)
{
    *f = (struct feed){.fd = -1};
    tt_buf_init(&f->wait, MOST_WAITING);
    tt_buf_init(&f->said, MOST_SAID);
}

bool feed_start(struct feed *f, const struct options *o, struct tt_rules *set)
{
    int sv[2];
    pid_t pid;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        say("--watch draws a screen, and this is no terminal");
        return false;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv)) {
        say("no socket for the screen: %s", strerror(errno));
        return false;
    }
    for (int i = 0; i < 2; i++) {
        (void)fcntl(sv[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(sv[i], F_SETFL, O_NONBLOCK);
    }
    pid = fork();
    if (pid == 0) {
        (void)close(sv[0]);
        _exit(screen_run_feed(o, set, sv[1]));
    }
    (void)close(sv[1]);
    if (pid < 0) {
        say("no process for the screen: %s", strerror(errno));
        (void)close(sv[0]);
        return false;
    }
    f->fd = sv[0];
    say_hold(true);
    return true;
}

bool feed_is_on(const struct feed *f)
{
    return f->fd >= 0;
}

/* ---- frames ------------------------------------------------------------- */

static void put(struct feed *f, struct feed_frame *h, const void *p, size_t n)
{
    if (f->fd < 0)
        return;
    if (f->wait.n - f->sent + sizeof(*h) + n + 4096 > MOST_WAITING) {
        f->lost += n;
        return;
    }
    if (f->sent > f->wait.n / 2) { /* room at the end */
        memmove(f->wait.p, f->wait.p + f->sent, f->wait.n - f->sent);
        f->wait.n -= f->sent;
        f->sent = 0;
    }
    h->len = (uint32_t)n;
    tt_buf_add(&f->wait, h, sizeof(*h));
    tt_buf_add(&f->wait, p, n);
}

void feed_begin(struct feed *f, uint64_t start_ns)
{
    struct feed_frame h = {.kind = FEED_START, .t_ns = start_ns};

    put(f, &h, "", 0);
}

void feed_found(struct feed *f, unsigned port, const char *name)
{
    struct feed_frame h = {.kind = FEED_FOUND, .port = (uint8_t)port};

    put(f, &h, name, strlen(name));
}

void feed_record(struct feed *f, unsigned port, const struct tt_record *r)
{
    struct feed_frame h = {.kind = FEED_RECORD,
                           .port = (uint8_t)port,
                           .lane = (uint8_t)r->lane,
                           .event = (uint8_t)r->event,
                           .t_ns = r->t_ns,
                           .baud = r->baud,
                           .count = r->count};

    memcpy(h.mode, r->mode, sizeof(h.mode));
    if (f->lost && f->wait.n == f->sent) {
        struct feed_frame gap = {.kind = FEED_RECORD,
                                 .port = (uint8_t)port,
                                 .lane = TT_LANE_LINE,
                                 .event = TT_EV_LOST,
                                 .t_ns = r->t_ns,
                                 .count = (uint32_t)f->lost};

        f->lost = 0;
        put(f, &gap, "", 0);
    }
    put(f, &h, r->bytes ? r->bytes : (const uint8_t *)"", r->len);
}

void feed_end(struct feed *f, int status)
{
    struct feed_frame h = {.kind = FEED_ENDED, .baud = (uint32_t)status};

    put(f, &h, "", 0);
}

struct pollfd feed_poll(const struct feed *f)
{
    return (struct pollfd){.fd = f->fd,
                           .events = f->sent < f->wait.n ? POLLOUT : 0};
}

bool feed_go_on(struct feed *f, short revents)
{
    bool gone = revents & (POLLHUP | POLLERR);

    while (f->fd >= 0 && !gone && f->sent < f->wait.n) {
        ssize_t n = send(f->fd, f->wait.p + f->sent, f->wait.n - f->sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        gone = n < 0;
        if (n > 0)
            f->sent += (size_t)n;
    }
    if (f->sent == f->wait.n) {
        tt_buf_clear(&f->wait);
        f->sent = 0;
    }
    if (gone && f->fd >= 0) {
        (void)close(f->fd);
        f->fd = -1;
        say_hold(false);
    }
    return f->fd >= 0;
}

/* ---- the tool's output -------------------------------------------------- */

void feed_keep(struct feed *f, int fd, const uint8_t *p, size_t n)
{
    struct feed_frame h = {.kind = (uint8_t)fd, .len = (uint32_t)n};

    if (f->said.n + sizeof(h) + n >= MOST_SAID)
        return; /* the recording has it */
    tt_buf_add(&f->said, &h, sizeof(h));
    tt_buf_add(&f->said, p, n);
}

bool feed_kept(const struct feed *f, size_t *at, int *fd, struct tt_slice *s)
{
    struct feed_frame h;

    if (*at + sizeof(h) > f->said.n)
        return false;
    memcpy(&h, f->said.p + *at, sizeof(h));
    *fd = h.kind;
    *s = (struct tt_slice){f->said.p + *at + sizeof(h), h.len};
    *at += sizeof(h) + h.len;
    return true;
}

void feed_release(struct feed *f)
{
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = -1;
    tt_buf_release(&f->wait);
    tt_buf_release(&f->said);
}

/* ---- the end that is drawn ---------------------------------------------- */

bool feed_in_init(struct feed_in *in, int fd)
{
    *in = (struct feed_in){.fd = fd, .size = MOST_FRAME + READ_AT_ONCE};
    in->bytes = malloc(in->size);
    return in->bytes != NULL;
}

void feed_in_release(struct feed_in *in)
{
    free(in->bytes);
    (void)close(in->fd);
}

void feed_in_read(struct feed_in *in)
{
    ssize_t n;

    memmove(in->bytes, in->bytes + in->at, in->n - in->at);
    in->n -= in->at;
    in->at = 0;
    if (in->n == in->size)
        return;
    n = read(in->fd, in->bytes + in->n, in->size - in->n);
    if (n > 0)
        in->n += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        in->ended = true;
}

bool feed_in_next(struct feed_in *in, struct feed_frame *f, const uint8_t **p)
{
    if (in->n - in->at < sizeof(*f))
        return false;
    memcpy(f, in->bytes + in->at, sizeof(*f));
    if (in->n - in->at - sizeof(*f) < f->len)
        return false;
    *p = in->bytes + in->at + sizeof(*f);
    in->at += sizeof(*f) + f->len;
    return true;
}
