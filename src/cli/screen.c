#include "cli/screen.h"

#include "cli/feed.h"
#include "cli/intake.h"
#include "cli/load.h"
#include "cli/output.h"
#include "cli/seat.h"
#include "rules/print.h"
#include "view/settings.h"
#include "view/term.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FRAME_NS  (20 * TT_NS_PER_MS)  /* after a key */
#define NEWS_NS   (80 * TT_NS_PER_MS)  /* for what comes by itself */
#define BEAT_NS   (250 * TT_NS_PER_MS) /* clock and rates of a live line */
#define RELOAD_NS TT_NS_PER_S

enum { IDLE_MS = 50 };

struct screen {
    const struct options *o;
    struct tt_rules *set, *old; /* old: until every port has the new ones */
    struct settings settings;
    struct view view;
    struct grid grid;
    struct seat seat[MAX_PORTS];
    size_t nseats;
    uint64_t stamp, looked_ns; /* of the rule files */
    uint64_t drawn_ns;
    bool dirty, news, quit; /* dirty: drawn at once; news: in its time */
    struct feed_in feed;    /* records of 'run'; its bytes are NULL without */
};

/* ---- signals ------------------------------------------------------------ */

static volatile sig_atomic_t got_end, got_stop, got_cont;

static void on_signal(int sig)
{
    if (sig == SIGTSTP)
        got_stop = 1;
    else if (sig == SIGCONT)
        got_cont = 1;
    else
        got_end = 1;
}

static void catch_signals(void)
{
    static const int all[] = {SIGINT,  SIGTERM, SIGHUP,
                              SIGQUIT, SIGTSTP, SIGCONT};
    struct sigaction a = {.sa_handler = on_signal};

    for (size_t i = 0; i < TT_LEN(all); i++)
        (void)sigaction(all[i], &a, NULL);
}

/* ---- settings ----------------------------------------------------------- */

struct mistakes {
    const char *path;
    struct tt_buf *out;
};

static void tell_mistake(const struct tt_error *err, void *user)
{
    struct mistakes *m = user;

    say("%s:%u:%u: %s", m->path, err->line, err->col ? err->col : 1, err->msg);
    tt_buf_printf(m->out, "line %u, column %u: %s\n", err->line,
                  err->col ? err->col : 1, err->msg);
}

static void read_settings(struct screen *s)
{
    char dir[PATH_MAX - 16], path[PATH_MAX];
    unsigned mistakes = 0;
    char *text;
    size_t n;
    FILE *f;

    settings_init(&s->settings);
    if (!config_folder(dir, sizeof(dir)))
        return;
    (void)snprintf(path, sizeof(path), "%s/watch.conf", dir);
    f = fopen(path, "rb");
    if (!f)
        return;
    text = malloc(MAX_SETTINGS);
    if (text) {
        n = fread(text, 1, MAX_SETTINGS, f);
        mistakes =
            settings_read(&s->settings, text, n, tell_mistake,
                          &(struct mistakes){path, &s->view.settings_errors});
    }
    if (mistakes) {
        view_say(&s->view, true,
                 "%u mistake%s in watch.conf, those lines are left out: 4 "
                 "shows them",
                 mistakes, mistakes == 1 ? "" : "s");
        (void)say_news(); /* the sum is what is shown */
    }
    free(text);
    (void)fclose(f);
}

/* ---- rules that change -------------------------------------------------- */

static void reload(struct screen *s)
{
    uint64_t now = clock_ns(), stamp;
    struct tt_rules *set;

    if (now - s->looked_ns < RELOAD_NS)
        return;
    s->looked_ns = now;
    stamp = load_stamp(s->o);
    if (stamp == s->stamp)
        return;
    s->stamp = stamp;
    tt_buf_clear(&s->view.rule_errors);
    set = load_rules_again(s->o, &s->view.rule_errors);
    s->dirty = true;
    if (!set) {
        view_say(&s->view, true,
                 "the rules were changed and cannot be read; "
                 "the old ones are kept (4 shows why)");
        return;
    }
    for (size_t i = 0; i < s->nseats; i++) {
        port_restart(s->seat[i].port, set);
        s->seat[i].drawn_fed = UINT64_MAX;
        if (s->seat[i].file)
            player_full(&s->seat[i].player);
    }
    tt_rules_free(s->set);
    s->set = set;
    view_say(&s->view, s->view.rule_errors.n != 0,
             s->view.rule_errors.n
                 ? "the rules were read again; some have mistakes (4 shows)"
                 : "the rules were read again");
}

/* ---- examples ----------------------------------------------------------- */

/* The text of the rule with one more example, or a new rule's beginning. */
static void put_example(struct tt_buf *out, const struct tt_rule *rule,
                        const char *name, const char *example)
{
    if (rule) {
        tt_rule_print(out, rule);
        while (out->n && out->p[out->n - 1] == '\n')
            out->n--;
        tt_buf_printf(out, "\n  yes     %s\n", example);
        return;
    }
    tt_buf_printf(out,
                  "# A new rule: write its match, what it means, and a 'no'\n"
                  "# example; 'telltale rules check' says what is missing.\n"
                  "rule %s\n"
                  "  match   %s\n"
                  "  verdict  \"\"\n"
                  "  yes     %s\n",
                  name, example, example);
}

/* A folder and those above it, as far as they are missing. */
static void make_folders(char *path)
{
    for (char *p = path + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            (void)mkdir(path, 0777);
            *p = '/';
        }
    (void)mkdir(path, 0777);
}

static void save_example(struct screen *s, const struct request *r)
{
    const struct tt_rule *rule = NULL;
    char dir[PATH_MAX - 80], path[PATH_MAX];
    struct tt_buf out;
    FILE *f = NULL;

    for (const struct tt_rule *x = s->set->rules; x; x = x->next)
        if (!strcmp(x->name, r->rule))
            rule = x;
    if (!config_folder(dir, sizeof(dir) - 8)) {
        view_say(&s->view, true, "there is no home folder to save it in");
        return;
    }
    (void)snprintf(dir + strlen(dir), sizeof(dir) - strlen(dir), "/rules");
    make_folders(dir);
    (void)snprintf(path, sizeof(path), "%s/%.64s.rules", dir, r->rule);
    tt_buf_init(&out, 1 << 20);
    put_example(&out, rule, r->rule, tt_buf_text(&r->text));
    if (!out.status)
        f = fopen(path, "wb");
    if (f && fwrite(out.p, 1, out.n, f) == out.n && fclose(f) == 0)
        view_say(&s->view, false, "saved: %.250s", shown_name(path));
    else
        view_say(&s->view, true, "%.200s: %s", shown_name(path),
                 strerror(errno));
    tt_buf_release(&out);
}

/* ---- requests ----------------------------------------------------------- */

static void copy(struct screen *s, const struct request *r)
{
    size_t lines = 0;

    for (size_t i = 0; i < r->text.n; i++)
        lines += r->text.p[i] == '\n';
    if (term_clipboard(r->text.p, r->text.n))
        view_say(&s->view, false,
                 "%zu line%s for the clipboard, if the terminal allows it "
                 "(OSC 52)",
                 lines, lines == 1 ? "" : "s");
    else
        view_say(&s->view, true,
                 "that is too much for a clipboard: at most "
                 "64 KiB");
}

static void on_player(struct seat *seat, const struct request *r)
{
    struct player *p = &seat->player;

    switch (r->kind) {
    case REQ_PAUSE: player_pause(p); break;
    case REQ_FASTER: player_faster(p, 1); break;
    case REQ_SLOWER: player_faster(p, -1); break;
    case REQ_FULL: player_full(p); break;
    case REQ_STEP: player_step(p, r->step); break;
    case REQ_SEEK: player_seek(p, r->t_ns); break;
    default: break;
    }
}

static void on_request(struct screen *s, const struct request *r)
{
    struct seat *seat = &s->seat[s->view.current];
    char message[300] = "";
    bool good = true;

    switch (r->kind) {
    case REQ_QUIT: s->quit = true; return;
    case REQ_REDRAW: term_redraw(); return;
    case REQ_PROGRESS: seat_progress(seat); return;
    case REQ_COPY: copy(s, r); return;
    case REQ_EXAMPLE: save_example(s, r); return;
    case REQ_MARK: seat_mark(seat, &r->mark, r->change); return;
    case REQ_RECORD:
        good = seat_record(seat, r->text.n ? tt_buf_text(&r->text) : NULL,
                           message, sizeof(message));
        view_say(&s->view, !good, "%s", message);
        view_recorded(&s->view, good);
        return;
    case REQ_OLDER:
        good = seat_look_back(seat, message, sizeof(message));
        break;
    case REQ_SEND:
    case REQ_CONTROL:
    case REQ_BAUD: good = seat_act(seat, r, message, sizeof(message)); break;
    default:
        if (seat->file)
            on_player(seat, r);
        return;
    }
    view_say(&s->view, !good, "%s", message);
}

static void on_keys(struct screen *s)
{
    struct key k;

    while (!s->quit && term_key(&k)) {
        struct request r;

        s->dirty = true;
        if (k.code == TKEY_RESIZE)
            continue;
        view_key(&s->view, &k);
        while (!s->quit && view_request(&s->view, &r)) {
            on_request(s, &r);
            tt_buf_release(&r.text);
        }
    }
}

/* ---- the loop ----------------------------------------------------------- */

static void draw(struct screen *s, uint64_t now)
{
    int rows, cols;

    term_size(&rows, &cols);
    if ((rows != s->grid.rows || cols != s->grid.cols) &&
        !grid_resize(&s->grid, rows, cols))
        return;
    s->grid.unicode = term_unicode();
    view_layout(&s->view, &s->grid);
    term_show(&s->grid);
    s->drawn_ns = now;
    s->dirty = s->news = false;
}

static void on_signals(struct screen *s)
{
    if (got_end)
        s->quit = true;
    if (got_stop) {
        got_stop = 0;
        for (size_t i = 0; i < s->nseats; i++)
            seat_stands(&s->seat[i], true);
        term_suspend();
        for (size_t i = 0; i < s->nseats; i++)
            seat_goes_on(&s->seat[i]);
        got_cont = 0;
        s->dirty = true;
    }
    if (got_cont) { /* stopped by somebody else, SIGSTOP */
        got_cont = 0;
        for (size_t i = 0; i < s->nseats; i++) {
            seat_stands(&s->seat[i], false);
            seat_goes_on(&s->seat[i]);
        }
        term_redraw();
        s->dirty = true;
    }
}

static int patience(const struct screen *s, bool busy, uint64_t now)
{
    uint64_t due = s->drawn_ns + (s->dirty ? FRAME_NS : NEWS_NS);

    if (busy)
        return 0;
    if (s->dirty || s->news)
        return due <= now ? 0 : (int)((due - now) / TT_NS_PER_MS + 1);
    return IDLE_MS;
}

/* Is there anything of the port that the screen does not show yet? */
static bool has_news(struct seat *seat)
{
    const struct port *p = seat->port;
    uint64_t all = p->fed + store_end(&p->source);
    bool news = all != seat->drawn_fed || p->changes != seat->drawn_changes;

    seat->drawn_fed = all;
    seat->drawn_changes = p->changes;
    return news || seat->player.playing;
}

/* The seat of a port of 'run'; the first is there before its port is. */
static struct seat *seat_of(struct screen *s, unsigned port, const char *name)
{
    while (s->nseats <= port && s->nseats < MAX_PORTS) {
        if (!seat_open_feed(&s->seat[s->nseats], s->o, name, s->set))
            return NULL;
        s->seat[s->nseats].start_ns = s->seat[0].start_ns;
        (void)view_add(&s->view, s->seat[s->nseats++].port);
    }
    return port < s->nseats ? &s->seat[port] : NULL;
}

static void on_frame(struct screen *s, const struct feed_frame *f,
                     const uint8_t *p)
{
    struct tt_record r = {.t_ns = f->t_ns,
                          .lane = (enum tt_lane)f->lane,
                          .event = (enum tt_event)f->event,
                          .bytes = f->len ? p : NULL,
                          .len = f->len,
                          .baud = f->baud,
                          .count = f->count};
    char text[PORT_NAME];
    struct seat *seat;

    memcpy(r.mode, f->mode, sizeof(r.mode));
    (void)snprintf(text, sizeof(text), "%.*s", (int)f->len, (const char *)p);
    switch (f->kind) {
    case FEED_START: s->seat[0].start_ns = f->t_ns; break;
    case FEED_FOUND:
        seat = seat_of(s, f->port, text);
        if (seat)
            (void)snprintf(seat->port->name, sizeof(seat->port->name), "%s",
                           shown_name(text));
        break;
    case FEED_RECORD:
        for (size_t i = 0; i < s->nseats; i++) /* the tool's words: to all */
            if (i == f->port || (f->port == UINT8_MAX))
                seat_feed(&s->seat[i], &r);
        break;
    default:
        (void)snprintf(text, sizeof(text), "the tool has ended: %u (q quits)",
                       (unsigned)f->baud);
        for (size_t i = 0; i < s->nseats; i++)
            seat_feed_ends(&s->seat[i], text);
    }
    s->dirty = true;
}

static void on_feed(struct screen *s)
{
    struct feed_frame f;
    const uint8_t *p;

    feed_in_read(&s->feed);
    while (feed_in_next(&s->feed, &f, &p))
        on_frame(s, &f, p);
    for (size_t i = 0; s->feed.ended && i < s->nseats; i++)
        seat_feed_ends(&s->seat[i], "telltale has ended");
}

/* One turn; is there more work at once? */
static bool one_turn(struct screen *s, bool busy)
{
    struct pollfd p[MAX_PORTS * SOURCE_FDS + 2] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = s->feed.bytes && !s->feed.ended ? s->feed.fd : -1,
         .events = POLLIN}};
    nfds_t n = 2, own[MAX_PORTS] = {0};
    uint64_t now = clock_ns();
    int wait = patience(s, busy, now);

    for (size_t i = 0; i < s->nseats; i++)
        if (s->seat[i].open) {
            int wish = s->seat[i].src.wait_ms;

            wait = wish >= 0 && wish < wait ? wish : wait;
            own[i] = source_poll(&s->seat[i].src, p + n);
            n += own[i];
        }
    (void)poll(p, n, wait);
    on_signals(s);
    busy = false;
    n = 2;
    if (p[1].revents)
        on_feed(s);
    for (size_t i = 0; i < s->nseats; i++) {
        if (s->seat[i].open && source_polled(&s->seat[i].src, p + n, own[i]))
            seat_read(&s->seat[i]);
        n += own[i];
        busy |= seat_work(&s->seat[i]);
        s->news |= has_news(&s->seat[i]) ||
                   (s->seat[i].open && now - s->drawn_ns >= BEAT_NS);
    }
    s->news |= busy;
    if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL))
        s->quit = true;
    on_keys(s);
    if (view_search(&s->view))
        busy = s->news = true;
    reload(s);
    if (say_news()) {
        view_say(&s->view, true, "%.280s", last_said());
        s->dirty = true;
    }
    now = clock_ns();
    if ((s->dirty && now - s->drawn_ns >= FRAME_NS) ||
        (s->news && now - s->drawn_ns >= NEWS_NS))
        draw(s, now);
    return busy;
}

/* ---- from beginning to end ---------------------------------------------- */

static bool open_seats(struct screen *s)
{
    char message[300], path[PATH_MAX];

    if (s->feed.bytes) /* a place for what comes before a port is opened */
        return seat_of(s, 0, s->o->attach ? "tool" : s->o->words[0]) != NULL;
    for (size_t i = 0; i < s->o->nwords; i++) {
        struct seat *seat = &s->seat[s->nseats];

        if (!seat_open(seat, s->o, s->o->words[i], s->set)) {
            seat_close(seat);
            return false;
        }
        s->nseats++;
        (void)view_add(&s->view, seat->port);
        if (seat->file || !s->o->record)
            continue;
        numbered_name(path, sizeof(path), s->o->record, i);
        if (!seat_record(seat, path, message, sizeof(message)))
            return false;
    }
    return true;
}

/* The line is described on its tape; from here on time counts. */
static void begin_lines(struct screen *s)
{
    for (size_t i = 0; i < s->nseats; i++) {
        struct seat *seat = &s->seat[i];

        if (seat->open)
            seat_begin(seat);
    }
}

static void finish(struct screen *s)
{
    for (size_t i = 0; i < s->nseats; i++) {
        struct seat *seat = &s->seat[i];

        if (seat->port->unsaved)
            say("%s: %zu change%s of marks are in no file",
                shown_name(seat->name), seat->port->unsaved,
                seat->port->unsaved == 1 ? "" : "s");
        if (seat->open)
            port_finish(seat->port, seat->port->now_ns);
        seat_finish(seat);
    }
}

/* What it all came to, where the screen was. */
static enum exit_code summary(struct screen *s)
{
    enum exit_code code = EXIT_HEALTHY;

    for (size_t i = 0; i < s->nseats; i++) {
        struct port *p = s->seat[i].port;
        struct tt_verdict v;
        struct tt_report_input in = {
            .name = s->seat[i].name, .info = &p->info, .tape = p->tape};
        struct tt_buf out;

        if (s->seat[i].file)
            in.read = filestore_report(s->seat[i].file);
        tt_buf_init(&out, 16 << 20);
        if (tt_session_verdict(p->session, &v)) {
            code = EXIT_CANNOT;
        } else {
            put_report(&out, s->o, &v, &in, 0);
            code = exit_worse(code, verdict_code(&v));
            if (i)
                (void)!putchar('\n');
            (void)put_out(&out);
        }
        if (s->seat[i].rec.failed)
            code = EXIT_CANNOT;
        tt_buf_release(&out);
    }
    return code;
}

static void set_up_view(struct screen *s)
{
    s->view.keys = s->settings.keys;
    s->view.recipes = s->settings.recipe;
    s->view.nrecipes = s->settings.nrecipes;
    s->view.active = s->o->active;
    s->view.utc_offset_s = utc_offset();
    s->view.pane = s->nseats > 2 ? PANE_PORTS : PANE_WIRE;
}

/* feed_fd: records come from there; -1: from what the options name. */
static enum exit_code show(const struct options *o, struct tt_rules *set,
                           int feed_fd)
{
    struct screen *s = calloc(1, sizeof(*s));
    struct tt_error err = {.msg = "out of memory"};
    enum exit_code code = EXIT_CANNOT;
    bool busy = true;

    if (!s || !view_init(&s->view) ||
        (feed_fd >= 0 && !feed_in_init(&s->feed, feed_fd))) {
        say("%s", err.msg);
        tt_rules_free(set);
        free(s);
        return code;
    }
    s->o = o;
    s->set = set;
    s->stamp = load_stamp(o);
    say_hold(true); /* what is said from here on is seen on the screen */
    if (open_seats(s)) {
        bool news = say_news();

        read_settings(s);
        if (news && !s->view.message[0])
            view_say(&s->view, true, "%.280s", last_said());
        set_up_view(s);
        catch_signals();
        if (term_open(&s->settings.theme, !o->no_color && !getenv("NO_COLOR"),
                      s->settings.unicode, &err)) {
            begin_lines(s);
            s->dirty = true;
            while (!s->quit)
                busy = one_turn(s, busy);
            term_close();
            say_hold(false);
            finish(s);
            if (feed_fd < 0) /* 'run' says it itself */
                code = summary(s);
        } else {
            say("%s", err.msg);
        }
    }
    say_hold(false);
    for (size_t i = 0; i < s->nseats; i++)
        seat_close(&s->seat[i]);
    view_free(&s->view);
    grid_free(&s->grid);
    tt_rules_free(s->set);
    if (feed_fd >= 0)
        feed_in_release(&s->feed);
    free(s);
    return code;
}

enum exit_code screen_run(const struct options *o, struct tt_rules *set)
{
    return show(o, set, -1);
}

int screen_run_feed(const struct options *o, struct tt_rules *set, int fd)
{
    return (int)show(o, set, fd);
}
