/*
 * cmd_ports - the serial ports of a machine and what is wrong around them.
 */
#include "cli/options.h"
#include "cli/page.h"
#include "ports/ports.h"

#include <stdio.h>
#include <string.h>

/* The modes that a device says with its interfaces (USB DFU 1.1; Android's
 * adb and fastboot protocol texts). */
static const char *iface_mode(const struct usb_device *u)
{
    for (size_t i = 0; i < u->nifaces; i++) {
        const struct usb_iface *f = &u->ifaces[i];

        if (f->class_ == 0xfe && f->sub == 1)
            return f->proto == 2 ? "DFU mode" : "it can be put into DFU mode";
        if (f->class_ == 0xff && f->sub == 0x42 && f->proto == 3)
            return "fastboot";
        if (f->class_ == 0xff && f->sub == 0x42 && f->proto == 1)
            return "adb: the system runs";
    }
    return NULL;
}

static bool worth_showing(const struct ports *ps, const struct usb_device *u)
{
    return !u->nports &&
           (u->id || iface_mode(u) || ports_level(ps, NULL, u) > 0);
}

/* Is it asked for?  Words name ports, as a path, a name or a link. */
static bool asked(const struct options *o, const struct serial_port *p)
{
    for (size_t i = 0; i < o->nwords; i++)
        if (strcmp(o->words[i], p->node) == 0 ||
            strcmp(o->words[i], p->name) == 0 ||
            (*p->by_id && strcmp(o->words[i], p->by_id) == 0))
            return true;
    return !o->nwords;
}

/* ---- text ------------------------------------------------------------------ */

static void put_device(struct tt_buf *text, const struct usb_device *u)
{
    if (u->id)
        tt_buf_printf(text, "%s%s ", u->id->name,
                      *u->maker || *u->product ? "," : "");
    if (*u->maker || *u->product) {
        tt_buf_ch(text, '"');
        put_clean(text, u->maker, strlen(u->maker));
        if (*u->maker && *u->product)
            tt_buf_ch(text, ' ');
        put_clean(text, u->product, strlen(u->product));
        tt_buf_str(text, "\" ");
    }
    tt_buf_printf(text, "(%04x:%04x)", u->vid, u->pid);
    if (*u->serial) {
        tt_buf_str(text, ", serial ");
        put_clean(text, u->serial, strlen(u->serial));
    }
}

static void put_place(struct tt_buf *text, const struct usb_device *u)
{
    tt_buf_printf(text, "%s (bus %u, device %u) at %g Mbit/s", u->path, u->bus,
                  u->address, u->speed);
    if (u->bus_speed > 0)
        tt_buf_printf(text, " on a bus of %g", u->bus_speed);
    if (u->hubs) {
        tt_buf_printf(text, ", through %u hub%s, the last is ", u->hubs,
                      u->hubs == 1 ? "" : "s");
        put_clean(text, u->hub, strlen(u->hub));
    } else {
        tt_buf_str(text, ", no hub between");
    }
    if (u->autosuspend)
        tt_buf_str(text, ", may be suspended while nobody uses it");
}

static void put_findings(struct tt_buf *out, const struct ports *ps,
                         const struct serial_port *p,
                         const struct usb_device *u)
{
    struct tt_buf text;
    char label[32];

    tt_buf_init(&text, 8192);
    for (int level = LEVEL_FAULT; level >= LEVEL_NOTE; level--)
        for (size_t i = 0; i < ps->nfindings; i++) {
            const struct finding *f = &ps->findings[i];
            bool none = !p && !u && !f->port && !f->usb;

            if ((int)f->level != level ||
                !((p && f->port == p) || (u && f->usb == u) || none))
                continue;
            put_clean(&text, f->text, strlen(f->text));
            put_buf_para(out, level_name(f->level), &text);
            for (size_t k = 0; k < f->nfixes; k++) {
                put_clean(&text, f->fix[k], strlen(f->fix[k]));
                (void)snprintf(label, sizeof(label), "  fix %zu", k + 1);
                put_buf_para(out, label, &text);
            }
        }
    tt_buf_release(&text);
}

static const char *word_of(int level)
{
    return level < LEVEL_WARNING ? "ok" : level_name((enum finding_level)level);
}

static void put_port(struct tt_buf *out, const struct ports *ps,
                     const struct serial_port *p)
{
    int level = ports_level(ps, p, p->usb);
    struct tt_buf text;

    tt_buf_init(&text, 8192);
    put_clean(out, p->node, strlen(p->node));
    tt_buf_printf(out, "  %s\n", word_of(level));
    if (p->usb) {
        put_device(&text, p->usb);
    } else if (*p->what) {
        tt_buf_printf(&text, "UART %s of the computer", p->what);
    } else {
        tt_buf_str(&text, "port of the computer");
    }
    if (*p->driver) {
        tt_buf_str(&text, ", driver ");
        put_clean(&text, p->driver, strlen(p->driver));
    }
    put_buf_para(out, "what", &text);
    if (p->usb) {
        put_place(&text, p->usb);
        put_buf_para(out, "usb", &text);
    }
    if (*p->by_id) {
        put_clean(&text, p->by_id, strlen(p->by_id));
        put_buf_para(out, "also", &text);
    }
    if (p->latency >= 0 && p->latency <= 4) {
        tt_buf_printf(&text, "%d ms", p->latency);
        put_buf_para(out, "latency", &text);
    }
    put_findings(out, ps, p, p->usb);
    tt_buf_ch(out, '\n');
    tt_buf_release(&text);
}

static void put_usb(struct tt_buf *out, const struct ports *ps,
                    const struct usb_device *u)
{
    const char *mode = iface_mode(u);
    struct tt_buf text;

    tt_buf_init(&text, 8192);
    tt_buf_printf(out, "usb %s, no serial port  %s\n", u->path,
                  word_of(ports_level(ps, NULL, u)));
    put_device(&text, u);
    put_buf_para(out, "what", &text);
    put_place(&text, u);
    put_buf_para(out, "usb", &text);
    if (mode) {
        tt_buf_str(&text, mode);
        put_buf_para(out, "mode", &text);
    }
    put_findings(out, ps, NULL, u);
    tt_buf_ch(out, '\n');
    tt_buf_release(&text);
}

/* ---- JSON ------------------------------------------------------------------ */

static void put_key(struct tt_buf *out, const char *key, const char *text)
{
    tt_buf_printf(out, ",\"%s\":\"", key);
    tt_buf_json(out, text, strlen(text));
    tt_buf_ch(out, '"');
}

static void json_usb(struct tt_buf *out, const struct usb_device *u)
{
    const char *mode = iface_mode(u);

    tt_buf_printf(out,
                  ",\"usb\":{\"path\":\"%s\",\"bus\":%u,\"device\":%u,"
                  "\"vid\":\"%04x\",\"pid\":\"%04x\",\"speed\":%g,"
                  "\"bus_speed\":%g,\"hubs\":%u,\"autosuspend\":%s,"
                  "\"disconnects\":%u,\"errors\":%u",
                  u->path, u->bus, u->address, u->vid, u->pid, u->speed,
                  u->bus_speed, u->hubs, u->autosuspend ? "true" : "false",
                  u->disconnects, u->errors);
    put_key(out, "manufacturer", u->maker);
    put_key(out, "product", u->product);
    put_key(out, "serial", u->serial);
    if (u->id) {
        put_key(out, "kind", tt_usb_kind_name(u->id->kind));
        put_key(out, "name", u->id->name);
    }
    if (mode)
        put_key(out, "mode", mode);
    tt_buf_ch(out, '}');
}

static void json_findings(struct tt_buf *out, const struct ports *ps,
                          const struct serial_port *p,
                          const struct usb_device *u)
{
    static const char *const names[] = {"note", "warning", "fault"};
    bool first = true;

    tt_buf_str(out, ",\"findings\":[");
    for (size_t i = 0; i < ps->nfindings; i++) {
        const struct finding *f = &ps->findings[i];

        if (!((p && f->port == p) || (u && f->usb == u) ||
              (!p && !u && !f->port && !f->usb)))
            continue;
        tt_buf_printf(out, "%s{\"id\":\"%s\",\"level\":\"%s\"",
                      first ? "" : ",", f->id, names[f->level]);
        put_key(out, "text", f->text);
        tt_buf_str(out, ",\"fix\":[");
        for (size_t k = 0; k < f->nfixes; k++) {
            tt_buf_str(out, k ? ",\"" : "\"");
            tt_buf_json(out, f->fix[k], strlen(f->fix[k]));
            tt_buf_ch(out, '"');
        }
        tt_buf_str(out, "]}");
        first = false;
    }
    tt_buf_str(out, "]}\n");
}

static void json_port(struct tt_buf *out, const struct ports *ps,
                      const struct serial_port *p)
{
    tt_buf_str(out, "{\"telltale\":1,\"port\":\"");
    tt_buf_json(out, p->node, strlen(p->node));
    tt_buf_ch(out, '"');
    put_key(out, "driver", p->driver);
    put_key(out, "by_id", p->by_id);
    tt_buf_printf(out, ",\"may_open\":%s", p->may_open ? "true" : "false");
    if (p->node_there) {
        put_key(out, "owner", p->owner);
        put_key(out, "group", p->group);
        tt_buf_printf(out, ",\"mode\":\"%04o\"", (unsigned)p->mode);
    }
    if (p->latency >= 0)
        tt_buf_printf(out, ",\"latency_ms\":%d", p->latency);
    tt_buf_str(out, ",\"open_in\":[");
    for (size_t i = 0; i < p->nholders; i++) {
        tt_buf_printf(out, "%s{\"pid\":%ld", i ? "," : "", p->holders[i].pid);
        put_key(out, "name", p->holders[i].name);
        tt_buf_ch(out, '}');
    }
    tt_buf_ch(out, ']');
    if (p->usb)
        json_usb(out, p->usb);
    json_findings(out, ps, p, p->usb);
}

static void json_only_usb(struct tt_buf *out, const struct ports *ps,
                          const struct usb_device *u)
{
    tt_buf_str(out, "{\"telltale\":1,\"port\":null");
    json_usb(out, u);
    json_findings(out, ps, NULL, u);
}

/* ---- the command ------------------------------------------------------------ */

static void put_end_line(struct tt_buf *out, const struct ports *ps, size_t n,
                         size_t others)
{
    tt_buf_printf(out, "%zu serial port%s", n, n == 1 ? "" : "s");
    if (others)
        tt_buf_printf(out, ", %zu other USB device%s worth a look", others,
                      others == 1 ? "" : "s");
    if (ps->nhidden)
        tt_buf_printf(out, "; %zu name%s without a UART behind it not shown",
                      ps->nhidden, ps->nhidden == 1 ? "" : "s");
    tt_buf_ch(out, '\n');
    if (ps->full)
        tt_buf_str(out, "There was more than can be kept: not all is shown.\n");
}

/* Words that name nothing; false when there are such. */
static bool all_found(const struct options *o, const struct ports *ps)
{
    bool all = true;

    for (size_t i = 0; i < o->nwords; i++) {
        struct options one = {.words = &o->words[i], .nwords = 1};
        size_t k = 0;

        while (k < ps->nports && !asked(&one, &ps->ports[k]))
            k++;
        if (k == ps->nports) {
            say("%s is no serial port here; 'telltale ports' lists them",
                shown_name(o->words[i]));
            all = false;
        }
    }
    return all;
}

static enum exit_code show(const struct options *o, const struct ports *ps)
{
    enum exit_code code = EXIT_UNKNOWN;
    size_t n = 0, others = 0;
    struct tt_buf out;

    tt_buf_init(&out, MAX_PAGE);
    for (size_t i = 0; i < ps->nports; i++) {
        const struct serial_port *p = &ps->ports[i];

        if (!asked(o, p))
            continue;
        (o->json ? json_port : put_port)(&out, ps, p);
        n++;
        if (ports_level(ps, p, p->usb) == LEVEL_FAULT)
            code = EXIT_FAULT;
    }
    for (size_t i = 0; i < ps->nusb && !o->nwords; i++) {
        const struct usb_device *u = &ps->usb[i];

        if (!worth_showing(ps, u))
            continue;
        (o->json ? json_only_usb : put_usb)(&out, ps, u);
        others++;
        if (ports_level(ps, NULL, u) == LEVEL_FAULT)
            code = EXIT_FAULT;
    }
    if (code == EXIT_UNKNOWN && n + others)
        code = EXIT_HEALTHY;
    if (!o->json) {
        put_findings(&out, ps, NULL, NULL);
        put_end_line(&out, ps, n, others);
    }
    (void)put_out(&out);
    tt_buf_release(&out);
    return put_end(code);
}

enum exit_code cmd_ports(const struct options *o)
{
    struct ports ps;
    struct tt_error err;
    enum exit_code code = EXIT_CANNOT;

    if (!ports_scan(&ps, o->sysroot, &err))
        say("%s: %s", o->sysroot ? shown_name(o->sysroot) : "/", err.msg);
    else if (all_found(o, &ps))
        code = show(o, &ps);
    ports_free(&ps);
    return code;
}
