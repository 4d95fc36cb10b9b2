/*
 * Small scanners; all of them look at no more than they are given.
 */
#include "format/log/cut.h"

#include <string.h>

bool tt_starts(struct tt_slice s, const char *word)
{
    size_t n = strlen(word);

    return s.n >= n && !memcmp(s.p, word, n);
}

bool tt_cut_word(struct tt_slice *s, const char *word)
{
    size_t n = strlen(word);

    if (!tt_starts(*s, word))
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

bool tt_cut_char(struct tt_slice *s, char c)
{
    if (!s->n || s->p[0] != c)
        return false;
    s->p++;
    s->n--;
    return true;
}

size_t tt_cut_blanks(struct tt_slice *s)
{
    size_t n = 0;

    while (n < s->n && (s->p[n] == ' ' || s->p[n] == '\t'))
        n++;
    s->p += n;
    s->n -= n;
    return n;
}

void tt_trim(struct tt_slice *s)
{
    while (s->n && (s->p[s->n - 1] == ' ' || s->p[s->n - 1] == '\t'))
        s->n--;
}

int tt_cut_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool tt_cut_number(struct tt_slice *s, unsigned base, uint64_t *v)
{
    uint64_t sum = 0;
    size_t i = 0;

    for (; i < s->n; i++) {
        int d = tt_cut_hex_digit(s->p[i]);

        if (d < 0 || (unsigned)d >= base)
            break;
        if (sum > (UINT64_MAX - (unsigned)d) / base)
            return false;
        sum = sum * base + (unsigned)d;
    }
    if (!i)
        return false;
    *v = sum;
    s->p += i;
    s->n -= i;
    return true;
}

bool tt_cut_digits(struct tt_slice *s, unsigned base, size_t n, uint64_t *v)
{
    struct tt_slice head = {s->p, n};

    if (s->n < n || !tt_cut_number(&head, base, v) || head.n)
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

bool tt_cut_pair(struct tt_slice *s, uint8_t *b)
{
    int hi, lo;

    if (s->n < 2 || (hi = tt_cut_hex_digit(s->p[0])) < 0 ||
        (lo = tt_cut_hex_digit(s->p[1])) < 0 ||
        (s->n > 2 && tt_cut_hex_digit(s->p[2]) >= 0))
        return false;
    *b = (uint8_t)(hi << 4 | lo);
    s->p += 2;
    s->n -= 2;
    return true;
}

size_t tt_cut_pairs(struct tt_slice *s, uint8_t *out, size_t max)
{
    size_t n = 0;

    while (n < max) {
        struct tt_slice at = *s;
        size_t gap = 0;

        while (n && gap < 2 && tt_cut_char(&at, ' '))
            gap++;
        if ((n && !gap) || !tt_cut_pair(&at, &out[n]))
            break;
        if (at.n && at.p[0] != ' ' && at.p[0] != '\t')
            break;
        *s = at;
        n++;
    }
    return n;
}

size_t tt_find(struct tt_slice s, const char *word)
{
    size_t len = strlen(word);
    const char *at = s.p, *end;

    if (!s.n)
        return SIZE_MAX;
    end = s.p + s.n;
    while (at < end && (at = memchr(at, word[0], (size_t)(end - at)))) {
        if ((size_t)(end - at) < len)
            break;
        if (!memcmp(at, word, len))
            return (size_t)(at - s.p);
        at++;
    }
    return SIZE_MAX;
}
