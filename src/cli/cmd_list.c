/*
 * cmd_list - the knowledge as lists: by system, or rule by rule.
 */
#include "cli/page.h"
#include "cli/systems.h"

#include <stdlib.h>
#include <string.h>

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
    tt_buf_clear(line);
}

/* ---- systems ------------------------------------------------------------- */

static void put_counts(struct tt_buf *page, const char *name,
                       const struct system_counts *n, struct tt_slice title)
{
    struct tt_buf line;

    tt_buf_init(&line, 1 << 16);
    tt_buf_printf(&line, "%-18s %7zu %6zu %6zu %6zu %4zu  %5zu %6zu %5zu", name,
                  n->kind[KIND_HEALTHY],
                  n->kind[KIND_ERROR] + n->kind[KIND_WARNING],
                  n->kind[KIND_LABEL], n->probes, n->kind[KIND_TOOL],
                  n->basis[TT_BASIS_RECORDING], n->basis[TT_BASIS_SOURCE],
                  n->basis[TT_BASIS_DOCUMENT]);
    tt_buf_str(&line, title.n ? "  " : "");
    put_slice(&line, title);
    put_cut(page, &line);
    tt_buf_release(&line);
}

static void put_systems(struct tt_buf *out, const struct tt_rules *set)
{
    static const char *const heads[] = {
        "                                            tool  rules verified by",
        "system             healthy faults labels probes says  tapes source "
        "texts"};
    struct system_counts n, sum = {0};
    struct tt_buf line;
    size_t systems = 0;

    tt_buf_init(&line, 1 << 16);
    for (size_t i = 0; i < TT_LEN(heads); i++) {
        tt_buf_str(&line, heads[i]);
        put_cut(out, &line);
    }
    tt_buf_release(&line);
    for (const struct tt_protocol *p = set->protocols; p; p = p->next) {
        n = system_count(set, p);
        if (!n.rules)
            continue;
        put_counts(out, p->name, &n, p->title);
        system_add(&sum, &n);
        systems++;
    }
    n = system_count(set, NULL);
    if (n.rules)
        put_counts(out, "-", &n, tt_slice_of("of no protocol"));
    system_add(&sum, &n);
    put_counts(out, "all", &sum, tt_slice_of(""));
    tt_buf_printf(out, "%zu systems, %zu rules\n", systems, set->nrules);
}

/* ---- rules --------------------------------------------------------------- */

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
    tt_buf_release(out);
}

/* The rules of a protocol (NULL: of none), as they stand in a handbook. */
static void put_group(struct tt_buf *out, const struct tt_rules *set,
                      const struct tt_protocol *p, bool verbose)
{
    struct tt_buf line;

    if (!system_count(set, p).rules)
        return;
    tt_buf_init(&line, 1 << 16);
    put_text(&line, p ? p->name : "of no protocol");
    tt_buf_str(&line, p ? " - " : "");
    if (p)
        put_slice(&line, p->title);
    put_cut(out, &line);
    tt_buf_release(&line);
    for (int kind = 0; kind < KINDS; kind++)
        for (const struct tt_rule *r = set->rules; r; r = r->next)
            if (r->protocol == p && rule_kind(r) == (enum rule_kind)kind)
                put_row(out, r, verbose);
}

static bool put_called(struct tt_buf *out, const struct tt_rules *set,
                       const char *name, bool verbose)
{
    const struct tt_protocol *p = protocol_called(set, name);
    const char **names, *near;
    size_t n = 0;

    if (p) {
        put_group(out, set, p, verbose);
        return true;
    }
    for (p = set->protocols; p; p = p->next)
        n++;
    names = calloc(n + 1, sizeof(*names));
    n = 0;
    for (p = set->protocols; names && p; p = p->next)
        names[n++] = p->name;
    near = names ? nearest(name, names, n) : NULL;
    if (near)
        say("there is no system '%s'; did you mean '%s'?", name, near);
    else
        say("there is no system '%s'; 'telltale rules list' names them", name);
    free(names);
    return false;
}

enum exit_code cmd_rules_list(const struct options *o)
{
    struct tt_rules *set = load_rules(o);
    enum exit_code code = EXIT_HEALTHY;
    struct tt_buf out;

    if (!set)
        return EXIT_CANNOT;
    tt_buf_init(&out, MAX_PAGE);
    for (size_t i = 0; i < o->nwords; i++)
        if (!put_called(&out, set, o->words[i], o->verbose))
            code = EXIT_CANNOT;
    if (o->markdown) {
        put_coverage(&out, set);
    } else if (o->verbose && !o->nwords) {
        for (const struct tt_protocol *p = set->protocols; p; p = p->next)
            put_group(&out, set, p, true);
        put_group(&out, set, NULL, true);
        tt_buf_printf(&out, "%zu rules\n", set->nrules);
    } else if (!o->nwords) {
        put_systems(&out, set);
    }
    (void)put_out(&out);
    tt_buf_release(&out);
    tt_rules_free(set);
    return code;
}
