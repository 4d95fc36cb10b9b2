/*
 * The screen without a terminal: golden screens, and what keys do.
 *
 * Golden screens are tests/golden/view/NAME.txt; to write them anew,
 * GOLDEN=1 build/release/unit, and review the difference.
 */
#include "base/letter.h"
#include "looker.h"
#include "rules_help.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US "# telltale tape 1\n# time: us\n"

static const char named[] =
    US "0.000000 [57600 8E1]\n0.000000 [dtr+] [rts-]\n0.000000 > 7F\n"
       "0.003112 < 68 68\n0.014200 < 68*43\n"
       "0.178200 $ \"Failed to init device.\\n\" \"stm32flash 0.7\\n\"\n"
       "0.500000 [dtr-]\n0.900000 > 7F\n0.904000 < 68*20\n2.0\n";

static const char dialog[] =
    US "0.0 > 7F\n0.001 < 79\n0.002 > 00 FF\n0.0045 < 79 0B 31 00 01 02 11 21 "
       "31 43 63 73 82 92 79\n0.02 > 01 FE\n1.5 > \"hello\\r\\n\"\n"
       "1.502 < \"hello yourself\\r\\nsecond line\\r\\n\"\n2.0\n";

/* What must never do anything: escapes, C1, RTL, zero width, broken UTF-8. */
static const char hostile[] = US
    "0.0 < \"\\e[2J\\e[31mred\\x9B5A\\xE2\\x80\\xAE\\xE2\\x80\\x8B\" FF FE 00 "
    "0D 0A 07 7F\n"
    "0.1 $ \"\\e]0;title\\x07 \\xC3\\x28 \\xF0\\x9F\\x98\\x80\\n\"\n0.2\n";

struct screen_row {
    const char *name, *tape;
    bool live, unicode;
    int rows, cols;
    const char *keys;
};

static const struct screen_row screens[] = {
    {"wire-80x24", named, true, false, 24, 80, ""},
    {"wire-120x40", named, false, true, 40, 120, ""},
    {"wire-styles", named, false, false, 16, 96, ""},
    {"wire-200x50", named, false, true, 50, 200, "v"},
    {"wire-400x200", named, false, true, 200, 400, ""},
    {"text-80x24", dialog, false, false, 24, 80, "w"},
    {"dialog-80x24", dialog, false, false, 24, 80, "w w"},
    {"dialog-120x40", dialog, false, true, 40, 120, "w w"},
    {"delta-80x24", dialog, false, false, 24, 80, "t"},
    {"day-80x24", dialog, false, false, 24, 80, "t t"},
    {"lanes-80x24", dialog, false, false, 24, 80, "h e"},
    {"verdict-80x24", named, false, false, 24, 80, "2"},
    {"verdict-120x40", named, true, true, 40, 120, "2"},
    {"stats-80x24", dialog, false, false, 24, 80, "3"},
    {"stats-80x24-below", dialog, false, false, 24, 80, "3 End"},
    {"help-40x10-right", dialog, false, false, 10, 40, "? Right Right"},
    {"stats-120x40", dialog, false, true, 40, 120, "3"},
    {"rules-80x24", named, false, false, 24, 80, "4"},
    {"rules-120x40", named, false, false, 40, 120, "4"},
    {"ports-80x24", named, true, false, 24, 80, "5"},
    {"help-80x24", named, true, false, 24, 80, "?"},
    {"help-120x40", named, false, true, 40, 120, "?"},
    {"search-80x24", named, false, false, 24, 80, "/ < 6 8 Enter"},
    {"search-ask-80x24", named, false, false, 24, 80, "/ < 6 8 Left"},
    {"mark-80x24", named, false, false, 24, 80, "j m o k Enter"},
    {"select-80x24", named, false, false, 24, 80, "j x j j"},
    {"sure-80x24", named, true, false, 24, 80, "s 7 F Enter"},
    {"paused-80x24", named, false, false, 24, 80, "; ;"},
    {"hostile-80x24", hostile, true, false, 24, 80, ""},
    {"hostile-120x40", hostile, true, true, 40, 120, ""},
    {"nothing-80x24", US, true, false, 24, 80, ""},
    {"tiny-40x10", named, false, false, 10, 40, ""},
    {"tiny-20x5", named, false, false, 5, 20, ""},
    {"tiny-12x3", named, false, false, 3, 12, ""},
    {"tiny-5x2", named, false, false, 2, 5, ""},
    {"tiny-1x1", named, false, false, 1, 1, ""},
};

START_TEST(golden)
{
    const struct screen_row *r = &screens[_i];
    struct looker l;
    char *got;

    looker_open(&l, r->tape, r->live);
    free(looker_screen(&l, r->rows, r->cols, r->unicode));
    looker_keys(&l, r->keys, NULL);
    got = looker_screen(&l, r->rows, r->cols, r->unicode);
    if (strstr(r->name, "styles")) {
        struct tt_buf b;

        tt_buf_init(&b, 1 << 20);
        grid_dump_styles(&l.grid, &b);
        compare_screen(r->name, tt_buf_text(&b));
        tt_buf_release(&b);
    } else {
        compare_screen(r->name, got);
    }
    free(got);
    looker_close(&l);
}
END_TEST

/* Nothing but printable ASCII (and, with Unicode, our own signs) is drawn,
 * each cell one column. */
START_TEST(only_harmless_characters)
{
    static const uint32_t ours[] = {0x22C4, 0x2193, 0x2190, 0x2192, 0x25AA,
                                    0x2022, 0x00D7, 0x2500, 0x2504};
    struct looker l;

    looker_open(&l, hostile, _i % 2);
    for (int pane = 0; pane < 6; pane++) {
        static const char *const keys[] = {"1", "w", "w", "2", "3", "4"};

        looker_keys(&l, keys[pane], NULL);
        free(looker_screen(&l, 30, 100, _i / 2));
        for (int i = 0; i < l.grid.rows * l.grid.cols; i++) {
            uint32_t c = l.grid.cell[i].ch;
            bool good = c >= 0x20 && c < 0x7F;

            for (size_t k = 0; k < TT_LEN(ours) && _i / 2; k++)
                good |= c == ours[k];
            good |= _i / 2 && c > 0x2580 && c <= 0x2588;
            ck_assert_msg(good, "pane %d: U+%04X", pane, (unsigned)c);
        }
    }
    looker_close(&l);
}
END_TEST

/* Any key, any size: no crash, and the sanitizers have nothing to say. */
START_TEST(random_walk)
{
    uint32_t seed = (uint32_t)_i * 7919 + 1;
    struct looker l;

    looker_open(&l, _i % 3 ? named : dialog, _i % 2);
    for (int i = 0; i < 600; i++) {
        struct request r;
        struct key k = {0};

        seed = seed * 1664525u + 1013904223u;
        if (seed >> 28 == 0)
            free(looker_screen(&l, 1 + (int)(seed >> 8 & 63),
                               1 + (int)(seed >> 14 & 127), seed & 1 << 7));
        k.code = seed >> 27 & 1
                     ? (int)(seed >> 8 & 127)
                     : KEYS_SPECIAL +
                           (int)((seed >> 8) % (KEYS_END - KEYS_SPECIAL + 1));
        if ((seed >> 9) % 41 == 0) /* letters of all kinds, and none */
            k.code = (int)(seed >> 4 & 0xFFFF);
        k.row = (int)(seed >> 16 & 31);
        view_key(&l.view, &k);
        (void)view_search(&l.view);
        if (view_request(&l.view, &r))
            tt_buf_release(&r.text);
        if (l.player.port && i % 7 == 0)
            player_step(&l.player, (enum port_step)(i % 3));
    }
    free(looker_screen(&l, 24, 80, false));
    looker_close(&l);
}
END_TEST

/* ---- what is asked of the program --------------------------------------- */

START_TEST(copies_tape_text)
{
    struct request r = {0};
    struct looker l;

    looker_open(&l, dialog, false);
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, "x j j y", &r);
    ck_assert_int_eq(r.kind, REQ_COPY);
    ck_assert_str_eq(tt_buf_text(&r.text),
                     "0.000000 > 7F\n0.001000 < 79\n0.002000 > 00 FF\n");
    tt_buf_release(&r.text);
    looker_close(&l);
}
END_TEST

START_TEST(makes_an_example)
{
    struct request r = {0};
    struct looker l;

    looker_open(&l, dialog, false);
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, "x j j Y a . b Enter", &r);
    ck_assert_int_eq(r.kind, REQ_EXAMPLE);
    ck_assert_str_eq(r.rule, "a.b");
    ck_assert_str_eq(tt_buf_text(&r.text), " > 7F 1ms < 79 1ms > 00 FF");
    tt_buf_release(&r.text);
    looker_close(&l);
}
END_TEST

struct ask_row {
    const char *name, *keys;
    bool active;
    enum request_kind kind;
    const char *message; /* part of it */
};

/* Nothing acts on a line without a yes; with --active it is not asked. */
static const struct ask_row asks[] = {
    {"send, yes", "s 7 F Enter y", false, REQ_SEND, ""},
    {"send, no", "s 7 F Enter n", false, REQ_NONE, ""},
    {"send, escape", "s 7 F Enter Esc", false, REQ_NONE, ""},
    {"send, Enter is no yes", "s 7 F Enter Enter", false, REQ_NONE, ""},
    {"send, active", "s 7 F Enter", true, REQ_SEND, ""},
    {"send, a wildcard", "s ? ? Enter", true, REQ_NONE, "not sent"},
    {"send, half a byte", "s 7 Enter", true, REQ_NONE, "bytes are"},
    {"DTR", "l d Enter y", false, REQ_CONTROL, ""},
    {"no such recipe", "l x Enter", false, REQ_NONE, "no recipe"},
    {"baud", "b 9 6 0 0 Enter y", false, REQ_BAUD, ""},
    {"baud, nonsense", "b x Enter", true, REQ_NONE, "a speed"},
    {"baud, nine digits", "b 1 2 3 4 5 6 7 8 9 Enter", true, REQ_NONE,
     "a speed"},
    {"record", "r a . t a p e Enter", false, REQ_RECORD, ""},
    {"quit", "q", false, REQ_QUIT, ""},
    {"step is for recordings", ".", false, REQ_NONE, "for recordings"},
    {"search for nonsense", "/ [ x Enter", false, REQ_NONE, "is no event"},
    {"a word of hex digits", "/ d e a d Enter", false, REQ_NONE, "the text: "},
    {"a hidden lane", "d / < 6 8 Enter", false, REQ_NONE, "it was hidden"},
    {"evidence in a hidden lane", "d < ] ]", false, REQ_NONE, "it was hidden"},
    {"search, not there", "/ A A A Esc", false, REQ_NONE, ""},
    {"not there", "/ A A Enter", false, REQ_NONE, "not found anywhere"},
    {"no time", "g x Enter", false, REQ_NONE, "no time"},
    {"no mark yet", "'", false, REQ_NONE, "no marks yet"},
};

START_TEST(asks_before_it_acts)
{
    const struct ask_row *a = &asks[_i];
    struct request r = {0};
    struct looker l;

    looker_open(&l, named, true);
    l.view.active = a->active;
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, a->keys, &r);
    ck_assert_msg(r.kind == a->kind, "%s: request %d", a->name, r.kind);
    ck_assert_msg(strstr(l.view.message, a->message) != NULL, "%s: says '%s'",
                  a->name, l.view.message);
    tt_buf_release(&r.text);
    looker_close(&l);
}
END_TEST

/* However narrow it is, a question shows what answers it. */
START_TEST(question_fits)
{
    static const int widths[] = {8, 12, 20, 40, 60, 80};
    struct request r = {0};
    struct looker l;
    char *shown;

    looker_open(&l, named, true);
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, "b 9 6 0 0 Enter", &r);
    ck_assert_int_eq(l.view.ask, ASK_SURE);
    for (size_t i = 0; i < TT_LEN(widths); i++) {
        shown = looker_screen(&l, 24, widths[i], false);
        ck_assert_msg(strstr(shown, "(y/n)") != NULL, "%d columns: %s",
                      widths[i], shown);
        free(shown);
    }
    looker_close(&l);
}
END_TEST

/* The evidence does not end by one key. */
START_TEST(stopping_a_recording_is_asked)
{
    struct request r = {0};
    struct looker l;

    looker_open(&l, named, true);
    (void)snprintf(view_port(&l.view)->record,
                   sizeof(view_port(&l.view)->record), "a.tape");
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, "r", &r);
    ck_assert_int_eq(l.view.ask, ASK_SURE);
    ck_assert_int_eq(r.kind, REQ_NONE);
    looker_keys(&l, "n", &r);
    ck_assert_int_eq(r.kind, REQ_NONE);
    looker_keys(&l, "r y", &r);
    ck_assert_int_eq(r.kind, REQ_RECORD);
    looker_close(&l);
}
END_TEST

static void type(struct looker *l, const char *text)
{
    size_t n = strlen(text), len;

    for (size_t i = 0; i < n; i += len) {
        struct key k = {.code = (int)tt_letter(text + i, n - i, &len)};

        view_key(&l->view, &k);
    }
}

/* A mark: letters of any script, changed, removed, shown in every view. */
START_TEST(marks)
{
    struct request r = {0};
    struct looker l;
    char *shown;

    looker_open(&l, dialog, false);
    free(looker_screen(&l, 24, 80, true));
    looker_keys(&l, "j j j m", &r);
    type(&l, "Gr\xC3\xBC\xC3\x9F\xE6\xBC\xA2Z");
    looker_keys(&l, "Left Left Backspace Right Right Enter", &r);
    ck_assert_int_eq(r.kind, REQ_MARK);
    ck_assert_int_eq(r.change, MARK_MADE);
    ck_assert_str_eq(r.mark.note, "Gr\xC3\xBC\xE6\xBC\xA2Z");
    ck_assert_uint_eq(l.port->unsaved, 1);
    shown = looker_screen(&l, 24, 80, true);
    ck_assert_ptr_nonnull(strstr(shown, "* Gr\xC3\xBC\xE6\xBC\xA2Z"));
    free(shown);
    shown = looker_screen(&l, 24, 80, false);
    ck_assert_ptr_nonnull(strstr(shown, "* Gr??Z"));
    free(shown);
    looker_keys(&l, "w", NULL);
    shown = looker_screen(&l, 24, 80, true);
    ck_assert_ptr_nonnull(strstr(shown, "* Gr\xC3\xBC\xE6\xBC\xA2Z"));
    free(shown);
    looker_keys(&l, "w", NULL);
    shown = looker_screen(&l, 24, 80, true);
    ck_assert_ptr_nonnull(strstr(shown, "* Gr\xC3\xBC\xE6\xBC\xA2Z"));
    free(shown);
    looker_keys(&l, "m Backspace Enter", &r);
    ck_assert_int_eq(r.change, MARK_CHANGED);
    ck_assert_str_eq(r.mark.note, "Gr\xC3\xBC\xE6\xBC\xA2");
    ck_assert_uint_eq(l.port->nmarks, 1);
    looker_keys(&l, "M", &r);
    ck_assert_int_eq(r.change, MARK_REMOVED);
    ck_assert_uint_eq(l.port->nmarks, 0);
    looker_keys(&l, "M", NULL);
    ck_assert_ptr_nonnull(strstr(l.view.message, "no mark on this row"));
    looker_close(&l);
}
END_TEST

/* Marks that are in no file are not left behind without a word. */
START_TEST(leaving_marks)
{
    struct request r = {0};
    struct looker l;

    looker_open(&l, named, false);
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, "m a Enter", &r);
    r.kind = REQ_NONE;
    looker_keys(&l, "q", &r);
    ck_assert_int_eq(l.view.ask, ASK_LEAVE);
    ck_assert_int_eq(r.kind, REQ_NONE);
    free(looker_screen(&l, 24, 20, false));
    looker_keys(&l, "n", &r); /* stays */
    ck_assert_int_eq(r.kind, REQ_NONE);
    looker_keys(&l, "q s Esc q s x Enter", &r);
    ck_assert_int_eq(r.kind, REQ_RECORD);
    tt_buf_release(&r.text);
    view_recorded(&l.view, false); /* it could not be saved */
    ck_assert(!view_request(&l.view, &r));
    l.port->unsaved = 0;
    view_recorded(&l.view, true); /* saved, but nobody is leaving now */
    ck_assert(!view_request(&l.view, &r));
    l.port->unsaved = 1;
    looker_keys(&l, "q s x Enter", &r);
    tt_buf_release(&r.text);
    l.port->unsaved = 0;
    view_recorded(&l.view, true);
    ck_assert(view_request(&l.view, &r));
    ck_assert_int_eq(r.kind, REQ_QUIT);
    l.port->unsaved = 1;
    looker_keys(&l, "q y", &r);
    ck_assert_int_eq(r.kind, REQ_QUIT);
    looker_close(&l);
}
END_TEST

/* What a recording says of its marks. */
START_TEST(marks_of_a_recording)
{
    struct looker l;
    struct port *p;

    looker_open(&l, dialog, false);
    p = l.port;
    port_remark(p, 0, 0, true, "mark at 0.002000 s: one");
    port_remark(p, 0, 0, true, "mark at 1.500000 s: two");
    port_remark(p, 0, 0, true, "mark at 0.002000 s changed: first");
    port_remark(p, 0, 0, true, "mark at 1.500000 s removed");
    port_remark(p, 0, 0, true, "mark at 1.502000 s:");
    ck_assert_uint_eq(p->nmarks, 2);
    ck_assert_str_eq(p->mark[0].note, "first");
    ck_assert_uint_eq(p->mark[0].record, 2);
    ck_assert_str_eq(p->mark[1].note, "");
    port_remark(p, 0, 0, true, "mark at 1.5 s has: something");
    port_remark(p, 0, 0, true, "mark at x");
    ck_assert_uint_eq(p->nmarks, 2);
    /* Nothing but letters gets in, and no half of one at the end. */
    port_remark(p, 1, 0, true, "mark: \xE2\x80\xAE\x1B[2J\xC3");
    ck_assert_str_eq(port_mark_at(p, 1)->note, "??[2J?");
    looker_close(&l);
}
END_TEST

START_TEST(marks_of_one_time)
{
    struct looker l;

    looker_open(&l, named, false); /* its first four records are at 0 */
    port_remark(l.port, 0, 0, true, "mark at 0.000000 s: one");
    port_remark(l.port, 0, 0, true, "mark at 0.000000 s: two");
    ck_assert_uint_eq(l.port->nmarks, 2);
    ck_assert_uint_eq(l.port->mark[1].record, 1);
    looker_close(&l);
}
END_TEST

START_TEST(notes_have_an_end)
{
    struct looker l;
    char note[400];

    memset(note, 'a', sizeof(note));
    for (size_t i = 1; i + 2 < sizeof(note); i += 2)
        memcpy(note + i, "\xC3\xBC", 2);
    note[sizeof(note) - 1] = '\0';
    looker_open(&l, named, false);
    ck_assert(port_mark(l.port, 1, 0, note));
    ck_assert_uint_eq(strlen(port_mark_at(l.port, 1)->note), MARK_NOTE - 1);
    for (uint64_t i = 1; i <= PORT_MARKS; i++)
        ck_assert(port_mark(l.port, i, 0, "x"));
    ck_assert(!port_mark(l.port, PORT_MARKS + 1, 0, "x"));
    ck_assert(port_mark(l.port, 1, 0, "changed"));
    looker_close(&l);
}
END_TEST

/* Half a wide letter is never left on a grid. */
START_TEST(wide_letters)
{
    struct grid g = {.unicode = true};
    struct tt_buf out;

    ck_assert(grid_resize(&g, 1, 6));
    ck_assert_int_eq(
        grid_letters(&g, 0, 0, 6, STYLE_PLAIN, "\xE6\xBC\xA2\xE6\xBC\xA2x"), 5);
    grid_put(&g, 0, 1, STYLE_PLAIN, 'a'); /* over a second half */
    grid_put(&g, 0, 2, STYLE_PLAIN, 'b'); /* over a first half */
    (void)grid_letters(&g, 0, 5, 6, STYLE_PLAIN, "\xE6\xBC\xA2");
    tt_buf_init(&out, 100);
    grid_dump(&g, &out);
    ck_assert_str_eq(tt_buf_text(&out), "?ab x?\n");
    tt_buf_release(&out);
    grid_free(&g);
}
END_TEST

/* What is pasted is an answer or nothing: it is no key and ends no question. */
START_TEST(pasting)
{
    static const struct key begin = {.code = TKEY_PASTE},
                            end = {.code = TKEY_PASTE_END},
                            enter = {.code = TKEY_ENTER};
    struct request r = {0};
    struct looker l;

    looker_open(&l, named, true);
    free(looker_screen(&l, 24, 80, false));
    view_key(&l.view, &begin);
    type(&l, "q3s");
    view_key(&l.view, &enter);
    view_key(&l.view, &end);
    ck_assert(!view_request(&l.view, &r));
    ck_assert_int_eq(l.view.pane, PANE_WIRE);
    ck_assert_ptr_nonnull(strstr(l.view.message, "left out"));
    looker_keys(&l, "s", NULL);
    view_key(&l.view, &begin);
    type(&l, "7F");
    view_key(&l.view, &enter);
    type(&l, "\"a");
    view_key(&l.view, &enter);
    type(&l, "b\"");
    view_key(&l.view, &enter);
    view_key(&l.view, &end);
    ck_assert_int_eq(l.view.ask, ASK_SEND);
    ck_assert_str_eq(l.view.answer, "7F \"a\\rb\"");
    looker_keys(&l, "Enter", NULL);
    ck_assert_int_eq(l.view.ask, ASK_SURE);
    view_key(&l.view, &begin);
    type(&l, "y");
    view_key(&l.view, &end);
    ck_assert_int_eq(l.view.ask, ASK_SURE);
    ck_assert(!view_request(&l.view, &r));
    looker_close(&l);
}
END_TEST

/* Another view shows the same byte in the same row of the screen. */
START_TEST(views_keep_the_place)
{
    struct looker l;
    struct spot cursor, top;

    looker_open(&l, dialog, false);
    free(looker_screen(&l, 12, 80, false));
    looker_keys(&l, "j j j j j j j", NULL);
    free(looker_screen(&l, 12, 80, false));
    cursor = l.port->look.cursor;
    top = l.port->look.top;
    ck_assert_int_ne(spot_compare(cursor, top), 0);
    looker_keys(&l, "w", NULL);
    free(looker_screen(&l, 12, 80, false));
    looker_keys(&l, "w", NULL);
    free(looker_screen(&l, 12, 80, false));
    looker_keys(&l, "w", NULL);
    free(looker_screen(&l, 12, 80, false));
    ck_assert_int_eq(l.port->look.mode, ROWS_HEX);
    ck_assert_int_eq(spot_compare(cursor, l.port->look.cursor), 0);
    ck_assert_int_eq(spot_compare(top, l.port->look.top), 0);
    looker_close(&l);
}
END_TEST

/* In the middle of a long record: not back to its beginning. */
START_TEST(views_keep_the_byte)
{
    char tape[4000];
    size_t n = (size_t)snprintf(tape, sizeof(tape), US "0 < ");
    struct looker l;
    struct row row;
    struct rows rw;

    for (int i = 0; i < 60; i++)
        n += (size_t)snprintf(tape + n, sizeof(tape) - n,
                              "\"line %02d of the text\\n\" ", i);
    (void)snprintf(tape + n, sizeof(tape) - n, "\n");
    looker_open(&l, tape, false);
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, "/ l i n e Space 4 0 Enter", NULL);
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, "w", NULL);
    free(looker_screen(&l, 24, 80, false));
    wire_rows(l.port, 80, &rw);
    ck_assert(rows_get(&rw, l.port->look.cursor, &row));
    ck_assert_uint_ge(row.offset, 38 * 20);
    ck_assert_uint_le(row.offset, 41 * 20);
    looker_keys(&l, "w w", NULL);
    free(looker_screen(&l, 24, 80, false));
    wire_rows(l.port, 80, &rw);
    ck_assert(rows_get(&rw, l.port->look.cursor, &row));
    ck_assert_uint_ge(row.offset, 38 * 20);
    ck_assert_uint_le(row.offset, 41 * 20);
    looker_close(&l);
}
END_TEST

START_TEST(line_is_not_for_recordings)
{
    struct request r = {0};
    struct looker l;

    looker_open(&l, named, false);
    free(looker_screen(&l, 24, 80, false));
    looker_keys(&l, "s", &r);
    ck_assert_int_eq(l.view.ask, ASK_NONE);
    ck_assert_ptr_nonnull(strstr(l.view.message, "that is for a line"));
    looker_close(&l);
}
END_TEST

/* ---- replay ------------------------------------------------------------- */

START_TEST(replay)
{
    struct looker l;

    looker_open(&l, named, false);
    ck_assert_str_eq(l.port->head.label, "FAULT");
    free(looker_screen(&l, 24, 80, false));
    player_pause(&l.player); /* from the end: again, in its own time */
    ck_assert_uint_eq(l.port->fed, 0);
    ck_assert_str_eq(l.port->head.label, "UNKNOWN");
    (void)player_advance(&l.player, 100, 1 << 20);
    ck_assert_uint_eq(l.port->now_ns, 100);
    ck_assert_uint_eq(l.port->fed, 4); /* three events and 7F */
    (void)player_advance(&l.player, 4 * TT_NS_PER_MS, 1 << 20);
    ck_assert_uint_eq(l.port->fed, 5);
    player_faster(&l.player, 1);
    (void)player_advance(&l.player, 3 * TT_NS_PER_MS, 1 << 20);
    ck_assert_uint_eq(l.port->fed, 5); /* 10.0001 ms */
    (void)player_advance(&l.player, 3 * TT_NS_PER_MS, 1 << 20);
    ck_assert_uint_eq(l.port->fed, 6);
    player_pause(&l.player);
    (void)player_advance(&l.player, TT_NS_PER_S, 1 << 20);
    ck_assert_uint_eq(l.port->fed, 6);
    player_step(&l.player, STEP_RECORD);
    ck_assert_uint_eq(l.port->fed, 7);
    player_seek(&l.player, 1000 * TT_NS_PER_S); /* there is no such time */
    while (player_advance(&l.player, 0, 1 << 20))
        ;
    ck_assert_uint_eq(l.port->now_ns, l.player.end_ns);
    player_full(&l.player);
    while (player_advance(&l.player, 0, 1 << 20))
        ;
    ck_assert_str_eq(l.port->head.label, "FAULT");
    player_seek(&l.player, 10 * TT_NS_PER_MS); /* back */
    while (player_advance(&l.player, 0, 1 << 20))
        ;
    ck_assert_uint_eq(l.port->now_ns, 10 * TT_NS_PER_MS);
    ck_assert_uint_eq(l.port->fed, 5);
    looker_close(&l);
}
END_TEST

START_TEST(speeds)
{
    struct looker l;

    looker_open(&l, named, false);
    player_pause(&l.player);
    for (int i = 0; i < 50; i++)
        player_faster(&l.player, 1);
    player_state(&l.player, l.port->state);
    ck_assert_str_eq(l.port->state, "replay 100x");
    for (int i = 0; i < 50; i++)
        player_faster(&l.player, -1);
    player_state(&l.player, l.port->state);
    ck_assert_str_eq(l.port->state, "replay 0.1x");
    looker_close(&l);
}
END_TEST

/* Rules that change: the same tape under the new ones. */
START_TEST(other_rules)
{
    struct tt_rules *none;
    struct tt_buf b;
    struct looker l;

    tt_buf_init(&b, 1000);
    none = rules_from_text("", &b);
    looker_open(&l, named, true);
    ck_assert_str_eq(l.port->head.label, "FAULT");
    port_restart(l.port, none);
    while (port_work(l.port, UINT64_MAX, 1 << 20))
        ;
    port_refresh(l.port, true);
    ck_assert_str_eq(l.port->head.label, "UNKNOWN");
    port_restart(l.port, l.set);
    while (port_work(l.port, UINT64_MAX, 1 << 20))
        ;
    port_refresh(l.port, true);
    ck_assert_str_eq(l.port->head.label, "FAULT");
    looker_close(&l);
    tt_rules_free(none);
    tt_buf_release(&b);
}
END_TEST

/* The oldest row of a line whose first records are gone: where they are is
 * said, and only then. */
START_TEST(what_is_older)
{
    static uint8_t bytes[1000];
    static const struct key home = {.code = '<'};
    const struct tt_tape_info info = {.quality = TT_TIME_US};
    struct tt_record r = {
        .bytes = bytes, .len = sizeof(bytes), .lane = TT_LANE_DEVICE};
    struct tt_rules *set = tt_rules_new();
    struct grid g = {0};
    struct view v;
    struct port *p;

    ck_assert(!tt_rules_finish(set, NULL, NULL));
    p = port_new("x", set, &info, NULL, 64 << 10);
    ck_assert_ptr_nonnull(p);
    ck_assert(view_init(&v));
    ck_assert(view_add(&v, p));
    ck_assert(grid_resize(&g, 24, 80));
    for (int i = 0; i < 200; i++, r.t_ns += TT_NS_PER_MS) {
        port_push(p, &r);
        if (i == 10) {
            view_layout(&v, &g);
            view_key(&v, &home);
            ck_assert_str_eq(v.message, "");
        }
    }
    ck_assert_uint_gt(tt_tape_first(p->tape), 0);
    view_layout(&v, &g);
    view_key(&v, &home);
    ck_assert_ptr_nonnull(strstr(v.message, "no longer held"));
    (void)snprintf(p->record, sizeof(p->record), "REC x.pcapng");
    view_key(&v, &home); /* it is recorded: read it from there */
    ck_assert_int_eq(v.request.kind, REQ_OLDER);
    /* The rules have not seen them, and are told so. */
    while (port_work(p, UINT64_MAX, 1 << 20))
        ;
    ck_assert_uint_eq(p->unseen, tt_tape_first(p->tape) * sizeof(bytes));
    ck_assert_uint_eq(port_behind(p), 0);
    view_free(&v);
    grid_free(&g);
    port_free(p);
    tt_rules_free(set);
}
END_TEST

Suite *view_suite(void)
{
    Suite *s = suite_create("view");
    TCase *tc = tcase_create("view");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_is_older);
    tcase_add_loop_test(tc, golden, 0, (int)TT_LEN(screens));
    tcase_add_loop_test(tc, only_harmless_characters, 0, 4);
    tcase_add_loop_test(tc, random_walk, 0, 24);
    tcase_add_test(tc, copies_tape_text);
    tcase_add_test(tc, makes_an_example);
    tcase_add_loop_test(tc, asks_before_it_acts, 0, (int)TT_LEN(asks));
    tcase_add_test(tc, question_fits);
    tcase_add_test(tc, stopping_a_recording_is_asked);
    tcase_add_test(tc, pasting);
    tcase_add_test(tc, marks);
    tcase_add_test(tc, leaving_marks);
    tcase_add_test(tc, marks_of_a_recording);
    tcase_add_test(tc, marks_of_one_time);
    tcase_add_test(tc, notes_have_an_end);
    tcase_add_test(tc, wide_letters);
    tcase_add_test(tc, views_keep_the_place);
    tcase_add_test(tc, views_keep_the_byte);
    tcase_add_test(tc, line_is_not_for_recordings);
    tcase_add_test(tc, replay);
    tcase_add_test(tc, speeds);
    tcase_add_test(tc, other_rules);
    suite_add_tcase(s, tc);
    return s;
}
