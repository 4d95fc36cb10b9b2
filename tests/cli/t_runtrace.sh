#!/bin/sh
# 'telltale run --strace' and '--attach': the tool's calls looked at, its port
# its own.  (On a pty a tool meets what a pty is: no parity, no lines.)
. "$(dirname "$0")/lib.sh"
. tests/cli/runlib.sh

device silent
rc=0
"$TELLTALE" run --strace -- true >"$tmp/out" 2>"$tmp/err" || rc=$?
if [ $rc != 0 ] && grep -q 'refuses\|may not look' "$tmp/err"; then
    skip "this machine lets nobody look at a process: $(cat "$tmp/err")"
    gone
    finish
fi
is "a tool that opens nothing" 0 $rc
gone

# ---- --strace -----------------------------------------------------------------
if command -v stm32flash >/dev/null; then
    device stm32
    run --strace -- stm32flash -m 8n1 "$port"
    is "stm32flash: exit status" 0 $rc
    has "stm32flash: its own output" "$tmp/out" '^Device ID    : 0x0410'
    has "stm32flash: its output on the tape" "$tmp/rec.tape" '^[0-9.]* \$ "stm32flash'
    has "stm32flash: its speed" "$tmp/rec.tape" '\[57600 8N1\]'
    verdict "stm32flash" 'OK +STM32 boot loader'
    same_bytes "stm32flash"
    gone
    device prints
    run -q --strace -- stm32flash -m 8n1 "$port"
    is "stm32flash, prints: exit status" 1 $rc
    verdict "stm32flash, prints" "answered by the byte 0x68"
    gone
else skip "stm32flash is not here"; fi
CC=${CC:-cc}
for how in '' -static -m32; do
    [ "$how" != -m32 ] || how="-m32 -I/usr/include/$("$CC" -print-multiarch)"
    tool=$tmp/tool${how%% *}
    # shellcheck disable=SC2086
    "$CC" -O1 -w $how -o "$tool" tests/cli/porttool.c -lpthread 2>/dev/null || {
        skip "no compiler for ${how:-this} machine"
        continue
    }
    for way in ways threads child; do
        device echo
        run -q --strace -- "$tool" $way "$port"
        same_bytes "${tool##*/}: $way"
        [ $way = threads ] || is "${tool##*/}: $way: as many closes as opens" \
            "$(grep -c '\[open\]' "$tmp/rec.tape")" \
            "$(grep -c '\[close\]' "$tmp/rec.tape")"
        gone
    done
done
if [ -x "$tmp/tool" ]; then
    device echo
    run --strace -- "$tmp/tool" uring
    has "io_uring cannot be seen, and that is said" "$tmp/err" \
        'could not be watched'
    gone
fi
device echo
run --strace -- sh -c "exec 3<>'$port'; printf hello >&3; head -c 5 <&3; kill -TERM \$\$"
is "a tool that is killed" 143 $rc
is "a shell's own descriptor" hello "$(cat "$tmp/out")"
same_bytes "a shell and its child"
run --strace -- /nonexistent/tool
is "no such tool" 127 $rc
run --strace -- sh -c "(sleep 0.3; kill -CONT \$\$) & kill -STOP \$\$; echo on"
is "SIGSTOP and SIGCONT" "0 on" "$rc $(cat "$tmp/out")"
run --strace -- sh -c "trap 'echo caught; exit 9' USR1; kill -USR1 \$\$; sleep 1"
is "a signal that the tool handles" "9 caught" "$rc $(cat "$tmp/out")"
"$TELLTALE" run -- true >/dev/null 2>"$tmp/err"
if ! grep -q refuses "$tmp/err"; then
    run -- "$TELLTALE" run -- true
    has "inside another: the other way is named" "$tmp/err" '--strace'
    "$TELLTALE" run -- "$TELLTALE" run --strace --port "$port" \
        -r "$tmp/in.tape" -- sh -c "echo inner >'$port'" >"$tmp/out" 2>"$tmp/err"
    is "inside another: it works" 0 $?
    has "inside another: bytes" "$tmp/in.tape" 'inner'
fi
gone

# ---- --attach ------------------------------------------------------------------
cat >"$tmp/talk.py" <<'END'
import os, sys, time, termios, tty
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(fd)
a = termios.tcgetattr(fd)
a[4] = a[5] = termios.B19200
termios.tcsetattr(fd, termios.TCSANOW, a)
print("ready", flush=True)
until = time.monotonic() + float(sys.argv[2])
n = 0
while time.monotonic() < until and not os.path.exists(sys.argv[3]):
    s = b"n%04d." % n
    os.write(fd, s)
    while s:
        got = os.read(fd, 100)
        assert s.startswith(got), got
        s = s[len(got):]
    n += 1
    time.sleep(0.01)
print("said", n, flush=True)
sys.exit(5)
END
# talk: a tool that runs, $talk
talk() {
    rm -f "$tmp/stop" "$tmp/talk.out"
    device echo
    "$PY" "$tmp/talk.py" "$port" 600 "$tmp/stop" >"$tmp/talk.out" 2>&1 &
    talk=$!
    wait_for 60 grep -qs ready "$tmp/talk.out"
}
talk
"$TELLTALE" run --attach $talk --port "$port" -r "$tmp/att.tape" \
    >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 60 grep -qs '< 6E' "$tmp/att.tape"
# One only can look.
"$TELLTALE" run --attach $talk >"$tmp/out2" 2>"$tmp/err2"
is "a second one is refused" 2 $?
has "and told by whom" "$tmp/err2" "by process $pid already"
kill -INT $pid
wait $pid
is "let go: exit status" 0 $?
has "what it found open" "$tmp/att.tape" '\[open\]'
has "and how it was set" "$tmp/att.tape" '\[19200 8N1\]'
has "both ways" "$tmp/att.tape" '< 6E 30'
kill -0 $talk 2>/dev/null && ok "the tool goes on" || not_ok "the tool is gone"
touch "$tmp/stop"
wait $talk
is "the tool's own status, and nothing was disturbed" 5 $?
has "it has said all it wanted" "$tmp/talk.out" '^said'
gone
# The tool ends while it is watched.
talk
"$TELLTALE" run --attach $talk --port "$port" -r "$tmp/att2.tape" \
    >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 60 grep -qs '< 6E' "$tmp/att2.tape"
touch "$tmp/stop"
wait $pid
is "its exit status is ours" 5 $?
wait $talk
has "what it printed last is on the tape" "$tmp/att2.tape" '\$ "said'
has "closed" "$tmp/att2.tape" '\[close\]'
gone
# What it said since it was watched, and nothing else, in order.
tape_bytes "$tmp/att2.tape" host >"$tmp/host"
case $(log_bytes '>') in *"$(cat "$tmp/host")") ok "all that it sent since" ;;
*) not_ok "what was sent is not what is on the tape" ;; esac

"$TELLTALE" run --attach 999999999 >"$tmp/out" 2>"$tmp/err"
is "no such process" 2 $?
has "no such process: said" "$tmp/err" 'no process'
"$TELLTALE" run --attach 1x 2>"$tmp/err"
has "no number" "$tmp/err" 'number of a process'
"$TELLTALE" run --attach 1 -- true 2>"$tmp/err"
has "a tool or a process, not both" "$tmp/err" 'usage: '
"$TELLTALE" run 2>"$tmp/err"
has "neither" "$tmp/err" 'usage: '
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null &&
    setpriv --reuid 65534 --clear-groups "$TELLTALE" version >/dev/null 2>&1; then
    sleep 60 &
    pid=$!
    setpriv --reuid 65534 --clear-groups "$TELLTALE" run --attach $pid \
        >"$tmp/out" 2>"$tmp/err"
    is "somebody else's process: refused" 2 $?
    has "and why" "$tmp/err" "may not look at|ptrace_scope"
    kill $pid
fi
finish
