#!/bin/sh
# No verdict on a megabyte each of what means nothing ("make quiet": more).
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
size=1000000
[ "$MODE" = asan ] && size=150000
sh tests/noise/quiet.sh "$TELLTALE" $size || bad=1
finish
