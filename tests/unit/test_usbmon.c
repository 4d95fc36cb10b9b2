/*
 * USB looked at live: names, what /sys tells, and what libpcap hands over.
 * In place of the kernel libpcap reads a savefile, as the kernel would have
 * written it, here through a fifo.
 */
#include "records.h"
#include "source/usbbus.h"
#include "source/usbmon.h"
#include "suites.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a /sys ------------------------------------------------------------- */

static char root[] = "/tmp/telltale-usbmon-XXXXXX";

static void put(const char *path, const void *p, size_t n)
{
    char full[PATH_MAX];
    FILE *f;

    (void)snprintf(full, sizeof(full), "%s/%s", root, path);
    for (char *c = full + sizeof(root); *c; c++)
        if (*c == '/') {
            *c = '\0';
            (void)mkdir(full, 0755);
            *c = '/';
        }
    f = fopen(full, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(p, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

static void put_text(const char *path, const char *text)
{
    put(path, text, strlen(text));
}

/* An FT232R: device, configuration 1 with one interface, two endpoints. */
static const uint8_t ft232r[] = {
    18, 1,  0,  2, 0, 0,    0,    8,    0x03, 0x04, 0x01, 0x60,
    0,  6,  1,  2, 3, 1,                    /* device */
    9,  2,  32, 0, 1, 1,    0,    0xa0, 45, /* configuration */
    9,  4,  0,  0, 2, 0xff, 0xff, 0xff, 2,    7,    5,    0x81,
    2,  64, 0,  0, 7, 5,    0x02, 2,    64,   0,    0};

static void make_root(void)
{
    char link[PATH_MAX];

    ck_assert_ptr_nonnull(mkdtemp(root));
    put_text("sys/bus/usb/devices/usb1/busnum", "1\n");
    put_text("sys/bus/usb/devices/usb1/devnum", "1\n");
    put_text("sys/bus/usb/devices/1-2/busnum", "1\n");
    put_text("sys/bus/usb/devices/1-2/devnum", "5\n");
    put_text("sys/bus/usb/devices/1-2/idVendor", "0403\n");
    put_text("sys/bus/usb/devices/1-2/idProduct", "6001\n");
    put_text("sys/bus/usb/devices/1-2/product", "FT232R USB UART\n");
    put_text("sys/bus/usb/devices/1-2/bConfigurationValue", "1\n");
    put("sys/bus/usb/devices/1-2/descriptors", ft232r, sizeof(ft232r));
    put_text("sys/bus/usb/devices/1-2/1-2:1.0/bInterfaceNumber", "00\n");
    put_text("sys/bus/usb/devices/1-2/1-2:1.0/ttyUSB0/uevent", "\n");
    put_text("sys/class/tty/ttyUSB0/uevent", "\n");
    (void)snprintf(link, sizeof(link), "%s/sys/class/tty/ttyUSB0/device", root);
    ck_assert_int_eq(
        symlink("../../../bus/usb/devices/1-2/1-2:1.0/ttyUSB0", link), 0);
}

static void drop_root(void)
{
    pid_t pid = fork();

    if (!pid) {
        (void)execlp("rm", "rm", "-rf", root, (char *)NULL);
        _exit(1);
    }
    (void)waitpid(pid, NULL, 0);
}

/* ---- names -------------------------------------------------------------- */

static const struct {
    const char *name;
    bool is;
    const char *device; /* NULL: refused */
    unsigned bus;
    const char *why; /* where it is refused */
} names[] = {
    {"usbmon0", true, "", 0, NULL},
    {"usbmon12", true, "", 12, NULL},
    {"/dev/usbmon3", true, "", 3, NULL},
    {"usb:1.5", true, "1.5", 1, NULL},
    {"usb:1.5.2", true, "1.5.2", 1, NULL},
    {"usb:ttyUSB0", true, "1.5.0", 1, NULL},
    {"usb:/dev/ttyUSB0", true, "1.5.0", 1, NULL},
    {"usb:/dev/ttyS0", true, NULL, 0, "no USB adapter behind that port"},
    {"usb:", true, NULL, 0, "expected usb:BUS.DEVICE"},
    {"usb:1", true, NULL, 0, "expected usb:BUS.DEVICE"},
    {"usb:0.1", true, NULL, 0, "expected usb:BUS.DEVICE"},
    {"usb:1.5.", true, NULL, 0, "expected usb:BUS.DEVICE"},
    {"usb:1..5", true, NULL, 0, "expected usb:BUS.DEVICE"},
    {"usb:.1.5", true, NULL, 0, "expected usb:BUS.DEVICE"},
    {"usb:1.5.2.1", true, NULL, 0, "expected usb:BUS.DEVICE"},
    {"usb:1.123456", true, NULL, 0, "expected usb:BUS.DEVICE"},
    {"usbmon", false, NULL, 0, NULL},
    {"usbmon1x", false, NULL, 0, NULL},
    {"usbmon123456", false, NULL, 0, NULL},
    {"ttyUSB0", false, NULL, 0, NULL},
};

START_TEST(is_named)
{
    struct usbmon_name n;
    struct tt_error err = {.msg = ""};
    enum tt_status st;

    ck_assert_msg(usbmon_is(names[_i].name) == names[_i].is, "%s",
                  names[_i].name);
    if (!names[_i].is)
        return;
    st = usbmon_parse(&n, names[_i].name, root, &err);
    ck_assert_msg((st == TT_OK) == (names[_i].device != NULL), "%s: %s",
                  names[_i].name, err.msg);
    if (st) {
        ck_assert_msg(strstr(err.msg, names[_i].why) != NULL, "%s", err.msg);
        return;
    }
    ck_assert_str_eq(n.device, names[_i].device);
    ck_assert_uint_eq(n.bus, names[_i].bus);
}
END_TEST

static const struct {
    const char *name, *make, *why;
} missing[] = {
    {"usbmon7", NULL, "there is no USB bus 7"},
    {"usb:1.9", NULL, "no USB device has that number now"},
    {"usb:1.5", NULL, "sudo modprobe usbmon"},
    {"usbmon0", NULL, "sudo modprobe usbmon"},
    {"usb:1.5", "dev/usbmon1", "sudo setfacl -m u:$USER:r /dev/usbmon1"},
};

START_TEST(says_what_is_missing)
{
    const struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct tt_error err = {.msg = ""};
    struct source s;

    if (missing[_i].make) {
        char path[PATH_MAX];

        put_text(missing[_i].make, "");
        (void)snprintf(path, sizeof(path), "%s/%s", root, missing[_i].make);
        ck_assert_int_eq(chmod(path, 0), 0);
        /* whoever may all is refused nothing */
        if (geteuid() == 0)
            ck_assert_int_eq(chmod(root, 0755) | seteuid(65534), 0);
    }
    ck_assert_int_ne(usbmon_source(&s, missing[_i].name, &set, root, &err),
                     TT_OK);
    if (missing[_i].make && geteuid() == 65534)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_msg(strstr(err.msg, missing[_i].why) != NULL, "%s: %s",
                  missing[_i].name, err.msg);
}
END_TEST

START_TEST(without_sys)
{
    const struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct tt_error err = {.msg = ""};
    struct source s;

    ck_assert_int_ne(usbmon_source(&s, "usbmon1", &set, "/nonexistent", &err),
                     TT_OK);
    ck_assert_str_eq(err.msg, "this system tells of no USB devices");
}
END_TEST

static void count_config(const struct usbbus_device *d, void *user)
{
    size_t *n = user;

    n[0] += usbbus_device(d).n;
    n[1] += usbbus_config(d).n;
}

START_TEST(descriptors_are_not_trusted)
{
    uint8_t bad[sizeof(ft232r)];
    size_t n[2] = {0, 0};

    ck_assert_int_eq(usbbus_each(root, 0, count_config, n), 2);
    ck_assert_uint_eq(n[0], 18);
    ck_assert_uint_eq(n[1], 32);
    for (size_t cut = 0; cut < sizeof(ft232r); cut++) {
        n[0] = n[1] = 0;
        put("sys/bus/usb/devices/1-2/descriptors", ft232r, cut);
        ck_assert_int_eq(usbbus_each(root, 1, count_config, n), 2);
        ck_assert_uint_eq(n[0], cut < 18 ? 0 : 18);
        ck_assert_uint_eq(n[1], 0); /* one that is cut is none */
    }
    memcpy(bad, ft232r, sizeof(bad));
    for (unsigned v = 0; v < 256; v++) {
        n[0] = n[1] = 0;
        bad[18 + 2] = (uint8_t)v; /* its length */
        put("sys/bus/usb/devices/1-2/descriptors", bad, sizeof(bad));
        (void)usbbus_each(root, 0, count_config, n);
        ck_assert_uint_eq(n[1], v >= 9 && v <= 32 ? v : 0);
    }
}
END_TEST

/* ---- packets ------------------------------------------------------------ */

struct file {
    uint8_t p[4096];
    size_t n;
    uint64_t id;
};

static void add(struct file *f, const void *p, size_t n)
{
    ck_assert_uint_le(f->n + n, sizeof(f->p));
    memcpy(f->p + f->n, p, n);
    f->n += n;
}

static void file_header(struct file *f, uint32_t link)
{
    const uint32_t magic = 0xa1b2c3d4, rest[4] = {0, 0, 65535, link};
    const uint16_t version[2] = {2, 4};

    f->n = 0;
    add(f, &magic, 4);
    add(f, version, 4);
    add(f, rest, 16);
}

/* One end of a transfer of device 1.5, as the kernel of this machine has it. */
static void urb(struct file *f, char type, unsigned kind, unsigned ep,
                const uint8_t *setup, const void *p, size_t n)
{
    uint8_t h[64] = {0};
    uint16_t bus = 1;
    uint32_t len = (uint32_t)n;
    const uint32_t head[4] = {1700000000, 0, (uint32_t)(64 + n),
                              (uint32_t)(64 + n)};

    f->id += type == 'S';
    memcpy(h, &f->id, 8);
    h[8] = (uint8_t)type;
    h[9] = (uint8_t)kind;
    h[10] = (uint8_t)ep;
    h[11] = 5;
    memcpy(h + 12, &bus, 2);
    h[14] = setup ? 0 : '-';
    h[15] = n ? 0 : '<';
    memcpy(h + 32, &len, 4);
    memcpy(h + 36, &len, 4);
    if (setup)
        memcpy(h + 40, setup, 8);
    add(f, head, sizeof(head));
    add(f, h, sizeof(h));
    add(f, p, n);
}

static void request(struct file *f, uint8_t req, uint16_t value)
{
    const uint8_t setup[8] = {0x40, req, (uint8_t)value, (uint8_t)(value >> 8)};

    urb(f, 'S', 2, 0, setup, "", 0);
    urb(f, 'C', 2, 0, NULL, "", 0);
}

/* What the savefile says, through a fifo; the whole of it. */
static void look(struct records *got, struct source *s, const struct file *f,
                 const char *device)
{
    const struct source_settings set = {.lane = TT_LANE_DEVICE};
    struct usbmon_name name = {.bus = 1};
    struct tt_error err = {.msg = ""};
    enum source_state state;
    char path[PATH_MAX];
    pid_t pid;

    (void)snprintf(name.device, sizeof(name.device), "%s", device);
    (void)snprintf(path, sizeof(path), "%s/fifo", root);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    pid = fork();
    if (!pid) {
        int fd = open(path, O_WRONLY);

        for (size_t at = 0; at < f->n; at += 7) /* in odd pieces */
            (void)!write(fd, f->p + at, f->n - at < 7 ? f->n - at : 7);
        _exit(0);
    }
    ck_assert_msg(usbmon_saved(s, path, &name, &set, root, &err) == TT_OK, "%s",
                  err.msg);
    while ((state = s->ops->read(s, 5000000, records_sink, got, &err)) ==
           SOURCE_OPEN)
        ;
    ck_assert_msg(state == SOURCE_ENDED, "%s", err.msg);
    (void)waitpid(pid, NULL, 0);
}

/* Plugged in before we looked: nothing in the capture says what it is.  What
 * the program sets is there before the first byte is. */
START_TEST(known_from_sys)
{
    static const char want[] =
        "[open]\n[dtr+]\n[rts+]\n[baud 115200 8N1]\n> 7F\n"
        "< 79\n";
    struct records got = {0};
    struct file f = {.n = 0};
    struct source s;
    char *text, *at;
    struct tt_buf lines;

    file_header(&f, 220);
    urb(&f, 'S', 3, 0x81, NULL, "", 0);
    request(&f, 1, 0x0303); /* SET_MODEM_CTRL: both up */
    request(&f, 4, 0x0008); /* SET_DATA: 8N1 */
    request(&f, 3, 0x001a); /* SET_BAUD_RATE: 3 MHz / 26 */
    urb(&f, 'S', 3, 0x02, NULL, "\x7f", 1);
    urb(&f, 'C', 3, 0x02, NULL, "", 0);
    urb(&f, 'C', 3, 0x81, NULL, "\x01\x60\x79", 3);
    look(&got, &s, &f, _i ? "1.5" : "");
    tt_buf_init(&lines, 4096);
    text = records_text(&got, false);
    for (at = strtok(text, "\n"); at; at = strtok(NULL, "\n"))
        tt_buf_printf(&lines, "%s\n", strchr(at, ' ') + 1);
    ck_assert_str_eq(tt_buf_text(&lines), want);
    ck_assert_uint_eq(s.baud, 115200);
    for (size_t i = 0; i < got.n;
         i++) /* stamped long ago: when it was opened */
        ck_assert_uint_le(got.rec[i].t_ns, 5000000);
    tt_buf_release(&lines);
    free(text);
    records_free(&got);
    source_close(&s);
}
END_TEST

START_TEST(refuses_other_captures)
{
    const struct source_settings set = {.lane = TT_LANE_DEVICE};
    const struct usbmon_name name = {.bus = 1};
    struct tt_error err = {.msg = ""};
    struct file f = {.n = 0};
    struct source s;
    char path[PATH_MAX];

    file_header(&f, 1); /* Ethernet */
    put("wrong.pcap", f.p, f.n);
    (void)snprintf(path, sizeof(path), "%s/wrong.pcap", root);
    ck_assert_int_ne(usbmon_saved(&s, path, &name, &set, root, &err), TT_OK);
    ck_assert_str_eq(err.msg, "that is no USB capture");
    put("none.pcap", "", 0);
    (void)snprintf(path, sizeof(path), "%s/none.pcap", root);
    ck_assert_int_ne(usbmon_saved(&s, path, &name, &set, root, &err), TT_OK);
}
END_TEST

/* A file that ends inside a packet ends with an error, not a hang. */
START_TEST(cut_off)
{
    const struct source_settings set = {.lane = TT_LANE_DEVICE};
    const struct usbmon_name name = {.bus = 1};
    struct tt_error err = {.msg = ""};
    struct records got = {0};
    struct file f = {.n = 0};
    enum source_state state;
    struct source s;
    char path[PATH_MAX];

    file_header(&f, 220);
    urb(&f, 'S', 3, 0x02, NULL, "\x7f", 1);
    put("cut.pcap", f.p, f.n - 1);
    (void)snprintf(path, sizeof(path), "%s/cut.pcap", root);
    ck_assert_int_eq(usbmon_saved(&s, path, &name, &set, root, &err), TT_OK);
    state = s.ops->read(&s, 1, records_sink, &got, &err);
    ck_assert_int_eq(state, SOURCE_FAILED);
    ck_assert_msg(strstr(err.msg, "cannot read") != NULL, "%s", err.msg);
    source_close(&s);
    records_free(&got);
}
END_TEST

/* ---- recordings of others, where they are at hand ------------------------ */

static void same_as_read(const char *path)
{
    const struct source_settings set = {.lane = TT_LANE_DEVICE};
    const struct tt_read_options how = {.format = "pcap", .live = true};
    struct records a = {0}, b = {0};
    struct usbmon_name name = {.bus = 0};
    struct tt_error err = {.msg = ""};
    static uint8_t bytes[8 << 20];
    enum source_state state;
    struct source s;
    FILE *f = fopen(path, "r");
    size_t n;

    ck_assert_ptr_nonnull(f);
    n = fread(bytes, 1, sizeof(bytes), f);
    (void)fclose(f);
    ck_assert_int_eq(usbmon_saved(&s, path, &name, &set, "/none", &err), TT_OK);
    while ((state = s.ops->read(&s, 1, records_sink, &a, &err)) == SOURCE_OPEN)
        ;
    ck_assert_msg(state == SOURCE_ENDED, "%s: %s", path, err.msg);
    source_close(&s);
    ck_assert_int_eq(
        records_read(&b, bytes, n, 0, CHUNK_WHOLE, &how, NULL, NULL), TT_OK);
    for (size_t i = 0; i < a.n; i++)
        a.rec[i].t_ns = i < b.n ? b.rec[i].t_ns : 0;
    if (b.n > a.n && b.rec[b.n - 1].event == TT_EV_TICK)
        b.n--; /* the end of a file */
    ck_assert_msg(records_equal(&a, &b), "%s: %s", path,
                  records_difference(&a, &b));
    records_free(&a);
    records_free(&b);
}

START_TEST(corpus)
{
    const char *at = getenv("TELLTALE_CORPUS");
    char dir[PATH_MAX], path[PATH_MAX + 300];
    struct dirent *e;
    DIR *d;

    (void)snprintf(dir, sizeof(dir), "%s/usb-qemu",
                   at ? at : "../shared/corpus");
    d = opendir(dir);
    while (d && (e = readdir(d)) != NULL) {
        size_t n = strlen(e->d_name);

        if (n < 5 || strcmp(e->d_name + n - 5, ".pcap") != 0)
            continue;
        (void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        same_as_read(path);
    }
    if (d)
        (void)closedir(d);
}
END_TEST

Suite *usbmon_suite(void)
{
    Suite *s = suite_create("usbmon");
    TCase *tc = tcase_create("live");

    tcase_add_checked_fixture(tc, make_root, drop_root);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, is_named, 0, TT_LEN(names));
    tcase_add_loop_test(tc, says_what_is_missing, 0, TT_LEN(missing));
    tcase_add_test(tc, without_sys);
    tcase_add_test(tc, descriptors_are_not_trusted);
    tcase_add_loop_test(tc, known_from_sys, 0, 2);
    tcase_add_test(tc, refuses_other_captures);
    tcase_add_test(tc, cut_off);
    tcase_add_test(tc, corpus);
    suite_add_tcase(s, tc);
    return s;
}
