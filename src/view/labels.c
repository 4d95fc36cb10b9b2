#include "view/labels.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Free the texts of the first n. */
static void forget(struct label *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free((void *)(uintptr_t)p[i].text.p);
}

void labels_clear(struct labels *l)
{
    for (size_t i = 0; i < TT_LEN(l->lane); i++) {
        forget(l->lane[i].p, l->lane[i].n);
        free(l->lane[i].p);
    }
    memset(l, 0, sizeof(*l));
}

/* Where the first label with an offset of at least offset stands. */
static size_t lower(const struct label *p, size_t n, uint64_t offset)
{
    size_t lo = 0;

    while (lo < n) {
        size_t mid = lo + (n - lo) / 2;

        if (p[mid].offset < offset)
            lo = mid + 1;
        else
            n = mid;
    }
    return lo;
}

static bool same_text(struct tt_slice a, struct tt_slice b)
{
    return a.n == b.n && !memcmp(a.p, b.p, a.n);
}

void labels_add(struct labels *l, enum tt_lane lane, uint64_t offset,
                uint64_t len, struct tt_slice text)
{
    struct label *p;
    size_t n, at;
    char *own;

    if ((unsigned)lane >= TT_LANE_LINE || !len || !text.n)
        return;
    n = l->lane[lane].n;
    p = l->lane[lane].p;
    at = lower(p, n, offset);
    for (size_t i = at; i < n && p[i].offset == offset; i++)
        if (same_text(p[i].text, text)) {
            if (len > p[i].len)
                p[i].len = len;
            return;
        }
    if (n == MAX_LABELS && at < n / 2)
        return;
    own = malloc(text.n);
    if (!own)
        return;
    memcpy(own, text.p, text.n);
    if (n == MAX_LABELS) {
        forget(p, n / 2);
        memmove(p, p + n / 2, (n - n / 2) * sizeof(*p));
        at -= n / 2;
        n -= n / 2;
    } else if (n == l->lane[lane].size) {
        size_t size = n ? n * 2 : 64;

        p = realloc(p, size * sizeof(*p));
        if (!p) {
            free(own);
            return;
        }
        l->lane[lane].p = p;
        l->lane[lane].size = size;
    }
    memmove(p + at + 1, p + at, (n - at) * sizeof(*p));
    p[at] = (struct label){offset, len, {own, text.n}};
    l->lane[lane].n = n + 1;
    if (len > l->lane[lane].longest)
        l->lane[lane].longest = len;
}

const struct label *labels_next(const struct labels *l, enum tt_lane lane,
                                uint64_t offset, uint64_t len, size_t *from)
{
    const struct label *p;
    uint64_t reach;
    size_t n, i;

    if ((unsigned)lane >= TT_LANE_LINE)
        return NULL;
    p = l->lane[lane].p;
    n = l->lane[lane].n;
    reach = l->lane[lane].longest;
    i = lower(p, n, offset > reach ? offset - reach : 0);
    if (i < *from)
        i = *from;
    for (; i < n && p[i].offset < offset + len; i++)
        if (p[i].offset + p[i].len > offset) {
            *from = i + 1;
            return &p[i];
        }
    return NULL;
}
