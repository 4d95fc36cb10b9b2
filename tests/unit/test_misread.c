/*
 * A line is drawn level by level as a sender drives it, and read by a receiver
 * that is written apart from the model: it samples the drawing.
 */
#include "engine/misread.h"
#include "suites.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PER_BIT = 64, LINE_MAX = 1 << 22 };

struct drawing {
    uint8_t *level;
    size_t n;
};

static void draw(struct drawing *d, int level, double bits, double scale)
{
    size_t k = (size_t)(bits * scale * PER_BIT + 0.5);

    ck_assert_uint_lt(d->n + k, LINE_MAX);
    memset(d->level + d->n, level, k);
    d->n += k;
}

static void send_bytes(struct drawing *d, const uint8_t *p, size_t n,
                       struct tt_frame f, double scale)
{
    draw(d, !f.inverted, 20, scale);
    for (size_t i = 0; i < n; i++) {
        int ones = 0;

        draw(d, f.inverted, 1, scale);
        for (unsigned k = 0; k < f.data; k++) {
            int b = p[i] >> k & 1;

            ones += b;
            draw(d, b ^ f.inverted, 1, scale);
        }
        if (f.parity != 'N')
            draw(d, ((f.parity == 'E' ? ones & 1 : !(ones & 1))) ^ f.inverted,
                 1, scale);
        draw(d, !f.inverted, p[i] == '\n' ? 30 : 1, scale);
    }
    draw(d, !f.inverted, 40, scale);
}

/* An 8N1 receiver whose bits are PER_BIT long: waits for a falling edge after
 * the stop bit was looked at. */
static size_t receive(const struct drawing *d, uint8_t *out, size_t most)
{
    size_t n = 0;

    for (size_t t = 1; t < d->n && n < most; t++) {
        unsigned v = 0;

        if (!d->level[t - 1] || d->level[t])
            continue;
        if (t + 10 * PER_BIT >= d->n || d->level[t + PER_BIT / 2])
            continue;
        for (unsigned k = 0; k < 8; k++)
            v |= (unsigned)d->level[t + PER_BIT / 2 + (k + 1) * PER_BIT] << k;
        out[n++] = (uint8_t)v;
        t += PER_BIT / 2 + 9 * PER_BIT;
    }
    return n;
}

static size_t misread(const char *text, struct tt_frame f, double ratio,
                      uint8_t *out, size_t most)
{
    struct drawing d = {malloc(LINE_MAX), 0};
    size_t n;

    ck_assert_ptr_nonnull(d.level);
    send_bytes(&d, (const uint8_t *)text, strlen(text), f, ratio);
    n = receive(&d, out, most);
    free(d.level);
    return n;
}

static const char boot[] =
    "\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n\r\n"
    "load 0x40100000, len 1856, room 16 \r\ntail 0\r\nchksum 0x63\r\n"
    "load 0x3ffe8000, len 776, room 8 \r\ntail 0\r\nchksum 0x02\r\n";

/* The longest common subsequence, as a part of the text. */
static double alike(const char *text, const struct tt_buf *got)
{
    size_t n = strlen(text), *row = calloc(got->n + 1, sizeof(*row)), was, now;
    double part;

    ck_assert_ptr_nonnull(row);
    for (size_t i = 0; i < n; i++) {
        was = 0;
        for (size_t k = 0; k < got->n; k++) {
            now = row[k + 1];
            if (text[i] == got->p[k])
                row[k + 1] = was + 1;
            else if (row[k] > row[k + 1])
                row[k + 1] = row[k];
            was = now;
        }
    }
    part = (double)row[got->n] / (double)n;
    free(row);
    return part;
}

static const struct {
    uint32_t read, sent;
    struct tt_frame frame;
    double alike;
} speeds[] = {
    {19200, 9600, {8, 'N', false}, 0.65}, {115200, 74880, {8, 'N', false}, 0.6},
    {57600, 38400, {8, 'N', false}, 0.6}, {9600, 9600, {7, 'E', false}, 0.99},
    {9600, 9600, {7, 'O', false}, 0.99},  {9600, 9600, {8, 'N', true}, 0.7},
};

START_TEST(told_speed_reads_right)
{
    struct tt_misread_work *w = tt_misread_new();
    struct tt_misread_found f;
    uint8_t got[4096];
    size_t n =
        misread(boot, speeds[_i].frame,
                (double)speeds[_i].read / speeds[_i].sent, got, sizeof(got));

    ck_assert_ptr_nonnull(w);
    ck_assert_uint_gt(n, 50);
    ck_assert(tt_misread_as(w, got, n, speeds[_i].read,
                            (struct tt_frame){8, 'N', false}, speeds[_i].sent,
                            speeds[_i].frame, &f));
    ck_assert_msg(alike(boot, &f.text) >= speeds[_i].alike, "%u %c: %f '%s'",
                  speeds[_i].sent, speeds[_i].frame.parity,
                  alike(boot, &f.text), tt_buf_text(&f.text));
    tt_buf_release(&f.text);
    tt_misread_free(w);
}
END_TEST

START_TEST(search_finds_the_speed)
{
    struct tt_misread_work *w = tt_misread_new();
    struct tt_misread_found f[TT_MISREAD_FOUND];
    uint8_t got[4096];
    double ratio = (double)speeds[_i].read / speeds[_i].sent;
    size_t n = misread(boot, speeds[_i].frame, ratio, got, sizeof(got));
    size_t k = tt_misread_search(w, got, n, speeds[_i].read,
                                 (struct tt_frame){8, 'N', false}, 24, f);

    ck_assert_uint_ge(k, 1);
    ck_assert_msg(f[0].baud == speeds[_i].sent, "%u", f[0].baud);
    for (size_t i = 0; i < k; i++) {
        if (i)
            ck_assert(f[i].gain <= f[i - 1].gain);
        tt_buf_release(&f[i].text);
    }
    tt_misread_free(w);
}
END_TEST

/* What was read right must not be explained away. */
START_TEST(right_bytes_stay)
{
    struct tt_misread_work *w = tt_misread_new();
    struct tt_misread_found f[TT_MISREAD_FOUND];
    uint8_t p[160];
    uint32_t seed = 12345;

    for (size_t i = 0; i < sizeof(p); i++) {
        seed = seed * 1103515245 + 12345;
        switch (_i) {
        case 0: p[i] = (uint8_t)boot[i % (sizeof(boot) - 1)]; break;
        case 1: p[i] = (uint8_t)(seed >> 16); break;
        case 2: p[i] = (uint8_t)i; break;
        case 3: p[i] = 'h'; break;
        case 4: p[i] = 0x00; break;
        case 5: p[i] = i % 8 ? 0xff : 0x00; break;
        case 6: p[i] = 0x55; break;
        default: p[i] = i % 2 ? 0x79 : (uint8_t)(seed >> 20 & 0x0f); break;
        }
    }
    ck_assert_uint_eq(tt_misread_search(w, p, sizeof(p), 115200,
                                        (struct tt_frame){8, 'N', false}, 24,
                                        f),
                      0);
    tt_misread_free(w);
}
END_TEST

START_TEST(limits)
{
    struct tt_misread_work *w = tt_misread_new();
    struct tt_misread_found f;
    struct tt_frame n81 = {8, 'N', false};
    uint8_t p[4] = {1, 2, 3, 4};

    ck_assert(!tt_misread_as(w, p, 4, 1400001, n81, 100000, n81, &f));
    ck_assert(!tt_misread_as(w, p, 4, 9600, n81, 0, n81, &f));
    ck_assert(!tt_misread_as(w, p, 0, 9600, n81, 9600, n81, &f));
    ck_assert(tt_misread_as(w, p, 4, 9600, n81, 9600, n81, &f));
    ck_assert_uint_eq(f.text.n, 4);
    ck_assert_mem_eq(f.text.p, p, 4);
    tt_buf_release(&f.text);
    ck_assert(tt_misread_plain(p, 0) == 0);
    tt_misread_free(w);
}
END_TEST

Suite *misread_suite(void)
{
    Suite *s = suite_create("misread");
    TCase *tc = tcase_create("line");

    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, told_speed_reads_right, 0, (int)TT_LEN(speeds));
    tcase_add_loop_test(tc, search_finds_the_speed, 0, 2);
    tcase_add_loop_test(tc, right_bytes_stay, 0, 8);
    tcase_add_test(tc, limits);
    suite_add_tcase(s, tc);
    return s;
}
