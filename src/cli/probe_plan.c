/*
 * probe_plan - which probes, at which settings, in which order.
 *
 * How likely a system is nobody has counted.  What stands for it here: what
 * was heard before; the settings that its protocol names first; how much is
 * known of it.  What is as likely goes by what it costs.
 */
#include "cli/probe.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* Most devices answer within half a second; meters may think for longer, but
 * their lines are slow, and 40 characters of those are a long time. */
enum { WAIT_MS = 600, WAIT_CHARS = 40, PAUSE_MS = 120, PAUSE_CHARS = 10 };

static uint64_t chars(const struct probe_try *t, uint64_t n)
{
    return n * 10 * TT_NS_PER_S / (t->baud ? t->baud : 9600);
}

uint64_t probe_wait(const struct probe_try *t, const struct options *o)
{
    if (o->timeout_ns)
        return o->timeout_ns;
    return WAIT_MS * TT_NS_PER_MS + chars(t, WAIT_CHARS + t->probe->bytes.n);
}

uint64_t probe_pause(const struct probe_try *t)
{
    return PAUSE_MS * TT_NS_PER_MS + chars(t, PAUSE_CHARS);
}

/* ---- choosing ----------------------------------------------------------- */

static bool is_called(const struct tt_rule *r, const char *name)
{
    size_t n = strlen(name);

    if (r->protocol && !strcmp(r->protocol->name, name))
        return true;
    /* "at", "at.ok" are names for at.ok; "a" is none */
    return !strncmp(r->name, name, n) && (!r->name[n] || r->name[n] == '.');
}

bool probe_is_known(const struct tt_rules *set, const char *name)
{
    for (const struct tt_rule *r = set->rules; r; r = r->next)
        if (r->probe && is_called(r, name))
            return true;
    return false;
}

static bool is_wanted(const struct options *o, const struct tt_rule *r)
{
    for (size_t i = 0; i < o->nonly; i++)
        if (is_called(r, o->only[i]))
            return true;
    return o->nonly == 0;
}

/* "9600 8E1", whatever follows; false: no settings of a line. */
static bool read_settings(struct tt_slice s, uint32_t *baud, char mode[4])
{
    uint64_t n = 0;
    size_t i = 0;

    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && n < 100000000; i++)
        n = n * 10 + (uint64_t)(s.p[i] - '0');
    if (!n || n >= 100000000 || i + 4 > s.n || s.p[i] != ' ')
        return false;
    s.p += i + 1;
    s.n -= i + 1;
    if (!memchr("5678", s.p[0], 4) || !memchr("NEOMS", s.p[1], 5) ||
        !memchr("12", s.p[2], 2) || (s.n > 3 && s.p[3] != ' '))
        return false;
    *baud = (uint32_t)n;
    memcpy(mode, s.p, 3);
    mode[3] = '\0';
    return true;
}

static unsigned weight_of(const struct tt_rules *set, const struct tt_rule *of)
{
    unsigned n = 0;

    for (const struct tt_rule *r = set->rules; r; r = r->next)
        n += r->protocol == of->protocol;
    return of->protocol ? n : 1;
}

/* The same bytes at the same settings are sent once. */
static bool is_there(const struct probe_plan *p, const struct probe_try *t)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].baud == t->baud && !strcmp(p->at[i].mode, t->mode) &&
            p->at[i].probe->bytes.n == t->probe->bytes.n &&
            !memcmp(p->at[i].probe->bytes.p, t->probe->bytes.p,
                    t->probe->bytes.n))
            return true;
    return false;
}

static bool add(struct probe_plan *p, const struct probe_try *t)
{
    if (is_there(p, t))
        return true;
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 128;
        struct probe_try *at = realloc(p->at, room * sizeof(*at));

        if (!at)
            return false;
        p->at = at;
        p->room = room;
    }
    p->at[p->n++] = *t;
    return true;
}

/* A probe at every setting of its protocol, or at that of the options. */
static bool add_probe(struct probe_plan *p, const struct tt_rules *set,
                      const struct options *o, const struct tt_rule *r,
                      const struct tt_probe *probe)
{
    struct probe_try t = {.probe = probe, .rule = r, .baud = o->baud};
    const struct tt_strings *s = r->protocol ? r->protocol->settings : NULL;
    bool any = false;

    t.weight = weight_of(set, r);
    memcpy(t.mode, o->mode, sizeof(t.mode));
    if (o->baud || o->mode[0])
        return add(p, &t);
    for (; s; s = s->next)
        if (read_settings(s->text, &t.baud, t.mode)) {
            any = true;
            if (!add(p, &t))
                return false;
            t.round++;
        }
    if (any)
        return true;
    if (!o->nonly) { /* it is spoken over USB or a network */
        p->not_serial++;
        return true;
    }
    return add(p, &t);
}

/* ---- order -------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct probe_try *x = a, *y = b;

    if (x->probe->safe != y->probe->safe)
        return x->probe->safe ? -1 : 1;
    if (x->hinted != y->hinted)
        return x->hinted ? -1 : 1;
    if (x->round != y->round)
        return x->round < y->round ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->rule->protocol != y->rule->protocol)
        return strcmp(x->rule->name, y->rule->name);
    if (x->probe->bytes.n != y->probe->bytes.n)
        return x->probe->bytes.n < y->probe->bytes.n ? -1 : 1;
    if (x->rule->index != y->rule->index)
        return x->rule->index < y->rule->index ? -1 : 1;
    return x->probe->line < y->probe->line ? -1
                                           : x->probe->line > y->probe->line;
}

bool probe_plan(struct probe_plan *p, const struct tt_rules *set,
                const struct options *o)
{
    memset(p, 0, sizeof(*p));
    for (const struct tt_rule *r = set->rules; r; r = r->next)
        for (const struct tt_probe *b = r->probe; b; b = b->next) {
            if (!is_wanted(o, r))
                continue;
            if (!b->safe && !o->allow_changes)
                p->changing++;
            else if (!add_probe(p, set, o, r, b))
                return false;
        }
    if (p->n)
        qsort(p->at, p->n, sizeof(*p->at), compare);
    return true;
}

void probe_plan_free(struct probe_plan *p)
{
    free(p->at);
    memset(p, 0, sizeof(*p));
}

void probe_plan_hint(struct probe_plan *p, const struct tt_rule *rule,
                     size_t from)
{
    for (size_t i = from; i < p->n; i++)
        p->at[i].hinted |=
            rule->protocol && p->at[i].rule->protocol == rule->protocol;
    if (from < p->n)
        qsort(p->at + from, p->n - from, sizeof(*p->at), compare);
}
