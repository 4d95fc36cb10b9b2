/*
 * filestore - a recording of any size as a store: its first screen at once,
 * any part of it when it is asked for, none of it in memory for long.
 *
 *   file   |------------|------------|------------|----...
 *          ^ snapshots of the reader, records and offsets up to there
 *
 * The file is read through once, in pieces, by filestore_index(); every so
 * often the reader is copied.  A record is then found by reading on from the
 * snapshot before it.  The number of snapshots is bounded: when there are too
 * many, every other one goes and the distance doubles.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_FILESTORE_H
#define TELLTALE_CLI_FILESTORE_H

#include "cli/options.h"
#include "format/format.h"
#include "view/store.h"

struct filestore;

/* A comment that stood in the recording, safe to print. */
struct remark {
    uint64_t t_ns, record; /* of the record that comes next */
    char text[240];
};

/* Open a recording; NULL when it cannot be read (said). */
struct filestore *filestore_open(const struct options *o, const char *name);
void filestore_free(struct filestore *f);

/* Read on for about so many bytes of the file; true while there is more. */
bool filestore_index(struct filestore *f, size_t bytes);

/* After all of it was read: has the file changed? */
enum filestore_change { FILESTORE_SAME, FILESTORE_GROWN, FILESTORE_SHRUNK };
enum filestore_change filestore_change(struct filestore *f);

/* It has grown: index on.  False when records at what was its end were not
 * whole, so that those who have seen them must begin again. */
bool filestore_go_on(struct filestore *f);

/* Has all of it been read?  What kept it from that, or NULL. */
bool filestore_done(const struct filestore *f, const char **why);
/* How much of it, 0 to 100. */
unsigned filestore_percent(const struct filestore *f);

/* How it was read, so far. */
const struct tt_read_report *filestore_report(const struct filestore *f);

/* What comments it holds, so far; borrowed. */
size_t filestore_remarks(const struct filestore *f, const struct remark **out);

/* Its records, those that have been indexed. */
struct store filestore_store(struct filestore *f);

#endif
