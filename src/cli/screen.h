/*
 * screen - the full-screen view at work: lines are listened to, recordings
 * are read, keys are obeyed, all in one loop.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_SCREEN_H
#define TELLTALE_CLI_SCREEN_H

#include "cli/options.h"
#include "rules/rules.h"

/*
 * Show the lines and recordings that the options name until the user quits;
 * then print what they came to.  set is taken over.
 */
enum exit_code screen_run(const struct options *o, struct tt_rules *set);

/* Show what comes from 'run' by a socket, until the user quits. */
int screen_run_feed(const struct options *o, struct tt_rules *set, int fd);

#endif
