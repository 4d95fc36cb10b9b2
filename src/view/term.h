/*
 * term - the terminal: the only file that knows curses.
 *
 * Whatever way the program ends, crashes included, the terminal is put back.
 *
 * Layer: view (program).
 */
#ifndef TELLTALE_VIEW_TERM_H
#define TELLTALE_VIEW_TERM_H

#include "view/keys.h"
#include "view/theme.h"

/*
 * Take the terminal of stdin and stdout.  color: use colours when it has
 * them; unicode: 0, 1, or -1 as the locale says.  False when it cannot do
 * what a screen needs; err says why.
 */
bool term_open(const struct theme *theme, bool color, int unicode,
               struct tt_error *err) TT_MUST_USE;
void term_close(void); /* may be called again */

/* Its size, and whether it shows more than ASCII. */
void term_size(int *rows, int *cols);
bool term_unicode(void);

/* Show a grid of its size. */
void term_show(const struct grid *g);

/* Draw everything anew at the next term_show(). */
void term_redraw(void);

/* The next key that is waiting; false when none is. */
bool term_key(struct key *k);

/* Give the terminal back, stop the program as Ctrl-Z does, and take it again
 * when it goes on. */
void term_suspend(void);

/* Put text into the terminal's clipboard (OSC 52), at most 64 KiB of it;
 * false when it is longer.  Works where the terminal allows it. */
bool term_clipboard(const void *p, size_t n);

#endif
