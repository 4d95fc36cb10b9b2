/*
 * notes - see notes.h.
 */
#include "report/notes.h"

#include <stdlib.h>
#include <string.h>

void tt_notes_init(struct tt_notes *notes, const struct tt_rules *set)
{
    *notes = (struct tt_notes){.set = set};
}

void tt_notes_release(struct tt_notes *notes)
{
    free(notes->v);
    notes->v = NULL;
    notes->n = notes->size = 0;
}

void tt_notes_clear(struct tt_notes *notes)
{
    notes->n = 0;
    notes->cut = notes->sorted = false;
}

static void add(struct tt_notes *notes, const struct tt_span *s,
                const char *text, size_t n)
{
    struct tt_note *to;

    if (notes->n == TT_MAX_NOTES) {
        notes->cut = true;
        return;
    }
    if (notes->n == notes->size) {
        size_t size = notes->size ? 2 * notes->size : 256;
        struct tt_note *more = realloc(notes->v, size * sizeof(*more));

        if (!more) {
            notes->cut = true;
            return;
        }
        notes->v = more;
        notes->size = size;
    }
    to = &notes->v[notes->n++];
    *to = (struct tt_note){.lane = s->lane, .offset = s->offset, .len = s->len};
    memcpy(to->text, text, n < TT_NOTE_TEXT ? n : TT_NOTE_TEXT - 1);
}

void tt_notes_hit(const struct tt_hit *hit, void *user)
{
    struct tt_notes *notes = user;
    struct tt_env env = {
        .rule = hit->rule, .value = hit->value, .reached = hit->reached};
    struct tt_buf text;

    if (hit->kind != TT_HIT)
        return;
    tt_buf_init(&text, TT_MAX_SENTENCE);
    tt_text_fill(&text, hit->rule->note, notes->set, &env);
    for (unsigned i = 0; i < hit->nspans; i++)
        if (hit->span[i].len)
            add(notes, &hit->span[i], tt_buf_text(&text), text.n);
    tt_buf_release(&text);
    notes->sorted = false;
}

static int by_place(const void *a, const void *b)
{
    const struct tt_note *x = a, *y = b;

    if (x->lane != y->lane)
        return x->lane < y->lane ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->len != y->len)
        return x->len > y->len ? -1 : 1;
    return strcmp(x->text, y->text);
}

void tt_notes_sort(struct tt_notes *notes)
{
    size_t k = 0;

    if (notes->sorted)
        return;
    if (notes->n)
        qsort(notes->v, notes->n, sizeof(*notes->v), by_place);
    for (size_t i = 0; i < notes->n; i++)
        if (!k || by_place(&notes->v[k - 1], &notes->v[i]) != 0)
            notes->v[k++] = notes->v[i];
    notes->n = k;
    notes->sorted = true;
}
