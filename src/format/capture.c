#include "format/capture.h"
#include "format/net/net.h"
#include "format/usb/usb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct link {
    unsigned type;
    bool usb;
    const char *name;
} links[] = {
    {0, false, "bsd-loopback"},
    {1, false, "ethernet"},
    {9, false, "ppp"},
    {12, false, "raw-ip"},
    {14, false, "raw-ip"},
    {101, false, "raw-ip"},
    {108, false, "openbsd-loopback"},
    {113, false, "linux-cooked"},
    {165, false, "bacnet-ms-tp"},
    {TT_LINK_USB_LINUX, true, "usb-linux"},
    {TT_LINK_USB_LINUX_MMAPPED, true, "usb-linux-mmapped"},
    {228, false, "raw-ipv4"},
    {229, false, "raw-ipv6"},
    {TT_LINK_USBPCAP, true, "usbpcap"},
    {276, false, "linux-cooked-v2"},
};

/* A packet that is kept, before its bytes. */
struct held {
    uint64_t abs_ns, offset, full;
    uint32_t n;
    uint32_t link;
    int32_t party; /* device or flow, -1: none */
    bool big, dropped;
};

struct tt_capture {
    bool begun, decided;
    bool forgot; /* packets were kept and given up */
    bool noted_full, noted_fragments;
    uint64_t base_ns, offset;
    struct tt_buf held;
    uint64_t held_ns; /* time of the first of them */
    struct tt_usb usb;
    struct tt_net net;
    bool any_usb, any_net; /* packets of such were there */
};

static const struct link *link_of(unsigned type)
{
    for (size_t i = 0; i < TT_LEN(links); i++)
        if (links[i].type == type)
            return &links[i];
    return NULL;
}

bool tt_capture_reads(unsigned type)
{
    return link_of(type) != NULL;
}

const char *tt_capture_link_name(unsigned type)
{
    const struct link *l = link_of(type);

    return l ? l->name : NULL;
}

struct tt_capture *tt_capture_new(void)
{
    struct tt_capture *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    /* one packet more than the limit may go in */
    tt_buf_init(&c->held, (size_t)TT_MAX_HELD + TT_MAX_BLOCK);
    tt_usb_init(&c->usb);
    tt_net_init(&c->net);
    return c;
}

void tt_capture_free(struct tt_capture *c)
{
    if (!c)
        return;
    tt_buf_release(&c->held);
    tt_net_release(&c->net);
    free(c);
}

struct tt_capture *tt_capture_copy(const struct tt_capture *from)
{
    struct tt_capture *c = malloc(sizeof(*c));

    if (!c)
        return NULL;
    *c = *from;
    tt_buf_copy(&c->held, &from->held);
    if (!tt_net_copy(&c->net, &from->net) || c->held.status) {
        tt_capture_free(c);
        return NULL;
    }
    return c;
}

/* ---- one packet --------------------------------------------------------- */

/* What it is about, learnt from it; false: nothing that is ever read. */
static bool survey(struct tt_capture *c, const struct tt_packet *pk, int *party)
{
    uint64_t t = pk->abs_ns > c->base_ns ? pk->abs_ns - c->base_ns : 0;
    const struct tt_usb_device *d;
    struct tt_segment seg;
    struct tt_urb urb;

    *party = -1;
    if (!link_of(pk->link)->usb) {
        if (!tt_segment_read(&seg, pk))
            return false;
        c->any_net = true;
        *party = tt_net_survey(&c->net, &seg);
        return *party >= 0;
    }
    c->any_usb = true;
    if (!tt_urb_read(&urb, pk))
        return false;
    *party = tt_usb_survey(&c->usb, &urb, t);
    if (*party < 0)
        return false;
    d = &c->usb.dev[*party];
    if (urb.kind == TT_USB_CONTROL)
        return true;
    for (size_t i = 0; i < d->nports; i++)
        if (tt_usb_rank(d, &d->port[i]) || c->usb.fixed)
            return true;
    return false;
}

static enum tt_status decode(struct tt_reader *rd, struct tt_capture *c,
                             const struct tt_packet *pk, int party)
{
    uint64_t t = pk->abs_ns > c->base_ns ? pk->abs_ns - c->base_ns : 0;
    struct tt_segment seg;
    struct tt_urb urb;

    if (pk->dropped && rd->report.records) {
        struct tt_record lost = {.t_ns = rd->last_ns,
                                 .source = pk->offset,
                                 .lane = TT_LANE_LINE,
                                 .event = TT_EV_LOST};
        enum tt_status st = tt_reader_emit(rd, &lost);

        if (st)
            return st;
    }
    if (!link_of(pk->link)->usb)
        return tt_segment_read(&seg, pk)
                   ? tt_net_decode(rd, &c->net, &seg, party, t, pk->offset)
                   : TT_OK;
    return tt_urb_read(&urb, pk)
               ? tt_usb_decode(rd, &c->usb, &urb, party, t, pk->offset)
               : TT_OK;
}

/* ---- which conversation -------------------------------------------------- */

struct candidate {
    unsigned rank;
    uint64_t bytes;
    int a, b; /* device and port, or flow and -1 */
};

static void better(struct candidate *best, unsigned rank, uint64_t bytes, int a,
                   int b)
{
    if (!rank || rank < best->rank ||
        (rank == best->rank && bytes <= best->bytes && best->a >= 0))
        return;
    *best = (struct candidate){rank, bytes, a, b};
}

/* Among USB ports; one with bytes goes before one with requests only, and
 * that before one that was only plugged in. */
static struct candidate best_port(const struct tt_reader *rd,
                                  const struct tt_capture *c, size_t *sure)
{
    const struct tt_choice *want = &rd->choice;
    struct candidate best = {0, 0, -1, -1};

    *sure = 0;
    for (size_t i = 0; i < c->usb.ndev; i++) {
        const struct tt_usb_device *d = &c->usb.dev[i];

        *sure += d->chip && !d->nports; /* an adapter not used yet */
        for (size_t k = 0; k < d->nports; k++) {
            const struct tt_usb_port *p = &d->port[k];
            uint64_t bytes = p->bytes[0] + p->bytes[1];
            unsigned rank = tt_usb_rank(d, p);
            bool meant =
                !want->usb || (want->bus == d->bus && want->dev == d->addr &&
                               (want->iface < 0 || want->iface == p->iface));

            if (!meant)
                continue;
            *sure += rank >= 3;
            if (want->usb)
                rank = 4;
            else if (rank < 2)
                continue;
            better(&best,
                   rank + (bytes                  ? 8
                           : p->asked && rank > 2 ? 4
                                                  : 0),
                   bytes, (int)i, (int)k);
        }
    }
    return best;
}

/* Where both sides speak, and TCP, before the rest. */
static unsigned flow_rank(const struct tt_flow *f)
{
    return 1u + (f->proto == TT_PROTO_TCP) +
           (f->bytes[0] && f->bytes[1] ? 2u : 0u);
}

static struct candidate best_flow(const struct tt_reader *rd,
                                  const struct tt_capture *c)
{
    const struct tt_choice *want = &rd->choice;
    struct candidate best = {0, 0, -1, -1};

    for (size_t i = 0; i < c->net.nflows; i++) {
        const struct tt_flow *f = &c->net.flow[i];
        uint64_t bytes = f->bytes[0] + f->bytes[1];
        bool meant = !want->tcp || (want->number && want->number == i + 1) ||
                     (!want->number && tt_net_named(f, want->ends));

        if (meant && (bytes || want->tcp))
            better(&best, flow_rank(f), bytes, (int)i, -1);
    }
    return best;
}

static void pick_usb(struct tt_reader *rd, struct tt_capture *c,
                     const struct candidate *b)
{
    struct tt_tape_info *info = &rd->report.info;
    char text[160];

    c->usb.dev_picked = b->a;
    c->usb.port_picked = b->b;
    tt_usb_adapter(&c->usb.dev[b->a], (size_t)b->b, text, sizeof(text));
    (void)snprintf(info->adapter, sizeof(info->adapter), "usb %u.%u %.100s",
                   c->usb.dev[b->a].bus, c->usb.dev[b->a].addr, text);
}

static void pick_flow(struct tt_reader *rd, struct tt_capture *c, int flow)
{
    struct tt_tape_info *info = &rd->report.info;
    const struct tt_flow *f = &c->net.flow[flow];
    char ends[132];

    c->net.picked = flow;
    tt_net_ends(f, ends, sizeof(ends));
    (void)snprintf(info->adapter, sizeof(info->adapter), "%s %.100s",
                   f->proto == TT_PROTO_UDP   ? "udp"
                   : f->proto == TT_PROTO_TCP ? "tcp"
                                              : "bus",
                   ends);
}

/*
 * Live, and the only adapter there is: nothing can come that would say more.
 * Then what a program sets before the first byte is told when it is set.
 */
static bool is_only_one(const struct tt_reader *rd, const struct tt_capture *c,
                        const struct candidate *port, size_t sure)
{
    return rd->choice.live && sure == 1 && port->a >= 0 &&
           c->usb.dev[port->a].config && (rd->choice.usb || port->rank > 4 + 2);
}

/*
 * Decide what is read, if that can be done now.  Early, only when there is
 * one candidate and it is a serial port in use; when as much is kept as may
 * be (must), the best of those that are sure; at the end any.
 */
static bool decide(struct tt_reader *rd, struct tt_capture *c, bool must,
                   bool end)
{
    const struct tt_choice *want = &rd->choice;
    size_t sure;
    struct candidate port = best_port(rd, c, &sure);
    struct candidate flow = best_flow(rd, c);
    bool used = port.rank > 8 + 2; /* a serial port, and bytes */
    bool take_port, take_flow;

    used |= is_only_one(rd, c, &port, sure);
    must |= end;
    if (want->usb || want->tcp) {
        take_port = want->usb && port.a >= 0 && (used || must);
        /* one end alone may have several connections */
        take_flow = want->tcp && flow.a >= 0 &&
                    (want->number || strchr(want->ends, '-') || must);
    } else {
        take_port = used && (sure == 1 || must);
        take_flow = flow.a >= 0 && must;
        /* the next best, if all of it is still there */
        if (!take_flow && end && port.a >= 0 &&
            (!c->forgot || port.rank % 4 != 2))
            take_port = true;
    }
    if (take_port)
        pick_usb(rd, c, &port);
    else if (take_flow)
        pick_flow(rd, c, flow.a);
    else
        return false;
    c->decided = true;
    return true;
}

/* ---- packets that wait --------------------------------------------------- */

static enum tt_status hold(struct tt_capture *c, const struct tt_packet *pk,
                           int party)
{
    struct held h;

    memset(&h, 0, sizeof(h));
    h.abs_ns = pk->abs_ns;
    h.offset = pk->offset;
    h.full = pk->full;
    h.n = (uint32_t)pk->n;
    h.link = pk->link;
    h.party = party;
    h.big = pk->big;
    h.dropped = pk->dropped;
    if (!c->held.n)
        c->held_ns = pk->abs_ns;
    tt_buf_add(&c->held, &h, sizeof(h));
    tt_buf_add(&c->held, pk->p, pk->n);
    return c->held.status;
}

/* Read what was kept, and keep no more of it. */
static enum tt_status replay(struct tt_reader *rd, struct tt_capture *c)
{
    enum tt_status st = TT_OK;
    struct held h;

    for (size_t at = 0; !st && at < c->held.n; at += h.n) {
        struct tt_packet pk;

        memcpy(&h, c->held.p + at, sizeof(h));
        at += sizeof(h);
        pk = (struct tt_packet){.abs_ns = h.abs_ns,
                                .offset = h.offset,
                                .p = (const uint8_t *)c->held.p + at,
                                .n = h.n,
                                .full = h.full,
                                .link = h.link,
                                .big = h.big,
                                .dropped = h.dropped};
        st = decode(rd, c, &pk, h.party);
    }
    tt_buf_clear(&c->held);
    return st;
}

static void note_limits(struct tt_reader *rd, struct tt_capture *c)
{
    if ((c->usb.full || c->net.more) && !c->noted_full) {
        c->noted_full = true;
        tt_reader_note(rd, c->offset, 0,
                       "more than %d %s in one capture; those after are left "
                       "out",
                       c->usb.full ? TT_MAX_USB_DEVICES : TT_MAX_FLOWS,
                       c->usb.full ? "USB devices" : "conversations");
    }
    if (c->net.fragments && !c->noted_fragments) {
        c->noted_fragments = true;
        tt_reader_note(rd, c->offset, 0,
                       "an IP packet in fragments; such are left out");
    }
}

enum tt_status tt_capture_packet(struct tt_reader *rd, struct tt_capture *c,
                                 const struct tt_packet *pk,
                                 struct tt_error *err)
{
    enum tt_status st = TT_OK;
    bool must, keep;
    int party;

    if (!c->begun) {
        c->begun = true;
        c->base_ns = pk->abs_ns < TT_MAX_TIME_NS ? pk->abs_ns : TT_MAX_TIME_NS;
        rd->report.info.epoch_ns = pk->no_epoch ? 0 : c->base_ns;
        c->usb.fixed = rd->choice.usb;
    }
    c->offset = pk->offset;
    keep = survey(c, pk, &party);
    note_limits(rd, c);
    if (c->decided)
        return decode(rd, c, pk, party);
    if (keep || pk->dropped)
        st = hold(c, pk, keep ? party : -1);
    must = c->held.n > TT_MAX_HELD ||
           (rd->choice.live && c->held.n && pk->abs_ns > c->held_ns &&
            pk->abs_ns - c->held_ns > TT_MAX_HELD_S * TT_NS_PER_S);
    if (!st && (decide(rd, c, must, false) || must)) {
        c->forgot |= !c->decided;
        st = replay(rd, c);
    }
    if (st == TT_ERR_NOMEM)
        (void)tt_fail(err, st, "out of memory");
    return st;
}

enum tt_status tt_capture_one_line(const struct tt_reader *rd,
                                   struct tt_error *err)
{
    return tt_fail(err, TT_ERR_ARG,
                   "%s chooses from a capture of USB or a network; this is one "
                   "of a serial line: leave the option out",
                   rd->choice.usb ? "--usb" : "--tcp");
}

/* ---- the end ------------------------------------------------------------- */

static void add_party(struct tt_read_report *rp, bool taken, const char *text)
{
    struct tt_party *p;

    if (rp->nparties == TT_LEN(rp->party)) {
        rp->more++;
        return;
    }
    p = &rp->party[rp->nparties++];
    p->taken = taken;
    (void)snprintf(p->text, sizeof(p->text), "%s", text);
}

/* Is there anything to say of a port, or of a device without one? */
static bool speaks(const struct tt_usb_device *d, size_t port)
{
    const struct tt_usb_port *p = &d->port[port];

    if (d->described && tt_usb_id_find(d->vid, d->pid) && !port)
        return true;
    return port < d->nports && tt_usb_rank(d, p) >= 2 &&
           (p->bytes[0] || p->bytes[1] || p->asked);
}

static void list_ports(struct tt_reader *rd, const struct tt_usb *u, bool taken)
{
    char text[256];

    for (size_t i = 0; i < u->ndev; i++)
        for (size_t k = 0; k < u->dev[i].nports || !k; k++) {
            bool is = (int)i == u->dev_picked && (int)k == u->port_picked;

            if (is != taken || (!is && !speaks(&u->dev[i], k)))
                continue;
            tt_usb_describe(&u->dev[i], k, text, sizeof(text));
            add_party(&rd->report, is, text);
        }
}

/* Every conversation, the one on the tape first. */
static void list_parties(struct tt_reader *rd, struct tt_capture *c, bool taken)
{
    char text[256];

    list_ports(rd, &c->usb, taken);
    for (size_t i = 0; i < c->net.nflows; i++) {
        const struct tt_flow *f = &c->net.flow[i];
        bool is = (int)i == c->net.picked;

        if (is != taken || (!is && !f->bytes[0] && !f->bytes[1]))
            continue;
        tt_net_describe(&c->net, i, text, sizeof(text));
        add_party(&rd->report, is, text);
    }
}

static enum tt_status nothing(struct tt_reader *rd, struct tt_capture *c,
                              struct tt_error *err)
{
    const struct tt_read_report *rp = &rd->report;
    const char *first = rp->nparties ? rp->party[0].text : NULL;

    if (rd->choice.usb || rd->choice.tcp)
        return tt_fail(
            err, TT_ERR_SYNTAX, "%s is not in this capture%s%.100s%s",
            rd->choice.usb ? "the device of --usb" : "the connection of --tcp",
            first ? "; there is " : "", first ? first : "",
            rp->nparties > 1 ? ", and others" : "");
    if (!c->begun)
        return tt_fail(err, TT_ERR_SYNTAX, "a capture without packets");
    if (first)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "no serial traffic in this capture; there is %.150s",
                       first);
    if (c->any_usb)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a USB capture without a serial port that was used "
                       "(%zu devices); --usb BUS.DEV takes any device",
                       c->usb.ndev);
    return tt_fail(err, TT_ERR_SYNTAX,
                   "a network capture without bytes of TCP or UDP");
}

enum tt_status tt_capture_finish(struct tt_reader *rd, struct tt_capture *c,
                                 struct tt_error *err)
{
    enum tt_status st = TT_OK;

    if (!c->decided)
        (void)decide(rd, c, true, true);
    if (c->decided)
        st = replay(rd, c);
    if (!st)
        st = tt_usb_end(rd, &c->usb, c->offset);
    if (!st)
        st = tt_net_end(rd, &c->net, c->offset);
    if (st)
        return st;
    list_parties(rd, c, true);
    list_parties(rd, c, false);
    return c->decided ? TT_OK : nothing(rd, c, err);
}
