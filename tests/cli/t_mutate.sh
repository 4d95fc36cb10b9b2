#!/bin/sh
# Dialogues cut short, mixed, disturbed: no fault is made up of them.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
cuts=12
[ "$MODE" = asan ] && cuts=2
python3 tests/cli/mutate.py "$TELLTALE" $cuts || bad=1
finish
