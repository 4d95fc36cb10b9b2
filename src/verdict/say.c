#include "verdict/say.h"
#include "verdict/verdict.h"

#include <inttypes.h>

void tt_say_span(struct tt_buf *out, uint64_t ns, bool tight)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{60 * TT_NS_PER_S, "min"},
                 {TT_NS_PER_S, "s"},
                 {TT_NS_PER_MS, "ms"},
                 {TT_NS_PER_US, "us"}};
    unsigned u = 0;
    uint64_t whole, tenth;

    /* Minutes only when seconds would be many; rule files have no hours. */
    if (ns < 120 * TT_NS_PER_S)
        u = 1;
    while (u < TT_LEN(units) - 1 && ns < units[u].ns)
        u++;
    whole = ns / units[u].ns;
    tenth = ns % units[u].ns / (units[u].ns / 10);
    tt_buf_printf(out, "%" PRIu64, whole);
    if (whole < 100 && tenth)
        tt_buf_printf(out, ".%" PRIu64, tenth);
    tt_buf_printf(out, "%s%s", tight ? "" : " ", units[u].name);
}

void tt_say_clock(struct tt_buf *out, uint64_t ns, enum tt_quality quality)
{
    int digits = quality >= TT_TIME_US ? 6 : quality > TT_TIME_S ? 3 : 0;
    uint64_t frac = ns % TT_NS_PER_S;

    for (int i = 9; i > digits; i--)
        frac /= 10;
    tt_buf_printf(out, "%" PRIu64, ns / TT_NS_PER_S);
    if (digits)
        tt_buf_printf(out, ".%0*" PRIu64, digits, frac);
    tt_buf_str(out, " s");
}

void tt_say_count(struct tt_buf *out, uint64_t n, const char *one,
                  const char *many)
{
    tt_buf_printf(out, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

void tt_say_byte(struct tt_buf *out, uint8_t byte)
{
    tt_buf_printf(out, "%02X", byte);
    if (byte > 0x20 && byte < 0x7f)
        tt_buf_printf(out, " ('%c')", byte);
}

void tt_say_share(struct tt_buf *out, uint64_t part, uint64_t whole)
{
    uint64_t permille;

    while (part > UINT64_MAX / 1000 || whole > UINT64_MAX / 2) {
        part /= 2;
        whole /= 2;
    }
    permille = whole ? part * 1000 / whole : 0;
    if (part && !permille)
        tt_buf_str(out, "less than 0.1 %");
    else if (permille < 100 && permille % 10)
        tt_buf_printf(out, "%" PRIu64 ".%" PRIu64 " %%", permille / 10,
                      permille % 10);
    else
        tt_buf_printf(out, "%" PRIu64 " %%", permille / 10);
}

const char *tt_word_name(enum tt_word w)
{
    static const char *const names[] = {"", "probably", "is"};

    return (unsigned)w < TT_LEN(names) ? names[w] : "";
}

const char *tt_status_text(enum tt_verdict_status st)
{
    static const char *const names[] = {"unknown", "ok", "fault"};

    return (unsigned)st < TT_LEN(names) ? names[st] : "unknown";
}
