/*
 * What is said of bytes and messages: every byte has a list and no verdict,
 * every message that a rule shows as an example is known, and what was left
 * out of one is not made up.
 */
#include "base/buf.h"
#include "report/explain.h"
#include "rules/builtin.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tt_rules *set;
static struct tt_explanation x;

static void set_up(void)
{
    set = tt_rules_new();
    ck_assert_ptr_nonnull(set);
    for (const struct tt_builtin_file *f = tt_builtin_files; f->name; f++)
        ck_assert_int_eq(
            tt_rules_read(set, (struct tt_slice){(const char *)f->text, f->len},
                          f->name, "built in", NULL, NULL),
            TT_OK);
    ck_assert_int_eq(tt_rules_finish(set, NULL, NULL), TT_OK);
}

static void tear_down(void)
{
    tt_explain_release(&x);
    tt_rules_free(set);
}

static void ask_bytes(const char *text, size_t n)
{
    tt_explain_release(&x);
    ck_assert_int_eq(tt_explain(&x, set, text, n), TT_OK);
}

static void ask(const char *text)
{
    ask_bytes(text, strlen(text));
}

static const struct tt_meaning *meaning_of(const char *rule)
{
    for (size_t i = 0; i < x.n; i++)
        if (!strcmp(x.meaning[i].rule->name, rule))
            return &x.meaning[i];
    return NULL;
}

static void bytes_are(const char *text, const char *got, size_t ngot,
                      const char *wanted, size_t nwanted, bool only)
{
    struct tt_asked a;

    tt_asked_read(&a, text, strlen(text));
    ck_assert_msg(a.ngot == ngot && !memcmp(a.got, got, ngot),
                  "%s: %zu bytes, the first %02X", text, a.ngot, a.got[0]);
    ck_assert_msg(a.nwanted == nwanted && !memcmp(a.wanted, wanted, nwanted),
                  "%s: %zu wanted", text, a.nwanted);
    ck_assert_msg(a.only_bytes == only, "%s", text);
}

START_TEST(test_asked)
{
    bytes_are("0x68", "\x68", 1, "", 0, true);
    bytes_are("68", "\x68", 1, "", 0, true);
    bytes_are("68h", "\x68", 1, "", 0, true);
    bytes_are("h", "h", 1, "", 0, true);
    bytes_are("7f 1f", "\x7f\x1f", 2, "", 0, true);
    bytes_are("7F1F", "\x7f\x1f", 2, "", 0, true);
    bytes_are("0x7f,0x1f", "\x7f\x1f", 2, "", 0, true);
    bytes_are("\\x7f\\x1f", "\x7f\x1f", 2, "", 0, true);
    bytes_are("< 68*4", "hhhh", 4, "", 0, true);
    bytes_are("0xa", "\x0a", 1, "", 0, true);
    bytes_are("expected 0xfd got 0xa0", "\xa0", 1, "\xfd", 1, false);
    bytes_are("got 0x68, expected 0x79", "h", 1, "\x79", 1, false);
    bytes_are("0x68 instead of 0x79", "h", 1, "\x79", 1, false);
    bytes_are("not in sync: resp=0x68", "h", 1, "", 0, false);
    bytes_are("unexpected response 0x68.", "h", 1, "", 0, false);
    bytes_are("status 0x1d0d", "", 0, "", 0, false);
    bytes_are("bad 68 cafe", "", 0, "", 0, false);
    bytes_are("", "", 0, "", 0, false);
    bytes_are("68*0", "", 0, "", 0, false);
    bytes_are("68*65", "", 0, "", 0, false);
}
END_TEST

START_TEST(test_asked_at_the_cap)
{
    char text[3 * (TT_MAX_ASKED_BYTES + 1) + 1] = "";
    struct tt_asked a;

    for (int i = 0; i < TT_MAX_ASKED_BYTES; i++)
        memcpy(text + 3 * i, "68 ", 4);
    tt_asked_read(&a, text, strlen(text));
    ck_assert(a.only_bytes && a.ngot == TT_MAX_ASKED_BYTES);
    memcpy(text + 3 * TT_MAX_ASKED_BYTES, "68 ", 4);
    tt_asked_read(&a, text, strlen(text));
    ck_assert(!a.only_bytes && !a.ngot);
}
END_TEST

START_TEST(test_each_byte)
{
    char text[8];

    for (unsigned c = 0; c < 256; c++) {
        size_t alone = 0;

        (void)snprintf(text, sizeof(text), "0x%02x", c);
        ask(text);
        for (size_t i = 0; i < x.n; i++) {
            ck_assert_msg(x.meaning[i].how == TT_MEANS_ALONE ||
                              x.meaning[i].how == TT_MEANS_BEGINS,
                          "%s: %s", text, x.meaning[i].rule->name);
            /* one byte is never more than a hint */
            if (x.meaning[i].how == TT_MEANS_ALONE) {
                alone++;
                ck_assert_msg(x.meaning[i].rule->cap >= 0 &&
                                  x.meaning[i].rule->cap <= 4,
                              "%s: %s", text, x.meaning[i].rule->name);
            }
        }
        ck_assert_msg(alone >= 1 && x.n >= 3, "%s: %zu", text, x.n);
    }
    ask("0x68");
    ck_assert_str_eq(x.meaning[0].rule->name, "lone68.application");
    ck_assert_uint_ge(x.n, 22);
}
END_TEST

/* What an example has on the tool's lane; false when it has more. */
static bool text_of(struct tt_buf *out, const struct tt_example *e)
{
    for (size_t i = 0; i < e->nrecords; i++) {
        if (e->records[i].event != TT_EV_NONE)
            continue;
        if (e->records[i].lane != TT_LANE_TOOL)
            return false;
        tt_buf_add(out, e->records[i].bytes, e->records[i].len);
    }
    return out->n > 0;
}

static bool refined_by_one_there(const char *name)
{
    for (size_t i = 0; i < x.n; i++)
        for (const struct tt_names *r = x.meaning[i].rule->refines; r;
             r = r->next)
            if (!strcmp(r->name, name))
                return true;
    return false;
}

START_TEST(test_each_message)
{
    unsigned asked = 0;

    for (size_t i = 0; i < set->nrules; i++) {
        const struct tt_rule *r = set->by_index[i];
        const struct tt_meaning *m;

        if (!r->verdict || !r->match || r->view != 1u << TT_LANE_TOOL)
            continue;
        for (const struct tt_example *e = r->examples; e; e = e->next) {
            struct tt_buf text;

            tt_buf_init(&text, 1 << 20);
            if (e->yes && text_of(&text, e)) {
                ask_bytes(tt_buf_text(&text), text.n);
                asked++;
                m = meaning_of(r->name);
                ck_assert_msg(refined_by_one_there(r->name) ||
                                  (m && m->how == TT_MEANS_SAID),
                              "%s is not known in: %s", r->name,
                              tt_buf_text(&text));
                ck_assert_msg(tt_explain_knows(&x), "%s", r->name);
            }
            tt_explain_release(&x);
            tt_buf_release(&text);
        }
    }
    ck_assert_uint_ge(asked, 200);
}
END_TEST

START_TEST(test_parts_of_messages)
{
    const struct tt_meaning *m;

    ask("stk500_getsync() not in sync: resp=0x68");
    ck_assert_str_eq(x.meaning[0].rule->name, "avr.tool.sync");
    ck_assert_ptr_nonnull(strstr(x.meaning[0].text, "0x68"));
    ask("expected 0xfd got 0xa0");
    ck_assert_str_eq(x.meaning[0].rule->name, "mtk.tool.offset");
    ck_assert_ptr_nonnull(meaning_of("mtk.note.hwcode"));
    ask("handshaking... error unexpected response 0x68");
    ck_assert_str_eq(x.meaning[0].rule->name, "lone68.tool");
    ck_assert_ptr_nonnull(meaning_of("lone68.application"));
    /* the end is missing: near, and nothing is filled in */
    ask("Failed to init device");
    m = meaning_of("stm32.tool.init");
    ck_assert(m && m->how == TT_MEANS_LIKE && !m->text);
    ck_assert(!tt_explain_knows(&x));
    ask("the quick brown fox");
    ck_assert(!tt_explain_knows(&x));
    ask("7f 1f");
    ck_assert_ptr_nonnull(strstr(x.meaning[0].rule->name, "stm32"));
}
END_TEST

START_TEST(test_commands)
{
    struct tt_buf b;
    const struct tt_rule *r = tt_rules_find(set, "avr.tool.sync");

    tt_buf_init(&b, 1024);
    ck_assert_ptr_nonnull(r);
    tt_explain_command(&b, set, r);
    ck_assert_str_eq(tt_buf_text(&b),
                     "telltale run -r case.pcapng -- avrdude ...");
    tt_buf_clear(&b);
    r = tt_rules_find(set, "stm32.app.repeats");
    ck_assert_ptr_nonnull(r);
    tt_explain_command(&b, set, r);
    ck_assert_ptr_nonnull(strstr(tt_buf_text(&b), "-m 8E1 -r case.pcapng"));
    tt_buf_release(&b);
}
END_TEST

START_TEST(test_limit)
{
    char *big = malloc(TT_MAX_ASKED + 1);

    ck_assert_ptr_nonnull(big);
    memset(big, 'x', TT_MAX_ASKED + 1);
    ck_assert_int_eq(tt_explain(&x, set, big, TT_MAX_ASKED + 1), TT_ERR_LIMIT);
    ask_bytes(big, TT_MAX_ASKED);
    ck_assert(!tt_explain_knows(&x));
    free(big);
}
END_TEST

Suite *explain_suite(void)
{
    Suite *s = suite_create("explain");
    TCase *t = tcase_create("explain");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 600);
    tcase_add_test(t, test_asked);
    tcase_add_test(t, test_asked_at_the_cap);
    tcase_add_test(t, test_each_byte);
    tcase_add_test(t, test_each_message);
    tcase_add_test(t, test_parts_of_messages);
    tcase_add_test(t, test_commands);
    tcase_add_test(t, test_limit);
    suite_add_tcase(s, t);
    return s;
}
