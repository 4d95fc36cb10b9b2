/*
 * view - the whole screen: what is shown, and what a key does to it.
 *
 *   title      telltale  /dev/ttyUSB0  57600 8E1  DTR+ RTS-   REC ..   live
 *   verdict    FAULT  0x68 = 'h' repeated: application running ...
 *   pane       wire | verdict | statistics | rules | lines | help
 *   last line  hints, a message, or a question
 *
 * view_layout() is a function of the view into a grid.  view_key() changes
 * the view; what goes beyond it (sending, recording, playing) it asks of the
 * program as a request.
 *
 * Layer: view (program).  No clock, no I/O.
 */
#ifndef TELLTALE_VIEW_VIEW_H
#define TELLTALE_VIEW_VIEW_H

#include "view/keys.h"
#include "view/port.h"
#include "view/recipe.h"

enum { MAX_PORTS = 32, ASK_TEXT = 500, PAST_TEXTS = 50 };

enum pane {
    PANE_WIRE,
    PANE_VERDICT,
    PANE_STATS,
    PANE_RULES,
    PANE_PORTS,
    PANE_HELP,
    PANES
};

/* A question on the last line. */
enum ask {
    ASK_NONE,
    ASK_SEARCH,
    ASK_GOTO,
    ASK_MARK,
    ASK_SEND,
    ASK_LINES,
    ASK_BAUD,
    ASK_RECORD,
    ASK_EXAMPLE,
    ASK_SURE,
    ASK_LEAVE,
    ASKS
};

/* What the program is asked to do. */
enum request_kind {
    REQ_NONE,
    REQ_QUIT,
    REQ_REDRAW,
    REQ_PROGRESS, /* the rules shall remember how far they get */
    REQ_SEND,     /* bytes, n */
    REQ_CONTROL,  /* recipe */
    REQ_BAUD,     /* baud, mode */
    REQ_RECORD,   /* text: a file; empty: end the recording */
    REQ_MARK,     /* mark, change: to a mark of the port */
    REQ_COPY,     /* text */
    REQ_EXAMPLE,  /* rule: its name; text: the example */
    REQ_OLDER,    /* records that memory no longer holds */
    REQ_PAUSE,
    REQ_FASTER,
    REQ_SLOWER,
    REQ_FULL,
    REQ_STEP, /* step */
    REQ_SEEK  /* t_ns */
};

enum mark_change { MARK_MADE, MARK_CHANGED, MARK_REMOVED };

struct request {
    enum request_kind kind;
    uint8_t bytes[ASK_TEXT];
    size_t n;
    uint32_t baud;
    char mode[4];
    struct recipe recipe;
    enum port_step step;
    uint64_t t_ns;
    struct mark mark;
    enum mark_change change;
    char rule[TT_MAX_NAME + 1];
    struct tt_buf text;
};

struct past_texts { /* what was answered before, newest last */
    char text[PAST_TEXTS][ASK_TEXT];
    size_t n;
};

struct view {
    struct port *port[MAX_PORTS];
    size_t nports, current;
    struct keymap keys;
    const struct recipe *recipes;
    size_t nrecipes;
    bool leaving; /* as soon as the marks are saved */
    bool active;  /* acts without asking again */
    bool details; /* more of the verdict on top */
    enum pane pane, before_help;
    int scroll[PANES]; /* first line shown, of panes that are lists */
    int picked[PANES]; /* the line the cursor is on */
    int lines[PANES];  /* there are, as of the last layout */
    int shift[PANES];  /* columns that lists are moved to the left by */
    int page;          /* rows of the pane, as of the last layout */
    int pane_row;      /* where it begins */
    int cols;          /* of the screen, as of the last layout */
    int utc_offset_s;
    enum ask ask;
    char answer[ASK_TEXT];
    size_t nanswer, at; /* the cursor in it */
    bool pasting;       /* keys are pasted text */
    int newlines;       /* of it that are not in the answer yet */
    struct past_texts past[ASKS];
    size_t back;            /* how far back in them */
    struct request pending; /* waits for ASK_SURE */
    struct request request;
    struct search search;
    bool searching, has_needle, wrapped;
    char message[300];
    bool message_bad;
    char row_note[300]; /* what the cursor's row had no room for, or empty */
    struct tt_buf rule_errors;     /* lines; what a reload complained of */
    struct tt_buf settings_errors; /* lines; of watch.conf */
    struct rule_lines *rule_lines; /* of the rules pane */
};

bool view_init(struct view *v) TT_MUST_USE;
void view_free(struct view *v); /* not the ports */

/* Show one more; false when there are MAX_PORTS. */
bool view_add(struct view *v, struct port *p);

static inline struct port *view_port(const struct view *v)
{
    return v->port[v->current];
}

/* A key was pressed. */
void view_key(struct view *v, const struct key *k);

/* Take the request that is waiting; false when none is.  out->text is the
 * caller's to release. */
bool view_request(struct view *v, struct request *out);

/* Go on with a search; true while there is more to do. */
bool view_search(struct view *v);

/* Say something on the last line until the next key. */
void view_say(struct view *v, bool bad, const char *fmt, ...) TT_PRINTF(3, 4);

/* Draw it. */
void view_layout(struct view *v, struct grid *g);

/* ---- between the files of this layer ----------------------------------- */

/* act.c: do it. */
void view_act(struct view *v, enum action a);
void view_move(struct view *v, int rows);
void view_go_to_port(struct view *v, size_t i); /* counted round */

/* place.c */
void view_go_to(struct view *v, uint64_t record, size_t at);
void view_go_to_evidence(struct view *v, bool back);
void view_search_on(struct view *v, bool back);
void view_next_mode(struct view *v); /* hex, text, dialog */

/* marks.c */
void view_ask_mark(struct view *v);
void view_mark(struct view *v, const char *note);
void view_unmark(struct view *v);
void view_go_to_mark(struct view *v, bool back);
/* The mark of a record that begins in the row; NULL: none. */
const struct mark *mark_of_row(const struct port *p, const struct rows *rw,
                               const struct row *row);
/* The user wants to leave: at once, or after a question about marks that are
 * in no file. */
void view_leave(struct view *v);
void view_leave_key(struct view *v, int key);
/* A recording was begun, ended or saved, or could not be. */
void view_recorded(struct view *v, bool good);

/* ask.c */
void view_ask(struct view *v, enum ask ask, const char *with);
/* Ask y or n, and make the request when it is y; at once when the session
 * was started as active. */
void view_sure(struct view *v, const struct request *r, const char *question);
void view_ask_key(struct view *v, const struct key *k);
/* Pasted text goes into an answer and nowhere else; it ends no question. */
void view_paste_key(struct view *v, const struct key *k);
void view_answered(struct view *v, enum ask ask, const char *text);
const char *ask_prompt(const struct view *v);

/* pick.c: what is selected (else the row of the cursor) on a screen so many
 * columns wide, as tape text and as an example; false when that is nothing. */
bool pick_text(struct port *p, int cols, struct tt_buf *out);
bool pick_example(struct port *p, int cols, struct tt_buf *out);

/* head.c: title and verdict; the rows they took come back.  title.c: the
 * title alone. */
int head_layout(const struct view *v, struct grid *g);
void title_layout(const struct view *v, struct grid *g);

/* The panes; g is their part of the screen. */
void wire_layout(struct view *v, struct grid *g);
void verdict_layout(struct view *v, struct grid *g);
void stats_layout(struct view *v, struct grid *g);
void rules_layout(struct view *v, struct grid *g);
void ports_layout(struct view *v, struct grid *g);
void help_layout(struct view *v, struct grid *g);

/* wire.c: the rows of a port as it is looked at, cols columns wide. */
void wire_rows(const struct port *p, int cols, struct rows *rw);
/* Put top and cursor where they are good for so many rows. */
void wire_place(struct port *p, const struct rows *rw, int height);
/* The bytes of a row for a screen. */
unsigned wire_width(enum rows_mode mode, int cols);
/* Move to a byte of the tape. */
void wire_goto(struct port *p, const struct rows *rw, uint64_t record,
               size_t at);
/* The first record at or after a time. */
uint64_t record_at_time(const struct store *s, uint64_t t_ns);
/* The record that holds a byte of a lane; false when it is not there. */
bool record_of_offset(const struct store *s, enum tt_lane lane, uint64_t offset,
                      uint64_t near, uint64_t *record, size_t *at);

/* list.c: lines of a pane that can be scrolled; each is drawn by draw().
 * text_place: of a pane without a cursor, the first line to show; list_more:
 * signs at the right edge that there is more above and below. */
int text_place(struct view *v, enum pane pane, int n, int rows);
void list_more(const struct view *v, struct grid *g, enum pane pane);
void list_layout(struct view *v, struct grid *g, enum pane pane, int n,
                 void (*draw)(struct view *v, struct grid *g, int row, int i));

/* A name in at most so many columns: its middle is left out, "/dev/..-port0". */
void cut_name(char *out, size_t size, const char *name, int cols);

/* "1.234 s", "3.1 ms"; "12.3 kB/s". */
void put_time(char out[24], uint64_t ns);
void put_count(char out[24], double n);

#endif
