/*
 * units - a binary file as a row of units (header, packets, blocks) that
 * carry their length in front.  What a chunk cuts is kept until the rest is
 * there; what a chunk holds whole is used where it lies.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_UNITS_H
#define TT_FORMAT_UNITS_H

#include "format/reader.h"

struct tt_units {
    struct tt_buf held; /* the beginning of a unit */
    uint64_t offset;    /* of the unit in the input */
    bool dead;          /* damaged: ignore what follows */
    enum tt_status why; /* what damaged() came to */
    /*
     * How many bytes the unit at p has, or, if the n bytes that are there do
     * not tell, how many are needed to tell (more than n).  0: it is
     * impossible, and damaged() was called.
     */
    size_t (*size)(struct tt_reader *rd, const uint8_t *p, size_t n,
                   struct tt_error *err);
    /* The whole unit. */
    enum tt_status (*take)(struct tt_reader *rd, const uint8_t *p, size_t n,
                           struct tt_error *err);
};

enum tt_status tt_units_feed(struct tt_reader *rd, struct tt_units *u,
                             const uint8_t *p, size_t n, struct tt_error *err);

/* Is a unit left unfinished?  Says so in the report; what names it. */
bool tt_units_cut(struct tt_reader *rd, struct tt_units *u, const char *what);

/*
 * Nothing after the unit can be read.  When records came before it, this is
 * noted, reading goes no further, and the result is TT_OK; else it is an
 * error with that sentence.
 */
enum tt_status tt_units_damaged(struct tt_reader *rd, struct tt_units *u,
                                struct tt_error *err, enum tt_status code,
                                const char *fmt, ...) TT_PRINTF(5, 6);

/* A number of 2, 4 or 8 bytes at p, big-endian or not. */
uint64_t tt_number(const uint8_t *p, size_t bytes, bool big);

#endif
