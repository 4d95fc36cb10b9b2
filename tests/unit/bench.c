#include "bench.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void bench_init(struct bench *b)
{
    memset(b, 0, sizeof(*b));
}

struct tt_rule *bench_rule(struct bench *b, const char *name, int bits,
                           enum tt_severity severity, const char *subject,
                           const char *value)
{
    size_t i = b->set.nrules++;
    struct tt_rule *r = &b->rule[i];

    ck_assert_uint_lt(i, BENCH_RULES);
    r->name = name;
    r->index = (unsigned)i;
    r->bits_pattern = TT_BITS(bits);
    r->severity = severity;
    r->subject = subject;
    r->value = value;
    r->cap = -1;
    r->unit = TT_UNIT_TURN;
    r->view = 1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE;
    b->text[i].text = tt_slice_of(name);
    r->verdict = &b->text[i];
    b->by_index[i] = r;
    return r;
}

void bench_start(struct bench *b, enum tt_quality quality)
{
    b->set.by_index = b->by_index;
    ck_assert_int_eq(tt_ledger_new(&b->ledger, &b->set, quality), TT_OK);
}

void bench_stop(struct bench *b)
{
    tt_ledger_free(b->ledger);
}

static void count(struct bench *b, const struct tt_record *r)
{
    struct tt_traffic *t = b->ledger->traffic;

    tt_ledger_count(b->ledger, r);
    for (size_t at = 0; at < r->len;) {
        size_t n = tt_traffic_piece(t, r->lane, r->len - at);

        tt_traffic_keep(t, r->lane, r->bytes + at, n);
        at += n;
    }
}

void bench_bytes(struct bench *b, uint64_t ms, enum tt_lane lane,
                 const char *hex)
{
    uint8_t bytes[64];
    struct tt_record r = {
        .t_ns = ms * TT_NS_PER_MS, .lane = lane, .bytes = bytes};
    char *end;

    while (*hex) {
        ck_assert_uint_lt(r.len, sizeof(bytes));
        bytes[r.len++] = (uint8_t)strtoul(hex, &end, 16);
        hex = end + strspn(end, " ");
    }
    count(b, &r);
}

void bench_fill(struct bench *b, uint64_t ms, enum tt_lane lane, uint8_t byte,
                size_t n)
{
    uint8_t *bytes = malloc(n);
    struct tt_record r = {
        .t_ns = ms * TT_NS_PER_MS, .lane = lane, .bytes = bytes, .len = n};

    ck_assert_ptr_nonnull(bytes);
    memset(bytes, byte, n);
    count(b, &r);
    free(bytes);
}

void bench_event(struct bench *b, uint64_t ms, enum tt_event ev)
{
    struct tt_record r = {
        .t_ns = ms * TT_NS_PER_MS, .lane = TT_LANE_LINE, .event = ev};

    count(b, &r);
}

void bench_baud(struct bench *b, uint64_t ms, uint32_t baud)
{
    struct tt_record r = {.t_ns = ms * TT_NS_PER_MS,
                          .lane = TT_LANE_LINE,
                          .event = TT_EV_BAUD,
                          .baud = baud,
                          .mode = "8N1"};

    count(b, &r);
}

void bench_hit_kind(struct bench *b, const struct tt_rule *r,
                    enum tt_hit_kind kind, int reached, uint64_t ms,
                    enum tt_lane lane, uint64_t offset, uint64_t len)
{
    struct tt_hit hit = {.rule = r,
                         .kind = kind,
                         .t_start = ms * TT_NS_PER_MS,
                         .t_end = ms * TT_NS_PER_MS,
                         .reached = reached};

    hit.nspans = 1;
    hit.span[0] = (struct tt_span){.t_ns = hit.t_start,
                                   .offset = offset,
                                   .len = len,
                                   .lane = len ? lane : TT_LANE_LINE};
    tt_ledger_hit(b->ledger, &hit);
}

void bench_hit(struct bench *b, const struct tt_rule *r, uint64_t ms,
               enum tt_lane lane, uint64_t offset, uint64_t len)
{
    bench_hit_kind(b, r, TT_HIT, 0, ms, lane, offset, len);
}

const struct tt_verdict *bench_verdict(struct bench *b)
{
    ck_assert_int_eq(tt_ledger_verdict(b->ledger, &b->v), TT_OK);
    return &b->v;
}

const char *bench_headline(struct bench *b)
{
    bench_verdict(b);
    return b->v.has_headline ? b->v.headline.rule->name : "";
}

bool bench_also(const struct bench *b, const char *name)
{
    for (unsigned i = 0; i < b->v.nalso; i++)
        if (strcmp(b->v.also[i].rule->name, name) == 0)
            return true;
    return false;
}

const char *bench_claim(const struct bench *b, const char *subject)
{
    for (unsigned i = 0; i < b->v.nclaims; i++)
        if (strcmp(b->v.claim[i].subject, subject) == 0)
            return b->v.claim[i].value;
    return "";
}
