/*
 * tape - what was seen, in order: the one thing every source makes and every
 * view reads.
 *
 * A tape in memory is a list of fixed blocks with a budget; when it is full
 * the oldest blocks fall off and are counted.  Records are referred to by
 * number (from 0, never reused).
 *
 * Layer: tape.  Uses base.
 */
#ifndef TT_TAPE_TAPE_H
#define TT_TAPE_TAPE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/limits.h"

/* No reader gives a time after this (285 years), so that the sum of two of
 * them fits and UINT64_MAX can mean "no time". */
#define TT_MAX_TIME_NS (UINT64_C(9000000000) * TT_NS_PER_S)

/* What is known about a tape besides its records. */
struct tt_tape_info {
    enum tt_quality quality;
    bool order_uncertain; /* order between lanes is a guess */
    uint64_t epoch_ns;    /* wall clock of time 0, 0 when unknown */
    char format[96];      /* "pcapng rtac-serial", "tape text", "raw" */
    char device[128], adapter[128], by[128], why[256]; /* header lines */
};

struct tt_tape;

/*
 * Create a tape that keeps about budget bytes in memory.  On success *out is
 * the caller's; on failure NULL.  TT_ERR_ARG for a budget of 0, TT_ERR_NOMEM.
 */
enum tt_status tt_tape_new(struct tt_tape **out, size_t budget) TT_MUST_USE;

void tt_tape_free(struct tt_tape *t);

/*
 * Copy a record in; it gets the number tt_tape_end() had before.  Times that
 * run backwards are set to the last time.  Records longer than TT_MAX_RECORD
 * are split, records without bytes or event are ignored, and none are merged.
 * TT_ERR_ARG for a lane or event that does not exist, TT_ERR_NOMEM.
 */
enum tt_status tt_tape_append(struct tt_tape *t,
                              const struct tt_record *r) TT_MUST_USE;

/* The oldest number still held, and one past the newest.  Equal if empty. */
uint64_t tt_tape_first(const struct tt_tape *t);
uint64_t tt_tape_end(const struct tt_tape *t);

/* Look at record n; out->bytes is borrowed until the next append or free.
 * False when it is not there (any more, or yet). */
bool tt_tape_get(const struct tt_tape *t, uint64_t n, struct tt_record *out);

/* Where on its lane, counted from 0, the first byte of record n stands; 0 for
 * an event and for a record that is not there. */
uint64_t tt_tape_offset(const struct tt_tape *t, uint64_t n);

/* Counters over everything ever appended, also what fell off. */
struct tt_tape_stats {
    uint64_t records;
    uint64_t bytes[TT_LANES];   /* by lane; LINE: 0 */
    uint64_t turns;             /* stretches of one wire lane (> or <) */
    uint64_t events[TT_EVENTS]; /* LOST: number of records */
    uint64_t lost_bytes;
    uint64_t first_ns, last_ns;   /* of all records */
    uint64_t longest_silence_ns;  /* between bytes on the wire (> or <) */
    uint64_t printable[TT_LANES]; /* bytes 20..7E, CR, LF, TAB */
    uint64_t fell_off;            /* records no longer in memory */
};

struct tt_stats { /* a running tt_tape_stats, usable without a tape */
    struct tt_tape_stats s;
    enum tt_lane last_lane; /* of the wire, once any is set */
    bool any;               /* bytes were on the wire */
    uint64_t last_byte_ns;
};

void tt_stats_init(struct tt_stats *st);
void tt_stats_add(struct tt_stats *st, const struct tt_record *r);
const struct tt_tape_stats *tt_tape_stats(const struct tt_tape *t);

/* ---- tape text: the notation of rules, captures and screens ------------ */

/*
 * Append one record as tape text: "0.003112 < 68*8" with a newline.  With
 * time_ns = UINT64_MAX no time is written.  Long records are broken into
 * lines that end in a backslash; text is written as "..." when mostly
 * printable, else as hex pairs.  Reads back to the same record.  A tick is a
 * line with a time and nothing else, so without a time nothing is written.
 */
void tt_tape_text_record(struct tt_buf *out, const struct tt_record *r,
                         uint64_t time_ns);

/* Append only the bytes: '7F 68*8 "ok\r\n"', no lane mark, no newline, at
 * most max bytes of them followed by " ..." when cut. */
void tt_tape_text_bytes(struct tt_buf *out, const uint8_t *p, size_t n,
                        size_t max);

/* Append the header lines ("# telltale tape 1", "# device: ..."). */
void tt_tape_text_header(struct tt_buf *out, const struct tt_tape_info *info);

/*
 * Take one header line without its "# " ("device: FTDI", "time: us") into
 * info.  False when it is none, which is no error: the line is a remark.
 */
bool tt_tape_text_header_line(struct tt_tape_info *info, struct tt_slice line);

#endif
