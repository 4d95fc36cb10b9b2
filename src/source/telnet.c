/*
 * Commands and values are those of RFC 2217 sections 3 and 4; the options are
 * negotiated as RFC 854 has it: what is refused once is not asked for again,
 * and an answer is not answered, so that no two sides can go round in circles.
 */
#include "source/telnet.h"

#include <string.h>

enum { IAC = 255, DONT = 254, DO = 253, WONT = 252, WILL = 251, SB = 250 };
enum { SE = 240 };

enum { OPT_BINARY = 0, OPT_SGA = 3, OPT_COM_PORT = 44 };

static const uint8_t options[TELNET_OPTIONS] = {OPT_BINARY, OPT_SGA,
                                                OPT_COM_PORT};

enum { BINARY, SGA, COM_PORT }; /* their places */
enum { ON = 1, ASKED = 2 };

enum state { DATA, COMMAND, OPTION, IN_SUB, SUB_COMMAND };

enum {
    SIGNATURE = 0,
    SET_BAUDRATE = 1,
    SET_DATASIZE = 2,
    SET_PARITY = 3,
    SET_STOPSIZE = 4,
    SET_CONTROL = 5,
    NOTIFY_LINESTATE = 6,
    NOTIFY_MODEMSTATE = 7,
    SUSPEND = 8,
    RESUME = 9,
    SET_LINESTATE_MASK = 10,
    SET_MODEMSTATE_MASK = 11,
    PURGE_DATA = 12,
    FROM_SERVER = 100 /* is added */
};

enum {
    FLOW_ASK = 0,
    FLOW_NONE = 1,
    FLOW_HARDWARE = 3,
    BREAK_ASK = 4,
    BREAK_ON = 5,
    BREAK_OFF = 6,
    DTR_ASK = 7,
    DTR_ON = 8,
    DTR_OFF = 9,
    RTS_ASK = 10,
    RTS_ON = 11,
    RTS_OFF = 12,
    IN_FLOW_NONE = 14
};

enum { LINE_DTR = 1, LINE_RTS = 2, LINE_BREAK = 4 };

/* Of NOTIFY-LINESTATE, where they are errors. */
enum { LS_OVERRUN = 2, LS_PARITY = 4, LS_FRAME = 8, LS_BREAK = 16 };

/* Of NOTIFY-MODEMSTATE: the state, and the bit that says it has changed. */
static const struct {
    uint8_t bit, changed;
    enum tt_event up; /* the event after it is 'down' */
} modem_lines[] = {{16, 1, TT_EV_CTS_UP},
                   {32, 2, TT_EV_DSR_UP},
                   {64, 4, TT_EV_RI_UP},
                   {128, 8, TT_EV_DCD_UP}};

static const char parities[] = "?NOEMS";

/* ---- what is sent ------------------------------------------------------- */

/* All of it or nothing; there is room, see telnet_decode(). */
static void reply(struct telnet *t, const uint8_t *p, size_t n)
{
    if (n > sizeof(t->reply) - t->nreply)
        return;
    memcpy(t->reply + t->nreply, p, n);
    t->nreply += n;
}

static void negotiate(struct telnet *t, uint8_t verb, uint8_t option)
{
    const uint8_t b[] = {IAC, verb, option};

    reply(t, b, sizeof(b));
}

static void command(struct telnet *t, uint8_t cmd, const void *p, size_t n)
{
    uint8_t b[2 * TELNET_SUB + 6] = {IAC, SB, OPT_COM_PORT};
    size_t k = 3;

    b[k++] = (uint8_t)(cmd + (t->server ? FROM_SERVER : 0));
    k += telnet_encode(p, n < TELNET_SUB ? n : TELNET_SUB, b + k);
    b[k++] = IAC;
    b[k++] = SE;
    reply(t, b, k);
}

static void command_byte(struct telnet *t, uint8_t cmd, uint8_t value)
{
    command(t, cmd, &value, 1);
}

static void command_baud(struct telnet *t, uint32_t baud)
{
    const uint8_t b[] = {(uint8_t)(baud >> 24), (uint8_t)(baud >> 16),
                         (uint8_t)(baud >> 8), (uint8_t)baud};

    command(t, SET_BAUDRATE, b, sizeof(b));
}

static uint8_t parity_code(char letter)
{
    const char *at = letter ? strchr(parities, letter) : NULL;

    return at ? (uint8_t)(at - parities) : 0;
}

size_t telnet_encode(const uint8_t *p, size_t n, uint8_t *out)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        out[k++] = p[i];
        if (p[i] == IAC)
            out[k++] = IAC;
    }
    return k;
}

void telnet_init(struct telnet *t, bool server, uint32_t baud, const char *mode)
{
    *t = (struct telnet){.server = server, .modem_mask = 255, .baud = baud};
    memcpy(t->mode, *mode ? mode : "8N1", sizeof(t->mode));
    for (int i = 0; i < COM_PORT; i++) {
        t->us[i] = t->him[i] = ASKED;
        negotiate(t, WILL, options[i]);
        negotiate(t, DO, options[i]);
    }
    /* The client offers what the server does (RFC 2217, section 2). */
    (server ? t->him : t->us)[COM_PORT] = ASKED;
    negotiate(t, server ? DO : WILL, OPT_COM_PORT);
}

/* ---- options ------------------------------------------------------------ */

static bool agreed(const struct telnet *t)
{
    return (t->us[COM_PORT] | t->him[COM_PORT]) & ON;
}

/* Both sides know of the port now. */
static void begin_port(struct telnet *t)
{
    if (t->server) { /* clients wait for it */
        command_byte(t, NOTIFY_MODEMSTATE, t->modem);
        return;
    }
    command_byte(t, SET_LINESTATE_MASK,
                 LS_OVERRUN | LS_PARITY | LS_FRAME | LS_BREAK);
    command_byte(t, SET_MODEMSTATE_MASK, 255);
    if (t->baud) {
        struct end_change c = {.event = TT_EV_BAUD, .baud = t->baud};

        memcpy(c.mode, t->mode, sizeof(c.mode));
        telnet_ask(t, &c);
    }
}

static void on_option(struct telnet *t, uint8_t verb, uint8_t option)
{
    bool his = verb == WILL || verb == WONT, yes = verb == WILL || verb == DO;
    uint8_t yes_verb = his ? DO : WILL, no_verb = his ? DONT : WONT, *state;
    bool was = agreed(t);
    int i = 0;

    while (i < TELNET_OPTIONS && options[i] != option)
        i++;
    if (i == TELNET_OPTIONS) {
        if (yes)
            negotiate(t, no_verb, option);
        return;
    }
    state = his ? &t->him[i] : &t->us[i];
    if (yes != (bool)(*state & ON) && !(*state & ASKED))
        negotiate(t, yes ? yes_verb : no_verb, option);
    *state = yes ? ON : 0;
    if (!was && agreed(t))
        begin_port(t);
}

/* ---- what is said ------------------------------------------------------- */

static void queue(struct telnet *t, const struct end_change *c)
{
    if (t->nqueue < TELNET_QUEUE)
        t->queue[t->nqueue++] = *c;
}

static void queue_event(struct telnet *t, enum tt_event ev)
{
    const struct end_change c = {.event = ev};

    queue(t, &c);
}

bool telnet_next(struct telnet *t, struct end_change *c)
{
    if (t->queue_at == t->nqueue) {
        t->queue_at = t->nqueue = 0;
        return false;
    }
    *c = t->queue[t->queue_at++];
    return true;
}

/* Of the frame one part. */
static void asks_frame(struct telnet *t, uint8_t cmd, uint8_t value)
{
    struct end_change c = {.event = TT_EV_BAUD, .asked = cmd};

    memcpy(c.mode, t->mode, sizeof(c.mode));
    if (cmd == SET_DATASIZE && value >= 5 && value <= 8)
        c.mode[0] = (char)('0' + value);
    else if (cmd == SET_PARITY && value >= 1 && value <= 5)
        c.mode[1] = parities[value];
    else if (cmd == SET_STOPSIZE && (value == 1 || value == 2))
        c.mode[2] = (char)('0' + value);
    else { /* 0 asks what it is; others there are none */
        telnet_done(t, &c, t->baud, t->mode);
        return;
    }
    queue(t, &c);
}

static void asks_line(struct telnet *t, uint8_t value)
{
    static const struct {
        uint8_t value, bit;
        bool on;
        enum tt_event event;
    } known[] = {{BREAK_ON, LINE_BREAK, true, TT_EV_BREAK},
                 {BREAK_OFF, LINE_BREAK, false, TT_EV_BREAK},
                 {DTR_ON, LINE_DTR, true, TT_EV_DTR_UP},
                 {DTR_OFF, LINE_DTR, false, TT_EV_DTR_DOWN},
                 {RTS_ON, LINE_RTS, true, TT_EV_RTS_UP},
                 {RTS_OFF, LINE_RTS, false, TT_EV_RTS_DOWN}};
    struct end_change c = {.asked = SET_CONTROL};

    for (size_t i = 0; i < TT_LEN(known); i++)
        if (known[i].value == value) {
            t->lines = (uint8_t)(known[i].on ? t->lines | known[i].bit
                                             : t->lines & ~known[i].bit);
            c.event = known[i].event;
            c.off = !known[i].on;
            queue(t, &c);
        }
    if (value == DTR_ASK)
        value = t->lines & LINE_DTR ? DTR_ON : DTR_OFF;
    else if (value == RTS_ASK)
        value = t->lines & LINE_RTS ? RTS_ON : RTS_OFF;
    else if (value == BREAK_ASK)
        value = t->lines & LINE_BREAK ? BREAK_ON : BREAK_OFF;
    else if (value <= FLOW_HARDWARE || value >= IN_FLOW_NONE - 1) {
        t->refused |= value > FLOW_NONE && value != IN_FLOW_NONE - 1 &&
                      value != IN_FLOW_NONE;
        value = value <= FLOW_HARDWARE ? FLOW_NONE : IN_FLOW_NONE;
    }
    command_byte(t, SET_CONTROL, value);
}

/* A client's command. */
static void serve(struct telnet *t, uint8_t cmd, const uint8_t *p, size_t n)
{
    struct end_change c = {.event = TT_EV_BAUD, .asked = SET_BAUDRATE};

    if (cmd == SIGNATURE) {
        if (!n)
            command(t, SIGNATURE, "telltale", 8);
        return;
    }
    if (cmd == SET_BAUDRATE && n == 4) {
        c.baud = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                 (uint32_t)p[2] << 8 | p[3];
        if (c.baud)
            queue(t, &c);
        else
            telnet_done(t, &c, t->baud, t->mode);
        return;
    }
    if (cmd == SUSPEND || cmd == RESUME)
        t->suspended = cmd == SUSPEND;
    if (n != 1)
        return;
    if (cmd >= SET_DATASIZE && cmd <= SET_STOPSIZE)
        asks_frame(t, cmd, *p);
    else if (cmd == SET_CONTROL)
        asks_line(t, *p);
    else if (cmd == SET_LINESTATE_MASK || cmd == SET_MODEMSTATE_MASK) {
        *(cmd == SET_LINESTATE_MASK ? &t->line_mask : &t->modem_mask) = *p;
        command_byte(t, cmd, *p);
    } else if (cmd == PURGE_DATA) /* what is on its way arrives */
        command_byte(t, cmd, *p);
}

static void new_modem_state(struct telnet *t, uint8_t now)
{
    for (size_t i = 0; i < TT_LEN(modem_lines); i++)
        if ((now ^ t->modem) & modem_lines[i].bit)
            queue_event(t, (enum tt_event)((int)modem_lines[i].up +
                                           !(now & modem_lines[i].bit)));
    t->modem = now & 0xF0;
}

/* A server's answer or news. */
static void hear(struct telnet *t, uint8_t cmd, const uint8_t *p, size_t n)
{
    struct end_change c = {.event = TT_EV_BAUD};

    if (cmd == SUSPEND || cmd == RESUME)
        t->suspended = cmd == SUSPEND;
    if (cmd == SET_BAUDRATE && n == 4) {
        c.baud = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                 (uint32_t)p[2] << 8 | p[3];
        if (c.baud && c.baud != t->baud) { /* another than was asked for */
            t->baud = c.baud;
            queue(t, &c);
        }
    }
    if (n != 1)
        return;
    if (cmd == NOTIFY_MODEMSTATE)
        new_modem_state(t, *p);
    if (cmd != NOTIFY_LINESTATE)
        return;
    if (*p & LS_BREAK)
        queue_event(t, TT_EV_BREAK);
    if (*p & LS_FRAME)
        queue_event(t, TT_EV_FRAME_ERROR);
    if (*p & LS_PARITY)
        queue_event(t, TT_EV_PARITY_ERROR);
    if (*p & LS_OVERRUN)
        queue_event(t, TT_EV_OVERRUN);
}

static void on_sub(struct telnet *t)
{
    uint8_t cmd;

    if (t->nsub < 2 || t->nsub > TELNET_SUB || t->sub[0] != OPT_COM_PORT)
        return;
    cmd = t->sub[1];
    if (t->server && cmd < FROM_SERVER)
        serve(t, cmd, t->sub + 2, t->nsub - 2);
    else if (!t->server && cmd >= FROM_SERVER)
        hear(t, (uint8_t)(cmd - FROM_SERVER), t->sub + 2, t->nsub - 2);
}

/* ---- what comes in ------------------------------------------------------ */

static void sub_byte(struct telnet *t, uint8_t b)
{
    if (t->nsub < TELNET_SUB)
        t->sub[t->nsub] = b;
    t->nsub += t->nsub <= TELNET_SUB;
}

/* A byte of data, if it is one. */
static size_t data_byte(struct telnet *t, uint8_t b, uint8_t *out)
{
    bool padding = t->cr && b == 0; /* CR NUL is a CR alone, RFC 854 */

    t->cr = b == '\r' && !(t->him[BINARY] & ON);
    if (padding)
        return 0;
    *out = b;
    return 1;
}

static void command_state(struct telnet *t, uint8_t b)
{
    t->verb = b;
    t->state = b == SB ? IN_SUB : b >= WILL ? OPTION : DATA;
    t->nsub = 0;
}

size_t telnet_decode(struct telnet *t, const uint8_t *in, size_t n,
                     uint8_t *out, size_t room, size_t *nout)
{
    size_t i = 0;

    *nout = 0;
    for (; i < n && *nout < room && t->queue_at == t->nqueue &&
           t->nreply < TELNET_REPLY / 2;
         i++) {
        uint8_t b = in[i];

        switch ((enum state)t->state) {
        case DATA:
            if (b == IAC)
                t->state = COMMAND;
            else
                *nout += data_byte(t, b, out + *nout);
            break;
        case COMMAND:
            if (b == IAC) {
                t->state = DATA;
                *nout += data_byte(t, b, out + *nout);
            } else {
                command_state(t, b);
            }
            break;
        case OPTION:
            t->state = DATA;
            on_option(t, t->verb, b);
            break;
        case IN_SUB:
            if (b == IAC)
                t->state = SUB_COMMAND;
            else
                sub_byte(t, b);
            break;
        case SUB_COMMAND:
            if (b == IAC) {
                t->state = IN_SUB;
                sub_byte(t, b);
            } else {
                t->state = DATA;
                if (b == SE)
                    on_sub(t);
            }
            break;
        }
    }
    return i;
}

/* ---- the port ----------------------------------------------------------- */

void telnet_done(struct telnet *t, const struct end_change *c, uint32_t baud,
                 const char *mode)
{
    if (baud)
        t->baud = baud;
    if (*mode)
        memcpy(t->mode, mode, sizeof(t->mode));
    switch (c->asked) {
    case SET_BAUDRATE: command_baud(t, t->baud); break;
    case SET_DATASIZE:
        command_byte(t, c->asked, (uint8_t)(t->mode[0] - '0'));
        break;
    case SET_PARITY: command_byte(t, c->asked, parity_code(t->mode[1])); break;
    case SET_STOPSIZE:
        command_byte(t, c->asked, (uint8_t)(t->mode[2] - '0'));
        break;
    default: break; /* lines were answered */
    }
}

void telnet_lines(struct telnet *t, bool cts, bool dsr, bool ri, bool dcd)
{
    t->modem = (uint8_t)((cts ? modem_lines[0].bit : 0) |
                         (dsr ? modem_lines[1].bit : 0) |
                         (ri ? modem_lines[2].bit : 0) |
                         (dcd ? modem_lines[3].bit : 0));
}

void telnet_notify(struct telnet *t, enum tt_event ev)
{
    uint8_t line = ev == TT_EV_BREAK          ? LS_BREAK
                   : ev == TT_EV_FRAME_ERROR  ? LS_FRAME
                   : ev == TT_EV_PARITY_ERROR ? LS_PARITY
                   : ev == TT_EV_OVERRUN      ? LS_OVERRUN
                                              : 0;

    if (!agreed(t))
        return;
    if (line & t->line_mask)
        command_byte(t, NOTIFY_LINESTATE, line);
    for (size_t i = 0; i < TT_LEN(modem_lines); i++) {
        uint8_t bit = modem_lines[i].bit;

        if (ev != modem_lines[i].up && (int)ev != (int)modem_lines[i].up + 1)
            continue;
        t->modem = (uint8_t)(ev == modem_lines[i].up ? t->modem | bit
                                                     : t->modem & ~bit);
        if (t->modem_mask & (bit | modem_lines[i].changed))
            command_byte(t, NOTIFY_MODEMSTATE,
                         (uint8_t)(t->modem | modem_lines[i].changed));
    }
}

static void ask_settings(struct telnet *t, const struct end_change *c)
{
    if (agreed(t) && c->baud)
        command_baud(t, c->baud);
    if (agreed(t) && c->mode[0]) {
        command_byte(t, SET_DATASIZE, (uint8_t)(c->mode[0] - '0'));
        command_byte(t, SET_PARITY, parity_code(c->mode[1]));
        command_byte(t, SET_STOPSIZE, (uint8_t)(c->mode[2] - '0'));
    } /* else it is asked for when they have agreed */
    if (c->baud)
        t->baud = c->baud;
    if (c->mode[0])
        memcpy(t->mode, c->mode, sizeof(t->mode));
}

void telnet_ask(struct telnet *t, const struct end_change *c)
{
    switch (c->event) {
    case TT_EV_BAUD: ask_settings(t, c); return;
    case TT_EV_DTR_UP: command_byte(t, SET_CONTROL, DTR_ON); return;
    case TT_EV_DTR_DOWN: command_byte(t, SET_CONTROL, DTR_OFF); return;
    case TT_EV_RTS_UP: command_byte(t, SET_CONTROL, RTS_ON); return;
    case TT_EV_RTS_DOWN: command_byte(t, SET_CONTROL, RTS_OFF); return;
    case TT_EV_BREAK:
        command_byte(t, SET_CONTROL, c->off ? BREAK_OFF : BREAK_ON);
        return;
    default: return;
    }
}
