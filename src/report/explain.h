/*
 * explain - what a few bytes or the words of a tool can mean, and what would
 * decide.
 *
 * Nothing here is a verdict: whoever asks has a message or a byte, seldom the
 * recording.  All that is said is taken from the rules: those about what
 * tools print whose words are in the text, those that are true of the bytes
 * when nothing else was on the line, and those whose device side begins with
 * them.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_EXPLAIN_H
#define TT_REPORT_EXPLAIN_H

#include "verdict/verdict.h"

enum { TT_MAX_ASKED_BYTES = 64, TT_MAX_MEANINGS = 40 };

/* Why a rule is in the list, the best reason first. */
enum tt_means {
    TT_MEANS_SAID,   /* a tool's message, as its rule knows it */
    TT_MEANS_LIKE,   /* many of the words of that message */
    TT_MEANS_ALONE,  /* true of the bytes and a pause after them */
    TT_MEANS_BEGINS, /* the device's side of it begins with them */
    TT_MEANS_WAITS   /* its device side begins with the byte that was wanted */
};

struct tt_meaning {
    const struct tt_rule *rule;
    enum tt_means how;
    int64_t score; /* Q16, for the order; of no meaning between two hows */
    char *text;    /* SAID: what the rule says, filled; else NULL */
    char *asked;   /* BEGINS, WAITS: what the host sends before, or NULL */
    char *rest;    /* BEGINS, WAITS: what comes after it, or NULL */
};

/* Bytes that a text names. */
struct tt_asked {
    uint8_t got[TT_MAX_ASKED_BYTES], wanted[TT_MAX_ASKED_BYTES];
    size_t ngot, nwanted;
    bool only_bytes; /* the text is nothing else */
};

struct tt_explanation {
    const char *text; /* what was asked about; the caller's */
    size_t len;
    struct tt_asked asked;
    struct tt_meaning meaning[TT_MAX_MEANINGS];
    size_t n;
    unsigned nrules;
    size_t left_out; /* readings of the bytes that there is no room for */
};

/* Find the bytes that the text names. */
void tt_asked_read(struct tt_asked *a, const char *text, size_t n);

/* TT_ERR_LIMIT for a longer text than TT_MAX_ASKED, TT_ERR_NOMEM.  Release
 * it whatever came of it. */
enum tt_status tt_explain(struct tt_explanation *x, const struct tt_rules *set,
                          const char *text, size_t n) TT_MUST_USE;
void tt_explain_release(struct tt_explanation *x);

/* Is anything known of it? */
bool tt_explain_knows(const struct tt_explanation *x);

/* The name of the tool that a rule about messages is about ("avrdude"), or
 * "". */
void tt_explain_tool(const struct tt_rule *r, char *out, size_t size);

/* The command that gets the evidence: "telltale run -- avrdude ..." or
 * "telltale watch PORT -b 115200 -m 8E1 -r case.pcapng". */
void tt_explain_command(struct tt_buf *out, const struct tt_rules *set,
                        const struct tt_rule *r);

/* As text for a terminal of width columns (0: 80), all: not only the first
 * readings of the bytes; or as one JSON object on one line. */
void tt_explain_text(struct tt_buf *out, const struct tt_rules *set,
                     const struct tt_explanation *x, unsigned width, bool color,
                     bool all);
void tt_explain_json(struct tt_buf *out, const struct tt_rules *set,
                     const struct tt_explanation *x);

/* ---- how it is found (private) ------------------------------------------ */

/* Does the device's side of the rule begin with the bytes?  Then score says
 * how telling that is, and the texts (to be freed) what is around them. */
bool tt_begins(const struct tt_rule *r, const uint8_t *p, size_t n,
               struct tt_meaning *out);

/* Rules about what tools print that the text is or nearly is; at most max.
 * The number found. */
size_t tt_sayings(const struct tt_rules *set, const char *text, size_t n,
                  struct tt_meaning *out, size_t max, enum tt_status *st);

#endif
