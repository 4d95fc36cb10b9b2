/*
 * pcapng and pcap: what could be read is written as pcapng and read again,
 * and nothing may be lost on the way.
 */
#include "collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tt_read_options as_pcapng = {.format = "pcapng"};
    static const struct tt_read_options as_pcap = {.format = "pcap"};
    static const struct tt_write_options options = {.format = "pcapng",
                                                    .ifname = "port"};
    static struct collected first, second;
    static struct tt_read_report r1, r2;
    struct tt_writer w;
    struct tt_buf out;

    (void)collect_read(&first, data, size, 0,
                       size && data[0] != 0x0a ? &as_pcap : &as_pcapng, &r1,
                       NULL);
    for (size_t i = 0; i < first.n; i++)
        if (first.rec[i].len > 200000)
            return 0; /* the writer splits these */
    tt_buf_init(&out, 64 << 20);
    if (tt_writer_init(&w, &options, &r1.info, NULL))
        abort();
    for (size_t i = 0; i < first.n; i++)
        tt_writer_record(&w, &out, &first.rec[i], NULL);
    tt_writer_finish(&w, &out);
    if (out.status || w.left_out)
        abort();
    if (collect_read(&second, out.p, out.n, 0, &as_pcapng, &r2, NULL) ||
        r2.unread || r2.truncated || r2.info.quality != r1.info.quality ||
        r2.info.epoch_ns != r1.info.epoch_ns)
        abort();
    collect_compare(&first, &second, false);
    tt_buf_release(&out);
    return 0;
}
