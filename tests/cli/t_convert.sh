#!/bin/sh
# convert: round trips, refusals, nothing half done.
. "$(dirname "$0")/lib.sh"

cat >"$tmp/a.tape" <<'T'
# telltale tape 1
# device: a test
# time: us
0.000000 [115200 8E1]
0.001000 > 7F
0.003112 < 68*8 "ok\r\n"
0.100000 [dtr-]
0.200000 [lost 12]
0.300000 < 00
T
tt convert "$tmp/a.tape" "$tmp/a.pcapng"
is "tape to pcapng" 0 $rc
tt convert "$tmp/a.pcapng" "$tmp/b.tape"
is "pcapng to tape" 0 $rc
tt convert "$tmp/b.tape" "$tmp/b.pcapng"
tt convert "$tmp/b.pcapng" "$tmp/c.tape"
cmp -s "$tmp/b.tape" "$tmp/c.tape" && ok "the second trip changes nothing" ||
    not_ok "the second trip changes something: $(diff "$tmp/b.tape" "$tmp/c.tape")"
grep -v '^#' "$tmp/b.tape" >"$tmp/lines"
for e in '\[115200 8E1\]' '> 7F' 'ok' '\[dtr-\]' '\[lost 12\]' '< 00'; do
    has "$e survives" "$tmp/lines" "$e"
done
tt convert "$tmp/a.tape" "$tmp/d.raw"
is "two lanes do not fit raw bytes" 2 $rc
has "and --lane is named" "$tmp/err" '--lane'
[ ! -e "$tmp/d.raw" ] && ok "nothing half done is left" || not_ok "d.raw is left"
tt convert --lane host "$tmp/a.tape" "$tmp/d.raw"
is "one lane fits" "7f" "$(od -An -tx1 "$tmp/d.raw" | tr -d ' ')"
tt convert "$tmp/a.tape" "$tmp/b.tape"
is "a file is not written over" 2 $rc
tt convert --force "$tmp/a.tape" "$tmp/a.tape"
is "nor its own input" 2 $rc
has "the input is whole" "$tmp/a.tape" '7F'
tt convert "$tmp/a.tape" "$tmp/x.elf"
is "an unknown ending exits 2" 2 $rc
has "it asks which format" "$tmp/err" 'which format'
tt convert "$tmp/none.tape" "$tmp/y.tape"
is "a missing input exits 2" 2 $rc
[ ! -e "$tmp/y.tape" ] && ok "and makes no file" || not_ok "y.tape is made"
"$TELLTALE" convert --to tape - - <"$tmp/a.pcapng" >"$tmp/e.tape"
cmp -s "$tmp/b.tape" "$tmp/e.tape" && ok "through pipes" ||
    not_ok "through pipes: $(diff "$tmp/b.tape" "$tmp/e.tape" | head -n 3)"
tt convert --since 50ms --until 150ms "$tmp/a.tape" "$tmp/f.tape"
grep -v '^#' "$tmp/f.tape" >"$tmp/lines"
hasnt "--since leaves out" "$tmp/lines" '7F'
has "--since keeps the speed" "$tmp/lines" '115200 8E1'
has "between" "$tmp/lines" 'dtr-'
hasnt "--until leaves out" "$tmp/lines" 'lost'
printf 'x' >"$tmp/full.bin"
"$TELLTALE" convert --to tape "$tmp/full.bin" - >/dev/full 2>"$tmp/err"
is "a full disk exits 2" 2 $?
tt convert captures/mtk-ok.tape ''
is "an empty name exits 2" 2 $rc
has "and is called that" "$tmp/err" 'an empty name'
finish
