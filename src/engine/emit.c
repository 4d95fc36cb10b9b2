#include "engine/emit.h"

#include <stdlib.h>
#include <string.h>

enum {
    BYTES_A_STEP = 4, /* fetched and summed in the time of a step */
    HIT_STEPS = 8     /* values, conditions, the hit itself */
};

struct access {
    struct tt_machine *m;
    struct tt_task *k;
    const struct tt_thread *th;
    uint8_t *copy; /* of bytes that wrap around the ring's end */
};

/* Copy n bytes of a lane from offset off on; false when they are gone. */
static bool fetch(const struct tt_machine *m, enum tt_lane lane, uint64_t off,
                  size_t n, uint8_t *out)
{
    const struct tt_lane_state *l = &m->lanes[lane];

    if (off == TT_NEVER || !tt_lane_holds(l, off))
        return false;
    for (size_t i = 0; i < n; i++)
        out[i] = tt_lane_byte(l, off + i);
    return true;
}

static int64_t to_number(const struct tt_node *n, const uint8_t *p, size_t len)
{
    const struct tt_node *core = n->kind == TT_N_FIELD ? n->kids : n;
    uint64_t v = 0;

    while (core && (core->kind == TT_N_GROUP || core->kind == TT_N_SEQ) &&
           core->kids)
        core = core->kids;
    if (!core || core->kind != TT_N_INT)
        return len ? p[0] : 0;
    for (size_t i = 0; i < len && i < 8; i++)
        v = v << 8 | p[core->type.big ? i : len - 1 - i];
    if (core->type.is_signed && len && len < 8 && v >> (8 * len - 1) & 1)
        v |= UINT64_MAX << (8 * len);
    return (int64_t)v;
}

static void get_values(struct tt_machine *m, const struct tt_task *k,
                       const struct tt_thread *th, struct tt_value *out)
{
    const struct tt_rule *r = k->prog.rule;

    for (unsigned f = 0; f < r->nfields; f++) {
        const struct tt_capture *c = &th->cap[f];
        struct tt_value *v = &out[f];
        size_t n;

        v->is_num = r->field[f].is_num;
        v->num = 0;
        v->len = 0;
        if (!(th->captured >> f & 1) || !c->len)
            continue;
        n = c->len < TT_VALUE_BYTES ? c->len : TT_VALUE_BYTES;
        if (!fetch(m, c->lane, c->off, n, v->bytes)) {
            m->forgotten++;
            continue;
        }
        v->len = c->len;
        if (v->is_num)
            v->num = to_number(r->field[f].node, v->bytes, n);
    }
}

static bool nowhere(const struct tt_thread *th, int field)
{
    const struct tt_capture *c = &th->cap[field];

    return (th->captured >> field & 1) && !c->len && c->off == TT_NEVER;
}

static bool get_raw(void *user, int from, int to, struct tt_slice *out)
{
    struct access *a = user;
    const struct tt_capture *f, *t;
    uint64_t n;

    /* fields that took nothing (bytes[0]) and stand nowhere */
    while (to > from && nowhere(a->th, to))
        to--;
    while (from < to && nowhere(a->th, from))
        from++;
    f = &a->th->cap[from];
    t = &a->th->cap[to];
    if (from == to && a->th->captured >> from & 1 && !f->len) {
        *out = (struct tt_slice){"", 0};
        return true;
    }
    if (!(a->th->captured >> from & 1) || !(a->th->captured >> to & 1) ||
        f->lane != t->lane || f->off == TT_NEVER || t->off == TT_NEVER)
        return false;
    n = t->off + t->len - f->off;
    if (t->off < f->off || n > TT_HELD)
        return false;
    if (!a->copy)
        a->copy = malloc(TT_HISTORY);
    if (!a->copy) {
        a->m->nomem = true;
        return false;
    }
    if (!fetch(a->m, f->lane, f->off, (size_t)n, a->copy)) {
        a->m->forgotten++;
        return false;
    }
    *out = (struct tt_slice){(const char *)a->copy, (size_t)n};
    a->k->work += n / BYTES_A_STEP;
    a->m->work += n / BYTES_A_STEP;
    return true;
}

static struct tt_env make_env(const struct tt_task *k,
                              const struct tt_thread *th,
                              const struct tt_value *values, struct access *a)
{
    return (struct tt_env){.rule = k->prog.rule,
                           .value = values,
                           .reached = th->reached,
                           .hits = (int64_t)k->nhits + 1,
                           .elapsed_ns = (int64_t)(th->t_last - th->t_start),
                           .raw = get_raw,
                           .user = a};
}

bool tt_emit_eval(struct tt_machine *m, struct tt_task *k,
                  const struct tt_thread *th, const struct tt_expr *x,
                  struct tt_value *out)
{
    struct access a = {.m = m, .k = k, .th = th};
    struct tt_env env;
    bool ok;

    if (x->kind == TT_X_NUM) { /* the usual: bytes[8] */
        out->is_num = true;
        out->num = x->num;
        return true;
    }
    get_values(m, k, th, m->scratch.value);
    env = make_env(k, th, m->scratch.value, &a);
    ok = tt_expr_eval(x, &env, out);
    free(a.copy);
    return ok;
}

static bool conditions_hold(struct tt_machine *m, struct tt_task *k,
                            const struct tt_thread *th)
{
    struct access a = {.m = m, .k = k, .th = th};
    struct tt_env env = make_env(k, th, m->scratch.value, &a);
    bool ok = true;

    for (const struct tt_where *w = k->prog.rule->where; w && ok; w = w->next)
        ok = tt_expr_true(w->expr, &env);
    free(a.copy);
    return ok;
}

/* Remember the hit and the run it ended in, to say how far the run goes. */
static void follow_run(struct tt_machine *m, struct tt_task *k)
{
    const struct tt_span *s;

    k->extending = false;
    if (!k->prog.open_run || !m->scratch.nspans)
        return;
    s = &m->scratch.span[m->scratch.nspans - 1];
    if (!s->len)
        return;
    if (!k->hit)
        k->hit = malloc(sizeof(*k->hit));
    if (!k->hit) {
        m->nomem = true;
        return;
    }
    *k->hit = m->scratch;
    k->extending = true;
    k->ext_lane = s->lane;
    k->ext_byte = tt_lane_byte(&m->lanes[s->lane], s->offset + s->len - 1);
    k->ext_end = s->offset + s->len;
    k->ext_next = 2 * s->len;
}

bool tt_emit_hit(struct tt_machine *m, struct tt_task *k,
                 const struct tt_thread *th)
{
    struct tt_hit *h = &m->scratch;

    k->work += HIT_STEPS;
    m->work += HIT_STEPS;
    get_values(m, k, th, h->value);
    if (!conditions_hold(m, k, th))
        return false;
    if (k->extending)
        tt_task_end_run(m, k);
    h->rule = k->prog.rule;
    h->kind = TT_HIT;
    h->seq = m->seq ? m->seq - 1 : 0;
    h->t_start = th->t_start;
    h->t_end = m->now;
    h->nspans = th->nspans;
    memcpy(h->span, th->span, th->nspans * sizeof(h->span[0]));
    h->reached = (int)th->reached;
    h->paid = th->reached ? th->paid_step : th->paid;
    k->nhits++;
    m->hits++;
    m->on_hit(h, m->user);
    follow_run(m, k);
    return true;
}

void tt_emit_retract(struct tt_machine *m, struct tt_task *k)
{
    struct tt_hit *h = &m->scratch;

    k->extending = false;
    if (!k->nhits)
        return;
    k->nhits = 0;
    *h = (struct tt_hit){.rule = k->prog.rule,
                         .kind = TT_HIT_RETRACT,
                         .seq = m->seq ? m->seq - 1 : 0,
                         .t_start = m->now,
                         .t_end = m->now};
    m->on_hit(h, m->user);
}

static void say_extended(struct tt_machine *m, struct tt_task *k)
{
    struct tt_span *s = &k->hit->span[k->hit->nspans - 1];

    if (s->offset + s->len == k->ext_end)
        return;
    s->len = k->ext_end - s->offset;
    k->hit->kind = TT_HIT_EXTEND;
    m->on_hit(k->hit, m->user);
}

void tt_task_grow_run(struct tt_machine *m, struct tt_task *k, uint64_t end,
                      uint64_t t)
{
    const struct tt_span *s = &k->hit->span[k->hit->nspans - 1];

    k->ext_end = end;
    k->hit->t_end = t;
    if (end - s->offset < k->ext_next)
        return;
    k->ext_next = 2 * (end - s->offset);
    say_extended(m, k);
}

void tt_task_end_run(struct tt_machine *m, struct tt_task *k)
{
    k->extending = false;
    say_extended(m, k);
}
