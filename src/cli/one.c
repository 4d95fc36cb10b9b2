/*
 * one - see one.h.
 */
#include "cli/one.h"

#include "cli/input.h"
#include "engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN_UNREAD = 3 };

/* "  43 %  120 MB" on a terminal, once it takes longer than half a second. */
static void progress(struct one *rd, bool over)
{
    uint64_t now = clock_ns();
    char text[80];
    int n;

    if (rd->o->quiet || rd->worker || !isatty(STDERR_FILENO))
        return;
    if (over) {
        if (rd->told)
            (void)!write(STDERR_FILENO, "\r\033[K", 4);
        return;
    }
    if (now - rd->started < TT_NS_PER_S / 2 ||
        (rd->told && now - rd->told < TT_NS_PER_S / 5))
        return;
    rd->told = now;
    if (rd->size)
        n = snprintf(text, sizeof(text), "\r%3u %%  %.1f MB\033[K",
                     (unsigned)(rd->done * 100 / rd->size),
                     (double)rd->done / 1e6);
    else
        n = snprintf(text, sizeof(text), "\r%.1f MB\033[K",
                     (double)rd->done / 1e6);
    (void)!write(STDERR_FILENO, text, (size_t)n);
}

static enum tt_status begin(struct one *rd)
{
    rd->begun = true;
    return intake_begin(&rd->in, tt_reader_report(rd->reader)->info.quality)
               ? TT_OK
               : TT_ERR_NOMEM;
}

static enum tt_status take(const struct tt_record *r, void *user)
{
    struct one *rd = user;
    enum tt_status st = rd->begun ? TT_OK : begin(rd);

    if (!st && rd->watch && r->t_ns >= rd->o->since_ns &&
        r->t_ns <= rd->o->until_ns)
        rd->watch(r, tt_reader_report(rd->reader)->info.quality, rd->user);
    return st ? st : intake_record(&rd->in, r);
}

static bool holds(const uint8_t *p, size_t n, const char *word)
{
    size_t len = strlen(word);
    const uint8_t *end = p + n, *at = p;

    for (; (at = memchr(at, word[0], (size_t)(end - at))); at++)
        if ((size_t)(end - at) < len)
            return false;
        else if (!memcmp(at, word, len))
            return true;
    return false;
}

/* Rules quote what devices and tools say: that is no recording of it. */
static bool is_rule_file(const uint8_t *p, size_t n)
{
    return holds(p, n, "\nrule ") && holds(p, n, "\n  title ") &&
           holds(p, n, "\n  verdict ");
}

/* What this program prints about a recording quotes it, and is none. */
static bool is_our_report(const uint8_t *p, size_t n)
{
    static const char json[] = "{\"telltale\":1,";
    size_t at = 0, word;

    if (n >= sizeof(json) - 1 && !memcmp(p, json, sizeof(json) - 1))
        return true;
    while (at < n && at < 10 && p[at] == ' ')
        at++;
    for (word = at; at < n && p[at] >= 'A' && p[at] <= 'Z';)
        at++;
    return at > word && at == 8 && holds(p + at, n - at, "\n    read  ") &&
           (holds(p + at, n - at, "\n     why  ") ||
            holds(p + at, n - at, "\n  ticket  "));
}

/* What a file is that was given by mistake, or NULL. */
static const char *other_kind(const uint8_t *p, size_t n)
{
    static const struct {
        const char *begins;
        size_t len;
        const char *is;
    } kinds[] = {{"\x7f"
                  "ELF",
                  4, "a program"},
                 {"MZ", 2, "a Windows program"},
                 {"\xfd"
                  "7zXZ",
                  5, "compressed; unxz it first"},
                 {"\x89PNG", 4, "a picture"},
                 {"\xff\xd8\xff", 3, "a picture"},
                 {"%PDF", 4, "a PDF"}};

    if (is_rule_file(p, n))
        return "a file of rules ('telltale rules check' reads it)";
    for (size_t i = 0; i < TT_LEN(kinds); i++)
        if (n >= kinds[i].len && !memcmp(p, kinds[i].begins, kinds[i].len))
            return kinds[i].is;
    return NULL;
}

static void on_piece(const uint8_t *p, size_t n, uint64_t total, void *user)
{
    struct one *rd = user;

    if (!total && !rd->o->format && rd->o->lane < 0)
        rd->is_report = is_our_report(p, n);
    if (!total && !rd->o->format)
        rd->other = other_kind(p, n);
    rd->done = total;
    progress(rd, false);
}

/* Options that are about lines do nothing on a file: said, not swallowed. */
static void say_unused(const struct options *o, const char *name)
{
    char list[64] = "";
    const struct {
        bool given;
        const char *name;
    } line[] = {{o->record, " -r"},
                {o->baud, " -b"},
                {o->mode[0], " -m"},
                {o->for_ns != UINT64_MAX, " --for"},
                {o->force && !o->html && !o->bundle, " --force"}};
    size_t n = 0;

    for (size_t i = 0; i < TT_LEN(line); i++)
        if (line[i].given)
            n += (size_t)snprintf(list + n, sizeof(list) - n, "%s",
                                  line[i].name);
    if (n)
        say("%s is a recording already; this is for lines and does nothing "
            "here:%s",
            shown_name(name), list);
}

/* Bytes that --since and --until took away are no part of the verdict. */
static void say_cut(const struct one *rd, const char *name)
{
    if (rd->in.cut_bytes && !rd->o->quiet)
        say("%s: --since and --until leave out %llu bytes", shown_name(name),
            (unsigned long long)rd->in.cut_bytes);
}

/* Which rules fired, and what the engine had to do (-v). */
static void say_more(const struct one *rd)
{
    struct tt_engine_stats s;

    if (!rd->o->verbose)
        return;
    tt_engine_stats_get(tt_session_engine(rd->in.session), &s);
    say("%llu items, %llu hits, %llu attempts dropped, %llu fields "
        "forgotten, %.1f MB",
        (unsigned long long)s.items, (unsigned long long)s.hits,
        (unsigned long long)s.dropped, (unsigned long long)s.forgotten,
        (double)s.memory / 1e6);
}

/* Text that nobody said is what a tool printed, and that means nothing as
 * what a device sent: it may be the saved output of a tool. */
static bool may_be_log(const struct one *rd, const struct tt_verdict *v)
{
    const struct tt_read_report *how = tt_reader_report(rd->reader);

    return v->status == TT_STATUS_UNKNOWN && rd->o->lane < 0 && !rd->other &&
           how->is_text;
}

/*
 * The same text once more, as what a tool printed.  That is what counts when
 * it means anything: the rules about tools know whether their words are proof
 * or a hint.
 */
static bool told_as_log(struct one *rd, const char *name, enum exit_code *code)
{
    struct tt_read_report how = *tt_reader_report(rd->reader);
    struct tt_report_input in = {.name = name, .read = &how, .info = &how.info};
    struct tt_verdict v;

    if (rd->notes)
        tt_notes_clear(rd->notes);
    (void)snprintf(how.info.format, sizeof(how.info.format),
                   "%.40s, read as what a tool printed",
                   tt_reader_report(rd->reader)->info.format);
    if (intake_as_tool(&rd->in, how.info.quality, how.end_ns, &v) ||
        (!v.has_headline && !v.ndecide))
        return false;
    in.tape = rd->in.tape;
    rd->tell(&v, &in, rd->user);
    rd->as_tool = true;
    *code = verdict_code(&v);
    if (!rd->o->quiet)
        say("%s is text: as what a device sent it means nothing, so it was "
            "read as what a tool printed (--lane device or tool decides)",
            shown_name(name));
    return true;
}

static enum exit_code report(struct one *rd, const char *name)
{
    const struct tt_read_report *how = tt_reader_report(rd->reader);
    struct tt_report_input in = {
        .name = name, .read = how, .info = &how->info, .tape = rd->in.tape};
    enum exit_code code = EXIT_CANNOT;
    struct tt_verdict v;

    rd->in.unread = how->unread;
    if (intake_end(&rd->in, how->end_ns, &v)) {
        say("%s: %s", name, tt_status_name(TT_ERR_NOMEM));
        return code;
    }
    rd->tell(&v, &in, rd->user);
    code = verdict_code(&v);
    if (may_be_log(rd, &v) && !told_as_log(rd, name, &code) && !rd->o->quiet)
        say("%s is text, taken as what a device sent; for the output of "
            "a tool say --lane tool",
            shown_name(name));
    if (rd->o->quiet) /* the full report has it */
        input_say_unread(how, shown_name(name), SHOWN_UNREAD);
    say_cut(rd, name);
    say_more(rd);
    return code;
}

/* --usb or --tcp named what is not there: all that is. */
static void say_parties(const struct one *rd, const char *name)
{
    const struct tt_read_report *how =
        rd->reader ? tt_reader_report(rd->reader) : NULL;

    if (!how || how->nparties < 2 || (!rd->o->usb && !rd->o->tcp))
        return;
    for (size_t i = 0; i < how->nparties; i++)
        if (how->party[i].taken)
            return;
    for (size_t i = 0; i < how->nparties; i++)
        say("%s holds %s", shown_name(name), how->party[i].text);
    if (how->more)
        say("%s holds %llu more", shown_name(name),
            (unsigned long long)how->more);
}

/* One recording that is open already. */
static enum exit_code read_fd(struct one *rd, const char *name, int fd)
{
    struct tt_error err = {.msg = "out of memory"};
    enum exit_code code = EXIT_CANNOT;
    enum tt_status st;

    if (rd->notes) {
        tt_notes_clear(rd->notes);
        tt_session_notes(rd->in.session, tt_notes_hit, rd->notes);
    }
    rd->begun = rd->as_tool = false;
    rd->other = NULL;
    rd->is_report = false;
    rd->done = rd->told = 0;
    rd->started = clock_ns();
    st = input_reader(&rd->reader, rd->o, take, rd, &err);
    if (!st)
        st = input_feed(rd->reader, fd, rd->o, on_piece, rd, &err);
    if (!st && !rd->begun)
        st = begin(rd);
    progress(rd, true);
    if (!st && rd->is_report) {
        st = TT_ERR_SYNTAX;
        rd->begun = false; /* what it quotes proves nothing */
        say("%s is a report of telltale, not a recording: give the recording "
            "that its 'read' line names (--lane device reads the text itself)",
            shown_name(name));
    } else if (st) {
        say_parties(rd, name);
        say("%s: %s", shown_name(name), err.msg);
    } else if (rd->other && !rd->o->quiet) {
        say("%s looks like %s, not like a recording: it is taken as raw bytes",
            shown_name(name), rd->other);
    }
    if (rd->reader && rd->begun) /* also when it broke off: what came counts */
        code = exit_worse(report(rd, name), st ? EXIT_CANNOT : EXIT_HEALTHY);
    else
        rd->tell(NULL, NULL, rd->user);
    tt_reader_free(rd->reader);
    rd->reader = NULL;
    return code;
}

/* Names that stand for a descriptor of ours: a recording may come through
 * them, as in  telltale read <(ssh pi cat x.pcapng) . */
bool one_is_fd_name(const char *name)
{
    return strncmp(name, "/dev/fd/", 8) == 0 ||
           strcmp(name, "/dev/stdin") == 0 ||
           strncmp(name, "/proc/self/fd/", 14) == 0;
}

bool one_is_line(const struct options *o, const char *name)
{
    struct stat st;

    if (is_address(name))
        return !o->format;
    return strcmp(name, "-") != 0 && stat(name, &st) == 0 &&
           is_line(st.st_mode) && !one_is_fd_name(name) && !o->format;
}

enum exit_code one_read(struct one *rd, const char *name)
{
    struct stat st;
    enum exit_code code;
    int fd = -1;

    if (!*name)
        say("an empty name: name a recording or a port, or - for standard "
            "input");
    else {
        say_unused(rd->o, name);
        fd = input_open(name);
    }
    if (fd < 0) {
        rd->tell(NULL, NULL, rd->user);
        return EXIT_CANNOT;
    }
    rd->size = fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
    code = read_fd(rd, name, fd);
    (void)close(fd);
    return code;
}
