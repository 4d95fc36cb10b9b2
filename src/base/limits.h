/*
 * limits - every cap on untrusted input, in one place, each with its reason.
 */
#ifndef TT_BASE_LIMITS_H
#define TT_BASE_LIMITS_H

enum {
    /* rule files */
    TT_MAX_RULE_FILE =
        4 << 20,         /* bytes; all of ours together are under 1 MiB */
    TT_MAX_LINE = 4096,  /* bytes of one logical line of a rule file */
    TT_MAX_RULES = 4096, /* a set; ten times what we hope to ship */
    TT_MAX_TABLES = 1024,
    TT_MAX_FIELDS = 16,        /* of one rule; they live in every hit */
    TT_MAX_STEPS = 32,         /* of a ladder; the longest known has 9 */
    TT_MAX_DEPTH = 16,         /* nested ( ) and operators: recursion limit */
    TT_MAX_REPEAT = 4096,      /* of one element */
    TT_MAX_NODES = 2048,       /* of one pattern */
    TT_MAX_EXPAND = 5000,      /* of one rule with its repeats written out;
                                  an engine needs up to 3 instructions each */
    TT_MAX_OPERATORS = 64,     /* of one condition: bounds recursion too */
    TT_MAX_NAME = 64,          /* bytes of a rule's, field's or table's name */
    TT_MAX_STATEMENTS = 500,   /* of one rule; the longest of ours has 40 */
    TT_MAX_ENTRIES = 1024,     /* of one table */
    TT_MAX_PROBE = 256,        /* bytes of a probe: the longest known has 46 */
    TT_MAX_TIME_S = 2678400,   /* 31 days: no wait of a rule is longer */
    TT_MAX_CH = 100000,        /* character times: 9 s at 115200 */
    TT_MAX_EXAMPLE = 16384,    /* records of one example */
    TT_MAX_DIAGS = 100,        /* then stop: this is not a rule file */
    TT_MAX_UNTIL = 8,          /* events that end a claim */
    TT_RULES_ARENA = 64 << 20, /* bytes of one rule set */
    TT_VALUE_BYTES = 128,      /* of a field that is kept for texts */

    /* tapes and formats */
    TT_MAX_RECORD = 1 << 20,   /* bytes of one record; longer is split */
    TT_MAX_TEXT_LINE = 65536,  /* bytes of a line of tape text */
    TT_MAX_LOG_LINE = 1 << 20, /* bytes of a line of a log; longer comes in
                                  pieces.  Loaders write 256 KiB as one line
                                  of pairs */
    TT_MAX_FILL = 16 << 20,    /* bytes that all "*" of a dump may stand for */
    TT_MAX_UNREAD = 32,        /* places remembered that were not understood */
    TT_PROBE_BYTES = 65536,    /* what is looked at to recognise a format */
    TT_MAX_BLOCK = 16 << 20,   /* bytes of one pcapng block; Wireshark's cap */
    TT_MAX_IFACES = 256,       /* interfaces of one pcapng section */
    TT_MAX_HELD = 1 << 20,     /* bytes of packets that are kept until it is
                                 clear which conversation is read */
    TT_MAX_HELD_S = 60,        /* and how much time they may cover */
    TT_MAX_PARTIES = 32,       /* conversations that a report names */
    TT_MAX_FLOWS = 256,        /* connections of one capture told apart */
    TT_MAX_AHEAD = 64,         /* segments of one side that wait for one before
                                 them */
    TT_MAX_AHEAD_BYTES = 1 << 20, /* and their bytes */
    TT_MAX_USB_DEVICES = 64, /* of one capture, each time one is plugged in */
    TT_MAX_USB_PORTS = 8,    /* of one device; the largest adapters have 4 */
    TT_MAX_USB_OPEN = 64,    /* control transfers under way at a time */
    TT_MAX_USB_STAGE = 64,   /* bytes that go out with one of them */

    TT_MAX_DIALOG = 32 << 20, /* bytes of a recording that is played as a
                                 device: twice the largest flash of a module */

    /* engine */
    TT_MAX_PROGRAM = 4608,  /* instructions of a rule: 64 frames of 72 bytes */
    TT_MAX_LEAD = 32,       /* bytes of a rule's lead */
    TT_MAX_THREADS = 64,    /* open attempts of one rule */
    TT_MAX_FRAME = 4096,    /* bytes[...]: longest frame */
    TT_WORK_BASE = 8 << 20, /* steps a tape may always cost: half a second */
    TT_WORK_RATE = 50,      /* steps a tape item may cost on average */
    TT_HISTORY = 65536,     /* bytes kept of each lane; a power of two */
    TT_MAX_SPANS = 6,       /* pieces of evidence of one hit */
    TT_MAX_PERIOD = 64,     /* bytes of a loop the sensor can see */

    /* reports */
    TT_MAX_ASKED = 1 << 20,   /* bytes of a text that is explained */
    TT_MAX_REDACT = 64 << 20, /* bytes of a recording that is redacted: all
                                  of it is held */
    TT_MAX_TURNS = 200000,    /* of each of two sessions that are compared */
    TT_MAX_NOTES = 20000,     /* labels on the bytes of one page */

    /* verdict */
    TT_MAX_MARKS = 256,     /* recent hits whose bytes are compared with new
                             ones; a frame seldom holds ten readings */
    TT_MAX_SHARES = 8,      /* rules known to stand on another's bytes; with
                             more, none of them counts as independent */
    TT_MAX_TEXTS = 4 << 20, /* bytes of all texts of one verdict */
    TT_MAX_SENTENCE = 4096  /* bytes of one of them; the longest rule line */
};

#endif
