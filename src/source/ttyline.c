/*
 * ttyline - what a tty tells about its line besides bytes: control lines
 * (TIOCMGET) and how many framing, parity, overrun errors and breaks the
 * driver has counted (TIOCGICOUNT).
 *
 * Both are asked for, not waited for: TIOCMIWAIT would need a thread.  The
 * price is that an event is placed where it was noticed, up to one turn of
 * the loop late, and that a pulse shorter than a turn may not be seen.
 */
#include "source/source.h"

#include <string.h>
#include <sys/ioctl.h>
#ifdef __linux__
#include <linux/serial.h>
#endif

static bool get_counts(struct ttyline *t, int fd)
{
#ifdef TIOCGICOUNT
    struct serial_icounter_struct c;

    if (ioctl(fd, TIOCGICOUNT, &c) == 0) {
        t->count.frame = (uint32_t)c.frame;
        t->count.parity = (uint32_t)c.parity;
        t->count.overrun = (uint32_t)c.overrun + (uint32_t)c.buf_overrun;
        t->count.brk = (uint32_t)c.brk;
        return true;
    }
#else
    (void)t;
    (void)fd;
#endif
    return false;
}

void ttyline_init(struct ttyline *t, int fd)
{
    *t = (struct ttyline){0};
    t->has_lines = ioctl(fd, TIOCMGET, &t->lines) == 0;
    t->has_counts = get_counts(t, fd);
}

/* One event for each error since, but not more than a few at once: a line
 * at the wrong speed makes thousands a second, and they say the same. */
static enum tt_status repeat(const struct source *s, uint64_t t_ns,
                             enum tt_event ev, uint32_t times, tt_sink_fn *sink,
                             void *user)
{
    enum tt_status st = TT_OK;

    for (uint32_t i = 0; i < times && i < 64 && !st; i++)
        st = source_event(s, t_ns, ev, sink, user);
    return st;
}

static enum tt_status poll_counts(struct ttyline *t, const struct source *s,
                                  uint64_t t_ns, tt_sink_fn *sink, void *user)
{
    struct ttyline was = *t;
    enum tt_status st;

    if (!get_counts(t, s->fd))
        return TT_OK;
    st = repeat(s, t_ns, TT_EV_BREAK, t->count.brk - was.count.brk, sink, user);
    if (!st)
        st = repeat(s, t_ns, TT_EV_FRAME_ERROR,
                    t->count.frame - was.count.frame, sink, user);
    if (!st)
        st = repeat(s, t_ns, TT_EV_PARITY_ERROR,
                    t->count.parity - was.count.parity, sink, user);
    if (!st)
        st = repeat(s, t_ns, TT_EV_OVERRUN,
                    t->count.overrun - was.count.overrun, sink, user);
    return st;
}

static enum tt_status poll_lines(struct ttyline *t, const struct source *s,
                                 uint64_t t_ns, tt_sink_fn *sink, void *user)
{
    static const struct {
        int bit;
        enum tt_event up; /* the event after it is 'down' */
    } lines[] = {{TIOCM_DTR, TT_EV_DTR_UP}, {TIOCM_RTS, TT_EV_RTS_UP},
                 {TIOCM_CTS, TT_EV_CTS_UP}, {TIOCM_DSR, TT_EV_DSR_UP},
                 {TIOCM_CAR, TT_EV_DCD_UP}, {TIOCM_RNG, TT_EV_RI_UP}};
    enum tt_status st = TT_OK;
    int now, changed;

    if (ioctl(s->fd, TIOCMGET, &now))
        return TT_OK;
    changed = now ^ t->lines;
    t->lines = now;
    for (size_t i = 0; i < TT_LEN(lines) && !st; i++)
        if (changed & lines[i].bit)
            st = source_event(s, t_ns,
                              (enum tt_event)((int)lines[i].up +
                                              !(now & lines[i].bit)),
                              sink, user);
    return st;
}

enum tt_status ttyline_poll(struct ttyline *t, const struct source *s,
                            uint64_t t_ns, tt_sink_fn *sink, void *user)
{
    enum tt_status st = TT_OK;

    if (t->has_lines)
        st = poll_lines(t, s, t_ns, sink, user);
    if (!st && t->has_counts)
        st = poll_counts(t, s, t_ns, sink, user);
    return st;
}

bool ttyline_raised(const struct ttyline *t, const char **words)
{
    int up = t->has_lines ? t->lines & (TIOCM_DTR | TIOCM_RTS) : 0;

    *words = up == (TIOCM_DTR | TIOCM_RTS) ? "DTR and RTS"
             : up == TIOCM_DTR             ? "DTR"
                                           : "RTS";
    return up != 0;
}
