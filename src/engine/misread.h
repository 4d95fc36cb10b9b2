/*
 * misread - bytes of a line that were read with other settings than they were
 * sent with: how likely is that, and what was sent?
 *
 * The receiver is modelled as an x16 UART: it waits for a falling edge, looks
 * at the middle of each bit, and after the stop bit waits for the next edge
 * (16550 data sheet, "receiver"; ARM PL011 TRM 2.4).  A sender is a chain of
 * characters, back to back or with idle between.  Bit by bit of the sender all
 * states that fit what was received are followed with their probability (a
 * hidden Markov model), so the result is the probability of the received bytes
 * under those settings, as bits: the fewer, the better they explain them.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_MISREAD_H
#define TT_ENGINE_MISREAD_H

#include "base/base.h"
#include "base/buf.h"

struct tt_frame {
    uint8_t data; /* bits: 7 or 8 */
    char parity;  /* N E O M S */
    bool inverted;
};

struct tt_misread {
    double ratio; /* receiver's baud by the sender's */
    struct tt_frame sent, read;
    const double *prior; /* of each byte sent: 256, sum 1 */
};

struct tt_misread_work; /* memory for it */

struct tt_misread_work *tt_misread_new(void) TT_MUST_USE;
void tt_misread_free(struct tt_misread_work *w);

/*
 * Bits to tell the n bytes given the settings, HUGE_VAL when they are
 * impossible.  sent (or NULL) gets the likeliest bytes that were sent.
 */
double tt_misread_bits(struct tt_misread_work *w, const struct tt_misread *h,
                       const uint8_t *bytes, size_t n, struct tt_buf *sent);

/* How often each byte comes in texts that devices print; and: all alike. */
void tt_misread_text(double prior[256]);
void tt_misread_any(double prior[256]);

/*
 * Bits to tell the bytes as they are, the cheapest of five ways: as text, each
 * by how often it came so far, each by what followed the one before it so
 * far, each by its step from the one before, and 8 each.  What other settings need must be below that.
 */
double tt_misread_plain(const uint8_t *bytes, size_t n);

/* One explanation of received bytes. */
struct tt_misread_found {
    uint32_t baud; /* of the sender */
    struct tt_frame sent;
    double gain;        /* bits less than the bytes as they are; may be < 0 */
    struct tt_buf text; /* the likeliest bytes sent; release it */
};

enum { TT_MISREAD_MOST = 1024, TT_MISREAD_FOUND = 8 };

/*
 * Were they sent at baud in this frame?  False when they cannot have been, or
 * the speeds are too far apart (more than 14 times).  At most TT_MISREAD_MOST
 * bytes are looked at, fewer when the sender is the faster one.
 */
bool tt_misread_as(struct tt_misread_work *w, const uint8_t *bytes, size_t n,
                   uint32_t read_baud, struct tt_frame read, uint32_t sent_baud,
                   struct tt_frame sent, struct tt_misread_found *f);

/*
 * All usual speeds and frames under which the bytes are a text, the best
 * first; bytes that are none fit too many settings.  Returns how many stand
 * in f, each with a gain of at least min bits.
 */
size_t tt_misread_search(struct tt_misread_work *w, const uint8_t *bytes,
                         size_t n, uint32_t read_baud, struct tt_frame read,
                         double min,
                         struct tt_misread_found f[TT_MISREAD_FOUND]);

#endif
