/*
 * RFC 2217 from both sides: the sides against each other, and against bytes
 * that no honest peer sends.
 */
#include "source/telnet.h"
#include "suites.h"

#include <string.h>

/* All of in through t; what is data, in out. */
static size_t feed(struct telnet *t, const void *in, size_t n, uint8_t *out)
{
    const uint8_t *p = in;
    size_t all = 0, got;

    while (n) {
        size_t used = telnet_decode(t, p, n, out + all, 4096, &got);

        all += got;
        p += used;
        n -= used;
        if (!used) {
            struct end_change c;

            while (telnet_next(t, &c))
                ;
            t->nreply = 0;
        }
    }
    return all;
}

/* Everything that the two want to say to each other; the changes that one
 * heard, in heard. */
static size_t talk(struct telnet *a, struct telnet *b, struct end_change *heard,
                   size_t most)
{
    struct telnet *side[2] = {a, b};
    size_t n = 0;
    int rounds = 0;

    while (a->nreply || b->nreply) {
        ck_assert_int_lt(rounds++, 20); /* no circles */
        for (int i = 0; i < 2; i++) {
            struct telnet *from = side[i], *to = side[!i];
            uint8_t said[TELNET_REPLY], data[16];
            size_t len = from->nreply, at = 0, none;
            struct end_change c;

            memcpy(said, from->reply, len);
            from->nreply = 0;
            while (at < len) {
                at += telnet_decode(to, said + at, len - at, data, sizeof(data),
                                    &none);
                ck_assert_uint_eq(none, 0);
                while (telnet_next(to, &c)) {
                    ck_assert_uint_lt(n, most);
                    heard[n++] = c;
                    if (to->server)
                        telnet_done(to, &c, c.baud, c.mode);
                }
            }
        }
    }
    return n;
}

START_TEST(two_sides_agree)
{
    struct telnet server, client;
    struct end_change heard[TELNET_QUEUE],
        c = {.event = TT_EV_BAUD, .baud = 250000, .mode = "7O2"};
    size_t n;

    telnet_init(&server, true, 9600, "8N1");
    telnet_init(&client, false, 57600, "8E1");
    telnet_lines(&server, true, false, false, true);
    n = talk(&server, &client, heard, TELNET_QUEUE);
    ck_assert_uint_eq(n, 6); /* the settings, CTS and DCD */
    ck_assert_uint_eq(server.baud, 57600);
    ck_assert_str_eq(server.mode, "8E1");
    telnet_ask(&client, &c);
    n = talk(&server, &client, heard, TELNET_QUEUE);
    ck_assert_uint_eq(n, 4);
    ck_assert_uint_eq(heard[0].baud, 250000);
    ck_assert_str_eq(heard[3].mode, "7O2");
    ck_assert_uint_eq(client.baud, 250000);
}
END_TEST

START_TEST(lines_and_breaks)
{
    static const enum tt_event asked[] = {TT_EV_DTR_UP, TT_EV_RTS_DOWN,
                                          TT_EV_BREAK, TT_EV_BREAK};
    static const enum tt_event news[] = {TT_EV_CTS_UP, TT_EV_DSR_UP,
                                         TT_EV_FRAME_ERROR, TT_EV_BREAK,
                                         TT_EV_CTS_DOWN};
    struct telnet server, client;
    struct end_change heard[TELNET_QUEUE];

    telnet_init(&server, true, 0, "");
    telnet_init(&client, false, 0, "");
    (void)talk(&server, &client, heard, TELNET_QUEUE);
    for (size_t i = 0; i < TT_LEN(asked); i++) {
        struct end_change c = {.event = asked[i], .off = i == 3};

        telnet_ask(&client, &c);
        ck_assert_uint_eq(talk(&server, &client, heard, 1), 1);
        ck_assert_int_eq(heard[0].event, asked[i]);
        if (asked[i] == TT_EV_BREAK)
            ck_assert_int_eq(heard[0].off, i == 3);
    }
    for (size_t i = 0; i < TT_LEN(news); i++) {
        telnet_notify(&server, news[i]);
        ck_assert_uint_eq(talk(&server, &client, heard, 1), 1);
        ck_assert_int_eq(heard[0].event, news[i]);
    }
}
END_TEST

START_TEST(another_speed_than_asked)
{
    static const uint8_t set[] = {255, 250, 44, 1, 0, 0, 0x25, 0x80, 255, 240};
    static const uint8_t want[] = {255, 250,  44,   101, 0,
                                   0,   0x12, 0xC0, 255, 240};
    struct telnet t;
    struct end_change c;
    uint8_t out[64];
    size_t n;

    telnet_init(&t, true, 4800, "8N1");
    t.nreply = 0;
    ck_assert_uint_eq(telnet_decode(&t, set, sizeof(set), out, 64, &n),
                      sizeof(set));
    ck_assert(telnet_next(&t, &c));
    ck_assert_uint_eq(c.baud, 9600);
    telnet_done(&t, &c, 4800, "8N1"); /* the port did not do that */
    ck_assert_uint_eq(t.nreply, sizeof(want));
    ck_assert_mem_eq(t.reply, want, sizeof(want));
}
END_TEST

START_TEST(data_is_data)
{
    static const uint8_t odd[] = {0, 255, 13, 0, 10, 255, 255, 240, 250};
    uint8_t coded[2 * sizeof(odd)], out[64];
    static const uint8_t binary[] = {255, 251, 0}; /* WILL BINARY */
    struct telnet t;
    size_t n;

    n = telnet_encode(odd, sizeof(odd), coded);
    ck_assert_uint_eq(n, sizeof(odd) + 3);
    telnet_init(&t, true, 0, "");
    ck_assert_uint_eq(feed(&t, binary, sizeof(binary), out), 0);
    ck_assert_uint_eq(feed(&t, coded, n, out), sizeof(odd));
    ck_assert_mem_eq(out, odd, sizeof(odd));
    telnet_init(&t, true, 0, "");
    for (size_t i = 0, at = 0; i < n; i++) { /* byte by byte, not binary */
        at += feed(&t, coded + i, 1, out + at);
        if (i + 1 == n)
            ck_assert_uint_eq(at, sizeof(odd) - 1); /* CR NUL is CR */
    }
}
END_TEST

START_TEST(no_room_and_no_end)
{
    static const uint8_t ask[] = {255, 253, 44}; /* DO COM-PORT */
    uint8_t sub[TELNET_SUB + 4] = {255, 250, 44, 0}, out[8192];
    struct telnet t;
    size_t n;

    telnet_init(&t, true, 0, "");
    (void)feed(&t, ask, sizeof(ask), out);
    t.nreply = 0;
    /* As long as can be, and one more: signatures are not answered, and
     * nothing of them is data. */
    ck_assert_uint_eq(feed(&t, sub, TELNET_SUB + 2, out), 0);
    ck_assert_uint_eq(feed(&t, "\xff\xf0z", 3, out), 1);
    ck_assert_uint_eq(t.nsub, TELNET_SUB);
    ck_assert_uint_eq(feed(&t, sub, sizeof(sub), out), 0);
    ck_assert_uint_eq(t.nsub, TELNET_SUB + 1);
    for (int i = 0; i < 1000; i++)
        ck_assert_uint_eq(feed(&t, "x", 1, out), 0); /* still inside */
    ck_assert_uint_eq(feed(&t, "\xff\xf0z", 3, out), 1);
    /* Who asks without end is answered as fast as he listens. */
    t.nreply = 0;
    for (int i = 0; i < 1000; i++)
        (void)telnet_decode(&t, (const uint8_t *)"\xff\xfd\x63", 3, out, 8, &n);
    ck_assert_uint_le(t.nreply, TELNET_REPLY / 2 + 3);
}
END_TEST

Suite *telnet_suite(void)
{
    Suite *s = suite_create("telnet");
    TCase *c = tcase_create("rfc2217");

    tcase_add_test(c, two_sides_agree);
    tcase_add_test(c, lines_and_breaks);
    tcase_add_test(c, another_speed_than_asked);
    tcase_add_test(c, data_is_data);
    tcase_add_test(c, no_room_and_no_end);
    suite_add_tcase(s, c);
    return s;
}
