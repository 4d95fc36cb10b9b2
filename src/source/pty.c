#include "source/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#ifdef __linux__
#include <asm/termbits.h> /* not <termios.h>: they clash */
#include <sys/inotify.h>
#else
#include <termios.h>
#endif

/* ---- settings ----------------------------------------------------------- */

#ifdef __linux__

static void make_raw(int fd)
{
    struct termios2 t;

    if (ioctl(fd, TCGETS2, &t))
        return;
    t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR |
                             ICRNL | IXON);
    t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    t.c_oflag &= ~(tcflag_t)OPOST;
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    (void)ioctl(fd, TCSETS2, &t);
}

void pty_look(const struct pty *p, struct pty_seen *seen)
{
    struct termios2 t;

    *seen = (struct pty_seen){0};
    if (ioctl(p->slave, TCGETS2, &t))
        return;
    seen->baud = t.c_ospeed;
    seen->two_stop = t.c_cflag & CSTOPB;
    seen->wants_parity = t.c_cflag & (PARENB | PARODD) || t.c_iflag & INPCK;
}

void pty_set_baud(const struct pty *p, uint32_t baud)
{
    struct termios2 t;

    if (ioctl(p->slave, TCGETS2, &t))
        return;
    t.c_cflag &= ~(tcflag_t)(CBAUD | CIBAUD);
    t.c_cflag |= BOTHER; /* the kernel makes B9600 of 9600 again */
    t.c_ospeed = t.c_ispeed = baud;
    (void)ioctl(p->slave, TCSETS2, &t);
}

static int start_watch(const char *name)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    if (fd >= 0 && inotify_add_watch(fd, name, IN_OPEN | IN_CLOSE) < 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

unsigned pty_openers(const struct pty *p, unsigned had)
{
    /* Aligned as the events in it have to be. */
    union {
        struct inotify_event e;
        char bytes[4096];
    } u;
    ssize_t n;

    while ((n = read(p->watch, u.bytes, sizeof(u.bytes))) > 0)
        for (ssize_t at = 0; at < n;) {
            struct inotify_event e;

            memcpy(&e, u.bytes + at, sizeof(e));
            at += (ssize_t)(sizeof(e) + e.len);
            if (e.mask & IN_OPEN)
                had++;
            else if (e.mask & IN_CLOSE && had)
                had--;
        }
    return had;
}

#else

static void make_raw(int fd)
{
    struct termios t;

    if (tcgetattr(fd, &t))
        return;
    t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR |
                             ICRNL | IXON);
    t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    t.c_oflag &= ~(tcflag_t)OPOST;
    (void)tcsetattr(fd, TCSANOW, &t);
}

void pty_look(const struct pty *p, struct pty_seen *seen)
{
    struct termios t;

    *seen = (struct pty_seen){0};
    if (tcgetattr(p->slave, &t))
        return;
    seen->baud = (uint32_t)cfgetospeed(&t); /* a number on the BSDs */
    seen->two_stop = t.c_cflag & CSTOPB;
    seen->wants_parity = t.c_cflag & (PARENB | PARODD);
}

void pty_set_baud(const struct pty *p, uint32_t baud)
{
    struct termios t;

    if (tcgetattr(p->slave, &t))
        return;
    (void)cfsetspeed(&t, baud);
    (void)tcsetattr(p->slave, TCSANOW, &t);
}

static int start_watch(const char *name)
{
    (void)name;
    return -1;
}

unsigned pty_openers(const struct pty *p, unsigned had)
{
    (void)p;
    return had;
}

#endif

/* ---- opening ------------------------------------------------------------ */

int pty_open(struct pty *p)
{
    const char *name = NULL;
    int why;

    *p = (struct pty){.master = -1, .slave = -1, .watch = -1};
    p->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (p->master >= 0 && !grantpt(p->master) && !unlockpt(p->master))
        name = ptsname(p->master);
    if (name) {
        (void)snprintf(p->name, sizeof(p->name), "%s", name);
        p->slave = open(p->name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    }
    if (p->slave < 0) {
        why = errno;
        pty_close(p);
        return why;
    }
    (void)fcntl(p->master, F_SETFD, FD_CLOEXEC);
    (void)fcntl(p->master, F_SETFL, O_NONBLOCK);
    make_raw(p->slave);
    p->watch = start_watch(p->name);
    return 0;
}

void pty_close(struct pty *p)
{
    if (p->watch >= 0)
        (void)close(p->watch);
    if (p->slave >= 0)
        (void)close(p->slave);
    if (p->master >= 0)
        (void)close(p->master);
    *p = (struct pty){.master = -1, .slave = -1, .watch = -1};
}

void pty_flush(const struct pty *p)
{
#ifdef __linux__
    (void)ioctl(p->slave, TCFLSH, TCIFLUSH);
#else
    (void)tcflush(p->slave, TCIFLUSH);
#endif
}
