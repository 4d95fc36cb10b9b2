/*
 * cmd_run - a flashing tool with telltale in front of it: what it says to its
 * port and what comes back, and what that means when it has ended.
 *
 * The tool's own output goes where it always goes, and its exit status is
 * ours; the verdict is told on stderr, after it.
 */
#include "cli/feed.h"
#include "cli/intake.h"
#include "cli/load.h"
#include "cli/output.h"
#include "cli/outq.h"
#include "cli/record.h"
#include "source/trace.h"
#include "source/wrap.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TICK_MS = 50 };
enum { EARLY_BUDGET = 1 << 20, MAX_REPORT = 16 << 20, NO_TOOL = 127 };

/* One port that the tool has opened. */
struct tap {
    char name[256];
    struct tt_tape_info info;
    struct intake in;
    struct recording rec;
    char path[4096]; /* of the recording */
};

struct run {
    const struct options *o;
    const struct tt_rules *set;
    struct tap *tap[WRAP_PORTS];
    unsigned ntaps;
    struct tt_tape *early; /* what the tool printed, for ports yet to come */
    struct outq out[2];    /* stdout, stderr */
    uint64_t start_ns, wall_ns;
    struct feed feed; /* to a screen */
    const char *tool;
    bool printed; /* what the tool says, by itself */
    bool failed;
};

static uint64_t now(void *user)
{
    const struct run *r = user;
    uint64_t t = clock_ns() - r->start_ns;

    return t - t % TT_NS_PER_US;
}

/* ---- records ------------------------------------------------------------ */

static void take(struct run *r, struct tap *t, const struct tt_record *rec)
{
    if (!t)
        return;
    if (intake_record(&t->in, rec))
        r->failed = true;
    record_add(&t->rec, rec, NULL);
}

static void on_found(void *user, unsigned port, const char *name)
{
    struct run *r = user;
    struct tap *t = calloc(1, sizeof(*t));
    struct tt_record rec;

    r->tap[port] = t;
    if (!t) {
        r->failed = true;
        return;
    }
    r->ntaps = port + 1;
    feed_found(&r->feed, port, name);
    t->rec.fd = -1;
    (void)snprintf(t->name, sizeof(t->name), "%s", name);
    t->info =
        (struct tt_tape_info){.quality = TT_TIME_US, .epoch_ns = r->wall_ns};
    (void)snprintf(t->info.format, sizeof(t->info.format), "run");
    (void)snprintf(t->info.adapter, sizeof(t->info.adapter), "%.127s",
                   shown_name(name));
    (void)snprintf(t->info.by, sizeof(t->info.by), "%.100s",
                   shown_name(r->tool));
    if (!intake_init(&t->in, r->o, r->set) ||
        !intake_begin(&t->in, t->info.quality))
        r->failed = true;
    if (r->o->record) {
        numbered_name(t->path, sizeof(t->path), r->o->record, port);
        if (!record_open(&t->rec, t->path, r->o->force, &t->info, true))
            r->failed = true;
    }
    for (uint64_t n = tt_tape_first(r->early); tt_tape_get(r->early, n, &rec);
         n++)
        take(r, t, &rec);
}

static void on_record(void *user, unsigned port, const struct tt_record *rec)
{
    struct run *r = user;

    take(r, r->tap[port], rec);
    feed_record(&r->feed, port, rec);
}

static void on_said(void *user, int fd, const uint8_t *p, size_t n)
{
    struct run *r = user;
    struct tt_record rec = {
        .t_ns = now(r), .lane = TT_LANE_TOOL, .bytes = p, .len = n};
    struct tt_buf b;

    feed_record(&r->feed, UINT8_MAX, &rec);
    if (!r->printed && feed_is_on(&r->feed)) {
        feed_keep(&r->feed, fd, p, n);
    } else if (!r->printed) {
        tt_buf_init(&b, n + 1);
        tt_buf_add(&b, p, n);
        outq_add(&r->out[fd - 1], &b, true);
        tt_buf_release(&b);
    }
    (void)!tt_tape_append(r->early, &rec);
    for (unsigned i = 0; i < r->ntaps; i++)
        take(r, r->tap[i], &rec);
}

/* ---- the end ------------------------------------------------------------ */

static void put_verdict(struct run *r, const struct tt_verdict *v,
                        const struct tt_report_input *in)
{
    struct tt_report_options how = {.quiet = r->o->quiet,
                                    .color = isatty(STDERR_FILENO) &&
                                             want_color(r->o)};
    struct tt_report_input named = *in;
    struct tt_buf b;

    tt_buf_init(&b, MAX_REPORT);
    if (r->o->json) {
        tt_report_json(&b, v, in);
    } else {
        how.width = out_columns();
        named.name = shown_name(in->name);
        tt_report_text(&b, v, &named, &how);
    }
    outq_add(&r->out[1], &b, true);
    tt_buf_release(&b);
}

static void finish_tap(struct run *r, struct tap *t)
{
    struct tt_report_input in = {.name = t->name, .info = &t->info};
    struct tt_record tick = {
        .t_ns = now(r), .lane = TT_LANE_LINE, .event = TT_EV_TICK};
    struct tt_verdict v;
    struct tt_buf b;

    record_add(&t->rec, &tick, NULL);
    if (intake_end(&t->in, tick.t_ns, &v)) {
        r->failed = true;
        return;
    }
    in.tape = t->in.tape;
    put_verdict(r, &v, &in);
    tt_buf_init(&b, 1 << 14);
    if (v.has_headline)
        tt_buf_printf(&b, "verdict (%s, %.1f bits, %s): %s",
                      tt_word_name(v.headline.word),
                      (double)v.headline.bits / 65536, v.headline.rule->name,
                      v.headline.text);
    else
        tt_buf_printf(&b, "no verdict: %s", v.plain);
    record_remark(&t->rec, tick.t_ns, tt_buf_text(&b));
    tt_buf_release(&b);
    record_close(&t->rec);
    r->failed |= t->rec.failed;
}

/* The tool opened nothing: its own words are all there is. */
static void finish_without(struct run *r)
{
    struct tt_tape_info info = {.quality = TT_TIME_US, .format = "run"};
    struct tt_report_input in = {.name = r->tool, .info = &info};
    struct tt_verdict v;
    struct tt_record rec;
    struct intake i;

    if (!r->o->quiet)
        say("%s opened no serial port%s", shown_name(r->tool),
            r->o->nports ? " of those that --port names"
                         : " (--port PORT watches one that is not known as "
                           "such, a pty for example)");
    if (!intake_init(&i, r->o, r->set) || !intake_begin(&i, info.quality))
        return;
    for (uint64_t n = tt_tape_first(r->early); tt_tape_get(r->early, n, &rec);
         n++)
        if (intake_record(&i, &rec))
            r->failed = true;
    if (tt_tape_end(r->early) && !intake_end(&i, now(r), &v)) {
        in.tape = i.tape;
        put_verdict(r, &v, &in);
    }
    intake_release(&i);
}

static void finish(struct run *r, int status)
{
    outq_drain(&r->out[0]);
    outq_drain(&r->out[1]);
    for (unsigned i = 0; i < r->ntaps; i++)
        if (r->tap[i])
            finish_tap(r, r->tap[i]);
    if (!r->ntaps && status != NO_TOOL)
        finish_without(r);
    outq_drain(&r->out[1]);
}

/* ---- the loop ----------------------------------------------------------- */

/* The screen is gone: what the tool has printed meanwhile is due. */
static void screen_gone(struct run *r)
{
    struct tt_slice s;
    struct tt_buf b;
    size_t at = 0;
    int fd;

    while (feed_kept(&r->feed, &at, &fd, &s)) {
        tt_buf_init(&b, s.n + 1);
        tt_buf_add(&b, s.p, s.n);
        outq_add(&r->out[fd - 1], &b, true);
        outq_drain(&r->out[fd - 1]); /* in their order */
        tt_buf_release(&b);
    }
    tt_buf_release(&r->feed.said);
}

/* Poll for what the tool does (n of them) and for who takes what we say. */
static bool wait_for_news(struct run *r, struct pollfd *p, nfds_t n,
                          int patience)
{
    bool looked = feed_is_on(&r->feed);
    nfds_t all = n;

    p[all++] = feed_poll(&r->feed);
    for (int i = 0; i < 2; i++)
        if (outq_pending(&r->out[i]))
            p[all++] = (struct pollfd){.fd = i + 1, .events = POLLOUT};
    if (looked && (patience < 0 || patience > TICK_MS))
        patience = TICK_MS;
    if (poll(p, all, patience) < 0)
        return false; /* a signal; they come by a descriptor too */
    if (looked && !feed_go_on(&r->feed, p[n].revents))
        screen_gone(r);
    return true;
}

/* Time goes on, also where nothing happens. */
static void tick(struct run *r)
{
    struct tt_record rec = {
        .t_ns = now(r), .lane = TT_LANE_LINE, .event = TT_EV_TICK};

    if (!feed_is_on(&r->feed) ||
        rec.t_ns - r->feed.ticked_ns < TICK_MS * TT_NS_PER_MS)
        return;
    r->feed.ticked_ns = rec.t_ns;
    feed_record(&r->feed, UINT8_MAX, &rec);
}

static void one_turn(struct run *r, struct wrap *w)
{
    struct pollfd p[WRAP_FDS + 3];
    bool full = outq_pending(&r->out[0]) || outq_pending(&r->out[1]);
    nfds_t n = wrap_poll(w, p, full);

    if (!wait_for_news(r, p, n, wrap_patience(w)))
        return;
    wrap_turn(w, p, n);
    tick(r);
    for (int i = 0; i < 2; i++)
        outq_pump(&r->out[i]);
}

/* The tool has ended; the screen stays as long as somebody looks. */
static void leave_screen(struct run *r, int status)
{
    feed_end(&r->feed, status);
    while (feed_is_on(&r->feed)) {
        struct pollfd p[3];

        (void)wait_for_news(r, p, 0, -1);
    }
}

static char **argv_of(const struct options *o)
{
    char **argv = calloc(o->nwords + 1, sizeof(*argv));

    for (size_t i = 0; argv && i < o->nwords; i++)
        argv[i] = (char *)(uintptr_t)o->words[i];
    return argv;
}

static void put_unseen(const struct run *r, unsigned n)
{
    if (n && !r->o->quiet)
        say("%u calls of the tool could not be watched, because the program "
            "may not be looked at, uses io_uring or opened more than %d ports: "
            "what they did on a port is not recorded",
            n, WRAP_PORTS);
}

static int wrap_tool(struct run *r, const struct wrap_config *c,
                     struct tt_error *err)
{
    struct wrap *w;
    int status;

    if (wrap_start(&w, c, err))
        return -1;
    while (!wrap_done(w))
        one_turn(r, w);
    status = wrap_status(w);
    leave_screen(r, status);
    finish(r, status);
    put_unseen(r, wrap_unseen(w));
    wrap_free(w);
    return status;
}

/* The other way: its calls are looked at.  It is let go before anything is
 * told about it, so that it need not wait for us. */
static int trace_tool(struct run *r, const struct wrap_config *c,
                      struct tt_error *err)
{
    struct trace *t;
    unsigned unseen;
    int status;

    r->printed = true;
    if (trace_start(&t, c, (pid_t)r->o->attach, err))
        return -1;
    if (r->o->attach && !r->o->quiet)
        say("watching process %u; Ctrl-C lets it go", r->o->attach);
    while (!trace_done(t)) {
        struct pollfd p[WRAP_FDS + 3];

        if (wait_for_news(r, p, trace_poll(t, p), -1))
            trace_turn(t);
        tick(r);
    }
    status = trace_status(t);
    unseen = trace_unseen(t);
    trace_free(t);
    leave_screen(r, status);
    finish(r, status);
    put_unseen(r, unseen);
    return status;
}

static int run_tool(struct run *r, char **argv, struct tt_error *err)
{
    struct wrap_config c = {.argv = argv,
                            .ports = r->o->ports,
                            .nports = r->o->nports,
                            .linger_ns = r->o->linger_ns,
                            .no_input = r->o->watch,
                            .now = now,
                            .found = on_found,
                            .record = on_record,
                            .said = on_said,
                            .user = r};

    if (r->o->watch && r->o->strace) {
        (void)tt_fail(err, TT_ERR_ARG,
                      "with --strace the tool has the terminal, and there is "
                      "no room for --watch");
        return -1;
    }
    r->start_ns = clock_ns();
    r->wall_ns = wall_ns();
    if (r->o->watch) {
        struct tt_rules *own = load_rules(r->o); /* the screen frees its */

        if (!own || !feed_start(&r->feed, r->o, own)) {
            tt_rules_free(own);
            (void)tt_fail(err, TT_ERR_IO, "%s", last_said());
            return -1;
        }
        tt_rules_free(own);
        feed_begin(&r->feed, r->start_ns);
    }
    return r->o->strace || r->o->attach ? trace_tool(r, &c, err)
                                        : wrap_tool(r, &c, err);
}

enum exit_code cmd_run(const struct options *o)
{
    struct tt_error err = {.msg = "out of memory"};
    struct tt_rules *set = load_rules(o);
    struct run r = {.o = o, .set = set};
    char **argv = argv_of(o);
    int status = -1;
    char name[32];

    if (!o->nwords == !o->attach) {
        say("usage: telltale run [--] TOOL [ARG...], or telltale run "
            "--attach PID");
        tt_rules_free(set);
        free(argv);
        return EXIT_CANNOT;
    }
    /* The tool may change a device: what it does is not to be had twice. */
    if (o->record && !record_could_open(o->record, o->force)) {
        tt_rules_free(set);
        free(argv);
        return EXIT_CANNOT;
    }
    (void)snprintf(name, sizeof(name), "process %u", o->attach);
    r.tool = o->attach ? name : o->words[0];
    feed_init(&r.feed);
    outq_init(&r.out[0], STDOUT_FILENO);
    outq_init(&r.out[1], STDERR_FILENO);
    if (set && argv && !tt_tape_new(&r.early, EARLY_BUDGET))
        status = run_tool(&r, argv, &err);
    if (status < 0)
        say("%s", err.msg);
    else if (r.failed)
        say("not all could be kept or judged: %s", last_said());
    for (unsigned i = 0; i < r.ntaps; i++)
        if (r.tap[i]) {
            record_close(&r.tap[i]->rec);
            intake_release(&r.tap[i]->in);
            free(r.tap[i]);
        }
    feed_release(&r.feed);
    outq_release(&r.out[0]);
    outq_release(&r.out[1]);
    tt_tape_free(r.early);
    tt_rules_free(set);
    free(argv);
    return status < 0 ? EXIT_CANNOT : (enum exit_code)status;
}
