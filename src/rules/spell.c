#include "rules/print.h"

void tt_print_text(struct tt_buf *out, struct tt_slice text)
{
    tt_buf_ch(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == 0x1b)
            tt_buf_str(out, "\\e");
        else
            tt_buf_safe(out, text.p + i, 1);
    }
    tt_buf_ch(out, '"');
}

void tt_print_dur(struct tt_buf *out, struct tt_dur d)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{60 * TT_NS_PER_S, "min"},
                 {TT_NS_PER_S, "s"},
                 {TT_NS_PER_MS, "ms"},
                 {TT_NS_PER_US, "us"}};
    uint64_t v = d.milli_ch ? d.milli_ch : d.ns;
    uint64_t unit = 1000;
    const char *name = d.milli_ch ? "ch" : "us";

    for (size_t i = 0; i < TT_LEN(units) && !d.milli_ch; i++)
        if (v % units[i].ns == 0 && (i > 0 || v >= 2 * units[0].ns)) {
            unit = units[i].ns;
            name = units[i].name;
            break;
        }
    tt_buf_printf(out, "%llu", (unsigned long long)(v / unit));
    v %= unit;
    if (v) { /* only thousandths are left: of a character or of 1 us */
        unsigned frac = (unsigned)v, width = 3;

        while (frac % 10 == 0) {
            frac /= 10;
            width--;
        }
        tt_buf_printf(out, ".%0*u", (int)width, frac);
    }
    tt_buf_str(out, name);
}
