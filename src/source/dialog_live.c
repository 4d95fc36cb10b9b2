/*
 * The live host, followed through the recording.
 *
 * A host that does not make the next symbol is looked for elsewhere: the row
 * is searched for its message so far, at places where a message begins, and
 * of several the one is taken whose past is most like the host's own.
 */
#include "source/dialog_own.h"

#include <string.h>

/* ---- telling ------------------------------------------------------------ */

static void tell(struct dialog *d, enum dialog_news_kind kind, uint64_t now,
                 size_t i)
{
    struct dialog_news n = {.kind = kind, .t_ns = now};

    if (!d->c.news)
        return;
    while (i < d->nsym && d->sym[i] >= EVENT)
        i++;
    n.past_end = i >= d->nsym;
    n.offset = dialog_bytes_before(d, i);
    n.recorded_ns = d->first_ns;
    if (d->nsym)
        n.recorded_ns = dialog_stamp(d, i < d->nsym ? i : d->nsym - 1)->t_ns;
    for (; i < d->nsym && d->sym[i] < EVENT && n.nexpected < DIALOG_SHOWN; i++)
        n.expected[n.nexpected++] = (uint8_t)d->sym[i];
    n.ngot = d->nahead < DIALOG_SHOWN ? d->nahead : DIALOG_SHOWN;
    if (n.ngot)
        memcpy(n.got, d->ahead, n.ngot);
    d->c.news(d->c.user, &n);
}

/* ---- places ------------------------------------------------------------- */

static uint64_t scaled(const struct dialog *d, uint64_t ns)
{
    uint32_t pm = d->c.speed_pm;

    if (pm == DIALOG_AT_ONCE)
        return 0;
    /* Not ns * 1000 / pm: that may be too much for 64 bits. */
    return ns / pm * 1000 + ns % pm * 1000 / pm;
}

/* pos was reached: what was said there gets its time. */
static void schedule(struct dialog *d, uint64_t now)
{
    while (d->said_due < d->nsaid && d->said[d->said_due].after <= d->pos) {
        size_t i = d->said_due++;

        d->said[i].due_ns = now + scaled(d, d->said[i].delay_ns);
        if (i > d->said_next && d->said[i].due_ns < d->said[i - 1].due_ns)
            d->said[i].due_ns = d->said[i - 1].due_ns;
    }
}

/* To pos; what was said after symbol from is said again, other things that
 * were still to be said are not. */
static void go_to(struct dialog *d, size_t from, size_t pos, uint64_t now)
{
    size_t a = 0, b = d->nsaid;

    while (a < b) {
        size_t mid = a + (b - a) / 2;

        if (d->said[mid].after < from)
            a = mid + 1;
        else
            b = mid;
    }
    d->said_next = d->said_due = a;
    d->pos = pos;
    d->adrift = false;
    schedule(d, now);
}

/* The first of a list that is not before i. */
static size_t list_from(const struct list *l, size_t i)
{
    size_t a = 0, b = l->n;

    while (a < b) {
        size_t mid = a + (b - a) / 2;

        if (l->at[mid] < i)
            a = mid + 1;
        else
            b = mid;
    }
    return a;
}

static void remember(struct dialog *d, uint16_t s)
{
    if (d->npast == HISTORY) {
        memmove(d->past, d->past + 1, (HISTORY - 1) * sizeof(*d->past));
        d->npast--;
    }
    d->past[d->npast++] = s;
}

/* How much of what came before symbol i is what the host did? */
static size_t likeness(const struct dialog *d, size_t i)
{
    size_t n = 0;

    while (n < d->npast && n < i &&
           d->sym[i - 1 - n] == d->past[d->npast - 1 - n])
        n++;
    return n;
}

/* Of two places that are as like: a repeat, then the next one. */
static bool is_nearer(size_t pos, size_t a, size_t b)
{
    if ((a < pos) != (b < pos))
        return a < pos;
    return a < pos ? a > b : a < b;
}

struct place {
    size_t at, like;
    bool found;
};

static void consider(const struct dialog *d, struct place *p, size_t i)
{
    size_t n = likeness(d, i);

    if (p->found &&
        (n < p->like || (n == p->like && !is_nearer(d->pos, i, p->at))))
        return;
    *p = (struct place){i, n, true};
}

/* ---- bytes -------------------------------------------------------------- */

/* Is the message so far at symbol i, and what came together with its last
 * byte after it?  A few bytes are in many places by chance, and a wrong answer
 * is worse than none. */
static bool fits(const struct dialog *d, size_t i)
{
    if (d->nmessage > d->nsym - i)
        return false;
    for (size_t k = 0; k < d->nmessage; k++)
        if (d->sym[i + k] != d->message[k])
            return false;
    i += d->nmessage;
    for (size_t k = 1; k < d->nahead; k++, i++) {
        while (i < d->nsym && d->sym[i] >= EVENT)
            i++;
        if (i == d->nsym || d->sym[i] != d->ahead[k])
            return false;
    }
    return true;
}

static void end_message(struct dialog *d)
{
    size_t n = d->nmessage, i = n > HISTORY ? n - HISTORY : 0;

    for (; i < n; i++)
        remember(d, d->message[i]);
    d->nmessage = 0;
    d->lost = d->jumped = d->ends_message = false;
}

/* A message that was looked for is all there, or the session is. */
static void reached(struct dialog *d, uint64_t now)
{
    size_t k = list_from(&d->begin, d->pos), next = d->nsym;
    size_t due = d->said_due;
    bool begins = k < d->begin.n && d->begin.at[k] == d->pos;
    uint64_t n = dialog_bytes_before(d, d->pos);

    schedule(d, now);
    if (n > d->stats.furthest)
        d->stats.furthest = n;
    if (!begins && d->pos < d->nsym && d->sym[d->pos] < EVENT &&
        due == d->said_due)
        return;
    for (size_t e = list_from(&d->events, d->session); e < d->events.n; e++)
        if (d->sym[d->events.at[e]] == EVENT + TT_EV_OPEN &&
            d->events.at[e] >= d->pos && d->events.at[e] > d->session) {
            next = d->events.at[e];
            break;
        }
    d->finished |= dialog_bytes_before(d, next) == n;
    if (d->stats.off) {
        d->stats.off = false;
        tell(d, DIALOG_BACK, now, d->message_at);
    } else if (d->jumped && d->message_at < d->message_pos) {
        d->stats.repeated++;
        tell(d, DIALOG_REPEATED, now, d->message_at);
    } else if (d->jumped && d->message_at > d->message_pos) {
        d->stats.skipped++;
        tell(d, DIALOG_SKIPPED, now, d->message_at);
    }
    d->jumped = false;
}

/* The message so far does not go on as it did: is it another one? */
static void look_for(struct dialog *d, uint64_t now)
{
    struct place p = {.found = false};

    for (size_t k = 0; d->nmessage && k < d->begin.n; k++)
        if (fits(d, d->begin.at[k]))
            consider(d, &p, d->begin.at[k]);
    if (p.found) {
        d->jumped = true;
        d->message_at = p.at;
        go_to(d, p.at + 1, p.at + d->nmessage, now);
        reached(d, now);
        return;
    }
    d->lost = d->adrift = true;
    /* What was asked for before is on its way; nothing is added to it. */
    if (!d->stats.off) {
        d->stats.off = true;
        d->stats.left++;
        tell(d, DIALOG_LEFT, now, d->pos);
    }
}

static void one_byte(struct dialog *d, uint64_t now, uint8_t b)
{
    size_t i = d->pos;

    if (d->ends_message || now - d->host_ns >= PAUSE_NS)
        end_message(d);
    d->host_ns = now;
    if (!d->nmessage)
        d->message_pos = d->pos;
    if (d->nmessage == MESSAGE) {
        end_message(d); /* longer than is looked for */
        d->message_pos = d->pos;
    }
    d->message[d->nmessage++] = b;
    if (d->lost)
        return;
    while (i < d->nsym && d->sym[i] >= EVENT)
        i++;
    if (d->adrift || i == d->nsym || d->sym[i] != b) {
        look_for(d, now);
        d->stats.matched += !d->lost;
        return;
    }
    d->stats.matched++;
    d->pos = i + 1;
    reached(d, now);
}

void dialog_host(struct dialog *d, uint64_t now_ns, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n && d->open; i++) {
        d->ahead = p + i;
        d->nahead = n - i;
        one_byte(d, now_ns, p[i]);
    }
    d->nahead = 0;
}

/* ---- the line ----------------------------------------------------------- */

/* Where the session after that at symbol i begins, or the first again. */
static size_t next_session(const struct dialog *d, size_t i, bool first)
{
    for (size_t e = 0; e < d->events.n; e++)
        if (d->sym[d->events.at[e]] == EVENT + TT_EV_OPEN &&
            (first || d->events.at[e] >= i)) {
            if (first && dialog_bytes_before(d, d->events.at[e]))
                break; /* the recording began while it was open */
            return d->events.at[e] + 1;
        }
    return first ? 0 : next_session(d, 0, true);
}

static void restart(struct dialog *d, uint64_t now)
{
    d->nmessage = 0;
    d->npast = 0;
    d->lost = d->jumped = d->ends_message = false;
    d->stats.off = false;
    go_to(d, d->session, d->session, now);
}

static void opened(struct dialog *d, uint64_t now)
{
    if (!d->stats.opened)
        d->session = next_session(d, 0, true);
    else if (d->finished)
        d->session = next_session(d, d->session, false);
    d->finished = false;
    d->open = true;
    restart(d, now);
    if (d->stats.opened++) {
        d->stats.restarted++;
        tell(d, DIALOG_RESTARTED, now, d->session);
    }
}

/* An edge that was not to come here: which of those recorded is it? */
static void look_for_event(struct dialog *d, uint64_t now, uint16_t s)
{
    struct place p = {.found = false};

    for (size_t e = 0; e < d->events.n; e++)
        if (d->sym[d->events.at[e]] == s)
            consider(d, &p, d->events.at[e]);
    if (!p.found)
        return;
    if (p.at < d->pos) {
        d->stats.restarted++;
        tell(d, DIALOG_RESTARTED, now, p.at);
    }
    d->stats.off = false;
    go_to(d, p.at + 1, p.at + 1, now);
}

void dialog_event(struct dialog *d, uint64_t now_ns, enum tt_event ev)
{
    uint16_t s = (uint16_t)(EVENT + (unsigned)ev);
    size_t i = d->pos;

    if (ev == TT_EV_OPEN)
        opened(d, now_ns);
    if (!d->open || !d->c.lines || !dialog_is_line(ev))
        return;
    end_message(d);
    if (!d->has_lines) {
        /* Nothing is known of resets; the device would begin again. */
        if ((ev == TT_EV_DTR_UP || ev == TT_EV_RTS_UP) &&
            (d->pos > d->session || d->adrift)) {
            d->stats.restarted++;
            restart(d, now_ns);
            tell(d, DIALOG_RESTARTED, now_ns, d->session);
        }
        return;
    }
    while (i < d->nsym && d->sym[i] > EVENT && d->sym[i] != s &&
           d->sym[i] != EVENT + TT_EV_OPEN)
        i++;
    if (!d->adrift && i < d->nsym && d->sym[i] == s) {
        d->pos = i + 1;
        schedule(d, now_ns);
    } else if (ev == TT_EV_DTR_UP || ev == TT_EV_RTS_UP || ev == TT_EV_BREAK) {
        /* A line that drops may be the port's closing; when it rises again
         * the drop is in the past that is compared. */
        look_for_event(d, now_ns, s);
    }
    remember(d, s);
}

/* ---- what the device says ----------------------------------------------- */

uint64_t dialog_next(const struct dialog *d)
{
    if (!d->open || d->said_next == d->said_due)
        return UINT64_MAX;
    return d->said[d->said_next].due_ns;
}

bool dialog_due(struct dialog *d, uint64_t now_ns, struct tt_slice *out)
{
    const struct said *s;

    if (dialog_next(d) > now_ns)
        return false;
    s = &d->said[d->said_next++];
    *out = (struct tt_slice){(const char *)d->bytes + s->at, s->len};
    d->stats.sent += s->len;
    d->ends_message = true;
    return true;
}

const struct dialog_stats *dialog_stats(const struct dialog *d)
{
    return &d->stats;
}
