/*
 * outq - see outq.h.
 *
 * The descriptor stays blocking: O_NONBLOCK would be set for everybody who
 * shares it, such as the shell.  Instead poll() is asked before each write,
 * and no write is longer than what a pipe or a terminal that poll() calls
 * writable takes at once.
 */
#include "cli/outq.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { MOST_WAITING = 1 << 20, AT_ONCE = 512 };

void outq_init(struct outq *q, int fd)
{
    *q = (struct outq){.fd = fd};
    tt_buf_init(&q->waiting, (size_t)2 * MOST_WAITING);
}

void outq_release(struct outq *q)
{
    tt_buf_release(&q->waiting);
}

bool outq_pending(const struct outq *q)
{
    return !q->error && q->sent < q->waiting.n;
}

/* One write if poll() says it will not wait longer than wait_ms. */
static bool write_some(struct outq *q, int wait_ms)
{
    struct pollfd p = {.fd = q->fd, .events = POLLOUT};
    size_t left = q->waiting.n - q->sent;
    ssize_t n;

    if (poll(&p, 1, wait_ms) <= 0)
        return false;
    n = write(q->fd, q->waiting.p + q->sent, left < AT_ONCE ? left : AT_ONCE);
    if (n < 0) {
        if (errno != EINTR && errno != EAGAIN)
            q->error = errno;
        return false;
    }
    q->sent += (size_t)n;
    if (q->sent == q->waiting.n) {
        tt_buf_clear(&q->waiting);
        q->sent = 0;
    }
    return true;
}

void outq_pump(struct outq *q)
{
    while (outq_pending(q) && write_some(q, 0))
        ;
}

void outq_drain(struct outq *q)
{
    while (outq_pending(q))
        (void)write_some(q, -1);
}

void outq_add(struct outq *q, const struct tt_buf *lines, bool must)
{
    if (q->error || !lines->n)
        return;
    if (q->sent > MOST_WAITING / 2) { /* make the room that was written out */
        memmove(q->waiting.p, q->waiting.p + q->sent,
                q->waiting.n - q->sent + 1);
        q->waiting.n -= q->sent;
        q->sent = 0;
    }
    if (must && q->waiting.n - q->sent + lines->n > MOST_WAITING)
        outq_drain(q);
    if (!must && q->waiting.n - q->sent + lines->n > MOST_WAITING) {
        q->dropped++;
        return;
    }
    if (q->dropped) {
        tt_buf_printf(&q->waiting,
                      "# %llu lines are not shown: they came faster than they "
                      "could be written\n",
                      (unsigned long long)q->dropped);
        q->dropped = 0;
    }
    tt_buf_add(&q->waiting, lines->p, lines->n);
    outq_pump(q);
}
