/*
 * cmd_check - rules as their author sees them: mistakes with a caret, the
 * examples that do not hold, rules that take another's traffic or chance for
 * their own, and what each costs.
 *
 * Files are checked on top of the built-in rules (they may refine them), but
 * only what is in the files is talked about.
 */
#include "cli/load.h"
#include "engine/price.h"
#include "engine/selftest.h"
#include "verdict/prove.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_PROBLEMS = 1000,
    MAX_TALK = 16 << 20,
    CHANCE_BYTES = 1 << 20,  /* of each kind of noise; for files that are */
    CHANCE_FILE = 256 << 10, /* named less, so that nobody has to wait */
    PRICE_BYTES = 32 << 10
};

struct checking {
    const struct options *o;
    struct complaints complaints;
    struct tt_buf out;
    const char *origin;            /* of the rules that are looked at */
    const struct tt_example *last; /* the example last complained about */
    unsigned failed;               /* examples */
    unsigned problems;
    unsigned rules; /* that were looked at */
};

static bool is_ours(const struct checking *c, const struct tt_rule *r)
{
    return r && strcmp(r->origin, c->origin) == 0;
}

static void put_cause(struct tt_buf *out, const struct tt_selftest_finding *f)
{
    switch (f->kind) {
    case TT_TEST_SILENT:
        tt_buf_printf(out, "%s must fire here and does not", f->rule->name);
        break;
    case TT_TEST_FIRED:
        tt_buf_printf(out, "%s must not fire here and says: %s", f->rule->name,
                      f->says);
        break;
    case TT_TEST_EXPECT:
        tt_buf_printf(out, "%s fires, but what stands after => is not true: %s",
                      f->rule->name, f->says ? f->says : "");
        break;
    case TT_TEST_CUT:
        tt_buf_printf(out,
                      "%s says something else when the bytes come in "
                      "other pieces",
                      f->rule->name);
        break;
    case TT_TEST_REFUSED: tt_buf_str(out, f->says); break;
    }
}

static void on_finding(const struct tt_selftest_finding *f, void *user)
{
    struct checking *c = user;

    put_clean(&c->out, f->rule->file, strlen(f->rule->file));
    tt_buf_printf(&c->out, ":%u: FAILED: ", f->line);
    put_cause(&c->out, f);
    tt_buf_ch(&c->out, '\n');
    c->problems++;
    if (f->example && f->example != c->last)
        c->failed++;
    c->last = f->example;
}

/* What was found out about rules together; only of those looked at, though
 * either of two may be to blame. */
static void on_proof(const struct tt_proof_finding *f, void *user)
{
    struct checking *c = user;
    const struct tt_example *x = f->example;

    if (!is_ours(c, f->rule) && !is_ours(c, f->other))
        return;
    if (f->kind == TT_PROOF_UNSEEN && !c->o->verbose)
        return;
    put_clean(&c->out, f->rule->file, strlen(f->rule->file));
    tt_buf_printf(&c->out, ":%u: ", x ? x->line : f->rule->line);
    switch (f->kind) {
    case TT_PROOF_CROSSFIRE:
        tt_buf_printf(&c->out,
                      "CROSS-FIRE: on this example of %s the verdict is that "
                      "of %s: %s",
                      f->rule->name, f->other->name, f->says);
        break;
    case TT_PROOF_SHADOWED:
        tt_buf_printf(&c->out,
                      "SHADOWED: %s is not shown on any of its examples, %s is",
                      f->rule->name, f->other->name);
        break;
    case TT_PROOF_UNSEEN:
        tt_buf_printf(&c->out,
                      "note: %s is never the headline of its examples, %s is",
                      f->rule->name, f->other->name);
        break;
    case TT_PROOF_CHANCE:
        tt_buf_printf(&c->out, "CHANCE: %s is sure on %s: %s", f->rule->name,
                      tt_noise_name(f->noise), f->says);
        break;
    case TT_PROOF_COSTLY:
        tt_buf_printf(&c->out, "COSTLY: %s is switched off on %s",
                      f->rule->name, tt_noise_name(f->noise));
        break;
    }
    tt_buf_ch(&c->out, '\n');
    c->problems += f->kind != TT_PROOF_UNSEEN;
}

static void on_price(const struct tt_price *p, void *user)
{
    struct checking *c = user;
    double mib = (double)p->bytes / (1 << 20);

    tt_buf_printf(&c->out, "%-30s %9.0f %9.1f %9.0f  %s%s\n", p->rule->name,
                  (double)p->begun / mib, (double)p->hits / mib,
                  (double)p->work / mib / 1024, p->parts,
                  p->off ? " (too costly: switched off)" : "");
}

static enum tt_status put_prices(struct checking *c, const struct tt_rules *set)
{
    tt_buf_printf(&c->out, "%-30s %9s %9s %9s  %s\n", "rule", "begun/MiB",
                  "hits/MiB", "steps/KiB", "parts");
    return tt_price_rules(set, c->origin, PRICE_BYTES, on_price, c);
}

/* "one hit is a verdict in up to 64 turns": as many as leave 10 bits. */
static void put_reach(struct tt_buf *out, const struct tt_rule *r)
{
    int64_t bits = r->bits_pattern + r->bits_check;
    double room = 1;

    if (r->cap >= 0 && bits > (int64_t)r->cap << 16)
        bits = (int64_t)r->cap << 16;
    for (bits -= 10 << 16; bits >= 1 << 16 && room < 1e12; bits -= 1 << 16)
        room *= 2;
    if (bits < 0)
        tt_buf_printf(out, "one hit is never a verdict (%ss)",
                      tt_unit_name(r->unit));
    else if (r->unit == TT_UNIT_ONCE)
        tt_buf_str(out, "one hit is a verdict in any recording");
    else
        tt_buf_printf(out, "one hit is a verdict in up to %.3g %ss", room,
                      tt_unit_name(r->unit));
}

static void put_weights(struct checking *c, const struct tt_rules *set,
                        const struct tt_engine *e)
{
    struct tt_buf parts;

    tt_buf_init(&parts, 256);
    for (const struct tt_rule *r = set->rules; r; r = r->next) {
        if (!is_ours(c, r))
            continue;
        tt_buf_printf(&c->out, "%-30s %5.1f bits = %.1f pattern + %.1f check; ",
                      r->name,
                      (double)(r->bits_pattern + r->bits_check) / 65536,
                      (double)r->bits_pattern / 65536,
                      (double)r->bits_check / 65536);
        put_reach(&c->out, r);
        tt_engine_parts(e, r->index, &parts);
        tt_buf_printf(&c->out, "  [%s]\n", tt_buf_text(&parts));
    }
    tt_buf_release(&parts);
}

static void no_hit(const struct tt_hit *hit, void *user)
{
    (void)hit;
    (void)user;
}

static bool run(struct checking *c, const struct tt_rules *set)
{
    struct tt_engine_config config = {.quality = TT_TIME_NS};
    struct tt_selftest_sum sum;
    struct tt_engine *e = NULL;
    unsigned examples = 0;

    if (tt_selftest(set, c->origin, &sum, on_finding, c) ||
        tt_prove(set, c->o->nwords ? CHANCE_FILE : CHANCE_BYTES, on_proof, c) ||
        (c->o->price && put_prices(c, set)) ||
        tt_engine_new(&e, set, &config, no_hit, NULL, NULL))
        return false;
    for (const struct tt_rule *r = set->rules; r; r = r->next) {
        if (!is_ours(c, r))
            continue;
        c->rules++;
        for (const struct tt_example *x = r->examples; x; x = x->next)
            examples++;
    }
    if (c->o->verbose)
        put_weights(c, set, e);
    tt_engine_free(e);
    c->problems += c->complaints.n;
    if (!c->o->quiet || c->problems)
        tt_buf_printf(&c->out, "%u rule%s, %u example%s pass, %u problem%s\n",
                      c->rules, c->rules == 1 ? "" : "s", examples - c->failed,
                      examples - c->failed == 1 ? "" : "s", c->problems,
                      c->problems == 1 ? "" : "s");
    return true;
}

static size_t ours(const struct checking *c, const struct tt_rules *set)
{
    size_t n = 0;

    for (const struct tt_rule *r = set->rules; r; r = r->next)
        n += is_ours(c, r);
    return n;
}

/* One file or folder that was named; said when nothing in it is a rule. */
static bool load_named(struct checking *c, struct tt_rules *set,
                       const char *path)
{
    size_t before = ours(c, set);
    unsigned complaints = c->complaints.n;

    if (!load_path(set, path, c->origin, true, &c->complaints))
        return false;
    if (ours(c, set) == before && c->complaints.n == complaints)
        say("%s: no rule was found in it", path);
    return true;
}

enum exit_code cmd_rules_check(const struct options *o)
{
    struct checking c = {.o = o, .origin = "built in"};
    struct tt_rules *set = tt_rules_new();
    enum exit_code code = EXIT_HEALTHY;
    bool good;

    tt_buf_init(&c.out, MAX_TALK);
    c.complaints = (struct complaints){.most = MOST_PROBLEMS, .out = &c.out};
    good = set && load_builtin(set, &c.complaints);
    if (o->nwords)
        c.origin = "checked";
    for (size_t i = 0; good && i < o->nrules; i++)
        if (!load_path(set, o->rules[i], o->rules[i], false, &c.complaints))
            code = EXIT_CANNOT;
    for (size_t i = 0; good && i < o->nwords; i++)
        if (!load_named(&c, set, o->words[i]))
            code = EXIT_CANNOT;
    good = good && load_finish(set, &c.complaints) && run(&c, set);
    if (!good) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        code = EXIT_CANNOT;
    } else {
        (void)put_out(&c.out);
        code = exit_worse(code, c.problems ? EXIT_FAULT
                                : c.rules  ? EXIT_HEALTHY
                                           : EXIT_CANNOT);
    }
    tt_buf_release(&c.out);
    tt_rules_free(set);
    return code;
}
