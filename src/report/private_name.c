/*
 * private_name - see private_name.h.
 */
#include "report/private_name.h"

#include <string.h>

enum { MAX_NAME = 128, MAX_URL = 512 };

static bool mail_char(uint8_t c)
{
    return tt_is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '+';
}

static bool name_char(uint8_t c)
{
    return mail_char(c) || c > 0x7f;
}

/* ---- somebody @ something --------------------------------------------------------- */

static bool all_hex(const struct tt_private_text *t, size_t i, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!tt_is_hex(t->p[i + k]) && t->p[i + k] != '.' && t->p[i + k] != ',')
            return false;
    return true;
}

/* Is it what somebody logs in to: a shell's prompt, ssh's argument? */
static bool is_login(const struct tt_private_text *t, size_t i, size_t end)
{
    static const char *const tools[] = {"ssh ", "scp ", "sftp ", "rsync ",
                                        "mosh "};
    size_t line = tt_private_line(t, i);
    uint8_t next = end < t->n ? t->p[end] : '\n';
    uint8_t after = end + 1 < t->n ? t->p[end + 1] : ' ';

    for (size_t k = 0; k < TT_LEN(tools); k++)
        for (size_t at = line; at < i; at++)
            if (tt_private_starts(t, at, tools[k]))
                return true;
    if (next == ':' && (after == '~' || after == '/'))
        return true;
    if (tt_private_starts(t, end, "'s password"))
        return true;
    if (i > line && t->p[i - 1] != '[' && t->p[i - 1] != ' ' &&
        t->p[i - 1] != 'm') /* a colour */
        return false;
    return (next == ' ' && (after == '~' || after == '/')) || next == '#' ||
           next == '$' || tt_private_starts(t, end, " MINGW") ||
           tt_private_starts(t, end, " MSYS") ||
           tt_private_starts(t, end, " UCRT");
}

static size_t mail_at(const struct tt_private_text *t, size_t i)
{
    size_t a, b, dot = 0;

    if (i && mail_char(t->p[i - 1]))
        return 0;
    a = tt_private_run(t, i, mail_char);
    if (!a || i + a >= t->n || t->p[i + a] != '@')
        return 0;
    b = tt_private_run(t, i + a + 1, mail_char);
    if (!b || all_hex(t, i + a + 1, b)) /* serial@7e201000 of a device tree */
        return b && is_login(t, i, i + a + 1 + b) ? a + 1 + b : 0;
    for (size_t k = 1; k + 2 < b; k++)
        if (t->p[i + a + 1 + k] == '.')
            dot = k;
    if (dot || is_login(t, i, i + a + 1 + b))
        return a + 1 + b;
    return 0;
}

/* https://user:password@host: what is before the @. */
static size_t userinfo_at(const struct tt_private_text *t, size_t *i)
{
    size_t at = *i + 3, last = 0;
    bool password = false;

    if (!tt_private_starts(t, *i, "://"))
        return 0;
    for (size_t n = 0; at + n < t->n && n < MAX_URL; n++) {
        uint8_t c = t->p[at + n];

        if (c <= ' ' || (c == '/' && !password) || c == '"' || c == '\'' ||
            c == '<')
            break;
        if (n && tt_private_starts(t, at + n, "://"))
            break; /* another one */
        /* a number is a port */
        password = password || (c == ':' && at + n + 1 < t->n &&
                                !tt_is_digit(t->p[at + n + 1]));
        if (c == '@') /* a password may hold one, written as it is */
            last = n;
    }
    if (last)
        *i = at;
    return last;
}

/* ---- home folders --------------------------------------------------------------------- */

static bool is_shared(const struct tt_private_text *t, size_t i, size_t n)
{
    static const char *const names[] = {"Public", "Shared", "Default",
                                        "All Users"};

    for (size_t k = 0; k < TT_LEN(names); k++)
        if (n == strlen(names[k]) && tt_private_starts(t, i, names[k]))
            return true;
    return false;
}

/* A name in a Windows path may hold blanks: up to the next separator. */
static size_t windows_name(const struct tt_private_text *t, size_t i)
{
    size_t n = 0;

    while (i + n < t->n && n < MAX_NAME && t->p[i + n] >= ' ' &&
           !strchr("\\/\"'<>|:*?", t->p[i + n]))
        n++;
    if (i + n < t->n && (t->p[i + n] == '\\' || t->p[i + n] == '/'))
        return n;
    return tt_private_run(t, i, name_char);
}

static bool same_path(const struct tt_private_text *t, size_t i,
                      const char *path)
{
    for (size_t k = 0; path[k]; k++)
        if (i + k >= t->n ||
            tt_small(t->p[i + k]) != tt_small((uint8_t)path[k]))
            return false;
    return true;
}

static size_t home_at(const struct tt_private_text *t, size_t *i)
{
    static const struct {
        const char *path;
        bool windows;
    } homes[] = {{"/home/", false},
                 {"/Users/", true},
                 {"\\Users\\", true},
                 {"\\\\Users\\\\", true},
                 {"\\Documents and Settings\\", true},
                 {"/run/media/", false},
                 {"/media/", false}};

    for (size_t k = 0; k < TT_LEN(homes); k++)
        if (tt_private_starts(t, *i, homes[k].path) ||
            (homes[k].windows && same_path(t, *i, homes[k].path))) {
            size_t at = *i + strlen(homes[k].path);
            size_t n = homes[k].windows ? windows_name(t, at)
                                        : tt_private_run(t, at, name_char);

            if (!n || is_shared(t, at, n))
                return 0;
            *i = at;
            return n;
        }
    return 0;
}

/* ---- adapters ---------------------------------------------------------------------------- */

/* usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0: what is before "-if". */
static size_t by_id_at(const struct tt_private_text *t, size_t *i)
{
    static const char *const kinds[] = {"Serial", "UART",       "Bridge",
                                        "Ser",    "Controller", "Converter"};
    size_t n, at, from = 0;

    if (!tt_private_starts(t, *i, "usb-") || (*i && name_char(t->p[*i - 1])))
        return 0;
    n = tt_private_run(t, *i, mail_char);
    for (at = *i + 4; at + 4 < *i + n; at++) {
        if (t->p[at] == '_')
            from = at + 1;
        if (from && tt_private_starts(t, at, "-if") &&
            tt_is_digit(t->p[at + 3]))
            break;
    }
    if (!from || at + 4 >= *i + n || at <= from)
        return 0;
    for (size_t k = 0; k < TT_LEN(kinds); k++)
        for (size_t p = from; p < at; p++)
            if (tt_private_starts(t, p, kinds[k]))
                return 0; /* no number, the end of its name */
    *i = from;
    return at - from;
}

/* "R58M12345XY	device": what adb and fastboot list. */
static size_t phone_listed_at(const struct tt_private_text *t, size_t i)
{
    static const char *const states[] = {"device",   "unauthorized",
                                         "offline",  "fastboot",
                                         "recovery", "sideload"};
    size_t n, at, digits = 0;

    if (i && !tt_is_eol(t->p[i - 1]))
        return 0;
    n = tt_private_run(t, i, tt_is_alnum);
    for (size_t k = i; k < i + n; k++)
        digits += tt_is_digit(t->p[k]);
    for (at = i + n; at < t->n && tt_is_blank(t->p[at]);)
        at++;
    if (n < 6 || digits < 2 || at == i + n)
        return 0;
    for (size_t k = 0; k < TT_LEN(states); k++)
        if (tt_private_starts(t, at, states[k]))
            return n;
    return 0;
}

/* How other systems put a serial number into the name of a port. */
static size_t instance_at(const struct tt_private_text *t, size_t *i)
{
    static const char *const before[] = {"usbserial-", "usbmodem", "PID_"};
    size_t at, n, digits = 0;

    for (size_t k = 0; k < TT_LEN(before); k++)
        if (tt_private_starts(t, *i, before[k])) {
            at = *i + strlen(before[k]);
            if (k == 2) { /* VID_0403+PID_6001+A50285BIA\0000 */
                at += 4;
                if (at >= t->n || (t->p[at] != '+' && t->p[at] != '\\'))
                    return 0;
                at++;
            }
            n = at < t->n ? tt_private_run(t, at, tt_is_alnum) : 0;
            for (size_t d = 0; d < n; d++)
                digits += tt_is_digit(t->p[at + d]);
            if (n < 6 || !digits)
                return 0;
            *i = at;
            return n;
        }
    return 0;
}

/* ---- names of machines ---------------------------------------------------------------------- */

/* "Linux host 6.1.0", and "Nov 24 15:19:08 host kernel:". */
static size_t host_at(const struct tt_private_text *t, size_t *i)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    size_t at = *i, n;

    if (at && !tt_is_eol(t->p[at - 1]) && t->p[at - 1] != '>')
        return 0;
    if (tt_private_starts(t, at, "Linux ")) {
        at += 6;
        n = tt_private_run(t, at, mail_char);
        if (!n || at + n + 1 >= t->n || t->p[at + n] != ' ' ||
            !tt_is_digit(t->p[at + n + 1]) ||
            tt_private_starts(t, at, "version "))
            return 0;
        *i = at;
        return n;
    }
    if (t->n - at < 18 || t->p[at + 3] != ' ' || t->p[at + 6] != ' ' ||
        t->p[at + 9] != ':' || t->p[at + 12] != ':' || t->p[at + 15] != ' ')
        return 0;
    for (size_t m = 0; m < 36; m += 3)
        if (!memcmp(t->p + at, months + m, 3)) {
            n = tt_private_run(t, at + 16, mail_char);
            if (!n || at + 16 + n >= t->n || t->p[at + 16 + n] != ' ')
                return 0;
            *i = at + 16;
            return n;
        }
    return 0;
}

/* "host login:" */
static size_t greeting_at(const struct tt_private_text *t, size_t i)
{
    size_t n;

    if (i && !tt_is_eol(t->p[i - 1]))
        return 0;
    n = tt_private_run(t, i, mail_char);
    return n && tt_private_starts(t, i + n, " login:") &&
                   !tt_private_starts(t, i, "Last ")
               ? n
               : 0;
}

size_t tt_private_owner_at(const struct tt_private_text *t, size_t *i,
                           const char **what)
{
    uint8_t c = t->p[*i];
    size_t n;

    *what = "name of a machine";
    if (c >= 'A' && c <= 'S' && (n = host_at(t, i)) > 0)
        return n;
    if (tt_is_alnum(c) && (n = greeting_at(t, *i)) > 0)
        return n;
    *what = "serial number of a phone";
    if (tt_is_alnum(c) && (n = phone_listed_at(t, *i)) > 0)
        return n;
    *what = "serial number of an adapter";
    if (c == 'u' && (n = by_id_at(t, i)) > 0)
        return n;
    if ((c == 'u' || c == 'P') && (n = instance_at(t, i)) > 0)
        return n;
    *what = "mail address or login";
    if (mail_char(c) && (n = mail_at(t, *i)) > 0)
        return n;
    *what = TT_PRIVATE_LOGIN;
    if (c == ':' && (n = userinfo_at(t, i)) > 0)
        return n;
    *what = TT_PRIVATE_HOME;
    return c == '/' || c == '\\' ? home_at(t, i) : 0;
}
