/*
 * probe_send - the guard between the rules and the line.
 *
 * It takes no bytes: what can be sent is what a probe statement of the loaded
 * rules says, and the reader of rules takes none that is not marked.
 */
#include "cli/probe.h"

static bool is_of(const struct tt_rules *set, const struct tt_probe *probe)
{
    for (const struct tt_rule *r = set->rules; r; r = r->next)
        for (const struct tt_probe *b = r->probe; b; b = b->next)
            if (b == probe)
                return true;
    return false;
}

enum tt_status probe_send(struct source *s, const char *name,
                          const struct tt_rules *set,
                          const struct tt_probe *probe, bool allow_changes,
                          struct tt_error *err)
{
    if (!is_of(set, probe))
        return tt_fail(err, TT_ERR_ARG, "no rule has this probe");
    if (!probe->safe && !allow_changes)
        return tt_fail(err, TT_ERR_ARG,
                       "this probe changes something, and that is not allowed");
    return source_send(s, name, probe->bytes.p, probe->bytes.n, err);
}
