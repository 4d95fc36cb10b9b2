/*
 * main - options to a command, its result to an exit status.
 */
#include "cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const char **words = calloc((size_t)argc + 1, sizeof(*words));
    enum exit_code code = EXIT_CANNOT;
    struct options o;

    /* Without them a file of ours would become 0, 1 or 2, and get what is
     * printed. */
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd ? O_WRONLY : O_RDONLY);
    /* A reader of our output that goes away, and a recording that hits a
     * size limit, are results of write(), not reasons to die. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (!words) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
    } else if (options_parse(&o, argc, argv, words)) {
        if (o.version)
            code = cmd_version(&o);
        else if (o.help && o.command->run != cmd_help)
            code = help_command(o.command);
        else
            code = o.command->run(&o);
        code = put_end(code);
    }
    free(words);
    return (int)code;
}
