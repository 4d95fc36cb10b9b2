/*
 * machine - the step machine: open attempts of programs, item by item.
 *
 * An attempt (thread) is a place in a program with what it has captured.
 * The machine decides alone what matches; it never looks back further than
 * what the lanes hold, and never keeps more than TT_MAX_THREADS attempts of
 * a program (the oldest is dropped and counted).
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_MACHINE_H
#define TT_ENGINE_MACHINE_H

#include "engine/engine.h"
#include "engine/lane.h"
#include "engine/program.h"

/* One item of the tape as the machine sees it. */
struct tt_item {
    uint64_t t, seq, source;
    uint64_t off; /* bytes: offset on the lane */
    enum tt_lane lane;
    enum tt_event event; /* TT_EV_NONE: a byte */
    uint8_t byte;
    uint64_t before[TT_LANES]; /* time of each lane's last item before it */
};

struct tt_capture {
    uint64_t off;
    uint32_t len; /* UINT32_MAX: open */
    enum tt_lane lane;
};

struct tt_thread {
    struct tt_thread *next_free; /* while nobody uses it */
    uint32_t pc, cnt;
    uint32_t lo, hi; /* of TT_OP_BYTES, once worked out */
    uint32_t reached, items;
    uint32_t attempt; /* threads of one attempt began at the same item */
    uint8_t run;      /* TT_OP_RUN: the byte that repeats */
    bool begun;
    uint64_t t_start, t_last;
    uint64_t seq_start;
    uint64_t due;   /* TT_NEVER: no timer */
    uint64_t entry; /* TT_OP_SENSOR: lane offset when reached */
    uint64_t seen;  /* counting bytes: offset after the last one it took */
    uint64_t hop;   /* TT_OP_THEN: places before it, or tried; see hop.h */
    int64_t paid, paid_step;  /* bits for what it let pass, Q16; up to the
                                last step it reached */
    uint32_t captured, open;  /* bit a field */
    uint32_t nspans, nfields; /* how much of the arrays counts */
    struct tt_span span[TT_MAX_SPANS];
    struct tt_capture cap[TT_MAX_FIELDS];
};

struct tt_threads {
    struct tt_thread **v; /* owned by the list */
    uint32_t n, cap;
};

/* A program and its open attempts. */
struct tt_task {
    struct tt_program prog;
    struct tt_threads now;
    /* Which items can change anything: all of a lane (bit (1 << lane)),
     * bytes of a set, or none of a lane (bit in asleep) before the one at
     * offset wake_off, while all come at one time.  Worked out by
     * tt_task_wants(). */
    uint8_t want_all, asleep;
    uint64_t wake_off;
    bool stale;    /* it has to be worked out again */
    bool has_sets; /* want counts */
    struct tt_set want[TT_LANE_LINE];
    uint64_t min_seq; /* attempts must begin at this item or later */
    uint32_t next_attempt;
    bool lasts;       /* tt_task_lasts() */
    uint32_t reach;   /* tt_task_reach() */
    bool listed;      /* in the engine's list of active tasks */
    bool fired;       /* during the present item */
    bool is_void;     /* its 'unless' was seen */
    bool is_out;      /* it could not be compiled */
    bool is_off;      /* it cost too much on this tape */
    uint64_t work;    /* steps it has cost, but those it may sleep through */
    uint32_t partner; /* task of the rule's unless, or the rule; own index:
                         none */
    uint64_t nhits;
    /* An open run that goes on after the hit. */
    bool extending;
    enum tt_lane ext_lane;
    uint8_t ext_byte;
    uint64_t ext_end, ext_next; /* run end; next length worth a report */
    struct tt_hit *hit;         /* the last one, while it may be extended */
    struct tt_progress best;
    uint32_t best_pc; /* where it stopped */
};

struct tt_machine {
    struct tt_lane_state *lanes; /* host, device, tool */
    struct tt_task *task;
    uint32_t ntasks;
    uint64_t now;
    uint64_t char_ps; /* picoseconds of one character at the present speed */
    uint64_t step_ns; /* smallest time difference that means something; 0:
                         times mean nothing */
    uint64_t seq;     /* of the next item */
    struct tt_threads next, turn;  /* scratch */
    struct tt_thread *unused;      /* threads that nobody uses */
    const struct tt_item *untaken; /* that a thread moves on before */
    struct tt_thread **stash;      /* threads that take the item once more */
    uint32_t nstash, depth;
    uint32_t front;            /* threads pushed out of next during this item */
    struct tt_thread dying[8]; /* ladders that stopped during this item */
    uint32_t ndying;
    struct tt_hit scratch;
    tt_hit_fn *on_hit;
    void *user;
    bool keep_progress;
    bool finishing;
    bool nomem;
    uint64_t begun, dropped, forgotten, hits;
    uint64_t work; /* steps of all tasks that are not switched off */
};

/* ns of a duration at the present speed. */
uint64_t tt_machine_dur(const struct tt_machine *m, struct tt_dur d);

/* Give the item to every attempt of the task. */
void tt_task_item(struct tt_machine *m, struct tt_task *k,
                  const struct tt_item *item);

/*
 * Begin an attempt with the items first[0..n), already in the past; later
 * items come through tt_task_item().  Does nothing when an attempt from
 * that item has been made.
 */
void tt_task_begin(struct tt_machine *m, struct tt_task *k,
                   const struct tt_item *first, size_t n);

/* A sensor has fired: its finding is the bytes first to last of a lane. */
void tt_task_sensor(struct tt_machine *m, struct tt_task *k,
                    enum tt_sensor which, const struct tt_item *first,
                    const struct tt_item *last);

/* The soonest timer of the task, TT_NEVER: none. */
uint64_t tt_task_due(const struct tt_task *k);

/* Let every timer of the task with due <= t run out. */
void tt_task_timers(struct tt_machine *m, struct tt_task *k, uint64_t t);

/* The tape is over. */
void tt_task_finish(struct tt_machine *m, struct tt_task *k);

/* Say once more how far an open run has come, and stop following it. */
void tt_task_end_run(struct tt_machine *m, struct tt_task *k);

/* The run the task follows has grown to end at offset end. */
void tt_task_grow_run(struct tt_machine *m, struct tt_task *k, uint64_t end,
                      uint64_t t);

/* Drop all attempts. */
void tt_task_clear(struct tt_machine *m, struct tt_task *k);

/* Work out what the attempts wait for; nothing else need be given to them. */
void tt_task_wants(const struct tt_machine *m, struct tt_task *k);

/* Attempts that slept through bytes of a lane up to offset end take them. */
void tt_task_catch_up(struct tt_task *k, enum tt_lane lane, uint64_t end);

/*
 * Does the program begin with one byte and then wait for others, so that a
 * later first byte takes the place of an earlier one?  *until is what it
 * then waits for on its lane.  Its first bytes are free: how many of them
 * are looked at depends on how the input is cut.
 */
bool tt_task_lasts(struct tt_task *k, struct tt_set *until);

/*
 * At most so many bytes of its first lane are taken by an attempt before it
 * needs something else than a byte of that lane next; 0: more than matters.
 * One that begins further than that from the end of a piece comes to
 * nothing.  Its steps up to there are free, for the same reason.
 */
uint32_t tt_task_reach(struct tt_task *k, enum tt_lane lane);

/* Memory for the scratch lists; false when there is none. */
bool tt_machine_init(struct tt_machine *m);
void tt_machine_release(struct tt_machine *m);

#endif
