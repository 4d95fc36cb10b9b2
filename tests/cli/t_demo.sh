#!/bin/sh
# make demo: with and without a terminal, and it ends by itself.
. "$(dirname "$0")/lib.sh"
[ "$MODE" = release ] || {
    skip "the demo is tried once"
    exit 0
}
timeout 60 make -s demo >"$tmp/out" 2>&1 </dev/null
is "make demo ends well" 0 $?
has "it says the named case" "$tmp/out" "0x68 = 'h' repeated"
if command -v script >/dev/null; then
    timeout 60 script -qec "env -u NO_COLOR TERM=xterm make -s demo" \
        /dev/null >"$tmp/out" 2>&1 </dev/null
    is "make demo on a terminal" 0 $?
    has "and says the same" "$tmp/out" "0x68 = 'h' repeated"
else skip "script is not here"; fi
finish
