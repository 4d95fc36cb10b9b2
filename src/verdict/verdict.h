/*
 * verdict - from hits to one true sentence.
 *
 * A session is what a client uses: it owns an engine, counts what was seen
 * (exposure), keeps the hits in a ledger, and says at any time what is the
 * case.  The answer depends on the records alone.
 *
 * Layer: verdict.  Uses base, tape, rules, engine.
 */
#ifndef TT_VERDICT_VERDICT_H
#define TT_VERDICT_VERDICT_H

#include "engine/engine.h"
#include "tape/tape.h"

enum {
    TT_MAX_EVIDENCE = 6,
    TT_EVIDENCE_BYTES = 32,
    TT_MAX_ALSO = 3,
    TT_MAX_CLAIMS = 16,
    TT_MAX_DECIDE = 24, /* the byte 68 alone has 22 readings */
    TT_MAX_LIST = 12
};

enum tt_word { TT_WORD_NONE, TT_WORD_PROBABLY, TT_WORD_IS };

enum tt_verdict_status { TT_STATUS_UNKNOWN, TT_STATUS_OK, TT_STATUS_FAULT };

struct tt_evidence {
    uint64_t t_ns, offset, len, source;
    enum tt_lane lane;
    enum tt_event event;             /* line lane */
    uint8_t head[TT_EVIDENCE_BYTES]; /* the first bytes */
    size_t nhead;
};

/* Texts are NUL-terminated, filled and safe to print; borrowed until the
 * next call on the session. */
struct tt_finding {
    const struct tt_rule *rule;
    enum tt_word word;
    int64_t bits; /* Q16 net bits, at most 60 << 16 */
    uint64_t hits;
    uint64_t t_ns; /* of the last hit */
    bool past;     /* older than its expiry; the text says so */
    const char *text;
    const char *cause[TT_MAX_LIST], *fix[TT_MAX_LIST], *next[TT_MAX_LIST],
        *ref[TT_MAX_LIST];
    unsigned ncause, nfix, nnext, nref;
    struct tt_evidence evidence[TT_MAX_EVIDENCE];
    unsigned nevidence;
};

struct tt_claim {
    const char *subject, *value;
    enum tt_word word;
    int64_t bits;       /* after ageing */
    int64_t confidence; /* against other values and none, Q16: 0 to 65536 */
};

struct tt_verdict {
    enum tt_verdict_status status;
    bool has_headline;
    struct tt_finding headline;
    struct tt_finding also[TT_MAX_ALSO];
    unsigned nalso;
    struct tt_claim claim[TT_MAX_CLAIMS];
    unsigned nclaims;
    const char *plain;    /* the statement from counters; never empty */
    const char *conflict; /* "two protocols on one line: ...", or "" */
    /* Nothing certain: readings that are possible and what would decide. */
    const char *decide[TT_MAX_DECIDE];
    unsigned ndecide;
    const char *fingerprint; /* of the unknown handshake, "" when known */
    const struct tt_tape_stats *stats;
    unsigned nrules; /* that were tried */
};

struct tt_session;

enum tt_status tt_session_new(struct tt_session **out,
                              const struct tt_rules *set,
                              enum tt_quality quality,
                              struct tt_error *err) TT_MUST_USE;
/* The same with a choice of what the engine does besides. */
enum tt_status tt_session_open(struct tt_session **out,
                               const struct tt_rules *set,
                               const struct tt_engine_config *config,
                               struct tt_error *err) TT_MUST_USE;
void tt_session_free(struct tt_session *s);

/* Hand every hit of a 'note' rule to fn from now on (NULL: to nobody): the
 * labels of a hex pane.  The hit is good during the call only. */
void tt_session_notes(struct tt_session *s, tt_hit_fn *fn, void *user);

/* A rule that has fired, whatever came of it. */
struct tt_fired {
    const struct tt_rule *rule;
    uint64_t hits; /* that count */
    uint64_t t_ns; /* of the last */
    int64_t bits;  /* of one hit, Q16, less what its waits cost */
    int reached;   /* ladder: steps of the best */
};

/* Number i of those that have fired, in order of their first hit; false
 * when there are not so many. */
bool tt_session_fired(const struct tt_session *s, unsigned i,
                      struct tt_fired *out);

/* Begin another tape with the same rules. */
void tt_session_reset(struct tt_session *s, enum tt_quality quality);

enum tt_status tt_session_push(struct tt_session *s,
                               const struct tt_record *r) TT_MUST_USE;
void tt_session_finish(struct tt_session *s, uint64_t t_end_ns);

/* So many places of the input were not understood: what is counted is not
 * all there was. */
void tt_session_unread(struct tt_session *s, uint64_t places);

/* Has anything changed since the last tt_session_verdict()?  Cheap. */
bool tt_session_changed(const struct tt_session *s);

/* What is the case now.  v's texts are good until the next call with s. */
enum tt_status tt_session_verdict(struct tt_session *s,
                                  struct tt_verdict *v) TT_MUST_USE;

const struct tt_engine *tt_session_engine(const struct tt_session *s);

/*
 * A live view shows a headline steadily: it changes at once for a surer or
 * graver one or when the old one has gone, otherwise only for one that is 10
 * bits better, and never twice within 250 ms.
 */
struct tt_hysteresis {
    bool shown;
    unsigned rule; /* index of the rule shown */
    enum tt_word word;
    enum tt_severity severity;
    int64_t bits;
    bool changed_once;
    uint64_t changed_ns;
};

void tt_hysteresis_init(struct tt_hysteresis *h);

/* Is v's headline (or its absence) what to show at now_ns?  When true it is
 * remembered as shown; when false keep what you have and ask again. */
bool tt_hysteresis_switch(struct tt_hysteresis *h, const struct tt_verdict *v,
                          uint64_t now_ns);

const char *tt_word_name(enum tt_word w);             /* "" "probably" "is" */
const char *tt_status_text(enum tt_verdict_status s); /* "unknown" "ok" .. */

#endif
