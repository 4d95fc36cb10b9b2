/* One line a suite: add yours here and write tests/unit/test_NAME.c. */
#ifndef TT_TESTS_SUITES_H
#define TT_TESTS_SUITES_H

#include <check.h>

#define TT_SUITES(X) \
    X(arena)         \
    X(options)       \
    X(source)        \
    X(dialog)        \
    X(telnet)        \
    X(probe)         \
    X(outq)          \
    X(tape)          \
    X(tape_text)     \
    X(reader)        \
    X(logs)          \
    X(finder)        \
    X(captures)      \
    X(pcap)          \
    X(pcapng)        \
    X(pcapng_write)  \
    X(netbits)       \
    X(usbid)         \
    X(usb)           \
    X(usbmon)        \
    X(net)           \
    X(misread)       \
    X(ledger)        \
    X(judge)         \
    X(hop)           \
    X(plain)         \
    X(engine)        \
    X(session)       \
    X(prove)         \
    X(report)        \
    X(explain)       \
    X(triage)        \
    X(private)       \
    X(write)         \
    X(rules)         \
    X(rules_golden)  \
    X(rules_print)   \
    X(rules_eval)    \
    X(rules_docs)    \
    X(fixed)         \
    X(rows)          \
    X(view)          \
    X(look)          \
    X(lines)         \
    X(filestore)

#define TT_DECLARE(name) Suite *name##_suite(void);
TT_SUITES(TT_DECLARE)
#undef TT_DECLARE

#endif
