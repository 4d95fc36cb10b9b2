/*
 * bundle - everything about one case in one ZIP file: the recording, what was
 * said of it, by which version and with which settings; and the way back.
 *
 * Layer: cli.  Only bundle.c and archive.c know libzip.
 */
#ifndef TELLTALE_CLI_BUNDLE_H
#define TELLTALE_CLI_BUNDLE_H

#include "cli/options.h"
#include "rules/rules.h"

/* Read the one recording that the options name, and write o->bundle. */
enum exit_code bundle_read(const struct options *o, struct tt_rules *set);

/* Is it a ZIP archive (by its first bytes)?  The place in the file stays. */
bool archive_is(int fd);

/*
 * A descriptor from which the recording in the archive is read: that of a
 * bundle, or the only file.  Another process unpacks it; wait for it with
 * archive_end(), which says what went wrong there.  -1 when there is none
 * (said).
 */
int archive_open(int fd, const char *name, pid_t *unpacker);
bool archive_end(const char *name, pid_t unpacker);

#endif
