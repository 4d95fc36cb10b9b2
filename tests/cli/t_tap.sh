#!/bin/sh
# Two wires on two ports that only receive: one tape, true lanes, and the
# order between them marked as what it is.
. "$(dirname "$0")/lib.sh"
command -v socat >/dev/null || { skip "socat is not here"; finish; }

# wire NAME: a pty pair $tmp/NAME (where bytes come in) and $tmp/NAME.in
wire() {
    socat "pty,raw,echo=0,link=$tmp/$1" "pty,raw,echo=0,link=$tmp/$1.in" &
    eval "wire_$1=$!"
    wait_for 60 test -e "$tmp/$1.in"
}
said() { wait_for 60 grep -qs "$2" "$tmp/$1"; }

wire h
wire d
"$TELLTALE" tap --host "$tmp/h" --device "$tmp/d" -r "$tmp/t.pcapng" \
    >"$tmp/o" 2>"$tmp/e" &
pid=$!
said e listening || not_ok "tap does not start: $(cat "$tmp/e")"
for i in 1 2 3; do
    printf '\177' >"$tmp/h.in"
    said o "> 7F" || not_ok "no byte of the host"
    sleep 0.2
done
printf '\171' >"$tmp/d.in"
said o "< 79" || not_ok "no byte of the device"
printf '\000\377' >"$tmp/h.in"
said o "> 00 FF" || not_ok "no command"
kill -INT $pid
wait $pid
has "the host's bytes are the host's" "$tmp/o" '^[0-9.]+ > 7F'
has "the device's are the device's" "$tmp/o" '^[0-9.]+ < 79'
has "the order is said to be a guess" "$tmp/o" 'order between the lanes'
"$TELLTALE" read --json "$tmp/t.pcapng" >"$tmp/json"
has "the recording says so too" "$tmp/json" '"order_uncertain":true'
"$TELLTALE" convert --lane host "$tmp/t.pcapng" "$tmp/h.bin"
is "all bytes of the host" "7f7f7f00ff" \
    "$(od -An -v -tx1 "$tmp/h.bin" | tr -d ' \n')"

# 'watch' is the same, and one wire that is cut leaves the other.
rm -f "$tmp/o" "$tmp/e"
"$TELLTALE" watch --plain --host "$tmp/h" --device "$tmp/d" \
    >"$tmp/o" 2>"$tmp/e" &
pid=$!
said e listening
kill $wire_h
said e "the other wire" && ok "a wire that ends is told" ||
    not_ok "not told: $(cat "$tmp/e")"
printf 'still here' >"$tmp/d.in"
said o "still here" && ok "the other wire goes on" || not_ok "it does not"
kill $wire_d
wait_for 60 sh -c "! kill -0 $pid 2>/dev/null" && ok "without both it ends" ||
    not_ok "it goes on without any"
wait $pid

# What cannot be.
tt tap --host "$tmp/h"
is "one wire is no tap" 2 $rc
has "and why" "$tmp/err" 'go together'
tt tap
is "none is none" 2 $rc
has "and what is missing" "$tmp/err" 'both wires'
tt tap --host /dev/nothing --device "$tmp/d"
is "a port that is not there" 2 $rc
has "and which" "$tmp/err" '/dev/nothing'
tt watch --host a --device b c
is "a third port" 2 $rc
finish
