/*
 * cmd_play - a recording played back: on the screen, as lines of tape text
 * in their time, onto a line, or as the device that a tool talks to.
 */
#include "cli/input.h"
#include "cli/load.h"
#include "cli/output.h"
#include "cli/play.h"
#include "cli/screen.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* ---- lines of tape text ------------------------------------------------- */

struct lines {
    const struct options *o;
    struct tt_reader *rd;
    struct tt_buf text;
    bool begun;
    uint64_t start_ns, first_ns; /* on the clock; on the tape */
};

/* Until the record is due.  Not nanosleep(): a signal shall end it. */
static void wait_until(uint64_t due_ns)
{
    uint64_t now = clock_ns();

    while (now < due_ns) {
        uint64_t ms = (due_ns - now) / TT_NS_PER_MS;

        (void)poll(NULL, 0, ms < 60000 ? (int)ms + 1 : 60000);
        now = clock_ns();
    }
}

static enum tt_status put_line(const struct tt_record *r, void *user)
{
    struct lines *l = user;

    if (!l->begun) {
        l->begun = true;
        l->start_ns = clock_ns();
        l->first_ns = r->t_ns > l->o->since_ns ? r->t_ns : l->o->since_ns;
        tt_tape_text_header(&l->text, &tt_reader_report(l->rd)->info);
    }
    if (!play_wanted(l->o, r))
        return TT_OK;
    wait_until(l->start_ns + play_scaled(l->o, r->t_ns - l->first_ns));
    if (r->len && l->o->lane >= 0 && r->lane != (enum tt_lane)l->o->lane)
        return TT_OK;
    tt_tape_text_record(&l->text, r, r->t_ns);
    return put_out(&l->text) ? TT_OK : TT_ERR_IO;
}

enum exit_code play_lines(const struct options *o)
{
    struct lines l = {.o = o};
    struct tt_error err = {.msg = "out of memory"};
    enum exit_code code = EXIT_CANNOT;
    int fd = input_open(o->words[0]);

    if (fd < 0)
        return code;
    tt_buf_init(&l.text, (size_t)8 * TT_MAX_RECORD);
    if (!input_reader(&l.rd, o, put_line, &l, &err)) {
        enum tt_status st = input_feed(l.rd, fd, o, NULL, NULL, &err);

        /* TT_ERR_IO: nobody reads any more, which put_end() looks at. */
        if (!st || (st == TT_ERR_IO && l.begun))
            code = EXIT_HEALTHY;
        else
            say("%s: %s", shown_name(o->words[0]), err.msg);
        if (!st && !o->quiet)
            input_say_unread(tt_reader_report(l.rd), shown_name(o->words[0]),
                             3);
    } else {
        say("%s: %s", shown_name(o->words[0]), err.msg);
    }
    tt_reader_free(l.rd);
    tt_buf_release(&l.text);
    (void)close(fd);
    return code;
}

/* ---- which way ---------------------------------------------------------- */

static bool only_one_way(const struct options *o)
{
    int ways = o->as_device + (o->link != NULL) + (o->to != NULL);

    if (ways > 1) {
        say("one of --as-device, --link and --to at a time");
        return false;
    }
    if (o->as_device && o->nwords < 2) {
        say("which tool shall talk to it?  telltale play --as-device FILE -- "
            "TOOL [ARG...]");
        return false;
    }
    if (o->nports && !o->as_device) {
        say("--port goes with --as-device: the name that the tool opens");
        return false;
    }
    if (o->record && !ways) {
        say("-r records what a tool does with the recording: it goes with "
            "--as-device, --link or --to");
        return false;
    }
    return true;
}

enum exit_code cmd_play(const struct options *o)
{
    struct tt_rules *set;

    if (!only_one_way(o) || !output_apart(o->record, o->words, 1))
        return EXIT_CANNOT;
    if (o->as_device)
        return play_tool(o);
    if (o->link)
        return play_link(o);
    if (o->to)
        return play_port(o);
    if (!wants_screen(o) || strcmp(o->words[0], "-") == 0)
        return play_lines(o);
    set = load_rules(o);
    return set ? screen_run(o, set) : EXIT_CANNOT;
}
