#include "format/tape_item.h"
#include "tape/scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void bad(struct tt_item *it, const char *fmt, ...) TT_PRINTF(2, 3);

static void bad(struct tt_item *it, const char *fmt, ...)
{
    va_list ap;

    it->kind = TT_ITEM_BAD;
    va_start(ap, fmt);
    (void)vsnprintf(it->why, sizeof(it->why), fmt, ap);
    va_end(ap);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '.' || c == '_';
}

static void skip(struct tt_slice *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

static void skip_spaces(struct tt_slice *s)
{
    while (s->n && is_space(s->p[0]))
        skip(s, 1);
}

/* Take letters, digits, points. */
static struct tt_slice take_word(struct tt_slice *s)
{
    struct tt_slice w = {s->p, 0};

    while (w.n < s->n && is_word(w.p[w.n]))
        w.n++;
    skip(s, w.n);
    return w;
}

/* For showing a word in a complaint: at most 20 bytes of it. */
static int some(struct tt_slice w)
{
    return w.n < 20 ? (int)w.n : 20;
}

/* A decimal number of 32 bits; false, and *out as it was, when it is none. */
static bool small_number(struct tt_slice w, uint32_t *out)
{
    uint32_t n = 0;

    for (size_t i = 0; i < w.n; i++) {
        uint32_t digit = (uint32_t)(w.p[i] - '0');

        if (!is_digit(w.p[i]) || n > (UINT32_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (w.n)
        *out = n;
    return w.n > 0;
}

/* An optional *N, then the end of the word. */
static void take_repeat(struct tt_slice *rest, struct tt_item *it)
{
    struct tt_slice w;
    uint32_t n = 0;

    it->repeat = 1;
    if (rest->n && rest->p[0] == '*') {
        skip(rest, 1);
        w = take_word(rest);
        if (!small_number(w, &n) || !n || n > TT_MAX_RECORD) {
            bad(it, "after * comes a number from 1 to %d, such as 68*8",
                TT_MAX_RECORD);
            return;
        }
        it->repeat = n;
    }
    if (rest->n && !is_space(rest->p[0]) && rest->p[0] != '#')
        bad(it, "'%.1s' follows without a space; put one between two items",
            rest->p);
}

static void take_text(struct tt_slice *rest, struct tt_item *it)
{
    size_t i = 1;

    it->kind = TT_ITEM_TEXT;
    it->bytes = 0;
    for (; i < rest->n && rest->p[i] != '"'; it->bytes++) {
        uint8_t c = (uint8_t)rest->p[i];
        size_t len = 1;

        if (c == '\\')
            len =
                tt_scan_escape((struct tt_slice){rest->p + i, rest->n - i}, &c);
        if (!len) {
            bad(it,
                "'\\%.1s' is no escape in a text: there are \\r \\n \\t "
                "\\0 \\e \\\" \\\\ and \\x7F",
                i + 1 < rest->n ? rest->p + i + 1 : "");
            return;
        }
        if (len == 1 && (c < 0x20 || c == 0x7f) && c != '\t') {
            bad(it, "a control byte stands in a text; write it as \\x%02X", c);
            return;
        }
        i += len;
    }
    if (i >= rest->n) {
        bad(it, "the text is not closed; add the closing \"");
        return;
    }
    it->text = (struct tt_slice){rest->p + 1, i - 1};
    skip(rest, i + 1);
    take_repeat(rest, it);
}

/* Is this "8E1"?  Upper case into mode. */
static bool take_mode(struct tt_slice w, char mode[4])
{
    static const char parity[] = "NEOMSneoms", upper[] = "NEOMSNEOMS";
    const char *at;

    if (w.n != 3 || w.p[0] < '5' || w.p[0] > '9' || !w.p[1] ||
        (w.p[2] != '1' && w.p[2] != '2'))
        return false;
    at = strchr(parity, w.p[1]);
    if (!at)
        return false;
    mode[0] = w.p[0];
    mode[1] = upper[at - parity];
    mode[2] = w.p[2];
    mode[3] = '\0';
    return true;
}

/* [115200 8E1], [115200], [baud], [baud 8E1], [lost 12]: words in w. */
static bool take_numbers(struct tt_slice *w, size_t n, struct tt_record *r)
{
    size_t i = 0;

    if (tt_slice_is(w[0], "lost")) {
        r->event = TT_EV_LOST;
        return n == 1 || (n == 2 && small_number(w[1], &r->count));
    }
    r->event = TT_EV_BAUD;
    if (tt_slice_is(w[0], "baud"))
        i++;
    else if (!is_digit(w[0].p[0]))
        return false;
    if (i < n && small_number(w[i], &r->baud))
        i++;
    if (i < n && i && take_mode(w[i], r->mode))
        i++;
    return i == n;
}

static void take_event(struct tt_slice *rest, struct tt_item *it)
{
    const char *close = memchr(rest->p, ']', rest->n);
    struct tt_slice in, all, w[4];
    size_t n = 0;

    it->kind = TT_ITEM_EVENT;
    if (!close) {
        bad(it, "the event is not closed; add the closing ]");
        return;
    }
    all = in = (struct tt_slice){rest->p + 1, (size_t)(close - rest->p) - 1};
    skip(rest, in.n + 2);
    it->record.lane = TT_LANE_LINE;
    for (skip_spaces(&in); in.n && n < TT_LEN(w); skip_spaces(&in)) {
        w[n] = (struct tt_slice){in.p, 0};
        while (w[n].n < in.n && !is_space(in.p[w[n].n]))
            w[n].n++;
        skip(&in, w[n++].n);
    }
    if (n == 1 && !tt_slice_is(w[0], "baud"))
        it->record.event = tt_event_by_name(w[0]);
    if (n && n < TT_LEN(w) && it->record.event == TT_EV_NONE &&
        !take_numbers(w, n, &it->record))
        it->record.event = TT_EV_NONE;
    if (it->record.event == TT_EV_NONE)
        bad(it,
            "no line event is called [%.*s]; write [dtr+] [rts-] "
            "[break] [parity-error] [115200 8E1] [lost 12]",
            some(all), all.p);
}

/* 12ms, 1.5s: the unit after the digits; 0: none such. */
static uint64_t unit_of(struct tt_slice unit, unsigned *digits)
{
    static const struct {
        const char *name;
        uint64_t ns;
        unsigned digits;
    } units[] = {{"ns", 1, 9},
                 {"us", TT_NS_PER_US, 6},
                 {"ms", TT_NS_PER_MS, 3},
                 {"s", TT_NS_PER_S, 0},
                 {"min", 60 * TT_NS_PER_S, 0}};

    for (size_t i = 0; i < TT_LEN(units); i++)
        if (tt_slice_is(unit, units[i].name)) {
            *digits = units[i].digits;
            return units[i].ns;
        }
    return 0;
}

static void take_number(struct tt_slice w, struct tt_item *it)
{
    struct tt_slice num = {w.p, 0}, unit;
    unsigned decimals;
    uint64_t ns = 0;

    while (num.n < w.n && (is_digit(w.p[num.n]) || w.p[num.n] == '.'))
        num.n++;
    unit = (struct tt_slice){w.p + num.n, w.n - num.n};
    it->kind = unit.n ? TT_ITEM_PAUSE : TT_ITEM_TIME;
    it->digits = 0;
    if (w.n > 2 && w.p[0] == '0' && (w.p[1] == 'x' || w.p[1] == 'X')) {
        bad(it, "write bytes without 0x: '%.*s' is %.*s", some(w), w.p,
            some(w) - 2, w.p + 2);
    } else if (tt_slice_is(unit, "ch")) {
        bad(it, "a pause in characters has no fixed length in a recording; "
                "write it in us or ms");
    } else if (unit.n) {
        ns = unit_of(unit, &it->digits);
        if (!ns || !tt_scan_time(num, ns, &it->ns, &decimals))
            bad(it, "'%.*s' is neither a byte (7F) nor a pause (12ms, 1.5s)",
                some(w), w.p);
        else
            it->digits += decimals;
    } else if (!memchr(w.p, '.', w.n)) {
        bad(it,
            "'%.*s' is no byte; write two hex digits each (7F 80), a "
            "pause with its unit (12ms)",
            some(w), w.p);
    } else if (!tt_scan_time(num, TT_NS_PER_S, &it->ns, &it->digits)) {
        bad(it, "'%.*s' is no time; write seconds, such as 0.003112", some(w),
            w.p);
    }
}

static void take_byte_or_number(struct tt_slice *rest, struct tt_item *it)
{
    struct tt_slice w = take_word(rest);
    int hi = w.n == 2 ? tt_scan_hex(w.p[0]) : -1;
    int lo = w.n == 2 ? tt_scan_hex(w.p[1]) : -1;

    if (hi >= 0 && lo >= 0) {
        it->kind = TT_ITEM_BYTE;
        it->byte = (uint8_t)(hi << 4 | lo);
        it->bytes = 1;
        take_repeat(rest, it);
    } else if (w.n && is_digit(w.p[0])) {
        take_number(w, it);
        if (it->kind != TT_ITEM_BAD && rest->n && !is_space(rest->p[0]) &&
            rest->p[0] != '#')
            bad(it, "'%.1s' after a time; put a space there", rest->p);
    } else if (w.n) {
        bad(it,
            "'%.*s' is no byte; bytes are two hex digits (7F), text "
            "stands in \"quotes\"",
            some(w), w.p);
    } else {
        bad(it,
            "'%.1s' means nothing here; marks are > < $, bytes are two "
            "hex digits (7F)",
            rest->p);
    }
}

void tt_item_next(struct tt_slice *rest, struct tt_item *it)
{
    struct tt_slice after;

    memset(it, 0, sizeof(*it));
    skip_spaces(rest);
    if (!rest->n)
        return;
    switch (rest->p[0]) {
    case '#':
        it->kind = TT_ITEM_COMMENT;
        it->text = (struct tt_slice){rest->p + 1, rest->n - 1};
        skip(rest, rest->n);
        break;
    case '>':
    case '<':
    case '$':
        it->kind = TT_ITEM_LANE;
        it->record.lane = rest->p[0] == '>'   ? TT_LANE_HOST
                          : rest->p[0] == '<' ? TT_LANE_DEVICE
                                              : TT_LANE_TOOL;
        skip(rest, 1);
        break;
    case '"': take_text(rest, it); break;
    case '[': take_event(rest, it); break;
    case '\\':
        after = (struct tt_slice){rest->p + 1, rest->n - 1};
        skip_spaces(&after);
        it->kind = TT_ITEM_MORE;
        if (after.n)
            bad(it, "a \\ may only end a line");
        skip(rest, rest->n);
        break;
    default: take_byte_or_number(rest, it);
    }
}

void tt_item_first(struct tt_slice *rest, struct tt_item *it)
{
    struct tt_slice w;

    skip_spaces(rest);
    w = (struct tt_slice){rest->p, 0};
    while (w.n < rest->n && is_digit(w.p[w.n]))
        w.n++;
    if (!w.n ||
        (w.n < rest->n && !is_space(w.p[w.n]) && !strchr("#<>$[", w.p[w.n]))) {
        tt_item_next(rest, it);
        return;
    }
    memset(it, 0, sizeof(*it));
    skip(rest, w.n);
    it->kind = TT_ITEM_TIME;
    if (!tt_scan_time(w, TT_NS_PER_S, &it->ns, &it->digits)) {
        bad(it, "'%.*s' is no time; write seconds, such as 0.003112", some(w),
            w.p);
        return;
    }
    skip_spaces(rest);
    if (w.n == 2 && (!rest->n || rest->p[0] == '#'))
        bad(it,
            "'%.2s' alone may be a byte or a time; write > %.2s (host), "
            "< %.2s (device), or %.2s.0 for a time in seconds",
            w.p, w.p, w.p, w.p);
    else if (rest->n && !strchr("#<>$[\\", rest->p[0]))
        bad(it, "whose bytes are these? begin the line with > (host), "
                "< (device) or $ (tool)");
}
