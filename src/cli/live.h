/*
 * live - one line, listened to until it ends or somebody ends it.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_LIVE_H
#define TELLTALE_CLI_LIVE_H

#include "cli/intake.h"

/*
 * Listen to the line called name; say what it means as soon as it is known,
 * when it changes, and at the end.  Unless for 'read', the traffic is printed too.
 */
enum exit_code live_run(const struct options *o, const char *name,
                        struct intake *in);

#endif
