/*
 * Saleae Logic: the export of a serial analyzer (Logic 1: "Time [s],Value,
 * Parity Error,Framing Error", one line a file) and the data table of Logic 2
 * (columns by name, any order).
 */
#include "format/log/cut.h"
#include "format/log/log.h"

#include <string.h>

enum { COLUMNS = 16 };

enum column { NONE, NAME, TYPE, START, DATA, ERROR, VALUE, PARITY, FRAMING };

struct saleae {
    size_t n;
    uint8_t is[COLUMNS]; /* enum column */
    char first[64];      /* the name of the first analyzer */
};

/* The next field of a CSV line, without its quotes. */
static bool cut_field(struct tt_slice *s, struct tt_slice *f, bool *more)
{
    size_t end;

    if (!*more)
        return false;
    if (tt_cut_char(s, '"')) {
        end = tt_find(*s, "\"");
        end = end < s->n ? end : s->n;
        *f = (struct tt_slice){s->p, end};
        s->p += end;
        s->n -= end;
        (void)tt_cut_char(s, '"');
    } else {
        end = tt_find(*s, ",");
        end = end < s->n ? end : s->n;
        *f = (struct tt_slice){s->p, end};
        s->p += end;
        s->n -= end;
    }
    *more = tt_cut_char(s, ',');
    return true;
}

static enum column column_of(struct tt_slice f)
{
    static const struct {
        const char *name;
        enum column is;
    } known[] = {{"name", NAME},
                 {"type", TYPE},
                 {"start_time", START},
                 {"Time [s]", START},
                 {"data", DATA},
                 {"Value", VALUE},
                 {"error", ERROR},
                 {"Parity Error", PARITY},
                 {"Framing Error", FRAMING}};

    for (size_t i = 0; i < TT_LEN(known); i++)
        if (tt_slice_is(f, known[i].name))
            return known[i].is;
    return NONE;
}

static bool take_head(struct saleae *k, struct tt_slice s)
{
    bool more = true, time = false, data = false, rest = false;
    struct tt_slice f;

    k->n = 0;
    while (k->n < COLUMNS && cut_field(&s, &f, &more)) {
        enum column c = column_of(f);

        time |= c == START;
        data |= c == DATA || c == VALUE;
        rest |= c == TYPE || c == FRAMING;
        k->is[k->n++] = (uint8_t)c;
    }
    if (!time || !data || !rest)
        k->n = 0;
    return k->n > 0;
}

/* 0x7F, 127 with a sign of its radix, or a character as Logic 1 writes it. */
static bool value_of(struct tt_slice f, uint8_t *b)
{
    uint64_t v;

    if (tt_cut_word(&f, "0x") || tt_cut_word(&f, "0X")) {
        if (!tt_cut_number(&f, 16, &v) || f.n || v > 255)
            return false;
        *b = (uint8_t)v;
        return true;
    }
    if (tt_slice_is(f, "COMMA"))
        *b = ',';
    else if (tt_slice_is(f, "' '"))
        *b = ' ';
    else if (tt_slice_is(f, "\\n"))
        *b = '\n';
    else if (tt_slice_is(f, "\\r"))
        *b = '\r';
    else if (tt_slice_is(f, "\\t"))
        *b = '\t';
    else if (f.n == 1)
        *b = (uint8_t)f.p[0];
    else
        return false;
    return true;
}

struct row {
    struct tt_slice name;
    struct tt_stamp t;
    uint8_t byte;
    bool time, value, data, parity, framing;
};

static void take_field(struct row *r, enum column c, struct tt_slice f)
{
    switch (c) {
    case START:
        r->time = tt_cut_iso(&f, &r->t) || tt_cut_seconds(&f, &r->t);
        break;
    case NAME: r->name = f; break;
    case TYPE: r->data = tt_slice_is(f, "data"); break;
    case DATA:
    case VALUE: r->value = value_of(f, &r->byte); break;
    case PARITY: r->parity = f.n > 0; break;
    case FRAMING: r->framing = f.n > 0; break;
    case ERROR:
        r->framing = tt_find(f, "raming") < f.n;
        r->parity = tt_find(f, "arity") < f.n;
        break;
    default: break;
    }
}

/* With two analyzers in one table, the first is taken for the chosen side. */
static enum tt_lane lane_of(struct tt_log *l, struct saleae *k,
                            struct tt_slice name)
{
    if (tt_find(name, "TX") < name.n || tt_find(name, "ost") < name.n)
        return TT_LANE_HOST;
    if (tt_find(name, "RX") < name.n || tt_find(name, "evice") < name.n)
        return TT_LANE_DEVICE;
    if (!k->first[0] && name.n && name.n < sizeof(k->first))
        memcpy(k->first, name.p, name.n);
    if (!name.n || tt_slice_is(name, k->first))
        return l->side;
    return l->side == TT_LANE_HOST ? TT_LANE_DEVICE : TT_LANE_HOST;
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct saleae *k = (struct saleae *)(void *)l->own;
    struct row r = {.name = {"", 0}, .data = true};
    struct tt_slice f;
    bool more = true;

    if (tt_starts(s, "Time [s],") || tt_find(s, "start_time") < s.n)
        return take_head(k, s) ? TT_TOOK_SURE : TT_TOOK_ODD;
    if (!k->n)
        return TT_TOOK_ODD;
    for (size_t i = 0; i < k->n && cut_field(&s, &f, &more); i++)
        take_field(&r, (enum column)k->is[i], f);
    if (!r.time)
        return TT_TOOK_ODD;
    tt_log_at(l, r.t.ns, r.t.digits > 9 ? 9 : r.t.digits);
    if (r.value && r.data)
        tt_log_byte(l, lane_of(l, k, r.name), r.byte);
    if (r.framing)
        tt_log_event(l, TT_EV_FRAME_ERROR);
    if (r.parity)
        tt_log_event(l, TT_EV_PARITY_ERROR);
    return TT_TOOK_ROW;
}

const struct tt_dialect tt_dialect_saleae = {
    .name = "saleae",
    .title = "Saleae CSV",
    .lacks = "which side an analyzer is on is known by its name (TX, RX, host, "
             "device) or taken from --lane; no control lines, no speed",
    .take = take,
    .least = 1,
    .percent = 95,
};
