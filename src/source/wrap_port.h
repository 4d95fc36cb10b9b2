/*
 * wrap_port - which device a name or a number means, and whether it is a port
 * to be watched.
 *
 * Layer: source (program), used by wrap and trace only.  Linux.
 */
#ifndef TELLTALE_SOURCE_WRAP_PORT_H
#define TELLTALE_SOURCE_WRAP_PORT_H

#include "base/base.h"

#include <sys/stat.h>
#include <sys/types.h>

/* What the user named; none: every serial port. */
struct wrap_ports {
    const char *const *names;
    size_t n;
};

/* Is the device a serial port: a tty with hardware behind it? */
bool wrap_port_is_serial(const struct stat *st);

/* Is it one to be watched?  Aliases and links of a port are the port: the
 * device counts, not what it is called. */
bool wrap_port_wanted(const struct wrap_ports *p, const struct stat *st);

/* Does the name say that it is a port, whether it is there or not?  It is one
 * that the user named, if he did. */
bool wrap_port_is_name(const struct wrap_ports *p, const char *path);

/* A path as a process means it (relative to its folder or to dirfd, in its
 * root), for stat(). */
void wrap_port_path(pid_t pid, int dirfd, const char *path, char *out,
                    size_t size);

/* The same for people and for later: without a process that may be gone. */
void wrap_port_name(pid_t pid, int dirfd, const char *path, char *out,
                    size_t size);

/* May the process do what only an administrator may? */
bool wrap_port_is_admin(pid_t pid);

#endif
