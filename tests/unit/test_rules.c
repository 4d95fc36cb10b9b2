/*
 * The rule reader: what a rule becomes, bits, overriding, limits at the limit
 * and one above, hostile files.
 */
#include "rules_help.h"
#include "suites.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static struct tt_buf said;

static void setup(void)
{
    tt_buf_init(&said, 1 << 22);
}

static void teardown(void)
{
    tt_buf_release(&said);
}

/* ---- bits, units and views of the reference rules ---------------------------- */

#define H  (1u << TT_LANE_HOST)
#define D  (1u << TT_LANE_DEVICE)
#define T  (1u << TT_LANE_TOOL)
#define EV (1u << TT_LANE_LINE)

/* Pattern bits as the executable reference prints them. */
static const struct {
    const char *name;
    double pattern, check;
    enum tt_unit unit;
    unsigned view;
} weighed[] = {
    {"stm32.boot.answers", 16.0, 0, TT_UNIT_TURN, H | D},
    {"stm32.boot.odd-answer", 8.0, 0, TT_UNIT_TURN, H | D},
    {"stm32.boot.silent", 8.0, 0, TT_UNIT_TURN, H | D},
    {"mtk.brom.handshake", 64.0, 0, TT_UNIT_TURN, H | D},
    {"esp32.banner", 126.1, 5.19, TT_UNIT_BYTE, D}, /* 256 / 7 */
    {"esp32.sync-unanswered", 44.2, 0, TT_UNIT_BYTE, H | D | EV},
    {"tls.alert", 44.7, 4.3, TT_UNIT_BYTE, D}, /* 256 / 13 */
    {"mbus.long-frame", 32.0, 8, TT_UNIT_BYTE, D},
    {"modbus.exception", 9.6, 16, TT_UNIT_TURN, D},
    {"nmea.bad-checksum", 36.0, 0, TT_UNIT_BYTE, D},
    {"modem.cme-error", 97.9, 0, TT_UNIT_BYTE, H | D},
    {"line.repeats-one-byte", 33.8, 0, TT_UNIT_BYTE, D},
    {"line.wrong-speed", 18.0, 0, TT_UNIT_EVENT, H | D | EV},
    {"xmodem.waits", 24.0, 0, TT_UNIT_BYTE, D},
};

static struct tt_rules *reference(void)
{
    static const char *const files[] = {"boot", "line", "frames"};
    struct tt_rules *set = tt_rules_new();

    for (size_t i = 0; i < TT_LEN(files); i++) {
        char path[64];
        struct tt_slice text;

        (void)snprintf(path, sizeof(path), "tests/rules/reference/%s.rules",
                       files[i]);
        text = slurp(path);
        ck_assert_ptr_nonnull(text.p);
        ck_assert_int_eq(tt_rules_read(set, text, path, "test", NULL, NULL),
                         TT_OK);
        free((void *)(uintptr_t)text.p);
    }
    ck_assert_int_eq(tt_rules_finish(set, NULL, NULL), TT_OK);
    return set;
}

START_TEST(weighs_as_the_reference)
{
    struct tt_rules *set = reference();
    const struct tt_rule *r = tt_rules_find(set, weighed[_i].name);

    ck_assert_ptr_nonnull(r);
    ck_assert_double_eq_tol((double)r->bits_pattern / 65536,
                            weighed[_i].pattern, 0.1);
    ck_assert_double_eq_tol((double)r->bits_check / 65536, weighed[_i].check,
                            0.01);
    ck_assert_int_eq(r->unit, weighed[_i].unit);
    ck_assert_uint_eq(r->view, weighed[_i].view);
    tt_rules_free(set);
}
END_TEST

START_TEST(reads_the_reference)
{
    struct tt_rules *set = reference();
    unsigned yes = 0, no = 0, n = 0;

    ck_assert_uint_eq(set->nrules, 14);
    for (const struct tt_rule *r = set->rules; r; r = r->next) {
        ck_assert_uint_eq(r->index, n);
        ck_assert_ptr_eq(set->by_index[n++], r);
        for (const struct tt_example *e = r->examples; e; e = e->next) {
            yes += e->yes;
            no += !e->yes;
        }
    }
    ck_assert_uint_eq(yes + no, 39);
    tt_rules_free(set);
}
END_TEST

/* clang-format off */
static const struct {
    const char *match;
    double bits;
    enum tt_unit unit;
    unsigned view;
} patterns[] = {
    {"< 7F", 8, TT_UNIT_BYTE, D},
    {"< ??", 0, TT_UNIT_BYTE, D},
    {"< 7x", 3.488, TT_UNIT_BYTE, D},
    {"< FF", 3.152, TT_UNIT_BYTE, D},               /* fill: 0.45, and 2 */
    {"< FF*16", 20.432, TT_UNIT_BYTE, D},
    {"< \"e\"", 5.133, TT_UNIT_BYTE, D},            /* text: 0.6 * 0.095, and 1 */
    {"< \"e\"i", 4.811, TT_UNIT_BYTE, D},
    {"< 7F? 79", 7.796, TT_UNIT_BYTE, D},
    {"< 7F*2..5", 16, TT_UNIT_BYTE, D},
    {"< (7F | 80)", 7, TT_UNIT_BYTE, D},
    {"< (7F | 7F 79)", 7.994, TT_UNIT_BYTE, D},
    {"< len:u8 =len 7F", 16, TT_UNIT_BYTE, D},
    {"< len:u16le bytes[len] 7F", 8, TT_UNIT_BYTE, D},
    {"< line", 0.0113, TT_UNIT_BYTE, D},
    {"< same(any)*8..", 10.216, TT_UNIT_BYTE, D},   /* fill: 2 * 0.45^8, and 2 */
    {"< same({41 42})*4096", 99.66, TT_UNIT_BYTE, D},
    {"[break]", 6, TT_UNIT_EVENT, H | D | EV},
    {"[break]*3 quiet 1s", 18, TT_UNIT_EVENT, H | D | EV},
    {"[break] < quiet 1s", 6, TT_UNIT_TURN, H | D | EV},
    {"< after 5ms 7F", 8, TT_UNIT_TURN, D},
    {"< 7F silence 1s", 8, TT_UNIT_BYTE, D},
    {"> 7F < 79", 16, TT_UNIT_TURN, H | D},
    {"> 7F < 79 end", 16, TT_UNIT_ONCE, H | D},
    {"> 7F < (79 silence 1s end)", 16, TT_UNIT_ONCE, H | D},
    {"> 7F < 79 (silence 1s | end)", 16, TT_UNIT_TURN, H | D},
    {"> 7F then < 79 end within 1s", 16, TT_UNIT_BYTE, H | D},
    {"< 7F end", 8, TT_UNIT_BYTE, D},
    {"$ 7F", 8, TT_UNIT_BYTE, T},
    {"$ 7F then < 79 within 1s", 16, TT_UNIT_BYTE, T | D},
    {"$ 7F then < 79 quiet 1s within 1s", 16, TT_UNIT_BYTE, T | H | D},
    {"< sensor loop", 20, TT_UNIT_BYTE, D},
    {"< {01 02}*4096", 28672, TT_UNIT_BYTE, D},
};
/* clang-format on */

static const struct {
    const char *where;
    double bits;
} conditions[] = {
    {"num = sum8(num)", 8},
    {"sum16(num) & 0x7FFF = num", 15},
    {"num = sum16(num) & 0xFF", 8},
    {"sum16(num) & num = num", 0},
    {"num & 0x7FFF = sum8(num)", 8},
    {"crc24q(num) = num and fletcher8(num) = num", 40},
    {"sum8(num) = num or num = 1", 0},
};

START_TEST(weighs_conditions)
{
    char text[256];
    struct tt_rules *set;

    (void)snprintf(
        text, sizeof(text),
        "rule a\n  match < num:u8\n  where %s\n  note x\n  yes\n  no\n",
        conditions[_i].where);
    set = rules_from_text(text, &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    ck_assert_double_eq_tol((double)set->rules->bits_check / 65536,
                            conditions[_i].bits, 0.01);
    tt_rules_free(set);
}
END_TEST

START_TEST(weighs_patterns)
{
    char text[256];
    struct tt_rules *set;

    (void)snprintf(text, sizeof(text),
                   "rule a\n  match %s\n  note x\n  yes\n  no\n",
                   patterns[_i].match);
    set = rules_from_text(text, &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    ck_assert_msg(set->rules->bits_pattern >
                          (int64_t)((patterns[_i].bits - 0.01) * 65536) &&
                      set->rules->bits_pattern <
                          (int64_t)((patterns[_i].bits + 0.01) * 65536),
                  "%s: %f bits", patterns[_i].match,
                  (double)set->rules->bits_pattern / 65536);
    ck_assert_int_eq(set->rules->unit, patterns[_i].unit);
    ck_assert_uint_eq(set->rules->view, patterns[_i].view);
    tt_rules_free(set);
}
END_TEST

static const struct {
    const char *where;
    double bits;
} checks[] = {
    {"num = 1", 0},
    {"num = sum8(num)", 8},
    {"crc16_modbus(num) = num", 16},
    {"num = crc32(num)", 32},
    {"num = hexval(num)", 0},
    {"num != sum8(num)", 0},
    {"num = sum8(num) and num in two", 15},
    {"num = sum8(num) or num in two", 0},
    {"num in many", 0},
    {"not num in two", 0},
    {"set in two", 1},
    {"set in many", 0},
};

START_TEST(weighs_checks)
{
    char text[8192];
    size_t n;
    struct tt_rules *set;

    n = (size_t)snprintf(text, sizeof(text),
                         "table two\n  1 \"\"\n  2 \"\"\ntable many\n");
    for (int i = 0; i < 300; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "  %d \"\"\n", i);
    (void)snprintf(text + n, sizeof(text) - n,
                   "rule a\n  match < num:u8 set:{01..04} 00\n  where %s\n  "
                   "note x\n  yes\n"
                   "  no\n",
                   checks[_i].where);
    set = rules_from_text(text, &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    ck_assert_double_eq_tol((double)set->rules->bits_check / 65536,
                            checks[_i].bits, 0.01);
    tt_rules_free(set);
}
END_TEST

/* The steps' bits add up to the ladder's, though text is likelier later on. */
START_TEST(weighs_steps)
{
    struct tt_rules *set =
        rules_from_text("rule a\n  step one > 7F\n  step two < \"eeeeeeee\"\n"
                        "  step three < FF*4\n  note x\n  yes\n  no\n",
                        &said);
    int64_t sum = 0;

    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    for (const struct tt_step *s = set->rules->steps; s; s = s->next) {
        ck_assert_int_ge(s->bits, 0);
        sum += s->bits;
    }
    ck_assert_int_eq(sum, set->rules->bits_pattern);
    ck_assert_int_eq(set->rules->steps->bits, 8 << 16);
    tt_rules_free(set);
}
END_TEST

/* ---- examples as records ----------------------------------------------------------- */

START_TEST(times_examples)
{
    struct tt_rules *set = rules_from_text(
        "rule a\n  match < 55\n  note x\n"
        "  yes > 7F 12ms < \"ab\" [lost 7] 3.5ch [57600 8N1] $ 00*11520 1s\n"
        "  no\n",
        &said);
    const struct tt_example *e = set->rules->examples;
    const struct tt_record *r = e->records;

    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    ck_assert_uint_eq(e->nrecords, 3 + 2 + 11520);
    ck_assert_uint_eq(e->line, 4);
    ck_assert_uint_eq(r[0].t_ns, 0);
    ck_assert_int_eq(r[0].lane, TT_LANE_HOST);
    ck_assert_uint_eq(r[0].len, 1);
    ck_assert_uint_eq(r[0].bytes[0], 0x7f);
    ck_assert_uint_eq(r[0].source, 4);
    ck_assert_uint_eq(r[1].t_ns, 12000000 + 86805);
    ck_assert_uint_eq(r[2].t_ns, 12000000 + 173611);
    ck_assert_uint_eq(r[2].bytes[0], 'b');
    ck_assert_int_eq(r[3].event, TT_EV_LOST);
    ck_assert_uint_eq(r[3].count, 7);
    ck_assert_int_eq(r[3].lane, TT_LANE_LINE);
    ck_assert_ptr_null(r[3].bytes);
    ck_assert_uint_eq(r[3].t_ns, 12000000 + 260416);
    ck_assert_int_eq(r[4].event, TT_EV_BAUD);
    ck_assert_uint_eq(r[4].baud, 57600);
    ck_assert_mem_eq(r[4].mode, "8N1", 4);
    ck_assert_uint_eq(r[4].t_ns, 12000000 + 564236);
    ck_assert_int_eq(r[5].lane, TT_LANE_TOOL);
    ck_assert_uint_eq(r[5].t_ns, r[4].t_ns);
    /* 11520 characters take exactly a second, without drift. */
    ck_assert_uint_eq(e->end_ns, 12000000 + 564236 + 2 * TT_NS_PER_S);
    ck_assert(!e->next->yes);
    tt_rules_free(set);
}
END_TEST

/* ---- what a field is ------------------------------------------------------------------ */

static const struct {
    const char *element;
    bool is_num;
} fields[] = {
    {"u8", true},          {"i64be", true},         {"7F", true},
    {"printable", true},   {"{41 42}", true},       {"!79", true},
    {"same(any)*3", true}, {"\"x\"", false},        {"\"xy\"i", false},
    {"hex*1", false},      {"u8*2", false},         {"(7F)", false},
    {"(7F | 80)", false},  {"line", false},         {"bytes[3]", false},
    {"7F?", false},        {"(\"a\" 00)*2", false}, {"sensor echo", false},
};

START_TEST(types_fields)
{
    char text[256];
    struct tt_rules *set;

    (void)snprintf(text, sizeof(text),
                   "rule a\n  match < 01 val:%s\n  note x\n  yes\n  no\n",
                   fields[_i].element);
    set = rules_from_text(text, &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    ck_assert_uint_eq(set->rules->nfields, 1);
    ck_assert_str_eq(set->rules->field[0].name, "val");
    ck_assert_int_eq(set->rules->field[0].is_num, fields[_i].is_num);
    ck_assert_int_eq(set->rules->field[0].node->kind, TT_N_FIELD);
    tt_rules_free(set);
}
END_TEST

/* clang-format off */
static const struct {
    const char *log, *match;
} logs[] = {
    {"\"plain\"", "$ \"plain\""},
    {"\"resp {code:hex}, {why:line}\"i", "$ \"resp \"i code:hex*1..8 \", \"i why:line"},
    /* a number at the end is taken as a whole */
    {"\"resp {code:hex}\"", "$ \"resp \" code:hex*1..8 (!hex | end)"},
    {"\"{num:dec}\"", "$ num:digit*1..10 (!digit | end)"},
    {"\"{name:word}\"", "$ name:graph*1..32 (!graph | end)"},
    {"\"{why:line}\"", "$ why:line"},
    {"\"{} {:hex} 100 %\"", "$ \"{} {:hex} 100 %\""},
};
/* clang-format on */

START_TEST(log_is_a_pattern)
{
    char text[512];
    struct tt_rules *set;
    struct tt_buf a, b;

    (void)snprintf(text, sizeof(text),
                   "rule a\n  log %s\n  note x\n  yes\n  no\n"
                   "rule b\n  match %s\n  note x\n  yes\n  no\n",
                   logs[_i].log, logs[_i].match);
    set = rules_from_text(text, &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    tt_buf_init(&a, 256);
    tt_buf_init(&b, 256);
    tt_node_print(&a, set->rules, set->rules->match);
    tt_node_print(&b, set->rules->next, set->rules->next->match);
    ck_assert_str_eq(tt_buf_text(&a), tt_buf_text(&b));
    ck_assert_uint_eq(set->rules->nfields, set->rules->next->nfields);
    ck_assert_int_eq(set->rules->bits_pattern, set->rules->next->bits_pattern);
    ck_assert_ptr_nonnull(set->rules->log.p);
    tt_buf_release(&a);
    tt_buf_release(&b);
    tt_rules_free(set);
}
END_TEST

/* ---- many files ------------------------------------------------------------------------ */

#define MORE "  note x\n  yes\n  no\n"

START_TEST(later_origin_overrides)
{
    struct tt_rules *set = tt_rules_new();
    const struct tt_rule *r;

    ck_assert_int_eq(
        rules_add(set,
                  "table t\n  1 \"old\"\nprotocol p \"Old\"\nrule a\n"
                  "  match < 01\n" MORE "rule b\n  match < 02\n" MORE
                  "rule c\n  match < 03\n" MORE,
                  "one", "built in", &said),
        TT_OK);
    ck_assert_int_eq(
        rules_add(set,
                  "table t\n  2 \"new\"\n  3 \"new\"\nprotocol p \"New\"\n"
                  "rule c\n  match < 33\n" MORE "rule b\n  match < 22\n" MORE
                  "rule d\n  match < 44\n" MORE,
                  "two", "/home/me", &said),
        TT_OK);
    ck_assert_int_eq(tt_rules_finish(set, NULL, NULL), TT_OK);
    ck_assert_uint_eq(set->nrules, 4);
    r = tt_rules_find(set, "b");
    ck_assert_uint_eq(r->index, 1); /* in the place of the old one */
    ck_assert(tt_set_has(&r->match->kids->next->set, 0x22));
    ck_assert_str_eq(r->origin, "/home/me");
    ck_assert_str_eq(r->file, "two");
    ck_assert_str_eq(r->protocol->name, "p");
    ck_assert(tt_slice_is(r->protocol->title, "New"));
    ck_assert(tt_slice_is(tt_rules_find(set, "a")->protocol->title, "New"));
    ck_assert_str_eq(tt_rules_find(set, "d")->name, "d");
    ck_assert_ptr_null(tt_rules_find(set, "e"));
    ck_assert_ptr_null(tt_table_get(set->tables, 1));
    ck_assert(tt_slice_is(*tt_table_get(set->tables, 3), "new"));
    ck_assert_uint_eq(set->tables->nentries, 2);
    tt_rules_free(set);
}
END_TEST

/* A file with a mistake in the overriding rule leaves the old one. */
START_TEST(broken_rule_does_not_override)
{
    struct tt_rules *set = tt_rules_new();

    ck_assert_int_eq(rules_add(set, "rule a\n  match < 01\n" MORE, "one",
                               "built in", &said),
                     TT_OK);
    ck_assert_int_eq(rules_add(set,
                               "rule a\n  match < 1\n" MORE
                               "rule b\n  match < 02\n" MORE,
                               "two", "/home/me", NULL),
                     TT_ERR_SYNTAX);
    ck_assert_int_eq(tt_rules_finish(set, NULL, NULL), TT_OK);
    ck_assert_uint_eq(set->nrules, 2);
    ck_assert_str_eq(tt_rules_find(set, "a")->origin, "built in");
    ck_assert_ptr_nonnull(tt_rules_find(set, "b"));
    tt_rules_free(set);
}
END_TEST

/* In one folder a name stands once, and the message says where. */
START_TEST(same_origin_is_a_mistake)
{
    struct tt_rules *set = tt_rules_new();
    static const char text[] = "table t\n  1 \"\"\nprotocol p \"P\"\n"
                               "rule a\n  match < 01\n" MORE;

    ck_assert_int_eq(rules_add(set, text, "one", "x", &said), TT_OK);
    ck_assert_int_eq(rules_add(set, text, "two", "x", &said), TT_ERR_SYNTAX);
    ck_assert_ptr_nonnull(
        strstr(tt_buf_text(&said), "'a' exists already (one, line 4)"));
    ck_assert_ptr_nonnull(
        strstr(tt_buf_text(&said), "table 't' exists already (one, line 1)"));
    ck_assert_ptr_nonnull(strstr(tt_buf_text(&said),
                                 "protocol 'p' exists already (one, line 3)"));
    ck_assert_uint_eq(set->nrules, 1);
    tt_rules_free(set);
}
END_TEST

START_TEST(protocol_spans_files)
{
    struct tt_rules *set = tt_rules_new();

    ck_assert_int_eq(rules_add(set,
                               "rule a\n  match < 01\n" MORE
                               "protocol p \"P\"\n  ref \"one\"\n"
                               "rule b\n  match < 01\n" MORE,
                               "one", "x", &said),
                     TT_OK);
    ck_assert_int_eq(rules_add(set,
                               "rule c\n  match < 01\n" MORE
                               "protocol p\n  ref \"two\"\n"
                               "rule d\n  match < 01\n" MORE,
                               "two", "x", &said),
                     TT_OK);
    ck_assert_ptr_null(tt_rules_find(set, "a")->protocol);
    ck_assert_ptr_null(tt_rules_find(set, "c")->protocol);
    ck_assert_ptr_eq(tt_rules_find(set, "b")->protocol, set->protocols);
    ck_assert_ptr_eq(tt_rules_find(set, "d")->protocol, set->protocols);
    ck_assert(tt_slice_is(set->protocols->refs->next->text, "two"));
    tt_rules_free(set);
}
END_TEST

/* A rule's own basis counts, else its protocol's. */
START_TEST(basis_is_inherited)
{
    struct tt_rules *set =
        rules_from_text("rule a\n  match < 01\n" MORE
                        "protocol p \"P\"\n  basis document \"a data sheet\"\n"
                        "rule b\n  match < 01\n" MORE
                        "rule c\n  match < 01\n  basis recording\n" MORE,
                        &said);
    const struct tt_basis *b = tt_rule_basis(tt_rules_find(set, "b"));

    ck_assert_uint_eq(said.n, 0);
    ck_assert_int_eq(tt_rule_basis(tt_rules_find(set, "a"))->kind,
                     TT_BASIS_NONE);
    ck_assert_int_eq(b->kind, TT_BASIS_DOCUMENT);
    ck_assert(tt_slice_is(b->what, "a data sheet"));
    b = tt_rule_basis(tt_rules_find(set, "c"));
    ck_assert_int_eq(b->kind, TT_BASIS_RECORDING);
    ck_assert_ptr_null(b->what.p);
    ck_assert_str_eq(tt_basis_name(TT_BASIS_NONE), "");
    ck_assert_str_eq(tt_basis_name(TT_BASIS_RECORDING), "recording");
    ck_assert_str_eq(tt_basis_name(TT_BASIS_SOURCE), "source");
    ck_assert_str_eq(tt_basis_name(TT_BASIS_DOCUMENT), "document");
    tt_rules_free(set);
}
END_TEST

/* A rule that refines nothing works all the same, and is warned about. */
START_TEST(warns_of_unknown_refines)
{
    struct tt_rules *set =
        rules_from_text("rule alpha.one\n  match < 01\n  refines alpha.tow\n"
                        "  refines alpha.two\n" MORE
                        "rule alpha.two\n  match < 01\n" MORE,
                        &said);

    ck_assert_str_eq(tt_buf_text(&said),
                     "t:3:11: warning: no rule is called 'alpha.tow'\n"
                     "  = hint: did you mean 'alpha.two'?\n\n");
    ck_assert_uint_eq(set->nrules, 2);
    tt_rules_free(set);
}
END_TEST

/* Many of them are told up to the usual number. */
START_TEST(warns_a_hundred_times)
{
    static char text[8192];
    size_t n =
        (size_t)snprintf(text, sizeof(text), "rule a\n  match < 01\n" MORE);
    struct tt_rules *set;
    const char *p;
    unsigned found = 0;

    for (int i = 0; i < TT_MAX_DIAGS + 10; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "  refines x%d\n", i);
    set = rules_from_text(text, &said);
    for (p = tt_buf_text(&said); (p = strstr(p, "warning:")); p++)
        found++;
    ck_assert_uint_eq(found, TT_MAX_DIAGS);
    ck_assert_uint_eq(set->nrules, 1);
    tt_rules_free(set);
}
END_TEST

/* A rule that is not proved by its examples is not used. */
START_TEST(bad_example_drops_the_rule)
{
    struct tt_rules *set = rules_from_text(
        "rule a\n  match < 01\n  note x\n  yes < 1\n  no < 02\n", &said);

    ck_assert_uint_gt(said.n, 0);
    ck_assert_uint_eq(set->nrules, 0);
    ck_assert_ptr_null(set->rules);
    tt_rules_free(set);
}
END_TEST

START_TEST(missing_example_drops_the_rule)
{
    static const char *const one[] = {"", "  yes < 01\n", "  no < 02\n"};
    char text[128];
    struct tt_rules *set;

    (void)snprintf(text, sizeof(text), "rule a\n  match < 01\n  note x\n%s",
                   one[_i]);
    set = rules_from_text(text, &said);
    ck_assert_ptr_nonnull(strstr(tt_buf_text(&said), "' example"));
    ck_assert_uint_eq(set->nrules, 0);
    tt_rules_free(set);
}
END_TEST

/* ... but it must be whole. */
START_TEST(bad_example_keeps_no_half_rule)
{
    struct tt_rules *set = rules_from_text(
        "rule a\n  note x\n  yes < 1\nrule b\n  match < 01\n  yes < 1\n",
        &said);

    ck_assert_uint_gt(said.n, 0);
    ck_assert_uint_eq(set->nrules, 0);
    ck_assert_ptr_null(set->rules);
    tt_rules_free(set);
}
END_TEST

/* ---- limits: at the limit (0) and one above (1) ------------------------------------------ */

static char *big; /* text under construction */
static size_t big_n;

static void big_start(void)
{
    setup();
    big = malloc(TT_MAX_RULE_FILE + 65536);
    ck_assert_ptr_nonnull(big);
    big_n = 0;
}

static void big_end(void)
{
    free(big);
    teardown();
}

static void TT_PRINTF(1, 2) add(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    big_n += (size_t)vsnprintf(big + big_n, TT_MAX_RULE_FILE + 65536 - big_n,
                               fmt, ap);
    va_end(ap);
}

static void add_times(size_t n, const char *s)
{
    while (n-- > 0)
        add("%s", s);
}

static void limit_fields(int above)
{
    add("rule a\n  match <");
    for (int i = 0; i < TT_MAX_FIELDS + above; i++)
        add(" field%d:u8", i);
    add("\n" MORE);
}

static void limit_steps(int above)
{
    add("rule a\n");
    for (int i = 0; i < TT_MAX_STEPS + above; i++)
        add("  step step%d > 01\n", i);
    add(MORE);
}

static void limit_groups(int above)
{
    add("rule a\n  match < ");
    add_times((size_t)(TT_MAX_DEPTH + above), "(");
    add("01");
    add_times((size_t)(TT_MAX_DEPTH + above), ")");
    add("\n" MORE);
}

static void limit_sets(int above)
{
    add("rule a\n  match < ");
    add_times((size_t)(TT_MAX_DEPTH + above), "!");
    add("01\n" MORE);
}

static void limit_brackets(int above)
{
    add("rule a\n  match < 01\n  where ");
    add_times((size_t)(2 * TT_MAX_OPERATORS + above), "(");
    add("1");
    add_times((size_t)(2 * TT_MAX_OPERATORS + above), ")");
    add("\n" MORE);
}

static void limit_operators(int above)
{
    add("rule a\n  match < 01\n  where 1");
    add_times((size_t)(TT_MAX_OPERATORS + above), " + 1");
    add("\n" MORE);
}

static void limit_repeat(int above)
{
    add("rule a\n  match < 01*%d\n" MORE, TT_MAX_REPEAT + above);
}

static void limit_nodes(int above)
{
    /* two each; the sequence, the lane mark and the last byte are three */
    add("rule a\n  match <01 ");
    add_times((TT_MAX_NODES - 4) / 2, "7F?");
    add(above ? "7F?" : "7F");
    add("\n" MORE);
}

static void limit_expand(int above)
{
    add("rule a\n  match < 01*4000 01*%d\n" MORE,
        TT_MAX_EXPAND - 4000 - 1 + above); /* the lane mark is one */
}

static void limit_example(int above)
{
    add("rule a\n  match < 01\n  note x\n  yes < 01*%d [break]\n  no\n",
        TT_MAX_EXAMPLE - 1 + above);
}

static void limit_until(int above)
{
    add("rule a\n  match < 01\n  until");
    add_times((size_t)(TT_MAX_UNTIL + above), " [baud]");
    add("\n" MORE);
}

static void limit_line(int above)
{
    add("rule a\n  match < 01\n  title \"");
    add_times((size_t)(TT_MAX_LINE - 10 + above), "x");
    add("\"\n" MORE);
}

static void limit_name(int above)
{
    add("rule ");
    add_times((size_t)(TT_MAX_NAME + above), "x");
    add("\n  match < 01\n" MORE);
}

static void limit_field_name(int above)
{
    add("rule a\n  match < ");
    add_times((size_t)(TT_MAX_NAME + above), "x");
    add(":u8\n" MORE);
}

static void limit_statements(int above)
{
    add("rule a\n  match < 01\n" MORE);
    add_times((size_t)(TT_MAX_STATEMENTS - 4 + above), "  fix \"x\"\n");
}

static void limit_entries(int above)
{
    add("rule a\n  match < 01\n" MORE "table t\n");
    for (int i = 0; i < TT_MAX_ENTRIES + above; i++)
        add("  %d \"\"\n", i);
}

static void limit_rules(int above)
{
    for (int i = 0; i < TT_MAX_RULES + above; i++)
        add("rule a%d\n  match < 01\n" MORE, i);
}

static void limit_tables(int above)
{
    add("rule a\n  match < 01\n" MORE);
    for (int i = 0; i < TT_MAX_TABLES + above; i++)
        add("table t%d\n", i);
}

static void limit_probe(int above)
{
    add("rule a\n  match < 01\n  probe > 00*%d safe\n" MORE,
        TT_MAX_PROBE + above);
}

static void limit_time(int above)
{
    add("rule a\n  match < 01\n  gap %ds\n" MORE, TT_MAX_TIME_S + above);
}

static void limit_ch(int above)
{
    add("rule a\n  match < 01\n  gap %d.%dch\n" MORE, TT_MAX_CH, above);
}

static void limit_cap(int above)
{
    add("rule a\n  match < 01\n  cap %d\n" MORE, 60 + above);
}

static void limit_file(int above)
{
    static const char head[] = "rule a\n  match < 01\n" MORE "#";

    add("%s", head);
    memset(big + big_n, 'x', TT_MAX_RULE_FILE);
    big_n = (size_t)(TT_MAX_RULE_FILE + above);
    big[big_n] = '\0';
}

static const struct {
    const char *name;
    void (*build)(int above);
    const char *message;
    size_t rules; /* that are read one above */
} limits[] = {
    {"fields", limit_fields, "a rule may not exceed 16 fields", 0},
    {"steps", limit_steps, "a rule may not exceed 32 steps", 0},
    {"groups", limit_groups, "nested more than 16 deep", 0},
    {"sets", limit_sets, "nested more than 16 deep", 0},
    {"brackets", limit_brackets, "nested more than 128 deep", 0},
    {"operators", limit_operators, "may not exceed 64 operators", 0},
    {"repeat", limit_repeat, "a repeat may not exceed 4096", 0},
    {"nodes", limit_nodes, "a pattern may not exceed 2048 parts", 0},
    {"expand", limit_expand, "may not exceed 5000 elements", 0},
    {"example", limit_example, "an example may not exceed 16384 bytes", 0},
    {"until", limit_until, "a rule may not exceed 8 'until' events", 0},
    {"line", limit_line, "a line may not exceed 4096 bytes", 0},
    {"name", limit_name, "a name may not exceed 64 letters", 0},
    {"field name", limit_field_name, "a name may not exceed 64 letters", 0},
    {"statements", limit_statements, "may not exceed 500 statements", 0},
    {"entries", limit_entries, "a table may not exceed 1024 lines", 1},
    {"rules", limit_rules, "may not exceed 4096 rules", TT_MAX_RULES},
    {"tables", limit_tables, "may not exceed 1024 tables", 1},
    {"probe", limit_probe, "a probe may not exceed 256 bytes", 0},
    {"time", limit_time, "a time may not exceed 31 days", 0},
    {"character times", limit_ch, "or 100000ch", 0},
    {"cap", limit_cap, "a cap may not exceed 60 bits", 0},
    {"file", limit_file, "a rule file may not exceed 4 MiB", 0},
};

START_TEST(keeps_limits)
{
    const char *name = limits[_i / 2].name;
    int above = _i % 2;
    struct tt_rules *set;

    limits[_i / 2].build(above);
    set = rules_from((struct tt_slice){big, big_n}, "t", &said);
    if (above) {
        ck_assert_msg(strstr(tt_buf_text(&said), limits[_i / 2].message) !=
                          NULL,
                      "%s: %.300s", name, tt_buf_text(&said));
        ck_assert_msg(set->nrules == limits[_i / 2].rules, "%s: %zu rules",
                      name, set->nrules);
    } else {
        ck_assert_msg(!said.n, "%s: %.300s", name, tt_buf_text(&said));
        ck_assert_uint_ge(set->nrules, 1);
    }
    tt_rules_free(set);
}
END_TEST

static unsigned ndiags;
static enum tt_status last_code;

static void count_diag(const struct tt_diag *d, void *user)
{
    (void)user;
    ndiags++;
    last_code = d->code;
}

/* A file that is no rule file stops after a hundred complaints; what was
 * right before stays. */
START_TEST(stops_complaining)
{
    struct tt_rules *set = tt_rules_new();

    add("rule half\n  match < 01\nrule a\n  match < 01\n" MORE
        "rule b\n  match < 01\n" MORE);
    add_times((size_t)(TT_MAX_DIAGS - 2 + _i * 50), "nonsense\n");
    ndiags = 0;
    ck_assert_int_eq(tt_rules_read(set, (struct tt_slice){big, big_n}, "t", "x",
                                   count_diag, NULL),
                     TT_ERR_SYNTAX);
    ck_assert_uint_eq(ndiags,
                      (unsigned)(_i ? TT_MAX_DIAGS + 1 : TT_MAX_DIAGS - 1));
    ck_assert_int_eq(last_code, _i ? TT_ERR_LIMIT : TT_ERR_SYNTAX);
    ck_assert_uint_eq(set->nrules, _i ? 1 : 2);
    tt_rules_free(set);
}
END_TEST

/* ---- memory --------------------------------------------------------------------------------- */

/* With any amount of memory: a status, no crash, whole rules only. */
START_TEST(runs_out_of_memory)
{
    struct tt_slice text = slurp("tests/rules/language.rules");

    for (size_t cap = 0; cap < 120000; cap += cap < 20000 ? 113 : 4099) {
        struct tt_rules *set = tt_rules_new();
        enum tt_status st;

        set->arena.cap = cap;
        st = tt_rules_read(set, text, "t", "x", count_diag, NULL);
        ck_assert(st == TT_OK || st == TT_ERR_NOMEM);
        if (st)
            ck_assert_uint_lt(set->nrules, 5);
        st = tt_rules_finish(set, NULL, NULL);
        ck_assert(st == TT_OK || st == TT_ERR_NOMEM);
        for (const struct tt_rule *r = set->rules; r; r = r->next) {
            ck_assert(r->match || r->steps);
            ck_assert(r->verdict || r->note.n);
        }
        tt_rules_free(set);
    }
    free((void *)(uintptr_t)text.p);
}
END_TEST

/* Texts, examples and tables as large as lines allow stop at the cap. */
START_TEST(stops_at_the_memory_cap)
{
    struct tt_rules *set = tt_rules_new();
    enum tt_status st = TT_OK;

    add("rule a\n  match < 01\n  note x\n  no\n");
    add_times(400, "  yes < 01*16384\n");
    ndiags = 0;
    st = tt_rules_read(set, (struct tt_slice){big, big_n}, "t", "x", count_diag,
                       NULL);
    ck_assert_int_eq(st, TT_ERR_NOMEM);
    ck_assert_uint_eq(ndiags, 1);
    ck_assert_uint_le(set->arena.total, TT_RULES_ARENA);
    ck_assert_uint_eq(set->nrules, 0);
    tt_rules_free(set);
}
END_TEST

/* ---- raw bytes --------------------------------------------------------------------------------- */

START_TEST(takes_any_line_end)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    struct tt_rules *set;

    add("rule a%s\tmatch\t< 01 \\%s  02%s  note x%s%s  yes < 01 02%s  no",
        ends[_i], ends[_i], ends[_i], ends[_i], ends[_i], ends[_i]);
    set = rules_from((struct tt_slice){big, big_n}, "t", &said);
    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    ck_assert_uint_eq(set->nrules, 1);
    ck_assert_uint_eq(set->rules->examples->line, 6);
    ck_assert_uint_eq(set->rules->match->kids->next->next->line, 3);
    tt_rules_free(set);
}
END_TEST

/* Texts may hold any byte but a line end; they mean those bytes. */
START_TEST(keeps_raw_bytes_of_texts)
{
    static const char text[] = "\xef\xbb\xbfrule a\n  match < \"a\0\x1b\xff\xc3"
                               "\xa4\"\n" MORE;
    struct tt_rules *set =
        rules_from((struct tt_slice){text, sizeof(text) - 1}, "t", &said);
    const struct tt_node *n;

    ck_assert_msg(!said.n, "%s", tt_buf_text(&said));
    n = set->rules->match->kids->next;
    ck_assert_uint_eq(n->text.n, 6);
    ck_assert_mem_eq(n->text.p, "a\0\x1b\xff\xc3\xa4", 6);
    tt_rules_free(set);
}
END_TEST

static bool is_plain(const struct tt_buf *b)
{
    for (size_t k = 0; k < b->n; k++)
        if (b->p[k] != '\n' && b->p[k] != '\t' &&
            (b->p[k] < 0x20 || b->p[k] > 0x7e))
            return false;
    return true;
}

/* Every byte everywhere: no crash, complaints in plain characters. */
START_TEST(survives_every_byte)
{
    static const char base[] =
        "table t\n 1 \"x\"\nrule a\n match < val:7F \"t\""
        "\n where val in t\n note x\n yes < 7F\n no\n";
    char text[sizeof(base)];

    for (size_t i = 0; i < 16 * (sizeof(base) - 1); i++) {
        struct tt_rules *set;

        memcpy(text, base, sizeof(base));
        text[i / 16] = (char)(16 * _i + (int)i % 16);
        tt_buf_clear(&said);
        set = rules_from((struct tt_slice){text, sizeof(base) - 1}, "t", &said);
        ck_assert_ptr_nonnull(set);
        ck_assert(is_plain(&said));
        tt_rules_free(set);
    }
}
END_TEST

/* Cut anywhere, a file reads without harm. */
START_TEST(survives_cuts)
{
    struct tt_slice text = slurp("tests/rules/language.rules");

    for (size_t n = (size_t)_i; n <= text.n; n += 7) {
        struct tt_rules *set =
            rules_from((struct tt_slice){text.p, n}, "t", NULL);

        ck_assert_uint_le(set->nrules, 5);
        tt_rules_free(set);
    }
    free((void *)(uintptr_t)text.p);
}
END_TEST

static const struct {
    const char *source;
    unsigned col, width;
    const char *shown, *caret;
} carets[] = {
    {"abc", 2, 1, "abc", " ^"},
    {"abc", 4, 1, "abc", "   ^"},
    {"abc", 2, 9, "abc", " ^~~~~~~~~"},
    {"\ta\tb", 4, 1, "\ta\tb", "\t \t^"},
    {"a\x1b"
     "bc",
     3, 2,
     "a\\x1B"
     "bc",
     "     ^~"},
    {"a\xc3\xa4z", 2, 3, "a\\xC3\\xA4z", " ^~~~~~~~~"},
    {"", 1, 1, "", "^"},
};

START_TEST(points_at_the_place)
{
    struct tt_diag d = {.file = "f",
                        .line = 7,
                        .col = carets[_i].col,
                        .width = carets[_i].width,
                        .msg = "m",
                        .source = tt_slice_of(carets[_i].source)};
    char expect[128];

    (void)snprintf(expect, sizeof(expect),
                   "f:7:%u: error: m\n  |\n7 | %s\n  | %s\n", d.col,
                   carets[_i].shown, carets[_i].caret);
    tt_diag_print(&said, &d);
    ck_assert_str_eq(tt_buf_text(&said), expect);
}
END_TEST

START_TEST(names_things)
{
    ck_assert_str_eq(tt_severity_name(TT_WARNING), "warning");
    ck_assert_str_eq(tt_severity_name((enum tt_severity)99), "");
    ck_assert_str_eq(tt_side_name(TT_SIDE_NONE), "");
    ck_assert_str_eq(tt_side_name(TT_SIDE_HOST), "host");
    ck_assert_str_eq(tt_side_name(TT_SIDE_COMPUTER), "computer");
    ck_assert_str_eq(tt_side_name((enum tt_side)99), "");
    ck_assert_str_eq(tt_unit_name(TT_UNIT_TURN), "turn");
    ck_assert_str_eq(tt_unit_name((enum tt_unit)99), "");
    ck_assert_str_eq(tt_sensor_name(TT_SENSOR_ECHO), "echo");
    ck_assert_str_eq(tt_sensor_name((enum tt_sensor)99), "");
}
END_TEST

static TCase *limits_case(void)
{
    TCase *tc = tcase_create("limits");

    tcase_add_checked_fixture(tc, big_start, big_end);
    tcase_add_loop_test(tc, keeps_limits, 0, 2 * (int)TT_LEN(limits));
    tcase_add_loop_test(tc, stops_complaining, 0, 2);
    tcase_add_test(tc, stops_at_the_memory_cap);
    tcase_add_loop_test(tc, takes_any_line_end, 0, 3);
    return tc;
}

static TCase *hostile_case(void)
{
    TCase *tc = tcase_create("hostile");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, runs_out_of_memory);
    tcase_add_test(tc, keeps_raw_bytes_of_texts);
    tcase_add_loop_test(tc, survives_every_byte, 0, 16);
    tcase_add_loop_test(tc, survives_cuts, 0, 7);
    tcase_add_loop_test(tc, points_at_the_place, 0, (int)TT_LEN(carets));
    return tc;
}

Suite *rules_suite(void)
{
    Suite *s = suite_create("rules");
    TCase *tc = tcase_create("meaning");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, reads_the_reference);
    tcase_add_loop_test(tc, weighs_as_the_reference, 0, (int)TT_LEN(weighed));
    tcase_add_loop_test(tc, weighs_patterns, 0, (int)TT_LEN(patterns));
    tcase_add_loop_test(tc, weighs_conditions, 0, (int)TT_LEN(conditions));
    tcase_add_loop_test(tc, weighs_checks, 0, (int)TT_LEN(checks));
    tcase_add_test(tc, weighs_steps);
    tcase_add_test(tc, times_examples);
    tcase_add_loop_test(tc, types_fields, 0, (int)TT_LEN(fields));
    tcase_add_loop_test(tc, log_is_a_pattern, 0, (int)TT_LEN(logs));
    tcase_add_test(tc, later_origin_overrides);
    tcase_add_test(tc, broken_rule_does_not_override);
    tcase_add_test(tc, same_origin_is_a_mistake);
    tcase_add_test(tc, protocol_spans_files);
    tcase_add_test(tc, basis_is_inherited);
    tcase_add_test(tc, warns_of_unknown_refines);
    tcase_add_test(tc, warns_a_hundred_times);
    tcase_add_test(tc, bad_example_drops_the_rule);
    tcase_add_loop_test(tc, missing_example_drops_the_rule, 0, 3);
    tcase_add_test(tc, bad_example_keeps_no_half_rule);
    tcase_add_test(tc, names_things);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, limits_case());
    suite_add_tcase(s, hostile_case());
    return s;
}
