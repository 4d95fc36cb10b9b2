/*
 * archive - see archive.h: ZIP.
 */
#include "cli/archive.h"
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zip.h>

enum { PIECE = 1 << 16, MAX_META = 1 << 16, MAX_CHUNKS = 100000 };

static const uint64_t easy = 1 << 26, ratio = 250; /* as in unpack.c */
/* The samples of an idle line shrink to next to nothing. */
static const uint64_t most_samples = UINT64_C(1) << 36;

static const char folder[] = "recording/";

bool archive_is(int fd)
{
    char head[4];

    return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
           (!memcmp(head, "PK\3\4", 4) || !memcmp(head, "PK\5\6", 4));
}

/* ---- what is in it -------------------------------------------------------- */

/* A file that people mean: no folder, nothing hidden. */
static bool is_file(const char *name)
{
    size_t len = name ? strlen(name) : 0;
    const char *last = name ? strrchr(name, '/') : NULL;

    last = last ? last + 1 : name;
    return len && name[len - 1] != '/' && *last != '.' &&
           strncmp(name, "__MACOSX/", 9) != 0;
}

/* The number of the file to read: the one in the folder of a bundle, or the
 * only one there is.  -1: none, or not to be told which; *files says how many
 * there are. */
static zip_int64_t choose(zip_t *z, zip_int64_t *files, bool *bundle)
{
    zip_int64_t n = zip_get_num_entries(z, 0), only = -1, inside = -1;

    *files = 0;
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(z, (zip_uint64_t)i, 0);

        if (!is_file(name))
            continue;
        (*files)++;
        only = i;
        if (!strncmp(name, folder, sizeof(folder) - 1) && inside < 0)
            inside = i;
    }
    *bundle = inside >= 0;
    return inside >= 0 ? inside : *files == 1 ? only : -1;
}

/* A sigrok session holds these. */
static bool is_session(zip_t *z)
{
    return zip_name_locate(z, "metadata", 0) >= 0 &&
           zip_name_locate(z, "version", 0) >= 0 &&
           (zip_name_locate(z, "logic-1", 0) >= 0 ||
            zip_name_locate(z, "logic-1-1", 0) >= 0);
}

static zip_t *open_zip(int fd)
{
    int err = 0, own = dup(fd);
    zip_t *z = own < 0 ? NULL : zip_fdopen(own, 0, &err);

    if (!z && own >= 0)
        (void)close(own);
    return z;
}

static bool zip_names(int fd, const char *path, archive_name_fn *fn, void *user,
                      bool *failed)
{
    zip_t *z = open_zip(fd);
    zip_int64_t files = 0, n = z ? zip_get_num_entries(z, 0) : 0;
    bool bundle = false;

    if (!z)
        return false; /* what reads it will say so */
    (void)choose(z, &files, &bundle);
    if (bundle || files < 2 || is_session(z)) {
        zip_discard(z);
        return false;
    }
    if (files > ARCHIVE_MAX_FILES) {
        say("%s: an archive of more than %d files: unpack it and read the "
            "folder",
            path, ARCHIVE_MAX_FILES);
        *failed = true;
        n = 0;
    }
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(z, (zip_uint64_t)i, 0);

        if (is_file(name) && !fn(user, name))
            break;
    }
    zip_discard(z);
    return true;
}

struct prefixed {
    const char *path;
    archive_name_fn *fn;
    void *user;
    size_t n;
    bool many;
};

static bool with_path(void *user, const char *name)
{
    struct prefixed *p = user;
    char full[8192];

    if (p->n++ == ARCHIVE_MAX_FILES) {
        p->many = true;
        return false;
    }
    if (!is_file(name) || (size_t)snprintf(full, sizeof(full), "%s/%s", p->path,
                                           name) >= sizeof(full))
        return true;
    return p->fn(p->user, full);
}

bool archive_names(const char *path, archive_name_fn *fn, void *user,
                   bool *failed)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct prefixed p = {.path = path, .fn = fn, .user = user};
    struct stat st;
    bool is = false;

    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        if (archive_is(fd)) {
            is = zip_names(fd, path, with_path, &p, failed);
        } else if (tar_is(path)) {
            is = true;
            if (!tar_names(path, with_path, &p) && !p.many) {
                say("%s: the archive is damaged or cut off; what comes before "
                    "that is read",
                    path);
                *failed = true;
            }
            if (!p.n) {
                say("%s: there is no file in this archive", path);
                *failed = true;
            }
        }
        if (p.many) {
            say("%s: more than %d files in it; the first are read", path,
                ARCHIVE_MAX_FILES);
            *failed = true;
        }
    }
    (void)close(fd);
    return is;
}

/* ---- in another process ---------------------------------------------------- */

/* One file to a descriptor, most bytes at most; how it ended. */
static int unpack(zip_t *z, zip_int64_t which, int to, uint64_t *most)
{
    zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)which, 0);
    static char piece[PIECE];
    zip_int64_t n;
    zip_stat_t st;

    if (!f)
        return ARCHIVE_DAMAGED;
    if (!zip_stat_index(z, (zip_uint64_t)which, 0, &st) &&
        (st.valid & ZIP_STAT_SIZE) && st.size > *most)
        return ARCHIVE_BOMB; /* it says so itself */
    while ((n = zip_fread(f, piece, sizeof(piece))) > 0) {
        if ((uint64_t)n > *most) {
            (void)zip_fclose(f);
            return ARCHIVE_BOMB;
        }
        *most -= (uint64_t)n;
        if (write_all(to, piece, (size_t)n))
            _exit(0); /* nobody wants more of it */
    }
    (void)zip_fclose(f);
    return n < 0 ? ARCHIVE_DAMAGED : 0;
}

/* How much a file may grow to. */
static uint64_t room_for(zip_t *z, zip_int64_t which)
{
    zip_stat_t st;

    if (zip_stat_index(z, (zip_uint64_t)which, 0, &st) ||
        !(st.valid & ZIP_STAT_COMP_SIZE) || st.comp_size < easy / ratio)
        return easy;
    return st.comp_size > UINT64_MAX / ratio ? UINT64_MAX
                                             : st.comp_size * ratio;
}

/* The samples of a sigrok session, with their metadata in front
 * (src/format/logic.c). */
static int unpack_session(zip_t *z, int to)
{
    static char head[12 + MAX_META] = "TTLOGIC1";
    zip_file_t *f = zip_fopen(z, "metadata", 0);
    zip_int64_t n = 0, got, one = zip_name_locate(z, "logic-1", 0);
    uint64_t most = most_samples;
    int rc = 0;

    while (f && n < MAX_META &&
           (got = zip_fread(f, head + 12 + n, (zip_uint64_t)(MAX_META - n))) >
               0)
        n += got;
    if (!f || n <= 0)
        return ARCHIVE_DAMAGED;
    (void)zip_fclose(f);
    for (int i = 0; i < 4; i++)
        head[8 + i] = (char)(n >> 8 * i & 0xff);
    if (write_all(to, head, 12 + (size_t)n))
        _exit(0);
    if (one >= 0)
        return unpack(z, one, to, &most);
    for (int i = 1; !rc && i < MAX_CHUNKS; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "logic-1-%d", i);
        one = zip_name_locate(z, name, 0);
        if (one < 0)
            break;
        rc = unpack(z, one, to, &most);
    }
    return rc;
}

/* Start it; which: -1 for the session. */
static int start(zip_t *z, zip_int64_t which, pid_t *unpacker,
                 struct tt_error *err)
{
    uint64_t most = which < 0 ? 0 : room_for(z, which);
    int ends[2];

    *unpacker = pipe(ends) ? -1 : fork();
    if (*unpacker < 0) {
        (void)tt_fail(err, TT_ERR_IO, "cannot unpack it: %s", strerror(errno));
        zip_discard(z);
        return -1;
    }
    if (!*unpacker) {
        (void)signal(SIGPIPE, SIG_IGN);
        (void)close(ends[0]);
        _exit(which < 0 ? unpack_session(z, ends[1])
                        : unpack(z, which, ends[1], &most));
    }
    (void)close(ends[1]);
    zip_discard(z);
    return ends[0];
}

int archive_open(int fd, pid_t *unpacker, struct tt_error *err)
{
    zip_t *z = open_zip(fd);
    zip_int64_t files = 0, which = -1;
    bool bundle;

    if (!z) {
        (void)tt_fail(err, TT_ERR_SYNTAX,
                      "the ZIP archive is damaged, or not one");
        return -1;
    }
    if (is_session(z))
        return start(z, -1, unpacker, err);
    which = choose(z, &files, &bundle);
    if (which >= 0)
        return start(z, which, unpacker, err);
    if (!files)
        (void)tt_fail(err, TT_ERR_SYNTAX,
                      "there is no file in this ZIP archive");
    else
        (void)tt_fail(err, TT_ERR_SYNTAX,
                      "a ZIP archive of %lld files: 'telltale read' reads them "
                      "all, ARCHIVE/NAME is one of them",
                      (long long)files);
    zip_discard(z);
    return -1;
}

static int open_in(const char *path, const char *member, pid_t *unpacker,
                   struct tt_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), in = -1;
    zip_int64_t which;
    zip_t *z;

    if (fd < 0)
        return -1;
    if (archive_is(fd)) {
        z = open_zip(fd);
        which = z ? zip_name_locate(z, member, 0) : -1;
        if (which >= 0) {
            in = start(z, which, unpacker, err);
        } else {
            if (z)
                zip_discard(z);
            (void)tt_fail(err, TT_ERR_IO, "there is no such file in %.100s",
                          path);
        }
    } else if (tar_is(path)) {
        in = tar_open_member(path, member, unpacker, err);
    } else {
        (void)tt_fail(err, TT_ERR_IO, "%.120s is no folder and no archive",
                      path);
    }
    (void)close(fd);
    return in;
}

int archive_open_member(const char *name, pid_t *unpacker, struct tt_error *err)
{
    err->code = TT_OK;
    for (const char *at = strchr(name + 1, '/'); at && at[1];
         at = strchr(at + 1, '/')) {
        char path[4096];
        struct stat st;

        if ((size_t)(at - name) >= sizeof(path))
            break;
        memcpy(path, name, (size_t)(at - name));
        path[at - name] = '\0';
        if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
            return open_in(path, at + 1, unpacker, err);
    }
    return -1;
}

enum tt_status archive_end(pid_t unpacker, struct tt_error *err)
{
    int status = 0;

    while (waitpid(unpacker, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TT_OK;
    if (WIFEXITED(status) && WEXITSTATUS(status) == ARCHIVE_BOMB)
        return tt_fail(err, TT_ERR_LIMIT,
                       "it unpacks to far more than a recording does: reading "
                       "was stopped");
    return tt_fail(err, TT_ERR_SYNTAX,
                   "the archive is damaged, or locked with a password: what "
                   "was unpacked before that place was read");
}
