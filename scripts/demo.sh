#!/bin/sh
# The named case without hardware: a board that should be in its boot loader
# but runs its application.  Ends by itself.
set -eu
cd "$(dirname "$0")/.."
B=build/release
dir=$(mktemp -d)
board=''
trap 'kill $board 2>/dev/null || :; rm -rf "$dir"' EXIT

title() { printf '\n== %s\n\n' "$*"; }
# Faults are what is being shown: their exit status is no failure here.
show() {
    rc=0
    "$@" || rc=$?
    case $rc in 0 | 1 | 3) ;; *) exit $rc ;; esac
}

title "1. Only listening: a port on which something prints 'h'"
"$B/bench" board "$dir/ttyDEMO" 600 & # however late the other begins
board=$!
while [ ! -e "$dir/ttyDEMO" ]; do sleep 0.05; done
echo "\$ telltale read --for 1s PORT"
show ./telltale read --for 1s "$dir/ttyDEMO"
kill $board
wait $board || :
board=''

title "2. The same board while a flashing tool calls it with 7F"
echo "\$ both sides of the wire | telltale watch --plain --format tape -"
"$B/bench" wire | show ./telltale watch --plain --format tape -
