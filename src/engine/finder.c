#include "engine/finder.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAIRS = 65536,
    MAX_SPREAD = 16384, /* pairs one lead is filed under; else under a byte */
    FRONT = TT_MAX_LEAD - 1
};

struct lead {
    uint32_t set; /* of its first byte, in sets */
    uint32_t id;
    uint8_t n;
    bool tail;
    uint8_t at; /* the byte it is filed under, or the later one of the pair */
    bool by_pair;
};

/* Lists of leads, one a key, one behind the other. */
struct file {
    uint32_t *from; /* keys + 1 indexes into lead */
    uint32_t *lead;
};

struct tt_finder {
    struct tt_set *sets;
    uint32_t nsets, set_cap;
    struct lead *lead;
    uint32_t nleads, lead_cap;
    struct file by_pair, by_byte, by_last; /* the last one: of tail leads */
    uint64_t worth[PAIRS / 64]; /* a bit a pair: something is filed there */
    struct tt_set alone;        /* the same for bytes */
    uint32_t ahead; /* bytes a lead may have behind where it is filed */
    uint8_t seen[TT_MAX_LEAD]; /* the last bytes */
    size_t nseen;
    uint32_t *ids; /* what tt_finder_tail() answers */
    size_t memory;
};

/* ---- building ---------------------------------------------------------- */

enum tt_status tt_finder_new(struct tt_finder **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? TT_OK : TT_ERR_NOMEM;
}

static void free_file(struct file *x)
{
    free(x->from);
    free(x->lead);
}

void tt_finder_free(struct tt_finder *f)
{
    if (!f)
        return;
    free(f->sets);
    free(f->lead);
    free_file(&f->by_pair);
    free_file(&f->by_byte);
    free_file(&f->by_last);
    free(f->ids);
    free(f);
}

enum tt_status tt_finder_add(struct tt_finder *f, const struct tt_set *sets,
                             size_t n, uint32_t id, bool tail)
{
    void *s = f->sets, *l = f->lead;

    if (!n || n > TT_MAX_LEAD)
        return TT_ERR_ARG;
    if (!tt_grow(&s, &f->set_cap, f->nsets + (uint32_t)n, sizeof(*f->sets)))
        return TT_ERR_NOMEM;
    f->sets = s;
    if (!tt_grow(&l, &f->lead_cap, f->nleads + 1, sizeof(*f->lead)))
        return TT_ERR_NOMEM;
    f->lead = l;
    f->lead[f->nleads++] =
        (struct lead){.set = f->nsets, .id = id, .n = (uint8_t)n, .tail = tail};
    memcpy(f->sets + f->nsets, sets, n * sizeof(*sets));
    f->nsets += (uint32_t)n;
    return TT_OK;
}

/*
 * How often a byte is met, in 1/4096: in data of any kind, in text, and in
 * what is mostly 00 and FF.  Good guesses make a fast finder, bad ones a slow
 * one: what is found does not depend on them.
 */
enum { ANY, TEXT, FILL, KINDS };

static void frequencies(unsigned freq[256][KINDS])
{
    static const char often[] = " etaoinsrlhdcum";

    for (int b = 0; b < 256; b++) {
        freq[b][ANY] = 16;
        freq[b][TEXT] = b < 32 || b > 126 ? 1 : 20;
        freq[b][FILL] = 4;
        if ((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9'))
            freq[b][TEXT] = 50;
        if (b && strchr(often, b))
            freq[b][TEXT] = 200;
    }
    freq[' '][TEXT] = 600;
    freq['\r'][TEXT] = freq['\n'][TEXT] = 300;
    freq[0][FILL] = 1800;
    freq[0xff][FILL] = 600;
    freq[1][FILL] = freq[2][FILL] = freq[3][FILL] = 80;
}

/* How often each set of each lead is met, in 1/4096. */
static void weigh(const struct tt_set *s, unsigned freq[256][KINDS],
                  uint64_t out[KINDS])
{
    memset(out, 0, KINDS * sizeof(*out));
    for (unsigned b = tt_set_next(s, 0); b < 256; b = tt_set_next(s, b + 1))
        for (int k = 0; k < KINDS; k++)
            out[k] += freq[b][k];
}

/* Where is the lead best filed? */
static void choose(const struct tt_finder *f, struct lead *l,
                   unsigned freq[256][KINDS])
{
    const struct tt_set *s = f->sets + l->set;
    uint64_t least = UINT64_MAX, had[KINDS] = {0};

    for (uint8_t i = 0; i < l->n; i++) {
        uint64_t w[KINDS], alone = 0, both = 0;

        weigh(&s[i], freq, w);
        for (int k = 0; k < KINDS; k++) {
            alone += w[k] << 12;
            both += w[k] * had[k];
        }
        memcpy(had, w, sizeof(had));
        if (alone <= least) {
            least = alone;
            l->at = i;
            l->by_pair = false;
        }
        if (i && both <= least && both < alone - alone / 4 &&
            tt_set_count(&s[i - 1]) * tt_set_count(&s[i]) <= MAX_SPREAD) {
            least = both;
            l->at = i;
            l->by_pair = true;
        }
    }
}

/* The pairs or the byte it is filed under: hand each to the file, which is
 * first counted (from) and then filled. */
static void put_key(struct file *x, uint32_t key, uint32_t lead)
{
    if (x->lead)
        x->lead[x->from[key]++] = lead;
    else
        x->from[key]++;
}

static void put_lead(struct tt_finder *f, uint32_t lead)
{
    const struct lead *l = &f->lead[lead];
    const struct tt_set *s = f->sets + l->set;
    const struct tt_set *last = l->tail ? &s[l->n - 1] : &s[l->at];

    for (unsigned b = tt_set_next(last, 0); b < 256;
         b = tt_set_next(last, b + 1)) {
        if (l->tail)
            put_key(&f->by_last, b, lead);
        else if (!l->by_pair)
            put_key(&f->by_byte, b, lead);
        else
            for (unsigned a = tt_set_next(last - 1, 0); a < 256;
                 a = tt_set_next(last - 1, a + 1))
                put_key(&f->by_pair, a << 8 | b, lead);
    }
}

/* From counts to the places where the lists begin. */
static bool make_room(struct file *x, uint32_t keys)
{
    uint32_t total = 0;

    for (uint32_t k = 0; k <= keys; k++) {
        uint32_t n = x->from[k];

        x->from[k] = total;
        total += n;
    }
    x->lead = malloc((total + 1) * sizeof(*x->lead));
    return x->lead != NULL;
}

/* Filling has moved each place to its end, which is where the next begins. */
static void settle(struct file *x, uint32_t keys)
{
    memmove(x->from + 1, x->from, keys * sizeof(*x->from));
    x->from[0] = 0;
}

static size_t file_size(const struct file *x, uint32_t keys)
{
    return (keys + 1u + x->from[keys]) * sizeof(*x->lead);
}

static void mark_worth(struct tt_finder *f)
{
    const uint32_t *p = f->by_pair.from, *b = f->by_byte.from;

    for (uint32_t k = 0; k < PAIRS; k++)
        if (p[k + 1] > p[k])
            f->worth[k >> 6] |= UINT64_C(1) << (k & 63);
    for (uint32_t k = 0; k < 256; k++)
        if (b[k + 1] > b[k])
            f->alone.w[k >> 6] |= UINT64_C(1) << (k & 63);
}

enum tt_status tt_finder_build(struct tt_finder *f)
{
    unsigned freq[256][KINDS];

    frequencies(freq);
    f->by_pair.from = calloc(PAIRS + 1, sizeof(*f->by_pair.from));
    f->by_byte.from = calloc(256 + 1, sizeof(*f->by_byte.from));
    f->by_last.from = calloc(256 + 1, sizeof(*f->by_last.from));
    f->ids = malloc((f->nleads + 1u) * sizeof(*f->ids));
    if (!f->by_pair.from || !f->by_byte.from || !f->by_last.from || !f->ids)
        return TT_ERR_NOMEM;
    for (uint32_t i = 0; i < f->nleads; i++) {
        struct lead *l = &f->lead[i];

        if (!l->tail) {
            choose(f, l, freq);
            if (l->n - 1u - l->at > f->ahead)
                f->ahead = l->n - 1u - l->at;
        }
        put_lead(f, i);
    }
    if (!make_room(&f->by_pair, PAIRS) || !make_room(&f->by_byte, 256) ||
        !make_room(&f->by_last, 256))
        return TT_ERR_NOMEM;
    for (uint32_t i = 0; i < f->nleads; i++)
        put_lead(f, i);
    settle(&f->by_pair, PAIRS);
    settle(&f->by_byte, 256);
    settle(&f->by_last, 256);
    mark_worth(f);
    f->memory = sizeof(*f) + f->nsets * sizeof(*f->sets) +
                f->nleads * (sizeof(*f->lead) + sizeof(*f->ids)) +
                file_size(&f->by_pair, PAIRS) + file_size(&f->by_byte, 256) +
                file_size(&f->by_last, 256);
    tt_finder_reset(f);
    return TT_OK;
}

void tt_finder_reset(struct tt_finder *f)
{
    f->nseen = 0;
}

/* ---- scanning ---------------------------------------------------------- */

/* A stretch of bytes; leads that end in [lo, hi) are asked for. */
struct stretch {
    const uint8_t *p;
    size_t lo, hi;
    size_t base; /* of lo, in what the caller scans */
    tt_found_fn *found;
    void *user;
};

static bool fits(const struct tt_set *s, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!tt_set_has(&s[i], p[i]))
            return false;
    return true;
}

/* The leads of a list, filed under byte i. */
static void compare(const struct tt_finder *f, const struct stretch *x,
                    size_t i, const struct file *list, uint32_t key)
{
    for (uint32_t k = list->from[key]; k < list->from[key + 1]; k++) {
        const struct lead *l = &f->lead[list->lead[k]];
        const struct tt_set *s = f->sets + l->set;
        size_t behind = l->n - 1u - l->at;

        if (i < l->at || i + behind < x->lo || i + behind >= x->hi)
            continue;
        if (fits(s + l->at + 1, x->p + i + 1, behind) &&
            fits(s, x->p + i - l->at, l->at))
            x->found(x->user, l->id, i + behind - x->lo + x->base);
    }
}

static void search(const struct tt_finder *f, const struct stretch *x)
{
    size_t i = x->lo > f->ahead ? x->lo - f->ahead : 0;
    unsigned pair;

    if (!i) {
        compare(f, x, 0, &f->by_byte, x->p[0]);
        i = 1;
    }
    pair = x->p[i - 1];
    for (; i < x->hi; i++) {
        pair = (pair << 8 | x->p[i]) & (PAIRS - 1);
        if (tt_set_has(&f->alone, x->p[i]))
            compare(f, x, i, &f->by_byte, x->p[i]);
        if (f->worth[pair >> 6] >> (pair & 63) & 1)
            compare(f, x, i, &f->by_pair, pair);
    }
}

/* The last bytes, for leads that end in what comes next. */
static void remember(struct tt_finder *f, const uint8_t *p, size_t n)
{
    size_t keep = n < TT_MAX_LEAD ? TT_MAX_LEAD - n : 0;

    if (keep > f->nseen)
        keep = f->nseen;
    memmove(f->seen, f->seen + f->nseen - keep, keep);
    if (n > TT_MAX_LEAD) {
        p += n - TT_MAX_LEAD;
        n = TT_MAX_LEAD;
    }
    memcpy(f->seen + keep, p, n);
    f->nseen = keep + n;
}

void tt_finder_scan(struct tt_finder *f, const uint8_t *p, size_t n,
                    tt_found_fn *found, void *user)
{
    uint8_t seam[TT_MAX_LEAD + FRONT];
    size_t front = n < FRONT ? n : FRONT;
    struct stretch x = {.p = seam,
                        .lo = f->nseen,
                        .hi = f->nseen + front,
                        .found = found,
                        .user = user};

    if (!n)
        return;
    memcpy(seam, f->seen, f->nseen);
    memcpy(seam + f->nseen, p, front);
    search(f, &x);
    if (n > front) { /* these begin in p, too */
        x.p = p;
        x.lo = x.base = front;
        x.hi = n;
        search(f, &x);
    }
    remember(f, p, n);
}

void tt_finder_tail(struct tt_finder *f, const uint32_t **ids, size_t *nids)
{
    const uint32_t *from = f->by_last.from;
    uint8_t last = f->nseen ? f->seen[f->nseen - 1] : 0;

    *ids = f->ids;
    *nids = 0;
    for (uint32_t k = from[last]; f->nseen && k < from[last + 1u]; k++) {
        const struct lead *l = &f->lead[f->by_last.lead[k]];

        if (l->n <= f->nseen &&
            fits(f->sets + l->set, f->seen + f->nseen - l->n, l->n))
            f->ids[(*nids)++] = l->id;
    }
}

size_t tt_finder_memory(const struct tt_finder *f)
{
    return f->memory;
}
