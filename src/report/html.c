/*
 * html - see html.h: the page and its words.
 */
#include "report/html.h"
#include "verdict/say.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN_UNREAD = 20 };

static const char style[] =
    ":root{color-scheme:light dark;--fg:#1b1b1b;--bg:#fff;--dim:#5f6368;"
    "--line:#d5d7da;--soft:#f4f5f6;--bad:#b3261e;--good:#1b6e3c;--odd:#8a5a00;"
    "--mark:#ffe28a;--markfg:#1b1b1b;--host:#1f5fbf;--dev:#7a3fb0;"
    "--tool:#5f6368}\n"
    "@media screen and "
    "(prefers-color-scheme:dark){:root{--fg:#e6e6e6;--bg:#17191c;"
    "--dim:#9aa0a6;--line:#3c4043;--soft:#202327;--bad:#ff8a80;--good:#7ddc9a;"
    "--odd:#ffc766;--mark:#6b5300;--markfg:#fff;--host:#8ab4f8;--dev:#c9a4f5;"
    "--tool:#9aa0a6}}\n"
    "body{font:15px/1.45 system-ui,sans-serif;color:var(--fg);"
    "background:var(--bg);max-width:62rem;margin:1.5rem auto;padding:0 1rem}\n"
    "h1{font-size:1.3rem}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}"
    "h3{font-size:1rem;margin:1.2rem 0 .3rem}\n"
    "a{color:inherit}code,pre,table.dump{font-family:ui-monospace,monospace;"
    "font-size:12.5px}\n"
    ".verdict{border-left:.4rem solid var(--dim);background:var(--soft);"
    "padding:.6rem .9rem;font-size:1.1rem;overflow-wrap:anywhere}"
    ".FAULT,.ERROR{border-color:var(--bad)}.OK{border-color:var(--good)}"
    ".NOTE,.UNKNOWN{border-color:var(--odd)}\n"
    ".verdict b{margin-right:.6rem}.FAULT b,.ERROR b,td.FAULT,td.ERROR"
    "{color:var(--bad)}.OK b,td.OK{color:var(--good)}"
    ".NOTE b,.UNKNOWN b,td.NOTE,td.UNKNOWN{color:var(--odd)}\n"
    ".dim,dt{color:var(--dim)}dl{display:grid;grid-template-columns:5rem 1fr;"
    "gap:.25rem .8rem;margin:.8rem 0}dd{margin:0;overflow-wrap:anywhere}"
    "dd ol,dd ul{margin:0;padding-left:1.3rem}\n"
    "table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;"
    "padding:.1rem .6rem .1rem 0}table.sum td{border-top:1px solid var(--line);"
    "overflow-wrap:anywhere}table.sum td:first-child{white-space:nowrap}\n"
    ".wide{overflow-x:auto}table.dump td{white-space:pre;padding:0 .9rem 0 0}"
    "td.t,td.n{color:var(--dim)}tr.h td.b{color:var(--host)}"
    "tr.d td.b{color:var(--dev)}tr.o td.b{color:var(--tool)}"
    "tr.gap td{color:var(--dim);font-style:italic}\n"
    "mark{background:var(--mark);color:var(--markfg)}:target{outline:2px solid "
    "var(--bad)}\n"
    "svg{display:block;width:100%;min-width:38rem;height:auto;"
    "background:var(--soft)}"
    "svg text{fill:var(--dim);font:11px system-ui,sans-serif}"
    ".sh{fill:var(--host)}.sd{fill:var(--dev)}.so{fill:var(--tool)}"
    ".se{fill:var(--odd)}.sv{fill:none;stroke:var(--bad);stroke-width:1.5}"
    ".sa{stroke:var(--line)}\n"
    "section{border-top:1px solid var(--line);margin-top:1.6rem}"
    "section:first-of-type{border:0}\n"
    "@media(max-width:30rem){body{margin:.8rem auto;padding:0 .6rem}"
    "dl{display:block}dt{margin-top:.5rem}table.sum th{display:none}"
    "table.sum,table.sum tr,table.sum td{display:block}"
    "table.sum td+td{border:0}table.sum tr{padding:.3rem 0}}\n"
    "@media print{:root{color-scheme:light}body{max-width:none;margin:0;"
    "padding:0;font-size:11px}code,pre,table.dump{font-size:9px}"
    "svg{min-width:0}svg,tr,dt{break-inside:avoid}h2,h3,dt{break-after:avoid}"
    ".wide{overflow:visible}*{print-color-adjust:exact}}\n";

void tt_html_bytes(struct tt_buf *out, const void *p, size_t n)
{
    const uint8_t *s = p;

    for (size_t i = 0; i < n; i++)
        switch (s[i]) {
        case '<': tt_buf_str(out, "&lt;"); break;
        case '>': tt_buf_str(out, "&gt;"); break;
        case '&': tt_buf_str(out, "&amp;"); break;
        case '"': tt_buf_str(out, "&quot;"); break;
        case '\'': tt_buf_str(out, "&#39;"); break;
        default:
            if (s[i] < 0x20 || s[i] > 0x7e)
                tt_buf_printf(out, "\\x%02X", s[i]);
            else
                tt_buf_ch(out, (char)s[i]);
        }
}

void tt_html_text(struct tt_buf *out, const char *s)
{
    tt_html_bytes(out, s, strlen(s));
}

void tt_html_head(struct tt_buf *out, const char *title)
{
    tt_buf_str(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action "
        "'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    tt_html_text(out, title);
    tt_buf_str(out, "</title>\n<style>\n");
    tt_buf_str(out, style);
    tt_buf_str(out, "</style>\n</head>\n<body>\n");
}

void tt_html_foot(struct tt_buf *out)
{
    tt_buf_printf(out,
                  "<p class=\"dim\">telltale %s. This page is complete in "
                  "itself: it loads nothing and runs nothing.</p>\n"
                  "</body>\n</html>\n",
                  tt_version());
}

/* ---- the words ------------------------------------------------------------ */

static const char *label_of(const struct tt_verdict *v)
{
    switch (v->status) {
    case TT_STATUS_FAULT: return "FAULT";
    case TT_STATUS_OK:
        return !v->has_headline || v->headline.rule->severity == TT_INFO
                   ? "OK"
                   : "NOTE";
    default: return "UNKNOWN";
    }
}

static void entry(struct tt_buf *out, const char *key)
{
    tt_buf_printf(out, "<dt>%s</dt><dd>", key);
}

static void put_list(struct tt_buf *out, const char *key,
                     const char *const *list, unsigned n, const char *tag)
{
    if (!n)
        return;
    entry(out, key);
    if (n == 1) {
        tt_html_text(out, list[0]);
    } else {
        tt_buf_printf(out, "<%s>", tag);
        for (unsigned i = 0; i < n; i++) {
            tt_buf_str(out, "<li>");
            tt_html_text(out, list[i]);
            tt_buf_str(out, "</li>");
        }
        tt_buf_printf(out, "</%s>", tag);
    }
    tt_buf_str(out, "</dd>\n");
}

static void put_evidence(struct tt_buf *out, const struct tt_verdict *v,
                         const struct tt_report_input *in, size_t number,
                         const bool *seen)
{
    const struct tt_finding *f = &v->headline;
    bool timed = tt_quality_step(in->info->quality) != 0;
    struct tt_buf text;

    tt_buf_init(&text, 1 << 16);
    entry(out, "why");
    tt_buf_str(out, "<ol>");
    for (unsigned i = 0; i < f->nevidence; i++) {
        const struct tt_evidence *e = &f->evidence[i];

        if (e->len) {
            tt_buf_printf(&text, "%c ", tt_lane_mark(e->lane));
            tt_tape_text_bytes(&text, e->head, e->nhead, e->nhead);
            if (e->len > e->nhead)
                tt_buf_printf(&text, " ... (%" PRIu64 " bytes)", e->len);
        } else {
            tt_buf_printf(&text, "[%s]", tt_event_name(e->event));
        }
        if (timed) {
            tt_buf_str(&text, " at ");
            tt_say_clock(&text, e->t_ns, in->info->quality);
        }
        tt_buf_str(out, "<li>");
        if (seen[i])
            tt_buf_printf(out, "<a href=\"#f%zu-e%u\">", number, i + 1);
        tt_buf_str(out, "<code>");
        tt_html_bytes(out, tt_buf_text(&text), text.n);
        tt_buf_str(out, seen[i] ? "</code></a></li>" : "</code></li>");
        tt_buf_clear(&text);
    }
    tt_buf_str(out, "</ol>");
    if (f->hits > 1)
        tt_buf_printf(out, "%" PRIu64 " times, ", f->hits);
    tt_buf_str(out, "rule <code>");
    tt_html_text(out, f->rule->name);
    tt_buf_str(out, "</code></dd>\n");
    tt_buf_release(&text);
}

static void put_headline(struct tt_buf *out, const struct tt_verdict *v)
{
    const struct tt_finding *f = &v->headline;
    const char *label = label_of(v);

    tt_buf_printf(out, "<p class=\"verdict %s\"><b>%s</b>", label, label);
    if (!v->has_headline) {
        tt_html_text(out, v->plain);
        tt_buf_str(out, "</p>\n");
        return;
    }
    if (f->word == TT_WORD_PROBABLY)
        tt_buf_str(out, "probably: ");
    tt_html_text(out, f->text);
    tt_buf_printf(out, " <span class=\"dim\">(%s, %d bits)</span></p>\n",
                  tt_word_name(f->word), (int)((f->bits + 32768) >> 16));
}

static void put_also(struct tt_buf *out, const struct tt_verdict *v)
{
    if (!v->nalso && !*v->conflict)
        return;
    entry(out, "also");
    tt_buf_str(out, "<ul>");
    if (*v->conflict) {
        tt_buf_str(out, "<li>");
        tt_html_text(out, v->conflict);
        tt_buf_str(out, "</li>");
    }
    for (unsigned i = 0; i < v->nalso; i++) {
        const struct tt_finding *f = &v->also[i];

        tt_buf_str(out, "<li>");
        if (f->word == TT_WORD_PROBABLY)
            tt_buf_str(out, "probably: ");
        tt_html_text(out, f->text);
        tt_buf_printf(out, " (%d bits)</li>", (int)((f->bits + 32768) >> 16));
    }
    tt_buf_str(out, "</ul></dd>\n");
}

static void put_verdict(struct tt_buf *out, const struct tt_verdict *v,
                        const struct tt_report_input *in, size_t number,
                        const bool *seen)
{
    const struct tt_finding *f = &v->headline;

    put_headline(out, v);
    tt_buf_str(out, "<dl>\n");
    if (v->has_headline) {
        put_evidence(out, v, in, number, seen);
        put_list(out, "cause", f->cause, f->ncause, "ul");
        if (f->rule->side != TT_SIDE_NONE) {
            entry(out, "side");
            tt_html_text(out, tt_side_name(f->rule->side));
            tt_buf_str(out, "</dd>\n");
        }
        put_list(out, "fix", f->fix, f->nfix, "ol");
        put_list(out, "next", f->next, f->nnext, "ul");
        put_list(out, "ref", f->ref, f->nref, "ul");
    }
    put_also(out, v);
    put_list(out, "decide", v->decide, v->ndecide, "ul");
    if (v->has_headline) {
        entry(out, "seen");
        tt_html_text(out, v->plain);
        tt_buf_str(out, "</dd>\n");
    }
    if (*v->fingerprint) {
        entry(out, "ticket");
        tt_buf_str(out, "<code>");
        tt_html_text(out, v->fingerprint);
        tt_buf_str(out, "</code></dd>\n");
    }
    tt_buf_str(out, "</dl>\n");
}

static void row(struct tt_buf *out, const char *key, const char *value)
{
    if (!*value)
        return;
    tt_buf_printf(out, "<tr><td class=\"dim\">%s</td><td>", key);
    tt_html_text(out, value);
    tt_buf_str(out, "</td></tr>\n");
}

static void put_unread(struct tt_buf *out, const struct tt_read_report *r)
{
    if (r->truncated)
        tt_buf_str(out, "<p>The recording is cut off: it stops in the middle "
                        "of something.</p>\n");
    if (!r->unread)
        return;
    tt_buf_printf(out, "<p>%" PRIu64 " place%s not understood:</p>\n<ul>\n",
                  r->unread, r->unread == 1 ? " was" : "s were");
    for (size_t i = 0; i < r->nwhere && i < SHOWN_UNREAD; i++) {
        const struct tt_unread *u = &r->where[i];

        tt_buf_printf(out, "<li>%s %" PRIu64 ": ", u->line ? "line" : "offset",
                      u->line ? u->line : u->offset);
        tt_html_text(out, u->why);
        tt_buf_str(out, "</li>\n");
    }
    tt_buf_str(out, "</ul>\n");
}

static void put_read(struct tt_buf *out, const struct tt_verdict *v,
                     const struct tt_report_input *in)
{
    const struct tt_tape_stats *s = v->stats;
    char text[160] = "";
    struct tt_buf line;

    tt_buf_init(&line, sizeof(text));
    tt_buf_str(out, "<h3>How it was read</h3>\n<table>\n");
    row(out, "input", in->name);
    row(out, "format", in->info->format);
    row(out, "device", in->info->device);
    row(out, "adapter", in->info->adapter);
    row(out, "by", in->info->by);
    tt_buf_printf(&line,
                  "%" PRIu64 " records; host %" PRIu64 ", device %" PRIu64
                  ", tool %" PRIu64 " bytes",
                  s->records, s->bytes[TT_LANE_HOST], s->bytes[TT_LANE_DEVICE],
                  s->bytes[TT_LANE_TOOL]);
    row(out, "traffic", tt_buf_text(&line));
    tt_buf_clear(&line);
    tt_say_span(&line, s->last_ns - s->first_ns, false);
    tt_buf_printf(&line, ", times: %s", tt_quality_name(in->info->quality));
    row(out, "time", tt_buf_text(&line));
    tt_buf_clear(&line);
    if (in->info->order_uncertain)
        row(out, "order", "between the lanes it is a guess");
    tt_buf_printf(&line, "%u, telltale %s", v->nrules, tt_version());
    row(out, "rules", tt_buf_text(&line));
    tt_buf_str(out, "</table>\n");
    if (in->read)
        put_unread(out, in->read);
    tt_buf_release(&line);
}

void tt_html_section(struct tt_buf *out, const struct tt_verdict *v,
                     const struct tt_report_input *in, struct tt_notes *notes,
                     size_t number, size_t rows)
{
    bool seen[TT_MAX_EVIDENCE] = {false};
    struct tt_buf dump;

    /* the dump first: its links are wanted above it */
    tt_buf_init(&dump, TT_HTML_PAGE);
    if (in->tape)
        tt_html_dump(&dump, v, in, notes, number, rows, seen);
    tt_buf_printf(out, "<section id=\"f%zu\">\n<h2>", number);
    tt_html_text(out, in->name);
    tt_buf_str(out, "</h2>\n");
    put_verdict(out, v, in, number, seen);
    if (in->tape && tt_tape_end(in->tape) > tt_tape_first(in->tape)) {
        tt_html_timeline(out, v, in, number, seen);
        tt_buf_add(out, tt_buf_text(&dump), dump.n);
        if (dump.status)
            out->status = dump.status;
    }
    put_read(out, v, in);
    tt_buf_str(out, "</section>\n");
    tt_buf_release(&dump);
}

void tt_html_error(struct tt_buf *out, const char *name, const char *why,
                   size_t number)
{
    tt_buf_printf(out, "<section id=\"f%zu\">\n<h2>", number);
    tt_html_text(out, name);
    tt_buf_str(out, "</h2>\n<p class=\"verdict ERROR\"><b>ERROR</b>");
    tt_html_text(out, why);
    tt_buf_str(out, "</p>\n</section>\n");
}

void tt_html_summary_begin(struct tt_buf *out)
{
    tt_buf_str(out,
               "<h1>Recordings</h1>\n<table class=\"sum\">\n<tr><th>verdict"
               "</th><th>recording</th><th>what it means</th></tr>\n");
}

void tt_html_summary_line(struct tt_buf *out, const struct tt_html_line *l)
{
    tt_buf_printf(out, "<tr><td class=\"%s\">%s</td><td><a href=\"#f%zu\">",
                  l->label, l->label, l->number);
    tt_html_text(out, l->name);
    tt_buf_str(out, "</a></td><td>");
    tt_html_text(out, l->text);
    if (*l->rule) {
        tt_buf_str(out, " <code class=\"dim\">");
        tt_html_text(out, l->rule);
        tt_buf_str(out, "</code>");
    }
    tt_buf_str(out, "</td></tr>\n");
}

void tt_html_summary_end(struct tt_buf *out)
{
    tt_buf_str(out, "</table>\n");
}
