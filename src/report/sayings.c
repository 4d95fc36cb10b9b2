/*
 * sayings - which tool's message is this text, or nearly?
 *
 * Every word of the texts that rules look for on the tool's lane is weighed
 * by how few rules have it; the rules with most of the text's weight are
 * asked in earnest, by the engine, whether the text is their message: as it
 * is, or with what stands before it in the rule ("avrdude: ") and people
 * leave out.  What was left out is never told as if it had been there.
 */
#include "report/explain.h"

#include "base/fixed.h"
#include "engine/selftest.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORD = 24, /* bytes of a word that count */
    MAX_TEXT_WORDS = 512,
    MAX_RULE_WORDS = 128,
    TRIED = 512,   /* rules asked in earnest, */
    LEADS = 48,    /* and with what people leave out */
    MIN_PIECE = 6, /* bytes of a rule's text that are no chance */
    MAX_LINES = 4, /* of the text that are tried with a rule's lead */
    MAX_LEAD = 512,
    LIKE = 40 /* percent of the weight that is likeness */
};

struct vword {
    char s[WORD];
    unsigned in; /* rules that have it */
    bool asked;  /* it is in the text */
};

struct vocabulary {
    struct vword *w;
    size_t n, size;
    unsigned nrules;
    bool short_of_memory;
};

struct words { /* of one rule or of the text, by number */
    unsigned at[MAX_TEXT_WORDS];
    size_t n, max;
};

struct cand {
    const struct tt_rule *rule;
    int64_t score; /* Q16 share */
    bool said;
    char *text;
};

struct finder {
    const struct tt_rules *set;
    const char *text;
    size_t n;
    struct vocabulary voc;
    struct cand cand[TRIED];
    size_t ncand;
    struct tt_rules some;
    struct tt_rule *by_index[TRIED];
    struct tt_engine *engine;
    const struct cand *only; /* its hits count, NULL: everybody's */
    bool any;                /* something fired */
    enum tt_status st;
};

static bool word_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           c == '_' || c == '-';
}

/* The number of a word; -1 when there is no memory for it. */
static int word_number(struct vocabulary *v, const char *s, size_t n)
{
    char low[WORD] = "";

    for (size_t i = 0; i < n && i < WORD - 1; i++)
        low[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] | 0x20) : s[i];
    for (size_t i = 0; i < v->n; i++)
        if (!memcmp(v->w[i].s, low, WORD))
            return (int)i;
    if (v->n == v->size) {
        size_t size = v->size ? 2 * v->size : 1024;
        struct vword *more = realloc(v->w, size * sizeof(*more));

        if (!more) {
            v->short_of_memory = true;
            return -1;
        }
        v->w = more;
        v->size = size;
    }
    v->w[v->n] = (struct vword){.in = 0};
    memcpy(v->w[v->n].s, low, WORD);
    return (int)v->n++;
}

static void add_words(struct vocabulary *v, struct words *to, const char *p,
                      size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t from = i;
        int k;

        while (i < n && word_char(p[i]))
            i++;
        if (i - from >= 2 && to->n < to->max) {
            bool there = false;

            k = word_number(v, p + from, i - from);
            for (size_t j = 0; j < to->n; j++)
                there = there || (int)to->at[j] == k;
            if (k >= 0 && !there)
                to->at[to->n++] = (unsigned)k;
        }
        i += i == from;
    }
}

static void rule_texts(struct vocabulary *v, struct words *to,
                       const struct tt_node *n)
{
    for (; n; n = n->next) {
        if (n->kind == TT_N_TEXT && n->lane == TT_LANE_TOOL)
            add_words(v, to, (const char *)n->text.p, n->text.n);
        rule_texts(v, to, n->kids);
    }
}

static bool about_tools(const struct tt_rule *r)
{
    return r->verdict && r->match && (r->view & 1u << TT_LANE_TOOL);
}

static void words_of(struct vocabulary *v, struct words *to,
                     const struct tt_rule *r)
{
    to->n = 0;
    to->max = MAX_RULE_WORDS;
    rule_texts(v, to, r->match);
    /* the name of the tool stands in the title more often than in the text */
    add_words(v, to, (const char *)r->title.p, r->title.n);
}

/* What a word tells: log2(rules / rules that have it), Q16. */
static int64_t weight(const struct vocabulary *v, unsigned word)
{
    unsigned in = v->w[word].in ? v->w[word].in : 1;

    return tt_log2_q16(v->nrules + 1) - tt_log2_q16(in) + TT_Q16_ONE / 4;
}

static void keep_best(struct finder *f, const struct tt_rule *r, int64_t score)
{
    size_t i = f->ncand;

    if (i == TRIED && f->cand[i - 1].score >= score)
        return;
    if (i < TRIED)
        f->ncand++;
    else
        i--;
    for (; i > 0 && f->cand[i - 1].score < score; i--)
        f->cand[i] = f->cand[i - 1];
    f->cand[i] = (struct cand){.rule = r, .score = score};
}

/* How much of the text's words the rule has, and the text of the rule's. */
static void rate(struct finder *f, struct words *w, const struct tt_rule *r,
                 int64_t of_text)
{
    int64_t both = 0, of_rule = 0;

    words_of(&f->voc, w, r);
    for (size_t i = 0; i < w->n; i++) {
        int64_t x = weight(&f->voc, w->at[i]);

        of_rule += x;
        if (f->voc.w[w->at[i]].asked)
            both += x;
    }
    if (of_rule > 0 && of_text > 0) {
        int64_t a = (both << 16) / of_text, b = (both << 16) / of_rule;

        /* a log has many words that are not the message's */
        keep_best(f, r, (a > b ? a + 3 * b : 3 * a + b) / 4);
    }
}

static void find_candidates(struct finder *f)
{
    struct words *w = calloc(2, sizeof(*w)), *mine = w ? w + 1 : NULL;
    int64_t of_text = 0;

    if (!w) {
        f->st = TT_ERR_NOMEM;
        return;
    }
    for (size_t i = 0; i < f->set->nrules; i++)
        if (about_tools(f->set->by_index[i])) {
            f->voc.nrules++;
            words_of(&f->voc, w, f->set->by_index[i]);
            for (size_t k = 0; k < w->n; k++)
                f->voc.w[w->at[k]].in++;
        }
    mine->max = MAX_TEXT_WORDS;
    add_words(&f->voc, mine, f->text, f->n);
    for (size_t k = 0; k < mine->n; k++) {
        f->voc.w[mine->at[k]].asked = true;
        of_text += weight(&f->voc, mine->at[k]);
    }
    for (size_t i = 0; i < f->set->nrules; i++)
        if (about_tools(f->set->by_index[i]))
            rate(f, w, f->set->by_index[i], of_text);
    if (f->voc.short_of_memory)
        f->st = TT_ERR_NOMEM;
    free(w);
}

/* ---- in earnest ---------------------------------------------------------- */

static void on_hit(const struct tt_hit *hit, void *user)
{
    struct finder *f = user;
    struct tt_buf text;

    for (size_t i = 0; i < f->ncand; i++) {
        struct cand *c = &f->cand[i];

        if (c->rule != hit->rule || (f->only && f->only != c))
            continue;
        if (hit->kind == TT_HIT_RETRACT || c->said)
            return;
        tt_buf_init(&text, TT_MAX_SENTENCE);
        tt_selftest_text(&text, f->set, hit);
        c->text = malloc(text.n + 1);
        if (c->text)
            memcpy(c->text, tt_buf_text(&text), text.n + 1);
        else
            f->st = TT_ERR_NOMEM;
        tt_buf_release(&text);
        c->said = true;
        f->any = true;
    }
}

static void push(struct finder *f, const void *p, size_t n)
{
    struct tt_record r = {.lane = TT_LANE_TOOL, .bytes = p, .len = n};

    if (n && !f->st)
        f->st = tt_engine_push(f->engine, &r);
}

/* Is lead and the text the message? */
static void ask(struct finder *f, const char *lead, size_t nlead,
                const char *text, size_t n, bool eol)
{
    tt_engine_reset(f->engine, TT_TIME_NONE);
    push(f, lead, nlead);
    push(f, text, n);
    if (eol && n && text[n - 1] != '\n')
        push(f, "\n", 1);
    tt_engine_finish(f->engine, 0);
}

static bool same_text(const char *a, const char *b, size_t n)
{
    return !memcmp(a, b, n);
}

/* How much of the end of a rule's text the line begins with, or holds whole
 * (then *at says where). */
static size_t piece_of(const struct tt_node *n, const char *line, size_t len,
                       size_t *at)
{
    const char *p = (const char *)n->text.p;

    *at = 0;
    if (n->text.n < MIN_PIECE)
        return 0;
    for (size_t i = 0; i + n->text.n <= len; i++)
        if (same_text(line + i, p, n->text.n)) {
            *at = i;
            return n->text.n;
        }
    for (size_t k = n->text.n - 1; k >= MIN_PIECE; k--)
        if (k <= len && same_text(line, p + n->text.n - k, k))
            return k;
    return 0;
}

struct lead {
    struct tt_buf out;
    const char *line;
    size_t len;
    size_t from;    /* of the line, where it goes on */
    size_t piece;   /* bytes of the rule's text that it has, */
    size_t made_up; /* and that it has not */
    bool found, fields;
};

static bool holds_piece(const struct tt_node *n, const struct lead *l)
{
    size_t at;

    if (n->kind == TT_N_TEXT && n->lane == TT_LANE_TOOL &&
        piece_of(n, l->line, l->len, &at))
        return true;
    for (const struct tt_node *k = n->kids; k; k = k->next)
        if (holds_piece(k, l))
            return true;
    return false;
}

static void lead_text(struct lead *l, const struct tt_node *n)
{
    size_t at, k = piece_of(n, l->line, l->len, &at);

    tt_buf_add(&l->out, n->text.p, n->text.n - k);
    l->made_up += n->text.n - k;
    if (!k)
        return;
    l->piece = k;
    l->from = at;
    l->found = true;
}

/* The shortest that n stands for, up to the text that the line has. */
static void make_lead(struct lead *l, const struct tt_node *n, bool brothers)
{
    for (; n && !l->found && l->out.n < MAX_LEAD;
         n = brothers ? n->next : NULL) {
        const struct tt_node *kid = n->kids;

        switch (n->kind) {
        case TT_N_TEXT: lead_text(l, n); break;
        case TT_N_SET: {
            unsigned c = tt_set_next(&n->set, ' ');

            c = c > 255 ? tt_set_next(&n->set, 0) : c;
            tt_buf_ch(&l->out, (char)c);
            break;
        }
        case TT_N_ALT:
            for (const struct tt_node *k = kid; k; k = k->next)
                if (holds_piece(k, l)) {
                    kid = k;
                    break;
                }
            if (kid)
                make_lead(l, kid, false);
            break;
        case TT_N_FIELD: /* what it would hold was never there */
            make_lead(l, kid, true);
            l->fields = l->fields || !l->found;
            break;
        case TT_N_REP:
            for (uint32_t i = 0;
                 i < (n->lo || !kid || !holds_piece(kid, l) ? n->lo : 1); i++)
                make_lead(l, kid, true);
            break;
        case TT_N_SEQ:
        case TT_N_GROUP: make_lead(l, kid, true); break;
        default: break;
        }
    }
}

/* The line with what the rule has before it. */
static void try_lead(struct finder *f, struct cand *c, const char *line,
                     size_t n)
{
    struct lead l = {.line = line, .len = n};

    tt_buf_init(&l.out, 4 * MAX_LEAD);
    make_lead(&l, c->rule->match, true);
    /* more made up than found would be guessing */
    if (l.found && !l.out.status && !l.fields && l.made_up <= l.piece) {
        f->only = c;
        ask(f, tt_buf_text(&l.out), l.out.n, line, n, true);
        if (!c->said)
            ask(f, tt_buf_text(&l.out), l.out.n, line + l.from, n - l.from,
                true);
        f->only = NULL;
    }
    tt_buf_release(&l.out);
}

static void try_lines(struct finder *f, struct cand *c)
{
    const char *p = f->text, *end = p + f->n;
    unsigned tried = 0;

    while (p < end && !c->said && !f->st && tried < MAX_LINES) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((nl ? nl : end) - p);
        struct lead l = {.line = p, .len = n};

        while (l.len && (*l.line == ' ' || *l.line == '>')) {
            l.line++;
            l.len--;
        }
        if (holds_piece(c->rule->match, &l)) {
            tried++;
            try_lead(f, c, l.line, l.len);
        }
        p += n + 1;
    }
}

static void in_earnest(struct finder *f)
{
    struct tt_engine_config config = {.quality = TT_TIME_NONE};
    struct tt_error err;

    f->some = *f->set;
    f->some.by_index = f->by_index;
    f->some.nrules = f->ncand;
    for (size_t i = 0; i < f->ncand; i++)
        f->by_index[i] = f->set->by_index[f->cand[i].rule->index];
    f->st = tt_engine_new(&f->engine, &f->some, &config, on_hit, f, &err);
    if (f->st)
        return;
    ask(f, NULL, 0, f->text, f->n, false);
    ask(f, NULL, 0, f->text, f->n, true);
    for (size_t i = 0; i < f->ncand && i < LEADS && !f->st; i++)
        if (!f->cand[i].said)
            try_lines(f, &f->cand[i]);
    tt_engine_free(f->engine);
}

/* A rule speaks in the place of one that it refines. */
static bool outdone(const struct finder *f, const struct cand *c)
{
    for (size_t i = 0; i < f->ncand; i++)
        for (const struct tt_names *r = f->cand[i].rule->refines;
             r && f->cand[i].said; r = r->next)
            if (!strcmp(r->name, c->rule->name))
                return true;
    return false;
}

size_t tt_sayings(const struct tt_rules *set, const char *text, size_t n,
                  struct tt_meaning *out, size_t max, enum tt_status *st)
{
    struct finder f = {.set = set, .text = text, .n = n};
    size_t found = 0;

    /* zero is likeness too: a message may be all numbers */
    find_candidates(&f);
    if (!f.st && f.ncand)
        in_earnest(&f);
    for (int said = 1; said >= 0; said--)
        for (size_t i = 0; i < f.ncand; i++) {
            struct cand *c = &f.cand[i];

            if (c->said != (bool)said || found == max || outdone(&f, c) ||
                (!said && (c->score * 100 >> 16) < LIKE))
                continue;
            out[found++] =
                (struct tt_meaning){.rule = c->rule,
                                    .how = said ? TT_MEANS_SAID : TT_MEANS_LIKE,
                                    .score = c->score,
                                    .text = c->text};
            c->text = NULL;
        }
    for (size_t i = 0; i < f.ncand; i++)
        free(f.cand[i].text);
    free(f.voc.w);
    *st = f.st;
    return found;
}
