/*
 * options - one table of commands and one of options.
 *
 * Parsing, --help and the completions are all made from these tables, and
 * tests hold the man page against them, so that an option cannot exist in
 * one of these places only.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_OPTIONS_H
#define TELLTALE_CLI_OPTIONS_H

#include "cli/cli.h"

#include <sys/types.h>

enum { MAX_RULE_DIRS = 16, MAX_RUN_PORTS = 8, MAX_ONLY = 16 };

/* Commands as bits, so that an option can name those it belongs to. */
enum {
    CMD_READ = 1 << 0,
    CMD_WATCH = 1 << 1,
    CMD_CONVERT = 1 << 2,
    CMD_LIST = 1 << 3,
    CMD_SHOW = 1 << 4,
    CMD_CHECK = 1 << 5,
    CMD_WHY = 1 << 6,
    CMD_HELP = 1 << 7,
    CMD_VERSION = 1 << 8,
    CMD_COMPLETIONS = 1 << 9,
    CMD_RUN = 1 << 10,
    CMD_PORTS = 1 << 11,
    CMD_EXPLAIN = 1 << 12,
    CMD_PLAY = 1 << 13,
    CMD_PROBE = 1 << 14,
    CMD_BRIDGE = 1 << 15,
    CMD_TAP = 1 << 16,
    CMD_ALL = (1 << 17) - 1,
    CMD_LIVE = CMD_READ | CMD_WATCH | CMD_BRIDGE | CMD_TAP | CMD_PROBE,
    CMD_RULES = CMD_LIST | CMD_SHOW | CMD_CHECK | CMD_WHY
};

struct command {
    const char *name; /* "read", "rules list" */
    const char *args; /* "FILE..." */
    const char *help; /* one line */
    const char *more; /* what --help says besides; may be NULL */
    enum exit_code (*run)(const struct options *o);
    unsigned bit;
    size_t min_words, max_words;
    bool hidden; /* works, but is not listed */
};

enum option_id {
    OPT_BAUD,
    OPT_MODE,
    OPT_LANE,
    OPT_FORMAT,
    OPT_USB,
    OPT_TCP,
    OPT_SINCE,
    OPT_UNTIL,
    OPT_FOR,
    OPT_RECORD,
    OPT_FORCE,
    OPT_PLAIN,
    OPT_ACTIVE,
    OPT_PORT,
    OPT_LINGER,
    OPT_WATCH,
    OPT_WAIT,
    OPT_STRACE,
    OPT_ATTACH,
    OPT_HOST,
    OPT_DEVICE,
    OPT_TO,
    OPT_SPEED,
    OPT_AS_DEVICE,
    OPT_LINK,
    OPT_YES,
    OPT_ALLOW,
    OPT_ONLY,
    OPT_DRY_RUN,
    OPT_LISTEN,
    OPT_TIMEOUT,
    OPT_RULES,
    OPT_JSON,
    OPT_BUNDLE,
    OPT_REDACT,
    OPT_CSV,
    OPT_HTML,
    OPT_COMPARE,
    OPT_AS,
    OPT_NO_COLOR,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_FEED,
    OPT_MARKDOWN,
    OPT_PRICE,
    OPT_SYSROOT,
    OPT_HELP,
    OPT_VERSION,
    OPT_IDS
};

struct option_row {
    enum option_id id;
    const char *name;   /* without the dashes */
    char letter;        /* 0: none */
    const char *arg;    /* NULL: takes none */
    const char *values; /* words to offer, or "FILE" or "DIR"; may be NULL */
    unsigned commands;  /* it belongs to */
    const char *help;
};

/* Both end with a row whose name is NULL. */
extern const struct command commands[];
extern const struct option_row option_rows[];

/* What the user asked for. */
struct options {
    const struct command *command;
    const char **words; /* what is no option; borrowed from argv */
    size_t nwords;
    unsigned baud;         /* 0: not given */
    char mode[4];          /* empty: not given */
    int lane;              /* enum tt_lane, -1: not given */
    const char *usb, *tcp; /* which conversation of a capture */
    const char *format, *to, *record, *sysroot, *as;
    const char *host, *device; /* the two ports of a tap; ends of a bridge */
    const char *rules[MAX_RULE_DIRS];
    size_t nrules;
    const char *ports[MAX_RUN_PORTS];
    size_t nports;
    uint64_t linger_ns;
    unsigned attach;   /* process; 0: none */
    unsigned speed_pm; /* thousandths of the recorded speed; 0: at once */
    const char *link;
    uint64_t since_ns, until_ns, for_ns; /* until, for: UINT64_MAX is none */
    size_t feed;                         /* 0: as it comes */
    bool csv, force, plain, active, json, no_color, quiet, verbose, markdown,
        price, watch, wait, strace, help, version;
    bool as_device, yes;       /* play */
    const char *html, *bundle; /* read: files to write */
    bool redact;
    bool compare; /* read */
    /* probe */
    bool allow_changes, dry_run;
    uint64_t listen_ns,
        timeout_ns; /* timeout: 0: as the speed of the line is */
    const char *only[MAX_ONLY];
    size_t nonly;
};

/*
 * Read the command line.  False when it cannot be understood; then it has
 * been said why.  words is a place for argc pointers.
 */
bool options_parse(struct options *o, int argc, char **argv,
                   const char **words) TT_MUST_USE;

/* Can a full screen be drawn, and does nothing that was asked for speak
 * against it? */
bool wants_screen(const struct options *o);

/* Is a file of this type listened to, not read? */
bool is_line(mode_t m);

/* Is it tcp:HOST:PORT, rfc2217:HOST:PORT, usbmonN or usb:BUS.DEV, and no file
 * called so? */
bool is_address(const char *name);

/* Append what "telltale --help" (c is NULL) or "telltale CMD --help" says. */
void help_text(struct tt_buf *out, const struct command *c);

/* Print that. */
enum exit_code help_command(const struct command *c);

/* Append the completion script for a shell; false for an unknown one. */
bool completion_text(struct tt_buf *out, const char *shell);

#endif
