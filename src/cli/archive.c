/*
 * archive - a recording in a ZIP archive, read without a place for it on disk
 * or in memory: another process unpacks it into a pipe.
 */
#include "cli/bundle.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zip.h>

enum { PIECE = 1 << 16, DAMAGED = 3 };

static const char folder[] = "recording/";

bool archive_is(int fd)
{
    char head[4];

    return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
           !memcmp(head, "PK\3\4", 4);
}

/* The number of the file to read: the one in the folder of a bundle, or the
 * only one there is.  -1: none, or not to be told which; *files says how many
 * there are. */
static zip_int64_t choose(zip_t *z, zip_int64_t *files)
{
    zip_int64_t n = zip_get_num_entries(z, 0), only = -1, inside = -1;

    *files = 0;
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(z, (zip_uint64_t)i, 0);
        size_t len = name ? strlen(name) : 0;

        if (!len || name[len - 1] == '/')
            continue;
        (*files)++;
        only = i;
        if (!strncmp(name, folder, sizeof(folder) - 1) && inside < 0)
            inside = i;
    }
    return inside >= 0 ? inside : *files == 1 ? only : -1;
}

static void unpack(zip_t *z, zip_int64_t which, int to)
{
    zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)which, 0);
    char piece[PIECE];
    zip_int64_t n;

    if (!f)
        _exit(DAMAGED);
    while ((n = zip_fread(f, piece, sizeof(piece))) > 0)
        for (zip_int64_t at = 0; at < n;) {
            ssize_t put = write(to, piece + at, (size_t)(n - at));

            if (put < 0 && errno == EINTR)
                continue;
            if (put <= 0)
                _exit(0); /* nobody wants more of it */
            at += put;
        }
    _exit(n < 0 ? DAMAGED : 0);
}

int archive_open(int fd, const char *name, pid_t *unpacker)
{
    int err = 0, own = dup(fd), ends[2];
    zip_t *z = own < 0 ? NULL : zip_fdopen(own, 0, &err);
    zip_int64_t files = 0, which = z ? choose(z, &files) : -1;

    if (!z) {
        if (own >= 0)
            (void)close(own);
        say("%s: the ZIP archive is damaged, or not one", name);
        return -1;
    }
    if (which < 0) {
        say("%s: a ZIP archive of %lld files and no bundle of telltale; unpack "
            "it and read the folder",
            name, (long long)files);
        zip_discard(z);
        return -1;
    }
    *unpacker = pipe(ends) ? -1 : fork();
    if (*unpacker < 0) {
        say("%s: cannot unpack it: %s", name, strerror(errno));
        zip_discard(z);
        return -1;
    }
    if (!*unpacker) {
        (void)close(ends[0]);
        unpack(z, which, ends[1]);
    }
    (void)close(ends[1]);
    zip_discard(z);
    return ends[0];
}

bool archive_end(const char *name, pid_t unpacker)
{
    int status = 0;

    while (waitpid(unpacker, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    say("%s: the archive is damaged, or locked with a password: what was "
        "unpacked before that place was read",
        name);
    return false;
}
