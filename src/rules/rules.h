/*
 * rules - rule files read into a tree, checked, priced and ready to compile.
 *
 *   text --lex--> words --parse--> struct tt_rule --bits--> weights
 *
 * A rule set owns one arena: every pointer below stays good until
 * tt_rules_free(), and nothing changes after the last tt_rules_read().
 * Rules are referred to by index.  The language is described in
 * docs/telltale-rules.5.
 *
 * Layer: rules.  Uses base.
 */
#ifndef TT_RULES_RULES_H
#define TT_RULES_RULES_H

#include "base/arena.h"
#include "base/base.h"
#include "base/buf.h"
#include "base/limits.h"

#define TT_NO_LIMIT UINT32_MAX /* tt_node.hi of an open repeat */

/* ---- patterns ---------------------------------------------------------- */

/* A set of byte values, bit b of word b/64. */
struct tt_set {
    uint64_t w[4];
};

static inline bool tt_set_has(const struct tt_set *s, unsigned byte)
{
    return s->w[byte >> 6 & 3] >> (byte & 63) & 1;
}

/* How many bytes it holds. */
static inline unsigned tt_set_count(const struct tt_set *s)
{
    unsigned n = 0;

    for (int i = 0; i < 4; i++)
        n += (unsigned)__builtin_popcountll(s->w[i]);
    return n;
}

/* The first byte of the set from byte on, 256: none. */
static inline unsigned tt_set_next(const struct tt_set *s, unsigned byte)
{
    uint64_t w;

    if (byte > 255)
        return 256;
    w = s->w[byte >> 6] & UINT64_MAX << (byte & 63);
    for (unsigned i = byte >> 6; i < 4; w = ++i < 4 ? s->w[i] : 0)
        if (w)
            return i * 64 + (unsigned)__builtin_ctzll(w);
    return 256;
}

/* A time: ns, or (milli_ch != 0) thousandths of a character time. */
struct tt_dur {
    uint64_t ns;
    uint32_t milli_ch;
};

enum tt_node_kind {
    TT_N_SEQ,     /* kids one after the other */
    TT_N_ALT,     /* one of kids */
    TT_N_GROUP,   /* ( kid ) */
    TT_N_REP,     /* kid, lo to hi times */
    TT_N_FIELD,   /* name:kid, captured as field */
    TT_N_SET,     /* one byte of set on lane */
    TT_N_TEXT,    /* text on lane; nocase: "..."i */
    TT_N_INT,     /* an integer of type on lane; in a FIELD (or FIELD REP) */
    TT_N_BYTES,   /* from..to bytes on lane */
    TT_N_LINE,    /* 1 to 120 bytes up to, not including, CR or LF */
    TT_N_SAME_AS, /* the bytes of field again, on lane */
    TT_N_RUN,     /* same(set)*lo..hi: one byte of set, repeated */
    TT_N_HOP,     /* a lane mark; has_dur: the hop takes at most dur */
    TT_N_THEN,    /* other bytes may pass, for at most dur; then on lane */
    TT_N_SILENCE, /* nothing in the rule's view for dur */
    TT_N_QUIET,   /* no bytes on lane (LINE: on any lane) for dur */
    TT_N_AFTER,   /* the view was still for dur before the next item */
    TT_N_START,   /* the first item of the view */
    TT_N_END,     /* nothing more on the view up to the tape's end */
    TT_N_EVENT,   /* a line event */
    TT_N_SENSOR   /* a detector that is not a pattern fires on lane */
};

struct tt_type {
    uint8_t size; /* bytes: 1 2 3 4 8 */
    bool big;     /* big endian */
    bool is_signed;
};

/* Detectors that are not patterns; the engine implements them. */
enum tt_sensor {
    TT_SENSOR_LOOP,
    TT_SENSOR_ECHO,
    TT_SENSOR_NO_FLOW,
    TT_SENSOR_NO_CR,
    TT_SENSOR_SEVEN,
    TT_SENSOR_FF,
    TT_SENSOR_CRLF,
    TT_SENSORS
};

struct tt_node {
    enum tt_node_kind kind;
    enum tt_lane lane;         /* where the bytes are; HOP: the new lane */
    unsigned line, col, width; /* in the rule file, for messages */
    struct tt_node *next;      /* sibling, in order */
    struct tt_node *kids;      /* SEQ ALT GROUP REP FIELD */
    struct tt_set set;         /* SET RUN */
    struct tt_slice text;      /* TEXT: the bytes meant */
    struct tt_slice written;   /* SET: its spelling, for the printer */
    bool nocase;               /* TEXT */
    bool has_dur;              /* HOP THEN: 'within' was given */
    struct tt_dur dur;         /* HOP THEN SILENCE QUIET AFTER */
    uint32_t lo, hi;           /* REP RUN */
    struct tt_type type;       /* INT */
    int field;                 /* FIELD SAME_AS: index in tt_rule.field */
    struct tt_expr *from, *to; /* BYTES; to is NULL when equal to from */
    enum tt_event event;       /* EVENT */
    enum tt_sensor sensor;     /* SENSOR */
    int64_t worth; /* THEN SENSOR: bits, Q16, of what is waited for */
};

/* ---- conditions -------------------------------------------------------- */

enum tt_expr_kind {
    TT_X_NUM,
    TT_X_STR,
    TT_X_FIELD,   /* field */
    TT_X_BUILTIN, /* builtin */
    TT_X_TABLE,   /* table, right of 'in' */
    TT_X_NEG,
    TT_X_NOT,
    TT_X_BIN, /* a op b */
    TT_X_CALL /* fn(args) */
};

enum tt_op {
    TT_OP_OR,
    TT_OP_AND,
    TT_OP_EQ,
    TT_OP_NE,
    TT_OP_LT,
    TT_OP_LE,
    TT_OP_GT,
    TT_OP_GE,
    TT_OP_IN,
    TT_OP_BOR,
    TT_OP_XOR,
    TT_OP_BAND,
    TT_OP_SHL,
    TT_OP_SHR,
    TT_OP_ADD,
    TT_OP_SUB,
    TT_OP_MUL,
    TT_OP_DIV,
    TT_OP_MOD
};

enum tt_fn {
    TT_FN_SUM8,
    TT_FN_XOR8,
    TT_FN_NEG8,
    TT_FN_LRC,
    TT_FN_SUM16,
    TT_FN_CARRY8,
    TT_FN_EMS8,
    TT_FN_FLETCHER8,
    TT_FN_HEXSUM8,
    TT_FN_CRC8,
    TT_FN_CRC16_MODBUS,
    TT_FN_CRC16_X25,
    TT_FN_CRC16_CCITT,
    TT_FN_CRC16_XMODEM,
    TT_FN_CRC16_ARC,
    TT_FN_CRC16_KERMIT,
    TT_FN_CRC16_DNP,
    TT_FN_CRC8_ROHC,
    TT_FN_CRC16_UMTS,
    TT_FN_CRC24Q,
    TT_FN_CRC8_MSTP,
    TT_FN_CRC32,
    TT_FN_HEXVAL,
    TT_FN_DECVAL,
    TT_FN_LENGTH,
    TT_FNS
};

enum tt_builtin {
    TT_B_REACHED, /* steps of a ladder that were matched */
    TT_B_STEPS,   /* steps the ladder has */
    TT_B_NEXT,    /* name of the step that was not reached, "" */
    TT_B_HITS,    /* how often the rule has fired */
    TT_B_ELAPSED, /* ns from the first to the last item of the match */
    TT_BUILTINS
};

/* fn(arg, from..to, ...): a span runs from one field's start to another's
 * end; a plain expression has from = to = -1. */
struct tt_arg {
    struct tt_arg *next;
    struct tt_expr *expr;
    int from, to; /* fields */
};

struct tt_expr {
    enum tt_expr_kind kind;
    unsigned line, col, width;
    int64_t num;          /* NUM; a time is in ns */
    bool is_time, is_hex; /* NUM: how it was written, for the printer */
    struct tt_slice str;  /* STR */
    int field;
    enum tt_builtin builtin;
    const struct tt_table *table;
    enum tt_op op;
    enum tt_fn fn;
    struct tt_expr *a, *b; /* NEG NOT use a */
    struct tt_arg *args;
};

/* ---- rules ------------------------------------------------------------- */

enum tt_severity { TT_INFO, TT_NOTE, TT_WARNING, TT_ERROR };

enum tt_side {
    TT_SIDE_NONE,
    TT_SIDE_HOST,
    TT_SIDE_DEVICE,
    TT_SIDE_WIRING,
    TT_SIDE_SETTINGS,
    TT_SIDE_TOOL,
    TT_SIDE_COMPUTER
};

/* What a rule was verified against, the strongest first. */
enum tt_basis_kind {
    TT_BASIS_NONE,      /* nobody said */
    TT_BASIS_RECORDING, /* a real recording of somebody else */
    TT_BASIS_SOURCE,    /* the source of a tool or of a firmware */
    TT_BASIS_DOCUMENT   /* documents only */
};

struct tt_basis {
    enum tt_basis_kind kind;
    struct tt_slice what; /* p is NULL when it was left out */
};

/* What one count of a rule's exposure is (see verdict/ledger.h). */
enum tt_unit { TT_UNIT_BYTE, TT_UNIT_TURN, TT_UNIT_EVENT, TT_UNIT_ONCE };

struct tt_strings { /* one statement's text, in file order */
    struct tt_strings *next;
    struct tt_slice text; /* unescaped; templates not yet filled */
    unsigned line, col;
};

struct tt_entry {
    struct tt_entry *next;
    int64_t num;
    bool is_hex;
    struct tt_slice text;
};

struct tt_table {
    struct tt_table *next;
    const char *name, *file, *origin;
    unsigned line;
    struct tt_entry *entries;
    size_t nentries;
};

struct tt_protocol { /* protocol NAME "title" ... up to the next at column 1 */
    struct tt_protocol *next;
    const char *name, *file, *origin;
    unsigned line;
    struct tt_slice title;
    struct tt_strings *settings, *refs, *about; /* settings "115200 8E1" */
    struct tt_basis basis; /* of its rules that name none */
};

struct tt_field {
    const char *name;
    bool is_num; /* int, single byte or run: a number; else bytes */
    bool local;  /* named in 'unless': not for conditions or texts */
    const struct tt_node *node;
};

struct tt_step {
    struct tt_step *next;
    const char *name;
    struct tt_node *pattern;
    int64_t bits; /* Q16, of this step alone */
    unsigned line;
};

struct tt_verdict_text {
    struct tt_verdict_text *next;
    struct tt_expr *when; /* NULL: always */
    struct tt_slice text;
    unsigned line, col;
};

/* yes > 7F 12ms < 79 => got = 0x79.  One record a byte, 86.8 us apart. */
struct tt_example {
    struct tt_example *next;
    bool yes;
    unsigned line, col;
    struct tt_record *records;
    size_t nrecords;
    uint64_t end_ns;
    struct tt_slice written; /* up to '=>', in the printer's spelling */
    struct tt_expr *expect;  /* NULL: none */
};

struct tt_probe { /* probe > 7F safe | changes-state "how" */
    struct tt_probe *next;
    struct tt_slice bytes;
    bool safe;
    struct tt_slice how; /* what it changes */
    unsigned line;
};

struct tt_names { /* refines, tag */
    struct tt_names *next;
    const char *name;
    unsigned line, col, width;
};

struct tt_rule {
    struct tt_rule *next, *next_named; /* in the set; of the same hash */
    const char *name, *file, *origin;  /* origin: "built in", or a folder */
    unsigned line;
    unsigned index; /* in the set, from 0 */
    const struct tt_protocol *protocol;
    struct tt_slice title;
    struct tt_node *match; /* NULL for a ladder */
    struct tt_slice log;   /* 'log "..."' as written; match holds its tree */
    struct tt_step *steps; /* NULL unless a ladder */
    unsigned nsteps;
    struct tt_node *unless;
    struct tt_field field[TT_MAX_FIELDS];
    unsigned nfields;
    struct tt_dur gap, timeout; /* default 1 s each */
    bool has_gap, has_timeout;
    uint64_t expires_ns; /* 0: by the kind of its subject */
    struct tt_where {
        struct tt_where *next;
        struct tt_expr *expr;
    } * where;
    struct tt_verdict_text *verdict; /* NULL for a note */
    struct tt_slice note;            /* label on the bytes; n = 0: none */
    struct tt_strings *cause, *fix, *ref, *next_look; /* next_look: 'next' */
    enum tt_severity severity;
    bool has_severity;
    enum tt_side side;
    const char *subject, *value; /* claim; NULL: none */
    struct tt_names *refines, *tag;
    struct tt_slice author;
    struct tt_basis basis; /* as written; see tt_rule_basis() */
    enum tt_event until[TT_MAX_UNTIL];
    unsigned nuntil;
    int cap; /* bits; -1: none */
    struct tt_probe *probe;
    struct tt_example *examples;

    /* Derived by the reader. */
    int64_t bits_pattern, bits_check; /* Q16; ladder: all steps */
    bool waits; /* some hit of it may have let things pass: see 'worth' */
    enum tt_unit unit;
    uint8_t view;         /* bit (1 << lane) for each lane the rule looks at */
    bool uses_steps_only; /* reserved for the engine */
};

enum { TT_RULE_NAMES = 4096 };

struct tt_rules {
    struct tt_arena arena;
    struct tt_rule *rules, **rules_tail;
    struct tt_table *tables;
    struct tt_protocol *protocols, **protocols_tail;
    size_t nrules;
    struct tt_rule *named[TT_RULE_NAMES]; /* rules by a hash of their name */
    /* nrules pointers each, after tt_rules_finish() */
    struct tt_rule **by_index, **by_name;
};

/* One complaint about a rule file.  Strings are good during the call only
 * and are safe to print on a terminal. */
struct tt_diag {
    enum tt_status code;
    const char *file;
    unsigned line, col, width; /* 1-based; col counts bytes */
    bool is_warning;           /* the rule works all the same */
    const char *msg, *hint;    /* hint may be NULL */
    struct tt_slice source;    /* the line complained about, raw; p may be
                                  NULL when it is no longer at hand */
};

typedef void tt_diag_fn(const struct tt_diag *d, void *user);

/* An empty set, or NULL when memory is short. */
struct tt_rules *tt_rules_new(void);

/* Free the set and all it holds.  NULL is allowed. */
void tt_rules_free(struct tt_rules *set);

/*
 * Read text, a rule file called file that came from origin ("built in" or a
 * folder), and add what is right in it to the set.  Every complaint goes to
 * report (may be NULL).  A rule whose name exists already with another
 * origin replaces it; with the same origin it is an error.  Returns TT_OK
 * when there was nothing to complain about, else the first complaint's code;
 * rules without a mistake are added either way, rules with one are not: a
 * verdict must be proved by its examples.  text need not outlive the call.
 */
enum tt_status tt_rules_read(struct tt_rules *set, struct tt_slice text,
                             const char *file, const char *origin,
                             tt_diag_fn *report, void *user) TT_MUST_USE;

/*
 * Call once after the last file: checks what spans files (refines of unknown
 * rules: a warning), numbers the rules and computes their bits, views and
 * units.  TT_ERR_NOMEM.
 */
enum tt_status tt_rules_finish(struct tt_rules *set, tt_diag_fn *report,
                               void *user) TT_MUST_USE;

/* The rule called so, or NULL. */
const struct tt_rule *tt_rules_find(const struct tt_rules *set,
                                    const char *name);

/* Append d in the form of a compiler message with caret and hint. */
void tt_diag_print(struct tt_buf *out, const struct tt_diag *d);

/* Append the rule, a table, a protocol or the whole set as rule-file text
 * that reads back to the same tree. */
void tt_rule_print(struct tt_buf *out, const struct tt_rule *r);
void tt_rules_print(struct tt_buf *out, const struct tt_rules *set);

/* Append one pattern / one condition as written in a rule. */
void tt_node_print(struct tt_buf *out, const struct tt_rule *r,
                   const struct tt_node *n);
void tt_expr_print(struct tt_buf *out, const struct tt_rule *r,
                   const struct tt_expr *x);

const char *tt_severity_name(enum tt_severity s);
const char *tt_side_name(enum tt_side s); /* "" for none */
const char *tt_unit_name(enum tt_unit u); /* "byte" "turn" ... */
const char *tt_sensor_name(enum tt_sensor s);
const char *tt_basis_name(enum tt_basis_kind k); /* "" for none */

/* The rule's basis: its own, or its protocol's. */
const struct tt_basis *tt_rule_basis(const struct tt_rule *r);

/* The table called so, or NULL. */
struct tt_table *tt_table_find(const struct tt_rules *set,
                               struct tt_slice name);

/* The text of a table's entry, or NULL. */
const struct tt_slice *tt_table_get(const struct tt_table *t, int64_t num);

/* ---- values and evaluation --------------------------------------------- */

/* What a field or a condition came to. */
struct tt_value {
    bool is_num;
    bool is_absent; /* its branch of the pattern was not taken: no value */
    int64_t num;
    size_t len;                    /* bytes: the whole length */
    uint8_t bytes[TT_VALUE_BYTES]; /* bytes: the first of them */
};

/* What a condition or a template may look at. */
struct tt_env {
    const struct tt_rule *rule;
    const struct tt_value *value; /* nfields of them */
    int64_t reached, hits, elapsed_ns;
    /*
     * All bytes from field from's start to field to's end, for the check
     * functions; false when they are no longer held.  May be NULL: then only
     * the first TT_VALUE_BYTES of single fields can be used.
     */
    bool (*raw)(void *user, int from, int to, struct tt_slice *out);
    void *user;
};

/*
 * Work out x.  False when it has no value: bytes are gone, a number was
 * divided by zero, hexval() of something that is no number, ...; a condition
 * without a value is not true.  Never overflows: arithmetic wraps at 64 bits.
 */
bool tt_expr_eval(const struct tt_expr *x, const struct tt_env *env,
                  struct tt_value *out);

/* Is x true in env?  Without a value it is false. */
bool tt_expr_true(const struct tt_expr *x, const struct tt_env *env);

/* Append text with its {templates} filled from env, safe for a terminal. */
void tt_text_fill(struct tt_buf *out, struct tt_slice text,
                  const struct tt_rules *set, const struct tt_env *env);

#endif
