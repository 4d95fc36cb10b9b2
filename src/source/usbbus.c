/*
 * usbbus - see usbbus.h.
 *
 * Source: Linux Documentation/ABI/stable/sysfs-bus-usb: busnum, devnum,
 * product and bConfigurationValue are lines of text, descriptors is the device
 * descriptor followed by every configuration, as the device sent them.
 */
#include "source/usbbus.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEVICE_BYTES = 18, CONFIG_BYTES = 9, DESC_CONFIG = 2, LEVELS = 8 };

/* A small file of a folder; bytes read. */
static size_t slurp(const char *dir, const char *file, void *to, size_t size)
{
    char path[PATH_MAX + 300];
    ssize_t n = -1;
    size_t got = 0;
    int fd;

    (void)snprintf(path, sizeof(path), "%s/%s", dir, file);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return 0;
    while (got < size && (n = read(fd, (char *)to + got, size - got)) > 0)
        got += (size_t)n;
    (void)close(fd);
    return got;
}

/* A number that is all of a file; false when there is none. */
static bool number(const char *dir, const char *file, int base, unsigned *v)
{
    char text[24];
    size_t n = slurp(dir, file, text, sizeof(text) - 1);
    unsigned long x;
    char *end;

    text[n] = '\0';
    x = strtoul(text, &end, base);
    *v = (unsigned)x;
    return end != text && x <= 65535;
}

static bool look(const char *dir, unsigned bus, struct usbbus_device *d)
{
    size_t n;

    memset(d, 0, sizeof(*d));
    if (!number(dir, "busnum", 10, &d->bus) ||
        !number(dir, "devnum", 10, &d->dev) || (bus && d->bus != bus))
        return false;
    (void)number(dir, "idVendor", 16, &d->vid);
    (void)number(dir, "idProduct", 16, &d->pid);
    (void)number(dir, "bConfigurationValue", 10, &d->config);
    n = slurp(dir, "product", d->product, sizeof(d->product) - 1);
    d->product[n] = '\0';
    d->product[strcspn(d->product, "\n")] = '\0';
    d->n = slurp(dir, "descriptors", d->raw, sizeof(d->raw));
    return true;
}

int usbbus_each(const char *root, unsigned bus, usbbus_fn *fn, void *user)
{
    struct usbbus_device *d = malloc(sizeof(*d));
    char path[PATH_MAX], dir[PATH_MAX + 300];
    struct dirent *e;
    int found = 0;
    DIR *all;

    (void)snprintf(path, sizeof(path), "%s/sys/bus/usb/devices", root);
    all = opendir(path);
    if (!all || !d) {
        if (all)
            (void)closedir(all);
        free(d);
        return -1;
    }
    while ((e = readdir(all)) != NULL) {
        /* "1-2:1.0" is an interface, "usb1" the bus itself */
        if (e->d_name[0] == '.' || strchr(e->d_name, ':'))
            continue;
        (void)snprintf(dir, sizeof(dir), "%s/%s", path, e->d_name);
        if (look(dir, bus, d)) {
            found++;
            fn(d, user);
        }
    }
    (void)closedir(all);
    free(d);
    return found;
}

bool usbbus_of_tty(const char *root, const char *tty, unsigned *bus,
                   unsigned *dev, unsigned *iface)
{
    char path[PATH_MAX + 64], real[PATH_MAX], node[PATH_MAX];
    const char *slash;

    if (!realpath(tty, node))
        (void)snprintf(node, sizeof(node), "%.4000s", tty);
    slash = strrchr(node, '/');
    (void)snprintf(path, sizeof(path), "%s/sys/class/tty/%.255s/device", root,
                   slash ? slash + 1 : node);
    if (!realpath(path, real))
        return false;
    *iface = UINT_MAX;
    for (int i = 0; i < LEVELS; i++) {
        char *up = strrchr(real, '/');

        if (*iface == UINT_MAX && !number(real, "bInterfaceNumber", 16, iface))
            *iface = UINT_MAX;
        if (number(real, "busnum", 10, bus) && number(real, "devnum", 10, dev))
            return true;
        if (!up || up == real)
            return false;
        *up = '\0';
    }
    return false;
}

struct tt_slice usbbus_device(const struct usbbus_device *d)
{
    if (d->n < DEVICE_BYTES)
        return (struct tt_slice){"", 0};
    return (struct tt_slice){(const char *)d->raw, DEVICE_BYTES};
}

struct tt_slice usbbus_config(const struct usbbus_device *d)
{
    for (size_t at = DEVICE_BYTES; at + CONFIG_BYTES <= d->n;) {
        const uint8_t *p = d->raw + at;
        size_t n = (size_t)p[2] | (size_t)p[3] << 8;

        if (p[1] != DESC_CONFIG || n < CONFIG_BYTES || n > d->n - at)
            break;
        if (!d->config || p[5] == d->config)
            return (struct tt_slice){(const char *)p, n};
        at += n;
    }
    return (struct tt_slice){"", 0};
}
