/*
 * Text logs: any text as any kind of log, whole and in chunks: the same
 * records, the same complaints.  Input: chunk size, kind (0: recognised),
 * then the text.
 */
#include "collect.h"

#include "format/log/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct collected whole, cut;
    static struct tt_read_report r1, r2;
    struct tt_error e1 = {.code = TT_OK}, e2 = {.code = TT_OK};
    struct tt_read_options options = {.lane = TT_LANE_DEVICE};
    enum tt_status s1, s2;
    size_t kind;

    if (size < 2)
        return 0;
    kind = data[1] % (tt_ndialects + 1);
    options.format = kind ? tt_dialects[kind - 1]->name : NULL;
    options.lane = (enum tt_lane)(data[0] % 3);
    s1 = collect_read(&whole, data + 2, size - 2, 0, &options, &r1, &e1);
    s2 = collect_read(&cut, data + 2, size - 2, 1u + data[0], &options, &r2,
                      &e2);
    if (s1 != s2 || strcmp(e1.msg, e2.msg) != 0)
        abort();
    if (!whole.full && memcmp(&r1, &r2, sizeof(r1)) != 0)
        abort();
    collect_compare(&whole, &cut, true);
    if (r1.nwhere > TT_MAX_UNREAD || r1.nwhere > r1.unread ||
        (r1.is_log && r1.understood > r1.lines))
        abort();
    return 0;
}
