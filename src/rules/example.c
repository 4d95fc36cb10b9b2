/*
 * Examples and probes: exact bytes, pauses and events as records.
 */
#include "rules/read.h"

#include <string.h>

/*
 * The time is kept in two sums so that nothing is rounded on the way: pauses
 * in ns, and thousandths of character times (781250/9 ns each character).
 */
struct stretch {
    struct tt_example *ex;
    size_t n;       /* records so far */
    uint8_t *bytes; /* their bytes; NULL while only counting */
    uint64_t ns, milli_ch;
    enum tt_lane lane; /* TT_LANE_LINE: none yet */
};

static uint64_t now(const struct stretch *s)
{
    return s->ns + s->milli_ch * 781250 / 9000;
}

static bool room(struct tt_reader *r, const struct tt_tok *t,
                 const struct stretch *s, uint64_t more)
{
    return s->n + more <= TT_MAX_EXAMPLE ||
           tt_bad_limit(r, t, "an example may not exceed %d bytes and events",
                        TT_MAX_EXAMPLE);
}

static void put(struct stretch *s, const struct tt_tok *t, struct tt_record rec,
                char byte)
{
    if (s->bytes) {
        rec.t_ns = now(s);
        rec.source = t->line;
        if (!rec.event) {
            s->bytes[s->n] = (uint8_t)byte;
            rec.bytes = s->bytes + s->n;
            rec.len = 1;
        }
        s->ex->records[s->n] = rec;
    }
    s->n++;
    if (!rec.event)
        s->milli_ch += 1000;
}

/* "*20" after a byte or text: how often.  1 when there is none. */
static bool times_word(struct tt_reader *r, uint64_t *out)
{
    const struct tt_tok *t;

    *out = 1;
    if (!tt_is_op(r, "*"))
        return true;
    r->i++;
    t = tt_peek(r, 0);
    if (!t || (t->kind != TT_T_INT && t->kind != TT_T_HEX))
        return tt_bad(r, t, "write 55*32 for 32 times the same",
                      "'*' needs a count");
    if (!tt_all_digits(t->v))
        return tt_bad(r, t, NULL, "the count must be a decimal number");
    r->i++;
    *out = tt_decimal(t->v);
    return *out <= TT_MAX_EXAMPLE ||
           tt_bad_limit(r, t, "a repeat may not exceed %d", TT_MAX_EXAMPLE);
}

static bool not_exact(struct tt_reader *r, const struct tt_tok *t)
{
    return tt_bad(r, t, NULL,
                  tt_slice_is(r->word, "probe")
                      ? "a probe sends exact bytes only"
                      : "an example has exact bytes only");
}

/* A byte or text with its repeat: what it stands for. */
static bool exact(struct tt_reader *r, const struct tt_tok *t, char *one,
                  struct tt_slice *out, uint64_t *times)
{
    if (t->kind == TT_T_HEX) {
        int hi = tt_hex_digit(t->v.p[0]), lo = tt_hex_digit(t->v.p[1]);

        if (hi < 0 || lo < 0)
            return not_exact(r, t);
        *one = (char)(hi << 4 | lo);
        *out = (struct tt_slice){one, 1};
    } else if (t->v.p[t->v.n - 1] == 'i') {
        return not_exact(r, t);
    } else if (!tt_text_word(r, t, out)) {
        return false;
    }
    r->i++;
    return times_word(r, times);
}

static bool bytes_item(struct tt_reader *r, struct stretch *s,
                       const struct tt_tok *t)
{
    struct tt_slice what;
    uint64_t times;
    char one;

    if (s->lane == TT_LANE_LINE)
        return tt_bad(r, t, "an example starts with > or <",
                      "which lane is this on?");
    if (!exact(r, t, &one, &what, &times) || !room(r, t, s, what.n * times))
        return false;
    for (uint64_t k = 0; k < times; k++)
        for (size_t i = 0; i < what.n; i++)
            put(s, t, (struct tt_record){.lane = s->lane}, what.p[i]);
    return true;
}

static bool event_item(struct tt_reader *r, struct stretch *s,
                       const struct tt_tok *t)
{
    struct tt_record rec = {.lane = TT_LANE_LINE};
    struct tt_slice in = {t->v.p + 1, t->v.n - 2};
    const char *space = memchr(in.p, ' ', in.n);
    struct tt_slice head = {in.p, space ? (size_t)(space - in.p) : in.n};
    struct tt_slice tail = {in.p + head.n, in.n - head.n};
    uint64_t v = 0;

    if (!tt_event_word(r, t, true, &rec.event) || !room(r, t, s, 1))
        return false;
    r->i++;
    if (tail.n)
        tail = (struct tt_slice){tail.p + 1, tail.n - 1};
    if (rec.event == TT_EV_LOST && tail.n)
        v = tt_decimal(tail);
    if (rec.event == TT_EV_BAUD && tt_all_digits(head)) {
        v = tt_decimal(head);
        if (tail.n && tail.n < sizeof(rec.mode))
            memcpy(rec.mode, tail.p, tail.n);
        if (tail.n && tail.n != 3)
            return tt_bad(r, t, "[115200 8E1]: data bits, parity, stop bits",
                          "'%s' is no frame format", tt_quote(r, tail));
    }
    if (v > UINT32_MAX)
        return tt_bad_limit(r, t, "the number is too large");
    if (rec.event == TT_EV_BAUD)
        rec.baud = (uint32_t)v;
    else
        rec.count = (uint32_t)v;
    put(s, t, rec, 0);
    return true;
}

static bool pause_item(struct tt_reader *r, struct stretch *s,
                       const struct tt_tok *t)
{
    struct tt_dur d;

    if (!tt_dur_word(r, t, &d))
        return false;
    r->i++;
    s->ns += d.ns;
    s->milli_ch += d.milli_ch;
    return now(s) <= TT_MAX_TIME_S * TT_NS_PER_S ||
           tt_bad_limit(r, t, "an example may not last more than 31 days");
}

static bool lane_item(struct stretch *s, const struct tt_tok *t)
{
    if (tt_tok_is(t, ">"))
        s->lane = TT_LANE_HOST;
    else if (tt_tok_is(t, "<"))
        s->lane = TT_LANE_DEVICE;
    else if (tt_tok_is(t, "$"))
        s->lane = TT_LANE_TOOL;
    else
        return false;
    return true;
}

/* All words up to '=>' or the end. */
static bool items(struct tt_reader *r, struct stretch *s)
{
    while (tt_peek(r, 0) && !tt_is_op(r, "=>")) {
        const struct tt_tok *t = tt_peek(r, 0);
        bool ok;

        if (lane_item(s, t)) {
            r->i++;
            continue;
        }
        if (t->kind == TT_T_DUR)
            ok = pause_item(r, s, t);
        else if (t->kind == TT_T_EVENT)
            ok = event_item(r, s, t);
        else if (t->kind == TT_T_HEX || t->kind == TT_T_STR)
            ok = bytes_item(r, s, t);
        else
            ok =
                tt_bad(r, t,
                       "an example holds > < bytes, \"text\", pauses such "
                       "as 20ms, and [events]",
                       "'%s' does not belong in an example", tt_quote(r, t->v));
        if (!ok)
            return false;
    }
    return true;
}

static bool expectation(struct tt_reader *r, struct tt_example *ex)
{
    const struct tt_tok *t = tt_peek(r, 0);

    if (!t)
        return true;
    if (!ex->yes)
        return tt_bad(r, t, "leave out what follows =>",
                      "nothing can be expected of a 'no' example");
    r->i++;
    r->in_pattern = r->local = false;
    ex->expect = tt_read_expr(r);
    return ex->expect && tt_at_end(r, "write 'and' or 'or' between conditions");
}

struct tt_example *tt_read_example(struct tt_reader *r, bool yes)
{
    struct tt_example *ex = tt_rd_alloc(r, sizeof(*ex));
    struct stretch s = {.ex = ex, .lane = TT_LANE_LINE};
    size_t from = r->i;

    if (!ex || !items(r, &s) || !tt_respell(r, from, r->i, &ex->written))
        return NULL;
    ex->yes = yes;
    ex->line = r->line_first;
    ex->col = r->indent + 1;
    ex->nrecords = s.n;
    ex->records = tt_rd_alloc(r, (s.n + 1) * sizeof(*ex->records));
    s = (struct stretch){.ex = ex, .lane = TT_LANE_LINE};
    s.bytes = tt_rd_alloc(r, ex->nrecords + 1);
    r->i = from;
    if (!ex->records || !s.bytes || !items(r, &s))
        return NULL;
    ex->end_ns = now(&s);
    return expectation(r, ex) ? ex : NULL;
}

bool tt_read_bytes(struct tt_reader *r, size_t max, struct tt_slice *out)
{
    char *p = tt_rd_alloc(r, max);
    size_t n = 0;

    while (p && tt_peek(r, 0)) {
        const struct tt_tok *t = tt_peek(r, 0);
        struct tt_slice what;
        uint64_t times;
        char one;

        if (t->kind != TT_T_HEX && t->kind != TT_T_STR)
            break;
        if (!exact(r, t, &one, &what, &times))
            return false;
        if (what.n * times > max - n)
            return tt_bad_limit(r, t, "a probe may not exceed %zu bytes", max);
        for (uint64_t k = 0; k < times; k++, n += what.n)
            memcpy(p + n, what.p, what.n);
    }
    *out = (struct tt_slice){p, n};
    return p != NULL;
}
