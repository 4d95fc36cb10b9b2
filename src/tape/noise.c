/*
 * noise - see noise.h.
 *
 * Bytes and pauses come from a xorshift generator (Marsaglia 2003, with the
 * multiplier of Vigna's xorshift64*).  Values that a protocol would give a
 * meaning are not avoided: they must come up as often as chance has it.
 */
#include "tape/noise.h"

#include <string.h>

enum { PER_BYTE_NS = 86806 }; /* 115200 baud */

static uint32_t next(struct tt_noise *n)
{
    n->state ^= n->state >> 12;
    n->state ^= n->state << 25;
    n->state ^= n->state >> 27;
    return (uint32_t)((n->state * UINT64_C(0x2545F4914F6CDD1D)) >> 32);
}

static unsigned upto(struct tt_noise *n, unsigned below)
{
    return (unsigned)((uint64_t)next(n) * below >> 32);
}

static void add(struct tt_noise *n, unsigned byte)
{
    if (n->n < sizeof(n->bytes))
        n->bytes[n->n++] = (uint8_t)byte;
}

/* Mostly a moment, sometimes a second or two. */
static void wait(struct tt_noise *n)
{
    static const uint32_t longest_us[] = {
        50, 50, 300, 300, 2000, 20000, 20000, 200000, 800000, 3000000};

    n->t_ns +=
        (uint64_t)upto(n, longest_us[upto(n, TT_LEN(longest_us))]) * 1000;
}

static void random_bytes(struct tt_noise *n, unsigned count)
{
    while (count-- > 0)
        add(n, next(n) >> 24);
}

/* ---- text ------------------------------------------------------------------ */

/* Syllables, so that no word of a language or protocol is likely. */
static void word(struct tt_noise *n, bool capital)
{
    static const char hard[] = "bcdfgjklmnprstvwz", soft[] = "aeiouy";

    for (unsigned i = 1 + upto(n, 4); i > 0; i--) {
        unsigned c = (uint8_t)hard[upto(n, sizeof(hard) - 1)];

        add(n, capital ? c - 32 : c);
        capital = false;
        add(n, (uint8_t)soft[upto(n, sizeof(soft) - 1)]);
    }
}

static void number(struct tt_noise *n)
{
    static const char digits[] = "0123456789abcdef";
    bool hex = upto(n, 3) == 0;

    if (hex)
        add(n, '0');
    if (hex)
        add(n, 'x');
    for (unsigned i = 1 + upto(n, 8); i > 0; i--)
        add(n, (uint8_t)digits[upto(n, hex ? 16 : 10)]);
}

static void line(struct tt_noise *n, unsigned words)
{
    static const char between[] = "       ,.:;-=_/()[]<>#*'\"!?%&+|\t";

    for (unsigned i = 0; i < words; i++) {
        if (i)
            add(n, (uint8_t)between[upto(n, sizeof(between) - 1)]);
        if (upto(n, 5))
            word(n, !i && upto(n, 2));
        else
            number(n);
    }
    add(n, '\r');
    add(n, '\n');
}

static enum tt_lane text(struct tt_noise *n)
{
    if (upto(n, 8) == 0) {
        word(n, false);
        if (upto(n, 2))
            add(n, ' ');
        if (n->bytes[n->n - 1] == ' ')
            number(n);
        add(n, '\r');
        return TT_LANE_HOST;
    }
    for (unsigned i = 1 + upto(n, 4); i > 0; i--)
        line(n, 1 + upto(n, 12));
    return TT_LANE_DEVICE;
}

/* ---- memory, frames, uploads ------------------------------------------------- */

static void memory(struct tt_noise *n, unsigned count)
{
    static const uint8_t empty[] = {0xFF, 0xFF, 0x00, 0xE5, 0xA5, 0x20};
    unsigned from = upto(n, 256), value;

    switch (upto(n, 4)) {
    case 0: random_bytes(n, count); break;
    case 1:
        value = empty[upto(n, sizeof(empty))];
        while (count-- > 0)
            add(n, value);
        break;
    case 2:
        while (count-- > 0)
            add(n, from++);
        break;
    default: /* as in tables and code: few values, many zeros */
        while (count-- > 0)
            add(n, upto(n, 2) ? 0 : upto(n, 3) ? upto(n, 32) : next(n) >> 24);
    }
}

static enum tt_lane fill(struct tt_noise *n)
{
    for (unsigned i = 1 + upto(n, 3); i > 0; i--)
        memory(n, 1 + upto(n, 300));
    return upto(n, 2) ? TT_LANE_HOST : TT_LANE_DEVICE;
}

static enum tt_lane frames(struct tt_noise *n)
{
    bool ask = n->records % 2 == 0;
    unsigned body = ask ? 1 + upto(n, 12) : upto(n, 60), sum = 0, xor = 0;

    add(n, n->mark[0]);
    add(n, n->mark[1] ^ !ask);
    add(n, body + 2);
    add(n, n->sequence);
    random_bytes(n, body);
    for (size_t i = 2; i < n->n; i++) {
        sum += n->bytes[i];
        xor ^= n->bytes[i];
    }
    add(n, n->mark[0] & 1 ? sum : xor);
    n->sequence = (uint8_t)(n->sequence + !ask);
    return ask ? TT_LANE_HOST : TT_LANE_DEVICE;
}

static enum tt_lane upload(struct tt_noise *n)
{
    unsigned sum = 0;

    if (n->records % 2) {
        add(n, n->confirm);
        return TT_LANE_DEVICE;
    }
    add(n, n->mark[0]);
    add(n, n->sequence++);
    memory(n, 256);
    for (size_t i = 1; i < n->n; i++)
        sum += n->bytes[i];
    add(n, sum);
    return TT_LANE_HOST;
}

static enum tt_event control_line(struct tt_noise *n)
{
    return (enum tt_event)(TT_EV_DTR_UP +
                           upto(n, TT_EV_RI_DOWN + 1 - TT_EV_DTR_UP));
}

/* ---- all ----------------------------------------------------------------------- */

void tt_noise_init(struct tt_noise *n, enum tt_noise_kind kind, uint64_t seed)
{
    memset(n, 0, sizeof(*n));
    n->kind = kind;
    n->state = seed * 2 + 1;
    for (int i = 0; i < 16; i++)
        (void)next(n);
    random_bytes(n, 2);
    memcpy(n->mark, n->bytes, 2);
    n->confirm = (uint8_t)(next(n) >> 24);
}

static enum tt_lane fill_record(struct tt_noise *n)
{
    switch (n->kind) {
    case TT_NOISE_TEXT: return text(n);
    case TT_NOISE_FILL: return fill(n);
    case TT_NOISE_FRAMES: return frames(n);
    case TT_NOISE_UPLOAD: return upload(n);
    case TT_NOISE_LOG:
        for (unsigned i = 1 + upto(n, 3); i > 0; i--)
            line(n, 2 + upto(n, 14));
        return TT_LANE_TOOL;
    default:
        random_bytes(n, 1 + upto(n, upto(n, 4) ? 16 : 300));
        return upto(n, 2) ? TT_LANE_HOST : TT_LANE_DEVICE;
    }
}

void tt_noise_next(struct tt_noise *n, struct tt_record *out)
{
    *out = (struct tt_record){.lane = TT_LANE_LINE, .source = n->records};
    wait(n);
    out->t_ns = n->t_ns;
    n->n = 0;
    if (n->kind == TT_NOISE_LINES && n->records % 2) {
        out->event = control_line(n);
    } else {
        out->lane = fill_record(n);
        out->bytes = n->bytes;
        out->len = n->n;
        n->t_ns += n->n * PER_BYTE_NS;
    }
    n->records++;
}

const char *tt_noise_name(enum tt_noise_kind kind)
{
    static const char *const names[TT_NOISES] = {"random bytes", "text",
                                                 "memory",       "frames",
                                                 "an upload",    "a tool's log",
                                                 "control lines"};

    return (unsigned)kind < TT_NOISES ? names[kind] : "";
}
