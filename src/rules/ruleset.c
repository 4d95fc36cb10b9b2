/*
 * The set as a container: making, freeing, finding by name.
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

struct tt_rule **tt_rule_named(struct tt_rules *set, struct tt_slice name)
{
    struct tt_rule **p;
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (uint8_t)name.p[i]) * 16777619u;
    p = &set->named[(h ^ h >> 16) % TT_RULE_NAMES];
    while (*p && !tt_slice_is(name, (*p)->name))
        p = &(*p)->next_named;
    return p;
}

const struct tt_rule *tt_rules_find(const struct tt_rules *set,
                                    const char *name)
{
    size_t lo = 0, hi = set->by_name ? set->nrules : 0;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int d = strcmp(name, set->by_name[mid]->name);

        if (d == 0)
            return set->by_name[mid];
        if (d < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    if (set->by_name)
        return NULL;
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
