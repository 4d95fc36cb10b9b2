/*
 * many - many recordings: found in folders and by patterns, read by as many
 * processes as there are processors, told a line each in the order of their
 * names, with a summary.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_MANY_H
#define TELLTALE_CLI_MANY_H

#include "cli/options.h"
#include "rules/rules.h"

enum { MAX_NAMES_READ = 1 << 20 }; /* recordings of one command */

struct names {
    char **name;
    size_t n, size;
    size_t others; /* in folders, that are no files */
    bool failed;   /* a folder could not be read (said) */
};

void names_init(struct names *l);
void names_release(struct names *l);

/*
 * The words as they are, but for folders: all files in them and in their
 * folders, hidden ones left out, in the order of their names; and for words
 * that are no file and hold * ? or [: what they match.  archives: for those of
 * several files the files in them.  False when there are
 * too many, or memory is short (said).
 */
bool names_expand(struct names *l, const char *const *words, size_t n,
                  bool archives);

/* Read them all and print a line each. */
enum exit_code many_read(const struct options *o, struct tt_rules *set,
                         const struct names *names);

#endif
