#include "cli/lookback.h"

#include <string.h>

enum {
    PIECE_BYTES = 2 << 20, /* of the file in one turn */
    COMPARED = 8,          /* records */
    MOST_SHIFT = 4         /* what a header may take away or add */
};

void lookback_begin(struct lookback *l, const struct store *tape)
{
    bool seen[TT_LANE_LINE] = {false};
    struct tt_record r;
    uint64_t offset;

    lookback_close(l);
    *l = (struct lookback){.tape = *tape, .first = store_first(tape)};
    for (uint64_t n = l->first; l->first && store_get(tape, n, &r, &offset);
         n++)
        if (r.event == TT_EV_NONE && (unsigned)r.lane < TT_LANE_LINE &&
            !seen[r.lane]) {
            seen[r.lane] = true;
            l->base[r.lane] = offset;
        }
}

bool lookback_open(struct lookback *l, const struct options *o,
                   const char *path)
{
    if (!l->file && !l->failed)
        l->file = filestore_open(o, path);
    return l->file != NULL;
}

void lookback_close(struct lookback *l)
{
    filestore_free(l->file);
    l->file = NULL;
    l->matched = false;
}

/* ---- the same records? ---------------------------------------------------- */

static bool same_from(struct lookback *l, uint64_t n, int64_t shift)
{
    const struct store file = filestore_store(l->file);
    int64_t at = (int64_t)(n - l->first) + shift;
    struct tt_record a, b;
    uint64_t offset;
    int compared = 0;

    for (; at >= 0 && compared < COMPARED; n++, at++, compared++) {
        if (!store_get(&l->tape, n, &a, &offset) ||
            !store_get(&file, (uint64_t)at, &b, &offset))
            break;
        if (a.t_ns != b.t_ns || a.lane != b.lane || a.event != b.event ||
            a.len != b.len || (a.len && memcmp(a.bytes, b.bytes, a.len) != 0))
            return false;
    }
    return compared == COMPARED;
}

static void compare(struct lookback *l)
{
    uint64_t n = store_first(&l->tape);

    for (int64_t d = 0; d <= MOST_SHIFT && !l->matched; d++)
        for (int sign = -1; sign <= 1 && !l->matched; sign += 2)
            if (same_from(l, n, sign * d)) {
                l->matched = true;
                l->shift = sign * d;
            }
    l->failed = !l->matched;
}

/* ---- reading -------------------------------------------------------------- */

static uint64_t back_end(void *own)
{
    struct lookback *l = own;
    const struct store file = filestore_store(l->file);

    return (uint64_t)((int64_t)(l->first + store_end(&file)) - l->shift);
}

bool lookback_work(struct lookback *l)
{
    uint64_t first, end;
    const char *why;

    if (!l->file || l->failed)
        return false;
    first = store_first(&l->tape);
    end = store_end(&l->tape);
    if (!filestore_done(l->file, &why)) {
        (void)filestore_index(l->file, PIECE_BYTES);
        return true;
    }
    /* Behind the middle of what memory holds: there is time to read on. */
    if (back_end(l) < first + (end - first) / 2 &&
        filestore_change(l->file) == FILESTORE_GROWN) {
        (void)filestore_go_on(l->file);
        return true;
    }
    if (!l->matched && back_end(l) >= first + COMPARED)
        compare(l);
    return false;
}

unsigned lookback_percent(const struct lookback *l)
{
    return l->file ? filestore_percent(l->file) : 0;
}

/* ---- the store ------------------------------------------------------------ */

static uint64_t back_first(void *own)
{
    const struct lookback *l = own;

    return l->first;
}

static bool back_get(void *own, uint64_t n, struct tt_record *r,
                     uint64_t *offset)
{
    struct lookback *l = own;
    const struct store file = filestore_store(l->file);
    int64_t at = (int64_t)(n - l->first) + l->shift;

    if (n < l->first || at < 0 || !store_get(&file, (uint64_t)at, r, offset))
        return false;
    if (r->event == TT_EV_NONE)
        *offset += l->base[r->lane];
    return true;
}

struct store lookback_store(struct lookback *l)
{
    return (struct store){back_first, back_end, back_get, l};
}
