/*
 * Tape text to records.  Every line is walked twice: once to see whether all
 * of it is understood, and only then to act on it, so that a bad line never
 * leaves half of itself on the tape.  How fine the times are must be known
 * before the first record; it is read off the header or, without one, off
 * the times in the start of the file.
 */
#include "format/reader.h"
#include "format/tape_item.h"
#include "tape/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tape_text {
    struct tt_buf line; /* the beginning of a line cut by a chunk's end */
    bool overlong;      /* ... which is too long: skip the rest of it */
    uint64_t line_offset, lineno;
    struct tt_buf record; /* bytes of the record being put together */
    uint64_t record_line;
    enum tt_lane lane; /* TT_LANE_LINE: no mark yet */
    bool more;         /* the last line ended in a backslash */
    bool pause;        /* time has passed since the last record */
    bool any;          /* a record, or a line that was understood */
    uint64_t hole;     /* line that was not understood, since the last one that
                          was; 0: none */
    uint64_t now;
};

/* What a line holds, when all of it is understood. */
struct line_facts {
    bool time, lane, mark, more; /* lane: > < $; mark: anything that is not
                                    time, so that a tick has none */
    int digits;                  /* finest time, digits of a second; -1: none */
    struct tt_slice comment;     /* of a line that is only that */
    char why[120];               /* when not understood */
};

static void next(struct tt_slice *s, struct tt_item *it, bool first)
{
    if (first)
        tt_item_first(s, it);
    else
        tt_item_next(s, it);
}

static bool complain(struct line_facts *f, const char *why)
{
    (void)snprintf(f->why, sizeof(f->why), "%s", why);
    return false;
}

/* Does this item fit where it stands?  *empty: the lane mark has no bytes. */
static bool item_fits(struct line_facts *f, const struct tt_item *it,
                      enum tt_lane *lane, bool *empty, size_t *bytes,
                      bool first)
{
    bool is_bytes = it->kind == TT_ITEM_BYTE || it->kind == TT_ITEM_TEXT;

    if (it->kind == TT_ITEM_EVENT) /* may stand between a mark and its bytes */
        return true;
    if (*empty && !is_bytes && it->kind != TT_ITEM_MORE)
        return complain(f, "a mark has no bytes after it; remove it, or the > "
                           "that a mail program put before the line");
    if (it->kind == TT_ITEM_TIME && !first)
        return complain(f, "a time without a unit stands at the start of a "
                           "line only; write a pause as 12ms");
    if (it->kind == TT_ITEM_LANE)
        *lane = it->record.lane;
    *empty = it->kind == TT_ITEM_LANE;
    if (!is_bytes)
        return true;
    if (*lane == TT_LANE_LINE)
        return complain(f, "whose bytes are these? begin the line with > "
                           "(host), < (device) or $ (tool)");
    *bytes += it->bytes * it->repeat;
    if (*bytes > TT_MAX_RECORD)
        return complain(f, "the line stands for more than 1 MiB; split it");
    return true;
}

/* Look through a line.  lane is what it continues, TT_LANE_LINE: nothing. */
static bool understand(struct tt_slice s, enum tt_lane lane, bool continued,
                       struct line_facts *f)
{
    struct tt_item it;
    bool first = !continued, empty = false;
    size_t bytes = 0;

    *f = (struct line_facts){.digits = -1};
    for (next(&s, &it, first); it.kind != TT_ITEM_END; next(&s, &it, false)) {
        if (it.kind == TT_ITEM_BAD)
            return complain(f, it.why);
        if (it.kind == TT_ITEM_COMMENT) {
            if (!f->time && !f->mark && f->digits < 0)
                f->comment = it.text;
            continue;
        }
        if (!item_fits(f, &it, &lane, &empty, &bytes, first))
            return false;
        first = false;
        f->time |= it.kind == TT_ITEM_TIME;
        f->lane |= it.kind == TT_ITEM_LANE;
        f->mark |= it.kind > TT_ITEM_PAUSE;
        f->more |= it.kind == TT_ITEM_MORE;
        if ((it.kind == TT_ITEM_TIME || it.kind == TT_ITEM_PAUSE) &&
            (int)it.digits > f->digits)
            f->digits = (int)it.digits;
        if (it.kind == TT_ITEM_MORE)
            break;
    }
    if (empty && !f->more)
        return complain(f, "a mark has no bytes after it; remove it");
    return true;
}

/* Does a line that was not understood want the next one to continue it? */
static bool ends_in_backslash(struct tt_slice s)
{
    while (s.n && strchr(" \t\r", s.p[s.n - 1]) && s.p[s.n - 1])
        s.n--;
    return s.n && s.p[s.n - 1] == '\\';
}

/* ---- recognising, and what the start of the file tells ----------------- */

/* What the lines in the start of a file come to. */
struct overview {
    bool header, bytes, bad; /* bytes: a line with a mark and bytes */
    bool content;            /* a line that is no comment */
    int digits;
    bool time_header;
    struct tt_tape_info info;
};

static void take_comment(struct overview *v, struct tt_slice c)
{
    static const char magic[] = "telltale tape ";

    while (c.n && (c.p[0] == ' ' || c.p[0] == '\t')) {
        c.p++;
        c.n--;
    }
    if (c.n >= sizeof(magic) - 1 && !memcmp(c.p, magic, sizeof(magic) - 1))
        v->header = true;
    else if (!v->content && tt_tape_text_header_line(&v->info, c))
        v->time_header |= c.n > 4 && !memcmp(c.p, "time:", 5);
}

static size_t bom_length(const uint8_t *p, size_t n)
{
    return n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf ? 3 : 0;
}

static void look_over(const uint8_t *p, size_t n, bool end, struct overview *v)
{
    const char *s = (const char *)p + bom_length(p, n);
    const char *stop = (const char *)p + n;
    bool more = false;

    *v = (struct overview){.digits = -1};
    while (s < stop) {
        const char *nl = memchr(s, '\n', (size_t)(stop - s));
        struct tt_slice line = {s, (size_t)((nl ? nl : stop) - s)};
        struct line_facts f;

        if (!nl && !end)
            break;
        if (!understand(line, more ? TT_LANE_DEVICE : TT_LANE_LINE, more, &f)) {
            v->bad = v->content = true;
            f.more = ends_in_backslash(line);
        } else {
            if (f.comment.p)
                take_comment(v, f.comment);
            v->bytes |= f.lane;
            v->content |= f.mark || f.time || f.digits >= 0;
            if (f.digits > v->digits)
                v->digits = f.digits;
        }
        more = f.more;
        if (v->bad && !v->header)
            return;
        s = line.p + line.n + 1;
    }
}

static bool is_tape(const uint8_t *p, size_t n, bool end)
{
    struct overview v;

    look_over(p, n, end || n < TT_PROBE_BYTES, &v);
    return v.header || (v.bytes && !v.bad);
}

/*
 * A header with the quality of the times, and the first line after it: what
 * follows changes nothing of what is known about the tape.
 */
static bool tape_sure(const uint8_t *p, size_t n)
{
    struct overview v = {.digits = -1};
    size_t at = bom_length(p, n);

    while (at < n) {
        const uint8_t *nl = memchr(p + at, '\n', n - at);
        struct tt_slice line = {(const char *)p + at, 0};

        if (!nl)
            return false;
        line.n = (size_t)(nl - p) - at;
        at += line.n + 1;
        while (line.n && strchr(" \t\r", line.p[0]) && line.p[0]) {
            line.p++;
            line.n--;
        }
        if (line.n && line.p[0] != '#')
            return v.header && v.time_header;
        if (line.n)
            take_comment(&v, (struct tt_slice){line.p + 1, line.n - 1});
        if (!v.header)
            return false;
    }
    return false;
}

static enum tt_status tape_begin(struct tt_reader *rd, const uint8_t *p,
                                 size_t n, struct tt_error *err)
{
    /* digits of a second to quality: never finer than what was written */
    static const enum tt_quality quality[] = {
        TT_TIME_S,  TT_TIME_100MS, TT_TIME_10MS, TT_TIME_MS, TT_TIME_MS,
        TT_TIME_MS, TT_TIME_US,    TT_TIME_US,   TT_TIME_US, TT_TIME_NS};
    struct tape_text *tt = calloc(1, sizeof(*tt));
    struct overview v;

    if (!tt)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    rd->state = tt;
    tt_buf_init(&tt->line, TT_MAX_TEXT_LINE);
    tt_buf_init(&tt->record, TT_MAX_RECORD);
    tt->lane = TT_LANE_LINE;
    look_over(p, n, n < TT_PROBE_BYTES, &v);
    if (!v.time_header) {
        size_t d = v.digits > 9 ? 9 : (size_t)(v.digits < 0 ? 0 : v.digits);

        v.info.quality = v.digits < 0 ? TT_TIME_ORDER : quality[d];
    }
    tt->any = v.header;
    rd->report.info = v.info;
    memcpy(rd->report.info.format, "tape text", sizeof("tape text"));
    return TT_OK;
}

/* ---- lines to records -------------------------------------------------- */

static enum tt_status flush(struct tt_reader *rd)
{
    struct tape_text *tt = rd->state;
    struct tt_record r = {.t_ns = tt->now,
                          .source = tt->record_line,
                          .bytes = (const uint8_t *)tt_buf_text(&tt->record),
                          .len = tt->record.n,
                          .lane = tt->lane};
    enum tt_status st;

    if (!r.len)
        return TT_OK;
    st = tt_reader_emit(rd, &r);
    tt_buf_clear(&tt->record);
    tt->pause = false;
    return st;
}

static enum tt_status emit_event(struct tt_reader *rd, struct tt_record *r,
                                 uint64_t line)
{
    struct tape_text *tt = rd->state;

    r->t_ns = tt->now;
    r->source = line;
    r->lane = TT_LANE_LINE;
    tt->pause = false;
    return tt_reader_emit(rd, r);
}

static enum tt_status add_byte(struct tt_reader *rd, uint8_t byte)
{
    struct tape_text *tt = rd->state;

    if (tt->record.n == TT_MAX_RECORD) {
        enum tt_status st = flush(rd);

        if (st)
            return st;
    }
    if (!tt->record.n)
        tt->record_line = tt->lineno;
    tt_buf_ch(&tt->record, (char)byte);
    return tt->record.status;
}

static enum tt_status add_bytes(struct tt_reader *rd, const struct tt_item *it)
{
    enum tt_status st = TT_OK;

    for (size_t k = 0; k < it->repeat && !st; k++) {
        struct tt_slice s = it->text;

        if (it->kind == TT_ITEM_BYTE)
            st = add_byte(rd, it->byte);
        while (s.n && !st) {
            uint8_t c = (uint8_t)s.p[0];
            size_t len = tt_scan_escape(s, &c);

            len = len ? len : 1;
            st = add_byte(rd, c);
            s.p += len;
            s.n -= len;
        }
    }
    return st;
}

static void set_time(struct tt_reader *rd, const struct tt_item *it)
{
    struct tape_text *tt = rd->state;
    uint64_t to = it->kind == TT_ITEM_PAUSE ? tt->now + it->ns : it->ns;

    if (to < tt->now)
        tt_reader_note(rd, tt->line_offset, tt->lineno,
                       "the time runs backwards here; the order of the lines "
                       "was kept and the time held");
    else if (to > TT_MAX_TIME_NS)
        tt_reader_note(rd, tt->line_offset, tt->lineno,
                       "the pauses add up to more than 285 years; this one "
                       "was left out");
    else
        tt->now = to;
    tt->pause |= it->kind == TT_ITEM_PAUSE;
}

static enum tt_status act(struct tt_reader *rd, struct tt_item *it)
{
    struct tape_text *tt = rd->state;
    enum tt_status st = TT_OK;

    if (it->kind == TT_ITEM_BYTE || it->kind == TT_ITEM_TEXT)
        return add_bytes(rd, it);
    if (it->kind != TT_ITEM_MORE)
        st = flush(rd);
    if (it->kind == TT_ITEM_TIME || it->kind == TT_ITEM_PAUSE)
        set_time(rd, it);
    else if (it->kind == TT_ITEM_LANE)
        tt->lane = it->record.lane;
    else if (it->kind == TT_ITEM_EVENT && !st)
        st = emit_event(rd, &it->record, tt->lineno);
    return st;
}

/*
 * What a line that was not understood held is not on the tape.  That is a
 * hole in it: nothing may be concluded across it, least of all a silence.
 */
static enum tt_status tell_hole(struct tt_reader *rd)
{
    struct tape_text *tt = rd->state;
    struct tt_record lost = {.event = TT_EV_LOST};
    uint64_t line = tt->hole;
    enum tt_status st;

    if (!line)
        return TT_OK;
    tt->hole = 0;
    st = flush(rd);
    return st ? st : emit_event(rd, &lost, line);
}

static enum tt_status act_on(struct tt_reader *rd, struct tt_slice rest,
                             const struct line_facts *f)
{
    struct tape_text *tt = rd->state;
    bool first = !tt->more;
    struct tt_item it;
    enum tt_status st = TT_OK;

    tt->any |= f->mark || f->time;
    if (f->mark || f->time || f->digits >= 0)
        st = tell_hole(rd);
    for (next(&rest, &it, first); it.kind != TT_ITEM_END && !st;
         next(&rest, &it, false))
        st = act(rd, &it);
    tt->more = f->more;
    if (f->time && !f->mark && !st) {
        it.record = (struct tt_record){.event = TT_EV_TICK};
        st = emit_event(rd, &it.record, tt->lineno);
    }
    return st;
}

static void leave_out(struct tt_reader *rd, const char *why)
{
    struct tape_text *tt = rd->state;

    tt_reader_note(rd, tt->line_offset, tt->lineno, "%s", why);
    if (!tt->hole)
        tt->hole = tt->lineno;
}

static enum tt_status take_line(struct tt_reader *rd, struct tt_slice s)
{
    struct tape_text *tt = rd->state;
    struct line_facts f;
    enum tt_status st = TT_OK;

    rd->report.lines = ++tt->lineno;
    if (understand(s, tt->lane, tt->more, &f)) {
        if (f.comment.n && rd->remark)
            rd->remark(rd->last_ns, f.comment, rd->remark_user);
        st = act_on(rd, s, &f);
    } else {
        leave_out(rd, f.why);
        tt->more = ends_in_backslash(s);
    }
    if (!tt->more && !st) {
        st = flush(rd);
        tt->lane = TT_LANE_LINE;
    }
    return st;
}

/* The whole of a line is there: s, or what was kept and s. */
static enum tt_status end_line(struct tt_reader *rd, struct tt_slice s,
                               size_t line_end)
{
    struct tape_text *tt = rd->state;
    enum tt_status st;

    if (!tt->overlong && tt->line.n) {
        tt_buf_add(&tt->line, s.p, s.n);
        s = (struct tt_slice){tt_buf_text(&tt->line), tt->line.n};
    }
    if (!tt->overlong && tt->line.status != TT_ERR_NOMEM)
        tt->overlong = tt->line.status || s.n > TT_MAX_TEXT_LINE;
    if (tt->line.status == TT_ERR_NOMEM)
        return TT_ERR_NOMEM;
    if (tt->overlong) {
        char why[120];

        rd->report.lines = ++tt->lineno;
        (void)snprintf(why, sizeof(why),
                       "the line is longer than %d bytes; split it with a \\ "
                       "at the end of each part",
                       TT_MAX_TEXT_LINE);
        leave_out(rd, why);
        st = TT_OK;
    } else {
        size_t bom = tt->lineno ? 0 : bom_length((const uint8_t *)s.p, s.n);

        st = take_line(rd, (struct tt_slice){s.p + bom, s.n - bom});
    }
    tt->overlong = false;
    tt_buf_clear(&tt->line);
    tt->line_offset = rd->fed + line_end;
    return st;
}

static enum tt_status tape_feed(struct tt_reader *rd, const uint8_t *p,
                                size_t n, struct tt_error *err)
{
    struct tape_text *tt = rd->state;
    size_t at = 0;
    enum tt_status st = TT_OK;

    (void)err;
    while (at < n && !st) {
        const uint8_t *nl = memchr(p + at, '\n', n - at);
        struct tt_slice s = {(const char *)p + at,
                             nl ? (size_t)(nl - p) - at : n - at};

        at += s.n;
        if (nl) {
            st = end_line(rd, s, ++at);
        } else if (!tt->overlong) {
            tt_buf_add(&tt->line, s.p, s.n);
            st = tt->line.status == TT_ERR_NOMEM ? TT_ERR_NOMEM : TT_OK;
            tt->overlong = tt->line.status == TT_ERR_LIMIT;
        }
    }
    return st;
}

static enum tt_status tape_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct tape_text *tt = rd->state;
    uint64_t unread = rd->report.unread, start = tt->line_offset;
    bool unfinished = tt->line.n || tt->overlong;
    enum tt_status st = TT_OK;

    if (unfinished)
        st = end_line(rd, (struct tt_slice){"", 0}, 0);
    if (!st && (tt->more || (unfinished && rd->report.unread > unread)))
        tt_reader_truncated(rd, start, "a line");
    if (!st)
        st = flush(rd);
    if (!st && tt->pause) {
        struct tt_record tick = {.event = TT_EV_TICK};

        st = emit_event(rd, &tick, tt->lineno);
    }
    if (!st && tt->any)
        st = tell_hole(rd);
    if (!st && !tt->any)
        st = tt_fail(err, TT_ERR_SYNTAX, "no line of this is tape text%s%.120s",
                     rd->report.nwhere ? "; the first: " : "",
                     rd->report.nwhere ? rd->report.where[0].why : "");
    return st;
}

static void tape_end(struct tt_reader *rd)
{
    struct tape_text *tt = rd->state;

    tt_buf_release(&tt->line);
    tt_buf_release(&tt->record);
    free(tt);
}

static enum tt_status tape_copy(struct tt_reader *to,
                                const struct tt_reader *from)
{
    const struct tape_text *was = from->state;
    struct tape_text *tt = malloc(sizeof(*tt));

    if (!tt)
        return TT_ERR_NOMEM;
    *tt = *was;
    tt_buf_copy(&tt->line, &was->line);
    tt_buf_copy(&tt->record, &was->record);
    to->state = tt;
    if (tt->line.status || tt->record.status) {
        tape_end(to);
        to->state = NULL;
        return TT_ERR_NOMEM;
    }
    return TT_OK;
}

const struct tt_format tt_format_tape = {
    .name = "tape",
    .look = TT_PROBE_BYTES,
    .need = TT_PROBE_BYTES,
    .is = is_tape,
    .sure = tape_sure,
    .begin = tape_begin,
    .feed = tape_feed,
    .finish = tape_finish,
    .end = tape_end,
    .copy = tape_copy,
};
