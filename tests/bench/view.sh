#!/bin/sh
# The view under load: 1.2 MB/s (12 Mbaud) for SECONDS on a pty, recorded.
#   sh tests/bench/view.sh PROGRAM [SECONDS]
# Prints the share of one core, how long a key took to show, and whether the
# recording holds every byte.  A measurement, not a test: nothing depends on
# the figures.
set -u
cd "$(dirname "$0")/../.." || exit 2
prog=$1 secs=${2:-60} rate=1200000
tmp=$(mktemp -d) || exit 2
sock=telltale-bench-$$
mux() { tmux -L "$sock" -f /dev/null "$@"; }
trap 'mux kill-server 2>/dev/null; rm -rf "$tmp"' EXIT
now() { date +%s%N; }

python3 tests/bench/pace.py "$tmp/tty" $rate "$secs" "$tmp/sent" &
pace=$!
while [ ! -e "$tmp/tty" ]; do sleep 0.05; done
mux new-session -d -s s -x 200 -y 50 \
    "'$prog' watch -r '$tmp/rec.pcapng' '$tmp/tty'; sleep 60"
sleep 3
pid=$(pgrep -f "^$prog watch -r $tmp" | head -n 1)
ticks() { cut -d' ' -f14,15 "/proc/$pid/stat" | tr ' ' '+'; }
cpu0=$(($(ticks))) t0=$(now)
worst=0
i=0
while [ $i -lt 10 ] && kill -0 $pace 2>/dev/null; do
    k0=$(now)
    mux send-keys -t s -l '?'
    until mux capture-pane -p -t s | grep -q 'Marks and pieces'; do :; done
    ms=$((($(now) - k0) / 1000000))
    [ $ms -gt $worst ] && worst=$ms
    mux send-keys -t s -l '?'
    sleep 0.3
    i=$((i + 1))
done
sleep $((secs > 12 ? secs - 12 : 1))
cpu1=$(($(ticks))) t1=$(now)
wait $pace
mux send-keys -t s q
sleep 2
hz=$(getconf CLK_TCK)
echo "CPU: $(((cpu1 - cpu0) * 100000 / hz / ((t1 - t0) / 1000000))) % of a core at 1.2 MB/s"
echo "keys: the slowest of $i was on the screen after $worst ms (with tmux)"
"$prog" convert --lane device "$tmp/rec.pcapng" "$tmp/rec.bin" 2>/dev/null
if cmp -s "$tmp/rec.bin" "$tmp/sent"; then
    echo "recording: all $(wc -c <"$tmp/sent") bytes"
else
    echo "recording: LOST BYTES ($(wc -c <"$tmp/rec.bin") of" \
        "$(wc -c <"$tmp/sent"))"
    exit 1
fi
