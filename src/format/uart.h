/*
 * uart - one wire of a logic capture as characters: how fast it is, and what
 * it says.
 *
 * Layer: format.
 */
#ifndef TT_FORMAT_UART_H
#define TT_FORMAT_UART_H

#include "base/base.h"

/* A level that changes. */
struct tt_edge {
    uint64_t at; /* sample */
    uint8_t wire;
    bool level; /* from there on */
};

/* How the characters of a wire are sent. */
struct tt_uart_settings {
    double bit;    /* samples */
    uint32_t baud; /* the usual one that is nearest */
    uint8_t data;  /* bits */
    char parity;   /* N E O */
    bool inverted; /* idle is low */
};

enum tt_uart_what {
    TT_UART_NOTHING,
    TT_UART_BYTE,
    TT_UART_FRAMING, /* a character without its stop bit */
    TT_UART_PARITY,
    TT_UART_BREAK
};

/* A receiver: it waits for the beginning of a start bit, and looks at the
 * middle of each bit. */
struct tt_uart {
    struct tt_uart_settings is;
    bool level, busy, wait; /* wait: for the line to be idle again */
    bool sync;     /* it was idle for a character: what begins is one */
    double start;  /* sample */
    uint64_t rise; /* sample since which it is idle */
    uint8_t next;  /* bit to be looked at, 0: start bit */
    uint16_t bits;
};

void tt_uart_init(struct tt_uart *u, const struct tt_uart_settings *is,
                  bool level);
/* The sample at which it looks next; INFINITY: it waits. */
double tt_uart_due(const struct tt_uart *u);
/* Look, at the time that is due. */
enum tt_uart_what tt_uart_look(struct tt_uart *u, uint8_t *byte);
/* The level changes at a time that nothing is due before. */
void tt_uart_edge(struct tt_uart *u, uint64_t at, bool level);

/* What was found about a wire. */
struct tt_uart_found {
    bool is;
    struct tt_uart_settings settings;
    uint64_t bytes, errors; /* breaks are such */
    uint64_t first;         /* sample at which it speaks first */
};

/* Is wire a serial line?  edges are those of all wires; begin is its level
 * before the first, end the sample after the last one known. */
void tt_uart_find(struct tt_uart_found *f, const struct tt_edge *edges,
                  size_t n, uint8_t wire, bool begin, uint64_t end,
                  double rate);

#endif
