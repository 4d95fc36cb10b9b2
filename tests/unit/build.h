/*
 * build - binary captures put together by hand, for what our own writer
 * would never write.
 */
#ifndef TT_TESTS_BUILD_H
#define TT_TESTS_BUILD_H

#include "base/buf.h"

struct build {
    struct tt_buf out;
    bool big;
};

void build_init(struct build *b, bool big);
void build_num(struct build *b, uint64_t v, size_t bytes);

/* Blocks of pcapng; what is added in between is their body. */
size_t build_begin(struct build *b, uint32_t type);
void build_end(struct build *b, size_t at);
void build_option(struct build *b, unsigned code, const void *p, size_t n);
void build_number_option(struct build *b, unsigned code, uint64_t v,
                         size_t bytes);

/* A section header; comment may be NULL. */
void build_section(struct build *b, const char *comment);
/* An interface; tsresol 6 is not written. */
void build_iface(struct build *b, unsigned link, uint8_t tsresol);

/* The 12 bytes of RTAC and the data (big-endian always). */
void build_rtac(struct build *b, uint64_t ns, unsigned code, unsigned lines,
                const char *data, size_t n);
/* An enhanced packet block with such a packet; stamp as it stands. */
void build_packet(struct build *b, unsigned iface, uint64_t stamp,
                  unsigned code, unsigned lines, const char *data, size_t n,
                  uint32_t flags);

/* A pcap file's header and packets. */
void build_pcap(struct build *b, uint32_t magic, unsigned link);
void build_pcap_packet(struct build *b, uint32_t s, uint32_t frac,
                       unsigned code, unsigned lines, const char *data,
                       size_t n);

#endif
