/*
 * port - one line or one recording as the view knows it: its records, its
 * verdict, what was counted, and where the user looks.
 *
 * Records come in two ways: port_push() appends one of a live line; a
 * recording's are in its store already.  Either way port_work() feeds the
 * session from the store, so that the rules can be exchanged at any moment
 * and a recording can be played again.
 *
 * Layer: view (program).  No clock, no I/O: time comes from outside.
 */
#ifndef TELLTALE_VIEW_PORT_H
#define TELLTALE_VIEW_PORT_H

#include "report/report.h"
#include "view/gauge.h"
#include "view/grid.h"
#include "view/labels.h"
#include "view/rows.h"
#include "view/search.h"

enum {
    PORT_NAME = 256,
    PORT_PAST = 500, /* changes of the verdict that are remembered */
    PORT_MARKS = 256,
    PORT_TOLD = 500,
    MARK_NOTE = 180
};

/* The verdict as it is shown, whatever the session says meanwhile. */
struct headline {
    int style;
    char label[10]; /* "FAULT" */
    char rule[TT_MAX_NAME + 1];
    char text[1000], right[40];
    char why[1000], fix[1600], also[1000];
    struct {
        enum tt_lane lane;
        uint64_t t_ns, offset, len;
    } evidence[TT_MAX_EVIDENCE];
    unsigned nevidence;
};

struct past_verdict {
    uint64_t t_ns;
    int style;
    char label[10], right[40], text[200];
};

struct mark {
    uint64_t record, t_ns;
    char note[MARK_NOTE];
};

/* What was said when a recording was made. */
struct told {
    uint64_t t_ns;
    char text[240];
};

enum times { TIMES_START, TIMES_DELTA, TIMES_DAY, TIMES_KINDS };

/* How the user looks at it. */
struct look {
    enum rows_mode mode;
    enum times times;
    unsigned lanes;
    bool follow; /* the last row is kept in sight */
    bool placed; /* top and cursor are somewhere */
    struct spot top, cursor;
    bool picking; /* a selection from picked to the cursor */
    struct spot picked;
    bool has_found;
    struct finding found;
    unsigned width; /* bytes of a row when top and cursor were placed */
    /* The byte that is looked at in all views, while the cursor stays. */
    bool stays;
    struct spot stays_at;
    uint64_t stay_record;
    size_t stay_byte;
    int stay_row; /* of the screen */
};

struct port {
    char name[PORT_NAME]; /* safe to print */
    struct tt_tape_info info;
    bool live;
    const struct tt_rules *set; /* borrowed */
    struct tt_session *session;
    struct tt_tape *tape; /* of a live line; NULL for a recording */
    struct store source;  /* all records there are */
    struct store store;   /* those that are shown: up to the play head */
    struct store older;   /* records of a line that memory no longer holds,
                             under the same numbers; get is NULL: none */
    uint64_t fed;         /* records the session has seen */
    uint64_t fed_to[TT_LANE_LINE]; /* bytes of each lane, those unseen too */
    uint64_t unseen; /* bytes that fell off before the session saw them */
    bool progress;   /* the session remembers how far rules got */
    bool grows;      /* a recording that is still written to */
    bool clipped;    /* show only what the session has seen */
    bool finished;   /* the session has been told the end */
    uint64_t now_ns; /* time of the tape, for the eye */
    struct tt_hysteresis steady;
    bool ask_again;
    struct headline head;
    uint64_t head_ns; /* when it last changed */
    uint64_t changes; /* of the headline, ever */
    struct tt_buf report;
    unsigned report_width;
    struct past_verdict *past; /* PORT_PAST of them, a ring */
    uint64_t npast;            /* ever */
    struct mark mark[PORT_MARKS];
    size_t nmarks;
    size_t unsaved;    /* changes of marks that are in no file */
    struct told *told; /* PORT_TOLD of them, of a recording */
    size_t ntold;
    struct labels labels;
    bool *noted; /* by index of a rule: its note was given; may be NULL */
    struct gauge gauge;
    struct look look;
    /* what the line is like, from its events */
    uint32_t baud;
    char mode[4];
    int dtr, rts;     /* 0, 1; -1: unknown */
    char state[48];   /* "live", "unplugged", "replay 2x": set from outside */
    char record[128]; /* "REC x.pcapng 1.2 kB": set from outside */
    enum tt_status status; /* a failure: memory */
};

/*
 * A port for the rules in set, which must outlive it.  store: of a recording,
 * copied; NULL: a live line with a tape of budget bytes.  NULL without
 * memory.
 */
struct port *port_new(const char *name, const struct tt_rules *set,
                      const struct tt_tape_info *info,
                      const struct store *store, size_t budget);
void port_free(struct port *p);

/* A record of a live line; the session sees it by port_work().  Ticks are not
 * kept. */
void port_push(struct port *p, const struct tt_record *r);

/* Bytes of a live line that the session has not seen yet. */
uint64_t port_behind(const struct port *p);

/*
 * Let the session see records up to time until_ns, at most about so many
 * bytes of them.  True when there is more to see.
 */
bool port_work(struct port *p, uint64_t until_ns, size_t bytes);

/* One record, up to the next turn, or up to a change of the verdict (at most
 * about bytes); false when there was nothing. */
enum port_step { STEP_RECORD, STEP_TURN, STEP_VERDICT };
bool port_step(struct port *p, enum port_step how, size_t bytes);

/* Nothing more comes; the tape ended at end_ns. */
void port_finish(struct port *p, uint64_t end_ns);

/* Begin again from the first record with these rules (NULL: the same). */
void port_restart(struct port *p, const struct tt_rules *set);

/* Look whether the headline has changed; cheap when nothing has. */
void port_refresh(struct port *p, bool last);

/* The whole report, width columns wide; borrowed until the next call. */
const char *port_report(struct port *p, unsigned width);

/* Number i of the verdicts before, the newest is 0; NULL: no more. */
const struct past_verdict *port_past(const struct port *p, uint64_t i);

/* Remember a mark at a record; false when there are too many.  A record has
 * one mark. */
bool port_mark(struct port *p, uint64_t record, uint64_t t_ns,
               const char *note);
void port_mark_change(struct port *p, uint64_t record, const char *note);
void port_unmark(struct port *p, uint64_t record);
/* A comment that a recording holds, before a record: a mark, or what was said
 * at that time.  untimed: it stands there without a time of its own. */
void port_remark(struct port *p, uint64_t record, uint64_t t_ns, bool untimed,
                 const char *text);
const struct mark *port_mark_at(const struct port *p, uint64_t record);

#endif
