/*
 * Screens of several lines: the list of them, and the title when names are
 * long.
 */
#include "looker.h"
#include "rules_help.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line's letters stand for the star. */
static const char by_id[] =
    "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A10K2X*-if00-port0";

struct bench_row {
    const char *name; /* of the golden screen */
    int lines, rows, cols;
    const char *names;
    const char *keys;
};

static const struct bench_row benches[] = {
    {"lines-16-80x24", 16, 24, 80, by_id, "5"},
    {"lines-16-80x24-end", 16, 24, 80, by_id, "5 End"},
    {"lines-32-80x24", 32, 24, 80, by_id, "5 End"},
    {"lines-16-120x40", 16, 40, 120, by_id, "5 j j"},
    {"lines-16-40x12", 16, 12, 40, by_id, "5"},
    {"lines-3-80x24", 3, 24, 80, "/dev/ttyUSB*", "5"},
    {"lines-2-80x24-far", 2, 24, 80,
     "*/a/folder/with/a/very/long/name/that/goes/on/recording.pcapng", "5"},
};

struct bench_view {
    struct tt_rules *set;
    struct view v;
    struct grid g;
};

static void fill_head(struct port *p, int i)
{
    static const struct {
        int style;
        const char *label, *text, *right;
    } heads[] = {
        {STYLE_OK, "OK", "The STM32 boot loader answered 79 to 7F.",
         "is, 16 bits"},
        {STYLE_FAULT, "FAULT",
         "0x68 = 'h' repeated: application running, pull BOOT0 high",
         "is, 56 bits"},
        {STYLE_UNKNOWN, "UNKNOWN", "", ""},
        {STYLE_NOTE, "NOTE", "The device sends 'U' over and over.",
         "probably, 9 bits"},
    };
    size_t k = (size_t)(i * 7 + i / 3) % TT_LEN(heads);

    p->head.style = heads[k].style;
    (void)snprintf(p->head.label, sizeof(p->head.label), "%s", heads[k].label);
    (void)snprintf(p->head.text, sizeof(p->head.text), "%s", heads[k].text);
    (void)snprintf(p->head.right, sizeof(p->head.right), "%s", heads[k].right);
    (void)snprintf(p->state, sizeof(p->state), "%s",
                   i == 5   ? "closed by the other side"
                   : i == 6 ? "verdict 3.1 MB behind"
                            : "live");
    p->gauge.stats.s.bytes[TT_LANE_DEVICE] = (uint64_t)i * 12345;
}

static void open_bench(struct bench_view *b, const struct bench_row *r)
{
    static const struct tt_tape_info info = {.quality = TT_TIME_US};

    *b = (struct bench_view){.set = tt_rules_new()};
    ck_assert(!tt_rules_finish(b->set, NULL, NULL));
    ck_assert(view_init(&b->v));
    for (int i = 0; i < r->lines; i++) {
        char name[PORT_NAME];
        struct port *p;

        (void)snprintf(name, sizeof(name), "%.*s%c%c%s",
                       (int)strcspn(r->names, "*"), r->names, 'A' + i / 10,
                       '0' + i % 10, strchr(r->names, '*') + 1);
        p = port_new(name, b->set, &info, NULL, 1 << 16);
        ck_assert_ptr_nonnull(p);
        fill_head(p, i);
        ck_assert(view_add(&b->v, p));
    }
    ck_assert(grid_resize(&b->g, r->rows, r->cols));
}

static void press(struct view *v, const char *keys)
{
    while (*keys) {
        struct key k = {0};
        size_t n = strcspn(keys, " ");
        char word[16] = "";

        ck_assert_uint_lt(n, sizeof(word));
        memcpy(word, keys, n);
        k.code = key_by_name(word);
        view_key(v, &k);
        keys += n;
        keys += strspn(keys, " ");
    }
}

static void close_bench(struct bench_view *b)
{
    for (size_t i = 0; i < b->v.nports; i++)
        port_free(b->v.port[i]);
    view_free(&b->v);
    grid_free(&b->g);
    tt_rules_free(b->set);
}

START_TEST(all_lines)
{
    const struct bench_row *r = &benches[_i];
    struct bench_view b;
    struct tt_buf out;

    open_bench(&b, r);
    view_layout(&b.v, &b.g);
    press(&b.v, r->keys);
    view_layout(&b.v, &b.g);
    tt_buf_init(&out, 1 << 20);
    grid_dump(&b.g, &out);
    compare_screen(r->name, tt_buf_text(&out));
    tt_buf_release(&out);
    close_bench(&b);
}
END_TEST

/* The cursor of the list is the line that is looked at. */
START_TEST(cursor_is_the_line)
{
    struct bench_view b;

    open_bench(&b, &benches[0]);
    press(&b.v, "5");
    view_layout(&b.v, &b.g);
    press(&b.v, "j j");
    ck_assert_uint_eq(b.v.current, 2);
    press(&b.v, "End");
    ck_assert_uint_eq(b.v.current, 15);
    press(&b.v, "^N");
    ck_assert_uint_eq(b.v.current, 0);
    press(&b.v, "j Enter");
    ck_assert_int_eq(b.v.pane, PANE_WIRE);
    ck_assert_uint_eq(b.v.current, 1);
    close_bench(&b);
}
END_TEST

/* ---- the title ------------------------------------------------------------ */

struct title_row {
    const char *name, *record, *state;
    uint32_t baud;
    int cols;
    const char *want;
};

static const struct title_row titles[] = {
    {"a.tape", "", "end", 0, 40, " telltale  a.tape          00:07.3  end"},
    {"/home/somebody/recordings/2026-11-24/board-7/flash-of-the-whole-firmware"
     ".pcapng",
     "", "replay 0.25x", 0, 80,
     " telltale  /home/somebody..-of-the-whole-firmware.pcapng  00:07.3  "
     "replay "
     "0.25x"},
    {"/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A10K2X9P-if00-port0",
     "REC a-recording-with-a-long-name.pcapng 1.2 MB", "live", 115200, 80,
     " /dev/serial/by..R_USB_UART_A10K2X9P-if00-port0  115200 8N1  REC  00:07.3"
     "  live"},
    {"/dev/ttyUSB0", "REC x.tape 1 kB", "live", 115200, 30,
     " /dev/ttyUSB0   00:07.3  live"},
    {"/dev/ttyUSB0", "", "live", 0, 12, ""},
};

START_TEST(title)
{
    const struct title_row *r = &titles[_i];
    static const struct tt_tape_info info = {.quality = TT_TIME_US};
    struct bench_view b = {.set = tt_rules_new()};
    struct tt_buf out;
    struct port *p;
    char line[200];

    ck_assert(!tt_rules_finish(b.set, NULL, NULL));
    ck_assert(view_init(&b.v));
    p = port_new(r->name, b.set, &info, NULL, 1 << 16);
    ck_assert_ptr_nonnull(p);
    ck_assert(view_add(&b.v, p));
    p->now_ns = 7300 * TT_NS_PER_MS;
    p->baud = r->baud;
    memcpy(p->mode, "8N1", 4);
    (void)snprintf(p->state, sizeof(p->state), "%s", r->state);
    (void)snprintf(p->record, sizeof(p->record), "%s", r->record);
    ck_assert(grid_resize(&b.g, 1, r->cols));
    title_layout(&b.v, &b.g);
    tt_buf_init(&out, 1 << 16);
    grid_dump(&b.g, &out);
    (void)snprintf(line, sizeof(line), "%.*s",
                   (int)strcspn(tt_buf_text(&out), "\n"), tt_buf_text(&out));
    if (*r->want)
        ck_assert_str_eq(line, r->want);
    tt_buf_release(&out);
    close_bench(&b);
}
END_TEST

START_TEST(names_are_cut_in_the_middle)
{
    char out[40];

    cut_name(out, sizeof(out), "/dev/ttyUSB0", 12);
    ck_assert_str_eq(out, "/dev/ttyUSB0");
    cut_name(out, sizeof(out), "/dev/ttyUSB0", 11);
    ck_assert_str_eq(out, "/de..tyUSB0");
    cut_name(out, sizeof(out), "/dev/ttyUSB0", 4);
    ck_assert_str_eq(out, "/dev");
    cut_name(out, sizeof(out), "/dev/ttyUSB0", -3);
    ck_assert_str_eq(out, "");
}
END_TEST

Suite *lines_suite(void)
{
    Suite *s = suite_create("lines");
    TCase *tc = tcase_create("lines");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, all_lines, 0, (int)TT_LEN(benches));
    tcase_add_test(tc, cursor_is_the_line);
    tcase_add_loop_test(tc, title, 0, (int)TT_LEN(titles));
    tcase_add_test(tc, names_are_cut_in_the_middle);
    suite_add_tcase(s, tc);
    return s;
}
