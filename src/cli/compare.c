/*
 * compare - two recordings side by side.
 */
#include "cli/one.h"

#include "report/compare.h"

#include <stdlib.h>
#include <string.h>

/* What one of the two came to. */
struct side {
    struct tt_dialog dialog;
    struct tt_rules *set;
    const char *status;
    char *text;
    bool begun;
};

static void on_note(const struct tt_hit *hit, void *user)
{
    struct side *s = user;
    struct tt_env env = {
        .rule = hit->rule, .value = hit->value, .reached = hit->reached};
    struct tt_buf label;

    if (hit->kind != TT_HIT)
        return;
    tt_buf_init(&label, TT_MAX_SENTENCE);
    tt_text_fill(&label, hit->rule->note, s->set, &env);
    for (unsigned i = 0; i < hit->nspans; i++)
        tt_dialog_label(&s->dialog, hit->span[i].lane, hit->span[i].offset,
                        hit->span[i].len, tt_buf_text(&label));
    tt_buf_release(&label);
}

static void on_record(const struct tt_record *r, enum tt_quality quality,
                      void *user)
{
    struct side *s = user;

    if (!s->begun)
        tt_dialog_init(&s->dialog, quality);
    s->begun = true;
    tt_dialog_record(&s->dialog, r);
}

static void on_verdict(const struct tt_verdict *v,
                       const struct tt_report_input *in, void *user)
{
    struct side *s = user;
    const char *text;

    (void)in;
    free(s->text);
    s->text = NULL;
    if (!v)
        return;
    text = v->has_headline ? v->headline.text : v->plain;
    s->status = tt_status_text(v->status);
    s->text = strdup(text);
}

static bool read_side(struct side *s, const struct options *o,
                      struct tt_rules *set, const char *name)
{
    struct one rd = {.o = o, .tell = on_verdict, .user = s, .watch = on_record};
    enum exit_code code;

    *s = (struct side){.set = set};
    if (!intake_init(&rd.in, o, set))
        return false;
    tt_session_notes(rd.in.session, on_note, s);
    code = one_read(&rd, name);
    intake_release(&rd.in);
    if (s->text && s->dialog.status)
        say("%s: %s", name, tt_status_name(s->dialog.status));
    return s->text && !s->dialog.status && code != EXIT_CANNOT;
}

static enum exit_code tell(const struct options *o, const struct side *good,
                           const struct side *bad)
{
    struct tt_compared a = {shown_name(o->words[0]), &good->dialog,
                            good->status, good->text};
    struct tt_compared b = {shown_name(o->words[1]), &bad->dialog, bad->status,
                            bad->text};
    struct tt_comparison c;
    struct tt_buf out;

    tt_compare(&c, &good->dialog, &bad->dialog);
    tt_buf_init(&out, 1 << 20);
    if (o->json)
        tt_compare_json(&out, &c, &a, &b);
    else
        tt_compare_text(&out, &c, &a, &b, out_columns(), want_color(o));
    (void)put_out(&out);
    tt_buf_release(&out);
    return c.main.what == TT_DIFFERS_NOT ? EXIT_HEALTHY : EXIT_FAULT;
}

enum exit_code compare_read(const struct options *o, struct tt_rules *set)
{
    struct side good = {.text = NULL}, bad = {.text = NULL};
    enum exit_code code = EXIT_CANNOT;

    if (o->nwords != 2)
        say("--compare takes two recordings: a good one and a bad one");
    else if (one_is_line(o, o->words[0]) || one_is_line(o, o->words[1]))
        say("--compare takes recordings, not lines");
    else if (read_side(&good, o, set, o->words[0]) &&
             read_side(&bad, o, set, o->words[1]))
        code = tell(o, &good, &bad);
    tt_dialog_release(&good.dialog);
    tt_dialog_release(&bad.dialog);
    free(good.text);
    free(bad.text);
    return code;
}
