/*
 * cmd_probe - ask who is there: listen first, then send what the rules hold
 * for safe, one after the other, until an answer is certain.
 *
 * Every probe is judged alone: what earlier ones met must not count for or
 * against it.  An echo alone is no answer and ends nothing: modems, consoles
 * and two-wire adapters echo too, and answer.  All of it goes onto one tape.
 */
#include "cli/intake.h"
#include "cli/line.h"
#include "cli/load.h"
#include "cli/probe.h"
#include "cli/record.h"
#include "cli/signals.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_REPORT = 16 << 20, ANSWER = 8192 };

struct probing {
    const struct options *o;
    const char *name;
    struct tt_rules *set;
    struct probe_plan plan;
    struct source src;
    struct intake in;
    struct recording rec;
    struct tt_tape_info info;
    uint64_t start_ns;
    bool judged;         /* the intake has the records of a tape */
    bool ended, stopped; /* the line; the user */
    bool told_no_settings;
    uint64_t bytes;         /* of the device, in all */
    uint64_t last_ns;       /* when they came */
    uint8_t answer[ANSWER]; /* to this probe, the beginning of it */
    size_t nanswer;
    struct tt_verdict v;
    struct tt_buf best; /* report of the best verdict so far */
    enum probe_outcome best_is;
    int64_t best_bits;
    size_t echoes;      /* probes that came back, and nothing else */
    struct intake echo; /* these alone */
    enum exit_code code;
    struct probe_report report;
};

static uint64_t now(const struct probing *p)
{
    uint64_t t = clock_ns() - p->start_ns;

    return t - t % TT_NS_PER_US;
}

/* ---- records ------------------------------------------------------------ */

static enum tt_status take(const struct tt_record *r, void *user)
{
    struct probing *p = user;

    if (r->lane == TT_LANE_DEVICE && r->len) {
        size_t n = sizeof(p->answer) - p->nanswer;

        n = r->len < n ? r->len : n;
        memcpy(p->answer + p->nanswer, r->bytes, n);
        p->nanswer += n;
        p->bytes += r->len;
        p->last_ns = r->t_ns;
    }
    if (r->event != TT_EV_TICK)
        record_add(&p->rec, r, NULL);
    return intake_record(&p->in, r);
}

static void put(struct probing *p, struct tt_record r)
{
    r.t_ns = now(p);
    if (take(&r, p))
        p->ended = true;
}

/* Speed and frame, when they are known. */
static void put_settings(struct probing *p)
{
    struct tt_record r = {
        .lane = TT_LANE_LINE, .event = TT_EV_BAUD, .baud = p->src.baud};

    memcpy(r.mode, p->src.mode, sizeof(r.mode));
    if (r.baud)
        put(p, r);
}

/* Listen until then, or until something came and no more for pause_ns. */
static void listen_until(struct probing *p, uint64_t due_ns, uint64_t pause_ns)
{
    uint64_t had = p->bytes, t = now(p);

    while (t < due_ns && !p->ended && !p->stopped) {
        struct pollfd fd = {.fd = p->src.fd, .events = POLLIN};
        struct tt_error err = {.msg = "out of memory"};
        uint64_t until = due_ns;
        int n;

        if (p->bytes > had && p->last_ns + pause_ns < until)
            until = p->last_ns + pause_ns;
        if (t >= until)
            return;
        n = poll(&fd, 1, (int)((until - t) / TT_NS_PER_MS % 50 + 1));
        t = now(p);
        if (n > 0 && p->src.ops->read(&p->src, t, take, p, &err))
            p->ended = true;
        put(p, (struct tt_record){.lane = TT_LANE_LINE, .event = TT_EV_TICK});
        p->stopped |= signals_noted() || t >= p->o->for_ns;
    }
}

/* ---- judging ------------------------------------------------------------ */

/* Is the headline about something that the device said? */
static bool is_answer(const struct tt_verdict *v)
{
    if (!v->has_headline)
        return false;
    for (unsigned i = 0; i < v->headline.nevidence; i++)
        if (v->headline.evidence[i].lane == TT_LANE_DEVICE &&
            v->headline.evidence[i].len)
            return true;
    return false;
}

static enum probe_outcome judge(struct probing *p)
{
    if (intake_end(&p->in, now(p), &p->v)) {
        p->ended = true;
        return PROBE_ANSWERED;
    }
    if (!is_answer(&p->v))
        return PROBE_ANSWERED;
    return p->v.headline.word == TT_WORD_IS ? PROBE_CERTAIN : PROBE_PROBABLE;
}

/* Keep the report of this verdict if it says more than those before. */
static void keep_report(struct probing *p, enum probe_outcome outcome)
{
    struct tt_report_input in = {
        .name = p->name, .info = &p->info, .tape = p->in.tape};

    int64_t bits = p->v.has_headline ? p->v.headline.bits : 0;

    if (p->best.n && (outcome < p->best_is ||
                      (outcome == p->best_is && bits <= p->best_bits)))
        return;
    p->best_is = outcome;
    p->best_bits = bits;
    tt_buf_clear(&p->best);
    put_report(&p->best, p->o, &p->v, &in, 0);
    p->code = outcome >= PROBE_PROBABLE ? verdict_code(&p->v) : EXIT_UNKNOWN;
}

static bool begin(struct probing *p)
{
    if (!intake_begin(&p->in, TT_TIME_US)) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        return false;
    }
    put_settings(p);
    return true;
}

/* The line returned the bytes and then answered: without its echo. */
static enum probe_outcome judge_rest(struct probing *p,
                                     const struct probe_try *t)
{
    struct tt_slice sent = t->probe->bytes;
    struct tt_record r = {.t_ns = t->sent_ns,
                          .lane = TT_LANE_HOST,
                          .bytes = (const uint8_t *)sent.p,
                          .len = sent.n};

    if (!intake_begin(&p->in, TT_TIME_US) || intake_record(&p->in, &r))
        return PROBE_ANSWERED;
    r.t_ns = t->answer_ns;
    r.lane = TT_LANE_DEVICE;
    r.bytes = p->answer + sent.n;
    r.len = p->nanswer - sent.n;
    if (intake_record(&p->in, &r))
        return PROBE_ANSWERED;
    return judge(p);
}

/*
 * The bytes came back and nothing else.  What a system's rules say of that is
 * about a device of that system; here only what is known of lines in general
 * is true, of all such probes together.
 */
static void judge_echo(struct probing *p, struct probe_try *t)
{
    struct tt_record r = {.t_ns = t->sent_ns,
                          .lane = TT_LANE_HOST,
                          .bytes = p->answer,
                          .len = p->nanswer};
    bool general =
        !p->v.has_headline || !strncmp(p->v.headline.rule->name, "line.", 5);

    t->outcome = PROBE_ECHOED;
    if (!p->echoes && !p->o->quiet)
        say("the line returns what was sent: a device that echoes, a two-wire "
            "adapter, or TX and RX joined; the other probes may tell");
    if (!p->echoes++ && (!intake_init(&p->echo, p->o, p->set) ||
                         !intake_begin(&p->echo, TT_TIME_US)))
        p->ended = true;
    if (p->ended || !general)
        return;
    if (intake_record(&p->echo, &r))
        p->ended = true;
    r.lane = TT_LANE_DEVICE;
    r.t_ns = t->answer_ns;
    if (intake_record(&p->echo, &r))
        p->ended = true;
}

/* There is nothing better to say than that it echoes. */
static void conclude_echo(struct probing *p)
{
    struct tt_report_input in = {
        .name = p->name, .info = &p->info, .tape = p->echo.tape};

    if (!p->echoes || p->best_is > PROBE_ECHOED ||
        intake_end(&p->echo, now(p), &p->v))
        return;
    tt_buf_clear(&p->best);
    put_report(&p->best, p->o, &p->v, &in, 0);
}

/* What came of it. */
static void judge_try(struct probing *p, struct probe_try *t)
{
    struct tt_slice sent = t->probe->bytes;
    bool echo = p->nanswer >= sent.n && !memcmp(p->answer, sent.p, sent.n);

    t->nhead = p->nanswer < PROBE_HEAD ? p->nanswer : PROBE_HEAD;
    memcpy(t->head, p->answer, t->nhead);
    t->outcome = !t->bytes ? PROBE_SILENT : judge(p);
    if (!t->bytes)
        return;
    if (echo && t->bytes == sent.n) {
        judge_echo(p, t);
        return;
    }
    if (echo && p->nanswer > sent.n && t->outcome < PROBE_CERTAIN) {
        enum probe_outcome rest = judge_rest(p, t);

        t->echoes = true;
        if (rest > t->outcome)
            t->outcome = rest;
        else
            (void)judge(p);
    }
    /* On a line that talks by itself bytes after a probe need be no answer:
     * only what is surely healthy is believed. */
    if (p->report.heard &&
        (t->outcome < PROBE_CERTAIN || p->v.status != TT_STATUS_OK)) {
        t->outcome = PROBE_ANSWERED;
        return;
    }
    if (t->outcome >= PROBE_PROBABLE) {
        (void)snprintf(t->text, sizeof(t->text), "%s", p->v.headline.text);
        (void)snprintf(t->rule_name, sizeof(t->rule_name), "%.64s",
                       p->v.headline.rule->name);
    }
    keep_report(p, t->outcome);
}

/* ---- asking ------------------------------------------------------------- */

/* The line at the settings of the probe; false: it does not do them. */
static bool set_line(struct probing *p, const struct probe_try *t)
{
    struct tt_error err = {.msg = ""};

    if (!t->baud && !t->mode[0])
        return true;
    if (!p->src.ops->set) {
        if (!p->told_no_settings && !p->o->quiet)
            say("%s is a %s: it has no speed and no parity; all probes go out "
                "as it is",
                shown_name(p->name), p->src.kind);
        p->told_no_settings = true;
        return true;
    }
    if (t->baud == p->src.baud && !memcmp(t->mode, p->src.mode, 4))
        return true;
    if (!source_set(&p->src, t->baud, t->mode, &err))
        return true;
    if (!p->o->quiet)
        say("%s", err.msg);
    return false;
}

static void tell_try(const struct probing *p, size_t i)
{
    struct tt_buf b;

    if (p->o->quiet)
        return;
    tt_buf_init(&b, 1 << 16);
    probe_put_try(&b, &p->plan.at[i]);
    say("%zu/%zu  %s", i + 1, p->plan.n, tt_buf_text(&b));
    tt_buf_release(&b);
}

/* Send it, after it was told, and hear what comes. */
static bool ask(struct probing *p, size_t i)
{
    struct probe_try *t = &p->plan.at[i];
    struct tt_error err = {.msg = "out of memory"};
    struct tt_record r = {.lane = TT_LANE_HOST,
                          .bytes = (const uint8_t *)t->probe->bytes.p,
                          .len = t->probe->bytes.n};
    uint64_t had;

    if (!set_line(p, t)) {
        t->outcome = PROBE_REFUSED;
        return true;
    }
    if (!begin(p))
        return false;
    /* What is still coming belongs to what was asked before. */
    listen_until(p, now(p) + 10 * TT_NS_PER_MS, 0);
    if (p->ended || p->stopped)
        return false;
    tell_try(p, i);
    p->nanswer = 0;
    had = p->bytes;
    put(p, r);
    t->sent_ns = now(p);
    if (probe_send(&p->src, p->name, p->set, t->probe, p->o->allow_changes,
                   &err)) {
        say("%s: %s", shown_name(p->name), err.msg);
        p->ended = true;
        return false;
    }
    listen_until(p, t->sent_ns + probe_wait(t, p->o), probe_pause(t));
    /* An answer that goes on is heard to its end, if it has one. */
    if (p->bytes > had)
        listen_until(p, now(p) + probe_wait(t, p->o), probe_pause(t));
    t->bytes = p->bytes - had;
    t->answer_ns = p->last_ns;
    judge_try(p, t);
    return true;
}

static void ask_all(struct probing *p)
{
    for (size_t i = 0; i < p->plan.n; i++) {
        const struct probe_try *t = &p->plan.at[i];

        if (p->ended || p->stopped || !ask(p, i))
            return;
        p->report.tried = i + 1;
        if (t->outcome == PROBE_CERTAIN) {
            p->report.hit = t;
            return;
        }
        if (t->outcome == PROBE_PROBABLE)
            probe_plan_hint(&p->plan, p->v.headline.rule, i + 1);
    }
}

/* ---- from beginning to end ---------------------------------------------- */

static bool open_line(struct probing *p)
{
    struct source_settings set = {.baud = p->o->baud, .lane = TT_LANE_DEVICE};
    struct tt_error err = {.msg = "out of memory"};

    memcpy(set.mode, p->o->mode, sizeof(set.mode));
    if (!line_takes_bytes(p->name))
        return false;
    if (source_open(&p->src, p->name, &set, &err)) {
        say("%s: %s", shown_name(p->name), err.msg);
        return false;
    }
    p->info =
        (struct tt_tape_info){.quality = TT_TIME_US, .epoch_ns = wall_ns()};
    (void)snprintf(p->info.format, sizeof(p->info.format), "probe %s",
                   p->src.kind);
    (void)snprintf(p->info.adapter, sizeof(p->info.adapter), "%.127s",
                   shown_name(p->name));
    if (p->o->record && !record_open(&p->rec, p->o->record, p->o->force,
                                     &p->info, p->src.baud != 0))
        return false;
    if (p->src.note[0] && !p->o->quiet)
        say("%s: %s", shown_name(p->name), p->src.note);
    return true;
}

/* Is what it says by itself enough? */
static bool listen_first(struct probing *p)
{
    enum probe_outcome outcome;

    if (!begin(p))
        return false;
    if (!p->o->quiet)
        say("listening to %s for %.1f s before anything is sent",
            shown_name(p->name), (double)p->o->listen_ns / 1e9);
    listen_until(p, p->o->listen_ns, UINT64_MAX / 2);
    p->report.listened_ns = now(p);
    p->report.heard = p->bytes;
    outcome = judge(p);
    if (!p->bytes && outcome > PROBE_SILENT)
        outcome = PROBE_SILENT;
    keep_report(p, outcome);
    if (outcome == PROBE_CERTAIN) {
        p->report.heard_all = true;
        return false;
    }
    if (outcome == PROBE_PROBABLE)
        probe_plan_hint(&p->plan, p->v.headline.rule, 0);
    if (p->bytes && !p->o->quiet)
        say("the line talks by itself (%llu bytes, not recognised for "
            "certain): answers may be hidden in that",
            (unsigned long long)p->bytes);
    return true;
}

static void finish(struct probing *p)
{
    struct tt_record tick = {.lane = TT_LANE_LINE, .event = TT_EV_TICK};
    struct probe_report *r = &p->report;
    const struct probe_try *t = r->hit;
    struct tt_buf out;

    tick.t_ns = now(p);
    r->port = p->name;
    r->plan = &p->plan;
    r->end_ns = tick.t_ns;
    r->verdict = &p->best;
    r->stopped = p->stopped;
    r->vanished = p->ended;
    tt_buf_init(&out, MAX_REPORT);
    if (t)
        tt_buf_printf(&out, "answer to a probe (is, %s): %s", t->rule_name,
                      t->text);
    else
        tt_buf_str(&out, "no certain answer");
    record_remark(&p->rec, tick.t_ns, tt_buf_text(&out));
    record_add(&p->rec, &tick, NULL);
    tt_buf_clear(&out);
    if (p->o->json)
        probe_put_json(&out, r);
    else if (p->o->quiet)
        tt_buf_add(&out, p->best.p, p->best.n);
    else
        probe_put_report(&out, r);
    (void)put_out(&out);
    tt_buf_release(&out);
    if (p->ended)
        say("%s went away", shown_name(p->name));
    if (p->ended || p->rec.failed)
        p->code = EXIT_CANNOT;
}

static bool check_options(const struct probing *p)
{
    const struct options *o = p->o;

    for (size_t i = 0; i < o->nonly; i++)
        if (!probe_is_known(p->set, o->only[i])) {
            say("--only %s: no such system or rule has a probe; 'telltale "
                "rules list' counts them",
                o->only[i]);
            return false;
        }
    if (o->allow_changes && !o->nonly) {
        say("--allow changes-state goes with --only SYSTEM: not everything "
            "that changes something is to be tried on whatever is there");
        return false;
    }
    return true;
}

static enum exit_code show_plan(const struct probe_plan *plan, bool quiet)
{
    struct tt_buf out;

    tt_buf_init(&out, MAX_REPORT);
    probe_put_plan(&out, plan);
    (void)put_out(&out);
    tt_buf_release(&out);
    if (plan->changing && !quiet)
        say("%zu are left out because they change something: --allow "
            "changes-state with --only SYSTEM sends them",
            plan->changing);
    if (!plan->n)
        say("nothing would be sent");
    return EXIT_HEALTHY;
}

static void run(struct probing *p)
{
    signals_note();
    p->start_ns = clock_ns();
    p->code = EXIT_UNKNOWN;
    if (listen_first(p))
        ask_all(p);
    conclude_echo(p);
    finish(p);
}

enum exit_code cmd_probe(const struct options *o)
{
    struct probing p = {
        .o = o, .name = o->words[0], .rec = {.fd = -1}, .code = EXIT_CANNOT};

    p.set = load_rules(o);
    tt_buf_init(&p.best, MAX_REPORT);
    if (!p.set || !check_options(&p)) {
        p.code = EXIT_CANNOT;
    } else if (!probe_plan(&p.plan, p.set, o)) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
    } else if (o->dry_run) {
        p.code = show_plan(&p.plan, o->quiet);
    } else if (open_line(&p) && intake_init(&p.in, o, p.set)) {
        run(&p);
    } else {
        put_unreadable(o, p.name);
    }
    record_close(&p.rec);
    source_close(&p.src);
    intake_release(&p.in);
    intake_release(&p.echo);
    probe_plan_free(&p.plan);
    tt_buf_release(&p.best);
    tt_rules_free(p.set);
    return p.code;
}
