/*
 * redact_own - what the parts of redact share.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_REDACT_OWN_H
#define TT_REPORT_REDACT_OWN_H

#include "report/private.h"
#include "report/redact.h"

enum {
    TT_MAX_SECRETS = 1024, /* values that are looked for everywhere, */
    TT_MIN_SECRET = 6,     /* not shorter than that, */
    TT_MAX_SECRET = 64     /* and their first bytes */
};

struct tt_redact_kept {
    struct tt_record rec; /* its bytes are in the lane */
    uint64_t offset;
};

struct tt_redact_lane {
    uint8_t *p;
    bool *gone; /* of each byte */
    size_t n, size;
};

struct tt_secret {
    uint8_t n, b[TT_MAX_SECRET];
};

struct tt_redactor {
    const struct tt_rules *set;
    struct tt_private *pv;
    const struct tt_table *fields;
    struct tt_redact_kept *rec;
    size_t n, size;
    struct tt_redact_lane lane[TT_LANES];
    struct tt_removed *removed;
    size_t nremoved, size_removed;
    size_t *stop; /* of the device's lane: a prompt that was answered ends */
    size_t nstops, size_stops;
    struct tt_secret *secret;
    size_t nsecrets, size_secrets;
    enum tt_lane looking; /* the lane that is looked through, */
    size_t base;          /* and from where on */
    enum tt_status st;
};

void tt_redact_out(struct tt_redactor *rd, enum tt_lane lane, size_t at,
                   size_t n, const char *what, bool keeps);

/* By what was said before: prompts, texts of a modem, logins in frames. */
void tt_redact_talk(struct tt_redactor *rd);

/* A value before it is blanked; and all places where one stands too. */
void tt_redact_learn(struct tt_redactor *rd, const uint8_t *p, size_t n);
void tt_redact_spread(struct tt_redactor *rd, struct tt_tape_info *info);

#endif
