#!/bin/sh
# Live lines: ptys, fifos, sockets; Ctrl-C, hang-ups, slow and full outputs.
. "$(dirname "$0")/lib.sh"

port=$tmp/ttyX
# A busy machine, and one with sanitizers all the more, starts a program late:
# the board stays until it is taken away.
board() {
    rm -f "$port"
    "$BENCH" board "$port" 900 &
    board=$!
    wait_for 60 test -e "$port"
}
unplug() {
    kill $board 2>/dev/null
    wait $board 2>/dev/null
    rm -f "$port"
}

# The case of the issue: a board that prints h every 10 ms.
board
"$TELLTALE" watch --plain --for 3s -r "$tmp/h.pcapng" "$port" \
    >"$tmp/out" 2>"$tmp/err"
rc=$?
unplug
is "h h h alone is no fault yet" 0 $rc
has "it is said what comes" "$tmp/out" "'h' \\(0x68\\) over and over"
# A second of it is enough.
n=$(sed '/over and over/,$d' "$tmp/out" | sed -n 's/^[0-9.]* < //p' |
    tr -d '" ' | sed 's/68/h/g' | tr -d -c h | wc -c)
[ "$n" -ge 1 ] && [ "$n" -le 100 ] && ok "within a second (after $n bytes)" ||
    not_ok "too late: after $n bytes"
"$TELLTALE" read -q "$tmp/h.pcapng" >"$tmp/q"
rc=$?
is "the recording ends the same" 0 $rc
has "the recording says the same" "$tmp/q" "'h' \\(0x68\\) over and over"
grep -v '^#' "$tmp/out" | head -n 3 >"$tmp/lines"
has "traffic is printed as tape text" "$tmp/lines" '^[0-9.]+ < (68|"h)'
"$TELLTALE" read -q "$tmp/out" >"$tmp/q2"
is "what watch prints can be read again" 0 $?
cmp -s "$tmp/q" "$tmp/q2" && ok "and says the same" ||
    not_ok "and says: $(cat "$tmp/q2")"

# Ctrl-C, and the other ways to end it.
for sig in INT TERM HUP; do
    board
    "$TELLTALE" read -r "$tmp/$sig.tape" "$port" >"$tmp/o$sig" 2>"$tmp/err" &
    pid=$!
    wait_for 60 grep -q 'over and over' "$tmp/o$sig"
    kill -$sig $pid
    wait $pid
    is "SIG$sig: exit by the verdict" 0 $?
    has "SIG$sig: a summary" "$tmp/o$sig" '^end of the line at'
    "$TELLTALE" read -q "$tmp/$sig.tape" >"$tmp/q"
    is "SIG$sig: the recording is good" 0 $?
    unplug
done

# The other side hangs up.
board
rm -f "$tmp/out"
"$TELLTALE" read "$port" >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_for 60 grep -qs 'over and over' "$tmp/out"
unplug
wait $pid
is "a hang-up ends it" 0 $?
has "a hang-up is said" "$tmp/err" 'closed'

# A reader of stdout that goes away: what is recorded goes on.
board
rm -f "$tmp/err"
{
    "$TELLTALE" watch --plain -r "$tmp/gone.tape" "$port" 2>"$tmp/err"
    echo $? >"$tmp/rc"
} | head -n 1 >"$tmp/out" &
reader=$!
wait_for 60 grep -qs 'goes on' "$tmp/err"
n=$(wc -c <"$tmp/gone.tape")
grows() { [ "$(wc -c <"$tmp/gone.tape")" -gt $((n + 500)) ]; }
wait_for 60 grows && ok "recorded until the line ends" ||
    not_ok "the recording stops: $(tail -n 2 "$tmp/gone.tape")"
unplug
wait $reader
wait_for 60 test -s "$tmp/rc"
is "no reader of stdout, -r: exit by the verdict" 0 "$(cat "$tmp/rc")"
has "it is said that the recording goes on" "$tmp/err" 'goes on'
board
rm -f "$tmp/rc"
{
    timeout 60 "$TELLTALE" watch --plain "$port" 2>"$tmp/err"
    echo $? >"$tmp/rc"
} | head -n 1 >"$tmp/out"
wait_for 60 test -s "$tmp/rc"
hasnt "without -r it ends there" "$tmp/rc" '^124'
unplug

# A fifo whose writer comes late and goes away.
mkfifo "$tmp/fifo"
(sleep 0.2; printf 'hello' >"$tmp/fifo") &
timeout 60 "$TELLTALE" read "$tmp/fifo" >"$tmp/out" 2>"$tmp/err"
is "a fifo ends with its writer" 3 $?
wait

# -b on what has no speed.
(sleep 0.2; printf 'x' >"$tmp/fifo") &
timeout 60 "$TELLTALE" read -b 9600 "$tmp/fifo" >"$tmp/out" 2>"$tmp/err"
has "-b on a fifo: a word" "$tmp/err" 'have no effect'
wait

# socat's pty pair, both lanes of naming, and a stop in the middle.
if command -v socat >/dev/null; then
    socat "pty,raw,echo=0,link=$tmp/a" "pty,raw,echo=0,link=$tmp/b" &
    socat=$!
    wait_for 60 test -e "$tmp/b"
    "$TELLTALE" watch --plain --lane host "$tmp/b" -r "$tmp/s.tape" \
        >"$tmp/so" 2>"$tmp/se" &
    pid=$!
    wait_for 60 grep -q listening "$tmp/se"
    printf 'number one' >"$tmp/a"
    wait_for 60 grep -q 'number one' "$tmp/so"
    kill -STOP $pid
    printf 'number two' >"$tmp/a"
    kill -CONT $pid
    wait_for 60 grep -q 'number two' "$tmp/so" && ok "SIGSTOP, SIGCONT: nothing lost" ||
        not_ok "SIGSTOP, SIGCONT: bytes are missing"
    kill $pid
    wait $pid
    has "--lane host" "$tmp/s.tape" '> .*number one'
    # A second recording does not eat the first.
    timeout 60 "$TELLTALE" read --for 0.1s -r "$tmp/s.tape" "$tmp/b" \
        >"$tmp/out" 2>"$tmp/err"
    is "a recording is not written over" 2 $?
    has "and --force is named" "$tmp/err" '--force'
    has "the old one is whole" "$tmp/s.tape" 'number one'
    timeout 60 "$TELLTALE" read --for 0.1s --force -r "$tmp/s.tape" \
        "$tmp/b" >"$tmp/out" 2>"$tmp/err"
    hasnt "--force begins anew" "$tmp/s.tape" 'number one'
    kill $socat
    wait $socat 2>/dev/null
else skip "socat is not here"; fi

# A disk that fills up: said, and the watching goes on.
board
ln -s /dev/full "$tmp/full.pcapng"
"$TELLTALE" read --force -r "$tmp/full.pcapng" --for 2s "$port" \
    >"$tmp/out" 2>"$tmp/err"
is "a full disk exits 2" 2 $?
has "a full disk is said" "$tmp/err" 'No space left'
has "the verdict comes all the same" "$tmp/out" 'over and over'
(
    ulimit -f 1
    "$TELLTALE" read -r "$tmp/lim.pcapng" --for 2s "$port" 2>"$tmp/err"
) >"$tmp/out"
is "a size limit exits 2" 2 $?
"$TELLTALE" read "$tmp/lim.pcapng" >"$tmp/out" 2>"$tmp/err"
hasnt "what was recorded is whole" "$tmp/out" 'middle|truncated|cut'
unplug

# Nobody reads what we print: quiet, and the recording is complete.
board
{ "$TELLTALE" watch --plain --for 3s -r "$tmp/pipe.tape" "$port" 2>"$tmp/err"; } |
    head -n 3 >"$tmp/out"
hasnt "EPIPE is quiet" "$tmp/err" 'cannot write|[Bb]roken|EPIPE'
"$TELLTALE" read -q "$tmp/pipe.tape" >"$tmp/out"
[ $? != 2 ] && ok "EPIPE: the recording is good" || not_ok "EPIPE: recording"
unplug

# A recording that arrives live.
"$BENCH" wire >"$tmp/wire.tape"
"$TELLTALE" watch --plain --format tape - <"$tmp/wire.tape" >"$tmp/out" \
    2>"$tmp/err"
is "a recording that arrives live" 1 $?
has "both lanes are printed" "$tmp/out" '^[0-9.]+ > 7F'
"$TELLTALE" read -q "$tmp/wire.tape" >"$tmp/q"
has "the named case" "$tmp/q" "0x68 = 'h' repeated"
"$TELLTALE" watch --json --format tape - <"$tmp/wire.tape" >"$tmp/out" \
    2>"$tmp/err"
hasnt "--json prints JSON only" "$tmp/out" '^[^{]'

tt watch --plain "$tmp/wire.tape"
is "watch on a file exits 2" 2 $rc
has "watch on a file names read" "$tmp/err" 'telltale read'
finish
