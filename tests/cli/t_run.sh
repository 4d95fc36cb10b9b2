#!/bin/sh
# Unmodified tools under 'telltale run' against pseudo devices: the tool does
# as it does alone, every byte is on the tape, the verdict is true.
. "$(dirname "$0")/lib.sh"
. tests/cli/runlib.sh

# ---- stm32flash in 8E1, which refuses to run on a bare pty -------------------
if command -v stm32flash >/dev/null; then
    device stm32
    run -- stm32flash "$port"
    is "stm32flash: exit status" 0 $rc
    has "stm32flash: its own output" "$tmp/out" '^Device ID    : 0x0410'
    has "stm32flash: even parity on the tape" "$tmp/rec.tape" '\[57600 8E1\]'
    verdict "stm32flash" 'OK +STM32 boot loader'
    same_bytes "stm32flash"
    gone
    for m in prints:"0x68 = 'h' repeated: application running" \
        silent:'nothing answered' nack:'already synchronised' \
        echo:'the line echoes'; do
        device "${m%%:*}"
        run -q -- stm32flash "$port"
        is "stm32flash, ${m%%:*}: exit status" 1 $rc
        verdict "stm32flash, ${m%%:*}" "${m#*:}"
        [ "${m%%:*}" = prints ] || same_bytes "stm32flash, ${m%%:*}"
        gone
    done
else skip "stm32flash is not here"; fi

# ---- what cannot be recorded is said before the tool does anything ------------
port=$tmp/none
for where in "$tmp/no/such/x.tape" "$tmp" "$tmp/x.raw" /proc/version/x; do
    rc=0
    "$TELLTALE" run --force -r "$where" -- touch "$tmp/started" \
        >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
    is "no recording there, ${where#"$tmp"}: refused" 2 $rc
    is "... before the tool starts" "" "$(ls "$tmp/started" 2>/dev/null)"
done
has "... why" "$tmp/err" 'cannot write there: Not a directory'
echo old >"$tmp/there.tape"
tt run -r "$tmp/there.tape" -- touch "$tmp/started"
is "a recording that is there: refused" "2 old" "$rc $(cat "$tmp/there.tape")"
has "a recording that is there: said" "$tmp/err" '--force writes over it'
tt run -q -r "$tmp/new.tape" -- touch "$tmp/started"
is "one that can be: the tool runs" "0 $tmp/started" "$rc $(ls "$tmp/started")"

# ---- avrdude: reset by DTR and RTS ----------------------------------------------
if command -v avrdude >/dev/null; then
    device stk500
    run -- avrdude -c arduino -p m328p -P "$port"
    is "avrdude: exit status" 0 $rc
    verdict "avrdude" 'OK +The AVR loader works'
    same_bytes "avrdude"
    sed -n 's/^[0-9.]* \(\[[dr]t[rs][-+]\]\)/\1/p' "$tmp/rec.tape" |
        tr -d '\n' >"$tmp/lines"
    is "avrdude: how it resets the board" \
        "[dtr+][rts+][dtr-][rts-][dtr+][rts+][dtr-][rts-]" "$(cat "$tmp/lines")"
    gone
else skip "avrdude is not here"; fi

# ---- pyserial: settings, lines, break, drain, several opens ----------------------
if "$PY" -c 'import serial' 2>/dev/null; then
    cat >"$tmp/tool.py" <<'END'
import serial, sys
for n in range(3):
    p = serial.Serial(sys.argv[1], 250000, parity="O", stopbits=2, timeout=60)
    p.dtr = False
    p.rts = False
    p.write(b"abc"); p.flush()
    assert p.read(3) == b"abc"
    p.dtr = True
    p.baudrate = 9600
    p.parity = "N"
    p.stopbits = 1
    p.write(b"\x00\xff\x03\x11\x13\r\n")
    assert p.read(7) == b"\x00\xff\x03\x11\x13\r\n"
    assert p.cts and p.dsr
    if n == 1:
        p.break_condition = True
        p.break_condition = False
        p.send_break(0.05)
    p.close()
print("done", flush=True)
sys.exit(7)
END
    device echo
    run -- "$PY" "$tmp/tool.py" "$port"
    is "pyserial: exit status of the tool" 7 $rc
    is "pyserial: output of the tool" done "$(cat "$tmp/out")"
    same_bytes "pyserial"
    has "pyserial: an odd speed, odd parity" "$tmp/rec.tape" '\[250000 8O2\]'
    is "pyserial: three opens" 3 "$(grep -c '\[open\]' "$tmp/rec.tape")"
    is "pyserial: three closes" 3 "$(grep -c '\[close\]' "$tmp/rec.tape")"
    is "pyserial: breaks" 2 "$(grep -c '\[break\]' "$tmp/rec.tape")"
    gone

    # Order: a byte, then a line, a thousand times.
    cat >"$tmp/order.py" <<'END'
import serial, sys
p = serial.Serial(sys.argv[1], 115200)
p.dtr = False
for i in range(1000):
    p.write(b"x")
    p.dtr = not i % 2
p.close()
END
    device silent
    run -- "$PY" "$tmp/order.py" "$port"
    sed -n 's/^[0-9.]* //p' "$tmp/rec.tape" | grep -E '^(> |\[dtr)' |
        awk '/^> "?x"?$|^> 78$/ { n++; if (last == "x") bad++; last = "x"; next }
             /^>/ { bad++ } { last = "d" } END { print n + 0, bad + 0 }' \
        >"$tmp/order"
    is "a thousand bytes and edges in their order" "1000 0" \
        "$(cat "$tmp/order")"
    gone
else skip "python3-serial is not here"; fi

# ---- a static program, children, signals, exit statuses ---------------------------
if command -v busybox >/dev/null &&
    ! ldd "$(command -v busybox)" >/dev/null 2>&1; then
    device echo
    run -- busybox stty -F "$port" 19200 parenb
    is "static busybox: exit status" 0 $rc
    has "static busybox: its settings" "$tmp/rec.tape" '\[19200 8E1\]'
    run -- sh -c "busybox stty -F '$port' 4800; stty -F '$port'"
    has "settings stay from one program to the next" "$tmp/out" 'speed 4800'
    gone
else skip "a static busybox is not here"; fi

device echo
run -- sh -c "exec 3<>'$port'; printf hello >&3; head -c 5 <&3; kill -TERM \$\$"
is "a tool that is killed" 143 $rc
is "a shell's own descriptor" hello "$(cat "$tmp/out")"
same_bytes "a shell"
run -- /nonexistent/tool
is "no such tool" 127 $rc
has "no such tool: said" "$tmp/err" 'cannot run /nonexistent/tool'
is "no such tool: nothing else is said" 1 "$(grep -c . "$tmp/err")"
run -- true
is "a tool that opens nothing" 0 $rc
has "that is said" "$tmp/err" 'opened no serial port'
"$TELLTALE" run --port "$port" -- true <"$port" >"$tmp/out" 2>"$tmp/err"
is "a port that is inherited: refused" 2 $?
has "and why" "$tmp/err" 'standard input already'
run -- "$TELLTALE" run -- true
is "one inside the other: not silently" 2 $rc
has "and why" "$tmp/err" 'wrapped once only'
run --json -- sh -c "echo hi >'$port'"
grep '^{' "$tmp/err" >"$tmp/json"
is "--json: one object" 1 "$(grep -c '"telltale":1' "$tmp/json")"
rm -f "$tmp/err"
(
    trap '' INT
    exec "$TELLTALE" run --port "$port" --linger 300s -- \
        sh -c "echo x >'$port'; echo told >&2"
) >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 60 grep -q told "$tmp/err"
# Until it lingers the signal is the tool's, which does not care for it.
ends() { ! kill -INT $pid 2>/dev/null; }
wait_for 60 ends && ok "a signal ends the lingering" ||
    not_ok "it lingers on"
wait $pid
gone

# The device goes away while the tool waits: the tool sees that.
device silent
rm -f "$tmp/out"
"$TELLTALE" run --linger 0s --port "$port" -- sh -c "exec 3<'$port'
    echo open; cat <&3 >/dev/null; echo ended" >"$tmp/out" 2>"$tmp/err" \
    </dev/null &
pid=$!
wait_for 60 grep -qs open "$tmp/out" || not_ok "the tool has not come so far"
gone
wait $pid
has "an unplugged port is seen by the tool" "$tmp/out" ended

# A tool that is stopped and goes on; its output is what it is alone.
device echo
run -- sh -c "(sleep 0.3; kill -CONT \$\$) & kill -STOP \$\$; echo on"
has "SIGSTOP and SIGCONT" "$tmp/out" '^on'
seq 1 20000 >"$tmp/want"
run -- seq 1 20000
cmp -s "$tmp/want" "$tmp/out" && ok "a lot of output, unchanged" ||
    not_ok "the tool's output was changed"
"$TELLTALE" run --port "$port" -r /dev/full --force -- \
    sh -c "echo x >'$port'" >"$tmp/out" 2>"$tmp/err"
is "a full disk: the tool's status stays" 0 $?
has "a full disk is said" "$tmp/err" 'No space left'
gone
finish
