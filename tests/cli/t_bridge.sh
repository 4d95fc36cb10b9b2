#!/bin/sh
# The bridge: bytes as they were sent, both ways, whatever the ends are and
# whatever becomes of them.
. "$(dirname "$0")/lib.sh"
PY=/usr/bin/python3 # Debian's: it has python3-serial
[ -x "$PY" ] || PY=python3

# bridge ARGS...: started, and ready; $bridge, $tmp/o, $tmp/e
bridge() {
    rm -f "$tmp/o" "$tmp/e" # of the one before
    "$TELLTALE" bridge "$@" >"$tmp/o" 2>"$tmp/e" </dev/null &
    bridge=$!
    wait_for 60 grep -qs 'end is' "$tmp/e" ||
        not_ok "no bridge: $(cat "$tmp/e")"
}
# port_of host|device: where that end listens
port_of() { sed -n "s/.*the $1's end is [^ ,]*:\([0-9]*\).*/\1/p" "$tmp/e"; }
said() { wait_for 60 grep -qs -- "$2" "$tmp/$1"; }
over() {
    kill -INT $bridge 2>/dev/null
    wait $bridge
    rc=$?
}
lane() { # LANE FILE: sha of its bytes
    "$TELLTALE" convert --force --lane "$1" "$2" "$tmp/lane.bin" 2>/dev/null
    sha256sum <"$tmp/lane.bin"
}

# ---- two new ptys ---------------------------------------------------------------
bridge "pty:$tmp/a" "pty:$tmp/b" --plain -r "$tmp/p.pcapng"
"$PY" tests/cli/pump.py "$tmp/a" "$tmp/b" 3e6 >"$tmp/pump"
is "3 MB each way through ptys, every byte" 0 $?
exec 3<>"$tmp/a" 4<>"$tmp/b"
said o '\[open\]' || not_ok "nobody saw that both are open"
stty -F "$tmp/a" 57600
said o '\[57600' && ok "a change of speed is on the tape" ||
    not_ok "no change of speed"
printf '\177' >&3
[ "$(head -c 1 <&4 | od -An -tx1)" = " 7f" ] && ok "host to device" ||
    not_ok "host to device"
stty -F "$tmp/a" parenb parodd 2>"$tmp/stty" # "unable to perform all ..."
said e 'parity was asked for' && ok "that a pty hides parity is said" ||
    not_ok "parity is hidden silently"
exec 3<&- 4<&-
over
[ -L "$tmp/a" ] && not_ok "the link stays" || ok "the link is taken away"
python3 - "$tmp" <<'END'
import random, sys
for name, seed in ("host", 1), ("device", 2):
    r, n = random.Random(seed), 3000000
    data = b"".join(r.randbytes(65536) for _ in range(n // 65536 + 1))[:n]
    open(sys.argv[1] + "/" + name, "wb").write(
        data + (b"\x7f" if name == "host" else b""))
END
is "the recording has all the host sent" "$(sha256sum <"$tmp/host")" \
    "$(lane host "$tmp/p.pcapng")"
is "and all the device sent" "$(sha256sum <"$tmp/device")" \
    "$(lane device "$tmp/p.pcapng")"

# ---- TCP, and a device that is a program -----------------------------------------
bridge tcp-listen:0 tcp-listen:0
"$PY" tests/cli/pump.py "127.0.0.1:$(port_of host)" \
    "127.0.0.1:$(port_of device)" 1e7 >"$tmp/pump"
is "10 MB each way through sockets, every byte" 0 $?
over
bridge tcp-listen:0 "exec:sed -u s/^/got:/" -r "$tmp/x.tape"
port=$(port_of host)
cat >"$tmp/ask.py" <<'END'
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s.settimeout(120)
s.sendall(sys.argv[3].encode() + b"\n")
if len(sys.argv) > 4: # the client says no more, but listens
    s.shutdown(socket.SHUT_WR)
print(s.makefile().readline().strip())
END
is "a command as the device" got:hello \
    "$("$PY" "$tmp/ask.py" 127.0.0.1 "$port" hello)"
is "the next client" got:again \
    "$("$PY" "$tmp/ask.py" 127.0.0.1 "$port" again half)"
if "$PY" -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' \
    2>/dev/null; then
    is "a client by IPv6" got:six "$("$PY" "$tmp/ask.py" ::1 "$port" six)"
else skip "there is no IPv6 here"; fi
over
has "who said what" "$tmp/x.tape" '> "hello'
has "and the answer" "$tmp/x.tape" '< "got:hello'
bridge "pty:$tmp/a" "exec:printf bye"
wait $bridge
is "the bridge ends with the command" 3 $?

# ---- ends that go away and come back ---------------------------------------------
cat >"$tmp/server.py" <<'END'
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen()
print(s.getsockname()[1], flush=True)
while True:
    c = s.accept()[0]
    while True:
        d = c.recv(4096)
        if not d:
            break
        c.sendall(d.upper())
END
"$PY" "$tmp/server.py" 0 >"$tmp/serverport" &
server=$!
wait_for 60 test -s "$tmp/serverport"
port=$(cat "$tmp/serverport")
bridge tcp-listen:0 "tcp:127.0.0.1:$port" -r "$tmp/r.pcapng"
here=$(port_of host)
is "a server as the device" ONE "$("$PY" "$tmp/ask.py" 127.0.0.1 "$here" one)"
kill -9 $server
wait $server 2>/dev/null
said e 'waiting for it to come back' && ok "a server that is gone is told" ||
    not_ok "not told"
"$PY" "$tmp/ask.py" 127.0.0.1 "$here" two >"$tmp/two" &
ask=$!
sleep 0.3
"$PY" "$tmp/server.py" "$port" >"$tmp/serverport" &
server=$!
wait $ask
is "what was sent meanwhile is answered when it is back" TWO "$(cat "$tmp/two")"
over
kill $server
wait $server 2>/dev/null

# A port that goes and comes back: a pty of another program.
if command -v socat >/dev/null; then
    device() {
        socat "pty,raw,echo=0,link=$tmp/tty" "exec:sed -u s/^/$1/,pty,raw,echo=0" &
        device=$!
        wait_for 60 test -e "$tmp/tty"
    }
    device one
    bridge tcp-listen:0 "$tmp/tty" -r "$tmp/again.tape"
    here=$(port_of host)
    is "a port" onex "$("$PY" "$tmp/ask.py" 127.0.0.1 "$here" x)"
    kill $device
    wait $device 2>/dev/null
    said e 'the port is gone' && ok "a port that is gone is told" ||
        not_ok "not told: $(cat "$tmp/e")"
    device two
    said e 'the port is back' && ok "and that it is back" || not_ok "not back"
    is "the port again" twoy "$("$PY" "$tmp/ask.py" 127.0.0.1 "$here" y)"
    over
    has "one tape: before" "$tmp/again.tape" 'onex'
    has "one tape: the gap" "$tmp/again.tape" '\[close\]'
    has "one tape: after" "$tmp/again.tape" 'twoy'
    kill $device
    wait $device 2>/dev/null
fi

# ---- a reader that stalls, a disk that is full, a signal -------------------------
bridge "pty:$tmp/a" "pty:$tmp/b" -r "$tmp/st.pcapng"
"$PY" - "$tmp/a" "$tmp/b" <<'END'
import os, sys, time, tty
a, b = (os.open(n, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        for n in sys.argv[1:])
tty.setraw(a), tty.setraw(b)
time.sleep(0.5)
data, sent = bytes(range(256)) * 4096, 0
full = 0
while full < 20: # b does not read: the sender is held up, by and by
    try:
        sent += os.write(a, data[sent:sent + 1000])
        full = 0
    except BlockingIOError:
        full += 1
        time.sleep(0.05)
assert 4096 < sent < 200000, sent
got = b""
while len(got) < sent:
    try:
        got += os.read(b, 65536)
    except BlockingIOError:
        time.sleep(0.01)
assert got == data[:sent]
END
is "a stalled reader holds up the sender, and nothing is lost" 0 $?
exec 3<>"$tmp/a" 4<>"$tmp/b"
sleep 0.3
kill -STOP $bridge
printf stopped >&3
sleep 0.2
kill -CONT $bridge
is "SIGSTOP and SIGCONT: nothing is lost" stopped "$(head -c 7 <&4)"
over
exec 3<&- 4<&-
bridge "pty:$tmp/a" "pty:$tmp/b" -r /dev/full --force
exec 3<>"$tmp/a" 4<>"$tmp/b"
said e 'No space left' || not_ok "a full disk is not told"
printf onward >&3
is "a full disk: the bridge goes on" onward "$(head -c 6 <&4)"
exec 3<&- 4<&-
over
is "and says so at the end" 2 $rc
# Nobody reads what we print: the line goes on.
mkfifo "$tmp/fifo"
rm -f "$tmp/e"
"$TELLTALE" bridge "pty:$tmp/a" "pty:$tmp/b" >"$tmp/fifo" 2>"$tmp/e" &
bridge=$!
exec 5<"$tmp/fifo"
said e listening
"$PY" tests/cli/pump.py "$tmp/a" "$tmp/b" 4e6 >"$tmp/pump" ||
    cat "$tmp/pump"
is "nobody reads the output: the line is not held up" 0 $?
cat <&5 >/dev/null &
over
exec 5<&-

# ---- RFC 2217, both sides against pyserial's --------------------------------------
if "$PY" -c 'import serial' 2>/dev/null; then
    "$PY" tests/cli/rfc2217_server.py "$tmp/rfc" &
    server=$!
    wait_for 60 grep -qs port "$tmp/rfc"
    port=$(sed -n 's/^port //p' "$tmp/rfc")
    bridge rfc2217-listen:0 "rfc2217:127.0.0.1:$port" -b 19200 -m 7O1 \
        -r "$tmp/2217.tape"
    cat >"$tmp/tool.py" <<'END'
import serial, sys
p = serial.serial_for_url(sys.argv[1], 57600, parity="E", timeout=60)
odd = b"\xff\x00\x7f\r\n\r\x00\xff\xff" + bytes(range(256)) * 20
p.write(odd)
assert p.read(len(odd)) == odd
p.baudrate = 250000
p.stopbits = 2
p.dtr = False
p.rts = False
p.dtr = True
p.send_break(0.05)
p.write(b"again")
assert p.read(5) == b"again"
assert p.cts and p.cd and not p.dsr
p.close()
END
    "$PY" "$tmp/tool.py" "rfc2217://127.0.0.1:$(port_of host)"
    is "RFC 2217: pyserial on both sides, every byte value" 0 $?
    over
    for w in '[19200 7O1]' '[57600 8E1]' '[250000 8E2]' '[cts+]' '[dcd+]' \
        '[dtr+]' '[dtr-]' '[rts-]' '[break]'; do
        grep -qF "$w" "$tmp/2217.tape" && ok "on the tape: $w" ||
            not_ok "not on the tape: $w"
    done
    for w in 'baudrate 57600' 'parity E' 'baudrate 250000' 'stopbits 2' \
        'dtr False' 'rts False' 'break_condition True' \
        'break_condition False'; do
        grep -qx "$w" "$tmp/rfc" && ok "at the other side: $w" ||
            not_ok "not at the other side: $w"
    done
    rm -f "$tmp/o"
    "$TELLTALE" watch --plain -b 4800 "rfc2217:127.0.0.1:$port" \
        >"$tmp/o" 2>"$tmp/e" </dev/null &
    watch=$!
    said o '\[cts+\]'
    wait_for 60 grep -qs '^baudrate 4800' "$tmp/rfc"
    kill -INT $watch
    wait $watch
    has "watch rfc2217: the speed" "$tmp/rfc" '^baudrate 4800'
    has "watch rfc2217: lines of the port" "$tmp/o" '\[cts\+\]'
    kill $server
    wait $server 2>/dev/null
    # A port that does not do what is asked: the tool is told.
    bridge rfc2217-listen:0 "pty:$tmp/b"
    "$PY" - "rfc2217://127.0.0.1:$(port_of host)" <<'END' 2>"$tmp/py"
import serial, sys
serial.serial_for_url(sys.argv[1], 9600, rtscts=True, timeout=60)
END
    has "flow control is refused, not pretended" "$tmp/py" 'rejected'
    over
    has "and that is said" "$tmp/e" 'flow control'
else skip "python3-serial is not here"; fi
if command -v ser2net >/dev/null && command -v socat >/dev/null; then
    socat "pty,raw,echo=0,link=$tmp/sa" "pty,raw,echo=0,link=$tmp/sb" &
    socat=$!
    wait_for 20 test -e "$tmp/sb"
    port=$("$PY" -c 'import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
    cat >"$tmp/s2n.yaml" <<END
connection: &c
  accepter: telnet(rfc2217),tcp,127.0.0.1,$port
  connector: serialdev,$tmp/sa,9600n81,local
  options:
    kickolduser: true
END
    ser2net -n -c "$tmp/s2n.yaml" -P "$tmp/s2n.pid" >"$tmp/s2n.log" 2>&1 &
    ser2net=$!
    here() { "$PY" -c "import socket
socket.create_connection(('127.0.0.1', $port))" 2>/dev/null; }
    wait_for 60 here
    sleep 0.5
    bridge "pty:$tmp/a" "rfc2217:127.0.0.1:$port" -b 115200 -r "$tmp/s.tape"
    exec 3<>"$tmp/a" 4<>"$tmp/sb"
    said o '\[open\]'
    printf '\377\000hi' >&3
    is "ser2net: host to device" "ff006869" \
        "$(head -c 4 <&4 | od -An -v -tx1 | tr -d ' \n')"
    printf '\377\015\000\377' >&4
    is "ser2net: device to host" "ff0d00ff" \
        "$(head -c 4 <&3 | od -An -v -tx1 | tr -d ' \n')"
    speed_is() { [ "$(stty -F "$tmp/sa" speed)" = "$1" ]; }
    wait_for 60 speed_is 115200
    is "ser2net: the speed" 115200 "$(stty -F "$tmp/sa" speed)"
    stty -F "$tmp/a" 38400
    wait_for 60 sh -c "[ \"\$(stty -F '$tmp/sa' speed)\" = 38400 ]" &&
        ok "ser2net: the tool's new speed" || not_ok "ser2net: still $(
            stty -F "$tmp/sa" speed)"
    exec 3<&- 4<&-
    over
    kill $ser2net $socat
    wait $ser2net $socat 2>/dev/null
else skip "ser2net or socat is not here"; fi

# ---- kill -9: of the peers, of the bridge ---------------------------------------
mkdir "$tmp/k"
"$PY" tests/cli/kill_peers.py "$TELLTALE" "$tmp/k" "${KILLS:-200}" >"$tmp/kills"
is "either peer killed ${KILLS:-200} times: all that came is recorded" 0 $?
cat "$tmp/kills"
for i in 1 2 3 4 5; do
    rm -f "$tmp/a" "$tmp/b"
    bridge "pty:$tmp/a" "pty:$tmp/b" -r "$tmp/k.pcapng" --force
    "$PY" tests/cli/pump.py "$tmp/a" "$tmp/b" 1e9 >"$tmp/pump" 2>&1 &
    pump=$!
    sleep 0.$((i * 13 % 7 + 6))
    kill -9 $bridge $pump
    wait $bridge $pump 2>/dev/null
    "$TELLTALE" convert --force --lane host "$tmp/k.pcapng" "$tmp/lane.bin"
    rc=$?
    "$PY" - "$tmp/lane.bin" <<'END' || rc=1
import random, sys
got = open(sys.argv[1], "rb").read()
r, want = random.Random(1), b""
while len(want) < len(got):
    want += r.randbytes(65536)
sys.exit(got != want[:len(got)])
END
    is "kill -9 of the bridge, $i: the recording is whole" 0 $rc
done

# ---- the screen ------------------------------------------------------------------
if command -v tmux >/dev/null; then
    mux() { tmux -L "telltale-bridge-$$" -f /dev/null "$@"; }
    shows() { mux capture-pane -p -t s 2>/dev/null | grep -q -- "$1"; }
    rm -f "$tmp/a" "$tmp/b"
    mux new-session -d -s s -x 100 -y 30 \
        "TERM=screen '$TELLTALE' bridge 'pty:$tmp/a' 'pty:$tmp/b' -r '$tmp/scr.tape' 2>'$tmp/e'; sleep 60"
    wait_for 60 test -e "$tmp/b"
    exec 3<>"$tmp/a" 4<>"$tmp/b"
    wait_for 60 shows open || not_ok "the screen does not show that it is open"
    for i in 1 2 3; do
        printf 'question\n' >&3
        read -r line <&4
        printf 'answer\n' >&4
        read -r line <&3
    done
    wait_for 60 shows answer && ok "a bridge on the screen, both lanes" ||
        not_ok "the screen: $(mux capture-pane -p -t s)"
    mux send-keys -t s q
    wait_for 60 sh -c "! [ -e '$tmp/a' ]" && ok "q ends the bridge" ||
        not_ok "q does not end it"
    exec 3<&- 4<&-
    mux kill-server 2>/dev/null
    is "the recording of the screen" 3 "$(grep -c question "$tmp/scr.tape")"
else skip "tmux is not here"; fi

# ---- what cannot be --------------------------------------------------------------
refuse() { # NAME REGEX ARGS...
    name=$1 want=$2
    shift 2
    tt bridge "$@"
    is "$name: refused" 2 $rc
    has "$name: why" "$tmp/err" "$want"
}
refuse "no such port" 'No such file' /dev/nothing "pty:$tmp/a"
refuse "RFC 2217 to nobody" 'refused' pty rfc2217:127.0.0.1:1
refuse "a file" 'no port' "$0" pty
refuse "one end" 'bridge A B' pty
refuse "nobody there" 'refused' pty tcp:127.0.0.1:1
refuse "no port number" 'no port: a number' pty tcp:localhost:http
refuse "IPv6 without brackets" 'brackets' pty tcp:::1:50
refuse "no such host" 'no host' pty tcp:nowhere.invalid:50
refuse "an address that is not ours" 'cannot listen' pty \
    tcp-listen:192.0.2.1:5000
refuse "a link that is something else" 'link' "pty:$tmp/pump" pty
finish
