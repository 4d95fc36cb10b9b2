/*
 * usbmon's text, as "cat /sys/kernel/debug/usb/usbmon/1u" prints it: a line an
 * event, made into the packet that the binary interface would have given.
 *
 *   ffff8800b1c4d6c0 2375913 S Ci:1:001:0 s a3 00 0000 0003 0004 4 <
 *   ffff8800b1c4d6c0 2375926 C Ci:1:001:0 0 4 = 01050000
 *
 * The older form ("1t") has no bus: "Ci:001:00".  At most 32 bytes of each
 * transfer are printed, the rest is known to be missing.  The time is
 * microseconds, and starts again after 4096 s (before Linux 2.6.31 after 2^32).
 * Source: Linux Documentation/usb/usbmon.rst, drivers/usb/mon/mon_text.c.
 */
#include "format/capture.h"
#include "format/usb/usb.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_LINE = 512, /* the longest has 180 */
    HEADER = 64,
    MAX_DATA = 64,
    LOOK = 1024
};

#define WRAP_S   UINT64_C(4096000000)
#define WRAP_OLD (UINT64_C(1) << 32)

struct usbmon {
    struct tt_capture *capture;
    char line[MAX_LINE];
    size_t n;
    bool too_long;
    uint64_t lines;
    uint64_t last_us, wraps_us;
    bool any;
};

/* What is left of a line. */
struct text {
    const char *p;
    size_t n;
};

static struct tt_slice word(struct text *t)
{
    struct tt_slice w;

    while (t->n && *t->p == ' ') {
        t->p++;
        t->n--;
    }
    w = (struct tt_slice){t->p, 0};
    while (w.n < t->n && t->p[w.n] != ' ')
        w.n++;
    t->p += w.n;
    t->n -= w.n;
    return w;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* All of s, at most max digits, as a number. */
static bool number(struct tt_slice s, unsigned base, size_t max, uint64_t *v)
{
    *v = 0;
    if (!s.n || s.n > max)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int d = digit(s.p[i]);

        if (d < 0 || (unsigned)d >= base)
            return false;
        *v = *v * base + (unsigned)d;
    }
    return true;
}

/* Up to the next ':' of *s. */
static struct tt_slice field(struct tt_slice *s)
{
    struct tt_slice f = {s->p, 0};

    while (f.n < s->n && s->p[f.n] != ':')
        f.n++;
    s->p += f.n + (f.n < s->n);
    s->n -= f.n + (f.n < s->n);
    return f;
}

struct event {
    uint64_t tag, us, bus, addr, ep, length;
    char event, kind; /* S C E; C Z I B */
    bool in, setup;
    uint64_t request[5];
    uint64_t status; /* without its sign */
    char data;       /* '=', or why there is none */
    uint8_t bytes[MAX_DATA];
    size_t n;
};

static bool take_kind(struct event *e, struct tt_slice w)
{
    if (w.n != 2 || !memchr("CZIB", w.p[0], 4) || !memchr("io", w.p[1], 2))
        return false;
    e->kind = w.p[0];
    e->in = w.p[1] == 'i';
    return true;
}

/* "Ci:1:001:0" or "Ci:001:00" */
static bool take_address(struct event *e, struct tt_slice w)
{
    struct tt_slice part[3];
    size_t n = 0;

    if (!take_kind(e, field(&w)))
        return false;
    while (w.n && n < 3)
        part[n++] = field(&w);
    if (w.n || n < 2)
        return false;
    e->bus = 0;
    if (n == 3 && !number(part[0], 10, 5, &e->bus))
        return false;
    return part[n - 2].n == 3 && number(part[n - 2], 10, 3, &e->addr) &&
           number(part[n - 1], 10, 2, &e->ep) && e->addr < 128 && e->ep < 16 &&
           e->bus < 65536;
}

/* The four words that every line begins with. */
static bool take_head(struct event *e, struct text *t)
{
    struct tt_slice tag = word(t), us = word(t), ev = word(t);

    if (tag.n < 8 || !number(tag, 16, 16, &e->tag) ||
        !number(us, 10, 10, &e->us) || ev.n != 1 || !memchr("SCE", *ev.p, 3))
        return false;
    e->event = *ev.p;
    return take_address(e, word(t));
}

static bool take_request(struct event *e, struct text *t)
{
    static const size_t digits[] = {2, 2, 4, 4, 4};
    bool known = true;

    for (size_t i = 0; i < 5; i++) {
        struct tt_slice w = word(t);

        if (w.n != digits[i])
            return false;
        known &= number(w, 16, 4, &e->request[i]); /* else "__" */
    }
    e->setup &= known;
    return true;
}

/* "0", "-115", and of interrupt transfers "0:8", the interval after it. */
static bool take_status(struct event *e, struct tt_slice w)
{
    struct tt_slice s = field(&w);

    if (s.n > 1 && *s.p == '-') {
        s.p++;
        s.n--;
    }
    return number(s, 10, 5, &e->status);
}

static bool take_bytes(struct event *e, struct text *t)
{
    for (;;) {
        struct tt_slice w = word(t);

        if (!w.n)
            return true;
        if (w.n > 8 || w.n % 2)
            return false;
        for (size_t i = 0; i < w.n; i += 2) {
            int hi = digit(w.p[i]), lo = digit(w.p[i + 1]);

            if (hi < 0 || lo < 0)
                return false;
            if (e->n < MAX_DATA)
                e->bytes[e->n++] = (uint8_t)(hi << 4 | lo);
        }
    }
}

static bool take_event(struct event *e, struct text t)
{
    struct tt_slice w;

    memset(e, 0, sizeof(*e));
    if (!take_head(e, &t))
        return false;
    w = word(&t);
    if (w.n == 1 && *w.p >= 'A' && digit(*w.p) < 0) {
        e->setup = *w.p == 's'; /* else a setup that could not be read */
        if (!take_request(e, &t))
            return false;
    } else if (!take_status(e, w)) {
        return false;
    }
    if (e->kind == 'Z') /* frames, each with its length: nothing serial */
        return true;
    w = word(&t);
    if (!w.n && e->event == 'E')
        return true;
    if (!number(w, 10, 9, &e->length))
        return false;
    w = word(&t);
    e->data = w.n == 1 ? *w.p : '\0';
    if (w.n > 1)
        return false;
    return e->data != '=' || take_bytes(e, &t);
}

/* ---- recognising -------------------------------------------------------- */

static bool is_usbmon(const uint8_t *p, size_t n, bool end)
{
    size_t good = 0, bad = 0;

    (void)end;
    if (n > LOOK) /* what is decided may not depend on how much is there */
        n = LOOK;
    while (n) {
        const uint8_t *nl = memchr(p, '\n', n);
        size_t len = nl ? (size_t)(nl - p) : n;
        struct text t = {(const char *)p, len};
        struct event e;

        if (len && p[len - 1] == '\r')
            t.n--;
        if (t.n && take_head(&e, &t))
            good++;
        else if (t.n && nl)
            bad++;
        p += len + (nl != NULL);
        n -= len + (nl != NULL);
    }
    return good > bad;
}

/* ---- reading ------------------------------------------------------------ */

static void put(uint8_t *p, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

/* As struct mon_bin_hdr of a little-endian machine, and the bytes. */
static size_t make_packet(const struct event *e, uint8_t out[HEADER + MAX_DATA])
{
    static const char kinds[] = "ZICB";

    memset(out, 0, HEADER);
    put(out, e->tag, 8);
    out[8] = (uint8_t)e->event;
    out[9] = (uint8_t)(strchr(kinds, e->kind) - kinds);
    out[10] = (uint8_t)(e->ep | (e->in ? 0x80 : 0));
    out[11] = (uint8_t)e->addr;
    put(out + 12, e->bus, 2);
    out[14] = e->setup ? 0 : '-';
    out[15] = e->data == '=' ? 0 : e->data ? (uint8_t)e->data : '<';
    put(out + 28, 0 - e->status, 4);
    put(out + 32, e->length, 4);
    put(out + 36, e->data == '=' ? e->length : 0, 4);
    out[40] = (uint8_t)e->request[0];
    out[41] = (uint8_t)e->request[1];
    for (size_t i = 2; i < 5; i++)
        put(out + 38 + 2 * i, e->request[i], 2);
    memcpy(out + HEADER, e->bytes, e->n);
    return HEADER + e->n;
}

static uint64_t time_of(struct usbmon *um, const struct event *e)
{
    if (e->event == 'E' && !e->us)
        return um->wraps_us + um->last_us; /* it has none */
    if (um->any && e->us < um->last_us && um->last_us - e->us > WRAP_S / 2)
        um->wraps_us += um->last_us < WRAP_S ? WRAP_S : WRAP_OLD;
    um->any = true;
    um->last_us = e->us;
    return um->wraps_us + e->us;
}

static enum tt_status take_line(struct tt_reader *rd, struct tt_error *err)
{
    struct usbmon *um = rd->state;
    struct text t = {um->line, um->n};
    uint8_t packet[HEADER + MAX_DATA];
    struct event e;
    struct tt_packet pk = {.p = packet,
                           .offset = ++um->lines,
                           .link = TT_LINK_USB_LINUX_MMAPPED,
                           .no_epoch = true};

    rd->report.lines++;
    um->n = 0;
    if (t.n && t.p[t.n - 1] == '\r')
        t.n--;
    if (!t.n && !um->too_long)
        return TT_OK;
    if (um->too_long || !take_event(&e, t)) {
        tt_reader_note(rd, 0, um->lines, "no line of usbmon: '%.*s'",
                       t.n > 60 ? 60 : (int)t.n, t.p);
        um->too_long = false;
        return TT_OK;
    }
    pk.n = pk.full = make_packet(&e, packet);
    pk.abs_ns = time_of(um, &e) * TT_NS_PER_US;
    return tt_capture_packet(rd, um->capture, &pk, err);
}

static enum tt_status usbmon_feed(struct tt_reader *rd, const uint8_t *p,
                                  size_t n, struct tt_error *err)
{
    struct usbmon *um = rd->state;
    enum tt_status st = TT_OK;

    while (n && !st) {
        const uint8_t *nl = memchr(p, '\n', n);
        size_t len = nl ? (size_t)(nl - p) : n;
        size_t room = sizeof(um->line) - um->n;

        memcpy(um->line + um->n, p, len < room ? len : room);
        um->n += len < room ? len : room;
        um->too_long |= len > room;
        p += len + (nl != NULL);
        n -= len + (nl != NULL);
        if (nl)
            st = take_line(rd, err);
    }
    return st;
}

static enum tt_status usbmon_begin(struct tt_reader *rd, const uint8_t *p,
                                   size_t n, struct tt_error *err)
{
    struct usbmon *um = calloc(1, sizeof(*um));

    (void)p;
    (void)n;
    if (um)
        um->capture = tt_capture_new();
    if (!um || !um->capture) {
        free(um);
        return tt_fail(err, TT_ERR_NOMEM, "out of memory");
    }
    rd->state = um;
    memcpy(rd->report.info.format, "usbmon text", sizeof("usbmon text"));
    rd->report.info.quality = TT_TIME_US;
    return TT_OK;
}

static enum tt_status usbmon_finish(struct tt_reader *rd, struct tt_error *err)
{
    struct usbmon *um = rd->state;
    enum tt_status st = um->n || um->too_long ? take_line(rd, err) : TT_OK;

    return st ? st : tt_capture_finish(rd, um->capture, err);
}

static void usbmon_end(struct tt_reader *rd)
{
    struct usbmon *um = rd->state;

    tt_capture_free(um->capture);
    free(um);
}

static enum tt_status usbmon_copy(struct tt_reader *to,
                                  const struct tt_reader *from)
{
    const struct usbmon *was = from->state;
    struct usbmon *um = malloc(sizeof(*um));

    if (!um)
        return TT_ERR_NOMEM;
    *um = *was;
    um->capture = tt_capture_copy(was->capture);
    if (!um->capture) {
        free(um);
        return TT_ERR_NOMEM;
    }
    to->state = um;
    return TT_OK;
}

const struct tt_format tt_format_usbmon = {
    .name = "usbmon",
    .chooses = true,
    .look = LOOK,
    .is = is_usbmon,
    .begin = usbmon_begin,
    .feed = usbmon_feed,
    .finish = usbmon_finish,
    .end = usbmon_end,
    .copy = usbmon_copy,
};
