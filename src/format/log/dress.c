/*
 * What mail programs, forums and terminals put around the lines of a log.
 */
#include "format/log/lines.h"

#include <string.h>

static const struct {
    const char *name;
    char is;
} entities[] = {{"&lt;", '<'},   {"&gt;", '>'},    {"&amp;", '&'},
                {"&quot;", '"'}, {"&#39;", '\''},  {"&#x27;", '\''},
                {"&nbsp;", ' '}, {"&apos;", '\''}, {"&#34;", '"'},
                {"&#62;", '>'},  {"&#60;", '<'},   {"&#124;", '|'}};

static size_t entity(struct tt_slice s, char *c)
{
    for (size_t i = 0; i < TT_LEN(entities); i++) {
        size_t n = strlen(entities[i].name);

        if (s.n >= n && !memcmp(s.p, entities[i].name, n)) {
            *c = entities[i].is;
            return n;
        }
    }
    return 0;
}

static struct tt_slice unhtml(struct tt_slice s, struct tt_buf *scratch)
{
    if (!memchr(s.p, '&', s.n))
        return s;
    tt_buf_clear(scratch);
    while (s.n) {
        char c = s.p[0];
        size_t n = c == '&' ? entity(s, &c) : 0;

        n = n ? n : 1;
        tt_buf_ch(scratch, c);
        s.p += n;
        s.n -= n;
    }
    return (struct tt_slice){tt_buf_text(scratch), scratch->n};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct tt_slice tt_undress(const struct tt_dress *d, struct tt_slice s,
                           struct tt_buf *scratch)
{
    if (d->html)
        s = unhtml(s, scratch);
    for (unsigned i = 0; i < d->quotes && s.n && s.p[0] == d->quote; i++) {
        s.p++;
        s.n--;
        if (s.n && s.p[0] == ' ') {
            s.p++;
            s.n--;
        }
    }
    for (unsigned i = 0; i < d->indent && s.n && is_blank(s.p[0]); i++) {
        s.p++;
        s.n--;
    }
    return s;
}

/* Length of the terminal sequence that s begins with, 0: it is none. */
static size_t sequence(struct tt_slice s)
{
    size_t i = 2;

    if (s.n < 2 || s.p[0] != '\x1b')
        return 0;
    if (s.p[1] != '[')
        return s.p[1] >= '0' && s.p[1] <= '~' ? 2 : 0;
    while (i < s.n && s.p[i] >= ' ' && s.p[i] <= '?')
        i++;
    return i < s.n && s.p[i] >= '@' && s.p[i] <= '~' ? i + 1 : 0;
}

struct tt_slice tt_uncolour(struct tt_slice s, struct tt_buf *scratch)
{
    while (s.n && s.p[s.n - 1] == '\r')
        s.n--;
    if (!s.n || !memchr(s.p, '\x1b', s.n))
        return s;
    tt_buf_clear(scratch);
    while (s.n) {
        size_t len = sequence(s);

        if (!len)
            tt_buf_ch(scratch, s.p[0]);
        len = len ? len : 1;
        s.p += len;
        s.n -= len;
    }
    return (struct tt_slice){tt_buf_text(scratch), scratch->n};
}
