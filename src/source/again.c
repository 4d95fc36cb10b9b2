/*
 * again - a line that may go and come back: an adapter that is pulled and
 * plugged in, on one tape.
 *
 * It comes back under the name it had, or, when its USB device has a serial
 * number, under whatever name that number and interface are found at: then
 * the old name may be another adapter's.  Only looked for, never touched.
 */
#include "source/source.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LOOK_NS (250 * TT_NS_PER_MS)

enum { LEVELS = 4, KEY = 160 };

struct own {
    struct source in; /* the line itself, while it is there */
    bool there;
    char name[PATH_MAX]; /* as it was given */
    char now[PATH_MAX];  /* as it is called now */
    char key[KEY];       /* which device it is; empty: not known */
    struct source_settings set;
    const char *root; /* before /sys and /dev */
    uint64_t look_ns;
};

/* ---- which device ------------------------------------------------------- */

/* One line of a file; false when there is none. */
static bool first_line(const char *path, char *to, size_t size)
{
    FILE *f = fopen(path, "r");
    bool got = f && fgets(to, (int)size, f);

    if (f)
        (void)fclose(f);
    if (got)
        to[strcspn(to, "\n")] = '\0';
    return got && *to;
}

/* Serial number and interface of the USB device behind a tty. */
static bool key_of(const char *root, const char *tty, char key[KEY])
{
    char path[PATH_MAX + 64], real[PATH_MAX], serial[100], iface[24] = "";

    (void)snprintf(path, sizeof(path), "%s/sys/class/tty/%s/device", root, tty);
    if (!realpath(path, real))
        return false;
    for (int i = 0; i < LEVELS; i++) {
        char *slash = strrchr(real, '/'), *colon;

        if (!slash || slash == real)
            return false;
        colon = strchr(slash, ':');
        if (colon)
            (void)snprintf(iface, sizeof(iface), "%.20s", colon);
        (void)snprintf(path, sizeof(path), "%s/serial", real);
        if (first_line(path, serial, sizeof(serial))) {
            (void)snprintf(key, KEY, "%s%s", serial, iface);
            return true;
        }
        *slash = '\0';
    }
    return false;
}

static const char *base_of(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash ? slash + 1 : name;
}

static void learn_key(struct own *own)
{
    char real[PATH_MAX];

    if (key_of(own->root, base_of(own->now), own->key))
        return;
    if (!realpath(own->now, real) ||
        !key_of(own->root, base_of(real), own->key))
        own->key[0] = '\0';
}

/* The name at which the device is now; false: it is not there. */
static bool find(const struct own *own, char name[PATH_MAX])
{
    char path[PATH_MAX], key[KEY];
    bool found = false;
    struct dirent *d;
    struct stat st;
    DIR *dir;

    if (!own->key[0]) {
        (void)snprintf(name, PATH_MAX, "%s", own->name);
        return stat(name, &st) == 0;
    }
    (void)snprintf(path, sizeof(path), "%s/sys/class/tty", own->root);
    dir = opendir(path);
    while (dir && !found && (d = readdir(dir)) != NULL)
        if (d->d_name[0] != '.' && key_of(own->root, d->d_name, key) &&
            !strcmp(key, own->key)) {
            (void)snprintf(name, PATH_MAX, "%.3000s/dev/%s", own->root,
                           d->d_name);
            found = stat(name, &st) == 0;
        }
    if (dir)
        (void)closedir(dir);
    return found;
}

/* ---- going and coming --------------------------------------------------- */

static void say_so(const struct own *own, const char *what, const char *why)
{
    char text[PATH_MAX + 300];

    (void)snprintf(text, sizeof(text), "%s %s%s%s", own->now, what,
                   *why ? "; " : "", why);
    if (own->set.tell)
        own->set.tell(text);
}

/* What is known of the line is that of the one inside. */
static void reflect(struct source *s, const struct own *own)
{
    s->fd = own->there ? own->in.fd : -1;
    s->kind = own->in.kind ? own->in.kind : "line";
    s->baud = own->in.baud;
    memcpy(s->mode, own->in.mode, sizeof(s->mode));
    memcpy(s->note, own->in.note, sizeof(s->note));
}

static enum tt_status went(struct source *s, uint64_t t_ns, tt_sink_fn *sink,
                           void *user)
{
    struct own *own = s->own;

    source_unsend(s);
    source_close(&own->in);
    own->there = false;
    own->look_ns = t_ns + LOOK_NS;
    reflect(s, own);
    say_so(own, "is gone",
           own->key[0] ? "waiting for its device, under any name"
                       : "waiting for it to come back");
    return source_event(s, t_ns, TT_EV_CLOSE, sink, user);
}

static enum tt_status came(struct source *s, uint64_t t_ns, tt_sink_fn *sink,
                           void *user)
{
    struct own *own = s->own;
    enum tt_status st = TT_OK;

    own->there = true;
    if (!own->key[0])
        learn_key(own);
    reflect(s, own);
    say_so(own, "is there", s->note);
    if (s->baud)
        st = source_event(s, t_ns, TT_EV_BAUD, sink, user);
    return st ? st : source_event(s, t_ns, TT_EV_OPEN, sink, user);
}

static enum tt_status look(struct source *s, uint64_t t_ns, tt_sink_fn *sink,
                           void *user)
{
    struct own *own = s->own;
    char name[PATH_MAX];
    struct tt_error err;

    if (t_ns < own->look_ns)
        return TT_OK;
    own->look_ns = t_ns + LOOK_NS;
    /* It may be there and not yet be ours to open: the system is not done. */
    if (!find(own, name) || source_open(&own->in, name, &own->set, &err))
        return TT_OK;
    memcpy(own->now, name, sizeof(name));
    return came(s, t_ns, sink, user);
}

static enum source_state again_read(struct source *s, uint64_t t_ns,
                                    tt_sink_fn *sink, void *user,
                                    struct tt_error *err)
{
    struct own *own = s->own;
    enum source_state state;

    if (!own->there)
        return SOURCE_OPEN;
    own->in.offset = s->offset;
    state = own->in.ops->read(&own->in, t_ns, sink, user, err);
    s->offset = own->in.offset;
    if (state != SOURCE_ENDED)
        return state;
    if (!went(s, t_ns, sink, user))
        return SOURCE_OPEN;
    (void)tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
    return SOURCE_FAILED;
}

static enum tt_status again_events(struct source *s, uint64_t t_ns,
                                   tt_sink_fn *sink, void *user)
{
    struct own *own = s->own;

    if (!own->there)
        return look(s, t_ns, sink, user);
    own->in.offset = s->offset;
    return own->in.ops->events ? own->in.ops->events(&own->in, t_ns, sink, user)
                               : TT_OK;
}

static void again_close(struct source *s)
{
    struct own *own = s->own;

    if (own->there)
        source_close(&own->in);
    free(own);
}

static enum tt_status again_set(struct source *s,
                                const struct source_settings *set,
                                struct tt_error *err)
{
    struct own *own = s->own;
    enum tt_status st;

    if (!own->there || !own->in.ops->set)
        return tt_fail(err, TT_ERR_IO,
                       own->there
                           ? "this line has no speed: it is no serial port"
                           : "the line is not there");
    st = own->in.ops->set(&own->in, set, err);
    if (!st) { /* also when it comes back */
        own->set.baud = set->baud;
        memcpy(own->set.mode, set->mode, sizeof(set->mode));
    }
    reflect(s, own);
    return st;
}

static const struct source_ops again_ops = {.read = again_read,
                                            .events = again_events,
                                            .close = again_close,
                                            .set = again_set};

enum tt_status again_source(struct source *s, const char *name,
                            const struct source_settings *set, bool wait,
                            const char *root, struct tt_error *err)
{
    struct own *own = calloc(1, sizeof(*own));
    struct stat there;
    enum tt_status st = TT_OK;

    if (!own)
        return tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
    own->set = *set;
    own->root = root ? root : "";
    (void)snprintf(own->name, sizeof(own->name), "%s", name);
    (void)snprintf(own->now, sizeof(own->now), "%s", name);
    own->there = !wait || stat(name, &there) == 0;
    if (own->there)
        st = source_open(&own->in, name, set, err);
    /* What is no serial port ends when it ends, unless asked to wait. */
    if (st || (!wait && strcmp(own->in.kind, "serial port") != 0)) {
        *s = own->in;
        free(own);
        return st;
    }
    *s = (struct source){.ops = &again_ops, .lane = set->lane};
    s->own = own;
    s->wait_ms = -1;
    if (own->there)
        learn_key(own);
    reflect(s, own);
    if (!own->there)
        say_so(own, "is not there", "waiting for it");
    return TT_OK;
}
