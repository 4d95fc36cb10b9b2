/*
 * tap - two ports that only receive, one on each wire of a line.
 *
 *   host TXD ──┬──────▶ RXD device
 *              └─▶ RXD of the first port: the host's lane
 *   host RXD ◀─────┬── TXD device
 *                  └─▶ RXD of the second port: the device's lane
 *
 * Which of two bytes came first is known only as well as both adapters hand
 * over at once what they got: FTDI's wait up to 16 ms.  The tape says so.
 */
#include "source/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct own {
    struct source wire[2];
    const char *name[2];
    bool open[2];
    void (*tell)(const char *text);
};

static nfds_t tap_poll(struct source *s, struct pollfd *p)
{
    const struct own *own = s->own;

    for (int i = 0; i < 2; i++)
        p[i] = (struct pollfd){.fd = own->open[i] ? own->wire[i].fd : -1,
                               .events = POLLIN};
    return 2;
}

/* One wire is silent for good; the other may have more to say. */
static void wire_ends(struct own *own, int i, const char *why)
{
    char text[400];

    source_close(&own->wire[i]);
    own->open[i] = false;
    (void)snprintf(text, sizeof(text), "%s: %s; the other wire is listened on",
                   own->name[i], why);
    if (own->tell && own->open[!i])
        own->tell(text);
}

static enum source_state tap_read(struct source *s, uint64_t t_ns,
                                  tt_sink_fn *sink, void *user,
                                  struct tt_error *err)
{
    struct own *own = s->own;

    for (int i = 0; i < 2; i++) {
        struct source *wire = &own->wire[i];
        enum source_state state;

        if (!own->open[i] || !s->polled[i].revents)
            continue;
        state = wire->ops->read(wire, t_ns, sink, user, err);
        if (state == SOURCE_FAILED)
            wire_ends(own, i, err->msg);
        else if (state == SOURCE_ENDED)
            wire_ends(own, i, "closed");
    }
    s->offset = own->wire[0].offset + own->wire[1].offset;
    return own->open[0] || own->open[1] ? SOURCE_OPEN : SOURCE_ENDED;
}

static enum tt_status tap_events(struct source *s, uint64_t t_ns,
                                 tt_sink_fn *sink, void *user)
{
    struct own *own = s->own;
    enum tt_status st = TT_OK;

    for (int i = 0; i < 2 && !st; i++)
        if (own->open[i] && own->wire[i].ops->events)
            st = own->wire[i].ops->events(&own->wire[i], t_ns, sink, user);
    return st;
}

static void tap_close(struct source *s)
{
    struct own *own = s->own;

    for (int i = 0; i < 2; i++)
        if (own->open[i])
            source_close(&own->wire[i]);
    free(own);
}

static const struct source_ops tap_ops = {tap_read, tap_events, tap_close, NULL,
                                          tap_poll};

static void note(struct source *s, const struct own *own)
{
    const struct source *a = &own->wire[0], *b = &own->wire[1];

    if (a->baud != b->baud || strcmp(a->mode, b->mode) != 0)
        (void)snprintf(s->note, sizeof(s->note),
                       "the ports are set differently, %u %s and %u %s: set "
                       "both with -b and -m",
                       (unsigned)a->baud, a->mode, (unsigned)b->baud, b->mode);
    else if (a->note[0] || b->note[0])
        (void)snprintf(s->note, sizeof(s->note), "%s",
                       a->note[0] ? a->note : b->note);
}

enum tt_status tap_source(struct source *s, const char *host,
                          const char *device, const struct source_settings *set,
                          struct tt_error *err)
{
    struct own *own = calloc(1, sizeof(*own));
    struct source_settings how = *set;
    struct tt_error why = {.msg = "out of memory"};
    enum tt_status st = own ? TT_OK : TT_ERR_NOMEM;

    *s = (struct source){.fd = -1, .wait_ms = -1, .order_uncertain = true};
    if (!own)
        return tt_fail(err, st, "%s", tt_status_name(st));
    own->name[0] = host;
    own->name[1] = device;
    own->tell = set->tell;
    for (int i = 0; i < 2 && !st; i++) {
        how.lane = i ? TT_LANE_DEVICE : TT_LANE_HOST;
        st = source_open(&own->wire[i], own->name[i], &how, &why);
        own->open[i] = !st;
        if (st)
            (void)tt_fail(err, st, "%s: %s", own->name[i], why.msg);
    }
    s->ops = &tap_ops;
    s->own = own;
    if (st) {
        source_close(s);
        return st;
    }
    s->kind = "two-wire tap";
    s->baud = own->wire[0].baud;
    memcpy(s->mode, own->wire[0].mode, sizeof(s->mode));
    note(s, own);
    return TT_OK;
}
