/*
 * probe: what may be sent to ask who is there.  A rule file has no way to
 * write down bytes to be sent without saying what they do.
 */
#include "rules/read.h"

/* safe, or changes-state "how", up to the line's end. */
static bool probe_kind(struct tt_reader *r, struct tt_probe *p)
{
    static const char hint[] =
        "end with  safe  or with  changes-state \"what it changes\"";

    p->safe = tt_is_name(tt_peek(r, 0), "safe");
    if (p->safe) {
        r->i++;
        return tt_at_end(r, hint);
    }
    if (!tt_is_name(tt_peek(r, 0), "changes") ||
        !tt_tok_is(tt_peek(r, 1), "-") || !tt_is_name(tt_peek(r, 2), "state"))
        return tt_bad(r, NULL, hint, "it must be said whether a probe is safe");
    r->i += 3;
    if (!tt_read_texts(r, &p->how))
        return false;
    return p->how.n || tt_bad(r, NULL, hint, "'probe' needs a text");
}

bool tt_read_probe(struct tt_reader *r)
{
    struct tt_probe *p = tt_rd_alloc(r, sizeof(*p));
    struct tt_probe **tail = &r->draft->rule->probe;
    static const char hint[] = "probe > 7F safe";

    if (!p)
        return false;
    p->line = r->line_first;
    if (!tt_is_op(r, ">"))
        return tt_bad(r, NULL, hint, "a probe goes to the device");
    r->i++;
    if (!tt_read_bytes(r, TT_MAX_PROBE, &p->bytes))
        return false;
    if (!p->bytes.n)
        return tt_bad(r, NULL, hint, "a probe sends exact bytes");
    if (!probe_kind(r, p))
        return false;
    while (*tail)
        tail = &(*tail)->next;
    *tail = p;
    return true;
}
