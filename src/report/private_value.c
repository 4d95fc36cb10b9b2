/*
 * private_value - a word and the value after it: "psk=...", "AT+CPIN=...",
 * "curl -u ...", '"token": "..."'.
 */
#include "report/private.h"

#include <string.h>

enum {
    MAX_LINES = 16,   /* of one message */
    MIN_SECRET = 4,   /* digits; fewer are a choice, no secret */
    MAX_BETWEEN = 64, /* "password for somebody:" */
    MAX_WHAT = 40
};

/* ---- where a value ends ------------------------------------------------------------ */

bool tt_private_key_char(uint8_t c)
{
    return tt_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* "rssi=", "channel:" and the like begin at i. */
static bool key_at(const struct tt_private_text *t, size_t i)
{
    size_t n = tt_private_run(t, i, tt_private_key_char);

    if (i < t->n && (t->p[i] == '"' || t->p[i] == '\''))
        return true;
    return n && i + n < t->n && (t->p[i + n] == '=' || t->p[i + n] == ':');
}

static bool ends_here(const struct tt_private_text *t, size_t i, bool blanks)
{
    uint8_t c = t->p[i], next = i + 1 < t->n ? t->p[i + 1] : '\n';

    if (tt_is_eol(c) || (c == '<' && next == '/'))
        return true;
    if (tt_is_blank(c))
        return !blanks || tt_is_blank(next) || tt_is_eol(next) || next == '(' ||
               next == '[' || next == '-' || next == ',' || key_at(t, i + 1);
    if (c == '(' && !blanks)
        return true;
    if (!strchr(",;&\"')]}|", c))
        return false;
    return tt_is_blank(next) || tt_is_eol(next) || strchr(",;)]}", next) ||
           key_at(t, i + 1);
}

/* "24 0A C4 11": pairs go on behind blanks. */
static size_t pairs_from(const struct tt_private_text *t, size_t i)
{
    size_t k = i;

    while (k + 1 < t->n && k - i < TT_PRIVATE_VALUE && tt_is_hex(t->p[k]) &&
           tt_is_hex(t->p[k + 1]) &&
           (k + 2 == t->n || !tt_is_alnum(t->p[k + 2])))
        k += k + 2 < t->n && t->p[k + 2] == ' ' ? 3 : 2;
    return k > i + 3 ? k - i - (t->p[k - 1] == ' ') : 0;
}

size_t tt_private_quoted(const struct tt_private_text *t, size_t i,
                         uint8_t quote)
{
    size_t k = i;

    while (k < t->n && k - i < TT_PRIVATE_VALUE && t->p[k] != '\n' &&
           t->p[k] != '\r' && t->p[k] != quote)
        k++;
    if (k > i && k < t->n && t->p[k] == quote && t->p[k - 1] == '\\')
        k--; /* of a text in a text: \"password\": \"x\" */
    return k - i;
}

static size_t to_line_end(const struct tt_private_text *t, size_t i)
{
    size_t k = i;

    while (k < t->n && k - i < TT_PRIVATE_VALUE && !tt_is_eol(t->p[k]))
        k++;
    return k - i;
}

static size_t plain(const struct tt_private_text *t, size_t i, bool blanks)
{
    size_t k = i, n = pairs_from(t, i);

    if (n)
        return n;
    /* "password 7 0822455D": how it is kept, and then it */
    if (i + 2 < t->n && tt_is_digit(t->p[i]) && t->p[i + 1] == ' ' && !blanks &&
        tt_is_alnum(t->p[i + 2]))
        k = i + 2;
    while (k < t->n && k - i < TT_PRIVATE_VALUE && !ends_here(t, k, blanks))
        k++;
    return k - i;
}

/* A value from i on; *at becomes its first byte. */
static size_t value_from(const struct tt_private_text *t, size_t *at,
                         bool blanks)
{
    static const char *const schemes[] = {"Basic ", "Bearer ", "Digest ",
                                          "Token "};
    size_t i = *at;
    uint8_t c;

    if (i < t->n && t->p[i] == '\\')
        i++;
    c = i < t->n ? t->p[i] : 0;
    if (c == '"' || c == '\'' || c == '[' || c == '<') {
        *at = i + 1;
        return tt_private_quoted(t, i + 1, c == '[' ? ']' : c == '<' ? '>' : c);
    }
    for (size_t k = 0; k < TT_LEN(schemes); k++)
        if (tt_private_starts(t, i, schemes[k]))
            i += strlen(schemes[k]);
    *at = i;
    return plain(t, i, blanks);
}

/* ---- values that are none ------------------------------------------------------------- */

static bool is_port(const struct tt_private_text *t, size_t i, size_t n)
{
    return tt_private_starts(t, i, "/dev/") ||
           tt_private_starts(t, i, "\\\\.\\") ||
           (n > 3 && tt_private_starts(t, i, "COM") &&
            tt_is_digit(t->p[i + 3]));
}

static bool says_nothing(const struct tt_private_text *t, size_t i, size_t n)
{
    const struct tt_private_word *w =
        tt_private_word_at(t->pv, TT_PRIVATE_HARMLESS, t->p + i, n);

    if (!n || is_port(t, i, n))
        return true;
    /* a word alone, or what somebody says in several of them */
    if (w && (w->text.n == n || (memchr(w->text.p, ' ', w->text.n) &&
                                 !tt_is_alnum(t->p[i + w->text.n]))))
        return true;
    /* "login: Password:": two prompts, no name */
    return tt_private_prompt(t->pv, t->p + i, n) != NULL;
}

/* Hex digits with something between them: that may stay. */
bool tt_private_is_pairs(const struct tt_private_text *t, size_t i, size_t n)
{
    for (size_t k = i; k < i + n; k++)
        if (!tt_is_hex(t->p[k]) && !strchr(" :-", t->p[k]))
            return false;
    return true;
}

void tt_private_tell(const struct tt_private_text *t, size_t at, size_t n,
                     struct tt_slice word, bool keeps)
{
    char what[MAX_WHAT];
    size_t len = word.n < sizeof(what) ? word.n : sizeof(what) - 1;

    memcpy(what, word.p, len);
    what[len] = '\0';
    t->found(at, n, what, keeps, t->user);
}

/* ---- words ------------------------------------------------------------------------------ */

static bool word_begins(const struct tt_private_text *t, size_t i, size_t len)
{
    uint8_t before = i ? t->p[i - 1] : ' ';

    if (!tt_is_alnum(before))
        return true;
    /* wifiPassword */
    return len > 3 && before >= 'a' && before <= 'z' && t->p[i] >= 'A' &&
           t->p[i] <= 'Z';
}

/* "password for erika", "Passwort von": what may stand before the colon. */
static size_t between(const struct tt_private_text *t, size_t i)
{
    static const char *const words[] = {
        " for ", " f\xc3\xbcr ", " von ", " de ", " pour ", " per ",   " of ",
        " (",    " again",       " is",   " no",  " nr",    " number", " id"};
    size_t k = i;

    for (size_t w = 0; w < TT_LEN(words); w++)
        if (tt_private_starts(t, i, words[w])) {
            while (k < t->n && k - i < MAX_BETWEEN && !tt_is_eol(t->p[k]) &&
                   t->p[k] != ':' && t->p[k] != '=')
                k++;
            return k < t->n && (t->p[k] == ':' || t->p[k] == '=') ? k - i : 0;
        }
    return 0;
}

/* Past what joins word and value; 0: nothing does. */
static size_t joined(const struct tt_private_text *t, size_t i, bool blanks)
{
    size_t at = i;

    while (at < t->n && at - i < 3 && tt_is_digit(t->p[at]))
        at++;
    if (at < t->n && t->p[at] == '#')
        at++;
    if (at + 4 < t->n && t->p[at] == '*' && tt_is_digit(t->p[at + 1]))
        at += 1 + tt_private_run(t, at + 1, tt_is_digit); /* 0.0.0*255( */
    if (at < t->n && t->p[at] == '\\')
        at++;
    if (at < t->n && strchr("\"'])>", t->p[at]) && t->p[at]) {
        if (t->p[at] == '>') /* <password>x */
            return at + 1;
        at++;
    }
    if (blanks)
        at += between(t, at);
    while (at < t->n && tt_is_blank(t->p[at]))
        at++;
    if (at < t->n && at > i && (t->p[at] == '\'' || t->p[at] == '"'))
        return at; /* SSID 'x' */
    if (at >= t->n || (t->p[at] != ':' && t->p[at] != '=' &&
                       !(t->p[at] == '(' &&
                         (tt_is_digit(t->p[at - 1]) ||
                          (at == i && at + 1 < t->n && t->p[at + 1] == '"')))))
        return 0;
    at++;
    while (at < t->n && (t->p[at] == '=' || t->p[at] == '>'))
        at++;
    while (at < t->n && tt_is_blank(t->p[at]))
        at++;
    return at;
}

/* "serial A50285BI": nothing between them, but it cannot be a word. */
static size_t loose(const struct tt_private_text *t, size_t *i)
{
    static const char *const fill[] = {" no.", " no", " number", " is", " #"};
    size_t at = *i, n, digits = 0, letters = 0;

    for (size_t k = 0; k < TT_LEN(fill); k++)
        if (tt_private_starts(t, at, fill[k])) {
            at += strlen(fill[k]);
            break;
        }
    if (at >= t->n || !tt_is_blank(t->p[at]))
        return 0;
    while (at < t->n && tt_is_blank(t->p[at]))
        at++;
    n = tt_private_run(t, at, tt_is_digit);
    if (n && n < 4 && at + n < t->n && t->p[at + n] == ' ')
        at += n + 1; /* "iSerial 3 A50285BI": its number, and then it */
    if (tt_private_starts(t, at, "0x"))
        at += 2;
    n = tt_private_run(t, at, tt_is_alnum);
    for (size_t k = at; k < at + n; k++) {
        digits += tt_is_digit(t->p[k]);
        letters += t->p[k] >= 'A' && t->p[k] <= 'Z';
    }
    if (n < 6 || digits + letters != n || !digits || (!letters && n < 8))
        return 0;
    *i = at;
    return n;
}

/* Of a command or its answer: what is between the commas, but for numbers
 * that choose something and words of the standard ("IP"). */
static void tell_arguments(const struct tt_private_text *t, size_t at,
                           size_t end, struct tt_slice word)
{
    while (at < end) {
        bool quote = t->p[at] == '"';
        size_t n = quote ? tt_private_quoted(t, at + 1, '"') : 0;

        at += quote;
        while (!quote && at + n < end && t->p[at + n] != ',' &&
               t->p[at + n] != ';')
            n++;
        n = n < end - at ? n : end - at;
        if (n &&
            (quote || n >= MIN_SECRET ||
             tt_private_run(t, at, tt_is_digit) < n) &&
            !says_nothing(t, at, n))
            tt_private_tell(t, at, n, word, true);
        at += n + 1;
    }
}

static bool same_end(struct tt_slice word, const char *end)
{
    size_t n = strlen(end);

    return word.n >= n && !memcmp(word.p + word.n - n, end, n);
}

struct inner {
    const struct tt_private_text *t;
    size_t base;
};

static void on_inner(size_t at, size_t n, const char *what, bool keeps,
                     void *user)
{
    const struct inner *in = user;

    in->t->found(in->base + at, n, what, keeps, in->t->user);
}

/* What stands between a word and its value: the name that is asked about. */
static void look_between(const struct tt_private_text *t, size_t from,
                         size_t end)
{
    struct inner in = {t, from};
    size_t at = from, n = 0;

    if (end - from < 6)
        return;
    tt_private_find(t->pv, t->p + from, end - from, on_inner, &in);
    if (!tt_private_starts(t, from, " for ") ||
        tt_private_starts(t, from, " for key "))
        return;
    for (at += 5; at + n < end && t->p[at + n] != ':'; n++)
        continue;
    if (n)
        t->found(at, n, "login name", false, t->user);
}

static bool list_at(const struct tt_private_text *t, size_t i,
                    enum tt_private_list list, size_t *end)
{
    const struct tt_private_word *w =
        tt_private_word_at(t->pv, list, t->p + i, t->n - i);
    bool blanks = list == TT_PRIVATE_NAMES, line;
    size_t at, n;

    if (!w || !word_begins(t, i, w->text.n))
        return false;
    line = w->text.n > 3 && !memcmp(w->text.p, "AT+", 3);
    at = w->text.p[w->text.n - 1] == ' ' ? i + w->text.n /* "joined with " */
                                         : joined(t, i + w->text.n, blanks);
    if (at) {
        n = line ? to_line_end(t, at) : value_from(t, &at, blanks);
    } else {
        at = i + w->text.n;
        n = list == TT_PRIVATE_WORDS ? loose(t, &at) : 0;
    }
    if (n == 1 && tt_is_digit(t->p[at]))
        return false; /* uid=0, SerialNumber=1: a choice */
    /* a console whose kernel speaks behind its prompt: no name */
    if (same_end(w->text, "login") && t->p[i + w->text.n] == ':' &&
        to_line_end(t, at) != n)
        return false;
    if (w->text.n == 3 && tt_private_run(t, at, tt_is_digit) != n &&
        tt_small((uint8_t)w->text.p[0]) == 'p' &&
        tt_small((uint8_t)w->text.p[1]) == 'i')
        return false; /* a PIN is a number */
    if (w->text.n == 3 && n < MIN_SECRET &&
        tt_small((uint8_t)w->text.p[1]) == 'i')
        return false; /* and no pin of a chip */
    if (!n || says_nothing(t, at, n) || (!blanks && t->p[at + n - 1] == ':'))
        return false;
    if (blanks)
        look_between(t, i + w->text.n, at);
    if (line)
        tell_arguments(t, at, at + n, w->text);
    else
        tt_private_tell(t, at, n, w->text, tt_private_is_pairs(t, at, n));
    *end = at + n;
    return true;
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The lines of a message that was received, up to an empty one or what the
 * modem says next. */
static size_t message_end(const struct tt_private_text *t, size_t i)
{
    for (unsigned k = 0; k < MAX_LINES; k++) {
        size_t at = i, n;

        while (at < t->n && at - i < 3 && tt_is_eol(t->p[at]))
            at++;
        n = to_line_end(t, at);
        if (at == i || at - i > 2 || !n || t->p[at] == '+' ||
            (n == 2 && tt_private_starts(t, at, "OK")))
            return i;
        i = at + n;
    }
    return i;
}

static bool line_at(const struct tt_private_text *t, size_t i,
                    enum tt_private_list list, size_t *end)
{
    const struct tt_private_word *w =
        tt_private_word_at(t->pv, list, t->p + i, t->n - i);
    bool at_cmd =
        i > 1 && tt_small(t->p[i - 2]) == 'a' && tt_small(t->p[i - 1]) == 't';
    size_t at, n;

    if (!w ||
        (i && tt_is_alnum(t->p[i - 1]) && !(at_cmd && !tt_is_alnum(t->p[i]))))
        return false;
    at = joined(t, i + w->text.n, false);
    if (!at)
        return false;
    n = to_line_end(t, at);
    *end = at + n;
    if (tt_is_alpha((uint8_t)w->text.p[0])) /* a header */
        tt_private_tell(t, at, n, w->text, true);
    else
        tell_arguments(t, at, at + n, w->text);
    if (list == TT_PRIVATE_MESSAGES) {
        *end = message_end(t, at + n);
        if (*end > at + n)
            tt_private_tell(t, at + n, *end - at - n, w->text, true);
    }
    return true;
}

bool tt_private_value_at(const struct tt_private_text *t, size_t i, size_t *end)
{
    const struct tt_private_word *w =
        tt_private_word_at(t->pv, TT_PRIVATE_HARMLESS, t->p + i, t->n - i);

    if (w && w->text.p[w->text.n - 1] == ':') { /* "last login:" */
        *end = i + w->text.n;
        return true;
    }
    return line_at(t, i, TT_PRIVATE_MESSAGES, end) ||
           line_at(t, i, TT_PRIVATE_LINES, end) ||
           list_at(t, i, TT_PRIVATE_NAMES, end) ||
           list_at(t, i, TT_PRIVATE_WORDS, end) ||
           tt_private_option_at(t, i, end);
}
