#include "rules/finish.h"
#include "rules/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a rule looks at --------------------------------------------------- */

struct looks {
    unsigned lanes; /* bit (1 << lane) */
    bool events, after, then;
};

static void look(const struct tt_node *n, struct looks *l)
{
    for (const struct tt_node *k = n->kids; k; k = k->next)
        look(k, l);
    switch (n->kind) {
    case TT_N_SET:
    case TT_N_TEXT:
    case TT_N_INT:
    case TT_N_BYTES:
    case TT_N_LINE:
    case TT_N_SAME_AS:
    case TT_N_RUN:
    case TT_N_SENSOR: l->lanes |= 1u << n->lane; break;
    case TT_N_QUIET:
        if (n->lane != TT_LANE_LINE)
            l->lanes |=
                1u << n->lane | 1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE;
        break;
    case TT_N_START:
    case TT_N_AFTER: l->after = true; break;
    case TT_N_EVENT: l->events = true; break;
    case TT_N_THEN: l->then = true; break;
    default: break;
    }
}

/* Whether the pattern's last item is the end of the recording. */
static bool ends(const struct tt_node *n)
{
    const struct tt_node *last = n;

    while (last && (last->kind == TT_N_SEQ || last->kind == TT_N_GROUP)) {
        last = last->kids;
        while (last && last->next)
            last = last->next;
    }
    return last && last->kind == TT_N_END;
}

static void set_view(struct tt_rule *r)
{
    const unsigned line = 1u << TT_LANE_LINE;
    const unsigned wire = 1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE;
    struct looks l = {0};

    if (r->match)
        look(r->match, &l);
    for (const struct tt_step *s = r->steps; s; s = s->next)
        look(s->pattern, &l);
    if (!l.then && ((l.lanes & (l.lanes - 1)) || l.after))
        r->unit = r->match && ends(r->match) ? TT_UNIT_ONCE : TT_UNIT_TURN;
    else
        r->unit = l.lanes ? TT_UNIT_BYTE : TT_UNIT_EVENT;
    r->view = (uint8_t)(l.lanes | (l.events ? line : 0));
    if (!l.lanes)
        r->view = (uint8_t)(wire | line);
}

/* ---- what spans files ----------------------------------------------------------- */

/* Complain of what r refines and is not there; how many of the complaints
 * that are left were not needed. */
static unsigned check_refines(const struct tt_rules *set,
                              const struct tt_rule *r, unsigned left,
                              tt_diag_fn *report, void *user)
{
    for (const struct tt_names *n = r->refines; n && left; n = n->next) {
        char msg[160], hint[160];
        struct tt_diag d = {.code = TT_ERR_SYNTAX,
                            .is_warning = true,
                            .file = r->file,
                            .line = n->line,
                            .col = n->col,
                            .width = n->width,
                            .msg = msg};
        const char *near;

        if (tt_rules_find(set, n->name))
            continue;
        (void)snprintf(msg, sizeof(msg), "no rule is called '%.64s'", n->name);
        near = tt_rules_near(set, n->name);
        if (near) {
            (void)snprintf(hint, sizeof(hint), "did you mean '%s'?", near);
            d.hint = hint;
        }
        report(&d, user);
        left--;
    }
    return left;
}

static int by_name(const void *pa, const void *pb)
{
    const struct tt_rule *const *a = pa, *const *b = pb;

    return strcmp((*a)->name, (*b)->name);
}

/* Both indexes of the rules. */
static bool make_index(struct tt_rules *set)
{
    size_t size = (set->nrules + 1) * sizeof(*set->by_index);
    struct tt_rule **names = tt_arena_alloc(&set->arena, size);
    unsigned n = 0;

    set->by_index = tt_arena_alloc(&set->arena, size);
    if (!set->by_index || !names)
        return false;
    for (struct tt_rule *r = set->rules; r; r = r->next) {
        r->index = n;
        names[n] = set->by_index[n] = r;
        n++;
    }
    qsort(names, n, sizeof(struct tt_rule *), by_name);
    set->by_name = names;
    return true;
}

enum tt_status tt_rules_finish(struct tt_rules *set, tt_diag_fn *report,
                               void *user)
{
    struct tt_models *models = tt_models_new(&set->arena);
    unsigned left = report ? TT_MAX_DIAGS : 0;

    if (!models || !make_index(set))
        return TT_ERR_NOMEM;
    for (struct tt_rule *r = set->rules; r; r = r->next) {
        left = check_refines(set, r, left, report, user);
        set_view(r);
        tt_rule_weigh(r, models);
    }
    return TT_OK;
}

/* ---- names --------------------------------------------------------------------- */

const char *tt_severity_name(enum tt_severity s)
{
    return (unsigned)s < tt_severity_words.n ? tt_severity_words.word[s] : "";
}

const char *tt_side_name(enum tt_side s)
{
    return s > TT_SIDE_NONE && (unsigned)s <= tt_side_words.n
               ? tt_side_words.word[s - 1]
               : "";
}

const char *tt_unit_name(enum tt_unit u)
{
    static const char *const names[] = {"byte", "turn", "event", "recording"};

    return (unsigned)u < TT_LEN(names) ? names[u] : "";
}

const char *tt_sensor_name(enum tt_sensor s)
{
    return (unsigned)s < tt_sensor_words.n ? tt_sensor_words.word[s] : "";
}

const struct tt_slice *tt_table_get(const struct tt_table *t, int64_t num)
{
    for (const struct tt_entry *e = t->entries; e; e = e->next)
        if (e->num == num)
            return &e->text;
    return NULL;
}
