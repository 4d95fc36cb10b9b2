/*
 * line - see line.h.
 */
#include "cli/line.h"

#include "ports/holders.h"
#include "source/usbmon.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void tell(const char *text)
{
    say("%s", text);
}

bool is_address(const char *name)
{
    struct stat st;

    if (usbmon_is(name) && *name == '/')
        return true; /* a device node, but no line to read by itself */
    return (source_is_remote(name) || usbmon_is(name)) && stat(name, &st) != 0;
}

bool line_takes_bytes(const char *name)
{
    struct stat st;

    if (is_address(name) && usbmon_is(name)) {
        say("%s only looks on while another program uses the adapter: name "
            "the port itself",
            shown_name(name));
        return false;
    }
    if (stat(name, &st) || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
        return true;
    say("%s is a %s, no line to send to: name a serial port, pty, fifo, "
        "socket, tcp:HOST:PORT or rfc2217:HOST:PORT",
        shown_name(name), S_ISDIR(st.st_mode) ? "folder" : "file");
    return false;
}

/* A bus, or with --usb one device of it. */
static enum tt_status usb_open(struct source *s, const struct options *o,
                               const char *name,
                               const struct source_settings *set,
                               struct tt_error *err)
{
    char device[64];

    if (o->usb && strncmp(name, "usb:", 4) != 0) {
        (void)snprintf(device, sizeof(device), "usb:%.50s", o->usb);
        name = device;
    }
    return usbmon_source(s, name, set, o->sysroot ? o->sysroot : "", err);
}

/* Each byte of a line reaches one of its readers only. */
static void tell_holder(const char *name)
{
    char who[64];
    long pid = line_holder(name, who, sizeof(who));

    if (pid)
        say("%s is open in %s (process %ld) too: each byte reaches only one of "
            "you, so what is seen here may have holes",
            shown_name(name), who, pid);
}

enum tt_status line_open(struct source *s, const struct options *o,
                         const char *name, struct tt_error *err)
{
    struct source_settings set = {.baud = o->baud,
                                  .lane = o->lane < 0 ? TT_LANE_DEVICE
                                                      : (enum tt_lane)o->lane,
                                  .tell = o->quiet ? NULL : tell};

    memcpy(set.mode, o->mode, sizeof(set.mode));
    if (o->command->bit == CMD_BRIDGE)
        return bridge_source(s, o->host, o->device, &set, err);
    if (o->host)
        return tap_source(s, o->host, o->device, &set, err);
    if (is_address(name) && usbmon_is(name))
        return usb_open(s, o, name, &set, err);
    if (is_address(name))
        return source_open(s, name, &set, err);
    if (!o->quiet)
        tell_holder(name);
    return again_source(s, name, &set, o->wait, o->sysroot, err);
}

void line_info(struct tt_tape_info *info, const struct source *s,
               const char *name)
{
    char speed[32] = "";

    *info = (struct tt_tape_info){.quality = TT_TIME_US,
                                  .order_uncertain = s->order_uncertain,
                                  .epoch_ns = wall_ns()};
    if (s->baud)
        (void)snprintf(speed, sizeof(speed), " %u%s%s", (unsigned)s->baud,
                       s->mode[0] ? " " : "", s->mode);
    (void)snprintf(info->format, sizeof(info->format), "live %s%s", s->kind,
                   speed);
    (void)snprintf(info->adapter, sizeof(info->adapter), "%.127s",
                   shown_name(name));
}
