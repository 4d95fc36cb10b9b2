/*
 * unpack - a compressed recording as it was: gzip and zstd, piece by piece.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_UNPACK_H
#define TELLTALE_CLI_UNPACK_H

#include "base/base.h"

/* So many bytes tell whether an input is compressed. */
enum { UNPACK_LOOK = 4 };

struct unpack;

typedef enum tt_status unpack_fn(const uint8_t *p, size_t n, void *user,
                                 struct tt_error *err);

/* "gzip" or "zstd" of an input that begins so, NULL: it is not compressed. */
const char *unpack_kind(const uint8_t *p, size_t n);

/* For an input of that kind; NULL without memory. */
struct unpack *unpack_new(const char *kind);
void unpack_free(struct unpack *u);

/* More of the input; what it unpacks to goes to fn. */
enum tt_status unpack_feed(struct unpack *u, const uint8_t *p, size_t n,
                           unpack_fn *fn, void *user,
                           struct tt_error *err) TT_MUST_USE;

/* The input is over: was it whole? */
enum tt_status unpack_finish(struct unpack *u,
                             struct tt_error *err) TT_MUST_USE;

#endif
