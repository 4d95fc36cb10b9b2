/*
 * reader - what the readers of the formats share: the table of formats and
 * the way records and complaints go out.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_READER_H
#define TT_FORMAT_READER_H

#include "format/format.h"
#include "format/log/lines.h"

/* So many bytes tell the binary formats. */
enum { TT_MAGIC_BYTES = 32 };

/* One format.  state is what begin() left in rd->state. */
struct tt_format {
    const char *name; /* for tt_read_options.format */
    bool chooses;     /* holds many conversations: --usb, --tcp */
    size_t look;      /* bytes of the start that is() wants to see */
    size_t need;      /* bytes of the start that begin() wants to see */
    /* Is this the format?  p is the first look bytes of the input, or all of
     * it when end. */
    bool (*is)(const uint8_t *p, size_t n, bool end);
    /* Do fewer bytes than look and need tell enough already?  NULL: no.  For
     * a recording that is read while it is made. */
    bool (*sure)(const uint8_t *p, size_t n);
    /* Get ready; p is at least need bytes, or all of the input.  Sets
     * report.info. */
    enum tt_status (*begin)(struct tt_reader *rd, const uint8_t *p, size_t n,
                            struct tt_error *err);
    enum tt_status (*feed)(struct tt_reader *rd, const uint8_t *p, size_t n,
                           struct tt_error *err);
    enum tt_status (*finish)(struct tt_reader *rd, struct tt_error *err);
    void (*end)(struct tt_reader *rd);
    /* Put an independent copy of from's state into to->state; NULL: the
     * format cannot be copied. */
    enum tt_status (*copy)(struct tt_reader *to, const struct tt_reader *from);
};

extern const struct tt_format tt_format_raw;
extern const struct tt_format tt_format_log;
extern const struct tt_format tt_format_tape;
extern const struct tt_format tt_format_pcap;
extern const struct tt_format tt_format_pcapng;
extern const struct tt_format tt_format_usbmon;
extern const struct tt_format tt_format_njlog;
extern const struct tt_format tt_format_logic;

/* What the options ask for, of captures with many conversations. */
struct tt_choice {
    bool live;           /* somebody watches */
    bool usb, tcp;       /* given */
    int bus, dev, iface; /* iface: -1 for any */
    uint32_t number;     /* of a connection, from 1; 0: by its ends */
    char ends[128];
};

struct tt_dialect;

struct tt_reader {
    struct tt_read_report report;
    const struct tt_format *format;   /* NULL: not recognised yet */
    bool forced;                      /* by the options */
    const struct tt_dialect *dialect; /* of a log, by the options */
    enum tt_lane lane;                /* of raw bytes */
    struct tt_choice choice;
    tt_sink_fn *sink;
    void *user;
    tt_remark_fn *remark; /* NULL: nobody asks */
    void *remark_user;
    struct tt_buf start;    /* of the input, until the format is known */
    uint64_t fed;           /* bytes given to format->feed() before this call */
    uint64_t last_ns;       /* of the last record */
    struct tt_error failed; /* the error that ended it; code TT_OK: none */
    bool opened, finished;
    bool dressed; /* tape text with something around every line */
    struct tt_dress dress;
    struct tt_lines lines;
    struct tt_buf bare;
    const char *packed; /* in what the input was, or NULL */
    void *state;
};

/* The format called name, or NULL. */
const struct tt_format *tt_format_by_name(const char *name);

/*
 * The format of an input that begins with p, n bytes of which are known (all
 * of it when end), or NULL when more must be seen.  Falls back to raw bytes.
 */
const struct tt_format *tt_format_detect(const uint8_t *p, size_t n, bool end);

/*
 * Hand a record over: split when too long, its time held to the tape's order.
 * Every format must use this.
 */
enum tt_status tt_reader_emit(struct tt_reader *rd, const struct tt_record *r);

/* Note a place that was not understood.  Bytes that are not printable ASCII
 * are shown as '?'. */
void tt_reader_note(struct tt_reader *rd, uint64_t offset, uint64_t line,
                    const char *fmt, ...) TT_PRINTF(4, 5);

/* The input ended inside something that began at offset. */
void tt_reader_truncated(struct tt_reader *rd, uint64_t offset,
                         const char *what);

#endif
