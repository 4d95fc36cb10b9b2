#!/bin/sh
# Binary logs of other tools: IO Ninja, sigrok sessions.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || {
    skip "python3 is not here"
    exit 0
}
samples=${TELLTALE_SAMPLES:-$ROOT/../shared/samples}
make_log() { python3 tests/cli/binlogs.py "$@"; }
tape() { "$TELLTALE" convert "$1" - --to tape 2>/dev/null </dev/null; }

# ---- IO Ninja --------------------------------------------------------------
make_log njlog "$tmp/a.njlog"
tape "$tmp/a.njlog" | grep -v '^#' >"$tmp/got"
cat >"$tmp/want" <<'EOF'
0.001000 [open]
0.001000 [115200]
0.002000 [dtr+]
0.003000 [rts-]
0.004000 [57600]
0.005000 > 30 20
0.009000 < 14 10
0.012000 [lost]
0.013000 [lost]
0.020000 [open]
0.021000 < 55
0.030000 [close]
EOF
cmp -s "$tmp/want" "$tmp/got" && ok "IO Ninja log" || {
    not_ok "IO Ninja log"
    diff "$tmp/want" "$tmp/got"
}
tt read --json "$tmp/a.njlog"
has "it is said" "$tmp/out" '"format":"IO Ninja log"'
has "what is left out too" "$tmp/out" 'parity'
hasnt "room at its end is no damage" "$tmp/out" 'cut off'
tt read --json --feed 1 "$tmp/a.njlog"
has "byte by byte" "$tmp/out" '"host":2,"device":3,'
head -c 400 "$tmp/a.njlog" >"$tmp/b.njlog"
tt read --json "$tmp/b.njlog"
has "a cut one is called cut" "$tmp/out" 'IO Ninja log, cut off'
{
    head -c 120 "$tmp/a.njlog"
    head -c 500 /dev/zero
} >"$tmp/c.njlog"
tt read "$tmp/c.njlog"
has "a damaged one is told" "$tmp/out" 'where one should|no record'
head -c 40 "$tmp/a.njlog" >"$tmp/d.njlog"
tt read --format njlog "$tmp/d.njlog"
is "half a header: no crash" yes "$([ $rc -le 3 ] && echo yes)"
tt read --format njlog captures/stm32-id-ok.tape
is "no such log" 2 $rc
if [ -f "$samples/ssl.njlog" ]; then
    tt read --json "$samples/ssl.njlog"
    has "a published one" "$tmp/out" '"host":34,"device":63745,'
fi

# ---- sigrok sessions: the samples of a logic analyser ------------------------
make_log sr "$tmp/a.sr"
"$TELLTALE" convert "$tmp/a.sr" "$tmp/host.bin" --to raw --lane host
"$TELLTALE" convert "$tmp/a.sr" "$tmp/device.bin" --to raw --lane device
is "what the host's wire said" "7f00ff41540d0a" \
    "$(od -An -v -tx1 "$tmp/host.bin" | tr -d ' \n')"
is "what the device's wire said" \
    "79790b3100010211213144637382920d0a4f4b0d0a" \
    "$(od -An -v -tx1 "$tmp/device.bin" | tr -d ' \n')"
tt read "$tmp/a.sr"
has "speed and frame are measured" "$tmp/out" "wire 1 'RX': 115200 8E1, read as <"
make_log inverted "$tmp/b.sr"
tt read "$tmp/b.sr"
has "who speaks first is the host; levels of RS-232" "$tmp/out" \
    "wire 2 '1': 115200 8E1, inverted, read as >"
make_log idle "$tmp/c.sr"
tt read "$tmp/c.sr"
is "two idle wires are no line" 2 $rc
has "and what to do is told" "$tmp/err" 'sigrok-cli'
if [ -d "$samples/sigrok" ]; then
    "$TELLTALE" convert "$samples/sigrok/uart.sr" "$tmp/s.bin" --to raw \
        --lane host
    is "a session of which the truth is known: host" "7f00ff41540d0a5859" \
        "$(od -An -v -tx1 "$tmp/s.bin" | tr -d ' \n')"
    tt read "$samples/sigrok/uart.sr"
    has "a break and an error of the frame are seen" "$tmp/out" 'breaks: 1'
fi
corpus=${TELLTALE_CORPUS:-$ROOT/../shared/corpus}
for f in ampel64-8n2-ok es51978-dmm hello-world-115200-7e1 \
    hello-world-9600-8n1 midi-rockband modbus-brainchild-io16do \
    modbus-wizmodbus pan1321-at-error pan1321-at-init pan1321-init-triggered \
    pan1321-jdds-timeout pan1321-jsda-noconn-err2 pn532-mifare \
    rts-3-excess-bytes rxtx-overlapped tondaj-sl814-init; do
    [ -f "$corpus/uart-la/$f.sr" ] || continue
    is "$f.sr: the bytes that others find in it" same \
        "$(make_log truth "$corpus/uart-la/$f.sr" "$TELLTALE")"
done
finish
