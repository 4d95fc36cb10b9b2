/*
 * cut - take numbers, words and times off the front of a line.
 *
 * Each function takes what it is asked for off *s and returns true, or
 * leaves *s as it was and returns false.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_CUT_H
#define TT_FORMAT_CUT_H

#include "base/base.h"

bool tt_cut_word(struct tt_slice *s, const char *word);
bool tt_cut_char(struct tt_slice *s, char c);
/* Blanks and tabs, any number; how many. */
size_t tt_cut_blanks(struct tt_slice *s);
void tt_trim(struct tt_slice *s);
/* Digits of a base up to 16, at least one; false when over 2^64. */
bool tt_cut_number(struct tt_slice *s, unsigned base, uint64_t *v);
/* Exactly n digits. */
bool tt_cut_digits(struct tt_slice *s, unsigned base, size_t n, uint64_t *v);
/* Two hexadecimal digits; nothing of that kind may follow. */
bool tt_cut_pair(struct tt_slice *s, uint8_t *b);
/* -1: it is none */
int tt_cut_hex_digit(char c);

/* Pairs with one or two blanks between them (or none: "7f79"), at most max:
 * how many.  Stops before what is none. */
size_t tt_cut_pairs(struct tt_slice *s, uint8_t *out, size_t max);

/* Does it begin with that? */
bool tt_starts(struct tt_slice s, const char *word);
/* Where word begins in s, or SIZE_MAX. */
size_t tt_find(struct tt_slice s, const char *word);

/* A time as logs show them. */
struct tt_stamp {
    uint64_t ns; /* since 1970 when date, else since midnight or anything */
    int digits;  /* of a second */
    bool date;   /* day, month and year are there */
    bool clock;  /* hours and minutes are there */
};

/* 12:34:56.789, with 0 to 9 digits after a point or comma. */
bool tt_cut_clock(struct tt_slice *s, struct tt_stamp *t);
/* 2026-11-22 or 2026/11/22, a blank or T, and a clock. */
bool tt_cut_iso(struct tt_slice *s, struct tt_stamp *t);
/* Seconds with digits after the point: 1795306223.699853. */
bool tt_cut_seconds(struct tt_slice *s, struct tt_stamp *t);
/* Any of the three, and 22/11/2026 12:34:56, "Sun Nov 22 12:34:56.78 2026". */
bool tt_cut_stamp(struct tt_slice *s, struct tt_stamp *t);

#endif
