/*
 * cmd_bridge - lines with two sides that are heard apart: 'tap', two ports
 * that only receive; 'bridge', two ends with us between them.
 */
#include "cli/live.h"
#include "cli/load.h"
#include "cli/screen.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Watch the pair that o->host and o->device name, called so. */
static enum exit_code watch_pair(const struct options *o, const char *name)
{
    struct tt_rules *set = load_rules(o);
    struct options one = *o;
    enum exit_code code = EXIT_CANNOT;
    struct intake in;

    if (!set)
        return EXIT_CANNOT;
    one.words = &name;
    one.nwords = 1;
    if (wants_screen(o))
        return screen_run(&one, set);
    if (intake_init(&in, o, set))
        code = live_run(&one, name, &in);
    intake_release(&in);
    tt_rules_free(set);
    return code;
}

/* The same line twice is no pair: its bytes would go round, or be told as
 * those of both sides. */
static bool two_lines(const char *a, const char *b)
{
    struct stat sa, sb;

    if (stat(a, &sa) || stat(b, &sb) || !S_ISCHR(sa.st_mode) ||
        !S_ISCHR(sb.st_mode) || sa.st_rdev != sb.st_rdev)
        return true;
    say("%s and %s are the same port: two are needed", a, b);
    return false;
}

enum exit_code cmd_tap(const struct options *o)
{
    char name[512];

    if (!o->host || !o->device) {
        say("both wires must be named: --host PORT is where the host's bytes "
            "arrive, --device PORT where the device's do");
        return EXIT_CANNOT;
    }
    if (!two_lines(o->host, o->device))
        return EXIT_CANNOT;
    (void)snprintf(name, sizeof(name), "> %.200s < %.200s", o->host, o->device);
    return watch_pair(o, name);
}

enum exit_code cmd_bridge(const struct options *o)
{
    struct options pair = *o;
    char name[512];

    if (strcmp(o->words[0], "-") == 0 || strcmp(o->words[1], "-") == 0) {
        say("- is no end of a bridge; 'telltale bridge --help' lists the ends");
        return EXIT_CANNOT;
    }
    if (!two_lines(o->words[0], o->words[1]))
        return EXIT_CANNOT;
    pair.host = o->words[0];
    pair.device = o->words[1];
    (void)snprintf(name, sizeof(name), "%.200s <-> %.200s", pair.host,
                   pair.device);
    return watch_pair(&pair, name);
}
