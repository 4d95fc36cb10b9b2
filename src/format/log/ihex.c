/*
 * Intel HEX and Motorola S-records as text: the bytes of the records, in
 * their order.  A record with a wrong sum is not understood.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

enum { MOST = 261 }; /* bytes of a record, with its length and sum */

struct ihex {
    bool any;
    uint64_t next; /* address after the last record */
    uint64_t high;
};

static size_t cut_record(struct tt_slice s, uint8_t *out)
{
    size_t n = 0;
    uint64_t v;

    tt_trim(&s);
    while (n < MOST && tt_cut_digits(&s, 16, 2, &v))
        out[n++] = (uint8_t)v;
    return s.n ? 0 : n;
}

static void data(struct tt_log *l, struct ihex *k, uint64_t at,
                 const uint8_t *p, size_t n)
{
    if (k->any && at > k->next)
        tt_log_lost(l, at - k->next);
    else if (k->any && at != k->next)
        tt_log_cut(l);
    k->any = true;
    k->next = at + n;
    tt_log_bytes(l, l->side, p, n);
}

/* :LLAAAATT..SS */
static enum tt_took take_intel(struct tt_log *l, struct ihex *k,
                               struct tt_slice s)
{
    uint8_t r[MOST], sum = 0;
    size_t n = cut_record(s, r);
    uint64_t word;

    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + r[i]);
    if (n < 5 || n != r[0] + 5u || sum)
        return TT_TOOK_ODD;
    word = (uint64_t)(r[4] << 8 | r[5 < n ? 5 : 4]);
    if (r[3] == 0)
        data(l, k, k->high + (uint64_t)(r[1] << 8 | r[2]), r + 4, r[0]);
    else if (r[3] == 2 && r[0] == 2)
        k->high = word << 4;
    else if (r[3] == 4 && r[0] == 2)
        k->high = word << 16;
    return TT_TOOK_SURE;
}

/* S1LLAAAA..SS, S2 and S3 with longer addresses */
static enum tt_took take_motorola(struct tt_log *l, struct ihex *k, char type,
                                  struct tt_slice s)
{
    uint8_t r[MOST], sum = 0;
    size_t n = cut_record(s, r), width = (size_t)(type - '0') + 1;
    uint64_t at = 0;

    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + r[i]);
    if (n < 4 || n != r[0] + 1u || sum != 0xff)
        return TT_TOOK_ODD;
    if (type < '1' || type > '3')
        return TT_TOOK_SURE;
    if (n < width + 2)
        return TT_TOOK_ODD;
    for (size_t i = 1; i <= width; i++)
        at = at << 8 | r[i];
    data(l, k, at, r + 1 + width, n - width - 2);
    return TT_TOOK_SURE;
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct ihex *k = (struct ihex *)(void *)l->own;

    if (tt_cut_char(&s, ':'))
        return take_intel(l, k, s);
    if (s.n > 4 && s.p[0] == 'S' && s.p[1] >= '0' && s.p[1] <= '9')
        return take_motorola(l, k, s.p[1], (struct tt_slice){s.p + 2, s.n - 2});
    return TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_ihex = {
    .name = "ihex",
    .title = "HEX file",
    .lacks = "it is no recording: no direction (--lane says whose bytes), no "
             "times",
    .take = take,
    .least = 1,
    .percent = 95,
};
