/*
 * html_dump - the hexdump with its labels; evidence is marked.
 *
 * The tape is walked twice: to count rows and find those that evidence is in,
 * and to write.  When there are too many, the first and last ones stay and
 * those around evidence.
 */
#include "report/html.h"
#include "verdict/say.h"

#include <inttypes.h>
#include <string.h>

enum {
    BYTES = 16,  /* of a row, */
    TEXT = 80,   /* of a row of what a tool printed */
    AROUND = 12, /* rows kept around evidence */
    LABELS = 3,  /* of a row */
    ENDS = 4     /* one in so many rows is kept at each end */
};

#define PAUSE (10 * TT_NS_PER_MS) /* ends a row */

struct row {
    bool open;
    enum tt_event event;
    struct tt_record rec; /* of an event */
    enum tt_lane lane;
    uint64_t t_ns, last_ns, offset;
    uint8_t b[TEXT];
    size_t n;
};

struct dump {
    struct tt_buf *out;
    const struct tt_finding *f; /* NULL: no headline */
    const struct tt_tape *tape;
    struct tt_notes *notes;
    size_t note[TT_LANES]; /* the next of each lane */
    enum tt_quality quality;
    size_t number, most;
    bool writes, timed;
    uint64_t rows, count;                                   /* in all; so far */
    uint64_t first[TT_MAX_EVIDENCE], last[TT_MAX_EVIDENCE]; /* rows, from 1 */
    bool *seen;
    uint64_t left_out, left_bytes;
    struct row row;
};

/* Which evidence the byte (or event) is of; -1: none. */
static int evidence_at(const struct dump *d, const struct row *r, size_t i)
{
    for (unsigned k = 0; d->f && k < d->f->nevidence; k++) {
        const struct tt_evidence *e = &d->f->evidence[k];

        if (r->event != TT_EV_NONE
                ? !e->len && e->event == r->event && e->t_ns == r->t_ns
                : e->len && e->lane == r->lane && r->offset + i >= e->offset &&
                      r->offset + i - e->offset < e->len)
            return (int)k;
    }
    return -1;
}

static bool is_kept(const struct dump *d, uint64_t n)
{
    uint64_t ends = d->most / ENDS;

    if (d->rows <= d->most || n <= ends || n + ends > d->rows)
        return true;
    for (unsigned k = 0; d->f && k < d->f->nevidence; k++)
        if (d->first[k] &&
            ((n + AROUND >= d->first[k] && n <= d->first[k] + 2 * AROUND) ||
             (n + AROUND >= d->last[k] && n <= d->last[k] + AROUND)))
            return true;
    return false;
}

static void count_row(struct dump *d)
{
    const struct row *r = &d->row;

    for (size_t i = 0; i < (r->n ? r->n : 1); i++) {
        int k = evidence_at(d, r, i);

        if (k < 0)
            continue;
        if (!d->first[k])
            d->first[k] = d->count;
        d->last[k] = d->count;
    }
}

/* ---- one row ------------------------------------------------------------------ */

static void open_mark(struct dump *d, int k)
{
    tt_buf_str(d->out, "<mark");
    if (!d->seen[k])
        tt_buf_printf(d->out, " id=\"f%zu-e%d\"", d->number, k + 1);
    d->seen[k] = true;
    tt_buf_ch(d->out, '>');
}

/* The bytes as hex or as characters; only the hex has the marks. */
static void put_hex(struct dump *d)
{
    const struct row *r = &d->row;
    int in = -1;

    for (size_t i = 0; i < r->n; i++) {
        int k = evidence_at(d, r, i);

        if (k != in && in >= 0)
            tt_buf_str(d->out, "</mark>");
        if (i)
            tt_buf_str(d->out, i == BYTES / 2 ? "  " : " ");
        if (k != in && k >= 0)
            open_mark(d, k);
        in = k;
        tt_buf_printf(d->out, "%02X", r->b[i]);
    }
    if (in >= 0)
        tt_buf_str(d->out, "</mark>");
}

static void put_characters(struct dump *d)
{
    const struct row *r = &d->row;

    for (size_t i = 0; i < r->n; i++) {
        char c = (char)r->b[i];

        if (c < 0x20 || c > 0x7e)
            c = '.';
        tt_html_bytes(d->out, &c, 1);
    }
}

static void put_tool(struct dump *d)
{
    const struct row *r = &d->row;
    int in = -1;

    for (size_t i = 0; i < r->n; i++) {
        int k = evidence_at(d, r, i);

        if (k != in && in >= 0)
            tt_buf_str(d->out, "</mark>");
        if (k != in && k >= 0)
            open_mark(d, k);
        in = k;
        if (r->b[i] != '\n' && r->b[i] != '\r')
            tt_html_bytes(d->out, &r->b[i], 1);
    }
    if (in >= 0)
        tt_buf_str(d->out, "</mark>");
}

static void put_labels(struct dump *d)
{
    const struct row *r = &d->row;
    size_t *at = &d->note[r->lane], shown = 0;

    while (d->notes && *at < d->notes->n && d->notes->v[*at].lane == r->lane &&
           d->notes->v[*at].offset < r->offset + r->n) {
        const struct tt_note *note = &d->notes->v[(*at)++];

        if (note->offset < r->offset || shown++ >= LABELS)
            continue;
        if (shown > 1)
            tt_buf_str(d->out, "; ");
        tt_html_text(d->out, note->text);
    }
}

static void put_event(struct dump *d)
{
    int k = evidence_at(d, &d->row, 0);

    if (k >= 0)
        open_mark(d, k);
    tt_buf_ch(d->out, '[');
    if (d->row.event == TT_EV_BAUD)
        tt_buf_printf(d->out, "%" PRIu32 " %.3s", d->row.rec.baud,
                      d->row.rec.mode);
    else
        tt_html_text(d->out, tt_event_name(d->row.event));
    tt_buf_ch(d->out, ']');
    if (k >= 0)
        tt_buf_str(d->out, "</mark>");
}

static void put_gap(struct dump *d)
{
    if (!d->left_out)
        return;
    tt_buf_printf(d->out,
                  "<tr class=\"gap\"><td></td><td></td><td>%" PRIu64
                  " rows (%" PRIu64 " bytes) are left out here</td><td></td>"
                  "<td></td></tr>\n",
                  d->left_out, d->left_bytes);
    d->left_out = d->left_bytes = 0;
}

static void write_row(struct dump *d)
{
    static const char *const classes[] = {"h", "d", "o", "l"};
    static const char *const marks[] = {"&gt;", "&lt;", "$", ""};
    const struct row *r = &d->row;

    put_gap(d);
    tt_buf_printf(d->out, "<tr class=\"%s\"><td class=\"t\">",
                  classes[r->lane]);
    if (d->timed)
        tt_say_clock(d->out, r->t_ns, d->quality);
    tt_buf_printf(d->out, "</td><td>%s</td><td class=\"b\">", marks[r->lane]);
    if (r->event != TT_EV_NONE)
        put_event(d);
    else if (r->lane == TT_LANE_TOOL)
        put_tool(d);
    else
        put_hex(d);
    tt_buf_str(d->out, "</td><td>");
    if (r->lane != TT_LANE_TOOL)
        put_characters(d);
    tt_buf_str(d->out, "</td><td class=\"n\">");
    if (r->event == TT_EV_NONE)
        put_labels(d);
    tt_buf_str(d->out, "</td></tr>\n");
}

static void end_row(struct dump *d)
{
    if (!d->row.open)
        return;
    d->row.open = false;
    d->count++;
    if (!d->writes) {
        count_row(d);
    } else if (is_kept(d, d->count)) {
        write_row(d);
    } else {
        d->left_out++;
        d->left_bytes += d->row.n;
    }
}

/* ---- the walk ------------------------------------------------------------------- */

static void begin_row(struct dump *d, const struct tt_record *r,
                      uint64_t offset)
{
    end_row(d);
    d->row = (struct row){.open = true,
                          .event = r->event,
                          .rec = *r,
                          .lane = r->lane,
                          .t_ns = r->t_ns,
                          .offset = offset};
}

static void add_record(struct dump *d, const struct tt_record *r,
                       uint64_t offset)
{
    struct row *row = &d->row;
    size_t most = r->lane == TT_LANE_TOOL ? TEXT : BYTES;

    if (r->event == TT_EV_TICK)
        return;
    if (r->event != TT_EV_NONE) {
        begin_row(d, r, 0);
        row->lane = TT_LANE_LINE;
        end_row(d);
        return;
    }
    for (size_t i = 0; i < r->len; i++) {
        if (!row->open || row->lane != r->lane || row->n == most ||
            r->t_ns - row->last_ns >= PAUSE ||
            (r->lane == TT_LANE_TOOL && row->n && row->b[row->n - 1] == '\n'))
            begin_row(d, r, offset + i);
        row->b[row->n++] = r->bytes[i];
        row->last_ns = r->t_ns;
    }
}

static void walk(struct dump *d)
{
    struct tt_record r;

    d->count = 0;
    for (uint64_t n = tt_tape_first(d->tape); n < tt_tape_end(d->tape); n++)
        if (tt_tape_get(d->tape, n, &r))
            add_record(d, &r, tt_tape_offset(d->tape, n));
    end_row(d);
}

/* Where the labels of each lane begin. */
static void find_notes(struct dump *d)
{
    size_t i = 0;

    if (!d->notes)
        return;
    tt_notes_sort(d->notes);
    for (unsigned lane = 0; lane < TT_LANES; lane++) {
        while (i < d->notes->n && d->notes->v[i].lane < lane)
            i++;
        d->note[lane] = i;
    }
}

void tt_html_dump(struct tt_buf *out, const struct tt_verdict *v,
                  const struct tt_report_input *in, struct tt_notes *notes,
                  size_t number, size_t rows, bool seen[TT_MAX_EVIDENCE])
{
    uint64_t lost = tt_tape_stats(in->tape)->fell_off;
    struct dump d = {.out = out,
                     .f = v->has_headline ? &v->headline : NULL,
                     .tape = in->tape,
                     .notes = notes,
                     .quality = in->info->quality,
                     .number = number,
                     .most = rows,
                     .seen = seen};

    d.timed = tt_quality_step(in->info->quality) != 0;
    find_notes(&d);
    walk(&d);
    d.rows = d.count;
    d.writes = true;
    tt_buf_str(out, "<h3>Traffic</h3>\n");
    if (lost)
        tt_buf_printf(out,
                      "<p class=\"dim\">The first %" PRIu64 " records are not "
                      "shown: only the last megabytes are held.</p>\n",
                      lost);
    tt_buf_str(out, "<div class=\"wide\"><table class=\"dump\">\n");
    walk(&d);
    put_gap(&d);
    tt_buf_str(out, "</table></div>\n");
}
