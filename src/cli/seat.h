/*
 * seat - one line or recording of the screen: what is behind its port.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_SEAT_H
#define TELLTALE_CLI_SEAT_H

#include "cli/filestore.h"
#include "cli/lookback.h"
#include "cli/record.h"
#include "source/source.h"
#include "view/player.h"
#include "view/view.h"

struct seat {
    const struct options *o;
    const char *name; /* as it was given */
    struct port *port;
    struct tt_tape_info info;
    /* a line */
    struct source src;
    bool open;
    bool fed; /* records come from 'run' */
    struct lookback back;
    uint64_t stood_ns; /* when the program was stopped, on the tape */
    uint64_t start_ns; /* on the clock: time 0 of the tape */
    struct recording rec;
    char record_path[4096];
    uint64_t told_changes; /* of the headline, that are in the recording */
    struct recipe recipe;  /* being carried out */
    size_t step;           /* of it, the next; recipe.n: none */
    uint64_t step_due_ns;
    bool breaking;
    uint64_t ticked_ns, refreshed_ns;
    uint64_t drawn_fed, drawn_changes; /* what the screen shows of the port */
    /* a recording */
    struct filestore *file;
    size_t remarks_told; /* of the file, to the port */
    bool shrunk;
    bool grows;                   /* it is being written to, as it seems */
    uint64_t grown_ns, looked_ns; /* on the clock */
    struct player player;
    uint64_t played_ns; /* on the clock, when it was last advanced */
};

/* Open what is called name for rules in set; false: said why. */
bool seat_open(struct seat *s, const struct options *o, const char *name,
               const struct tt_rules *set);
void seat_close(struct seat *s);

/* A line whose records come from 'run': no port of ours. */
bool seat_open_feed(struct seat *s, const struct options *o, const char *name,
                    const struct tt_rules *set);
void seat_feed(struct seat *s, const struct tt_record *r);
/* ... and that is all; state says why. */
void seat_feed_ends(struct seat *s, const char *state);

/* The screen is there: the line begins on its tape. */
void seat_begin(struct seat *s);

/* It ends: the last word goes into the recording, which is closed. */
void seat_finish(struct seat *s);

/* The program is stopped now, or was since the last tick; then it goes on.
 * What a line said meanwhile has no time of its own and may be lost: nothing is
 * concluded across that. */
void seat_stands(struct seat *s, bool now);
void seat_goes_on(struct seat *s);

/* What has arrived on the line. */
void seat_read(struct seat *s);

/* Time goes on: ticks, steps of a recipe, the file, the player.  True when
 * there is more work at once. */
bool seat_work(struct seat *s);

/* Begin or end (path NULL) a recording; of a recording: save a copy.  False
 * when it cannot be; message says what happened. */
bool seat_record(struct seat *s, const char *path, char *message, size_t size);

/* What memory no longer holds is wanted: from the recording, as soon as that is
 * read.  message says whether and when. */
bool seat_look_back(struct seat *s, char *message, size_t size);

/* Do what was asked for on the line; message says what happened. */
bool seat_act(struct seat *s, const struct request *r, char *message,
              size_t size);

/* The rules shall remember how far they get: all is seen again. */
void seat_progress(struct seat *s);

/* A mark was made, changed or removed: that goes into the recording. */
void seat_mark(struct seat *s, const struct mark *m, enum mark_change change);

#endif
