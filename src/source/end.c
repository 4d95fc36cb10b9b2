/*
 * end - see end.h: how an open end lives.
 */
#include "source/end.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define RETRY_NS   (250 * TT_NS_PER_MS)
#define CONNECT_NS (5 * TT_NS_PER_S)
#define LINGER_NS  (500 * TT_NS_PER_MS) /* for answers, after the last word */

/* ---- it comes and goes -------------------------------------------------- */

static void forget_output(struct end *e)
{
    size_t n = e->nout - e->out_at;

    if (n)
        end_tell(e, "%zu bytes for it were not delivered", n);
    e->undelivered += n;
    e->nout = e->out_at = 0;
}

void end_push(struct end *e)
{
    while (e->there && e->nout > e->out_at) {
        ssize_t n = write(e->fd, e->out + e->out_at, e->nout - e->out_at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) { /* reading tells that it is closed */
            forget_output(e);
            return;
        }
        if (n <= 0)
            return;
        e->out_at += (size_t)n;
    }
    if (e->out_at == e->nout)
        e->out_at = e->nout = 0;
}

static void put_raw(struct end *e, const uint8_t *p, size_t n)
{
    if (n > sizeof(e->out) - e->nout) {
        memmove(e->out, e->out + e->out_at, e->nout - e->out_at);
        e->nout -= e->out_at;
        e->out_at = 0;
    }
    memcpy(e->out + e->nout, p, n);
    e->nout += n;
    end_push(e);
}

/* What was there is not any more. */
static void gone(struct end *e, uint64_t t_ns, const char *why)
{
    if (e->fd < 0)
        return;
    end_tell(e, "%s%s", why,
             e->kind == END_LISTEN ? "; waiting for the next"
             : e->kind == END_EXEC ? ""
                                   : "; waiting for it to come back");
    forget_output(e);
    if (e->tty.ops)
        source_close(&e->tty);
    else
        (void)close(e->fd);
    e->fd = -1;
    e->there = e->eof = e->connecting = e->breaking = false;
    e->ended = e->kind == END_EXEC;
    e->due_ns = t_ns + RETRY_NS;
}

/* The other side says nothing any more.  A client may still listen: what
 * 'echo AT | nc' asked for is answered. */
static void says_no_more(struct end *e, uint64_t t_ns)
{
    if (e->kind == END_LISTEN) {
        e->eof = true;
        e->due_ns = t_ns + LINGER_NS;
        return;
    }
    gone(e, t_ns,
         e->kind == END_EXEC  ? "the command has ended"
         : e->kind == END_TTY ? "the port is gone"
                              : "the other side closed the connection");
}

/* What Telnet has to say comes before what is to be passed on. */
static void send_replies(struct end *e)
{
    size_t n = e->tn.nreply;

    if (!e->telnet || !n || sizeof(e->out) - (e->nout - e->out_at) < n)
        return;
    e->tn.nreply = 0;
    put_raw(e, e->tn.reply, n);
}

void end_begins(struct end *e)
{
    e->there = true;
    e->nin = e->in_at = 0;
    if (e->telnet)
        telnet_init(&e->tn, e->kind == END_LISTEN, e->baud, e->mode);
    send_replies(e);
}

static void take_client(struct end *e, int listener, uint64_t t_ns)
{
    int fd = accept(listener, NULL, NULL);

    if (fd < 0)
        return;
    if (e->fd >= 0 && !e->eof) {
        end_tell(e, "a second client was turned away");
        (void)close(fd);
        return;
    }
    gone(e, t_ns, "the client has gone");
    net_tune(fd);
    e->fd = fd;
    end_begins(e);
}

static void try_again(struct end *e, uint64_t t_ns)
{
    if (e->fd >= 0 || t_ns < e->due_ns)
        return;
    e->due_ns = t_ns + RETRY_NS;
    if (e->kind == END_TTY) {
        if (end_reopen(e))
            end_tell(e, "the port is back");
    } else if (e->kind == END_CONNECT) {
        e->fd = net_begin(&e->peer);
        e->connecting = e->fd >= 0;
        e->due_ns = t_ns + (e->connecting ? CONNECT_NS : RETRY_NS);
    }
}

/* A connection that is being made: has it been? */
static void look_at_connection(struct end *e, int revents, uint64_t t_ns)
{
    bool ready = revents != 0;

    if (!ready && t_ns < e->due_ns)
        return;
    e->connecting = false;
    if (ready && net_result(e->fd) == 0) {
        end_begins(e);
        end_tell(e, "connected again");
        return;
    }
    (void)close(e->fd);
    e->fd = -1;
    e->due_ns = t_ns + RETRY_NS;
}

static void look_at_openers(struct end *e)
{
    unsigned now = pty_openers(&e->pty, e->openers);

    if (now == e->openers)
        return;
    e->openers = now;
    e->there = now > 0;
    if (!now) { /* what the last one did not read is not for the next */
        e->nout = e->out_at = 0;
        pty_flush(&e->pty);
    }
}

static int revents_of(int fd, const struct pollfd *p, nfds_t n)
{
    for (nfds_t i = 0; i < n; i++)
        if (fd >= 0 && p[i].fd == fd)
            return p[i].revents;
    return 0;
}

bool end_turn(struct end *e, const struct pollfd *p, nfds_t n, uint64_t t_ns)
{
    bool was = e->there;
    int revents = revents_of(e->fd, p, n);

    for (int i = 0; i < NET_LISTENERS; i++)
        if (revents_of(e->listener[i], p, n))
            take_client(e, e->listener[i], t_ns);
    if (e->connecting)
        look_at_connection(e, revents, t_ns);
    if (revents_of(e->pty.watch, p, n))
        look_at_openers(e);
    if (e->eof && (revents & (POLLHUP | POLLERR) || t_ns >= e->due_ns))
        gone(e, t_ns, "the client has gone");
    try_again(e, t_ns);
    end_push(e);
    return was != e->there;
}

/* Can replies to what it says be sent? */
static bool answerable(const struct end *e)
{
    return sizeof(e->out) - (e->nout - e->out_at) >= TELNET_REPLY;
}

nfds_t end_poll(const struct end *e, struct pollfd *p, bool input)
{
    bool output = e->connecting || (e->nout > e->out_at && e->there);
    nfds_t n = 0;

    input = input && !e->eof && !e->connecting && (!e->telnet || answerable(e));
    if (e->fd >= 0 && (input || output || e->eof))
        p[n++] = (struct pollfd){.fd = e->fd,
                                 .events = (short)((input ? POLLIN : 0) |
                                                   (output ? POLLOUT : 0))};
    for (int i = 0; i < NET_LISTENERS; i++)
        if (e->listener[i] >= 0)
            p[n++] = (struct pollfd){.fd = e->listener[i], .events = POLLIN};
    if (e->pty.watch >= 0)
        p[n++] = (struct pollfd){.fd = e->pty.watch, .events = POLLIN};
    return n;
}

/* ---- what it says ------------------------------------------------------- */

/* What the one who has the pty open has set on it. */
static bool look_at_settings(struct end *e, struct end_change *c)
{
    struct pty_seen seen;
    char stop;

    pty_look(&e->pty, &seen);
    stop = seen.two_stop ? '2' : '1';
    if (seen.wants_parity && !e->hides_parity) {
        e->hides_parity = true;
        end_tell(e, "parity was asked for, which a pty hides: set it with -m, "
                    "or use 'telltale run'");
    }
    if (!seen.baud || (seen.baud == e->baud && stop == e->mode[2]))
        return false;
    *c = (struct end_change){.event = TT_EV_BAUD, .baud = seen.baud};
    e->baud = seen.baud;
    e->mode[2] = stop;
    return true;
}

/* Closed, or another trouble than that nothing is there now. */
static void cannot_read(struct end *e, ssize_t n, uint64_t t_ns)
{
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n == 0)
        says_no_more(e, t_ns);
    else if (e->kind != END_PTY)
        gone(e, t_ns,
             e->kind == END_TTY ? "the port is gone" : strerror(errno));
}

bool end_has_more(const struct end *e)
{
    return e->telnet && e->there && e->nin > e->in_at && answerable(e);
}

static void tell_refused(struct end *e)
{
    if (!e->tn.refused)
        return;
    e->tn.refused = false;
    end_tell(e, "flow control was asked for; a bridge does without");
}

static size_t take_telnet(struct end *e, uint8_t *to, size_t room,
                          struct end_change *c, uint64_t t_ns)
{
    size_t n = 0;

    while (!n && !telnet_next(&e->tn, c) && answerable(e)) {
        if (e->in_at == e->nin) {
            ssize_t got = read(e->fd, e->in, sizeof(e->in));

            if (got <= 0) {
                cannot_read(e, got, t_ns);
                break;
            }
            e->nin = (size_t)got;
            e->in_at = 0;
        }
        e->in_at += telnet_decode(&e->tn, e->in + e->in_at, e->nin - e->in_at,
                                  to, room, &n);
        send_replies(e);
        tell_refused(e);
    }
    return n;
}

size_t end_take(struct end *e, uint8_t *to, size_t room, struct end_change *c,
                uint64_t t_ns)
{
    ssize_t n;

    if (e->fd < 0 || e->eof || e->connecting || !room)
        return 0;
    if (e->kind == END_PTY && look_at_settings(e, c))
        return 0;
    if (e->telnet)
        return take_telnet(e, to, room, c, t_ns);
    n = read(e->fd, to, room);
    if (n > 0)
        return (size_t)n;
    cannot_read(e, n, t_ns);
    return 0;
}

/* ---- what is given to it ------------------------------------------------ */

size_t end_room(const struct end *e)
{
    size_t cap =
        e->kind == END_TTY || e->kind == END_PTY ? END_TTY_OUT : END_OUT;

    if (e->there && e->telnet) { /* each byte may become two */
        size_t used = e->nout - e->out_at + END_REPLIES;

        return used < cap && !e->tn.suspended ? (cap - used) / 2 : 0;
    }
    if (e->there)
        return cap - (e->nout - e->out_at);
    return e->kind == END_CONNECT && !e->ended ? 0 : END_OUT;
}

void end_give(struct end *e, const uint8_t *p, size_t n)
{
    uint8_t coded[4096];

    if (!e->there || !n)
        return;
    if (!e->telnet) {
        put_raw(e, p, n);
        return;
    }
    for (size_t at = 0; at < n; at += sizeof(coded) / 2) {
        size_t some = n - at < sizeof(coded) / 2 ? n - at : sizeof(coded) / 2;

        put_raw(e, coded, telnet_encode(p + at, some, coded));
    }
}

/* ---- changes ------------------------------------------------------------ */

bool end_has_settings(const struct end *e)
{
    return e->tty.ops && e->tty.ops->set;
}

bool end_drained(struct end *e)
{
    int waiting = 0;

    end_push(e);
    if (e->nout > e->out_at)
        return false;
#ifdef TIOCOUTQ
    if (end_has_settings(e) && ioctl(e->fd, TIOCOUTQ, &waiting))
        waiting = 0;
#endif
    return waiting == 0;
}

static void change_telnet(struct end *e, const struct end_change *c)
{
    if (e->kind == END_CONNECT) {
        if (c->event == TT_EV_BAUD && c->baud)
            e->baud = c->baud;
        if (c->event == TT_EV_BAUD && c->mode[0])
            memcpy(e->mode, c->mode, sizeof(e->mode));
    }
    if (!e->there)
        return;
    if (e->kind == END_CONNECT)
        telnet_ask(&e->tn, c);
    else
        telnet_notify(&e->tn, c->event);
    send_replies(e);
}

void end_change(struct end *e, const struct end_change *c)
{
    struct tt_error err = {.msg = ""};
    enum tt_status st = TT_OK;

    if (e->telnet)
        change_telnet(e, c);
    if (!e->tty.ops)
        return;
    if (c->event == TT_EV_BAUD && end_has_settings(e))
        st = source_set(&e->tty, c->baud, c->mode, &err);
    else if (c->event == TT_EV_BREAK)
        st = source_break(&e->tty, !c->off, &err);
    else if (c->event >= TT_EV_DTR_UP && c->event <= TT_EV_RTS_DOWN)
        st = source_control(&e->tty, c->event, &err);
    if (c->event == TT_EV_BREAK)
        e->breaking = !st && !c->off;
    if (st && end_has_settings(e))
        end_tell(e, "%s", err.msg);
}

void end_done(struct end *e, const struct end_change *c, const struct end *to)
{
    bool real = end_has_settings(to);

    if (!e->telnet || e->kind != END_LISTEN || !e->there)
        return;
    telnet_done(&e->tn, c, real ? to->tty.baud : c->baud,
                real ? to->tty.mode : c->mode);
    e->baud = e->tn.baud; /* for the next client */
    memcpy(e->mode, e->tn.mode, sizeof(e->mode));
    send_replies(e);
}

void end_lines(struct end *e, const struct end *other)
{
    int now = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR; /* where there are none */

    if (!e->telnet || e->kind != END_LISTEN || !e->there)
        return;
    if (other->tty.ops && ioctl(other->fd, TIOCMGET, &now))
        now = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
    if (other->telnet) {
        e->tn.modem = other->tn.modem;
        return;
    }
    telnet_lines(&e->tn, now & TIOCM_CTS, now & TIOCM_DSR, now & TIOCM_RNG,
                 now & TIOCM_CAR);
}
