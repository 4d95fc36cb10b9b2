/*
 * tape_item - one line of tape text taken apart.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_TAPE_ITEM_H
#define TT_FORMAT_TAPE_ITEM_H

#include "tape/tape.h"

enum tt_item_kind {
    TT_ITEM_END,
    TT_ITEM_BAD,     /* why says what and what to do */
    TT_ITEM_COMMENT, /* text: what follows the # */
    TT_ITEM_MORE,    /* the line goes on after this one */
    TT_ITEM_TIME,    /* ns */
    TT_ITEM_PAUSE,   /* ns */
    TT_ITEM_LANE,    /* record.lane */
    TT_ITEM_BYTE,    /* byte, repeat */
    TT_ITEM_TEXT,    /* text (still escaped), bytes of it, repeat */
    TT_ITEM_EVENT    /* record.event, .baud, .mode, .count */
};

struct tt_item {
    enum tt_item_kind kind;
    uint64_t ns;
    unsigned digits; /* of a second that ns is good for: 3 for 12ms */
    uint8_t byte;
    struct tt_slice text;
    size_t bytes, repeat;
    struct tt_record record;
    char why[120];
};

/* Take the next item off the front of *rest.  After END, MORE and BAD there
 * is nothing to take. */
void tt_item_next(struct tt_slice *rest, struct tt_item *it);

/*
 * The same for the first item of a line that continues no other.  Bytes come
 * after a mark, so a whole number here is a time in seconds, however many
 * digits it has.
 */
void tt_item_first(struct tt_slice *rest, struct tt_item *it);

#endif
