/*
 * extract - the decisive lines of a tape, as tape text that can be copied
 * into a rule or a ticket.
 *
 * Lines on which the headline stands end in "# why" (a remark to the reader
 * of tape text) and are shown with their neighbours; without a headline the
 * end of the tape is shown.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_EXTRACT_H
#define TT_REPORT_EXTRACT_H

#include "verdict/verdict.h"

/* Append at most max lines (0: a dozen) and remarks where some are left
 * out. */
void tt_extract(struct tt_buf *out, const struct tt_tape *tape,
                const struct tt_verdict *v, const struct tt_tape_info *info,
                unsigned max);

#endif
