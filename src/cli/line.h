/*
 * line - the line that the command line asks for: one port, the two of a tap,
 * the two ends of a bridge.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_LINE_H
#define TELLTALE_CLI_LINE_H

#include "cli/options.h"
#include "source/source.h"

/* Open what is called name, or the pair that o->host and o->device name. */
enum tt_status line_open(struct source *s, const struct options *o,
                         const char *name, struct tt_error *err) TT_MUST_USE;

/* Can something be sent there?  False (said) for files, and for what only
 * looks on. */
bool line_takes_bytes(const char *name) TT_MUST_USE;

/* What the tape should say of it; lane is who sent what arrives. */
void line_info(struct tt_tape_info *info, const struct source *s,
               const char *name);

#endif
