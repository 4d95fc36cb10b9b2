#include "rules/checksum.h"

static const struct crc {
    uint32_t poly, init, xor_out;
    uint8_t width;
    bool reflected;
} crcs[] = {{0x07, 0, 0, 8, false},                          /* crc8 */
            {0xA001, 0xFFFF, 0, 16, true},                   /* modbus */
            {0x8408, 0xFFFF, 0xFFFF, 16, true},              /* x25 */
            {0x1021, 0xFFFF, 0, 16, false},                  /* ccitt */
            {0x1021, 0, 0, 16, false},                       /* xmodem */
            {0xA001, 0, 0, 16, true},                        /* arc */
            {0x8408, 0, 0, 16, true},                        /* kermit */
            {0xA6BC, 0, 0xFFFF, 16, true},                   /* dnp */
            {0xE0, 0xFF, 0, 8, true},                        /* rohc */
            {0x8005, 0, 0, 16, false},                       /* umts */
            {0x864CFB, 0, 0, 24, false},                     /* crc24q */
            {0x81, 0xFF, 0xFF, 8, true},                     /* crc8_mstp */
            {0xEDB88320, UINT32_MAX, UINT32_MAX, 32, true}}; /* crc32 */

/* The CRC behind fn, or NULL for a plain sum. */
static const struct crc *crc_of(enum tt_fn fn)
{
    return fn >= TT_FN_CRC8 && fn <= TT_FN_CRC32 ? &crcs[fn - TT_FN_CRC8]
                                                 : NULL;
}

static uint32_t mask_of(const struct crc *c)
{
    return c->width == 32 ? UINT32_MAX : (1u << c->width) - 1;
}

static int hex_digit(uint8_t b)
{
    if (b >= '0' && b <= '9')
        return b - '0';
    b |= 0x20;
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

void tt_sum_begin(struct tt_sum *s, enum tt_fn fn)
{
    const struct crc *c = crc_of(fn);

    *s = (struct tt_sum){.fn = fn};
    if (!c)
        return;
    s->v = c->init;
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t top = 1u << (c->width - 1);
        uint32_t v = c->reflected ? i : i << (c->width - 4);

        for (int bit = 0; bit < 4; bit++) {
            if (c->reflected)
                v = v & 1 ? v >> 1 ^ c->poly : v >> 1;
            else
                v = v & top ? v << 1 ^ c->poly : v << 1;
        }
        s->nibble[i] = v & mask_of(c);
    }
}

static void crc_byte(struct tt_sum *s, const struct crc *c, uint8_t byte)
{
    unsigned w = c->width;

    s->v ^= c->reflected ? byte : (uint32_t)byte << (w - 8);
    for (int half = 0; half < 2; half++) {
        if (c->reflected)
            s->v = s->v >> 4 ^ s->nibble[s->v & 15];
        else
            s->v = (s->v << 4 & mask_of(c)) ^ s->nibble[s->v >> (w - 4)];
    }
}

/* One byte of a sum that is no CRC. */
static void sum_byte(struct tt_sum *s, uint8_t b)
{
    int digit;

    switch (s->fn) {
    case TT_FN_XOR8: s->v ^= b; break;
    case TT_FN_CARRY8:
        s->v += b;
        s->v = (s->v & 0xff) + (s->v >> 8);
        break;
    case TT_FN_EMS8: /* a shift of one bit a byte, not of eight */
        s->v = (s->v << 1 & 0xff) ^ (s->v & 0x80 ? 0x19 : 0) ^ b;
        break;
    case TT_FN_FLETCHER8:
        s->v = (s->v & 0xff00) | ((s->v + b) & 0xff);
        s->v = (s->v + (s->v << 8)) & 0xffff;
        break;
    case TT_FN_HEXSUM8:
        digit = hex_digit(b);
        if (digit < 0)
            break;
        s->v += (uint32_t)digit << (s->odd ? 0 : 4);
        s->odd = !s->odd;
        break;
    default: s->v += b;
    }
}

void tt_sum_add(struct tt_sum *s, struct tt_slice bytes)
{
    const struct crc *c = crc_of(s->fn);

    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t b = (uint8_t)bytes.p[i];

        if (c)
            crc_byte(s, c, b);
        else
            sum_byte(s, b);
    }
}

uint32_t tt_sum_end(const struct tt_sum *s)
{
    const struct crc *c = crc_of(s->fn);

    if (c)
        return s->v ^ c->xor_out;
    switch (s->fn) {
    case TT_FN_NEG8:
    case TT_FN_LRC: return (0 - s->v) & 0xff;
    case TT_FN_FLETCHER8:
    case TT_FN_SUM16: return s->v & 0xffff;
    default: return s->v & 0xff;
    }
}
