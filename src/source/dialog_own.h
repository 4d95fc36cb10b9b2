/*
 * dialog_own - what the two halves of a dialog share: the recording as it is
 * held, and where the live host is.
 *
 * The host's part of the recording is a row of symbols: its bytes, and what
 * it did with the line (codes above 255).  pos is how many of them the live
 * host has made.  What the device said stands between two symbols; it is due
 * as long after the symbol before it as it was when it was recorded.
 *
 * Layer: source (program), used by dialog only.
 */
#ifndef TELLTALE_SOURCE_DIALOG_OWN_H
#define TELLTALE_SOURCE_DIALOG_OWN_H

#include "source/dialog.h"

enum {
    EVENT = 256, /* code of event 0 */
    HISTORY = 64,
    MESSAGE = 64 << 10 /* bytes of a live message that are remembered */
};

/* A pause that ends a message, in the recording and live: longer than a
 * scheduler holds a writer up, shorter than a tool waits before it repeats. */
#define PAUSE_NS (20 * TT_NS_PER_MS)

struct said { /* by the device, one record */
    uint64_t delay_ns;
    uint64_t due_ns; /* live */
    size_t after;    /* so many symbols */
    size_t at, len;
};

struct stamp { /* symbols from first on were made at t_ns */
    size_t first;
    uint64_t t_ns, host; /* bytes before it */
};

struct list { /* of symbols, by their number */
    size_t *at, n, room;
};

struct dialog {
    struct dialog_config c;
    uint16_t *sym;
    size_t nsym, room_sym;
    struct stamp *stamp;
    size_t nstamp, room_stamp;
    struct list begin;  /* where a message begins */
    struct list events; /* what are no bytes */
    uint8_t *bytes;     /* the device's */
    size_t nbytes, room_bytes;
    struct said *said;
    size_t nsaid, room_said;
    bool any, has_lines; /* there are DTR or RTS in the recording */
    bool device_last;    /* while it is read: the device spoke last */
    uint64_t first_ns, symbol_ns;
    /* live */
    bool open;
    size_t session;         /* the symbol it begins with */
    bool finished;          /* and the host made all of it */
    size_t pos;             /* symbols made */
    bool adrift;            /* pos is only where the host was last */
    size_t said_next;       /* the next that is said */
    size_t said_due;        /* those before it have a time */
    uint16_t past[HISTORY]; /* symbols before the message */
    size_t npast;
    uint8_t message[MESSAGE];
    size_t nmessage;
    size_t message_pos, message_at; /* pos before it; where it was found */
    bool jumped;                    /* these are not the same */
    bool lost;                      /* this message fits nowhere */
    bool ends_message;              /* what comes begins a new one */
    uint64_t host_ns;
    const uint8_t *ahead; /* what came with the byte that is looked at */
    size_t nahead;
    struct dialog_stats stats;
};

/* Is it one of those that a reset is made of? */
bool dialog_is_line(enum tt_event ev);

/* What is known of symbol i, which is there. */
const struct stamp *dialog_stamp(const struct dialog *d, size_t i);

/* Host bytes before symbol i. */
uint64_t dialog_bytes_before(const struct dialog *d, size_t i);

#endif
