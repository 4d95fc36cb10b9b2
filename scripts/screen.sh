#!/bin/sh
# Print the full-screen view of a recording, made by the program itself in a
# terminal of COLS by ROWS:  sh scripts/screen.sh PROGRAM FILE COLS ROWS
set -eu
cd "$(dirname "$0")/.."
sock=telltale-screen-$$
mux() { env -u TMUX tmux -L "$sock" -f /dev/null "$@"; }
trap 'mux kill-server 2>/dev/null' EXIT
mux new-session -d -s s -x "$3" -y "$4" \
    "XDG_CONFIG_HOME=/nonexistent HOME=/nonexistent NO_COLOR=1 LC_ALL=C \
    '$1' watch '$2'"
i=0
until mux capture-pane -p -t s | grep -q ' end *$'; do
    i=$((i + 1))
    [ $i -lt 200 ] || { echo "no screen came" >&2; exit 1; }
    sleep 0.05
done
mux capture-pane -p -t s | sed 's/ *$//'
