/*
 * private - how what is somebody's own is found in a text: by the words of
 * the tables private_* of the rules, and by forms that need no word.
 *
 * Layer: report.  Used by redact only.
 */
#ifndef TT_REPORT_PRIVATE_H
#define TT_REPORT_PRIVATE_H

#include "rules/rules.h"

/* The tables; see rules/private.rules. */
enum tt_private_list {
    TT_PRIVATE_WORDS,    /* "sn": a value after : or = */
    TT_PRIVATE_NAMES,    /* "ssid": one that may hold blanks */
    TT_PRIVATE_LINES,    /* "+CMGS": all to the end of the line */
    TT_PRIVATE_MESSAGES, /* "+CMGR": and the lines after it */
    TT_PRIVATE_OPTIONS,  /* "curl -u": a word of a command line */
    TT_PRIVATE_PROMPTS,  /* "password": what is typed after it */
    TT_PRIVATE_HARMLESS, /* "incorrect": a value that says nothing */
    TT_PRIVATE_BEGINS,   /* "ghp_": how keys begin */
    TT_PRIVATE_LISTS
};

struct tt_private_word {
    struct tt_slice text;
    struct tt_slice program; /* of an option: in front of it, or nothing */
    bool two;                /* an option with two arguments */
    uint16_t next;           /* that begins alike; 0: none */
};

struct tt_private {
    struct tt_private_word *word[TT_PRIVATE_LISTS]; /* from 1 */
    uint16_t n[TT_PRIVATE_LISTS];
    uint16_t first[TT_PRIVATE_LISTS][256]; /* by its first byte, small */
};

/* Called for each place of a text that is private. */
typedef void tt_private_fn(size_t at, size_t n, const char *what, bool keeps,
                           void *user);

/* A text that is looked through. */
struct tt_private_text {
    const struct tt_private *pv;
    const uint8_t *p;
    size_t n;
    tt_private_fn *found;
    void *user;
};

/* NULL without memory. */
struct tt_private *tt_private_new(const struct tt_rules *set);
void tt_private_free(struct tt_private *pv);

/* keeps: separators stay (a MAC's colons). */
void tt_private_find(const struct tt_private *pv, const uint8_t *p, size_t n,
                     tt_private_fn *found, void *user);

/* The same length, without what it said; false when it said nothing. */
bool tt_private_blank(uint8_t *p, size_t n, bool keeps);

/* The word of a list that p begins with, whatever its case; the longest one,
 * or NULL. */
const struct tt_private_word *tt_private_word_at(const struct tt_private *pv,
                                                 enum tt_private_list list,
                                                 const uint8_t *p, size_t n);

/* What of the device's last line asks for something, or NULL: p are the
 * bytes up to now. */
const struct tt_private_word *tt_private_prompt(const struct tt_private *pv,
                                                const uint8_t *p, size_t n);

/* What may stand at i: told, and *end is behind it.  False: nothing. */
bool tt_private_form_at(const struct tt_private_text *t, size_t i, size_t *end);
bool tt_private_value_at(const struct tt_private_text *t, size_t i,
                         size_t *end);

bool tt_private_option_at(const struct tt_private_text *t, size_t i,
                          size_t *end);

/* ---- parts of them ------------------------------------------------------------ */

enum { TT_PRIVATE_VALUE = 1024 }; /* bytes of one value at most */

/* Up to the quote, which is not among them. */
size_t tt_private_quoted(const struct tt_private_text *t, size_t i,
                         uint8_t quote);
bool tt_private_is_pairs(const struct tt_private_text *t, size_t i, size_t n);
bool tt_private_key_char(uint8_t c);
void tt_private_tell(const struct tt_private_text *t, size_t at, size_t n,
                     struct tt_slice word, bool keeps);

/* ---- bytes ----------------------------------------------------------------- */

static inline bool tt_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool tt_is_alpha(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static inline bool tt_is_alnum(uint8_t c)
{
    return tt_is_digit(c) || tt_is_alpha(c);
}

static inline bool tt_is_hex(uint8_t c)
{
    return tt_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static inline bool tt_is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static inline bool tt_is_eol(uint8_t c)
{
    return c == '\r' || c == '\n' || !c;
}

static inline uint8_t tt_small(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* How many bytes from i on are such. */
size_t tt_private_run(const struct tt_private_text *t, size_t i,
                      bool (*such)(uint8_t));
bool tt_private_starts(const struct tt_private_text *t, size_t i,
                       const char *word);
/* Where the line that i is in begins; not further back than 1 KiB. */
size_t tt_private_line(const struct tt_private_text *t, size_t i);

#endif
