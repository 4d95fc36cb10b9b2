#!/bin/sh
# Every capture says what is expected of it: whole, in pieces of one byte,
# and after a trip through pcapng.
. "$(dirname "$0")/lib.sh"

sh tests/golden.sh "$TELLTALE" || bad=1
finish
