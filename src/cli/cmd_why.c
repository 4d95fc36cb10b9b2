/*
 * cmd_why - why a rule did not fire on a recording: how far its best attempt
 * came, and what it met there instead of what it waited for.
 */
#include "cli/input.h"
#include "cli/intake.h"
#include "cli/load.h"
#include "engine/selftest.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_TALK = 1 << 20 };

struct asking {
    const struct options *o;
    const struct tt_rules *set;
    const struct tt_rule *rule;
    struct tt_rules alone;    /* the rule and nothing else */
    struct tt_rule *by_index; /* of alone */
    struct tt_engine *engine;
    struct intake in; /* a session beside it: what won in the end */
    struct tt_reader *reader;
    bool begun;
    uint64_t hits, first_ns;
    bool is_void; /* 'unless' was seen */
    struct tt_buf says;
};

static void on_hit(const struct tt_hit *hit, void *user)
{
    struct asking *a = user;

    if (hit->rule != a->rule)
        return;
    if (hit->kind == TT_HIT_RETRACT) {
        a->is_void = true;
        return;
    }
    if (hit->kind == TT_HIT && !a->hits++)
        a->first_ns = hit->t_end;
    tt_buf_clear(&a->says);
    tt_selftest_text(&a->says, a->set, hit);
}

static enum tt_status take(const struct tt_record *r, void *user)
{
    struct asking *a = user;
    enum tt_status st;

    if (!a->begun) {
        enum tt_quality q = tt_reader_report(a->reader)->info.quality;

        a->begun = true;
        tt_engine_reset(a->engine, q);
        if (!intake_begin(&a->in, q))
            return TT_ERR_NOMEM;
    }
    if (r->t_ns < a->o->since_ns || r->t_ns > a->o->until_ns)
        return TT_OK;
    st = tt_engine_push(a->engine, r);
    return st ? st : intake_record(&a->in, r);
}

/* What it met, in the notation of tapes: "< 68 ('h')". */
static void put_met(struct tt_buf *out, const struct tt_progress *p)
{
    switch (p->byte) {
    case -1: tt_buf_printf(out, "met [%s]", tt_event_name(p->event)); break;
    case -2: tt_buf_str(out, "the time ran out"); break;
    case -3: tt_buf_str(out, "everything came, but 'where' is not true"); break;
    case -4: tt_buf_str(out, "what 'unless' names was seen"); break;
    case -5: tt_buf_str(out, "the recording ends there"); break;
    default:
        tt_buf_printf(out, "met %c %02X", tt_lane_mark(p->lane),
                      (unsigned)p->byte & 0xff);
        if (p->byte > ' ' && p->byte <= '~')
            tt_buf_printf(out, " ('%c')", p->byte);
    }
}

static bool is_about_time(const struct tt_node *n)
{
    return n && (n->kind == TT_N_SILENCE || n->kind == TT_N_QUIET ||
                 n->kind == TT_N_AFTER || n->has_dur);
}

/* What the part of the rule waits for, in words or in its notation. */
static void put_awaited(struct tt_buf *out, const struct tt_rule *r,
                        const struct tt_node *n)
{
    struct tt_buf text;

    if (n->kind == TT_N_HOP || n->kind == TT_N_THEN) {
        tt_buf_printf(out, "what follows on %c", tt_lane_mark(n->lane));
        return;
    }
    tt_buf_init(&text, TT_MAX_RULE_FILE);
    tt_node_print(&text, r, n);
    put_clean(out, tt_buf_text(&text), text.n);
    tt_buf_release(&text);
}

/* Nothing was matched: is there anything of what the rule looks at? */
static void put_nothing(struct tt_buf *out, const struct tt_rule *r,
                        const struct tt_tape_stats *s)
{
    bool any = r->view & 1u << TT_LANE_LINE;

    for (int lane = 0; lane < TT_LANE_LINE; lane++)
        any = any || ((r->view & 1u << lane) && s->bytes[lane]);
    if (any) {
        tt_buf_str(out, "nothing on the tape begins as it does:\n\n");
        return;
    }
    tt_buf_str(out, "it looks at");
    for (int lane = 0; lane < TT_LANE_LINE; lane++)
        if (r->view & 1u << lane)
            tt_buf_printf(out, " %c", tt_lane_mark((enum tt_lane)lane));
    tt_buf_str(out, ", where this recording has no bytes:\n\n");
}

static void put_stopped(struct asking *a, struct tt_buf *out,
                        enum tt_quality quality, const struct tt_tape_stats *s)
{
    const struct tt_rule *r = a->rule;
    const struct tt_node *at;
    struct tt_progress p;
    struct tt_buf text;

    if (!tt_engine_progress(a->engine, 0, &p))
        return;
    at = p.node ? p.node : r->match ? r->match : r->steps->pattern;
    if (p.items)
        tt_buf_printf(out,
                      "its best attempt matched %u item%s (bytes, pauses and "
                      "events) and stopped at %.6f s:\n\n",
                      p.items, p.items == 1 ? "" : "s", (double)p.t_ns / 1e9);
    else
        put_nothing(out, r, s);
    put_clean(out, r->file, strlen(r->file));
    tt_buf_printf(out, ":%u:%u\n", at->line, at->col);
    tt_buf_init(&text, TT_MAX_RULE_FILE);
    if (load_text(&text, r))
        put_source(out, &text, at->line, at->col, at->width);
    if (p.items || p.byte < -2) {
        tt_buf_str(out, "  = waited for ");
        put_awaited(out, r, at);
        tt_buf_str(out, "; ");
        put_met(out, &p);
        tt_buf_ch(out, '\n');
    }
    if (quality <= TT_TIME_ORDER && is_about_time(at))
        tt_buf_str(out, "  = this recording carries no times, so nothing "
                        "about pauses can be seen in it\n");
    tt_buf_release(&text);
}

static void put_answer(struct asking *a, struct tt_buf *out,
                       const struct tt_verdict *v, const char *name)
{
    const struct tt_tape_info *info = &tt_reader_report(a->reader)->info;
    const char *rule = a->rule->name;

    if (!a->hits || a->is_void) {
        tt_buf_printf(out, "%s %s on ", rule,
                      a->is_void ? "was taken back" : "did not fire");
        put_clean(out, name, strlen(name));
        tt_buf_str(out, a->is_void ? ": what 'unless' names was seen\n" : "; ");
        if (!a->is_void)
            put_stopped(a, out, info->quality, v->stats);
        return;
    }
    tt_buf_printf(out, "%s fired %llu time%s on ", rule,
                  (unsigned long long)a->hits, a->hits == 1 ? "" : "s");
    put_clean(out, name, strlen(name));
    tt_buf_printf(out, ", first at %.6f s", (double)a->first_ns / 1e9);
    if (a->says.n)
        tt_buf_printf(out, ":\n  %s", tt_buf_text(&a->says));
    tt_buf_ch(out, '\n');
    if (!a->rule->verdict)
        tt_buf_str(out, "it is a label on bytes, not a verdict\n");
    else if (!v->has_headline)
        tt_buf_str(out, "but so few bits are no proof in so much traffic\n");
    else if (v->headline.rule == a->rule)
        tt_buf_str(out, "and it is the headline\n");
    else
        tt_buf_printf(out, "but the headline is %s: %s\n",
                      v->headline.rule->name, v->headline.text);
}

static enum exit_code answer(struct asking *a, int fd, const char *name)
{
    struct tt_error err = {.msg = "out of memory"};
    struct tt_verdict v;
    struct tt_buf out;
    enum tt_status st = input_reader(&a->reader, a->o, take, a, &err);

    tt_buf_init(&out, MAX_TALK);
    if (!st)
        st = input_feed(a->reader, fd, a->o, NULL, NULL, &err);
    if (!st && !a->begun)
        st = tt_fail(&err, TT_ERR_SYNTAX, "there is nothing on it");
    if (!st) {
        uint64_t end = tt_reader_report(a->reader)->end_ns;

        tt_engine_finish(a->engine, end);
        a->in.unread = tt_reader_report(a->reader)->unread;
        st = intake_end(&a->in, end, &v);
    }
    if (st) {
        say("%s: %s", name, err.msg);
    } else {
        put_answer(a, &out, &v, name);
        (void)put_out(&out);
    }
    tt_buf_release(&out);
    tt_reader_free(a->reader);
    return st                       ? EXIT_CANNOT
           : a->hits && !a->is_void ? EXIT_HEALTHY
                                    : EXIT_FAULT;
}

enum exit_code cmd_rules_why(const struct options *o)
{
    struct tt_engine_config config = {.keep_progress = true};
    struct tt_rules *set = load_rules(o);
    struct asking a = {.o = o, .set = set};
    const char *name = o->words[1];
    enum exit_code code = EXIT_CANNOT;
    int fd = -1;

    tt_buf_init(&a.says, MAX_TALK);
    a.rule = set ? rule_called(set, o->words[0]) : NULL;
    if (a.rule) {
        fd = input_open(name);
        /* the engine needs no other rule to follow this one */
        a.alone = *set;
        a.by_index = set->by_index[a.rule->index];
        a.alone.by_index = &a.by_index;
        a.alone.nrules = 1;
    }
    if (fd >= 0 && intake_init(&a.in, o, set) &&
        tt_engine_new(&a.engine, &a.alone, &config, on_hit, &a, NULL) == TT_OK)
        code = answer(&a, fd, name);
    if (fd >= 0)
        (void)close(fd);
    tt_engine_free(a.engine);
    intake_release(&a.in);
    tt_buf_release(&a.says);
    tt_rules_free(set);
    return code;
}
