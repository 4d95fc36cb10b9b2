#include "cli/seat.h"

#include "cli/input.h"
#include "cli/line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TICK_NS    (50 * TT_NS_PER_MS)
#define REFRESH_NS (50 * TT_NS_PER_MS)
#define LOOK_NS    (250 * TT_NS_PER_MS) /* whether a file has grown */
#define SETTLED_NS (3 * TT_NS_PER_S)    /* that does not grow any more */

enum {
    TAPE_BUDGET = 24 << 20,
    READS = 64,               /* of a line, one after the other */
    INDEX_BYTES = 16 << 20,   /* of a file, in one turn */
    BEHIND_BYTES = 256 << 10, /* that are told */
    FEED_BYTES = 64 << 10,    /* of traffic through the rules, in one turn */
    PASSING_BYTES = 1 << 10   /* ... while somebody waits behind a bridge */
};

/* ---- opening ------------------------------------------------------------ */

/* Was it written to just now? */
static bool is_fresh(const char *name)
{
    struct stat st;
    uint64_t now = wall_ns() / TT_NS_PER_S;

    return !stat(name, &st) && S_ISREG(st.st_mode) && st.st_mtime > 0 &&
           (uint64_t)st.st_mtime <= now &&
           now - (uint64_t)st.st_mtime < SETTLED_NS / TT_NS_PER_S;
}

static bool open_file(struct seat *s, const struct tt_rules *set)
{
    struct store store;

    s->file = filestore_open(s->o, s->name);
    if (!s->file)
        return false;
    s->info = filestore_report(s->file)->info;
    store = filestore_store(s->file);
    s->port = port_new(shown_name(s->name), set, &s->info, &store, 0);
    if (!s->port) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        return false;
    }
    player_init(&s->player, s->port);
    s->grows = is_fresh(s->name);
    s->grown_ns = clock_ns();
    if (s->o->command->bit == CMD_PLAY)
        player_play(&s->player, s->o->speed_pm / 1000.0);
    s->played_ns = clock_ns();
    return true;
}

static uint64_t tape_time(const struct seat *s)
{
    uint64_t t = clock_ns() - s->start_ns;

    return t - t % TT_NS_PER_US;
}

/* A record of the line: to the port, onto the disk. */
static enum tt_status take(const struct tt_record *r, void *user)
{
    struct seat *s = user;

    port_push(s->port, r);
    if (r->event != TT_EV_TICK)
        record_add(&s->rec, r, NULL);
    return s->port->status;
}

static bool open_line(struct seat *s, const struct tt_rules *set)
{
    struct tt_error err = {.msg = "out of memory"};

    if (line_open(&s->src, s->o, s->name, &err)) {
        say("%s: %s", shown_name(s->name), err.msg);
        return false;
    }
    s->open = true;
    line_info(&s->info, &s->src, s->name);
    s->port = port_new(shown_name(s->name), set, &s->info, NULL, TAPE_BUDGET);
    if (!s->port) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        return false;
    }
    s->start_ns = clock_ns();
    return true;
}

bool seat_open(struct seat *s, const struct options *o, const char *name,
               const struct tt_rules *set)
{
    struct stat st;

    *s = (struct seat){.o = o, .name = name, .rec = {.fd = -1}};
    if (strcmp(name, "-") != 0 && !o->host && !is_address(name)) {
        if (stat(name, &st) && !o->wait) {
            input_not_there(name, errno);
            return false;
        }
        if (!o->wait && !is_line(st.st_mode))
            return open_file(s, set);
    }
    return open_line(s, set);
}

void seat_close(struct seat *s)
{
    if (s->breaking)
        (void)!source_break(&s->src, false, NULL);
    record_close(&s->rec);
    if (s->open)
        source_close(&s->src);
    s->open = false;
    filestore_free(s->file);
    s->file = NULL;
    lookback_close(&s->back);
    port_free(s->port);
    s->port = NULL;
}

/* ---- recording ---------------------------------------------------------- */

static void show_recording(struct seat *s)
{
    const char *path = s->fed ? s->o->record : s->record_path;
    const char *base = path ? strrchr(path, '/') : NULL;
    char n[24];

    if (s->rec.fd < 0) {
        if (s->rec.failed)
            (void)snprintf(s->port->record, sizeof(s->port->record),
                           "REC STOPPED");
        else if (s->fed && s->o->record) /* by 'run' */
            (void)snprintf(s->port->record, sizeof(s->port->record),
                           "REC %.60s",
                           shown_name(base ? base + 1 : s->o->record));
        else
            s->port->record[0] = '\0';
        return;
    }
    put_count(n, (double)s->rec.good);
    (void)snprintf(s->port->record, sizeof(s->port->record), "REC %.60s %sB",
                   shown_name(base ? base + 1 : s->record_path), n);
}

/* What the headline says now, as a remark of the recording. */
static void record_verdict(struct seat *s)
{
    const struct headline *h = &s->port->head;
    struct tt_buf b;

    if (s->rec.fd < 0 || s->told_changes == s->port->changes)
        return;
    s->told_changes = s->port->changes;
    if (!*h->text)
        return; /* nothing has been said yet */
    tt_buf_init(&b, 1 << 14);
    if (*h->rule)
        tt_buf_printf(&b, "verdict (%s, %s): %s", h->right, h->rule, h->text);
    else
        tt_buf_printf(&b, "no verdict: %s", h->text);
    record_remark(&s->rec, s->port->now_ns, tt_buf_text(&b));
    tt_buf_release(&b);
}

void seat_mark(struct seat *s, const struct mark *m, enum mark_change change)
{
    static const char *const words[] = {[MARK_MADE] = ": ",
                                        [MARK_CHANGED] = " changed: ",
                                        [MARK_REMOVED] = " removed"};
    struct tt_buf b;

    if (s->rec.fd < 0)
        return;
    tt_buf_init(&b, 1 << 12);
    tt_buf_printf(&b, "mark at %" PRIu64 ".%06" PRIu64 " s%s%s",
                  m->t_ns / TT_NS_PER_S, m->t_ns % TT_NS_PER_S / 1000,
                  words[change], change == MARK_REMOVED ? "" : m->note);
    record_remark(&s->rec, m->t_ns, tt_buf_text(&b));
    if (!s->rec.failed)
        s->port->unsaved = 0;
    tt_buf_release(&b);
    show_recording(s);
}

/* All that the store still holds, with the marks where they belong. */
static void record_store(struct seat *s)
{
    const struct store *store = &s->port->source;
    struct tt_record r;
    uint64_t offset;

    for (uint64_t n = store_first(store); store_get(store, n, &r, &offset);
         n++) {
        const struct mark *m = port_mark_at(s->port, n);
        struct tt_buf b;

        tt_buf_init(&b, 1 << 12);
        if (m)
            tt_buf_printf(&b, "mark: %s", m->note);
        record_add(&s->rec, &r, m ? tt_buf_text(&b) : NULL);
        tt_buf_release(&b);
    }
}

bool seat_record(struct seat *s, const char *path, char *message, size_t size)
{
    if (!path) {
        record_verdict(s);
        record_close(&s->rec);
        s->rec.failed = false;
        show_recording(s);
        (void)snprintf(message, size, "the recording %.200s is closed",
                       shown_name(s->record_path));
        return true;
    }
    (void)snprintf(s->record_path, sizeof(s->record_path), "%s", path);
    if (!record_open(&s->rec, s->record_path, s->o->force, &s->info,
                     s->src.baud != 0)) {
        (void)snprintf(message, size, "%.250s", last_said());
        return false;
    }
    s->port->older = (struct store){0};
    lookback_begin(&s->back, &s->port->source);
    record_store(s);
    s->told_changes = UINT64_MAX;
    record_verdict(s);
    (void)snprintf(message, size, "%s %.200s",
                   s->file ? "saved with its marks:" : "recording to",
                   shown_name(path));
    if (s->file)
        record_close(&s->rec);
    if (!s->rec.failed)
        s->port->unsaved = 0;
    show_recording(s);
    return !s->rec.failed;
}

bool seat_look_back(struct seat *s, char *message, size_t size)
{
    static const char other[] =
        "what is older is in the recording: 'telltale FILE' in another window "
        "shows it, and follows it";

    if (s->fed || s->back.failed || !s->record_path[0]) {
        (void)snprintf(message, size, "%s", other);
        return true;
    }
    if (!lookback_open(&s->back, s->o, s->record_path)) {
        (void)snprintf(message, size, "%.250s", last_said());
        return false;
    }
    (void)snprintf(message, size,
                   "older bytes are read from the recording (%u %%)",
                   lookback_percent(&s->back));
    return true;
}

/* Reading the recording goes on; when it reaches what memory holds, both are
 * shown as one. */
static bool look_back(struct seat *s)
{
    bool more = lookback_work(&s->back);

    if (s->back.matched && !s->port->older.get) {
        s->port->older = lookback_store(&s->back);
        s->drawn_fed = UINT64_MAX; /* it is news */
    }
    return more;
}

/* ---- records of 'run' ------------------------------------------------- */

bool seat_open_feed(struct seat *s, const struct options *o, const char *name,
                    const struct tt_rules *set)
{
    *s = (struct seat){.o = o, .name = name, .rec = {.fd = -1}, .fed = true};
    s->info =
        (struct tt_tape_info){.quality = TT_TIME_US, .epoch_ns = wall_ns()};
    (void)snprintf(s->info.format, sizeof(s->info.format), "run");
    s->start_ns = clock_ns();
    s->port = port_new(shown_name(name), set, &s->info, NULL, TAPE_BUDGET);
    if (!s->port)
        say("%s", tt_status_name(TT_ERR_NOMEM));
    return s->port != NULL;
}

void seat_feed(struct seat *s, const struct tt_record *r)
{
    if (s->fed)
        (void)take(r, s);
}

void seat_feed_ends(struct seat *s, const char *state)
{
    if (!s->fed)
        return;
    s->fed = false;
    (void)snprintf(s->port->state, sizeof(s->port->state), "%s", state);
    port_finish(s->port, s->port->now_ns);
    record_verdict(s);
}

/* ---- a line ------------------------------------------------------------- */

static void line_ends(struct seat *s, const char *why)
{
    struct tt_record r = {
        .t_ns = tape_time(s), .lane = TT_LANE_LINE, .event = TT_EV_CLOSE};

    (void)take(&r, s);
    source_close(&s->src);
    s->open = false;
    s->recipe.n = s->step = 0;
    (void)snprintf(s->port->state, sizeof(s->port->state), "%s", why);
    port_finish(s->port, r.t_ns);
    record_verdict(s);
}

void seat_begin(struct seat *s)
{
    s->start_ns = clock_ns();
    if (!s->src.baud)
        return;
    /* The speed first: a recording's header takes it from there. */
    (void)source_event(&s->src, 0, TT_EV_BAUD, take, s);
    (void)source_event(&s->src, 0, TT_EV_OPEN, take, s);
}

void seat_finish(struct seat *s)
{
    s->told_changes = UINT64_MAX;
    record_verdict(s);
    record_close(&s->rec);
}

void seat_read(struct seat *s)
{
    struct tt_error err = {.msg = "out of memory"};
    enum source_state state = SOURCE_OPEN;

    for (int i = 0; i < READS && s->open && state == SOURCE_OPEN; i++) {
        uint64_t before = s->src.offset;

        state = s->src.ops->read(&s->src, tape_time(s), take, s, &err);
        if (s->src.offset == before)
            break;
    }
    if (state == SOURCE_ENDED)
        line_ends(s, "closed by the other side");
    else if (state == SOURCE_FAILED)
        line_ends(s, err.msg);
}

/* The next step of a recipe, when it is due. */
static void recipe_goes_on(struct seat *s, uint64_t now)
{
    struct tt_error err = {.msg = "failed"};

    while (s->step < s->recipe.n && now >= s->step_due_ns) {
        const struct recipe_step *step = &s->recipe.step[s->step];
        struct tt_record r = {
            .t_ns = now, .lane = TT_LANE_LINE, .event = step->event};
        enum tt_status st = TT_OK;

        if (step->event == TT_EV_BREAK) {
            s->breaking = !s->breaking;
            st = source_break(&s->src, s->breaking, &err);
            if (s->breaking && !st)
                (void)take(&r, s);
            s->step_due_ns = now + step->ms * TT_NS_PER_MS;
            s->step += !s->breaking; /* ended: the next step */
        } else if (step->event) {
            st = source_control(&s->src, step->event, &err);
            if (!st && s->src.ops->events)
                st = s->src.ops->events(&s->src, now, take, s);
            s->step++;
        } else {
            s->step_due_ns = now + step->ms * TT_NS_PER_MS;
            s->step++;
        }
        if (st) {
            s->step = s->recipe.n = 0;
            (void)snprintf(s->port->state, sizeof(s->port->state), "%.47s",
                           err.msg);
        }
    }
}

static void line_goes_on(struct seat *s)
{
    uint64_t now = tape_time(s);

    recipe_goes_on(s, now);
    if (now - s->ticked_ns >= TICK_NS) {
        struct tt_record tick = {
            .t_ns = now, .lane = TT_LANE_LINE, .event = TT_EV_TICK};

        s->ticked_ns = now;
        if (s->src.ops->events)
            (void)s->src.ops->events(&s->src, now, take, s);
        (void)take(&tick, s);
    }
}

void seat_stands(struct seat *s, bool now)
{
    struct tt_record lost = {.lane = TT_LANE_LINE, .event = TT_EV_LOST};

    if (!s->open)
        return;
    s->stood_ns = now ? tape_time(s) : s->ticked_ns;
    if (s->stood_ns < s->port->now_ns)
        s->stood_ns = s->port->now_ns;
    lost.t_ns = s->stood_ns;
    (void)take(&lost, s);
}

void seat_goes_on(struct seat *s)
{
    const struct store *store = &s->port->source;
    uint64_t record = store_end(store), now = tape_time(s);
    char length[24], note[MARK_NOTE];

    if (!s->open || record == store_first(store))
        return;
    put_time(length, now > s->stood_ns ? now - s->stood_ns : 0);
    (void)snprintf(note, sizeof(note),
                   "stopped for %s: what came meanwhile has the time of its "
                   "reading, or is lost",
                   length);
    if (!port_mark(s->port, record - 1, s->stood_ns, note))
        return;
    seat_mark(s, port_mark_at(s->port, record - 1), MARK_MADE);
}

/* ---- time goes on ------------------------------------------------------- */

/* Marks and verdicts that the recording holds. */
static void take_remarks(struct seat *s)
{
    const struct remark *m;
    size_t n = filestore_remarks(s->file, &m);
    bool untimed = !strcmp(filestore_report(s->file)->info.format, "tape text");

    for (; s->remarks_told < n; s->remarks_told++) {
        const struct remark *r = &m[s->remarks_told];

        port_remark(s->port, r->record, r->t_ns, untimed, r->text);
    }
}

/* All of the recording is seen again, up to where it is now. */
static void see_again(struct seat *s)
{
    uint64_t now = s->port->now_ns;

    port_restart(s->port, s->port->set);
    s->drawn_fed = UINT64_MAX; /* whatever it comes to is news */
    if (!s->file)
        return;
    if (s->port->clipped) {
        s->player.seeking = true;
        s->player.target_ns = now;
    } else {
        player_full(&s->player);
    }
}

/* Somebody writes to the file: what comes is shown as on a line.  Its end is
 * one when nothing has come for a while. */
static void watch_growth(struct seat *s, uint64_t now)
{
    enum filestore_change change;

    if (s->looked_ns && now - s->looked_ns < LOOK_NS)
        return;
    s->looked_ns = now;
    change = filestore_change(s->file);
    if (change == FILESTORE_GROWN) {
        s->grows = true;
        s->grown_ns = now;
        if (!filestore_go_on(s->file) || s->port->finished)
            see_again(s);
        else if (!s->port->clipped)
            player_full(&s->player);
    } else if (s->grows && now - s->grown_ns >= SETTLED_NS) {
        s->grows = false;
    }
    s->shrunk = change == FILESTORE_SHRUNK;
    s->port->grows = s->grows;
}

static bool file_goes_on(struct seat *s)
{
    uint64_t now = clock_ns();
    const char *why;
    char before[sizeof(s->port->state)];
    bool more;

    memcpy(before, s->port->state, sizeof(before));
    watch_growth(s, now);
    more = filestore_index(s->file, INDEX_BYTES);
    take_remarks(s);
    s->player.end_known = filestore_done(s->file, &why) && !s->grows;
    s->player.end_ns = filestore_report(s->file)->end_ns;
    more |= player_advance(&s->player, now - s->played_ns, FEED_BYTES);
    s->played_ns = now;
    player_state(&s->player, s->port->state);
    if (why)
        (void)snprintf(s->port->state, sizeof(s->port->state), "broken: %.38s",
                       why);
    else if (s->shrunk)
        (void)snprintf(s->port->state, sizeof(s->port->state),
                       "cut short by somebody: open it again");
    else if (s->grows && !s->port->clipped && !more)
        (void)snprintf(s->port->state, sizeof(s->port->state), "growing");
    else if (!s->player.end_known && !s->grows)
        (void)snprintf(s->port->state, sizeof(s->port->state), "reading %u %%",
                       filestore_percent(s->file));
    if (strcmp(before, s->port->state) != 0)
        s->drawn_fed = UINT64_MAX; /* it is news */
    return more;
}

void seat_progress(struct seat *s)
{
    s->port->progress = true;
    see_again(s);
}

bool seat_work(struct seat *s)
{
    uint64_t now;
    bool more;

    if (s->file)
        return file_goes_on(s);
    if (s->open)
        line_goes_on(s);
    now = tape_time(s);
    more = port_work(s->port, UINT64_MAX,
                     s->open && s->src.passes_on ? PASSING_BYTES : FEED_BYTES);
    if (!s->open && !s->fed && !more)
        port_finish(s->port, s->port->now_ns);
    more |= look_back(s);
    if (now - s->refreshed_ns >= REFRESH_NS) {
        s->refreshed_ns = now;
        port_refresh(s->port, false);
        record_verdict(s);
        show_recording(s);
    }
    if (port_behind(s->port) > BEHIND_BYTES) {
        char n[24];

        put_count(n, (double)port_behind(s->port));
        (void)snprintf(s->port->state, sizeof(s->port->state),
                       "verdict %sB behind", n);
    } else if (s->open || s->fed)
        (void)snprintf(s->port->state, sizeof(s->port->state), "%s",
                       s->step < s->recipe.n  ? s->recipe.name
                       : s->port->look.follow ? "live"
                                              : "live, scrolled");
    return more;
}

/* ---- acting ------------------------------------------------------------- */

static enum tt_status send(struct seat *s, const struct request *r,
                           struct tt_error *err)
{
    const struct tt_record sent = {.t_ns = tape_time(s),
                                   .lane = TT_LANE_HOST,
                                   .bytes = r->bytes,
                                   .len = r->n};
    enum tt_status st = source_send(&s->src, s->name, r->bytes, r->n, err);

    return st ? st : take(&sent, s);
}

bool seat_act(struct seat *s, const struct request *r, char *message,
              size_t size)
{
    struct tt_error err = {.msg = "out of memory"};
    enum tt_status st = TT_OK;

    if (!s->open) {
        (void)snprintf(message, size,
                       s->fed
                           ? "the tool has the line: nothing is done beside it"
                           : "the line is not open any more");
        return false;
    }
    if (r->kind == REQ_SEND) {
        st = send(s, r, &err);
        (void)snprintf(message, size, "%zu byte%s sent", r->n,
                       r->n == 1 ? "" : "s");
    } else if (r->kind == REQ_BAUD) {
        st = source_set(&s->src, r->baud, r->mode, &err);
        if (!st)
            st = source_event(&s->src, tape_time(s), TT_EV_BAUD, take, s);
        (void)snprintf(message, size, "the port is at %u %.3s",
                       (unsigned)s->src.baud, s->src.mode);
    } else if (r->kind == REQ_CONTROL) {
        s->recipe = r->recipe;
        s->step = 0;
        s->step_due_ns = 0;
        recipe_goes_on(s, tape_time(s));
        if (!s->recipe.n)
            st = tt_fail(&err, TT_ERR_IO, "%.150s", s->port->state);
        (void)snprintf(message, size, "done on the line%s%.31s",
                       r->recipe.name[0] ? ": " : "", r->recipe.name);
    }
    if (st)
        (void)snprintf(message, size, "%.250s", err.msg);
    return !st;
}
