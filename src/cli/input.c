/*
 * input - see input.h.
 */
#include "cli/input.h"

#include "cli/archive.h"
#include "cli/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

bool read_exactly(int fd, void *p, size_t n)
{
    char *to = p;

    while (n) {
        ssize_t got = read(fd, to, n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        n -= (size_t)got;
    }
    return true;
}

void input_not_there(const char *name, int why)
{
    if (why == ENOENT && strncmp(name, "/dev/", 5) == 0)
        say("%s is not there: is the adapter plugged in?  'ls /dev/tty*' "
            "before and after shows its name",
            name);
    else if (why == ENOENT)
        say("%s: there is no such file", name);
    else
        say("%s: cannot open it: %s", name, strerror(why));
}

/* A descriptor that another process unpacks a file of an archive into. */
static struct {
    int fd;
    pid_t unpacker;
} member = {.fd = -1};

/* There is no such file: it may be one in an archive. */
static int open_member(const char *name, int why)
{
    struct tt_error err;
    int fd = archive_open_member(name, &member.unpacker, &err);

    if (fd < 0 && err.code)
        say("%s: %s", name, err.msg);
    else if (fd < 0)
        input_not_there(name, why == ENOTDIR ? ENOENT : why);
    member.fd = fd;
    return fd;
}

int input_open(const char *name)
{
    struct stat st;
    int fd;

    if (strcmp(name, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && (errno == ENOTDIR || errno == ENOENT))
        return open_member(name, errno);
    if (fd < 0) {
        input_not_there(name, errno);
        return -1;
    }
    if (fstat(fd, &st) == 0 && (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode))) {
        if (S_ISDIR(st.st_mode))
            say("%s is a folder: name the recordings in it, such as %s/*", name,
                name);
        else
            say("%s is a disk, not a recording or a line", name);
        (void)close(fd);
        return -1;
    }
    return fd;
}

enum tt_status input_reader(struct tt_reader **out, const struct options *o,
                            tt_sink_fn *sink, void *user, struct tt_error *err)
{
    struct tt_read_options how = {.format = o->format,
                                  .usb = o->usb,
                                  .tcp = o->tcp,
                                  .lane = o->lane < 0 ? TT_LANE_DEVICE
                                                      : (enum tt_lane)o->lane};

    return tt_reader_new(out, &how, sink, user, err);
}

/* One input on its way into a reader. */
struct feeding {
    struct tt_reader *rd;
    input_piece_fn *watch;
    void *user;
    size_t most;
    uint64_t total;
    uint8_t head[UNPACK_LOOK]; /* the first bytes, until all are there */
    size_t nhead;
    bool raw;   /* as it is, whatever it looks like */
    bool known; /* whether it is compressed */
    struct unpack *u;
};

/* A recording is read out of one package, not out of several. */
static enum tt_status one_package(const struct feeding *f, const uint8_t *p,
                                  size_t n, struct tt_error *err)
{
    if (n >= 4 && (!memcmp(p, "PK\3\4", 4) || !memcmp(p, "PK\5\6", 4)))
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a ZIP archive that is inside another archive or comes "
                       "through a pipe: save or unpack it, and read that");
    if (f->u && unpack_kind(p, n))
        return tt_fail(err, TT_ERR_SYNTAX,
                       "compressed more than once: unpack it and read that");
    return TT_OK;
}

static enum tt_status give(const uint8_t *p, size_t n, void *user,
                           struct tt_error *err)
{
    struct feeding *f = user;
    enum tt_status st = f->total || f->raw ? TT_OK : one_package(f, p, n, err);

    while (n && !st) {
        size_t some = n < f->most ? n : f->most;

        if (f->watch)
            f->watch(p, some, f->total, f->user);
        st = tt_reader_feed(f->rd, p, some, err);
        f->total += some;
        p += some;
        n -= some;
    }
    return st;
}

static enum tt_status through(struct feeding *f, const uint8_t *p, size_t n,
                              struct tt_error *err)
{
    return f->u ? unpack_feed(f->u, p, n, give, f, err) : give(p, n, f, err);
}

/* The first bytes tell what it is. */
static enum tt_status decide(struct feeding *f, const uint8_t *p, size_t n,
                             struct tt_error *err)
{
    const char *kind = f->raw ? NULL : unpack_kind(p, n);

    f->known = true;
    if (kind) {
        f->u = unpack_new(kind);
        if (!f->u)
            return tt_fail(err, TT_ERR_NOMEM, "out of memory");
        tt_reader_packed(f->rd, kind);
    }
    return TT_OK;
}

static enum tt_status feed(struct feeding *f, const uint8_t *p, size_t n,
                           struct tt_error *err)
{
    enum tt_status st = TT_OK;

    if (!f->known && !f->nhead && n >= sizeof(f->head))
        st = decide(f, p, n, err);
    while (!f->known && n && !st) {
        f->head[f->nhead++] = *p++;
        n--;
        if (f->nhead < sizeof(f->head))
            continue;
        st = decide(f, f->head, f->nhead, err);
        if (!st)
            st = through(f, f->head, f->nhead, err);
    }
    return st || !n ? st : through(f, p, n, err);
}

static enum tt_status feed_all(struct tt_reader *rd, int fd,
                               const struct options *o, input_piece_fn *watch,
                               void *user, struct tt_error *err)
{
    static uint8_t piece[PIECE];
    struct feeding f = {.rd = rd, .watch = watch, .user = user, .most = PIECE};
    enum tt_status st = TT_OK;
    ssize_t n;

    f.raw = o->format && strcmp(o->format, "raw") == 0;
    if (o->feed && o->feed < PIECE)
        f.most = o->feed;
    while (!st && (n = read(fd, piece, sizeof(piece))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            st = tt_fail(err, TT_ERR_IO, "cannot read on: %s", strerror(errno));
        else
            st = feed(&f, piece, (size_t)n, err);
    }
    if (!st && !f.known && f.nhead)
        st = through(&f, f.head, f.nhead, err);
    if (!st && f.u)
        st = unpack_finish(f.u, err);
    if (f.u && st)
        (void)!tt_reader_finish(rd, NULL); /* what came before counts */
    unpack_free(f.u);
    return st;
}

enum tt_status input_feed(struct tt_reader *rd, int fd, const struct options *o,
                          input_piece_fn *watch, void *user,
                          struct tt_error *err)
{
    pid_t unpacker = fd == member.fd ? member.unpacker : -1;
    enum tt_status st, end = TT_OK;
    struct tt_error why;
    int from = fd;

    member.fd = -1;
    if (unpacker < 0 && !o->format && archive_is(fd)) {
        from = archive_open(fd, &unpacker, err);
        if (from < 0)
            return err->code;
    }
    st = feed_all(rd, from, o, watch, user, err);
    if (from != fd)
        (void)close(from);
    if (unpacker >= 0)
        end = archive_end(unpacker, &why);
    if (!st && end) {
        *err = why;
        (void)!tt_reader_finish(rd, NULL);
        return end;
    }
    return st ? st : tt_reader_finish(rd, err);
}

void input_say_unread(const struct tt_read_report *r, const char *name,
                      size_t most)
{
    size_t n = r->nwhere < most ? r->nwhere : most;

    for (size_t i = 0; i < n; i++)
        say("%s: not understood at %s %llu: %s", name,
            r->where[i].line ? "line" : "byte",
            (unsigned long long)(r->where[i].line ? r->where[i].line
                                                  : r->where[i].offset),
            r->where[i].why);
    if (r->unread > n)
        say("%s: and %llu more places", name,
            (unsigned long long)(r->unread - n));
    if (r->truncated)
        say("%s is cut off: it stops in the middle of something", name);
}
