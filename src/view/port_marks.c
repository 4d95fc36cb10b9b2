/*
 * port_marks - the marks of a port, those that its recording holds included.
 *
 * A recording is only ever added to: what is changed or removed later stands
 * behind what it changes.
 */
#include "base/letter.h"
#include "view/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct mark *port_mark_at(const struct port *p, uint64_t record)
{
    for (size_t i = 0; i < p->nmarks; i++)
        if (p->mark[i].record == record)
            return &p->mark[i];
    return NULL;
}

/* A letter that has no room is left out whole. */
static void set_note(struct mark *m, const char *note)
{
    size_t n = 0, len;

    for (const char *s = note; *s; s += len) {
        uint32_t ch = tt_letter(s, strlen(s), &len);

        if (n + len >= sizeof(m->note))
            break;
        if (ch) {
            memcpy(m->note + n, s, len);
            n += len;
        } else {
            m->note[n++] = '?';
        }
    }
    m->note[n] = '\0';
}

bool port_mark(struct port *p, uint64_t record, uint64_t t_ns, const char *note)
{
    size_t at = p->nmarks;
    struct mark m = {.record = record, .t_ns = t_ns};

    if (port_mark_at(p, record)) {
        port_mark_change(p, record, note);
        return true;
    }
    if (at == PORT_MARKS)
        return false;
    set_note(&m, note);
    while (at > 0 && p->mark[at - 1].record > record) {
        p->mark[at] = p->mark[at - 1];
        at--;
    }
    p->mark[at] = m;
    p->nmarks++;
    return true;
}

void port_mark_change(struct port *p, uint64_t record, const char *note)
{
    for (size_t i = 0; i < p->nmarks; i++)
        if (p->mark[i].record == record)
            set_note(&p->mark[i], note);
}

void port_unmark(struct port *p, uint64_t record)
{
    size_t n = 0;

    for (size_t i = 0; i < p->nmarks; i++)
        if (p->mark[i].record != record)
            p->mark[n++] = p->mark[i];
    p->nmarks = n;
}

/* ---- those of a recording ------------------------------------------------ */

enum saying { SAYS_NOTHING, SAYS_MARK, SAYS_CHANGED, SAYS_REMOVED };

/* "mark at 1.500000 s: note", "mark at 1.500000 s changed: note", "mark at
 * 1.500000 s removed". */
static enum saying reads_mark(const char *text, uint64_t *t_ns,
                              const char **note)
{
    static const struct {
        const char *word;
        enum saying saying;
    } words[] = {{": ", SAYS_MARK},
                 {" changed: ", SAYS_CHANGED},
                 {" removed", SAYS_REMOVED}};
    unsigned long long s = 0, us = 0;
    int n = 0;

    if (sscanf(text, "mark at %8llu.%6llu s%n", &s, &us, &n) < 2 || !n)
        return SAYS_NOTHING;
    *t_ns = (uint64_t)s * TT_NS_PER_S + (uint64_t)us * 1000;
    for (size_t i = 0; i < TT_LEN(words); i++)
        if (!strncmp(text + n, words[i].word, strlen(words[i].word))) {
            *note = text + n + strlen(words[i].word);
            return words[i].saying;
        }
    if (!strcmp(text + n, ":")) { /* no note */
        *note = "";
        return SAYS_MARK;
    }
    return SAYS_NOTHING;
}

/* Several records may have one time: the next that has no mark yet. */
static uint64_t free_record(const struct port *p, uint64_t record,
                            uint64_t t_ns)
{
    struct tt_record r;
    uint64_t offset;

    for (uint64_t n = record; store_get(&p->source, n, &r, &offset) &&
                              (n == record || r.t_ns == t_ns);
         n++)
        if (!port_mark_at(p, n))
            return n;
    return record;
}

static void take_mark(struct port *p, enum saying what, uint64_t t_ns,
                      const char *note)
{
    uint64_t record = record_at_time(&p->source, t_ns);

    if (what == SAYS_MARK) {
        (void)port_mark(p, free_record(p, record, t_ns), t_ns, note);
    } else if (what == SAYS_CHANGED) {
        (void)port_mark(p, record, t_ns, note);
    } else {
        port_unmark(p, record);
    }
}

static void take_told(struct port *p, uint64_t t_ns, const char *text)
{
    if (!p->told)
        p->told = calloc(PORT_TOLD, sizeof(*p->told));
    if (!p->told || p->ntold == PORT_TOLD)
        return;
    p->told[p->ntold].t_ns = t_ns;
    (void)snprintf(p->told[p->ntold++].text, sizeof(p->told->text), "%s", text);
}

void port_remark(struct port *p, uint64_t record, uint64_t t_ns, bool untimed,
                 const char *text)
{
    static const char here[] = "mark:";
    const char *note = "";
    uint64_t at;
    enum saying what = reads_mark(text, &at, &note);

    if (!strncmp(text, here, sizeof(here) - 1)) {
        note = text + sizeof(here) - 1;
        (void)port_mark(p, record, t_ns, note + strspn(note, " "));
    } else if (what) {
        take_mark(p, what, untimed ? at : t_ns, note);
    } else if (!untimed || !strncmp(text, "verdict (", 9) ||
               !strncmp(text, "no verdict: ", 12)) {
        take_told(p, t_ns, text);
    }
}
