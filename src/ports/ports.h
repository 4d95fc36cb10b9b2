/*
 * ports - the serial ports of a machine as the kernel's own files describe
 * them, and what is wrong around them.
 *
 *   /sys /dev /run ──▶ scan.c ─┐
 *   /proc          ──▶ who.c  ─┼─▶ struct ports ──▶ judge.c ──▶ findings
 *   kernel log     ──▶ klog.c ─┘
 *
 * No port is opened here: opening one raises DTR and resets boards.
 *
 * Layer: ports (program).  Uses base and format/usbid.
 */
#ifndef TELLTALE_PORTS_PORTS_H
#define TELLTALE_PORTS_PORTS_H

#include "base/arena.h"
#include "format/usbid.h"
#include "ports/tree.h"

enum {
    MAX_PORTS = 512,
    MAX_USB = 512,
    MAX_HOLDERS = 8, /* of one port */
    MAX_FIXES = 4,   /* of one finding */
    MAX_IFACES = 16, /* of one USB device */
    MAX_GONE = 16,
    MAX_FINDINGS = 4096
};

struct usb_iface {
    uint8_t number, class_, sub, proto;
    const char *driver; /* "" when none has it */
};

/* A USB device that is no hub. */
struct usb_device {
    const char *path; /* "1-1.2": bus, then the port of each hub */
    const char *dir;  /* its folder in /sys */
    uint16_t vid, pid;
    const char *maker, *product, *serial; /* "" when it does not say */
    unsigned bus, address;
    unsigned hubs;           /* between it and the computer */
    const char *hub;         /* the hub it is plugged into, "" when none */
    double speed, bus_speed; /* Mbit/s */
    bool autosuspend;
    const struct tt_usb_id *id; /* NULL: its number says nothing */
    struct usb_iface ifaces[MAX_IFACES];
    size_t nifaces, nports; /* serial ports made of it */

    /* from the kernel log */
    unsigned disconnects, errors;
    double last_s;       /* of those, in seconds since the start; < 0: none */
    const char *error;   /* the last of them, as the log has it */
    const char *claimed; /* by whom the driver was thrown out, or NULL */
    bool sim_break;      /* "break control not supported" */
};

/* A serial adapter of which only the kernel log still speaks. */
struct gone_port {
    const char *path, *name; /* "1-1.2", "ttyUSB0" */
    double at_s;             /* when it went; < 0: not known */
    bool went;
};

struct holder {
    long pid;
    const char *name; /* "minicom" */
};

struct serial_port {
    const char *name;       /* "ttyUSB0" */
    const char *node;       /* "/dev/ttyUSB0" */
    const char *driver;     /* "ftdi_sio" */
    const char *by_id;      /* "/dev/serial/by-id/...", "" when none */
    const char *what;       /* of a port that is no USB one: "16550A" */
    struct usb_device *usb; /* NULL: none */
    int iface;              /* of the USB device, -1: none */
    int latency;            /* ms, -1: it has none */
    unsigned major, minor;

    bool node_there;
    uint32_t mode, uid, gid;
    bool may_open;
    const char *group, *owner; /* names, or numbers as text */
    bool in_group_file;        /* the user is in it, but not logged in so */

    struct holder holders[MAX_HOLDERS];
    size_t nholders;
    long lock_pid;         /* of a UUCP lock file, 0: none */
    const char *lock_name; /* who that is; "" when it does not run */
    bool console;          /* the kernel prints on it */
    bool mm_candidate, mm_ignored, brltty_rule;
};

enum finding_level { LEVEL_NOTE, LEVEL_WARNING, LEVEL_FAULT };

struct finding {
    const char *id; /* "no-permission" */
    enum finding_level level;
    const struct serial_port *port; /* of which it is said, or NULL */
    const struct usb_device *usb;   /* of which it is said, or NULL */
    const char *text;               /* one sentence */
    const char *fix[MAX_FIXES];
    size_t nfixes;
};

struct ports {
    struct tt_arena arena;
    struct tree tree;
    struct serial_port *ports;
    size_t nports, nhidden; /* hidden: places for a UART with none there */
    struct usb_device *usb;
    size_t nusb;
    struct finding *findings;
    size_t nfindings;

    /* the computer */
    long mm_pid, brltty_pid; /* 0: does not run */
    bool klog_read;          /* the kernel log could be read */
    bool procs_whole;        /* the open files of every process were seen */
    uint32_t uid;            /* the user's */
    const char *user;
    uint32_t groups[64];
    size_t ngroups;
    struct gone_port gone[MAX_GONE];
    size_t ngone;
    double now_s; /* since the start, as the kernel log counts */
    bool full;    /* something was left out: too many, or no memory */
};

/*
 * Look at everything below root (NULL: this machine).  False with err when
 * root is none.  ports_free() in either case.
 */
bool ports_scan(struct ports *ps, const char *root,
                struct tt_error *err) TT_MUST_USE;

void ports_free(struct ports *ps);

/* The worst that was said of a port, or of a USB device without one. */
int ports_level(const struct ports *ps, const struct serial_port *p,
                const struct usb_device *u);

const char *level_name(enum finding_level level);

/* ---- the parts of it ------------------------------------------------------ */

void scan_usb(struct ports *ps);    /* scan.c */
void scan_ttys(struct ports *ps);   /* scan.c */
void scan_procs(struct ports *ps);  /* who.c: holders, locks, the user */
void scan_klog(struct ports *ps);   /* klog.c */
void judge_ports(struct ports *ps); /* judge.c */

/* A formatted text of the arena; "" when it is full. */
const char *ports_text(struct ports *ps, const char *fmt, ...) TT_PRINTF(2, 3);

#endif
