/*
 * play - see play.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* ppoll */
#endif
#include "cli/play.h"

#include "cli/input.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TOLD_BYTES = 8, MOST_TOLD = 20 };

bool play_wanted(const struct options *o, const struct tt_record *r)
{
    return r->t_ns >= o->since_ns && r->t_ns <= o->until_ns;
}

uint64_t play_scaled(const struct options *o, uint64_t ns)
{
    if (!o->speed_pm)
        return 0;
    return ns / o->speed_pm * 1000 + ns % o->speed_pm * 1000 / o->speed_pm;
}

uint64_t play_now(const struct play *p)
{
    uint64_t t = clock_ns() - p->start_ns;

    return t - t % TT_NS_PER_US;
}

/* ---- what is told ------------------------------------------------------- */

static void put_bytes(struct tt_buf *b, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n && i < TOLD_BYTES; i++)
        tt_buf_printf(b, "%s%02X", i ? " " : "", p[i]);
    if (n > TOLD_BYTES)
        tt_buf_str(b, " ...");
}

static void tell_left(const struct dialog_news *n)
{
    struct tt_buf b;

    tt_buf_init(&b, 1024);
    tt_buf_printf(
        &b, "at %.6f s the tool left the recording: ", (double)n->t_ns / 1e9);
    if (n->past_end) {
        tt_buf_str(&b, "the host says nothing more there");
    } else {
        tt_buf_printf(&b, "byte %llu of the host (at %.6f s there) and on is ",
                      (unsigned long long)n->offset,
                      (double)n->recorded_ns / 1e9);
        put_bytes(&b, n->expected, n->nexpected);
    }
    tt_buf_str(&b, ", it sent ");
    put_bytes(&b, n->got, n->ngot);
    tt_buf_str(&b, "; it gets no answer until it sends what was recorded");
    say("%s", tt_buf_text(&b));
    tt_buf_release(&b);
}

static void on_news(void *user, const struct dialog_news *n)
{
    static const char *const what[] = {
        [DIALOG_BACK] = "the tool is back on the recording, at",
        [DIALOG_REPEATED] =
            "the tool repeats itself: the recording goes back to",
        [DIALOG_SKIPPED] = "the tool left something out: the recording goes "
                           "on to",
        [DIALOG_RESTARTED] = "the device is reset: the recording goes to"};
    const struct play *p = user;
    const struct dialog_stats *s = dialog_stats(p->dialog);

    if (p->o->quiet || s->left > MOST_TOLD)
        return;
    if (n->kind == DIALOG_LEFT)
        tell_left(n);
    else if (n->kind == DIALOG_BACK || p->o->verbose)
        say("at %.6f s %s byte %llu of the host (%.6f s there)",
            (double)n->t_ns / 1e9, what[n->kind], (unsigned long long)n->offset,
            (double)n->recorded_ns / 1e9);
}

void play_summary(const struct play *p)
{
    const struct dialog_stats *s = dialog_stats(p->dialog);

    if (p->o->quiet)
        return;
    if (!s->opened) {
        say("nobody opened the port: nothing was played");
        return;
    }
    say("%llu of %llu bytes of the host were reached, %llu of %llu bytes of "
        "the device were said%s",
        (unsigned long long)s->furthest, (unsigned long long)s->host_bytes,
        (unsigned long long)s->sent, (unsigned long long)s->device_bytes,
        s->off         ? "; the tool had left the recording"
        : s->left == 1 ? "; the tool left the recording once and came back"
        : s->left      ? "; the tool left the recording and came back"
                       : "");
    if (s->repeated || s->skipped || s->restarted)
        say("where the tool did not do as recorded: repeats %llu, skips %llu, "
            "resets or new opens %llu",
            (unsigned long long)s->repeated, (unsigned long long)s->skipped,
            (unsigned long long)s->restarted);
}

/* ---- the recording ------------------------------------------------------ */

static enum tt_status take(const struct tt_record *r, void *user)
{
    struct play *p = user;

    if (!play_wanted(p->o, r))
        return TT_OK;
    p->host_spoke |= r->lane == TT_LANE_HOST;
    if (r->event == TT_EV_BAUD && !p->host_spoke) {
        p->baud = r->baud;
        memcpy(p->mode, r->mode, sizeof(p->mode));
    }
    return dialog_add(p->dialog, r);
}

/* What cannot be played true. */
static bool check(const struct play *p)
{
    const struct dialog_stats *s = dialog_stats(p->dialog);

    if (!s->host_bytes && !s->device_bytes) {
        say("%s: there are no bytes of a line in it", shown_name(p->name));
        return false;
    }
    if (p->o->quiet)
        return true;
    if (!s->device_bytes)
        say("%s: the device says nothing in it: the tool will get no answer",
            shown_name(p->name));
    else if (!s->host_bytes)
        say("%s: the host says nothing in it: the device speaks, whatever the "
            "tool sends",
            shown_name(p->name));
    if (p->info.quality <= TT_TIME_ORDER)
        say("%s: it has no times: answers come at once", shown_name(p->name));
    return true;
}

static bool feed(struct play *p, int fd, struct tt_error *err)
{
    struct tt_reader *rd;
    enum tt_status st = input_reader(&rd, p->o, take, p, err);

    if (!st)
        st = input_feed(rd, fd, p->o, NULL, NULL, err);
    if (st == TT_ERR_LIMIT)
        (void)tt_fail(err, st,
                      "more than %d MiB cannot be a device; --since "
                      "and --until take a part of it",
                      TT_MAX_DIALOG >> 20);
    if (!st) {
        p->info = tt_reader_report(rd)->info;
        if (!p->o->quiet)
            input_say_unread(tt_reader_report(rd), shown_name(p->name), 3);
    }
    p->host_spoke = false;
    tt_reader_free(rd);
    return !st;
}

bool play_load(struct play *p, const struct options *o, bool lines)
{
    struct dialog_config c = {.most = TT_MAX_DIALOG,
                              .speed_pm = o->speed_pm,
                              .lines = lines,
                              .news = on_news,
                              .user = p};
    struct tt_error err = {.msg = "out of memory"};
    bool good;
    int fd;

    *p = (struct play){.o = o, .name = o->words[0], .rec = {.fd = -1}};
    if (dialog_new(&p->dialog, &c)) {
        say("%s", err.msg);
        return false;
    }
    fd = input_open(p->name);
    if (fd < 0)
        return false;
    good = feed(p, fd, &err);
    (void)close(fd);
    if (!good)
        say("%s: %s", shown_name(p->name), err.msg);
    return good && check(p);
}

void play_release(struct play *p)
{
    record_close(&p->rec);
    dialog_free(p->dialog);
    p->dialog = NULL;
}

/* ---- the session -------------------------------------------------------- */

bool play_begin(struct play *p, const char *port)
{
    p->start_ns = clock_ns();
    p->live =
        (struct tt_tape_info){.quality = TT_TIME_US, .epoch_ns = wall_ns()};
    (void)snprintf(p->live.format, sizeof(p->live.format), "play");
    (void)snprintf(p->live.device, sizeof(p->live.device), "recording %.100s",
                   shown_name(p->name));
    (void)snprintf(p->live.adapter, sizeof(p->live.adapter), "%.127s",
                   shown_name(port));
    return !p->o->record ||
           record_open(&p->rec, p->o->record, p->o->force, &p->live, false);
}

/* The tool runs the line at another speed than it was recorded at. */
static void compare_settings(const struct play *p)
{
    if (p->o->quiet || !p->baud || !p->live_baud ||
        (p->live_baud == p->baud &&
         (!p->mode[0] || !memcmp(p->live_mode, p->mode, sizeof(p->mode)))))
        return;
    say("the tool uses %u %s, the recording was made at %u %s: a device would "
        "not understand it, the recording answers all the same",
        (unsigned)p->live_baud, p->live_mode, (unsigned)p->baud, p->mode);
}

void play_heard(struct play *p, const struct tt_record *r)
{
    record_add(&p->rec, r, NULL);
    p->failed |= p->rec.failed;
    if (r->lane == TT_LANE_HOST && !p->host_spoke) {
        p->host_spoke = true;
        compare_settings(p);
    }
    if (r->lane == TT_LANE_HOST)
        dialog_host(p->dialog, r->t_ns, r->bytes, r->len);
    if (r->lane != TT_LANE_LINE)
        return;
    if (r->event == TT_EV_BAUD) {
        p->live_baud = r->baud;
        memcpy(p->live_mode, r->mode, sizeof(p->live_mode));
    }
    dialog_event(p->dialog, r->t_ns, r->event);
}

static void answered(struct play *p, const char *bytes, size_t n)
{
    const struct tt_record r = {.t_ns = play_now(p),
                                .lane = TT_LANE_DEVICE,
                                .bytes = (const uint8_t *)bytes,
                                .len = n};

    record_add(&p->rec, &r, NULL);
    p->failed |= p->rec.failed;
}

bool play_speak(struct play *p, int fd, bool keep)
{
    while (p->saying.n || dialog_due(p->dialog, play_now(p), &p->saying)) {
        ssize_t n = write(fd, p->saying.p, p->saying.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        if (keep)
            answered(p, p->saying.p, (size_t)n);
        p->saying.p += n;
        p->saying.n -= (size_t)n;
    }
    return true;
}

bool play_stuck(const struct play *p)
{
    return p->saying.n != 0;
}

int play_poll(const struct play *p, struct pollfd *fds, size_t n, int most)
{
    uint64_t due = dialog_next(p->dialog), now = play_now(p), ns = UINT64_MAX;
#ifdef __linux__
    struct timespec wait;
#endif

    if (due != UINT64_MAX)
        ns = due <= now ? 0 : due - now;
    if (most >= 0 && ns > (uint64_t)most * TT_NS_PER_MS)
        ns = (uint64_t)most * TT_NS_PER_MS;
    if (ns > 60 * TT_NS_PER_S)
        ns = 60 * TT_NS_PER_S;
#ifdef __linux__
    /* Devices answer within less than a millisecond. */
    wait.tv_sec = (time_t)(ns / TT_NS_PER_S);
    wait.tv_nsec = (long)(ns % TT_NS_PER_S);
    return ppoll(fds, (nfds_t)n, &wait, NULL);
#else
    return poll(fds, (nfds_t)n, (int)((ns + TT_NS_PER_MS - 1) / TT_NS_PER_MS));
#endif
}
