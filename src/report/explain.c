/*
 * explain - see explain.h.
 */
#include "report/explain.h"

#include "engine/selftest.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_SAYINGS = 6,
    MAX_WAITS = 3,
    MAX_BEGINS = 10,
    A_SYSTEM = 2, /* readings of one system, so that others are seen */
    SPLITS = 4    /* first bytes that may have been the host's */
};

#define AFTER (3 * TT_NS_PER_S)  /* the pause after the bytes */
#define STEP  (2 * TT_NS_PER_MS) /* between call and answer */
#define KIN   (INT64_C(6) << 16) /* bits for the system that a message names */

struct explainer {
    struct tt_explanation *x;
    const struct tt_rules *set;
    struct tt_meaning alone[TT_MAX_MEANINGS];
    size_t nalone;
    enum tt_status st;
};

/* ---- bytes and nothing else ----------------------------------------------- */

static char *said(struct explainer *e, const struct tt_hit *hit)
{
    struct tt_buf text;
    char *s;

    tt_buf_init(&text, TT_MAX_SENTENCE);
    tt_selftest_text(&text, e->set, hit);
    s = malloc(text.n + 1);
    if (s)
        memcpy(s, tt_buf_text(&text), text.n + 1);
    else
        e->st = TT_ERR_NOMEM;
    tt_buf_release(&text);
    return s;
}

static int64_t bits_of(const struct tt_rule *r)
{
    int64_t bits = r->bits_pattern + r->bits_check;

    return r->cap >= 0 && bits > (int64_t)r->cap << 16 ? (int64_t)r->cap << 16
                                                       : bits;
}

/* The surer first; of equals the one that stands later in its file. */
static bool before(const struct tt_meaning *a, const struct tt_meaning *b)
{
    return a->score != b->score ? a->score > b->score
                                : a->rule->index > b->rule->index;
}

static void insert(struct tt_meaning *list, size_t *n, size_t max,
                   struct tt_meaning m)
{
    size_t i = *n;

    if (i == max && !before(&m, &list[i - 1])) {
        free(m.text);
        free(m.asked);
        free(m.rest);
        return;
    }
    if (i == max) {
        i--;
        free(list[i].text);
        free(list[i].asked);
        free(list[i].rest);
    } else {
        (*n)++;
    }
    for (; i > 0 && before(&m, &list[i - 1]); i--)
        list[i] = list[i - 1];
    list[i] = m;
}

static void on_hit(const struct tt_hit *hit, void *user)
{
    struct explainer *e = user;
    size_t i;

    if (hit->kind != TT_HIT || !hit->rule->verdict)
        return;
    for (i = 0; i < e->nalone; i++)
        if (e->alone[i].rule == hit->rule)
            return;
    insert(e->alone, &e->nalone, TT_MAX_MEANINGS,
           (struct tt_meaning){.rule = hit->rule,
                               .how = TT_MEANS_ALONE,
                               .score = bits_of(hit->rule),
                               .text = said(e, hit)});
}

/* The first nhost bytes of the host, the rest of the device, then nothing. */
static void play(struct explainer *e, struct tt_engine *engine, size_t nhost)
{
    const struct tt_asked *a = &e->x->asked;
    struct tt_record r = {.lane = TT_LANE_HOST, .bytes = a->got, .len = nhost};

    tt_engine_reset(engine, TT_TIME_US);
    if (nhost)
        e->st = tt_engine_push(engine, &r);
    r = (struct tt_record){.t_ns = STEP,
                           .lane = TT_LANE_DEVICE,
                           .bytes = a->got + nhost,
                           .len = a->ngot - nhost};
    if (!e->st)
        e->st = tt_engine_push(engine, &r);
    r = (struct tt_record){
        .t_ns = STEP + AFTER, .lane = TT_LANE_LINE, .event = TT_EV_TICK};
    if (!e->st)
        e->st = tt_engine_push(engine, &r);
    tt_engine_finish(engine, STEP + AFTER);
}

static void find_alone(struct explainer *e)
{
    struct tt_engine_config config = {.quality = TT_TIME_US};
    const struct tt_asked *a = &e->x->asked;
    struct tt_engine *engine;
    struct tt_error err;

    e->st = tt_engine_new(&engine, e->set, &config, on_hit, e, &err);
    if (e->st)
        return;
    for (size_t k = 0; k < a->ngot && k <= SPLITS && !e->st; k++)
        if (!k || a->only_bytes)
            play(e, engine, k);
    tt_engine_free(engine);
}

/* ---- rules that begin so --------------------------------------------------- */

/* "mtk" of "mtk.tool.offset" */
static bool same_family(const struct tt_rule *a, const struct tt_rule *b)
{
    size_t n = strcspn(a->name, ".");

    return n == strcspn(b->name, ".") && !memcmp(a->name, b->name, n);
}

static bool is_there(const struct explainer *e, const struct tt_rule *r)
{
    for (size_t i = 0; i < e->x->n; i++)
        if (e->x->meaning[i].rule == r)
            return true;
    return false;
}

/* Readings of bytes that stand alone (lone68 and its like) are in the list
 * already, or do not fit. */
static bool is_reading(const struct tt_rule *r)
{
    return r->cap >= 0 && r->cap <= 4 && r->verdict;
}

static int64_t kinship(const struct explainer *e, const struct tt_rule *r)
{
    for (size_t i = 0; i < e->x->n; i++)
        if (e->x->meaning[i].how <= TT_MEANS_WAITS &&
            e->x->meaning[i].how != TT_MEANS_ALONE &&
            e->x->meaning[i].how != TT_MEANS_BEGINS &&
            same_family(e->x->meaning[i].rule, r))
            return KIN;
    return 0;
}

static void find_begins(struct explainer *e, const uint8_t *p, size_t n,
                        enum tt_means how, size_t most)
{
    struct tt_explanation *x = e->x;
    struct tt_meaning found[TT_MAX_MEANINGS];
    size_t nfound = 0, taken = 0;

    for (size_t i = 0; n && i < e->set->nrules; i++) {
        const struct tt_rule *r = e->set->by_index[i];
        struct tt_meaning m = {.how = how};

        if (is_reading(r) || is_there(e, r) || !tt_begins(r, p, n, &m))
            continue;
        m.score += kinship(e, r);
        if (r->verdict) /* a label is the plainer answer */
            m.score -= TT_MEANS_LIKE * INT64_C(32768);
        insert(found, &nfound, TT_MAX_MEANINGS, m);
    }
    for (size_t i = 0; i < nfound; i++) {
        size_t kin = 0;

        for (size_t k = 0; k < i; k++)
            kin += same_family(found[k].rule, found[i].rule);
        if (kin < A_SYSTEM && taken < most && x->n < TT_MAX_MEANINGS) {
            x->meaning[x->n++] = found[i];
            taken++;
            continue;
        }
        x->left_out++;
        free(found[i].asked);
        free(found[i].rest);
    }
}

/* ---- all of it -------------------------------------------------------------- */

static void take_alone(struct explainer *e)
{
    struct tt_explanation *x = e->x;

    for (size_t i = 0; i < e->nalone; i++) {
        if (x->n < TT_MAX_MEANINGS && !is_there(e, e->alone[i].rule)) {
            x->meaning[x->n++] = e->alone[i];
            continue;
        }
        x->left_out++;
        free(e->alone[i].text);
    }
    e->nalone = 0;
}

enum tt_status tt_explain(struct tt_explanation *x, const struct tt_rules *set,
                          const char *text, size_t n)
{
    struct explainer e = {.x = x, .set = set};

    *x = (struct tt_explanation){
        .text = text, .len = n, .nrules = (unsigned)set->nrules};
    if (n > TT_MAX_ASKED)
        return TT_ERR_LIMIT;
    tt_asked_read(&x->asked, text, n);
    if (!x->asked.only_bytes)
        x->n = tt_sayings(set, text, n, x->meaning, MAX_SAYINGS, &e.st);
    if (!e.st)
        find_begins(&e, x->asked.wanted, x->asked.nwanted, TT_MEANS_WAITS,
                    MAX_WAITS);
    if (!e.st && x->asked.ngot)
        find_alone(&e);
    take_alone(&e);
    if (!e.st)
        find_begins(&e, x->asked.got, x->asked.ngot, TT_MEANS_BEGINS,
                    MAX_BEGINS);
    return e.st;
}

void tt_explain_release(struct tt_explanation *x)
{
    for (size_t i = 0; i < x->n; i++) {
        free(x->meaning[i].text);
        free(x->meaning[i].asked);
        free(x->meaning[i].rest);
    }
    x->n = 0;
}

bool tt_explain_knows(const struct tt_explanation *x)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->meaning[i].how != TT_MEANS_LIKE)
            return true;
    return false;
}

void tt_explain_tool(const struct tt_rule *r, char *out, size_t size)
{
    const char *p = r->title.p;
    size_t n = 0;

    *out = '\0';
    if (!(r->view & 1u << TT_LANE_TOOL))
        return;
    while (n < r->title.n && p[n] != ':')
        n++;
    /* a name is a word or three, a sentence is none */
    if (n == r->title.n || n + 1 > size || n > 20)
        return;
    memcpy(out, p, n);
    out[n] = '\0';
}

/* "115200 8E1" of the rule's protocol, or of another part of it. */
static const struct tt_slice *settings_of(const struct tt_rules *set,
                                          const struct tt_rule *r)
{
    if (!r->protocol)
        return NULL;
    for (const struct tt_protocol *p = set->protocols; p; p = p->next)
        if (!strcmp(p->name, r->protocol->name) && p->settings)
            return &p->settings->text;
    return NULL;
}

void tt_explain_command(struct tt_buf *out, const struct tt_rules *set,
                        const struct tt_rule *r)
{
    const struct tt_slice *s = settings_of(set, r);
    char tool[32];
    size_t n = 0, mode;

    tt_explain_tool(r, tool, sizeof(tool));
    if (*tool && !strchr(tool, ' ')) {
        tt_buf_printf(out, "telltale run -r case.pcapng -- %s ...", tool);
        return;
    }
    tt_buf_str(out, "telltale watch PORT");
    while (s && n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
        n++;
    mode = n + 1;
    if (n && mode + 3 <= s->n && s->p[n] == ' ' && s->p[mode] >= '5' &&
        s->p[mode] <= '8')
        tt_buf_printf(out, " -b %.*s -m %.3s", (int)n, s->p, s->p + mode);
    tt_buf_str(out, " -r case.pcapng");
}
