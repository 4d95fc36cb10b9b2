/*
 * misread_find - which settings explain received bytes best.
 *
 * All costs are code lengths in bits, so that they may be compared: of the
 * bytes as they are, and of the bytes that another sender would have sent.
 */
#include "engine/misread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLOW_MOST = 96 }; /* bytes, of a sender that is the faster one */

/* Speeds that devices speak; 31250 is MIDI, 74880 an ESP8266's boot ROM. */
static const uint32_t speeds[] = {300,     600,     1200,    2400,   4800,
                                  9600,    14400,   19200,   28800,  31250,
                                  38400,   57600,   74880,   115200, 125000,
                                  230400,  250000,  460800,  500000, 921600,
                                  1000000, 1500000, 2000000, 3000000};

static const struct tt_frame frames[] = {{8, 'N', false}, {7, 'E', false},
                                         {7, 'O', false}, {8, 'E', false},
                                         {8, 'O', false}, {8, 'N', true}};

void tt_misread_any(double prior[256])
{
    for (int b = 0; b < 256; b++)
        prior[b] = 1 / 256.0;
}

void tt_misread_text(double prior[256])
{
    /* by how often they come, roughly, in logs, answers and boot messages */
    static const char often[] = " etaoinsrhldcumfpgwybvkxjqz";
    double sum = 0;

    for (int b = 0; b < 256; b++)
        prior[b] = b < 0x20 || b > 0x7e ? 0.02 : 0.6;
    for (int i = 0; often[i]; i++)
        prior[(unsigned char)often[i]] = 6.0 - i * 0.18;
    for (int b = '0'; b <= '9'; b++)
        prior[b] = 3.0;
    for (int b = 'A'; b <= 'Z'; b++)
        prior[b] = 1.2;
    prior['\r'] = prior[','] = prior['.'] = 2.0;
    prior['\n'] = 2.5;
    prior[':'] = 1.2;
    for (int b = 0; b < 256; b++)
        sum += prior[b];
    for (int b = 0; b < 256; b++)
        prior[b] /= sum;
}

/* Each byte by how often it came so far; with pairs: after the one before. */
static double learnt(const uint8_t *p, size_t n, bool pairs)
{
    const double first = 0.05; /* what a byte that never came counts */
    uint16_t(*after)[256] = pairs ? calloc(256, sizeof(*after)) : NULL;
    uint32_t count[256] = {0}, total[256] = {0};
    double bits = 0;
    uint8_t last = 0;

    if (pairs && !after)
        return HUGE_VAL;
    for (size_t i = 0; i < n; i++) {
        double chance = (count[p[i]] + first) / ((double)i + 256 * first);

        if (pairs) {
            double k = total[last], w = k / (k + 2);

            chance = (1 - w) * chance + (k > 0 ? w * after[last][p[i]] / k : 0);
            after[last][p[i]]++;
            total[last]++;
        }
        bits -= log2(chance);
        count[p[i]]++;
        last = p[i];
    }
    free(after);
    return bits;
}

/* The same of the step from each byte to the next: counters are simple. */
static double learnt_steps(const uint8_t *p, size_t n)
{
    uint8_t *step = malloc(n + 1);
    double bits;

    if (!step)
        return HUGE_VAL;
    for (size_t i = 0; i < n; i++)
        step[i] = (uint8_t)(p[i] - (i ? p[i - 1] : 0));
    bits = learnt(step, n, false);
    free(step);
    return bits;
}

double tt_misread_plain(const uint8_t *bytes, size_t n)
{
    double text[256], bits = 8.0 * (double)n, as_text = 0;

    if (n > UINT16_MAX)
        n = UINT16_MAX;
    tt_misread_text(text);
    for (size_t i = 0; i < n; i++)
        as_text -= log2(text[bytes[i]]);
    bits = fmin(bits, as_text);
    bits = fmin(bits, learnt(bytes, n, false));
    bits = fmin(bits, learnt_steps(bytes, n));
    return fmin(bits, learnt(bytes, n, true));
}

/* One set of settings with one idea of what is sent. */
static bool attempt(struct tt_misread_work *w, const struct tt_misread *h,
                    const uint8_t *bytes, size_t n, double plain,
                    struct tt_misread_found *f)
{
    double bits = tt_misread_bits(w, h, bytes, n, NULL), gain;
    struct tt_buf sent;

    if (isinf(bits))
        return false;
    tt_buf_init(&sent, 1 << 20);
    if (isinf(tt_misread_bits(w, h, bytes, n, &sent)) || sent.status) {
        tt_buf_release(&sent);
        return false;
    }
    /* A faster sender leaves much open; what is chosen then is no proof. */
    if (h->ratio >= 0.99)
        bits = fmin(bits, tt_misread_plain((const uint8_t *)sent.p, sent.n));
    gain = plain - bits;
    if (f->text.n && gain <= f->gain) {
        tt_buf_release(&sent);
        return true;
    }
    tt_buf_release(&f->text);
    f->text = sent;
    f->gain = gain;
    return true;
}

bool tt_misread_as(struct tt_misread_work *w, const uint8_t *bytes, size_t n,
                   uint32_t read_baud, struct tt_frame read, uint32_t sent_baud,
                   struct tt_frame sent, struct tt_misread_found *f)
{
    struct tt_misread h = {.sent = sent, .read = read};
    double prior[2][256], plain;
    bool fits = false;

    h.ratio = sent_baud ? (double)read_baud / sent_baud : 0;
    memset(f, 0, sizeof(*f));
    f->baud = sent_baud;
    f->sent = sent;
    tt_buf_init(&f->text, 1 << 20);
    if (h.ratio < 1 / 14.0 || h.ratio > 14)
        return false;
    if (n > TT_MISREAD_MOST)
        n = TT_MISREAD_MOST;
    if (h.ratio < 0.99 && n > SLOW_MOST)
        n = SLOW_MOST;
    tt_misread_text(prior[0]);
    tt_misread_any(prior[1]);
    plain = tt_misread_plain(bytes, n);
    for (int i = 0; i < (h.ratio < 0.99 ? 1 : 2); i++) {
        h.prior = prior[i];
        fits = attempt(w, &h, bytes, n, plain, f) || fits;
    }
    return fits && f->text.n;
}

/* Most of it printable, and not the same few characters again and again. */
static bool is_text(const struct tt_buf *b)
{
    size_t printable = 0, kinds = 0;
    bool seen[256] = {false};

    for (size_t i = 0; i < b->n; i++) {
        unsigned char c = (unsigned char)b->p[i];

        printable += (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n';
        kinds += !seen[c];
        seen[c] = true;
    }
    return printable >= b->n - b->n / 8 && kinds >= 8;
}

static bool is_same(struct tt_frame a, struct tt_frame b)
{
    return a.data == b.data && a.parity == b.parity && a.inverted == b.inverted;
}

size_t tt_misread_search(struct tt_misread_work *w, const uint8_t *bytes,
                         size_t n, uint32_t read_baud, struct tt_frame read,
                         double min,
                         struct tt_misread_found f[TT_MISREAD_FOUND])
{
    struct tt_misread_found one;
    size_t k = 0, at;

    for (size_t i = 0; i < TT_LEN(speeds); i++)
        for (size_t j = 0; j < TT_LEN(frames); j++) {
            if (speeds[i] == read_baud ? is_same(frames[j], read)
                                       : frames[j].inverted)
                continue;
            if (!tt_misread_as(w, bytes, n, read_baud, read, speeds[i],
                               frames[j], &one) ||
                one.gain < min || !is_text(&one.text) ||
                (k == TT_MISREAD_FOUND && one.gain <= f[k - 1].gain)) {
                tt_buf_release(&one.text);
                continue;
            }
            if (k == TT_MISREAD_FOUND)
                tt_buf_release(&f[--k].text);
            for (at = k++; at > 0 && f[at - 1].gain < one.gain; at--)
                f[at] = f[at - 1];
            f[at] = one;
        }
    return k;
}
