/*
 * Patterns: alternatives, sequences, lane marks, waits, repeats, fields.
 * What one element is stands in element.c.
 */
#include "rules/element.h"

#include <string.h>

struct tt_node *tt_node_new(struct tt_reader *r, const struct tt_tok *t,
                            enum tt_node_kind kind)
{
    struct tt_node *n;

    if (++r->nodes > TT_MAX_NODES) {
        (void)tt_bad_limit(r, t, "a pattern may not exceed %d parts",
                           TT_MAX_NODES);
        return NULL;
    }
    n = tt_rd_alloc(r, sizeof(*n));
    if (!n)
        return NULL;
    n->kind = kind;
    n->lane = r->lane;
    n->field = -1;
    n->line = t ? t->line : r->line_last;
    n->col = t ? t->col : r->end_col;
    n->width = t ? (unsigned)t->v.n : 1;
    return n;
}

bool tt_deeper(struct tt_reader *r, const struct tt_tok *t)
{
    if (++r->depth <= TT_MAX_DEPTH)
        return true;
    r->depth--;
    return tt_bad_limit(r, t, "nested more than %d deep", TT_MAX_DEPTH);
}

/* A repeat's count, or false after a complaint. */
static bool count(struct tt_reader *r, uint64_t *out)
{
    const struct tt_tok *t = tt_peek(r, 0);

    if (!t || (t->kind != TT_T_INT && t->kind != TT_T_HEX))
        return tt_bad(r, t,
                      "write 20*8 for exactly 8, 20*8.. for 8 or more, "
                      "20*2..5 for 2 to 5",
                      "'*' needs a count");
    if (!tt_all_digits(t->v))
        return tt_bad(r, t, NULL, "the count must be a decimal number");
    r->i++;
    *out = tt_decimal(t->v);
    return true;
}

/* After '*': lo, and hi (UINT64_MAX: open). */
static bool counts(struct tt_reader *r, uint64_t *lo, uint64_t *hi)
{
    const struct tt_tok *a = tt_peek(r, 0), *dots, *b;

    if (!count(r, lo))
        return false;
    *hi = *lo;
    dots = tt_peek(r, 0);
    if (tt_is_op(r, "..")) {
        r->i++;
        b = tt_peek(r, 0);
        *hi = UINT64_MAX;
        if (b && (b->kind == TT_T_INT || b->kind == TT_T_HEX) &&
            tt_all_digits(b->v) && b->line == dots->line &&
            b->col == dots->col + 2)
            (void)count(r, hi);
    }
    if (*hi < *lo) {
        (void)tt_bad(r, a, NULL, "the repeat %llu..%llu runs backwards",
                     (unsigned long long)*lo, (unsigned long long)*hi);
        tt_hint(r, "write %llu..%llu", (unsigned long long)*hi,
                (unsigned long long)*lo);
        return false;
    }
    if (*lo > TT_MAX_REPEAT || (*hi != UINT64_MAX && *hi > TT_MAX_REPEAT))
        return tt_bad(r, a, NULL, "a repeat may not exceed %d", TT_MAX_REPEAT);
    if (*hi == 0)
        return tt_bad(r, a, "use '?' for something optional",
                      "a repeat of 0 can match nothing");
    return true;
}

bool tt_read_repeat(struct tt_reader *r, uint32_t *lo, uint32_t *hi)
{
    uint64_t a = 0, b = 1;

    if (tt_is_op(r, "*")) {
        r->i++;
        if (!counts(r, &a, &b))
            return false;
    } else {
        r->i++; /* ? */
    }
    *lo = (uint32_t)a;
    *hi = b == UINT64_MAX ? TT_NO_LIMIT : (uint32_t)b;
    return true;
}

/* kid with the repeat that follows it, if one does. */
static struct tt_node *repeated(struct tt_reader *r, struct tt_node *kid)
{
    struct tt_node *n;

    if (!kid || (!tt_is_op(r, "*") && !tt_is_op(r, "?")))
        return kid;
    n = tt_node_new(r, tt_peek(r, 0), TT_N_REP);
    if (!n || !tt_read_repeat(r, &n->lo, &n->hi))
        return NULL;
    n->lane = kid->lane;
    n->kids = kid;
    return n;
}

/* [name:] core [repeat] */
static struct tt_node *element(struct tt_reader *r)
{
    const struct tt_tok *name = tt_peek(r, 0);
    bool named = name->kind == TT_T_NAME && tt_tok_is(tt_peek(r, 1), ":");
    struct tt_node *kid, *n;

    if (!named && name->kind == TT_T_HEX && tt_tok_is(tt_peek(r, 1), ":")) {
        (void)tt_field_name_ok(r, name);
        return NULL;
    }
    if (named && !tt_field_name_ok(r, name))
        return NULL;
    if (named)
        r->i += 2;
    kid = repeated(r, tt_read_core(r, named));
    if (!kid || !named)
        return kid;
    n = tt_node_new(r, name, TT_N_FIELD);
    if (!n)
        return NULL;
    n->lane = kid->lane;
    n->kids = kid;
    n->field = tt_field_add(r, name, n);
    return n->field < 0 ? NULL : n;
}

/* within TIME: belongs to the hop made last. */
static bool within(struct tt_reader *r)
{
    const struct tt_tok *t = tt_peek(r, 0);
    struct tt_dur dur;

    r->i++;
    if (!tt_read_wait(r, t, &dur))
        return false;
    if (!r->hop)
        return tt_bad(r, t,
                      "put it after a lane mark or after then:  > 7F < 79 "
                      "within 1s",
                      "'within' has nothing before it to count from");
    r->hop->has_dur = true;
    r->hop->dur = dur;
    return true;
}

bool tt_read_wait(struct tt_reader *r, const struct tt_tok *word,
                  struct tt_dur *out)
{
    const struct tt_tok *t = tt_peek(r, 0);

    if (!t || t->kind != TT_T_DUR)
        return tt_bad(r, t, NULL, "'%s' needs a time such as 1s, 50ms or 3.5ch",
                      tt_quote(r, word->v));
    r->i++;
    return tt_dur_word(r, t, out);
}

/* A lane mark.  After 'then' it is part of that, else a hop of its own;
 * *out stays NULL when it makes no node. */
static bool lane_mark(struct tt_reader *r, struct tt_node *last,
                      struct tt_node **out)
{
    const struct tt_tok *t = tt_peek(r, 0);

    r->i++;
    r->lane = *t->v.p == '>'   ? TT_LANE_HOST
              : *t->v.p == '<' ? TT_LANE_DEVICE
                               : TT_LANE_TOOL;
    if (last && last->kind == TT_N_THEN) {
        last->lane = r->lane;
        return true;
    }
    *out = r->hop = tt_node_new(r, t, TT_N_HOP);
    return *out != NULL;
}

static bool is_lane_mark(const struct tt_tok *t)
{
    return tt_tok_is(t, ">") || tt_tok_is(t, "<") || tt_tok_is(t, "$");
}

/* silence, quiet, after, then, start, end; false when it is none of them. */
static bool is_word_item(const struct tt_tok *t, enum tt_node_kind *kind)
{
    static const struct {
        const char *word;
        enum tt_node_kind kind;
    } items[] = {{"silence", TT_N_SILENCE}, {"quiet", TT_N_QUIET},
                 {"after", TT_N_AFTER},     {"then", TT_N_THEN},
                 {"start", TT_N_START},     {"end", TT_N_END}};

    for (size_t i = 0; i < TT_LEN(items); i++)
        if (tt_is_name(t, items[i].word)) {
            *kind = items[i].kind;
            return true;
        }
    return false;
}

static struct tt_node *word_item(struct tt_reader *r, enum tt_node_kind kind)
{
    const struct tt_tok *t = tt_peek(r, 0);
    struct tt_node *n = tt_node_new(r, t, kind);

    r->i++;
    if (n && kind == TT_N_THEN)
        r->hop = n;
    if (n &&
        (kind == TT_N_SILENCE || kind == TT_N_QUIET || kind == TT_N_AFTER) &&
        !tt_read_wait(r, t, &n->dur))
        return NULL;
    return n;
}

/* One item of a sequence; *out stays NULL when it makes no node. */
static bool item(struct tt_reader *r, struct tt_node *last,
                 struct tt_node **out)
{
    const struct tt_tok *t = tt_peek(r, 0);
    enum tt_node_kind kind;

    *out = NULL;
    if (is_lane_mark(t))
        return lane_mark(r, last, out);
    if (tt_is_name(t, "within"))
        return within(r);
    if (t->kind == TT_T_EVENT) {
        struct tt_node *n = tt_node_new(r, t, TT_N_EVENT);

        if (!n || !tt_event_word(r, t, false, &n->event))
            return false;
        r->i++;
        *out = repeated(r, n);
    } else if (is_word_item(t, &kind) && !tt_tok_is(tt_peek(r, 1), ":")) {
        *out = word_item(r, kind);
    } else {
        *out = element(r);
    }
    return *out != NULL;
}

static bool ends_sequence(const struct tt_tok *t)
{
    return !t || tt_tok_is(t, ")") || tt_tok_is(t, "|") || tt_tok_is(t, "=>");
}

static struct tt_node *sequence(struct tt_reader *r)
{
    struct tt_node *seq = tt_node_new(r, tt_peek(r, 0), TT_N_SEQ);
    struct tt_node *last = NULL, *n;
    bool any = false;

    while (seq && !ends_sequence(tt_peek(r, 0))) {
        if (!item(r, last, &n))
            return NULL;
        any = true;
        if (!n)
            continue;
        if (last)
            last->next = n;
        else
            seq->kids = n;
        last = n;
    }
    if (seq && (!any || !seq->kids)) {
        (void)tt_bad(r, NULL, NULL, "a pattern is missing here");
        return NULL;
    }
    return seq;
}

struct tt_node *tt_read_alternatives(struct tt_reader *r)
{
    enum tt_lane before = r->lane, after;
    struct tt_node *first = sequence(r), *last = first, *alt;

    after = r->lane;
    if (!first || !tt_is_op(r, "|"))
        return first;
    alt = tt_node_new(r, tt_peek(r, 0), TT_N_ALT);
    if (!alt)
        return NULL;
    alt->kids = first;
    while (tt_is_op(r, "|")) {
        r->i++;
        r->lane = before;
        last->next = sequence(r);
        last = last->next;
        if (!last)
            return NULL;
        if (r->lane != after) {
            (void)tt_bad(r, NULL,
                         "end each alternative on the same lane (> host or < "
                         "device)",
                         "the alternatives end on different lanes");
            return NULL;
        }
    }
    return alt;
}

struct tt_node *tt_read_pattern(struct tt_reader *r)
{
    r->lane = TT_LANE_LINE;
    r->hop = NULL;
    r->nodes = r->depth = r->operators = 0;
    r->in_pattern = true;
    return tt_read_alternatives(r);
}
