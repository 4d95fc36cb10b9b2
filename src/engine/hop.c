#include "engine/hop.h"

#include "base/fixed.h"

enum { MAX_LOOK = 64 };

/* The lanes of the first items that can be taken from pc on; *after: all of
 * them are tied to a pause or to the start. */
static uint8_t lanes_from(const struct tt_program *p, uint32_t pc,
                          unsigned *left, bool *after)
{
    uint8_t lanes = 0;
    bool anchored = false, way;

    for (; *left && pc < p->ninst; --*left) {
        const struct tt_inst *in = &p->inst[pc];

        switch (in->op) {
        case TT_OP_SPLIT:
            way = *after;
            lanes |= lanes_from(p, in->x, left, &way);
            *after = *after && (anchored || way);
            pc++;
            continue;
        case TT_OP_JUMP: pc = in->x; continue;
        case TT_OP_OPEN:
        case TT_OP_CLOSE:
        case TT_OP_STEP: pc++; continue;
        case TT_OP_AFTER:
        case TT_OP_START:
            anchored = true;
            pc++;
            continue;
        case TT_OP_SILENCE:
        case TT_OP_QUIET:
        case TT_OP_END:
        case TT_OP_MATCH: *after = false; return lanes;
        case TT_OP_EVENT: lanes |= (uint8_t)(1u << TT_LANE_LINE); break;
        default: lanes |= (uint8_t)(1u << in->lane);
        }
        *after = *after && anchored;
        return lanes;
    }
    *after = false;
    return p->view; /* too far to look */
}

void tt_hop_prepare(struct tt_program *p)
{
    for (uint32_t pc = 0; pc < p->ninst; pc++) {
        struct tt_inst *in = &p->inst[pc];
        unsigned left = MAX_LOOK;

        if (in->op != TT_OP_THEN)
            continue;
        in->to_after = true;
        in->to_lanes = lanes_from(p, pc + 1, &left, &in->to_after);
    }
}

/* How much has been on the lanes so far. */
static uint64_t places(const struct tt_machine *m, uint8_t lanes)
{
    uint64_t n = 0, bytes = 0;

    for (unsigned l = 0; l < TT_LANE_LINE; l++) {
        bytes += m->lanes[l].count;
        if (lanes >> l & 1)
            n += m->lanes[l].count;
    }
    if (lanes >> TT_LANE_LINE & 1)
        n += m->seq - bytes; /* all else that came: events */
    return n;
}

static bool is_on(const struct tt_item *item, uint8_t lanes)
{
    return item && lanes >> item->lane & 1;
}

void tt_hop_begin(const struct tt_machine *m, struct tt_thread *th,
                  const struct tt_inst *in)
{
    th->hop = 0;
    if (!in->to_after) /* the item that ended the wait before is still to come */
        th->hop = places(m, in->to_lanes) - is_on(m->untaken, in->to_lanes);
}

void tt_hop_try(const struct tt_machine *m, struct tt_thread *th,
                struct tt_thread *waiter, const struct tt_inst *in,
                const struct tt_item *item, bool anchor_holds)
{
    uint64_t passed = th->hop;

    if (!in->to_after)
        passed = places(m, in->to_lanes) - th->hop - is_on(item, in->to_lanes);
    else if (waiter && anchor_holds)
        waiter->hop++;
    tt_hop_pay(th, in, passed);
}

void tt_hop_pay(struct tt_thread *th, const struct tt_inst *in, uint64_t passed)
{
    int64_t price = tt_log2_q16(passed + 1);

    if (!th->begun || !in->node)
        return;
    th->paid += price < in->node->worth ? price : in->node->worth;
}
