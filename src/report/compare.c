/*
 * compare - see compare.h: turns, and how two lists of them are walked.
 */
#include "report/compare.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOOK = 8,   /* turns that one side may have more of */
    FEW = 2,    /* or, where only the next call is the same */
    AFTER = 2,  /* turns alike that make a difference a minor one */
    BLOCK = 32, /* bytes of a message that is mostly data */
    GROSS = 10  /* times as long is another time */
};

#define TURN_GAP (500 * TT_NS_PER_MS) /* of one side ends a turn too */
#define GROSS_NS (300 * TT_NS_PER_MS) /* and at least so much longer */

void tt_dialog_init(struct tt_dialog *d, enum tt_quality quality)
{
    *d = (struct tt_dialog){.quality = quality};
}

void tt_dialog_release(struct tt_dialog *d)
{
    free(d->turn);
    free(d->event);
    *d = (struct tt_dialog){0};
}

/* ---- turns -------------------------------------------------------------------- */

static bool wire_event(enum tt_event e)
{
    return e != TT_EV_NONE && e != TT_EV_TICK && e != TT_EV_BAUD;
}

static void add_event(struct tt_dialog *d, enum tt_event e)
{
    if (d->nevents == d->size_events) {
        size_t size = d->size_events ? 2 * d->size_events : 64;
        enum tt_event *more = size > TT_MAX_TURNS
                                  ? NULL
                                  : realloc(d->event, size * sizeof(*more));

        if (!more) {
            if (size <= TT_MAX_TURNS)
                d->status = TT_ERR_NOMEM;
            d->cut = true;
            return;
        }
        d->event = more;
        d->size_events = size;
    }
    d->event[d->nevents++] = e;
}

static struct tt_turn *new_turn(struct tt_dialog *d, const struct tt_record *r)
{
    struct tt_turn *t;

    if (d->n == TT_MAX_TURNS) {
        d->cut = true;
        return NULL;
    }
    if (d->n == d->size) {
        size_t size = d->size ? 2 * d->size : 256;
        struct tt_turn *more = realloc(d->turn, size * sizeof(*more));

        if (!more) {
            d->status = TT_ERR_NOMEM;
            return NULL;
        }
        d->turn = more;
        d->size = size;
    }
    t = &d->turn[d->n++];
    *t = (struct tt_turn){.lane = r->lane,
                          .t_ns = r->t_ns,
                          .offset = d->offset[r->lane],
                          .hash = UINT64_C(14695981039346656037),
                          .baud = d->baud,
                          .events = d->first_events,
                          .nevents = (uint32_t)d->nevents - d->first_events};
    memcpy(t->mode, d->mode, sizeof(t->mode));
    d->first_events = (uint32_t)d->nevents;
    return t;
}

void tt_dialog_record(struct tt_dialog *d, const struct tt_record *r)
{
    struct tt_turn *t = d->n ? &d->turn[d->n - 1] : NULL;

    if (r->event == TT_EV_BAUD) {
        d->baud = r->baud;
        memcpy(d->mode, r->mode, sizeof(d->mode));
        return;
    }
    if (wire_event(r->event)) {
        add_event(d, r->event);
        return;
    }
    if (r->event != TT_EV_NONE)
        return;
    if (r->lane == TT_LANE_HOST || r->lane == TT_LANE_DEVICE) {
        if (d->cut)
            t = NULL;
        else if (!t || t->lane != r->lane || d->nevents > d->first_events ||
                 r->t_ns - t->last_ns > TURN_GAP)
            t = new_turn(d, r);
        for (size_t i = 0; t && i < r->len; i++) {
            if (t->nhead < TT_TURN_BYTES)
                t->head[t->nhead++] = r->bytes[i];
            t->hash = (t->hash ^ r->bytes[i]) * UINT64_C(1099511628211);
        }
        if (t) {
            t->len += r->len;
            t->last_ns = r->t_ns;
        }
    }
    d->offset[r->lane] += r->len;
}

/* Does it name the turn, and not three bytes in the middle of it? */
static bool names_it(const struct tt_turn *t, uint64_t offset, uint64_t len)
{
    uint64_t from = offset > t->offset ? offset : t->offset;
    uint64_t to =
        offset + len < t->offset + t->len ? offset + len : t->offset + t->len;

    return from == t->offset || (to - from) * 2 >= t->len;
}

void tt_dialog_label(struct tt_dialog *d, enum tt_lane lane, uint64_t offset,
                     uint64_t len, const char *label)
{
    /* labels come soon after their bytes: look from the end */
    for (size_t i = d->n; i-- > 0;) {
        struct tt_turn *t = &d->turn[i];

        if (t->lane != lane)
            continue;
        if (t->offset + t->len <= offset)
            return;
        if (offset + len <= t->offset)
            continue;
        if (!*t->label && names_it(t, offset, len)) {
            size_t n = strlen(label);

            n = n < TT_LABEL_BYTES ? n : TT_LABEL_BYTES - 1;
            memcpy(t->label, label, n);
            t->label[n] = '\0';
        }
    }
}

/* ---- alike ---------------------------------------------------------------------- */

static bool same(const struct tt_turn *a, const struct tt_turn *b)
{
    return a->lane == b->lane && a->len == b->len && a->hash == b->hash;
}

/* The same label, whatever the numbers in it. */
static bool same_label(const char *a, const char *b)
{
    static const char digits[] = "0123456789ABCDEFx";

    for (;; a++, b++) {
        if (*a >= '0' && *a <= '9' && *b >= '0' && *b <= '9') {
            a += strspn(a, digits);
            b += strspn(b, digits);
        }
        if (*a != *b)
            return false;
        if (!*a)
            return true;
    }
}

/* Messages of one kind: the same label, or as long and begun alike. */
static bool alike(const struct tt_turn *a, const struct tt_turn *b)
{
    size_t equal = 0;

    if (same(a, b))
        return true;
    if (a->lane != b->lane)
        return false;
    if (*a->label && *b->label)
        return same_label(a->label, b->label);
    if (a->lane == TT_LANE_HOST && a->len >= BLOCK && b->len >= BLOCK &&
        *a->label != *b->label)
        return true; /* a block, with its answer and without */
    if (a->len != b->len || a->len < 4)
        return false;
    if (a->len >= BLOCK && a->head[0] == b->head[0])
        return true; /* a block of other data */
    for (size_t i = 0; i < a->nhead && i < b->nhead; i++)
        equal += a->head[i] == b->head[i];
    return a->head[0] == b->head[0] && equal * 2 > a->nhead;
}

static bool is_error(enum tt_event e)
{
    return e == TT_EV_FRAME_ERROR || e == TT_EV_PARITY_ERROR ||
           e == TT_EV_OVERRUN || e == TT_EV_LOST || e == TT_EV_BREAK;
}

static unsigned errors_before(const struct tt_dialog *d, size_t i)
{
    unsigned n = 0;

    for (uint32_t k = 0; i < d->n && k < d->turn[i].nevents; k++)
        n += is_error(d->event[d->turn[i].events + k]);
    return n;
}

static bool same_lines(const struct tt_dialog *a, size_t i,
                       const struct tt_dialog *b, size_t j)
{
    const struct tt_turn *x = &a->turn[i], *y = &b->turn[j];
    uint32_t k = 0, m = 0;

    for (;; k++, m++) {
        while (k < x->nevents && is_error(a->event[x->events + k]))
            k++;
        while (m < y->nevents && is_error(b->event[y->events + m]))
            m++;
        if (k == x->nevents || m == y->nevents)
            return k == x->nevents && m == y->nevents;
        if (a->event[x->events + k] != b->event[y->events + m])
            return false;
    }
}

static bool other_settings(const struct tt_turn *a, const struct tt_turn *b)
{
    return (a->baud && b->baud && a->baud != b->baud) ||
           (a->mode[0] && b->mode[0] && memcmp(a->mode, b->mode, 3));
}

static uint64_t gap_before(const struct tt_dialog *d, size_t i)
{
    return i ? d->turn[i].t_ns - d->turn[i - 1].last_ns : 0;
}

static bool timed(const struct tt_dialog *d)
{
    return tt_quality_step(d->quality) != 0;
}

static bool much_later(const struct tt_dialog *good, size_t i,
                       const struct tt_dialog *bad, size_t j)
{
    uint64_t a = gap_before(good, i), b = gap_before(bad, j);

    return timed(good) && timed(bad) && b > a + GROSS_NS && b / GROSS >= a;
}

/* ---- the walk --------------------------------------------------------------------- */

static void minor(struct tt_comparison *c, enum tt_differs what, size_t i,
                  size_t j)
{
    /* one of a kind is enough of what goes on differing */
    for (size_t k = 0; k < c->nminor; k++)
        if (c->minor[k].what == what) {
            c->more++;
            return;
        }
    if (c->nminor == TT_MAX_MINOR) {
        c->more++;
        return;
    }
    c->minor[c->nminor++] =
        (struct tt_difference){.what = what, .good = i, .bad = j};
}

/* Turns both have: what else about them is not the same? */
static void look_closer(struct tt_comparison *c, const struct tt_dialog *good,
                        size_t i, const struct tt_dialog *bad, size_t j)
{
    if (other_settings(&good->turn[i], &bad->turn[j]))
        minor(c, TT_DIFFERS_SETTINGS, i, j);
    if (errors_before(bad, j) > errors_before(good, i))
        minor(c, TT_DIFFERS_ERRORS, i, j);
    if (!same_lines(good, i, bad, j))
        minor(c, TT_DIFFERS_LINES, i, j);
    if (much_later(good, i, bad, j))
        minor(c, TT_DIFFERS_TIME, i, j);
    if (!same(&good->turn[i], &bad->turn[j]))
        minor(c, TT_DIFFERS_DATA, i, j);
}

/* Do both go on alike from here? */
static bool go_on(const struct tt_dialog *good, size_t i,
                  const struct tt_dialog *bad, size_t j)
{
    unsigned n = 0;

    while (n < AFTER && i < good->n && j < bad->n &&
           alike(&good->turn[i], &bad->turn[j])) {
        i++;
        j++;
        n++;
    }
    return n == AFTER || (n && i == good->n && j == bad->n);
}

/* What differs where both stand. */
static enum tt_differs kind(const struct tt_dialog *good, size_t i,
                            const struct tt_dialog *bad, size_t j)
{
    if (j == bad->n)
        return TT_DIFFERS_SILENT;
    if (i == good->n)
        return TT_DIFFERS_LONGER;
    if (other_settings(&good->turn[i], &bad->turn[j]))
        return TT_DIFFERS_SETTINGS;
    if (errors_before(bad, j) > errors_before(good, i))
        return TT_DIFFERS_ERRORS;
    /* the host speaks again where the device answered: it was silent */
    if (good->turn[i].lane == TT_LANE_DEVICE &&
        bad->turn[j].lane == TT_LANE_HOST)
        return TT_DIFFERS_SILENT;
    return bad->turn[j].lane == TT_LANE_DEVICE ? TT_DIFFERS_DEVICE
                                               : TT_DIFFERS_HOST;
}

static bool same_call(const struct tt_dialog *good, size_t i,
                      const struct tt_dialog *bad, size_t j)
{
    return i < good->n && j < bad->n && good->turn[i].lane == TT_LANE_HOST &&
           same(&good->turn[i], &bad->turn[j]);
}

/* The least that must be passed over for both to go on alike. */
static bool catch_up(const struct tt_dialog *good, size_t *i,
                     const struct tt_dialog *bad, size_t *j)
{
    for (size_t sum = 1; sum <= 2 * LOOK; sum++)
        for (size_t a = sum < LOOK ? 0 : sum - LOOK; a <= sum && a <= LOOK; a++)
            if (go_on(good, *i + a, bad, *j + sum - a)) {
                *i += a;
                *j += sum - a;
                return true;
            }
    /* nor for long: but the same call is the same place */
    for (size_t sum = 1; sum <= FEW; sum++)
        for (size_t a = 0; a <= sum; a++)
            if (same_call(good, *i + a, bad, *j + sum - a)) {
                *i += a;
                *j += sum - a;
                return true;
            }
    return false;
}

void tt_compare(struct tt_comparison *c, const struct tt_dialog *good,
                const struct tt_dialog *bad)
{
    size_t i = 0, j = 0;

    *c = (struct tt_comparison){0};
    while (i < good->n || j < bad->n) {
        size_t at = i, to = j;

        if (i < good->n && j < bad->n && alike(&good->turn[i], &bad->turn[j])) {
            look_closer(c, good, i++, bad, j++);
            c->alike++;
            continue;
        }
        if (i == good->n || j == bad->n || !catch_up(good, &i, bad, &j)) {
            c->main = (struct tt_difference){kind(good, at, bad, to), at, to};
            break;
        }
        minor(c, kind(good, at, bad, to), at, to);
    }
    /* causes come before symptoms: another speed, errors of the line */
    for (size_t k = 0; k < c->nminor; k++)
        if (c->main.what && c->minor[k].what <= TT_DIFFERS_ERRORS) {
            struct tt_difference cause = c->minor[k];

            c->minor[k] = c->main;
            c->main = cause;
            return;
        }
}
