#!/bin/sh
# The full-screen view in a real terminal (tmux): live bytes, the verdict,
# searching, sizes, acting, leaving, and what a crash leaves behind.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || {
    skip "tmux is not here"
    exit 0
}
TERM_=$(tput -T tmux-256color longname >/dev/null 2>&1 && echo tmux-256color ||
    echo screen)
sock=telltale-test-$$
n=0 # a server for each screen: one that is ending would take the next along
unset NO_COLOR TMUX
mux() { tmux -u -L "$sock-$n" -f /dev/null "$@"; }
trap 'mux kill-server 2>/dev/null; rm -rf "$tmp"' EXIT

# screen COLS ROWS COMMAND: run it in a fresh terminal; the shell around it
# says how it ended and what the tty is like before and after.
screen() {
    cols=$1 rows=$2
    shift 2
    mux kill-server 2>/dev/null
    n=$((n + 1))
    rm -f "$tmp/before" "$tmp/after" "$tmp/rc"
    cat >"$tmp/run.sh" <<END
export TERM=$TERM_ XDG_CONFIG_HOME=$tmp/config HOME=$tmp LC_ALL=C.UTF-8
stty -g >"$tmp/before"
set -m
$*
rc=\$?
while [ \$rc = 148 ]; do
    echo stopped here
    sleep 0.5
    fg
    rc=\$?
done
echo \$rc >"$tmp/rc"
stty -g >"$tmp/after"
echo shell is back
sleep 900
END
    mux new-session -d -s s -x "$cols" -y "$rows" "bash $tmp/run.sh" \
        2>"$tmp/err" || not_ok "tmux: $(cat "$tmp/err")"
}
shows() { mux capture-pane -p -t s 2>/dev/null | grep -qE -- "$1"; }
# sees NAME REGEX: the screen comes to show it
sees() {
    if wait_for 60 shows "$2"; then ok "$1"; else
        not_ok "$1: nothing like '$2' on:"
        mux capture-pane -p -t s | sed 's/^/    |/'
    fi
}
keys() {
    mux send-keys -t s "$@"
    sleep 0.1
}
left() { # NAME EXIT-STATUS
    wait_for 60 test -e "$tmp/after"
    is "$1: exit status" "$2" "$(cat "$tmp/rc" 2>/dev/null)"
    is "$1: the terminal is as it was" "$(cat "$tmp/before")" \
        "$(cat "$tmp/after" 2>/dev/null)"
    sees "$1: the shell is back" '^shell is back'
    is "$1: not in the other screen" 0 \
        "$(mux display-message -p -t s '#{alternate_on}')"
}

# ---- a line --------------------------------------------------------------
port=$tmp/ttyX
"$BENCH" board "$port" 900 >/dev/null 2>&1 &
board=$!
wait_for 60 test -e "$port"
screen 100 30 "$TELLTALE watch -r $tmp/rec.tape $port"
sees "live bytes appear" '< 68 68 68 68'
sees "the recording is shown" 'REC rec.tape'
sees "the verdict appears" "'h' \\(0x68\\) over and over"
keys s
keys -l 7F
keys Enter
sees "acting is asked about first" 'Really\? \(y/n\)'
keys n
keys s
keys -l 7F
keys Enter
keys y
sees "what was sent is on the tape" '> 7F'
sees "the verdict changes" "FAULT +0x68 = 'h' repeated"
keys -l /
keys -l '> 7F'
keys Enter
sees "the search finds it" 'live, scrolled'
sees "and the bytes are in sight" '> 7F'
for size in "40 10" "1 1" "200 60" "12 3" "80 24"; do
    mux resize-window -t s -x "${size% *}" -y "${size#* }"
    sleep 0.15
done
sees "any size is survived" "FAULT +0x68 = 'h' repeated"
keys m
keys -l 'here it is'
keys Enter
sees "a mark with its note" '\* here it is'
keys -l '?'
sees "help" 'statistics'
keys Escape
keys 3
sees "statistics" 'answers +1: min'
keys Tab
sees "rules" 'line.repeats-char'
keys l
keys d Enter
keys y
sees "a pty has no DTR, and that is said" 'no such thing'
keys G
keys q
left "quit" 1
has "the verdict stays behind" "$tmp/rec.tape" '^# verdict .*0x68'
has "the mark is in the recording" "$tmp/rec.tape" 'mark at .*here it is'
mux capture-pane -p -S - -t s >"$tmp/out"
has "the report stays on the terminal" "$tmp/out" 'FAULT +0x68'
tt read -q "$tmp/rec.tape"
has "the recording says the same" "$tmp/out" "0x68 = 'h' repeated"
has "what was sent is in it" "$tmp/rec.tape" ' > 7F'

# ---- a line that says something once and is quiet then ------------------------
cat >"$tmp/once.py" <<'X'
import os, pty, sys, time, tty
m, s = pty.openpty()
tty.setraw(s)
os.symlink(os.ttyname(s), sys.argv[1])
while not os.path.exists(sys.argv[1] + ".go"):
    time.sleep(0.1)
os.write(m, b"hello\r\n")
time.sleep(900)
X
python3 "$tmp/once.py" "$tmp/once" &
once=$!
wait_for 60 test -e "$tmp/once"
screen 100 30 "$TELLTALE watch -r $tmp/once.tape $tmp/once"
sees "a quiet line" 'live'
: >"$tmp/once.go"
sees "what it says once is in the headline, without a key" 'sent 7 bytes'
clock() { mux capture-pane -p -t s | sed -n 1p; }
then=$(clock)
moved() { [ "$(clock)" != "$then" ]; }
wait_for 60 moved && ok "its clock goes on" || not_ok "its clock stands"
keys r
sees "the end of a recording is asked about" 'Close it\? \(y/n\)'
keys n
keys q
kill "$once" 2>/dev/null
left "a quiet line is left" 3

screen 100 30 "TERM=xterm-256color $TELLTALE $tmp/rec.tape"
sees "the recording is read" ' end$'
keys "'"
sees "the recording has its mark again" '\* here it is'
keys 2 G
sees "and what was said when it was made" "verdict \\(.*0x68"
keys 1 "<"
mux send-keys -t s -l "$(printf '\033[4~')"
mux send-keys -t s -l "$(printf '\033[99;5~')"
sleep 0.5
shows 'Came near' && not_ok "End of another terminal is a digit" ||
    ok "End of another terminal is no digit"
keys "<"
sees "to the beginning again" ' 0\.0'

# ---- the mouse, the clipboard (xterm: SGR mouse bytes, no End and Home) ----
mux pipe-pane -t s "cat >$tmp/raw"
mouse() { # SGR: BUTTON COLUMN ROW, M pressed or m let go
    mux send-keys -t s -l "$(printf '\033[<%s;%s;%s%s' "$1" "$2" "$3" "$4")"
}
first() { mux capture-pane -p -t s | sed -n 7p; }
top=$(first)
moved() { # a turn of the wheel may be cut in two on a busy machine
    mouse 65 10 15 M
    [ "$(first)" != "$top" ]
}
wait_for 60 moved && ok "the wheel scrolls down" || not_ok "the wheel does nothing"
back() {
    mouse 64 10 15 M
    [ "$(first)" = "$top" ]
}
wait_for 60 back && ok "and up again" || not_ok "the wheel does not scroll up"
mouse 0 20 12 M
mouse 0 20 12 m
sleep 0.3
row=$(mux capture-pane -p -t s | sed -n 12p | sed 's/^ *\([0-9.]*\).*/\1/')
keys y
sees "the row that was clicked is copied" 'for the clipboard'
osc() { grep -aq ']52;c;' "$tmp/raw"; }
wait_for 60 osc && ok "OSC 52 goes to the terminal" || not_ok "no OSC 52"
sed -n 's/.*]52;c;\([A-Za-z0-9+/=]*\).*/\1/p' "$tmp/raw" | tail -n 1 |
    base64 -d >"$tmp/out" 2>/dev/null
has "with the row as tape text" "$tmp/out" "$row"
keys q
left "a recording with a mark" 1

# ---- suspended, killed, crashed --------------------------------------------
screen 80 24 "$TELLTALE watch $port"
sees "a second look" '< 68 68'
pid=$(pgrep -f "^$TELLTALE watch $port" | head -n 1)
rm -f "$tmp/err"
"$TELLTALE" watch --plain "$port" >/dev/null 2>"$tmp/err" </dev/null &
second=$!
wait_for 60 grep -qs 'too' "$tmp/err"
kill $second
wait $second
has "a second reader of the line is told so" "$tmp/err" \
    "open in telltale .process $pid. too"
kill -TSTP "$pid"
sees "it stops, and the shell has the terminal" '^stopped here'
sees "resumed: the screen is drawn again" 'why +< 68'
keys '<'
keys -l /
keys -l '[lost]'
keys Enter
sees "that it stood still is on the tape" '\[lost\].*\* stopped for [0-9]'
kill -TERM "$pid"
left "SIGTERM" 0
mux capture-pane -p -S - -t s | grep -q '^stopped here' &&
    ok "what the shell wrote meanwhile is still there" ||
    not_ok "the shell's screen was written over"
screen 80 24 "$TELLTALE watch $port"
sees "a third look" '< 68 68'
pid=$(pgrep -f "^$TELLTALE watch $port" | head -n 1)
if [ "$MODE" = asan ]; then skip "a crash: the sanitizer has its own way"; else
    kill -SEGV "$pid"
    left "a crash" 139
fi

# ---- two lines, settings, rules that change ---------------------------------
mkdir -p "$tmp/config/telltale" "$tmp/rules"
cat >"$tmp/config/telltale/watch.conf" <<'END'
bind X quit
color fault 15 1
bind nonsense quit
END
"$BENCH" board "$port-2" 900 >/dev/null 2>&1 &
board2=$!
"$BENCH" board "$port-3" 900 >/dev/null 2>&1 &
board3=$!
wait_for 60 test -e "$port-3"
screen 120 30 "$TELLTALE watch -R $tmp/rules $port $port-2 $port-3"
sees "three lines: all verdicts at once" '3 .*ttyX.* NOTE'
sees "a mistake in the settings is told" '1 mistake in watch.conf'
keys 4
sees "and shown" "line 3, column 6: 'nonsense' is no key"
keys 5 Enter
sees "one of them" 'line [123]/3'
cat >"$tmp/rules/x.rules" <<'END'
rule x.h
  match    < "hhhhhhhhhhhhhhhhhhhh"
  verdict  "A new rule has something to say."
  severity error
  claim    line.x = y
  yes      < "hhhhhhhhhhhhhhhhhhhh"
  no       < "h"
END
sees "a rule that came is used" 'A new rule has something to say'
echo '  wrong' >>"$tmp/rules/x.rules"
sees "a mistake in it is told" 'mistakes'
keys 4
sees "and shown" 'x.rules'
keys X
wait_for 60 test -e "$tmp/rc"
is "a key of the settings" 0 "$(cat "$tmp/rc")"
mux capture-pane -p -S - -t s >"$tmp/out"
has "a mistake in the settings is told with its place" "$tmp/out" \
    'watch.conf:3:6: .nonsense. is no key'
kill $board $board2 $board3 2>/dev/null
wait $board $board2 $board3 2>/dev/null

# ---- a disk that fills up ----------------------------------------------------
"$BENCH" board "$port" 900 >/dev/null 2>&1 &
board=$!
wait_for 60 test -e "$port"
screen 100 24 "ulimit -f 4; $TELLTALE watch -r $tmp/full.pcapng $port"
sees "a recording that cannot go on says why" 'recording stops here: File too'
sees "the screen is whole: its title" '^ telltale .*REC STOPPED'
sees "the screen is whole: its bytes" '^ +[0-9.]+ < 68 68'
shows '^telltale:|^elltale:' && not_ok "the message was written across it" ||
    ok "the message is not written across it"
keys q
left "a full disk" 2
sees "and it is said again at the end" '^telltale: .*recording stops here'
kill $board 2>/dev/null
wait $board 2>/dev/null

# ---- the line ends -----------------------------------------------------------
"$BENCH" board "$port" 900 >/dev/null 2>&1 &
board=$!
wait_for 60 test -e "$port"
screen 80 24 "$TELLTALE watch $port"
sees "a line that will end" '< 68 68'
kill $board
wait $board 2>/dev/null
sees "a line that ends says so" 'closed by the other side'
keys q
left "after its end" 0

# ---- too many ----------------------------------------------------------------
many=$(printf "%33s" "" | sed "s| | $ROOT/captures/mtk-ok.tape|g")
# shellcheck disable=SC2086
"$TELLTALE" watch $many >"$tmp/out" 2>"$tmp/err"
has "too many names are counted" "$tmp/err" 'takes at most 32 names, not 33'

# ---- recordings ---------------------------------------------------------------
screen 100 30 "$TELLTALE $ROOT/captures/stm32-app-prints-h.tape"
sees "a file alone is looked at" 'stm32-app-prints-h.tape .* end'
keys w w
sees "dialog" '> 7F +< '
rm -rf "$tmp/config"
keys w
keys x j Y
keys -l my.rule
keys Enter
sees "a piece becomes an example" 'saved: .*my.rule.rules'
has "of a rule that is begun" "$tmp/config/telltale/rules/my.rule.rules" \
    '^  yes +< 68 .*> 7F'
sees "what is missing in it is told" 'mistakes'
rm -rf "$tmp/config"
sees "a rule file that goes is seen" 'the rules were read again$'
keys 1
keys Space
sees "it can be played again" 'replay 1x|end'
keys z
sees "to its end" 'end$'
keys r
keys -l "$tmp/copy.tape"
keys Enter
sees "and saved" 'saved with its marks'
keys q
left "a recording" 1
tt convert "$ROOT/captures/stm32-app-prints-h.tape" "$tmp/again.tape"
grep -v '^#' "$tmp/again.tape" >"$tmp/a"
grep -v '^#' "$tmp/copy.tape" >"$tmp/b"
cmp -s "$tmp/a" "$tmp/b" && ok "the copy is whole" || not_ok "the copy differs"

# ---- marks: in any script, kept, changed, removed -------------------------------
screen 100 30 "$TELLTALE $ROOT/captures/stm32-app-prints-h.tape"
sees "a recording without marks" ' end$'
keys 4
sees "what is read again for the rules ends in a verdict" 'FAULT +0x68'
keys 1
keys '<' m
keys -l 'Größe Жук 漢字'
keys Enter
sees "a note in any script" '\* Größe Жук 漢字'
keys q
sees "a mark that is in no file is not left behind" 's saves, y leaves'
keys s
keys -l "$tmp/marked.tape"
keys Enter
left "marks saved on the way out" 1
has "the note can be read in the file" "$tmp/marked.tape" \
    '^# mark: Größe Жук 漢字'
screen 100 30 "$TELLTALE $tmp/marked.tape"
sees "it is there again" '\* Größe Жук 漢字'
keys '<' m
keys -l ' 2'
keys Enter
sees "it is changed" '\* Größe Жук 漢字 2'
keys M
sees "it is removed" 'the mark is removed'
keys q
sees "that is asked about too" 's saves, y leaves'
keys y
left "left without it" 1

# ---- a recording that grows -----------------------------------------------------
head -c 1000 "$ROOT/captures/stm32-app-prints-h.tape" >"$tmp/grows.tape"
screen 100 30 "$TELLTALE $tmp/grows.tape"
sees "a recording that is not whole yet" 'FAULT'
keys G
tail -c +1001 "$ROOT/captures/stm32-app-prints-h.tape" >>"$tmp/grows.tape"
echo '9.5 > "and more"' >>"$tmp/grows.tape"
sees "what is written to it appears" '9\.500000 > .*and more'
sees "its end is one after a while" 'end$'
: >"$tmp/grows.tape"
sees "a file that is cut short is told" 'cut short'
keys q
wait_for 60 test -e "$tmp/rc"

truncate -s 10G "$tmp/huge.bin"
screen 100 30 "$TELLTALE watch $tmp/huge.bin"
sees "10 GB: the first screen at once" '00 00 00 00'
keys G
sees "it can be moved in" '< 00 00'
pid=$(pgrep -f "^$TELLTALE watch $tmp/huge.bin" | head -n 1)
kb=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
if [ "$MODE" = asan ]; then skip "memory: the sanitizer takes its own"
elif [ "${kb:-999999}" -lt 100000 ]; then ok "in $kb kB"
else not_ok "it takes ${kb:-?} kB"; fi
keys q
wait_for 60 test -e "$tmp/rc" && ok "10 GB: left" || not_ok "10 GB: not left"

# ---- a fast line: every byte is recorded while the screen is drawn -------------
mkdir "$tmp/fast"
python3 tests/bench/pace.py "$tmp/fast" 1200000 3 &
pace=$!
wait_for 60 test -e "$tmp/fast/device"
screen 120 40 "$TELLTALE tap -r $tmp/fast.pcapng --host $tmp/fast/host \
    --device $tmp/fast/device"
sees "a fast line: nothing yet" 'Nothing has come'
touch "$tmp/fast/go"
sees "a fast line: bytes appear" '[<>] [0-9A-F][0-9A-F] '
wait_for 60 test -e "$tmp/fast/done"
still() { # what was sent last may be on its way
    was=$(wc -c <"$tmp/fast.pcapng")
    sleep 1.5
    [ "$was" = "$(wc -c <"$tmp/fast.pcapng")" ]
}
wait_for 60 still
keys q
wait_for 60 test -e "$tmp/rc"
kill $pace
for lane in host device; do
    tt convert --lane $lane "$tmp/fast.pcapng" "$tmp/fast.$lane.bin"
    cmp -s "$tmp/fast/$lane.sent" "$tmp/fast.$lane.bin" &&
        ok "a fast line: all $(wc -c <"$tmp/fast.$lane.bin") bytes of the $lane" ||
        not_ok "a fast line: bytes of the $lane are missing in the recording"
done

# ---- 'play': from the start, in its own time ----------------------------------
printf '# telltale tape 1\n# time: s\n0 > "first"\n3600 < "last"\n' \
    >"$tmp/slow.tape"
screen 100 30 "$TELLTALE play --speed 0.5 $tmp/slow.tape"
sees "play: it plays at its speed" 'replay 0\.5x'
sees "play: what is due is there" 'first'
shows last && not_ok "play: the end is there already" ||
    ok "play: the end is not there yet"
keys q
left "play" 3

# ---- labels say what the bytes hold -------------------------------------------
screen 100 30 "$TELLTALE $ROOT/captures/esp32-id-ok.tape"
keys Home
sees "labels are filled in" 'answer to READ_REG|answer to SYNC'
shows '\{[a-z]*:' && not_ok "a label shows its template" ||
    ok "no label shows its template"
shows 'MQTT' && not_ok "a SLIP frame is called MQTT" ||
    ok "a SLIP frame is not called MQTT"
keys q
left "labels" 0

# ---- no screen to be had ------------------------------------------------------
screen 80 40 "TERM=dumb $TELLTALE $ROOT/captures/stm32-app-prints-h.tape"
sees "a dumb terminal gets the report" 'FAULT +0x68'
screen 80 24 "TERM=nonsense $TELLTALE watch $ROOT/captures/mtk-ok.tape"
sees "an unknown terminal gets a sentence" 'use --plain'
finish
