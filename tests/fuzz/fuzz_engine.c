/*
 * The engine with the shipped rules on any tape: whatever comes, and however
 * it is cut, the hits are the same.  Input: records of lane, pause, length
 * and bytes.
 */
#include "engine/engine.h"
#include "rules/builtin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_RECORDS = 4096 };

struct digest {
    uint64_t sum, hits;
};

static void on_hit(const struct tt_hit *h, void *user)
{
    struct digest *d = user;
    uint64_t v = h->rule->index * 31u + (uint64_t)h->kind;

    v = v * 1000003u + h->seq;
    v = v * 1000003u + h->t_start;
    v = v * 1000003u + h->t_end;
    for (unsigned i = 0; i < h->nspans; i++)
        v = (v * 1000003u + h->span[i].offset) * 31u + h->span[i].len;
    d->sum = d->sum * 1000003u + v;
    d->hits++;
}

static struct tt_engine *engine;
static struct digest digest;

static void set_up(void)
{
    struct tt_engine_config config = {.quality = TT_TIME_NS};
    static struct tt_rules *set; /* kept: the engine looks at it */

    set = tt_rules_new();
    if (!set)
        abort();
    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        (void)!tt_rules_read(set,
                             (struct tt_slice){(const char *)f->text, f->len},
                             f->name, "built in", NULL, NULL);
    (void)!tt_rules_finish(set, NULL, NULL);
    if (tt_engine_new(&engine, set, &config, on_hit, &digest, NULL))
        abort();
}

static size_t make_records(const uint8_t *p, size_t n, struct tt_record *out)
{
    size_t k = 0, i = 0;
    uint64_t t = 0;

    while (i + 3 <= n && k < MAX_RECORDS) {
        unsigned what = p[i] % 16, pause = p[i + 1];
        size_t len = p[i + 2];
        struct tt_record *r = &out[k++];

        i += 3;
        t += pause < 128 ? pause * UINT64_C(10000)
                         : (pause - 127) * UINT64_C(20000000);
        *r = (struct tt_record){.t_ns = t, .source = i};
        if (what == 15) {
            r->lane = TT_LANE_LINE;
            r->event = (enum tt_event)(1 + len % (TT_EVENTS - 1));
            r->baud = 9600;
            continue;
        }
        len = len < n - i ? len : n - i;
        r->lane = what < 6    ? TT_LANE_HOST
                  : what < 13 ? TT_LANE_DEVICE
                              : TT_LANE_TOOL;
        r->bytes = p + i;
        r->len = len;
        i += len;
    }
    return k;
}

static struct digest run(const struct tt_record *r, size_t n, size_t step)
{
    digest = (struct digest){0, 0};
    tt_engine_reset(engine, TT_TIME_NS);
    for (size_t i = 0; i < n; i++) {
        struct tt_record part = r[i];

        if (r[i].event) {
            (void)!tt_engine_push(engine, &part);
            continue;
        }
        for (size_t k = 0; k < r[i].len; k += part.len) {
            part.bytes = r[i].bytes + k;
            part.len = step && step < r[i].len - k ? step : r[i].len - k;
            (void)!tt_engine_push(engine, &part);
        }
    }
    tt_engine_finish(engine, 0);
    return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tt_record records[MAX_RECORDS];
    struct digest whole, cut;
    size_t n;

    if (!engine)
        set_up();
    n = make_records(data, size, records);
    whole = run(records, n, 0);
    for (size_t step = 1; step < 8; step += 3) {
        cut = run(records, n, step);
        if (cut.hits != whole.hits || cut.sum != whole.sum)
            abort();
    }
    return 0;
}
