#!/bin/sh
# Tools that nobody here wrote, unmodified under 'telltale run', against device
# models: the bytes are what the model logged, settings and lines what strace
# shows for the same run, the exit status is the tool's, the verdict is true.
. "$(dirname "$0")/lib.sh"
. tests/cli/runlib.sh

# seen NAME COMMAND...: run it under strace under telltale; strace's word
# against the tape's.
seen() {
    name=$1
    shift
    command -v strace >/dev/null || {
        skip "$name: strace is not here"
        run "$@"
        return
    }
    run -- strace -f -v -xx -s 65536 -o "$tmp/strace" \
        -e trace=open,openat,close,dup,dup2,dup3,fcntl,read,write,ioctl "$@"
    for what in set line; do
        "$PY" tests/cli/strace_port.py "$port" $what <"$tmp/strace" >"$tmp/want"
        if [ $what = set ]; then
            sed -n 's/^[0-9.]* \[\([0-9]* [5-8][NEOMS][12]\)\].*/\1/p' \
                "$tmp/rec.tape"
        else
            sed -n 's/^[0-9.]* \[\([dr]t[rs][-+]\|break\)\].*/\1/p' \
                "$tmp/rec.tape"
        fi >"$tmp/got"
        if cmp -s "$tmp/want" "$tmp/got"; then
            ok "$name: $what as strace shows it ($(wc -l <"$tmp/got"))"
        else
            not_ok "$name: $what is not what strace shows:"
            diff "$tmp/want" "$tmp/got" | head -n 20
        fi
    done
    is "$name: the host's bytes as strace shows them" \
        "$("$PY" tests/cli/strace_port.py "$port" host <"$tmp/strace" | cksum)" \
        "$(echo "$(tape_bytes "$tmp/rec.tape" host)" | cksum)"
    # What the tool has not read strace cannot know.
    got=$("$PY" tests/cli/strace_port.py "$port" device <"$tmp/strace")
    case $(tape_bytes "$tmp/rec.tape" device) in "$got"* | *"$got"*)
        ok "$name: what the tool has read is on the tape" ;;
    *) not_ok "$name: the tool has read $(short "$got")" ;; esac
}

mkdir "$tmp/in" "$tmp/got.d"
head -c 20000 /dev/urandom >"$tmp/in/fw.bin"

# ---- lrzsz, both ways -----------------------------------------------------------
if command -v rz >/dev/null; then
    device exec 600 sh -c "cd '$tmp/got.d' && exec rz -b -y -q"
    seen "sz" sh -c "sz -b -q '$tmp/in/fw.bin' <'$port' >'$port'"
    is "sz: exit status" 0 $rc
    cmp -s "$tmp/in/fw.bin" "$tmp/got.d/fw.bin" && ok "sz: the file is there" ||
        not_ok "sz: the file is another"
    verdict "sz" 'OK +ZMODEM: the session ended in order'
    same_but_xon "sz"
    gone
    rm -f "$tmp/got.d/fw.bin"
    device exec 600 sh -c "exec sz -b -q '$tmp/in/fw.bin'"
    run -- sh -c "cd '$tmp/got.d' && rz -b -y -q <'$port' >'$port'"
    is "rz: exit status" 0 $rc
    cmp -s "$tmp/in/fw.bin" "$tmp/got.d/fw.bin" && ok "rz: the file is there" ||
        not_ok "rz: the file is another"
    verdict "rz" 'OK +ZMODEM: the device sends the file fw.bin of 20000 bytes'
    same_but_xon "rz"
    gone
    # The receiver calls: it must not do so before somebody hears it.
    device exec 600 sh -c "cd '$tmp/got.d' && while [ ! -e '$tmp/open' ]; do
        sleep 0.05; done && exec rx -b -q xm.bin"
    rm -f "$tmp/open"
    run -- sh -c "exec 3<>'$port'; touch '$tmp/open'
        sx -b -q '$tmp/in/fw.bin' <&3 >&3"
    is "sx: exit status" 0 $rc
    head -c 20000 "$tmp/got.d/xm.bin" | cmp -s - "$tmp/in/fw.bin" &&
        ok "sx: the file is there" || not_ok "sx: the file is another"
    verdict "sx" 'OK +XMODEM: the last block and the end of the file'
    same_but_xon "sx"
    gone
    rm -f "$tmp/got.d/xm.bin"
    # Its own time limits are in seconds: a busy machine may take longer.
    for again in 1 2 3; do
        device exec 600 sh -c "exec sx -b -q '$tmp/in/fw.bin'"
        run -- sh -c "cd '$tmp/got.d' && rx -b -q -c xm.bin <'$port' >'$port'"
        [ $rc != 0 ] && [ $again != 3 ] || break
        gone
    done
    is "rx: exit status" 0 $rc
    head -c 20000 "$tmp/got.d/xm.bin" | cmp -s - "$tmp/in/fw.bin" &&
        ok "rx: the file is there" || not_ok "rx: the file is another"
    verdict "rx" 'OK +An XMODEM.* from the device'
    same_but_xon "rx"
    gone
    # Nobody is there.
    device silent
    run -- sh -c "timeout 3 sz -b -q '$tmp/in/fw.bin' <'$port' >'$port'"
    [ $rc != 0 ] && ok "sz, silent: exit status $rc" || not_ok "sz, silent: 0"
    hasnt "sz, silent: not healthy" "$tmp/err" '^ +OK '
    gone
else skip "lrzsz is not here"; fi

# ---- mbpoll ----------------------------------------------------------------------
if command -v mbpoll >/dev/null; then
    device modbus
    seen "mbpoll" mbpoll -m rtu -a 1 -b 19200 -P even -t 4 -r 1 -c 2 -o 10 -1 \
        "$port"
    is "mbpoll: exit status" 0 $rc
    has "mbpoll: its own output" "$tmp/out" '\[1\]:.*4660'
    verdict "mbpoll" 'OK +Modbus station 1 answers function 03'
    same_bytes "mbpoll"
    gone
    device modbus
    run -- mbpoll -m rtu -a 1 -b 9600 -P none -t 4 -r 9 -c 1 -o 10 -1 "$port"
    is "mbpoll, no such register: exit status" 1 $rc
    verdict "mbpoll, no such register" 'exception 2|exception 02'
    gone
    device modbus-deaf
    run -- mbpoll -m rtu -a 1 -b 19200 -P even -t 4 -r 1 -c 2 -1 "$port"
    is "mbpoll, another address: exit status" 1 $rc
    verdict "mbpoll, another address" 'FAULT +The host asked Modbus station 1 .*'
    same_bytes "mbpoll, another address"
    gone
else skip "mbpoll is not here"; fi

# ---- stm32flash, avrdude, pyserial: against strace -----------------------------------
if command -v stm32flash >/dev/null; then
    device stm32
    seen "stm32flash" stm32flash -r "$tmp/read.bin" -S 0x08000000:1024 "$port"
    is "stm32flash: exit status" 0 $rc
    verdict "stm32flash" 'OK +The STM32 boot loader works and lets memory be read'
    same_bytes "stm32flash"
    gone
    # ... and when it fails: what it set and did is all there.
    for m in prints silent nack echo; do
        device $m
        seen "stm32flash, $m" stm32flash "$port"
        is "stm32flash, $m: exit status" 1 $rc
        [ $m = nack ] || hasnt "stm32flash, $m: not healthy" "$tmp/err" '^ +OK '
        gone
    done
else skip "stm32flash is not here"; fi
if command -v avrdude >/dev/null; then
    device stk500
    seen "avrdude" avrdude -c arduino -p m328p -P "$port"
    is "avrdude: exit status" 0 $rc
    verdict "avrdude" 'OK +The AVR loader works'
    same_bytes "avrdude"
    gone
else skip "avrdude is not here"; fi
if "$PY" -c 'import serial' 2>/dev/null; then
    # The reset of esptool.py's ClassicReset, and what else moves lines.
    cat >"$tmp/reset.py" <<'END'
import serial, sys, time
p = serial.Serial(sys.argv[1], 115200, timeout=60)
def reset(hold):
    p.setDTR(False); p.setRTS(True)
    time.sleep(0.05)
    p.setDTR(True); p.setRTS(False)
    time.sleep(hold)
    p.setDTR(False)
reset(0.02)
p.baudrate = 250000
for mode in ("N", 1), ("E", 1), ("O", 2), ("N", 2):
    p.parity, p.stopbits = mode
    p.write(bytes(range(256)))
    assert p.read(256) == bytes(range(256))
p.bytesize = 7
p.bytesize = 8
p.baudrate = 460800
reset(0.01)
p.send_break(0.02)
p.break_condition = True
p.break_condition = False
p.rts = False
p.rts = True
p.close()
p.open()
p.write(b"x"); assert p.read(1) == b"x"
sys.exit(3)
END
    device echo
    seen "pyserial" "$PY" "$tmp/reset.py" "$port"
    is "pyserial: exit status" 3 $rc
    same_bytes "pyserial"
    gone
else skip "python3-serial is not here"; fi

# ---- picocom ---------------------------------------------------------------------------
if command -v picocom >/dev/null && command -v script >/dev/null; then
    device echo
    # It wants a terminal; Ctrl-A Ctrl-X ends it, once it has had its answer.
    # (The typescript begins with the command, so that is no place to wait for
    # a word of it.)
    # shellcheck disable=SC2016
    (
        wait_for 60 grep -qs '^hello' "$tmp/typescript"
        printf '\001\030'
        sleep 2
    ) | script -qefc "'$TELLTALE' run --linger 300ms --port '$port' --force \
        -r '$tmp/rec.tape' -- picocom -q -b 57600 -y e --initstring hello \
        '$port'" "$tmp/typescript" >/dev/null 2>&1
    is "picocom: exit status" 0 $?
    has "picocom: what the device said was shown" "$tmp/typescript" '^hello'
    has "picocom: even parity" "$tmp/rec.tape" '\[57600 8E1\]'
    same_bytes "picocom"
    gone
else skip "picocom is not here"; fi

# ---- a static program --------------------------------------------------------------------
if command -v busybox >/dev/null &&
    ! ldd "$(command -v busybox)" >/dev/null 2>&1; then
    device echo
    seen "static busybox" busybox stty -F "$port" 19200 parenb -hupcl
    is "static busybox: exit status" 0 $rc
    has "static busybox: HUPCL off: the lines stay" "$tmp/rec.tape" 'rts\+'
    hasnt "static busybox: no line drops" "$tmp/rec.tape" '\[[dr]t[rs]-\]'
    gone
else skip "a static busybox is not here"; fi

# ---- esptool ----------------------------------------------------------------------------
skip "esptool: Debian 12 has no package of it; its reset sequence is above"
finish
