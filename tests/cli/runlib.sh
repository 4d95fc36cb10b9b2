# Sourced by the tests of 'telltale run', after lib.sh: devices and tapes.
# shellcheck shell=sh disable=SC2034
PY=/usr/bin/python3 # Debian's: it has python3-serial
[ -x "$PY" ] || PY=python3

# device MODEL [SECONDS]: a port $port with that behind it
device() {
    port=$tmp/tty-$1 log=$tmp/log
    rm -f "$port" "$log"
    "$PY" tests/cli/device.py "$1" "$port" "$log" "${2:-60}" \
        >"$tmp/device.err" 2>&1 &
    device=$!
    wait_for 20 test -e "$port" || not_ok "no device: $(cat "$tmp/device.err")"
}
gone() { kill $device 2>/dev/null; wait $device 2>/dev/null; }
# run ARGS...: $rc, $tmp/out and $tmp/err, $tmp/rec.tape
run() {
    rc=0
    "$TELLTALE" run --linger 300ms --port "$port" -r "$tmp/rec.tape" --force \
        "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
}
# The bytes of one lane, as hex digits, from a tape and from a device's log.
tape_bytes() {
    "$TELLTALE" convert --force --lane "$2" "$1" "$tmp/lane.bin" 2>/dev/null
    od -An -v -tx1 "$tmp/lane.bin" | tr -d ' \n' | tr a-f A-F
}
log_bytes() { sed -n "s/^$1 //p" "$log" | tr -d ' \n'; }
# What the device saw and said is on the tape (what it says after the port is
# closed need not be).
same_bytes() {
    is "$1: what the host sent is on the tape" "$(log_bytes '>')" \
        "$(tape_bytes "$tmp/rec.tape" host)"
    got=$(tape_bytes "$tmp/rec.tape" device) all=$(log_bytes '<')
    case $all in "$got"*) ok "$1: what the device sent is on the tape" ;;
    *) not_ok "$1: the device sent $all, the tape has $got" ;;
    esac
}
verdict() { # NAME REGEX
    has "$1: verdict" "$tmp/err" "$2"
}
# events TAPE: what the line did, without speeds, in one word
events() { sed -n 's/^[0-9. ]*\(\[[a-z]*[-+]*\]\).*/\1/p' "$1" | tr -d '\n'; }
