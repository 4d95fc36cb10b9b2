/*
 * What terminal programs save with a time in front of each line: tio,
 * grabserial, picocom and minicom with times, Tera Term, the monitor of the
 * Arduino IDE; and the head lines of PuTTY.  Nearly all of them have the
 * device's side alone, so the bytes are those of the side that was chosen.
 *
 * The time is of the first byte of a line; it is taken off, for it is no byte
 * of the line.  A kernel puts "[    1.234567]" in front of its own messages:
 * that is what the device sent, and stays.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

struct terminal {
    bool stamped; /* a time has come */
};

static bool cut_bracket(struct tt_slice *s, struct tt_stamp *t)
{
    struct tt_slice at = *s;
    struct tt_stamp delta;

    if (!tt_cut_char(&at, '[') || !tt_cut_stamp(&at, t))
        return false;
    if (tt_cut_char(&at, ' ')) { /* grabserial: and since the line before */
        if (!tt_cut_seconds(&at, &delta) || delta.digits != 6)
            return false;
    } else if (!t->date && !t->clock && t->ns < 1000000000 * TT_NS_PER_S) {
        return false; /* a kernel's own */
    }
    if (!tt_cut_char(&at, ']'))
        return false;
    (void)tt_cut_char(&at, ':');
    (void)tt_cut_char(&at, ' ');
    *s = at;
    return true;
}

/* 12:34:56.789 -> text */
static bool cut_arrow(struct tt_slice *s, struct tt_stamp *t)
{
    struct tt_slice at = *s;

    if (!tt_cut_clock(&at, t) || t->digits != 3 || !tt_cut_word(&at, " -> "))
        return false;
    *s = at;
    return true;
}

static bool cut_time(struct tt_log *l, struct tt_slice *s)
{
    struct tt_stamp t;

    if (!cut_bracket(s, &t) && !cut_arrow(s, &t))
        return false;
    if (t.clock && !t.date)
        tt_log_clock(l, t.ns, t.digits);
    else
        tt_log_at(l, t.ns, t.digits);
    tt_log_cut(l);
    return true;
}

static void text(struct tt_log *l, struct tt_slice s)
{
    tt_log_bytes(l, l->side, s.p, s.n);
    if (l->nl)
        tt_log_byte(l, l->side, '\n');
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct terminal *k = (struct terminal *)(void *)l->own;

    if (l->cut) {
        text(l, s);
        return TT_TOOK_ROW;
    }
    if (cut_time(l, &s)) {
        k->stamped = true;
        text(l, s);
        return TT_TOOK_SURE;
    }
    if (!s.n || tt_slice_is(s, "\r"))
        return TT_TOOK_IDLE;
    if (!k->stamped)
        return TT_TOOK_ODD;
    text(l, s); /* a newline that the device sent alone */
    return TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_terminal = {
    .name = "terminal",
    .title = "terminal log with times",
    .lacks = "one side alone, that of the device unless --lane says other; "
             "what the program shows may lack bytes; no control lines, no "
             "speed",
    .take = take,
    .least = 2,
    .percent = 90,
    .raw = true,
    .vague = true,
};

/* tio --output-mode hex with times: "[...] 55 2d 42 ", each row with its own
 * time. */
static enum tt_took take_hex(struct tt_log *l, struct tt_slice s)
{
    uint8_t out[64];
    struct tt_stamp t;
    size_t n, all = 0;

    if (!cut_bracket(&s, &t))
        return TT_TOOK_ODD;
    if (t.clock && !t.date)
        tt_log_clock(l, t.ns, t.digits);
    else
        tt_log_at(l, t.ns, t.digits);
    tt_log_cut(l);
    while ((n = tt_cut_pairs(&s, out, sizeof(out))) > 0) {
        tt_log_bytes(l, l->side, out, n);
        all += n;
        (void)tt_cut_char(&s, ' ');
    }
    return all && !s.n ? TT_TOOK_SURE : TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_tio_hex = {
    .name = "tio-hex",
    .title = "tio log of pairs",
    .lacks = "one side alone, that of the device unless --lane says other; no "
             "control lines, no speed",
    .take = take_hex,
    .least = 2,
    .percent = 95,
};

/* PuTTY and plink: a line with the date, then either bytes or events. */
static bool is_putty_head(struct tt_slice s)
{
    return tt_starts(s, "=~=~=~=") && tt_find(s, " PuTTY log ") < s.n;
}

struct putty {
    bool headed, events;
    uint32_t baud;
    char mode[4];
};

static enum tt_took take_putty_event(struct tt_log *l, struct putty *k,
                                     struct tt_slice s)
{
    uint64_t n;

    if (tt_cut_word(&s, "Configuring baud rate ")) {
        if (tt_cut_number(&s, 10, &n) && n <= UINT32_MAX)
            k->baud = (uint32_t)n;
    } else if (tt_cut_word(&s, "Configuring ") && tt_cut_number(&s, 10, &n)) {
        if (tt_starts(s, " data") && n >= 5 && n <= 8)
            k->mode[0] = (char)('0' + n);
        if (tt_starts(s, " stop") && n >= 1 && n <= 2)
            k->mode[2] = (char)('0' + n);
    } else if (tt_find(s, "parity") < s.n) {
        k->mode[1] = tt_starts(s, "no ")     ? 'N'
                     : tt_starts(s, "odd ")  ? 'O'
                     : tt_starts(s, "even ") ? 'E'
                                             : 0;
        if (k->baud)
            tt_log_baud(l, k->baud,
                        k->mode[0] && k->mode[1] && k->mode[2] ? k->mode : "");
    }
    return TT_TOOK_SURE;
}

static enum tt_took take_putty(struct tt_log *l, struct tt_slice s)
{
    struct putty *k = (struct putty *)(void *)l->own;
    struct tt_slice plain = s;

    while (plain.n && plain.p[plain.n - 1] == '\r')
        plain.n--;
    if (!l->cut && is_putty_head(plain)) {
        if (k->headed)
            tt_log_event(l, TT_EV_OPEN);
        k->headed = true;
        return TT_TOOK_SURE;
    }
    if (!k->headed)
        return plain.n ? TT_TOOK_ODD : TT_TOOK_IDLE;
    if (!l->cut && tt_cut_word(&plain, "Event Log: "))
        return take_putty_event(l, k, plain);
    text(l, s);
    return TT_TOOK_ROW;
}

const struct tt_dialect tt_dialect_putty = {
    .name = "putty",
    .title = "PuTTY log",
    .lacks = "the device's side alone, without times; no control lines",
    .take = take_putty,
    .least = 1,
    .percent = 100,
    .raw = true,
};
