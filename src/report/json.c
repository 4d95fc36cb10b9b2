#include "report/report.h"

#include <inttypes.h>
#include <string.h>

/* All numbers are written from integers: no locale, no NaN. */

static void put_string(struct tt_buf *out, const char *text)
{
    tt_buf_ch(out, '"');
    tt_buf_json(out, text, strlen(text));
    tt_buf_ch(out, '"');
}

static void put_key(struct tt_buf *out, const char *key)
{
    if (out->n && out->p[out->n - 1] != '{')
        tt_buf_ch(out, ',');
    tt_buf_printf(out, "\"%s\":", key);
}

static void put_text(struct tt_buf *out, const char *key, const char *text)
{
    put_key(out, key);
    put_string(out, text);
}

static void put_count(struct tt_buf *out, const char *key, uint64_t n)
{
    put_key(out, key);
    tt_buf_printf(out, "%" PRIu64, n);
}

static void put_bool(struct tt_buf *out, const char *key, bool on)
{
    put_key(out, key);
    tt_buf_str(out, on ? "true" : "false");
}

/* Nanoseconds as seconds: "0.003112", at least one digit after the point. */
static void put_seconds(struct tt_buf *out, const char *key, uint64_t ns)
{
    uint64_t frac = ns % TT_NS_PER_S;
    int digits = 9;

    while (digits > 1 && frac % 10 == 0) {
        frac /= 10;
        digits--;
    }
    put_key(out, key);
    tt_buf_printf(out, "%" PRIu64 ".%0*" PRIu64, ns / TT_NS_PER_S, digits,
                  frac);
}

/* Q16 rounded to tenths. */
static void put_bits(struct tt_buf *out, int64_t bits)
{
    int64_t tenths = (bits * 10 + 32768) >> 16;

    put_key(out, "bits");
    tt_buf_printf(out, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
}

static void put_list(struct tt_buf *out, const char *key,
                     const char *const *list, unsigned n)
{
    put_key(out, key);
    tt_buf_ch(out, '[');
    for (unsigned i = 0; i < n; i++) {
        if (i)
            tt_buf_ch(out, ',');
        put_string(out, list[i]);
    }
    tt_buf_ch(out, ']');
}

/* Several sentences as one string. */
static void put_joined(struct tt_buf *out, const char *key,
                       const char *const *list, unsigned n)
{
    put_key(out, key);
    tt_buf_ch(out, '"');
    for (unsigned i = 0; i < n; i++) {
        if (i)
            tt_buf_ch(out, ' ');
        tt_buf_json(out, list[i], strlen(list[i]));
    }
    tt_buf_ch(out, '"');
}

static void open_array(struct tt_buf *out, const char *key)
{
    put_key(out, key);
    tt_buf_ch(out, '[');
}

static void next_object(struct tt_buf *out)
{
    tt_buf_str(out, out->n && out->p[out->n - 1] == '[' ? "{" : ",{");
}

static void put_evidence(struct tt_buf *out, const struct tt_finding *f)
{
    open_array(out, "evidence");
    for (unsigned i = 0; i < f->nevidence; i++) {
        const struct tt_evidence *e = &f->evidence[i];
        const char lane[2] = {e->len ? tt_lane_mark(e->lane) : '-', '\0'};

        next_object(out);
        put_seconds(out, "t", e->t_ns);
        put_text(out, "lane", lane);
        put_count(out, "offset", e->offset);
        put_count(out, "length", e->len);
        put_key(out, "hex");
        tt_buf_ch(out, '"');
        for (size_t k = 0; k < e->nhead; k++)
            tt_buf_printf(out, "%s%02X", k ? " " : "", e->head[k]);
        if (e->len > e->nhead)
            tt_buf_str(out, e->nhead ? " ..." : "...");
        tt_buf_ch(out, '"');
        if (!e->len)
            put_text(out, "event", tt_event_name(e->event));
        tt_buf_ch(out, '}');
    }
    tt_buf_ch(out, ']');
}

static void put_headline(struct tt_buf *out, const struct tt_finding *f)
{
    tt_buf_ch(out, '{');
    put_text(out, "rule", f->rule->name);
    put_text(out, "severity", tt_severity_name(f->rule->severity));
    put_text(out, "word", tt_word_name(f->word));
    put_bits(out, f->bits);
    put_text(out, "side", tt_side_name(f->rule->side));
    put_text(out, "text", f->text);
    put_joined(out, "cause", f->cause, f->ncause);
    put_list(out, "fix", f->fix, f->nfix);
    put_joined(out, "next", f->next, f->nnext);
    put_list(out, "ref", f->ref, f->nref);
    put_evidence(out, f);
    put_count(out, "hits", f->hits);
    put_bool(out, "past", f->past);
    tt_buf_ch(out, '}');
}

static void put_claims(struct tt_buf *out, const struct tt_verdict *v)
{
    open_array(out, "claims");
    for (unsigned i = 0; i < v->nclaims; i++) {
        const struct tt_claim *c = &v->claim[i];
        int permille = (int)((c->confidence * 1000 + 32768) >> 16);

        next_object(out);
        put_text(out, "subject", c->subject);
        put_text(out, "value", c->value);
        put_text(out, "word", tt_word_name(c->word));
        put_bits(out, c->bits);
        put_key(out, "confidence");
        tt_buf_printf(out, "%d.%03d", permille / 1000, permille % 1000);
        tt_buf_ch(out, '}');
    }
    tt_buf_ch(out, ']');
}

static void put_also(struct tt_buf *out, const struct tt_verdict *v)
{
    open_array(out, "also");
    for (unsigned i = 0; i < v->nalso; i++) {
        const struct tt_finding *f = &v->also[i];

        next_object(out);
        put_text(out, "rule", f->rule->name);
        put_text(out, "severity", tt_severity_name(f->rule->severity));
        put_text(out, "text", f->text);
        put_text(out, "word", tt_word_name(f->word));
        put_bits(out, f->bits);
        tt_buf_ch(out, '}');
    }
    tt_buf_ch(out, ']');
}

static void put_counters(struct tt_buf *out, const struct tt_tape_stats *s)
{
    put_key(out, "counters");
    tt_buf_ch(out, '{');
    put_count(out, "frame_error", s->events[TT_EV_FRAME_ERROR]);
    put_count(out, "parity_error", s->events[TT_EV_PARITY_ERROR]);
    put_count(out, "break", s->events[TT_EV_BREAK]);
    put_count(out, "overrun", s->events[TT_EV_OVERRUN]);
    put_count(out, "lost", s->lost_bytes);
    tt_buf_ch(out, '}');
}

static void put_unread(struct tt_buf *out, const struct tt_read_report *r)
{
    open_array(out, "unread");
    for (size_t i = 0; r && i < r->nwhere && i < TT_MAX_UNREAD; i++) {
        const struct tt_unread *u = &r->where[i];

        next_object(out);
        if (u->line)
            put_count(out, "line", u->line);
        else
            put_count(out, "offset", u->offset);
        put_text(out, "why", u->why);
        tt_buf_ch(out, '}');
    }
    tt_buf_ch(out, ']');
}

static void put_parties(struct tt_buf *out, const struct tt_read_report *r)
{
    open_array(out, "parties");
    for (size_t i = 0; i < r->nparties; i++) {
        next_object(out);
        put_bool(out, "taken", r->party[i].taken);
        put_text(out, "text", r->party[i].text);
        tt_buf_ch(out, '}');
    }
    tt_buf_ch(out, ']');
}

static void put_read(struct tt_buf *out, const struct tt_report_input *in)
{
    const struct tt_read_report *r = in->read;

    put_key(out, "read");
    if (!r) {
        tt_buf_str(out, "null");
        return;
    }
    tt_buf_ch(out, '{');
    put_count(out, "records", r->records);
    put_count(out, "lines", r->lines);
    put_count(out, "unread", r->unread);
    if (r->is_log) {
        put_count(out, "understood", r->understood);
        put_text(out, "lacks", r->lacks);
    }
    put_bool(out, "truncated", r->truncated);
    put_bool(out, "order_uncertain", in->info->order_uncertain);
    if (r->nparties)
        put_parties(out, r);
    tt_buf_ch(out, '}');
}

void tt_report_json(struct tt_buf *out, const struct tt_verdict *v,
                    const struct tt_report_input *in)
{
    const struct tt_tape_stats *s = v->stats;

    tt_buf_str(out, "{\"telltale\":1");
    put_text(out, "input", in->name);
    put_text(out, "format", in->info->format);
    put_text(out, "time", tt_quality_name(in->info->quality));
    put_key(out, "lanes");
    tt_buf_ch(out, '{');
    put_count(out, "host", s->bytes[TT_LANE_HOST]);
    put_count(out, "device", s->bytes[TT_LANE_DEVICE]);
    put_count(out, "tool", s->bytes[TT_LANE_TOOL]);
    tt_buf_ch(out, '}');
    put_seconds(out, "span_s", s->last_ns - s->first_ns);
    put_text(out, "status", tt_status_text(v->status));
    put_key(out, "headline");
    if (v->has_headline)
        put_headline(out, &v->headline);
    else
        tt_buf_str(out, "null");
    put_claims(out, v);
    put_also(out, v);
    put_counters(out, s);
    put_unread(out, in->read);
    put_text(out, "plain", v->plain);
    put_list(out, "decide", v->decide, v->ndecide);
    put_text(out, "fingerprint", v->fingerprint);
    put_text(out, "conflict", v->conflict);
    put_count(out, "rules", v->nrules);
    put_read(out, in);
    tt_buf_str(out, "}\n");
}

void tt_report_json_error(struct tt_buf *out, const char *name,
                          const char *error)
{
    tt_buf_str(out, "{\"telltale\":1");
    put_text(out, "input", name);
    put_text(out, "status", "error");
    put_text(out, "error", error);
    tt_buf_str(out, "}\n");
}
