/*
 * probe_report - what was asked, what was answered, and how to go on.
 */
#include "cli/probe.h"

#include "cli/cli.h"
#include "tape/tape.h"

#include <string.h>

enum { SHOWN = 24 };

static const char *const outcomes[] = {[PROBE_UNTRIED] = "not tried",
                                       [PROBE_REFUSED] = "refused",
                                       [PROBE_SILENT] = "silent",
                                       [PROBE_ECHOED] = "echo",
                                       [PROBE_ANSWERED] = "not recognised",
                                       [PROBE_PROBABLE] = "probably",
                                       [PROBE_CERTAIN] = "is"};

static void put_settings(struct tt_buf *out, const struct probe_try *t)
{
    if (t->baud)
        tt_buf_printf(out, "%u", (unsigned)t->baud);
    if (t->mode[0])
        tt_buf_printf(out, "%s%s", t->baud ? " " : "", t->mode);
    if (!t->baud && !t->mode[0])
        tt_buf_str(out, "as it is set");
}

static void put_sent(struct tt_buf *out, const struct probe_try *t)
{
    tt_buf_str(out, "> ");
    tt_tape_text_bytes(out, (const uint8_t *)t->probe->bytes.p,
                       t->probe->bytes.n, SHOWN);
}

void probe_put_try(struct tt_buf *out, const struct probe_try *t)
{
    put_settings(out, t);
    tt_buf_printf(out, "  %s  ", t->rule->name);
    put_sent(out, t);
    if (t->probe->safe) {
        tt_buf_str(out, "  safe");
        return;
    }
    tt_buf_str(out, "  changes state: ");
    put_clean(out, t->probe->how.p, t->probe->how.n);
}

void probe_put_plan(struct tt_buf *out, const struct probe_plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        tt_buf_printf(out, "%3zu  ", i + 1);
        probe_put_try(out, &p->at[i]);
        tt_buf_ch(out, '\n');
    }
}

/* ---- text --------------------------------------------------------------- */

static void put_answer(struct tt_buf *out, const struct probe_try *t)
{
    tt_buf_str(out, "       < ");
    tt_tape_text_bytes(out, t->head, t->nhead, SHOWN);
    if (t->bytes > t->nhead)
        tt_buf_printf(out, " ... (%llu bytes)", (unsigned long long)t->bytes);
    tt_buf_printf(out, "  after %.1f ms",
                  (double)(t->answer_ns - t->sent_ns) / 1e6);
    if (t->echoes)
        tt_buf_str(out, ", the line echoes");
    tt_buf_ch(out, '\n');
    if (t->outcome >= PROBE_PROBABLE)
        tt_buf_printf(out, "       %s: %s\n", outcomes[t->outcome], t->text);
}

static void put_tries(struct tt_buf *out, const struct probe_report *r)
{
    size_t silent = 0;

    for (size_t i = 0; i < r->tried; i++) {
        const struct probe_try *t = &r->plan->at[i];

        if (t->outcome == PROBE_SILENT) {
            silent++;
            continue;
        }
        tt_buf_printf(out, "%3zu  ", i + 1);
        probe_put_try(out, t);
        if (t->outcome == PROBE_REFUSED)
            tt_buf_str(out, ": the port does not do that");
        if (t->outcome == PROBE_ECHOED)
            tt_buf_str(out, ": came back as it was sent");
        tt_buf_ch(out, '\n');
        if (t->outcome >= PROBE_ANSWERED)
            put_answer(out, t);
    }
    if (silent && silent == r->tried)
        tt_buf_str(out, "     nothing came back\n");
    else if (silent)
        tt_buf_printf(out, "     nothing came back to %zu other%s\n", silent,
                      silent == 1 ? "" : "s");
}

static void put_next(struct tt_buf *out, const struct probe_report *r)
{
    const struct probe_try *t = r->hit;

    if (r->vanished) {
        tt_buf_str(out, "next   the port went away meanwhile: look at the "
                        "cable and 'telltale ports'\n");
        return;
    }
    if (t) {
        tt_buf_str(out, "next   telltale watch ");
        if (t->baud)
            tt_buf_printf(out, "-b %u ", (unsigned)t->baud);
        if (t->mode[0])
            tt_buf_printf(out, "-m %s ", t->mode);
        put_clean(out, r->port, strlen(r->port));
        tt_buf_ch(out, '\n');
        if (t->rule->protocol)
            tt_buf_printf(out, "       telltale rules show %s\n",
                          t->rule->protocol->name);
        return;
    }
    if (r->heard_all)
        return;
    tt_buf_str(out,
               "next   power, ground, TX and RX crossed, the right level "
               "(TTL, RS-232, RS-485)?\n"
               "       the port itself: telltale ports\n"
               "       the tool that is known to speak to it: telltale run -- "
               "TOOL\n");
    if (r->plan->changing)
        tt_buf_printf(out,
                      "       %zu probes that change something were left out: "
                      "--only SYSTEM --allow changes-state\n",
                      r->plan->changing);
    if (r->plan->not_serial)
        tt_buf_printf(out,
                      "       %zu of systems without a serial line were left "
                      "out: --only SYSTEM\n",
                      r->plan->not_serial);
}

static size_t count_safe(const struct probe_report *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->tried; i++)
        n += r->plan->at[i].probe->safe;
    return n;
}

void probe_put_report(struct tt_buf *out, const struct probe_report *r)
{
    size_t safe = count_safe(r);

    tt_buf_str(out, "probe  ");
    put_clean(out, r->port, strlen(r->port));
    tt_buf_printf(out,
                  ": listened for %.1f s, heard %llu bytes; "
                  "%zu of %zu probes sent",
                  (double)r->listened_ns / 1e9, (unsigned long long)r->heard,
                  r->tried, r->plan->n);
    if (r->tried)
        tt_buf_printf(out, ", %s, in %.1f s",
                      safe == r->tried ? "all of them safe"
                                       : "some of which change something",
                      (double)(r->end_ns - r->listened_ns) / 1e9);
    tt_buf_str(out, r->stopped ? "; stopped\n" : "\n");
    put_tries(out, r);
    tt_buf_ch(out, '\n');
    tt_buf_add(out, r->verdict->p, r->verdict->n);
    tt_buf_ch(out, '\n');
    put_next(out, r);
}

/* ---- JSON --------------------------------------------------------------- */

static void put_hex(struct tt_buf *out, const uint8_t *p, size_t n)
{
    tt_buf_ch(out, '"');
    for (size_t i = 0; i < n; i++)
        tt_buf_printf(out, "%s%02X", i ? " " : "", p[i]);
    tt_buf_ch(out, '"');
}

static void json_text(struct tt_buf *out, const char *p, size_t n)
{
    tt_buf_ch(out, '"');
    tt_buf_json(out, p, n);
    tt_buf_ch(out, '"');
}

static void json_try(struct tt_buf *out, const struct probe_try *t)
{
    tt_buf_str(out, "{\"rule\":");
    json_text(out, t->rule->name, strlen(t->rule->name));
    tt_buf_str(out, ",\"settings\":\"");
    put_settings(out, t);
    tt_buf_str(out, "\",\"sent\":");
    put_hex(out, (const uint8_t *)t->probe->bytes.p, t->probe->bytes.n);
    tt_buf_str(out, ",\"changes\":");
    if (t->probe->safe)
        tt_buf_str(out, "null");
    else
        json_text(out, t->probe->how.p, t->probe->how.n);
    tt_buf_printf(out, ",\"t\":%.6f,\"outcome\":\"%s\",\"bytes\":%llu",
                  (double)t->sent_ns / 1e9, outcomes[t->outcome],
                  (unsigned long long)t->bytes);
    tt_buf_str(out, ",\"answer\":");
    put_hex(out, t->head, t->nhead);
    tt_buf_str(out, ",\"known_as\":");
    if (t->outcome >= PROBE_PROBABLE)
        json_text(out, t->rule_name, strlen(t->rule_name));
    else
        tt_buf_str(out, "null");
    tt_buf_ch(out, '}');
}

void probe_put_json(struct tt_buf *out, const struct probe_report *r)
{
    size_t n = r->verdict->n;

    tt_buf_str(out, "{\"telltale\":1,\"probe\":");
    json_text(out, r->port, strlen(r->port));
    tt_buf_printf(out,
                  ",\"listened_s\":%.3f,\"heard\":%llu,\"probes\":%zu,"
                  "\"changing_left_out\":%zu,\"not_serial_left_out\":%zu,"
                  "\"vanished\":%s,\"certain\":",
                  (double)r->listened_ns / 1e9, (unsigned long long)r->heard,
                  r->plan->n, r->plan->changing, r->plan->not_serial,
                  r->vanished ? "true" : "false");
    if (r->hit)
        tt_buf_printf(out, "%zu", (size_t)(r->hit - r->plan->at));
    else
        tt_buf_str(out, "null");
    tt_buf_str(out, ",\"tried\":[");
    for (size_t i = 0; i < r->tried; i++) {
        if (i)
            tt_buf_ch(out, ',');
        json_try(out, &r->plan->at[i]);
    }
    tt_buf_str(out, "],\"report\":");
    while (n && r->verdict->p[n - 1] == '\n')
        n--;
    if (n)
        tt_buf_add(out, r->verdict->p, n);
    else
        tt_buf_str(out, "null");
    tt_buf_str(out, "}\n");
}
