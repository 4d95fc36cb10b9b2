/*
 * The start of the input is held back until its format is known, at most
 * TT_PROBE_BYTES of it; from then on bytes go straight to the format's
 * reader.  What is decided depends on those bytes alone, never on how they
 * were cut into chunks.
 */
#include "format/reader.h"

#include "format/log/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number of at most five digits off the front of *s; -1: there is none. */
static int take_number(const char **s)
{
    int v = 0, digits = 0;

    for (; **s >= '0' && **s <= '9' && digits < 5; (*s)++, digits++)
        v = v * 10 + (**s - '0');
    return digits ? v : -1;
}

static bool choose_usb(struct tt_choice *c, const char *s)
{
    c->usb = true;
    c->iface = -1;
    c->bus = take_number(&s);
    if (c->bus < 0 || *s++ != '.')
        return false;
    c->dev = take_number(&s);
    if (c->dev >= 0 && *s == '.') {
        s++;
        c->iface = take_number(&s);
        if (c->iface < 0)
            return false;
    }
    return c->dev >= 0 && !*s;
}

static bool choose_tcp(struct tt_choice *c, const char *s)
{
    const char *at = s;
    int n = take_number(&at);

    c->tcp = true;
    if (n > 0 && !*at) {
        c->number = (uint32_t)n;
        return true;
    }
    if (!strchr(s, ':') || strlen(s) >= sizeof(c->ends))
        return false;
    memcpy(c->ends, s, strlen(s) + 1);
    return true;
}

static enum tt_status choose(struct tt_choice *c,
                             const struct tt_read_options *o,
                             struct tt_error *err)
{
    c->live = o->live;
    if (o->usb && !choose_usb(c, o->usb))
        return tt_fail(err, TT_ERR_ARG,
                       "'%.40s' names no USB device: bus and device, as 1.5, "
                       "or with the interface, as 1.5.2",
                       o->usb);
    if (o->tcp && !choose_tcp(c, o->tcp))
        return tt_fail(err, TT_ERR_ARG,
                       "'%.60s' names no connection: its number in the "
                       "report, or ADDR:PORT, or ADDR:PORT-ADDR:PORT",
                       o->tcp);
    return TT_OK;
}

enum tt_status tt_reader_new(struct tt_reader **out,
                             const struct tt_read_options *options,
                             tt_sink_fn *sink, void *user, struct tt_error *err)
{
    const struct tt_format *format = NULL;
    const struct tt_dialect *dialect = NULL;
    struct tt_choice choice = {0};
    struct tt_reader *rd;

    *out = NULL;
    if (options && choose(&choice, options, err))
        return TT_ERR_ARG;
    if (options && options->format) {
        format = tt_format_by_name(options->format);
        dialect = format ? NULL : tt_dialect_by_name(options->format);
        if (dialect)
            format = &tt_format_log;
        if (!format)
            return tt_fail(err, TT_ERR_ARG,
                           "no format is called '%.40s': there are raw, tape, "
                           "pcap, pcapng, usbmon, njlog, log and the names of "
                           "kinds of logs",
                           options->format);
    }
    rd = calloc(1, sizeof(*rd));
    if (!rd)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    rd->format = format;
    rd->forced = format != NULL;
    rd->dialect = dialect;
    rd->choice = choice;
    rd->lane = options ? options->lane : TT_LANE_DEVICE;
    rd->sink = sink;
    rd->user = user;
    tt_buf_init(&rd->start, TT_PROBE_BYTES);
    tt_lines_init(&rd->lines, TT_WIDE_NONE);
    tt_buf_init(&rd->bare, TT_MAX_LOG_LINE);
    *out = rd;
    return TT_OK;
}

void tt_reader_free(struct tt_reader *rd)
{
    if (!rd)
        return;
    if (rd->opened)
        rd->format->end(rd);
    tt_buf_release(&rd->start);
    tt_lines_release(&rd->lines);
    tt_buf_release(&rd->bare);
    free(rd);
}

enum tt_status tt_reader_copy(struct tt_reader **out,
                              const struct tt_reader *from, tt_sink_fn *sink,
                              void *user)
{
    struct tt_reader *rd;
    enum tt_status st = TT_OK;

    *out = NULL;
    if (from->opened && !from->format->copy)
        return TT_ERR_ARG;
    rd = malloc(sizeof(*rd));
    if (!rd)
        return TT_ERR_NOMEM;
    *rd = *from;
    rd->sink = sink;
    rd->user = user;
    rd->remark = NULL;
    rd->state = NULL;
    rd->opened = false;
    tt_buf_copy(&rd->start, &from->start);
    tt_buf_copy(&rd->lines.line, &from->lines.line);
    tt_buf_copy(&rd->bare, &from->bare);
    if (from->opened)
        st = rd->format->copy(rd, from);
    rd->opened = from->opened && !st;
    if (!st)
        st = rd->start.status        ? rd->start.status
             : rd->lines.line.status ? rd->lines.line.status
                                     : rd->bare.status;
    if (st) {
        tt_reader_free(rd);
        return st;
    }
    *out = rd;
    return TT_OK;
}

void tt_reader_remarks(struct tt_reader *rd, tt_remark_fn *fn, void *user)
{
    rd->remark = fn;
    rd->remark_user = user;
}

const struct tt_read_report *tt_reader_report(const struct tt_reader *rd)
{
    return &rd->report;
}

void tt_reader_packed(struct tt_reader *rd, const char *kind)
{
    rd->packed = kind;
}

/* "gzip, tape text" */
static void say_packed(struct tt_reader *rd)
{
    char *format = rd->report.info.format;
    char was[sizeof(rd->report.info.format)];

    if (!rd->packed)
        return;
    memcpy(was, format, sizeof(was));
    (void)snprintf(format, sizeof(was), "%.20s, %.70s", rd->packed, was);
}

enum tt_status tt_reader_emit(struct tt_reader *rd, const struct tt_record *r)
{
    struct tt_record piece = *r;
    size_t done = 0;

    if (piece.t_ns > TT_MAX_TIME_NS)
        piece.t_ns = TT_MAX_TIME_NS;
    if (piece.t_ns < rd->last_ns) {
        rd->report.info.order_uncertain = true;
        piece.t_ns = rd->last_ns;
    }
    rd->last_ns = piece.t_ns;
    rd->report.end_ns = piece.t_ns;
    do {
        enum tt_status st;

        piece.len = r->len - done;
        if (piece.len > TT_MAX_RECORD)
            piece.len = TT_MAX_RECORD;
        piece.bytes = r->len ? r->bytes + done : NULL;
        rd->report.records++;
        st = rd->sink(&piece, rd->user);
        if (st)
            return st;
        done += piece.len;
    } while (done < r->len);
    return TT_OK;
}

void tt_reader_note(struct tt_reader *rd, uint64_t offset, uint64_t line,
                    const char *fmt, ...)
{
    struct tt_read_report *rp = &rd->report;
    struct tt_unread *u;
    va_list ap;

    rp->unread++;
    if (rp->nwhere == TT_LEN(rp->where))
        return;
    u = &rp->where[rp->nwhere++];
    u->offset = offset;
    u->line = line;
    va_start(ap, fmt);
    (void)vsnprintf(u->why, sizeof(u->why), fmt, ap);
    va_end(ap);
    for (char *c = u->why; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

void tt_reader_truncated(struct tt_reader *rd, uint64_t offset,
                         const char *what)
{
    struct tt_tape_info *info = &rd->report.info;
    size_t at = strlen(info->format);

    if (!rd->report.truncated)
        (void)snprintf(info->format + at, sizeof(info->format) - at,
                       ", cut off");
    rd->report.truncated = true;
    tt_reader_note(rd, offset, 0,
                   "the file ends inside %s that begins at byte %" PRIu64
                   "; all before it was read",
                   what, offset);
}

/* Remember a failure, so that later calls say the same. */
static enum tt_status fail(struct tt_reader *rd, enum tt_status st,
                           const struct tt_error *why, struct tt_error *err)
{
    rd->failed = *why;
    if (!rd->failed.code)
        (void)tt_fail(&rd->failed, st, "reading was stopped: %s",
                      tt_status_name(st));
    rd->failed.code = st;
    if (err)
        *err = rd->failed;
    return st;
}

/* A recording of one line has no conversations to choose from. */
static enum tt_status no_choice(const struct tt_reader *rd,
                                struct tt_error *err)
{
    const struct tt_choice *c = &rd->choice;

    if ((!c->usb && !c->tcp) || rd->format->chooses)
        return TT_OK;
    return tt_fail(err, TT_ERR_ARG,
                   "%s chooses from a capture of USB or a network; this is "
                   "%.60s: leave the option out",
                   c->usb ? "--usb" : "--tcp", rd->report.info.format);
}

/* Is enough of the start there for the format to begin? */
static bool can_begin(const struct tt_format *f, const uint8_t *p, size_t n,
                      bool end)
{
    return end || n >= f->need || (f->sure && f->sure(p, n));
}

static enum tt_status feed_bare(void *user, struct tt_slice s, bool nl,
                                bool cut)
{
    struct tt_reader *rd = user;
    enum tt_status st = TT_OK;

    s = tt_log_bare(&rd->dress, s, cut, &rd->bare);
    if (s.n)
        st = rd->format->feed(rd, (const uint8_t *)s.p, s.n, NULL);
    rd->fed += s.n;
    if (!st && nl)
        st = rd->format->feed(rd, (const uint8_t *)"\n", 1, NULL);
    rd->fed += nl;
    return st ? st : rd->bare.status;
}

/* More input for the format that is open. */
static enum tt_status pass_on(struct tt_reader *rd, const uint8_t *p, size_t n,
                              struct tt_error *err)
{
    enum tt_status st;

    if (rd->dressed)
        return tt_lines_feed(&rd->lines, p, n, feed_bare, rd);
    st = rd->format->feed(rd, p, n, err);
    rd->fed += n;
    return st;
}

/* A text that is nothing else may be tape text out of a mail or a forum. */
static enum tt_status open_dressed(struct tt_reader *rd, const uint8_t *p,
                                   size_t n, bool end, struct tt_error *err)
{
    struct tt_tape_info *info = &rd->report.info;
    struct tt_buf out;
    enum tt_status st;
    size_t at;

    tt_buf_init(&out, 4 * (size_t)TT_PROBE_BYTES);
    rd->dressed =
        tt_log_dressed_tape(p, n, end || n < TT_PROBE_BYTES, &rd->dress, &out);
    if (rd->dressed) {
        rd->format = &tt_format_tape;
        tt_lines_init(&rd->lines, rd->dress.wide);
        p = (const uint8_t *)out.p;
        n = out.n;
    }
    st = rd->format->begin(rd, p, n, err);
    tt_buf_release(&out);
    at = strlen(info->format);
    if (rd->dressed && !st)
        (void)snprintf(info->format + at, sizeof(info->format) - at, "%s%s%s",
                       rd->dress.quotes ? ", quoted" : "",
                       rd->dress.html ? ", with HTML entities" : "",
                       rd->dress.wide ? ", UTF-16" : "");
    return st;
}

/* Recognise the format if that can be done, open it, and feed it the start. */
static enum tt_status try_open(struct tt_reader *rd, bool end,
                               struct tt_error *err)
{
    const uint8_t *p = (const uint8_t *)tt_buf_text(&rd->start);
    size_t n = rd->start.n;
    enum tt_status st;

    if (!rd->forced && !rd->format)
        rd->format = tt_format_detect(p, n, end);
    if (!rd->format || !can_begin(rd->format, p, n, end))
        return TT_OK;
    st = rd->format == &tt_format_raw && !rd->forced
             ? open_dressed(rd, p, n, end, err)
             : rd->format->begin(rd, p, n, err);
    if (st)
        return st;
    rd->opened = true;
    st = no_choice(rd, err);
    if (st)
        return st;
    say_packed(rd);
    st = pass_on(rd, p, n, err);
    tt_buf_release(&rd->start);
    return st;
}

/* Add to the start what is needed to know more, at most all of p. */
static size_t add_to_start(struct tt_reader *rd, const uint8_t *p, size_t n)
{
    size_t want = rd->format ? rd->format->need : TT_PROBE_BYTES;

    if (!rd->format && rd->start.n < TT_MAGIC_BYTES)
        want = TT_MAGIC_BYTES; /* most binary files are known by then */
    if (n > want - rd->start.n)
        n = want - rd->start.n;
    tt_buf_add(&rd->start, p, n);
    return n;
}

enum tt_status tt_reader_feed(struct tt_reader *rd, const void *p, size_t n,
                              struct tt_error *err)
{
    const uint8_t *at = p;
    struct tt_error why = {.code = TT_OK};
    enum tt_status st = TT_OK;

    if (rd->failed.code) {
        if (err)
            *err = rd->failed;
        return rd->failed.code;
    }
    if (rd->finished)
        return tt_fail(err, TT_ERR_ARG, "fed after the end of the input");
    while (n && !rd->opened && !st) {
        size_t used = add_to_start(rd, at, n);

        at += used;
        n -= used;
        st = rd->start.status ? rd->start.status : try_open(rd, false, &why);
    }
    if (!st && n) {
        st = pass_on(rd, at, n, &why);
    }
    return st ? fail(rd, st, &why, err) : TT_OK;
}

enum tt_status tt_reader_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct tt_error why = {.code = TT_OK};
    enum tt_status st = TT_OK;

    if (rd->failed.code) {
        if (err)
            *err = rd->failed;
        return rd->failed.code;
    }
    if (rd->finished)
        return TT_OK;
    rd->finished = true;
    if (!rd->opened && !rd->start.n)
        st = tt_fail(&why, TT_ERR_SYNTAX,
                     "the input is empty: nothing was recorded; check that "
                     "the recording program ran and where it wrote to");
    else if (!rd->opened)
        st = try_open(rd, true, &why);
    if (!st && rd->dressed)
        st = tt_lines_finish(&rd->lines, feed_bare, rd);
    if (!st)
        st = rd->format->finish(rd, &why);
    return st ? fail(rd, st, &why, err) : TT_OK;
}
