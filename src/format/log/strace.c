/*
 * strace of a tool: its reads and writes of a serial line, and what it did to
 * the line with ioctl().  What it wrote to its own screen is kept as what the
 * tool printed.
 *
 * The result of a call counts, not what was asked for: a write of 16 bytes
 * that gives 3 sent three, one that gives -1 sent none.  A read shows the time of the call, which
 * is before the bytes came; with -T its duration is added.
 */
#include "format/log/strace.h"

#include <stdio.h>
#include <string.h>

static struct strace *own(struct tt_log *l)
{
    _Static_assert(sizeof(struct strace) <= TT_LOG_OWN, "state fits");
    return (struct strace *)(void *)l->own;
}

/* ---- strings ------------------------------------------------------------- */

static int escaped(char c)
{
    static const char from[] = "ntrvfab\\\"", to[] = "\n\t\r\v\f\a\b\\\"";
    const char *at = c ? strchr(from, c) : NULL;

    return at ? to[at - from] : -1;
}

/* One byte of a string, of which s is what is left. */
static bool cut_byte(struct tt_slice *s, uint8_t *b)
{
    struct tt_slice at = *s;
    uint64_t v = 0;

    if (!at.n || at.p[0] == '"')
        return false;
    if (!tt_cut_char(&at, '\\')) {
        *b = (uint8_t)at.p[0];
        s->p++;
        s->n--;
        return true;
    }
    if (!at.n)
        return false;
    if (tt_cut_char(&at, 'x')) {
        if (!tt_cut_digits(&at, 16, 2, &v))
            return false;
    } else if (at.p[0] >= '0' && at.p[0] <= '7') {
        for (int i = 0; i < 3 && at.n && at.p[0] >= '0' && at.p[0] <= '7';
             i++) {
            v = v * 8 + (unsigned)(at.p[0] - '0');
            at.p++;
            at.n--;
        }
    } else {
        int c = escaped(at.p[0]);

        if (c < 0)
            return false;
        v = (uint8_t)c;
        at.p++;
        at.n--;
    }
    *b = (uint8_t)v;
    *s = at;
    return true;
}

/* The string as text; what does not fit is left out. */
static bool cut_text(struct tt_slice *s, char *out, size_t size)
{
    size_t n = 0;
    uint8_t b;

    if (!tt_cut_char(s, '"'))
        return false;
    while (cut_byte(s, &b))
        if (n + 1 < size)
            out[n++] = (char)b;
    out[n] = '\0';
    return tt_cut_char(s, '"');
}

/* At most most bytes of the string; what it shows less than most is lost. */
static bool take_string(struct tt_log *l, struct tt_slice *s, enum tt_lane lane,
                        uint64_t *most)
{
    uint8_t b;

    if (!tt_cut_char(s, '"'))
        return false;
    while (cut_byte(s, &b))
        if (*most) {
            if (lane == TT_LANE_TOOL)
                tt_log_tool(l, (struct tt_slice){(const char *)&b, 1});
            else
                tt_log_byte(l, lane, b);
            --*most;
        }
    if (!tt_cut_char(s, '"'))
        return false;
    if (tt_cut_word(s, "...") && *most && lane != TT_LANE_TOOL) {
        tt_log_note(l, "the string was cut by strace; -s 65536 shows all");
        tt_log_lost(l, *most);
        *most = 0;
    }
    return true;
}

/* ---- descriptors --------------------------------------------------------- */

static bool is_line_name(const char *path)
{
    static const char *const heads[] = {"/dev/tty", "/dev/pts/", "/dev/serial",
                                        "/dev/cu.", "/dev/rfcomm"};

    if (!strcmp(path, "/dev/tty") || !strcmp(path, "/dev/console"))
        return false;
    for (size_t i = 0; i < TT_LEN(heads); i++)
        if (!strncmp(path, heads[i], strlen(heads[i])))
            return true;
    return false;
}

/* "3</dev/ttyUSB0<char 188:0>>" and what it is. */
static bool cut_fd(struct tt_log *l, struct tt_slice *s, struct strace_fd *fd)
{
    struct strace *k = own(l);
    struct tt_slice at = *s, name;
    char path[64];
    uint64_t n;
    size_t len = 0;
    uint8_t b;

    if (!tt_cut_number(&at, 10, &n) || n > INT32_MAX)
        return false;
    *fd = (struct strace_fd){.n = (int)n};
    fd->is_line = n < STRACE_FDS && k->is_line[n];
    if (tt_cut_char(&at, '<')) {
        name = at;
        while (name.n && name.p[0] != '>' && name.p[0] != '<' &&
               cut_byte(&name, &b))
            if (len + 1 < sizeof(path))
                path[len++] = (char)b;
        path[len] = '\0';
        if (tt_cut_char(&name, '<')) { /* <char 136:0> */
            size_t close = tt_find(name, ">");

            if (close >= name.n)
                return false;
            name.p += close + 1;
            name.n -= close + 1;
        }
        if (!tt_cut_char(&name, '>'))
            return false;
        at = name;
        fd->is_line = n > 2 && is_line_name(path);
    }
    *s = at;
    return true;
}

void tt_strace_is_line(struct tt_log *l, int fd, bool is)
{
    if (fd > 2 && fd < STRACE_FDS)
        own(l)->is_line[fd] = is;
}

/* ---- calls ---------------------------------------------------------------- */

/* ") = 15", ") = -1 EAGAIN (..)", ") = ?": what came back, or -1. */
static int64_t result(struct tt_slice s)
{
    size_t at = SIZE_MAX;
    struct tt_slice rest;
    uint64_t n;

    for (size_t i = s.n; i-- > 2;)
        if (s.p[i] == '=' && s.p[i - 1] == ' ' && i + 1 < s.n) {
            at = i + 1;
            break;
        }
    if (at > s.n)
        return -1;
    rest = (struct tt_slice){s.p + at, s.n - at};
    (void)tt_cut_blanks(&rest);
    if (tt_starts(rest, "0x") || !tt_cut_number(&rest, 10, &n) || n > INT32_MAX)
        return -1;
    return (int64_t)n;
}

/* " <0.000004>" at the end */
static uint64_t duration(struct tt_slice s)
{
    struct tt_stamp t = {0};

    tt_trim(&s);
    if (s.n < 4 || s.p[s.n - 1] != '>')
        return 0;
    for (size_t i = s.n - 1; i-- > 0;)
        if (s.p[i] == '<') {
            s = (struct tt_slice){s.p + i + 1, s.n - i - 1};
            return tt_cut_seconds(&s, &t) ? t.ns : 0;
        }
    return 0;
}

/* The strings of reads and writes, plain or with vectors. */
static void take_data(struct tt_log *l, struct tt_slice s, enum tt_lane lane,
                      bool vector, int64_t got)
{
    uint64_t most = got > 0 ? (uint64_t)got : 0;
    size_t at;

    if (!most)
        return;
    tt_log_cut(l);
    if (!vector) {
        (void)tt_cut_char(&s, ',');
        (void)tt_cut_blanks(&s);
        (void)take_string(l, &s, lane, &most);
        return;
    }
    while (most && (at = tt_find(s, "iov_base=\"")) < s.n) {
        s.p += at + 9;
        s.n -= at + 9;
        if (!take_string(l, &s, lane, &most))
            return;
    }
}

static void take_io(struct tt_log *l, struct strace_call *c, struct tt_slice s)
{
    bool vector = c->kind == CALL_READV || c->kind == CALL_WRITEV;
    bool write = c->kind == CALL_WRITE || c->kind == CALL_WRITEV;
    enum tt_lane lane = write ? TT_LANE_HOST : TT_LANE_DEVICE;
    uint64_t now = l->last_abs;

    if (!c->fd.is_line) {
        if (write && (c->fd.n == 1 || c->fd.n == 2))
            take_data(l, s, TT_LANE_TOOL, vector, result(s));
        return;
    }
    own(l)->any = true;
    if (!write && duration(s))
        tt_log_at(l, now + duration(s), l->digits);
    take_data(l, s, lane, vector, result(s));
    l->last_abs = now;
}

static void take_open(struct tt_log *l, struct tt_slice s)
{
    char path[64];
    int64_t fd = result(s);
    size_t at = tt_find(s, "\"");

    if (at >= s.n || fd < 3 || fd >= STRACE_FDS)
        return;
    s.p += at;
    s.n -= at;
    if (!cut_text(&s, path, sizeof(path)))
        return;
    tt_strace_is_line(l, (int)fd, is_line_name(path));
    if (is_line_name(path))
        tt_log_event(l, TT_EV_OPEN);
}

static void take_close(struct tt_log *l, struct strace_call *c,
                       struct tt_slice s)
{
    if (!c->fd.is_line || result(s) != 0)
        return;
    tt_strace_is_line(l, c->fd.n, false);
    tt_log_event(l, TT_EV_CLOSE);
}

static void take_call(struct tt_log *l, struct strace_call *c,
                      struct tt_slice s)
{
    switch (c->kind) {
    case CALL_OPEN: take_open(l, s); break;
    case CALL_CLOSE: take_close(l, c, s); break;
    case CALL_IOCTL: tt_strace_ioctl(l, c->fd, s, result(s)); break;
    default: take_io(l, c, s); break;
    }
}

/* The name of a call and its bracket. */
static bool cut_call(struct tt_slice *s, enum strace_kind *kind)
{
    static const struct {
        const char *name;
        enum strace_kind kind;
    } calls[] = {{"read", CALL_READ},   {"write", CALL_WRITE},
                 {"readv", CALL_READV}, {"writev", CALL_WRITEV},
                 {"openat", CALL_OPEN}, {"open", CALL_OPEN},
                 {"close", CALL_CLOSE}, {"ioctl", CALL_IOCTL}};

    for (size_t i = 0; i < TT_LEN(calls); i++) {
        struct tt_slice at = *s;

        if (!tt_cut_word(&at, calls[i].name) || !tt_cut_char(&at, '('))
            continue;
        *kind = calls[i].kind;
        *s = at;
        return true;
    }
    return false;
}

/* ---- lines ---------------------------------------------------------------- */

/* A call that another thread's interrupted: its rest comes later. */
static struct strace_call *waiting(struct strace *k, uint64_t pid, bool make)
{
    struct strace_call *spare = &k->waiting[0];

    for (size_t i = 0; i < TT_LEN(k->waiting); i++) {
        if (k->waiting[i].used && k->waiting[i].pid == pid)
            return &k->waiting[i];
        if (!k->waiting[i].used)
            spare = &k->waiting[i];
    }
    return make ? spare : NULL;
}

static void unfinished(struct tt_log *l, struct strace_call *c,
                       struct tt_slice s)
{
    struct strace_call *w = waiting(own(l), c->pid, true);

    /* The bytes of a write are there already, its result is not. */
    c->sent = 0;
    if (c->fd.is_line && c->kind == CALL_WRITE) {
        uint64_t most = UINT32_MAX;

        own(l)->any = true;
        tt_log_cut(l);
        (void)tt_cut_char(&s, ',');
        (void)tt_cut_blanks(&s);
        (void)take_string(l, &s, TT_LANE_HOST, &most);
        c->sent = UINT32_MAX - most;
    }
    *w = *c;
    w->used = true;
}

static enum tt_took resumed(struct tt_log *l, uint64_t pid, struct tt_slice s)
{
    struct strace_call *w = waiting(own(l), pid, false);
    size_t at = tt_find(s, " resumed>");

    if (at >= s.n)
        return TT_TOOK_ODD;
    s.p += at + 9;
    s.n -= at + 9;
    if (!w)
        return TT_TOOK_ROW;
    w->used = false;
    if (w->kind == CALL_WRITE && w->fd.is_line) {
        if (result(s) >= 0 && (uint64_t)result(s) < w->sent)
            tt_log_note(l, "not all bytes of this write were sent");
    } else {
        take_call(l, w, s);
    }
    return TT_TOOK_SURE;
}

/* "[pid 123] ", "123  " and the time, of which -t, -tt, -ttt and -r differ. */
static void cut_front(struct tt_log *l, struct tt_slice *s, uint64_t *pid)
{
    struct tt_slice at = *s;
    struct tt_stamp t;

    *pid = 0;
    if (tt_cut_word(&at, "[pid")) {
        (void)tt_cut_blanks(&at);
        if (tt_cut_number(&at, 10, pid) && tt_cut_char(&at, ']'))
            *s = at;
    } else if (tt_cut_number(&at, 10, pid) && tt_starts(at, " ")) {
        *s = at;
    }
    (void)tt_cut_blanks(s);
    if (tt_cut_clock(s, &t)) {
        tt_log_clock(l, t.ns, t.digits);
    } else if (tt_cut_seconds(s, &t)) {
        if (t.ns < UINT64_C(100000000) * TT_NS_PER_S)
            tt_log_after(l, t.ns, t.digits);
        else
            tt_log_at(l, t.ns, t.digits);
    }
    (void)tt_cut_blanks(s);
}

/* Some other call: "mmap(NULL, 8192, ...) = 0x7f..." */
static bool is_call(struct tt_slice s)
{
    size_t i = 0;

    while (i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '_' ||
                       (s.p[i] >= '0' && s.p[i] <= '9')))
        i++;
    s.p += i;
    s.n -= i;
    return i > 1 && tt_starts(s, "(") &&
           (tt_find(s, ") = ") < s.n || tt_find(s, ")  ") < s.n ||
            tt_find(s, "<unfinished ...>") < s.n);
}

static bool is_other(struct tt_slice s)
{
    return is_call(s) || tt_starts(s, "--- SIG") || tt_starts(s, "+++ ") ||
           tt_starts(s, " | ") || tt_starts(s, "strace: ") ||
           tt_starts(s, " * ");
}

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    struct strace_call c = {.used = false};
    struct tt_slice at;

    if (tt_starts(s, " | ")) /* -e read=all: the same once more */
        return TT_TOOK_IDLE;
    cut_front(l, &s, &c.pid);
    if (tt_starts(s, "<... "))
        return resumed(l, c.pid, s);
    at = s;
    if (!cut_call(&at, &c.kind) ||
        (c.kind != CALL_OPEN && !cut_fd(l, &at, &c.fd)))
        return is_other(s) ? TT_TOOK_IDLE : TT_TOOK_ODD;
    if (tt_find(at, "<unfinished ...>") < at.n) {
        unfinished(l, &c, at);
        return TT_TOOK_SURE;
    }
    if (!is_call(s))
        return TT_TOOK_ODD;
    take_call(l, &c, at);
    return TT_TOOK_SURE;
}

static void finish(struct tt_log *l)
{
    if (!own(l)->any)
        tt_log_lacks(l, "no read or write of a serial line is in it");
}

const struct tt_dialect tt_dialect_strace = {
    .name = "strace",
    .title = "strace of a tool",
    .lacks = "a read has the time of the call unless -T gives its end; line "
             "errors and what the device does with its lines are not in it",
    .take = take,
    .finish = finish,
    .least = 2,
    .percent = 80,
};
