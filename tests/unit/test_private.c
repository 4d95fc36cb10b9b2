/*
 * What is somebody's own: a table of leaks and one of what must stay.
 *
 * Each case is tape text; after it was redacted none of the bytes of "gone"
 * (several, cut at a bar) may be on any lane or in the header, and all of
 * "stays" must be there.
 */
#include "records.h"
#include "rules_help.h"
#include "suites.h"

#include "report/redact.h"

#include <stdlib.h>
#include <string.h>

struct leak {
    const char *tape, *gone, *stays;
};

static const struct leak leaks[] = {
#include "private_leaks.h"
};

static const char *const harmless[] = {
#include "private_harmless.h"
};

struct redacted {
    struct tt_buf text; /* all lanes and the header, one after another */
    size_t removed;
};

static struct tt_rules *tables;

static void setup(void)
{
    struct tt_slice text = slurp("rules/private.rules");

    ck_assert_ptr_nonnull(text.p);
    tables = rules_from(text, "private.rules", NULL);
    free((void *)(uintptr_t)text.p);
}

static void teardown(void)
{
    tt_rules_free(tables);
}

/* A lane after the other, whole, so that what was cut is one again. */
static void put_lanes(struct redacted *out, const struct tt_redactor *rd)
{
    struct tt_record r;

    for (int lane = 0; lane < TT_LANE_LINE; lane++) {
        for (size_t i = 0; tt_redact_get(rd, i, &r); i++)
            if (r.lane == (enum tt_lane)lane && r.len)
                tt_buf_add(&out->text, r.bytes, r.len);
        tt_buf_ch(&out->text, '\n');
    }
}

static void redact(struct redacted *out, const char *tape)
{
    struct records l = {0};
    struct tt_read_report report;
    struct tt_redactor *rd;
    struct tt_buf text;
    struct tt_error err;

    tt_buf_init(&text, 1 << 20);
    tt_buf_init(&out->text, 1 << 20);
    tt_buf_str(&text, "# telltale tape 1\n");
    tt_buf_str(&text, tape);
    ck_assert_int_eq(records_read(&l, tt_buf_text(&text), text.n, 0,
                                  CHUNK_WHOLE, NULL, &report, &err),
                     TT_OK);
    ck_assert_msg(!report.unread, "not read: %s", tape);
    ck_assert_int_eq(tt_redact_new(&rd, tables), TT_OK);
    for (size_t i = 0; i < l.n; i++)
        ck_assert_int_eq(tt_redact_record(rd, &l.rec[i]), TT_OK);
    ck_assert_int_eq(tt_redact_run(rd, &report.info, TT_NS_PER_S), TT_OK);
    put_lanes(out, rd);
    tt_buf_str(&out->text, report.info.device);
    tt_buf_str(&out->text, report.info.adapter);
    tt_buf_str(&out->text, report.info.by);
    tt_buf_str(&out->text, report.info.why);
    while (tt_redact_removed(rd, out->removed))
        out->removed++;
    tt_redact_free(rd);
    records_free(&l);
    tt_buf_release(&text);
}

static bool in(const struct tt_buf *b, const char *word, size_t n)
{
    for (size_t i = 0; i + n <= b->n; i++)
        if (!memcmp(tt_buf_text(b) + i, word, n))
            return true;
    return false;
}

/* All of several words, cut at bars, are there (or none). */
static void check_words(const struct leak *c, const struct tt_buf *b,
                        const char *words, bool there)
{
    while (words && *words) {
        size_t n = strcspn(words, "|");

        ck_assert_msg(in(b, words, n) == there, "%s '%.*s'\nof %s\ngives %s",
                      there ? "lost:" : "still there:", (int)n, words, c->tape,
                      tt_buf_text(b));
        words += n + (words[n] == '|');
    }
}

START_TEST(test_leaks)
{
    const struct leak *c = &leaks[_i];
    struct redacted r = {.removed = 0};

    redact(&r, c->tape);
    check_words(c, &r.text, c->gone, false);
    check_words(c, &r.text, c->stays, true);
    ck_assert_msg(r.removed > 0, "not listed: %s", c->tape);
    tt_buf_release(&r.text);
}
END_TEST

START_TEST(test_harmless)
{
    struct redacted r = {.removed = 0};
    struct tt_redactor *rd;
    char copy[512];
    size_t n = strlen(harmless[_i]);

    ck_assert(n < sizeof(copy));
    memcpy(copy, harmless[_i], n + 1);
    ck_assert_int_eq(tt_redact_new(&rd, tables), TT_OK);
    tt_redact_text(rd, copy, n);
    ck_assert_str_eq(copy, harmless[_i]);
    tt_redact_free(rd);
    (void)r;
}
END_TEST

Suite *private_suite(void)
{
    Suite *s = suite_create("private");
    TCase *t = tcase_create("private");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, test_leaks, 0, (int)TT_LEN(leaks));
    tcase_add_loop_test(t, test_harmless, 0, (int)TT_LEN(harmless));
    suite_add_tcase(s, t);
    return s;
}
