/*
 * systems - the rules by protocol: what is known of each, and on what that
 * rests.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_SYSTEMS_H
#define TELLTALE_CLI_SYSTEMS_H

#include "cli/load.h"

/* Every rule is one of these; the order is that of a handbook. */
enum rule_kind {
    KIND_HEALTHY, /* a verdict that leaves the status ok */
    KIND_ERROR,
    KIND_WARNING,
    KIND_TOOL,  /* a verdict on what the servicing tool printed */
    KIND_LABEL, /* names bytes, claims nothing */
    KINDS
};

enum rule_kind rule_kind(const struct tt_rule *r);

struct system_counts {
    size_t rules, kind[KINDS], probes;
    size_t basis[TT_BASIS_DOCUMENT + 1];
};

/* Of the rules of p, or (NULL) of none. */
struct system_counts system_count(const struct tt_rules *set,
                                  const struct tt_protocol *p);

/* Add b to a. */
void system_add(struct system_counts *a, const struct system_counts *b);

/* The protocol called so, or NULL. */
const struct tt_protocol *protocol_called(const struct tt_rules *set,
                                          const char *name);

/* Append the page of a protocol. */
void put_system_page(struct tt_buf *out, const struct tt_rules *set,
                     const struct tt_protocol *p);

/* Append docs/COVERAGE.md. */
void put_coverage(struct tt_buf *out, const struct tt_rules *set);

#endif
