/*
 * curses restores the terminal when it is asked to.  For a crash nobody asks:
 * what endwin() would write is made ready at the start, so that a signal
 * handler can write it and put the tty's settings back with calls that are
 * safe there.
 */
#define NCURSES_WIDECHAR 1
#include "view/term.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

enum { MOST_PAIRS = 256, MOST_CLIPBOARD = 64 << 10 };

static struct {
    bool open, color, unicode;
    bool utf8; /* so its keys are */
    const struct theme *theme;
    SCREEN *screen;
    struct pair {
        short fg, bg;
    } pair[MOST_PAIRS];
    short npairs;
    struct termios was;
    bool has_was;
    char restore[256]; /* what puts the screen back */
    size_t nrestore;
    int rows, cols;
} term;

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static void on_crash(int sig)
{
    if (term.open) {
        (void)!write(STDOUT_FILENO, term.restore, term.nrestore);
        if (term.has_was)
            (void)tcsetattr(STDIN_FILENO, TCSANOW, &term.was);
    }
    (void)signal(sig, SIG_DFL);
    (void)raise(sig);
}

/* Add a capability, without its padding, to what restores the screen. */
static void add_restore(const char *cap)
{
    const char *s = tigetstr((char *)(uintptr_t)cap);

    if (!s || s == (const char *)-1)
        return;
    for (; *s && term.nrestore < sizeof(term.restore); s++) {
        if (s[0] == '$' && s[1] == '<') {
            while (*s && *s != '>')
                s++;
            if (!*s)
                break;
            continue;
        }
        term.restore[term.nrestore++] = *s;
    }
}

static void prepare_restore(void)
{
    static const char mouse_off[] =
        "\033[?1000l\033[?1006l\033[?1002l\033[?2004l";

    term.nrestore = 0;
    memcpy(term.restore, mouse_off, sizeof(mouse_off) - 1);
    term.nrestore = sizeof(mouse_off) - 1;
    add_restore("sgr0");
    add_restore("cnorm");
    add_restore("rmkx");
    add_restore("rmcup");
}

/* Pasted text comes between ESC[200~ and ESC[201~. */
static void bracket_paste(bool on)
{
    (void)fputs(on ? "\033[?2004h" : "\033[?2004l", stdout);
    (void)fflush(stdout);
}

/* Terminals send more than their description says: Home and End of xterm, of
 * rxvt, of the Linux console. */
enum { CODE_PASTE = KEY_MAX + 1, CODE_PASTE_END };

static void name_keys(void)
{
    static const struct {
        const char *text;
        int code;
    } keys[] = {
        {"\033[1~", KEY_HOME},     {"\033[7~", KEY_HOME},
        {"\033[H", KEY_HOME},      {"\033OH", KEY_HOME},
        {"\033[4~", KEY_END},      {"\033[8~", KEY_END},
        {"\033[F", KEY_END},       {"\033OF", KEY_END},
        {"\033[A", KEY_UP},        {"\033[B", KEY_DOWN},
        {"\033[C", KEY_RIGHT},     {"\033[D", KEY_LEFT},
        {"\033[3~", KEY_DC},       {"\033[5~", KEY_PPAGE},
        {"\033[6~", KEY_NPAGE},    {"\033[11~", KEY_F(1)},
        {"\033[200~", CODE_PASTE}, {"\033[201~", CODE_PASTE_END},
    };

    for (size_t i = 0; i < TT_LEN(keys); i++)
        (void)define_key(keys[i].text, keys[i].code);
}

static void take(void)
{
    (void)cbreak();
    (void)noecho();
    (void)nonl();
    (void)intrflush(stdscr, FALSE);
    (void)keypad(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)curs_set(0);
    (void)mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED |
                        BUTTON5_PRESSED,
                    NULL);
    (void)mouseinterval(0);
    bracket_paste(true);
}

bool term_open(const struct theme *theme, bool color, int unicode,
               struct tt_error *err)
{
    memset(&term, 0, sizeof(term));
    term.theme = theme;
    (void)setlocale(LC_CTYPE, "");
    term.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
    term.unicode = unicode < 0 ? term.utf8 : unicode > 0;
    term.has_was = tcgetattr(STDIN_FILENO, &term.was) == 0;
    (void)set_escdelay(25);
    term.screen = newterm(NULL, stdout, stdin);
    if (!term.screen)
        return !tt_fail(err, TT_ERR_IO,
                        "this terminal is not known (TERM) or cannot draw a "
                        "screen: use --plain");
    (void)set_term(term.screen);
    name_keys();
    take();
    term.color = color && has_colors();
    if (term.color) {
        (void)start_color();
        (void)use_default_colors();
    }
    prepare_restore();
    term.open = true;
    for (size_t i = 0; i < TT_LEN(crashes); i++)
        (void)signal(crashes[i], on_crash);
    return true;
}

void term_close(void)
{
    if (!term.open)
        return;
    bracket_paste(false);
    (void)endwin();
    delscreen(term.screen);
    term.open = false;
    for (size_t i = 0; i < TT_LEN(crashes); i++)
        (void)signal(crashes[i], SIG_DFL);
}

void term_size(int *rows, int *cols)
{
    getmaxyx(stdscr, *rows, *cols);
}

bool term_unicode(void)
{
    return term.unicode;
}

/* The pair for two colours; 0 when there are no more. */
static short pair_of(int fg, int bg)
{
    if ((fg < 0 && bg < 0) || fg >= COLORS || bg >= COLORS)
        return 0;
    for (short i = 0; i < term.npairs; i++)
        if (term.pair[i].fg == fg && term.pair[i].bg == bg)
            return (short)(i + 1);
    if (term.npairs + 1 >= MOST_PAIRS || term.npairs + 1 >= COLOR_PAIRS ||
        init_pair((short)(term.npairs + 1), (short)fg, (short)bg) == ERR)
        return 0;
    term.pair[term.npairs++] = (struct pair){(short)fg, (short)bg};
    return term.npairs;
}

static void show_cell(const struct cell *c, int width)
{
    struct looks l = theme_looks(term.theme, c->style, term.color);
    wchar_t text[2] = {(wchar_t)(c->ch ? c->ch : ' '), 0};
    attr_t attr = A_NORMAL;
    cchar_t out;

    if (c->ch >= 0x80 && wcwidth(text[0]) != width)
        text[0] = L'?'; /* the terminal would put it elsewhere */

    if (l.attr & LOOK_BOLD)
        attr |= A_BOLD;
    if (l.attr & LOOK_DIM)
        attr |= A_DIM;
    if (l.attr & LOOK_UNDERLINE)
        attr |= A_UNDERLINE;
    if (l.attr & LOOK_REVERSE)
        attr |= A_REVERSE;
    (void)setcchar(&out, text, attr, term.color ? pair_of(l.fg, l.bg) : 0,
                   NULL);
    (void)add_wch(&out);
}

void term_show(const struct grid *g)
{
    for (int y = 0; y < g->rows; y++) {
        for (int x = 0, width; x < g->cols; x += width) {
            const struct cell *c = &g->cell[y * g->cols + x];

            width = x + 1 < g->cols && c->ch && c[1].ch == 0 ? 2 : 1;
            (void)move(y, x);
            show_cell(c, width);
        }
    }
    (void)refresh();
}

void term_redraw(void)
{
    (void)clearok(stdscr, TRUE);
}

static const struct {
    int curses, key;
} specials[] = {
    {KEY_UP, TKEY_UP},        {KEY_DOWN, TKEY_DOWN},
    {KEY_LEFT, TKEY_LEFT},    {KEY_RIGHT, TKEY_RIGHT},
    {KEY_PPAGE, TKEY_PGUP},   {KEY_NPAGE, TKEY_PGDN},
    {KEY_HOME, TKEY_HOME},    {KEY_END, TKEY_END},
    {KEY_ENTER, TKEY_ENTER},  {KEY_BACKSPACE, TKEY_BACKSPACE},
    {KEY_DC, TKEY_DELETE},    {KEY_BTAB, TKEY_BACKTAB},
    {KEY_F(1), TKEY_F1},      {KEY_RESIZE, TKEY_RESIZE},
    {CODE_PASTE, TKEY_PASTE}, {CODE_PASTE_END, TKEY_PASTE_END},
};

static bool mouse_key(struct key *k)
{
    MEVENT e;

    if (getmouse(&e) != OK)
        return false;
    k->row = e.y;
    k->col = e.x;
    k->code = e.bstate & BUTTON4_PRESSED   ? TKEY_WHEEL_UP
              : e.bstate & BUTTON5_PRESSED ? TKEY_WHEEL_DOWN
                                           : TKEY_CLICK;
    return true;
}

static int plain_key(wint_t c)
{
    switch (c) {
    case '\r':
    case '\n': return TKEY_ENTER;
    case '\t': return TKEY_TAB;
    case 0x1B: return TKEY_ESC;
    case 0x7F:
    case 0x08: return TKEY_BACKSPACE;
    default: return (int)c;
    }
}

/* After ESC: a key that nobody has named, ESC [ .. ~ or ESC O x, is no key at
 * all.  What is not like that stays to be read. */
static bool skip_sequence(void)
{
    wint_t c;
    int n = 0;

    if (get_wch(&c) == ERR)
        return false;
    if (c != '[' && c != 'O') {
        (void)unget_wch((wchar_t)c);
        return false;
    }
    while (n++ < 32 && get_wch(&c) != ERR)
        if (c >= 0x40 && c <= 0x7E)
            break;
    return true;
}

bool term_key(struct key *k)
{
    wint_t c;

    for (;;) {
        int kind = get_wch(&c);

        *k = (struct key){0};
        if (kind == ERR)
            return false;
        if (kind != KEY_CODE_YES && c == 0x1B && skip_sequence())
            continue;
        if (kind != KEY_CODE_YES && c >= 0x80 && !term.utf8)
            continue; /* a piece of a letter that this locale does not know */
        if (kind != KEY_CODE_YES) {
            k->code = plain_key(c);
            return true;
        }
        if (c == KEY_MOUSE && mouse_key(k))
            return true;
        for (size_t i = 0; i < TT_LEN(specials); i++)
            if ((int)c == specials[i].curses) {
                k->code = specials[i].key;
                return true;
            }
    }
}

void term_suspend(void)
{
    struct sigaction was, usual = {.sa_handler = SIG_DFL};

    (void)def_prog_mode();
    bracket_paste(false);
    (void)endwin();
    (void)sigaction(SIGTSTP, &usual, &was);
    (void)raise(SIGTSTP); /* here the program stands until it is told to go */
    (void)sigaction(SIGTSTP, &was, NULL);
    (void)reset_prog_mode();
    take();
    (void)clearok(stdscr, TRUE);
    (void)refresh();
}

bool term_clipboard(const void *p, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *b = p;

    if (n > MOST_CLIPBOARD)
        return false;
    (void)fputs("\033]52;c;", stdout);
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)b[i] << 16;

        if (i + 1 < n)
            v |= (uint32_t)b[i + 1] << 8;
        if (i + 2 < n)
            v |= b[i + 2];
        (void)putc(digits[v >> 18 & 63], stdout);
        (void)putc(digits[v >> 12 & 63], stdout);
        (void)putc(i + 1 < n ? digits[v >> 6 & 63] : '=', stdout);
        (void)putc(i + 2 < n ? digits[v & 63] : '=', stdout);
    }
    (void)fputs("\033\\", stdout);
    return fflush(stdout) == 0;
}
