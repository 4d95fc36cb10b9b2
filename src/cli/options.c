/*
 * options - from argv to struct options.
 *
 * Options may stand anywhere before "--".  The command is known as soon as
 * the first word is, so that a command of a later version is told apart from
 * a typing mistake before its options are complained about.
 */
#include "cli/options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_BAUD = 20000000, /* the fastest adapters do 12 Mbaud */
    MAX_NAMES = 128      /* commands or options that a mistake may be near */
};

static const struct command *command_called(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/* The command of one or two words; *used says how many. */
static const struct command *find_command(const char *const *words, size_t n,
                                          size_t *used)
{
    const struct command *c = NULL;
    char two[64];

    *used = 2;
    if (n >= 2 && (size_t)snprintf(two, sizeof(two), "%s %s", words[0],
                                   words[1]) < sizeof(two))
        c = command_called(two);
    if (!c && n >= 1) {
        *used = 1;
        c = command_called(words[0]);
    }
    return c;
}

bool is_line(mode_t m)
{
    return S_ISCHR(m) || S_ISFIFO(m) || S_ISSOCK(m);
}

/* The first word is no command: a file to read or a line to watch, or a
 * mistake to explain. */
static const struct command *guess_command(const char *word)
{
    const char *names[MAX_NAMES], *near;
    size_t n = 0;
    struct stat st;

    if (is_address(word))
        return command_called("watch");
    if (strstr(word, "://")) {
        say("%s: no such line; tcp:HOST:PORT, rfc2217:HOST:PORT, "
            "usb:BUS.DEV, a serial port, pty, fifo or socket works",
            word);
        return NULL;
    }
    if (stat(word, &st) == 0)
        return command_called(is_line(st.st_mode) ? "watch" : "read");
    if (strchr(word, '/') || strchr(word, '.') || strcmp(word, "-") == 0)
        return command_called("read"); /* which says what is wrong with it */
    for (const struct command *c = commands; c->name; c++)
        if (!c->hidden && !strchr(c->name, ' ') && n < MAX_NAMES - 1)
            names[n++] = c->name;
    names[n++] = "rules";
    near = nearest(word, names, n);
    if (near)
        say("there is no command or file '%s'; did you mean '%s'?", word, near);
    else
        say("there is no command or file '%s'; 'telltale --help' lists the "
            "commands",
            word);
    return NULL;
}

static bool no_rules_command(const char *word)
{
    static const char *const names[] = {"list", "show", "check", "why"};
    const char *near = word ? nearest(word, names, TT_LEN(names)) : NULL;

    if (near)
        say("'rules %s': did you mean 'rules %s'?", word, near);
    else
        say("'rules' is followed by one of: list show check why");
    return false;
}

static const struct option_row *row_by_name(const char *name, size_t n)
{
    for (const struct option_row *r = option_rows; r->name; r++)
        if (strlen(r->name) == n && strncmp(r->name, name, n) == 0)
            return r;
    return NULL;
}

static const struct option_row *row_by_letter(char c)
{
    for (const struct option_row *r = option_rows; r->name; r++)
        if (r->letter && r->letter == c)
            return r;
    return NULL;
}

static bool unknown_option(const char *arg, size_t n)
{
    const char *names[MAX_NAMES], *near;
    char name[64];
    size_t k = 0;

    (void)snprintf(name, sizeof(name), "%.*s", (int)n, arg);
    for (const struct option_row *r = option_rows; r->name; r++)
        if (r->help && k < MAX_NAMES)
            names[k++] = r->name;
    near = nearest(name, names, k);
    if (near)
        say("there is no option '--%s'; did you mean '--%s'?", name, near);
    else
        say("there is no option '--%s'; 'telltale --help' lists them", name);
    return false;
}

static bool take_number(const char *value, unsigned long most,
                        unsigned long *out)
{
    char *end;

    if (*value < '0' || *value > '9')
        return false;
    *out = strtoul(value, &end, 10);
    return !*end && *out > 0 && *out <= most;
}

static bool take_mode(struct options *o, const char *v)
{
    if (strlen(v) != 3 || !strchr("5678", v[0]) || !strchr("NEOMS", v[1]) ||
        !strchr("12", v[2])) {
        say("-m %s: write data bits, parity (N E O M S) and stop bits, such "
            "as 8E1",
            v);
        return false;
    }
    memcpy(o->mode, v, 4);
    return true;
}

static bool take_lane(struct options *o, const char *v)
{
    static const char *const names[] = {"host", "device", "tool"};

    for (size_t i = 0; i < TT_LEN(names); i++)
        if (strcmp(v, names[i]) == 0) {
            o->lane = (int)i;
            return true;
        }
    say("--lane %s: one of host, device, tool", v);
    return false;
}

static bool take_time(const char *name, const char *v, uint64_t *out)
{
    if (parse_time(v, out))
        return true;
    say("--%s %s is no time: write 1.5s, 250ms, 2min or seconds alone", name,
        v);
    return false;
}

static bool one_of(const struct option_row *r, const char *v)
{
    for (const char *w = r->values; *w;
         w += strcspn(w, " "), w += strspn(w, " "))
        if (strlen(v) == strcspn(w, " ") && strncmp(w, v, strlen(v)) == 0)
            return true;
    say("--%s %s: one of %s", r->name, v, r->values);
    return false;
}

/* "0.5", "10", "max" */
static bool take_speed(struct options *o, const char *v)
{
    char *end = NULL;
    double n = *v >= '0' && *v <= '9' ? strtod(v, &end) : 0;

    o->speed_pm = 0;
    if (!strcmp(v, "max"))
        return true;
    if (!end || *end || !(n >= 0.01 && n <= 1000)) {
        say("--speed %s: a number from 0.01 to 1000, or max", v);
        return false;
    }
    o->speed_pm = (unsigned)(n * 1000 + 0.5);
    return true;
}

/* One option that takes a value. */
static bool take_value(struct options *o, const struct option_row *r,
                       const char *v)
{
    unsigned long n;

    switch (r->id) {
    case OPT_BAUD:
        if (!take_number(v, MAX_BAUD, &n)) {
            say("-b %s: a speed is a number from 1 to %d", v, MAX_BAUD);
            return false;
        }
        o->baud = (unsigned)n;
        return true;
    case OPT_FEED:
        if (!take_number(v, 1 << 20, &n)) {
            say("--feed %s: a number of bytes", v);
            return false;
        }
        o->feed = n;
        return true;
    case OPT_ATTACH:
        if (!take_number(v, INT_MAX, &n)) {
            say("--attach %s: the number of a process", v);
            return false;
        }
        o->attach = (unsigned)n;
        return true;
    case OPT_MODE: return take_mode(o, v);
    case OPT_LANE: return take_lane(o, v);
    case OPT_SINCE: return take_time(r->name, v, &o->since_ns);
    case OPT_UNTIL: return take_time(r->name, v, &o->until_ns);
    case OPT_FOR: return take_time(r->name, v, &o->for_ns);
    case OPT_FORMAT: o->format = v; return one_of(r, v);
    case OPT_AS: o->as = v; return true;
    case OPT_SYSROOT: o->sysroot = v; return true;
    case OPT_TO: o->to = v; return true;
    case OPT_SPEED: return take_speed(o, v);
    case OPT_LINK: o->link = v; return true;
    case OPT_ALLOW: o->allow_changes = true; return one_of(r, v);
    case OPT_ONLY:
        if (o->nonly == MAX_ONLY) {
            say("--only: at most %d names", MAX_ONLY);
            return false;
        }
        o->only[o->nonly++] = v;
        return true;
    case OPT_LISTEN: return take_time(r->name, v, &o->listen_ns);
    case OPT_TIMEOUT: return take_time(r->name, v, &o->timeout_ns);
    case OPT_USB: o->usb = v; return true;
    case OPT_TCP: o->tcp = v; return true;
    case OPT_RECORD: o->record = v; return true;
    case OPT_HTML: o->html = v; return true;
    case OPT_BUNDLE: o->bundle = v; return true;
    case OPT_HOST: o->host = v; return true;
    case OPT_DEVICE: o->device = v; return true;
    case OPT_LINGER: return take_time(r->name, v, &o->linger_ns);
    case OPT_PORT:
        if (o->nports == MAX_RUN_PORTS) {
            say("--port: at most %d ports", MAX_RUN_PORTS);
            return false;
        }
        o->ports[o->nports++] = v;
        return true;
    default: break;
    }
    if (o->nrules == MAX_RULE_DIRS) {
        say("-R: at most %d folders", MAX_RULE_DIRS);
        return false;
    }
    o->rules[o->nrules++] = v;
    return true;
}

static void take_flag(struct options *o, enum option_id id)
{
    switch (id) {
    case OPT_FORCE: o->force = true; break;
    case OPT_WAIT: o->wait = true; break;
    case OPT_WATCH: o->watch = true; break;
    case OPT_STRACE: o->strace = true; break;
    case OPT_PLAIN: o->plain = true; break;
    case OPT_ACTIVE: o->active = true; break;
    case OPT_JSON: o->json = true; break;
    case OPT_COMPARE: o->compare = true; break;
    case OPT_REDACT: o->redact = true; break;
    case OPT_CSV: o->csv = true; break;
    case OPT_NO_COLOR: o->no_color = true; break;
    case OPT_QUIET: o->quiet = true; break;
    case OPT_VERBOSE: o->verbose = true; break;
    case OPT_MARKDOWN: o->markdown = true; break;
    case OPT_PRICE: o->price = true; break;
    case OPT_AS_DEVICE: o->as_device = true; break;
    case OPT_YES: o->yes = true; break;
    case OPT_DRY_RUN: o->dry_run = true; break;
    case OPT_HELP: o->help = true; break;
    case OPT_VERSION: o->version = true; break;
    default: break;
    }
}

struct args {
    char **argv;
    int n, i;
    bool given[OPT_IDS];
};

static bool take_next(struct options *o, struct args *a,
                      const struct option_row *r, const char *attached)
{
    a->given[r->id] = true;
    if (!r->arg) {
        if (attached) {
            say("--%s takes no value", r->name);
            return false;
        }
        take_flag(o, r->id);
        return true;
    }
    if (!attached) {
        if (a->i + 1 >= a->n) {
            say("--%s needs a value: %s", r->name, r->arg);
            return false;
        }
        attached = a->argv[++a->i];
    }
    return take_value(o, r, attached);
}

static bool take_long(struct options *o, struct args *a, const char *arg)
{
    size_t n = strcspn(arg, "=");
    const struct option_row *r = row_by_name(arg, n);

    if (!r)
        return unknown_option(arg, n);
    return take_next(o, a, r, arg[n] ? arg + n + 1 : NULL);
}

static bool take_letters(struct options *o, struct args *a, const char *arg)
{
    for (; *arg; arg++) {
        const struct option_row *r = row_by_letter(*arg);

        if (!r) {
            say("there is no option '-%c'; 'telltale --help' lists them", *arg);
            return false;
        }
        if (r->arg)
            return take_next(o, a, r, arg[1] ? arg + 1 : NULL);
        if (!take_next(o, a, r, NULL))
            return false;
    }
    return true;
}

/* Is the command known to be one that is not there?  Then its options are
 * not worth a complaint. */
static bool add_word(struct options *o, const char *word)
{
    size_t used;

    o->words[o->nwords++] = word;
    if (o->nwords > 1 || strcmp(word, "rules") == 0)
        return true;
    return find_command(o->words, 1, &used) || guess_command(word);
}

static bool check_belongs(const struct options *o, const struct args *a)
{
    for (const struct option_row *r = option_rows; r->name; r++) {
        if (a->given[r->id] && !(r->commands & o->command->bit)) {
            say("--%s does not go with '%s'", r->name, o->command->name);
            return false;
        }
        /* For 'play' it is a port. */
        if (r->id == OPT_TO && o->to && o->command->bit == CMD_CONVERT &&
            !one_of(r, o->to))
            return false;
    }
    return true;
}

bool wants_screen(const struct options *o)
{
    const char *term = getenv("TERM");

    return !o->plain && !o->json && !o->quiet && o->format == NULL && term &&
           *term && strcmp(term, "dumb") != 0 && isatty(STDIN_FILENO) &&
           isatty(STDOUT_FILENO);
}

/* A recording is looked at where there is a screen for it, unless options ask
 * for what only 'read' does. */
static void prefer_screen(struct options *o, const struct args *a)
{
    const struct command *watch = command_called("watch");
    struct stat st;

    if (!wants_screen(o) || o->nwords > watch->max_words)
        return;
    for (const struct option_row *r = option_rows; r->name; r++)
        if (a->given[r->id] && !(r->commands & CMD_WATCH))
            return;
    for (size_t i = 0; i < o->nwords; i++)
        if (stat(o->words[i], &st) ||
            (!S_ISREG(st.st_mode) && !is_line(st.st_mode)))
            return;
    o->command = watch;
}

/* What the words say: the command, and what is left for it. */
static bool settle(struct options *o, const struct args *a)
{
    size_t used = 0;

    if (!o->nwords) {
        o->command = command_called(o->version ? "version" : "help");
        if (o->help || o->version)
            return true;
        say("what shall be read?  telltale FILE, telltale PORT, or "
            "'telltale --help'");
        return false;
    }
    o->command = find_command(o->words, o->nwords, &used);
    if (!o->command && strcmp(o->words[0], "rules") == 0) {
        if (o->help && o->nwords == 1) {
            o->command = command_called("help");
            return true;
        }
        return no_rules_command(o->nwords > 1 ? o->words[1] : NULL);
    }
    if (!o->command) {
        used = 0;
        o->command = guess_command(o->words[0]);
        if (o->command && o->command->bit == CMD_READ)
            prefer_screen(o, a);
    }
    if (!o->command)
        return false;
    o->words += used;
    o->nwords -= used;
    if (o->help || o->version)
        return true;
    if (o->command->bit == CMD_PLAY && !o->as_device && o->nwords > 1) {
        say("one recording is played; for a tool that shall talk to it: "
            "telltale play --as-device FILE -- TOOL [ARG...]");
        return false;
    }
    if (o->nwords > o->command->max_words && o->command->max_words > 2) {
        say("telltale %s takes at most %zu names, not %zu", o->command->name,
            (size_t)o->command->max_words, (size_t)o->nwords);
        return false;
    }
    if (a->given[OPT_HOST] != a->given[OPT_DEVICE]) {
        say("--host and --device go together: one port for each wire");
        return false;
    }
    if (o->host && o->nwords) {
        say("%s: with --host and --device there is no other port", o->words[0]);
        return false;
    }
    if ((o->nwords < o->command->min_words && !o->host) ||
        o->nwords > o->command->max_words) {
        say("usage: telltale %s%s%s", o->command->name,
            *o->command->args ? " " : "", o->command->args);
        return false;
    }
    if (o->since_ns > o->until_ns) {
        say("--since is later than --until: nothing would be left");
        return false;
    }
    return check_belongs(o, a);
}

bool options_parse(struct options *o, int argc, char **argv, const char **words)
{
    struct args a = {.argv = argv, .n = argc, .i = 1};
    bool words_only = false;

    *o = (struct options){.words = words,
                          .lane = -1,
                          .until_ns = UINT64_MAX,
                          .linger_ns = 2 * TT_NS_PER_S,
                          .speed_pm = 1000,
                          .listen_ns = 2 * TT_NS_PER_S,
                          .for_ns = UINT64_MAX};
    for (; a.i < argc; a.i++) {
        const char *arg = argv[a.i];
        bool good;

        if (words_only || arg[0] != '-' || !arg[1])
            good = add_word(o, arg);
        else if (strcmp(arg, "--") == 0)
            good = words_only = true;
        else if (arg[1] == '-')
            good = take_long(o, &a, arg + 2);
        else
            good = take_letters(o, &a, arg + 1);
        if (!good)
            return false;
        /* What comes after the tool's name is the tool's. */
        if (o->nwords == 2 && strcmp(o->words[0], "run") == 0)
            words_only = true;
        if (o->nwords == 3 && o->as_device)
            words_only = true;
    }
    return settle(o, &a);
}
