#include "rules/words.h"

#include <stdio.h>
#include <string.h>

#define LIST(name)         \
    {                      \
        name, TT_LEN(name) \
    }

static const char *const statements[] = {
    "title",   "match", "step", "gap",  "timeout",  "unless", "where",
    "verdict", "cause", "fix",  "ref",  "severity", "claim",  "refines",
    "expires", "until", "yes",  "no",   "tag",      "author", "cap",
    "log",     "side",  "next", "note", "probe",    "basis"};
static const char *const protocols[] = {"settings", "ref", "about", "basis"};
static const char *const edges[] = {"rule", "table", "protocol"};
static const char *const functions[TT_FNS] = {
    "sum8",         "xor8",      "neg8",        "lrc",          "sum16",
    "carry8",       "ems8",      "fletcher8",   "hexsum8",      "crc8",
    "crc16_modbus", "crc16_x25", "crc16_ccitt", "crc16_xmodem", "crc16_arc",
    "crc16_kermit", "crc16_dnp", "crc8_rohc",   "crc16_umts",   "crc24q",
    "crc8_mstp",    "crc32",     "hexval",      "decval",       "length"};
static const char *const classes[] = {"any",   "printable", "graph", "digit",
                                      "hex",   "upper",     "lower", "alpha",
                                      "alnum", "space",     "ctrl",  "high",
                                      "eol",   "base64"};
/* As enum tt_event, less what only tapes have. */
static const char *const events[] = {
    "break",       "baud",         "dtr+",    "dtr-", "rts+",  "rts-", "cts+",
    "cts-",        "dsr+",         "dsr-",    "dcd+", "dcd-",  "ri+",  "ri-",
    "frame-error", "parity-error", "overrun", "open", "close", "lost"};
static const char *const severities[] = {"info", "note", "warning", "error"};
static const char *const sides[] = {"host",     "device", "wiring",
                                    "settings", "tool",   "computer"};
static const char *const bases[] = {"recording", "source", "document"};
static const char *const builtins[TT_BUILTINS] = {"reached", "steps", "next",
                                                  "hits", "elapsed"};
static const char *const sensors[TT_SENSORS] = {"loop",        "echo",
                                                "no_xon_xoff", "no_cr",
                                                "seven_bit",   "doubled_ff",
                                                "only_crlf"};
static const char *const formats[] = {"hex", "dec", "char", "text"};
static const char *const forms[] = {"hex", "dec", "word", "line"};
static const char *const others[] = {"from",  "then",  "within", "silence",
                                     "quiet", "after", "same",   "bytes",
                                     "line",  "start", "end",    "sensor",
                                     "and",   "or",    "not",    "in",
                                     "when"};

const struct tt_words tt_statement_words = LIST(statements);
const struct tt_words tt_protocol_words = LIST(protocols);
const struct tt_words tt_edge_words = LIST(edges);
const struct tt_words tt_class_words = LIST(classes);
const struct tt_words tt_function_words = LIST(functions);
const struct tt_words tt_event_words = LIST(events);
const struct tt_words tt_severity_words = LIST(severities);
const struct tt_words tt_side_words = LIST(sides);
const struct tt_words tt_basis_words = LIST(bases);
const struct tt_words tt_builtin_words = LIST(builtins);
const struct tt_words tt_sensor_words = LIST(sensors);
const struct tt_words tt_format_words = LIST(formats);
const struct tt_words tt_form_words = LIST(forms);

int tt_word_find(const struct tt_words *list, struct tt_slice w)
{
    for (size_t i = 0; i < list->n; i++)
        if (tt_slice_is(w, list->word[i]))
            return (int)i;
    return -1;
}

bool tt_class_set(struct tt_slice name, struct tt_set *out)
{
    /* Each class as pairs of first and last byte, in the order of classes. */
    static const char *const ranges[TT_LEN(classes)] = {"\x00\xff",
                                                        " ~",
                                                        "!~",
                                                        "09",
                                                        "09AFaf",
                                                        "AZ",
                                                        "az",
                                                        "AZaz",
                                                        "09AZaz",
                                                        "\x09\x0a\x0d\x0d  ",
                                                        "\x00\x1f\x7f\x7f",
                                                        "\x80\xff",
                                                        "\x0a\x0a\x0d\x0d",
                                                        "++/9AZaz"};
    static const uint8_t npairs[TT_LEN(classes)] = {1, 1, 1, 1, 3, 1, 1,
                                                    2, 3, 3, 2, 1, 2, 4};
    int i = tt_word_find(&tt_class_words, name);

    if (i < 0)
        return false;
    *out = (struct tt_set){{0}};
    for (unsigned k = 0; k < npairs[i]; k++) {
        unsigned lo = (uint8_t)ranges[i][2 * k];
        unsigned hi = (uint8_t)ranges[i][2 * k + 1];

        for (unsigned b = lo; b <= hi; b++)
            out->w[b >> 6] |= UINT64_C(1) << (b & 63);
    }
    return true;
}

bool tt_type_find(struct tt_slice name, struct tt_type *out)
{
    static const struct tt_type all[] = {
        {1, true, false}, {1, true, true}, {2, false, false}, {2, true, false},
        {2, false, true}, {2, true, true}, {3, false, false}, {3, true, false},
        {3, false, true}, {3, true, true}, {4, false, false}, {4, true, false},
        {4, false, true}, {4, true, true}, {8, false, false}, {8, true, false},
        {8, false, true}, {8, true, true}};
    char word[8];

    if (name.n < 2 || (name.p[0] != 'u' && name.p[0] != 'i'))
        return false;
    for (size_t i = 0; i < TT_LEN(all); i++) {
        tt_type_name(&all[i], word);
        if (tt_slice_is(name, word)) {
            *out = all[i];
            return true;
        }
    }
    return false;
}

void tt_type_name(const struct tt_type *t, char *name)
{
    (void)snprintf(name, 8, "%c%u%s", t->is_signed ? 'i' : 'u',
                   t->size * 8u & 127u,
                   t->size == 1 ? ""
                   : t->big     ? "be"
                                : "le");
}

bool tt_word_reserved(struct tt_slice w)
{
    static const struct tt_words other_words = LIST(others);
    static const struct tt_words *const lists[] = {
        &tt_statement_words, &tt_protocol_words, &tt_edge_words,
        &tt_class_words,     &tt_builtin_words,  &other_words};
    struct tt_type type;

    for (size_t i = 0; i < TT_LEN(lists); i++)
        if (tt_word_find(lists[i], w) >= 0)
            return true;
    return tt_type_find(w, &type);
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/*
 * Letters to insert, delete, change or swap to make b from a in lower case
 * (Damerau, without edits between swapped letters).
 */
static unsigned distance(struct tt_slice a, struct tt_slice b)
{
    unsigned row[3][TT_MAX_NAME + 2];
    unsigned *two = row[0], *one = row[1], *now = row[2];

    for (unsigned j = 0; j <= b.n; j++)
        one[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned *spare = two;

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            bool same = lower(a.p[i - 1]) == (unsigned char)b.p[j - 1];

            now[j] = min3(one[j] + 1, now[j - 1] + 1, one[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a.p[i - 1]) == (uint8_t)b.p[j - 2] &&
                lower(a.p[i - 2]) == (uint8_t)b.p[j - 1] &&
                two[j - 2] + 1 < now[j])
                now[j] = two[j - 2] + 1;
        }
        two = one;
        one = now;
        now = spare;
    }
    return one[b.n];
}

struct best {
    const char *word;
    unsigned d;
};

static void consider(struct best *best, struct tt_slice w, const char *word)
{
    size_t most = w.n / 3 > 1 ? w.n / 3 : 1;
    struct tt_slice c = tt_slice_of(word);
    unsigned d;

    if (c.n > TT_MAX_NAME || w.n > c.n + most || c.n > w.n + most)
        return;
    d = distance(w, c);
    if (d > most || (best->word && d > best->d))
        return;
    if (!best->word || d < best->d || strcmp(word, best->word) < 0)
        *best = (struct best){word, d};
}

const char *tt_word_near(struct tt_slice w, const struct tt_words *list)
{
    struct best best = {NULL, 0};

    for (size_t i = 0; i < list->n; i++)
        consider(&best, w, list->word[i]);
    return best.word;
}

const char *tt_rules_near(const struct tt_rules *set, const char *name)
{
    struct best best = {NULL, 0};

    for (const struct tt_rule *r = set->rules; r; r = r->next)
        consider(&best, tt_slice_of(name), r->name);
    return best.word;
}

unsigned tt_function_bits(enum tt_fn fn)
{
    static const uint8_t bits[TT_FNS] = {8,  8,  8,  8,  16, 8,  8,  16, 8,
                                         8,  16, 16, 16, 16, 16, 16, 16, 8,
                                         16, 24, 8,  32, 0,  0,  0};

    return (unsigned)fn < TT_FNS ? bits[fn] : 0;
}
