/*
 * A tool for the tests of 'telltale run': it uses its port in the ways that
 * tools do.  Built as it is, statically, and for 32 bits.
 *
 *   porttool ways PORT      all ways to open it, what they keep, dup
 *   porttool threads PORT   two threads on one descriptor, a third on ioctl
 *   porttool excl PORT      TIOCEXCL, and a second open without rights
 *   porttool child PORT     a child opens it, a grandchild writes
 *   porttool rx PORT N      N bytes, echoed, one at a time
 *   porttool x32 PORT       opens it and sets DTR by the calls of x32
 *   porttool uring          is there io_uring?
 *
 * Prints what it saw; exit status 0 when all calls went as they should.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/openat2.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int bad;

static void check(const char *what, int good)
{
    printf("%s %s\n", good ? "yes" : "NO ", what);
    bad |= !good;
}

static int said(int fd, const char *text)
{
    char back[64] = "";
    size_t n = strlen(text), got = 0;
    struct pollfd p = {fd, POLLIN, 0};

    if (write(fd, text, n) != (ssize_t)n)
        return 0;
    while (got < n && poll(&p, 1, 20000) == 1) {
        ssize_t r = read(fd, back + got, n - got);

        if (r > 0)
            got += (size_t)r;
        else if (r == 0 || errno != EAGAIN)
            break;
    }
    return got == n && !memcmp(back, text, n);
}

static void set_raw(int fd)
{
    struct termios t;

    check("tcgetattr", tcgetattr(fd, &t) == 0);
    cfmakeraw(&t);
    t.c_cflag |= PARENB;
    cfsetspeed(&t, B57600);
    check("tcsetattr", tcsetattr(fd, TCSANOW, &t) == 0);
    check("parity is kept", !tcgetattr(fd, &t) && t.c_cflag & PARENB &&
                                cfgetospeed(&t) == B57600);
}

static int ways(char *port)
{
    char dir[4096], base[4096];
    struct open_how how = {.flags = O_RDWR | O_NOCTTY | O_NONBLOCK};
    int dfd, fd, two;

    snprintf(dir, sizeof(dir), "%s", port);
    snprintf(base, sizeof(base), "%s", port);
    dfd = open(dirname(dir), O_RDONLY | O_DIRECTORY);
    fd = open(port, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    check("open", fd >= 0);
    set_raw(fd);
    check("O_NONBLOCK is kept", fcntl(fd, F_GETFL) & O_NONBLOCK);
    check("O_CLOEXEC is kept", fcntl(fd, F_GETFD) & FD_CLOEXEC);
    check("nothing to read is EAGAIN",
          read(fd, base, 1) < 0 && errno == EAGAIN);
    snprintf(base, sizeof(base), "%s", port);
    check("open: bytes", said(fd, "open"));
    two = fcntl(fd, F_DUPFD, 100);
    close(fd);
    check("dup: bytes", said(two, "dup"));
    check("dup: DTR", ioctl(two, TIOCMBIC, &(int){TIOCM_DTR}) == 0);
    close(two);
    fd = openat(dfd, basename(base), O_RDWR | O_NOCTTY);
    check("openat: bytes", said(fd, "openat"));
    check("openat: no O_CLOEXEC", !(fcntl(fd, F_GETFD) & FD_CLOEXEC));
    close(fd);
    check("chdir", fchdir(dfd) == 0);
    fd = open(basename(base), O_RDWR | O_NOCTTY);
    check("relative: bytes", said(fd, "relative"));
    close(fd);
    fd = (int)syscall(SYS_openat2, dfd, basename(base), &how, sizeof(how));
    check("openat2: bytes", said(fd, "openat2"));
    close(fd);
    return bad;
}

static int shared;

static void *writer(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2000; i++)
        if (write(shared, "x", 1) != 1)
            return "write";
    return NULL;
}

static void *reader(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2000; i++) {
        char c;

        if (read(shared, &c, 1) != 1 || c != 'x')
            return "read";
    }
    return NULL;
}

static void *toggler(void *arg)
{
    (void)arg;
    for (int i = 0; i < 200; i++)
        if (ioctl(shared, i % 2 ? TIOCMBIS : TIOCMBIC, &(int){TIOCM_RTS}))
            return "ioctl";
    return NULL;
}

static int threads(const char *port)
{
    pthread_t t[3];
    void *(*what[3])(void *) = {writer, reader, toggler};

    shared = open(port, O_RDWR | O_NOCTTY);
    set_raw(shared);
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, what[i], NULL);
    for (int i = 0; i < 3; i++) {
        void *why;

        pthread_join(t[i], &why);
        check(why ? (char *)why : "thread", !why);
    }
    return bad;
}

static int excl(const char *port)
{
    int fd = open(port, O_RDWR | O_NOCTTY), on = 0;
    pid_t child;
    int status;

    check("TIOCEXCL", ioctl(fd, TIOCEXCL) == 0);
    check("TIOCGEXCL", ioctl(fd, TIOCGEXCL, &on) == 0 && on);
    child = fork();
    if (child == 0) {
        if (getuid() == 0 && setuid(65534))
            _exit(9);
        _exit(open(port, O_RDWR | O_NOCTTY) < 0 && errno == EBUSY ? 0 : 1);
    }
    waitpid(child, &status, 0);
    check("another user is kept out", status == 0);
    check("TIOCNXCL", ioctl(fd, TIOCNXCL) == 0);
    return bad;
}

static int child(const char *port)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        int fd = open(port, O_RDWR | O_NOCTTY);

        set_raw(fd);
        if (fork() == 0)
            _exit(!said(fd, "grandchild"));
        wait(&status);
        check("a grandchild on an inherited descriptor", status == 0);
        fflush(stdout);
        _exit(bad);
    }
    waitpid(pid, &status, 0);
    return status != 0;
}

static int trips(const char *port, int n)
{
    int fd = open(port, O_RDWR | O_NOCTTY);
    struct termios t;

    if (fd < 0 || tcgetattr(fd, &t))
        return 1;
    cfmakeraw(&t);
    if (tcsetattr(fd, TCSANOW, &t))
        return 1;
    for (int i = 0; i < n; i++) {
        char c = (char)i;

        if (write(fd, &c, 1) != 1 || read(fd, &c, 1) != 1 || c != (char)i)
            return 1;
    }
    return 0;
}

/* The numbers of x32; what such a program would do.  Where the kernel has no
 * x32, they work under 'run' all the same, as it answers them. */
static int x32(const char *port)
{
#ifdef __x86_64__
    const long bit = 0x40000000;
    int fd = (int)syscall(bit | 257, AT_FDCWD, port, O_RDWR | O_NOCTTY);

    check("openat of x32", fd >= 0);
    set_raw(fd);
    check("bytes", said(fd, "x32"));
    check("DTR", syscall(bit | 514, fd, TIOCMBIC, &(int){TIOCM_DTR}) == 0);
    close(fd);
    fd = (int)syscall(bit | 2, port, O_RDWR | O_NOCTTY);
    check("open of x32: bytes", said(fd, "open"));
    check("io_uring", syscall(bit | 425, 8, (char[256]){0}) < 0 &&
                          errno == ENOSYS);
#else
    (void)port;
#endif
    return bad;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";

    if (!strcmp(how, "uring")) {
        char params[256] = {0};
        long fd = syscall(425, 8, params);

        printf("io_uring_setup: %s\n", fd >= 0 ? "there" : strerror(errno));
        return 0;
    }
    if (argc < 3)
        return 2;
    if (!strcmp(how, "ways"))
        return ways(argv[2]);
    if (!strcmp(how, "threads"))
        return threads(argv[2]);
    if (!strcmp(how, "excl"))
        return excl(argv[2]);
    if (!strcmp(how, "child"))
        return child(argv[2]);
    if (!strcmp(how, "x32"))
        return x32(argv[2]);
    if (!strcmp(how, "rx"))
        return trips(argv[2], argc > 3 ? atoi(argv[3]) : 100);
    return 2;
}
