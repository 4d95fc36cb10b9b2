#!/bin/sh
# What is wrong around serial ports, from copies of /sys, /proc and /dev that
# tests/cli/sysroot.py makes: each finding where it belongs, none elsewhere.
. "$(dirname "$0")/lib.sh"

make_root() { # SCENARIO
    rm -rf "$tmp/root"
    python3 tests/cli/sysroot.py "$tmp/root" "$1" || exit 2
}

# ids: "level:id" of each finding, sorted, in one line
ids() {
    python3 -c '
import json, sys
for line in open(sys.argv[1]):
    o = json.loads(line)
    for f in o["findings"]:
        print(f["level"] + ":" + f["id"])
' "$tmp/out" | sort | tr '\n' ' ' | sed 's/ $//'
}

# finds SCENARIO RC "level:id ..." REGEX-OF-THE-TEXT
finds() {
    make_root "$1"
    tt ports --sysroot "$tmp/root" --json
    is "$1: findings" "$3" "$(ids)"
    is "$1: result" "$2" "$rc"
    is "$1: nothing is said" '' "$(cat "$tmp/err")"
    tt ports --sysroot "$tmp/root"
    tr '\n' ' ' <"$tmp/out" | tr -s ' ' >"$tmp/one"
    has "$1: text" "$tmp/one" "$4"
}

finds good 0 '' 'ttyUSB0 ok .*serial AL00XYZ1.*no hub between.*by-id/usb-FTDI'
if [ "$(id -u)" = 0 ]; then
    finds no_permission 1 fault:no-permission \
        'lee may not open it: it is root:dialout.*usermod -aG dialout lee'
    finds relogin 1 fault:no-permission 'not since this login: log out'
    finds root_only 1 fault:no-permission 'udev rule: KERNEL=="tty\*"'
else
    skip 'owners of files cannot be set: not root'
fi
finds no_node 1 fault:no-node '/dev/ttyUSB0 is not there.*--device=/dev/ttyUSB0'
finds held 0 'warning:held warning:held' \
    'minicom \(process 4711\) has it open.*stop gpsd'
finds getty 0 'warning:console warning:held' \
    'serial-getty@ttyS0.*remove console=ttyS0.*1 name without a UART'
finds modemmanager 0 warning:modemmanager \
    '0403.*6001.*ID_MM_DEVICE_IGNORE'
finds mm_ignored 0 '' 'ttyUSB0 ok'
finds brltty 0 warning:brltty \
    'ttyUSB0 ok.*ttyUSB1 WARNING.*takes 1a86:7523 for a braille display'
finds brltty_masked 0 '' 'ttyUSB1 ok'
finds claimed 1 fault:claimed 'no serial port FAULT.*brltty threw its driver'
finds no_driver 1 fault:no-driver 'no driver has it.*sudo modprobe ch341'
finds libusb 0 warning:taken 'through libusb'
finds latency 0 note:latency 'every 16 ms.*ttyUSB0/latency_timer'
finds fake_serial 0 warning:counterfeit 'A50285BI is that of many counterfeit'
finds bricked 0 warning:counterfeit 'product number 0000'
finds phased_out 0 warning:counterfeit 'phased out'
finds sim_break 0 warning:limited-ch340 'imitates breaks'
finds errors 0 warning:usb-errors \
    'has 2 USB errors of this place, the last 98 s ago.*Cheap 7-Port Hub'
finds disconnects 0 warning:disconnects 'went away 3 times'
finds stale_lock 0 warning:stale-lock 'process 4711, which does not run.*sudo rm'
finds locked 0 warning:locked 'minicom \(process 4711\) has a lock'
finds syslog 0 warning:usb-errors 'not accepting address 6, error -71'
finds modes 0 'note:mode note:mode note:mode note:mode warning:mode' \
    'EDL \(9008\).*BROM.*DFU mode.*memory dump.*fastboot.*4 other USB'
hasnt 'a mouse is not listed' "$tmp/out" 046d

make_root gone
tt ports --sysroot "$tmp/root"
is 'no port at all' 3 "$rc"
has 'what was there' "$tmp/out" 'USB place 1-3 \(ttyUSB0\) and went 99 s ago'
make_root no_log
tt ports --sysroot "$tmp/root"
has 'without a log that is said' "$tmp/out" 'kernel log cannot be read'

make_root brltty
tt ports --sysroot "$tmp/root" /dev/ttyUSB0
is 'one port: fine' 0 "$rc"
has 'one port' "$tmp/out" '^1 serial port'
hasnt 'not the other' "$tmp/out" ttyUSB1
tt ports --sysroot "$tmp/root" /dev/ttyUSB7
is 'no such port: result' 2 "$rc"
has 'no such port' "$tmp/err" 'ttyUSB7 is no serial port here'
tt ports --sysroot "$tmp/nowhere"
is 'no such root: result' 2 "$rc"
has 'no such root' "$tmp/err" 'no folder with /sys and /proc'
mkdir "$tmp/empty"
tt ports --sysroot "$tmp/empty"
is 'an empty root: nothing' 3 "$rc"

make_root hostile
tt ports --sysroot "$tmp/root"
if LC_ALL=C tr -d '\12\40-\176' <"$tmp/out" | grep -q .; then
    not_ok 'hostile: bytes reach the terminal'
else ok 'hostile: nothing reaches the terminal'; fi
hasnt 'hostile: no name with a command in it' "$tmp/out" 'ttyUSB1'
hasnt 'hostile: no link out of the root' "$tmp/out" 'ttyUSB2|1-9'
tt ports --sysroot "$tmp/root" --json
python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' \
    "$tmp/out" && ok 'hostile: JSON stands' || not_ok 'hostile: JSON'
make_root many
tt ports --sysroot "$tmp/root"
has 'more than can be kept: said' "$tmp/out" 'not all is shown'
has '512 of them' "$tmp/out" '^512 serial ports'

tt ports
case $rc in
0 | 1 | 3) ok 'this machine: it runs' ;;
*) not_ok "this machine: $rc" ;;
esac
tt ports --help
has 'help' "$tmp/out" 'No port is opened'
finish
