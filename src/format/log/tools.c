/*
 * What flashing tools print about the bytes they send and get, between their
 * own messages.  Those stay what the tool printed.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

#include <string.h>

/* Text about a log, such as source, has the line in quotes. */
static bool is_quoted(struct tt_slice head)
{
    return memchr(head.p, '"', head.n) || memchr(head.p, '`', head.n) ||
           memchr(head.p, '\'', head.n);
}

/* ---- esptool --trace ------------------------------------------------------
 * esptool 4.7 and 5.0 (esptool/loader.py, trace(), HexFormatter): milliseconds
 * since the last trace line, then the bytes on the line or, when they are more
 * than 16, on rows.  "Received full packet" and the like repeat bytes that
 * were shown.  Bytes that the tool threw away are not in it.
 */
struct esptool {
    enum tt_lane lane;
    uint64_t need; /* bytes of the rows that follow; UINT64_MAX: all */
    bool repeat;   /* ... of which nothing is new */
};

/* "    c000082400000000 0007071220555555 | ...$........ UUU" */
static bool take_esp_row(struct tt_log *l, struct esptool *k, struct tt_slice s)
{
    uint8_t out[16];
    size_t n = 0;
    uint64_t v;

    if (!tt_cut_word(&s, "    "))
        return false;
    while (n < sizeof(out)) {
        if (n == 8)
            (void)tt_cut_char(&s, ' ');
        if (!tt_cut_digits(&s, 16, 2, &v))
            break;
        out[n++] = (uint8_t)v;
    }
    (void)tt_cut_blanks(&s);
    if (!n || (s.n && s.p[0] != '|'))
        return false;
    if (n > k->need)
        n = (size_t)k->need;
    if (k->need != UINT64_MAX)
        k->need -= n;
    if (!k->repeat)
        tt_log_bytes(l, k->lane, out, n);
    return true;
}

/* Pairs without blanks up to the end of the line; 0: there is more than that */
static size_t take_inline(struct tt_log *l, enum tt_lane lane,
                          struct tt_slice s)
{
    size_t n = 0;
    uint64_t v;
    struct tt_slice at = s;

    while (tt_cut_digits(&at, 16, 2, &v))
        n++;
    tt_trim(&at);
    if (at.n)
        return 0;
    while (tt_cut_digits(&s, 16, 2, &v))
        tt_log_byte(l, lane, (uint8_t)v);
    return n;
}

static void take_esp_bytes(struct tt_log *l, struct esptool *k,
                           struct tt_slice s)
{
    uint64_t need = UINT64_MAX;
    size_t n;

    k->lane = tt_starts(s, "Write ") ? TT_LANE_HOST : TT_LANE_DEVICE;
    k->repeat = false;
    if (tt_cut_word(&s, "Write ") || tt_cut_word(&s, "Read ")) {
        k->repeat = !tt_cut_number(&s, 10, &need) ||
                    !(tt_cut_word(&s, " bytes:") || tt_cut_word(&s, " byte:"));
    } else {
        k->repeat = !tt_cut_word(&s, "Remaining data in serial buffer:");
    }
    if (!k->repeat)
        tt_log_cut(l);
    (void)tt_cut_blanks(&s);
    n = k->repeat ? 0 : take_inline(l, k->lane, s);
    k->need = n ? 0 : need;
}

static enum tt_took take_esptool(struct tt_log *l, struct tt_slice s)
{
    struct esptool *k = (struct esptool *)(void *)l->own;
    size_t at = tt_find(s, "TRACE +");
    struct tt_slice head = {s.p, at}, rest;
    struct tt_stamp t;

    if (k->need && take_esp_row(l, k, s))
        return TT_TOOK_ROW;
    if (at > 64 || at >= s.n || is_quoted(head))
        return TT_TOOK_ODD;
    rest = (struct tt_slice){s.p + at + 7, s.n - at - 7};
    if (!tt_cut_seconds(&rest, &t) || t.digits != 3 || !tt_starts(rest, " "))
        return TT_TOOK_ODD;
    tt_trim(&head);
    tt_log_tool(l, head); /* dots of its progress */
    tt_log_after(l, t.ns, t.digits);
    (void)tt_cut_blanks(&rest);
    take_esp_bytes(l, k, rest);
    return TT_TOOK_SURE;
}

const struct tt_dialect tt_dialect_esptool = {
    .name = "esptool",
    .title = "esptool --trace",
    .lacks = "bytes that the tool threw away, such as a boot message, are not "
             "in it; no control lines, no speed",
    .take = take_esptool,
    .least = 2,
    .tool = true,
};

/* ---- avrdude -vvvv --------------------------------------------------------
 * "avrdude: send: 0 [30]   [20] " (7.1), "avrdude: ser_send: ..." (7.3 on),
 * "avrdude: Send: ..." (5, 6), perhaps after progress on the same line.
 */
static size_t find_mark(struct tt_slice s, size_t *len, enum tt_lane *lane)
{
    static const char *const marks[] = {"send: ", "Send: ", "recv: ", "Recv: "};

    for (size_t i = 0; i < TT_LEN(marks); i++) {
        size_t at = tt_find(s, marks[i]);

        if (at >= s.n)
            continue;
        *len = strlen(marks[i]);
        *lane = i < 2 ? TT_LANE_HOST : TT_LANE_DEVICE;
        return at;
    }
    return SIZE_MAX;
}

/* ". [14] "; a space that stands for itself may have been trimmed away. */
static bool cut_avr_item(struct tt_slice *s, uint8_t *b)
{
    struct tt_slice at = *s;
    uint64_t v;

    if (!tt_starts(at, "[") || (at.n > 2 && at.p[1] == ' '))
        (void)(at.n ? (at.p++, at.n--) : 0);
    (void)tt_cut_blanks(&at);
    if (!tt_cut_char(&at, '[') || !tt_cut_digits(&at, 16, 2, &v) ||
        !tt_cut_char(&at, ']'))
        return false;
    (void)tt_cut_char(&at, ' ');
    *b = (uint8_t)v;
    *s = at;
    return true;
}

static enum tt_took take_avrdude(struct tt_log *l, struct tt_slice s)
{
    enum tt_lane lane = TT_LANE_HOST;
    size_t len = 0, at = find_mark(s, &len, &lane);
    struct tt_slice head = {s.p, at}, rest;
    bool named = false, any = false;
    uint8_t b;

    if (at >= s.n)
        return TT_TOOK_ODD;
    rest = (struct tt_slice){s.p + at + len, s.n - at - len};
    if (head.n >= 4 && !memcmp(head.p + head.n - 4, "ser_", 4)) {
        named = true;
        head.n -= 4;
    }
    if (head.n >= 9 && !memcmp(head.p + head.n - 9, "avrdude: ", 9)) {
        named = true;
        head.n -= 9;
    }
    if (!named || is_quoted(head))
        return TT_TOOK_ODD;
    while (cut_avr_item(&rest, &b)) {
        if (!any)
            tt_log_tool(l, head);
        any = true;
        tt_log_byte(l, lane, b);
    }
    tt_trim(&rest);
    if (any)
        tt_log_tool(l, rest);
    return any ? TT_TOOK_SURE : TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_avrdude = {
    .name = "avrdude",
    .title = "avrdude -vvvv",
    .lacks = "it has no times and no control lines, and bytes that the tool "
             "drained after a reset are not in it",
    .take = take_avrdude,
    .least = 2,
    .tool = true,
};

/* ---- mtkclient --debugmode ------------------------------------------------
 * logs/log.txt ("TX:a0", "RX:5f") and the same on the screen ("DeviceClass -
 * [LIB]: TX:a0").  An empty RX is a read that gave nothing.
 */
static enum tt_took take_mtkclient(struct tt_log *l, struct tt_slice s)
{
    size_t lib = tt_find(s, "[LIB]: ");
    enum tt_lane lane;

    if (lib < s.n) {
        s.p += lib + 7;
        s.n -= lib + 7;
    }
    if (tt_starts(s, "SERIAL read: length(0x"))
        return TT_TOOK_SURE;
    lane = tt_starts(s, "TX:") ? TT_LANE_HOST : TT_LANE_DEVICE;
    if (!tt_cut_word(&s, "TX:") && !tt_cut_word(&s, "RX:"))
        return TT_TOOK_ODD;
    if (!s.n)
        return TT_TOOK_ROW;
    tt_log_cut(l);
    return take_inline(l, lane, s) ? TT_TOOK_ROW : TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_mtkclient = {
    .name = "mtkclient",
    .title = "mtkclient log",
    .lacks = "it has no times and no control lines",
    .take = take_mtkclient,
    .least = 1,
    .tool = true,
};
