/*
 * input - a recording as a descriptor, and its way through a reader.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_INPUT_H
#define TELLTALE_CLI_INPUT_H

#include "cli/options.h"
#include "format/format.h"

/* Called with each piece before it is fed; total is what came before it. */
typedef void input_piece_fn(const uint8_t *p, size_t n, uint64_t total,
                            void *user);

/* Open a recording ("-": standard input) for reading; -1 when that cannot be
 * (said, with what helps). */
int input_open(const char *name);

/* Say why a name that is not there, or not ours to read, is no input. */
void input_not_there(const char *name, int why);

/* A reader as the options want it. */
enum tt_status input_reader(struct tt_reader **out, const struct options *o,
                            tt_sink_fn *sink, void *user,
                            struct tt_error *err) TT_MUST_USE;

/* All of fd through the reader, in pieces of --feed; watch may be NULL. */
enum tt_status input_feed(struct tt_reader *rd, int fd, const struct options *o,
                          input_piece_fn *watch, void *user,
                          struct tt_error *err) TT_MUST_USE;

/* Read n bytes; false when there are fewer, or they cannot be read. */
bool read_exactly(int fd, void *p, size_t n) TT_MUST_USE;

/* Say what of an input was not understood: at most so many places. */
void input_say_unread(const struct tt_read_report *r, const char *name,
                      size_t most);

#endif
