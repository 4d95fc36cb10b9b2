/*
 * Times as logs show them.  A zone is seldom written: a time is taken as it
 * stands, and only differences are used.
 */
#include "format/log/cut.h"

#include <string.h>

#define DAY (UINT64_C(86400) * TT_NS_PER_S)

/* Days from 1970 to a date of the Gregorian calendar, year from 1970. */
static uint64_t days(uint64_t y, uint64_t m, uint64_t d)
{
    static const unsigned before[] = {0,   31,  59,  90,  120, 151,
                                      181, 212, 243, 273, 304, 334};
    uint64_t past = y - 1;
    uint64_t leap = past / 4 - past / 100 + past / 400 - 477;

    if (m > 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0))
        leap++;
    return (y - 1970) * 365 + leap + before[m - 1] + d - 1;
}

static bool is_date(uint64_t y, uint64_t m, uint64_t d)
{
    return y >= 1970 && y < 2200 && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

/* A point and digits, if they are there. */
static void cut_fraction(struct tt_slice *s, struct tt_stamp *t)
{
    struct tt_slice at = *s;
    uint64_t unit = TT_NS_PER_S;
    int n = 0;

    t->digits = 0;
    if (!tt_cut_char(&at, '.') && !tt_cut_char(&at, ','))
        return;
    while (at.n && at.p[0] >= '0' && at.p[0] <= '9') {
        unit /= 10;
        t->ns += (uint64_t)(at.p[0] - '0') * unit;
        n++;
        at.p++;
        at.n--;
    }
    if (!n)
        return;
    t->digits = n > 9 ? 9 : n;
    *s = at;
}

bool tt_cut_clock(struct tt_slice *s, struct tt_stamp *t)
{
    struct tt_slice at = *s;
    uint64_t h, m, sec;

    if (!tt_cut_number(&at, 10, &h) || !tt_cut_char(&at, ':') ||
        !tt_cut_digits(&at, 10, 2, &m) || !tt_cut_char(&at, ':') ||
        !tt_cut_digits(&at, 10, 2, &sec) || h > 23 || m > 59 || sec > 60)
        return false;
    *t = (struct tt_stamp){.ns = ((h * 60 + m) * 60 + sec) * TT_NS_PER_S,
                           .clock = true};
    cut_fraction(&at, t);
    if (tt_starts(at, " PM") || tt_starts(at, " AM")) {
        if (at.p[1] == 'P' && h < 12)
            t->ns += DAY / 2;
        if (at.p[1] == 'A' && h == 12)
            t->ns -= DAY / 2;
        at.p += 3;
        at.n -= 3;
    }
    *s = at;
    return true;
}

static bool add_date(struct tt_stamp *t, uint64_t y, uint64_t m, uint64_t d)
{
    if (!is_date(y, m, d))
        return false;
    t->ns += days(y, m, d) * DAY;
    t->date = true;
    return true;
}

bool tt_cut_iso(struct tt_slice *s, struct tt_stamp *t)
{
    struct tt_slice at = *s;
    uint64_t y, m, d;
    char sep;

    if (!tt_cut_digits(&at, 10, 4, &y) || !at.n)
        return false;
    sep = at.p[0];
    if ((sep != '-' && sep != '/' && sep != '.') || !tt_cut_char(&at, sep) ||
        !tt_cut_number(&at, 10, &m) || !tt_cut_char(&at, sep) ||
        !tt_cut_number(&at, 10, &d) ||
        !(tt_cut_char(&at, 'T') || tt_cut_char(&at, ' ')) ||
        !tt_cut_clock(&at, t) || !add_date(t, y, m, d))
        return false;
    (void)tt_cut_char(&at, 'Z');
    *s = at;
    return true;
}

/* Day and month in the order of some country: a number above 12 tells, else
 * the day is taken to be first. */
static bool cut_local(struct tt_slice *s, struct tt_stamp *t)
{
    struct tt_slice at = *s;
    uint64_t a, b, y;
    char sep;

    if (!tt_cut_number(&at, 10, &a) || !at.n)
        return false;
    sep = at.p[0];
    if ((sep != '/' && sep != '.' && sep != '-') || !tt_cut_char(&at, sep) ||
        !tt_cut_number(&at, 10, &b) || !tt_cut_char(&at, sep) ||
        !tt_cut_digits(&at, 10, 4, &y) ||
        !(tt_cut_char(&at, ' ') || tt_cut_char(&at, '@')) ||
        !tt_cut_clock(&at, t))
        return false;
    if (!(b > 12 ? add_date(t, y, a, b) : add_date(t, y, b, a)))
        return false;
    *s = at;
    return true;
}

/* Sun Nov 22 00:06:56.92 2026 */
static bool cut_asctime(struct tt_slice *s, struct tt_stamp *t)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const char week[] = "SunMonTueWedThuFriSat";
    struct tt_slice at = *s;
    uint64_t d, y, m = 0, w = 0;

    if (at.n < 8 || at.p[3] != ' ' || at.p[7] != ' ')
        return false;
    while (w < 7 && memcmp(at.p, week + 3 * w, 3) != 0)
        w++;
    while (m < 12 && memcmp(at.p + 4, names + 3 * m, 3) != 0)
        m++;
    at.p += 7;
    at.n -= 7;
    (void)tt_cut_blanks(&at);
    if (w == 7 || m == 12 || !tt_cut_number(&at, 10, &d) ||
        !tt_cut_char(&at, ' ') || !tt_cut_clock(&at, t) ||
        !tt_cut_char(&at, ' ') || !tt_cut_digits(&at, 10, 4, &y) ||
        !add_date(t, y, m + 1, d))
        return false;
    *s = at;
    return true;
}

bool tt_cut_seconds(struct tt_slice *s, struct tt_stamp *t)
{
    struct tt_slice at = *s;
    uint64_t sec;

    if (!tt_cut_number(&at, 10, &sec) || sec > UINT64_C(9000000000) || !at.n ||
        at.p[0] != '.')
        return false;
    *t = (struct tt_stamp){.ns = sec * TT_NS_PER_S};
    cut_fraction(&at, t);
    if (!t->digits)
        return false;
    *s = at;
    return true;
}

bool tt_cut_stamp(struct tt_slice *s, struct tt_stamp *t)
{
    return tt_cut_iso(s, t) || tt_cut_clock(s, t) || cut_local(s, t) ||
           cut_asctime(s, t) || tt_cut_seconds(s, t);
}
