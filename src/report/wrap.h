/*
 * wrap - lines with a label and a hanging indent, for a terminal of any
 * width.  Only printable ASCII gets through; the rest becomes \xNN.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_WRAP_H
#define TT_REPORT_WRAP_H

#include "base/buf.h"

enum { TT_WRAP_TEXT = 10 }; /* column where texts begin */

enum tt_tint {
    TT_TINT_NONE,
    TT_TINT_BAD,
    TT_TINT_GOOD,
    TT_TINT_UNSURE,
    TT_TINT_DIM
};

struct tt_wrap {
    struct tt_buf *out;
    unsigned width; /* columns */
    bool color;
};

/* label (right-aligned) and text, wrapped; further lines of a numbered or
 * dashed text ("1 ...", "- ...") are indented by two more.  right, unless "", is put at the
 * right edge of the last line when it fits, else of a line of its own. */
void tt_wrap_item(const struct tt_wrap *w, const char *label, enum tt_tint tint,
                  const char *text, const char *right);

/* A rule across the width. */
void tt_wrap_rule(const struct tt_wrap *w);

/* text as it is but for bytes that are not printable ASCII. */
void tt_wrap_plain(struct tt_buf *out, const char *text);

#endif
