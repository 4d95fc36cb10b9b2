/*
 * tree - small files and links of /sys, /proc, /dev and /run, below a root.
 *
 * The root is "" for this machine, or a folder with a copy of such a tree.
 * What stands in it is not trusted: a link that leads out of the root is not
 * followed, nothing but regular files is read, and never more than asked for.
 *
 * Layer: ports (program).
 */
#ifndef TELLTALE_PORTS_TREE_H
#define TELLTALE_PORTS_TREE_H

#include "base/base.h"

#include <sys/stat.h>

enum { TREE_PATH = 1024, TREE_TEXT = 256, TREE_NAMES = 4096 };

struct tree {
    char root[TREE_PATH]; /* without a slash at its end; "": this machine */
};

/* A tree below dir (NULL or "/": this machine); false when there is none. */
bool tree_open(struct tree *t, const char *dir) TT_MUST_USE;

bool tree_is_live(const struct tree *t);

/* root + path, where path begins with a slash; false when it is too long. */
bool tree_join(const struct tree *t, const char *path, char *out, size_t size);

/*
 * The start of a file, at most size - 1 bytes, NUL-terminated, without the
 * newline at its end; *n is what was read.  False when there is none, or none
 * that may be read.
 */
bool tree_read(const struct tree *t, const char *path, char *out, size_t size,
               size_t *n);

/* The first line of dir/name as text, "" when there is none. */
void tree_attr(const struct tree *t, const char *dir, const char *name,
               char out[TREE_TEXT]);

/* Where path is in truth, all links followed, as a path below the root. */
bool tree_real(const struct tree *t, const char *path, char out[TREE_PATH]);

/* The last part of what the link dir/name points to: a driver, a bus. */
void tree_link(const struct tree *t, const char *dir, const char *name,
               char out[TREE_TEXT]);

/* What stat says of path, its links followed inside the root. */
bool tree_stat(const struct tree *t, const char *path, struct stat *st);

/*
 * Call for each name in dir, in order; at most TREE_NAMES of them.  It stops
 * when the callback says false.
 */
void tree_list(const struct tree *t, const char *dir,
               bool (*each)(void *user, const char *name), void *user);

#endif
