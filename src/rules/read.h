/*
 * read - what the parts of the rule reader share.
 *
 * A statement is read by functions that return false (or NULL) after noting
 * the first thing that is wrong in reader->bad; the file reader prints it and
 * goes on with the next statement.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_READ_H
#define TT_RULES_READ_H

#include "rules/lex.h"
#include "rules/words.h"

/* The first complaint about a statement. */
struct tt_bad {
    bool set;
    enum tt_status code;
    unsigned line, col, width;
    char msg[400];
    char hint[1600];
};

/* A rule while its lines are read; kept to the end of the file. */
struct tt_draft {
    struct tt_draft *next;
    struct tt_rule *rule;
    unsigned name_col;
    bool nameless;   /* its 'rule' line was wrong: takes statements, is lost */
    bool broken;     /* a statement was wrong: not added to the set */
    bool no_pattern; /* so much so that its fields are unknown */
    bool complained; /* do not also say what is missing */
    unsigned statements;
};

enum tt_read_mode {
    TT_READ_NOTHING,
    TT_READ_SKIP, /* lines that belong to something not understood */
    TT_READ_RULE,
    TT_READ_TABLE,
    TT_READ_PROTOCOL
};

/* Brackets and prefixes inside each other in a condition: what the printer
 * needs for the deepest tree of TT_MAX_OPERATORS, each with its brackets. */
enum { TT_MAX_NESTING = 2 * TT_MAX_OPERATORS };

struct tt_reader {
    struct tt_rules *set;
    const char *file, *origin;
    tt_diag_fn *report;
    void *user;
    enum tt_status first; /* complaint's code; TT_OK while there is none */
    unsigned ndiags;
    bool stop; /* no memory, or too many mistakes */

    struct tt_slice text; /* the file */
    size_t pos;           /* of the next line */
    unsigned lineno;      /* its number */

    struct tt_slice line; /* the logical line being read */
    unsigned line_first, line_last;
    unsigned end_col;     /* one past its end, on its last physical line */
    unsigned indent;      /* bytes before its first word */
    struct tt_slice word; /* its first word */

    enum tt_read_mode mode;
    struct tt_draft *drafts, *draft;
    struct tt_table *table;
    struct tt_protocol *protocol;

    struct tt_arena scratch; /* until the end of the file */
    struct tt_tok *tok;
    size_t ntok, i, max_tok;

    /* the pattern being read */
    enum tt_lane lane;   /* TT_LANE_LINE: none yet */
    struct tt_node *hop; /* what a 'within' speaks of */
    unsigned nodes, depth;
    unsigned operators, nesting; /* of the condition being read */
    bool local;                  /* reading 'unless' */
    bool in_pattern;             /* an expression may use fields only */
    struct tt_bad bad;
    char quoted[4][64];
    unsigned quote;
};

/* ---- complaints (complain.c) -------------------------------------------- */

/*
 * Note that something is wrong at word t (NULL: at the current word, or the
 * line's end).  hint may be NULL.  Always returns false.
 */
bool tt_bad(struct tt_reader *r, const struct tt_tok *t, const char *hint,
            const char *fmt, ...) TT_PRINTF(4, 5);
bool tt_bad_at(struct tt_reader *r, unsigned line, unsigned col, unsigned width,
               const char *hint, const char *fmt, ...) TT_PRINTF(6, 7);
/* The same for something that is right but too much. */
bool tt_bad_limit(struct tt_reader *r, const struct tt_tok *t, const char *fmt,
                  ...) TT_PRINTF(3, 4);
bool tt_bad_memory(struct tt_reader *r);

/* Add to the hint of the complaint just noted. */
void tt_hint(struct tt_reader *r, const char *fmt, ...) TT_PRINTF(2, 3);
void tt_hint_words(struct tt_reader *r, const struct tt_words *list);
/* "did you mean 'x'?" and a space, when there is something near. */
bool tt_hint_near(struct tt_reader *r, struct tt_slice w,
                  const struct tt_words *list);

/* s made printable and cut to a word's length, good for four calls. */
const char *tt_quote(struct tt_reader *r, struct tt_slice s);

/* Report what was noted, or nothing. */
void tt_complain(struct tt_reader *r);

/* ---- words of the line -------------------------------------------------- */

static inline const struct tt_tok *tt_peek(const struct tt_reader *r, size_t n)
{
    return r->i + n < r->ntok ? &r->tok[r->i + n] : NULL;
}

static inline bool tt_is_op(const struct tt_reader *r, const char *op)
{
    return tt_tok_is(tt_peek(r, 0), op);
}

static inline bool tt_is_name(const struct tt_tok *t, const char *name)
{
    return t && t->kind == TT_T_NAME && tt_slice_is(t->v, name);
}

/* Cut what follows the first skip bytes of the line into words. */
bool tt_lex_line(struct tt_reader *r, size_t skip, bool dotted);

/* Read a line that begins at the left edge. */
bool tt_left_edge(struct tt_reader *r);

/* Zeroed memory of the set; NULL is noted as a complaint. */
void *tt_rd_alloc(struct tt_reader *r, size_t n);
const char *tt_rd_dup(struct tt_reader *r, struct tt_slice s);

/* Step over the operator op or complain. */
bool tt_need_op(struct tt_reader *r, const char *op, const char *hint);

/* Nothing may be left on the line. */
bool tt_at_end(struct tt_reader *r, const char *hint);

/* The bytes a text word means, kept by the set. */
bool tt_text_word(struct tt_reader *r, const struct tt_tok *t,
                  struct tt_slice *out);

/* A time word's value, or a complaint about its size. */
bool tt_dur_word(struct tt_reader *r, const struct tt_tok *t,
                 struct tt_dur *out);

/* The event a [word] names; complains about others.  Events that only tapes
 * have are refused unless example is set. */
bool tt_event_word(struct tt_reader *r, const struct tt_tok *t, bool example,
                   enum tt_event *out);

/* Words from..to in the printer's spelling. */
bool tt_respell(struct tt_reader *r, size_t from, size_t to,
                struct tt_slice *out);

/* One more level of nesting; false at the limit.  Undo with r->depth--. */
bool tt_deeper(struct tt_reader *r, const struct tt_tok *t);

/* ---- patterns, conditions, examples -------------------------------------- */

/* Words i.. as a pattern, up to what cannot belong to it. */
struct tt_node *tt_read_pattern(struct tt_reader *r);

/* Checks of a whole pattern.  first: nothing was matched before it. */
bool tt_check_pattern(struct tt_reader *r, const struct tt_node *n, bool first);

/* Note a field; -1 after a complaint. */
int tt_field_add(struct tt_reader *r, const struct tt_tok *t,
                 const struct tt_node *node);
int tt_field_find(const struct tt_reader *r, struct tt_slice name);
bool tt_field_name_ok(struct tt_reader *r, const struct tt_tok *t);
/* The fields that can be used here, and (builtins) what is always known;
 * words must have room for TT_MAX_FIELDS + TT_BUILTINS. */
struct tt_words tt_field_words(const struct tt_reader *r, const char **words,
                               bool builtins);

struct tt_node *tt_node_new(struct tt_reader *r, const struct tt_tok *t,
                            enum tt_node_kind kind);
struct tt_expr *tt_read_expr(struct tt_reader *r);
bool tt_read_set(struct tt_reader *r, struct tt_set *out);
struct tt_node *tt_read_log(struct tt_reader *r);
struct tt_example *tt_read_example(struct tt_reader *r, bool yes);
bool tt_read_bytes(struct tt_reader *r, size_t max, struct tt_slice *out);

/* Check the {templates} of text, which words from.. spell. */
bool tt_check_template(struct tt_reader *r, struct tt_slice text, size_t from);

/* Find one {name} or {name:form} at or after *pos; on true *pos is one past
 * it and *start where it begins.  form.n is 0 when there is none. */
bool tt_template_next(struct tt_slice text, size_t *pos, size_t *start,
                      struct tt_slice *name, struct tt_slice *form);

/* The statement that r->word begins, or NULL. */
typedef bool tt_statement_fn(struct tt_reader *r);
struct tt_statement {
    const char *word;
    tt_statement_fn *parse;
    bool dotted;
};
const struct tt_statement *tt_statement_find(struct tt_slice word);
bool tt_read_strings(struct tt_reader *r, struct tt_strings **list);

/* The texts that are left on the line, as one. */
bool tt_read_texts(struct tt_reader *r, struct tt_slice *out);

/* The statements that are in probe.c. */
bool tt_read_probe(struct tt_reader *r);

/* A 'basis', of a rule or a protocol. */
bool tt_read_basis(struct tt_reader *r, struct tt_basis *basis);

/* Where the rule called so hangs, or where it would (NULL there). */
struct tt_rule **tt_rule_named(struct tt_rules *set, struct tt_slice name);
struct tt_protocol *tt_protocol_find(const struct tt_rules *set,
                                     struct tt_slice name);

#endif
