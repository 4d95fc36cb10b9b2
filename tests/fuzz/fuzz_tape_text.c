/*
 * Tape text: what was read, written and read again is the same, and nothing
 * of it is left unread.
 */
#include "collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tt_read_options as_tape = {.format = "tape"};
    static const struct tt_write_options options = {.format = "tape"};
    static struct collected first, second;
    static struct tt_read_report r1, r2;
    struct tt_writer w;
    struct tt_buf text;

    if (collect_read(&first, data, size, 0, &as_tape, &r1, NULL))
        return 0;
    if (r1.info.quality <= TT_TIME_ORDER)
        r1.info.quality = TT_TIME_NS; /* else no times are written */
    tt_buf_init(&text, 64 << 20);
    if (tt_writer_init(&w, &options, &r1.info, NULL))
        abort();
    for (size_t i = 0; i < first.n; i++)
        tt_writer_record(&w, &text, &first.rec[i], NULL);
    tt_writer_finish(&w, &text);
    if (text.status || w.left_out)
        abort();
    if (collect_read(&second, text.p, text.n, 0, &as_tape, &r2, NULL) ||
        r2.unread || r2.info.quality != r1.info.quality ||
        strcmp(r1.info.device, r2.info.device) != 0 ||
        strcmp(r1.info.why, r2.info.why) != 0 ||
        r1.info.epoch_ns != r2.info.epoch_ns)
        abort();
    collect_compare(&first, &second, false);
    tt_buf_release(&text);
    return 0;
}
