/*
 * cmd_convert - a recording in another format.
 *
 * Records go through one by one.  OUT is made anew (never written over
 * without --force) and taken away again when the conversion fails.
 */
#include "cli/options.h"
#include "format/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum target { TO_NONE, TO_TAPE, TO_PCAPNG, TO_RAW };

enum { PIECE = 1 << 16, FLUSH_AT = 1 << 16, MOST = 64 << 20 };

struct converting {
    const struct options *o;
    struct tt_reader *reader;
    enum target to;
    int out; /* descriptor */
    struct tt_buf buf;
    struct tt_pcapng_writer writer;
    struct tt_record baud; /* the last speed before --since */
    bool begun, has_lane;
    enum tt_lane lane; /* raw: the one that is written */
    char why[160];     /* it failed */
};

static enum tt_status failed(struct converting *c, const char *why)
{
    (void)snprintf(c->why, sizeof(c->why), "%s", why);
    return TT_ERR_IO;
}

static enum tt_status flush(struct converting *c)
{
    const char *p = tt_buf_text(&c->buf);
    size_t left = c->buf.n;

    if (c->buf.status)
        return failed(c, tt_status_name(c->buf.status));
    while (left) {
        ssize_t n = write(c->out, p, left);

        if (n < 0 && errno != EINTR)
            return failed(c, strerror(errno));
        if (n > 0) {
            p += n;
            left -= (size_t)n;
        }
    }
    tt_buf_clear(&c->buf);
    return TT_OK;
}

static void begin(struct converting *c)
{
    const struct tt_tape_info *info = &tt_reader_report(c->reader)->info;

    c->begun = true;
    if (c->to == TO_TAPE)
        tt_tape_text_header(&c->buf, info);
    if (c->to == TO_PCAPNG) {
        tt_pcapng_init(&c->writer, info->epoch_ns, info->device);
        tt_pcapng_begin(&c->writer, &c->buf, 0, info);
    }
}

/* Raw bytes have no lane: only one may go there. */
static enum tt_status put_raw(struct converting *c, const struct tt_record *r)
{
    if (!r->len || (c->o->lane >= 0 && r->lane != (enum tt_lane)c->o->lane))
        return TT_OK;
    if (c->has_lane && r->lane != c->lane)
        return failed(c, "it holds more than one side, and raw bytes cannot "
                         "say which: choose with --lane host or --lane device");
    c->has_lane = true;
    c->lane = r->lane;
    tt_buf_add(&c->buf, r->bytes, r->len);
    return TT_OK;
}

static enum tt_status put_record(struct converting *c,
                                 const struct tt_record *r)
{
    bool timed = tt_reader_report(c->reader)->info.quality > TT_TIME_ORDER;
    enum tt_status st = TT_OK;

    switch (c->to) {
    case TO_TAPE:
        tt_tape_text_record(&c->buf, r, timed ? r->t_ns : UINT64_MAX);
        break;
    case TO_PCAPNG: tt_pcapng_record(&c->writer, &c->buf, r, NULL); break;
    default: st = put_raw(c, r); break;
    }
    return st;
}

static enum tt_status take(const struct tt_record *r, void *user)
{
    struct converting *c = user;
    enum tt_status st = TT_OK;

    if (!c->begun)
        begin(c);
    if (r->t_ns < c->o->since_ns && r->event == TT_EV_BAUD)
        c->baud = *r;
    if (r->t_ns < c->o->since_ns || r->t_ns > c->o->until_ns)
        return TT_OK;
    if (c->baud.event) {
        c->baud.t_ns = c->o->since_ns;
        st = put_record(c, &c->baud);
        c->baud.event = TT_EV_NONE;
    }
    if (!st)
        st = put_record(c, r);
    if (!st && c->buf.n >= FLUSH_AT)
        st = flush(c);
    return st;
}

static enum tt_status feed_all(struct converting *c, int in,
                               struct tt_error *err)
{
    static uint8_t piece[PIECE];
    enum tt_status st = TT_OK;
    ssize_t n;

    while (!st && (n = read(in, piece, sizeof(piece))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tt_fail(err, TT_ERR_IO, "%s", strerror(errno));
        st = tt_reader_feed(c->reader, piece, (size_t)n, err);
    }
    if (!st)
        st = tt_reader_finish(c->reader, err);
    if (!st && !c->begun)
        begin(c);
    return st;
}

/* What --to or the end of the name says. */
static enum target target_of(const struct options *o, const char *name)
{
    static const struct {
        const char *end, *to;
        enum target target;
    } known[] = {{".tape", "tape", TO_TAPE},
                 {".pcapng", "pcapng", TO_PCAPNG},
                 {".raw", "raw", TO_RAW},
                 {".bin", "", TO_RAW}};

    for (size_t i = 0; i < TT_LEN(known); i++) {
        size_t n = strlen(name), m = strlen(known[i].end);

        if (o->to ? strcmp(o->to, known[i].to) == 0
                  : n >= m && strcmp(name + n - m, known[i].end) == 0)
            return known[i].target;
    }
    say("%s: into which format?  End the name in .tape, .pcapng, .raw or "
        ".bin, or say --to",
        name);
    return TO_NONE;
}

static int open_in(const char *name)
{
    int fd = strcmp(name, "-") == 0 ? STDIN_FILENO
                                    : open(name, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0) {
        say("%s: cannot open it: %s", name, strerror(errno));
    } else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        say("%s is a folder", name);
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static bool same_file(int in, const char *name)
{
    struct stat a, b;

    return fstat(in, &a) == 0 && stat(name, &b) == 0 && S_ISREG(a.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int open_out(const struct options *o, const char *name)
{
    int fd = strcmp(name, "-") == 0 ? STDOUT_FILENO
                                    : open(name,
                                           O_WRONLY | O_CREAT | O_CLOEXEC |
                                               (o->force ? O_TRUNC : O_EXCL),
                                           0644);

    if (fd < 0 && errno == EEXIST)
        say("%s is there already; --force writes over it", name);
    else if (fd < 0)
        say("%s: cannot write there: %s", name, strerror(errno));
    return fd;
}

/* What the reader could not use is said: a conversion should lose nothing
 * without a word. */
static void say_losses(const struct converting *c, const char *name)
{
    const struct tt_read_report *r = tt_reader_report(c->reader);

    if (c->o->verbose)
        say("%s: %s, %llu records", name, r->info.format,
            (unsigned long long)r->records);
    for (size_t i = 0; i < r->nwhere; i++)
        say("%s: not understood at %s %llu: %s", name,
            r->where[i].line ? "line" : "byte",
            (unsigned long long)(r->where[i].line ? r->where[i].line
                                                  : r->where[i].offset),
            r->where[i].why);
    if (r->unread > r->nwhere)
        say("%s: and %llu more places", name,
            (unsigned long long)(r->unread - r->nwhere));
    if (r->truncated)
        say("%s stops in the middle of something", name);
}

static bool convert(struct converting *c, int in)
{
    struct tt_read_options how = {
        .format = c->o->format,
        .lane = c->o->lane < 0 ? TT_LANE_DEVICE : (enum tt_lane)c->o->lane};
    struct tt_error err = {.msg = "out of memory"};
    enum tt_status st = tt_reader_new(&c->reader, &how, take, c, &err);

    if (!st)
        st = feed_all(c, in, &err);
    if (!st)
        st = flush(c);
    if (st)
        say("%s: %s", c->o->words[0], c->why[0] ? c->why : err.msg);
    else
        say_losses(c, c->o->words[0]);
    tt_reader_free(c->reader);
    return !st;
}

enum exit_code cmd_convert(const struct options *o)
{
    struct converting c = {.o = o, .out = -1};
    struct stat st;
    bool good;
    int in;

    c.to = target_of(o, o->words[1]);
    if (c.to == TO_NONE)
        return EXIT_CANNOT;
    in = open_in(o->words[0]);
    if (in < 0)
        return EXIT_CANNOT;
    if (same_file(in, o->words[1]))
        say("%s cannot be read and written over at once", o->words[1]);
    else
        c.out = open_out(o, o->words[1]);
    if (c.out < 0) {
        (void)close(in);
        return EXIT_CANNOT;
    }
    tt_buf_init(&c.buf, MOST);
    good = convert(&c, in);
    tt_buf_release(&c.buf);
    (void)close(in);
    if (c.out != STDOUT_FILENO) {
        bool is_file = fstat(c.out, &st) == 0 && S_ISREG(st.st_mode);

        if (close(c.out) && good) {
            say("%s: %s", o->words[1], strerror(errno));
            good = false;
        }
        if (!good && is_file)
            (void)unlink(o->words[1]);
    }
    return good ? EXIT_HEALTHY : EXIT_CANNOT;
}
