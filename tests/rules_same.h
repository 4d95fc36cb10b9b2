/*
 * rules_same - are two rule sets the same but for line numbers and order?
 *
 * Included by the unit tests of the printer and by the fuzz target.
 */
#ifndef TT_TESTS_RULES_SAME_H
#define TT_TESTS_RULES_SAME_H

#include "rules/rules.h"

#include <string.h>

static bool same_slice(struct tt_slice a, struct tt_slice b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool same_dur(struct tt_dur a, struct tt_dur b)
{
    return a.ns == b.ns && a.milli_ch == b.milli_ch;
}

static bool same_expr(const struct tt_expr *a, const struct tt_expr *b)
{
    const struct tt_arg *x, *y;

    if (!a || !b)
        return a == b;
    if (a->kind != b->kind || a->num != b->num || a->is_time != b->is_time ||
        a->is_hex != b->is_hex || !same_slice(a->str, b->str) ||
        a->field != b->field || a->builtin != b->builtin || a->op != b->op ||
        a->fn != b->fn || !a->table != !b->table ||
        (a->table && strcmp(a->table->name, b->table->name) != 0))
        return false;
    for (x = a->args, y = b->args; x && y; x = x->next, y = y->next)
        if (x->from != y->from || x->to != y->to ||
            !same_expr(x->expr, y->expr))
            return false;
    return !x && !y && same_expr(a->a, b->a) && same_expr(a->b, b->b);
}

static bool same_node(const struct tt_node *a, const struct tt_node *b)
{
    const struct tt_node *x, *y;

    if (!a || !b)
        return a == b;
    if (a->kind != b->kind || a->lane != b->lane ||
        memcmp(&a->set, &b->set, sizeof(a->set)) != 0 ||
        !same_slice(a->text, b->text) || !same_slice(a->written, b->written) ||
        a->nocase != b->nocase || a->has_dur != b->has_dur ||
        !same_dur(a->dur, b->dur) || a->lo != b->lo || a->hi != b->hi ||
        a->type.size != b->type.size || a->type.big != b->type.big ||
        a->type.is_signed != b->type.is_signed || a->field != b->field ||
        a->event != b->event || a->sensor != b->sensor ||
        !same_expr(a->from, b->from) || !same_expr(a->to, b->to))
        return false;
    for (x = a->kids, y = b->kids; x && y; x = x->next, y = y->next)
        if (!same_node(x, y))
            return false;
    return !x && !y;
}

static bool same_strings(const struct tt_strings *a, const struct tt_strings *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!same_slice(a->text, b->text))
            return false;
    return !a && !b;
}

static bool same_names(const struct tt_names *a, const struct tt_names *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (strcmp(a->name, b->name) != 0)
            return false;
    return !a && !b;
}

static bool same_record(const struct tt_record *a, const struct tt_record *b)
{
    return a->t_ns == b->t_ns && a->len == b->len && a->lane == b->lane &&
           a->event == b->event && a->baud == b->baud && a->count == b->count &&
           memcmp(a->mode, b->mode, 4) == 0 &&
           (!a->len || memcmp(a->bytes, b->bytes, a->len) == 0);
}

static bool same_examples(const struct tt_example *a,
                          const struct tt_example *b)
{
    for (; a && b; a = a->next, b = b->next) {
        if (a->yes != b->yes || a->nrecords != b->nrecords ||
            a->end_ns != b->end_ns || !same_expr(a->expect, b->expect))
            return false;
        for (size_t i = 0; i < a->nrecords; i++)
            if (!same_record(&a->records[i], &b->records[i]))
                return false;
    }
    return !a && !b;
}

static bool same_steps(const struct tt_rule *a, const struct tt_rule *b)
{
    const struct tt_step *x = a->steps, *y = b->steps;

    for (; x && y; x = x->next, y = y->next)
        if (strcmp(x->name, y->name) != 0 || x->bits != y->bits ||
            !same_node(x->pattern, y->pattern))
            return false;
    return !x && !y && a->nsteps == b->nsteps;
}

static bool same_fields(const struct tt_rule *a, const struct tt_rule *b)
{
    for (unsigned i = 0; i < a->nfields && i < b->nfields; i++)
        if (strcmp(a->field[i].name, b->field[i].name) != 0 ||
            a->field[i].is_num != b->field[i].is_num ||
            a->field[i].local != b->field[i].local)
            return false;
    return a->nfields == b->nfields;
}

static bool same_says(const struct tt_rule *a, const struct tt_rule *b)
{
    const struct tt_verdict_text *x = a->verdict, *y = b->verdict;
    const struct tt_where *v = a->where, *w = b->where;
    const struct tt_probe *p = a->probe, *q = b->probe;

    for (; x && y; x = x->next, y = y->next)
        if (!same_slice(x->text, y->text) || !same_expr(x->when, y->when))
            return false;
    for (; v && w; v = v->next, w = w->next)
        if (!same_expr(v->expr, w->expr))
            return false;
    for (; p && q; p = p->next, q = q->next)
        if (!same_slice(p->bytes, q->bytes) || p->safe != q->safe ||
            !same_slice(p->how, q->how))
            return false;
    return !x && !y && !v && !w && !p && !q && same_slice(a->note, b->note) &&
           same_strings(a->cause, b->cause) && same_strings(a->fix, b->fix) &&
           same_strings(a->ref, b->ref) &&
           same_strings(a->next_look, b->next_look) &&
           same_slice(a->title, b->title) && same_slice(a->author, b->author);
}

static bool same_rule(const struct tt_rule *a, const struct tt_rule *b)
{
    return same_node(a->match, b->match) && same_node(a->unless, b->unless) &&
           same_slice(a->log, b->log) && same_steps(a, b) &&
           same_fields(a, b) && same_says(a, b) && same_dur(a->gap, b->gap) &&
           same_dur(a->timeout, b->timeout) && a->expires_ns == b->expires_ns &&
           a->severity == b->severity && a->has_severity == b->has_severity &&
           a->side == b->side && same_text(a->subject, b->subject) &&
           same_text(a->value, b->value) &&
           same_names(a->refines, b->refines) && same_names(a->tag, b->tag) &&
           a->nuntil == b->nuntil &&
           memcmp(a->until, b->until, sizeof(a->until)) == 0 &&
           a->cap == b->cap && same_examples(a->examples, b->examples) &&
           same_text(a->protocol ? a->protocol->name : NULL,
                     b->protocol ? b->protocol->name : NULL) &&
           a->bits_pattern == b->bits_pattern &&
           a->bits_check == b->bits_check && a->unit == b->unit &&
           a->view == b->view;
}

static bool same_tables(const struct tt_table *a, const struct tt_table *b)
{
    for (; a && b; a = a->next, b = b->next) {
        const struct tt_entry *x = a->entries, *y = b->entries;

        for (; x && y; x = x->next, y = y->next)
            if (x->num != y->num || x->is_hex != y->is_hex ||
                !same_slice(x->text, y->text))
                return false;
        if (x || y || strcmp(a->name, b->name) != 0)
            return false;
    }
    return !a && !b;
}

static bool same_protocols(const struct tt_protocol *a,
                           const struct tt_protocol *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (strcmp(a->name, b->name) != 0 || !same_slice(a->title, b->title) ||
            !same_strings(a->settings, b->settings) ||
            !same_strings(a->refs, b->refs) ||
            !same_strings(a->about, b->about))
            return false;
    return !a && !b;
}

/* The name of the first thing that differs, or NULL. */
static const char *rules_differ(const struct tt_rules *a,
                                const struct tt_rules *b)
{
    if (a->nrules != b->nrules)
        return "number of rules";
    if (!same_tables(a->tables, b->tables))
        return "tables";
    if (!same_protocols(a->protocols, b->protocols))
        return "protocols";
    for (const struct tt_rule *r = a->rules; r; r = r->next) {
        const struct tt_rule *s = tt_rules_find(b, r->name);

        if (!s || !same_rule(r, s))
            return r->name;
    }
    return NULL;
}

#endif
