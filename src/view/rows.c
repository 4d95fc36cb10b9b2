/*
 * Units are found by walking from an anchor, so each question costs at most
 * ROWS_ANCHOR records and nothing is remembered between two of them: there is
 * no index to keep true while a tape grows, loses its oldest blocks, or is
 * read with another filter.
 */
#include "view/rows.h"

#include <string.h>

struct unit {
    uint64_t first, end; /* records, end is one past */
    enum row_kind kind;
    enum tt_lane lane;
    uint64_t t_ns, gap_ns; /* gap: before it, 0 when not worth a row */
    uint64_t bytes;        /* WIRE */
    uint64_t rows;         /* with the one for the gap */
};

int spot_compare(struct spot a, struct spot b)
{
    if (a.record != b.record)
        return a.record < b.record ? -1 : 1;
    if (a.row != b.row)
        return a.row < b.row ? -1 : 1;
    return 0;
}

void rows_init(struct rows *rw, const struct store *store, enum rows_mode mode,
               unsigned width)
{
    *rw =
        (struct rows){.store = store,
                      .mode = mode,
                      .width = width,
                      .columns = width,
                      .lanes = (1u << TT_LANES) - 1,
                      .timed = true,
                      .pause_ns = (mode == ROWS_HEX ? 20 : 1000) * TT_NS_PER_MS,
                      .silent_ns = 200 * TT_NS_PER_MS};
    if (!rw->width)
        rw->width = rw->columns = 1;
    if (rw->width > ROW_BYTES)
        rw->width = ROW_BYTES;
    if (rw->columns > 1000)
        rw->columns = 1000;
}

static bool is_shown(const struct rows *rw, const struct tt_record *r)
{
    if (r->event == TT_EV_TICK)
        return false;
    return rw->lanes >> r->lane & 1;
}

/* ---- lines of text ------------------------------------------------------ */

/* Walks over the bytes of a unit and says where its lines begin. */
struct lines {
    unsigned width, col;
    bool fresh; /* the next byte begins a line */
    uint64_t n; /* lines begun */
};

/* Does this byte begin a line? */
static bool begins_line(struct lines *l, uint8_t b)
{
    bool begins = l->fresh || l->col >= l->width;

    if (begins) {
        l->n++;
        l->col = 0;
    }
    l->col++;
    l->fresh = b == '\n';
    return begins;
}

static uint64_t count_lines(const struct rows *rw, const struct unit *u)
{
    struct lines l = {.width = rw->columns, .fresh = true};
    struct tt_record r;
    uint64_t offset;

    for (uint64_t n = u->first; n < u->end; n++) {
        if (!store_get(rw->store, n, &r, &offset) || !is_shown(rw, &r))
            continue;
        for (size_t i = 0; i < r.len; i++)
            (void)begins_line(&l, r.bytes[i]);
    }
    return l.n;
}

/* ---- units -------------------------------------------------------------- */

/* Where the walk is: what the last record shown was like. */
struct walk {
    uint64_t at;   /* the next record */
    bool any;      /* there was one in this walk or before the anchor */
    uint64_t t_ns; /* of it */
};

/* The oldest record from which to walk to n. */
static uint64_t anchor_of(const struct rows *rw, uint64_t n)
{
    uint64_t first = store_first(rw->store), a = n - n % ROWS_ANCHOR;

    return a < first ? first : a;
}

static bool is_wire(const struct tt_record *r)
{
    return r->event == TT_EV_NONE &&
           (r->lane == TT_LANE_HOST || r->lane == TT_LANE_DEVICE);
}

/* A walk from n; the time before it comes from the record before. */
static struct walk walk_from(const struct rows *rw, uint64_t n)
{
    struct walk w = {.at = n};
    struct tt_record r;
    uint64_t offset, first = store_first(rw->store);

    for (unsigned i = 0; i < ROWS_ANCHOR && n > first && !w.any; i++) {
        n--;
        if (store_get(rw->store, n, &r, &offset) && is_shown(rw, &r)) {
            w.any = true;
            w.t_ns = r.t_ns;
        }
    }
    return w;
}

/* May r, which comes after what u holds, be part of it? */
static bool joins(const struct rows *rw, const struct unit *u,
                  const struct tt_record *r, uint64_t last_ns, bool answered)
{
    if (r->event != TT_EV_NONE || u->kind == ROW_EVENT)
        return false;
    if (u->kind == ROW_EXCHANGE)
        return is_wire(r) && !(answered && r->lane == TT_LANE_HOST);
    if (r->lane != u->lane)
        return false;
    return !rw->timed || r->lane == TT_LANE_TOOL ||
           r->t_ns < last_ns + rw->pause_ns;
}

/* Is the unit shown line by line? */
static bool by_lines(const struct rows *rw, const struct unit *u)
{
    return u->kind == ROW_WIRE &&
           (rw->mode == ROWS_TEXT || u->lane == TT_LANE_TOOL);
}

static void count_rows(const struct rows *rw, struct unit *u)
{
    u->rows = 1;
    if (by_lines(rw, u))
        u->rows = count_lines(rw, u);
    else if (u->kind == ROW_WIRE)
        u->rows = (u->bytes + rw->width - 1) / rw->width;
    u->rows += u->gap_ns != 0;
}

static void begin_unit(const struct rows *rw, struct unit *u,
                       const struct walk *w, const struct tt_record *r)
{
    *u = (struct unit){
        .first = w->at, .kind = ROW_WIRE, .lane = r->lane, .t_ns = r->t_ns};
    if (r->event != TT_EV_NONE)
        u->kind = ROW_EVENT;
    else if (rw->mode == ROWS_DIALOG && is_wire(r))
        u->kind = ROW_EXCHANGE;
    if (rw->timed && w->any && r->t_ns >= w->t_ns + rw->silent_ns)
        u->gap_ns = r->t_ns - w->t_ns;
}

/* The next unit of the walk; false at the end of the tape.  Its rows are
 * counted only when that is asked for. */
static bool next_unit(const struct rows *rw, struct walk *w, struct unit *u,
                      bool counted)
{
    uint64_t end = store_end(rw->store), stop = 0, offset, last_ns = 0;
    struct tt_record r;
    bool begun = false, answered = false;

    for (; w->at < end && (!begun || w->at < stop); w->at++) {
        if (!store_get(rw->store, w->at, &r, &offset))
            break;
        if (!is_shown(rw, &r))
            continue;
        if (!begun) {
            begin_unit(rw, u, w, &r);
            begun = true;
            stop = w->at - w->at % ROWS_ANCHOR + ROWS_ANCHOR;
        } else if (!joins(rw, u, &r, last_ns, answered)) {
            break;
        }
        answered |= r.lane == TT_LANE_DEVICE;
        u->bytes += r.len;
        u->end = w->at + 1;
        last_ns = r.t_ns;
        w->any = true;
        w->t_ns = r.t_ns;
        if (u->kind == ROW_EVENT) {
            w->at++;
            break;
        }
    }
    if (begun && counted)
        count_rows(rw, u);
    return begun;
}

/* The unit that holds record n, or the next one after it. */
static bool unit_at(const struct rows *rw, uint64_t n, struct unit *u)
{
    struct walk w = walk_from(rw, anchor_of(rw, n));

    while (next_unit(rw, &w, u, false))
        if (u->end > n) {
            count_rows(rw, u);
            return true;
        }
    return false;
}

/* The unit before the one that begins at record n. */
static bool unit_before(const struct rows *rw, uint64_t n, struct unit *u)
{
    uint64_t first = store_first(rw->store);

    while (n > first) {
        uint64_t a = anchor_of(rw, n - 1);
        struct walk w = walk_from(rw, a);
        struct unit each;
        bool found = false;

        while (w.at < n && next_unit(rw, &w, &each, false) && each.first < n) {
            *u = each;
            found = true;
        }
        if (found) {
            count_rows(rw, u);
            return true;
        }
        n = a;
    }
    return false;
}

/* ---- moving ------------------------------------------------------------- */

bool rows_first(const struct rows *rw, struct spot *s)
{
    return rows_at(rw, store_first(rw->store), 0, s);
}

bool rows_last(const struct rows *rw, struct spot *s)
{
    struct unit u;

    if (!unit_before(rw, store_end(rw->store), &u))
        return false;
    *s = (struct spot){u.first, u.rows - 1};
    return true;
}

bool rows_settle(const struct rows *rw, struct spot *s)
{
    struct unit u;

    if (!unit_at(rw, s->record, &u))
        return rows_last(rw, s);
    if (u.first != s->record)
        *s = (struct spot){u.first, 0};
    else if (s->row >= u.rows)
        s->row = u.rows - 1;
    return true;
}

bool rows_next(const struct rows *rw, struct spot *s)
{
    struct unit u;

    if (!unit_at(rw, s->record, &u))
        return false;
    if (u.first == s->record && s->row + 1 < u.rows) {
        s->row++;
        return true;
    }
    if (u.first == s->record && !unit_at(rw, u.end, &u))
        return false;
    *s = (struct spot){u.first, 0};
    return true;
}

bool rows_prev(const struct rows *rw, struct spot *s)
{
    struct unit u;

    if (s->row > 0) {
        s->row--;
        return true;
    }
    if (!unit_before(rw, s->record, &u))
        return false;
    *s = (struct spot){u.first, u.rows - 1};
    return true;
}

/* Which row of the unit shows byte number at of record n? */
static uint64_t row_of(const struct rows *rw, const struct unit *u, uint64_t n,
                       size_t at)
{
    struct lines l = {.width = rw->columns, .fresh = true};
    struct tt_record r;
    uint64_t offset, before = 0;

    if (u->kind != ROW_WIRE)
        return 0;
    for (uint64_t i = u->first; i <= n && i < u->end; i++) {
        size_t upto;

        if (!store_get(rw->store, i, &r, &offset) || !is_shown(rw, &r))
            continue;
        upto = i < n || at > r.len ? r.len : at;
        before += upto;
        for (size_t k = 0; by_lines(rw, u) && k < r.len && (k <= upto || i < n);
             k++)
            (void)begins_line(&l, r.bytes[k]);
    }
    if (by_lines(rw, u))
        return l.n ? l.n - 1 : 0;
    return before / rw->width;
}

bool rows_at(const struct rows *rw, uint64_t n, size_t at, struct spot *s)
{
    struct unit u;
    uint64_t row;

    if (!unit_at(rw, n, &u))
        return rows_last(rw, s);
    row = n < u.first ? 0 : row_of(rw, &u, n, at) + (u.gap_ns != 0);
    if (row >= u.rows)
        row = u.rows - 1;
    *s = (struct spot){u.first, row};
    return true;
}

/* ---- what stands there -------------------------------------------------- */

static void add_byte(struct row *out, const struct tt_record *r, uint64_t n,
                     size_t i, uint64_t offset)
{
    if (!out->len) {
        out->record = n;
        out->t_ns = r->t_ns;
        out->offset = offset + i;
    }
    if (out->nbytes < sizeof(out->bytes))
        out->bytes[out->nbytes++] = r->bytes[i];
    out->len++;
}

/* Row number k of the bytes of a unit. */
static void fill_hex(const struct rows *rw, const struct unit *u, uint64_t k,
                     struct row *out)
{
    uint64_t from = k * rw->width, upto = from + rw->width, at = 0, offset;
    struct tt_record r;

    for (uint64_t n = u->first; n < u->end && at < upto; n++) {
        if (!store_get(rw->store, n, &r, &offset) || !is_shown(rw, &r))
            continue;
        for (uint64_t i = at < from ? from - at : 0; i < r.len && at + i < upto;
             i++)
            add_byte(out, &r, n, (size_t)i, offset);
        at += r.len;
    }
}

static void fill_text(const struct rows *rw, const struct unit *u, uint64_t k,
                      struct row *out)
{
    struct lines l = {.width = rw->columns, .fresh = true};
    struct tt_record r;
    uint64_t offset;

    for (uint64_t n = u->first; n < u->end && l.n <= k + 1; n++) {
        if (!store_get(rw->store, n, &r, &offset) || !is_shown(rw, &r))
            continue;
        for (size_t i = 0; i < r.len && l.n <= k + 1; i++) {
            (void)begins_line(&l, r.bytes[i]);
            if (l.n == k + 1)
                add_byte(out, &r, n, i, offset);
        }
    }
}

static void fill_exchange(const struct rows *rw, const struct unit *u,
                          struct row *out)
{
    struct tt_record r;
    uint64_t offset, asked_ns = 0;
    bool asked = false;

    for (uint64_t n = u->first; n < u->end; n++) {
        if (!store_get(rw->store, n, &r, &offset) || !is_shown(rw, &r) ||
            !is_wire(&r))
            continue;
        for (size_t i = 0; i < r.len && r.lane == TT_LANE_HOST; i++)
            add_byte(out, &r, n, i, offset);
        if (r.lane == TT_LANE_HOST) {
            asked = true;
            asked_ns = r.t_ns;
            continue;
        }
        if (!out->answered) {
            out->answered = true;
            out->answer_offset = offset;
            out->gap_ns = asked ? r.t_ns - asked_ns : 0;
        }
        for (size_t i = 0; i < r.len && out->nanswer < sizeof(out->answer); i++)
            out->answer[out->nanswer++] = r.bytes[i];
        out->answer_len += r.len;
    }
    out->lane = asked ? TT_LANE_HOST : TT_LANE_DEVICE;
}

bool rows_get(const struct rows *rw, struct spot s, struct row *out)
{
    struct unit u;
    uint64_t k = s.row, offset;

    if (!unit_at(rw, s.record, &u) || u.first != s.record || k >= u.rows)
        return false;
    memset(out, 0, offsetof(struct row, bytes));
    out->answered = false;
    out->answer_len = out->nanswer = 0;
    out->spot = s;
    out->record = u.first;
    out->t_ns = u.t_ns;
    out->lane = u.lane;
    out->kind = u.kind;
    if (u.gap_ns && !k) {
        out->kind = ROW_GAP;
        out->gap_ns = u.gap_ns;
        out->t_ns = u.t_ns - u.gap_ns;
        return true;
    }
    k -= u.gap_ns != 0;
    if (u.kind == ROW_EVENT)
        return store_get(rw->store, u.first, &out->event, &offset);
    if (u.kind == ROW_EXCHANGE)
        fill_exchange(rw, &u, out);
    else if (by_lines(rw, &u))
        fill_text(rw, &u, k, out);
    else
        fill_hex(rw, &u, k, out);
    return true;
}
