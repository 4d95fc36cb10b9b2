/*
 * The file reader: logical lines, what stands at the left edge, and what a
 * rule must have at its end.
 */
#include "rules/read.h"

#include <stdlib.h>
#include <string.h>

struct tt_rules *tt_rules_new(void)
{
    struct tt_rules *set = calloc(1, sizeof(*set));

    if (!set)
        return NULL;
    tt_arena_init(&set->arena, TT_RULES_ARENA);
    set->rules_tail = &set->rules;
    set->protocols_tail = &set->protocols;
    return set;
}

void tt_rules_free(struct tt_rules *set)
{
    if (!set)
        return;
    tt_arena_clear(&set->arena);
    free(set);
}

const struct tt_rule *tt_rules_find(const struct tt_rules *set,
                                    const char *name)
{
    for (const struct tt_rule *r = set->rules; r; r = r->next)
        if (strcmp(r->name, name) == 0)
            return r;
    return NULL;
}

struct tt_table *tt_table_find(const struct tt_rules *set, struct tt_slice name)
{
    for (struct tt_table *t = set->tables; t; t = t->next)
        if (tt_slice_is(name, t->name))
            return t;
    return NULL;
}

struct tt_protocol *tt_protocol_find(const struct tt_rules *set,
                                     struct tt_slice name)
{
    for (struct tt_protocol *p = set->protocols; p; p = p->next)
        if (tt_slice_is(name, p->name))
            return p;
    return NULL;
}

void *tt_rd_alloc(struct tt_reader *r, size_t n)
{
    void *p = tt_arena_alloc(&r->set->arena, n);

    if (!p)
        (void)tt_bad_memory(r);
    return p;
}

const char *tt_rd_dup(struct tt_reader *r, struct tt_slice s)
{
    const char *p = tt_arena_dup(&r->set->arena, s);

    if (!p)
        (void)tt_bad_memory(r);
    return p;
}

/* ---- lines --------------------------------------------------------------- */

static bool is_eol(char c)
{
    return c == '\n' || c == '\r';
}

/* The next logical line: physical lines joined where one ends in '\'. */
static bool next_line(struct tt_reader *r)
{
    size_t start = r->pos, from = r->pos, end = r->pos;

    if (r->pos >= r->text.n)
        return false;
    r->line_first = r->lineno;
    for (;;) {
        bool more;

        while (end < r->text.n && !is_eol(r->text.p[end]))
            end++;
        r->line_last = r->lineno;
        more = end < r->text.n;
        r->pos = end + more;
        if (more && r->text.p[end] == '\r' && r->pos < r->text.n &&
            r->text.p[r->pos] == '\n')
            r->pos++;
        r->lineno += more;
        if (!more || end == from || r->text.p[end - 1] != '\\')
            break;
        from = end = r->pos;
    }
    r->line = (struct tt_slice){r->text.p + start, end - start};
    r->end_col = (unsigned)(end - from) + 1;
    return true;
}

/* Find the first word; false for an empty line or a comment. */
static bool first_word(struct tt_reader *r)
{
    struct tt_slice s = r->line;
    size_t i = 0, k;

    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
        i++;
    if (i == s.n || s.p[i] == '#')
        return false;
    for (k = i; k < s.n && s.p[k] != ' ' && s.p[k] != '\t' && !is_eol(s.p[k]);)
        k++;
    r->indent = (unsigned)i;
    r->word = (struct tt_slice){s.p + i, k - i};
    return true;
}

/* Cut what follows the first skip bytes of the line into words. */
static bool lex_line(struct tt_reader *r, size_t skip, bool dotted)
{
    struct tt_slice rest = {r->line.p + skip, r->line.n - skip};
    struct tt_lex_error e;
    const char *quote = "'";
    char ch[8] = {0};
    static const char hex[] = "0123456789abcdef";

    r->i = 0;
    if (tt_lex(rest, r->line_first, (unsigned)skip + 1, dotted, r->tok,
               r->max_tok, &r->ntok, &e))
        return true;
    if (e.open_text)
        return tt_bad_at(r, e.line, e.col, e.width,
                         "add the closing \" ; write \\\" for a quote inside "
                         "the text",
                         "text is not closed");
    ch[0] = e.ch;
    if (e.ch == '\'')
        quote = "\"";
    if (e.ch == '\\')
        ch[1] = '\\';
    if ((unsigned char)e.ch < 0x20 || (unsigned char)e.ch > 0x7e)
        memcpy(ch,
               (char[]){'\\', 'x', hex[(unsigned char)e.ch >> 4],
                        hex[(unsigned char)e.ch & 15], 0},
               5);
    return tt_bad_at(r, e.line, e.col, 1,
                     "bytes are two hex digits (7F), text stands in "
                     "\"quotes\"",
                     "I do not understand %s%s%s here", quote, ch, quote);
}

/* ---- what stands at the left edge ------------------------------------------ */

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

/* Complain when a rule called so exists and may not be replaced. */
static bool name_free(struct tt_reader *r, const struct tt_tok *name)
{
    const struct tt_rule *old = NULL;

    for (struct tt_draft *d = r->drafts; d; d = d->next)
        if (!d->nameless && tt_slice_is(name->v, d->rule->name))
            old = d->rule;
    for (struct tt_rule *x = r->set->rules; x && !old; x = x->next)
        if (tt_slice_is(name->v, x->name) && strcmp(x->origin, r->origin) == 0)
            old = x;
    if (!old)
        return true;
    (void)tt_bad(r, name, "give it another name, or use  refines ",
                 "the rule '%s' exists already (%s%sline %u)", old->name,
                 old->file == r->file ? "" : old->file,
                 old->file == r->file ? "" : ", ", old->line);
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
    if (!lex_line(r, 0, true))
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

static bool read_table(struct tt_reader *r)
{
    const struct tt_tok *name = &r->tok[1];
    struct tt_table *t, **tail = &r->set->tables;
    size_t n = 0;

    r->mode = TT_READ_SKIP;
    if (!lex_line(r, 0, false))
        return false;
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
    t = tt_table_find(r->set, name->v);
    if (t && strcmp(t->origin, r->origin) == 0)
        return tt_bad(r, name, "give it another name",
                      "the table '%s' exists already (%s%sline %u)", t->name,
                      t->file == r->file ? "" : t->file,
                      t->file == r->file ? "" : ", ", t->line);
    for (; *tail && !t; tail = &(*tail)->next)
        n++;
    if (n >= TT_MAX_TABLES)
        return tt_bad_limit(r, name, "a rule set may not exceed %d tables",
                            TT_MAX_TABLES);
    if (!name_short(r, name))
        return false;
    if (!t) {
        t = tt_rd_alloc(r, sizeof(*t));
        if (!t || !(t->name = tt_rd_dup(r, name->v)))
            return false;
        *tail = t;
    }
    t->file = r->file;
    t->origin = r->origin;
    t->line = r->line_first;
    t->entries = NULL;
    t->nentries = 0;
    r->table = t;
    r->mode = TT_READ_TABLE;
    return true;
}

static bool read_protocol(struct tt_reader *r)
{
    const struct tt_tok *name = &r->tok[1];
    struct tt_protocol *p;

    r->mode = TT_READ_SKIP;
    r->protocol = NULL;
    if (!lex_line(r, 0, true))
        return false;
    if (r->ntok < 2 || name->kind != TT_T_NAME ||
        (r->ntok > 2 && r->tok[2].kind != TT_T_STR))
        return tt_bad_at(r, r->line_first, r->line.n > 9 ? 10 : 9, 1,
                         "protocol stm32 \"STM32 system boot loader\"",
                         "a protocol needs a name and a title");
    if (!name_short(r, name))
        return false;
    p = tt_protocol_find(r->set, name->v);
    if (r->ntok == 2) {
        r->protocol = p;
        r->mode = p ? TT_READ_PROTOCOL : TT_READ_SKIP;
        return p || tt_bad(r, NULL, "protocol stm32 \"STM32 boot loader\"",
                           "no protocol is called '%s' yet, so it needs a "
                           "title",
                           tt_quote(r, name->v));
    }
    if (p && strcmp(p->origin, r->origin) == 0)
        return tt_bad(r, name,
                      "to add rules to it write the name without a title",
                      "the protocol '%s' exists already (%s%sline %u)", p->name,
                      p->file == r->file ? "" : p->file,
                      p->file == r->file ? "" : ", ", p->line);
    if (!p) {
        p = tt_rd_alloc(r, sizeof(*p));
        if (!p || !(p->name = tt_rd_dup(r, name->v)))
            return false;
    }
    r->i = 2;
    if (!tt_text_word(r, &r->tok[2], &p->title))
        return false;
    r->i = 3;
    if (!tt_at_end(r, NULL))
        return false;
    p->file = r->file;
    p->origin = r->origin;
    p->line = r->line_first;
    p->settings = p->refs = p->about = NULL;
    if (!p->next && r->set->protocols_tail != &p->next) {
        *r->set->protocols_tail = p;
        r->set->protocols_tail = &p->next;
    }
    r->protocol = p;
    r->mode = TT_READ_PROTOCOL;
    return true;
}

static bool left_edge(struct tt_reader *r)
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

/* ---- indented lines -------------------------------------------------------- */

static bool entry_number(const struct tt_tok *t, struct tt_entry *e)
{
    uint64_t v = 0;
    bool ok;

    e->is_hex = t->kind == TT_T_NUM;
    if (e->is_hex) {
        ok = tt_hexadecimal((struct tt_slice){t->v.p + 2, t->v.n - 2}, &v);
    } else {
        ok =
            (t->kind == TT_T_HEX || t->kind == TT_T_INT) && tt_all_digits(t->v);
        v = ok ? tt_decimal(t->v) : 0;
        ok = ok && v <= INT64_MAX;
    }
    e->num = (int64_t)v;
    return ok;
}

static bool table_line(struct tt_reader *r)
{
    struct tt_entry *e = tt_rd_alloc(r, sizeof(*e));
    struct tt_entry **tail = &r->table->entries;
    bool ok = e && lex_line(r, r->indent, false) && r->ntok == 2 &&
              entry_number(&r->tok[0], e) && r->tok[1].kind == TT_T_STR &&
              r->tok[1].v.p[r->tok[1].v.n - 1] == '"';

    if (!ok) {
        r->bad.set = r->bad.set && r->bad.code != TT_ERR_SYNTAX;
        return tt_bad_at(r, r->line_first, r->indent + 1, (unsigned)r->word.n,
                         "40 \"handshake_failure\"   or   0x28 "
                         "\"handshake_failure\"",
                         "a table line is a number and a text");
    }
    for (; *tail; tail = &(*tail)->next)
        if ((*tail)->num == e->num)
            return tt_bad(r, &r->tok[0], NULL,
                          "the number %s is in this table already",
                          tt_quote(r, r->tok[0].v));
    if (r->table->nentries >= TT_MAX_ENTRIES)
        return tt_bad_limit(r, &r->tok[0], "a table may not exceed %d lines",
                            TT_MAX_ENTRIES);
    if (!tt_text_word(r, &r->tok[1], &e->text))
        return false;
    *tail = e;
    r->table->nentries++;
    return true;
}

/* The line's words after the statement word. */
static bool lex_body(struct tt_reader *r, bool dotted)
{
    size_t skip = r->indent + r->word.n;

    while (skip < r->line.n &&
           (r->line.p[skip] == ' ' || r->line.p[skip] == '\t'))
        skip++;
    return lex_line(r, skip, dotted);
}

static bool protocol_line(struct tt_reader *r)
{
    struct tt_strings **list[] = {&r->protocol->settings, &r->protocol->refs,
                                  &r->protocol->about};
    int i = tt_word_find(&tt_protocol_words, r->word);

    if (i >= 0)
        return lex_body(r, false) && tt_read_strings(r, list[i]);
    (void)tt_bad_at(r, r->line_first, r->indent + 1, (unsigned)r->word.n, NULL,
                    "no statement of a protocol is called '%s'",
                    tt_quote(r, r->word));
    if (!tt_hint_near(r, r->word, &tt_protocol_words)) {
        tt_hint(r, "statements: ");
        tt_hint_words(r, &tt_protocol_words);
    }
    return false;
}

static bool unknown_statement(struct tt_reader *r)
{
    if (tt_word_find(&tt_edge_words, r->word) >= 0)
        return tt_bad_at(r, r->line_first, r->indent + 1, (unsigned)r->word.n,
                         "remove the blanks before it",
                         "'%s' starts at the left edge", tt_quote(r, r->word));
    (void)tt_bad_at(r, r->line_first, r->indent + 1, (unsigned)r->word.n, NULL,
                    "no statement is called '%s'", tt_quote(r, r->word));
    if (!tt_hint_near(r, r->word, &tt_statement_words)) {
        tt_hint(r, "statements: ");
        tt_hint_words(r, &tt_statement_words);
    }
    return false;
}

static bool rule_line(struct tt_reader *r)
{
    const struct tt_statement *s = tt_statement_find(r->word);

    if (!s)
        return unknown_statement(r);
    if (++r->draft->statements > TT_MAX_STATEMENTS)
        return tt_bad_limit(r, NULL, "a rule may not exceed %d statements",
                            TT_MAX_STATEMENTS);
    return lex_body(r, s->dotted) && s->parse(r);
}

static bool indented(struct tt_reader *r)
{
    switch (r->mode) {
    case TT_READ_SKIP: return true;
    case TT_READ_RULE: return rule_line(r);
    case TT_READ_TABLE: return table_line(r);
    case TT_READ_PROTOCOL: return protocol_line(r);
    case TT_READ_NOTHING: break;
    }
    r->mode = TT_READ_SKIP;
    return tt_bad_at(r, r->line_first, r->indent + 1, (unsigned)r->word.n,
                     "start with: rule some.name",
                     "this line belongs to no rule");
}

/* Is the statement one that a broken pattern makes complain of fields? */
static bool follows_pattern(struct tt_slice w)
{
    static const char *const words[] = {"where", "verdict", "yes", "no",
                                        "cause", "fix",     "next"};

    for (size_t i = 0; i < TT_LEN(words); i++)
        if (tt_slice_is(w, words[i]))
            return true;
    return false;
}

/* What a mistake in this line means for the rule it stands in. */
static void spoil(struct tt_reader *r)
{
    struct tt_draft *d = r->mode == TT_READ_RULE ? r->draft : NULL;
    bool example = tt_slice_is(r->word, "yes") || tt_slice_is(r->word, "no");

    if (!d)
        return;
    if (d->no_pattern && follows_pattern(r->word) &&
        (strstr(r->bad.msg, "field") || strstr(r->bad.msg, "'where' comes")))
        r->bad.set = false;
    d->complained = true;
    if (!example || r->bad.code == TT_ERR_NOMEM)
        d->broken = true;
    if (tt_slice_is(r->word, "match") || tt_slice_is(r->word, "step") ||
        tt_slice_is(r->word, "log"))
        d->no_pattern = true;
}

static void read_line(struct tt_reader *r)
{
    bool ok;

    if (!first_word(r))
        return;
    if (r->line.n > TT_MAX_LINE) {
        ok = tt_bad_at(r, r->line_first, 1, 1,
                       "break it into two statements or rules",
                       "a line may not exceed %d bytes", TT_MAX_LINE);
        r->bad.code = TT_ERR_LIMIT;
    } else {
        ok = r->indent ? indented(r) : left_edge(r);
    }
    if (ok)
        return;
    spoil(r);
    tt_complain(r);
}

/* ---- the end of the file ---------------------------------------------------- */

static bool missing(struct tt_reader *r, struct tt_draft *d, const char *what,
                    const char *hint)
{
    d->complained = true;
    return tt_bad_at(r, d->rule->line, d->name_col,
                     (unsigned)strlen(d->rule->name), hint,
                     "rule '%s' has no %s", d->rule->name, what);
}

static bool check_complete(struct tt_reader *r, struct tt_draft *d)
{
    const struct tt_rule *x = d->rule;
    bool yes = false, no = false;

    if (d->complained)
        return true;
    if (!x->match && !x->steps) {
        d->broken = true;
        return missing(r, d, "'match' or 'step'", "match < \"text\"");
    }
    if (!x->verdict && !x->note.n) {
        d->broken = true;
        return missing(r, d, "'verdict'",
                       "verdict \"what a technician should read\"");
    }
    for (const struct tt_example *e = x->examples; e; e = e->next) {
        yes |= e->yes;
        no |= !e->yes;
    }
    if (yes && no)
        return true;
    return missing(r, d, yes ? "'no' example" : "'yes' example",
                   "every rule carries at least one example that must fire "
                   "and one that must not:  yes > 7F 12ms < 79");
}

/* Add the rule, or put it in the place of the one it overrides. */
static void add_rule(struct tt_rules *set, struct tt_rule *x)
{
    struct tt_rule **p = &set->rules;

    while (*p && strcmp((*p)->name, x->name) != 0)
        p = &(*p)->next;
    if (*p) {
        x->next = (*p)->next;
        set->nrules--;
    }
    *p = x;
    if (!x->next)
        set->rules_tail = &x->next;
}

static void end_of_file(struct tt_reader *r)
{
    for (struct tt_draft *d = r->drafts; d; d = d->next) {
        if (d->nameless)
            continue;
        if (!r->stop && !check_complete(r, d))
            tt_complain(r);
        if (d->broken || (r->stop && d == r->draft))
            r->set->nrules--;
        else
            add_rule(r->set, d->rule);
    }
}

/* Something is wrong with the file as a whole. */
static bool refuse(struct tt_reader *r, enum tt_status code, const char *msg,
                   const char *hint)
{
    r->stop = true;
    (void)tt_bad_at(r, 1, 1, 1, hint, "%s", msg);
    r->bad.code = code;
    tt_complain(r);
    return false;
}

static bool acceptable(struct tt_reader *r)
{
    const char *p = r->text.p;

    if (r->text.n > TT_MAX_RULE_FILE) {
        r->text.n = 0;
        return refuse(r, TT_ERR_LIMIT, "a rule file may not exceed 4 MiB",
                      NULL);
    }
    if (r->text.n >= 2 &&
        (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0)) {
        r->text.n = 0;
        return refuse(r, TT_ERR_SYNTAX, "this file is UTF-16 text",
                      "save it as UTF-8 or plain ASCII");
    }
    if (r->text.n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        r->text = (struct tt_slice){p + 3, r->text.n - 3};
    return true;
}

enum tt_status tt_rules_read(struct tt_rules *set, struct tt_slice text,
                             const char *file, const char *origin,
                             tt_diag_fn *report, void *user)
{
    struct tt_reader *r;
    struct tt_arena scratch;
    enum tt_status st = TT_ERR_NOMEM;

    tt_arena_init(&scratch, 2 * (size_t)TT_MAX_RULE_FILE);
    r = tt_arena_alloc(&scratch, sizeof(*r));
    if (r) { /* a word takes a byte at least */
        r->max_tok = text.n < TT_MAX_LINE ? text.n + 1 : TT_MAX_LINE;
        r->tok = tt_arena_alloc(&scratch, r->max_tok * sizeof(*r->tok));
    }
    if (!r || !r->tok)
        goto out;
    r->set = set;
    r->report = report;
    r->user = user;
    r->text = text;
    r->lineno = 1;
    tt_arena_init(&r->scratch, 64 << 20);
    r->file = tt_arena_dup(&set->arena, tt_slice_of(file));
    r->origin = tt_arena_dup(&set->arena, tt_slice_of(origin));
    if (!r->file || !r->origin)
        goto out;
    if (acceptable(r))
        while (!r->stop && next_line(r))
            read_line(r);
    end_of_file(r);
    st = r->first;
    tt_arena_clear(&r->scratch);
out:
    tt_arena_clear(&scratch);
    return st;
}
