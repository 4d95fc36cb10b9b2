/*
 * Every complaint about rule files, word for word.  tests/golden/rules holds
 * the files and what is said of them; TELLTALE_GOLDEN=write rewrites the
 * latter, to be read in the diff.
 */
#include "rules_help.h"
#include "suites.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILES = 64 };

static const char dir_name[] = "tests/golden/rules";
static char names[MAX_FILES][256];
static int nnames;

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void find_files(void)
{
    DIR *d = opendir(dir_name);
    struct dirent *e;

    nnames = 0;
    while (d && (e = readdir(d)) && nnames < MAX_FILES) {
        size_t n = strlen(e->d_name);

        if (n > 6 && strcmp(e->d_name + n - 6, ".rules") == 0)
            (void)snprintf(names[nnames++], sizeof(names[0]), "%s", e->d_name);
    }
    if (d)
        (void)closedir(d);
    qsort(names, (size_t)nnames, sizeof(names[0]), by_name);
}

static void write_file(const char *path, const struct tt_buf *b)
{
    FILE *f = fopen(path, "wb");

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(tt_buf_text(b), 1, b->n, f), b->n);
    ck_assert_int_eq(fclose(f), 0);
}

static unsigned line_of(const char *text, size_t at)
{
    unsigned line = 1;

    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}

START_TEST(says_what_it_said)
{
    const char *mode = getenv("TELLTALE_GOLDEN");
    char path[320];
    struct tt_slice text, expect;
    struct tt_buf out;
    struct tt_rules *set;
    size_t i = 0;

    (void)snprintf(path, sizeof(path), "%s/%s", dir_name, names[_i]);
    text = slurp(path);
    ck_assert_ptr_nonnull(text.p);
    tt_buf_init(&out, 1 << 20);
    set = rules_from(text, names[_i], &out);
    tt_buf_printf(&out, "%zu rules read\n", set->nrules);
    ck_assert_int_eq(out.status, TT_OK);
    (void)snprintf(path + strlen(path) - 5, 8, "expect");
    if (mode && strcmp(mode, "write") == 0)
        write_file(path, &out);
    expect = slurp(path);
    ck_assert_msg(expect.p, "%s is missing", path);
    while (i < out.n && i < expect.n && tt_buf_text(&out)[i] == expect.p[i])
        i++;
    ck_assert_msg(out.n == expect.n && i == out.n, "%s differs from line %u on",
                  path, line_of(tt_buf_text(&out), i));
    tt_rules_free(set);
    tt_buf_release(&out);
    free((void *)(uintptr_t)text.p);
    free((void *)(uintptr_t)expect.p);
}
END_TEST

/* No byte from a file reaches a terminal as it is. */
START_TEST(says_it_in_plain_characters)
{
    char path[320];
    struct tt_slice text;

    (void)snprintf(path, sizeof(path), "%s/%.*s.expect", dir_name,
                   (int)strlen(names[_i]) - 6, names[_i]);
    text = slurp(path);
    ck_assert_ptr_nonnull(text.p);
    for (size_t i = 0; i < text.n; i++)
        ck_assert_msg(text.p[i] == '\n' || text.p[i] == '\t' ||
                          (text.p[i] >= 0x20 && text.p[i] < 0x7f),
                      "%s: byte %02X in line %u", path, (uint8_t)text.p[i],
                      line_of(text.p, i));
    free((void *)(uintptr_t)text.p);
}
END_TEST

START_TEST(has_files)
{
    ck_assert_int_ge(nnames, 15);
    ck_assert_int_lt(nnames, MAX_FILES);
}
END_TEST

Suite *rules_golden_suite(void)
{
    Suite *s = suite_create("rules_golden");
    TCase *tc = tcase_create("messages");

    find_files();
    tcase_add_test(tc, has_files);
    tcase_add_loop_test(tc, says_what_it_said, 0, nnames);
    tcase_add_loop_test(tc, says_it_in_plain_characters, 0, nnames);
    suite_add_tcase(s, tc);
    return s;
}
