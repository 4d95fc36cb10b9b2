/*
 * begins - does what the device sends by a rule begin with these bytes?
 *
 * The pattern is walked as it is written, not as the engine runs it: pauses,
 * limits and conditions are not looked at, and what may be any byte says
 * nothing about the first one.
 */
#include "base/fixed.h"
#include "report/explain.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_WALK = 4000, /* elements tried of one rule */
    MAX_SKIPPED = 24,
    TELLING = 16, /* a set of more bytes does not tell a first byte */
    SHOWN = 90    /* bytes of pattern shown before and after */
};

/* What is to be matched after a node: its brothers, then what is outside. */
struct after {
    const struct tt_node *node; /* NULL: see rep */
    const struct after *up;
    const struct tt_node *rep; /* a repeat in its round 'round' */
    uint32_t round;
};

struct walk {
    const struct tt_rule *rule;
    const uint8_t *p;
    size_t n;
    unsigned left;
    bool hop_free; /* past a device byte */
    const struct tt_node *skipped[MAX_SKIPPED];
    size_t nskipped;
    int64_t bits;
    const struct tt_node *stop; /* where it was when all bytes were taken */
    const struct after *out;
    struct tt_buf *rest, *asked;
};

static bool step(struct walk *w, const struct tt_node *n,
                 const struct after *up, size_t i);

static void put_node(struct tt_buf *out, const struct tt_rule *r,
                     const struct tt_node *n)
{
    if (out->n >= SHOWN)
        return;
    if (out->n && out->p[out->n - 1] != ' ')
        tt_buf_ch(out, ' ');
    tt_node_print(out, r, n);
}

static void show(struct walk *w, const struct tt_node *n,
                 const struct after *up)
{
    enum tt_lane lane = TT_LANE_LINE;

    for (size_t i = 0; i < w->nskipped; i++) {
        if (w->skipped[i]->lane != lane && w->skipped[i]->kind != TT_N_EVENT) {
            lane = w->skipped[i]->lane;
            if (w->asked->n < SHOWN)
                tt_buf_printf(w->asked, "%s%c", w->asked->n ? " " : "",
                              tt_lane_mark(lane));
        }
        put_node(w->asked, w->rule, w->skipped[i]);
    }
    for (;;) {
        for (; n; n = n->next)
            put_node(w->rest, w->rule, n);
        if (!up)
            return;
        n = up->node;
        up = up->up;
    }
}

/* All bytes are taken. */
static bool done(struct walk *w, const struct tt_node *n,
                 const struct after *up)
{
    show(w, n, up);
    return true;
}

static bool round_of(struct walk *w, const struct tt_node *rep, uint32_t round,
                     const struct after *up, size_t i)
{
    struct after again = {.up = up, .rep = rep, .round = round + 1};

    if (round >= rep->lo && step(w, rep->next, up, i))
        return true;
    return round < rep->hi && round <= w->n + rep->lo &&
           step(w, rep->kids, &again, i);
}

/* Nothing more of this level. */
static bool leave(struct walk *w, const struct after *up, size_t i)
{
    if (!up)
        return false;
    if (up->rep)
        return round_of(w, up->rep, up->round, up->up, i);
    return step(w, up->node, up->up, i);
}

static bool take_text(struct walk *w, const struct tt_node *n,
                      const struct after *up, size_t i)
{
    for (size_t k = 0; k < n->text.n; k++) {
        uint8_t a = (uint8_t)n->text.p[k], b;

        if (i + k == w->n) {
            w->bits += (int64_t)k * 8 << 16;
            return done(w, n, up);
        }
        b = w->p[i + k];
        if (n->nocase && a >= 'A' && (a & ~0x20) <= 'Z')
            a &= 0xdf, b = b >= 'a' && b <= 'z' ? b & 0xdf : b;
        if (a != b)
            return false;
    }
    w->bits += (int64_t)n->text.n * 8 << 16;
    if (step(w, n->next, up, i + n->text.n))
        return true;
    w->bits -= (int64_t)n->text.n * 8 << 16;
    return false;
}

static bool take_set(struct walk *w, const struct tt_node *n,
                     const struct after *up, size_t i)
{
    unsigned many = tt_set_count(&n->set);
    int64_t worth = (8 << 16) - tt_log2_q16(many);

    if (!tt_set_has(&n->set, w->p[i]) || (!i && many > TELLING))
        return false;
    w->bits += worth;
    if (step(w, n->next, up, i + 1))
        return true;
    w->bits -= worth;
    return false;
}

static bool take_run(struct walk *w, const struct tt_node *n,
                     const struct after *up, size_t i)
{
    unsigned many = tt_set_count(&n->set);
    size_t k = i;

    if (!tt_set_has(&n->set, w->p[i]) || (!i && many > TELLING))
        return false;
    while (k < w->n && w->p[k] == w->p[i])
        k++;
    w->bits += (int64_t)(k - i) * 8 << 16;
    w->bits -= tt_log2_q16(many);
    if (k == w->n)
        return done(w, n, up);
    return k - i >= n->lo && step(w, n->next, up, k);
}

/* A byte of another lane: before the device's first it is what was asked,
 * after it the device's bytes are over. */
static bool pass(struct walk *w, const struct tt_node *n,
                 const struct after *up, size_t i)
{
    size_t was = w->nskipped;

    if (i)
        return false;
    if (n->lane == TT_LANE_TOOL)
        return false;
    if (w->nskipped < MAX_SKIPPED)
        w->skipped[w->nskipped++] = n;
    if (step(w, n->next, up, i))
        return true;
    w->nskipped = was;
    return false;
}

static bool is_bytes(const struct tt_node *n)
{
    switch (n->kind) {
    case TT_N_SET:
    case TT_N_TEXT:
    case TT_N_INT:
    case TT_N_BYTES:
    case TT_N_LINE:
    case TT_N_SAME_AS:
    case TT_N_RUN: return true;
    default: return false;
    }
}

static bool take(struct walk *w, const struct tt_node *n,
                 const struct after *up, size_t i)
{
    if (n->lane != TT_LANE_DEVICE)
        return pass(w, n, up, i);
    switch (n->kind) {
    case TT_N_SET: return take_set(w, n, up, i);
    case TT_N_TEXT: return take_text(w, n, up, i);
    case TT_N_RUN: return take_run(w, n, up, i);
    case TT_N_INT:
        if (!i)
            return false;
        if (w->n - i <= n->type.size)
            return done(w, n, up);
        return step(w, n->next, up, i + n->type.size);
    default: /* any bytes: what comes first must be told by others */
        return i && done(w, n, up);
    }
}

static bool step(struct walk *w, const struct tt_node *n,
                 const struct after *up, size_t i)
{
    struct after then;

    if (i == w->n)
        return done(w, n, up);
    if (!n)
        return leave(w, up, i);
    if (!w->left)
        return false;
    w->left--;
    if (is_bytes(n))
        return take(w, n, up, i);
    then = (struct after){.node = n->next, .up = up};
    switch (n->kind) {
    case TT_N_ALT:
        for (const struct tt_node *k = n->kids; k; k = k->next) {
            /* a kid's brothers are the other choices */
            struct tt_node one = *k;

            one.next = NULL;
            if (step(w, &one, &then, i))
                return true;
        }
        return false;
    case TT_N_SEQ:
    case TT_N_GROUP:
    case TT_N_FIELD: return step(w, n->kids, &then, i);
    case TT_N_REP: return round_of(w, n, 0, up, i);
    case TT_N_END:
    case TT_N_SENSOR: return false;
    case TT_N_HOP:
    case TT_N_THEN:
        return (!i || n->lane == TT_LANE_DEVICE) && step(w, n->next, up, i);
    default: return (!i || n->kind != TT_N_EVENT) && step(w, n->next, up, i);
    }
}

static char *kept(struct tt_buf *b)
{
    size_t n = b->n < SHOWN ? b->n : SHOWN;
    char *s = n ? malloc(n + 5) : NULL;

    if (s) {
        memcpy(s, b->p, n);
        memcpy(s + n, b->n > SHOWN ? " ..." : "", b->n > SHOWN ? 5 : 1);
    }
    return s;
}

static bool begins_here(const struct tt_rule *r, const struct tt_node *pattern,
                        const uint8_t *p, size_t n, struct tt_meaning *out)
{
    struct tt_buf rest, asked;
    struct walk w = {.rule = r, .p = p, .n = n, .left = MAX_WALK};
    bool yes;

    tt_buf_init(&rest, TT_MAX_RULE_FILE);
    tt_buf_init(&asked, TT_MAX_RULE_FILE);
    w.rest = &rest;
    w.asked = &asked;
    yes = step(&w, pattern, NULL, 0);
    if (yes) {
        out->score = w.bits;
        out->asked = kept(&asked);
        out->rest = kept(&rest);
    }
    tt_buf_release(&rest);
    tt_buf_release(&asked);
    return yes;
}

bool tt_begins(const struct tt_rule *r, const uint8_t *p, size_t n,
               struct tt_meaning *out)
{
    if (!n || !(r->view & 1u << TT_LANE_DEVICE))
        return false;
    out->rule = r;
    if (r->match)
        return begins_here(r, r->match, p, n, out);
    for (const struct tt_step *s = r->steps; s; s = s->next)
        if (begins_here(r, s->pattern, p, n, out))
            return true;
    return false;
}
