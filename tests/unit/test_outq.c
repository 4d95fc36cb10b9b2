#include "cli/outq.h"
#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(struct outq *q, const char *text, bool must)
{
    struct tt_buf b;

    tt_buf_init(&b, 1 << 20);
    tt_buf_str(&b, text);
    outq_add(q, &b, must);
    tt_buf_release(&b);
}

static size_t drain_pipe(int fd, char *out, size_t size)
{
    ssize_t n;
    size_t all = 0;

    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((n = read(fd, out + all, size - all)) > 0)
        all += (size_t)n;
    return all;
}

/* Nobody reads: lines wait, then are counted, and nothing ever blocks. */
START_TEST(never_blocks)
{
    static char all[4 << 20];
    struct outq q;
    char line[1001];
    size_t n;
    int p[2];

    ck_assert_int_eq(pipe(p), 0);
    outq_init(&q, p[1]);
    memset(line, 'x', sizeof(line) - 2);
    line[sizeof(line) - 2] = '\n';
    line[sizeof(line) - 1] = '\0';
    for (int i = 0; i < 3000; i++)
        add(&q, line, false);
    ck_assert(outq_pending(&q));
    ck_assert_uint_gt(q.dropped, 0);
    n = drain_pipe(p[0], all, sizeof(all));
    ck_assert_uint_gt(n, 0);
    while (outq_pending(&q)) {
        outq_pump(&q);
        n += drain_pipe(p[0], all + n, sizeof(all) - n);
    }
    add(&q, "last\n", false);
    n += drain_pipe(p[0], all + n, sizeof(all) - n);
    all[n] = '\0';
    ck_assert_ptr_nonnull(strstr(all, "lines are not shown"));
    ck_assert_ptr_nonnull(strstr(all, "\nlast\n"));
    outq_release(&q);
    (void)close(p[0]);
    (void)close(p[1]);
}
END_TEST

START_TEST(reader_goes_away)
{
    struct outq q;
    int p[2];

    (void)signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(p), 0);
    (void)close(p[0]);
    outq_init(&q, p[1]);
    add(&q, "x\n", false);
    ck_assert_int_eq(q.error, EPIPE);
    ck_assert(!outq_pending(&q));
    outq_drain(&q); /* comes back */
    add(&q, "y\n", true);
    outq_release(&q);
    (void)close(p[1]);
}
END_TEST

Suite *outq_suite(void)
{
    Suite *s = suite_create("outq");
    TCase *tc = tcase_create("outq");

    tcase_add_test(tc, never_blocks);
    tcase_add_test(tc, reader_goes_away);
    suite_add_tcase(s, tc);
    return s;
}
