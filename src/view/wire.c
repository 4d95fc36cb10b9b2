/*
 * wire - the traffic: rows of bytes with their time, lane, characters and
 * labels; rows of text; rows of question and answer.
 */
#include "view/view.h"

#include <inttypes.h>
#include <string.h>

enum { TIME_COLS = 12, LANE_COL = TIME_COLS + 2, BYTES_COL = LANE_COL + 2 };

/* ---- where -------------------------------------------------------------- */

unsigned wire_width(enum rows_mode mode, int cols)
{
    if (mode == ROWS_TEXT)
        return cols > BYTES_COL + 8 ? (unsigned)(cols - BYTES_COL - 1) : 8;
    if (mode == ROWS_DIALOG)
        return 16;
    return cols >= 200  ? 32
           : cols >= 96 ? 16
           : cols >= 56 ? 8
           : cols >= 36 ? 4
                        : 1;
}

void wire_rows(const struct port *p, int cols, struct rows *rw)
{
    rows_init(rw, &p->store, p->look.mode, wire_width(p->look.mode, cols));
    rw->columns = wire_width(ROWS_TEXT, cols);
    rw->lanes = p->look.lanes;
    rw->timed = tt_quality_step(p->info.quality) != 0;
}

/* Are there fewer than height rows from top to s? */
static bool in_sight(const struct rows *rw, struct spot top, struct spot s,
                     int height)
{
    for (int i = 0; i < height; i++) {
        if (spot_compare(top, s) == 0)
            return true;
        if (!rows_next(rw, &top))
            return false;
    }
    return false;
}

static void rescale(const struct rows *rw, struct look *l, struct spot *s)
{
    if (l->width && l->width != rw->width && rw->mode == ROWS_HEX)
        s->row = s->row * l->width / rw->width;
    (void)rows_settle(rw, s);
}

void wire_place(struct port *p, const struct rows *rw, int height)
{
    struct look *l = &p->look;

    if (!l->placed) {
        l->placed = rows_first(rw, &l->top);
        l->cursor = l->top;
        if (!l->placed)
            return;
    }
    rescale(rw, l, &l->top);
    rescale(rw, l, &l->cursor);
    if (l->picking)
        rescale(rw, l, &l->picked);
    l->width = rw->width;
    if (l->follow)
        (void)rows_last(rw, &l->cursor);
    if (spot_compare(l->cursor, l->top) < 0)
        l->top = l->cursor;
    if (!in_sight(rw, l->top, l->cursor, height) || l->follow) {
        l->top = l->cursor;
        for (int i = 1; i < height && rows_prev(rw, &l->top); i++)
            ;
    }
}

void wire_goto(struct port *p, const struct rows *rw, uint64_t record,
               size_t at)
{
    struct look *l = &p->look;

    l->follow = false;
    if (!l->placed || !rows_at(rw, record, at, &l->cursor))
        return;
    /* With something before it to be seen. */
    if (!in_sight(rw, l->top, l->cursor, 12)) {
        l->top = l->cursor;
        for (int i = 0; i < 4 && rows_prev(rw, &l->top); i++)
            ;
    }
}

uint64_t record_at_time(const struct store *s, uint64_t t_ns)
{
    uint64_t lo = store_first(s), hi = store_end(s), offset;
    struct tt_record r;

    while (lo < hi) {
        uint64_t mid = lo + (hi - lo) / 2;

        if (!store_get(s, mid, &r, &offset) || r.t_ns < t_ns)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Records of one time are many; from the first of them on, up to a few
 * thousand are looked at. */
bool record_of_offset(const struct store *s, enum tt_lane lane, uint64_t offset,
                      uint64_t near, uint64_t *record, size_t *at)
{
    struct tt_record r;
    uint64_t o;

    for (uint64_t n = near; n < near + 4096 && store_get(s, n, &r, &o); n++)
        if (r.event == TT_EV_NONE && r.lane == lane && o <= offset &&
            offset < o + r.len) {
            *record = n;
            *at = (size_t)(offset - o);
            return true;
        }
    return false;
}

/* ---- the columns -------------------------------------------------------- */

static int lane_style(enum tt_lane lane)
{
    static const int styles[TT_LANES] = {STYLE_HOST, STYLE_DEVICE, STYLE_TOOL,
                                         STYLE_EVENT};

    return styles[lane];
}

/* Time with as many digits as it is good for. */
static void say_time(char out[32], uint64_t ns, enum tt_quality q, bool delta)
{
    struct tt_buf b;
    const char *sign = delta ? "+" : "";
    uint64_t s = ns / TT_NS_PER_S, rest = ns % TT_NS_PER_S;

    tt_buf_init(&b, 31);
    if (q >= TT_TIME_US)
        tt_buf_printf(&b, "%s%" PRIu64 ".%06" PRIu64, sign, s, rest / 1000);
    else if (q > TT_TIME_S)
        tt_buf_printf(&b, "%s%" PRIu64 ".%03" PRIu64, sign, s, rest / 1000000);
    else
        tt_buf_printf(&b, "%s%" PRIu64, sign, s);
    memcpy(out, tt_buf_text(&b), b.n + 1);
    tt_buf_release(&b);
}

static void say_day(const struct view *v, const struct port *p, char out[32],
                    uint64_t ns)
{
    uint64_t t = p->info.epoch_ns + ns, s = t / TT_NS_PER_S;
    struct tt_buf b;

    s = (s + 86400 + (uint64_t)v->utc_offset_s) % 86400;
    tt_buf_init(&b, 31);
    tt_buf_printf(&b, "%02u:%02u:%02u", (unsigned)(s / 3600),
                  (unsigned)(s / 60 % 60), (unsigned)(s % 60));
    if (p->info.quality > TT_TIME_S)
        tt_buf_printf(&b, ".%03u", (unsigned)(t / 1000000 % 1000));
    memcpy(out, tt_buf_text(&b), b.n + 1);
    tt_buf_release(&b);
}

static void put_row_time(const struct view *v, struct grid *g, int y,
                         const struct row *row, uint64_t before_ns)
{
    const struct port *p = view_port(v);
    char text[32] = "";

    if (!tt_quality_step(p->info.quality)) {
        struct tt_buf b;

        tt_buf_init(&b, sizeof(text) - 1);
        tt_buf_printf(&b, "#%" PRIu64, row->record);
        memcpy(text, tt_buf_text(&b), b.n + 1);
        tt_buf_release(&b);
    } else if (p->look.times == TIMES_DELTA) {
        say_time(text, row->t_ns - before_ns, p->info.quality, true);
    } else if (p->look.times == TIMES_DAY && p->info.epoch_ns) {
        say_day(v, p, text, row->t_ns);
    } else {
        say_time(text, row->t_ns, p->info.quality, false);
    }
    (void)grid_text(g, y, 1 + TIME_COLS - (int)strlen(text), TIME_COLS,
                    STYLE_TIME, text);
}

/* ---- marks on bytes ----------------------------------------------------- */

static bool touches(uint64_t offset, uint64_t from, uint64_t len)
{
    return offset >= from && offset - from < len;
}

/* Does the headline stand on this byte; was it searched for? */
static int marks_of(const struct port *p, enum tt_lane lane, uint64_t offset)
{
    const struct finding *f = &p->look.found;
    int marks = 0;

    for (unsigned i = 0; i < p->head.nevidence; i++)
        if (p->head.evidence[i].lane == lane &&
            touches(offset, p->head.evidence[i].offset,
                    p->head.evidence[i].len))
            marks |= STYLE_EVIDENCE;
    if (p->look.has_found && f->lane == lane &&
        touches(offset, f->offset, f->len))
        marks |= STYLE_FOUND;
    return marks;
}

static bool event_is_evidence(const struct port *p, const struct row *row)
{
    for (unsigned i = 0; i < p->head.nevidence; i++)
        if (p->head.evidence[i].lane == TT_LANE_LINE &&
            p->head.evidence[i].t_ns == row->t_ns)
            return true;
    return false;
}

/* The names of what stands in these bytes. */
static void put_labels(const struct port *p, struct grid *g, int y, int col,
                       enum tt_lane lane, uint64_t offset, uint64_t len)
{
    const struct label *l;
    size_t from = 0;
    bool any = false;

    while (col < g->cols - 1 &&
           (l = labels_next(&p->labels, lane, offset, len, &from))) {
        if (l->offset < offset) /* it was named where it began */
            continue;
        if (any)
            col = grid_text(g, y, col, 2, STYLE_DIM, ", ");
        col = grid_printf(g, y, col, STYLE_LABEL, "%.*s", (int)l->text.n,
                          l->text.p);
        any = true;
    }
}

/* ---- rows --------------------------------------------------------------- */

static void put_hex(const struct port *p, struct grid *g, int y,
                    const struct row *row, unsigned width)
{
    bool split = width >= 16;
    int text = BYTES_COL + (int)width * 3 + (split ? 2 : 1);
    int chars = (int)width + (split ? (int)width / 8 - 1 : 0);

    for (size_t i = 0; i < row->nbytes && i < width; i++) {
        int style, col = BYTES_COL + (int)i * 3 + (split && i >= width / 2);
        int marks = marks_of(p, row->lane, row->offset + i);
        int at = text + (int)i + (split ? (int)i / 8 : 0);
        uint32_t glyph = glyph_of(row->bytes[i], g->unicode, &style);

        (void)grid_printf(g, y, col, style | marks, "%02X", row->bytes[i]);
        grid_put(g, y, at, style | marks, glyph);
    }
    put_labels(p, g, y, text + chars + 2, row->lane, row->offset, row->len);
}

static void put_chars(const struct port *p, struct grid *g, int y,
                      const struct row *row)
{
    int col = BYTES_COL;

    for (size_t i = 0; i < row->nbytes && col < g->cols; i++) {
        int style;
        uint8_t b = row->bytes[i];
        uint32_t glyph = glyph_of(b, g->unicode, &style);

        if ((b == '\r' || b == '\n') && i + 2 >= row->nbytes && !g->unicode)
            continue;
        if (style == STYLE_BYTE_PRINT)
            style = lane_style(row->lane);
        grid_put(g, y, col++, style | marks_of(p, row->lane, row->offset + i),
                 glyph);
    }
}

/* Bytes as tape text, in so many columns. */
static void put_notation(struct grid *g, int y, int col, int cols, int style,
                         const uint8_t *p, size_t n, uint64_t all)
{
    struct tt_buf b;

    tt_buf_init(&b, 8192);
    tt_tape_text_bytes(&b, p, n, n);
    if (all > n)
        tt_buf_str(&b, " ..");
    (void)grid_text(g, y, col, cols, style, tt_buf_text(&b));
    if ((int)b.n > cols && cols > 4)
        (void)grid_text(g, y, col + cols - 2, 2, style, "..");
    tt_buf_release(&b);
}

static void put_exchange(const struct port *p, struct grid *g, int y,
                         const struct row *row)
{
    int room = g->cols - BYTES_COL + 2 - 12, half = room * 2 / 5;
    int mark =
        row->len && marks_of(p, TT_LANE_HOST, row->offset) ? STYLE_EVIDENCE : 0;
    int answer = LANE_COL + half + 2;

    if (row->len) {
        grid_put(g, y, LANE_COL, STYLE_HOST, '>');
        put_notation(g, y, LANE_COL + 2, half - 2, STYLE_HOST | mark,
                     row->bytes, row->nbytes < 256 ? row->nbytes : 256,
                     row->len);
    }
    if (!row->answered) {
        (void)grid_text(g, y, answer, room - half, STYLE_DIM, "no answer");
        return;
    }
    mark = marks_of(p, TT_LANE_DEVICE, row->answer_offset) ? STYLE_EVIDENCE : 0;
    grid_put(g, y, answer, STYLE_DEVICE, '<');
    put_notation(g, y, answer + 2, room - half - 4, STYLE_DEVICE | mark,
                 row->answer, row->nanswer, row->answer_len);
    if (row->len && tt_quality_step(p->info.quality)) {
        char text[24];

        put_time(text, row->gap_ns);
        (void)grid_text(g, y, g->cols - 1 - (int)strlen(text), 11, STYLE_TIME,
                        text);
    }
}

static void put_event(const struct port *p, struct grid *g, int y,
                      const struct row *row)
{
    int mark = event_is_evidence(p, row) ? STYLE_EVIDENCE : 0;
    struct tt_buf b;

    tt_buf_init(&b, 4096);
    tt_tape_text_record(&b, &row->event, UINT64_MAX);
    (void)grid_text(g, y, LANE_COL, (int)strcspn(tt_buf_text(&b), "\n"),
                    STYLE_EVENT | mark, tt_buf_text(&b));
    tt_buf_release(&b);
}

static void put_gap(struct grid *g, int y, const struct row *row)
{
    char text[24];

    put_time(text, row->gap_ns);
    (void)grid_printf(g, y, LANE_COL, STYLE_GAP, "%s %s %s",
                      g->unicode ? "" : "---", text, g->unicode ? "" : "---");
    if (!g->unicode)
        return;
    grid_fill(g, y, LANE_COL, 1, STYLE_GAP, 0x2504);
    grid_fill(g, y, LANE_COL + (int)strlen(text) + 2, 1, STYLE_GAP, 0x2504);
}

static void put_row(const struct view *v, struct grid *g, int y,
                    const struct row *row, const struct rows *rw,
                    uint64_t before_ns)
{
    const struct port *p = view_port(v);

    if (row->kind == ROW_GAP) {
        put_gap(g, y, row);
        return;
    }
    put_row_time(v, g, y, row, before_ns);
    if (row->kind == ROW_EVENT) {
        put_event(p, g, y, row);
        return;
    }
    if (row->kind == ROW_EXCHANGE) {
        put_exchange(p, g, y, row);
        return;
    }
    grid_put(g, y, LANE_COL, lane_style(row->lane),
             (uint8_t)tt_lane_mark(row->lane));
    if (rw->mode == ROWS_TEXT || row->lane == TT_LANE_TOOL)
        put_chars(p, g, y, row);
    else if (rw->mode == ROWS_DIALOG)
        put_notation(g, y, BYTES_COL, g->cols - BYTES_COL - 1,
                     lane_style(row->lane), row->bytes, row->nbytes, row->len);
    else
        put_hex(p, g, y, row, rw->width);
}

/* Signs at the left edge: a mark, the selection, the cursor. */
static void put_edge(const struct port *p, struct grid *g, int y,
                     const struct row *row, const struct rows *rw)
{
    const struct look *l = &p->look;
    bool here = spot_compare(row->spot, l->cursor) == 0;
    const struct mark *m = mark_of_row(p, rw, row);
    bool picked = false;

    if (l->picking) {
        int a = spot_compare(row->spot, l->picked);
        int c = spot_compare(row->spot, l->cursor);

        picked = (a >= 0 && c <= 0) || (a <= 0 && c >= 0);
    }
    if (m) {
        int col = g->cols - grid_width(m->note) - 3;

        if (col < g->cols / 2)
            col = g->cols / 2;
        grid_put(g, y, 0, STYLE_KEY, '*');
        (void)grid_text(g, y, col - 1, 3, STYLE_KEY, " * ");
        (void)grid_letters(g, y, col + 2, g->cols, STYLE_KEY, m->note);
    }
    if (picked)
        grid_mark(g, y, 0, g->cols, STYLE_PICKED);
    else if (here && !l->follow)
        grid_mark(g, y, 0, LANE_COL, STYLE_PICKED);
}

static void put_nothing(const struct port *p, struct grid *g)
{
    const char *why = "Nothing has come yet.";

    if (store_end(&p->store) > store_first(&p->store))
        why = "All there is is hidden: h d o e show the lanes again.";
    (void)grid_text(g, g->rows / 2, 2, g->cols, STYLE_DIM, why);
}

/* The column where the labels of a row of bytes begin. */
static int label_col(unsigned width)
{
    int w = (int)width;

    return BYTES_COL + w * 3 + w + (width >= 16 ? w / 8 + 1 : 1) + 2;
}

/* What the row of the cursor says beyond its bytes, when it is cut. */
static void note_row(struct view *v, const struct grid *g,
                     const struct row *row, const struct rows *rw)
{
    const struct port *p = view_port(v);
    const struct mark *m = mark_of_row(p, rw, row);
    const struct label *l;
    size_t from = 0, room = 0;
    bool cut = false;
    struct tt_buf b;

    tt_buf_init(&b, sizeof(v->row_note) - 1);
    if (g->cols > label_col(rw->width) + 1)
        room = (size_t)(g->cols - 1 - label_col(rw->width));
    while (rw->mode == ROWS_HEX && row->kind == ROW_WIRE &&
           (l = labels_next(&p->labels, row->lane, row->offset, row->len,
                            &from))) {
        if (l->offset >= row->offset)
            tt_buf_printf(&b, "%s%.*s", b.n ? ", " : "", (int)l->text.n,
                          l->text.p);
    }
    cut = b.n > room || b.status;
    if (m) { /* it may lie over the labels */
        cut |= b.n + strlen(m->note) + 4 > room;
        tt_buf_printf(&b, "%s* %s", b.n ? "  " : "", m->note);
    }
    if (cut)
        memcpy(v->row_note, tt_buf_text(&b), b.n + 1);
    tt_buf_release(&b);
}

void wire_layout(struct view *v, struct grid *g)
{
    struct port *p = view_port(v);
    uint64_t before_ns = 0;
    struct rows rw;
    struct row row;
    struct spot s, before;

    v->row_note[0] = '\0';
    wire_rows(p, g->cols, &rw);
    wire_place(p, &rw, g->rows);
    if (!p->look.placed) {
        put_nothing(p, g);
        return;
    }
    s = before = p->look.top;
    if (rows_prev(&rw, &before) && rows_get(&rw, before, &row))
        before_ns = row.t_ns;
    else
        before_ns = UINT64_MAX;
    for (int y = 0; y < g->rows && rows_get(&rw, s, &row); y++) {
        if (before_ns == UINT64_MAX)
            before_ns = row.t_ns;
        put_row(v, g, y, &row, &rw, before_ns);
        put_edge(p, g, y, &row, &rw);
        if (!p->look.follow && spot_compare(row.spot, p->look.cursor) == 0)
            note_row(v, g, &row, &rw);
        before_ns = row.t_ns;
        if (!rows_next(&rw, &s))
            break;
    }
}
