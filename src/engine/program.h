/*
 * program - a rule's pattern as instructions for the step machine, and the
 * leads that wake it up.
 *
 * The step machine alone decides what a rule matches; the finder, run counter
 * and sensors only say where it is worth looking.  A lead is therefore a
 * necessary condition and may be wider than the rule.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_PROGRAM_H
#define TT_ENGINE_PROGRAM_H

#include "rules/rules.h"

enum tt_opcode {
    /* take one tape item (or several, counting in the thread) */
    TT_OP_SPAN,  /* lo..hi bytes of set */
    TT_OP_BYTES, /* lo and hi from expressions */
    TT_OP_LINE,  /* 1..120 bytes that are neither CR nor LF, as many as come */
    TT_OP_SAME,  /* the bytes of field again */
    TT_OP_RUN,   /* lo..hi times the first byte, which is in set; all of them */
    TT_OP_EVENT, /* the line event */
    /* wait */
    TT_OP_THEN,    /* items may pass */
    TT_OP_SILENCE, /* no item of the view for dur */
    TT_OP_QUIET,   /* no byte of lane for dur */
    TT_OP_END,     /* no item of the view until the tape ends */
    TT_OP_SENSOR,  /* the detector fires on lane */
    /* look at the next item before it is taken */
    TT_OP_AFTER,
    TT_OP_START,
    /* take nothing */
    TT_OP_SPLIT, /* go on at next and at x */
    TT_OP_JUMP,  /* go on at x */
    TT_OP_OPEN,  /* field begins */
    TT_OP_CLOSE, /* field ends */
    TT_OP_STEP,  /* x steps of the ladder are done */
    TT_OP_MATCH
};

enum tt_limit_kind {
    TT_LIMIT_GAP, /* to the item before: the rule's gap */
    TT_LIMIT_DUR  /* to the item before: limit ('within', 'timeout') */
};

struct tt_inst {
    enum tt_opcode op;
    enum tt_lane lane;
    enum tt_limit_kind limit_kind;
    uint32_t x; /* SPLIT JUMP: where; OPEN CLOSE SAME: field; STEP: count */
    uint32_t lo, hi;
    struct tt_set set;
    bool is_any;         /* set holds every byte */
    struct tt_dur limit; /* TT_LIMIT_DUR */
    struct tt_dur dur;   /* THEN SILENCE QUIET AFTER */
    const struct tt_expr *from, *to;
    enum tt_event event;
    enum tt_sensor sensor;
    uint8_t to_lanes; /* THEN: bit (1 << lane) where what follows may be */
    bool to_after;    /* THEN: only behind a pause or at the start */
    const struct tt_node *node; /* for messages, and what a wait is worth */
};

/* What wakes a program up. */
enum tt_wake_kind {
    TT_WAKE_LEAD,  /* these bytes */
    TT_WAKE_START, /* the first byte of the lane ('start') */
    TT_WAKE_PAUSE, /* the first byte after a pause ('after') */
    TT_WAKE_RUN,
    TT_WAKE_EVENT,
    TT_WAKE_SENSOR
};

struct tt_wake {
    enum tt_wake_kind kind;
    enum tt_lane lane;
    bool tail; /* LEAD: only when the lane pauses on it */
    uint32_t nlead;
    struct tt_set lead[TT_MAX_LEAD];
    struct tt_set set; /* RUN START PAUSE: the first byte */
    uint32_t run;      /* RUN: times */
    enum tt_event event;
    enum tt_sensor sensor;
};

enum { TT_MAX_WAKES = 64 };

struct tt_program {
    const struct tt_rule *rule;
    bool is_unless; /* it voids the rule instead of firing it */
    uint8_t view;   /* bit (1 << lane) for each lane it looks at */
    struct tt_inst *inst;
    uint32_t ninst;
    struct tt_wake *wake;
    uint32_t nwakes;
    bool open_run; /* ends in RUN without an upper limit */
};

/*
 * Compile the rule's pattern (or its unless) into *out.  TT_ERR_LIMIT and
 * TT_ERR_SYNTAX with a sentence when it cannot be bounded; TT_ERR_NOMEM.
 */
enum tt_status tt_program_compile(struct tt_program *out,
                                  const struct tt_rule *r, bool unless,
                                  struct tt_error *err) TT_MUST_USE;
void tt_program_release(struct tt_program *p);

#endif
