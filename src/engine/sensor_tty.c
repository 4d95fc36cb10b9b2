/*
 * sensor_tty - what a terminal driver, or a Telnet layer, leaves behind when
 * binary data goes through it: bytes that never come, or come twice.
 *
 * Each is proven only on data in which everything else comes often, because
 * texts, and protocols that escape whole ranges (PPP, ZMODEM, XMODEM's
 * 7-bit kin), have no such bytes of their own.  Said once; a byte that
 * contradicts ends it until the recording begins anew.
 *
 * Which flag of termios(3) does what: POSIX.1-2017, General Terminal
 * Interface 11.2.2 and 11.2.3; FF doubled: RFC 854 (IAC IAC), and PARMRK.
 */
#include "engine/sensor.h"

#include <string.h>

/*
 * OFTEN: a value that would come by chance this often, on average, comes not
 * once in e^-24 of the cases.  BOTH: of each of two.
 */
enum { OFTEN = 24, BOTH = 12, PAIRS = 24, KINDS = 100, LINES = 32 };

/* ---- values that never come ---------------------------------------------- */

struct eaten {
    bool begun, over;
    uint16_t few; /* values seen less often than they must be */
    uint64_t start;
    uint8_t seen[256];
};

/* Count a byte; true when no more than left values are still rare. */
static bool count(struct eaten *t, const struct tt_sense *s, unsigned often,
                  unsigned values, unsigned left)
{
    if (!t->begun) {
        t->begun = true;
        t->few = (uint16_t)values;
        t->start = s->off;
    }
    if (t->seen[s->byte] == often)
        return false;
    return ++t->seen[s->byte] == often && --t->few <= left;
}

/* XON and XOFF never come; all others do. */
static bool flow_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct eaten *t = state;

    if (t->over)
        return false;
    if (s->byte == 0x11 || s->byte == 0x13) {
        t->over = true;
        return false;
    }
    if (!count(t, s, BOTH, 256, 2))
        return false;
    t->over = true;
    *start = t->start;
    return true;
}

/* CR never comes; all others do. */
static bool cr_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct eaten *t = state;

    if (t->over)
        return false;
    if (s->byte == '\r') {
        t->over = true;
        return false;
    }
    if (!count(t, s, OFTEN, 256, 1))
        return false;
    t->over = true;
    *start = t->start;
    return true;
}

/* Bit 7 is never set; all values below come, control codes too. */
static bool seven_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct eaten *t = state;

    if (t->over)
        return false;
    if (s->byte & 0x80) {
        t->over = true;
        return false;
    }
    if (!count(t, s, BOTH, 128, 0))
        return false;
    t->over = true;
    *start = t->start;
    return true;
}

/* ---- bytes that come in pairs -------------------------------------------- */

struct paired {
    bool begun, over;
    uint8_t run;  /* FF in a row */
    uint8_t last; /* the byte before */
    uint16_t n;   /* pairs so far */
    uint16_t kinds;
    uint64_t start;
    uint8_t seen[32];
};

static void begin(struct paired *t, const struct tt_sense *s)
{
    if (!t->begun) {
        t->begun = true;
        t->start = s->off;
    }
    if (!(t->seen[s->byte >> 3] >> (s->byte & 7) & 1)) {
        t->seen[s->byte >> 3] |= (uint8_t)(1u << (s->byte & 7));
        t->kinds++;
    }
}

static bool prove(struct paired *t, unsigned least, uint64_t *start)
{
    if (t->n < least || t->kinds < KINDS)
        return false;
    t->over = true;
    *start = t->start;
    return true;
}

/* Every FF is one of exactly two, in data of many kinds. */
static bool ff_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct paired *t = state;
    uint8_t run = t->run;

    if (t->over)
        return false;
    begin(t, s);
    if (s->byte == 0xff) {
        t->over = run == 2;
        t->run++;
        return false;
    }
    t->run = 0;
    if (run == 1) {
        t->over = true;
        return false;
    }
    t->n = (uint16_t)(t->n + (run == 2));
    return run == 2 && prove(t, PAIRS, start);
}

/* Every LF comes after a CR, in data that is no text. */
static bool crlf_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct paired *t = state;
    uint8_t last = t->last;

    if (t->over)
        return false;
    begin(t, s);
    t->last = s->byte;
    if (s->byte != '\n')
        return false;
    if (last != '\r') {
        t->over = true;
        return false;
    }
    t->n = (uint16_t)(t->n + (t->n < UINT16_MAX));
    return t->kinds > 2 * KINDS && prove(t, LINES, start);
}

enum { BOTH_LANES = 1u << TT_LANE_HOST | 1u << TT_LANE_DEVICE };

const struct tt_sensor_def tt_sensor_no_flow = {.name = "no_xon_xoff",
                                                .size = sizeof(struct eaten),
                                                .feed = flow_feed,
                                                .lanes = BOTH_LANES};
const struct tt_sensor_def tt_sensor_no_cr = {.name = "no_cr",
                                              .size = sizeof(struct eaten),
                                              .feed = cr_feed,
                                              .lanes = BOTH_LANES};
const struct tt_sensor_def tt_sensor_seven = {.name = "seven_bit",
                                              .size = sizeof(struct eaten),
                                              .feed = seven_feed,
                                              .lanes = BOTH_LANES};
const struct tt_sensor_def tt_sensor_ff = {.name = "doubled_ff",
                                           .size = sizeof(struct paired),
                                           .feed = ff_feed,
                                           .lanes = BOTH_LANES};
const struct tt_sensor_def tt_sensor_crlf = {.name = "only_crlf",
                                             .size = sizeof(struct paired),
                                             .feed = crlf_feed,
                                             .lanes = BOTH_LANES};
