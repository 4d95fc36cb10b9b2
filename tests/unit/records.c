#include "records.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void records_add(struct records *l, struct tt_record r)
{
    if (l->n == l->size) {
        l->size = l->size ? l->size * 2 : 64;
        l->rec = realloc(l->rec, l->size * sizeof(*l->rec));
        if (!l->rec)
            abort();
    }
    if (r.len) {
        uint8_t *copy = malloc(r.len);

        if (!copy)
            abort();
        memcpy(copy, r.bytes, r.len);
        r.bytes = copy;
    }
    l->rec[l->n++] = r;
}

enum tt_status records_sink(const struct tt_record *r, void *user)
{
    records_add(user, *r);
    return TT_OK;
}

void records_free(struct records *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->rec[i].len)
            free((void *)(uintptr_t)l->rec[i].bytes);
    free(l->rec);
    *l = (struct records){0};
}

static void one_text(struct tt_buf *b, const struct tt_record *r, bool source)
{
    tt_buf_printf(b, "%" PRIu64 ".%09" PRIu64 " ", r->t_ns / TT_NS_PER_S,
                  r->t_ns % TT_NS_PER_S);
    if (source)
        tt_buf_printf(b, "@%" PRIu64 " ", r->source);
    if (r->event != TT_EV_NONE) {
        tt_buf_printf(b, "[%s", tt_event_name(r->event));
        if (r->event == TT_EV_BAUD)
            tt_buf_printf(b, " %" PRIu32 " %s", r->baud, r->mode);
        if (r->event == TT_EV_LOST)
            tt_buf_printf(b, " %" PRIu32, r->count);
        tt_buf_str(b, "]");
    } else {
        tt_buf_ch(b, tt_lane_mark(r->lane));
        for (size_t i = 0; i < r->len; i++)
            tt_buf_printf(b, " %02X", r->bytes[i]);
    }
    tt_buf_ch(b, '\n');
}

char *records_text(const struct records *l, bool source)
{
    struct tt_buf b;
    char *copy;

    tt_buf_init(&b, SIZE_MAX / 2);
    for (size_t i = 0; i < l->n; i++)
        one_text(&b, &l->rec[i], source);
    copy = strdup(tt_buf_text(&b));
    tt_buf_release(&b);
    if (!copy)
        abort();
    return copy;
}

static bool same(const struct tt_record *a, const struct tt_record *b)
{
    return a->t_ns == b->t_ns && a->lane == b->lane && a->event == b->event &&
           a->len == b->len && a->baud == b->baud && a->count == b->count &&
           !memcmp(a->mode, b->mode, sizeof(a->mode)) &&
           (!a->len || !memcmp(a->bytes, b->bytes, a->len));
}

bool records_equal(const struct records *a, const struct records *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!same(&a->rec[i], &b->rec[i]))
            return false;
    return true;
}

const char *records_difference(const struct records *a, const struct records *b)
{
    static char text[600];
    struct tt_buf one[2];
    size_t i = 0;

    while (i < a->n && i < b->n && same(&a->rec[i], &b->rec[i]))
        i++;
    for (int k = 0; k < 2; k++)
        tt_buf_init(&one[k], 1 << 22);
    if (i < a->n)
        one_text(&one[0], &a->rec[i], false);
    if (i < b->n)
        one_text(&one[1], &b->rec[i], false);
    (void)snprintf(text, sizeof(text),
                   "%zu and %zu records, number %zu: %.200s|%.200s", a->n, b->n,
                   i, tt_buf_text(&one[0]), tt_buf_text(&one[1]));
    for (int k = 0; k < 2; k++)
        tt_buf_release(&one[k]);
    return text;
}

enum tt_status records_read(struct records *l, const void *p, size_t n,
                            size_t first, size_t chunk,
                            const struct tt_read_options *options,
                            struct tt_read_report *report, struct tt_error *err)
{
    const uint8_t *at = p;
    struct tt_reader *rd;
    enum tt_status st = tt_reader_new(&rd, options, records_sink, l, err);

    if (st)
        return st;
    for (size_t take = first ? first : chunk; n && !st; take = chunk) {
        uint8_t *copy;

        if (!take || take > n)
            take = n;
        /* a block of its own, so that ASan sees a read past the chunk */
        copy = malloc(take);
        if (!copy)
            abort();
        memcpy(copy, at, take);
        st = tt_reader_feed(rd, copy, take, err);
        free(copy);
        at += take;
        n -= take;
    }
    if (!st)
        st = tt_reader_finish(rd, err);
    if (report)
        *report = *tt_reader_report(rd);
    tt_reader_free(rd);
    return st;
}
