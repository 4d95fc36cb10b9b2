/*
 * buf - text that grows up to a cap.
 *
 * Appends never need checking one by one: the first failure sticks in
 * .status and later appends do nothing; ask once at the end.
 *
 * Layer: base.
 */
#ifndef TT_BASE_BUF_H
#define TT_BASE_BUF_H

#include "base/base.h"

struct tt_buf {
    char *p; /* NUL-terminated whenever n > 0; NULL while empty */
    size_t n, size, cap;
    enum tt_status status;
};

/* Start an empty buffer that holds at most cap bytes.  Cannot fail. */
void tt_buf_init(struct tt_buf *b, size_t cap);

/* Free the text; the buffer is empty and usable again. */
void tt_buf_release(struct tt_buf *b);

/* An independent copy of from; to need not be initialised.  Without memory it
 * is empty, with the status set. */
void tt_buf_copy(struct tt_buf *to, const struct tt_buf *from);

/* Forget the text but keep the memory and the cap. */
void tt_buf_clear(struct tt_buf *b);

void tt_buf_add(struct tt_buf *b, const void *p, size_t n);
void tt_buf_str(struct tt_buf *b, const char *s);
void tt_buf_ch(struct tt_buf *b, char c);
void tt_buf_printf(struct tt_buf *b, const char *fmt, ...) TT_PRINTF(2, 3);

/* The text, NUL-terminated, "" when empty; borrowed until the next append. */
const char *tt_buf_text(const struct tt_buf *b);

/*
 * Append untrusted text made safe for a terminal: control bytes, DEL and
 * everything that is not printable ASCII become \xNN (\r \n \t \\ \" as such).
 */
void tt_buf_safe(struct tt_buf *b, const void *p, size_t n);

/* Append untrusted bytes as the inside of a JSON string (bytes >= 80 hex
 * that are not valid UTF-8 become \u00NN). */
void tt_buf_json(struct tt_buf *b, const void *p, size_t n);

/* Length of the valid UTF-8 sequence of two to four bytes at s, of which n
 * bytes are there; 0 when there is none. */
size_t tt_utf8_len(const uint8_t *s, size_t n);

#endif
