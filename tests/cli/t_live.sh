#!/bin/sh
# Live lines: ptys, fifos, sockets; Ctrl-C, hang-ups, slow and full outputs.
. "$(dirname "$0")/lib.sh"

port=$tmp/ttyX
# A busy machine, and one with sanitizers all the more, starts a program late.
late=1
[ "$MODE" = asan ] && late=4
board() { # seconds
    "$BENCH" board "$port" $(($1 + late)) &
    board=$!
    wait_for 3 test -e "$port"
}

# The case of the issue: a board that prints h every 10 ms.
board 3
start=$(date +%s%N)
"$TELLTALE" watch --plain --for 1s -r "$tmp/h.pcapng" "$port" \
    >"$tmp/out" 2>"$tmp/err"
rc=$?
is "h h h alone is no fault yet" 0 $rc
has "it is said what comes" "$tmp/out" "'h' \\(0x68\\) over and over"
first=$(sed -n 's/^# at \([0-9.]*\) s.*/\1/p' "$tmp/out" | head -n 1)
awk "BEGIN { exit !(${first:-9} < 1.0) }" &&
    ok "within a second (at $first s)" || not_ok "too late: '$first'"
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
wait $board

# Ctrl-C, and the other ways to end it.
for sig in INT TERM HUP; do
    board 3
    "$TELLTALE" read -r "$tmp/$sig.tape" "$port" >"$tmp/o$sig" 2>"$tmp/err" &
    pid=$!
    wait_for 3 grep -q 'over and over' "$tmp/o$sig"
    kill -$sig $pid
    wait $pid
    is "SIG$sig: exit by the verdict" 0 $?
    has "SIG$sig: a summary" "$tmp/o$sig" '^end of the line at'
    "$TELLTALE" read -q "$tmp/$sig.tape" >"$tmp/q"
    is "SIG$sig: the recording is good" 0 $?
    kill $board 2>/dev/null
    wait $board 2>/dev/null
    rm -f "$port"
done

# The other side hangs up.
board 2
"$TELLTALE" read "$port" >"$tmp/out" 2>"$tmp/err"
is "a hang-up ends it" 0 $?
has "a hang-up is said" "$tmp/err" 'closed'

# A reader of stdout that goes away: what is recorded goes on.
board 2
{
    "$TELLTALE" watch --plain -r "$tmp/gone.tape" "$port" 2>"$tmp/err"
    echo $? >"$tmp/rc"
} | head -n 1 >"$tmp/out"
is "no reader of stdout, -r: exit by the verdict" 0 "$(cat "$tmp/rc")"
has "it is said that the recording goes on" "$tmp/err" 'goes on'
last=$(sed -n 's/^\([0-9.]*\) < .*/\1/p' "$tmp/gone.tape" | tail -n 1)
awk "BEGIN { exit !(${last:-0} > 1.0) }" &&
    ok "recorded until the line ended ($last s)" ||
    not_ok "the recording stops at ${last:-nothing}"
wait $board
board 3
start=$(date +%s)
"$TELLTALE" watch --plain "$port" 2>"$tmp/err" | head -n 1 >"$tmp/out"
[ $(($(date +%s) - start)) -lt 3 ] && ok "without -r it ends there" ||
    not_ok "without -r it goes on for nobody"
kill $board 2>/dev/null
wait $board 2>/dev/null
rm -f "$port"

# A fifo whose writer comes late and goes away.
mkfifo "$tmp/fifo"
(sleep 0.2; printf 'hello' >"$tmp/fifo") &
timeout 5 "$TELLTALE" read "$tmp/fifo" >"$tmp/out" 2>"$tmp/err"
is "a fifo ends with its writer" 3 $?
wait

# -b on what has no speed.
(sleep 0.2; printf 'x' >"$tmp/fifo") &
timeout 5 "$TELLTALE" read -b 9600 "$tmp/fifo" >"$tmp/out" 2>"$tmp/err"
has "-b on a fifo: a word" "$tmp/err" 'have no effect'
wait

# socat's pty pair, both lanes of naming, and a stop in the middle.
if command -v socat >/dev/null; then
    socat "pty,raw,echo=0,link=$tmp/a" "pty,raw,echo=0,link=$tmp/b" &
    socat=$!
    wait_for 3 test -e "$tmp/b"
    "$TELLTALE" watch --plain --lane host "$tmp/b" -r "$tmp/s.tape" \
        >"$tmp/so" 2>"$tmp/se" &
    pid=$!
    wait_for 3 grep -q listening "$tmp/se"
    printf 'number one' >"$tmp/a"
    wait_for 3 grep -q 'number one' "$tmp/so"
    kill -STOP $pid
    printf 'number two' >"$tmp/a"
    sleep 0.2
    kill -CONT $pid
    wait_for 3 grep -q 'number two' "$tmp/so" && ok "SIGSTOP, SIGCONT: nothing lost" ||
        not_ok "SIGSTOP, SIGCONT: bytes are missing"
    kill $pid
    wait $pid
    has "--lane host" "$tmp/s.tape" '> .*number one'
    # A second recording does not eat the first.
    timeout 5 "$TELLTALE" read --for 0.1s -r "$tmp/s.tape" "$tmp/b" \
        >"$tmp/out" 2>"$tmp/err"
    is "a recording is not written over" 2 $?
    has "and --force is named" "$tmp/err" '--force'
    has "the old one is whole" "$tmp/s.tape" 'number one'
    timeout 5 "$TELLTALE" read --for 0.1s --force -r "$tmp/s.tape" \
        "$tmp/b" >"$tmp/out" 2>"$tmp/err"
    hasnt "--force begins anew" "$tmp/s.tape" 'number one'
    kill $socat
    wait $socat 2>/dev/null
else skip "socat is not here"; fi

# A disk that fills up: said, and the watching goes on.
board 1
ln -s /dev/full "$tmp/full.pcapng"
"$TELLTALE" read --force -r "$tmp/full.pcapng" --for 0.6s "$port" \
    >"$tmp/out" 2>"$tmp/err"
is "a full disk exits 2" 2 $?
has "a full disk is said" "$tmp/err" 'No space left'
has "the verdict comes all the same" "$tmp/out" 'over and over'
wait $board
board 1
(
    ulimit -f 1
    "$TELLTALE" read -r "$tmp/lim.pcapng" --for 0.6s "$port" 2>"$tmp/err"
) >"$tmp/out"
is "a size limit exits 2" 2 $?
"$TELLTALE" read "$tmp/lim.pcapng" >"$tmp/out" 2>"$tmp/err"
hasnt "what was recorded is whole" "$tmp/out" 'middle|truncated|cut'
wait $board

# Nobody reads what we print: quiet, and the recording is complete.
board 2
{ "$TELLTALE" watch --plain -r "$tmp/pipe.tape" "$port" 2>"$tmp/err"; } |
    head -n 3 >"$tmp/out"
hasnt "EPIPE is quiet" "$tmp/err" 'cannot write|[Bb]roken|EPIPE'
"$TELLTALE" read -q "$tmp/pipe.tape" >"$tmp/out"
[ $? != 2 ] && ok "EPIPE: the recording is good" || not_ok "EPIPE: recording"
wait $board

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
