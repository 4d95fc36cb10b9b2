/*
 * table - rows as they are printed, and the summary.
 */
#include "cli/row.h"

#include "report/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDEST_NAME = 48, MAX_SUMMARY = 20, MAX_TABLE = 16 << 20 };

bool table_begin(struct table *t, const struct options *o,
                 const struct names *names)
{
    struct tt_buf out;

    *t = (struct table){.o = o, .columns = out_columns()};
    for (size_t i = 0; i < names->n; i++) {
        size_t n = strlen(shown_name(names->name[i]));

        if (n > t->name_width && n <= WIDEST_NAME)
            t->name_width = n;
    }
    if (!htmlfile_begin(&t->html, o, true))
        return false;
    if (!o->csv)
        return true;
    tt_buf_init(&out, MAX_TABLE);
    tt_report_csv_head(&out);
    (void)put_out(&out);
    tt_buf_release(&out);
    return true;
}

/* Count it with others of its verdict. */
static void count(struct table *t, const struct row *r)
{
    const char *label = row_label(r);
    const char *rule = r->text[ROW_RULE];
    struct count *c;

    t->total++;
    switch (*label) {
    case 'F': t->fault++; break;
    case 'N': t->note++; break;
    case 'O': t->ok++; break;
    case 'U': t->unknown++; break;
    default: t->bad++; break;
    }
    if (!*rule)
        return;
    for (size_t i = 0; i < t->ncounts; i++)
        if (!strcmp(t->count[i].rule, rule) && t->count[i].label == label) {
            t->count[i].n++;
            return;
        }
    if (t->ncounts == t->size) {
        size_t size = t->size ? 2 * t->size : 32;
        struct count *more = realloc(t->count, size * sizeof(*more));

        if (!more)
            return;
        t->count = more;
        t->size = size;
    }
    c = &t->count[t->ncounts];
    *c = (struct count){.rule = strdup(rule),
                        .title = strdup(*r->text[ROW_TITLE] ? r->text[ROW_TITLE]
                                                            : rule),
                        .severity = r->head.severity,
                        .label = label,
                        .n = 1};
    if (c->rule && c->title)
        t->ncounts++;
}

static void put_row(const struct table *t, struct tt_buf *out, const char *name,
                    const struct row *r)
{
    static const char *const tints[] = {['E'] = "\033[1;31m",
                                        ['F'] = "\033[1;31m",
                                        ['N'] = "\033[1;33m",
                                        ['O'] = "\033[1;32m",
                                        ['U'] = "\033[1;33m"};
    const char *label = row_label(r), *shown = shown_name(name);
    bool color = want_color(t->o);
    struct tt_buf rest;
    size_t room;

    tt_buf_printf(out, "%s%s%s%*s", color ? tints[(uint8_t)*label] : "", label,
                  color ? "\033[0m" : "", (int)(9 - strlen(label)), "");
    tt_buf_init(&rest, MAX_TABLE);
    put_clean(&rest, shown, strlen(shown));
    while (rest.n < t->name_width)
        tt_buf_ch(&rest, ' ');
    tt_buf_str(&rest, "  ");
    if (r->head.word == TT_WORD_PROBABLY)
        tt_buf_str(&rest, "probably: ");
    put_clean(&rest, r->text[ROW_TEXT], r->head.len[ROW_TEXT]);
    room = t->columns > 20 ? t->columns - 9 : 0;
    if (room && rest.n > room) {
        tt_buf_add(out, tt_buf_text(&rest), room - 2);
        tt_buf_str(out, "..");
    } else {
        tt_buf_add(out, tt_buf_text(&rest), rest.n);
    }
    tt_buf_ch(out, '\n');
    tt_buf_release(&rest);
}

static void put_part(struct table *t, const char *name, const struct row *r)
{
    struct tt_html_line line = {.name = shown_name(name),
                                .label = row_label(r),
                                .text = r->text[ROW_TEXT],
                                .rule = r->text[ROW_RULE],
                                .number = r->head.job};
    struct tt_buf part;

    if (r->head.len[ROW_HTML]) {
        htmlfile_part(&t->html, r->text[ROW_HTML], r->head.len[ROW_HTML],
                      &line);
        return;
    }
    tt_buf_init(&part, TT_HTML_PAGE); /* its worker died */
    tt_html_error(&part, line.name, line.text, line.number);
    htmlfile_part(&t->html, tt_buf_text(&part), part.n, &line);
    tt_buf_release(&part);
}

bool table_row(struct table *t, const char *name, const struct row *r)
{
    bool lines = t->o->csv || t->o->json, more;
    struct tt_buf out;

    table_progress(t, 0, 0, true);
    /* the lines of the other forms say why themselves */
    if (r->head.len[ROW_TALK] && t->o->json &&
        (!r->head.readable || !t->o->quiet))
        (void)fwrite(r->text[ROW_TALK], 1, r->head.len[ROW_TALK], stderr);
    count(t, r);
    put_part(t, name, r);
    tt_buf_init(&out, MAX_TABLE);
    if (!lines)
        put_row(t, &out, name, r);
    else if (r->head.len[ROW_LINE])
        tt_buf_add(&out, r->text[ROW_LINE], r->head.len[ROW_LINE]);
    else if (t->o->csv)
        tt_report_csv_error(&out, name, r->text[ROW_TEXT]);
    else
        tt_report_json_error(&out, name, r->text[ROW_TEXT]);
    more = put_out(&out);
    tt_buf_release(&out);
    return more;
}

/* "  412 of 10000" on a terminal, once a second is over. */
void table_progress(struct table *t, size_t done, size_t of, bool over)
{
    uint64_t now;
    char text[80];
    int n;

    if (t->o->quiet || !isatty(STDERR_FILENO))
        return;
    if (over) {
        if (t->showed)
            (void)!write(STDERR_FILENO, "\r\033[K", 4);
        t->showed = false;
        return;
    }
    now = clock_ns();
    if (t->told && now - t->told < TT_NS_PER_S / 4)
        return;
    if (!t->told) { /* nothing for what is over at once */
        t->told = now;
        return;
    }
    t->told = now;
    t->showed = true;
    n = snprintf(text, sizeof(text), "\r%zu of %zu recordings\033[K", done, of);
    (void)!write(STDERR_FILENO, text, (size_t)n);
}

static int by_number(const void *a, const void *b)
{
    const struct count *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    if (x->severity != y->severity)
        return x->severity < y->severity ? 1 : -1;
    return strcmp(x->rule, y->rule);
}

static void put_number(struct tt_buf *out, size_t n, const char *what,
                       bool *any)
{
    if (!n)
        return;
    tt_buf_printf(out, "%s%zu %s", *any ? ", " : "", n, what);
    *any = true;
}

static void put_summary(struct table *t, struct tt_buf *out)
{
    bool any = false;

    tt_buf_printf(out, "\n%zu recordings: ", t->total);
    put_number(out, t->fault, "fault", &any);
    put_number(out, t->note, "note", &any);
    put_number(out, t->ok, "ok", &any);
    put_number(out, t->unknown, "unknown", &any);
    put_number(out, t->bad, "not readable", &any);
    tt_buf_ch(out, '\n');
    if (t->ncounts)
        qsort(t->count, t->ncounts, sizeof(*t->count), by_number);
    for (size_t i = 0; i < t->ncounts && i < MAX_SUMMARY; i++) {
        const struct count *c = &t->count[i];

        tt_buf_printf(out, "%6zu  %-7s  ", c->n, c->label);
        put_clean(out, c->title, strlen(c->title));
        tt_buf_printf(out, " [rule %s]\n", c->rule);
    }
    if (t->ncounts > MAX_SUMMARY)
        tt_buf_printf(out, "        and %zu more verdicts\n",
                      t->ncounts - MAX_SUMMARY);
}

bool table_end(struct table *t)
{
    struct tt_buf out;

    tt_buf_init(&out, MAX_TABLE);
    if (!t->o->csv && !t->o->json && !t->o->quiet && t->total)
        put_summary(t, &out);
    (void)put_out(&out);
    tt_buf_release(&out);
    for (size_t i = 0; i < t->ncounts; i++) {
        free(t->count[i].rule);
        free(t->count[i].title);
    }
    free(t->count);
    t->count = NULL;
    t->ncounts = 0;
    return htmlfile_end(&t->html);
}
