/*
 * cmd_watch - a line as it speaks.
 *
 * The full-screen view is not in this version; what --plain prints is.
 */
#include "cli/input.h"
#include "cli/live.h"
#include "cli/load.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum exit_code cmd_watch(const struct options *o)
{
    const char *name = o->words[0];
    enum exit_code code = EXIT_CANNOT;
    struct tt_rules *set;
    struct intake in;
    struct stat st;

    if (strcmp(name, "-") != 0) {
        if (stat(name, &st)) {
            input_not_there(name, errno);
            put_unreadable(o, name);
            return EXIT_CANNOT;
        }
        if (S_ISDIR(st.st_mode)) {
            say("%s is a folder, no line to listen to", name);
            put_unreadable(o, name);
            return EXIT_CANNOT;
        }
        if (S_ISREG(st.st_mode)) {
            say("%s is no line to listen to; for a recording: telltale read %s",
                name, name);
            return EXIT_CANNOT;
        }
    }
    if (!o->plain && !o->json && !o->quiet && isatty(STDOUT_FILENO))
        say("the full-screen view is not in this version: going on as with "
            "--plain");
    set = load_rules(o);
    if (!set)
        return EXIT_CANNOT;
    if (intake_init(&in, o, set))
        code = live_run(o, name, &in);
    intake_release(&in);
    tt_rules_free(set);
    return code;
}
