/*
 * output - see output.h.
 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

const char *format_of(const char *name)
{
    static const struct {
        const char *end, *format;
    } known[] = {{".tape", "tape"},
                 {".pcapng", "pcapng"},
                 {".raw", "raw"},
                 {".bin", "raw"}};
    size_t n = strlen(name);

    for (size_t i = 0; i < TT_LEN(known); i++) {
        size_t m = strlen(known[i].end);

        if (n >= m && strcmp(name + n - m, known[i].end) == 0)
            return known[i].format;
    }
    return NULL;
}

void numbered_name(char *out, size_t size, const char *path, size_t i)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');

    if (!dot || (slash && dot < slash))
        dot = path + strlen(path);
    if (!i)
        (void)snprintf(out, size, "%s", path);
    else
        (void)snprintf(out, size, "%.*s-%zu%s", (int)(dot - path), path, i + 1,
                       dot);
}

/* All devices but those of memory (/dev/null, /dev/full) are lines here. */
static bool isatty_node(const struct stat *st)
{
    return major(st->st_rdev) != 1;
}

bool output_apart(const char *path, const char *const *inputs, size_t n)
{
    struct stat out, in;

    if (!path || stat(path, &out))
        return true; /* not there yet, or it is said when it is opened */
    if (S_ISCHR(out.st_mode) && isatty_node(&out)) {
        say("%s is a port or a terminal, no file to write to", path);
        return false;
    }
    for (size_t i = 0; S_ISREG(out.st_mode) && i < n; i++)
        if (stat(inputs[i], &in) == 0 && in.st_dev == out.st_dev &&
            in.st_ino == out.st_ino) {
            say("%s cannot be read and written over at once", path);
            return false;
        }
    return true;
}

int create_file(const char *path, bool force, int flags)
{
    int fd = open(path,
                  flags | O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY |
                      (force ? O_TRUNC : O_EXCL),
                  0644);

    if (fd < 0 && errno == EEXIST)
        say("%s is there already; --force writes over it", path);
    else if (fd < 0)
        say("%s: cannot write there: %s", path, strerror(errno));
    return fd;
}

bool could_create(const char *path, bool force)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_MAX] = ".";
    struct stat st;
    int why = 0;

    if (slash)
        (void)snprintf(dir, sizeof(dir), "%.*s",
                       slash == path ? 1 : (int)(slash - path), path);
    if (stat(path, &st) == 0 && !force) {
        say("%s is there already; --force writes over it", path);
        return false;
    }
    if (slash && !slash[1])
        why = EISDIR;
    else if (stat(path, &st) == 0)
        why = S_ISDIR(st.st_mode) ? EISDIR : access(path, W_OK) ? errno : 0;
    else if (stat(dir, &st))
        why = errno;
    else if (!S_ISDIR(st.st_mode))
        why = ENOTDIR;
    else if (access(dir, W_OK | X_OK))
        why = errno;
    if (why)
        say("%s: cannot write there: %s", path, strerror(why));
    return !why;
}

int write_all(int fd, const void *p, size_t n)
{
    const char *at = p;

    while (n) {
        ssize_t done = write(fd, at, n);

        if (done < 0 && errno != EINTR)
            return errno;
        if (done > 0) {
            at += done;
            n -= (size_t)done;
        }
    }
    return 0;
}
