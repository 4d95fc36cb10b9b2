/*
 * play_port - one lane of a recording, sent to a line in its time.
 *
 * The recording is read twice: to ask with its true numbers, and to send it.
 * What comes back is printed beside what is sent.  DTR, RTS and breaks of the
 * recording are not repeated.
 */
#include "cli/input.h"
#include "cli/line.h"
#include "cli/play.h"
#include "cli/signals.h"
#include "source/source.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct sender {
    const struct options *o;
    enum tt_lane lane;
    struct source src;
    struct tt_buf text;
    struct play play; /* for the recording of what happens */
    struct tt_error err;
    bool stop, gone;
    /* first pass */
    uint64_t bytes[TT_LANES], first_ns, last_ns, events;
    uint32_t baud;
    char mode[4];
};

/* ---- once through ------------------------------------------------------- */

static enum tt_status count(const struct tt_record *r, void *user)
{
    struct sender *s = user;

    if (r->event == TT_EV_BAUD && !s->baud) {
        s->baud = r->baud;
        memcpy(s->mode, r->mode, sizeof(s->mode));
    }
    if (!play_wanted(s->o, r))
        return TT_OK;
    s->events += r->event >= TT_EV_DTR_UP && r->event <= TT_EV_RTS_DOWN;
    s->events += r->event == TT_EV_BREAK;
    if (!r->len)
        return TT_OK;
    if (!s->bytes[TT_LANE_HOST] && !s->bytes[TT_LANE_DEVICE])
        s->first_ns = r->t_ns;
    s->bytes[r->lane] += r->len;
    s->last_ns = r->t_ns;
    return TT_OK;
}

static bool read_all(struct sender *s, tt_sink_fn *sink)
{
    struct tt_reader *rd;
    enum tt_status st;
    int fd = input_open(s->o->words[0]);

    if (fd < 0)
        return false;
    st = input_reader(&rd, s->o, sink, s, &s->err);
    if (!st)
        st = input_feed(rd, fd, s->o, NULL, NULL, &s->err);
    tt_reader_free(rd);
    (void)close(fd);
    if (st && !s->stop)
        say("%s: %s", shown_name(s->o->words[0]), s->err.msg);
    return !st || s->stop;
}

/* ---- asking ------------------------------------------------------------- */

static const char *lane_name(enum tt_lane lane)
{
    return lane == TT_LANE_HOST ? "host" : "device";
}

static bool choose_lane(struct sender *s)
{
    const uint64_t *n = s->bytes;

    s->lane = s->o->lane >= 0        ? (enum tt_lane)s->o->lane
              : n[TT_LANE_HOST] == 0 ? TT_LANE_DEVICE
                                     : TT_LANE_HOST;
    if (s->lane == TT_LANE_TOOL) {
        say("--lane tool: what a tool printed was never on a line");
        return false;
    }
    if (s->o->lane < 0 && n[TT_LANE_HOST] && n[TT_LANE_DEVICE]) {
        say("which lane shall be sent?  --lane host (%llu bytes) or --lane "
            "device (%llu bytes)",
            (unsigned long long)n[TT_LANE_HOST],
            (unsigned long long)n[TT_LANE_DEVICE]);
        return false;
    }
    if (!n[s->lane])
        say("%s: no bytes of the %s are in it", shown_name(s->o->words[0]),
            lane_name(s->lane));
    return n[s->lane] != 0;
}

static bool open_port(struct sender *s)
{
    struct source_settings set = {
        .baud = s->o->baud ? s->o->baud : s->baud,
        .lane = s->lane == TT_LANE_HOST ? TT_LANE_DEVICE : TT_LANE_HOST};

    memcpy(set.mode, s->o->mode[0] ? s->o->mode : s->mode, sizeof(set.mode));
    if (!line_takes_bytes(s->o->to))
        return false;
    if (source_open(&s->src, s->o->to, &set, &s->err)) {
        say("%s: %s", shown_name(s->o->to), s->err.msg);
        return false;
    }
    if (s->src.note[0] && !s->o->quiet)
        say("%s: %s", shown_name(s->o->to), s->src.note);
    return true;
}

/* Yes, from a person or beforehand. */
static bool ask(const struct sender *s)
{
    char speed[32] = "", answer[16] = "";

    if (s->src.baud)
        (void)snprintf(speed, sizeof(speed), " at %u %s", (unsigned)s->src.baud,
                       s->src.mode);
    if (!s->o->quiet || !s->o->yes)
        say("%llu bytes of the %s go to %s%s within %.3f s%s",
            (unsigned long long)s->bytes[s->lane], lane_name(s->lane),
            shown_name(s->o->to), speed,
            (double)play_scaled(s->o, s->last_ns - s->first_ns) / 1e9,
            s->events ? "; its control lines and breaks are not repeated" : "");
    if (s->o->yes)
        return true;
    if (!isatty(STDIN_FILENO)) {
        say("nobody can be asked here: --yes sends without a question");
        return false;
    }
    (void)fputs("send them? [y/N] ", stderr);
    if (!fgets(answer, sizeof(answer), stdin) ||
        (answer[0] != 'y' && answer[0] != 'Y')) {
        say("nothing was sent");
        return false;
    }
    return true;
}

/* ---- sending ------------------------------------------------------------ */

/* Onto the screen and the disk. */
static enum tt_status keep(const struct tt_record *r, void *user)
{
    struct sender *s = user;

    record_add(&s->play.rec, r, NULL);
    if (s->o->quiet)
        return TT_OK;
    tt_tape_text_record(&s->text, r, r->t_ns);
    if (!put_out(&s->text))
        s->stop = true;
    return TT_OK;
}

/* Listen until then. */
static void listen_until(struct sender *s, uint64_t due_ns)
{
    uint64_t now = play_now(&s->play);

    do {
        uint64_t ms = now < due_ns ? (due_ns - now) / TT_NS_PER_MS + 1 : 0;
        struct pollfd p = {.fd = s->src.fd, .events = POLLIN};
        int n = poll(&p, 1, ms < 1000 ? (int)ms : 1000);

        now = play_now(&s->play);
        if (n > 0 && s->src.ops->read(&s->src, now, keep, s, &s->err)) {
            say("%s: the line has ended", shown_name(s->o->to));
            s->gone = s->stop = true;
        }
        s->stop |= signals_noted();
    } while (now < due_ns && !s->stop);
}

static enum tt_status send_record(const struct tt_record *r, void *user)
{
    struct sender *s = user;
    struct tt_record sent = *r;

    if (!play_wanted(s->o, r) || r->t_ns < s->first_ns)
        return TT_OK;
    listen_until(s, play_scaled(s->o, r->t_ns - s->first_ns));
    if (s->stop)
        return TT_ERR_IO;
    if (r->event == TT_EV_BAUD && r->baud && !s->o->baud && s->src.baud &&
        (r->baud != s->src.baud || memcmp(r->mode, s->src.mode, 4)) &&
        source_set(&s->src, r->baud, r->mode, &s->err))
        say("%s: %s", shown_name(s->o->to), s->err.msg);
    if (!r->len || r->lane != s->lane)
        return TT_OK;
    sent.t_ns = play_now(&s->play);
    (void)keep(&sent, s);
    if (source_send(&s->src, s->o->to, r->bytes, r->len, &s->err)) {
        say("%s: %s", shown_name(s->o->to), s->err.msg);
        s->gone = s->stop = true;
    }
    return s->stop ? TT_ERR_IO : TT_OK;
}

static enum exit_code send_all(struct sender *s)
{
    struct tt_record tick = {.lane = TT_LANE_LINE, .event = TT_EV_TICK};

    if (!play_begin(&s->play, s->o->to))
        return EXIT_CANNOT;
    signals_note();
    if (!s->o->quiet)
        tt_tape_text_header(&s->text, &s->play.live);
    if (!read_all(s, send_record))
        s->gone = true;
    if (!s->stop) /* the answer to the last of it */
        listen_until(s, play_now(&s->play) + TT_NS_PER_S / 2);
    tick.t_ns = play_now(&s->play);
    (void)keep(&tick, s);
    return s->gone || s->play.rec.failed || signals_noted() ? EXIT_CANNOT
                                                            : EXIT_HEALTHY;
}

enum exit_code play_port(const struct options *o)
{
    struct sender s = {
        .o = o,
        .err = {.msg = "out of memory"},
        .play = {.o = o, .name = o->words[0], .rec = {.fd = -1}}};
    enum exit_code code = EXIT_CANNOT;

    if (!strcmp(o->words[0], "-")) {
        say("a recording on standard input cannot be sent: it is read twice");
        return code;
    }
    tt_buf_init(&s.text, (size_t)8 * TT_MAX_RECORD);
    if (read_all(&s, count) && choose_lane(&s) && open_port(&s) && ask(&s))
        code = send_all(&s);
    record_close(&s.play.rec);
    source_close(&s.src);
    tt_buf_release(&s.text);
    return code;
}
