#include "looker.h"
#include "rules_help.h"
#include "scene.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char labels[] = "rule look.sync\n"
                             "  match > 7F\n"
                             "  note  sync\n"
                             "  yes   > 7F\n"
                             "  no    > 7E\n"
                             "rule look.ack\n"
                             "  match < 79\n"
                             "  note  ACK\n"
                             "  yes   < 79\n"
                             "  no    < 1F\n";

static struct tt_rules *read_rules(void)
{
    struct tt_buf text, complaints;
    struct tt_rules *set;

    tt_buf_init(&text, 1 << 16);
    tt_buf_init(&complaints, 1 << 16);
    tt_buf_str(&text, scene_rules);
    tt_buf_str(&text, labels);
    set = rules_from_text(tt_buf_text(&text), &complaints);
    ck_assert_str_eq(tt_buf_text(&complaints), "");
    tt_buf_release(&text);
    tt_buf_release(&complaints);
    return set;
}

void looker_open(struct looker *l, const char *tape, bool live)
{
    struct tt_read_options how = {.lane = TT_LANE_DEVICE};
    struct tt_reader *rd;
    struct tt_tape_info info;
    struct store store;
    uint64_t end_ns;

    memset(l, 0, sizeof(*l));
    l->set = read_rules();
    ck_assert(!tt_reader_new(&rd, &how, records_sink, &l->records, NULL));
    ck_assert(!tt_reader_feed(rd, tape, strlen(tape), NULL));
    ck_assert(!tt_reader_finish(rd, NULL));
    info = tt_reader_report(rd)->info;
    end_ns = tt_reader_report(rd)->end_ns;
    tt_reader_free(rd);
    info.epoch_ns = UINT64_C(1700000000) * TT_NS_PER_S;
    ck_assert(view_init(&l->view));
    if (live) {
        l->port = port_new("/dev/ttyUSB0", l->set, &info, NULL, 1 << 20);
        for (size_t i = 0; i < l->records.n; i++)
            port_push(l->port, &l->records.rec[i]);
        while (port_work(l->port, UINT64_MAX, 1 << 20))
            ;
        strcpy(l->port->state, "live");
    } else {
        ck_assert(!tt_tape_new(&l->tape, 64 << 20));
        for (size_t i = 0; i < l->records.n; i++)
            ck_assert(!tt_tape_append(l->tape, &l->records.rec[i]));
        store = store_of_tape(l->tape);
        l->port = port_new("case.tape", l->set, &info, &store, 0);
        player_init(&l->player, l->port);
        l->player.end_known = true;
        l->player.end_ns = end_ns;
        while (player_advance(&l->player, 0, 1 << 20))
            ;
        player_state(&l->player, l->port->state);
    }
    ck_assert_ptr_nonnull(l->port);
    port_refresh(l->port, false);
    ck_assert(view_add(&l->view, l->port));
}

void looker_close(struct looker *l)
{
    view_free(&l->view);
    grid_free(&l->grid);
    port_free(l->port);
    tt_tape_free(l->tape);
    tt_rules_free(l->set);
    records_free(&l->records);
}

char *looker_screen(struct looker *l, int rows, int cols, bool unicode)
{
    struct tt_buf out;

    ck_assert(grid_resize(&l->grid, rows, cols));
    l->grid.unicode = unicode;
    view_layout(&l->view, &l->grid);
    tt_buf_init(&out, 1 << 22);
    grid_dump(&l->grid, &out);
    tt_buf_ch(&out, '\0');
    ck_assert(!out.status);
    return out.p;
}

static bool obey(struct looker *l, const struct request *r)
{
    struct player *p = &l->player;

    if (r->kind == REQ_PROGRESS) {
        l->port->progress = true;
        port_restart(l->port, l->set);
        while (port_work(l->port, UINT64_MAX, 1 << 20))
            ;
        port_refresh(l->port, true);
        return true;
    }
    if (!p->port)
        return false;
    switch (r->kind) {
    case REQ_PAUSE: player_pause(p); break;
    case REQ_FASTER: player_faster(p, 1); break;
    case REQ_SLOWER: player_faster(p, -1); break;
    case REQ_FULL: player_full(p); break;
    case REQ_STEP: player_step(p, r->step); break;
    case REQ_SEEK:
        player_seek(p, r->t_ns);
        while (player_advance(p, 0, 1 << 20))
            ;
        break;
    default: return false;
    }
    player_state(p, l->port->state);
    return true;
}

void looker_keys(struct looker *l, const char *keys, struct request *left)
{
    while (*keys) {
        size_t n = strcspn(keys, " ");
        struct request r = {0};
        struct key k = {0};
        char word[16];

        ck_assert_uint_lt(n, sizeof(word));
        memcpy(word, keys, n);
        word[n] = '\0';
        k.code = key_by_name(word);
        ck_assert_msg(k.code != KEY_NONE, "'%s' is no key", word);
        view_key(&l->view, &k);
        while (view_search(&l->view))
            ;
        if (view_request(&l->view, &r) && !obey(l, &r) && left) {
            tt_buf_release(&left->text);
            *left = r;
        } else {
            tt_buf_release(&r.text);
        }
        keys += n;
        keys += strspn(keys, " ");
    }
}

void compare_screen(const char *name, const char *got)
{
    char path[300];
    struct tt_slice want;
    FILE *f;

    (void)snprintf(path, sizeof(path), "tests/golden/view/%s.txt", name);
    if (getenv("GOLDEN")) {
        f = fopen(path, "wb");
        ck_assert_ptr_nonnull(f);
        ck_assert_uint_eq(fwrite(got, 1, strlen(got), f), strlen(got));
        ck_assert_int_eq(fclose(f), 0);
        return;
    }
    want = slurp(path);
    ck_assert_msg(want.p != NULL, "%s is not there: GOLDEN=1 writes it", path);
    ck_assert_msg(want.n == strlen(got) && !memcmp(want.p, got, want.n),
                  "%s: the screen is now:\n%s", name, got);
    free((void *)(uintptr_t)want.p);
}
