/*
 * What can be said without any rule: counted, never guessed.  And the
 * fingerprint: the beginning of an unknown conversation in one line that can
 * be mailed.
 */
#include "verdict/ledger.h"
#include "verdict/say.h"

#include <inttypes.h>

#define BYTES  "byte", "bytes"
#define SHOWN  8           /* bytes of each entry of a fingerprint */
#define SILENT TT_NS_PER_S /* less than this is not worth telling */

static const char *lane_name(unsigned lane)
{
    return lane == TT_LANE_HOST ? "host" : "device";
}

/* Did more pass than what is counted here?  Then nothing can be said about
 * what was not there. */
static bool has_holes(const struct tt_traffic *t)
{
    return t->unread || t->stats.s.events[TT_EV_LOST];
}

/* How long the lane has been silent, when times can tell; else 0. */
static uint64_t silent_for(const struct tt_traffic *t, unsigned lane)
{
    uint64_t step = tt_quality_step(t->quality), since;

    since = t->end_ns - t->last_at[lane];
    if (!t->seen.bytes[lane])
        since = t->end_ns - t->stats.s.first_ns;
    return step && since >= SILENT && since >= 2 * step && !has_holes(t) ? since
                                                                         : 0;
}

static void say_text_share(struct tt_buf *out, const struct tt_traffic *t,
                           unsigned lane)
{
    tt_say_share(out, t->stats.s.printable[lane], t->seen.bytes[lane]);
    tt_buf_str(out, " printable");
}

/* "sent 68 ('h') 44 times and nothing else" or "sent 12 bytes, ...". */
static void say_sent(struct tt_buf *out, const struct tt_traffic *t,
                     unsigned lane)
{
    uint64_t n = t->seen.bytes[lane];

    tt_buf_str(out, "sent ");
    if (n == 1) {
        tt_buf_str(out, "one byte, ");
        tt_say_byte(out, t->first[lane]);
    } else if (!t->mixed[lane]) {
        tt_say_byte(out, t->first[lane]);
        tt_buf_printf(out, " %" PRIu64 " times and nothing else", n);
    } else {
        tt_say_count(out, n, BYTES);
        tt_buf_str(out, ", ");
        say_text_share(out, t, lane);
    }
    if (tt_quality_step(t->quality) && t->bursts[lane] > 1 && t->mixed[lane])
        tt_buf_printf(out, ", in %" PRIu64 " bursts", t->bursts[lane]);
}

static void say_events(struct tt_buf *out, const struct tt_traffic *t)
{
    bool first = true;

    for (int ev = 1; ev < TT_EVENTS; ev++) {
        uint64_t n = t->stats.s.events[ev];

        if (!n || ev == TT_EV_TICK || (ev == TT_EV_LOST && t->unread))
            continue;
        tt_buf_printf(out, "%s[%s]", first ? "" : ", ",
                      tt_event_name((enum tt_event)ev));
        if (n > 1)
            tt_buf_printf(out, " %" PRIu64 " times", n);
        first = false;
    }
}

/* "2 places of the input" */
static void say_unread(struct tt_buf *out, const struct tt_traffic *t)
{
    tt_say_count(out, t->unread, "place", "places");
    tt_buf_printf(out, " of the input %s not understood",
                  t->unread == 1 ? "was" : "were");
}

/* Nothing was understood, which is not the same as nothing being there. */
static void say_nothing_read(struct tt_buf *out, const struct tt_traffic *t)
{
    tt_buf_str(out, "What passed on the line is not known: ");
    if (t->unread)
        say_unread(out, t);
    else
        tt_buf_str(out, "bytes are missing");
    tt_buf_str(out, ", and no byte was in the rest");
    if (t->seen.bytes[TT_LANE_TOOL]) {
        tt_buf_str(out, ", but for ");
        tt_say_count(out, t->seen.bytes[TT_LANE_TOOL], BYTES);
        tt_buf_str(out, " of text that the tool printed");
    }
    tt_buf_str(out, ".");
}

static void say_nothing(struct tt_buf *out, const struct tt_traffic *t)
{
    uint64_t span = t->end_ns - t->stats.s.first_ns;

    if (has_holes(t)) {
        say_nothing_read(out, t);
        return;
    }
    if (t->seen.bytes[TT_LANE_TOOL]) {
        tt_buf_str(out, "The tool printed ");
        tt_say_count(out, t->seen.bytes[TT_LANE_TOOL], BYTES);
        tt_buf_str(out, " of text, but no byte passed on the line");
    } else if (t->seen.events) {
        tt_buf_str(out, "No byte passed on the line");
    } else {
        tt_buf_str(out, "No traffic at all");
    }
    if (tt_quality_step(t->quality) && span >= SILENT) {
        tt_buf_str(out, " for ");
        tt_say_span(out, span, false);
    }
    if (t->seen.events) {
        tt_buf_str(out, "; only ");
        say_events(out, t);
    }
    tt_buf_str(out, ".");
}

static void say_one_side(struct tt_buf *out, const struct tt_traffic *t,
                         unsigned talks)
{
    unsigned other = talks == TT_LANE_HOST ? TT_LANE_DEVICE : TT_LANE_HOST;
    uint64_t silent = silent_for(t, other);

    if (t->seen.bytes[talks] == 1) {
        tt_buf_str(out, "One byte from the ");
        tt_buf_printf(out, "%s, ", lane_name(talks));
        tt_say_byte(out, t->first[talks]);
        if (has_holes(t)) {
            tt_buf_printf(out, ", and what the %s sent is not known.",
                          lane_name(other));
            return;
        }
        tt_buf_printf(
            out, ", and nothing of the %s was recorded: ", lane_name(other));
        tt_buf_str(out, "a single byte proves nothing.");
        return;
    }
    tt_buf_printf(out, "The %s ", lane_name(talks));
    say_sent(out, t, talks);
    if (silent && other == TT_LANE_DEVICE) {
        tt_buf_str(out, "; the device was silent for ");
        tt_say_span(out, silent, false);
    } else if (has_holes(t)) {
        tt_buf_printf(out, "; what the %s sent is not known", lane_name(other));
    } else { /* who only listens at the device cannot know more */
        tt_buf_printf(out, "; nothing of the %s was recorded",
                      lane_name(other));
    }
    tt_buf_str(out, ".");
}

static void say_both(struct tt_buf *out, const struct tt_traffic *t)
{
    uint64_t silent = silent_for(t, TT_LANE_DEVICE);

    tt_buf_str(out, "Both sides talk: the host ");
    say_sent(out, t, TT_LANE_HOST);
    tt_buf_str(out, "; the device ");
    say_sent(out, t, TT_LANE_DEVICE);
    if (silent && t->last_at[TT_LANE_HOST] >= t->last_at[TT_LANE_DEVICE]) {
        tt_buf_str(out, ", then was silent for ");
        tt_say_span(out, silent, false);
    }
    tt_buf_str(out, ".");
}

/* Faults of the line that were counted, of all bytes that arrived. */
static void say_errors(struct tt_buf *out, const struct tt_traffic *t)
{
    static const struct {
        enum tt_event ev;
        const char *name;
    } kinds[] = {{TT_EV_FRAME_ERROR, "framing errors"},
                 {TT_EV_PARITY_ERROR, "parity errors"},
                 {TT_EV_OVERRUN, "overruns"},
                 {TT_EV_BREAK, "breaks"}};
    uint64_t bytes =
        t->seen.bytes[TT_LANE_HOST] + t->seen.bytes[TT_LANE_DEVICE];
    bool any = false;

    for (size_t i = 0; bytes && i < TT_LEN(kinds); i++) {
        uint64_t n = t->stats.s.events[kinds[i].ev];

        if (!n)
            continue;
        tt_buf_str(out, any ? ", " : " ");
        if (n <= bytes && kinds[i].ev != TT_EV_BREAK) {
            tt_say_share(out, n, bytes);
            tt_buf_printf(out, " %s", kinds[i].name);
        } else {
            tt_buf_printf(out, "%s: %" PRIu64, kinds[i].name, n);
        }
        any = true;
    }
    if (any)
        tt_buf_str(out, ".");
    if (t->stats.s.lost_bytes)
        tt_buf_printf(out, " At least %" PRIu64 " bytes are missing.",
                      t->stats.s.lost_bytes);
    else if (t->stats.s.events[TT_EV_LOST] && !t->unread)
        tt_buf_str(out, " An unknown number of bytes is missing.");
}

static void say_rules(struct tt_buf *out, unsigned nrules, unsigned weak)
{
    if (!nrules)
        tt_buf_str(out, " No rules were loaded.");
    else if (!weak)
        tt_buf_printf(out, " None of %u rules matched.", nrules);
    else
        tt_buf_printf(out, " %u of %u rules matched, too weakly for a verdict.",
                      weak, nrules);
}

void tt_plain_statement(struct tt_buf *out, const struct tt_ledger *l,
                        bool known, unsigned weak)
{
    const struct tt_traffic *t = l->traffic;
    bool host = t->seen.bytes[TT_LANE_HOST] > 0;
    bool device = t->seen.bytes[TT_LANE_DEVICE] > 0;

    if (!host && !device)
        say_nothing(out, t);
    else if (host && device)
        say_both(out, t);
    else
        say_one_side(out, t, host ? TT_LANE_HOST : TT_LANE_DEVICE);
    say_errors(out, t);
    if (t->unread && (host || device)) {
        tt_buf_ch(out, ' ');
        say_unread(out, t);
        tt_buf_str(out, ", so this is not all.");
    }
    if (!known && (host || device || t->seen.bytes[TT_LANE_TOOL]))
        say_rules(out, l->nverdicts, weak);
}

/* One entry: "3.1ms < 68*8 ..(404)". */
static void print_opening(struct tt_buf *out, const struct tt_traffic *t,
                          unsigned at)
{
    const struct tt_opening *o = &t->opening[at];
    size_t n = o->len < TT_OPENING_BYTES ? (size_t)o->len : TT_OPENING_BYTES;

    if (at)
        tt_buf_ch(out, ' ');
    if (o->gap_ns && tt_quality_step(t->quality)) {
        tt_say_span(out, o->gap_ns, true);
        tt_buf_ch(out, ' ');
    }
    if (o->event != TT_EV_NONE) {
        tt_buf_printf(out, "[%s]", tt_event_name(o->event));
        return;
    }
    tt_buf_printf(out, "%c ", tt_lane_mark(o->lane));
    tt_tape_text_bytes(out, o->head, n, TT_OPENING_BYTES);
    if (o->len > n)
        tt_buf_printf(out, " ..(%" PRIu64 ")", o->len);
}

void tt_fingerprint(struct tt_buf *out, const struct tt_traffic *t)
{
    static const unsigned lanes[] = {TT_LANE_HOST, TT_LANE_DEVICE};

    if (!t->nopening)
        return;
    for (unsigned i = 0; i < t->nopening; i++)
        print_opening(out, t, i);
    if (t->opening_done)
        tt_buf_str(out, " ...");
    for (size_t i = 0; i < TT_LEN(lanes); i++) {
        unsigned lane = lanes[i];

        tt_buf_printf(out, "; %s %" PRIu64 " B", lane_name(lane),
                      t->seen.bytes[lane]);
        if (t->seen.bytes[lane]) {
            tt_buf_str(out, " ");
            say_text_share(out, t, lane);
        }
    }
    if (t->baud_known && t->baud)
        tt_buf_printf(out, "; %" PRIu32 " %.4s", t->baud, t->mode);
    tt_buf_printf(out, "; time %s", tt_quality_name(t->quality));
}
