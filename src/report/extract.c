#include "report/extract.h"

#include <string.h>

enum {
    LINES = 12,  /* shown when the caller does not say */
    MOST = 64,   /* ever shown */
    CONTEXT = 2, /* lines before and after a marked one */
    NEAR = 64,   /* records looked at around evidence */
    TAIL = 1024, /* records looked at when there is none */
    BIG = 256,   /* a record longer than this is not shown whole */
    AROUND = 32, /* bytes of it around evidence */
    RUN = 4096,  /* bytes of a line of one and the same byte, */
    TEXT = 48,   /* of printable ones, */
    MIXED = 16   /* and of any */
};

#define PAUSE     (10 * TT_NS_PER_MS) /* ends a line, */
#define RUN_PAUSE TT_NS_PER_S         /* or one of a byte over and over */

/* A piece of evidence and the records it is in. */
struct place {
    const struct tt_evidence *e;
    uint64_t first, last; /* first > last: not on the tape any more */
};

struct line {
    struct tt_record rec; /* of an event; bytes point to buf */
    uint64_t last_ns;
    uint8_t buf[RUN];
    bool open, same, text, why;
};

struct extract {
    struct tt_buf *out;
    const struct tt_tape *tape;
    bool timed;
    struct place place[TT_MAX_EVIDENCE];
    unsigned nplaces;
    uint64_t start[TT_LANES]; /* lane offset of the oldest record's bytes */
    uint64_t at[TT_LANES];    /* lane offset of the next byte */
    struct line line;
    struct tt_buf held[MOST]; /* lines that may turn out to be context */
    unsigned nheld, keep;
    unsigned after, shown, max;
    bool gap;         /* something was left out before the next line; */
    unsigned dropped; /* lines of it that were rendered, the last here */
    struct tt_buf lone;
    bool full; /* no more lines are wanted */
};

/* ---- lines ------------------------------------------------------------- */

static void print_line(struct extract *x, const struct tt_buf *text)
{
    if (x->full)
        return;
    if (x->shown == x->max) {
        x->full = true;
        tt_buf_str(x->out, "# ...\n");
        return;
    }
    if (x->gap || x->dropped > 1)
        tt_buf_str(x->out, "# ...\n");
    else if (x->dropped) /* to leave out a single line saves none */
        tt_buf_add(x->out, tt_buf_text(&x->lone), x->lone.n);
    x->gap = false;
    x->dropped = 0;
    tt_buf_add(x->out, tt_buf_text(text), text->n);
    x->shown++;
}

static void print_held(struct extract *x)
{
    for (unsigned i = 0; i < x->nheld; i++)
        print_line(x, &x->held[i]);
    x->nheld = 0;
}

/* A place for one more line; the oldest makes way. */
static struct tt_buf *hold(struct extract *x)
{
    if (x->nheld == x->keep) {
        struct tt_buf oldest = x->held[0];

        memmove(x->held, x->held + 1, (x->keep - 1) * sizeof(x->held[0]));
        x->held[x->keep - 1] = x->lone;
        x->lone = oldest;
        x->dropped++;
        x->nheld--;
    }
    tt_buf_clear(&x->held[x->nheld]);
    return &x->held[x->nheld++];
}

static void render(struct extract *x, struct tt_buf *out)
{
    struct line *l = &x->line;
    struct tt_buf b;
    size_t n;

    tt_buf_init(&b, (size_t)1 << 20);
    tt_tape_text_record(&b, &l->rec, x->timed ? l->rec.t_ns : UINT64_MAX);
    n = b.n && b.p[b.n - 1] == '\n' ? b.n - 1 : b.n;
    tt_buf_add(out, tt_buf_text(&b), n);
    tt_buf_str(out, l->why ? "  # why\n" : "\n");
    tt_buf_release(&b);
}

static void end_line(struct extract *x)
{
    if (!x->line.open)
        return;
    x->line.open = false;
    render(x, hold(x));
    if (x->line.why) {
        print_held(x);
        x->after = CONTEXT;
    } else if (x->after) {
        print_held(x);
        x->after--;
    }
}

static bool printable(uint8_t c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
}

/* Does the byte belong to the line that was begun? */
static bool fits(const struct line *l, const struct tt_record *r, uint8_t c)
{
    bool same, text;
    size_t n = l->rec.len;

    if (!l->open || l->rec.event != TT_EV_NONE || l->rec.lane != r->lane)
        return false;
    same = l->same && c == l->buf[0];
    text = l->text && printable(c);
    if (r->t_ns - l->last_ns >= (same ? RUN_PAUSE : PAUSE))
        return false;
    if (l->buf[n - 1] == '\n' && !same)
        return false;
    return n < (same ? RUN : text ? TEXT : MIXED);
}

static void begin_line(struct extract *x, const struct tt_record *r)
{
    struct line *l = &x->line;

    end_line(x);
    l->rec = *r;
    l->rec.len = 0;
    l->rec.bytes = r->event == TT_EV_NONE ? l->buf : NULL;
    l->open = l->same = l->text = true;
    l->why = false;
}

/* ---- records ----------------------------------------------------------- */

static bool marks_event(const struct extract *x, const struct tt_record *r)
{
    for (unsigned i = 0; i < x->nplaces; i++) {
        const struct tt_evidence *e = x->place[i].e;

        if (!e->len && e->event == r->event && e->t_ns == r->t_ns)
            return true;
    }
    return false;
}

static bool marks_byte(const struct extract *x, enum tt_lane lane, uint64_t at)
{
    for (unsigned i = 0; i < x->nplaces; i++) {
        const struct tt_evidence *e = x->place[i].e;

        if (e->len && e->lane == lane && at >= e->offset &&
            at - e->offset < e->len)
            return true;
    }
    return false;
}

static void add_bytes(struct extract *x, const struct tt_record *r, size_t from,
                      size_t to, uint64_t offset)
{
    struct line *l = &x->line;

    if (from) { /* what is held is not next to this */
        end_line(x);
        x->nheld = x->nplaces ? 0 : x->nheld;
        x->gap = true;
    }
    for (size_t i = from; i < to && !x->full; i++) {
        uint8_t c = r->bytes[i];

        if (!fits(l, r, c))
            begin_line(x, r);
        l->same = l->same && (!l->rec.len || c == l->buf[0]);
        l->text = l->text && printable(c);
        l->buf[l->rec.len++] = c;
        l->last_ns = r->t_ns;
        l->why = l->why || marks_byte(x, r->lane, offset + i);
    }
}

/* Which bytes of a big record to show: those around evidence, else the
 * last. */
static void choose(const struct extract *x, const struct tt_record *r,
                   uint64_t offset, size_t *from, size_t *to)
{
    uint64_t lo = UINT64_MAX, hi = 0;

    for (unsigned i = 0; i < x->nplaces; i++) {
        const struct tt_evidence *e = x->place[i].e;

        if (e->lane != r->lane || !e->len || e->offset >= offset + r->len ||
            e->offset + e->len <= offset)
            continue;
        lo = e->offset < lo ? e->offset : lo;
        hi = e->offset + e->len > hi ? e->offset + e->len : hi;
    }
    *from = r->len - (x->nplaces ? 2 * AROUND : TAIL < r->len ? TAIL : r->len);
    *to = r->len;
    if (lo > hi)
        return;
    *from = lo > offset + AROUND ? (size_t)(lo - offset) - AROUND : 0;
    if (hi + AROUND < offset + r->len)
        *to = (size_t)(hi + AROUND - offset);
}

static void add_record(struct extract *x, const struct tt_record *r)
{
    uint64_t offset;
    size_t from = 0, to = r->len;

    if (r->event != TT_EV_NONE) {
        if (r->event == TT_EV_TICK)
            return;
        begin_line(x, r);
        x->line.why = marks_event(x, r);
        return;
    }
    offset = x->at[r->lane];
    if (r->len > BIG)
        choose(x, r, offset, &from, &to);
    add_bytes(x, r, from, to, offset);
    if (to < r->len) {
        end_line(x);
        x->gap = true;
    }
}

/* Is the record close to any evidence (or, without any, to the end)? */
static bool near(const struct extract *x, uint64_t n)
{
    for (unsigned i = 0; i < x->nplaces; i++)
        if (x->place[i].first <= x->place[i].last &&
            x->place[i].first <= n + NEAR && n <= x->place[i].last + NEAR)
            return true;
    return !x->nplaces && n + TAIL >= tt_tape_end(x->tape);
}

/* ---- both passes ------------------------------------------------------- */

/* What fell off the tape counts for lane offsets all the same. */
static void find_starts(struct extract *x)
{
    const struct tt_tape_stats *s = tt_tape_stats(x->tape);
    struct tt_record r;

    if (!s->fell_off)
        return;
    memcpy(x->start, s->bytes, sizeof(x->start));
    for (uint64_t n = tt_tape_first(x->tape); n < tt_tape_end(x->tape); n++)
        if (tt_tape_get(x->tape, n, &r) && r.event == TT_EV_NONE)
            x->start[r.lane] -= r.len;
}

static void find_place(struct extract *x, struct place *p,
                       const struct tt_record *r, uint64_t n)
{
    const struct tt_evidence *e = p->e;
    bool here = r->event != TT_EV_NONE
                    ? !e->len && e->event == r->event && e->t_ns == r->t_ns
                    : e->len && e->lane == r->lane &&
                          e->offset < x->at[r->lane] + r->len &&
                          e->offset + e->len > x->at[r->lane];

    if (!here)
        return;
    if (p->first > p->last)
        p->first = n;
    p->last = n;
}

static void find_places(struct extract *x, const struct tt_finding *f)
{
    struct tt_record r;
    unsigned found = 0;

    for (unsigned i = 0; i < f->nevidence; i++)
        x->place[i] = (struct place){.e = &f->evidence[i], .first = 1};
    memcpy(x->at, x->start, sizeof(x->at));
    for (uint64_t n = tt_tape_first(x->tape); n < tt_tape_end(x->tape); n++) {
        if (!tt_tape_get(x->tape, n, &r))
            continue;
        for (unsigned i = 0; i < f->nevidence; i++)
            find_place(x, &x->place[i], &r, n);
        if (r.event == TT_EV_NONE)
            x->at[r.lane] += r.len;
    }
    for (unsigned i = 0; i < f->nevidence; i++)
        found += x->place[i].first <= x->place[i].last;
    x->nplaces = found ? f->nevidence : 0;
}

/* All records that may give lines. */
static void walk(struct extract *x)
{
    uint64_t end = tt_tape_end(x->tape);
    struct tt_record r;

    memcpy(x->at, x->start, sizeof(x->at));
    for (uint64_t n = tt_tape_first(x->tape); n < end && !x->full; n++) {
        if (!tt_tape_get(x->tape, n, &r))
            continue;
        if (near(x, n)) {
            add_record(x, &r);
        } else {
            end_line(x);
            x->gap = true;
        }
        if (r.event == TT_EV_NONE)
            x->at[r.lane] += r.len;
    }
    end_line(x);
}

void tt_extract(struct tt_buf *out, const struct tt_tape *tape,
                const struct tt_verdict *v, const struct tt_tape_info *info,
                unsigned max)
{
    struct extract x = {.out = out, .tape = tape};

    x.timed = tt_quality_step(info->quality) != 0;
    x.max = !max ? LINES : max < MOST ? max : MOST;
    tt_buf_init(&x.lone, (size_t)1 << 20);
    for (unsigned i = 0; i < MOST; i++)
        tt_buf_init(&x.held[i], (size_t)1 << 20);
    find_starts(&x);
    if (v->has_headline)
        find_places(&x, &v->headline);
    x.keep = x.nplaces ? CONTEXT + 1 : x.max;
    walk(&x);
    if (!x.nplaces)
        print_held(&x);
    else if (!x.full && (x.nheld || x.gap || x.dropped))
        tt_buf_str(out, "# ...\n");
    tt_buf_release(&x.lone);
    for (unsigned i = 0; i < MOST; i++)
        tt_buf_release(&x.held[i]);
}
