/*
 * load - the rules: built in, the system's, the user's, those of -R.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_LOAD_H
#define TELLTALE_CLI_LOAD_H

#include "cli/options.h"
#include "rules/rules.h"

/* Where complaints about rules go, and how many there were. */
struct complaints {
    unsigned n, most;   /* print at most this many */
    struct tt_buf *out; /* NULL: stderr */
};

/* A tt_diag_fn for them. */
void load_complain(const struct tt_diag *d, void *user);

/*
 * Everything the options name, finished.  Rules with mistakes are left out
 * and complained about.  NULL when a folder of -R cannot be read (said) or
 * memory is short.
 */
struct tt_rules *load_rules(const struct options *o);

/* The same while a screen is drawn: what is wrong goes to out, a line each. */
struct tt_rules *load_rules_again(const struct options *o, struct tt_buf *out);

/* A number that is another one when a rule file of the user's, the system's
 * or of -R has changed, come or gone. */
uint64_t load_stamp(const struct options *o);

/* The folder of the user's settings ("~/.config/telltale"); false when there
 * is no home. */
bool config_folder(char *path, size_t size);

/* Only the built-in rules into set; false when memory is short. */
bool load_builtin(struct tt_rules *set, struct complaints *c);

/*
 * Read a file or every *.rules file of a folder into set; with copies also
 * a file that is the same as a built-in one.  False when it cannot be read
 * (said).
 */
bool load_path(struct tt_rules *set, const char *path, const char *origin,
               bool copies, struct complaints *c);

/* tt_rules_finish(); false when memory is short. */
bool load_finish(struct tt_rules *set, struct complaints *c);

/* Does the rule come with the program? */
bool is_builtin(const struct tt_rule *r);

/* The rule called so, or NULL: then it has been said what was meant. */
const struct tt_rule *rule_called(const struct tt_rules *set, const char *name);

/*
 * The text of the file that the rule stands in; false when it is not there
 * any more.
 */
bool load_text(struct tt_buf *text, const struct tt_rule *r);

/* Append the line of that text, with a caret under a part of it. */
void put_source(struct tt_buf *out, const struct tt_buf *text, unsigned line,
                unsigned col, unsigned width);

#endif
