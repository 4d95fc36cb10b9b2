/*
 * cmd_watch - lines and recordings as they speak: on a screen, or as lines of
 * tape text.
 */
#include "cli/input.h"
#include "cli/live.h"
#include "cli/load.h"
#include "cli/screen.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Is it there, and no folder? */
static bool can_be_watched(const struct options *o, const char *name,
                           struct stat *st)
{
    st->st_mode = S_IFIFO;
    if (strcmp(name, "-") == 0 || is_address(name))
        return true;
    if (stat(name, st) && o->wait) {
        st->st_mode = S_IFIFO; /* a line, one day */
        return true;
    }
    if (stat(name, st))
        input_not_there(name, errno);
    else if (S_ISDIR(st->st_mode))
        say("%s is a folder, no line to listen to", name);
    else
        return true;
    put_unreadable(o, name);
    return false;
}

enum exit_code cmd_watch(const struct options *o)
{
    const char *name = o->words[0];
    bool screen = wants_screen(o), any_file = false;
    enum exit_code code = EXIT_CANNOT;
    struct tt_rules *set;
    struct intake in;
    struct stat st;

    if (o->host)
        return cmd_tap(o);
    for (size_t i = 0; i < o->nwords; i++) {
        if (!can_be_watched(o, o->words[i], &st))
            return EXIT_CANNOT;
        any_file |= !is_line(st.st_mode);
        /* keys come from where the line would */
        screen = screen && strcmp(o->words[i], "-") != 0;
    }
    if (!screen && any_file && !o->plain)
        return cmd_read(o);
    if (!screen && (any_file || o->nwords > 1)) {
        say(any_file ? "%s is no line to listen to; for a recording: telltale "
                       "read %s"
                     : "without a screen one line at a time is listened to: "
                       "%s, or %s",
            name, any_file ? name : o->words[1]);
        return EXIT_CANNOT;
    }
    set = load_rules(o);
    if (!set)
        return EXIT_CANNOT;
    if (screen)
        return screen_run(o, set);
    if (intake_init(&in, o, set))
        code = live_run(o, name, &in);
    intake_release(&in);
    tt_rules_free(set);
    return code;
}
