#include "cli/probe.h"
#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Three systems: one often met, one with two settings, one without a line. */
static const char text[] =
    "protocol big \"Big\"\n"
    "  settings \"115200 8N1\"\n"
    "rule big.a\n"
    "  title \"a\"\n  match < 41 42 43 44\n  verdict \"a\"\n"
    "  probe > 7E 01 02 safe\n"
    "  probe > 7E safe\n"
    "  probe > 7E FF changes-state \"restarts it\"\n"
    "  yes < 41 42 43 44\n  no < 41\n"
    "rule big.b\n"
    "  title \"b\"\n  match < 45 46 47 48\n  verdict \"b\"\n"
    "  yes < 45 46 47 48\n  no < 41\n"
    "protocol two \"Two\"\n"
    "  settings \"9600 8E1\"\n"
    "  settings \"TCP 1883\"\n"
    "  settings \"2400 7O2 (old ones)\"\n"
    "rule two.a\n"
    "  title \"a\"\n  match < 31 32 33 34\n  verdict \"a\"\n"
    "  probe > 68 safe\n"
    "  yes < 31 32 33 34\n  no < 41\n"
    "protocol usb \"Usb\"\n"
    "rule usb.a\n"
    "  title \"a\"\n  match < 35 36 37 38\n  verdict \"a\"\n"
    "  probe > 55 53 42 safe\n"
    "  yes < 35 36 37 38\n  no < 41\n";

static struct tt_rules *set;
static struct options o;
static struct probe_plan plan;

static void begin(void)
{
    struct tt_slice s = {text, sizeof(text) - 1};

    set = tt_rules_new();
    ck_assert_int_eq(tt_rules_read(set, s, "x.rules", "test", NULL, NULL),
                     TT_OK);
    ck_assert_int_eq(tt_rules_finish(set, NULL, NULL), TT_OK);
    memset(&o, 0, sizeof(o));
}

static void end(void)
{
    probe_plan_free(&plan);
    tt_rules_free(set);
}

/* "115200 8N1 7E; 9600 8E1 68; ..." */
static const char *planned(void)
{
    static char out[512];
    size_t at = 0;

    probe_plan_free(&plan);
    ck_assert(probe_plan(&plan, set, &o));
    out[0] = '\0';
    for (size_t i = 0; i < plan.n; i++) {
        const struct probe_try *t = &plan.at[i];

        at += (size_t)snprintf(out + at, sizeof(out) - at, "%u %s",
                               (unsigned)t->baud, t->mode);
        for (size_t k = 0; k < t->probe->bytes.n; k++)
            at += (size_t)snprintf(out + at, sizeof(out) - at, " %02X",
                                   (uint8_t)t->probe->bytes.p[k]);
        at += (size_t)snprintf(out + at, sizeof(out) - at, "; ");
    }
    return out;
}

START_TEST(order)
{
    begin();
    ck_assert_str_eq(planned(), "115200 8N1 7E; 115200 8N1 7E 01 02; "
                                "9600 8E1 68; 2400 7O2 68; ");
    ck_assert_uint_eq(plan.changing, 1);
    ck_assert_uint_eq(plan.not_serial, 1);
    end();
}
END_TEST

START_TEST(choosing)
{
    begin();
    o.only[0] = "two";
    o.nonly = 1;
    ck_assert_str_eq(planned(), "9600 8E1 68; 2400 7O2 68; ");
    o.only[0] = "usb.a"; /* named, it is tried without settings */
    ck_assert_str_eq(planned(), "0  55 53 42; ");
    o.only[1] = "big";
    o.nonly = 2;
    ck_assert_uint_eq((planned(), plan.n), 3);
    o.nonly = 0;
    o.baud = 300;
    memcpy(o.mode, "7E1", 4);
    ck_assert_str_eq(planned(), "300 7E1 7E; 300 7E1 7E 01 02; 300 7E1 68; "
                                "300 7E1 55 53 42; ");
    ck_assert(probe_is_known(set, "big") && probe_is_known(set, "two.a"));
    ck_assert(!probe_is_known(set, "big.b")); /* it has no probe */
    ck_assert(!probe_is_known(set, "bi") && !probe_is_known(set, ""));
    end();
}
END_TEST

START_TEST(changing_ones_are_last)
{
    begin();
    o.allow_changes = true;
    ck_assert_str_eq(planned(), "115200 8N1 7E; 115200 8N1 7E 01 02; "
                                "9600 8E1 68; 2400 7O2 68; "
                                "115200 8N1 7E FF; ");
    end();
}
END_TEST

START_TEST(what_was_heard_comes_first)
{
    begin();
    (void)planned();
    probe_plan_hint(&plan, tt_rules_find(set, "two.a"), 1);
    ck_assert_uint_eq((uint8_t)plan.at[0].probe->bytes.p[0], 0x7E);
    ck_assert_uint_eq((uint8_t)plan.at[1].probe->bytes.p[0], 0x68);
    ck_assert_uint_eq((uint8_t)plan.at[2].probe->bytes.p[0], 0x68);
    ck_assert_uint_eq(plan.at[3].probe->bytes.n, 3);
    end();
}
END_TEST

START_TEST(waits)
{
    begin();
    (void)planned();
    ck_assert_uint_gt(probe_wait(&plan.at[3], &o), probe_wait(&plan.at[0], &o));
    o.timeout_ns = 5;
    ck_assert_uint_eq(probe_wait(&plan.at[3], &o), 5);
    end();
}
END_TEST

/* Only a probe of the rules, and one that changes something when allowed. */
START_TEST(the_guard)
{
    static const char bytes[] = {0x41};
    struct tt_probe made_up = {.bytes = {bytes, 1}, .safe = true};
    struct source_settings none = {.lane = TT_LANE_DEVICE};
    const struct tt_rule *r;
    struct tt_error err;
    struct source s;
    char got[16];
    int sv[2];

    begin();
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
    (void)fcntl(sv[1], F_SETFL, O_NONBLOCK);
    ck_assert_int_eq(fd_source(&s, sv[0], S_IFSOCK, &none, &err), TT_OK);
    r = tt_rules_find(set, "big.a");
    ck_assert(!r->probe->next->next->safe);
    ck_assert_int_eq(probe_send(&s, "x", set, r->probe->next->next, false,
                                &err),
                     TT_ERR_ARG);
    ck_assert_int_eq(probe_send(&s, "x", set, &made_up, true, &err),
                     TT_ERR_ARG);
    ck_assert_int_eq(read(sv[1], got, sizeof(got)), -1); /* nothing was sent */
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert_int_eq(probe_send(&s, "x", set, r->probe, false, &err), TT_OK);
    ck_assert_int_eq(read(sv[1], got, sizeof(got)), 3);
    ck_assert_int_eq(probe_send(&s, "x", set, r->probe->next->next, true, &err),
                     TT_OK);
    ck_assert_int_eq(read(sv[1], got, sizeof(got)), 2);
    ck_assert_uint_eq((uint8_t)got[1], 0xFF);
    source_close(&s);
    (void)close(sv[1]);
    end();
}
END_TEST

/* A probe that does not say what it does is none, and its rule is lost. */
START_TEST(without_marking)
{
    static const char *const bad[] = {"probe > 7E",
                                      "probe > 7E changes-state",
                                      "probe > 7E changes-state \"\"",
                                      "probe < 7E safe",
                                      "probe > safe",
                                      "probe > ?? safe",
                                      "probe > 7E unsafe",
                                      "probe > 7E safe safe",
                                      "probe > 7E destructive \"x\""};

    for (size_t i = 0; i < TT_LEN(bad); i++) {
        struct tt_rules *one = tt_rules_new();
        char rule[256];
        int n = snprintf(rule, sizeof(rule),
                         "rule a.b\n  title \"a\"\n  match < 41 42 43 44\n"
                         "  verdict \"a\"\n  %s\n  yes < 41 42 43 44\n"
                         "  no < 41\n",
                         bad[i]);
        struct tt_slice s = {rule, (size_t)n};

        ck_assert_int_ne(tt_rules_read(one, s, "x", "test", NULL, NULL), TT_OK);
        ck_assert_uint_eq(one->nrules, 0);
        tt_rules_free(one);
    }
}
END_TEST

Suite *probe_suite(void)
{
    Suite *s = suite_create("probe");
    TCase *t = tcase_create("probe");

    tcase_add_test(t, order);
    tcase_add_test(t, choosing);
    tcase_add_test(t, changing_ones_are_last);
    tcase_add_test(t, what_was_heard_comes_first);
    tcase_add_test(t, waits);
    tcase_add_test(t, the_guard);
    tcase_add_test(t, without_marking);
    suite_add_tcase(s, t);
    return s;
}
