/*
 * One way to write any format, for recording and converting.  What a format
 * cannot hold is counted, never silently dropped.
 */
#include "format/format.h"

#include "base/letter.h"

#include <string.h>

struct tt_writer_format {
    const char *name;
    void (*begin)(struct tt_writer *w, struct tt_buf *out,
                  const struct tt_record *first);
    void (*record)(struct tt_writer *w, struct tt_buf *out,
                   const struct tt_record *r, const char *comment);
    void (*remark)(struct tt_writer *w, struct tt_buf *out, uint64_t t_ns,
                   const char *comment); /* NULL: there is no place for it */
};

/* ---- tape text ---------------------------------------------------------- */

static void tape_begin(struct tt_writer *w, struct tt_buf *out,
                       const struct tt_record *first)
{
    (void)first;
    tt_tape_text_header(out, &w->info);
}

/* What a person wrote stays readable: letters stay, other bytes are escaped. */
static void put_letters(struct tt_buf *out, const char *s, size_t n)
{
    size_t len;

    for (size_t i = 0; i < n; i += len) {
        uint32_t ch = tt_letter(s + i, n - i, &len);

        if (ch >= 0x80)
            tt_buf_add(out, s + i, len);
        else
            tt_buf_safe(out, s + i, len);
    }
}

/* A comment becomes remark lines before the record. */
static void put_remark(struct tt_buf *out, const char *s)
{
    size_t n = strlen(s);

    while (n) {
        const char *nl = memchr(s, '\n', n);
        size_t len = nl ? (size_t)(nl - s) : n;

        tt_buf_str(out, "# ");
        put_letters(out, s, len);
        tt_buf_ch(out, '\n');
        s += len + (nl != NULL);
        n -= len + (nl != NULL);
    }
}

static void tape_record(struct tt_writer *w, struct tt_buf *out,
                        const struct tt_record *r, const char *comment)
{
    bool timed = w->info.quality > TT_TIME_ORDER;

    if (comment)
        put_remark(out, comment);
    if (!timed && r->event == TT_EV_TICK)
        w->left_out++;
    tt_tape_text_record(out, r, timed ? r->t_ns : UINT64_MAX);
}

static void tape_remark(struct tt_writer *w, struct tt_buf *out, uint64_t t_ns,
                        const char *comment)
{
    (void)w;
    (void)t_ns;
    put_remark(out, comment);
}

/* ---- pcapng ------------------------------------------------------------- */

static void pcapng_begin(struct tt_writer *w, struct tt_buf *out,
                         const struct tt_record *first)
{
    uint32_t baud = first && first->event == TT_EV_BAUD ? first->baud : 0;

    tt_pcapng_begin(&w->pcapng, out, baud, &w->info);
}

static void pcapng_record(struct tt_writer *w, struct tt_buf *out,
                          const struct tt_record *r, const char *comment)
{
    tt_pcapng_record(&w->pcapng, out, r, comment);
}

static void pcapng_remark(struct tt_writer *w, struct tt_buf *out,
                          uint64_t t_ns, const char *comment)
{
    tt_pcapng_comment(&w->pcapng, out, t_ns, comment);
}

/* ---- raw bytes ---------------------------------------------------------- */

static void raw_begin(struct tt_writer *w, struct tt_buf *out,
                      const struct tt_record *first)
{
    (void)w;
    (void)out;
    (void)first;
}

static void raw_record(struct tt_writer *w, struct tt_buf *out,
                       const struct tt_record *r, const char *comment)
{
    (void)comment;
    if (r->event != TT_EV_NONE || r->lane != w->lane)
        w->left_out++;
    else
        tt_buf_add(out, r->bytes, r->len);
}

/* ------------------------------------------------------------------------- */

static const struct tt_writer_format formats[] = {
    {"tape", tape_begin, tape_record, tape_remark},
    {"pcapng", pcapng_begin, pcapng_record, pcapng_remark},
    {"raw", raw_begin, raw_record, NULL},
};

enum tt_status tt_writer_init(struct tt_writer *w,
                              const struct tt_write_options *options,
                              const struct tt_tape_info *info,
                              struct tt_error *err)
{
    memset(w, 0, sizeof(*w));
    for (size_t i = 0; i < TT_LEN(formats); i++)
        if (!strcmp(formats[i].name, options->format))
            w->format = &formats[i];
    if (!w->format)
        return tt_fail(err, TT_ERR_ARG,
                       "no format to write is called '%.40s': there are tape, "
                       "pcapng and raw",
                       options->format);
    if (!strcmp(w->format->name, "raw") &&
        (unsigned)options->lane >= TT_LANE_LINE)
        return tt_fail(err, TT_ERR_ARG,
                       "raw bytes need a lane: host, device or tool");
    w->info = *info;
    w->lane = options->lane;
    tt_pcapng_init(&w->pcapng, info->epoch_ns, options->ifname);
    return TT_OK;
}

void tt_writer_record(struct tt_writer *w, struct tt_buf *out,
                      const struct tt_record *r, const char *comment)
{
    if (!w->begun)
        w->format->begin(w, out, r);
    w->begun = true;
    w->format->record(w, out, r, comment);
}

void tt_writer_remark(struct tt_writer *w, struct tt_buf *out, uint64_t t_ns,
                      const char *comment)
{
    tt_writer_finish(w, out); /* the header, if there is none yet */
    if (w->format->remark)
        w->format->remark(w, out, t_ns, comment);
    else
        w->left_out++;
}

void tt_writer_finish(struct tt_writer *w, struct tt_buf *out)
{
    if (!w->begun)
        w->format->begin(w, out, NULL);
    w->begun = true;
}
