/*
 * wrap_termios - speed and frame out of the settings that a tool makes.
 *
 * Layer: source (program), used by wrap and trace only.  Linux.
 */
#ifndef TELLTALE_SOURCE_WRAP_TERMIOS_H
#define TELLTALE_SOURCE_WRAP_TERMIOS_H

#include "base/base.h"

enum { WRAP_OLD_TERMIOS = 36 /* bytes of the first 'struct termios' */ };

/* The second forms; <asm/termbits.h> has them, but not beside <termios.h>. */
#define WRAP_TCSETSW2 _IOC(_IOC_WRITE, 'T', 0x2C, sizeof(struct wrap_termios))
#define WRAP_TCSETSF2 _IOC(_IOC_WRITE, 'T', 0x2D, sizeof(struct wrap_termios))

/* termios of the kernel, for both sides; its layout is the same for 32-bit
 * callers. */
struct wrap_termios {
    uint32_t c_iflag, c_oflag, c_cflag, c_lflag;
    uint8_t c_line, c_cc[19];
    uint32_t c_ispeed, c_ospeed; /* not in the first 36 bytes */
};

/* In bit/s; 0: hung up, or not known. */
uint32_t wrap_speed(const struct wrap_termios *t);

/* "8E1" */
void wrap_mode(const struct wrap_termios *t, char mode[4]);

#endif
