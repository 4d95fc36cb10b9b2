/*
 * remote - a line at the other end of a connection: tcp:HOST:PORT, or with
 * speed and control lines rfc2217:HOST:PORT.  Nothing is sent but what Telnet
 * wants, and the settings that were asked for.
 */
#include "source/end.h"

#include <stdlib.h>
#include <string.h>

struct own {
    struct end end;
    uint8_t bytes[4096];
};

bool source_is_remote(const char *name)
{
    return strncmp(name, "tcp:", 4) == 0 || strncmp(name, "rfc2217:", 8) == 0;
}

static nfds_t remote_poll(struct source *s, struct pollfd *p)
{
    const struct own *own = s->own;

    return end_poll(&own->end, p, true);
}

static void put_change(struct source *s, const struct end_change *c,
                       struct tt_record *r)
{
    *r = (struct tt_record){
        .t_ns = r->t_ns, .lane = TT_LANE_LINE, .event = c->event};
    if (c->event != TT_EV_BAUD)
        return;
    if (c->baud)
        s->baud = c->baud;
    r->baud = s->baud;
    memcpy(r->mode, s->mode, sizeof(r->mode));
}

static enum source_state remote_read(struct source *s, uint64_t t_ns,
                                     tt_sink_fn *sink, void *user,
                                     struct tt_error *err)
{
    struct own *own = s->own;
    struct end *e = &own->end;

    (void)end_turn(e, s->polled, s->npolled, t_ns);
    for (bool more = true; more && e->there;) {
        struct end_change c = {.event = TT_EV_NONE};
        struct tt_record r = {.t_ns = t_ns,
                              .source = s->offset,
                              .bytes = own->bytes,
                              .lane = s->lane};

        r.len = end_take(e, own->bytes, sizeof(own->bytes), &c, t_ns);
        s->offset += r.len;
        if (r.len && sink(&r, user))
            return SOURCE_FAILED;
        if (c.event)
            put_change(s, &c, &r);
        if (c.event && sink(&r, user))
            return SOURCE_FAILED;
        more = c.event || end_has_more(e);
    }
    (void)err;
    return e->there ? SOURCE_OPEN : SOURCE_ENDED;
}

static void remote_close(struct source *s)
{
    struct own *own = s->own;

    end_close(&own->end);
    free(own);
}

static const struct source_ops remote_ops = {remote_read, NULL, remote_close,
                                             NULL, remote_poll};

enum tt_status remote_source(struct source *s, const char *name,
                             const struct source_settings *set,
                             struct tt_error *err)
{
    struct own *own = calloc(1, sizeof(*own));
    struct source_settings quiet = *set;
    enum tt_status st;

    *s = (struct source){.fd = -1, .wait_ms = -1, .lane = set->lane};
    if (!own)
        return tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
    quiet.tell = NULL; /* it ends with the connection: that is told */
    s->own = own;
    s->ops = &remote_ops;
    st = end_open(&own->end, name, &quiet, err);
    if (st) {
        source_close(s);
        return st;
    }
    s->kind = own->end.telnet ? "RFC 2217" : "TCP";
    if (own->end.telnet) {
        s->baud = set->baud;
        memcpy(s->mode, set->mode, sizeof(s->mode));
    }
    return TT_OK;
}
