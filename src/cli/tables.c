/*
 * tables - the commands and the options.  To add an option: one row here,
 * one case in options.c, one entry in docs/telltale.1, "make completions".
 */
#include "cli/options.h"

/* clang-format off */
const struct command commands[] = {
    {"read", "FILE...", "say what recordings mean",
     "FILE is a recording of any known format (pcapng or pcap with serial\n"
     "traffic, tape text, a log of another tool, raw bytes), - for one on\n"
     "standard input, a folder of them, or a line to listen to: a serial\n"
     "port, a pty, a fifo, a socket.\n"
     "Of several each gets a line, with -v its whole report.",
     cmd_read, CMD_READ, 1, SIZE_MAX, false},
    {"watch", "PORT|FILE...", "look at lines and recordings as they speak",
     "PORT is a serial port, a pty, a fifo, a socket, tcp:HOST:PORT,\n"
     "rfc2217:HOST:PORT, or - for standard input; usb:/dev/ttyUSB0, usb:1.5\n"
     "or usbmon1 is a USB adapter looked at while another program uses it;\n"
     "FILE is a recording.\n"
     "On a terminal a screen is drawn: ? lists its keys.  Nothing is sent\n"
     "unless a key asks for it and that is confirmed.  With --plain, or when the output goes elsewhere, one line is\n"
     "listened to and printed as tape text; Ctrl-C ends with a summary.",
     cmd_watch, CMD_WATCH, 1, 32, false},
    {"run", "[--] TOOL [ARG...]", "start a tool, say what went wrong",
     "Every serial port that the tool opens is watched: bytes, speed, parity,\n"
     "DTR and RTS, breaks.  The tool needs no change; what it prints and its\n"
     "exit status stay its own.  The verdict is told on stderr when it ends.",
     cmd_run, CMD_RUN, 0, SIZE_MAX, false},
    {"explain", "TEXT...|-", "what a message or some bytes can mean",
     "TEXT is what a tool printed, or bytes such as 0x68 or '7f 1f'; - reads a\n"
     "log on standard input, the name of a file the text in it.  It lists what\n"
     "it can be, and what would decide.",
     cmd_explain, CMD_EXPLAIN, 1, SIZE_MAX, false},
    {"play", "FILE [TOOL...]", "play a recording back, or be its device",
     "On a terminal it plays in the screen, else as lines of tape text at the\n"
     "recorded times.  --to sends one lane of it to a port, after a question.\n"
     "With --as-device the TOOL opens the recording in place of its port; with\n"
     "--link any tool may.  Both are told where a tool leaves what was recorded;\n"
     "from there on it gets no answer.",
     cmd_play, CMD_PLAY, 1, SIZE_MAX, false},
    {"bridge", "A B", "pass on what two ends say, and judge it",
     "A is the host's end, where the tool is; B is the device's.  An end is a\n"
     "serial port or a pty; pty[:LINK], a new one; tcp:HOST:PORT;\n"
     "tcp-listen:[ADDRESS:]PORT, on this machine only without ADDRESS; rfc2217:\n"
     "and rfc2217-listen:, the same with speed and control lines; exec:COMMAND.\n"
     "It goes on when an end goes away and comes back.  Otherwise as 'watch'.",
     cmd_bridge, CMD_BRIDGE, 2, 2, false},
    {"tap", "--host P --device P", "listen to both wires of a line at once",
     "Two ports that only receive: one on the wire that the host sends on, one\n"
     "on the device's.  Nothing is sent.  Otherwise as 'watch'.",
     cmd_tap, CMD_TAP, 0, 0, false},
    {"probe", "PORT", "ask who is there, with bytes that are safe",
     "First it is listened to; then the probes of the rules are sent, the\n"
     "likeliest first, each at the settings of its system, until the first\n"
     "certain answer.  Each is told before it goes out.  Probes that change\n"
     "something are left out unless --allow changes-state and --only name them.\n"
     "DTR and RTS are not touched.",
     cmd_probe, CMD_PROBE, 1, 1, false},
    {"convert", "IN OUT", "turn a recording into another format",
     "The name of OUT says which: .tape, .pcapng, or .raw, .bin (the bytes of\n"
     "one lane).  IN and OUT may be - ; then --to names the format.",
     cmd_convert, CMD_CONVERT, 2, 2, false},
    {"ports", "[PORT...]", "serial ports and what is wrong around them",
     "Driver, USB place, permission, who has it open, what may disturb it, what\n"
     "the kernel log says of it, and the boot mode that a USB number means.\n"
     "No port is opened.",
     cmd_ports, CMD_PORTS, 0, SIZE_MAX, false},
    {"rules list", "[SYSTEM...]", "what is known of each system",
     "With SYSTEM its rules: name, severity, weight, title.  With -v all rules\n"
     "of all systems.",
     cmd_rules_list, CMD_LIST, 0, SIZE_MAX, false},
    {"rules show", "NAME...", "a system or a rule as a page of a handbook",
     0, cmd_rules_show, CMD_SHOW, 1, SIZE_MAX, false},
    {"rules check", "[FILE|DIR...]", "find mistakes in rules, run their examples",
     "Without FILE the rules that are built in are checked.",
     cmd_rules_check, CMD_CHECK, 0, SIZE_MAX, false},
    {"rules why", "RULE FILE", "how far a rule got on a recording",
     0, cmd_rules_why, CMD_WHY, 2, 2, false},
    {"help", "[COMMAND]", "help for a command",
     0, cmd_help, CMD_HELP, 0, 2, false},
    {"version", "", "the version of the program",
     0, cmd_version, CMD_VERSION, 0, 0, false},
    {"completions", "SHELL", "the completion script for bash, zsh or fish",
     0, cmd_completions, CMD_COMPLETIONS, 1, 1, true},
    {0, 0, 0, 0, 0, 0, 0, 0, false}};

const struct option_row option_rows[] = {
    {OPT_BAUD, "baud", 'b', "BAUD", "9600 57600 115200 460800 921600",
     CMD_LIVE | CMD_PLAY,
     "speed of a serial port (else it stays as it is)"},
    {OPT_MODE, "mode", 'm', "MODE", "8N1 8E1 7E1 8O1 8N2",
     CMD_LIVE | CMD_PLAY,
     "its data bits, parity and stop bits, such as 8E1"},
    {OPT_LANE, "lane", 0, "LANE", "host device tool",
     CMD_READ | CMD_WATCH | CMD_CONVERT | CMD_WHY | CMD_PLAY,
     "who sent raw bytes: host, device (the default) or tool"},
    {OPT_FORMAT, "format", 0, "NAME",
     "tape pcapng pcap raw usbmon njlog log socat interceptty slsnif "
     "jpnevulator ser2net spy umockdev strace esptool avrdude "
     "mtkclient esphome eltima hhd serialtool portmon sigrok "
     "sigrok-json saleae terminal tio-hex putty ihex hexdump hex "
     "txrx tool",
     CMD_READ | CMD_WATCH | CMD_CONVERT | CMD_WHY | CMD_PLAY,
     "do not guess: tape, pcapng, pcap, raw, usbmon, a log"},
    {OPT_USB, "usb", 0, "BUS.DEV", 0,
     CMD_READ | CMD_WATCH | CMD_CONVERT | CMD_WHY | CMD_PLAY,
     "of a USB capture, read this device (1.5, or port 1.5.2)"},
    {OPT_TCP, "tcp", 0, "WHICH", 0,
     CMD_READ | CMD_WATCH | CMD_CONVERT | CMD_WHY | CMD_PLAY,
     "of a network capture, read this connection"},
    {OPT_SINCE, "since", 0, "TIME", 0,
     CMD_READ | CMD_CONVERT | CMD_WHY | CMD_PLAY,
     "leave out what came before TIME (1.5s, 250ms, 2min)"},
    {OPT_UNTIL, "until", 0, "TIME", 0,
     CMD_READ | CMD_CONVERT | CMD_WHY | CMD_PLAY,
     "leave out what came after TIME"},
    {OPT_FOR, "for", 0, "TIME", 0, CMD_LIVE | CMD_PLAY,
     "stop listening to a line after TIME"},
    {OPT_PORT, "port", 0, "PORT", "FILE", CMD_RUN | CMD_PLAY,
     "watch this port only (may be given again)"},
    {OPT_LINGER, "linger", 0, "TIME", 0, CMD_RUN | CMD_PLAY,
     "listen on for TIME when the tool has ended (2s)"},
    {OPT_WATCH, "watch", 0, 0, 0, CMD_RUN,
     "the screen of 'watch' while the tool runs (q leaves)"},
    {OPT_STRACE, "strace", 0, 0, 0, CMD_RUN,
     "look at its calls as strace does (the slow way)"},
    {OPT_ATTACH, "attach", 0, "PID", 0, CMD_RUN,
     "watch a tool that runs already (Ctrl-C lets it go)"},
    {OPT_HOST, "host", 0, "PORT", "FILE", CMD_TAP | CMD_WATCH,
     "the port on which the host's bytes arrive"},
    {OPT_DEVICE, "device", 0, "PORT", "FILE", CMD_TAP | CMD_WATCH,
     "the port on which the device's bytes arrive"},
    {OPT_RECORD, "record", 'r', "FILE", "FILE",
     CMD_LIVE | CMD_RUN | CMD_PLAY,
     "record a line (pcapng; tape text if FILE ends in .tape)"},
    {OPT_FORCE, "force", 0, 0, 0,
     CMD_LIVE | CMD_CONVERT | CMD_RUN | CMD_PLAY,
     "write over a file that is there already"},
    {OPT_PLAIN, "plain", 0, 0, 0,
     CMD_WATCH | CMD_PLAY | CMD_BRIDGE | CMD_TAP,
     "print lines, draw no screen"},
    {OPT_ACTIVE, "active", 0, 0, 0, CMD_WATCH,
     "the screen's keys that act on a line do not ask again"},
    {OPT_TO, "to", 0, "NAME", "tape pcapng raw", CMD_CONVERT | CMD_PLAY,
     "write tape, pcapng or raw, whatever OUT is; play: to PORT"},
    {OPT_SPEED, "speed", 0, "N", "max 0.5 2 10", CMD_PLAY,
     "play N times as fast, or max: do not wait at all"},
    {OPT_AS_DEVICE, "as-device", 0, 0, 0, CMD_PLAY,
     "TOOL talks to the recording in place of its port"},
    {OPT_LINK, "link", 0, "PATH", "FILE", CMD_PLAY,
     "make PATH a port behind which the recording answers"},
    {OPT_ALLOW, "allow", 0, "WHAT", "changes-state", CMD_PROBE,
     "changes-state: also probes that change something"},
    {OPT_ONLY, "only", 0, "SYSTEM", 0, CMD_PROBE,
     "probes of this system or rule only (may be given again)"},
    {OPT_DRY_RUN, "dry-run", 0, 0, 0, CMD_PROBE,
     "show what would be sent, send nothing"},
    {OPT_LISTEN, "listen", 0, "TIME", 0, CMD_PROBE,
     "listen for TIME before anything is sent (2s)"},
    {OPT_TIMEOUT, "timeout", 0, "TIME", 0, CMD_PROBE,
     "wait for TIME for an answer (0.6s and 40 characters)"},
    {OPT_YES, "yes", 'y', 0, 0, CMD_PLAY,
     "send without asking"},
    {OPT_RULES, "rules", 'R', "DIR", "DIR",
     CMD_LIVE | CMD_RULES | CMD_RUN | CMD_EXPLAIN | CMD_PLAY,
     "use the rules in this folder too (may be given again)"},
    {OPT_JSON, "json", 0, 0, 0,
     CMD_LIVE | CMD_RUN | CMD_PORTS | CMD_EXPLAIN,
     "print one JSON object a verdict or port, nothing else"},
    {OPT_AS, "as", 0, "BAUD,MODE", "auto", CMD_READ,
     "read the bytes again as if sent so; auto: search"},
    {OPT_COMPARE, "compare", 0, 0, 0, CMD_READ,
     "of a good and a bad recording: what differs first"},
    {OPT_HTML, "html", 0, "FILE", "FILE", CMD_READ,
     "also write a page with timeline and hexdump for a ticket"},
    {OPT_BUNDLE, "bundle", 0, "FILE", "FILE", CMD_READ,
     "put recording and reports into a ZIP file to share"},
    {OPT_REDACT, "redact", 0, 0, 0, CMD_READ,
     "leave serial numbers, keys, names out of the bundle"},
    {OPT_CSV, "csv", 0, 0, 0, CMD_READ,
     "print a table (comma-separated), a line a recording"},
    {OPT_NO_COLOR, "no-color", 0, 0, 0, CMD_ALL,
     "no colours (as NO_COLOR in the environment)"},
    {OPT_QUIET, "quiet", 'q', 0, 0,
     CMD_LIVE | CMD_CHECK | CMD_RUN | CMD_PLAY,
     "the headline only, no talk"},
    {OPT_VERBOSE, "verbose", 'v', 0, 0,
     CMD_READ | CMD_CONVERT | CMD_LIST | CMD_CHECK | CMD_EXPLAIN | CMD_PLAY,
     "more about how"},
    {OPT_PRICE, "price", 0, 0, 0, CMD_CHECK,
     "also what each rule costs: states, hits, steps, parts"},
    {OPT_FEED, "feed", 0, "N", 0, CMD_READ, 0 /* for tests: not listed */},
    {OPT_MARKDOWN, "markdown", 0, 0, 0, CMD_LIST,
     0 /* docs/COVERAGE.md: not listed */},
    {OPT_WAIT, "wait", 0, 0, 0, CMD_READ | CMD_WATCH,
     "wait for a line that is not there yet, or not any more"},
    {OPT_SYSROOT, "sysroot", 0, "DIR", "DIR",
     CMD_PORTS | CMD_READ | CMD_WATCH,
     "look at a copy of /sys, /proc, /dev ... in DIR"},
    {OPT_HELP, "help", 'h', 0, 0, CMD_ALL, "this help"},
    {OPT_VERSION, "version", 0, 0, 0, CMD_ALL, "the version of the program"},
    {OPT_IDS, 0, 0, 0, 0, 0, 0}};
/* clang-format on */
