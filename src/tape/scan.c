#include "tape/scan.h"
#include "tape/tape.h"

#include <string.h>

int tt_scan_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

size_t tt_scan_escape(struct tt_slice s, uint8_t *byte)
{
    static const char from[] = "rnt0e\"\\", to[] = "\r\n\t\0\x1b\"\\";
    const char *at;

    if (s.n < 2 || s.p[0] != '\\' || !s.p[1])
        return 0;
    if (s.p[1] == 'x') {
        int hi = s.n >= 4 ? tt_scan_hex(s.p[2]) : -1;
        int lo = s.n >= 4 ? tt_scan_hex(s.p[3]) : -1;

        if (hi < 0 || lo < 0)
            return 0;
        *byte = (uint8_t)(hi << 4 | lo);
        return 4;
    }
    at = strchr(from, s.p[1]);
    if (!at)
        return 0;
    *byte = (uint8_t)to[at - from];
    return 2;
}

bool tt_scan_time(struct tt_slice s, uint64_t unit_ns, uint64_t *ns,
                  unsigned *decimals)
{
    size_t i = 0;
    uint64_t whole = 0, part = 0, scale = 1;

    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
        whole = whole * 10 + (uint64_t)(s.p[i] - '0');
        if (whole > TT_MAX_TIME_NS / unit_ns)
            return false;
    }
    *decimals = 0;
    if (!i)
        return false;
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
            if (++*decimals > 9)
                return false;
            part = part * 10 + (uint64_t)(s.p[i] - '0');
            scale *= 10;
        }
        if (!*decimals)
            return false;
    }
    /* neither product can overflow: part and scale are at most 10^9, which
     * divides every unit that is not below it */
    *ns = whole * unit_ns;
    *ns += unit_ns < TT_NS_PER_S ? part * unit_ns / scale
                                 : part * (unit_ns / scale);
    return i == s.n && *ns <= TT_MAX_TIME_NS;
}

bool tt_scan_mode(const char mode[4])
{
    return mode[0] >= '5' && mode[0] <= '9' && mode[1] &&
           strchr("NEOMS", mode[1]) && (mode[2] == '1' || mode[2] == '2') &&
           !mode[3];
}
