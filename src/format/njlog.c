/*
 * IO Ninja's log: a header, then records, all little-endian.
 *
 *   0       4         8        16           24          28      31   32    48
 *   | log:  | version | records | their size | of the last| first | aux| GUID |
 *                                             |           | at    | n  |
 *   0       4       8      16       24
 *   | \nrc: | size  | code | time   | data ...       time: 100 ns since 1601
 *
 * A code is a FILETIME that names the program part (01d47ff1fc334aXX: the
 * program itself, 01d47c8fc7b0f7XX: the serial plugin); its top three bits
 * say how the program may fold and merge such records.
 *
 * github.com/vovkos/python-njlog: record_file.py, record_code.py,
 * plugins/serial.py.  What a change of parity, stop bits or line errors holds
 * is nowhere told; such records are left out, and the report says so.
 */
#include "format/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADER = 48,
    RECORD = 24,
    OPEN_PARAMS = 40, /* struct SerialOpenParams */
    MAX_FIRST = 1 << 16
};

#define CODE_STD      UINT64_C(0x01d47ff1fc334a00)
#define CODE_SERIAL   UINT64_C(0x01d47c8fc7b0f700)
#define CODE_FLAGS    UINT64_C(0xe000000000000000)
#define FILETIME_1970 UINT64_C(116444736000000000)

struct njlog {
    struct tt_units units;
    bool begun, timed;
    uint64_t first, end; /* of the records, by the header */
    uint64_t base_ns;
    bool noted_settings, noted_nine, noted_both;
};

static bool is_njlog(const uint8_t *p, size_t n, bool end)
{
    uint64_t version = n >= 8 ? tt_number(p + 4, 4, false) : 0;

    (void)end;
    return n >= 8 && !memcmp(p, "log:", 4) && version >= 0x10000 &&
           version < 0x1000000;
}

static size_t njlog_size(struct tt_reader *rd, const uint8_t *p, size_t n,
                         struct tt_error *err)
{
    struct njlog *nj = rd->state;
    uint64_t size;

    if (!nj->begun) {
        if (n < HEADER)
            return HEADER;
        size = tt_number(p + 28, 4, false) & 0xffffff;
        if (size >= HEADER && size <= MAX_FIRST)
            return (size_t)size;
        (void)tt_units_damaged(rd, &nj->units, err, TT_ERR_SYNTAX,
                               "the header of this IO Ninja log puts its "
                               "first record where none can be");
        return 0;
    }
    if (nj->units.offset >= nj->end) { /* room that was not used yet */
        nj->units.dead = true;
        return 0;
    }
    if (n < RECORD)
        return RECORD;
    size = tt_number(p + 4, 4, false);
    if (memcmp(p, "\nrc:", 4) != 0 || size > TT_MAX_BLOCK) {
        (void)tt_units_damaged(rd, &nj->units, err, TT_ERR_SYNTAX,
                               "no record of an IO Ninja log where one should "
                               "begin");
        return 0;
    }
    return RECORD + (size_t)size;
}

static enum tt_status give_event(struct tt_reader *rd, uint64_t t,
                                 enum tt_event ev, uint32_t baud)
{
    struct njlog *nj = rd->state;
    struct tt_record r = {.t_ns = t,
                          .source = nj->units.offset,
                          .lane = TT_LANE_LINE,
                          .event = ev,
                          .baud = baud};

    return tt_reader_emit(rd, &r);
}

static enum tt_status give_bytes(struct tt_reader *rd, uint64_t t,
                                 enum tt_lane lane, const uint8_t *p, size_t n)
{
    struct njlog *nj = rd->state;
    struct tt_record r = {.t_ns = t,
                          .source = nj->units.offset,
                          .lane = lane,
                          .bytes = p,
                          .len = n};

    return n ? tt_reader_emit(rd, &r) : TT_OK;
}

static void note_once(struct tt_reader *rd, bool *noted, const char *what)
{
    struct njlog *nj = rd->state;

    if (!*noted)
        tt_reader_note(rd, nj->units.offset, 0, "%s", what);
    *noted = true;
}

static enum tt_status take_std(struct tt_reader *rd, unsigned code, uint64_t t,
                               const uint8_t *p, size_t n)
{
    struct njlog *nj = rd->state;

    switch (code) {
    case 0x10: return give_bytes(rd, t, TT_LANE_HOST, p, n);
    case 0x11: return give_bytes(rd, t, TT_LANE_DEVICE, p, n);
    case 0x12:
        note_once(rd, &nj->noted_both,
                  "bytes of a line on which both sides speak: whose they are "
                  "is not recorded (--lane says)");
        return give_bytes(rd, t, rd->lane, p, n);
    case 0x18: /* a session begins */
        return rd->report.records ? give_event(rd, t, TT_EV_OPEN, 0) : TT_OK;
    case 0x1b: return give_event(rd, t, TT_EV_LOST, 0);
    case 0x1d:
    case 0x1e:
    case 0x1f:
        note_once(rd, &nj->noted_nine,
                  "characters of nine bits; such are left out");
        return give_event(rd, t, TT_EV_LOST, 0);
    default: return TT_OK;
    }
}

/* What the serial plugin notes about its port. */
static enum tt_status take_serial(struct tt_reader *rd, unsigned code,
                                  uint64_t t, const uint8_t *p, size_t n)
{
    struct njlog *nj = rd->state;
    uint64_t baud = n >= 4 ? tt_number(p, 4, false) : 0;
    bool up = n && p[0];
    enum tt_status st;

    switch (code) {
    case 0x00:
    case 0x13:
        st = give_event(rd, t, TT_EV_OPEN, 0);
        if (!st && n >= OPEN_PARAMS && baud >= 50 && baud <= 20000000)
            st = give_event(rd, t, TT_EV_BAUD, (uint32_t)baud);
        return st;
    case 0x03:
    case 0x12: return give_event(rd, t, TT_EV_CLOSE, 0);
    case 0x04:
        return n == 4 && baud ? give_event(rd, t, TT_EV_BAUD, (uint32_t)baud)
                              : TT_OK;
    case 0x09:
        return n ? give_event(rd, t, up ? TT_EV_RTS_UP : TT_EV_RTS_DOWN, 0)
                 : TT_OK;
    case 0x0a:
        return n ? give_event(rd, t, up ? TT_EV_DTR_UP : TT_EV_DTR_DOWN, 0)
                 : TT_OK;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x0b:
    case 0x0f:
    case 0x10:
    case 0x11:
        note_once(rd, &nj->noted_settings,
                  "a change of data bits, parity, stop bits or inputs, a line "
                  "error or a break: how it is written is not published");
        return TT_OK;
    default: return TT_OK;
    }
}

static uint64_t time_of(struct tt_reader *rd, uint64_t filetime)
{
    struct njlog *nj = rd->state;
    uint64_t ns;

    if (filetime < FILETIME_1970 ||
        (filetime - FILETIME_1970) / 10000000 > TT_MAX_TIME_NS / TT_NS_PER_S)
        return rd->last_ns;
    ns = (filetime - FILETIME_1970) * 100;
    if (!nj->timed) {
        nj->timed = true;
        nj->base_ns = ns;
        rd->report.info.epoch_ns = ns;
    }
    return ns > nj->base_ns ? ns - nj->base_ns : 0;
}

static enum tt_status njlog_take(struct tt_reader *rd, const uint8_t *p,
                                 size_t n, struct tt_error *err)
{
    struct njlog *nj = rd->state;
    uint64_t code, t;

    (void)err;
    if (!nj->begun) {
        nj->begun = true;
        nj->first = n;
        nj->end = n + tt_number(p + 16, 8, false);
        if (nj->end < n || nj->end == n) /* not written yet */
            nj->end = UINT64_MAX;
        return TT_OK;
    }
    code = tt_number(p + 8, 8, false) & ~CODE_FLAGS;
    t = time_of(rd, tt_number(p + 16, 8, false));
    if ((code & ~UINT64_C(0xff)) == CODE_STD)
        return take_std(rd, code & 0xff, t, p + RECORD, n - RECORD);
    if ((code & ~UINT64_C(0xff)) == CODE_SERIAL)
        return take_serial(rd, code & 0xff, t, p + RECORD, n - RECORD);
    return TT_OK;
}

static enum tt_status njlog_begin(struct tt_reader *rd, const uint8_t *p,
                                  size_t n, struct tt_error *err)
{
    struct njlog *nj;

    if (!is_njlog(p, n, true))
        return tt_fail(err, TT_ERR_SYNTAX,
                       "not an IO Ninja log: it does not begin as one");
    nj = calloc(1, sizeof(*nj));
    if (!nj)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    tt_buf_init(&nj->units.held, TT_MAX_BLOCK + RECORD);
    nj->units.size = njlog_size;
    nj->units.take = njlog_take;
    rd->state = nj;
    rd->report.info.quality = TT_TIME_US;
    memcpy(rd->report.info.format, "IO Ninja log", sizeof("IO Ninja log"));
    (void)snprintf(rd->report.lacks, sizeof(rd->report.lacks),
                   "parity, stop bits, line errors and breaks are not read "
                   "from it");
    return TT_OK;
}

static enum tt_status njlog_feed(struct tt_reader *rd, const uint8_t *p,
                                 size_t n, struct tt_error *err)
{
    struct njlog *nj = rd->state;

    return tt_units_feed(rd, &nj->units, p, n, err);
}

static enum tt_status njlog_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct njlog *nj = rd->state;

    (void)err;
    (void)tt_units_cut(rd, &nj->units, nj->begun ? "a record" : "the header");
    return TT_OK;
}

static void njlog_end(struct tt_reader *rd)
{
    struct njlog *nj = rd->state;

    tt_buf_release(&nj->units.held);
    free(nj);
}

static enum tt_status njlog_copy(struct tt_reader *to,
                                 const struct tt_reader *from)
{
    const struct njlog *was = from->state;
    struct njlog *copy = malloc(sizeof(*copy));

    if (!copy)
        return TT_ERR_NOMEM;
    *copy = *was;
    tt_buf_copy(&copy->units.held, &was->units.held);
    to->state = copy;
    if (copy->units.held.status) {
        njlog_end(to);
        to->state = NULL;
        return TT_ERR_NOMEM;
    }
    return TT_OK;
}

const struct tt_format tt_format_njlog = {
    .name = "njlog",
    .look = TT_MAGIC_BYTES,
    .need = TT_MAGIC_BYTES,
    .is = is_njlog,
    .begin = njlog_begin,
    .feed = njlog_feed,
    .finish = njlog_finish,
    .end = njlog_end,
    .copy = njlog_copy,
};
