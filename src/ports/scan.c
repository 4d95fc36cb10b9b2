/*
 * scan - USB devices and serial ports from /sys, /dev and /run.
 */
#include "ports/ports.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *ports_text(struct ports *ps, const char *fmt, ...)
{
    char text[2 * TREE_PATH];
    const char *kept;
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    kept = text[0] ? tt_arena_dup(&ps->arena, tt_slice_of(text)) : "";
    if (!kept)
        ps->full = true;
    return kept ? kept : "";
}

static const char *attr(struct ports *ps, const char *dir, const char *name)
{
    char text[TREE_TEXT];

    tree_attr(&ps->tree, dir, name, text);
    return ports_text(ps, "%s", text);
}

static unsigned long number(struct ports *ps, const char *dir, const char *name,
                            int base)
{
    char text[TREE_TEXT];

    tree_attr(&ps->tree, dir, name, text);
    return strtoul(text, NULL, base);
}

/* dir without its last part; false at the top. */
static bool up(char *dir)
{
    char *slash = strrchr(dir, '/');

    if (!slash || slash == dir)
        return false;
    *slash = '\0';
    return true;
}

/* ---- USB ----------------------------------------------------------------- */

struct in_usb {
    struct ports *ps;
    struct usb_device *u;
    size_t n; /* of the path "1-1.2" */
};

static bool one_iface(void *user, const char *name)
{
    struct in_usb *in = user;
    struct usb_device *u = in->u;
    struct usb_iface *f = &u->ifaces[u->nifaces];
    char dir[TREE_PATH], driver[TREE_TEXT];

    if (strncmp(name, u->path, in->n) != 0 || name[in->n] != ':')
        return true;
    if ((size_t)snprintf(dir, sizeof(dir), "%s/%s", u->dir, name) >=
        sizeof(dir))
        return true;
    f->number = (uint8_t)number(in->ps, dir, "bInterfaceNumber", 16);
    f->class_ = (uint8_t)number(in->ps, dir, "bInterfaceClass", 16);
    f->sub = (uint8_t)number(in->ps, dir, "bInterfaceSubClass", 16);
    f->proto = (uint8_t)number(in->ps, dir, "bInterfaceProtocol", 16);
    tree_link(&in->ps->tree, dir, "driver", driver);
    f->driver = ports_text(in->ps, "%s", driver);
    return ++u->nifaces < MAX_IFACES;
}

/* The hubs between a device and its root hub. */
static void find_hubs(struct ports *ps, struct usb_device *u)
{
    char dir[TREE_PATH], text[TREE_TEXT];

    u->hub = "";
    (void)snprintf(dir, sizeof(dir), "%s", u->dir);
    while (up(dir)) {
        const char *name = strrchr(dir, '/') + 1;

        tree_attr(&ps->tree, dir, "bDeviceClass", text);
        if (strcmp(text, "09") != 0)
            break;
        if (strncmp(name, "usb", 3) == 0) { /* the root hub */
            u->bus_speed = strtod(attr(ps, dir, "speed"), NULL);
            break;
        }
        if (!u->hubs++) {
            const char *product = attr(ps, dir, "product");

            u->hub = *product ? product : ports_text(ps, "%s", name);
        }
    }
}

static bool one_usb(void *user, const char *name)
{
    struct ports *ps = user;
    struct usb_device *u = &ps->usb[ps->nusb];
    struct in_usb in = {.ps = ps, .u = u};
    char path[TREE_PATH], dir[TREE_PATH], text[TREE_TEXT];

    if (!strchr(name, '-') || strchr(name, ':'))
        return true; /* a root hub, or an interface */
    (void)snprintf(path, sizeof(path), "/sys/bus/usb/devices/%.200s", name);
    if (!tree_real(&ps->tree, path, dir))
        return true;
    tree_attr(&ps->tree, dir, "bDeviceClass", text);
    if (strcmp(text, "09") == 0)
        return true; /* a hub */
    tree_attr(&ps->tree, dir, "idVendor", text);
    if (!text[0])
        return true;
    memset(u, 0, sizeof(*u));
    u->path = ports_text(ps, "%s", name);
    u->dir = ports_text(ps, "%s", dir);
    u->vid = (uint16_t)strtoul(text, NULL, 16);
    u->pid = (uint16_t)number(ps, dir, "idProduct", 16);
    u->maker = attr(ps, dir, "manufacturer");
    u->product = attr(ps, dir, "product");
    u->serial = attr(ps, dir, "serial");
    u->bus = (unsigned)number(ps, dir, "busnum", 10);
    u->address = (unsigned)number(ps, dir, "devnum", 10);
    u->speed = strtod(attr(ps, dir, "speed"), NULL);
    tree_attr(&ps->tree, dir, "power/control", text);
    u->autosuspend = strcmp(text, "auto") == 0;
    u->id = tt_usb_id_find(u->vid, u->pid);
    u->last_s = -1;
    find_hubs(ps, u);
    in.n = strlen(u->path);
    tree_list(&ps->tree, dir, one_iface, &in);
    if (++ps->nusb < MAX_USB)
        return true;
    ps->full = true;
    return false;
}

void scan_usb(struct ports *ps)
{
    tree_list(&ps->tree, "/sys/bus/usb/devices", one_usb, ps);
}

/* ---- ttys ---------------------------------------------------------------- */

/* The USB device whose folder holds dir, and the interface of it. */
static void find_usb(struct ports *ps, struct serial_port *p, const char *dir)
{
    for (size_t i = 0; i < ps->nusb; i++) {
        struct usb_device *u = &ps->usb[i];
        size_t n = strlen(u->dir);
        const char *colon;

        if (strncmp(dir, u->dir, n) != 0 || dir[n] != '/')
            continue;
        p->usb = u;
        u->nports++;
        colon = strchr(dir + n, ':'); /* 1-1.2:1.0 */
        colon = colon ? strchr(colon, '.') : NULL;
        p->iface = colon ? (int)strtol(colon + 1, NULL, 16) : -1;
        return;
    }
}

/* The type of a UART that is no USB one; see serial_core.h of the kernel. */
static const char *uart_name(unsigned long type)
{
    static const struct {
        unsigned long type;
        const char *name;
    } types[] = {{2, "16450"},  {3, "16550"},   {4, "16550A"},    {5, "Cirrus"},
                 {6, "16650"},  {7, "16650V2"}, {8, "16750"},     {13, "16850"},
                 {32, "PL011"}, {33, "AMBA"},   {34, "ClearPath"}};

    for (size_t i = 0; i < TT_LEN(types); i++)
        if (types[i].type == type)
            return types[i].name;
    return "";
}

/* What udev keeps of the port: does ModemManager have an eye on it? */
static void read_udev(struct ports *ps, struct serial_port *p)
{
    char path[TREE_PATH], text[8192];
    size_t n;

    (void)snprintf(path, sizeof(path), "/run/udev/data/c%u:%u", p->major,
                   p->minor);
    if (!tree_read(&ps->tree, path, text, sizeof(text), &n))
        return;
    p->mm_candidate = strstr(text, "E:ID_MM_CANDIDATE=1") != NULL;
    p->mm_ignored = strstr(text, "E:ID_MM_DEVICE_IGNORE=1") ||
                    strstr(text, "E:ID_MM_PORT_IGNORE=1");
}

static void read_node(struct ports *ps, struct serial_port *p)
{
    char full[2 * TREE_PATH];
    struct stat st;

    if (!tree_stat(&ps->tree, p->node, &st))
        return;
    p->node_there = true;
    p->mode = st.st_mode & 07777;
    p->uid = st.st_uid;
    p->gid = st.st_gid;
    if (tree_is_live(&ps->tree) &&
        tree_join(&ps->tree, p->node, full, sizeof(full)))
        p->may_open = access(full, R_OK | W_OK) == 0;
}

static bool one_tty(void *user, const char *name)
{
    struct ports *ps = user;
    struct serial_port *p = &ps->ports[ps->nports];
    char cls[TREE_PATH], dir[TREE_PATH], sub[TREE_PATH], text[TREE_TEXT];
    unsigned long type;

    if (name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                          "0123456789_.-")])
        return true; /* no name of a port; it would stand in commands */
    (void)snprintf(cls, sizeof(cls), "/sys/class/tty/%.200s", name);
    (void)snprintf(sub, sizeof(sub), "/sys/class/tty/%.200s/device", name);
    if (!tree_real(&ps->tree, sub, dir))
        return true; /* a virtual terminal */
    memset(p, 0, sizeof(*p));
    p->iface = p->latency = -1;
    tree_attr(&ps->tree, cls, "type", text);
    type = strtoul(text, NULL, 10);
    if (text[0] && type == 0) { /* a place for a UART, none is there */
        ps->nhidden++;
        return true;
    }
    p->name = ports_text(ps, "%s", name);
    p->node = ports_text(ps, "/dev/%s", name);
    p->by_id = "";
    p->what = uart_name(type);
    tree_link(&ps->tree, dir, "driver", text);
    p->driver = ports_text(ps, "%s", text);
    tree_attr(&ps->tree, cls, "dev", text);
    (void)sscanf(text, "%u:%u", &p->major, &p->minor);
    tree_attr(&ps->tree, dir, "latency_timer", text);
    if (text[0])
        p->latency = (int)strtol(text, NULL, 10);
    find_usb(ps, p, dir);
    read_udev(ps, p);
    read_node(ps, p);
    if (++ps->nports < MAX_PORTS)
        return true;
    ps->full = true;
    return false;
}

static bool one_by_id(void *user, const char *name)
{
    struct ports *ps = user;
    char to[TREE_TEXT];

    tree_link(&ps->tree, "/dev/serial/by-id", name, to);
    for (size_t i = 0; i < ps->nports; i++)
        if (strcmp(ps->ports[i].name, to) == 0 && !*ps->ports[i].by_id)
            ps->ports[i].by_id = ports_text(ps, "/dev/serial/by-id/%s", name);
    return true;
}

/* A line of brltty's rules that takes an adapter by its number alone:
 * ENV{PRODUCT}=="1a86/7523/...", without a look at who made it. */
static void one_rule(struct ports *ps, char *line)
{
    char one[16];

    if (line[strspn(line, " \t")] == '#' || strstr(line, "ATTRS{"))
        return;
    for (char *c = line; *c; c++)
        if (*c >= 'A' && *c <= 'F')
            *c = (char)(*c - 'A' + 'a');
    for (size_t i = 0; i < ps->nports; i++) {
        struct serial_port *p = &ps->ports[i];

        if (!p->usb)
            continue;
        (void)snprintf(one, sizeof(one), "\"%x/%x/", p->usb->vid, p->usb->pid);
        if (strstr(line, one))
            p->brltty_rule = true;
    }
}

static void read_rules(struct ports *ps, const char *dir, const char *name)
{
    enum { MOST = 256 << 10 };
    char path[TREE_PATH], *text = malloc(MOST), *save = NULL;
    size_t n;

    (void)snprintf(path, sizeof(path), "%s/%.200s", dir, name);
    if (text && tree_read(&ps->tree, path, text, MOST, &n))
        for (char *l = strtok_r(text, "\n", &save); l;
             l = strtok_r(NULL, "\n", &save))
            one_rule(ps, l);
    free(text);
}

static bool etc_rules(void *user, const char *name)
{
    if (strstr(name, "brltty"))
        read_rules(user, "/etc/udev/rules.d", name);
    return true;
}

/* A file of the same name in /etc counts instead. */
static bool lib_rules(void *user, const char *name)
{
    struct ports *ps = user;
    char etc[TREE_PATH], full[2 * TREE_PATH];
    struct stat st;

    (void)snprintf(etc, sizeof(etc), "/etc/udev/rules.d/%.200s", name);
    if (strstr(name, "brltty") &&
        tree_join(&ps->tree, etc, full, sizeof(full)) && lstat(full, &st))
        read_rules(ps, "/usr/lib/udev/rules.d", name);
    return true;
}

void scan_ttys(struct ports *ps)
{
    tree_list(&ps->tree, "/sys/class/tty", one_tty, ps);
    tree_list(&ps->tree, "/dev/serial/by-id", one_by_id, ps);
    tree_list(&ps->tree, "/usr/lib/udev/rules.d", lib_rules, ps);
    tree_list(&ps->tree, "/etc/udev/rules.d", etc_rules, ps);
}
