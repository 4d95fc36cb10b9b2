/*
 * scene - rule text and tape text in, a verdict and its reports out: the
 * whole library at work, fed in different ways.
 */
#ifndef TT_TESTS_SCENE_H
#define TT_TESTS_SCENE_H

#include "records.h"
#include "report/report.h"

enum scene_mode {
    SCENE_WHOLE, /* records as they were read */
    SCENE_BYTES, /* one byte at a time */
    SCENE_CUT,   /* each record in two pieces, cut after its first third */
    SCENE_LIVE,  /* with a tick every 10 ms, asking for the verdict at each */
    SCENE_MODES
};

struct scene {
    struct tt_rules *set;
    struct tt_session *session;
    struct tt_tape *tape;
    struct tt_read_report read;
    struct tt_verdict v;
    uint64_t now; /* of the last tick */
};

/* Read rules and tape, feed the tape to a session, ask for the verdict. */
void scene_play(struct scene *s, const char *rules, const char *tape,
                size_t len, enum scene_mode mode);
void scene_end(struct scene *s);

/* The report as a string to free; opt NULL: JSON. */
char *scene_report(const struct scene *s, const char *name,
                   const struct tt_report_options *opt);

/* A set of rules to try things with. */
extern const char scene_rules[];

#endif
