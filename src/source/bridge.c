/*
 * bridge - all that one end says, passed on to the other.
 *
 *   host's end ──▶ take ──▶ give ──▶ device's end      and the same back;
 *                    └────▶ the tape
 *
 * Bytes are passed on before they are put onto the tape.  No more is taken than the other end has room
 * for: who sends too fast is held up by the kernel, as by the line itself.  A
 * change of speed or of a control line is done when the bytes before it are
 * out, and the bytes after it wait for that.
 */
#include "source/end.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 64 /* changes of one end in a turn */, DRAIN_MS = 2 };

#define DRAIN_NS (5 * TT_NS_PER_S) /* a line that is held up: no longer */

struct way {
    struct end *from, *to;
    enum tt_lane lane;
    struct end_change change; /* taken, waits until all before it is out */
    uint64_t since_ns;
};

struct bridge {
    struct end end[2]; /* the host's, the device's */
    struct way way[2];
    nfds_t npolled[2];
    bool whole; /* both are there */
    uint8_t bytes[END_OUT];
};

/* Where what happens goes in this turn. */
struct turn {
    struct source *s;
    struct bridge *b;
    uint64_t t_ns;
    tt_sink_fn *sink;
    void *user;
    enum tt_status status;
};

static void put(struct turn *t, const struct tt_record *r)
{
    if (!t->status)
        t->status = t->sink(r, t->user);
}

static void put_event(struct turn *t, enum tt_event ev)
{
    if (!t->status)
        t->status = source_event(t->s, t->t_ns, ev, t->sink, t->user);
}

/* What the driver of a port tells, on its way to the other end. */
struct told {
    struct turn *t;
    struct end *other;
};

/* An input of one port is an output of the other, as in a cable that is
 * crossed; a client of RFC 2217 gets all as it is. */
static enum tt_status pass_on_event(const struct tt_record *r, void *user)
{
    const struct told *told = user;
    struct end_change c = {.event = r->event};
    bool as_it_is = told->other->telnet && told->other->kind == END_LISTEN;

    put(told->t, r);
    if (!as_it_is)
        switch (r->event) {
        case TT_EV_CTS_UP: c.event = TT_EV_RTS_UP; break;
        case TT_EV_CTS_DOWN: c.event = TT_EV_RTS_DOWN; break;
        case TT_EV_DSR_UP: c.event = TT_EV_DTR_UP; break;
        case TT_EV_DSR_DOWN: c.event = TT_EV_DTR_DOWN; break;
        default: return told->t->status;
        }
    end_change(told->other, &c);
    return told->t->status;
}

/* What its driver knows, if it has one. */
static void put_line(struct turn *t, struct end *e, struct end *other)
{
    struct told told = {.t = t, .other = other};

    if (e->tty.ops && e->tty.ops->events && !t->status)
        t->status = e->tty.ops->events(&e->tty, t->t_ns, pass_on_event, &told);
}

/* ---- changes ------------------------------------------------------------ */

static void put_settings(struct turn *t, const struct end_change *c)
{
    bool same = (!c->baud || c->baud == t->s->baud) &&
                (!c->mode[0] || !strcmp(c->mode, t->s->mode));

    if (same)
        return;
    if (c->baud)
        t->s->baud = c->baud;
    if (c->mode[0])
        memcpy(t->s->mode, c->mode, sizeof(c->mode));
    put_event(t, TT_EV_BAUD);
}

/* Do at the other end what this one said. */
static void carry_out(struct turn *t, struct way *w)
{
    struct end_change c = w->change;
    struct source *tty = &w->to->tty;

    w->change.event = TT_EV_NONE;
    end_change(w->to, &c);
    end_done(w->from, &c, w->to);
    if (end_has_settings(w->to)) { /* what the port was really set to */
        c.baud = tty->baud;
        memcpy(c.mode, tty->mode, sizeof(c.mode));
    }
    if (c.event == TT_EV_BAUD)
        put_settings(t, &c);
    else if (tty->ops && tty->ops->events && c.event != TT_EV_BREAK)
        put_line(t, w->to, w->from);
    else if (c.event != TT_EV_BREAK || !c.off)
        put_event(t, c.event);
}

static bool may_carry_out(const struct turn *t, struct way *w)
{
    return !end_has_settings(w->to) || end_drained(w->to) ||
           t->t_ns - w->since_ns > DRAIN_NS;
}

/* ---- bytes -------------------------------------------------------------- */

static void pass_on(struct turn *t, struct way *w)
{
    struct tt_record r = {.t_ns = t->t_ns,
                          .source = t->s->offset,
                          .bytes = t->b->bytes,
                          .lane = w->lane};

    for (int i = 0; i < ROUNDS && !t->status; i++) {
        if (w->change.event && !may_carry_out(t, w))
            return;
        if (w->change.event)
            carry_out(t, w);
        r.len = end_take(w->from, t->b->bytes, end_room(w->to), &w->change,
                         t->t_ns);
        w->since_ns = t->t_ns;
        end_give(w->to, t->b->bytes, r.len);
        t->s->offset += r.len;
        if (r.len)
            put(t, &r);
        if (!w->change.event && (!r.len || !end_has_more(w->from)))
            return;
    }
}

static bool readable(const struct pollfd *p, nfds_t n, const struct end *e)
{
    for (nfds_t i = 0; i < n; i++)
        if (p[i].fd == e->fd && p[i].revents)
            return true;
    return false;
}

/* ---- a turn ------------------------------------------------------------- */

/* What the drivers of ports tell of their lines. */
static void put_lines(struct turn *t)
{
    for (int i = 0; i < 2; i++)
        put_line(t, &t->b->end[i], &t->b->end[!i]);
}

static void one_turn(struct turn *t, bool idle)
{
    struct bridge *b = t->b;
    const struct pollfd *p = t->s->polled;
    bool whole, ready[2];

    for (int i = 0; i < 2; i++)
        ready[i] = readable(t->s->polled + (i ? b->npolled[0] : 0),
                            b->npolled[i], &b->end[i]);
    put_lines(t);
    for (int i = 0; i < 2; i++) {
        if (end_turn(&b->end[i], p, idle ? 0 : b->npolled[i], t->t_ns))
            end_lines(&b->end[i], &b->end[!i]);
        p += b->npolled[i];
    }
    whole = b->end[0].there && b->end[1].there;
    if (whole && !b->whole)
        put_event(t, TT_EV_OPEN);
    for (int i = 0; i < 2; i++)
        if (ready[i] || b->way[i].change.event || end_has_more(&b->end[i]) ||
            (idle && b->end[i].kind == END_PTY))
            pass_on(t, &b->way[i]);
    whole = b->end[0].there && b->end[1].there;
    if (!whole && b->whole)
        put_event(t, TT_EV_CLOSE);
    b->whole = whole;
    t->s->wait_ms =
        b->way[0].change.event || b->way[1].change.event ? DRAIN_MS : -1;
}

static nfds_t bridge_poll(struct source *s, struct pollfd *p)
{
    struct bridge *b = s->own;
    nfds_t n = 0;

    for (int i = 0; i < 2; i++) {
        const struct way *w = &b->way[i];

        b->npolled[i] =
            end_poll(w->from, p + n, !w->change.event && end_room(w->to) > 0);
        n += b->npolled[i];
    }
    return n;
}

static enum source_state bridge_read(struct source *s, uint64_t t_ns,
                                     tt_sink_fn *sink, void *user,
                                     struct tt_error *err)
{
    struct turn t = {
        .s = s, .b = s->own, .t_ns = t_ns, .sink = sink, .user = user};

    one_turn(&t, false);
    if (t.status) {
        (void)tt_fail(err, t.status, "%s", tt_status_name(t.status));
        return SOURCE_FAILED;
    }
    return t.b->end[0].ended || t.b->end[1].ended ? SOURCE_ENDED : SOURCE_OPEN;
}

static enum tt_status bridge_events(struct source *s, uint64_t t_ns,
                                    tt_sink_fn *sink, void *user)
{
    struct turn t = {
        .s = s, .b = s->own, .t_ns = t_ns, .sink = sink, .user = user};

    one_turn(&t, true);
    return t.status;
}

static void bridge_close(struct source *s)
{
    struct bridge *b = s->own;

    for (int i = 0; i < 2; i++) {
        end_push(&b->end[i]);
        end_close(&b->end[i]);
    }
    free(b);
}

static const struct source_ops bridge_ops = {bridge_read, bridge_events,
                                             bridge_close, NULL, bridge_poll};

/* ---- opening ------------------------------------------------------------ */

static void describe(struct source *s, struct bridge *b)
{
    const char *place[2] = {b->end[0].place, b->end[1].place};

    s->kind = "bridge";
    if (*place[0] || *place[1])
        (void)snprintf(s->note, sizeof(s->note), "%s%.60s%s%s%.60s",
                       *place[0] ? "the host's end is " : "", place[0],
                       *place[0] && *place[1] ? ", " : "",
                       *place[1] ? "the device's end is " : "", place[1]);
    for (int i = 1; i >= 0 && !s->baud; i--)
        if (end_has_settings(&b->end[i]) ||
            (b->end[i].telnet && b->end[i].kind == END_CONNECT)) {
            s->baud = b->end[i].baud;
            memcpy(s->mode, b->end[i].mode, sizeof(s->mode));
        }
    /* Who looks at the settings of a new pty sees those of the port. */
    for (int i = 0; i < 2 && s->baud; i++)
        if (b->end[i].kind == END_PTY) {
            pty_set_baud(&b->end[i].pty, s->baud);
            b->end[i].baud = s->baud;
        } else if (b->end[i].kind == END_LISTEN) {
            b->end[i].baud = s->baud;
            memcpy(b->end[i].mode, s->mode, sizeof(s->mode));
        }
}

enum tt_status bridge_source(struct source *s, const char *host,
                             const char *device,
                             const struct source_settings *set,
                             struct tt_error *err)
{
    struct bridge *b = calloc(1, sizeof(*b));
    const char *name[2] = {host, device};
    struct tt_error why = {.msg = "out of memory"};
    enum tt_status st = b ? TT_OK : TT_ERR_NOMEM;

    *s = (struct source){.fd = -1, .wait_ms = -1, .passes_on = true};
    if (!b)
        return tt_fail(err, st, "%s", tt_status_name(st));
    for (int i = 0; i < 2; i++) {
        b->end[i].fd = -1;
        b->end[i].pty = (struct pty){.master = -1, .slave = -1, .watch = -1};
        for (int k = 0; k < NET_LISTENERS; k++)
            b->end[i].listener[k] = -1;
        b->way[i] = (struct way){.from = &b->end[i],
                                 .to = &b->end[!i],
                                 .lane = i ? TT_LANE_DEVICE : TT_LANE_HOST};
    }
    s->own = b;
    s->ops = &bridge_ops;
    for (int i = 0; i < 2 && !st; i++) {
        st = end_open(&b->end[i], name[i], set, &why);
        if (st)
            (void)tt_fail(err, st, "%s: %s", name[i], why.msg);
    }
    if (st)
        source_close(s);
    else
        describe(s, b);
    return st;
}
