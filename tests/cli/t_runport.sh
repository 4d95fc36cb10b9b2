#!/bin/sh
# 'telltale run': whatever way a tool comes to its port, by whatever name, it
# is watched, and it works as it does alone.
. "$(dirname "$0")/lib.sh"
. tests/cli/runlib.sh

# ---- names: links of a port are the port --------------------------------------
device echo
mkdir -p "$tmp/serial/by-id"
id=$tmp/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0
ln -s "../../tty-echo" "$id"
run -- sh -c "exec 3<>'$id'; printf hello >&3; head -c 5 <&3"
is "a by-id link: the tool works" "0 hello" "$rc $(cat "$tmp/out")"
has "a by-id link: the tape has the name that was used" "$tmp/rec.tape" \
    "^# adapter: .*/by-id/usb-FTDI"
same_bytes "a by-id link"
gone
device echo
main=$port port=$id
run -- sh -c "exec 3<>'$main'; printf one >&3; head -c 3 <&3; exec 3>&-
    exec 3<>'$id'; printf two >&3; head -c 3 <&3; exec 3>&-
    exec 3<>'$(readlink "$main")'
    printf six >&3; head -c 3 <&3"
is "one port by three names: the tool works" "0 onetwosix" "$rc $(cat "$tmp/out")"
same_bytes "one port by three names, watched by one"
is "one port by three names is one recording" "" "$(ls "$tmp" | grep rec-2)"
is "each open is told" 3 "$(grep -c '\[open\]' "$tmp/rec.tape")"

# A name that is a folder's, from a program that has moved there.
run -- sh -c "cd '$tmp/serial' && exec 3<>by-id/${id##*/} && printf abc >&3 &&
    head -c 3 <&3 && exec 3>&- && sleep 0.1 && exec 3<>by-id/${id##*/} &&
    printf def >&3 && head -c 3 <&3"
is "a relative name, opened twice" "0 abcdef" "$rc $(cat "$tmp/out")"
has "a relative name: named whole" "$tmp/rec.tape" "^# adapter: $tmp/serial/by-id"
gone

# ---- a port that goes and comes back under its name: one tape ------------------
device echo
mv "$port" "$tmp/first"
port=$tmp/link
ln -s "$(readlink "$tmp/first")" "$port"
cat >"$tmp/again.sh" <<'END'
exec 3<>"$1"; printf one >&3; head -c 3 <&3
touch "$2/take-it-away"
cat <&3 >/dev/null
exec 3<&-
while [ ! -e "$2/it-is-back" ]; do sleep 0.05; done
exec 3<>"$1"; printf two >&3; head -c 3 <&3
END
old=$device
(
    wait_for 60 test -e "$tmp/take-it-away"
    kill $old
    "$PY" tests/cli/device.py echo "$tmp/second" "$tmp/log2" 600 &
    echo $! >"$tmp/second.pid"
    wait_for 60 test -e "$tmp/second"
    ln -sfn "$(readlink "$tmp/second")" "$port"
    touch "$tmp/it-is-back"
) &
hand=$!
run -- sh "$tmp/again.sh" "$port" "$tmp"
wait $hand
is "a port that came back: the tool goes on" "0 onetwo" "$rc $(cat "$tmp/out")"
is "a port that came back: one tape" 6F6E6574776F "$(tape_bytes "$tmp/rec.tape" host)"
is "a port that came back: gone and opened again" 2 \
    "$(grep -c '\[open\]' "$tmp/rec.tape")"
kill "$(cat "$tmp/second.pid")" 2>/dev/null
gone

# ---- several ports at once -----------------------------------------------------
device echo
one=$port first=$device log1=$log
cp "$log1" /dev/null
port=$tmp/tty-b
"$PY" tests/cli/device.py echo "$port" "$tmp/logb" 600 &
device=$!
wait_for 60 test -e "$port"
rc=0
"$TELLTALE" run --linger 100ms --port "$one" --port "$port" -r "$tmp/two.tape" \
    -- sh -c "exec 3<>'$one' 4<>'$port'; printf left >&3; printf right >&4
        head -c 4 <&3; head -c 5 <&4" >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
is "two ports: the tool works" "0 leftright" "$rc $(cat "$tmp/out")"
is "two ports: the first has its tape" 6C656674 "$(tape_bytes "$tmp/two.tape" host)"
is "two ports: the second has its own" 7269676874 \
    "$(tape_bytes "$tmp/two-2.tape" host)"
kill $first 2>/dev/null
gone

# ---- ways to open, threads, children, 32 bits, static --------------------------
CC=${CC:-cc}
tools=''
for how in '' -static -m32; do
    # Where the headers of this machine are, for the other word length.
    [ "$how" != -m32 ] || how="-m32 -I/usr/include/$("$CC" -print-multiarch)"
    # shellcheck disable=SC2086
    if "$CC" -O1 -w $how -o "$tmp/tool${how%% *}" tests/cli/porttool.c -lpthread \
        2>/dev/null; then tools="$tools tool${how%% *}"; else
        skip "no compiler for ${how:-this} machine"
    fi
done
for tool in $tools; do
    for way in ways threads excl child; do
        device echo
        run -q -- "$tmp/$tool" $way "$port"
        is "$tool: $way" 0 $rc
        [ $rc = 0 ] || grep '^NO' "$tmp/out"
        same_bytes "$tool: $way"
        gone
    done
    device echo
    run -- "$tmp/$tool" uring
    has "$tool: io_uring is said not to be there" "$tmp/out" 'not implemented'
    gone
done
case $(uname -m)$tools in x86_64*tool*)
    device echo
    run -q -- "$tmp/tool" x32 "$port"
    is "calls of x32" 0 $rc
    [ $rc = 0 ] || grep '^NO' "$tmp/out"
    same_bytes "calls of x32"
    has "calls of x32: lines" "$tmp/rec.tape" '\[dtr-\]'
    gone
    ;;
esac
case $tools in *tool*)
    device echo
    run -q -- "$tmp/tool" ways "$port"
    has "the settings of the tool" "$tmp/rec.tape" '\[57600 8E1\]'
    is "ways to open: one session each, one for dup" 4 \
        "$(grep -c '\[open\]' "$tmp/rec.tape")"
    gone
    ;;
esac

# ---- locks: what the tool does on its port counts for others -------------------
if command -v flock >/dev/null; then
    device echo
    run -- sh -c "exec 3<>'$port'; flock -n 3 || echo REFUSED
        printf x >&3; head -c 1 <&3"
    is "flock: the tool gets it" "0 x" "$rc $(cat "$tmp/out")"
    # Held by somebody else: the tool must be told so.
    exec 8<>"$port"
    flock -n 8
    run -- sh -c "exec 3<>'$port'; flock -n 3 && echo GOT IT || echo busy"
    is "flock: held by another program" busy "$(cat "$tmp/out")"
    # ... and, where it waits, gets it when it is free.
    ("$PY" -c 'import time; time.sleep(0.7)'; flock -u 8) &
    run -- sh -c "exec 3<>'$port'; flock 3 && echo got it"
    wait $!
    is "flock: waited for" "got it" "$(cat "$tmp/out")"
    exec 8>&-
    # Held by the tool: others must be told so, and not longer than it lives.
    run -- sh -c "exec 3<>'$port'; flock -n 3
        '$TELLTALE' version >/dev/null; sleep 0.1; echo held"
    "$TELLTALE" run --linger 300s --port "$port" -- sh -c "exec 3<>'$port'
        flock -n 3; touch '$tmp/held'
        while [ ! -e '$tmp/tried' ]; do sleep 0.05; done
        touch '$tmp/over'" >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
    wait_for 60 test -e "$tmp/held"
    flock -n "$port" true && not_ok "flock: others are not kept out" ||
        ok "flock: others are kept out"
    touch "$tmp/tried"
    wait_for 60 test -e "$tmp/over"
    wait_for 60 flock -n "$port" true && ok "flock: free when the tool ends" ||
        not_ok "flock: held while only listening on"
    kill -INT $pid
    wait $pid
    gone
else skip "flock is not here"; fi
if "$PY" -c 'import serial' 2>/dev/null; then
    device echo
    run -- "$PY" -c "import serial, sys
p = serial.Serial(sys.argv[1], 115200, exclusive=True, timeout=20)
p.write(b'x'); assert p.read(1) == b'x'
try:
    serial.Serial(sys.argv[1], exclusive=True); print('NOT EXCLUSIVE')
except serial.SerialException: print('exclusive')" "$port"
    is "pyserial, exclusive" "0 exclusive" "$rc $(cat "$tmp/out")"
    gone
else skip "python3-serial is not here"; fi

# ---- what cannot be looked at is said ------------------------------------------
as='' # an ordinary user
[ "$(id -u)" != 0 ] || as='setpriv --reuid 65534 --regid 65534 --clear-groups'
chmod 755 "$tmp"
# shellcheck disable=SC2086
if [ -x "$tmp/tool" ] && $as "$TELLTALE" version >/dev/null 2>&1; then
    device echo
    $as "$TELLTALE" run --port "$port" --linger 0s -- "$tmp/tool" ways "$port" \
        >"$tmp/out" 2>"$tmp/err" </dev/null
    is "an ordinary user" 0 $?
    cp "$tmp/tool" "$tmp/secret"
    chmod 111 "$tmp/secret"
    $as "$TELLTALE" run --port "$port" --linger 0s -- "$tmp/secret" uring \
        >"$tmp/out" 2>"$tmp/err" </dev/null
    has "a program that may not be read: said" "$tmp/err" 'could not be watched'
    gone
else skip "an unreadable program, as an ordinary user"; fi
finish
