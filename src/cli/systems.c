/*
 * systems - see systems.h.  The page of a protocol is here, the table of
 * coverage in coverage.c.
 */
#include "cli/systems.h"

#include "cli/page.h"

#include <string.h>

enum { GLOSSARY_LEFT = 30 };

enum rule_kind rule_kind(const struct tt_rule *r)
{
    if (!r->verdict)
        return KIND_LABEL;
    if (r->view == 1u << TT_LANE_TOOL)
        return KIND_TOOL;
    return r->severity == TT_ERROR     ? KIND_ERROR
           : r->severity == TT_WARNING ? KIND_WARNING
                                       : KIND_HEALTHY;
}

const struct tt_protocol *protocol_called(const struct tt_rules *set,
                                          const char *name)
{
    const struct tt_protocol *p = set->protocols;

    while (p && strcmp(p->name, name) != 0)
        p = p->next;
    return p;
}

struct system_counts system_count(const struct tt_rules *set,
                                  const struct tt_protocol *p)
{
    struct system_counts n = {0};

    for (const struct tt_rule *r = set->rules; r; r = r->next) {
        if (r->protocol != p)
            continue;
        n.rules++;
        n.kind[rule_kind(r)]++;
        n.basis[tt_rule_basis(r)->kind]++;
        for (const struct tt_probe *b = r->probe; b; b = b->next)
            n.probes++;
    }
    return n;
}

void system_add(struct system_counts *a, const struct system_counts *b)
{
    a->rules += b->rules;
    a->probes += b->probes;
    for (size_t i = 0; i < KINDS; i++)
        a->kind[i] += b->kind[i];
    for (size_t i = 0; i < TT_LEN(a->basis); i++)
        a->basis[i] += b->basis[i];
}

/* ---- the page of a protocol ----------------------------------------------- */

static void put_entry(struct tt_buf *out, const struct tt_rule *r)
{
    tt_buf_ch(out, '\n');
    put_text(out, r->name);
    tt_buf_str(out, strlen(r->name) + r->title.n + 2 > PAGE_WIDTH ? "\n" : "");
    tt_buf_str(out, r->title.n ? "  " : "");
    put_slice(out, r->title);
    tt_buf_ch(out, '\n');
    put_looks_for(out, r);
    put_says(out, r);
    put_strings(out, "cause", r->cause, false);
    put_strings(out, "fix", r->fix, r->fix && r->fix->next);
}

static void put_label(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text, label;

    tt_buf_init(&text, 1 << 20);
    tt_buf_init(&label, 1 << 16);
    put_slice(&label, r->note);
    if (r->match)
        tt_node_print(&text, r, r->match);
    for (const struct tt_step *s = r->steps; s; s = s->next) {
        tt_buf_str(&text, s == r->steps ? "" : ", ");
        tt_node_print(&text, r, s->pattern);
    }
    put_wide_para(out, tt_buf_text(&label), GLOSSARY_LEFT, tt_buf_text(&text),
                  text.n);
    tt_buf_release(&label);
    tt_buf_release(&text);
}

static void put_kind(struct tt_buf *out, const struct tt_rules *set,
                     const struct tt_protocol *p, enum rule_kind kind)
{
    static const char *const heads[KINDS] = {"HEALTHY", "ERRORS", "WARNINGS",
                                             "MESSAGES OF TOOLS", "LABELS"};
    bool any = false;

    for (const struct tt_rule *r = set->rules; r; r = r->next) {
        if (r->protocol != p || rule_kind(r) != kind)
            continue;
        if (!any)
            tt_buf_printf(out, "\n%s\n", heads[kind]);
        any = true;
        if (kind == KIND_LABEL)
            put_label(out, r);
        else
            put_entry(out, r);
    }
}

static void put_probes(struct tt_buf *out, const struct tt_rules *set,
                       const struct tt_protocol *p)
{
    struct tt_buf text;
    bool any = false;

    tt_buf_init(&text, 1 << 16);
    for (const struct tt_rule *r = set->rules; r; r = r->next)
        for (const struct tt_probe *b = r->probe; r->protocol == p && b;
             b = b->next) {
            tt_buf_str(out, any ? "" : "\nPROBES\n");
            any = true;
            tt_buf_ch(&text, '>');
            for (size_t i = 0; i < b->bytes.n; i++)
                tt_buf_printf(&text, " %02X", (uint8_t)b->bytes.p[i]);
            tt_buf_str(&text, b->safe ? "  (safe)" : "  (changes: ");
            tt_buf_add(&text, b->how.p, b->how.n);
            tt_buf_str(&text, b->safe ? "" : ")");
            put_wide_para(out, r->name, GLOSSARY_LEFT, tt_buf_text(&text),
                          text.n);
            tt_buf_clear(&text);
        }
    tt_buf_release(&text);
}

static bool same_basis(const struct tt_basis *a, const struct tt_basis *b)
{
    return a->kind == b->kind && a->what.n == b->what.n &&
           (!a->what.n || memcmp(a->what.p, b->what.p, a->what.n) == 0);
}

/* What the rules were verified against, each thing once. */
static void put_verified(struct tt_buf *out, const struct tt_rules *set,
                         const struct tt_protocol *p)
{
    struct tt_buf text;
    const char *label = "verified";

    tt_buf_init(&text, 1 << 16);
    for (int kind = TT_BASIS_RECORDING; kind <= TT_BASIS_DOCUMENT; kind++)
        for (const struct tt_rule *r = set->rules; r; r = r->next) {
            const struct tt_basis *b = tt_rule_basis(r);
            const struct tt_rule *q = set->rules;

            if (r->protocol != p || (int)b->kind != kind)
                continue;
            while (q != r &&
                   (q->protocol != p || !same_basis(tt_rule_basis(q), b)))
                q = q->next;
            if (q != r)
                continue;
            put_basis(&text, b);
            put_buf_para(out, label, &text);
            label = "";
        }
    tt_buf_release(&text);
}

void put_system_page(struct tt_buf *out, const struct tt_rules *set,
                     const struct tt_protocol *p)
{
    put_text(out, p->name);
    tt_buf_ch(out, '\n');
    put_slice(out, p->title);
    tt_buf_str(out, "\n\n");
    put_strings(out, "about", p->about, false);
    put_strings(out, "settings", p->settings, false);
    put_strings(out, "see", p->refs, false);
    put_verified(out, set, p);
    for (int kind = 0; kind < KINDS; kind++)
        put_kind(out, set, p, (enum rule_kind)kind);
    put_probes(out, set, p);
}
