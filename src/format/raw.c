/*
 * Raw bytes: no time, no direction, nothing but the bytes.  They become
 * records of a fixed size, so that the records do not depend on how the
 * input was cut.
 */
#include "format/reader.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 4096 };

struct raw {
    uint8_t piece[PIECE];
    size_t n;
    uint64_t offset; /* of piece in the input */
};

static bool is_raw(const uint8_t *p, size_t n, bool end)
{
    (void)p;
    (void)n;
    (void)end;
    return true;
}

/* Text, by its start: no NUL and hardly any byte a text would not have. */
static bool looks_like_text(const uint8_t *p, size_t n)
{
    size_t odd = 0;

    for (size_t i = 0; i < n;) {
        size_t len = 1;

        if (p[i] >= 0x80) {
            len = tt_utf8_len(p + i, n - i);
            if (!len && n - i < 4 && i > 0)
                break; /* a character cut by the end of what we see */
        } else if (!p[i]) {
            return false;
        } else if (p[i] < 0x20 || p[i] == 0x7f) {
            odd += !strchr("\t\n\r\f\b\a\x1b", p[i]);
        }
        odd += !len;
        i += len ? len : 1;
    }
    return odd <= n / 32;
}

static enum tt_status raw_begin(struct tt_reader *rd, const uint8_t *p,
                                size_t n, struct tt_error *err)
{
    struct tt_tape_info *info = &rd->report.info;
    const char *name =
        !rd->forced && looks_like_text(p, n) ? "plain text" : "raw bytes";

    if ((unsigned)rd->lane >= TT_LANE_LINE)
        return tt_fail(err, TT_ERR_ARG,
                       "raw bytes need a lane: host, device or tool");
    rd->state = calloc(1, sizeof(struct raw));
    if (!rd->state)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    memcpy(info->format, name, strlen(name) + 1);
    rd->report.is_text = !strcmp(name, "plain text");
    info->quality = TT_TIME_NONE;
    return TT_OK;
}

static enum tt_status give(struct tt_reader *rd, const uint8_t *p, size_t n)
{
    struct raw *raw = rd->state;
    struct tt_record r = {
        .source = raw->offset, .bytes = p, .len = n, .lane = rd->lane};

    raw->offset += n;
    raw->n = 0;
    return tt_reader_emit(rd, &r);
}

static enum tt_status raw_feed(struct tt_reader *rd, const uint8_t *p, size_t n,
                               struct tt_error *err)
{
    struct raw *raw = rd->state;
    enum tt_status st = TT_OK;

    (void)err;
    while (n && !st) {
        size_t take = PIECE - raw->n;

        if (!raw->n && n >= PIECE) {
            st = give(rd, p, PIECE);
            p += PIECE;
            n -= PIECE;
            continue;
        }
        if (take > n)
            take = n;
        memcpy(raw->piece + raw->n, p, take);
        raw->n += take;
        p += take;
        n -= take;
        if (raw->n == PIECE)
            st = give(rd, raw->piece, PIECE);
    }
    return st;
}

static enum tt_status raw_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct raw *raw = rd->state;

    (void)err;
    return raw->n ? give(rd, raw->piece, raw->n) : TT_OK;
}

static void raw_end(struct tt_reader *rd)
{
    free(rd->state);
}

static enum tt_status raw_copy(struct tt_reader *to,
                               const struct tt_reader *from)
{
    to->state = malloc(sizeof(struct raw));
    if (!to->state)
        return TT_ERR_NOMEM;
    memcpy(to->state, from->state, sizeof(struct raw));
    return TT_OK;
}

const struct tt_format tt_format_raw = {
    .name = "raw",
    .look = TT_PROBE_BYTES,
    .is = is_raw,
    .begin = raw_begin,
    .feed = raw_feed,
    .finish = raw_finish,
    .end = raw_end,
    .copy = raw_copy,
};
