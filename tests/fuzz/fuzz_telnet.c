/*
 * RFC 2217 from both sides: what a peer sends decides, and the pieces that it
 * comes in do not.
 */
#include "source/telnet.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 16 };

/* All of it in pieces of step bytes; the data, and how many changes. */
static size_t through(bool server, const uint8_t *p, size_t n, size_t step,
                      uint8_t *out, size_t *changes)
{
    struct telnet t;
    size_t all = 0;

    telnet_init(&t, server, 9600, "8N1");
    *changes = 0;
    for (size_t at = 0; at < n;) {
        size_t some = n - at < step ? n - at : step, got;
        struct end_change c;

        at += telnet_decode(&t, p + at, some, out + all, MOST - all, &got);
        all += got;
        while (telnet_next(&t, &c)) {
            ++*changes;
            telnet_done(&t, &c, c.baud, c.mode);
            telnet_ask(&t, &c);
            telnet_notify(&t, c.event);
        }
        if (t.nreply > TELNET_REPLY || strlen(t.mode) != 3)
            abort();
        t.nreply = 0;
    }
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[2][MOST], coded[2 * MOST];
    size_t n[2], changes[2], k;

    if (size > MOST - 1)
        return 0;
    for (int server = 0; server < 2; server++) {
        n[0] = through(server, data, size, MOST, out[0], &changes[0]);
        n[1] = through(server, data, size, 1, out[1], &changes[1]);
        if (n[0] != n[1] || changes[0] != changes[1] ||
            memcmp(out[0], out[1], n[0]) != 0)
            abort();
    }
    /* What is encoded comes out again, once CR NUL means that. */
    memcpy(coded, "\xff\xfb\0", 3);
    k = 3 + telnet_encode(data, size, coded + 3);
    n[0] = through(true, coded, k, MOST, out[0], &changes[0]);
    if (n[0] != size || memcmp(out[0], data, size) != 0)
        abort();
    return 0;
}
