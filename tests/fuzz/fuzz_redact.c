/*
 * Any recording redacted and compared with itself: lengths, lanes and times
 * stay, only listed places change, and a second time finds nothing that is
 * not blank already.  Input: lane and length, then that many bytes.
 */
#include "report/compare.h"
#include "report/redact.h"
#include "rules/builtin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_RECORDS = 512 };

static void must(bool good)
{
    if (!good)
        abort();
}

/* The tables of what is private, and a few rules: all of them would be slow. */
static struct tt_rules *shipped(void)
{
    struct tt_rules *set = tt_rules_new();

    must(set != NULL);
    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        if (!strcmp(f->name, "private.rules") ||
            !strcmp(f->name, "gt02.rules") || !strcmp(f->name, "at.rules"))
            (void)!tt_rules_read(
                set, (struct tt_slice){(const char *)f->text, f->len}, f->name,
                "built in", NULL, NULL);
    must(tt_rules_finish(set, NULL, NULL) == TT_OK);
    return set;
}

static size_t fill(struct tt_record *r, const uint8_t *p, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i + 2 <= n && k < MAX_RECORDS; k++) {
        size_t len = p[i + 1] < n - i - 2 ? p[i + 1] : n - i - 2;

        r[k] =
            (struct tt_record){.t_ns = k * TT_NS_PER_MS,
                               .lane = (enum tt_lane)(p[i] % 4),
                               .bytes = len && p[i] % 4 < 3 ? p + i + 2 : NULL,
                               .len = p[i] % 4 < 3 ? len : 0,
                               .event =
                                   p[i] % 4 < 3 ? TT_EV_NONE : TT_EV_BREAK};
        i += 2 + len;
    }
    return k;
}

static bool listed(const struct tt_redactor *rd, enum tt_lane lane, uint64_t at)
{
    const struct tt_removed *x;

    for (size_t i = 0; (x = tt_redact_removed(rd, i)) != NULL; i++)
        if (x->lane == lane && at >= x->offset && at - x->offset < x->len)
            return true;
    return false;
}

static void redact(struct tt_redactor *rd, const struct tt_record *r, size_t n)
{
    struct tt_tape_info info = {
        .quality = TT_TIME_MS, .by = "me", .device = "serial: 123"};
    uint64_t at[TT_LANES] = {0};
    struct tt_record now;

    tt_redact_clear(rd);
    for (size_t i = 0; i < n; i++)
        must(tt_redact_record(rd, &r[i]) == TT_OK);
    must(tt_redact_run(rd, &info, n * TT_NS_PER_MS) == TT_OK);
    must(!*info.by && !strcmp(info.device, "serial: 000"));
    for (size_t i = 0; i < n; i++) {
        must(tt_redact_get(rd, i, &now));
        must(now.len == r[i].len && now.lane == r[i].lane &&
             now.t_ns == r[i].t_ns && now.event == r[i].event);
        for (size_t k = 0; k < now.len; k++)
            must(now.bytes[k] == r[i].bytes[k] ||
                 listed(rd, now.lane, at[now.lane] + k));
        at[now.lane] += now.len;
    }
    must(!tt_redact_get(rd, n, &now));
}

/* A session is like itself. */
static void compare(const struct tt_record *r, size_t n)
{
    struct tt_dialog a, b;
    struct tt_comparison c;

    tt_dialog_init(&a, TT_TIME_MS);
    tt_dialog_init(&b, TT_TIME_MS);
    for (size_t i = 0; i < n; i++) {
        tt_dialog_record(&a, &r[i]);
        tt_dialog_record(&b, &r[i]);
    }
    tt_compare(&c, &a, &b);
    must(c.main.what == TT_DIFFERS_NOT && !c.nminor && c.alike == a.n);
    if (a.n > 1) { /* and not like what stops earlier */
        b.n /= 2;
        tt_compare(&c, &a, &b);
    }
    tt_dialog_release(&a);
    tt_dialog_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tt_record r[MAX_RECORDS];
    static struct tt_redactor *rd; /* kept */
    size_t n = fill(r, data, size);

    if (!rd)
        must(tt_redact_new(&rd, shipped()) == TT_OK);
    redact(rd, r, n);
    compare(r, n);
    return 0;
}
