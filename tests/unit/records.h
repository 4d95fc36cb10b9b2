/*
 * records - lists of records kept, read and compared by tests.
 */
#ifndef TT_TESTS_RECORDS_H
#define TT_TESTS_RECORDS_H

#include "format/format.h"

struct records {
    struct tt_record *rec;
    size_t n, size;
};

/* A tt_sink_fn; user is a struct records. */
enum tt_status records_sink(const struct tt_record *r, void *user);

void records_add(struct records *l, struct tt_record r);
void records_free(struct records *l);

/* One a line: "0.003112 @5 < 68 68"; freed by the caller.  Without the
 * source when it does not matter. */
char *records_text(const struct records *l, bool source);

/* Same lane, time, bytes, event and numbers, one by one (not source). */
bool records_equal(const struct records *a, const struct records *b);

/* Where they first differ, for a failure message; in a static buffer. */
const char *records_difference(const struct records *a,
                               const struct records *b);

/* How to cut an input into chunks. */
enum { CHUNK_WHOLE = 0 }; /* else: the size of each chunk */

/*
 * Read p (format: NULL detects, lane: of raw bytes) in chunks, the first of
 * first bytes (0: as the others).  report and err may be NULL.
 */
enum tt_status records_read(struct records *l, const void *p, size_t n,
                            size_t first, size_t chunk,
                            const struct tt_read_options *options,
                            struct tt_read_report *report,
                            struct tt_error *err);

#endif
