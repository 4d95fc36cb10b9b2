#!/bin/sh
# Each header compiles alone; the public one also as C++.
set -eu
for h in include/*.h $(find src -name '*.h'); do
    ${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -Iinclude -Isrc \
        -fsyntax-only -x c "$h" || { echo "$h does not compile alone"; exit 1; }
done
if command -v c++ >/dev/null; then
    c++ -Iinclude -fsyntax-only -x c++ include/telltale.h
fi
