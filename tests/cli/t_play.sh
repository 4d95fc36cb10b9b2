#!/bin/sh
# A recording played back: as lines, onto a line, and as the device that real
# tools talk to, against recordings of these tools made here.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/runlib.sh"

# play ARGS...: $rc, $tmp/out, $tmp/err
play() {
    rc=0
    "$TELLTALE" play "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
}
# The verdict's rule on a tape.
rule_of() {
    "$TELLTALE" read --json "$1" | sed 's/.*"headline":{"rule":"\([^"]*\)".*/\1/'
}
# The headers of two tapes differ; what was said may not.
same_lanes() { # NAME TAPE TAPE
    for lane in host device; do
        is "$1: the $lane's bytes" "$(tape_bytes "$2" $lane)" \
            "$(tape_bytes "$3" $lane)"
    done
}

# ---- lines -------------------------------------------------------------------
for c in stm32-id-ok avrdude-ok app-prints-h; do
    play --speed max captures/$c.tape
    is "$c as lines" 0 $rc
    is "$c as lines: nothing is said" "" "$(cat "$tmp/err")"
    cp "$tmp/out" "$tmp/lines.tape"
    same_lanes "$c as lines" captures/$c.tape "$tmp/lines.tape"
    is "$c as lines: the verdict" "$(rule_of captures/$c.tape)" \
        "$(rule_of "$tmp/lines.tape")"
done
printf '# time: ms\n0.000 > 41\n0.900 < 42\n1.000 $ "x"\n' >"$tmp/s.tape"
t=$(date +%s%N)
play "$tmp/s.tape"
t=$((($(date +%s%N) - t) / 1000000))
[ $t -ge 1000 ] && ok "in its own time" || not_ok "1 s was played in $t ms"
t=$(date +%s%N)
play --speed 2 "$tmp/s.tape"
t=$((($(date +%s%N) - t) / 1000000))
[ $t -ge 500 ] && ok "twice as fast" || not_ok "500 ms were played in $t ms"
play --speed max --lane device "$tmp/s.tape"
is "one lane" "0.900000 < 42" "$(grep -v '^#' "$tmp/out" | head -n 1)"
hasnt "one lane: not the others" "$tmp/out" '[>$] '
play --speed max --since 800ms --until 950ms "$tmp/s.tape"
is "a part" "0.900000 < 42" "$(grep -v '^#' "$tmp/out" | tr '\n' ' ' | sed 's/ $//')"
printf '> 41 5min < 42\n' >"$tmp/long.tape"
(
    rc=0
    timeout 20 "$TELLTALE" play "$tmp/long.tape" >"$tmp/long.out" || rc=$?
    echo $rc >"$tmp/long.rc"
) &
wait_for 60 grep -qs '> 41' "$tmp/long.out" && ok "a line comes at once" ||
    not_ok "the first line does not come before the second"
rc=0
"$TELLTALE" play --speed max captures/stm32-write-ok.tape 2>"$tmp/err" |
    head -n 1 >"$tmp/out" || rc=$?
is "a reader that goes away" "0 " "$rc $(cat "$tmp/err")"
printf '# telltale tape 1\n0.1 > 41\nnonsense here\n0.2 < 42\n' >"$tmp/bad.tape"
play --speed max "$tmp/bad.tape"
is "a line that is not understood" 0 $rc
has "it is told about" "$tmp/err" 'not understood at line 3'

# ---- what is no way to play -----------------------------------------------------
play
is "nothing to play" 2 $rc
play "$tmp/nothing.tape"
is "no such file" 2 $rc
play captures/stm32-id-ok.tape captures/avrdude-ok.tape
has "one at a time" "$tmp/err" 'one recording is played'
play --as-device captures/stm32-id-ok.tape
has "which tool" "$tmp/err" 'which tool shall talk to it'
play --as-device --link "$tmp/x" captures/stm32-id-ok.tape -- true
has "one way at a time" "$tmp/err" 'one of --as-device, --link and --to'
for v in 0 -1 x 1001 1x ''; do
    play --speed "$v" captures/stm32-id-ok.tape
    is "--speed '$v'" 2 $rc
done
play -r "$tmp/r.tape" captures/stm32-id-ok.tape
is "-r without a tool" 2 $rc
play --port x captures/stm32-id-ok.tape
is "--port without a tool" 2 $rc
printf '# telltale tape 1\n0.1 [open]\n' >"$tmp/empty.tape"
play --as-device "$tmp/empty.tape" -- true
is "a recording without bytes is no device" 2 $rc
tt convert --to nonsense a b
has "convert --to is still one of its formats" "$tmp/err" 'one of tape'

# ---- stm32flash and a recording of itself ------------------------------------------
if command -v stm32flash >/dev/null; then
    device stm32
    head -c 600 "$TELLTALE" >"$tmp/fw.bin"
    run -- stm32flash -w "$tmp/fw.bin" -v "$port"
    gone
    is "stm32flash is recorded" 0 $rc
    cp "$tmp/out" "$tmp/bare.out"
    mv "$tmp/rec.tape" "$tmp/stm32.tape"
    play --as-device --port "$port" -r "$tmp/again.tape" "$tmp/stm32.tape" -- \
        stm32flash -w "$tmp/fw.bin" -v "$port"
    is "stm32flash: exit status" 0 $rc
    cmp -s "$tmp/bare.out" "$tmp/out" && ok "stm32flash: its output is the same" ||
        not_ok "stm32flash: another output"
    hasnt "stm32flash: it stays on the recording" "$tmp/err" 'left'
    has "stm32flash: all was said" "$tmp/err" \
        '([0-9]+) of \1 bytes of the host were reached, ([0-9]+) of \2 bytes'
    same_lanes stm32flash "$tmp/stm32.tape" "$tmp/again.tape"
    is "stm32flash: the verdict" "$(rule_of "$tmp/stm32.tape")" \
        "$(rule_of "$tmp/again.tape")"
    has "stm32flash: its frame is on the tape" "$tmp/again.tape" '57600 8E1'
    is "stm32flash: the same events" "$(events "$tmp/stm32.tape")" \
        "$(events "$tmp/again.tape")"
    # Another firmware: the same way until the first byte that differs.
    head -c 700 "$TELLTALE" | tail -c 600 >"$tmp/other.bin"
    play --speed max --as-device "$tmp/stm32.tape" --port "$port" -- \
        timeout 30 stm32flash -w "$tmp/other.bin" "$port"
    is "another firmware: the tool fails" 1 $((rc != 0))
    has "another firmware: where" "$tmp/err" \
        'left the recording: byte [0-9]+ of the host \(at [0-9.]+ s there\) and on is [0-9A-F ]+'
    has "another firmware: in the end" "$tmp/err" 'the tool had left the recording'
    # Shipped captures; a port that this machine does not have.
    for c in stm32-app-prints-h:1 stm32-id-ok:0 stm32-echo:1 stm32-silent:1; do
        play --as-device "captures/${c%:*}.tape" --linger 600ms \
            -r "$tmp/again.tape" --force -- stm32flash /dev/ttyUSB77
        is "${c%:*}: exit status" "${c#*:}" $rc
        is "${c%:*}: the verdict" "$(rule_of "captures/${c%:*}.tape")" \
            "$(rule_of "$tmp/again.tape")"
    done
    play --as-device captures/stm32-id-ok.tape -- stm32flash -b 9600 /dev/ttyS9
    is "what was recorded without a speed fits any" 0 $rc
    play --as-device "$tmp/stm32.tape" --port "$port" -- stm32flash -b 9600 "$port"
    has "another speed than recorded is told" "$tmp/err" 'uses 9600 8E1.* 57600 8E1'
else skip "stm32flash is not here"; fi

# ---- avrdude: resets by DTR and RTS -------------------------------------------------
if command -v avrdude >/dev/null; then
    device stk500
    run -- avrdude -c arduino -p m328p -P "$port"
    gone
    mv "$tmp/rec.tape" "$tmp/avr.tape"
    for speed in 1 max; do
        play --speed $speed --as-device "$tmp/avr.tape" --port "$port" \
            -r "$tmp/again.tape" --force -- \
            avrdude -c arduino -p m328p -P "$port"
        is "avrdude at $speed: exit status" 0 $rc
        hasnt "avrdude at $speed: on the recording" "$tmp/err" \
            'telltale:.*(left|repeats)'
        same_lanes "avrdude at $speed" "$tmp/avr.tape" "$tmp/again.tape"
        is "avrdude at $speed: its resets" "$(events "$tmp/avr.tape")" \
            "$(events "$tmp/again.tape")"
    done
    # Twice in one go: the board of the recording is reset and begins again.
    play --speed max --as-device "$tmp/avr.tape" --port "$port" -- sh -c \
        "avrdude -c arduino -p m328p -P '$port' &&
         avrdude -c arduino -p m328p -P '$port'"
    is "avrdude twice: exit status" 0 $rc
    has "avrdude twice: that is counted" "$tmp/err" 'resets or new opens 1'
    # Through a name for anybody.
    "$TELLTALE" play --link "$tmp/board" --speed max -r "$tmp/link.tape" \
        "$tmp/avr.tape" 2>"$tmp/link.err" &
    link=$!
    wait_for 60 test -e "$tmp/board" || not_ok "no link"
    for i in 1 2; do
        avrdude -c arduino -p m328p -P "$tmp/board" >"$tmp/out" 2>"$tmp/err"
        is "avrdude and a link, time $i" 0 $?
    done
    tt play --link "$tmp/board" "$tmp/avr.tape"
    is "the name is taken" 2 $rc
    kill -TERM $link
    wait $link
    is "a link: exit status" 0 $?
    [ ! -e "$tmp/board" ] && ok "the link is gone" || not_ok "the link is left"
    has "a link: what was played" "$tmp/link.err" 'resets or new opens 1'
    is "a link: two opens on the tape" 2 "$(grep -c '\[open\]' "$tmp/link.tape")"
else skip "avrdude is not here"; fi

# ---- links that lead nowhere, that nobody opens, that hear something else -------------
ln -s "$tmp/nowhere" "$tmp/old"
play --link "$tmp/old" --for 300ms captures/stm32-id-ok.tape
is "nobody opens it" 3 $rc
has "nobody opens it: said" "$tmp/err" 'nobody opened'
: >"$tmp/file"
play --link "$tmp/file" captures/stm32-id-ok.tape
is "a file in the way" 2 $rc
[ -f "$tmp/file" ] && ok "it is left alone" || not_ok "it is gone"
"$TELLTALE" play --link "$tmp/odd" captures/stm32-id-ok.tape 2>"$tmp/odd.err" &
link=$!
wait_for 60 test -e "$tmp/odd"
printf 'HELLO' >"$tmp/odd"
wait_for 60 grep -q 'left the recording' "$tmp/odd.err"
has "something else is said where" "$tmp/odd.err" \
    'byte 0 of the host .* and on is 7F [0-9A-F ]+, it sent 48 45 4C 4C 4F;'
kill -INT $link
wait $link
is "something else: exit status" 1 $?

# ---- python3-serial ---------------------------------------------------------------
if "$PY" -c 'import serial' 2>/dev/null; then
    cat >"$tmp/reset.tape" <<'END'
# time: ms
0.000 [open] [dtr+] [rts+]
0.010 < "noise"
0.100 [dtr-]
0.150 [dtr+]
0.250 < "boot\r\n"
0.300 > "v"
0.310 < "1.0"
0.400 > "x"
0.401 < "y"
0.500 [dtr-] [rts-] [close]
END
    cat >"$tmp/reset.py" <<'END'
import serial
p = serial.Serial("/dev/ttyACM7", 115200, timeout=20)
assert p.read(5) == b"noise"
for i in range(3):
    p.dtr = False
    p.dtr = True
    assert p.read(6) == b"boot\r\n", i
    p.write(b"v")
    assert p.read(3) == b"1.0"
p.write(b"x")
assert p.read(1) == b"y"
p.write(b"v")                  # asked again
assert p.read(3) == b"1.0"
p.timeout = 0.3
p.write(b"lost")               # no answer to what nobody recorded
assert p.read(1) == b""
p.timeout = 20
p.write(b"x")
assert p.read(1) == b"y"
print("all as it should be")
END
    play -v --as-device "$tmp/reset.tape" -- "$PY" "$tmp/reset.py"
    is "a reset in the middle: exit status" 0 $rc
    has "a reset in the middle" "$tmp/out" 'all as it should be'
    has "resets go to their place" "$tmp/err" \
        'the device is reset: the recording goes to byte 0'
    has "a repeat is answered again" "$tmp/err" 'repeats itself'
    has "what nobody recorded is not answered" "$tmp/err" 'it sent 6C 6F 73 74'
    has "and the way back is found" "$tmp/err" 'is back on the recording'
else skip "python3-serial is not here"; fi

# ---- lrzsz both ways -----------------------------------------------------------------
if command -v sz >/dev/null && command -v socat >/dev/null; then
    mkdir "$tmp/got" "$tmp/got2"
    head -c 3000 "$TELLTALE" >"$tmp/file.bin"
    pair() {
        rm -f "$tmp/pa" "$tmp/pb"
        socat pty,raw,echo=0,link="$tmp/pa" pty,raw,echo=0,link="$tmp/pb" &
        socat=$!
        wait_for 60 test -e "$tmp/pb"
    }
    pair
    (cd "$tmp/got" && exec rz -q -b <"$tmp/pb" >"$tmp/pb") 2>/dev/null &
    peer=$!
    port=$tmp/pa
    run -- sh -c "exec sz -q -b '$tmp/file.bin' <'$port' >'$port'"
    is "sz is recorded" 0 $rc
    wait $peer
    kill $socat
    wait $socat 2>/dev/null
    mv "$tmp/rec.tape" "$tmp/sz.tape"
    play --as-device "$tmp/sz.tape" --port "$port" -- \
        sh -c "exec sz -q -b '$tmp/file.bin' <'$port' >'$port'"
    is "sz: exit status" 0 $rc
    has "sz: all of it" "$tmp/err" '([0-9]+) of \1 bytes of the host'
    pair
    sz -q -b "$tmp/file.bin" <"$tmp/pb" >"$tmp/pb" 2>/dev/null &
    peer=$!
    run -- sh -c "cd '$tmp/got2' && exec rz -q -b <'$port' >'$port'"
    is "rz is recorded" 0 $rc
    wait $peer
    kill $socat
    wait $socat 2>/dev/null
    rm -f "$tmp/got2/file.bin"
    play --as-device "$tmp/rec.tape" --port "$port" -- \
        sh -c "cd '$tmp/got2' && exec timeout 60 rz -q -b <'$port' >'$port'"
    is "rz: exit status" 0 $rc
    cmp -s "$tmp/file.bin" "$tmp/got2/file.bin" &&
        ok "rz: the file comes out of the recording" ||
        not_ok "rz: another file ($(cat "$tmp/err"))"
else skip "lrzsz or socat is not here"; fi

# ---- onto a line ------------------------------------------------------------------------
device echo
port_=$port
play --to "$port_" captures/stm32-id-ok.tape
is "both lanes: which?" 2 $rc
has "both lanes: which?" "$tmp/err" '--lane host \(7 bytes\) or --lane device \(26'
play --to "$port_" --lane host captures/stm32-id-ok.tape
is "nobody can be asked" 2 $rc
sleep 0.2
is "then nothing is sent" "" "$(log_bytes '>')"
play --to "$port_" --lane host --yes -r "$tmp/to.tape" captures/stm32-id-ok.tape
is "onto a line" 0 $rc
arrived "its bytes arrive" 7F01FE00FF02FD
is "what was sent is recorded" "7F01FE00FF02FD" \
    "$(tape_bytes "$tmp/to.tape" host)"
is "what came back, too" "7F01FE00FF02FD" "$(tape_bytes "$tmp/to.tape" device)"
play --to "$port_" --lane tool --yes captures/stm32-id-ok.tape
is "not what a tool printed" 2 $rc
play --to "$tmp/nothing" --lane host --yes captures/stm32-id-ok.tape
is "no such port" 2 $rc
cp captures/stm32-id-ok.tape "$tmp/file.tape"
play --to "$tmp/file.tape" --lane host --yes captures/stm32-id-ok.tape
is "not to a file" 2 $rc
has "not to a file: said" "$tmp/err" 'is a file, no line to send to'
is "not to a file: it stays" "" \
    "$(cmp "$tmp/file.tape" captures/stm32-id-ok.tape 2>&1)"
gone
device silent
printf '0 > "a"\n600 > "b"\n' >"$tmp/slow.tape"
"$TELLTALE" play --to "$port" --yes "$tmp/slow.tape" >"$tmp/out" 2>"$tmp/err" \
    </dev/null &
pid=$!
wait_for 60 reached 61 || not_ok "the first byte has not come"
gone
wait $pid
is "a port that vanishes" 2 $?
has "a port that vanishes: said" "$tmp/err" 'the line has ended'

wait_for 30 test -s "$tmp/long.rc"
is "a long pause is waited for" 124 "$(cat "$tmp/long.rc")"
finish
