#!/bin/sh
# Bytes that several protocols begin with: what follows decides, and one byte
# alone gives a list of what would decide, not a verdict.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
python3 tests/confusion/confusion.py "$TELLTALE" || bad=1
finish
