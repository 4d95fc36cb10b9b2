/*
 * The bytes of one conversation in order.
 *
 * A segment before its turn waits; what never comes is [lost]: when the other
 * side has confirmed it, so that it was sent and not captured, and a few more
 * packets have passed, in which it might have come late.
 */
#include "format/net/net.h"

#include <string.h>

enum { PATIENCE = 3 }; /* packets */

/* What makes a record of the conversation. */
struct out {
    struct tt_reader *rd;
    uint64_t t_ns, source;
    enum tt_status st;
};

static void give(struct out *o, struct tt_record *r)
{
    r->t_ns = o->t_ns;
    r->source = o->source;
    if (!o->st)
        o->st = tt_reader_emit(o->rd, r);
}

static void give_bytes(struct out *o, size_t side, const uint8_t *p, size_t n)
{
    struct tt_record r = {
        .lane = side ? TT_LANE_DEVICE : TT_LANE_HOST, .bytes = p, .len = n};

    if (n)
        give(o, &r);
}

static void give_event(struct out *o, enum tt_event ev, uint64_t count)
{
    struct tt_record r = {.lane = TT_LANE_LINE,
                          .event = ev,
                          .count = count > UINT32_MAX ? UINT32_MAX
                                                      : (uint32_t)count};

    give(o, &r);
}

static int32_t after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Bytes whose turn it is, of full of which n are there. */
static void take(struct out *o, struct tt_half *h, size_t side, uint32_t seq,
                 const uint8_t *p, size_t n, uint32_t full)
{
    uint32_t old = h->next - seq; /* sent before */

    if (after(seq + full, h->next) <= 0)
        return;
    h->next = seq + full;
    if (old < n)
        give_bytes(o, side, p + old, n - old);
    if (full > n)
        give_event(o, TT_EV_LOST, full - (old > n ? old : n));
}

static size_t kept_at(const struct tt_half *h, size_t i)
{
    size_t at = 0;

    for (size_t k = 0; k < i; k++)
        at += h->ahead[k].n;
    return at;
}

static void forget(struct tt_half *h, size_t i)
{
    size_t at = kept_at(h, i), n = h->ahead[i].n;

    if (n)
        memmove(h->kept.p + at, h->kept.p + at + n, h->kept.n - at - n);
    h->kept.n -= n;
    memmove(h->ahead + i, h->ahead + i + 1,
            (h->nahead - i - 1) * sizeof(h->ahead[0]));
    h->nahead--;
}

/* The waiting segment that comes first. */
static size_t earliest(const struct tt_half *h)
{
    size_t best = 0;

    for (size_t i = 1; i < h->nahead; i++)
        if (after(h->ahead[i].seq, h->ahead[best].seq) < 0)
            best = i;
    return best;
}

/* Take what waits, as far as it is its turn. */
static void drain(struct out *o, struct tt_half *h, size_t side)
{
    while (h->nahead) {
        size_t i = earliest(h);
        struct tt_ahead a = h->ahead[i];

        if (after(a.seq, h->next) > 0)
            return;
        take(o, h, side, a.seq,
             a.n ? (const uint8_t *)h->kept.p + kept_at(h, i) : NULL, a.n,
             a.full);
        forget(h, i);
    }
    h->waited = 0;
}

/* The hole before what waits will not be filled. */
static void give_up(struct out *o, struct tt_half *h, size_t side)
{
    uint32_t seq = h->ahead[earliest(h)].seq;

    give_event(o, TT_EV_LOST, seq - h->next);
    h->next = seq;
    h->waited = 0;
    drain(o, h, side);
}

static void keep(struct out *o, struct tt_half *h, size_t side,
                 const struct tt_segment *s)
{
    for (size_t i = 0; i < h->nahead; i++)
        if (h->ahead[i].seq == s->seq && h->ahead[i].full >= s->full)
            return; /* sent again */
    while (h->nahead &&
           (h->nahead == TT_LEN(h->ahead) || s->n > h->kept.cap - h->kept.n))
        give_up(o, h, side);
    if (after(s->seq, h->next) <= 0 || s->n > h->kept.cap) {
        take(o, h, side, s->seq, s->p, s->n, (uint32_t)s->full);
        drain(o, h, side);
        return;
    }
    h->ahead[h->nahead++] = (struct tt_ahead){
        .seq = s->seq, .n = (uint32_t)s->n, .full = (uint32_t)s->full};
    tt_buf_add(&h->kept, s->p, s->n);
    if (h->kept.status)
        o->st = h->kept.status;
}

static void take_payload(struct out *o, struct tt_half *h, size_t side,
                         const struct tt_segment *s)
{
    if (!h->known) {
        h->known = true;
        h->next = s->seq;
    }
    if (after(s->seq, h->next) > 0) {
        keep(o, h, side, s);
        return;
    }
    take(o, h, side, s->seq, s->p, s->n, (uint32_t)s->full);
    drain(o, h, side);
}

static void close_flow(struct out *o, struct tt_net *n)
{
    for (size_t side = 0; side < 2; side++)
        while (n->half[side].nahead)
            give_up(o, &n->half[side], side);
    if (n->open)
        give_event(o, TT_EV_CLOSE, 0);
    n->open = false;
}

static void reset(struct tt_half *h)
{
    tt_buf_clear(&h->kept);
    h->nahead = 0;
    h->known = h->fin = h->has_ack = false;
    h->waited = 0;
}

static void take_syn(struct out *o, struct tt_net *n, size_t side,
                     const struct tt_segment *s)
{
    struct tt_half *h = &n->half[side];
    bool again = h->known && h->next == s->seq + 1;

    if (again)
        return; /* asked again: nothing has come of the first */
    if (!(s->flags & TT_TCP_ACK)) {
        close_flow(o, n);
        reset(&n->half[0]);
        reset(&n->half[1]);
    }
    h->known = true;
    h->next = s->seq + 1;
    if (s->flags & TT_TCP_ACK && !n->open) {
        n->open = true;
        give_event(o, TT_EV_OPEN, 0);
    }
}

/* Bytes that the other side has and the capture has not. */
static void take_ack(struct out *o, struct tt_net *n, size_t side,
                     const struct tt_segment *s)
{
    struct tt_half *h = &n->half[!side];

    if (s->flags & TT_TCP_ACK && (!h->has_ack || after(s->ack, h->acked) > 0)) {
        h->has_ack = true;
        h->acked = s->ack;
    }
    for (size_t i = 0; i < 2; i++) {
        h = &n->half[i];
        if (!h->nahead)
            continue;
        h->waited++;
        if (h->waited > PATIENCE && h->has_ack &&
            after(h->acked, h->ahead[earliest(h)].seq) >= 0)
            give_up(o, h, i);
    }
}

/* Said to be over, and all before that has come. */
static bool ended(const struct tt_half *h)
{
    return h->fin && after(h->next, h->last) >= 0;
}

static void decode_tcp(struct out *o, struct tt_net *n, size_t side,
                       const struct tt_segment *s)
{
    struct tt_segment data = *s;

    if (s->flags & TT_TCP_SYN) {
        take_syn(o, n, side, s);
        data.seq++;
    }
    if (data.full)
        take_payload(o, &n->half[side], side, &data);
    take_ack(o, n, side, s);
    if (s->flags & TT_TCP_FIN) {
        n->half[side].fin = true;
        n->half[side].last = data.seq + (uint32_t)data.full;
    }
    if (s->flags & TT_TCP_RST || (ended(&n->half[0]) && ended(&n->half[1])))
        close_flow(o, n);
}

enum tt_status tt_net_decode(struct tt_reader *rd, struct tt_net *n,
                             const struct tt_segment *s, int flow,
                             uint64_t t_ns, uint64_t source)
{
    struct out o = {.rd = rd, .t_ns = t_ns, .source = source};
    const struct tt_flow *f = flow < 0 ? NULL : &n->flow[flow];
    size_t side;

    if (!f || flow != n->picked)
        return TT_OK;
    /* by the service's end: the client's port changes with every connection */
    side = s->from.port == f->device.port &&
           !memcmp(s->from.addr, f->device.addr, sizeof(s->from.addr));
    if (s->proto == TT_PROTO_TCP) {
        decode_tcp(&o, n, side, s);
        return o.st;
    }
    give_bytes(&o, side, s->p, s->n);
    if (s->full > s->n)
        give_event(&o, TT_EV_LOST, s->full - s->n);
    return o.st;
}

enum tt_status tt_net_end(struct tt_reader *rd, struct tt_net *n,
                          uint64_t source)
{
    struct out o = {.rd = rd, .t_ns = rd->last_ns, .source = source};

    for (size_t side = 0; side < 2; side++)
        while (n->half[side].nahead)
            give_up(&o, &n->half[side], side);
    return o.st;
}
