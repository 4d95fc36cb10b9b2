#include "view/theme.h"

#include <stdlib.h>
#include <string.h>

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/* Blue against yellow, never red against green alone: told apart with every
 * common colour blindness; and what matters has a word or a mark besides. */
static const struct looks defaults[STYLES] = {
    [STYLE_PLAIN] = {-1, -1, 0},
    [STYLE_DIM] = {-1, -1, LOOK_DIM},
    [STYLE_TITLE] = {-1, -1, LOOK_BOLD},
    [STYLE_FAULT] = {WHITE, RED, LOOK_BOLD},
    [STYLE_WARN] = {BLACK, YELLOW, LOOK_BOLD},
    [STYLE_NOTE] = {CYAN, -1, LOOK_BOLD},
    [STYLE_OK] = {BLACK, CYAN, LOOK_BOLD},
    [STYLE_UNKNOWN] = {YELLOW, -1, LOOK_BOLD},
    [STYLE_HEAD] = {-1, -1, LOOK_DIM},
    [STYLE_RULER] = {-1, -1, LOOK_DIM},
    [STYLE_TIME] = {-1, -1, LOOK_DIM},
    [STYLE_HOST] = {CYAN, -1, LOOK_BOLD},
    [STYLE_DEVICE] = {YELLOW, -1, LOOK_BOLD},
    [STYLE_TOOL] = {MAGENTA, -1, 0},
    [STYLE_EVENT] = {BLUE, -1, LOOK_BOLD},
    [STYLE_GAP] = {-1, -1, LOOK_DIM},
    [STYLE_LABEL] = {MAGENTA, -1, 0},
    [STYLE_KEY] = {-1, -1, LOOK_BOLD},
    [STYLE_PROMPT] = {-1, -1, LOOK_BOLD},
    [STYLE_ERROR] = {RED, -1, LOOK_BOLD},
    [STYLE_BYTE_NUL] = {-1, -1, LOOK_DIM},
    [STYLE_BYTE_PRINT] = {-1, -1, 0},
    [STYLE_BYTE_SPACE] = {CYAN, -1, 0},
    [STYLE_BYTE_CTRL] = {BLUE, -1, LOOK_BOLD},
    [STYLE_BYTE_HIGH] = {YELLOW, -1, 0},
    [STYLE_BYTE_FF] = {MAGENTA, -1, 0},
};

static const struct looks default_marks[MARK_LOOKS] = {
    {-1, -1, LOOK_BOLD | LOOK_UNDERLINE},
    {BLACK, YELLOW, LOOK_REVERSE},
    {-1, -1, LOOK_REVERSE},
};

static const char *const mark_names[MARK_LOOKS] = {"evidence", "found",
                                                   "picked"};

void theme_init(struct theme *t)
{
    memcpy(t->style, defaults, sizeof(t->style));
    memcpy(t->mark, default_marks, sizeof(t->mark));
}

static const char *const colors[] = {"black", "red",     "green", "yellow",
                                     "blue",  "magenta", "cyan",  "white"};
static const char *const attrs[] = {"bold", "dim", "underline", "reverse"};

static int color_of(const char *word)
{
    char *end;
    long n;

    for (size_t i = 0; i < TT_LEN(colors); i++)
        if (!strcmp(word, colors[i]))
            return (int)i;
    if (!strcmp(word, "default"))
        return -1;
    n = strtol(word, &end, 10);
    return *end || end == word || n < 0 || n > 255 ? -2 : (int)n;
}

static struct looks *looks_called(struct theme *t, const char *name)
{
    for (int i = 0; i < STYLES; i++)
        if (!strcmp(style_name(i), name))
            return &t->style[i];
    for (int i = 0; i < MARK_LOOKS; i++)
        if (!strcmp(mark_names[i], name))
            return &t->mark[i];
    return NULL;
}

/* The next word of *s, at most 31 characters; false at the end. */
static bool next_word(const char **s, char word[32])
{
    size_t n;

    *s += strspn(*s, " \t");
    n = strcspn(*s, " \t");
    if (!n)
        return false;
    memset(word, 0, 32);
    memcpy(word, *s, n < 31 ? n : 31);
    *s += n;
    return true;
}

enum tt_status theme_set(struct theme *t, const char *text,
                         struct tt_error *err)
{
    struct looks *looks, set = {-1, -1, 0};
    char word[32];
    int nth = 0;

    looks = next_word(&text, word) ? looks_called(t, word) : NULL;
    if (!looks)
        return tt_fail(err, TT_ERR_SYNTAX,
                       "nothing that has a colour is "
                       "called '%.31s'",
                       word);
    for (; next_word(&text, word); nth++) {
        int c = color_of(word);
        unsigned a = 0;

        for (size_t i = 0; i < TT_LEN(attrs); i++)
            if (!strcmp(word, attrs[i]))
                a = 1u << i;
        if (!a && (c == -2 || nth > 1))
            return tt_fail(err, TT_ERR_SYNTAX,
                           "'%.31s' is no colour (red, default, 0 to 255) and "
                           "not bold, dim, underline or reverse",
                           word);
        set.attr |= a;
        if (!a && nth == 0)
            set.fg = c;
        else if (!a)
            set.bg = c;
    }
    *looks = set;
    return TT_OK;
}

static void put_on(struct looks *l, const struct looks *mark)
{
    if (mark->fg >= 0)
        l->fg = mark->fg;
    if (mark->bg >= 0)
        l->bg = mark->bg;
    l->attr |= mark->attr;
}

struct looks theme_looks(const struct theme *t, int style, bool color)
{
    int base = style & STYLE_BASE;
    struct looks l = t->style[base < STYLES ? base : STYLE_PLAIN];

    for (int i = 0; i < MARK_LOOKS; i++)
        if (style & STYLE_EVIDENCE << i)
            put_on(&l, &t->mark[i]);
    if (!color) {
        /* What has a background of its own stands out without it too. */
        if (l.bg >= 0)
            l.attr |= LOOK_REVERSE;
        l.fg = l.bg = -1;
    } else if (style & STYLE_FOUND && !(style & STYLE_PICKED)) {
        l.attr &= ~(unsigned)LOOK_REVERSE;
    }
    return l;
}
