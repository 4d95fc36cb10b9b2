/*
 * pcapng - what the reader and the writer of pcapng agree on.
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_PCAPNG_H
#define TT_FORMAT_PCAPNG_H

#include "base/base.h"

#define TT_NG_SECTION UINT32_C(0x0a0d0d0a)
#define TT_NG_MAGIC   UINT32_C(0x1a2b3c4d)

enum {
    TT_NG_INTERFACE = 1,
    TT_NG_OLD_PACKET = 2,
    TT_NG_SIMPLE_PACKET = 3,
    TT_NG_STATISTICS = 5,
    TT_NG_PACKET = 6
};

enum { /* options; the same number means other things in other blocks */
       TT_NG_END = 0,
       TT_NG_COMMENT = 1,
       TT_NG_SHB_APPL = 4,
       TT_NG_IF_NAME = 2,
       TT_NG_IF_DESCRIPTION = 3,
       TT_NG_IF_SPEED = 8,
       TT_NG_IF_TSRESOL = 9,
       TT_NG_IF_TSOFFSET = 14,
       TT_NG_EPB_FLAGS = 2,
       TT_NG_EPB_DROPCOUNT = 4,
       TT_NG_ISB_DROPPED = 5
};

enum { TT_NG_INBOUND = 1, TT_NG_OUTBOUND = 2 };
#define TT_NG_CRC_ERROR    (UINT32_C(1) << 24)
#define TT_NG_SYMBOL_ERROR (UINT32_C(1) << 31)

/* How a file of our own is known: by its section's comment. */
#define TT_NG_OWN "telltale tape 1"

/* The end of the name of the interface that holds what a tool printed. */
#define TT_NG_TOOL " (tool)"

/* How good stamps in units of if_tsresol are. */
enum tt_quality tt_ng_quality(uint8_t tsresol);

/* A stamp in units of if_tsresol, tsoffset seconds late, as ns since 1970;
 * held at 0 and UINT64_MAX. */
uint64_t tt_ng_time(uint8_t tsresol, int64_t tsoffset, uint64_t stamp);

#endif
