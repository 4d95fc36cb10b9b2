/*
 * The output of a tool without any bytes in it: known by the line with which
 * the tool names itself.  All of it is what the tool printed.
 */
#include "format/log/cut.h"
#include "format/log/log.h"

/* What must follow: a digit, for these words stand in other texts too. */
static const char *const banners[] = {
    "stm32flash ",
    "esptool.py v",
    "esptool v",
    "avrdude: Version ",
    "Avrdude version ",
    "avrdude version ",
    "dfu-util ",
    "st-flash ",
    "Open On-Chip Debugger ",
    "MTK Flash/Exploit Client Public V",
    "MTK Flash/Exploit Client V",
};

static enum tt_took take(struct tt_log *l, struct tt_slice s)
{
    (void)l;
    for (size_t i = 0; i < TT_LEN(banners); i++) {
        struct tt_slice at = s;
        uint64_t v;

        if (tt_cut_word(&at, banners[i]) && tt_cut_number(&at, 10, &v) &&
            at.n < 40) {
            tt_log_tool(l, s);
            tt_log_tool(l, (struct tt_slice){"\n", l->nl ? 1 : 0});
            return TT_TOOK_SURE;
        }
    }
    return TT_TOOK_ODD;
}

const struct tt_dialect tt_dialect_banner = {
    .name = "tool",
    .title = "what a tool printed",
    .lacks = "no byte of the line is in it",
    .take = take,
    .least = 1,
    .tool = true,
    .vague = true,
};
