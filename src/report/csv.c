/*
 * csv - see csv.h.
 */
#include "report/csv.h"

#include <inttypes.h>
#include <string.h>

static const char *const columns[] = {
    "input",  "status", "word",   "bits",   "severity",    "side", "rule",
    "text",   "cause",  "fix",    "next",   "format",      "time", "host",
    "device", "tool",   "span_s", "unread", "fingerprint", "error"};

/* One cell; the text is untrusted. */
static void cell(struct tt_buf *out, const char *s)
{
    if (out->n && out->p[out->n - 1] != '\n')
        tt_buf_ch(out, ',');
    tt_buf_ch(out, '"');
    if (*s && strchr("=+-@\t\r", *s))
        tt_buf_ch(out, '\'');
    for (; *s; s++) {
        uint8_t c = (uint8_t)*s;
        size_t n = c < 0x80 ? 1 : tt_utf8_len((const uint8_t *)s, strlen(s));

        if (c == '"')
            tt_buf_str(out, "\"\"");
        else if (c == '\n' || c == '\r' || c == '\t')
            tt_buf_ch(out, ' ');
        else if (c < 0x20 || c == 0x7f || !n)
            tt_buf_printf(out, "\\x%02X", c);
        else
            tt_buf_add(out, s, n);
        s += n ? n - 1 : 0;
    }
    tt_buf_ch(out, '"');
}

static void number(struct tt_buf *out, uint64_t n)
{
    tt_buf_printf(out, ",%" PRIu64, n);
}

static void joined(struct tt_buf *out, const char *const *list, unsigned n,
                   bool numbered)
{
    struct tt_buf text;

    tt_buf_init(&text, (size_t)1 << 20);
    for (unsigned i = 0; i < n; i++) {
        if (i)
            tt_buf_ch(&text, ' ');
        if (numbered && n > 1)
            tt_buf_printf(&text, "%u ", i + 1);
        tt_buf_str(&text, list[i]);
    }
    cell(out, tt_buf_text(&text));
    tt_buf_release(&text);
}

void tt_report_csv_head(struct tt_buf *out)
{
    for (size_t i = 0; i < TT_LEN(columns); i++)
        tt_buf_printf(out, "%s%s", i ? "," : "", columns[i]);
    tt_buf_str(out, "\r\n");
}

static void put_finding(struct tt_buf *out, const struct tt_finding *f)
{
    int64_t tenths = (f->bits * 10 + 32768) >> 16;

    cell(out, tt_word_name(f->word));
    tt_buf_printf(out, ",%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
    cell(out, tt_severity_name(f->rule->severity));
    cell(out, tt_side_name(f->rule->side));
    cell(out, f->rule->name);
    cell(out, f->text);
    joined(out, f->cause, f->ncause, false);
    joined(out, f->fix, f->nfix, true);
    joined(out, f->next, f->nnext, false);
}

void tt_report_csv(struct tt_buf *out, const struct tt_verdict *v,
                   const struct tt_report_input *in)
{
    const struct tt_tape_stats *s = v->stats;
    uint64_t span = s->last_ns - s->first_ns;

    cell(out, in->name);
    cell(out, tt_status_text(v->status));
    if (v->has_headline) {
        put_finding(out, &v->headline);
    } else {
        tt_buf_str(out, ",,,,,");
        cell(out, v->plain);
        tt_buf_str(out, ",,,");
    }
    cell(out, in->info->format);
    cell(out, tt_quality_name(in->info->quality));
    number(out, s->bytes[TT_LANE_HOST]);
    number(out, s->bytes[TT_LANE_DEVICE]);
    number(out, s->bytes[TT_LANE_TOOL]);
    tt_buf_printf(out, ",%" PRIu64 ".%06" PRIu64, span / TT_NS_PER_S,
                  span % TT_NS_PER_S / 1000);
    number(out, in->read ? in->read->unread : 0);
    cell(out, v->fingerprint);
    tt_buf_str(out, ",\r\n");
}

void tt_report_csv_error(struct tt_buf *out, const char *name,
                         const char *error)
{
    cell(out, name);
    cell(out, "error");
    for (size_t i = 2; i + 1 < TT_LEN(columns); i++)
        tt_buf_ch(out, ',');
    cell(out, error);
    tt_buf_str(out, "\r\n");
}
