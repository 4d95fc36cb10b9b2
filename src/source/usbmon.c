/*
 * usbmon - see usbmon.h.  The one file that includes libpcap.
 *
 * What libpcap hands over goes through the reader of saved captures, behind a
 * made-up file header: one decoder for both, with one set of tests.  In front
 * of it go the descriptors that /sys knows, as if they had just been asked
 * for: a capture that begins after a device was plugged in has none.
 *
 * The kernel stamps the transfers with the wall clock; the distance to now is
 * what a record is put back by, so it stands where it happened, not where it
 * was read.  Nothing is sent to the device that is looked at; libpcap itself
 * asks each device of the bus for its descriptor once, as lsusb does.
 */
#include "source/usbmon.h"
#include "source/usbbus.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SNAP = 1 << 18, /* bytes of a transfer; serial drivers use 4096 at most */
    LINUX_HEADER = 48,
    MMAPPED_HEADER = 64
};

struct own {
    pcap_t *pcap;
    struct tt_reader *reader;
    struct source *s;
    /* of the read under way */
    tt_sink_fn *sink;
    void *user;
    uint64_t now_ns, wall_ns; /* the loop's time, and the clock's */
    uint64_t floor_ns;        /* no record is before this */
    uint64_t asked_ns;        /* for losses */
    uint64_t made;            /* transfers made of descriptors */
    bool saved;               /* a file: it ends */
    enum tt_status st;
    struct tt_error err;
};

/* ---- names -------------------------------------------------------------- */

static bool all_digits(const char *p)
{
    return *p && strspn(p, "0123456789") == strlen(p) && strlen(p) <= 5;
}

bool usbmon_is(const char *name)
{
    if (strncmp(name, "usb:", 4) == 0)
        return true;
    if (strncmp(name, "/dev/", 5) == 0)
        name += 5;
    return strncmp(name, "usbmon", 6) == 0 && all_digits(name + 6);
}

/* "1.5" or "1.5.2" */
static bool is_device(const char *p, unsigned *bus)
{
    size_t dots = 0, digits = 0;

    for (const char *c = p; *c; c++) {
        if (*c != '.' && (*c < '0' || *c > '9'))
            return false;
        dots += *c == '.';
        digits = *c == '.' ? 0 : digits + 1;
        if (digits > 5 || (*c == '.' && (c == p || c[1] == '.' || !c[1])))
            return false;
    }
    *bus = (unsigned)strtoul(p, NULL, 10);
    return (dots == 1 || dots == 2) && *bus;
}

enum tt_status usbmon_parse(struct usbmon_name *to, const char *name,
                            const char *root, struct tt_error *err)
{
    unsigned dev, iface;

    *to = (struct usbmon_name){0};
    if (strncmp(name, "usb:", 4) != 0) {
        to->bus = (unsigned)strtoul(strstr(name, "usbmon") + 6, NULL, 10);
        return TT_OK;
    }
    name += 4;
    if (is_device(name, &to->bus)) {
        (void)snprintf(to->device, sizeof(to->device), "%.31s", name);
        return TT_OK;
    }
    if (*name != '/' && strncmp(name, "tty", 3) != 0)
        return tt_fail(err, TT_ERR_ARG,
                       "expected usb:BUS.DEVICE, such as usb:1.5 ('lsusb' "
                       "shows both), or usb:PORT");
    if (!usbbus_of_tty(root, name, &to->bus, &dev, &iface))
        return tt_fail(err, TT_ERR_IO,
                       "there is no USB adapter behind that port");
    if (iface == UINT_MAX)
        (void)snprintf(to->device, sizeof(to->device), "%u.%u", to->bus, dev);
    else
        (void)snprintf(to->device, sizeof(to->device), "%u.%u.%u", to->bus, dev,
                       iface);
    return TT_OK;
}

/* ---- what is looked at, and may we? -------------------------------------- */

struct wanted {
    const struct usbmon_name *name;
    bool found;
    char text[120];
};

static void is_it(const struct usbbus_device *d, void *user)
{
    struct wanted *w = user;
    char id[16];
    size_t n = (size_t)snprintf(id, sizeof(id), "%u.%u", d->bus, d->dev);

    if (strncmp(w->name->device, id, n) != 0 ||
        (w->name->device[n] && w->name->device[n] != '.'))
        return;
    w->found = true;
    (void)snprintf(w->text, sizeof(w->text), "%s%s%04x:%04x", d->product,
                   *d->product ? ", " : "", d->vid, d->pid);
}

static enum tt_status may_look(struct source *s, const struct usbmon_name *name,
                               const char *root, struct tt_error *err)
{
    struct wanted w = {.name = name};
    int n = usbbus_each(root, name->bus, is_it, &w);
    char path[PATH_MAX];

    if (n < 0)
        return tt_fail(err, TT_ERR_IO, "this system tells of no USB devices");
    if (n == 0)
        return tt_fail(err, TT_ERR_IO,
                       "there is no USB bus %u ('lsusb' shows "
                       "those there are)",
                       name->bus);
    if (*name->device && !w.found)
        return tt_fail(err, TT_ERR_IO,
                       "no USB device has that number now "
                       "('lsusb' shows those that have one; it changes each "
                       "time it is plugged in)");
    (void)snprintf(path, sizeof(path), "%s/dev/usbmon%u", root, name->bus);
    if (access(path, F_OK))
        return tt_fail(err, TT_ERR_IO,
                       "the kernel's module that looks at USB "
                       "is not loaded: sudo modprobe usbmon");
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS))
        return tt_fail(err, TT_ERR_IO,
                       "you may not look at that bus: sudo "
                       "setfacl -m u:$USER:r /dev/usbmon%u (until the next "
                       "boot)",
                       name->bus);
    if (w.found)
        (void)snprintf(s->note, sizeof(s->note),
                       "it is %.100s; its speed is known once a program sets "
                       "it",
                       w.text);
    return TT_OK;
}

/* ---- packets ------------------------------------------------------------ */

static uint64_t wall_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * TT_NS_PER_S + (uint64_t)t.tv_nsec;
}

static void feed(struct own *own, const void *p, size_t n)
{
    if (!own->st)
        own->st = tt_reader_feed(own->reader, p, n, &own->err);
}

static void feed_packet(struct own *own, uint64_t wall_ns, const void *p,
                        size_t n, size_t full)
{
    const uint32_t head[4] = {(uint32_t)(wall_ns / TT_NS_PER_S),
                              (uint32_t)(wall_ns % TT_NS_PER_S / 1000),
                              (uint32_t)n, (uint32_t)full};

    feed(own, head, sizeof(head));
    feed(own, p, n);
}

static void got_packet(u_char *user, const struct pcap_pkthdr *h,
                       const u_char *p)
{
    struct own *own = (struct own *)(void *)user;

    feed_packet(own,
                (uint64_t)h->ts.tv_sec * TT_NS_PER_S +
                    (uint64_t)h->ts.tv_usec * 1000,
                p, h->caplen, h->len);
}

/* A record of the reader, with the time at which it was, as the loop counts. */
static enum tt_status got_record(const struct tt_record *r, void *user)
{
    struct own *own = user;
    struct source *s = own->s;
    struct tt_record out = *r;
    uint64_t wall = tt_reader_report(own->reader)->info.epoch_ns + r->t_ns;
    uint64_t ago = own->wall_ns > wall ? own->wall_ns - wall : 0;

    if (!own->sink || r->event == TT_EV_TICK)
        return TT_OK;
    out.t_ns = own->now_ns > ago ? own->now_ns - ago : 0;
    out.t_ns -= out.t_ns % TT_NS_PER_US;
    if (out.t_ns < own->floor_ns)
        out.t_ns = own->floor_ns;
    own->floor_ns = out.t_ns;
    out.source = s->offset;
    s->offset += out.len;
    if (out.event == TT_EV_BAUD) {
        s->baud = out.baud;
        memcpy(s->mode, out.mode, sizeof(s->mode));
    }
    return own->sink(&out, own->user);
}

/* ---- descriptors, as if they had been asked for ------------------------- */

struct asked {
    struct own *own;
    size_t header;
    uint64_t wall_ns;
};

/* Both ends of one request of a descriptor (USB 2.0, 9.4.3). */
static void one_request(const struct asked *a, const struct usbbus_device *d,
                        unsigned value, const void *p, size_t n)
{
    uint8_t pk[MMAPPED_HEADER + USBBUS_DESCRIPTORS] = {0};
    const uint8_t setup[8] = {0x80, 6, (uint8_t)value, (uint8_t)(value >> 8),
                              0,    0, (uint8_t)n,     (uint8_t)(n >> 8)};
    uint64_t id = ++a->own->made;
    uint16_t bus = (uint16_t)d->bus;
    uint32_t length = (uint32_t)n;

    if (!n || n > USBBUS_DESCRIPTORS)
        return;
    memcpy(pk, &id, sizeof(id));
    pk[8] = 'S';
    pk[9] = 2; /* control */
    pk[10] = 0x80;
    pk[11] = (uint8_t)d->dev;
    memcpy(pk + 12, &bus, sizeof(bus));
    pk[15] = '<'; /* no data with this end */
    memcpy(pk + 32, &length, sizeof(length));
    memcpy(pk + 40, setup, sizeof(setup));
    feed_packet(a->own, a->wall_ns, pk, a->header, a->header);
    pk[8] = 'C';
    pk[14] = '-'; /* no setup */
    pk[15] = 0;
    memcpy(pk + 36, &length, sizeof(length));
    memcpy(pk + a->header, p, n);
    feed_packet(a->own, a->wall_ns, pk, a->header + n, a->header + n);
}

static void describe(const struct usbbus_device *d, void *user)
{
    const struct asked *a = user;
    struct tt_slice dev = usbbus_device(d), config = usbbus_config(d);
    uint8_t text[2 + 2 * sizeof(d->product)] = {0, 3};
    size_t n = strlen(d->product);

    one_request(a, d, 0x100, dev.p, dev.n);
    one_request(a, d, 0x200, config.p, config.n);
    if (!dev.n || !n || !dev.p[15])
        return;
    text[0] = (uint8_t)(2 + 2 * n);
    for (size_t i = 0; i < n; i++) /* /sys has it as text, the device UTF-16 */
        text[2 + 2 * i] = (uint8_t)d->product[i] < 0x80 ? (uint8_t)d->product[i]
                                                        : (uint8_t)'?';
    one_request(a, d, 0x300u | (uint8_t)dev.p[15], text, text[0]);
}

/* ---- the source --------------------------------------------------------- */

static void ask_losses(struct own *own)
{
    struct tt_record lost = {.t_ns = own->now_ns,
                             .source = own->s->offset,
                             .lane = TT_LANE_LINE,
                             .event = TT_EV_LOST};
    struct pcap_stat stats = {0};

    if (own->saved || own->now_ns - own->asked_ns < TT_NS_PER_S)
        return;
    own->asked_ns = own->now_ns;
    /* the kernel counts anew each time it is asked */
    if (!pcap_stats(own->pcap, &stats) && stats.ps_drop && !own->st)
        own->st = own->sink(&lost, own->user);
}

static void turn(struct own *own, uint64_t t_ns, tt_sink_fn *sink, void *user)
{
    own->sink = sink;
    own->user = user;
    own->now_ns = t_ns;
    own->wall_ns = wall_now();
}

static enum source_state mon_read(struct source *s, uint64_t t_ns,
                                  tt_sink_fn *sink, void *user,
                                  struct tt_error *err)
{
    struct own *own = s->own;
    int n;

    own->s = s;
    turn(own, t_ns, sink, user);
    n = pcap_dispatch(own->pcap, -1, got_packet, (u_char *)(void *)own);
    ask_losses(own);
    own->floor_ns = t_ns;
    if (own->st) {
        *err = own->err;
        return SOURCE_FAILED;
    }
    if (own->saved && n == 0) {
        if (!tt_reader_finish(own->reader, err))
            return SOURCE_ENDED;
        return SOURCE_FAILED;
    }
    if (n != PCAP_ERROR)
        return SOURCE_OPEN;
    if (errno == ENODEV || errno == ENXIO || errno == EIO)
        return SOURCE_ENDED; /* the bus is gone */
    (void)tt_fail(err, TT_ERR_IO, "cannot read: %s", pcap_geterr(own->pcap));
    return SOURCE_FAILED;
}

static enum tt_status mon_events(struct source *s, uint64_t t_ns,
                                 tt_sink_fn *sink, void *user)
{
    struct own *own = s->own;

    own->s = s;
    turn(own, t_ns, sink, user);
    ask_losses(own);
    own->floor_ns = t_ns;
    return own->st;
}

static void mon_close(struct source *s)
{
    struct own *own = s->own;

    if (own->pcap)
        pcap_close(own->pcap);
    tt_reader_free(own->reader);
    free(own);
}

static const struct source_ops mon_ops = {
    .read = mon_read, .events = mon_events, .close = mon_close};

/* Let the kernel's part begin. */
static enum tt_status begin_live(struct own *own, unsigned bus,
                                 struct tt_error *err)
{
    char device[24], why[PCAP_ERRBUF_SIZE] = "";
    int rc;

    (void)snprintf(device, sizeof(device), "usbmon%u", bus);
    own->pcap = pcap_create(device, why);
    if (!own->pcap)
        return tt_fail(err, TT_ERR_IO, "cannot look at it: %s", why);
    (void)pcap_set_snaplen(own->pcap, SNAP);
    (void)pcap_set_immediate_mode(own->pcap, 1);
    rc = pcap_activate(own->pcap);
    if (rc < 0)
        return tt_fail(err, TT_ERR_IO, "cannot look at it: %s",
                       *pcap_geterr(own->pcap) ? pcap_geterr(own->pcap)
                                               : pcap_statustostr(rc));
    if (pcap_setnonblock(own->pcap, 1, why))
        return tt_fail(err, TT_ERR_IO, "cannot look at it: %s", why);
    return TT_OK;
}

/* A reader that has seen the file's header and the descriptors. */
static enum tt_status begin_reader(struct own *own,
                                   const struct usbmon_name *name,
                                   const char *root, struct tt_error *err)
{
    struct tt_read_options how = {.format = "pcap",
                                  .usb = *name->device ? name->device : NULL,
                                  .live = true};
    unsigned link = (unsigned)pcap_datalink(own->pcap);
    const uint32_t head[6] = {
        0xa1b2c3d4,
        /* version 2.4, in the machine's order */
        *(const uint8_t *)&(const uint16_t){1} ? 2u | 4u << 16 : 2u << 16 | 4u,
        0, 0, SNAP, link};
    struct asked a = {
        own, link == DLT_USB_LINUX ? LINUX_HEADER : MMAPPED_HEADER, wall_now()};
    enum tt_status st;

    if (link != DLT_USB_LINUX && link != DLT_USB_LINUX_MMAPPED)
        return tt_fail(err, TT_ERR_IO, "that is no USB capture");
    st = tt_reader_new(&own->reader, &how, got_record, own, err);
    if (st)
        return st;
    feed(own, head, sizeof(head));
    (void)usbbus_each(root, name->bus, describe, &a);
    if (own->st)
        *err = own->err;
    return own->st;
}

static enum tt_status open_it(struct source *s, const char *path,
                              const struct usbmon_name *name,
                              const struct source_settings *set,
                              const char *root, struct tt_error *err)
{
    struct own *own = calloc(1, sizeof(*own));
    char why[PCAP_ERRBUF_SIZE] = "";
    enum tt_status st = TT_OK;

    if (!own)
        return tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
    s->own = own;
    s->ops = &mon_ops;
    s->kind = "USB";
    s->baud = set->baud;
    memcpy(s->mode, set->mode, sizeof(s->mode));
    own->s = s;
    if (path) {
        own->saved = true;
        own->pcap = pcap_open_offline(path, why);
        if (!own->pcap)
            st = tt_fail(err, TT_ERR_IO, "%s", why);
    } else {
        st = begin_live(own, name->bus, err);
    }
    if (!st)
        st = begin_reader(own, name, root, err);
    if (!st)
        s->fd = path ? fileno(pcap_file(own->pcap))
                     : pcap_get_selectable_fd(own->pcap);
    if (st)
        source_close(s);
    return st;
}

enum tt_status usbmon_source(struct source *s, const char *name,
                             const struct source_settings *set,
                             const char *root, struct tt_error *err)
{
    struct usbmon_name what;
    enum tt_status st = usbmon_parse(&what, name, root, err);

    *s = (struct source){.fd = -1, .wait_ms = -1, .lane = set->lane};
    if (!st)
        st = may_look(s, &what, root, err);
    return st ? st : open_it(s, NULL, &what, set, root, err);
}

enum tt_status usbmon_saved(struct source *s, const char *path,
                            const struct usbmon_name *name,
                            const struct source_settings *set, const char *root,
                            struct tt_error *err)
{
    *s = (struct source){.fd = -1, .wait_ms = -1, .lane = set->lane};
    return open_it(s, path, name, set, root, err);
}
