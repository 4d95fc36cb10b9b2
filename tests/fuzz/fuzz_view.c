/*
 * The screen: any recording, any keys, any size.  The first byte says how
 * many of the next are keys (two bytes each) and sizes; the rest is the
 * recording.  Whatever is drawn is one printable character a cell.
 */
#include "rules/builtin.h"
#include "view/player.h"
#include "view/view.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rules[] =
    "rule fuzz.a\n  match > 7F < 79\n  verdict \"answered\"\n"
    "  yes > 7F < 79\n  no > 7F\n"
    "rule fuzz.b\n  match < 68\n  note h\n  yes < 68\n  no < 69\n";

static struct tt_rules *set;

static void no_complaint(const struct tt_diag *d, void *user)
{
    (void)d;
    (void)user;
}

static enum tt_status keep(const struct tt_record *r, void *user)
{
    return tt_tape_append(user, r);
}

static void check(const struct grid *g)
{
    for (int i = 0; i < g->rows * g->cols; i++) {
        uint32_t c = g->cell[i].ch;

        if (c < 0x20 || c == 0x7F || (c > 0x7F && c < 0xA1) ||
            (c >= 0x80 && !g->unicode))
            abort();
    }
}

static void press(struct view *v, struct player *p, struct grid *g, uint8_t a,
                  uint8_t b)
{
    struct request r;
    struct key k = {.code = a & 0x80 ? KEYS_SPECIAL + a % 22 : a,
                    .row = b % 64};

    if (b > 250) {
        if (!grid_resize(g, 1 + a % 60, 1 + a * 3 % 250))
            abort();
        g->unicode = b & 1;
    }
    view_key(v, &k);
    (void)view_search(v);
    if (view_request(v, &r)) {
        if (r.kind == REQ_STEP)
            player_step(p, r.step);
        else if (r.kind == REQ_SEEK)
            player_seek(p, r.t_ns);
        else if (r.kind == REQ_PAUSE)
            player_pause(p);
        tt_buf_release(&r.text);
    }
    (void)player_advance(p, (uint64_t)b * TT_NS_PER_MS, 1 << 16);
    view_layout(v, g);
    check(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tt_read_options how = {.lane = TT_LANE_DEVICE};
    size_t keys = size ? 1 + 2 * (size_t)(data[0] & 63) : 0;
    struct tt_tape_info info = {.quality = TT_TIME_US};
    struct grid g = {0};
    struct player p;
    struct view v;
    struct port *port;
    struct tt_reader *rd;
    struct tt_tape *tape;
    struct store store;

    if (size < keys + 1 || size > 20000)
        return 0;
    if (!set) {
        const struct tt_slice text = {rules, sizeof(rules) - 1};

        set = tt_rules_new();
        if (!set ||
            tt_rules_read(set, text, "fuzz", "fuzz", no_complaint, NULL) ||
            tt_rules_finish(set, no_complaint, NULL))
            abort();
    }
    if (tt_tape_new(&tape, 1 << 24) ||
        tt_reader_new(&rd, &how, keep, tape, NULL))
        abort();
    (void)!tt_reader_feed(rd, data + keys, size - keys, NULL);
    (void)!tt_reader_finish(rd, NULL);
    info.quality = tt_reader_report(rd)->info.quality;
    store = store_of_tape(tape);
    port = port_new("fuzz", set, &info, &store, 0);
    if (!port || !view_init(&v) || !view_add(&v, port) ||
        !grid_resize(&g, 24, 80))
        abort();
    player_init(&p, port);
    p.end_known = true;
    p.end_ns = tt_reader_report(rd)->end_ns;
    tt_reader_free(rd);
    (void)player_advance(&p, 0, 1 << 20);
    view_layout(&v, &g);
    for (size_t i = 1; i + 1 < keys; i += 2)
        press(&v, &p, &g, data[i], data[i + 1]);
    view_free(&v);
    port_free(port);
    tt_tape_free(tape);
    grid_free(&g);
    return 0;
}
