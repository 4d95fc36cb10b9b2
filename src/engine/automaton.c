/*
 * Positions are numbered lead after lead, so the follower of position p is
 * p + 1 unless p is its lead's last.  That makes a step of the set one pass
 * over a sorted array plus the start positions that fit the byte, and the
 * result is sorted again without sorting: both inputs are, and are merged.
 */
#include "engine/automaton.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOOK = (int)0x80000000, /* as a bit: unknown or accepting */
    FOLLOW_BYTES = 128 * 1024,
    WATCH_BYTES = 16 * 1024,
    MIN_STATES = 64
};
#define UNKNOWN (-1)

struct position {
    struct tt_set set;
    uint32_t id;
    bool last, tail;
};

struct state {
    uint32_t off, n;       /* positions, in pool */
    uint32_t acc, nacc;    /* ids that end here, in pool */
    uint32_t tails, ntail; /* tail ids that end here, in pool */
};

struct tt_automaton {
    struct position *pos;
    uint32_t npos, cap;
    uint32_t *first; /* start positions */
    uint32_t nleads, first_cap;
    uint8_t cls[256];
    uint8_t rep[256]; /* a byte of each class */
    uint32_t ncls;
    uint32_t *first_of; /* start positions by class, ncls lists */
    uint32_t *first_at; /* ncls + 1 indexes into first_of */

    int32_t *t;
    struct state *st;
    uint32_t nst, max_st;
    uint32_t *pool, npool, max_pool;
    uint32_t *hash, hash_mask;
    uint32_t cur; /* index of the current state */

    uint32_t *set, nset; /* following: the current set */
    uint32_t *tmp;       /* scratch of npos */
    uint32_t *ids;       /* following: what ends here */
    bool following;
    uint64_t follow_left;

    uint64_t made, flushes, followed;
    uint64_t watch_bytes, watch_made;
    size_t memory;
};

enum tt_status tt_automaton_new(struct tt_automaton **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? TT_OK : TT_ERR_NOMEM;
}

void tt_automaton_free(struct tt_automaton *a)
{
    if (!a)
        return;
    free(a->pos);
    free(a->first);
    free(a->first_of);
    free(a->first_at);
    free(a->t);
    free(a->st);
    free(a->pool);
    free(a->hash);
    free(a->set);
    free(a->tmp);
    free(a->ids);
    free(a);
}

static bool grow(void **p, uint32_t *cap, uint32_t need, size_t each)
{
    uint32_t n = *cap ? *cap : 64;
    void *q;

    if (need <= *cap)
        return true;
    while (n < need)
        n *= 2;
    q = realloc(*p, n * each);
    if (!q)
        return false;
    *p = q;
    *cap = n;
    return true;
}

enum tt_status tt_automaton_add(struct tt_automaton *a,
                                const struct tt_set *sets, size_t n,
                                uint32_t id, bool tail)
{
    void *p = a->pos, *f = a->first;

    if (!n || n > TT_MAX_LEAD)
        return TT_ERR_ARG;
    if (!grow(&p, &a->cap, a->npos + (uint32_t)n, sizeof(*a->pos)))
        return TT_ERR_NOMEM;
    a->pos = p;
    if (!grow(&f, &a->first_cap, a->nleads + 1, sizeof(*a->first)))
        return TT_ERR_NOMEM;
    a->first = f;
    a->first[a->nleads++] = a->npos;
    for (size_t i = 0; i < n; i++)
        a->pos[a->npos++] = (struct position){
            .set = sets[i], .id = id, .last = i + 1 == n, .tail = tail};
    return TT_OK;
}

/* Split the bytes into classes that every position treats alike: of each
 * class of which a position takes a part, that part is a class of its own. */
static void make_classes(struct tt_automaton *a)
{
    unsigned size[256] = {256}, n = 1;

    memset(a->cls, 0, sizeof(a->cls));
    for (uint32_t p = 0; p < a->npos && n < 256; p++) {
        const struct tt_set *s = &a->pos[p].set;
        unsigned in[256] = {0}, part[256], had = n;

        if (p && !memcmp(s, &a->pos[p - 1].set, sizeof(*s)))
            continue;
        for (unsigned b = tt_set_next(s, 0); b < 256; b = tt_set_next(s, b + 1))
            in[a->cls[b]]++;
        for (unsigned c = 0; c < had; c++)
            part[c] = in[c] && in[c] < size[c] ? n++ : c;
        for (unsigned b = tt_set_next(s, 0); b < 256;
             b = tt_set_next(s, b + 1)) {
            unsigned c = a->cls[b];

            if (part[c] == c)
                continue;
            size[c]--;
            size[part[c]]++;
            a->cls[b] = (uint8_t)part[c];
        }
    }
    a->ncls = n;
    for (int b = 255; b >= 0; b--)
        a->rep[a->cls[b]] = (uint8_t)b;
}

static enum tt_status make_tables(struct tt_automaton *a)
{
    uint32_t count[256] = {0}, total = 0;

    a->first_at = calloc(a->ncls + 1, sizeof(*a->first_at));
    if (!a->first_at)
        return TT_ERR_NOMEM;
    for (uint32_t i = 0; i < a->nleads; i++) {
        const struct tt_set *s = &a->pos[a->first[i]].set;

        for (unsigned b = tt_set_next(s, 0); b < 256; b = tt_set_next(s, b + 1))
            count[a->cls[b]] += a->rep[a->cls[b]] == b;
    }
    for (uint32_t c = 0; c < a->ncls; c++) {
        a->first_at[c] = total;
        total += count[c];
        count[c] = a->first_at[c];
    }
    a->first_at[a->ncls] = total;
    a->first_of = malloc((total + 1) * sizeof(*a->first_of));
    if (!a->first_of)
        return TT_ERR_NOMEM;
    for (uint32_t i = 0; i < a->nleads; i++) {
        const struct tt_set *s = &a->pos[a->first[i]].set;

        for (unsigned b = tt_set_next(s, 0); b < 256; b = tt_set_next(s, b + 1))
            if (a->rep[a->cls[b]] == b)
                a->first_of[count[a->cls[b]]++] = a->first[i];
    }
    return TT_OK;
}

static void empty_cache(struct tt_automaton *a)
{
    memset(a->hash, 0xff, ((size_t)a->hash_mask + 1) * sizeof(*a->hash));
    a->nst = 0;
    a->npool = 0;
}

enum tt_status tt_automaton_build(struct tt_automaton *a, size_t budget)
{
    size_t per, pool;
    uint32_t h = 1024;

    make_classes(a);
    if (make_tables(a))
        return TT_ERR_NOMEM;
    per = a->ncls * sizeof(*a->t) + sizeof(*a->st) + 2 * sizeof(*a->hash);
    a->max_st = (uint32_t)(budget / 10 * 7 / per);
    if (a->max_st < MIN_STATES)
        a->max_st = MIN_STATES;
    if ((uint64_t)a->max_st * a->ncls > INT32_MAX)
        a->max_st = INT32_MAX / a->ncls;
    pool = budget / 10 * 3 / sizeof(*a->pool) + (size_t)a->npos * 8 + 1024;
    a->max_pool = pool > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)pool;
    while (h < a->max_st * 2)
        h *= 2;
    a->hash_mask = h - 1;
    a->t = malloc((size_t)a->max_st * a->ncls * sizeof(*a->t));
    a->st = malloc(a->max_st * sizeof(*a->st));
    a->pool = malloc((size_t)a->max_pool * sizeof(*a->pool));
    a->hash = malloc((size_t)h * sizeof(*a->hash));
    a->set = malloc((a->npos + 1) * sizeof(*a->set));
    a->tmp = malloc((a->npos + 1) * sizeof(*a->tmp));
    a->ids = malloc((a->npos + 1) * sizeof(*a->ids));
    if (!a->t || !a->st || !a->pool || !a->hash || !a->set || !a->tmp ||
        !a->ids)
        return TT_ERR_NOMEM;
    a->memory = (size_t)a->max_st * per + a->max_pool * sizeof(*a->pool) +
                (size_t)a->npos * (sizeof(*a->pos) + 12);
    empty_cache(a);
    tt_automaton_reset(a);
    return TT_OK;
}

/* The ids that end in the sorted set p[0..n), tail ones or others. */
static uint32_t ends_in(const struct tt_automaton *a, const uint32_t *p,
                        uint32_t n, bool tail, uint32_t *ids)
{
    uint32_t k = 0;

    for (uint32_t i = 0; i < n; i++) {
        const struct position *q = &a->pos[p[i]];

        if (q->last && q->tail == tail)
            ids[k++] = q->id;
    }
    return k;
}

static uint32_t hash_of(const uint32_t *p, uint32_t n)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ n;

    for (uint32_t i = 0; i < n; i++) {
        h ^= p[i];
        h *= 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

/* The state of the sorted set p[0..n); false when the cache is full. */
static bool intern(struct tt_automaton *a, const uint32_t *p, uint32_t n,
                   uint32_t *out)
{
    uint32_t h = hash_of(p, n) & a->hash_mask;
    struct state *s;

    for (; a->hash[h] != UINT32_MAX; h = (h + 1) & a->hash_mask) {
        s = &a->st[a->hash[h]];
        if (s->n == n && !memcmp(a->pool + s->off, p, n * sizeof(*p))) {
            *out = a->hash[h];
            return true;
        }
    }
    if (a->nst == a->max_st || a->max_pool - a->npool < 3 * n)
        return false;
    s = &a->st[a->nst];
    *s = (struct state){.off = a->npool, .n = n};
    if (n)
        memcpy(a->pool + a->npool, p, n * sizeof(*p));
    a->npool += n;
    s->acc = a->npool;
    s->nacc = ends_in(a, p, n, false, a->pool + a->npool);
    a->npool += s->nacc;
    s->tails = a->npool;
    s->ntail = ends_in(a, p, n, true, a->pool + a->npool);
    a->npool += s->ntail;
    for (uint32_t c = 0; c < a->ncls; c++)
        a->t[(size_t)a->nst * a->ncls + c] = UNKNOWN;
    a->hash[h] = a->nst;
    *out = a->nst++;
    a->made++;
    a->watch_made++;
    return true;
}

/* The set after p[0..n) has taken a byte of class c; sorted. */
static uint32_t step_set(const struct tt_automaton *a, const uint32_t *p,
                         uint32_t n, uint32_t c, uint32_t *out)
{
    const uint32_t *f = a->first_of + a->first_at[c];
    const uint32_t *fend = a->first_of + a->first_at[c + 1];
    uint32_t k = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t q = p[i] + 1;

        if (a->pos[p[i]].last || !tt_set_has(&a->pos[q].set, a->rep[c]))
            continue;
        while (f < fend && *f < q)
            out[k++] = *f++;
        out[k++] = q;
    }
    while (f < fend)
        out[k++] = *f++;
    return k;
}

void tt_automaton_reset(struct tt_automaton *a)
{
    a->following = false;
    a->watch_bytes = a->watch_made = 0;
    if (!a->npos || intern(a, a->tmp, 0, &a->cur))
        return; /* what was learnt from other tapes stays good */
    empty_cache(a);
    a->flushes++;
    (void)!intern(a, a->tmp, 0, &a->cur);
}

/* Go on with the set in tmp[0..n) by following sets. */
static void start_following(struct tt_automaton *a, uint32_t n)
{
    memcpy(a->set, a->tmp, n * sizeof(*a->set));
    a->nset = n;
    a->following = true;
    a->follow_left = FOLLOW_BYTES;
}

/*
 * Work out the missing transition of the current state.  The cache may be
 * emptied, or given up for a while.
 */
static void make_next(struct tt_automaton *a, uint32_t c)
{
    const struct state *s = &a->st[a->cur];
    uint32_t from = a->cur;
    uint32_t n = step_set(a, a->pool + s->off, s->n, c, a->tmp);

    if (a->watch_bytes > WATCH_BYTES) {
        bool thrashing = a->watch_made * 10 > a->watch_bytes;

        a->watch_bytes = a->watch_made = 0;
        if (thrashing) {
            start_following(a, n);
            return;
        }
    }
    if (intern(a, a->tmp, n, &a->cur)) {
        int32_t v = (int32_t)(a->cur * a->ncls);

        if (a->st[a->cur].nacc)
            v |= LOOK;
        a->t[(size_t)from * a->ncls + c] = v;
        return;
    }
    empty_cache(a);
    a->flushes++;
    if (!intern(a, a->tmp, n, &a->cur))
        start_following(a, n); /* one set alone is too large for the cache */
}

/* Scan by following sets; same contract as tt_automaton_scan(). */
static size_t follow(struct tt_automaton *a, const uint8_t *p, size_t n,
                     const uint32_t **ids, size_t *nids)
{
    size_t i = 0;

    while (i < n && a->following) {
        uint32_t k = step_set(a, a->set, a->nset, a->cls[p[i]], a->tmp);
        uint32_t *swap = a->set;

        a->set = a->tmp;
        a->tmp = swap;
        a->nset = k;
        i++;
        a->followed++;
        if (!--a->follow_left) {
            empty_cache(a);
            a->flushes++;
            a->following = !intern(a, a->set, a->nset, &a->cur);
            a->follow_left = FOLLOW_BYTES;
        }
        *nids = ends_in(a, a->set, a->nset, false, a->ids);
        *ids = a->ids;
        if (*nids)
            break;
    }
    return i;
}

size_t tt_automaton_scan(struct tt_automaton *a, const uint8_t *p, size_t n,
                         const uint32_t **ids, size_t *nids)
{
    size_t i = 0;

    *nids = 0;
    *ids = NULL;
    if (!a->npos)
        return n;
    while (i < n && !*nids) {
        uint32_t s;
        int32_t v = 0;
        size_t from = i;

        if (a->following) {
            i += follow(a, p + i, n - i, ids, nids);
            continue;
        }
        s = a->cur * a->ncls;
        while (i < n && (v = a->t[s + a->cls[p[i]]]) >= 0) {
            s = (uint32_t)v;
            i++;
        }
        a->cur = s / a->ncls;
        a->watch_bytes += i - from + (i < n);
        if (i == n)
            break;
        if (v == UNKNOWN)
            make_next(a, a->cls[p[i]]);
        else
            a->cur = (uint32_t)(v & INT32_MAX) / a->ncls;
        i++;
        if (a->following) {
            *nids = ends_in(a, a->set, a->nset, false, a->ids);
            *ids = a->ids;
        } else {
            *nids = a->st[a->cur].nacc;
            *ids = a->pool + a->st[a->cur].acc;
        }
    }
    return i;
}

void tt_automaton_tail(struct tt_automaton *a, const uint32_t **ids,
                       size_t *nids)
{
    *nids = 0;
    *ids = NULL;
    if (!a->npos)
        return;
    if (a->following) {
        *nids = ends_in(a, a->set, a->nset, true, a->ids);
        *ids = a->ids;
        return;
    }
    *nids = a->st[a->cur].ntail;
    *ids = a->pool + a->st[a->cur].tails;
}

size_t tt_automaton_leads(const struct tt_automaton *a)
{
    return a->nleads;
}

void tt_automaton_stats(const struct tt_automaton *a, uint64_t *states,
                        uint64_t *flushes, uint64_t *followed, size_t *memory)
{
    *states += a->made;
    *flushes += a->flushes;
    *followed += a->followed;
    *memory += a->memory;
}
