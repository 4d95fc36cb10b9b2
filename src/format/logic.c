/*
 * Samples of a logic analyser, in which the serial lines are looked for.
 *
 * A sigrok session (.sr) is a ZIP archive: what unpacks it hands over
 *
 *   0          8       12
 *   | TTLOGIC1 | bytes | metadata ... | samples ...
 *
 * where bytes (little-endian) are those of the metadata, the text of the
 * archive's file of that name ("samplerate=2 MHz", "unitsize=1",
 * "probe1=RX"), and the samples are its files logic-1-1, logic-1-2 ... one
 * after the other, unitsize bytes each, bit 0 the first probe
 * (sigrok.org/wiki/File_format:Sigrok/v2).
 *
 * Changes of level are kept until there are enough of them to tell speed and
 * frame of each wire; then they are played through receivers, two at most,
 * and what comes after goes straight through these.
 */
#include "format/uart.h"
#include "format/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD = 12,
    MAX_WIRES = 64,
    MAX_META = 1 << 16,
    FEW_TURNS = 8,
    MAX_EDGES = 1 << 16, /* kept; a megabyte */
    NAME = 40
};

struct wire {
    char name[NAME];
    struct tt_uart_found found;
    bool begin; /* its level at first */
    uint64_t changes;
};

/* A wire that is read. */
struct party {
    size_t wire;
    enum tt_lane lane;
    struct tt_uart uart;
    uint64_t bytes;
};

struct logic {
    struct tt_buf head; /* until the metadata is there */
    bool begun, decided;
    uint64_t offset;
    double rate;
    size_t unit; /* bytes of a sample */
    struct wire wire[MAX_WIRES];
    uint8_t sample[8], part[8]; /* the last one, and one that a chunk cut */
    size_t nsample, npart;
    uint64_t samples; /* that were there */
    struct tt_edge edge[MAX_EDGES];
    size_t nedges;
    struct party party[2];
    size_t nparties;
};

static bool is_logic(const uint8_t *p, size_t n, bool end)
{
    (void)end;
    return n >= 8 && !memcmp(p, "TTLOGIC1", 8);
}

/* ---- metadata -------------------------------------------------------------- */

/* "1.152 MHz" */
static double cut_rate(const char *s)
{
    double rate = 0, place = 1;

    for (; *s >= '0' && *s <= '9'; s++)
        rate = rate * 10 + (*s - '0');
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++)
            rate += (*s - '0') * (place /= 10);
    while (*s == ' ')
        s++;
    return *s == 'G'   ? rate * 1e9
           : *s == 'M' ? rate * 1e6
           : *s == 'k' ? rate * 1e3
                       : rate;
}

static void take_key(struct logic *lo, const char *key, const char *value)
{
    unsigned long n;

    if (!strcmp(key, "samplerate")) {
        lo->rate = cut_rate(value);
    } else if (!strcmp(key, "unitsize")) {
        n = strtoul(value, NULL, 10);
        lo->unit = n > sizeof(lo->sample) ? 0 : n;
    } else if (!strncmp(key, "probe", 5)) {
        n = strtoul(key + 5, NULL, 10);
        if (n >= 1 && n <= MAX_WIRES)
            (void)snprintf(lo->wire[n - 1].name, NAME, "%.*s", NAME - 1, value);
    }
}

/* One line, "key=value" or "key = value". */
static void take_meta_line(struct logic *lo, const char *p, size_t n)
{
    const char *eq = memchr(p, '=', n), *from;
    char key[32], value[64];
    size_t nk = eq ? (size_t)(eq - p) : 0, nv;

    if (!eq)
        return;
    from = eq + 1;
    nv = (size_t)(p + n - from);
    while (nk && p[nk - 1] == ' ')
        nk--;
    while (nv && *from == ' ') {
        from++;
        nv--;
    }
    while (nv && (from[nv - 1] == '\r' || from[nv - 1] == ' '))
        nv--;
    if (nk >= sizeof(key))
        return;
    (void)snprintf(key, sizeof(key), "%.*s", (int)nk, p);
    (void)snprintf(value, sizeof(value), "%.*s",
                   (int)(nv < sizeof(value) ? nv : sizeof(value) - 1), from);
    take_key(lo, key, value);
}

static enum tt_status take_meta(struct tt_reader *rd, const char *p, size_t n,
                                struct tt_error *err)
{
    struct logic *lo = rd->state;

    while (n) {
        const char *nl = memchr(p, '\n', n);
        size_t len = nl ? (size_t)(nl - p) : n;

        take_meta_line(lo, p, len);
        len += nl != NULL;
        p += len;
        n -= len;
    }
    if (!lo->unit)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a sigrok session without logic samples, or with more "
                       "than %zu wires; only such are read",
                       8 * sizeof(lo->sample));
    if (!(lo->rate >= 1 && lo->rate <= 1e12))
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a sigrok session that does not say its sample rate");
    rd->report.info.quality = lo->rate >= 2e6   ? TT_TIME_NS
                              : lo->rate >= 2e3 ? TT_TIME_US
                                                : TT_TIME_MS;
    return TT_OK;
}

/* ---- what a receiver hears --------------------------------------------------- */

static uint64_t time_at(const struct logic *lo, double sample)
{
    double ns = sample / lo->rate * 1e9;

    return ns < (double)TT_MAX_TIME_NS ? (uint64_t)ns : TT_MAX_TIME_NS;
}

static enum tt_status tell(struct tt_reader *rd, struct party *p, double when,
                           enum tt_uart_what what, uint8_t byte)
{
    struct logic *lo = rd->state;
    struct tt_record r = {
        .t_ns = time_at(lo, when), .source = lo->offset, .lane = TT_LANE_LINE};
    enum tt_status st = TT_OK;

    /* A capture may begin inside a character: that is no fault of the line. */
    if (!p->uart.sync && what != TT_UART_BREAK)
        what = TT_UART_BYTE;
    r.event = what == TT_UART_FRAMING  ? TT_EV_FRAME_ERROR
              : what == TT_UART_PARITY ? TT_EV_PARITY_ERROR
              : what == TT_UART_BREAK  ? TT_EV_BREAK
                                       : TT_EV_NONE;
    if (r.event)
        st = tt_reader_emit(rd, &r);
    if (st || what == TT_UART_BREAK)
        return st;
    p->bytes++;
    r = (struct tt_record){.t_ns = r.t_ns,
                           .source = r.source,
                           .lane = p->lane,
                           .bytes = &byte,
                           .len = 1};
    return tt_reader_emit(rd, &r);
}

/* All that is due before sample at, in its order. */
static enum tt_status run_to(struct tt_reader *rd, double at)
{
    struct logic *lo = rd->state;
    enum tt_status st = TT_OK;

    while (!st) {
        struct party *next = NULL;
        enum tt_uart_what what;
        uint8_t byte = 0;
        double due;

        for (size_t i = 0; i < lo->nparties; i++)
            if (!next ||
                tt_uart_due(&lo->party[i].uart) < tt_uart_due(&next->uart))
                next = &lo->party[i];
        due = next ? tt_uart_due(&next->uart) : INFINITY;
        if (!(due < at))
            return TT_OK;
        what = tt_uart_look(&next->uart, &byte);
        if (what != TT_UART_NOTHING)
            st = tell(rd, next, due, what, byte);
    }
    return st;
}

static enum tt_status play(struct tt_reader *rd, const struct tt_edge *e)
{
    struct logic *lo = rd->state;
    bool mine = false;
    enum tt_status st;

    for (size_t i = 0; i < lo->nparties; i++)
        mine |= lo->party[i].wire == e->wire;
    if (!mine)
        return TT_OK;
    st = run_to(rd, (double)e->at);
    for (size_t i = 0; i < lo->nparties; i++)
        if (lo->party[i].wire == e->wire)
            tt_uart_edge(&lo->party[i].uart, e->at, e->level);
    return st;
}

/* ---- which wires ------------------------------------------------------------- */

static char low(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool has_word(const char *name, const char *word)
{
    size_t n = strlen(word);

    for (; *name; name++) {
        size_t i = 0;

        while (i < n && low(name[i]) == word[i])
            i++;
        if (i == n)
            return true;
    }
    return false;
}

/* A wire that is known to be none. */
static bool is_other(const char *name)
{
    static const char *const words[] = {"rts",  "cts",  "dtr",   "dsr",
                                        "clk",  "sck",  "scl",   "sda",
                                        "mosi", "miso", "reset", "inverse"};

    for (size_t i = 0; i < TT_LEN(words); i++)
        if (has_word(name, words[i]))
            return true;
    return !strcmp(name, "DE") || !strcmp(name, "/RE") || !strcmp(name, "CS");
}

static int side_of(const char *name)
{
    bool tx = has_word(name, "tx"), rx = has_word(name, "rx");

    return tx == rx ? 0 : tx ? 1 : -1;
}

/* How likely the wire is what is meant; 0: not at all. */
static uint64_t worth(const struct wire *w)
{
    const struct tt_uart_found *f = &w->found;

    if (!f->is || is_other(w->name))
        return 0;
    if (f->bytes < 4 && (!side_of(w->name) || f->errors))
        return 0;
    return 1 + f->bytes + (side_of(w->name) ? UINT64_C(1) << 32 : 0) +
           (f->settings.inverted ? 0 : UINT64_C(1) << 31);
}

/* The same in the other polarity is no other side. */
static bool same_speed(const struct wire *a, const struct wire *b)
{
    double ratio = a->found.settings.bit / b->found.settings.bit;

    return ratio > 0.96 && ratio < 1.04 &&
           a->found.settings.inverted == b->found.settings.inverted;
}

static int best_wire(const struct logic *lo, int other)
{
    int best = -1;

    for (int i = 0; i < MAX_WIRES; i++) {
        const struct wire *w = &lo->wire[i];

        if (i == other || !worth(w))
            continue;
        if (other >= 0 && (!same_speed(w, &lo->wire[other]) ||
                           (side_of(w->name) &&
                            side_of(w->name) == side_of(lo->wire[other].name))))
            continue;
        if (best < 0 || worth(w) > worth(&lo->wire[best]))
            best = i;
    }
    return best;
}

static void add_party(struct tt_reader *rd, int wire, enum tt_lane lane)
{
    struct logic *lo = rd->state;
    struct wire *w = &lo->wire[wire];
    struct party *p = &lo->party[lo->nparties++];

    *p = (struct party){.wire = (size_t)wire, .lane = lane};
    tt_uart_init(&p->uart, &w->found.settings, w->begin);
}

/* Who has the first word and not the last one asks: 1 wire a, -1 wire b;
 * 0: that does not tell. */
static int who_asks(const struct logic *lo, int a, int b)
{
    size_t turns = 0;
    int first = -1, last = -1;

    for (size_t i = 0; i < lo->nedges; i++) {
        int wire = lo->edge[i].wire;

        if (wire != a && wire != b)
            continue;
        if (first < 0)
            first = wire;
        turns += wire != last;
        last = wire;
    }
    if (turns < FEW_TURNS || first == last)
        return 0;
    return first == a ? 1 : -1;
}

/*
 * The sides of two wires.  TX and RX are names from the one or the other side:
 * they only count when the turns do not show who asks.
 */
static void take_sides(struct tt_reader *rd, int a, int b)
{
    struct logic *lo = rd->state;
    int side = b >= 0 ? who_asks(lo, a, b) : 0;

    if (!side)
        side = side_of(lo->wire[a].name);
    if (!side && b >= 0)
        side = -side_of(lo->wire[b].name);
    if (!side && b >= 0)
        side = lo->wire[a].found.first <= lo->wire[b].found.first ? 1 : -1;
    add_party(rd, a,
              side > 0   ? TT_LANE_HOST
              : side < 0 ? TT_LANE_DEVICE
                         : rd->lane);
    if (b >= 0)
        add_party(rd, b, side > 0 ? TT_LANE_DEVICE : TT_LANE_HOST);
}

static enum tt_status tell_settings(struct tt_reader *rd)
{
    struct logic *lo = rd->state;
    const struct tt_uart_settings *is = &lo->party[0].uart.is;
    struct tt_record r = {.source = lo->offset,
                          .lane = TT_LANE_LINE,
                          .event = TT_EV_BAUD,
                          .baud = is->baud};

    (void)snprintf(r.mode, sizeof(r.mode), "%u%c1", is->data % 10, is->parity);
    return tt_reader_emit(rd, &r);
}

/* Enough is known; play what was kept. */
static enum tt_status decide(struct tt_reader *rd)
{
    struct logic *lo = rd->state;
    enum tt_status st;
    int a, b;

    lo->decided = true;
    for (size_t i = 0; i < 8 * lo->unit; i++)
        tt_uart_find(&lo->wire[i].found, lo->edge, lo->nedges, (uint8_t)i,
                     lo->wire[i].begin, lo->samples, lo->rate);
    a = best_wire(lo, -1);
    b = a < 0 ? -1 : best_wire(lo, a);
    if (a < 0)
        return TT_OK;
    take_sides(rd, a, b);
    st = tell_settings(rd);
    for (size_t i = 0; !st && i < lo->nedges; i++)
        st = play(rd, &lo->edge[i]);
    lo->nedges = 0;
    return st;
}

/* ---- samples ------------------------------------------------------------------ */

static enum tt_status change(struct tt_reader *rd, const uint8_t *p)
{
    struct logic *lo = rd->state;
    enum tt_status st = TT_OK;

    for (size_t i = 0; i < 8 * lo->unit && !st; i++) {
        struct tt_edge e = {lo->samples, (uint8_t)i, p[i / 8] >> i % 8 & 1};

        if (e.level == (lo->sample[i / 8] >> i % 8 & 1))
            continue;
        lo->wire[i].changes++;
        if (!lo->decided && lo->nedges == MAX_EDGES)
            st = decide(rd);
        if (!lo->decided)
            lo->edge[lo->nedges++] = e;
        else if (!st)
            st = play(rd, &e);
    }
    memcpy(lo->sample, p, lo->unit);
    return st;
}

static void first_sample(struct logic *lo, const uint8_t *p)
{
    memcpy(lo->sample, p, lo->unit);
    lo->nsample = lo->unit;
    for (size_t i = 0; i < 8 * lo->unit; i++)
        lo->wire[i].begin = p[i / 8] >> i % 8 & 1;
}

/* How many bytes at p are the last sample again and again. */
static size_t same(const struct logic *lo, const uint8_t *p, size_t n)
{
    size_t at = 0, u = lo->unit;

    if (u > n || memcmp(p, lo->sample, u) != 0)
        return 0;
    at = u;
    while (n - at >= 4096 && !memcmp(p + at, p + at - u, 4096))
        at += 4096 / u * u;
    while (at + u <= n && !memcmp(p + at, lo->sample, u))
        at += u;
    return at;
}

static enum tt_status take_samples(struct tt_reader *rd, const uint8_t *p,
                                   size_t n)
{
    struct logic *lo = rd->state;
    enum tt_status st = TT_OK;

    while (n && !st) {
        size_t skip;

        if (lo->npart || n < lo->unit) {
            lo->part[lo->npart++] = *p++;
            n--;
            lo->offset++;
            if (lo->npart < lo->unit)
                continue;
            lo->npart = 0;
            if (!lo->nsample)
                first_sample(lo, lo->part);
            else if (memcmp(lo->part, lo->sample, lo->unit) != 0)
                st = change(rd, lo->part);
            lo->samples++;
            continue;
        }
        if (!lo->nsample)
            first_sample(lo, p);
        skip = same(lo, p, n);
        if (!skip) {
            st = change(rd, p);
            skip = lo->unit;
        }
        lo->samples += skip / lo->unit;
        lo->offset += skip;
        p += skip;
        n -= skip;
    }
    return st;
}

/* ---- the format ---------------------------------------------------------------- */

static enum tt_status logic_begin(struct tt_reader *rd, const uint8_t *p,
                                  size_t n, struct tt_error *err)
{
    struct logic *lo;

    if (!is_logic(p, n, true))
        return tt_fail(err, TT_ERR_SYNTAX, "no samples of a logic analyser");
    lo = calloc(1, sizeof(*lo));
    if (!lo)
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    tt_buf_init(&lo->head, HEAD + MAX_META);
    rd->state = lo;
    rd->report.info.quality = TT_TIME_NS;
    (void)snprintf(rd->report.info.format, sizeof(rd->report.info.format),
                   "sigrok session, decoded here");
    (void)snprintf(rd->report.lacks, sizeof(rd->report.lacks),
                   "speed and frame are measured; the host is who asks, by the "
                   "turns; when they do not tell, TX, or who speaks first");
    return TT_OK;
}

/* The part in front of the samples; *p and *n go past it. */
static enum tt_status take_head(struct tt_reader *rd, const uint8_t **p,
                                size_t *n, struct tt_error *err)
{
    struct logic *lo = rd->state;
    enum tt_status st = TT_OK;

    while (*n && !lo->begun && !st) {
        size_t need = HEAD, some;

        if (lo->head.n >= HEAD)
            need += (size_t)tt_number((uint8_t *)lo->head.p + 8, 4, false);
        if (need > HEAD + MAX_META)
            return tt_fail(err, TT_ERR_LIMIT,
                           "the metadata of this session is longer than %d "
                           "bytes",
                           MAX_META);
        some = need - lo->head.n < *n ? need - lo->head.n : *n;
        tt_buf_add(&lo->head, *p, some);
        *p += some;
        *n -= some;
        lo->offset += some;
        if (lo->head.status)
            return tt_fail(err, lo->head.status, "out of memory");
        if (lo->head.n < need || lo->head.n <= HEAD)
            continue;
        lo->begun = true;
        st = take_meta(rd, lo->head.p + HEAD, lo->head.n - HEAD, err);
    }
    return st;
}

static enum tt_status logic_feed(struct tt_reader *rd, const uint8_t *p,
                                 size_t n, struct tt_error *err)
{
    enum tt_status st = take_head(rd, &p, &n, err);

    return st || !n ? st : take_samples(rd, p, n);
}

/* A wire that is no line, though much happens on it. */
static void list_unread(struct tt_reader *rd, size_t i)
{
    struct logic *lo = rd->state;
    struct tt_read_report *rp = &rd->report;
    const struct wire *w = &lo->wire[i];

    if (w->changes < 20 || !*w->name || rp->nparties == TT_LEN(rp->party))
        return;
    (void)snprintf(rp->party[rp->nparties++].text, sizeof(rp->party[0].text),
                   "wire %zu '%.40s': not read; no usual speed fits its first "
                   "changes",
                   i + 1, w->name);
}

/* Every wire on which a line was found. */
static void list_wires(struct tt_reader *rd)
{
    struct logic *lo = rd->state;
    struct tt_read_report *rp = &rd->report;

    for (size_t i = 0; i < MAX_WIRES; i++) {
        const struct wire *w = &lo->wire[i];
        const struct tt_uart_settings *is = &w->found.settings;
        struct tt_party *p;
        enum tt_lane lane = TT_LANE_LINE;

        if (!w->found.is)
            list_unread(rd, i);
        if (!w->found.is || rp->nparties == TT_LEN(rp->party))
            continue;
        for (size_t k = 0; k < lo->nparties; k++)
            if (lo->party[k].wire == i)
                lane = lo->party[k].lane;
        if (lane == TT_LANE_LINE && !worth(w))
            continue;
        p = &rp->party[rp->nparties++];
        p->taken = lane != TT_LANE_LINE;
        (void)snprintf(p->text, sizeof(p->text),
                       "wire %zu '%.40s': %" PRIu32 " %u%c1%s%s%c", i + 1,
                       w->name, is->baud, is->data, is->parity,
                       is->inverted ? ", inverted" : "",
                       p->taken ? ", read as " : "",
                       p->taken ? tt_lane_mark(lane) : ' ');
    }
}

static enum tt_status logic_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct logic *lo = rd->state;
    enum tt_status st = TT_OK;
    struct tt_record tick = {.lane = TT_LANE_LINE, .event = TT_EV_TICK};

    if (!lo->begun) {
        tt_reader_truncated(rd, 0, "the metadata");
        return TT_OK;
    }
    if (!lo->decided)
        st = decide(rd);
    if (!st)
        st = run_to(rd, (double)lo->samples);
    list_wires(rd);
    if (st)
        return st;
    if (!lo->nparties)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "no serial line is to be found on the wires of this "
                       "logic capture; 'sigrok-cli -i FILE -P "
                       "uart:rx=NAME:baudrate=N -A uart' shows one that is "
                       "known");
    tick.t_ns = time_at(lo, (double)lo->samples);
    return tt_reader_emit(rd, &tick);
}

static void logic_end(struct tt_reader *rd)
{
    struct logic *lo = rd->state;

    tt_buf_release(&lo->head);
    free(lo);
}

static enum tt_status logic_copy(struct tt_reader *to,
                                 const struct tt_reader *from)
{
    const struct logic *was = from->state;
    struct logic *lo = malloc(sizeof(*lo));

    if (!lo)
        return TT_ERR_NOMEM;
    *lo = *was;
    tt_buf_copy(&lo->head, &was->head);
    to->state = lo;
    if (lo->head.status) {
        logic_end(to);
        to->state = NULL;
        return TT_ERR_NOMEM;
    }
    return TT_OK;
}

const struct tt_format tt_format_logic = {
    .name = "logic",
    .look = TT_MAGIC_BYTES,
    .need = HEAD,
    .is = is_logic,
    .begin = logic_begin,
    .feed = logic_feed,
    .finish = logic_finish,
    .end = logic_end,
    .copy = logic_copy,
};
