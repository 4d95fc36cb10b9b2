/*
 * open - which kind of source a name is.
 */
#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A serial port has a driver behind it: then /sys/class/tty/NAME/device is
 * there.  Ptys and virtual consoles have none. */
static bool is_serial(const char *name)
{
#ifdef __linux__
    char real[PATH_MAX], sys[PATH_MAX + 32];
    const char *base;

    if (!realpath(name, real))
        return false;
    base = strrchr(real, '/') + 1;
    (void)snprintf(sys, sizeof(sys), "/sys/class/tty/%s/device", base);
    return access(sys, F_OK) == 0;
#else
    return strncmp(name, "/dev/cu", 7) == 0 ||
           strncmp(name, "/dev/tty", 8) == 0;
#endif
}

/* Is it the terminal somebody is typing on? */
static bool is_our_terminal(const struct stat *st)
{
    struct stat own;

    for (int fd = 0; fd <= 2; fd++)
        if (isatty(fd) && fstat(fd, &own) == 0 && own.st_rdev == st->st_rdev)
            return true;
    return stat("/dev/tty", &own) == 0 && own.st_rdev == st->st_rdev;
}

/* Why it could not be opened, and what helps. */
static enum tt_status no_access(struct tt_error *err, const struct stat *st,
                                int why)
{
    const struct group *g = getgrgid(st->st_gid);

    if (why == EACCES && S_ISCHR(st->st_mode) && g)
        return tt_fail(err, TT_ERR_IO,
                       "you may not open it: it belongs to the group '%s' "
                       "(sudo usermod -aG %s $USER, then log in again)",
                       g->gr_name, g->gr_name);
    if (why == EBUSY)
        return tt_fail(err, TT_ERR_IO, "another program holds it");
    return tt_fail(err, TT_ERR_IO, "cannot open it: %s", strerror(why));
}

static int connect_socket(const char *name)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd, why;

    if (strlen(name) >= sizeof(a.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(a.sun_path, name, strlen(name) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof(a))) {
        why = errno;
        (void)close(fd);
        errno = why;
        fd = -1;
    }
    return fd;
}

enum tt_status source_open(struct source *s, const char *name,
                           const struct source_settings *set,
                           struct tt_error *err)
{
    struct stat st;
    int fd;

    if (strcmp(name, "-") == 0) {
        fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        if (fd < 0 || fstat(fd, &st))
            return tt_fail(err, TT_ERR_IO, "there is no standard input");
        if (isatty(fd)) {
            (void)close(fd);
            return tt_fail(err, TT_ERR_IO, "that is the terminal you type on");
        }
        return fd_source(s, fd, st.st_mode, set, err);
    }
    if (stat(name, &st) && source_is_remote(name))
        return remote_source(s, name, set, err);
    if (stat(name, &st))
        return tt_fail(err, TT_ERR_IO, "%s", strerror(errno));
    if (S_ISCHR(st.st_mode) && is_our_terminal(&st))
        return tt_fail(err, TT_ERR_IO, "that is the terminal you type on");
    if (S_ISCHR(st.st_mode) && is_serial(name)) {
        if (access(name, set->both_ways ? R_OK | W_OK : R_OK))
            return no_access(err, &st, errno);
        return serial_source(s, name, set, err);
    }
    fd = S_ISSOCK(st.st_mode)
             ? connect_socket(name)
             : open(name, (set->both_ways ? O_RDWR : O_RDONLY) | O_NONBLOCK |
                              O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return no_access(err, &st, errno);
    return fd_source(s, fd, st.st_mode, set, err);
}

void source_unsend(struct source *s)
{
    if (s->ops && s->can_send && s->send_fd != s->fd)
        (void)close(s->send_fd);
    s->can_send = false;
}

void source_close(struct source *s)
{
    source_unsend(s);
    if (s->ops)
        s->ops->close(s);
    s->ops = NULL;
}

nfds_t source_poll(struct source *s, struct pollfd *p)
{
    if (s->ops->poll)
        return s->ops->poll(s, p);
    *p = (struct pollfd){.fd = s->fd, .events = POLLIN};
    return 1;
}

bool source_polled(struct source *s, const struct pollfd *p, nfds_t n)
{
    bool any = false;

    s->npolled = n;
    for (nfds_t i = 0; i < n; i++) {
        s->polled[i] = p[i];
        any |= p[i].revents != 0;
    }
    return any;
}

void source_cannot_run(const char *name, int why)
{
    struct tt_buf text;

    tt_buf_init(&text, 8192);
    tt_buf_str(&text, "telltale: cannot run ");
    tt_buf_safe(&text, name, strlen(name));
    tt_buf_printf(&text, ": %s\n", strerror(why));
    (void)!write(2, tt_buf_text(&text), text.n);
    tt_buf_release(&text);
}
