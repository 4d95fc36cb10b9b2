#include "view/keys.h"

#include <string.h>

/* clang-format off */
const struct action_row action_rows[] = {
    {ACT_UP, "up", "Up k", 0, "Moving", "a row up", 0},
    {ACT_DOWN, "down", "Down j", 0, 0, "a row down", 0},
    {ACT_PAGE_UP, "page-up", "PgUp ^B", 0, 0, "a page up", 0},
    {ACT_PAGE_DOWN, "page-down", "PgDn ^F", 0, 0, "a page down", 0},
    {ACT_TOP, "top", "Home <", 0, 0, "to the beginning", 0},
    {ACT_BOTTOM, "bottom", "End > G", 0, 0,
     "to the end, and on with what comes", 0},
    {ACT_GOTO, "goto", "g", 0, 0, "to a time: 1.5s, 250ms, +2s, -2s, 50%", 0},
    {ACT_EVIDENCE_NEXT, "evidence-next", "]", "evidence", 0,
     "to the next byte that proves the verdict", 0},
    {ACT_EVIDENCE_PREV, "evidence-prev", "[", 0, 0, "to the one before", 0},
    {ACT_SEARCH, "search", "/", "search", 0,
     "search: 7F ?\?, text, [event], @label; > or < first: one lane", 0},
    {ACT_SEARCH_NEXT, "search-next", "n", "next", 0, "the next place", 0},
    {ACT_SEARCH_PREV, "search-prev", "N", 0, 0, "the place before", 0},

    {ACT_PANE_NEXT, "pane-next", "Tab", "pane", "Showing", "the next pane", 0},
    {ACT_PANE_PREV, "pane-prev", "BackTab", 0, 0, "the pane before", 0},
    {ACT_PANE_WIRE, "pane-wire", "1", 0, 0, "the bytes", 0},
    {ACT_PANE_VERDICT, "pane-verdict", "2", 0, 0,
     "the verdict in full, and those before it", 0},
    {ACT_PANE_STATS, "pane-stats", "3", 0, 0, "statistics", 0},
    {ACT_PANE_RULES, "pane-rules", "4", 0, 0,
     "the rules: which fired, which nearly did", 0},
    {ACT_PANE_PORTS, "pane-ports", "5", 0, 0, "all lines at once", 0},
    {ACT_VIEW, "view", "w", "view", 0, "hex, text by lines, or dialog", 0},
    {ACT_TIMES, "times", "t", 0, 0,
     "times since the beginning, since the row before, or of the day", 0},
    {ACT_LANE_HOST, "lane-host", "h", 0, 0, "hide or show what the host sent", 0},
    {ACT_LANE_DEVICE, "lane-device", "d", 0, 0,
     "hide or show what the device sent", 0},
    {ACT_LANE_TOOL, "lane-tool", "o", 0, 0,
     "hide or show what the tool printed", 0},
    {ACT_LANE_LINE, "lane-line", "e", 0, 0, "hide or show events of the line", 0},
    {ACT_DETAILS, "details", "v", 0, 0, "more or less of the verdict", 0},
    {ACT_PORT_NEXT, "line-next", "^N", 0, 0, "the next line", 0},
    {ACT_PORT_PREV, "line-prev", "^P", 0, 0, "the line before", 0},
    {ACT_OPEN, "open", "Enter", 0, 0, "go to what the cursor is on", 0},

    {ACT_MARK, "mark", "m", "mark", "Marks and pieces",
     "mark the row, with a note; change the note of a mark", 0},
    {ACT_UNMARK, "unmark", "M", 0, 0, "remove the mark of the row", 0},
    {ACT_MARK_NEXT, "mark-next", "'", 0, 0, "to the next mark", 0},
    {ACT_MARK_PREV, "mark-prev", "`", 0, 0, "to the mark before", 0},
    {ACT_SELECT, "select", "x", 0, 0, "begin or end a selection", 0},
    {ACT_COPY, "copy", "y", 0, 0,
     "copy the selection as tape text (to the terminal's clipboard)", 0},
    {ACT_EXAMPLE, "example", "Y", 0, 0,
     "save the selection as a 'yes' example in a rule file", 0},

    {ACT_PAUSE, "pause", "Space", "pause", "Time",
     "stop and go on (a line goes on being recorded)", 0},
    {ACT_BACK, "back", "Left", 0, 0, "five seconds back; in lists: to the left", 0},
    {ACT_FORWARD, "forward", "Right", 0, 0, "five seconds on; in lists: what is cut at the right", 0},
    {ACT_STEP, "step", ".", 0, 0, "one record on", ON_FILE},
    {ACT_STEP_TURN, "step-turn", ",", 0, 0, "on to the next turn", ON_FILE},
    {ACT_STEP_VERDICT, "step-verdict", ";", 0, 0,
     "on to the next change of the verdict", ON_FILE},
    {ACT_FASTER, "faster", "+ =", 0, 0, "faster, up to 100 times", ON_FILE},
    {ACT_SLOWER, "slower", "-", 0, 0, "slower, down to a tenth", ON_FILE},
    {ACT_FULL_SPEED, "full-speed", "z", 0, 0, "as fast as it goes", ON_FILE},

    {ACT_SEND, "send", "s", "send", "The line (each asks first)",
     "send bytes or text", ON_LIVE},
    {ACT_LINES, "lines", "l", "lines", 0,
     "DTR, RTS, BREAK, reset recipes", ON_LIVE},
    {ACT_BAUD, "baud", "b", "baud", 0, "another speed or frame", ON_LIVE},
    {ACT_RECORD, "record", "r", "record", 0,
     "begin or end a recording; of a recording: save a copy with its marks", 0},

    {ACT_HELP, "help", "? F1", "help", "The program", "this page", 0},
    {ACT_REDRAW, "redraw", "^L", 0, 0, "draw the screen anew", 0},
    {ACT_CANCEL, "cancel", "Esc", 0, 0,
     "leave: a question, a selection, a search", 0},
    {ACT_QUIT, "quit", "q ^C", "quit", 0, "end, with the verdict", 0},
    {ACT_NONE, 0, 0, 0, 0, 0, 0}};

static const struct {
    const char *name;
    int key;
} names[] = {
    {"Up", TKEY_UP}, {"Down", TKEY_DOWN}, {"Left", TKEY_LEFT},
    {"Right", TKEY_RIGHT}, {"PgUp", TKEY_PGUP}, {"PgDn", TKEY_PGDN},
    {"Home", TKEY_HOME}, {"End", TKEY_END}, {"Enter", TKEY_ENTER},
    {"Esc", TKEY_ESC}, {"Tab", TKEY_TAB}, {"BackTab", TKEY_BACKTAB},
    {"Backspace", TKEY_BACKSPACE}, {"Delete", TKEY_DELETE}, {"F1", TKEY_F1},
    {"Space", ' '}};
/* clang-format on */

int key_by_name(const char *name)
{
    for (size_t i = 0; i < TT_LEN(names); i++)
        if (!strcmp(names[i].name, name))
            return names[i].key;
    if (name[0] == '^' && name[1] >= '@' && name[1] <= '_' && !name[2])
        return TKEY_CTRL(name[1]);
    if (name[0] > ' ' && name[0] < 0x7F && !name[1])
        return name[0];
    return KEY_NONE;
}

void say_key(int key, char out[16])
{
    struct tt_buf b;

    tt_buf_init(&b, 15);
    for (size_t i = 0; i < TT_LEN(names) && !b.n; i++)
        if (names[i].key == key)
            tt_buf_str(&b, names[i].name);
    if (!b.n && key > 0 && key < ' ')
        tt_buf_printf(&b, "^%c", key + '@');
    else if (!b.n && key > ' ' && key < 0x7F)
        tt_buf_ch(&b, (char)key);
    memcpy(out, tt_buf_text(&b), b.n + 1);
    tt_buf_release(&b);
}

/* Each word of a list of keys. */
static void bind_words(struct keymap *m, enum action a, const char *words)
{
    size_t n = 0;
    char word[16];

    while (*words && n < MAX_KEYS) {
        size_t len = strcspn(words, " ");

        if (len < sizeof(word)) {
            memcpy(word, words, len);
            word[len] = '\0';
            m->key[a][n++] = key_by_name(word);
        }
        words += len;
        words += strspn(words, " ");
    }
}

void keymap_init(struct keymap *m)
{
    memset(m, 0, sizeof(*m));
    for (const struct action_row *r = action_rows; r->name; r++)
        bind_words(m, r->action, r->keys);
}

enum action keymap_action(const struct keymap *m, int key)
{
    for (int a = 0; key != KEY_NONE && a < ACTIONS; a++)
        for (int i = 0; i < MAX_KEYS; i++)
            if (m->key[a][i] == key)
                return (enum action)a;
    return ACT_NONE;
}

static void unbind(struct keymap *m, int key)
{
    for (int a = 0; a < ACTIONS; a++) {
        int n = 0;

        for (int i = 0; i < MAX_KEYS; i++)
            if (m->key[a][i] != key)
                m->key[a][n++] = m->key[a][i];
        while (n < MAX_KEYS)
            m->key[a][n++] = KEY_NONE;
    }
}

bool keymap_bind(struct keymap *m, const char *key, const char *name,
                 struct tt_error *err)
{
    int code = key_by_name(key);

    if (!code)
        return !tt_fail(err, TT_ERR_SYNTAX,
                        "'%.20s' is no key (x, ^X, PgUp, Space, F1 ...)", key);
    for (const struct action_row *r = action_rows; r->name; r++) {
        int *k = m->key[r->action];

        if (strcmp(r->name, name) != 0)
            continue;
        unbind(m, code);
        for (int i = MAX_KEYS - 1; i > 0; i--)
            k[i] = k[i - 1];
        k[0] = code;
        return true;
    }
    return !tt_fail(err, TT_ERR_SYNTAX, "nothing is called '%.30s'", name);
}

void keymap_keys(const struct keymap *m, enum action a, struct tt_buf *out)
{
    for (int i = 0; i < MAX_KEYS && m->key[a][i]; i++) {
        char name[16];

        say_key(m->key[a][i], name);
        tt_buf_printf(out, "%s%s", i ? ", " : "", name);
    }
}

/* mdoc takes some characters for its own. */
static void put_mdoc(struct tt_buf *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '`')
            tt_buf_str(out, "\\(ga");
        else if (*s == '\'')
            tt_buf_str(out, "\\(aq");
        else if (*s == '-')
            tt_buf_str(out, "\\-");
        else if (*s == '^')
            tt_buf_str(out, "\\(ha");
        else if (*s == '"')
            tt_buf_str(out, "\\(dq");
        else if (strchr(".,;:()[]?!", *s) && (s[1] == ' ' || s[1] == '\0'))
            tt_buf_printf(out, "\\&%c", *s);
        else
            tt_buf_ch(out, *s);
    }
}

void keys_mdoc(struct tt_buf *out)
{
    struct keymap m;
    struct tt_buf keys;
    bool open = false;

    keymap_init(&m);
    tt_buf_init(&keys, 200);
    for (const struct action_row *r = action_rows; r->name; r++) {
        if (r->group && open)
            tt_buf_str(out, ".El\n.Pp\n");
        if (r->group) {
            put_mdoc(out, r->group);
            tt_buf_str(out, ":\n.Bl -tag -width \"PgDn, ^F\" -compact\n");
            open = true;
        }
        tt_buf_clear(&keys);
        keymap_keys(&m, r->action, &keys);
        tt_buf_str(out, ".It ");
        put_mdoc(out, tt_buf_text(&keys));
        tt_buf_ch(out, '\n');
        put_mdoc(out, r->help);
        tt_buf_printf(out, " (%s)\n", r->name);
    }
    if (open)
        tt_buf_str(out, ".El\n");
    tt_buf_release(&keys);
}
