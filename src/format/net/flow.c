/*
 * Which conversations there are.  A client that connects again to the same
 * service goes on with the conversation it had; two connections at a time are
 * two conversations.
 */
#include "format/net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tt_net_init(struct tt_net *n)
{
    memset(n, 0, sizeof(*n));
    n->picked = -1;
    for (size_t i = 0; i < 2; i++)
        tt_buf_init(&n->half[i].kept, TT_MAX_AHEAD_BYTES);
}

void tt_net_release(struct tt_net *n)
{
    for (size_t i = 0; i < 2; i++)
        tt_buf_release(&n->half[i].kept);
}

bool tt_net_copy(struct tt_net *to, const struct tt_net *from)
{
    *to = *from;
    for (size_t i = 0; i < 2; i++)
        tt_buf_copy(&to->half[i].kept, &from->half[i].kept);
    return !to->half[0].kept.status && !to->half[1].kept.status;
}

static bool same(const struct tt_end *a, const struct tt_end *b, bool port)
{
    return !memcmp(a->addr, b->addr, sizeof(a->addr)) &&
           (!port || a->port == b->port);
}

/* Services of this trade whose numbers are not small (IANA). */
static bool is_service(uint16_t port)
{
    static const uint16_t ports[] = {
        1153,  /* ANSI C12.22 */
        1883,  /* MQTT */
        2404,  /* IEC 60870-5-104 */
        3671,  /* KNXnet/IP */
        4059,  /* DLMS */
        4840,  /* OPC UA */
        5094,  /* HART-IP */
        8883,  /* MQTT over TLS */
        9600,  /* FINS */
        20000, /* DNP3 */
        44818, /* EtherNet/IP */
        47808, /* BACnet/IP */
        48898  /* ADS */
    };

    for (size_t i = 0; i < TT_LEN(ports); i++)
        if (ports[i] == port)
            return true;
    return port < 1024;
}

/* Who began, as far as a packet tells? */
static bool from_host(const struct tt_segment *s)
{
    if (s->proto == TT_PROTO_MSTP)
        return false;
    if (s->proto == TT_PROTO_TCP && s->flags & TT_TCP_SYN)
        return !(s->flags & TT_TCP_ACK);
    if (is_service(s->from.port) != is_service(s->to.port))
        return is_service(s->to.port);
    if (s->from.port != s->to.port) /* a service has the smaller number */
        return s->from.port > s->to.port;
    return true;
}

static struct tt_flow *new_flow(struct tt_net *n, const struct tt_segment *s)
{
    struct tt_flow *f;

    if (n->nflows == TT_LEN(n->flow)) {
        n->more++;
        return NULL;
    }
    f = &n->flow[n->nflows++];
    *f = (struct tt_flow){
        .version = s->version,
        .proto = s->proto,
        .host = from_host(s) ? s->from : s->to,
        .device = from_host(s) ? s->to : s->from,
        .connections = 1,
    };
    f->first_port = f->host.port;
    return f;
}

/* The conversation of a packet, as it is now. */
static struct tt_flow *find(struct tt_net *n, const struct tt_segment *s)
{
    for (size_t i = n->nflows; i--;) {
        struct tt_flow *f = &n->flow[i];

        if (f->proto == s->proto && f->version == s->version &&
            ((same(&f->host, &s->from, true) &&
              same(&f->device, &s->to, true)) ||
             (same(&f->host, &s->to, true) &&
              same(&f->device, &s->from, true))))
            return f;
    }
    return NULL;
}

/* A conversation that this client had with this service, and ended. */
static struct tt_flow *find_ended(struct tt_net *n, const struct tt_segment *s)
{
    if (s->proto != TT_PROTO_TCP ||
        (s->flags & (TT_TCP_SYN | TT_TCP_ACK)) != TT_TCP_SYN)
        return NULL;
    for (size_t i = n->nflows; i--;) {
        struct tt_flow *f = &n->flow[i];

        if (f->over && f->proto == s->proto && f->version == s->version &&
            same(&f->host, &s->from, false) && same(&f->device, &s->to, true))
            return f;
    }
    return NULL;
}

int tt_net_survey(struct tt_net *n, const struct tt_segment *s)
{
    struct tt_flow *f = find(n, s);
    size_t side;

    if (s->fragment) {
        n->fragments++;
        return -1;
    }
    if (!f) {
        f = find_ended(n, s);
        if (f) {
            f->host.port = s->from.port;
            f->fin[0] = f->fin[1] = f->over = false;
            f->connections++;
        }
    }
    if (!f)
        f = new_flow(n, s);
    if (!f)
        return -1;
    if (s->proto == TT_PROTO_TCP && s->flags & TT_TCP_SYN)
        f->fin[0] = f->fin[1] = f->over = false;
    side = !same(&f->host, &s->from, true);
    f->bytes[side] += s->full;
    if (s->flags & TT_TCP_FIN)
        f->fin[side] = true;
    if (s->proto == TT_PROTO_TCP)
        f->over = f->over || s->flags & TT_TCP_RST || (f->fin[0] && f->fin[1]);
    return (int)(f - n->flow);
}

/* ---- names -------------------------------------------------------------- */

/* RFC 5952, but for the choice among runs of equal length: the first. */
static void put_ipv6(char *out, size_t room, const uint8_t *a)
{
    unsigned best = 8, len = 1, n = 0;

    for (unsigned i = 0; i < 8; i++) {
        unsigned k = 0;

        while (i + k < 8 && !a[2 * (i + k)] && !a[2 * (i + k) + 1])
            k++;
        if (k > len) {
            best = i;
            len = k;
        }
    }
    for (unsigned i = 0; i < 8 && n < room; i++) {
        if (i == best) {
            n += (unsigned)snprintf(out + n, room - n, "%s",
                                    i + len == 8 ? "::" : ":");
            i += len - 1;
            continue;
        }
        n += (unsigned)snprintf(out + n, room - n, "%s%x", i ? ":" : "",
                                (unsigned)a[2 * i] << 8 | a[2 * i + 1]);
    }
}

static void put_end(char *out, size_t room, unsigned version,
                    const struct tt_end *e, uint16_t port)
{
    const uint8_t *a = e->addr;
    char text[48] = "";

    if (version == 4) {
        (void)snprintf(out, room, "%u.%u.%u.%u:%u", a[0], a[1], a[2], a[3],
                       port);
        return;
    }
    put_ipv6(text, sizeof(text), a);
    (void)snprintf(out, room, "[%s]:%u", text, port);
}

void tt_net_ends(const struct tt_flow *f, char *out, size_t room)
{
    char a[64], b[64];

    if (f->proto == TT_PROTO_MSTP) {
        (void)snprintf(out, room, "MS/TP");
        return;
    }
    put_end(a, sizeof(a), f->version, &f->host, f->first_port);
    put_end(b, sizeof(b), f->version, &f->device, f->device.port);
    (void)snprintf(out, room, "%s-%s", a, b);
}

bool tt_net_named(const struct tt_flow *f, const char *ends)
{
    char a[64], b[64], both[132];

    put_end(a, sizeof(a), f->version, &f->host, f->first_port);
    put_end(b, sizeof(b), f->version, &f->device, f->device.port);
    (void)snprintf(both, sizeof(both), "%s-%s", b, a);
    if (!strcmp(ends, a) || !strcmp(ends, b) || !strcmp(ends, both))
        return true;
    (void)snprintf(both, sizeof(both), "%s-%s", a, b);
    return !strcmp(ends, both);
}

void tt_net_describe(const struct tt_net *n, size_t flow, char *out,
                     size_t room)
{
    const struct tt_flow *f = &n->flow[flow];
    char ends[132], again[48] = "";

    tt_net_ends(f, ends, sizeof(ends));
    if (f->connections > 1)
        (void)snprintf(again, sizeof(again), ", connected %u times",
                       f->connections);
    (void)snprintf(out, room, "%s %zu: %s%s, > %llu, < %llu bytes",
                   f->proto == TT_PROTO_UDP   ? "udp"
                   : f->proto == TT_PROTO_TCP ? "tcp"
                                              : "bus",
                   flow + 1, ends, again, (unsigned long long)f->bytes[0],
                   (unsigned long long)f->bytes[1]);
}
