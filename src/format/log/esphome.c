/*
 * The UART debugger of ESPHome (esphome/components/uart/uart_debugger.cpp):
 * "[15:30:12][D][uart_debug:114]: <<< 55:AA:00" is what the board got, ">>>"
 * what it sent, as pairs or as text in quotes; all other lines are what the
 * board printed about itself.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

#include <string.h>

/* "55:AA:00", "55 AA 00" or "55, AA" */
static bool cut_byte(struct tt_slice *s, uint8_t *b)
{
    (void)tt_cut_blanks(s);
    if (!tt_cut_pair(s, b))
        return false;
    if (!tt_cut_char(s, ':') && !tt_cut_char(s, ','))
        (void)tt_cut_char(s, '.');
    return true;
}

/* "OK\r\n" in quotes */
static bool take_text(struct tt_log *l, enum tt_lane lane, struct tt_slice s)
{
    static const char from[] = "abefnrtv\"'\\",
                      to[] = "\a\b\x1b\f\n\r\t\v\"'\\";

    if (!tt_cut_char(&s, '"'))
        return false;
    while (s.n && s.p[0] != '"') {
        uint8_t c = (uint8_t)s.p[0];
        const char *at;
        uint64_t v;

        s.p++;
        s.n--;
        if (c == '\\' && tt_cut_char(&s, 'x')) {
            if (!tt_cut_digits(&s, 16, 2, &v))
                return false;
            c = (uint8_t)v;
        } else if (c == '\\' && s.n && s.p[0] &&
                   (at = strchr(from, s.p[0])) != NULL) {
            c = (uint8_t)to[at - from];
            s.p++;
            s.n--;
        }
        tt_log_byte(l, lane, c);
    }
    return tt_starts(s, "\"");
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    size_t at = tt_find(s, "[uart_debug:");
    struct tt_slice head = s;
    enum tt_lane lane;
    struct tt_stamp t;
    bool any = false;
    uint8_t b;

    if (tt_cut_char(&head, '[') && tt_cut_stamp(&head, &t) &&
        tt_starts(head, "][")) {
        if (t.date)
            tt_log_at(l, t.ns, t.digits);
        else
            tt_log_clock(l, t.ns, t.digits);
    }
    if (at > 48 || at >= s.n || memchr(s.p, '"', at))
        return TT_TOOK_ODD;
    s.p += at;
    s.n -= at;
    at = tt_find(s, "]: ");
    if (at >= s.n)
        return TT_TOOK_ODD;
    s.p += at + 3;
    s.n -= at + 3;
    lane = tt_starts(s, ">>>") ? TT_LANE_HOST : TT_LANE_DEVICE;
    if (!tt_cut_word(&s, ">>> ") && !tt_cut_word(&s, "<<< "))
        return TT_TOOK_ODD;
    tt_log_cut(l);
    if (take_text(l, lane, s))
        return TT_TOOK_SURE;
    while (cut_byte(&s, &b)) {
        tt_log_byte(l, lane, b);
        any = true;
    }
    return any ? TT_TOOK_SURE : TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_esphome = {
    .name = "esphome",
    .title = "ESPHome uart_debug log",
    .lacks = "bytes are shown when a message ends, not when they come; no "
             "control lines, no speed",
    .take = take,
    .least = 2,
    .tool = true,
};
