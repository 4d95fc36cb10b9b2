/*
 * probe - what 'telltale probe' may send, in which order, and what came of it.
 *
 *   rules ──▶ plan ──▶ probe_send() ──▶ the line
 *                        the one place that sends: takes no bytes, only a
 *                        probe of the loaded rules
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_PROBE_H
#define TELLTALE_CLI_PROBE_H

#include "cli/options.h"
#include "rules/rules.h"
#include "source/source.h"

#include "verdict/verdict.h"

enum { PROBE_HEAD = 24 };

enum probe_outcome {
    PROBE_UNTRIED,
    PROBE_REFUSED,  /* the port does not do these settings */
    PROBE_SILENT,   /* nothing came */
    PROBE_ECHOED,   /* what was sent came back, nothing else */
    PROBE_ANSWERED, /* bytes that no rule knows */
    PROBE_PROBABLE, /* a rule knows them, and may be wrong */
    PROBE_CERTAIN
};

/* One probe at one setting of the line. */
struct probe_try {
    const struct tt_probe *probe;
    const struct tt_rule *rule;
    uint32_t baud; /* 0: as the line is */
    char mode[4];
    unsigned round;  /* number of the setting in its protocol */
    unsigned weight; /* rules of the protocol */
    bool hinted;     /* what was heard speaks for the protocol */
    /* What came of it. */
    enum probe_outcome outcome;
    uint64_t sent_ns, answer_ns, bytes;
    uint8_t head[PROBE_HEAD]; /* of the answer */
    size_t nhead;
    bool echoes;    /* what was sent came back before the answer */
    char text[240]; /* the verdict's sentence */
    char rule_name[TT_MAX_NAME + 1];
};

struct probe_plan {
    struct probe_try *at;
    size_t n, room;
    size_t changing;   /* left out because they change something */
    size_t not_serial; /* left out because no settings of a line are known */
};

/* What may be sent, as the options say, the likeliest first.  False when
 * memory is short. */
bool probe_plan(struct probe_plan *p, const struct tt_rules *set,
                const struct options *o);
void probe_plan_free(struct probe_plan *p);

/* Those of the rule's protocol come first of what is not tried yet. */
void probe_plan_hint(struct probe_plan *p, const struct tt_rule *rule,
                     size_t from);

/* Is there a protocol or a rule called so that has a probe? */
bool probe_is_known(const struct tt_rules *set, const char *name);

/* How long an answer may take to begin, and a pause in it. */
uint64_t probe_wait(const struct probe_try *t, const struct options *o);
uint64_t probe_pause(const struct probe_try *t);

/*
 * Send a probe.  It must be one of set, and one that changes something goes
 * out only when that is allowed; else TT_ERR_ARG, and nothing was sent.
 */
enum tt_status probe_send(struct source *s, const char *name,
                          const struct tt_rules *set,
                          const struct tt_probe *probe, bool allow_changes,
                          struct tt_error *err) TT_MUST_USE;

/* ---- the report --------------------------------------------------------- */

struct probe_report {
    const char *port;
    const struct probe_plan *plan;
    size_t tried; /* of the plan */
    uint64_t listened_ns, end_ns;
    uint64_t heard;              /* bytes, before anything was sent */
    const struct probe_try *hit; /* the certain answer; NULL: none */
    bool heard_all;              /* what was heard was certain */
    bool has_settings;           /* the line has a speed and a frame */
    bool stopped, vanished;
    const struct tt_buf *verdict; /* the report of the best of them */
};

/* "at.ok (AT modem), 115200 8N1: > "AT\r", safe" */
void probe_put_try(struct tt_buf *out, const struct probe_try *t);

void probe_put_plan(struct tt_buf *out, const struct probe_plan *p);
void probe_put_report(struct tt_buf *out, const struct probe_report *r);
void probe_put_json(struct tt_buf *out, const struct probe_report *r);

#endif
