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

static char upper_of(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool add(struct needle *n, int byte, int mask)
{
    if (n->n == MAX_NEEDLE)
        return false;
    n->byte[n->n] = (uint8_t)byte;
    n->mask[n->n++] = (uint8_t)mask;
    return true;
}

/* One character of text, with \r \n \t \0 \e \\ \" \xNN; s is moved behind
 * it. */
static int text_char(const char **s)
{
    static const char from[] = "rnt0e", to[] = "\r\n\t\0\x1B";
    const char *p = *s, *at;
    int c = (unsigned char)*p++;

    if (c == '\\' && p[0] == 'x' && hex_of(p[1]) >= 0 && hex_of(p[2]) >= 0) {
        c = hex_of(p[1]) << 4 | hex_of(p[2]);
        p += 3;
    } else if (c == '\\' && *p) {
        at = strchr(from, *p);
        c = at ? to[at - from] : (unsigned char)*p;
        p++;
    }
    *s = p;
    return c;
}

/* Text up to a quote (or the end), or up to its end. */
static bool add_text(struct needle *n, const char **s, bool quoted)
{
    while (**s && !(quoted && **s == '"'))
        if (!add(n, text_char(s), 0xFF))
            return false;
    *s += quoted && **s;
    return true;
}

/* Letters of text that has no capital are found in both cases. */
static void fold(struct needle *n, size_t from)
{
    for (size_t i = from; i < n->n; i++)
        if (n->byte[i] >= 'A' && n->byte[i] <= 'Z')
            return;
    for (size_t i = from; i < n->n; i++)
        if (n->byte[i] >= 'a' && n->byte[i] <= 'z')
            n->mask[i] = 0xDF;
}

/* How many characters of a word are bytes (7F, 746D, 0x7F, ??); 0 when it is
 * none. */
static size_t bytes_of_word(const char *s, size_t len)
{
    size_t at = len > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') ? 2 : 0;

    if (len == at || (len - at) % 2)
        return 0;
    for (size_t i = at; i < len; i += 2)
        if ((hex_of(s[i]) < 0 || hex_of(s[i + 1]) < 0) &&
            (at || s[i] != '?' || s[i + 1] != '?'))
            return 0;
    return len - at;
}

static bool add_word(struct needle *n, const char *s, size_t len)
{
    for (const char *end = s + len; s < end; s += 2)
        if (*s == '?' ? !add(n, 0, 0)
                      : !add(n, hex_of(s[0]) << 4 | hex_of(s[1]), 0xFF))
            return false;
    return true;
}

static enum tt_status full(struct tt_error *err)
{
    return tt_fail(err, TT_ERR_LIMIT, "at most %d bytes", MAX_NEEDLE);
}

/* Bytes and quoted text; as it stands: not folded. */
static enum tt_status parse_bytes(struct needle *n, const char *s, bool exact,
                                  struct tt_error *err)
{
    while (*s) {
        size_t len = strcspn(s, " \""), digits = bytes_of_word(s, len);
        size_t from = n->n;

        if (*s == ' ') {
            s++;
        } else if (*s == '"') {
            s++;
            if (!add_text(n, &s, true))
                return full(err);
            if (!exact)
                fold(n, from);
        } else if (digits) {
            if (!add_word(n, s + len - digits, digits))
                return full(err);
            s += len;
        } else {
            return tt_fail(err, TT_ERR_SYNTAX,
                           "'%.20s': bytes are 7F 0D, text is \"ok\"", s);
        }
    }
    return n->n ? TT_OK : tt_fail(err, TT_ERR_SYNTAX, "no bytes, no text");
}

/* Is there a word in it that cannot be bytes?  Then all of it is text. */
static bool is_text(const char *s)
{
    if (strchr(s, '"'))
        return false;
    while (*s) {
        size_t len = strcspn(s, " ");

        if (len && !bytes_of_word(s, len))
            return true;
        s += len;
        s += *s == ' ';
    }
    return false;
}

/* "[115200 8N1]", "[115200]", "[break]", "[BREAK]". */
static enum tt_status parse_event(struct needle *n, const char *s,
                                  struct tt_error *err)
{
    char name[40];
    size_t len = strcspn(s + 1, "]"), at = 0;

    n->kind = SEARCH_EVENT;
    for (; at < len && at + 1 < sizeof(name); at++)
        name[at] = lower_of(s[1 + at]);
    name[at] = '\0';
    at = strspn(name, "0123456789");
    if (at && at < 9) {
        n->event = TT_EV_BAUD;
        for (size_t i = 0; i < at; i++)
            n->baud = n->baud * 10 + (uint32_t)(name[i] - '0');
        at += strspn(name + at, " ");
        for (size_t i = 0; i < 3 && name[at]; i++, at++)
            n->mode[i] = upper_of(name[at]);
        if (name[at])
            n->event = TT_EV_NONE;
    } else {
        n->event = tt_event_by_name(tt_slice_of(name));
    }
    if (n->event)
        return TT_OK;
    return tt_fail(err, TT_ERR_SYNTAX,
                   "'%.20s' is no event: [115200 8N1] [break] [dtr+] "
                   "[frame-error] ...; text is \"[..\"",
                   s);
}

enum tt_status bytes_parse(struct needle *n, const char *text,
                           struct tt_error *err)
{
    *n = (struct needle){.kind = SEARCH_BYTES, .lane = -1};
    return parse_bytes(n, text, true, err);
}

enum tt_status needle_parse(struct needle *n, const char *text,
                            struct tt_error *err)
{
    const char *s = text + strspn(text, " ");

    *n = (struct needle){.kind = SEARCH_BYTES, .lane = -1};
    if (*s && strchr("><$", *s)) {
        n->lane = *s == '>'   ? TT_LANE_HOST
                  : *s == '<' ? TT_LANE_DEVICE
                              : TT_LANE_TOOL;
        s++;
        s += strspn(s, " ");
    }
    if (*s == '[')
        return parse_event(n, s, err);
    if (*s == '@') {
        n->kind = SEARCH_LABEL;
        for (s++; *s && n->n + 1 < MAX_NEEDLE; s++)
            n->text[n->n++] = lower_of(*s);
        return n->n ? TT_OK
                    : tt_fail(err, TT_ERR_SYNTAX, "@ wants letters of a label");
    }
    if (!*s)
        return tt_fail(err, TT_ERR_SYNTAX, "nothing to search for");
    if (!is_text(s))
        return parse_bytes(n, s, false, err);
    if (!add_text(n, &s, false))
        return full(err);
    fold(n, 0);
    return TT_OK;
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

static bool is_event(const struct needle *n, const struct tt_record *r)
{
    return r->event == n->event && (!n->baud || n->baud == r->baud) &&
           (!n->mode[0] || !strncmp(n->mode, r->mode, sizeof(n->mode)));
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
        if (s->partly || !is_event(&s->needle, r))
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
