/*
 * row - see row.h: how a row is made.
 */
#include "cli/row.h"

#include "report/csv.h"
#include "report/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 16 << 20 };

struct row_reader {
    const struct options *o;
    struct one one;
    struct row *row; /* being made */
    struct tt_notes notes;
    const char *name;
};

static void set_text(struct row *r, int which, const char *p, size_t n)
{
    free(r->text[which]);
    r->text[which] = malloc(n + 1);
    r->head.len[which] = 0;
    if (!r->text[which])
        return;
    memcpy(r->text[which], p, n);
    r->text[which][n] = '\0';
    r->head.len[which] = (uint32_t)n;
}

static void set_string(struct row *r, int which, const char *s)
{
    set_text(r, which, s, strlen(s));
}

void row_release(struct row *r)
{
    for (size_t i = 0; i < ROW_TEXTS; i++) {
        free(r->text[i]);
        r->text[i] = NULL;
    }
}

/* What was said of it, without its name before it. */
static const char *why_not(const char *name)
{
    const char *said = last_said(), *shown = shown_name(name);
    size_t n = strlen(shown);

    if (!*shown || strncmp(said, shown, n) != 0)
        return said;
    if (!strncmp(said + n, ": ", 2))
        return said + n + 2;
    return !strncmp(said + n, " is ", 4) ? said + n + 1 : said;
}

static void make_line(struct row_reader *rr, const struct tt_verdict *v,
                      const struct tt_report_input *in)
{
    struct tt_buf line;

    tt_buf_init(&line, MAX_LINE);
    if (rr->o->csv && v)
        tt_report_csv(&line, v, in);
    else if (rr->o->csv)
        tt_report_csv_error(&line, rr->name, why_not(rr->name));
    else if (rr->o->json && v)
        tt_report_json(&line, v, in);
    else if (rr->o->json)
        tt_report_json_error(&line, rr->name, last_said());
    set_text(rr->row, ROW_LINE, tt_buf_text(&line), line.n);
    tt_buf_release(&line);
}

static void make_part(struct row_reader *rr, const struct tt_verdict *v,
                      const struct tt_report_input *in)
{
    struct tt_buf part;

    if (!rr->o->html)
        return;
    tt_buf_init(&part, TT_HTML_PAGE);
    if (v)
        tt_html_section(&part, v, in, &rr->notes, rr->row->head.job,
                        TT_HTML_ROWS_MANY);
    else
        tt_html_error(&part, shown_name(rr->name), why_not(rr->name),
                      rr->row->head.job);
    set_text(rr->row, ROW_HTML, tt_buf_text(&part), part.n);
    tt_buf_release(&part);
}

static void tell(const struct tt_verdict *v, const struct tt_report_input *in,
                 void *user)
{
    struct row_reader *rr = user;
    struct row *r = rr->row;
    const struct tt_finding *f = v && v->has_headline ? &v->headline : NULL;
    struct tt_slice none = {"", 0}, title = f ? f->rule->title : none;

    r->head.readable = v != NULL;
    r->head.headline = f != NULL;
    r->head.status = v ? (uint8_t)v->status : 0;
    r->head.severity = f ? (uint8_t)f->rule->severity : 0;
    r->head.word = f ? (uint8_t)f->word : 0;
    r->head.bits = f && f->bits > 0 ? (uint32_t)((f->bits + 32768) >> 16) : 0;
    set_string(r, ROW_RULE, f ? f->rule->name : "");
    set_text(r, ROW_TITLE, title.p ? title.p : "", title.n);
    set_string(r, ROW_TEXT, f ? f->text : v ? v->plain : why_not(rr->name));
    make_line(rr, v, in);
    make_part(rr, v, in);
}

struct row_reader *row_reader_new(const struct options *o, struct tt_rules *set)
{
    struct row_reader *rr = calloc(1, sizeof(*rr));

    if (!rr)
        return NULL;
    rr->o = o;
    rr->one = (struct one){.o = o, .tell = tell, .user = rr, .worker = true};
    tt_notes_init(&rr->notes, set);
    if (o->html)
        rr->one.notes = &rr->notes;
    if (!intake_init(&rr->one.in, o, set)) {
        free(rr);
        return NULL;
    }
    return rr;
}

void row_reader_free(struct row_reader *rr)
{
    if (rr) {
        intake_release(&rr->one.in);
        tt_notes_release(&rr->notes);
    }
    free(rr);
}

static void empty(struct row *out, size_t job)
{
    *out = (struct row){.head = {.job = (uint32_t)job, .code = EXIT_CANNOT}};
    for (int i = 0; i < ROW_TEXTS; i++)
        set_string(out, i, "");
}

void row_read(struct row_reader *rr, const char *name, size_t job,
              struct row *out)
{
    struct tt_buf talk;

    empty(out, job);
    if (!rr) {
        set_string(out, ROW_TEXT, tt_status_name(TT_ERR_NOMEM));
        return;
    }
    say_hold(true);
    rr->row = out;
    rr->name = name;
    out->head.code = (uint8_t)one_read(&rr->one, name);
    tt_buf_init(&talk, 1 << 20);
    say_taken(&talk);
    set_text(out, ROW_TALK, tt_buf_text(&talk), talk.n);
    tt_buf_release(&talk);
}

void row_of_death(struct row *out, const char *name, size_t job, int signal)
{
    char why[160];

    (void)name;
    empty(out, job);
    (void)snprintf(why, sizeof(why),
                   "the process that read it ended unexpectedly (signal %d); "
                   "please report it with this file",
                   signal);
    set_string(out, ROW_TEXT, why);
}

const char *row_label(const struct row *r)
{
    if (!r->head.readable)
        return "ERROR";
    switch ((enum tt_verdict_status)r->head.status) {
    case TT_STATUS_FAULT: return "FAULT";
    case TT_STATUS_OK:
        return !r->head.headline || r->head.severity == TT_INFO ? "OK" : "NOTE";
    default: return "UNKNOWN";
    }
}
