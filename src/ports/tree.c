/*
 * tree - reading below a root without being led out of it.
 */
#include "ports/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool tree_open(struct tree *t, const char *dir)
{
    char real[PATH_MAX];
    struct stat st;

    t->root[0] = '\0';
    if (!dir || strcmp(dir, "/") == 0)
        return true;
    if (!realpath(dir, real))
        return false;
    if (stat(real, &st) || !S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return false;
    }
    if ((size_t)snprintf(t->root, sizeof(t->root), "%s", real) >=
        sizeof(t->root)) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (strcmp(t->root, "/") == 0)
        t->root[0] = '\0';
    return true;
}

bool tree_is_live(const struct tree *t)
{
    return !t->root[0];
}

bool tree_join(const struct tree *t, const char *path, char *out, size_t size)
{
    int n = snprintf(out, size, "%s%s", t->root, path);

    return n > 0 && (size_t)n < size;
}

bool tree_real(const struct tree *t, const char *path, char out[TREE_PATH])
{
    char full[2 * TREE_PATH], real[PATH_MAX];
    size_t n = strlen(t->root);

    if (!tree_join(t, path, full, sizeof(full)) || !realpath(full, real))
        return false;
    if (strncmp(real, t->root, n) != 0 || real[n] != '/')
        return false;
    return (size_t)snprintf(out, TREE_PATH, "%s", real + n) < TREE_PATH;
}

bool tree_stat(const struct tree *t, const char *path, struct stat *st)
{
    char real[TREE_PATH], full[2 * TREE_PATH];

    return tree_real(t, path, real) && tree_join(t, real, full, sizeof(full)) &&
           stat(full, st) == 0;
}

bool tree_read(const struct tree *t, const char *path, char *out, size_t size,
               size_t *n)
{
    char real[TREE_PATH], full[2 * TREE_PATH];
    struct stat st;
    ssize_t k = 0;
    size_t at = 0;
    int fd;

    *n = 0;
    out[0] = '\0';
    if (!tree_real(t, path, real) || !tree_join(t, real, full, sizeof(full)))
        return false;
    fd = open(full, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return false;
    }
    while (at < size - 1 && (k = read(fd, out + at, size - 1 - at)) > 0)
        at += (size_t)k;
    (void)close(fd);
    if (k < 0 && !at)
        return false;
    while (at && (out[at - 1] == '\n' || out[at - 1] == '\r'))
        at--;
    out[at] = '\0';
    *n = at;
    return true;
}

void tree_attr(const struct tree *t, const char *dir, const char *name,
               char out[TREE_TEXT])
{
    char path[TREE_PATH];
    size_t n;

    out[0] = '\0';
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >=
            sizeof(path) ||
        !tree_read(t, path, out, TREE_TEXT, &n))
        return;
    out[strcspn(out, "\n")] = '\0';
}

void tree_link(const struct tree *t, const char *dir, const char *name,
               char out[TREE_TEXT])
{
    char path[TREE_PATH], full[2 * TREE_PATH], to[PATH_MAX];
    const char *last;
    ssize_t n;

    out[0] = '\0';
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >=
            sizeof(path) ||
        !tree_join(t, path, full, sizeof(full)))
        return;
    n = readlink(full, to, sizeof(to) - 1);
    if (n <= 0)
        return;
    to[n] = '\0';
    last = strrchr(to, '/');
    (void)snprintf(out, TREE_TEXT, "%.255s", last ? last + 1 : to);
}

/* By name, but ttyUSB2 before ttyUSB10. */
static int by_name(const void *a, const void *b)
{
    const char *const *pa = a, *const *pb = b, *x = *pa, *y = *pb;

    while (*x && *x == *y && !(*x >= '0' && *x <= '9'))
        x++, y++;
    if (*x >= '0' && *x <= '9' && *y >= '0' && *y <= '9') {
        unsigned long i = strtoul(x, NULL, 10), k = strtoul(y, NULL, 10);

        if (i != k)
            return i < k ? -1 : 1;
    }
    return strcmp(*pa, *pb);
}

void tree_list(const struct tree *t, const char *dir,
               bool (*each)(void *user, const char *name), void *user)
{
    char real[TREE_PATH], full[2 * TREE_PATH], **names;
    struct dirent *e;
    size_t n = 0, i;
    bool go = true;
    DIR *d;

    if (!tree_real(t, dir, real) || !tree_join(t, real, full, sizeof(full)))
        return;
    d = opendir(full);
    if (!d)
        return;
    names = calloc(TREE_NAMES, sizeof(*names));
    while (names && n < TREE_NAMES && (e = readdir(d)))
        if (e->d_name[0] != '.' && (names[n] = strdup(e->d_name)))
            n++;
    (void)closedir(d);
    if (names)
        qsort(names, n, sizeof(*names), by_name);
    for (i = 0; i < n; i++) {
        go = go && each(user, names[i]);
        free(names[i]);
    }
    free(names);
}
