#include "engine/selftest.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CUTS = 1001, LONG_EXAMPLE = 1000, FEW_CUTS = 16, TEXT_CAP = 4096 };

/* What an example's run has shown. */
struct seen {
    const struct tt_rules *set;
    uint64_t *hits;  /* by rule index */
    uint64_t digest; /* of all hits, to compare runs */
    const struct tt_rule *own;
    struct tt_hit first; /* own rule: the first, or a ladder's furthest */
    bool any;
};

struct run {
    struct tt_engine *engine;
    struct seen seen;
    struct tt_selftest_sum *sum;
    tt_selftest_fn *report;
    void *user;
    struct tt_buf text;
    struct tt_record *blocks;
    size_t nblocks, cap;
    uint8_t *bytes;
    size_t nbytes, bytes_cap;
};

static uint64_t mix(uint64_t h, uint64_t v)
{
    h ^= v + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
    return h * 0xff51afd7ed558ccdu;
}

static void on_hit(const struct tt_hit *h, void *user)
{
    struct seen *s = user;
    uint64_t d = s->digest;

    d = mix(d, h->rule->index);
    d = mix(d, (uint64_t)h->kind);
    d = mix(d, h->seq);
    d = mix(d, h->t_start);
    d = mix(d, h->t_end);
    for (unsigned i = 0; i < h->nspans; i++) {
        d = mix(d, h->span[i].offset);
        d = mix(d, h->span[i].len);
    }
    s->digest = d;
    if (h->kind == TT_HIT_RETRACT)
        s->hits[h->rule->index] = 0;
    if (h->kind != TT_HIT)
        return;
    s->hits[h->rule->index]++;
    if (h->rule != s->own)
        return;
    if (!s->any || h->reached > s->first.reached)
        s->first = *h;
    s->any = true;
}

static void begin_run(struct run *r, const struct tt_rule *own)
{
    memset(r->seen.hits, 0, (r->seen.set->nrules + 1) * sizeof(uint64_t));
    r->seen.digest = 0;
    r->seen.own = own;
    r->seen.any = false;
    tt_engine_reset(r->engine, TT_TIME_NS);
}

static enum tt_status feed(struct run *r, const struct tt_record *rec, size_t n,
                           uint64_t end)
{
    for (size_t i = 0; i < n; i++) {
        enum tt_status st = tt_engine_push(r->engine, &rec[i]);

        if (st)
            return st;
    }
    tt_engine_finish(r->engine, end);
    return TT_OK;
}

/* Join bytes that follow each other without a pause into blocks. */
static enum tt_status make_blocks(struct run *r, const struct tt_example *x)
{
    const uint64_t char_ns = 90000; /* a little over one at 115200 8N1 */
    uint64_t last = 0;

    if (x->nrecords > r->cap) {
        void *p = realloc(r->blocks, x->nrecords * sizeof(*r->blocks));
        void *q;

        if (!p)
            return TT_ERR_NOMEM;
        r->blocks = p;
        q = realloc(r->bytes, x->nrecords);
        if (!q)
            return TT_ERR_NOMEM;
        r->bytes = q;
        r->cap = x->nrecords;
    }
    r->nblocks = r->nbytes = 0;
    for (size_t i = 0; i < x->nrecords; i++) {
        const struct tt_record *in = &x->records[i];
        struct tt_record *b = r->nblocks ? &r->blocks[r->nblocks - 1] : NULL;

        if (in->event || in->len != 1) {
            r->blocks[r->nblocks++] = *in;
        } else {
            r->bytes[r->nbytes] = in->bytes[0];
            if (b && !b->event && b->lane == in->lane &&
                in->t_ns - last <= char_ns) {
                b->len++;
            } else {
                r->blocks[r->nblocks] = *in;
                r->blocks[r->nblocks++].bytes = &r->bytes[r->nbytes];
            }
            r->nbytes++;
        }
        last = in->t_ns;
    }
    return TT_OK;
}

/* Feed the blocks, cut after the at-th byte of the whole (SIZE_MAX: every
 * byte by itself). */
static enum tt_status feed_cut(struct run *r, size_t at, uint64_t end)
{
    size_t done = 0;

    for (size_t i = 0; i < r->nblocks; i++) {
        struct tt_record b = r->blocks[i];
        size_t len = b.len, step;

        for (size_t k = 0; k < len || (!len && !k); k += step ? step : 1) {
            enum tt_status st;

            step = len - k;
            if (at == SIZE_MAX && len)
                step = 1;
            else if (done + k < at && at < done + len)
                step = at - done - k;
            b.bytes = len ? r->blocks[i].bytes + k : NULL;
            b.len = step;
            st = tt_engine_push(r->engine, &b);
            if (st)
                return st;
        }
        done += len;
    }
    tt_engine_finish(r->engine, end);
    return TT_OK;
}

void tt_selftest_text(struct tt_buf *out, const struct tt_rules *set,
                      const struct tt_hit *hit)
{
    struct tt_env env = {.rule = hit->rule,
                         .value = hit->value,
                         .reached = hit->reached,
                         .hits = 1,
                         .elapsed_ns = (int64_t)(hit->t_end - hit->t_start)};
    const struct tt_verdict_text *v;

    for (v = hit->rule->verdict; v; v = v->next)
        if (!v->when || tt_expr_true(v->when, &env)) {
            tt_text_fill(out, v->text, set, &env);
            return;
        }
}

static void say(struct run *r, enum tt_selftest_kind kind,
                const struct tt_rule *rule, const struct tt_example *x,
                const char *says)
{
    struct tt_selftest_finding f = {.kind = kind,
                                    .rule = rule,
                                    .example = x,
                                    .says = says,
                                    .line = x ? x->line : rule->line,
                                    .col = x ? x->col : 1};

    r->sum->problems++;
    if (r->report)
        r->report(&f, r->user);
}

/* Did the example come out as its rule says?  Reports when not. */
static bool judge(struct run *r, const struct tt_rule *rule,
                  const struct tt_example *x)
{
    struct tt_env env = {.rule = rule,
                         .value = r->seen.first.value,
                         .reached = r->seen.first.reached,
                         .hits = 1};
    bool fired = r->seen.any && r->seen.hits[rule->index];

    if (x->yes && !fired) {
        say(r, TT_TEST_SILENT, rule, x, "");
        return false;
    }
    tt_buf_clear(&r->text);
    if (!x->yes && fired) {
        tt_selftest_text(&r->text, r->seen.set, &r->seen.first);
        say(r, TT_TEST_FIRED, rule, x, tt_buf_text(&r->text));
        return false;
    }
    if (!fired || !x->expect)
        return true;
    env.elapsed_ns = (int64_t)(r->seen.first.t_end - r->seen.first.t_start);
    if (tt_expr_true(x->expect, &env))
        return true;
    tt_selftest_text(&r->text, r->seen.set, &r->seen.first);
    say(r, TT_TEST_EXPECT, rule, x, tt_buf_text(&r->text));
    return false;
}

static enum tt_status try_cuts(struct run *r, const struct tt_rule *rule,
                               const struct tt_example *x)
{
    size_t cuts = r->nbytes > LONG_EXAMPLE ? FEW_CUTS : MAX_CUTS;
    size_t step = r->nbytes / cuts + 1;
    uint64_t whole;
    bool fired;
    enum tt_status st;

    begin_run(r, rule);
    st = feed_cut(r, 0, x->end_ns);
    whole = r->seen.digest;
    fired = r->seen.hits[rule->index] != 0;
    if (!st && fired != x->yes) {
        say(r, TT_TEST_CUT, rule, x, "in blocks it is not the same");
        return TT_OK;
    }
    for (size_t at = 0; at <= r->nbytes && !st; at += step) {
        begin_run(r, rule);
        st = feed_cut(r, at ? at : SIZE_MAX, x->end_ns);
        if (!st && r->seen.digest != whole) {
            say(r, TT_TEST_CUT, rule, x,
                at ? "cut in two it is not the same"
                   : "byte by byte it is not the same");
            break;
        }
    }
    return st;
}

static enum tt_status run_example(struct run *r, const struct tt_rule *rule,
                                  const struct tt_example *x)
{
    size_t problems = r->sum->problems;
    enum tt_status st;

    r->sum->examples++;
    begin_run(r, rule);
    st = feed(r, x->records, x->nrecords, x->end_ns);
    if (st)
        return st;
    if (judge(r, rule, x)) {
        st = make_blocks(r, x);
        if (!st)
            st = try_cuts(r, rule, x);
    }
    if (r->sum->problems == problems)
        r->sum->passed++;
    return st;
}

enum tt_status tt_selftest(const struct tt_rules *set, const char *origin,
                           struct tt_selftest_sum *sum, tt_selftest_fn *report,
                           void *user)
{
    struct tt_engine_config config = {.quality = TT_TIME_NS};
    struct run r = {.sum = sum, .report = report, .user = user};
    enum tt_status st;

    *sum = (struct tt_selftest_sum){.rules = set->nrules};
    tt_buf_init(&r.text, TEXT_CAP);
    r.seen.set = set;
    r.seen.hits = calloc(set->nrules + 1, sizeof(*r.seen.hits));
    st = r.seen.hits ? TT_OK : TT_ERR_NOMEM;
    if (!st)
        st = tt_engine_new(&r.engine, set, &config, on_hit, &r.seen, NULL);
    for (size_t i = 0; i < set->nrules && !st; i++) {
        const struct tt_rule *rule = set->by_index[i];
        struct tt_error why = {0};

        if (origin && strcmp(rule->origin, origin) != 0)
            continue;
        if (!tt_engine_compiles(rule, &why)) {
            say(&r, TT_TEST_REFUSED, rule, NULL, why.msg);
            continue;
        }
        for (const struct tt_example *x = rule->examples; x && !st; x = x->next)
            st = run_example(&r, rule, x);
    }
    tt_engine_free(r.engine);
    tt_buf_release(&r.text);
    free(r.seen.hits);
    free(r.blocks);
    free(r.bytes);
    return st;
}
