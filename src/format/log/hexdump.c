/*
 * Dumps with a place in front of each row: xxd, hexdump and hexdump -C, od,
 * hexyl, Wireshark's, U-Boot's md.  One reader for all: a row is read in each
 * way that it allows, and the text beside it, where there is one, says which
 * is right.  "*" stands for rows like the one before it up to the next place;
 * how the places are counted (od: octal) is known by their steps.  A dump has
 * no direction: its bytes are those of the side that was chosen.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

#include <string.h>

enum { ROW = 64, RADIXES = 3 };

struct row {
    uint64_t place[RADIXES]; /* in radix 16, 10 and 8; UINT64_MAX: none */
    uint8_t b[ROW];
    size_t n;
    bool words; /* two or more bytes at a time, so that the last is filled up */
    bool sure;
};

struct dump {
    struct row last; /* not handed over: the next place says how long it is */
    bool any, star;
    uint8_t radix;   /* which are possible still */
    uint8_t way;     /* in which a row was read for sure, from 1; 0: none */
    uint64_t filled; /* bytes that stars stood for */
};

/* ---- one row -------------------------------------------------------------- */

/* Does the text that follows show these bytes? */
static bool shows(struct tt_slice s, const uint8_t *b, size_t n)
{
    (void)tt_cut_blanks(&s);
    if (s.n > n && (s.p[0] == '|' || s.p[0] == '>')) {
        s.p++;
        s.n--;
    }
    if (!n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = i < s.n ? s.p[i] : ' ';

        if (b[i] > ' ' && b[i] < 0x7f ? c != (char)b[i]
                                      : i >= s.n && b[i] != ' ')
            return false;
        if ((b[i] < ' ' || b[i] > 0x7e) && c != '.' && c != ' ' &&
            (unsigned char)c < 0x80)
            return false;
    }
    return true;
}

/* Pairs with a blank between; gap: two of them after the eighth. */
static size_t read_pairs(struct tt_slice *s, bool gap, uint8_t *b)
{
    size_t n = 0;

    while (n < ROW) {
        struct tt_slice at = *s;

        if (n && !tt_cut_char(&at, ' '))
            break;
        if (gap && n == 8)
            (void)tt_cut_char(&at, ' ');
        if (!tt_cut_pair(&at, &b[n]) ||
            (at.n && at.p[0] != ' ' && at.p[0] != '\t' && at.p[0] != '|'))
            break;
        *s = at;
        n++;
    }
    return n;
}

/* Groups of width digits: in the order of the digits, or the last byte first.
 * A group of little end may be short at its front. */
static size_t read_groups(struct tt_slice *s, size_t width, bool little,
                          uint8_t *b)
{
    size_t n = 0;

    while (n + width / 2 <= ROW) {
        struct tt_slice at = *s;
        size_t pad = 0, have = 0;
        uint64_t v;

        if (n && !tt_cut_char(&at, ' '))
            break;
        while (little && n && n % 16 && pad < width - 2 &&
               tt_cut_char(&at, ' '))
            pad++;
        while (have < (width - pad) / 2 && tt_cut_digits(&at, 16, 2, &v))
            b[n + have++] = (uint8_t)v;
        if (!have || (pad && have * 2 + pad != width) ||
            (at.n && at.p[0] != ' '))
            break;
        for (size_t i = 0; little && i < have / 2; i++) {
            uint8_t c = b[n + i];

            b[n + i] = b[n + have - 1 - i];
            b[n + have - 1 - i] = c;
        }
        n += have;
        *s = at;
        if (have * 2 < width)
            break;
    }
    return n;
}

/* od's own: words of six octal digits, bytes of three, bits of xxd -b. */
static size_t read_numbers(struct tt_slice *s, size_t width, uint8_t *b)
{
    unsigned base = width == 8 ? 2 : 8;
    size_t n = 0;

    while (n + 2 <= ROW) {
        struct tt_slice at = *s;
        uint64_t v;

        if (n && !tt_cut_char(&at, ' '))
            break;
        if (!tt_cut_digits(&at, base, width, &v) || (at.n && at.p[0] != ' ') ||
            v > (width == 6 ? 0xffffu : 0xffu))
            break;
        b[n++] = (uint8_t)v;
        if (width == 6)
            b[n++] = (uint8_t)(v >> 8);
        *s = at;
    }
    return n;
}

static size_t token_width(struct tt_slice s)
{
    size_t w = 0;

    while (w < s.n && tt_cut_hex_digit(s.p[w]) >= 0)
        w++;
    return w;
}

/* One way to read the row; 0: it cannot be read so. */
static size_t read_as(int way, size_t w, bool colon, struct tt_slice *s,
                      struct row *r)
{
    bool even = w && w % 2 == 0 && w <= 32;

    r->words = false;
    switch (way) {
    case 0: return w == 8 ? read_numbers(s, 8, r->b) : 0;
    case 1: return w == 2 ? read_pairs(s, false, r->b) : 0;
    case 2: return w == 2 ? read_pairs(s, true, r->b) : 0;
    case 3: return even && w > 2 && colon ? read_groups(s, w, false, r->b) : 0;
    case 4:
        r->words = !colon;
        return w == 4 || w == 8 ? read_groups(s, w, true, r->b) : 0;
    case 5:
        r->words = true;
        return w == 6 && !colon ? read_numbers(s, 6, r->b) : 0;
    case 6: return w == 3 && !colon ? read_numbers(s, 3, r->b) : 0;
    default: return 0;
    }
}

enum { WAYS = 7 };

/* Is nothing left of the row but text? */
static bool is_whole(struct tt_slice s)
{
    (void)tt_cut_blanks(&s);
    return !s.n || s.p[0] == '|' || s.p[0] == '>';
}

static bool try_way(int way, size_t w, bool colon, struct tt_slice *s,
                    struct row *r)
{
    r->n = read_as(way, w, colon, s, r);
    if (!r->n)
        return false;
    tt_trim(s);
    r->sure = s->n && shows(*s, r->b, r->n);
    return true;
}

/* The bytes of a row, of which s is what follows its place.  When several
 * ways fit it, the one that alone fitted a row before is right. */
static bool read_row(struct dump *d, struct tt_slice s, bool colon,
                     struct row *r)
{
    size_t w = token_width(s);
    struct row best = *r;
    int shown = 0, found = 0;

    for (int way = 0; way < WAYS; way++) {
        struct tt_slice at = s;
        struct row t = *r;
        bool known = d->way == way + 1, whole;

        if (!try_way(way, w, colon, &at, &t))
            continue;
        whole = is_whole(at);
        if (t.sure && !shown++)
            found = way + 1;
        if (!best.n || (t.sure && (!best.sure || known)) ||
            (!best.sure && ((whole && best.n < t.n) || known)))
            best = t;
    }
    if (shown == 1 && !d->way)
        d->way = (uint8_t)found;
    *r = best;
    r->sure |= r->n >= 8;
    return r->n > 0;
}

/* ---- rows and places ------------------------------------------------------ */

static void hand_over(struct tt_log *l, struct dump *d, size_t n)
{
    tt_log_bytes(l, l->side, d->last.b, n);
}

/* What "*" stands for: rows like the last one, up to place. */
static void fill(struct tt_log *l, struct dump *d, uint64_t bytes)
{
    while (bytes >= d->last.n && d->last.n &&
           d->filled + d->last.n <= TT_MAX_FILL) {
        hand_over(l, d, d->last.n);
        d->filled += d->last.n;
        bytes -= d->last.n;
    }
    if (bytes)
        tt_log_lost(l, bytes);
}

/* In which radixes r goes on where the last row ended? */
static uint8_t follows(const struct dump *d, const struct row *r)
{
    uint8_t fit = 0;

    for (int i = 0; i < RADIXES; i++) {
        uint64_t was = d->last.place[i], is = r->place[i];
        uint64_t n = d->last.n;

        if (was == UINT64_MAX || is == UINT64_MAX || is < was || !n)
            continue;
        if (d->star ? is > was && (is - was) % n == 0
                    : is - was == n || (!r->n && d->last.words && is - was < n))
            fit |= (uint8_t)(1 << i);
    }
    return fit;
}

static int lowest(uint8_t mask)
{
    for (int i = 0; i < RADIXES; i++)
        if (mask & 1 << i)
            return i;
    return 0;
}

static void next_row(struct tt_log *l, struct dump *d, const struct row *r)
{
    uint8_t fit = d->any ? follows(d, r) & d->radix : 0;
    int i = lowest(fit ? fit : d->radix);
    uint64_t step = r->place[i] - d->last.place[i];

    if (fit)
        d->radix = fit;
    if (d->any && fit && !d->star) {
        hand_over(l, d, (size_t)step);
    } else if (d->any && fit) {
        hand_over(l, d, d->last.n);
        fill(l, d, step - d->last.n);
    } else if (d->any) {
        hand_over(l, d, d->last.n);
        if (r->place[i] && r->place[i] > d->last.place[i]) {
            tt_log_note(l, "rows before this line are missing");
            tt_log_lost(l, step > d->last.n ? step - d->last.n : 0);
        } else {
            tt_log_event(l, TT_EV_OPEN); /* another dump */
            d->radix = (1 << RADIXES) - 1;
        }
    }
    d->last = *r;
    d->any = r->n > 0;
    d->star = false;
}

/* "00000010: ", "0000010 ", "|00000010| " */
static bool cut_place(struct tt_slice *s, struct row *r, bool *colon)
{
    static const unsigned radix[RADIXES] = {16, 10, 8};
    struct tt_slice at = *s, digits;
    size_t w;

    (void)tt_cut_blanks(&at);
    (void)tt_cut_word(&at, "0x");
    w = token_width(at);
    if (w < 4 || w > 16)
        return false;
    for (int i = 0; i < RADIXES; i++) {
        digits = (struct tt_slice){at.p, w};
        if (!tt_cut_digits(&digits, radix[i], w, &r->place[i]))
            r->place[i] = UINT64_MAX;
    }
    at.p += w;
    at.n -= w;
    *colon = tt_cut_char(&at, ':');
    if (!*colon)
        (void)tt_cut_char(&at, '|');
    if (at.n && at.p[0] != ' ' && at.p[0] != '\t')
        return false;
    (void)tt_cut_blanks(&at);
    *s = at;
    return true;
}

/* hexyl: its boxes as bars and blanks. */
static struct tt_slice unbox(struct tt_slice s, char *out, size_t size)
{
    size_t n = 0;

    while (s.n && n < size) {
        bool bar = tt_cut_word(&s, "\xe2\x94\x82");

        if (bar || tt_cut_word(&s, "\xe2\x94\x8a")) {
            if (bar && n)
                out[n++] = '|';
            continue;
        }
        if ((unsigned char)s.p[0] >= 0x80) {
            out[n++] = '.';
            s.p++;
            s.n--;
            while (s.n && ((unsigned char)s.p[0] & 0xc0) == 0x80) {
                s.p++;
                s.n--;
            }
            continue;
        }
        out[n++] = s.p[0];
        s.p++;
        s.n--;
    }
    return (struct tt_slice){out, n};
}

static bool is_box(struct tt_slice s)
{
    return tt_starts(s, "\xe2\x94\x8c\xe2\x94\x80") ||
           tt_starts(s, "\xe2\x94\x94\xe2\x94\x80");
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct dump *d = (struct dump *)(void *)l->own;
    struct row r = {.n = 0};
    struct tt_slice at = s;
    char plain[256];
    bool colon = false, boxed = tt_starts(s, "\xe2\x94\x82");

    if (!d->radix)
        d->radix = (1 << RADIXES) - 1;
    if (boxed)
        at = s = unbox(s, plain, sizeof(plain));
    tt_trim(&s);
    if (tt_slice_is(s, "*") || (boxed && tt_starts(s, "* "))) {
        d->star = d->any;
        return TT_TOOK_ROW;
    }
    if (is_box(s))
        return TT_TOOK_ROW;
    if (!cut_place(&at, &r, &colon))
        return TT_TOOK_ODD;
    if (!at.n || at.p[0] == '|') { /* the end, or nothing but text */
        if (!d->any)
            return TT_TOOK_ODD;
        next_row(l, d, &r);
        return TT_TOOK_ROW;
    }
    if (!read_row(d, at, colon, &r))
        return TT_TOOK_ODD;
    if (boxed)
        r.sure = true;
    next_row(l, d, &r);
    return r.sure ? TT_TOOK_SURE : TT_TOOK_ROW;
}

static void finish(struct tt_log *l)
{
    struct dump *d = (struct dump *)(void *)l->own;

    if (d->any)
        hand_over(l, d, d->last.n);
}

const struct tt_dialect tt_dialect_hexdump = {
    .name = "hexdump",
    .title = "hex dump",
    .lacks = "a dump has no times and no direction: all bytes are taken for "
             "the device's unless --lane says other",
    .take = take,
    .finish = finish,
    .least = 1,
    .percent = 95,
};
