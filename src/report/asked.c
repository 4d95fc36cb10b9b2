/*
 * asked - the bytes that somebody's text is about: "0x68", "7f 1f",
 * "expected 0xfd got 0xa0", "resp=0x68".
 */
#include "report/explain.h"

#include <string.h>

enum { MAX_WORD = 32, BACK = 3 };

struct word {
    char s[MAX_WORD]; /* in lower case */
    size_t n;
};

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Words are what stands between these. */
static bool splits(char c)
{
    return (uint8_t)c <= ' ' || strchr(",;:=()[]{}\"'`|", c);
}

/* Hex pairs of s, n of them digits, to out; 0 when they are none. */
static size_t pairs(const char *s, size_t n, uint8_t *out, size_t max)
{
    size_t k = 0;

    if (!n || n % 2 || n / 2 > max)
        return 0;
    for (size_t i = 0; i < n; i += 2, k++) {
        int hi = hex_of(s[i]), lo = hex_of(s[i + 1]);

        if (hi < 0 || lo < 0)
            return 0;
        out[k] = (uint8_t)(hi << 4 | lo);
    }
    return k;
}

/* The bytes of a word: 0x68, \x68, 68h, 0xA; with bare also 68, 7f1f and
 * 68*4.  How many; 0: it is no byte. */
static size_t word_bytes(const struct word *w, bool bare, uint8_t *out,
                         size_t max)
{
    size_t k;

    if (w->n > 2 && (!memcmp(w->s, "0x", 2) || !memcmp(w->s, "\\x", 2))) {
        if (w->n == 3 && hex_of(w->s[2]) >= 0 && max) {
            out[0] = (uint8_t)hex_of(w->s[2]);
            return 1;
        }
        k = pairs(w->s + 2, w->n - 2, out, max);
        /* 0x1d0d in a message is a number, not two bytes */
        return bare || k == 1 ? k : 0;
    }
    if (w->n == 3 && w->s[2] == 'h')
        return pairs(w->s, 2, out, max);
    if (!bare)
        return 0;
    if (w->n > 3 && w->n < 6 && w->s[2] == '*') {
        size_t times = (size_t)(w->s[3] - '0');

        if (w->n == 5)
            times = times * 10 + (size_t)(w->s[4] - '0');
        if (times < 1 || times > max || !pairs(w->s, 2, out, max))
            return 0;
        memset(out, out[0], times);
        return times;
    }
    return pairs(w->s, w->n, out, max);
}

static size_t next_word(struct word *w, const char *text, size_t n, size_t at)
{
    while (at < n && splits(text[at]))
        at++;
    w->n = 0;
    for (; at < n && !splits(text[at]); at++) {
        char c = text[at];

        if (c == '\\' && w->n) /* \x7f\x1f */
            break;
        if (w->n < MAX_WORD - 1)
            w->s[w->n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    while (w->n && (w->s[w->n - 1] == '.' || w->s[w->n - 1] == '!' ||
                    w->s[w->n - 1] == '?'))
        w->n--;
    w->s[w->n] = '\0';
    return at;
}

/* +1: what follows was wanted, -1: it was got, 0: neither is said. */
static int role_of(const struct word *w)
{
    static const char *const wanted[] = {"expect", "want", "should", "instead",
                                         "awaited"};
    static const char *const got[] = {"got",  "resp",  "receiv", "unexpect",
                                      "read", "found", "answer", "was"};

    for (size_t i = 0; i < TT_LEN(wanted); i++)
        if (!strncmp(w->s, wanted[i], strlen(wanted[i])))
            return 1;
    for (size_t i = 0; i < TT_LEN(got); i++)
        if (!strncmp(w->s, got[i], strlen(got[i])))
            return -1;
    return 0;
}

static void add(uint8_t *list, size_t *n, const uint8_t *p, size_t k)
{
    if (k > TT_MAX_ASKED_BYTES - *n)
        k = TT_MAX_ASKED_BYTES - *n;
    memcpy(list + *n, p, k);
    *n += k;
}

/* Nothing but bytes?  A '<' before them is what they are taken for anyway. */
static bool all_bytes(struct tt_asked *a, const char *text, size_t n)
{
    uint8_t b[TT_MAX_ASKED_BYTES];
    struct word w;
    size_t at = 0, k;

    while ((at = next_word(&w, text, n, at)), w.n) {
        if (w.n == 1 && w.s[0] == '<' && !a->ngot)
            continue;
        k = word_bytes(&w, true, b, sizeof(b));
        if (!k || k > TT_MAX_ASKED_BYTES - a->ngot)
            return false;
        add(a->got, &a->ngot, b, k);
    }
    return a->ngot > 0;
}

void tt_asked_read(struct tt_asked *a, const char *text, size_t n)
{
    int near[BACK] = {0};
    uint8_t b[TT_MAX_ASKED_BYTES];
    struct word w;
    size_t at = 0;

    *a = (struct tt_asked){0};
    if (all_bytes(a, text, n)) {
        a->only_bytes = true;
        return;
    }
    a->ngot = 0;
    while (n && splits(text[n - 1]))
        n--;
    if (n == 1) { /* "h" */
        a->got[a->ngot++] = (uint8_t)text[0];
        a->only_bytes = true;
        return;
    }
    while ((at = next_word(&w, text, n, at)), w.n) {
        size_t k = word_bytes(&w, false, b, sizeof(b));
        int role = 0;

        for (size_t i = 0; k && !role && i < BACK; i++)
            role = near[i];
        if (k && role > 0)
            add(a->wanted, &a->nwanted, b, k);
        else if (k)
            add(a->got, &a->ngot, b, k);
        memmove(near + 1, near, sizeof(near) - sizeof(near[0]));
        near[0] = role_of(&w);
    }
}
