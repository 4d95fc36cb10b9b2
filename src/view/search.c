#include "view/search.h"

#include <string.h>

/* Records after the first in which a needle may go on. */
enum { MOST_PIECES = 256, COST_OF_A_RECORD = 32 };

/* ---- what to look for --------------------------------------------------- */

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

static char lower_of(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool add(struct needle *n, int byte, int mask)
{
    if (n->n == MAX_NEEDLE)
        return false;
    n->byte[n->n] = (uint8_t)byte;
    n->mask[n->n++] = (uint8_t)mask;
    return true;
}

/* "text" with \r \n \t \0 \\ \" \xNN; s stands on the first quote and is
 * moved behind the last. */
static bool add_text(struct needle *n, const char **s)
{
    const char *p = *s + 1;

    for (; *p && *p != '"'; p++) {
        int c = (unsigned char)*p;

        if (c == '\\' && p[1] == 'x' && hex_of(p[2]) >= 0 &&
            hex_of(p[3]) >= 0) {
            c = hex_of(p[2]) << 4 | hex_of(p[3]);
            p += 3;
        } else if (c == '\\' && p[1]) {
            static const char from[] = "rnt0e", to[] = "\r\n\t\0\x1B";
            const char *at = strchr(from, *++p);

            c = at ? to[at - from] : *p;
        }
        if (!add(n, c, 0xFF))
            return false;
    }
    *s = *p ? p + 1 : p;
    return true;
}

static enum tt_status parse_bytes(struct needle *n, const char *s,
                                  struct tt_error *err)
{
    bool room = true;

    while (*s && room) {
        int high = hex_of(*s), low = *s ? hex_of(s[1]) : -1;

        if (*s == ' ') {
            s++;
        } else if (*s == '"') {
            room = add_text(n, &s);
        } else if (s[0] == '?' && s[1] == '?') {
            room = add(n, 0, 0);
            s += 2;
        } else if (high >= 0 && low >= 0 && hex_of(s[2]) < 0) {
            room = add(n, high << 4 | low, 0xFF);
            s += 2;
        } else {
            return tt_fail(err, TT_ERR_SYNTAX,
                           "'%.20s': bytes are 7F 0D, text is \"ok\", an event "
                           "[break], a label @sync",
                           s);
        }
    }
    if (!room)
        return tt_fail(err, TT_ERR_LIMIT, "at most %d bytes", MAX_NEEDLE);
    return TT_OK;
}

enum tt_status needle_parse(struct needle *n, const char *text,
                            struct tt_error *err)
{
    const char *s = text + strspn(text, " ");
    enum tt_status st = TT_OK;

    *n = (struct needle){.kind = SEARCH_BYTES, .lane = -1};
    if (*s && strchr("><$", *s)) {
        n->lane = *s == '>'   ? TT_LANE_HOST
                  : *s == '<' ? TT_LANE_DEVICE
                              : TT_LANE_TOOL;
        s++;
        s += strspn(s, " ");
    }
    if (*s == '[') {
        struct tt_slice name = {s + 1, strcspn(s + 1, "]")};

        n->kind = SEARCH_EVENT;
        n->event = tt_event_by_name(name);
        if (!n->event)
            return tt_fail(err, TT_ERR_SYNTAX,
                           "'%.20s' is no event: [break] [dtr+] [rts-] "
                           "[frame-error] [open] ...",
                           s);
        return TT_OK;
    }
    if (*s == '@') {
        n->kind = SEARCH_LABEL;
        for (s++; *s && n->n + 1 < MAX_NEEDLE; s++)
            n->text[n->n++] = lower_of(*s);
        return n->n ? TT_OK
                    : tt_fail(err, TT_ERR_SYNTAX, "@ wants letters of a label");
    }
    st = parse_bytes(n, s, err);
    if (!st && !n->n)
        return tt_fail(err, TT_ERR_SYNTAX, "nothing to search for");
    return st;
}

/* ---- looking ------------------------------------------------------------ */

void search_begin(struct search *s, const struct needle *n, bool back,
                  uint64_t record, size_t at)
{
    *s = (struct search){
        .needle = *n, .back = back, .record = record, .at = at, .partly = true};
}

/* The record and what follows it on its lane, as long as the needle may
 * reach.  The bytes are copied: the next look-up may move them. */
struct window {
    uint8_t tail[MAX_NEEDLE];
    size_t ntail;
};

static void look_ahead(const struct store *store, uint64_t n, enum tt_lane lane,
                       size_t want, struct window *w)
{
    struct tt_record r;
    uint64_t offset;

    w->ntail = 0;
    for (uint64_t i = n + 1; i <= n + MOST_PIECES && w->ntail < want; i++) {
        size_t k;

        if (!store_get(store, i, &r, &offset))
            return;
        if (r.event != TT_EV_NONE || r.lane != lane)
            continue;
        k = r.len < want - w->ntail ? r.len : want - w->ntail;
        memcpy(w->tail + w->ntail, r.bytes, k);
        w->ntail += k;
    }
}

/* Does the needle stand at byte at of the record, going on in the window? */
static bool stands(const struct needle *n, const struct tt_record *r, size_t at,
                   const struct window *w)
{
    for (size_t i = 0; i < n->n; i++) {
        size_t k = at + i;
        uint8_t b;

        if (k < r->len)
            b = r->bytes[k];
        else if (k - r->len < w->ntail)
            b = w->tail[k - r->len];
        else
            return false;
        if ((b ^ n->byte[i]) & n->mask[i])
            return false;
    }
    return true;
}

/* May this byte of the record be where it begins? */
static bool is_beyond(const struct search *s, size_t at)
{
    if (!s->partly)
        return true;
    return s->back ? at < s->at : at > s->at;
}

static bool find_bytes(struct search *s, const struct store *store,
                       uint64_t offset)
{
    const struct needle *n = &s->needle;
    struct tt_record r;
    struct window w;

    if (!store_get(store, s->record, &r, &offset) || r.event != TT_EV_NONE ||
        (n->lane >= 0 && (int)r.lane != n->lane))
        return false;
    look_ahead(store, s->record, r.lane, n->n - 1, &w);
    if (!store_get(store, s->record, &r, &offset))
        return false;
    for (size_t i = 0; i < r.len; i++) {
        size_t at = s->back ? r.len - 1 - i : i;

        if (!is_beyond(s, at) || !stands(n, &r, at, &w))
            continue;
        s->found = (struct finding){s->record, at, offset + at, n->n, r.lane};
        return true;
    }
    return false;
}

static bool holds(struct tt_slice text, const struct needle *n)
{
    for (size_t i = 0; i + n->n <= text.n; i++) {
        size_t k = 0;

        while (k < n->n && lower_of(text.p[i + k]) == n->text[k])
            k++;
        if (k == n->n)
            return true;
    }
    return false;
}

/* A label that begins in the record. */
static bool find_label(struct search *s, const struct tt_record *r,
                       uint64_t offset, const struct labels *labels)
{
    const struct label *l;
    bool any = false;
    size_t from = 0;

    if (s->needle.lane >= 0 && (int)r->lane != s->needle.lane)
        return false;
    while ((l = labels_next(labels, r->lane, offset, r->len, &from))) {
        size_t at;

        if (l->offset < offset || !holds(l->text, &s->needle))
            continue;
        at = (size_t)(l->offset - offset);
        if (!is_beyond(s, at))
            continue;
        s->found =
            (struct finding){s->record, at, l->offset, (size_t)l->len, r->lane};
        any = true;
        if (!s->back)
            return true;
    }
    return any;
}

static bool find_here(struct search *s, const struct store *store,
                      const struct labels *labels, const struct tt_record *r,
                      uint64_t offset)
{
    switch (s->needle.kind) {
    case SEARCH_BYTES: return find_bytes(s, store, offset);
    case SEARCH_LABEL:
        return r->event == TT_EV_NONE && find_label(s, r, offset, labels);
    case SEARCH_EVENT:
        if (s->partly || r->event != s->needle.event)
            return false;
        s->found = (struct finding){s->record, 0, 0, 0, TT_LANE_LINE};
        return true;
    default: return false;
    }
}

enum search_state search_step(struct search *s, const struct store *store,
                              const struct labels *labels, size_t bytes)
{
    size_t cost = 0;

    while (cost < bytes) {
        struct tt_record r;
        uint64_t offset;

        if (s->record < store_first(store) || s->record >= store_end(store) ||
            !store_get(store, s->record, &r, &offset))
            return SEARCH_END;
        cost += r.len + COST_OF_A_RECORD;
        if (find_here(s, store, labels, &r, offset))
            return SEARCH_FOUND;
        s->partly = false;
        if (s->back && !s->record)
            return SEARCH_END;
        s->record += s->back ? (uint64_t)-1 : 1;
    }
    return SEARCH_MORE;
}
