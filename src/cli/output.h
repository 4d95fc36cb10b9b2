/*
 * output - files that are written.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_OUTPUT_H
#define TELLTALE_CLI_OUTPUT_H

#include "cli/cli.h"

/* The format that the end of a name stands for ("tape", "pcapng", "raw"), or
 * NULL. */
const char *format_of(const char *name);

/* The recording of port number i of several: "case.pcapng" for the first,
 * "case-2.pcapng" for the second. */
void numbered_name(char *out, size_t size, const char *path, size_t i);

/*
 * May path be written to while inputs are read?  False (said) when it is one
 * of them, by whatever name, or a line: a recording does not go to a device.
 */
bool output_apart(const char *path, const char *const *inputs,
                  size_t n) TT_MUST_USE;

/* Could create_file() make it?  False (said) when not; for a recording that is
 * begun later, when what is recorded can no longer be had again. */
bool could_create(const char *path, bool force) TT_MUST_USE;

/* Make a file; one that is there is written over only with force.  flags are
 * added to those of open().  -1 when that cannot be (said). */
int create_file(const char *path, bool force, int flags);

/* Write all of it; 0, or the errno that says why not. */
int write_all(int fd, const void *p, size_t n) TT_MUST_USE;

#endif
