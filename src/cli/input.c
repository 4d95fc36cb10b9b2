/*
 * input - see input.h.
 */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

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

int input_open(const char *name)
{
    struct stat st;
    int fd;

    if (strcmp(name, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
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

enum tt_status input_feed(struct tt_reader *rd, int fd, const struct options *o,
                          input_piece_fn *watch, void *user,
                          struct tt_error *err)
{
    static uint8_t piece[PIECE];
    size_t most = o->feed && o->feed < PIECE ? o->feed : PIECE;
    enum tt_status st = TT_OK;
    uint64_t total = 0;
    ssize_t n;

    while (!st && (n = read(fd, piece, most)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tt_fail(err, TT_ERR_IO, "cannot read on: %s",
                           strerror(errno));
        if (watch)
            watch(piece, (size_t)n, total, user);
        st = tt_reader_feed(rd, piece, (size_t)n, err);
        total += (uint64_t)n;
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
        say("%s stops in the middle of something", name);
}
