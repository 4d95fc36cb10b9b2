#!/bin/sh
# The view under load: 1.2 MB/s (12 Mbaud) in each direction for SECONDS,
# recorded.
#   sh tests/bench/view.sh PROGRAM [SECONDS [RATE]]
# Prints the share of one core, how long a key took to show, and whether the
# recording holds every byte of both lanes.  A measurement, not a test:
# nothing depends on the figures.
set -u
cd "$(dirname "$0")/../.." || exit 2
prog=$1 secs=${2:-60} rate=${3:-1200000}
tmp=$(mktemp -d) || exit 2
sock=telltale-bench-$$
mux() { tmux -L "$sock" -f /dev/null "$@"; }
trap 'kill $pace 2>/dev/null; mux kill-server 2>/dev/null; rm -rf "$tmp"' EXIT
now() { date +%s%N; }
until_shown() { # TEXT
    until mux capture-pane -p -t s | grep -q "$1"; do sleep 0.1; done
}

python3 tests/bench/pace.py "$tmp" "$rate" "$secs" &
pace=$!
while [ ! -e "$tmp/device" ]; do sleep 0.05; done
mux new-session -d -s s -x 200 -y 50 "exec '$prog' tap -r '$tmp/rec.pcapng' \
    --host '$tmp/host' --device '$tmp/device'"
pid=$(mux list-panes -t s -F '#{pane_pid}')
until_shown 'Nothing has come'
ticks() { cut -d' ' -f14,15 "/proc/$pid/stat" | tr ' ' '+'; }
touch "$tmp/go"
cpu0=$(($(ticks))) t0=$(now)
worst=0 i=0
while [ ! -e "$tmp/done" ]; do
    k0=$(now)
    mux send-keys -t s -l '?'
    until mux capture-pane -p -t s | grep -q 'Marks and pieces'; do :; done
    ms=$((($(now) - k0) / 1000000))
    [ $ms -gt $worst ] && worst=$ms
    mux send-keys -t s -l '?'
    sleep 2
    i=$((i + 1))
done
cpu1=$(($(ticks))) t1=$(now)
mux capture-pane -p -t s | sed -n 1,2p
sleep 1
mux send-keys -t s q
while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
hz=$(getconf CLK_TCK)
echo "CPU: $(((cpu1 - cpu0) * 100000 / hz / ((t1 - t0) / 1000000))) % of a core at" \
    "2 x $((rate / 1000)) kB/s"
echo "keys: the slowest of $i was on the screen after $worst ms (with tmux)"
lost=0
for lane in host device; do
    "$prog" convert --lane $lane "$tmp/rec.pcapng" "$tmp/$lane.bin" 2>/dev/null
    if cmp -s "$tmp/$lane.bin" "$tmp/$lane.sent"; then
        echo "recording, $lane: all $(wc -c <"$tmp/$lane.sent") bytes"
    else
        echo "recording, $lane: LOST BYTES ($(wc -c <"$tmp/$lane.bin") of" \
            "$(wc -c <"$tmp/$lane.sent"))"
        lost=1
    fi
done
exit $lost
