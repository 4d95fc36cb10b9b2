/*
 * lex - one logical line of a rule file cut into words.
 *
 * Words are slices of the file; nothing is copied or converted here.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_LEX_H
#define TT_RULES_LEX_H

#include "rules/rules.h"

enum tt_tok_kind {
    TT_T_STR,   /* "text" or "text"i, quotes and escapes included */
    TT_T_DUR,   /* 12ms 3.5ch */
    TT_T_EVENT, /* [dtr+] [115200 8E1] [lost 12], brackets included */
    TT_T_NUM,   /* 0x28 */
    TT_T_HEX,   /* 7F 7x x9 ?? */
    TT_T_INT,   /* digits that are no byte */
    TT_T_NAME,
    TT_T_OP
};

struct tt_tok {
    enum tt_tok_kind kind;
    struct tt_slice v;
    unsigned line, col; /* width is v.n */
};

/* What could not be read: an open text, or a character with no meaning. */
struct tt_lex_error {
    unsigned line, col, width;
    bool open_text;
    char ch;
};

/*
 * Cut s, which begins at line and col, into at most max words.  dotted:
 * names may hold dots, dashes and begin with digits.  False on an error.
 */
bool tt_lex(struct tt_slice s, unsigned line, unsigned col, bool dotted,
            struct tt_tok *tok, size_t max, size_t *n,
            struct tt_lex_error *err);

/* Is the word this operator? */
static inline bool tt_tok_is(const struct tt_tok *t, const char *op)
{
    return t && t->kind == TT_T_OP && tt_slice_is(t->v, op);
}

/* All decimal digits? */
bool tt_all_digits(struct tt_slice s);

/* The value of decimal digits, UINT64_MAX when it is more than that. */
uint64_t tt_decimal(struct tt_slice s);

/* The value of hexadecimal digits (no 0x); false above 64 bits. */
bool tt_hexadecimal(struct tt_slice s, uint64_t *out);

/* The value of a time word; false when it is above the limits. */
bool tt_dur_read(struct tt_slice s, struct tt_dur *out);

/* ns of a time, character times counted at 115200 8N1. */
uint64_t tt_dur_ns(struct tt_dur d);

/* 0 to 15, or -1. */
int tt_hex_digit(char c);

/*
 * The bytes a text word means, written to out (room for v.n bytes).  at, when
 * not NULL, gets for each byte its offset in v.  SIZE_MAX and *bad_at for a
 * \x without two digits.
 */
size_t tt_unescape(struct tt_slice v, char *out, uint16_t *at, size_t *bad_at);

#endif
