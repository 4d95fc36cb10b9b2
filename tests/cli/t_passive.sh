#!/bin/sh
# A port that is only listened to: nothing is sent, no line is moved; it may go
# and come back, under another name too, on one tape.
. "$(dirname "$0")/lib.sh"
. tests/cli/runlib.sh
trap 'kill $device $watch 2>/dev/null; rm -rf "$tmp"' EXIT
device='' watch=''

# ---- untouched ------------------------------------------------------------------
if command -v strace >/dev/null; then
    device prints
    for how in 'watch --plain' read; do
        # shellcheck disable=SC2086
        strace -f -xx -o "$tmp/strace" -e trace=openat,write,ioctl,dup,dup2 \
            "$TELLTALE" $how --for 1s -b 115200 "$port" >"$tmp/out" 2>"$tmp/err"
        real=$(readlink -f "$port")
        hex=$(printf %s "$port" | od -An -v -tx1 | tr -d ' \n' |
            sed 's/../\\\\x&/g')
        fd=$(sed -n "s/.*openat(.*\"$hex\".*) = \([0-9]*\)\$/\1/p" "$tmp/strace")
        [ -n "$fd" ] && ok "$how: it opens $real" ||
            not_ok "$how: the port was not opened by its name"
        hasnt "$how: opened for reading only" "$tmp/strace" \
            "openat.*\"$hex\".*O_(RDWR|WRONLY)"
        hasnt "$how: no line is moved, no break, no flow" "$tmp/strace" \
            "ioctl\([0-9]+, (TIOCM(SET|BIS|BIC)|TIOCSBRK|TIOCCBRK|TCSBRK|TCXONC|TIOCSTI|TIOCEXCL|SNDCTL_TMR_CONTINUE)"
        hasnt "$how: nothing is written to it" "$tmp/strace" "write\($fd,"
    done
    is "nothing has reached the device" "" "$(log_bytes '>')"
    gone
else skip "strace is not here"; fi

# ---- gone and back ----------------------------------------------------------------
# plug NAME WORDS: a device that says WORDS over and over, behind NAME
plug() {
    rm -f "$tmp/pty"
    "$PY" -c 'import os, pty, sys, time, tty
master, slave = pty.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), sys.argv[1])
while True:
    time.sleep(0.02)
    try: os.write(master, sys.argv[2].encode())
    except OSError: pass
' "$tmp/pty" "$2" &
    device=$!
    wait_for 60 test -e "$tmp/pty"
    ln -sfn "$(readlink "$tmp/pty")" "$1"
}
unplug() { # NAME
    rm -f "$1"
    gone
}
# Under its name.
plug "$tmp/tty" one.
"$TELLTALE" watch --plain --wait -r "$tmp/same.tape" "$tmp/tty" >"$tmp/out" \
    2>"$tmp/err" </dev/null &
watch=$!
wait_for 60 grep -qs 'one\.one' "$tmp/out"
unplug "$tmp/tty"
wait_for 60 grep -qs 'is gone' "$tmp/err"
sleep 0.5
kill -0 $watch 2>/dev/null && ok "it waits" || not_ok "it has ended"
plug "$tmp/tty" two.
wait_for 60 grep -qs 'two\.two' "$tmp/out" && ok "it is heard again" ||
    not_ok "it is not heard again"
unplug "$tmp/tty"
plug "$tmp/tty" six.
wait_for 60 grep -qs 'six\.six' "$tmp/out" && ok "and again" || not_ok "not twice"
kill -INT $watch
wait $watch
has "it is said that it is back" "$tmp/err" 'is there'
for word in one two six; do
    has "one tape: $word" "$tmp/same.tape" "$word\.$word"
done
is "one tape: two times gone" 2 "$(grep -c '\[close\]' "$tmp/same.tape")"
is "one tape: two times back" 2 "$(grep -c '\[open\]' "$tmp/same.tape")"
"$TELLTALE" read "$tmp/same.tape" >"$tmp/out" 2>&1
[ $? != 2 ] && ok "the recording is whole" || not_ok "$(cat "$tmp/out")"
unplug "$tmp/tty"

# Not there yet.
"$TELLTALE" watch --plain --wait "$tmp/tty" >"$tmp/out" 2>"$tmp/err" </dev/null &
watch=$!
wait_for 60 grep -qs 'waiting for it' "$tmp/err" && ok "not there yet: said" ||
    not_ok "not there yet: $(cat "$tmp/err")"
plug "$tmp/tty" new.
wait_for 60 grep -qs 'new' "$tmp/out" && ok "it came" || not_ok "it never came"
kill -INT $watch
wait $watch
unplug "$tmp/tty"
tt watch --plain "$tmp/tty"
is "without --wait: not there is a mistake" 2 $rc

# Under another name, by its serial number; another adapter has taken its own.
root=$tmp/root
usb() { # TTY SERIAL: what /sys says of an adapter
    d=$root/sys/devices/usb1/1-$2
    mkdir -p "$d/1-$2:1.0/$1" "$root/sys/class/tty/$1" "$root/dev"
    echo "$2" >"$d/serial"
    rm -rf "$root/sys/class/tty/$1"
    mkdir -p "$root/sys/class/tty/$1"
    ln -s "../../../devices/usb1/1-$2/1-$2:1.0/$1" \
        "$root/sys/class/tty/$1/device"
}
plug "$tmp/first" mine.
mkdir -p "$root/dev"
usb ttyUSB0 A50285BI
ln -s "$tmp/first" "$root/dev/ttyUSB0"
"$TELLTALE" watch --plain --wait --sysroot "$root" -r "$tmp/moved.tape" \
    "$root/dev/ttyUSB0" >"$tmp/out" 2>"$tmp/err" </dev/null &
watch=$!
wait_for 60 grep -qs 'mine' "$tmp/out"
rm -rf "$root/sys/class/tty/ttyUSB0" "$root/dev/ttyUSB0"
unplug "$tmp/first"
wait_for 60 grep -qs 'is gone' "$tmp/err"
plug "$tmp/other" alien.
other=$device
usb ttyUSB0 OTHER
ln -s "$tmp/other" "$root/dev/ttyUSB0"
sleep 1
plug "$tmp/second" back.
usb ttyUSB1 A50285BI
ln -s "$tmp/second" "$root/dev/ttyUSB1"
wait_for 60 grep -qs 'back' "$tmp/out" && ok "found under another name" ||
    not_ok "not found under another name: $(cat "$tmp/err")"
kill -INT $watch
wait $watch
kill $other
has "its new name is said" "$tmp/err" 'ttyUSB1 is there'
hasnt "the other adapter is not taken for it" "$tmp/moved.tape" 'alien'
has "one tape: before" "$tmp/moved.tape" 'mine'
has "one tape: after" "$tmp/moved.tape" 'back'
gone
finish
