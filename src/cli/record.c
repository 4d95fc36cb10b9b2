/*
 * record - see record.h.
 *
 * A full disk may take half a record; the half is cut off again, so that
 * what is there stays whole, and the recording is given up with a word.
 */
#include "cli/record.h"

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n >= m && strcmp(s + n - m, end) == 0;
}

/* Write what is in the block, whole or not at all. */
static void put_block(struct recording *rec)
{
    const char *p = tt_buf_text(&rec->block);
    size_t left = rec->block.n;
    int why = rec->block.status ? ENOMEM : 0;

    while (rec->fd >= 0 && left && !why) {
        ssize_t n = write(rec->fd, p, left);

        if (n < 0 && errno != EINTR)
            why = errno;
        if (n > 0) {
            p += n;
            left -= (size_t)n;
        }
    }
    if (rec->fd >= 0 && !why)
        rec->good += (off_t)rec->block.n;
    tt_buf_clear(&rec->block);
    if (!why)
        return;
    say("%s: recording stops here: %s; what it holds so far is whole",
        rec->path, strerror(why));
    (void)!ftruncate(rec->fd, rec->good);
    (void)close(rec->fd);
    rec->fd = -1;
    rec->failed = true;
}

bool record_open(struct recording *rec, const char *path, bool force,
                 const struct tt_tape_info *info, uint32_t baud)
{
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY;

    *rec = (struct recording){.path = path, .is_tape = ends_in(path, ".tape")};
    rec->fd = open(path, flags | (force ? O_TRUNC : O_EXCL), 0644);
    if (rec->fd < 0) {
        if (errno == EEXIST)
            say("%s is there already; --force writes over it", path);
        else
            say("%s: cannot record there: %s", path, strerror(errno));
        return false;
    }
    tt_buf_init(&rec->block, 2 * TT_MAX_BLOCK);
    if (rec->is_tape) {
        tt_tape_text_header(&rec->block, info);
    } else {
        tt_pcapng_init(&rec->writer, info->epoch_ns, info->device);
        tt_pcapng_begin(&rec->writer, &rec->block, baud, info);
    }
    put_block(rec);
    return true;
}

void record_add(struct recording *rec, const struct tt_record *r,
                const char *comment)
{
    if (rec->fd < 0)
        return;
    if (rec->is_tape)
        tt_tape_text_record(&rec->block, r, r->t_ns);
    else
        tt_pcapng_record(&rec->writer, &rec->block, r, comment);
    put_block(rec);
    if (rec->is_tape && comment)
        record_remark(rec, r->t_ns, comment);
}

void record_remark(struct recording *rec, uint64_t t_ns, const char *comment)
{
    if (rec->fd < 0)
        return;
    if (rec->is_tape)
        tt_buf_printf(&rec->block, "# %s\n", comment);
    else
        tt_pcapng_comment(&rec->writer, &rec->block, t_ns, comment);
    put_block(rec);
}

void record_close(struct recording *rec)
{
    if (rec->fd >= 0 && close(rec->fd)) {
        say("%s: %s", rec->path, strerror(errno));
        rec->failed = true;
    }
    rec->fd = -1;
    tt_buf_release(&rec->block);
}
