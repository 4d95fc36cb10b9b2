#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *tt_version(void)
{
    return "0.1.0";
}

const char *tt_status_name(enum tt_status st)
{
    switch (st) {
    case TT_OK: return "ok";
    case TT_ERR_ARG: return "bad argument";
    case TT_ERR_NOMEM: return "out of memory";
    case TT_ERR_LIMIT: return "limit exceeded";
    case TT_ERR_SYNTAX: return "syntax error";
    case TT_ERR_IO: return "i/o error";
    }
    return "unknown";
}

enum tt_status tt_fail(struct tt_error *err, enum tt_status code,
                       const char *fmt, ...)
{
    va_list ap;

    if (!err)
        return code;
    err->code = code;
    va_start(ap, fmt);
    (void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    return code;
}

bool tt_grow(void **p, uint32_t *cap, uint32_t need, size_t each)
{
    uint32_t n = *cap ? *cap : 16;
    void *q;

    if (need <= *cap)
        return true;
    while (n < need)
        n *= 2;
    q = realloc(*p, n * each);
    if (!q)
        return false;
    *p = q;
    *cap = n;
    return true;
}

bool tt_slice_is(struct tt_slice s, const char *word)
{
    for (size_t i = 0; i < s.n; i++) /* mostly over at the first letter */
        if (!word[i] || word[i] != s.p[i])
            return false;
    return !word[s.n];
}

struct tt_slice tt_slice_of(const char *s)
{
    return (struct tt_slice){s, strlen(s)};
}

static const char *const event_names[TT_EVENTS] = {
    "",     "break", "baud", "dtr+",        "dtr-",         "rts+",
    "rts-", "cts+",  "cts-", "dsr+",        "dsr-",         "dcd+",
    "dcd-", "ri+",   "ri-",  "frame-error", "parity-error", "overrun",
    "open", "close", "lost", "tick"};

const char *tt_event_name(enum tt_event ev)
{
    return (unsigned)ev < TT_EVENTS ? event_names[ev] : "";
}

enum tt_event tt_event_by_name(struct tt_slice name)
{
    for (int i = 1; i < TT_EVENTS; i++)
        if (tt_slice_is(name, event_names[i]))
            return (enum tt_event)i;
    return TT_EV_NONE;
}

char tt_lane_mark(enum tt_lane lane)
{
    switch (lane) {
    case TT_LANE_HOST: return '>';
    case TT_LANE_DEVICE: return '<';
    case TT_LANE_TOOL: return '$';
    default: return '-';
    }
}

uint64_t tt_quality_step(enum tt_quality q)
{
    switch (q) {
    case TT_TIME_S: return TT_NS_PER_S;
    case TT_TIME_100MS: return 100 * TT_NS_PER_MS;
    case TT_TIME_10MS: return 10 * TT_NS_PER_MS;
    case TT_TIME_MS: return TT_NS_PER_MS;
    case TT_TIME_US: return TT_NS_PER_US;
    case TT_TIME_NS: return 1;
    default: return 0;
    }
}

const char *tt_quality_name(enum tt_quality q)
{
    static const char *const names[] = {"none", "order", "s",  "100ms",
                                        "10ms", "ms",    "us", "ns"};

    return (unsigned)q < TT_LEN(names) ? names[q] : "none";
}
