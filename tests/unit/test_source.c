/*
 * Lines: plain descriptors for real (ptys, pipes, sockets), serial ports
 * against a stand-in for libserialport: the functions below take the place
 * of the library's in this program.
 */
#include "source/source.h"
#include "suites.h"

#include <fcntl.h>
#include <libserialport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

struct seen {
    char bytes[256];
    size_t n;
    enum tt_lane lane;
    uint64_t t_ns;
    unsigned events;
};

static enum tt_status see(const struct tt_record *r, void *user)
{
    struct seen *s = user;

    if (r->event) {
        s->events++;
        return TT_OK;
    }
    ck_assert_uint_le(s->n + r->len, sizeof(s->bytes));
    memcpy(s->bytes + s->n, r->bytes, r->len);
    s->n += r->len;
    s->lane = r->lane;
    s->t_ns = r->t_ns;
    return TT_OK;
}

static enum source_state read_once(struct source *s, struct seen *seen)
{
    struct tt_error err = {.msg = ""};

    return s->ops->read(s, 42, see, seen, &err);
}

static int open_pty(char *name, size_t size)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(grantpt(fd), 0);
    ck_assert_int_eq(unlockpt(fd), 0);
    (void)snprintf(name, size, "%s", ptsname(fd));
    return fd;
}

START_TEST(pty_is_raw_and_put_back)
{
    static const char odd[] = "\x03\r\n\x04\x7f\x11h";
    struct source_settings set = {.baud = 9600, .lane = TT_LANE_HOST};
    struct seen seen = {.n = 0};
    struct termios before, during, after;
    struct tt_error err = {.msg = ""};
    struct source s;
    char name[64];
    int master = open_pty(name, sizeof(name));
    int other = open(name, O_RDWR | O_NOCTTY);

    ck_assert_int_eq(tcgetattr(other, &before), 0);
    ck_assert_int_eq(source_open(&s, name, &set, &err), TT_OK);
    ck_assert_str_eq(s.kind, "pty");
    ck_assert(strstr(s.note, "no effect") != NULL); /* -b on a pty */
    ck_assert_int_eq(tcgetattr(other, &during), 0);
    ck_assert_uint_eq(during.c_lflag & (ICANON | ECHO | ISIG), 0);
    ck_assert_int_eq(read_once(&s, &seen), SOURCE_OPEN); /* nothing yet */
    ck_assert_uint_eq(seen.n, 0);
    ck_assert_int_eq(write(master, odd, sizeof(odd) - 1), sizeof(odd) - 1);
    ck_assert_int_eq(read_once(&s, &seen), SOURCE_OPEN);
    ck_assert_uint_eq(seen.n, sizeof(odd) - 1);
    ck_assert_mem_eq(seen.bytes, odd, seen.n);
    ck_assert_int_eq(seen.lane, TT_LANE_HOST);
    ck_assert_uint_eq(seen.t_ns, 42);
    source_close(&s);
    ck_assert_int_eq(tcgetattr(other, &after), 0);
    ck_assert_uint_eq(after.c_lflag, before.c_lflag);
    ck_assert_uint_eq(after.c_iflag, before.c_iflag);
    (void)close(other);
    (void)close(master);
}
END_TEST

START_TEST(pty_hangs_up)
{
    struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct seen seen = {.n = 0};
    struct tt_error err = {.msg = ""};
    struct source s;
    char name[64];
    int master = open_pty(name, sizeof(name));

    ck_assert_int_eq(source_open(&s, name, &set, &err), TT_OK);
    ck_assert_int_eq(write(master, "x", 1), 1);
    (void)close(master);
    while (read_once(&s, &seen) == SOURCE_OPEN)
        ;
    ck_assert_int_eq(read_once(&s, &seen), SOURCE_ENDED);
    source_close(&s);
}
END_TEST

START_TEST(pipe_ends)
{
    struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct seen seen = {.n = 0};
    struct source s;
    int p[2];

    ck_assert_int_eq(pipe(p), 0);
    ck_assert_int_eq(fd_source(&s, p[0], S_IFIFO, &set, NULL), TT_OK);
    ck_assert_str_eq(s.kind, "pipe");
    ck_assert_int_eq(read_once(&s, &seen), SOURCE_OPEN);
    ck_assert_int_eq(write(p[1], "abc", 3), 3);
    (void)close(p[1]);
    ck_assert_int_eq(read_once(&s, &seen), SOURCE_OPEN);
    ck_assert_uint_eq(s.offset, 3);
    ck_assert_int_eq(read_once(&s, &seen), SOURCE_ENDED);
    source_close(&s);
}
END_TEST

START_TEST(socket_is_connected)
{
    struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    struct seen seen = {.n = 0};
    struct tt_error err = {.msg = ""};
    struct source s;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), peer;

    (void)snprintf(a.sun_path, sizeof(a.sun_path), "/tmp/tt-%ld.sock",
                   (long)getpid());
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(source_open(&s, a.sun_path, &set, &err), TT_OK);
    ck_assert_str_eq(s.kind, "socket");
    peer = accept(fd, NULL, NULL);
    ck_assert_int_eq(write(peer, "q", 1), 1);
    ck_assert_int_eq(read_once(&s, &seen), SOURCE_OPEN);
    ck_assert_uint_eq(seen.n, 1);
    source_close(&s);
    (void)close(peer);
    (void)close(fd);
    (void)unlink(a.sun_path);
}
END_TEST

START_TEST(missing_line_is_said)
{
    struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct tt_error err = {.msg = ""};
    struct source s;

    ck_assert_int_eq(source_open(&s, "/dev/no-such-port", &set, &err),
                     TT_ERR_IO);
    ck_assert(strlen(err.msg) > 0);
}
END_TEST

/* ---- a stand-in for libserialport --------------------------------------- */

static struct {
    int fd; /* what stands behind the port: a pty */
    int baud, bits, stop;
    enum sp_parity parity;
    enum sp_mode mode;
    const char *fails; /* the function that is to fail */
    unsigned opened, closed, freed, put_back;
} port;

static enum sp_return come(const char *function)
{
    return port.fails && strcmp(port.fails, function) == 0 ? SP_ERR_FAIL
                                                           : SP_OK;
}

enum sp_return sp_get_port_by_name(const char *name, struct sp_port **out)
{
    (void)name;
    *out = come("name") ? NULL : (struct sp_port *)&port;
    return come("name");
}
enum sp_return sp_open(struct sp_port *p, enum sp_mode mode)
{
    (void)p;
    port.mode = mode;
    port.opened += !come("open");
    return come("open");
}
enum sp_return sp_close(struct sp_port *p)
{
    (void)p;
    port.closed++;
    return SP_OK;
}
void sp_free_port(struct sp_port *p)
{
    port.freed += p != NULL;
}
enum sp_return sp_get_port_handle(const struct sp_port *p, void *out)
{
    (void)p;
    *(int *)out = port.fd;
    return come("handle");
}
enum sp_return sp_new_config(struct sp_port_config **out)
{
    *out = calloc(1, 1);
    return *out ? SP_OK : SP_ERR_MEM;
}
void sp_free_config(struct sp_port_config *c)
{
    free(c);
}
enum sp_return sp_get_config(struct sp_port *p, struct sp_port_config *c)
{
    (void)p;
    (void)c;
    return come("config");
}
enum sp_return sp_set_config(struct sp_port *p, const struct sp_port_config *c)
{
    (void)p;
    (void)c;
    port.put_back++;
    return SP_OK;
}
enum sp_return sp_set_baudrate(struct sp_port *p, int baud)
{
    (void)p;
    if (!come("baud"))
        port.baud = baud;
    return come("baud");
}
enum sp_return sp_set_parity(struct sp_port *p, enum sp_parity parity)
{
    (void)p;
    port.parity = parity;
    return come("parity");
}
enum sp_return sp_set_bits(struct sp_port *p, int bits)
{
    (void)p;
    port.bits = bits;
    return SP_OK;
}
enum sp_return sp_set_stopbits(struct sp_port *p, int stop)
{
    (void)p;
    port.stop = stop;
    return SP_OK;
}
enum sp_return sp_get_config_baudrate(const struct sp_port_config *c, int *out)
{
    (void)c;
    *out = port.baud;
    return SP_OK;
}
enum sp_return sp_get_config_bits(const struct sp_port_config *c, int *out)
{
    (void)c;
    *out = port.bits;
    return SP_OK;
}
enum sp_return sp_get_config_parity(const struct sp_port_config *c,
                                    enum sp_parity *out)
{
    (void)c;
    *out = port.parity;
    return SP_OK;
}
enum sp_return sp_get_config_stopbits(const struct sp_port_config *c, int *out)
{
    (void)c;
    *out = port.stop;
    return SP_OK;
}
char *sp_last_error_message(void)
{
    return strdup("it is broken");
}
void sp_free_error_message(char *msg)
{
    free(msg);
}

static void new_port(const char *fails)
{
    memset(&port, 0, sizeof(port));
    port.baud = 9600;
    port.bits = 8;
    port.stop = 1;
    port.parity = SP_PARITY_NONE;
    port.fails = fails;
}

START_TEST(serial_is_set_as_asked)
{
    struct source_settings set = {
        .baud = 57600, .mode = "8E1", .lane = TT_LANE_DEVICE};
    struct seen seen = {.n = 0};
    struct tt_error err = {.msg = ""};
    struct source s;
    int p[2];

    new_port(NULL);
    ck_assert_int_eq(pipe(p), 0);
    port.fd = p[0];
    ck_assert_int_eq(serial_source(&s, "ttyX", &set, &err), TT_OK);
    ck_assert_int_eq(port.mode, SP_MODE_READ);
    ck_assert_int_eq(port.baud, 57600);
    ck_assert_int_eq(port.parity, SP_PARITY_EVEN);
    ck_assert_uint_eq(s.baud, 57600);
    ck_assert_str_eq(s.mode, "8E1");
    ck_assert_int_eq(write(p[1], "h", 1), 1);
    ck_assert_int_eq(read_once(&s, &seen), SOURCE_OPEN);
    ck_assert_uint_eq(seen.n, 1);
    source_close(&s);
    ck_assert_uint_eq(port.put_back, 1);
    ck_assert_uint_eq(port.closed, 1);
    ck_assert_uint_eq(port.freed, 1);
    (void)close(p[0]);
    (void)close(p[1]);
}
END_TEST

START_TEST(serial_stays_as_it_is)
{
    struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct tt_error err = {.msg = ""};
    struct source s;

    new_port(NULL);
    port.baud = 1200;
    port.parity = SP_PARITY_ODD;
    port.bits = 7;
    port.stop = 2;
    ck_assert_int_eq(serial_source(&s, "ttyX", &set, &err), TT_OK);
    ck_assert_uint_eq(s.baud, 1200);
    ck_assert_str_eq(s.mode, "7O2");
    source_close(&s);
}
END_TEST

static const char *const failures[] = {"name",   "open", "handle",
                                       "config", "baud", "parity"};

START_TEST(serial_fails_cleanly)
{
    struct source_settings set = {.baud = 300, .mode = "8E1"};
    struct tt_error err = {.msg = ""};
    struct source s;

    new_port(failures[_i]);
    ck_assert_int_eq(serial_source(&s, "ttyX", &set, &err), TT_ERR_IO);
    ck_assert_msg(strlen(err.msg) > 0, "%s", failures[_i]);
    ck_assert_msg(port.opened == port.closed, "%s", failures[_i]);
}
END_TEST

/* ---- acting (act.c) ------------------------------------------------------- */

static void open_line(struct source *s, const char *name)
{
    struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct tt_error err = {.msg = ""};

    ck_assert_msg(source_open(s, name, &set, &err) == TT_OK, "%s", err.msg);
}

/* Every byte arrives as it is; the line is opened for that when it is asked
 * for, and not before. */
START_TEST(sending_to_a_pty)
{
    uint8_t bytes[256], got[256];
    struct tt_error err = {.msg = ""};
    struct source s;
    char name[64];
    int fd = open_pty(name, sizeof(name));
    size_t n = 0;

    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
    open_line(&s, name);
    ck_assert(!s.can_send);
    ck_assert_int_eq(fcntl(s.fd, F_GETFL) & O_ACCMODE, O_RDONLY);
    ck_assert_int_eq(source_send(&s, name, bytes, 0, &err), TT_OK);
    ck_assert_int_eq(source_send(&s, name, bytes, sizeof(bytes), &err), TT_OK);
    ck_assert(s.can_send);
    while (n < sizeof(got)) {
        ssize_t k = read(fd, got + n, sizeof(got) - n);

        ck_assert_int_gt(k, 0);
        n += (size_t)k;
    }
    ck_assert(!memcmp(bytes, got, sizeof(got)));
    source_close(&s);
    (void)close(fd);
}
END_TEST

/* Nobody takes the bytes: that is said, after a while, and not waited for. */
START_TEST(sending_to_nobody)
{
    static uint8_t bytes[256 << 10];
    struct tt_error err = {.msg = ""};
    struct source s;
    char name[64];
    int fd = open_pty(name, sizeof(name));

    open_line(&s, name);
    ck_assert_int_eq(source_send(&s, name, bytes, sizeof(bytes), &err),
                     TT_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.msg, "takes no bytes"));
    source_close(&s);
    (void)close(fd);
}
END_TEST

START_TEST(a_pipe_goes_one_way)
{
    struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct tt_error err = {.msg = ""};
    struct source s;
    int p[2];

    ck_assert_int_eq(pipe(p), 0);
    ck_assert_int_eq(fd_source(&s, p[0], S_IFIFO, &set, &err), TT_OK);
    ck_assert_int_eq(source_send(&s, "-", "x", 1, &err), TT_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.msg, "one way"));
    source_close(&s);
    (void)close(p[1]);
}
END_TEST

/* What a line does not have is said in words, and nothing else happens. */
START_TEST(a_pty_has_no_lines_and_no_speed)
{
    static const enum tt_event events[] = {TT_EV_DTR_UP, TT_EV_DTR_DOWN,
                                           TT_EV_RTS_UP, TT_EV_RTS_DOWN};
    struct tt_error err = {.msg = ""};
    struct source s;
    char name[64];
    int fd = open_pty(name, sizeof(name));

    open_line(&s, name);
    for (size_t i = 0; i < TT_LEN(events); i++) {
        err.msg[0] = '\0';
        ck_assert_int_eq(source_control(&s, events[i], &err), TT_ERR_IO);
        ck_assert_ptr_nonnull(strstr(err.msg, i < 2 ? "DTR" : "RTS"));
        ck_assert_ptr_nonnull(strstr(err.msg, "no such thing"));
    }
    ck_assert_int_eq(source_set(&s, 9600, "8E1", &err), TT_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.msg, "no speed"));
    ck_assert_uint_eq(s.baud, 0);
    source_close(&s);
    (void)close(fd);
}
END_TEST

/* The other side is gone: an error, no signal, no wait. */
START_TEST(sending_after_the_end)
{
    struct tt_error err = {.msg = ""};
    struct source s;
    char name[64];
    int fd = open_pty(name, sizeof(name));

    open_line(&s, name);
    ck_assert_int_eq(source_send(&s, name, "a", 1, &err), TT_OK);
    (void)close(fd);
    ck_assert_int_eq(source_send(&s, name, "b", 1, &err), TT_ERR_IO);
    ck_assert_uint_gt(strlen(err.msg), 0);
    source_close(&s);
}
END_TEST

Suite *source_suite(void)
{
    Suite *s = suite_create("source");
    TCase *tc = tcase_create("descriptors");

    tcase_add_test(tc, pty_is_raw_and_put_back);
    tcase_add_test(tc, pty_hangs_up);
    tcase_add_test(tc, pipe_ends);
    tcase_add_test(tc, socket_is_connected);
    tcase_add_test(tc, missing_line_is_said);
    suite_add_tcase(s, tc);
    tc = tcase_create("acting");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, sending_to_a_pty);
    tcase_add_test(tc, sending_to_nobody);
    tcase_add_test(tc, a_pipe_goes_one_way);
    tcase_add_test(tc, a_pty_has_no_lines_and_no_speed);
    tcase_add_test(tc, sending_after_the_end);
    suite_add_tcase(s, tc);
    tc = tcase_create("serial");
    tcase_add_test(tc, serial_is_set_as_asked);
    tcase_add_test(tc, serial_stays_as_it_is);
    tcase_add_loop_test(tc, serial_fails_cleanly, 0, TT_LEN(failures));
    suite_add_tcase(s, tc);
    return s;
}
