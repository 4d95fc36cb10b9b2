/*
 * row - what a recording among many came to: made in a worker, printed by the
 * parent as a line of a table, of CSV or of JSON, and counted.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_ROW_H
#define TELLTALE_CLI_ROW_H

#include "cli/htmlfile.h"
#include "cli/many.h"
#include "cli/one.h"

enum {
    ROW_RULE,  /* name of the headline's rule */
    ROW_TITLE, /* its title */
    ROW_TEXT,  /* the headline, the plain statement, or why it cannot be read */
    ROW_LINE,  /* the line of CSV or JSON */
    ROW_TALK,  /* what was said on the way */
    ROW_HTML,  /* its part of a page */
    ROW_TEXTS
};

struct row {
    struct row_head { /* as it goes through the socket */
        uint32_t job;
        uint8_t code;           /* enum exit_code */
        uint8_t status;         /* enum tt_verdict_status */
        uint8_t severity, word; /* of the headline */
        bool readable, headline;
        uint32_t bits; /* whole ones */
        uint32_t len[ROW_TEXTS];
    } head;
    char *text[ROW_TEXTS]; /* each with a NUL that does not count */
};

struct row_reader;

/* NULL when there is no memory: then row_read() says so for each. */
struct row_reader *row_reader_new(const struct options *o,
                                  struct tt_rules *set);
void row_reader_free(struct row_reader *rr);

void row_read(struct row_reader *rr, const char *name, size_t job,
              struct row *out);
/* The row of a recording whose reader was ended by a signal (0: otherwise). */
void row_of_death(struct row *out, const char *name, size_t job, int signal);
void row_release(struct row *r);

/* "FAULT" "NOTE" "OK" "UNKNOWN" "ERROR" */
const char *row_label(const struct row *r);

/* What happened how often. */
struct count {
    char *rule, *title; /* rule "" for unknown and unreadable ones */
    uint8_t severity;
    const char *label;
    size_t n;
};

struct table {
    const struct options *o;
    size_t name_width;
    unsigned columns; /* 0: lines are not cut */
    struct count *count;
    size_t ncounts, size;
    size_t total, fault, note, ok, unknown, bad;
    uint64_t told;
    bool showed; /* progress */
    struct htmlfile html;
};

/* False when a page was asked for and cannot be made (said). */
bool table_begin(struct table *t, const struct options *o,
                 const struct names *names);
/* False when nobody reads our output any more. */
bool table_row(struct table *t, const char *name, const struct row *r);
void table_progress(struct table *t, size_t done, size_t of, bool over);
/* The summary, and the page; false when that could not be written. */
bool table_end(struct table *t);

#endif
