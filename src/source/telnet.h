/*
 * telnet - RFC 2217: a serial port at the other end of a Telnet connection,
 * with its speed, frame, control lines and breaks.
 *
 * Text to and from it is in memory: no descriptors, no clock.  All that comes
 * in is hostile.
 *
 * Layer: source (program).
 */
#ifndef TELLTALE_SOURCE_TELNET_H
#define TELLTALE_SOURCE_TELNET_H

#include "base/base.h"

#include "telltale.h"

enum {
    TELNET_SUB = 64,    /* longest subnegotiation that is understood */
    TELNET_REPLY = 512, /* bytes that may wait to be sent */
    TELNET_QUEUE = 16,
    TELNET_OPTIONS = 3
};

/* What an end of a line said besides bytes, or what is to be done there. */
struct end_change {
    enum tt_event event; /* TT_EV_NONE: nothing; BAUD, DTR_UP ..., BREAK */
    uint32_t baud;       /* BAUD: 0: unchanged */
    char mode[4];        /* BAUD: empty: unchanged */
    bool off;            /* BREAK: it ends */
    uint8_t asked;       /* for telnet_done(): which command it was */
};

struct telnet {
    bool server; /* the port is on our side */
    uint8_t state, verb;
    bool cr; /* the last byte was one, in a connection that is not binary */
    uint8_t us[TELNET_OPTIONS], him[TELNET_OPTIONS];
    uint8_t sub[TELNET_SUB];
    size_t nsub; /* more than there is room for: not understood */
    uint32_t baud;
    char mode[4];
    uint8_t lines; /* DTR, RTS, BREAK as they were asked for */
    uint8_t modem, modem_mask, line_mask;
    bool suspended; /* he takes no bytes at the moment */
    bool refused;   /* flow control was asked for, which is not done */
    struct end_change queue[TELNET_QUEUE];
    size_t nqueue, queue_at;
    uint8_t reply[TELNET_REPLY];
    size_t nreply;
};

/* A new connection; baud (0) and mode (empty) as far as they are known.  What
 * is to be sent first is in reply. */
void telnet_init(struct telnet *t, bool server, uint32_t baud,
                 const char *mode);

/*
 * Take bytes that came; what of them is data goes to out, at most room of it.
 * Returns how many were taken: fewer when there is no room, when something
 * was said that has to be looked at first, or when replies have to go out.
 */
size_t telnet_decode(struct telnet *t, const uint8_t *in, size_t n,
                     uint8_t *out, size_t room, size_t *nout);

/* What was said, one after the other; false when that was all. */
bool telnet_next(struct telnet *t, struct end_change *c);

/* Data as it is to be sent, at most twice as long; its length. */
size_t telnet_encode(const uint8_t *p, size_t n, uint8_t *out);

/* Server: a change was carried out, this is how the port is set now. */
void telnet_done(struct telnet *t, const struct end_change *c, uint32_t baud,
                 const char *mode);
/* Server: how the port's lines are, before anything is asked. */
void telnet_lines(struct telnet *t, bool cts, bool dsr, bool ri, bool dcd);
/* Server: something happened on the line. */
void telnet_notify(struct telnet *t, enum tt_event ev);

/* Client: ask for a change. */
void telnet_ask(struct telnet *t, const struct end_change *c);

#endif
