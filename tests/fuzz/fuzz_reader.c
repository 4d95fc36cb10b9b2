/*
 * Any input in any format, whole and in chunks: the same records, the same
 * complaints, the same end.  Input: chunk size, format and lane, then what
 * is read.
 */
#include "collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {NULL,   NULL,     "raw",   "tape",
                                          "pcap", "pcapng", "njlog", "logic"};
    static struct collected whole, cut;
    static struct tt_read_report r1, r2;
    struct tt_error e1 = {.code = TT_OK}, e2 = {.code = TT_OK};
    struct tt_read_options options = {.format = NULL};
    enum tt_status s1, s2;

    if (size < 2)
        return 0;
    options.format = formats[data[1] % 8];
    options.lane = (enum tt_lane)(data[1] / 8 % 3);
    s1 = collect_read(&whole, data + 2, size - 2, 0, &options, &r1, &e1);
    s2 = collect_read(&cut, data + 2, size - 2, 1u + data[0], &options, &r2,
                      &e2);
    if (s1 != s2 || strcmp(e1.msg, e2.msg) != 0)
        abort();
    if (!whole.full && memcmp(&r1, &r2, sizeof(r1)) != 0)
        abort();
    collect_compare(&whole, &cut, true);
    if (r1.nwhere > TT_MAX_UNREAD || r1.nwhere > r1.unread)
        abort();
    return 0;
}
