#include "verdict/verdict.h"

#define MORE_BITS ((int64_t)10 << 16)
#define PAUSE     (250 * TT_NS_PER_MS)

void tt_hysteresis_init(struct tt_hysteresis *h)
{
    *h = (struct tt_hysteresis){.shown = false};
}

/* Is the rule that is shown still among what holds? */
static bool still_there(const struct tt_hysteresis *h,
                        const struct tt_verdict *v)
{
    for (unsigned i = 0; i < v->nalso; i++)
        if (v->also[i].rule->index == h->rule)
            return true;
    return v->has_headline && v->headline.rule->index == h->rule;
}

static bool better(const struct tt_hysteresis *h, const struct tt_verdict *v)
{
    const struct tt_finding *f = &v->headline;

    if (!h->shown || !v->has_headline || !still_there(h, v))
        return true;
    return f->word > h->word || f->rule->severity > h->severity ||
           f->bits >= h->bits + MORE_BITS;
}

bool tt_hysteresis_switch(struct tt_hysteresis *h, const struct tt_verdict *v,
                          uint64_t now_ns)
{
    const struct tt_finding *f = &v->headline;
    bool same =
        h->shown == v->has_headline && (!h->shown || h->rule == f->rule->index);

    if (!same) {
        if (!better(h, v))
            return false;
        if (h->changed_once && now_ns < h->changed_ns + PAUSE)
            return false;
        h->changed_once = true;
        h->changed_ns = now_ns;
    }
    h->shown = v->has_headline;
    if (h->shown) {
        h->rule = f->rule->index;
        h->word = f->word;
        h->severity = f->rule->severity;
        h->bits = f->bits;
    }
    return true;
}
