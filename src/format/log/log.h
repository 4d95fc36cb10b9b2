/*
 * log - what the readers of text logs share.
 *
 * A log is text in which a tool wrote down what went over a line.  Each kind
 * of log is a dialect: one function that takes a line and says how sure it is
 * of it.  The same function recognises the kind (on the start of the file,
 * with nothing handed over) and reads it, so the two cannot disagree.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_LOG_H
#define TT_FORMAT_LOG_H

#include "format/log/lines.h"
#include "format/reader.h"

/* What a dialect makes of a line. */
enum tt_took {
    TT_TOOK_ODD,  /* not of this dialect */
    TT_TOOK_IDLE, /* known to mean nothing here; proves nothing */
    TT_TOOK_ROW,  /* fits where it stands */
    TT_TOOK_SURE  /* only this dialect has such lines */
};

struct tt_log;

struct tt_dialect {
    const char *name;  /* for tt_read_options.format */
    const char *title; /* of the report: "socat log" */
    const char *lacks; /* what it cannot carry */
    enum tt_took (*take)(struct tt_log *l, struct tt_slice s);
    void (*finish)(struct tt_log *l); /* what is pending; NULL: nothing */
    uint8_t least;                    /* sure lines that recognise it */
    uint8_t percent; /* of the lines must be understood for that */
    bool raw;        /* lines as they are: a CR and colours belong to them */
    bool tool;       /* what is not understood is what a tool printed */
    bool vague;      /* fits so much that any other is taken first */
};

extern const struct tt_dialect *const tt_dialects[];
extern const size_t tt_ndialects;

/* What a dialect may keep from line to line; it begins as zeros. */
enum { TT_LOG_OWN = 4096 };

struct tt_log {
    struct tt_reader *rd; /* NULL: a trial, nothing is handed over */
    const struct tt_dialect *d;
    struct tt_lines lines;
    struct tt_dress dress;
    struct tt_buf clean[2]; /* the line without what people put around it */
    struct tt_buf record;   /* bytes that are being put together */
    struct tt_buf joined;   /* the beginning of a wrapped line */
    enum tt_status st;      /* the first failure */
    enum tt_lane lane;      /* of the record */
    enum tt_lane side;      /* of bytes of which nobody says whose they are */
    uint64_t record_line, record_ns;
    uint64_t lineno;
    bool nl, cut; /* the line ended in a newline; a piece of a longer one */
    uint64_t now, base, last_abs;
    bool timed;       /* base is known */
    bool utc;         /* base is a time since 1970 */
    int digits;       /* finest time seen, digits of a second; -1: none */
    uint64_t hole;    /* line that was not understood, 0: none */
    bool data;        /* bytes have come */
    uint64_t took[4]; /* lines by what was made of them */
    uint64_t bytes;
    _Alignas(16) unsigned char own[TT_LOG_OWN];
};

/* ---- for dialects -------------------------------------------------------- */

/* Bytes on a lane at the time that holds now. */
void tt_log_bytes(struct tt_log *l, enum tt_lane lane, const void *p, size_t n);
void tt_log_byte(struct tt_log *l, enum tt_lane lane, uint8_t b);
/* A line that a tool printed. */
void tt_log_tool(struct tt_log *l, struct tt_slice s);
/* An event of the line. */
void tt_log_event(struct tt_log *l, enum tt_event ev);
void tt_log_baud(struct tt_log *l, uint32_t baud, const char *mode);
/* n bytes are missing here (0: nobody knows how many). */
void tt_log_lost(struct tt_log *l, uint64_t n);
/* The next bytes are a record of their own. */
void tt_log_cut(struct tt_log *l);
/* It is t now, counted from anywhere, with so many digits of a second. */
void tt_log_at(struct tt_log *l, uint64_t t, int digits);
/* The same, of a clock that shows the time of day alone. */
void tt_log_clock(struct tt_log *l, uint64_t t, int digits);
/* So much later than the last time. */
void tt_log_after(struct tt_log *l, uint64_t ns, int digits);
/* Something about this line that should be known. */
void tt_log_note(struct tt_log *l, const char *why);
/* What the format cannot carry, once more is known than the dialect says. */
void tt_log_lacks(struct tt_log *l, const char *what);

/* ---- for the reader ------------------------------------------------------ */

void tt_log_start(struct tt_log *l, const struct tt_dialect *d,
                  const struct tt_dress *dress);
void tt_log_release(struct tt_log *l);
/* One line, or a piece of one; a tt_line_fn. */
enum tt_status tt_log_line(void *log, struct tt_slice s, bool nl, bool cut);
void tt_log_flush(struct tt_log *l);
void tt_log_end(struct tt_log *l);

/* The dialect of a text that begins with p, n bytes of which are known (all
 * when end), and what was put around its lines; NULL: none. */
const struct tt_dialect *tt_log_pick(const uint8_t *p, size_t n, bool end,
                                     struct tt_dress *dress, int *digits);
/* The dress alone, of a text whose dialect was told. */
void tt_log_dress_for(const struct tt_dialect *d, const uint8_t *p, size_t n,
                      bool end, struct tt_dress *dress, int *digits);
const struct tt_dialect *tt_dialect_by_name(const char *name);

/* Is the text tape text once what people put around it is taken off?  out gets
 * its start without that. */
bool tt_log_dressed_tape(const uint8_t *p, size_t n, bool end,
                         struct tt_dress *dress, struct tt_buf *out);
/* A line without its dress; one that only frames the text is empty. */
struct tt_slice tt_log_bare(const struct tt_dress *dress, struct tt_slice s,
                            bool cut, struct tt_buf *scratch);

#endif
