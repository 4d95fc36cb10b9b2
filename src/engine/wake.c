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

enum { MAX_FRONT = 256, MAX_WIDE = 8 };

/* How a program may begin at a place: freely, or behind an anchor. */
enum anchor { FREE = 1, AT_START = 2, AFTER_PAUSE = 4 };

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

struct firsts {
    uint32_t pc[MAX_FRONT];
    uint8_t how[MAX_FRONT]; /* anchors, ored */
    uint32_t n;
    bool full;
};

static void put_first(struct firsts *f, uint32_t pc, uint8_t how)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (f->pc[i] == pc) {
            f->how[i] |= how;
            return;
        }
    f->full |= f->n == MAX_FRONT;
    if (f->full)
        return;
    f->pc[f->n] = pc;
    f->how[f->n++] = how;
}

/* Every instruction that can take the first item, and behind what. */
static void find_firsts(const struct tt_program *p, struct firsts *f)
{
    uint32_t stack[512], n = 0, seen = 0;
    uint8_t how[512];

    stack[n] = 0;
    how[n++] = FREE;
    while (n && seen++ < 4096) {
        uint32_t pc = stack[--n];
        uint8_t h = how[n];

        switch (p->inst[pc].op) {
        case TT_OP_SPLIT:
            f->full |= n + 2 > TT_LEN(stack);
            if (f->full)
                return;
            how[n] = h;
            stack[n++] = p->inst[pc].x;
            break;
        case TT_OP_JUMP:
            how[n] = h;
            stack[n++] = p->inst[pc].x;
            continue;
        case TT_OP_START: h = AT_START; break;
        case TT_OP_AFTER: h = h == AT_START ? AT_START : AFTER_PAUSE; break;
        case TT_OP_OPEN:
        case TT_OP_CLOSE:
        case TT_OP_STEP: break;
        default: put_first(f, pc, h); continue;
        }
        how[n] = h;
        stack[n++] = pc + 1;
    }
    f->full |= n > 0;
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

/* How many bytes a captured field always has; 0: that depends. */
static uint32_t field_size(const struct tt_rule *r, uint32_t field)
{
    const struct tt_node *n = r->field[field].node;

    if (n->kind == TT_N_FIELD)
        n = n->kids;
    while (n && (n->kind == TT_N_GROUP || n->kind == TT_N_SEQ) && n->kids &&
           !n->kids->next)
        n = n->kids;
    if (n && n->kind == TT_N_INT)
        return n->type.size;
    return n && n->kind == TT_N_SET ? 1 : 0;
}

/* How often a counted instruction takes a byte; false: that depends. */
static bool count_of(const struct tt_program *p, const struct tt_inst *in,
                     uint32_t *lo, uint32_t *hi)
{
    *lo = in->lo;
    *hi = in->hi;
    if (in->op == TT_OP_SAME)
        *lo = *hi = field_size(p->rule, in->x);
    else if (in->op == TT_OP_BYTES) {
        if (in->from->kind != TT_X_NUM || in->to->kind != TT_X_NUM ||
            in->from->num < 1 || in->to->num < in->from->num ||
            in->to->num > TT_MAX_FRAME)
            return false;
        *lo = (uint32_t)in->from->num;
        *hi = (uint32_t)in->to->num;
    } else if (in->op != TT_OP_SPAN) {
        return false;
    }
    return *lo > 0;
}

/* Where the machine can be after place took a byte; false: unknown. */
static bool follow_place(const struct tt_program *p, struct front *to,
                         struct place at)
{
    const struct tt_inst *in = &p->inst[at.pc];
    uint32_t cnt = at.cnt + 1, lo, hi;

    if (!count_of(p, in, &lo, &hi))
        return false;
    if (cnt < lo) {
        put(to, at.pc, cnt);
        return true;
    }
    if (hi == TT_NO_LIMIT || cnt < hi)
        put(to, at.pc, hi == TT_NO_LIMIT ? lo : cnt);
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
        case TT_OP_EVENT:
        case TT_OP_END: break;
        case TT_OP_QUIET: /* of another lane: this one's bytes may go on */
            if (in->lane != lane)
                return false;
            break;
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

/* Many of these in a row say little. */
static bool is_wide(const struct tt_set *s)
{
    return tt_set_count(s) >= 128;
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
        if (wide > MAX_WIDE)
            break; /* what is there is enough to wake up */
        w->lead[w->nlead++] = u;
        known = known && !b->full;
        swap = a;
        a = b;
        b = swap;
    }
    w->tail = known && wide <= MAX_WIDE && is_tail(p, a, w->lane);
}

static bool same_wake(const struct tt_wake *a, const struct tt_wake *b)
{
    if (a->kind != b->kind || a->lane != b->lane)
        return false;
    switch (a->kind) {
    case TT_WAKE_EVENT: return a->event == b->event;
    case TT_WAKE_SENSOR: return a->sensor == b->sensor;
    case TT_WAKE_START:
    case TT_WAKE_PAUSE: return !memcmp(&a->set, &b->set, sizeof(a->set));
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
    if ((p->nwakes & (p->nwakes - 1)) == 0) { /* full at powers of two */
        size_t n = p->nwakes ? 2 * (size_t)p->nwakes : 1;
        void *q = realloc(p->wake, n * sizeof(*p->wake));

        if (!q)
            return tt_fail(err, TT_ERR_NOMEM, "out of memory");
        p->wake = q;
    }
    p->wake[p->nwakes++] = *w;
    return TT_OK;
}

/* Bytes behind an anchor need no lead: anchors are rare. */
static enum tt_status add_anchored(struct tt_program *p,
                                   const struct tt_inst *in, uint8_t how,
                                   struct tt_error *err)
{
    struct tt_wake w = {
        .kind = TT_WAKE_START, .lane = in->lane, .set = in->set};
    enum tt_status st = TT_OK;

    if (how & AT_START)
        st = add_wake(p, &w, err);
    w.kind = TT_WAKE_PAUSE; /* the start of a tape is one, too */
    if (!st && (how & AFTER_PAUSE))
        st = add_wake(p, &w, err);
    return st;
}

static enum tt_status add_first(struct tt_program *p, uint32_t pc, uint8_t how,
                                struct front *a, struct front *b,
                                struct tt_error *err)
{
    const struct tt_inst *in = &p->inst[pc];
    struct tt_wake w = {.lane = in->lane};

    if (takes_byte(in) && !(how & FREE))
        return add_anchored(p, in, how, err);
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
    struct firsts firsts = {.n = 0};
    struct front *f = malloc(2 * sizeof(*f));
    enum tt_status st = TT_OK;

    p->nwakes = 0;
    if (!f)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    find_firsts(p, &firsts);
    if (firsts.full)
        st = tt_fail(err, TT_ERR_LIMIT,
                     "rule '%s': the pattern can begin in too many ways",
                     p->rule->name);
    for (uint32_t i = 0; i < firsts.n && !st; i++)
        st = add_first(p, firsts.pc[i], firsts.how[i], &f[0], &f[1], err);
    free(f);
    return st;
}
