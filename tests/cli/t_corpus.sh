#!/bin/sh
# Recordings nobody here made: each verdict accounted for.
. "$(dirname "$0")/lib.sh"
[ "$MODE" = release ] || {
    skip "the corpus is read once"
    exit 0
}
sh tests/corpus/corpus.sh "$TELLTALE" || bad=1
finish
