/*
 * From the tree to instructions, in one pass over the tree.  Groups that
 * repeat are written out (bounded by TT_MAX_PROGRAM), single bytes that
 * repeat are counted by the machine.
 *
 * 'within' belongs to the next item taken, whichever alternative takes it,
 * so it is carried along as the pending limit.
 */
#include "engine/program.h"

#include "engine/hop.h"

#include <stdlib.h>
#include <string.h>

struct compiler {
    struct tt_program *out;
    uint32_t cap;
    struct tt_error *err;
    bool pending; /* a limit waits for the next item */
    struct tt_dur limit;
    bool after_then; /* the hop that follows belongs to a 'then' */
    unsigned depth, splits;
};

enum { MAX_SPLITS = 256, LINE_MAX_BYTES = 120 };

static const struct tt_set any_set = {
    {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};

static enum tt_status refuse(struct compiler *c, const struct tt_node *n,
                             const char *why)
{
    if (c->err) {
        c->err->line = n ? n->line : c->out->rule->line;
        c->err->col = n ? n->col : 1;
    }
    return tt_fail(c->err, TT_ERR_LIMIT, "rule '%s': %s", c->out->rule->name,
                   why);
}

static enum tt_status emit(struct compiler *c, struct tt_inst in)
{
    struct tt_program *p = c->out;

    if (p->ninst == TT_MAX_PROGRAM)
        return refuse(c, in.node,
                      "the pattern is too large; repeat less or name fewer "
                      "bytes");
    if (p->ninst == c->cap) {
        uint32_t cap = c->cap ? c->cap * 2 : 16;
        void *q = realloc(p->inst, cap * sizeof(*p->inst));

        if (!q)
            return tt_fail(c->err, TT_ERR_NOMEM, "out of memory");
        p->inst = q;
        c->cap = cap;
    }
    p->inst[p->ninst++] = in;
    return TT_OK;
}

/* An instruction that takes items: it uses up the pending limit. */
static enum tt_status emit_take(struct compiler *c, struct tt_inst in)
{
    if (c->pending) {
        in.limit_kind = TT_LIMIT_DUR;
        in.limit = c->limit;
        c->pending = false;
    }
    if (in.op != TT_OP_EVENT)
        c->out->view |= (uint8_t)(1u << in.lane);
    in.is_any = !memcmp(&in.set, &any_set, sizeof(in.set));
    c->after_then = false;
    return emit(c, in);
}

static enum tt_status emit_split(struct compiler *c, const struct tt_node *n,
                                 uint32_t *at)
{
    if (++c->splits > MAX_SPLITS)
        return refuse(c, n,
                      "too many optional parts and alternatives; split the "
                      "rule");
    *at = c->out->ninst;
    return emit(c, (struct tt_inst){.op = TT_OP_SPLIT, .node = n});
}

static enum tt_status compile_node(struct compiler *c, const struct tt_node *n);

static enum tt_status compile_text(struct compiler *c, const struct tt_node *n)
{
    for (size_t i = 0; i < n->text.n; i++) {
        struct tt_inst in = {
            .op = TT_OP_SPAN, .lane = n->lane, .lo = 1, .hi = 1, .node = n};
        unsigned b = (unsigned char)n->text.p[i];
        enum tt_status st;

        in.set.w[b >> 6] |= UINT64_C(1) << (b & 63);
        if (n->nocase && ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z')))
            in.set.w[(b ^ 32) >> 6] |= UINT64_C(1) << ((b ^ 32) & 63);
        st = emit_take(c, in);
        if (st)
            return st;
    }
    return TT_OK;
}

/* Can the node be counted by the machine: one byte of a set? */
static const struct tt_node *single_set(const struct tt_node *n)
{
    while (n->kind == TT_N_GROUP ||
           (n->kind == TT_N_SEQ && n->kids && !n->kids->next))
        n = n->kids;
    return n->kind == TT_N_SET ? n : NULL;
}

/* Does every way through the node take at least one item? */
static bool takes_something(const struct tt_node *n)
{
    const struct tt_node *k;

    switch (n->kind) {
    case TT_N_SEQ:
        for (k = n->kids; k; k = k->next)
            if (takes_something(k))
                return true;
        return false;
    case TT_N_ALT:
        for (k = n->kids; k; k = k->next)
            if (!takes_something(k))
                return false;
        return true;
    case TT_N_GROUP:
    case TT_N_FIELD: return takes_something(n->kids);
    case TT_N_REP: return n->lo > 0 && takes_something(n->kids);
    case TT_N_SET:
    case TT_N_TEXT:
    case TT_N_INT:
    case TT_N_LINE:
    case TT_N_RUN:
    case TT_N_EVENT: return true;
    default: return false;
    }
}

static enum tt_status compile_rep(struct compiler *c, const struct tt_node *n)
{
    const struct tt_node *one = single_set(n->kids);
    bool pending = c->pending;
    struct tt_dur limit = c->limit;
    uint32_t copies = n->hi == TT_NO_LIMIT ? n->lo : n->hi;
    uint32_t patch[64], npatch = 0, loop = 0;
    enum tt_status st;

    if (one && n->lo > 0)
        return emit_take(c, (struct tt_inst){.op = TT_OP_SPAN,
                                             .lane = one->lane,
                                             .set = one->set,
                                             .lo = n->lo,
                                             .hi = n->hi,
                                             .node = n});
    if (n->hi == TT_NO_LIMIT && !takes_something(n->kids))
        return refuse(c, n, "it repeats something that can be empty");
    if (one) { /* lo is 0: skip it, or count 1..hi */
        uint32_t at;

        st = emit_split(c, n, &at);
        if (!st)
            st = emit_take(c, (struct tt_inst){.op = TT_OP_SPAN,
                                               .lane = one->lane,
                                               .set = one->set,
                                               .lo = 1,
                                               .hi = n->hi,
                                               .node = n});
        if (st)
            return st;
        c->out->inst[at].x = c->out->ninst;
        c->pending = pending;
        c->limit = limit;
        return TT_OK;
    }
    for (uint32_t i = 0; i < copies; i++) {
        if (i >= n->lo) {
            if (npatch == TT_LEN(patch))
                return refuse(c, n, "a group may be optional 64 times at most");
            st = emit_split(c, n, &patch[npatch]);
            if (st)
                return st;
            npatch++;
        }
        loop = c->out->ninst;
        st = compile_node(c, n->kids);
        if (st)
            return st;
    }
    if (n->hi == TT_NO_LIMIT) {
        uint32_t skip = 0, again;

        if (!n->lo) { /* none at all, or one and then the loop */
            st = emit_split(c, n, &skip);
            loop = c->out->ninst;
            if (!st)
                st = compile_node(c, n->kids);
            if (st)
                return st;
        }
        st = emit_split(c, n, &again);
        if (st)
            return st;
        c->out->inst[again].x = loop;
        if (!n->lo)
            c->out->inst[skip].x = c->out->ninst;
    }
    for (uint32_t i = 0; i < npatch; i++)
        c->out->inst[patch[i]].x = c->out->ninst;
    if (!n->lo) { /* it may have been skipped: the limit still waits */
        c->pending = pending;
        c->limit = limit;
    }
    return TT_OK;
}

static enum tt_status compile_alt(struct compiler *c, const struct tt_node *n)
{
    bool pending = c->pending, still = false;
    struct tt_dur limit = c->limit;
    uint32_t jumps[64], njumps = 0;

    for (const struct tt_node *k = n->kids; k; k = k->next) {
        uint32_t at = 0;
        enum tt_status st;

        c->pending = pending;
        c->limit = limit;
        if (k->next) {
            st = emit_split(c, n, &at);
            if (st)
                return st;
        }
        st = compile_node(c, k);
        if (st)
            return st;
        still |= c->pending;
        if (!k->next)
            break;
        if (njumps == TT_LEN(jumps))
            return refuse(c, n, "a group has at most 64 alternatives");
        jumps[njumps++] = c->out->ninst;
        st = emit(c, (struct tt_inst){.op = TT_OP_JUMP, .node = n});
        if (st)
            return st;
        c->out->inst[at].x = c->out->ninst;
    }
    for (uint32_t i = 0; i < njumps; i++)
        c->out->inst[jumps[i]].x = c->out->ninst;
    c->pending = still;
    return TT_OK;
}

static enum tt_status compile_field(struct compiler *c, const struct tt_node *n)
{
    enum tt_status st;

    st = emit(c, (struct tt_inst){.op = TT_OP_OPEN,
                                  .lane = n->lane,
                                  .x = (uint32_t)n->field,
                                  .node = n});
    if (!st)
        st = compile_node(c, n->kids);
    if (!st)
        st = emit(c, (struct tt_inst){.op = TT_OP_CLOSE,
                                      .lane = n->lane,
                                      .x = (uint32_t)n->field,
                                      .node = n});
    return st;
}

/* Lane marks, then, within: no instruction but THEN. */
static enum tt_status compile_hop(struct compiler *c, const struct tt_node *n)
{
    if (n->kind == TT_N_HOP) {
        if (n->has_dur || !c->after_then) {
            c->pending = n->has_dur;
            c->limit = n->dur;
        }
        return TT_OK;
    }
    c->pending = true;
    c->limit = n->dur;
    c->after_then = true;
    return emit(c,
                (struct tt_inst){.op = TT_OP_THEN, .dur = n->dur, .node = n});
}

static enum tt_status compile_wait(struct compiler *c, const struct tt_node *n)
{
    struct tt_inst in = {.lane = n->lane, .dur = n->dur, .node = n};

    switch (n->kind) {
    case TT_N_SILENCE: in.op = TT_OP_SILENCE; break;
    case TT_N_QUIET:
        in.op = TT_OP_QUIET;
        c->out->view |= 1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE;
        c->out->view |= (uint8_t)(1u << n->lane);
        break;
    case TT_N_AFTER: in.op = TT_OP_AFTER; break;
    case TT_N_START: in.op = TT_OP_START; break;
    default: in.op = TT_OP_END; break;
    }
    if (n->lane < TT_LANE_LINE)
        c->out->view |= (uint8_t)(1u << n->lane);
    return emit(c, in);
}

static enum tt_status compile_node(struct compiler *c, const struct tt_node *n)
{
    struct tt_inst in = {.lane = n->lane, .lo = 1, .hi = 1, .node = n};
    enum tt_status st = TT_OK;

    if (++c->depth > TT_MAX_DEPTH * 4)
        return refuse(c, n, "the pattern is nested too deeply");
    switch (n->kind) {
    case TT_N_SEQ:
        for (const struct tt_node *k = n->kids; k && !st; k = k->next)
            st = compile_node(c, k);
        break;
    case TT_N_GROUP: st = compile_node(c, n->kids); break;
    case TT_N_ALT: st = compile_alt(c, n); break;
    case TT_N_REP: st = compile_rep(c, n); break;
    case TT_N_FIELD: st = compile_field(c, n); break;
    case TT_N_TEXT: st = compile_text(c, n); break;
    case TT_N_SET:
        in.op = TT_OP_SPAN;
        in.set = n->set;
        st = emit_take(c, in);
        break;
    case TT_N_INT:
        in.op = TT_OP_SPAN;
        in.set = any_set;
        in.lo = in.hi = n->type.size;
        st = emit_take(c, in);
        break;
    case TT_N_BYTES:
        in.op = TT_OP_BYTES;
        in.set = any_set;
        in.from = n->from;
        in.to = n->to ? n->to : n->from;
        st = emit_take(c, in);
        break;
    case TT_N_LINE:
        in.op = TT_OP_LINE;
        in.set = any_set;
        in.set.w[0] &= ~(UINT64_C(1) << '\r' | UINT64_C(1) << '\n');
        in.hi = LINE_MAX_BYTES;
        st = emit_take(c, in);
        break;
    case TT_N_SAME_AS:
        in.op = TT_OP_SAME;
        in.set = any_set;
        in.x = (uint32_t)n->field;
        st = emit_take(c, in);
        break;
    case TT_N_RUN:
        in.op = TT_OP_RUN;
        in.set = n->set;
        in.lo = n->lo;
        in.hi = n->hi;
        st = emit_take(c, in);
        break;
    case TT_N_EVENT:
        in.op = TT_OP_EVENT;
        in.event = n->event;
        c->out->view |= 1u << TT_LANE_LINE;
        st = emit_take(c, in);
        break;
    case TT_N_SENSOR:
        in.op = TT_OP_SENSOR;
        in.sensor = n->sensor;
        st = emit_take(c, in);
        if (n->sensor == TT_SENSOR_ECHO)
            c->out->view |= 1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE;
        break;
    case TT_N_HOP:
    case TT_N_THEN: st = compile_hop(c, n); break;
    default: st = compile_wait(c, n); break;
    }
    c->depth--;
    return st;
}

static enum tt_status compile_steps(struct compiler *c, const struct tt_rule *r)
{
    uint32_t n = 0;

    for (const struct tt_step *s = r->steps; s; s = s->next) {
        enum tt_status st = compile_node(c, s->pattern);

        if (!st)
            st = emit(c, (struct tt_inst){
                             .op = TT_OP_STEP, .x = ++n, .node = s->pattern});
        if (st)
            return st;
        /* the next step begins within 'timeout', whatever its lane mark */
        c->pending = true;
        c->limit = r->timeout;
        c->after_then = true;
    }
    return TT_OK;
}

/* A pattern of events alone looks at everything but the tool. */
static void settle_view(struct tt_program *p)
{
    const uint8_t bytes =
        1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE | 1u << TT_LANE_TOOL;

    if (!(p->view & bytes))
        p->view |= 1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE;
}

enum tt_status tt_program_compile(struct tt_program *out,
                                  const struct tt_rule *r, bool unless,
                                  struct tt_error *err)
{
    struct compiler c = {.out = out, .err = err};
    const struct tt_node *tree = unless ? r->unless : r->match;
    enum tt_status st;

    *out = (struct tt_program){.rule = r, .is_unless = unless};
    st = tree ? compile_node(&c, tree) : compile_steps(&c, r);
    if (!st)
        st = emit(&c, (struct tt_inst){.op = TT_OP_MATCH, .node = tree});
    if (!st) {
        uint32_t last = out->ninst - 2;

        while (last > 0 && last < out->ninst &&
               out->inst[last].op == TT_OP_CLOSE)
            last--;
        out->open_run = out->ninst > 1 && out->inst[last].op == TT_OP_RUN &&
                        out->inst[last].hi == TT_NO_LIMIT;
        settle_view(out);
        tt_hop_prepare(out);
    }
    return st;
}

void tt_program_release(struct tt_program *p)
{
    free(p->inst);
    free(p->wake);
    *p = (struct tt_program){0};
}
