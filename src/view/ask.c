/*
 * ask - questions on the last line: their keys, and what answers mean.
 */
#include "base/letter.h"
#include "view/view.h"

#include <stdio.h>
#include <string.h>

static const char *const prompts[ASKS] = {
    [ASK_SEARCH] = "search (7F ??, text, [event], @label; > or < first): ",
    [ASK_GOTO] = "go to (1.5s, 250ms, +2s, -2s, 50%): ",
    [ASK_MARK] = "note of the mark (M removes it): ",
    [ASK_SEND] = "send (7F 0D \"text\\r\"): ",
    [ASK_LINES] = "d DTR  r RTS  k BREAK  or the name of a recipe: ",
    [ASK_BAUD] = "baud and frame (115200 8N1): ",
    [ASK_RECORD] = "record to file (.pcapng or .tape): ",
    [ASK_EXAMPLE] = "save as a 'yes' example of rule: ",
};

const char *ask_prompt(const struct view *v)
{
    return v->ask == ASK_SURE || v->ask == ASK_LEAVE ? v->message
                                                     : prompts[v->ask];
}

void view_ask(struct view *v, enum ask ask, const char *with)
{
    v->ask = ask;
    v->back = 0;
    (void)snprintf(v->answer, sizeof(v->answer), "%s", with);
    v->nanswer = v->at = strlen(v->answer);
}

/* ---- the line editor ---------------------------------------------------- */

static void insert(struct view *v, int ch)
{
    char c[4];
    size_t n = tt_letter_put(c, (uint32_t)ch);

    if (v->nanswer + n >= sizeof(v->answer))
        return;
    memmove(v->answer + v->at + n, v->answer + v->at, v->nanswer - v->at + 1);
    memcpy(v->answer + v->at, c, n);
    v->at += n;
    v->nanswer += n;
}

/* Where the character after, before a place begins. */
static size_t after(const struct view *v, size_t at)
{
    size_t len;

    if (at >= v->nanswer)
        return v->nanswer;
    (void)tt_letter(v->answer + at, v->nanswer - at, &len);
    return at + len;
}

static size_t before(const struct view *v, size_t at)
{
    size_t k = 0, last = 0;

    while (k < at) {
        last = k;
        k = after(v, k);
    }
    return last;
}

static void erase(struct view *v, size_t at)
{
    size_t end = after(v, at), n = end - at;

    memmove(v->answer + at, v->answer + end, v->nanswer - end + 1);
    v->nanswer -= n;
    if (v->at > at)
        v->at -= n;
}

/* Inside of quotes a line end is one, elsewhere it is a blank; at the end of
 * what is pasted it is nothing. */
static void insert_newlines(struct view *v)
{
    bool quoted = false;

    for (size_t i = 0; i < v->at; i++)
        quoted ^= v->answer[i] == '"' && (!i || v->answer[i - 1] != '\\');
    for (; v->newlines > 0; v->newlines--) {
        insert(v, quoted ? '\\' : ' ');
        if (quoted)
            insert(v, 'r');
    }
}

void view_paste_key(struct view *v, const struct key *k)
{
    bool open = v->ask != ASK_NONE && v->ask != ASK_SURE && v->ask != ASK_LEAVE;

    if (k->code == TKEY_PASTE || k->code == TKEY_PASTE_END) {
        v->pasting = k->code == TKEY_PASTE;
        v->newlines = 0;
        if (v->pasting && v->ask == ASK_NONE)
            view_say(v, true,
                     "pasted text is left out: only questions take it (s, /)");
    } else if (open && (k->code == TKEY_ENTER || k->code == TKEY_TAB)) {
        v->newlines++;
    } else if (open && k->code >= ' ' && tt_letter_columns((uint32_t)k->code)) {
        insert_newlines(v);
        insert(v, k->code);
    }
}

/* What was answered before. */
static void recall(struct view *v, int by)
{
    const struct past_texts *past = &v->past[v->ask];
    size_t back = v->back + (size_t)by;

    if ((by < 0 && !v->back) || back > past->n)
        return;
    v->back = back;
    view_ask(v, v->ask, back ? past->text[past->n - back] : "");
    v->back = back;
}

static void remember(struct past_texts *past, const char *text)
{
    if (!*text || (past->n && !strcmp(past->text[past->n - 1], text)))
        return;
    if (past->n == PAST_TEXTS) {
        memmove(past->text[0], past->text[1],
                (PAST_TEXTS - 1) * sizeof(past->text[0]));
        past->n--;
    }
    (void)snprintf(past->text[past->n++], ASK_TEXT, "%s", text);
}

static void answer(struct view *v)
{
    enum ask ask = v->ask;
    char text[ASK_TEXT];

    memcpy(text, v->answer, sizeof(text));
    v->ask = ASK_NONE;
    remember(&v->past[ask], text);
    view_answered(v, ask, text);
}

void view_ask_key(struct view *v, const struct key *k)
{
    if (v->ask == ASK_LEAVE) {
        view_leave_key(v, k->code);
        return;
    }
    if (v->ask == ASK_SURE) {
        enum ask was = v->ask;

        v->ask = ASK_NONE;
        v->message[0] = '\0';
        view_answered(v, was, k->code == 'y' || k->code == 'Y' ? "y" : "");
        return;
    }
    switch (k->code) {
    case TKEY_ESC:
    case TKEY_CTRL('C'):
        v->ask = ASK_NONE;
        v->leaving = false;
        break;
    case TKEY_ENTER: answer(v); break;
    case TKEY_BACKSPACE:
        if (v->at)
            erase(v, before(v, v->at));
        break;
    case TKEY_DELETE: erase(v, v->at); break;
    case TKEY_LEFT: v->at = before(v, v->at); break;
    case TKEY_RIGHT: v->at = after(v, v->at); break;
    case TKEY_HOME:
    case TKEY_CTRL('A'): v->at = 0; break;
    case TKEY_END:
    case TKEY_CTRL('E'): v->at = v->nanswer; break;
    case TKEY_CTRL('U'): view_ask(v, v->ask, ""); break;
    case TKEY_UP: recall(v, 1); break;
    case TKEY_DOWN: recall(v, -1); break;
    default:
        if (k->code >= ' ' && tt_letter_columns((uint32_t)k->code))
            insert(v, k->code);
        break;
    }
}

/* ---- what answers mean -------------------------------------------------- */

/* "1.5s", "250ms", "2min", "90"; the rest comes back, NULL for no time. */
static const char *parse_time(const char *s, double *ns)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {
        {"us", 1e3}, {"ms", 1e6}, {"min", 60e9}, {"s", 1e9}, {"h", 3600e9}};
    double n = 0, scale = 1;
    bool any = false, point = false;

    for (; (*s >= '0' && *s <= '9') || (*s == '.' && !point); s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        any = true;
        n = n * 10 + (*s - '0');
        scale *= point ? 10 : 1;
    }
    n /= scale;
    if (!any || n > 1e12)
        return NULL;
    for (size_t i = 0; i < TT_LEN(units); i++)
        if (!strncmp(s, units[i].unit, strlen(units[i].unit))) {
            *ns = n * units[i].ns;
            return s + strlen(units[i].unit);
        }
    *ns = n * 1e9;
    return s;
}

/* The time of the row the cursor is on, and of the last record. */
static void times_of(const struct view *v, uint64_t *here, uint64_t *last)
{
    const struct port *p = view_port(v);
    uint64_t end = store_end(&p->store), offset;
    struct tt_record r;

    *here = *last = p->now_ns;
    if (end && store_get(&p->source, store_end(&p->source) - 1, &r, &offset))
        *last = r.t_ns;
    if (p->look.placed &&
        store_get(&p->store, p->look.cursor.record, &r, &offset))
        *here = p->clipped && p->look.follow ? p->now_ns : r.t_ns;
}

static void go_to(struct view *v, const char *text)
{
    struct port *p = view_port(v);
    char sign = *text == '+' || *text == '-' ? *text : '\0';
    uint64_t here, last;
    struct rows rw;
    const char *rest;
    double ns;

    times_of(v, &here, &last);
    rest = parse_time(text + (sign != '\0'), &ns);
    if (rest && *rest == '%' && !sign && ns <= 100e9) {
        ns = ns / 1e9 / 100 * (double)last;
        rest++;
    }
    if (!rest || *rest) {
        view_say(v, true, "'%s' is no time: 1.5s, 250ms, +2s, -2s, 50%%", text);
        return;
    }
    if (sign == '+')
        ns += (double)here;
    else if (sign == '-')
        ns = ns > (double)here ? 0 : (double)here - ns;
    wire_rows(p, v->cols, &rw);
    if (p->clipped) {
        v->request = (struct request){.kind = REQ_SEEK, .t_ns = (uint64_t)ns};
        return;
    }
    wire_goto(p, &rw, record_at_time(&p->store, (uint64_t)ns), 0);
}

static void begin_search(struct view *v, const char *text)
{
    struct port *p = view_port(v);
    struct needle n;
    struct tt_error err;

    if (!*text && v->has_needle) {
        view_act(v, ACT_SEARCH_NEXT);
        return;
    }
    if (needle_parse(&n, text, &err)) {
        view_say(v, true, "%s", err.msg);
        return;
    }
    v->has_needle = v->searching = true;
    v->wrapped = false;
    search_begin(
        &v->search, &n, false,
        p->look.placed ? p->look.cursor.record : store_first(&p->store), 0);
    /* The row of the cursor is looked at too. */
    v->search.partly = false;
    p->look.follow = false;
    (void)view_search(v);
}

void view_sure(struct view *v, const struct request *r, const char *question)
{
    if (v->active) {
        v->request = *r;
        return;
    }
    v->pending = *r;
    v->ask = ASK_SURE;
    v->message_bad = false;
    (void)snprintf(v->message, sizeof(v->message), "%s", question);
}

/* Ask once more before something is done to the line. */
static void sure(struct view *v, const struct request *r, const char *what)
{
    char question[256];

    (void)snprintf(question, sizeof(question),
                   "%.200s: it acts on the line. Really?", what);
    view_sure(v, r, question);
}

static void send(struct view *v, const char *text)
{
    struct request r = {.kind = REQ_SEND};
    char what[120];
    struct needle n;
    struct tt_error err;

    if (!*text)
        return;
    if (bytes_parse(&n, text, &err)) {
        view_say(v, true, "bytes are 7F 0D, text is \"hello\\r\\n\"");
        return;
    }
    for (size_t i = 0; i < n.n; i++)
        if (n.mask[i] != 0xFF) {
            view_say(v, true, "?\? can be searched for, not sent");
            return;
        }
    memcpy(r.bytes, n.byte, n.n);
    r.n = n.n;
    (void)snprintf(what, sizeof(what), "send %zu byte%s, %.80s", n.n,
                   n.n == 1 ? "" : "s", text);
    sure(v, &r, what);
}

/* d, r and k for one line; else a recipe by name. */
static void control(struct view *v, const char *text)
{
    const struct port *p = view_port(v);
    struct request r = {.kind = REQ_CONTROL};
    char what[160];

    r.recipe.n = 1;
    if (!strcmp(text, "d")) {
        r.recipe.step[0].event = p->dtr == 1 ? TT_EV_DTR_DOWN : TT_EV_DTR_UP;
    } else if (!strcmp(text, "r")) {
        r.recipe.step[0].event = p->rts == 1 ? TT_EV_RTS_DOWN : TT_EV_RTS_UP;
    } else if (!strcmp(text, "k")) {
        r.recipe.step[0] = (struct recipe_step){TT_EV_BREAK, 250};
    } else {
        size_t i = 0;

        while (i < v->nrecipes && strcmp(v->recipes[i].name, text) != 0)
            i++;
        if (i == v->nrecipes && *text) {
            struct tt_buf b;

            tt_buf_init(&b, 200);
            for (size_t k = 0; k < v->nrecipes; k++)
                tt_buf_printf(&b, "%s%s", k ? ", " : "", v->recipes[k].name);
            view_say(v, true, "no recipe is called so; there are: %s",
                     tt_buf_text(&b));
            tt_buf_release(&b);
        }
        if (i == v->nrecipes)
            return;
        r.recipe = v->recipes[i];
    }
    if (r.recipe.name[0])
        (void)snprintf(what, sizeof(what), "%s: %s", r.recipe.name,
                       r.recipe.what);
    else
        (void)snprintf(what, sizeof(what), "[%s]",
                       tt_event_name(r.recipe.step[0].event));
    sure(v, &r, what);
}

static void set_baud(struct view *v, const char *text)
{
    struct request r = {.kind = REQ_BAUD};
    char what[60];
    size_t digits = strspn(text, "0123456789");
    const char *mode = text + digits + strspn(text + digits, " ");

    if (!*text)
        return;
    for (size_t i = 0; i < digits && i < 9; i++)
        r.baud = r.baud * 10 + (uint32_t)(text[i] - '0');
    if (!digits || digits > 8 || !r.baud ||
        (*mode &&
         (strlen(mode) != 3 || mode[0] < '5' || mode[0] > '8' ||
          !strchr("NEOMS", mode[1]) || mode[2] < '1' || mode[2] > '2'))) {
        view_say(v, true, "a speed and perhaps a frame: 115200 8N1, 57600 8E1");
        return;
    }
    memcpy(r.mode, mode, *mode ? 3 : 0);
    (void)snprintf(what, sizeof(what), "set the port to %u %.3s",
                   (unsigned)r.baud, r.mode);
    sure(v, &r, what);
}

static void save_example(struct view *v, const char *text)
{
    struct request r = {.kind = REQ_EXAMPLE};

    if (!*text)
        return;
    if (strlen(text) > TT_MAX_NAME ||
        text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-")]) {
        view_say(v, true, "a rule is called like stm32.boot.answers");
        return;
    }
    (void)snprintf(r.rule, sizeof(r.rule), "%s", text);
    tt_buf_init(&r.text, 1 << 20);
    if (!pick_example(view_port(v), v->cols, &r.text)) {
        tt_buf_release(&r.text);
        view_say(v, true, "nothing is selected (x begins a selection)");
        return;
    }
    v->request = r;
}

void view_answered(struct view *v, enum ask ask, const char *text)
{
    switch (ask) {
    case ASK_SEARCH: begin_search(v, text); break;
    case ASK_GOTO:
        if (*text)
            go_to(v, text);
        break;
    case ASK_MARK: view_mark(v, text); break;
    case ASK_SEND: send(v, text); break;
    case ASK_LINES: control(v, text); break;
    case ASK_BAUD: set_baud(v, text); break;
    case ASK_RECORD:
        if (!*text) {
            v->leaving = false;
            return;
        }
        v->request = (struct request){.kind = REQ_RECORD};
        tt_buf_init(&v->request.text, ASK_TEXT);
        tt_buf_str(&v->request.text, text);
        break;
    case ASK_EXAMPLE: save_example(v, text); break;
    case ASK_SURE:
        if (*text == 'y')
            v->request = v->pending;
        v->pending = (struct request){0};
        break;
    default: break;
    }
}
