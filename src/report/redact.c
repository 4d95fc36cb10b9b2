/*
 * redact - see redact.h.
 */
#include "report/redact_own.h"

#include "engine/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum tt_status tt_redact_new(struct tt_redactor **out,
                             const struct tt_rules *set)
{
    struct tt_redactor *rd = calloc(1, sizeof(*rd));

    *out = rd;
    if (!rd)
        return TT_ERR_NOMEM;
    rd->pv = tt_private_new(set);
    if (!rd->pv) {
        free(rd);
        *out = NULL;
        return TT_ERR_NOMEM;
    }
    rd->set = set;
    rd->fields = tt_table_find(set, tt_slice_of("private_fields"));
    return TT_OK;
}

void tt_redact_clear(struct tt_redactor *rd)
{
    for (int i = 0; i < TT_LANES; i++)
        rd->lane[i].n = 0;
    rd->n = rd->nremoved = rd->nstops = rd->nsecrets = 0;
    rd->st = TT_OK;
}

void tt_redact_free(struct tt_redactor *rd)
{
    if (!rd)
        return;
    for (int i = 0; i < TT_LANES; i++) {
        free(rd->lane[i].p);
        free(rd->lane[i].gone);
    }
    free(rd->rec);
    free(rd->removed);
    free(rd->stop);
    free(rd->secret);
    tt_private_free(rd->pv);
    free(rd);
}

static bool room(struct tt_redact_lane *l, size_t n)
{
    size_t size = l->size ? l->size : 4096;
    uint8_t *p;
    bool *gone;

    if (l->n + n <= l->size)
        return true;
    while (size < l->n + n)
        size *= 2;
    p = realloc(l->p, size);
    if (!p)
        return false;
    l->p = p;
    gone = realloc(l->gone, size * sizeof(*gone));
    if (!gone)
        return false;
    l->gone = gone;
    l->size = size;
    return true;
}

enum tt_status tt_redact_record(struct tt_redactor *rd,
                                const struct tt_record *r)
{
    struct tt_redact_lane *l = &rd->lane[r->lane];
    size_t all = 0;

    for (int i = 0; i < TT_LANES; i++)
        all += rd->lane[i].n;
    if (all + r->len > TT_MAX_REDACT ||
        rd->n > TT_MAX_REDACT / sizeof(*rd->rec))
        return TT_ERR_LIMIT;
    if (rd->n == rd->size) {
        size_t size = rd->size ? 2 * rd->size : 1024;
        struct tt_redact_kept *more = realloc(rd->rec, size * sizeof(*more));

        if (!more)
            return TT_ERR_NOMEM;
        rd->rec = more;
        rd->size = size;
    }
    if (!room(l, r->len))
        return TT_ERR_NOMEM;
    rd->rec[rd->n++] = (struct tt_redact_kept){.rec = *r, .offset = l->n};
    if (r->len) {
        memcpy(l->p + l->n, r->bytes, r->len);
        memset(l->gone + l->n, 0, r->len * sizeof(*l->gone));
        l->n += r->len;
    }
    return TT_OK;
}

bool tt_redact_get(const struct tt_redactor *rd, size_t i,
                   struct tt_record *out)
{
    if (i >= rd->n)
        return false;
    *out = rd->rec[i].rec;
    out->bytes = out->len ? rd->lane[out->lane].p + rd->rec[i].offset : NULL;
    return true;
}

void tt_redact_as_tool(struct tt_redactor *rd)
{
    struct tt_redact_lane from = rd->lane[TT_LANE_DEVICE];

    /* only where there is no other lane: text that nobody said */
    if (rd->lane[TT_LANE_HOST].n || rd->lane[TT_LANE_TOOL].n)
        return;
    rd->lane[TT_LANE_DEVICE] = rd->lane[TT_LANE_TOOL];
    rd->lane[TT_LANE_TOOL] = from;
    for (size_t i = 0; i < rd->n; i++)
        if (rd->rec[i].rec.len)
            rd->rec[i].rec.lane = TT_LANE_TOOL;
}

static void list(struct tt_redactor *rd, enum tt_lane lane, uint64_t at,
                 uint64_t n, const char *what)
{
    struct tt_removed *to;
    size_t len = strlen(what);

    if (rd->nremoved == TT_MAX_REMOVED)
        return; /* removed all the same */
    if (rd->nremoved == rd->size_removed) {
        size_t size = rd->size_removed ? 2 * rd->size_removed : 64;
        struct tt_removed *more = realloc(rd->removed, size * sizeof(*more));

        if (!more) {
            rd->st = TT_ERR_NOMEM;
            return;
        }
        rd->removed = more;
        rd->size_removed = size;
    }
    to = &rd->removed[rd->nremoved++];
    *to = (struct tt_removed){.lane = lane, .offset = at, .len = n};
    memcpy(to->what, what, len < sizeof(to->what) ? len : sizeof(to->what) - 1);
}

void tt_redact_out(struct tt_redactor *rd, enum tt_lane lane, size_t at,
                   size_t n, const char *what, bool keeps)
{
    struct tt_redact_lane *l = &rd->lane[lane];
    bool fresh = false;

    if (at >= l->n)
        return;
    n = n < l->n - at ? n : l->n - at;
    for (size_t i = at; i < at + n; i++) {
        fresh = fresh || !l->gone[i];
        l->gone[i] = true;
    }
    if (fresh)
        tt_redact_learn(rd, l->p + at, n);
    if (tt_private_blank(l->p + at, n, keeps) && fresh)
        list(rd, lane, at, n, what);
}

/* ---- fields of rules ----------------------------------------------------------- */

static bool is_private(const struct tt_redactor *rd, const char *name)
{
    for (const struct tt_entry *e = rd->fields ? rd->fields->entries : NULL; e;
         e = e->next)
        if (tt_slice_is(e->text, name))
            return true;
    return false;
}

/* Where in the match the value stands. */
static void field_out(struct tt_redactor *rd, const struct tt_hit *hit,
                      const struct tt_value *v, const char *name)
{
    size_t n = v->len < TT_VALUE_BYTES ? v->len : TT_VALUE_BYTES;
    char what[TT_REMOVED_TEXT] = "field ";

    strncat(what, name, sizeof(what) - 8);
    for (unsigned i = 0; n && i < hit->nspans; i++) {
        const struct tt_span *s = &hit->span[i];
        const struct tt_redact_lane *l = &rd->lane[s->lane];
        uint64_t end = s->offset + s->len;

        if (!s->len || end > l->n)
            continue;
        for (uint64_t at = s->offset; at + n <= end; at++)
            if (!memcmp(l->p + at, v->bytes, n)) {
                /* a long one was kept in part: it goes on */
                tt_redact_out(rd, s->lane, at,
                              v->len < end - at ? v->len : end - at, what,
                              false);
                return;
            }
    }
}

static void on_hit(const struct tt_hit *hit, void *user)
{
    struct tt_redactor *rd = user;

    if (hit->kind == TT_HIT_RETRACT)
        return;
    for (unsigned i = 0; i < hit->rule->nfields; i++)
        if (!hit->rule->field[i].local && !hit->value[i].is_num &&
            !hit->value[i].is_absent &&
            is_private(rd, hit->rule->field[i].name))
            field_out(rd, hit, &hit->value[i], hit->rule->field[i].name);
}

/* The engine gets the records as they were: what is removed while it runs
 * lies behind it. */
static void by_rules(struct tt_redactor *rd, enum tt_quality quality,
                     uint64_t end_ns)
{
    struct tt_engine_config config = {.quality = quality};
    struct tt_engine *engine;
    struct tt_error err;
    struct tt_record r;

    rd->st = tt_engine_new(&engine, rd->set, &config, on_hit, rd, &err);
    if (rd->st)
        return;
    for (size_t i = 0; !rd->st && tt_redact_get(rd, i, &r); i++)
        rd->st = tt_engine_push(engine, &r);
    tt_engine_finish(engine, end_ns);
    tt_engine_free(engine);
}

/* ---- texts ----------------------------------------------------------------------- */

static void on_private(size_t at, size_t n, const char *what, bool keeps,
                       void *user)
{
    struct tt_redactor *rd = user;

    tt_redact_out(rd, rd->looking, rd->base + at, n, what, keeps);
}

/* No value goes on over the place where somebody answered a prompt. */
static void by_text(struct tt_redactor *rd, enum tt_lane lane)
{
    const struct tt_redact_lane *l = &rd->lane[lane];
    size_t k = 0;

    rd->looking = lane;
    for (rd->base = 0; rd->base < l->n;) {
        size_t end = l->n;

        while (lane == TT_LANE_DEVICE && k < rd->nstops &&
               rd->stop[k] <= rd->base)
            k++;
        if (lane == TT_LANE_DEVICE && k < rd->nstops)
            end = rd->stop[k];
        tt_private_find(rd->pv, l->p + rd->base, end - rd->base, on_private,
                        rd);
        rd->base = end;
    }
}

struct blanked {
    struct tt_redactor *rd;
    char *text;
};

static void blank_text(size_t at, size_t n, const char *what, bool keeps,
                       void *user)
{
    struct blanked *b = user;

    (void)what;
    tt_redact_learn(b->rd, (const uint8_t *)b->text + at, n);
    (void)tt_private_blank((uint8_t *)b->text + at, n, keeps);
}

void tt_redact_text(struct tt_redactor *rd, char *text, size_t n)
{
    struct blanked b = {rd, text};

    tt_private_find(rd->pv, (const uint8_t *)text, n, blank_text, &b);
}

static void by_header(struct tt_redactor *rd, struct tt_tape_info *info)
{
    char *const part[] = {info->device, info->adapter, info->why};
    static const char *const what[] = {
        "device in the header", "adapter in the header", "why in the header"};

    for (size_t i = 0; i < TT_LEN(part); i++) {
        size_t n = strlen(part[i]);
        char was[sizeof(info->why)];

        memcpy(was, part[i], n + 1);
        tt_redact_text(rd, part[i], n);
        if (memcmp(was, part[i], n) != 0)
            list(rd, TT_LANE_LINE, 0, n, what[i]);
    }
    if (*info->by) {
        list(rd, TT_LANE_LINE, 0, strlen(info->by), "name in the header");
        *info->by = '\0';
    }
}

static int by_place(const void *a, const void *b)
{
    const struct tt_removed *x = a, *y = b;

    if (x->lane != y->lane)
        return x->lane < y->lane ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

enum tt_status tt_redact_run(struct tt_redactor *rd, struct tt_tape_info *info,
                             uint64_t end_ns)
{
    by_rules(rd, info->quality, end_ns);
    if (rd->st)
        return rd->st;
    tt_redact_talk(rd);
    for (int i = 0; i < TT_LANE_LINE; i++)
        by_text(rd, (enum tt_lane)i);
    by_header(rd, info);
    tt_redact_spread(rd, info);
    if (rd->nremoved)
        qsort(rd->removed, rd->nremoved, sizeof(*rd->removed), by_place);
    return rd->st;
}

const struct tt_removed *tt_redact_removed(const struct tt_redactor *rd,
                                           size_t i)
{
    return i < rd->nremoved ? &rd->removed[i] : NULL;
}

void tt_redact_list(struct tt_buf *out, const struct tt_redactor *rd)
{
    static const char *const lanes[] = {"host", "device", "tool", "header"};

    tt_buf_printf(out,
                  "%zu places were removed, each replaced by as many "
                  "0, x or 00.\n\n",
                  rd->nremoved);
    for (size_t i = 0; i < rd->nremoved; i++) {
        const struct tt_removed *r = &rd->removed[i];

        tt_buf_printf(out, "%-7s offset %-8" PRIu64 " %4" PRIu64 " bytes  ",
                      lanes[r->lane], r->offset, r->len);
        tt_buf_safe(out, r->what, strlen(r->what));
        tt_buf_ch(out, '\n');
    }
    if (rd->nremoved == TT_MAX_REMOVED)
        tt_buf_str(out, "and more, which this list has no room for\n");
    tt_buf_str(out,
               "\nA checksum over a place that was removed is no longer right; "
               "it was left as it\nwas.  Positions, addresses of networks and "
               "what has no known form are not found.\n");
}
