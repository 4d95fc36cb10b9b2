/*
 * What a whole pattern must keep to: bounded, able to begin, not too large.
 */
#include "rules/read.h"

/* The first 'then' without a time, in order; kids are at most TT_MAX_DEPTH
 * groups deep. */
static const struct tt_node *endless_then(const struct tt_node *n)
{
    const struct tt_node *found = NULL;

    if (n->kind == TT_N_THEN)
        return n->has_dur ? NULL : n;
    for (const struct tt_node *k = n->kids; k && !found; k = k->next)
        found = endless_then(k);
    return found;
}

/* Could the node be passed without a single byte or event? */
static bool can_be_nothing(const struct tt_node *n)
{
    bool any = false, all = true;

    for (const struct tt_node *k = n->kids; k; k = k->next) {
        bool nothing = can_be_nothing(k);

        any = any || nothing;
        all = all && nothing;
    }
    switch (n->kind) {
    case TT_N_SEQ:
    case TT_N_GROUP:
    case TT_N_FIELD: return all;
    case TT_N_ALT: return any;
    case TT_N_REP: return all || n->lo == 0;
    case TT_N_HOP:
    case TT_N_THEN:
    case TT_N_SILENCE:
    case TT_N_QUIET:
    case TT_N_AFTER:
    case TT_N_START:
    case TT_N_END: return true;
    default: return false;
    }
}

/* The wait or 'then' that could come before anything was matched, or NULL. */
static const struct tt_node *first_wait(const struct tt_node *n)
{
    const struct tt_node *found = NULL;

    if (n->kind == TT_N_SILENCE || n->kind == TT_N_QUIET ||
        n->kind == TT_N_THEN)
        return n;
    for (const struct tt_node *k = n->kids; k && !found; k = k->next) {
        found = first_wait(k);
        if (n->kind != TT_N_ALT && !can_be_nothing(k))
            break;
    }
    return found;
}

/* The 'then' that nothing follows, or NULL. */
static const struct tt_node *last_then(const struct tt_node *n)
{
    const struct tt_node *found = NULL;

    for (const struct tt_node *k = n->kids; k; k = k->next) {
        if (n->kind == TT_N_SEQ)
            found = k->kind == TT_N_THEN ? k : last_then(k);
        else if (n->kind == TT_N_ALT || n->kind == TT_N_GROUP)
            found = found ? found : last_then(k);
    }
    return found;
}

/* Elements with repeats written out, up to a little above the limit. */
static uint64_t expanded(const struct tt_node *n)
{
    uint64_t sum = 0;

    for (const struct tt_node *k = n->kids; k; k = k->next)
        sum += expanded(k);
    switch (n->kind) {
    case TT_N_REP: sum *= n->hi == TT_NO_LIMIT ? n->lo + 1 : n->hi; break;
    case TT_N_TEXT: sum = n->text.n; break;
    case TT_N_INT: sum = n->type.size; break;
    case TT_N_SEQ:
    case TT_N_ALT:
    case TT_N_GROUP:
    case TT_N_FIELD: break;
    default: sum = 1;
    }
    return sum <= TT_MAX_EXPAND ? sum : TT_MAX_EXPAND + 1;
}

static uint64_t expanded_rule(const struct tt_rule *x)
{
    uint64_t sum = x->match ? expanded(x->match) : 0;

    if (x->unless)
        sum += expanded(x->unless);
    for (const struct tt_step *s = x->steps; s; s = s->next)
        sum += expanded(s->pattern);
    return sum;
}

static struct tt_tok token_of(const struct tt_node *n)
{
    static const char blank[TT_MAX_LINE];

    return (struct tt_tok){TT_T_NAME, {blank, n->width}, n->line, n->col};
}

bool tt_check_pattern(struct tt_reader *r, const struct tt_node *n, bool first)
{
    const struct tt_node *bad = endless_then(n);
    struct tt_tok t;

    if (bad) {
        t = token_of(bad);
        return tt_bad(r, &t, "add  within 2s  after what follows",
                      "'then' lets other bytes pass, so it needs a time limit");
    }
    bad = first ? first_wait(n) : NULL;
    if (bad) {
        t = token_of(bad);
        return tt_bad(r, &t,
                      bad->kind == TT_N_THEN
                          ? "leave it out: a pattern may begin anywhere"
                          : "put what comes before it:  > 7F < quiet 1s",
                      "'%s' has nothing before it to count from",
                      bad->kind == TT_N_THEN      ? "then"
                      : bad->kind == TT_N_SILENCE ? "silence"
                                                  : "quiet");
    }
    bad = last_then(n);
    if (bad) {
        t = token_of(bad);
        return tt_bad(r, &t, "> \"AT\" then < \"OK\" within 2s",
                      "'then' needs something after it");
    }
    if (can_be_nothing(n)) {
        t = token_of(n);
        return tt_bad(r, &t,
                      "name at least one byte, text or event that must "
                      "be there",
                      "this pattern fits where there is nothing at all");
    }
    if (expanded_rule(r->draft->rule) + expanded(n) > TT_MAX_EXPAND) {
        t = token_of(n);
        return tt_bad_limit(r, &t,
                            "with its repeats written out a rule may not "
                            "exceed %d elements",
                            TT_MAX_EXPAND);
    }
    return true;
}
