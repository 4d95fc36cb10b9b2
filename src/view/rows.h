/*
 * rows - records as rows of a screen, from any place forwards or backwards
 * without looking at more than a few hundred records.
 *
 * A line hands its bytes over in pieces of any size, so a row is not a
 * record.  Records are joined to *units*, and a unit is so many rows:
 *
 *   ROWS_HEX     bytes of one lane without a pause      16 bytes a row
 *   ROWS_TEXT    the same                               a row each line
 *   (tool lane)  the same                               a row each line
 *   ROWS_DIALOG  host bytes and the device's answer     one row
 *   (any)        one event of the line                  one row
 *
 * A pause before a unit that is worth seeing is a row of its own.  No unit
 * goes over a record whose number is a multiple of ROWS_ANCHOR: from there
 * units are found in both directions, whatever lies before.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_ROWS_H
#define TELLTALE_VIEW_ROWS_H

#include "view/store.h"

enum { ROWS_ANCHOR = 256, ROW_BYTES = 64 };

enum rows_mode { ROWS_HEX, ROWS_TEXT, ROWS_DIALOG, ROWS_MODES };

struct rows {
    const struct store *store;
    enum rows_mode mode;
    unsigned width;     /* bytes of a row, at most ROW_BYTES */
    unsigned columns;   /* of a row of text, at most 1000 */
    unsigned lanes;     /* bit (1 << lane) for each lane that is shown */
    bool timed;         /* the times mean something */
    uint64_t pause_ns;  /* that parts units of bytes */
    uint64_t silent_ns; /* that is shown as a row */
};

enum row_kind { ROW_NONE, ROW_WIRE, ROW_GAP, ROW_EVENT, ROW_EXCHANGE };

/* A place: row number row of the unit that begins at record. */
struct spot {
    uint64_t record;
    uint64_t row;
};

/* What stands in a row.  bytes are copies. */
struct row {
    enum row_kind kind;
    struct spot spot;
    uint64_t record; /* that holds its first byte; the event's */
    uint64_t t_ns;   /* of that record */
    uint64_t gap_ns; /* GAP: how long; EXCHANGE: until the answer began */
    enum tt_lane lane;
    struct tt_record event; /* EVENT */
    uint64_t offset;        /* on the lane, of the first byte */
    size_t len;             /* bytes of the row (EXCHANGE: of the request) */
    size_t nbytes;          /* of them in bytes */
    uint8_t bytes[1024];
    /* EXCHANGE: the answer */
    bool answered;
    uint64_t answer_offset;
    size_t answer_len, nanswer;
    uint8_t answer[256];
};

/* Defaults for a mode; width counts bytes, or columns in ROWS_TEXT.  What the
 * tool printed is text in every mode. */
void rows_init(struct rows *rw, const struct store *store, enum rows_mode mode,
               unsigned width);

/* The first and the last row there is; false when there is none. */
bool rows_first(const struct rows *rw, struct spot *s);
bool rows_last(const struct rows *rw, struct spot *s);

/* The row after, before; false at the ends (s stays). */
bool rows_next(const struct rows *rw, struct spot *s);
bool rows_prev(const struct rows *rw, struct spot *s);

/* The row that shows record n (byte number at of it), or the next that there
 * is when the record is hidden. */
bool rows_at(const struct rows *rw, uint64_t n, size_t at, struct spot *s);

/* A spot that was good once (before a filter, another width, records that
 * fell off): the nearest that is good now. */
bool rows_settle(const struct rows *rw, struct spot *s);

/* What stands there. */
bool rows_get(const struct rows *rw, struct spot s, struct row *out);

/* -1, 0, 1: a before, at, after b. */
int spot_compare(struct spot a, struct spot b);

#endif
