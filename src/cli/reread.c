/*
 * reread - a recording read again as if the port had been set otherwise.
 *
 * Works on what was recorded: the bytes are turned back into the levels of the
 * line as far as they show them, and read with the other settings.
 */
#include "cli/input.h"
#include "cli/one.h"
#include "engine/misread.h"
#include "tape/tape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN = 320, LEAST_GAIN = 24 };

/* The beginning of each lane, up to the first change of settings. */
struct lanes {
    uint8_t byte[2][TT_MISREAD_MOST];
    size_t n[2];
    uint32_t baud; /* 0: not known */
    char mode[4];
    bool over; /* other settings came */
};

static enum tt_status on_record(const struct tt_record *r, void *user)
{
    struct lanes *l = user;
    size_t room, n = r->len;

    if (r->event == TT_EV_BAUD && r->baud) {
        if ((l->n[0] || l->n[1]) && r->baud != l->baud)
            l->over = true;
        if (!l->over) {
            l->baud = r->baud;
            memcpy(l->mode, r->mode, sizeof(l->mode));
        }
    }
    if (l->over || r->event || r->lane > TT_LANE_DEVICE)
        return TT_OK;
    room = TT_MISREAD_MOST - l->n[r->lane];
    if (n > room)
        n = room;
    memcpy(l->byte[r->lane] + l->n[r->lane], r->bytes, n);
    l->n[r->lane] += n;
    return TT_OK;
}

static bool take_frame(const char *mode, struct tt_frame *f)
{
    memset(f, 0, sizeof(*f));
    f->data = 8;
    f->parity = 'N';
    if (!mode[0])
        return true;
    f->data = (uint8_t)(mode[0] - '0');
    f->parity = mode[1];
    return f->data == 7 || f->data == 8;
}

/* "74880,8N1", "9600"; false when it is neither. */
static bool take_as(const char *as, uint32_t *baud, struct tt_frame *f)
{
    char *end;
    unsigned long v = strtoul(as, &end, 10);

    if (end == as || v < 50 || v > 20000000 || as[0] == '-')
        return false;
    *baud = (uint32_t)v;
    if (*end == '\0')
        return take_frame("", f);
    if (*end != ',' || strlen(end + 1) != 3 || !strchr("NEOMS", end[2]) ||
        !strchr("12", end[3]))
        return false;
    return take_frame(end + 1, f);
}

static void put_found(struct tt_buf *out, char mark,
                      const struct tt_misread_found *f, size_t n)
{
    tt_buf_printf(out, "  %" PRIu32 " %u%c1%s: ", f->baud, f->sent.data,
                  f->sent.parity, f->sent.inverted ? " inverted" : "");
    if (f->gain >= LEAST_GAIN)
        tt_buf_printf(out, "explains the %zu bytes better, by %.0f bits", n,
                      f->gain);
    else
        tt_buf_printf(out, "possible, but explains the %zu bytes no better", n);
    tt_buf_str(out, f->gain >= LEAST_GAIN ? "; likeliest reading:\n"
                                          : "; a reading:\n");
    tt_buf_printf(out, "  %c ", mark);
    tt_tape_text_bytes(out, (const uint8_t *)f->text.p, f->text.n, SHOWN);
    tt_buf_ch(out, '\n');
}

static bool one_lane(struct tt_buf *out, struct tt_misread_work *w,
                     const char *as, const struct lanes *l, int lane,
                     struct tt_frame read)
{
    struct tt_misread_found f[TT_MISREAD_FOUND];
    char mark = tt_lane_mark((enum tt_lane)lane);
    struct tt_frame sent;
    uint32_t baud = 0;
    size_t k = 0;

    tt_buf_printf(out, "%c read at %" PRIu32 " %s, the first %zu bytes\n", mark,
                  l->baud, l->mode[0] ? l->mode : "8N1", l->n[lane]);
    if (strcmp(as, "auto") == 0) {
        k = tt_misread_search(w, l->byte[lane], l->n[lane], l->baud, read,
                              LEAST_GAIN, f);
        if (!k)
            tt_buf_str(out, "  no other settings explain them better than they "
                            "are\n");
    } else if (take_as(as, &baud, &sent)) {
        if (tt_misread_as(w, l->byte[lane], l->n[lane], l->baud, read, baud,
                          sent, &f[0]))
            k = 1;
        else
            tt_buf_printf(out,
                          "  %s: a sender with these settings cannot have "
                          "given them\n",
                          as);
        if (!k)
            tt_buf_release(&f[0].text);
    }
    for (size_t i = 0; i < k; i++) {
        if (i < 3)
            put_found(out, mark, &f[i], l->n[lane]);
        tt_buf_release(&f[i].text);
    }
    return k > 0;
}

/* The recording's beginning; false (said) when it cannot be read. */
static bool collect(const struct options *o, const char *name, struct lanes *l)
{
    struct tt_error err = {.code = TT_OK};
    struct tt_reader *rd = NULL;
    enum tt_status st;
    int fd = input_open(name);

    if (fd < 0)
        return false;
    st = input_reader(&rd, o, on_record, l, &err);
    if (!st)
        st = input_feed(rd, fd, o, NULL, NULL, &err);
    tt_reader_free(rd);
    if (fd != STDIN_FILENO)
        (void)close(fd);
    if (st)
        say("%s: %s", shown_name(name), err.msg);
    return !st;
}

static enum exit_code one_file(const struct options *o, const char *name,
                               struct tt_misread_work *w, struct lanes *l,
                               struct tt_buf *out)
{
    struct tt_frame read;
    bool found = false;

    memset(l, 0, sizeof(*l));
    if (!collect(o, name, l))
        return EXIT_CANNOT;
    if (o->baud)
        l->baud = o->baud;
    if (o->mode[0])
        memcpy(l->mode, o->mode, sizeof(l->mode));
    if (!l->baud) {
        say("%s: it does not say at which speed it was read; -b BAUD does",
            shown_name(name));
        return EXIT_CANNOT;
    }
    if (!take_frame(l->mode, &read)) {
        say("%s: %s: only 7 and 8 data bits can be read again",
            shown_name(name), l->mode);
        return EXIT_CANNOT;
    }
    put_clean(out, name, strlen(name));
    tt_buf_ch(out, '\n');
    for (int lane = TT_LANE_HOST; lane <= TT_LANE_DEVICE; lane++)
        if (l->n[lane])
            found = one_lane(out, w, o->as, l, lane, read) || found;
    if (!l->n[0] && !l->n[1])
        tt_buf_str(out, "no bytes of host or device\n");
    return found ? EXIT_HEALTHY : EXIT_UNKNOWN;
}

enum exit_code reread(const struct options *o)
{
    struct tt_misread_work *w = tt_misread_new();
    struct lanes *l = malloc(sizeof(*l));
    enum exit_code code = EXIT_HEALTHY;
    struct tt_frame sent;
    struct tt_buf out;
    uint32_t baud;

    tt_buf_init(&out, 4 << 20);
    if (!w || !l) {
        say("%s", tt_status_name(TT_ERR_NOMEM));
        code = EXIT_CANNOT;
    } else if (strcmp(o->as, "auto") != 0 && !take_as(o->as, &baud, &sent)) {
        say("--as %s: write the sender's speed and frame, such as 74880,8N1, "
            "or auto",
            o->as);
        code = EXIT_CANNOT;
    } else {
        for (size_t i = 0; i < o->nwords; i++) {
            code = exit_worse(code, one_file(o, o->words[i], w, l, &out));
            if (!put_out(&out))
                break;
        }
    }
    tt_buf_release(&out);
    tt_misread_free(w);
    free(l);
    return put_end(code);
}
