/*
 * klog - what the kernel log says of USB devices: they went, they could not
 * be read, somebody threw their driver out.
 *
 * The lines are those of Linux' drivers/usb/core (hub.c, devio.c), usb-serial
 * and its drivers; either as /dev/kmsg gives them ("6,123,456789,-;text") or as
 * dmesg prints them ("[  12.345678] text").
 */
#include "ports/ports.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KLOG_BYTES = 4 << 20, KLOG_LINE = 8192, LOG_PATH = 64 };

static struct usb_device *called(struct ports *ps, const char *path, size_t n)
{
    for (size_t i = 0; i < ps->nusb; i++)
        if (strlen(ps->usb[i].path) == n &&
            strncmp(ps->usb[i].path, path, n) == 0)
            return &ps->usb[i];
    return NULL;
}

/* The device a line is about: "usb 1-1.2: ...", "usb 1-1-port2: ...",
 * "usb usb1-port3: ..." and "hub 1-1:1.0: port 2 ...". */
static struct usb_device *about(struct ports *ps, const char *line,
                                char where[LOG_PATH], const char **rest)
{
    char path[LOG_PATH];
    unsigned a, b;
    int n = 0;

    if (sscanf(line, "usb usb%u-port%u:%n", &a, &b, &n) == 2 && n) {
        (void)snprintf(path, sizeof(path), "%u-%u", a, b);
    } else if (sscanf(line, "hub %u-0:1.0: port %u %n", &a, &b, &n) == 2 && n) {
        (void)snprintf(path, sizeof(path), "%u-%u", a, b);
    } else if (sscanf(line, "hub %40[0-9.-]:1.0: port %u %n", path, &b, &n) ==
                   2 &&
               n) {
        size_t k = strlen(path);

        (void)snprintf(path + k, sizeof(path) - k, ".%u", b);
    } else if (sscanf(line, "usb %40[0-9.-]port%u:%n", path, &b, &n) == 2 &&
               n) {
        size_t k = strlen(path);

        if (!k || path[k - 1] != '-')
            return NULL;
        (void)snprintf(path + k - 1, sizeof(path) - k + 1, ".%u", b);
    } else if (sscanf(line, "usb %40[0-9.-]:%n", path, &n) == 1 && n) {
    } else {
        return NULL;
    }
    *rest = line + n + strspn(line + n, " ");
    (void)snprintf(where, LOG_PATH, "%s", path);
    return called(ps, path, strlen(path));
}

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static void note_claim(struct ports *ps, struct usb_device *u, const char *rest)
{
    const char *who = strstr(rest, "while '"), *end;

    if (!who)
        return;
    who += strlen("while '");
    end = strchr(who, '\'');
    if (end && end > who)
        u->claimed = ports_text(ps, "%.*s", (int)(end - who), who);
}

/* A port was made of the device at path, or the device went. */
static void note_gone(struct ports *ps, double at_s, const char *path,
                      const char *rest)
{
    const char *to = strstr(rest, " now attached to ");
    size_t i = 0;

    while (i < ps->ngone && strcmp(ps->gone[i].path, path) != 0)
        i++;
    if (to && i < MAX_GONE) {
        ps->gone[i].path = ports_text(ps, "%s", path);
        ps->gone[i].name = ports_text(ps, "%.32s", to + 17);
        ps->gone[i].went = false;
        if (i == ps->ngone)
            ps->ngone++;
    } else if (i < ps->ngone && begins(rest, "USB disconnect")) {
        ps->gone[i].went = true;
        ps->gone[i].at_s = at_s;
    }
}

static void one_line(struct ports *ps, double at_s, const char *line)
{
    static const char *const bad[] = {
        "device descriptor read",
        "device not accepting address",
        "can't read configurations",
        "unable to enumerate",
        "disabled by hub (EMI?)",
        "Cannot enable. Maybe the USB cable is bad?",
        "cannot reset",
        "unable to read config",
        "over-current"};
    const char *rest = "", *tty;
    char path[LOG_PATH] = "";
    struct usb_device *u = about(ps, line, path, &rest);

    tty = strstr(line, "break control not supported, using simulated break");
    if (tty)
        for (size_t i = 0; i < ps->nports; i++) {
            const char *name = strstr(line, ps->ports[i].name);

            if (name && name < tty && name[strlen(ps->ports[i].name)] == ':' &&
                ps->ports[i].usb)
                ps->ports[i].usb->sim_break = true;
        }
    if (path[0])
        note_gone(ps, at_s, path, rest);
    if (!u)
        return;
    if (begins(rest, "USB disconnect")) {
        u->disconnects++;
        u->last_s = at_s;
        u->claimed = NULL; /* what was before that is over */
    } else if (begins(rest, "usbfs: interface ") &&
               strstr(rest, "claimed by")) {
        note_claim(ps, u, rest);
    }
    for (size_t i = 0; i < TT_LEN(bad); i++)
        if (strstr(rest, bad[i])) {
            u->errors++;
            u->last_s = at_s;
            u->error = ports_text(ps, "%.120s", line);
            break;
        }
}

static void take(struct ports *ps, char *line)
{
    double at_s = -1;
    char *text = strchr(line, ';');
    unsigned long long seq, us;
    unsigned prio;
    int n = 0;

    if (text && sscanf(line, "%u,%llu,%llu", &prio, &seq, &us) == 3) {
        at_s = (double)us / 1e6;
        text++;
    } else if (sscanf(line, " [%lf] %n", &at_s, &n) == 1 && n) {
        text = line + n;
    } else {
        text = strstr(line, "kernel: "); /* of a syslog */
        if (!text)
            return;
        text += strlen("kernel: ");
        if (sscanf(text, "[%lf] %n", &at_s, &n) == 1 && n)
            text += n;
    }
    one_line(ps, at_s, text);
}

/* /dev/kmsg gives one record a read. */
static bool read_kmsg(struct ports *ps)
{
    char line[KLOG_LINE];
    size_t most = 100000;
    ssize_t n;
    int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return false;
    while (most-- && ((n = read(fd, line, sizeof(line) - 1)) > 0)) {
        line[n] = '\0';
        line[strcspn(line, "\n")] = '\0';
        take(ps, line);
    }
    (void)close(fd);
    return true;
}

static bool read_file(struct ports *ps, const char *path)
{
    char *text = malloc(KLOG_BYTES), *save = NULL;
    size_t n;
    bool is = text && tree_read(&ps->tree, path, text, KLOG_BYTES, &n);

    if (is)
        for (char *l = strtok_r(text, "\n", &save); l;
             l = strtok_r(NULL, "\n", &save))
            take(ps, l);
    free(text);
    return is;
}

void scan_klog(struct ports *ps)
{
    char text[TREE_TEXT];

    tree_attr(&ps->tree, "/proc", "uptime", text);
    ps->now_s = strtod(text, NULL);
    if (tree_is_live(&ps->tree))
        ps->klog_read = read_kmsg(ps);
    else
        ps->klog_read = read_file(ps, "/dev/kmsg");
    if (!ps->klog_read)
        ps->klog_read = read_file(ps, "/var/log/kern.log") ||
                        read_file(ps, "/var/log/dmesg");
}
