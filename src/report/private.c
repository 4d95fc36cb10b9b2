/*
 * private - see private.h: the words, and the way through a text.
 */
#include "report/private.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_PROMPT = 256, MAX_BACK = 1024 };

size_t tt_private_run(const struct tt_private_text *t, size_t i,
                      bool (*such)(uint8_t))
{
    size_t k = i;

    while (k < t->n && such(t->p[k]))
        k++;
    return k - i;
}

static bool same_word(const uint8_t *p, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tt_small(p[i]) != tt_small((uint8_t)word[i]))
            return false;
    return true;
}

bool tt_private_starts(const struct tt_private_text *t, size_t i,
                       const char *word)
{
    size_t n = strlen(word);

    return i <= t->n && t->n - i >= n && !memcmp(t->p + i, word, n);
}

size_t tt_private_line(const struct tt_private_text *t, size_t i)
{
    size_t from = i > MAX_BACK ? i - MAX_BACK : 0;

    while (i > from && !tt_is_eol(t->p[i - 1]))
        i--;
    return i;
}

bool tt_private_blank(uint8_t *p, size_t n, bool keeps)
{
    static const char marks[] = "\"',;:.-_+/\\()[]{}<>=@"; /* structure */
    bool all_hex = true, changed = false;

    for (size_t i = 0; i < n; i++)
        all_hex = all_hex && (tt_is_hex(p[i]) || !tt_is_alnum(p[i]));
    for (size_t i = 0; i < n; i++) {
        uint8_t was = p[i];

        if (tt_is_digit(p[i]) || (all_hex && tt_is_hex(p[i])))
            p[i] = '0';
        else if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = 'X';
        else if (p[i] >= 'a' && p[i] <= 'z')
            p[i] = 'x';
        else if (p[i] > 0x7e || (!keeps && p[i] < ' ' && !tt_is_eol(p[i])))
            p[i] = 0; /* letters of other languages among them */
        else if (p[i] > ' ' && (!keeps || !strchr(marks, p[i])))
            p[i] = 'x';
        changed = changed || p[i] != was;
    }
    return changed;
}

/* ---- the words of the tables ---------------------------------------------------- */

static const char *const tables[TT_PRIVATE_LISTS] = {
    "private_words",    "private_names",   "private_lines",
    "private_messages", "private_options", "private_prompts",
    "private_harmless", "private_begins"};

/* "curl -u": the option, and whose it is; "x*": two arguments of x. */
static void split(struct tt_private_word *w)
{
    w->two = w->text.n > 1 && w->text.p[w->text.n - 1] == '*';
    w->text.n -= w->two;
    for (size_t i = w->text.n; i-- > 1;)
        if (w->text.p[i - 1] == ' ') {
            w->program = (struct tt_slice){w->text.p, i - 1};
            w->text = (struct tt_slice){w->text.p + i, w->text.n - i};
            return;
        }
}

static bool take_table(struct tt_private *pv, int list,
                       const struct tt_table *t)
{
    size_t n = t ? t->nentries : 0;
    struct tt_private_word *w = calloc(n + 1, sizeof(*w));
    uint16_t k = 0;

    pv->word[list] = w;
    if (!w)
        return false;
    for (const struct tt_entry *e = t ? t->entries : NULL; e; e = e->next) {
        uint16_t *first;

        if (!e->text.n || k == n)
            continue;
        w[++k].text = e->text;
        if (list == TT_PRIVATE_OPTIONS)
            split(&w[k]);
        first = &pv->first[list][tt_small((uint8_t)w[k].text.p[0])];
        w[k].next = *first;
        *first = k;
    }
    pv->n[list] = k;
    return true;
}

struct tt_private *tt_private_new(const struct tt_rules *set)
{
    struct tt_private *pv = calloc(1, sizeof(*pv));

    for (int i = 0; pv && i < TT_PRIVATE_LISTS; i++)
        if (!take_table(pv, i, tt_table_find(set, tt_slice_of(tables[i])))) {
            tt_private_free(pv);
            return NULL;
        }
    return pv;
}

void tt_private_free(struct tt_private *pv)
{
    for (int i = 0; pv && i < TT_PRIVATE_LISTS; i++)
        free(pv->word[i]);
    free(pv);
}

const struct tt_private_word *tt_private_word_at(const struct tt_private *pv,
                                                 enum tt_private_list list,
                                                 const uint8_t *p, size_t n)
{
    const struct tt_private_word *best = NULL;

    for (uint16_t k = n ? pv->first[list][tt_small(p[0])] : 0; k;
         k = pv->word[list][k].next) {
        const struct tt_private_word *w = &pv->word[list][k];

        if (w->text.n <= n && (!best || w->text.n > best->text.n) &&
            same_word(p, w->text.p, w->text.n))
            best = w;
    }
    return best;
}

/* ---- prompts ---------------------------------------------------------------------- */

/* Where the text ends without blanks and colours. */
static size_t bare_end(const uint8_t *p, size_t n)
{
    for (;;) {
        size_t i = n;

        while (n && tt_is_blank(p[n - 1]))
            n--;
        if (!n || !tt_is_alpha(p[n - 1]))
            return n;
        for (i = n - 1;
             i && n - i < 12 && (tt_is_digit(p[i - 1]) || p[i - 1] == ';');)
            i--;
        if (i < 2 || p[i - 1] != '[' || p[i - 2] != 0x1b)
            return n;
        n = i - 2;
    }
}

const struct tt_private_word *tt_private_prompt(const struct tt_private *pv,
                                                const uint8_t *p, size_t n)
{
    static const char wide[] = "\xef\xbc\x9a"; /* a colon of full width */
    const struct tt_private_word *w, *last = NULL;
    size_t end = bare_end(p, n), at = end;
    bool colon = end && (p[end - 1] == ':' ||
                         (end > 2 && !memcmp(p + end - 3, wide, 3)));

    if (!end || (!colon && p[end - 1] != '?' && p[end - 1] != '>'))
        return NULL;
    while (at && end - at < MAX_PROMPT && !tt_is_eol(p[at - 1]))
        at--;
    for (; at < end; at++) {
        bool inside = at && tt_is_alpha(p[at]) && tt_is_alpha(p[at - 1]);

        w = inside
                ? NULL
                : tt_private_word_at(pv, TT_PRIVATE_PROMPTS, p + at, end - at);
        if (w && at + w->text.n < end && tt_is_alpha(p[at]) &&
            tt_is_alpha(p[at + w->text.n]))
            w = NULL; /* "PINs", "mapping" */
        /* a name is asked for with a colon; "user>" is a shell */
        if (w && !colon && w->text.n <= 5 && w->text.p[0] != 'P')
            w = NULL;
        last = w ? w : last;
    }
    return last;
}

/* ---- the way through ---------------------------------------------------------------- */

void tt_private_find(const struct tt_private *pv, const uint8_t *p, size_t n,
                     tt_private_fn *found, void *user)
{
    struct tt_private_text t = {pv, p, n, found, user};

    for (size_t i = 0, end; i < n;) {
        if (p[i] <= ' ' || p[i] == 0x7f)
            i++;
        else if (tt_private_form_at(&t, i, &end) ||
                 tt_private_value_at(&t, i, &end))
            i = end > i ? end : i + 1;
        else
            i++;
    }
}
