#!/bin/sh
# What "read" says about files: good ones, odd ones, many, none.
. "$(dirname "$0")/lib.sh"

cap=captures
fault=$(grep -l '^ *FAULT ' $cap/*.expect | head -n 1)
fault=${fault%.expect}.tape
okay=$(grep -lE '^ *OK ' $cap/*.expect | head -n 1)
okay=${okay%.expect}.tape

tt read "$fault"
is "a fault exits 1" 1 $rc
tt read "$okay"
is "a healthy handshake exits 0" 0 $rc
tt "$fault"
is "a file alone is read" 1 $rc
tt read - <"$fault"
rc=0
"$TELLTALE" read - <"$fault" >"$tmp/out" 2>"$tmp/err" || rc=$?
is "- is standard input" 1 $rc
rc=0
"$TELLTALE" read /dev/stdin <"$fault" >"$tmp/out" 2>"$tmp/err" || rc=$?
is "/dev/stdin is a recording too" 1 $rc

: >"$tmp/empty"
tt read "$tmp/empty"
is "an empty file exits 2" 2 $rc
has "an empty file is said" "$tmp/err" 'empty'
printf 'abc' >"$tmp/three"
tt read "$tmp/three"
is "three bytes are no fault" 3 $rc
tt read /bin/ls
[ $rc = 3 ] && ok "/bin/ls is no fault" || not_ok "/bin/ls: exit $rc"
has "/bin/ls is said" "$tmp/err" 'looks like a program'
tt read rules/fastboot.rules
is "a file of rules quotes messages: no verdict" 3 $rc
has "a file of rules is said" "$tmp/err" 'looks like a file of rules'
mkdir "$tmp/empty-folder"
tt read "$tmp/empty-folder"
is "an empty folder exits 2" 2 $rc
has "an empty folder is said" "$tmp/err" 'no file in this folder'
tt read "$tmp/none"
is "a missing file exits 2" 2 $rc
has "a missing file is said" "$tmp/err" 'no such file'
tt read ''
is "an empty name exits 2" 2 $rc
has "an empty name is said" "$tmp/err" 'an empty name'
tt read --format pcap "$tmp/three"
is "three bytes as pcap exit 2" 2 $rc
has "and are said to be no pcap" "$tmp/err" 'not a pcap file'
tt read /dev/ttyUSB99
is "a missing port exits 2" 2 $rc
has "a missing port: what to do" "$tmp/err" 'plugged in'
if [ "$(id -u)" != 0 ]; then
    printf x >"$tmp/secret"
    chmod 0 "$tmp/secret"
    tt read "$tmp/secret"
    is "an unreadable file exits 2" 2 $rc
else skip "unreadable file: root reads everything"; fi

tt read "$tmp/none" "$okay" "$tmp/empty-folder" "$fault" "$tmp/empty"
is "the worst of many decides" 2 $rc
has "a bad file does not stop the rest" "$tmp/out" "${fault##*/}"
tt read "$okay" "$fault" "$tmp/three"
is "fault before unknown before healthy" 1 $rc
tt read "$okay" "$tmp/three"
is "unknown before healthy" 3 $rc

# What was not understood is told, also with -q, and never taken for silence.
printf '# telltale tape 1\n0 > 7F\n1 < 7Z\n9 > 7F\n' >"$tmp/hole"
tt read -q "$tmp/hole"
is "a line that is not understood: no verdict across it" 3 $rc
has "and it is told with -q" "$tmp/err" "at line 3: '7Z' is neither"
has "and what is missing is not said not to be" "$tmp/out" \
    'what the device sent is not known. 1 place of the input was not'
tt read --json "$tmp/hole"
has "and in JSON" "$tmp/out" '"plain":"[^"]*1 place of the input was not'
printf '\324\303\262\241\002\000\004\000\000\000' >"$tmp/cut.pcap"
tt read "$tmp/cut.pcap"
hasnt "a pcap of ten bytes is not 'no traffic'" "$tmp/out" 'No traffic'
printf '0 < 68*60\n' >"$tmp/whole"
tt read "$tmp/whole"
has "whole seconds at the start of a line" "$tmp/out" "sent 68 .'h'. 60 times"

# What this program prints quotes the recording, and is none.
for t in "$fault" "$okay" "$tmp/three"; do
    for how in --no-color --json; do
        "$TELLTALE" read $how "$t" >"$tmp/saved" 2>/dev/null
        tt read -q "$tmp/saved"
        is "a saved report of ${t##*/} ($how) is no recording" 2 $rc
        has "and that is said" "$tmp/err" 'is a report of telltale'
    done
done
tt read -q --lane device "$tmp/saved"
hasnt "unless its text is asked for" "$tmp/err" 'is a report of telltale'

# Hostile names and bytes.
evil="$tmp/$(printf 'a\033]0;gotcha\007b')"
printf '\033[2J\033]0;x\007hello' >"$evil"
tt read "$evil" "$evil.not"
hasnt "no escape from a name or a byte (stdout)" "$tmp/out" "$(printf '\033')"
hasnt "no escape from a name or a byte (stderr)" "$tmp/err" "$(printf '\033')"

# JSON: one object a line, nothing else.
tt read --json "$okay" "$fault" "$tmp/three" "$evil"
is "JSON: a line each" 4 "$(wc -l <"$tmp/out" | tr -d ' ')"
if command -v python3 >/dev/null; then
    python3 -c '
import json, sys
for line in open(sys.argv[1]):
    d = json.loads(line)
    assert d["telltale"] == 1 and d["status"] in ("ok", "fault", "unknown")
' "$tmp/out" && ok "JSON is read by python" || not_ok "JSON is broken"
else skip "python3 is not here"; fi

tt read -q "$fault"
is "-q: one line" 1 "$(wc -l <"$tmp/out" | tr -d ' ')"

# Times.
tt read --until 0 "$fault"
[ $rc = 3 ] && ok "--until 0 leaves nothing to find" ||
    not_ok "--until 0: exit $rc"
tt read --since 1000h "$fault"
[ $rc = 3 ] && ok "--since beyond the end leaves nothing" ||
    not_ok "--since: exit $rc"

# Output that cannot be written.
rc=0
"$TELLTALE" read "$fault" >/dev/full 2>"$tmp/err" || rc=$?
is "a full disk under stdout exits 2" 2 $rc
has "and is said" "$tmp/err" 'cannot write'
{ "$TELLTALE" read "$fault" "$fault" "$fault" 2>"$tmp/err"; echo $? >"$tmp/rc"; } |
    true
is "a reader that went away is no reason to talk" "" "$(cat "$tmp/err")"

# Plain text may be what a tool printed.
echo 'handshaking... error unexpected response 0x68' >"$tmp/log.txt"
tt read "$tmp/log.txt"
is "a saved log is no fault by itself" 3 $rc
has "a saved log is read as a tool's output" "$tmp/out" 'The tool printed 46'
has "its words are a hint" "$tmp/out" 'unexpected response 0x68'
has "that is said in the report" "$tmp/out" 'read as what a tool printed'
has "and beside it" "$tmp/err" 'lane device or tool decides'
tt read --lane device "$tmp/log.txt"
has "--lane device decides" "$tmp/out" 'The device sent 46'
is "and there is nothing to remark" "" "$(cat "$tmp/err")"
echo 'xyz hello' >"$tmp/x.txt"
tt read "$tmp/x.txt"
has "text that nobody knows: whose it is" "$tmp/err" 'say --lane tool'
has "UNKNOWN says what to do next" "$tmp/out" '^ +next +record both'
"$TELLTALE" read - <"$tmp/log.txt" >"$tmp/out" 2>"$tmp/err"
has "through a pipe too" "$tmp/out" 'unexpected response 0x68'

# What an option cannot do here is said.
tt read -b 9600 -m 8E1 --for 1 --force -r "$tmp/no" "$okay"
has "options for lines" "$tmp/err" 'here: -r -b -m --for --force$'
tt read --since 2 --until 1 "$okay"
is "--since after --until exits 2" 2 $rc
tt read --until 0 "$fault"
has "what --until takes away is said" "$tmp/err" 'leave out [0-9]+ bytes'
tt read -v "$fault"
has "-v: what the engine did" "$tmp/err" '[0-9]+ items, [0-9]+ hits'

# JSON has an object for what cannot be read.
tt read --json "$tmp/none" "$tmp/none2" "$tmp/empty"
is "JSON: unreadable inputs exit 2" 2 $rc
is "JSON: and have a line each" 3 \
    "$(grep -c '"status":"error","error":"' "$tmp/out")"

# Options that cannot both be, or that choose from what is not there.
tt read --json --csv "$okay"
is "--json and --csv exit 2" 2 $rc
has "and why" "$tmp/err" 'two forms of one output'
tt read --usb 1.5 "$okay"
is "--usb on tape text exits 2" 2 $rc
has "and why" "$tmp/err" 'this is tape text'
"$TELLTALE" convert "$okay" "$tmp/serial.pcapng" >/dev/null
tt read --tcp 1 "$tmp/serial.pcapng"
is "--tcp on one serial line exits 2" 2 $rc
has "and why" "$tmp/err" 'one of a serial line'
tt read --csv "$tmp/none"
has "CSV: an error is no verdict" "$tmp/out" '^"[^"]*/none","error",'
head -c $(($(wc -c <"$tmp/serial.pcapng") - 7)) "$tmp/serial.pcapng" \
    >"$tmp/short.pcapng"
tt read "$tmp/short.pcapng"
has "a cut capture is called cut" "$tmp/out" 'rtac-serial, cut off'
tt read --csv "$tmp/short.pcapng"
has "in a table too" "$tmp/out" 'rtac-serial, cut off"'

# Forced formats.
tt read --format raw --lane host "$fault"
[ $rc = 3 ] || [ $rc = 0 ] && ok "--format raw takes any file" ||
    not_ok "--format raw: exit $rc"
finish
