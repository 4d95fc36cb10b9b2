#!/bin/sh
# "read --compare": what differs first, and what does not matter.
. "$(dirname "$0")/lib.sh"

cmp2() { # the two tapes are in $tmp/g and $tmp/b
    tt read --compare "$tmp/g" "$tmp/b"
}
tt read --compare captures/stm32-id-ok.tape captures/stm32-parity.tape
is "a difference exits 1" 1 $rc
has "what" "$tmp/out" 'DIFFERS  the device sends something else, at turn 4'
has "the good one, with its label" "$tmp/out" 'good .*< 79 22 00 00 79 .*Get Version'
has "the bad one" "$tmp/out" 'bad .*< 1F .*refused'
has "both verdicts" "$tmp/out" 'BAD .*fault: '
tt read --compare captures/stm32-id-ok.tape captures/stm32-app-prints-h.tape
has "talk before the call is not the place" "$tmp/out" 'bad .*< 68\*24'
has "but mentioned" "$tmp/out" '^    also  - the device sends something else'
tt read --compare captures/stm32-write-ok.tape captures/stm32-block-refused.tape
has "blocks of other data are passed over" "$tmp/out" 'bad .*< 1F'
has "and the answer is the difference" "$tmp/out" \
    'DIFFERS  the device sends something else'
tt read --compare captures/mtk-ok.tape captures/mtk-stalled.tape
has "the answer that does not come" "$tmp/out" 'DIFFERS  here nothing comes'
tt read --compare captures/mtk-ok.tape captures/mtk-ok.tape
is "the same exits 0" 0 $rc
has "the same" "$tmp/out" 'ALIKE'

head='# telltale tape 1
# time: ms
'
printf '%s0.0 [115200 8E1] > 7F\n0.01 < 79\n0.02 > 01 FE\n0.03 < 79\n' "$head" >"$tmp/g"
printf '%s0.0 [57600 8E1] > 7F\n0.01 < 79\n0.02 > 01 FE\n0.03 < 79\n' "$head" >"$tmp/b"
cmp2
has "the same at another speed: mentioned" "$tmp/out" 'set otherwise: good \[115200 8E1\].*'
is "but it did not matter" 0 $rc
printf '%s0.0 [57600 8E1] > 7F\n0.01 < 80 F8\n' "$head" >"$tmp/b"
cmp2
has "another speed comes before another answer" "$tmp/out" 'DIFFERS  the line is set otherwise'
has "the speeds" "$tmp/out" 'bad  \[57600 8E1\]'
printf '%s0.0 [115200 8E1] > 7F\n0.01 [frame-error] < 79\n0.02 > 01 FE\n0.03 < 1F\n' "$head" >"$tmp/b"
cmp2
has "errors of the line come before another answer" "$tmp/out" 'DIFFERS  the line has errors'
printf '%s0.0 [115200 8E1] > 7F\n3.01 < 79\n3.02 > 01 FE\n3.03 < 79\n' "$head" >"$tmp/b"
cmp2
has "much later is mentioned" "$tmp/out" 'much later'
printf '%s0.0 [115200 8E1] > 7F\n0.04 < 79\n0.05 > 01 FE\n0.06 < 79\n' "$head" >"$tmp/b"
cmp2
hasnt "a little later is not" "$tmp/out" 'later'
printf '%s0.0 [115200 8E1] > 7F\n1.0 > 7F\n1.01 < 79\n1.02 > 01 FE\n1.03 < 79\n' "$head" >"$tmp/b"
cmp2
is "a call that had to be repeated does not matter" 0 $rc
printf '%s0.0 [dtr+] > 7F\n0.01 < 79\n0.02 > 01 FE\n0.03 < 79\n' "$head" >"$tmp/b"
cmp2
has "control lines are mentioned" "$tmp/out" 'control lines move otherwise'
printf '< "\\033[31m"\n' >"$tmp/b"
cmp2
hasnt "no escape reaches the terminal" "$tmp/out" "$(printf '\033')"

tt read --compare captures/mtk-ok.tape
is "one recording exits 2" 2 $rc
tt read --compare captures/mtk-ok.tape "$tmp/none"
is "a missing one exits 2" 2 $rc
has "and is said" "$tmp/err" 'no such file'
if command -v python3 >/dev/null; then
    "$TELLTALE" read --json --compare captures/stm32-id-ok.tape \
        captures/stm32-parity.tape >"$tmp/json"
    python3 - "$tmp/json" <<'X' && ok "JSON" || not_ok "JSON"
import json, sys
d = json.load(open(sys.argv[1]))
x = d["difference"]
assert d["telltale"] == 1 and d["alike"] == 3 and d["bad"]["status"] == "fault"
assert x["what"] == "device" and x["good"]["turn"] == 4
assert x["bad"]["text"].endswith("(Get Version, refused (NACK))")
X
else skip "no python3"; fi
finish
