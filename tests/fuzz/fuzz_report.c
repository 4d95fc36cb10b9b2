/*
 * A session with the shipped rules on any tape, and its reports: they are
 * the same however the records are cut, hold together as text and JSON, and
 * let nothing raw through.  Input: records of lane, pause, length and bytes.
 */
#include "report/csv.h"
#include "report/html.h"
#include "report/report.h"
#include "rules/builtin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_RECORDS = 2048 };

static struct tt_session *session;
static struct tt_tape *tape;

static void must(bool good)
{
    if (!good)
        abort();
}

static void set_up(void)
{
    static struct tt_rules *set; /* kept: the session looks at it */

    set = tt_rules_new();
    must(set != NULL);
    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        (void)!tt_rules_read(set,
                             (struct tt_slice){(const char *)f->text, f->len},
                             f->name, "built in", NULL, NULL);
    (void)!tt_rules_finish(set, NULL, NULL);
    must(tt_session_new(&session, set, TT_TIME_US, NULL) == TT_OK);
}

static void push(const struct tt_record *r, size_t step)
{
    struct tt_record piece = *r;

    if (r->event != TT_EV_NONE) {
        must(tt_session_push(session, r) == TT_OK);
        return;
    }
    for (size_t at = 0; at < r->len; at += piece.len) {
        piece.bytes = r->bytes + at;
        piece.len = r->len - at < step ? r->len - at : step;
        must(tt_session_push(session, &piece) == TT_OK);
    }
}

/* Feed the records that p spells, in pieces of at most step bytes. */
static void feed(const uint8_t *p, size_t n, size_t step)
{
    uint64_t t = 0;
    size_t i = 1;

    for (size_t k = 0; i + 3 <= n && k < MAX_RECORDS; k++) {
        unsigned what = p[i] % 16, pause = p[i + 1];
        size_t len = p[i + 2];
        struct tt_record r = {.source = i, .lane = TT_LANE_LINE};

        i += 3;
        t += pause < 128 ? pause * UINT64_C(10000)
                         : (pause - 127) * UINT64_C(20000000);
        r.t_ns = t;
        if (what == 15) {
            r.event = (enum tt_event)(1 + len % (TT_EVENTS - 1));
            r.baud = len & 128 ? 9600 : 0;
            r.count = (uint32_t)len;
        } else {
            r.lane = what < 6    ? TT_LANE_HOST
                     : what < 13 ? TT_LANE_DEVICE
                                 : TT_LANE_TOOL;
            r.bytes = p + i;
            r.len = len < n - i ? len : n - i;
            i += r.len;
        }
        if (step == SIZE_MAX)
            must(tt_tape_append(tape, &r) == TT_OK);
        push(&r, step);
    }
    tt_session_finish(session, t + TT_NS_PER_S);
}

/* Nothing but printable ASCII and newlines; in JSON also UTF-8. */
static void check(const struct tt_buf *b, bool json)
{
    must(b->status == TT_OK && b->n > 0 && b->p[b->n - 1] == '\n');
    for (size_t i = 0; i < b->n; i++) {
        uint8_t c = (uint8_t)b->p[i];

        must(c == '\n' || (c >= 0x20 && c != 0x7f && (json || c < 0x80)));
        must(!json || c != '\n' || i == b->n - 1);
    }
}

/* A page and a line of CSV: nothing raw in them, no tag but ours. */
static void other_forms(const struct tt_verdict *v,
                        const struct tt_report_input *in)
{
    struct tt_buf b;
    size_t open = 0;

    tt_buf_init(&b, 16 << 20);
    tt_html_section(&b, v, in, NULL, 0, 40);
    check(&b, false);
    for (size_t i = 0; i < b.n; i++) {
        must(b.p[i] != '<' || !open++);
        must(b.p[i] != '>' || open--);
    }
    must(!open && !strstr(tt_buf_text(&b), "<script"));
    tt_buf_clear(&b);
    tt_report_csv(&b, v, in);
    must(b.status == TT_OK && b.n > 2 && b.p[b.n - 2] == '\r');
    for (size_t i = 0; i + 2 < b.n; i++)
        must((uint8_t)b.p[i] >= 0x20 && b.p[i] != 0x7f);
    tt_buf_release(&b);
}

static void report(struct tt_buf *text, struct tt_buf *json, const char *name,
                   unsigned width)
{
    struct tt_tape_info info = {.quality = TT_TIME_US, .format = "fuzz"};
    struct tt_report_input in = {.name = name, .info = &info, .tape = tape};
    struct tt_report_options opt = {.width = width};
    struct tt_verdict v;

    must(tt_session_verdict(session, &v) == TT_OK);
    must(*v.plain && v.has_headline == (v.status != TT_STATUS_UNKNOWN));
    tt_report_text(text, &v, &in, &opt);
    tt_report_json(json, &v, &in);
    check(text, false);
    check(json, true);
    other_forms(&v, &in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tt_buf text[2], json[2];
    char name[17] = "";

    if (!size)
        return 0;
    if (!session)
        set_up();
    memcpy(name, data, size < sizeof(name) ? size : sizeof(name) - 1);
    must(tt_tape_new(&tape, 64 << 10) == TT_OK);
    for (int i = 0; i < 2; i++) {
        tt_buf_init(&text[i], 4 << 20);
        tt_buf_init(&json[i], 4 << 20);
        tt_session_reset(session, TT_TIME_US);
        feed(data, size, i ? 1 + data[0] % 7u : SIZE_MAX);
        report(&text[i], &json[i], name, data[0]);
    }
    must(text[0].n == text[1].n &&
         memcmp(text[0].p, text[1].p, text[0].n) == 0);
    must(json[0].n == json[1].n &&
         memcmp(json[0].p, json[1].p, json[0].n) == 0);
    for (int i = 0; i < 2; i++) {
        tt_buf_release(&text[i]);
        tt_buf_release(&json[i]);
    }
    tt_tape_free(tape);
    return 0;
}
