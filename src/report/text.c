#include "report/extract.h"
#include "report/report.h"
#include "report/wrap.h"
#include "verdict/say.h"

#include <inttypes.h>
#include <string.h>

enum { WIDTH = 80, MIN_WIDTH = 40, MAX_WIDTH = 400, SHOWN_UNREAD = 5 };

/* One text being put together before it is wrapped. */
static const char *line_of(struct tt_buf *line)
{
    const char *text = tt_buf_text(line);

    /* The text stays where it is until the next append. */
    line->n = 0;
    return text;
}

static void say_bits(struct tt_buf *out, int64_t bits)
{
    tt_buf_printf(out, "%d bits", (int)((bits + 32768) >> 16));
}

/* Not a fault, but not the health of anything either: NOTE. */
static const char *status_label(const struct tt_verdict *v, enum tt_tint *tint)
{
    switch (v->status) {
    case TT_STATUS_FAULT: *tint = TT_TINT_BAD; return "FAULT";
    case TT_STATUS_OK:
        *tint = TT_TINT_GOOD;
        if (!v->has_headline || v->headline.rule->severity == TT_INFO)
            return "OK";
        *tint = TT_TINT_UNSURE;
        return "NOTE";
    default: *tint = TT_TINT_UNSURE; return "UNKNOWN";
    }
}

static void say_finding(struct tt_buf *out, const struct tt_finding *f)
{
    if (f->word == TT_WORD_PROBABLY)
        tt_buf_str(out, "probably: ");
    tt_buf_str(out, f->text);
}

/* ---- why --------------------------------------------------------------- */

static void say_evidence(struct tt_buf *out, const struct tt_evidence *e)
{
    if (!e->len) {
        tt_buf_printf(out, "[%s]", tt_event_name(e->event));
        return;
    }
    tt_buf_printf(out, "%c ", tt_lane_mark(e->lane));
    if (e->nhead)
        tt_tape_text_bytes(out, e->head, e->nhead, e->nhead);
    if (e->len > e->nhead)
        tt_buf_printf(out, "%s (%" PRIu64 " bytes)", e->nhead ? " ..." : "",
                      e->len);
}

/* "> 7F at 0.000000 s, 3.1 ms later < 68*8; 12 times [stm32.x]". */
void tt_report_why(struct tt_buf *out, const struct tt_finding *f,
                   enum tt_quality quality)
{
    bool timed = tt_quality_step(quality) != 0;
    uint64_t before = 0;

    for (unsigned i = 0; i < f->nevidence; i++) {
        const struct tt_evidence *e = &f->evidence[i];

        if (i)
            tt_buf_str(out, ", ");
        if (i && timed && e->t_ns > before) {
            tt_say_span(out, e->t_ns - before, false);
            tt_buf_str(out, " later ");
        } else if (i) {
            tt_buf_str(out, "then ");
        }
        say_evidence(out, e);
        if (!i && timed) {
            tt_buf_str(out, " at ");
            tt_say_clock(out, e->t_ns, quality);
        }
        before = e->t_ns;
    }
    if (f->hits > 1)
        tt_buf_printf(out, "%s%" PRIu64 " times", f->nevidence ? "; " : "",
                      f->hits);
    tt_buf_printf(out, "%s[rule %s]", out->n ? " " : "", f->rule->name);
}

/* ---- the parts of the block -------------------------------------------- */

static void put_list(const struct tt_wrap *w, struct tt_buf *line,
                     const char *label, const char *const *list, unsigned n,
                     bool numbered)
{
    for (unsigned i = 0; i < n; i++) {
        if (numbered && n > 1)
            tt_buf_printf(line, "%u ", i + 1);
        tt_buf_str(line, list[i]);
        tt_wrap_item(w, i ? "" : label, TT_TINT_DIM, line_of(line), "");
    }
}

static void put_headline(const struct tt_wrap *w, struct tt_buf *line,
                         const struct tt_verdict *v, enum tt_quality quality)
{
    const struct tt_finding *f = &v->headline;
    struct tt_buf right;
    enum tt_tint tint;
    const char *label = status_label(v, &tint);

    if (!v->has_headline) {
        tt_wrap_item(w, label, tint, v->plain, "");
        return;
    }
    tt_buf_init(&right, 64);
    tt_buf_printf(&right, "%s, ", tt_word_name(f->word));
    say_bits(&right, f->bits);
    say_finding(line, f);
    tt_wrap_item(w, label, tint, line_of(line), tt_buf_text(&right));
    tt_buf_release(&right);
    tt_report_why(line, f, quality);
    tt_wrap_item(w, "why", TT_TINT_DIM, line_of(line), "");
    put_list(w, line, "cause", f->cause, f->ncause, false);
    if (f->rule->side != TT_SIDE_NONE)
        tt_wrap_item(w, "side", TT_TINT_DIM, tt_side_name(f->rule->side), "");
    put_list(w, line, "fix", f->fix, f->nfix, true);
    put_list(w, line, "next", f->next, f->nnext, false);
    put_list(w, line, "ref", f->ref, f->nref, false);
}

static void put_others(const struct tt_wrap *w, struct tt_buf *line,
                       const struct tt_verdict *v)
{
    const char *label = "also";

    if (*v->conflict) {
        tt_wrap_item(w, label, TT_TINT_DIM, v->conflict, "");
        label = "";
    }
    for (unsigned i = 0; i < v->nalso; i++) {
        say_finding(line, &v->also[i]);
        tt_buf_str(line, " (");
        say_bits(line, v->also[i].bits);
        tt_buf_str(line, ")");
        tt_wrap_item(w, label, TT_TINT_DIM, line_of(line), "");
        label = "";
    }
    if (v->ndecide)
        tt_wrap_item(w, "decide", TT_TINT_DIM, "what would decide:", "");
    for (unsigned i = 0; i < v->ndecide; i++) {
        tt_buf_printf(line, "- %s", v->decide[i]);
        tt_wrap_item(w, "", TT_TINT_DIM, line_of(line), "");
    }
}

/* What to do when nothing is known: a better recording, or the ticket. */
static void put_unknown_next(const struct tt_wrap *w, struct tt_buf *line,
                             const struct tt_verdict *v,
                             const struct tt_report_input *in)
{
    bool both =
        v->stats->bytes[TT_LANE_HOST] && v->stats->bytes[TT_LANE_DEVICE];
    bool timed = tt_quality_step(in->info->quality) != 0;

    if (v->has_headline)
        return;
    if (both && timed)
        tt_buf_str(line, "send the ticket line and this recording");
    else
        tt_buf_printf(line,
                      "record %s of the attempt that fails: telltale watch "
                      "-r FILE PORT; send the ticket line and the recording",
                      both    ? "the times"
                      : timed ? "both directions"
                              : "both directions and the times");
    tt_wrap_item(w, "next", TT_TINT_DIM, line_of(line), "");
}

static void say_lanes(struct tt_buf *out, const struct tt_tape_stats *s)
{
    bool any = false;

    for (int lane = 0; lane < TT_LANE_LINE; lane++) {
        if (!s->bytes[lane])
            continue;
        tt_buf_printf(out, "%s%c %" PRIu64, any ? ", " : "",
                      tt_lane_mark((enum tt_lane)lane), s->bytes[lane]);
        any = true;
    }
    tt_buf_str(out, any ? " bytes" : "no bytes");
}

static void say_quality(struct tt_buf *out, const struct tt_tape_info *info)
{
    if (info->quality == TT_TIME_NONE)
        tt_buf_str(out, "; no times, so no rule about pauses could fire");
    else if (info->quality == TT_TIME_ORDER)
        tt_buf_str(out, "; only the order is known, so no rule about pauses "
                        "could fire");
    else
        tt_buf_printf(out, "; times in %s", tt_quality_name(info->quality));
    if (info->order_uncertain)
        tt_buf_str(out, "; the order between the lanes is a guess");
}

/* "6 lines were not understood: 12, 40, 41 ..." of a log, and then what else
 * was noted about its lines. */
static void put_unread_lines(const struct tt_wrap *w, struct tt_buf *line,
                             const struct tt_read_report *r)
{
    uint64_t odd = r->lines - r->understood;
    size_t shown = 0;

    for (size_t i = 0; i < r->nwhere; i++) {
        const struct tt_unread *u = &r->where[i];

        if (strcmp(u->why, TT_UNKNOWN_LINE) != 0 &&
            strcmp(u->why, TT_SNIPPED_LINE) != 0)
            continue;
        if (!shown)
            tt_buf_printf(line, "%" PRIu64 " %s not understood: ", odd,
                          odd == 1 ? "line was" : "lines were");
        if (shown++ < 2 * SHOWN_UNREAD)
            tt_buf_printf(line, "%s%" PRIu64, shown > 1 ? ", " : "", u->line);
    }
    if (shown) {
        if (odd > 2 * SHOWN_UNREAD)
            tt_buf_str(line, " ...");
        tt_wrap_item(w, "", TT_TINT_DIM, line_of(line), "");
    }
    shown = 0;
    for (size_t i = 0; i < r->nwhere && shown < SHOWN_UNREAD; i++) {
        const struct tt_unread *u = &r->where[i];

        if (!strcmp(u->why, TT_UNKNOWN_LINE))
            continue;
        tt_buf_printf(line, "line %" PRIu64 ": %s", u->line, u->why);
        tt_wrap_item(w, "", TT_TINT_DIM, line_of(line), "");
        shown++;
    }
}

static void put_unread(const struct tt_wrap *w, struct tt_buf *line,
                       const struct tt_read_report *r)
{
    if (r->truncated)
        tt_wrap_item(
            w, "", TT_TINT_DIM,
            "the recording is cut off: it stops in the middle of something",
            "");
    if (*r->lacks)
        tt_wrap_item(w, "", TT_TINT_DIM, r->lacks, "");
    if (!r->unread)
        return;
    if (r->is_log) {
        put_unread_lines(w, line, r);
        return;
    }
    tt_buf_printf(line, "%" PRIu64 " %s not understood:", r->unread,
                  r->unread == 1 ? "place was" : "places were");
    tt_wrap_item(w, "", TT_TINT_DIM, line_of(line), "");
    for (size_t i = 0; i < r->nwhere && i < SHOWN_UNREAD; i++) {
        const struct tt_unread *u = &r->where[i];

        if (u->line)
            tt_buf_printf(line, "line %" PRIu64 ": ", u->line);
        else
            tt_buf_printf(line, "offset %" PRIu64 ": ", u->offset);
        tt_buf_str(line, u->why);
        tt_wrap_item(w, "", TT_TINT_DIM, line_of(line), "");
    }
}

/* Of a capture with many conversations: which one was read, and the others. */
static void put_parties(const struct tt_wrap *w, struct tt_buf *line,
                        const struct tt_read_report *r)
{
    for (size_t i = 0; i < r->nparties; i++) {
        tt_buf_str(line, r->party[i].taken ? "read: " : "left out: ");
        tt_buf_safe(line, r->party[i].text, strlen(r->party[i].text));
        tt_wrap_item(w, "", TT_TINT_DIM, line_of(line), "");
    }
    if (r->more) {
        tt_buf_printf(line, "left out: %" PRIu64 " more", r->more);
        tt_wrap_item(w, "", TT_TINT_DIM, line_of(line), "");
    }
}

static void put_read(const struct tt_wrap *w, struct tt_buf *line,
                     const struct tt_verdict *v,
                     const struct tt_report_input *in)
{
    const struct tt_tape_info *info = in->info;

    tt_buf_safe(line, in->name, strlen(in->name));
    tt_buf_str(line, ": ");
    if (*info->format) {
        tt_buf_safe(line, info->format, strlen(info->format));
        tt_buf_str(line, ", ");
    }
    if (in->read && in->read->is_log)
        tt_buf_printf(line, "%" PRIu64 " of %" PRIu64 " %s, ",
                      in->read->understood, in->read->lines,
                      in->read->lines == 1 ? "line" : "lines");
    if (in->read)
        tt_buf_printf(line, "%" PRIu64 " %s, ", in->read->records,
                      in->read->records == 1 ? "record" : "records");
    say_lanes(line, v->stats);
    say_quality(line, info);
    tt_wrap_item(w, "read", TT_TINT_DIM, line_of(line), "");
    if (in->read) {
        put_parties(w, line, in->read);
        put_unread(w, line, in->read);
    }
}

static void put_quiet(struct tt_buf *out, const struct tt_verdict *v)
{
    enum tt_tint tint;

    tt_buf_str(out, status_label(v, &tint));
    tt_buf_ch(out, ' ');
    if (v->has_headline && v->headline.word == TT_WORD_PROBABLY)
        tt_buf_str(out, "probably: ");
    tt_wrap_plain(out, v->has_headline ? v->headline.text : v->plain);
    if (v->has_headline) {
        tt_buf_printf(out, " (%s, ", tt_word_name(v->headline.word));
        say_bits(out, v->headline.bits);
        tt_buf_ch(out, ')');
    }
    tt_buf_ch(out, '\n');
}

void tt_report_text(struct tt_buf *out, const struct tt_verdict *v,
                    const struct tt_report_input *in,
                    const struct tt_report_options *opt)
{
    unsigned width = opt->width ? opt->width : WIDTH;
    struct tt_wrap w = {.out = out, .color = opt->color};
    struct tt_buf line;

    if (opt->quiet) {
        put_quiet(out, v);
        return;
    }
    w.width = width < MIN_WIDTH   ? MIN_WIDTH
              : width > MAX_WIDTH ? MAX_WIDTH
                                  : width;
    tt_buf_init(&line, (size_t)1 << 20);
    put_headline(&w, &line, v, in->info->quality);
    put_others(&w, &line, v);
    if (v->has_headline)
        tt_wrap_item(&w, "seen", TT_TINT_DIM, v->plain, "");
    if (*v->fingerprint) {
        tt_buf_printf(&line, "%s", v->fingerprint);
        tt_wrap_item(&w, "ticket", TT_TINT_DIM, line_of(&line), "");
    }
    put_unknown_next(&w, &line, v, in);
    put_read(&w, &line, v, in);
    if (in->tape && tt_tape_end(in->tape) > tt_tape_first(in->tape)) {
        tt_wrap_rule(&w);
        tt_extract(out, in->tape, v, in->info, opt->tail);
    }
    if (line.status && !out->status)
        out->status = line.status;
    tt_buf_release(&line);
}
