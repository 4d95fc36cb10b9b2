#include "cli/filestore.h"

#include "base/letter.h"
#include "cli/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 64 << 10,
    FIRST_STEP = 1 << 20, /* bytes between snapshots, at first */
    MOST_SNAPSHOTS = 1024,
    MOST_REMARKS = 1000,
    WINDOWS = 4 /* parts of the file that are held as records */
};

struct snapshot {
    struct tt_reader *reader;
    uint64_t offset;             /* in the file, of what comes next */
    uint64_t record;             /* the number of the next one */
    uint64_t base[TT_LANE_LINE]; /* bytes of each lane before it */
};

struct window {
    struct tt_tape *tape;
    uint64_t first, end; /* records */
    uint64_t base[TT_LANE_LINE];
    uint64_t used; /* the larger the later */
};

struct filestore {
    char name[256];
    int fd;
    uint64_t size, at; /* bytes of the file; read so far */
    struct tt_reader *reader;
    uint64_t records, bytes[TT_LANE_LINE];
    struct snapshot *snap;
    size_t nsnaps;
    uint64_t step;
    struct window window[WINDOWS];
    uint64_t clock; /* of uses */
    struct remark *remark;
    size_t nremarks;
    bool done;
    char why[256]; /* it broke off */
    /* How it was before its end was taken for one: it may grow. */
    struct tt_reader *tail; /* NULL: not yet, or it cannot be */
    uint64_t tail_records, tail_bytes[TT_LANE_LINE];
    size_t tail_remarks;
};

/* ---- reading through ---------------------------------------------------- */

static enum tt_status count(const struct tt_record *r, void *user)
{
    struct filestore *f = user;

    if (r->event == TT_EV_NONE && !r->len)
        return TT_OK; /* a tape does not keep it either */
    f->records++;
    if (r->event == TT_EV_NONE && (unsigned)r->lane < TT_LANE_LINE)
        f->bytes[r->lane] += r->len;
    return TT_OK;
}

static enum tt_status nobody(const struct tt_record *r, void *user)
{
    (void)r;
    (void)user;
    return TT_OK;
}

/* A character of a remark that is safe to print; a letter of several bytes
 * moves *i to its last. */
static size_t add_letter(char *out, size_t n, size_t size, struct tt_slice text,
                         size_t *i, char c)
{
    size_t len = 1;

    if (c >= 0x20 && c < 0x7F) {
        out[n++] = c;
    } else if (tt_letter(text.p + *i, text.n - *i, &len) && n + len < size) {
        memcpy(out + n, text.p + *i, len);
        n += len;
        *i += len - 1;
    } else {
        out[n++] = c == '\n' ? ' ' : '?';
        *i += len - 1;
    }
    return n;
}

/* Comments of the recording; of too many the first stay.  Tape text has
 * quotes and backslashes with a backslash before them. */
static void on_remark(uint64_t t_ns, struct tt_slice text, void *user)
{
    struct filestore *f = user;
    struct remark *m = &f->remark[f->nremarks];
    bool escaped =
        !strcmp(tt_reader_report(f->reader)->info.format, "tape text");
    size_t n = 0;

    if (f->nremarks == MOST_REMARKS)
        return;
    *m = (struct remark){.t_ns = t_ns, .record = f->records};
    for (size_t i = 0; i < text.n && n + 1 < sizeof(m->text); i++) {
        char c = text.p[i];

        if (!n && c == ' ')
            continue;
        if (escaped && c == '\\' && i + 1 < text.n)
            c = text.p[++i];
        n = add_letter(m->text, n, sizeof(m->text), text, &i, c);
    }
    f->nremarks += n > 0;
}

size_t filestore_remarks(const struct filestore *f, const struct remark **out)
{
    *out = f->remark;
    return f->nremarks;
}

/* Too many: every other one goes. */
static void thin_out(struct filestore *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->nsnaps; i++) {
        if (i % 2)
            tt_reader_free(f->snap[i].reader);
        else
            f->snap[n++] = f->snap[i];
    }
    f->nsnaps = n;
    f->step *= 2;
}

/* Remember where the reader is.  A format that cannot be copied is read from
 * its start each time. */
static void take_snapshot(struct filestore *f)
{
    struct snapshot *s = &f->snap[f->nsnaps];

    if (f->nsnaps == MOST_SNAPSHOTS) {
        thin_out(f);
        return;
    }
    s->offset = f->at;
    s->record = f->records;
    memcpy(s->base, f->bytes, sizeof(s->base));
    if (!tt_reader_copy(&s->reader, f->reader, nobody, NULL))
        f->nsnaps++;
}

static void broke_off(struct filestore *f, const char *why)
{
    f->done = true;
    if (why && !f->why[0])
        (void)snprintf(f->why, sizeof(f->why), "%s", why);
}

static void keep_tail(struct filestore *f)
{
    if (tt_reader_copy(&f->tail, f->reader, count, f)) {
        f->tail = NULL;
        return;
    }
    tt_reader_remarks(f->tail, on_remark, f);
    f->tail_records = f->records;
    memcpy(f->tail_bytes, f->bytes, sizeof(f->tail_bytes));
    f->tail_remarks = f->nremarks;
}

enum filestore_change filestore_change(struct filestore *f)
{
    struct stat st;

    if (!f->done || !f->tail || fstat(f->fd, &st) || !S_ISREG(st.st_mode))
        return FILESTORE_SAME;
    return (uint64_t)st.st_size > f->at   ? FILESTORE_GROWN
           : (uint64_t)st.st_size < f->at ? FILESTORE_SHRUNK
                                          : FILESTORE_SAME;
}

bool filestore_go_on(struct filestore *f)
{
    bool same = f->records == f->tail_records && !f->why[0];
    struct stat st;

    tt_reader_free(f->reader);
    f->reader = f->tail;
    f->tail = NULL;
    f->records = f->tail_records;
    memcpy(f->bytes, f->tail_bytes, sizeof(f->bytes));
    f->nremarks = f->tail_remarks;
    f->done = false;
    f->why[0] = '\0';
    if (!fstat(f->fd, &st) && st.st_size > 0)
        f->size = (uint64_t)st.st_size;
    for (size_t i = 0; i < WINDOWS; i++) { /* the last may hold its end */
        tt_tape_free(f->window[i].tape);
        f->window[i] = (struct window){0};
    }
    return same;
}

bool filestore_index(struct filestore *f, size_t bytes)
{
    static uint8_t piece[PIECE];
    struct tt_error err = {.msg = "out of memory"};

    for (size_t done = 0; !f->done && done < bytes;) {
        ssize_t n = pread(f->fd, piece, sizeof(piece), (off_t)f->at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            broke_off(f, strerror(errno));
        } else if (n == 0) {
            keep_tail(f);
            broke_off(f, tt_reader_finish(f->reader, &err) ? err.msg : NULL);
        } else if (tt_reader_feed(f->reader, piece, (size_t)n, &err)) {
            broke_off(f, err.msg);
        } else {
            f->at += (uint64_t)n;
            done += (size_t)n;
            if (f->at >= f->snap[f->nsnaps - 1].offset + f->step)
                take_snapshot(f);
        }
    }
    return !f->done;
}

/* ---- windows ------------------------------------------------------------ */

struct filling {
    struct window *w;
    uint64_t record, upto; /* the next; keep those below */
};

static enum tt_status keep(const struct tt_record *r, void *user)
{
    struct filling *l = user;

    if (r->event == TT_EV_NONE && !r->len)
        return TT_OK;
    if (l->record++ >= l->upto)
        return TT_OK;
    return tt_tape_append(l->w->tape, r);
}

/* The snapshot from which record n is read. */
static size_t snapshot_of(const struct filestore *f, uint64_t n)
{
    size_t lo = 0, hi = f->nsnaps;

    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (f->snap[mid].record <= n)
            lo = mid;
        else
            hi = mid;
    }
    /* Of several at one record the last is the nearest. */
    return lo;
}

/* Read the file from a snapshot on until its window is full. */
static bool fill(struct filestore *f, struct window *w, size_t i)
{
    const struct snapshot *s = &f->snap[i];
    uint64_t upto = i + 1 < f->nsnaps ? f->snap[i + 1].record : f->records;
    uint64_t end = i + 1 < f->nsnaps ? f->snap[i + 1].offset : f->at;
    struct filling l = {w, s->record, upto};
    struct tt_reader *rd = NULL;
    struct tt_error err;
    bool good = !tt_reader_copy(&rd, s->reader, keep, &l);
    uint8_t *piece = malloc(PIECE);

    for (uint64_t at = s->offset; good && piece && at < end;) {
        size_t want = end - at < PIECE ? (size_t)(end - at) : PIECE;
        ssize_t n = pread(f->fd, piece, want, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || tt_reader_feed(rd, piece, (size_t)n, &err))
            break;
        at += (uint64_t)n;
    }
    if (good && f->done && i + 1 == f->nsnaps)
        good = !tt_reader_finish(rd, &err) || l.record > s->record;
    free(piece);
    tt_reader_free(rd);
    w->first = s->record;
    w->end = s->record + tt_tape_end(w->tape);
    memcpy(w->base, s->base, sizeof(w->base));
    return good;
}

static struct window *window_of(struct filestore *f, uint64_t n)
{
    struct window *oldest = &f->window[0];
    size_t i;

    for (i = 0; i < WINDOWS; i++) {
        struct window *w = &f->window[i];

        if (w->tape && n >= w->first && n < w->end) {
            w->used = ++f->clock;
            return w;
        }
        if (w->used < oldest->used)
            oldest = w;
    }
    i = snapshot_of(f, n);
    /* A part that was held when there was less of it gives its place. */
    for (size_t k = 0; k < WINDOWS; k++)
        if (f->window[k].tape && f->window[k].first == f->snap[i].record)
            oldest = &f->window[k];
    tt_tape_free(oldest->tape);
    *oldest = (struct window){.used = ++f->clock};
    if (tt_tape_new(&oldest->tape, SIZE_MAX / 2) || !fill(f, oldest, i))
        return NULL;
    return n >= oldest->first && n < oldest->end ? oldest : NULL;
}

/* ---- the store ---------------------------------------------------------- */

static uint64_t file_first(void *own)
{
    (void)own;
    return 0;
}

static uint64_t file_end(void *own)
{
    const struct filestore *f = own;

    return f->records;
}

static bool file_get(void *own, uint64_t n, struct tt_record *r,
                     uint64_t *offset)
{
    struct filestore *f = own;
    struct window *w;

    if (n >= f->records)
        return false;
    w = window_of(f, n);
    if (!w || !tt_tape_get(w->tape, n - w->first, r))
        return false;
    *offset = tt_tape_offset(w->tape, n - w->first);
    if (r->event == TT_EV_NONE)
        *offset += w->base[r->lane];
    return true;
}

struct store filestore_store(struct filestore *f)
{
    return (struct store){file_first, file_end, file_get, f};
}

/* ---- life --------------------------------------------------------------- */

struct filestore *filestore_open(const struct options *o, const char *name)
{
    struct filestore *f = calloc(1, sizeof(*f));
    struct tt_error err = {.msg = "out of memory"};
    struct stat st;

    if (!f) {
        say("%s", err.msg);
        return NULL;
    }
    (void)snprintf(f->name, sizeof(f->name), "%s", name);
    f->step = FIRST_STEP;
    f->fd = input_open(name);
    f->snap = calloc(MOST_SNAPSHOTS, sizeof(*f->snap));
    f->remark = calloc(MOST_REMARKS, sizeof(*f->remark));
    if (f->fd < 0 || !f->snap || !f->remark) {
        filestore_free(f);
        return NULL;
    }
    if (!fstat(f->fd, &st) && st.st_size > 0)
        f->size = (uint64_t)st.st_size;
    if (input_reader(&f->reader, o, count, f, &err)) {
        say("%s: %s", shown_name(name), err.msg);
        filestore_free(f);
        return NULL;
    }
    tt_reader_remarks(f->reader, on_remark, f);
    take_snapshot(f);
    (void)filestore_index(f, FIRST_STEP);
    if (f->why[0] && !f->records) {
        say("%s: %s", shown_name(name), f->why);
        filestore_free(f);
        return NULL;
    }
    return f;
}

void filestore_free(struct filestore *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->nsnaps; i++)
        tt_reader_free(f->snap[i].reader);
    for (size_t i = 0; i < WINDOWS; i++)
        tt_tape_free(f->window[i].tape);
    tt_reader_free(f->reader);
    tt_reader_free(f->tail);
    free(f->snap);
    free(f->remark);
    if (f->fd >= 0)
        (void)close(f->fd);
    free(f);
}

bool filestore_done(const struct filestore *f, const char **why)
{
    *why = f->why[0] ? f->why : NULL;
    return f->done;
}

unsigned filestore_percent(const struct filestore *f)
{
    return f->done || !f->size ? 100 : (unsigned)(f->at * 100 / f->size);
}

const struct tt_read_report *filestore_report(const struct filestore *f)
{
    return tt_reader_report(f->reader);
}
