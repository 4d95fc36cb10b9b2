/*
 * trip - round trips on a port, for tests/bench/run.sh.
 *
 *   trip device LINK [BAUD]   a pty called LINK that echoes, at that speed
 *   trip go PORT N            N times write one byte, read one; prints the ms
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A byte is on the wire for ten bits; there and back. */
static void wire(unsigned baud)
{
    double until = now() + (baud ? 2 * 10e3 / baud : 0);

    while (baud && now() < until)
        ;
}

static int device(const char *link, unsigned baud)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
    struct termios t;
    char c;

    if (master < 0 || grantpt(master) || unlockpt(master))
        return 1;
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    tcgetattr(slave, &t);
    cfmakeraw(&t);
    tcsetattr(slave, TCSANOW, &t);
    unlink(link);
    if (symlink(ptsname(master), link))
        return 1;
    while (read(master, &c, 1) == 1) {
        wire(baud);
        if (write(master, &c, 1) != 1)
            return 1;
    }
    return 0;
}

static int go(const char *port, int n)
{
    int fd = open(port, O_RDWR | O_NOCTTY);
    struct termios t;
    double start;

    if (fd < 0 || tcgetattr(fd, &t))
        return 1;
    cfmakeraw(&t);
    tcsetattr(fd, TCSANOW, &t);
    start = now();
    for (int i = 0; i < n; i++) {
        char c = (char)i;

        if (write(fd, &c, 1) != 1 || read(fd, &c, 1) != 1)
            return 1;
    }
    printf("%.1f\n", now() - start);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && !strcmp(argv[1], "device"))
        return device(argv[2], argc > 3 ? (unsigned)atoi(argv[3]) : 0);
    if (argc > 3 && !strcmp(argv[1], "go"))
        return go(argv[2], atoi(argv[3]));
    return 2;
}
