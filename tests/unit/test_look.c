/*
 * The small parts of the view: keys, settings, themes, recipes, labels,
 * gauges, searching.
 */
#include "rules_help.h"
#include "suites.h"
#include "view/gauge.h"
#include "view/search.h"
#include "view/settings.h"

#include <stdlib.h>
#include <string.h>

/* ---- keys ---------------------------------------------------------------- */

START_TEST(every_key_has_one_meaning)
{
    struct keymap m;

    keymap_init(&m);
    for (int a = 1; a < ACTIONS; a++) {
        ck_assert_msg(m.key[a][0] != KEY_NONE, "action %d has no key", a);
        for (int i = 0; i < MAX_KEYS && m.key[a][i]; i++)
            ck_assert_msg((int)keymap_action(&m, m.key[a][i]) == a,
                          "key %d of action %d is taken", i, a);
    }
}
END_TEST

START_TEST(every_action_is_in_the_table_once)
{
    int seen[ACTIONS] = {0};

    for (const struct action_row *r = action_rows; r->name; r++) {
        seen[r->action]++;
        ck_assert_ptr_nonnull(r->help);
    }
    for (int a = 1; a < ACTIONS; a++)
        ck_assert_msg(seen[a] == 1, "action %d: %d rows", a, seen[a]);
}
END_TEST

START_TEST(names_of_keys)
{
    static const char *const names[] = {"Up", "PgDn", "Space", "^B",    "x",
                                        "?",  "Esc",  "F1",    "Enter", "~"};
    char name[16];

    for (size_t i = 0; i < TT_LEN(names); i++) {
        ck_assert_int_ne(key_by_name(names[i]), KEY_NONE);
        say_key(key_by_name(names[i]), name);
        ck_assert_str_eq(name, names[i]);
    }
    ck_assert_int_eq(key_by_name("Nope"), KEY_NONE);
    ck_assert_int_eq(key_by_name(""), KEY_NONE);
    ck_assert_int_eq(key_by_name("^"), '^');
    ck_assert_int_eq(key_by_name("\x80"), KEY_NONE);
}
END_TEST

START_TEST(binding)
{
    struct keymap m;
    struct tt_error err;

    keymap_init(&m);
    ck_assert(keymap_bind(&m, "x", "quit", &err));
    ck_assert_int_eq(keymap_action(&m, 'x'), ACT_QUIT);
    ck_assert_int_eq(keymap_action(&m, 'q'), ACT_QUIT);
    ck_assert(!keymap_bind(&m, "x", "explode", &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "explode"));
    ck_assert(!keymap_bind(&m, "Hyper", "quit", &err));
    ck_assert_int_eq(keymap_action(&m, KEY_NONE), ACT_NONE);
}
END_TEST

/* ---- settings ------------------------------------------------------------ */

static void note_mistake(const struct tt_error *err, void *user)
{
    tt_buf_printf(user, "%u:%u: %s\n", err->line, err->col, err->msg);
}

struct settings_row {
    const char *text, *complaint;
};

static const struct settings_row settings_rows[] = {
    {"", ""},
    {"# remark\n\n  \t\n", ""},
    {"bind z quit\r\ncolor fault 196 default bold\nunicode no", ""},
    {"recipe a [dtr+] 10ms [rts-]\n", ""},
    {"bind z", "1:6: nothing is called ''\n"},
    {"\nbind Zz quit\n", "2:6: 'Zz' is no key (x, ^X, PgUp, Space, F1 ...)\n"},
    {"color fault pink",
     "1:7: 'pink' is no colour (red, default, 0 to 255) and not bold, dim, "
     "underline or reverse\n"},
    {"color moon red", "1:7: nothing that has a colour is called 'moon'\n"},
    {"color fault 255 256",
     "1:7: '256' is no colour (red, default, 0 to 255) and not bold, dim, "
     "underline or reverse\n"},
    {"recipe a [dtr]",
     "1:10: a step is [dtr+] [dtr-] [rts+] [rts-] [break] or a pause such as "
     "100ms\n"},
    {"recipe a 5001ms", "1:10: a pause is at most 5000ms\n"},
    {"recipe a 5000ms 5s", ""},
    {"recipe a", "1:9: a recipe without steps\n"},
    {"unicode maybe", "1:0: a line is: bind KEY ACTION, color NAME FG BG, "
                      "recipe NAME STEPS, or unicode yes|no\n"},
};

START_TEST(settings)
{
    const struct settings_row *r = &settings_rows[_i];
    struct settings *s = malloc(sizeof(*s));
    struct tt_buf b;

    ck_assert_ptr_nonnull(s);
    tt_buf_init(&b, 10000);
    settings_init(s);
    (void)settings_read(s, r->text, strlen(r->text), note_mistake, &b);
    ck_assert_str_eq(tt_buf_text(&b), r->complaint);
    tt_buf_release(&b);
    free(s);
}
END_TEST

START_TEST(settings_take_effect)
{
    static const char text[] = "bind z quit\ncolor host 1 2 underline\n"
                               "recipe esp-run [rts+]\nunicode yes\n";
    struct settings *s = malloc(sizeof(*s));
    struct looks l;

    ck_assert_ptr_nonnull(s);
    settings_init(s);
    ck_assert_uint_eq(s->nrecipes, recipe_count);
    ck_assert_uint_eq(
        settings_read(s, text, sizeof(text) - 1, note_mistake, NULL), 0);
    ck_assert_int_eq(keymap_action(&s->keys, 'z'), ACT_QUIT);
    l = theme_looks(&s->theme, STYLE_HOST, true);
    ck_assert(l.fg == 1 && l.bg == 2 && l.attr == LOOK_UNDERLINE);
    ck_assert_uint_eq(s->nrecipes, recipe_count); /* took its place */
    ck_assert_int_eq(s->unicode, 1);
    free(s);
}
END_TEST

/* A line of the longest length, and one more; a recipe of 32 steps and 33. */
START_TEST(limits_of_settings)
{
    struct settings *s = malloc(sizeof(*s));
    struct recipe r;
    struct tt_error err;
    struct tt_buf b, told;

    ck_assert_ptr_nonnull(s);
    settings_init(s);
    tt_buf_init(&b, 10000);
    tt_buf_init(&told, 10000);
    for (int more = 0; more < 2; more++) {
        tt_buf_clear(&b);
        tt_buf_ch(&b, '#');
        while (b.n < SETTINGS_LINE - 1 + (size_t)more)
            tt_buf_ch(&b, 'x');
        ck_assert_uint_eq(settings_read(s, b.p, b.n, note_mistake, &told),
                          (unsigned)more);
        tt_buf_clear(&b);
        tt_buf_str(&b, "a");
        for (int i = 0; i < RECIPE_STEPS + more; i++)
            tt_buf_str(&b, " 1ms");
        ck_assert_int_eq(recipe_parse(&r, tt_buf_text(&b), &err),
                         more ? TT_ERR_LIMIT : TT_OK);
    }
    tt_buf_release(&b);
    tt_buf_release(&told);
    free(s);
}
END_TEST

START_TEST(recipes_are_right)
{
    for (size_t i = 0; i < recipe_count; i++) {
        struct recipe r;

        ck_assert_int_eq(recipe_parse(&r, recipe_texts[i], NULL), TT_OK);
        ck_assert_uint_gt(strlen(r.what), 0);
    }
}
END_TEST

/* Without colours styles are still told apart by what the eye can see. */
START_TEST(no_colours)
{
    struct theme t;

    theme_init(&t);
    for (int i = 0; i < STYLES; i++) {
        struct looks l = theme_looks(&t, i, false);

        ck_assert_int_eq(l.fg, -1);
        ck_assert_int_eq(l.bg, -1);
    }
    ck_assert(theme_looks(&t, STYLE_FAULT, false).attr & LOOK_REVERSE);
    ck_assert(theme_looks(&t, STYLE_PLAIN | STYLE_EVIDENCE, false).attr &
              LOOK_UNDERLINE);
    ck_assert(theme_looks(&t, STYLE_PLAIN | STYLE_PICKED, false).attr &
              LOOK_REVERSE);
}
END_TEST

/* ---- labels -------------------------------------------------------------- */

START_TEST(labels_by_place)
{
    struct labels l = {0};
    const struct label *x;
    char text[] = "whole";
    size_t from = 0;

    labels_add(&l, TT_LANE_HOST, 10, 2, tt_slice_of("b"));
    labels_add(&l, TT_LANE_HOST, 0, 100, tt_slice_of(text));
    text[0] = 'W';                                         /* it has its own */
    labels_add(&l, TT_LANE_HOST, 10, 4, tt_slice_of("b")); /* grows */
    labels_add(&l, TT_LANE_HOST, 12, 1, tt_slice_of("c"));
    labels_add(&l, TT_LANE_LINE, 0, 1, tt_slice_of("no"));
    labels_add(&l, TT_LANE_HOST, 5, 0, tt_slice_of("empty"));
    x = labels_next(&l, TT_LANE_HOST, 13, 1, &from);
    ck_assert_ptr_nonnull(x);
    ck_assert_uint_eq(x->offset, 0);
    ck_assert(tt_slice_is(x->text, "whole"));
    x = labels_next(&l, TT_LANE_HOST, 13, 1, &from);
    ck_assert_ptr_nonnull(x);
    ck_assert_uint_eq(x->offset, 10);
    ck_assert_uint_eq(x->len, 4);
    ck_assert_ptr_null(labels_next(&l, TT_LANE_HOST, 13, 1, &from));
    from = 0;
    ck_assert_ptr_null(labels_next(&l, TT_LANE_DEVICE, 13, 1, &from));
    from = 0;
    ck_assert_ptr_null(labels_next(&l, TT_LANE_HOST, 100, 5, &from));
    labels_clear(&l);
}
END_TEST

START_TEST(labels_are_bounded)
{
    struct labels l = {0};
    size_t from = 0;

    for (uint64_t i = 0; i < MAX_LABELS; i++)
        labels_add(&l, TT_LANE_DEVICE, i, 1, tt_slice_of("x"));
    ck_assert_uint_eq(l.lane[TT_LANE_DEVICE].n, MAX_LABELS);
    ck_assert_ptr_nonnull(labels_next(&l, TT_LANE_DEVICE, 0, 1, &from));
    labels_add(&l, TT_LANE_DEVICE, MAX_LABELS, 1, tt_slice_of("x"));
    ck_assert_uint_le(l.lane[TT_LANE_DEVICE].n, MAX_LABELS);
    from = 0;
    ck_assert_ptr_null(labels_next(&l, TT_LANE_DEVICE, 0, 1, &from));
    from = 0;
    ck_assert_ptr_nonnull(
        labels_next(&l, TT_LANE_DEVICE, MAX_LABELS, 1, &from));
    labels_clear(&l);
}
END_TEST

/* ---- gauge --------------------------------------------------------------- */

static void bytes(struct gauge *g, uint64_t us, enum tt_lane lane, size_t n)
{
    static const uint8_t zero[1000];
    struct tt_record r = {
        .t_ns = us * TT_NS_PER_US, .lane = lane, .bytes = zero, .len = n};

    gauge_add(g, &r);
}

START_TEST(answer_times)
{
    struct gauge *g = malloc(sizeof(*g));

    ck_assert_ptr_nonnull(g);
    gauge_init(g);
    ck_assert_uint_eq(gauge_answer_ns(g, 0.5), 0);
    for (uint64_t i = 1; i <= 100; i++) {
        bytes(g, i * 1000000, TT_LANE_HOST, 1);
        bytes(g, i * 1000000 + i * 1000, TT_LANE_DEVICE, 3);
        bytes(g, i * 1000000 + i * 1000 + 5, TT_LANE_DEVICE, 3);
    }
    ck_assert_uint_eq(g->answers, 100);
    ck_assert_uint_eq(g->shortest_ns, TT_NS_PER_MS);
    ck_assert_uint_eq(g->longest_ns, 100 * TT_NS_PER_MS);
    for (int i = 1; i <= 20; i++) { /* to an eighth */
        double share = i / 20.0;
        double ns = (double)gauge_answer_ns(g, share);

        ck_assert_double_ge(ns, share * 100e6);
        ck_assert_double_le(ns, share * 100e6 * 1.125 + 1);
    }
    free(g);
}
END_TEST

START_TEST(rates)
{
    struct gauge *g = malloc(sizeof(*g));

    ck_assert_ptr_nonnull(g);
    gauge_init(g);
    bytes(g, 100000, TT_LANE_DEVICE, 50);
    bytes(g, 900000, TT_LANE_DEVICE, 50);
    bytes(g, 1500000, TT_LANE_DEVICE, 10);
    ck_assert(gauge_rate(g, TT_LANE_DEVICE, 2 * TT_NS_PER_S, 1) == 10);
    ck_assert(gauge_rate(g, TT_LANE_DEVICE, 2 * TT_NS_PER_S, 2) == 55);
    ck_assert_uint_eq(gauge_activity(g, 2 * TT_NS_PER_S, 2), 100);
    /* a long silence leaves nothing of the ring */
    bytes(g, UINT64_C(2000000000), TT_LANE_DEVICE, 7);
    ck_assert_uint_eq(gauge_activity(g, 2000 * TT_NS_PER_S, 0), 7);
    for (unsigned i = 1; i < GAUGE_SLOTS + 10; i++)
        ck_assert_uint_eq(gauge_activity(g, 2000 * TT_NS_PER_S, i), 0);
    free(g);
}
END_TEST

/* ---- searching ----------------------------------------------------------- */

struct needle_row {
    const char *text;
    enum search_kind kind;
    int lane;
    size_t n;
};

static const struct needle_row needles[] = {
    {"7F", SEARCH_BYTES, -1, 1},
    {" > 7f ?? 0d", SEARCH_BYTES, TT_LANE_HOST, 3},
    {"\"ok\\r\\n\"", SEARCH_BYTES, -1, 4},
    {"<\"a\" 00", SEARCH_BYTES, TT_LANE_DEVICE, 2},
    {"$ \"x\\x41\\\"\"", SEARCH_BYTES, TT_LANE_TOOL, 3},
    {"[break]", SEARCH_EVENT, -1, 0},
    {"@Sync", SEARCH_LABEL, -1, 4},
    {"", SEARCH_NONE, 0, 0},
    {"7", SEARCH_BYTES, -1, 1},
    {"7F8", SEARCH_BYTES, -1, 3},
    {"hello", SEARCH_BYTES, -1, 5},
    {"< hello you", SEARCH_BYTES, TT_LANE_DEVICE, 9},
    {"746D", SEARCH_BYTES, -1, 2},
    {"0x7f", SEARCH_BYTES, -1, 1},
    {"0x7F 0x1f??", SEARCH_BYTES, -1, 11}, /* no byte has ?? after 0x */
    {"0x746D 00", SEARCH_BYTES, -1, 3},
    {"7F????0D", SEARCH_BYTES, -1, 4},
    {"\"open", SEARCH_BYTES, -1, 4},
    {"x\\r\\n", SEARCH_BYTES, -1, 3},
    {"[115200]", SEARCH_EVENT, -1, 0},
    {"[115200 8n1]", SEARCH_EVENT, -1, 0},
    {"[BREAK]", SEARCH_EVENT, -1, 0},
    {"[123456789]", SEARCH_NONE, 0, 0},
    {"[115200 8N1 x]", SEARCH_NONE, 0, 0},
    {"\"\"", SEARCH_NONE, 0, 0},
    {"hello \"you\"", SEARCH_NONE, 0, 0},
    {"[nonsense]", SEARCH_NONE, 0, 0},
    {"@", SEARCH_NONE, 0, 0},
};

START_TEST(needle_is_read)
{
    const struct needle_row *r = &needles[_i];
    struct needle n;
    struct tt_error err = {.msg = ""};
    enum tt_status st = needle_parse(&n, r->text, &err);

    ck_assert_msg((st == TT_OK) == (r->kind != SEARCH_NONE), "'%s': %s",
                  r->text, err.msg);
    if (st)
        return;
    ck_assert_int_eq(n.kind, r->kind);
    ck_assert_int_eq(n.lane, r->lane);
    ck_assert_uint_eq(n.n, r->n);
}
END_TEST

/* Does the needle stand in these bytes of the device? */
struct stand_row {
    const char *needle, *bytes;
    bool stands;
};

static const struct stand_row stands_in[] = {
    {"temp", "Temp=21", true},      {"temp", "TEMP", true},
    {"Temp", "Temp=21", true},      {"Temp", "temp=21", false},
    {"\"ok\"", "OK", true},         {"\"Ok\"", "OK", false},
    {"74 65", "TE", false},         {"7465", "te", true},
    {"0x74 0x65", "te", true},      {"[a", "[a", false},
    {"\"[a\"", "[A", true},         {"a\\x0d", "A\r", true},
    {"temp 1", "the Temp 1", true}, {"@", "@", false},
};

START_TEST(stands_or_not)
{
    const struct stand_row *r = &stands_in[_i];
    const struct tt_record rec = {.lane = TT_LANE_DEVICE,
                                  .bytes = (const uint8_t *)r->bytes,
                                  .len = strlen(r->bytes)};
    struct needle n;
    struct search s;
    struct labels labels = {0};
    struct tt_tape *tape;
    struct store store;
    bool found = false;

    ck_assert(!tt_tape_new(&tape, 1 << 16));
    ck_assert(!tt_tape_append(tape, &rec));
    store = store_of_tape(tape);
    if (!needle_parse(&n, r->needle, NULL)) {
        search_begin(&s, &n, false, 0, 0);
        s.partly = false;
        found = search_step(&s, &store, &labels, 1 << 20) == SEARCH_FOUND;
    }
    ck_assert_msg(found == r->stands, "'%s' in '%s': %d", r->needle, r->bytes,
                  found);
    tt_tape_free(tape);
}
END_TEST

START_TEST(speeds_are_found)
{
    const struct tt_record rec = {.lane = TT_LANE_LINE,
                                  .event = TT_EV_BAUD,
                                  .baud = 115200,
                                  .mode = "8N1"};
    static const struct {
        const char *needle;
        bool found;
    } rows[] = {{"[115200 8N1]", true}, {"[115200]", true},
                {"[baud]", true},       {"[115200 8E1]", false},
                {"[9600]", false},      {"[115200 8n1]", true}};
    struct labels labels = {0};
    struct tt_tape *tape;
    struct store store;

    ck_assert(!tt_tape_new(&tape, 1 << 16));
    ck_assert(!tt_tape_append(tape, &rec));
    store = store_of_tape(tape);
    for (size_t i = 0; i < TT_LEN(rows); i++) {
        struct needle n;
        struct search s;

        ck_assert(!needle_parse(&n, rows[i].needle, NULL));
        search_begin(&s, &n, false, 0, 0);
        s.partly = false;
        ck_assert_msg((search_step(&s, &store, &labels, 1000) ==
                       SEARCH_FOUND) == rows[i].found,
                      "%s", rows[i].needle);
    }
    tt_tape_free(tape);
}
END_TEST

/* What is sent is sent as it was written. */
START_TEST(what_can_be_sent)
{
    struct needle n;

    ck_assert(!bytes_parse(&n, "7F \"ok\\r\"", NULL));
    ck_assert_uint_eq(n.n, 4);
    ck_assert_uint_eq(n.mask[1], 0xFF);
    ck_assert(bytes_parse(&n, "hello", NULL));
    ck_assert(bytes_parse(&n, "> 7F", NULL));
    ck_assert(bytes_parse(&n, "[break]", NULL));
    ck_assert(bytes_parse(&n, "7", NULL));
    ck_assert(bytes_parse(&n, "", NULL));
}
END_TEST

START_TEST(needle_limit)
{
    struct needle n;
    struct tt_error err;
    struct tt_buf b;

    tt_buf_init(&b, 1000);
    for (int i = 0; i < MAX_NEEDLE; i++)
        tt_buf_str(&b, "00 ");
    ck_assert_int_eq(needle_parse(&n, tt_buf_text(&b), &err), TT_OK);
    tt_buf_str(&b, "00");
    ck_assert_int_eq(needle_parse(&n, tt_buf_text(&b), &err), TT_ERR_LIMIT);
    tt_buf_release(&b);
}
END_TEST

/* All places, forwards and backwards, against a search by hand: a small
 * alphabet in small pieces on two lanes. */
START_TEST(finds_all_places)
{
    static uint8_t flat[2][6000];
    size_t n[2] = {0, 0}, wanted = 0, got = 0;
    uint32_t seed = (uint32_t)_i + 3;
    struct tt_tape *t;
    struct store store;
    struct labels labels = {0};
    struct needle needle;
    struct search s;
    uint64_t last = 0;

    ck_assert(!tt_tape_new(&t, 1 << 22));
    for (int i = 0; i < 1500; i++) {
        uint8_t piece[4];
        struct tt_record r = {.t_ns = (uint64_t)i, .bytes = piece};

        seed = seed * 1664525u + 1013904223u;
        r.lane = seed >> 30 & 1 ? TT_LANE_HOST : TT_LANE_DEVICE;
        r.len = 1 + (seed >> 28 & 3);
        for (size_t k = 0; k < r.len; k++)
            piece[k] = (uint8_t)(seed >> (8 + 2 * k) & 1);
        memcpy(flat[r.lane] + n[r.lane], piece, r.len);
        n[r.lane] += r.len;
        ck_assert(!tt_tape_append(t, &r));
    }
    store = store_of_tape(t);
    ck_assert(!needle_parse(&needle, "01 ?? 00 01 01", NULL));
    for (int lane = 0; lane < 2; lane++)
        for (size_t i = 0; i + 5 <= n[lane]; i++)
            wanted += flat[lane][i] == 1 && !flat[lane][i + 2] &&
                      flat[lane][i + 3] == 1 && flat[lane][i + 4] == 1;
    ck_assert_uint_gt(wanted, 10);
    search_begin(&s, &needle, false, 0, 0);
    s.partly = false;
    for (;;) {
        enum search_state st = search_step(&s, &store, &labels, 100);

        if (st == SEARCH_END)
            break;
        if (st == SEARCH_MORE)
            continue;
        got++;
        last = s.found.record;
        ck_assert_uint_eq(flat[s.found.lane][s.found.offset], 1);
        search_begin(&s, &needle, false, s.found.record, s.found.at);
    }
    ck_assert_uint_eq(got, wanted);
    ck_assert_uint_gt(last, 0);
    got = 0;
    search_begin(&s, &needle, true, 1499, SIZE_MAX);
    for (enum search_state st;
         (st = search_step(&s, &store, &labels, 100)) != SEARCH_END;)
        if (st == SEARCH_FOUND) {
            got++;
            search_begin(&s, &needle, true, s.found.record, s.found.at);
        }
    ck_assert_uint_eq(got, wanted);
    tt_tape_free(t);
}
END_TEST

Suite *look_suite(void)
{
    Suite *s = suite_create("look");
    TCase *tc = tcase_create("look");

    tcase_set_timeout(tc, 20);
    tcase_add_test(tc, every_key_has_one_meaning);
    tcase_add_test(tc, every_action_is_in_the_table_once);
    tcase_add_test(tc, names_of_keys);
    tcase_add_test(tc, binding);
    tcase_add_loop_test(tc, settings, 0, (int)TT_LEN(settings_rows));
    tcase_add_test(tc, settings_take_effect);
    tcase_add_test(tc, limits_of_settings);
    tcase_add_test(tc, recipes_are_right);
    tcase_add_test(tc, no_colours);
    tcase_add_test(tc, labels_by_place);
    tcase_add_test(tc, labels_are_bounded);
    tcase_add_test(tc, answer_times);
    tcase_add_test(tc, rates);
    tcase_add_loop_test(tc, needle_is_read, 0, (int)TT_LEN(needles));
    tcase_add_loop_test(tc, stands_or_not, 0, (int)TT_LEN(stands_in));
    tcase_add_test(tc, speeds_are_found);
    tcase_add_test(tc, what_can_be_sent);
    tcase_add_test(tc, needle_limit);
    tcase_add_loop_test(tc, finds_all_places, 0, 6);
    suite_add_tcase(s, tc);
    return s;
}
