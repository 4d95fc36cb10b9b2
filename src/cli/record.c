/*
 * record - see record.h.
 *
 * A full disk may take half a record; the half is cut off again, so that
 * what is there stays whole, and the recording is given up with a word.
 */
#include "cli/record.h"

#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Write what is in the block, whole or not at all. */
static void put_block(struct recording *rec)
{
    int why = rec->block.status ? ENOMEM : 0;

    if (rec->fd >= 0 && !why)
        why = write_all(rec->fd, tt_buf_text(&rec->block), rec->block.n);
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

/* Lanes and times belong in it. */
static bool is_record_name(const char *path)
{
    const char *format = format_of(path);

    if (!format || strcmp(format, "raw") != 0)
        return true;
    say("%s: raw bytes say nothing of lanes and times: record to .pcapng "
        "or .tape ('telltale convert' makes raw bytes of it)",
        path);
    return false;
}

bool record_could_open(const char *path, bool force)
{
    return is_record_name(path) && output_apart(path, NULL, 0) &&
           could_create(path, force);
}

bool record_open(struct recording *rec, const char *path, bool force,
                 const struct tt_tape_info *info, bool speed_follows)
{
    const char *format = format_of(path);
    struct tt_write_options how = {.format = format ? format : "pcapng",
                                   .ifname = info->adapter,
                                   .lane = TT_LANE_DEVICE};
    struct tt_error err;

    *rec = (struct recording){.path = path, .fd = -1};
    tt_buf_init(&rec->block, (size_t)2 * TT_MAX_BLOCK);
    if (!is_record_name(path))
        return false;
    if (tt_writer_init(&rec->writer, &how, info, &err)) {
        say("%s: %s", path, err.msg);
        return false;
    }
    if (!output_apart(path, NULL, 0))
        return false;
    rec->fd = create_file(path, force, O_APPEND);
    if (rec->fd >= 0 && !speed_follows) {
        tt_writer_finish(&rec->writer, &rec->block);
        put_block(rec);
    }
    return rec->fd >= 0 || rec->failed;
}

void record_add(struct recording *rec, const struct tt_record *r,
                const char *comment)
{
    if (rec->fd < 0)
        return;
    tt_writer_record(&rec->writer, &rec->block, r, comment);
    put_block(rec);
}

void record_remark(struct recording *rec, uint64_t t_ns, const char *comment)
{
    if (rec->fd < 0)
        return;
    tt_writer_remark(&rec->writer, &rec->block, t_ns, comment);
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
