/*
 * keepparity - a preloaded library for making captures with stm32flash.
 *
 * A pseudo terminal drops the parity bit, and stm32flash reads its settings
 * back and refuses such a port.  Here tcgetattr() returns what was set.
 * Nothing else is changed; the bytes are those of the real tool.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <termios.h>

static struct termios kept;
static int kept_fd = -1;

int tcsetattr(int fd, int how, const struct termios *t)
{
    int (*real)(int, int, const struct termios *) =
        (int (*)(int, int, const struct termios *))dlsym(RTLD_NEXT,
                                                         "tcsetattr");

    kept = *t;
    kept_fd = fd;
    return real(fd, how, t);
}

int tcgetattr(int fd, struct termios *t)
{
    int (*real)(int, struct termios *) =
        (int (*)(int, struct termios *))dlsym(RTLD_NEXT, "tcgetattr");

    if (fd != kept_fd)
        return real(fd, t);
    *t = kept;
    return 0;
}
