/*
 * The statements of a rule, one function each.
 */
#include "rules/read.h"

#include <string.h>

static struct tt_rule *rule(struct tt_reader *r)
{
    return r->draft->rule;
}

/* Complain about the statement's own word. */
static bool bad_word(struct tt_reader *r, const char *hint, const char *msg)
{
    return tt_bad_at(r, r->line_first, r->indent + 1, (unsigned)r->word.n, hint,
                     "%s", msg);
}

/* Complain about what should follow the statement's word. */
static bool bad_after(struct tt_reader *r, const char *hint, const char *what)
{
    return tt_bad_at(r, r->line_first, r->indent + (unsigned)r->word.n + 2, 1,
                     hint, "%s", what);
}

bool tt_read_texts(struct tt_reader *r, struct tt_slice *out)
{
    const struct tt_tok *t;
    struct tt_slice one;
    char *p;

    if (r->i == r->ntok)
        return tt_bad(r, NULL, NULL, "'%s' needs a text", tt_quote(r, r->word));
    p = tt_rd_alloc(r, r->line.n);
    if (!p)
        return false;
    *out = (struct tt_slice){p, 0};
    for (; (t = tt_peek(r, 0)); r->i++) {
        if (t->kind != TT_T_STR || t->v.p[t->v.n - 1] != '"')
            return tt_bad(r, t, NULL, "'%s' takes text in quotes",
                          tt_quote(r, r->word));
        if (!tt_text_word(r, t, &one))
            return false;
        memcpy(p + out->n, one.p, one.n);
        out->n += one.n;
    }
    return true;
}

/* Texts that may hold templates. */
static bool filled_texts(struct tt_reader *r, struct tt_slice *out)
{
    size_t from = r->i;

    r->local = false;
    return tt_read_texts(r, out) && tt_check_template(r, *out, from);
}

static bool add_strings(struct tt_reader *r, struct tt_strings **list,
                        struct tt_slice text)
{
    struct tt_strings *s = tt_rd_alloc(r, sizeof(*s));

    while (*list)
        list = &(*list)->next;
    *list = s;
    if (!s)
        return false;
    s->text = text;
    s->line = r->line_first;
    s->col = r->indent + 1;
    return true;
}

bool tt_read_strings(struct tt_reader *r, struct tt_strings **list)
{
    struct tt_slice text;

    return tt_read_texts(r, &text) && add_strings(r, list, text);
}

/* ---- patterns ------------------------------------------------------------------ */

/* A pattern up to the line's end; its fields are forgotten when it fails. */
static struct tt_node *pattern(struct tt_reader *r, bool first)
{
    unsigned nfields = rule(r)->nfields;
    struct tt_node *n = tt_read_pattern(r);

    if (n && tt_at_end(r, tt_is_op(r, ")") ? "a ) without its ( ?" : NULL) &&
        tt_check_pattern(r, n, first))
        return n;
    rule(r)->nfields = nfields;
    return NULL;
}

static bool may_match(struct tt_reader *r)
{
    if (rule(r)->match)
        return bad_word(r, "use | for alternatives, or a second rule",
                        "a rule has one 'match'");
    return !rule(r)->steps ||
           bad_word(r, "leave one of them out, or make two rules",
                    "a rule has a 'match' or steps, not both");
}

static bool st_match(struct tt_reader *r)
{
    r->local = false;
    if (!may_match(r))
        return false;
    rule(r)->match = pattern(r, true);
    return rule(r)->match != NULL;
}

static bool st_log(struct tt_reader *r)
{
    unsigned nfields = rule(r)->nfields;

    r->local = false;
    if (!may_match(r) || !tt_peek(r, 0))
        return tt_bad(r, NULL, NULL, "'log' needs a text");
    if (tt_peek(r, 0)->kind != TT_T_STR)
        return tt_bad(r, NULL, NULL, "'log' takes text in quotes");
    if (!tt_text_word(r, tt_peek(r, 0), &rule(r)->log))
        return false;
    rule(r)->match = tt_read_log(r);
    r->i++;
    if (rule(r)->match && tt_at_end(r, "one text; use match $ for more"))
        return true;
    rule(r)->nfields = nfields;
    rule(r)->match = NULL;
    return false;
}

static bool st_step(struct tt_reader *r)
{
    const struct tt_tok *name = tt_peek(r, 0);
    struct tt_step *s = tt_rd_alloc(r, sizeof(*s));
    struct tt_step **tail = &rule(r)->steps;

    if (!s)
        return false;
    if (!name || name->kind != TT_T_NAME)
        return bad_after(r, "step sync1 > A0 < 5F within 200ms",
                         "a step starts with its name");
    if (rule(r)->match)
        return bad_word(r, "leave one of them out, or make two rules",
                        "a rule has a 'match' or steps, not both");
    if (rule(r)->nsteps == TT_MAX_STEPS)
        return tt_bad_limit(r, name, "a rule may not exceed %d steps",
                            TT_MAX_STEPS);
    r->local = false;
    r->i++;
    s->line = r->line_first;
    s->pattern = pattern(r, !rule(r)->steps);
    s->name = tt_rd_dup(r, name->v);
    if (!s->pattern || !s->name)
        return false;
    while (*tail)
        tail = &(*tail)->next;
    *tail = s;
    rule(r)->nsteps++;
    return true;
}

static bool st_unless(struct tt_reader *r)
{
    if (rule(r)->unless)
        return bad_word(r, "use | for alternatives", "a rule has one 'unless'");
    r->local = true;
    rule(r)->unless = pattern(r, true);
    r->local = false;
    return rule(r)->unless != NULL;
}

static bool st_where(struct tt_reader *r)
{
    struct tt_where *w, **tail = &rule(r)->where;

    if (!rule(r)->match && !rule(r)->steps)
        return bad_word(r, NULL, "'where' comes after 'match'");
    w = tt_rd_alloc(r, sizeof(*w));
    if (!w)
        return false;
    r->local = r->in_pattern = false;
    w->expr = tt_read_expr(r);
    if (!w->expr || !tt_at_end(r, "write 'and' or 'or' between conditions"))
        return false;
    while (*tail)
        tail = &(*tail)->next;
    *tail = w;
    return true;
}

/* ---- what it says ---------------------------------------------------------------- */

static bool verdict_or_note(struct tt_reader *r)
{
    return bad_word(r, "a note only labels bytes; make it a rule of its own",
                    "a rule has a 'verdict' or a 'note', not both");
}

static bool st_verdict(struct tt_reader *r)
{
    struct tt_verdict_text *v = tt_rd_alloc(r, sizeof(*v));
    struct tt_verdict_text **tail = &rule(r)->verdict;

    if (!v)
        return false;
    if (rule(r)->note.n)
        return verdict_or_note(r);
    r->local = r->in_pattern = false;
    if (tt_is_name(tt_peek(r, 0), "when")) {
        r->i++;
        v->when = tt_read_expr(r);
        if (!v->when)
            return false;
    }
    v->line = r->line_first;
    v->col = r->indent + 1;
    if (!filled_texts(r, &v->text))
        return false;
    while (*tail)
        tail = &(*tail)->next;
    *tail = v;
    return true;
}

static bool st_note(struct tt_reader *r)
{
    const struct tt_tok *t = tt_peek(r, 0);

    if (rule(r)->verdict)
        return verdict_or_note(r);
    if (rule(r)->note.n)
        return bad_word(r, NULL, "a rule has one 'note'");
    if (t && t->kind == TT_T_STR) {
        if (!tt_read_texts(r, &rule(r)->note))
            return false;
    } else if (t && t->kind == TT_T_NAME && r->ntok == 1) {
        rule(r)->note.p = tt_rd_dup(r, t->v);
        rule(r)->note.n = rule(r)->note.p ? t->v.n : 0;
    }
    return rule(r)->note.n ||
           bad_after(r, "note ACK   or   note \"record header\"",
                     "'note' needs a label of one word, or text in quotes");
}

static bool filled_list(struct tt_reader *r, struct tt_strings **list)
{
    struct tt_slice text;

    return filled_texts(r, &text) && add_strings(r, list, text);
}

static bool st_cause(struct tt_reader *r)
{
    return filled_list(r, &rule(r)->cause);
}

static bool st_fix(struct tt_reader *r)
{
    return filled_list(r, &rule(r)->fix);
}

static bool st_next(struct tt_reader *r)
{
    return filled_list(r, &rule(r)->next_look);
}

static bool st_ref(struct tt_reader *r)
{
    return tt_read_strings(r, &rule(r)->ref);
}

static bool st_title(struct tt_reader *r)
{
    return tt_read_texts(r, &rule(r)->title);
}

static bool st_author(struct tt_reader *r)
{
    return tt_read_texts(r, &rule(r)->author);
}

static bool st_basis(struct tt_reader *r)
{
    return tt_read_basis(r, &rule(r)->basis);
}

/* ---- times and words ---------------------------------------------------------------- */

static bool one_time(struct tt_reader *r, struct tt_dur *out)
{
    if (r->ntok == 1 && r->tok[0].kind == TT_T_DUR)
        return tt_dur_word(r, &r->tok[0], out);
    (void)tt_bad_at(r, r->line_first, r->indent + (unsigned)r->word.n + 2, 1,
                    NULL, "'%s' takes one time", tt_quote(r, r->word));
    tt_hint(r, "%s 50ms", tt_quote(r, r->word));
    return false;
}

static bool st_gap(struct tt_reader *r)
{
    rule(r)->has_gap = one_time(r, &rule(r)->gap);
    return rule(r)->has_gap;
}

static bool st_timeout(struct tt_reader *r)
{
    rule(r)->has_timeout = one_time(r, &rule(r)->timeout);
    return rule(r)->has_timeout;
}

static bool st_expires(struct tt_reader *r)
{
    struct tt_dur d;

    if (!one_time(r, &d))
        return false;
    rule(r)->expires_ns = tt_dur_ns(d);
    return rule(r)->expires_ns ||
           tt_bad(r, &r->tok[0], "leave the statement out instead",
                  "a claim that expires at once says nothing");
}

/* The line's only word, one of list; -1 after a complaint. */
static int one_of(struct tt_reader *r, const struct tt_words *list,
                  const char *what)
{
    const struct tt_tok *t = tt_peek(r, 0);
    int i = t ? tt_word_find(list, t->v) : -1;

    if (i >= 0) {
        r->i++;
        return tt_at_end(r, NULL) ? i : -1;
    }
    (void)tt_bad(r, t, NULL, "'%s' is no %s", t ? tt_quote(r, t->v) : "", what);
    tt_hint(r, "one of: ");
    tt_hint_words(r, list);
    return -1;
}

static bool st_severity(struct tt_reader *r)
{
    int i = one_of(r, &tt_severity_words, "severity");

    rule(r)->has_severity = i >= 0;
    rule(r)->severity = i >= 0 ? (enum tt_severity)i : TT_INFO;
    return i >= 0;
}

static bool st_side(struct tt_reader *r)
{
    int i = one_of(r, &tt_side_words, "side");

    rule(r)->side = (enum tt_side)(i + 1);
    return i >= 0;
}

static bool st_claim(struct tt_reader *r)
{
    struct tt_rule *x = rule(r);

    if (r->ntok != 3 || !tt_tok_is(&r->tok[1], "=") ||
        r->tok[0].kind != TT_T_NAME || r->tok[2].kind != TT_T_NAME)
        return bad_after(r, "claim target.bootloader = stm32",
                         "a claim is  subject = value");
    x->subject = tt_rd_dup(r, r->tok[0].v);
    x->value = tt_rd_dup(r, r->tok[2].v);
    return x->subject && x->value;
}

/* One dotted name, added to list. */
static bool add_name(struct tt_reader *r, struct tt_names **list,
                     const char *hint, const char *what)
{
    const struct tt_tok *t = tt_peek(r, 0);
    struct tt_names *n;

    if (r->ntok != 1 || t->kind != TT_T_NAME)
        return bad_after(r, hint, what);
    n = tt_rd_alloc(r, sizeof(*n));
    while (*list)
        list = &(*list)->next;
    *list = n;
    if (!n)
        return false;
    n->name = tt_rd_dup(r, t->v);
    n->line = t->line;
    n->col = t->col;
    n->width = (unsigned)t->v.n;
    return n->name != NULL;
}

static bool st_refines(struct tt_reader *r)
{
    return add_name(r, &rule(r)->refines, "refines stm32.boot.answers",
                    "'refines' takes the name of one rule");
}

static bool st_tag(struct tt_reader *r)
{
    return add_name(r, &rule(r)->tag, "tag stm32", "'tag' takes one word");
}

static bool st_until(struct tt_reader *r)
{
    struct tt_rule *x = rule(r);

    if (!r->ntok)
        return bad_after(r, "until [baud]", "'until' takes line events");
    for (; r->i < r->ntok; r->i++) {
        const struct tt_tok *t = tt_peek(r, 0);

        if (t->kind != TT_T_EVENT)
            return tt_bad(r, t, "until [baud]", "'until' takes line events");
        if (x->nuntil == TT_MAX_UNTIL)
            return tt_bad_limit(r, t, "a rule may not exceed %d 'until' events",
                                TT_MAX_UNTIL);
        if (!tt_event_word(r, t, false, &x->until[x->nuntil]))
            return false;
        x->nuntil++;
    }
    return true;
}

static bool st_cap(struct tt_reader *r)
{
    const struct tt_tok *t = tt_peek(r, 0);
    uint64_t v;

    if (r->ntok != 1 || t->kind == TT_T_NUM || !tt_all_digits(t->v))
        return bad_after(r, "cap 20", "'cap' takes a number of bits");
    v = tt_decimal(t->v);
    rule(r)->cap = v <= 60 ? (int)v : 60;
    return v <= 60 || tt_bad_limit(r, t, "a cap may not exceed 60 bits");
}

/* ---- examples ------------------------------------------------------------------ */

static bool example(struct tt_reader *r, bool yes)
{
    struct tt_example *ex = tt_read_example(r, yes);
    struct tt_example **tail = &rule(r)->examples;

    while (*tail)
        tail = &(*tail)->next;
    *tail = ex;
    return ex != NULL;
}

static bool st_yes(struct tt_reader *r)
{
    return example(r, true);
}

static bool st_no(struct tt_reader *r)
{
    return example(r, false);
}

const struct tt_statement *tt_statement_find(struct tt_slice word)
{
    static const struct tt_statement all[] = {{"title", st_title, false},
                                              {"match", st_match, false},
                                              {"log", st_log, false},
                                              {"step", st_step, false},
                                              {"unless", st_unless, false},
                                              {"where", st_where, false},
                                              {"gap", st_gap, false},
                                              {"timeout", st_timeout, false},
                                              {"verdict", st_verdict, false},
                                              {"note", st_note, true},
                                              {"cause", st_cause, false},
                                              {"fix", st_fix, false},
                                              {"next", st_next, false},
                                              {"ref", st_ref, false},
                                              {"severity", st_severity, false},
                                              {"side", st_side, false},
                                              {"claim", st_claim, true},
                                              {"refines", st_refines, true},
                                              {"expires", st_expires, false},
                                              {"until", st_until, true},
                                              {"cap", st_cap, false},
                                              {"tag", st_tag, true},
                                              {"author", st_author, false},
                                              {"probe", tt_read_probe, false},
                                              {"basis", st_basis, false},
                                              {"yes", st_yes, false},
                                              {"no", st_no, false}};

    for (size_t i = 0; i < TT_LEN(all); i++)
        if (tt_slice_is(word, all[i].word))
            return &all[i];
    return NULL;
}
