/*
 * archive - recordings in ZIP and tar archives, read without a place for them
 * on disk or in memory: another process unpacks one into a pipe.
 *
 * A recording in an archive of several is called ARCHIVE/NAME.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_ARCHIVE_H
#define TELLTALE_CLI_ARCHIVE_H

#include "cli/options.h"

#include <sys/types.h>

enum { ARCHIVE_MAX_FILES = 10000 }; /* in one archive */

/* False: no more are wanted. */
typedef bool archive_name_fn(void *user, const char *name);

/*
 * Is path an archive of several recordings?  All of them by their names then;
 * *failed: the archive is damaged, empty, or has too many (said).
 */
bool archive_names(const char *path, archive_name_fn *fn, void *user,
                   bool *failed);

/* Is it a ZIP archive (by its first bytes)?  The place in the file stays. */
bool archive_is(int fd);

/*
 * A descriptor from which the recording in the archive is read: that of a
 * bundle, the samples of a sigrok session, or the only file.  Another process
 * unpacks it; wait for it with archive_end(), which says what went wrong
 * there.  -1: there is none.
 */
int archive_open(int fd, pid_t *unpacker, struct tt_error *err);
/* The same of ARCHIVE/NAME, when there is no such file.  -1: there is none,
 * and, with err->code TT_OK, no such archive either. */
int archive_open_member(const char *name, pid_t *unpacker,
                        struct tt_error *err);
enum tt_status archive_end(pid_t unpacker, struct tt_error *err) TT_MUST_USE;

/* ---- tar, between archive.c and tar.c ------------------------------------ */

enum { ARCHIVE_DAMAGED = 3, ARCHIVE_BOMB = 4 };

/* Does it begin as a tar archive, compressed or not? */
bool tar_is(const char *path);
/* The names of its files; false when it is damaged. */
bool tar_names(const char *path, archive_name_fn *fn, void *user);
int tar_open_member(const char *path, const char *member, pid_t *unpacker,
                    struct tt_error *err);

#endif
