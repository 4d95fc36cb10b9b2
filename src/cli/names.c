/*
 * names - the files that the words of a command stand for.
 */
#include "cli/many.h"

#include "cli/archive.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_DEEP = 32, MAX_PATH = 4096 };

void names_init(struct names *l)
{
    *l = (struct names){0};
}

void names_release(struct names *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->name[i]);
    free(l->name);
    *l = (struct names){0};
}

static bool add(struct names *l, const char *name)
{
    char *copy;

    if (l->n == MAX_NAMES_READ) {
        say("more than %d recordings: name fewer at a time", MAX_NAMES_READ);
        return false;
    }
    if (l->n == l->size) {
        size_t size = l->size ? 2 * l->size : 64;
        char **more = realloc(l->name, size * sizeof(*more));

        if (!more) {
            say("%s", tt_status_name(TT_ERR_NOMEM));
            return false;
        }
        l->name = more;
        l->size = size;
    }
    copy = strdup(name);
    if (!copy) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        return false;
    }
    l->name[l->n++] = copy;
    return true;
}

static bool add_member(void *l, const char *name)
{
    return add(l, name);
}

/* A file, or all that are in an archive of several. */
static bool add_file(struct names *l, const char *name)
{
    size_t had = l->n;
    bool failed = false;

    if (!archive_names(name, add_member, l, &failed))
        return add(l, name);
    l->failed |= failed;
    return l->n > had || failed || add(l, name);
}

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

/* By bytes, whatever the locale: the same order everywhere. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* A link is followed to a file, never to a folder: those may go in circles. */
static bool add_folder(struct names *l, const char *folder, unsigned deep)
{
    size_t len = strlen(folder);
    struct dirent **list;
    bool good = true;
    int n;

    if (deep == MAX_DEEP) {
        say("%s: folders in folders, more than %d", folder, MAX_DEEP);
        l->failed = true;
        return true;
    }
    n = scandir(folder, &list, visible, by_name);
    if (n < 0) {
        say("%s: cannot look into it: %s", folder, strerror(errno));
        l->failed = true;
        return true;
    }
    while (len && folder[len - 1] == '/')
        len--; /* "/" itself becomes the nothing before the first one */
    for (int i = 0; i < n; i++) {
        char path[MAX_PATH];
        struct stat st;

        if (!good) {
        } else if ((size_t)snprintf(path, sizeof(path), "%.*s/%s", (int)len,
                                    folder, list[i]->d_name) >= sizeof(path)) {
            say("%s/%s: the name is too long", folder, list[i]->d_name);
            l->failed = true;
        } else if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
            good = add_folder(l, path, deep + 1);
        } else if (stat(path, &st) || S_ISREG(st.st_mode)) {
            good = add_file(l, path); /* also a dead link: that is told */
        } else if (!S_ISDIR(st.st_mode)) {
            l->others++;
        }
        free(list[i]);
    }
    free(list);
    return good;
}

static bool add_matches(struct names *l, const char *pattern)
{
    glob_t g;
    bool good = true;
    int rc = glob(pattern, 0, NULL, &g);

    if (rc == GLOB_NOMATCH)
        return add(l, pattern); /* and it is told that there is no such file */
    if (rc) {
        say("%s: cannot look for it", pattern);
        l->failed = true;
        return true;
    }
    for (size_t i = 0; good && i < g.gl_pathc; i++) {
        struct stat st;

        if (stat(g.gl_pathv[i], &st) == 0 && S_ISDIR(st.st_mode))
            good = add_folder(l, g.gl_pathv[i], 0);
        else
            good = add_file(l, g.gl_pathv[i]);
    }
    globfree(&g);
    return good;
}

bool names_expand(struct names *l, const char *const *words, size_t n,
                  bool archives)
{
    bool good = true;

    for (size_t i = 0; good && i < n; i++) {
        size_t had = l->n;
        struct stat st;
        bool there = stat(words[i], &st) == 0;

        if (strcmp(words[i], "-") != 0 && there && S_ISDIR(st.st_mode)) {
            good = add_folder(l, words[i], 0);
            if (good && l->n == had && !l->failed) {
                say("%s: there is no file in this folder", words[i]);
                l->failed = true;
            }
        } else if (!there && strpbrk(words[i], "*?[") &&
                   !is_address(words[i])) {
            good = add_matches(l, words[i]);
        } else if (there && S_ISREG(st.st_mode) && archives) {
            good = add_file(l, words[i]);
        } else {
            good = add(l, words[i]);
        }
    }
    if (l->others)
        say("%zu in the folders left out: pipes, sockets and devices are no "
            "recordings",
            l->others);
    return good;
}
