#!/bin/sh
# A healthy dialogue that is cut off after a call of the host is not healthy.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
python3 tests/cli/cutoff.py "$TELLTALE" || bad=1
finish
