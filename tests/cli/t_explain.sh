#!/bin/sh
# "explain": bytes, messages, pasted logs; known, near and unknown ones.
. "$(dirname "$0")/lib.sh"

tt explain 0x68
is "a byte is known" 0 $rc
cp "$tmp/out" "$tmp/byte"
has "it is a list, not a verdict" "$tmp/byte" 'a single byte proves nothing'
has "with what would decide" "$tmp/byte" '68 L L 68'
has "and says so" "$tmp/byte" 'not a verdict'
hasnt "no sure word" "$tmp/byte" 'FAULT|is, [0-9]+ bits'
tt explain 'handshaking... error unexpected response 0x68'
cp "$tmp/out" "$tmp/hand"
has "a tool of no name: what to look at" "$tmp/hand" 'BOOT0'
has "and the readings of the byte" "$tmp/hand" "prints 'h'"
tt explain 'expected 0xfd got 0xa0'
cp "$tmp/out" "$tmp/mtk"
has "part of a message: the tool" "$tmp/mtk" 'message  bypass_utility'
has "what it means" "$tmp/mtk" 'reads old answers'
has "who waits for FD" "$tmp/mtk" 'hardware code'
has "how to get the evidence" "$tmp/mtk" \
    'telltale run -r case.pcapng -- bypass_utility'
tt explain 'stk500_getsync() not in sync: resp=0x68'
cp "$tmp/out" "$tmp/avr"
has "another tool" "$tmp/avr" 'message  avrdude'
has "its byte" "$tmp/avr" 'read 0x68 where 0x14'
for a in byte hand mtk avr; do
    for b in byte hand mtk avr; do
        [ $a = $b ] || ! cmp -s "$tmp/$a" "$tmp/$b" ||
            not_ok "$a and $b are the same answer"
    done
done

tt explain expected 0xfd got 0xa0
is "words need no quotes" 0 "$(cmp "$tmp/mtk" "$tmp/out" >&2; echo $?)"
rc=0
printf 'esptool.py v4.7\nA fatal error occurred: Failed to connect to ESP32: No serial data received.\n' >"$tmp/paste.txt"
tt explain "$tmp/paste.txt"
is "a file's name stands for its text" 0 $rc
has "what is in it" "$tmp/out" 'rule esp.tool.no-data'
has "and that is said" "$tmp/err" 'paste.txt is a file: its text is explained'
tt explain "$tmp/paste.txt" too
is "with more words it is a word" 3 $rc
rc=0
"$TELLTALE" explain - >"$tmp/out" 2>"$tmp/err" <<'X' || rc=$?
$ avrdude -c arduino -p m328p -P /dev/ttyUSB0
avrdude: stk500_recv(): programmer is not responding
avrdude: stk500_getsync() attempt 1 of 10: not in sync: resp=0x6f
avrdude: stk500_recv(): programmer is not responding
X
is "a pasted log" 0 $rc
has "the whole of it is looked at" "$tmp/out" 'is no received byte'

tt explain 'Failed to init device'
is "near is not known" 3 $rc
has "what is near is named" "$tmp/out" 'near  stm32flash'
tt explain 'the quick brown fox'
is "unknown exits 3" 3 $rc
has "unknown: how to get more" "$tmp/out" 'telltale run'
tt explain '   '
is "nothing to explain exits 2" 2 $rc
tt explain
is "no text exits 2" 2 $rc
tt explain "$(printf '\033[31mred')"
hasnt "no escape reaches the terminal" "$tmp/out" "$(printf '\033')"
if command -v python3 >/dev/null; then
    "$TELLTALE" explain --json 'expected 0xfd got 0xa0' >"$tmp/json"
    python3 - "$tmp/json" <<'X' && ok "JSON is complete" || not_ok "JSON"
import json, sys
d = json.load(open(sys.argv[1]))
m = d["means"][0]
assert d["telltale"] == 1 and d["known"] is True
assert d["bytes"] == "A0" and d["wanted"] == "FD"
assert m["rule"] == "mtk.tool.offset" and m["how"] == "message"
assert m["tool"] == "bypass_utility" and "0xa0" in m["text"]
assert m["cause"] and m["fix"] and m["next"] and m["get"]
X
else skip "no python3"; fi
finish
