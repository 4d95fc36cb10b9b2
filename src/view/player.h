/*
 * player - how a recording runs: to its end at once, or in its own time at
 * some speed, from some place, by steps.
 *
 * Layer: view (program).  Time comes from outside.
 */
#ifndef TELLTALE_VIEW_PLAYER_H
#define TELLTALE_VIEW_PLAYER_H

#include "view/port.h"

enum { SPEEDS = 13, SPEED_NORMAL = 4 };

struct player {
    struct port *port;
    bool playing;
    bool full;      /* as fast as it goes */
    int speed;      /* index of the table: 0.1 to 100 */
    double head_ns; /* the play head, on the tape */
    bool seeking;   /* on the way to target_ns */
    uint64_t target_ns;
    uint64_t end_ns; /* of the tape, as far as it is known */
    bool end_known;
};

/* Begin by reading all of it as fast as it goes. */
void player_init(struct player *p, struct port *port);

/* Begin at the start, in its own time at about this speed (0: as fast as it
 * goes, from where it is). */
void player_play(struct player *p, double speed);

/* The wall clock went on by ns; look at up to about bytes.  True when there
 * is more work to do at once. */
bool player_advance(struct player *p, uint64_t ns, size_t bytes);

void player_pause(struct player *p); /* stop, or go on */
void player_faster(struct player *p, int by);
void player_full(struct player *p);
void player_step(struct player *p, enum port_step how);
/* To a time of the tape; backwards means from the beginning again. */
void player_seek(struct player *p, uint64_t t_ns);

/* "replay 2x", "paused", "end": at most 47 characters. */
void player_state(const struct player *p, char out[48]);

#endif
