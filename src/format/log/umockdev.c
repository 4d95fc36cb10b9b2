/*
 * A umockdev script (src/umockdev-record.vala): the device, then what was
 * written and read with the milliseconds since the line before; a control
 * character is ^ and the letter, ^ itself is ^`.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

static void take_bytes(struct tt_log *l, enum tt_lane lane, struct tt_slice s)
{
    tt_log_cut(l);
    while (s.n) {
        uint8_t b = (uint8_t)s.p[0];
        size_t n = 1;

        if (b == '^' && s.n > 1) {
            b = (uint8_t)s.p[1];
            b = b == '`' ? '^' : (uint8_t)(b ^ 0x40);
            n = 2;
        }
        tt_log_byte(l, lane, b);
        s.p += n;
        s.n -= n;
    }
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct tt_slice at = s;
    uint64_t ms;

    if (tt_starts(s, "d ")) {
        at.p += 2;
        at.n -= 2;
        if (!tt_cut_number(&at, 10, &ms) || !tt_starts(at, " /dev/"))
            return TT_TOOK_ODD;
        tt_log_after(l, 0, 3);
        return TT_TOOK_SURE;
    }
    if (!tt_starts(s, "w ") && !tt_starts(s, "r "))
        return TT_TOOK_ODD;
    at.p += 2;
    at.n -= 2;
    if (!tt_cut_number(&at, 10, &ms) || ms > UINT32_MAX ||
        !tt_cut_char(&at, ' '))
        return TT_TOOK_ODD;
    tt_log_after(l, ms * TT_NS_PER_MS, 3);
    take_bytes(l, s.p[0] == 'w' ? TT_LANE_HOST : TT_LANE_DEVICE, at);
    return TT_TOOK_ROW;
}

const struct tt_dialect tt_dialect_umockdev = {
    .name = "umockdev",
    .title = "umockdev script",
    .lacks = "it has no control lines and no speed",
    .take = take,
    .least = 1,
    .percent = 95,
};
