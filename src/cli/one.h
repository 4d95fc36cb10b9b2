/*
 * one - one recording, from its name to what it means.
 *
 * A file is never held in memory: pieces go from read() through the reader
 * into the session.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_ONE_H
#define TELLTALE_CLI_ONE_H

#include "cli/intake.h"
#include "report/notes.h"

/*
 * What it means, or (v is NULL) that it cannot be read; last_said() says why.
 * May be called twice for a recording: then the second time counts.
 */
typedef void one_tell_fn(const struct tt_verdict *v,
                         const struct tt_report_input *in, void *user);

struct one {
    const struct options *o;
    struct intake in;
    one_tell_fn *tell;
    void *user;
    bool worker; /* one of many: shows no progress */
    /* Every record as the session gets it; may be NULL. */
    void (*watch)(const struct tt_record *r, enum tt_quality quality,
                  void *user);

    struct tt_notes *notes; /* labels are kept here; may be NULL */

    struct tt_reader *reader;
    bool begun;       /* the tape's first record has come */
    uint64_t started; /* ns, for the progress */
    uint64_t told;    /* ns, when progress was last shown */
    uint64_t done, size;
    bool as_tool;      /* what counts is the text as a tool's */
    bool is_report;    /* it is what this program printed about one */
    const char *other; /* what the file seems to be instead of a recording */
};

/* Read it and tell; what is wrong is said. */
enum exit_code one_read(struct one *rd, const char *name);

/* Does the name stand for a descriptor of ours?  A recording may come through
 * it, as in  telltale read <(ssh pi cat x.pcapng) . */
bool one_is_fd_name(const char *name);

/* Is it a line to be listened to? */
bool one_is_line(const struct options *o, const char *name);

/* Recordings read again with other settings of the line (--as). */
enum exit_code reread(const struct options *o);

/* Two recordings side by side. */
enum exit_code compare_read(const struct options *o, struct tt_rules *set);

#endif
