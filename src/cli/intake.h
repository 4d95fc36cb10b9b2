/*
 * intake - the way every record takes, from a file or a line: the times
 * asked for are kept, then the session and the tape get it.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_INTAKE_H
#define TELLTALE_CLI_INTAKE_H

#include "cli/options.h"
#include "format/format.h"
#include "report/report.h"
#include "verdict/verdict.h"

struct intake {
    struct tt_session *session;
    const struct tt_rules *set;
    struct tt_tape *tape; /* what came last, for the report */
    uint64_t since_ns, until_ns;
    size_t feed;           /* cut records into pieces of this size; 0: no */
    struct tt_record baud; /* set before since_ns, to be told at its start */
    bool has_baud;
    uint64_t fed;       /* number on the tape: not through the rules yet, */
    size_t fed_at;      /* from this byte of it on */
    bool skipped;       /* the rules could not follow, some was left out */
    uint64_t cut_bytes; /* left out by --since and --until */
    uint64_t unread;    /* places of the input that were not understood */
    bool stop; /* nobody wants more: Ctrl-C, or no reader of our output */
};

/* Be ready for a first tape; false (said) when that cannot be. */
bool intake_init(struct intake *in, const struct options *o,
                 const struct tt_rules *set);
void intake_release(struct intake *in);

/* Begin another tape. */
bool intake_begin(struct intake *in, enum tt_quality quality) TT_MUST_USE;

/* One record; a tick after the time of --until stands for the rest. */
enum tt_status intake_record(struct intake *in,
                             const struct tt_record *r) TT_MUST_USE;

/*
 * The same, but the rules are asked later: while somebody waits for what the
 * line says next, they must not hold it up.  What they cannot follow falls
 * off the tape, and they are told that something is missing.
 */
enum tt_status intake_later(struct intake *in,
                            const struct tt_record *r) TT_MUST_USE;
/* The next most bytes at least through the rules; piece is what that was.
 * False when there is nothing more. */
bool intake_catch_up(struct intake *in, size_t most, struct tt_record *piece,
                     enum tt_status *st);

/* The tape ends; what does it mean? */
enum tt_status intake_end(struct intake *in, uint64_t end_ns,
                          struct tt_verdict *v) TT_MUST_USE;

/*
 * All of the tape once more, its bytes as what a tool printed, and what that
 * means; the tape is the new one then.  TT_ERR_LIMIT when its beginning is no
 * longer held.
 */
enum tt_status intake_as_tool(struct intake *in, enum tt_quality quality,
                              uint64_t end_ns,
                              struct tt_verdict *v) TT_MUST_USE;

/* The exit status that a verdict stands for. */
enum exit_code verdict_code(const struct tt_verdict *v);

/* Append the report asked for: text (margin columns narrower than what it
 * is shown on) or JSON. */
void put_report(struct tt_buf *out, const struct options *o,
                const struct tt_verdict *v, const struct tt_report_input *in,
                unsigned margin);

/* With --json: print the object of an input that could not be read; why is
 * what was said last. */
void put_unreadable(const struct options *o, const char *name);

#endif
