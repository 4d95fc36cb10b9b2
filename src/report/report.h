/*
 * report - a verdict as text or JSON in a buffer.  Never prints.
 *
 * Layer: report.  Uses base, tape, rules, verdict (and format for how the
 * input was read).
 */
#ifndef TT_REPORT_REPORT_H
#define TT_REPORT_REPORT_H

#include "format/format.h"
#include "verdict/verdict.h"

struct tt_report_input {
    const char *name;                  /* as the user gave it */
    const struct tt_read_report *read; /* NULL for a live line */
    const struct tt_tape_info *info;   /* never NULL */
    const struct tt_tape *tape;        /* for the decisive lines; may be NULL */
};

struct tt_report_options {
    bool color;     /* ANSI colours */
    bool quiet;     /* the headline line only */
    unsigned width; /* columns, 0: 80 */
    unsigned tail;  /* decisive lines of the tape to show, 0: default */
};

/* Append what a finding stands on: "> 7F at 0.002 s, 9 ms later < 68*32 ...;
 * 3 times [rule stm32.app.repeats]". */
void tt_report_why(struct tt_buf *out, const struct tt_finding *f,
                   enum tt_quality quality);

/* The verdict block and the decisive lines. */
void tt_report_text(struct tt_buf *out, const struct tt_verdict *v,
                    const struct tt_report_input *in,
                    const struct tt_report_options *opt);

/* One JSON object on one line, the contract of docs/json.md. */
void tt_report_json(struct tt_buf *out, const struct tt_verdict *v,
                    const struct tt_report_input *in);

/* Append the object that stands for an input that could not be read. */
void tt_report_json_error(struct tt_buf *out, const char *name,
                          const char *error);

#endif
