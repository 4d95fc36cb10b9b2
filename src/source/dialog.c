/*
 * The recording: read once, kept as symbols and what stands between them.
 */
#include "source/dialog_own.h"

#include <stdlib.h>
#include <string.h>

/* ---- the recording ------------------------------------------------------ */

/* Room for n + more things of size bytes; false when memory is short. */
static bool grow(void *list, size_t *room, size_t n, size_t more, size_t size)
{
    void **p = list, *bigger;
    size_t want = *room ? *room : 64;

    if (n + more <= *room)
        return true;
    while (want < n + more)
        want *= 2;
    bigger = realloc(*p, want * size);
    if (!bigger)
        return false;
    *p = bigger;
    *room = want;
    return true;
}

enum tt_status dialog_new(struct dialog **out, const struct dialog_config *c)
{
    struct dialog *d = calloc(1, sizeof(*d));

    *out = d;
    if (!d)
        return TT_ERR_NOMEM;
    d->c = *c;
    return TT_OK;
}

void dialog_free(struct dialog *d)
{
    if (!d)
        return;
    free(d->sym);
    free(d->stamp);
    free(d->begin.at);
    free(d->events.at);
    free(d->bytes);
    free(d->said);
    free(d);
}

bool dialog_is_line(enum tt_event ev)
{
    return ev == TT_EV_DTR_UP || ev == TT_EV_DTR_DOWN || ev == TT_EV_RTS_UP ||
           ev == TT_EV_RTS_DOWN || ev == TT_EV_BREAK;
}

static bool put(struct list *l, size_t i)
{
    if (!grow(&l->at, &l->room, l->n, 1, sizeof(*l->at)))
        return false;
    l->at[l->n++] = i;
    return true;
}

/* Symbols of one moment; p is NULL for the event. */
static enum tt_status add_symbols(struct dialog *d, uint64_t t_ns,
                                  const uint8_t *p, size_t n, enum tt_event ev)
{
    bool begins = d->device_last || !d->nsym || d->sym[d->nsym - 1] >= EVENT ||
                  t_ns - d->symbol_ns >= PAUSE_NS;

    if (!grow(&d->sym, &d->room_sym, d->nsym, n, sizeof(*d->sym)) ||
        !grow(&d->stamp, &d->room_stamp, d->nstamp, 1, sizeof(*d->stamp)))
        return TT_ERR_NOMEM;
    if ((!p || begins) && !put(p ? &d->begin : &d->events, d->nsym))
        return TT_ERR_NOMEM;
    d->stamp[d->nstamp++] = (struct stamp){d->nsym, t_ns, d->stats.host_bytes};
    for (size_t i = 0; i < n; i++)
        d->sym[d->nsym++] = (uint16_t)(p ? p[i] : EVENT + (unsigned)ev);
    d->stats.host_bytes += p ? n : 0;
    d->symbol_ns = t_ns;
    d->device_last = false;
    return TT_OK;
}

static enum tt_status add_said(struct dialog *d, const struct tt_record *r)
{
    if (!grow(&d->bytes, &d->room_bytes, d->nbytes, r->len, 1) ||
        !grow(&d->said, &d->room_said, d->nsaid, 1, sizeof(*d->said)))
        return TT_ERR_NOMEM;
    memcpy(d->bytes + d->nbytes, r->bytes, r->len);
    d->said[d->nsaid++] =
        (struct said){.delay_ns =
                          r->t_ns - (d->nsym ? d->symbol_ns : d->first_ns),
                      .after = d->nsym,
                      .at = d->nbytes,
                      .len = r->len};
    d->nbytes += r->len;
    d->device_last = true;
    return TT_OK;
}

enum tt_status dialog_add(struct dialog *d, const struct tt_record *r)
{
    if (!d->any) {
        d->any = true;
        d->first_ns = r->t_ns;
    }
    if (r->lane == TT_LANE_HOST || r->lane == TT_LANE_DEVICE) {
        if (r->len > d->c.most ||
            d->stats.host_bytes + d->stats.device_bytes > d->c.most - r->len)
            return TT_ERR_LIMIT;
    }
    if (r->lane == TT_LANE_HOST && r->len)
        return add_symbols(d, r->t_ns, r->bytes, r->len, TT_EV_NONE);
    if (r->lane == TT_LANE_DEVICE && r->len) {
        d->stats.device_bytes += r->len;
        return add_said(d, r);
    }
    if (r->lane != TT_LANE_LINE ||
        !(r->event == TT_EV_OPEN || (d->c.lines && dialog_is_line(r->event))))
        return TT_OK;
    if (d->nsym >= d->c.most)
        return TT_ERR_LIMIT;
    d->has_lines |= r->event != TT_EV_OPEN;
    return add_symbols(d, r->t_ns, NULL, 1, r->event);
}

const struct stamp *dialog_stamp(const struct dialog *d, size_t i)
{
    size_t from = 0, to = d->nstamp;

    while (to - from > 1) {
        size_t mid = from + (to - from) / 2;

        if (d->stamp[mid].first <= i)
            from = mid;
        else
            to = mid;
    }
    return &d->stamp[from];
}

uint64_t dialog_bytes_before(const struct dialog *d, size_t i)
{
    const struct stamp *s;

    if (i >= d->nsym)
        return d->stats.host_bytes;
    s = dialog_stamp(d, i);
    return s->host + (d->sym[i] < EVENT ? i - s->first : 0);
}
