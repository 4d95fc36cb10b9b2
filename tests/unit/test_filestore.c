/*
 * A recording as a store: whatever record is asked for, in whatever order,
 * it is the one that reading from the start gives.
 */
#include "cli/filestore.h"
#include "records.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const formats[] = {"tape", "pcapng", "raw"};

static void put(FILE *f, struct tt_buf *b)
{
    ck_assert(!b->status);
    ck_assert_uint_eq(fwrite(tt_buf_text(b), 1, b->n, f), b->n);
    tt_buf_clear(b);
}

/* A file of a few MB, so that there are several snapshots. */
static void write_file(const char *path, const char *format, unsigned records)
{
    static uint8_t bytes[3000];
    struct tt_write_options how = {.format = format, .lane = TT_LANE_DEVICE};
    struct tt_tape_info info = {.quality = TT_TIME_US};
    struct tt_writer w;
    struct tt_buf b;
    FILE *f = fopen(path, "wb");
    uint32_t seed = 11;

    ck_assert_ptr_nonnull(f);
    tt_buf_init(&b, 1 << 24);
    ck_assert(!tt_writer_init(&w, &how, &info, NULL));
    for (unsigned i = 0; i < records; i++) {
        struct tt_record r = {.t_ns = i * TT_NS_PER_MS, .bytes = bytes};

        seed = seed * 1664525u + 1013904223u;
        r.lane = seed >> 31 ? TT_LANE_HOST : TT_LANE_DEVICE;
        r.len = seed >> 27 & 3 ? 1 + (seed >> 20 & 7) : 1 + (seed >> 8 & 2047);
        for (size_t k = 0; k < r.len; k++)
            bytes[k] = (uint8_t)(seed >> (k % 24));
        if (!(seed >> 16 & 31))
            r = (struct tt_record){.t_ns = r.t_ns,
                                   .lane = TT_LANE_LINE,
                                   .event = TT_EV_DTR_UP + (int)(seed & 1)};
        tt_writer_record(&w, &b, &r, NULL);
        put(f, &b);
    }
    tt_writer_finish(&w, &b);
    put(f, &b);
    ck_assert_int_eq(fclose(f), 0);
    tt_buf_release(&b);
}

static void read_all(const char *path, struct records *l)
{
    static char piece[65536];
    struct tt_read_options how = {.lane = TT_LANE_DEVICE};
    struct tt_reader *rd;
    FILE *f = fopen(path, "rb");
    size_t n;

    ck_assert_ptr_nonnull(f);
    ck_assert(!tt_reader_new(&rd, &how, records_sink, l, NULL));
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        ck_assert(!tt_reader_feed(rd, piece, n, NULL));
    ck_assert(!tt_reader_finish(rd, NULL));
    tt_reader_free(rd);
    (void)fclose(f);
}

START_TEST(any_record_in_any_order)
{
    static struct options o = {.lane = -1};
    char path[] = "/tmp/telltale-store.XXXXXX";
    uint64_t offset, *offsets, at[TT_LANES] = {0};
    struct records l = {0};
    struct filestore *f;
    struct store store;
    struct tt_record r;
    const char *why;
    uint32_t seed = 5;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    write_file(path, formats[_i], 30000);
    read_all(path, &l);
    offsets = calloc(l.n, sizeof(*offsets));
    ck_assert_ptr_nonnull(offsets);
    for (size_t i = 0; i < l.n; i++) {
        offsets[i] = l.rec[i].event == TT_EV_NONE ? at[l.rec[i].lane] : 0;
        at[l.rec[i].lane] += l.rec[i].len;
    }
    f = filestore_open(&o, path);
    ck_assert_ptr_nonnull(f);
    store = filestore_store(f);
    ck_assert_uint_gt(store_end(&store), 0); /* the start is there at once */
    ck_assert(store_get(&store, 0, &r, &offset));
    while (filestore_index(f, 1 << 20))
        ;
    ck_assert(filestore_done(f, &why));
    ck_assert_ptr_null(why);
    ck_assert_uint_eq(store_end(&store), l.n);
    for (size_t i = 0; i < 3000; i++) {
        uint64_t n;

        seed = seed * 1664525u + 1013904223u;
        /* jumps, and runs forwards and backwards */
        n = i % 100 ? (seed & 1 ? i * 7 : l.n - 1 - i) % l.n : seed % l.n;
        ck_assert(store_get(&store, n, &r, &offset));
        ck_assert_uint_eq(r.t_ns, l.rec[n].t_ns);
        ck_assert_int_eq(r.event, l.rec[n].event);
        ck_assert_uint_eq(r.len, l.rec[n].len);
        ck_assert(!r.len || !memcmp(r.bytes, l.rec[n].bytes, r.len));
        ck_assert_uint_eq(offset, offsets[n]);
    }
    ck_assert(!store_get(&store, l.n, &r, &offset));
    filestore_free(f);
    free(offsets);
    records_free(&l);
    (void)unlink(path);
}
END_TEST

START_TEST(copies_of_readers)
{
    /* A reader copied anywhere goes on as the original does. */
    static const char text[] = "# telltale tape 1\n# time: us\n0.1 > 7F \\\n"
                               " 80\n0.2 < \"abc\"\n[dtr+]\n0.5 < 79*3\n";
    size_t n = sizeof(text) - 1;

    for (size_t cut = 0; cut <= n; cut++) {
        struct tt_read_options how = {.lane = TT_LANE_DEVICE, .format = "tape"};
        struct records a = {0}, b = {0};
        struct tt_reader *rd, *copy;

        ck_assert(!tt_reader_new(&rd, &how, records_sink, &a, NULL));
        ck_assert(!tt_reader_feed(rd, text, cut, NULL));
        ck_assert(!tt_reader_copy(&copy, rd, records_sink, &b));
        for (size_t i = 0; i < a.n; i++)
            records_add(&b, a.rec[i]);
        ck_assert(!tt_reader_feed(rd, text + cut, n - cut, NULL));
        ck_assert(!tt_reader_finish(rd, NULL));
        tt_reader_free(rd); /* the copy does not need it */
        ck_assert(!tt_reader_feed(copy, text + cut, n - cut, NULL));
        ck_assert(!tt_reader_finish(copy, NULL));
        tt_reader_free(copy);
        ck_assert_uint_eq(a.n, b.n);
        for (size_t i = 0; i < a.n; i++) {
            ck_assert_uint_eq(a.rec[i].t_ns, b.rec[i].t_ns);
            ck_assert_uint_eq(a.rec[i].len, b.rec[i].len);
        }
        records_free(&a);
        records_free(&b);
    }
}
END_TEST

Suite *filestore_suite(void)
{
    Suite *s = suite_create("filestore");
    TCase *tc = tcase_create("filestore");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, any_record_in_any_order, 0, (int)TT_LEN(formats));
    tcase_add_test(tc, copies_of_readers);
    suite_add_tcase(s, tc);
    return s;
}
