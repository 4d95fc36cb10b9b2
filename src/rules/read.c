/*
 * The file reader: logical lines, what stands at the left edge, and what a
 * rule must have at its end.
 */
#include "rules/read.h"

#include <string.h>

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

bool tt_lex_line(struct tt_reader *r, size_t skip, bool dotted)
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
    bool ok = e && tt_lex_line(r, r->indent, false) && r->ntok == 2 &&
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
    return tt_lex_line(r, skip, dotted);
}

static bool protocol_line(struct tt_reader *r)
{
    struct tt_strings **list[] = {&r->protocol->settings, &r->protocol->refs,
                                  &r->protocol->about};
    int i = tt_word_find(&tt_protocol_words, r->word);

    if (tt_slice_is(r->word, "basis"))
        return lex_body(r, false) && tt_read_basis(r, &r->protocol->basis);
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

    if (!d)
        return;
    if (d->no_pattern && follows_pattern(r->word) &&
        (strstr(r->bad.msg, "field") || strstr(r->bad.msg, "'where' comes")))
        r->bad.set = false;
    d->complained = d->broken = true;
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
        ok = r->indent ? indented(r) : tt_left_edge(r);
    }
    if (ok)
        return;
    spoil(r);
    tt_complain(r);
}

/* ---- the end of the file ---------------------------------------------------- */

/* Say what a rule lacks, unless something was said of it already. */
static bool missing(struct tt_reader *r, struct tt_draft *d, const char *what,
                    const char *hint)
{
    d->broken = true;
    if (d->complained)
        return true;
    return tt_bad_at(r, d->rule->line, d->name_col,
                     (unsigned)strlen(d->rule->name), hint,
                     "rule '%s' has no %s", d->rule->name, what);
}

static bool check_complete(struct tt_reader *r, struct tt_draft *d)
{
    const struct tt_rule *x = d->rule;
    bool yes = false, no = false;

    if (!x->match && !x->steps)
        return missing(r, d, "'match' or 'step'", "match < \"text\"");
    if (!x->verdict && !x->note.n)
        return missing(r, d, "'verdict'",
                       "verdict \"what a technician should read\"");
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
    struct tt_rule **named = tt_rule_named(set, tt_slice_of(x->name));
    struct tt_rule **p = set->rules_tail;

    if (*named) {
        for (p = &set->rules; *p != *named;)
            p = &(*p)->next;
        x->next = (*p)->next;
        x->next_named = (*p)->next_named;
        set->nrules--;
    }
    *named = *p = x;
    if (!x->next)
        set->rules_tail = &x->next;
}

static void end_of_file(struct tt_reader *r)
{
    for (struct tt_draft *d = r->drafts; d; d = d->next) {
        if (d->nameless)
            continue;
        if (!check_complete(r, d)) {
            if (r->stop) /* enough was said */
                r->bad.set = false;
            tt_complain(r);
        }
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
