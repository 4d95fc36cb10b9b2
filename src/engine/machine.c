/*
 * Every item is given to every thread of the tasks that look at its lane;
 * what survives is collected in m->next, which then becomes the task's list.
 * A thread belongs to one list or to the function it was given to, which puts
 * it into a list, ends it, or hands it on; only forks (optional parts, 'then')
 * are copied.
 */
#include "engine/machine.h"

#include "engine/emit.h"
#include "engine/hop.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    STASH = 4 * TT_MAX_THREADS,
    MAX_AGAIN = 32,  /* waits an item may pass through before it is taken */
    MAX_WAITERS = 4, /* threads of a task waiting at one 'then' */
    MAX_REACH = TT_MAX_THREADS / 2 /* threads that may be on their way */
};

static const uint64_t sensor_wait_ns = 30 * TT_NS_PER_S;
static const uint64_t unless_gap_ns = TT_NS_PER_S;

bool tt_machine_init(struct tt_machine *m)
{
    m->stash = malloc(STASH * sizeof(*m->stash));
    return m->stash != NULL;
}

static void free_list(struct tt_threads *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        free(l->v[i]);
    free(l->v);
    *l = (struct tt_threads){0};
}

void tt_machine_release(struct tt_machine *m)
{
    while (m->unused) {
        struct tt_thread *th = m->unused;

        m->unused = th->next_free;
        free(th);
    }
    free_list(&m->next);
    free_list(&m->turn);
    free(m->stash);
}

uint64_t tt_machine_dur(const struct tt_machine *m, struct tt_dur d)
{
    if (!d.milli_ch)
        return d.ns;
    return (uint64_t)d.milli_ch * (m->char_ps / 1000) / 1000;
}

/*
 * A difference of two times of the tape is up to a step away from the true
 * one.  A rule needs what holds for every true time that is possible; its
 * 'unless' voids it when it holds for any of them, so that a guard which
 * cannot be evaluated blocks the rule instead of vanishing.
 */

/* What a pause must look like on the tape to count as one of ns; TT_NEVER:
 * the times cannot tell. */
static uint64_t pause_of(const struct tt_machine *m, const struct tt_task *k,
                         uint64_t ns)
{
    if (k->prog.is_unless)
        return m->step_ns && ns > m->step_ns ? ns - m->step_ns : 0;
    if (!m->step_ns)
        return TT_NEVER;
    return ns >= 2 * m->step_ns ? ns : ns + m->step_ns;
}

/* Did no more than ns pass in d of the tape's time? */
static bool is_within(const struct tt_machine *m, const struct tt_task *k,
                      uint64_t d, uint64_t ns)
{
    if (!k->prog.is_unless)
        return d <= ns;
    return !m->step_ns || d <= ns + m->step_ns;
}

static uint64_t limit_of(const struct tt_machine *m, const struct tt_task *k,
                         const struct tt_inst *in)
{
    if (in->limit_kind == TT_LIMIT_DUR)
        return tt_machine_dur(m, in->limit);
    return k->prog.is_unless ? unless_gap_ns
                             : tt_machine_dur(m, k->prog.rule->gap);
}

static bool in_time(const struct tt_machine *m, const struct tt_task *k,
                    const struct tt_thread *th, const struct tt_inst *in,
                    uint64_t t)
{
    return !th->begun || is_within(m, k, t - th->t_last, limit_of(m, k, in));
}

/* ---- lists ------------------------------------------------------------- */

static bool reserve(struct tt_machine *m, struct tt_threads *l, uint32_t n)
{
    uint32_t cap = l->cap ? l->cap : 4;
    struct tt_thread **v;

    if (n <= l->cap)
        return true;
    while (cap < n)
        cap *= 2;
    v = realloc(l->v, cap * sizeof(*v));
    if (!v) {
        m->nomem = true;
        return false;
    }
    l->v = v;
    l->cap = cap;
    return true;
}

/* A thread with nothing in it but where it may hold fields; NULL without
 * memory. */
static struct tt_thread *fresh(struct tt_machine *m)
{
    struct tt_thread *th = m->unused;

    if (th)
        m->unused = th->next_free;
    else
        th = malloc(sizeof(*th));
    if (!th)
        m->nomem = true;
    else
        memset(th, 0, offsetof(struct tt_thread, span));
    return th;
}

static void drop(struct tt_machine *m, struct tt_thread *th)
{
    th->next_free = m->unused;
    m->unused = th;
}

/* The rest of a list that nobody went through. */
static void drop_rest(struct tt_machine *m, struct tt_threads *l, uint32_t from)
{
    for (uint32_t i = from; i < l->n; i++)
        drop(m, l->v[i]);
    l->n = 0;
}

/* A copy, without what is not used; NULL without memory. */
static struct tt_thread *twin(struct tt_machine *m,
                              const struct tt_thread *from)
{
    struct tt_thread *th = fresh(m);

    if (!th)
        return NULL;
    memcpy(th, from,
           offsetof(struct tt_thread, span) +
               from->nspans * sizeof(from->span[0]));
    memcpy(th->cap, from->cap, from->nfields * sizeof(from->cap[0]));
    return th;
}

/* Append; when the task has too many threads its oldest goes. */
static void push(struct tt_machine *m, struct tt_threads *l,
                 struct tt_thread *th)
{
    if (l->n == TT_MAX_THREADS) {
        drop(m, l->v[0]);
        memmove(l->v, l->v + 1, (l->n - 1) * sizeof(*l->v));
        l->n--;
        m->front++;
        m->dropped++;
    }
    if (reserve(m, l, l->n + 1))
        l->v[l->n++] = th;
    else
        drop(m, th);
}

static void stay(struct tt_machine *m, struct tt_thread *th)
{
    push(m, &m->next, th);
}

/*
 * A thread that waits at 'then' replaces the oldest one that waits there:
 * without fields at once (it can do all the older one can, for longer), with
 * fields when there are too many.
 */
static void push_waiter(struct tt_machine *m, struct tt_threads *l,
                        struct tt_thread *th)
{
    uint32_t same = 0, oldest = UINT32_MAX;

    for (uint32_t i = l->n; i > 0; i--)
        if (l->v[i - 1]->pc == th->pc && l->v[i - 1]->attempt != th->attempt) {
            same++;
            oldest = i - 1;
        }
    if (same >= (th->captured ? MAX_WAITERS : 1u)) {
        if (th->captured)
            m->dropped++;
        drop(m, l->v[oldest]);
        l->v[oldest] = th;
        return;
    }
    push(m, l, th);
}

/* ---- what ends a thread ------------------------------------------------ */

static void note_progress(struct tt_machine *m, struct tt_task *k,
                          const struct tt_thread *th,
                          const struct tt_item *item, int why)
{
    struct tt_progress *b = &k->best;

    if (!m->keep_progress || !th->items || th->items < b->items ||
        (th->items == b->items && th->pc < k->best_pc))
        return;
    k->best_pc = th->pc;
    *b = (struct tt_progress){.items = th->items,
                              .node = k->prog.inst[th->pc].node,
                              .t_ns = m->now,
                              .byte = why};
    if (!item)
        return;
    b->t_ns = item->t;
    b->lane = item->lane;
    b->event = item->event;
    if (why == 0)
        b->byte = item->event ? -1 : item->byte;
}

/* The thread cannot go on.  A ladder that got somewhere says so later. */
static void die(struct tt_machine *m, struct tt_task *k, struct tt_thread *th,
                const struct tt_item *item, int why)
{
    note_progress(m, k, th, item, why);
    if (k->prog.rule->steps && !k->prog.is_unless && th->reached &&
        m->ndying < TT_LEN(m->dying))
        m->dying[m->ndying++] = *th;
    drop(m, th);
}

static void matched(struct tt_machine *m, struct tt_task *k,
                    const struct tt_thread *th)
{
    if (k->fired || k->is_void || k->is_off)
        return;
    if (k->prog.is_unless) {
        struct tt_task *rule = &m->task[k->partner];

        k->is_void = k->fired = true;
        rule->is_void = true;
        tt_task_clear(m, rule);
        tt_emit_retract(m, rule);
        return;
    }
    if (!tt_emit_hit(m, k, th)) {
        note_progress(m, k, th, NULL, -3);
        return;
    }
    k->fired = true;
}

/*
 * Is t the attempt of the dying thread, going on?  What waits at a 'then' of
 * an earlier step waits for ever: it has no say.
 */
static bool goes_on(const struct tt_task *k, const struct tt_thread *t,
                    const struct tt_thread *dying)
{
    return t->attempt == dying->attempt &&
           (t->reached >= dying->reached ||
            k->prog.inst[t->pc].op != TT_OP_THEN);
}

/* After an item or a timer: clean up what a hit or a stop left behind. */
static void settle(struct tt_machine *m, struct tt_task *k, uint64_t next_seq)
{
    for (uint32_t i = 0; i < m->ndying && !k->fired; i++) {
        struct tt_thread *th = &m->dying[i];
        bool alive = false;

        for (uint32_t j = 0; j < k->now.n; j++)
            alive |= goes_on(k, k->now.v[j], th);
        for (uint32_t j = i + 1; j < m->ndying; j++)
            alive |= m->dying[j].attempt == th->attempt &&
                     m->dying[j].reached >= th->reached;
        if (!alive && !k->is_void)
            (void)tt_emit_hit(m, k, th);
    }
    m->ndying = 0;
    if (k->fired || k->is_void) {
        tt_task_clear(m, k);
        k->min_seq = next_seq;
    }
    k->fired = false;
}

void tt_task_clear(struct tt_machine *m, struct tt_task *k)
{
    drop_rest(m, &k->now, 0);
    k->stale = true;
}

/* ---- going on without taking an item ----------------------------------- */

static bool eval_count(struct tt_machine *m, struct tt_task *k,
                       const struct tt_thread *th, const struct tt_expr *x,
                       uint32_t *out)
{
    struct tt_value v;

    if (!tt_emit_eval(m, k, th, x, &v) || !v.is_num || v.num < 0 ||
        v.num > TT_MAX_FRAME)
        return false;
    *out = (uint32_t)v.num;
    return true;
}

/* Enter TT_OP_BYTES or TT_OP_SAME: work out the count.  False: cannot be. */
static bool enter_counted(struct tt_machine *m, struct tt_task *k,
                          struct tt_thread *th, const struct tt_inst *in)
{
    th->cnt = 0;
    if (in->op == TT_OP_SAME) {
        if (!(th->captured >> in->x & 1))
            return false;
        th->lo = th->hi = th->cap[in->x].len;
        return true;
    }
    if (!eval_count(m, k, th, in->from, &th->lo) ||
        !eval_count(m, k, th, in->to, &th->hi))
        return false;
    return (th->lo > 0 && th->lo <= th->hi) || (!th->lo && !th->hi);
}

/* Enter an instruction that waits.  False: it can never come true. */
static bool enter_wait(struct tt_machine *m, const struct tt_task *k,
                       struct tt_thread *th, const struct tt_inst *in)
{
    uint64_t dur = pause_of(m, k, tt_machine_dur(m, in->dur));

    th->due = TT_NEVER;
    switch (in->op) {
    case TT_OP_SILENCE:
    case TT_OP_QUIET:
        if (!th->begun || dur == TT_NEVER)
            return false;
        th->due = th->t_last + dur;
        return true;
    case TT_OP_SENSOR:
        th->entry = m->lanes[in->lane].count;
        if (m->step_ns && th->begun)
            th->due = th->t_last + (in->limit_kind == TT_LIMIT_DUR
                                        ? tt_machine_dur(m, in->limit)
                                        : sensor_wait_ns);
        return true;
    default: return true;
    }
}

/* May the pause have been there, whatever the tape's times say? */
static bool is_open_pause(const struct tt_machine *m, const struct tt_task *k,
                          const struct tt_thread *th, const struct tt_inst *in)
{
    return (in->op == TT_OP_SILENCE || in->op == TT_OP_QUIET) && th->begun &&
           !pause_of(m, k, tt_machine_dur(m, in->dur));
}

static bool is_timed_wait(enum tt_opcode op)
{
    return op == TT_OP_SILENCE || op == TT_OP_QUIET || op == TT_OP_END ||
           op == TT_OP_SENSOR;
}

/* When does a thread that wants an item give up by itself? */
static uint64_t give_up(const struct tt_machine *m, const struct tt_task *k,
                        const struct tt_thread *th, const struct tt_inst *in)
{
    if (!th->begun || !m->step_ns)
        return TT_NEVER;
    if ((in->op == TT_OP_LINE && th->cnt) ||
        (k->prog.rule->steps && th->reached))
        return th->t_last + limit_of(m, k, in) + 1;
    return TT_NEVER;
}

/* A field that took nothing is where the thread stands, if that is known. */
static void place_empty(const struct tt_thread *th, struct tt_capture *c)
{
    const struct tt_span *s = th->nspans ? &th->span[th->nspans - 1] : NULL;

    if (c->off == TT_NEVER && s && !s->event && s->lane == c->lane)
        c->off = s->offset + s->len;
}

/*
 * Let the thread go on until it needs an item or a time, and put it (and its
 * forks) into m->next.  Takes it over.
 */
static void enter(struct tt_machine *m, struct tt_task *k, struct tt_thread *th)
{
    for (;;) {
        const struct tt_inst *in = &k->prog.inst[th->pc];
        struct tt_thread *fork;

        switch (in->op) {
        case TT_OP_SPLIT:
            fork = twin(m, th);
            if (fork) {
                fork->pc++;
                enter(m, k, fork);
            }
            th->pc = in->x;
            continue;
        case TT_OP_JUMP: th->pc = in->x; continue;
        case TT_OP_OPEN:
            th->open |= 1u << in->x;
            th->captured &= ~(1u << in->x);
            th->cap[in->x] =
                (struct tt_capture){.off = TT_NEVER, .lane = in->lane};
            th->pc++;
            continue;
        case TT_OP_CLOSE:
            th->open &= ~(1u << in->x);
            th->captured |= 1u << in->x;
            place_empty(th, &th->cap[in->x]);
            th->pc++;
            continue;
        case TT_OP_STEP:
            th->reached = in->x;
            th->paid_step = th->paid;
            th->pc++;
            continue;
        case TT_OP_MATCH:
            matched(m, k, th);
            drop(m, th);
            return;
        case TT_OP_BYTES:
        case TT_OP_SAME:
            if (!enter_counted(m, k, th, in)) {
                die(m, k, th, NULL, -3);
                return;
            }
            if (th->hi)
                break;
            th->pc++;
            continue;
        case TT_OP_THEN:
            th->due = TT_NEVER;
            tt_hop_begin(m, th, in);
            if (!is_timed_wait(in[1].op)) {
                push_waiter(m, &m->next, th);
                return;
            }
            fork = twin(m, th);
            if (fork)
                push_waiter(m, &m->next, fork);
            th->pc++;
            continue;
        case TT_OP_SILENCE:
        case TT_OP_QUIET:
        case TT_OP_END:
        case TT_OP_SENSOR:
            if (is_open_pause(m, k, th, in)) {
                th->pc++;
                continue;
            }
            if (enter_wait(m, k, th, in))
                stay(m, th);
            else
                drop(m, th);
            return;
        default: th->cnt = 0;
        }
        th->due = give_up(m, k, th, in);
        stay(m, th);
        return;
    }
}

/* ---- taking an item ---------------------------------------------------- */

static void take_span(struct tt_thread *th, const struct tt_item *item)
{
    struct tt_span *s = th->nspans ? &th->span[th->nspans - 1] : NULL;

    if (s && s->lane == item->lane && !item->event &&
        s->offset + s->len == item->off) {
        s->len++;
        return;
    }
    if (th->nspans < TT_MAX_SPANS)
        th->nspans++; /* else the last one is replaced: begin and end stay */
    th->span[th->nspans - 1] = (struct tt_span){.t_ns = item->t,
                                                .offset = item->off,
                                                .len = item->event ? 0 : 1,
                                                .source = item->source,
                                                .lane = item->lane,
                                                .event = item->event};
}

static void take(struct tt_thread *th, const struct tt_item *item)
{
    uint32_t open = th->open;

    if (!th->begun) {
        th->begun = true;
        th->t_start = item->t;
        th->seq_start = item->seq;
    }
    th->t_last = item->t;
    th->items++;
    take_span(th, item);
    for (uint32_t f = 0; open && !item->event; f++, open >>= 1) {
        struct tt_capture *c = &th->cap[f];

        if (!(open & 1) || c->lane != item->lane)
            continue;
        if (c->off == TT_NEVER)
            c->off = item->off;
        c->len = (uint32_t)(item->off - c->off + 1);
    }
}

static void consume(struct tt_machine *m, struct tt_task *k,
                    struct tt_thread *th, const struct tt_item *item);

/* The thread has moved on without taking item: enter, then offer it. */
static void again(struct tt_machine *m, struct tt_task *k, struct tt_thread *th,
                  const struct tt_item *item)
{
    uint32_t from = m->next.n, front = m->front, base = m->nstash, n;

    if (++m->depth > MAX_AGAIN) {
        m->depth--;
        m->dropped++;
        drop(m, th);
        return;
    }
    m->untaken = item;
    enter(m, k, th);
    m->untaken = NULL;
    from = from > m->front - front ? from - (m->front - front) : 0;
    n = m->next.n > from ? m->next.n - from : 0;
    for (; n > STASH - base; n--, m->dropped++)
        drop(m, m->next.v[from + n - 1]);
    for (uint32_t i = 0; i < n; i++)
        m->stash[base + i] = m->next.v[from + i];
    m->next.n = from;
    m->nstash += n;
    for (uint32_t i = 0; i < n; i++)
        if (k->fired)
            drop(m, m->stash[base + i]);
        else
            consume(m, k, m->stash[base + i], item);
    m->nstash = base;
    m->depth--;
}

/*
 * Is one of the list longer in the same open count, so that it can do all
 * that th can?  A run of as many equal bytes as you like would otherwise
 * begin an attempt at each of them, and those push out what waits for the run.
 */
static bool is_outdone(const struct tt_task *k, const struct tt_threads *l,
                       const struct tt_thread *th)
{
    const struct tt_inst *in = &k->prog.inst[th->pc];
    const struct tt_span *s = th->nspans ? &th->span[th->nspans - 1] : NULL;

    if (in->op != TT_OP_SPAN || in->hi != TT_NO_LIMIT || in->is_any ||
        !th->cnt || !s || th->captured || th->open ||
        (k->prog.rule->where && !k->prog.is_unless))
        return false;
    for (uint32_t i = 0; i < l->n; i++) {
        const struct tt_thread *o = l->v[i];
        const struct tt_span *e = o->nspans ? &o->span[o->nspans - 1] : NULL;

        if (o->pc == th->pc && o->cnt >= th->cnt && e && e->lane == s->lane &&
            e->offset + e->len == s->offset + s->len && !o->captured &&
            !o->open)
            return true;
    }
    return false;
}

/* One byte of a counted stretch was taken: go on, stay, or both. */
static void counted(struct tt_machine *m, struct tt_task *k,
                    struct tt_thread *th, uint32_t lo, uint32_t hi)
{
    if (th->cnt >= hi) {
        th->pc++;
        enter(m, k, th);
        return;
    }
    if (th->cnt >= lo) {
        struct tt_thread *fork = twin(m, th);

        if (fork) {
            fork->pc++;
            enter(m, k, fork);
        }
    }
    if (k->fired) {
        drop(m, th);
        return;
    }
    if (th->cnt > lo && hi == TT_NO_LIMIT)
        th->cnt = lo; /* an open count needs no more than 'enough' */
    if (is_outdone(k, &m->next, th)) {
        drop(m, th);
        return;
    }
    th->due = give_up(m, k, th, &k->prog.inst[th->pc]);
    stay(m, th);
}

static void consume_run(struct tt_machine *m, struct tt_task *k,
                        struct tt_thread *th, const struct tt_inst *in,
                        const struct tt_item *item)
{
    bool fits = !item->event && item->lane == in->lane &&
                tt_set_has(&in->set, item->byte) &&
                in_time(m, k, th, in, item->t);

    if (fits && (!th->cnt || item->byte == th->run)) {
        th->run = item->byte;
        take(th, item);
        if (th->cnt < UINT32_MAX - 1)
            th->cnt++;
        if (th->cnt > in->hi) {
            die(m, k, th, item, 0);
        } else if (k->prog.open_run && in->hi == TT_NO_LIMIT &&
                   th->cnt >= in->lo && th->pc + 3 >= k->prog.ninst) {
            struct tt_thread *whole = twin(m, th);

            if (whole) {
                whole->pc++;
                enter(m, k, whole);
            }
            if (!k->fired) /* 'where' is not true yet: a longer run may be */
                stay(m, th);
            else
                drop(m, th);
        } else {
            stay(m, th);
        }
    } else if (th->cnt && th->cnt >= in->lo) {
        th->pc++;
        again(m, k, th, item);
    } else {
        die(m, k, th, item, 0);
    }
}

/* Could the instruction at pc (past field marks) take the item? */
static bool might_take(const struct tt_program *p, uint32_t pc,
                       const struct tt_item *item)
{
    const struct tt_inst *in = &p->inst[pc];

    while (in->op == TT_OP_OPEN)
        in++;
    if (in->op == TT_OP_SPAN)
        return !item->event && item->lane == in->lane &&
               tt_set_has(&in->set, item->byte);
    if (in->op == TT_OP_EVENT)
        return item->event == in->event;
    return !is_timed_wait(in->op);
}

/* AFTER and START look at the item that comes next. */
static bool anchor_holds(const struct tt_machine *m, const struct tt_task *k,
                         const struct tt_inst *in, const struct tt_item *item)
{
    uint64_t last = 0, dur;
    bool any = false;

    for (int l = 0; l < TT_LANES; l++) {
        if (!(k->prog.view >> l & 1) || item->before[l] == TT_NEVER)
            continue;
        any = true;
        if (item->before[l] > last)
            last = item->before[l];
    }
    if (!any)
        return true;
    if (in->op == TT_OP_START)
        return false;
    dur = pause_of(m, k, tt_machine_dur(m, in->dur));
    return dur != TT_NEVER && item->t - last >= dur;
}

/* Is the item at a place where what begins at pc may be, as far as anchors
 * go? */
static bool may_be_at(const struct tt_machine *m, const struct tt_task *k,
                      uint32_t pc, const struct tt_item *item, unsigned depth)
{
    const struct tt_inst *in = &k->prog.inst[pc];

    while (in->op == TT_OP_OPEN || in->op == TT_OP_JUMP)
        in = in->op == TT_OP_JUMP ? &k->prog.inst[in->x] : in + 1;
    if (in->op == TT_OP_SPLIT)
        return !depth ||
               may_be_at(m, k, (uint32_t)(in - k->prog.inst) + 1, item,
                         depth - 1) ||
               may_be_at(m, k, in->x, item, depth - 1);
    return (in->op != TT_OP_AFTER && in->op != TT_OP_START) ||
           anchor_holds(m, k, in, item);
}

static void consume_then(struct tt_machine *m, struct tt_task *k,
                         struct tt_thread *th, const struct tt_inst *in,
                         const struct tt_item *item)
{
    if (th->begun &&
        !is_within(m, k, item->t - th->t_last, tt_machine_dur(m, in->dur))) {
        die(m, k, th, item, -2);
        return;
    }
    if (might_take(&k->prog, th->pc + 1, item)) {
        struct tt_thread *waiter = twin(m, th);

        tt_hop_try(m, th, waiter, in, item,
                   in->to_after && may_be_at(m, k, th->pc + 1, item, 6));
        if (waiter)
            stay(m, waiter);
        th->pc++;
        again(m, k, th, item);
    } else {
        stay(m, th);
    }
}

static void consume_bytes(struct tt_machine *m, struct tt_task *k,
                          struct tt_thread *th, const struct tt_inst *in,
                          const struct tt_item *item)
{
    bool fits = !item->event && item->lane == in->lane &&
                tt_set_has(&in->set, item->byte) &&
                in_time(m, k, th, in, item->t);

    if (in->op == TT_OP_LINE) {
        if (fits && th->cnt < in->hi) {
            take(th, item);
            th->cnt++;
            th->due = give_up(m, k, th, in);
            stay(m, th);
        } else if (th->cnt) {
            th->pc++;
            again(m, k, th, item);
        } else {
            die(m, k, th, item, 0);
        }
        return;
    }
    if (fits && in->op == TT_OP_SAME) {
        const struct tt_capture *c = &th->cap[in->x];
        const struct tt_lane_state *l = &m->lanes[c->lane];

        fits = tt_lane_holds(l, c->off) &&
               tt_lane_byte(l, c->off + th->cnt) == item->byte;
    }
    if (!fits) {
        die(m, k, th, item, 0);
        return;
    }
    take(th, item);
    th->seen = item->off + 1;
    if (in->op == TT_OP_SPAN && in->is_any && th->nspans == 1 &&
        th->span[0].len == 1 && !th->open)
        th->nspans = 0; /* '??' before all else proves nothing */
    th->cnt++;
    if (in->op == TT_OP_SPAN)
        counted(m, k, th, in->lo, in->hi);
    else
        counted(m, k, th, th->lo, th->hi);
}

/*
 * A thread inside so many bytes of any kind takes them whatever they are, as
 * long as they come without a pause: it can sleep until the one at which it
 * may go on.
 */
static bool is_counting(const struct tt_thread *th, const struct tt_inst *in)
{
    return th->cnt &&
           (in->op == TT_OP_BYTES || (in->op == TT_OP_SPAN && in->is_any));
}

/* Bytes of its lane that the thread takes before it may do anything. */
static uint32_t may_pass(const struct tt_machine *m, const struct tt_thread *th,
                         const struct tt_inst *in)
{
    uint32_t lo = in->op == TT_OP_SPAN ? in->lo : th->lo;

    if (!is_counting(th, in) || th->t_last != m->now || th->cnt + 1 >= lo)
        return 0;
    return lo - 1 - th->cnt;
}

/* The bytes that the thread slept through, up to offset end. */
static void pass(struct tt_thread *th, const struct tt_inst *in, uint64_t end)
{
    uint32_t n = (uint32_t)(end - th->seen), open = th->open;

    th->seen = end;
    th->cnt += n;
    th->items += n;
    if (th->nspans)
        th->span[th->nspans - 1].len += n;
    for (uint32_t f = 0; open; f++, open >>= 1)
        if (open & 1 && th->cap[f].lane == in->lane)
            th->cap[f].len += n;
}

void tt_task_catch_up(struct tt_task *k, enum tt_lane lane, uint64_t end)
{
    for (uint32_t i = 0; i < k->now.n; i++) {
        struct tt_thread *th = k->now.v[i];
        const struct tt_inst *in = &k->prog.inst[th->pc];

        if (is_counting(th, in) && in->lane == lane && th->seen < end)
            pass(th, in, end);
    }
}

/* Whether this is done at all depends on how the input is cut. */
static bool is_free(const struct tt_task *k, const struct tt_thread *th)
{
    return (k->lasts && !th->pc) || (k->reach && th->items <= k->reach);
}

static void consume(struct tt_machine *m, struct tt_task *k,
                    struct tt_thread *th, const struct tt_item *item)
{
    const struct tt_inst *in = &k->prog.inst[th->pc];

    if (is_counting(th, in) && in->lane == item->lane && !item->event &&
        th->seen < item->off)
        pass(th, in, item->off);
    if (!is_free(k, th) && !may_pass(m, th, in)) {
        k->work++;
        m->work++;
    }
    switch (in->op) {
    case TT_OP_RUN: consume_run(m, k, th, in, item); return;
    case TT_OP_EVENT:
        if (item->event != in->event || !in_time(m, k, th, in, item->t)) {
            die(m, k, th, item, 0);
            return;
        }
        take(th, item);
        th->pc++;
        enter(m, k, th);
        return;
    case TT_OP_THEN: consume_then(m, k, th, in, item); return;
    case TT_OP_AFTER:
    case TT_OP_START:
        if (!anchor_holds(m, k, in, item)) {
            die(m, k, th, item, 0);
            return;
        }
        th->pc++;
        again(m, k, th, item);
        return;
    case TT_OP_QUIET:
        if (item->event || item->lane != in->lane)
            stay(m, th);
        else
            die(m, k, th, item, 0);
        return;
    case TT_OP_SENSOR: stay(m, th); return;
    case TT_OP_SILENCE:
    case TT_OP_END: die(m, k, th, item, 0); return;
    default: consume_bytes(m, k, th, in, item);
    }
}

static void swap_lists(struct tt_threads *a, struct tt_threads *b)
{
    struct tt_threads t = *a;

    *a = *b;
    *b = t;
}

void tt_task_item(struct tt_machine *m, struct tt_task *k,
                  const struct tt_item *item)
{
    uint32_t i = 0;

    m->front = 0;
    for (; i < k->now.n && !k->fired; i++)
        consume(m, k, k->now.v[i], item);
    drop_rest(m, &k->now, i);
    swap_lists(&k->now, &m->next);
    k->stale = true;
    settle(m, k, item->seq + 1);
}

void tt_task_begin(struct tt_machine *m, struct tt_task *k,
                   const struct tt_item *first, size_t n)
{
    struct tt_thread *th;

    k->next_attempt++;
    if (k->is_void || k->is_out || k->is_off ||
        (n && first[0].seq < k->min_seq))
        return;
    for (uint32_t i = 0; n && i < k->now.n; i++)
        if (k->now.v[i]->seq_start == first[0].seq)
            return;
    th = fresh(m);
    if (!th)
        return;
    m->begun++;
    th->due = TT_NEVER;
    th->attempt = k->next_attempt;
    th->nfields = k->prog.rule->nfields;
    m->front = 0;
    enter(m, k, th);
    for (size_t i = 0; i < n && !k->fired; i++) {
        uint32_t j = 0;

        swap_lists(&m->turn, &m->next);
        for (; j < m->turn.n && !k->fired; j++)
            consume(m, k, m->turn.v[j], &first[i]);
        drop_rest(m, &m->turn, j);
    }
    for (uint32_t i = 0; i < m->next.n; i++) {
        th = m->next.v[i];
        if (k->fired)
            drop(m, th);
        else if (k->prog.inst[th->pc].op == TT_OP_THEN)
            push_waiter(m, &k->now, th);
        else if (is_outdone(k, &k->now, th))
            drop(m, th);
        else
            push(m, &k->now, th);
    }
    m->next.n = 0;
    k->stale = true;
    settle(m, k, n ? first[n - 1].seq + 1 : m->seq);
}

/* Past START and AFTER, which look at the finding's first byte. */
static bool pass_anchors(const struct tt_machine *m, const struct tt_task *k,
                         struct tt_thread *th, const struct tt_item *first)
{
    const struct tt_inst *in = &k->prog.inst[th->pc];

    for (; in->op == TT_OP_START || in->op == TT_OP_AFTER; in++, th->pc++)
        if (th->begun || !anchor_holds(m, k, in, first))
            return false;
    return true;
}

void tt_task_sensor(struct tt_machine *m, struct tt_task *k,
                    enum tt_sensor which, const struct tt_item *first,
                    const struct tt_item *last)
{
    uint32_t i = 0;

    m->front = 0;
    for (; i < k->now.n && !k->fired; i++) {
        struct tt_thread *th = k->now.v[i];
        struct tt_item from = *first;
        const struct tt_inst *in;

        if (!th->begun && !pass_anchors(m, k, th, first)) {
            drop(m, th);
            continue;
        }
        in = &k->prog.inst[th->pc];
        if (in->op != TT_OP_SENSOR || in->sensor != which ||
            in->lane != last->lane || (th->begun && last->off < th->entry)) {
            if (th->begun) /* else it could only begin with this finding */
                stay(m, th);
            else
                drop(m, th);
            continue;
        }
        if (th->begun && first->off < th->entry)
            from.off = th->entry;
        if (th->begun)
            tt_hop_pay(th, in, from.off - th->entry);
        take(th, &from);
        th->t_last = last->t;
        th->span[th->nspans - 1].len = last->off + 1 - from.off;
        th->pc++;
        enter(m, k, th);
    }
    drop_rest(m, &k->now, i);
    swap_lists(&k->now, &m->next);
    k->stale = true;
    settle(m, k, last->seq + 1);
}

/* ---- what they wait for -------------------------------------------------- */

static void want_set(struct tt_task *k, enum tt_lane lane,
                     const struct tt_set *set)
{
    if (!k->has_sets)
        memset(k->want, 0, sizeof(k->want));
    k->has_sets = true;
    for (size_t i = 0; i < TT_LEN(set->w); i++)
        k->want[lane].w[i] |= set->w[i];
}

/* A thread that waits at 'then' lets everything pass that cannot be what
 * comes next; optional parts are looked through, to a depth. */
static void want_next(struct tt_task *k, uint32_t pc, unsigned depth)
{
    const struct tt_inst *in = &k->prog.inst[pc];

    while (in->op == TT_OP_OPEN || in->op == TT_OP_CLOSE ||
           in->op == TT_OP_JUMP)
        in = in->op == TT_OP_JUMP ? &k->prog.inst[in->x] : in + 1;
    if (in->op == TT_OP_SPLIT && depth) {
        want_next(k, (uint32_t)(in - k->prog.inst) + 1, depth - 1);
        want_next(k, in->x, depth - 1);
    } else if ((in->op == TT_OP_SPAN || in->op == TT_OP_RUN) &&
               in->lane < TT_LANE_LINE) {
        want_set(k, in->lane, &in->set);
    } else if (in->op == TT_OP_EVENT) {
        k->want_all |= (uint8_t)(1u << TT_LANE_LINE);
    } else if (!is_timed_wait(in->op)) {
        k->want_all |= k->prog.view;
    }
}

static bool may_sleep(enum tt_opcode op)
{
    return op == TT_OP_THEN || op == TT_OP_QUIET || op == TT_OP_SENSOR;
}

/* Can all of the task's threads sleep? */
static bool find_sleep(const struct tt_machine *m, struct tt_task *k)
{
    k->asleep = 0;
    k->wake_off = UINT64_MAX;
    for (uint32_t i = 0; i < k->now.n; i++) {
        const struct tt_thread *th = k->now.v[i];
        const struct tt_inst *in = &k->prog.inst[th->pc];
        uint32_t n;

        if (may_sleep(in->op))
            continue;
        n = may_pass(m, th, in);
        if (!n)
            return false;
        k->asleep |= (uint8_t)(1u << in->lane);
        if (th->seen + n < k->wake_off)
            k->wake_off = th->seen + n;
    }
    return true;
}

void tt_task_wants(const struct tt_machine *m, struct tt_task *k)
{
    k->stale = k->has_sets = false;
    k->want_all = k->prog.view;
    if (!find_sleep(m, k)) {
        k->asleep = 0;
        return;
    }
    k->want_all = 0;
    for (uint32_t i = 0; i < k->now.n; i++) {
        uint32_t pc = k->now.v[i]->pc;
        const struct tt_inst *in = &k->prog.inst[pc];

        if (in->op == TT_OP_QUIET)
            k->want_all |= (uint8_t)(1u << in->lane);
        else if (in->op == TT_OP_THEN)
            want_next(k, pc + 1, 6);
        else if (in->op != TT_OP_SENSOR)
            k->want_all |= (uint8_t)(k->prog.view & ~(1u << in->lane));
    }
    k->asleep &= (uint8_t)~k->want_all;
}

bool tt_task_lasts(struct tt_task *k, struct tt_set *until)
{
    const struct tt_inst *in = k->prog.inst;

    if (k->prog.ninst < 3 || in[0].op != TT_OP_SPAN || in[0].lo != 1 ||
        in[0].hi != 1 || in[1].op != TT_OP_THEN || is_timed_wait(in[2].op))
        return false;
    k->has_sets = false;
    k->want_all = 0;
    memset(k->want, 0, sizeof(k->want));
    want_next(k, 2, 6);
    *until = k->want[in[0].lane];
    k->lasts = !(k->want_all >> in[0].lane & 1);
    k->stale = true;
    return k->lasts;
}

/* Bytes of the lane that can be taken from here on, before anything else:
 * of what follows an instruction, by the numbers of those behind it. */
static uint32_t reach_of(const struct tt_program *p, uint32_t pc,
                         enum tt_lane lane, const uint32_t *reach)
{
    const struct tt_inst *in = &p->inst[pc];

    switch (in->op) {
    case TT_OP_OPEN:
    case TT_OP_CLOSE:
    case TT_OP_AFTER:
    case TT_OP_START: return reach[pc + 1];
    case TT_OP_JUMP: return in->x > pc ? reach[in->x] : TT_NO_LIMIT;
    case TT_OP_SPLIT:
        if (in->x <= pc)
            return TT_NO_LIMIT;
        return reach[in->x] > reach[pc + 1] ? reach[in->x] : reach[pc + 1];
    case TT_OP_SPAN:
        if (in->lane != lane)
            return 0;
        if (in->hi > MAX_REACH || reach[pc + 1] > MAX_REACH)
            return TT_NO_LIMIT;
        return in->hi + reach[pc + 1];
    case TT_OP_EVENT: return 0;
    case TT_OP_SILENCE:
    case TT_OP_END: return p->is_unless ? TT_NO_LIMIT : 0;
    default: return TT_NO_LIMIT;
    }
}

uint32_t tt_task_reach(struct tt_task *k, enum tt_lane lane)
{
    uint32_t reach[TT_MAX_PROGRAM + 1] = {0}, spans = 0;
    const struct tt_program *p = &k->prog;

    for (uint32_t pc = p->ninst; pc-- > 0;) {
        reach[pc] = reach_of(p, pc, lane, reach);
        spans += p->inst[pc].op == TT_OP_SPAN && p->inst[pc].lane == lane;
    }
    /* They must not be so many that they push others out. */
    if (reach[0] > MAX_REACH || reach[0] * spans > MAX_REACH)
        return 0;
    return reach[0];
}

/* ---- time -------------------------------------------------------------- */

uint64_t tt_task_due(const struct tt_task *k)
{
    uint64_t due = TT_NEVER;

    for (uint32_t i = 0; i < k->now.n; i++)
        if (k->now.v[i]->due < due)
            due = k->now.v[i]->due;
    return due;
}

/* Thread th has waited long enough (or the tape is over). */
static void ring(struct tt_machine *m, struct tt_task *k, struct tt_thread *th)
{
    const struct tt_inst *in = &k->prog.inst[th->pc];

    switch (in->op) {
    case TT_OP_SILENCE:
    case TT_OP_QUIET:
    case TT_OP_END: break;
    case TT_OP_LINE:
        if (th->cnt)
            break;
        die(m, k, th, NULL, -2);
        return;
    case TT_OP_RUN:
        if (th->cnt && th->cnt >= in->lo && th->cnt <= in->hi)
            break;
        die(m, k, th, NULL, -2);
        return;
    default: die(m, k, th, NULL, m->finishing ? -5 : -2); return;
    }
    th->pc++;
    enter(m, k, th);
}

void tt_task_timers(struct tt_machine *m, struct tt_task *k, uint64_t t)
{
    uint32_t i = 0;

    m->front = 0;
    for (; i < k->now.n && !k->fired; i++) {
        struct tt_thread *th = k->now.v[i];

        if (th->due <= t)
            ring(m, k, th);
        else
            stay(m, th);
    }
    drop_rest(m, &k->now, i);
    swap_lists(&k->now, &m->next);
    k->stale = true;
    settle(m, k, m->seq);
}

void tt_task_finish(struct tt_machine *m, struct tt_task *k)
{
    uint32_t i = 0;

    m->front = 0;
    m->finishing = true;
    for (; i < k->now.n && !k->fired; i++) {
        struct tt_thread *th = k->now.v[i];
        enum tt_opcode op = k->prog.inst[th->pc].op;

        if (op == TT_OP_SILENCE || op == TT_OP_QUIET)
            die(m, k, th, NULL, -5); /* the tape ended too soon to tell */
        else
            ring(m, k, th);
    }
    drop_rest(m, &k->now, i);
    /* a 'line' or 'run' that ended here may be followed by 'end' */
    for (uint32_t round = 0; round < 4 && m->next.n && !k->fired; round++) {
        swap_lists(&m->turn, &m->next);
        for (i = 0; i < m->turn.n && !k->fired; i++)
            if (k->prog.inst[m->turn.v[i]->pc].op == TT_OP_END)
                ring(m, k, m->turn.v[i]);
            else
                die(m, k, m->turn.v[i], NULL, -5);
        drop_rest(m, &m->turn, i);
    }
    drop_rest(m, &m->next, 0);
    k->stale = true;
    settle(m, k, m->seq);
    if (k->extending)
        tt_task_end_run(m, k);
    m->finishing = false;
}
