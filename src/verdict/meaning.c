/*
 * What the rules speak of: subjects and claims as numbers, layers, and who
 * refines whom as indexes, so that booking a hit compares numbers only.
 */
#include "verdict/ledger.h"

#include <string.h>

static enum tt_layer layer_of(const struct tt_rule *r)
{
    static const struct {
        const char *prefix;
        enum tt_layer layer;
    } layers[] = {{"line.", TT_LAYER_LINE},
                  {"link.", TT_LAYER_LINK},
                  {"session.", TT_LAYER_SESSION},
                  {"target.", TT_LAYER_TARGET}};

    if (!r->subject)
        return r->view == 1u << TT_LANE_LINE ? TT_LAYER_LINE : TT_LAYER_OTHER;
    for (size_t i = 0; i < TT_LEN(layers); i++)
        if (strncmp(r->subject, layers[i].prefix, strlen(layers[i].prefix)) ==
            0)
            return layers[i].layer;
    return TT_LAYER_OTHER;
}

/* What a thing is changes slowly; everything else is a state. */
static bool is_identity(const char *subject)
{
    return subject && (strcmp(subject, "target.chip") == 0 ||
                       strcmp(subject, "link.protocol") == 0);
}

/* Number m's subject and claim after the first rule that has the same. */
static void number_claim(struct tt_ledger *l, unsigned i)
{
    struct tt_meaning *m = &l->meaning[i];

    m->subject = m->claim = -1;
    if (!m->rule->subject || !m->rule->value)
        return;
    m->subject = m->claim = (int)i;
    for (unsigned j = 0; j < i; j++) {
        const struct tt_meaning *o = &l->meaning[j];

        /* Only the first of each kind is worth comparing names with. */
        if (o->claim != (int)j ||
            strcmp(o->rule->subject, m->rule->subject) != 0)
            continue;
        if (m->subject == (int)i)
            m->subject = o->subject;
        if (strcmp(o->rule->value, m->rule->value) == 0) {
            m->claim = o->claim;
            return;
        }
    }
}

static const struct tt_meaning *find(const struct tt_ledger *l,
                                     const char *name)
{
    for (unsigned i = 0; i < l->nrules; i++)
        if (strcmp(l->meaning[i].rule->name, name) == 0)
            return &l->meaning[i];
    return NULL;
}

static enum tt_status make_refines(struct tt_ledger *l, struct tt_meaning *m)
{
    unsigned n = 0;

    for (const struct tt_names *r = m->rule->refines; r; r = r->next)
        n++;
    if (!n)
        return TT_OK;
    m->refines = tt_arena_alloc(&l->arena, n * sizeof(*m->refines));
    if (!m->refines)
        return TT_ERR_NOMEM;
    for (const struct tt_names *r = m->rule->refines; r; r = r->next) {
        const struct tt_meaning *other = find(l, r->name);

        if (other && other != m)
            m->refines[m->nrefines++] = other->rule->index;
    }
    return TT_OK;
}

enum tt_status tt_meanings_make(struct tt_ledger *l)
{
    const unsigned bytes =
        1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE; /* not the tool's text */

    l->meaning =
        tt_arena_alloc(&l->arena, (l->nrules + 1) * sizeof(*l->meaning));
    if (!l->meaning)
        return TT_ERR_NOMEM;
    for (unsigned i = 0; i < l->nrules; i++) {
        const struct tt_rule *r = l->set->by_index[i];
        struct tt_meaning *m = &l->meaning[i];

        m->rule = r;
        m->layer = layer_of(r);
        m->identity = is_identity(r->subject);
        m->decoded = (r->view & bytes) != 0;
        number_claim(l, i);
        l->nverdicts += r->verdict != NULL;
        for (unsigned j = 0; j < r->nuntil && j < TT_MAX_UNTIL; j++)
            l->until |= 1u << r->until[j];
    }
    for (unsigned i = 0; i < l->nrules; i++) {
        enum tt_status st = make_refines(l, &l->meaning[i]);

        if (st)
            return st;
    }
    return TT_OK;
}
