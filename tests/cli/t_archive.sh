#!/bin/sh
# Archives of several recordings: read as a folder is, a line each.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null && command -v tar >/dev/null || {
    skip "python3 or tar is not here"
    exit 0
}
mkdir -p "$tmp/d/sub"
cp captures/stm32-id-ok.tape "$tmp/d/a.tape"
cp captures/stm32-app-prints-h.tape "$tmp/d/sub/b.tape"
gzip -c "$tmp/d/a.tape" >"$tmp/d/c.gz"
echo hidden >"$tmp/d/.no"
long=$(printf '%0150d' 7)
cp captures/stm32-id-ok.tape "$tmp/d/$long.tape"
(
    cd "$tmp" || exit 1
    python3 "$ROOT/tests/cli/binlogs.py" zip m.zip d/a.tape d/.no d/c.gz \
        d/sub/b.tape "d/$long.tape"
    tar cf gnu.tar --format=gnu d
    tar cf pax.tar --format=pax d
    tar czf m.tgz d
    python3 "$ROOT/tests/cli/binlogs.py" zip nested.zip m.zip
    python3 "$ROOT/tests/cli/binlogs.py" zip empty.zip
    gzip -c m.tgz >twice.gz
)
for f in m.zip gnu.tar pax.tar m.tgz; do
    tt read "$tmp/$f"
    is "$f: the worst decides" 1 $rc
    is "$f: a line each, nothing hidden" 4 "$(grep -c "$f/d/" "$tmp/out")"
    has "$f: in folders too" "$tmp/out" "^FAULT .*$f/d/sub/b.tape"
    has "$f: compressed ones" "$tmp/out" "^OK .*$f/d/c.gz"
    has "$f: long names" "$tmp/out" "$f/d/$long.tape"
    tt read --json "$tmp/$f"
    is "$f: JSON has a line each" 4 "$(grep -c '^{"telltale":1' "$tmp/out")"
    tt read "$tmp/$f/d/sub/b.tape"
    has "$f: one by its name" "$tmp/out" 'FAULT  0x68'
    "$TELLTALE" convert "$tmp/$f/d/a.tape" - --to tape >"$tmp/got" 2>/dev/null
    "$TELLTALE" convert "$tmp/d/a.tape" - --to tape >"$tmp/want" 2>/dev/null
    cmp -s "$tmp/got" "$tmp/want" && ok "$f: convert" || not_ok "$f: convert"
    tt read "$tmp/$f/d/none"
    is "$f: a name that is not in it" 2 $rc
    has "$f: is told" "$tmp/err" 'no such file in'
done
tt read "$tmp/d" "$tmp/m.tgz"
is "archives beside folders" 8 "$(grep -c '/d/' "$tmp/out")"

tt read "$tmp/empty.zip"
is "an empty one" 2 $rc
has "is told" "$tmp/err" 'no file in this ZIP'
tt read "$tmp/nested.zip"
is "an archive in an archive" 2 $rc
has "is told, not read as bytes" "$tmp/err" 'inside another'
tt read "$tmp/twice.gz"
is "compressed twice" 2 $rc
has "is told" "$tmp/err" 'more than once'
cat "$tmp/m.zip" | "$TELLTALE" read - >"$tmp/out" 2>"$tmp/err"
is "an archive through a pipe" 2 $?
has "is told" "$tmp/err" 'through a pipe'
head -c $(($(wc -c <"$tmp/m.tgz") / 2)) "$tmp/m.tgz" >"$tmp/cut.tgz"
tt read "$tmp/cut.tgz"
is "a cut one" 2 $rc
has "is told" "$tmp/err" 'damaged or cut off'
cp "$tmp/gnu.tar" "$tmp/bad.tar"
printf 'X' | dd of="$tmp/bad.tar" bs=1 seek=560 conv=notrunc 2>/dev/null
tt read "$tmp/bad.tar"
is "a header that lies" 2 $rc
tt read "$tmp/d/a.tape/x"
is "a file is no folder" 2 $rc
if [ "$MODE" = release ]; then
    head -c 400000000 /dev/zero >"$tmp/zero"
    (cd "$tmp" && python3 "$ROOT/tests/cli/binlogs.py" zip bomb.zip zero)
    tt read "$tmp/bomb.zip"
    is "a bomb" 2 $rc
    has "is stopped" "$tmp/err" 'far more than a recording'
fi
finish
