/*
 * /dev/serial/by-id/x, /dev/ttyUSB0 and a link in somebody's folder are one
 * port: the device's number decides.  What a process calls a path is looked
 * up in /proc, so that its folder and its root count, not ours.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "source/wrap_port.h"

#ifdef __linux__

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { CAP_ADMIN = 21 /* CAP_SYS_ADMIN */ };

/* A tty with a device behind it: no console, no pty, no /dev/tty. */
static bool has_hardware(const struct stat *st)
{
    char path[64];
    struct stat dev;

    (void)snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device",
                   major(st->st_rdev), minor(st->st_rdev));
    if (stat(path, &dev))
        return false;
    /* 4, 0 to 63 are the consoles, 5 is /dev/tty and its like */
    return major(st->st_rdev) == 4 ? minor(st->st_rdev) >= 64
                                   : major(st->st_rdev) != 5;
}

/* By its class: input devices have a device too. */
static bool is_tty_class(const struct stat *st)
{
    char link[64], to[PATH_MAX];
    ssize_t n;

    (void)snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/subsystem",
                   major(st->st_rdev), minor(st->st_rdev));
    n = readlink(link, to, sizeof(to) - 1);
    if (n <= 0)
        return false;
    to[n] = '\0';
    return n >= 4 && !strcmp(to + n - 4, "/tty");
}

bool wrap_port_is_serial(const struct stat *st)
{
    return S_ISCHR(st->st_mode) && is_tty_class(st) && has_hardware(st);
}

bool wrap_port_wanted(const struct wrap_ports *p, const struct stat *st)
{
    if (!S_ISCHR(st->st_mode))
        return false;
    for (size_t i = 0; i < p->n; i++) {
        struct stat port;

        if (!stat(p->names[i], &port) && S_ISCHR(port.st_mode) &&
            port.st_rdev == st->st_rdev)
            return true;
    }
    return !p->n && wrap_port_is_serial(st);
}

bool wrap_port_is_name(const struct wrap_ports *p, const char *path)
{
    static const char *const serial[] = {"/dev/serial/", "/dev/rfcomm",
                                         "/dev/cu"};

    for (size_t i = 0; i < p->n; i++)
        if (!strcmp(p->names[i], path))
            return true;
    for (size_t i = 0; !p->n && i < TT_LEN(serial); i++)
        if (!strncmp(path, serial[i], strlen(serial[i])))
            return true;
    /* ttyUSB0, ttyS0; not tty, tty1 */
    return !p->n && !strncmp(path, "/dev/tty", 8) && path[8] >= 'A' &&
           path[8] <= 'Z';
}

/* ---- paths -------------------------------------------------------------- */

void wrap_port_path(pid_t pid, int dirfd, const char *path, char *out,
                    size_t size)
{
    if (path[0] == '/')
        (void)snprintf(out, size, "/proc/%d/root%s", (int)pid, path);
    else if (dirfd == AT_FDCWD)
        (void)snprintf(out, size, "/proc/%d/cwd/%s", (int)pid, path);
    else
        (void)snprintf(out, size, "/proc/%d/fd/%d/%s", (int)pid, dirfd, path);
}

void wrap_port_name(pid_t pid, int dirfd, const char *path, char *out,
                    size_t size)
{
    char link[64], folder[PATH_MAX];
    ssize_t n;

    if (dirfd == AT_FDCWD)
        (void)snprintf(link, sizeof(link), "/proc/%d/cwd", (int)pid);
    else
        (void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, dirfd);
    n = path[0] == '/' ? 0 : readlink(link, folder, sizeof(folder) - 1);
    if (n <= 0) {
        (void)snprintf(out, size, "%s", path);
        return;
    }
    folder[n] = '\0';
    (void)snprintf(out, size, "%s/%s", folder, path);
}

bool wrap_port_is_admin(pid_t pid)
{
    char path[64], line[256];
    unsigned long long caps = 0;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f))
        if (!strncmp(line, "CapEff:", 7))
            caps = strtoull(line + 7, NULL, 16);
    if (f)
        (void)fclose(f);
    return caps >> CAP_ADMIN & 1;
}

#endif
