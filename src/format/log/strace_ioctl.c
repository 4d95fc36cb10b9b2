/*
 * What a tool did to its line, from ioctl() as strace shows it.  A request
 * that failed (a pty has no DTR) changed nothing and is left out.
 */
#include "format/log/strace.h"

#include <stdio.h>
#include <string.h>

static bool holds(struct tt_slice s, const char *word)
{
    return tt_find(s, word) < s.n;
}

/* The text between word and the end of that field. */
static struct tt_slice field(struct tt_slice s, const char *word)
{
    size_t at = tt_find(s, word), end;

    if (at >= s.n)
        return (struct tt_slice){s.p, 0};
    s.p += at + strlen(word);
    s.n -= at + strlen(word);
    end = tt_find(s, ", ");
    if (end < s.n)
        s.n = end;
    return s;
}

/* "B115200|CS8|..." or, of termios2, a speed by its number. */
static uint32_t speed(struct tt_slice all, struct tt_slice cflag)
{
    struct tt_slice at = field(all, "c_ospeed=");
    uint64_t n = 0;

    if (at.n) {
        if (tt_cut_char(&at, 'B') || at.n)
            (void)tt_cut_number(&at, 10, &n);
        if (n && n <= UINT32_MAX)
            return (uint32_t)n;
    }
    for (at = cflag; at.n; at.p++, at.n--) {
        struct tt_slice digits = {at.p + 1, at.n - 1};

        if (at.p[0] == 'B' && tt_cut_number(&digits, 10, &n) &&
            n <= UINT32_MAX &&
            (digits.n == 0 || digits.p[0] == '|' || digits.p[0] == ' ' ||
             digits.p[0] == '}'))
            return (uint32_t)n;
    }
    return 0;
}

static void settings(struct tt_log *l, struct tt_slice s)
{
    struct strace *k = (struct strace *)(void *)l->own;
    struct tt_slice cflag = field(s, "c_cflag=");
    uint32_t baud = speed(s, cflag);
    char mode[4];

    if (!cflag.n)
        return;
    (void)snprintf(mode, sizeof(mode), "%c%c%c",
                   holds(cflag, "CS5")   ? '5'
                   : holds(cflag, "CS6") ? '6'
                   : holds(cflag, "CS7") ? '7'
                                         : '8',
                   !holds(cflag, "PARENB")  ? 'N'
                   : holds(cflag, "PARODD") ? 'O'
                                            : 'E',
                   holds(cflag, "CSTOPB") ? '2' : '1');
    if (baud == k->baud && !strcmp(mode, k->mode))
        return;
    k->baud = baud;
    memcpy(k->mode, mode, sizeof(mode));
    tt_log_baud(l, baud, mode);
}

static void lines(struct tt_log *l, struct tt_slice s, bool up, bool down)
{
    static const struct {
        const char *bit;
        enum tt_event up, down;
    } bits[] = {{"TIOCM_DTR", TT_EV_DTR_UP, TT_EV_DTR_DOWN},
                {"TIOCM_RTS", TT_EV_RTS_UP, TT_EV_RTS_DOWN}};

    for (size_t i = 0; i < TT_LEN(bits); i++) {
        bool set = holds(s, bits[i].bit);

        if (set ? up : (up && down))
            tt_log_event(l, set ? bits[i].up : bits[i].down);
        else if (set && down && !up)
            tt_log_event(l, bits[i].down);
    }
}

void tt_strace_ioctl(struct tt_log *l, struct strace_fd fd, struct tt_slice s,
                     int64_t result)
{
    struct tt_slice request;
    size_t end;

    (void)tt_cut_word(&s, ", ");
    end = tt_find(s, ",");
    request = (struct tt_slice){s.p, end < s.n ? end : s.n};
    if (result != 0)
        return;
    if (!fd.is_line) {
        /* Without -y this is how a line shows that it is one. */
        if (fd.n < 3 || !(holds(request, "TCSETS") || holds(request, "TIOCM") ||
                          holds(request, "TCFLSH")))
            return;
        tt_strace_is_line(l, fd.n, true);
    }
    if (holds(request, "TCSETS"))
        settings(l, s);
    else if (holds(request, "TIOCMBIS"))
        lines(l, s, true, false);
    else if (holds(request, "TIOCMBIC"))
        lines(l, s, false, true);
    else if (holds(request, "TIOCMSET"))
        lines(l, s, true, true);
    else if (holds(request, "TIOCSBRK") ||
             (holds(request, "TCSBRK") && holds(s, "TCSBRK, 0")))
        tt_log_event(l, TT_EV_BREAK);
}
