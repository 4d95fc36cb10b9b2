/*
 * compare - the first difference that matters between a session that went
 * well and one that did not.
 *
 * Both are cut into turns (stretches of bytes of one side of the line) and
 * walked side by side.  A difference after which both go on alike is only
 * mentioned: a greeting more, a call that was repeated, a counter.  The first
 * one after which they do not is the one that matters.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_COMPARE_H
#define TT_REPORT_COMPARE_H

#include "report/report.h"

enum {
    TT_TURN_BYTES = 64, /* of one kept to be shown */
    TT_LABEL_BYTES = 48,
    TT_MAX_MINOR = 8
};

struct tt_turn {
    enum tt_lane lane;
    uint64_t t_ns, last_ns; /* of its first and last byte */
    uint64_t offset;        /* on its lane */
    uint64_t len, hash;
    uint8_t head[TT_TURN_BYTES];
    size_t nhead;
    char label[TT_LABEL_BYTES]; /* what its bytes are called, or "" */
    uint32_t baud;              /* 0: not known */
    char mode[4];
    uint32_t events; /* number of the first line event before it */
    uint32_t nevents;
};

struct tt_dialog {
    struct tt_turn *turn;
    size_t n, size;
    enum tt_event *event;
    size_t nevents, size_events;
    uint64_t offset[TT_LANES];
    uint32_t baud, first_events;
    char mode[4];
    enum tt_quality quality;
    bool cut; /* there was more than TT_MAX_TURNS */
    enum tt_status status;
};

void tt_dialog_init(struct tt_dialog *d, enum tt_quality quality);
void tt_dialog_release(struct tt_dialog *d);
/* The next record of the session. */
void tt_dialog_record(struct tt_dialog *d, const struct tt_record *r);
/* A label on bytes: called in any order. */
void tt_dialog_label(struct tt_dialog *d, enum tt_lane lane, uint64_t offset,
                     uint64_t len, const char *label);

enum tt_differs {
    TT_DIFFERS_NOT,
    TT_DIFFERS_SETTINGS, /* speed or frame */
    TT_DIFFERS_ERRORS,   /* framing errors and the like in the bad one */
    TT_DIFFERS_LINES,    /* DTR, RTS and so on */
    TT_DIFFERS_HOST,     /* the host sends otherwise */
    TT_DIFFERS_DEVICE,   /* the device answers otherwise */
    TT_DIFFERS_SILENT,   /* in the bad one nothing more comes */
    TT_DIFFERS_LONGER,   /* in the bad one more comes */
    TT_DIFFERS_TIME,     /* the same, much later */
    TT_DIFFERS_DATA      /* messages of the same kind with other contents */
};

struct tt_difference {
    enum tt_differs what;
    size_t good, bad; /* turns, from 0; the number of turns: past the end */
};

struct tt_comparison {
    struct tt_difference main;
    struct tt_difference minor[TT_MAX_MINOR];
    size_t nminor, more; /* and so many more of them */
    size_t alike;        /* turns that are the same in both before main */
};

void tt_compare(struct tt_comparison *c, const struct tt_dialog *good,
                const struct tt_dialog *bad);

struct tt_compared { /* for the report */
    const char *name;
    const struct tt_dialog *dialog;
    const char *status, *text; /* its verdict: "fault", the sentence */
};

void tt_compare_text(struct tt_buf *out, const struct tt_comparison *c,
                     const struct tt_compared *good,
                     const struct tt_compared *bad, unsigned width, bool color);
void tt_compare_json(struct tt_buf *out, const struct tt_comparison *c,
                     const struct tt_compared *good,
                     const struct tt_compared *bad);

#endif
