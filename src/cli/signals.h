/*
 * signals - those that end us, as a descriptor to poll or a flag.
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

/* The same signals for a loop that only looks now and then. */
void signals_note(void);
/* Has one of them come since signals_note()? */
bool signals_noted(void);

#endif
