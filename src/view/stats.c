/*
 * stats - the statistics pane.
 */
#include "view/view.h"

#include <inttypes.h>
#include <string.h>

enum { BARS = 8, STATS_ROWS = 32 };

/* A column of height 0 to 8 eighths. */
static uint32_t bar(const struct grid *g, unsigned eighths)
{
    static const char plain[BARS + 1] = {' ', '.', ':', '-', '=',
                                         '+', '*', '%', '#'};

    if (!eighths)
        return ' ';
    return g->unicode ? 0x2580 + eighths : (uint8_t)plain[eighths];
}

static unsigned eighths_of(uint64_t n, uint64_t most)
{
    uint64_t e = most ? (n * BARS + most - 1) / most : 0;

    return e > BARS ? BARS : (unsigned)e;
}

static void put_activity(const struct port *p, struct grid *g, int row)
{
    int cols = g->cols - 14;
    uint64_t most = 0;

    if (cols > GAUGE_SLOTS - 2)
        cols = GAUGE_SLOTS - 2;
    for (int i = 0; i < cols; i++) {
        uint64_t n = gauge_activity(&p->gauge, p->now_ns, (unsigned)i);

        most = n > most ? n : most;
    }
    (void)grid_text(g, row, 1, 11, STYLE_HEAD, "activity");
    for (int i = 0; i < cols; i++)
        grid_put(
            g, row, 12 + cols - 1 - i, STYLE_DEVICE,
            bar(g, eighths_of(gauge_activity(&p->gauge, p->now_ns, (unsigned)i),
                              most)));
    (void)grid_printf(g, row + 1, 12, STYLE_DIM,
                      "a column a second, the newest at the right; at most "
                      "%" PRIu64 " B/s",
                      most);
}

static void put_lane(const struct port *p, struct grid *g, int row,
                     enum tt_lane lane, const char *name, int style)
{
    const struct tt_tape_stats *s = &p->gauge.stats.s;
    char all[24], rate[24], ten[24];
    uint64_t n = s->bytes[lane];

    put_count(all, (double)n);
    put_count(rate, gauge_rate(&p->gauge, lane, p->now_ns, 1));
    put_count(ten, gauge_rate(&p->gauge, lane, p->now_ns, 10));
    grid_put(g, row, 1, style, (uint8_t)tt_lane_mark(lane));
    (void)grid_text(g, row, 3, 8, STYLE_PLAIN, name);
    (void)grid_printf(g, row, 12, STYLE_PLAIN,
                      "%9sB   %9sB/s   10 s: %9sB/s   %3d %% text", all, rate,
                      ten, n ? (int)(s->printable[lane] * 100 / n) : 0);
}

static void put_answers(const struct port *p, struct grid *g, int row)
{
    const struct gauge *u = &p->gauge;
    char least[24], half[24], most[24], all[24], silent[24];

    (void)grid_text(g, row, 1, 11, STYLE_HEAD, "answers");
    if (!u->answers || !tt_quality_step(p->info.quality)) {
        (void)grid_text(g, row, 12, g->cols, STYLE_DIM,
                        u->answers ? "no times in this recording" : "none yet");
    } else {
        put_time(least, u->shortest_ns);
        put_time(half, gauge_answer_ns(u, 0.5));
        put_time(most, gauge_answer_ns(u, 0.95));
        put_time(all, u->longest_ns);
        (void)grid_printf(g, row, 12, STYLE_PLAIN,
                          "%" PRIu64 ": min %s, median %s, 95 %% within %s, "
                          "max %s",
                          u->answers, least, half, most, all);
    }
    put_time(silent, u->stats.s.longest_silence_ns);
    (void)grid_text(g, row + 1, 1, 11, STYLE_HEAD, "silence");
    (void)grid_printf(g, row + 1, 12, STYLE_PLAIN,
                      "longest %s; %" PRIu64 " turns, %" PRIu64 " records",
                      silent, u->stats.s.turns, u->stats.s.records);
}

static void put_errors(const struct port *p, struct grid *g, int row)
{
    const struct tt_tape_stats *s = &p->gauge.stats.s;

    (void)grid_text(g, row, 1, 11, STYLE_HEAD, "errors");
    (void)grid_printf(g, row, 12, STYLE_PLAIN,
                      "framing %" PRIu64 ", parity %" PRIu64
                      ", overrun %" PRIu64 ", break %" PRIu64 ", lost %" PRIu64
                      " B",
                      s->events[TT_EV_FRAME_ERROR],
                      s->events[TT_EV_PARITY_ERROR], s->events[TT_EV_OVERRUN],
                      s->events[TT_EV_BREAK], s->lost_bytes);
    if (p->tape && tt_tape_first(p->tape))
        (void)grid_printf(g, row + 1, 12, STYLE_DIM,
                          "the first %" PRIu64 " records are no longer here "
                          "(a recording keeps all of them)",
                          tt_tape_first(p->tape));
}

/* The bytes of a lane that came most often. */
static void put_most(const struct port *p, struct grid *g, int row,
                     enum tt_lane lane)
{
    const uint64_t *h = p->gauge.histogram[lane];
    uint64_t all = p->gauge.stats.s.bytes[lane];
    bool told[256] = {false};
    int col;

    col = grid_printf(g, row, 1, STYLE_HEAD, "most %c", tt_lane_mark(lane));
    for (col = 12; all && col + 12 < g->cols;) {
        int best = -1, style;
        uint32_t glyph;

        for (int b = 0; b < 256; b++)
            if (!told[b] && h[b] && (best < 0 || h[b] > h[best]))
                best = b;
        if (best < 0)
            break;
        told[best] = true;
        glyph = glyph_of((uint8_t)best, g->unicode, &style);
        col = grid_printf(g, row, col, style, "%02X ", (unsigned)best);
        grid_put(g, row, col, style, glyph);
        col = grid_printf(g, row, col + 1, STYLE_DIM, " %d%%",
                          (int)(h[best] * 100 / all)) +
              2;
    }
}

/* How often each byte came: 16 x 16, or one row of 64 classes. */
static void put_histogram(const struct port *p, struct grid *g, int row)
{
    const struct gauge *u = &p->gauge;
    uint64_t most = 0, n[256];

    for (int b = 0; b < 256; b++) {
        n[b] = u->histogram[TT_LANE_HOST][b] + u->histogram[TT_LANE_DEVICE][b];
        most = n[b] > most ? n[b] : most;
    }
    (void)grid_text(g, row, 1, 11, STYLE_HEAD, "bytes");
    (void)grid_text(g, row, 12, g->cols, STYLE_DIM,
                    "   0 1 2 3 4 5 6 7 8 9 A B C D E F");
    for (int high = 0; high < 16 && row + 1 + high < g->rows; high++) {
        (void)grid_printf(g, row + 1 + high, 12, STYLE_DIM, "%X", high);
        for (int low = 0; low < 16; low++) {
            int b = high << 4 | low, style;

            (void)glyph_of((uint8_t)b, false, &style);
            grid_put(g, row + 1 + high, 15 + 2 * low, style,
                     bar(g, eighths_of(n[b], most)));
        }
    }
}

void stats_layout(struct view *v, struct grid *g)
{
    const struct port *p = view_port(v);
    int from = -text_place(v, PANE_STATS, STATS_ROWS, g->rows);

    put_lane(p, g, from, TT_LANE_HOST, "host", STYLE_HOST);
    put_lane(p, g, from + 1, TT_LANE_DEVICE, "device", STYLE_DEVICE);
    put_lane(p, g, from + 2, TT_LANE_TOOL, "tool", STYLE_TOOL);
    put_answers(p, g, from + 4);
    put_errors(p, g, from + 6);
    put_activity(p, g, from + 9);
    put_most(p, g, from + 12, TT_LANE_HOST);
    put_most(p, g, from + 13, TT_LANE_DEVICE);
    put_histogram(p, g, from + 15);
    list_more(v, g, PANE_STATS);
}
