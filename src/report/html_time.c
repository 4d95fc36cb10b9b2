/*
 * html_time - the picture of who spoke when: a column a thousandth of the
 * time, its height by how many bytes it has (each step a doubling).
 */
#include "report/html.h"
#include "verdict/say.h"

#include <inttypes.h>
#include <string.h>

enum {
    COLUMNS = 1000,
    LEFT = 60,
    TOP = 8,
    LANE = 34, /* from one lane to the next */
    TALL = 26, /* the tallest column */
    ROWS = 4,  /* host, device, tool, line events */
    TICKS = 5
};

struct picture {
    struct tt_buf *out;
    uint64_t from, span; /* of times, or of record numbers */
    bool timed;
    uint8_t height[ROWS][COLUMNS];
    uint64_t bytes[ROWS][COLUMNS];
};

static unsigned column(const struct picture *p, uint64_t t)
{
    uint64_t at = t > p->from ? t - p->from : 0;

    if (at >= p->span)
        return COLUMNS - 1;
    /* a span of 285 years times 1000 would not fit */
    return (unsigned)(p->span > UINT64_MAX / COLUMNS
                          ? at / (p->span / COLUMNS + 1)
                          : at * COLUMNS / p->span);
}

static void fill(struct picture *p, const struct tt_tape *tape)
{
    struct tt_record r;

    for (uint64_t n = tt_tape_first(tape); n < tt_tape_end(tape); n++) {
        if (!tt_tape_get(tape, n, &r) || r.event == TT_EV_TICK)
            continue;
        p->bytes[r.event == TT_EV_NONE ? r.lane : ROWS - 1]
                [column(p, p->timed ? r.t_ns : n)] += r.len ? r.len : 1;
    }
    for (unsigned k = 0; k < ROWS; k++)
        for (unsigned i = 0; i < COLUMNS; i++) {
            unsigned h = 0;

            for (uint64_t b = p->bytes[k][i]; b; b >>= 1)
                h += 3;
            p->height[k][i] = (uint8_t)(!h ? 0 : h < TALL - 3 ? h + 3 : TALL);
        }
}

static void put_lane(struct picture *p, unsigned k)
{
    static const char *const names[] = {"host &gt;", "device &lt;", "tool $",
                                        "line []"};
    static const char *const classes[] = {"sh", "sd", "so", "se"};
    unsigned base = TOP + k * LANE + TALL;

    tt_buf_printf(p->out, "<text x=\"0\" y=\"%u\">%s</text>\n", base - 6,
                  names[k]);
    tt_buf_printf(p->out,
                  "<path class=\"sa\" d=\"M%d %uh%d\"/>\n<path class=\"%s\" "
                  "d=\"",
                  LEFT, base, COLUMNS, classes[k]);
    for (unsigned i = 0; i < COLUMNS;) {
        unsigned h = p->height[k][i], from = i;

        while (i < COLUMNS && p->height[k][i] == h)
            i++;
        if (h) /* a lone column is drawn wide enough to be seen */
            tt_buf_printf(p->out, "M%u %uh%uv-%uh-%uz", LEFT + from, base,
                          i - from < 2 ? 2 : i - from, h,
                          i - from < 2 ? 2 : i - from);
    }
    tt_buf_str(p->out, "\"/>\n");
}

static void put_evidence(struct picture *p, const struct tt_finding *f,
                         const struct tt_tape *tape, size_t number,
                         const bool *seen)
{
    for (unsigned i = 0; i < f->nevidence; i++) {
        const struct tt_evidence *e = &f->evidence[i];
        unsigned k = e->len ? (unsigned)e->lane : ROWS - 1, x;
        uint64_t at = e->t_ns;

        if (!seen[i])
            continue;
        if (!p->timed) { /* its record, by the place on its lane */
            for (at = tt_tape_first(tape); at + 1 < tt_tape_end(tape); at++) {
                struct tt_record r;

                if (tt_tape_get(tape, at, &r) && r.event == TT_EV_NONE &&
                    r.lane == e->lane &&
                    tt_tape_offset(tape, at) + r.len > e->offset)
                    break;
            }
        }
        x = LEFT + column(p, at);
        tt_buf_printf(p->out,
                      "<a href=\"#f%zu-e%u\"><rect class=\"sv\" x=\"%u\" "
                      "y=\"%u\" width=\"8\" height=\"%d\"/><title>evidence "
                      "%u</title></a>\n",
                      number, i + 1, x - 3, TOP + k * LANE - 3, TALL + 6,
                      i + 1);
    }
}

static void put_axis(struct picture *p, enum tt_quality quality)
{
    struct tt_buf text;

    tt_buf_init(&text, 256);
    for (unsigned i = 0; p->timed && i <= TICKS; i++) {
        tt_say_clock(&text, p->from + p->span / TICKS * i, quality);
        tt_buf_printf(p->out,
                      "<text x=\"%u\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
                      LEFT + COLUMNS / TICKS * i, TOP + ROWS * LANE + 6,
                      !i           ? "start"
                      : i == TICKS ? "end"
                                   : "middle",
                      tt_buf_text(&text));
        tt_buf_clear(&text);
    }
    if (!p->timed)
        tt_buf_printf(p->out,
                      "<text x=\"%d\" y=\"%d\">in order; the times are not "
                      "known</text>\n",
                      LEFT, TOP + ROWS * LANE + 6);
    tt_buf_release(&text);
}

void tt_html_timeline(struct tt_buf *out, const struct tt_verdict *v,
                      const struct tt_report_input *in, size_t number,
                      const bool *seen)
{
    uint64_t first = tt_tape_first(in->tape), end = tt_tape_end(in->tape);
    struct picture p = {.out = out};
    struct tt_record a, b;

    if (first == end || !tt_tape_get(in->tape, first, &a))
        return;
    p.timed = tt_quality_step(in->info->quality) != 0;
    p.from = p.timed ? a.t_ns : first;
    if (!tt_tape_get(in->tape, end - 1, &b))
        return;
    p.span = p.timed ? b.t_ns - a.t_ns : end - first;
    p.span = p.span ? p.span : 1;
    fill(&p, in->tape);
    tt_buf_printf(out,
                  "<div class=\"wide\"><svg viewBox=\"0 0 %d %d\" role=\"img\" "
                  "aria-label=\"Who spoke when\">\n",
                  LEFT + COLUMNS + 6, TOP + ROWS * LANE + 14);
    for (unsigned k = 0; k < ROWS; k++)
        put_lane(&p, k);
    put_axis(&p, in->info->quality);
    if (v->has_headline)
        put_evidence(&p, &v->headline, in->tape, number, seen);
    tt_buf_str(out, "</svg></div>\n");
}
