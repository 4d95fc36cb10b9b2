/*
 * The tool's settings have two halves.  How its reads behave (ICANON, ECHO,
 * VMIN ...) goes onto the pty's slave; what the wire needs goes onto the real
 * port, which is raw otherwise.  The tool is shown neither but what it set
 * itself, corrected by what the driver granted: a pty alone drops parity, and
 * tools that read their settings back refuse to run on one.
 */
#include "source/wrap_line.h"

#ifdef __linux__

#include <asm/termbits.h> /* not <termios.h>: they clash */
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
    BOTH_LINES = TIOCM_DTR | TIOCM_RTS,
    PTY_MAJOR = 136, /* to 143 */
    PTY_MAJORS = 8
};

#define CLOSING_WAIT (30 * TT_NS_PER_S) /* as a UART's driver waits */

void wrap_line_init(struct wrap_line *l, const char *path, dev_t device)
{
    memset(l, 0, sizeof(*l));
    (void)snprintf(l->path, sizeof(l->path), "%s", path);
    l->device = device;
    l->real = l->master = -1;
}

/* ---- onto the tape ------------------------------------------------------ */

void wrap_line_event(const struct wrap_line *l, enum tt_event ev)
{
    const struct tt_record r = {
        .t_ns = l->now(l->user), .lane = TT_LANE_LINE, .event = ev};

    l->record(l->user, l->number, &r);
}

static void put_bytes(const struct wrap_line *l, enum tt_lane lane,
                      const uint8_t *p, size_t n)
{
    const struct tt_record r = {
        .t_ns = l->now(l->user), .lane = lane, .bytes = p, .len = n};

    l->record(l->user, l->number, &r);
}

/* Speed and frame, when they are others than were told last. */
static void put_settings(struct wrap_line *l)
{
    struct tt_record r = {.t_ns = l->now(l->user),
                          .lane = TT_LANE_LINE,
                          .event = TT_EV_BAUD,
                          .baud = wrap_speed(&l->vt)};

    wrap_mode(&l->vt, r.mode);
    if (!r.baud || (r.baud == l->told_baud && !strcmp(r.mode, l->told_mode)))
        return;
    l->told_baud = r.baud;
    memcpy(l->told_mode, r.mode, sizeof(l->told_mode));
    l->record(l->user, l->number, &r);
}

static void put_lines(struct wrap_line *l, int now)
{
    int changed = now ^ l->modem;

    l->modem = now;
    if (changed & TIOCM_DTR)
        wrap_line_event(l, now & TIOCM_DTR ? TT_EV_DTR_UP : TT_EV_DTR_DOWN);
    if (changed & TIOCM_RTS)
        wrap_line_event(l, now & TIOCM_RTS ? TT_EV_RTS_UP : TT_EV_RTS_DOWN);
}

/* Set them on the real port too; the driver does that by itself at the first
 * open and the last close, but we keep the port open. */
static void set_lines(struct wrap_line *l, int now)
{
    int up = now & BOTH_LINES, down = ~now & BOTH_LINES;

    (void)ioctl(l->real, TIOCMBIS, &up);
    (void)ioctl(l->real, TIOCMBIC, &down);
    put_lines(l, now);
}

/* ---- settings ----------------------------------------------------------- */

void wrap_line_apply(struct wrap_line *l, const struct wrap_termios *t)
{
    struct wrap_termios slave = *t, wire = *t;
    bool was_up = l->vt.c_cflag & CBAUD, is_up = t->c_cflag & CBAUD;

    l->vt = *t;
    l->vt.c_ospeed = wrap_speed(t);
    if (!(t->c_cflag & CIBAUD))
        l->vt.c_ispeed = l->vt.c_ospeed;
    slave.c_cflag &= ~(uint32_t)(CSIZE | PARENB | CRTSCTS | CSTOPB);
    slave.c_cflag |= CS8 | CREAD;
    slave.c_iflag &=
        ~(uint32_t)(IXON | IXOFF | IXANY | INPCK | PARMRK | ISTRIP);
    (void)ioctl(l->master, TCSETS2, &slave); /* on a master: of its slave */
    wire.c_lflag = wire.c_oflag = 0;
    wire.c_cflag |= CREAD;
    wire.c_iflag &= IXON | IXOFF | IXANY | INPCK | IGNPAR | IGNBRK | ISTRIP;
    wire.c_cc[VMIN] = 1;
    wire.c_cc[VTIME] = 0;
    (void)ioctl(l->real, TCSETS2, &wire);
    if (!l->real_is_pty && !ioctl(l->real, TCGETS2, &wire))
        l->vt.c_cflag = wire.c_cflag; /* what the driver granted */
    put_settings(l);
    if (was_up && !is_up) /* B0 hangs up */
        set_lines(l, 0);
    else if (!was_up && is_up)
        set_lines(l, BOTH_LINES);
}

/* ---- opening and closing ------------------------------------------------ */

static int open_real(struct wrap_line *l)
{
    struct stat st;

    if (l->real >= 0)
        return 0;
    l->real = l->stand_in
                  ? l->stand_in(l->user)
                  : open(l->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (l->real < 0)
        return errno;
    l->real_is_pty = !fstat(l->real, &st) && major(st.st_rdev) >= PTY_MAJOR &&
                     major(st.st_rdev) < PTY_MAJOR + PTY_MAJORS;
    /* A UART hears nothing while it is closed; a pty hoards. */
    (void)ioctl(l->real, TCFLSH, TCIFLUSH);
    return 0;
}

static int open_pty(struct wrap_line *l)
{
    struct stat st;
    unsigned number;
    int unlock = 0;

    l->master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (l->master < 0)
        return errno;
    if (ioctl(l->master, TIOCSPTLCK, &unlock) ||
        ioctl(l->master, TIOCGPTN, &number))
        return errno;
    (void)snprintf(l->slave, sizeof(l->slave), "/dev/pts/%u", number);
    if (stat(l->slave, &st))
        return errno;
    l->slave_dev = st.st_dev;
    l->slave_ino = st.st_ino;
    return 0;
}

/* What the port is set to when it is first opened. */
static void first_settings(struct wrap_line *l)
{
    if (l->was_open && l->real_is_pty)
        return;
    if (ioctl(l->real, TCGETS2, &l->vt)) {
        memset(&l->vt, 0, sizeof(l->vt));
        l->vt.c_cflag = B9600 | CS8 | CREAD | HUPCL;
    } else if (l->real_is_pty) {
        l->vt.c_cflag = B9600 | CS8 | CREAD | HUPCL;
        l->vt.c_ispeed = l->vt.c_ospeed = 9600;
    }
    l->was_open = true;
}

int wrap_line_open(struct wrap_line *l)
{
    int err;

    l->closing = false;
    l->nrx = 0; /* what came in between was not for the tool */
    err = open_real(l);
    if (!err && l->master < 0)
        err = open_pty(l);
    if (err) {
        if (l->master >= 0)
            (void)close(l->master);
        l->master = -1;
        return err;
    }
    first_settings(l);
    wrap_line_event(l, TT_EV_OPEN);
    l->told_baud = 0;
    wrap_line_apply(l, &l->vt);
    set_lines(l, BOTH_LINES);
    return 0;
}

/* All is out, or that took too long: the lines drop as the driver's would. */
static void closed(struct wrap_line *l)
{
    l->closing = false;
    l->ntx = 0;
    if (l->vt.c_cflag & HUPCL)
        set_lines(l, 0);
    wrap_line_event(l, TT_EV_CLOSE);
}

void wrap_line_tool_closed(struct wrap_line *l)
{
    wrap_line_break(l, false);
    (void)close(l->master);
    l->master = -1;
    /* What the tool kept others away with ends with it; we only listen on. */
    if (l->exclusive)
        (void)ioctl(l->real, TIOCNXCL);
    if (l->locked)
        (void)flock(l->real, LOCK_UN);
    l->exclusive = l->locked = false;
    l->nrx = 0;
    l->closing = true;
    l->closing_ns = l->now(l->user) + CLOSING_WAIT;
    wrap_line_push(l);
}

void wrap_line_close(struct wrap_line *l)
{
    if (l->closing)
        closed(l);
    if (l->master >= 0)
        (void)close(l->master);
    if (l->real >= 0)
        (void)close(l->real);
    l->real = l->master = -1;
}

/* ---- bytes -------------------------------------------------------------- */

static void push_some(int fd, uint8_t *p, size_t *n)
{
    while (fd >= 0 && *n) {
        ssize_t done = write(fd, p, *n);

        if (done <= 0)
            return;
        *n -= (size_t)done;
        memmove(p, p + done, *n);
    }
}

void wrap_line_push(struct wrap_line *l)
{
    push_some(l->real, l->tx, &l->ntx);
    push_some(l->master, l->rx, &l->nrx);
    if (l->closing && (wrap_line_drained(l) || l->now(l->user) > l->closing_ns))
        closed(l);
}

bool wrap_line_from_tool(struct wrap_line *l)
{
    while (l->master >= 0 && l->ntx < sizeof(l->tx)) {
        ssize_t n = read(l->master, l->tx + l->ntx, sizeof(l->tx) - l->ntx);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EIO)
            return true;
        if (n <= 0)
            return false;
        put_bytes(l, TT_LANE_HOST, l->tx + l->ntx, (size_t)n);
        l->ntx += (size_t)n;
        push_some(l->real, l->tx, &l->ntx);
    }
    return false;
}

bool wrap_line_from_device(struct wrap_line *l)
{
    while (l->real >= 0 && l->nrx < sizeof(l->rx)) {
        ssize_t n = read(l->real, l->rx + l->nrx, sizeof(l->rx) - l->nrx);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n <= 0)
            return false;
        put_bytes(l, TT_LANE_DEVICE, l->rx + l->nrx, (size_t)n);
        if (l->master >= 0)
            l->nrx += (size_t)n;
        push_some(l->master, l->rx, &l->nrx);
    }
    return true;
}

static int waiting_on_wire(const struct wrap_line *l)
{
    int n = 0;

    if (l->real < 0 || l->real_is_pty || ioctl(l->real, TIOCOUTQ, &n))
        return 0;
    return n;
}

bool wrap_line_drained(struct wrap_line *l)
{
    return !l->ntx && !waiting_on_wire(l);
}

void wrap_line_break(struct wrap_line *l, bool on)
{
    if (l->breaking == on || l->real < 0)
        return;
    l->breaking = on;
    (void)ioctl(l->real, on ? TIOCSBRK : TIOCCBRK);
    if (on)
        wrap_line_event(l, TT_EV_BREAK);
}

void wrap_line_flush_in(struct wrap_line *l)
{
    int slave;

    (void)wrap_line_from_device(l);
    l->nrx = 0;
    /* On the master it would not do: it leaves what the slave can read. */
    slave = open(l->slave, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (slave < 0)
        return;
    (void)ioctl(slave, TCFLSH, TCIFLUSH);
    (void)close(slave);
}

int wrap_line_lock(struct wrap_line *l, int op)
{
    if (l->real < 0)
        return 0; /* it is gone: the pty answers */
    if (flock(l->real, op | LOCK_NB))
        return errno;
    l->locked = (op & ~LOCK_NB) != LOCK_UN;
    return 0;
}

/* Nobody else may open the port: the driver sees to that, as without us. */
static int exclude(struct wrap_line *l, bool on)
{
    l->exclusive = on;
    (void)ioctl(l->real, on ? TIOCEXCL : TIOCNXCL);
    return 0;
}

/* ---- calls of the tool -------------------------------------------------- */

static int give(const struct wrap_call *c, const void *p, size_t n)
{
    return wrap_poke(c->pid, c->arg, p, n) ? 0 : EFAULT;
}

static int flush(struct wrap_line *l, uint64_t which)
{
    if (which == TCOFLUSH || which == TCIOFLUSH) {
        l->ntx = 0;
        /* What a pty has taken has been sent: it has no wire to wait for, and
         * flushing would take it back from the reader. */
        if (!l->real_is_pty)
            (void)ioctl(l->real, TCFLSH, TCOFLUSH);
    }
    if (which == TCIFLUSH || which == TCIOFLUSH)
        wrap_line_flush_in(l);
    return which <= TCIOFLUSH ? 0 : EINVAL;
}

static int get_lines(struct wrap_line *l, const struct wrap_call *c)
{
    int now = l->modem, real = 0;

    if (!ioctl(l->real, TIOCMGET, &real))
        now |= real & ~BOTH_LINES;
    else /* none there: up, else tools with flow control would wait */
        now |= TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
    return give(c, &now, sizeof(now));
}

static int change_lines(struct wrap_line *l, const struct wrap_call *c)
{
    int v;

    if (!wrap_peek(c->pid, c->arg, &v, sizeof(v)))
        return EFAULT;
    v &= BOTH_LINES;
    set_lines(l, c->cmd == TIOCMSET   ? v
                 : c->cmd == TIOCMBIS ? l->modem | v
                                      : l->modem & ~v);
    return 0;
}

static int serial_info(struct wrap_line *l, const struct wrap_call *c)
{
    struct serial_struct ss;

    if (c->compat) /* another layout */
        return -1;
    memset(&ss, 0, sizeof(ss));
    if (c->cmd == TIOCSSERIAL) {
        if (!wrap_peek(c->pid, c->arg, &ss, sizeof(ss)))
            return EFAULT;
        return ioctl(l->real, TIOCSSERIAL, &ss) && !l->real_is_pty ? errno : 0;
    }
    if (ioctl(l->real, TIOCGSERIAL, &ss)) {
        ss.type = PORT_16550A;
        ss.baud_base = 115200;
        ss.closing_wait = 3000;
    }
    return give(c, &ss, sizeof(ss));
}

/* Only the driver knows whether it has such. */
static int rs485(struct wrap_line *l, const struct wrap_call *c)
{
    struct serial_rs485 r;

    if (c->cmd == TIOCSRS485 && !wrap_peek(c->pid, c->arg, &r, sizeof(r)))
        return EFAULT;
    if (ioctl(l->real, c->cmd, &r))
        return errno;
    return give(c, &r, sizeof(r)); /* both forms tell what is set now */
}

static int error_counts(struct wrap_line *l, const struct wrap_call *c)
{
    struct serial_icounter_struct n;

    memset(&n, 0, sizeof(n));
    (void)ioctl(l->real, TIOCGICOUNT, &n);
    return give(c, &n, sizeof(n));
}

static int set_now(struct wrap_line *l, const struct wrap_call *c, size_t n)
{
    struct wrap_termios t = l->vt;

    if (!wrap_peek(c->pid, c->arg, &t, n))
        return EFAULT;
    wrap_line_apply(l, &t);
    return 0;
}

int wrap_line_ioctl(struct wrap_line *l, const struct wrap_call *c)
{
    int n;

    switch (c->cmd) {
    case TCGETS: return give(c, &l->vt, WRAP_OLD_TERMIOS);
    case TCGETS2: return give(c, &l->vt, sizeof(l->vt));
    case TCSETS: return set_now(l, c, WRAP_OLD_TERMIOS);
    case TCSETS2: return set_now(l, c, sizeof(l->vt));
    case TIOCSBRK: wrap_line_break(l, true); return 0;
    case TIOCCBRK: wrap_line_break(l, false); return 0;
    case TCFLSH: return flush(l, c->arg);
    case TIOCOUTQ:
        n = (int)l->ntx + waiting_on_wire(l);
        return give(c, &n, sizeof(n));
    case TIOCMGET: return get_lines(l, c);
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC: return change_lines(l, c);
    case TIOCGSERIAL:
    case TIOCSSERIAL: return serial_info(l, c);
    case TIOCGICOUNT: return error_counts(l, c);
    case TIOCEXCL: return exclude(l, true);
    case TIOCNXCL: return exclude(l, false);
    case TIOCGEXCL: n = l->exclusive; return give(c, &n, sizeof(n));
    case TIOCGRS485:
    case TIOCSRS485: return rs485(l, c);
    default: return -1;
    }
}

#endif
