#!/bin/sh
# Recordings nobody here made: each verdict accounted for.
. "$(dirname "$0")/lib.sh"
[ "$MODE" = release ] || {
    skip "the corpus is read once"
    exit 0
}
sh tests/corpus/corpus.sh "$TELLTALE" || bad=1

# The page that says so is current.
corpus=${TELLTALE_CORPUS:-../shared/corpus}
if [ ! -f "$corpus/INDEX.tsv" ] || ! command -v python3 >/dev/null; then
    skip "docs/CORPUS.md: no corpus, or no python3"
else
    python3 tests/corpus/table.py "$TELLTALE" "$corpus" >"$tmp/page" \
        2>"$tmp/bad"
    is "each recording is accounted for" 0 $?
    cat "$tmp/bad"
    cmp -s "$tmp/page" docs/CORPUS.md && ok "docs/CORPUS.md is current" || {
        not_ok "docs/CORPUS.md is old (make corpus-doc)"
        diff docs/CORPUS.md "$tmp/page" | head -n 5
    }
fi
finish
