/*
 * bench - a workbench without hardware, for "make demo" and tests.
 *
 *   bench wire            a board whose application prints h every 10 ms and
 *                         a host that calls its boot loader with 7F meet on
 *                         two ptys; what passes between them goes to stdout
 *                         as tape text
 *   bench board LINK SEC  the board alone: LINK becomes a name for its port,
 *                         for SEC seconds
 *
 * Nothing here knows telltale; it is what a bench looks like from outside.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    (void)nanosleep(&t, NULL);
}

/* A pty: the master is returned, the other end's name goes to name. */
static int new_port(char *name, size_t size)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    struct termios t;

    if (fd < 0 || grantpt(fd) || unlockpt(fd)) {
        perror("pty");
        exit(2);
    }
    (void)snprintf(name, size, "%s", ptsname(fd));
    if (tcgetattr(fd, &t) == 0) {
        t.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
        t.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
        t.c_oflag &= ~(tcflag_t)OPOST;
        (void)tcsetattr(fd, TCSANOW, &t);
    }
    return fd;
}

static int open_port(const char *name)
{
    int fd = open(name, O_RDWR | O_NOCTTY);

    if (fd < 0) {
        perror(name);
        exit(2);
    }
    return fd;
}

/* The application: a heartbeat, deaf to whatever is sent to it. */
static void board(const char *port, double seconds)
{
    int fd = open_port(port);
    double end = now() + seconds;

    while (now() < end) {
        if (write(fd, "h", 1) != 1)
            break;
        pause_ms(10);
    }
    exit(0);
}

/* A flashing tool: calls three times, gives up on what is no ACK. */
static void host(const char *port)
{
    int fd = open_port(port);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char c;

    pause_ms(25);
    for (int i = 0; i < 3; i++) {
        if (write(fd, "\x7f", 1) != 1)
            break;
        for (double end = now() + 0.1; now() < end;)
            if (poll(&p, 1, 10) > 0 && read(fd, &c, 1) != 1)
                break;
    }
    pause_ms(100);
    exit(0);
}

/* Carry what has come from one side to the other, and write it down. */
static int carry(int from, int to, char mark, double start)
{
    unsigned char b[256];
    ssize_t n = read(from, b, sizeof(b));

    if (n <= 0)
        return 0;
    printf("%.6f %c", now() - start, mark);
    for (ssize_t i = 0; i < n; i++)
        printf(" %02X", b[i]);
    printf("\n");
    (void)fflush(stdout);
    return write(to, b, (size_t)n) == n;
}

static int wire(void)
{
    char host_name[64], board_name[64];
    int h = new_port(host_name, sizeof(host_name));
    int b = new_port(board_name, sizeof(board_name));
    struct pollfd p[2] = {{.fd = h, .events = POLLIN},
                          {.fd = b, .events = POLLIN}};
    double start = now();
    pid_t pid[2];

    printf("# telltale tape 1\n"
           "# device: a board whose application prints h every 10 ms\n"
           "# adapter: two ptys\n"
           "# time: us\n");
    (void)fflush(stdout);
    pid[0] = fork();
    if (pid[0] == 0)
        board(board_name, 5);
    pid[1] = fork();
    if (pid[1] == 0)
        host(host_name);
    while (waitpid(pid[1], NULL, WNOHANG) == 0) {
        if (poll(p, 2, 20) <= 0)
            continue;
        if (p[0].revents & POLLIN)
            (void)carry(h, b, '>', start);
        if (p[1].revents & POLLIN)
            (void)carry(b, h, '<', start);
    }
    (void)kill(pid[0], SIGTERM);
    (void)waitpid(pid[0], NULL, 0);
    return 0;
}

static int alone(const char *link, double seconds)
{
    char name[64];
    int fd = new_port(name, sizeof(name));

    (void)unlink(link);
    if (symlink(name, link)) {
        perror(link);
        return 2;
    }
    /* The board writes into the master; the port is the other end.  It is one
     * process: who ends it has pulled the plug. */
    for (double end = now() + seconds; now() < end; pause_ms(10))
        if (write(fd, "h", 1) != 1)
            break;
    (void)unlink(link);
    (void)close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "wire") == 0)
        return wire();
    if (argc == 4 && strcmp(argv[1], "board") == 0)
        return alone(argv[2], strtod(argv[3], NULL));
    fprintf(stderr, "bench wire | bench board LINK SECONDS\n");
    return 2;
}
