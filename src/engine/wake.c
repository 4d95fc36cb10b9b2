/*
 * What wakes a program up, worked out from its instructions.
 *
 * From every instruction that can take the first item the set of places the
 * machine can be in is followed, byte by byte, as long as all of them take a
 * byte of the same lane; the union of what they take is one byte set of the
 * lead.  Alternatives that begin apart give leads of their own.
 */
#include "engine/wake.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FRONT = 256 };

struct place {
    uint32_t pc, cnt;
};

struct front {
    struct place at[MAX_FRONT];
    uint32_t n;
    bool full;
};

static void put(struct front *f, uint32_t pc, uint32_t cnt)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (f->at[i].pc == pc && f->at[i].cnt == cnt)
            return;
    if (f->n == MAX_FRONT) {
        f->full = true;
        return;
    }
    f->at[f->n++] = (struct place){pc, cnt};
}

/* Add every instruction reachable from pc without taking an item. */
static void close_over(const struct tt_program *p, struct front *f, uint32_t pc)
{
    uint32_t stack[512], n = 0, seen = 0;

    stack[n++] = pc;
    while (n && seen++ < 4096) {
        const struct tt_inst *in;

        pc = stack[--n];
        in = &p->inst[pc];
        switch (in->op) {
        case TT_OP_SPLIT:
            if (n + 2 > TT_LEN(stack)) {
                f->full = true;
                return;
            }
            stack[n++] = in->x;
            stack[n++] = pc + 1;
            break;
        case TT_OP_JUMP: stack[n++] = in->x; break;
        case TT_OP_OPEN:
        case TT_OP_CLOSE:
        case TT_OP_STEP:
        case TT_OP_AFTER:
        case TT_OP_START: stack[n++] = pc + 1; break;
        default: put(f, pc, 0);
        }
    }
    if (n)
        f->full = true;
}

static bool takes_byte(const struct tt_inst *in)
{
    switch (in->op) {
    case TT_OP_SPAN:
    case TT_OP_BYTES:
    case TT_OP_LINE:
    case TT_OP_SAME:
    case TT_OP_RUN: return true;
    default: return false;
    }
}

/* Where the machine can be after place took a byte; false: unknown. */
static bool follow_place(const struct tt_program *p, struct front *to,
                         struct place at)
{
    const struct tt_inst *in = &p->inst[at.pc];
    uint32_t cnt = at.cnt + 1;

    if (in->op != TT_OP_SPAN)
        return false;
    if (cnt < in->lo) {
        put(to, at.pc, cnt);
        return true;
    }
    if (in->hi == TT_NO_LIMIT || cnt < in->hi)
        put(to, at.pc, in->hi == TT_NO_LIMIT ? in->lo : cnt);
    close_over(p, to, at.pc + 1);
    return true;
}

/* All places wait for what comes after the lane's bytes: a tail lead. */
static bool is_tail(const struct tt_program *p, const struct front *f,
                    enum tt_lane lane)
{
    for (uint32_t i = 0; i < f->n; i++) {
        const struct tt_inst *in = &p->inst[f->at[i].pc];

        switch (in->op) {
        case TT_OP_SILENCE:
        case TT_OP_QUIET:
        case TT_OP_EVENT:
        case TT_OP_END: break;
        case TT_OP_MATCH:
        case TT_OP_THEN:
        case TT_OP_SENSOR: return false;
        default:
            if (in->lane == lane)
                return false;
        }
    }
    return f->n > 0;
}

/* More than two of these in a row multiply the automaton's states. */
static bool is_wide(const struct tt_set *s)
{
    unsigned n = 0;

    for (unsigned b = 0; b < 256; b++)
        n += tt_set_has(s, b);
    return n >= 128;
}

static void make_lead(const struct tt_program *p, struct tt_wake *w,
                      uint32_t pc, struct front *a, struct front *b)
{
    bool known = true;
    unsigned wide = 0;

    w->kind = TT_WAKE_LEAD;
    w->lane = p->inst[pc].lane;
    w->nlead = 0;
    a->n = 0;
    a->full = false;
    put(a, pc, 0);
    while (known && w->nlead < TT_MAX_LEAD) {
        struct tt_set u = {{0, 0, 0, 0}};
        struct front *swap;

        b->n = 0;
        b->full = false;
        for (uint32_t i = 0; i < a->n; i++) {
            const struct tt_inst *in = &p->inst[a->at[i].pc];

            if (!takes_byte(in) || in->lane != w->lane) {
                w->tail = is_tail(p, a, w->lane);
                return;
            }
            for (int k = 0; k < 4; k++)
                u.w[k] |= in->set.w[k];
            if (!follow_place(p, b, a->at[i]))
                known = false;
        }
        wide = is_wide(&u) ? wide + 1 : 0;
        if (wide > 2 && w->nlead > 2)
            break; /* what is there is enough to wake up */
        w->lead[w->nlead++] = u;
        known = known && !b->full;
        swap = a;
        a = b;
        b = swap;
    }
    w->tail = known && wide <= 2 && is_tail(p, a, w->lane);
}

static bool same_wake(const struct tt_wake *a, const struct tt_wake *b)
{
    if (a->kind != b->kind || a->lane != b->lane)
        return false;
    switch (a->kind) {
    case TT_WAKE_EVENT: return a->event == b->event;
    case TT_WAKE_SENSOR: return a->sensor == b->sensor;
    case TT_WAKE_RUN:
        return a->run == b->run && !memcmp(&a->set, &b->set, sizeof(a->set));
    default:
        return a->tail == b->tail && a->nlead == b->nlead &&
               !memcmp(a->lead, b->lead, a->nlead * sizeof(a->lead[0]));
    }
}

static enum tt_status add_wake(struct tt_program *p, struct tt_wake *w,
                               struct tt_error *err)
{
    for (uint32_t i = 0; i < p->nwakes; i++)
        if (same_wake(&p->wake[i], w))
            return TT_OK;
    if (p->nwakes == TT_MAX_WAKES)
        return tt_fail(err, TT_ERR_LIMIT,
                       "rule '%s': the pattern can begin in more than %d ways",
                       p->rule->name, TT_MAX_WAKES);
    p->wake[p->nwakes++] = *w;
    return TT_OK;
}

static enum tt_status add_first(struct tt_program *p, uint32_t pc,
                                struct front *a, struct front *b,
                                struct tt_error *err)
{
    const struct tt_inst *in = &p->inst[pc];
    struct tt_wake w = {.lane = in->lane};

    switch (in->op) {
    case TT_OP_EVENT:
        w.kind = TT_WAKE_EVENT;
        w.lane = TT_LANE_LINE;
        w.event = in->event;
        break;
    case TT_OP_SENSOR:
        w.kind = TT_WAKE_SENSOR;
        w.sensor = in->sensor;
        break;
    case TT_OP_RUN:
        w.kind = TT_WAKE_RUN;
        w.set = in->set;
        w.run = in->lo;
        break;
    case TT_OP_SPAN:
    case TT_OP_BYTES:
    case TT_OP_LINE:
    case TT_OP_SAME: make_lead(p, &w, pc, a, b); break;
    default:
        if (err && in->node) {
            err->line = in->node->line;
            err->col = in->node->col;
        }
        return tt_fail(err, TT_ERR_LIMIT,
                       "rule '%s': the pattern may begin with nothing; begin "
                       "it with bytes, text or an event",
                       p->rule->name);
    }
    return add_wake(p, &w, err);
}

enum tt_status tt_program_wakes(struct tt_program *p, struct tt_error *err)
{
    struct front *f = calloc(3, sizeof(*f));
    enum tt_status st = TT_OK;

    p->nwakes = 0;
    p->wake = calloc(TT_MAX_WAKES, sizeof(*p->wake));
    if (!f || !p->wake) {
        free(f);
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    }
    close_over(p, &f[0], 0);
    if (f[0].full)
        st = tt_fail(err, TT_ERR_LIMIT,
                     "rule '%s': the pattern can begin in too many ways",
                     p->rule->name);
    for (uint32_t i = 0; i < f[0].n && !st; i++)
        st = add_first(p, f[0].at[i].pc, &f[1], &f[2], err);
    free(f);
    if (!st) {
        size_t size = (p->nwakes ? p->nwakes : 1) * sizeof(*p->wake);
        void *q = realloc(p->wake, size); /* give back what is unused */

        if (q)
            p->wake = q;
    }
    return st;
}
