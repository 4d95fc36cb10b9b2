/*
 * coverage - what is known of each system, as a page of Markdown: the text
 * of docs/COVERAGE.md ("make coverage-doc").
 */
#include "cli/page.h"
#include "cli/systems.h"

#include <stdlib.h>
#include <string.h>

static const char intro[] =
    "# What telltale knows\n"
    "\n"
    "Made from the rules by `make coverage-doc`; do not edit. A row is a\n"
    "`protocol` of `rules/*.rules`; `telltale rules show NAME` is its page.\n"
    "\n"
    "- **healthy**: verdicts that say how far a good exchange got;\n"
    "- **faults**: verdicts with severity warning or error;\n"
    "- **labels**: names for messages, which claim nothing;\n"
    "- **probes**: bytes that may be sent, marked safe or not;\n"
    "- **tool**: messages of servicing tools and what they mean.\n"
    "\n"
    "**Verified by** counts rules (all but probes) by what each was checked\n"
    "against: a *recording* that somebody else made, the *source* of a tool "
    "or\n"
    "a firmware, a *document* only; *not said* where the rule file names "
    "none.\n"
    "\n"
    "| system | healthy | faults | labels | probes | tool | verified by | what "
    "it is |\n"
    "|---|---:|---:|---:|---:|---:|---|---|\n";

/* Text in a cell of a table. */
static void put_cell(struct tt_buf *out, struct tt_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (strchr("|<*_`", s.p[i]) && s.p[i])
            tt_buf_ch(out, '\\');
        put_clean(out, &s.p[i], 1);
    }
}

static void put_verified(struct tt_buf *out, const struct system_counts *n)
{
    static const enum tt_basis_kind order[] = {
        TT_BASIS_RECORDING, TT_BASIS_SOURCE, TT_BASIS_DOCUMENT, TT_BASIS_NONE};
    const char *gap = "";

    for (size_t i = 0; i < TT_LEN(order); i++) {
        if (!n->basis[order[i]])
            continue;
        tt_buf_printf(out, "%s%s %zu", gap,
                      order[i] ? tt_basis_name(order[i]) : "not said",
                      n->basis[order[i]]);
        gap = ", ";
    }
}

static void put_system(struct tt_buf *out, const char *name,
                       struct tt_slice title, const struct system_counts *n)
{
    tt_buf_printf(out, "| %s | %zu | %zu | %zu | %zu | %zu | ", name,
                  n->kind[KIND_HEALTHY],
                  n->kind[KIND_ERROR] + n->kind[KIND_WARNING],
                  n->kind[KIND_LABEL], n->probes, n->kind[KIND_TOOL]);
    put_verified(out, n);
    tt_buf_str(out, " | ");
    put_cell(out, title);
    tt_buf_str(out, " |\n");
}

static int by_name(const void *pa, const void *pb)
{
    const struct tt_protocol *const *a = pa, *const *b = pb;

    return strcmp((*a)->name, (*b)->name);
}

void put_coverage(struct tt_buf *out, const struct tt_rules *set)
{
    const struct tt_slice none = tt_slice_of("rules of no protocol");
    struct system_counts sum = {0}, n = system_count(set, NULL);
    const struct tt_protocol **list;
    size_t count = 0, i = 0;

    for (const struct tt_protocol *p = set->protocols; p; p = p->next)
        count++;
    list = calloc(count + 1, sizeof(*list));
    if (!list)
        return;
    for (const struct tt_protocol *p = set->protocols; p; p = p->next)
        list[i++] = p;
    qsort(list, count, sizeof(const struct tt_protocol *), by_name);
    tt_buf_str(out, intro);
    if (n.rules)
        put_system(out, "-", none, &n);
    sum = n;
    for (i = 0; i < count; i++) {
        n = system_count(set, list[i]);
        if (!n.rules)
            continue;
        put_system(out, list[i]->name, list[i]->title, &n);
        system_add(&sum, &n);
    }
    put_system(out, "**all**", tt_slice_of(""), &sum);
    free(list);
}
