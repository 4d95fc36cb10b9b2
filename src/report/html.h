/*
 * html - verdicts as one page for a ticket: no network, no script, readable on
 * paper.  Every byte that came from outside is escaped: what is not printable
 * ASCII is shown as \xNN.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_HTML_H
#define TT_REPORT_HTML_H

#include "report/notes.h"
#include "report/report.h"

enum {
    TT_HTML_ROWS = 2000,     /* of the hexdump of one recording, */
    TT_HTML_ROWS_MANY = 200, /* and of one among many */
    TT_HTML_PAGE = 64 << 20  /* bytes of a page's part */
};

/* Up to and with <body>; the title is untrusted too. */
void tt_html_head(struct tt_buf *out, const char *title);
void tt_html_foot(struct tt_buf *out);

/* One recording.  number makes the names of its links its own; notes may be
 * NULL and are sorted. */
void tt_html_section(struct tt_buf *out, const struct tt_verdict *v,
                     const struct tt_report_input *in, struct tt_notes *notes,
                     size_t number, size_t rows);
/* One that cannot be read. */
void tt_html_error(struct tt_buf *out, const char *name, const char *why,
                   size_t number);

/* The summary of many: begin, a line each, end. */
struct tt_html_line {
    const char *name, *label, *text, *rule;
    size_t number;
};
void tt_html_summary_begin(struct tt_buf *out);
void tt_html_summary_line(struct tt_buf *out, const struct tt_html_line *l);
void tt_html_summary_end(struct tt_buf *out);

/* ---- private --------------------------------------------------------------- */

void tt_html_text(struct tt_buf *out, const char *s);
void tt_html_bytes(struct tt_buf *out, const void *p, size_t n);

/* The picture of who spoke when; seen says which evidence can be linked. */
void tt_html_timeline(struct tt_buf *out, const struct tt_verdict *v,
                      const struct tt_report_input *in, size_t number,
                      const bool *seen);

/* The hexdump; seen gets true for each piece of evidence that is in it, so
 * that links to it lead somewhere. */
void tt_html_dump(struct tt_buf *out, const struct tt_verdict *v,
                  const struct tt_report_input *in, struct tt_notes *notes,
                  size_t number, size_t rows, bool seen[TT_MAX_EVIDENCE]);

#endif
