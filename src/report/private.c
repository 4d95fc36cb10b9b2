/*
 * private - what in a text is somebody's own, by its form or the word before
 * it.
 */
#include "report/redact.h"

#include <string.h>

enum {
    MAC = 17,   /* 24:0a:c4:11:22:33 */
    IMEI = 15,  /* digits; the last one is a check digit (3GPP TS 23.003) */
    ICCID = 18, /* to 20 digits that begin with 89 (ITU-T E.118) */
    MAX_VALUE = 512,
    MAX_PEM = 65536
};

struct text {
    const struct tt_rules *set;
    const struct tt_table *words;
    const uint8_t *p;
    size_t n;
    tt_private_fn *found;
    void *user;
};

static bool digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool alpha(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool alnum(uint8_t c)
{
    return digit(c) || alpha(c);
}

static bool hex(uint8_t c)
{
    return digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool graph(uint8_t c)
{
    return c > ' ' && c < 0x7f;
}

void tt_private_blank(uint8_t *p, size_t n, bool keeps)
{
    bool all_hex = true;

    for (size_t i = 0; i < n; i++)
        all_hex = all_hex && (hex(p[i]) || !alnum(p[i]));
    for (size_t i = 0; i < n; i++)
        if (digit(p[i]) || (all_hex && hex(p[i])))
            p[i] = '0';
        else if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = 'X';
        else if (p[i] >= 'a' && p[i] <= 'z')
            p[i] = 'x';
        else if (!keeps && graph(p[i]))
            p[i] = 'x';
        else if (!keeps && (p[i] > 0x7e || p[i] < ' ') && p[i] != '\r' &&
                 p[i] != '\n')
            p[i] = 0;
}

static bool same_word(const uint8_t *p, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t a = p[i], b = (uint8_t)word[i];

        a = a >= 'A' && a <= 'Z' ? a | 0x20 : a;
        b = b >= 'A' && b <= 'Z' ? b | 0x20 : b;
        if (a != b)
            return false;
    }
    return true;
}

/* How many bytes from i on are such. */
static size_t run(const struct text *t, size_t i, bool (*such)(uint8_t))
{
    size_t k = i;

    while (k < t->n && such(t->p[k]))
        k++;
    return k - i;
}

static bool starts(const struct text *t, size_t i, const char *word)
{
    size_t n = strlen(word);

    return t->n - i >= n && !memcmp(t->p + i, word, n);
}

/* ---- forms --------------------------------------------------------------------- */

static size_t mac_at(const struct text *t, size_t i)
{
    uint8_t sep;

    if (t->n - i < MAC || (i && (hex(t->p[i - 1]) || t->p[i - 1] == ':')))
        return 0;
    sep = t->p[i + 2];
    if (sep != ':' && sep != '-')
        return 0;
    for (size_t k = 0; k < MAC; k++)
        if (k % 3 == 2 ? t->p[i + k] != sep : !hex(t->p[i + k]))
            return 0;
    /* seven and more pairs are a dump of something */
    if (t->n - i > MAC && (t->p[i + MAC] == sep || alnum(t->p[i + MAC])))
        return 0;
    return MAC;
}

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

static size_t number_at(const struct text *t, size_t i, const char **what)
{
    size_t n;

    if (i && (alnum(t->p[i - 1]) || t->p[i - 1] == '.'))
        return 0;
    if (t->p[i] == '+') {
        n = run(t, i + 1, digit);
        *what = "telephone number";
        return n >= 8 && n <= 15 ? n + 1 : 0;
    }
    n = run(t, i, digit);
    if (i + n < t->n && alpha(t->p[i + n]))
        return 0;
    *what = "IMEI";
    if (n == IMEI && luhn(t->p + i, n))
        return n;
    *what = "ICCID";
    return n >= ICCID && n <= ICCID + 2 && starts(t, i, "89") ? n : 0;
}

static bool mail_char(uint8_t c)
{
    return alnum(c) || c == '.' || c == '_' || c == '-' || c == '+';
}

static size_t mail_at(const struct text *t, size_t i)
{
    size_t a, b, dot = 0;

    if (i && mail_char(t->p[i - 1]))
        return 0;
    a = run(t, i, mail_char);
    if (!a || i + a >= t->n || t->p[i + a] != '@')
        return 0;
    b = run(t, i + a + 1, mail_char);
    for (size_t k = 1; k + 2 < b; k++)
        if (t->p[i + a + 1 + k] == '.')
            dot = k;
    return dot ? a + 1 + b : 0;
}

static bool pem_char(uint8_t c)
{
    return alnum(c) || c == '+' || c == '/' || c == '=' || c == '\r' ||
           c == '\n';
}

/* The base64 between the lines of a PEM file. */
static size_t pem_at(const struct text *t, size_t *i)
{
    size_t at = *i, n;

    if (!starts(t, at, "-----BEGIN "))
        return 0;
    at += 11;
    while (at < t->n && t->p[at] != '-' && at - *i < 64)
        at++;
    if (at >= t->n || !starts(t, at, "-----"))
        return 0;
    at += 5;
    n = run(t, at, pem_char);
    *i = at;
    return n < MAX_PEM ? n : MAX_PEM;
}

static bool name_char(uint8_t c)
{
    return mail_char(c) || c > 0x7f;
}

static size_t home_at(const struct text *t, size_t *i)
{
    static const char *const homes[] = {"/home/", "/Users/", "\\Users\\"};

    for (size_t k = 0; k < TT_LEN(homes); k++)
        if (starts(t, *i, homes[k])) {
            *i += strlen(homes[k]);
            return run(t, *i, name_char);
        }
    return 0;
}

/* ---- a word and its value --------------------------------------------------------- */

static bool ends_value(uint8_t c, uint8_t quote)
{
    if (c == '\r' || c == '\n' || !c)
        return true;
    return quote ? c == quote
                 : c <= ' ' || c == ',' || c == ';' || c == '&' || c == '"' ||
                       c == '\'' || c == ')' || c == ']';
}

/* What follows the word: ':' or '=', and its value; 0: nothing such. */
static size_t value_after(const struct text *t, size_t *i, bool whole_line)
{
    size_t at = *i, n = 0;
    uint8_t quote = 0;

    if (at < t->n && (t->p[at] == '"' || t->p[at] == '\'' || t->p[at] == ']'))
        at++;
    while (at < t->n && t->p[at] == ' ')
        at++;
    if (at >= t->n || (t->p[at] != ':' && t->p[at] != '='))
        return 0;
    at++;
    while (at < t->n && t->p[at] == ' ')
        at++;
    if (!whole_line && starts(t, at, "Basic "))
        at += 6;
    if (!whole_line && starts(t, at, "Bearer "))
        at += 7;
    if (!whole_line && at < t->n &&
        (t->p[at] == '"' || t->p[at] == '\'' || t->p[at] == '['))
        quote = t->p[at++] == '[' ? ']' : t->p[at - 1];
    while (at + n < t->n && n < MAX_VALUE &&
           !(whole_line ? t->p[at + n] == '\r' || t->p[at + n] == '\n'
                        : ends_value(t->p[at + n], quote)))
        n++;
    *i = at;
    /* "login: Password:" is two prompts, not a name */
    return n && t->p[at + n - 1] == ':' ? 0 : n;
}

static bool word_at(const struct text *t, size_t i, size_t *end)
{
    if (i && (alnum(t->p[i - 1]) || t->p[i - 1] == '_'))
        return false;
    for (const struct tt_entry *e = t->words ? t->words->entries : NULL; e;
         e = e->next) {
        size_t n = e->text.n, at = i + n, len;
        bool line = n > 3 && !memcmp(e->text.p, "AT+", 3);
        char what[TT_REMOVED_TEXT];

        if (!n || t->n - i < n || !same_word(t->p + i, e->text.p, n))
            continue;
        len = value_after(t, &at, line);
        if (!len)
            continue;
        memcpy(what, e->text.p, n < sizeof(what) ? n : sizeof(what) - 1);
        what[n < sizeof(what) ? n : sizeof(what) - 1] = '\0';
        t->found(at, len, what, line || mac_at(t, at) == len, t->user);
        *end = at + len;
        return true;
    }
    return false;
}

static size_t form_at(const struct text *t, size_t *i, const char **what,
                      bool *keeps)
{
    size_t n;

    *keeps = true;
    *what = "MAC address";
    if (hex(t->p[*i]) && (n = mac_at(t, *i)) > 0)
        return n;
    if ((digit(t->p[*i]) || t->p[*i] == '+') &&
        (n = number_at(t, *i, what)) > 0)
        return n;
    *what = "mail address";
    if (mail_char(t->p[*i]) && (n = mail_at(t, *i)) > 0)
        return n;
    *what = "key or certificate (PEM)";
    if (t->p[*i] == '-' && (n = pem_at(t, i)) > 0)
        return n;
    *what = "name of a home folder";
    *keeps = false;
    return t->p[*i] == '/' || t->p[*i] == '\\' ? home_at(t, i) : 0;
}

void tt_private_find(const struct tt_rules *set, const uint8_t *p, size_t n,
                     tt_private_fn *found, void *user)
{
    struct text t = {.set = set, .p = p, .n = n, .found = found, .user = user};
    const char *what;
    bool keeps;

    t.words = tt_table_find(set, tt_slice_of("private_words"));
    for (size_t i = 0; i < n;) {
        size_t at = i, len;

        if (!graph(p[i])) {
            i++;
            continue;
        }
        len = form_at(&t, &at, &what, &keeps);
        if (len) {
            found(at, len, what, keeps, user);
            i = at + len;
        } else if (!word_at(&t, i, &i)) {
            i++;
        }
    }
}
