#include "engine/price.h"

#include "tape/noise.h"

#include <string.h>

static void count_hit(const struct tt_hit *hit, void *user)
{
    uint64_t *hits = user;

    *hits += hit->kind == TT_HIT;
}

static enum tt_status price_noise(struct tt_engine *e, struct tt_price *p,
                                  enum tt_noise_kind kind, size_t bytes)
{
    struct tt_engine_stats stats;
    struct tt_noise noise;
    struct tt_record r;
    enum tt_status st = TT_OK;
    size_t done = 0;

    tt_engine_reset(e, TT_TIME_NS);
    tt_noise_init(&noise, kind, (uint64_t)kind + 1);
    for (; done < bytes && !st; done += r.len) {
        tt_noise_next(&noise, &r);
        st = tt_engine_push(e, &r);
    }
    tt_engine_finish(e, noise.t_ns);
    tt_engine_stats_get(e, &stats);
    p->bytes += done;
    p->work += stats.work;
    p->begun += stats.begun;
    p->off = p->off || stats.switched_off;
    return st;
}

/* A set of this rule and no other. */
static enum tt_status price_one(const struct tt_rules *set,
                                const struct tt_rule *rule, size_t noise,
                                tt_price_fn *report, void *user)
{
    const struct tt_engine_config config = {.quality = TT_TIME_NS};
    struct tt_rule alone = *rule, *index[1] = {&alone};
    struct tt_rules one = *set;
    struct tt_price p = {.rule = rule};
    struct tt_engine *e;
    struct tt_buf parts;
    uint64_t hits = 0;
    enum tt_status st;

    alone.next = NULL;
    alone.index = 0;
    one.rules = &alone;
    one.nrules = 1;
    one.by_index = one.by_name = index;
    st = tt_engine_new(&e, &one, &config, count_hit, &hits, NULL);
    for (int kind = 0; kind < TT_NOISES && !st; kind++)
        st = price_noise(e, &p, (enum tt_noise_kind)kind, noise);
    p.hits = hits;
    tt_buf_init(&parts, 256);
    if (!st) {
        tt_engine_parts(e, 0, &parts);
        p.parts = tt_buf_text(&parts);
        report(&p, user);
    }
    tt_buf_release(&parts);
    tt_engine_free(e);
    return st;
}

enum tt_status tt_price_rules(const struct tt_rules *set, const char *origin,
                              size_t noise, tt_price_fn *report, void *user)
{
    enum tt_status st = TT_OK;

    for (size_t i = 0; i < set->nrules && !st; i++)
        if (!origin || strcmp(set->by_index[i]->origin, origin) == 0)
            st = price_one(set, set->by_index[i], noise, report, user);
    return st;
}
