/*
 * page - paragraphs of a handbook page, 79 columns wide.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_PAGE_H
#define TELLTALE_CLI_PAGE_H

#include "cli/cli.h"
#include "rules/rules.h"

enum { PAGE_WIDTH = 79, PAGE_LEFT = 12, MAX_PAGE = 16 << 20 };

void put_slice(struct tt_buf *out, struct tt_slice s);
void put_text(struct tt_buf *out, const char *s);

/* A paragraph with a label at its left: "  cause     Bytes are lost ...". */
void put_para(struct tt_buf *out, const char *label, const char *text,
              size_t n);

/* The same with the text at column left; a label that is too long for it has
 * a line of its own. */
void put_wide_para(struct tt_buf *out, const char *label, size_t left,
                   const char *text, size_t n);

/* The same of a buffer, which is empty after it. */
void put_buf_para(struct tt_buf *out, const char *label, struct tt_buf *text);

/* The lines of one statement, each a paragraph; numbered if you like. */
void put_strings(struct tt_buf *out, const char *label,
                 const struct tt_strings *s, bool number);

/* What the rule looks for, as paragraphs: pattern or steps, conditions. */
void put_looks_for(struct tt_buf *out, const struct tt_rule *r);

/* What one hit counts for at most. */
double bits_of(const struct tt_rule *r);

/* "built in, stm32.rules:12" or "/home/me/my.rules:3" */
void put_where(struct tt_buf *out, const struct tt_rule *r);

/* The sentences it has, each with its condition. */
void put_says(struct tt_buf *out, const struct tt_rule *r);

/* "source: stm32flash 0.7"; "nobody said" without a basis. */
void put_basis(struct tt_buf *out, const struct tt_basis *b);

#endif
