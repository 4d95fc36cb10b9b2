/*
 * bundle - see bundle.h: how one is made.
 *
 * The recording goes in as it is, byte by byte, when the file alone gives the
 * verdict; when options or --redact had a part in it, as tape text of the
 * records.  A redacted one is judged again: the reports in the bundle are of
 * what is in it, and it is not written when the verdict did not survive.
 */
#include "cli/bundle.h"

#include "cli/one.h"
#include "report/html.h"
#include "report/redact.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

enum {
    MAX_TAPE = 1 << 30, /* bytes of a recording as tape text */
    MAX_REPORT = 64 << 20
};

struct parts {
    struct tt_buf text, brief, json, html, tape, removed, about;
};

struct making {
    const struct options *o;
    struct tt_rules *set;
    const char *name; /* as it is told: "recording" when redacted */
    struct tt_redactor *records;
    struct tt_notes notes;
    struct parts p;
    struct tt_tape_info info;
    struct tt_read_report read;
    uint64_t end_ns;
    bool readable, as_tool;
    enum tt_status st;
    /* the verdict, to be compared */
    enum tt_verdict_status status;
    char rule[TT_MAX_NAME + 1];
};

static void on_record(const struct tt_record *r, enum tt_quality quality,
                      void *user)
{
    struct making *m = user;

    (void)quality;
    if (!m->st)
        m->st = tt_redact_record(m->records, r);
}

/* The three reports, in place of those that were there. */
static void put_reports(struct making *m, const struct tt_verdict *v,
                        const struct tt_report_input *in)
{
    struct tt_report_options how = {.width = 80};
    struct tt_report_input named = *in;

    named.name = m->name;
    tt_buf_clear(&m->p.text);
    tt_buf_clear(&m->p.json);
    tt_buf_clear(&m->p.brief);
    tt_buf_clear(&m->p.html);
    tt_report_text(&m->p.text, v, &named, &how);
    how.quiet = true; /* for who asked for no more */
    tt_report_text(&m->p.brief, v, &named, &how);
    tt_report_json(&m->p.json, v, &named);
    tt_html_head(&m->p.html, "telltale");
    tt_html_section(&m->p.html, v, &named, &m->notes, 0, TT_HTML_ROWS);
    tt_html_foot(&m->p.html);
}

static void remember(struct making *m, const struct tt_verdict *v)
{
    m->status = v->status;
    (void)snprintf(m->rule, sizeof(m->rule), "%s",
                   v->has_headline ? v->headline.rule->name : "");
}

static void on_verdict(const struct tt_verdict *v,
                       const struct tt_report_input *in, void *user)
{
    struct making *m = user;

    m->readable = v != NULL;
    if (!v)
        return;
    remember(m, v);
    m->info = *in->info;
    m->end_ns = in->read ? in->read->end_ns : 0;
    if (in->read)
        m->read = *in->read;
    put_reports(m, v, in);
}

/* ---- redacted ------------------------------------------------------------------- */

/* The records as they are now, judged once more. */
static bool judge_again(struct making *m)
{
    struct tt_report_input in = {.name = m->name, .info = &m->info};
    enum tt_verdict_status was = m->status;
    struct intake again;
    struct tt_verdict v;
    struct tt_record r;
    char rule[TT_MAX_NAME + 1];
    bool good;

    memcpy(rule, m->rule, sizeof(rule));
    if (!intake_init(&again, m->o, m->set))
        return false;
    again.since_ns = 0;
    again.until_ns = UINT64_MAX;
    tt_notes_clear(&m->notes);
    tt_session_notes(again.session, tt_notes_hit, &m->notes);
    good = intake_begin(&again, m->info.quality);
    for (size_t i = 0; good && tt_redact_get(m->records, i, &r); i++)
        good = intake_record(&again, &r) == TT_OK;
    again.unread = m->read.unread;
    good = good && intake_end(&again, m->end_ns, &v) == TT_OK;
    if (good) {
        in.tape = again.tape;
        remember(m, &v);
        put_reports(m, &v, &in);
    }
    intake_release(&again);
    if (!good)
        say("cannot judge the redacted recording: out of memory");
    else if (was != m->status || strcmp(rule, m->rule) != 0) {
        say("without what is private the verdict would be another (%s, not "
            "%s): it stands on those bytes, or their checksum does; nothing "
            "is written.  --bundle without --redact keeps them",
            *m->rule ? m->rule : "nothing recognised",
            *rule ? rule : "nothing recognised");
        good = false;
    }
    return good;
}

static bool redact(struct making *m)
{
    const struct tt_removed *r;
    size_t n = 0;

    m->st = tt_redact_run(m->records, &m->info, m->end_ns);
    if (m->st) {
        say("cannot redact it: %s", tt_status_name(m->st));
        return false;
    }
    if (!judge_again(m))
        return false;
    tt_redact_list(&m->p.removed, m->records);
    while ((r = tt_redact_removed(m->records, n)) != NULL)
        n++;
    if (!m->o->quiet)
        say("%zu places were removed; removed.txt in the bundle lists them.  "
            "Look through it before you share it: what has no known form is "
            "not found",
            n);
    return true;
}

/* ---- what goes in ----------------------------------------------------------------- */

static void put_tape(struct making *m)
{
    struct tt_write_options how = {.format = "tape"};
    struct tt_writer w;
    struct tt_error err;
    struct tt_record r;
    uint64_t last = 0;

    m->st = tt_writer_init(&w, &how, &m->info, &err);
    for (size_t i = 0; !m->st && tt_redact_get(m->records, i, &r); i++)
        tt_writer_record(&w, &m->p.tape, &r, NULL), last = r.t_ns;
    if (m->st)
        return;
    if (m->end_ns > last) { /* the silence at the end is part of it */
        r = (struct tt_record){
            .t_ns = m->end_ns, .lane = TT_LANE_LINE, .event = TT_EV_TICK};
        tt_writer_record(&w, &m->p.tape, &r, NULL);
    }
    tt_writer_finish(&w, &m->p.tape);
    m->st = m->p.tape.status;
}

static void key(struct tt_buf *out, const char *name, const char *value)
{
    tt_buf_printf(out, ",\n \"%s\":\"", name);
    tt_buf_json(out, value, strlen(value));
    tt_buf_ch(out, '"');
}

/* bundle.json: versions and settings. */
static void put_about(struct making *m, const char *recording)
{
    const struct options *o = m->o;
    struct tt_buf *out = &m->p.about;
    struct utsname u = {.sysname = ""};
    time_t now = time(NULL);
    char text[64] = "";
    size_t own = 0;
    struct tm tm;

    (void)uname(&u);
    if (gmtime_r(&now, &tm))
        (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    for (size_t i = 0; i < m->set->nrules; i++)
        own += strcmp(m->set->by_index[i]->origin, "built in") != 0;
    tt_buf_str(out, "{\"telltale_bundle\":1");
    key(out, "telltale", tt_version());
    key(out, "system", u.sysname);
    if (!o->redact) /* people name the kernels that they build */
        key(out, "release", u.release);
    key(out, "machine", u.machine);
    key(out, "made", text);
    key(out, "input", m->name);
    key(out, "recording", recording);
    key(out, "format", m->info.format);
    tt_buf_printf(out,
                  ",\n \"rules\":%zu,\n \"rules_of_others\":%zu,\n "
                  "\"redacted\":%s,\n \"since_ns\":%llu",
                  m->set->nrules, own, o->redact ? "true" : "false",
                  (unsigned long long)o->since_ns);
    if (o->until_ns != UINT64_MAX)
        tt_buf_printf(out, ",\n \"until_ns\":%llu",
                      (unsigned long long)o->until_ns);
    if (o->format)
        key(out, "forced_format", o->format);
    if (o->lane >= 0)
        tt_buf_printf(out, ",\n \"lane\":\"%c\"",
                      tt_lane_mark((enum tt_lane)o->lane));
    tt_buf_str(out, "}\n");
}

static bool add(zip_t *z, const char *name, zip_source_t *src)
{
    zip_int64_t at;

    if (!src)
        return false;
    at = zip_file_add(z, name, src, ZIP_FL_ENC_UTF_8);
    if (at < 0)
        zip_source_free(src);
    return at >= 0;
}

static bool add_text(zip_t *z, const char *name, const struct tt_buf *b)
{
    return !b->n ||
           (!b->status && add(z, name, zip_source_buffer(z, b->p, b->n, 0)));
}

/* Only letters that every system takes in a name. */
static void entry_name(char *out, size_t size, const char *path)
{
    const char *base = strrchr(path, '/');
    size_t n;

    (void)snprintf(out, size, "recording/%s", base ? base + 1 : path);
    n = strlen(out);
    for (size_t i = sizeof("recording/") - 1; i < n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                    "0123456789._-+",
                    out[i]))
            out[i] = '_';
}

static bool as_it_is(const struct options *o)
{
    return !o->redact && !o->format && o->lane < 0 && !o->since_ns &&
           o->until_ns == UINT64_MAX && strcmp(o->words[0], "-") != 0 &&
           !one_is_fd_name(o->words[0]);
}

static bool write_zip(struct making *m)
{
    const struct options *o = m->o;
    bool whole = as_it_is(o), good;
    char recording[300];
    int err = 0;
    zip_t *z;

    if (!whole)
        put_tape(m);
    if (m->st) {
        say("the recording is too long to be put in as text: %s",
            tt_status_name(m->st));
        return false;
    }
    if (whole)
        entry_name(recording, sizeof(recording), o->words[0]);
    else
        (void)snprintf(recording, sizeof(recording), "recording/case.tape");
    put_about(m, recording);
    z = zip_open(o->bundle, ZIP_CREATE | (o->force ? ZIP_TRUNCATE : ZIP_EXCL),
                 &err);
    if (!z) {
        say(err == ZIP_ER_EXISTS ? "%s is there already; --force writes over it"
                                 : "%s: cannot write there",
            o->bundle);
        return false;
    }
    good = add_text(z, "bundle.json", &m->p.about) &&
           (whole ? add(z, recording, zip_source_file(z, o->words[0], 0, 0))
                  : add_text(z, recording, &m->p.tape)) &&
           add_text(z, "report.txt", &m->p.text) &&
           add_text(z, "report.json", &m->p.json) &&
           add_text(z, "report.html", &m->p.html) &&
           add_text(z, "removed.txt", &m->p.removed);
    if (!good || zip_close(z)) {
        say("%s: cannot write it: %s", o->bundle, zip_strerror(z));
        zip_discard(z);
        return false;
    }
    return true;
}

/* ---- all of it ---------------------------------------------------------------------- */

static enum exit_code make(struct making *m)
{
    const struct options *o = m->o;
    struct one rd = {.o = o,
                     .tell = on_verdict,
                     .user = m,
                     .notes = &m->notes,
                     .watch = as_it_is(o) ? NULL : on_record};
    enum exit_code code = EXIT_CANNOT;

    if (!intake_init(&rd.in, o, m->set))
        return code;
    code = one_read(&rd, o->words[0]);
    intake_release(&rd.in);
    if (!m->readable)
        return EXIT_CANNOT;
    if (m->st) {
        say("the recording is too long: --since and --until make it shorter");
        return EXIT_CANNOT;
    }
    if (rd.as_tool)
        tt_redact_as_tool(m->records);
    if ((o->redact && !redact(m)) || !write_zip(m))
        return EXIT_CANNOT;
    (void)put_out(o->json ? &m->p.json : o->quiet ? &m->p.brief : &m->p.text);
    return code;
}

enum exit_code bundle_read(const struct options *o, struct tt_rules *set)
{
    struct making *m = calloc(1, sizeof(*m));
    enum exit_code code = EXIT_CANNOT;

    if (o->nwords != 1 || one_is_line(o, o->words[0])) {
        say("--bundle takes one recording");
        free(m);
        return code;
    }
    if (!m || tt_redact_new(&m->records, set)) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        free(m);
        return code;
    }
    m->o = o;
    m->set = set;
    m->name = o->redact ? "recording" : shown_name(o->words[0]);
    tt_notes_init(&m->notes, set);
    tt_buf_init(&m->p.text, MAX_REPORT);
    tt_buf_init(&m->p.brief, MAX_REPORT);
    tt_buf_init(&m->p.json, MAX_REPORT);
    tt_buf_init(&m->p.html, MAX_REPORT);
    tt_buf_init(&m->p.tape, MAX_TAPE);
    tt_buf_init(&m->p.removed, MAX_REPORT);
    tt_buf_init(&m->p.about, MAX_REPORT);
    code = make(m);
    tt_buf_release(&m->p.text);
    tt_buf_release(&m->p.brief);
    tt_buf_release(&m->p.json);
    tt_buf_release(&m->p.html);
    tt_buf_release(&m->p.tape);
    tt_buf_release(&m->p.removed);
    tt_buf_release(&m->p.about);
    tt_notes_release(&m->notes);
    tt_redact_free(m->records);
    free(m);
    return code;
}
