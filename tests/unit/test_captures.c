/*
 * Every capture of the tree through the engine with the shipped rules: the
 * hits are the same whole, byte by byte, and cut at random places.
 */
#include "engine/engine.h"
#include "format/format.h"
#include "rules/builtin.h"
#include "suites.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RECORDS = 200000, MAX_NAMES = 256 };

static char names[MAX_NAMES][256];
static int nnames;

static struct {
    struct tt_record *v;
    size_t n;
    uint64_t end_ns;
    enum tt_quality quality;
} tape;

static uint64_t digest, hits;

static void on_hit(const struct tt_hit *h, void *user)
{
    uint64_t v = h->rule->index * 31u + (uint64_t)h->kind;

    (void)user;
    v = (v * 1000003u + h->seq) * 1000003u + h->t_start;
    v = v * 1000003u + h->t_end;
    for (unsigned i = 0; i < h->nspans; i++)
        v = (v * 1000003u + h->span[i].offset) * 31u + h->span[i].len;
    for (unsigned i = 0; i < h->rule->nfields; i++)
        v = (v * 1000003u + (uint64_t)h->value[i].num) * 31u + h->value[i].len;
    digest = digest * 1000003u + v;
    hits++;
}

static enum tt_status keep(const struct tt_record *r, void *user)
{
    struct tt_record *to = &tape.v[tape.n];
    uint8_t *copy = malloc(r->len + 1);

    (void)user;
    ck_assert_ptr_nonnull(copy);
    ck_assert_uint_lt(tape.n, MAX_RECORDS);
    *to = *r;
    if (r->len)
        memcpy(copy, r->bytes, r->len);
    to->bytes = copy;
    tape.n++;
    return TT_OK;
}

static void read_tape(const char *name)
{
    struct tt_read_options options = {.lane = TT_LANE_DEVICE};
    struct tt_reader *rd;
    char path[400], buf[4096];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof(path), "captures/%s", name);
    f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    tape.n = 0;
    ck_assert_int_eq(tt_reader_new(&rd, &options, keep, NULL, NULL), TT_OK);
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        ck_assert_int_eq(tt_reader_feed(rd, buf, n, NULL), TT_OK);
    ck_assert_int_eq(tt_reader_finish(rd, NULL), TT_OK);
    tape.end_ns = tt_reader_report(rd)->end_ns;
    tape.quality = tt_reader_report(rd)->info.quality;
    tt_reader_free(rd);
    (void)fclose(f);
}

/* step 0: whole; 1: byte by byte; else pieces of 1 to step bytes. */
static void run(struct tt_engine *e, size_t step)
{
    uint32_t seed = (uint32_t)step * 77u;

    digest = hits = 0;
    tt_engine_reset(e, tape.quality);
    for (size_t i = 0; i < tape.n; i++) {
        struct tt_record part = tape.v[i];
        size_t k = 0;

        do {
            size_t most = tape.v[i].len - k;

            seed = seed * 1664525u + 1013904223u;
            part.bytes = tape.v[i].bytes + k;
            part.len = step ? 1 + (seed >> 9) % step : most;
            part.len = part.len < most ? part.len : most;
            ck_assert_int_eq(tt_engine_push(e, &part), TT_OK);
            k += part.len;
        } while (k < tape.v[i].len);
    }
    tt_engine_finish(e, tape.end_ns);
}

static void list_captures(void)
{
    DIR *d = opendir("captures");
    struct dirent *f;

    nnames = 0;
    if (!d)
        return;
    while ((f = readdir(d)) != NULL && nnames < MAX_NAMES)
        if (strstr(f->d_name, ".tape"))
            (void)snprintf(names[nnames++], sizeof(names[0]), "%s", f->d_name);
    (void)closedir(d);
}

START_TEST(cuts_do_not_matter)
{
    static const size_t steps[] = {1, 2, 3, 7, 100};
    struct tt_engine_config config = {0};
    struct tt_rules *set = tt_rules_new();
    struct tt_engine *e;
    uint64_t whole, n;

    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        ck_assert_int_eq(
            tt_rules_read(set, (struct tt_slice){(const char *)f->text, f->len},
                          f->name, "built in", NULL, NULL),
            TT_OK);
    ck_assert_int_eq(tt_rules_finish(set, NULL, NULL), TT_OK);
    ck_assert_int_eq(tt_engine_new(&e, set, &config, on_hit, NULL, NULL),
                     TT_OK);
    tape.v = calloc(MAX_RECORDS, sizeof(*tape.v));
    read_tape(names[_i]);
    run(e, 0);
    whole = digest;
    n = hits;
    for (size_t k = 0; k < TT_LEN(steps); k++) {
        run(e, steps[k]);
        ck_assert_msg(digest == whole && hits == n,
                      "%s: pieces of %zu: %d hits, whole %d", names[_i],
                      steps[k], (int)hits, (int)n);
    }
    for (size_t i = 0; i < tape.n; i++)
        free((void *)(uintptr_t)tape.v[i].bytes);
    free(tape.v);
    tt_engine_free(e);
    tt_rules_free(set);
}
END_TEST

START_TEST(there_are_enough)
{
    ck_assert_int_ge(nnames, 15);
}
END_TEST

Suite *captures_suite(void)
{
    Suite *s = suite_create("captures");
    TCase *tc = tcase_create("cuts");

    list_captures();
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, there_are_enough);
    tcase_add_loop_test(tc, cuts_do_not_matter, 0, nnames);
    suite_add_tcase(s, tc);
    return s;
}
