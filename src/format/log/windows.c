/*
 * Monitors of serial ports on Windows.  Their layouts are known from logs
 * that people published, not from the programs themselves.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

/* ---- dumps under a head: Eltima, HHD Device Monitoring Studio, SerialTool -- */

struct headed {
    bool open; /* rows may follow */
    enum tt_lane lane;
};

/* "    7e 32 35   ~25" with a tab or blanks in front */
static enum tt_took take_row(struct tt_log *l, struct headed *k,
                             struct tt_slice s)
{
    uint8_t out[16];
    size_t n;

    if (!k->open || !tt_cut_blanks(&s))
        return TT_TOOK_ODD;
    n = tt_cut_pairs(&s, out, sizeof(out));
    if (!n)
        return TT_TOOK_ODD;
    tt_log_bytes(l, k->lane, out, n);
    return TT_TOOK_ROW;
}

static void begin(struct tt_log *l, struct headed *k, const struct tt_stamp *t,
                  bool host)
{
    tt_log_at(l, t->ns, t->digits);
    tt_log_cut(l);
    k->open = true;
    k->lane = host ? TT_LANE_HOST : TT_LANE_DEVICE;
}

/* "[06/02/2018 11:51:31] Written data (COM3)" */
static enum tt_took take_eltima(struct tt_log *l, struct tt_slice s)
{
    struct headed *k = (struct headed *)(void *)l->own;
    struct tt_slice at = s;
    struct tt_stamp t;
    bool host;

    if (!tt_cut_char(&at, '['))
        return take_row(l, k, s);
    if (!tt_cut_stamp(&at, &t) || !t.date || !tt_cut_word(&at, "] "))
        return TT_TOOK_ODD;
    host = tt_starts(at, "Written data (");
    if (!host && !tt_starts(at, "Read data ("))
        return TT_TOOK_ROW;
    begin(l, k, &t, host);
    return TT_TOOK_SURE;
}

const struct tt_dialect tt_dialect_eltima = {
    .name = "eltima",
    .title = "serial port monitor log",
    .lacks = "times are whole seconds, and day and month may be the other way "
             "round; no control lines, no speed",
    .take = take_eltima,
    .least = 1,
    .percent = 85,
};

/* "000312: Write Request (DOWN), 2026-08-24 14:32:01.1234567 +0.0012" */
static enum tt_took take_hhd(struct tt_log *l, struct tt_slice s)
{
    struct headed *k = (struct headed *)(void *)l->own;
    struct tt_slice at = s;
    struct tt_stamp t;
    uint64_t number;
    bool host;

    if (!tt_cut_digits(&at, 10, 6, &number) || !tt_cut_word(&at, ": "))
        return take_row(l, k, s);
    k->open = false;
    host = tt_cut_word(&at, "Write Request (DOWN), ");
    if (!host && !tt_cut_word(&at, "Read Request (UP), "))
        return tt_find(at, " Request (") < at.n ? TT_TOOK_ROW : TT_TOOK_ODD;
    if (!tt_cut_iso(&at, &t))
        return TT_TOOK_ODD;
    begin(l, k, &t, host);
    return TT_TOOK_SURE;
}

const struct tt_dialect tt_dialect_hhd = {
    .name = "hhd",
    .title = "Device Monitoring Studio log",
    .lacks = "control lines and speed are not read from it",
    .take = take_hhd,
    .least = 1,
    .percent = 60,
};

/* "28/12/2022@22:43:10.829::Packet[00000001l]>>Serial [1] ... Sent 17 bytes."
 * and a row "41|42|43| || A B C" */
static enum tt_took take_serialtool(struct tt_log *l, struct tt_slice s)
{
    struct headed *k = (struct headed *)(void *)l->own;
    struct tt_slice at = s;
    struct tt_stamp t;
    size_t n = 0;
    uint8_t b;

    if (tt_cut_stamp(&at, &t) && t.date && tt_cut_word(&at, "::Packet[")) {
        bool host = tt_find(at, " Sent ") < at.n;

        if (!host && tt_find(at, " Received ") >= at.n &&
            tt_find(at, " received ") >= at.n)
            return TT_TOOK_ROW;
        begin(l, k, &t, host);
        return TT_TOOK_SURE;
    }
    at = s;
    (void)tt_cut_blanks(&at);
    while (k->open && tt_cut_pair(&at, &b)) {
        tt_log_byte(l, k->lane, b);
        n++;
        (void)tt_cut_blanks(&at);
        if (tt_starts(at, "||") || !tt_cut_char(&at, '|'))
            break;
        (void)tt_cut_blanks(&at);
    }
    return n ? TT_TOOK_ROW : TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_serialtool = {
    .name = "serialtool",
    .title = "SerialTool log",
    .lacks = "it has no control lines and no speed",
    .take = take_serialtool,
    .least = 1,
    .percent = 85,
};

/* ---- Portmon --------------------------------------------------------------
 * "184  11:26:50  App  IRP_MJ_WRITE  Serial0  SUCCESS  Length 7: FE 46 .."
 */
static void take_setting(struct tt_log *l, struct tt_slice s)
{
    static const struct {
        const char *name;
        enum tt_event ev;
    } lines[] = {{"IOCTL_SERIAL_SET_DTR", TT_EV_DTR_UP},
                 {"IOCTL_SERIAL_CLR_DTR", TT_EV_DTR_DOWN},
                 {"IOCTL_SERIAL_SET_RTS", TT_EV_RTS_UP},
                 {"IOCTL_SERIAL_CLR_RTS", TT_EV_RTS_DOWN},
                 {"IOCTL_SERIAL_SET_BREAK_ON", TT_EV_BREAK}};
    size_t at = tt_find(s, "Rate: ");
    uint64_t baud;

    for (size_t i = 0; i < TT_LEN(lines); i++)
        if (tt_find(s, lines[i].name) < s.n)
            tt_log_event(l, lines[i].ev);
    if (at < s.n && tt_find(s, "SET_BAUD_RATE") < s.n) {
        s.p += at + 6;
        s.n -= at + 6;
        if (tt_cut_number(&s, 10, &baud) && baud <= UINT32_MAX)
            tt_log_baud(l, (uint32_t)baud, "");
    }
}

static void take_length(struct tt_log *l, enum tt_lane lane, struct tt_slice s)
{
    size_t at = tt_find(s, "Length ");
    uint64_t length, n = 0;
    uint8_t b;

    if (at >= s.n)
        return;
    s.p += at + 7;
    s.n -= at + 7;
    if (!tt_cut_number(&s, 10, &length) || !tt_cut_char(&s, ':'))
        return;
    tt_log_cut(l);
    (void)tt_cut_blanks(&s);
    while (n < length && tt_cut_pair(&s, &b)) {
        tt_log_byte(l, lane, b);
        n++;
        (void)tt_cut_blanks(&s);
    }
    if (n < length) {
        tt_log_note(l, "the program shows fewer bytes than there were");
        tt_log_lost(l, length - n);
    }
}

static enum tt_took take_portmon(struct tt_log *l, struct tt_slice s)
{
    bool write = tt_find(s, "IRP_MJ_WRITE") < s.n;
    bool read = tt_find(s, "IRP_MJ_READ") < s.n;
    bool control = tt_find(s, "IOCTL_SERIAL_") < s.n;
    struct tt_slice at = s;
    struct tt_stamp t;
    uint64_t number;

    if (!tt_cut_number(&at, 10, &number) || !tt_cut_blanks(&at))
        return TT_TOOK_ODD;
    if (!write && !read && !control && tt_find(s, "IRP_MJ_") >= s.n)
        return TT_TOOK_ODD;
    if (tt_cut_clock(&at, &t))
        tt_log_clock(l, t.ns, t.digits);
    if (tt_find(at, "SUCCESS") >= at.n)
        return TT_TOOK_ROW;
    if (write || read)
        take_length(l, write ? TT_LANE_HOST : TT_LANE_DEVICE, at);
    else if (control)
        take_setting(l, at);
    return TT_TOOK_SURE;
}

const struct tt_dialect tt_dialect_portmon = {
    .name = "portmon",
    .title = "Portmon log",
    .lacks = "it may cut long writes; data bits and parity are not read from "
             "it",
    .take = take_portmon,
    .least = 1,
    .percent = 85,
};
