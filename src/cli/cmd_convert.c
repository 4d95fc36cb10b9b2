/*
 * cmd_convert - a recording in another format.
 *
 * Records go through one by one.  OUT is made anew (never written over
 * without --force) and taken away again when the conversion fails.
 */
#include "cli/input.h"
#include "cli/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 16, MOST = 64 << 20 };

struct converting {
    const struct options *o;
    struct tt_reader *reader;
    struct tt_write_options how;
    struct tt_writer writer;
    struct tt_buf buf;
    int out;               /* descriptor */
    struct tt_record baud; /* the last speed before --since */
    bool begun, is_raw, has_lane;
    const char *why; /* it failed */
};

static enum tt_status failed(struct converting *c, const char *why)
{
    c->why = why;
    return TT_ERR_IO;
}

static enum tt_status flush(struct converting *c)
{
    int why = c->buf.status ? ENOMEM
                            : write_all(c->out, tt_buf_text(&c->buf), c->buf.n);

    tt_buf_clear(&c->buf);
    return why ? failed(c, strerror(why)) : TT_OK;
}

static enum tt_status begin(struct converting *c)
{
    struct tt_error err;

    c->begun = true;
    if (tt_writer_init(&c->writer, &c->how, &tt_reader_report(c->reader)->info,
                       &err))
        return failed(c, "it cannot be written so");
    return TT_OK;
}

/* Raw bytes have no lane: unless one was chosen, only one may be there. */
static bool lane_fits(struct converting *c, const struct tt_record *r)
{
    if (!c->is_raw || c->o->lane >= 0 || !r->len)
        return true;
    if (!c->has_lane)
        c->writer.lane = r->lane;
    c->has_lane = true;
    return r->lane == c->writer.lane;
}

static enum tt_status take(const struct tt_record *r, void *user)
{
    struct converting *c = user;
    enum tt_status st = c->begun ? TT_OK : begin(c);

    if (st)
        return st;
    if (r->t_ns < c->o->since_ns && r->event == TT_EV_BAUD)
        c->baud = *r;
    if (r->t_ns < c->o->since_ns || r->t_ns > c->o->until_ns)
        return TT_OK;
    if (!lane_fits(c, r))
        return failed(c, "it holds more than one side, and raw bytes cannot "
                         "say which: choose with --lane host or --lane device");
    if (c->baud.event) {
        c->baud.t_ns = c->o->since_ns;
        tt_writer_record(&c->writer, &c->buf, &c->baud, NULL);
        c->baud.event = TT_EV_NONE;
    }
    tt_writer_record(&c->writer, &c->buf, r, NULL);
    return c->buf.n >= FLUSH_AT || c->buf.status ? flush(c) : TT_OK;
}

/* What the reader could not use is said: a conversion should lose nothing
 * without a word. */
static void say_losses(const struct converting *c, const char *name)
{
    const struct tt_read_report *r = tt_reader_report(c->reader);

    if (c->o->verbose)
        say("%s: %s, %llu records, %llu of them without a place in %s", name,
            r->info.format, (unsigned long long)r->records,
            (unsigned long long)c->writer.left_out, c->how.format);
    input_say_unread(r, name, TT_MAX_UNREAD);
}

static bool convert(struct converting *c, int in)
{
    const char *name = shown_name(c->o->words[0]);
    struct tt_error err = {.msg = "out of memory"};
    enum tt_status st = input_reader(&c->reader, c->o, take, c, &err);

    if (!st)
        st = input_feed(c->reader, in, c->o, NULL, NULL, &err);
    if (!st && !c->begun)
        st = begin(c);
    if (!st) {
        tt_writer_finish(&c->writer, &c->buf);
        st = flush(c);
    }
    if (st)
        say("%s: %s", name, c->why ? c->why : err.msg);
    else
        say_losses(c, name);
    tt_reader_free(c->reader);
    return !st;
}

static bool same_file(int in, const char *name)
{
    struct stat a, b;

    return fstat(in, &a) == 0 && stat(name, &b) == 0 && S_ISREG(a.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Close what was written; nothing half done stays behind. */
static bool close_out(int fd, const char *name, bool good)
{
    struct stat st;
    bool is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

    if (close(fd) && good) {
        say("%s: %s", name, strerror(errno));
        good = false;
    }
    if (!good && is_file)
        (void)unlink(name);
    return good;
}

enum exit_code cmd_convert(const struct options *o)
{
    const char *from = o->words[0], *to = o->words[1];
    struct converting c = {.o = o, .out = -1};
    bool to_stdout = strcmp(to, "-") == 0, good;
    int in;

    if (!*from || !*to) {
        say("an empty name: - is standard input or output");
        return EXIT_CANNOT;
    }
    c.how.format = o->to ? o->to : format_of(to);
    if (!c.how.format) {
        say("%s: into which format?  End the name in .tape, .pcapng, .raw or "
            ".bin, or say --to",
            to);
        return EXIT_CANNOT;
    }
    c.is_raw = strcmp(c.how.format, "raw") == 0;
    c.how.lane = o->lane < 0 ? TT_LANE_DEVICE : (enum tt_lane)o->lane;
    in = input_open(from);
    if (in < 0)
        return EXIT_CANNOT;
    if (same_file(in, to))
        say("%s cannot be read and written over at once", to);
    else
        c.out = to_stdout ? STDOUT_FILENO : create_file(to, o->force, 0);
    if (c.out < 0) {
        (void)close(in);
        return EXIT_CANNOT;
    }
    tt_buf_init(&c.buf, MOST);
    good = convert(&c, in);
    tt_buf_release(&c.buf);
    (void)close(in);
    if (!to_stdout)
        good = close_out(c.out, to, good);
    return good ? EXIT_HEALTHY : EXIT_CANNOT;
}
