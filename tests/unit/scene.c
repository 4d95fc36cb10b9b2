#include "scene.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
const char scene_rules[] =
    "protocol stm32 \"STM32 boot loader\"\n"
    "  settings \"115200 8E1\"\n"
    "rule stm32.answers\n"
    "  title    \"STM32 boot loader answers\"\n"
    "  match    > 7F < 79 within 1s\n"
    "  verdict  \"The STM32 boot loader answered 79 to 7F.\"\n"
    "  ref      \"ST AN3155\"\n"
    "  severity info\n"
    "  claim    target.bootloader = stm32\n"
    "  yes      > 7F 12ms < 79\n"
    "  no       > 7F 12ms < 1F\n"
    "rule stm32.odd\n"
    "  title    \"An odd answer\"\n"
    "  match    > 7F < got:!{79 1F 7F} within 1s\n"
    "  gap      50ms\n"
    "  verdict  \"7F was answered by {got:hex}.\"\n"
    "  severity warning\n"
    "  claim    target.bootloader = not-stm32\n"
    "  next     \"the bytes that follow\"\n"
    "  yes      > 7F 3ms < F9 => got = 0xF9\n"
    "  no       > 7F 3ms < 79\n"
    "rule stm32.silent\n"
    "  title    \"No answer\"\n"
    "  match    > 7F < quiet 1s\n"
    "  unless   < 79\n"
    "  verdict  \"The host sent 7F and the device stayed silent.\"\n"
    "  fix      \"BOOT0 high, then reset.\"\n"
    "  fix      \"Swap TX and RX.\"\n"
    "  severity error\n"
    "  side     wiring\n"
    "  claim    target.bootloader = silent\n"
    "  yes      > 7F 1200ms\n"
    "  no       > 7F 30ms < 79 2s\n"
    "rule line.repeats\n"
    "  title    \"One character over and over\"\n"
    "  match    < what:same(graph)*8..\n"
    "  verdict  \"The device sends {what:char} over and over.\"\n"
    "  severity note\n"
    "  yes      < \"UUUUUUUU\" => what = 0x55\n"
    "  no       < \"abababab\"\n"
    "rule stm32.app-running\n"
    "  title    \"The application runs\"\n"
    "  match    > 7F < what:same(graph)*4.. within 1s\n"
    "  verdict  \"0x{what:hex} = {what:char} repeated: application running, pull BOOT0 high\"\n"
    "  cause    \"BOOT0 was low at the last reset.\"\n"
    "  fix      \"Tie BOOT0 to 3V3 (BOOT1 low).\"\n"
    "  fix      \"Reset: the pin is read only then.\"\n"
    "  fix      \"Flash again.\"\n"
    "  next     \"With BOOT0 high the answer is 79.\"\n"
    "  ref      \"ST AN2606\"\n"
    "  severity error\n"
    "  side     device\n"
    "  claim    target.bootloader = absent\n"
    "  refines  line.repeats\n"
    "  yes      > 7F 3ms < \"hhhhhhhh\"\n"
    "  no       > 7F 3ms < 79\n"
    "rule line.wrong-speed\n"
    "  title    \"Frame errors\"\n"
    "  match    [frame-error] then [frame-error] within 200ms then [frame-error] within 200ms\n"
    "  unless   [break]\n"
    "  verdict  \"Three framing errors in a row: the device talks at another speed.\"\n"
    "  fix      \"Try twice and half the speed.\"\n"
    "  severity error\n"
    "  side     settings\n"
    "  claim    line.speed = wrong\n"
    "  expires  5s\n"
    "  until    [baud]\n"
    "  yes      [frame-error] 2ms < F8 [frame-error] 2ms < 80 [frame-error]\n"
    "  no       [frame-error] 2s [frame-error] 2s [frame-error]\n"
    "rule mbus.long-frame\n"
    "  title    \"M-Bus long frame\"\n"
    "  match    < 68 len:u8 =len 68 body:bytes[len] check:u8 16\n"
    "  where    len >= 3 and check = sum8(body)\n"
    "  gap      200ms\n"
    "  verdict  \"M-Bus: a long frame of {len} bytes; the checksum is right.\"\n"
    "  severity info\n"
    "  claim    link.protocol = mbus\n"
    "  yes      < 68 03 03 68 08 01 72 7B 16 => len = 3\n"
    "  no       < 68 03 03 68 08 01 72 7C 16\n"
    "rule lone68.mbus\n"
    "  title    \"A frame of M-Bus\"\n"
    "  match    < start 68\n"
    "  cap      4\n"
    "  verdict  \"The device sent 68.\"\n"
    "  next     \"L L 68 after it\"\n"
    "  severity note\n"
    "  yes      < 68\n"
    "  no       < 00 68\n"
    "rule tool.failed\n"
    "  title    \"The tool gave up\"\n"
    "  match    $ \"Failed to init device\"\n"
    "  cap      9\n"
    "  verdict  \"The tool could not start the boot loader.\"\n"
    "  severity error\n"
    "  next     \"the bytes on the line\"\n"
    "  yes      $ \"Failed to init device.\\n\"\n"
    "  no       $ \"OK\\n\"\n"
    "rule sync\n"
    "  title    \"sync\"\n"
    "  match    > 7F\n"
    "  note     \"sync\"\n"
    "  yes      > 7F\n"
    "  no       > 7E\n";
/* clang-format on */

static void complain(const struct tt_diag *d, void *user)
{
    (void)user;
    ck_abort_msg("%s:%u:%u: %s", d->file, d->line, d->col, d->msg);
}

static void push(struct scene *s, const struct tt_record *r, size_t from,
                 size_t to)
{
    struct tt_record piece = *r;

    if (r->event == TT_EV_NONE) {
        piece.bytes = r->bytes + from;
        piece.len = to - from;
        if (from == to)
            return;
    }
    ck_assert_int_eq(tt_session_push(s->session, &piece), TT_OK);
}

static void tick(struct scene *s, uint64_t until)
{
    struct tt_record r = {.lane = TT_LANE_LINE, .event = TT_EV_TICK};

    for (s->now += 10 * TT_NS_PER_MS; s->now < until;
         s->now += 10 * TT_NS_PER_MS) {
        r.t_ns = s->now;
        ck_assert_int_eq(tt_session_push(s->session, &r), TT_OK);
        ck_assert_int_eq(tt_session_verdict(s->session, &s->v), TT_OK);
    }
    s->now = until;
}

static void feed(struct scene *s, const struct tt_record *r,
                 enum scene_mode mode)
{
    if (r->event != TT_EV_NONE || mode == SCENE_WHOLE || mode == SCENE_LIVE) {
        if (mode == SCENE_LIVE)
            tick(s, r->t_ns);
        push(s, r, 0, r->len);
        return;
    }
    if (mode == SCENE_CUT) {
        push(s, r, 0, r->len / 3);
        push(s, r, r->len / 3, r->len);
        return;
    }
    for (size_t i = 0; i < r->len; i++)
        push(s, r, i, i + 1);
}

void scene_play(struct scene *s, const char *rules, const char *tape,
                size_t len, enum scene_mode mode)
{
    struct tt_read_options options = {.lane = TT_LANE_DEVICE};
    struct records l = {0};
    struct tt_error err = {.code = TT_OK};

    memset(s, 0, sizeof(*s));
    s->set = tt_rules_new();
    ck_assert_int_eq(tt_rules_read(s->set, tt_slice_of(rules), "scene.rules",
                                   "test", complain, NULL),
                     TT_OK);
    ck_assert_int_eq(tt_rules_finish(s->set, complain, NULL), TT_OK);
    ck_assert_msg(records_read(&l, tape, len, 0, 0, &options, &s->read, &err) ==
                      TT_OK,
                  "%s", err.msg);
    ck_assert_msg(tt_session_new(&s->session, s->set, s->read.info.quality,
                                 &err) == TT_OK,
                  "%s", err.msg);
    ck_assert_int_eq(tt_tape_new(&s->tape, 1 << 20), TT_OK);
    for (size_t i = 0; i < l.n; i++) {
        ck_assert_int_eq(tt_tape_append(s->tape, &l.rec[i]), TT_OK);
        feed(s, &l.rec[i], mode);
    }
    tt_session_finish(s->session, s->read.end_ns);
    tt_session_unread(s->session, s->read.unread);
    ck_assert_int_eq(tt_session_verdict(s->session, &s->v), TT_OK);
    records_free(&l);
}

void scene_end(struct scene *s)
{
    tt_session_free(s->session);
    tt_tape_free(s->tape);
    tt_rules_free(s->set);
}

char *scene_report(const struct scene *s, const char *name,
                   const struct tt_report_options *opt)
{
    struct tt_report_input in = {
        .name = name, .read = &s->read, .info = &s->read.info, .tape = s->tape};
    struct tt_buf b;
    char *text;

    tt_buf_init(&b, 1 << 20);
    if (opt)
        tt_report_text(&b, &s->v, &in, opt);
    else
        tt_report_json(&b, &s->v, &in);
    ck_assert_int_eq(b.status, TT_OK);
    text = strdup(tt_buf_text(&b));
    ck_assert_ptr_nonnull(text);
    tt_buf_release(&b);
    return text;
}
