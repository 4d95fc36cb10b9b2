/*
 * looker - a view on a tape, without a terminal: what the tests of the view
 * look through.
 */
#ifndef TT_TESTS_LOOKER_H
#define TT_TESTS_LOOKER_H

#include "records.h"
#include "view/player.h"
#include "view/view.h"

struct looker {
    struct tt_rules *set;
    struct records records;
    struct tt_tape *tape; /* of a recording */
    struct player player;
    struct port *port;
    struct view view;
    struct grid grid;
};

/* A view on tape text; live: pushed record by record with a tick at the end,
 * else as a recording that has been read to its end. */
void looker_open(struct looker *l, const char *tape, bool live);
void looker_close(struct looker *l);

/* The screen at a size, as text to be freed. */
char *looker_screen(struct looker *l, int rows, int cols, bool unicode);

/* Keys by name, one blank between two: "/ 7 F Enter"; requests are obeyed as
 * far as the player goes, the last other one is left in *left (may be NULL;
 * its text is released). */
void looker_keys(struct looker *l, const char *keys, struct request *left);

/* Is the screen as in tests/golden/view/NAME.txt?  With GOLDEN in the
 * environment it is written there. */
void compare_screen(const char *name, const char *got);

#endif
