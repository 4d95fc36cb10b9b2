/*
 * cmd_rules - the knowledge as a list and as pages of a handbook.
 */
#include "cli/load.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_WIDTH = 79, PAGE_LEFT = 12, MAX_PAGE = 16 << 20 };

static double bits_of(const struct tt_rule *r)
{
    double bits = (double)(r->bits_pattern + r->bits_check) / 65536;

    return r->cap >= 0 && bits > r->cap ? r->cap : bits;
}

static void put_slice(struct tt_buf *out, struct tt_slice s)
{
    put_clean(out, s.p, s.n);
}

static void put_text(struct tt_buf *out, const char *s)
{
    put_clean(out, s, strlen(s));
}

/* "built in, stm32.rules:12" or "/home/me/my.rules:3" */
static void put_where(struct tt_buf *out, const struct tt_rule *r)
{
    if (is_builtin(r))
        tt_buf_str(out, "built in, ");
    put_text(out, r->file);
    tt_buf_printf(out, ":%u", r->line);
}

/* ---- list ---------------------------------------------------------------- */

/* Append a line, cut to the width of a terminal; whole when piped. */
static void put_cut(struct tt_buf *out, struct tt_buf *line)
{
    size_t width = out_columns();

    if (width > 3 && line->n > width) {
        tt_buf_add(out, tt_buf_text(line), width - 3);
        tt_buf_str(out, "...");
    } else {
        tt_buf_add(out, tt_buf_text(line), line->n);
    }
    tt_buf_ch(out, '\n');
    tt_buf_release(line);
}

static void put_row(struct tt_buf *page, const struct tt_rule *r, bool verbose)
{
    struct tt_buf line, *out = &line;

    tt_buf_init(out, 1 << 16);
    tt_buf_printf(out, "  %-30s %-8s%5.1f bits  ", r->name,
                  r->verdict ? tt_severity_name(r->severity) : "label",
                  bits_of(r));
    put_slice(out, r->title.n ? r->title : r->note);
    if (verbose || !is_builtin(r)) {
        tt_buf_str(out, "  [");
        put_where(out, r);
        tt_buf_ch(out, ']');
    }
    put_cut(page, out);
}

static void put_group(struct tt_buf *out, const struct tt_rules *set,
                      const struct tt_protocol *p, bool verbose)
{
    struct tt_buf line;
    bool any = false;

    for (const struct tt_rule *r = set->rules; r; r = r->next) {
        if (r->protocol != p)
            continue;
        if (!any) {
            tt_buf_init(&line, 1 << 16);
            put_text(&line, p ? p->name : "of no protocol");
            tt_buf_str(&line, p ? " - " : "");
            if (p)
                put_slice(&line, p->title);
            put_cut(out, &line);
        }
        any = true;
        put_row(out, r, verbose);
    }
}

enum exit_code cmd_rules_list(const struct options *o)
{
    struct tt_rules *set = load_rules(o);
    struct tt_buf out;

    if (!set)
        return EXIT_CANNOT;
    tt_buf_init(&out, MAX_PAGE);
    for (const struct tt_protocol *p = set->protocols; p; p = p->next)
        put_group(&out, set, p, o->verbose);
    put_group(&out, set, NULL, o->verbose);
    tt_buf_printf(&out, "%zu rules\n", set->nrules);
    (void)put_out(&out);
    tt_buf_release(&out);
    tt_rules_free(set);
    return EXIT_HEALTHY;
}

/* ---- show ---------------------------------------------------------------- */

/* How wide n bytes are when put_clean() shows them. */
static size_t shown_len(const char *text, size_t n)
{
    size_t wide = 0;

    for (size_t i = 0; i < n; i++)
        wide += text[i] < ' ' || text[i] > '~' ? 4 : 1;
    return wide;
}

/* What must not be broken at the start of text: up to a blank, or a whole
 * "quoted text" if it fits a line; at most what fits a line. */
static size_t word_len(const char *text, size_t n)
{
    const size_t most = PAGE_WIDTH - PAGE_LEFT;
    size_t word = 0, bare;

    while (word < n && text[word] != ' ')
        word++;
    bare = word;
    if (*text == '"') {
        for (word = 1; word < n && text[word] != '"'; word++)
            word += text[word] == '\\' && word + 1 < n;
        while (word < n && text[word] != ' ')
            word++;
        if (shown_len(text, word) > most)
            word = bare;
    }
    while (word > 1 && shown_len(text, word) > most)
        word--;
    return word;
}

/* A paragraph with a label at its left: "  cause     Bytes are lost ...". */
static void put_para(struct tt_buf *out, const char *label, const char *text,
                     size_t n)
{
    size_t col = PAGE_LEFT;

    tt_buf_printf(out, "  %-9s ", label);
    while (n) {
        size_t word = word_len(text, n), wide = shown_len(text, word);

        if (col > PAGE_LEFT && col + 1 + wide > PAGE_WIDTH) {
            tt_buf_printf(out, "\n%*s", PAGE_LEFT, "");
            col = PAGE_LEFT;
        }
        if (col > PAGE_LEFT) {
            tt_buf_ch(out, ' ');
            col++;
        }
        put_clean(out, text, word);
        col += wide;
        text += word;
        n -= word;
        while (n && *text == ' ') {
            text++;
            n--;
        }
    }
    tt_buf_ch(out, '\n');
}

static void put_buf_para(struct tt_buf *out, const char *label,
                         struct tt_buf *text)
{
    put_para(out, label, tt_buf_text(text), text->n);
    tt_buf_clear(text);
}

/* The lines of one statement; numbered when there are several fixes. */
static void put_strings(struct tt_buf *out, const char *label,
                        const struct tt_strings *s, bool number)
{
    struct tt_buf text;
    unsigned i = 0;

    tt_buf_init(&text, 1 << 16);
    for (; s; s = s->next) {
        if (number)
            tt_buf_printf(&text, "%u ", i + 1);
        tt_buf_add(&text, s->text.p, s->text.n);
        put_buf_para(out, i++ ? "" : label, &text);
    }
    tt_buf_release(&text);
}

static void put_pattern(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;
    unsigned i = 0;

    tt_buf_init(&text, 1 << 20);
    if (r->match) {
        tt_node_print(&text, r, r->match);
        put_buf_para(out, "looks for", &text);
    }
    for (const struct tt_step *s = r->steps; s; s = s->next) {
        tt_buf_printf(&text, "step %s: ", s->name);
        tt_node_print(&text, r, s->pattern);
        put_buf_para(out, i++ ? "" : "looks for", &text);
    }
    i = 0;
    for (const struct tt_where *w = r->where; w; w = w->next) {
        tt_expr_print(&text, r, w->expr);
        put_buf_para(out, i++ ? "" : "where", &text);
    }
    if (r->unless) {
        tt_node_print(&text, r, r->unless);
        put_buf_para(out, "unless", &text);
    }
    tt_buf_printf(&text,
                  "%.1f bits a hit (%.1f from the pattern, %.1f from "
                  "checks): by chance one of 2^%.0f %ss looks like this",
                  bits_of(r), (double)r->bits_pattern / 65536,
                  (double)r->bits_check / 65536, bits_of(r),
                  tt_unit_name(r->unit));
    put_buf_para(out, "weight", &text);
    tt_buf_release(&text);
}

static void put_verdicts(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;
    unsigned i = 0;

    tt_buf_init(&text, 1 << 16);
    for (const struct tt_verdict_text *v = r->verdict; v; v = v->next) {
        if (v->when) {
            tt_buf_str(&text, "when ");
            tt_expr_print(&text, r, v->when);
            tt_buf_str(&text, ": ");
        }
        tt_buf_add(&text, v->text.p, v->text.n);
        put_buf_para(out, i++ ? "" : "says", &text);
    }
    if (r->note.n)
        put_para(out, "labels", r->note.p, r->note.n);
    if (r->verdict) {
        tt_buf_str(&text, tt_severity_name(r->severity));
        if (r->side != TT_SIDE_NONE)
            tt_buf_printf(&text, ", side: %s", tt_side_name(r->side));
        if (r->subject)
            tt_buf_printf(&text, ", claims %s = %s", r->subject, r->value);
        put_buf_para(out, "severity", &text);
    }
    tt_buf_release(&text);
}

static void put_examples(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;
    unsigned i = 0;

    tt_buf_init(&text, 1 << 20);
    for (const struct tt_example *e = r->examples; e; e = e->next) {
        tt_buf_str(&text, e->yes ? "yes " : "no  ");
        tt_buf_add(&text, e->written.p, e->written.n);
        if (e->expect) {
            tt_buf_str(&text, " => ");
            tt_expr_print(&text, r, e->expect);
        }
        put_buf_para(out, i++ ? "" : "examples", &text);
    }
    tt_buf_release(&text);
}

/* "50ms", "2.5 characters" */
static void put_dur(struct tt_buf *out, struct tt_dur d)
{
    if (d.milli_ch)
        tt_buf_printf(out, "%g characters", (double)d.milli_ch / 1000);
    else
        tt_buf_printf(out, "%g ms", (double)d.ns / 1e6);
}

/* How long an attempt lives, and what ends what the rule said. */
static void put_limits(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;

    tt_buf_init(&text, 1 << 16);
    tt_buf_str(&text, "a pause of more than ");
    put_dur(&text, r->gap);
    tt_buf_str(&text, " ends an attempt");
    if (r->steps) {
        tt_buf_str(&text, ", and so does no step within ");
        put_dur(&text, r->timeout);
    }
    put_buf_para(out, "gap", &text);
    if (r->cap >= 0)
        tt_buf_printf(&text, "no hit counts more than %d bits", r->cap);
    if (text.n)
        put_buf_para(out, "cap", &text);
    if (r->expires_ns)
        tt_buf_printf(&text, "it is news for %g s",
                      (double)r->expires_ns / 1e9);
    if (text.n)
        put_buf_para(out, "expires", &text);
    for (unsigned i = 0; i < r->nuntil; i++)
        tt_buf_printf(&text, "%s[%s]", i ? ", " : "forgotten after ",
                      tt_event_name(r->until[i]));
    if (text.n)
        put_buf_para(out, "until", &text);
    for (const struct tt_probe *p = r->probe; p; p = p->next) {
        tt_buf_ch(&text, '>');
        for (size_t i = 0; i < p->bytes.n; i++)
            tt_buf_printf(&text, " %02X", (uint8_t)p->bytes.p[i]);
        tt_buf_str(&text, p->safe ? " is safe to send" : " changes: ");
        if (!p->safe)
            tt_buf_add(&text, p->how.p, p->how.n);
        put_buf_para(out, "probe", &text);
    }
    tt_buf_release(&text);
}

static void put_page(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;

    tt_buf_init(&text, 1 << 16);
    put_text(out, r->name);
    tt_buf_ch(out, '\n');
    if (r->title.n) {
        put_slice(out, r->title);
        tt_buf_ch(out, '\n');
    }
    tt_buf_ch(out, '\n');
    if (r->protocol) {
        tt_buf_printf(&text, "%s - ", r->protocol->name);
        tt_buf_add(&text, r->protocol->title.p, r->protocol->title.n);
        put_buf_para(out, "protocol", &text);
        put_strings(out, "about", r->protocol->about, false);
        put_strings(out, "settings", r->protocol->settings, false);
    }
    put_pattern(out, r);
    put_verdicts(out, r);
    put_strings(out, "cause", r->cause, false);
    put_strings(out, "fix", r->fix, r->fix && r->fix->next);
    put_strings(out, "next", r->next_look, false);
    for (const struct tt_names *n = r->refines; n; n = n->next)
        put_para(out, "refines", n->name, strlen(n->name));
    put_examples(out, r);
    put_limits(out, r);
    put_strings(out, "see", r->ref, false);
    if (r->protocol)
        put_strings(out, r->ref ? "" : "see", r->protocol->refs, false);
    put_where(&text, r);
    put_buf_para(out, "from", &text);
    tt_buf_release(&text);
}

const struct tt_rule *rule_called(const struct tt_rules *set, const char *name)
{
    const struct tt_rule *r = tt_rules_find(set, name);
    const char **names, *near;
    size_t n = 0;

    if (r)
        return r;
    names = calloc(set->nrules + 1, sizeof(*names));
    for (r = set->rules; names && r; r = r->next)
        names[n++] = r->name;
    near = names ? nearest(name, names, n) : NULL;
    if (near)
        say("there is no rule '%s'; did you mean '%s'?", name, near);
    else
        say("there is no rule '%s'; 'telltale rules list' names them", name);
    free(names);
    return NULL;
}

/* A protocol: what it is, and the rules that know it. */
static bool put_protocol(struct tt_buf *out, const struct tt_rules *set,
                         const char *name)
{
    const struct tt_protocol *p = set->protocols;

    while (p && strcmp(p->name, name) != 0)
        p = p->next;
    if (!p)
        return false;
    put_text(out, p->name);
    tt_buf_ch(out, '\n');
    put_slice(out, p->title);
    tt_buf_str(out, "\n\n");
    put_strings(out, "about", p->about, false);
    put_strings(out, "settings", p->settings, false);
    put_strings(out, "see", p->refs, false);
    tt_buf_ch(out, '\n');
    for (const struct tt_rule *r = set->rules; r; r = r->next)
        if (r->protocol == p)
            put_row(out, r, false);
    return true;
}

enum exit_code cmd_rules_show(const struct options *o)
{
    struct tt_rules *set = load_rules(o);
    enum exit_code code = set ? EXIT_HEALTHY : EXIT_CANNOT;
    const struct tt_rule *r;
    struct tt_buf out;

    tt_buf_init(&out, MAX_PAGE);
    for (size_t i = 0; set && i < o->nwords; i++) {
        if (i)
            tt_buf_ch(&out, '\n');
        if (!tt_rules_find(set, o->words[i]) &&
            put_protocol(&out, set, o->words[i]))
            continue;
        r = rule_called(set, o->words[i]);
        if (!r) {
            code = EXIT_CANNOT;
            continue;
        }
        put_page(&out, r);
    }
    (void)put_out(&out);
    tt_buf_release(&out);
    tt_rules_free(set);
    return code;
}
