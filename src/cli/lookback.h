/*
 * lookback - what a line said longer ago than memory reaches, read from its
 * own recording while that is written.
 *
 *   recording  |r|r|r|r|r|r|r|r|r|r|r|...      read here: only when asked for
 *   tape                     |r|r|r|r|r|r      in memory
 *              ^ first       ^ the same record in both: that is checked
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_LOOKBACK_H
#define TELLTALE_CLI_LOOKBACK_H

#include "cli/filestore.h"

struct lookback {
    struct filestore *file; /* NULL: not asked for */
    struct store tape;
    uint64_t first;              /* the record its first one is on the tape */
    uint64_t base[TT_LANE_LINE]; /* bytes of each lane before it */
    int64_t shift; /* number in the file less that on the tape, from first */
    bool matched;  /* the records were compared and are the same */
    bool failed;   /* they are not, or the file cannot be read */
};

/* A recording begins: what the tape holds is its beginning. */
void lookback_begin(struct lookback *l, const struct store *tape);

/* Somebody wants to see more than the tape holds; false when the recording
 * cannot be read (said). */
bool lookback_open(struct lookback *l, const struct options *o,
                   const char *path);
void lookback_close(struct lookback *l);

/* Read on; true when there is more to do at once. */
bool lookback_work(struct lookback *l);

/* How much has been read, in percent. */
unsigned lookback_percent(const struct lookback *l);

/* The records of the recording under their numbers on the tape. */
struct store lookback_store(struct lookback *l);

#endif
