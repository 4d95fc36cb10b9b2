/*
 * uart - see uart.h.
 *
 * The speed: every stretch away from idle is a whole number of bits, up to
 * ten.  Of the usual speeds under which that is so and the characters have
 * their stop bits, the slowest is taken, since all multiples of it fit as
 * well; the bit is then measured.
 */
#include "format/uart.h"

#include <math.h>
#include <string.h>

enum { MOST_BITS = 10, FEW = 3 /* samples a bit must have */ };

static const uint32_t usual[] = {
    300,    600,    1200,   2400,    4800,    9600,    14400,  19200,
    28800,  31250,  38400,  57600,   74880,   76800,   100000, 106000,
    115200, 125000, 153600, 230400,  250000,  256000,  460800, 500000,
    576000, 750000, 921600, 1000000, 1500000, 2000000, 3000000};

/* ---- a receiver ----------------------------------------------------------- */

void tt_uart_init(struct tt_uart *u, const struct tt_uart_settings *is,
                  bool level)
{
    *u = (struct tt_uart){.is = *is, .level = level != is->inverted};
    u->wait = !u->level;
}

double tt_uart_due(const struct tt_uart *u)
{
    return u->busy ? u->start + (u->next + 0.5) * u->is.bit : INFINITY;
}

static enum tt_uart_what judge(const struct tt_uart *u, uint8_t *byte)
{
    unsigned data = u->bits & ((1u << u->is.data) - 1u), ones = 0;
    bool parity = u->bits >> u->is.data & 1;

    *byte = (uint8_t)data;
    if (!u->level)
        return u->bits ? TT_UART_FRAMING : TT_UART_BREAK;
    if (u->is.parity == 'N')
        return TT_UART_BYTE;
    for (unsigned i = 0; i < u->is.data; i++)
        ones += data >> i & 1;
    ones += parity;
    return (ones % 2 != 0) == (u->is.parity == 'O') ? TT_UART_BYTE
                                                    : TT_UART_PARITY;
}

enum tt_uart_what tt_uart_look(struct tt_uart *u, uint8_t *byte)
{
    unsigned bits = u->is.data + (u->is.parity != 'N' ? 1u : 0u);

    if (u->next == 0 && u->level) { /* too short for a start bit */
        u->busy = false;
        return TT_UART_NOTHING;
    }
    if (u->next > 0 && u->next <= bits && u->level)
        u->bits |= (uint16_t)(1u << (u->next - 1));
    if (u->next++ <= bits)
        return TT_UART_NOTHING;
    u->busy = false;
    u->wait = !u->level;
    return judge(u, byte);
}

void tt_uart_edge(struct tt_uart *u, uint64_t at, bool level)
{
    u->level = level != u->is.inverted;
    if (u->level) {
        u->wait = false;
        u->rise = at;
    } else if (!u->busy && !u->sync) {
        u->sync = (double)(at - u->rise) >= MOST_BITS * u->is.bit;
    }
    if (u->busy || u->wait || u->level)
        return;
    u->busy = true;
    u->next = 0;
    u->bits = 0;
    u->start = (double)at;
}

/* ---- finding out ----------------------------------------------------------- */

struct wire {
    const struct tt_edge *edges;
    size_t n;
    uint8_t wire;
    bool begin;
    uint64_t end;
    double rate;
};

/* The level of the longest stretch. */
static bool idle_level(const struct wire *w, size_t *edges)
{
    uint64_t last = 0, longest = 0;
    bool level = w->begin, idle = true;

    *edges = 0;
    for (size_t i = 0; i <= w->n; i++) {
        uint64_t at = i < w->n ? w->edges[i].at : w->end;

        if (i < w->n && w->edges[i].wire != w->wire)
            continue;
        if (at - last > longest) {
            longest = at - last;
            idle = level;
        }
        last = at;
        if (i == w->n)
            break;
        level = w->edges[i].level;
        ++*edges;
    }
    return idle;
}

/* How well the stretches away from idle are whole numbers of bits, 0 to 1,
 * and how long the bit is by them. */
static double fit(const struct wire *w, bool idle, double bit, double *measured)
{
    double sum = 0, bits = 0;
    uint64_t good = 0, all = 0, since = 0;
    bool away = false;

    for (size_t i = 0; i < w->n; i++) {
        double width, k;

        if (w->edges[i].wire != w->wire)
            continue;
        if (w->edges[i].level != idle) {
            since = w->edges[i].at;
            away = true;
            continue;
        }
        if (!away)
            continue;
        away = false;
        width = (double)(w->edges[i].at - since);
        k = floor(width / bit + 0.5);
        if (k > MOST_BITS) /* a break */
            continue;
        all++;
        if (k < 1 || fabs(width - k * bit) > bit * 0.25 + 1)
            continue;
        good++;
        sum += width;
        bits += k;
    }
    *measured = bits > 0 ? sum / bits : bit;
    return all ? (double)good / (double)all : 0;
}

struct heard {
    uint64_t bytes, errors, breaks, first;
    uint64_t even, odd; /* bytes by all their bits */
    bool seen[256];
    unsigned kinds;
};

static void listen_as(const struct wire *w, const struct tt_uart_settings *is,
                      struct heard *h)
{
    struct tt_uart u;
    uint8_t byte;

    memset(h, 0, sizeof(*h));
    tt_uart_init(&u, is, w->begin);
    for (size_t i = 0; i <= w->n; i++) {
        uint64_t at = i < w->n ? w->edges[i].at : w->end;

        if (i < w->n && w->edges[i].wire != w->wire)
            continue;
        while (tt_uart_due(&u) < (double)at) {
            enum tt_uart_what what = tt_uart_look(&u, &byte);
            unsigned ones = 0;

            h->errors += what == TT_UART_FRAMING || what == TT_UART_PARITY;
            h->breaks += what == TT_UART_BREAK;
            if (what != TT_UART_BYTE)
                continue;
            if (!h->bytes++)
                h->first = (uint64_t)u.start;
            for (unsigned b = byte; b; b >>= 1)
                ones += b & 1;
            h->even += ones % 2 == 0;
            h->odd += ones % 2;
            h->kinds += !h->seen[byte];
            h->seen[byte] = true;
        }
        if (i < w->n)
            tt_uart_edge(&u, at, w->edges[i].level);
    }
}

/* Of the frames that are usual, the first that has next to no errors. */
static void best_frame(const struct wire *w, struct tt_uart_settings *is,
                       struct heard *h)
{
    static const char parities[] = {'N', 'E', 'O'};
    struct tt_uart_settings best = *is;
    uint64_t least = UINT64_MAX;

    for (size_t i = 0; i < TT_LEN(parities); i++) {
        is->parity = parities[i];
        listen_as(w, is, h);
        /* another frame must be much better than the plain one */
        if (h->bytes && h->errors * (i ? 4 : 1) < least) {
            least = h->errors;
            best = *is;
        }
        if (h->bytes && h->errors * 20 <= h->bytes)
            break;
    }
    *is = best;
    listen_as(w, is, h);
    if (is->parity == 'N' && h->bytes >= 16 && h->kinds >= 8 &&
        (h->even == h->bytes || h->odd == h->bytes)) {
        is->data = 7;
        is->parity = h->even ? 'E' : 'O';
    }
}

static uint32_t nearest_usual(double baud, bool *is_usual)
{
    uint32_t best = (uint32_t)(baud + 0.5);
    double least = 0.035;

    for (size_t i = 0; i < TT_LEN(usual); i++) {
        double off = fabs(baud / usual[i] - 1);

        if (off < least) {
            least = off;
            best = usual[i];
        }
    }
    *is_usual = least < 0.035;
    return best;
}

/* A clock looks like U after U without a pause. */
static bool is_clock(const struct heard *h)
{
    return h->bytes > 8 && h->kinds == 1 && (h->seen[0x55] || h->seen[0xaa]);
}

/* The wire with that level at rest. */
static void find_as(struct tt_uart_found *f, const struct wire *w, bool idle)
{
    memset(f, 0, sizeof(*f));
    for (size_t i = 0; i < TT_LEN(usual); i++) {
        struct tt_uart_settings is = {.bit = w->rate / usual[i],
                                      .data = 8,
                                      .parity = 'N',
                                      .inverted = !idle};
        struct heard h;
        uint64_t bad;
        bool known;

        if (is.bit < FEW)
            break;
        /* measured once more with what was measured */
        if (fit(w, idle, is.bit, &is.bit) < 0.9 ||
            fit(w, idle, is.bit, &is.bit) < 0.9)
            continue;
        best_frame(w, &is, &h);
        /* in the wrong polarity every pause is a break */
        bad = h.errors + h.breaks;
        is.baud = nearest_usual(w->rate / is.bit, &known);
        if (!known || !h.bytes || bad * 5 > h.bytes || is_clock(&h))
            continue;
        if (f->is && bad * f->bytes >= f->errors * h.bytes)
            continue;
        *f = (struct tt_uart_found){.is = true,
                                    .settings = is,
                                    .bytes = h.bytes,
                                    .errors = bad,
                                    .first = h.first};
        if (bad * 20 <= h.bytes)
            break;
    }
}

void tt_uart_find(struct tt_uart_found *f, const struct tt_edge *edges,
                  size_t n, uint8_t wire, bool begin, uint64_t end, double rate)
{
    struct wire w = {edges, n, wire, begin, end, rate};
    struct tt_uart_found other;
    size_t own;
    bool idle = idle_level(&w, &own);

    memset(f, 0, sizeof(*f));
    if (own < 2)
        return;
    /* A line that rests high is the usual one. */
    find_as(f, &w, true);
    find_as(&other, &w, false);
    if (other.is &&
        (!f->is || other.errors * f->bytes < f->errors * other.bytes ||
         (!idle && !other.errors && f->bytes < 8)))
        *f = other;
}
