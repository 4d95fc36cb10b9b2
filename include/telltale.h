/*
 * libtelltale - say what the bytes of a failed handshake mean.
 *
 * The library does no I/O, reads no clock, prints nothing and never exits.
 * The caller pushes records (bytes or line events with the time they were
 * seen); the library keeps a verdict that depends on those records alone.
 *
 * Every identifier here starts with tt_ (functions, types) or TT_ (macros,
 * constants).  One object may be used by one thread at a time; different
 * objects share nothing but rule sets, which never change after loading.
 */
#ifndef TELLTALE_H
#define TELLTALE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TT_API __attribute__((visibility("default")))
#else
#define TT_API
#endif

/** What a call came to.  Zero is success, every failure is negative. */
enum tt_status {
    TT_OK = 0,
    TT_ERR_ARG = -1,    /**< the caller broke a documented rule */
    TT_ERR_NOMEM = -2,  /**< an allocation failed */
    TT_ERR_LIMIT = -3,  /**< input is larger than a documented limit */
    TT_ERR_SYNTAX = -4, /**< a rule file or capture is malformed */
    TT_ERR_IO = -5      /**< the operating system reported a failure */
};

/** Who put something on the tape.  The marks are those of tape text. */
enum tt_lane {
    TT_LANE_HOST = 0,   /**< '>' host to device */
    TT_LANE_DEVICE = 1, /**< '<' device to host */
    TT_LANE_TOOL = 2,   /**< '$' what the servicing tool itself printed */
    TT_LANE_LINE = 3,   /**< '[..]' events of the line; carries no bytes */
    TT_LANES = 4
};

/** What happened on the line.  TT_EV_NONE means: the record is bytes. */
enum tt_event {
    TT_EV_NONE = 0,
    TT_EV_BREAK,
    TT_EV_BAUD, /**< new speed or frame; see tt_record.baud and .mode */
    TT_EV_DTR_UP,
    TT_EV_DTR_DOWN,
    TT_EV_RTS_UP,
    TT_EV_RTS_DOWN,
    TT_EV_CTS_UP,
    TT_EV_CTS_DOWN,
    TT_EV_DSR_UP,
    TT_EV_DSR_DOWN,
    TT_EV_DCD_UP,
    TT_EV_DCD_DOWN,
    TT_EV_RI_UP,
    TT_EV_RI_DOWN,
    TT_EV_FRAME_ERROR,
    TT_EV_PARITY_ERROR,
    TT_EV_OVERRUN,
    TT_EV_OPEN,
    TT_EV_CLOSE,
    TT_EV_LOST, /**< tt_record.count bytes are missing here (0: unknown) */
    TT_EV_TICK, /**< nothing happened up to this time; end of a recording */
    TT_EVENTS
};

/** How good the time stamps of a tape are; worst first. */
enum tt_quality {
    TT_TIME_NONE = 0, /**< no time at all (raw bytes) */
    TT_TIME_ORDER,    /**< the order is right, nothing else is */
    TT_TIME_S,
    TT_TIME_100MS,
    TT_TIME_10MS,
    TT_TIME_MS,
    TT_TIME_US,
    TT_TIME_NS
};

/** One entry of a tape: bytes on a lane, or an event of the line. */
struct tt_record {
    uint64_t t_ns;        /**< since the tape began; never decreasing */
    uint64_t source;      /**< offset (binary) or line (text) in the input */
    const uint8_t *bytes; /**< borrowed; NULL for an event */
    size_t len;           /**< 0 for an event */
    enum tt_lane lane;    /**< TT_LANE_LINE for an event */
    enum tt_event event;
    uint32_t baud;  /**< TT_EV_BAUD: bit/s, 0 when unknown */
    uint32_t count; /**< TT_EV_LOST: bytes missing, 0 when unknown */
    char mode[4];   /**< TT_EV_BAUD: "8E1"; empty when unknown */
};

/** A short name for a status, never NULL. */
TT_API const char *tt_status_name(enum tt_status st);

/** The version of the library, "MAJOR.MINOR.PATCH", never NULL. */
TT_API const char *tt_version(void);

#ifdef __cplusplus
}
#endif
#endif
