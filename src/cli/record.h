/*
 * record - what a line said, kept on disk while it is said.
 *
 * Each record is one write() at the end of the file, so that a kill loses at
 * most the record in flight and the file can be opened at any moment.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_RECORD_H
#define TELLTALE_CLI_RECORD_H

#include "format/format.h"

#include <sys/types.h>

struct recording {
    int fd; /* -1: none, or given up */
    const char *path;
    struct tt_writer writer;
    struct tt_buf block;
    off_t good;  /* length up to the last whole record */
    bool failed; /* the disk is full, or gone */
};

/* Begin path (tape text when it ends in .tape, else pcapng).  A file that is
 * there is written over only with force.  When the speed follows as the first
 * record, the header waits for it: that is where it belongs.  False when it
 * cannot be (said). */
bool record_open(struct recording *rec, const char *path, bool force,
                 const struct tt_tape_info *info, bool speed_follows);

/* Could it be begun?  False (said) when not: for one that begins later, when
 * what it would hold can no longer be had again. */
bool record_could_open(const char *path, bool force) TT_MUST_USE;

/* One record; comment (NULL: none) is what is known with it. */
void record_add(struct recording *rec, const struct tt_record *r,
                const char *comment);

/* A remark at a time, without traffic. */
void record_remark(struct recording *rec, uint64_t t_ns, const char *comment);

void record_close(struct recording *rec);

#endif
