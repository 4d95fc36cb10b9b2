/*
 * help - what --help says, made from the tables.
 */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static void put_option(struct tt_buf *out, const struct option_row *r)
{
    char left[40];

    (void)snprintf(left, sizeof(left), "%c%c%s --%s%s%s", r->letter ? '-' : ' ',
                   r->letter ? r->letter : ' ', r->letter ? "," : " ", r->name,
                   r->arg ? " " : "", r->arg ? r->arg : "");
    tt_buf_printf(out, "  %-20s %s\n", left, r->help);
}

static void put_all(struct tt_buf *out)
{
    tt_buf_str(out, "telltale says what the bytes of a failed handshake mean "
                    "and what to do next.\n\n"
                    "  telltale FILE...     a verdict on recordings\n"
                    "  telltale PORT        listen to a line and say what it "
                    "means\n\n"
                    "commands\n");
    for (const struct command *c = commands; c->name; c++)
        if (!c->hidden)
            tt_buf_printf(out, "  %-12s %-19s %s\n", c->name, c->args, c->help);
    tt_buf_str(out, "\noptions\n");
    for (const struct option_row *r = option_rows; r->name; r++)
        if (r->help)
            put_option(out, r);
    tt_buf_str(out, "\nexit status: 0 healthy or nothing wrong, 1 a fault was "
                    "found,\n2 could not run, 3 nothing recognised\n");
}

void help_text(struct tt_buf *out, const struct command *c)
{
    if (!c) {
        put_all(out);
        return;
    }
    tt_buf_printf(out, "telltale %s%s%s - %s\n", c->name, *c->args ? " " : "",
                  c->args, c->help);
    if (c->more)
        tt_buf_printf(out, "\n%s\n", c->more);
    tt_buf_str(out, "\noptions\n");
    for (const struct option_row *r = option_rows; r->name; r++)
        if (r->help && (r->commands & c->bit))
            put_option(out, r);
}

enum exit_code help_command(const struct command *c)
{
    struct tt_buf out;

    tt_buf_init(&out, 1 << 16);
    help_text(&out, c);
    (void)put_out(&out);
    tt_buf_release(&out);
    return EXIT_HEALTHY;
}

enum exit_code cmd_help(const struct options *o)
{
    const struct command *about = NULL;

    for (const struct command *c = commands; o->nwords && c->name; c++) {
        size_t n = strlen(o->words[0]);
        const char *second = o->nwords > 1 ? o->words[1] : "";

        if (strncmp(c->name, o->words[0], n) == 0 &&
            (c->name[n] == ' ' ? strcmp(c->name + n + 1, second) == 0
                               : !c->name[n] && !*second))
            about = c;
    }
    if (o->nwords && !about && strcmp(o->words[0], "rules") != 0) {
        say("there is no help on '%s'; 'telltale --help' lists the commands",
            o->words[0]);
        return EXIT_CANNOT;
    }
    return help_command(about);
}

enum exit_code cmd_version(const struct options *o)
{
    struct tt_buf out;

    (void)o;
    tt_buf_init(&out, 256);
    tt_buf_printf(&out, "telltale %s\n", tt_version());
    (void)put_out(&out);
    tt_buf_release(&out);
    return EXIT_HEALTHY;
}
