/*
 * bundle - everything about one case in one ZIP file: the recording, what was
 * said of it, by which version and with which settings; and the way back.
 *
 * Layer: cli.  Only bundle.c and archive.c know libzip.
 */
#ifndef TELLTALE_CLI_BUNDLE_H
#define TELLTALE_CLI_BUNDLE_H

#include "cli/options.h"
#include "rules/rules.h"

/* Read the one recording that the options name, and write o->bundle. */
enum exit_code bundle_read(const struct options *o, struct tt_rules *set);

#endif
