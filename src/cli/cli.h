/*
 * cli - what every command of the program shares: exit codes, the commands
 * themselves, and how the program talks.
 *
 * stdout is the product (verdicts, JSON, listings), stderr is talk.  Nothing
 * that came from outside reaches either of them unescaped.
 *
 * Layer: cli.  May use everything.
 */
#ifndef TELLTALE_CLI_CLI_H
#define TELLTALE_CLI_CLI_H

#include "base/base.h"
#include "base/buf.h"

/* What the program returns; the numbers are a promise (see the man page). */
enum exit_code {
    EXIT_HEALTHY = 0, /* a healthy handshake, or nothing wrong */
    EXIT_FAULT = 1,   /* a fault was found */
    EXIT_CANNOT = 2,  /* could not run, or not to the end */
    EXIT_UNKNOWN = 3  /* nothing was recognised */
};

struct options;

/* Each command: given its options, do it and say how it ended. */
enum exit_code cmd_read(const struct options *o);
enum exit_code cmd_watch(const struct options *o);
/* Its result is the tool's exit status, whatever that is. */
enum exit_code cmd_run(const struct options *o);
enum exit_code cmd_ports(const struct options *o);
enum exit_code cmd_explain(const struct options *o);
enum exit_code cmd_probe(const struct options *o);
/* With --as-device its result is the tool's exit status. */
enum exit_code cmd_play(const struct options *o);
enum exit_code cmd_bridge(const struct options *o);
enum exit_code cmd_tap(const struct options *o);
enum exit_code cmd_convert(const struct options *o);
enum exit_code cmd_rules_list(const struct options *o);
enum exit_code cmd_rules_show(const struct options *o);
enum exit_code cmd_rules_check(const struct options *o);
enum exit_code cmd_rules_why(const struct options *o);
enum exit_code cmd_help(const struct options *o);
enum exit_code cmd_version(const struct options *o);
enum exit_code cmd_completions(const struct options *o);

/* Of two results the one that matters more: 2, then 1, then 3, then 0. */
enum exit_code exit_worse(enum exit_code a, enum exit_code b);

/* "telltale: ..." and a newline on stderr; bytes that could do something to
 * a terminal are escaped, wherever in the message they are. */
void say(const char *fmt, ...) TT_PRINTF(1, 2);

/* What say() said last, without the name of the program. */
const char *last_said(void);

/* Keep what is said from now on, or write out what was kept. */
void say_hold(bool hold);
/* Was anything said, while it is kept, since this was asked last? */
bool say_news(void);

/* Append what was kept to out instead; nothing is kept any more. */
void say_taken(struct tt_buf *out);

/* How wide stdout is: COLUMNS when that is set, else the terminal's width,
 * 0 when there is neither. */
unsigned out_columns(void);

/* Append text so that a terminal shows it and does nothing else: printable
 * ASCII as it is (quotes and backslashes too), everything else as \xNN. */
void put_clean(struct tt_buf *out, const void *p, size_t n);

/*
 * Write the buffer to stdout and empty it.  False when nobody reads any more
 * (quietly) or the output cannot be written (said once).
 */
bool put_out(struct tt_buf *out);

/* Was everything written?  EXIT_CANNOT when stdout failed for another reason
 * than a reader that went away. */
enum exit_code put_end(enum exit_code code);

/* What a name on the command line is called when it is talked about. */
const char *shown_name(const char *name);

/* Colours on stdout?  Only on a terminal, and when nobody said no. */
bool want_color(const struct options *o);

/* The word of n most like what was written, or NULL when none is near. */
const char *nearest(const char *written, const char *const *words, size_t n);

/* "1.5s", "250ms", "2min", "90" (seconds); false when it is no time. */
bool parse_time(const char *s, uint64_t *ns);

/* A clock that only goes forward, and the one on the wall. */
uint64_t clock_ns(void);
uint64_t wall_ns(void);
/* Of the local time zone, now, in seconds. */
int utc_offset(void);

#endif
