#!/bin/sh
# Failures that people reported: the cause found there is the verdict.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
python3 tests/cli/field.py "$TELLTALE" || bad=1
finish
