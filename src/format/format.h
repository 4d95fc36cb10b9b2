/*
 * format - recorded bytes of any known format to records, and back.
 *
 * A reader is fed the input in chunks of any size; it recognises the format
 * by content, and hands over records one by one.  One format a file; the
 * table in detect.c lists them.
 *
 * Layer: format.  Uses base, tape.
 */
#ifndef TT_FORMAT_FORMAT_H
#define TT_FORMAT_FORMAT_H

#include "tape/tape.h"

/* Called for every record in order; r and its bytes are good during the call
 * only.  Anything but TT_OK stops the reader with that code. */
typedef enum tt_status tt_sink_fn(const struct tt_record *r, void *user);

/* A place in the input that was not understood. */
struct tt_unread {
    uint64_t offset; /* bytes from the start */
    uint64_t line;   /* 1-based; 0 for binary formats */
    char why[120];
};

/* Why of a line that a log should not have. */
#define TT_UNKNOWN_LINE "no such line is known of this kind of log"
#define TT_SNIPPED_LINE "lines were taken out here"

/* A conversation of a capture that holds many. */
struct tt_party {
    bool taken; /* it is on the tape */
    char text[256];
};

struct tt_read_report {
    struct tt_tape_info info;
    uint64_t records, lines; /* lines: of text formats */
    uint64_t unread;         /* places not understood, all of them */
    struct tt_unread where[TT_MAX_UNREAD]; /* the first of them */
    size_t nwhere;
    struct tt_party party[TT_MAX_PARTIES];
    size_t nparties;     /* named; 0 when the format holds only one */
    uint64_t more;       /* that are not named */
    uint64_t end_ns;     /* time of the tape's end */
    bool truncated;      /* the input stops in the middle of something */
    bool is_log;         /* a text in which a tool wrote down what it saw */
    bool is_text;        /* text of one side, which may be a tool's as well */
    uint64_t understood; /* lines of a log */
    char lacks[160];     /* what that kind of log cannot carry */
};

struct tt_read_options {
    const char *format; /* force: "raw", "tape", "pcap", "pcapng" or a kind of
                      log such as "socat"; NULL: detect */
    enum tt_lane lane;  /* of raw bytes */
    /* Of captures that hold many conversations, the one to read, as their
     * report calls it; NULL: the one that is most likely meant. */
    const char *usb; /* "BUS.DEV" or "BUS.DEV.INTERFACE" */
    bool live;       /* somebody watches: decide within a minute */
    const char *tcp; /* "ADDR:PORT-ADDR:PORT", "ADDR:PORT" or its number */
};

struct tt_reader;

/* A comment in a recording, at t_ns, before the record that comes next; the
 * text is good during the call only and not yet safe to print. */
typedef void tt_remark_fn(uint64_t t_ns, struct tt_slice text, void *user);

/* TT_ERR_ARG for an unknown format name, TT_ERR_NOMEM. */
enum tt_status tt_reader_new(struct tt_reader **out,
                             const struct tt_read_options *options,
                             tt_sink_fn *sink, void *user,
                             struct tt_error *err) TT_MUST_USE;
void tt_reader_free(struct tt_reader *rd);

/*
 * An independent reader that is where from is: fed what comes next, it hands
 * over the same records, to another sink.  TT_ERR_ARG when the format cannot
 * do that, TT_ERR_NOMEM.
 */
enum tt_status tt_reader_copy(struct tt_reader **out,
                              const struct tt_reader *from, tt_sink_fn *sink,
                              void *user) TT_MUST_USE;

/*
 * More input.  Bad places are noted in the report and skipped; an error is
 * returned only when nothing more can come of this input (err says why and
 * where), or from the sink.
 */
enum tt_status tt_reader_feed(struct tt_reader *rd, const void *p, size_t n,
                              struct tt_error *err) TT_MUST_USE;

/* No more input; what is pending is handed over. */
enum tt_status tt_reader_finish(struct tt_reader *rd,
                                struct tt_error *err) TT_MUST_USE;

/* Have comments handed over too: those of packets in our own pcapng files,
 * lines of tape text that are only that.  A copy of a reader does not. */
void tt_reader_remarks(struct tt_reader *rd, tt_remark_fn *fn, void *user);

/* The input was packed in something ("gzip"): the report will say so.  Before
 * the first byte; kind must live as long as the reader. */
void tt_reader_packed(struct tt_reader *rd, const char *kind);

const struct tt_read_report *tt_reader_report(const struct tt_reader *rd);

/* ---- pcapng with LINKTYPE_RTAC_SERIAL ---------------------------------- */

/*
 * A writer appends whole blocks to out; the caller writes them in one
 * piece, so that a kill loses at most the record in flight.
 */
struct tt_pcapng_writer {
    uint64_t epoch_ns; /* wall clock of tape time 0 */
    uint8_t lines;     /* last known control lines, RTAC bits */
    bool begun;
    bool tool; /* the interface of what the tool printed is described */
    char ifname[64];
};

void tt_pcapng_init(struct tt_pcapng_writer *w, uint64_t epoch_ns,
                    const char *ifname);
/* Section and interface blocks; comment may be NULL. */
void tt_pcapng_begin(struct tt_pcapng_writer *w, struct tt_buf *out,
                     uint32_t baud, const struct tt_tape_info *info);
/* One record; comment (NULL: none) becomes the packet's comment. */
void tt_pcapng_record(struct tt_pcapng_writer *w, struct tt_buf *out,
                      const struct tt_record *r, const char *comment);
/* A packet without data at t_ns that carries a verdict comment. */
void tt_pcapng_comment(struct tt_pcapng_writer *w, struct tt_buf *out,
                       uint64_t t_ns, const char *comment);

/* ---- any format --------------------------------------------------------- */

struct tt_write_options {
    const char *format; /* "tape", "pcapng" or "raw" */
    const char *ifname; /* pcapng: name of the port; may be NULL */
    enum tt_lane lane;  /* raw: the lane whose bytes are written */
};

struct tt_writer {
    const struct tt_writer_format *format;
    struct tt_pcapng_writer pcapng;
    struct tt_tape_info info;
    enum tt_lane lane;
    bool begun;
    uint64_t left_out; /* records that the format cannot hold */
};

/* Storage is the caller's and needs no release.  TT_ERR_ARG for an unknown
 * format, or raw bytes of a lane that has none. */
enum tt_status tt_writer_init(struct tt_writer *w,
                              const struct tt_write_options *options,
                              const struct tt_tape_info *info,
                              struct tt_error *err) TT_MUST_USE;
/* One record, with a comment where the format has such (NULL: none); the
 * first one comes with the file's header.  Whole lines or blocks only. */
void tt_writer_record(struct tt_writer *w, struct tt_buf *out,
                      const struct tt_record *r, const char *comment);
/* A comment at t_ns without a record. */
void tt_writer_remark(struct tt_writer *w, struct tt_buf *out, uint64_t t_ns,
                      const char *comment);
/* What belongs in the file even if no record came. */
void tt_writer_finish(struct tt_writer *w, struct tt_buf *out);

#endif
