#include "format/rtac.h"

enum kind { NETWORK, USB, OTHER };

static const struct {
    unsigned type;
    enum kind kind;
    const char *name;
} known[] = {
    {105, NETWORK, "Wi-Fi"},
    {127, NETWORK, "Wi-Fi radiotap"},
    {TT_LINK_USER0, OTHER, "USER0, and not RTAC serial inside"},
    {186, USB, "FreeBSD USB"},
    {187, OTHER, "Bluetooth HCI"},
    {195, OTHER, "IEEE 802.15.4"},
    {201, OTHER, "Bluetooth HCI"},
    {227, OTHER, "CAN bus"},
    {266, USB, "USB macOS"},
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
                       "a USB capture of a kind unknown here (%s, link "
                       "type %u): record with usbmon on Linux or USBPcap on "
                       "Windows, or the serial port itself",
                       name, type);
    if (kind == NETWORK)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a network capture of a kind unknown here (%s, link "
                       "type %u); record on the wired side, or save one "
                       "direction of the stream and read that with --lane",
                       name, type);
    return tt_fail(err, TT_ERR_SYNTAX,
                   "a capture of link type %u (%s); of pcap and pcapng files "
                   "serial (RTAC, link type 250), USB and IP captures are "
                   "read",
                   type, name);
}
