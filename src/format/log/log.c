/*
 * The reader of all text logs.  A dialect sees one line after the other and
 * calls back with bytes, events and times; what belongs together becomes one
 * record.  A line that is not understood may have held bytes: that is a hole,
 * and nothing is concluded across it.
 */
#include "format/log/log.h"

#include "format/log/cut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of one record that is put together from several lines. */
enum { TOGETHER = 4096 };

#define DAY_NS (UINT64_C(86400) * TT_NS_PER_S)

void tt_log_start(struct tt_log *l, const struct tt_dialect *d,
                  const struct tt_dress *dress)
{
    memset(l, 0, sizeof(*l));
    l->d = d;
    l->dress = *dress;
    l->digits = -1;
    l->side = TT_LANE_DEVICE;
    tt_lines_init(&l->lines, dress->wide);
    tt_buf_init(&l->clean[0], TT_MAX_LOG_LINE);
    tt_buf_init(&l->clean[1], TT_MAX_LOG_LINE);
    tt_buf_init(&l->record, TT_MAX_RECORD);
    tt_buf_init(&l->joined, TT_MAX_LOG_LINE);
}

void tt_log_release(struct tt_log *l)
{
    tt_lines_release(&l->lines);
    tt_buf_release(&l->clean[0]);
    tt_buf_release(&l->clean[1]);
    tt_buf_release(&l->record);
    tt_buf_release(&l->joined);
}

/* ---- what goes out ------------------------------------------------------- */

static void emit(struct tt_log *l, const struct tt_record *r)
{
    if (l->rd && !l->st)
        l->st = tt_reader_emit(l->rd, r);
}

void tt_log_flush(struct tt_log *l)
{
    struct tt_record r = {.t_ns = l->record_ns,
                          .source = l->record_line,
                          .bytes = (const uint8_t *)tt_buf_text(&l->record),
                          .len = l->record.n,
                          .lane = l->lane};

    if (!l->st)
        l->st = l->record.status;
    if (r.len)
        emit(l, &r);
    tt_buf_clear(&l->record);
}

static void send_event(struct tt_log *l, struct tt_record *r)
{
    tt_log_flush(l);
    r->t_ns = l->now;
    r->source = l->lineno;
    r->lane = TT_LANE_LINE;
    emit(l, r);
}

/* Before anything that was understood after a line that was not. */
static void tell_hole(struct tt_log *l)
{
    struct tt_record r = {.event = TT_EV_LOST};
    uint64_t line = l->hole, here = l->lineno;

    l->hole = 0;
    if (!line || !l->data)
        return;
    l->lineno = line;
    send_event(l, &r);
    l->lineno = here;
}

static void add(struct tt_log *l, enum tt_lane lane, const void *p, size_t n)
{
    if (!n)
        return;
    l->bytes += n;
    if (l->record.n && (l->lane != lane || l->record_ns != l->now ||
                        l->record.n + n > TOGETHER))
        tt_log_flush(l);
    if (!l->record.n) {
        l->lane = lane;
        l->record_line = l->lineno;
        l->record_ns = l->now;
    }
    if (l->rd)
        tt_buf_add(&l->record, p, n);
    if (l->record.n >= TOGETHER)
        tt_log_flush(l);
}

void tt_log_bytes(struct tt_log *l, enum tt_lane lane, const void *p, size_t n)
{
    const char *at = p;

    tell_hole(l);
    l->data = true;
    while (n > TOGETHER) {
        add(l, lane, at, TOGETHER);
        at += TOGETHER;
        n -= TOGETHER;
    }
    add(l, lane, at, n);
}

void tt_log_byte(struct tt_log *l, enum tt_lane lane, uint8_t b)
{
    tt_log_bytes(l, lane, &b, 1);
}

void tt_log_tool(struct tt_log *l, struct tt_slice s)
{
    uint64_t bytes = l->bytes;

    for (; s.n > TOGETHER; s.p += TOGETHER, s.n -= TOGETHER)
        add(l, TT_LANE_TOOL, s.p, TOGETHER);
    add(l, TT_LANE_TOOL, s.p, s.n);
    l->bytes = bytes;
}

void tt_log_event(struct tt_log *l, enum tt_event ev)
{
    struct tt_record r = {.event = ev};

    tell_hole(l);
    send_event(l, &r);
}

void tt_log_baud(struct tt_log *l, uint32_t baud, const char *mode)
{
    struct tt_record r = {.event = TT_EV_BAUD, .baud = baud};

    (void)snprintf(r.mode, sizeof(r.mode), "%.3s", mode);
    tell_hole(l);
    send_event(l, &r);
}

void tt_log_lost(struct tt_log *l, uint64_t n)
{
    struct tt_record r = {.event = TT_EV_LOST};

    r.count = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
    l->hole = 0;
    send_event(l, &r);
}

void tt_log_cut(struct tt_log *l)
{
    tt_log_flush(l);
}

/* ---- time ---------------------------------------------------------------- */

static void set_now(struct tt_log *l, uint64_t now, int digits)
{
    if (digits > l->digits)
        l->digits = digits;
    if (now == l->now)
        return;
    tt_log_flush(l);
    l->now = now;
}

void tt_log_at(struct tt_log *l, uint64_t t, int digits)
{
    if (!l->timed)
        l->base = t;
    l->timed = true;
    l->last_abs = t;
    set_now(l, t > l->base ? t - l->base : 0, digits);
}

void tt_log_clock(struct tt_log *l, uint64_t t, int digits)
{
    if (l->timed) {
        t += l->last_abs / DAY_NS * DAY_NS;
        if (t + DAY_NS / 2 < l->last_abs)
            t += DAY_NS; /* midnight has passed */
    }
    tt_log_at(l, t, digits);
}

void tt_log_after(struct tt_log *l, uint64_t ns, int digits)
{
    uint64_t t = l->last_abs + ns;

    tt_log_at(l, t > TT_MAX_TIME_NS ? TT_MAX_TIME_NS : t, digits);
}

/* ---- what is said -------------------------------------------------------- */

void tt_log_note(struct tt_log *l, const char *why)
{
    if (l->rd)
        tt_reader_note(l->rd, 0, l->lineno, "%s", why);
}

void tt_log_lacks(struct tt_log *l, const char *what)
{
    if (l->rd)
        (void)snprintf(l->rd->report.lacks, sizeof(l->rd->report.lacks), "%s",
                       what);
}

/* ---- lines --------------------------------------------------------------- */

/* What a forum or a person puts between the lines. */
static bool is_frame(struct tt_slice s)
{
    static const char *const frames[] = {"```",    "~~~",     "<pre",
                                         "</pre>", "<code",   "</code>",
                                         "[code",  "[/code]", "[CODE]",
                                         "[/CODE]"};

    if (!s.n)
        return true;
    for (size_t i = 0; i < TT_LEN(frames); i++)
        if (tt_starts(s, frames[i]))
            return true;
    return false;
}

struct tt_slice tt_log_bare(const struct tt_dress *dress, struct tt_slice s,
                            bool cut, struct tt_buf *scratch)
{
    if (!cut)
        s = tt_undress(dress, s, scratch);
    if (!cut && is_frame(s))
        s.n = 0;
    return s;
}

/* "..." or "[snip]": somebody took lines out here, and says so. */
static bool is_snip(struct tt_slice s)
{
    return s.n < 60 &&
           (tt_find(s, "snip") < s.n || tt_find(s, "...") == 0 ||
            tt_find(s, "[...]") < s.n || tt_find(s, "\xe2\x80\xa6") == 0);
}

static void not_understood(struct tt_log *l, struct tt_slice s)
{
    tt_log_note(l, is_snip(s) ? TT_SNIPPED_LINE : TT_UNKNOWN_LINE);
    if (!l->hole)
        l->hole = l->lineno;
}

static struct tt_slice undress(struct tt_log *l, struct tt_slice s)
{
    s = tt_undress(&l->dress, s, &l->clean[0]);
    return l->d->raw ? s : tt_uncolour(s, &l->clean[1]);
}

enum tt_status tt_log_line(void *log, struct tt_slice s, bool nl, bool cut)
{
    struct tt_log *l = log;
    enum tt_took took;

    s = undress(l, s);
    if (!cut)
        l->lineno++;
    l->nl = nl;
    l->cut = cut;
    took = l->d->take(l, s);
    if (took == TT_TOOK_ODD && is_frame(s))
        took = TT_TOOK_IDLE;
    l->took[took] += !cut;
    if (took == TT_TOOK_ODD && l->d->tool) {
        tt_log_tool(l, s);
        if (nl)
            tt_log_tool(l, (struct tt_slice){"\n", 1});
    } else if (took == TT_TOOK_ODD && !cut) {
        not_understood(l, s);
    }
    if (l->rd) {
        l->rd->report.lines = l->lineno;
        l->rd->report.understood =
            l->lineno - (l->d->tool ? 0 : l->took[TT_TOOK_ODD]);
    }
    if (!l->st && (l->clean[0].status || l->clean[1].status))
        l->st = TT_ERR_NOMEM;
    return l->st;
}

void tt_log_end(struct tt_log *l)
{
    if (!l->st)
        l->st = tt_lines_finish(&l->lines, tt_log_line, l);
    if (!l->st && l->d->finish)
        l->d->finish(l);
    tt_log_flush(l);
}

/* ---- the format ---------------------------------------------------------- */

static bool is_log(const uint8_t *p, size_t n, bool end)
{
    struct tt_dress dress;
    int digits;

    return tt_log_pick(p, n, end || n < TT_PROBE_BYTES, &dress, &digits) !=
           NULL;
}

/* Digits of a second to quality: never finer than what was written. */
static enum tt_quality quality_of(int digits)
{
    static const enum tt_quality quality[] = {
        TT_TIME_S,  TT_TIME_100MS, TT_TIME_10MS, TT_TIME_MS, TT_TIME_MS,
        TT_TIME_MS, TT_TIME_US,    TT_TIME_US,   TT_TIME_US, TT_TIME_NS};

    return digits < 0 ? TT_TIME_ORDER : quality[digits > 9 ? 9 : digits];
}

static enum tt_status log_begin(struct tt_reader *rd, const uint8_t *p,
                                size_t n, struct tt_error *err)
{
    struct tt_read_report *report = &rd->report;
    const struct tt_dialect *d = rd->dialect;
    bool all = n < TT_PROBE_BYTES;
    struct tt_dress dress;
    struct tt_log *l;
    int digits = -1;

    if ((unsigned)rd->lane >= TT_LANE_LINE)
        return tt_fail(err, TT_ERR_ARG,
                       "a log needs a lane: host, device or tool");
    if (d)
        tt_log_dress_for(d, p, n, all, &dress, &digits);
    else
        d = tt_log_pick(p, n, all, &dress, &digits);
    if (!d)
        return tt_fail(err, TT_ERR_SYNTAX, "no kind of log that is known");
    l = malloc(sizeof(*l));
    if (!l)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    tt_log_start(l, d, &dress);
    l->rd = rd;
    l->side = rd->lane;
    rd->state = l;
    (void)snprintf(report->info.format, sizeof(report->info.format), "%s%s%s%s",
                   d->title, dress.quotes ? ", quoted" : "",
                   dress.html ? ", with HTML entities" : "",
                   dress.wide ? ", UTF-16" : "");
    (void)snprintf(report->lacks, sizeof(report->lacks), "%s", d->lacks);
    report->info.quality = quality_of(digits);
    report->is_log = true;
    report->is_text = d->vague && !d->tool;
    return TT_OK;
}

static enum tt_status log_feed(struct tt_reader *rd, const uint8_t *p, size_t n,
                               struct tt_error *err)
{
    struct tt_log *l = rd->state;

    (void)err;
    return tt_lines_feed(&l->lines, p, n, tt_log_line, l);
}

static enum tt_status log_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct tt_log *l = rd->state;

    (void)err;
    tt_log_end(l);
    return l->st;
}

static void log_stop(struct tt_reader *rd)
{
    struct tt_log *l = rd->state;

    tt_log_release(l);
    free(l);
}

static enum tt_status log_copy(struct tt_reader *to,
                               const struct tt_reader *from)
{
    const struct tt_log *was = from->state;
    struct tt_log *l = malloc(sizeof(*l));

    if (!l)
        return TT_ERR_NOMEM;
    *l = *was;
    l->rd = to;
    tt_buf_copy(&l->lines.line, &was->lines.line);
    tt_buf_copy(&l->clean[0], &was->clean[0]);
    tt_buf_copy(&l->clean[1], &was->clean[1]);
    tt_buf_copy(&l->record, &was->record);
    tt_buf_copy(&l->joined, &was->joined);
    to->state = l;
    if (l->lines.line.status || l->clean[0].status || l->clean[1].status ||
        l->record.status || l->joined.status) {
        log_stop(to);
        to->state = NULL;
        return TT_ERR_NOMEM;
    }
    return TT_OK;
}

const struct tt_format tt_format_log = {
    .name = "log",
    .look = TT_PROBE_BYTES,
    .need = TT_PROBE_BYTES,
    .is = is_log,
    .begin = log_begin,
    .feed = log_feed,
    .finish = log_finish,
    .end = log_stop,
    .copy = log_copy,
};
