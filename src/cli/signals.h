/*
 * signals - those that end us, as a descriptor to poll.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_SIGNALS_H
#define TELLTALE_CLI_SIGNALS_H

#include <stdbool.h>

/* Catch SIGINT, SIGTERM and SIGHUP.  A second signal of the kind has its
 * usual effect: there is always a way out. */
bool signals_catch(void);
void signals_release(void);

/* Readable when one of them has come. */
int signals_fd(void);

#endif
