/*
 * search - find bytes, events or labels in a store, a piece of work at a time
 * so that a screen stays alive over gigabytes.
 *
 *   7F ?? "ok"      bytes; ?? is any one; 746D and 0x74 0x6D are bytes too
 *   temp            text, any words that are not bytes
 *   < 79            on one lane only
 *   [break]         an event of the line; [115200 8N1] its speed
 *   @sync           a label that holds these letters
 *
 * Text in small letters is found in capitals too; one capital in it, and it
 * is found as it stands.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_SEARCH_H
#define TELLTALE_VIEW_SEARCH_H

#include "view/labels.h"
#include "view/store.h"

enum { MAX_NEEDLE = 64 };

enum search_kind { SEARCH_NONE, SEARCH_BYTES, SEARCH_EVENT, SEARCH_LABEL };

struct needle {
    enum search_kind kind;
    int lane; /* enum tt_lane, -1: any */
    size_t n;
    uint8_t byte[MAX_NEEDLE], mask[MAX_NEEDLE];
    enum tt_event event;
    uint32_t baud; /* EVENT, 0: any */
    char mode[4];
    char text[MAX_NEEDLE]; /* LABEL: lower case */
};

/* What the user wrote; TT_ERR_SYNTAX with a sentence that helps. */
enum tt_status needle_parse(struct needle *n, const char *text,
                            struct tt_error *err) TT_MUST_USE;

/* Bytes and text in quotes alone, each as it stands: what can be sent. */
enum tt_status bytes_parse(struct needle *n, const char *text,
                           struct tt_error *err) TT_MUST_USE;

/* Where something was found, and where to go on. */
struct finding {
    uint64_t record;
    size_t at;       /* byte of the record */
    uint64_t offset; /* on the lane */
    size_t len;      /* 0: an event */
    enum tt_lane lane;
};

enum search_state { SEARCH_MORE, SEARCH_FOUND, SEARCH_END };

struct search {
    struct needle needle;
    bool back;
    uint64_t record; /* the next to look at (back: the last looked at) */
    size_t at;       /* look only beyond this byte of it (back: before) */
    bool partly;     /* at counts */
    struct finding found;
};

/* Begin beyond byte at of a record, in one of the directions. */
void search_begin(struct search *s, const struct needle *n, bool back,
                  uint64_t record, size_t at);

/* Look at up to about so many bytes. */
enum search_state search_step(struct search *s, const struct store *store,
                              const struct labels *labels, size_t bytes);

#endif
