/*
 * rules_help - rule sets for tests: from text, from files, with what the
 * reader complained about as text.
 */
#ifndef TT_TESTS_RULES_HELP_H
#define TT_TESTS_RULES_HELP_H

#include "rules/rules.h"

#include <stdio.h>

/* A set read from text and finished.  Every complaint is appended to out, as
 * tt_diag_print() makes it and an empty line (out may be NULL). */
struct tt_rules *rules_from(struct tt_slice text, const char *file,
                            struct tt_buf *out);
struct tt_rules *rules_from_text(const char *text, struct tt_buf *out);

/* Add text to a set; its origin may matter. */
enum tt_status rules_add(struct tt_rules *set, const char *text,
                         const char *file, const char *origin,
                         struct tt_buf *out);

/* The bytes of a file, to be freed; p is NULL when it cannot be read. */
struct tt_slice slurp(const char *path);

#endif
