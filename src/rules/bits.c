/*
 * How unlikely a rule is to fit by chance, in bits.
 *
 * Three kinds of background are thought of: any byte, the text of a log, and
 * fill bytes.  What counts is the background that makes the pattern likeliest;
 * text and fill start with one and two bits for being special.
 */
#include "base/fixed.h"
#include "rules/finish.h"
#include "rules/words.h"

#include <string.h>

enum { MODELS = 3, MAX_KINDS = 64 }; /* two dozen letters, twice */

struct model {
    uint32_t weight[256]; /* of each byte, out of total */
    uint32_t total;
    int64_t total_bits; /* log2 of it */
    uint8_t kind[256];  /* bytes of equal weight are of one kind ... */
    unsigned nkinds;
    int64_t bits[MAX_KINDS]; /* ... which counts so much */
};

struct tt_models {
    struct model m[MODELS];
};

/* A set that holds nothing likely counts as one in 10^9, ... */
static const int64_t floor_set = 1959357; /* -log2(1e-9), Q16 */
/* ... a run as one in 10^30. */
static const int64_t floor_run = 6531190; /* -log2(1e-30), Q16 */

/* Frequency of letters in logs, out of 1000; others count 3. */
static uint32_t letter(int c)
{
    static const char order[] = "etaoinshrdlcumwfgypbvk";
    static const uint8_t freq[] = {95, 70, 60, 58, 55, 53, 50, 45, 48, 33, 32,
                                   24, 23, 20, 19, 18, 16, 15, 15, 12, 8,  7};
    const char *p = strchr(order, c);

    return p ? freq[p - order] : 3;
}

/* Millionths. */
static uint32_t text_weight(int c)
{
    if (c >= 'a' && c <= 'z')
        return 600 * letter(c);
    if (c >= 'A' && c <= 'Z')
        return 150 * letter(c + 32);
    if (c == ' ')
        return 120000;
    if ((c >= '0' && c <= '9') || c == '\r' || c == '\n')
        return 20000;
    return c > 0x20 && c < 0x7f ? 6000 : 20;
}

/* -log2(sum / total), within what a single byte can count. */
static int64_t share(const struct model *m, uint64_t sum)
{
    int64_t bits = sum ? m->total_bits - tt_log2_q16(sum) : floor_set;

    if (bits < 0)
        return 0;
    return bits < floor_set ? bits : floor_set;
}

static void make_kinds(struct model *m)
{
    uint32_t weight[MAX_KINDS];

    m->total_bits = tt_log2_q16(m->total);
    for (unsigned c = 0; c < 256; c++) {
        unsigned k = 0;

        while (k < m->nkinds && weight[k] != m->weight[c])
            k++;
        if (k == m->nkinds) {
            weight[k] = m->weight[c];
            m->bits[k] = share(m, weight[k]);
            m->nkinds++;
        }
        m->kind[c] = (uint8_t)k;
    }
}

struct tt_models *tt_models_new(struct tt_arena *arena)
{
    struct tt_models *all = tt_arena_alloc(arena, sizeof(*all));
    struct model *m = all ? all->m : NULL;

    if (!all)
        return NULL;
    m[0].total = 256;
    m[1].total = 1000000;
    m[2].total = 5080; /* 00 and FF 45 % each, the rest shares 10 % */
    for (int c = 0; c < 256; c++) {
        m[0].weight[c] = 1;
        m[1].weight[c] = text_weight(c);
        m[2].weight[c] = c == 0 || c == 0xff ? 2286 : 2;
    }
    for (int i = 0; i < MODELS; i++)
        make_kinds(&m[i]);
    return all;
}

static int64_t set_bits(const struct model *m, const struct tt_set *s)
{
    unsigned c = tt_set_next(s, 0);
    uint64_t sum = 0;

    if (c < 256 && tt_set_next(s, c + 1) == 256)
        return m->bits[m->kind[c]];
    for (; c < 256; c = tt_set_next(s, c + 1))
        sum += m->weight[c];
    return share(m, sum);
}

static int64_t text_bits(const struct model *m, const struct tt_node *n)
{
    int64_t bits = 0;

    for (size_t i = 0; i < n->text.n; i++) {
        unsigned c = (uint8_t)n->text.p[i], other = c ^ 32;
        bool alpha = (c | 32) >= 'a' && (c | 32) <= 'z';

        bits += n->nocase && alpha ? share(m, m->weight[c] + m->weight[other])
                                   : m->bits[m->kind[c]];
    }
    return bits;
}

/* Many small probabilities added up. */
struct sum {
    int64_t least; /* bits of the likeliest */
    uint64_t q32;  /* all, relative to it */
};

/* Add times probabilities of 2^-bits. */
static void sum_add(struct sum *s, int64_t bits, unsigned times)
{
    if (!s->q32) {
        *s = (struct sum){bits, times * (uint64_t)TT_Q32_ONE};
    } else if (bits >= s->least) {
        s->q32 += times * tt_exp2_neg_q16(bits - s->least);
    } else {
        int64_t d = s->least - bits;

        /* Scale by 2^-d; q32 may exceed 32 bits, so in two halves. */
        s->q32 = (s->q32 >> 16) * (tt_exp2_neg_q16(d) >> 16);
        s->q32 += times * (uint64_t)TT_Q32_ONE;
        s->least = bits;
    }
}

static int64_t sum_bits(const struct sum *s)
{
    return s->q32 ? s->least - (tt_log2_q16(s->q32) - (INT64_C(32) << 16)) : 0;
}

static int64_t run_bits(const struct model *m, const struct tt_node *n)
{
    unsigned count[MAX_KINDS] = {0};
    struct sum s = {0, 0};
    int64_t bits;

    for (unsigned c = 0; c < 256; c++)
        count[m->kind[c]] += tt_set_has(&n->set, c);
    for (unsigned k = 0; k < m->nkinds; k++)
        if (count[k])
            sum_add(&s, m->bits[k] * n->lo, count[k]);
    bits = sum_bits(&s);
    if (bits < 0)
        return 0;
    return bits < floor_run ? bits : floor_run;
}

static int64_t line_bits(const struct model *m)
{
    return share(m, m->total - m->weight['\r'] - m->weight['\n']);
}

/* Groups are at most TT_MAX_DEPTH deep. */
static int64_t node_bits(const struct model *m, const struct tt_node *n)
{
    struct sum alt = {0, 0};
    int64_t bits = 0;

    for (const struct tt_node *k = n->kids; k; k = k->next) {
        int64_t b = node_bits(m, k);

        bits += b;
        if (n->kind == TT_N_ALT)
            sum_add(&alt, b, 1);
    }
    switch (n->kind) {
    case TT_N_ALT: bits = sum_bits(&alt); return bits > 0 ? bits : 0;
    case TT_N_REP: return bits * n->lo;
    case TT_N_SET: return set_bits(m, &n->set);
    case TT_N_TEXT: return text_bits(m, n);
    case TT_N_RUN: return run_bits(m, n);
    case TT_N_LINE: return line_bits(m);
    case TT_N_SAME_AS: return 8 << 16;
    case TT_N_EVENT: return 6 << 16;
    /* A sensor fires on nothing short of three periods or frames. */
    case TT_N_SENSOR: return 20 << 16;
    default: return bits;
    }
}

/* The model with the least of sum[], with their prior. */
static int least_model(const int64_t sum[MODELS])
{
    int best = 0;

    for (int i = 1; i < MODELS; i++)
        if (sum[i] + ((int64_t)i << 16) < sum[best] + ((int64_t)best << 16))
            best = i;
    return best;
}

static int64_t least(const int64_t sum[MODELS])
{
    int best = least_model(sum);

    return sum[best] + ((int64_t)best << 16);
}

/* ---- what a wait is worth ------------------------------------------------ */

static bool has_wait(const struct tt_node *n)
{
    bool any = n->kind == TT_N_THEN || n->kind == TT_N_SENSOR;

    for (const struct tt_node *k = n->kids; k && !any; k = k->next)
        any = has_wait(k);
    return any;
}

/*
 * Every wait is worth what comes up to the next one, and the check, which may
 * be about any of it.  The wait that goes on is *wait.
 */
static void set_worth(const struct model *m, struct tt_node *n, int64_t check,
                      struct tt_node **wait)
{
    struct tt_node *before = *wait;

    if (n->kind == TT_N_THEN || n->kind == TT_N_SENSOR) {
        *wait = n;
        n->worth = check + node_bits(m, n);
    } else if (!n->kids || !has_wait(n)) {
        if (before)
            before->worth += node_bits(m, n);
    } else {
        for (struct tt_node *k = n->kids; k; k = k->next) {
            if (n->kind == TT_N_ALT)
                *wait = before;
            set_worth(m, k, check, wait);
        }
    }
}

static void weigh_waits(struct tt_rule *r, const struct model *m)
{
    struct tt_node *wait = NULL;

    r->waits = false;
    if (r->match)
        set_worth(m, r->match, r->bits_check, &wait);
    for (struct tt_step *s = r->steps; s; s = s->next)
        set_worth(m, s->pattern, r->bits_check, &wait);
    r->waits = wait != NULL;
}

/* What a check is worth, also one that a number has taken bits from. */
static unsigned call_bits(const struct tt_expr *x)
{
    unsigned n = 0, left = 0;

    if (x->kind == TT_X_CALL)
        return tt_function_bits(x->fn);
    if (x->kind != TT_X_BIN || x->op != TT_OP_BAND || x->a->kind != TT_X_CALL ||
        x->b->kind != TT_X_NUM)
        return 0;
    n = tt_function_bits(x->a->fn);
    for (unsigned i = 0; i < n; i++)
        left += (unsigned)(x->b->num >> i & 1);
    return left;
}

/* A byte in a table of n is worth what is left of 8 bits; one out of a set
 * what the table takes away from the set. */
static int64_t table_bits(const struct tt_rule *r, const struct tt_expr *x)
{
    const struct tt_table *t = x->b->table;
    const struct tt_node *n =
        x->a->kind == TT_X_FIELD ? r->field[x->a->field].node : NULL;
    unsigned all = 0, both = 0;
    int64_t bits = (8 << 16) - tt_log2_q16(t->nentries);

    if (n && n->kind == TT_N_FIELD)
        n = n->kids;
    if (!n || n->kind != TT_N_SET)
        return bits > 0 ? bits : 0;
    for (unsigned b = 0; b < 256; b++) {
        all += tt_set_has(&n->set, b);
        both += tt_set_has(&n->set, b) && tt_table_get(t, b);
    }
    return both ? tt_log2_q16(all) - tt_log2_q16(both) : 0;
}

/* Conditions hold at most TT_MAX_OPERATORS operators. */
static int64_t where_bits(const struct tt_rule *r, const struct tt_expr *x)
{
    int64_t bits;

    if (x->kind != TT_X_BIN)
        return 0;
    switch (x->op) {
    case TT_OP_AND: return where_bits(r, x->a) + where_bits(r, x->b);
    case TT_OP_EQ:
        bits = call_bits(x->a);
        return (bits ? bits : (int64_t)call_bits(x->b)) << 16;
    case TT_OP_IN: return table_bits(r, x);
    default: return 0;
    }
}

void tt_rule_weigh(struct tt_rule *r, const struct tt_models *models)
{
    const struct model *m = models->m;
    int64_t sum[MODELS] = {0};
    int64_t before = 0;

    for (struct tt_step *s = r->steps; s; s = s->next) {
        for (int i = 0; i < MODELS; i++)
            sum[i] += node_bits(&m[i], s->pattern);
        s->bits = least(sum) - before;
        before += s->bits;
    }
    for (int i = 0; i < MODELS && r->match; i++)
        sum[i] = node_bits(&m[i], r->match);
    r->bits_pattern = least(sum);
    r->bits_check = 0;
    for (const struct tt_where *w = r->where; w; w = w->next)
        r->bits_check += where_bits(r, w->expr);
    weigh_waits(r, &m[least_model(sum)]);
}
