#!/bin/sh
# Asking who is there: what is sent, what is not, and what is said of answers;
# device models on ptys.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/runlib.sh"

# probe ARGS...: $rc, $tmp/out, $tmp/err; the port is $port
probe() {
    rc=0
    "$TELLTALE" probe "$port" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || rc=$?
}
port=/nonexistent

# ---- what is no line -------------------------------------------------------------
port=captures/stm32-id-ok.tape
probe
is "a file: refused" 2 $rc
has "a file: said" "$tmp/err" 'is a file, no line to send to'
port=usb:1.2
probe
is "what only looks on: refused" 2 $rc
has "what only looks on: said" "$tmp/err" 'only looks on while another program'
port=/nonexistent

# ---- what would be sent ---------------------------------------------------------
probe --dry-run
is "--dry-run" 0 $rc
cp "$tmp/out" "$tmp/plan"
has "the plan: a modem" "$tmp/plan" '115200 8N1  at\.ok  > "AT\\r"  safe$'
has "the plan: a meter at its own settings" "$tmp/plan" \
    '300 7E1  iec62056\.ident  > "/\?!\\r\\n"  safe$'
is "the plan: all of it is safe" 0 "$(grep -cv '  safe$' "$tmp/plan")"
is "the plan: nothing twice" "" \
    "$(sed 's/^ *[0-9]* *//; s/  [a-z][^ ]*  >/ >/' "$tmp/plan" | sort | uniq -d)"
is "the plan: first settings come first" "115200 9600" "$(echo \
    $(sed -n 's/^ *[0-9]* *\([0-9]*\) .*  at\.ok  > "AT\\r".*/\1/p' "$tmp/plan"))"
hasnt "the plan: what has no line is left out" "$tmp/plan" 'fastboot'
probe --dry-run --only stm32
is "stm32 cannot be asked without a change" 0 "$(grep -c . "$tmp/out")"
has "and that is said" "$tmp/err" 'left out because they change something'
has "so nothing would be sent" "$tmp/err" 'nothing would be sent'
probe --dry-run --only stm32 --allow changes-state
has "stm32, when that is allowed" "$tmp/out" \
    '57600 8E1  stm32\.sync\.ack  > 7F  changes state: the boot loader fixes its speed'
is "stm32: the call comes first" "> 7F" \
    "$(sed -n '1s/.*\(> 7F\)  .*/\1/p' "$tmp/out")"
probe --dry-run --only modbus -b 4800 -m 8O1
is "-b and -m are for all" 1 "$(grep -c '4800 8O1' "$tmp/out")"
is "and nothing else" 1 "$(grep -c . "$tmp/out")"
# Whatever is allowed: nothing that erases is a probe at all.
systems=$("$TELLTALE" rules list | awk '$5 + 0 > 0 && $1 != "all" { print "--only", $1 }')
echo "$systems" | xargs -n 20 "$TELLTALE" probe x --dry-run --allow \
    changes-state >"$tmp/all"
has "all there are" "$tmp/all" 'changes state: '
hasnt "nothing that erases, unlocks or burns is among them" "$tmp/all" \
    'changes state: .*(erase|wipe|unlock|fuse|format)'

# ---- what is refused -----------------------------------------------------------------
probe --allow changes-state
is "--allow alone" 2 $rc
has "--allow alone: why" "$tmp/err" 'goes with --only'
probe --allow everything --only at
is "--allow something else" 2 $rc
probe --only nonsense
is "--only nonsense" 2 $rc
probe
is "no such port" 2 $rc
tt probe
is "no port" 2 $rc
printf 'rule my.own\n  title "x"\n  match < 41 42 43 44\n  verdict "x"\n' \
    >"$tmp/my.rules"
printf '  probe > 45 52 41\n  yes < 41 42 43 44\n  no < 41\n' >>"$tmp/my.rules"
probe --dry-run -R "$tmp/my.rules"
hasnt "a probe without a marking is none" "$tmp/out" 'my\.own'
has "it is complained about" "$tmp/err" 'must be said whether a probe is safe'

# ---- devices that answer -----------------------------------------------------------------
device modem
probe --listen 200ms --timeout 5s --only at -r "$tmp/at.tape"
is "a modem: exit status" 0 $rc
has "a modem" "$tmp/out" 'OK +A modem answers AT commands with OK'
has "a modem: its report" "$tmp/out" '^ +1  115200 8N1  at\.ok  > "AT\\r"  safe$'
has "a modem: what it said" "$tmp/out" '< "AT\\r" "\\r\\n" "OK\\r\\n"  after'
has "a modem: how to go on" "$tmp/out" "next +telltale watch -b 115200 -m 8N1 $port"
has "it is said before it is sent" "$tmp/err" '1/[0-9]+  115200 8N1  at\.ok  > "AT\\r"  safe'
has "a pty has no settings: said" "$tmp/err" 'has no speed and no parity'
arrived "it stops at the first certain answer" 41540D
is "all is on the tape" "$(log_bytes '>')" "$(tape_bytes "$tmp/at.tape" host)"
is "the answer, too" "$(log_bytes '<')" "$(tape_bytes "$tmp/at.tape" device)"
has "the tape has the verdict" "$tmp/at.tape" '# answer to a probe \(is, at\.ok\)'
probe --listen 200ms --timeout 5s --only at -q
is "-q: the headline only" 1 "$(grep -c . "$tmp/out")"
is "-q: no talk" "" "$(cat "$tmp/err")"
probe --listen 200ms --timeout 5s --only at --json
cp "$tmp/out" "$tmp/json"
"$PY" - "$tmp/json" <<'END' && ok "--json" || not_ok "--json: $(cat "$tmp/json")"
import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert len(lines) == 1
o = json.loads(lines[0])
assert o["telltale"] == 1 and o["heard"] == 0 and not o["vanished"]
assert o["certain"] == 0 and len(o["tried"]) == 1, o
t = o["tried"][0]
assert t["outcome"] == "is" and t["sent"] == "41 54 0D", t
assert t["changes"] is None and t["known_as"] == "at.ok", t
assert o["report"]["headline"]["rule"] == "at.ok", o["report"]
END
gone

device modbus
probe --listen 100ms --timeout 5s --only modbus
is "Modbus: exit status" 0 $rc
has "Modbus" "$tmp/out" 'OK +Modbus station 1 answers'
gone
device modbus-echo
probe --listen 100ms --timeout 5s --only modbus
is "Modbus behind an echo: exit status" 1 $rc
has "Modbus behind an echo" "$tmp/out" 'bus and station are good, the echo is'
gone
device meter
probe --listen 100ms --timeout 5s --only iec62056
is "a meter that is asked: exit status" 0 $rc
has "a meter that is asked" "$tmp/out" 'maker LGZ'
gone

# ---- a meter that speaks by itself: nothing is sent ------------------------------------------
device telegram
probe --listen 4s
is "a meter that speaks: exit status" 0 $rc
has "a meter that speaks" "$tmp/out" 'OK +A smart meter'
has "nothing was needed" "$tmp/out" '; 0 of [0-9]+ probes sent$'
is "nothing was sent" "" "$(log_bytes '>')"
gone

# ---- STM32: 7F only when allowed; at 8E1, which a pty drops ------------------------------------
device stm32
probe --listen 100ms --timeout 200ms --only stm32
is "stm32 without --allow: exit status" 3 $rc
is "stm32 without --allow: nothing was sent" "" "$(log_bytes '>')"
has "stm32 without --allow: said" "$tmp/out" '4 probes that change something were left out'
probe --listen 100ms --timeout 5s --only stm32 --allow changes-state
is "stm32: exit status" 0 $rc
has "stm32" "$tmp/out" 'OK +The STM32 boot loader is listening'
has "stm32: what it changes, before" "$tmp/err" '> 7F  changes state: the boot loader fixes its speed'
has "stm32: parity is not to be had, and that is said" "$tmp/err" 'no speed and no parity'
arrived "stm32: one byte" 7F
gone

# ---- nobody, noise, echo, somebody unknown ------------------------------------------------------
device silent
probe --listen 100ms --timeout 50ms --only at --only modbus --only avr
is "a silent port: exit status" 3 $rc
has "a silent port" "$tmp/out" 'nothing came back$'
has "a silent port: how to go on" "$tmp/out" 'TX and RX crossed'
probe --listen 100ms --timeout 20ms
is "a silent port, all probes: exit status" 3 $rc
n=$(sed -n 's/.*; \([0-9]*\) of \([0-9]*\) probes sent.*/\1 \2/p' "$tmp/out")
is "a silent port: all were sent" "${n#* }" "${n% *}"
probe --listen 100ms --timeout 10s --for 300ms
has "--for ends it" "$tmp/out" '; stopped$'
is "--for: exit status" 3 $rc
rm -f "$tmp/err"
"$TELLTALE" probe "$port" --listen 100ms --timeout 30s >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 60 grep -qs '1/' "$tmp/err"
kill -INT $pid
wait $pid
is "Ctrl-C: exit status" 3 $?
has "Ctrl-C: a report" "$tmp/out" '; stopped$'
gone
device chatter
probe --listen 400ms --timeout 100ms --only at
is "a line that talks: exit status" 3 $rc
has "a line that talks: said" "$tmp/err" 'talks by itself'
hasnt "a line that talks: no verdict" "$tmp/out" '^ +(OK|FAULT)'
gone
device unknown
probe --listen 100ms --timeout 1s --only at.ok -b 9600
is "somebody unknown: exit status" 3 $rc
has "somebody unknown: what he said" "$tmp/out" '< C7 11 E4 9B'
has "somebody unknown: not recognised" "$tmp/out" '^ *UNKNOWN'
gone
device echo
probe --listen 100ms --timeout 1s --only at --only modbus --only avr --only rockchip \
    -b 9600
is "an echo: exit status" 3 $rc
has "an echo: each of it" "$tmp/out" 'came back as it was sent'
has "an echo: verdict" "$tmp/out" 'NOTE .*The device side returned exactly what the host'
hasnt "an echo: nobody was found" "$tmp/out" '^ +OK '
gone
device silent
rm -f "$tmp/err"
"$TELLTALE" probe "$port" --listen 300s --only at >"$tmp/out" 2>"$tmp/err" \
    </dev/null &
pid=$!
wait_for 60 grep -qs 'listening to' "$tmp/err"
gone
wait $pid
is "a port that vanishes: exit status" 2 $?
has "a port that vanishes: said" "$tmp/err" 'went away'
has "a port that vanishes: report" "$tmp/out" 'went away meanwhile'
finish
