#!/bin/sh
# Recordings nobody here made, where they are at hand: none of the healthy
# and none of the foreign ones may be called a fault.
. "$(dirname "$0")/lib.sh"
corpus=${TELLTALE_CORPUS:-../shared/corpus}
[ -f "$corpus/INDEX.tsv" ] || {
    skip "no corpus (TELLTALE_CORPUS names one)"
    exit 0
}
[ "$MODE" = release ] || {
    skip "the corpus is read once"
    exit 0
}
# Text that was decoded to describe the file (.sr, .pcapng of USB) is not for
# this version; raw bytes and text are.
list() {
    find "$corpus/negatives" "$corpus/gps" -type f 2>/dev/null
    awk -F'\t' -v c="$corpus" '!/^#/ && $6 == "negative" { print c "/" $1 }' \
        "$corpus/INDEX.tsv"
}
list | sort -u >"$tmp/list"
while read -r f; do
    [ -f "$f" ] || continue
    timeout 60 "$TELLTALE" read -q --json "$f" >"$tmp/out" 2>"$tmp/err"
    rc=$?
    case $rc in
    0 | 3) ok "${f#"$corpus/"}" ;;
    2) # not a recording this version reads: said in a sentence
        if [ -s "$tmp/err" ]; then ok "${f#"$corpus/"} (not read)"; else
            not_ok "${f#"$corpus/"}: exit 2 without a word"
        fi ;;
    *) not_ok "${f#"$corpus/"}: exit $rc: $(cut -c1-200 "$tmp/out")" ;;
    esac
done <"$tmp/list"
finish
