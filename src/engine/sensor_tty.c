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
enum { OFTEN = 24, BOTH = 12, PAIRS = 24, KINDS = 100, PLACES = 16 };

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

/* The byte is (or is not) one of those that never come; said once that all
 * but left of the values do. */
static bool missing(struct eaten *t, const struct tt_sense *s, bool is_one,
                    unsigned often, unsigned values, unsigned left,
                    uint64_t *start)
{
    if (t->over)
        return false;
    t->over = is_one;
    if (is_one || !count(t, s, often, values, left))
        return false;
    t->over = true;
    *start = t->start;
    return true;
}

/* XON and XOFF never come; all others do. */
static bool flow_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    return missing(state, s, s->byte == 0x11 || s->byte == 0x13, BOTH, 256, 2,
                   start);
}

/* CR never comes; all others do. */
static bool cr_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    return missing(state, s, s->byte == '\r', OFTEN, 256, 1, start);
}

/* Bit 7 is never set; all values below come, control codes too. */
static bool seven_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    return missing(state, s, s->byte & 0x80, BOTH, 128, 0, start);
}

/* ---- bytes that come in pairs -------------------------------------------- */

struct kinds {
    uint16_t n;
    uint8_t seen[32];
};

struct paired {
    bool begun, over;
    uint8_t run;  /* FF in a row */
    uint8_t last; /* the byte before them */
    uint16_t n;   /* pairs so far */
    uint64_t start;
    struct kinds all, before, behind; /* values; those beside the pairs */
};

static void add_kind(struct kinds *k, uint8_t byte)
{
    uint8_t bit = (uint8_t)(1u << (byte & 7));

    k->n = (uint16_t)(k->n + !(k->seen[byte >> 3] & bit));
    k->seen[byte >> 3] |= bit;
}

/*
 * Every FF is one of exactly two, in data of many kinds.  FFFF is also how
 * many protocols write "not known", but then it stands between few values.
 */
static bool ff_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct paired *t = state;
    uint8_t run = t->run;

    if (t->over)
        return false;
    if (!t->begun) {
        t->begun = true;
        t->start = s->off;
    }
    add_kind(&t->all, s->byte);
    if (s->byte == 0xff) {
        t->over = run == 2;
        t->run++;
        return false;
    }
    t->run = 0;
    if (run == 2) {
        t->n = (uint16_t)(t->n + (t->n < UINT16_MAX));
        add_kind(&t->before, t->last);
        add_kind(&t->behind, s->byte);
    }
    t->over = run == 1;
    t->last = s->byte;
    if (run != 2 || t->n < PAIRS || t->all.n < KINDS || t->before.n < PLACES ||
        t->behind.n < PLACES)
        return false;
    t->over = true;
    *start = t->start;
    return true;
}

/* Every LF comes after a CR, and every value comes often.  In a protocol that
 * ends its frames with both, LF would also come alone, inside them. */
struct ended {
    struct eaten all;
    uint8_t last;
};

static bool crlf_feed(void *state, const struct tt_sense *s, uint64_t *start)
{
    struct ended *t = state;
    bool alone = s->byte == '\n' && t->last != '\r';

    t->last = s->byte;
    return missing(&t->all, s, alone, OFTEN, 256, 0, start);
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
                                             .size = sizeof(struct ended),
                                             .feed = crlf_feed,
                                             .lanes = BOTH_LANES};
