#!/bin/sh
# Who may send to a line: a person's key or recipe (seat), a recording after a
# question (play), a probe of the rules (probe_send).  Nobody else.
set -eu
bad=0
for f in $(grep -lw 'source_send' src/*/*.c); do
    case $f in
    src/source/act.c | src/cli/seat.c | src/cli/play_port.c | \
        src/cli/probe_send.c) ;;
    *)
        echo "$f sends to a line"
        bad=1
        ;;
    esac
done
# 'probe' has no bytes of its own: it writes nothing but by that one call.
if grep -nE '\b(write|send|pwrite|writev|source_control|source_break) *\(' \
    src/cli/cmd_probe.c src/cli/probe_*.c; then
    echo "probe acts on the line by itself"
    bad=1
fi
exit $bad
