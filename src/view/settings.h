/*
 * settings - the view's settings file, watch.conf; all of it is optional.
 *
 *   # remarks
 *   bind Space page-down
 *   color fault white red bold
 *   recipe my-board "reset" [rts+] 50ms [rts-]
 *   unicode no
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_SETTINGS_H
#define TELLTALE_VIEW_SETTINGS_H

#include "view/keys.h"
#include "view/recipe.h"
#include "view/theme.h"

enum { MAX_RECIPES = 64, MAX_SETTINGS = 1 << 20, SETTINGS_LINE = 500 };

struct settings {
    struct keymap keys;
    struct theme theme;
    struct recipe recipe[MAX_RECIPES];
    size_t nrecipes;
    int unicode; /* 0, 1; -1: as the locale says */
};

void settings_init(struct settings *s);

/* Read a file's text; each mistake is told with its line and column and
 * skipped.  The number of them comes back. */
unsigned settings_read(struct settings *s, const char *text, size_t n,
                       void (*tell)(const struct tt_error *err, void *user),
                       void *user);

#endif
