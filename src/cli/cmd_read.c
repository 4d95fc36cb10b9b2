/*
 * cmd_read - verdicts on recordings, one after the other.
 *
 * A file is never held in memory: pieces go from read() through the reader
 * into the session.  What is wrong with one file never stops the next.
 */
#include "cli/intake.h"
#include "cli/live.h"
#include "cli/load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

struct reading {
    const struct options *o;
    struct intake in;
    struct tt_reader *reader;
    bool begun;       /* the tape's first record has come */
    uint64_t started; /* ns, for the progress */
    uint64_t told;    /* ns, when progress was last shown */
    uint64_t done, size;
    unsigned shown; /* reports so far */
};

/* "  43 %  120 MB" on a terminal, once it takes longer than half a second. */
static void progress(struct reading *rd, bool over)
{
    uint64_t now = clock_ns();
    char text[80];
    int n;

    if (rd->o->quiet || !isatty(STDERR_FILENO))
        return;
    if (over) {
        if (rd->told)
            (void)!write(STDERR_FILENO, "\r\033[K", 4);
        return;
    }
    if (now - rd->started < TT_NS_PER_S / 2 ||
        (rd->told && now - rd->told < TT_NS_PER_S / 5))
        return;
    rd->told = now;
    if (rd->size)
        n = snprintf(text, sizeof(text), "\r%3u %%  %.1f MB\033[K",
                     (unsigned)(rd->done * 100 / rd->size),
                     (double)rd->done / 1e6);
    else
        n = snprintf(text, sizeof(text), "\r%.1f MB\033[K",
                     (double)rd->done / 1e6);
    (void)!write(STDERR_FILENO, text, (size_t)n);
}

static enum tt_status begin(struct reading *rd)
{
    rd->begun = true;
    return intake_begin(&rd->in, tt_reader_report(rd->reader)->info.quality)
               ? TT_OK
               : TT_ERR_NOMEM;
}

static enum tt_status take(const struct tt_record *r, void *user)
{
    struct reading *rd = user;
    enum tt_status st = rd->begun ? TT_OK : begin(rd);

    return st ? st : intake_record(&rd->in, r);
}

/* All of fd through the reader. */
static enum tt_status feed_all(struct reading *rd, int fd, struct tt_error *err)
{
    static uint8_t piece[PIECE];
    enum tt_status st = TT_OK;
    ssize_t n;

    while (!st && (n = read(fd, piece,
                            rd->o->feed ? rd->o->feed : sizeof(piece))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tt_fail(err, TT_ERR_IO, "cannot read on: %s",
                           strerror(errno));
        st = tt_reader_feed(rd->reader, piece, (size_t)n, err);
        rd->done += (uint64_t)n;
        progress(rd, false);
    }
    if (!st)
        st = tt_reader_finish(rd->reader, err);
    if (!st && !rd->begun)
        st = begin(rd);
    return st;
}

static enum exit_code report(struct reading *rd, const char *name)
{
    const struct tt_read_report *how = tt_reader_report(rd->reader);
    struct tt_report_input in = {
        .name = name, .read = how, .info = &how->info, .tape = rd->in.tape};
    enum exit_code code = EXIT_CANNOT;
    struct tt_verdict v;
    struct tt_buf out;

    tt_buf_init(&out, 16 << 20);
    if (intake_end(&rd->in, how->end_ns, &v)) {
        say("%s: %s", name, tt_status_name(TT_ERR_NOMEM));
    } else {
        if (rd->shown++ && !rd->o->json && !rd->o->quiet)
            tt_buf_ch(&out, '\n');
        put_report(&out, rd->o, &v, &in);
        code = verdict_code(&v);
        rd->in.stop = !put_out(&out);
    }
    tt_buf_release(&out);
    return code;
}

/* One recording that is open already. */
static enum exit_code read_fd(struct reading *rd, const char *name, int fd)
{
    struct tt_read_options how = {
        .format = rd->o->format,
        .lane = rd->o->lane < 0 ? TT_LANE_DEVICE : (enum tt_lane)rd->o->lane};
    struct tt_error err = {.msg = "out of memory"};
    enum exit_code code = EXIT_CANNOT;
    enum tt_status st;

    rd->begun = false;
    rd->done = rd->told = 0;
    rd->started = clock_ns();
    st = tt_reader_new(&rd->reader, &how, take, rd, &err);
    if (!st)
        st = feed_all(rd, fd, &err);
    progress(rd, true);
    if (!st && !rd->done)
        say("%s is empty: whatever recorded it wrote no byte", name);
    if (st)
        say("%s: %s", name, err.msg);
    if (rd->reader && rd->begun) /* also when it broke off: what came counts */
        code = exit_worse(report(rd, name), st ? EXIT_CANNOT : EXIT_HEALTHY);
    tt_reader_free(rd->reader);
    rd->reader = NULL;
    return code;
}

/* Names that stand for a descriptor of ours: a recording may come through
 * them, as in  telltale read <(ssh pi cat x.pcapng) . */
static bool is_fd_name(const char *name)
{
    return strncmp(name, "/dev/fd/", 8) == 0 ||
           strcmp(name, "/dev/stdin") == 0 ||
           strncmp(name, "/proc/self/fd/", 14) == 0;
}

static enum exit_code not_there(const char *name, int why)
{
    if (why == ENOENT && strncmp(name, "/dev/", 5) == 0)
        say("%s is not there: is the adapter plugged in?  'ls /dev/tty*' "
            "before and after shows its name",
            name);
    else if (why == ENOENT)
        say("%s: there is no such file", name);
    else
        say("%s: cannot open it: %s", name, strerror(why));
    return EXIT_CANNOT;
}

static enum exit_code read_one(struct reading *rd, const char *name)
{
    enum exit_code code;
    struct stat st;
    int fd;

    rd->size = 0;
    if (strcmp(name, "-") == 0)
        return read_fd(rd, "-", STDIN_FILENO);
    if (stat(name, &st))
        return not_there(name, errno);
    if (S_ISDIR(st.st_mode)) {
        say("%s is a folder: name the recordings in it, such as %s/*", name,
            name);
        return EXIT_CANNOT;
    }
    if (S_ISBLK(st.st_mode)) {
        say("%s is a disk, not a recording or a line", name);
        return EXIT_CANNOT;
    }
    if (!S_ISREG(st.st_mode) && !is_fd_name(name) && !rd->o->format)
        return live_run(rd->o, name, &rd->in);
    if (rd->o->record)
        say("%s is a recording already: -r is for lines", name);
    fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return not_there(name, errno);
    if (S_ISREG(st.st_mode) && st.st_size > 0)
        rd->size = (uint64_t)st.st_size;
    code = read_fd(rd, name, fd);
    (void)close(fd);
    return code;
}

enum exit_code cmd_read(const struct options *o)
{
    struct tt_rules *set = load_rules(o);
    struct reading rd = {.o = o};
    enum exit_code code = EXIT_HEALTHY;

    if (!set)
        return EXIT_CANNOT;
    if (!intake_init(&rd.in, o, set))
        code = EXIT_CANNOT;
    for (size_t i = 0; rd.in.session && !rd.in.stop && i < o->nwords; i++)
        code = exit_worse(code, read_one(&rd, o->words[i]));
    intake_release(&rd.in);
    tt_rules_free(set);
    return code;
}
