/*
 * many - see many.h.
 *
 * The rules are read once, before the fork; each worker compiles them, takes
 * a number, reads that recording and sends back what it came to, until there
 * are no more.  What arrives too early waits for its turn; nobody runs further
 * ahead than AHEAD, so that what waits stays small.  A worker that dies takes
 * one recording with it: that is told, and another worker goes on.
 */
#include "cli/many.h"

#include "cli/input.h"
#include "cli/output.h"
#include "cli/row.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MAX_WORKERS = 64,
    AHEAD = 512, /* recordings that may wait for an earlier one */
    MAX_DEATHS =
        8 /* workers that died in a row: then something else is wrong */
};

struct worker {
    pid_t pid;
    int fd;
    size_t job; /* being read; SIZE_MAX: none */
};

struct many {
    const struct options *o;
    struct tt_rules *set;
    const struct names *names;
    struct worker worker[MAX_WORKERS];
    size_t nworkers;
    size_t next, shown;     /* to be given out, to be printed */
    struct row wait[AHEAD]; /* of shown .. shown + AHEAD - 1 */
    bool here[AHEAD];
    unsigned deaths;
    struct table table;
    enum exit_code code;
    bool stop;
};

/* ---- in a worker ----------------------------------------------------------- */

/* Numbers in, rows out, until the other end closes. */
static void work(const struct many *m, int fd)
{
    struct row_reader *rr = row_reader_new(m->o, m->set);
    struct row row;
    uint32_t job;

    while (read_exactly(fd, &job, sizeof(job))) {
        bool good;

        row_read(rr, m->names->name[job], job, &row);
        good = !write_all(fd, &row.head, sizeof(row.head));
        for (size_t i = 0; good && i < ROW_TEXTS; i++)
            good = !write_all(fd, row.text[i], row.head.len[i]);
        row_release(&row);
        if (!good)
            break;
    }
    row_reader_free(rr);
}

/* ---- in the parent ----------------------------------------------------------- */

static bool hire(struct many *m, struct worker *w)
{
    int pair[2];
    pid_t pid;

    w->fd = -1;
    w->job = SIZE_MAX;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return false;
    (void)fflush(stdout);
    pid = fork();
    if (pid < 0) {
        (void)close(pair[0]);
        (void)close(pair[1]);
        return false;
    }
    if (!pid) {
        (void)close(pair[0]);
        for (size_t i = 0; i < m->nworkers; i++)
            if (m->worker[i].fd >= 0)
                (void)close(m->worker[i].fd);
        work(m, pair[1]);
        _exit(0);
    }
    (void)close(pair[1]);
    w->pid = pid;
    w->fd = pair[0];
    return true;
}

static void give(struct many *m, struct worker *w)
{
    uint32_t job = (uint32_t)m->next;

    if (m->next == m->names->n || m->next >= m->shown + AHEAD ||
        write_all(w->fd, &job, sizeof(job)) != 0)
        return; /* one that died is found out when it is listened to */
    w->job = m->next++;
}

static void print_ready(struct many *m)
{
    while (!m->stop && m->here[m->shown % AHEAD]) {
        struct row *r = &m->wait[m->shown % AHEAD];

        m->here[m->shown % AHEAD] = false;
        m->code = exit_worse(m->code, (enum exit_code)r->head.code);
        m->stop = !table_row(&m->table, m->names->name[m->shown], r);
        row_release(r);
        m->shown++;
    }
}

static void arrived(struct many *m, size_t job, const struct row *row)
{
    m->wait[job % AHEAD] = *row;
    m->here[job % AHEAD] = true;
    print_ready(m);
    table_progress(&m->table, m->shown, m->names->n, false);
}

static bool take_row(int fd, struct row *row)
{
    bool good = read_exactly(fd, &row->head, sizeof(row->head));

    for (size_t i = 0; i < ROW_TEXTS; i++)
        row->text[i] = NULL;
    for (size_t i = 0; good && i < ROW_TEXTS; i++) {
        row->text[i] = malloc((size_t)row->head.len[i] + 1);
        good = row->text[i] && read_exactly(fd, row->text[i], row->head.len[i]);
        if (good)
            row->text[i][row->head.len[i]] = '\0';
    }
    if (!good)
        row_release(row);
    return good;
}

/* The worker is gone, and the recording that it had with it. */
static void died(struct many *m, struct worker *w)
{
    struct row row;
    int status = 0;

    (void)close(w->fd);
    w->fd = -1;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (w->job == SIZE_MAX)
        return;
    m->deaths++;
    row_of_death(&row, m->names->name[w->job], w->job,
                 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    arrived(m, w->job, &row);
    if (m->deaths < MAX_DEATHS)
        (void)hire(m, w);
}

static void listen_to(struct many *m, struct worker *w)
{
    struct row row;

    if (!take_row(w->fd, &row)) {
        died(m, w);
        return;
    }
    m->deaths = 0;
    w->job = SIZE_MAX;
    arrived(m, row.head.job, &row);
}

/* Somebody has something to say; false when there is nobody left. */
static bool wait_for_one(struct many *m)
{
    struct pollfd p[MAX_WORKERS];
    struct worker *who[MAX_WORKERS];
    nfds_t n = 0;

    for (size_t i = 0; i < m->nworkers; i++)
        if (m->worker[i].fd >= 0 && m->worker[i].job != SIZE_MAX) {
            who[n] = &m->worker[i];
            p[n++] = (struct pollfd){.fd = m->worker[i].fd, .events = POLLIN};
        }
    if (!n)
        return false;
    if (poll(p, n, 200) < 0 && errno != EINTR)
        return false;
    table_progress(&m->table, m->shown, m->names->n, false);
    for (nfds_t i = 0; i < n && !m->stop; i++)
        if (p[i].revents)
            listen_to(m, who[i]);
    return true;
}

static void dismiss(struct many *m)
{
    for (size_t i = 0; i < m->nworkers; i++) {
        struct worker *w = &m->worker[i];

        if (w->fd < 0)
            continue;
        (void)close(w->fd); /* it ends when it wants the next number */
        if (m->stop)
            (void)kill(w->pid, SIGTERM);
        while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
}

static size_t workers_for(size_t files)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    if (n < 1)
        n = 1;
    if (n > MAX_WORKERS)
        n = MAX_WORKERS;
    return (size_t)n < files ? (size_t)n : files;
}

static void run(struct many *m)
{
    size_t want = workers_for(m->names->n);

    for (; m->nworkers < want; m->nworkers++)
        if (!hire(m, &m->worker[m->nworkers]))
            break;
    if (!m->nworkers) {
        say("cannot start a process: %s", strerror(errno));
        m->code = EXIT_CANNOT;
        return;
    }
    do {
        for (size_t i = 0; i < m->nworkers; i++)
            if (m->worker[i].fd >= 0 && m->worker[i].job == SIZE_MAX)
                give(m, &m->worker[i]);
    } while (!m->stop && wait_for_one(m));
    if (!m->stop && m->shown < m->names->n) {
        say("%zu recordings were not read: too many processes died",
            m->names->n - m->shown);
        m->code = EXIT_CANNOT;
    }
}

enum exit_code many_read(const struct options *o, struct tt_rules *set,
                         const struct names *names)
{
    struct many *m = calloc(1, sizeof(*m));
    enum exit_code code = EXIT_CANNOT;

    if (!m) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        return code;
    }
    m->o = o;
    m->set = set;
    m->names = names;
    m->code = EXIT_HEALTHY;
    if (table_begin(&m->table, o, names))
        run(m);
    else
        m->code = EXIT_CANNOT;
    table_progress(&m->table, m->shown, names->n, true);
    if (!table_end(&m->table))
        m->code = EXIT_CANNOT;
    dismiss(m);
    for (size_t i = 0; i < AHEAD; i++)
        if (m->here[i])
            row_release(&m->wait[i]);
    code = m->code;
    free(m);
    return code;
}
