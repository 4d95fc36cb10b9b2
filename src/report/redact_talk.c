/*
 * redact_talk - what is private by what was said before it: an answer to a
 * prompt and its echo, the text of a message that a modem waits for, the names
 * and passwords in frames of MQTT and PPP.
 */
#include "report/redact_own.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TYPED = 128, CTRL_Z = 0x1a, ESC = 0x1b };

struct talk {
    struct tt_redactor *rd;
    const struct tt_private_word *asked; /* by the device, not answered yet */
    char what[TT_REMOVED_TEXT];
    bool typing;              /* some of the answer has come */
    bool message;             /* the modem wants a text */
    uint8_t typed[MAX_TYPED]; /* the answer, and how long it is */
    size_t ntyped;
    uint8_t line[12]; /* how the host's line begins */
    size_t nline;
    size_t echo; /* of the answer: from here on in the device's lane */
    uint8_t echoed[MAX_TYPED];
    size_t nechoed;
};

static void stop_at(struct tt_redactor *rd, size_t at)
{
    if (rd->nstops == rd->size_stops) {
        size_t size = rd->size_stops ? 2 * rd->size_stops : 64;
        size_t *more = realloc(rd->stop, size * sizeof(*more));

        if (!more) {
            rd->st = TT_ERR_NOMEM;
            return;
        }
        rd->stop = more;
        rd->size_stops = size;
    }
    if (!rd->nstops || rd->stop[rd->nstops - 1] < at)
        rd->stop[rd->nstops++] = at;
}

/* ---- prompts ---------------------------------------------------------------------- */

/* A line that was sent at once comes back at once. */
static void late_echo(struct talk *t, size_t end)
{
    struct tt_redact_lane *l = &t->rd->lane[TT_LANE_DEVICE];

    if (!t->nechoed || end - t->echo < t->nechoed)
        return;
    if (!memcmp(l->p + t->echo, t->echoed, t->nechoed))
        tt_redact_out(t->rd, TT_LANE_DEVICE, t->echo, t->nechoed, t->what,
                      true);
    t->nechoed = 0;
}

static void device_says(struct talk *t, size_t from, size_t end)
{
    const struct tt_redact_lane *l = &t->rd->lane[TT_LANE_DEVICE];
    const struct tt_private_word *now = tt_private_prompt(t->rd->pv, l->p, end);
    size_t at = from;

    late_echo(t, end);
    if (end - from >= 5 && memchr(l->p + from, 'E', end - from))
        for (size_t i = from; i + 5 <= end; i++)
            t->message = t->message && memcmp(l->p + i, "ERROR", 5) != 0;
    if (t->typing && !now) {
        while (at < end && !tt_is_eol(l->p[at])) /* what is typed comes back */
            at++;
        if (at > from)
            tt_redact_out(t->rd, TT_LANE_DEVICE, from, at - from, t->what,
                          true);
        if (at < end)
            t->asked = NULL, t->typing = false, t->ntyped = 0;
    } else {
        t->asked = now;
        t->typing = false;
        t->ntyped = 0;
    }
    if (now) {
        size_t n = now->text.n < sizeof(t->what) - 1 ? now->text.n
                                                     : sizeof(t->what) - 1;

        memcpy(t->what, now->text.p, n);
        t->what[n] = '\0';
    }
}

static void answered(struct talk *t)
{
    memcpy(t->echoed, t->typed, t->ntyped);
    t->nechoed = t->ntyped;
    t->asked = NULL;
    t->typing = false;
    t->ntyped = 0;
}

/* ---- messages -------------------------------------------------------------------- */

static bool line_is(const struct talk *t, const char *word)
{
    for (size_t i = 0; word[i]; i++)
        if (i >= t->nline || tt_small(t->line[i]) != (uint8_t)word[i])
            return false;
    return true;
}

static void host_byte(struct talk *t, uint8_t c)
{
    if (tt_is_eol(c)) {
        if (line_is(t, "at+cmgs=") || line_is(t, "at+cmgw=") ||
            line_is(t, "at+cmgc="))
            t->message = true;
        t->nline = 0;
    } else if (c == CTRL_Z || c == ESC) {
        t->message = false;
        t->nline = 0;
    } else if (t->nline < sizeof(t->line)) {
        t->line[t->nline++] = c;
    }
}

/* The text of a message in [from, end), up to its end. */
static void message_out(struct talk *t, size_t from, size_t end)
{
    const struct tt_redact_lane *l = &t->rd->lane[TT_LANE_HOST];
    size_t at = from;

    while (at < end && l->p[at] != CTRL_Z && l->p[at] != ESC)
        at++;
    while (from < at && tt_is_eol(l->p[from]))
        from++;
    if (at - from > 2 && tt_small(l->p[from]) == 'a' &&
        tt_small(l->p[from + 1]) == 't' && !t->nline && l->p[from + 2] &&
        strchr("+&^%#\r\n", l->p[from + 2])) {
        t->message = false; /* it went on with something else */
        return;
    }
    if (at > from) {
        size_t n = at - from < MAX_TYPED ? at - from : MAX_TYPED;

        memcpy(t->echoed, l->p + from, n);
        t->nechoed = n;
        t->echo = t->rd->lane[TT_LANE_DEVICE].n; /* set by the caller */
        memcpy(t->what, "text of a message", 18);
        tt_redact_out(t->rd, TT_LANE_HOST, from, at - from, t->what, false);
    }
}

static void host_says(struct talk *t, size_t from, size_t end, size_t device)
{
    const struct tt_redact_lane *l = &t->rd->lane[TT_LANE_HOST];
    size_t at = from;

    if (t->message) {
        message_out(t, from, end);
        if (t->nechoed)
            t->echo = device;
    }
    if (t->asked && !t->typing)
        stop_at(t->rd, device);
    while (t->asked && at < end && !tt_is_eol(l->p[at])) {
        if (t->ntyped < MAX_TYPED)
            t->typed[t->ntyped++] = l->p[at];
        at++;
    }
    for (size_t i = from; i < end; i++)
        host_byte(t, l->p[i]);
    if (at > from) {
        tt_redact_out(t->rd, TT_LANE_HOST, from, at - from, t->what, false);
        t->typing = true;
    }
    if (t->asked && at < end) {
        tt_redact_learn(t->rd, t->typed, t->ntyped);
        t->echo = device;
        answered(t);
    }
}

/* ---- frames ------------------------------------------------------------------------- */

/* A text with its length in front, from at on; false past the end. */
static bool counted(struct tt_redactor *rd, enum tt_lane lane, size_t *at,
                    const char *what)
{
    const struct tt_redact_lane *l = &rd->lane[lane];
    size_t n;

    if (*at + 2 > l->n)
        return false;
    n = (size_t)l->p[*at] << 8 | l->p[*at + 1];
    if (n > l->n - *at - 2)
        return false;
    if (n && what)
        tt_redact_out(rd, lane, *at + 2, n, what, true);
    *at += 2 + n;
    return true;
}

/* MQTT: a variable number of 1 to 4 bytes (3.1.1, section 2.2.3). */
static bool skip_properties(const struct tt_redact_lane *l, size_t *at)
{
    size_t n = 0;

    for (unsigned k = 0; k < 4 && *at < l->n; k++) {
        uint8_t c = l->p[(*at)++];

        n |= (size_t)(c & 0x7f) << (7 * k);
        if (!(c & 0x80)) {
            *at += n;
            return *at <= l->n;
        }
    }
    return false;
}

/* CONNECT (MQTT 3.1.1, section 3.1; 5.0 has properties between): at is behind
 * the protocol's name. */
static void mqtt_connect(struct tt_redactor *rd, enum tt_lane lane, size_t at)
{
    const struct tt_redact_lane *l = &rd->lane[lane];
    uint8_t level, flags;

    if (at + 4 > l->n)
        return;
    level = l->p[at];
    flags = l->p[at + 1];
    at += 4; /* level, flags, keep alive */
    if (level < 3 || level > 5 || (flags & 1))
        return;
    if (level == 5 && !skip_properties(l, &at))
        return;
    if (!counted(rd, lane, &at, "MQTT client id"))
        return;
    if (flags & 4) {
        if (level == 5 && !skip_properties(l, &at))
            return;
        if (!counted(rd, lane, &at, NULL) || !counted(rd, lane, &at, NULL))
            return;
    }
    if ((flags & 0x80) && !counted(rd, lane, &at, "MQTT user"))
        return;
    if (flags & 0x40)
        (void)counted(rd, lane, &at, "MQTT password");
}

static void by_mqtt(struct tt_redactor *rd, enum tt_lane lane)
{
    const struct tt_redact_lane *l = &rd->lane[lane];

    for (size_t i = 1; i + 6 < l->n; i++)
        if (l->p[i] == 4 && !l->p[i - 1] && !memcmp(l->p + i + 1, "MQTT", 4))
            mqtt_connect(rd, lane, i + 5);
        else if (l->p[i] == 6 && !l->p[i - 1] &&
                 !memcmp(l->p + i + 1, "MQIsdp", 6))
            mqtt_connect(rd, lane, i + 7);
}

/* The next byte of a PPP frame (RFC 1662: 7D makes another of the next one);
 * -1 at its end. */
static int ppp_byte(const struct tt_redact_lane *l, size_t *at)
{
    uint8_t c = *at < l->n ? l->p[*at] : 0x7e;

    if (c == 0x7e)
        return -1;
    (*at)++;
    if (c != 0x7d)
        return c;
    return *at < l->n && l->p[*at] != 0x7e ? l->p[(*at)++] ^ 0x20 : -1;
}

/* Authenticate-Request (RFC 1334, section 2.2.1): at is behind C0 23. */
static void ppp_pap(struct tt_redactor *rd, enum tt_lane lane, size_t at)
{
    static const char *const what[] = {"PAP peer id", "PAP password"};
    const struct tt_redact_lane *l = &rd->lane[lane];
    int head[4];

    for (size_t i = 0; i < TT_LEN(head); i++)
        head[i] = ppp_byte(l, &at);
    if (head[0] != 1 || head[2] != 0 || head[3] < 6)
        return;
    for (size_t i = 0; i < TT_LEN(what); i++) {
        int n = ppp_byte(l, &at), got = 0;
        size_t from = at;

        if (n < 0 || n > head[3] - 6)
            return;
        while (got < n && ppp_byte(l, &at) >= 0)
            got++;
        if (got < n)
            return;
        if (at > from)
            tt_redact_out(rd, lane, from, at - from, what[i], true);
    }
}

static void by_frames(struct tt_redactor *rd, enum tt_lane lane)
{
    const struct tt_redact_lane *l = &rd->lane[lane];

    by_mqtt(rd, lane);
    for (size_t i = 0; i + 2 < l->n; i++)
        if (l->p[i] == 0xc0 && l->p[i + 1] == 0x23)
            ppp_pap(rd, lane, i + 2);
}

void tt_redact_talk(struct tt_redactor *rd)
{
    struct talk t = {.rd = rd};
    size_t device = 0;

    for (size_t i = 0; i < rd->n; i++) {
        const struct tt_redact_kept *k = &rd->rec[i];
        size_t end = k->offset + k->rec.len;

        if (!k->rec.len)
            continue;
        if (k->rec.lane == TT_LANE_DEVICE) {
            device = end;
            device_says(&t, k->offset, end);
        } else if (k->rec.lane == TT_LANE_HOST) {
            host_says(&t, k->offset, end, device);
        }
    }
    by_frames(rd, TT_LANE_HOST);
    by_frames(rd, TT_LANE_DEVICE);
}
