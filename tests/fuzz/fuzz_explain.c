/*
 * Any text explained with the shipped rules: it ends, and lets nothing raw
 * through, as text and as JSON.
 */
#include "report/explain.h"
#include "rules/builtin.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

static struct tt_rules *shipped(void)
{
    struct tt_rules *set = tt_rules_new();

    must(set != NULL);
    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        (void)!tt_rules_read(set,
                             (struct tt_slice){(const char *)f->text, f->len},
                             f->name, "built in", NULL, NULL);
    must(tt_rules_finish(set, NULL, NULL) == TT_OK);
    return set;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tt_rules *set; /* kept */
    struct tt_explanation x;
    struct tt_buf b;

    if (!set)
        set = shipped();
    must(tt_explain(&x, set, (const char *)data, size) == TT_OK);
    tt_buf_init(&b, 16 << 20);
    tt_explain_text(&b, set, &x, size ? data[0] : 0, false, true);
    must(b.status == TT_OK && b.n && b.p[b.n - 1] == '\n');
    for (size_t i = 0; i < b.n; i++)
        must(b.p[i] == '\n' || (b.p[i] >= ' ' && b.p[i] <= '~'));
    tt_buf_clear(&b);
    tt_explain_json(&b, set, &x);
    must(b.status == TT_OK && b.n && b.p[b.n - 1] == '\n');
    for (size_t i = 0; i + 1 < b.n; i++)
        must((uint8_t)b.p[i] >= ' ' && b.p[i] != 0x7f);
    tt_buf_release(&b);
    tt_explain_release(&x);
    return 0;
}
