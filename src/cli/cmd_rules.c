/*
 * cmd_rules - the knowledge as pages of a handbook.
 */
#include "cli/page.h"
#include "cli/systems.h"

#include <stdlib.h>
#include <string.h>

static void put_weight(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;

    tt_buf_init(&text, 1 << 16);
    tt_buf_printf(&text,
                  "%.1f bits a hit (%.1f from the pattern, %.1f from "
                  "checks): by chance one of 2^%.0f %ss looks like this",
                  bits_of(r), (double)r->bits_pattern / 65536,
                  (double)r->bits_check / 65536, bits_of(r),
                  tt_unit_name(r->unit));
    put_buf_para(out, "weight", &text);
    tt_buf_release(&text);
}

static void put_verdicts(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;

    tt_buf_init(&text, 1 << 16);
    put_says(out, r);
    if (r->note.n)
        put_para(out, "labels", r->note.p, r->note.n);
    if (r->verdict) {
        tt_buf_str(&text, tt_severity_name(r->severity));
        if (r->side != TT_SIDE_NONE)
            tt_buf_printf(&text, ", side: %s", tt_side_name(r->side));
        if (r->subject)
            tt_buf_printf(&text, ", claims %s = %s", r->subject, r->value);
        put_buf_para(out, "severity", &text);
    }
    tt_buf_release(&text);
}

static void put_examples(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;
    unsigned i = 0;

    tt_buf_init(&text, 1 << 20);
    for (const struct tt_example *e = r->examples; e; e = e->next) {
        tt_buf_str(&text, e->yes ? "yes " : "no  ");
        tt_buf_add(&text, e->written.p, e->written.n);
        if (e->expect) {
            tt_buf_str(&text, " => ");
            tt_expr_print(&text, r, e->expect);
        }
        put_buf_para(out, i++ ? "" : "examples", &text);
    }
    tt_buf_release(&text);
}

/* "50ms", "2.5 characters" */
static void put_dur(struct tt_buf *out, struct tt_dur d)
{
    if (d.milli_ch)
        tt_buf_printf(out, "%g characters", (double)d.milli_ch / 1000);
    else
        tt_buf_printf(out, "%g ms", (double)d.ns / 1e6);
}

/* How long an attempt lives, and what ends what the rule said. */
static void put_limits(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;

    tt_buf_init(&text, 1 << 16);
    tt_buf_str(&text, "a pause of more than ");
    put_dur(&text, r->gap);
    tt_buf_str(&text, " ends an attempt");
    if (r->steps) {
        tt_buf_str(&text, ", and so does no step within ");
        put_dur(&text, r->timeout);
    }
    put_buf_para(out, "gap", &text);
    if (r->cap >= 0)
        tt_buf_printf(&text, "no hit counts more than %d bits", r->cap);
    if (text.n)
        put_buf_para(out, "cap", &text);
    if (r->expires_ns)
        tt_buf_printf(&text, "it is news for %g s",
                      (double)r->expires_ns / 1e9);
    if (text.n)
        put_buf_para(out, "expires", &text);
    for (unsigned i = 0; i < r->nuntil; i++)
        tt_buf_printf(&text, "%s[%s]", i ? ", " : "forgotten after ",
                      tt_event_name(r->until[i]));
    if (text.n)
        put_buf_para(out, "until", &text);
    for (const struct tt_probe *p = r->probe; p; p = p->next) {
        tt_buf_ch(&text, '>');
        for (size_t i = 0; i < p->bytes.n; i++)
            tt_buf_printf(&text, " %02X", (uint8_t)p->bytes.p[i]);
        tt_buf_str(&text, p->safe ? " is safe to send" : " changes: ");
        if (!p->safe)
            tt_buf_add(&text, p->how.p, p->how.n);
        put_buf_para(out, "probe", &text);
    }
    tt_buf_release(&text);
}

static void put_page(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;

    tt_buf_init(&text, 1 << 16);
    put_text(out, r->name);
    tt_buf_ch(out, '\n');
    if (r->title.n) {
        put_slice(out, r->title);
        tt_buf_ch(out, '\n');
    }
    tt_buf_ch(out, '\n');
    if (r->protocol) {
        tt_buf_printf(&text, "%s - ", r->protocol->name);
        tt_buf_add(&text, r->protocol->title.p, r->protocol->title.n);
        put_buf_para(out, "protocol", &text);
        put_strings(out, "about", r->protocol->about, false);
        put_strings(out, "settings", r->protocol->settings, false);
    }
    put_looks_for(out, r);
    put_weight(out, r);
    put_verdicts(out, r);
    put_strings(out, "cause", r->cause, false);
    put_strings(out, "fix", r->fix, r->fix && r->fix->next);
    put_strings(out, "next", r->next_look, false);
    for (const struct tt_names *n = r->refines; n; n = n->next)
        put_para(out, "refines", n->name, strlen(n->name));
    put_examples(out, r);
    put_limits(out, r);
    put_strings(out, "see", r->ref, false);
    if (r->protocol)
        put_strings(out, r->ref ? "" : "see", r->protocol->refs, false);
    put_basis(&text, tt_rule_basis(r));
    put_buf_para(out, "verified", &text);
    put_where(&text, r);
    put_buf_para(out, "from", &text);
    tt_buf_release(&text);
}

enum { MOST_NEAR = 8 };

/* Names of rules that begin with what was written, at most a line of them. */
static void put_beginning(struct tt_buf *out, const struct tt_rules *set,
                          const char *name)
{
    size_t len = strlen(name);
    unsigned n = 0;

    for (const struct tt_rule *r = set->rules; len && r; r = r->next) {
        if (strncmp(r->name, name, len) != 0)
            continue;
        if (n++ < MOST_NEAR)
            tt_buf_printf(out, "%s%s", n > 1 ? ", " : "", r->name);
    }
    if (n > MOST_NEAR)
        tt_buf_printf(out, " and %u more", n - MOST_NEAR);
}

const struct tt_rule *rule_called(const struct tt_rules *set, const char *name)
{
    const struct tt_rule *r = tt_rules_find(set, name);
    const char **names, *near;
    struct tt_buf like;
    size_t n = 0;

    if (r)
        return r;
    tt_buf_init(&like, 1024);
    put_beginning(&like, set, name);
    if (like.n) {
        say("there is no rule '%s'; these begin so: %s", name,
            tt_buf_text(&like));
        tt_buf_release(&like);
        return NULL;
    }
    names = calloc(set->nrules + 1, sizeof(*names));
    for (r = set->rules; names && r; r = r->next)
        names[n++] = r->name;
    near = names ? nearest(name, names, n) : NULL;
    if (near)
        say("there is no rule '%s'; did you mean '%s'?", name, near);
    else
        say("there is no rule '%s'; 'telltale rules list -v' names them", name);
    free(names);
    return NULL;
}

enum exit_code cmd_rules_show(const struct options *o)
{
    struct tt_rules *set = load_rules(o);
    enum exit_code code = set ? EXIT_HEALTHY : EXIT_CANNOT;
    const struct tt_protocol *p;
    const struct tt_rule *r;
    struct tt_buf out;

    tt_buf_init(&out, MAX_PAGE);
    for (size_t i = 0; set && i < o->nwords; i++) {
        if (i)
            tt_buf_ch(&out, '\n');
        p = protocol_called(set, o->words[i]);
        if (p && !tt_rules_find(set, o->words[i])) {
            put_system_page(&out, set, p);
            continue;
        }
        r = rule_called(set, o->words[i]);
        if (!r) {
            code = EXIT_CANNOT;
            continue;
        }
        put_page(&out, r);
    }
    (void)put_out(&out);
    tt_buf_release(&out);
    tt_rules_free(set);
    return code;
}
