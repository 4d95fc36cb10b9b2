/*
 * jpnevulator 2.3: a line that names the port the bytes were read from, then
 * rows of upper-case pairs (or of binary digits), perhaps with a count in
 * front and the text behind a tab.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

#include <string.h>

struct jpnevulator {
    enum tt_lane lane;
    bool known;     /* a name was seen, so that there is a lane */
    char first[64]; /* the name of the first port, if it says nothing */
};

static bool names(struct tt_slice s, const char *const *words)
{
    for (; *words; words++) {
        struct tt_slice at = s;
        size_t n = strlen(*words);

        for (; at.n >= n; at.p++, at.n--)
            if (!strncasecmp(at.p, *words, n))
                return true;
    }
    return false;
}

/* Whose bytes a port gives is known by its name alone. */
static enum tt_lane lane_of(struct tt_log *l, struct jpnevulator *k,
                            struct tt_slice name)
{
    static const char *const host[] = {"host", "pc", "tool", "master", NULL};
    static const char *const device[] = {"device", "target", "mcu", "slave",
                                         "board",  "dut",    NULL};

    if (names(name, host))
        return TT_LANE_HOST;
    if (names(name, device))
        return TT_LANE_DEVICE;
    if (!k->first[0] && name.n && name.n < sizeof(k->first)) {
        memcpy(k->first, name.p, name.n);
        tt_log_lacks(l, "it does not say which port is the host: the first "
                        "one is taken for it; the order between ports is "
                        "not sure");
    }
    return tt_slice_is(name, k->first) ? TT_LANE_HOST : TT_LANE_DEVICE;
}

static bool is_name(struct tt_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~')
            return false;
    return s.n && s.n < 64;
}

/* "01111001 00001011" */
static size_t cut_binary(struct tt_slice *s, uint8_t *out, size_t max)
{
    size_t n = 0;
    uint64_t v;

    while (n < max && tt_cut_digits(s, 2, 8, &v)) {
        out[n++] = (uint8_t)v;
        if (!tt_cut_char(s, ' '))
            break;
    }
    return n;
}

static size_t cut_row(struct tt_slice s, uint8_t *out, size_t max, bool *text)
{
    struct tt_slice at = s;
    uint64_t count;
    size_t n;

    if (tt_cut_digits(&at, 16, 8, &count) && tt_cut_char(&at, '\t'))
        s = at;
    at = s;
    n = tt_cut_pairs(&at, out, max);
    if (!n) {
        at = s;
        n = cut_binary(&at, out, max);
    }
    while (tt_cut_char(&at, ' '))
        ;
    *text = at.n && at.p[0] == '\t';
    for (size_t i = 0; i < s.n - at.n; i++)
        if (s.p[i] >= 'a')
            return 0;
    return *text || !at.n ? n : 0;
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct jpnevulator *k = (struct jpnevulator *)(void *)l->own;
    struct tt_slice at = s;
    struct tt_stamp t;
    uint8_t out[256];
    bool text = false;
    size_t n = cut_row(s, out, sizeof(out), &text);

    if (n) {
        tt_log_bytes(l, k->known ? k->lane : l->side, out, n);
        return text && k->known ? TT_TOOK_SURE : TT_TOOK_ROW;
    }
    if (tt_cut_iso(&at, &t) && t.digits == 6 && tt_cut_char(&at, ':')) {
        (void)tt_cut_blanks(&at);
        if (at.n && !is_name(at))
            return TT_TOOK_ODD;
        tt_log_at(l, t.ns, t.digits);
        tt_log_cut(l);
        if (at.n) {
            k->lane = lane_of(l, k, at);
            k->known = true;
        }
        return TT_TOOK_SURE;
    }
    if (!is_name(s))
        return TT_TOOK_ODD;
    k->lane = lane_of(l, k, s);
    k->known = true;
    return TT_TOOK_ROW;
}

const struct tt_dialect tt_dialect_jpnevulator = {
    .name = "jpnevulator",
    .title = "jpnevulator log",
    .lacks = "one time stands for several reads; the order between ports is "
             "not sure; no control lines, no speed",
    .take = take,
    .least = 2,
    .percent = 95,
};
