/*
 * holders - who else has a line open: two readers of one line each get a part
 * of its bytes, and neither knows.
 */
#include "ports/holders.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { PTMX_MAJOR = 5, PTMX_MINOR = 2 };

/* Does a process have the line open?  One that has a pty's other side is the
 * device, not a reader. */
static bool has_open(const char *fds, dev_t line)
{
    DIR *d = opendir(fds);
    bool open = false, device = false;
    const struct dirent *e;
    struct stat st;

    while (d && (e = readdir(d)) != NULL) {
        if (fstatat(dirfd(d), e->d_name, &st, 0) || !S_ISCHR(st.st_mode))
            continue;
        open |= st.st_rdev == line;
        device |= st.st_rdev == makedev(PTMX_MAJOR, PTMX_MINOR);
    }
    if (d)
        (void)closedir(d);
    return open && !device;
}

static void name_of(long pid, char *out, size_t size)
{
    char path[64];
    FILE *f;

    (void)snprintf(out, size, "a process");
    (void)snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
    f = fopen(path, "r");
    if (f && fgets(out, (int)size, f))
        out[strcspn(out, "\n")] = '\0';
    if (f)
        (void)fclose(f);
}

long line_holder(const char *path, char *name, size_t size)
{
    DIR *proc = NULL;
    const struct dirent *e;
    struct stat st;
    long found = 0;

    if (stat(path, &st) || !S_ISCHR(st.st_mode))
        return 0;
    proc = opendir("/proc");
    while (proc && !found && (e = readdir(proc)) != NULL) {
        char fds[300], *end;
        long pid = strtol(e->d_name, &end, 10);

        if (*end || pid <= 0 || pid == (long)getpid())
            continue;
        (void)snprintf(fds, sizeof(fds), "/proc/%s/fd", e->d_name);
        if (has_open(fds, st.st_rdev))
            found = pid;
    }
    if (proc)
        (void)closedir(proc);
    if (found)
        name_of(found, name, size);
    return found;
}
