# Sourced by the tests of 'telltale run', after lib.sh: devices and tapes.
# shellcheck shell=sh disable=SC2034
PY=/usr/bin/python3 # Debian's: it has python3-serial
[ -x "$PY" ] || PY=python3

# device MODEL [SECONDS [COMMAND...]]: a port $port with that behind it
device() {
    port=$tmp/tty-$1 log=$tmp/log
    rm -f "$port" "$log"
    model=$1 life=${2:-600} # ended by gone()
    [ $# -lt 2 ] && shift 1 || shift 2
    "$PY" tests/cli/device.py "$model" "$port" "$log" "$life" "$@" \
        >"$tmp/device.err" 2>&1 &
    device=$!
    wait_for 60 test -e "$port" || not_ok "no device: $(cat "$tmp/device.err")"
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
# reached HEX: has all that, and nothing else, reached the device?  It may be
# late with its log; arrived waits for it.
reached() { [ "$(log_bytes '>')" = "$1" ]; }
arrived() { # NAME HEX
    wait_for 30 reached "$2"
    is "$1" "$2" "$(log_bytes '>')"
}
# What the device saw and said is on the tape (what it said before the port was
# opened and says after it is closed need not be).
same_bytes() {
    sent=$(tape_bytes "$tmp/rec.tape" host)
    wait_for 10 reached "$sent"
    all=$(log_bytes '>')
    if [ "$sent" = "$all" ]; then ok "$1: what the host sent is on the tape"
    else not_ok "$1: the host sent $(short "$all"), the tape has $(short "$sent")"
    fi
    got=$(tape_bytes "$tmp/rec.tape" device) all=$(log_bytes '<')
    case $all in *"$got"*) ok "$1: what the device sent is on the tape" ;;
    *) not_ok "$1: the device sent $(short "$all"), the tape has $(short "$got")" ;;
    esac
}
# As same_bytes, but for XON and XOFF of the device: with IXON the driver takes
# them out, as it does for the tool alone.
same_but_xon() {
    sent=$(tape_bytes "$tmp/rec.tape" host)
    wait_for 10 reached "$sent"
    all=$(log_bytes '>')
    if [ "$sent" = "$all" ]; then ok "$1: what the host sent is on the tape"
    else not_ok "$1: the host sent $(short "$all"), the tape has $(short "$sent")"
    fi
    got=$(tape_bytes "$tmp/rec.tape" device | sed 's/../&\n/g' | grep -v '1[13]' |
        tr -d '\n')
    all=$(log_bytes '<' | sed 's/../&\n/g' | grep -v '1[13]' | tr -d '\n')
    case $all in *"$got"*) ok "$1: what the device sent is on the tape" ;;
    *) not_ok "$1: the device sent $(short "$all"), the tape has $(short "$got")" ;;
    esac
}
short() { # of many hex digits: how many, and the last
    printf '%d bytes ..%s' $((${#1} / 2)) "$(printf %s "$1" | tail -c 40)"
}
verdict() { # NAME REGEX
    has "$1: verdict" "$tmp/err" "$2"
}
# events TAPE: what the line did, without speeds, in one word
events() { sed -n 's/^[0-9. ]*\(\[[a-z]*[-+]*\]\).*/\1/p' "$1" | tr -d '\n'; }
