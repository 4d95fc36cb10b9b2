/*
 * The printer: rules as rule-file text that reads back to the same tree.
 */
#include "rules/print.h"
#include "rules/lex.h"
#include "rules/words.h"

/* ---- patterns ------------------------------------------------------------------- */

/* Where in the pattern the printer is. */
struct at {
    struct tt_buf *out;
    const struct tt_rule *r;
    enum tt_lane lane;
    const struct tt_node *hop; /* its 'within' is still to be written */
    bool after;                /* something was written since the hop */
    bool glue;                 /* no blank before the next item */
};

static void node(struct at *p, const struct tt_node *n);

static void blank(struct at *p)
{
    if (!p->glue)
        tt_buf_ch(p->out, ' ');
    p->glue = false;
}

/* 'within' stands at the end of what was reached in time. */
static void flush_within(struct at *p)
{
    if (p->hop && p->hop->has_dur) {
        blank(p);
        tt_buf_str(p->out, "within ");
        tt_print_dur(p->out, p->hop->dur);
    }
    p->hop = NULL;
}

static bool has_hop(const struct tt_node *n)
{
    bool yes = n->kind == TT_N_HOP || n->kind == TT_N_THEN;

    for (const struct tt_node *k = n->kids; k && !yes; k = k->next)
        yes = has_hop(k);
    return yes;
}

static void hop(struct at *p, const struct tt_node *n)
{
    flush_within(p);
    blank(p);
    if (n->kind == TT_N_HOP)
        tt_buf_ch(p->out, tt_lane_mark(n->lane));
    else
        tt_buf_str(p->out, "then");
    if (n->kind == TT_N_THEN && n->lane != p->lane)
        tt_buf_printf(p->out, " %c", tt_lane_mark(n->lane));
    p->lane = n->lane;
    p->hop = n;
    p->after = false;
}

static bool is_wait(const struct tt_node *n)
{
    return n->kind == TT_N_SILENCE || n->kind == TT_N_QUIET;
}

static void sequence(struct at *p, const struct tt_node *seq)
{
    const struct tt_node *mine = NULL;

    for (const struct tt_node *k = seq->kids; k; k = k->next) {
        if (k->kind == TT_N_HOP || k->kind == TT_N_THEN) {
            hop(p, k);
            mine = k;
            continue;
        }
        /* "79 within 1s silence 1s": the wait is not part of the 1s */
        if (p->hop && (has_hop(k) || (p->after && is_wait(k))))
            flush_within(p);
        blank(p);
        node(p, k);
        p->after = true;
    }
    if (mine && p->hop == mine)
        flush_within(p);
}

static void alternatives(struct at *p, const struct tt_node *n)
{
    enum tt_lane before = p->lane;

    if (n->kind != TT_N_ALT) {
        sequence(p, n);
        return;
    }
    for (const struct tt_node *k = n->kids; k; k = k->next) {
        p->lane = before;
        sequence(p, k);
        if (k->next)
            tt_buf_str(p->out, " |");
    }
}

static void repeat(struct at *p, const struct tt_node *n)
{
    if (n->kind == TT_N_REP && n->lo == 0 && n->hi == 1) {
        tt_buf_ch(p->out, '?');
        return;
    }
    tt_buf_printf(p->out, "*%u", n->lo);
    if (n->hi == TT_NO_LIMIT)
        tt_buf_str(p->out, "..");
    else if (n->hi != n->lo)
        tt_buf_printf(p->out, "..%u", n->hi);
}

static void slice(struct at *p, struct tt_slice s)
{
    tt_buf_add(p->out, s.p, s.n);
}

static void wait(struct at *p, const char *word, const struct tt_node *n)
{
    tt_buf_printf(p->out, "%s ", word);
    tt_print_dur(p->out, n->dur);
}

static void bytes(struct at *p, const struct tt_node *n)
{
    tt_buf_str(p->out, "bytes[");
    tt_expr_print(p->out, p->r, n->from);
    if (n->to) {
        tt_buf_str(p->out, "..");
        tt_expr_print(p->out, p->r, n->to);
    }
    tt_buf_ch(p->out, ']');
}

/* What holds other nodes. */
static void compound(struct at *p, const struct tt_node *n)
{
    switch (n->kind) {
    case TT_N_GROUP:
        tt_buf_ch(p->out, '(');
        p->glue = true;
        alternatives(p, n->kids);
        tt_buf_ch(p->out, ')');
        break;
    case TT_N_FIELD:
        tt_buf_printf(p->out, "%s:", p->r->field[n->field].name);
        node(p, n->kids);
        break;
    case TT_N_REP:
        node(p, n->kids);
        repeat(p, n);
        break;
    default: alternatives(p, n);
    }
}

static void node(struct at *p, const struct tt_node *n)
{
    char type[8];

    switch (n->kind) {
    case TT_N_SET: slice(p, n->written); break;
    case TT_N_TEXT:
        tt_print_text(p->out, n->text);
        tt_buf_str(p->out, n->nocase ? "i" : "");
        break;
    case TT_N_INT:
        tt_type_name(&n->type, type);
        tt_buf_str(p->out, type);
        break;
    case TT_N_BYTES: bytes(p, n); break;
    case TT_N_LINE: tt_buf_str(p->out, "line"); break;
    case TT_N_SAME_AS:
        tt_buf_printf(p->out, "=%s", p->r->field[n->field].name);
        break;
    case TT_N_RUN:
        tt_buf_str(p->out, "same(");
        slice(p, n->written);
        tt_buf_ch(p->out, ')');
        repeat(p, n);
        break;
    case TT_N_SILENCE: wait(p, "silence", n); break;
    case TT_N_QUIET: wait(p, "quiet", n); break;
    case TT_N_AFTER: wait(p, "after", n); break;
    case TT_N_START: tt_buf_str(p->out, "start"); break;
    case TT_N_END: tt_buf_str(p->out, "end"); break;
    case TT_N_EVENT:
        tt_buf_printf(p->out, "[%s]", tt_event_name(n->event));
        break;
    case TT_N_SENSOR:
        tt_buf_printf(p->out, "sensor %s", tt_sensor_name(n->sensor));
        break;
    case TT_N_HOP:
    case TT_N_THEN: hop(p, n); break;
    default: compound(p, n);
    }
}

void tt_node_print(struct tt_buf *out, const struct tt_rule *r,
                   const struct tt_node *n)
{
    struct at p = {.out = out, .r = r, .lane = TT_LANE_LINE, .glue = true};

    node(&p, n);
}

/* ---- rules ----------------------------------------------------------------------- */

static void statement(struct tt_buf *out, const char *word)
{
    tt_buf_printf(out, "  %-8s ", word);
}

static void text_statement(struct tt_buf *out, const char *word,
                           struct tt_slice text)
{
    if (!text.p)
        return;
    statement(out, word);
    tt_print_text(out, text);
    tt_buf_ch(out, '\n');
}

static void texts(struct tt_buf *out, const char *word,
                  const struct tt_strings *s)
{
    for (; s; s = s->next)
        text_statement(out, word, s->text);
}

static void basis(struct tt_buf *out, const struct tt_basis *b)
{
    if (b->kind == TT_BASIS_NONE)
        return;
    statement(out, "basis");
    tt_buf_str(out, tt_basis_name(b->kind));
    if (b->what.p) {
        tt_buf_ch(out, ' ');
        tt_print_text(out, b->what);
    }
    tt_buf_ch(out, '\n');
}

static void name_list(struct tt_buf *out, const char *word,
                      const struct tt_names *n)
{
    for (; n; n = n->next) {
        statement(out, word);
        tt_buf_printf(out, "%s\n", n->name);
    }
}

static void time_statement(struct tt_buf *out, const char *word,
                           struct tt_dur d)
{
    statement(out, word);
    tt_print_dur(out, d);
    tt_buf_ch(out, '\n');
}

static bool any_nocase(const struct tt_node *seq)
{
    for (const struct tt_node *k = seq->kids; k; k = k->next)
        if (k->kind == TT_N_TEXT && k->nocase)
            return true;
    return false;
}

static void patterns(struct tt_buf *out, const struct tt_rule *r)
{
    if (r->log.p && r->match) {
        statement(out, "log");
        tt_print_text(out, r->log);
        tt_buf_str(out, any_nocase(r->match) ? "i\n" : "\n");
    } else if (r->match) {
        statement(out, "match");
        tt_node_print(out, r, r->match);
        tt_buf_ch(out, '\n');
    }
    for (const struct tt_step *s = r->steps; s; s = s->next) {
        statement(out, "step");
        tt_buf_printf(out, "%s ", s->name);
        tt_node_print(out, r, s->pattern);
        tt_buf_ch(out, '\n');
    }
    if (r->unless) {
        statement(out, "unless");
        tt_node_print(out, r, r->unless);
        tt_buf_ch(out, '\n');
    }
    for (const struct tt_where *w = r->where; w; w = w->next) {
        statement(out, "where");
        tt_expr_print(out, r, w->expr);
        tt_buf_ch(out, '\n');
    }
    if (r->has_gap)
        time_statement(out, "gap", r->gap);
    if (r->has_timeout)
        time_statement(out, "timeout", r->timeout);
}

static void note(struct tt_buf *out, struct tt_slice label)
{
    struct tt_tok t;
    struct tt_lex_error e;
    size_t n;
    bool word = tt_lex(label, 1, 1, true, &t, 1, &n, &e) && n == 1 &&
                t.kind == TT_T_NAME && t.v.n == label.n;

    statement(out, "note");
    if (word)
        tt_buf_add(out, label.p, label.n);
    else
        tt_print_text(out, label);
    tt_buf_ch(out, '\n');
}

static void messages(struct tt_buf *out, const struct tt_rule *r)
{
    for (const struct tt_verdict_text *v = r->verdict; v; v = v->next) {
        statement(out, "verdict");
        if (v->when) {
            tt_buf_str(out, "when ");
            tt_expr_print(out, r, v->when);
            tt_buf_ch(out, ' ');
        }
        tt_print_text(out, v->text);
        tt_buf_ch(out, '\n');
    }
    if (r->note.n)
        note(out, r->note);
    texts(out, "cause", r->cause);
    texts(out, "fix", r->fix);
    texts(out, "next", r->next_look);
    texts(out, "ref", r->ref);
    basis(out, &r->basis);
}

static void weights(struct tt_buf *out, const struct tt_rule *r)
{
    if (r->has_severity)
        tt_buf_printf(out, "  severity %s\n", tt_severity_name(r->severity));
    if (r->side)
        tt_buf_printf(out, "  side     %s\n", tt_side_name(r->side));
    if (r->subject)
        tt_buf_printf(out, "  claim    %s = %s\n", r->subject, r->value);
    name_list(out, "refines", r->refines);
    if (r->expires_ns)
        time_statement(out, "expires", (struct tt_dur){r->expires_ns, 0});
    if (r->nuntil)
        tt_buf_str(out, "  until   ");
    for (unsigned i = 0; i < r->nuntil; i++)
        tt_buf_printf(out, " [%s]", tt_event_name(r->until[i]));
    if (r->nuntil)
        tt_buf_ch(out, '\n');
    if (r->cap >= 0)
        tt_buf_printf(out, "  cap      %d\n", r->cap);
    name_list(out, "tag", r->tag);
    text_statement(out, "author", r->author);
}

static void probes(struct tt_buf *out, const struct tt_rule *r)
{
    for (const struct tt_probe *p = r->probe; p; p = p->next) {
        statement(out, "probe");
        tt_buf_ch(out, '>');
        for (size_t i = 0; i < p->bytes.n; i++)
            tt_buf_printf(out, " %02X", (uint8_t)p->bytes.p[i]);
        tt_buf_str(out, p->safe ? " safe" : " changes-state ");
        if (!p->safe)
            tt_print_text(out, p->how);
        tt_buf_ch(out, '\n');
    }
}

void tt_rule_print(struct tt_buf *out, const struct tt_rule *r)
{
    tt_buf_printf(out, "rule %s\n", r->name);
    text_statement(out, "title", r->title);
    patterns(out, r);
    messages(out, r);
    weights(out, r);
    probes(out, r);
    for (const struct tt_example *e = r->examples; e; e = e->next) {
        statement(out, e->yes ? "yes" : "no");
        tt_buf_add(out, e->written.p, e->written.n);
        if (e->expect) {
            tt_buf_str(out, " => ");
            tt_expr_print(out, r, e->expect);
        }
        tt_buf_ch(out, '\n');
    }
}

static void table(struct tt_buf *out, const struct tt_table *t)
{
    tt_buf_printf(out, "table %s\n", t->name);
    for (const struct tt_entry *e = t->entries; e; e = e->next) {
        if (e->is_hex)
            tt_buf_printf(out, "  0x%02llX ", (unsigned long long)e->num);
        else
            tt_buf_printf(out, "  %-4lld ", (long long)e->num);
        tt_print_text(out, e->text);
        tt_buf_ch(out, '\n');
    }
    tt_buf_ch(out, '\n');
}

static void rules_of(struct tt_buf *out, const struct tt_rules *set,
                     const struct tt_protocol *p)
{
    for (const struct tt_rule *r = set->rules; r; r = r->next) {
        if (r->protocol != p)
            continue;
        tt_rule_print(out, r);
        tt_buf_ch(out, '\n');
    }
}

void tt_rules_print(struct tt_buf *out, const struct tt_rules *set)
{
    for (const struct tt_table *t = set->tables; t; t = t->next)
        table(out, t);
    rules_of(out, set, NULL);
    for (const struct tt_protocol *p = set->protocols; p; p = p->next) {
        tt_buf_printf(out, "protocol %s ", p->name);
        tt_print_text(out, p->title);
        tt_buf_ch(out, '\n');
        texts(out, "settings", p->settings);
        texts(out, "ref", p->refs);
        texts(out, "about", p->about);
        basis(out, &p->basis);
        tt_buf_ch(out, '\n');
        rules_of(out, set, p);
    }
}
