/*
 * complete - completion scripts for shells, made from the tables.
 *
 * "make completions" writes them to completions/; a test compares.
 */
#include "cli/options.h"
#include "view/keys.h"

#include <string.h>

/* Text for single quotes of a shell, where brackets and colons of zsh's
 * descriptions stand too. */
static void put_quoted(struct tt_buf *out, const char *s, bool zsh)
{
    for (; *s; s++) {
        if (*s == '\'')
            tt_buf_str(out, "'\\''");
        else if (zsh && strchr("[]:", *s))
            tt_buf_printf(out, "\\%c", *s);
        else
            tt_buf_ch(out, *s);
    }
}

/* The commands that are one word, or the second words of 'rules'. */
static void put_words(struct tt_buf *out, bool second)
{
    const char *gap = "";

    for (const struct command *c = commands; c->name; c++) {
        const char *space = strchr(c->name, ' ');

        if (c->hidden || second != (space != NULL))
            continue;
        tt_buf_printf(out, "%s%s", gap, second ? space + 1 : c->name);
        gap = " ";
    }
    if (!second)
        tt_buf_str(out, " rules");
}

static bool is_folder(const struct option_row *r)
{
    return r->values && strcmp(r->values, "DIR") == 0;
}

static bool is_file(const struct option_row *r)
{
    return r->values && strcmp(r->values, "FILE") == 0;
}

/* ---- bash ---------------------------------------------------------------- */

static void bash_values(struct tt_buf *out)
{
    for (const struct option_row *r = option_rows; r->name; r++) {
        if (!r->help || !r->arg)
            continue;
        tt_buf_str(out, "    ");
        if (r->letter)
            tt_buf_printf(out, "-%c|", r->letter);
        tt_buf_printf(out, "--%s) ", r->name);
        if (is_file(r))
            tt_buf_str(out, "COMPREPLY=($(compgen -f -- \"$cur\"))");
        else if (is_folder(r))
            tt_buf_str(out, "COMPREPLY=($(compgen -d -- \"$cur\"))");
        else
            tt_buf_printf(out, "COMPREPLY=($(compgen -W '%s' -- \"$cur\"))",
                          r->values ? r->values : "");
        tt_buf_str(out, "; return ;;\n");
    }
}

static void bash_options(struct tt_buf *out)
{
    for (const struct command *c = commands; c->name; c++) {
        if (c->hidden)
            continue;
        tt_buf_printf(out, "    '%s') words='", c->name);
        for (const struct option_row *r = option_rows; r->name; r++)
            if (r->help && (r->commands & c->bit))
                tt_buf_printf(out, "--%s ", r->name);
        tt_buf_str(out, "' ;;\n");
    }
}

static void put_bash(struct tt_buf *out)
{
    tt_buf_str(
        out,
        "# bash completion for telltale, made by: telltale completions bash\n"
        "_telltale() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]}\n"
        "    local prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
        "    local cmd='' words='' i\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        -*) ;;\n"
        "        rules) cmd=rules ;;\n"
        "        *) if [[ $cmd == rules ]]; then\n"
        "               cmd=\"rules ${COMP_WORDS[i]}\"\n"
        "           elif [[ -z $cmd ]]; then\n"
        "               cmd=${COMP_WORDS[i]}\n"
        "           fi ;;\n"
        "        esac\n"
        "    done\n"
        "    case $prev in\n");
    bash_values(out);
    tt_buf_str(out, "    esac\n"
                    "    case $cmd in\n");
    bash_options(out);
    tt_buf_str(out, "    *) words='--help --version ' ;;\n"
                    "    esac\n"
                    "    if [[ $cur == -* ]]; then\n"
                    "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                    "        return\n"
                    "    fi\n"
                    "    case $cmd in\n"
                    "    '') words='");
    put_words(out, false);
    tt_buf_str(out, "' ;;\n"
                    "    rules) words='");
    put_words(out, true);
    tt_buf_str(out, "' ;;\n"
                    "    'rules show'|'rules why')\n"
                    "        words=$(telltale rules list -v 2>/dev/null |\n"
                    "            awk '/^  |^[^ ]+ - / { print $1 }') ;;\n"
                    "    *) words='' ;;\n"
                    "    esac\n"
                    "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")\n"
                    "        $(compgen -f -- \"$cur\"))\n"
                    "}\n"
                    "complete -o filenames -F _telltale telltale\n");
}

/* ---- zsh ----------------------------------------------------------------- */

static void zsh_option(struct tt_buf *out, const struct option_row *r)
{
    tt_buf_str(out, "        '");
    if (r->letter)
        tt_buf_printf(out, "(-%c --%s)'{-%c,--%s}'", r->letter, r->name,
                      r->letter, r->name);
    else
        tt_buf_printf(out, "--%s", r->name);
    tt_buf_ch(out, '[');
    put_quoted(out, r->help, true);
    tt_buf_ch(out, ']');
    if (is_file(r))
        tt_buf_printf(out, ":%s:_files", r->arg);
    else if (is_folder(r))
        tt_buf_printf(out, ":%s:_files -/", r->arg);
    else if (r->arg)
        tt_buf_printf(out, ":%s:(%s)", r->arg, r->values ? r->values : "");
    tt_buf_str(out, "' \\\n");
}

static void zsh_described(struct tt_buf *out, bool second)
{
    for (const struct command *c = commands; c->name; c++) {
        const char *space = strchr(c->name, ' ');

        if (c->hidden || second != (space != NULL))
            continue;
        tt_buf_printf(out, "        '%s:", second ? space + 1 : c->name);
        put_quoted(out, c->help, true);
        tt_buf_str(out, "'\n");
    }
}

static void put_zsh(struct tt_buf *out)
{
    tt_buf_str(
        out,
        "#compdef telltale\n"
        "# zsh completion for telltale, made by: telltale completions zsh\n"
        "_telltale() {\n"
        "    local -a names\n"
        "    local cmd=$words[2]\n"
        "    if (( CURRENT == 2 )); then\n"
        "        names=(\n");
    zsh_described(out, false);
    tt_buf_str(out, "        'rules:the knowledge'\n"
                    "        )\n"
                    "        _describe command names\n"
                    "        _files\n"
                    "        return\n"
                    "    fi\n"
                    "    if [[ $cmd == rules ]]; then\n"
                    "        if (( CURRENT == 3 )); then\n"
                    "            names=(\n");
    zsh_described(out, true);
    tt_buf_str(out, "            )\n"
                    "            _describe command names\n"
                    "            return\n"
                    "        fi\n"
                    "        cmd=\"rules $words[3]\"\n"
                    "    fi\n"
                    "    case $cmd in\n");
    for (const struct command *c = commands; c->name; c++) {
        if (c->hidden)
            continue;
        tt_buf_printf(out, "    '%s') _arguments \\\n", c->name);
        for (const struct option_row *r = option_rows; r->name; r++)
            if (r->help && (r->commands & c->bit))
                zsh_option(out, r);
        tt_buf_str(out, "        '*:file:_files' ;;\n");
    }
    tt_buf_str(out, "    *) _files ;;\n"
                    "    esac\n"
                    "}\n"
                    "_telltale \"$@\"\n");
}

/* ---- fish ---------------------------------------------------------------- */

static void fish_option(struct tt_buf *out, const struct option_row *r)
{
    tt_buf_str(out, "complete -c telltale");
    if ((r->commands & CMD_ALL) != CMD_ALL) {
        tt_buf_str(out, " -n '__fish_seen_subcommand_from");
        for (const struct command *c = commands; c->name; c++) {
            const char *space = strchr(c->name, ' ');

            if (!c->hidden && (r->commands & c->bit))
                tt_buf_printf(out, " %s", space ? space + 1 : c->name);
        }
        tt_buf_ch(out, '\'');
    }
    if (r->letter)
        tt_buf_printf(out, " -s %c", r->letter);
    tt_buf_printf(out, " -l %s", r->name);
    if (is_file(r) || is_folder(r))
        tt_buf_str(out, " -r -F");
    else if (r->arg)
        tt_buf_printf(out, " -x -a '%s'", r->values ? r->values : "");
    tt_buf_str(out, " -d '");
    put_quoted(out, r->help, false);
    tt_buf_str(out, "'\n");
}

static void put_fish(struct tt_buf *out)
{
    tt_buf_str(
        out,
        "# fish completion for telltale, made by: telltale completions fish\n");
    for (const struct command *c = commands; c->name; c++) {
        const char *space = strchr(c->name, ' ');

        if (c->hidden)
            continue;
        tt_buf_printf(out, "complete -c telltale -n '%s' -a %s -d '",
                      space ? "__fish_seen_subcommand_from rules"
                            : "__fish_use_subcommand",
                      space ? space + 1 : c->name);
        put_quoted(out, c->help, false);
        tt_buf_str(out, "'\n");
    }
    tt_buf_str(out, "complete -c telltale -n '__fish_use_subcommand' -a rules "
                    "-d 'the knowledge'\n");
    for (const struct option_row *r = option_rows; r->name; r++)
        if (r->help)
            fish_option(out, r);
}

bool completion_text(struct tt_buf *out, const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        put_bash(out);
    else if (strcmp(shell, "zsh") == 0)
        put_zsh(out);
    else if (strcmp(shell, "fish") == 0)
        put_fish(out);
    else if (strcmp(shell, "keys") == 0) /* for docs/telltale-watch.1 */
        keys_mdoc(out);
    else
        return false;
    return true;
}

enum exit_code cmd_completions(const struct options *o)
{
    struct tt_buf out;
    bool good;

    tt_buf_init(&out, 1 << 18);
    good = completion_text(&out, o->words[0]);
    if (!good)
        say("completions: for bash, zsh or fish");
    (void)put_out(&out);
    tt_buf_release(&out);
    return good ? EXIT_HEALTHY : EXIT_CANNOT;
}
