/*
 * judge - from what was seen to findings: one sentence each, with what to do.
 *
 * What the files prove is a fault or a warning; advice that merely often helps
 * (another USB port, no hub) is given only where the kernel log has errors of
 * that very device.
 */
#include "ports/ports.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *level_name(enum finding_level level)
{
    static const char *const names[] = {"note", "WARNING", "FAULT"};

    return names[level];
}

static struct finding *find(struct ports *ps, const char *id,
                            enum finding_level level,
                            const struct serial_port *p,
                            const struct usb_device *u, const char *text)
{
    static struct finding spare; /* written, never read */
    struct finding *f = &spare;

    if (ps->nfindings < MAX_FINDINGS)
        f = &ps->findings[ps->nfindings++];
    else
        ps->full = true;
    memset(f, 0, sizeof(*f));
    f->id = id;
    f->level = level;
    f->port = p;
    f->usb = u;
    f->text = text;
    return f;
}

static void fix(struct finding *f, const char *text)
{
    if (f->nfixes < MAX_FIXES)
        f->fix[f->nfixes++] = text;
}

/* ---- the port -------------------------------------------------------------- */

static void judge_node(struct ports *ps, const struct serial_port *p)
{
    struct finding *f;

    if (!p->node_there) {
        f = find(ps, "no-node", LEVEL_FAULT, p, NULL,
                 ports_text(ps, "the kernel has the port, but %s is not there",
                            p->node));
        fix(f, ports_text(ps,
                          "in a container: pass it in (docker run "
                          "--device=%s)",
                          p->node));
        fix(f, "else: is udev running?  sudo udevadm trigger");
        return;
    }
    if (p->may_open)
        return;
    f = find(ps, "no-permission", LEVEL_FAULT, p, NULL,
             ports_text(ps, "%s may not open it: it is %s:%s, mode %04o",
                        ps->user, p->owner, p->group, p->mode));
    if ((p->mode & 060) != 060 || p->gid == 0) {
        fix(f, ports_text(ps,
                          "a udev rule: KERNEL==\"%.3s*\", GROUP=\"dialout\","
                          " MODE=\"0660\", then plug it in again",
                          p->name));
        fix(f, ports_text(ps, "for now: sudo chmod a+rw %s", p->node));
    } else if (p->in_group_file) {
        fix(f, ports_text(ps,
                          "%s is in %s, but not since this login: log out "
                          "and in again (or: newgrp %s)",
                          ps->user, p->group, p->group));
    } else {
        fix(f, ports_text(ps,
                          "sudo usermod -aG %s %s, then log out and in "
                          "again",
                          p->group, ps->user));
    }
}

/* Programs that hold ports and what to do about them. */
static const struct {
    const char *name, *what, *fix;
} known[] = {
    {"ModemManager", "it sends AT and other questions to find modems",
     "sudo systemctl stop ModemManager"},
    {"brltty", "it takes adapters for braille displays",
     "sudo systemctl stop brltty; remove the package when nobody needs it"},
    {"agetty", "a login prompt runs on it", NULL},
    {"getty", "a login prompt runs on it", NULL},
    {"login", "somebody is logged in on it", NULL},
    {"gpsd", "it reads GPS receivers, and changes their speed",
     "sudo systemctl stop gpsd gpsd.socket"},
    {"upsd", "it asks a UPS", "sudo systemctl stop nut-driver nut-server"},
    {"fwupd", "it looks for firmware to update", "sudo systemctl stop fwupd"},
    {"pppd", "a PPP connection runs on it", "close the connection"},
    {"slcand", "it is a CAN adapter in use", "sudo killall slcand"},
    {"ser2net", "it serves the port to the network",
     "sudo systemctl stop ser2net"},
    {"octoprint", "OctoPrint talks to a printer on it",
     "disconnect in OctoPrint"},
};

static void judge_holder(struct ports *ps, const struct serial_port *p,
                         const struct holder *h)
{
    const char *what = NULL, *how = NULL;
    struct finding *f;

    for (size_t i = 0; i < TT_LEN(known); i++)
        if (strcmp(known[i].name, h->name) == 0) {
            what = known[i].what;
            how = known[i].fix;
        }
    f = find(ps, "held", LEVEL_WARNING, p, NULL,
             ports_text(ps,
                        "%s (process %ld) has it open%s%s: two readers "
                        "each get a part of the bytes",
                        *h->name ? h->name : "a process", h->pid,
                        what ? "; " : "", what ? what : ""));
    if (strstr(h->name, "getty") || strcmp(h->name, "login") == 0)
        how = ports_text(ps, "sudo systemctl disable --now serial-getty@%s",
                         p->name);
    fix(f, how ? how : ports_text(ps, "close it, or: kill %ld", h->pid));
}

static void judge_lock(struct ports *ps, const struct serial_port *p)
{
    struct finding *f;

    for (size_t i = 0; i < p->nholders; i++)
        if (p->holders[i].pid == p->lock_pid)
            return;
    if (!p->lock_pid)
        return;
    if (!*p->lock_name) {
        f = find(ps, "stale-lock", LEVEL_WARNING, p, NULL,
                 ports_text(ps,
                            "a lock file names process %ld, which does not "
                            "run: some tools will say that it is in use",
                            p->lock_pid));
        fix(f, ports_text(ps, "sudo rm /run/lock/LCK..%s", p->name));
        return;
    }
    f = find(ps, "locked", LEVEL_WARNING, p, NULL,
             ports_text(ps, "%s (process %ld) has a lock file for it",
                        p->lock_name, p->lock_pid));
    fix(f, ports_text(ps, "close %s", p->lock_name));
}

static void judge_others(struct ports *ps, const struct serial_port *p)
{
    struct finding *f;

    if (p->console) {
        f = find(ps, "console", LEVEL_WARNING, p, NULL,
                 "the kernel prints its messages on it");
        fix(f, ports_text(ps,
                          "remove console=%s from the kernel's command "
                          "line and start again",
                          p->name));
    }
    if (p->usb && ps->mm_pid && !p->mm_ignored) {
        f = find(
            ps, "modemmanager", LEVEL_WARNING, p, NULL,
            "ModemManager runs and may send AT or 7E 00 78 F0 7E after the "
            "device is plugged in; boot loaders take that for the tool");
        fix(f, "while flashing: sudo systemctl stop ModemManager");
        fix(f, ports_text(ps,
                          "for good: a udev rule with ATTRS{idVendor}==\""
                          "%04x\", ATTRS{idProduct}==\"%04x\", "
                          "ENV{ID_MM_DEVICE_IGNORE}=\"1\"",
                          p->usb->vid, p->usb->pid));
    }
    if (p->brltty_rule) {
        f = find(ps, "brltty", LEVEL_WARNING, p, NULL,
                 ports_text(ps,
                            "a udev rule of brltty takes %04x:%04x for a "
                            "braille display: the port vanishes soon after "
                            "it is plugged in",
                            p->usb->vid, p->usb->pid));
        fix(f, "when nobody needs braille: sudo apt remove brltty");
        fix(f, "else: sudo ln -s /dev/null /etc/udev/rules.d/85-brltty.rules");
    }
    if (p->latency > 4) {
        f = find(ps, "latency", LEVEL_NOTE, p, NULL,
                 ports_text(ps,
                            "the adapter hands short answers over every %d "
                            "ms: dialogs are slow, and gaps in a recording "
                            "are not the line's",
                            p->latency));
        fix(f, ports_text(ps,
                          "echo 1 | sudo tee /sys/bus/usb-serial/devices/"
                          "%s/latency_timer",
                          p->name));
    }
}

/* ---- the USB device --------------------------------------------------------- */

static void judge_fake(struct ports *ps, const struct usb_device *u)
{
    struct finding *f;

    if (strcmp(u->serial, "A50285BI") == 0 && u->vid == 0x0403) {
        f = find(
            ps, "counterfeit", LEVEL_WARNING, NULL, u,
            "its serial number A50285BI is that of many counterfeit FT232R");
        fix(f, "when parity, speeds or bit-banging fail: try another adapter "
               "before the device is blamed");
    }
    if (u->vid == 0x0403 && u->pid == 0) {
        f = find(ps, "counterfeit", LEVEL_WARNING, NULL, u,
                 "product number 0000: a Windows driver disabled this "
                 "counterfeit FTDI chip");
        fix(f, "use another adapter; on Linux it still works as a port");
    }
    if (strstr(u->product, "PHASED OUT")) {
        f = find(ps, "counterfeit", LEVEL_WARNING, NULL, u,
                 "its name says that the chip is phased out: Windows drivers "
                 "refuse it");
        fix(f, "use another adapter");
    }
    if (u->sim_break) {
        f = find(ps, "limited-ch340", LEVEL_WARNING, NULL, u,
                 "a CH340 without a break of its own: the kernel imitates "
                 "breaks, and odd speeds are less exact");
        fix(f, "for BREAK, LIN, DMX or unusual speeds: use another adapter");
    }
}

static void judge_log(struct ports *ps, const struct usb_device *u)
{
    struct finding *f;
    char ago[64] = "";

    if (u->claimed) {
        f = find(ps, "claimed", LEVEL_FAULT, NULL, u,
                 ports_text(ps, "%s threw its driver out: there is no port",
                            u->claimed));
        fix(f, strcmp(u->claimed, "brltty") == 0
                   ? "sudo apt remove brltty, then plug it in again (when "
                     "nobody needs braille)"
                   : ports_text(ps, "close %s, then plug it in again",
                                u->claimed));
    }
    if (!u->disconnects && !u->errors)
        return;
    if (u->last_s >= 0 && ps->now_s >= u->last_s)
        (void)snprintf(ago, sizeof(ago), ", the last %.0f s ago",
                       ps->now_s - u->last_s);
    if (u->errors) {
        f = find(ps, "usb-errors", LEVEL_WARNING, NULL, u,
                 ports_text(ps,
                            "the kernel log has %u USB error%s of this "
                            "place%s: %s",
                            u->errors, u->errors == 1 ? "" : "s", ago,
                            u->error));
        fix(f, "another cable, as short as possible");
        if (u->hubs)
            fix(f, ports_text(ps,
                              "plug it into the computer itself: it hangs "
                              "on %s",
                              u->hub));
        fix(f, u->bus_speed >= 5000 || u->hubs == 0
                   ? "another USB port, best a USB 2.0 one"
                   : "feed the device from its own supply");
    } else if (u->disconnects > 1) {
        f = find(ps, "disconnects", LEVEL_WARNING, NULL, u,
                 ports_text(ps, "what is plugged in here went away %u times%s",
                            u->disconnects, ago));
        fix(f, "when nobody pulled the plug: another cable; measure the "
               "supply: a device that draws too much resets its adapter");
    }
}

static void judge_mode(struct ports *ps, const struct usb_device *u)
{
    struct finding *f;

    if (!u->id || u->id->kind == TT_USB_ADAPTER)
        return;
    f = find(ps, "mode",
             u->id->kind == TT_USB_DUMP ? LEVEL_WARNING : LEVEL_NOTE, NULL, u,
             ports_text(ps, "%s: %s", tt_usb_kind_name(u->id->kind),
                        u->id->name));
    if (*u->id->next)
        fix(f, u->id->next);
}

/* Drivers of the kernel that make ports of adapters. */
static const char *driver_of(const struct usb_device *u)
{
    static const struct {
        uint16_t vid;
        const char *driver;
    } drivers[] = {{0x0403, "ftdi_sio"},
                   {0x10c4, "cp210x"},
                   {0x1a86, "ch341"},
                   {0x067b, "pl2303"}};

    for (size_t i = 0; i < TT_LEN(drivers); i++)
        if (drivers[i].vid == u->vid)
            return drivers[i].driver;
    return "cdc_acm";
}

/* An adapter, and no port is made of it. */
static void judge_no_port(struct ports *ps, const struct usb_device *u)
{
    const char *driver = driver_of(u), *has = "";
    struct finding *f;

    if (u->nports || u->claimed || !u->id || u->id->kind != TT_USB_ADAPTER)
        return;
    for (size_t i = 0; i < u->nifaces; i++)
        if (*u->ifaces[i].driver)
            has = u->ifaces[i].driver;
    if (strcmp(has, "usbfs") == 0) {
        f = find(
            ps, "taken", LEVEL_WARNING, NULL, u,
            "a program uses it through libusb: there is no port meanwhile");
        fix(f, "end that program (OpenOCD, pyftdi, a flashing tool), then plug "
               "it in again");
        return;
    }
    f = find(ps, "no-driver", LEVEL_FAULT, NULL, u,
             *has ? ports_text(ps, "driver %s has it, but made no port", has)
                  : "no driver has it: there is no port");
    fix(f, ports_text(ps, "sudo modprobe %s, then plug it in again", driver));
    fix(f, ports_text(ps, "when that fails, this kernel lacks the module: "
                          "install the package with the extra modules"));
}

static void judge_usb(struct ports *ps, const struct usb_device *u)
{
    judge_mode(ps, u);
    judge_no_port(ps, u);
    judge_fake(ps, u);
    judge_log(ps, u);
}

static void judge_gone(struct ports *ps, const struct gone_port *g)
{
    const char *ago = "";

    if (!g->went)
        return;
    for (size_t i = 0; i < ps->nusb; i++)
        if (strcmp(ps->usb[i].path, g->path) == 0)
            return;
    if (g->at_s >= 0 && ps->now_s >= g->at_s)
        ago = ports_text(ps, " %.0f s ago", ps->now_s - g->at_s);
    fix(find(ps, "gone", LEVEL_NOTE, NULL, NULL,
             ports_text(ps, "an adapter was at USB place %s (%s) and went%s",
                        g->path, g->name, ago)),
        "when nobody pulled it: cable, supply, hub");
}

void judge_ports(struct ports *ps)
{
    for (size_t i = 0; i < ps->nports; i++) {
        struct serial_port *p = &ps->ports[i];

        judge_node(ps, p);
        for (size_t k = 0; k < p->nholders; k++)
            judge_holder(ps, p, &p->holders[k]);
        judge_lock(ps, p);
        judge_others(ps, p);
    }
    for (size_t i = 0; i < ps->nusb; i++)
        judge_usb(ps, &ps->usb[i]);
    for (size_t i = 0; i < ps->ngone; i++)
        judge_gone(ps, &ps->gone[i]);
    if (!ps->klog_read)
        fix(find(ps, "no-kernel-log", LEVEL_NOTE, NULL, NULL,
                 "the kernel log cannot be read: nothing is known of "
                 "disconnects and USB errors"),
            "sudo telltale ports, or: sudo dmesg | grep -i usb");
    if (!ps->procs_whole)
        fix(find(ps, "not-all-processes", LEVEL_NOTE, NULL, NULL,
                 "some processes do not let their open files be seen"),
            ps->uid ? "sudo telltale ports, or: sudo fuser -v /dev/ttyUSB0"
                    : "from outside of this container: fuser -v /dev/ttyUSB0");
}

int ports_level(const struct ports *ps, const struct serial_port *p,
                const struct usb_device *u)
{
    int worst = -1;

    for (size_t i = 0; i < ps->nfindings; i++) {
        const struct finding *f = &ps->findings[i];

        if (((p && f->port == p) || (u && f->usb == u)) &&
            (int)f->level > worst)
            worst = (int)f->level;
    }
    return worst;
}

bool ports_scan(struct ports *ps, const char *root, struct tt_error *err)
{
    memset(ps, 0, sizeof(*ps));
    tt_arena_init(&ps->arena, 8 << 20);
    ps->user = "";
    if (!tree_open(&ps->tree, root)) {
        (void)tt_fail(err, TT_ERR_IO, "there is no folder with /sys and /proc");
        return false;
    }
    ps->ports = calloc(MAX_PORTS, sizeof(*ps->ports));
    ps->usb = calloc(MAX_USB, sizeof(*ps->usb));
    ps->findings = calloc(MAX_FINDINGS, sizeof(*ps->findings));
    if (!ps->ports || !ps->usb || !ps->findings) {
        (void)tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
        return false;
    }
    scan_usb(ps);
    scan_ttys(ps);
    scan_procs(ps);
    scan_klog(ps);
    judge_ports(ps);
    return true;
}

void ports_free(struct ports *ps)
{
    free(ps->ports);
    free(ps->usb);
    free(ps->findings);
    tt_arena_clear(&ps->arena);
}
