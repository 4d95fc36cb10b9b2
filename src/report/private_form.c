/*
 * private_form - what is somebody's own by its form alone: addresses, numbers
 * of devices and cards, keys.  Names of people and machines: private_name.c.
 */
#include "report/private_name.h"

#include <string.h>

enum {
    MAC = 17,   /* 24:0a:c4:11:22:33 */
    EUI64 = 23, /* 00:15:8d:00:01:23:45:67 */
    BARE_MAC = 12,
    CISCO_MAC = 14, /* 240a.c411.2233 */
    IMEI = 15,      /* digits; the last one is a check digit (3GPP TS 23.003) */
    ICCID = 18,     /* to 20 digits that begin with 89 (ITU-T E.118) */
    MAX_PHONE = 15, /* digits (ITU-T E.164) */
    MIN_TOKEN = 16,
    MAX_PEM = 65536
};

/* ---- addresses of interfaces ---------------------------------------------------- */

static size_t pairs(const struct tt_private_text *t, size_t i, size_t len)
{
    uint8_t sep = t->p[i + 2];
    bool same = true;

    for (size_t k = 0; k < len; k++) {
        if (k % 3 == 2 ? t->p[i + k] != sep : !tt_is_hex(t->p[i + k]))
            return 0;
        same = same && (k % 3 == 2 || t->p[i + k] == t->p[i]);
    }
    /* more of them are a dump of something; all alike they are nobody's */
    if (t->n - i > len && (t->p[i + len] == sep || tt_is_alnum(t->p[i + len])))
        return 0;
    return same ? 0 : len;
}

static size_t mac_at(const struct tt_private_text *t, size_t i)
{
    uint8_t sep, before = i ? t->p[i - 1] : ' ';
    size_t n;

    if (t->n - i < MAC || tt_is_hex(before) || before == ':')
        return 0;
    sep = t->p[i + 2];
    if (sep != ':' && sep != '-' && sep != '_')
        return 0;
    if (sep == before)
        return 0;
    n = sep == ':' && t->n - i >= EUI64 ? pairs(t, i, EUI64) : 0;
    return n ? n : pairs(t, i, MAC);
}

static size_t cisco_mac_at(const struct tt_private_text *t, size_t i)
{
    if (t->n - i < CISCO_MAC || t->p[i + 4] != '.' || t->p[i + 9] != '.' ||
        (i && (tt_is_alnum(t->p[i - 1]) || t->p[i - 1] == '.')))
        return 0;
    for (size_t k = 0; k < CISCO_MAC; k++)
        if (k % 5 != 4 && !tt_is_hex(t->p[i + k]))
            return 0;
    return i + CISCO_MAC < t->n && (tt_is_alnum(t->p[i + CISCO_MAC]) ||
                                    t->p[i + CISCO_MAC] == '.')
               ? 0
               : CISCO_MAC;
}

/* A word that is about addresses, shortly before i. */
static bool about_addresses(const struct tt_private_text *t, size_t i)
{
    static const char *const words[] = {"mac", "addr", "bssid", "eui",
                                        "ble", "bt",   "wlan",  "wifi"};
    size_t from = tt_private_line(t, i);

    from = i - from > 32 ? i - 32 : from;
    for (size_t k = from; k < i; k++)
        for (size_t w = 0; w < TT_LEN(words); w++) {
            size_t n = strlen(words[w]), m = 0;

            while (m < n && k + m < i &&
                   tt_small(t->p[k + m]) == (uint8_t)words[w][m])
                m++;
            if (m == n && (k == from || !tt_is_alpha(t->p[k - 1])))
                return true;
        }
    return false;
}

/* 240AC4112233: twelve digits with letters among them, in one case.  What
 * looks the same: addresses in memory (0x..., pairs of them), commits. */
static size_t bare_mac_at(const struct tt_private_text *t, size_t i)
{
    size_t n = 0, digits = 0, large = 0, small = 0;

    if (i && (tt_is_alnum(t->p[i - 1]) || t->p[i - 1] == '.'))
        return 0;
    if (i && t->p[i - 1] == '-') /* the end of a range? */
        for (size_t k = i - 1; k && tt_is_hex(t->p[k - 1]);)
            if (i - --k > BARE_MAC / 2 + 1)
                return 0;
    for (; i + n < t->n && n <= BARE_MAC && tt_is_hex(t->p[i + n]); n++) {
        digits += tt_is_digit(t->p[i + n]);
        large += t->p[i + n] >= 'A' && t->p[i + n] <= 'F';
        small += t->p[i + n] >= 'a';
    }
    if (n != BARE_MAC || (large && small) ||
        (i + n < t->n && (tt_is_alnum(t->p[i + n]) || t->p[i + n] == '.')))
        return 0;
    if (about_addresses(t, i))
        return n;
    if (digits < 3 || digits == n ||
        (i > 6 && tt_private_starts(t, i - 7, "commit ")))
        return 0;
    return i + n < t->n && t->p[i + n] == '-' ? 0 : n;
}

/* ---- numbers ------------------------------------------------------------------------- */

static bool luhn(const uint8_t *p, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(p[n - 1 - i] - '0');

        if (i % 2)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

/* IMEI490154203237518: its word is in front of it without anything between. */
static bool after_its_word(const struct tt_private_text *t, size_t i)
{
    static const char *const words[] = {"imei", "imsi", "ccid", "meid", "esn"};

    for (size_t k = 0; k < TT_LEN(words); k++) {
        size_t n = strlen(words[k]), m = 0;

        while (i >= n && m < n &&
               tt_small(t->p[i - n + m]) == (uint8_t)words[k][m])
            m++;
        if (m == n)
            return true;
    }
    return false;
}

/* 490154-20-323751-8 and the like: digits in groups of fixed lengths. */
static size_t grouped_imei(const struct tt_private_text *t, size_t i)
{
    static const uint8_t groups[][5] = {{6, 2, 6, 1, 0}, {2, 6, 6, 1, 0}};

    for (size_t g = 0; g < TT_LEN(groups); g++) {
        uint8_t digits[IMEI];
        size_t at = i, n = 0;

        for (size_t k = 0; groups[g][k]; k++) {
            if (k && at < t->n && strchr("- /", t->p[at]) && t->p[at])
                at++;
            else if (k)
                break;
            for (size_t d = 0;
                 d < groups[g][k] && at < t->n && tt_is_digit(t->p[at]); d++)
                digits[n++] = t->p[at++];
        }
        if (n == IMEI && luhn(digits, n) &&
            (at == t->n || !tt_is_alnum(t->p[at])))
            return at - i;
    }
    return 0;
}

/* +49 (151) 1234-5678 */
static size_t phone_at(const struct tt_private_text *t, size_t i)
{
    size_t at = i + 1, end = i, n = 0;

    if (at >= t->n || t->p[at] < '1' || t->p[at] > '9')
        return 0;
    for (; at < t->n; at++)
        if (tt_is_digit(t->p[at]))
            end = at + 1, n++;
        else if (!strchr(" -()/", t->p[at]) || !t->p[at] ||
                 (at > end + 1)) /* two of them in a row */
            break;
    if (end < t->n &&
        (tt_is_alpha(t->p[end]) ||
         (t->p[end] == '.' && end + 1 < t->n && tt_is_digit(t->p[end + 1]))))
        return 0;
    return n >= 8 && n <= MAX_PHONE ? end - i : 0;
}

static size_t number_at(const struct tt_private_text *t, size_t i,
                        const char **what)
{
    uint8_t before = i ? t->p[i - 1] : ' ';
    bool named = tt_is_alpha(before) && after_its_word(t, i);
    size_t n, k;

    if ((tt_is_alnum(before) && !named) || before == '.')
        return 0;
    if (t->p[i] == '+') {
        *what = "telephone number";
        return phone_at(t, i);
    }
    n = tt_private_run(t, i, tt_is_digit);
    *what = "IMEI";
    if ((k = grouped_imei(t, i)) > 0)
        return k;
    *what = "ICCID";
    if (n >= ICCID && n <= ICCID + 2 && tt_private_starts(t, i, "89")) {
        k = i + n < t->n && tt_small(t->p[i + n]) == 'f' ? n + 1 : n;
        return i + k < t->n && tt_is_alnum(t->p[i + k]) ? 0 : k;
    }
    if (i + n < t->n &&
        (tt_is_alpha(t->p[i + n]) || (t->p[i + n] == '.' && !named)))
        n = i + n + 1 < t->n && tt_is_digit(t->p[i + n + 1]) ? 0 : n;
    if (i + n < t->n && n && tt_is_alpha(t->p[i + n]))
        return 0;
    *what = "IMEI";
    if (named && n >= IMEI - 1)
        return n;
    if (n == IMEI && luhn(t->p + i, n))
        return n;
    /* with its software version; the bodies that give them out (GSMA TS.06) */
    if (n == IMEI + 1 &&
        (tt_private_starts(t, i, "35") || tt_private_starts(t, i, "86")))
        return n;
    *what = "IMSI"; /* it begins with a country's code, 2xx to 7xx (E.212) */
    return n == IMEI && t->p[i] >= '2' && t->p[i] <= '7' ? n : 0;
}

/* ATD0151234567; but not ATD*99#, which calls the network itself. */
static size_t dialed_at(const struct tt_private_text *t, size_t *i)
{
    size_t at = *i + 3, n = 0, digits = 0;

    if (t->n - *i < 6 || tt_small(t->p[*i]) != 'a' ||
        tt_small(t->p[*i + 1]) != 't' || tt_small(t->p[*i + 2]) != 'd' ||
        (*i && tt_is_alnum(t->p[*i - 1])))
        return 0;
    if (tt_small(t->p[at]) == 't' || tt_small(t->p[at]) == 'p')
        at++;
    while (at < t->n && t->p[at] == ' ')
        at++;
    while (at + n < t->n && t->p[at + n] &&
           (tt_is_digit(t->p[at + n]) || strchr("+,-#*wW", t->p[at + n])))
        digits += tt_is_digit(t->p[at + n++]);
    if (digits < 3 || t->p[at] == '*')
        return 0;
    *i = at;
    return n;
}

/* ---- keys ----------------------------------------------------------------------------- */

static bool pem_char(uint8_t c)
{
    return tt_is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '\r' ||
           c == '\n';
}

/* What stands between the lines of a PEM file; "\n" may be written as two
 * characters, and an old key begins with lines about how it is locked. */
static size_t pem_at(const struct tt_private_text *t, size_t *i)
{
    size_t at = *i, n;

    if (!tt_private_starts(t, at, "-----BEGIN "))
        return 0;
    at += 11;
    while (at < t->n && t->p[at] != '-' && at - *i < 64)
        at++;
    if (at >= t->n || !tt_private_starts(t, at, "-----"))
        return 0;
    at += 5;
    *i = at;
    for (n = 0; at + n < t->n && n < MAX_PEM; n++)
        if (t->p[at + n] == '-' && tt_private_starts(t, at + n, "-----END"))
            return n;
    n = tt_private_run(t, at, pem_char);
    return n < MAX_PEM ? n : MAX_PEM;
}

static bool token_char(uint8_t c)
{
    return tt_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '+' ||
           c == '/' || c == '=';
}

static size_t token_at(const struct tt_private_text *t, size_t i)
{
    const struct tt_private_word *w;
    size_t n;

    if (i && tt_is_alnum(t->p[i - 1]))
        return 0;
    w = tt_private_word_at(t->pv, TT_PRIVATE_BEGINS, t->p + i, t->n - i);
    if (!w || memcmp(t->p + i, w->text.p, w->text.n) != 0)
        return 0;
    n = tt_private_run(t, i, token_char);
    return n >= MIN_TOKEN ? n : 0;
}

/* ---- all of them ------------------------------------------------------------------------ */

static size_t at_hex(const struct tt_private_text *t, size_t i,
                     const char **what)
{
    size_t n = mac_at(t, i);

    n = n ? n : cisco_mac_at(t, i);
    n = n ? n : bare_mac_at(t, i);
    *what = "MAC address";
    return n;
}

static bool form(const struct tt_private_text *t, size_t *at, size_t *n,
                 const char **what, bool *keeps)
{
    uint8_t c = t->p[*at];

    *keeps = true;
    if (tt_is_hex(c) && (*n = at_hex(t, *at, what)) > 0)
        return true;
    if ((tt_is_digit(c) || c == '+') && (*n = number_at(t, *at, what)) > 0)
        return true;
    *what = "telephone number";
    if (tt_small(c) == 'a' && (*n = dialed_at(t, at)) > 0)
        return true;
    *what = "key";
    if ((*n = token_at(t, *at)) > 0)
        return true;
    *what = "key or certificate (PEM)";
    return c == '-' && (*n = pem_at(t, at)) > 0;
}

bool tt_private_form_at(const struct tt_private_text *t, size_t i, size_t *end)
{
    const char *what;
    bool keeps;
    size_t at = i, n;

    if (!form(t, &at, &n, &what, &keeps)) {
        at = i;
        n = tt_private_owner_at(t, &at, &what);
        keeps = strcmp(what, TT_PRIVATE_LOGIN) != 0 &&
                strcmp(what, TT_PRIVATE_HOME) != 0;
    }
    if (!n)
        return false;
    t->found(at, n, what, keeps, t->user);
    *end = at + n;
    return true;
}
