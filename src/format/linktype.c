#include "format/rtac.h"

enum kind { NETWORK, USB, OTHER };

static const struct {
    unsigned type;
    enum kind kind;
    const char *name;
} known[] = {
    {0, NETWORK, "BSD loopback"},
    {1, NETWORK, "Ethernet"},
    {9, NETWORK, "PPP"},
    {101, NETWORK, "raw IP"},
    {105, NETWORK, "Wi-Fi"},
    {113, NETWORK, "Linux cooked"},
    {127, NETWORK, "Wi-Fi radiotap"},
    {TT_LINK_USER0, OTHER, "USER0, and not RTAC serial inside"},
    {186, USB, "FreeBSD USB"},
    {187, OTHER, "Bluetooth HCI"},
    {189, USB, "USB_LINUX"},
    {195, OTHER, "IEEE 802.15.4"},
    {201, OTHER, "Bluetooth HCI"},
    {220, USB, "USB_LINUX_MMAPPED"},
    {227, OTHER, "CAN bus"},
    {228, NETWORK, "raw IPv4"},
    {249, USB, "USBPCAP"},
    {266, USB, "USB macOS"},
    {276, NETWORK, "Linux cooked v2"},
    {288, USB, "USB 2.0"},
    {292, OTHER, "Z-Wave serial"},
};

enum tt_status tt_link_refuse(unsigned type, struct tt_error *err)
{
    const char *name = "a kind unknown here";
    enum kind kind = OTHER;

    for (size_t i = 0; i < TT_LEN(known); i++)
        if (known[i].type == type) {
            name = known[i].name;
            kind = known[i].kind;
        }
    if (kind == USB)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a USB capture (%s, link type %u): taking serial bytes "
                       "out of USB packets is not supported yet; record the "
                       "serial port itself",
                       name, type);
    if (kind == NETWORK)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a network capture (%s, link type %u), not a serial one "
                       "(RTAC, 250); save one direction of the stream as raw "
                       "bytes and read that with --lane",
                       name, type);
    return tt_fail(err, TT_ERR_SYNTAX,
                   "a capture of link type %u (%s); of pcap and pcapng files "
                   "only serial captures (RTAC, link type 250) are read",
                   type, name);
}
