#include "rules_help.h"

#include <stdlib.h>

static void print_diag(const struct tt_diag *d, void *user)
{
    struct tt_buf *out = user;

    if (!out)
        return;
    tt_diag_print(out, d);
    tt_buf_ch(out, '\n');
}

enum tt_status rules_add(struct tt_rules *set, const char *text,
                         const char *file, const char *origin,
                         struct tt_buf *out)
{
    return tt_rules_read(set, tt_slice_of(text), file, origin, print_diag, out);
}

struct tt_rules *rules_from(struct tt_slice text, const char *file,
                            struct tt_buf *out)
{
    struct tt_rules *set = tt_rules_new();

    if (!set)
        return NULL;
    (void)!tt_rules_read(set, text, file, "test", print_diag, out);
    (void)!tt_rules_finish(set, print_diag, out);
    return set;
}

struct tt_rules *rules_from_text(const char *text, struct tt_buf *out)
{
    return rules_from(tt_slice_of(text), "t", out);
}

struct tt_slice slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct tt_slice s = {NULL, 0};
    char *p = NULL;
    size_t size = 0;

    if (!f)
        return s;
    for (;;) {
        char *more = realloc(p, size + 65536);
        size_t n;

        if (!more)
            break;
        p = more;
        n = fread(p + size, 1, 65536, f);
        size += n;
        if (n < 65536)
            break;
    }
    (void)fclose(f);
    s.p = p;
    s.n = size;
    return s;
}
