/*
 * keys - what can be done, by which key: one table that makes the bindings,
 * the help screen, the hint line and the man page.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_KEYS_H
#define TELLTALE_VIEW_KEYS_H

#include "base/buf.h"

/* A key: a character as such, or one of these. */
enum {
    KEY_NONE = 0,
    KEYS_SPECIAL = 0x110000,
    TKEY_UP,
    TKEY_DOWN,
    TKEY_LEFT,
    TKEY_RIGHT,
    TKEY_PGUP,
    TKEY_PGDN,
    TKEY_HOME,
    TKEY_END,
    TKEY_ENTER,
    TKEY_ESC,
    TKEY_TAB,
    TKEY_BACKTAB,
    TKEY_BACKSPACE,
    TKEY_DELETE,
    TKEY_F1,
    TKEY_WHEEL_UP,
    TKEY_WHEEL_DOWN,
    TKEY_CLICK,
    TKEY_RESIZE,
    TKEY_PASTE, /* what follows was pasted, up to: */
    TKEY_PASTE_END,
    KEYS_END
};

#define TKEY_CTRL(c) ((c)&0x1F)

struct key {
    int code;
    int row, col; /* of a click or the wheel */
};

enum action {
    ACT_NONE,
    /* where to look */
    ACT_UP,
    ACT_DOWN,
    ACT_PAGE_UP,
    ACT_PAGE_DOWN,
    ACT_TOP,
    ACT_BOTTOM,
    ACT_GOTO,
    ACT_EVIDENCE_NEXT,
    ACT_EVIDENCE_PREV,
    ACT_SEARCH,
    ACT_SEARCH_NEXT,
    ACT_SEARCH_PREV,
    /* how it is shown */
    ACT_PANE_NEXT,
    ACT_PANE_PREV,
    ACT_PANE_WIRE,
    ACT_PANE_VERDICT,
    ACT_PANE_STATS,
    ACT_PANE_RULES,
    ACT_PANE_PORTS,
    ACT_VIEW,
    ACT_TIMES,
    ACT_LANE_HOST,
    ACT_LANE_DEVICE,
    ACT_LANE_TOOL,
    ACT_LANE_LINE,
    ACT_DETAILS,
    ACT_PORT_NEXT,
    ACT_PORT_PREV,
    ACT_OPEN,
    /* marks, pieces */
    ACT_MARK,
    ACT_UNMARK,
    ACT_MARK_NEXT,
    ACT_MARK_PREV,
    ACT_SELECT,
    ACT_COPY,
    ACT_EXAMPLE,
    /* time */
    ACT_PAUSE,
    ACT_BACK,
    ACT_FORWARD,
    ACT_STEP,
    ACT_STEP_TURN,
    ACT_STEP_VERDICT,
    ACT_FASTER,
    ACT_SLOWER,
    ACT_FULL_SPEED,
    /* the line */
    ACT_SEND,
    ACT_LINES,
    ACT_BAUD,
    ACT_RECORD,
    /* the program */
    ACT_HELP,
    ACT_REDRAW,
    ACT_CANCEL,
    ACT_QUIT,
    ACTIONS
};

/* Where an action can be used; the help screen leaves the others out. */
enum { ON_ANY = 0, ON_LIVE = 1, ON_FILE = 2 };

enum { MAX_KEYS = 4 }; /* of one action */

struct action_row {
    enum action action;
    const char *name;  /* "page-up", in the settings */
    const char *keys;  /* "PgUp ^B": how it comes */
    const char *hint;  /* one word for the hint line; NULL: not there */
    const char *group; /* "Moving"; the first of a group has it */
    const char *help;
    int where;
};

/* Ends with a row whose name is NULL. */
extern const struct action_row action_rows[];

struct keymap {
    int key[ACTIONS][MAX_KEYS]; /* KEY_NONE: no more */
};

void keymap_init(struct keymap *m);

/* What a key does. */
enum action keymap_action(const struct keymap *m, int key);

/* Bind a key to the action called name; what it did before it does no more.
 * False for a name or key that there is none of (err says which). */
bool keymap_bind(struct keymap *m, const char *key, const char *name,
                 struct tt_error *err);

/* The key called so ("PgUp", "^B", "Space", "x"), KEY_NONE for none. */
int key_by_name(const char *name);

/* The name of a key, at most 15 characters. */
void say_key(int key, char out[16]);

/* Append "PgUp, ^B", the keys of an action. */
void keymap_keys(const struct keymap *m, enum action a, struct tt_buf *out);

/* Append the keys as mdoc for the man page. */
void keys_mdoc(struct tt_buf *out);

#endif
