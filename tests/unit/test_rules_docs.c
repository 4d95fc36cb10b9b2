/*
 * The rules that the manuals show are rules: they read without a complaint,
 * and their examples hold.
 */
#include "engine/selftest.h"
#include "rules_help.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

/* One page, and what its blocks begin and end with. */
static const struct page {
    const char *path, *begin, *end;
    bool mdoc;
    unsigned blocks; /* at least */
} pages[] = {
    {"docs/telltale-rules.5", ".Bd -literal", ".Ed", true, 6},
    {"rules/README.md", "```", "```", false, 3},
};

static struct tt_buf said;

static void on_finding(const struct tt_selftest_finding *f, void *user)
{
    (void)user;
    tt_buf_printf(&said, "line %u: finding %d: %s\n", f->line, (int)f->kind,
                  f->says ? f->says : "");
}

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

/* A rule on its way to its examples may lack them. */
static bool is_fragment(const struct tt_buf *block)
{
    return !strstr(tt_buf_text(block), "\n  yes ") &&
           !strstr(tt_buf_text(block), "\n  no ") &&
           strstr(tt_buf_text(block), "rule bench.app-answers");
}

static void check_block(const struct page *p, unsigned line,
                        const struct tt_buf *block)
{
    struct tt_selftest_sum sum;
    struct tt_rules *set;

    tt_buf_clear(&said);
    set = rules_from((struct tt_slice){tt_buf_text(block), block->n}, p->path,
                     &said);
    if (is_fragment(block)) {
        ck_assert_msg(strstr(tt_buf_text(&said), "has no 'yes' example"),
                      "%s:%u: %s", p->path, line, tt_buf_text(&said));
    } else {
        ck_assert_msg(!said.n, "%s:%u: %s", p->path, line, tt_buf_text(&said));
        ck_assert_int_eq(tt_selftest(set, NULL, &sum, on_finding, NULL), TT_OK);
        ck_assert_msg(!said.n, "%s:%u: %s", p->path, line, tt_buf_text(&said));
    }
    tt_rules_free(set);
}

/* A line of a block, as the reader of the page sees it. */
static void add_line(struct tt_buf *block, const char *line, size_t n,
                     bool mdoc)
{
    for (size_t i = 0; i < n; i++) {
        tt_buf_ch(block, line[i]);
        if (mdoc && line[i] == '\\' && i + 1 < n && line[i + 1] == 'e')
            i++;
    }
    tt_buf_ch(block, '\n');
}

static unsigned check_page(const struct page *p, struct tt_slice text)
{
    struct tt_buf block;
    unsigned line = 0, found = 0;
    bool inside = false;

    tt_buf_init(&block, 1 << 16);
    for (size_t i = 0; i < text.n; line++) {
        const char *start = text.p + i;
        const char *eol = memchr(start, '\n', text.n - i);
        size_t n = eol ? (size_t)(eol - start) : text.n - i;

        i += n + 1;
        if (inside && begins(start, p->end)) {
            inside = false;
            if (begins(tt_buf_text(&block), "rule ") ||
                begins(tt_buf_text(&block), "table ")) {
                check_block(p, line, &block);
                found++;
            }
        } else if (inside) {
            add_line(&block, start, n, p->mdoc);
        } else if (begins(start, p->begin)) {
            inside = true;
            tt_buf_clear(&block);
        }
    }
    tt_buf_release(&block);
    return found;
}

START_TEST(shows_rules_that_work)
{
    const struct page *p = &pages[_i];
    struct tt_slice text = slurp(p->path);

    ck_assert_msg(text.p, "%s is missing", p->path);
    tt_buf_init(&said, 1 << 16);
    ck_assert_uint_ge(check_page(p, text), p->blocks);
    tt_buf_release(&said);
    free((void *)(uintptr_t)text.p);
}
END_TEST

/* Every word of the language is in its manual. */
START_TEST(names_every_word)
{
    static const char *const words[] = {"title",
                                        "match",
                                        "log",
                                        "step",
                                        "gap",
                                        "timeout",
                                        "unless",
                                        "where",
                                        "verdict",
                                        "note",
                                        "cause",
                                        "fix",
                                        "next",
                                        "ref",
                                        "severity",
                                        "side",
                                        "claim",
                                        "refines",
                                        "expires",
                                        "until",
                                        "yes",
                                        "no",
                                        "tag",
                                        "author",
                                        "cap",
                                        "probe",
                                        "basis",
                                        "rule",
                                        "table",
                                        "protocol",
                                        "settings",
                                        "about",
                                        "within",
                                        "then",
                                        "silence",
                                        "quiet",
                                        "after",
                                        "start",
                                        "end",
                                        "same",
                                        "bytes",
                                        "line",
                                        "sensor loop",
                                        "sensor echo",
                                        "sensor no_xon_xoff",
                                        "sensor no_cr",
                                        "sensor seven_bit",
                                        "sensor doubled_ff",
                                        "sensor only_crlf",
                                        "sum8",
                                        "xor8",
                                        "neg8",
                                        "lrc",
                                        "sum16",
                                        "carry8",
                                        "ems8",
                                        "fletcher8",
                                        "hexsum8",
                                        "crc8",
                                        "crc16_modbus",
                                        "crc16_x25",
                                        "crc16_ccitt",
                                        "crc16_xmodem",
                                        "crc16_arc",
                                        "crc16_kermit",
                                        "crc16_dnp",
                                        "crc8_rohc",
                                        "crc16_umts",
                                        "crc24q",
                                        "crc8_mstp",
                                        "crc32",
                                        "hexval",
                                        "decval",
                                        "length",
                                        "any",
                                        "printable",
                                        "graph",
                                        "digit",
                                        "hex",
                                        "upper",
                                        "lower",
                                        "alpha",
                                        "alnum",
                                        "space",
                                        "ctrl",
                                        "high",
                                        "eol",
                                        "base64",
                                        "reached",
                                        "steps",
                                        "hits",
                                        "elapsed",
                                        "changes-state",
                                        "safe",
                                        "wiring",
                                        "computer",
                                        "u16le",
                                        "i8"};
    struct tt_slice text = slurp("docs/telltale-rules.5");
    struct tt_buf page;

    ck_assert_ptr_nonnull(text.p);
    tt_buf_init(&page, 1 << 20);
    tt_buf_add(&page, text.p, text.n);
    for (size_t i = 0; i < TT_LEN(words); i++)
        ck_assert_msg(strstr(tt_buf_text(&page), words[i]), "%s", words[i]);
    for (int ev = 1; ev < TT_EV_TICK; ev++)
        ck_assert_msg(strstr(tt_buf_text(&page), tt_event_name(ev)), "%s",
                      tt_event_name(ev));
    tt_buf_release(&page);
    free((void *)(uintptr_t)text.p);
}
END_TEST

Suite *rules_docs_suite(void)
{
    Suite *s = suite_create("rules_docs");
    TCase *tc = tcase_create("manuals");

    tcase_add_loop_test(tc, shows_rules_that_work, 0, (int)TT_LEN(pages));
    tcase_add_test(tc, names_every_word);
    suite_add_tcase(s, tc);
    return s;
}
