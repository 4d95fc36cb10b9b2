/*
 * holders - who else has a line open.
 *
 * Layer: ports (program).
 */
#ifndef TELLTALE_PORTS_HOLDERS_H
#define TELLTALE_PORTS_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>

/* Another process that has the line open to read or write it, and its name;
 * 0: none that can be seen. */
long line_holder(const char *path, char *name, size_t size);

#endif
