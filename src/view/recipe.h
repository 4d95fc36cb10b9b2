/*
 * recipe - what is done to the control lines, step by step, as data:
 *
 *   [dtr-] [rts+] 100ms [dtr+] [rts-] 50ms [dtr-]
 *
 * + raises a line (active: the pin goes low on a TTL adapter), - lowers it.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_RECIPE_H
#define TELLTALE_VIEW_RECIPE_H

#include "base/base.h"

enum { RECIPE_STEPS = 32, RECIPE_NAME = 32, RECIPE_MAX_MS = 5000 };

struct recipe_step {
    enum tt_event event; /* TT_EV_DTR_UP ... TT_EV_BREAK; NONE: a pause */
    uint32_t ms;         /* of a pause, or how long a break lasts */
};

struct recipe {
    char name[RECIPE_NAME];
    char what[80]; /* for a menu */
    struct recipe_step step[RECIPE_STEPS];
    size_t n;
};

/* The recipes that come with the program. */
extern const char *const recipe_texts[];
extern const size_t recipe_count;

/*
 * Read 'NAME "what it is for" [dtr-] 100ms ...'.  TT_ERR_SYNTAX with the
 * column, TT_ERR_LIMIT for too many steps or a pause over RECIPE_MAX_MS.
 */
enum tt_status recipe_parse(struct recipe *r, const char *text,
                            struct tt_error *err) TT_MUST_USE;

#endif
