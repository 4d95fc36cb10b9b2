/*
 * who - the user, and the processes that have ports open, from /proc.
 */
#include "ports/ports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PASSWD_BYTES = 1 << 20 };

/* ---- the user -------------------------------------------------------------- */

/* The numbers after a label of /proc/self/status. */
static size_t numbers(const char *text, const char *label, uint32_t *out,
                      size_t most)
{
    const char *p = strstr(text, label);
    size_t n = 0;
    char *end;

    if (!p)
        return 0;
    p += strlen(label);
    while (n < most) {
        while (*p == ' ' || *p == '\t')
            p++;
        if (*p < '0' || *p > '9')
            break;
        out[n++] = (uint32_t)strtoul(p, &end, 10);
        p = end;
    }
    return n;
}

static void who_am_i(struct ports *ps)
{
    char text[8192];
    uint32_t ids[4] = {0};
    size_t n;

    if (!tree_read(&ps->tree, "/proc/self/status", text, sizeof(text), &n))
        return;
    if (numbers(text, "\nUid:", ids, 4) >= 2)
        ps->uid = ids[1]; /* the effective one */
    if (numbers(text, "\nGid:", ids, 4) >= 2)
        ps->groups[ps->ngroups++] = ids[1];
    ps->ngroups += numbers(text, "\nGroups:", ps->groups + ps->ngroups,
                           TT_LEN(ps->groups) - ps->ngroups);
}

/* The line of /etc/passwd or /etc/group whose number is id, cut after its
 * name; list is what stands behind the last colon. */
static const char *name_of(char *text, uint32_t id, const char **list)
{
    char *save = NULL, *name, *colon, want[32];

    (void)snprintf(want, sizeof(want), "%lu:", (unsigned long)id);
    for (char *l = strtok_r(text, "\n", &save); l;
         l = strtok_r(NULL, "\n", &save)) {
        name = l;
        colon = strchr(l, ':');
        if (!colon || !(l = strchr(colon + 1, ':')))
            continue;
        if (strncmp(l + 1, want, strlen(want)) != 0)
            continue;
        *list = strrchr(l, ':') + 1;
        *colon = '\0';
        return name;
    }
    *list = "";
    return NULL;
}

static const char *look_up(struct ports *ps, const char *file, uint32_t id,
                           const char *member, bool *listed)
{
    char *text = malloc(PASSWD_BYTES), *one, *save = NULL;
    const char *name = NULL, *list = "", *kept;
    size_t n;

    if (text && tree_read(&ps->tree, file, text, PASSWD_BYTES, &n))
        name = name_of(text, id, &list);
    kept = name ? ports_text(ps, "%.64s", name)
                : ports_text(ps, "%lu", (unsigned long)id);
    if (listed && name && *member)
        for (one = strtok_r(text + (list - text), ",", &save); one;
             one = strtok_r(NULL, ",", &save))
            *listed = *listed || strcmp(one, member) == 0;
    free(text);
    return kept;
}

static bool in_group(const struct ports *ps, uint32_t gid)
{
    for (size_t i = 0; i < ps->ngroups; i++)
        if (ps->groups[i] == gid)
            return true;
    return false;
}

static void may_open(struct ports *ps, struct serial_port *p)
{
    unsigned bits;

    if (!p->node_there)
        return;
    p->owner = look_up(ps, "/etc/passwd", p->uid, "", NULL);
    p->group = look_up(ps, "/etc/group", p->gid, ps->user, &p->in_group_file);
    if (tree_is_live(&ps->tree))
        return; /* the kernel was asked, which knows access lists, too */
    bits = ps->uid == p->uid      ? p->mode >> 6
           : in_group(ps, p->gid) ? p->mode >> 3
                                  : p->mode;
    p->may_open = ps->uid == 0 || (bits & 6) == 6;
}

/* ---- the processes --------------------------------------------------------- */

struct in_proc {
    struct ports *ps;
    long pid;
    char dir[TREE_TEXT], comm[TREE_TEXT];
};

static bool one_fd(void *user, const char *name)
{
    struct in_proc *in = user;
    char to[TREE_TEXT], path[TREE_PATH], full[2 * TREE_PATH];
    char target[TREE_PATH];
    ssize_t n;

    tree_link(&in->ps->tree, in->dir, name, to);
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", in->dir, name) >=
            sizeof(path) ||
        !tree_join(&in->ps->tree, path, full, sizeof(full)))
        return true;
    n = readlink(full, target, sizeof(target) - 1);
    if (n <= 0)
        return true;
    target[n] = '\0';
    for (size_t i = 0; i < in->ps->nports; i++) {
        struct serial_port *p = &in->ps->ports[i];
        size_t k = p->nholders;

        if (strcmp(p->node, target) != 0 || k >= MAX_HOLDERS ||
            (k && p->holders[k - 1].pid == in->pid))
            continue;
        p->holders[k].pid = in->pid;
        p->holders[k].name = ports_text(in->ps, "%.32s", in->comm);
        p->nholders++;
    }
    return true;
}

static bool one_proc(void *user, const char *name)
{
    struct ports *ps = user;
    struct in_proc in = {.ps = ps};
    char dir[TREE_PATH], full[2 * TREE_PATH];
    char *end;

    in.pid = strtol(name, &end, 10);
    if (*end || in.pid <= 0)
        return true;
    (void)snprintf(dir, sizeof(dir), "/proc/%ld", in.pid);
    tree_attr(&ps->tree, dir, "comm", in.comm);
    if (strcmp(in.comm, "ModemManager") == 0)
        ps->mm_pid = in.pid;
    else if (strcmp(in.comm, "brltty") == 0)
        ps->brltty_pid = in.pid;
    (void)snprintf(in.dir, sizeof(in.dir), "/proc/%ld/fd", in.pid);
    if (tree_join(&ps->tree, in.dir, full, sizeof(full)) &&
        access(full, R_OK | X_OK)) {
        ps->procs_whole = false;
        return true;
    }
    tree_list(&ps->tree, in.dir, one_fd, &in);
    return true;
}

/* A UUCP lock file: a number of a process as text. */
static void read_lock(struct ports *ps, struct serial_port *p)
{
    static const char *const dirs[] = {"/run/lock", "/var/lock"};
    char path[TREE_PATH], text[64], comm[TREE_TEXT];
    size_t n;

    for (size_t i = 0; i < TT_LEN(dirs) && !p->lock_pid; i++) {
        (void)snprintf(path, sizeof(path), "%s/LCK..%.200s", dirs[i], p->name);
        if (!tree_read(&ps->tree, path, text, sizeof(text), &n))
            continue;
        p->lock_pid = strtol(text, NULL, 10);
        if (p->lock_pid <= 0) {
            p->lock_pid = 0;
            continue;
        }
        (void)snprintf(path, sizeof(path), "/proc/%ld", p->lock_pid);
        tree_attr(&ps->tree, path, "comm", comm);
        p->lock_name = ports_text(ps, "%.32s", comm);
    }
}

/* Does the kernel print on it?  /proc/consoles: "ttyS0  -W- (EC p a) 4:64". */
static void read_consoles(struct ports *ps)
{
    char text[4096], *save = NULL;
    size_t n;

    if (!tree_read(&ps->tree, "/proc/consoles", text, sizeof(text), &n))
        return;
    for (char *l = strtok_r(text, "\n", &save); l;
         l = strtok_r(NULL, "\n", &save)) {
        size_t k = strcspn(l, " \t");

        for (size_t i = 0; i < ps->nports; i++)
            if (strlen(ps->ports[i].name) == k &&
                strncmp(ps->ports[i].name, l, k) == 0)
                ps->ports[i].console = true;
    }
}

void scan_procs(struct ports *ps)
{
    who_am_i(ps);
    ps->user = look_up(ps, "/etc/passwd", ps->uid, "", NULL);
    for (size_t i = 0; i < ps->nports; i++)
        may_open(ps, &ps->ports[i]);
    ps->procs_whole = true;
    tree_list(&ps->tree, "/proc", one_proc, ps);
    for (size_t i = 0; i < ps->nports; i++)
        read_lock(ps, &ps->ports[i]);
    read_consoles(ps);
}
