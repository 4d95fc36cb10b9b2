/*
 * page - see page.h.
 */
#include "cli/page.h"

#include "cli/load.h"

#include <string.h>

void put_slice(struct tt_buf *out, struct tt_slice s)
{
    put_clean(out, s.p, s.n);
}

void put_text(struct tt_buf *out, const char *s)
{
    put_clean(out, s, strlen(s));
}

/* How wide n bytes are when put_clean() shows them. */
static size_t shown_len(const char *text, size_t n)
{
    size_t wide = 0;

    for (size_t i = 0; i < n; i++)
        wide += text[i] < ' ' || text[i] > '~' ? 4 : 1;
    return wide;
}

/* What must not be broken at the start of text: up to a blank, or a whole
 * "quoted text" if it fits a line; at most what fits a line. */
static size_t word_len(const char *text, size_t n, size_t most)
{
    size_t word = 0, bare;

    while (word < n && text[word] != ' ')
        word++;
    bare = word;
    if (*text == '"') {
        for (word = 1; word < n && text[word] != '"'; word++)
            word += text[word] == '\\' && word + 1 < n;
        while (word < n && text[word] != ' ')
            word++;
        if (shown_len(text, word) > most)
            word = bare;
    }
    while (word > 1 && shown_len(text, word) > most)
        word--;
    return word;
}

void put_wide_para(struct tt_buf *out, const char *label, size_t left,
                   const char *text, size_t n)
{
    size_t col = left, wide = shown_len(label, strlen(label));

    tt_buf_str(out, "  ");
    put_text(out, label);
    if (wide + 3 > left)
        tt_buf_printf(out, "\n%*s", (int)left, "");
    else
        tt_buf_printf(out, "%*s", (int)(left - 2 - wide), "");
    while (n) {
        size_t word = word_len(text, n, PAGE_WIDTH - left);

        wide = shown_len(text, word);
        if (col > left && col + 1 + wide > PAGE_WIDTH) {
            tt_buf_printf(out, "\n%*s", (int)left, "");
            col = left;
        }
        if (col > left) {
            tt_buf_ch(out, ' ');
            col++;
        }
        put_clean(out, text, word);
        col += wide;
        text += word;
        n -= word;
        while (n && *text == ' ') {
            text++;
            n--;
        }
    }
    tt_buf_ch(out, '\n');
}

void put_para(struct tt_buf *out, const char *label, const char *text, size_t n)
{
    put_wide_para(out, label, PAGE_LEFT, text, n);
}

void put_buf_para(struct tt_buf *out, const char *label, struct tt_buf *text)
{
    put_para(out, label, tt_buf_text(text), text->n);
    tt_buf_clear(text);
}

void put_strings(struct tt_buf *out, const char *label,
                 const struct tt_strings *s, bool number)
{
    struct tt_buf text;
    unsigned i = 0;

    tt_buf_init(&text, 1 << 16);
    for (; s; s = s->next) {
        if (number)
            tt_buf_printf(&text, "%u ", i + 1);
        tt_buf_add(&text, s->text.p, s->text.n);
        put_buf_para(out, i++ ? "" : label, &text);
    }
    tt_buf_release(&text);
}

void put_looks_for(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;
    unsigned i = 0;

    tt_buf_init(&text, 1 << 20);
    if (r->match) {
        tt_node_print(&text, r, r->match);
        put_buf_para(out, "looks for", &text);
    }
    for (const struct tt_step *s = r->steps; s; s = s->next) {
        tt_buf_printf(&text, "step %s: ", s->name);
        tt_node_print(&text, r, s->pattern);
        put_buf_para(out, i++ ? "" : "looks for", &text);
    }
    i = 0;
    for (const struct tt_where *w = r->where; w; w = w->next) {
        tt_expr_print(&text, r, w->expr);
        put_buf_para(out, i++ ? "" : "where", &text);
    }
    if (r->unless) {
        tt_node_print(&text, r, r->unless);
        put_buf_para(out, "unless", &text);
    }
    tt_buf_release(&text);
}

void put_says(struct tt_buf *out, const struct tt_rule *r)
{
    struct tt_buf text;
    unsigned i = 0;

    tt_buf_init(&text, 1 << 16);
    for (const struct tt_verdict_text *v = r->verdict; v; v = v->next) {
        if (v->when) {
            tt_buf_str(&text, "when ");
            tt_expr_print(&text, r, v->when);
            tt_buf_str(&text, ": ");
        }
        tt_buf_add(&text, v->text.p, v->text.n);
        put_buf_para(out, i++ ? "" : "says", &text);
    }
    tt_buf_release(&text);
}

void put_basis(struct tt_buf *out, const struct tt_basis *b)
{
    if (b->kind == TT_BASIS_NONE)
        tt_buf_str(out, "nobody said");
    tt_buf_str(out, tt_basis_name(b->kind));
    if (!b->what.n)
        return;
    tt_buf_str(out, ": ");
    put_slice(out, b->what);
}

double bits_of(const struct tt_rule *r)
{
    double bits = (double)(r->bits_pattern + r->bits_check) / 65536;

    return r->cap >= 0 && bits > r->cap ? r->cap : bits;
}

void put_where(struct tt_buf *out, const struct tt_rule *r)
{
    if (is_builtin(r))
        tt_buf_str(out, "built in, ");
    put_text(out, r->file);
    tt_buf_printf(out, ":%u", r->line);
}
