/*
 * What stands at the left edge of a rule file: rule, table, protocol.
 */
#include "rules/read.h"

#include <string.h>

static struct tt_draft *draft_new(struct tt_reader *r)
{
    struct tt_draft *d = tt_arena_alloc(&r->scratch, sizeof(*d));
    struct tt_draft **tail = &r->drafts;

    if (!d) {
        (void)tt_bad_memory(r);
        return NULL;
    }
    d->rule = tt_rd_alloc(r, sizeof(*d->rule));
    if (!d->rule)
        return NULL;
    d->rule->name = "";
    d->rule->file = r->file;
    d->rule->origin = r->origin;
    d->rule->line = r->line_first;
    d->rule->protocol = r->protocol;
    d->rule->gap.ns = d->rule->timeout.ns = TT_NS_PER_S;
    d->rule->cap = -1;
    if (r->draft)
        tail = &r->draft->next;
    *tail = r->draft = d;
    return d;
}

/* Complain that name is taken; hint says what to do. */
static bool taken(struct tt_reader *r, const struct tt_tok *name,
                  const char *kind, const char *file, unsigned line,
                  const char *hint)
{
    bool here = file == r->file;

    return tt_bad(r, name, hint, "the %s '%s' exists already (%s%sline %u)",
                  kind, tt_quote(r, name->v), here ? "" : file,
                  here ? "" : ", ", line);
}

/* Complain when a rule called so exists and may not be replaced. */
static bool name_free(struct tt_reader *r, const struct tt_tok *name)
{
    const struct tt_rule *old = NULL;

    for (struct tt_draft *d = r->drafts; d; d = d->next)
        if (!d->nameless && tt_slice_is(name->v, d->rule->name))
            old = d->rule;
    if (!old)
        old = *tt_rule_named(r->set, name->v);
    if (old && old->origin != r->origin && strcmp(old->origin, r->origin) != 0)
        old = NULL;
    if (!old)
        return true;
    (void)taken(r, name, "rule", old->file, old->line,
                "give it another name, or use  refines ");
    tt_hint(r, "%s", old->name);
    return false;
}

static bool name_short(struct tt_reader *r, const struct tt_tok *name)
{
    if (name->v.n <= TT_MAX_NAME)
        return true;
    return tt_bad_limit(r, name, "a name may not exceed %d letters",
                        TT_MAX_NAME);
}

static bool read_rule(struct tt_reader *r)
{
    struct tt_draft *d = draft_new(r);
    const struct tt_tok *name = &r->tok[1];

    r->mode = TT_READ_RULE;
    if (!d)
        return false;
    d->nameless = true;
    if (!tt_lex_line(r, 0, true))
        return false;
    if (r->ntok != 2 || name->kind != TT_T_NAME)
        return tt_bad_at(r, r->line_first, r->line.n > 5 ? 6 : 5,
                         r->line.n > 5 ? (unsigned)r->line.n - 5 : 1,
                         "rule family.subject.what   (letters, digits, dots, "
                         "dashes)",
                         "a rule needs one name");
    if (!name_short(r, name) || !name_free(r, name))
        return false;
    if (r->set->nrules >= TT_MAX_RULES)
        return tt_bad_limit(r, name, "a rule set may not exceed %d rules",
                            TT_MAX_RULES);
    d->rule->name = tt_rd_dup(r, name->v);
    if (!d->rule->name)
        return false;
    d->name_col = name->col;
    d->nameless = false;
    r->set->nrules++;
    return true;
}

static bool table_name_ok(struct tt_reader *r, const struct tt_tok *name)
{
    if (r->ntok != 2 || name->kind != TT_T_NAME)
        return tt_bad_at(r, r->line_first, r->line.n > 6 ? 7 : 6, 1,
                         "table tls_alert   (a letter, then letters, digits, "
                         "_)",
                         "a table needs one name");
    if (tt_word_reserved(name->v) ||
        tt_word_find(&tt_format_words, name->v) >= 0)
        return tt_bad(r, name, NULL,
                      "'%s' is a word of the language and cannot name a table",
                      tt_quote(r, name->v));
    return name_short(r, name);
}

/* A new table at the end of the list, or NULL after a complaint. */
static struct tt_table *table_new(struct tt_reader *r,
                                  const struct tt_tok *name)
{
    struct tt_table *t, **tail = &r->set->tables;
    size_t n = 0;

    for (; *tail; tail = &(*tail)->next)
        n++;
    if (n >= TT_MAX_TABLES) {
        (void)tt_bad_limit(r, name, "a rule set may not exceed %d tables",
                           TT_MAX_TABLES);
        return NULL;
    }
    t = tt_rd_alloc(r, sizeof(*t));
    if (!t || !(t->name = tt_rd_dup(r, name->v)))
        return NULL;
    *tail = t;
    return t;
}

static bool read_table(struct tt_reader *r)
{
    const struct tt_tok *name = &r->tok[1];
    struct tt_table *t;

    r->mode = TT_READ_SKIP;
    if (!tt_lex_line(r, 0, false) || !table_name_ok(r, name))
        return false;
    t = tt_table_find(r->set, name->v);
    if (t && strcmp(t->origin, r->origin) == 0)
        return taken(r, name, "table", t->file, t->line,
                     "give it another name");
    if (!t)
        t = table_new(r, name);
    if (!t)
        return false;
    t->file = r->file;
    t->origin = r->origin;
    t->line = r->line_first;
    t->entries = NULL;
    t->nentries = 0;
    r->table = t;
    r->mode = TT_READ_TABLE;
    return true;
}

/* protocol NAME, without a title: more of one that exists. */
static bool reopen(struct tt_reader *r, struct tt_protocol *p,
                   const struct tt_tok *name)
{
    if (!p)
        return tt_bad(r, name, "protocol stm32 \"STM32 boot loader\"",
                      "no protocol is called '%s' yet, so it needs a title",
                      tt_quote(r, name->v));
    r->protocol = p;
    r->mode = TT_READ_PROTOCOL;
    return true;
}

/* A new protocol, or one of another origin to be written anew. */
static bool open_protocol(struct tt_reader *r, struct tt_protocol *p,
                          const struct tt_tok *name, struct tt_slice title)
{
    if (!p) {
        p = tt_rd_alloc(r, sizeof(*p));
        if (!p || !(p->name = tt_rd_dup(r, name->v)))
            return false;
        *r->set->protocols_tail = p;
        r->set->protocols_tail = &p->next;
    }
    p->title = title;
    p->file = r->file;
    p->origin = r->origin;
    p->line = r->line_first;
    p->settings = p->refs = p->about = NULL;
    p->basis = (struct tt_basis){TT_BASIS_NONE, {NULL, 0}};
    r->protocol = p;
    r->mode = TT_READ_PROTOCOL;
    return true;
}

static bool read_protocol(struct tt_reader *r)
{
    const struct tt_tok *name = &r->tok[1];
    struct tt_protocol *p;
    struct tt_slice title;

    r->mode = TT_READ_SKIP;
    r->protocol = NULL;
    if (!tt_lex_line(r, 0, true))
        return false;
    if (r->ntok < 2 || name->kind != TT_T_NAME ||
        (r->ntok > 2 && r->tok[2].kind != TT_T_STR))
        return tt_bad_at(r, r->line_first, r->line.n > 9 ? 10 : 9, 1,
                         "protocol stm32 \"STM32 system boot loader\"",
                         "a protocol needs a name and a title");
    if (!name_short(r, name))
        return false;
    p = tt_protocol_find(r->set, name->v);
    if (r->ntok == 2)
        return reopen(r, p, name);
    r->i = 3;
    if (!tt_text_word(r, &r->tok[2], &title) || !tt_at_end(r, NULL))
        return false;
    if (p && strcmp(p->origin, r->origin) == 0)
        return taken(r, name, "protocol", p->file, p->line,
                     "to add rules to it write the name without a title");
    return open_protocol(r, p, name, title);
}

bool tt_left_edge(struct tt_reader *r)
{
    const char *near;

    if (tt_slice_is(r->word, "rule"))
        return read_rule(r);
    if (tt_slice_is(r->word, "table"))
        return read_table(r);
    if (tt_slice_is(r->word, "protocol"))
        return read_protocol(r);
    (void)tt_bad_at(r, r->line_first, 1, (unsigned)r->word.n, NULL,
                    "'%s' cannot start a line here", tt_quote(r, r->word));
    if (tt_word_find(&tt_statement_words, r->word) >= 0) {
        tt_hint(r, "indent it: it belongs to a rule");
        return false;
    }
    r->mode = TT_READ_SKIP;
    near = tt_word_near(r->word, &tt_edge_words);
    if (!near)
        near = tt_word_near(r->word, &tt_statement_words);
    if (near)
        tt_hint(r, "did you mean '%s'?", near);
    else
        tt_hint(r, "a line at the left edge starts with 'rule', 'table' or "
                   "'protocol'");
    return false;
}
