/*
 * The order of duty, the same however the input is cut:
 *
 *   a record comes ─ the pause before it: tail leads, then timers up to its
 *                    time, soonest first
 *                  ─ an event: open attempts, then what the event wakes up
 *                  ─ bytes: for each byte open attempts, runs that go on,
 *                    then run counter, sensors and lead finder wake up
 *
 * Which bytes are worth a look (points) depends on the lane's bytes alone,
 * so it is found for a whole piece at once; where no attempt is open the
 * machine jumps from point to point.
 */
#include "engine/engine.h"

#include "engine/emit.h"
#include "engine/finder.h"
#include "engine/machine.h"
#include "engine/sensor.h"
#include "engine/wake.h"

#include <stdlib.h>
#include <string.h>

enum {
    BYTE_LANES = 3,
    DEFAULT_BAUD = 115200,
    WATCH_WIDTH = 48,
    ANY_WIDTH = 192,
    ANY_RUN = 8
};

enum point_kind {
    POINT_WATCH,  /* any byte of a wide set: an 'unless' mostly */
    POINT_ANCHOR, /* first byte of the lane, or after a pause */
    POINT_RUN,
    POINT_SENSOR,
    POINT_LEAD,
    POINT_KINDS
};

/* A byte (by its index in the piece) where something may begin. */
struct point {
    uint32_t at;
    uint32_t which; /* task, run subscription, sensor, lead */
    uint64_t start; /* sensor: where its finding begins */
};

struct points {
    struct point *v;
    size_t n, cap, next;
};

struct lead_ref {
    uint32_t task;
    uint32_t n;     /* bytes */
    uint32_t reach; /* the task's */
};

struct run_ref {
    uint32_t task;
    struct tt_set set;
    uint32_t run;
    uint64_t base; /* bytes before this offset do not count: a gap */
    enum tt_lane lane;
};

struct refs {
    uint32_t *v;
    uint32_t n, cap;
};

/*
 * A task that begins with a byte of set: behind an anchor, or anywhere.  The
 * latter are kept out of the finder, which they would stop at every byte;
 * most are 'unless' patterns that are done with after their first byte.
 */
struct anchor_ref {
    uint32_t task;
    enum tt_lane lane;
    bool start;    /* only the lane's first byte will do */
    bool anywhere; /* no anchor at all */
    bool lasts;    /* the last one before a byte of 'until' will do */
    struct tt_set set, until;
};

struct run_state {
    uint8_t byte;
    uint64_t start;
    uint64_t base; /* the latest base of all subscriptions */
    uint32_t min, max;
    bool any;
};

struct tt_engine {
    struct tt_machine m;
    struct tt_lane_state lane[BYTE_LANES];
    struct tt_finder *finder[BYTE_LANES];
    struct lead_ref *lead;
    uint32_t nleads, lead_cap;
    struct anchor_ref *anchor;
    uint32_t nanchors, anchor_cap;
    uint32_t *watcher; /* scratch: anchors of a lane that are 'anywhere' */
    struct run_ref *run;
    uint32_t nruns, run_cap;
    struct run_state runs[BYTE_LANES];
    struct refs on_event[TT_EVENTS];
    struct refs on_sensor[TT_SENSORS][BYTE_LANES]; /* begin with it */
    bool sensor_used[TT_SENSORS];
    void *sensor[TT_SENSORS][BYTE_LANES];
    uint32_t *active; /* tasks with open attempts, ascending */
    uint32_t nactive;
    /* What any of them waits for: all of a lane, these bytes of it, or the
     * byte at an offset. */
    uint8_t want_all, asleep;
    struct tt_set want[BYTE_LANES];
    uint64_t wake_off[BYTE_LANES];
    uint32_t *extending; /* tasks that follow a run, ascending */
    uint32_t nextending;
    uint64_t next_due;
    bool due_known;
    struct points points[POINT_KINDS];
    struct tt_item *items; /* scratch for attempts that begin in the past */
    uint64_t last_t[TT_LANES];
    enum tt_lane last_lane;
    bool any;
    uint64_t host_turn;
    enum tt_quality quality;
    uint32_t nrules;
    uint32_t *task_of; /* by rule index */
};

/* ---- building ---------------------------------------------------------- */

static bool add_ref(struct refs *r, uint32_t task)
{
    void *v = r->v;

    if (!tt_grow(&v, &r->cap, r->n + 1, sizeof(*r->v)))
        return false;
    r->v = v;
    r->v[r->n++] = task;
    return true;
}

/* A lead of one wide set, or one that begins with many nearly any bytes:
 * neither tells the finder anything, but it would be compared at every byte,
 * and nobody would count that. */
static bool is_watch(const struct tt_wake *w)
{
    uint32_t any = 0;

    if (w->tail)
        return false;
    while (any < w->nlead && tt_set_count(&w->lead[any]) >= ANY_WIDTH)
        any++;
    return any >= ANY_RUN ||
           (w->nlead == 1 && tt_set_count(&w->lead[0]) >= WATCH_WIDTH);
}

static enum tt_status add_anchor(struct tt_engine *e, uint32_t task,
                                 const struct tt_wake *w,
                                 const struct tt_set *set)
{
    void *p = e->anchor;
    struct anchor_ref *a;

    if (!tt_grow(&p, &e->anchor_cap, e->nanchors + 1, sizeof(*e->anchor)))
        return TT_ERR_NOMEM;
    e->anchor = p;
    a = &e->anchor[e->nanchors++];
    *a = (struct anchor_ref){.task = task,
                             .lane = w->lane,
                             .start = w->kind == TT_WAKE_START,
                             .anywhere = w->kind == TT_WAKE_LEAD,
                             .set = *set};
    a->lasts = a->anywhere && !e->m.keep_progress &&
               tt_task_lasts(&e->m.task[task], &a->until);
    return TT_OK;
}

static enum tt_status add_wake(struct tt_engine *e, uint32_t task,
                               const struct tt_wake *w)
{
    uint32_t n;
    void *p;

    switch (w->kind) {
    case TT_WAKE_EVENT:
        return add_ref(&e->on_event[w->event], task) ? TT_OK : TT_ERR_NOMEM;
    case TT_WAKE_SENSOR:
        return add_ref(&e->on_sensor[w->sensor][w->lane], task) ? TT_OK
                                                                : TT_ERR_NOMEM;
    case TT_WAKE_START:
    case TT_WAKE_PAUSE: return add_anchor(e, task, w, &w->set);
    case TT_WAKE_RUN:
        p = e->run;
        if (!tt_grow(&p, &e->run_cap, e->nruns + 1, sizeof(*e->run)))
            return TT_ERR_NOMEM;
        e->run = p;
        e->run[e->nruns++] = (struct run_ref){
            .task = task, .set = w->set, .run = w->run, .lane = w->lane};
        return TT_OK;
    default:
        if (is_watch(w))
            return add_anchor(e, task, w, &w->lead[0]);
        p = e->lead;
        if (!tt_grow(&p, &e->lead_cap, e->nleads + 1, sizeof(*e->lead)))
            return TT_ERR_NOMEM;
        e->lead = p;
        /* The finder does not tell how far it came: when that is asked
         * for, the first byte wakes the machine, which does. */
        n = e->m.keep_progress ? 1 : w->nlead;
        e->lead[e->nleads] = (struct lead_ref){
            .task = task, .n = n, .reach = e->m.task[task].reach};
        return tt_finder_add(e->finder[w->lane], w->lead, n, e->nleads++,
                             w->tail && !e->m.keep_progress);
    }
}

static bool begins_on_one_lane(const struct tt_program *p)
{
    for (uint32_t i = 0; i < p->nwakes; i++)
        if (p->wake[i].kind != TT_WAKE_LEAD ||
            p->wake[i].lane != p->wake[0].lane)
            return false;
    return p->nwakes > 0;
}

static enum tt_status add_task(struct tt_engine *e, const struct tt_rule *r,
                               bool unless, struct tt_error *err)
{
    uint32_t at = e->m.ntasks;
    struct tt_task *k = &e->m.task[at];
    enum tt_status st;

    *k = (struct tt_task){.partner = at};
    e->m.ntasks++;
    st = tt_program_compile(&k->prog, r, unless, err);
    if (!st)
        st = tt_program_wakes(&k->prog, err);
    if (st && st != TT_ERR_NOMEM) { /* left out; the others work */
        k->prog.nwakes = k->prog.ninst = 0;
        k->is_out = true;
        st = TT_OK;
    }
    if (begins_on_one_lane(&k->prog) && !e->m.keep_progress)
        k->reach = tt_task_reach(k, k->prog.wake[0].lane);
    for (uint32_t i = 0; i < k->prog.nwakes && !st; i++)
        st = add_wake(e, at, &k->prog.wake[i]);
    for (uint32_t i = 0; i < k->prog.ninst && !st; i++)
        if (k->prog.inst[i].op == TT_OP_SENSOR)
            e->sensor_used[k->prog.inst[i].sensor] = true;
    return st;
}

/* The unless patterns come first: they are asked before the rules. */
static enum tt_status add_tasks(struct tt_engine *e, const struct tt_rules *set,
                                struct tt_error *err)
{
    enum tt_status st = TT_OK;

    for (size_t i = 0; i < set->nrules && !st; i++)
        if (set->by_index[i]->unless) {
            e->task_of[i] = e->m.ntasks;
            st = add_task(e, set->by_index[i], true, err);
        }
    for (size_t i = 0; i < set->nrules && !st; i++) {
        uint32_t at = e->m.ntasks;

        st = add_task(e, set->by_index[i], false, err);
        if (!st && set->by_index[i]->unless) {
            e->m.task[e->task_of[i]].partner = at;
            e->m.task[at].partner = e->task_of[i];
            if (e->m.task[e->task_of[i]].is_out)
                e->m.task[at].is_out = true;
        }
        e->task_of[i] = at;
    }
    return st;
}

static enum tt_status build_parts(struct tt_engine *e)
{
    e->watcher = calloc(e->nanchors + 1u, sizeof(*e->watcher));
    if (!e->watcher)
        return TT_ERR_NOMEM;
    for (int l = 0; l < BYTE_LANES; l++)
        if (tt_finder_build(e->finder[l]))
            return TT_ERR_NOMEM;
    for (int s = 0; s < TT_SENSORS; s++)
        for (int l = 0; l < BYTE_LANES && e->sensor_used[s]; l++) {
            const struct tt_sensor_def *d = tt_sensor_def((enum tt_sensor)s);

            if (!(d->lanes >> l & 1))
                continue;
            e->sensor[s][l] = malloc(d->size);
            if (!e->sensor[s][l])
                return TT_ERR_NOMEM;
        }
    for (uint32_t i = 0; i < e->nruns; i++) {
        struct run_state *s = &e->runs[e->run[i].lane];

        if (!s->min || e->run[i].run < s->min)
            s->min = e->run[i].run;
        if (e->run[i].run > s->max)
            s->max = e->run[i].run;
    }
    return TT_OK;
}

static enum tt_status allocate(struct tt_engine *e, const struct tt_rules *set)
{
    size_t n = 2 * set->nrules + 1;

    e->m.task = calloc(n, sizeof(*e->m.task));
    e->active = calloc(n, sizeof(*e->active));
    e->extending = calloc(n, sizeof(*e->extending));
    e->task_of = calloc(n, sizeof(*e->task_of));
    e->items = calloc(TT_MAX_REPEAT, sizeof(*e->items));
    if (!e->m.task || !e->active || !e->extending || !e->task_of || !e->items ||
        !tt_machine_init(&e->m))
        return TT_ERR_NOMEM;
    for (int l = 0; l < BYTE_LANES; l++)
        if (tt_finder_new(&e->finder[l]))
            return TT_ERR_NOMEM;
    return TT_OK;
}

enum tt_status tt_engine_new(struct tt_engine **out, const struct tt_rules *set,
                             const struct tt_engine_config *config,
                             tt_hit_fn *on_hit, void *user,
                             struct tt_error *err)
{
    struct tt_engine *e = calloc(1, sizeof(*e));
    enum tt_status st;

    *out = NULL;
    if (!e)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    e->m.lanes = e->lane;
    e->m.on_hit = on_hit;
    e->m.user = user;
    e->m.keep_progress = config->keep_progress;
    e->nrules = (uint32_t)set->nrules;
    st = allocate(e, set);
    if (!st)
        st = add_tasks(e, set, err);
    if (!st)
        st = build_parts(e);
    if (st == TT_ERR_NOMEM)
        (void)tt_fail(err, st, "out of memory");
    if (st) {
        tt_engine_free(e);
        return st;
    }
    tt_engine_reset(e, config->quality);
    *out = e;
    return TT_OK;
}

void tt_engine_free(struct tt_engine *e)
{
    if (!e)
        return;
    for (uint32_t i = 0; i < e->m.ntasks; i++) {
        tt_program_release(&e->m.task[i].prog);
        tt_task_clear(&e->m, &e->m.task[i]);
        free(e->m.task[i].now.v);
        free(e->m.task[i].hit);
    }
    for (int l = 0; l < BYTE_LANES; l++)
        tt_finder_free(e->finder[l]);
    for (int s = 0; s < TT_SENSORS; s++)
        for (int l = 0; l < BYTE_LANES; l++) {
            free(e->sensor[s][l]);
            free(e->on_sensor[s][l].v);
        }
    for (int i = 0; i < TT_EVENTS; i++)
        free(e->on_event[i].v);
    for (int i = 0; i < POINT_KINDS; i++)
        free(e->points[i].v);
    tt_machine_release(&e->m);
    free(e->m.task);
    free(e->active);
    free(e->extending);
    free(e->task_of);
    free(e->items);
    free(e->lead);
    free(e->run);
    free(e->anchor);
    free(e->watcher);
    free(e);
}

static void reset_task(struct tt_engine *e, struct tt_task *k)
{
    tt_task_clear(&e->m, k);
    k->min_seq = 0;
    k->next_attempt = 0;
    k->listed = k->fired = k->is_void = k->is_off = k->extending = false;
    k->work = 0;
    k->nhits = 0;
    k->best = (struct tt_progress){0};
    k->best_pc = 0;
}

static void set_speed(struct tt_engine *e, uint32_t baud, const char *mode)
{
    uint64_t bits = 10; /* in half bits below: start, 8 data, stop */

    if (mode[0] >= '5' && mode[0] <= '9')
        bits = 1u + (unsigned)(mode[0] - '0') + (mode[1] != 'N') +
               (mode[2] == '2' ? 2u : 1u);
    if (baud)
        e->m.char_ps = bits * UINT64_C(1000000000000) / baud;
}

void tt_engine_reset(struct tt_engine *e, enum tt_quality quality)
{
    for (uint32_t i = 0; i < e->m.ntasks; i++)
        reset_task(e, &e->m.task[i]);
    for (int l = 0; l < BYTE_LANES; l++) {
        struct tt_lane_state *s = &e->lane[l];

        s->written = s->count = s->nmarks = 0;
        s->last_t = TT_NEVER;
        s->tail_done = true;
        memset(s->cut, 0, sizeof(s->cut));
        tt_finder_reset(e->finder[l]);
        e->runs[l].any = false;
        e->runs[l].base = 0;
        for (int k = 0; k < TT_SENSORS; k++)
            if (e->sensor[k][l])
                memset(e->sensor[k][l], 0,
                       tt_sensor_def((enum tt_sensor)k)->size);
    }
    for (uint32_t i = 0; i < e->nruns; i++)
        e->run[i].base = 0;
    for (int l = 0; l < TT_LANES; l++)
        e->last_t[l] = TT_NEVER;
    e->nactive = e->nextending = 0;
    e->want_all = e->asleep = 0;
    memset(e->want, 0, sizeof(e->want));
    e->due_known = false;
    e->any = false;
    e->host_turn = 0;
    e->quality = quality;
    e->m.step_ns = tt_quality_step(quality);
    e->m.now = e->m.seq = 0;
    e->m.begun = e->m.dropped = e->m.forgotten = e->m.hits = e->m.work = 0;
    set_speed(e, DEFAULT_BAUD, "8N1");
}

/* ---- the list of tasks with open attempts ------------------------------ */

/* What the task waits for is waited for. */
static void add_wants(struct tt_engine *e, struct tt_task *k)
{
    if (k->stale)
        tt_task_wants(&e->m, k);
    e->want_all |= k->want_all;
    for (int l = 0; k->asleep >> l; l++)
        if (k->asleep >> l & 1 &&
            (!(e->asleep >> l & 1) || k->wake_off < e->wake_off[l]))
            e->wake_off[l] = k->wake_off;
    e->asleep |= k->asleep;
    for (int l = 0; k->has_sets && l < BYTE_LANES; l++)
        for (size_t i = 0; i < TT_LEN(e->want[l].w); i++)
            e->want[l].w[i] |= k->want[l].w[i];
}

/* After something was done to tasks of the list: tidy it up. */
static void tidy(struct tt_engine *e)
{
    uint32_t n = 0;

    e->want_all = e->asleep = 0;
    memset(e->want, 0, sizeof(e->want));
    for (uint32_t i = 0; i < e->nactive; i++) {
        struct tt_task *k = &e->m.task[e->active[i]];

        k->listed = k->now.n > 0;
        if (!k->listed)
            continue;
        e->active[n++] = e->active[i];
        add_wants(e, k);
    }
    e->nactive = n;
    e->due_known = false;
}

/* The task may have got attempts or a run to follow: keep the books. */
static void enlist(struct tt_engine *e, uint32_t task)
{
    struct tt_task *k = &e->m.task[task];
    uint32_t i = e->nactive;

    e->due_known = false;
    if (k->now.n)
        add_wants(e, k);
    if (k->listed || !k->now.n)
        return;
    for (; i > 0 && e->active[i - 1] > task; i--)
        e->active[i] = e->active[i - 1];
    e->active[i] = task;
    e->nactive++;
    k->listed = true;
}

static void count_extending(struct tt_engine *e)
{
    e->nextending = 0;
    for (uint32_t i = 0; i < e->m.ntasks; i++)
        if (e->m.task[i].extending)
            e->extending[e->nextending++] = i;
}

static void switch_off(struct tt_engine *e, struct tt_task *k)
{
    k->is_off = true;
    k->extending = false;
    tt_task_clear(&e->m, k);
    e->m.work -= k->work;
    k->work = 0;
}

/* The rules cost more than they may: the most expensive one goes. */
static void keep_to_budget(struct tt_engine *e)
{
    while (e->m.work > TT_WORK_BASE + TT_WORK_RATE * e->m.seq) {
        struct tt_task *worst = &e->m.task[0], *rule;

        for (uint32_t i = 1; i < e->m.ntasks; i++)
            if (e->m.task[i].work > worst->work)
                worst = &e->m.task[i];
        switch_off(e, worst);
        if (worst->prog.is_unless) { /* nobody would void the rule now */
            rule = &e->m.task[worst->partner];
            switch_off(e, rule);
            tt_emit_retract(&e->m, rule);
        }
        tidy(e);
        count_extending(e);
    }
}

/* Can the item change anything for somebody who waits for these? */
static bool is_wanted(uint8_t all, const struct tt_set *sets,
                      const struct tt_item *item)
{
    if (all >> item->lane & 1)
        return true;
    return sets && !item->event && tt_set_has(&sets[item->lane], item->byte);
}

/* Those asleep take the first byte of a stretch (there may have been a pause
 * before it), and the one they sleep for. */
static bool is_awaited(const struct tt_task *k, const struct tt_item *item,
                       bool first)
{
    if (k->asleep >> item->lane & 1 && (first || item->off >= k->wake_off))
        return true;
    return is_wanted(k->want_all, k->has_sets ? k->want : NULL, item);
}

static void offer(struct tt_engine *e, const struct tt_item *item, bool first)
{
    uint64_t hits = e->m.hits;
    bool any = false;

    if (!(e->asleep >> item->lane & 1) &&
        !is_wanted(e->want_all, e->want, item))
        return;
    for (uint32_t i = 0; i < e->nactive; i++) {
        struct tt_task *k = &e->m.task[e->active[i]];

        if (k->stale) /* an 'unless' before it may have emptied it */
            tt_task_wants(&e->m, k);
        if (k->prog.view >> item->lane & 1 && is_awaited(k, item, first)) {
            tt_task_item(&e->m, k, item);
            any = true;
        }
    }
    if (any)
        tidy(e);
    if (e->m.hits != hits)
        count_extending(e);
}

/* ---- beginning attempts ------------------------------------------------ */

/* Items of lane l for its bytes [off, off + n), from the ring and marks. */
static bool past_items(struct tt_engine *e, enum tt_lane l, uint64_t off,
                       size_t n)
{
    const struct tt_lane_state *s = &e->lane[l];
    const struct tt_mark *m = NULL;
    uint64_t at = s->nmarks;

    for (size_t i = n; i > 0; i--) {
        uint64_t o = off + i - 1;
        struct tt_item *it = &e->items[i - 1];

        if (!m || o < m->off)
            m = tt_lane_find(s, o, &at);
        if (!m)
            return false;
        *it = (struct tt_item){.t = m->t,
                               .seq = m->seq + (o - m->off),
                               .source = m->source,
                               .off = o,
                               .lane = l,
                               .byte = tt_lane_byte(s, o)};
        memcpy(it->before, m->before, sizeof(it->before));
        if (o > m->off)
            it->before[l] = m->t;
    }
    return true;
}

/* Begin an attempt of task with the last n bytes of lane l. */
static void begin(struct tt_engine *e, uint32_t task, enum tt_lane l, size_t n)
{
    struct tt_task *k = &e->m.task[task];
    const struct tt_lane_state *s = &e->lane[l];
    uint64_t off, hits = e->m.hits;

    if (k->is_void || k->is_out || k->is_off || n > s->count ||
        n > TT_MAX_REPEAT)
        return;
    off = s->count - n;
    if (!tt_lane_holds(s, off) || off < s->cut[l])
        return;
    for (int o = 0; o < TT_LANES; o++)
        if (k->prog.view >> o & 1 && off < s->cut[o])
            return;
    if (!past_items(e, l, off, n))
        return;
    tt_task_begin(&e->m, k, e->items, n);
    enlist(e, task);
    if (e->m.hits != hits)
        count_extending(e);
}

/* The lane pauses: leads that wait for what comes after its bytes. */
static void look_at_tails(struct tt_engine *e)
{
    for (int l = 0; l < BYTE_LANES; l++) {
        const uint32_t *ids;
        size_t n;

        if (e->lane[l].tail_done)
            continue;
        e->lane[l].tail_done = true;
        tt_finder_tail(e->finder[l], &ids, &n);
        for (size_t i = 0; i < n; i++)
            begin(e, e->lead[ids[i]].task, (enum tt_lane)l, e->lead[ids[i]].n);
    }
}

static void fire_event(struct tt_engine *e, const struct tt_item *item)
{
    const struct refs *r = &e->on_event[item->event];

    for (uint32_t i = 0; i < r->n; i++) {
        tt_task_begin(&e->m, &e->m.task[r->v[i]], item, 1);
        enlist(e, r->v[i]);
    }
}

static void fire_sensor(struct tt_engine *e, const struct point *p,
                        const struct tt_item *last)
{
    enum tt_sensor which = (enum tt_sensor)p->which;
    const struct refs *r = &e->on_sensor[which][last->lane];
    struct tt_item first = *last;

    for (uint32_t i = 0; i < r->n; i++) {
        tt_task_begin(&e->m, &e->m.task[r->v[i]], NULL, 0);
        enlist(e, r->v[i]);
    }
    if (past_items(e, last->lane, p->start, 1))
        first = e->items[0];
    else if (!p->start) /* forgotten, but the lane's first byte all the same */
        for (int l = 0; l < TT_LANES; l++)
            if (l == (int)last->lane || e->last_t[l] == TT_NEVER)
                first.before[l] = TT_NEVER;
    first.off = p->start; /* also when its time is forgotten */
    for (uint32_t i = 0; i < e->nactive; i++)
        tt_task_sensor(&e->m, &e->m.task[e->active[i]], which, &first, last);
    tidy(e);
}

/* ---- time -------------------------------------------------------------- */

static void advance(struct tt_engine *e, uint64_t t)
{
    for (;;) {
        uint32_t who = 0;

        if (!e->due_known) {
            e->next_due = TT_NEVER;
            for (uint32_t i = 0; i < e->nactive; i++) {
                uint64_t due = tt_task_due(&e->m.task[e->active[i]]);

                if (due < e->next_due)
                    e->next_due = due;
            }
            e->due_known = true;
        }
        if (e->next_due > t || e->next_due == TT_NEVER)
            break;
        if (e->next_due > e->m.now)
            e->m.now = e->next_due;
        while (tt_task_due(&e->m.task[e->active[who]]) != e->next_due)
            who++;
        tt_task_timers(&e->m, &e->m.task[e->active[who]], e->next_due);
        tidy(e);
        count_extending(e);
    }
    if (t > e->m.now)
        e->m.now = t;
}

/* ---- bytes ------------------------------------------------------------- */

/* Nothing can come of this task any more. */
static bool is_done(const struct tt_task *k)
{
    return k->is_void || k->is_out || k->is_off;
}

static bool add_point(struct tt_engine *e, enum point_kind kind, size_t at,
                      uint32_t which, uint64_t start)
{
    struct points *p = &e->points[kind];

    if (p->n == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 256;
        void *v = realloc(p->v, cap * sizeof(*p->v));

        if (!v) {
            e->m.nomem = true;
            return false;
        }
        p->v = v;
        p->cap = cap;
    }
    p->v[p->n++] =
        (struct point){.at = (uint32_t)at, .which = which, .start = start};
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct point *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->which < y->which ? -1 : x->which > y->which;
}

/* The first byte p[0] of a stretch: does somebody wait for it? */
static void find_anchored(struct tt_engine *e, enum tt_lane l, const uint8_t *p)
{
    for (uint32_t i = 0; i < e->nanchors; i++) {
        const struct anchor_ref *a = &e->anchor[i];

        if (a->lane == l && !a->anywhere && tt_set_has(&a->set, p[0]) &&
            (!a->start || !e->lane[l].count))
            (void)add_point(e, POINT_ANCHOR, 0, a->task, 0);
    }
}

/*
 * An attempt that only waits is replaced by the next one, so of those that
 * begin before anything comes that they wait for the last one will do.
 */
static void find_lasting(struct tt_engine *e, const struct anchor_ref *a,
                         const uint8_t *p, size_t n)
{
    size_t last = n;

    for (size_t i = 0; i < n; i++) {
        if (last < i && tt_set_has(&a->until, p[i])) {
            (void)add_point(e, POINT_WATCH, last, a->task, 0);
            last = n;
        }
        if (tt_set_has(&a->set, p[i]))
            last = i;
    }
    if (last < n)
        (void)add_point(e, POINT_WATCH, last, a->task, 0);
}

/* Watchers are in the order of their tasks, so the points of a byte come out
 * sorted. */
static void find_watched(struct tt_engine *e, enum tt_lane l, const uint8_t *p,
                         size_t n)
{
    struct tt_set any = {{0, 0, 0, 0}};
    uint32_t count = 0, lasting = 0;

    for (uint32_t k = 0; k < e->nanchors; k++) {
        const struct anchor_ref *a = &e->anchor[k];

        if (a->lane != l || !a->anywhere || is_done(&e->m.task[a->task]))
            continue;
        if (a->lasts) {
            find_lasting(e, a, p, n);
            lasting++;
            continue;
        }
        e->watcher[count++] = k;
        for (size_t i = 0; i < TT_LEN(any.w); i++)
            any.w[i] |= a->set.w[i];
    }
    for (size_t i = 0; count && i < n; i++) {
        if (!tt_set_has(&any, p[i]))
            continue;
        for (uint32_t k = 0; k < count; k++) {
            const struct anchor_ref *a = &e->anchor[e->watcher[k]];

            if (tt_set_has(&a->set, p[i]))
                (void)add_point(e, POINT_WATCH, i, a->task, 0);
        }
    }
    if (lasting)
        qsort(e->points[POINT_WATCH].v, e->points[POINT_WATCH].n,
              sizeof(struct point), by_place);
}

/* Can an attempt whose lead ends left bytes before the end of a piece get
 * out of it? */
static bool gets_out(const struct lead_ref *f, size_t left)
{
    return !f->reach || f->reach < f->n || left <= f->reach - f->n;
}

struct leads_found {
    struct tt_engine *e;
    size_t n;
    bool sorted;
};

static void lead_found(void *user, uint32_t id, size_t at)
{
    struct leads_found *x = user;
    const struct points *p = &x->e->points[POINT_LEAD];
    const struct lead_ref *f = &x->e->lead[id];

    if (!gets_out(f, x->n - 1 - at) || is_done(&x->e->m.task[f->task]))
        return;
    if (p->n && (p->v[p->n - 1].at > at ||
                 (p->v[p->n - 1].at == at && p->v[p->n - 1].which > id)))
        x->sorted = false;
    (void)add_point(x->e, POINT_LEAD, at, id, 0);
}

static void find_leads(struct tt_engine *e, enum tt_lane l, const uint8_t *p,
                       size_t n)
{
    struct leads_found x = {.e = e, .n = n, .sorted = true};

    tt_finder_scan(e->finder[l], p, n, lead_found, &x);
    if (!x.sorted)
        qsort(e->points[POINT_LEAD].v, e->points[POINT_LEAD].n,
              sizeof(struct point), by_place);
}

static void find_runs(struct tt_engine *e, enum tt_lane l, const uint8_t *p,
                      size_t n)
{
    struct run_state *s = &e->runs[l];
    uint64_t off = e->lane[l].count;

    for (size_t i = 0; i < n; i++, off++) {
        uint64_t from;

        if (!s->any || p[i] != s->byte) {
            s->any = true;
            s->byte = p[i];
            s->start = off;
        }
        if (off + 1 - s->start < s->min)
            continue;
        from = s->start > s->base ? s->start : s->base;
        if (off + 1 - from > s->max)
            continue;
        for (uint32_t r = 0; r < e->nruns; r++) {
            const struct run_ref *f = &e->run[r];

            from = s->start > f->base ? s->start : f->base;
            if (f->lane == l && off + 1 >= from && off + 1 - from == f->run &&
                tt_set_has(&f->set, p[i]))
                (void)add_point(e, POINT_RUN, i, r, 0);
        }
    }
}

static void find_sensed(struct tt_engine *e, enum tt_lane l, const uint8_t *p,
                        size_t n)
{
    for (uint32_t k = 0; k < TT_SENSORS; k++) {
        const struct tt_sensor_def *d = tt_sensor_def((enum tt_sensor)k);
        struct tt_sense s = {.lanes = e->lane, .lane = l, .turn = e->host_turn};

        if (!e->sensor[k][l])
            continue;
        for (size_t i = 0; i < n; i++) {
            uint64_t start;

            s.off = e->lane[l].count + i;
            s.byte = p[i];
            if (d->feed(e->sensor[k][l], &s, &start))
                (void)add_point(e, POINT_SENSOR, i, k, start);
        }
    }
}

static void find_points(struct tt_engine *e, enum tt_lane l, const uint8_t *p,
                        size_t n, bool goes_on)
{
    for (int k = 0; k < POINT_KINDS; k++)
        e->points[k].n = e->points[k].next = 0;
    find_watched(e, l, p, n);
    if (!goes_on)
        find_anchored(e, l, p);
    if (e->runs[l].min)
        find_runs(e, l, p, n);
    find_sensed(e, l, p, n);
    if (e->points[POINT_SENSOR].n > 1)
        qsort(e->points[POINT_SENSOR].v, e->points[POINT_SENSOR].n,
              sizeof(struct point), by_place);
    find_leads(e, l, p, n);
}

/* The next byte of the piece with a point, n: none. */
static size_t next_point(const struct tt_engine *e, size_t n)
{
    size_t at = n;

    for (int k = 0; k < POINT_KINDS; k++) {
        const struct points *p = &e->points[k];

        if (p->next < p->n && p->v[p->next].at < at)
            at = p->v[p->next].at;
    }
    return at;
}

static void serve_points(struct tt_engine *e, enum tt_lane l, size_t at,
                         const struct tt_item *item)
{
    for (int k = 0; k < POINT_KINDS; k++) {
        struct points *p = &e->points[k];

        for (; p->next < p->n && p->v[p->next].at == at; p->next++) {
            const struct point *q = &p->v[p->next];

            if (k == POINT_ANCHOR || k == POINT_WATCH)
                begin(e, q->which, l, 1);
            else if (k == POINT_RUN)
                begin(e, e->run[q->which].task, l, e->run[q->which].run);
            else if (k == POINT_SENSOR)
                fire_sensor(e, q, item);
            else
                begin(e, e->lead[q->which].task, l, e->lead[q->which].n);
        }
    }
}

/* Runs that are followed after a hit: does this byte prolong them? */
static void grow_runs(struct tt_engine *e, const struct tt_item *item)
{
    bool ended = false;

    for (uint32_t i = 0; i < e->nextending; i++) {
        struct tt_task *k = &e->m.task[e->extending[i]];

        if (!k->extending || k->ext_lane != item->lane ||
            item->off < k->ext_end)
            continue;
        if (item->byte == k->ext_byte && item->off == k->ext_end)
            tt_task_grow_run(&e->m, k, item->off + 1, item->t);
        else
            tt_task_end_run(&e->m, k);
        ended |= !k->extending;
    }
    if (ended)
        count_extending(e);
}

/* The next byte of p[i..at) that somebody waits for, else at. */
static size_t next_wanted(const struct tt_engine *e, enum tt_lane l,
                          const uint8_t *p, size_t i, size_t at)
{
    const struct tt_set *s = &e->want[l];

    if (e->want_all >> l & 1 || e->nextending)
        return i;
    if (e->asleep >> l & 1) {
        if (!i || e->wake_off[l] <= e->lane[l].count)
            return i;
        if (e->wake_off[l] - e->lane[l].count < at - i)
            at = i + (size_t)(e->wake_off[l] - e->lane[l].count);
    }
    if (!(s->w[0] | s->w[1] | s->w[2] | s->w[3]))
        return at;
    while (i < at && !tt_set_has(s, p[i]))
        i++;
    return i;
}

static void go_through(struct tt_engine *e, const struct tt_record *r,
                       const uint8_t *p, size_t n)
{
    struct tt_lane_state *s = &e->lane[r->lane];
    struct tt_item item = {.t = e->m.now, .lane = r->lane, .source = r->source};
    size_t i = 0;

    memcpy(item.before, e->last_t, sizeof(item.before));
    while (i < n) {
        size_t at = next_point(e, n);
        size_t to = next_wanted(e, r->lane, p, i, at);

        if (to > i) {
            s->count += to - i;
            e->m.seq += to - i;
            item.before[r->lane] = item.t;
            i = to;
            continue;
        }
        item.off = s->count++;
        item.seq = e->m.seq++;
        item.byte = p[i];
        offer(e, &item, !i);
        if (e->nextending)
            grow_runs(e, &item);
        if (at == i)
            serve_points(e, r->lane, i, &item);
        keep_to_budget(e);
        item.before[r->lane] = item.t;
        i++;
    }
    for (uint32_t k = 0; e->asleep >> r->lane & 1 && k < e->nactive; k++)
        tt_task_catch_up(&e->m.task[e->active[k]], r->lane, s->count);
}

/* A gap on the lane: runs that must not span it begin anew. */
static void gap_in_runs(struct tt_engine *e, enum tt_lane l, uint64_t t)
{
    const struct tt_lane_state *s = &e->lane[l];

    if (s->last_t == TT_NEVER || t <= s->last_t)
        return;
    for (uint32_t i = 0; i < e->nruns; i++) {
        struct run_ref *f = &e->run[i];

        if (f->lane == l &&
            t - s->last_t >
                tt_machine_dur(&e->m, e->m.task[f->task].prog.rule->gap)) {
            f->base = s->count;
            e->runs[l].base = s->count;
        }
    }
    for (uint32_t i = 0; i < e->m.ntasks && e->nextending; i++) {
        struct tt_task *k = &e->m.task[i];

        if (k->extending && k->ext_lane == l &&
            t - s->last_t > tt_machine_dur(&e->m, k->prog.rule->gap))
            tt_task_end_run(&e->m, k);
    }
    count_extending(e);
}

static void push_bytes(struct tt_engine *e, const struct tt_record *r)
{
    struct tt_lane_state *s = &e->lane[r->lane];
    uint64_t t = e->m.now;
    bool goes_on = e->any && e->last_lane == r->lane && s->last_t == t;

    if (!goes_on)
        gap_in_runs(e, r->lane, t);
    if (r->lane == TT_LANE_HOST && e->last_lane != TT_LANE_HOST)
        e->host_turn = s->count;
    for (size_t done = 0; done < r->len;) {
        size_t n = r->len - done < TT_PIECE ? r->len - done : TT_PIECE;

        tt_lane_stretch(s, t, e->m.seq, r->source, e->last_t, goes_on);
        tt_lane_write(s, r->bytes + done, n);
        find_points(e, r->lane, r->bytes + done, n, goes_on);
        go_through(e, r, r->bytes + done, n);
        s->last_t = e->last_t[r->lane] = t;
        goes_on = true;
        done += n;
    }
    s->tail_done = false;
    for (int l = 0; l < BYTE_LANES; l++)
        if (l != (int)r->lane)
            e->lane[l].cut[r->lane] = e->lane[l].count;
    e->last_lane = r->lane;
    e->any = true;
}

/* ---- events ------------------------------------------------------------ */

/* Bytes are missing: nothing may be matched across the hole. */
static void forget_all(struct tt_engine *e)
{
    for (uint32_t i = 0; i < e->nactive; i++)
        tt_task_clear(&e->m, &e->m.task[e->active[i]]);
    tidy(e);
    for (int l = 0; l < BYTE_LANES; l++) {
        e->lane[l].cut[l] = e->lane[l].count;
        e->lane[l].tail_done = true;
        e->runs[l].base = e->lane[l].count;
    }
    for (uint32_t i = 0; i < e->nruns; i++)
        e->run[i].base = e->lane[e->run[i].lane].count;
    for (uint32_t i = 0; i < e->m.ntasks; i++)
        if (e->m.task[i].extending)
            tt_task_end_run(&e->m, &e->m.task[i]);
    count_extending(e);
}

static void push_event(struct tt_engine *e, const struct tt_record *r)
{
    struct tt_item item = {.t = e->m.now,
                           .seq = e->m.seq++,
                           .source = r->source,
                           .lane = TT_LANE_LINE,
                           .event = r->event};

    if (r->event == TT_EV_LOST)
        forget_all(e);
    if (r->event == TT_EV_BAUD)
        set_speed(e, r->baud, r->mode);
    memcpy(item.before, e->last_t, sizeof(item.before));
    offer(e, &item, false);
    fire_event(e, &item);
    keep_to_budget(e);
    e->last_t[TT_LANE_LINE] = e->m.now;
    for (int l = 0; l < BYTE_LANES; l++)
        e->lane[l].cut[TT_LANE_LINE] = e->lane[l].count;
    e->last_lane = TT_LANE_LINE;
    e->any = true;
}

/* ---- the way in -------------------------------------------------------- */

enum tt_status tt_engine_push(struct tt_engine *e, const struct tt_record *r)
{
    uint64_t t = r->t_ns > e->m.now ? r->t_ns : e->m.now;

    if ((unsigned)r->lane >= TT_LANES || (unsigned)r->event >= TT_EVENTS ||
        (r->event == TT_EV_NONE && r->lane == TT_LANE_LINE))
        return TT_ERR_ARG;
    if (r->event == TT_EV_NONE && !r->len)
        return TT_OK;
    if (t > e->m.now || r->event || r->lane != e->last_lane)
        look_at_tails(e);
    advance(e, t);
    if (r->event == TT_EV_NONE)
        push_bytes(e, r);
    else if (r->event != TT_EV_TICK)
        push_event(e, r);
    return e->m.nomem ? TT_ERR_NOMEM : TT_OK;
}

void tt_engine_finish(struct tt_engine *e, uint64_t t_end_ns)
{
    look_at_tails(e);
    advance(e, t_end_ns > e->m.now ? t_end_ns : e->m.now);
    for (uint32_t i = 0; i < e->m.ntasks; i++)
        tt_task_finish(&e->m, &e->m.task[i]);
    tidy(e);
    e->nextending = 0;
}

/* ---- what it can tell -------------------------------------------------- */

bool tt_engine_compiles(const struct tt_rule *r, struct tt_error *why)
{
    bool ok = true;

    for (int unless = 0; unless < 2 && ok; unless++) {
        struct tt_program p = {0};

        if (unless && !r->unless)
            break;
        ok = !tt_program_compile(&p, r, unless, why) &&
             !tt_program_wakes(&p, why);
        tt_program_release(&p);
    }
    return ok;
}

void tt_engine_stats_get(const struct tt_engine *e, struct tt_engine_stats *s)
{
    *s = (struct tt_engine_stats){.items = e->m.seq,
                                  .hits = e->m.hits,
                                  .begun = e->m.begun,
                                  .dropped = e->m.dropped,
                                  .forgotten = e->m.forgotten,
                                  .work = e->m.work,
                                  .memory = sizeof(*e)};
    for (uint32_t i = 0; i < e->nrules; i++)
        s->switched_off += tt_engine_is_off(e, i);
    for (int l = 0; l < BYTE_LANES; l++)
        s->memory += tt_finder_memory(e->finder[l]);
}

bool tt_engine_is_off(const struct tt_engine *e, unsigned rule)
{
    return rule < e->nrules && e->m.task[e->task_of[rule]].is_off;
}

bool tt_engine_progress(const struct tt_engine *e, unsigned rule,
                        struct tt_progress *out)
{
    const struct tt_task *k;

    *out = (struct tt_progress){0};
    if (rule >= e->nrules || !e->m.keep_progress)
        return false;
    k = &e->m.task[e->task_of[rule]];
    *out = k->best;
    if (k->is_void)
        out->byte = -4;
    return true;
}

static void add_part(struct tt_buf *out, const char *part)
{
    if (out->n)
        tt_buf_str(out, " + ");
    tt_buf_str(out, part);
}

void tt_engine_parts(const struct tt_engine *e, unsigned rule,
                     struct tt_buf *out)
{
    const struct tt_program *p;
    bool lane = false, turn = false, run = false, sensor = false;
    bool step = false, frame, timer = false;

    if (rule >= e->nrules)
        return;
    p = &e->m.task[e->task_of[rule]].prog;
    frame = p->rule->where != NULL;
    for (uint32_t i = 0; i < p->nwakes; i++) {
        lane |= p->wake[i].kind == TT_WAKE_LEAD && !p->wake[i].tail;
        turn |= p->wake[i].kind == TT_WAKE_EVENT ||
                p->wake[i].kind == TT_WAKE_START ||
                p->wake[i].kind == TT_WAKE_PAUSE ||
                (p->wake[i].kind == TT_WAKE_LEAD && p->wake[i].tail);
        run |= p->wake[i].kind == TT_WAKE_RUN;
        sensor |= p->wake[i].kind == TT_WAKE_SENSOR;
    }
    for (uint32_t i = 0; i < p->ninst; i++) {
        enum tt_opcode op = p->inst[i].op;

        step |= op == TT_OP_THEN || op == TT_OP_STEP;
        frame |= op == TT_OP_BYTES || op == TT_OP_SAME;
        timer |= op == TT_OP_SILENCE || op == TT_OP_QUIET || op == TT_OP_STEP;
        run |= op == TT_OP_RUN;
        sensor |= op == TT_OP_SENSOR;
    }
    tt_buf_clear(out);
    if (run)
        add_part(out, "run counter");
    if (sensor)
        add_part(out, "sensor");
    if (frame)
        add_part(out, "frame checker");
    if (step)
        add_part(out, "step machine");
    if (turn)
        add_part(out, "anchor");
    if (lane)
        add_part(out, "lead finder");
    if (timer)
        add_part(out, "timer");
}
