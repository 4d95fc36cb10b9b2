/*
 * Logs in which each line has a word for the direction and bytes as pairs,
 * perhaps after a time: what many programs write, each a little otherwise
 * ("12:00:01.250 TX: 7F", "-> 7f 00", "Received (2): 79 1F").  A device may
 * print such lines too: both directions must be there, and many of them.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

static const struct {
    const char *word;
    bool host;
} words[] = {
    {"TX", true},         {"Tx", true},          {"tx", true},
    {"-->", true},        {"->", true},          {">>", true},
    {"Sent", true},       {"SENT", true},        {"sent", true},
    {"Sending", true},    {"Send", true},        {"send", true},
    {"SEND", true},       {"Write", true},       {"WRITE", true},
    {"write", true},      {"Transmitted", true}, {"OUT", true},
    {"RX", false},        {"Rx", false},         {"rx", false},
    {"<--", false},       {"<-", false},         {"<<", false},
    {"Received", false},  {"received", false},   {"RECEIVED", false},
    {"Receiving", false}, {"Recv", false},       {"recv", false},
    {"RECV", false},      {"Read", false},       {"READ", false},
    {"read", false},      {"IN", false},
};

static bool cut_direction(struct tt_slice *s, bool *host)
{
    for (size_t i = 0; i < TT_LEN(words); i++) {
        struct tt_slice at = *s;

        if (!tt_cut_word(&at, words[i].word) || !at.n)
            continue;
        if ((at.p[0] >= 'a' && at.p[0] <= 'z') ||
            (at.p[0] >= 'A' && at.p[0] <= 'Z'))
            continue;
        *host = words[i].host;
        *s = at;
        return true;
    }
    return false;
}

/* " (4 bytes): ", "[2]: ", "] - " */
static void cut_separator(struct tt_slice *s)
{
    struct tt_slice at;
    uint64_t n;

    (void)tt_cut_char(s, ']');
    (void)tt_cut_blanks(s);
    at = *s;
    if ((tt_cut_char(&at, '(') || tt_cut_char(&at, '[')) &&
        tt_cut_number(&at, 10, &n)) {
        (void)tt_cut_word(&at, " bytes");
        (void)tt_cut_word(&at, " byte");
        if (tt_cut_char(&at, ')') || tt_cut_char(&at, ']'))
            *s = at;
    }
    (void)tt_cut_blanks(s);
    (void)(tt_cut_char(s, ':') || tt_cut_char(s, '-') || tt_cut_char(s, '|') ||
           tt_cut_char(s, '='));
    (void)tt_cut_blanks(s);
}

/* The next byte of "7f 79", "0x7f 0x79", "7F-79" or "7F,79". */
static bool cut_byte(struct tt_slice *s, uint8_t *b)
{
    struct tt_slice at = *s;

    (void)tt_cut_word(&at, "0x");
    if (!tt_cut_pair(&at, b) ||
        (at.n && at.p[0] != ' ' && at.p[0] != ',' && at.p[0] != '-'))
        return false;
    if (!tt_cut_char(&at, ','))
        (void)tt_cut_char(&at, '-');
    (void)tt_cut_char(&at, ' ');
    *s = at;
    return true;
}

static bool cut_time(struct tt_log *l, struct tt_slice *s)
{
    struct tt_slice at = *s;
    struct tt_stamp t;
    bool bracket = tt_cut_char(&at, '[') || tt_cut_char(&at, '(');

    if (!tt_cut_stamp(&at, &t))
        return false;
    if (bracket && !tt_cut_char(&at, ']') && !tt_cut_char(&at, ')'))
        return false;
    if (t.clock && !t.date)
        tt_log_clock(l, t.ns, t.digits);
    else
        tt_log_at(l, t.ns, t.digits);
    (void)tt_cut_char(&at, ':');
    (void)tt_cut_blanks(&at);
    *s = at;
    return true;
}

struct worded {
    bool seen[2]; /* the device, the host */
};

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct worded *k = (struct worded *)(void *)l->own;
    struct tt_slice at;
    bool host, any = false;
    uint8_t b;

    (void)tt_cut_blanks(&s);
    (void)cut_time(l, &s);
    (void)tt_cut_char(&s, '[');
    if (!cut_direction(&s, &host))
        return TT_TOOK_ODD;
    cut_separator(&s);
    at = s;
    while (cut_byte(&at, &b))
        any = true;
    if (!any || at.n)
        return TT_TOOK_ODD;
    tt_log_cut(l);
    while (cut_byte(&s, &b))
        tt_log_byte(l, host ? TT_LANE_HOST : TT_LANE_DEVICE, b);
    k->seen[host] = true;
    return k->seen[0] && k->seen[1] ? TT_TOOK_SURE : TT_TOOK_ROW;
}

const struct tt_dialect tt_dialect_worded = {
    .name = "txrx",
    .title = "log of TX and RX",
    .lacks = "TX is taken for the host's; no control lines, no speed",
    .take = take,
    .least = 2,
    .percent = 25,
    .tool = true,
};
