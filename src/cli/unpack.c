/*
 * unpack - see unpack.h.  Memory is bounded by the libraries (zstd: windows
 * of up to 128 MiB); what a small file may grow to is bounded here.
 */
#include "cli/unpack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum {
    PIECE = 1 << 16,
    EASY = 1 << 26, /* bytes that any file may grow to */
    RATIO = 250     /* and how often its size beyond that; a log of one line
                       over and over shrinks to a two-hundredth */
};

struct unpack {
    bool zstd;
    z_stream z;
    ZSTD_DStream *d;
    bool open; /* inside a member or frame */
    uint64_t in, out;
    uint8_t piece[PIECE];
};

const char *unpack_kind(const uint8_t *p, size_t n)
{
    if (n >= UNPACK_LOOK && !memcmp(p, "\x1f\x8b\x08", 3))
        return "gzip";
    if (n >= UNPACK_LOOK && !memcmp(p, "\x28\xb5\x2f\xfd", 4))
        return "zstd";
    return NULL;
}

struct unpack *unpack_new(const char *kind)
{
    struct unpack *u = calloc(1, sizeof(*u));
    bool good;

    if (!u)
        return NULL;
    u->zstd = !strcmp(kind, "zstd");
    u->open = true;
    if (u->zstd)
        good = (u->d = ZSTD_createDStream()) != NULL;
    else
        good = inflateInit2(&u->z, MAX_WBITS + 16) == Z_OK;
    if (good)
        return u;
    free(u);
    return NULL;
}

void unpack_free(struct unpack *u)
{
    if (!u)
        return;
    if (u->zstd)
        (void)ZSTD_freeDStream(u->d);
    else
        (void)inflateEnd(&u->z);
    free(u);
}

static enum tt_status damaged(const struct unpack *u, struct tt_error *err)
{
    return tt_fail(err, TT_ERR_SYNTAX,
                   "the compressed file is damaged near byte %" PRIu64
                   "; what came before was read",
                   u->in);
}

/* One step: how many bytes of p were used and how many came out. */
static enum tt_status step_gzip(struct unpack *u, const uint8_t *p, size_t n,
                                size_t *used, size_t *got, struct tt_error *err)
{
    int rc;

    if (!u->open) { /* another member follows, or what is no part of it */
        if (p[0] != 0x1f) {
            *used = n;
            *got = 0;
            return TT_OK;
        }
        (void)inflateReset(&u->z);
        u->open = true;
    }
    u->z.next_in = (Bytef *)(uintptr_t)p;
    u->z.avail_in = (uInt)n;
    u->z.next_out = u->piece;
    u->z.avail_out = PIECE;
    rc = inflate(&u->z, Z_NO_FLUSH);
    *used = n - u->z.avail_in;
    *got = PIECE - u->z.avail_out;
    if (rc == Z_STREAM_END)
        u->open = false;
    else if (rc != Z_OK && rc != Z_BUF_ERROR)
        return damaged(u, err);
    return TT_OK;
}

static enum tt_status step_zstd(struct unpack *u, const uint8_t *p, size_t n,
                                size_t *used, size_t *got, struct tt_error *err)
{
    ZSTD_inBuffer in = {p, n, 0};
    ZSTD_outBuffer out = {u->piece, PIECE, 0};
    size_t left = ZSTD_decompressStream(u->d, &out, &in);

    if (ZSTD_isError(left))
        return damaged(u, err);
    *used = in.pos;
    *got = out.pos;
    u->open = left > 0;
    return TT_OK;
}

enum tt_status unpack_feed(struct unpack *u, const uint8_t *p, size_t n,
                           unpack_fn *fn, void *user, struct tt_error *err)
{
    size_t used = 0, got = 0;
    enum tt_status st = TT_OK;

    do {
        st = (u->zstd ? step_zstd : step_gzip)(u, p, n, &used, &got, err);
        if (st)
            return st;
        p += used;
        n -= used;
        u->in += used;
        u->out += got;
        if (got)
            st = fn(u->piece, got, user, err);
        if (!st && u->out > EASY && u->out / RATIO > u->in)
            st = tt_fail(err, TT_ERR_LIMIT,
                         "%" PRIu64 " bytes unpack to more than %" PRIu64
                         " MB: that is no recording; unpack it by hand if "
                         "it is one",
                         u->in, u->out >> 20);
    } while (!st && (n ? used || got : got == PIECE));
    return st;
}

enum tt_status unpack_finish(struct unpack *u, struct tt_error *err)
{
    return u->open ? tt_fail(err, TT_ERR_SYNTAX,
                             "the compressed file ends in the middle; what "
                             "came before was read")
                   : TT_OK;
}
