/*
 * csv - a verdict as a line of comma-separated values (RFC 4180).
 *
 * A cell that a spreadsheet would take for a formula begins with an
 * apostrophe; line ends inside cells become blanks.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_CSV_H
#define TT_REPORT_CSV_H

#include "report/report.h"

void tt_report_csv_head(struct tt_buf *out);
void tt_report_csv(struct tt_buf *out, const struct tt_verdict *v,
                   const struct tt_report_input *in);
/* An input that could not be read. */
void tt_report_csv_error(struct tt_buf *out, const char *name,
                         const char *error);

#endif
