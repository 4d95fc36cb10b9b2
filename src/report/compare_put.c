/*
 * compare_put - a comparison as text or JSON.
 */
#include "report/compare.h"
#include "report/wrap.h"
#include "verdict/say.h"

#include <inttypes.h>
#include <string.h>

enum { MIN_WIDTH = 40, MAX_WIDTH = 400, BEFORE = 2, NEXT = 2, SHOWN = 24 };

struct put {
    struct tt_wrap w;
    struct tt_buf line;
    const struct tt_compared *good, *bad;
};

static void item(struct put *p, const char *label, enum tt_tint tint)
{
    tt_wrap_item(&p->w, label, tint, tt_buf_text(&p->line), "");
    tt_buf_clear(&p->line);
}

static const char *const sentences[] = {
    [TT_DIFFERS_NOT] = "no difference that matters",
    [TT_DIFFERS_SETTINGS] = "the line is set otherwise",
    [TT_DIFFERS_ERRORS] = "the line has errors that it had not",
    [TT_DIFFERS_LINES] = "the control lines move otherwise",
    [TT_DIFFERS_HOST] = "the host sends something else",
    [TT_DIFFERS_DEVICE] = "the device sends something else",
    [TT_DIFFERS_SILENT] = "here nothing comes",
    [TT_DIFFERS_LONGER] = "here more comes",
    [TT_DIFFERS_TIME] = "the same comes much later",
    [TT_DIFFERS_DATA] = "the same kind of message with other contents"};

static const char *const names[] = {
    [TT_DIFFERS_NOT] = "none",      [TT_DIFFERS_SETTINGS] = "settings",
    [TT_DIFFERS_ERRORS] = "errors", [TT_DIFFERS_LINES] = "lines",
    [TT_DIFFERS_HOST] = "host",     [TT_DIFFERS_DEVICE] = "device",
    [TT_DIFFERS_SILENT] = "silent", [TT_DIFFERS_LONGER] = "longer",
    [TT_DIFFERS_TIME] = "time",     [TT_DIFFERS_DATA] = "data"};

/* "[115200 8E1]" */
static void put_settings(struct tt_buf *out, const struct tt_turn *t)
{
    tt_buf_ch(out, '[');
    if (t->baud)
        tt_buf_printf(out, "%" PRIu32, t->baud);
    if (t->mode[0])
        tt_buf_printf(out, "%s%.3s", t->baud ? " " : "", t->mode);
    tt_buf_ch(out, ']');
}

/* "0.012 [dtr-] < 79  (ACK)" */
static void put_turn(struct tt_buf *out, const struct tt_dialog *d, size_t i)
{
    const struct tt_turn *t;

    if (i >= d->n) {
        tt_buf_str(out, "(the end of the recording)");
        return;
    }
    t = &d->turn[i];
    if (tt_quality_step(d->quality)) {
        tt_say_clock(out, t->t_ns, d->quality);
        tt_buf_ch(out, ' ');
    }
    for (uint32_t k = 0; k < t->nevents && k < 8; k++)
        tt_buf_printf(out, "[%s] ", tt_event_name(d->event[t->events + k]));
    tt_buf_printf(out, "%c ", tt_lane_mark(t->lane));
    tt_tape_text_bytes(out, t->head, t->nhead, SHOWN);
    if (t->len > t->nhead)
        tt_buf_printf(out, " (%" PRIu64 " bytes)", t->len);
    if (*t->label)
        tt_buf_printf(out, "   (%s)", t->label);
}

static void one_turn(struct put *p, const char *label, enum tt_tint tint,
                     const struct tt_dialog *d, size_t i)
{
    put_turn(&p->line, d, i);
    item(p, label, tint);
}

static void put_side(struct put *p, const char *label, enum tt_tint tint,
                     const struct tt_compared *s, const struct tt_difference *x,
                     size_t i)
{
    const struct tt_dialog *d = s->dialog;

    if (x->what == TT_DIFFERS_SETTINGS && i < d->n) {
        put_settings(&p->line, &d->turn[i]);
        tt_buf_ch(&p->line, ' ');
    }
    if (x->what == TT_DIFFERS_TIME && i && i < d->n) {
        tt_say_span(&p->line, d->turn[i].t_ns - d->turn[i - 1].last_ns, false);
        tt_buf_str(&p->line, " later ");
    }
    one_turn(p, label, tint, d, i);
    for (size_t k = 1; k <= NEXT && i + k < d->n; k++)
        one_turn(p, "", tint, d, i + k);
}

static void put_main(struct put *p, const struct tt_comparison *c)
{
    const struct tt_difference *x = &c->main;
    size_t from = x->good > BEFORE ? x->good - BEFORE : 0;

    if (x->what == TT_DIFFERS_NOT) {
        tt_buf_printf(&p->line, "no difference that matters: %zu turns alike",
                      c->alike);
        item(p, "ALIKE", TT_TINT_GOOD);
        return;
    }
    tt_buf_printf(&p->line,
                  "%s, at turn %zu of the good one and %zu of the "
                  "bad one",
                  sentences[x->what], x->good + 1, x->bad + 1);
    item(p, "DIFFERS", TT_TINT_BAD);
    for (size_t i = from; i < x->good && i < p->good->dialog->n; i++)
        one_turn(p, i == from ? "before" : "", TT_TINT_DIM, p->good->dialog, i);
    put_side(p, "good", TT_TINT_GOOD, p->good, x, x->good);
    put_side(p, "bad", TT_TINT_BAD, p->bad, x, x->bad);
}

static void put_minor(struct put *p, const struct tt_comparison *c)
{
    for (size_t k = 0; k < c->nminor; k++) {
        const struct tt_difference *x = &c->minor[k];

        tt_buf_printf(&p->line, "- %s: good ", sentences[x->what]);
        if (x->what == TT_DIFFERS_SETTINGS && x->good < p->good->dialog->n)
            put_settings(&p->line, &p->good->dialog->turn[x->good]);
        put_turn(&p->line, p->good->dialog, x->good);
        tt_buf_str(&p->line, "; bad ");
        if (x->what == TT_DIFFERS_SETTINGS && x->bad < p->bad->dialog->n)
            put_settings(&p->line, &p->bad->dialog->turn[x->bad]);
        put_turn(&p->line, p->bad->dialog, x->bad);
        item(p, k ? "" : "also", TT_TINT_DIM);
    }
    if (c->more) {
        tt_buf_printf(&p->line, "- and %zu more of these kinds", c->more);
        item(p, "", TT_TINT_DIM);
    }
}

static void put_verdict(struct put *p, const char *label,
                        const struct tt_compared *s)
{
    tt_buf_safe(&p->line, s->name, strlen(s->name));
    tt_buf_printf(&p->line, ": %s: ", s->status);
    tt_buf_str(&p->line, s->text);
    if (s->dialog->cut)
        tt_buf_printf(&p->line, " (only the first %d turns are compared)",
                      TT_MAX_TURNS);
    item(p, label, TT_TINT_DIM);
}

void tt_compare_text(struct tt_buf *out, const struct tt_comparison *c,
                     const struct tt_compared *good,
                     const struct tt_compared *bad, unsigned width, bool color)
{
    struct put p = {.good = good, .bad = bad};

    width = width ? width : 80;
    p.w = (struct tt_wrap){.out = out,
                           .color = color,
                           .width = width < MIN_WIDTH   ? MIN_WIDTH
                                    : width > MAX_WIDTH ? MAX_WIDTH
                                                        : width};
    tt_buf_init(&p.line, (size_t)1 << 20);
    put_main(&p, c);
    put_minor(&p, c);
    put_verdict(&p, "GOOD", good);
    put_verdict(&p, "BAD", bad);
    tt_buf_release(&p.line);
}

/* ---- JSON --------------------------------------------------------------------- */

static void string(struct tt_buf *out, const char *key, const char *s)
{
    tt_buf_printf(out, "\"%s\":\"", key);
    tt_buf_json(out, s, strlen(s));
    tt_buf_ch(out, '"');
}

static void json_turn(struct tt_buf *out, const char *key,
                      const struct tt_dialog *d, size_t i)
{
    const struct tt_turn *t = i < d->n ? &d->turn[i] : NULL;
    struct tt_buf text;

    tt_buf_printf(out, ",\"%s\":", key);
    if (!t) {
        tt_buf_str(out, "null");
        return;
    }
    tt_buf_init(&text, 1 << 16);
    put_turn(&text, d, i);
    tt_buf_printf(out, "{\"turn\":%zu,\"t\":%" PRIu64 ".%09" PRIu64 ",", i + 1,
                  t->t_ns / TT_NS_PER_S, t->t_ns % TT_NS_PER_S);
    tt_buf_printf(out,
                  "\"lane\":\"%c\",\"offset\":%" PRIu64 ",\"length\":%" PRIu64
                  ",\"baud\":%" PRIu32 ",",
                  tt_lane_mark(t->lane), t->offset, t->len, t->baud);
    string(out, "label", t->label);
    tt_buf_ch(out, ',');
    string(out, "text", tt_buf_text(&text));
    tt_buf_ch(out, '}');
    tt_buf_release(&text);
}

static void json_difference(struct tt_buf *out, const struct tt_difference *x,
                            const struct tt_compared *good,
                            const struct tt_compared *bad)
{
    tt_buf_ch(out, '{');
    string(out, "what", names[x->what]);
    json_turn(out, "good", good->dialog, x->good);
    json_turn(out, "bad", bad->dialog, x->bad);
    tt_buf_ch(out, '}');
}

static void json_side(struct tt_buf *out, const char *key,
                      const struct tt_compared *s)
{
    tt_buf_printf(out, ",\"%s\":{", key);
    string(out, "input", s->name);
    tt_buf_ch(out, ',');
    string(out, "status", s->status);
    tt_buf_ch(out, ',');
    string(out, "text", s->text);
    tt_buf_printf(out, ",\"turns\":%zu,\"cut\":%s}", s->dialog->n,
                  s->dialog->cut ? "true" : "false");
}

void tt_compare_json(struct tt_buf *out, const struct tt_comparison *c,
                     const struct tt_compared *good,
                     const struct tt_compared *bad)
{
    tt_buf_printf(out, "{\"telltale\":1,\"compare\":true,\"alike\":%zu",
                  c->alike);
    json_side(out, "good", good);
    json_side(out, "bad", bad);
    tt_buf_str(out, ",\"difference\":");
    if (c->main.what == TT_DIFFERS_NOT)
        tt_buf_str(out, "null");
    else
        json_difference(out, &c->main, good, bad);
    tt_buf_str(out, ",\"minor\":[");
    for (size_t i = 0; i < c->nminor; i++) {
        if (i)
            tt_buf_ch(out, ',');
        json_difference(out, &c->minor[i], good, bad);
    }
    tt_buf_printf(out, "],\"more\":%zu}\n", c->more);
}
