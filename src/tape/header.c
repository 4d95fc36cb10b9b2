/*
 * The header lines of tape text, which also serve as the section comment of
 * a pcapng file.  In a value, \xNN stands for a byte that could end the line
 * or steer a terminal, and \\ for a backslash.  A backslash before anything
 * else is one, because people write these lines too: C:\new.
 */
#include "tape/scan.h"
#include "tape/tape.h"

#include <inttypes.h>
#include <string.h>

static void put_line(struct tt_buf *out, const char *key, const char *value)
{
    size_t n = strlen(value);

    if (!n)
        return;
    tt_buf_printf(out, "# %s: ", key);
    for (size_t i = 0; i < n; i++) {
        bool edge = value[i] == ' ' && (i == 0 || i == n - 1);

        if (value[i] == '\\')
            tt_buf_str(out, "\\\\");
        else if (value[i] < ' ' || value[i] > '~' || edge)
            tt_buf_printf(out, "\\x%02X", (unsigned char)value[i]);
        else
            tt_buf_ch(out, value[i]);
    }
    tt_buf_ch(out, '\n');
}

void tt_tape_text_header(struct tt_buf *out, const struct tt_tape_info *info)
{
    tt_buf_str(out, "# telltale tape 1\n");
    put_line(out, "device", info->device);
    put_line(out, "adapter", info->adapter);
    put_line(out, "by", info->by);
    put_line(out, "why", info->why);
    put_line(out, "time", tt_quality_name(info->quality));
    if (info->order_uncertain)
        put_line(out, "order", "uncertain");
    if (info->epoch_ns)
        tt_buf_printf(out, "# epoch: %" PRIu64 ".%09" PRIu64 "\n",
                      info->epoch_ns / TT_NS_PER_S,
                      info->epoch_ns % TT_NS_PER_S);
}

/* Copy a value; what does not fit is cut, what is NUL is left out. */
static void take_text(char *to, size_t room, struct tt_slice s)
{
    size_t n = 0;

    while (s.n && n + 1 < room) {
        uint8_t c = (uint8_t)s.p[0];
        bool escape = s.n > 1 && (s.p[1] == 'x' || s.p[1] == '\\');
        size_t len = escape ? tt_scan_escape(s, &c) : 0;

        len = len ? len : 1;
        if (c)
            to[n++] = (char)c;
        s.p += len;
        s.n -= len;
    }
    to[n] = '\0';
}

static bool take_quality(struct tt_tape_info *info, struct tt_slice s)
{
    for (int q = TT_TIME_NONE; q <= TT_TIME_NS; q++)
        if (tt_slice_is(s, tt_quality_name((enum tt_quality)q))) {
            info->quality = (enum tt_quality)q;
            return true;
        }
    return false;
}

static void take_epoch(struct tt_tape_info *info, struct tt_slice s)
{
    unsigned decimals;
    uint64_t ns;

    if (tt_scan_time(s, TT_NS_PER_S, &ns, &decimals))
        info->epoch_ns = ns;
}

/* Take the spaces off both ends. */
static struct tt_slice trim(struct tt_slice s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) {
        s.p++;
        s.n--;
    }
    while (s.n && s.p[s.n - 1] && strchr(" \t\r", s.p[s.n - 1]))
        s.n--;
    return s;
}

bool tt_tape_text_header_line(struct tt_tape_info *info, struct tt_slice line)
{
    const struct {
        const char *key;
        char *to;
        size_t room;
    } texts[] = {{"device", info->device, sizeof(info->device)},
                 {"adapter", info->adapter, sizeof(info->adapter)},
                 {"by", info->by, sizeof(info->by)},
                 {"why", info->why, sizeof(info->why)}};
    const char *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
    struct tt_slice key, value;

    if (!colon)
        return false;
    key = trim((struct tt_slice){line.p, (size_t)(colon - line.p)});
    value = trim(
        (struct tt_slice){colon + 1, line.n - (size_t)(colon - line.p) - 1});
    for (size_t i = 0; i < TT_LEN(texts); i++)
        if (tt_slice_is(key, texts[i].key)) {
            take_text(texts[i].to, texts[i].room, value);
            return true;
        }
    if (tt_slice_is(key, "time"))
        return take_quality(info, value);
    if (tt_slice_is(key, "order"))
        info->order_uncertain = tt_slice_is(value, "uncertain");
    else if (tt_slice_is(key, "epoch"))
        take_epoch(info, value);
    else
        return false;
    return true;
}
