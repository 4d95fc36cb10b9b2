/*
 * redact - take out of a recording what is nobody else's business: serial
 * numbers, IMEI, keys, MAC addresses, names, passwords.
 *
 * Everything keeps its length, so that what else is there keeps its place:
 * digits (hex ones too, where there are no others) become 0, letters x, other
 * bytes 00.  What is private is said by the tables private_* of the rules and
 * by forms that need no word before them (MAC, IMEI, ICCID, telephone number,
 * mail address, PEM, home folder); by what was said before it (a login prompt,
 * a modem that wants a text); and what was found once is removed wherever else
 * it stands, also as hex.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_REDACT_H
#define TT_REPORT_REDACT_H

#include "rules/rules.h"
#include "tape/tape.h"

enum { TT_MAX_REMOVED = 100000, TT_REMOVED_TEXT = 32 };

struct tt_removed {
    enum tt_lane lane; /* TT_LANE_LINE: of the header */
    uint64_t offset, len;
    char what[TT_REMOVED_TEXT]; /* "IMEI", "password", "field serial" */
};

struct tt_redactor;

enum tt_status tt_redact_new(struct tt_redactor **out,
                             const struct tt_rules *set) TT_MUST_USE;
void tt_redact_free(struct tt_redactor *rd);

/* Another recording, or the same one otherwise. */
void tt_redact_clear(struct tt_redactor *rd);

/* The next record.  TT_ERR_LIMIT after TT_MAX_REDACT bytes. */
enum tt_status tt_redact_record(struct tt_redactor *rd,
                                const struct tt_record *r) TT_MUST_USE;

/* After the last one: find and replace; also in the header. */
enum tt_status tt_redact_run(struct tt_redactor *rd, struct tt_tape_info *info,
                             uint64_t end_ns) TT_MUST_USE;

/* Record number i as it is now; its bytes are good until the next call that
 * changes something.  False when there is none. */
bool tt_redact_get(const struct tt_redactor *rd, size_t i,
                   struct tt_record *out);

/* All bytes are what a tool printed. */
void tt_redact_as_tool(struct tt_redactor *rd);

/* What was removed, in the order of lanes and places; NULL past the end. */
const struct tt_removed *tt_redact_removed(const struct tt_redactor *rd,
                                           size_t i);

/* Redact a text by its form alone, in place. */
void tt_redact_text(struct tt_redactor *rd, char *text, size_t n);

/* The list as text. */
void tt_redact_list(struct tt_buf *out, const struct tt_redactor *rd);

#endif
