/*
 * The table of formats, most certain first.  A format is taken when its own
 * test says so; raw bytes fit everything and come last.
 */
#include "format/reader.h"

#include <string.h>

static const struct tt_format
    *const formats[] =
        {
            &tt_format_pcapng, &tt_format_pcap,  &tt_format_usbmon,
            &tt_format_njlog,  &tt_format_logic, &tt_format_tape,
            &tt_format_log, /* all kinds of text logs at once */
            &tt_format_raw,
};

const struct tt_format *tt_format_by_name(const char *name)
{
    for (size_t i = 0; i < TT_LEN(formats); i++)
        if (!strcmp(formats[i]->name, name))
            return formats[i];
    return NULL;
}

const struct tt_format *tt_format_detect(const uint8_t *p, size_t n, bool end)
{
    for (size_t i = 0; i < TT_LEN(formats); i++)
        if (formats[i]->sure && formats[i]->sure(p, n))
            return formats[i];
    for (size_t i = 0; i < TT_LEN(formats); i++) {
        if (n < formats[i]->look && !end)
            return NULL;
        if (formats[i]->is(p, n, end))
            return formats[i];
    }
    return &tt_format_raw;
}
