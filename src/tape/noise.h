/*
 * noise - traffic that means nothing, made from a seed: the same on every
 * machine.  No rule may become sure of itself on it.
 *
 * Layer: tape.  Uses base.
 */
#ifndef TT_TAPE_NOISE_H
#define TT_TAPE_NOISE_H

#include "base/base.h"

enum tt_noise_kind {
    TT_NOISE_RANDOM, /* any bytes, both sides in turn */
    TT_NOISE_TEXT,   /* lines typed and printed, in no language */
    TT_NOISE_FILL,   /* memory: empty pages, numbers that count, code */
    TT_NOISE_FRAMES, /* asked and answered in frames of no protocol, with a
                        length and a checksum */
    TT_NOISE_UPLOAD, /* blocks of data, each confirmed */
    TT_NOISE_LOG,    /* what a tool prints, in no language */
    TT_NOISE_LINES,  /* control lines that toggle between random bytes */
    TT_NOISES
};

struct tt_noise {
    enum tt_noise_kind kind;
    uint64_t state, t_ns, records;
    uint8_t mark[2], sequence, confirm;
    size_t n;
    uint8_t bytes[1200];
};

void tt_noise_init(struct tt_noise *n, enum tt_noise_kind kind, uint64_t seed);

/* The next record; its bytes are good until the next call. */
void tt_noise_next(struct tt_noise *n, struct tt_record *out);

const char *tt_noise_name(enum tt_noise_kind kind);

#endif
