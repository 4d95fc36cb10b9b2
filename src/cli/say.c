/*
 * say - the program's only writers to stdout and stderr.
 *
 * Escaping is done here, on the whole message, so that no caller can forget
 * it: a file name may hold an escape sequence as well as a device may.
 */
#include "cli/cli.h"
#include "cli/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static enum { OUT_GOOD, OUT_GONE, OUT_FAILED } out_state;

enum exit_code exit_worse(enum exit_code a, enum exit_code b)
{
    static const int rank[] = {[EXIT_HEALTHY] = 0,
                               [EXIT_UNKNOWN] = 1,
                               [EXIT_FAULT] = 2,
                               [EXIT_CANNOT] = 3};

    return rank[a] >= rank[b] ? a : b;
}

void put_clean(struct tt_buf *out, const void *p, size_t n)
{
    const unsigned char *s = p;

    for (size_t i = 0; i < n; i++)
        if (s[i] < 0x20 || s[i] > 0x7e)
            tt_buf_printf(out, "\\x%02X", s[i]);
        else
            tt_buf_ch(out, (char)s[i]);
}

static char last[1024]; /* what was said last */

/* What is said while a screen is drawn would be written across it. */
enum { HELD_BYTES = 16 << 10 };
static struct tt_buf held;
static bool holding, news;

void say_hold(bool hold)
{
    if (hold == holding)
        return;
    holding = hold;
    news = false;
    if (hold) {
        tt_buf_init(&held, HELD_BYTES);
        return;
    }
    (void)fwrite(tt_buf_text(&held), 1, held.n, stderr);
    tt_buf_release(&held);
}

bool say_news(void)
{
    bool was = news;

    news = false;
    return was;
}

void say_taken(struct tt_buf *out)
{
    if (holding)
        tt_buf_add(out, tt_buf_text(&held), held.n);
    if (holding)
        tt_buf_release(&held);
    holding = news = false;
}

const char *last_said(void)
{
    return last;
}

unsigned out_columns(void)
{
    const char *env = getenv("COLUMNS");
    unsigned long n = env ? strtoul(env, NULL, 10) : 0;
    struct winsize w;

    if (n >= 20 && n <= 1000)
        return (unsigned)n;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

void say(const char *fmt, ...)
{
    char msg[2048];
    struct tt_buf b;
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    (void)snprintf(last, sizeof(last), "%.*s", (int)sizeof(last) - 1, msg);
    tt_buf_init(&b, 4 * sizeof(msg) + 16);
    tt_buf_str(&b, "telltale: ");
    put_clean(&b, msg, strlen(msg));
    tt_buf_ch(&b, '\n');
    if (holding) {
        news = true;
        if (held.n + b.n <= HELD_BYTES)
            tt_buf_str(&held, tt_buf_text(&b));
    } else {
        (void)fwrite(tt_buf_text(&b), 1, b.n, stderr);
    }
    tt_buf_release(&b);
}

bool put_out(struct tt_buf *out)
{
    if (out->status)
        say("part of the output is missing: %s", tt_status_name(out->status));
    if (out_state == OUT_GOOD && out->n &&
        (fwrite(tt_buf_text(out), 1, out->n, stdout) != out->n ||
         fflush(stdout))) {
        out_state = errno == EPIPE ? OUT_GONE : OUT_FAILED;
        if (out_state == OUT_FAILED)
            say("cannot write the output: %s", strerror(errno));
    }
    tt_buf_clear(out);
    return out_state == OUT_GOOD;
}

enum exit_code put_end(enum exit_code code)
{
    return out_state == OUT_FAILED ? EXIT_CANNOT : code;
}

const char *shown_name(const char *name)
{
    return strcmp(name, "-") == 0 ? "standard input" : name;
}

bool want_color(const struct options *o)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return !o->no_color && !(no && *no) && isatty(STDOUT_FILENO) && term &&
           strcmp(term, "dumb") != 0;
}
