/*
 * htmlfile - the page of --html: a recording, or a summary of many with a
 * part for each.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_HTMLFILE_H
#define TELLTALE_CLI_HTMLFILE_H

#include "cli/options.h"
#include "report/html.h"

#include <stdio.h>

struct htmlfile {
    const char *path;
    int fd;
    FILE *parts; /* those of many, until the summary is complete */
    struct tt_buf summary;
    size_t n;
    bool many, failed;
};

/* Begin it; false when the file cannot be made (said).  Without --html
 * nothing happens here and below. */
bool htmlfile_begin(struct htmlfile *h, const struct options *o, bool many);

/* The part of the next recording and (of many) its line. */
void htmlfile_part(struct htmlfile *h, const char *part, size_t n,
                   const struct tt_html_line *line);

/* Write the file; false when it could not be written whole (said). */
bool htmlfile_end(struct htmlfile *h);

#endif
