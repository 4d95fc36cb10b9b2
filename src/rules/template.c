/*
 * {templates} in texts: finding and checking them, and the log statement,
 * which is a template read backwards.
 */
#include "rules/read.h"

#include <string.h>

/* Length of [^{}:]+ (stop at ':') or [^{}]+ at i. */
static size_t run_of(struct tt_slice s, size_t i, bool stop_at_colon)
{
    size_t k = i;

    while (k < s.n && s.p[k] != '{' && s.p[k] != '}' &&
           !(stop_at_colon && s.p[k] == ':'))
        k++;
    return k - i;
}

bool tt_template_next(struct tt_slice text, size_t *pos, size_t *start,
                      struct tt_slice *name, struct tt_slice *form)
{
    for (size_t i = *pos; i < text.n; i++) {
        size_t n, m = 0, end;

        if (text.p[i] != '{')
            continue;
        n = run_of(text, i + 1, true);
        end = i + 1 + n;
        if (n && end < text.n && text.p[end] == ':') {
            m = run_of(text, end + 1, false);
            end += m ? 1 + m : 0;
        }
        if (!n || end >= text.n || text.p[end] != '}')
            continue;
        *start = i;
        *pos = end + 1;
        *name = (struct tt_slice){text.p + i + 1, n};
        *form = (struct tt_slice){text.p + end - m, m};
        return true;
    }
    return false;
}

/* Complain about width bytes at offset k of the text that words from.. spell;
 * what and the word in quotes are the sentence. */
static bool bad_in_text(struct tt_reader *r, size_t from, size_t k,
                        size_t width, const char *what, struct tt_slice word)
{
    const struct tt_tok *t = &r->tok[from];
    uint16_t where[TT_MAX_LINE];
    char text[TT_MAX_LINE];
    size_t at = 0, bad_at;

    for (size_t i = from; i < r->ntok && r->tok[i].kind == TT_T_STR; i++) {
        size_t n = tt_unescape(r->tok[i].v, text, where, &bad_at);

        t = &r->tok[i];
        if (n != SIZE_MAX && k < n) {
            at = where[k];
            break;
        }
        k -= n == SIZE_MAX ? 0 : n;
    }
    (void)tt_bad_at(r, t->line, t->col + (unsigned)at, (unsigned)width, NULL,
                    "%s '%s'", what, tt_quote(r, word));
    return false;
}

static void hint_tables(struct tt_reader *r)
{
    unsigned n = 0;

    for (const struct tt_table *t = r->set->tables; t; t = t->next) {
        if (++n > 24) {
            tt_hint(r, " ...");
            return;
        }
        tt_hint(r, "%s%s", n > 1 ? " " : "", t->name);
    }
}

bool tt_check_template(struct tt_reader *r, struct tt_slice text, size_t from)
{
    const char *words[TT_MAX_FIELDS + TT_BUILTINS], *near;
    struct tt_words known = tt_field_words(r, words, true);
    const struct tt_rule *x = r->draft->rule;
    struct tt_slice name, form;
    size_t pos = 0, start;

    while (tt_template_next(text, &pos, &start, &name, &form)) {
        if (tt_word_find(&known, name) < 0) {
            near = x->match || x->steps ? tt_word_near(name, &known) : NULL;
            (void)bad_in_text(r, from, start, pos - start, "no field is called",
                              name);
            if (near)
                tt_hint(r, "did you mean {%s}?", near);
            return false;
        }
        if (form.n && tt_word_find(&tt_format_words, form) < 0 &&
            !tt_table_find(r->set, form)) {
            (void)bad_in_text(r, from, (size_t)(form.p - text.p), form.n,
                              "no table or format is called", form);
            tt_hint(r, "formats: hex dec char text; tables: ");
            hint_tables(r);
            return false;
        }
    }
    return true;
}

/* ---- log ---------------------------------------------------------------------- */

struct log {
    struct tt_reader *r;
    const struct tt_tok *t; /* the first text word */
    struct tt_node *seq, *last;
    bool nocase;
};

static bool append(struct log *l, struct tt_node *n)
{
    if (!n)
        return false;
    l->last->next = n;
    l->last = n;
    return true;
}

static bool log_text(struct log *l, struct tt_slice text)
{
    struct tt_node *n;

    if (!text.n)
        return true;
    n = tt_node_new(l->r, l->t, TT_N_TEXT);
    if (n) {
        n->text = text;
        n->nocase = l->nocase;
    }
    return append(l, n);
}

/* The forms that are so many bytes of a class, by form word. */
static const struct {
    const char *class, *others;
    uint32_t hi;
} forms[] = {
    {"hex", "!hex", 8}, {"digit", "!digit", 10}, {"graph", "!graph", 32}};

/* What {name:form} stands for. */
static struct tt_node *form_node(struct log *l, struct tt_slice form)
{
    int i = tt_word_find(&tt_form_words, form);
    struct tt_node *set, *rep;

    if (i < 0)
        return NULL;
    if ((size_t)i >= TT_LEN(forms))
        return tt_node_new(l->r, l->t, TT_N_LINE);
    set = tt_node_new(l->r, l->t, TT_N_SET);
    rep = tt_node_new(l->r, l->t, TT_N_REP);
    if (!set || !rep)
        return NULL;
    set->written = tt_slice_of(forms[i].class);
    (void)tt_class_set(set->written, &set->set);
    rep->kids = set;
    rep->lo = 1;
    rep->hi = forms[i].hi;
    return rep;
}

/*
 * What must follow a form that the text ends with, so that all of it is taken
 * and not only its first digit: (!hex | end).
 */
static bool log_end(struct log *l, struct tt_slice form)
{
    int i = tt_word_find(&tt_form_words, form);
    struct tt_node *group, *alt, *other, *end, *set, *last;

    if ((size_t)i >= TT_LEN(forms))
        return true;
    group = tt_node_new(l->r, l->t, TT_N_GROUP);
    alt = tt_node_new(l->r, l->t, TT_N_ALT);
    other = tt_node_new(l->r, l->t, TT_N_SEQ);
    set = tt_node_new(l->r, l->t, TT_N_SET);
    end = tt_node_new(l->r, l->t, TT_N_SEQ);
    last = tt_node_new(l->r, l->t, TT_N_END);
    if (!group || !alt || !other || !set || !end || !last)
        return false;
    (void)tt_class_set(tt_slice_of(forms[i].class), &set->set);
    for (int k = 0; k < 4; k++)
        set->set.w[k] = ~set->set.w[k];
    set->written = tt_slice_of(forms[i].others);
    group->kids = alt;
    alt->kids = other;
    other->kids = set;
    other->next = end;
    end->kids = last;
    return append(l, group);
}

static bool is_name(struct tt_slice s)
{
    struct tt_tok t;
    struct tt_lex_error e;
    size_t n;

    return tt_lex(s, 1, 1, false, &t, 1, &n, &e) && n == 1 && t.v.n == s.n &&
           (t.kind == TT_T_NAME || t.kind == TT_T_HEX);
}

static bool log_field(struct log *l, size_t start, struct tt_slice name,
                      struct tt_slice form)
{
    struct tt_reader *r = l->r;
    struct tt_tok t = *l->t;
    struct tt_node *field, *kid;
    size_t n;
    struct tt_lex_error e;

    if (!is_name(name))
        return bad_in_text(r, r->i, start + 1, name.n, "no field can be called",
                           name);
    if (!form.n || tt_word_find(&tt_form_words, form) < 0) {
        (void)bad_in_text(r, r->i, start, name.n + 2,
                          form.n ? "no form of a log field is called"
                                 : "no form is given for the log field",
                          form.n ? form : name);
        tt_hint(r, "forms: {%s:hex} {%s:dec} {%s:word} {%s:line}",
                tt_quote(r, name), tt_quote(r, name), tt_quote(r, name),
                tt_quote(r, name));
        return false;
    }
    (void)tt_lex(name, 1, 1, false, &t, 1, &n, &e);
    t.line = l->t->line;
    t.col = l->t->col + (unsigned)(start + 2);
    if (!tt_field_name_ok(r, &t))
        return false;
    kid = form_node(l, form);
    field = kid ? tt_node_new(r, &t, TT_N_FIELD) : NULL;
    if (!field)
        return false;
    field->kids = kid;
    field->field = tt_field_add(r, &t, field);
    return field->field >= 0 && append(l, field);
}

struct tt_node *tt_read_log(struct tt_reader *r)
{
    struct log l = {.r = r, .t = tt_peek(r, 0)};
    struct tt_slice text = r->draft->rule->log, name, form;
    size_t pos = 0, from = 0, start;

    r->lane = TT_LANE_TOOL;
    r->nodes = r->depth = 0;
    l.nocase = l.t->v.p[l.t->v.n - 1] == 'i';
    l.seq = tt_node_new(r, l.t, TT_N_SEQ);
    l.last = tt_node_new(r, l.t, TT_N_HOP);
    if (!l.seq || !l.last)
        return NULL;
    l.seq->kids = l.last;
    while (tt_template_next(text, &pos, &start, &name, &form)) {
        if (!log_text(&l, (struct tt_slice){text.p + from, start - from}) ||
            !log_field(&l, start, name, form))
            return NULL;
        from = pos;
    }
    if (!log_text(&l, (struct tt_slice){text.p + from, text.n - from}))
        return NULL;
    if (from && from == text.n && !log_end(&l, form))
        return NULL;
    if (!l.seq->kids->next) {
        (void)tt_bad(r, l.t, NULL, "empty text matches everywhere");
        return NULL;
    }
    return l.seq;
}
