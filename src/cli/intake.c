/*
 * intake - see intake.h.
 */
#include "cli/intake.h"

/* Memory for the last of the traffic; the report quotes from it. */
enum { TAPE_BUDGET = 4 << 20 };

bool intake_init(struct intake *in, const struct options *o,
                 const struct tt_rules *set)
{
    struct tt_error err = {.msg = "out of memory"};

    *in = (struct intake){.set = set,
                          .since_ns = o->since_ns,
                          .until_ns = o->until_ns,
                          .feed = o->feed};
    if (tt_session_new(&in->session, set, TT_TIME_NONE, &err)) {
        say("%s", err.msg);
        return false;
    }
    return true;
}

void intake_release(struct intake *in)
{
    tt_session_free(in->session);
    tt_tape_free(in->tape);
    *in = (struct intake){0};
}

bool intake_begin(struct intake *in, enum tt_quality quality)
{
    tt_tape_free(in->tape);
    in->has_baud = false;
    in->cut_bytes = in->unread = in->fed = 0;
    in->fed_at = 0;
    in->skipped = false;
    tt_session_reset(in->session, quality);
    return tt_tape_new(&in->tape, TAPE_BUDGET) == TT_OK;
}

/* The session gets the record in pieces when that is asked for: what it says
 * must not depend on how the bytes came. */
static enum tt_status push(struct intake *in, const struct tt_record *r)
{
    size_t most = in->feed && r->len ? in->feed : r->len, at = 0;
    struct tt_record piece = *r;
    enum tt_status st;

    do {
        piece.bytes = r->len ? r->bytes + at : NULL;
        piece.len = r->len - at < most ? r->len - at : most;
        st = tt_session_push(in->session, &piece);
        at += piece.len;
    } while (!st && at < r->len);
    return st ? st : tt_tape_append(in->tape, r);
}

enum tt_status intake_record(struct intake *in, const struct tt_record *r)
{
    enum tt_status st = TT_OK;

    if (r->t_ns < in->since_ns) {
        if (r->event == TT_EV_BAUD) {
            in->baud = *r;
            in->has_baud = true;
        }
        in->cut_bytes += r->len;
        return TT_OK;
    }
    if (r->t_ns > in->until_ns) {
        in->cut_bytes += r->len;
        return TT_OK;
    }
    if (in->has_baud) {
        in->has_baud = false;
        in->baud.t_ns = in->since_ns;
        st = push(in, &in->baud);
    }
    if (st)
        return st;
    return push(in, r);
}

enum tt_status intake_later(struct intake *in, const struct tt_record *r)
{
    return tt_tape_append(in->tape, r);
}

bool intake_catch_up(struct intake *in, size_t most, struct tt_record *piece,
                     enum tt_status *st)
{
    uint64_t first = tt_tape_first(in->tape);

    if (!tt_tape_get(in->tape, in->fed < first ? first : in->fed, piece))
        return false;
    if (in->fed < first) {
        in->skipped = true;
        in->fed = first;
        in->fed_at = 0;
        piece->lane = TT_LANE_LINE;
        piece->bytes = NULL;
        piece->len = 0;
        piece->event = TT_EV_LOST;
        piece->count = 0; /* nobody has counted them */
    } else if (piece->len - in->fed_at > most) {
        piece->bytes += in->fed_at;
        piece->len = most;
        in->fed_at += most;
    } else {
        if (piece->len) {
            piece->bytes += in->fed_at;
            piece->len -= in->fed_at;
        }
        in->fed_at = 0;
        in->fed++;
    }
    *st = tt_session_push(in->session, piece);
    return true;
}

/* Rules that cost too much were not asked to the end: that is said. */
static void tell_switched_off(const struct intake *in)
{
    const struct tt_engine *e = tt_session_engine(in->session);

    const char *first = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < in->set->nrules; i++)
        if (tt_engine_is_off(e, i) && !n++)
            first = in->set->by_index[i]->name;
    if (n == 1)
        say("the rule '%s' cost too much on this tape and was switched "
            "off: begin its pattern with more bytes that are known",
            first);
    else if (n)
        say("%u rules, the first '%s', cost too much on this tape and were "
            "switched off: begin their patterns with more bytes that are known",
            n, first);
}

enum tt_status intake_end(struct intake *in, uint64_t end_ns,
                          struct tt_verdict *v)
{
    tt_session_finish(in->session,
                      end_ns < in->until_ns ? end_ns : in->until_ns);
    tell_switched_off(in);
    tt_session_unread(in->session, in->unread);
    return tt_session_verdict(in->session, v);
}

enum tt_status intake_as_tool(struct intake *in, enum tt_quality quality,
                              uint64_t end_ns, struct tt_verdict *v)
{
    struct tt_tape *tape = in->tape;
    uint64_t unread = in->unread;
    enum tt_status st = tt_tape_first(tape) ? TT_ERR_LIMIT : TT_OK;
    struct tt_record r;

    if (st)
        return st;
    in->tape = NULL;
    if (!intake_begin(in, quality))
        st = TT_ERR_NOMEM;
    for (uint64_t i = 0; !st && tt_tape_get(tape, i, &r); i++) {
        if (r.len)
            r.lane = TT_LANE_TOOL;
        st = push(in, &r);
    }
    in->unread = unread;
    tt_tape_free(tape);
    return st ? st : intake_end(in, end_ns, v);
}

enum exit_code verdict_code(const struct tt_verdict *v)
{
    switch (v->status) {
    case TT_STATUS_OK: return EXIT_HEALTHY;
    case TT_STATUS_FAULT: return EXIT_FAULT;
    default: return EXIT_UNKNOWN;
    }
}

void put_report(struct tt_buf *out, const struct options *o,
                const struct tt_verdict *v, const struct tt_report_input *in,
                unsigned margin)
{
    struct tt_report_options how = {.color = want_color(o), .quiet = o->quiet};
    struct tt_report_input named = *in;

    if (o->json) {
        tt_report_json(out, v, in);
        return;
    }
    how.width = out_columns();
    if (margin)
        how.width = (how.width ? how.width : 80) - margin;
    named.name = shown_name(in->name);
    tt_report_text(out, v, &named, &how);
}

void put_unreadable(const struct options *o, const char *name)
{
    struct tt_buf out;

    if (!o->json)
        return;
    tt_buf_init(&out, 1 << 16);
    tt_report_json_error(&out, name, last_said());
    (void)put_out(&out);
    tt_buf_release(&out);
}
