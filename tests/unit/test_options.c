#include "cli/options.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ARGS = 40 };

/* The words of a line, as argv; quotes are not needed here. */
static int split(char *line, char **argv)
{
    static char name[] = "telltale";
    int n = 0;

    argv[n++] = name;
    for (char *p = line; *p && n < MAX_ARGS;) {
        argv[n++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
    argv[n] = NULL;
    return n;
}

static bool parse(struct options *o, const char *text)
{
    static char line[1024];
    static char *argv[MAX_ARGS + 1];
    static const char *words[MAX_ARGS + 1];

    (void)snprintf(line, sizeof(line), "%s", text);
    return options_parse(o, split(line, argv), argv, words);
}

static const struct {
    const char *line, *command;
    size_t words;
} good[] = {
    {"read a.tape", "read", 1},
    {"read a b c", "read", 3},
    {"read -- -x --json", "read", 2},
    {"read -", "read", 1},
    {"rules list", "rules list", 0},
    {"rules show one two", "rules show", 2},
    {"-R /tmp rules check", "rules check", 0},
    {"rules why a.b x.tape", "rules why", 2},
    {"convert a b.tape --to=tape", "convert", 2},
    {"watch --plain /dev/ttyX -b 9600 -m8E1", "watch", 1},
    {"watch -b9600 /dev/ttyX", "watch", 1},
    {"./no/such/file", "read", 1},
    {"nosuchfile.tape", "read", 1},
    {"-", "read", 1},
    {"/dev/null", "watch", 1},
    {"/bin/sh", "read", 1},
    {"version", "version", 0},
    {"help rules list", "help", 2},
    {"completions bash", "completions", 1},
};

START_TEST(understands)
{
    struct options o;

    ck_assert_msg(parse(&o, good[_i].line), "%s", good[_i].line);
    ck_assert_msg(strcmp(o.command->name, good[_i].command) == 0, "%s: %s",
                  good[_i].line, o.command->name);
    ck_assert_msg(o.nwords == good[_i].words, "%s: %zu words", good[_i].line,
                  o.nwords);
}
END_TEST

static const struct {
    const char *line, *says;
} bad[] = {
    {"", "what shall be read"},
    {"reed x", "did you mean 'read'"},
    {"ruels list", "did you mean 'rules'"},
    {"xyzzyquux", "there is no command or file 'xyzzyquux'"},
    {"bridge x", "usage: telltale bridge A B"},
    {"tap --host x", "--host and --device go together"},
    {"http://host:3000", "no such line"},
    {"probe", "usage: telltale probe PORT"},
    {"probe --allow nothing x", "one of changes-state"},
    {"play --speed 0 x", "a number from 0.01 to 1000, or max"},
    {"play x y", "one recording is played"},
    {"rules", "list show check why"},
    {"rules lst", "did you mean 'rules list'"},
    {"read", "usage: telltale read FILE..."},
    {"watch", "usage: telltale watch PORT"},
    {"convert a", "usage: telltale convert IN OUT"},
    {"read x --jsn", "did you mean '--json'"},
    {"read x --zzzzzzzz", "there is no option '--zzzzzzzz'"},
    {"read x -Z", "there is no option '-Z'"},
    {"read x --json=1", "--json takes no value"},
    {"read x -b", "--baud needs a value"},
    {"read x -b fast", "a speed is a number"},
    {"read x -b 0", "a speed is a number"},
    {"read x -b 20000001", "a speed is a number"},
    {"read x -b 99999999999999999999", "a speed is a number"},
    {"read x -m 8X1", "such as 8E1"},
    {"read x -m 9N1", "such as 8E1"},
    {"read x -m 8E11", "such as 8E1"},
    {"read x --lane up", "one of host, device, tool"},
    {"read x --since soon", "is no time"},
    {"read x --since 1s2", "is no time"},
    {"read x --since .", "is no time"},
    {"read x --format elf", "one of tape pcapng pcap raw"},
    {"read x --format tap", "one of tape pcapng pcap raw"},
    {"rules list --json", "--json does not go with 'rules list'"},
    {"read x --to tape", "--to does not go with 'read'"},
    {"read x -R 1 -R 2 -R 3 -R 4 -R 5 -R 6 -R 7 -R 8 -R 9 -R 10 -R 11 -R 12 "
     "-R 13 -R 14 -R 15 -R 16 -R 17",
     "at most 16 folders"},
};

START_TEST(complains)
{
    FILE *catch = tmpfile();
    int keep = dup(STDERR_FILENO);
    struct options o;
    char said[1024];
    size_t n;
    bool understood;

    ck_assert_ptr_nonnull(catch);
    ck_assert_int_ge(dup2(fileno(catch), STDERR_FILENO), 0);
    understood = parse(&o, bad[_i].line);
    (void)dup2(keep, STDERR_FILENO);
    rewind(catch);
    n = fread(said, 1, sizeof(said) - 1, catch);
    said[n] = '\0';
    ck_assert_msg(!understood, "%s", bad[_i].line);
    ck_assert_msg(strstr(said, bad[_i].says) != NULL, "%s: said '%s'",
                  bad[_i].line, said);
    (void)fclose(catch);
    (void)close(keep);
}
END_TEST

START_TEST(keeps_what_was_given)
{
    struct options o;

    ck_assert(parse(&o, "read x -b 115200 -m 7O2 --lane host --since 1.5s "
                        "--until=2500ms --for 2min -r out.tape --force -qv "
                        "--format raw --no-color --json --feed 1"));
    ck_assert_uint_eq(o.baud, 115200);
    ck_assert_str_eq(o.mode, "7O2");
    ck_assert_int_eq(o.lane, TT_LANE_HOST);
    ck_assert_uint_eq(o.since_ns, 1500 * TT_NS_PER_MS);
    ck_assert_uint_eq(o.until_ns, 2500 * TT_NS_PER_MS);
    ck_assert_uint_eq(o.for_ns, 120 * TT_NS_PER_S);
    ck_assert_str_eq(o.record, "out.tape");
    ck_assert_str_eq(o.format, "raw");
    ck_assert(o.force && o.quiet && o.verbose && o.no_color && o.json);
    ck_assert_uint_eq(o.feed, 1);
    ck_assert(parse(&o, "read x -R 1 -R 2 -R 3 -R 4 -R 5 -R 6 -R 7 -R 8 -R 9 "
                        "-R 10 -R 11 -R 12 -R 13 -R 14 -R 15 -R 16"));
    ck_assert_uint_eq(o.nrules, MAX_RULE_DIRS);
    ck_assert(parse(&o, "read x -b 20000000"));
}
END_TEST

static const struct {
    const char *text;
    bool good;
    uint64_t ns;
} times[] = {
    {"0", true, 0},
    {"1", true, TT_NS_PER_S},
    {"1.5", true, 1500 * TT_NS_PER_MS},
    {"2us", true, 2000},
    {"3ns", true, 3},
    {"1h", true, 3600 * TT_NS_PER_S},
    {".5s", true, 500 * TT_NS_PER_MS},
    {"1.0000001s", true, TT_NS_PER_S},
    {"", false, 0},
    {"s", false, 0},
    {"-1", false, 0},
    {"1 s", false, 0},
    {"9999999999999999999999h", false, 0},
    {"1000000000000h", false, 0},
};

START_TEST(reads_times)
{
    uint64_t ns = 0;

    ck_assert_msg(parse_time(times[_i].text, &ns) == times[_i].good, "%s",
                  times[_i].text);
    ck_assert_msg(ns == times[_i].ns, "%s: %llu", times[_i].text,
                  (unsigned long long)ns);
}
END_TEST

/* A row that says nothing of itself would be missing from --help. */
START_TEST(tables_are_whole)
{
    const struct option_row *row = &option_rows[_i];

    ck_assert_ptr_nonnull(row->name);
    ck_assert_uint_ne(row->commands, 0);
    ck_assert(row->help || row->id == OPT_FEED || row->id == OPT_MARKDOWN);
    for (int i = 0; i < _i; i++) {
        ck_assert_str_ne(option_rows[i].name, row->name);
        ck_assert(!row->letter || option_rows[i].letter != row->letter);
        ck_assert_int_ne((int)option_rows[i].id, (int)row->id);
    }
}
END_TEST

START_TEST(ranks_results)
{
    ck_assert_int_eq(exit_worse(EXIT_HEALTHY, EXIT_UNKNOWN), EXIT_UNKNOWN);
    ck_assert_int_eq(exit_worse(EXIT_FAULT, EXIT_UNKNOWN), EXIT_FAULT);
    ck_assert_int_eq(exit_worse(EXIT_FAULT, EXIT_CANNOT), EXIT_CANNOT);
    ck_assert_int_eq(exit_worse(EXIT_CANNOT, EXIT_HEALTHY), EXIT_CANNOT);
}
END_TEST

START_TEST(prints_nothing_that_acts)
{
    struct tt_buf out;

    tt_buf_init(&out, 100);
    put_clean(&out, "a\x1b[2J\"\\\x9b\x7f\n", 10);
    ck_assert_str_eq(tt_buf_text(&out), "a\\x1B[2J\"\\\\x9B\\x7F\\x0A");
    tt_buf_release(&out);
}
END_TEST

Suite *options_suite(void)
{
    Suite *s = suite_create("options");
    TCase *tc = tcase_create("options");

    tcase_add_loop_test(tc, understands, 0, TT_LEN(good));
    tcase_add_loop_test(tc, complains, 0, TT_LEN(bad));
    tcase_add_test(tc, keeps_what_was_given);
    tcase_add_loop_test(tc, reads_times, 0, TT_LEN(times));
    tcase_add_loop_test(tc, tables_are_whole, 0, OPT_IDS);
    tcase_add_test(tc, ranks_results);
    tcase_add_test(tc, prints_nothing_that_acts);
    suite_add_tcase(s, tc);
    return s;
}
