/*
 * How long a byte takes from one tty to another, and how many go through.
 *   pingpong A B ROUNDS     one byte to and fro: median and 99 % of each way
 *   pingpong A B - BYTES    from A to B: bytes a second
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static double now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int open_tty(const char *name)
{
    int fd = open(name, O_RDWR | O_NOCTTY);
    struct termios t;

    if (fd < 0 || tcgetattr(fd, &t)) {
        perror(name);
        exit(1);
    }
    cfmakeraw(&t);
    (void)tcsetattr(fd, TCSANOW, &t);
    return fd;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double one_way(int from, int to)
{
    double start = now_us();
    char c = 'x';

    if (write(from, &c, 1) != 1 || read(to, &c, 1) != 1)
        exit(1);
    return now_us() - start;
}

static void to_and_fro(int a, int b, size_t rounds)
{
    double *there = calloc(rounds, sizeof(*there));
    double *back = calloc(rounds, sizeof(*back));

    for (size_t i = 0; i < rounds / 10; i++) { /* warm up */
        (void)one_way(a, b);
        (void)one_way(b, a);
    }
    for (size_t i = 0; i < rounds; i++) {
        const struct timespec pause = {.tv_nsec = 200000};

        there[i] = one_way(a, b);
        (void)nanosleep(&pause, NULL);
        back[i] = one_way(b, a);
        (void)nanosleep(&pause, NULL);
    }
    qsort(there, rounds, sizeof(*there), by_size);
    qsort(back, rounds, sizeof(*back), by_size);
    printf("%.1f %.1f %.1f %.1f\n", there[rounds / 2], there[rounds * 99 / 100],
           back[rounds / 2], back[rounds * 99 / 100]);
}

static void through(int a, int b, size_t bytes)
{
    static char buf[65536];
    double start = now_us();
    pid_t pid = fork();
    size_t n = 0;

    if (pid == 0) {
        for (size_t k = 0; k < bytes;) {
            ssize_t w = write(a, buf, bytes - k < sizeof(buf) ? bytes - k
                                                              : sizeof(buf));

            if (w <= 0)
                _exit(1);
            k += (size_t)w;
        }
        _exit(0);
    }
    while (n < bytes) {
        ssize_t r = read(b, buf, sizeof(buf));

        if (r <= 0)
            exit(1);
        n += (size_t)r;
    }
    (void)waitpid(pid, NULL, 0);
    printf("%.1f\n", (double)bytes / (now_us() - start));
}

int main(int argc, char **argv)
{
    int a, b;

    if (argc < 4)
        return 2;
    a = open_tty(argv[1]);
    b = open_tty(argv[2]);
    (void)usleep(300000); /* until both are seen to be open */
    if (argc > 4)
        through(a, b, (size_t)strtoul(argv[4], NULL, 10));
    else
        to_and_fro(a, b, (size_t)strtoul(argv[3], NULL, 10));
    return 0;
}
