/*
 * A tape as pcapng with LINKTYPE_RTAC_SERIAL, so that Wireshark opens it as
 * it is, and so that our own reader gets the very records back:
 *
 *   bytes of host, device   DATA_TX_START, DATA_RX_START, direction in the
 *                           packet's flags
 *   dtr rts cts dsr dcd ri  STATUS_CHANGE with the lines as they are now and
 *                           the comment "dtr+"
 *   baud, open, close       STATUS_CHANGE, comment "baud 115200 8E1", "open"
 *   break, frame-error ...  their own codes; symbol error (framing) or CRC
 *                           error (parity) in the packet's flags
 *   lost                    CAPTURE_DATA_LOST, comment "lost 12"
 *   tick                    CAPTURE_COMPLETE
 *   what a tool printed     DATA_RX_START on a second interface "NAME (tool)",
 *                           with the text as a comment, for people
 *
 * The section's comment holds the header lines of tape text.  Comments that
 * the caller gives come after these; where one could be taken for one of
 * them, "note: " is put in front.
 *
 * Every block is put together in place and taken back whole when the buffer
 * is full, so that what the buffer holds is always whole blocks.  Numbers
 * are little-endian.
 */
#include "format/pcapng.h"
#include "format/rtac.h"
#include "tape/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_DATA = 262144 - TT_RTAC_HEADER, /* Wireshark reads no longer packet */
    MAX_COMMENT = 32768,                /* an option's length has 16 bits */
    MAX_TOOL_COMMENT = 200
};

void tt_pcapng_init(struct tt_pcapng_writer *w, uint64_t epoch_ns,
                    const char *ifname)
{
    memset(w, 0, sizeof(*w));
    w->epoch_ns = epoch_ns;
    (void)snprintf(w->ifname, sizeof(w->ifname), "%s",
                   ifname && ifname[0] ? ifname : "serial");
}

static void put(struct tt_buf *out, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++, v >>= 8)
        tt_buf_ch(out, (char)(v & 0xff));
}

static void pad(struct tt_buf *out, size_t n)
{
    put(out, 0, (4 - n % 4) % 4);
}

static size_t begin_block(struct tt_buf *out, uint32_t type)
{
    size_t at = out->n;

    put(out, type, 4);
    put(out, 0, 4);
    return at;
}

/* Close the block that began at `at`, or take it back when it did not fit. */
static void end_block(struct tt_buf *out, size_t at)
{
    size_t len = out->n - at + 4;

    put(out, len, 4);
    if (out->status) {
        out->n = at;
        if (out->p)
            out->p[at] = '\0';
        return;
    }
    for (size_t i = 0; i < 4; i++)
        out->p[at + 4 + i] = (char)(len >> 8 * i & 0xff);
}

static void put_option(struct tt_buf *out, unsigned code, const void *p,
                       size_t n)
{
    put(out, code, 2);
    put(out, n, 2);
    tt_buf_add(out, p, n);
    pad(out, n);
}

static void put_text_option(struct tt_buf *out, unsigned code, const char *s)
{
    if (s[0])
        put_option(out, code, s, strlen(s));
}

/*
 * A text made safe to be shown: line ends, printable ASCII and UTF-8 stay,
 * every other byte becomes \xNN.  At most max bytes of it.
 */
static void put_clean(struct tt_buf *out, unsigned code, const char *before,
                      const void *p, size_t n, size_t max)
{
    const uint8_t *s = p;
    size_t at = out->n, len;

    put(out, code, 2);
    put(out, 0, 2);
    tt_buf_str(out, before);
    for (size_t i = 0; i < n && out->n - at < max; i++) {
        size_t wide = s[i] >= 0x80 ? tt_utf8_len(s + i, n - i) : 0;

        if (wide == 2 && s[i] == 0xc2 && s[i + 1] < 0xa0)
            wide = 0; /* the control characters 80 to 9F */
        if (wide) {
            tt_buf_add(out, s + i, wide);
            i += wide - 1;
        } else if ((s[i] >= 0x20 && s[i] < 0x7f) || s[i] == '\n') {
            tt_buf_ch(out, (char)s[i]);
        } else {
            tt_buf_printf(out, "\\x%02X", s[i]);
        }
    }
    len = out->n - at - 4;
    pad(out, len);
    if (!out->status) {
        out->p[at + 2] = (char)(len & 0xff);
        out->p[at + 3] = (char)(len >> 8);
    }
}

static void put_section(struct tt_buf *out, const struct tt_tape_info *info)
{
    char appl[64];
    struct tt_buf head;
    size_t at = begin_block(out, TT_NG_SECTION), n = 0;

    (void)snprintf(appl, sizeof(appl), "telltale %s", tt_version());
    put(out, TT_NG_MAGIC, 4);
    put(out, 1, 2);
    put(out, 0, 2);
    put(out, UINT64_MAX, 8); /* length of the section: not given */
    /* the header lines without their "# " */
    tt_buf_init(&head, 16384);
    tt_tape_text_header(&head, info);
    for (size_t i = 0; i < head.n; i++) {
        if (head.p[i] == '#' && (!i || head.p[i - 1] == '\n'))
            i++;
        else
            head.p[n++] = head.p[i];
    }
    put_option(out, TT_NG_COMMENT, head.p, n ? n - 1 : 0);
    put_text_option(out, TT_NG_SHB_APPL, appl);
    put(out, TT_NG_END, 4);
    end_block(out, at);
    if (head.status)
        out->status = head.status;
    tt_buf_release(&head);
}

static void put_interface(struct tt_buf *out, const char *name,
                          const char *suffix, const char *description,
                          uint32_t baud)
{
    size_t at = begin_block(out, TT_NG_INTERFACE);
    char full[96];

    (void)snprintf(full, sizeof(full), "%s%s", name, suffix);
    put(out, TT_LINK_RTAC, 2);
    put(out, 0, 2);
    put(out, 262144, 4);
    put_clean(out, TT_NG_IF_NAME, "", full, strlen(full), MAX_COMMENT);
    if (description[0])
        put_clean(out, TT_NG_IF_DESCRIPTION, "", description,
                  strlen(description), MAX_COMMENT);
    if (baud) {
        put(out, TT_NG_IF_SPEED, 2);
        put(out, 8, 2);
        put(out, baud, 8);
    }
    put_option(out, TT_NG_IF_TSRESOL, "\x09", 1);
    put(out, TT_NG_END, 4);
    end_block(out, at);
}

void tt_pcapng_begin(struct tt_pcapng_writer *w, struct tt_buf *out,
                     uint32_t baud, const struct tt_tape_info *info)
{
    struct tt_tape_info copy = *info;

    copy.epoch_ns = w->epoch_ns;
    put_section(out, &copy);
    put_interface(out, w->ifname, "", info->adapter, baud);
    w->begun = true;
    w->tool = false;
}

/* ---- packets ------------------------------------------------------------ */

struct packet {
    uint64_t t_ns;
    unsigned iface, code;
    uint32_t flags;
    const uint8_t *p;
    size_t n;
    char own[40];        /* comment for our reader, or empty */
    const char *comment; /* the caller's, or NULL */
};

static void put_comments(struct tt_buf *out, const struct packet *pk)
{
    struct tt_record r;
    struct tt_slice s;

    if (pk->own[0])
        put_text_option(out, TT_NG_COMMENT, pk->own);
    if (pk->iface) {
        size_t n = pk->n;

        while (n && (pk->p[n - 1] == '\n' || pk->p[n - 1] == '\r'))
            n--;
        put_clean(out, TT_NG_COMMENT, "tool: ", pk->p, n, MAX_TOOL_COMMENT);
    }
    if (!pk->comment || !pk->comment[0])
        return;
    s = tt_slice_of(pk->comment);
    put_clean(out, TT_NG_COMMENT,
              !pk->own[0] && tt_rtac_comment(s, &r) ? "note: " : "", s.p, s.n,
              MAX_COMMENT);
}

static void put_packet(const struct tt_pcapng_writer *w, struct tt_buf *out,
                       const struct packet *pk)
{
    size_t at = begin_block(out, TT_NG_PACKET);
    uint64_t ns = pk->t_ns > UINT64_MAX - w->epoch_ns ? UINT64_MAX
                                                      : w->epoch_ns + pk->t_ns;
    uint32_t s = (uint32_t)(ns / TT_NS_PER_S);
    uint32_t us = (uint32_t)(ns % TT_NS_PER_S / TT_NS_PER_US);

    put(out, pk->iface, 4);
    put(out, ns >> 32, 4);
    put(out, ns & UINT32_MAX, 4);
    put(out, TT_RTAC_HEADER + pk->n, 4);
    put(out, TT_RTAC_HEADER + pk->n, 4);
    for (int shift = 24; shift >= 0; shift -= 8)
        put(out, s >> shift & 0xff, 1);
    for (int shift = 24; shift >= 0; shift -= 8)
        put(out, us >> shift & 0xff, 1);
    put(out, pk->code, 1);
    put(out, w->lines, 1);
    put(out, 0, 2);
    tt_buf_add(out, pk->p, pk->n);
    pad(out, pk->n);
    put_comments(out, pk);
    if (pk->flags) {
        put(out, TT_NG_EPB_FLAGS, 2);
        put(out, 4, 2);
        put(out, pk->flags, 4);
    }
    put(out, TT_NG_END, 4);
    end_block(out, at);
}

static void put_bytes(struct tt_pcapng_writer *w, struct tt_buf *out,
                      struct packet *pk, const struct tt_record *r)
{
    size_t left = r->len;

    pk->code = TT_RTAC_RX_START;
    pk->flags = TT_NG_INBOUND;
    if (r->lane == TT_LANE_HOST) {
        pk->code = TT_RTAC_TX_START;
        pk->flags = TT_NG_OUTBOUND;
    } else if (r->lane == TT_LANE_TOOL) {
        pk->iface = 1;
        if (!w->tool)
            put_interface(out, w->ifname, TT_NG_TOOL, "what the tool printed",
                          0);
        w->tool = !out->status;
    }
    for (pk->p = r->bytes; left; pk->p += pk->n, left -= pk->n) {
        pk->n = left < MAX_DATA ? left : MAX_DATA;
        put_packet(w, out, pk);
        pk->comment = NULL;
    }
}

/* The event's code, flags and own comment; keeps the lines up to date. */
static void fill_event(struct tt_pcapng_writer *w, struct packet *pk,
                       const struct tt_record *r)
{
    bool up = false;
    uint8_t bit = tt_rtac_bit(r->event, &up);
    const char *mode = tt_scan_mode(r->mode) ? r->mode : "";

    w->lines = (uint8_t)(up ? w->lines | bit : w->lines & ~bit);
    pk->code = TT_RTAC_STATUS;
    switch (r->event) {
    case TT_EV_BREAK: pk->code = TT_RTAC_BREAK; return;
    case TT_EV_OVERRUN: pk->code = TT_RTAC_OVERFLOW; return;
    case TT_EV_TICK: pk->code = TT_RTAC_COMPLETE; return;
    case TT_EV_FRAME_ERROR:
        pk->code = TT_RTAC_FRAMING;
        pk->flags = TT_NG_INBOUND | TT_NG_SYMBOL_ERROR;
        return;
    case TT_EV_PARITY_ERROR:
        pk->code = TT_RTAC_PARITY;
        pk->flags = TT_NG_INBOUND | TT_NG_CRC_ERROR;
        return;
    case TT_EV_LOST:
        pk->code = TT_RTAC_LOST;
        (void)snprintf(pk->own, sizeof(pk->own), "lost %" PRIu32, r->count);
        return;
    case TT_EV_BAUD:
        (void)snprintf(pk->own, sizeof(pk->own), "baud %" PRIu32 "%s%s",
                       r->baud, mode[0] ? " " : "", mode);
        return;
    default:
        (void)snprintf(pk->own, sizeof(pk->own), "%s", tt_event_name(r->event));
    }
}

void tt_pcapng_record(struct tt_pcapng_writer *w, struct tt_buf *out,
                      const struct tt_record *r, const char *comment)
{
    struct packet pk = {.t_ns = r->t_ns, .comment = comment};

    if (r->event == TT_EV_NONE) {
        if ((unsigned)r->lane < TT_LANE_LINE)
            put_bytes(w, out, &pk, r);
        return;
    }
    if ((unsigned)r->event >= TT_EVENTS)
        return;
    fill_event(w, &pk, r);
    put_packet(w, out, &pk);
}

void tt_pcapng_comment(struct tt_pcapng_writer *w, struct tt_buf *out,
                       uint64_t t_ns, const char *comment)
{
    put_packet(w, out,
               &(struct packet){
                   .t_ns = t_ns, .code = TT_RTAC_STATUS, .comment = comment});
}
