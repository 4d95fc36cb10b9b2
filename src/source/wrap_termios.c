/*
 * The kernel's numbers, not those of the C library: <termios.h> has no place
 * for a speed that is not in its list.
 */
#include "source/wrap_termios.h"

#ifdef __linux__

#include <asm/termbits.h> /* not <termios.h>: they clash */

_Static_assert(sizeof(struct wrap_termios) == sizeof(struct termios2),
               "the kernel's layout");

uint32_t wrap_speed(const struct wrap_termios *t)
{
    static const uint32_t low[] = {0,    50,   75,    110,  134,  150,
                                   200,  300,  600,   1200, 1800, 2400,
                                   4800, 9600, 19200, 38400};
    static const uint32_t high[] = {57600,   115200,  230400,  460800,
                                    500000,  576000,  921600,  1000000,
                                    1152000, 1500000, 2000000, 2500000,
                                    3000000, 3500000, 4000000};
    uint32_t b = t->c_cflag & CBAUD;

    if (b == BOTHER)
        return t->c_ospeed;
    if (b < TT_LEN(low))
        return low[b];
    b -= B57600;
    return b < TT_LEN(high) ? high[b] : 0;
}

void wrap_mode(const struct wrap_termios *t, char mode[4])
{
    uint32_t c = t->c_cflag;

    mode[0] = (char)('5' + ((c & CSIZE) >> 4));
    mode[1] = 'N';
    if (c & PARENB && c & CMSPAR)
        mode[1] = c & PARODD ? 'M' : 'S';
    else if (c & PARENB)
        mode[1] = c & PARODD ? 'O' : 'E';
    mode[2] = c & CSTOPB ? '2' : '1';
    mode[3] = '\0';
}

#endif
