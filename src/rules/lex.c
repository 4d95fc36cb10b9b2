#include "rules/lex.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_';
}

int tt_hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The character at i, or NUL past the end (a NUL in the file means nothing
 * in any word, so the two need not be told apart). */
static char at(struct tt_slice s, size_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

/* ---- one function a kind of word: its length at i, 0 when it is another -- */

static size_t digits(struct tt_slice s, size_t i)
{
    size_t k = i;

    while (is_digit(at(s, k)))
        k++;
    return k - i;
}

/* Length of a line end at i. */
static size_t line_end(struct tt_slice s, size_t i)
{
    if (at(s, i) == '\r' && i < s.n)
        return at(s, i + 1) == '\n' ? 2 : 1;
    return at(s, i) == '\n';
}

static size_t scan_str(struct tt_slice s, size_t i)
{
    size_t k = i + 1;

    if (at(s, i) != '"')
        return 0;
    for (; k < s.n && s.p[k] != '"'; k++) {
        if (line_end(s, k))
            return 0;
        if (s.p[k] == '\\' && (++k == s.n || line_end(s, k)))
            return 0;
    }
    if (k >= s.n)
        return 0;
    return k + 1 - i + (at(s, k + 1) == 'i');
}

static size_t unit_len(struct tt_slice s, size_t i)
{
    static const char *const units[] = {"us", "ms", "s", "ch", "min"};

    for (size_t u = 0; u < TT_LEN(units); u++) {
        size_t n = strlen(units[u]);

        if (s.n - i >= n && memcmp(s.p + i, units[u], n) == 0 &&
            !is_word(at(s, i + n)))
            return n;
    }
    return 0;
}

static size_t scan_dur(struct tt_slice s, size_t i)
{
    size_t n = digits(s, i), frac, unit;

    if (!n)
        return 0;
    frac = at(s, i + n) == '.' ? digits(s, i + n + 1) : 0;
    n += frac ? frac + 1 : 0;
    unit = i + n < s.n ? unit_len(s, i + n) : 0;
    return unit ? n + unit : 0;
}

/* Length of the number with its frame in [115200 8E1]. */
static size_t speed_len(struct tt_slice s, size_t i)
{
    size_t n = digits(s, i), k = i + n + 1;

    if (!n || at(s, i + n) != ' ')
        return n;
    while (is_word(at(s, k)))
        k++;
    return k - i;
}

/* Length of an event's name, with what it may carry. */
static size_t event_len(struct tt_slice s, size_t i)
{
    size_t k = i;

    while ((at(s, k) >= 'a' && at(s, k) <= 'z') || at(s, k) == '-')
        k++;
    if (k == i)
        return speed_len(s, i);
    if (at(s, k) == '+')
        return k + 1 - i;
    if (k - i == 4 && memcmp(s.p + i, "lost", 4) == 0 && at(s, k) == ' ')
        k += 1 + digits(s, k + 1);
    return k - i;
}

/* [name], [name+], [115200 8E1], [lost 12], but not the [ of bytes[len]. */
static size_t scan_event(struct tt_slice s, size_t i)
{
    size_t n;

    if (at(s, i) != '[' || (i > 0 && is_word(s.p[i - 1])))
        return 0;
    n = event_len(s, i + 1);
    return n && at(s, i + 1 + n) == ']' ? n + 2 : 0;
}

static size_t scan_num(struct tt_slice s, size_t i)
{
    size_t k = i + 2;

    if (at(s, i) != '0' || at(s, i + 1) != 'x')
        return 0;
    while (tt_hex_digit(at(s, k)) >= 0)
        k++;
    return k > i + 2 ? k - i : 0;
}

static size_t scan_hex(struct tt_slice s, size_t i)
{
    char a = at(s, i), b = at(s, i + 1);
    bool ok = (tt_hex_digit(a) >= 0 && (tt_hex_digit(b) >= 0 || b == 'x')) ||
              (a == 'x' && tt_hex_digit(b) >= 0) || (a == '?' && b == '?');

    return ok && !is_word(at(s, i + 2)) ? 2 : 0;
}

static size_t scan_name(struct tt_slice s, size_t i)
{
    size_t k = i;

    if (is_digit(at(s, i)))
        return 0;
    while (is_word(at(s, k)))
        k++;
    return k - i;
}

static size_t scan_op(struct tt_slice s, size_t i)
{
    static const char *const two[] = {"=>", "..", "<<", ">>", "<=", ">=", "!="};

    for (size_t k = 0; k < TT_LEN(two); k++)
        if (s.n - i >= 2 && memcmp(s.p + i, two[k], 2) == 0)
            return 2;
    return s.p[i] && strchr("<>{}()[]:*?!|/=+-&^%,~$", s.p[i]) ? 1 : 0;
}

/* Words of letters and digits joined by single dots and dashes. */
static size_t scan_dotted(struct tt_slice s, size_t i)
{
    size_t k = i;

    if (!is_word(at(s, k)))
        return 0;
    for (;;) {
        while (is_word(at(s, k)))
            k++;
        if ((at(s, k) != '.' && at(s, k) != '-') || !is_word(at(s, k + 1)))
            return k - i;
        k++;
    }
}

/* What may stand between words: its length, 0 when there is none. */
static size_t scan_space(struct tt_slice s, size_t i)
{
    size_t k = i;

    while (at(s, k) == ' ' || at(s, k) == '\t')
        k++;
    if (k > i)
        return k - i;
    if (at(s, i) == '\\' && line_end(s, i + 1))
        return 1 + line_end(s, i + 1);
    if (at(s, i) != '#')
        return line_end(s, i); /* only a comment leaves one behind */
    while (k < s.n && !line_end(s, k))
        k++;
    return k - i;
}

static size_t scan(struct tt_slice s, size_t i, bool dotted,
                   enum tt_tok_kind *kind)
{
    static size_t (*const scanner[])(struct tt_slice, size_t) = {
        [TT_T_STR] = scan_str,     [TT_T_DUR] = scan_dur,
        [TT_T_EVENT] = scan_event, [TT_T_NUM] = scan_num,
        [TT_T_HEX] = scan_hex,     [TT_T_INT] = digits,
        [TT_T_NAME] = scan_name,   [TT_T_OP] = scan_op};

    for (size_t k = 0; k < TT_LEN(scanner); k++) {
        size_t n = scanner[k](s, i);

        if (!n)
            continue;
        *kind = (enum tt_tok_kind)k;
        if (dotted && k != TT_T_STR && k != TT_T_EVENT && k != TT_T_OP) {
            *kind = TT_T_NAME;
            return scan_dotted(s, i);
        }
        return n;
    }
    return 0;
}

static bool fail(struct tt_slice s, size_t i, unsigned line, unsigned col,
                 struct tt_lex_error *err)
{
    size_t k = i + 1;

    *err = (struct tt_lex_error){line, col, 1, s.p[i] == '"', s.p[i]};
    if (!err->open_text)
        return false;
    while (k < s.n && !line_end(s, k))
        k++;
    err->width = (unsigned)(k - i);
    return false;
}

bool tt_lex(struct tt_slice s, unsigned line, unsigned col, bool dotted,
            struct tt_tok *tok, size_t max, size_t *n, struct tt_lex_error *err)
{
    *n = 0;
    for (size_t i = 0; i < s.n;) {
        enum tt_tok_kind kind = TT_T_OP;
        size_t len = scan_space(s, i);

        if (len) {
            if (line_end(s, i + len - 1)) {
                line++;
                col = 1;
            } else {
                col += (unsigned)len;
            }
            i += len;
            continue;
        }
        len = scan(s, i, dotted, &kind);
        if (!len || *n == max)
            return fail(s, i, line, col, err);
        tok[(*n)++] = (struct tt_tok){kind, {s.p + i, len}, line, col};
        col += (unsigned)len;
        i += len;
    }
    return true;
}

/* ---- what words mean ----------------------------------------------------- */

bool tt_all_digits(struct tt_slice s)
{
    return s.n > 0 && digits(s, 0) == s.n;
}

uint64_t tt_decimal(struct tt_slice s)
{
    uint64_t v = 0;

    for (size_t i = 0; i < s.n; i++) {
        uint64_t d = (uint64_t)(s.p[i] - '0');

        if (v > (UINT64_MAX - d) / 10)
            return UINT64_MAX;
        v = v * 10 + d;
    }
    return v;
}

bool tt_hexadecimal(struct tt_slice s, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (*out >> 60)
            return false;
        *out = *out << 4 | (uint64_t)tt_hex_digit(s.p[i]);
    }
    return true;
}

bool tt_dur_read(struct tt_slice s, struct tt_dur *out)
{
    size_t n = digits(s, 0), k = n, frac = 0;
    uint64_t whole = tt_decimal((struct tt_slice){s.p, n});
    uint64_t unit, v;

    if (at(s, n) == '.') {
        frac = digits(s, n + 1);
        k = n + 1 + frac;
    }
    switch (s.p[k]) {
    case 'u': unit = TT_NS_PER_US; break;
    case 'm':
        unit = s.n - k == 3 ? 60 * TT_NS_PER_S : TT_NS_PER_MS; /* min, ms */
        break;
    case 'c': unit = 1000; break; /* thousandths */
    default: unit = TT_NS_PER_S;
    }
    *out = (struct tt_dur){0, 0};
    if (whole > TT_MAX_TIME_S * TT_NS_PER_S / unit)
        return false;
    v = whole * unit;
    for (size_t i = 0; i < frac; i++) {
        unit /= 10;
        v += (uint64_t)(s.p[n + 1 + i] - '0') * unit;
    }
    if (s.p[k] != 'c') {
        out->ns = v;
        return v <= TT_MAX_TIME_S * TT_NS_PER_S;
    }
    out->milli_ch = v <= TT_MAX_CH * 1000u ? (uint32_t)v : 0;
    return v <= TT_MAX_CH * 1000u;
}

uint64_t tt_dur_ns(struct tt_dur d)
{
    /* 10 bits at 115200 bit/s are 781250/9 ns. */
    return d.ns + (uint64_t)d.milli_ch * 781250 / 9000;
}

size_t tt_unescape(struct tt_slice v, char *out, uint16_t *where,
                   size_t *bad_at)
{
    static const char escapes[] = "n\nr\rt\t0\0e\x1b";
    size_t end = v.n - 1 - (v.p[v.n - 1] == 'i'), n = 0;

    for (size_t i = 1; i < end; i++, n++) {
        if (where)
            where[n] = (uint16_t)i;
        out[n] = v.p[i];
        if (v.p[i] != '\\')
            continue;
        out[n] = v.p[++i];
        if (v.p[i] == 'x') {
            int hi = i + 1 < end ? tt_hex_digit(v.p[i + 1]) : -1;
            int lo = i + 2 < end ? tt_hex_digit(v.p[i + 2]) : -1;

            if (hi < 0 || lo < 0) {
                *bad_at = i - 1;
                return SIZE_MAX;
            }
            out[n] = (char)(hi << 4 | lo);
            i += 2;
            continue;
        }
        for (size_t k = 0; k + 1 < sizeof(escapes) - 1; k += 2)
            if (out[n] == escapes[k]) {
                out[n] = escapes[k + 1];
                break;
            }
    }
    return n;
}
