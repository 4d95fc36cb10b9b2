/*
 * misread - the hidden Markov model of a sender, followed through what an x16
 * receiver with other settings makes of it.
 */
#include "engine/misread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * States of a sender between two bits: 0 after a stop bit, IDLE, 1..511 in a
 * character: a one, then the data bits so far (the first the lowest), and
 * PARITY + level after the parity bit.
 */
enum { IDLE = 512, PARITY = 513, STATES = 515, MOST_STEPS = 128, ROUNDS = 6 };

struct set {
    double m[STATES];
    int32_t node[STATES];
    uint16_t id[STATES];
    size_t n;
};

struct node {
    int32_t parent;
    uint8_t byte;
};

struct want {     /* what the samples say of one bit of the sender */
    int8_t level; /* -1: nothing */
    int8_t edge;  /* sampled where it begins: -1, or the level */
};

struct tt_misread_work {
    struct set hunt, next, on, step[2];
    double tree[512];
    struct node *nodes;
    size_t nnodes, size;
    const struct tt_misread *h;
    bool best;
    bool failed;
};

enum { MAX_SENT = 1 << 22 };

struct tt_misread_work *tt_misread_new(void)
{
    return calloc(1, sizeof(struct tt_misread_work));
}

void tt_misread_free(struct tt_misread_work *w)
{
    if (w)
        free(w->nodes);
    free(w);
}

static void clear(struct set *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->m[s->id[i]] = 0;
    s->n = 0;
}

static unsigned bits_in(unsigned id)
{
    unsigned n = 0;

    while (id >>= 1)
        n++;
    return n;
}

static int parity_of(unsigned v, char kind)
{
    int odd = __builtin_parity(v);

    return kind == 'E' ? odd : kind == 'O' ? !odd : kind == 'M';
}

/* The level of the bit before this state, not inverted. */
static int bit_before(unsigned id)
{
    if (id == 0 || id == IDLE)
        return 1;
    if (id >= PARITY)
        return (int)(id - PARITY);
    return id == 1 ? 0 : (int)(id >> (bits_in(id) - 1) & 1);
}

/* Remember a byte sent; -1 when there is no more room. */
static int32_t note_byte(struct tt_misread_work *w, int32_t parent, int byte)
{
    if (w->nnodes == w->size) {
        size_t size = w->size ? 2 * w->size : 4096;
        struct node *p =
            size > MAX_SENT ? NULL : realloc(w->nodes, size * sizeof(*p));

        if (!p) {
            w->failed = true;
            return -1;
        }
        w->nodes = p;
        w->size = size;
    }
    w->nodes[w->nnodes] = (struct node){parent, (uint8_t)byte};
    return (int32_t)w->nnodes++;
}

/* A state is reached with m; of several ways all count, or the likeliest.
 * What is very unlikely is not followed. */
static void put(struct tt_misread_work *w, struct set *s, unsigned id, double m,
                int32_t node, int byte)
{
    if (m < (w->best ? 1e-6 : 1e-10))
        return;
    if (s->m[id] <= 0)
        s->id[s->n++] = (uint16_t)id;
    else if (w->best && s->m[id] >= m)
        return;
    if (w->best) {
        s->m[id] = m;
        s->node[id] = byte < 0 ? node : note_byte(w, node, byte);
    } else {
        s->m[id] += m;
    }
}

struct way {
    unsigned id;
    int bit, byte;
    double p;
};

/* What may be sent next. */
static int ways(const struct tt_misread_work *w, unsigned id, struct way out[2])
{
    const struct tt_frame *f = &w->h->sent;
    unsigned n, v;
    int k = 0;

    if (id == 0 || id == IDLE) {
        double start = id ? 0.05 : 0.85;

        out[0] = (struct way){1, 0, -1, start};
        out[1] = (struct way){IDLE, 1, -1, 1 - start};
        return 2;
    }
    if (id >= PARITY) {
        out[0] = (struct way){0, 1, -1, 1};
        return 1;
    }
    n = bits_in(id);
    v = id - (1u << n);
    if (n == f->data) {
        if (f->parity == 'N') {
            out[0] = (struct way){0, 1, -1, 1};
        } else {
            int b = parity_of(v, f->parity);

            out[0] = (struct way){PARITY + (unsigned)b, b, -1, 1};
        }
        return 1;
    }
    for (unsigned b = 0; b < 2; b++) {
        unsigned to = 2u << n | v | b << n;

        if (w->tree[to] > 0)
            out[k++] = (struct way){to, (int)b,
                                    n + 1 == f->data ? (int)(v | b << n) : -1,
                                    w->tree[to] / w->tree[id]};
    }
    return k;
}

static void make_tree(struct tt_misread_work *w)
{
    unsigned d = w->h->sent.data;

    memset(w->tree, 0, sizeof(w->tree));
    for (unsigned b = 0; b < 256; b++)
        w->tree[1u << d | (b & ((1u << d) - 1))] += w->h->prior[b];
    for (unsigned n = d; n-- > 0;)
        for (unsigned v = 0; v < 1u << n; v++)
            w->tree[1u << n | v] =
                w->tree[2u << n | v] + w->tree[2u << n | v | 1u << n];
}

/* What each bit of the sender, from the edge on, must be for this byte. */
static size_t samples(const struct tt_misread *h, uint8_t byte,
                      struct want want[MOST_STEPS + 1])
{
    double t1 = 1 / h->ratio;
    unsigned stop = 1u + h->read.data + (h->read.parity != 'N');
    size_t last = (size_t)((stop + 0.5) * t1);

    if (last >= MOST_STEPS)
        return 0;
    for (size_t i = 0; i <= last + 1; i++)
        want[i] = (struct want){-1, -1};
    for (unsigned k = 1; k <= h->read.data; k++) {
        double t = (k + 0.5) * t1, part = t - floor(t);
        double near = 0.01 + 0.004 * t1;
        size_t j = (size_t)t;
        int8_t level = (int8_t)(byte >> (k - 1) & 1);

        if (part < near)
            want[j].edge = level;
        else if (part > 1 - near)
            want[j + 1].edge = level;
        else if (want[j].level >= 0 && want[j].level != level)
            return 0; /* one bit cannot be both */
        else
            want[j].level = level;
    }
    return last + 1;
}

/* Send bits until the line falls: what waits is in hunt, the states before
 * the falling bit go to on. */
static void wait_edge(struct tt_misread_work *w)
{
    const bool inv = w->h->sent.inverted;
    struct set *at = &w->step[0], *to = &w->step[1], *x;

    for (size_t i = 0; i < w->hunt.n; i++) {
        unsigned id = w->hunt.id[i];

        put(w, at, id, w->hunt.m[id], w->hunt.node[id], -1);
    }
    clear(&w->hunt);
    for (int k = 0; k < 24 && at->n; k++) {
        for (size_t i = 0; i < at->n; i++) {
            unsigned id = at->id[i];
            struct way way[2];
            int n = ways(w, id, way), before = bit_before(id) ^ inv;
            double m = at->m[id];

            if (id == 0 || id == IDLE) { /* idle may last */
                if (!inv)
                    put(w, &w->on, 0, m, at->node[id], -1);
                else
                    put(w, to, 1, m, at->node[id], -1);
                continue;
            }
            for (int q = 0; q < n; q++)
                if (before && !(way[q].bit ^ inv))
                    put(w, &w->on, id, m * way[q].p, at->node[id], -1);
                else
                    put(w, to, way[q].id, m * way[q].p, at->node[id],
                        way[q].byte);
        }
        clear(at);
        x = at;
        at = to;
        to = x;
    }
    clear(at);
    clear(to);
}

/* One received character: from on through its bits to next. */
static void take_char(struct tt_misread_work *w, const struct want *want,
                      size_t n)
{
    const bool inv = w->h->sent.inverted;
    size_t check = (size_t)(0.5 / w->h->ratio); /* still low in the middle? */
    struct set *at = &w->step[0], *to = &w->step[1], *x;

    for (size_t i = 0; i < w->on.n; i++) {
        unsigned id = w->on.id[i];

        put(w, at, id, w->on.m[id], w->on.node[id], -1);
    }
    clear(&w->on);
    for (size_t j = 0; j < n && at->n; j++) {
        for (size_t i = 0; i < at->n; i++) {
            unsigned id = at->id[i];
            struct way way[2];
            int k = ways(w, id, way), before = bit_before(id) ^ inv;

            for (int q = 0; q < k; q++) {
                int level = way[q].bit ^ inv;
                double m = at->m[id] * (j ? way[q].p : 1); /* paid before */

                if (j == 0 && level)
                    continue;
                if (j == check && level) {
                    put(w, &w->hunt, way[q].id, m, at->node[id], way[q].byte);
                    continue;
                }
                if (want[j].level >= 0 && want[j].level != level)
                    continue;
                if (j && want[j].edge >= 0) {
                    if (before != level)
                        m /= 2;
                    else if (want[j].edge != level)
                        continue;
                }
                put(w, j + 1 == n ? &w->next : to, way[q].id, m, at->node[id],
                    way[q].byte);
            }
        }
        clear(at);
        x = at;
        at = to;
        to = x;
    }
    clear(at);
    clear(to);
}

static double settle(struct tt_misread_work *w, double *bits)
{
    double sum = 0;

    for (size_t i = 0; i < w->next.n; i++) {
        double m = w->next.m[w->next.id[i]];

        sum = !w->best ? sum + m : m > sum ? m : sum;
    }
    if (sum <= 0)
        return 0;
    *bits -= log2(sum);
    clear(&w->hunt);
    for (size_t i = 0; i < w->next.n; i++) {
        unsigned id = w->next.id[i];

        put(w, &w->hunt, id, w->next.m[id] / sum, w->next.node[id], -1);
    }
    clear(&w->next);
    return sum;
}

static void tell(const struct tt_misread_work *w, struct tt_buf *sent)
{
    double most = 0;
    int32_t at = -1;
    size_t a, b;

    for (size_t i = 0; i < w->hunt.n; i++)
        if (w->hunt.m[w->hunt.id[i]] > most) {
            most = w->hunt.m[w->hunt.id[i]];
            at = w->hunt.node[w->hunt.id[i]];
        }
    for (; at >= 0; at = w->nodes[at].parent)
        tt_buf_ch(sent, (char)w->nodes[at].byte);
    for (a = 0, b = sent->n; a + 1 < b; a++, b--) {
        char c = sent->p[a];

        sent->p[a] = sent->p[b - 1];
        sent->p[b - 1] = c;
    }
}

double tt_misread_bits(struct tt_misread_work *w, const struct tt_misread *h,
                       const uint8_t *bytes, size_t n, struct tt_buf *sent)
{
    struct want want[MOST_STEPS + 1];
    double bits = 0;

    w->h = h;
    w->best = sent != NULL;
    w->failed = false;
    w->nnodes = 0;
    make_tree(w);
    clear(&w->hunt);
    clear(&w->next);
    clear(&w->on);
    put(w, &w->hunt, 0, 1, -1, -1);
    for (size_t i = 0; i < n; i++) {
        size_t k = samples(h, bytes[i], want);

        for (int r = 0; k && r < ROUNDS && w->hunt.n; r++) {
            wait_edge(w);
            take_char(w, want, k);
        }
        if (!k || settle(w, &bits) <= 0 || w->failed)
            return HUGE_VAL;
    }
    if (sent)
        tell(w, sent);
    return bits;
}
