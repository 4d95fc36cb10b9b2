#!/bin/sh
# What is recorded is what Wireshark shows.
. "$(dirname "$0")/lib.sh"
command -v tshark >/dev/null || {
    skip "tshark is not here"
    exit 0
}

cat >"$tmp/x.tape" <<'T'
# telltale tape 1
0.000000 [115200 8E1]
0.001000 > 7F
0.001500 [dtr+]
0.002000 < 68 68 68
0.003000 [frame-error]
0.004000 [parity-error]
0.005000 [break]
0.006000 [overrun]
0.007000 < "ok"
T
tt convert "$tmp/x.tape" "$tmp/x.pcapng"
is "convert" 0 $rc
tshark -r "$tmp/x.pcapng" >"$tmp/out" 2>/dev/null
for e in DATA_TX_START DATA_RX_START STATUS_CHANGE FRAMING_ERROR \
    PARITY_ERROR SERIAL_BREAK_EVENT SERIAL_OVERFLOW_EVENT; do
    has "tshark shows $e" "$tmp/out" "$e"
done
tshark -r "$tmp/x.pcapng" -T fields -e frame.packet_flags_direction \
    -e data.data 2>/dev/null >"$tmp/out"
has "direction out" "$tmp/out" '^(0x0*2|2).7f'
has "direction in" "$tmp/out" '^(0x0*1|1).6f6b'
tshark -r "$tmp/x.pcapng" -T fields -e rtacser.dtr 2>/dev/null |
    sort -u | tr '\n' ' ' >"$tmp/out"
has "DTR changes" "$tmp/out" '(0|False).*(1|True)'

# A verdict is a comment.
"$BENCH" wire |
    "$TELLTALE" watch --plain -q --format tape -r "$tmp/v.pcapng" - \
        >/dev/null 2>&1
tshark -r "$tmp/v.pcapng" -T fields -e frame.comment 2>/dev/null |
    grep . >"$tmp/out"
has "the verdict is a packet comment" "$tmp/out" "0x68 = 'h' repeated"
finish
