#!/bin/sh
# Recordings that somebody compressed.
. "$(dirname "$0")/lib.sh"
command -v gzip >/dev/null || {
    skip "no gzip"
    exit 0
}
log=tests/logs/socat-x.log
tape() { "$TELLTALE" convert "$1" - --to tape 2>/dev/null </dev/null; }
tape $log >"$tmp/want"

gzip -c $log >"$tmp/a.gz"
tape "$tmp/a.gz" >"$tmp/got"
cmp -s "$tmp/want" "$tmp/got" && ok "gzip" || not_ok "gzip"
tt read --json "$tmp/a.gz"
has "it is said" "$tmp/out" '"format":"gzip, socat log"'
"$TELLTALE" read --json - <"$tmp/a.gz" >"$tmp/out" 2>/dev/null
has "from a pipe" "$tmp/out" '"format":"gzip, socat log"'
tt read --json --feed 1 "$tmp/a.gz"
has "byte by byte" "$tmp/out" '"format":"gzip, socat log"'
tt read --json --format raw "$tmp/a.gz"
has "raw means raw" "$tmp/out" '"format":"raw bytes"'

head -n 4 $log | gzip -c >"$tmp/b.gz"
tail -n 4 $log | gzip -c >>"$tmp/b.gz"
tape "$tmp/b.gz" >"$tmp/got"
cmp -s "$tmp/want" "$tmp/got" && ok "two members" || not_ok "two members"

# One frame of zstd with one block that is not compressed (RFC 8878, 3.1.1).
head -n 4 $log >"$tmp/c"
n=$(wc -c <"$tmp/c")
{
    printf '\050\265\057\375\040'
    # shellcheck disable=SC2059
    printf "\\$(printf %03o "$n")"
    v=$((n * 8 + 1))
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $((v % 256)))\\$(printf %03o $((v / 256)))\\000"
    cat "$tmp/c"
} >"$tmp/c.zst"
tt read --json "$tmp/c.zst"
has "zstd" "$tmp/out" '"format":"zstd, socat log"'

# Broken ones: what came before counts, and it is said.
head -c 150 "$tmp/a.gz" >"$tmp/cut.gz"
tt read --json "$tmp/cut.gz"
is "a cut file" 2 $rc
has "is told" "$tmp/err" 'ends in the middle'
has "what came before counts" "$tmp/out" '"format":"gzip, socat log"'
{
    head -c $(($(wc -c <"$tmp/a.gz") - 8)) "$tmp/a.gz"
    printf 'zzzzzzzz'
} >"$tmp/bad.gz"
tt read "$tmp/bad.gz"
is "a damaged file" 2 $rc
has "that is told" "$tmp/err" 'damaged'
: >"$tmp/empty"
gzip -c "$tmp/empty" >"$tmp/empty.gz"
tt read "$tmp/empty.gz"
is "nothing in it" 2 $rc

# A small file that never ends.
if [ "$MODE" = release ]; then
    head -c 300000000 /dev/zero | gzip -9 -c >"$tmp/bomb.gz"
    tt convert "$tmp/bomb.gz" "$tmp/bomb.raw" --to raw
    is "a bomb" 2 $rc
    has "it is told" "$tmp/err" 'no recording'
fi
finish
