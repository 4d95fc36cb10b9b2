#include "view/settings.h"

#include <string.h>

void settings_init(struct settings *s)
{
    memset(s, 0, sizeof(*s));
    keymap_init(&s->keys);
    theme_init(&s->theme);
    s->unicode = -1;
    for (size_t i = 0; i < recipe_count; i++)
        if (!recipe_parse(&s->recipe[s->nrecipes], recipe_texts[i], NULL))
            s->nrecipes++;
}

/* A recipe takes the place of one of its name. */
static enum tt_status add_recipe(struct settings *s, const char *text,
                                 struct tt_error *err)
{
    struct recipe r;
    enum tt_status st = recipe_parse(&r, text, err);
    size_t i = 0;

    if (st)
        return st;
    while (i < s->nrecipes && strcmp(s->recipe[i].name, r.name) != 0)
        i++;
    if (i == MAX_RECIPES)
        return tt_fail(err, TT_ERR_LIMIT, "at most %d recipes", MAX_RECIPES);
    s->recipe[i] = r;
    s->nrecipes += i == s->nrecipes;
    return TT_OK;
}

static enum tt_status bind(struct settings *s, char *text, struct tt_error *err)
{
    size_t n = strcspn(text, " \t");
    char *action = text + n;

    if (*action)
        *action++ = '\0';
    action += strspn(action, " \t");
    return keymap_bind(&s->keys, text, action, err) ? TT_OK : TT_ERR_SYNTAX;
}

static enum tt_status read_line(struct settings *s, char *line,
                                struct tt_error *err)
{
    size_t n = strcspn(line, " \t");
    struct tt_slice word = {line, n};
    char *rest = line + n + strspn(line + n, " \t");
    enum tt_status st;

    if (tt_slice_is(word, "bind"))
        st = bind(s, rest, err);
    else if (tt_slice_is(word, "color") || tt_slice_is(word, "colour"))
        st = theme_set(&s->theme, rest, err);
    else if (tt_slice_is(word, "recipe"))
        st = add_recipe(s, rest, err);
    else if (tt_slice_is(word, "unicode") &&
             (!strcmp(rest, "yes") || !strcmp(rest, "no")))
        st = (s->unicode = rest[0] == 'y', TT_OK);
    else
        return tt_fail(err, TT_ERR_SYNTAX,
                       "a line is: bind KEY ACTION, color NAME FG BG, recipe "
                       "NAME STEPS, or unicode yes|no");
    if (st)
        err->col = (unsigned)(rest - line) + (err->col ? err->col : 1);
    return st;
}

unsigned settings_read(struct settings *s, const char *text, size_t n,
                       void (*tell)(const struct tt_error *err, void *user),
                       void *user)
{
    unsigned mistakes = 0, lineno = 0;

    for (size_t at = 0; at < n && lineno < 10000;) {
        const char *nl = memchr(text + at, '\n', n - at);
        size_t len = nl ? (size_t)(nl - text) - at : n - at, skip = 0;
        char line[SETTINGS_LINE];
        struct tt_error err = {0};
        enum tt_status st = TT_OK;

        lineno++;
        while (skip < len &&
               (text[at + skip] == ' ' || text[at + skip] == '\t'))
            skip++;
        if (len - skip >= sizeof(line)) {
            st = tt_fail(&err, TT_ERR_LIMIT, "a line has at most %d characters",
                         SETTINGS_LINE - 1);
        } else {
            memcpy(line, text + at + skip, len - skip);
            line[len - skip] = '\0';
            while (len > skip && strchr(" \t\r", line[len - skip - 1]))
                line[--len - skip] = '\0';
            if (line[0] && line[0] != '#')
                st = read_line(s, line, &err);
        }
        if (st) {
            err.line = lineno;
            err.col += err.col ? (unsigned)skip : 0;
            mistakes++;
            tell(&err, user);
        }
        at = nl ? (size_t)(nl - text) + 1 : n;
    }
    return mistakes;
}
