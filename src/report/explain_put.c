/*
 * explain_put - an explanation as text or JSON.
 */
#include "report/explain.h"
#include "report/wrap.h"

#include <inttypes.h>
#include <string.h>

enum {
    MIN_WIDTH = 40,
    MAX_WIDTH = 400,
    SHOWN_TEXT = 300, /* bytes of what was asked about */
    FEW = 6,          /* readings of bytes beside a message */
    FEW_BEGINS = 4,
    MAX_LIKE = 2
};

struct put {
    struct tt_wrap w;
    struct tt_buf line;
    const struct tt_rules *set;
    const struct tt_explanation *x;
    bool all;
    unsigned readings, begins, like;
};

static void item(struct put *p, const char *label)
{
    enum tt_tint tint = TT_TINT_DIM;

    tt_wrap_item(&p->w, label, tint, tt_buf_text(&p->line), "");
    tt_buf_clear(&p->line);
}

static void add(struct put *p, struct tt_slice s)
{
    tt_buf_add(&p->line, s.p, s.n);
}

/* Texts with {fields} are good only where the fields were seen. */
static bool has_fields(struct tt_slice s)
{
    return memchr(s.p, '{', s.n) != NULL;
}

static void strings(struct put *p, const char *label,
                    const struct tt_strings *s, bool number)
{
    bool many = s && s->next;

    for (unsigned i = 0; s; s = s->next) {
        if (has_fields(s->text))
            continue;
        i++;
        if (number && many)
            tt_buf_printf(&p->line, "%u ", i);
        add(p, s->text);
        item(p, i > 1 ? "" : label);
    }
}

/* A label may hold {fields}, of which nothing is known here. */
static void label_of(struct put *p, struct tt_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '{') {
            tt_buf_str(&p->line, "..");
            while (i < s.n && s.p[i] != '}')
                i++;
        } else {
            tt_buf_ch(&p->line, s.p[i]);
        }
    }
}

static void title(struct put *p, const struct tt_rule *r)
{
    if (r->note.n)
        label_of(p, r->note);
    else if (r->title.n)
        add(p, r->title);
    else
        tt_buf_str(&p->line, r->name);
}

static const struct tt_protocol *system_of(const struct put *p,
                                           const struct tt_rule *r)
{
    const struct tt_protocol *s = p->set->protocols;

    if (r->protocol && !r->protocol->title.n)
        for (; s; s = s->next)
            if (s->title.n && !strcmp(s->name, r->protocol->name))
                return s;
    return r->protocol;
}

/* ---- text --------------------------------------------------------------------- */

static void put_message(struct put *p, const struct tt_meaning *m, bool first)
{
    const struct tt_rule *r = m->rule;
    bool like = m->how == TT_MEANS_LIKE;

    title(p, r);
    tt_buf_printf(&p->line, " [rule %s]", r->name);
    item(p, like ? "near" : first ? "message" : "also");
    if (m->text && *m->text) {
        tt_buf_str(&p->line, m->text);
        item(p, "means");
    } else if (r->verdict && !has_fields(r->verdict->text)) {
        add(p, r->verdict->text);
        item(p, "means");
    }
    if (!first)
        return;
    strings(p, "cause", r->cause, false);
    if (r->side != TT_SIDE_NONE) {
        tt_buf_str(&p->line, tt_side_name(r->side));
        item(p, "side");
    }
    strings(p, "fix", r->fix, true);
    strings(p, "decide", r->next_look, false);
    tt_explain_command(&p->line, p->set, r);
    item(p, "get");
    strings(p, "ref", r->ref, false);
}

static void put_bytes(struct put *p, const uint8_t *b, size_t n)
{
    tt_tape_text_bytes(&p->line, b, n, 32);
}

/* "FD was wanted and A0 came", and what each is. */
static void put_asked(struct put *p)
{
    const struct tt_asked *a = &p->x->asked;

    if (!a->ngot && !a->nwanted)
        return;
    if (a->ngot) {
        put_bytes(p, a->got, a->ngot);
        if (a->ngot == 1 && a->got[0] > ' ' && a->got[0] < 0x7f)
            tt_buf_printf(&p->line, " ('%c')", a->got[0]);
        tt_buf_str(&p->line, a->only_bytes ? "" : " was read");
    }
    if (a->nwanted) {
        tt_buf_str(&p->line, a->ngot ? " where " : "");
        put_bytes(p, a->wanted, a->nwanted);
        tt_buf_str(&p->line, " was wanted");
    }
    if (a->ngot)
        tt_buf_str(&p->line,
                   a->ngot == 1
                       ? ": a single byte proves nothing; it may be"
                       : ": from the device, or a call and its answer; it "
                         "may be");
    item(p, "bytes");
}

static void put_reading(struct put *p, const struct tt_meaning *m)
{
    const struct tt_strings *look = m->rule->next_look;

    tt_buf_str(&p->line, "- ");
    title(p, m->rule);
    if (look && !has_fields(look->text)) {
        tt_buf_str(&p->line, ": ");
        add(p, look->text);
    } else if (m->text && *m->text) {
        tt_buf_str(&p->line, ": ");
        tt_buf_str(&p->line, m->text);
    }
    item(p, "");
}

static void put_begins(struct put *p, const struct tt_meaning *m)
{
    const struct tt_protocol *s = system_of(p, m->rule);

    tt_buf_str(&p->line, "- ");
    title(p, m->rule);
    if (s && s->title.n) {
        tt_buf_str(&p->line, " (");
        add(p, s->title);
        tt_buf_ch(&p->line, ')');
    }
    if (m->asked)
        tt_buf_printf(&p->line, ": the host sent %s", m->asked);
    if (m->rest)
        tt_buf_printf(&p->line, "%s then comes %s", m->asked ? "," : ":",
                      m->rest);
    tt_buf_printf(&p->line, " [rule %s]", m->rule->name);
    item(p, "");
}

/* Beside a message only the first readings are told, with -v all. */
static bool wanted(struct put *p, const struct tt_meaning *m)
{
    bool few = !p->x->asked.only_bytes && !p->all;

    switch (m->how) {
    case TT_MEANS_LIKE: return p->like++ < MAX_LIKE || p->all;
    case TT_MEANS_ALONE: return !few || p->readings++ < FEW;
    case TT_MEANS_BEGINS: return !few || p->begins++ < FEW_BEGINS;
    default: return true;
    }
}

static void put_meanings(struct put *p, bool messages)
{
    size_t left = p->x->left_out, shown = 0;
    bool waits = false;

    for (size_t i = 0; i < p->x->n; i++) {
        const struct tt_meaning *m = &p->x->meaning[i];

        if ((m->how <= TT_MEANS_LIKE) != messages)
            continue;
        if (!wanted(p, m)) {
            left++;
            continue;
        }
        switch (m->how) {
        case TT_MEANS_SAID:
        case TT_MEANS_LIKE: put_message(p, m, !shown); break;
        case TT_MEANS_ALONE: put_reading(p, m); break;
        case TT_MEANS_BEGINS: put_begins(p, m); break;
        default:
            if (!waits)
                tt_wrap_item(&p->w, "wanted", TT_TINT_DIM, "is waited for by",
                             "");
            waits = true;
            put_begins(p, m);
        }
        shown++;
    }
    if (left && !messages && p->x->asked.ngot) {
        tt_buf_printf(&p->line, "and %zu more", left);
        if (!p->x->asked.only_bytes) {
            tt_buf_str(&p->line, ": telltale explain");
            for (size_t i = 0; i < p->x->asked.ngot; i++)
                tt_buf_printf(&p->line, " 0x%02X", p->x->asked.got[i]);
        }
        item(p, "");
    }
}

/* Readings are in this order: what was wanted, alone, begins; told so that
 * the line about the bytes stands before theirs. */
static void put_readings(struct put *p)
{
    struct tt_explanation only = *p->x;
    const struct tt_explanation *x = p->x;

    only.n = 0;
    only.left_out = 0;
    for (size_t i = 0; i < x->n; i++)
        if (x->meaning[i].how == TT_MEANS_WAITS)
            only.meaning[only.n++] = x->meaning[i];
    only.asked.ngot = 0;
    p->x = &only;
    put_meanings(p, false);
    only = *x;
    only.n = 0;
    for (size_t i = 0; i < x->n; i++)
        if (x->meaning[i].how != TT_MEANS_WAITS)
            only.meaning[only.n++] = x->meaning[i];
    put_asked(p);
    put_meanings(p, false);
    p->x = x;
}

static const struct tt_rule *best_for_command(const struct tt_explanation *x)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->meaning[i].how >= TT_MEANS_BEGINS &&
            x->meaning[i].rule->protocol)
            return x->meaning[i].rule;
    return NULL;
}

/* What to do when there is no message whose rule says it. */
static void put_end(struct put *p)
{
    const struct tt_explanation *x = p->x;
    const struct tt_rule *r = best_for_command(x);
    bool message = x->n && x->meaning[0].how <= TT_MEANS_LIKE;

    if (!tt_explain_knows(x)) {
        tt_buf_printf(&p->line,
                      "none of %u rules knows this%s; a recording says more: "
                      "telltale run -r case.pcapng -- TOOL ..., or telltale "
                      "watch PORT -r case.pcapng while it fails; then "
                      "telltale read case.pcapng",
                      x->nrules, x->n ? ", what is near stands above" : "");
        item(p, "UNKNOWN");
        return;
    }
    if (!message) {
        tt_buf_str(&p->line, "the bytes before and after, with their times: "
                             "telltale run -r case.pcapng -- TOOL ..., or ");
        if (r)
            tt_explain_command(&p->line, p->set, r);
        else
            tt_buf_str(&p->line, "telltale watch PORT -r case.pcapng");
        item(p, "get");
    }
    tt_buf_str(&p->line, "these are possibilities from a text, not a verdict: "
                         "a recording of the attempt decides");
    item(p, "note");
}

void tt_explain_text(struct tt_buf *out, const struct tt_rules *set,
                     const struct tt_explanation *x, unsigned width, bool color,
                     bool all)
{
    struct put p = {.set = set, .x = x, .all = all};
    size_t n = x->len;

    width = width ? width : 80;
    p.w = (struct tt_wrap){.out = out,
                           .color = color,
                           .width = width < MIN_WIDTH   ? MIN_WIDTH
                                    : width > MAX_WIDTH ? MAX_WIDTH
                                                        : width};
    tt_buf_init(&p.line, (size_t)1 << 20);
    while (n && (uint8_t)x->text[n - 1] <= ' ')
        n--;
    tt_buf_safe(&p.line, x->text, n < SHOWN_TEXT ? n : SHOWN_TEXT);
    if (n > SHOWN_TEXT)
        tt_buf_printf(&p.line, " ... (%zu bytes)", n);
    item(&p, "EXPLAIN");
    put_meanings(&p, true);
    put_readings(&p);
    put_end(&p);
    if (p.line.status && !out->status)
        out->status = p.line.status;
    tt_buf_release(&p.line);
}

/* ---- JSON --------------------------------------------------------------------- */

static void json(struct tt_buf *out, const char *key, const char *p, size_t n)
{
    if (out->p[out->n - 1] != '{')
        tt_buf_ch(out, ',');
    tt_buf_printf(out, "\"%s\":\"", key);
    tt_buf_json(out, p, n);
    tt_buf_ch(out, '"');
}

static void json_hex(struct tt_buf *out, const char *key, const uint8_t *p,
                     size_t n)
{
    tt_buf_printf(out, ",\"%s\":\"", key);
    for (size_t i = 0; i < n; i++)
        tt_buf_printf(out, "%s%02X", i ? " " : "", p[i]);
    tt_buf_ch(out, '"');
}

static void json_list(struct tt_buf *out, const char *key,
                      const struct tt_strings *s)
{
    bool any = false;

    tt_buf_printf(out, ",\"%s\":[", key);
    for (; s; s = s->next) {
        if (has_fields(s->text))
            continue;
        tt_buf_str(out, any ? ",\"" : "\"");
        tt_buf_json(out, s->text.p, s->text.n);
        tt_buf_ch(out, '"');
        any = true;
    }
    tt_buf_ch(out, ']');
}

static void json_meaning(struct tt_buf *out, const struct put *p,
                         const struct tt_meaning *m)
{
    static const char *const hows[] = {"message", "like", "alone", "begins",
                                       "waits"};
    const struct tt_rule *r = m->rule;
    const struct tt_protocol *s = system_of(p, r);
    struct tt_slice name = r->note.n ? r->note : r->title;
    struct tt_buf command;
    char tool[32];

    tt_buf_init(&command, 4096);
    tt_explain_command(&command, p->set, r);
    tt_explain_tool(r, tool, sizeof(tool));
    tt_buf_ch(out, '{');
    json(out, "rule", r->name, strlen(r->name));
    json(out, "how", hows[m->how], strlen(hows[m->how]));
    json(out, "title", name.p, name.n);
    json(out, "system", s ? s->title.p : "", s ? s->title.n : 0);
    json(out, "tool", tool, strlen(tool));
    json(out, "text", m->text ? m->text : "", m->text ? strlen(m->text) : 0);
    json(out, "asked", m->asked ? m->asked : "",
         m->asked ? strlen(m->asked) : 0);
    json(out, "rest", m->rest ? m->rest : "", m->rest ? strlen(m->rest) : 0);
    json_list(out, "cause", r->cause);
    json_list(out, "fix", r->fix);
    json_list(out, "next", r->next_look);
    json_list(out, "ref", r->ref);
    json(out, "get", tt_buf_text(&command), command.n);
    tt_buf_ch(out, '}');
    tt_buf_release(&command);
}

void tt_explain_json(struct tt_buf *out, const struct tt_rules *set,
                     const struct tt_explanation *x)
{
    struct put p = {.set = set, .x = x};

    tt_buf_str(out, "{\"telltale\":1");
    json(out, "explain", x->text, x->len);
    tt_buf_printf(out, ",\"known\":%s", tt_explain_knows(x) ? "true" : "false");
    json_hex(out, "bytes", x->asked.got, x->asked.ngot);
    json_hex(out, "wanted", x->asked.wanted, x->asked.nwanted);
    tt_buf_str(out, ",\"means\":[");
    for (size_t i = 0; i < x->n; i++) {
        if (i)
            tt_buf_ch(out, ',');
        json_meaning(out, &p, &x->meaning[i]);
    }
    tt_buf_printf(out, "],\"left_out\":%zu,\"rules\":%u}\n", x->left_out,
                  x->nrules);
}
