/*
 * A block holds an index of records and one column of bytes for each byte
 * lane, so that a lane's bytes lie side by side whatever came in between:
 *
 *   index   | > 0..1 | < 0..8 | [dtr-] | > 1..5 | ...
 *   host    | 7F 31 CE 00 FF ...
 *   device  | 79 79 79 79 79 79 79 79 ...
 *   tool    | (not there until needed)
 *
 * A block is closed when it holds block_bytes, and the oldest one falls off
 * when all of them together are over the budget.  The arrays grow while a
 * block fills and are used again by the block that takes its place, so a
 * running tape stops allocating after a while.  Numbers find their block by
 * bisection.
 */
#include "tape/tape.h"

#include <stdlib.h>
#include <string.h>

enum {
    MIN_BLOCK = 4096,
    MAX_BLOCK = 256 << 10,
    BLOCKS = 16 /* a budget is about this many blocks, unless it is large */
};

struct entry {
    uint64_t t_ns, source;
    uint32_t a, b; /* bytes: offset in the column, length; event: baud, count */
    uint8_t lane, event;
    char mode[4];
};

struct column {
    uint8_t *p;
    size_t n, size;
};

struct block {
    uint64_t first;
    uint64_t base[TT_LANE_LINE]; /* bytes of the lane before this block */
    struct entry *index;
    size_t n, size;
    struct column col[TT_LANE_LINE];
};

struct tt_tape {
    size_t budget, block_bytes, memory;
    struct block **block; /* oldest first */
    size_t nblocks, max_blocks;
    uint64_t end, last_ns;
    struct tt_stats stats;
};

enum tt_status tt_tape_new(struct tt_tape **out, size_t budget)
{
    struct tt_tape *t;

    *out = NULL;
    if (!budget)
        return TT_ERR_ARG;
    t = calloc(1, sizeof(*t));
    if (!t)
        return TT_ERR_NOMEM;
    t->budget = budget;
    t->block_bytes = budget / BLOCKS;
    if (t->block_bytes < MIN_BLOCK)
        t->block_bytes = MIN_BLOCK;
    if (t->block_bytes > MAX_BLOCK)
        t->block_bytes = MAX_BLOCK;
    tt_stats_init(&t->stats);
    *out = t;
    return TT_OK;
}

static void free_block(struct block *b)
{
    if (!b)
        return;
    free(b->index);
    for (size_t i = 0; i < TT_LEN(b->col); i++)
        free(b->col[i].p);
    free(b);
}

void tt_tape_free(struct tt_tape *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->nblocks; i++)
        free_block(t->block[i]);
    free(t->block);
    free(t);
}

static size_t block_memory(const struct block *b)
{
    size_t sum = sizeof(*b) + b->size * sizeof(*b->index);

    for (size_t i = 0; i < TT_LEN(b->col); i++)
        sum += b->col[i].size;
    return sum;
}

static size_t block_used(const struct block *b)
{
    size_t sum = b->n * sizeof(*b->index);

    for (size_t i = 0; i < TT_LEN(b->col); i++)
        sum += b->col[i].n;
    return sum;
}

/* Take the oldest block off the list; the caller owns it. */
static struct block *drop_oldest(struct tt_tape *t)
{
    struct block *b = t->block[0];

    t->stats.s.fell_off += b->n;
    t->nblocks--;
    memmove(t->block, t->block + 1, t->nblocks * sizeof(*t->block));
    t->memory -= block_memory(b);
    return b;
}

/* A fresh block at the end of the list, or NULL. */
static struct block *add_block(struct tt_tape *t)
{
    struct block *b;

    if (t->nblocks == t->max_blocks) {
        size_t max = t->max_blocks ? t->max_blocks * 2 : 8;
        struct block **p = realloc(t->block, max * sizeof(*p));

        if (!p)
            return NULL;
        t->block = p;
        t->max_blocks = max;
    }
    if (t->nblocks > 1 && t->memory + t->block_bytes > t->budget) {
        b = drop_oldest(t);
        b->n = 0;
        for (size_t i = 0; i < TT_LEN(b->col); i++)
            b->col[i].n = 0;
    } else {
        b = calloc(1, sizeof(*b));
        if (!b)
            return NULL;
    }
    b->first = t->end;
    memcpy(b->base, t->stats.s.bytes, sizeof(b->base));
    t->memory += block_memory(b);
    t->block[t->nblocks++] = b;
    return b;
}

/* Room for n items of size item after *have, at *p; counts the memory. */
static bool grow(struct tt_tape *t, void **p, size_t *size, size_t need,
                 size_t item)
{
    size_t want = *size ? *size : 64;
    void *q;

    if (need <= *size)
        return true;
    while (want < need)
        want *= 2;
    q = realloc(*p, want * item);
    if (!q)
        return false;
    *p = q;
    t->memory += (want - *size) * item;
    *size = want;
    return true;
}

static bool put_bytes(struct tt_tape *t, struct column *c,
                      const struct tt_record *r)
{
    void *p = c->p;

    if (!grow(t, &p, &c->size, c->n + r->len, 1))
        return false;
    c->p = p;
    memcpy(c->p + c->n, r->bytes, r->len);
    return true;
}

/* The block the next record of len bytes goes to, or NULL. */
static struct block *block_for(struct tt_tape *t, size_t len)
{
    struct block *b = t->nblocks ? t->block[t->nblocks - 1] : NULL;

    if (b &&
        (!b->n || block_used(b) + sizeof(*b->index) + len <= t->block_bytes))
        return b;
    return add_block(t);
}

static enum tt_status append_one(struct tt_tape *t, const struct tt_record *r)
{
    struct block *b = block_for(t, r->len);
    struct entry *e;
    void *p;

    if (!b)
        return TT_ERR_NOMEM;
    p = b->index;
    if (!grow(t, &p, &b->size, b->n + 1, sizeof(*b->index)))
        return TT_ERR_NOMEM;
    b->index = p;
    e = &b->index[b->n];
    *e = (struct entry){.t_ns = r->t_ns,
                        .source = r->source,
                        .lane = (uint8_t)r->lane,
                        .event = (uint8_t)r->event};
    if (r->event == TT_EV_NONE) {
        struct column *c = &b->col[r->lane];

        if (!put_bytes(t, c, r))
            return TT_ERR_NOMEM;
        e->a = (uint32_t)c->n;
        e->b = (uint32_t)r->len;
        c->n += r->len;
    } else {
        e->a = r->baud;
        e->b = r->count;
        memcpy(e->mode, r->mode, sizeof(e->mode));
    }
    b->n++;
    t->end++;
    tt_stats_add(&t->stats, r);
    while (t->memory > t->budget && t->nblocks > 1)
        free_block(drop_oldest(t));
    return TT_OK;
}

enum tt_status tt_tape_append(struct tt_tape *t, const struct tt_record *r)
{
    struct tt_record piece = *r;
    size_t done = 0;

    if ((unsigned)r->event >= TT_EVENTS || (unsigned)r->lane >= TT_LANES ||
        (r->event == TT_EV_NONE && r->len && r->lane == TT_LANE_LINE))
        return TT_ERR_ARG;
    if (piece.t_ns < t->last_ns)
        piece.t_ns = t->last_ns;
    t->last_ns = piece.t_ns;
    if (r->event != TT_EV_NONE) {
        piece.lane = TT_LANE_LINE;
        piece.bytes = NULL;
        piece.len = 0;
        return append_one(t, &piece);
    }
    while (done < r->len) {
        enum tt_status st;

        piece.bytes = r->bytes + done;
        piece.len = r->len - done;
        if (piece.len > TT_MAX_RECORD)
            piece.len = TT_MAX_RECORD;
        st = append_one(t, &piece);
        if (st)
            return st;
        done += piece.len;
    }
    return TT_OK;
}

uint64_t tt_tape_first(const struct tt_tape *t)
{
    return t->nblocks ? t->block[0]->first : t->end;
}

uint64_t tt_tape_end(const struct tt_tape *t)
{
    return t->end;
}

/* The block that holds record n, or NULL. */
static const struct block *block_of(const struct tt_tape *t, uint64_t n)
{
    size_t lo = 0, hi = t->nblocks;

    if (n >= t->end || n < tt_tape_first(t))
        return NULL;
    if (n >= t->block[hi - 1]->first) /* what is looked at most */
        return t->block[hi - 1];
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (t->block[mid]->first <= n)
            lo = mid;
        else
            hi = mid;
    }
    return t->block[lo];
}

bool tt_tape_get(const struct tt_tape *t, uint64_t n, struct tt_record *out)
{
    const struct block *b = block_of(t, n);
    const struct entry *e;

    if (!b)
        return false;
    e = &b->index[n - b->first];
    *out = (struct tt_record){.t_ns = e->t_ns,
                              .source = e->source,
                              .lane = (enum tt_lane)e->lane,
                              .event = (enum tt_event)e->event};
    if (e->event == TT_EV_NONE) {
        out->bytes = b->col[e->lane].p + e->a;
        out->len = e->b;
    } else {
        out->baud = e->a;
        out->count = e->b;
        memcpy(out->mode, e->mode, sizeof(out->mode));
    }
    return true;
}

uint64_t tt_tape_offset(const struct tt_tape *t, uint64_t n)
{
    const struct block *b = block_of(t, n);
    const struct entry *e = b ? &b->index[n - b->first] : NULL;

    return e && e->event == TT_EV_NONE ? b->base[e->lane] + e->a : 0;
}

const struct tt_tape_stats *tt_tape_stats(const struct tt_tape *t)
{
    return &t->stats.s;
}
