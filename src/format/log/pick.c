/*
 * Which dialect a text is, by trying all of them on its start.  The one that
 * understands most wins; a text that none understands well stays a text.
 *
 * A wrong guess is worse than none: what a device printed must not be taken
 * apart.  So a dialect needs lines that only it has, and all dialects but
 * those of tools, which write between other lines, must understand nearly
 * everything.
 */
#include "format/log/log.h"

#include "format/log/cut.h"

#include <string.h>

/* Of two that understand the same, the first is taken. */
/* clang-format off */
#define DIALECTS(X) \
    X(socat) \
    X(interceptty) \
    X(slsnif) \
    X(jpnevulator) \
    X(ser2net) \
    X(spy) \
    X(umockdev) \
    X(strace) \
    X(esptool) \
    X(avrdude) \
    X(mtkclient) \
    X(esphome) \
    X(hhd) \
    X(eltima) \
    X(serialtool) \
    X(portmon) \
    X(sigrok_json) \
    X(sigrok) \
    X(saleae) \
    X(tio_hex) \
    X(putty) \
    X(ihex) \
    X(hexdump) \
    X(pairs) \
    X(worded) \
    X(terminal) \
    X(banner)
/* clang-format on */

#define DECLARE(name) extern const struct tt_dialect tt_dialect_##name;
#define ADDRESS(name) &tt_dialect_##name,

DIALECTS(DECLARE)

const struct tt_dialect *const tt_dialects[] = {DIALECTS(ADDRESS)};
const size_t tt_ndialects = TT_LEN(tt_dialects);

const struct tt_dialect *tt_dialect_by_name(const char *name)
{
    for (size_t i = 0; i < tt_ndialects; i++)
        if (!strcmp(tt_dialects[i]->name, name))
            return tt_dialects[i];
    return NULL;
}

/* What a dialect makes of the start of a text. */
struct trial {
    uint64_t sure, row, lines, known;
    int digits;
};

static void try_dialect(const struct tt_dialect *d, const uint8_t *p, size_t n,
                        bool end, const struct tt_dress *dress, struct trial *t)
{
    struct tt_log l;
    bool any;

    tt_log_start(&l, d, dress);
    (void)tt_lines_feed(&l.lines, p, n, tt_log_line, &l);
    any = l.lineno > 0;
    if (end || !any) /* a line without end may be all there is */
        tt_log_end(&l);
    t->sure = l.took[TT_TOOK_SURE];
    t->row = l.took[TT_TOOK_ROW];
    t->known = t->sure + t->row + l.took[TT_TOOK_IDLE];
    t->lines = t->known + l.took[TT_TOOK_ODD];
    t->digits = l.digits;
    tt_log_release(&l);
}

/* The best of those that are vague or not. */
static const struct tt_dialect *best_of(bool vague, const uint8_t *p, size_t n,
                                        bool end, const struct tt_dress *dress,
                                        int *digits)
{
    const struct tt_dialect *winner = NULL;
    uint64_t most = 0;

    for (size_t i = 0; i < tt_ndialects; i++) {
        const struct tt_dialect *d = tt_dialects[i];
        struct trial t;

        if (d->vague != vague)
            continue;
        try_dialect(d, p, n, end, dress, &t);
        if (t.sure < d->least || t.known * 100 < t.lines * d->percent ||
            t.sure * 2 + t.row <= most)
            continue;
        most = t.sure * 2 + t.row;
        winner = d;
        *digits = t.digits;
    }
    return winner;
}

static const struct tt_dialect *best(const uint8_t *p, size_t n, bool end,
                                     const struct tt_dress *dress, int *digits)
{
    const struct tt_dialect *d = best_of(false, p, n, end, dress, digits);

    return d ? d : best_of(true, p, n, end, dress, digits);
}

/* ---- what may be around the lines ---------------------------------------- */

struct look {
    struct tt_dress dress;
    struct tt_buf scratch;
    uint64_t lines, quoted[2]; /* by > and by | */
    uint8_t indent;            /* blanks that all lines have */
    bool entity;
};

static bool has_entity(struct tt_slice s)
{
    return tt_find(s, "&lt;") < s.n || tt_find(s, "&gt;") < s.n ||
           tt_find(s, "&amp;") < s.n || tt_find(s, "&quot;") < s.n;
}

static enum tt_status look_at(void *user, struct tt_slice s, bool nl, bool cut)
{
    struct look *k = user;
    uint8_t blanks = 0;

    (void)nl;
    (void)cut;
    s = tt_undress(&k->dress, s, &k->scratch);
    while (s.n && s.p[s.n - 1] == '\r')
        s.n--;
    if (!s.n)
        return TT_OK;
    k->entity |= has_entity(s);
    k->quoted[0] += s.p[0] == '>';
    k->quoted[1] += s.p[0] == '|';
    while (blanks < s.n && blanks < 32 &&
           (s.p[blanks] == ' ' || s.p[blanks] == '\t'))
        blanks++;
    if (!k->lines || blanks < k->indent)
        k->indent = blanks;
    k->lines++;
    return TT_OK;
}

static void look_over(const uint8_t *p, size_t n, bool end,
                      const struct tt_dress *dress, struct look *k)
{
    struct tt_lines lines;

    *k = (struct look){.dress = *dress};
    tt_buf_init(&k->scratch, TT_MAX_LOG_LINE);
    tt_lines_init(&lines, dress->wide);
    (void)tt_lines_feed(&lines, p, n, look_at, k);
    if (end)
        (void)tt_lines_finish(&lines, look_at, k);
    tt_lines_release(&lines);
    tt_buf_release(&k->scratch);
}

/* Put one more layer on dress, the outermost first.  False: there is none. */
static bool next_dress(const uint8_t *p, size_t n, bool end,
                       struct tt_dress *dress)
{
    struct look k;

    look_over(p, n, end, dress, &k);
    if (!k.lines)
        return false;
    if (k.entity && !dress->html) {
        dress->html = true;
        return true;
    }
    for (int i = 0; i < 2; i++) {
        char c = "> |"[2 * i];

        if (k.quoted[i] * 20 < k.lines * 19 || dress->indent ||
            (dress->quotes && dress->quote != c) || dress->quotes == 4)
            continue;
        dress->quote = c;
        dress->quotes++;
        return true;
    }
    if (k.indent && !dress->indent) {
        dress->indent = k.indent;
        return true;
    }
    return false;
}

const struct tt_dialect *tt_log_pick(const uint8_t *p, size_t n, bool end,
                                     struct tt_dress *dress, int *digits)
{
    const struct tt_dialect *d;

    *dress = (struct tt_dress){.wide = tt_lines_wide(p, n)};
    do
        d = best(p, n, end, dress, digits);
    while (!d && next_dress(p, n, end, dress));
    return d;
}

void tt_log_dress_for(const struct tt_dialect *d, const uint8_t *p, size_t n,
                      bool end, struct tt_dress *dress, int *digits)
{
    struct trial t;

    *dress = (struct tt_dress){.wide = tt_lines_wide(p, n)};
    do
        try_dialect(d, p, n, end, dress, &t);
    while (t.sure < d->least && next_dress(p, n, end, dress));
    *digits = t.digits;
}

/* ---- tape text that somebody quoted ---------------------------------------- */

struct bare {
    const struct tt_dress *dress;
    struct tt_buf *out, scratch;
};

static enum tt_status add_bare(void *user, struct tt_slice s, bool nl, bool cut)
{
    struct bare *b = user;

    s = tt_log_bare(b->dress, s, cut, &b->scratch);
    tt_buf_add(b->out, s.p, s.n);
    if (nl)
        tt_buf_ch(b->out, '\n');
    return TT_OK;
}

static bool is_tape_under(const uint8_t *p, size_t n, bool end,
                          const struct tt_dress *dress, struct tt_buf *out)
{
    struct bare b = {.dress = dress, .out = out};
    struct tt_lines lines;

    tt_buf_clear(out);
    tt_buf_init(&b.scratch, TT_MAX_LOG_LINE);
    tt_lines_init(&lines, dress->wide);
    (void)tt_lines_feed(&lines, p, n, add_bare, &b);
    if (end)
        (void)tt_lines_finish(&lines, add_bare, &b);
    tt_lines_release(&lines);
    tt_buf_release(&b.scratch);
    return out->n && !out->status &&
           tt_format_tape.is((const uint8_t *)out->p, out->n, end);
}

bool tt_log_dressed_tape(const uint8_t *p, size_t n, bool end,
                         struct tt_dress *dress, struct tt_buf *out)
{
    *dress = (struct tt_dress){.wide = tt_lines_wide(p, n)};
    do
        if (is_tape_under(p, n, end, dress, out))
            return true;
    while (next_dress(p, n, end, dress));
    return false;
}
