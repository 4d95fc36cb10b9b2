#!/bin/sh
# Every global of the library starts with tt_: a static archive cannot hide
# its symbols, so the prefix is the protection.
set -eu
lib=${LIB:-build/release/libtelltale.a}
[ -f "$lib" ] || { echo "symbols: $lib is not built, skipped"; exit 0; }
bad=$(nm -g --defined-only "$lib" 2>/dev/null |
    awk 'NF == 3 && $3 !~ /^(tt_|_?_?(asan|odr|gcov|sanitizer|llvm|ubsan|start|stop)|__)/ { print $3 }')
[ -z "$bad" ] || { echo "globals without tt_: $bad"; exit 1; }
