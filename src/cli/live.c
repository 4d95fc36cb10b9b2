/*
 * live - see live.h.
 *
 * One poll() over the line, a pipe that signals write to, and our own output
 * while it waits.  The time of a record is taken right after poll() found
 * the line readable.  While nothing comes, a tick every TICK_NS tells the
 * session so: silence is a record too.
 */
#include "cli/live.h"

#include "cli/line.h"
#include "cli/outq.h"
#include "cli/record.h"
#include "cli/signals.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_NS (50 * TT_NS_PER_MS)

enum {
    MAX_REPORT = 16 << 20,
    LATER_BYTES = 512, /* through the rules while somebody waits: < 1 ms */
    FEW_BYTES = 64,    /* a turn with no more of them is of a dialog, whose
                          next turn is a byte's time away; */
    PUT_OFF = 8        /* so many such turns may pass before the rules */
};

struct live {
    const struct options *o;
    const char *name;
    struct intake *in;
    struct source src;
    struct tt_reader *reader; /* what comes is a recording: --format */
    struct recording rec;
    struct outq out;
    struct tt_tape_info info;
    struct tt_verdict v;
    struct tt_buf text; /* what is being made for stdout */
    struct tt_hysteresis steady;
    const struct tt_rule *shown_rule; /* the headline that was last told: */
    enum tt_word shown_word;          /* whose, how sure, in what words, */
    struct tt_buf shown;              /* when */
    uint64_t shown_ns;
    bool ask_again;    /* there may be news without anything new on the line */
    uint64_t start_ns; /* on the clock */
    uint64_t t_ns;     /* of the last record or tick, on the tape */
    bool behind;       /* the rules, see intake_later() */
    int put_off;       /* turns in which they were not asked */
    bool watch, begun;
    bool unheard;      /* stdout takes no more; the recording goes on */
    const char *ended; /* why; NULL while it goes on */
    enum exit_code code;
};

/* It cannot go on; said once. */
static void give_up(struct live *l, const char *why)
{
    if (!l->ended && why)
        say("%s: %s", shown_name(l->name), why);
    l->ended = "given up";
    l->code = EXIT_CANNOT;
}

/* ---- what is told ------------------------------------------------------- */

/* "verdict (is, 56.0 bits, stm32.app-running): ..." */
static void put_headline(struct tt_buf *out, const struct tt_verdict *v)
{
    const struct tt_finding *f = &v->headline;

    if (!v->has_headline) {
        tt_buf_printf(out, "no verdict: %s", v->plain);
        return;
    }
    tt_buf_printf(out, "verdict (%s, %.1f bits, %s): %s", tt_word_name(f->word),
                  (double)f->bits / 65536, f->rule->name, f->text);
}

/*
 * Has another headline come up?  Bits alone are no news, and new words from
 * the same rule (a count in them) are at most once a second.
 */
static bool is_news(struct live *l)
{
    const struct tt_finding *f = l->v.has_headline ? &l->v.headline : NULL;
    const struct tt_rule *rule = f ? f->rule : NULL;
    enum tt_word word = f ? f->word : TT_WORD_NONE;
    const char *text = f ? f->text : "";
    bool same_rule = rule == l->shown_rule && word == l->shown_word;

    l->ask_again = !tt_hysteresis_switch(&l->steady, &l->v, l->t_ns);
    if (l->ask_again || (same_rule && !strcmp(text, tt_buf_text(&l->shown))))
        return false;
    if (same_rule && l->t_ns < l->shown_ns + TT_NS_PER_S) {
        l->ask_again = true;
        return false;
    }
    l->shown_rule = rule;
    l->shown_word = word;
    l->shown_ns = l->t_ns;
    tt_buf_clear(&l->shown);
    tt_buf_str(&l->shown, text);
    return true;
}

/* Append text with "# " before each line, so that what 'watch' prints stays
 * tape text. */
static void put_remark(struct tt_buf *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");

        tt_buf_str(out, n ? "# " : "#");
        tt_buf_add(out, text, n);
        tt_buf_ch(out, '\n');
        text += n + (text[n] == '\n');
    }
}

/* The verdict as it stands, for stdout. */
static void tell(struct live *l, bool last)
{
    struct tt_report_input in = {
        .name = l->name, .info = &l->info, .tape = l->in->tape};
    bool must = last || !l->src.passes_on; /* nobody shall wait for a reader */
    struct tt_buf report;

    tt_buf_init(&report, MAX_REPORT);
    if (!l->o->json && !l->o->quiet)
        tt_buf_printf(&report, "%s%.3f s\n",
                      last ? "end of the line at " : "at ",
                      (double)l->t_ns / 1e9);
    put_report(&report, l->o, &l->v, &in, l->watch ? 2 : 0);
    if (!l->o->json && !l->o->quiet && !last)
        tt_buf_ch(&report, '\n');
    if (l->watch && !l->o->json) {
        tt_buf_clear(&l->text);
        put_remark(&l->text, tt_buf_text(&report));
        outq_add(&l->out, &l->text, must);
    } else {
        outq_add(&l->out, &report, must);
    }
    tt_buf_release(&report);
}

/* ---- records ------------------------------------------------------------ */

/* The tape begins: its time quality is known. */
static bool begin(struct live *l)
{
    l->begun = true;
    if (l->reader)
        l->info = tt_reader_report(l->reader)->info;
    if (!intake_begin(l->in, l->info.quality)) {
        give_up(l, tt_status_name(TT_ERR_NOMEM));
        return false;
    }
    if (l->o->record && !record_open(&l->rec, l->o->record, l->o->force,
                                     &l->info, l->src.baud != 0)) {
        give_up(l, NULL);
        return false;
    }
    if (l->watch && !l->o->json) {
        tt_buf_clear(&l->text);
        tt_tape_text_header(&l->text, &l->info);
        outq_add(&l->out, &l->text, true);
    }
    return true;
}

/* Onto the disk: the record (NULL: none), with what has become known by it.
 * A live tick is no traffic, but may be what a verdict waited for. */
static void keep(struct live *l, const struct tt_record *r, bool news)
{
    bool is_traffic = r && (r->event != TT_EV_TICK || l->reader);
    struct tt_buf comment;

    tt_buf_init(&comment, 1 << 14);
    if (news)
        put_headline(&comment, &l->v);
    if (is_traffic)
        record_add(&l->rec, r, news ? tt_buf_text(&comment) : NULL);
    else if (news)
        record_remark(&l->rec, l->t_ns, tt_buf_text(&comment));
    tt_buf_release(&comment);
}

/* Onto the screen: the traffic, for those who watch. */
static void show(struct live *l, const struct tt_record *r)
{
    if (!l->watch || l->o->json || l->o->quiet || r->event == TT_EV_TICK)
        return;
    tt_buf_clear(&l->text);
    tt_tape_text_record(&l->text, r, r->t_ns);
    outq_add(&l->out, &l->text, false);
}

/* Is there a headline that has not been told?  st is the session's. */
static bool has_news(struct live *l, enum tt_status *st)
{
    if (*st || !(l->ask_again || tt_session_changed(l->in->session)))
        return false;
    *st = tt_session_verdict(l->in->session, &l->v);
    return !*st && is_news(l);
}

/* Some of what the rules have not seen yet; true when there is more. */
static bool catch_up(struct live *l, size_t most)
{
    enum tt_status st = TT_OK;
    struct tt_record piece;
    bool skipped = l->in->skipped, news;

    if (!intake_catch_up(l->in, most, &piece, &st))
        return false;
    news = has_news(l, &st);
    if (news) {
        keep(l, NULL, true);
        tell(l, false);
    }
    if (!skipped && l->in->skipped && !l->o->quiet)
        say("this is faster than the rules can follow: they leave some out%s",
            l->o->record ? "; the recording does not" : "");
    if (st)
        give_up(l, tt_status_name(st));
    return !st;
}

/* One record of the tape: into the session, onto the disk, onto the screen,
 * and what has become known with it. */
static enum tt_status take(const struct tt_record *r, void *user)
{
    struct live *l = user;
    enum tt_status st;
    bool news = false;

    if (!l->begun && !begin(l))
        return TT_ERR_IO;
    l->t_ns = r->t_ns;
    if (l->src.passes_on) {
        st = intake_later(l->in, r);
    } else {
        st = intake_record(l->in, r);
        news = has_news(l, &st);
    }
    keep(l, r, news);
    show(l, r);
    if (news)
        tell(l, false);
    if (st)
        give_up(l, tt_status_name(st));
    return st;
}

/* Bytes of a line that carries a recording. */
static enum tt_status take_recording(const struct tt_record *r, void *user)
{
    struct live *l = user;
    struct tt_error err = {.msg = "out of memory"};
    enum tt_status st = tt_reader_feed(l->reader, r->bytes, r->len, &err);

    if (st)
        give_up(l, err.msg);
    return st;
}

static enum tt_status tick(struct live *l, uint64_t t_ns)
{
    struct tt_record r = {
        .t_ns = t_ns, .lane = TT_LANE_LINE, .event = TT_EV_TICK};

    return take(&r, l);
}

/* Now, on the tape, in the steps that its quality promises. */
static uint64_t tape_time(const struct live *l)
{
    uint64_t t = clock_ns() - l->start_ns;

    return t - t % TT_NS_PER_US;
}

/* ---- the loop ----------------------------------------------------------- */

/* Milliseconds until something is due, -1 for never. */
static int patience(const struct live *l, uint64_t now)
{
    uint64_t due = l->reader ? UINT64_MAX : l->t_ns + TICK_NS;
    uint64_t wish = now + (uint64_t)l->src.wait_ms * TT_NS_PER_MS;

    if (l->o->for_ns < due)
        due = l->o->for_ns;
    if (l->src.wait_ms >= 0 && wish < due)
        due = wish;
    if (due == UINT64_MAX)
        return -1;
    return due <= now ? 0 : (int)((due - now) / TT_NS_PER_MS + 1);
}

/* What the line has to say now, if anything. */
static void listen_once(struct live *l, bool readable)
{
    uint64_t now = tape_time(l), still = now - l->t_ns;
    enum source_state state = SOURCE_OPEN;
    struct tt_error err = {.msg = "out of memory"};
    tt_sink_fn *sink = l->reader ? take_recording : take;
    const char *why = NULL;

    if (readable)
        state = l->src.ops->read(&l->src, now, sink, l, &err);
    else if (l->src.ops->events && still >= TICK_NS / 2 &&
             l->src.ops->events(&l->src, now, take, l))
        why = tt_status_name(TT_ERR_NOMEM);
    if (!l->reader && now - l->t_ns >= TICK_NS && tick(l, now))
        why = tt_status_name(TT_ERR_NOMEM);
    if (state == SOURCE_FAILED)
        why = err.msg;
    if (why)
        give_up(l, why);
    else if (state == SOURCE_ENDED && !l->ended)
        l->ended = "the other side closed the line";
}

/* Nobody takes our output any more.  A recording is worth going on for. */
static void unheard(struct live *l)
{
    bool keeps = l->o->record && !l->rec.failed;

    if (keeps && !l->unheard && !l->o->quiet)
        say("nobody reads the output any more; recording to %s goes on",
            l->o->record);
    l->unheard = true;
    if (keeps)
        return;
    l->ended = "nobody reads the output";
    l->in->stop = true;
}

/*
 * The rules' turn while a line is passed on: at once when it is still, or when
 * much is passed on; in a dialog of few bytes the next one goes first, because
 * what answers waits for it.
 */
static void think_later(struct live *l, bool readable, uint64_t passed)
{
    if (!l->src.passes_on)
        return;
    if (readable && passed <= FEW_BYTES && l->put_off < PUT_OFF) {
        l->put_off++;
        l->behind = true;
        return;
    }
    do
        l->behind = catch_up(l, LATER_BYTES);
    while (l->behind && l->put_off-- > 0);
    l->put_off = 0;
}

static void one_turn(struct live *l)
{
    struct pollfd p[SOURCE_FDS + 2] = {
        {.fd = signals_fd(), .events = POLLIN},
        {.fd = outq_pending(&l->out) ? l->out.fd : -1, .events = POLLOUT}};
    nfds_t n = source_poll(&l->src, p + 2);
    uint64_t before = l->src.offset;
    bool readable;
    int wait;

    wait = l->behind ? 0 : patience(l, tape_time(l));
    (void)poll(p, n + 2, wait);
    if (p[0].revents) {
        l->ended = "stopped";
        l->in->stop = true;
    } else if (tape_time(l) >= l->o->for_ns) {
        l->ended = "time is up";
    }
    readable = source_polled(&l->src, p + 2, n);
    listen_once(l, readable);
    think_later(l, readable, l->src.offset - before);
    outq_pump(&l->out);
    if (l->out.error)
        unheard(l);
}

/* The end: the last tick, the last word, a recording that is closed. */
static void finish(struct live *l)
{
    uint64_t end_ns = tape_time(l);
    struct tt_record r = {.lane = TT_LANE_LINE, .event = TT_EV_TICK};
    struct tt_buf comment;

    if (l->reader) {
        struct tt_error err;

        if (tt_reader_finish(l->reader, &err))
            say("%s: %s", shown_name(l->name), err.msg);
        if (!l->begun && !begin(l))
            return;
        end_ns = tt_reader_report(l->reader)->end_ns;
    }
    l->t_ns = end_ns;
    if (intake_end(l->in, end_ns, &l->v)) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        l->code = EXIT_CANNOT;
        return;
    }
    r.t_ns = end_ns;
    tt_buf_init(&comment, 1 << 14);
    put_headline(&comment, &l->v);
    record_remark(&l->rec, end_ns, tt_buf_text(&comment));
    record_add(&l->rec, &r, NULL);
    tt_buf_release(&comment);
    tell(l, true);
    l->code = exit_worse(l->code, verdict_code(&l->v));
}

static void describe(struct live *l)
{
    const struct source *s = &l->src;

    line_info(&l->info, s, l->name);
    if (l->o->quiet)
        return;
    say("listening on %s (%s); Ctrl-C ends", shown_name(l->name),
        l->info.format + strlen("live "));
    if (s->note[0])
        say("%s: %s", shown_name(l->name), s->note);
}

static bool start(struct live *l)
{
    struct tt_read_options how = {
        .format = l->o->format,
        .usb = l->o->usb,
        .tcp = l->o->tcp,
        .live = true,
        .lane = l->o->lane < 0 ? TT_LANE_DEVICE : (enum tt_lane)l->o->lane};
    struct tt_error err = {.msg = "out of memory"};
    enum tt_status st = line_open(&l->src, l->o, l->name, &err);

    if (!st && l->o->format)
        st = tt_reader_new(&l->reader, &how, take, l, &err);
    if (st) {
        say("%s: %s", shown_name(l->name), err.msg);
        return false;
    }
    if (!signals_catch()) {
        say("no pipe for signals: %s", strerror(errno));
        return false;
    }
    describe(l);
    l->start_ns = clock_ns();
    if (l->reader)
        return true; /* it begins with the first record */
    if (!begin(l))
        return false;
    if (!l->src.baud)
        return true;
    /* The speed first: a recording's header takes it from there. */
    return source_event(&l->src, 0, TT_EV_BAUD, take, l) == TT_OK &&
           (l->src.passes_on || /* that says itself when it is whole */
            source_event(&l->src, 0, TT_EV_OPEN, take, l) == TT_OK);
}

enum exit_code live_run(const struct options *o, const char *name,
                        struct intake *in)
{
    struct live l = {.o = o,
                     .name = name,
                     .in = in,
                     .rec = {.fd = -1},
                     .watch = o->command->bit != CMD_READ};

    outq_init(&l.out, STDOUT_FILENO);
    tt_buf_init(&l.text, MAX_REPORT);
    tt_buf_init(&l.shown, 1 << 16);
    tt_hysteresis_init(&l.steady);
    if (start(&l)) {
        while (!l.ended)
            one_turn(&l);
        if (l.src.passes_on) { /* who waits there need not any more */
            source_close(&l.src);
            while (catch_up(&l, MAX_REPORT))
                ;
        }
        if (!o->quiet)
            say("%s: %s after %.1f s", shown_name(name), l.ended,
                (double)(clock_ns() - l.start_ns) / 1e9);
        finish(&l);
        outq_drain(&l.out);
        if (l.out.error && l.out.error != EPIPE) {
            say("cannot write the output: %s", strerror(l.out.error));
            l.code = EXIT_CANNOT;
        }
    } else {
        put_unreadable(o, name);
        l.code = EXIT_CANNOT;
    }
    record_close(&l.rec);
    source_close(&l.src);
    signals_release();
    if (l.rec.failed)
        l.code = EXIT_CANNOT;
    tt_reader_free(l.reader);
    tt_buf_release(&l.text);
    tt_buf_release(&l.shown);
    outq_release(&l.out);
    return l.code;
}
