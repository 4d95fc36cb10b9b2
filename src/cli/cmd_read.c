/*
 * cmd_read - verdicts on recordings: a report on one, a line each on many.
 *
 * What is wrong with one file never stops the next.
 */
#include "cli/bundle.h"
#include "cli/htmlfile.h"
#include "cli/live.h"
#include "cli/load.h"
#include "cli/many.h"
#include "cli/one.h"
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

/* The report on one recording, while it may still be another. */
struct full {
    const struct options *o;
    const char *name;
    struct tt_buf out;
    struct htmlfile html;
    struct tt_buf part;
    struct tt_notes notes;
    bool unreadable;
    unsigned shown;
};

static void keep(const struct tt_verdict *v, const struct tt_report_input *in,
                 void *user)
{
    struct full *f = user;

    tt_buf_clear(&f->out);
    tt_buf_clear(&f->part);
    f->unreadable = !v;
    if (v)
        put_report(&f->out, f->o, v, in, 0);
    if (v && f->o->html)
        tt_html_section(&f->part, v, in, &f->notes, f->html.n, TT_HTML_ROWS);
    else if (f->o->html)
        tt_html_error(&f->part, f->name, last_said(), f->html.n);
}

static enum exit_code in_full(struct one *rd, struct full *f, const char *name)
{
    enum exit_code code;

    if (one_is_line(rd->o, name))
        return live_run(rd->o, name, &rd->in);
    f->name = name;
    code = one_read(rd, name);
    htmlfile_part(&f->html, tt_buf_text(&f->part), f->part.n, NULL);
    if (f->unreadable) {
        put_unreadable(rd->o, name);
        return code;
    }
    if (f->out.n && f->shown++ && !rd->o->json && !rd->o->quiet)
        (void)!putchar('\n');
    rd->in.stop = !put_out(&f->out);
    return code;
}

/* One after the other, each with its whole report. */
static enum exit_code all_in_full(const struct options *o, struct tt_rules *set,
                                  const char *const *names, size_t n)
{
    enum exit_code code = EXIT_HEALTHY;
    struct full f = {.o = o};
    struct one rd = {.o = o, .tell = keep, .user = &f};

    tt_buf_init(&f.out, 16 << 20);
    tt_buf_init(&f.part, TT_HTML_PAGE);
    tt_notes_init(&f.notes, set);
    if (o->html)
        rd.notes = &f.notes;
    if (!htmlfile_begin(&f.html, o, false) || !intake_init(&rd.in, o, set))
        code = EXIT_CANNOT;
    for (size_t i = 0; rd.in.session && !rd.in.stop && i < n; i++)
        code = exit_worse(code, in_full(&rd, &f, names[i]));
    if (!htmlfile_end(&f.html))
        code = EXIT_CANNOT;
    intake_release(&rd.in);
    tt_notes_release(&f.notes);
    tt_buf_release(&f.out);
    tt_buf_release(&f.part);
    return code;
}

/* A line each: when there are many, or a table was asked for. */
static bool as_table(const struct options *o, const struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        if (one_is_line(o, names->name[i]))
            return false;
    return o->csv || (!o->verbose && names->n > 1);
}

/* Nothing that is written is read, or written twice. */
static bool apart(const struct options *o, const char *const *in, size_t n)
{
    if (o->json && o->csv) {
        say("--json and --csv are two forms of one output: give one of them");
        return false;
    }
    if (o->compare && o->csv) {
        say("--compare prints no table: leave --csv out");
        return false;
    }
    if (o->compare && (o->html || o->bundle)) {
        say("--compare writes no --html and no --bundle");
        return false;
    }
    if (o->bundle && (o->html || o->csv)) {
        say(o->html ? "--bundle has a page in it (report.html): leave --html "
                      "out"
                    : "--bundle prints no table: leave --csv out");
        return false;
    }
    if (o->as && (o->json || o->csv || o->html || o->bundle || o->compare)) {
        say("--as prints bytes read again, nothing else: leave --json, --csv, "
            "--html, --bundle and --compare out");
        return false;
    }
    return output_apart(o->html, in, n) && output_apart(o->bundle, in, n) &&
           output_apart(o->record, in, n);
}

enum exit_code cmd_read(const struct options *o)
{
    struct tt_rules *set;
    enum exit_code code = EXIT_CANNOT;
    struct names names;

    if (!apart(o, o->words, o->nwords))
        return EXIT_CANNOT;
    if (o->as)
        return reread(o);
    set = load_rules(o);
    names_init(&names);
    if (set && o->compare)
        code = compare_read(o, set);
    else if (set && o->redact && !o->bundle)
        say("--redact goes with --bundle");
    else if (set && o->bundle)
        code = bundle_read(o, set);
    else if (set && names_expand(&names, o->words, o->nwords, !o->format) &&
             apart(o, (const char *const *)names.name, names.n)) {
        if (as_table(o, &names))
            code = many_read(o, set, &names);
        else
            code =
                all_in_full(o, set, (const char *const *)names.name, names.n);
        if (names.failed)
            code = EXIT_CANNOT;
    }
    names_release(&names);
    tt_rules_free(set);
    return code;
}
