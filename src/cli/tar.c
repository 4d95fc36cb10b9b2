/*
 * tar - recordings in tar archives, plain or compressed (POSIX.1-2017, pax,
 * "ustar Interchange Format"; GNU tar's long names).
 *
 * An archive can only be read from its beginning on.  So the place is kept:
 * who asks for one file after the other, in their order, reads the archive
 * once.
 */
#include "cli/archive.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCK = 512, PIECE = 1 << 16, MAX_NAME = 4096 };

/* An archive that is being read. */
struct tar {
    char path[MAX_NAME];
    int fd; /* of its bytes, unpacked; -1: none */
    pid_t unpacker;
    char name[MAX_NAME]; /* of the file that comes next */
    uint64_t size;
};

static struct tar open_tar = {.fd = -1};

/* ---- the bytes ------------------------------------------------------------- */

static enum tt_status to_pipe(const uint8_t *p, size_t n, void *user,
                              struct tt_error *err)
{
    (void)err;
    return write_all(*(int *)user, p, n) ? TT_ERR_IO : TT_OK;
}

static int unpack_all(int from, int to, const char *kind)
{
    struct unpack *u = unpack_new(kind);
    static uint8_t piece[PIECE];
    struct tt_error err;
    enum tt_status st = u ? TT_OK : TT_ERR_NOMEM;
    ssize_t n;

    while (!st && (n = read(from, piece, sizeof(piece))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        st = n < 0 ? TT_ERR_IO
                   : unpack_feed(u, piece, (size_t)n, to_pipe, &to, &err);
    }
    if (!st)
        st = unpack_finish(u, &err);
    return st == TT_ERR_LIMIT ? ARCHIVE_BOMB : st ? ARCHIVE_DAMAGED : 0;
}

static void tar_close(struct tar *t)
{
    if (t->fd >= 0)
        (void)close(t->fd);
    while (t->unpacker > 0 && waitpid(t->unpacker, NULL, 0) < 0 &&
           errno == EINTR)
        continue;
    *t = (struct tar){.fd = -1};
}

static bool tar_start(struct tar *t, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), ends[2];
    uint8_t head[UNPACK_LOOK];
    const char *kind;

    *t = (struct tar){.fd = -1};
    if (fd < 0 || strlen(path) >= sizeof(t->path))
        return false;
    memcpy(t->path, path, strlen(path) + 1);
    kind = pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head)
               ? unpack_kind(head, sizeof(head))
               : NULL;
    if (!kind) {
        t->fd = fd;
        return true;
    }
    t->unpacker = pipe(ends) ? -1 : fork();
    if (!t->unpacker) {
        (void)signal(SIGPIPE, SIG_IGN);
        (void)close(ends[0]);
        _exit(unpack_all(fd, ends[1], kind));
    }
    (void)close(fd);
    if (t->unpacker < 0)
        return false;
    (void)close(ends[1]);
    t->fd = ends[0];
    return true;
}

/* ---- the headers ----------------------------------------------------------- */

/* A number in octal digits or, its first bit set, in bytes. */
static bool cut_number(const uint8_t *p, size_t n, uint64_t *v)
{
    *v = 0;
    if (p[0] & 0x80) {
        for (size_t i = n - 8; i < n; i++)
            *v = *v << 8 | p[i];
        return true;
    }
    for (size_t i = 0; i < n && p[i] && p[i] != ' '; i++) {
        if (p[i] < '0' || p[i] > '7')
            return false;
        *v = *v << 3 | (unsigned)(p[i] - '0');
    }
    return true;
}

static bool is_header(const uint8_t b[BLOCK])
{
    uint64_t told, sum = 0;

    for (size_t i = 0; i < BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : b[i];
    return !memcmp(b + 257, "ustar", 5) && cut_number(b + 148, 8, &told) &&
           told == sum;
}

static enum tt_status first_block(const uint8_t *p, size_t n, void *user,
                                  struct tt_error *err)
{
    struct {
        uint8_t b[BLOCK];
        size_t n;
    } *to = user;

    (void)err;
    if (n > BLOCK - to->n)
        n = BLOCK - to->n;
    memcpy(to->b + to->n, p, n);
    to->n += n;
    return to->n == BLOCK ? TT_ERR_LIMIT : TT_OK;
}

bool tar_is(const char *path)
{
    static uint8_t piece[4096];
    struct {
        uint8_t b[BLOCK];
        size_t n;
    } block = {.n = 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : read(fd, piece, sizeof(piece));
    const char *kind = n > 0 ? unpack_kind(piece, (size_t)n) : NULL;
    struct unpack *u = kind ? unpack_new(kind) : NULL;
    struct tt_error err;

    if (u)
        (void)!unpack_feed(u, piece, (size_t)n, first_block, &block, &err);
    else if (n >= BLOCK && !kind)
        (void)first_block(piece, BLOCK, &block, &err);
    unpack_free(u);
    if (fd >= 0)
        (void)close(fd);
    return block.n == BLOCK && is_header(block.b);
}

static bool skip(int fd, uint64_t n)
{
    static uint8_t piece[PIECE];

    while (n) {
        size_t some = n < sizeof(piece) ? (size_t)n : sizeof(piece);

        if (!read_exactly(fd, piece, some))
            return false;
        n -= some;
    }
    return true;
}

static uint64_t padded(uint64_t size)
{
    return (size + BLOCK - 1) / BLOCK * BLOCK;
}

/* The name in a header of its own: GNU's is that alone, pax has it among
 * others, "30 path=...\n". */
static bool long_name(struct tar *t, char type, uint64_t size)
{
    static char text[1 << 16];
    uint64_t whole = padded(size);

    if (size >= sizeof(text))
        return skip(t->fd, whole);
    if (!read_exactly(t->fd, text, (size_t)whole))
        return false;
    text[size] = '\0';
    if (type == 'L') {
        (void)snprintf(t->name, sizeof(t->name), "%.4000s", text);
        return true;
    }
    for (char *at = text; at < text + size;) {
        char *rest;
        unsigned long n = strtoul(at, &rest, 10);

        if (n < 3 || n > (unsigned long)(text + size - at) || *rest != ' ')
            break;
        if (!strncmp(rest + 1, "path=", 5))
            (void)snprintf(t->name, sizeof(t->name), "%.*s",
                           (int)(at + n - 1 - (rest + 6)), rest + 6);
        at += n;
    }
    return true;
}

static void name_of(struct tar *t, const uint8_t *b)
{
    bool prefix = b[345] && b[262] == '\0'; /* not GNU's older form */

    if (!*t->name)
        (void)snprintf(t->name, sizeof(t->name), "%.155s%s%.100s",
                       prefix ? (const char *)b + 345 : "", prefix ? "/" : "",
                       (const char *)b);
    if (!strncmp(t->name, "./", 2))
        memmove(t->name, t->name + 2, strlen(t->name + 2) + 1);
}

/* On to the next file: 1, 0: there is none, -1: damaged. */
static int next_file(struct tar *t)
{
    uint8_t b[BLOCK];

    *t->name = '\0';
    for (;;) {
        if (!read_exactly(t->fd, b, sizeof(b)))
            return -1;
        if (!b[0])
            return 0;
        if (!is_header(b) || !cut_number(b + 124, 12, &t->size) ||
            t->size > UINT64_MAX / 2)
            return -1;
        if (b[156] == 'L' || b[156] == 'x') {
            if (!long_name(t, (char)b[156], t->size))
                return -1;
            continue;
        }
        if (b[156] == '0' || b[156] == '\0') {
            name_of(t, b);
            return 1;
        }
        *t->name = '\0';
        if (!skip(t->fd, padded(t->size)))
            return -1;
    }
}

bool tar_names(const char *path, archive_name_fn *fn, void *user)
{
    struct tar t;
    int got = -1;

    if (tar_start(&t, path))
        while ((got = next_file(&t)) > 0)
            if (!fn(user, t.name) || !skip(t.fd, padded(t.size))) {
                got = -1;
                break;
            }
    tar_close(&t);
    return got == 0;
}

/* ---- one file ---------------------------------------------------------------- */

/* The file to a descriptor, and on to the next one whoever reads it or not. */
static int copy_out(struct tar *t, int to)
{
    static uint8_t piece[PIECE];
    bool wanted = true;

    for (uint64_t left = t->size; left;) {
        size_t some = left < sizeof(piece) ? (size_t)left : sizeof(piece);

        if (!read_exactly(t->fd, piece, some))
            return ARCHIVE_DAMAGED;
        wanted = wanted && !write_all(to, piece, some);
        left -= some;
    }
    (void)close(to);
    return skip(t->fd, padded(t->size) - t->size) ? 0 : ARCHIVE_DAMAGED;
}

/* Stand before the file; false: it is not there. */
static bool find(struct tar *t, const char *path, const char *member)
{
    for (int tries = 0; tries < 2; tries++) {
        int got = 0;

        if (t->fd < 0 || strcmp(t->path, path) != 0 || tries) {
            tar_close(t);
            if (!tar_start(t, path))
                return false;
            tries = 1;
        }
        while ((got = next_file(t)) > 0 && strcmp(t->name, member) != 0)
            if (!skip(t->fd, padded(t->size))) {
                got = -1;
                break;
            }
        if (got > 0)
            return true;
    }
    tar_close(t);
    return false;
}

int tar_open_member(const char *path, const char *member, pid_t *unpacker,
                    struct tt_error *err)
{
    struct tar *t = &open_tar;
    int ends[2];

    if (!find(t, path, member)) {
        (void)tt_fail(err, TT_ERR_IO, "there is no such file in %.100s", path);
        return -1;
    }
    *unpacker = pipe(ends) ? -1 : fork();
    if (*unpacker < 0) {
        (void)tt_fail(err, TT_ERR_IO, "cannot unpack it: %s", strerror(errno));
        tar_close(t);
        return -1;
    }
    if (!*unpacker) {
        (void)signal(SIGPIPE, SIG_IGN);
        (void)close(ends[0]);
        _exit(copy_out(t, ends[1]));
    }
    (void)close(ends[1]);
    return ends[0];
}
