#include "view/port.h"

#include "view/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_REPORT = 1 << 20 };

/* ---- the store that ends at the play head ------------------------------- */

static uint64_t shown_first(void *own)
{
    const struct port *p = own;
    uint64_t first = store_first(&p->source);

    /* Without a hole between them. */
    if (p->older.get && store_end(&p->older) >= first &&
        store_first(&p->older) < first)
        return store_first(&p->older);
    return first;
}

static uint64_t shown_end(void *own)
{
    const struct port *p = own;
    uint64_t end = store_end(&p->source);

    return p->clipped && p->fed < end ? p->fed : end;
}

static bool shown_get(void *own, uint64_t n, struct tt_record *r,
                      uint64_t *offset)
{
    const struct port *p = own;

    if (p->older.get && n < store_first(&p->source))
        return store_get(&p->older, n, r, offset);
    return n < shown_end(own) && store_get(&p->source, n, r, offset);
}

/* ---- life --------------------------------------------------------------- */

static void on_note(const struct tt_hit *hit, void *user)
{
    struct port *p = user;
    struct tt_env env = {
        .rule = hit->rule, .value = hit->value, .reached = hit->reached};
    struct tt_buf text;

    if (hit->kind == TT_HIT_RETRACT)
        return;
    if (p->noted)
        p->noted[hit->rule->index] = true;
    tt_buf_init(&text, TT_MAX_SENTENCE);
    tt_text_fill(&text, hit->rule->note, p->set, &env);
    for (unsigned i = 0; i < hit->nspans; i++) {
        const struct tt_span *s = &hit->span[i];

        labels_add(&p->labels, s->lane, s->offset, s->len,
                   tt_slice_of(tt_buf_text(&text)));
    }
    tt_buf_release(&text);
}

/* A new session for the rules; the old one goes. */
static bool begin_session(struct port *p, const struct tt_rules *set)
{
    const struct tt_engine_config config = {.quality = p->info.quality,
                                            .keep_progress = p->progress};
    struct tt_session *s;
    struct tt_error err;

    if (tt_session_open(&s, set, &config, &err))
        return false;
    tt_session_free(p->session);
    p->session = s;
    p->set = set;
    free(p->noted);
    p->noted = calloc(set->nrules + 1, sizeof(*p->noted)); /* it only helps */
    tt_session_notes(s, on_note, p);
    return true;
}

static void begin_again(struct port *p)
{
    labels_clear(&p->labels);
    gauge_init(&p->gauge);
    tt_hysteresis_init(&p->steady);
    p->head = (struct headline){.style = STYLE_UNKNOWN, .label = "UNKNOWN"};
    p->fed = store_first(&p->source);
    memset(p->fed_to, 0, sizeof(p->fed_to));
    p->unseen = 0;
    p->finished = false;
    if (p->noted)
        memset(p->noted, 0, (p->set->nrules + 1) * sizeof(*p->noted));
    p->ask_again = true;
    p->report_width = 0;
    p->baud = 0;
    memset(p->mode, 0, sizeof(p->mode));
    p->dtr = p->rts = -1;
}

struct port *port_new(const char *name, const struct tt_rules *set,
                      const struct tt_tape_info *info,
                      const struct store *store, size_t budget)
{
    struct port *p = calloc(1, sizeof(*p));
    bool good;

    if (!p)
        return NULL;
    (void)snprintf(p->name, sizeof(p->name), "%s", name);
    p->info = *info;
    p->live = !store;
    p->store = (struct store){shown_first, shown_end, shown_get, p};
    tt_buf_init(&p->report, MAX_REPORT);
    p->past = calloc(PORT_PAST, sizeof(*p->past));
    good = p->past != NULL;
    if (store)
        p->source = *store;
    else if (good && !tt_tape_new(&p->tape, budget))
        p->source = store_of_tape(p->tape);
    else
        good = false;
    if (!good || !begin_session(p, set)) {
        port_free(p);
        return NULL;
    }
    p->look = (struct look){.lanes = (1u << TT_LANES) - 1, .follow = p->live};
    begin_again(p);
    return p;
}

void port_free(struct port *p)
{
    if (!p)
        return;
    tt_session_free(p->session);
    tt_tape_free(p->tape);
    labels_clear(&p->labels);
    tt_buf_release(&p->report);
    free(p->past);
    free(p->told);
    free(p->noted);
    free(p);
}

void port_restart(struct port *p, const struct tt_rules *set)
{
    if (set && !begin_session(p, set)) {
        p->status = TT_ERR_NOMEM;
        return;
    }
    if (!set)
        tt_session_reset(p->session, p->info.quality);
    begin_again(p);
}

/* ---- records ------------------------------------------------------------ */

/* What an event says about the line. */
static void note_event(struct port *p, const struct tt_record *r)
{
    switch (r->event) {
    case TT_EV_BAUD:
        p->baud = r->baud;
        memcpy(p->mode, r->mode, sizeof(p->mode));
        break;
    case TT_EV_DTR_UP: p->dtr = 1; break;
    case TT_EV_DTR_DOWN: p->dtr = 0; break;
    case TT_EV_RTS_UP: p->rts = 1; break;
    case TT_EV_RTS_DOWN: p->rts = 0; break;
    default: break;
    }
}

/* Bytes fell off a live line's tape before the rules saw them: nothing is
 * concluded across the hole. */
static void tell_hole(struct port *p, const struct tt_record *r, uint64_t n)
{
    const struct tt_record lost = {.t_ns = r->t_ns,
                                   .source = r->source,
                                   .lane = TT_LANE_LINE,
                                   .event = TT_EV_LOST,
                                   .count = n < UINT32_MAX ? (uint32_t)n
                                                           : UINT32_MAX};

    p->unseen += n;
    if (tt_session_push(p->session, &lost))
        p->status = TT_ERR_NOMEM;
}

static void feed(struct port *p, const struct tt_record *r, uint64_t offset)
{
    enum tt_status st;

    if (r->event == TT_EV_NONE && (unsigned)r->lane < TT_LANE_LINE) {
        if (offset > p->fed_to[r->lane])
            tell_hole(p, r, offset - p->fed_to[r->lane]);
        p->fed_to[r->lane] = offset + r->len;
    }
    st = tt_session_push(p->session, r);
    if (st)
        p->status = st;
    note_event(p, r);
    gauge_add(&p->gauge, r);
    if (r->t_ns > p->now_ns || !p->live)
        p->now_ns = r->t_ns;
}

/* The next record that the session has not seen; its cost comes back. */
static bool feed_next(struct port *p, uint64_t until_ns, size_t *cost)
{
    uint64_t first = store_first(&p->source), offset;
    struct tt_record r;

    if (p->fed < first)
        p->fed = first; /* fell off before it was seen */
    if (!store_get(&p->source, p->fed, &r, &offset) || r.t_ns > until_ns)
        return false;
    p->fed++;
    *cost += r.len + 16;
    feed(p, &r, offset);
    return true;
}

void port_push(struct port *p, const struct tt_record *r)
{
    bool in_step = p->fed == tt_tape_end(p->tape);

    if (r->event == TT_EV_TICK) {
        if (in_step && tt_session_push(p->session, r))
            p->status = TT_ERR_NOMEM;
        if (r->t_ns > p->now_ns)
            p->now_ns = r->t_ns;
        return;
    }
    if (tt_tape_append(p->tape, r))
        p->status = TT_ERR_NOMEM;
}

uint64_t port_behind(const struct port *p)
{
    const struct tt_tape_stats *s = p->tape ? tt_tape_stats(p->tape) : NULL;
    uint64_t sum = 0;

    for (int lane = 0; s && lane < TT_LANE_LINE; lane++)
        if (s->bytes[lane] > p->fed_to[lane])
            sum += s->bytes[lane] - p->fed_to[lane];
    return sum;
}

bool port_work(struct port *p, uint64_t until_ns, size_t bytes)
{
    size_t cost = 0;

    while (cost < bytes)
        if (!feed_next(p, until_ns, &cost))
            return false;
    return true;
}

static bool is_wire(const struct tt_record *r)
{
    return r->event == TT_EV_NONE &&
           (r->lane == TT_LANE_HOST || r->lane == TT_LANE_DEVICE);
}

bool port_step(struct port *p, enum port_step how, size_t bytes)
{
    uint64_t changes = p->changes, offset;
    size_t cost = 0;
    struct tt_record r;
    bool any = false, turn = false;
    enum tt_lane lane = TT_LANE_HOST;

    while (cost < bytes && store_get(&p->source, p->fed, &r, &offset)) {
        if (how == STEP_TURN && turn && is_wire(&r) && r.lane != lane)
            break;
        if (is_wire(&r)) {
            turn = true;
            lane = r.lane;
        }
        if (!feed_next(p, UINT64_MAX, &cost))
            break;
        any = true;
        if (how == STEP_RECORD && r.event != TT_EV_TICK)
            break;
        if (how == STEP_VERDICT) {
            port_refresh(p, false);
            if (p->changes != changes)
                break;
        }
    }
    port_refresh(p, false);
    return any;
}

void port_finish(struct port *p, uint64_t end_ns)
{
    if (p->finished)
        return;
    p->finished = true;
    tt_session_finish(p->session, end_ns);
    port_refresh(p, true);
}

/* ---- the verdict -------------------------------------------------------- */

static void set_label(struct headline *h, const struct tt_verdict *v)
{
    const char *label = "UNKNOWN";

    h->style = STYLE_UNKNOWN;
    if (v->status == TT_STATUS_FAULT) {
        bool grave = v->headline.rule->severity == TT_ERROR;

        h->style = grave ? STYLE_FAULT : STYLE_WARN;
        label = "FAULT";
    } else if (v->status == TT_STATUS_OK) {
        bool healthy =
            !v->has_headline || v->headline.rule->severity == TT_INFO;

        h->style = healthy ? STYLE_OK : STYLE_NOTE;
        label = healthy ? "OK" : "NOTE";
    }
    (void)snprintf(h->label, sizeof(h->label), "%s", label);
}

static void keep(char *to, size_t size, struct tt_buf *from)
{
    (void)snprintf(to, size, "%s", tt_buf_text(from));
    tt_buf_clear(from);
}

static void put_fixes(struct tt_buf *b, const struct tt_verdict *v)
{
    const struct tt_finding *f = &v->headline;

    for (unsigned i = 0; v->has_headline && i < f->nfix; i++) {
        if (f->nfix > 1)
            tt_buf_printf(b, "%s%u ", i ? "  " : "", i + 1);
        tt_buf_str(b, f->fix[i]);
    }
    for (unsigned i = 0; !v->has_headline && i < v->ndecide; i++)
        tt_buf_printf(b, "%s%s", i ? "; " : "", v->decide[i]);
}

static void put_also(struct tt_buf *b, const struct tt_verdict *v)
{
    tt_buf_str(b, v->conflict);
    for (unsigned i = 0; i < v->nalso; i++)
        tt_buf_printf(b, "%s%s%s (%d bits)", b->n ? "; " : "",
                      v->also[i].word == TT_WORD_PROBABLY ? "probably: " : "",
                      v->also[i].text, (int)((v->also[i].bits + 32768) >> 16));
}

static void fill_headline(struct port *p, const struct tt_verdict *v)
{
    struct headline *h = &p->head;
    const struct tt_finding *f = &v->headline;
    struct tt_buf b;

    tt_buf_init(&b, 1 << 16);
    *h = (struct headline){.style = STYLE_UNKNOWN};
    set_label(h, v);
    if (v->has_headline) {
        (void)snprintf(h->rule, sizeof(h->rule), "%s", f->rule->name);
        (void)snprintf(h->right, sizeof(h->right), "%s, %d bits",
                       tt_word_name(f->word), (int)((f->bits + 32768) >> 16));
        tt_buf_printf(&b, "%s%s",
                      f->word == TT_WORD_PROBABLY ? "probably: " : "", f->text);
        keep(h->text, sizeof(h->text), &b);
        tt_report_why(&b, f, p->info.quality);
        keep(h->why, sizeof(h->why), &b);
        for (unsigned i = 0; i < f->nevidence; i++) {
            h->evidence[i].lane = f->evidence[i].lane;
            h->evidence[i].t_ns = f->evidence[i].t_ns;
            h->evidence[i].offset = f->evidence[i].offset;
            h->evidence[i].len = f->evidence[i].len;
        }
        h->nevidence = f->nevidence;
    } else {
        (void)snprintf(h->text, sizeof(h->text), "%s", v->plain);
    }
    put_fixes(&b, v);
    keep(h->fix, sizeof(h->fix), &b);
    put_also(&b, v);
    keep(h->also, sizeof(h->also), &b);
    tt_buf_release(&b);
}

static void remember(struct port *p)
{
    struct past_verdict *v = &p->past[p->npast++ % PORT_PAST];

    *v = (struct past_verdict){.t_ns = p->now_ns, .style = p->head.style};
    memcpy(v->label, p->head.label, sizeof(v->label));
    memcpy(v->right, p->head.right, sizeof(v->right));
    (void)snprintf(v->text, sizeof(v->text), "%.199s", p->head.text);
}

/* Another rule, another word: that is a change.  Other words of the same
 * rule (a count in them) are shown once a second. */
static void take_over(struct port *p, const struct tt_verdict *v, bool last)
{
    const char *rule = v->has_headline ? v->headline.rule->name : "";
    bool fresh = p->head.style == STYLE_UNKNOWN && !p->head.text[0];
    bool other = strcmp(rule, p->head.rule) != 0 ||
                 (v->has_headline &&
                  strncmp(p->head.right, tt_word_name(v->headline.word),
                          strlen(tt_word_name(v->headline.word))) != 0);

    p->ask_again = !tt_hysteresis_switch(&p->steady, v, p->now_ns) && !last;
    if (p->ask_again)
        return;
    if (!other && !fresh && !last && p->now_ns < p->head_ns + TT_NS_PER_S &&
        p->now_ns >= p->head_ns) {
        p->ask_again = true;
        return;
    }
    fill_headline(p, v);
    p->report_width = 0;
    p->head_ns = p->now_ns;
    if (!other)
        return;
    p->changes++;
    remember(p);
}

void port_refresh(struct port *p, bool last)
{
    struct tt_verdict v;

    if (!last && !p->ask_again && !tt_session_changed(p->session))
        return;
    if (tt_session_verdict(p->session, &v)) {
        p->status = TT_ERR_NOMEM;
        return;
    }
    take_over(p, &v, last);
}

const char *port_report(struct port *p, unsigned width)
{
    const struct tt_report_input in = {.name = p->name, .info = &p->info};
    const struct tt_report_options how = {.width = width};
    struct tt_verdict v;

    if (p->report_width == width)
        return tt_buf_text(&p->report);
    if (tt_session_verdict(p->session, &v))
        return "";
    tt_buf_clear(&p->report);
    tt_report_text(&p->report, &v, &in, &how);
    p->report_width = width;
    return tt_buf_text(&p->report);
}

const struct past_verdict *port_past(const struct port *p, uint64_t i)
{
    uint64_t held = p->npast < PORT_PAST ? p->npast : PORT_PAST;

    return i < held ? &p->past[(p->npast - 1 - i) % PORT_PAST] : NULL;
}
