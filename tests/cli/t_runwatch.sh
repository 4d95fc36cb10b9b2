#!/bin/sh
# 'telltale run --watch' in a real terminal (tmux): the screen while the tool
# runs, its output afterwards, its exit status.
. "$(dirname "$0")/lib.sh"
. tests/cli/runlib.sh
command -v tmux >/dev/null || {
    skip "tmux is not here"
    exit 0
}
sock=telltale-runwatch-$$
unset NO_COLOR TMUX
n=0
mux() { tmux -L "$sock-$n" -f /dev/null "$@"; }
trap 'mux kill-server 2>/dev/null; kill $device 2>/dev/null; rm -rf "$tmp"' EXIT
# screen COMMAND: in a fresh terminal
screen() {
    mux kill-server 2>/dev/null
    n=$((n + 1))
    rm -f "$tmp/rc"
    cat >"$tmp/go.sh" <<END
export TERM=screen XDG_CONFIG_HOME=$tmp/config HOME=$tmp LC_ALL=C.UTF-8
stty -g >"$tmp/before"
$*
echo \$? >"$tmp/rc"
stty -g >"$tmp/after"
echo shell is back
sleep 600
END
    mux new-session -d -s s -x 110 -y 40 "bash $tmp/go.sh" 2>"$tmp/err" ||
        not_ok "tmux: $(cat "$tmp/err")"
}
shows() { mux capture-pane -p -t s 2>/dev/null | grep -qE -- "$1"; }
sees() {
    if wait_for 60 shows "$2"; then ok "$1"; else
        not_ok "$1: nothing like '$2' on:"
        mux capture-pane -p -t s | sed 's/^/    |/'
    fi
}

# A tool that waits in the middle, so that it can be looked at.
cat >"$tmp/tool.sh" <<'END'
exec 3<>"$1"
stty 57600 parenb <&3
echo the tool says one
printf hello >&3
head -c 5 <&3 >/dev/null
while [ ! -e "$2" ]; do sleep 0.1; done
echo the tool says two >&2
exit 7
END
device echo
screen "$TELLTALE" run --watch --linger 100ms --port "$port" -r "$tmp/rec.tape" \
    -- sh "$tmp/tool.sh" "$port" "$tmp/go-on"
sees "what the tool sends" '> .*hello|> 68 65 6C 6C 6F'
sees "what the device sends" '< .*hello|< 68 65 6C 6C 6F'
sees "what the tool prints, in its lane" '\$ "?the tool says one'
sees "the speed that it has set" '57600'
sees "the recording is named" 'REC rec.tape'
mux send-keys -t s s
mux send-keys -t s -l x
mux send-keys -t s Enter
mux send-keys -t s y
sleep 0.3
mux send-keys -t s Escape
touch "$tmp/go-on"
sees "that it has ended" 'the tool has ended: 7'
[ -e "$tmp/rc" ] && not_ok "the screen is gone by itself" ||
    ok "the screen stays as long as one looks"
mux send-keys -t s q
sees "the shell is back" '^shell is back'
is "the tool's exit status" 7 "$(cat "$tmp/rc")"
is "the terminal is as it was" "$(cat "$tmp/before")" "$(cat "$tmp/after")"
sees "what the tool printed, afterwards" '^the tool says one'
sees "and on its stderr" '^the tool says two'
sees "the verdict, afterwards" 'read +.*: run, > 5, < 5'
same_bytes "nothing was sent beside the tool"
gone

# q while the tool runs: it runs on.
rm -f "$tmp/go-on"
device echo
screen "$TELLTALE" run --watch --linger 100ms --port "$port" -r "$tmp/rec.tape" \
    --force -- sh "$tmp/tool.sh" "$port" "$tmp/go-on"
sees "the screen is drawn" '\$ "?the tool says one'
mux send-keys -t s q
sees "the screen is left: what was printed so far is there" '^the tool says one'
touch "$tmp/go-on"
sees "the tool runs on" '^the tool says two'
sees "to its end" '^shell is back'
is "its exit status" 7 "$(cat "$tmp/rc")"
has "and all is recorded" "$tmp/rec.tape" 'the tool says two'
gone

# A process that draws no longer does not disturb the tool.
rm -f "$tmp/go-on"
device echo
screen "$TELLTALE" run --watch --linger 100ms --port "$port" -r "$tmp/rec.tape" \
    --force -- sh "$tmp/tool.sh" "$port" "$tmp/go-on"
sees "the screen is drawn again" '\$ "?the tool says one'
# Two processes of the name: the one that draws is the other's child.
viewer=''
for pid in $(pgrep -f "run --watch .*$tmp/rec.tape"); do
    child=$(pgrep -P "$pid" -f 'run --watch')
    [ -n "$child" ] && viewer=${child%%[!0-9]*}
done
if [ -n "$viewer" ]; then
    kill -9 "$viewer"
    touch "$tmp/go-on"
    wait_for 60 test -e "$tmp/rc"
    is "the screen is killed: the tool's exit status" 7 "$(cat "$tmp/rc")"
    has "the screen is killed: all is recorded" "$tmp/rec.tape" 'the tool says two'
else not_ok "no process that draws"; fi
gone
device echo
run --watch -- true
has "no terminal: said" "$tmp/err" 'this is no terminal'
is "no terminal: nothing is started" 2 $rc
gone
finish
