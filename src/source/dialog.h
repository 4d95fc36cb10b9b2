/*
 * dialog - a recording that answers: what the device said, said again to a
 * host that asks again.
 *
 *   recording ──▶ dialog ◀── bytes and control lines of a live host
 *                   └──▶ the device's bytes, at their times
 *
 * It follows the host through the recorded dialog byte by byte.  Where the
 * host repeats itself, leaves something out or resets the device, it looks
 * for the place of the recording that fits; where none does, it says so and
 * is silent, because an answer would be made up.
 *
 * Pure: time comes from outside, and nothing is written anywhere.
 *
 * Layer: source (program).  Uses base, tape.
 */
#ifndef TELLTALE_SOURCE_DIALOG_H
#define TELLTALE_SOURCE_DIALOG_H

#include "tape/tape.h"

enum { DIALOG_SHOWN = 16, DIALOG_AT_ONCE = 0 };

enum dialog_news_kind {
    DIALOG_LEFT,     /* the host does what was not recorded: silence */
    DIALOG_BACK,     /* ... and now again what was */
    DIALOG_REPEATED, /* it is at an earlier place again */
    DIALOG_SKIPPED,  /* it left something out */
    DIALOG_RESTARTED /* the device was reset, or the port opened again */
};

struct dialog_news {
    enum dialog_news_kind kind;
    uint64_t t_ns;        /* live */
    uint64_t offset;      /* host bytes of the recording before that place */
    uint64_t recorded_ns; /* the time of that place */
    bool past_end;        /* nothing of the host follows there */
    uint8_t expected[DIALOG_SHOWN], got[DIALOG_SHOWN];
    size_t nexpected, ngot;
};

struct dialog_config {
    size_t most;       /* bytes of the recording that are held */
    uint32_t speed_pm; /* in thousandths: 1000 as recorded; DIALOG_AT_ONCE */
    bool lines;        /* DTR and RTS of the host are seen */
    void (*news)(void *user, const struct dialog_news *n); /* may be NULL */
    void *user;
};

struct dialog_stats {
    uint64_t host_bytes, device_bytes; /* of the recording */
    uint64_t matched;                  /* host bytes that fitted */
    uint64_t sent;                     /* device bytes handed out */
    uint64_t furthest;                 /* host bytes up to the last place */
    uint64_t left, repeated, skipped, restarted, opened;
    bool off; /* the host is off the recording now */
};

struct dialog;

/* TT_ERR_NOMEM. */
enum tt_status dialog_new(struct dialog **out,
                          const struct dialog_config *c) TT_MUST_USE;
void dialog_free(struct dialog *d);

/* One record of the recording, in order.  TT_ERR_LIMIT when it is too long to
 * be held. */
enum tt_status dialog_add(struct dialog *d,
                          const struct tt_record *r) TT_MUST_USE;

/* ---- live --------------------------------------------------------------- */

/* The host did something: TT_EV_OPEN, an edge of DTR or RTS, a break; others
 * are ignored.  Before the first TT_EV_OPEN nothing is answered; after a
 * TT_EV_CLOSE what was due is still said, as a device does not know of it. */
void dialog_event(struct dialog *d, uint64_t now_ns, enum tt_event ev);

/* The host sent bytes. */
void dialog_host(struct dialog *d, uint64_t now_ns, const uint8_t *p, size_t n);

/* When the device speaks next; UINT64_MAX: not before the host does. */
uint64_t dialog_next(const struct dialog *d);

/* What it says by now, one record of the recording; false: nothing.  The
 * bytes are the dialog's own. */
bool dialog_due(struct dialog *d, uint64_t now_ns, struct tt_slice *out);

const struct dialog_stats *dialog_stats(const struct dialog *d);

#endif
