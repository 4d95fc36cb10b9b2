/*
 * load - see load.h.
 *
 * The system's folder is found from where the program lies
 * (PREFIX/bin/telltale, PREFIX/share/telltale/rules), so that a tree moved
 * or staged elsewhere still finds its own.
 */
#include "cli/load.h"

#include "cli/input.h"
#include "engine/engine.h"
#include "rules/builtin.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUILT_IN "built in"

enum { MAX_FILES = 4096 }; /* rule files of one folder */

void load_complain(const struct tt_diag *d, void *user)
{
    struct complaints *c = user;
    struct tt_buf out;

    if (c->n++ >= c->most)
        return;
    if (c->out) {
        tt_diag_print(c->out, d);
        tt_buf_ch(c->out, '\n');
        return;
    }
    tt_buf_init(&out, 1 << 16);
    tt_diag_print(&out, d);
    (void)fwrite(tt_buf_text(&out), 1, out.n, stderr);
    tt_buf_release(&out);
}

/* The whole file into b (capped at one rule file's size). */
static bool read_file(struct tt_buf *b, const char *path)
{
    FILE *f = fopen(path, "rb");
    char piece[8192];
    struct stat st;
    size_t n;
    bool good;

    if (!f)
        return false;
    if (fstat(fileno(f), &st) || S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        (void)fclose(f);
        return false;
    }
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0 && !b->status)
        tt_buf_add(b, piece, n);
    good = !ferror(f) && !b->status;
    if (b->status)
        errno = b->status == TT_ERR_LIMIT ? EFBIG : ENOMEM;
    (void)fclose(f);
    return good;
}

/* A file of the system's folder that is the same as the built-in one adds
 * nothing, and would only hide where its rules come from. */
static bool same_as_builtin(const char *file, const struct tt_buf *text)
{
    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        if (strcmp(f->name, file) == 0)
            return f->len == text->n &&
                   memcmp(f->text, tt_buf_text(text), text->n) == 0;
    return false;
}

static bool load_file(struct tt_rules *set, const char *path,
                      const char *origin, bool copies, struct complaints *c)
{
    const char *slash = strrchr(path, '/');
    struct tt_buf text;
    bool good;

    tt_buf_init(&text, TT_MAX_RULE_FILE);
    good = read_file(&text, path);
    if (!good && errno == EFBIG)
        say("%s: cannot read it: a rule file has at most %d MiB", path,
            TT_MAX_RULE_FILE >> 20);
    else if (!good)
        say("%s: cannot read it: %s", path, strerror(errno));
    else if (copies || !same_as_builtin(slash ? slash + 1 : path, &text))
        /* complaints are counted */
        (void)!tt_rules_read(set, (struct tt_slice){tt_buf_text(&text), text.n},
                             path, origin, load_complain, c);
    tt_buf_release(&text);
    return good;
}

static int is_rule_file(const struct dirent *d)
{
    size_t n = strlen(d->d_name);

    return d->d_name[0] != '.' && n > 6 &&
           strcmp(d->d_name + n - 6, ".rules") == 0;
}

/* Every rule file of a folder in the order of their names. */
static bool load_folder(struct tt_rules *set, const char *dir,
                        const char *origin, bool copies, struct complaints *c)
{
    struct dirent **list = NULL;
    char path[PATH_MAX];
    int n = scandir(dir, &list, is_rule_file, alphasort);
    bool good = n >= 0;

    if (n < 0)
        say("%s: cannot read the folder: %s", dir, strerror(errno));
    if (n == 0)
        say("%s: there is no *.rules file in it", dir);
    for (int i = 0; i < n; i++) {
        if (i < MAX_FILES) {
            (void)snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
            good = load_file(set, path, origin, copies, c) && good;
        }
        free(list[i]);
    }
    free(list);
    return good;
}

bool load_path(struct tt_rules *set, const char *path, const char *origin,
               bool copies, struct complaints *c)
{
    struct stat st;

    if (stat(path, &st)) {
        input_not_there(path, errno);
        return false;
    }
    if (S_ISDIR(st.st_mode))
        return load_folder(set, path, origin, copies, c);
    return load_file(set, path, origin, copies, c);
}

bool load_builtin(struct tt_rules *set, struct complaints *c)
{
    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        if (tt_rules_read(set, (struct tt_slice){(const char *)f->text, f->len},
                          f->name, BUILT_IN, load_complain, c) == TT_ERR_NOMEM)
            return false;
    return true;
}

bool load_finish(struct tt_rules *set, struct complaints *c)
{
    return tt_rules_finish(set, load_complain, c) != TT_ERR_NOMEM;
}

bool is_builtin(const struct tt_rule *r)
{
    return strcmp(r->origin, BUILT_IN) == 0;
}

bool load_text(struct tt_buf *text, const struct tt_rule *r)
{
    if (!is_builtin(r))
        return read_file(text, r->file);
    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        if (strcmp(f->name, r->file) == 0) {
            tt_buf_add(text, f->text, f->len);
            return true;
        }
    return false;
}

void put_source(struct tt_buf *out, const struct tt_buf *text, unsigned line,
                unsigned col, unsigned width)
{
    const char *p = tt_buf_text(text), *end = p + text->n;
    int margin;

    for (unsigned i = 1; i < line && p < end; p++)
        i += *p == '\n';
    margin = snprintf(NULL, 0, "%u", line);
    tt_buf_printf(out, "%*s |\n%u | ", margin, "", line);
    for (; p < end && *p != '\n'; p++) /* one column a byte: the caret fits */
        if (*p == '\t')
            tt_buf_ch(out, ' ');
        else
            tt_buf_ch(out, (char)(*p >= ' ' && *p <= '~' ? *p : '?'));
    tt_buf_printf(out, "\n%*s | %*s^", margin, "", col ? (int)col - 1 : 0, "");
    for (unsigned i = 1; i < width; i++)
        tt_buf_ch(out, '~');
    tt_buf_ch(out, '\n');
}

/* Where the installed program keeps its rules; false when it is not known
 * or not there. */
static bool system_folder(char *path, size_t size)
{
    char exe[PATH_MAX - 32];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    char *slash;
    struct stat st;

    exe[n > 0 ? n : 0] = '\0';
    for (int up = 0; up < 2; up++) {
        slash = strrchr(exe, '/');
        if (!slash)
            return false;
        *slash = '\0';
    }
    (void)snprintf(path, size, "%s/share/telltale/rules", exe);
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool config_folder(char *path, size_t size)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (config && *config == '/')
        (void)snprintf(path, size, "%s/telltale", config);
    else if (home && *home == '/')
        (void)snprintf(path, size, "%s/.config/telltale", home);
    else
        return false;
    return true;
}

static bool user_folder(char *path, size_t size)
{
    char dir[PATH_MAX - 8];
    struct stat st;

    if (!config_folder(dir, sizeof(dir)))
        return false;
    (void)snprintf(path, size, "%s/rules", dir);
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Rules that read well and are still too much for the engine.  Ours are
 * known not to be. */
static unsigned say_left_out(const struct tt_rules *set, struct tt_buf *out)
{
    struct tt_error why;
    unsigned n = 0;

    for (const struct tt_rule *r = set->rules; r; r = r->next)
        if (!is_builtin(r) && !tt_engine_compiles(r, &why)) {
            if (out)
                tt_buf_printf(out, "%s:%u:%u: %s\n", r->file, why.line, why.col,
                              why.msg);
            else
                say("%s:%u:%u: %s", r->file, why.line, why.col, why.msg);
            n++;
        }
    return n;
}

/* All of them, finished; what is wrong goes to out, or is said. */
static struct tt_rules *load_all(const struct options *o, struct tt_buf *out,
                                 unsigned *mistakes)
{
    struct complaints c = {.most = out ? 100 : 10, .out = out};
    struct tt_rules *set = tt_rules_new();
    char path[PATH_MAX];
    bool good = set && load_builtin(set, &c);

    if (!good)
        say("%s", tt_status_name(TT_ERR_NOMEM));
    if (good && system_folder(path, sizeof(path)))
        (void)load_folder(set, path, path, false, &c);
    if (good && user_folder(path, sizeof(path)))
        (void)load_folder(set, path, path, false, &c);
    for (size_t i = 0; good && i < o->nrules; i++)
        good = load_path(set, o->rules[i], o->rules[i], false, &c);
    if (good && !load_finish(set, &c)) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        good = false;
    }
    if (good)
        c.n += say_left_out(set, out);
    *mistakes = c.n;
    if (good)
        return set;
    tt_rules_free(set);
    return NULL;
}

struct tt_rules *load_rules(const struct options *o)
{
    unsigned n;
    struct tt_rules *set = load_all(o, NULL, &n);

    if (n)
        say("%u mistake%s in the rules; a rule with a mistake is not used "
            "('telltale rules check FILE' shows all)",
            n, n == 1 ? "" : "s");
    return set;
}

struct tt_rules *load_rules_again(const struct options *o, struct tt_buf *out)
{
    unsigned n;

    return load_all(o, out, &n);
}

/* ---- has anything changed? ---------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    return (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
}

static uint64_t stamp_file(uint64_t h, const char *path)
{
    struct stat st;

    if (stat(path, &st))
        return mix(h, 1);
    h = mix(h, (uint64_t)st.st_mtim.tv_sec);
    h = mix(h, (uint64_t)st.st_mtim.tv_nsec);
    return mix(h, (uint64_t)st.st_size);
}

static uint64_t stamp_path(uint64_t h, const char *path)
{
    struct dirent **list = NULL;
    int n = scandir(path, &list, is_rule_file, alphasort);

    h = stamp_file(h, path);
    for (int i = 0; i < n; i++) {
        char name[PATH_MAX];

        (void)snprintf(name, sizeof(name), "%s/%s", path, list[i]->d_name);
        h = stamp_file(h, name);
        free(list[i]);
    }
    free(list);
    return h;
}

uint64_t load_stamp(const struct options *o)
{
    uint64_t h = 0;
    char path[PATH_MAX];

    if (system_folder(path, sizeof(path)))
        h = stamp_path(h, path);
    if (user_folder(path, sizeof(path)))
        h = stamp_path(h, path);
    for (size_t i = 0; i < o->nrules; i++)
        h = stamp_path(h, o->rules[i]);
    return h;
}
