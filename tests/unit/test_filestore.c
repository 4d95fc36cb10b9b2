/*
 * A recording as a store: whatever record is asked for, in whatever order,
 * it is the one that reading from the start gives.
 */
#include "cli/filestore.h"
#include "cli/lookback.h"
#include "records.h"
#include "rules_help.h"
#include "suites.h"
#include "view/port.h"

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

/* ---- a file that grows ----------------------------------------------------- */

/* Part of the file p, n bytes of it, is appended to path. */
static void append(const char *path, const char *p, size_t n)
{
    FILE *f = fopen(path, "ab");

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(p, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

/* Whatever place it was at when its end was taken for one: with the rest of
 * it there, its records are those of the whole. */
START_TEST(a_file_that_grows)
{
    static struct options o = {.lane = -1};
    char path[] = "/tmp/telltale-store.XXXXXX";
    struct records l = {0};
    struct filestore *f;
    struct tt_slice all;
    struct store store;
    struct tt_record r;
    const char *why;
    uint64_t offset;
    size_t at;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    write_file(path, formats[_i], 300);
    read_all(path, &l);
    all = slurp(path);
    ck_assert_ptr_nonnull(all.p);
    ck_assert_int_eq(truncate(path, 0), 0);
    at = all.n / 3;
    append(path, all.p, at);
    f = filestore_open(&o, path);
    ck_assert_ptr_nonnull(f);
    store = filestore_store(f);
    for (unsigned i = 1; at < all.n; i++) {
        size_t n = all.n / 40 + i * 7; /* at odd places */

        while (filestore_index(f, 1 << 20))
            ;
        ck_assert_int_eq(filestore_change(f), FILESTORE_SAME);
        ck_assert(store_get(&store, store_end(&store) - 1, &r, &offset));
        n = n < all.n - at ? n : all.n - at;
        append(path, all.p + at, n);
        at += n;
        ck_assert_int_eq(filestore_change(f), FILESTORE_GROWN);
        (void)filestore_go_on(f);
    }
    while (filestore_index(f, 1 << 20))
        ;
    ck_assert(filestore_done(f, &why));
    ck_assert_ptr_null(why);
    ck_assert_uint_eq(store_end(&store), l.n);
    for (size_t i = 0; i < l.n; i++) {
        ck_assert(store_get(&store, i, &r, &offset));
        ck_assert_uint_eq(r.t_ns, l.rec[i].t_ns);
        ck_assert_uint_eq(r.len, l.rec[i].len);
        ck_assert(!r.len || !memcmp(r.bytes, l.rec[i].bytes, r.len));
    }
    ck_assert_int_eq(truncate(path, 10), 0);
    ck_assert_int_eq(filestore_change(f), FILESTORE_SHRUNK);
    filestore_free(f);
    records_free(&l);
    free((void *)(uintptr_t)all.p);
    (void)unlink(path);
}
END_TEST

/* ---- comments ----------------------------------------------------------- */

static const struct remark_row {
    const char *format;
    bool untimed;
} remark_rows[] = {{"pcapng", false}, {"tape", true}};

/* Marks, notes and verdicts that were recorded are there again, where they
 * were. */
START_TEST(remarks_come_back)
{
    static struct options o = {.lane = -1};
    const struct remark_row *row = &remark_rows[_i];
    struct tt_write_options how = {.format = row->format};
    struct tt_tape_info info = {.quality = TT_TIME_US, .epoch_ns = 1000};
    struct tt_record r = {
        .bytes = (const uint8_t *)"x", .len = 1, .lane = TT_LANE_DEVICE};
    char path[] = "/tmp/telltale-store.XXXXXX";
    struct tt_rules *set = tt_rules_new();
    const struct remark *m;
    const struct mark *mark;
    struct filestore *f;
    struct store store;
    struct port *p;
    struct tt_writer w;
    struct tt_buf b;
    size_t n;
    int fd = mkstemp(path);
    FILE *out = fdopen(fd, "wb");

    ck_assert_ptr_nonnull(out);
    tt_buf_init(&b, 1 << 20);
    ck_assert(!tt_writer_init(&w, &how, &info, NULL));
    for (unsigned i = 0; i < 10; i++) {
        r.t_ns = i * 100 * TT_NS_PER_MS;
        tt_writer_record(&w, &b, &r, i == 7 ? "mark: in a copy" : NULL);
        if (i == 5)
            tt_writer_remark(&w, &b, 510 * TT_NS_PER_MS,
                             "verdict (certain, 40 bits, a.b): 'h' \"and\"");
    }
    /* a mark is made after what it stands at */
    tt_writer_remark(&w, &b, 200 * TT_NS_PER_MS,
                     "mark at 0.200000 s: here it \\ \"stops\"");
    put(out, &b);
    ck_assert_int_eq(fclose(out), 0);

    f = filestore_open(&o, path);
    ck_assert_ptr_nonnull(f);
    n = filestore_remarks(f, &m); /* with the header lines of tape text */
    ck_assert_uint_ge(n, 3);
    ck_assert(!tt_rules_finish(set, NULL, NULL));
    store = filestore_store(f);
    ck_assert_uint_eq(store_end(&store), 10);
    p = port_new("x", set, &filestore_report(f)->info, &store, 0);
    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < n; i++)
        port_remark(p, m[i].record, m[i].t_ns, row->untimed, m[i].text);
    ck_assert_uint_eq(p->nmarks, 2);
    mark = port_mark_at(p, 2);
    ck_assert_ptr_nonnull(mark);
    ck_assert_str_eq(mark->note, "here it \\ \"stops\"");
    ck_assert_uint_eq(mark->t_ns, 200 * TT_NS_PER_MS);
    mark = port_mark_at(p, 7);
    ck_assert_ptr_nonnull(mark);
    ck_assert_str_eq(mark->note, "in a copy");
    ck_assert_uint_eq(p->ntold, 1);
    ck_assert_str_eq(p->told[0].text,
                     "verdict (certain, 40 bits, a.b): 'h' \"and\"");
    ck_assert_uint_eq(p->told[0].t_ns / (20 * TT_NS_PER_MS), 25);
    port_free(p);
    filestore_free(f);
    tt_rules_free(set);
    tt_buf_release(&b);
    (void)unlink(path);
}
END_TEST

/* ---- a line whose recording is longer than memory ------------------------- */

/* A line: a small tape, all of it, and a recording of it. */
struct long_line {
    struct tt_tape *tape, *all;
    struct tt_writer w;
    struct tt_buf b;
    FILE *f;
    uint64_t n;
};

static void say_more(struct long_line *x, unsigned records)
{
    static uint8_t bytes[500];

    for (unsigned i = 0; i < records; i++, x->n++) {
        struct tt_record r = {.t_ns = x->n * TT_NS_PER_MS,
                              .lane = x->n % 3 ? TT_LANE_DEVICE : TT_LANE_HOST,
                              .bytes = bytes,
                              .len = 1 + x->n * 7 % sizeof(bytes)};

        memset(bytes, (int)(x->n % 251), sizeof(bytes));
        if (x->n % 50 == 0)
            r = (struct tt_record){.t_ns = r.t_ns,
                                   .lane = TT_LANE_LINE,
                                   .event = TT_EV_BAUD,
                                   .baud = 9600 + (uint32_t)x->n,
                                   .mode = "8N1"};
        ck_assert(!tt_tape_append(x->tape, &r));
        ck_assert(!tt_tape_append(x->all, &r));
        if (!x->f)
            continue;
        tt_writer_record(&x->w, &x->b, &r, x->n % 40 ? NULL : "a remark");
        put(x->f, &x->b);
    }
    if (x->f)
        ck_assert_int_eq(fflush(x->f), 0);
}

static void record_line(struct long_line *x, const char *path,
                        const char *format)
{
    const struct tt_write_options how = {.format = format,
                                         .lane = TT_LANE_DEVICE};
    const struct tt_tape_info info = {.quality = TT_TIME_US};
    struct store s = store_of_tape(x->tape);
    struct tt_record r;
    uint64_t offset;

    x->f = fopen(path, "wb");
    ck_assert_ptr_nonnull(x->f);
    ck_assert(!tt_writer_init(&x->w, &how, &info, NULL));
    for (uint64_t n = store_first(&s); store_get(&s, n, &r, &offset); n++)
        tt_writer_record(&x->w, &x->b, &r, NULL);
    put(x->f, &x->b);
    ck_assert_int_eq(fflush(x->f), 0);
}

/* From the recording's first record to the tape's first there is no hole, and
 * each is what it was. */
static void is_whole(struct long_line *x, struct lookback *l)
{
    struct store back = lookback_store(l), all = store_of_tape(x->all);
    uint64_t upto = tt_tape_first(x->tape);

    ck_assert_uint_ge(store_end(&back), upto);
    ck_assert_uint_gt(upto, store_first(&back));
    for (uint64_t n = store_first(&back); n < upto; n++) {
        struct tt_record a, b;
        uint64_t oa, ob;

        ck_assert(store_get(&all, n, &a, &oa));
        ck_assert_msg(store_get(&back, n, &b, &ob), "record %u", (unsigned)n);
        ck_assert(a.t_ns == b.t_ns && a.lane == b.lane && a.event == b.event &&
                  a.len == b.len && a.baud == b.baud);
        ck_assert(!a.len || !memcmp(a.bytes, b.bytes, a.len));
        ck_assert(a.event || oa == ob);
    }
}

struct back_row {
    const char *format;
    unsigned before; /* records before the recording begins */
};

static const struct back_row back_rows[] = {
    {"pcapng", 0}, {"tape", 0}, {"pcapng", 1000}, {"tape", 1777}};

START_TEST(looks_back)
{
    const struct back_row *row = &back_rows[_i];
    const struct options o = {.lane = -1};
    struct lookback l = {0};
    struct long_line x = {0};
    struct store tape;
    char path[] = "/tmp/tt-back-XXXXXX";
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    tt_buf_init(&x.b, 1 << 24);
    ck_assert(!tt_tape_new(&x.tape, 128 << 10));
    ck_assert(!tt_tape_new(&x.all, 64 << 20));
    tape = store_of_tape(x.tape);
    say_more(&x, row->before);
    lookback_begin(&l, &tape);
    record_line(&x, path, row->format);
    say_more(&x, 4000);
    ck_assert(lookback_open(&l, &o, path));
    while (lookback_work(&l))
        ;
    ck_assert(l.matched);
    is_whole(&x, &l);
    for (int i = 0; i < 20; i++) { /* and while it goes on */
        say_more(&x, 100);
        while (lookback_work(&l))
            ;
        is_whole(&x, &l);
    }
    lookback_close(&l);
    ck_assert_int_eq(fclose(x.f), 0);
    tt_buf_release(&x.b);
    tt_tape_free(x.tape);
    tt_tape_free(x.all);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* The file is no recording of this line: it is not shown as its past. */
START_TEST(looks_back_at_another_file)
{
    const struct options o = {.lane = -1};
    char path[] = "/tmp/tt-back-XXXXXX";
    struct lookback l = {0};
    struct long_line x = {0};
    struct store tape;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    write_file(path, "pcapng", 3000);
    ck_assert(!tt_tape_new(&x.tape, 128 << 10));
    ck_assert(!tt_tape_new(&x.all, 64 << 20));
    tape = store_of_tape(x.tape);
    ck_assert(!lookback_work(&l)); /* no recording */
    lookback_begin(&l, &tape);
    ck_assert(!lookback_work(&l)); /* nobody asked */
    say_more(&x, 2500);
    ck_assert(lookback_open(&l, &o, path));
    while (lookback_work(&l))
        ;
    ck_assert(!l.matched && l.failed);
    lookback_close(&l);
    tt_tape_free(x.tape);
    tt_tape_free(x.all);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

Suite *filestore_suite(void)
{
    Suite *s = suite_create("filestore");
    TCase *tc = tcase_create("filestore");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, any_record_in_any_order, 0, (int)TT_LEN(formats));
    tcase_add_test(tc, copies_of_readers);
    tcase_add_loop_test(tc, looks_back, 0, (int)TT_LEN(back_rows));
    tcase_add_test(tc, looks_back_at_another_file);
    tcase_add_loop_test(tc, a_file_that_grows, 0, (int)TT_LEN(formats));
    tcase_add_loop_test(tc, remarks_come_back, 0, (int)TT_LEN(remark_rows));
    suite_add_tcase(s, tc);
    return s;
}
