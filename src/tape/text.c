/*
 * Records as tape text.  Bytes become pieces: a run ("68*8"), a text in
 * quotes, or a hex pair.  Which bytes are text is decided for a record as a
 * whole first (a boot log, a tool's words), else stretch by stretch, with a
 * high bar: 68 31 31 68 must not turn into "h11h".
 */
#include "tape/scan.h"
#include "tape/tape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    COLUMNS = 78,     /* of a line, a pause for the backslash included */
    MIN_RUN = 4,      /* equal bytes to write as 00*4 ... */
    MIN_TEXT_RUN = 8, /* ... and when they might be part of a text */
    MAX_QUOTED = 56,  /* bytes of one text in quotes */
    MIN_WORDS = 8     /* text bytes in a row that are no chance */
};

/* Why a byte may stand in quotes. */
enum text_rule {
    HEX_MOSTLY, /* long stretches and whole lines only */
    TEXT_MOSTLY /* everything but long runs, \xNN for the odd byte */
};

static bool is_text(uint8_t c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
}

/* Is this text with the odd other byte, or bytes? */
static enum text_rule rule_for(const uint8_t *p, size_t n, bool tool)
{
    size_t text = 0;

    if (tool)
        return TEXT_MOSTLY;
    for (size_t i = 0; i < n; i++)
        text += is_text(p[i]);
    return n >= MIN_WORDS && text >= n - n / 8 ? TEXT_MOSTLY : HEX_MOSTLY;
}

static size_t run_length(const uint8_t *p, size_t n)
{
    size_t i = 1;

    while (i < n && i < TT_MAX_REPEAT && p[i] == p[0])
        i++;
    return i;
}

static bool run_starts(const uint8_t *p, size_t n, size_t *len)
{
    *len = run_length(p, n);
    return *len >= (is_text(p[0]) ? MIN_TEXT_RUN : MIN_RUN);
}

/* How many bytes at p to put in one pair of quotes; 0: none. */
static size_t text_length(const uint8_t *p, size_t n, enum text_rule rule)
{
    size_t i = 0, run;
    bool line = false;

    while (i < n && i < MAX_QUOTED && !line) {
        if (rule == HEX_MOSTLY && !is_text(p[i]))
            break;
        if (run_starts(p + i, n - i, &run))
            break;
        /* a line ends its quotes, the \r\n of it stays together */
        line =
            p[i] == '\n' || (p[i] == '\r' && (i + 1 == n || p[i + 1] != '\n'));
        i++;
    }
    if (rule == TEXT_MOSTLY || i >= MIN_WORDS || (i >= 3 && line))
        return i;
    return 0;
}

static size_t put_escaped(char *at, size_t room, uint8_t c)
{
    int n;

    switch (c) {
    case '\r': n = snprintf(at, room, "\\r"); break;
    case '\n': n = snprintf(at, room, "\\n"); break;
    case '\t': n = snprintf(at, room, "\\t"); break;
    case '\\': n = snprintf(at, room, "\\\\"); break;
    case '"': n = snprintf(at, room, "\\\""); break;
    default:
        n = is_text(c) ? snprintf(at, room, "%c", c)
                       : snprintf(at, room, "\\x%02X", c);
    }
    return n > 0 ? (size_t)n : 0;
}

struct piece {
    char text[4 * MAX_QUOTED + 3];
    size_t len;   /* of text */
    size_t bytes; /* it stands for */
};

static void next_piece(struct piece *pc, const uint8_t *p, size_t n,
                       enum text_rule rule)
{
    size_t len;
    int k;

    if (run_starts(p, n, &len)) {
        k = snprintf(pc->text, sizeof(pc->text), "%02X*%zu", p[0], len);
        pc->len = k > 0 ? (size_t)k : 0;
        pc->bytes = len;
        return;
    }
    len = text_length(p, n, rule);
    if (!len) {
        k = snprintf(pc->text, sizeof(pc->text), "%02X", p[0]);
        pc->len = k > 0 ? (size_t)k : 0;
        pc->bytes = 1;
        return;
    }
    pc->len = 0;
    pc->text[pc->len++] = '"';
    for (size_t i = 0; i < len; i++)
        pc->len +=
            put_escaped(pc->text + pc->len, sizeof(pc->text) - pc->len, p[i]);
    pc->text[pc->len++] = '"';
    pc->bytes = len;
}

/* Pieces with a space before each; with col, broken into lines. */
static void put_bytes(struct tt_buf *out, const uint8_t *p, size_t n,
                      enum text_rule rule, size_t *col)
{
    struct piece pc;

    for (size_t i = 0; i < n; i += pc.bytes) {
        next_piece(&pc, p + i, n - i, rule);
        if (col && *col + 1 + pc.len > COLUMNS) {
            tt_buf_str(out, " \\\n   ");
            *col = 3;
        }
        if (i || col)
            tt_buf_ch(out, ' ');
        tt_buf_add(out, pc.text, pc.len);
        if (col)
            *col += 1 + pc.len;
    }
}

void tt_tape_text_bytes(struct tt_buf *out, const uint8_t *p, size_t n,
                        size_t max)
{
    size_t some = n < max ? n : max;

    put_bytes(out, p, some, rule_for(p, some, false), NULL);
    if (some < n)
        tt_buf_str(out, " ...");
}

static void put_event(struct tt_buf *out, const struct tt_record *r)
{
    const char *mode = tt_scan_mode(r->mode) ? r->mode : NULL;

    if (r->event == TT_EV_BAUD) {
        if (r->baud)
            tt_buf_printf(out, "[%" PRIu32, r->baud);
        else
            tt_buf_str(out, "[baud");
        tt_buf_printf(out, mode ? " %s]" : "]", mode ? mode : "");
    } else if (r->event == TT_EV_LOST && r->count) {
        tt_buf_printf(out, "[lost %" PRIu32 "]", r->count);
    } else {
        tt_buf_printf(out, "[%s]", tt_event_name(r->event));
    }
}

/* Microseconds are enough for most; nanoseconds only where they say more. */
static void put_time(struct tt_buf *out, uint64_t t)
{
    uint64_t s = t / TT_NS_PER_S, ns = t % TT_NS_PER_S;

    if (ns % TT_NS_PER_US)
        tt_buf_printf(out, "%" PRIu64 ".%09" PRIu64, s, ns);
    else
        tt_buf_printf(out, "%" PRIu64 ".%06" PRIu64, s, ns / TT_NS_PER_US);
}

void tt_tape_text_record(struct tt_buf *out, const struct tt_record *r,
                         uint64_t time_ns)
{
    size_t start = out->n, col;
    bool tick = r->event == TT_EV_TICK;

    if ((tick && time_ns == UINT64_MAX) ||
        (r->event == TT_EV_NONE && (!r->len || r->lane == TT_LANE_LINE)))
        return;
    if (time_ns != UINT64_MAX)
        put_time(out, time_ns);
    if (!tick && out->n > start)
        tt_buf_ch(out, ' ');
    if (r->event == TT_EV_NONE) {
        tt_buf_ch(out, tt_lane_mark(r->lane));
        col = out->n - start;
        put_bytes(out, r->bytes, r->len,
                  rule_for(r->bytes, r->len, r->lane == TT_LANE_TOOL), &col);
    } else if (!tick) {
        put_event(out, r);
    }
    tt_buf_ch(out, '\n');
}
