/*
 * cmd_explain - what a message of a tool, or some bytes, can mean.
 */
#include "cli/load.h"
#include "report/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool take_all(struct tt_buf *text, int fd, const char *name)
{
    char piece[4096];
    ssize_t n;

    while ((n = read(fd, piece, sizeof(piece))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            say("%s: cannot read it: %s", name, strerror(errno));
            return false;
        }
        tt_buf_add(text, piece, (size_t)n);
        if (text->status)
            break; /* told by the caller */
    }
    return true;
}

/* The name of a file instead of what is in it: that is meant. */
static bool is_file(const char *word)
{
    struct stat st;

    return stat(word, &st) == 0 && S_ISREG(st.st_mode);
}

static bool take_file(struct tt_buf *text, const struct options *o)
{
    int fd = open(o->words[0], O_RDONLY | O_CLOEXEC);
    bool good;

    if (fd < 0) {
        say("%s: cannot open it: %s", shown_name(o->words[0]), strerror(errno));
        return false;
    }
    if (!o->quiet)
        say("%s is a file: its text is explained", shown_name(o->words[0]));
    good = take_all(text, fd, shown_name(o->words[0]));
    (void)close(fd);
    return good;
}

/* The words as one text; a lone "-" is standard input, a lone file its text. */
static bool gather(struct tt_buf *text, const struct options *o)
{
    bool alone = o->nwords == 1, good = true;

    if (alone && !strcmp(o->words[0], "-"))
        good = take_all(text, STDIN_FILENO, "standard input");
    else if (alone && is_file(o->words[0]))
        good = take_file(text, o);
    else
        for (size_t i = 0; i < o->nwords; i++) {
            if (i)
                tt_buf_ch(text, ' ');
            tt_buf_str(text, o->words[i]);
        }
    if (!good)
        return false;
    if (text->status) {
        say("the text is longer than %d bytes; 'telltale read' takes a log of "
            "any length",
            TT_MAX_ASKED);
        return false;
    }
    for (size_t i = 0; i < text->n; i++)
        if ((uint8_t)text->p[i] > ' ')
            return true;
    say("there is nothing to explain: give a message or bytes, such as 0x68");
    return false;
}

enum exit_code cmd_explain(const struct options *o)
{
    struct tt_rules *set = load_rules(o);
    enum exit_code code = EXIT_CANNOT;
    struct tt_explanation x = {.n = 0};
    struct tt_buf text, out;
    enum tt_status st;

    tt_buf_init(&text, TT_MAX_ASKED);
    tt_buf_init(&out, 16 << 20);
    if (set && gather(&text, o)) {
        st = tt_explain(&x, set, tt_buf_text(&text), text.n);
        if (st) {
            say("cannot explain it: %s", tt_status_name(st));
        } else {
            if (o->json)
                tt_explain_json(&out, set, &x);
            else
                tt_explain_text(&out, set, &x, out_columns(), want_color(o),
                                o->verbose);
            (void)put_out(&out);
            code = tt_explain_knows(&x) ? EXIT_HEALTHY : EXIT_UNKNOWN;
        }
        tt_explain_release(&x);
    }
    tt_buf_release(&text);
    tt_buf_release(&out);
    tt_rules_free(set);
    return code;
}
